/*
 * The CSV reader, held against another one: it has the whole text in
 * memory, does what the header says word for word, and knows nothing of
 * pieces, states, windows and spans. Random texts of the few bytes that
 * mean something are read by both, cut in every way there is; then with
 * callbacks that stop, and with memory that runs out at each request. The
 * scan, of which the CPU chooses the form, is tried in all of its forms.
 *
 * What a reader tells is written down as bytes, a "story": two readers
 * agree if their stories are the same. Pieces are copies that are spoilt
 * and freed after the call, so nothing may be kept of them.
 */
#include <dirent.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat_text.h>

#include "alloc.h"
#include "data.h"
#include "suites.h"

/* The fuzz target runs over the corpus; the runner may have others. */
#define LLVMFuzzerTestOneInput fuzz_csv_input
#include "fuzz_csv.c"

/*
 * Each form of the scan is tested; the library uses one, depending on the CPU.
 */
#define leat_scan_choose scan_choose
#include "../src/text/scan.c"
#ifdef SCAN_SSE2
#define SCAN_NAME scan_plain
#define SCAN_MASK plain_mask
#define SCAN_TARGET
#include "../src/text/scan_each.h"
#endif

/* ---- Stories ---- */

struct story {
	char *bytes;
	size_t n, room;
};

static void tell(struct story *s, const void *bytes, size_t n)
{
	if (n > s->room - s->n) {
		s->room = 2 * (s->room + n) + 1024;
		s->bytes = realloc(s->bytes, s->room);
		if (!s->bytes)
			abort();
	}
	if (n > 0)
		memcpy(s->bytes + s->n, bytes, n);
	s->n += n;
}

static void tell_number(struct story *s, uint64_t n)
{
	tell(s, &n, sizeof(n));
}

static void tell_place(struct story *s, const leat_csv_record *r)
{
	tell_number(s, r->n_fields);
	tell_number(s, r->number);
	tell_number(s, r->line);
	tell_number(s, r->offset);
	tell_number(s, (uint64_t)r->problem);
	tell_number(s, r->problem_field);
	tell_number(s, r->problem_line);
	tell_number(s, r->problem_column);
}

static void tell_fields(struct story *s, const leat_csv_record *r)
{
	for (size_t i = 0; i < r->n_fields; i++) {
		tell_number(s, r->fields[i].len);
		tell(s, r->fields[i].text, r->fields[i].len);
	}
}

static int same_story(const struct story *a, const struct story *b)
{
	return a->n == b->n && (a->n == 0 || !memcmp(a->bytes, b->bytes, a->n));
}

/* ---- The other reader ---- */

struct reference {
	const leat_csv_options *options;
	char delimiter;
	int quote; /* no byte, if quotes are text */
	size_t max_record, max_fields;

	const char *text;
	size_t n, at;
	size_t counted; /* line ends are counted up to here */
	uint64_t line, number;
	size_t width;

	leat_csv_field *fields;
	char *pool; /* pool of their bytes */
	size_t n_fields, used;
	int problem;
	size_t problem_field;
	size_t record_at, problem_at;
	struct story *story;
};

static int ends_line(char byte)
{
	return byte == '\n' || byte == '\r';
}

static int is_quote(const struct reference *r, size_t at)
{
	return at < r->n && (unsigned char)r->text[at] == r->quote;
}

static void complain(struct reference *r, int problem, size_t at)
{
	if (r->problem)
		return;
	r->problem = problem;
	r->problem_field = r->n_fields;
	r->problem_at = at;
}

static void keep(struct reference *r, char byte)
{
	if (byte == '\0')
		complain(r, LEAT_CSV_NUL, r->at);
	r->pool[r->used++] = byte;
}

/* Tells whether a line ends at a place; CRLF ends it at its first byte. */
static int is_line_end(const struct reference *r, size_t at)
{
	return r->text[at] == '\r' ||
	    (r->text[at] == '\n' && (at == 0 || r->text[at - 1] != '\r'));
}

/* The place behind the quotes that begin at `at`; 0: they do not end. */
static size_t close_quotes(const struct reference *r, size_t at)
{
	for (at++; at < r->n; at++)
		if (is_quote(r, at) && !is_quote(r, ++at))
			return at;
	return 0;
}

/*
 * Returns the place where quotes that begin at `at` are torn: their first line
 * end, if the text after it makes the record malformed or too long. Else the
 * end of the text.
 */
static size_t torn_place(const struct reference *r, size_t at)
{
	size_t behind = close_quotes(r, at), first = at;
	size_t end = behind ? behind : r->n;
	uint64_t lines = 1;

	while (first < end && !ends_line(r->text[first]))
		first++;
	if (r->options->max_lines == 0 || first == end)
		return r->n;
	if (r->n_fields > r->max_fields || first - r->record_at > r->max_record)
		return first; /* too long already */
	for (size_t i = r->record_at; i < end; i++)
		lines += (uint64_t)is_line_end(r, i);
	if (behind && end - r->record_at <= r->max_record &&
	    lines <= r->options->max_lines &&
	    (end == r->n || r->text[end] == r->delimiter ||
		ends_line(r->text[end])))
		return r->n;
	return first;
}

/* From the first quote to behind the last, or to where they are torn. */
static void reference_quoted(struct reference *r)
{
	size_t start = r->at, torn = torn_place(r, start);

	for (r->at++; r->at < torn; r->at++) {
		if (is_quote(r, r->at) && !is_quote(r, ++r->at))
			return;
		keep(r, r->text[r->at]);
	}
	complain(r, LEAT_CSV_UNTERMINATED, start);
}

static void reference_field(struct reference *r)
{
	leat_csv_field *f = &r->fields[r->n_fields];
	int quoted = is_quote(r, r->at);

	f->text = r->pool + r->used;
	if (quoted)
		reference_quoted(r);
	for (; r->at < r->n; r->at++) {
		char byte = r->text[r->at];

		if (byte == r->delimiter || ends_line(byte))
			break;
		if (quoted)
			complain(r, LEAT_CSV_AFTER_QUOTE, r->at);
		if (is_quote(r, r->at))
			complain(r, LEAT_CSV_STRAY_QUOTE, r->at);
		keep(r, byte);
	}
	f->len = (size_t)(r->pool + r->used - f->text);
	r->n_fields++;
}

/* Counts line ends before a place; CRLF is one. */
static uint64_t line_at(struct reference *r, size_t place)
{
	for (; r->counted < place; r->counted++) {
		r->line += (uint64_t)is_line_end(r, r->counted);
	}
	return r->line;
}

/* The line of a place, and where in that it is, a mark apart. */
static void tell_problem(struct reference *r, leat_csv_record *record)
{
	size_t at = r->problem_at, start = at;

	record->problem = r->problem;
	record->problem_field = r->problem_field;
	record->problem_line = record->line;
	if (!r->problem || r->problem == LEAT_CSV_RAGGED ||
	    r->problem == LEAT_CSV_TOO_LONG)
		return;
	record->problem_line = line_at(r, at);
	while (start > r->record_at && !ends_line(r->text[start - 1]))
		start--;
	record->problem_column = at - start + 1;
}

/* Judges problems of the whole record. */
static void judge(struct reference *r, size_t length)
{
	if (length > r->max_record || r->n_fields > r->max_fields) {
		r->problem = LEAT_CSV_TOO_LONG;
		r->n_fields = r->problem_field = 0;
	}
	/* The first record that has fields sets the width. */
	if (r->width == 0)
		r->width = r->n_fields;
	if (r->n_fields != r->width && !r->problem && !r->options->ragged_ok) {
		r->problem = LEAT_CSV_RAGGED;
		r->problem_field = r->n_fields < r->width ? r->n_fields
							  : r->width;
	}
}

static void reference_record(struct reference *r)
{
	leat_csv_record record = { 0 };

	record.fields = r->fields;
	record.offset = r->record_at = r->at;
	r->n_fields = r->used = 0;
	r->problem = 0;
	r->problem_field = 0;
	record.line = line_at(r, r->at);
	reference_field(r);
	while (r->at < r->n && r->text[r->at] == r->delimiter) {
		r->at++;
		reference_field(r);
	}
	judge(r, r->at - (size_t)record.offset);
	record.n_fields = r->n_fields;
	record.number = r->number++;
	tell_problem(r, &record);
	tell_place(r->story, &record);
	if (!r->options->strict || !record.problem)
		tell_fields(r->story, &record);
}

static void reference_read(struct reference *r)
{
	if (r->n >= 3 && memcmp(r->text, "\xEF\xBB\xBF", 3) == 0)
		r->at = 3;
	while (r->at < r->n) {
		if (!ends_line(r->text[r->at]))
			reference_record(r);
		if (r->at == r->n)
			break;
		if (r->text[r->at++] == '\r' && r->at < r->n &&
		    r->text[r->at] == '\n')
			r->at++;
	}
}

static void tell_expected(struct story *s, const leat_csv_options *o,
    const char *text, size_t n)
{
	struct reference r = { 0 };

	r.options = o;
	r.delimiter = o->delimiter ? o->delimiter : ',';
	r.quote = o->no_quotes ? 256
			       : (unsigned char)(o->quote ? o->quote : '"');
	r.max_record = o->max_record ? o->max_record : (size_t)1 << 24;
	r.max_fields = o->max_fields ? o->max_fields : (size_t)1 << 20;
	r.text = text;
	r.n = n;
	r.line = 1;
	r.fields = malloc((n + 1) * sizeof(*r.fields));
	r.pool = malloc(n + 1);
	if (!r.fields || !r.pool)
		abort();
	r.story = s;
	s->n = 0;
	reference_read(&r);
	free(r.fields);
	free(r.pool);
}

/* ---- Listening to the reader ---- */

enum cut_kind { WHOLE, SPLIT, STEPS, RANDOM };

struct cuts {
	enum cut_kind kind;
	size_t n; /* size of the first piece, of each, or the longest */
	struct rng rng;
};

struct listener {
	struct story story;
	struct story expected;
	const leat_csv_options *options;
	/* Each so many records the callback returns stop_with. */
	unsigned stop_every;
	int stop_with, stopped;
	/* An allocator that may fail. */
	struct counted *memory;
};

