/*
 * Fuzzing the CSV reader: no bytes may make it misbehave, and neither the
 * cuts between pieces, nor stops by the callback, nor memory that runs out
 * may be seen in the records.
 *
 * The first bytes of the input choose the options and the cuts, the rest is
 * the text. It is read at once and then in pieces; both times the whole of
 * what the reader delivers or refuses goes into one checksum, and these
 * must be equal. Each piece is a copy of its own size, so that a read
 * beyond its end is seen by the address sanitizer.
 *
 * With LEAT_FUZZ_MAIN it is a program that reads the files it is given.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat_text.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The head. Byte 0: bits 0 and 1 the delimiter; 2, max_record; 3,
 * max_fields; 4 and 5 are set for what is usual, so that heads can be
 * digits: without 4 quotes are text, without 5 bytes 2 and 3 are delimiter
 * and quote; 6, strict; 7, ragged_ok. Byte 1: limits and the kind of cuts;
 * bits 3 and 4, max_lines, none for most digits; bit 6, memory runs out;
 * bit 7, the callback stops. Bytes 2 and 3 are where cuts, stops and refusals
 * start to be drawn.
 */
enum { HEAD = 4, USUAL_QUOTES = 16, USUAL_MARKS = 32, STOP = LEAT_ENOMEM };

struct plan {
	int kind; /* kind of cuts; below 0: none */
	int starve, stop;
	uint32_t state;
};

/* Columns that are selected, if any; the same ones in both readings. */
struct columns {
	int on;
	size_t texts[2], numbers[5];
	size_t n_texts, n_numbers;
};

struct run {
	const struct columns *columns;
	struct plan plan;
	int stopped;
	uint64_t hash;
	uint64_t records;
	uint64_t end; /* the next record does not start before */
};

static void must(int holds)
{
	if (!holds)
		abort();
}

/* The head alone decides, so a run repeats. */
static uint32_t draw(struct run *r)
{
	r->plan.state = r->plan.state * 1664525u + 1013904223u;
	return r->plan.state >> 24;
}

static void mix(struct run *r, const void *bytes, size_t n)
{
	const unsigned char *b = bytes;

	for (size_t i = 0; i < n; i++)
		r->hash = (r->hash ^ b[i]) * 0x100000001b3u;
}

static void mix_number(struct run *r, uint64_t n)
{
	mix(r, &n, sizeof n);
}

static void must_fit(struct run *r, const leat_csv_record *record)
{
	must(record->number == r->records++);
	must(record->offset >= r->end);
	r->end = record->offset + 1;
	must(record->line >= 1);
	must(record->problem >= LEAT_CSV_FINE &&
	    record->problem <= LEAT_CSV_RAGGED);
	must(record->n_fields > 0 || record->problem == LEAT_CSV_TOO_LONG);
	must(leat_csv_problem_text(record->problem) != NULL);
	must(record->problem_line >= record->line);
	must((record->problem_column > 0) ==
	    (record->problem >= LEAT_CSV_STRAY_QUOTE &&
		record->problem <= LEAT_CSV_NUL));
}

static void mix_place(struct run *r, const leat_csv_record *record)
{
	mix_number(r, record->n_fields);
	mix_number(r, record->line);
	mix_number(r, record->offset);
	mix_number(r, (uint64_t)record->problem);
	mix_number(r, record->problem_field);
	mix_number(r, record->problem_line);
	mix_number(r, record->problem_column);
}

static void mix_text(struct run *r, const leat_csv_field *f)
{
	must(f->text != NULL);
	mix_number(r, f->len);
	mix(r, f->text, f->len);
}

static void mix_double(struct run *r, double x)
{
	double bits = isnan(x) ? NAN : x;

	mix(r, &bits, sizeof bits);
}

/*
 * Mixes what a row would have of the record, if it may come as one. Which of
 * the two it is depends on the cuts.
 */
