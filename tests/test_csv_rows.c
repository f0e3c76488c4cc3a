/*
 * Rows of selected columns hold what the records of the same text hold. The
 * records come from another reader, which has selected nothing; how they are
 * read is held against a second reader of CSV in test_csv.c. Rows and records
 * are taken in any mixture, in pieces of any size, and must be these records
 * in their order.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat_text.h>

#include "alloc.h"
#include "data.h"
#include "suites.h"

enum { MOST_COLUMNS = 6, WIDE = 160, STOP = 77 };

/* ---- Texts ---- */

struct text {
	char *bytes;
	size_t n, room;
};

static void add(struct text *t, const char *bytes, size_t n)
{
	if (n == 0)
		return;
	if (n > t->room - t->n) {
		t->room = 2 * (t->room + n) + 1024;
		t->bytes = realloc(t->bytes, t->room);
		if (!t->bytes)
			abort();
	}
	memcpy(t->bytes + t->n, bytes, n);
	t->n += n;
}

static void add_text(struct text *t, const char *text)
{
	add(t, text, strlen(text));
}

static void add_digits(struct text *t, struct rng *r, size_t n, size_t point)
{
	for (size_t i = 0; i < n; i++) {
		char digit = (char)('0' + rng_below(r, 10));

		if (i == point)
			add(t, ".", 1);
		add(t, &digit, 1);
	}
}

/* Most numbers are short. */
static void add_number(struct text *t, struct rng *r)
{
	static const char *const others[] = { "1e5", "-2.5E-3", "nan", "-inf",
		".", "-", "+.5", "5.", "-0", "1.2.3", "12x", " 7", "0x10",
		"9007199254740993", "-9007199254740993.",
		"123456789012345678901234567890", "\xC3\xA4" };
	size_t n = 1 + (size_t)rng_below(r, rng_below(r, 8) ? 8 : 22);

	if (rng_below(r, 30) == 0) {
		add_text(t,
		    others[rng_below(r, sizeof(others) / sizeof(*others))]);
		return;
	}
	if (rng_below(r, 3) == 0)
		add(t, rng_below(r, 4) ? "-" : "+", 1);
	add_digits(t, r, n, (size_t)rng_below(r, 2 * n));
}

static void add_field(struct text *t, struct rng *r)
{
	static const char *const quoted[] = { "\"a,b\"", "\"\"", "\"12.5\"",
		"\"a\"\"b\"", "\"a\nb\"", "\",,\"", "\"-7\"", "\"x\"y",
		"\"\r\n\"" };
	uint64_t kind = rng_below(r, 40);

	if (kind < 28)
		add_number(t, r);
	else if (kind < 36)
		add_text(t, kind % 2 ? "key" : "");
	else if (kind < 39)
		add_text(t, "\"a word\"");
	else
		add_text(t, quoted[rng_below(r, 9)]);
}

/* Few rows have a problem or quotes, so that many may come together. */
static void add_row(struct text *t, struct rng *r, size_t width)
{
	static const char *const ends[] = { "\n", "\r\n", "\n\n", "\r", "\n" };
	int plain = rng_below(r, 3) > 0;

	if (rng_below(r, 40) == 0)
		width = 1 + (size_t)rng_below(r, width + 1);
	for (size_t i = 0; i < width; i++) {
		if (i > 0)
			add(t, ",", 1);
		if (plain)
			add_digits(t, r, 1 + rng_below(r, 9), 3);
		else
			add_field(t, r);
	}
	add_text(t, rng_below(r, 12) ? "\n" : ends[rng_below(r, 5)]);
}

/* ---- Records ---- */

/* A record as it is told: its place, and the fields of the columns. */
struct told {
	uint64_t number, line, offset;
	int problem;
	size_t n_fields;
	struct text fields; /* the length of each, then its bytes */
};

struct wanted {
	struct told *records;
	size_t n, room;
};

static void tell_field(struct text *t, const leat_csv_field *f)
{
	add(t, (const char *)&f->len, sizeof(f->len));
	add(t, f->text, f->len);
}

