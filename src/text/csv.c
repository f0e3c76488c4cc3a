/*
 * csv.c - CSV, pushed in pieces
 *
 * Records that lie within a piece are read by csv_quick.c. What is left is
 * read here, by a state machine over the bytes: records that are cut, and
 * those that are malformed or at a limit.
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
 * When memory runs out, everything is set back to the start of the record,
 * or of the piece if that is nearer; nothing is lost.
 */
#include "text.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

const char *leat_csv_problem_text(int problem)
{
	switch (problem) {
	case LEAT_CSV_FINE:
		return "no problem";
	case LEAT_CSV_STRAY_QUOTE:
		return "quote inside an unquoted field";
	case LEAT_CSV_AFTER_QUOTE:
		return "text after a closing quote";
	case LEAT_CSV_UNTERMINATED:
		return "quoted field without its closing quote";
	case LEAT_CSV_NUL:
		return "NUL byte";
	case LEAT_CSV_TOO_LONG:
		return "record too long";
	case LEAT_CSV_RAGGED:
		return "wrong number of fields";
	default:
		return "unknown problem";
	}
}

/* ---- Making one ---- */

static int is_line_end(char byte)
{
	return byte == '\n' || byte == '\r';
}

static int fits(const leat_csv_options *o)
{
	char delimiter = o->delimiter ? o->delimiter : ',';
	char quote = o->quote ? o->quote : '"';

	return o->record && !is_line_end(delimiter) && !is_line_end(quote) &&
	    (o->no_quotes ? !o->quote : delimiter != quote) &&
	    leat_allocator_fits(o->allocator);
}

static void set_up(leat_csv *c, const leat_csv_options *o)
{
	leat_csv_options *own = &c->options;
	unsigned char delimiter;

	*own = *o;
	if (!own->delimiter)
		own->delimiter = ',';
	if (!own->quote)
		own->quote = '"';
	if (!own->max_record)
		own->max_record = (size_t)1 << 24;
	if (!own->max_fields)
		own->max_fields = (size_t)1 << 20;
	delimiter = (unsigned char)own->delimiter;
	c->quote = o->no_quotes ? 256 : (unsigned char)own->quote;
	c->plain_stop[delimiter] = 1;
	c->plain_stop['\r'] = c->quoted_stop['\r'] = 1;
	c->plain_stop['\n'] = c->quoted_stop['\n'] = 1;
	c->plain_stop[0] = c->quoted_stop[0] = 1;
	if (!o->no_quotes)
		c->plain_stop[c->quote] = c->quoted_stop[c->quote] = 1;
	c->scan = leat_scan_choose(&c->marks, delimiter,
	    o->no_quotes ? '\n' : (unsigned char)own->quote);
}

int leat_csv_new(leat_csv **csv_out, const leat_csv_options *options)
{
	const leat_allocator *a;
	leat_csv *c;

	assert(csv_out && options);
	if (!fits(options))
		return LEAT_EINVAL;
	a = options->allocator ? options->allocator : &leat_malloc_allocator;
	c = (leat_csv *)a->alloc(a->ctx, sizeof(*c));
	if (!c)
		return LEAT_ENOMEM;
	memset(c, 0, sizeof(*c));
	c->allocator = *a;
	set_up(c, options);
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
	release(c, c->scratch.bytes);
	release(c, c->spans);
	release(c, c->fields);
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
	assert(c);
	memset(&c->now, 0, sizeof(c->now));
	c->now.line = c->now.first_line = 1;
	memset(&c->record, 0, sizeof(c->record));
	c->record.line = 1;
	c->base = c->n_records = 0;
	c->width = 0;
	c->bom = c->ended = 0;
	take_piece(c, byte_order_mark, 0);
}

/* ---- Memory ---- */

/* More memory, with what was there; NULL, and nothing has changed. */
static void *enlarge(leat_csv *c, const void *from, size_t used, size_t size)
{
	void *memory = c->allocator.alloc(c->allocator.ctx, size);

	if (!memory)
		c->starved = 1;
	else if (used > 0)
		memcpy(memory, from, used);
	return memory;
}

