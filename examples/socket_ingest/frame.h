/*
 * Bytes of a stream, in pieces cut anywhere, to lines.
 *
 * A line ends with LF or CRLF, which are not part of it. Syslog frames may be
 * counted (RFC 6587: "17 <34>1 ..." is a length, a blank, and so many bytes);
 * each frame begins with a digit then, and a line of syslog never does, so
 * the two may even be mixed. One line end behind a counted frame is skipped,
 * or is at its end and counted with it.
 *
 * A line that lies within one piece is not copied. One that is longer than the
 * limit is reported once, without its text, and skipped up to its end, however
 * long it is: what is held is never longer than the limit, and a CR that may
 * belong to a line end.
 */
#ifndef SOCKET_INGEST_FRAME_H
#define SOCKET_INGEST_FRAME_H

#include <stddef.h>
#include <stdint.h>

/* Start from { 0 } and set the first two. */
struct frame {
	size_t max_line; /* bytes, without the line end */
	int counted;     /* frames may be counted */

	char *held; /* the start of a line whose end has not come */
	size_t n_held, size;
	uint64_t count; /* bytes of a counted frame, or those yet to skip */
	int state; /* enum state of frame.c: what the next byte belongs to */
};

/* The rest of a piece. */
struct piece {
	const char *at, *end;
};

/* Valid until the next call. */
struct line {
	const char *text;
	size_t len;
};

enum frame_event {
	FRAME_MORE = 0, /* the piece is used up */
	FRAME_LINE = 1,
	FRAME_TOO_LONG = 2, /* a line was, and is skipped */
	FRAME_BROKEN = 3,   /* not a length where one must be: give up */
	FRAME_NO_MEMORY = 4 /* nothing was taken */
};

enum frame_event frame_next(struct frame *frame, struct piece *piece,
    struct line *line_out);

/*
 * The stream has ended. Returns FRAME_LINE if what is held is a last line
 * that lacks its end, FRAME_MORE if there is none, FRAME_BROKEN if a counted
 * frame is not whole. Then the frame is as new.
 */
enum frame_event frame_end(struct frame *frame, struct line *line_out);

void frame_clear(struct frame *frame);

#endif
