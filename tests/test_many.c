/*
 * push_many() gives the bits of single pushes: for every statistic, every
 * kind, every phase of a chunk at which a call may begin or end.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "classes.h"
#include "data.h"
#include "lists.h"
#include "pushed.h"
#include "suites.h"

enum { N_SINGLE = 27, N_PAIRS = 40, MAX_STREAM = 4000, MAX_STATS = 48 };

/* Sets of statistics: a single one takes another path than many at once. */
struct choice {
	const char *name;
	leat_stat stats[MAX_STATS];
	size_t n;
	int pairs;
};

static void choose_all(struct choice *c, int pairs, int decays)
{
	c->name = "all";
	c->pairs = pairs;
	c->n = stats_with(decays ? STAT_FADES : 0,
	    STAT_RANKED | STAT_SERIES | (pairs ? 0 : STAT_PAIRS), c->stats);
	if (!decays)
		c->stats[c->n++] = (leat_stat)LEAT_AGG(&chain_class, 0);
}

static void choose_one(struct choice *c, int id)
{
	c->stats[0].id = id;
	c->n = 1;
	c->pairs = leat_stat_pairs(&c->stats[0]);
	c->name = leat_stat_name(&c->stats[0]);
}

static void choose_some(struct choice *c, const int *ids, size_t n)
{
	c->name = "some";
	c->n = n;
	for (size_t i = 0; i < n; i++)
		c->stats[i].id = ids[i];
	c->pairs = 0;
}

/* ------------------------------------------------------------------ */
/* Two windows side by side                                           */
/* ------------------------------------------------------------------ */

struct callbacks {
	uint64_t hash;
	size_t n;
};

static void fold(struct callbacks *c, double value)
{
	uint64_t bits = 0x7ff8;
	if (!isnan(value))
		memcpy(&bits, &value, sizeof(bits));
	c->hash = (c->hash ^ bits) * UINT64_C(0x100000001b3) + (bits >> 32);
}

static int on_emit(void *ctx, const leat_result *result)
{
	struct callbacks *c = ctx;
	c->n++;
	fold(c, (double)result->start);
	fold(c, (double)result->end);
	for (size_t i = 0; i < result->n_values; i++)
		fold(c, result->values[i]);
	return 0;
}

struct duel {
	leat_window_options options;
	const struct choice *choice;
	leat_window *one, *many;
	struct callbacks seen_one, seen_many;
	const double *x, *y;
	size_t at;
	uint64_t seed;
};

static leat_window *make(struct duel *d, struct callbacks *seen)
{
	leat_window *w;
	memset(seen, 0, sizeof(*seen));
	if (d->options.kind <= LEAT_HOPPING && d->seed % 2 == 0) {
		d->options.sink.emit = on_emit;
		d->options.sink.ctx = seen;
	}
	ck_assert_int_eq(leat_window_new(&w, &d->options), LEAT_OK);
	return w;
}

static void duel_open(struct duel *d, const leat_window_options *options,
    const struct choice *choice, uint64_t seed)
{
	d->options = *options;
	d->options.stats = choice->stats;
	d->options.n_stats = choice->n;
	d->choice = choice;
	d->seed = seed;
	d->at = 0;
	d->one = make(d, &d->seen_one);
	d->many = make(d, &d->seen_many);
}

static void duel_close(struct duel *d)
{
	leat_window_free(d->one);
	leat_window_free(d->many);
}

static void differs(const struct duel *d, size_t push, size_t stat, double a,
    double b)
{
	ck_abort_msg("%s of '%s': %a one by one, %a at once; kind %d size %u "
		     "advance %u, push %u of a call from %u, seed %u",
	    leat_stat_name(&d->choice->stats[stat]), d->choice->name, a, b,
	    d->options.kind, (unsigned)d->options.size,
	    (unsigned)d->options.hop, (unsigned)push, (unsigned)d->at,
	    (unsigned)d->seed);
}

