/*
 * Statistics of dated values, from their definitions.
 *
 * What does not know time is the oracle's. What does is worked out here,
 * in exact arithmetic where values are finite: the increase is the sum of
 * what each value adds to the one before it, a mean over time the integral
 * of the steps or lines divided by the time they cover.
 */
#include "time_stats.h"

#include <math.h>
#include <string.h>

#include "classes.h"
#include "lists.h"

/* ------------------------------------------------------------------ */
/* Bags                                                               */
/* ------------------------------------------------------------------ */

static uint64_t scatter(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint64_t bits_of(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof(bits));
	return bits;
}

static void bag_add(struct bag *b, const leat_sample *s)
{
	uint64_t z = scatter((uint64_t)s->t + 1);
	z = scatter(z + bits_of(s->x));
	b->sum += scatter(z + bits_of(s->y));
	b->n++;
}

static void bag_identity(void *ctx, void *partial)
{
	(void)ctx;
	memset(partial, 0, sizeof(struct bag));
}

static void bag_lift(void *ctx, void *partial, const leat_sample *s)
{
	bag_identity(ctx, partial);
	bag_add(partial, s);
}

static void bag_combine(void *ctx, void *left, const void *right)
{
	struct bag *l = left;
	const struct bag *r = right;
	(void)ctx;
	l->n += r->n;
	l->sum += r->sum;
}

static double bag_lower(void *ctx, const void *partial, const leat_stat *stat)
{
	const struct bag *b = partial;
	(void)ctx;
	return (double)(b->sum >> 11) + stat->arg;
}

static void bag_append(void *ctx, void *partial, const leat_sample *s)
{
	(void)ctx;
	bag_add(partial, s);
}

static size_t bag_save(void *ctx, const void *partial, unsigned char *bytes)
{
	const struct bag *b = partial;
	(void)ctx;
	leat_put_uint64(bytes, b->n);
	leat_put_uint64(bytes + 8, b->sum);
	return 16;
}

static int bag_load(void *ctx, void *partial, const unsigned char *bytes,
    size_t n_bytes)
{
	struct bag *b = partial;
	(void)ctx;
	if (n_bytes != 16)
		return -1;
	b->n = leat_get_uint64(bytes);
	b->sum = leat_get_uint64(bytes + 8);
	return 0;
}

const leat_agg bag_class = {
	.name = "bag",
	.size = sizeof(struct bag),
	.identity = bag_identity,
	.lift = bag_lift,
	.combine = bag_combine,
	.lower = bag_lower,
	.append = bag_append,
	.commutative = 1,
	.saved_size = 16,
	.save = bag_save,
	.load = bag_load,
};

/* ------------------------------------------------------------------ */
/* Values                                                             */
/* ------------------------------------------------------------------ */

static int is_missing(const struct dated *d, size_t i)
{
	return isnan(d->x[i]) || (d->pairs && isnan(d->y[i]));
}

int dated_depth(const leat_stat *stats, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (stat_traits(stats[i].id) & STAT_POWERS)
			return 4;
	return 2;
}

static size_t next_present(const struct dated *d, size_t i)
{
	while (i < d->n && is_missing(d, i))
		i++;
	return i;
}

static leat_sample sample_of(const struct dated *d, size_t i)
{
	leat_sample s;
	s.t = d->t[i];
	s.x = d->x[i];
	s.y = d->pairs ? d->y[i] : 0.0;
	return s;
}

struct bag dated_bag(const struct dated *d)
{
	struct bag b = { 0, 0 };
	for (size_t i = next_present(d, 0); i < d->n;
	     i = next_present(d, i + 1)) {
		leat_sample s = sample_of(d, i);
		bag_add(&b, &s);
	}
	return b;
}

struct chain dated_chain(const struct dated *d)
{
	struct chain c;
	chain_identity(&c);
	for (size_t i = next_present(d, 0); i < d->n;
	     i = next_present(d, i + 1)) {
		leat_sample s = sample_of(d, i);
		chain_append(&c, &s);
	}
	return c;
}

/* ------------------------------------------------------------------ */
/* Counters                                                           */
/* ------------------------------------------------------------------ */

static struct expect expect(double want, double slack)
{
	struct expect e;
	e.want = want;
	e.slack = slack;
	return e;
}

static double length_of(int64_t from, int64_t to)
{
	return (double)((uint64_t)to - (uint64_t)from);
}

