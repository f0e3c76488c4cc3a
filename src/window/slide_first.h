/*
 * slide_first.h - the oldest value of a sliding window; part of slide.c
 *
 * A run without values has NaN. The prefix of D keeps what it has, and the
 * suffix of B takes what comes; so both lanes take one value if it is there,
 * else the other one. A row of the table is the first value of a suffix.
 */

/* The lanes are the prefix of D and the suffix of B, and `whole` is B's. */
struct first_state {
	leat_lane run;
	double whole;
	double unused;
};

static void first_reset(struct first_state *s)
{
	s->run = leat_lane_dup(NAN);
	s->whole = NAN;
}

LEAT_INLINE void first_turn(struct first_state *s)
{
	s->whole = leat_lane_get(s->run, 0);
	s->run = leat_lane_dup(NAN);
}

/* v: the values of D and B, NaN where missing. */
LEAT_INLINE void first_step(struct first_state *s, leat_lane v, double *row)
{
	leat_lane older = leat_lane_make(leat_lane_get(s->run, 0),
	    leat_lane_get(v, 1));
	leat_lane newer = leat_lane_make(leat_lane_get(v, 0),
	    leat_lane_get(s->run, 1));

	s->run = leat_lane_pick(leat_lane_valid(older), older, newer);
	row[0] = leat_lane_get(s->run, 1);
}

LEAT_INLINE double first_value(const struct first_state *s, const double *row)
{
	if (LEAT_LIKELY(row[0] == row[0]))
		return row[0];
	return s->whole == s->whole ? s->whole : leat_lane_get(s->run, 0);
}
