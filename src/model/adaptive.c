/*
 * adaptive.c - learning from data as they are
 *
 * Plain descent needs features of one scale and a rate that fits. Here
 * nothing is asked for:
 *
 * - Features are standardised by their running mean and variance, which
 *   take the sample in before its features are used, so that z is at most
 *   sqrt(n) after n samples. A value more than 8 standard deviations away
 *   counts as that far away: what is huge neither moves the statistics for
 *   ever nor throws the prediction. Targets of the losses that predict the
 *   score are standardised likewise; POISSON learns the logarithm of a
 *   target over the mean target.
 * - The rate is eta / sqrt(1 + sum of squared slopes so far), AdaGrad's
 *   with one rate for all: standardised, features need none of their own.
 * - The step is implicit: for a loss of curvature c it is divided by
 *   1 + c rate |z|^2, and it never goes beyond the score at which the loss
 *   is least. However large z is, a step corrects an error, and cannot turn
 *   it into the opposite one.
 * - No eta is best on all data, so two predictors learn with eta 0.5 and
 *   0.05 from the same z. The model is share p + (1 - share) q, whose
 *   share in [0, 1] is itself learned by descent.
 * - Predictions stay within the targets seen.
 *
 * 1 / sqrt(variance) changes little from sample to sample, so the one
 * before and a Newton step give the next, without root or division.
 *
 * AdaGrad: Duchi, Hazan, Singer, JMLR 12 (2011); Ward, Wu, Bottou, "AdaGrad
 * stepsizes", JMLR 21 (2020), for one rate. Implicit steps: Kulis,
 * Bartlett, "Implicit online learning", ICML (2010). Standardising within
 * the learner: Ross, Mineiro, Langford, "Normalized online learning", UAI
 * (2013). Two predictors: Arenas-Garcia, Figueiras-Vidal, Sayed, "Mean
 * square performance of a convex combination of two adaptive filters",
 * IEEE Trans. Signal Process. 54 (2006).
 * Cost: two passes over seven numbers a feature, four times plain descent.
 */
#include "../core/quad.h"
#include "model.h"

/*
 * State of four features, side by side, so that a pass reads memory in order.
 * Lanes beyond the last feature are always 0.
 */
struct adaptive_four {
	double quick[4], steady[4]; /* coefficients of z */
	double first[4]; /* first value seen, the reference of the others */
	double mean[4];  /* mean, relative to first */
	double variance[4];
	double inverse[4]; /* 1 / sqrt(variance), 0 while that is 0 */
	double z[4];       /* z of the current sample */
};

#define ADAPTIVE_LOG 30.0    /* limit of a log-mean, relative to the mean's */
#define ADAPTIVE_RATIO 1e13  /* limit of a target over the mean */
#define ADAPTIVE_SUM 1e280   /* most that one sample adds to a sum of squares */
#define ADAPTIVE_LIGHT 1e-13 /* share in the sum of weights */
#define ADAPTIVE_ETA_QUICK 0.5
#define ADAPTIVE_ETA_STEADY 0.05
#define ADAPTIVE_ETA_SHARE 0.1

/* Weights of the sample and of earlier ones, and limits for the careful way. */
struct adaptive_weights {
	double rate, keep; /* rate + keep is 1 */
	double middle, reach;
};

/* Features on their way through a vector. */
struct adaptive_few {
	double value[4], moved[4], mean[4], variance[4], inverse[4], z[4];
};

/* Scores of both predictors for a sample, and the size of z. */
struct adaptive_view {
	double quick, steady;
	double squares; /* |z|^2, with 1 for the intercept */
};

/* The parts of learning for one width of vectors; see adaptive_pass.h. */
struct adaptive_passes {
	int (*nonfinite)(const double *x, size_t n);
	void (*first)(leat_model *m, const struct leat_row *row);
	struct adaptive_view (*note)(const leat_model *m,
	    const struct adaptive_weights *weights, const struct leat_row *row);
	void (*move)(const leat_model *m, double quick, double steady);
	void (*penalise)(const leat_model *m, double quick, double steady);
};

LEAT_INLINE struct adaptive_four *adaptive_fours(const leat_model *m)
{
	return (struct adaptive_four *)(void *)m->array[0];
}

LEAT_INLINE size_t adaptive_n_fours(const leat_model *m)
{
	return (m->n + 3) / 4;
}

