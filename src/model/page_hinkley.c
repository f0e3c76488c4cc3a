/*
 * page_hinkley.c - the Page-Hinkley test for a change of the mean
 *
 * With m the mean of the values x_1 .. x_t since the last change, the test
 * for a rise follows
 *
 *      s_t = sum of (x_i - m_i - delta)
 *
 * and raises an alarm when s_t - min s exceeds the threshold. Only that
 * difference is kept: it is max(0, g + x_t - m_t - delta), g being the
 * one before. The test for a fall is the same on -x. An alarm of the one
 * that is looked for starts both anew, with no values.
 *
 * Cost: O(1). Source: E. S. Page, "Continuous inspection schemes",
 * Biometrika 41 (1954); D. V. Hinkley, "Inference about the change-point
 * from cumulative sum tests", Biometrika 58 (1971); the running mean and
 * delta as in J. Gama et al., "On evaluating stream learning algorithms",
 * Machine Learning 90 (2013).
 */
#include "drift.h"

static void ph_reset(leat_drift *d)
{
	memset(&d->state.page_hinkley, 0, sizeof(d->state.page_hinkley));
}

static double ph_cumulate(double g, double step)
{
	double sum = g + step;

	return sum > 0 ? sum : 0;
}

/* A score is in units of the threshold, and below 0 for a fall. */
static int ph_push(leat_drift *d, double x, double *score)
{
	struct leat_page_hinkley_state *s = &d->state.page_hinkley;

	leat_running_add(&s->mean, x);
	double deviation = (x - s->mean.hi) - s->mean.lo;
	s->rise = ph_cumulate(s->rise, deviation - d->options.delta);
	s->fall = ph_cumulate(s->fall, -deviation - d->options.delta);
	if (s->mean.n <= d->options.min_count)
		return LEAT_CHANGE_NONE;
	/* The larger sum counts of those that are looked for. */
	int rises = leat_drift_wants(d, LEAT_CHANGE_RISE) &&
	    (s->rise >= s->fall || !leat_drift_wants(d, LEAT_CHANGE_FALL));
	double sum = rises ? s->rise : s->fall;
	*score = (rises ? sum : -sum) / d->options.threshold;
	if (sum <= d->options.threshold)
		return LEAT_CHANGE_NONE;
	ph_reset(d);
	return rises ? LEAT_CHANGE_RISE : LEAT_CHANGE_FALL;
}

static double ph_mean(const leat_drift *d)
{
	return leat_running_mean(&d->state.page_hinkley.mean);
}

static uint64_t ph_length(const leat_drift *d)
{
	return d->state.page_hinkley.mean.n;
}

static void ph_tape(leat_drift *d, struct leat_tape *t)
{
	struct leat_page_hinkley_state *s = &d->state.page_hinkley;

	leat_tape_running(t, &s->mean, d->pushed);
	leat_tape_expect(t, leat_drift_may_be_mean(s->mean.hi));
	leat_tape_positive(t, &s->rise);
	leat_tape_positive(t, &s->fall);
	if (s->mean.n == 0)
		leat_tape_expect(t, fabs(s->mean.hi) + s->rise + s->fall == 0);
}

const struct leat_detector leat_detector_page_hinkley = {
	.takes = LEAT_TAKES_DELTA | LEAT_TAKES_THRESHOLD,
	.min_count = 30,
	.least_count = 1,
	.reset = ph_reset,
	.tape = ph_tape,
	.push = ph_push,
	.mean = ph_mean,
	.length = ph_length,
};
