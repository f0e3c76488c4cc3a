/*
 * slide_moments.h - what is counted from a value, and squared deviations; part
 * of slide.c
 *
 * Classes that take deviations share how many values each of the three runs
 * has and the shift k of each, a value of the run itself: the first one of a
 * prefix, the last one of a suffix. Of a suffix neither needs a place in the
 * table: k is the same for the whole chunk, and its n is what is left of the
 * window's when those of B and D are taken away.
 *
 * A step masks what is missing: such a value has no deviation and is not
 * counted. A query joins the three runs about the mean of one that has a third
 * of the values at least, so that what is subtracted last cannot cancel more
 * than two bits: B nearly always, else the one with the most. Cost: two
 * divisions a push, in lanes, and one a result.
 */

/*
 * In lanes, the first is about the prefix of D and the second about the suffix
 * of B. Members called whole are about B, those called tail about A.
 */
struct shift_state {
	leat_lane n, k;
	leat_lane apart; /* k of A and of D, less that of B */
	double whole_n, whole_k;
	double tail_k;
	int unset; /* a lane has no value yet */
};

/*
 * A push, as the classes see it. x and y are the values that D and B are
 * extended by, NaN where missing, and `valid` says which are not. `entering` is
 * x and the value that leaves the window, 0 where missing. k and 1 / n of the
 * lanes are those after the push; of a lane without values n counts as 1, but
 * in `n` itself.
 */
struct slide_step {
	leat_lane x, y;
	leat_lane_mask valid;
	leat_lane n, k, share;
	leat_lane entering;
	int starts; /* a lane may have its first value */
	int64_t t;  /* number of this push */
};

static void shift_reset(struct shift_state *s)
{
	memset(s, 0, sizeof(*s));
	s->unset = 1;
}

LEAT_INLINE void shift_turn(struct shift_state *s)
{
	s->tail_k = leat_lane_get(s->k, 1);
	s->whole_n = leat_lane_get(s->n, 0);
	s->whole_k = leat_lane_get(s->k, 0);
	s->n = s->k = leat_lane_dup(0);
	s->unset = 1;
}

/* A step while a lane has no value: its first one is its k. */
LEAT_INLINE void shift_step_first(struct shift_state *s, struct slide_step *now)
{
	leat_lane one = leat_lane_dup(1);
	leat_lane_mask first = leat_lane_both(now->valid, leat_lane_zero(s->n));

	s->k = leat_lane_pick(first, now->x, s->k);
	s->apart = leat_lane_sub(leat_lane_make(s->tail_k,
				     leat_lane_get(s->k, 0)),
	    leat_lane_dup(s->whole_k));
	s->n = leat_lane_add(s->n, leat_lane_and(one, now->valid));
	s->unset = leat_lane_bits(leat_lane_zero(s->n)) != 0;
	now->n = s->n;
	now->k = s->k;
	now->share = leat_lane_div(one, leat_lane_max(s->n, one));
}

/* A step where each lane has a value. */
LEAT_INLINE void shift_step_on(struct shift_state *s, struct slide_step *now)
{
	leat_lane one = leat_lane_dup(1), n;

	n = leat_lane_add(s->n, leat_lane_and(one, now->valid));
	s->n = now->n = n;
	now->k = s->k;
	now->share = leat_lane_div(one, n);
}

LEAT_INLINE void shift_step(struct shift_state *s, struct slide_step *now)
{
	now->starts = s->unset;
	if (LEAT_UNLIKELY(s->unset))
		shift_step_first(s, now);
	else
		shift_step_on(s, now);
}

/* The step of classes that do not ask what is shared. */
LEAT_INLINE void shift_step_none(struct slide_step *now)
{
	now->n = now->k = now->share = leat_lane_dup(0);
	now->starts = 0;
}

/* The values of A's suffix in a window of n. */
LEAT_INLINE double shift_tail_n(const struct shift_state *s, double n)
{
	return (n - s->whole_n) - leat_lane_get(s->n, 0);
}

/* The three runs of the window, A, B and D: their n and k. */
struct shift_runs {
	double n[3], k[3];
	size_t middle; /* one that has a third of the values */
};

/* A run without values gets the k of the one in the middle. */
static struct shift_runs shift_of_runs(const struct shift_state *s, double n)
{
	struct shift_runs r = {
		{ shift_tail_n(s, n), s->whole_n, leat_lane_get(s->n, 0) },
		{ s->tail_k, s->whole_k, leat_lane_get(s->k, 0) },
		1,
	};

