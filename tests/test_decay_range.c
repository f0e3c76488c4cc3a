/*
 * Fading weights over the whole range: pauses of up to a thousand half-lives
 * and more, values from denormals to the largest doubles, in both columns
 *
 * The oracle keeps all values with their weights and works from pairs of
 * them, as nobody would who has to be quick:
 *
 *      W m2 = sum w_i w_j (x_i - x_j)^2      W^2 - sum w^2 = 2 sum w_i w_j
 *
 * over i < j. Differences of two doubles are right to a rounding and all
 * terms of either sum are positive, so that wide numbers, which neither
 * overflow nor underflow, lose no digits on the way.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "big.h"
#include "data.h"
#include "saved.h"
#include "suites.h"

static const leat_stat stats[] = { LEAT_COUNT, LEAT_SUM, LEAT_MEAN,
	LEAT_VARIANCE, LEAT_VARIANCE_POP, LEAT_STDDEV, LEAT_STDDEV_POP,
	LEAT_ZSCORE, LEAT_SUM_OF_SQUARES, LEAT_RMS, LEAT_COVARIANCE,
	LEAT_COVARIANCE_POP, LEAT_CORRELATION, LEAT_SLOPE, LEAT_INTERCEPT };
enum { N_SINGLE = 10, N_PAIRS = 15, MOST = 64, PUSHES = 40 };

/* ---- Sums of wide numbers ---- */

static struct wide plus(struct wide a, struct wide b)
{
	struct wide r;

	if (a.m == 0 || (b.m != 0 && b.e > a.e)) {
		r = a;
		a = b;
		b = r;
	}
	if (b.m == 0 || a.e - b.e > 200)
		return a;
	r = wide_set(a.m + ldexp(b.m, (int)(b.e - a.e)));
	if (r.m != 0)
		r.e += a.e;
	return r;
}

static struct wide times(struct wide a, double b)
{
	return wide_mul(a, wide_set(b));
}

static struct wide size_of(struct wide a)
{
	a.m = fabs(a.m);
	return a;
}

static int less(struct wide a, struct wide b)
{
	struct wide minus = { -b.m, b.e };

	return plus(a, minus).m < 0;
}

static struct wide difference(double a, double b)
{
	struct wide d;

	if (isfinite(a - b))
		return wide_set(a - b);
	d = wide_set(a / 4 - b / 4);
	d.e += 2;
	return d;
}

/* ---- The oracle ---- */

struct weighted {
	struct wide w;
	double x, y;
};

struct faded {
	size_t n;
	struct weighted v[MOST];
	double last;
	uint64_t steps; /* roundings that a weight may have seen */
	/* from here on: of faded_look() */
	struct wide all, free, mx, my, ax, ay, vx, vy, cxy;
};

static void faded_fade(struct faded *f, struct wide by)
{
	for (size_t i = 0; i < f->n; i++)
		f->v[i].w = wide_mul(f->v[i].w, by);
	f->steps++;
}

static struct wide faded_total(const struct faded *f)
{
	struct wide all = wide_set(0);

	for (size_t i = 0; i < f->n; i++)
		all = plus(all, f->v[i].w);
	return all;
}

static void faded_add(struct faded *f, double x, double y, struct wide w)
{
	ck_assert_uint_lt(f->n, MOST);
	f->v[f->n].w = w;
	f->v[f->n].x = x;
	f->v[f->n].y = y;
	f->n++;
	f->steps++;
}

static void look_at_one(struct faded *f, const struct weighted *v)
{
	struct wide x = times(v->w, v->x), y = times(v->w, v->y);

	f->mx = plus(f->mx, x);
	f->my = plus(f->my, y);
	f->ax = plus(f->ax, size_of(x));
	f->ay = plus(f->ay, size_of(y));
}