static int mix_as_row(struct run *r, const leat_csv_record *record)
{
	const struct columns *c = r->columns;
	double numbers[5];

	if (!c->on || record->problem)
		return 0;
	for (size_t i = 0; i < c->n_texts; i++)
		if (c->texts[i] >= record->n_fields)
			return 0;
	for (size_t i = 0; i < c->n_numbers; i++) {
		const leat_csv_field *f = &record->fields[c->numbers[i]];

		numbers[i] = NAN;
		if (c->numbers[i] >= record->n_fields ||
		    (f->len > 0 &&
			leat_parse_double(f->text, f->len, &numbers[i], NULL) !=
			    0))
			return 0;
	}
	mix_number(r, record->line);
	for (size_t i = 0; i < c->n_texts; i++)
		mix_text(r, &record->fields[c->texts[i]]);
	for (size_t i = 0; i < c->n_numbers; i++)
		mix_double(r, numbers[i]);
	return 1;
}

static int take(void *ctx, const leat_csv_record *record)
{
	struct run *r = ctx;

	must_fit(r, record);
	if (!mix_as_row(r, record)) {
		mix_place(r, record);
		for (size_t i = 0; i < record->n_fields; i++)
			mix_text(r, &record->fields[i]);
	}
	r->stopped = r->plan.stop && draw(r) < 64;
	return r->stopped ? STOP : 0;
}

/* Takes all rows, or some if the callback is to stop. */
static size_t take_rows(void *ctx, const leat_csv_rows *rows)
{
	struct run *r = ctx;
	const struct columns *c = r->columns;
	size_t n = rows->n_rows;

	must(n > 0 && rows->n_texts == c->n_texts &&
	    rows->n_numbers == c->n_numbers);
	must(rows->offset >= r->end);
	if (r->plan.stop)
		n = draw(r) % (n + 1);
	r->end = rows->offset + n;
	for (size_t i = 0; i < n; i++) {
		must(rows->number + i == r->records++);
		mix_number(r, rows->line + i);
		for (size_t k = 0; k < c->n_texts; k++)
			mix_text(r, &rows->texts[i * c->n_texts + k]);
		for (size_t k = 0; k < c->n_numbers; k++)
			mix_double(r, rows->numbers[i * c->n_numbers + k]);
	}
	return n;
}

static void *some_memory(void *ctx, size_t size)
{
	struct run *r = ctx;

	return r->plan.starve && draw(r) < 96 ? NULL : malloc(size);
}

static void give_back(void *ctx, void *memory)
{
	(void)ctx;
	free(memory);
}

/* Returns whether there is more to do: only a lack of memory may end early. */
static int go_on(struct run *r, leat_csv *csv, const leat_csv_options *o,
    int err)
{
	if (err == LEAT_ECSV) {
		must(o->strict && leat_csv_last(csv)->problem != LEAT_CSV_FINE);
		must_fit(r, leat_csv_last(csv));
		mix_place(r, leat_csv_last(csv));
	} else if (err == LEAT_ECALLBACK) {
		must(r->stopped);
	} else if (err) {
		must(err == LEAT_ENOMEM && r->plan.starve && !r->stopped);
	}
	r->stopped = 0;
	return err != 0;
}

static size_t next_cut(struct run *r, size_t left)
{
	size_t n;

	if (r->plan.kind < 0)
		return left;
	n = r->plan.kind % 3 == 0
	    ? 1
	    : draw(r) % (r->plan.kind % 3 == 1 ? 4u : 64u);
	return n < left ? n : left;
}

static int push_piece(leat_csv *csv, const uint8_t *data, size_t n)
{
	char *copy = malloc(n ? n : 1);
	int err;

	must(copy != NULL);
	if (n > 0)
		memcpy(copy, data, n);
	err = leat_csv_push(csv, copy, n);
	free(copy);
	return err;
}

static void push_all(struct run *r, leat_csv *csv, const leat_csv_options *o,
    const uint8_t *data, size_t size)
{
	size_t at = 0;

	while (at < size) {
		size_t n = next_cut(r, size - at), from = at;

		if (!go_on(r, csv, o, push_piece(csv, data + at, n)))
			must(leat_csv_offset(csv) == at + n);
		at = (size_t)leat_csv_offset(csv);
		must(at >= from && at <= from + n);
	}
	/* A record that is refused at the end is taken as well. */
	while (go_on(r, csv, o, leat_csv_end(csv)))
		;
	must(leat_csv_offset(csv) == size);
	must(leat_csv_push(csv, "x", 1) == LEAT_EINVAL);
}

