/*
 * model.h - models, and what watches over them
 *
 * Every object here is one block of memory (core/block.c): the struct,
 * then its arrays.
 */
#ifndef LEAT_MODEL_H
#define LEAT_MODEL_H

#include "../core/core.h"
#include "../state/state.h"

/* ------------------------------------------------------------------ */
/* Losses: loss.c                                                     */
/* ------------------------------------------------------------------ */

/* The derivative of a loss by the score; the commonest loss in place. */
double leat_slope_other(int loss, double arg, double f, double y);

LEAT_INLINE double leat_slope(int loss, double arg, double f, double y)
{
	return LEAT_LIKELY(loss == LEAT_LOSS_SQUARED)
	    ? f - y
	    : leat_slope_other(loss, arg, f, y);
}

/* What a score says of y: itself for the losses up to QUANTILE. */
double leat_link_other(int loss, double f);

LEAT_INLINE double leat_link(int loss, double f)
{
	return LEAT_LIKELY(loss <= LEAT_LOSS_QUANTILE)
	    ? f
	    : leat_link_other(loss, f);
}

/* Whether y is finite and the loss can have it as a target. */
int leat_target_check_other(int loss, double y);

LEAT_INLINE int leat_target_check(int loss, double y)
{
	if (LEAT_UNLIKELY(!(y - y == 0)))
		return LEAT_NOT_FINITE;
	return LEAT_LIKELY(loss <= LEAT_LOSS_QUANTILE)
	    ? LEAT_OK
	    : leat_target_check_other(loss, y);
}

int leat_loss_exists(int loss);
int leat_loss_arg_fits(int loss, double arg);

/*
 * For steps that must not overshoot: a bound of the second derivative
 * around f, and for losses but LOGISTIC the score at which the loss is least
 * (f itself where it is least already, infinite where there is none).
 */
double leat_loss_curvature(int loss, double f);
double leat_loss_best(int loss, double arg, double f, double y);

/* ------------------------------------------------------------------ */
/* Rows, and sums over them: row.c                                    */
/* ------------------------------------------------------------------ */

/* Features of one sample: all of them, or those that index names. */
struct leat_row {
	const double *x;
	const uint32_t *index; /* NULL: x has all */
	size_t n;
};

/* For each feature i that the row has, with value v: the statement. */
#define LEAT_FOR_ROW(row, statement)                                           \
	do {                                                                   \
		if (!(row)->index) {                                           \
			for (size_t i = 0; i < (row)->n; i++) {                \
				const double v = (row)->x[i];                  \
				statement;                                     \
			}                                                      \
		} else {                                                       \
			for (size_t k = 0; k < (row)->n; k++) {                \
				const size_t i = (row)->index[k];              \
				const double v = (row)->x[k];                  \
				statement;                                     \
			}                                                      \
		}                                                              \
	} while (0)

/*
 * A sum over features has eight terms: term k is the plain sum over the
 * features i with i mod 8 = k, in ascending order, and the terms are joined
 * as below. The order is part of the result, so it is fixed here and not
 * left to the compiler: dense rows by vectors of two or four, and sparse
 * ones feature by feature, give the same bits.
 */
LEAT_INLINE double leat_join8(const double *s)
{
	return ((s[0] + s[4]) + (s[2] + s[6])) +
	    ((s[1] + s[5]) + (s[3] + s[7]));
}

LEAT_INLINE leat_lane leat_join8_lanes(leat_lane a, leat_lane b, leat_lane c,
    leat_lane d)
{
	return leat_lane_add(leat_lane_add(a, c), leat_lane_add(b, d));
}

/*
 * The rest of a dense sum from feature i on, i mod 8 = 0. Unless NULL, the
 * squares of these features are added.
 */
LEAT_INLINE double leat_dot_rest(const double *w, const double *x, size_t i,
    size_t n, leat_lane a, leat_lane b, leat_lane c, leat_lane d,
    double *squares)
{
	double s[8];
	leat_lane t;

	if (i == n) {
		t = leat_join8_lanes(a, b, c, d);
		return leat_lane_get(t, 0) + leat_lane_get(t, 1);
	}
	leat_lane_store(s, a);
	leat_lane_store(s + 2, b);
	leat_lane_store(s + 4, c);
	leat_lane_store(s + 6, d);
	for (; i < n; i++) {
		s[i & 7] += w[i] * x[i];
		if (squares)
			*squares += x[i] * x[i];
	}
	return leat_join8(s);
}

