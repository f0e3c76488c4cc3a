/*
 * Effects of order and time on statistics: INCREASE in windows by count,
 * and the classes behind it, behind rates, means over time and the first
 * and last by time, straight through the functions that engines call.
 *
 * Results are worked out anew from the samples, exactly. A class is given
 * each run of samples in a random shape: appended, prepended, grown from
 * the middle, or split in two, each part in a shape of its own, and joined
 * through the packed form that tables store.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <leat.h>

#include "../src/agg/class.h"
#include "../src/agg/moments.h"
#include "../src/agg/stat.h"
#include "../src/agg/sum.h"
#include "../src/agg/summary.h"
#include "big.h"
#include "data.h"
#include "lists.h"
#include "model.h"
#include "suites.h"

enum { N_MAX = 400, N_SAMPLES = 120 };

/* Near enough for a result that is rounded about twice. */
static int near(double got, double want, double scale)
{
	if (!isfinite(want) || isnan(got))
		return same_bits(got, want);
	return fabs(got - want) <= 0x1p-51 * fabs(want) + 0x1p-90 * scale;
}

/* ------------------------------------------------------------------ */
/* Growth of counters                                                 */
/* ------------------------------------------------------------------ */

struct growth {
	uint64_t n;
	double want, scale;
};

/* Neighbours with the missing left out; infinities as IEEE 754 has it. */
static struct growth growth_of(const double *x, size_t n)
{
	struct growth g = { 0, NAN, 0 };
	struct big sum, term;
	double first = 0, last = 0, wild = 0;

	big_set(&sum, 0);
	for (size_t i = 0; i < n; i++) {
		double lost = g.n > 0 && x[i] < last ? last : 0;
		if (isnan(x[i]))
			continue;
		if (isfinite(lost)) {
			big_set(&term, lost);
			big_add(&sum, &sum, &term);
		} else {
			wild += lost;
		}
		first = g.n++ == 0 ? x[i] : first;
		last = x[i];
		g.scale += isfinite(x[i]) ? fabs(x[i]) : 0;
	}
	if (g.n < 2)
		return g;
	if (!isfinite(first) || !isfinite(last) || wild != 0) {
		g.want = (last - first) + wild;
		return g;
	}
	big_set(&term, first);
	big_sub(&sum, &sum, &term);
	big_set(&term, last);
	big_add(&sum, &sum, &term);
	g.want = big_double(&sum);
	return g;
}

struct counter_data {
	const char *name;
	double start, step; /* steps are random multiples of it */
	unsigned reset;     /* once in so many; 0: never */
	unsigned missing, infinite;
	int back; /* may also fall without going to 0 */
};

static const struct counter_data counters[] = {
	{ "whole numbers", 0, 1, 9, 0, 0, 0 },
	{ "never reset", 100, 3, 0, 0, 0, 0 },
	{ "tenths", 0.3, 0.1, 5, 7, 0, 0 },
	{ "far up", 1e15, 0.125, 40, 0, 0, 0 },
	{ "constant", 7.25, 0, 0, 0, 0, 0 },
	{ "reset each time", 1e9, 1, 1, 0, 0, 0 },
	{ "mostly missing", 1, 1, 6, 2, 0, 0 },
	{ "up and down, also below 0", 0, 0.7, 0, 11, 0, 1 },
	{ "infinite now and then", 5, 2, 8, 9, 30, 1 },
};

static void fill_counter(const struct counter_data *d, double *x, size_t n,
    struct rng *r)
{
	double value = d->start;

	for (size_t i = 0; i < n; i++) {
		value += d->step * (double)rng_below(r, 50);
		if (d->back)
			value -= d->step * (double)rng_below(r, 50);
		if (d->reset && rng_below(r, d->reset) == 0)
			value = d->step * (double)rng_below(r, 4);
		x[i] = value;
		if (d->missing && rng_below(r, d->missing) == 0)
			x[i] = NAN;
		if (d->infinite && rng_below(r, d->infinite) == 0)
			x[i] = rng_below(r, 2) ? INFINITY : -INFINITY;
	}
}

static leat_window_options windowed(int kind, uint64_t size, uint64_t advance)
{
	static const leat_stat stats[] = { LEAT_INCREASE, LEAT_COUNT };
	leat_window_options options = { 0 };

	options.kind = kind;
	options.size = size;
	options.hop = advance;
	options.stats = stats;
	options.n_stats = 2;
	return options;
}

static leat_window *opened(const leat_window_options *options)
{
	leat_window *w = NULL;

	ck_assert_int_eq(leat_window_new(&w, options), 0);
	return w;
}