	if (r.n[1] * 3 < n)
		r.middle = r.n[2] >= r.n[0] ? 2 : 0;
	for (size_t i = 0; i < 3; i++)
		if (r.n[i] == 0)
			r.k[i] = r.k[r.middle];
	return r;
}

/* ---------------- moments --------------------------------------------- */

/* A row of the table is mu and m2 of a suffix; members called whole are B's. */
struct moments_state {
	leat_lane mu, m2, c2;
	double whole_mu, whole_m2;
};

LEAT_INLINE void moments_turn(struct moments_state *s)
{
	s->whole_mu = leat_lane_get(s->mu, 0);
	s->whole_m2 = leat_lane_get(leat_lane_add(s->m2, s->c2), 0);
	s->mu = s->m2 = s->c2 = leat_lane_dup(0);
}

/* m2 + c2 is NaN where m2 has overflowed; see moments_value(). */
LEAT_INLINE void moments_step(struct moments_state *s,
    const struct slide_step *now, double *row)
{
	leat_lane delta, q, t, m2, mu = s->mu, c2 = s->c2;

	delta = leat_lane_sub(leat_lane_sub(now->x, now->k), mu);
	delta = leat_lane_and(delta, now->valid);
	q = leat_lane_mul(delta, now->share);
	mu = leat_lane_add(mu, q);
	t = leat_lane_mul(delta, leat_lane_sub(delta, q));
	m2 = leat_lane_add(s->m2, t); /* leat_add_positive() */
	c2 = leat_lane_add(c2, leat_lane_sub(t, leat_lane_sub(m2, s->m2)));
	s->mu = mu;
	s->m2 = m2;
	s->c2 = c2;
	leat_lane_store(row, leat_lane_seconds(mu, leat_lane_add(m2, c2)));
}

struct moments_run {
	double n, k, mu, m2;
};

/* Joins a and d with b about the mean of this. No k is missing. */
LEAT_INLINE void moments_join(const struct moments_run *a,
    const struct moments_run *b, const struct moments_run *d, leat_lane apart,
    double rn, struct leat_summary *out)
{
	double ma = leat_lane_get(apart, 0) + (a->mu - b->mu);
	double md = leat_lane_get(apart, 1) + (d->mu - b->mu);
	double ta = a->n * ma, td = d->n * md, t = ta + td, q = t * rn;

	out->k = b->k;
	out->mu = b->mu + q;
	out->m2 = ((a->m2 + b->m2) + d->m2) + ((ta * ma + td * md) - t * q);
}

/* The values of D alone, or of three runs of which B has a third. */
LEAT_INLINE int moments_value(const struct moments_state *s,
    const struct shift_state *shift, const double *row, double n, double rn,
    struct leat_summary *out)
{
	struct moments_run a = { shift_tail_n(shift, n), 0, row[0], row[1] };
	struct moments_run b = { shift->whole_n, shift->whole_k, s->whole_mu,
		s->whole_m2 };
	struct moments_run d = { leat_lane_get(shift->n, 0),
		leat_lane_get(shift->k, 0), leat_lane_get(s->mu, 0),
		leat_lane_get(leat_lane_add(s->m2, s->c2), 0) };

	if (LEAT_LIKELY(b.n * 3 >= n)) {
		moments_join(&a, &b, &d, shift->apart, rn, out);
	} else if (d.n >= n) {
		out->k = d.k;
		out->mu = d.mu;
		out->m2 = d.m2;
	} else {
		return 0;
	}
	return out->m2 == out->m2;
}

/*
 * Joins any runs about the mean of the one with the most values. An empty A may
 * have a k that is no number, whence moments_value() found none.
 */
static void moments_value_odd(const struct moments_state *s,
    const struct shift_state *shift, const double *row, double n, double rn,
    struct leat_summary *out)
{
	struct shift_runs runs = shift_of_runs(shift, n);
	struct moments_run r[3] = {
		{ runs.n[0], runs.k[0], row[0], row[1] },
		{ runs.n[1], runs.k[1], s->whole_mu, s->whole_m2 },
		{ runs.n[2], runs.k[2], leat_lane_get(s->mu, 0),
		    leat_lane_get(leat_lane_add(s->m2, s->c2), 0) },
	};
	size_t middle = runs.middle, first = middle == 0 ? 1 : 0;
	size_t last = middle == 2 ? 1 : 2;
	leat_lane apart = leat_lane_sub(leat_lane_make(r[first].k, r[last].k),
	    leat_lane_dup(r[middle].k));

	moments_join(&r[first], &r[middle], &r[last], apart, rn, out);
}