/* Of four features. */
LEAT_INLINE leat_lane leat_squares(const double *x)
{
	leat_lane u = leat_lane_load(x), v = leat_lane_load(x + 2);

	return leat_lane_add(leat_lane_mul(u, u), leat_lane_mul(v, v));
}

/* The sum, and unless NULL that of x's squares, in any order. */
LEAT_INLINE double leat_dot_dense(const double *w, const double *x, size_t n,
    double *squares)
{
	leat_lane a = leat_lane_dup(0), b = a, c = a, d = a;
	leat_lane p = a, q = a;
	size_t whole = n - n % 8;

	for (size_t i = 0; i < whole; i += 8) {
		if (squares) {
			p = leat_lane_add(p, leat_squares(x + i));
			q = leat_lane_add(q, leat_squares(x + i + 4));
		}
		a = leat_lane_add(a,
		    leat_lane_mul(leat_lane_load(w + i),
			leat_lane_load(x + i)));
		b = leat_lane_add(b,
		    leat_lane_mul(leat_lane_load(w + i + 2),
			leat_lane_load(x + i + 2)));
		c = leat_lane_add(c,
		    leat_lane_mul(leat_lane_load(w + i + 4),
			leat_lane_load(x + i + 4)));
		d = leat_lane_add(d,
		    leat_lane_mul(leat_lane_load(w + i + 6),
			leat_lane_load(x + i + 6)));
	}
	if (squares) {
		p = leat_lane_add(p, q);
		*squares = leat_lane_get(p, 0) + leat_lane_get(p, 1);
	}
	return leat_dot_rest(w, x, whole, n, a, b, c, d, squares);
}

double leat_dot(const double *w, const struct leat_row *row);
double leat_square_norm(const struct leat_row *row);
/* The largest |x| of a row that is finite; 0 if it has none. */
double leat_row_most(const struct leat_row *row);
/* NaN or an infinity in it. */
int leat_row_nonfinite(const struct leat_row *row);

/* ------------------------------------------------------------------ */
/* Models                                                             */
/* ------------------------------------------------------------------ */

/* Options beyond n_features, loss and loss_arg that an update may take. */
enum leat_takes {
	LEAT_TAKES_RATE = 1,
	LEAT_TAKES_POWER = 2,
	LEAT_TAKES_AVERAGE = 4,
	LEAT_TAKES_FORGETTING = 8,
	LEAT_TAKES_L1 = 16,
	LEAT_TAKES_L2 = 32,
	LEAT_TAKES_CLIP = 64,
	LEAT_TAKES_RATES = 128,
	LEAT_TAKES_RAW = 256, /* no_intercept */
	LEAT_TAKES_STANDARD = 512
};

/*
 * No number of a model may become infinite, and for that no sample may move
 * one far. A sample that would make a coefficient grow by more than
 * LEAT_GROWTH_MAX, or that has a gradient beyond LEAT_GRADIENT_MAX where
 * squares of gradients are kept, is refused. Then 2^64 samples, which is
 * more than there can be, leave coefficients below 1e170 and sums of squares
 * below 1e300.
 */
#define LEAT_GROWTH_MAX 1e150
#define LEAT_GRADIENT_MAX 1e140
#define LEAT_SQUARES_MAX 1e300

/* Options up to this size cannot do what the above is to prevent. */
#define LEAT_ORDINARY_MAX 1e50

#define LEAT_MODEL_ARRAYS 5

/* How one update works. */
struct leat_rule {
	unsigned losses; /* bits 1 << enum leat_loss */
	unsigned takes;  /* bits of enum leat_takes */
	double rate;     /* by default */
	/* How many numbers there are in each array; array 0 is w. */
	void (*sizes)(const leat_model_options *o, size_t *sizes);
	/* All numbers are 0; sets those that must not be. May be NULL. */
	void (*start)(leat_model *m);
	/* The score; not finite if x is not, or if it overflows. */
	double (*score)(const leat_model *m, const struct leat_row *row);
	/*
	 * Learns, where that score was finite and all else is checked. A
	 * sample that would move a number too far is LEAT_NOT_FINITE, and
	 * nothing has been changed then.
	 */
	int (*update)(leat_model *m, const struct leat_row *row, double y,
	    double weight, double score);
	/* w and intercept in raw units; NULL: as they are. */
	void (*raw)(const leat_model *m, double *w_out, double *intercept_out);
	/*
	 * Starts a new model from these. NULL: it learns what is beside them,
	 * see base.c.
	 */
	void (*set)(leat_model *m, const double *w, double intercept);
};

