/*
 * Options and statistics as text.
 *
 * Texts are written here from structs that were drawn before: each field by
 * one of its names, its value in one of the forms there are, words in any
 * order and with anything between them that may stand there. What is read has
 * to be that struct, byte for byte, also where no word has named a field. A
 * word that is wrong is put between others, and has to be found at its place.
 * The words are those of spec_words.c, where all fields of all structs stand.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat_text.h>

#include "data.h"
#include "spec_words.h"
#include "suites.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

enum { TEXT_SIZE = 4096, MAX_FIELDS = 32 };

static int times(int n)
{
	return short_run() ? n / 20 + 1 : n;
}

/* ---- Writing ---- */

struct draft {
	struct rng r;
	const struct object *object;
	char text[TEXT_SIZE];
	size_t n;
	unsigned char want[OBJECT_SIZE];
	int used[MAX_FIELDS];
};

static void put(struct draft *d, const char *text)
{
	size_t len = strlen(text);

	ck_assert_uint_lt(d->n + len, TEXT_SIZE);
	memcpy(d->text + d->n, text, len + 1);
	d->n += len;
}

static const char *any(struct draft *d, const char *const *names)
{
	uint64_t n = 0;

	while (n < 4 && names[n])
		n++;
	return names[rng_below(&d->r, n)];
}

/* Between words, or before and behind them. */
static void put_gap(struct draft *d, int is_needed)
{
	static const char *const gaps[] = { " ", ",", ", ", "\t", "  ", "\n",
		" ,, " };

	if (is_needed || rng_below(&d->r, 2))
		put(d, gaps[rng_below(&d->r, N_OF(gaps))]);
}

static void put_sign(struct draft *d)
{
	put(d, rng_below(&d->r, 2) ? ":" : "=");
}

static uint64_t random_count(struct draft *d, size_t size)
{
	uint64_t n = rng_next(&d->r) >> rng_below(&d->r, 64);

	return size == 4 ? (uint32_t)n : n;
}

static void put_count(struct draft *d, unsigned char *to, size_t size)
{
	uint64_t n = random_count(d, size);
	uint32_t low = (uint32_t)n;
	char text[32];

	snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	put(d, text);
	if (size == 4)
		memcpy(to, &low, 4);
	else
		memcpy(to, &n, 8);
}

/* Puts one to three numbers with units; decimals end at a tick. */
static int64_t put_units(struct draft *d)
{
	static const struct {
		const char *name;
		int64_t ticks;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 },
		{ "s", 1000000000 }, { "m", INT64_C(60000000000) },
		{ "h", INT64_C(3600000000000) },
		{ "d", INT64_C(86400000000000) },
		{ "w", INT64_C(604800000000000) } };
	int64_t sum = 0;
	char text[64];

	for (uint64_t n = 1 + rng_below(&d->r, 3); n > 0; n--) {
		uint64_t unit = rng_below(&d->r, N_OF(units));
		int64_t whole = (int64_t)rng_below(&d->r, 3000);
		int64_t part = (int64_t)rng_below(&d->r, 10000);
		int has_part = rng_below(&d->r, 3) == 0;

		sum += whole * units[unit].ticks;
		if (has_part)
			sum += part * units[unit].ticks / 10000;
		snprintf(text, sizeof text, has_part ? "%d.%04d%s" : "%d%.0d%s",
		    (int)whole, has_part ? (int)part : 0, units[unit].name);
		put(d, text);
	}
	return sum;
}

static int64_t put_ticks(struct draft *d)
{
	char text[32];
	int64_t t;

	if (rng_below(&d->r, 2))
		return put_units(d);
	t = (int64_t)(random_count(d, 8) >> 1);
	snprintf(text, sizeof text, "%lld", (long long)t);
	put(d, text);
	return t;
}

static int64_t put_signed(struct draft *d, int may_be_minus)
{
	int64_t sign = 1;

	if (may_be_minus && rng_below(&d->r, 2)) {
		put(d, "-");
		sign = -1;
	} else if (rng_below(&d->r, 8) == 0) {
		put(d, "+");
	}
	return sign * put_ticks(d);
}

