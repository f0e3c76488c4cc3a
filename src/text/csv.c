/*
 * csv.c - CSV, pushed in pieces
 *
 * Records that lie within a piece are read by csv_quick.c; those that are cut,
 * malformed or at a limit by csv_slow.c. This file manages the pieces.
 *
 * Invariants between two calls: carry holds the bytes of the unfinished record
 * (`held` of them), and `state` is that after its last byte. Bytes of `again`
 * from again_at on have been pushed and come before the next piece; while there
 * are any, no record is unfinished. They are read like a piece, and nothing can
 * be added to them meanwhile.
 *
 * When memory runs out, everything is set back to the start of the record, or
 * of the piece if that is nearer; nothing is lost.
 */
#include "../core/memory.h"
#include "text.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

const char *leat_csv_problem_text(int problem)
{
	static const char *const texts[] = {
		[LEAT_CSV_FINE] = "no problem",
		[LEAT_CSV_STRAY_QUOTE] = "quote inside an unquoted field",
		[LEAT_CSV_AFTER_QUOTE] = "text after a closing quote",
		[LEAT_CSV_UNTERMINATED] =
		    "quoted field without its closing quote",
		[LEAT_CSV_NUL] = "NUL byte",
		[LEAT_CSV_TOO_LONG] = "record too long",
		[LEAT_CSV_RAGGED] = "wrong number of fields",
	};

	return problem < LEAT_CSV_FINE || problem > LEAT_CSV_RAGGED
	    ? "unknown problem"
	    : texts[problem];
}

/* ---- Making one ---- */

/* Copies the options and fills in the defaults. Returns whether they fit. */
static int take_options(leat_csv_options *o, const leat_csv_options *in)
{
	*o = *in;
	if (!o->delimiter)
		o->delimiter = ',';
	if (!o->quote)
		o->quote = '"';
	if (!o->max_record)
		o->max_record = (size_t)1 << 24;
	if (!o->max_fields)
		o->max_fields = (size_t)1 << 20;
	return o->record && !leat_is_line_end(o->delimiter) &&
	    !leat_is_line_end(o->quote) &&
	    (o->no_quotes ? !in->quote : o->delimiter != o->quote) &&
	    LEAT_IS_RESERVED(o) && leat_allocator_fits(o->allocator);
}

static void set_up(leat_csv *c, const leat_csv_options *o)
{
	unsigned char delimiter = (unsigned char)o->delimiter;

	c->options = *o;
	c->quote = o->no_quotes ? 256 : (unsigned char)o->quote;
	c->plain_stop[delimiter] = 1;
	c->plain_stop['\r'] = c->quoted_stop['\r'] = 1;
	c->plain_stop['\n'] = c->quoted_stop['\n'] = 1;
	c->plain_stop[0] = c->quoted_stop[0] = 1;
	if (!o->no_quotes)
		c->plain_stop[c->quote] = c->quoted_stop[c->quote] = 1;
	c->scan = leat_scan_choose(&c->marks, delimiter,
	    o->no_quotes ? '\n' : (unsigned char)o->quote);
}

int leat_csv_new(leat_csv **csv_out, const leat_csv_options *options)
{
	leat_csv_options o;
	const leat_allocator *a;
	leat_csv *c;

	LEAT_ASSERT(csv_out && options);
	*csv_out = NULL;
	if (!take_options(&o, options))
		return LEAT_EINVAL;
	a = options->allocator ? options->allocator : &leat_malloc_allocator;
	c = (leat_csv *)a->alloc(a->ctx, sizeof(*c));
	if (!c)
		return LEAT_ENOMEM;
	memset(c, 0, sizeof(*c));
	c->allocator = *a;
	set_up(c, &o);
	leat_csv_reset(c);
	*csv_out = c;
	return LEAT_OK;
}

static void release(const leat_csv *c, void *memory)
{
	if (memory)
		c->allocator.free(c->allocator.ctx, memory);
}

