/*
 * What the program says of itself, on standard error: a line each, with the
 * time. Things that may happen a million times a second are said once a
 * minute for each kind, with how many there were.
 */
#ifndef SOCKET_INGEST_NOTICE_H
#define SOCKET_INGEST_NOTICE_H

#include <stdint.h>

/* What is refused or lost, counted by kind; shown in /metrics by name. */
enum notice_kind {
	NOTICE_BAD_LINE,       /* not understood */
	NOTICE_LONG_LINE,      /* beyond --max-line */
	NOTICE_BAD_FRAME,      /* a syslog length that is none */
	NOTICE_LATE,           /* too late, or too far ahead, for its window */
	NOTICE_KEYS_FULL,      /* beyond --max-keys */
	NOTICE_VALUES_FULL,    /* beyond --max-values */
	NOTICE_WINDOWS_FULL,   /* beyond --max-windows */
	NOTICE_CONNECTIONS,    /* beyond --max-connections */
	NOTICE_SENDER,         /* forgotten for another one */
	NOTICE_PEER,           /* beyond --max-per-peer */
	NOTICE_ROOM,           /* closed: silent, and others came */
	NOTICE_TOKEN,          /* a wrong token, or none */
	NOTICE_TLS,            /* no handshake: no certificate, no TLS */
	NOTICE_IDLE,           /* closed: nothing came for --idle */
	NOTICE_HTTP,           /* a request refused */
	NOTICE_SLOW_HTTP,      /* a request that did not come to its end */
	NOTICE_HTTP_STREAM,    /* a stream of lines that began as HTTP */
	NOTICE_UDP_LOST,       /* datagrams the kernel has dropped */
	NOTICE_OUTPUT_DROPPED, /* rows that an output had no room for */
	NOTICE_OUTPUT,         /* an output failed or reconnects */
	NOTICE_SAVE,           /* saving failed */
	NOTICE_MEMORY,         /* no memory for something */
	NOTICE_N_KINDS
};

/* "bad_line", as a metric has it; and "lines not understood". */
const char *notice_name(enum notice_kind kind);
const char *notice_words(enum notice_kind kind);

/* { 0 } is one. */
struct notices {
	uint64_t counts[NOTICE_N_KINDS];
	uint64_t told[NOTICE_N_KINDS]; /* of these, at the last line */
	int64_t next[NOTICE_N_KINDS];  /* no line before this */
	int fd;                        /* where they go; 0: 2 */
};

/*
 * Counts n of a kind at `now` (nanoseconds since 1970). The first one of a
 * minute is said: "socket_ingest: tcp://127.0.0.1:4711: value "x" is not a
 * number", with n behind it in parentheses if that is not 1; what (who and
 * why) may come from a stranger: control characters are replaced, and what is
 * not UTF-8. The rest is counted: "socket_ingest: lines not understood: 17
 * more in the last minute".
 */
#if defined(__GNUC__)
__attribute__((format(printf, 5, 6)))
#endif
void notice(struct notices *notices, enum notice_kind kind, uint64_t n,
    int64_t now, const char *format, ...);

/* Says what has been counted and not said, when its minute is over. */
void notice_tick(struct notices *notices, int64_t now);

/* Something that is always said. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
void notice_say(const char *format, ...);

#endif