static double put_number(struct draft *d)
{
	double x = rng_normal(&d->r);
	char text[40];

	x *= rng_below(&d->r, 2) ? 1e100 : 1;
	x = rng_below(&d->r, 4) ? x : floor(x);
	snprintf(text, sizeof text, "%.17g", x);
	put(d, text);
	return x;
}

static double put_length(struct draft *d)
{
	return rng_below(&d->r, 2) ? put_number(d) : (double)put_units(d);
}

static char put_byte(struct draft *d)
{
	static const struct {
		const char *text;
		char byte;
	} bytes[] = { { "tab", '\t' }, { "\\t", '\t' }, { "space", ' ' },
		{ "comma", ',' }, { "semicolon", ';' }, { "bar", '|' },
		{ "pipe", '|' }, { ",", ',' }, { ":", ':' }, { "=", '=' },
		{ "\xB0", '\xB0' }, { "'", '\'' }, { "x", 'x' } };
	size_t i = rng_below(&d->r, N_OF(bytes));

	put(d, bytes[i].text);
	return bytes[i].byte;
}

static void put_value(struct draft *d, const struct field *f);

static size_t field_named(const struct object *o, const char *name)
{
	for (size_t i = 0; i < o->n_fields; i++)
		if (strcmp(o->fields[i].names[0], name) == 0)
			return i;
	ck_abort_msg("%s: no field %s", o->name, name);
	return 0;
}

/* Values of other fields, if these are not given yet. */
static void put_arguments(struct draft *d, const struct choice *c)
{
	for (int i = 0; i < 2 && c->fields[i] && rng_below(&d->r, 3); i++) {
		size_t at = field_named(d->object, c->fields[i]);

		if (d->used[at])
			return;
		d->used[at] = 1;
		if (i > 0)
			put(d, "/");
		else
			put_sign(d);
		put_value(d, &d->object->fields[at]);
	}
}

static void put_nested(struct draft *d)
{
	size_t i = rng_below(&d->r, d->object->n_fields);
	const struct field *f = &d->object->fields[i];

	if (d->used[i] || f->form == SILENT || f->form == CHOICE)
		return;
	d->used[i] = 1;
	put_sign(d);
	put(d, any(d, f->names));
	put_sign(d);
	put_value(d, f);
}

static void put_choice(struct draft *d, const struct field *f)
{
	const struct choice *c;
	uint64_t n = 0;

	while (f->choices[n].names[0])
		n++;
	c = &f->choices[rng_below(&d->r, n)];
	memcpy(d->want + f->at, &c->value, sizeof(int));
	put(d, any(d, c->names));
	if (!f->is_bare)
		return;
	if (rng_below(&d->r, 3) == 0)
		put_nested(d);
	else
		put_arguments(d, c);
}

static int put_flag(struct draft *d)
{
	static const char *const words[] = { "no", "yes", "false", "true",
		"off", "on", "0", "1" };
	uint64_t i = rng_below(&d->r, N_OF(words));

	put(d, words[i]);
	return (int)(i % 2);
}

static void put_value(struct draft *d, const struct field *f)
{
	unsigned char *to = d->want + f->at;
	int64_t t;
	double x;
	char byte;
	int flag;

	switch (f->form) {
	case COUNT:
		put_count(d, to, f->size);
		break;
	case COUNTS:
		put_count(d, to, 8);
		put(d, "/");
		put_count(d, to + 8, 8);
		break;
	case TICKS:
	case OFFSET:
		t = put_signed(d, f->form == OFFSET);
		memcpy(to, &t, sizeof t);
		break;
	case NUMBER:
	case LENGTH:
		x = f->form == NUMBER ? put_number(d) : put_length(d);
		memcpy(to, &x, sizeof x);
		break;
	case BYTE:
		byte = put_byte(d);
		memcpy(to, &byte, 1);
		break;
	case CHOICE:
		put_choice(d, f);
		break;
	default: /* FLAG */
		flag = put_flag(d);
		memcpy(to, &flag, sizeof flag);
	}
}

