/*
 * Bytes to lines.
 *
 * A line that lies within the piece costs one memchr() and is not moved. Only
 * the start of one whose end has not come is copied, and that copy grows as its
 * bytes come: a length that a counted frame claims to have takes no memory.
 *
 * Lines are the same wherever the bytes are cut. So a CR that is the last of
 * them is held even if the line is as long as it may be; the LF that makes it a
 * line end may follow the frame.
 *
 * Counted frames are those of RFC 6587, 3.4.1; lines those of 3.4.2.
 */
#include "frame.h"

#include <stdlib.h>
#include <string.h>

enum state {
	IN_LINE = 0, /* at its start if nothing is held */
	SKIPS_LINE,
	IN_LENGTH,
	IN_COUNTED,
	SKIPS_COUNTED,
	PAST_COUNTED, /* a line end may follow */
	PAST_CR       /* the CR of that line end was there */
};

/* Counts above this cannot be meant. */
#define LONGEST_FRAME 999999999u

enum { FIRST_SIZE = 64 };

static size_t left(const struct piece *p)
{
	return (size_t)(p->end - p->at);
}

/* Begins anew with nothing held; the bytes stay until the next call. */
static void begin_anew(struct frame *f, enum state state)
{
	f->n_held = 0;
	f->count = 0;
	f->state = (int)state;
}

/* ---- What is held ---- */

static int hold(struct frame *f, const char *bytes, size_t n)
{
	size_t need = f->n_held + n;

	if (need > f->size) {
		size_t size = f->size ? 2 * f->size : FIRST_SIZE;
		char *held;

		size = size < need ? need : size;
		held = realloc(f->held, size);
		if (!held)
			return -1;
		f->held = held;
		f->size = size;
	}
	if (n > 0)
		memcpy(f->held + f->n_held, bytes, n);
	f->n_held = need;
	return 0;
}

static int ends_with(const char *text, size_t len, char c)
{
	return len > 0 && text[len - 1] == c;
}

/* ---- Lines ---- */

/* Emits a line whose LF is cut off; a CR may be its last byte. */
static enum frame_event emit(const struct frame *f, const char *text,
    size_t len, struct line *out)
{
	out->text = text;
	out->len = len - (size_t)ends_with(text, len, '\r');
	return out->len > f->max_line ? FRAME_TOO_LONG : FRAME_LINE;
}

/* Holds the rest of the piece, which is part of a line that has no end yet. */
static enum frame_event hold_rest(struct frame *f, struct piece *p)
{
	size_t n = left(p), len = f->n_held + n;

	if (len - (size_t)ends_with(p->at, n, '\r') > f->max_line) {
		begin_anew(f, SKIPS_LINE);
		p->at = p->end;
		return FRAME_TOO_LONG;
	}
	if (hold(f, p->at, n) < 0)
		return FRAME_NO_MEMORY;
	p->at = p->end;
	return FRAME_MORE;
}

/* Takes the end of a line whose start is held. */
static enum frame_event join(struct frame *f, struct piece *p, const char *end,
    struct line *out)
{
	size_t n = (size_t)(end - p->at), len;

	if (f->n_held + n - 1 > f->max_line) {
		p->at = end + 1;
		begin_anew(f, IN_LINE);
		return FRAME_TOO_LONG;
	}
	if (hold(f, p->at, n) < 0)
		return FRAME_NO_MEMORY;
	p->at = end + 1;
	len = f->n_held;
	begin_anew(f, IN_LINE);
	return emit(f, f->held, len, out);
}

static enum frame_event take_line(struct frame *f, struct piece *p,
    struct line *out)
{
	const char *start = p->at, *end = memchr(start, '\n', left(p));

	if (!end)
		return hold_rest(f, p);
	if (f->n_held > 0)
		return join(f, p, end, out);
	p->at = end + 1;
	return emit(f, start, (size_t)(end - start), out);
}