static int listen(void *ctx, const leat_csv_record *record)
{
	struct listener *l = ctx;

	tell_place(&l->story, record);
	tell_fields(&l->story, record);
	if (l->options->strict && record->problem)
		ck_abort_msg("a malformed record in strict mode");
	l->stopped = l->stop_every &&
	    record->number % l->stop_every == l->stop_every - 1;
	return l->stopped ? l->stop_with : 0;
}

static size_t cut_at(struct cuts *c, size_t at, size_t n)
{
	size_t len = n - at;

	if (c->kind == SPLIT && at < c->n)
		len = c->n - at;
	else if (c->kind == STEPS)
		len = c->n;
	else if (c->kind == RANDOM)
		len = (size_t)rng_below(&c->rng, c->n + 1);
	return len < n - at ? len : n - at;
}

/* Runs leat_csv_push(), or leat_csv_end() if there is no text. */
static int push_spoilt(leat_csv *c, const char *text, size_t n)
{
	char *copy;
	int err;

	if (!text)
		return leat_csv_end(c);
	copy = malloc(n ? n : 1);
	if (!copy)
		abort();
	memcpy(copy, text, n);
	err = leat_csv_push(c, copy, n);
	memset(copy, '#', n);
	free(copy);
	return err;
}

/* While there is no memory, to try again changes nothing. */
static void try_in_vain(struct listener *l, leat_csv *c, const char *text,
    size_t n)
{
	uint64_t offset = leat_csv_offset(c);
	size_t told = l->story.n;
	int err;

	if (!l->memory || !l->memory->fail_from)
		return;
	err = push_spoilt(c, text, n);
	if (err != LEAT_ENOMEM || leat_csv_offset(c) != offset ||
	    l->story.n != told)
		ck_abort_msg("%d, at %d, was at %d", err,
		    (int)leat_csv_offset(c), (int)offset);
	l->memory->fail_from = 0;
}

/* Pushes a piece, or ends; returns whether there is more to be done. */
static int hear_piece(struct listener *l, leat_csv *c, const char *text,
    size_t n)
{
	uint64_t from = leat_csv_offset(c), taken;
	int err;

	l->stopped = 0;
	err = push_spoilt(c, text, n);
	taken = leat_csv_offset(c) - from;
	if (taken > n || (!err && taken < n))
		ck_abort_msg("%d of %d bytes taken", (int)taken, (int)n);
	if (l->stopped) {
		if (err != LEAT_ECALLBACK)
			ck_abort_msg("stopped with %d", err);
	} else if (err == LEAT_ECSV && l->options->strict) {
		tell_place(&l->story, leat_csv_last(c));
	} else if (err == LEAT_ENOMEM && l->memory) {
		try_in_vain(l, c, text ? text + taken : text,
		    n - (size_t)taken);
		return 1;
	} else if (err) {
		ck_abort_msg("error %d", err);
	}
	return err != 0;
}

static void hear(struct listener *l, leat_csv *c, const char *text, size_t n,
    struct cuts *cuts)
{
	size_t at = 0;

	l->story.n = 0;
	while (at < n) {
		hear_piece(l, c, text + at, cut_at(cuts, at, n));
		at = (size_t)leat_csv_offset(c);
	}
	while (hear_piece(l, c, NULL, 0))
		;
	if (leat_csv_offset(c) != n)
		ck_abort_msg("the offset is %d", (int)leat_csv_offset(c));
}

/* ---- Comparing ---- */

static void show_text(char *out, size_t size, const char *text, size_t n)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && used + 16 < size; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte >= ' ' && byte < 127 && byte != '\\')
			used += (size_t)snprintf(out + used, size - used, "%c",
			    byte);
		else
			used += (size_t)snprintf(out + used, size - used,
			    "\\%03o", byte);
	}
}

static void disagree(const struct listener *l, const char *text, size_t n,
    const struct cuts *cuts)
{
	const leat_csv_options *o = l->options;
	char shown[2000];

	show_text(shown, sizeof(shown), text, n);
	ck_abort_msg("%d bytes: %s\ncut %d %d, delimiter %d, quote %d, "
		     "no_quotes %d, strict %d, ragged_ok %d, limits %d %d, "
		     "stop %u with %d",
	    (int)n, shown, (int)cuts->kind, (int)cuts->n, o->delimiter,
	    o->quote, o->no_quotes, o->strict, o->ragged_ok, (int)o->max_record,
	    (int)o->max_fields, l->stop_every, l->stop_with);
}

static void compare_cut(struct listener *l, leat_csv *c, const char *text,
    size_t n, enum cut_kind kind, size_t size)
{
	struct cuts cuts = { kind, size, rng_new(n + size) };

	leat_csv_reset(c);
	hear(l, c, text, n, &cuts);
	if (!same_story(&l->story, &l->expected))
		disagree(l, text, n, &cuts);
}

static leat_csv *new_reader(struct listener *l, leat_csv_options *o)
{
	leat_csv *c = NULL;

	o->record = listen;
	o->ctx = l;
	l->options = o;
	if (leat_csv_new(&c, o) != LEAT_OK || !c)
		ck_abort_msg("no reader");
	return c;
}

static void forget(struct listener *l)
{
	free(l->story.bytes);
	free(l->expected.bytes);
}

static void compare_ways(struct listener *l, leat_csv *c, const char *text,
    size_t n)
{
	compare_cut(l, c, text, n, WHOLE, 0);
	compare_cut(l, c, text, n, STEPS, 1);
	compare_cut(l, c, text, n, STEPS, 2 + n % 5);
	compare_cut(l, c, text, n, RANDOM, 4);
	compare_cut(l, c, text, n, RANDOM, n);
}

/* Cut in all ways, and all splits into two. */
static void compare(leat_csv_options o, const char *text, size_t n)
{
	struct listener l = { 0 };
	leat_csv *c = new_reader(&l, &o);

	tell_expected(&l.expected, &o, text, n);
	compare_ways(&l, c, text, n);
	for (size_t k = 1; k < n; k++)
		compare_cut(&l, c, text, n, SPLIT, k);
	leat_csv_free(c);
	forget(&l);
}

/* ---- Random texts ---- */

enum { LONGEST = 48 };

static char any_of(struct rng *r, const char *bytes, size_t n)
{
	return bytes[rng_below(r, n)];
}

#define ANY_OF(r, literal) any_of(r, literal, sizeof(literal) - 1)

static size_t random_bytes(struct rng *r, char *out, size_t most,
    const leat_csv_options *o)
{
	char delimiter = o->delimiter ? o->delimiter : ',';
	char quote = o->quote ? o->quote : '"';
	char bytes[] = "dqdqqq\r\n\r\n\xEF\xBB\xBFxyz\0";
	size_t kinds = sizeof(bytes) - 1 - rng_below(r, 4);
	size_t n = (size_t)rng_below(r, most + 1);

	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (bytes[i] == 'd')
			bytes[i] = delimiter;
		else if (bytes[i] == 'q')
			bytes[i] = quote;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = bytes[rng_below(r, kinds)];
	return n;
}

static size_t put(char *out, size_t n, char byte)
{
	out[n] = byte;
	return n + 1;
}

/* Writes at most 10 bytes. */
static size_t random_field(struct rng *r, char *out, const leat_csv_options *o)
{
	char quote = o->quote ? o->quote : '"';
	size_t n = 0, length = (size_t)rng_below(r, 5);
	int quoted = !o->no_quotes && rng_below(r, 2);

	if (quoted)
		n = put(out, n, quote);
	for (size_t i = 0; i < length; i++) {
		if (quoted && rng_below(r, 3) == 0) {
			n = put(out, n, quote);
			n = put(out, n, quote);
		} else {
			n = put(out, n,
			    quoted ? ANY_OF(r, "a\r\n,;") : ANY_OF(r, "ab"));
		}
	}
	if (quoted)
		n = put(out, n, quote);
	return n;
}

/* Fields as they should be, but for a byte now and then. */
static size_t random_records(struct rng *r, char *out, size_t most,
    const leat_csv_options *o)
{
	char delimiter = o->delimiter ? o->delimiter : ',';
	size_t n = 0, width = 1 + (size_t)rng_below(r, 4), i = 0;

	while (n + 12 <= most && rng_below(r, 12)) {
		n += random_field(r, out + n, o);
		if (++i % width || rng_below(r, 20) == 0) {
			n = put(out, n, delimiter);
			continue;
		}
		n = put(out, n, ANY_OF(r, "\n\r"));
		if (out[n - 1] == '\r' && rng_below(r, 2))
			n = put(out, n, '\n');
	}
	if (n > 0 && rng_below(r, 3) == 0)
		random_bytes(r, out + rng_below(r, n), 1, o);
	return n;
}

static size_t random_text(struct rng *r, char *out, size_t most,
    const leat_csv_options *o)
{
	size_t mark = 0;

	if (rng_below(r, 4) == 0) {
		mark = (size_t)rng_below(r, 4);
		memcpy(out, "\xEF\xBB\xBF", mark);
	}
	if (rng_below(r, 2))
		return mark + random_bytes(r, out + mark, most - mark, o);
	return mark + random_records(r, out + mark, most - mark, o);
}

/* Among the marks some that look like others in half of their bits. */
static leat_csv_options random_options(struct rng *r)
{
	leat_csv_options o = { 0 };

	if (rng_below(r, 3) == 0)
		o.delimiter = ANY_OF(r, ";\t| x\xEF\xBB\x80\xFF\x1A\x2D\x10'");
	o.no_quotes = rng_below(r, 8) == 0;
	if (!o.no_quotes && rng_below(r, 3) == 0)
		o.quote = ANY_OF(r, "`y\xBF\x81\xFE\x3A\x1D\x20\x2C");
	if (o.quote && o.quote == (o.delimiter ? o.delimiter : ','))
		o.quote = '"';
	o.strict = rng_below(r, 4) == 0;
	o.ragged_ok = rng_below(r, 2) == 0;
	if (rng_below(r, 4) == 0)
		o.max_record = 1 + (size_t)rng_below(r, 20);
	if (rng_below(r, 4) == 0)
		o.max_fields = 1 + (size_t)rng_below(r, 5);
	if (rng_below(r, 2) == 0)
		o.max_lines = 1 + rng_below(r, 4);
	return o;
}

enum { TEXTS = 1500 };