/* Half of the heads select columns, by what their last two bytes are. */
static struct columns columns_of(const uint8_t *head)
{
	unsigned bits = (unsigned)head[2] << 8 | head[3];
	struct columns c = { 0 };

	c.on = bits & 1;
	c.n_texts = bits >> 1 & 1;
	c.n_numbers = (bits >> 2 & 7) % 6;
	for (size_t i = 0; i < c.n_texts; i++)
		c.texts[i] = bits >> 5 & 3;
	for (size_t i = 0; i < c.n_numbers; i++)
		c.numbers[i] = ((bits >> 7) + i) & 3;
	return c;
}

static void select_columns(leat_csv *csv, const struct columns *c)
{
	leat_csv_selection s = { 0 };
	int err;

	s.texts = c->texts;
	s.n_texts = c->n_texts;
	s.numbers = c->numbers;
	s.n_numbers = c->n_numbers;
	must(leat_csv_select(csv, &s) == LEAT_EINVAL);
	s.rows = take_rows;
	do
		err = leat_csv_select(csv, &s);
	while (err == LEAT_ENOMEM);
	must(err == LEAT_OK);
}

static struct run read_all(leat_csv_options options, const uint8_t *data,
    size_t size, struct plan plan, const struct columns *columns)
{
	struct run r = { columns, plan, 0, 0xcbf29ce484222325u, 0, 0 };
	leat_allocator memory = { some_memory, give_back, &r };
	leat_csv *csv = NULL;
	int err;

	options.record = take;
	options.ctx = &r;
	options.allocator = &memory;
	do
		err = leat_csv_new(&csv, &options);
	while (err == LEAT_ENOMEM);
	must(err == LEAT_OK);
	if (columns->on)
		select_columns(csv, columns);
	push_all(&r, csv, &options, data, size);
	leat_csv_free(csv);
	return r;
}

static leat_csv_options options_of(const uint8_t *head)
{
	static const unsigned lines[] = { 2, 1, 0, 3 };
	leat_csv_options o = { 0 };

	o.delimiter = ",;\t|"[head[0] & 3];
	o.max_lines = lines[head[1] >> 3 & 3];
	if (!(head[0] & USUAL_MARKS)) {
		o.delimiter = (char)head[2];
		o.quote = (char)head[3];
	}
	o.no_quotes = !(head[0] & USUAL_QUOTES);
	if (head[0] & 4)
		o.max_record = 1u + head[1];
	if (head[0] & 8)
		o.max_fields = 1u + (head[1] & 7);
	o.strict = head[0] >> 6 & 1;
	o.ragged_ok = head[0] >> 7;
	return o;
}

static int make_sense(const leat_csv_options *o)
{
	char delimiter = o->delimiter ? o->delimiter : ',';
	char quote = o->quote ? o->quote : '"';

	if (strchr("\r\n", delimiter) || strchr("\r\n", quote))
		return 0;
	return o->no_quotes ? !o->quote : delimiter != quote;
}

static int take_none(void *ctx, const leat_csv_record *record)
{
	(void)ctx;
	(void)record;
	return 0;
}

static void must_be_refused(leat_csv_options o)
{
	leat_csv *csv = NULL;

	o.record = take_none;
	must(leat_csv_new(&csv, &o) == LEAT_EINVAL && !csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plan at_once = { -1, 0, 0, 0 }, in_pieces;
	leat_csv_options options;
	struct columns columns;
	struct run whole, pieces;

	if (size < HEAD)
		return 0;
	options = options_of(data);
	if (!make_sense(&options)) {
		must_be_refused(options);
		return 0;
	}
	in_pieces.kind = data[1];
	in_pieces.starve = data[1] >> 6 & 1;
	in_pieces.stop = data[1] >> 7;
	in_pieces.state = (uint32_t)data[2] << 8 | data[3];
	columns = columns_of(data);
	if (options.max_fields && options.max_fields < 5)
		columns.on = 0; /* would be refused */
	whole = read_all(options, data + HEAD, size - HEAD, at_once, &columns);
	pieces = read_all(options, data + HEAD, size - HEAD, in_pieces,
	    &columns);
	must(whole.hash == pieces.hash && whole.records == pieces.records);
	return 0;
}

#include "fuzz_main.h"
