/*
 * Cost of windows by time, counted and not timed: steps (appends, prepends,
 * lifts) and combines of a class that also sees that runs are joined in the
 * order of time.
 */
#include <math.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "data.h"
#include "suites.h"

struct tally {
	size_t steps, combines, faults;
	int ordered;
};

/* A run of samples; n = 0: none. */
struct run {
	int64_t first, last;
	double n;
};

static void see_alignment(struct tally *t, const void *partial)
{
	t->faults += (uintptr_t)partial % 16 != 0;
}

static void run_identity(void *ctx, void *partial)
{
	see_alignment(ctx, partial);
	memset(partial, 0, sizeof(struct run));
}

static void run_lift(void *ctx, void *partial, const leat_sample *s)
{
	struct tally *t = ctx;
	struct run r = { s->t, s->t, 1 };

	t->steps++;
	memcpy(partial, &r, sizeof(r));
}

static void run_join(struct tally *t, struct run *left, const struct run *right)
{
	if (left->n > 0 && right->n > 0 && t->ordered)
		t->faults += left->last > right->first;
	if (left->n == 0)
		left->first = right->first;
	if (right->n > 0)
		left->last = right->last;
	left->n += right->n;
}

static void run_combine(void *ctx, void *left, const void *right)
{
	struct tally *t = ctx;

	t->combines++;
	see_alignment(t, left);
	see_alignment(t, right);
	run_join(t, left, right);
}

static void run_append(void *ctx, void *partial, const leat_sample *s)
{
	struct tally *t = ctx;
	struct run r = { s->t, s->t, 1 };

	t->steps++;
	see_alignment(t, partial);
	run_join(t, partial, &r);
}

static void run_prepend(void *ctx, void *partial, const leat_sample *s)
{
	struct tally *t = ctx;
	struct run r = { s->t, s->t, 1 };

	t->steps++;
	run_join(t, &r, partial);
	memcpy(partial, &r, sizeof(r));
}

static double run_lower(void *ctx, const void *partial, const leat_stat *stat)
{
	(void)ctx;
	(void)stat;
	return ((const struct run *)partial)->n;
}

static leat_agg run_class(struct tally *t, int commutative)
{
	leat_agg agg;

	memset(t, 0, sizeof(*t));
	memset(&agg, 0, sizeof(agg));
	t->ordered = !commutative;
	agg.name = "run";
	agg.size = 32; /* the size makes it aligned to 16 */
	agg.ctx = t;
	agg.identity = run_identity;
	agg.lift = run_lift;
	agg.combine = run_combine;
	agg.lower = run_lower;
	agg.append = run_append;
	agg.prepend = run_prepend;
	agg.commutative = commutative;
	return agg;
}

struct cost {
	struct tally tally;
	leat_agg agg;
	leat_stat stat;
	leat_time_window_options options;
	leat_time_window *window;
	uint64_t random;
};

static void cost_open(struct cost *c, int kind, int64_t span, int commutative)
{
	memset(c, 0, sizeof(*c));
	c->agg = run_class(&c->tally, commutative);
	c->stat.id = LEAT_STAT_AGG;
	c->stat.agg = &c->agg;
	c->options.kind = kind;
	c->options.span = span;
	c->options.stats = &c->stat;
	c->options.n_stats = 1;
	c->random = 88172645463325252u;
	ck_assert_int_eq(leat_time_window_new(&c->window, &c->options),
	    LEAT_OK);
}

static void cost_close(struct cost *c)
{
	ck_assert_uint_eq(c->tally.faults, 0);
	leat_time_window_free(c->window);
}

static int64_t below(struct cost *c, int64_t n)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return n > 1 ? (int64_t)((c->random >> 16) % (uint64_t)n) : 0;
}