START_TEST(any_text_is_read_as_the_header_says_however_it_is_cut)
{
	struct rng r = rng_new(1000 + (uint64_t)_i);
	char text[LONGEST];

	for (int i = 0; i < TEXTS; i++) {
		leat_csv_options o = random_options(&r);
		size_t n = random_text(&r, text, sizeof(text), &o);

		compare(o, text, n);
	}
}
END_TEST

/*
 * Checks all texts of up to 6 of the special bytes, with each limit of lines,
 * and of bytes below 6.
 */
START_TEST(all_short_texts_are_read_as_the_header_says)
{
	static const char bytes[] = { ',', '"', '\r', '\n', 'x' };
	struct listener l = { 0 };
	leat_csv_options o = { .max_lines = (uint64_t)_i % 4,
		.max_record = (size_t)_i / 4 };
	leat_csv *c = new_reader(&l, &o);
	size_t most = short_run() ? 4 : 6, n_texts = 1;
	char text[6];

	for (size_t n = 0; n <= most; n++, n_texts *= sizeof(bytes)) {
		for (size_t i = 0; i < n_texts; i++) {
			for (size_t k = 0, x = i; k < n; k++, x /= 5)
				text[k] = bytes[x % 5];
			tell_expected(&l.expected, &o, text, n);
			compare_cut(&l, c, text, n, WHOLE, 0);
			for (size_t k = 1; k < n; k++)
				compare_cut(&l, c, text, n, SPLIT, k);
			compare_cut(&l, c, text, n, STEPS, 1);
		}
	}
	leat_csv_free(c);
	forget(&l);
}
END_TEST

/* ---- By hand ---- */

/* Fields in <>, one record a line, its problem and field at the end. */
static void write_story(char *out, size_t size, const leat_csv_record *r)
{
	size_t n = strlen(out);

	for (size_t i = 0; i < r->n_fields; i++)
		n += (size_t)snprintf(out + n, size - n, "<%.*s>",
		    (int)r->fields[i].len, r->fields[i].text);
	if (r->problem)
		snprintf(out + n, size - n, " !%d.%d\n", r->problem,
		    (int)r->problem_field);
	else
		snprintf(out + n, size - n, "\n");
}

static int write_record(void *ctx, const leat_csv_record *record)
{
	write_story(ctx, 1000, record);
	return 0;
}

static void expect_with(leat_csv_options o, const char *text,
    const char *expected)
{
	size_t n = strlen(text);
	char got[1000];
	leat_csv *c;

	o.record = write_record;
	o.ctx = got;
	ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
	for (size_t piece = 1; piece <= n + 1; piece++) {
		leat_csv_reset(c);
		got[0] = '\0';
		for (size_t at = 0; at < n; at += piece)
			ck_assert_int_eq(push_spoilt(c, text + at,
					     n - at < piece ? n - at : piece),
			    LEAT_OK);
		ck_assert_int_eq(leat_csv_end(c), LEAT_OK);
		ck_assert_str_eq(got, expected);
	}
	leat_csv_free(c);
}

static void expect(const char *text, const char *expected)
{
	leat_csv_options o = { 0 };

	o.ragged_ok = 1;
	expect_with(o, text, expected);
}

START_TEST(a_record_ends_with_lf_crlf_or_cr)
{
	expect("a,b\n1,2\n", "<a><b>\n<1><2>\n");
	expect("a,b\r\n1,2\r\n", "<a><b>\n<1><2>\n");
	expect("a,b\r1,2\r", "<a><b>\n<1><2>\n");
	expect("a\r\nb\nc\rd", "<a>\n<b>\n<c>\n<d>\n");
}
END_TEST

START_TEST(the_last_record_may_lack_its_end)
{
	expect("a,b\n1,2", "<a><b>\n<1><2>\n");
	expect("a,", "<a><>\n");
	expect("\"a\"", "<a>\n");
	expect("\"\"", "<>\n");
}
END_TEST

START_TEST(lines_with_nothing_on_them_are_no_records)
{
	expect("", "");
	expect("\n\r\n\r\r\n", "");
	expect("\n\na\n\n\nb\n\n", "<a>\n<b>\n");
	expect("\"\"\n \n,\n", "<>\n< >\n<><>\n");
}
END_TEST

START_TEST(quoted_fields_hold_delimiters_line_ends_and_quotes)
{
	expect("\"a,b\",c\n", "<a,b><c>\n");
	expect("\"a\nb\",\"c\r\nd\"\n", "<a\nb><c\r\nd>\n");
	expect("\"a\"\"b\",\"\"\"\",\"\"\n", "<a\"b><\"><>\n");
	expect("\"\"\"a\"\"\",\"\"\"\"\"\"\n", "<\"a\"><\"\">\n");
}
END_TEST

START_TEST(a_byte_order_mark_is_dropped_at_the_very_start_only)
{
	expect("\xEF\xBB\xBF"
	       "a,b\n",
	    "<a><b>\n");
	expect("\xEF\xBB\xBF\"a\"\n", "<a>\n");
	expect("\xEF\xBB\xBF", "");
	expect("\xEF\xBB\xBF\n\xEF\xBB\xBF\n", "<\xEF\xBB\xBF>\n");
	expect("\xEF\xBB"
	       "a\n",
	    "<\xEF\xBB"
	    "a>\n");
	expect("\xEF\xBB", "<\xEF\xBB>\n");
	expect("\xEF\xEF\xBB\xBF", "<\xEF\xEF\xBB\xBF>\n");
	expect("a\n\xEF\xBB\xBF"
	       "b\n",
	    "<a>\n<\xEF\xBB\xBF"
	    "b>\n");
}
END_TEST

START_TEST(problems_are_told_and_the_record_is_delivered)
{
	expect("a,b\"c\nd\n", "<a><b\"c> !1.1\n<d>\n");
	expect("\"a\"b,c\n", "<ab><c> !2.0\n");
	expect("\"a\"b\"c\"\n", "<ab\"c\"> !2.0\n");
	expect("a,\"b\nc", "<a><b\nc> !3.1\n");
	expect("\"", "<> !3.0\n");
	expect("\"a\"\"", "<a\"> !3.0\n");
	expect(" \"a\"\n", "< \"a\"> !1.0\n");
	expect("x,\"a\" ,y\n", "<x><a ><y> !2.1\n");
	expect("x\"y,\"a\" ,y\n", "<x\"y><a ><y> !1.0\n");
}
END_TEST

static int count_nul(void *ctx, const leat_csv_record *record)
{
	int *n = ctx;

	ck_assert_int_eq(record->problem, LEAT_CSV_NUL);
	ck_assert_uint_eq(record->fields[0].len, 3);
	ck_assert_int_eq(record->fields[0].text[1], 0);
	++*n;
	return 0;
}

START_TEST(a_nul_byte_is_a_problem_and_stays_in_the_field)
{
	static const char text[] = "a\0b\n\"c\0d\"\n";
	leat_csv_options o = { 0 };
	leat_csv *c;
	int n = 0;

	o.record = count_nul;
	o.ctx = &n;
	ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
	ck_assert_int_eq(leat_csv_push(c, text, sizeof(text) - 1), LEAT_OK);
	ck_assert_int_eq(leat_csv_end(c), LEAT_OK);
	ck_assert_int_eq(n, 2);
	leat_csv_free(c);
}
END_TEST

START_TEST(a_record_of_another_width_than_the_first_is_ragged)
{
	leat_csv_options o = { 0 };
	const char *text = "a,b\n1\n1,2\n1,2,3\n1\"\n";

	expect_with(o, text,
	    "<a><b>\n<1> !6.1\n<1><2>\n<1><2><3> !6.2\n<1\"> !1.0\n");
	o.ragged_ok = 1;
	expect_with(o, text, "<a><b>\n<1>\n<1><2>\n<1><2><3>\n<1\"> !1.0\n");
	/* A too long first record defines no width, a malformed one does. */
	o.ragged_ok = 0;
	o.max_fields = 2;
	expect_with(o, "a,b,c\n1\",2\n1\n1,2\n",
	    " !5.0\n<1\"><2> !1.0\n<1> !6.1\n<1><2>\n");
}
END_TEST

START_TEST(a_record_over_a_limit_is_told_and_reading_goes_on)
{
	leat_csv_options o = { 0 };

	o.max_record = 5;
	o.max_fields = 3;
	o.ragged_ok = 1;
	expect_with(o, "ab,cd\nabc,def\na,b,c\na,b,c,\n1\n",
	    "<ab><cd>\n !5.0\n<a><b><c>\n !5.0\n<1>\n");
	expect_with(o, "\"a\"b\"\"c\n\"abc\"\n\"a\nb\"\n\"a\nbc\"\n,,,\n\"a",
	    " !5.0\n<abc>\n<a\nb>\n !5.0\n !5.0\n<a> !3.0\n");
}
END_TEST

START_TEST(with_max_lines_quotes_that_have_no_proper_end_take_one_line)
{
	leat_csv_options o = { .ragged_ok = 1, .max_lines = 3 };

	expect_with(o, "a,b\n3,\"5\n4,1\n5,1\n",
	    "<a><b>\n<3><5> !3.1\n<4><1>\n<5><1>\n");
	/* Three lines are a record, a fourth is too much. */
	expect_with(o, "\"5\na\n\",b\n\"5\nc\nd\n\",e\n",
	    "<5\na\n><b>\n<5> !3.0\n<c>\n<d>\n<,e> !3.0\n");
	/* Text behind quotes that cross a line end, CRLF and CR too. */
	expect_with(o, "x,\"5\r\ny,\"a\"\r\"6\rz,\"b\"\r",
	    "<x><5> !3.1\n<y><a>\n<6> !3.0\n<z><b>\n");
	expect_with(o, "\"5\"6\n\"7\n", "<56> !2.0\n<7> !3.0\n");
	/* Fields before the quotes may have lines, and these stay. */
	expect_with(o, "\"a\nb\",\"5\nc\nd\n", "<a\nb><5> !3.1\n<c>\n<d>\n");
	/* Problems that come later are not those of the line. */
	expect_with(o, "\"5\n\"\"x\ny\"z\n",
	    "<5> !3.0\n<x> !2.0\n<y\"z> !1.0\n");
}
END_TEST

