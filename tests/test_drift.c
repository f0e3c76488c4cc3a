/*
 * Detectors of change, against their definitions.
 *
 * Each oracle keeps the whole history and evaluates the published formula
 * on it anew after every push, in long double: no recurrence is shared
 * with the library. Where an oracle's decision hangs by a hair, so that a
 * rounding could turn it, the test says so and fails, for then it would
 * prove nothing.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "alloc.h"
#include "data.h"
#include "lists.h"
#include "quiet.h"
#include "saved.h"
#include "suites.h"

enum { N_STREAM = 3000 };

/* Options that suit the streams below. */
static leat_drift_options sound(int kind)
{
	leat_drift_options o;
	memset(&o, 0, sizeof(o));
	o.kind = kind;
	o.threshold = drift_thresholds[kind];
	if (kind == LEAT_DRIFT_PAGE_HINKLEY)
		o.delta = 0.2;
	if (kind == LEAT_DRIFT_ZSCORE)
		o.size = 50;
	return o;
}

static leat_drift *open_drift(const leat_drift_options *o)
{
	leat_drift *d = NULL;
	ck_assert_int_eq(leat_drift_new(&d, o), LEAT_OK);
	return d;
}

/* Pushes a value, which must not fail, and returns the change. */
static int change_of(leat_drift *d, double x)
{
	leat_drift_answer answer;
	memset(&answer, 0x5A, sizeof(answer));
	ck_assert_int_eq(leat_drift_push(d, x, &answer), LEAT_OK);
	for (size_t i = 0; i < 6; i++)
		ck_assert_uint_eq(answer.reserved[i], 0);
	return answer.change;
}

/* Returns the number of values taken; all others were refused. */
static uint64_t taken_by(const leat_drift *d)
{
	leat_counts n;
	memset(&n, 0x5A, sizeof(n));
	leat_drift_counts(d, &n);
	ck_assert_uint_eq(n.pushed, n.taken + n.refused);
	ck_assert_uint_eq(n.missing + n.late + n.in_no_window + n.evicted +
		n.stored,
	    0);
	return n.taken;
}

/* ------------------------------------------------------------------ */
/* Streams                                                            */
/* ------------------------------------------------------------------ */

static void noise(double *x, size_t n, struct rng *r)
{
	for (size_t i = 0; i < n; i++)
		x[i] = rng_normal(r);
}

static void steps(double *x, size_t n, struct rng *r)
{
	double level = 0;
	for (size_t i = 0; i < n; i++) {
		if (rng_below(r, 300) == 0)
			level = 4 * rng_normal(r);
		x[i] = level + rng_normal(r);
	}
}

static void ramps(double *x, size_t n, struct rng *r)
{
	double level = 0, slope = 0;
	for (size_t i = 0; i < n; i++) {
		if (i % 400 == 0)
			slope = 0.02 * rng_normal(r);
		level += slope;
		x[i] = level + rng_normal(r);
	}
}

static void spiked(double *x, size_t n, struct rng *r)
{
	noise(x, n, r);
	for (size_t i = 0; i < n; i++)
		if (rng_below(r, 70) == 0)
			x[i] *= 40;
}

/* Steps of a half, so that means and deviations are often exact. */
static void stretches(double *x, size_t n, struct rng *r)
{
	double level = 1;
	int rough = 1;
	for (size_t i = 0; i < n; i++) {
		if (rng_below(r, 90) == 0) {
			level = (double)rng_below(r, 9) / 2;
			rough = (int)rng_below(r, 2);
		}
		x[i] = level + (rough ? rng_normal(r) : 0);
	}
}

static void errors(double *x, size_t n, struct rng *r)
{
	double rate = 0.2;
	for (size_t i = 0; i < n; i++) {
		if (rng_below(r, 500) == 0)
			rate = rng_uniform(r);
		x[i] = rng_uniform(r) < rate;
	}
}

static void raised(double *x, size_t n, struct rng *r)
{
	steps(x, n, r);
	for (size_t i = 0; i < n; i++)
		x[i] += 1e6;
}

struct stream {
	const char *name;
	void (*fill)(double *x, size_t n, struct rng *r);
};

static const struct stream streams[] = {
	{ "noise", noise },
	{ "steps", steps },
	{ "ramps", ramps },
	{ "spikes", spiked },
	{ "constant stretches", stretches },
	{ "0 and 1", errors },
	{ "1e6 + steps", raised },
};
enum { N_STREAMS = sizeof(streams) / sizeof(streams[0]) };

/* ------------------------------------------------------------------ */
/* The definitions                                                    */
/* ------------------------------------------------------------------ */

/* Expected answers after the push of x[n - 1]. */
struct verdict {
	int change;
	long double mean;
	uint64_t length;
	long double score;
};

struct oracle {
	leat_drift_options o; /* every one given */
	const double *x;      /* from the first push on */
	size_t n;
	size_t start; /* PAGE_HINKLEY: of the run. EWMA: of the average */
	/* ADWIN: lengths of the buckets of x[start .. n), oldest first */
	size_t bucket[512], n_buckets;
	int alarms;
};

/* a > b, if rounding cannot tell otherwise. */
static int above(long double a, long double b, long double unit)
{
	if (fabsl(a - b) <= 1e-10L * unit)
		ck_abort_msg("this stream decides nothing: %.20Lg, %.20Lg", a,
		    b);
	return a > b;
}

static long double mean_of(const double *x, size_t n)
{
	long double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return sum / (long double)n;
}

static long double squares_of(const double *x, size_t n)
{
	long double mean = mean_of(x, n), sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (x[i] - mean) * (x[i] - mean);
	return sum;
}

static int looked_for(const struct oracle *q, int change)
{
	return q->o.direction == 0 || q->o.direction == change;
}

/* m_T - min m_t of sign * x, t = 1 .. n. */
static long double ph_rise(const double *x, size_t n, int sign,
    long double delta)
{
	long double sum = 0, m = 0, least = 0;
	for (size_t t = 1; t <= n; t++) {
		sum += sign * x[t - 1];
		m += sign * x[t - 1] - sum / (long double)t - delta;
		if (t == 1 || m < least)
			least = m;
	}
	return m - least;
}

static struct verdict ph_expect(struct oracle *q)
{
	const double *x = q->x + q->start;
	size_t n = q->n - q->start;
	long double rise = ph_rise(x, n, 1, q->o.delta);
	long double fall = ph_rise(x, n, -1, q->o.delta);
	struct verdict v = { 0, mean_of(x, n), n, NAN };
	if (n <= q->o.min_count)
		return v;
	int falls = q->o.direction == LEAT_CHANGE_FALL ||
	    (q->o.direction == 0 && fall > rise);
	v.score = (falls ? -fall : rise) / q->o.threshold;
	int up = above(rise, q->o.threshold, 1) &&
	    looked_for(q, LEAT_CHANGE_RISE);
	int down = above(fall, q->o.threshold, 1) &&
	    looked_for(q, LEAT_CHANGE_FALL);
	if (up && down)
		v.change = above(rise, fall, 1) ? LEAT_CHANGE_RISE
						: LEAT_CHANGE_FALL;
	else
		v.change = up ? LEAT_CHANGE_RISE : down ? LEAT_CHANGE_FALL : 0;
	if (v.change) {
		q->start = q->n;
		v.mean = NAN;
		v.length = 0;
	}
	return v;
}