/* Values at every tick, each up to d - 1 ticks late, n of them inside. */
static void feed(struct cost *c, int64_t from, int64_t to, int64_t d,
    size_t *query_combines)
{
	double out;
	size_t failed = 0, dear = 0;

	*query_combines = 0;
	for (int64_t t = from; t < to; t++) {
		int64_t at = t - below(c, d);
		failed += leat_time_window_push(c->window, at, 1) != LEAT_OK;
		size_t before = c->tally.combines, steps = c->tally.steps;
		leat_time_window_query(c->window, &out);
		*query_combines += c->tally.combines - before;
		dear += c->tally.combines - before > 2 ||
		    c->tally.steps - steps > 16;
	}
	ck_assert_uint_eq(failed, 0);
	ck_assert_uint_eq(dear, 0);
}

static const int64_t spans[] = { 2, 7, 17, 100, 1000, 20000, 300000 };

/* Values in order cost at most 3 combines with their query, and 2 steps. */
START_TEST(in_order_a_value_takes_three_combines)
{
	int n_spans = short_run() ? 5 : 7;
	for (int i = 0; i < n_spans; i++) {
		static struct cost c;
		size_t queries;
		int64_t span = spans[i], n = 20000;
		cost_open(&c, LEAT_SLIDING, span, _i);
		feed(&c, 0, 2 * span, 1, &queries);
		c.tally.steps = c.tally.combines = 0;
		feed(&c, 2 * span, 2 * span + n, 1, &queries);
		double combines = (double)c.tally.combines / (double)n;
		double steps = (double)c.tally.steps / (double)n;
		ck_assert_msg(combines <= 3, "span %lld: %.2f combines a value",
		    (long long)span, combines);
		/* With a single leaf, queries take steps. */
		ck_assert_msg(steps <= (span > 16 ? 2.1 : 3.1),
		    "span %lld: %.2f steps a value", (long long)span, steps);
		cost_close(&c);
	}
}
END_TEST

/* Counts steps and combines for values up to d places late. */
START_TEST(a_late_value_takes_a_logarithm_of_how_late_it_is)
{
	static const int64_t late[] = { 64, 4096 };
	int n_spans = short_run() ? 6 : 7;
	for (int k = 0; k < 2 && !(short_run() && k); k++) {
		for (int i = 3; i < n_spans; i++) {
			static struct cost c;
			size_t queries;
			int64_t d = late[k], span = spans[i], n = 20000;
			if (span <= d)
				continue;
			cost_open(&c, LEAT_SLIDING, span, _i);
			feed(&c, 0, 2 * span, d, &queries);
			c.tally.steps = c.tally.combines = 0;
			feed(&c, 2 * span, 2 * span + n, d, &queries);
			double cost = (double)(c.tally.combines +
					  c.tally.steps - queries) /
			    (double)n;
			double bound = 3 * log2((double)d) + 6;
			ck_assert_msg(cost <= bound,
			    "span %lld, d %lld: %.2f steps and combines a "
			    "value, not %.2f",
			    (long long)span, (long long)d, cost, bound);
			cost_close(&c);
		}
	}
}
END_TEST

/* Time passes over many values at once. */
START_TEST(evicting_many_at_once_takes_a_logarithm)
{
	static const int64_t sizes[] = { 10001, 10007, 20000, 65536, 100000,
		300000 };
	int n_sizes = short_run() ? 3 : 6;
	for (int i = 0; i < n_sizes; i++) {
		static struct cost c;
		int64_t n = sizes[i];
		double out;
		cost_open(&c, LEAT_SLIDING, n, _i);
		for (int64_t t = 0; t < n; t++)
			leat_time_window_push(c.window, t - below(&c, 100), 1);
		leat_time_window_query(c.window, &out);
		c.tally.steps = c.tally.combines = 0;
		ck_assert_int_eq(leat_time_window_advance(c.window,
				     n - 1 + 10000),
		    LEAT_OK);
		size_t cost = c.tally.steps + c.tally.combines;
		double bound = 4 * log2((double)n) + 10;
		ck_assert_msg((double)cost <= bound,
		    "of %lld: %u steps and combines, not %.0f", (long long)n,
		    (unsigned)cost, bound);
		double was = out;
		leat_time_window_query(c.window, &out);
		if (n > 10200)
			ck_assert_msg(was - out > 9800 && was - out < 10200,
			    "of %lld: %.0f values, then %.0f", (long long)n,
			    was, out);
		cost_close(&c);
	}
}
END_TEST

