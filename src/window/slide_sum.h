/*
 * slide_sum.h - sums of a sliding window; part of slide.c
 *
 * A sum is a group: what leaves is taken away again, and nothing is lost by it,
 * since every value is cut on a grid into three parts whose sums are exact:
 *
 *      x = high + low + rest, multiples of 2^(top - 36), 2^(top - 72) and
 *      2^(top - 108), by (x + c) - c, where c is so large that the addition
 *      rounds to a multiple of the unit
 *
 * for 2^(top - 55) <= |x| < 2^top, or 0. A part has at most 36 bits, so sums
 * of 2^17 of them are exact; where a window has more values, each 2^16 pushes
 * carry what is too much into the part above, and from the highest into `far`.
 * A query adds the parts and rounds once. So the result is the exact sum of
 * what is in the window, rounded, whatever has been there before.
 *
 * The first value sets the grid. A value that is not on it, such as a spike of
 * 1e16 among values near 1, goes into a superaccumulator (superacc.h), which
 * takes any double. As long as such values are few, their sum is nearly always
 * a double, and a query adds it to the parts. Where they are a quarter of the
 * window, all values go into the superaccumulator, two to three times as slow;
 * the way back is free when the last of them leaves, and when a lasting change
 * of level puts all values of the last chunks on another grid, that one is
 * taken. Each move is a few operations, so the worst push is bounded, too.
 *
 * An infinity is never on the grid; it is counted, not added.
 *
 * Source: the splitting is that of Rump, Ogita and Oishi, "Accurate
 * floating-point summation I", SIAM J. Sci. Comput. 31, 2008.
 */

/* The exponents of a chunk's values; none if least is more than most. */
struct sum_reach {
	int least, most;
};

/*
 * The sum of what is on the grid is `upper`, the sums of the high and of the
 * low parts, `rest` and `far`, which is what has been carried beyond the high
 * parts. cut_high and cut_low are c of both units, 0 while there is no grid.
 * `others` is the sum of what is off the grid, and `alone` the same if it is
 * the sum of two doubles, else NaN. Where `whole` is set `others` is the sum of
 * all values and the parts are 0.
 */
struct sum_state {
	leat_lane upper;
	double rest;
	double cut_high, cut_low;
	uint64_t from, span; /* doubled bits of what is on the grid */
	uint64_t plain_span; /* span if plain, else 0 */
	int plain;           /* upper and rest are all there is */
	int whole;
	double far, cut_far;
	double alone[2];
	uint64_t off;              /* values inside that are not on the grid */
	uint64_t infinite[2];      /* infinities inside: positive, negative */
	struct sum_reach reach[3]; /* D, B and A; kept while `off` is not 0 */
	struct leat_superacc others;
};

enum {
	SUM_PART = 36,  /* bits of a part */
	SUM_WIDTH = 55, /* exponents on a grid */
	SUM_SLACK = 10, /* a new grid has so many above all values */
	SUM_FEW = 64,   /* values that a change of grid may look at */
	SUM_CARRY = 1 << 16,
	SUM_TOP = 900 /* largest |top|: all constants are normal */
};

LEAT_INLINE uint64_t sum_bits(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	return bits << 1;
}

/* The exponent field: |x| < 2^(field - 1022). */
LEAT_INLINE int sum_exponent(double x)
{
	return (int)(sum_bits(x) >> 53);
}

/* Returns 1 for what is on the grid: 0 is, NaN and infinities are not. */
LEAT_INLINE uint64_t sum_fits(const struct sum_state *s, double x)
{
	uint64_t bits = sum_bits(x);

	return (uint64_t)(bits - s->from < s->span) | (uint64_t)(bits == 0);
}

/* ---------------- the grid ------------------------------------------- */

/* 2^e of a normal double. */
static double sum_power(int e)
{
	uint64_t bits = (uint64_t)(e + 1023) << 52;
	double power;

	memcpy(&power, &bits, sizeof(power));
	return power;
}