static int keep_record(void *ctx, const leat_csv_record *record)
{
	struct wanted *w = ctx;
	struct told *told;

	if (w->n == w->room) {
		w->room = 2 * w->room + 64;
		w->records = realloc(w->records, w->room * sizeof(*w->records));
		if (!w->records)
			abort();
	}
	told = &w->records[w->n++];
	memset(told, 0, sizeof(*told));
	told->number = record->number;
	told->line = record->line;
	told->offset = record->offset;
	told->problem = record->problem;
	told->n_fields = record->n_fields;
	for (size_t i = 0; i < record->n_fields; i++)
		tell_field(&told->fields, &record->fields[i]);
	return 0;
}

static void forget_wanted(struct wanted *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->records[i].fields.bytes);
	free(w->records);
}

static struct wanted records_of(leat_csv_options o, const struct text *t)
{
	struct wanted w = { 0 };
	leat_csv *csv;

	o.record = keep_record;
	o.ctx = &w;
	o.allocator = NULL;
	ck_assert_int_eq(leat_csv_new(&csv, &o), 0);
	ck_assert_int_eq(leat_csv_push(csv, t->bytes, t->n), 0);
	ck_assert_int_eq(leat_csv_end(csv), 0);
	leat_csv_free(csv);
	return w;
}

/* Field i of a record. */
static leat_csv_field told_field(const struct told *told, size_t i)
{
	const char *p = told->fields.bytes;
	leat_csv_field f;

	for (;; i--) {
		memcpy(&f.len, p, sizeof(f.len));
		f.text = p + sizeof(f.len);
		if (i == 0)
			return f;
		p = f.text + f.len;
	}
}

/* ---- Rows against records ---- */

struct listener {
	const struct wanted *wanted;
	leat_csv_selection selection;
	size_t at; /* records that have come */
	size_t in_rows, offered, calls;
	int takes; /* 0: all rows; 1: any number of them; 2: none */
	struct rng r;
};