static void check_window(const leat_window_options *o,
    const struct counter_data *d, uint64_t seed)
{
	static double x[N_MAX], many[2 * N_MAX];
	struct rng r = rng_new(seed);
	leat_window *w = opened(o), *all = opened(o);
	size_t lo, hi;
	double out[2];

	fill_counter(d, x, N_MAX, &r);
	ck_assert_int_eq(leat_window_push_many(all, x, NULL, N_MAX, many), 0);
	for (size_t i = 0; i < N_MAX; i++) {
		ck_assert_int_eq(leat_window_push(w, x[i]), 0);
		leat_window_query(w, out);
		model_span(o, i + 1, &lo, &hi);
		struct growth g = growth_of(x + lo, hi - lo);
		ck_assert_msg(near(out[0], g.want, g.scale) &&
			out[1] == (double)g.n,
		    "%s, kind %d size %u advance %u seed %u after %u: "
		    "%.17g, not %.17g",
		    d->name, o->kind, (unsigned)o->size, (unsigned)o->hop,
		    (unsigned)seed, (unsigned)(i + 1), out[0], g.want);
		ck_assert(same_bits(out[0], many[2 * i]));
	}
	leat_window_free(w);
	leat_window_free(all);
}

START_TEST(increase_is_that_of_the_values_in_the_window)
{
	static const struct {
		int kind;
		uint64_t size, advance;
	} shapes[] = { { LEAT_SLIDING, 1, 0 }, { LEAT_SLIDING, 2, 0 },
		{ LEAT_SLIDING, 3, 0 }, { LEAT_SLIDING, 16, 0 },
		{ LEAT_SLIDING, 61, 0 }, { LEAT_TUMBLING, 1, 0 },
		{ LEAT_TUMBLING, 20, 0 }, { LEAT_HOPPING, 12, 3 },
		{ LEAT_HOPPING, 50, 7 }, { LEAT_HOPPING, 5, 9 },
		{ LEAT_LANDMARK, 0, 0 } };
	const struct counter_data *d = &counters[_i];

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		leat_window_options o = windowed(shapes[i].kind, shapes[i].size,
		    shapes[i].advance);
		for (uint64_t seed = 1; seed <= (short_run() ? 1 : 4); seed++)
			check_window(&o, d, seed);
	}
}
END_TEST

/* Results of a landmark window after all of these. */
static double increase_after(const double *x, size_t n, uint64_t min_count,
    int missing)
{
	leat_window_options o = windowed(LEAT_LANDMARK, 0, 0);
	double out[2];

	o.min_count = min_count;
	o.on_missing = missing;
	leat_window *w = opened(&o);
	ck_assert_int_eq(leat_window_push_many(w, x, NULL, n, NULL), 0);
	leat_window_query(w, out);
	leat_window_free(w);
	return out[0];
}

START_TEST(increase_by_hand)
{
	static const double x[] = { 3, 10, 10, 2, 6, NAN, 1, 0 };

	ck_assert(isnan(increase_after(x, 0, 0, LEAT_ON_MISSING_SKIP)));
	ck_assert(isnan(increase_after(x, 1, 0, LEAT_ON_MISSING_SKIP)));
	ck_assert(increase_after(x, 2, 0, LEAT_ON_MISSING_SKIP) == 7);
	ck_assert(increase_after(x, 3, 0, LEAT_ON_MISSING_SKIP) == 7);
	/* back to 0, then 2 */
	ck_assert(increase_after(x, 4, 0, LEAT_ON_MISSING_SKIP) == 9);
	ck_assert(increase_after(x, 5, 0, LEAT_ON_MISSING_SKIP) == 13);
	ck_assert(increase_after(x, 6, 0, LEAT_ON_MISSING_SKIP) == 13);
	/* the reset is between 6 and 1, whatever was missing there */
	ck_assert(increase_after(x, 7, 0, LEAT_ON_MISSING_SKIP) == 14);
	ck_assert(increase_after(x, 8, 0, LEAT_ON_MISSING_SKIP) == 14);
	ck_assert(increase_after(x, 4, 4, LEAT_ON_MISSING_SKIP) == 9);
	ck_assert(isnan(increase_after(x, 4, 5, LEAT_ON_MISSING_SKIP)));
	ck_assert(increase_after(x, 5, 0, LEAT_ON_MISSING_PROPAGATE) == 13);
	ck_assert(isnan(increase_after(x, 6, 0, LEAT_ON_MISSING_PROPAGATE)));
}
END_TEST

START_TEST(windows_by_count_refuse_what_needs_time)
{
	static const leat_stat timed[] = { LEAT_RATE, LEAT_RATE_PER(1),
		LEAT_TIME_MEAN, LEAT_TIME_MEAN_LINEAR };
	leat_window *w;

	for (int kind = LEAT_SLIDING; kind <= LEAT_DECAY; kind++) {
		int sized = kind <= LEAT_HOPPING;
		leat_window_options o = windowed(kind, sized ? 8 : 0,
		    kind == LEAT_HOPPING ? 2 : 0);
		o.n_stats = 1;
		o.alpha = kind == LEAT_DECAY ? 0.5 : 0;
		for (size_t i = 0; i < sizeof(timed) / sizeof(*timed); i++) {
			o.stats = &timed[i];
			ck_assert_int_eq(leat_window_new(&w, &o), LEAT_ESTAT);
		}
	}
	leat_window_options o = windowed(LEAT_DECAY, 0, 0);
	o.alpha = 0.5;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_ESTAT);
}
END_TEST