/* Puts the grid under 2^top. */
static void sum_set_grid(struct sum_state *s, int top)
{
	double unit = 0x1.8p52 * sum_power(top);

	s->cut_far = unit;
	s->cut_high = unit * sum_power(-SUM_PART);
	s->cut_low = s->cut_high * sum_power(-SUM_PART);
	s->from = sum_bits(sum_power(top - SUM_WIDTH));
	s->span = sum_bits(sum_power(top)) - s->from;
}

LEAT_INLINE double sum_on(double x, double cut)
{
	return (x + cut) - cut;
}

static void sum_widen(struct sum_reach *r, double x)
{
	int e = sum_exponent(x);

	if (!(fabs(x) > 0 && fabs(x) <= DBL_MAX))
		return;
	r->least = e < r->least ? e : r->least;
	r->most = e > r->most ? e : r->most;
}

static struct sum_reach sum_reach_none(void)
{
	struct sum_reach none = { INT16_MAX, -1 };

	return none;
}

/* Takes from the superaccumulator what is on a grid, the largest first. */
static double sum_take(struct sum_state *s, double cut)
{
	double part = sum_on(leat_superacc_terms(&s->others).hi, cut);

	leat_superacc_subtract(&s->others, part);
	return part;
}

static void sum_add_parts(const struct sum_state *s, struct leat_superacc *to)
{
	leat_superacc_add(to, s->far);
	leat_superacc_add(to, leat_lane_get(s->upper, 0));
	leat_superacc_add(to, leat_lane_get(s->upper, 1));
	leat_superacc_add(to, s->rest);
}

/* Notes what has become of `others`, and of `far`. */
static void sum_note(struct sum_state *s)
{
	struct leat_terms terms;
	struct leat_superacc left;
	int carried = s->far > 0 || s->far < 0;

	s->plain = s->off == 0 && !carried;
	s->plain_span = s->plain ? s->span : 0;
	if (s->whole)
		return;
	terms = leat_superacc_terms(&s->others);
	left = s->others;
	if (terms.unit == 1) {
		leat_superacc_subtract(&left, terms.hi);
		leat_superacc_subtract(&left, terms.lo);
	}
	s->alone[0] = left.used == 0 ? terms.hi : NAN;
	s->alone[1] = terms.lo;
}

/* Moves the sum to the parts; all values inside are on the grid. */
static void sum_to_parts(struct sum_state *s, uint64_t size)
{
	double far = sum_take(s, s->cut_far);
	double high = sum_take(s, s->cut_high);
	double low = sum_take(s, s->cut_low);
	int carries = size > 2 * SUM_CARRY;

	s->upper = leat_lane_make(carries ? high : high + far, low);
	s->far = carries ? far : 0;
	s->rest = sum_take(s, 0);
	s->whole = 0;
}

/*
 * Looks for a grid that has all values of the last three chunks, and takes it.
 */
static void sum_try_grid(struct sum_state *s, uint64_t size)
{
	struct sum_reach all = sum_reach_none();
	int slack, top;

	for (size_t i = 0; i < 3; i++) {
		const struct sum_reach *r = &s->reach[i];
		all.least = r->least < all.least ? r->least : all.least;
		all.most = r->most > all.most ? r->most : all.most;
	}
	slack = SUM_WIDTH - 1 - (all.most - all.least);
	if (all.most < 0 || slack < 0 || s->infinite[0] + s->infinite[1] > 0)
		return;
	slack = slack / 2 < SUM_SLACK ? slack / 2 : SUM_SLACK;
	top = all.most - 1022 + slack;
	if (top > SUM_TOP || top < -SUM_TOP)
		return;
	if (!s->whole)
		sum_add_parts(s, &s->others);
	sum_set_grid(s, top);
	s->off = 0;
	sum_to_parts(s, size);
}

/* ---------------- off the grid ---------------------------------------- */

static struct sum_reach sum_reach_of(const double *x, size_t n)
{
	struct sum_reach r = sum_reach_none();

	for (size_t i = 0; i < n; i++)
		sum_widen(&r, x[i]);
	return r;
}

/*
 * The reach of the chunks when the superaccumulator takes over: where a chunk
 * is short it is looked at, else its values may be anywhere on the grid.
 */