/* Adds the growth of each value over the one before, without rounding. */
static double increase_exactly(const struct dated *d)
{
	struct big sum, a, b;
	size_t i = next_present(d, 0), k;
	big_set(&sum, 0.0);
	while ((k = next_present(d, i + 1)) < d->n) {
		big_set(&a, d->x[i]);
		big_set(&b, d->x[k]);
		big_add(&sum, &sum, &b);
		if (d->x[k] >= d->x[i])
			big_sub(&sum, &sum, &a);
		i = k;
	}
	return big_double(&sum);
}

/*
 * Checks results with infinities: none, the sum of growths one by one, or last
 * less first plus losses at resets, which are the same except for infinities
 * that come and go in between.
 */
static int wild_increase_agrees(const struct dated *d, double got)
{
	const struct oracle *o = &d->oracle;
	double lost = 0, gained = 0;
	size_t i = o->oldest, k;
	while ((k = next_present(d, i + 1)) < d->n) {
		int reset = d->x[k] < d->x[i];
		lost += reset ? d->x[i] : 0.0;
		gained += reset ? d->x[k] : d->x[k] - d->x[i];
		i = k;
	}
	double all = d->x[o->newest] - d->x[o->oldest] + lost;
	double slack = 1e-13 * d->largest;
	return !isfinite(got) || fabs(got - gained) <= slack ||
	    fabs(got - all) <= slack;
}

static struct expect increase(const struct dated *d)
{
	if (d->oracle.count < 2)
		return expect((double)NAN, 0.0);
	double want = increase_exactly(d);
	return expect(want, 1e-13 * (d->largest + fabs(want)));
}

static double range_of(const struct dated *d)
{
	switch (d->o->kind) {
	case LEAT_CALENDAR:
		return length_of(d->start, d->end);
	case LEAT_SESSION:
	case LEAT_LANDMARK:
		return length_of(d->t[d->oracle.oldest],
		    d->t[d->oracle.newest]);
	default:
		return (double)d->o->span;
	}
}

static struct expect rate(const struct dated *d, double per)
{
	struct expect e = increase(d);
	double range = d->oracle.count < 2 ? 0 : range_of(d);
	if (range == 0)
		return expect((double)NAN, 0.0);
	return expect(e.want / range * per,
	    (e.slack + 1e-14 * fabs(e.want)) / range * per);
}

/* ------------------------------------------------------------------ */
/* Means over time                                                    */
/* ------------------------------------------------------------------ */

/* Until when the last value holds. A sliding window's now is its own. */
static int64_t held_until(const struct dated *d)
{
	if (d->o->kind == LEAT_SESSION)
		return d->t[d->oracle.newest];
	if (d->o->kind == LEAT_SLIDING)
		return d->end - 1;
	return d->end < d->now ? d->end : d->now;
}

/* 2 x dt, added to the sum. */
static void add_piece(struct big *sum, double x, double y, int64_t from,
    int64_t to)
{
	struct big a, b;
	big_set(&a, x);
	big_set(&b, y);
	big_add(&a, &a, &b);
	big_mul_u64(&a, &a, (uint64_t)to - (uint64_t)from);
	big_add(sum, sum, &a);
}

static struct expect time_mean(const struct dated *d, int linear)
{
	const struct oracle *o = &d->oracle;
	struct big sum, time;
	size_t i = o->oldest, k;
	big_set(&sum, 0.0);
	while ((k = next_present(d, i + 1)) < d->n) {
		add_piece(&sum, d->x[i], linear ? d->x[k] : d->x[i], d->t[i],
		    d->t[k]);
		i = k;
	}
	int64_t from = d->t[o->oldest], to = linear ? d->t[i] : held_until(d);
	if (from == to)
		return expect(d->x[i], 0.0);
	add_piece(&sum, d->x[i], d->x[i], d->t[i], to);
	big_set_u64(&time, (uint64_t)to - (uint64_t)from);
	big_mul_u64(&time, &time, 2);
	return expect(big_ratio(&sum, &time), 1e-13 * d->largest);
}

/* Returns the mean where an infinity among the values holds for some time. */
static struct expect wild_mean(const struct dated *d, int linear)
{
	double sum = 0;
	size_t i = d->oracle.oldest, k;
	int64_t first = d->t[i];
	while ((k = next_present(d, i + 1)) < d->n) {
		double piece = linear ? d->x[i] / 2 + d->x[k] / 2 : d->x[i];
		if (d->t[k] > d->t[i])
			sum += piece * length_of(d->t[i], d->t[k]);
		i = k;
	}
	int64_t to = linear ? d->t[i] : held_until(d);
	if (to == first)
		return expect(d->x[i], 0.0);
	if (to > d->t[i])
		sum += d->x[i] * length_of(d->t[i], to);
	sum /= length_of(first, to);
	return expect(sum, isfinite(sum) ? 1e-12 * d->largest : 0.0);
}