/* Puts a field by one of its names. */
static void put_field(struct draft *d, size_t i)
{
	const struct field *f = &d->object->fields[i];
	const int yes = 1;

	d->used[i] = 1;
	if (f->form == CHOICE && f->is_bare && rng_below(&d->r, 4)) {
		put_choice(d, f);
		return;
	}
	put(d, any(d, f->names));
	if (f->form == FLAG && rng_below(&d->r, 2)) {
		memcpy(d->want + f->at, &yes, sizeof yes);
		return;
	}
	put_sign(d);
	put_value(d, f);
}

/* A struct of any bytes, of which words may change some. */
static void begin(struct draft *d, const struct object *o, uint64_t seed)
{
	memset(d, 0, sizeof *d);
	d->r = rng_new(seed);
	d->object = o;
	for (size_t i = 0; i < o->size; i++)
		d->want[i] = (unsigned char)rng_next(&d->r);
}

/* Writes some words; n is the number of attempts. */
static void put_words(struct draft *d, uint64_t n)
{
	for (; n > 0; n--) {
		size_t i = rng_below(&d->r, d->object->n_fields);

		if (d->used[i] || d->object->fields[i].form == SILENT)
			continue;
		put_field(d, i);
		put_gap(d, 1);
	}
}

/* ---- Reading ---- */

START_TEST(what_is_written_is_read)
{
	const struct object *o = &objects[_i];
	unsigned char got[OBJECT_SIZE];
	struct draft d;

	for (int seed = 0; seed < times(20000); seed++) {
		size_t place = 4711;
		const char *why = NULL;
		int err;

		begin(&d, o, (uint64_t)seed);
		memcpy(got, d.want, o->size);
		put_gap(&d, 0);
		put_words(&d, rng_below(&d.r, 12));
		err = o->parse(d.text, got, &place, &why);
		ck_assert_msg(err == 0, "%s: %s: %s at %zu", o->name, d.text,
		    why, place);
		ck_assert_msg(memcmp(got, d.want, o->size) == 0, "%s: %s",
		    o->name, d.text);
		ck_assert(place == 4711 && why == NULL);
	}
}
END_TEST

START_TEST(all_that_is_no_pointer_can_be_said)
{
	const struct object *o = &objects[_i];
	unsigned char got[OBJECT_SIZE];
	struct draft d;

	for (int seed = 0; seed < times(500); seed++) {
		begin(&d, o, (uint64_t)seed);
		memcpy(got, d.want, o->size);
		for (size_t i = 0; i < o->n_fields; i++)
			if (!d.used[i] && o->fields[i].form != SILENT) {
				put_field(&d, i);
				put_gap(&d, 1);
			}
		ck_assert_msg(o->parse(d.text, got, NULL, NULL) == 0, "%s: %s",
		    o->name, d.text);
		ck_assert_msg(memcmp(got, d.want, o->size) == 0, "%s: %s",
		    o->name, d.text);
	}
}
END_TEST

/* Between two fields there is no more than what aligns the second. */
START_TEST(no_field_is_forgotten)
{
	const struct object *o = &objects[_i];
	size_t end = 0;

	for (size_t i = 0; i < o->n_fields; i++) {
		const struct field *f = &o->fields[i];
		size_t align = f->size < sizeof(void *) ? f->size
							: sizeof(uint64_t);

		ck_assert_msg(f->at >= end && f->at - end < align,
		    "%s: a field before %s", o->name, f->names[0]);
		end = f->at + f->size;
	}
	ck_assert_uint_eq(end, o->size);
}
END_TEST