START_TEST(with_max_lines_a_record_too_long_ends_with_its_line)
{
	leat_csv_options o = {
		.ragged_ok = 1, .max_lines = 3, .max_record = 5
	};

	/* The limit of bytes is another end of the quotes' reach. */
	expect_with(o, "\"5\nabc\nd\n", "<5> !3.0\n<abc>\n<d>\n");
	expect_with(o, "\"5\na\"\nd\n", "<5\na>\n<d>\n");
	expect_with(o, "abcd,\"5\ne\n", " !5.0\n<e>\n");
}
END_TEST

/* "Problem, line.column" of each record that has one. */
static int write_place(void *ctx, const leat_csv_record *r)
{
	char *out = ctx;

	if (r->problem)
		sprintf(out + strlen(out), "%d %d.%d ", r->problem,
		    (int)r->problem_line, (int)r->problem_column);
	return 0;
}

static void expect_places(uint64_t max_lines, const char *text,
    const char *expected)
{
	leat_csv_options o = { .max_lines = max_lines, .record = write_place };
	char got[200];
	leat_csv *c;

	o.ctx = got;
	ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
	for (size_t piece = 1; piece <= strlen(text); piece++) {
		struct cuts cuts = { STEPS, piece, rng_new(1) };
		size_t at = 0, n;

		got[0] = '\0';
		leat_csv_reset(c);
		for (; at < strlen(text); at += n) {
			n = cut_at(&cuts, at, strlen(text));
			if (n > strlen(text) - at)
				n = strlen(text) - at;
			ck_assert_int_eq(push_spoilt(c, text + at, n), 0);
		}
		ck_assert_int_eq(leat_csv_end(c), LEAT_OK);
		ck_assert_str_eq(got, expected);
	}
	leat_csv_free(c);
}

START_TEST(a_problem_is_told_with_its_line_and_the_byte_in_it)
{
	expect_places(0, "a,b\n1,2\"\n", "1 2.4 ");
	expect_places(0, "a,b\n1,\"2\"3\n", "2 2.6 ");
	expect_places(0, "a,b\n\"x\r\ny\",\"2\"3\n", "2 3.7 ");
	expect_places(0, "a,b\n\n1,\"2\n3,4\n", "3 3.3 ");
	expect_places(9, "a,b\n\n1,\"2\n3,4\n", "3 3.3 ");
	expect_places(9, "a,b\n\"x\ry\",\"2\n3,4\n", "3 3.4 ");
	expect_places(0, "\xEF\xBB\xBF\"a\"b\n1,2\n", "2 1.4 6 2.0 ");
}
END_TEST

START_TEST(without_quotes_they_are_text)
{
	leat_csv_options o = { 0 };

	o.no_quotes = 1;
	expect_with(o, "\"a,b\"\n\"\",\"\n", "<\"a><b\">\n<\"\"><\">\n");
	o.delimiter = '"';
	expect_with(o, "a\"b\"\n,\"\"\n", "<a><b><>\n<,><><>\n");
}
END_TEST

START_TEST(delimiter_and_quote_can_be_chosen)
{
	leat_csv_options o = { 0 };

	o.delimiter = '\t';
	expect_with(o, "a\tb,c\t\n", "<a><b,c><>\n");
	o.delimiter = ';';
	expect_with(o, "a;\"b;c\"\n", "<a><b;c>\n");
	o.quote = '\'';
	expect_with(o, "'a'';';\"\n", "<a';><\">\n");
	o.delimiter = '"';
	o.quote = ',';
	expect_with(o, ",a\",\"b\n", "<a\"><b>\n");
}
END_TEST

/* Checks the places where the four records of a text start. */
static int check_place(void *ctx, const leat_csv_record *record)
{
	static const uint64_t line[] = { 1, 3, 7, 8 };
	static const uint64_t offset[] = { 3, 8, 19, 21 };
	size_t *n = ctx;

	ck_assert_uint_lt(*n, 4);
	ck_assert_uint_eq(record->number, *n);
	ck_assert_uint_eq(record->line, line[*n]);
	ck_assert_uint_eq(record->offset, offset[*n]);
	++*n;
	return 0;
}

START_TEST(records_know_their_line_and_offset)
{
	static const char text[] = "\xEF\xBB\xBF"
				   "a\r\n\r\n\"b\r\nb\nb\rb\"\nc\rd\n";
	leat_csv_options o = { 0 };
	size_t n = 0;

	o.record = check_place;
	o.ctx = &n;
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		leat_csv *c;

		n = 0;
		ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
		for (size_t at = 0; at < sizeof(text) - 1; at += piece) {
			size_t left = sizeof(text) - 1 - at;

			ck_assert_int_eq(push_spoilt(c, text + at,
					     left < piece ? left : piece),
			    LEAT_OK);
		}
		ck_assert_int_eq(leat_csv_end(c), LEAT_OK);
		ck_assert_uint_eq(n, 4);
		leat_csv_free(c);
	}
}
END_TEST

START_TEST(problems_have_words)
{
	for (int i = LEAT_CSV_FINE; i <= LEAT_CSV_RAGGED; i++) {
		const char *words = leat_csv_problem_text(i);

		ck_assert_uint_gt(strlen(words), 5);
		ck_assert_str_ne(words, leat_csv_problem_text(i + 1));
		ck_assert_str_ne(words, leat_csv_problem_text(INT_MAX));
	}
	ck_assert_ptr_nonnull(leat_csv_problem_text(INT_MIN));
	ck_assert_ptr_nonnull(leat_csv_problem_text(-1));
}
END_TEST

/* ---- Options ---- */

static int ignore_record(void *ctx, const leat_csv_record *record)
{
	(void)ctx;
	(void)record;
	return 0;
}

static void expect_refused(leat_csv_options o)
{
	leat_csv *c = (leat_csv *)(void *)&o;

	ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_EINVAL);
	ck_assert_ptr_null(c);
}

static void expect_marks(char delimiter, char quote, int no_quotes, int fit)
{
	leat_csv_options o = { 0 };
	leat_csv *c = NULL;

	o.record = ignore_record;
	o.delimiter = delimiter;
	o.quote = quote;
	o.no_quotes = no_quotes;
	if (!fit) {
		expect_refused(o);
		return;
	}
	ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
	leat_csv_free(c);
}

START_TEST(marks_that_make_no_sense_are_refused)
{
	expect_marks(0, 0, 0, 1);
	expect_marks('"', '\'', 0, 1);
	expect_marks('"', 0, 0, 0);
	expect_marks('"', '"', 0, 0);
	expect_marks(0, ',', 0, 0);
	expect_marks(',', ',', 0, 0);
	expect_marks('\n', 0, 0, 0);
	expect_marks('\r', 0, 0, 0);
	expect_marks(0, '\n', 0, 0);
	expect_marks(0, '\r', 0, 0);
	expect_marks(0, 0, 1, 1);
	expect_marks('"', 0, 1, 1);
	expect_marks(0, '"', 1, 0);
	expect_marks(';', '\'', 1, 0);
	expect_marks('\n', 0, 1, 0);
	expect_marks((char)0xFF, (char)0xFE, 0, 1);
	expect_marks((char)0xFF, (char)0xFF, 0, 0);
}
END_TEST

START_TEST(a_reader_needs_a_callback_and_a_whole_allocator)
{
	struct counted memory = { 0 };
	leat_allocator a = counted_allocator(&memory);
	leat_csv_options o = { 0 };

	expect_refused(o);
	o.record = ignore_record;
	o.allocator = &a;
	a.free = NULL;
	expect_refused(o);
	a = counted_allocator(&memory);
	a.alloc = NULL;
	expect_refused(o);
	ck_assert_uint_eq(memory.calls, 0);
	leat_csv_free(NULL);
}
END_TEST

/*
 * The scan has one form for marks that differ in their lower halves and
 * are ASCII, and others; texts are of all bytes, with more of the marks and
 * of what differs from them in one bit.
 */
static void text_of_marks(struct rng *r, char *out, size_t n, char delimiter,
    char quote)
{
	char marks[] = { 'd', 'd', 'q', '\n', '\r', '\0' };

	marks[0] = marks[1] = delimiter;
	marks[2] = quote;
	for (size_t i = 0; i < n; i++) {
		uint64_t kind = rng_below(r, 16);
		char mark = marks[rng_below(r, kind ? 4 : 6)];

		out[i] = mark;
		if (kind > 10)
			out[i] = (char)(mark ^ (1 << rng_below(r, 8)));
		else if (kind > 5)
			out[i] = (char)rng_below(r, 256);
	}
}

static void compare_marks(struct rng *r, int delimiter, int quote)
{
	leat_csv_options o = { 0 };
	struct listener l = { 0 };
	char text[150];
	leat_csv *c;
	size_t n = sizeof(text);

	if (delimiter == quote || ends_line((char)delimiter) ||
	    ends_line((char)quote))
		return;
	o.delimiter = (char)delimiter;
	o.quote = (char)quote;
	c = new_reader(&l, &o);
	text_of_marks(r, text, n, o.delimiter, o.quote);
	tell_expected(&l.expected, &o, text, n);
	compare_cut(&l, c, text, n, WHOLE, 0);
	compare_cut(&l, c, text, n, STEPS, 67);
	leat_csv_free(c);
	forget(&l);
}

START_TEST(any_two_bytes_can_be_delimiter_and_quote)
{
	struct rng r = rng_new(2);
	int step = short_run() ? 7 : 1;

	for (int delimiter = 1; delimiter < 256; delimiter += step) {
		for (int quote = 1; quote < 256; quote += step)
			compare_marks(&r, delimiter, quote);
	}
}
END_TEST

struct form {
	leat_scan_fn *scan;
	int here;      /* the CPU has it */
	int any_marks; /* needs no table */
};

static size_t list_forms(struct form *forms)
{
	size_t n = 0;

	forms[n++] = (struct form){ scan_plain, 1, 1 };
#ifdef SCAN_SSE2
	forms[n++] = (struct form){ scan_sse2, 1, 1 };
#endif
#ifdef SCAN_AVX2
	forms[n++] = (struct form){ scan_avx2,
		__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"),
		0 };
#endif
#ifdef SCAN_AVX512
	forms[n++] = (struct form){ scan_avx512,
		__builtin_cpu_supports("avx512bw") &&
		    __builtin_cpu_supports("avx512vbmi2"),
		0 };
#endif
#ifdef SCAN_NEON
	forms[n++] = (struct form){ scan_neon, 1, 0 };
#endif
	return n;
}

