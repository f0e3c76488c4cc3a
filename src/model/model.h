/*
 * model.h - linear models that learn from one sample at a time
 *
 * A model has one coefficient for each feature, and an intercept. model.c
 * checks samples and predicts; an update rule, a struct leat_rule in a file of
 * its own, says how a sample changes the coefficients. A model is one block of
 * memory (core/block.c): the struct, then its arrays.
 */
#ifndef LEAT_MODEL_H
#define LEAT_MODEL_H

#include "../core/memory.h"
#include "../state/state.h"
#include "loss.h"
#include "row.h"
#include "spread.h"

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

/* Options up to this size cannot cause such growth. */
#define LEAT_ORDINARY_MAX 1e50

#define LEAT_MODEL_ARRAYS 5

/* Operations of one update rule. */
struct leat_rule {
	unsigned losses; /* bits 1 << enum leat_loss */
	unsigned takes;  /* bits of enum leat_takes */
	double rate;     /* by default */
	int n_arrays;    /* arrays of n_features numbers; array 0 is w */
	/* Sets other lengths of arrays; NULL: those are all. */
	void (*sizes)(const leat_model_options *o, size_t *sizes);
	/* Initialises numbers that must not be 0; all are 0 before. */
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
	/* w, unless NULL, and intercept in raw units. NULL: as they are. */
	void (*raw)(const leat_model *m, double *w_out, double *intercept_out);
	/* Starts a new model from these. NULL: base.c learns beside them. */
	void (*set)(leat_model *m, const double *w, double intercept);
};

extern const struct leat_rule leat_rule_adaptive, leat_rule_sgd,
    leat_rule_adagrad, leat_rule_nlms, leat_rule_pa, leat_rule_ftrl,
    leat_rule_rls, leat_rule_cocob;

typedef int leat_learn_function(leat_model *m, const struct leat_row *row,
    double y, double weight, double *prediction_out);

/* State beyond the arrays. These structs are made of doubles alone. */
struct leat_sgd_state {
	double average; /* average of the intercept */
};

struct leat_rls_state {
	double least, most; /* targets seen */
};

/* The intercept's share of what AdaGrad, FTRL, COCOB keep a feature. */
struct leat_coin_state {
	double largest, sum, reward, theta;
};

/* Units of a score f, and its limits. */
struct leat_adaptive_units {
	double center, scale, per_scale, least, most;
	double low, high; /* raw targets that it is cut off at */
};

struct leat_adaptive_state {
	double intercept2; /* intercept of the steady predictor */
	double seen;       /* sum of weights */
	double gradients;  /* sum of squared slopes */
	double rate;       /* rate made from these sums */
	double share;      /* share of the quick predictor */
	double mixing;     /* sum of squared slopes by the share */
	double y_mean, y_variance, y_least, y_most;
	double spread; /* sqrt(y_variance) */
	struct leat_adaptive_units units;
};

struct leat_model {
	leat_learn_function *learn;
	/* learn function to which base.c adds the base */
	leat_learn_function *own;
	size_t n; /* features */
	double *w, intercept;
	double rate;
	int loss;
	int no_intercept;
	int plain_slope;  /* the squared loss, not clipped */
	double given_arg; /* the option */
	double loss_arg;  /* argument in units of the update */
	int arg_given;    /* 0: ADAPTIVE uses a default in its own units */

	double t; /* samples learned from */
	double l1, l2, clip, power, forgetting;
	int average;
	const double *rates; /* NULL: all 1 */
	double most_rate;    /* the largest of them and 1 */
	int ordinary;        /* rates and l2 are moderate */
	double *array[LEAT_MODEL_ARRAYS];
	size_t length[LEAT_MODEL_ARRAYS];
	union {
		struct leat_sgd_state sgd;
		struct leat_rls_state rls;
		struct leat_coin_state coin;
		struct leat_adaptive_state adaptive;
	} state;

	int standardise;
	struct leat_unit *units; /* units of features; NULL: not standardised */
	struct leat_unit y;
	double *z;   /* the sample at hand */
	double seen; /* sum of weights */

	int based;                    /* coefficients were set */
	double *base, base_intercept; /* NULL: the update's own were */
	/* added to the current score, if the loss has no units */
	double offset;

	int update;
	const struct leat_rule *rule;
	uint64_t refused;
	struct leat_block block;
};

/* model.c: a sample that is not taken. Returns err. */
int leat_model_refuse(leat_model *m, int err);
/* Learns by the rule's score and update. */
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
/* Returns the coefficients used for predictions, and sets the intercept. */
const double *leat_model_w(const leat_model *m, double *intercept);
/* Clamps a coefficient to the range of finite numbers. */
double leat_model_finite(double x);

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

/* Returns whether w may become v. */
LEAT_INLINE int leat_growth_fits(double w, double v)
{
	return fabs(v) <= fabs(w) + LEAT_GROWTH_MAX;
}

/* Returns whether all g x, and g itself, can be squared and summed. */
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

/* Sets the coefficients of a rule that has only w and the intercept. */
void leat_model_w_set(leat_model *m, const double *w, double intercept);
enum { LEAT_MODEL_W, LEAT_MODEL_AVERAGE };

/* Special cases in sgd.c and adaptive.c, chosen when a model is made. */
leat_learn_function *leat_sgd_learn(const leat_model *m);
leat_learn_function *leat_adaptive_learn(void);

#endif
