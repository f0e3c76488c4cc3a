/*
 * chart.c - control charts: limits around a mean, for values and averages
 *
 * The z-score chart compares a value with mean and standard deviation of
 * those before it, which a window of the library keeps.
 *
 * The EWMA chart follows z = alpha x + (1 - alpha) z, which starts at the
 * mean of a baseline. If the values are independent and have the standard
 * deviation s, the t-th z has the variance s^2 v_t with
 *
 *      v_t = alpha / (2 - alpha) (1 - (1 - alpha)^(2 t))
 *          = (1 - alpha)^2 v_(t-1) + alpha^2,   v_0 = 0.
 *
 * Both are kept as a difference that a step makes smaller, of z to the
 * mean and of v to its limit, so that neither a mean far from 0 nor a
 * small alpha costs digits.
 *
 * Standard deviations are of samples (ddof 1). Where one is 0, the limits
 * have no width, and any value that differs is beyond them.
 *
 * Cost: O(1). Sources: W. A. Shewhart, "Economic control of quality of
 * manufactured product" (1931); S. W. Roberts, "Control chart tests based
 * on geometric moving averages", Technometrics 1 (1959).
 */
#include "../core/maths.h"
#include "../window/window.h"
#include "drift.h"

/* On which side of the limits a deviation is. */
static int chart_side(double deviation, double limit)
{
	if (!(fabs(deviation) > limit))
		return LEAT_CHANGE_NONE;
	return deviation > 0 ? LEAT_CHANGE_RISE : LEAT_CHANGE_FALL;
}

/* That deviation in units of a spread, which may be 0. */
static double chart_score(double deviation, double spread)
{
	return deviation == 0 ? 0 : deviation / spread;
}

/* ---------------- z-score ------------------------------------------- */

static const leat_stat zscore_stats[] = { LEAT_MEAN, LEAT_STDDEV };

static leat_window_options zscore_window(const leat_drift_options *o)
{
	leat_window_options w;

	memset(&w, 0, sizeof(w));
	w.kind = o->size ? LEAT_SLIDING : LEAT_LANDMARK;
	w.size = o->size;
	w.stats = zscore_stats;
	w.n_stats = 2;
	return w;
}

static int zscore_room(const leat_drift_options *o, size_t *n_bytes_out)
{
	leat_window_options w = zscore_window(o);

	return leat_window_check(&w, n_bytes_out, NULL);
}

static void zscore_place(leat_drift *d, size_t n_bytes)
{
	leat_window_options w = zscore_window(&d->options);
	leat_window *window;
	int err = leat_window_init(&window, d->beside, n_bytes, &w);

	d->beside = window;
	LEAT_ASSERT(!err); /* zscore_room() has asked */
	(void)err;
}

static void zscore_moved(const leat_drift *from, leat_drift *to)
{
	leat_window_moved(from->beside, to->beside);
}

static void zscore_reset(leat_drift *d)
{
	struct leat_zscore_state *s = &d->state.zscore;

	leat_window_reset(d->beside);
	s->mean = NAN;
	s->length = 0;
}

static int zscore_push(leat_drift *d, double x, double *score)
{
	struct leat_zscore_state *s = &d->state.zscore;
	leat_window *window = d->beside;
	double out[2];

	leat_window_query(window, out);
	s->mean = out[0];
	s->length = leat_window_length(window);
	leat_window_push(window, x);
	if (s->length < d->options.min_count)
		return LEAT_CHANGE_NONE;
	*score = chart_score(x - s->mean, out[1]);
	/* The mean of equal values is that value, to the bit. */
	return chart_side(x - s->mean, d->options.threshold * out[1]);
}

static double zscore_mean(const leat_drift *d)
{
	return d->state.zscore.mean;
}

static uint64_t zscore_length(const leat_drift *d)
{
	return d->state.zscore.length;
}

/* Checks a loaded state: the mean covers the window but its newest value. */
static int zscore_fits(const leat_drift *d)
{
	const struct leat_zscore_state *s = &d->state.zscore;
	const leat_window *window = d->beside;
	uint64_t before = d->pushed ? d->pushed - 1 : 0;
	double now[2];

	if (d->options.size > 0 && before > d->options.size)
		before = d->options.size;
	leat_window_query(window, now);
	return window->engine->pushed(window) == d->pushed &&
	    leat_window_missing(window) == 0 && s->length == before &&
	    (s->mean - s->mean == 0) == (before > 0) &&
	    (now[0] - now[0] == 0) == (d->pushed > 0);
}