static void sum_find_reach(struct sum_state *s, const struct leat_slide *at)
{
	struct sum_reach grid = { (int)(s->from >> 53),
		(int)((s->from + s->span) >> 53) - 1 };

	for (unsigned i = 0; i < 3; i++) {
		size_t n = i == 0 ? at->filled : at->chunk;
		if (i > at->chunks)
			n = 0;
		s->reach[i] = n <= SUM_FEW
		    ? sum_reach_of(leat_slide_chunk(at, i), n)
		    : grid;
	}
}

LEAT_INLINE void sum_add_part(struct sum_state *s, double x, double sign)
{
	double high = sum_on(x, s->cut_high),
	       low = sum_on(x - high, s->cut_low);

	s->upper = leat_lane_add(s->upper,
	    leat_lane_make(sign * high, sign * low));
	s->rest += sign * ((x - high) - low);
}

/* Takes in x, or gives it back. Returns whether `others` has changed. */
static int sum_put(struct sum_state *s, double x, int leaves)
{
	int fits = (int)sum_fits(s, x);

	if (fits && !s->whole) {
		sum_add_part(s, x, leaves ? -1 : 1);
		return 0;
	}
	s->off = leaves ? s->off - !fits : s->off + !fits;
	if (fabs(x) <= DBL_MAX)
		leat_super_signed(&s->others, x, leaves);
	else if (leaves)
		s->infinite[x < 0]--;
	else
		s->infinite[x < 0]++;
	return 1;
}

/*
 * Pushes x, for which `gone` leaves, where one may be off the grid. A new grid
 * is looked for at the ends of chunks, and when it costs little.
 */
static LEAT_NOINLINE void sum_step_off(struct sum_state *s,
    const struct leat_slide *at, uint64_t size, double x, double gone)
{
	int changed;

	if (s->off == 0)
		sum_find_reach(s, at);
	changed = sum_put(s, x, 0);
	changed |= sum_put(s, gone, 1);
	if (s->off > 0)
		sum_widen(&s->reach[0], x);
	if (changed && s->off == 0 && s->whole)
		sum_to_parts(s, size);
	else if (s->off > 0 &&
	    (s->cut_high == 0 || (at->filled & (at->filled - 1)) == 0))
		sum_try_grid(s, size);
	if (changed || s->off == 0)
		sum_note(s);
}

/* The exact sum, by way of a superaccumulator, where it is not plain. */
static LEAT_NOINLINE struct leat_terms sum_terms_far(const struct sum_state *s)
{
	struct leat_superacc all = s->others;

	if (!s->whole)
		sum_add_parts(s, &all);
	return leat_superacc_terms(&all);
}

/* Adds what is on the grid and two doubles that are off it, if none is lost. */
static struct leat_terms sum_terms_apart(const struct sum_state *s)
{
	struct leat_terms r = { 0, 0, 1 };
	double sum, error, below, more, last, lost[4];

	if (s->alone[0] != s->alone[0] || s->far > 0 || s->far < 0)
		return sum_terms_far(s);
	leat_two_sum(leat_lane_get(s->upper, 0), leat_lane_get(s->upper, 1),
	    &sum, &error);
	leat_two_sum(error, s->rest, &below, &lost[0]);
	leat_two_sum(s->alone[0], sum, &sum, &error);
	leat_two_sum(s->alone[1], below, &below, &last);
	leat_two_sum(error, below, &below, &more);
	leat_two_sum(more, last, &last, &lost[1]);
	leat_two_sum(sum, below, &sum, &error);
	leat_two_sum(error, last, &below, &lost[2]);
	leat_two_sum(sum, below, &r.hi, &r.lo);
	lost[3] = r.hi - r.hi; /* not 0 beyond the largest double */
	if (lost[0] != 0 || lost[1] != 0 || lost[2] != 0 || lost[3] != 0)
		return sum_terms_far(s);
	return r;
}

static LEAT_NOINLINE struct leat_terms sum_terms_off(const struct sum_state *s)
{
	struct leat_terms r = { HUGE_VAL, 0, 1 };

	if (s->infinite[0] + s->infinite[1] > 0) {
		if (s->infinite[1])
			r.hi = s->infinite[0] ? NAN : -HUGE_VAL;
		return r;
	}
	if (s->whole)
		return leat_superacc_terms(&s->others);
	return sum_terms_apart(s);
}