START_TEST(each_name_has_its_meaning)
{
	static const struct {
		const char *text;
		leat_window_options want;
	} count[] = {
		{ "100", { .kind = LEAT_SLIDING, .size = 100 } },
		{ "sliding:7", { .kind = LEAT_SLIDING, .size = 7 } },
		{ "kind=tumbling:7", { .kind = LEAT_TUMBLING, .size = 7 } },
		{ "hopping:100/10",
		    { .kind = LEAT_HOPPING, .size = 100, .hop = 10 } },
		{ "expanding", { .kind = LEAT_LANDMARK } },
		{ "ewm:halflife=20", { .kind = LEAT_DECAY, .half_life = 20 } },
		{ "decay:span=20,recursive",
		    { .kind = LEAT_DECAY, .ewm_span = 20, .unadjusted = 1 } },
		{ "", { .kind = 0 } },
	};
	static const struct {
		const char *text;
		leat_time_window_options want;
	} time[] = {
		{ "60s", { .kind = LEAT_SLIDING, .span = LEAT_MINUTE } },
		{ "60", { .kind = LEAT_SLIDING, .span = 60 } },
		{ "tumbling:1m delay:5s allowed_lateness:1m",
		    { .kind = LEAT_TUMBLING,
			.span = LEAT_MINUTE,
			.delay = 5 * LEAT_SECOND,
			.allowed_lateness = LEAT_MINUTE } },
		{ "hopping:1h/5m",
		    { .kind = LEAT_HOPPING,
			.span = LEAT_HOUR,
			.hop = 5 * LEAT_MINUTE } },
		{ "session:1h30m",
		    { .kind = LEAT_SESSION, .gap = 90 * LEAT_MINUTE } },
		{ "decay:half_life=0.5",
		    { .kind = LEAT_DECAY, .half_life = 0.5 } },
		{ "offset=-9223372036854775808", { .offset = INT64_MIN } },
		{ "offset=9223372036854775807", { .offset = INT64_MAX } },
		{ "offset=-0", { .offset = 0 } },
		{ "delay:0.9999ns", { .delay = 0 } },
	};

	for (size_t i = 0; i < N_OF(count); i++) {
		leat_window_options o;

		memset(&o, 0, sizeof o);
		ck_assert_int_eq(leat_window_options_parse(count[i].text, &o,
				     NULL, NULL),
		    0);
		ck_assert_msg(o.kind == count[i].want.kind &&
			o.size == count[i].want.size &&
			o.hop == count[i].want.hop &&
			o.half_life == count[i].want.half_life &&
			o.ewm_span == count[i].want.ewm_span &&
			o.unadjusted == count[i].want.unadjusted,
		    "%s", count[i].text);
	}
	for (size_t i = 0; i < N_OF(time); i++) {
		leat_time_window_options o;

		memset(&o, 0, sizeof o);
		ck_assert_int_eq(leat_time_window_options_parse(time[i].text,
				     &o, NULL, NULL),
		    0);
		ck_assert_msg(o.kind == time[i].want.kind &&
			o.span == time[i].want.span &&
			o.hop == time[i].want.hop &&
			o.gap == time[i].want.gap &&
			o.half_life == time[i].want.half_life &&
			o.offset == time[i].want.offset &&
			o.delay == time[i].want.delay &&
			o.allowed_lateness == time[i].want.allowed_lateness,
		    "%s", time[i].text);
	}
}
END_TEST

/* ---- What is wrong ---- */