static size_t find_marks(const struct leat_special *m, const char *text,
    size_t n, uint16_t *out)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte == '\0' || byte == '\n' || byte == '\r' ||
		    byte == m->delimiter || byte == m->quote)
			out[found++] = (uint16_t)i;
	}
	return found;
}

/* Checks that bytes written behind the places stay within LEAT_PLACES. */
static void check_form(const struct form *form, const struct leat_special *m,
    const char *text, size_t n)
{
	static uint16_t wanted[LEAT_PLACES], got[LEAT_PLACES + 64];
	size_t found = find_marks(m, text, n, wanted);

	memset(got, 0xA5, sizeof(got));
	if (form->scan(m, text, n, got) != found ||
	    memcmp(got, wanted, found * sizeof(*got)) != 0)
		ck_abort_msg("%d bytes, marks %d and %d", (int)n, m->delimiter,
		    m->quote);
	for (size_t i = LEAT_PLACES; i < LEAT_PLACES + 64; i++)
		ck_assert_uint_eq(got[i], 0xA5A5);
}

START_TEST(all_forms_of_the_scan_find_the_same)
{
	static const char delimiters[] = ",;\t|\x80\xFF\x1A\x10";
	struct rng r = rng_new(8 + (uint64_t)_i);
	struct form forms[8];
	size_t n_forms = list_forms(forms);

	for (int i = 0; i < TEXTS; i++) {
		char delimiter = ANY_OF(&r, delimiters);
		char quote = ANY_OF(&r, "\"'\n\xFE*");
		size_t n = i % 4 ? (size_t)rng_below(&r, 200)
				 : LEAT_SCAN - (size_t)rng_below(&r, 70);
		char *text = malloc(n ? n : 1);
		struct leat_special m;

		text_of_marks(&r, text, n, delimiter, quote);
		if (i % 8 == 0)
			memset(text, delimiter, n);
		scan_choose(&m, (unsigned char)delimiter, (unsigned char)quote);
		for (size_t k = 0; k < n_forms; k++)
			if (forms[k].here &&
			    (forms[k].any_marks || fill_table(&m)))
				check_form(&forms[k], &m, text, n);
		free(text);
	}
}
END_TEST

START_TEST(any_byte_can_be_the_delimiter_where_there_are_no_quotes)
{
	struct rng r = rng_new(3);
	char text[300];

	for (int delimiter = 1; delimiter < 256; delimiter++) {
		leat_csv_options o = { 0 };

		if (ends_line((char)delimiter))
			continue;
		o.delimiter = (char)delimiter;
		o.no_quotes = 1;
		text_of_marks(&r, text, 100, o.delimiter, '"');
		compare(o, text, 100);
	}
}
END_TEST

/* ---- Long texts ---- */

/* The reader looks for marks in windows of so many bytes. */
enum { WINDOW = 2048 };

/* Compares with a mark among bytes that resemble it, or without one. */
static void compare_one_mark(struct listener *l, leat_csv *c, char mark,
    char filler)
{
	char text[140];

	for (size_t n = 1; n < sizeof(text); n += 1 + n / 16) {
		for (size_t at = 0; at < n; at++) {
			memset(text, filler, n);
			text[at] = mark;
			tell_expected(&l->expected, l->options, text, n);
			compare_cut(l, c, text, n, WHOLE, 0);
		}
	}
}

START_TEST(a_mark_is_found_wherever_it_is)
{
	static const char marks[] = { ',', '"', '\r', '\n', '\0' };
	static const int changes[] = { 0x01, 0x10, 0x40, 0x80 };
	struct listener l = { 0 };
	leat_csv_options o = { 0 };
	leat_csv *c = new_reader(&l, &o);

	for (size_t i = 0; i < sizeof(marks); i++) {
		compare_one_mark(&l, c, marks[i], 'x');
		for (size_t k = 0; k < sizeof(changes) / sizeof(*changes); k++)
			compare_one_mark(&l, c, marks[i],
			    (char)(marks[i] ^ changes[k]));
	}
	leat_csv_free(c);
	forget(&l);
}
END_TEST

static const char *const snippets[] = { "a,b", "\"a\"\"b\"", "x\r\ny",
	"\"\r\n\",\"\"", "\"a\r\n\"\"\r\n\"\r\n", "x\"y,\"", "\"a\"b,c",
	"\"\"\"\"\"\",\"\"", "\n\n\r\n", "\r\r\nx", "\"a\"\r\n\"b\"\r\n",
	"\",\n,\r,\"\"", "a\n\"b\",\"c\"\"\"\r" };
#define N_SNIPPETS (sizeof(snippets) / sizeof(*snippets))

enum filler { SHORT_RECORDS, ONE_FIELD, QUOTED, DOUBLED, CRLF, STRAY, FILLERS };

/* Text for the snippet to follow at the given place. */
static void fill(char *out, size_t n, enum filler filler)
{
	static const char *const patterns[] = { "ab,c\n", "z", "q,", "\"\"",
		"1,\"2\"\r\n", "s" };
	const char *pattern = patterns[filler];
	size_t length = strlen(pattern);

	for (size_t i = 0; i < n; i++)
		out[i] = pattern[i % length];
	if (filler == QUOTED || filler == DOUBLED)
		out[0] = '"';
	if (filler == DOUBLED && n % 2 == 0)
		out[n - 1] = '.'; /* the snippet is in quotes */
	if (filler == STRAY)
		memcpy(out + n / 2, "\"\n", 2);
}

/* Behind the snippet are more records, for the case that it ends well. */
static void compare_border(struct listener *l, leat_csv *c, size_t place,
    const char *snippet)
{
	static char text[80000];
	size_t n = place + strlen(snippet);

	memcpy(text + place, snippet, strlen(snippet));
	memset(text + n, ',', 100);
	n += 100;
	for (int k = 0; k < 2; k++) {
		memcpy(text + n, "\"e\"\r\nf,g\n", 10);
		n += 10;
	}
	for (int filler = 0; filler < FILLERS; filler++) {
		fill(text, place, (enum filler)filler);
		tell_expected(&l->expected, l->options, text, n);
		compare_cut(l, c, text, n, WHOLE, 0);
		if (place < 3 * WINDOW)
			compare_cut(l, c, text, n, SPLIT, place + place % 5);
	}
}

START_TEST(nothing_is_seen_of_the_windows_of_the_scan)
{
	static const size_t borders[] = { 64, WINDOW, 2 * WINDOW, 65536 };
	struct listener l = { 0 };
	leat_csv_options o = { 0 };
	leat_csv *c = new_reader(&l, &o);
	size_t border = borders[_i];

	for (size_t i = 0; i < N_SNIPPETS; i++) {
		size_t length = strlen(snippets[i]);

		for (size_t k = 0; k <= length + 3; k++)
			compare_border(&l, c, border + 2 - k, snippets[i]);
	}
	leat_csv_free(c);
	forget(&l);
}
END_TEST

/*
 * Makes text with mostly one kind of element, so that long stretches are fine.
 */
static size_t long_text(struct rng *r, char *out, size_t most,
    const leat_csv_options *o)
{
	size_t n = 0, plain = 1 + (size_t)rng_below(r, 200);
	uint64_t rare = 1 + rng_below(r, 300);

	while (n + plain + 64 < most) {
		memset(out + n, 'p', plain);
		n += (size_t)rng_below(r, plain + 1);
		if (rng_below(r, rare) == 0)
			n += random_bytes(r, out + n, 6, o);
		else
			n += random_records(r, out + n, 60, o);
	}
	return n;
}

START_TEST(long_texts_are_read_as_the_header_says)
{
	static char text[150000];
	struct rng r = rng_new(5 + (uint64_t)_i);
	struct listener l = { 0 };
	leat_csv_options o = random_options(&r);
	leat_csv *c;
	size_t n;

	o.max_record = _i % 4 == 0 ? 1 + (size_t)rng_below(&r, 9000) : 0;
	o.max_fields = _i % 4 == 1 ? 1 + (size_t)rng_below(&r, 300) : 0;
	n = long_text(&r, text, 2500 + (size_t)rng_below(&r, 140000), &o);
	c = new_reader(&l, &o);
	tell_expected(&l.expected, &o, text, n);
	for (size_t k = WINDOW - 1; k <= WINDOW + 1; k++)
		compare_cut(&l, c, text, n, STEPS, k);
	compare_cut(&l, c, text, n, STEPS, 3);
	compare_cut(&l, c, text, n, RANDOM, 20000);
	compare_ways(&l, c, text, n);
	for (int k = 0; k < 20; k++)
		compare_cut(&l, c, text, n, SPLIT, (size_t)rng_below(&r, n));
	leat_csv_free(c);
	forget(&l);
}
END_TEST

/* More fields than there is room for at first, and a whole window of them. */
START_TEST(a_record_can_have_very_many_fields)
{
	static char text[20000];
	static const size_t limits[] = { 0, 5, 64, 65, 127, 128, 129, 5000 };
	leat_csv_options o = { 0 };

	memset(text, ',', sizeof(text));
	for (size_t k = 60; k < 9000; k += 1 + k / 40)
		if (k < 140 || k > 4900)
			text[k] = '\n';
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct listener l = { 0 };
		leat_csv *c;

		o.max_fields = limits[i];
		c = new_reader(&l, &o);
		tell_expected(&l.expected, &o, text, sizeof(text));
		compare_ways(&l, c, text, sizeof(text));
		leat_csv_free(c);
		forget(&l);
	}
}
END_TEST

/* ---- Stopping, refusing, ending ---- */