static struct verdict zscore_expect(struct oracle *q)
{
	size_t before = q->n - 1;
	size_t n = q->o.size && before > q->o.size ? q->o.size : before;
	const double *x = q->x + before - n;
	struct verdict v = { 0, n ? mean_of(x, n) : NAN, n, NAN };
	if (n < q->o.min_count)
		return v;
	long double d = q->x[before] - mean_of(x, n);
	long double s = sqrtl(squares_of(x, n) / (long double)(n - 1));
	int constant = 1;
	for (size_t i = 1; i < n; i++)
		constant &= x[i] == x[0];
	if (constant)
		d = q->x[before] - x[0];
	v.score = d == 0 ? 0 : d / (constant ? 0 : s);
	if (constant) {
		v.change = q->x[before] > x[0] ? LEAT_CHANGE_RISE
		    : q->x[before] < x[0]      ? LEAT_CHANGE_FALL
					       : 0;
	} else if (above(fabsl(d), q->o.threshold * s, 1)) {
		v.change = d > 0 ? LEAT_CHANGE_RISE : LEAT_CHANGE_FALL;
	}
	v.change = looked_for(q, v.change) ? v.change : 0;
	return v;
}

static struct verdict ewma_expect(struct oracle *q)
{
	static long double power[N_STREAM + 1];
	if (q->n == 1)
		for (size_t i = 0; i <= N_STREAM; i++)
			power[i] = powl(1 - (long double)q->o.alpha, i);
	size_t base = q->o.stddev > 0 ? 0 : (size_t)q->o.min_count;
	size_t known = q->n < base ? q->n : base;
	struct verdict v = { 0, base ? mean_of(q->x, known) : q->o.mean, known,
		NAN };
	if (q->n <= base)
		return v;
	long double s = base
	    ? sqrtl(squares_of(q->x, base) / (long double)(base - 1))
	    : q->o.stddev;
	if (q->start < base)
		q->start = base;
	size_t t = q->n - q->start;
	long double alpha = q->o.alpha, z = 0;
	for (size_t i = 1; i <= t; i++) /* less the mean */
		z += alpha * power[t - i] * (q->x[q->start + i - 1] - v.mean);
	long double spread = s *
	    sqrtl(alpha / (2 - alpha) * (1 - power[t] * power[t]));
	long double width = q->o.threshold * spread;
	v.score = z == 0 ? 0 : z / spread;
	if (s > 0 ? !above(fabsl(z), width, 1) : z == 0)
		return v;
	v.change = z > 0 ? LEAT_CHANGE_RISE : LEAT_CHANGE_FALL;
	if (looked_for(q, v.change))
		q->start = q->n;
	else
		v.change = 0;
	return v;
}

/* Keeps at most five of each size; of six, the two oldest become one. */
static void adwin_enter(struct oracle *q)
{
	q->bucket[q->n_buckets++] = 1;
	for (size_t size = 1;; size *= 2) {
		size_t first = q->n_buckets, count = 0;
		for (size_t i = q->n_buckets; i-- > 0;)
			if (q->bucket[i] == size) {
				first = i;
				count++;
			}
		if (count < 6)
			return;
		q->bucket[first] *= 2;
		q->n_buckets--;
		for (size_t i = first + 1; i < q->n_buckets; i++)
			q->bucket[i] = q->bucket[i + 1];
	}
}

/*
 * Some cut between buckets parts two different means: how far, in units of
 * what it takes; or else at the cut where they are furthest apart.
 */
static int adwin_parts(const struct oracle *q, long double *most)
{
	const double *x = q->x + q->start;
	size_t n = q->n - q->start, n0 = 0;
	*most = 0;
	long double variance = squares_of(x, n) / (long double)n;
	long double l = logl(2 / (q->o.delta / logl((long double)n)));
	for (size_t i = 0; i + 1 < q->n_buckets; i++) {
		n0 += q->bucket[i];
		long double m = 1 /
		    (1 / (long double)n0 + 1 / (long double)(n - n0));
		long double bound = sqrtl(2 / m * variance * l) +
		    2 / (3 * m) * l;
		long double gap = mean_of(x + n0, n - n0) - mean_of(x, n0);
		if (fabsl(gap) > fabsl(*most) * bound)
			*most = gap / bound;
		if (above(fabsl(gap), bound, 1))
			return 1;
	}
	return 0;
}

static struct verdict adwin_expect(struct oracle *q)
{
	size_t start = q->start;
	struct verdict v = { 0, 0, 0, NAN };
	long double most;
	adwin_enter(q);
	while (q->n % 32 == 0 && q->n - q->start > q->o.min_count) {
		int parts = adwin_parts(q, &most);
		if (isnan(v.score))
			v.score = most;
		if (!parts)
			break;
		q->start += q->bucket[0];
		q->n_buckets--;
		memmove(q->bucket, q->bucket + 1,
		    q->n_buckets * sizeof(q->bucket[0]));
	}
	v.length = q->n - q->start;
	v.mean = mean_of(q->x + q->start, v.length);
	if (q->start == start)
		return v;
	v.change = v.mean > mean_of(q->x + start, q->start - start)
	    ? LEAT_CHANGE_RISE
	    : LEAT_CHANGE_FALL;
	/* In the direction that it was in the end. */
	v.score = v.change == LEAT_CHANGE_RISE ? fabsl(v.score)
					       : -fabsl(v.score);
	v.change = looked_for(q, v.change) ? v.change : 0;
	return v;
}

static struct verdict expect(struct oracle *q)
{
	switch (q->o.kind) {
	case LEAT_DRIFT_PAGE_HINKLEY:
		return ph_expect(q);
	case LEAT_DRIFT_ADWIN:
		return adwin_expect(q);
	case LEAT_DRIFT_ZSCORE:
		return zscore_expect(q);
	default:
		return ewma_expect(q);
	}
}

static void fill_defaults(leat_drift_options *o)
{
	int kind = o->kind;
	if (kind == LEAT_DRIFT_ADWIN && o->delta == 0)
		o->delta = 0.002;
	if (kind >= LEAT_DRIFT_ZSCORE && o->threshold == 0)
		o->threshold = 3;
	if (kind == LEAT_DRIFT_EWMA && o->alpha == 0)
		o->alpha = 0.2;
	if (o->min_count == 0)
		o->min_count = kind == LEAT_DRIFT_ADWIN ? 10 : 30;
}

/*
 * The score is as unsure as what it is a quotient of. Beyond the doubles it is
 * infinite, also to a tool that has long doubles of another range.
 */
static void compare_score(double got, long double want, const char *name,
    size_t i)
{
	int same = isnan(want) ? isnan(got)
	    : isinf((double)want)
	    ? got == (double)want
	    : fabsl(got - want) <= 1e-8L * (1 + fabsl(want));
	ck_assert_msg(same, "%s, push %u: score %.17g, not %.17Lg", name,
	    (unsigned)i, got, want);
}

static void compare(const leat_drift *d, int got, const struct verdict *v,
    const char *name, size_t i)
{
	double mean = leat_drift_mean(d);
	ck_assert_msg(got == v->change, "%s, push %u: %d, not %d", name,
	    (unsigned)i, got, v->change);
	ck_assert_msg(leat_drift_width(d) == v->length,
	    "%s, push %u: length %u, not %u", name, (unsigned)i,
	    (unsigned)leat_drift_width(d), (unsigned)v->length);
	if (v->length == 0 && isnan(v->mean))
		ck_assert(isnan(mean));
	else
		ck_assert_msg(fabsl(mean - v->mean) <=
			4e-15L * (1 + fabsl(v->mean)),
		    "%s, push %u: mean %.17g, not %.17Lg", name, (unsigned)i,
		    mean, v->mean);
}

/* Pushes n values, checks every answer, and returns how many alarms. */
static int follow(const leat_drift_options *o, const double *x, size_t n,
    const char *name)
{
	static struct oracle q;
	leat_drift *d = open_drift(o);
	memset(&q, 0, sizeof(q));
	q.o = *o;
	fill_defaults(&q.o);
	q.x = x;
	ck_assert_uint_eq(leat_drift_width(d), 0);
	for (size_t i = 0; i < n; i++) {
		leat_drift_answer answer;
		ck_assert_int_eq(leat_drift_push(d, x[i], &answer), LEAT_OK);
		int got = answer.change;
		q.n = i + 1;
		struct verdict v = expect(&q);
		compare(d, got, &v, name, i);
		compare_score(answer.score, v.score, name, i);
		q.alarms += got != 0;
		ck_assert_uint_eq(taken_by(d), i + 1);
	}
	leat_drift_free(d);
	return q.alarms;
}