static int same_text(const leat_csv_field *a, const leat_csv_field *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static int take_record(void *ctx, const leat_csv_record *record)
{
	struct listener *l = ctx;
	const struct told *told = &l->wanted->records[l->at];

	ck_assert_uint_lt(l->at, l->wanted->n);
	l->at++;
	ck_assert_uint_eq(record->number, told->number);
	ck_assert_uint_eq(record->line, told->line);
	ck_assert_uint_eq(record->offset, told->offset);
	ck_assert_int_eq(record->problem, told->problem);
	ck_assert_uint_eq(record->n_fields, told->n_fields);
	for (size_t i = 0; i < record->n_fields; i++) {
		leat_csv_field f = told_field(told, i);

		ck_assert(same_text(&record->fields[i], &f));
	}
	return l->takes == 1 && rng_below(&l->r, 9) == 0 ? STOP : 0;
}

static void check_row(const struct listener *l, const leat_csv_rows *rows,
    size_t i)
{
	const struct told *told = &l->wanted->records[l->at + i];
	const leat_csv_selection *s = &l->selection;

	ck_assert_uint_lt(l->at + i, l->wanted->n);
	ck_assert_uint_eq(rows->number + i, told->number);
	ck_assert_uint_eq(rows->line + i, told->line);
	ck_assert_int_eq(told->problem, 0);
	if (i == 0)
		ck_assert_uint_eq(rows->offset, told->offset);
	for (size_t k = 0; k < s->n_texts; k++) {
		leat_csv_field f = told_field(told, s->texts[k]);

		ck_assert(same_text(&rows->texts[i * s->n_texts + k], &f));
	}
	for (size_t k = 0; k < s->n_numbers; k++) {
		leat_csv_field f = told_field(told, s->numbers[k]);
		double x = NAN;

		ck_assert(f.len == 0 ||
		    leat_parse_double(f.text, f.len, &x, NULL) == 0);
		ck_assert_msg(same_bits(rows->numbers[i * s->n_numbers + k], x),
		    "\"%.*s\"", (int)f.len, f.text);
	}
}

static size_t take_rows(void *ctx, const leat_csv_rows *rows)
{
	struct listener *l = ctx;
	size_t n = rows->n_rows;

	ck_assert_uint_gt(n, 0);
	ck_assert_uint_eq(rows->n_texts, l->selection.n_texts);
	ck_assert_uint_eq(rows->n_numbers, l->selection.n_numbers);
	for (size_t i = 0; i < n; i++)
		check_row(l, rows, i);
	l->calls++;
	l->offered += n;
	if (l->takes == 1)
		n = (size_t)rng_below(&l->r, n + 1);
	if (l->takes == 2)
		n = 0;
	l->in_rows += n;
	l->at += n;
	/* More than there are means all. */
	return n == rows->n_rows && l->takes == 1 ? n + 5 : n;
}

/* Pushes pieces of their own size, none longer than `most`. */
static void push_pieces(leat_csv *csv, struct listener *l, const struct text *t,
    size_t most)
{
	size_t at = 0;
	int err;

	while (at < t->n) {
		size_t left = t->n - at;
		size_t n = 1 + (size_t)rng_below(&l->r, most);
		char *piece;

		n = n < left ? n : left;
		piece = malloc(n);
		memcpy(piece, t->bytes + at, n);
		err = leat_csv_push(csv, piece, n);
		free(piece);
		ck_assert(err == 0 || err == LEAT_ECALLBACK);
		at = (size_t)leat_csv_offset(csv);
	}
	do
		err = leat_csv_end(csv);
	while (err == LEAT_ECALLBACK);
	ck_assert_int_eq(err, 0);
	ck_assert_uint_eq(l->at, l->wanted->n);
}

static void expect_rows(struct listener *l, leat_csv_options o,
    const struct text *t, size_t most)
{
	struct wanted wanted = records_of(o, t);
	leat_csv *csv;

	l->wanted = &wanted;
	l->at = l->in_rows = l->offered = l->calls = 0;
	l->selection.rows = take_rows;
	o.record = take_record;
	o.ctx = l;
	ck_assert_int_eq(leat_csv_new(&csv, &o), 0);
	ck_assert_int_eq(leat_csv_select(csv, &l->selection), 0);
	push_pieces(csv, l, t, most);
	leat_csv_free(csv);
	forget_wanted(&wanted);
}

/* Any columns, some more than once, of a table so wide. */
static void draw_columns(struct listener *l, size_t *columns, size_t width)
{
	leat_csv_selection *s = &l->selection;

	for (size_t i = 0; i < MOST_COLUMNS; i++)
		columns[i] = (size_t)rng_below(&l->r, width);
	s->n_texts = (size_t)rng_below(&l->r, 3);
	s->n_numbers = (size_t)rng_below(&l->r, MOST_COLUMNS - 1);
	s->texts = columns;
	s->numbers = columns + s->n_texts;
}

START_TEST(rows_and_records_together_are_the_records)
{
	static const size_t widths[] = { 1, 2, 3, 6, 9, WIDE };
	struct listener l = { 0 };

	l.r = rng_new(31 + (uint64_t)_i);
	for (int i = 0; i < (short_run() ? 12 : 60); i++) {
		size_t columns[MOST_COLUMNS], width = widths[i % 6];
		struct text t = { 0 };
		leat_csv_options o = { 0 };

		o.no_quotes = rng_below(&l.r, 8) == 0;
		o.ragged_ok = rng_below(&l.r, 2) == 0;
		o.max_lines = rng_below(&l.r, 2);
		o.max_record = rng_below(&l.r, 8) ? 0 : 40;
		for (uint64_t n = rng_below(&l.r, 600); n > 0; n--)
			add_row(&t, &l.r, width);
		draw_columns(&l, columns, width);
		l.takes = i % 3 == 2;
		expect_rows(&l, o, &t, i % 2 ? 20000 : 300);
		free(t.bytes);
	}
}
END_TEST

/* A table of n rows, whose first field is a key. */
static struct text table_of(size_t n, const char *row)
{
	struct text t = { 0 };

	add_text(&t, "key,a,b,c\n");
	for (size_t i = 0; i < n; i++)
		add_text(&t, row);
	return t;
}

static void listen_to(struct listener *l, const char *row, int takes)
{
	static const size_t key[] = { 0 }, numbers[] = { 3, 1 };
	struct text t = table_of(1000, row);
	leat_csv_options o = { 0 };

	memset(l, 0, sizeof(*l));
	l->r = rng_new(5);
	l->takes = takes;
	l->selection.texts = key;
	l->selection.n_texts = 1;
	l->selection.numbers = numbers;
	l->selection.n_numbers = 2;
	expect_rows(l, o, &t, t.n);
	free(t.bytes);
}

START_TEST(usual_records_come_as_rows)
{
	static const char *const rows[] = { "k,1.5,x,2\n", "k,1.5,,2\r\n",
		"\"k\",1.5,\"x,y\",2\n", "k,,x,\n", "k,\"1.5\",x,\"2\"\r\n",
		"k,123456789012345678901234567890,x,-1e5\n" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct listener l;

		/* The header is a record, and so are rows that are cut. */
		listen_to(&l, rows[i], 0);
		ck_assert_uint_ge(l.in_rows, 990);
		ck_assert_uint_le(l.calls, 40);
	}
}
END_TEST

START_TEST(other_records_come_as_records)
{
	static const char *const rows[] = { "k,1.5,x,2x\n", "k,1.5,2\n",
		"\"k\nl\",1.5,x,2\n", "\"k\"\"l\",1.5,x,2\n", "k,1.5,x,2\r",
		"k,1.5,x,2,3\n", "k\",1,x,2\n", "k, 1,x,2\n" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct listener l;

		listen_to(&l, rows[i], 0);
		ck_assert_uint_eq(l.in_rows, 0);
	}
}
END_TEST

/* However few rows are taken, hardly more than twice as many are offered. */
START_TEST(rows_that_are_not_taken_are_not_read_again_and_again)
{
	struct listener l;

	listen_to(&l, "k,1.5,x,2\n", 2);
	ck_assert_uint_eq(l.in_rows, 0);
	ck_assert_uint_le(l.offered, 1000 + 64);
	listen_to(&l, "k,1.5,x,2\n", 1);
	ck_assert_uint_le(l.offered, 3 * 1000 + 64);
}
END_TEST

static int count_record(void *ctx, const leat_csv_record *record)
{
	(void)record;
	((size_t *)ctx)[0]++;
	return 0;
}

static size_t count_rows(void *ctx, const leat_csv_rows *rows)
{
	((size_t *)ctx)[1] += rows->n_rows;
	return rows->n_rows;
}

static leat_csv_selection columns_0_and_1(void)
{
	static const size_t columns[] = { 0, 1 };
	leat_csv_selection s = { 0 };

	s.texts = columns;
	s.n_texts = 1;
	s.numbers = columns + 1;
	s.n_numbers = 1;
	s.rows = count_rows;
	return s;
}

static leat_csv *counting_reader(size_t *counts, const leat_allocator *a)
{
	leat_csv_options o = { 0 };
	leat_csv *csv;

	o.record = count_record;
	o.ctx = counts;
	o.max_fields = 100;
	o.allocator = a;
	ck_assert_int_eq(leat_csv_new(&csv, &o), 0);
	return csv;
}

static void push_four(leat_csv *csv)
{
	ck_assert_int_eq(leat_csv_push(csv, "a,1\nb,2\nc,3\nd,4\n", 16), 0);
}

START_TEST(a_selection_ends_with_another_one_or_a_reset)
{
	size_t counts[2] = { 0 };
	leat_csv *csv = counting_reader(counts, NULL);
	leat_csv_selection s = columns_0_and_1();

	ck_assert_int_eq(leat_csv_select(csv, &s), 0);
	push_four(csv); /* the first record says how wide they are */
	ck_assert_uint_eq(counts[0], 1);
	ck_assert_uint_eq(counts[1], 3);
	push_four(csv);
	ck_assert_uint_eq(counts[1], 7);
	ck_assert_int_eq(leat_csv_select(csv, &s), 0);
	push_four(csv);
	ck_assert_uint_eq(counts[1], 11);
	ck_assert_int_eq(leat_csv_select(csv, NULL), 0);
	push_four(csv);
	ck_assert_uint_eq(counts[0], 5);
	ck_assert_int_eq(leat_csv_select(csv, &s), 0);
	leat_csv_reset(csv);
	push_four(csv);
	ck_assert_uint_eq(counts[0], 9);
	ck_assert_uint_eq(counts[1], 11);
	leat_csv_free(csv);
}
END_TEST

START_TEST(a_selection_of_nothing_counts_rows)
{
	size_t counts[2] = { 0 };
	leat_csv *csv = counting_reader(counts, NULL);
	leat_csv_selection s = { 0 };

	s.rows = count_rows;
	ck_assert_int_eq(leat_csv_select(csv, &s), 0);
	push_four(csv);
	ck_assert_uint_eq(counts[0], 1);
	ck_assert_uint_eq(counts[1], 3);
	leat_csv_free(csv);
}
END_TEST

/* Columns that are not there make no record unusual, nor a row of it. */
START_TEST(columns_beyond_the_width_leave_all_as_records)
{
	static const size_t third[] = { 2 };
	size_t counts[2] = { 0 };
	leat_csv *csv = counting_reader(counts, NULL);
	leat_csv_selection s = columns_0_and_1();

	s.numbers = third;
	ck_assert_int_eq(leat_csv_select(csv, &s), 0);
	push_four(csv);
	ck_assert_uint_eq(counts[0], 4);
	leat_csv_free(csv);
}
END_TEST

START_TEST(a_selection_that_makes_no_sense_is_refused)
{
	static const size_t beyond[] = { 100 };
	size_t counts[2] = { 0 };
	leat_csv *csv = counting_reader(counts, NULL);
	leat_csv_selection s = columns_0_and_1(), bad[6];

	ck_assert_int_eq(leat_csv_select(csv, &s), 0);
	for (int i = 0; i < 6; i++)
		bad[i] = s;
	bad[0].rows = NULL;
	bad[1].texts = beyond;
	bad[2].numbers = beyond;
	bad[3].texts = NULL;
	bad[4].n_numbers = 101;
	bad[5].reserved[1] = 1;
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(leat_csv_select(csv, &bad[i]), LEAT_EINVAL);
	push_four(csv);
	ck_assert_uint_eq(counts[1], 3);
	leat_csv_free(csv);
}
END_TEST

START_TEST(without_memory_the_selection_stays)
{
	struct counted memory = { 0 };
	leat_allocator a = counted_allocator(&memory);
	size_t counts[2] = { 0 };
	leat_csv *csv = counting_reader(counts, &a);
	leat_csv_selection s = columns_0_and_1();
	size_t live, calls;

	ck_assert_int_eq(leat_csv_select(csv, &s), 0);
	calls = memory.calls - 1;
	live = memory.live;
	for (size_t i = 1; i <= calls; i++) {
		memory.fail_at = memory.calls + i;
		ck_assert_int_eq(leat_csv_select(csv, &s), LEAT_ENOMEM);
		ck_assert_uint_eq(memory.live, live);
	}
	memory.fail_at = 0;
	push_four(csv);
	ck_assert_uint_eq(counts[1], 3);
	leat_csv_free(csv);
	ck_assert_uint_eq(memory.live, 0);
	ck_assert_uint_eq(memory.damaged, 0);
}
END_TEST

Suite *csv_rows_suite(void)
{
	Suite *s = suite_create("csv_rows");
	TCase *t = tcase_create("rows");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, rows_and_records_together_are_the_records, 0, 4);
	tcase_add_test(t, usual_records_come_as_rows);
	tcase_add_test(t, other_records_come_as_records);
	tcase_add_test(t, rows_that_are_not_taken_are_not_read_again_and_again);
	tcase_add_test(t, a_selection_ends_with_another_one_or_a_reset);
	tcase_add_test(t, a_selection_of_nothing_counts_rows);
	tcase_add_test(t, columns_beyond_the_width_leave_all_as_records);
	tcase_add_test(t, a_selection_that_makes_no_sense_is_refused);
	tcase_add_test(t, without_memory_the_selection_stays);
	suite_add_tcase(s, t);
	return s;
}