/* Codes of the library are numbers like any other when a callback says them. */
START_TEST(whatever_a_callback_returns_stops_as_ecallback_and_nothing_is_lost)
{
	static const int values[] = { 1, LEAT_ENOMEM, LEAT_EINVAL, LEAT_ECSV,
		INT_MIN, INT_MAX };
	struct rng r = rng_new(77 + (uint64_t)_i);
	char text[LONGEST];

	for (int i = 0; i < TEXTS / 3; i++) {
		leat_csv_options o = random_options(&r);
		struct listener l = { 0 };
		leat_csv *c = new_reader(&l, &o);
		size_t n = random_text(&r, text, sizeof(text), &o);

		l.stop_every = 1 + (unsigned)rng_below(&r, 3);
		l.stop_with = values[i % 6];
		tell_expected(&l.expected, &o, text, n);
		compare_ways(&l, c, text, n);
		for (size_t k = 1; k < n; k++)
			compare_cut(&l, c, text, n, SPLIT, k);
		leat_csv_free(c);
		forget(&l);
	}
}
END_TEST

static int stop_at_second(void *ctx, const leat_csv_record *record)
{
	return record->number == 1 ? *(int *)ctx : 0;
}

START_TEST(after_a_stop_the_offset_is_behind_the_record)
{
	leat_csv_options o = { 0 };
	int value = LEAT_ENOMEM;
	leat_csv *c;

	o.record = stop_at_second;
	o.ctx = &value;
	ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
	ck_assert_int_eq(leat_csv_push(c, "a\nb\nc\n", 6), LEAT_ECALLBACK);
	ck_assert_uint_eq(leat_csv_offset(c), 4);
	ck_assert_uint_eq(leat_csv_last(c)->number, 1);
	ck_assert_int_eq(leat_csv_push(c, "c\n", 2), LEAT_OK);
	ck_assert_uint_eq(leat_csv_last(c)->number, 2);
	leat_csv_reset(c);
	value = 42;
	ck_assert_int_eq(leat_csv_push(c, "a\nb", 3), LEAT_OK);
	ck_assert_int_eq(leat_csv_end(c), LEAT_ECALLBACK);
	ck_assert_uint_eq(leat_csv_offset(c), 3);
	/* The reader has ended nevertheless. */
	ck_assert_int_eq(leat_csv_push(c, "c", 1), LEAT_EINVAL);
	ck_assert_int_eq(leat_csv_end(c), LEAT_OK);
	leat_csv_free(c);
}
END_TEST

START_TEST(in_strict_mode_what_is_malformed_is_refused)
{
	static const char text[] = "a,b\n1\"x,2\n3,4\n5\n6,7\n\"8";
	char got[1000] = "";
	leat_csv_options o = { 0 };
	const leat_csv_record *last;
	leat_csv *c;

	o.record = write_record;
	o.ctx = got;
	o.strict = 1;
	ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
	last = leat_csv_last(c);
	ck_assert_int_eq(leat_csv_push(c, text, 23), LEAT_ECSV);
	ck_assert_str_eq(got, "<a><b>\n");
	ck_assert(last->number == 1 && last->line == 2 && last->offset == 4);
	ck_assert(last->problem == LEAT_CSV_STRAY_QUOTE);
	ck_assert(last->problem_field == 0 && last->n_fields == 2);
	ck_assert_uint_eq(leat_csv_offset(c), 10);
	ck_assert_int_eq(leat_csv_push(c, text + 10, 13), LEAT_ECSV);
	ck_assert_str_eq(got, "<a><b>\n<3><4>\n");
	ck_assert(last->number == 3 && last->line == 4 && last->offset == 14);
	ck_assert(last->problem == LEAT_CSV_RAGGED && last->problem_field == 1);
	ck_assert_uint_eq(leat_csv_offset(c), 16);
	ck_assert_int_eq(leat_csv_push(c, text + 16, 6), LEAT_OK);
	ck_assert_int_eq(leat_csv_end(c), LEAT_ECSV);
	ck_assert(last->number == 5 && last->line == 6 && last->offset == 20);
	ck_assert(last->problem == LEAT_CSV_UNTERMINATED);
	ck_assert_int_eq(leat_csv_end(c), LEAT_OK);
	ck_assert_str_eq(got, "<a><b>\n<3><4>\n<6><7>\n");
	leat_csv_free(c);
}
END_TEST

static void expect_fresh(const leat_csv *c)
{
	const leat_csv_record *last = leat_csv_last(c);

	ck_assert_uint_eq(leat_csv_offset(c), 0);
	ck_assert_ptr_null(last->fields);
	ck_assert(last->n_fields == 0 && last->number == 0 && last->line == 1);
	ck_assert(last->offset == 0 && last->problem == 0);
	ck_assert_uint_eq(last->problem_field, 0);
}

START_TEST(an_ended_reader_takes_no_bytes_until_it_is_reset)
{
	leat_csv_options o = { 0 };
	char got[1000] = "";
	leat_csv *c;

	o.record = write_record;
	o.ctx = got;
	ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
	expect_fresh(c);
	ck_assert_int_eq(leat_csv_push(c, NULL, 0), LEAT_OK);
	ck_assert_int_eq(leat_csv_push(c, "a,b\nc", 5), LEAT_OK);
	ck_assert_int_eq(leat_csv_end(c), LEAT_OK);
	ck_assert_int_eq(leat_csv_push(c, "d", 1), LEAT_EINVAL);
	ck_assert_int_eq(leat_csv_end(c), LEAT_OK);
	ck_assert_uint_eq(leat_csv_offset(c), 5);
	ck_assert_uint_eq(leat_csv_last(c)->number, 1);
	ck_assert_str_eq(got, "<a><b>\n<c> !6.1\n");
	leat_csv_reset(c);
	expect_fresh(c);
	/* A reset forgets the width and the mark. */
	got[0] = '\0';
	ck_assert_int_eq(leat_csv_push(c,
			     "\xEF\xBB\xBF"
			     "e",
			     4),
	    LEAT_OK);
	ck_assert_int_eq(leat_csv_end(c), LEAT_OK);
	ck_assert_str_eq(got, "<e>\n");
	ck_assert_uint_eq(leat_csv_last(c)->offset, 3);
	leat_csv_free(c);
}
END_TEST

/* A reset in the middle of anything is as a new reader. */
START_TEST(a_reset_forgets_what_was_pushed)
{
	struct rng r = rng_new(31);
	char text[LONGEST], other[LONGEST];

	for (int i = 0; i < TEXTS; i++) {
		leat_csv_options o = random_options(&r);
		struct listener l = { 0 };
		leat_csv *c = new_reader(&l, &o);
		size_t n = random_text(&r, text, sizeof(text), &o);
		size_t m = random_text(&r, other, sizeof(other), &o);

		tell_expected(&l.expected, &o, text, n);
		for (size_t k = 0; k <= m; k++) {
			leat_csv_reset(c);
			hear_piece(&l, c, other, k);
			compare_cut(&l, c, text, n, WHOLE, 0);
		}
		leat_csv_free(c);
		forget(&l);
	}
}
END_TEST

/* ---- Stray quotes ---- */

/*
 * Good rows, each with its number: two plain fields and one in quotes, which
 * may hold doubled quotes and, with lines, a line end.
 */
static size_t good_row(struct rng *r, char *out, size_t number, int lines)
{
	static const char *const texts[] = { "x", "a \"\"b\"\" c", "", "p,q",
		"one\ntwo" };
	const char *text = texts[rng_below(r, lines ? 5 : 4)];

	if (rng_below(r, 3) == 0)
		return (size_t)sprintf(out, "%d,%d,z\n", (int)number,
		    (int)rng_below(r, 100));
	return (size_t)sprintf(out, "%d,%d,\"%s\"\n", (int)number,
	    (int)rng_below(r, 100), text);
}

enum { ROWS = 60, ROW_SIZE = 40 };

struct rows {
	size_t good[ROWS], n_bad;
	uint64_t line;
	size_t column;
};

/* Rows that come as they were: their numbers and their fields. */
static int count_row(void *ctx, const leat_csv_record *record)
{
	struct rows *rows = ctx;
	char number[ROW_SIZE] = "";
	size_t len = record->n_fields ? record->fields[0].len : 0;

	if (!record->problem) {
		/* A field that a quote has made longer begins with it, too. */
		if (len >= sizeof(number))
			len = sizeof(number) - 1;
		if (len > 0)
			memcpy(number, record->fields[0].text, len);
		ck_assert_int_lt(atoi(number), ROWS);
		rows->good[atoi(number)]++;
	} else if (rows->n_bad++ == 0) {
		rows->line = record->problem_line;
		rows->column = record->problem_column;
	}
	return 0;
}

static void read_rows(struct rows *rows, const char *text, size_t n,
    size_t piece, uint64_t max_lines)
{
	leat_csv_options o = { .record = count_row, .max_lines = max_lines };
	leat_csv *c;

	memset(rows, 0, sizeof(*rows));
	o.ctx = rows;
	ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
	for (size_t at = 0; at < n; at += piece)
		ck_assert_int_eq(push_spoilt(c, text + at,
				     n - at < piece ? n - at : piece),
		    LEAT_OK);
	ck_assert_int_eq(leat_csv_end(c), LEAT_OK);
	leat_csv_free(c);
}

/* Puts a quote into a row of `text`; returns how far it stands from n. */
static size_t put_quote(char *text, size_t n, size_t at)
{
	memmove(text + at + 1, text + at, n - at);
	text[at] = '"';
	return n + 1;
}

START_TEST(one_stray_quote_anywhere_costs_its_row_and_no_other)
{
	struct rng r = rng_new(77 + (uint64_t)_i);
	char text[ROWS * ROW_SIZE + 1];

	for (int i = 0; i < TEXTS; i++) {
		size_t starts[ROWS + 1], n = 0, bad, at;
		struct rows rows;

		for (size_t k = 0; k < ROWS; k++) {
			starts[k] = n;
			n += good_row(&r, text + n, k, 0);
		}
		starts[ROWS] = n;
		bad = 1 + (size_t)rng_below(&r, ROWS - 1);
		at = starts[bad] +
		    (size_t)rng_below(&r, starts[bad + 1] - starts[bad]);
		n = put_quote(text, n, at);
		read_rows(&rows, text, n, 1 + (size_t)rng_below(&r, n), 100);
		ck_assert_uint_eq(rows.n_bad, 1);
		ck_assert_uint_eq(rows.line, bad + 1);
		ck_assert_uint_ge(rows.column, 1);
		ck_assert_uint_le(rows.column,
		    starts[bad + 1] - starts[bad] + 1);
		for (size_t k = 0; k < ROWS; k++)
			ck_assert_uint_eq(rows.good[k], k != bad);
	}
}
END_TEST