static void look_at_two(struct faded *f, const struct weighted *a,
    const struct weighted *b)
{
	struct wide w = wide_mul(a->w, b->w);
	struct wide dx = difference(a->x, b->x), dy = difference(a->y, b->y);

	f->free = plus(f->free, times(w, 2));
	f->vx = plus(f->vx, wide_mul(w, wide_mul(dx, dx)));
	f->vy = plus(f->vy, wide_mul(w, wide_mul(dy, dy)));
	f->cxy = plus(f->cxy, wide_mul(w, wide_mul(dx, dy)));
}

/* vx is W m2; mx and ax are W times the means of x and of |x|. */
static void faded_look(struct faded *f)
{
	f->all = faded_total(f);
	f->free = f->mx = f->my = f->ax = f->ay = wide_set(0);
	f->vx = f->vy = f->cxy = wide_set(0);
	for (size_t i = 0; i < f->n; i++) {
		look_at_one(f, &f->v[i]);
		for (size_t j = 0; j < i; j++)
			look_at_two(f, &f->v[i], &f->v[j]);
	}
}

/* last - mean, from the differences, and the size of what was added. */
static struct wide faded_deviation(const struct faded *f, struct wide *size)
{
	struct wide sum = wide_set(0), one;

	*size = sum;
	for (size_t i = 0; i < f->n; i++) {
		one = wide_mul(f->v[i].w, difference(f->last, f->v[i].x));
		sum = plus(sum, one);
		*size = plus(*size, size_of(one));
	}
	*size = wide_div(*size, f->all);
	return wide_div(sum, f->all);
}

struct answer {
	int none;
	struct wide want, slack;
};

/* A ratio of sums; slack is relative to a size of the result. */
static struct answer near(struct wide want, struct wide size, double slack)
{
	struct answer a = { 0, want, times(size_of(size), slack) };

	return a;
}

static struct answer itself(struct wide want, double slack)
{
	return near(want, want, slack);
}

static struct answer nothing(void)
{
	struct answer a = { 1, { 0, 0 }, { 0, 0 } };

	return a;
}

static struct answer about_squares(const struct faded *f, int id, double slack)
{
	struct wide square = wide_mul(f->all, f->all), q, sum;

	sum = plus(f->vx, wide_mul(f->mx, f->mx));
	switch (id) {
	case LEAT_STAT_VARIANCE:
		return itself(wide_div(f->vx, f->free), slack);
	case LEAT_STAT_VARIANCE_POP:
		return itself(wide_div(f->vx, square), slack);
	case LEAT_STAT_STDDEV:
		return itself(wide_sqrt(wide_div(f->vx, f->free)), slack);
	case LEAT_STAT_STDDEV_POP:
		return itself(wide_sqrt(wide_div(f->vx, square)), slack);
	case LEAT_STAT_RMS:
		return itself(wide_sqrt(wide_div(sum, square)), slack);
	default: /* LEAT_STAT_SUM_OF_SQUARES */
		q = wide_div(sum, f->all);
		return near(q, q, slack);
	}
}

static struct answer zscore(const struct faded *f, double slack)
{
	struct wide size, z = faded_deviation(f, &size);
	struct wide sd = wide_sqrt(wide_div(f->vx, f->free));

	z = wide_div(z, sd);
	size = plus(wide_div(size, sd), wide_set(1));
	return near(z, size, slack);
}

/* The least double, with room for the digits of a slack. */
static const struct wide least_double = { 0.5, -1073 + 43 };

static struct answer about_pairs(const struct faded *f, int id, double slack)
{
	struct wide square = wide_mul(f->all, f->all);
	struct wide both = wide_mul(wide_sqrt(f->vx), wide_sqrt(f->vy));
	struct wide steep = wide_sqrt(wide_div(f->vy, f->vx)), down, size;