static int look_at_result(void *ctx, const leat_result *result)
{
	ck_assert_ptr_null(result->key);
	ck_assert_uint_eq(result->key_len, 0);
	ck_assert_uint_eq(result->revision, 0);
	ck_assert_int_eq(result->flags, 0);
	ck_assert_int_eq(result->end - result->start, 4);
	++*(int *)ctx;
	return 0;
}

START_TEST(results_by_count_have_no_key_revision_or_flags)
{
	leat_window_options o = windowed(LEAT_TUMBLING, 4, 0);
	int told = 0;

	o.sink.emit = look_at_result;
	o.sink.ctx = &told;
	leat_window *w = opened(&o);
	for (int i = 0; i < 9; i++)
		ck_assert_int_eq(leat_window_push(w, i), 0);
	ck_assert_int_eq(told, 2);
	leat_window_free(w);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Shapes of partials                                                 */
/* ------------------------------------------------------------------ */

union room {
	double align;
	unsigned char bytes[256];
};

static const struct leat_class *class_at(enum leat_class_id id)
{
	const struct leat_class *cls = leat_class_find(id);

	ck_assert_uint_le(cls->size, sizeof(union room));
	return cls;
}

/* Right goes in as tables keep it; left may have been there, too. */
static void join(const struct leat_class *cls, void *acc, const void *right,
    struct rng *r)
{
	union room packed;

	memcpy(&packed, right, sizeof(packed));
	if (cls->fold)
		cls->fold(&packed);
	memset(packed.bytes + cls->packed, 0xA5, sizeof(packed) - cls->packed);
	if (cls->fold && rng_below(r, 2)) {
		cls->fold(acc);
		memset((unsigned char *)acc + cls->packed, 0,
		    cls->size - cls->packed);
	}
	cls->combine(NULL, acc, &packed);
}

static void grow(const struct leat_class *cls, void *acc, const leat_sample *s,
    size_t n, size_t from, struct rng *r)
{
	size_t lo = from, hi = from;

	cls->identity(NULL, acc);
	while (lo > 0 || hi < n)
		if (hi < n && (lo == 0 || rng_below(r, 2)))
			cls->append(NULL, acc, &s[hi++]);
		else
			cls->prepend(NULL, acc, &s[--lo]);
}

static void shape(const struct leat_class *cls, void *acc, const leat_sample *s,
    size_t n, struct rng *r)
{
	union room right;

	switch (rng_below(r, n < 3 ? 3 : 6)) {
	case 0:
		grow(cls, acc, s, n, 0, r);
		return;
	case 1:
		grow(cls, acc, s, n, n, r);
		return;
	case 2:
		grow(cls, acc, s, n, (size_t)rng_below(r, n + 1), r);
		return;
	default:
		break;
	}
	size_t cut = (size_t)rng_below(r, n + 1);
	if (cut == n && rng_below(r, 3)) /* seldom an empty part */
		cut = n / 2;
	shape(cls, acc, s, cut, r);
	shape(cls, &right, s + cut, n - cut, r);
	join(cls, acc, &right, r);
}

/* Returns the result for the run, by leat_lower(). */
static double told(int id, double arg, struct leat_summary *s)
{
	leat_stat stat = { .id = id, .arg = arg };
	double out = -1;

	leat_lower(&stat, 1, s, 0, &out);
	return out;
}

static struct leat_summary summary_of(enum leat_class_id id,
    const leat_sample *s, size_t n, struct rng *r)
{
	const struct leat_class *cls = class_at(id);
	struct leat_summary sum;
	union room acc;

	memset(&acc, 0xA5, sizeof(acc));
	memset(&sum, 0, sizeof(sum));
	shape(cls, &acc, s, n, r);
	sum.n = (double)n;
	cls->lower(&acc, &sum);
	return sum;
}

/* ------------------------------------------------------------------ */
/* Samples                                                            */
/* ------------------------------------------------------------------ */

struct stream {
	const char *name;
	int64_t start;
	uint64_t step; /* limit of times between samples */
	unsigned tie;  /* interval of repeated times; 0: never */
	double offset, noise;
	unsigned spike; /* once in so many spike_size */
	double spike_size;
};

static const struct stream streams[] = {
	{ "seconds", 0, 10, 4, 0, 1, 0, 0 },
	{ "a year of nanoseconds", INT64_C(1700000000000000000),
	    UINT64_C(200000000000000), 9, 20, 3, 0, 0 },
	{ "all of time", INT64_MIN, UINT64_C(1) << 55, 0, 1e9, 1, 0, 0 },
	{ "only 0 ticks apart", -5, 1, 2, 3, 1, 0, 0 },
	{ "far from 0", -1000, 50, 3, 1e15, 1, 0, 0 },
	{ "constant", 77, 1000, 5, 0.1, 0, 0, 0 },
	{ "constant for ages", INT64_MIN, UINT64_C(1) << 55, 5, 0.7, 0, 0, 0 },
	{ "spikes", 1, 1000, 5, 0, 1, 25, 1e16 },
	{ "one huge spike or so", 1, 100, 5, 5, 1, 90, 1e200 },
	{ "infinite now and then", 1, 100, 2, 5, 1, 60, INFINITY },
	{ "both infinities", 1, 100, 2, 5, 1, 60, -INFINITY },
};

enum { N_STREAMS = sizeof(streams) / sizeof(*streams) };

static void fill_stream(const struct stream *d, leat_sample *s, size_t n,
    struct rng *r)
{
	uint64_t t = (uint64_t)d->start;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && !(d->tie && rng_below(r, d->tie) == 0))
			t += rng_below(r, d->step);
		memset(&s[i], 0, sizeof(s[i]));
		memcpy(&s[i].t, &t, sizeof(t));
		s[i].x = d->offset + d->noise * rng_normal(r);
		if (d->spike && rng_below(r, d->spike) == 0)
			s[i].x = d->spike_size *
			    (isinf(d->spike_size) && rng_below(r, 2) ? -1 : 1);
	}
}

