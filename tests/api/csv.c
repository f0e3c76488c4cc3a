/*
 * CSV readers. A reader cannot be copied: here an object is two of them, of
 * which one gets pieces as they come and the other one bytes one by one. All
 * that the two show must be the same.
 */
#include "api.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 64, STOPPED = 77 };

struct side {
	leat_csv *csv;
	uint64_t hash, records;
	unsigned stop_each; /* 0: never */
	int selects;
	size_t columns[2]; /* a text and a number, if it selects */
};

struct pair {
	struct side whole, bytes;
	int ended;
};

static leat_csv_options options;
static unsigned stop_each;

static void choose(void)
{
	leat_csv_options o = { 0 };

	o.delimiter = ",;\t|"[api_pick(4)];
	o.no_quotes = api_one_in(8);
	o.strict = api_one_in(4);
	o.ragged_ok = api_one_in(2);
	o.max_record = api_one_in(2) ? 1 + api_pick(200) : 0;
	o.max_fields = api_one_in(4) ? 1 + api_pick(8) : 0;
	o.allocator = api_memory;
	options = o;
	stop_each = api_one_in(4) ? 1 + (unsigned)api_pick(4) : 0;
}

static void mix(struct side *s, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++)
		s->hash = (s->hash ^ p[i]) * 0x100000001b3u;
	s->hash = (s->hash ^ n) * 0x100000001b3u;
}

static void take_place(struct side *s, const leat_csv_record *r)
{
	const uint64_t place[] = { r->number, r->line, r->offset,
		(uint64_t)r->problem, r->problem_field, r->n_fields };

	API_MUST(r->number == s->records++);
	API_MUST(leat_csv_problem_text(r->problem) != NULL);
	mix(s, place, sizeof(place));
}

static void mix_row(struct side *s, uint64_t line, const leat_csv_field *text,
    double x)
{
	mix(s, &line, sizeof(line));
	mix(s, text->text, text->len);
	mix(s, &x, sizeof(x));
}

/* Mixes a record that may also come as a row. Returns whether it may. */
static int take_as_row(struct side *s, const leat_csv_record *r)
{
	const leat_csv_field *f;
	double x = 0;

	if (!s->selects || r->problem || r->n_fields <= s->columns[0] ||
	    r->n_fields <= s->columns[1])
		return 0;
	f = &r->fields[s->columns[1]];
	if (f->len > 0 && leat_parse_double(f->text, f->len, &x, NULL) < 0)
		return 0;
	API_MUST(r->number == s->records++);
	mix_row(s, r->line, &r->fields[s->columns[0]], isnan(x) ? 0 : x);
	return 1;
}

static size_t take_rows(void *ctx, const leat_csv_rows *rows)
{
	struct side *s = ctx;

	API_MUST(rows->n_rows > 0 && rows->n_texts == 1);
	API_MUST(rows->number == s->records && rows->n_numbers == 1);
	for (size_t i = 0; i < rows->n_rows; i++) {
		double x = rows->numbers[i];

		mix_row(s, rows->line + i, &rows->texts[i], isnan(x) ? 0 : x);
	}
	s->records += rows->n_rows;
	return rows->n_rows;
}

static int take(void *ctx, const leat_csv_record *r)
{
	struct side *s = ctx;

	if (take_as_row(s, r))
		return 0;
	take_place(s, r);
	for (size_t i = 0; i < r->n_fields; i++)
		mix(s, r->fields[i].text, r->fields[i].len);
	return s->stop_each && s->records % s->stop_each == 0 ? STOPPED : 0;
}

/* A record that is refused has been taken as well. */
static void see_code(struct side *s, int err)
{
	API_MUST(err == 0 || err == LEAT_ECALLBACK || err == LEAT_ECSV);
	if (err == LEAT_ECSV) {
		API_MUST(options.strict);
		take_place(s, leat_csv_last(s->csv));
	}
	mix(s, &err, sizeof(err));
}