static void skip_line(struct frame *f, struct piece *p)
{
	const char *end = memchr(p->at, '\n', left(p));

	p->at = end ? end + 1 : p->end;
	if (end)
		begin_anew(f, IN_LINE);
}

/* ---- Counted frames ---- */

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static enum frame_event take_length(struct frame *f, struct piece *p)
{
	for (; p->at < p->end && is_digit(*p->at); p->at++) {
		f->count = 10 * f->count + (uint64_t)(*p->at - '0');
		if (f->count == 0 || f->count > LONGEST_FRAME)
			return FRAME_BROKEN;
	}
	if (p->at == p->end)
		return FRAME_MORE;
	if (*p->at != ' ')
		return FRAME_BROKEN;
	p->at++;
	f->state = f->count > f->max_line ? SKIPS_COUNTED : IN_COUNTED;
	return f->state == SKIPS_COUNTED ? FRAME_TOO_LONG : FRAME_MORE;
}

static enum frame_event emit_counted(struct frame *f, const char *text,
    struct line *out)
{
	size_t len = (size_t)f->count;

	begin_anew(f, PAST_COUNTED);
	return emit(f, text, len - (size_t)ends_with(text, len, '\n'), out);
}

static enum frame_event take_counted(struct frame *f, struct piece *p,
    struct line *out)
{
	size_t missing = (size_t)f->count - f->n_held;
	const char *start = p->at;

	if (f->n_held == 0 && left(p) >= missing) {
		p->at += missing;
		return emit_counted(f, start, out);
	}
	if (missing > left(p))
		missing = left(p);
	if (hold(f, start, missing) < 0)
		return FRAME_NO_MEMORY;
	p->at += missing;
	return f->n_held == f->count ? emit_counted(f, f->held, out)
				     : FRAME_MORE;
}

static void skip_counted(struct frame *f, struct piece *p)
{
	size_t n = f->count < left(p) ? (size_t)f->count : left(p);

	p->at += n;
	f->count -= n;
	if (f->count == 0)
		begin_anew(f, PAST_COUNTED);
}

static void skip_end(struct frame *f, struct piece *p)
{
	if (f->state == PAST_COUNTED && *p->at == '\r') {
		p->at++;
		f->state = PAST_CR;
		return;
	}
	p->at += *p->at == '\n';
	f->state = IN_LINE;
}

/* ---- All of them ---- */

static enum frame_event take_some(struct frame *f, struct piece *p,
    struct line *out)
{
	switch ((enum state)f->state) {
	case SKIPS_LINE:
		skip_line(f, p);
		return FRAME_MORE;
	case IN_LENGTH:
		return take_length(f, p);
	case IN_COUNTED:
		return take_counted(f, p, out);
	case SKIPS_COUNTED:
		skip_counted(f, p);
		return FRAME_MORE;
	case PAST_COUNTED:
	case PAST_CR:
		skip_end(f, p);
		return FRAME_MORE;
	case IN_LINE:
		break;
	}
	if (f->counted && f->n_held == 0 && is_digit(*p->at)) {
		f->state = IN_LENGTH;
		return FRAME_MORE;
	}
	return take_line(f, p, out);
}

enum frame_event frame_next(struct frame *f, struct piece *p, struct line *out)
{
	enum frame_event event = FRAME_MORE;

	while (event == FRAME_MORE && p->at < p->end)
		event = f->state == IN_LINE && !f->counted
		    ? take_line(f, p, out)
		    : take_some(f, p, out);
	return event;
}

enum frame_event frame_end(struct frame *f, struct line *out)
{
	size_t n = f->n_held;
	int state = f->state;

	begin_anew(f, IN_LINE);
	if (state == IN_LENGTH || state == IN_COUNTED || state == SKIPS_COUNTED)
		return FRAME_BROKEN;
	return n > 0 ? emit(f, f->held, n, out) : FRAME_MORE;
}

void frame_clear(struct frame *f)
{
	free(f->held);
	f->held = NULL;
	f->size = 0;
	begin_anew(f, IN_LINE);
}