void leat_csv_free(leat_csv *c)
{
	if (!c)
		return;
	release(c, c->carry.bytes);
	release(c, c->again.bytes);
	release(c, c->scratch.bytes);
	release(c, c->spans);
	release(c, c->fields);
	leat_csv_forget_choice(c);
	release(c, c);
}

static void take_piece(leat_csv *c, const char *bytes, size_t n)
{
	c->piece = c->window = c->scanned = bytes;
	c->n = n;
	c->at = c->record_at = c->safe_at = c->n_places = c->place = 0;
	c->safe = c->now;
	c->starved = 0;
}

void leat_csv_reset(leat_csv *c)
{
	LEAT_ASSERT(c);
	memset(&c->now, 0, sizeof(c->now));
	c->now.line = c->now.first_line = 1;
	memset(&c->record, 0, sizeof(c->record));
	c->record.line = 1;
	c->record.problem_line = 1;
	c->base = c->n_records = 0;
	c->again_at = c->again_n = 0;
	c->width = 0;
	c->bom = c->ended = 0;
	leat_csv_forget_choice(c);
	take_piece(c, byte_order_mark, 0);
}

/* ---- Memory ---- */

/*
 * Allocates a larger block with the old content. On failure returns NULL,
 * changes nothing and sets `starved`.
 */
static void *enlarge(leat_csv *c, const void *from, size_t used, size_t size)
{
	void *memory = c->allocator.alloc(c->allocator.ctx, size);

	if (!memory)
		c->starved = 1;
	else if (used > 0)
		memcpy(memory, from, used);
	return memory;
}

/* Makes room for n bytes. The size at least doubles: O(1) amortised a byte. */
int leat_csv_reserve(leat_csv *c, struct leat_bytes *b, size_t n)
{
	size_t size = b->size ? b->size : 256;
	void *bytes;

	if (n <= b->size)
		return LEAT_OK;
	if (n > SIZE_MAX / 2) {
		c->starved = 1;
		return LEAT_ENOMEM;
	}
	while (size < n)
		size *= 2;
	bytes = enlarge(c, b->bytes, b->size, size);
	if (!bytes)
		return LEAT_ENOMEM;
	release(c, b->bytes);
	b->bytes = (char *)bytes;
	b->size = size;
	return LEAT_OK;
}

int leat_csv_grow(leat_csv *c, size_t n_fields)
{
	size_t room = c->n_room ? 2 * c->n_room : 64;
	void *spans, *fields;

	if (n_fields <= c->n_room)
		return LEAT_OK;
	if (room > c->options.max_fields)
		room = c->options.max_fields;
	spans = enlarge(c, c->spans, c->n_room * sizeof(*c->spans),
	    room * sizeof(*c->spans));
	fields = enlarge(c, c->fields, c->n_room * sizeof(*c->fields),
	    room * sizeof(*c->fields));
	/* The arrays grow together: n_room is the size of both. */
	if (!spans || !fields) {
		release(c, spans);
		release(c, fields);
		return LEAT_ENOMEM;
	}
	release(c, c->spans);
	release(c, c->fields);
	c->spans = (struct leat_span *)spans;
	c->fields = (leat_csv_field *)fields;
	c->n_room = room;
	return LEAT_OK;
}

/* ---- Delivering ---- */

int leat_csv_deliver(leat_csv *c, const struct leat_unfinished *u)
{
	leat_csv_record *r = &c->record;
	size_t n = u->n_spans;

	if (c->width == 0) /* a too long first record has none */
		c->width = n;
	leat_csv_tell(c, n, u->first_line, u->offset);
	if (u->problem) {
		r->problem = u->problem;
		r->problem_field = u->problem_field;
		r->problem_line = u->problem_line;
		r->problem_column = u->problem_column;
	} else if (n != c->width && !c->options.ragged_ok) {
		r->problem = LEAT_CSV_RAGGED;
		r->problem_field = n < c->width ? n : c->width;
	}
	/* A refused record was counted by leat_csv_tell() all the same. */
	if (r->problem && c->options.strict)
		return LEAT_ECSV;
	return leat_csv_call(c);
}