	switch (id) {
	case LEAT_STAT_COVARIANCE:
		return near(wide_div(f->cxy, f->free), wide_div(both, f->free),
		    slack);
	case LEAT_STAT_COVARIANCE_POP:
		return near(wide_div(f->cxy, square), wide_div(both, square),
		    slack);
	case LEAT_STAT_CORRELATION:
		return near(wide_div(f->cxy, both), wide_set(1), slack);
	case LEAT_STAT_SLOPE:
		return near(wide_div(f->cxy, f->vx), steep, slack);
	default: /* LEAT_STAT_INTERCEPT */
		down = wide_mul(wide_div(f->cxy, f->vx), f->mx);
		down.m = -down.m;
		/* a mean may be less than the smallest double */
		size = plus(f->ax, wide_mul(f->all, least_double));
		size = plus(wide_mul(steep, size), f->ay);
		return near(wide_div(plus(f->my, down), f->all),
		    wide_div(size, f->all), slack);
	}
}

static struct answer expected(const struct faded *f, int id)
{
	double slack = 1e-13 + (double)f->steps * 4 * DBL_EPSILON;
	int corrected = id == LEAT_STAT_VARIANCE || id == LEAT_STAT_STDDEV ||
	    id == LEAT_STAT_ZSCORE || id == LEAT_STAT_COVARIANCE;

	if (f->n == 0 || (corrected && f->n < 2))
		return nothing();
	if (f->vx.m == 0 &&
	    (id == LEAT_STAT_ZSCORE || id >= LEAT_STAT_CORRELATION))
		return nothing();
	if (f->vy.m == 0 && id == LEAT_STAT_CORRELATION)
		return nothing();
	switch (id) {
	case LEAT_STAT_SUM:
		return near(f->mx, f->ax, slack);
	case LEAT_STAT_MEAN:
		return near(wide_div(f->mx, f->all), wide_div(f->ax, f->all),
		    slack);
	case LEAT_STAT_ZSCORE:
		return zscore(f, slack);
	default:
		return id >= LEAT_STAT_COVARIANCE ? about_pairs(f, id, slack)
						  : about_squares(f, id, slack);
	}
}

/* Half a step of the smallest doubles, and the end of the largest, count. */
static int is_right(struct answer a, double got)
{
	struct wide off, least = { 0.5, -1073 }, most = wide_set(DBL_MAX);

	if (a.none || isnan(got))
		return a.none && isnan(got);
	if (isinf(got) && !less(a.slack, most))
		return 1;
	if (isinf(got)) {
		struct wide reach = plus(size_of(a.want), a.slack);
		return (got > 0) == (a.want.m > 0) && !less(reach, most);
	}
	off = wide_set(-got);
	off = size_of(plus(a.want, off));
	return !less(plus(a.slack, least), off);
}

static void check(struct faded *f, const double *row, size_t n,
    const char *what)
{
	faded_look(f);
	ck_assert_msg(row[0] == (double)f->n, "%s: %g values, not %u", what,
	    row[0], (unsigned)f->n);
	for (size_t k = 1; k < n; k++) {
		struct answer a = expected(f, stats[k].id);
		if (is_right(a, row[k]))
			continue;
		for (size_t i = 0; i < f->n; i++)
			fprintf(stderr, "%g 2^%ld: %a %a\n", f->v[i].w.m,
			    f->v[i].w.e, f->v[i].x, f->v[i].y);
		ck_abort_msg("%s, %u values: %s is %.17g, not %.17g "
			     "(%g 2^%ld), give or take %g 2^%ld",
		    what, (unsigned)f->n, leat_stat_name(&stats[k]), row[k],
		    a.none ? (double)NAN : wide_double(a.want), a.want.m,
		    a.want.e, a.slack.m, a.slack.e);
	}
}

/* ---- Values ---- */

/* A column: where its values lie. */
struct column {
	int kind, e;
	double base;
};

static double any_finite(struct rng *r)
{
	double m = 1 + rng_uniform(r);

	m = ldexp(m, (int)rng_below(r, 2099) - 1075);
	return rng_below(r, 2) ? m : -m;
}