/*
 * The variance goes to v' = keep (v + rate d^2), so v' / v tells both
 * whether the Newton step is enough and whether d is an outlier: up to
 * 1/16 on, and for |z| up to 7.5, nothing needs care. A sample that counts
 * next to nothing moves no variance, however far, and all of it needs care.
 */
LEAT_INLINE struct adaptive_weights adaptive_weights(double seen, double weight)
{
	double rate = weight / (seen + weight), keep = 1 - rate;
	double least = 1 - 0.0625, most = keep * (1 + 7.5 * 7.5 * rate);
	struct adaptive_weights w = { rate, keep, 0, 0 };

	most = most < 1 + 0.0625 ? most : 1 + 0.0625;
	w.middle = (least + most) / 2;
	w.reach = rate < ADAPTIVE_LIGHT ? -1 : (most - least) / 2;
	return w;
}

static void adaptive_sizes(const leat_model_options *o, size_t *sizes)
{
	sizes[0] = (o->n_features + 3) / 4 *
	    (sizeof(struct adaptive_four) / sizeof(double));
}

/* ---- Targets ---- */

/* Returns the logarithm of a ratio, limited to finite and moderate ratios. */
static double adaptive_log(double ratio, double otherwise)
{
	return ratio > 0 && ratio <= ADAPTIVE_RATIO ? leat_ln(ratio)
						    : otherwise;
}

/*
 * A score f of the model stands for center + scale f; with POISSON, for the
 * mean center e^f. It is cut off at the targets seen.
 */
LEAT_INLINE void adaptive_units(leat_model *m)
{
	struct leat_adaptive_state *s = &m->state.adaptive;

	if (leat_is_location(m->loss)) {
		s->units.center = s->y_mean;
		if (s->y_variance > 0) {
			s->units.scale = leat_sqrt(s->y_variance);
			s->units.per_scale = 1 / s->units.scale;
		}
		s->units.least = (s->y_least - s->units.center) *
		    s->units.per_scale;
		s->units.most = (s->y_most - s->units.center) *
		    s->units.per_scale;
		s->units.low = s->y_least;
		s->units.high = s->y_most;
	} else if (m->loss == LEAT_LOSS_POISSON) {
		s->units.center = s->y_mean > 0 ? s->y_mean : 1;
		s->units.least = adaptive_log(s->y_least / s->units.center,
		    -ADAPTIVE_LOG);
		s->units.most = adaptive_log(s->y_most / s->units.center,
		    ADAPTIVE_LOG);
	}
}

static void adaptive_start(leat_model *m)
{
	struct leat_adaptive_state *s = &m->state.adaptive;

	s->share = 0.5;
	s->mixing = 0.01;
	s->rate = s->units.scale = s->units.per_scale = 1;
	s->units.center = m->loss == LEAT_LOSS_POISSON;
	s->units.least = s->units.low = -HUGE_VAL;
	s->units.most = s->units.high = HUGE_VAL;
}

/* Returns y, limited to 8 standard deviations from the other targets. */
LEAT_INLINE double adaptive_clip_y(const struct leat_adaptive_state *s,
    double y)
{
	double most = LEAT_STANDARD_HUGE;

	if (s->y_variance > 0 && LEAT_STANDARD_MOST * s->spread < most)
		most = LEAT_STANDARD_MOST * s->spread;
	return leat_within(y, s->y_mean - most, s->y_mean + most);
}

LEAT_INLINE void adaptive_see_y(struct leat_adaptive_state *s, double y,
    const struct adaptive_weights *w)
{
	double part;

	y = adaptive_clip_y(s, y);
	if (s->seen == 0)
		s->y_least = s->y_most = y;
	part = w->rate * (y - s->y_mean);
	s->y_variance = w->keep * (s->y_variance + part * (y - s->y_mean));
	s->spread = leat_sqrt(s->y_variance);
	s->y_mean += part;
	s->y_least = y < s->y_least ? y : s->y_least;
	s->y_most = y > s->y_most ? y : s->y_most;
}

/* The target in units of the model. */
LEAT_INLINE double adaptive_target(const leat_model *m, double y)
{
	const struct leat_adaptive_state *s = &m->state.adaptive;

	if (leat_is_location(m->loss))
		return leat_within((y - s->units.center) * s->units.per_scale,
		    -LEAT_STANDARD_MOST, LEAT_STANDARD_MOST);
	if (m->loss == LEAT_LOSS_POISSON)
		return leat_within(adaptive_clip_y(s, y) / s->units.center, 0,
		    ADAPTIVE_RATIO);
	return y;
}