/* Cells: one step a value, whatever order they come in. */
START_TEST(a_tumbling_value_takes_one_step)
{
	static struct cost c;
	cost_open(&c, LEAT_TUMBLING, 1000, 1);
	c.options.delay = 500;
	leat_time_window_free(c.window);
	ck_assert_int_eq(leat_time_window_new(&c.window, &c.options), LEAT_OK);
	for (int64_t t = 0; t < 20000; t++) {
		ck_assert_int_eq(leat_time_window_push(c.window,
				     t - below(&c, 500), 1),
		    LEAT_OK);
		ck_assert_uint_eq(c.tally.steps, (size_t)t + 1);
	}
	ck_assert_uint_eq(c.tally.combines, 0);
	cost_close(&c);
}
END_TEST

static int ignore(void *ctx, const leat_result *r)
{
	(void)r;
	++*(size_t *)ctx;
	return 0;
}

/* 1440 panes a window: a step a value, and O(log n) combines a result. */
START_TEST(a_hopping_result_takes_a_logarithm)
{
	static struct cost c;
	size_t told = 0;
	cost_open(&c, LEAT_TUMBLING, 60, 1);
	leat_time_window_free(c.window);
	c.options.kind = LEAT_HOPPING;
	c.options.span = 1440 * 60;
	c.options.hop = 60;
	c.options.sink.emit = ignore;
	c.options.sink.ctx = &told;
	ck_assert_int_eq(leat_time_window_new(&c.window, &c.options), LEAT_OK);
	for (int64_t t = 0; t < 2 * 1440; t++)
		leat_time_window_push(c.window, t * 60 + below(&c, 60), 1);
	told = c.tally.steps = c.tally.combines = 0;
	for (int64_t t = 2 * 1440; t < 3 * 1440; t++)
		leat_time_window_push(c.window, t * 60 + below(&c, 60), 1);
	ck_assert_uint_eq(told, 1440);
	ck_assert_uint_eq(c.tally.steps, 1440);
	ck_assert_msg(c.tally.combines <= 1440 * 4 * 11, "%u combines",
	    (unsigned)c.tally.combines);
	cost_close(&c);
}
END_TEST

/* Wherever a window keeps them, and for each key. */
START_TEST(partials_are_aligned)
{
	static struct tally tally;
	leat_agg agg = run_class(&tally, _i & 1);
	leat_stat stat = LEAT_AGG(NULL, 0);
	keyed_choice o;
	leat_keyed *k;
	memset(&o, 0, sizeof(o));
	stat.agg = &agg;
	o.by_time.kind = LEAT_TUMBLING + _i / 2;
	o.by_time.span = 50;
	o.by_time.hop = o.by_time.kind == LEAT_HOPPING ? 10 : 0;
	o.by_time.allowed_lateness = 100;
	o.by_time.stats = &stat;
	o.by_time.n_stats = 1;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	for (int t = 0; t < 3000; t++) {
		char key = (char)('a' + t % 11);
		ck_assert_int_eq(leat_keyed_push(k, &key, 1, t - t % 13, 1),
		    LEAT_OK);
	}
	ck_assert_uint_gt(tally.steps, 0);
	ck_assert_uint_eq(tally.faults, 0);
	leat_keyed_free(k);
}
END_TEST

Suite *time_cost_suite(void)
{
	Suite *s = suite_create("time_cost");
	TCase *c = tcase_create("counted");
	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, in_order_a_value_takes_three_combines, 0, 2);
	tcase_add_loop_test(c, a_late_value_takes_a_logarithm_of_how_late_it_is,
	    0, 2);
	tcase_add_loop_test(c, evicting_many_at_once_takes_a_logarithm, 0, 2);
	tcase_add_loop_test(c, partials_are_aligned, 0, 4);
	tcase_add_test(c, a_tumbling_value_takes_one_step);
	tcase_add_test(c, a_hopping_result_takes_a_logarithm);
	suite_add_tcase(s, c);
	return s;
}