extern const struct leat_rule leat_rule_adaptive, leat_rule_sgd,
    leat_rule_adagrad, leat_rule_nlms, leat_rule_pa1, leat_rule_pa2,
    leat_rule_ftrl, leat_rule_rls, leat_rule_cocob;

/* ---- Standard units: standard.c, adaptive.c ---- */

#define LEAT_STANDARD_MOST 8.0      /* deviations that a value counts as */
#define LEAT_STANDARD_HUGE 1e150    /* squares must not overflow */
#define LEAT_STANDARD_SPREAD 1e-290 /* variance of what is not constant */
#define LEAT_STANDARD_SEEN 1e307    /* sum of weights */

LEAT_INLINE double leat_within(double x, double least, double most)
{
	x = x > least ? x : least;
	return x < most ? x : most;
}

struct leat_spread {
	double mean, variance;
	double inverse; /* 1 / sqrt(variance), 0 while that is 0 */
};

LEAT_INLINE double leat_inverse_root(double variance)
{
	return variance < LEAT_STANDARD_SPREAD ? 0 : 1 / leat_sqrt(variance);
}

/*
 * Takes in a value that counts `rate` beside those before it, which count
 * keep = 1 - rate. A value more than 8 deviations away moves them as one that
 * far away does. Returns the value in the deviations that this makes.
 */
LEAT_INLINE double leat_spread_see(struct leat_spread *s, double value,
    double rate, double keep)
{
	double most = LEAT_STANDARD_MOST * s->variance * s->inverse;
	double d, part;

	if (s->inverse == 0 || most > LEAT_STANDARD_HUGE)
		most = LEAT_STANDARD_HUGE;
	d = leat_within(value - s->mean, -most, most);
	part = rate * d;
	s->mean += part;
	s->variance = keep * (s->variance + part * d);
	s->inverse = leat_inverse_root(s->variance);
	return leat_within((value - s->mean) * s->inverse, -LEAT_STANDARD_MOST,
	    LEAT_STANDARD_MOST);
}

struct leat_unit {
	double first; /* value seen, which the mean is relative to */
	struct leat_spread moments;
};

/* Whether a loss predicts f in the units of y. */
int leat_is_location(int loss);

typedef int leat_learn_function(leat_model *m, const struct leat_row *row,
    double y, double weight, double *prediction_out);

/*
 * State beyond the arrays. Each of these structs is made of doubles alone.
 */
struct leat_sgd_state {
	double average; /* of the intercept */
};

struct leat_rls_state {
	double least, most; /* targets seen */
};

/* The intercept's share of what AdaGrad, FTRL, COCOB keep a feature. */
struct leat_coin_state {
	double largest, sum, reward, theta;
};

/* What a score f stands for, and where it is cut off. */
struct leat_adaptive_units {
	double center, scale, per_scale, least, most;
	double low, high; /* raw targets that it is cut off at */
};

struct leat_adaptive_state {
	double intercept2; /* of the steady predictor */
	double seen;       /* sum of weights */
	double gradients;  /* sum of squared slopes */
	double rate;       /* that they make */
	double share;      /* of the quick predictor */
	double mixing;     /* sum of squared slopes by the share */
	double y_mean, y_variance, y_least, y_most;
	double spread; /* sqrt(y_variance) */
	struct leat_adaptive_units units;
};

struct leat_model {
	leat_learn_function *learn;
	leat_learn_function *own; /* what base.c adds the base to */
	size_t n;                 /* features */
	double *w, intercept;
	double rate;
	int loss;
	int no_intercept;
	int plain_slope;  /* the squared loss, not clipped */
	double given_arg; /* the option */
	double loss_arg;  /* in the units that the update learns in */
	int arg_given;    /* else ADAPTIVE takes it in units of its own */