/* ------------------------------------------------------------------ */
/* Fading weights                                                     */
/* ------------------------------------------------------------------ */

/* Largest less smallest: what deviations are made of. */
static double range_over(const struct dated *d, const double *x)
{
	double low = HUGE_VAL, high = -HUGE_VAL;
	for (size_t i = next_present(d, 0); i < d->n;
	     i = next_present(d, i + 1)) {
		low = fmin(low, x[i]);
		high = fmax(high, x[i]);
	}
	return high > low ? high - low : 0.0;
}

/* Returns the change of a sum of squares by an ulp of its largest deviation. */
static double shake(const struct oracle *o, const struct big *m, double range)
{
	struct big all;
	big_mul(&all, &o->w, &o->w);
	return m->sign > 0 ? 1e-15 * range * range / big_ratio(m, &all) : 0.0;
}

/*
 * 1e-13; and where one value has nearly all the weight, W^2 - sum w^2
 * cancels, and what old values still add is lost in roundings of what they
 * once were.
 */
static double fading_slack(const struct dated *d)
{
	const struct oracle *o = &d->oracle;
	struct big all, divisor;
	double slack = 1e-13;
	big_mul(&all, &o->w, &o->w);
	big_sub(&divisor, &all, &o->w2);
	if (divisor.sign > 0)
		slack *= big_ratio(&all, &divisor);
	slack += shake(o, &o->m2, range_over(d, d->x));
	if (d->pairs)
		slack += shake(o, &o->my, range_over(d, d->y));
	return slack;
}

/* Sum and mean: an error of the mean counts with all weights in the sum. */
static double mean_slack(const struct dated *d)
{
	const struct oracle *o = &d->oracle;
	double size = big_ratio(&o->abs, &o->w);
	return 1e-13 * size + 1e-15 * range_over(d, d->x);
}

/* With all the weight on one value there is no spread that digits hold. */
static int lone(const struct dated *d, int id)
{
	const struct oracle *o = &d->oracle;
	struct big all, divisor;
	if (id != LEAT_STAT_VARIANCE && id != LEAT_STAT_STDDEV &&
	    id != LEAT_STAT_ZSCORE && id != LEAT_STAT_COVARIANCE)
		return 0;
	big_mul(&all, &o->w, &o->w);
	big_sub(&divisor, &all, &o->w2);
	return divisor.sign <= 0 || big_ratio(&all, &divisor) > 1e13;
}

static int fading_agrees(const struct dated *d, int id, double got,
    double *want)
{
	const struct oracle *o = &d->oracle;
	double off, slack;
	*want = oracle_expect(o, id).want;
	if (isnan(got) && lone(d, id))
		return 1;
	if (got == *want || isnan(got) || isnan(*want))
		return got == *want || (isnan(got) && isnan(*want));
	off = fabs(got - *want);
	switch (id) {
	case LEAT_STAT_SUM:
		return off <= mean_slack(d) * big_double(&o->w);
	case LEAT_STAT_MEAN:
		return off <= mean_slack(d);
	case LEAT_STAT_ZSCORE:
		slack = mean_slack(d) / oracle_expect(o, LEAT_STAT_STDDEV).want;
		return off <= slack + o->tight * (1 + fabs(*want));
	default:
		return oracle_agrees(o, id, got);
	}
}

/* ------------------------------------------------------------------ */
/* Table of statistics                                                */
/* ------------------------------------------------------------------ */

int dated_in_order(const leat_stat *stat)
{
	if (stat->id == LEAT_STAT_AGG)
		return !stat->agg->commutative;
	return (stat_traits(stat->id) & STAT_SERIES) != 0;
}

static int is_silent(const struct dated *d, int id)
{
	uint64_t least = d->o->min_count > 0 ? d->o->min_count : 1;
	if (id == LEAT_STAT_COUNT || id == LEAT_STAT_COUNT_MISSING)
		return 0;
	if (d->oracle.count < least)
		return 1;
	return d->o->on_missing == LEAT_ON_MISSING_PROPAGATE &&
	    d->oracle.missing > 0;
}

static int wild_agrees(const struct dated *d, const leat_stat *stat, double got)
{
	double range = 0;
	if (d->oracle.count < 2)
		return isnan(got);
	if (stat->id == LEAT_STAT_INCREASE)
		return wild_increase_agrees(d, got);
	range = range_of(d);
	if (range == 0)
		return isnan(got);
	return wild_increase_agrees(d, got / stat->arg * range);
}