static void compare(const struct duel *d, size_t push, const double *row)
{
	double want[MAX_STATS];
	leat_window_query(d->one, want);
	for (size_t k = 0; k < d->choice->n; k++) {
		if (!same_bits(want[k], row[k]))
			differs(d, push, k, want[k], row[k]);
	}
}

static void push_one(struct duel *d, size_t i)
{
	int error = d->choice->pairs
	    ? leat_window_push_xy(d->one, d->x[i], d->y[i])
	    : leat_window_push(d->one, d->x[i]);
	ck_assert_int_eq(error, LEAT_OK);
}

static void push_many(struct duel *d, size_t n, double *out)
{
	const double *x = d->x + d->at, *y = d->y + d->at;
	int error = d->choice->pairs
	    ? leat_window_push_many(d->many, x, y, n, out)
	    : leat_window_push_many(d->many, x, NULL, n, out);
	ck_assert_int_eq(error, LEAT_OK);
}

static void duel_step(struct duel *d, size_t n, int with_out)
{
	static double out[MAX_STREAM * MAX_STATS + 1];
	double row[MAX_STATS];
	out[n * d->choice->n] = 4711;
	push_many(d, n, with_out ? out : NULL);
	ck_assert(out[n * d->choice->n] == 4711);
	for (size_t i = 0; i < n; i++) {
		push_one(d, d->at + i);
		if (with_out)
			compare(d, d->at + i, out + i * d->choice->n);
	}
	leat_window_query(d->many, row);
	compare(d, d->at + n, row);
	ck_assert_uint_eq(pushed_into(d->one), pushed_into(d->many));
	ck_assert_uint_eq(leat_window_length(d->one),
	    leat_window_length(d->many));
	ck_assert_uint_eq(d->seen_one.n, d->seen_many.n);
	ck_assert(d->seen_one.hash == d->seen_many.hash);
	d->at += n;
}

/* ------------------------------------------------------------------ */
/* Streams                                                            */
/* ------------------------------------------------------------------ */

static double stream_x[MAX_STREAM], stream_y[MAX_STREAM];

/* Ordinary data, with missing, infinite and huge values here and there. */
static void fill(uint64_t seed, int clean)
{
	static const double odd[] = { NAN, NAN, NAN, INFINITY, -INFINITY, 1e300,
		1e16, -1e16, 0, -0.0, 5e-324 };
	struct rng r = rng_new(seed);
	for (size_t i = 0; i < MAX_STREAM; i++) {
		stream_x[i] = 10 + rng_normal(&r);
		stream_y[i] = 3 * stream_x[i] + rng_normal(&r);
		uint64_t k = rng_below(&r, 200);
		if (!clean && k < 11)
			stream_x[i] = odd[k];
		if (!clean && k >= 180 && k < 191)
			stream_y[i] = odd[k - 180];
	}
}

static leat_window_options shape(int kind, uint64_t size, uint64_t advance)
{
	leat_window_options options;
	memset(&options, 0, sizeof(options));
	options.kind = kind;
	options.size = size;
	options.hop = advance;
	return options;
}

/* Calls of random lengths, short and long, with and without out. */
static void duel_run(const leat_window_options *options,
    const struct choice *choice, uint64_t seed, size_t n)
{
	struct duel d = { 0 };
	struct rng r = rng_new(seed);
	size_t longest = 3 * (size_t)options->size + 40;
	d.x = stream_x;
	d.y = stream_y;
	duel_open(&d, options, choice, seed);
	while (d.at < n) {
		size_t most = rng_below(&r, 2) ? 9 : longest;
		size_t length = (size_t)rng_below(&r, most + 1);
		if (length > n - d.at)
			length = n - d.at;
		duel_step(&d, length, rng_below(&r, 4) != 0);
	}
	duel_close(&d);
}

static void duel_choices(const leat_window_options *options, uint64_t seed,
    size_t n, int decays)
{
	static struct choice c;
	for (int pairs = 0; pairs < 2; pairs++) {
		memset(&c, 0, sizeof(c));
		choose_all(&c, pairs, decays);
		duel_run(options, &c, seed + (uint64_t)pairs, n);
	}
}

