/*
 * slide_dated.h - where the least and largest values of a sliding window are;
 * part of slide.c
 *
 * A place stands beside the value: how many steps its chunk had been through
 * when it came. A step goes forward in D and backward in B, so one number is
 * the place in both lanes, and the age follows from it whatever the number of
 * pushes has become. Places are doubles, which hold them exactly, so that both
 * go one way through the lanes without a branch.
 *
 * A run without values has NaN, which any value beats. Of equal values the
 * later one wins: in D the one that comes, in B the one that is there.
 */

/*
 * The lanes are the prefix of D and the suffix of B, and `whole` is B's. A row
 * of the table is a suffix's extremum and its place.
 */
struct dated_state {
	leat_lane run, at;
	double whole, whole_at;
};

static void dated_reset(struct dated_state *s)
{
	s->run = leat_lane_dup(NAN);
	s->at = leat_lane_dup(0);
	s->whole = NAN;
	s->whole_at = 0;
}

LEAT_INLINE void dated_turn(struct dated_state *s)
{
	s->whole = leat_lane_get(s->run, 0);
	s->whole_at = leat_lane_get(s->at, 0);
	s->run = leat_lane_dup(NAN);
}

/* Sets the lanes in which a later value does not beat the run. */
LEAT_INLINE leat_lane_mask dated_stays(leat_lane run, leat_lane v, int largest)
{
	return leat_lane_either(largest ? leat_lane_less(v, run)
					: leat_lane_less(run, v),
	    leat_lane_missing(v));
}

/* v: the values of D and B, NaN where missing, of the step with number i. */
LEAT_INLINE void dated_step(struct dated_state *s, leat_lane v, size_t i,
    double *row, int largest)
{
	leat_lane_mask stays = leat_lane_either(dated_stays(s->run, v, largest),
	    leat_lane_both(leat_lane_equal(s->run, v), leat_lane_second()));

	s->run = leat_lane_pick(stays, s->run, v);
	s->at = leat_lane_pick(stays, s->at, leat_lane_dup((double)(int64_t)i));
	leat_lane_store(row, leat_lane_seconds(s->run, s->at));
}

/* Returns how many pushes the extremum is old. */
LEAT_INLINE double dated_age(const struct dated_state *s, const double *row,
    const struct leat_slide *slide, int largest)
{
	double chunk = (double)(int64_t)slide->chunk;
	double filled = (double)(int64_t)slide->filled;
	leat_lane best = leat_lane_make(row[0], row[1] + (chunk + filled));
	leat_lane next = leat_lane_make(s->whole,
	    (chunk - 1 - s->whole_at) + filled);
	leat_lane_mask stays = dated_stays(leat_lane_dup(row[0]),
	    leat_lane_dup(s->whole), largest);

	best = leat_lane_pick(stays, best, next);
	next = leat_lane_firsts(s->run, s->at);
	stays = dated_stays(leat_lane_firsts(best, best),
	    leat_lane_firsts(next, next), largest);
	next = leat_lane_make(leat_lane_get(next, 0),
	    (filled - 1) - leat_lane_get(next, 1));
	return leat_lane_get(leat_lane_pick(stays, best, next), 1);
}