static void zscore_tape(leat_drift *d, struct leat_tape *t)
{
	struct leat_zscore_state *s = &d->state.zscore;

	leat_tape_double(t, &s->mean);
	leat_tape_number(t, &s->length, d->pushed);
	leat_tape_window_content(t, d->beside);
	if (t->loads && !t->err)
		leat_tape_expect(t, zscore_fits(d));
}

const struct leat_detector leat_detector_zscore = {
	.takes = LEAT_TAKES_THRESHOLD | LEAT_TAKES_SIZE,
	.threshold = 3,
	.min_count = 30,
	.least_count = 2,
	.room = zscore_room,
	.place = zscore_place,
	.moved = zscore_moved,
	.reset = zscore_reset,
	.tape = zscore_tape,
	.push = zscore_push,
	.mean = zscore_mean,
	.length = zscore_length,
};

/* ---------------- EWMA ---------------------------------------------- */

static int ewma_given(const leat_drift *d)
{
	return d->options.stddev > 0;
}

static void ewma_reset(leat_drift *d)
{
	struct leat_ewma_state *s = &d->state.ewma;

	memset(s, 0, sizeof(*s));
	if (!ewma_given(d))
		return;
	s->baseline.hi = d->options.mean;
	s->stddev = d->options.stddev;
}

static int ewma_push(leat_drift *d, double x, double *score)
{
	struct leat_ewma_state *s = &d->state.ewma;
	double alpha = d->options.alpha, deviation;

	if (!ewma_given(d) && s->baseline.n < d->options.min_count) {
		deviation = leat_running_add(&s->baseline, x);
		double n = (double)s->baseline.n;
		s->m2 += deviation * (deviation - deviation / n);
		if (s->baseline.n == d->options.min_count)
			s->stddev = leat_sqrt(s->m2 / (n - 1));
		return LEAT_CHANGE_NONE;
	}
	deviation = (x - s->baseline.hi) - s->baseline.lo;
	s->average += alpha * (deviation - s->average);
	s->variance += alpha * (alpha - (2 - alpha) * s->variance);
	double spread = leat_sqrt(s->variance);
	*score = chart_score(s->average, s->stddev * spread);
	int change = chart_side(s->average,
	    d->options.threshold * s->stddev * spread);
	if (change && leat_drift_wants(d, change))
		s->average = s->variance = 0;
	return change;
}

static double ewma_mean(const leat_drift *d)
{
	const struct leat_ewma_state *s = &d->state.ewma;

	return ewma_given(d) ? d->options.mean
			     : leat_running_mean(&s->baseline);
}

static uint64_t ewma_length(const leat_drift *d)
{
	return d->state.ewma.baseline.n;
}

/*
 * Until the baseline is complete nothing else is known. The variance goes to
 * alpha / (2 - alpha), which is at most 1.
 */
static int ewma_fits(const leat_drift *d)
{
	const struct leat_ewma_state *s = &d->state.ewma;

	if (s->average - s->average != 0 || s->variance > 2)
		return 0;
	if (ewma_given(d))
		return s->baseline.hi == d->options.mean && s->m2 == 0 &&
		    s->stddev == d->options.stddev;
	if (!leat_drift_may_be_mean(s->baseline.hi) ||
	    !leat_drift_may_be_mean(s->average))
		return 0;
	return s->baseline.n == d->options.min_count ||
	    (s->baseline.n == d->pushed && s->stddev == 0 && s->average == 0 &&
		s->variance == 0);
}

static void ewma_tape(leat_drift *d, struct leat_tape *t)
{
	struct leat_ewma_state *s = &d->state.ewma;

	leat_tape_running(t, &s->baseline,
	    ewma_given(d) ? 0 : d->options.min_count);
	leat_tape_expect(t, s->baseline.n <= d->pushed);
	leat_tape_positive(t, &s->m2);
	leat_tape_positive(t, &s->stddev);
	leat_tape_double(t, &s->average);
	leat_tape_positive(t, &s->variance);
	leat_tape_expect(t, ewma_fits(d));
}

const struct leat_detector leat_detector_ewma = {
	.takes = LEAT_TAKES_THRESHOLD | LEAT_TAKES_ALPHA | LEAT_TAKES_BASELINE,
	.threshold = 3,
	.alpha = 0.2,
	.min_count = 30,
	.least_count = 2,
	.reset = ewma_reset,
	.tape = ewma_tape,
	.push = ewma_push,
	.mean = ewma_mean,
	.length = ewma_length,
};