/* Pairs of them may make a field of the rows between, within the limit. */
START_TEST(stray_quotes_cost_no_more_rows_than_the_limit_says)
{
	struct rng r = rng_new(177 + (uint64_t)_i);
	char text[ROWS * ROW_SIZE + ROWS];

	for (int i = 0; i < TEXTS; i++) {
		size_t n = 0, lost = 0, strays = 1 + (size_t)rng_below(&r, 4);
		uint64_t limit = 2 + rng_below(&r, 8);
		struct rows rows;

		for (size_t k = 0; k < ROWS; k++)
			n += good_row(&r, text + n, k, 1);
		/* The first row stays, since it says how many fields. */
		for (size_t k = 0; k < strays; k++)
			n = put_quote(text, n,
			    ROW_SIZE + (size_t)rng_below(&r, n - ROW_SIZE));
		read_rows(&rows, text, n, 1 + (size_t)rng_below(&r, n), limit);
		for (size_t k = 0; k < ROWS; k++)
			lost += rows.good[k] == 0;
		ck_assert_uint_le(lost, strays * limit);
		if (strays % 2 == 1) /* two may look like one in a text */
			ck_assert_uint_ge(rows.n_bad, 1);
	}
}
END_TEST

/* Counts bytes that are read again, up to those carried. */
struct again {
	const leat_csv *csv;
	size_t n;
};

static int count_again(void *ctx, const leat_csv_record *record)
{
	struct again *again = ctx;
	const leat_csv *c = again->csv;

	if (record->problem == LEAT_CSV_UNTERMINATED && !c->rereads)
		again->n += c->again_n - c->again_at;
	return 0;
}

START_TEST(no_byte_is_read_again_more_than_once_whatever_the_text)
{
	static const char *const patterns[] = { "x\",\"y\n", "\"\"\"\n", "\"\n",
		"\"a\n", "\"\"\n,\"\n", "\",\"\n", "a,\"\"\"b\n" };
	const char *pattern = patterns[_i % 7];
	leat_csv_options o = { .record = count_again,
		.max_lines = _i < 7 ? 50 : 1000000,
		.max_record = 2000 };
	struct rng r = rng_new(4 + (uint64_t)_i);
	struct again again = { NULL, 0 };
	static char text[20000];
	leat_csv *c;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = pattern[i % strlen(pattern)];
	for (size_t i = 0; i < sizeof(text); i += 1 + rng_below(&r, 3000))
		text[i] = ANY_OF(&r, "\"\"\n,x");
	o.ctx = &again;
	ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
	again.csv = c;
	for (size_t i = 0; i < sizeof(text); i++)
		ck_assert_int_eq(leat_csv_push(c, text + i, 1), LEAT_OK);
	ck_assert_int_eq(leat_csv_end(c), LEAT_OK);
	ck_assert_uint_le(again.n, sizeof(text));
	leat_csv_free(c);
}
END_TEST

/* ---- Memory ---- */

/* An allocator that knows how many bytes it has given. */
struct weighed {
	size_t live, most, calls;
};

union header {
	size_t size;
	max_align_t align;
};

static void *weighed_alloc(void *ctx, size_t size)
{
	struct weighed *w = ctx;
	union header *h = malloc(sizeof(*h) + size);

	if (!h)
		return NULL;
	h->size = size;
	w->calls++;
	w->live += size;
	if (w->live > w->most)
		w->most = w->live;
	return h + 1;
}

static void weighed_free(void *ctx, void *memory)
{
	struct weighed *w = ctx;
	union header *h = (union header *)memory - 1;

	w->live -= h->size;
	free(h);
}

static leat_csv *weighed_reader(struct weighed *w, leat_csv_options o)
{
	leat_allocator a = { weighed_alloc, weighed_free, NULL };
	leat_csv *c;

	memset(w, 0, sizeof(*w));
	a.ctx = w;
	o.allocator = &a; /* copied by leat_csv_new() */
	o.record = ignore_record;
	ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
	return c;
}

START_TEST(whole_records_take_no_memory_but_for_the_array_of_fields)
{
	static const char text[] =
	    "a,b\n\"c\",\"d\r\ne\"\r\n\n\",\",\rf,\"\"\n";
	leat_csv_options o = { 0 };
	char text_behind[4000];
	struct weighed w;
	leat_csv *c = weighed_reader(&w, o);
	size_t calls;

	ck_assert_uint_eq(w.calls, 1);
	ck_assert_uint_le(w.live, 6 * 1024);
	ck_assert_int_eq(leat_csv_push(c, text, sizeof(text) - 1), LEAT_OK);
	calls = w.calls;
	ck_assert_uint_le(calls, 3);
	for (int i = 0; i < 2000; i++)
		ck_assert_int_eq(leat_csv_push(c, text, sizeof(text) - 1),
		    LEAT_OK);
	ck_assert_uint_eq(w.calls, calls);
	/* Malformed records do not allocate, except for text behind quotes. */
	ck_assert_int_eq(leat_csv_push(c, "a\"\n\"b\",\0\n,,\n", 12), LEAT_OK);
	ck_assert_uint_eq(w.calls, calls);
	/* A doubled quote asks for as much as its record is long. */
	memset(text_behind, 'x', sizeof(text_behind));
	memcpy(text_behind, "\"a\"\"b\"\n", 7);
	text_behind[sizeof(text_behind) - 1] = '\n';
	ck_assert_int_eq(leat_csv_push(c, text_behind, sizeof(text_behind)),
	    LEAT_OK);
	ck_assert_uint_eq(w.calls, calls + 1);
	leat_csv_free(c);
	ck_assert_uint_eq(w.live, 0);
}
END_TEST

/* Cut, with a doubled quote and some fields. */
static size_t long_record(char *text, size_t n, size_t fields)
{
	memset(text, 'x', n);
	memcpy(text, "\"\"\"\"", 4);
	for (size_t i = 0; i < fields - 1; i++)
		text[4 + i] = ',';
	text[n - 1] = '\n';
	return n;
}

START_TEST(memory_is_bounded_by_the_longest_record)
{
	static char text[200000];
	leat_csv_options o = { 0 };

	for (size_t n = 2000; n < sizeof(text); n = n * 5 / 3) {
		struct weighed w;
		leat_csv *c = weighed_reader(&w, o);
		size_t fields = n / 10, own = w.live;

		long_record(text, n, fields);
		for (int i = 0; i < 3; i++) {
			ck_assert_int_eq(leat_csv_push(c, text, n / 2), 0);
			ck_assert_int_eq(leat_csv_push(c, text + n / 2,
					     n - n / 2),
			    0);
		}
		ck_assert_uint_eq(leat_csv_last(c)->n_fields, fields);
		ck_assert_uint_le(w.live, own + 4 * n + 80 * fields);
		leat_csv_free(c);
		ck_assert_uint_eq(w.live, 0);
	}
}
END_TEST

START_TEST(a_record_beyond_its_limit_is_not_stored)
{
	static char text[100000];
	leat_csv_options o = { 0 };
	struct weighed w;
	leat_csv *c;
	size_t own;

	o.max_record = 3000;
	o.max_fields = 100;
	c = weighed_reader(&w, o);
	own = w.live;
	memset(text, ',', sizeof(text));
	ck_assert_int_eq(leat_csv_push(c, "\"", 1), LEAT_OK);
	for (size_t i = 0; i < 40; i++)
		ck_assert_int_eq(leat_csv_push(c, text, sizeof(text)), LEAT_OK);
	ck_assert_int_eq(leat_csv_push(c, "\",", 2), LEAT_OK);
	ck_assert_int_eq(leat_csv_push(c, text, sizeof(text)), LEAT_OK);
	ck_assert_int_eq(leat_csv_push(c, "\n\"", 2), LEAT_OK);
	for (size_t i = 0; i < 100; i++)
		ck_assert_int_eq(leat_csv_push(c, text, 1 + i), LEAT_OK);
	ck_assert_int_eq(leat_csv_push(c, "\"", 1), LEAT_OK);
	ck_assert_uint_le(w.most, own + 4 * 3000 + 2 * 80 * 100);
	ck_assert_int_eq(leat_csv_push(c, "\nx\n", 3), LEAT_OK);
	ck_assert_uint_eq(leat_csv_last(c)->number, 2);
	leat_csv_free(c);
}
END_TEST

START_TEST(torn_records_take_no_more_than_six_times_the_limit)
{
	leat_csv_options o = { .max_record = 3000, .max_lines = 1000000 };
	struct weighed w;
	leat_csv *c = weighed_reader(&w, o);
	size_t own = w.live;

	for (int i = 0; i < 20000; i++)
		ck_assert_int_eq(leat_csv_push(c, "\"\"\"x\ny \"\"\n", 9), 0);
	ck_assert_uint_le(w.most, own + 6 * 3000 + 80 * 64);
	ck_assert_uint_gt(leat_csv_last(c)->number, 19000);
	leat_csv_free(c);
}
END_TEST

/* A piece, and which of its fields are not in it. */
struct located {
	const char *piece;
	size_t n;
	char elsewhere[64];
};

static int locate(void *ctx, const leat_csv_record *record)
{
	struct located *p = ctx;
	size_t n = strlen(p->elsewhere);

	for (size_t i = 0; i < record->n_fields; i++) {
		uintptr_t at = (uintptr_t)record->fields[i].text;
		uintptr_t start = (uintptr_t)p->piece;
		int inside = at >= start &&
		    at + record->fields[i].len <= start + p->n;

		p->elsewhere[n++] = inside ? '.' : 'C';
	}
	p->elsewhere[n] = '\0';
	return 0;
}

static void expect_copies(const char *text, const char *expected)
{
	struct located p = { text, strlen(text), "" };
	leat_csv_options o = { 0 };
	leat_csv *c;

	o.record = locate;
	o.ctx = &p;
	ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
	ck_assert_int_eq(leat_csv_push(c, text, p.n), LEAT_OK);
	leat_csv_free(c);
	ck_assert_str_eq(p.elsewhere, expected);
}