/* Returns a number of samples; seldom 0, often few. */
static size_t length_of(struct rng *r)
{
	return (size_t)rng_below(r, rng_below(r, 3) ? 12 : N_SAMPLES);
}

static int rounds(void)
{
	return short_run() ? 40 : 600;
}

/* ------------------------------------------------------------------ */
/* Means over time                                                    */
/* ------------------------------------------------------------------ */

static uint64_t apart(int64_t from, int64_t to)
{
	return (uint64_t)to - (uint64_t)from;
}

/* Adds v for so many ticks; infinities go to *wild. */
static void area_add(struct big *area, double *wild, double v, uint64_t ticks)
{
	struct big term;

	if (ticks == 0)
		return;
	if (!isfinite(v)) {
		*wild += v;
		return;
	}
	big_set(&term, v);
	big_mul_u64(&term, &term, ticks);
	big_add(area, area, &term);
}

/* The mean, and what it is the ratio of, if that is finite. */
struct mean {
	double want;
	int exact;
	struct big area, length;
};

/* Twice the area, so that the middle of a line need not be rounded. */
static void mean_over_time(const leat_sample *s, size_t n, int64_t until,
    int lines, struct mean *m)
{
	uint64_t ticks;
	double wild = 0;

	big_set(&m->area, 0);
	for (size_t i = 0; i + 1 < n; i++) {
		ticks = apart(s[i].t, s[i + 1].t);
		area_add(&m->area, &wild, s[i].x, ticks);
		area_add(&m->area, &wild, s[i + (size_t)lines].x, ticks);
	}
	if (until < s[n - 1].t)
		until = s[n - 1].t;
	ticks = apart(s[n - 1].t, until);
	area_add(&m->area, &wild, s[n - 1].x, ticks);
	area_add(&m->area, &wild, s[n - 1].x, ticks);
	m->want = until == s[0].t ? s[n - 1].x : wild;
	m->exact = until != s[0].t && wild == 0;
	if (!m->exact)
		return;
	big_set_u64(&m->length, apart(s[0].t, until));
	big_add(&m->length, &m->length, &m->length);
	m->want = big_ratio(&m->area, &m->length);
}

/* Within 1 ulp, where sums do not cancel. */
static int mean_is(const struct mean *m, double got, double scale)
{
	struct big off;
	double ulp = nextafter(fabs(m->want), INFINITY) - fabs(m->want);

	if (!m->exact || !isfinite(got))
		return same_bits(got, m->want);
	big_set(&off, got);
	big_mul(&off, &off, &m->length);
	big_sub(&off, &off, &m->area);
	return fabs(big_ratio(&off, &m->length)) <= ulp + 0x1p-95 * scale;
}

static double largest(const leat_sample *s, size_t n)
{
	double m = 0;

	for (size_t i = 0; i < n; i++)
		if (isfinite(s[i].x) && fabs(s[i].x) > m)
			m = fabs(s[i].x);
	return m;
}

static int64_t some_end(const leat_sample *s, size_t n, struct rng *r)
{
	int64_t last = s[n - 1].t;
	int64_t by = (int64_t)rng_below(r, 5000);

	switch (rng_below(r, 4)) {
	case 0:
		return last;
	case 1:
		return INT64_MIN; /* before it all: nothing is carried */
	case 2:
		return INT64_MAX;
	default:
		return last > INT64_MAX - by ? INT64_MAX : last + by;
	}
}