	double t; /* samples learned from */
	double l1, l2, clip, power, forgetting;
	int average;
	const double *rates; /* NULL: all 1 */
	double most_rate;    /* the largest of them and 1 */
	int ordinary;        /* rates and l2 are not out of all proportion */
	double *array[LEAT_MODEL_ARRAYS];
	size_t length[LEAT_MODEL_ARRAYS];
	union {
		struct leat_sgd_state sgd;
		struct leat_rls_state rls;
		struct leat_coin_state coin;
		struct leat_adaptive_state adaptive;
	} state;

	int standardise;
	struct leat_unit *units; /* of features; NULL: they are as they are */
	struct leat_unit y;
	double *z;   /* the sample at hand */
	double seen; /* sum of weights */

	int based;                    /* coefficients were set */
	double *base, base_intercept; /* NULL: the update's own were */
	double offset; /* of the score at hand, where the loss has no units */

	int update;
	const struct leat_rule *rule;
	uint64_t refused;
	struct leat_block block;
};

/* model.c: a sample that is not taken. Returns err. */
int leat_model_refuse(leat_model *m, int err);
/* By the rule's score and update. */
leat_learn_function leat_model_learn_by_rule;

/* standard.c */
leat_learn_function leat_standard_learn;
double leat_standard_score(const leat_model *m, const struct leat_row *row);
void leat_standard_reset(leat_model *m);
void leat_standard_raw(const leat_model *m, double *w_out,
    double *intercept_out);
void leat_standard_tape(struct leat_tape *t, leat_model *m);

/* base.c */
leat_learn_function leat_base_learn;
double leat_base_score(const leat_model *m, const struct leat_row *row);
void leat_base_tape(struct leat_tape *t, leat_model *m);

/* The score of a model: its own, with that of its base. */
double leat_model_score_of(const leat_model *m, const struct leat_row *row);
/* What the update predicts by: coefficients, and the intercept. */
const double *leat_model_w(const leat_model *m, double *intercept);
/* What a number can say of a coefficient. */
double leat_model_told(double x);

/* The score that the slope is taken at. */
LEAT_INLINE double leat_model_offset(const leat_model *m, double f)
{
	return LEAT_LIKELY(m->offset == 0) ? f : f + m->offset;
}

/* The slope, clipped. */
LEAT_INLINE double leat_model_slope(const leat_model *m, double score, double y)
{
	double g = leat_slope(m->loss, m->loss_arg, score, y);

	if (m->clip > 0)
		g = g > m->clip ? m->clip : g < -m->clip ? -m->clip : g;
	return g;
}

/* Whether w may become v. */
LEAT_INLINE int leat_growth_fits(double w, double v)
{
	return fabs(v) <= fabs(w) + LEAT_GROWTH_MAX;
}

/* Whether g x may be squared and summed, for each x and the intercept. */
LEAT_INLINE int leat_gradient_fits(double g, const struct leat_row *row)
{
	double most = leat_row_most(row);

	return fabs(g) * (most > 1 ? most : 1) <= LEAT_GRADIENT_MAX;
}

/* |w| less by, but not past 0. */
LEAT_INLINE double leat_shrink(double w, double by)
{
	return w > by ? w - by : w < -by ? w + by : 0;
}

/* The sum that most updates predict by. */
double leat_model_linear(const leat_model *m, const struct leat_row *row);

/* One array of n, which is w. */
void leat_model_w_alone(const leat_model_options *o, size_t *sizes);
/* Where w and the intercept are all there is. */
void leat_model_w_set(leat_model *m, const double *w, double intercept);
enum { LEAT_MODEL_W, LEAT_MODEL_AVERAGE };

/* Special cases in sgd.c and adaptive.c, chosen when a model is made. */
leat_learn_function *leat_sgd_learn(const leat_model *m);
leat_learn_function *leat_adaptive_learn(void);

/* ------------------------------------------------------------------ */
/* Drift: drift.c, page_hinkley.c, adwin.c, chart.c                   */
/* ------------------------------------------------------------------ */

/* Which options a kind takes; the others must be 0. */
enum leat_detector_takes {
	LEAT_TAKES_DELTA = 1,
	LEAT_TAKES_THRESHOLD = 2,
	LEAT_TAKES_ALPHA = 4,
	LEAT_TAKES_SIZE = 8,
	LEAT_TAKES_BASELINE = 16 /* mean and stddev */
};