static int near_enough(struct expect e, double got)
{
	if (isnan(e.want) || isnan(got))
		return isnan(e.want) && isnan(got);
	return got == e.want || fabs(got - e.want) <= e.slack;
}

static struct expect of_time(const struct dated *d, const leat_stat *stat)
{
	int linear = stat->id == LEAT_STAT_TIME_MEAN_LINEAR;
	switch (stat->id) {
	case LEAT_STAT_INCREASE:
		return increase(d);
	case LEAT_STAT_RATE:
		return rate(d, stat->arg);
	default:
		return d->wild ? wild_mean(d, linear) : time_mean(d, linear);
	}
}

static int class_agrees(const struct dated *d, const leat_stat *stat,
    double got, double *want)
{
	struct chain c;
	struct bag b;
	if (stat->agg == &bag_class) {
		b = dated_bag(d);
		*want = bag_lower(NULL, &b, stat);
	} else {
		c = dated_chain(d);
		*want = chain_lower(&c);
	}
	return got == *want;
}

/* Ages before the last tick of the window; of equal ones the newest. */
static double age_of(const struct dated *d, int id)
{
	size_t i = id == LEAT_STAT_ARGMIN ? d->oracle.low : d->oracle.high;
	return (double)((uint64_t)d->end - 1 - (uint64_t)d->t[i]);
}

int dated_agrees(const struct dated *d, const leat_stat *stat, double got,
    double *want)
{
	struct expect e;
	*want = (double)NAN;
	if (is_silent(d, stat->id))
		return isnan(got);
	if (stat->id == LEAT_STAT_AGG)
		return class_agrees(d, stat, got, want);
	if (dated_in_order(stat)) {
		if (d->wild && stat->id <= LEAT_STAT_RATE)
			return wild_agrees(d, stat, got);
		e = of_time(d, stat);
		*want = e.want;
		return near_enough(e, got);
	}
	if (stat->id == LEAT_STAT_ARGMIN || stat->id == LEAT_STAT_ARGMAX) {
		*want = age_of(d, stat->id);
		return got == *want;
	}
	if (d->o->kind == LEAT_DECAY)
		return fading_agrees(d, stat->id, got, want);
	*want = oracle_expect(&d->oracle, stat->id).want;
	return oracle_agrees(&d->oracle, stat->id, got);
}

/* ------------------------------------------------------------------ */
/* Filling                                                            */
/* ------------------------------------------------------------------ */

/* 2^-age, the age in half-lives. */
static void weigh(const struct dated *d, size_t i, struct big *weight)
{
	uint64_t age = (uint64_t)d->now - (uint64_t)d->t[i];
	long double lives = (long double)age / (long double)d->o->half_life;
	long double w = exp2l(-lives);
	struct big low;
	big_set(weight, (double)w);
	big_set(&low, (double)(w - (long double)(double)w));
	big_add(weight, weight, &low);
}

static void fill_oracle(struct dated *d, int depth)
{
	struct oracle *o = &d->oracle;
	struct big weight;
	oracle_init(o, depth, d->pairs);
	o->joined = 1;
	o->fades = d->o->kind == LEAT_DECAY;
	big_set_u64(&weight, 1);
	for (size_t i = 0; i < d->n; i++) {
		if (d->o->kind == LEAT_DECAY)
			weigh(d, i, &weight);
		oracle_add_weighted(o, d->x[i], d->y[i], &weight);
	}
	oracle_settle(o);
	oracle_walk(o, d->x, d->pairs ? d->y : NULL, d->n);
	o->tight = d->o->kind == LEAT_DECAY ? fading_slack(d) : 1e-13;
}

void dated_fill(struct dated *d, const struct time_model *m,
    const struct tm_told *told, int depth)
{
	d->o = &m->o;
	d->start = told->start;
	d->end = told->end;
	d->now = told->now;
	d->pairs = m->pairs;
	d->n = told->n;
	d->largest = 0;
	d->wild = 0;
	for (size_t i = 0; i < d->n; i++) {
		const struct tm_value *v = time_model_value(m, told, i);
		d->t[i] = v->t;
		d->x[i] = v->x;
		d->y[i] = v->y;
		d->wild |= isinf(v->x) || isinf(v->y);
		if (isfinite(v->x) && fabs(v->x) > d->largest)
			d->largest = fabs(v->x);
	}
	fill_oracle(d, depth);
}
