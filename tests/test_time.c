/*
 * Windows by time against a model that only remembers
 *
 * Random streams of every kind of window and every policy: what is told,
 * when, in which order and with which numbers is what the definitions in
 * the header make of the values; see time_model.h and time_trial.h. Then
 * what the model cannot say: that the order of arrival does not count
 * within the delay, that many pushes are as many single ones.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "classes.h"
#include "lists.h"
#include "suites.h"
#include "time_trial.h"

static struct trial trial;

/* Plays as many trials as seeds; `sometimes` are features of half of them. */
static void play(const char *what, int kind, unsigned always,
    unsigned sometimes, uint64_t seeds)
{
	if (short_run())
		seeds = seeds / 10 + 1;
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct rng r = rng_new(seed * 77 + always);
		unsigned some = (unsigned)rng_next(&r) & sometimes;
		trial_make(&trial, what, kind, always | some, seed);
		trial_open(&trial);
		trial_play(&trial);
		trial_close(&trial);
	}
}

#define ANY_DATA                                                               \
	(WITH_WILD | WITH_PAIRS | WITH_ORDER | WITH_TICKS | WITH_RESET |       \
	    WITH_JUMPS)

START_TEST(values_in_order_are_told_when_the_watermark_reaches_the_end)
{
	play("in order", LEAT_SLIDING + _i, 0, ANY_DATA, 40);
}
END_TEST

START_TEST(disorder_within_the_delay_changes_nothing)
{
	play("disorder", LEAT_SLIDING + _i, WITH_DISORDER, ANY_DATA, 40);
}
END_TEST

START_TEST(late_values_revise_closed_windows_until_these_expire)
{
	play("lateness", LEAT_SLIDING + _i, WITH_LATENESS,
	    ANY_DATA | WITH_DISORDER, 50);
}
END_TEST

START_TEST(open_windows_that_changed_are_told_early)
{
	play("early count", LEAT_SLIDING + _i, WITH_EARLY_COUNT,
	    ANY_DATA | WITH_DISORDER | WITH_LATENESS, 25);
	play("early span", LEAT_SLIDING + _i, WITH_EARLY_SPAN,
	    ANY_DATA | WITH_DISORDER | WITH_LATENESS, 25);
	play("early both", LEAT_SLIDING + _i,
	    WITH_EARLY_SPAN | WITH_EARLY_COUNT,
	    ANY_DATA | WITH_DISORDER | WITH_LATENESS, 20);
}
END_TEST

START_TEST(windows_without_data_are_told_where_asked_for)
{
	if (!(kind_traits(1 + _i) & KIND_GRID))
		return;
	play("empty", 1 + _i, WITH_EMPTY,
	    ANY_DATA | WITH_DISORDER | WITH_LATENESS | WITH_EARLY_COUNT |
		WITH_EARLY_SPAN,
	    50);
}
END_TEST

START_TEST(the_slowest_source_that_is_not_idle_holds_the_watermark)
{
	play("sources", LEAT_SLIDING + _i, WITH_SOURCES,
	    ANY_DATA | WITH_DISORDER | WITH_LATENESS | WITH_EARLY_SPAN, 40);
}
END_TEST

START_TEST(times_too_far_ahead_are_refused)
{
	play("skew", LEAT_SLIDING + _i, WITH_SKEW,
	    ANY_DATA | WITH_DISORDER | WITH_LATENESS, 40);
}
END_TEST

START_TEST(values_beyond_max_values_are_refused)
{
	play("refuse", LEAT_SLIDING + _i, WITH_REFUSE,
	    ANY_DATA | WITH_DISORDER | WITH_LATENESS | WITH_EARLY_COUNT, 40);
	play("refuse", LEAT_SLIDING + _i, WITH_REFUSE | WITH_ORDER,
	    ANY_DATA | WITH_DISORDER | WITH_LATENESS, 40);
}
END_TEST

START_TEST(or_the_oldest_value_makes_room)
{
	play("evict", LEAT_SLIDING + _i, WITH_EVICT,
	    ANY_DATA | WITH_DISORDER | WITH_LATENESS | WITH_EARLY_COUNT, 40);
	play("evict", LEAT_SLIDING + _i, WITH_EVICT | WITH_ORDER,
	    ANY_DATA | WITH_DISORDER | WITH_LATENESS, 40);
}
END_TEST