/* A value that its field cannot have, and why. */
static const struct {
	enum form form;
	const char *text;
	int err;
	const char *why;
} wrong_values[] = {
	{ COUNT, "", LEAT_EPARSE, "not a whole number" },
	{ COUNT, "x", LEAT_EPARSE, "not a whole number" },
	{ COUNT, "-1", LEAT_EPARSE, "not a whole number" },
	{ COUNT, "1e3", LEAT_EPARSE, "not a whole number" },
	{ COUNT, "18446744073709551616", LEAT_EINVAL, "too large" },
	{ COUNTS, "7", LEAT_EPARSE, "not two whole numbers" },
	{ TICKS, "", LEAT_EPARSE, "not a time" },
	{ TICKS, "+", LEAT_EPARSE, "not a time" },
	{ TICKS, "1.5", LEAT_EPARSE, "not a time" },
	{ TICKS, "1.s", LEAT_EPARSE, "not a time" },
	{ TICKS, ".5s", LEAT_EPARSE, "not a time" },
	{ TICKS, "5S", LEAT_EPARSE, "not a time" },
	{ TICKS, "5y", LEAT_EPARSE, "not a time" },
	{ TICKS, "1h30", LEAT_EPARSE, "not a time" },
	{ TICKS, "99999999w5", LEAT_EPARSE, "not a time" },
	{ TICKS, "-5s", LEAT_EINVAL, "below 0" },
	{ TICKS, "99999999w", LEAT_EINVAL, "below 0, or too long" },
	{ TICKS, "9223372036854775808", LEAT_EINVAL, "too long" },
	{ TICKS, "9223372036854775807ns1ns", LEAT_EINVAL, "too long" },
	{ OFFSET, "--5s", LEAT_EPARSE, "not a time" },
	{ TICKS, "99999999w1s", LEAT_EINVAL, "too long" },
	{ TICKS, "9223372036.9s", LEAT_EINVAL, "too long" },
	{ TICKS, "1.", LEAT_EPARSE, "not a time" },
	{ TICKS, "18446744073709551617", LEAT_EINVAL, "too long" },
	{ TICKS, "18446744073709551617s", LEAT_EINVAL, "too long" },
	{ OFFSET, "9223372036854775808", LEAT_EINVAL, "too long" },
	{ OFFSET, "-9223372036854775809", LEAT_EINVAL, "too long" },
	{ OFFSET, "-9223372036854775807.1ns1.1ns1ns", LEAT_EINVAL, "too long" },
	{ NUMBER, "", LEAT_EPARSE, "not a number" },
	{ NUMBER, "0x1p3", LEAT_EPARSE, "not a number" },
	{ NUMBER, "5s", LEAT_EPARSE, "not a number" },
	{ NUMBER, "nan", LEAT_EINVAL, "not finite" },
	{ NUMBER, "-1e999", LEAT_EINVAL, "not finite" },
	{ LENGTH, "5x", LEAT_EPARSE, "not a time" },
	{ LENGTH, "inf", LEAT_EINVAL, "not finite" },
	{ LENGTH, "99999999w", LEAT_EINVAL, "too long" },
	{ BYTE, "::", LEAT_EPARSE, "not one byte" },
	{ BYTE, "ab", LEAT_EPARSE, "not one byte" },
	{ CHOICE, "", LEAT_EPARSE, "" },
	{ CHOICE, "slidin", LEAT_EPARSE, "" },
	{ FLAG, "2", LEAT_EPARSE, "neither yes nor no" },
	{ FLAG, "", LEAT_EPARSE, "neither yes nor no" },
};

/* Words, a wrong one, and words; its field is not given before. */
static size_t put_wrong(struct draft *d, size_t i, const char *value)
{
	size_t place;

	d->used[i] = 1;
	put_gap(d, 0);
	put_words(d, rng_below(&d->r, 4));
	put(d, any(d, d->object->fields[i].names));
	put_sign(d);
	place = d->n;
	put(d, value);
	put_gap(d, 1);
	put_words(d, 2);
	return place;
}

static void expect_wrong(const struct draft *d, int want, size_t want_place,
    const char *prefix, const char *want_why)
{
	unsigned char got[OBJECT_SIZE], before[OBJECT_SIZE];
	size_t place = 4711, n = strlen(prefix);
	const char *why = "";
	int err;

	memset(got, 0x55, sizeof got);
	memcpy(before, got, sizeof got);
	err = d->object->parse(d->text, got, &place, &why);
	ck_assert_msg(err == want, "%s: %s: %d", d->object->name, d->text, err);
	ck_assert_msg(place == want_place, "%s: %s: at %zu, not %zu",
	    d->object->name, d->text, place, want_place);
	ck_assert_msg(strncmp(why, prefix, n) == 0 && strstr(why + n, want_why),
	    "%s: %s: %s", d->object->name, d->text, why);
	ck_assert(memcmp(got, before, sizeof got) == 0);
	ck_assert_int_eq(d->object->parse(d->text, got, NULL, NULL), want);
}