static struct column column_new(struct rng *r)
{
	struct column c;

	c.kind = (int)rng_below(r, 5);
	c.e = (int)rng_below(r, 2090) - 1074;
	c.base = any_finite(r);
	return c;
}

static double column_next(const struct column *c, struct rng *r)
{
	double z = rng_normal(r);

	switch (c->kind) {
	case 0: /* values of one size */
		return ldexp(z, c->e > 1015 ? 1015 : c->e);
	case 1: /* values of any size */
		return any_finite(r);
	case 2: /* around a value, by a few of its last places or more */
		z = c->base * (1 + z * ldexp(1, -(c->e & 63)));
		return isfinite(z) ? z : c->base;
	case 3: /* two levels */
		return rng_below(r, 2) ? c->base : -c->base;
	default: /* steps of whole numbers */
		return floor(z * 4);
	}
}

/* ---- By count ---- */

struct counted {
	leat_window *w;
	leat_keyed *k;
	leat_window_options options;
	keyed_choice keyed;
	size_t n_stats;
	struct faded f[2];
};

static void push_count(struct counted *c, int key, double x, double y)
{
	const char *name = key ? "second" : "first";
	int pairs = c->n_stats == N_PAIRS;

	if (c->w && pairs)
		leat_window_push_xy(c->w, x, y);
	else if (c->w)
		leat_window_push(c->w, x);
	else if (pairs)
		ck_assert_int_eq(leat_keyed_push_xy(c->k, name, strlen(name), 0,
				     x, y),
		    0);
	else
		ck_assert_int_eq(leat_keyed_push(c->k, name, strlen(name), 0,
				     x),
		    0);
}

static void look_count(struct counted *c, int key, const char *what)
{
	double row[N_PAIRS];
	const char *name = key ? "second" : "first";

	if (c->w)
		leat_window_query(c->w, row);
	else
		ck_assert_int_eq(leat_keyed_query(c->k, name, strlen(name),
				     row),
		    LEAT_OK);
	check(&c->f[key], row, c->n_stats, what);
}

static void turn_count(struct counted *c, struct rng *r)
{
	leat_window *w;
	leat_keyed *k;

	switch (rng_below(r, 8)) {
	case 0:
		if (c->w)
			window_again(&c->w, &c->options);
		else
			keyed_again(&c->k, &c->keyed);
		return;
	case 1:
		if (c->w) {
			ck_assert_int_eq(leat_window_copy(c->w, NULL, &w),
			    LEAT_OK);
			leat_window_free(c->w);
			c->w = w;
		} else {
			ck_assert_int_eq(leat_keyed_copy(c->k, NULL, &k),
			    LEAT_OK);
			leat_keyed_free(c->k);
			c->k = k;
		}
		return;
	default:
		return;
	}
}

/* Weights before value n, in the recursive form, add up to 1. */
static void faded_push(struct faded *f, double keep, double alpha,
    int recursive, double x, double y, uint64_t gap)
{
	struct wide by = wide_set(1), total;

	for (uint64_t i = 0; i < gap; i++)
		by = times(by, keep);
	f->steps += gap;
	faded_fade(f, by);
	if (isnan(x) || isnan(y))
		return;
	faded_add(f, x, y, wide_set(recursive && f->n > 0 ? alpha : 1.0));
	f->last = x;
	if (!recursive)
		return;
	total = faded_total(f);
	faded_fade(f, wide_div(wide_set(1), total));
}

/* Returns the length of a pause, in pushes, for a number of half-lives. */
static uint64_t pause_of(struct rng *r, double keep)
{
	double lives = rng_below(r, 3) ? 3.0 : 1000.0, n;

	if (rng_below(r, 2))
		return 0;
	n = lives * rng_uniform(r) / -log2(keep);
	return n > 3000 ? 3000 : (uint64_t)n;
}