START_TEST(many_pushes_at_once_are_many_pushes_in_sliding_windows)
{
	fill((uint64_t)_i, _i % 4 == 0);
	for (uint64_t size = 1; size <= 40; size++) {
		leat_window_options options = shape(LEAT_SLIDING, size, 0);
		duel_choices(&options, size + (uint64_t)_i, 7 * size + 40, 0);
	}
}
END_TEST

START_TEST(many_pushes_at_once_are_many_pushes_in_large_windows)
{
	static const uint64_t sizes[] = { 63, 64, 65, 100, 127, 128, 129, 256,
		257, 1000 };
	fill(40, _i == 0);
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		leat_window_options options = shape(LEAT_SLIDING, sizes[k], 0);
		duel_choices(&options, sizes[k],
		    short_run() ? 2 * sizes[k] : 3500, 0);
	}
}
END_TEST

/* Every statistic by itself, and the usual sets. */
START_TEST(single_statistics_and_usual_sets_do_so_too)
{
	static const uint64_t sizes[] = { 1, 2, 3, 4, 7, 16, 33, 100, 300 };
	static const int sets[][6] = { { 5, 8, 0 }, { 4, 5, 0 },
		{ 2, 4, 5, 8, 17, 18 }, { 17, 18, 0 }, { 2, 3, 0 },
		{ 2, 5, 8, 17, 18, 0 }, { 17, 20, 19, 0 },
		{ 5, 8, 12, 14, 0 } };
	static struct choice c;
	fill(50 + (uint64_t)_i, _i == 1);
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		leat_window_options options = shape(LEAT_SLIDING, sizes[k], 0);
		if (_i == 2 && sizes[k] > 1)
			options = shape(LEAT_HOPPING, sizes[k], sizes[k] / 2);
		for (size_t s = 0; s < N_STATS; s++) {
			if (stat_list[s].traits & (STAT_RANKED | STAT_SERIES))
				continue;
			memset(&c, 0, sizeof(c));
			choose_one(&c, stat_list[s].number);
			duel_run(&options, &c, sizes[k], 4 * sizes[k] + 99);
		}
		for (size_t s = 0; s < sizeof(sets) / sizeof(*sets); s++) {
			size_t n = 0;
			while (n < 6 && sets[s][n] != 0)
				n++;
			memset(&c, 0, sizeof(c));
			choose_some(&c, sets[s], n);
			duel_run(&options, &c, sizes[k], 4 * sizes[k] + 99);
		}
	}
}
END_TEST

START_TEST(options_for_missing_values_hold_for_many_pushes)
{
	fill(60, 0);
	for (uint64_t size = 1; size < 40; size += 3) {
		leat_window_options options = shape(LEAT_SLIDING, size, 0);
		options.on_missing = LEAT_ON_MISSING_PROPAGATE;
		duel_choices(&options, size, 500, 0);
		options.on_missing = LEAT_ON_MISSING_SKIP;
		options.min_count = size;
		duel_choices(&options, size, 500, 0);
	}
}
END_TEST

START_TEST(many_pushes_at_once_are_many_pushes_in_the_other_kinds)
{
	fill(70 + (uint64_t)_i, _i == 0);
	for (uint64_t size = 1; size <= 30; size += size < 9 ? 1 : 4) {
		leat_window_options options = shape(LEAT_TUMBLING, size, 0);
		options.keep_values = size % 2 == 0;
		duel_choices(&options, size, 300, 0);
		for (uint64_t hop = 1; hop <= size + 2; hop += size / 6 + 1) {
			options = shape(LEAT_HOPPING, size, hop);
			options.keep_values = size % 2 == 0;
			duel_choices(&options, size * hop, 300, 0);
		}
	}
	leat_window_options landmark = shape(LEAT_LANDMARK, 0, 0);
	duel_choices(&landmark, 3, 1000, 0);
}
END_TEST

