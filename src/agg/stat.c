/*
 * stat.c - the table of statistics
 *
 * A row says by which names a statistic is known, which classes it is made
 * from, and what it asks of a window. One that needs no class is known to
 * every window.
 */
#include "stat.h"
#include "class.h"

#define BIT(c) (1u << LEAT_CLASS_##c)

#define STAT(of, called, also_called, of_classes, of_traits)                   \
	{                                                                      \
		.id = LEAT_STAT_##of, .name = (called),                        \
		.alias = (also_called), .classes = (of_classes),               \
		.traits = (of_traits)                                          \
	}

enum {
	PAIRS = LEAT_OF_PAIRS,
	DECAYS = LEAT_DECAYS,
	BY_TIME = LEAT_NEEDS_TIME,
	ORDERED = LEAT_NEEDS_ORDER
};

static const struct leat_stat_info stat_infos[] = {
	STAT(COUNT, "count", NULL, 0, DECAYS),
	STAT(COUNT_MISSING, "missing", "count_missing", 0, DECAYS),
	STAT(SUM, "sum", NULL, BIT(SUM), DECAYS),
	STAT(MEAN, "mean", "avg", BIT(SUM), DECAYS),
	STAT(VARIANCE, "variance", "var", BIT(MOMENTS), DECAYS),
	STAT(VARIANCE_POP, "variance_pop", "var_pop", BIT(MOMENTS), DECAYS),
	STAT(STDDEV, "stddev", "std", BIT(MOMENTS), DECAYS),
	STAT(STDDEV_POP, "stddev_pop", "std_pop", BIT(MOMENTS), DECAYS),
	STAT(STDERR, "stderr", "sem", BIT(MOMENTS), 0),
	STAT(STDERR_POP, "stderr_pop", "sem_pop", BIT(MOMENTS), 0),
	STAT(SKEWNESS, "skewness", "skew", BIT(SHAPE), 0),
	STAT(SKEWNESS_POP, "skewness_pop", "skew_pop", BIT(SHAPE), 0),
	STAT(KURTOSIS, "kurtosis", "kurt", BIT(SHAPE), 0),
	STAT(KURTOSIS_POP, "kurtosis_pop", "kurt_pop", BIT(SHAPE), 0),
	STAT(ZSCORE, "zscore", NULL, BIT(MOMENTS), DECAYS),
	STAT(MIN, "min", NULL, BIT(MIN), 0),
	STAT(MAX, "max", NULL, BIT(MAX), 0),
	STAT(RANGE, "range", NULL, BIT(MIN) | BIT(MAX), 0),
	STAT(ARGMIN, "argmin", NULL, BIT(ARGMIN), 0),
	STAT(ARGMAX, "argmax", NULL, BIT(ARGMAX), 0),
	STAT(FIRST, "first", NULL, BIT(FIRST), 0),
	STAT(LAST, "last", NULL, 0, DECAYS),
	STAT(RATE_OF_CHANGE, "rate_of_change", "roc", BIT(FIRST), 0),
	STAT(PRODUCT, "product", "prod", BIT(PRODUCT), 0),
	STAT(GEOMETRIC_MEAN, "geometric_mean", "gmean", BIT(PRODUCT), 0),
	STAT(SUM_OF_SQUARES, "sum_of_squares", "sumsq", BIT(SQUARES), DECAYS),
	STAT(RMS, "rms", NULL, BIT(SQUARES), DECAYS),
	STAT(COVARIANCE, "covariance", "cov", BIT(PAIRS), PAIRS | DECAYS),
	STAT(COVARIANCE_POP, "covariance_pop", "cov_pop", BIT(PAIRS),
	    PAIRS | DECAYS),
	STAT(CORRELATION, "correlation", "corr", BIT(PAIRS), PAIRS | DECAYS),
	STAT(SLOPE, "slope", NULL, BIT(PAIRS), PAIRS | DECAYS),
	STAT(INTERCEPT, "intercept", NULL, BIT(PAIRS), PAIRS | DECAYS),
	STAT(INCREASE, "increase", NULL, BIT(COUNTER), 0),
	STAT(RATE, "rate", NULL, BIT(COUNTER), BY_TIME),
	STAT(TIME_MEAN, "time_mean", "tmean|twa", BIT(HOLD), BY_TIME),
	STAT(TIME_MEAN_LINEAR, "time_mean_linear", "tmean_linear",
	    BIT(TRAPEZOID), BY_TIME),
	STAT(MAE, "mae", NULL, BIT(DISTANCE), PAIRS | DECAYS),
	STAT(MSE, "mse", NULL, BIT(ERROR_SQUARES), PAIRS | DECAYS),
	STAT(RMSE, "rmse", NULL, BIT(ERROR_SQUARES), PAIRS | DECAYS),
	STAT(R2, "r2", NULL, BIT(ERROR_SQUARES) | BIT(TARGETS), PAIRS | DECAYS),
	STAT(BIAS, "bias", NULL, BIT(BIAS), PAIRS | DECAYS),
	STAT(LOG_LOSS, "log_loss", NULL, BIT(LOSS), PAIRS | DECAYS),
	STAT(ACCURACY, "accuracy", NULL, BIT(HITS), PAIRS | DECAYS),
	STAT(COVERAGE, "coverage", NULL, BIT(COVERED), PAIRS | DECAYS),
	STAT(AUC, "auc", NULL, 0, PAIRS | ORDERED),
};