/* A piece of its own size, so that no byte behind it is read. */
static void push_piece(struct side *s, const char *text, size_t n)
{
	size_t at = 0;

	while (at < n) {
		uint64_t before = leat_csv_offset(s->csv);
		char *piece = malloc(n - at);
		int err;

		API_MUST(piece != NULL);
		memcpy(piece, text + at, n - at);
		err = leat_csv_push(s->csv, piece, n - at);
		free(piece);
		at += (size_t)(leat_csv_offset(s->csv) - before);
		API_MUST(err ? at <= n : at == n);
		if (err)
			see_code(s, err);
	}
}

static void compare(struct pair *p)
{
	API_MUST(leat_csv_offset(p->whole.csv) ==
	    leat_csv_offset(p->bytes.csv));
	API_MUST(p->whole.records == p->bytes.records);
	API_MUST(p->whole.hash == p->bytes.hash);
}

static void push(void *object)
{
	static const char usual[] = "\"\"\n\n\r,,;ab 1";
	struct pair *p = object;
	char text[PIECE];
	size_t n = api_pick(PIECE);

	for (size_t i = 0; i < n; i++) {
		unsigned b = api_byte();

		text[i] = b < 240 ? usual[b % (sizeof(usual) - 1)] : (char)b;
	}
	if (p->ended) {
		API_MUST(leat_csv_push(p->whole.csv, text, n) == LEAT_EINVAL);
		return;
	}
	push_piece(&p->whole, text, n);
	for (size_t i = 0; i < n; i++)
		push_piece(&p->bytes, text + i, 1);
	compare(p);
}

static void end_side(struct side *s)
{
	int err;

	do {
		err = leat_csv_end(s->csv);
		if (err)
			see_code(s, err);
	} while (err);
}

static void end(void *object)
{
	struct pair *p = object;

	if (!api_one_in(4) || p->ended)
		return;
	end_side(&p->whole);
	end_side(&p->bytes);
	p->ended = 1;
	compare(p);
}

static void select_side(struct side *s, int selects, size_t text, size_t number)
{
	leat_csv_selection selection = { 0 };
	int err;

	selection.texts = &s->columns[0];
	selection.numbers = &s->columns[1];
	selection.n_texts = selection.n_numbers = 1;
	selection.rows = take_rows;
	s->selects = selects;
	s->columns[0] = text;
	s->columns[1] = number;
	do
		err = leat_csv_select(s->csv, selects ? &selection : NULL);
	while (err == LEAT_ENOMEM);
	API_MUST(err == 0);
}

/* Rows cannot stop the reader, so there are none where records do. */
static void select_columns(void *object)
{
	struct pair *p = object;
	size_t text = api_pick(3), number = api_pick(3);
	int selects = api_one_in(2);

	if (stop_each > 0 || options.max_fields > 0)
		return;
	select_side(&p->whole, selects, text, number);
	select_side(&p->bytes, selects, text, number);
}

static const struct api_op ops[] = {
	{ "leat_csv_push leat_csv_offset leat_csv_last leat_csv_problem_text",
	    8, push, 0 },
	{ "leat_csv_end", 1, end, 0 },
	{ "leat_csv_select", 1, select_columns, 0 },
};

static int make_side(struct side *s)
{
	leat_csv_options o = options;

	o.record = take;
	o.ctx = s;
	s->stop_each = stop_each;
	return leat_csv_new(&s->csv, &o);
}

static void free_it(void *object)
{
	struct pair *p = object;

	leat_csv_free(p->whole.csv);
	leat_csv_free(p->bytes.csv);
	free(p);
}

static int make(void **out)
{
	struct pair *p = calloc(1, sizeof(*p));
	int err;

	API_MUST(p != NULL);
	err = make_side(&p->whole);
	if (!err)
		err = make_side(&p->bytes);
	if (err)
		free_it(p);
	else
		*out = p;
	return err;
}

static void reset(void *object)
{
	struct pair *p = object;

	leat_csv_reset(p->whole.csv);
	leat_csv_reset(p->bytes.csv);
	p->whole.records = p->bytes.records = 0;
	p->whole.selects = p->bytes.selects = 0;
	p->ended = 0;
}

const struct api_type api_csv = {
	.name = "csv",
	.choose = choose,
	.make = make,
	.free = free_it,
	.reset = reset,
	.ops = ops,
	.n_ops = sizeof(ops) / sizeof(ops[0]),
};