/* At least doubling: O(1) amortised a byte. */
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

int leat_csv_deliver(leat_csv *c, size_t n_fields, uint64_t line,
    uint64_t offset, int problem, size_t problem_field)
{
	if (c->width == 0) /* a first record that is too long has none */
		c->width = n_fields;
	if (n_fields != c->width && !problem && !c->options.any_width) {
		problem = LEAT_CSV_RAGGED;
		problem_field = n_fields < c->width ? n_fields : c->width;
	}
	leat_csv_tell(c, n_fields, line, offset);
	c->record.problem = problem;
	c->record.problem_field = problem_field;
	if (problem && c->options.strict)
		return LEAT_ECSV;
	return c->options.record(c->options.ctx, &c->record);
}

size_t leat_csv_unquote(char *out, const char *raw, size_t n, char quote)
{
	size_t i = 1, len = 0;

	for (; i < n; i++) {
		if (raw[i] != quote)
			out[len++] = raw[i];
		else if (i + 1 < n && raw[i + 1] == quote)
			out[len++] = raw[i++];
		else
			break;
	}
	if (i < n) { /* what stands behind the quotes */
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
static int make_fields(leat_csv *c, const char *base, size_t len)
{
	char *scratch = NULL;

	for (size_t i = 0; i < c->now.n_spans; i++) {
		const struct leat_span *s = &c->spans[i];
		leat_csv_field *f = &c->fields[i];

		f->text = base + s->start;
		f->len = s->end - s->start;
		if (!s->flags)
			continue;
		if (!(s->flags & LEAT_SPAN_IRREGULAR)) {
			f->text++;
			f->len -= 2;
			continue;
		}
		if (!scratch) {
			if (leat_csv_reserve(c, &c->scratch, len))
				return LEAT_ENOMEM;
			scratch = c->scratch.bytes;
		}
		f->len = leat_csv_unquote(scratch, f->text, f->len,
		    c->options.quote);
		f->text = scratch;
		scratch += f->len;
	}
	return LEAT_OK;
}

/* Where the next byte is in its record. */
static size_t position(const leat_csv *c)
{
	return c->now.held + c->at - c->record_at;
}

/* Adds the piece's part of the record to what is held. */
static int carry_over(leat_csv *c)
{
	struct leat_unfinished *u = &c->now;
	size_t n = c->at - c->record_at, left = c->options.max_record - u->held;

	if (n > left) { /* its bytes do not count any more */
		u->too_long = 1;
		n = left;
	} else if (n > 0) {
		if (leat_csv_reserve(c, &c->carry, u->held + n))
			return LEAT_ENOMEM;
		memcpy(c->carry.bytes + u->held, c->piece + c->record_at, n);
	}
	u->held += n;
	c->record_at = c->at;
	return LEAT_OK;
}

/* Makes the fields of a record that ends before the byte at `at`. */
static int finish_fields(leat_csv *c)
{
	struct leat_unfinished *u = &c->now;
	size_t len = position(c);
	const char *base = c->piece + c->record_at;

	if (len > c->options.max_record || u->too_long) {
		u->problem = LEAT_CSV_TOO_LONG;
		u->problem_field = 0;
		u->n_spans = 0;
		return LEAT_OK;
	}
	if (u->held > 0) {
		if (carry_over(c))
			return LEAT_ENOMEM;
		base = c->carry.bytes;
	}
	return make_fields(c, base, len);
}

/* The next record starts at the byte at `at`. */
static void start_record(leat_csv *c, int state)
{
	uint64_t line = c->now.line;

	memset(&c->now, 0, sizeof(c->now));
	c->now.state = state;
	c->now.line = c->now.first_line = line;
	c->now.offset = c->base + c->at;
	c->record_at = c->safe_at = c->at;
	c->safe = c->now;
}

/* Takes the record, with n bytes that end it. */
static int end_record(leat_csv *c, size_t n, int state)
{
	struct leat_unfinished u = c->now;
	int blank = u.n_spans == 1 && position(c) == 0;

	if (!blank && finish_fields(c))
		return LEAT_ENOMEM;
	u.n_spans = c->now.n_spans;
	u.problem = c->now.problem;
	u.problem_field = c->now.problem_field;
	c->at += n;
	c->now.line += n;
	start_record(c, state);
	if (blank)
		return LEAT_OK;
	return leat_csv_deliver(c, u.n_spans, u.first_line, u.offset, u.problem,
	    u.problem_field);
}

/* ---- The state machine ---- */

/* The first problem of a record is the one that is told. */
static void note(leat_csv *c, int problem)
{
	if (c->now.problem)
		return;
	c->now.problem = problem;
	c->now.problem_field = c->now.n_spans;
}

static int end_field(leat_csv *c)
{
	struct leat_unfinished *u = &c->now;
	struct leat_span *s;

	if (u->n_spans == c->options.max_fields) {
		u->too_long = 1;
		return LEAT_OK;
	}
	if (leat_csv_grow(c, u->n_spans + 1))
		return LEAT_ENOMEM;
	s = &c->spans[u->n_spans++];
	s->start = u->field_start;
	s->end = position(c);
	s->flags = u->field_flags;
	u->field_flags = 0;
	return LEAT_OK;
}

/* A byte of plain_stop[], outside quotes. */
static int at_stop(leat_csv *c)
{
	char byte = c->piece[c->at];

	if (is_line_end(byte)) {
		if (end_field(c))
			return LEAT_ENOMEM;
		return end_record(c, 1,
		    byte == '\r' ? LEAT_AFTER_CR : LEAT_FIELD_START);
	}
	if (byte == c->options.delimiter) {
		if (end_field(c))
			return LEAT_ENOMEM;
		c->now.state = LEAT_FIELD_START;
	} else {
		note(c, byte ? LEAT_CSV_STRAY_QUOTE : LEAT_CSV_NUL);
	}
	c->at++;
	return LEAT_OK;
}

/* Where the next byte of stop[] is, or the end of the piece. */
static size_t find_stop(const leat_csv *c, const unsigned char *stop)
{
	size_t i = c->at;

	while (i < c->n && !stop[(unsigned char)c->piece[i]])
		i++;
	return i;
}

static int in_plain(leat_csv *c)
{
	c->at = find_stop(c, c->plain_stop);
	return c->at < c->n ? at_stop(c) : LEAT_OK;
}

static int at_field_start(leat_csv *c)
{
	c->now.field_start = position(c);
	if ((unsigned char)c->piece[c->at] != c->quote) {
		c->now.state = LEAT_PLAIN;
		return in_plain(c);
	}
	c->now.field_flags = LEAT_SPAN_QUOTED;
	c->now.state = LEAT_QUOTED;
	c->at++;
	return LEAT_OK;
}

static void in_quotes(leat_csv *c)
{
	char byte;

	c->at = find_stop(c, c->quoted_stop);
	if (c->at == c->n)
		return;
	byte = c->piece[c->at++];
	if (is_line_end(byte)) {
		c->now.line++;
		if (byte == '\r')
			c->now.state = LEAT_QUOTED_CR;
	} else if (byte) {
		c->now.state = LEAT_QUOTE_SEEN;
	} else {
		note(c, LEAT_CSV_NUL);
	}
}

static int after_quote(leat_csv *c)
{
	char byte = c->piece[c->at];

	if ((unsigned char)byte == c->quote) {
		c->now.field_flags |= LEAT_SPAN_IRREGULAR;
		c->now.state = LEAT_QUOTED;
		c->at++;
		return LEAT_OK;
	}
	c->now.state = LEAT_PLAIN;
	if (byte == c->options.delimiter || is_line_end(byte))
		return at_stop(c);
	c->now.field_flags |= LEAT_SPAN_IRREGULAR;
	note(c, LEAT_CSV_AFTER_QUOTE);
	return in_plain(c);
}

static int step(leat_csv *c)
{
	switch (c->now.state) {
	case LEAT_FIELD_START:
		return at_field_start(c);
	case LEAT_QUOTED:
		in_quotes(c);
		return LEAT_OK;
	case LEAT_QUOTED_CR:
		c->now.state = LEAT_QUOTED;
		c->at += c->piece[c->at] == '\n';
		return LEAT_OK;
	case LEAT_QUOTE_SEEN:
		return after_quote(c);
	case LEAT_AFTER_CR:
		c->at += c->piece[c->at] == '\n';
		start_record(c, LEAT_FIELD_START);
		return LEAT_OK;
	default:
		return in_plain(c);
	}
}

/* ---- Pieces ---- */

static int is_between_records(const leat_csv *c)
{
	return c->now.state == LEAT_FIELD_START && c->now.held == 0 &&
	    c->now.n_spans == 0 && c->at == c->record_at;
}

/* Whole records the quick way, then one the slow way, and so on. */
static int read_piece(leat_csv *c)
{
	int err = LEAT_OK;

	while (c->at < c->n && !err) {
		if (is_between_records(c)) {
			err = leat_csv_quick(c);
			start_record(c, c->now.state);
			if (err || c->at == c->n)
				break;
			err = step(c);
		}
		while (!err && c->at < c->n && !is_between_records(c))
			err = step(c);
	}
	return err;
}

/* Back to where nothing is lost, if there was no memory; the piece goes. */
static int leave_piece(leat_csv *c, int err)
{
	if (c->starved) {
		c->now = c->safe;
		c->at = c->safe_at;
	}
	c->base += c->at;
	take_piece(c, byte_order_mark, 0);
	return err;
}

static int scan_piece(leat_csv *c, const char *bytes, size_t n)
{
	int err;

	take_piece(c, bytes, n);
	err = read_piece(c);
	if (!err)
		err = carry_over(c);
	return leave_piece(c, err);
}

/* Bytes that began like a mark are text after all. */
static int give_back_mark(leat_csv *c)
{
	int seen = c->bom, err;

	c->bom = -1;
	err = scan_piece(c, byte_order_mark, (size_t)seen);
	if (err)
		c->bom = seen;
	return err;
}

/* The mark itself may be cut. Its bytes count in offsets. */
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
	assert(c && (bytes || n_bytes == 0));
	if (c->ended)
		return LEAT_EINVAL;
	if (c->bom >= 0) {
		int err = take_mark(c, &bytes, &n_bytes);

		if (err)
			return err;
	}
	return n_bytes > 0 ? scan_piece(c, bytes, n_bytes) : LEAT_OK;
}

/* The record that lacks its line end, if there is one. */
static int end_last_record(leat_csv *c)
{
	struct leat_unfinished *u = &c->now;

	if (is_between_records(c) || u->state == LEAT_AFTER_CR)
		return LEAT_OK;
	if (u->state == LEAT_FIELD_START)
		u->field_start = position(c);
	if (u->state == LEAT_QUOTED || u->state == LEAT_QUOTED_CR) {
		u->field_flags |= LEAT_SPAN_IRREGULAR;
		note(c, LEAT_CSV_UNTERMINATED);
	}
	if (end_field(c))
		return LEAT_ENOMEM;
	return end_record(c, 0, LEAT_FIELD_START);
}

int leat_csv_end(leat_csv *c)
{
	int err;

	assert(c);
	if (c->ended)
		return LEAT_OK;
	err = c->bom > 0 ? give_back_mark(c) : LEAT_OK;
	if (err)
		return err;
	take_piece(c, byte_order_mark, 0);
	err = end_last_record(c);
	c->ended = !c->starved;
	return leave_piece(c, err);
}

uint64_t leat_csv_offset(const leat_csv *c)
{
	assert(c);
	return c->base + c->at + (c->bom > 0 ? (uint64_t)c->bom : 0);
}

const leat_csv_record *leat_csv_last(const leat_csv *c)
{
	assert(c);
	return &c->record;
}