START_TEST(a_wrong_value_is_found_at_its_place)
{
	const struct object *o = &objects[_i];
	struct draft d;

	for (size_t i = 0; i < o->n_fields; i++)
		for (size_t w = 0; w < N_OF(wrong_values); w++)
			for (uint64_t seed = 0; seed < 5; seed++) {
				const struct field *f = &o->fields[i];
				char prefix[40];
				size_t place;

				if (wrong_values[w].form != f->form)
					continue;
				snprintf(prefix, sizeof prefix,
				    "%s: ", f->names[0]);
				begin(&d, o, seed);
				place = put_wrong(&d, i, wrong_values[w].text);
				expect_wrong(&d, wrong_values[w].err, place,
				    prefix, wrong_values[w].why);
			}
}
END_TEST

START_TEST(a_word_that_there_is_not_is_found_at_its_place)
{
	static const char *const words[] = { "colour", "colour:5", "-", "/",
		"kinds:sliding", ":", "=5", "stats:mean", "n_stats:1",
		"reserved:0", "allocator", "Sliding:5", "size|hop:5" };
	const struct object *o = &objects[_i];
	struct draft d;

	for (size_t w = 0; w < N_OF(words); w++)
		for (uint64_t seed = 0; seed < 20; seed++) {
			size_t place;

			begin(&d, o, seed);
			put_words(&d, rng_below(&d.r, 4));
			place = d.n;
			put(&d, words[w]);
			put_gap(&d, 0);
			expect_wrong(&d, LEAT_EPARSE, place, "no such ", "");
		}
}
END_TEST

START_TEST(no_field_can_be_given_twice)
{
	const struct object *o = &objects[_i];
	struct draft d;

	for (size_t i = 0; i < o->n_fields; i++)
		for (uint64_t seed = 0; seed < 20; seed++) {
			const struct field *f = &o->fields[i];
			char prefix[40];
			size_t place;

			if (f->form == SILENT)
				continue;
			snprintf(prefix, sizeof prefix, "%s: ", f->names[0]);
			begin(&d, o, seed);
			put_field(&d, i);
			put_gap(&d, 1);
			put_words(&d, 3);
			place = d.n;
			put_field(&d, i);
			expect_wrong(&d, LEAT_EINVAL, place, prefix,
			    "given twice");
		}
}
END_TEST