/* How one kind of detector works. */
struct leat_detector {
	unsigned takes; /* bits of enum leat_detector_takes */
	/* Defaults; 0 where there is none. */
	double delta, threshold, alpha;
	uint64_t min_count;
	uint64_t least_count; /* the smallest min_count it can take */
	/*
	 * Memory beside the struct: how much, where, and where in a copy of
	 * the block. All three NULL: none.
	 */
	int (*room)(const leat_drift_options *o, size_t *n_bytes_out);
	void (*place)(leat_drift *d, void *memory, size_t n_bytes);
	void (*moved)(const leat_drift *from, leat_drift *to);
	void (*reset)(leat_drift *d);
	void (*tape)(leat_drift *d, struct leat_tape *t);
	/*
	 * x is finite and at most LEAT_DRIFT_MAX in size. *score is NaN, and
	 * stays it where there is none.
	 */
	int (*push)(leat_drift *d, double x, double *score);
	double (*mean)(const leat_drift *d);
	uint64_t (*length)(const leat_drift *d);
};

extern const struct leat_detector leat_detector_page_hinkley,
    leat_detector_adwin, leat_detector_zscore, leat_detector_ewma;

/*
 * Larger values are taken for this one: the square of twice it, summed
 * over 2^64 values, is still finite, so nothing here can overflow.
 */
#define LEAT_DRIFT_MAX 0x1p465

/*
 * A mean in two doubles. In one, a mean of 10^10 values would no longer
 * move: each new value changes it by less than half an ulp.
 */
struct leat_running {
	double hi, lo;
	uint64_t n;
};

/* Returns how far x was from the mean of the values before it. */
LEAT_INLINE double leat_running_add(struct leat_running *r, double x)
{
	double d = (x - r->hi) - r->lo;

	r->n++;
	leat_two_sum(r->hi, r->lo + d / (double)r->n, &r->hi, &r->lo);
	return d;
}

/* Saves or loads a running mean of at most so many values. */
void leat_tape_running(struct leat_tape *t, struct leat_running *r,
    uint64_t most);
int leat_drift_may_be_mean(double x);
/* A number that is never below 0. */
void leat_tape_positive(struct leat_tape *t, double *x);

LEAT_INLINE double leat_running_mean(const struct leat_running *r)
{
	return r->n ? r->hi + r->lo : NAN;
}

struct leat_page_hinkley_state {
	struct leat_running mean;
	double rise, fall; /* cumulated sums, each above its minimum */
};

struct leat_zscore_state {
	leat_window *window;
	double mean; /* of the values before the newest */
	uint64_t length;
};

struct leat_ewma_state {
	struct leat_running baseline;
	double m2;       /* of the baseline, sum of squared deviations */
	double stddev;   /* of the baseline, once it is complete */
	double average;  /* EWMA less the mean of the baseline */
	double variance; /* of the average, in units of stddev^2 */
};

/*
 * Row i has up to M buckets of 2^i values each, oldest first, and for a
 * moment one more. 64 rows hold more values than can be pushed.
 */
#define LEAT_ADWIN_M 5
#define LEAT_ADWIN_ROWS 64
struct leat_adwin {
	uint64_t n;    /* values in all buckets */
	unsigned rows; /* in use; none of them is empty */
	unsigned char count[LEAT_ADWIN_ROWS];
	double mean[LEAT_ADWIN_ROWS][LEAT_ADWIN_M + 1];
	double m2[LEAT_ADWIN_ROWS][LEAT_ADWIN_M + 1];
};

struct leat_drift {
	const struct leat_detector *detector;
	leat_drift_options options; /* with the defaults filled in */
	uint64_t pushed;            /* and taken */
	uint64_t refused;
	union {
		struct leat_page_hinkley_state page_hinkley;
		struct leat_zscore_state zscore;
		struct leat_ewma_state ewma;
		struct leat_adwin *adwin;
	} state;
	struct leat_block block;
};

/* Whether the caller looks for this change. */
LEAT_INLINE int leat_drift_wants(const leat_drift *d, int change)
{
	return !d->options.direction || d->options.direction == change;
}

#endif
