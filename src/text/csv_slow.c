/*
 * csv_slow.c - records that are cut, malformed or at a limit
 *
 * A state machine over the bytes. A field is recorded as a span: its start and
 * end in the record. Spans are counted from the record's first byte, so they
 * hold wherever the record lies. A record that ends in the piece in which it
 * started is read in place. Otherwise its bytes so far are copied to `carry`
 * when the piece ends, and the next piece continues in the same state.
 *
 * Delivery depends only on the bytes of the record, so the cuts have no effect;
 * therefore limits are tested at positions in the record, and not when it is
 * carried over.
 *
 * With max_lines, quotes that cross a line end and have no proper end (none
 * within the limits or the input, or text behind it) are torn: the record ends
 * with the line on which they began, and the bytes after that are read again.
 * In the part that is read again all runs of quotes are even, or they would
 * have closed the field. So each of its fields that begins with a quote ends on
 * its line, nothing in it is torn, and no byte is read more than twice.
 */
#include "text.h"

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
	if (i < n) { /* text behind the closing quote is appended */
		memcpy(out + len, raw + i + 1, n - i - 1);
		len += n - i - 1;
	}
	return len;
}

/*
 * Makes the fields from the spans. Unquoted text is never longer than the raw
 * one, so scratch space for the whole record is enough for all its fields, and
 * its address does not change while they are written.
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

/* Returns the offset of the next byte in its record. */
static size_t position(const leat_csv *c)
{
	return c->now.held + c->at - c->record_at;
}