START_TEST(many_pushes_at_once_are_many_pushes_in_fading_windows)
{
	fill(80 + (uint64_t)_i, _i == 0);
	for (int recursive = 0; recursive < 2; recursive++) {
		leat_window_options options = shape(LEAT_DECAY, 0, 0);
		options.unadjusted = recursive;
		options.alpha = 0.1;
		duel_choices(&options, 5, 1500, 1);
		options.alpha = 0;
		options.half_life = 0.5;
		duel_choices(&options, 6, 1500, 1);
	}
}
END_TEST

/* From each phase of the two chunks, a call of each length. */
START_TEST(a_call_may_begin_and_end_at_any_place_of_a_chunk)
{
	static struct choice c;
	static const uint64_t sizes[] = { 2, 5, 8, 13 };
	fill(90, 0);
	memset(&c, 0, sizeof(c));
	choose_all(&c, 0, 0);
	uint64_t size = sizes[_i];
	leat_window_options options = shape(LEAT_SLIDING, size, 0);
	for (size_t phase = 0; phase <= 3 * size; phase++) {
		for (size_t length = 0; length <= 2 * size + 2; length++) {
			struct duel d = { 0 };
			d.x = stream_x + 7 * length;
			d.y = stream_y;
			duel_open(&d, &options, &c, phase);
			duel_step(&d, phase, 1);
			duel_step(&d, length, 1);
			duel_step(&d, length, 0);
			duel_step(&d, 3, 1);
			duel_close(&d);
		}
	}
}
END_TEST

START_TEST(no_values_at_once_change_nothing)
{
	static const leat_stat stats[] = { LEAT_SUM };
	leat_window_options options = shape(LEAT_SLIDING, 4, 0);
	leat_window *w;
	double x = 3, out = -1, sum;
	options.stats = stats;
	options.n_stats = 1;
	ck_assert_int_eq(leat_window_new(&w, &options), LEAT_OK);
	leat_window_push(w, 2);
	ck_assert_int_eq(leat_window_push_many(w, &x, NULL, 0, &out), LEAT_OK);
	ck_assert_int_eq(leat_window_push_many(w, &x, NULL, 0, NULL), LEAT_OK);
	ck_assert(out == -1 && pushed_into(w) == 1);
	leat_window_query(w, &sum);
	ck_assert(sum == 2);
	leat_window_free(w);
}
END_TEST

/* ------------------------------------------------------------------ */
/* A set of statistics beside the window that computes all of them.   */

static leat_window *open_set(uint64_t size, const struct choice *c)
{
	leat_window_options options = shape(LEAT_SLIDING, size, 0);
	leat_window *w;
	options.stats = c->stats;
	options.n_stats = c->n;
	ck_assert_int_eq(leat_window_new(&w, &options), LEAT_OK);
	return w;
}

static size_t place_in(const struct choice *all, int id)
{
	size_t k = 0;
	while (all->stats[k].id != id)
		k++;
	return k;
}

static void push_pair(leat_window *w, int pairs, size_t i)
{
	ck_assert_int_eq(pairs
		? leat_window_push_xy(w, stream_x[i], stream_y[i])
		: leat_window_push(w, stream_x[i]),
	    LEAT_OK);
}

static void beside(uint64_t size, const struct choice *c,
    const struct choice *all, const char *data, size_t n)
{
	double some[MAX_STATS], every[MAX_STATS];
	leat_window *w = open_set(size, c), *whole = open_set(size, all);
	for (size_t i = 0; i < n; i++) {
		push_pair(w, all->pairs, i);
		push_pair(whole, all->pairs, i);
		leat_window_query(w, some);
		leat_window_query(whole, every);
		for (size_t k = 0; k < c->n; k++) {
			int id = c->stats[k].id;
			double want = every[place_in(all, id)];
			ck_assert_msg(same_bits(some[k], want),
			    "%s of %s: %.17g, but %.17g among all; size %d, "
			    "push %d",
			    leat_stat_name(&c->stats[k]), data, some[k], want,
			    (int)size, (int)i);
		}
	}
	leat_window_free(w);
	leat_window_free(whole);
}