static void run_count(double alpha, int recursive, int pairs, int keyed,
    uint64_t seed)
{
	static struct counted c;
	struct rng r = rng_new(seed);
	struct column cx = column_new(&r), cy = column_new(&r);
	double keep = 1 - alpha;
	char what[100];

	memset(&c, 0, sizeof(c));
	c.n_stats = pairs ? N_PAIRS : N_SINGLE;
	c.options.kind = LEAT_DECAY;
	c.options.alpha = alpha;
	c.options.unadjusted = recursive;
	c.options.stats = stats;
	c.options.n_stats = c.n_stats;
	c.keyed.by_count = c.options;
	if (keyed)
		ck_assert_int_eq(keyed_choice_new(&c.k, &c.keyed), LEAT_OK);
	else
		ck_assert_int_eq(leat_window_new(&c.w, &c.options), LEAT_OK);
	snprintf(what, sizeof(what), "alpha %.17g%s%s, seed %u", alpha,
	    recursive ? ", recursive" : "", keyed ? ", keyed" : "",
	    (unsigned)seed);
	for (int i = 0; i < PUSHES; i++) {
		int key = keyed && rng_below(&r, 2);
		double x = column_next(&cx, &r), y = column_next(&cy, &r);
		uint64_t gap = c.f[key].n ? pause_of(&r, keep) : 0;
		for (uint64_t k = 0; k < gap; k++)
			push_count(&c, key, (double)NAN, y);
		push_count(&c, key, x, y);
		faded_push(&c.f[key], keep, alpha, recursive, x, pairs ? y : 0,
		    gap + 1);
		turn_count(&c, &r);
		look_count(&c, key, what);
	}
	leat_window_free(c.w);
	leat_keyed_free(c.k);
}

static const double alphas[] = { 0.5, 0.75, 0.25, 0.9375, 0.99, 0.999999, 0.1,
	0.01, 0.001, 1 - 0x1p-50 };

START_TEST(by_count_no_pause_and_no_size_of_values_costs_digits)
{
	for (uint64_t seed = 0; seed < 60; seed++)
		run_count(alphas[_i], seed % 3 == 2, seed % 2, seed % 5 == 4,
		    100 * seed + (uint64_t)_i);
}
END_TEST

/* ---- By time ---- */

struct timed {
	leat_time_window *w;
	leat_keyed *k;
	leat_time_window_options options;
	keyed_choice keyed;
	size_t n_stats;
	struct faded f[2];
	int64_t at[2], last_at[2], now;
};

/* 2^(-ticks / half_life), with the exponent apart. */
static struct wide weight_of(double half_life, int64_t ticks)
{
	long double lives = (long double)ticks / (long double)half_life;
	long double whole = floorl(lives);
	struct wide w = wide_set((double)exp2l(whole - lives));

	w.e -= (long)whole;
	return w;
}

static void push_timed(struct timed *t, int key, int64_t at, double x, double y)
{
	leat_event e;

	memset(&e, 0, sizeof(e));
	e.key = key ? "second" : "first";
	e.key_len = strlen(e.key);
	e.t = at;
	e.x = x;
	e.y = y;
	ck_assert_int_eq(t->w ? leat_time_window_push_events(t->w, &e, 1, NULL)
			      : leat_keyed_push_events(t->k, &e, 1, NULL),
	    LEAT_OK);
}

/* The oracle's state is as of the largest time. */
static void faded_event(struct timed *t, int key, int64_t at, double x,
    double y)
{
	struct faded *f = &t->f[key];

	if (at > t->now) {
		struct wide w = weight_of(t->options.half_life, at - t->now);
		faded_fade(&t->f[0], w);
		faded_fade(&t->f[1], w);
		t->now = at;
	}
	if (isnan(x))
		return;
	faded_add(f, x, y, weight_of(t->options.half_life, t->now - at));
	if (f->n == 1 || at >= t->last_at[key]) {
		f->last = x;
		t->last_at[key] = at;
	}
}

