/*
 * slide_edges.h - least and largest values of a sliding window; part of slide.c
 *
 * A missing value is NaN here and loses every comparison. Of two zeros the one
 * that came first stays. A row of the table is the extremum of a suffix.
 */

/* The lanes are the prefix of D and the suffix of B; `whole` is B's. */
struct edge_state {
	leat_lane run;
	double whole;
	double unused;
};

LEAT_INLINE double edge_none(int largest)
{
	return largest ? -HUGE_VAL : HUGE_VAL;
}

/* b if a is NaN */
LEAT_INLINE double edge_pick(int largest, double a, double b)
{
	return largest ? (a > b ? a : b) : (a < b ? a : b);
}

LEAT_INLINE void edge_turn(struct edge_state *s, int largest)
{
	s->whole = leat_lane_get(s->run, 0);
	s->run = leat_lane_dup(edge_none(largest));
}

/* v: the values of D and B, NaN where missing. */
LEAT_INLINE void edge_step(struct edge_state *s, leat_lane v, double *row,
    int largest)
{
	leat_lane run = largest ? leat_lane_max(v, s->run)
				: leat_lane_min(v, s->run);

	s->run = run;
	row[0] = leat_lane_get(run, 1);
}

LEAT_INLINE double edge_value(const struct edge_state *s, const double *row,
    int largest)
{
	return edge_pick(largest, leat_lane_get(s->run, 0),
	    edge_pick(largest, s->whole, row[0]));
}