START_TEST(values_that_need_a_window_beyond_max_windows_are_refused)
{
	if (!has_many_windows(1 + _i))
		return;
	play("windows", 1 + _i, WITH_WINDOWS | WITH_DISORDER,
	    ANY_DATA | WITH_LATENESS | WITH_EARLY_COUNT | WITH_EARLY_SPAN |
		WITH_EMPTY,
	    120);
	play("windows", 1 + _i, WITH_WINDOWS | WITH_DISORDER | WITH_ORDER,
	    ANY_DATA | WITH_LATENESS | WITH_EARLY_COUNT | WITH_EMPTY |
		WITH_SOURCES | WITH_REFUSE | WITH_EVICT,
	    120);
}
END_TEST

START_TEST(times_near_the_limits_are_times)
{
	play("limits", LEAT_SLIDING + _i, WITH_LIMITS,
	    WITH_WINDOWS | WITH_PAIRS | WITH_TICKS | WITH_JUMPS |
		WITH_DISORDER | WITH_LATENESS | WITH_EARLY_COUNT |
		WITH_EARLY_SPAN,
	    50);
}
END_TEST

/* Huge values in windows that decay have cases of their own. */
START_TEST(values_near_the_end_of_the_doubles_are_values)
{
	play("huge", LEAT_SLIDING + _i, WITH_HUGE,
	    WITH_WILD | WITH_PAIRS | WITH_TICKS | WITH_RESET | WITH_JUMPS |
		WITH_DISORDER | WITH_LATENESS | WITH_EARLY_COUNT | WITH_EVICT,
	    120);
}
END_TEST

START_TEST(all_of_that_together)
{
	play("together", LEAT_SLIDING + _i, WITH_DISORDER,
	    ANY_DATA | WITH_LATENESS | WITH_EARLY_COUNT | WITH_EARLY_SPAN |
		WITH_EMPTY | WITH_SOURCES | WITH_REFUSE | WITH_EVICT |
		WITH_SKEW | WITH_WINDOWS,
	    80);
}
END_TEST

