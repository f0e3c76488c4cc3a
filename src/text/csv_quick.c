/*
 * csv_quick.c - records that lie within one piece
 *
 * Nearly all of a file is whole and well formed. The ends of its fields are
 * found by scan.c, a stretch of the piece at a time, and this loop looks at one
 * place after the other; its branches depend only on the kinds of these bytes,
 * which the CPU soon predicts. Fields are not copied, except doubled quotes.
 *
 * Anything unusual (a stray quote, a NUL, a limit, the end of the piece) ends
 * it at the start of the record, which csv_slow.c then reads from there. Both
 * deliver the same records; tests compare them.
 */
#include "text.h"

/* State of the record so far. */
struct quick {
	leat_csv *csv;
	const char *end;    /* end of the piece */
	const char *record; /* start of the record */
	uint64_t line;      /* line at which the record starts */
	uint64_t lines;     /* line ends within its quotes */
	int doubled;        /* some field has doubled quotes */
	int err;            /* result, once reading has stopped */
};

LEAT_NOINLINE int leat_csv_find_places(leat_csv *c, const char *end)
{
	do {
		size_t n = (size_t)(end - c->scanned);

		if (n == 0)
			return 0;
		if (n > LEAT_SCAN)
			n = LEAT_SCAN;
		c->n_places = c->scan(&c->marks, c->scanned, n, c->places);
		c->place = 0;
		c->window = c->scanned;
		c->scanned += n;
	} while (c->n_places == 0);
	return 1;
}

/* Returns the next place. NULL if this piece has no more. */
LEAT_INLINE const char *next_place(leat_csv *c, const char *end)
{
	if (LEAT_UNLIKELY(c->place == c->n_places) &&
	    !leat_csv_find_places(c, end))
		return NULL;
	return c->window + c->places[c->place++];
}

void leat_csv_go_back(leat_csv *c)
{
	const char *p = c->piece + c->at;

	if (p < c->window) {
		c->window = c->scanned = p;
		c->n_places = c->place = 0;
	}
	while (c->place > 0 && c->window + c->places[c->place - 1] >= p)
		c->place--;
}

/*
 * Reads the rest of a field in quotes, whose first quote is at `field`. Returns
 * the place behind the closing quote, which ends the field, or NULL if the
 * field is unusual.
 */
static LEAT_NOINLINE const char *quoted_field(struct quick *q,
    const char *field, leat_csv_field *f)
{
	leat_csv *c = q->csv;
	const leat_csv_options *o = &c->options;
	const char *p;

	while ((p = next_place(c, q->end)) != NULL) {
		if (*p == '\0')
			return NULL;
		/* CRLF is one line end, counted at its CR. */
		if (*p == '\r' || (*p == '\n' && p[-1] != '\r')) {
			q->lines++;
			/* Beyond a limit quotes are torn: the slow way. */
			if (o->max_lines > 0 &&
			    (q->lines >= o->max_lines ||
				(size_t)(p - q->record) >= o->max_record))
				return NULL;
		}
		if ((unsigned char)*p != c->quote)
			continue;
		/* The next piece decides whether this quote is doubled. */
		if (p + 1 == q->end)
			return NULL;
		if ((unsigned char)p[1] != c->quote)
			break;
		q->doubled = 1;
		p = next_place(c, q->end);
	}
	if (!p)
		return NULL;
	f->text = field + 1;
	f->len = (size_t)(p - f->text);
	p++;
	if (*p != o->delimiter && !leat_is_line_end(*p))
		return NULL;
	return next_place(c, q->end);
}

/*
 * Undoubles quotes in the fields that have them. A field in quotes is
 * recognised by the quote before it, which no other field can have.
 */
static LEAT_NOINLINE int undouble(struct quick *q, size_t n_fields, size_t len)
{
	leat_csv *c = q->csv;
	char quote = c->options.quote, *out;

	if (leat_csv_reserve(c, &c->scratch, len))
		return LEAT_ENOMEM;
	out = c->scratch.bytes;
	for (size_t i = 0; i < n_fields; i++) {
		leat_csv_field *f = &c->fields[i];

		if (f->text == q->record || f->text[-1] != quote ||
		    !memchr(f->text, quote, f->len))
			continue;
		/* leat_csv_unquote() expects the raw field with its quotes. */
		f->len = leat_csv_unquote(out, f->text - 1, f->len + 2, quote);
		f->text = out;
		out += f->len;
	}
	return LEAT_OK;
}

/* Delivers a record of another width, or the first one. */
static LEAT_NOINLINE int deliver_other(leat_csv *c, size_t n_fields,
    uint64_t line, uint64_t offset)
{
	struct leat_unfinished u = { 0 };

	u.n_spans = n_fields;
	u.first_line = line;
	u.offset = offset;
	return leat_csv_deliver(c, &u);
}

/*
 * Moves behind the line end at p, which may be the first half of CRLF. Returns
 * 0 if the other half may be in the next piece.
 */