START_TEST(a_result_does_not_depend_on_what_else_is_asked_for)
{
	static const uint64_t sizes[] = { 2, 3, 4, 5, 8, 16, 17, 64, 151 };
	static const int sets[][6] = { { 4 }, { 17 }, { 18 }, { 5 }, { 7 },
		{ 5, 8 }, { 4, 6, 16 }, { 17, 18, 19 }, { 2, 4, 5, 8, 17, 18 },
		{ 5, 8, 22 }, { 4, 17, 18 } };
	static struct choice c, all;
	const struct data_set *d = &data_sets[_i];
	choose_all(&all, 0, 0);
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		struct rng r = rng_new(sizes[k]);
		size_t n = 5 * (size_t)sizes[k] + 60;
		d->fill(stream_x, n, (size_t)sizes[k], &r);
		for (size_t s = 0; s < sizeof(sets) / sizeof(*sets); s++) {
			size_t n_stats = 0;
			while (n_stats < 6 && sets[s][n_stats] != 0)
				n_stats++;
			memset(&c, 0, sizeof(c));
			choose_some(&c, sets[s], n_stats);
			beside(sizes[k], &c, &all, d->name, n);
		}
	}
}
END_TEST

/* Chooses one to three of those that are in `all`; y has its own gaps. */
static void choose_few(struct choice *c, const struct choice *all,
    struct rng *r)
{
	size_t n = 1 + (size_t)rng_below(r, 3);

	memset(c, 0, sizeof(*c));
	while (c->n < n) {
		/* The last one is the user's class. */
		leat_stat s = all->stats[rng_below(r, all->n - 1)];
		size_t k = 0;
		while (k < c->n && c->stats[k].id != s.id)
			k++;
		if (k == c->n)
			c->stats[c->n++] = s;
		c->pairs |= leat_stat_pairs(&s);
	}
}

START_TEST(a_result_does_not_depend_on_what_else_there_is_by_chance)
{
	static const uint64_t sizes[] = { 2, 3, 4, 5, 9, 16, 33, 150 };
	static struct choice c, all;
	int pairs = _i % 2;
	const struct data_set *d = &data_sets[_i / 2];
	struct rng r = rng_new(700 + (uint64_t)_i);
	size_t n_sets = short_run() ? 8 : 60;
	choose_all(&all, pairs, 0);
	for (size_t k = 0; k < n_sets; k++) {
		uint64_t size = sizes[k % 8];
		size_t n = 4 * (size_t)size + 60;
		d->fill(stream_x, n, (size_t)size, &r);
		d->fill(stream_y, n, (size_t)size, &r);
		do
			choose_few(&c, &all, &r);
		while (c.pairs != pairs);
		beside(size, &c, &all, d->name, n);
	}
}
END_TEST

Suite *many_suite(void)
{
	Suite *s = suite_create("many");
	TCase *t = tcase_create("many");
	tcase_set_timeout(t, 240);
	tcase_add_loop_test(t,
	    many_pushes_at_once_are_many_pushes_in_sliding_windows, 0, 5);
	tcase_add_loop_test(t,
	    many_pushes_at_once_are_many_pushes_in_large_windows, 0, 2);
	tcase_add_loop_test(t, single_statistics_and_usual_sets_do_so_too, 0,
	    3);
	tcase_add_test(t, options_for_missing_values_hold_for_many_pushes);
	tcase_add_loop_test(t,
	    many_pushes_at_once_are_many_pushes_in_the_other_kinds, 0, 2);
	tcase_add_loop_test(t,
	    many_pushes_at_once_are_many_pushes_in_fading_windows, 0, 2);
	tcase_add_loop_test(t, a_call_may_begin_and_end_at_any_place_of_a_chunk,
	    0, 4);
	tcase_add_test(t, no_values_at_once_change_nothing);
	tcase_add_loop_test(t,
	    a_result_does_not_depend_on_what_else_is_asked_for, 0,
	    (int)n_data_sets);
	tcase_add_loop_test(t,
	    a_result_does_not_depend_on_what_else_there_is_by_chance, 0,
	    2 * (int)n_data_sets);
	suite_add_tcase(s, t);
	return s;
}
