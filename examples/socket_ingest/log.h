/*
 * The log of the program, on standard error: a line for each event, with the
 * time. Events that may happen a million times a second are logged once a
 * minute for each kind, with how many there were.
 */
#ifndef SOCKET_INGEST_LOG_H
#define SOCKET_INGEST_LOG_H

#include <stdint.h>

/*
 * Kinds of what is refused or lost, which are counted, and shown in /metrics by
 * name.
 */
enum log_kind {
	LOG_BAD_LINE,       /* not understood */
	LOG_LONG_LINE,      /* beyond --max-line */
	LOG_BAD_FRAME,      /* a syslog length that is none */
	LOG_LATE,           /* too late, or too far ahead, for its window */
	LOG_KEYS_FULL,      /* beyond --max-keys */
	LOG_VALUES_FULL,    /* beyond --max-values */
	LOG_WINDOWS_FULL,   /* beyond --max-windows */
	LOG_CONNECTIONS,    /* beyond --max-connections */
	LOG_SENDER,         /* forgotten for another one */
	LOG_PEER,           /* beyond --max-per-peer */
	LOG_ROOM,           /* closed: silent, and others came */
	LOG_TOKEN,          /* a wrong token, or none */
	LOG_TLS,            /* no handshake: no certificate, no TLS */
	LOG_IDLE,           /* closed: nothing came for --idle */
	LOG_HTTP,           /* a request refused */
	LOG_SLOW_HTTP,      /* a request that did not come to its end */
	LOG_HTTP_STREAM,    /* a stream of lines that began as HTTP */
	LOG_UDP_LOST,       /* datagrams the kernel has dropped */
	LOG_OUTPUT_DROPPED, /* rows for which an output had no room */
	LOG_OUTPUT,         /* failures of an output, and reconnections */
	LOG_SAVE,           /* saving failed */
	LOG_MEMORY,         /* no memory for something */
	LOG_N_KINDS
};

/* Return "bad_line", as a metric has it, and "lines not understood". */
const char *log_kind_name(enum log_kind kind);
const char *log_kind_text(enum log_kind kind);

/* Starts from { 0 }. */
struct log {
	uint64_t counts[LOG_N_KINDS];
	uint64_t logged[LOG_N_KINDS]; /* counts at the last line of the log */
	int64_t next[LOG_N_KINDS];    /* no line before this */
	int fd; /* descriptor of the log; 0: standard error */
};

/*
 * Counts n of a kind at `now` (nanoseconds since 1970). The first one of a
 * minute is logged: "socket_ingest: tcp://127.0.0.1:4711: value "x" is not a
 * number", with n behind it in parentheses if that is not 1; what (who and why)
 * may come from a stranger: control characters are replaced, and what is not
 * UTF-8. The rest is counted: "socket_ingest: lines not understood: 17 more in
 * the last minute".
 */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 6)))
#endif
void log_event(struct log *log, enum log_kind kind, uint64_t n,
    int64_t now, const char *format, ...);

/* Logs what has been counted and not logged, when its minute is over. */
void log_tick(struct log *log, int64_t now);

/* Logs a line that must not be left out. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
void log_say(const char *format, ...);

#endif