START_TEST(arguments_belong_to_their_word)
{
	static const struct {
		int object;
		const char *text;
		int err;
		size_t place;
		const char *why;
	} cases[] = {
		{ 0, "landmark:1", LEAT_EPARSE, 9,
		    "kind: too much; this word takes no value" },
		{ 0, "decay:0.5", LEAT_EPARSE, 6,
		    "decay: say half_life=, ewm_span= or alpha=" },
		{ 1, "ewm:20s", LEAT_EPARSE, 4, "decay: say half_life=" },
		{ 0, "decay:beta=1", LEAT_EPARSE, 6, "no such kind" },
		{ 0, "decay:alpha=x", LEAT_EPARSE, 12, "alpha: not a number" },
		{ 0, "decay:kind=decay", LEAT_EINVAL, 6, "kind: given twice" },
		{ 0, "sliding:", LEAT_EPARSE, 8, "size: not a whole" },
		{ 0, "tumbling:1/2", LEAT_EPARSE, 9, "size: not a whole" },
		{ 0, "hopping:1/", LEAT_EPARSE, 10, "hop: not a whole" },
		{ 0, "hopping:/1", LEAT_EPARSE, 8, "size: not a whole" },
		{ 0, "hopping:1/2/3", LEAT_EPARSE, 10, "hop: not a whole" },
		{ 0, "size:5 100", LEAT_EINVAL, 7, "size: given twice" },
		{ 0, "60 60", LEAT_EINVAL, 3, "size: given twice" },
		{ 0, "tumbling:60,100", LEAT_EINVAL, 12, "size: given" },
		{ 0, "landmark 60", LEAT_EINVAL, 9, "kind: given twice" },
		{ 1, "1h 60", LEAT_EINVAL, 3, "span: given twice" },
		{ 1, "session:5 60", LEAT_EINVAL, 10, "kind: given twice" },
		{ 0, "10x", LEAT_EPARSE, 0, "size: not a whole number" },
		{ 0, "session:5", LEAT_EPARSE, 0, "no such kind" },
		{ 1, "60S", LEAT_EPARSE, 0, "span: not a time" },
		{ 1, "calendar:day", LEAT_EPARSE, 9,
		    "kind: too much; this word takes" },
		{ 1, "  size:5", LEAT_EPARSE, 2, "no such kind or option" },
		{ 2, "60", LEAT_EPARSE, 0, "no such option" },
		{ 2, "seed:1/x", LEAT_EPARSE, 7, "seed: not two" },
		{ 2, "seed:1/2/3", LEAT_EPARSE, 7, "seed: not two" },
		{ 3, "loss:squared=1", LEAT_EPARSE, 13,
		    "loss: too much; this word takes no value" },
		{ 3, "rls:3", LEAT_EPARSE, 4,
		    "update: too much; this word takes no value" },
		{ 3, "quantile:0.9 huber", LEAT_EINVAL, 13, "loss: given" },
		{ 4, "adwin:0.1", LEAT_EPARSE, 6,
		    "kind: too much; this word takes" },
		{ 4, "direction:up=2", LEAT_EPARSE, 13,
		    "direction: too much; this word takes no value" },
		{ 4, "adwin ewma", LEAT_EINVAL, 6, "kind: given twice" },
		{ 5, "delimiter", LEAT_EPARSE, 0, "delimiter: not one byte" },
		{ 5, "delimiter: strict", LEAT_EPARSE, 10, "delimiter: not" },
	};
	struct draft d;

	for (size_t i = 0; i < N_OF(cases); i++) {
		begin(&d, &objects[cases[i].object], 1);
		put(&d, cases[i].text);
		expect_wrong(&d, cases[i].err, cases[i].place, "",
		    cases[i].why);
	}
	begin(&d, &objects[1], 1);
	put(&d, "n_sources:4294967296");
	expect_wrong(&d, LEAT_EINVAL, 10, "n_sources: ", "too large");
}
END_TEST

/* ---- Statistics ---- */

START_TEST(lists_of_statistics_are_read)
{
	leat_stat want[256], got[256];
	char text[TEXT_SIZE] = "";
	size_t n = 0, n_got = 0;

	for (int id = 2; id < 256; id++) {
		leat_stat stat = LEAT_STAT_INIT(id);
		const char *name = leat_stat_name(&stat);

		if (!name)
			continue;
		ck_assert_int_eq(leat_stat_parse(name, &want[n]), 0);
		ck_assert_int_eq(want[n++].id, id);
		strcat(strcat(text, name), n % 3 ? "," : ", ");
	}
	ck_assert_uint_gt(n, 30);
	memset(got, 0x55, sizeof got);
	ck_assert_int_eq(leat_stats_parse(text, NULL, 0, &n_got, NULL, NULL),
	    0);
	ck_assert_uint_eq(n_got, n);
	ck_assert_int_eq(leat_stats_parse(text, got, n, &n_got, NULL, NULL), 0);
	for (size_t i = 0; i < n; i++)
		ck_assert(got[i].id == want[i].id &&
		    got[i].arg == want[i].arg && got[i].variant == 0 &&
		    got[i].arg2 == 0 && got[i].agg == NULL &&
		    got[i].reserved == 0);
	ck_assert_int_eq(got[n].id, 0x55555555);
}
END_TEST

