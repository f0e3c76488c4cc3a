/*
 * CSV, pushed in pieces: a state machine over the bytes.
 *
 * A field is noted as a span: where it starts and ends in its record.
 * Spans are counted from the record's first byte, so they hold wherever
 * the record lies. A record that ends in the piece in which it started is
 * read where it is. Otherwise its bytes so far are put into `carry` when
 * the piece ends, and the next piece goes on in the same state.
 *
 * Invariants between two calls: carry holds the bytes of the unfinished
 * record (`held` of them), and `state` is that after its last byte. All
 * that the record's delivery depends on is the bytes of the record, so the
 * cuts cannot be seen; this is why the limits are tested when the record
 * ends, and not only when it is carried over.
 *
 * Within a run of plain text the only work for a byte is one look into a
 * table.
 */
#include "csv.h"

#include <stdlib.h>
#include <string.h>

enum state {
	FIELD_START,
	PLAIN,      /* in a field without quotes, or after its closing quote */
	QUOTED,     /* inside quotes */
	QUOTED_CR,  /* the same, and the last byte was a CR */
	QUOTE_SEEN, /* a quote inside quotes: the end, or half of "" */
	AFTER_CR    /* a record has ended with CR: an LF belongs to it */
};

enum { SPAN_QUOTED = 1, SPAN_IRREGULAR = 2 };

struct span {
	size_t start, end; /* with quotes, from the record's first byte */
	int flags;
};

struct buffer {
	char *bytes;
	size_t size;
};

struct csv {
	csv_record_fn *fn;
	void *ctx;
	size_t max_record, max_fields;
	char delimiter;
	unsigned char plain_stop[256];  /* bytes that mean something outside */
	unsigned char quoted_stop[256]; /* and inside quotes */

	/* The piece that is being read, and where its record starts. */
	const char *piece;
	size_t n, at, record_at;

	/* The record that is being read. */
	enum state state;
	struct buffer carry, scratch;
	size_t held; /* its bytes in pieces before this one */
	struct span *spans;
	struct csv_field *fields;
	size_t n_spans, spans_size;
	size_t field_start;
	int field_flags;
	int too_many;
	struct csv_record record;

	uint64_t line;     /* of the byte at `at` */
	uint64_t consumed; /* bytes in pieces before this one */
	int bom;           /* bytes of the mark seen so far; -1: past it */
};

static const char bom[] = "\xEF\xBB\xBF";

const char *csv_problem_text(int problem)
{
	static const char *const texts[CSV_N_PROBLEMS] = {
		"no problem",
		"quote inside an unquoted field",
		"text after a closing quote",
		"quoted field without its closing quote",
		"NUL byte",
		"record too long",
	};

	if (problem < 0 || problem >= CSV_N_PROBLEMS)
		return "unknown problem";
	return texts[problem];
}

struct csv *csv_new(const struct csv_options *options, csv_record_fn *fn,
    void *ctx)
{
	static const struct csv_options none = { 0, 0, 0 };
	const struct csv_options *o = options ? options : &none;
	struct csv *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->fn = fn;
	c->ctx = ctx;
	c->max_record = o->max_record ? o->max_record : (size_t)1 << 24;
	c->max_fields = o->max_fields ? o->max_fields : (size_t)1 << 20;
	c->delimiter = o->delimiter ? o->delimiter : ',';
	c->plain_stop[(unsigned char)c->delimiter] = 1;
	c->plain_stop['"'] = c->quoted_stop['"'] = 1;
	c->plain_stop['\r'] = c->quoted_stop['\r'] = 1;
	c->plain_stop['\n'] = c->quoted_stop['\n'] = 1;
	c->plain_stop[0] = c->quoted_stop[0] = 1;
	c->line = 1;
	c->record.line = 1;
	return c;
}

void csv_free(struct csv *c)
{
	if (!c)
		return;
	free(c->carry.bytes);
	free(c->scratch.bytes);
	free(c->spans);
	free(c->fields);
	free(c);
}

/* Makes room for n bytes, at least doubling: O(1) amortised a byte. */
static int reserve(struct buffer *b, size_t n)
{
	size_t size = b->size ? b->size : 256;
	char *bytes;

	if (n <= b->size)
		return 0;
	while (size < n)
		size *= 2;
	bytes = realloc(b->bytes, size);
	if (!bytes)
		return CSV_ENOMEM;
	b->bytes = bytes;
	b->size = size;
	return 0;
}