/* ------------------------------------------------------------------ */
/* Answers                                                            */
/* ------------------------------------------------------------------ */

/* Follows all streams, looking for both changes and for each alone. */
static int follow_all(leat_drift_options o, uint64_t seed)
{
	static double x[N_STREAM];
	int alarms = 0;
	size_t n = short_run() ? 500 : 1500;
	for (size_t k = 0; k < N_STREAMS; k++) {
		struct rng r = rng_new(seed + k);
		streams[k].fill(x, n, &r);
		for (o.direction = 0; o.direction <= 2; o.direction++)
			alarms += follow(&o, x, n, streams[k].name);
	}
	return alarms;
}

START_TEST(page_hinkley_follows_the_definition)
{
	static const double delta[] = { 0, 0.05, 0.5, 0.2 };
	static const double threshold[] = { 25, 15, 6, 1.5 };
	static const uint64_t min_count[] = { 0, 10, 1, 200 };
	for (int i = 0; i < 4; i++) {
		leat_drift_options o = sound(LEAT_DRIFT_PAGE_HINKLEY);
		o.delta = delta[i];
		o.threshold = threshold[i];
		o.min_count = min_count[i];
		ck_assert_int_gt(follow_all(o, 100 + (uint64_t)i), 5);
	}
}
END_TEST

START_TEST(adwin_follows_the_definition)
{
	static const double delta[] = { 0, 0.3, 1e-8, 0.999, 1e-20 };
	static const uint64_t min_count[] = { 0, 1, 100, 2, 0 };
	for (int i = 0; i < 5; i++) {
		leat_drift_options o = sound(LEAT_DRIFT_ADWIN);
		o.delta = delta[i];
		o.min_count = min_count[i];
		int alarms = follow_all(o, 200 + (uint64_t)i);
		/* Just the steps differ at such a confidence. */
		ck_assert_int_gt(alarms, i == 4 ? 0 : 5);
	}
}
END_TEST

START_TEST(zscore_follows_the_definition)
{
	static const uint64_t size[] = { 2, 7, 30, 100, 0, 0 };
	static const uint64_t min_count[] = { 2, 0, 0, 20, 0, 2 };
	for (int i = 0; i < 6; i++) {
		leat_drift_options o = sound(LEAT_DRIFT_ZSCORE);
		o.size = size[i];
		o.min_count = min_count[i];
		o.threshold = i % 2 ? 2.25 : 0;
		if (size[i] && !min_count[i] && size[i] < 30) {
			/* The default is the size then. */
			o.min_count = size[i];
			ck_assert_int_gt(follow_all(o, 300), 5);
			continue;
		}
		ck_assert_int_gt(follow_all(o, 310 + (uint64_t)i), 5);
	}
}
END_TEST