static void look_timed(struct timed *t, int key, const char *what)
{
	double row[N_PAIRS];
	const char *name = key ? "second" : "first";

	if (t->w)
		leat_time_window_query(t->w, row);
	else
		ck_assert_int_eq(leat_keyed_query(t->k, name, strlen(name),
				     row),
		    LEAT_OK);
	check(&t->f[key], row, t->n_stats, what);
}

static void turn_timed(struct timed *t, struct rng *r)
{
	leat_time_window *w;
	leat_keyed *k;

	switch (rng_below(r, 8)) {
	case 0:
		if (t->w)
			time_window_again(&t->w, &t->options);
		else
			keyed_again(&t->k, &t->keyed);
		return;
	case 1:
		if (t->w) {
			ck_assert_int_eq(leat_time_window_copy(t->w, NULL, &w),
			    LEAT_OK);
			leat_time_window_free(t->w);
			t->w = w;
		} else {
			ck_assert_int_eq(leat_keyed_copy(t->k, NULL, &k),
			    LEAT_OK);
			leat_keyed_free(t->k);
			t->k = k;
		}
		return;
	default:
		return;
	}
}

static int64_t ticks_of(struct rng *r, double half_life, double lives)
{
	return (int64_t)(rng_uniform(r) * lives * half_life);
}

/* A step ahead, a pause, or late. */
static int64_t next_time(struct rng *r, const struct timed *t, double pause)
{
	double h = t->options.half_life;

	switch (rng_below(r, 6)) {
	case 0:
		return t->now + ticks_of(r, h, pause);
	case 1:
		return t->now - ticks_of(r, h, pause);
	case 2:
		return t->now - ticks_of(r, h, 3);
	default:
		return t->now + ticks_of(r, h, 2);
	}
}

static void run_timed(double half_life, double pause, int pairs, int keyed,
    uint64_t seed)
{
	static struct timed t;
	struct rng r = rng_new(seed);
	struct column cx = column_new(&r), cy = column_new(&r);
	char what[100];

	memset(&t, 0, sizeof(t));
	t.n_stats = pairs ? N_PAIRS : N_SINGLE;
	t.options.kind = LEAT_DECAY;
	t.options.half_life = half_life;
	t.options.delay = LEAT_TIME_MAX / 2;
	t.options.stats = stats;
	t.options.n_stats = t.n_stats;
	t.keyed.by_time = t.options;
	if (keyed)
		ck_assert_int_eq(keyed_choice_new(&t.k, &t.keyed), LEAT_OK);
	else
		ck_assert_int_eq(leat_time_window_new(&t.w, &t.options),
		    LEAT_OK);
	snprintf(what, sizeof(what), "half-life %.17g, pause %g%s, seed %u",
	    half_life, pause, keyed ? ", keyed" : "", (unsigned)seed);
	for (int i = 0; i < PUSHES; i++) {
		int key = keyed && rng_below(&r, 2);
		double x = column_next(&cx, &r), y = column_next(&cy, &r);
		int64_t at = i == 0 ? 0 : next_time(&r, &t, pause);
		if (rng_below(&r, 9) == 0)
			x = (double)NAN;
		push_timed(&t, key, at, x, y);
		faded_event(&t, key, at, x, pairs ? y : 0);
		turn_timed(&t, &r);
		if (t.f[key].n > 0)
			look_timed(&t, key, what);
	}
	leat_time_window_free(t.w);
	leat_keyed_free(t.k);
}

static const double lives[] = { 1, 60, 0.5, 1e-3, 3.7, 1e9, 1e11 };

START_TEST(by_time_no_pause_and_no_size_of_values_costs_digits)
{
	static const double pauses[] = { 1000, 60, 5000, 400, 1e6 };

	for (uint64_t seed = 0; seed < 100; seed++)
		run_timed(lives[_i], pauses[seed % 5], seed % 2, seed % 7 == 6,
		    100 * seed + (uint64_t)_i);
}
END_TEST