START_TEST(statistics_have_arguments)
{
	leat_stat s[4];
	size_t n;

	ck_assert_int_eq(leat_stats_parse("rate/1m rate:90,twa,rate", s, 4, &n,
			     NULL, NULL),
	    0);
	ck_assert_uint_eq(n, 4);
	ck_assert(s[0].id == LEAT_STAT_RATE && s[0].arg == LEAT_MINUTE);
	ck_assert(s[1].id == LEAT_STAT_RATE && s[1].arg == 90);
	ck_assert(s[2].id == LEAT_STAT_TIME_MEAN && s[2].arg == 0);
	ck_assert(s[3].id == LEAT_STAT_RATE && s[3].arg == LEAT_SECOND);
}
END_TEST

START_TEST(a_wrong_statistic_is_found_at_its_place)
{
	static const struct {
		const char *text;
		int err;
		size_t place;
		const char *why;
	} cases[] = {
		{ "", LEAT_EPARSE, 0, "no statistics" },
		{ " , ", LEAT_EPARSE, 3, "no statistics" },
		{ "maen", LEAT_ESTAT, 0, "no such statistic" },
		{ "mean, p99", LEAT_ESTAT, 6, "no such statistic" },
		{ "mean,agg", LEAT_ESTAT, 5, "no such statistic" },
		{ "mean,MAX", LEAT_ESTAT, 5, "no such statistic" },
		{ "tmean|twa", LEAT_ESTAT, 0, "no such statistic" },
		{ "/1m", LEAT_ESTAT, 0, "no such statistic" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaa",
		    LEAT_ESTAT, 0, "no such statistic" },
		{ "mean/2,max", LEAT_EPARSE, 5, "without an argument" },
		{ "max,rate/", LEAT_EPARSE, 9, "rate: not a time" },
		{ "rate/1x", LEAT_EPARSE, 5, "rate: not a time" },
		{ "rate/0s", LEAT_EINVAL, 5, "rate: a time that is not" },
		{ "rate:-1s", LEAT_EINVAL, 5, "rate: a time that is not" },
		{ "rate:99999999w", LEAT_EINVAL, 5, "or too long" },
		{ "mean,max,min", LEAT_EBUFFER, 9, "too many statistics" },
		{ " mean max , rate/1m,sum", LEAT_EBUFFER, 12,
		    "too many stat" },
		{ "mean,max,min,p99", LEAT_ESTAT, 13, "no such statistic" },
	};

	for (size_t i = 0; i < N_OF(cases); i++) {
		leat_stat s[3] = { { .id = 7 }, { .id = 8 }, { .id = 9 } };
		size_t n = 4711, place = 4711;
		const char *why = "";

		ck_assert_msg(leat_stats_parse(cases[i].text, s, 2, &n, &place,
				  &why) == cases[i].err,
		    "%s", cases[i].text);
		ck_assert_msg(place == cases[i].place &&
			strstr(why, cases[i].why),
		    "%s: %zu, %s", cases[i].text, place, why);
		ck_assert(s[0].id == 7 && s[1].id == 8 && s[2].id == 9);
		ck_assert_uint_eq(n, 4711);
	}
}
END_TEST

Suite *spec_suite(void)
{
	TCase *c = tcase_create("options as text");
	Suite *suite = suite_create("spec");

	tcase_set_timeout(c, 300);
	tcase_add_loop_test(c, what_is_written_is_read, 0, N_OBJECTS);
	tcase_add_loop_test(c, all_that_is_no_pointer_can_be_said, 0,
	    N_OBJECTS);
	tcase_add_loop_test(c, no_field_is_forgotten, 0, N_OBJECTS);
	tcase_add_test(c, each_name_has_its_meaning);
	tcase_add_loop_test(c, a_wrong_value_is_found_at_its_place, 0,
	    N_OBJECTS);
	tcase_add_loop_test(c, a_word_that_there_is_not_is_found_at_its_place,
	    0, N_OBJECTS);
	tcase_add_loop_test(c, no_field_can_be_given_twice, 0, N_OBJECTS);
	tcase_add_test(c, arguments_belong_to_their_word);
	tcase_add_test(c, lists_of_statistics_are_read);
	tcase_add_test(c, statistics_have_arguments);
	tcase_add_test(c, a_wrong_statistic_is_found_at_its_place);
	suite_add_tcase(suite, c);
	return suite;
}