static void check_mean(const struct stream *d, uint64_t seed, int lines)
{
	leat_sample s[N_SAMPLES];
	struct rng r = rng_new(seed);
	struct mean m;
	size_t n = length_of(&r) + 1;

	fill_stream(d, s, n, &r);
	struct leat_summary sum = summary_of(lines ? LEAT_CLASS_TRAPEZOID
						   : LEAT_CLASS_HOLD,
	    s, n, &r);
	sum.carry_to = some_end(s, n, &r);
	mean_over_time(s, n, lines ? s[n - 1].t : sum.carry_to, lines, &m);
	double got = told(lines ? LEAT_STAT_TIME_MEAN_LINEAR
				: LEAT_STAT_TIME_MEAN,
	    0, &sum);
	ck_assert_msg(mean_is(&m, got, largest(s, n)),
	    "%s, lines %d, seed %u: mean of %u %.17g, not %.17g", d->name,
	    lines, (unsigned)seed, (unsigned)n, got, m.want);
	ck_assert(d->noise != 0 || got == d->offset);
}

START_TEST(means_over_time_are_those_of_the_samples)
{
	for (int i = 0; i < rounds(); i++)
		for (int lines = 0; lines < 2; lines++)
			check_mean(&streams[_i], (uint64_t)i, lines);
}
END_TEST

static double mean_of(const leat_sample *s, size_t n, int64_t until, int id)
{
	struct rng r = rng_new(n);
	struct leat_summary sum = summary_of(id == LEAT_STAT_TIME_MEAN
		? LEAT_CLASS_HOLD
		: LEAT_CLASS_TRAPEZOID,
	    s, n, &r);

	sum.carry_to = until;
	return told(id, 0, &sum);
}