START_TEST(a_record_within_a_piece_is_not_copied_but_for_doubled_quotes)
{
	expect_copies("a,\"b\"\n", "..");
	expect_copies("\"a\r\nb\",,\r\"\",c\r\n", ".....");
	expect_copies("a,\"b\"\"\",\"c\"\n\"\"\"\",d,\"e\"\n", ".C.C..");
	expect_copies("a,\"b\"\"\",c\"\n", ".C.");
	expect_copies("\xEF\xBB\xBFx,y\n", "..");
}
END_TEST

/* Texts that ask for all the kinds of memory there are. */
static size_t hungry_text(int which, char *out)
{
	static const char *const texts[] = { "a,b\n1,2\n", "\"a\"\"b\",c\n\"d",
		"a\"b\n\"c\"d,\"\"\"\"\n", "\xEF\xBB", "\xEF\xBB,\n\"\"\"",
		"\xEF\xBB\xBF\"\"\"\"\n" };
	size_t n;

	if (which < 6) {
		n = strlen(texts[which]);
		memcpy(out, texts[which], n);
		return n;
	}
	if (which == 10) { /* the first field that there is no room for */
		for (n = 0; n < 128; n++)
			out[n] = n % 2 ? ',' : 'a';
		memcpy(out + n, "\"b\nc\n\nd", 8);
		return n + 8;
	}
	n = long_record(out, which % 2 ? 700 : 1200, which % 2 ? 70 : 300);
	out[n / 2] = which % 3 ? '"' : 'x';
	n += long_record(out + n, 1400, 150);
	memcpy(out + n, "\"x\r\n\"\"\r\n\",y", 11);
	return n + 11;
}

enum { N_HUNGRY = 11 };

/* Pushes a text while the request with this number, or all from it, fails. */
static size_t push_starved(const char *text, size_t n, struct counted memory,
    struct cuts cuts, const leat_csv_options *options,
    const struct story *expected)
{
	leat_allocator a = counted_allocator(&memory);
	struct listener l = { 0 };
	leat_csv_options o = *options;
	leat_csv *c = NULL;

	o.allocator = &a;
	o.record = listen;
	o.ctx = &l;
	l.options = &o;
	l.memory = &memory;
	if (leat_csv_new(&c, &o)) {
		ck_assert(!c && (memory.fail_at == 1 || memory.fail_from == 1));
		memory.fail_from = 0;
		ck_assert_int_eq(leat_csv_new(&c, &o), LEAT_OK);
	}
	hear(&l, c, text, n, &cuts);
	leat_csv_free(c);
	if (!same_story(&l.story, expected))
		disagree(&l, text, n, &cuts);
	if (memory.live != 0 || memory.damaged != 0)
		ck_abort_msg("%d blocks left, %d damaged", (int)memory.live,
		    (int)memory.damaged);
	forget(&l);
	return memory.calls;
}

static void starve_with(const char *text, size_t n, struct cuts cuts,
    size_t max_lines)
{
	const struct counted none = { 0 };
	leat_csv_options o = { 0 };
	struct story expected = { 0 };
	size_t calls;

	o.max_lines = max_lines;
	tell_expected(&expected, &o, text, n);
	calls = push_starved(text, n, none, cuts, &o, &expected);
	ck_assert_uint_ge(calls, n > 3 ? 3 : 1);
	for (size_t k = 1; k <= calls; k++) {
		struct counted one = none, all = none;

		one.fail_at = all.fail_from = k;
		push_starved(text, n, one, cuts, &o, &expected);
		push_starved(text, n, all, cuts, &o, &expected);
	}
	free(expected.bytes);
}

/* With quotes that may be torn, and without. */
static void starve(const char *text, size_t n, struct cuts cuts)
{
	starve_with(text, n, cuts, 0);
	starve_with(text, n, cuts, 2);
}

START_TEST(where_memory_runs_out_nothing_is_lost)
{
	static char text[4000];
	size_t n = hungry_text(_i, text);
	struct cuts cuts = { WHOLE, 0, rng_new(1) };

	starve(text, n, cuts);
	cuts.kind = SPLIT;
	for (size_t k = 1; k < n; k += 1 + n / 200) {
		cuts.n = k;
		starve(text, n, cuts);
	}
	cuts.kind = STEPS;
	for (cuts.n = 1; cuts.n < 300; cuts.n = cuts.n * 2 + 1)
		starve(text, n, cuts);
}
END_TEST

/* Random requests fail, of random texts. */
START_TEST(where_memory_runs_out_of_any_text_nothing_is_lost)
{
	struct rng r = rng_new(400 + (uint64_t)_i);
	leat_csv_options o = { 0 };
	char text[LONGEST];

	for (int i = 0; i < TEXTS / 2; i++) {
		size_t n = random_text(&r, text, sizeof(text), &o);
		struct cuts cuts = { RANDOM, 1, rng_new(7) };

		cuts.n = 1 + (size_t)rng_below(&r, n + 1);
		cuts.kind = rng_below(&r, 2) ? STEPS : SPLIT;
		if (n > 3)
			starve(text, n, cuts);
	}
}
END_TEST

/* ---- The corpus of the fuzzer ---- */

START_TEST(the_corpus_is_read_the_same_in_all_pieces)
{
	static uint8_t bytes[1 << 16];
	const char *folder = "tests/corpus/csv";
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n_files = 0;

	if (!dir)
		return; /* not in the tree */
	while ((entry = readdir(dir))) {
		char path[512];
		FILE *f;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		f = fopen(path, "rb");
		ck_assert_ptr_nonnull(f);
		LLVMFuzzerTestOneInput(bytes,
		    fread(bytes, 1, sizeof(bytes), f));
		fclose(f);
		n_files++;
	}
	closedir(dir);
	ck_assert_int_ge(n_files, 20);
}
END_TEST

static TCase *hand_case(void)
{
	TCase *t = tcase_create("hand");

	tcase_add_test(t, a_record_ends_with_lf_crlf_or_cr);
	tcase_add_test(t, the_last_record_may_lack_its_end);
	tcase_add_test(t, lines_with_nothing_on_them_are_no_records);
	tcase_add_test(t, quoted_fields_hold_delimiters_line_ends_and_quotes);
	tcase_add_test(t, a_byte_order_mark_is_dropped_at_the_very_start_only);
	tcase_add_test(t, problems_are_told_and_the_record_is_delivered);
	tcase_add_test(t, a_nul_byte_is_a_problem_and_stays_in_the_field);
	tcase_add_test(t, a_record_of_another_width_than_the_first_is_ragged);
	tcase_add_test(t, a_record_over_a_limit_is_told_and_reading_goes_on);
	tcase_add_test(t,
	    with_max_lines_quotes_that_have_no_proper_end_take_one_line);
	tcase_add_test(t, with_max_lines_a_record_too_long_ends_with_its_line);
	tcase_add_test(t, a_problem_is_told_with_its_line_and_the_byte_in_it);
	tcase_add_test(t, without_quotes_they_are_text);
	tcase_add_test(t, delimiter_and_quote_can_be_chosen);
	tcase_add_test(t, records_know_their_line_and_offset);
	tcase_add_test(t, problems_have_words);
	tcase_add_test(t, marks_that_make_no_sense_are_refused);
	tcase_add_test(t, a_reader_needs_a_callback_and_a_whole_allocator);
	tcase_add_test(t, after_a_stop_the_offset_is_behind_the_record);
	tcase_add_test(t, in_strict_mode_what_is_malformed_is_refused);
	tcase_add_test(t, an_ended_reader_takes_no_bytes_until_it_is_reset);
	tcase_add_test(t, the_corpus_is_read_the_same_in_all_pieces);
	return t;
}

static TCase *reference_case(void)
{
	TCase *t = tcase_create("reference");
	int n = short_run() ? 2 : 16;

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t,
	    any_text_is_read_as_the_header_says_however_it_is_cut, 0, n);
	tcase_add_loop_test(t, all_short_texts_are_read_as_the_header_says, 0,
	    24);
	tcase_add_loop_test(t, all_forms_of_the_scan_find_the_same, 0,
	    short_run() ? 1 : 8);
	tcase_add_test(t, any_two_bytes_can_be_delimiter_and_quote);
	tcase_add_test(t,
	    any_byte_can_be_the_delimiter_where_there_are_no_quotes);
	tcase_add_test(t, a_mark_is_found_wherever_it_is);
	tcase_add_loop_test(t, nothing_is_seen_of_the_windows_of_the_scan, 0,
	    short_run() ? 2 : 4);
	tcase_add_loop_test(t, long_texts_are_read_as_the_header_says, 0,
	    short_run() ? 4 : 40);
	tcase_add_test(t, a_record_can_have_very_many_fields);
	tcase_add_loop_test(t,
	    whatever_a_callback_returns_stops_as_ecallback_and_nothing_is_lost,
	    0, short_run() ? 1 : 6);
	tcase_add_test(t, a_reset_forgets_what_was_pushed);
	tcase_add_loop_test(t,
	    one_stray_quote_anywhere_costs_its_row_and_no_other, 0, n);
	tcase_add_loop_test(t,
	    stray_quotes_cost_no_more_rows_than_the_limit_says, 0, n);
	tcase_add_loop_test(t,
	    no_byte_is_read_again_more_than_once_whatever_the_text, 0, 14);
	return t;
}

static TCase *memory_case(void)
{
	TCase *t = tcase_create("memory");

	tcase_set_timeout(t, 300);
	tcase_add_test(t,
	    whole_records_take_no_memory_but_for_the_array_of_fields);
	tcase_add_test(t, memory_is_bounded_by_the_longest_record);
	tcase_add_test(t, a_record_beyond_its_limit_is_not_stored);
	tcase_add_test(t, torn_records_take_no_more_than_six_times_the_limit);
	tcase_add_test(t,
	    a_record_within_a_piece_is_not_copied_but_for_doubled_quotes);
	tcase_add_loop_test(t, where_memory_runs_out_nothing_is_lost, 0,
	    N_HUNGRY);
	tcase_add_loop_test(t,
	    where_memory_runs_out_of_any_text_nothing_is_lost, 0,
	    short_run() ? 1 : 6);
	return t;
}

Suite *csv_suite(void)
{
	Suite *s = suite_create("csv");

	suite_add_tcase(s, hand_case());
	suite_add_tcase(s, reference_case());
	suite_add_tcase(s, memory_case());
	return s;
}