LEAT_INLINE int next_record(struct quick *q, const char *p)
{
	leat_csv *c = q->csv;

	q->record = p + 1;
	q->lines = 0;
	q->doubled = 0;
	if (LEAT_LIKELY(*p == '\n'))
		return 1;
	if (q->record == q->end) {
		c->now.state = LEAT_AFTER_CR;
		return 0;
	}
	if (*q->record == '\n') {
		(void)next_place(c, q->end);
		q->record++;
	}
	return 1;
}

/* Ends a record of n_fields at p. Returns whether to continue, else q->err. */
LEAT_INLINE int end_quick(struct quick *q, size_t n_fields, const char *p)
{
	leat_csv *c = q->csv;
	size_t len = (size_t)(p - q->record);
	uint64_t line = q->line;
	uint64_t offset = c->base + (uint64_t)(q->record - c->piece);

	if (LEAT_UNLIKELY(len > c->options.max_record))
		return 0;
	if (LEAT_UNLIKELY(q->doubled) && undouble(q, n_fields, len)) {
		q->err = LEAT_ENOMEM;
		return 0;
	}
	q->line += q->lines + 1;
	if (n_fields == 1 && len == 0) { /* a blank line */
		q->err = LEAT_OK;
	} else if (LEAT_UNLIKELY(n_fields != c->width)) {
		q->err = deliver_other(c, n_fields, line, offset);
	} else {
		leat_csv_tell(c, n_fields, line, offset);
		q->err = leat_csv_call(c);
	}
	return next_record(q, p) && !q->err;
}

/*
 * Handles the place p, where the field f ends or begins with a byte other than
 * the delimiter. Moves f and field. Returns whether to continue; if not, q->err
 * is the result.
 */
LEAT_INLINE int other_place(struct quick *q, const char *p, leat_csv_field **f,
    const char **field)
{
	leat_csv *c = q->csv;

	if ((unsigned char)*p == c->quote) {
		/* A stray quote is left to the slow way. */
		if (p != *field)
			return 0;
		p = quoted_field(q, *field, *f);
		if (!p)
			return 0;
	}
	if (*p == c->options.delimiter) {
		++*f;
		*field = p + 1;
		return 1;
	}
	if (*p == '\0' || !end_quick(q, (size_t)(*f + 1 - c->fields), p))
		return 0;
	*f = c->fields;
	*field = q->record;
	return 1;
}

/* Makes room for more than n fields. Returns 0 if it cannot; see q->err. */
static LEAT_NOINLINE int more_fields(struct quick *q, size_t n)
{
	if (n < q->csv->options.max_fields)
		q->err = leat_csv_grow(q->csv, n + 1);
	return q->csv->n_room > n;
}

/*
 * Reads records while they are usual, but only one if columns are chosen; then
 * it returns 1, and 0 if it has stopped. Fields are written through f, places
 * read through `at`: the inner loop changes nothing else; both stay in
 * registers.
 */
LEAT_INLINE int read_quick(struct quick *q)
{
	leat_csv *c = q->csv;
	const char delimiter = c->options.delimiter, *field = q->record;
	leat_csv_field *f = c->fields, *f_end = f ? f + c->n_room : f;

	while (c->place < c->n_places || leat_csv_find_places(c, q->end)) {
		const char *window = c->window;
		const uint16_t *at = c->places + c->place;
		const uint16_t *stop = c->places + c->n_places;

		while (at < stop) {
			const char *p = window + *at++;

			if (LEAT_UNLIKELY(f == f_end)) {
				size_t n = c->n_room;

				if (!more_fields(q, n))
					return 0;
				f = c->fields + n;
				f_end = c->fields + c->n_room;
			}
			f->text = field;
			f->len = (size_t)(p - field);
			if (LEAT_LIKELY(*p == delimiter)) {
				f++;
				field = p + 1;
				continue;
			}
			/*
			 * other_place() uses and moves c->place, so store it
			 * before and reload it after.
			 */
			c->place = (size_t)(at - c->places);
			if (!other_place(q, p, &f, &field))
				return 0;
			if (f == c->fields && c->choice)
				return 1;
			window = c->window;
			at = c->places + c->place;
			stop = c->places + c->n_places;
		}
		c->place = c->n_places;
	}
	return 0;
}

/* Reads rows of chosen columns, then a record, and so on. */
LEAT_INLINE void read_chosen(struct quick *q)
{
	do
		q->record = leat_csv_read_rows(q->csv, q->record, q->end,
		    &q->line);
	while (read_quick(q));
}

int leat_csv_quick(leat_csv *c)
{
	struct quick q = { c, c->piece + c->n, c->piece + c->at, c->now.line, 0,
		0, LEAT_OK };
	const char *next;

	/* Skip places before the record: the slow way has read up to here. */
	if (c->scanned <= q.record) {
		c->scanned = q.record;
		c->place = c->n_places;
	} else {
		do
			next = next_place(c, q.end);
		while (next && next < q.record);
		c->place -= next != NULL;
	}
	if (c->choice)
		read_chosen(&q);
	else
		read_quick(&q);
	c->at = (size_t)(q.record - c->piece);
	c->now.line = q.line;
	return q.err;
}