/* ---- Chosen values ---- */

static void is_near(double got, double want)
{
	ck_assert_msg(fabs(got - want) <= 1e-14 * fabs(want),
	    "%.17g, not %.17g", got, want);
}

/* Whatever their weights, of two values it is half the squared difference. */
START_TEST(the_variance_of_two_values_does_not_depend_on_their_weights)
{
	static const double by[] = { 0.99, 0.9, 0.5, 0.1, 0.999999 };
	static const leat_stat variance[] = { LEAT_VARIANCE };
	leat_window_options o;
	double got;

	memset(&o, 0, sizeof(o));
	o.kind = LEAT_DECAY;
	o.stats = variance;
	o.n_stats = 1;
	for (size_t k = 0; k < sizeof(by) / sizeof(*by); k++) {
		leat_window *w;
		o.alpha = by[k];
		for (size_t missing = 0; missing < 2000;
		     missing = 2 * missing + 1) {
			ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
			leat_window_push(w, 20);
			for (size_t i = 0; i < missing; i++)
				leat_window_push(w, (double)NAN);
			leat_window_push(w, 22);
			leat_window_query(w, &got);
			is_near(got, 2);
			leat_window_free(w);
		}
	}
}
END_TEST

START_TEST(a_year_of_silence_leaves_a_variance)
{
	static const leat_stat some[] = { LEAT_MEAN, LEAT_VARIANCE,
		LEAT_VARIANCE_POP, LEAT_SUM };
	leat_time_window_options o;
	leat_time_window *w;
	double row[4];

	memset(&o, 0, sizeof(o));
	o.kind = LEAT_DECAY;
	o.half_life = 60;
	o.stats = some;
	o.n_stats = 4;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, 0, 5), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, 365 * 86400, 7), LEAT_OK);
	leat_time_window_query(w, row);
	ck_assert_double_eq(row[0], 7);
	is_near(row[1], 2);
	ck_assert_double_eq(row[2], 0); /* 2^-525600 and more */
	ck_assert_double_eq(row[3], 7);
	leat_time_window_free(w);
}
END_TEST

/* Weights 2^-64 ... 2^-60 and 1. The results are of exact arithmetic. */
START_TEST(a_pause_does_not_turn_a_correlation_around)
{
	static const double x[] = { 20.1, 19.8, 20.4, 20.0, 19.9, 21.0 };
	static const double y[] = { 1, 2, 4, 3, 5, 9 };
	static const leat_stat some[] = { LEAT_CORRELATION, LEAT_SLOPE };
	leat_time_window_options o;
	leat_time_window *w;
	double row[2];

	memset(&o, 0, sizeof(o));
	o.kind = LEAT_DECAY;
	o.half_life = 1;
	o.stats = some;
	o.n_stats = 2;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(leat_time_window_push_xy(w, i < 5 ? i : 64,
				     x[i], y[i]),
		    LEAT_OK);
	leat_time_window_query(w, row);
	is_near(row[0], 0.95412421796164858);
	is_near(row[1], 4.7522314558325593);
	leat_time_window_free(w);
}
END_TEST

/*
 * Weights 1, 2, 4 and 8, in eighths: sums by hand, y in units of 2^e.
 */
START_TEST(columns_of_very_different_sizes_do_not_disturb_each_other)
{
	static const double x[] = { 0, 8, 4, 5 }, y[] = { 0, 0, 4, 0 };
	static const leat_stat some[] = { LEAT_CORRELATION, LEAT_SLOPE };
	leat_window_options o;

	memset(&o, 0, sizeof(o));
	o.kind = LEAT_DECAY;
	o.alpha = 0.5;
	o.stats = some;
	o.n_stats = 2;
	for (int e = -1020; e <= 1020; e += 30) {
		leat_window *w;
		double row[2];
		ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
		for (int i = 0; i < 4; i++)
			leat_window_push_xy(w, x[i], ldexp(y[i], e));
		leat_window_query(w, row);
		/*
		 * W = 15, Sx = 72, Sxx = 392, Sy = 16, Sxy = 64, Syy = 64:
		 * W Sxx - Sx^2 = 696, W Sxy - Sx Sy = -192,
		 * W Syy - Sy^2 = 704.
		 */
		is_near(row[0], -192 / sqrt(696.0 * 704.0));
		is_near(row[1], ldexp(-192.0 / 696.0, e));
		leat_window_free(w);
	}
}
END_TEST