/* ---------------- as a class in lanes --------------------------------- */

/* The grid stays: values after a reset are nearly always on it. */
static void sum_reset(struct sum_state *s)
{
	leat_superacc_clear(&s->others);
	s->upper = leat_lane_dup(0);
	s->rest = s->far = s->alone[0] = s->alone[1] = 0;
	s->off = s->infinite[0] = s->infinite[1] = 0;
	s->plain = 1;
	s->plain_span = s->span;
	s->whole = 0;
}

/* Ends a chunk: the reach of each moves on. */
static void sum_turn(struct sum_state *s, const struct leat_slide *at,
    uint64_t size)
{
	if (LEAT_LIKELY(s->off == 0))
		return;
	sum_try_grid(s, size);
	s->reach[2] = s->reach[1];
	s->reach[1] = s->reach[0];
	s->reach[0] = sum_reach_none();
	if (!s->whole && (double)s->off * 4 > at->n) {
		sum_add_parts(s, &s->others);
		s->upper = leat_lane_dup(0);
		s->rest = s->far = 0;
		s->whole = 1;
	}
	sum_note(s);
}

/* Each part hands on what is a multiple of the unit above it. */
static void sum_carry(struct sum_state *s)
{
	double high = leat_lane_get(s->upper, 0);
	double low = leat_lane_get(s->upper, 1);
	double carry = sum_on(s->rest, s->cut_low);

	s->rest -= carry;
	low += carry;
	carry = sum_on(low, s->cut_high);
	low -= carry;
	high += carry;
	carry = sum_on(high, s->cut_far);
	s->upper = leat_lane_make(high - carry, low);
	s->far += carry;
	sum_note(s);
}

/* Returns whether the sum is in its parts and x is on their grid. */
LEAT_INLINE int sum_takes(const struct sum_state *s, double x)
{
	uint64_t bits = sum_bits(x);

	if (LEAT_LIKELY(bits - s->from < s->plain_span))
		return 1;
	return bits == 0 && s->plain;
}

/* Takes in the first lane and gives back the second; both are on the grid. */
LEAT_INLINE void sum_step_on(struct sum_state *s, leat_lane v)
{
	leat_lane cut_high = leat_lane_dup(s->cut_high);
	leat_lane cut_low = leat_lane_dup(s->cut_low);
	leat_lane high, low, rest;

	high = leat_lane_sub(leat_lane_add(v, cut_high), cut_high);
	rest = leat_lane_sub(v, high);
	low = leat_lane_sub(leat_lane_add(rest, cut_low), cut_low);
	rest = leat_lane_sub(rest, low);
	s->upper = leat_lane_add(s->upper,
	    leat_lane_sub(leat_lane_firsts(high, low),
		leat_lane_seconds(high, low)));
	s->rest += leat_lane_get(rest, 0) - leat_lane_get(rest, 1);
}

/* Takes in the first lane and gives back the second; missing ones are 0. */
LEAT_INLINE void sum_step(struct sum_state *s, const struct leat_slide *at,
    uint64_t size, leat_lane v)
{
	if (LEAT_LIKELY(sum_takes(s, leat_lane_get(v, 0))))
		sum_step_on(s, v);
	else
		sum_step_off(s, at, size, leat_lane_get(v, 0),
		    leat_lane_get(v, 1));
}

/*
 * The sum as hi + lo: hi is the sum rounded, and lo what that lost. Returns 0
 * where the lower parts do not add up to a double: it might be rounded twice.
 */
LEAT_INLINE int sum_parts(const struct sum_state *s, struct leat_terms *out)
{
	double sum, error, below, lost;

	leat_two_sum(leat_lane_get(s->upper, 0), leat_lane_get(s->upper, 1),
	    &sum, &error);
	leat_two_sum(error, s->rest, &below, &lost);
	leat_two_sum(sum, below, &out->hi, &out->lo);
	out->unit = 1;
	return lost == 0;
}

static LEAT_NOINLINE struct leat_terms sum_value(const struct sum_state *s)
{
	struct leat_terms r;

	if (!s->plain)
		return sum_terms_off(s);
	return sum_parts(s, &r) ? r : sum_terms_far(s);
}