/* ---- Pieces ---- */

/* Ends the piece, after a failed allocation at the last safe place. */
static int leave_piece(leat_csv *c, int err)
{
	if (c->starved) {
		c->now = c->safe;
		c->at = c->safe_at;
	}
	c->base += c->at;
	if (c->rereads)
		c->again_at += c->at;
	take_piece(c, byte_order_mark, 0);
	return err;
}

/* Reads a piece: whole records quickly, then one slowly, and so on. */
static int scan_piece(leat_csv *c, const char *bytes, size_t n)
{
	int err = LEAT_OK;

	take_piece(c, bytes, n);
	while (c->at < c->n && !err) {
		/* The quick way needs the start of a record. */
		if (leat_csv_is_between(c)) {
			err = leat_csv_quick(c);
			leat_csv_start_record(c, c->now.state);
			if (err || c->at == c->n)
				break;
			err = leat_csv_step(c);
		}
		while (!err && c->at < c->n && !leat_csv_is_between(c))
			err = leat_csv_step(c);
	}
	return leave_piece(c, err ? err : leat_csv_carry_over(c));
}

static size_t n_again(const leat_csv *c)
{
	return c->again_n - c->again_at;
}

/* Reads the bytes put aside, then the piece, which may put aside more. */
static int read_on(leat_csv *c, const char *bytes, size_t n)
{
	int err = LEAT_OK;

	do {
		c->sets_aside = 0;
		if (n_again(c) > 0) {
			c->rereads = 1;
			err = scan_piece(c, c->again.bytes + c->again_at,
			    n_again(c));
			c->rereads = 0;
		}
		if (!err && n > 0)
			err = scan_piece(c, bytes, n);
		/* A piece that put bytes aside was not read itself. */
	} while (!err && c->sets_aside);
	return err;
}

/* Reads the bytes that began like a byte order mark as text. */
static int give_back_mark(leat_csv *c)
{
	int seen = c->bom, err;

	c->bom = -1;
	err = scan_piece(c, byte_order_mark, (size_t)seen);
	if (err)
		c->bom = seen;
	return err;
}

/* Skips the byte order mark, which may be cut. Its bytes count in offsets. */
static int take_mark(leat_csv *c, const char **bytes, size_t *n)
{
	while (*n > 0 && c->bom < 3 && **bytes == byte_order_mark[c->bom]) {
		c->bom++;
		++*bytes;
		--*n;
	}
	if (c->bom < 3)
		return *n > 0 ? give_back_mark(c) : LEAT_OK;
	c->bom = -1;
	c->base = c->now.offset = 3;
	return LEAT_OK;
}

int leat_csv_push(leat_csv *c, const char *bytes, size_t n_bytes)
{
	LEAT_ASSERT(c && (bytes || n_bytes == 0));
	if (c->ended)
		return LEAT_EINVAL;
	if (c->bom >= 0) {
		int err = take_mark(c, &bytes, &n_bytes);

		if (err)
			return err;
	}
	return read_on(c, bytes, n_bytes);
}

int leat_csv_end(leat_csv *c)
{
	int err;

	LEAT_ASSERT(c);
	if (c->ended && n_again(c) == 0)
		return LEAT_OK;
	err = c->bom > 0 ? give_back_mark(c) : LEAT_OK;
	do {
		if (!err)
			err = read_on(c, NULL, 0);
		if (err)
			break;
		/* The last record may lack its line end. */
		take_piece(c, byte_order_mark, 0);
		err = leat_csv_end_last(c);
		/* After a failed allocation the end must be repeated. */
		c->ended = !c->starved;
		err = leave_piece(c, err);
	} while (!err && n_again(c) > 0);
	return err;
}

uint64_t leat_csv_offset(const leat_csv *c)
{
	LEAT_ASSERT(c);
	return c->base + n_again(c) + (c->bom > 0 ? (uint64_t)c->bom : 0);
}

const leat_csv_record *leat_csv_last(const leat_csv *c)
{
	LEAT_ASSERT(c);
	return &c->record;
}