static int grow_spans(struct csv *c)
{
	size_t size = c->spans_size ? 2 * c->spans_size : 64;
	struct csv_field *fields;
	struct span *spans;

	spans = realloc(c->spans, size * sizeof *spans);
	if (!spans)
		return CSV_ENOMEM;
	c->spans = spans;
	fields = realloc(c->fields, size * sizeof *fields);
	if (!fields)
		return CSV_ENOMEM;
	c->fields = fields;
	c->spans_size = size;
	return 0;
}

/* Where the next byte is in its record. */
static size_t position(const struct csv *c)
{
	return c->held + c->at - c->record_at;
}

/* The first problem of a record is the one that is told. */
static void note(struct csv *c, int problem)
{
	if (c->record.problem)
		return;
	c->record.problem = problem;
	c->record.problem_field = c->n_spans;
}

static int end_field(struct csv *c)
{
	struct span *s;

	if (c->n_spans == c->max_fields) {
		c->too_many = 1;
		return 0;
	}
	if (c->n_spans == c->spans_size && grow_spans(c) < 0)
		return CSV_ENOMEM;
	s = &c->spans[c->n_spans++];
	s->start = c->field_start;
	s->end = position(c);
	s->flags = c->field_flags;
	c->field_flags = 0;
	return 0;
}

/* Writes what stands between and behind the quotes; returns its length. */
static size_t unquote(char *out, const char *raw, size_t n)
{
	size_t i = 1, len = 0;

	for (; i < n; i++) {
		if (raw[i] != '"')
			out[len++] = raw[i];
		else if (i + 1 < n && raw[i + 1] == '"')
			out[len++] = raw[i++];
		else
			break;
	}
	if (i < n) {
		memcpy(out + len, raw + i + 1, n - i - 1);
		len += n - i - 1;
	}
	return len;
}

/*
 * The unquoted text is never longer than the raw one, so scratch space for
 * the whole record is enough for its fields together, and its address does
 * not change while they are written.
 */
static int make_fields(struct csv *c, const char *base, size_t len)
{
	char *scratch = NULL;

	for (size_t i = 0; i < c->n_spans; i++) {
		const struct span *s = &c->spans[i];
		struct csv_field *f = &c->fields[i];

		f->text = base + s->start;
		f->len = s->end - s->start;
		if (!s->flags)
			continue;
		if (!(s->flags & SPAN_IRREGULAR)) {
			f->text++;
			f->len -= 2;
			continue;
		}
		if (!scratch) {
			if (reserve(&c->scratch, len) < 0)
				return CSV_ENOMEM;
			scratch = c->scratch.bytes;
		}
		f->len = unquote(scratch, f->text, f->len);
		f->text = scratch;
		scratch += f->len;
	}
	return 0;
}

/* Adds the piece's part of the record to what is held. */
static int carry_over(struct csv *c)
{
	size_t n = c->at - c->record_at;

	/* A record over the limit is only counted. */
	if (n > 0 && c->held <= c->max_record && n <= c->max_record - c->held) {
		if (reserve(&c->carry, c->held + n) < 0)
			return CSV_ENOMEM;
		memcpy(c->carry.bytes + c->held, c->piece + c->record_at, n);
	}
	c->held += n;
	c->record_at = c->at;
	return 0;
}

/* The record ends before the byte at `at`. */
static int deliver(struct csv *c)
{
	size_t len = position(c);
	const char *base = c->piece + c->record_at;

	if (len > c->max_record || c->too_many) {
		c->record.problem = CSV_TOO_LONG;
		c->record.problem_field = 0;
		c->n_spans = 0;
	} else if (c->held > 0) {
		if (carry_over(c) < 0)
			return CSV_ENOMEM;
		base = c->carry.bytes;
	}
	if (make_fields(c, base, len) < 0)
		return CSV_ENOMEM;
	c->record.fields = c->fields;
	c->record.n_fields = c->n_spans;
	return c->fn(c->ctx, &c->record);
}

static int end_record(struct csv *c)
{
	int blank = c->n_spans == 1 && position(c) == 0;
	int err = blank ? 0 : deliver(c);

	c->record.number += !blank;
	c->record.problem = CSV_FINE;
	c->n_spans = 0;
	c->held = 0;
	c->field_flags = 0;
	c->too_many = 0;
	return err;
}

/* The next record starts at the byte at `at`. */
static void start_record(struct csv *c)
{
	c->record_at = c->at;
	c->record.line = c->line;
	c->record.offset = c->consumed + c->at;
	c->state = FIELD_START;
}

static int at_line_end(struct csv *c)
{
	int cr = c->piece[c->at] == '\r';
	int err = end_field(c);

	if (err)
		return err;
	err = end_record(c);
	c->at++;
	c->line++;
	start_record(c);
	if (cr)
		c->state = AFTER_CR;
	return err;
}