/* The loss's arg in those units: HUBER's and EPSILON's is a length. */
LEAT_INLINE double adaptive_arg(const leat_model *m)
{
	if (m->arg_given &&
	    (m->loss == LEAT_LOSS_HUBER || m->loss == LEAT_LOSS_EPSILON))
		return m->loss_arg * m->state.adaptive.units.per_scale;
	return m->loss_arg;
}

/* ---- Predicting ---- */

LEAT_INLINE double adaptive_mix(double share,
    const struct leat_adaptive_units *u, struct adaptive_view *view)
{
	view->quick = leat_within(view->quick, u->least, u->most);
	view->steady = leat_within(view->steady, u->least, u->most);
	return share * view->quick + (1 - share) * view->steady;
}

LEAT_INLINE double adaptive_raw_score(const leat_model *m,
    const struct leat_adaptive_units *u, double f)
{
	if (m->loss == LEAT_LOSS_POISSON)
		return leat_ln(u->center) + f;
	return leat_within(u->center + u->scale * f, u->low, u->high);
}

/* ---- Learning ---- */

/* Moves the share towards the predictor that was nearer. */
LEAT_INLINE void adaptive_weigh(struct leat_adaptive_state *s,
    const struct adaptive_view *view, double slope, double weight)
{
	double g = weight * slope * (view->quick - view->steady);
	double most = LEAT_GRADIENT_MAX;

	g = leat_within(g, -most, most);
	s->mixing += g * g;
	s->share = leat_within(s->share -
		ADAPTIVE_ETA_SHARE * g / leat_sqrt(s->mixing),
	    0, 1);
}

/*
 * Returns the step along z of a predictor with score f and slope g. With
 * constant curvature the division alone prevents overshooting. A weight stands
 * for as many steps, each of which leaves 1 / (1 + bend) of the error: all
 * of them go (1 - (1 + bend)^-weight) of the way.
 */
static double adaptive_step_other(const leat_model *m, double arg, double f,
    double y, double g, double rate, double weight, double squares)
{
	double bend = rate * squares * leat_loss_curvature(m->loss, f);
	double step = rate / (1 + bend) * g, most;

	if (bend * weight < 1e-9) /* the difference would be all rounding */
		step *= weight;
	else if (weight != 1)
		step *= leat_one_minus_exp(weight * leat_ln(1 + bend)) *
		    (1 + bend) / bend;
	if (m->loss <= LEAT_LOSS_HUBER || m->loss == LEAT_LOSS_LOGISTIC)
		return step;
	most = fabs(leat_loss_best(m->loss, arg, f, y) - f) / squares;
	return leat_within(step, -most, most);
}

/* Inlines the most frequent case of adaptive_step_other(). */
LEAT_INLINE double adaptive_step(const leat_model *m, double arg, double f,
    double y, double g, double rate, double weight, double squares)
{
	if (LEAT_LIKELY(m->loss == LEAT_LOSS_SQUARED && weight == 1))
		return rate / (1 + rate * squares) * g;
	return adaptive_step_other(m, arg, f, y, g, rate, weight, squares);
}

/* Updates both predictors, with the rate from the samples before. */
LEAT_INLINE void adaptive_follow(leat_model *m,
    const struct adaptive_view *view, double y, double weight,
    struct adaptive_passes by)
{
	struct leat_adaptive_state *s = &m->state.adaptive;
	double arg = adaptive_arg(m), t = adaptive_target(m, y);
	double g = leat_slope(m->loss, arg, view->quick, t);
	double h = leat_slope(m->loss, arg, view->steady, t);
	double rate = s->rate;
	double quick = adaptive_step(m, arg, view->quick, t, g,
	    ADAPTIVE_ETA_QUICK * rate, weight, view->squares);
	double steady = adaptive_step(m, arg, view->steady, t, h,
	    ADAPTIVE_ETA_STEADY * rate, weight, view->squares);

	by.move(m, quick, steady);
	if (m->l1 > 0 || m->l2 > 0)
		by.penalise(m, ADAPTIVE_ETA_QUICK * rate * weight,
		    ADAPTIVE_ETA_STEADY * rate * weight);
	m->intercept -= quick;
	s->intercept2 -= steady;
	g = s->share * g + (1 - s->share) * h;
	s->gradients += leat_within(weight * g * g, 0, ADAPTIVE_SUM);
	s->rate = 1 / leat_sqrt(1 + s->gradients);
}