START_TEST(ewma_follows_the_definition)
{
	static const double alpha[] = { 0, 0.05, 0.5, 1, 0.9 };
	static const double threshold[] = { 0, 2.5, 3.5, 2, 4 };
	for (int i = 0; i < 5; i++) {
		leat_drift_options o = sound(LEAT_DRIFT_EWMA);
		o.alpha = alpha[i];
		o.threshold = threshold[i];
		o.min_count = i == 2 ? 2 : 0;
		ck_assert_int_gt(follow_all(o, 400 + (uint64_t)i), 5);
		o.min_count = 0;
		o.mean = i == 4 ? 1e6 : i == 3 ? 0 : 0.23;
		o.stddev = 1.21;
		ck_assert_int_gt(follow_all(o, 500 + (uint64_t)i), 5);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Cases worked out by hand                                           */
/* ------------------------------------------------------------------ */

/* want has a character a push: nothing, a rise, a fall. */
static void answers(const leat_drift_options *o, const double *x,
    const char *want, int line)
{
	leat_drift *d = open_drift(o);
	for (size_t i = 0; want[i]; i++) {
		char got = ".+-"[change_of(d, x[i])];
		ck_assert_msg(got == want[i], "line %d, push %u: %c", line,
		    (unsigned)i, got);
	}
	leat_drift_free(d);
}

#define ANSWERS(o, x, want) answers(o, x, want, __LINE__)

START_TEST(page_hinkley_by_hand)
{
	/* The means are 0, 1, 2, 3; deviations 0, 1, 2, 3; sums 0, 1, 3, 6. */
	static const double up[] = { 0, 2, 4, 6, 0, 2, 4, 6 };
	static const double down[] = { 0, -2, -4, -6, 0, -2, -4, -6 };
	leat_drift_options o = sound(LEAT_DRIFT_PAGE_HINKLEY);
	o.delta = 0;
	o.min_count = 1;
	o.threshold = 3; /* not more than the threshold */
	ANSWERS(&o, up, "...+...+");
	ANSWERS(&o, down, "...-...-");
	o.threshold = 2.999;
	ANSWERS(&o, up, "..+.-..+");
	o.threshold = 5.999;
	o.min_count = 4;
	ANSWERS(&o, up, ".......+");
	o.min_count = 3;
	ANSWERS(&o, up, "...+...+");
	o.direction = LEAT_CHANGE_FALL;
	ANSWERS(&o, up, "........");
	o.direction = LEAT_CHANGE_RISE;
	ANSWERS(&o, down, "........");
	/* 1 less a value: 0, 0, 1, 3. */
	o.direction = 0;
	o.delta = 1;
	o.threshold = 3;
	ANSWERS(&o, up, "........");
	o.threshold = 2.999;
	ANSWERS(&o, up, "...+...+");
}
END_TEST

START_TEST(charts_by_hand)
{
	/* Mean 2 and standard deviation 1 of the first three. */
	static const double x[] = { 1, 2, 3, 4, 0, -9 };
	static const double y[] = { 1, 2, 3, 4.125, 9, -9 };
	static const double z[] = { 5, 5, 5, 6, 5, 5, 5, 4 };
	leat_drift_options o = sound(LEAT_DRIFT_ZSCORE);
	o.size = 3;
	o.threshold = 2;
	ANSWERS(&o, x, "...."); /* 2 of them is not more than 2 */
	ANSWERS(&o, y, "...+");
	ANSWERS(&o, z, "...+...-");
	o = sound(LEAT_DRIFT_EWMA);
	o.threshold = 2;
	o.alpha = 1; /* limits 0 and 4 for each value */
	o.min_count = 3;
	ANSWERS(&o, x, ".....-");
	ANSWERS(&o, y, "...++-");
	/* Limits 2 +- 1 at first, 2 +- sqrt(1.25) next. */
	o.alpha = 0.5;
	static const double w[] = { 1, 2, 3, 4, 3.25, 9, 4, 3.234375 };
	ANSWERS(&o, w, "....++..");
	o.min_count = 0;
	o.mean = 2;
	o.stddev = 1;
	ANSWERS(&o, w + 3, ".++..");
	ANSWERS(&o, z, "+++++++.");
	ANSWERS(&o, z + 7, ".");
}
END_TEST

/*
 * 32 zeros, then 32 ones. The first look at both is after the 64th. A
 * cut in their middle has means 0 and 1, v = 1/4, 1/m = 1/16 and
 * l = ln(2 ln 64 / 0.002) = 8.33: 1 against 0.51 + 0.35. The cuts next to
 * it part them as well; a few zeros may stay.
 */
START_TEST(adwin_by_hand)
{
	leat_drift_options o = sound(LEAT_DRIFT_ADWIN);
	leat_drift *d = open_drift(&o);
	for (unsigned i = 1; i <= 64; i++) {
		int got = change_of(d, i > 32);
		ck_assert_int_eq(got, i == 64 ? LEAT_CHANGE_RISE : 0);
		if (i < 64)
			ck_assert_uint_eq(leat_drift_width(d), i);
	}
	ck_assert_uint_ge(leat_drift_width(d), 32);
	ck_assert_uint_lt(leat_drift_width(d), 64);
	leat_drift_free(d);
	/* A look at 64 values is one at more than 63, not at more than 64. */
	for (unsigned min_count = 63; min_count <= 64; min_count++) {
		o.min_count = min_count;
		d = open_drift(&o);
		int seen = 0;
		for (unsigned i = 1; i <= 64; i++)
			seen = change_of(d, i > 32);
		ck_assert_int_eq(seen, min_count == 63 ? LEAT_CHANGE_RISE : 0);
		leat_drift_free(d);
	}
	o.min_count = 0;
	/* ln(2 / delta') can be 740: 1 against 0.27 + 0.1. */
	o.delta = 1e-320;
	d = open_drift(&o);
	int got = 0;
	for (int i = 0; i < 10000; i++)
		ck_assert_int_eq(change_of(d, 0), 0);
	for (int i = 0; !got && i < 10000; i++)
		got = change_of(d, 1);
	ck_assert_int_eq(got, LEAT_CHANGE_RISE);
	leat_drift_free(d);
	o.delta = 0;
	/*
	 * For 16 and 16 values v = 1/4, 1/m = 1/8, l = 8.15: 1 against 0.71 +
	 * 0.68.
	 */
	d = open_drift(&o);
	for (int i = 1; i <= 32; i++)
		ck_assert_int_eq(change_of(d, i > 16), 0);
	ck_assert_uint_eq(leat_drift_width(d), 32);
	leat_drift_free(d);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Frequency and delay of alarms                                      */
/* ------------------------------------------------------------------ */

/*
 * The paper promises: while the mean does not change, a check drops values with
 * a probability of at most delta.
 */
START_TEST(adwin_seldom_drops_what_has_one_mean)
{
	static const double delta[] = { 0.3, 0.05, 0.002 };
	unsigned n_seeds = short_run() ? 4 : 40, n = 6400;
	for (size_t k = 0; k < 3; k++) {
		leat_drift_options o = sound(LEAT_DRIFT_ADWIN);
		unsigned alarms = 0;
		o.delta = delta[k];
		for (unsigned seed = 0; seed < n_seeds; seed++) {
			struct rng r = rng_new(1000 + seed);
			leat_drift *d = open_drift(&o);
			for (unsigned i = 0; i < n; i++) {
				double x = rng_uniform(&r);
				if (seed % 2)
					x = x < 0.3;
				alarms += change_of(d, x) != 0;
			}
			leat_drift_free(d);
		}
		double looks = n_seeds * (n / 32.0);
		ck_assert_msg(alarms <= delta[k] * looks,
		    "delta %g: %u alarms of %g", delta[k], alarms, looks);
	}
}
END_TEST

/*
 * A cut whose means differ by twice the bound must be seen. For a step of
 * height h in noise s after n values, that is as soon as k values with 2 sqrt(2
 * / m v l) + 4 l / (3 m) < h have come; then up to 32 for the next check, and
 * up to a half more where the cut falls within a bucket.
 */
static unsigned adwin_delay(double h, double s, unsigned n, double delta)
{
	for (unsigned k = 1;; k++) {
		double all = n + k, by_m = 1.0 / n + 1.0 / k;
		double v = s * s + h * h * n * k / (all * all);
		double l = log(2 * log(all) / delta);
		if (2 * sqrt(2 * by_m * v * l) + 4 * by_m * l / 3 < h)
			return k + k / 2 + 32;
	}
}

START_TEST(adwin_sees_a_step_in_time)
{
	static const double heights[] = { 0.5, -0.25, 0.8, -0.6 };
	for (unsigned seed = 0; seed < 40; seed++) {
		leat_drift_options o = sound(LEAT_DRIFT_ADWIN);
		struct rng r = rng_new(seed);
		double h = heights[seed % 4];
		unsigned n = 500 + 37 * seed, delay = 0;
		leat_drift *d = open_drift(&o);
		int got = 0;
		for (unsigned i = 0; i < n; i++)
			change_of(d, 0.2 * rng_uniform(&r));
		while (!got && ++delay < 10000)
			got = change_of(d, h + 0.2 * rng_uniform(&r));
		ck_assert_int_eq(got,
		    h > 0 ? LEAT_CHANGE_RISE : LEAT_CHANGE_FALL);
		unsigned limit = adwin_delay(fabs(h), 0.2 / sqrt(12), n, 0.002);
		ck_assert_msg(delay <= limit, "step of %g: %u > %u", h, delay,
		    limit);
		leat_drift_free(d);
	}
}
END_TEST

/*
 * A step far above delta is passed on to the sum less delta and what the
 * running mean takes of it, at most 1 in 25 here. And e^(2 delta threshold)
 * values is about what one side waits for a false alarm on N(0, 1) if the
 * mean is known (Wald's approximation): e^20.
 */
START_TEST(page_hinkley_waits_and_then_is_quick)
{
	for (unsigned seed = 0; seed < 20; seed++) {
		leat_drift_options o = sound(LEAT_DRIFT_PAGE_HINKLEY);
		struct rng r = rng_new(7000 + seed);
		double h = seed % 2 ? -3 : 3;
		unsigned delay = 0;
		int got = 0;
		o.delta = 0.5;
		o.threshold = 20;
		leat_drift *d = open_drift(&o);
		for (int i = 0; i < 5000; i++)
			ck_assert_int_eq(change_of(d, rng_normal(&r)), 0);
		while (!got && ++delay < 100)
			got = change_of(d, h + rng_normal(&r));
		ck_assert_int_eq(got,
		    h > 0 ? LEAT_CHANGE_RISE : LEAT_CHANGE_FALL);
		/* 20 / 2.5 = 8, and 4 standard deviations of such a sum. */
		ck_assert_uint_le(delay, 8 + 5);
		leat_drift_free(d);
	}
}
END_TEST

/* In N(0, 1), 0.26998 % are more than 3 standard deviations off. */
START_TEST(zscore_is_alarmed_as_often_as_it_should)
{
	leat_drift_options o = sound(LEAT_DRIFT_ZSCORE);
	struct rng r = rng_new(42);
	double n = short_run() ? 50000 : 500000, rise = 0, fall = 0;
	o.size = 0;
	o.min_count = 10000;
	leat_drift *d = open_drift(&o);
	for (int i = 0; i < 10000; i++)
		change_of(d, 17 + 5 * rng_normal(&r));
	for (int i = 0; i < (int)n; i++) {
		int got = change_of(d, 17 + 5 * rng_normal(&r));
		rise += got == LEAT_CHANGE_RISE;
		fall += got == LEAT_CHANGE_FALL;
	}
	leat_drift_free(d);
	/* Five standard deviations, and 5 % for limits that are estimates. */
	double want = 0.00134990 * n, slack = 5 * sqrt(want) + 0.05 * want;
	ck_assert_msg(fabs(rise - want) < slack, "%g, not %g", rise, want);
	ck_assert_msg(fabs(fall - want) < slack, "%g, not %g", fall, want);
}
END_TEST

/* Average number of values up to the first alarm; a step of h from then. */
static double run_length(double alpha, double threshold, double h, int runs)
{
	struct rng r = rng_new(99);
	leat_drift_options o = sound(LEAT_DRIFT_EWMA);
	double sum = 0;
	o.alpha = alpha;
	o.threshold = threshold;
	o.mean = 10;
	o.stddev = 2;
	leat_drift *d = open_drift(&o);
	for (int i = 0; i < runs; i++) {
		leat_drift_reset(d);
		while (!change_of(d, 10 + 2 * (h + rng_normal(&r))))
			;
		sum += (double)taken_by(d);
	}
	leat_drift_free(d);
	return sum / runs;
}

/*
 * Average run lengths of the designs of Lucas and Saccucci, "Exponentially
 * weighted moving average control schemes", Technometrics 32 (1990), from
 * the integral equation of Crowder, "A simple method for studying run-length
 * distributions of exponentially weighted moving average charts",
 * Technometrics 29 (1987), solved with 201 Gauss-Legendre nodes. They are for
 * limits that are as wide at first as later; ours alarm a little sooner.
 */
START_TEST(ewma_has_the_published_run_lengths)
{
	static const struct {
		double alpha, threshold, run0, run1;
	} table[] = { { 0.4, 3.054, 500, 14.26 }, { 0.2, 2.962, 500, 10.54 },
		{ 0.1, 2.814, 500, 10.33 } };
	int runs = short_run() ? 400 : 4000;
	for (size_t i = 0; i < 3; i++) {
		double a = table[i].alpha, t = table[i].threshold;
		double off = 4 / sqrt(runs);
		double run0 = run_length(a, t, 0, runs);
		double run1 = run_length(a, t, 1, runs);
		ck_assert_msg(run0 < (1 + off) * table[i].run0 &&
			run0 > (0.93 - off) * table[i].run0,
		    "alpha %g: %g", a, run0);
		ck_assert_msg(run1 < (1 + off) * table[i].run1 &&
			run1 > (0.7 - off) * table[i].run1,
		    "alpha %g, a step of 1: %g", a, run1);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Numbers at the edge                                                */
/* ------------------------------------------------------------------ */

static const double constants[] = { 0, 0.1, 1.0 / 3, -7, 1e9 + 0.1, 1e-300,
	-0x1p-1074, 1e200, DBL_MAX, -DBL_MAX, 123456.789 };

START_TEST(a_constant_is_no_change)
{
	for (int kind = 0; kind < N_DRIFTS; kind++) {
		for (size_t k = 0; k < sizeof(constants) / sizeof(double);
		     k++) {
			leat_drift_options o = sound(kind);
			o.size = _i && kind == LEAT_DRIFT_ZSCORE ? 41 : 0;
			leat_drift *d = open_drift(&o);
			for (int i = 0; i < 3000; i++)
				ck_assert_int_eq(change_of(d, constants[k]), 0);
			leat_drift_free(d);
		}
	}
}
END_TEST

/* The mean in a window must not be off by a rounding. */
START_TEST(no_constant_is_a_change)
{
	struct rng r = rng_new(17);
	for (int k = 0; k < 1000; k++) {
		leat_drift_options o = sound(LEAT_DRIFT_ZSCORE);
		double x = rng_normal(&r) * ldexp(1, (int)rng_below(&r, 60));
		o.size = k % 5 ? 2 + rng_below(&r, 120) : 0;
		o.min_count = 2;
		leat_drift *d = open_drift(&o);
		int alarms = 0;
		for (int i = 0; i < 400; i++) {
			alarms += change_of(d, x) != 0;
			alarms += i > 0 && leat_drift_mean(d) != x;
		}
		ck_assert_msg(alarms == 0, "%.17g: %d", x, alarms);
		leat_drift_free(d);
	}
}
END_TEST

START_TEST(after_a_constant_any_other_value_is_an_alarm)
{
	for (int kind = LEAT_DRIFT_ZSCORE; kind < N_DRIFTS; kind++) {
		for (size_t k = 0; k < 7; k++) {
			double c = constants[k];
			/* A fifth of the least number is 0. */
			leat_drift_options o = sound(kind);
			leat_drift *d = open_drift(&o);
			for (int i = 0; i < 100; i++)
				change_of(d, c);
			ck_assert_int_eq(change_of(d, nextafter(c, -9e9)),
			    fabs(c) < 1e-310 && kind == LEAT_DRIFT_EWMA
				? LEAT_CHANGE_NONE
				: LEAT_CHANGE_FALL);
			leat_drift_free(d);
			d = open_drift(&o);
			for (int i = 0; i < 100; i++)
				change_of(d, c);
			ck_assert_int_eq(change_of(d, c + 1), LEAT_CHANGE_RISE);
			ck_assert_int_eq(change_of(d, c), 0);
			leat_drift_free(d);
		}
	}
}
END_TEST

/*
 * Values of any size, and none of them leaves a NaN or an infinity: the
 * mean stays finite, and once they are out a step is found as ever.
 */
START_TEST(huge_values_silence_nothing)
{
	static const double huge[] = { DBL_MAX, -DBL_MAX, 1e308, -1e308, 1e300,
		-1e200, 1e160, -1e154, 1e150 };
	for (int kind = 0; kind < N_DRIFTS; kind++) {
		leat_drift_options o = sound(kind);
		if (kind == LEAT_DRIFT_EWMA)
			o.stddev = 1;
		leat_drift *d = open_drift(&o);
		struct rng r = rng_new(5);
		int rises = 0;
		for (int i = 0; i < 5000; i++) {
			change_of(d, huge[rng_below(&r, 9)]);
			double mean = leat_drift_mean(d);
			if (leat_drift_width(d) > 0)
				ck_assert(fabs(mean) <= 0x1p465);
		}
		for (int i = 0; i < 5000; i++)
			change_of(d, rng_uniform(&r));
		/* the kind always has a mean */
		if (kind == LEAT_DRIFT_PAGE_HINKLEY)
			leat_drift_reset(d);
		for (int i = 0; i < 1000; i++)
			change_of(d, rng_uniform(&r));
		if (kind != LEAT_DRIFT_EWMA) {
			ck_assert(fabs(leat_drift_mean(d) - 0.5) < 0.2);
			ck_assert_uint_gt(leat_drift_width(d), 0);
		}
		for (int i = 0; i < 100; i++)
			rises += change_of(d, 9) == LEAT_CHANGE_RISE;
		ck_assert_int_ge(rises, 1);
		leat_drift_free(d);
	}
}
END_TEST

START_TEST(values_too_large_count_as_the_largest)
{
	for (int kind = 0; kind < N_DRIFTS; kind++) {
		leat_drift_options o = sound(kind);
		leat_drift *a = open_drift(&o), *b = open_drift(&o);
		struct rng r = rng_new(8);
		for (int i = 0; i < 500; i++) {
			double x = rng_normal(&r);
			int big = rng_below(&r, 40) == 0;
			double y = x > 0 ? 0x1p465 : -0x1p465;
			int got = change_of(a, big ? x * 1e300 : x);
			ck_assert_int_eq(change_of(b, big ? y : x), got);
			ck_assert(same_bits(leat_drift_mean(a),
			    leat_drift_mean(b)));
		}
		leat_drift_free(a);
		leat_drift_free(b);
	}
}
END_TEST

/* The mean and the length of 10^7 values, with one allocation. */
START_TEST(adwin_stays_small_and_exact)
{
	static const double offset[] = { 0, 1e6 };
	unsigned n = short_run() ? 50000 : 10000000;
	for (size_t k = 0; k < 2; k++) {
		struct counted heap = { 0 };
		leat_allocator a = counted_allocator(&heap);
		leat_drift_options o = sound(LEAT_DRIFT_ADWIN);
		struct rng r = rng_new(3);
		uint64_t sum = 0; /* in units of 2^-20 */
		unsigned alarms = 0;
		o.delta = 1e-12; /* drops nothing here */
		o.allocator = &a;
		leat_drift *d = open_drift(&o);
		for (unsigned i = 0; i < n; i++) {
			uint64_t x = rng_below(&r, 1 << 20);
			sum += x;
			alarms += change_of(d,
				      offset[k] + (double)x * 0x1p-20) != 0;
		}
		ck_assert_uint_eq(alarms, 0);
		ck_assert_uint_eq(leat_drift_width(d), n);
		ck_assert_uint_eq(heap.calls, 1);
		ck_assert_uint_le(heap.last_size, 7 * 1024);
		double want = offset[k] + (double)sum * 0x1p-20 / n;
		ck_assert(fabs(leat_drift_mean(d) - want) <= 2e-15 * want);
		/* The detector must still be able to drop values. */
		int got = 0;
		for (int i = 0; !got && i < 5000; i++)
			got = change_of(d, offset[k] + 1);
		ck_assert_int_eq(got, LEAT_CHANGE_RISE);
		leat_drift_free(d);
		ck_assert_uint_eq(heap.live + heap.damaged, 0);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Life                                                               */
/* ------------------------------------------------------------------ */

static void alike(const leat_drift *a, const leat_drift *b)
{
	ck_assert(same_bits(leat_drift_mean(a), leat_drift_mean(b)));
	ck_assert_uint_eq(leat_drift_width(a), leat_drift_width(b));
	ck_assert_uint_eq(taken_by(a), taken_by(b));
}

/* Both get the same n values and say the same; returns the alarms. */
static int march(leat_drift *a, leat_drift *b, size_t n, uint64_t seed)
{
	static double x[N_STREAM];
	struct rng r = rng_new(seed);
	int alarms = 0;
	ck_assert_uint_le(n, N_STREAM);
	steps(x, n, &r);
	for (size_t i = 0; i < n; i++) {
		int got = change_of(a, x[i]);
		ck_assert_int_eq(change_of(b, x[i]), got);
		alike(a, b);
		alarms += got > 0;
	}
	return alarms;
}

/* A kind in each of its forms: 0 .. 5. */
enum { N_FORMS = 6 };
static leat_drift_options form(int i)
{
	leat_drift_options o = sound(i < N_DRIFTS ? i : i - 2);
	if (i == 4)
		o.size = 0;
	if (i == 5) {
		o.mean = 0.5;
		o.stddev = 1.5;
	}
	return o;
}

START_TEST(what_is_refused_leaves_no_trace)
{
	static const double bad[] = { NAN, INFINITY, -INFINITY };
	static double x[N_STREAM];
	leat_drift_options o = form(_i);
	leat_drift *a = open_drift(&o), *b = open_drift(&o);
	struct rng r = rng_new(61);
	leat_counts n;
	uint64_t refused_so_far = 0;
	steps(x, N_STREAM, &r);
	for (size_t i = 0; i < N_STREAM; i++) {
		while (rng_below(&r, 3) == 0) {
			double y = bad[rng_below(&r, 3)];
			leat_drift_answer answer = { 7, 7, { 7 } };
			ck_assert_int_eq(leat_drift_push(a, y, &answer),
			    LEAT_NOT_FINITE);
			ck_assert_int_eq(answer.change, LEAT_CHANGE_NONE);
			ck_assert(isnan(answer.score));
			alike(a, b);
			leat_drift_counts(a, &n);
			ck_assert_uint_eq(n.refused, ++refused_so_far);
		}
		ck_assert_int_eq(change_of(a, x[i]), change_of(b, x[i]));
		alike(a, b);
	}
	leat_drift_free(a);
	leat_drift_free(b);
}
END_TEST

START_TEST(many_values_are_as_single_ones)
{
	static double x[N_STREAM], scores[N_STREAM];
	static int changes[N_STREAM];
	leat_drift_options o = form(_i);
	leat_drift *a = open_drift(&o), *b = open_drift(&o);
	struct rng r = rng_new(62);
	steps(x, N_STREAM, &r);
	for (size_t i = 0; i < N_STREAM; i++)
		if (rng_below(&r, 9) == 0)
			x[i] = rng_below(&r, 2) ? NAN : INFINITY;
	for (size_t from = 0, n; from < N_STREAM; from += n) {
		int first = LEAT_OK;
		n = rng_below(&r, 90);
		n = n < N_STREAM - from ? n : N_STREAM - from;
		int got = leat_drift_push_many(a, x + from, n,
		    n % 3 ? changes : NULL, n % 4 ? scores : NULL);
		for (size_t i = 0; i < n; i++) {
			leat_drift_answer answer;
			int one = leat_drift_push(b, x[from + i], &answer);
			first = first ? first : one;
			if (n % 3)
				ck_assert_int_eq(changes[i], answer.change);
			if (n % 4)
				ck_assert(same_bits(scores[i], answer.score));
		}
		ck_assert_int_eq(got, first);
		alike(a, b);
	}
	leat_drift_free(a);
	leat_drift_free(b);
}
END_TEST

START_TEST(refusals_are_saved_and_gone_after_a_reset)
{
	leat_drift_options o = form(_i);
	leat_drift *d = open_drift(&o);
	leat_counts n;
	for (uint64_t i = 1; i < 300; i++) {
		ck_assert_int_eq(leat_drift_push(d, NAN, NULL),
		    LEAT_NOT_FINITE);
		change_of(d, (double)(i % 7));
		if (i % 50 == 0)
			drift_again(&d, &o);
		leat_drift_counts(d, &n);
		ck_assert_uint_eq(n.refused, i);
		ck_assert_uint_eq(n.taken, i);
	}
	leat_drift_reset(d);
	leat_drift_counts(d, &n);
	ck_assert_uint_eq(n.pushed, 0);
	leat_drift_free(d);
}
END_TEST

START_TEST(a_reset_makes_it_new)
{
	static const size_t lengths[] = { 0, 1, 29, 33, 700, 1111 };
	leat_drift_options o = form(_i);
	leat_drift *used = open_drift(&o);
	int alarms = 0;
	for (size_t i = 0; i < 6; i++) {
		struct rng r = rng_new(i);
		leat_drift *fresh = open_drift(&o);
		for (size_t k = 0; k < lengths[i]; k++)
			change_of(used, 3 * rng_normal(&r));
		leat_drift_reset(used);
		alike(used, fresh);
		alarms += march(used, fresh, 1500, 900 + i);
		leat_drift_free(fresh);
	}
	ck_assert_int_gt(alarms, 5);
	leat_drift_free(used);
}
END_TEST

START_TEST(a_copy_goes_its_own_way)
{
	static const size_t lengths[] = { 0, 7, 31, 64, 500, 1234 };
	for (size_t i = 0; i < 6; i++) {
		struct counted heap = { 0 }, other = { 0 };
		leat_allocator a = counted_allocator(&heap);
		leat_allocator b = counted_allocator(&other);
		leat_drift_options o = form(_i);
		o.allocator = &a;
		leat_drift *d = open_drift(&o), *twin = open_drift(&o);
		leat_drift *copy = NULL, *third = NULL;
		march(d, twin, lengths[i], 71);
		ck_assert_int_eq(leat_drift_copy(d, i % 2 ? &b : NULL, &copy),
		    LEAT_OK);
		ck_assert_uint_eq(heap.calls, i % 2 ? 2 : 3);
		ck_assert_uint_eq(other.calls, i % 2 ? 1 : 0);
		alike(d, copy);
		/* Values pushed into the copy do not change the original. */
		for (int k = 0; k < 300; k++)
			change_of(copy, 50 + k);
		alike(d, twin);
		march(d, twin, 400, 72);
		leat_drift_free(copy);
		/* The copy survives the original. */
		ck_assert_int_eq(leat_drift_copy(d, &b, &third), LEAT_OK);
		leat_drift_free(d);
		march(third, twin, 1000, 73);
		leat_drift_free(third);
		leat_drift_free(twin);
		ck_assert_uint_eq(heap.live + other.live, 0);
		ck_assert_uint_eq(heap.damaged + other.damaged, 0);
	}
}
END_TEST

START_TEST(without_memory_there_is_none)
{
	int token;
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_drift_options o = form(_i);
	leat_drift *mark = (leat_drift *)(void *)&token, *d = mark;
	o.allocator = &a;
	heap.fail_at = 1;
	ck_assert_int_eq(leat_drift_new(&d, &o), LEAT_ENOMEM);
	ck_assert_ptr_null(d);
	ck_assert_int_eq(leat_drift_new(&d, &o), LEAT_OK);
	ck_assert_uint_eq(heap.calls, 2);
	leat_drift *twin = open_drift(&o), *copy = mark;
	march(d, twin, 300, 5);
	heap.fail_from = heap.calls + 1;
	ck_assert_int_eq(leat_drift_copy(d, NULL, &copy), LEAT_ENOMEM);
	ck_assert_int_eq(leat_drift_copy(d, &a, &copy), LEAT_ENOMEM);
	ck_assert_ptr_null(copy);
	march(d, twin, 300, 6); /* nothing of it asks for memory */
	leat_drift_reset(d);
	leat_drift_free(d);
	leat_drift_free(twin);
	leat_drift_free(NULL);
	ck_assert_uint_eq(heap.calls, 5);
	ck_assert_uint_eq(heap.live + heap.damaged, 0);
}
END_TEST

START_TEST(it_lives_in_memory_of_any_alignment)
{
	leat_drift_options o = form(_i);
	size_t n = 0;
	ck_assert_int_eq(leat_drift_check(&o, &n, NULL), LEAT_OK);
	unsigned char *whole = malloc(n + 4 * GUARD_BYTES);
	leat_drift *mark = (leat_drift *)(void *)whole;
	size_t step = short_run() ? 7 : 1;
	for (size_t at = GUARD_BYTES; at < 2 * GUARD_BYTES; at += step) {
		unsigned char *memory = whole + at;
		leat_drift *d = mark, *twin = open_drift(&o), *copy;
		memset(memory, 0xE7, n);
		guard_fill(memory, n);
		ck_assert_int_eq(leat_drift_init(&d, memory, n - 1, &o),
		    LEAT_EBUFFER);
		ck_assert_int_eq(leat_drift_init(&d, memory, 0, &o),
		    LEAT_EBUFFER);
		ck_assert_ptr_null(d);
		ck_assert_int_eq(leat_drift_init(&d, memory, n, &o), LEAT_OK);
		march(d, twin, 400, at);
		ck_assert_int_eq(leat_drift_copy(d, NULL, &copy), LEAT_OK);
		leat_drift_free(d);
		ck_assert(guard_intact(memory, n));
		memset(memory, 0xE7, n);
		march(copy, twin, 100, at + 1);
		leat_drift_free(copy);
		leat_drift_free(twin);
	}
	free(whole);
}
END_TEST

START_TEST(memory_is_what_the_header_says)
{
	size_t n = 0;
	leat_drift_options o = sound(LEAT_DRIFT_PAGE_HINKLEY);
	ck_assert_int_eq(leat_drift_check(&o, &n, NULL), LEAT_OK);
	ck_assert_uint_lt(n, 1000);
	o = sound(LEAT_DRIFT_EWMA);
	ck_assert_int_eq(leat_drift_check(&o, &n, NULL), LEAT_OK);
	ck_assert_uint_lt(n, 1000);
	o = sound(LEAT_DRIFT_ADWIN);
	ck_assert_int_eq(leat_drift_check(&o, &n, NULL), LEAT_OK);
	ck_assert_uint_lt(n, 7 * 1024);
	o = sound(LEAT_DRIFT_ZSCORE);
	o.size = 100000;
	ck_assert_int_eq(leat_drift_check(&o, &n, NULL), LEAT_OK);
	ck_assert_uint_lt(n, 100000 * 32 + 4096);
	o.size = 0;
	ck_assert_int_eq(leat_drift_check(&o, &n, NULL), LEAT_OK);
	ck_assert_uint_lt(n, 4096);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Options                                                            */
/* ------------------------------------------------------------------ */

/*
 * Checks that all three ways to make a detector refuse these, writing nothing.
 */
static void refused(leat_drift_options o, int code, int line)
{
	int token;
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_drift *mark = (leat_drift *)(void *)&token, *d = mark;
	unsigned char memory[64];
	size_t n = 4711;
	memset(memory, 0x3C, sizeof(memory));
	if (o.allocator == NULL)
		o.allocator = &a;
	int got = leat_drift_new(&d, &o);
	ck_assert_msg(got == code, "line %d: new: %d, not %d", line, got, code);
	ck_assert_msg(d == NULL && heap.calls == 0, "line %d: new", line);
	got = leat_drift_check(&o, &n, NULL);
	ck_assert_msg(got == code && n == 4711, "line %d: size: %d", line, got);
	got = leat_drift_init(&d, memory, sizeof(memory), &o);
	ck_assert_msg(got == code && d == NULL, "line %d: init: %d", line, got);
	for (size_t i = 0; i < sizeof(memory); i++)
		ck_assert_uint_eq(memory[i], 0x3C);
}

static void taken(leat_drift_options o, int line)
{
	leat_drift *d = NULL;
	int got = leat_drift_new(&d, &o);
	ck_assert_msg(got == LEAT_OK, "line %d: %d", line, got);
	change_of(d, 1);
	leat_drift_free(d);
}

/* The kind's sound options with one set otherwise. */
#define REFUSED(kind_, field, value, code)                                     \
	do {                                                                   \
		leat_drift_options o_ = sound(kind_);                          \
		o_.field = (value);                                            \
		refused(o_, code, __LINE__);                                   \
	} while (0)
#define TAKEN(kind_, field, value)                                             \
	do {                                                                   \
		leat_drift_options o_ = sound(kind_);                          \
		o_.field = (value);                                            \
		taken(o_, __LINE__);                                           \
	} while (0)

enum {
	PH = LEAT_DRIFT_PAGE_HINKLEY,
	AD = LEAT_DRIFT_ADWIN,
	ZS = LEAT_DRIFT_ZSCORE,
	EW = LEAT_DRIFT_EWMA
};

static const double never[] = { -1, -1e-300, -DBL_MAX, NAN, INFINITY,
	-INFINITY };

START_TEST(no_options_at_all_are_told_what_they_need)
{
	leat_drift_options o = { 0 };
	const char *why = "";

	ck_assert_int_eq(leat_drift_check(&o, NULL, &why), LEAT_EINVAL);
	ck_assert_str_eq(why, "threshold: required by PAGE_HINKLEY");
	o.threshold = -1;
	ck_assert_int_eq(leat_drift_check(&o, NULL, &why), LEAT_EINVAL);
	ck_assert_str_eq(why, "threshold: not above 0");
}
END_TEST

START_TEST(options_out_of_range_are_refused)
{
	REFUSED(PH, kind, -1, LEAT_EINVAL);
	REFUSED(PH, kind, 4, LEAT_EINVAL);
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++) {
		REFUSED(PH, delta, never[i], LEAT_EINVAL);
		REFUSED(AD, delta, never[i], LEAT_EINVAL);
		REFUSED(PH, threshold, never[i], LEAT_EINVAL);
		REFUSED(ZS, threshold, never[i], LEAT_EINVAL);
		REFUSED(EW, threshold, never[i], LEAT_EINVAL);
		REFUSED(EW, alpha, never[i], LEAT_EINVAL);
		REFUSED(EW, stddev, never[i], LEAT_EINVAL);
	}
	REFUSED(PH, threshold, 0, LEAT_EINVAL); /* no default */
	REFUSED(AD, delta, 1, LEAT_EINVAL);
	REFUSED(AD, delta, 2, LEAT_EINVAL);
	REFUSED(EW, alpha, nextafter(1, 2), LEAT_EINVAL);
	REFUSED(ZS, size, 1, LEAT_EINVAL);
	REFUSED(ZS, size, LEAT_SIZE_MAX + 1, LEAT_EINVAL);
	REFUSED(ZS, size, UINT64_MAX, LEAT_EINVAL);
	REFUSED(ZS, min_count, 1, LEAT_EINVAL);
	REFUSED(EW, min_count, 1, LEAT_EINVAL);
	REFUSED(ZS, min_count, 51, LEAT_EINVAL); /* more than a size of 50 */
	for (int kind = 0; kind < N_DRIFTS; kind++) {
		REFUSED(kind, direction, -1, LEAT_EINVAL);
		REFUSED(kind, direction, 3, LEAT_EINVAL);
	}
}
END_TEST

START_TEST(options_at_the_end_of_their_range_are_taken)
{
	TAKEN(PH, delta, 0);
	TAKEN(PH, delta, -0.0);
	TAKEN(PH, delta, DBL_MAX);
	TAKEN(PH, threshold, DBL_MAX);
	TAKEN(PH, threshold, 0x1p-1074);
	TAKEN(AD, delta, nextafter(1, 0));
	TAKEN(AD, delta, 0x1p-1074);
	TAKEN(EW, alpha, 1);
	TAKEN(EW, stddev, DBL_MAX);
	TAKEN(ZS, size, 2);
	TAKEN(ZS, size, 0);
	TAKEN(ZS, min_count, 50);
	TAKEN(ZS, min_count, 2);
	for (int kind = 0; kind < N_DRIFTS; kind++) {
		TAKEN(kind, direction, LEAT_CHANGE_FALL);
		if (kind != ZS)
			TAKEN(kind, min_count, UINT64_MAX);
		TAKEN(kind, min_count, 2);
	}
	TAKEN(PH, min_count, 1);
	TAKEN(AD, min_count, 1);
}
END_TEST

START_TEST(options_of_another_kind_are_refused)
{
	static const double values[] = { 0.5, -1, NAN };
	for (size_t i = 0; i < 3; i++) {
		double v = values[i];
		REFUSED(AD, threshold, v, LEAT_EINVAL);
		REFUSED(ZS, delta, v, LEAT_EINVAL);
		REFUSED(EW, delta, v, LEAT_EINVAL);
		REFUSED(PH, alpha, v, LEAT_EINVAL);
		REFUSED(AD, alpha, v, LEAT_EINVAL);
		REFUSED(ZS, alpha, v, LEAT_EINVAL);
		for (int kind = PH; kind < EW; kind++) {
			REFUSED(kind, mean, v, LEAT_EINVAL);
			REFUSED(kind, stddev, v, LEAT_EINVAL);
		}
		REFUSED(EW, mean, v, LEAT_EINVAL); /* without a stddev */
	}
	REFUSED(PH, size, 10, LEAT_EINVAL);
	REFUSED(AD, size, 10, LEAT_EINVAL);
	REFUSED(EW, size, 10, LEAT_EINVAL);
}
END_TEST

START_TEST(a_baseline_is_whole_or_not_there)
{
	static const double bad[] = { NAN, INFINITY, -INFINITY };
	leat_drift_options o = sound(EW);
	o.stddev = 1;
	taken(o, __LINE__);
	for (size_t i = 0; i < 3; i++) {
		o.mean = bad[i];
		refused(o, LEAT_EINVAL, __LINE__);
	}
	o.mean = -DBL_MAX;
	taken(o, __LINE__);
	o.min_count = 30; /* for which there is no use then */
	refused(o, LEAT_EINVAL, __LINE__);
}
END_TEST

START_TEST(an_allocator_has_both_functions)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap), b = a;
	leat_drift_options o = form(_i);
	a.alloc = NULL;
	o.allocator = &a;
	refused(o, LEAT_EINVAL, __LINE__);
	b.free = NULL;
	o.allocator = &b;
	refused(o, LEAT_EINVAL, __LINE__);
}
END_TEST

/* Options are copied, and may go as soon as the detector is made. */
START_TEST(options_need_not_stay)
{
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	leat_drift_options o = form(_i), same = o;
	leat_drift *d, *twin = open_drift(&same);
	o.allocator = &a;
	d = open_drift(&o);
	memset(&o, 0x55, sizeof(o));
	memset(&a, 0, sizeof(a));
	march(d, twin, 500, 1);
	leat_drift_free(d);
	leat_drift_free(twin);
	ck_assert_uint_eq(heap.live, 0);
}
END_TEST

static void add_answers(Suite *suite)
{
	TCase *tc = tcase_create("answers");
	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, page_hinkley_follows_the_definition);
	tcase_add_test(tc, adwin_follows_the_definition);
	tcase_add_test(tc, zscore_follows_the_definition);
	tcase_add_test(tc, ewma_follows_the_definition);
	tcase_add_test(tc, page_hinkley_by_hand);
	tcase_add_test(tc, charts_by_hand);
	tcase_add_test(tc, adwin_by_hand);
	suite_add_tcase(suite, tc);
}

static void add_rates(Suite *suite)
{
	TCase *tc = tcase_create("rates");
	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, adwin_seldom_drops_what_has_one_mean);
	tcase_add_test(tc, adwin_sees_a_step_in_time);
	tcase_add_test(tc, page_hinkley_waits_and_then_is_quick);
	tcase_add_test(tc, zscore_is_alarmed_as_often_as_it_should);
	tcase_add_test(tc, ewma_has_the_published_run_lengths);
	suite_add_tcase(suite, tc);
}

static void add_edges(Suite *suite)
{
	TCase *tc = tcase_create("edges");
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, a_constant_is_no_change, 0, 2);
	tcase_add_test(tc, no_constant_is_a_change);
	tcase_add_test(tc, after_a_constant_any_other_value_is_an_alarm);
	tcase_add_test(tc, huge_values_silence_nothing);
	tcase_add_test(tc, values_too_large_count_as_the_largest);
	tcase_add_test(tc, adwin_stays_small_and_exact);
	suite_add_tcase(suite, tc);
}

static void add_life(Suite *suite)
{
	TCase *tc = tcase_create("life");
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, what_is_refused_leaves_no_trace, 0, N_FORMS);
	tcase_add_loop_test(tc, many_values_are_as_single_ones, 0, N_FORMS);
	tcase_add_loop_test(tc, refusals_are_saved_and_gone_after_a_reset, 0,
	    N_FORMS);
	tcase_add_loop_test(tc, a_reset_makes_it_new, 0, N_FORMS);
	tcase_add_loop_test(tc, a_copy_goes_its_own_way, 0, N_FORMS);
	tcase_add_loop_test(tc, without_memory_there_is_none, 0, N_FORMS);
	tcase_add_loop_test(tc, it_lives_in_memory_of_any_alignment, 0,
	    N_FORMS);
	tcase_add_test(tc, memory_is_what_the_header_says);
	suite_add_tcase(suite, tc);
}

static void add_options(Suite *suite)
{
	TCase *tc = tcase_create("options");
	tcase_add_test(tc, options_out_of_range_are_refused);
	tcase_add_test(tc, no_options_at_all_are_told_what_they_need);
	tcase_add_test(tc, options_at_the_end_of_their_range_are_taken);
	tcase_add_test(tc, options_of_another_kind_are_refused);
	tcase_add_test(tc, a_baseline_is_whole_or_not_there);
	tcase_add_loop_test(tc, an_allocator_has_both_functions, 0, N_FORMS);
	tcase_add_loop_test(tc, options_need_not_stay, 0, N_FORMS);
	suite_add_tcase(suite, tc);
}

Suite *drift_suite(void)
{
	Suite *suite = suite_create("drift");
	add_answers(suite);
	add_rates(suite);
	add_edges(suite);
	add_life(suite);
	add_options(suite);
	return suite;
}