/* 1 - alpha is 2^-50 to three digits only, and 2^-100 not at all. */
START_TEST(half_lives_far_below_a_push_keep_their_weights)
{
	static const leat_stat some[] = { LEAT_VARIANCE_POP, LEAT_VARIANCE };
	leat_window_options o;

	memset(&o, 0, sizeof(o));
	o.kind = LEAT_DECAY;
	o.stats = some;
	o.n_stats = 2;
	for (int halvings = 1; halvings <= 1000; halvings += 7) {
		leat_window *w;
		double row[2], old = ldexp(1, -halvings);
		o.half_life = 1.0 / halvings;
		if (1 / o.half_life != halvings)
			continue;
		ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
		leat_window_push(w, 1);
		leat_window_push(w, 3);
		leat_window_query(w, row);
		is_near(row[0], 4 * old / (1 + old) / (1 + old));
		is_near(row[1], 2);
		leat_window_free(w);
	}
}
END_TEST

/* Two of these are further apart than the largest double. */
START_TEST(the_mean_of_the_largest_values_is_that_of_small_ones_in_their_unit)
{
	static const double x[] = { 3, -3, 2, -3, 1, 3, -2, -3 };
	static const leat_stat mean[] = { LEAT_MEAN };
	leat_window_options o;
	leat_window *small, *large;
	double want, got;

	memset(&o, 0, sizeof(o));
	o.kind = LEAT_DECAY;
	o.alpha = 0.3;
	o.stats = mean;
	o.n_stats = 1;
	ck_assert_int_eq(leat_window_new(&small, &o), LEAT_OK);
	ck_assert_int_eq(leat_window_new(&large, &o), LEAT_OK);
	for (size_t i = 0; i < sizeof(x) / sizeof(*x); i++) {
		leat_window_push(small, x[i]);
		leat_window_push(large, ldexp(x[i], 1022));
		leat_window_query(small, &want);
		leat_window_query(large, &got);
		is_near(got, ldexp(want, 1022));
	}
	leat_window_free(small);
	leat_window_free(large);
}
END_TEST

enum { N_LIVES = sizeof(lives) / sizeof(*lives) };
enum { N_ALPHAS = sizeof(alphas) / sizeof(*alphas) };

Suite *decay_range_suite(void)
{
	Suite *s = suite_create("decay_range");
	TCase *t = tcase_create("range");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t,
	    by_count_no_pause_and_no_size_of_values_costs_digits, 0, N_ALPHAS);
	tcase_add_loop_test(t,
	    by_time_no_pause_and_no_size_of_values_costs_digits, 0, N_LIVES);
	suite_add_tcase(s, t);
	t = tcase_create("chosen");
	tcase_add_test(t,
	    the_variance_of_two_values_does_not_depend_on_their_weights);
	tcase_add_test(t, a_year_of_silence_leaves_a_variance);
	tcase_add_test(t, a_pause_does_not_turn_a_correlation_around);
	tcase_add_test(t,
	    columns_of_very_different_sizes_do_not_disturb_each_other);
	tcase_add_test(t, half_lives_far_below_a_push_keep_their_weights);
	tcase_add_test(t,
	    the_mean_of_the_largest_values_is_that_of_small_ones_in_their_unit);
	suite_add_tcase(s, t);
	return s;
}