/*
 * Learns one sample. Work that depends on y only comes before the pass over the
 * features, so that the CPU can overlap both.
 */
LEAT_INLINE int adaptive_learn_by(leat_model *m, const struct leat_row *row,
    double y, double weight, double *prediction_out, struct adaptive_passes by)
{
	struct leat_adaptive_state *s = &m->state.adaptive;
	struct leat_adaptive_units before = s->units;
	struct adaptive_weights w = adaptive_weights(s->seen, weight);
	struct adaptive_view view;
	int err = leat_target_check(m->loss, y);
	double f, t, arg, slope;

	if (!err &&
	    (!(s->seen + weight <= LEAT_STANDARD_SEEN) ||
		by.nonfinite(row->x, row->n)))
		err = LEAT_NOT_FINITE;
	if (err)
		return leat_model_refuse(m, err);
	/* The prediction must not depend on the weight, but z below does. */
	if (prediction_out && weight != 1)
		*prediction_out = leat_link(m->loss, m->rule->score(m, row));
	if (s->seen == 0)
		by.first(m, row);
	t = adaptive_target(m, y);
	arg = adaptive_arg(m);
	adaptive_see_y(s, y, &w);
	adaptive_units(m);
	view = by.note(m, &w, row);
	f = adaptive_mix(s->share, &before, &view);
	if (prediction_out && weight == 1)
		*prediction_out = leat_link(m->loss,
		    adaptive_raw_score(m, &before, f));
	slope = leat_slope(m->loss, arg, f, t);
	adaptive_follow(m, &view, y, weight, by);
	adaptive_weigh(s, &view, slope, weight);
	s->seen += weight;
	m->t++;
	return LEAT_OK;
}

/* ---- Both widths ---- */

#define PASS(name) adaptive2_##name
#define V(name) leat_lane_##name
#define VECTOR leat_lane
#define WIDTH 2
#define TARGET
#include "adaptive_pass.h"

#ifdef LEAT_AVX
#define PASS(name) adaptive4_##name
#define V(name) leat_quad_##name
#define VECTOR leat_quad
#define WIDTH 4
#define TARGET LEAT_AVX
#include "adaptive_pass.h"
#endif

static double adaptive_score(const leat_model *m, const struct leat_row *row)
{
	const struct leat_adaptive_state *s = &m->state.adaptive;
	struct adaptive_weights w = adaptive_weights(s->seen, 1);
	struct adaptive_view view;

	if (leat_row_nonfinite(row))
		return NAN;
#ifdef LEAT_AVX
	if (leat_has_avx())
		view = adaptive4_look(m, &w, row);
	else
#endif
		view = adaptive2_look(m, &w, row);
	return adaptive_raw_score(m, &s->units,
	    adaptive_mix(s->share, &s->units, &view));
}

leat_learn_function *leat_adaptive_learn(void)
{
#ifdef LEAT_AVX
	if (leat_has_avx())
		return adaptive4_learn;
#endif
	return adaptive2_learn;
}

/* ---- Coefficients ---- */

static void adaptive_raw(const leat_model *m, double *w_out,
    double *intercept_out)
{
	const struct leat_adaptive_state *s = &m->state.adaptive;
	double b = s->share * m->intercept + (1 - s->share) * s->intercept2;
	double at0 = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct adaptive_four *a = &adaptive_fours(m)[i / 4];
		size_t k = i % 4;
		double w = s->share * a->quick[k] +
		    (1 - s->share) * a->steady[k];
		w *= a->inverse[k];
		b -= w * a->mean[k];
		at0 -= s->units.scale * w * a->first[k];
		if (w_out)
			w_out[i] = leat_model_finite(s->units.scale * w);
	}
	*intercept_out = leat_model_finite(adaptive_raw_score(m, &s->units, b) +
	    at0);
}

const struct leat_rule leat_rule_adaptive = {
	.losses = ~0u,
	.takes = LEAT_TAKES_L1 | LEAT_TAKES_L2,
	.sizes = adaptive_sizes,
	.start = adaptive_start,
	.score = adaptive_score,
	.raw = adaptive_raw,
};