START_TEST(windows_of_many_values_are_as_those_of_few)
{
	static const int kinds[] = { LEAT_SLIDING, LEAT_TUMBLING, LEAT_HOPPING,
		LEAT_LANDMARK, LEAT_SESSION };
	uint64_t seeds = short_run() ? 1 : 4;
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		trial_make_large(&trial, kinds[_i], seed);
		trial_open(&trial);
		trial_play(&trial);
		trial_close(&trial);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Copies                                                             */
/* ------------------------------------------------------------------ */

START_TEST(a_copy_goes_on_like_the_original)
{
	uint64_t seeds = short_run() ? 4 : 30;
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct rng r = rng_new(seed);
		unsigned some = (unsigned)rng_next(&r) &
		    (ANY_DATA | WITH_DISORDER | WITH_LATENESS |
			WITH_EARLY_COUNT | WITH_SOURCES | WITH_REFUSE);
		trial_make(&trial, "copy", LEAT_SLIDING + _i, some, seed);
		trial_open(&trial);
		for (int n = 1; n <= 4; n++) {
			size_t until = trial.n_steps * (size_t)n / 5;
			while (trial.step < until)
				trial_step(&trial);
			trial_copy(&trial, (int)(seed + (uint64_t)n) % 2);
		}
		trial_play(&trial);
		trial_close(&trial);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Order of arrival                                                   */
/* ------------------------------------------------------------------ */

/* Only pushes, and the end of time, with times at their own pace. */
static void plain_script(struct trial *t, struct rng *r)
{
	int64_t time = 1000, pace = t->options.delay / 8 + 1;
	t->n_steps = 120;
	for (size_t i = 0; i < t->n_steps; i++) {
		struct step *s = &t->script[i];
		memset(s, 0, sizeof(*s));
		time += (int64_t)rng_below(r, (uint64_t)pace);
		s->e.t = time;
		s->e.x = rng_below(r, 15) ? rng_normal(r) : (double)NAN;
		s->e.y = t->pairs ? rng_normal(r) : 0.0;
	}
	struct step *end = &t->script[t->n_steps - 1];
	memset(end, 0, sizeof(*end));
	end->kind = STEP_ADVANCE;
	end->e.t = LEAT_TIME_MAX;
}

/*
 * Sorts the pushes by their time and up to `delay` more: values of equal
 * times get the same more, so they keep their order.
 */
static void shuffle(struct trial *t, uint64_t seed)
{
	int64_t key[TRIAL_STEPS];
	for (size_t i = 0; i + 1 < t->n_steps; i++) {
		struct step s = t->script[i];
		struct rng r = rng_new(seed ^ (uint64_t)s.e.t << 8);
		int64_t k = s.e.t +
		    (int64_t)rng_below(&r, (uint64_t)t->options.delay + 1);
		size_t place = i;
		for (; place > 0 && key[place - 1] > k; place--) {
			key[place] = key[place - 1];
			t->script[place] = t->script[place - 1];
		}
		key[place] = k;
		t->script[place] = s;
	}
}

static int in_bits(int id)
{
	return id == LEAT_STAT_COUNT || id == LEAT_STAT_COUNT_MISSING ||
	    id == LEAT_STAT_AGG ||
	    (id >= LEAT_STAT_MIN && id <= LEAT_STAT_LAST);
}

static int alike(const leat_stat *s, double a, double b)
{
	if (same_bits(a, b) || in_bits(s->id))
		return same_bits(a, b);
	/* Sums near 0, and what is divided by them, are the model's. */
	return isfinite(a) && isfinite(b) &&
	    fabs(a - b) <= 1e-7 * (1 + fabs(a));
}

static void compare_heard(struct trial *t, const struct heard *first, size_t n)
{
	if (t->n_heard != n)
		trial_fail(t, "%zu results, in order %zu", t->n_heard, n);
	for (size_t i = 0; i < n; i++) {
		const struct heard *a = &first[i], *b = &t->heard[i];
		if (a->start != b->start || a->end != b->end ||
		    a->revision != b->revision || a->flags != b->flags)
			trial_fail(t, "result %zu differs", i);
		for (size_t k = 0; k < t->options.n_stats; k++) {
			if (!alike(&t->stats[k], a->values[k], b->values[k]))
				trial_fail(t, "result %zu: %s %.17g, %.17g", i,
				    leat_stat_name(&t->stats[k]), a->values[k],
				    b->values[k]);
		}
	}
}

START_TEST(the_order_of_arrival_does_not_count_within_the_delay)
{
	static struct heard first[TRIAL_HEARD];
	uint64_t seeds = short_run() ? 3 : 10;
	size_t told = 0;
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct rng r = rng_new(seed);
		unsigned some = (unsigned)rng_next(&r) &
		    (WITH_PAIRS | WITH_ORDER | WITH_EMPTY | WITH_LATENESS);
		trial_make(&trial, "permuted", LEAT_SLIDING + _i,
		    some | WITH_DISORDER, seed);
		plain_script(&trial, &r);
		size_t n = 0;
		for (uint64_t turn = 0; turn < 5; turn++) {
			if (turn > 0)
				shuffle(&trial, seed * 31 + turn);
			trial_open(&trial);
			trial_play(&trial);
			ck_assert_uint_eq(trial.n_late, 0);
			if (turn == 0) {
				n = trial.n_heard;
				memcpy(first, trial.heard, n * sizeof(*first));
			}
			compare_heard(&trial, first, n);
			trial_close(&trial);
		}
		told += n;
	}
	ck_assert_uint_gt(told, 0);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Many at once                                                       */
/* ------------------------------------------------------------------ */

struct arrays {
	int64_t t[TRIAL_STEPS];
	double x[TRIAL_STEPS], y[TRIAL_STEPS];
	size_t n;
};

/* The pushes of the script up to the next step of another kind. */
static void gather(const struct trial *t, size_t from, size_t most,
    struct arrays *a)
{
	a->n = 0;
	while (from < t->n_steps && a->n < most &&
	    t->script[from].kind == STEP_PUSH) {
		a->t[a->n] = t->script[from].e.t;
		a->x[a->n] = t->script[from].e.x;
		a->y[a->n++] = t->script[from++].e.y;
	}
}

/* Plays the script in arrays of up to `most`; checks the codes. */
static void play_many(struct trial *t, leat_time_window *w, size_t most)
{
	static struct arrays a;
	size_t i = 0;
	while (i < t->n_steps) {
		gather(t, i, most, &a);
		int want = LEAT_OK, got;
		for (size_t k = 0; k < a.n; k++, i++) {
			int code = time_model_push(t->model, &t->script[i].e);
			want = want == LEAT_OK ? code : want;
		}
		got = t->pairs
		    ? leat_time_window_push_many(w, a.t, a.x, a.y, a.n, NULL)
		    : leat_time_window_push_many(w, a.t, a.x, NULL, a.n, NULL);
		t->step = i > 0 ? i - 1 : 0;
		if (got != want)
			trial_fail(t, "push_many: %d, not %d", got, want);
		if (i < t->n_steps && t->script[i].kind == STEP_ADVANCE) {
			time_model_advance(t->model, t->script[i].e.t);
			leat_time_window_advance(w, t->script[i].e.t);
			i++;
		} else if (i < t->n_steps && t->script[i].kind == STEP_FLUSH) {
			time_model_flush(t->model);
			leat_time_window_flush(w);
			i++;
		}
	}
}

static int same_heard(const struct heard *a, const struct heard *b, size_t n)
{
	int same = a->start == b->start && a->end == b->end &&
	    a->revision == b->revision && a->flags == b->flags &&
	    a->watermark == b->watermark && a->count == b->count &&
	    a->missing == b->missing;
	for (size_t k = 0; k < n; k++)
		same = same && same_bits(a->values[k], b->values[k]);
	return same;
}

START_TEST(many_pushes_at_once_are_as_many_single_ones)
{
	static struct heard first[TRIAL_HEARD];
	static const size_t most[] = { 1, 7, TRIAL_STEPS };
	uint64_t seeds = short_run() ? 3 : 20;
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct rng r = rng_new(seed);
		unsigned some = (unsigned)rng_next(&r) &
		    (WITH_PAIRS | WITH_ORDER | WITH_EMPTY | WITH_LATENESS |
			WITH_DISORDER | WITH_EARLY_COUNT | WITH_EARLY_SPAN |
			WITH_SKEW | WITH_JUMPS | WITH_REFUSE | WITH_EVICT);
		trial_make(&trial, "many", LEAT_SLIDING + _i, some, seed);
		trial_open(&trial);
		trial_play(&trial);
		size_t n = trial.n_heard, late = trial.n_late;
		memcpy(first, trial.heard, n * sizeof(*first));
		trial_close(&trial);
		for (size_t k = 0; k < 3; k++) {
			trial_open(&trial);
			play_many(&trial, trial.window, most[k]);
			ck_assert_uint_eq(trial.n_heard, n);
			ck_assert_uint_eq(trial.n_late, late);
			for (size_t i = 0; i < n; i++) {
				if (!same_heard(&first[i], &trial.heard[i],
					trial.options.n_stats))
					trial_fail(&trial, "result %zu", i);
			}
			trial_close(&trial);
		}
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* The suite                                                          */
/* ------------------------------------------------------------------ */

#define ADD(suite, name, test, n)                                              \
	do {                                                                   \
		TCase *t = tcase_create(name);                                 \
		tcase_set_timeout(t, 120);                                     \
		tcase_add_loop_test(t, test, 0, n);                            \
		suite_add_tcase(suite, t);                                     \
	} while (0)

Suite *time_suite(void)
{
	Suite *s = suite_create("time");
	ADD(s, "order",
	    values_in_order_are_told_when_the_watermark_reaches_the_end,
	    N_KINDS);
	ADD(s, "disorder", disorder_within_the_delay_changes_nothing, N_KINDS);
	ADD(s, "lateness", late_values_revise_closed_windows_until_these_expire,
	    N_KINDS);
	ADD(s, "early", open_windows_that_changed_are_told_early, N_KINDS);
	ADD(s, "empty", windows_without_data_are_told_where_asked_for, N_KINDS);
	ADD(s, "sources",
	    the_slowest_source_that_is_not_idle_holds_the_watermark, N_KINDS);
	ADD(s, "skew", times_too_far_ahead_are_refused, N_KINDS);
	ADD(s, "refuse", values_beyond_max_values_are_refused, N_KINDS);
	ADD(s, "evict", or_the_oldest_value_makes_room, N_KINDS);
	ADD(s, "windows",
	    values_that_need_a_window_beyond_max_windows_are_refused, N_KINDS);
	ADD(s, "limits", times_near_the_limits_are_times, N_KINDS);
	ADD(s, "huge", values_near_the_end_of_the_doubles_are_values, N_KINDS);
	ADD(s, "together", all_of_that_together, N_KINDS);
	ADD(s, "large", windows_of_many_values_are_as_those_of_few, 5);
	ADD(s, "copy", a_copy_goes_on_like_the_original, N_KINDS);
	ADD(s, "arrival", the_order_of_arrival_does_not_count_within_the_delay,
	    N_KINDS);
	ADD(s, "many", many_pushes_at_once_are_as_many_single_ones, N_KINDS);
	return s;
}