int leat_csv_carry_over(leat_csv *c)
{
	struct leat_unfinished *u = &c->now;
	size_t n = c->at - c->record_at, left = c->options.max_record - u->held;

	if (n > left) { /* no more bytes are kept */
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

/* ---- Problems ---- */

/* Records a problem, unless the record has one: the first is reported. */
static void note_at(leat_csv *c, int problem, uint64_t line, size_t column)
{
	struct leat_unfinished *u = &c->now;

	if (u->problem)
		return;
	u->problem = problem;
	u->problem_field = u->n_spans;
	u->problem_line = line;
	u->problem_column = column;
}

/* Returns the column of the next byte, from 1. */
static size_t column_of(const leat_csv *c)
{
	return position(c) - c->now.line_at + 1;
}

static void note(leat_csv *c, int problem)
{
	note_at(c, problem, c->now.line, column_of(c));
}

/* Records the place where the open quotes began. */
static void note_unterminated(leat_csv *c)
{
	c->now.field_flags |= LEAT_SPAN_IRREGULAR;
	note_at(c, LEAT_CSV_UNTERMINATED, c->now.quote_line,
	    c->now.quote_column);
}

/* ---- The end of a record ---- */

/* Makes the fields of a record that ends before the byte at `at`. */
static int finish_fields(leat_csv *c)
{
	struct leat_unfinished *u = &c->now;
	size_t len = position(c);
	const char *base = c->piece + c->record_at;

	if (len > c->options.max_record || u->too_long) {
		u->problem = LEAT_CSV_TOO_LONG;
		u->problem_field = u->problem_column = 0;
		u->problem_line = u->first_line;
		u->n_spans = 0;
		return LEAT_OK;
	}
	if (u->held > 0) {
		if (leat_csv_carry_over(c))
			return LEAT_ENOMEM;
		base = c->carry.bytes;
	}
	return make_fields(c, base, len);
}

void leat_csv_start_record(leat_csv *c, int state)
{
	uint64_t line = c->now.line;

	memset(&c->now, 0, sizeof(c->now));
	c->now.state = state;
	c->now.line = c->now.first_line = line;
	c->now.offset = c->base + c->at;
	c->record_at = c->safe_at = c->at;
	c->safe = c->now;
}

/*
 * Delivers the record, which n bytes end. The record is never blank:
 * csv_quick.c skips blank lines, whatever their piece.
 */
static int end_record(leat_csv *c, size_t n, int state)
{
	struct leat_unfinished u;

	LEAT_ASSERT(position(c) > 0);
	if (finish_fields(c))
		return LEAT_ENOMEM;
	u = c->now;
	/* Start the next record first: the callback may stop here. */
	c->at += n;
	c->now.line += n;
	leat_csv_start_record(c, state);
	return leat_csv_deliver(c, &u);
}

static int end_field(leat_csv *c)
{
	struct leat_unfinished *u = &c->now;
	struct leat_span *s;

	u->torn_at = 0;
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

/* Ends the last field and the record at a line end. */
static int end_line(leat_csv *c)
{
	int is_cr = c->piece[c->at] == '\r';

	if (end_field(c))
		return LEAT_ENOMEM;
	return end_record(c, 1, is_cr ? LEAT_AFTER_CR : LEAT_FIELD_START);
}

/* ---- Torn records ---- */

/*
 * Tears a record whose first line lies in earlier pieces: the bytes after it in
 * `carry` are put aside to be read again before this piece.
 */
static int tear_carried(leat_csv *c, size_t torn_at)
{
	struct leat_bytes carry = c->carry;
	struct leat_unfinished u;
	size_t held = c->now.held;

	c->at = c->record_at;
	c->now.held = torn_at;
	if (end_field(c) || finish_fields(c))
		return LEAT_ENOMEM;
	u = c->now;
	c->carry = c->again;
	c->again = carry;
	c->sets_aside = 1;
	c->again_at = torn_at + 1;
	c->again_n = held;
	c->base = u.offset + c->again_at;
	/* The piece counts as unread; read_on() reads it after `again`. */
	c->n = c->at = 0;
	c->now.line++;
	leat_csv_start_record(c,
	    carry.bytes[torn_at] == '\r' ? LEAT_AFTER_CR : LEAT_FIELD_START);
	return leat_csv_deliver(c, &u);
}

/* Ends the record with the line of its open quotes; the rest is read again. */
static int tear(leat_csv *c)
{
	struct leat_unfinished *u = &c->now;
	size_t torn_at = u->torn_at;
	int err;

	/* a later problem belongs to bytes that are read again */
	if (u->torn_fine)
		u->problem = LEAT_CSV_FINE;
	note_unterminated(c);
	u->line = u->quote_line;
	if (torn_at < u->held)
		return tear_carried(c, torn_at);
	c->at = c->record_at + (torn_at - u->held);
	err = end_line(c);
	leat_csv_go_back(c);
	return err;
}

/* ---- The state machine ---- */

/* Handles a special byte outside quotes. */
static int at_stop(leat_csv *c)
{
	char byte = c->piece[c->at];

	if (leat_is_line_end(byte))
		return end_line(c);
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

/* Finds the next byte of stop[], or the end of the piece. */
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
	struct leat_unfinished *u = &c->now;

	u->field_start = position(c);
	if ((unsigned char)c->piece[c->at] != c->quote) {
		u->state = LEAT_PLAIN;
		return in_plain(c);
	}
	u->field_flags = LEAT_SPAN_QUOTED;
	u->state = LEAT_QUOTED;
	u->quote_line = u->line;
	u->quote_column = column_of(c);
	c->at++;
	return LEAT_OK;
}

/*
 * Handles a line end inside quotes. With max_lines, a record that is already
 * too long ends here, since its bytes are not kept to be read again.
 */
static int line_in_quotes(leat_csv *c)
{
	struct leat_unfinished *u = &c->now;
	size_t at = position(c);

	if (c->options.max_lines > 0 && u->torn_at == 0) {
		if (u->too_long || at > c->options.max_record) {
			note_unterminated(c);
			return end_line(c);
		}
		u->torn_at = at;
		u->torn_fine = !u->problem;
	}
	if (c->piece[c->at++] == '\r')
		u->state = LEAT_QUOTED_CR;
	u->line++;
	u->line_at = at + 1;
	return LEAT_OK;
}

static int in_quotes(leat_csv *c)
{
	c->at = find_stop(c, c->quoted_stop);
	if (c->at == c->n)
		return LEAT_OK;
	if (leat_is_line_end(c->piece[c->at]))
		return line_in_quotes(c);
	if (c->piece[c->at])
		c->now.state = LEAT_QUOTE_SEEN;
	else
		note(c, LEAT_CSV_NUL);
	c->at++;
	return LEAT_OK;
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
	if (byte == c->options.delimiter || leat_is_line_end(byte)) {
		c->now.state = LEAT_PLAIN;
		return at_stop(c);
	}
	/* Text behind the closing quote shows that the quotes were stray. */
	if (c->now.torn_at > 0)
		return tear(c);
	c->now.state = LEAT_PLAIN;
	c->now.field_flags |= LEAT_SPAN_IRREGULAR;
	note(c, LEAT_CSV_AFTER_QUOTE);
	return in_plain(c);
}

/*
 * Continues inside quotes, or at their possible end. Quotes that have been open
 * for longer than a record may be are torn.
 */
static int quoted_step(leat_csv *c)
{
	struct leat_unfinished *u = &c->now;
	int err = LEAT_OK;

	if (u->state == LEAT_QUOTED) {
		err = in_quotes(c);
	} else if (u->state == LEAT_QUOTE_SEEN) {
		err = after_quote(c);
	} else { /* LEAT_QUOTED_CR */
		u->state = LEAT_QUOTED;
		if (c->piece[c->at] == '\n') {
			c->at++;
			u->line_at++;
		}
	}
	if (err || u->torn_at == 0)
		return err;
	return position(c) > c->options.max_record ||
		u->line - u->first_line >= c->options.max_lines
	    ? tear(c)
	    : LEAT_OK;
}

int leat_csv_step(leat_csv *c)
{
	switch (c->now.state) {
	case LEAT_FIELD_START:
		return at_field_start(c);
	case LEAT_QUOTED:
	case LEAT_QUOTED_CR:
	case LEAT_QUOTE_SEEN:
		return quoted_step(c);
	case LEAT_AFTER_CR:
		c->at += c->piece[c->at] == '\n';
		leat_csv_start_record(c, LEAT_FIELD_START);
		return LEAT_OK;
	default:
		return in_plain(c);
	}
}

/* No record has begun: after a delimiter there would be a span. */
int leat_csv_is_between(const leat_csv *c)
{
	return c->now.state == LEAT_FIELD_START && c->now.held == 0 &&
	    c->now.n_spans == 0;
}

int leat_csv_end_last(leat_csv *c)
{
	struct leat_unfinished *u = &c->now;

	if (leat_csv_is_between(c) || u->state == LEAT_AFTER_CR)
		return LEAT_OK;
	if (u->state == LEAT_FIELD_START)
		u->field_start = position(c);
	if (u->state == LEAT_QUOTED || u->state == LEAT_QUOTED_CR) {
		if (u->torn_at > 0)
			return tear(c);
		note_unterminated(c);
	}
	if (end_field(c))
		return LEAT_ENOMEM;
	return end_record(c, 0, LEAT_FIELD_START);
}