/* A byte of plain_stop[], outside quotes. */
static int at_stop(struct csv *c)
{
	char byte = c->piece[c->at];

	if (byte == '\r' || byte == '\n')
		return at_line_end(c);
	if (byte == c->delimiter) {
		int err = end_field(c);

		c->at++;
		c->state = FIELD_START;
		return err;
	}
	note(c, byte == '"' ? CSV_STRAY_QUOTE : CSV_NUL);
	c->at++;
	return 0;
}

static int in_plain(struct csv *c)
{
	const char *p = c->piece + c->at;
	const char *end = c->piece + c->n;

	while (p < end && !c->plain_stop[(unsigned char)*p])
		p++;
	c->at = (size_t)(p - c->piece);
	return p < end ? at_stop(c) : 0;
}

static int at_field_start(struct csv *c)
{
	c->field_start = position(c);
	c->state = PLAIN;
	if (c->piece[c->at] != '"')
		return in_plain(c);
	c->field_flags = SPAN_QUOTED;
	c->state = QUOTED;
	c->at++;
	return 0;
}

static void in_quotes(struct csv *c)
{
	const char *p = c->piece + c->at;
	const char *end = c->piece + c->n;

	while (p < end && !c->quoted_stop[(unsigned char)*p])
		p++;
	c->at = (size_t)(p - c->piece);
	if (p == end)
		return;
	c->at++;
	switch (*p) {
	case '"':
		c->state = QUOTE_SEEN;
		break;
	case '\r':
		c->state = QUOTED_CR;
		c->line++;
		break;
	case '\n':
		c->line++;
		break;
	default:
		note(c, CSV_NUL);
	}
}

static int after_quote(struct csv *c)
{
	char byte = c->piece[c->at];

	if (byte == '"') {
		c->field_flags |= SPAN_IRREGULAR;
		c->state = QUOTED;
		c->at++;
		return 0;
	}
	c->state = PLAIN;
	if (byte == c->delimiter || byte == '\r' || byte == '\n')
		return at_stop(c);
	c->field_flags |= SPAN_IRREGULAR;
	note(c, CSV_AFTER_QUOTE);
	return in_plain(c);
}

static int step(struct csv *c)
{
	switch (c->state) {
	case FIELD_START:
		return at_field_start(c);
	case PLAIN:
		return in_plain(c);
	case QUOTED:
		in_quotes(c);
		return 0;
	case QUOTED_CR:
		c->state = QUOTED;
		c->at += c->piece[c->at] == '\n';
		return 0;
	case QUOTE_SEEN:
		return after_quote(c);
	case AFTER_CR:
		c->at += c->piece[c->at] == '\n';
		start_record(c);
		return 0;
	}
	return 0;
}

static int scan(struct csv *c, const char *bytes, size_t n)
{
	int err = 0;

	c->piece = bytes;
	c->n = n;
	c->at = c->record_at = 0;
	while (c->at < n && !err)
		err = step(c);
	if (!err)
		err = carry_over(c);
	c->consumed += n;
	return err;
}

/*
 * The mark itself may be cut. Bytes that only began like one are text
 * after all. Its bytes count in offsets.
 */
static int scan_bom(struct csv *c, const char **bytes, size_t *n)
{
	while (*n > 0 && c->bom < 3 && **bytes == bom[c->bom]) {
		c->bom++;
		++*bytes;
		--*n;
	}
	if (c->bom < 3 && *n == 0)
		return 0;
	size_t seen = (size_t)c->bom;

	c->bom = -1;
	if (seen < 3)
		return scan(c, bom, seen);
	c->consumed = c->record.offset = 3;
	return 0;
}

int csv_feed(struct csv *c, const char *bytes, size_t n)
{
	if (c->bom >= 0) {
		int err = scan_bom(c, &bytes, &n);

		if (err)
			return err;
	}
	return n > 0 ? scan(c, bytes, n) : 0;
}

int csv_end(struct csv *c)
{
	int err = 0;

	if (c->bom > 0 && c->bom < 3)
		err = scan(c, bom, (size_t)c->bom);
	c->bom = -1;
	c->piece = bom;
	c->n = c->at = c->record_at = 0;
	if (err || c->state == AFTER_CR || (c->held == 0 && c->n_spans == 0))
		return err;
	if (c->state == FIELD_START)
		c->field_start = position(c);
	if (c->state == QUOTED || c->state == QUOTED_CR) {
		c->field_flags |= SPAN_IRREGULAR;
		note(c, CSV_UNTERMINATED);
	}
	err = end_field(c);
	if (!err)
		err = end_record(c);
	c->state = AFTER_CR;
	return err;
}
