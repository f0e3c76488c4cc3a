/*
 * slide_squares.h - sums of squares of a sliding window; part of slide.c
 *
 * They are added as squares.c does it. A missing value adds 0. A row of the
 * table is the sum of a suffix and its error.
 */

/* The lanes are the prefix of D and the suffix of B, and `whole` is B's. */
struct squares_state {
	leat_lane sum, error;
	struct leat_squares whole;
};

LEAT_INLINE void squares_turn(struct squares_state *s)
{
	s->whole.sum = leat_lane_get(s->sum, 0);
	s->whole.error = leat_lane_get(s->error, 0);
	s->sum = s->error = leat_lane_dup(0);
}

LEAT_INLINE void squares_lane_step(struct squares_state *s,
    const struct slide_step *now, double *row)
{
	leat_lane x = leat_lane_and(now->x, now->valid);
	leat_lane t = leat_lane_mul(x, x), sum = leat_lane_add(s->sum, t);

	s->error = leat_lane_add(s->error,
	    leat_lane_sub(t, leat_lane_sub(sum, s->sum)));
	s->sum = sum;
	leat_lane_store(row, leat_lane_seconds(sum, s->error));
}

LEAT_INLINE void squares_value(const struct squares_state *s, const double *row,
    struct leat_summary *out)
{
	double sum = row[0], error = row[1];

	leat_add_positive(&sum, &error, s->whole.sum);
	error += s->whole.error;
	leat_add_positive(&sum, &error, leat_lane_get(s->sum, 0));
	error += leat_lane_get(s->error, 0);
	out->sq_hi = sum;
	out->sq_lo = error;
}
