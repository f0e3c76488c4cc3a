/*
 * The log of the program.
 *
 * After a line about a kind there is none about it for a minute; then, if
 * more has come, one that says how much, and another quiet minute. So a
 * stranger who makes mistakes a million times a second fills no log, and no
 * count is lost.
 *
 * A line is put together first and written with one call, so that lines of
 * several processes do not mix. What is in it may come from anyone: control
 * characters, which terminals obey, become "?", and so does what is no UTF-8
 * (RFC 3629).
 */
#define _POSIX_C_SOURCE 200809L

#include "log.h"

#include <errno.h>
#include <leat_text.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../replay/number.h"
#include "../replay/system_clock.h"
#include "../replay/utf8.h"

enum { TEXT_SIZE = 1024 };

static const struct {
	const char *name, *words;
} kinds[LOG_N_KINDS] = {
	[LOG_BAD_LINE] = { "bad_line", "lines not understood" },
	[LOG_LONG_LINE] = { "long_line", "lines beyond --max-line" },
	[LOG_BAD_FRAME] = { "bad_frame", "syslog frames without a length" },
	[LOG_LATE] = { "late", "values with a bad time" },
	[LOG_KEYS_FULL] = { "keys_full", "values of keys beyond --max-keys" },
	[LOG_VALUES_FULL] = { "values_full",
	    "values beyond --max-values of their key" },
	[LOG_WINDOWS_FULL] = { "windows_full",
	    "values that need a window beyond --max-windows of their key" },
	[LOG_CONNECTIONS] = { "connections",
	    "connections refused beyond --max-connections" },
	[LOG_SENDER] = { "senders_forgotten", "senders forgotten: too many" },
	[LOG_PEER] = { "peer", "connections refused beyond --max-per-peer" },
	[LOG_ROOM] = { "room", "silent connections closed for new ones" },
	[LOG_TOKEN] = { "token", "wrong or missing tokens" },
	[LOG_TLS] = { "tls", "TLS handshakes failed" },
	[LOG_IDLE] = { "idle", "idle connections closed" },
	[LOG_HTTP] = { "http", "HTTP requests refused" },
	[LOG_SLOW_HTTP] = { "slow_http", "HTTP requests too slow" },
	[LOG_HTTP_STREAM] = { "http_stream",
	    "streams closed that began as HTTP or TLS" },
	[LOG_UDP_LOST] = { "udp_lost", "datagrams dropped by the kernel" },
	[LOG_OUTPUT_DROPPED] = { "output_dropped",
	    "rows dropped by an output's full buffer" },
	[LOG_OUTPUT] = { "output", "output failures" },
	[LOG_SAVE] = { "save", "saves failed" },
	[LOG_MEMORY] = { "memory", "allocations failed" },
};

const char *log_kind_name(enum log_kind kind)
{
	return kinds[kind].name;
}

const char *log_kind_text(enum log_kind kind)
{
	return kinds[kind].words;
}

/* ---- Lines ---- */

/*
 * Returns how many bytes the character at the start of the text has, or 0 if
 * it must not be shown. The characters C2 80 to C2 9F are controls.
 */
static size_t shown_length(const unsigned char *t)
{
	size_t n = utf8_length(t, strnlen((const char *)t, 4));

	if (n == 1 && (t[0] < ' ' || t[0] == 0x7F))
		return 0;
	return n == 2 && t[0] == 0xC2 && t[1] < 0xA0 ? 0 : n;
}

static void make_harmless(char *text)
{
	while (*text) {
		size_t n = shown_length((unsigned char *)text);

		if (n == 0) {
			*text = '?';
			n = 1;
		}
		text += n;
	}
}

static void write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t some = write(fd, bytes, n);

		if (some < 0 && errno == EINTR)
			continue;
		if (some <= 0)
			return;
		bytes += some;
		n -= (size_t)some;
	}
}

static void say(int fd, int64_t now, char *text)
{
	char line[TEXT_SIZE + LEAT_TIME_SIZE + 32], time[LEAT_TIME_SIZE];
	int64_t rest;
	int n;

	make_harmless(text);
	number_floor(now, LEAT_SECOND, &rest);
	leat_format_time(now >= INT64_MIN + rest ? now - rest : now, time);
	n = snprintf(line, sizeof line, "%s socket_ingest: %s\n", time, text);
	if (n > 0)
		write_all(fd, line, (size_t)n);
}

static int fd_of(const struct log *log)
{
	return log->fd ? log->fd : STDERR_FILENO;
}

/* ---- What is counted ---- */

/*
 * A clock that was set back by minutes must not silence a kind for longer. A
 * little less is no reason for a line: callers read clocks of their own, which
 * differ a little.
 */
static int is_quiet(int64_t next, int64_t now)
{
	return now < next && (uint64_t)next - (uint64_t)now <= 2 * LEAT_MINUTE;
}

static void wait_a_minute(struct log *log, enum log_kind kind, int64_t now)
{
	log->logged[kind] = log->counts[kind];
	log->next[kind] = now <= INT64_MAX - LEAT_MINUTE ? now + LEAT_MINUTE
							 : now;
}

static void log_rest(struct log *log, enum log_kind kind, int64_t now)
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof text, "%s: %llu more in the last minute",
	    kinds[kind].words,
	    (unsigned long long)(log->counts[kind] - log->logged[kind]));
	say(fd_of(log), now, text);
	wait_a_minute(log, kind, now);
}

void log_event(struct log *log, enum log_kind kind, uint64_t n, int64_t now,
    const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list args;
	size_t len;

	if (is_quiet(log->next[kind], now)) {
		log->counts[kind] += n;
		return;
	}
	if (log->counts[kind] != log->logged[kind])
		log_rest(log, kind, now);
	log->counts[kind] += n;
	va_start(args, format);
	vsnprintf(text, sizeof text - 32, format, args);
	va_end(args);
	len = strlen(text);
	if (n != 1)
		snprintf(text + len, sizeof text - len, " (%llu)",
		    (unsigned long long)n);
	say(fd_of(log), now, text);
	wait_a_minute(log, kind, now);
}

void log_tick(struct log *log, int64_t now)
{
	for (int i = 0; i < LOG_N_KINDS; i++)
		if (log->counts[i] != log->logged[i] &&
		    !is_quiet(log->next[i], now))
			log_rest(log, (enum log_kind)i, now);
}

void log_say(const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	say(STDERR_FILENO, clock_wall(), text);
}