START_TEST(means_over_time_by_hand)
{
	/* 2 for 10 ticks, 8 for 5; at 15 first 100, then 4. */
	static const leat_sample s[] = { { 0, 2, 0 }, { 10, 8, 0 },
		{ 15, 100, 0 }, { 15, 4, 0 } };
	/* An infinity that holds for no time, and one that does. */
	static const leat_sample wild[] = { { 5, 1, 0 }, { 6, INFINITY, 0 },
		{ 6, 3, 0 }, { 8, INFINITY, 0 } };
	const int steps = LEAT_STAT_TIME_MEAN;
	const int lines = LEAT_STAT_TIME_MEAN_LINEAR;

	ck_assert(mean_of(s, 1, 0, steps) == 2);
	ck_assert(mean_of(s, 1, 9, steps) == 2);
	ck_assert(mean_of(s, 2, 10, steps) == 2);
	ck_assert(mean_of(s, 2, 40, steps) == (20 + 30 * 8) / 40.0);
	ck_assert(mean_of(s, 4, 15, steps) == 4);
	ck_assert(mean_of(s, 4, 0, steps) == 4);
	ck_assert(mean_of(s, 4, 30, steps) == 4);
	ck_assert(mean_of(s + 2, 2, 15, steps) == 4);
	ck_assert(mean_of(s, 1, 99, lines) == 2);
	ck_assert(mean_of(s, 2, 99, lines) == 5);
	ck_assert(mean_of(s, 4, 99, lines) == (50 + 54 * 5) / 15.0);
	ck_assert(mean_of(s + 2, 2, 15, lines) == 4);
	ck_assert(mean_of(wild, 3, 7, steps) == 2);
	ck_assert(mean_of(wild, 4, 8, steps) == 7.0 / 3);
	ck_assert(mean_of(wild, 4, 9, steps) == INFINITY);
	ck_assert(mean_of(wild + 1, 2, 7, lines) == 3);
	ck_assert(mean_of(wild + 1, 1, 6, steps) == INFINITY);
	ck_assert(mean_of(wild, 4, 9, lines) == INFINITY);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Counters by time                                                   */
/* ------------------------------------------------------------------ */

static void check_counter(const struct counter_data *d, uint64_t seed)
{
	double x[N_SAMPLES];
	leat_sample s[N_SAMPLES];
	struct rng r = rng_new(seed);
	size_t n = length_of(&r), kept = 0;
	int64_t t = (int64_t)rng_below(&r, 100000) - 50000;

	fill_counter(d, x, n, &r);
	for (size_t i = 0; i < n; i++) {
		t += (int64_t)rng_below(&r, 40);
		leat_sample next = { t, x[i], 0 };
		if (!isnan(x[i]))
			s[kept++] = next;
	}
	struct growth g = growth_of(x, n);
	struct leat_summary sum = summary_of(LEAT_CLASS_COUNTER, s, kept, &r);
	double got = told(LEAT_STAT_INCREASE, 0, &sum);
	ck_assert_msg(near(got, g.want, g.scale),
	    "%s seed %u: %u values, %.17g, not %.17g", d->name, (unsigned)seed,
	    (unsigned)kept, got, g.want);
	double length = kept < 2 ? 0 : (double)(s[kept - 1].t - s[0].t);
	double rate = length > 0 ? g.want / length * 60 : NAN;
	sum.range = 0;
	ck_assert(near(told(LEAT_STAT_RATE, 60, &sum), rate, g.scale));
	sum.range = 1000;
	ck_assert(near(told(LEAT_STAT_RATE, 60, &sum), g.want / 1000 * 60,
	    g.scale));
}

START_TEST(counters_grow_as_their_samples_say)
{
	for (int i = 0; i < rounds(); i++)
		check_counter(&counters[_i], (uint64_t)i);
}
END_TEST

START_TEST(rates_by_hand)
{
	/* 60 in 30 s, with a reset; in a window of a minute. */
	static const leat_sample s[] = { { 0, 100, 0 },
		{ 15 * LEAT_SECOND, 150, 0 }, { 30 * LEAT_SECOND, 10, 0 } };
	struct rng r = rng_new(1);
	struct leat_summary sum = summary_of(LEAT_CLASS_COUNTER, s, 3, &r);

	sum.range = 60e9;
	ck_assert(told(LEAT_STAT_RATE, 1e9, &sum) == 1);
	ck_assert(told(LEAT_STAT_RATE, 60e9, &sum) == 60);
	sum.range = 0;
	ck_assert(told(LEAT_STAT_RATE, 1e9, &sum) == 2);
	sum = summary_of(LEAT_CLASS_COUNTER, s, 1, &r);
	sum.range = 60e9;
	ck_assert(isnan(told(LEAT_STAT_RATE, 1e9, &sum)));
	ck_assert(isnan(told(LEAT_STAT_INCREASE, 0, &sum)));
}
END_TEST

/* ------------------------------------------------------------------ */
/* Places in time                                                     */
/* ------------------------------------------------------------------ */

/* Few values and few times, the ends of time among them: many ties. */
static void fill_places(leat_sample *s, size_t n, struct rng *r)
{
	static const int64_t times[] = { INT64_MIN, INT64_MIN + 1, -7, -1, 0, 1,
		5, 1000, INT64_MAX - 2, INT64_MAX - 1 };
	static const double values[] = { -INFINITY, -2, -1, 0, 1, 2, 3,
		INFINITY };
	size_t v = (size_t)rng_below(r, 6), more = (size_t)rng_below(r, 3);

	for (size_t i = 0; i < n; i++) {
		memset(&s[i], 0, sizeof(s[i]));
		s[i].t = times[rng_below(r, 10)];
		s[i].x = values[v + (size_t)rng_below(r, more + 1)];
	}
}

/* Returns whether a, which came before b, loses to it. */
static int gives_way(enum leat_class_id id, const leat_sample *a,
    const leat_sample *b)
{
	switch (id) {
	case LEAT_CLASS_EARLIEST:
		return b->t < a->t;
	case LEAT_CLASS_LATEST:
		return b->t >= a->t;
	case LEAT_CLASS_ARGMIN:
		return b->x < a->x || (b->x == a->x && b->t > a->t);
	default:
		return b->x > a->x || (b->x == a->x && b->t > a->t);
	}
}

static double age(int64_t t, int64_t last_tick)
{
	return (double)apart(t, last_tick);
}

static void check_places(uint64_t seed, enum leat_class_id id, int stat)
{
	leat_sample s[N_SAMPLES];
	struct rng r = rng_new(seed);
	size_t n = length_of(&r), best = 0;
	double want = NAN;

	fill_places(s, n, &r);
	for (size_t i = 1; i < n; i++)
		if (gives_way(id, &s[best], &s[i]))
			best = i;
	struct leat_summary sum = summary_of(id, s, n, &r);
	sum.last_tick = INT64_MAX - 1;
	if (stat == LEAT_STAT_ARGMIN || stat == LEAT_STAT_ARGMAX)
		want = age(n ? s[best].t : INT64_MIN, sum.last_tick);
	else if (n > 0)
		want = s[best].x;
	double got = told(stat, 0, &sum);
	ck_assert_msg(same_bits(got, want),
	    "class %d seed %u: of %u it is %.17g, not %.17g", (int)id,
	    (unsigned)seed, (unsigned)n, got, want);
}

START_TEST(places_in_time_go_by_time_in_any_order)
{
	for (int i = 0; i < rounds(); i++) {
		uint64_t seed = (uint64_t)i;
		check_places(seed, LEAT_CLASS_EARLIEST, LEAT_STAT_FIRST);
		check_places(seed, LEAT_CLASS_LATEST, LEAT_STAT_LAST);
		check_places(seed, LEAT_CLASS_ARGMIN, LEAT_STAT_ARGMIN);
		check_places(seed, LEAT_CLASS_ARGMAX, LEAT_STAT_ARGMAX);
	}
}
END_TEST

START_TEST(ages_are_as_long_as_time)
{
	static const leat_sample s[] = { { INT64_MIN, 4, 0 },
		{ INT64_MAX - 1, 9, 0 } };
	struct rng r = rng_new(3);
	struct leat_summary sum = summary_of(LEAT_CLASS_ARGMIN, s, 2, &r);

	sum.last_tick = INT64_MAX - 1;
	ck_assert(told(LEAT_STAT_ARGMIN, 0, &sum) == 0x1p64);
	sum = summary_of(LEAT_CLASS_ARGMAX, s, 2, &r);
	sum.last_tick = INT64_MAX - 1;
	ck_assert(told(LEAT_STAT_ARGMAX, 0, &sum) == 0);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Classes and statistics as engines use them                         */
/* ------------------------------------------------------------------ */

START_TEST(joins_without_calls_give_the_bits_of_those_with)
{
	struct rng r = rng_new(11);

	for (int i = 0; i < rounds(); i++) {
		struct leat_moments a, b, c;
		struct leat_sum p = { 0, 0, 0 }, q = { 0, 0, 0 }, s;
		union room packed;
		size_t n = length_of(&r), m = length_of(&r);
		memset(&a, 0, sizeof(a));
		memset(&b, 0, sizeof(b));
		for (size_t k = 0; k < n + m; k++) {
			double x = ldexp(rng_normal(&r),
			    (int)rng_below(&r, 80) - 40);
			leat_moments_add(k < n ? &a : &b, x);
			leat_sum_add(k < n ? &p : &q, x);
		}
		c = a;
		memset(&packed, 0, sizeof(packed));
		memcpy(&packed, &b, sizeof(b));
		leat_class_moments.fold(&packed);
		leat_class_moments.combine(NULL, &c, &packed);
		leat_moments_join(&a, &b);
		ck_assert_mem_eq(&a, &c, sizeof(a));
		s = p;
		memcpy(&packed, &q, sizeof(q));
		leat_class_sum.combine(NULL, &s, &packed);
		leat_sum_join(&p, &q);
		ck_assert_mem_eq(&p, &s, sizeof(p));
	}
}
END_TEST

START_TEST(order_counts_for_counters_and_paths_alone)
{
	static const enum leat_class_id ordered[] = { LEAT_CLASS_FIRST,
		LEAT_CLASS_COUNTER, LEAT_CLASS_HOLD, LEAT_CLASS_TRAPEZOID };
	leat_agg agg = { 0 };

	for (int id = LEAT_CLASS_SUM; id < LEAT_CLASS_USER; id++) {
		int any = 1;
		for (size_t i = 0; i < 4; i++)
			any &= id != (int)ordered[i];
		ck_assert_int_eq(leat_any_order(class_at((enum leat_class_id)
							id),
				     NULL),
		    any);
	}
	ck_assert_int_eq(leat_any_order(&leat_class_user, &agg), 0);
	agg.commutative = 3;
	ck_assert_int_eq(leat_any_order(&leat_class_user, &agg), 1);
}
END_TEST

static unsigned bit(enum leat_class_id id)
{
	return 1u << id;
}

START_TEST(by_time_first_and_last_need_classes)
{
	static const struct {
		leat_stat stat;
		unsigned sets[3];
	} rows[] = {
		{ LEAT_COUNT, { 0 } },
		{ LEAT_FIRST, { LEAT_CLASS_EARLIEST } },
		{ LEAT_LAST, { LEAT_CLASS_LATEST } },
		{ LEAT_ZSCORE, { LEAT_CLASS_MOMENTS, LEAT_CLASS_LATEST } },
		{ LEAT_RATE_OF_CHANGE,
		    { LEAT_CLASS_EARLIEST, LEAT_CLASS_LATEST } },
		{ LEAT_MEAN, { LEAT_CLASS_SUM } },
		{ LEAT_STDDEV, { LEAT_CLASS_MOMENTS } },
		{ LEAT_RANGE, { LEAT_CLASS_MIN, LEAT_CLASS_MAX } },
		{ LEAT_ARGMIN, { LEAT_CLASS_ARGMIN } },
		{ LEAT_INCREASE, { LEAT_CLASS_COUNTER } },
		{ LEAT_RATE, { LEAT_CLASS_COUNTER } },
		{ LEAT_TIME_MEAN, { LEAT_CLASS_HOLD } },
		{ LEAT_TIME_MEAN_LINEAR, { LEAT_CLASS_TRAPEZOID } },
		{ LEAT_AGG(NULL, 0), { 0 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unsigned want = 0;
		for (size_t k = 0; k < 3 && rows[i].sets[k]; k++)
			want |= bit((enum leat_class_id)rows[i].sets[k]);
		ck_assert_uint_eq(leat_stat_classes(&rows[i].stat, 1), want);
	}
}
END_TEST

/* Returns a statistic of three samples, from a summary that held garbage. */
static double lowered(const leat_stat *stat, int by_time, int garbage,
    const leat_sample *samples)
{
	unsigned classes = leat_stat_classes(stat, by_time);
	struct leat_summary s;
	union room acc;
	double out = -1;

	memset(&s, garbage, sizeof(s));
	s.n = 3;
	s.missing = s.range = 0;
	s.last_tick = s.carry_to = samples[2].t;
	s.errors.auc = 0.5;
	if (!by_time)
		s.last = samples[2].x;
	for (int id = 0; id < LEAT_CLASS_USER; id++) {
		if (!(classes >> id & 1))
			continue;
		const struct leat_class *cls = class_at((enum leat_class_id)id);
		cls->identity(NULL, &acc);
		for (int i = 0; i < 3; i++)
			cls->append(NULL, &acc, &samples[i]);
		cls->lower(&acc, &s);
	}
	leat_lower(stat, 1, &s, 0, &out);
	return out;
}

START_TEST(a_statistic_reads_only_what_its_classes_and_the_engine_have_set)
{
	static const leat_sample samples[] = { { 10, 0.25, 1 }, { 20, 0.75, 0 },
		{ 40, 0.5, 1 } };

	for (size_t i = 0; i < N_STATS; i++)
		for (int by_time = 0; by_time < 2; by_time++) {
			const leat_stat *stat = &stat_list[i].stat;
			if (!by_time && (stat_list[i].traits & STAT_TIMED))
				continue;
			double a = lowered(stat, by_time, 0x3F, samples);
			double b = lowered(stat, by_time, 0x40, samples);
			ck_assert_msg(memcmp(&a, &b, sizeof(a)) == 0,
			    "%s, by_time %d: %g, %g", stat_list[i].name,
			    by_time, a, b);
		}
}
END_TEST

START_TEST(a_rate_is_per_some_time)
{
	static const double good[] = { 1, 1e9, 0.5, DBL_MIN, DBL_MAX };
	static const double bad[] = { 0, -1, -0.0, NAN, INFINITY, -INFINITY };
	static const leat_agg none;
	leat_stat s = LEAT_RATE;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		s.arg = good[i];
		ck_assert_int_ne(leat_stat_fits(&s), 0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		s.arg = bad[i];
		ck_assert_int_eq(leat_stat_fits(&s), 0);
	}
	s = (leat_stat)LEAT_MEAN;
	s.agg = &none; /* a class is for LEAT_AGG */
	ck_assert_int_eq(leat_stat_fits(&s), 0);
	for (int id = -1; id < N_STATS + 9; id++) {
		leat_stat any = { id, 0,
			id <= LEAT_STAT_AGG || id == LEAT_STAT_RATE, 0, NULL,
			0 };
		ck_assert_int_eq(leat_stat_fits(&any) != 0,
		    id == LEAT_STAT_AGG || listed_stat(id) != NULL);
	}
}
END_TEST

Suite *counter_suite(void)
{
	Suite *s = suite_create("counter");
	const int n_counters = sizeof(counters) / sizeof(*counters);
	TCase *t = tcase_create("increase");
	tcase_add_loop_test(t, increase_is_that_of_the_values_in_the_window, 0,
	    n_counters);
	tcase_add_test(t, increase_by_hand);
	tcase_add_test(t, windows_by_count_refuse_what_needs_time);
	tcase_add_test(t, results_by_count_have_no_key_revision_or_flags);
	suite_add_tcase(s, t);

	t = tcase_create("classes");
	tcase_add_loop_test(t, means_over_time_are_those_of_the_samples, 0,
	    N_STREAMS);
	tcase_add_test(t, means_over_time_by_hand);
	tcase_add_loop_test(t, counters_grow_as_their_samples_say, 0,
	    n_counters);
	tcase_add_test(t, rates_by_hand);
	tcase_add_test(t, places_in_time_go_by_time_in_any_order);
	tcase_add_test(t, ages_are_as_long_as_time);
	suite_add_tcase(s, t);

	t = tcase_create("questions");
	tcase_add_test(t, joins_without_calls_give_the_bits_of_those_with);
	tcase_add_test(t, order_counts_for_counters_and_paths_alone);
	tcase_add_test(t, by_time_first_and_last_need_classes);
	tcase_add_test(t,
	    a_statistic_reads_only_what_its_classes_and_the_engine_have_set);
	tcase_add_test(t, a_rate_is_per_some_time);
	suite_add_tcase(s, t);
	return s;
}