static const size_t n_stat_infos = sizeof(stat_infos) / sizeof(stat_infos[0]);

const struct leat_stat_info *leat_stat_find(int id)
{
	for (size_t i = 0; i < n_stat_infos; i++)
		if (stat_infos[i].id == id)
			return &stat_infos[i];
	return NULL;
}

const struct leat_class *leat_class_find(enum leat_class_id id)
{
	static const struct leat_class *const classes[LEAT_N_CLASSES] = {
		[LEAT_CLASS_SUM] = &leat_class_sum,
		[LEAT_CLASS_MOMENTS] = &leat_class_moments,
		[LEAT_CLASS_SHAPE] = &leat_class_shape,
		[LEAT_CLASS_MIN] = &leat_class_min,
		[LEAT_CLASS_MAX] = &leat_class_max,
		[LEAT_CLASS_ARGMIN] = &leat_class_argmin,
		[LEAT_CLASS_ARGMAX] = &leat_class_argmax,
		[LEAT_CLASS_FIRST] = &leat_class_first,
		[LEAT_CLASS_PRODUCT] = &leat_class_product,
		[LEAT_CLASS_SQUARES] = &leat_class_squares,
		[LEAT_CLASS_PAIRS] = &leat_class_pairs,
		[LEAT_CLASS_EARLIEST] = &leat_class_earliest,
		[LEAT_CLASS_LATEST] = &leat_class_latest,
		[LEAT_CLASS_COUNTER] = &leat_class_counter,
		[LEAT_CLASS_HOLD] = &leat_class_hold,
		[LEAT_CLASS_TRAPEZOID] = &leat_class_trapezoid,
		[LEAT_CLASS_BIAS] = &leat_class_bias,
		[LEAT_CLASS_DISTANCE] = &leat_class_distance,
		[LEAT_CLASS_LOSS] = &leat_class_loss,
		[LEAT_CLASS_ERROR_SQUARES] = &leat_class_error_squares,
		[LEAT_CLASS_TARGETS] = &leat_class_targets,
		[LEAT_CLASS_HITS] = &leat_class_hits,
		[LEAT_CLASS_COVERED] = &leat_class_covered,
		[LEAT_CLASS_USER] = &leat_class_user,
	};

	return classes[id];
}

int leat_any_order(const struct leat_class *cls, const leat_agg *agg)
{
	return agg ? agg->commutative != 0 : cls->any_order;
}

int leat_stat_fits(const leat_stat *s)
{
	if (s->variant != 0 || s->arg2 != 0 || s->reserved != 0)
		return 0;
	if (s->id == LEAT_STAT_AGG)
		return 1;
	if (s->agg)
		return 0;
	if (s->id == LEAT_STAT_RATE)
		return s->arg > 0 && s->arg <= DBL_MAX;
	return s->arg == 0 && leat_stat_find(s->id) != NULL;
}

unsigned leat_stat_classes(const leat_stat *s, int by_time)
{
	const struct leat_stat_info *info = leat_stat_find(s->id);
	unsigned classes = info ? info->classes : 0;

	if (!by_time)
		return classes;
	/* Windows by count know these from the order of pushes. */
	if (classes & BIT(FIRST))
		classes ^= BIT(FIRST) | BIT(EARLIEST);
	if (s->id == LEAT_STAT_LAST || s->id == LEAT_STAT_ZSCORE ||
	    s->id == LEAT_STAT_RATE_OF_CHANGE)
		classes |= BIT(LATEST);
	return classes;
}

unsigned leat_stat_traits(const leat_stat *s)
{
	if (s->id == LEAT_STAT_AGG)
		return LEAT_OF_USER |
		    (s->agg && s->agg->pairs ? LEAT_OF_PAIRS : 0u);
	const struct leat_stat_info *info = leat_stat_find(s->id);
	return info ? info->traits : 0;
}

int leat_stat_parse(const char *text, leat_stat *stat_out)
{
	LEAT_ASSERT(text && stat_out);
	for (size_t i = 0; i < n_stat_infos; i++) {
		const struct leat_stat_info *info = &stat_infos[i];

		if (strcmp(text, info->name) != 0 &&
		    !leat_is_named(info->alias, text, strlen(text)))
			continue;
		memset(stat_out, 0, sizeof(*stat_out));
		stat_out->id = info->id;
		if (info->id == LEAT_STAT_RATE)
			stat_out->arg = (double)LEAT_SECOND;
		return LEAT_OK;
	}
	return LEAT_ESTAT;
}

const char *leat_stat_name(const leat_stat *stat)
{
	LEAT_ASSERT(stat);
	if (stat->id == LEAT_STAT_AGG)
		return stat->agg && stat->agg->name ? stat->agg->name : "agg";
	const struct leat_stat_info *info = leat_stat_find(stat->id);
	return info ? info->name : NULL;
}

int leat_stat_pairs(const leat_stat *stat)
{
	LEAT_ASSERT(stat);
	return (leat_stat_traits(stat) & LEAT_OF_PAIRS) != 0;
}
