/*
 * Tells by its first bytes whether a stream has lines or is a browser's
 * request.
 *
 * Any web page may make the browser that shows it connect to this machine,
 * and has much of what is sent then in its hand: the body of a POST, the
 * headers, the address. Lines would be found in it. But the browser speaks
 * first, and a page can neither leave out the line of the request nor change
 * its form:
 *
 *      METHOD TARGET HTTP/1.1
 *
 * Requests for a WebSocket begin like this too. TLS begins with a handshake,
 * in which a page has a say as well (a session's ticket).
 *
 * A method is any word a script may invent. Lines may begin with one, and even
 * with "GET /path", as names in StatsD do: so it is the version at the end of
 * the first line that decides, and nothing may be taken before that.
 */
#ifndef SOCKET_INGEST_GREETING_H
#define SOCKET_INGEST_GREETING_H

#include <stddef.h>

/* Start from { 0 }. */
struct greeting {
	unsigned char state;
	unsigned char seen;     /* characters of a version */
	unsigned char is_loose; /* the target may be anything */
};

enum greeting_verdict {
	GREETING_OPEN, /* the first line has no end yet */
	GREETING_LINES,
	GREETING_HTTP,
	GREETING_TLS
};

/*
 * Looks at the next bytes of a stream, cut anywhere. A verdict other than
 * GREETING_OPEN stays.
 */
enum greeting_verdict greeting_take(struct greeting *greeting,
    const char *bytes, size_t n);

/* To be called when the stream has ended, perhaps within its first line. */
enum greeting_verdict greeting_end(const struct greeting *greeting);

#endif
