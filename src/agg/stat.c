/*
 * stat.c - the table of statistics: their names and what they are made of
 */
#include "agg.h"

#define BIT(c) (1u << LEAT_CLASS_##c)

static const struct leat_stat_info stat_infos[] = {
	{ "count", NULL, LEAT_STAT_COUNT, 0, 0, 1, 0 },
	{ "missing", "count_missing", LEAT_STAT_COUNT_MISSING, 0, 0, 1, 0 },
	{ "sum", NULL, LEAT_STAT_SUM, BIT(SUM), 0, 1, 0 },
	{ "mean", "avg", LEAT_STAT_MEAN, BIT(SUM), 0, 1, 0 },
	{ "variance", "var", LEAT_STAT_VARIANCE, BIT(MOMENTS), 0, 1, 0 },
	{ "variance_pop", "var_pop", LEAT_STAT_VARIANCE_POP, BIT(MOMENTS), 0, 1,
	    0 },
	{ "stddev", "std", LEAT_STAT_STDDEV, BIT(MOMENTS), 0, 1, 0 },
	{ "stddev_pop", "std_pop", LEAT_STAT_STDDEV_POP, BIT(MOMENTS), 0, 1,
	    0 },
	{ "stderr", "sem", LEAT_STAT_STDERR, BIT(MOMENTS), 0, 0, 0 },
	{ "stderr_pop", "sem_pop", LEAT_STAT_STDERR_POP, BIT(MOMENTS), 0, 0,
	    0 },
	{ "skewness", "skew", LEAT_STAT_SKEWNESS, BIT(SHAPE), 0, 0, 0 },
	{ "skewness_pop", "skew_pop", LEAT_STAT_SKEWNESS_POP, BIT(SHAPE), 0, 0,
	    0 },
	{ "kurtosis", "kurt", LEAT_STAT_KURTOSIS, BIT(SHAPE), 0, 0, 0 },
	{ "kurtosis_pop", "kurt_pop", LEAT_STAT_KURTOSIS_POP, BIT(SHAPE), 0, 0,
	    0 },
	{ "zscore", NULL, LEAT_STAT_ZSCORE, BIT(MOMENTS), 0, 1, 0 },
	{ "min", NULL, LEAT_STAT_MIN, BIT(MIN), 0, 0, 0 },
	{ "max", NULL, LEAT_STAT_MAX, BIT(MAX), 0, 0, 0 },
	{ "range", NULL, LEAT_STAT_RANGE, BIT(MIN) | BIT(MAX), 0, 0, 0 },
	{ "argmin", NULL, LEAT_STAT_ARGMIN, BIT(ARGMIN), 0, 0, 0 },
	{ "argmax", NULL, LEAT_STAT_ARGMAX, BIT(ARGMAX), 0, 0, 0 },
	{ "first", NULL, LEAT_STAT_FIRST, BIT(FIRST), 0, 0, 0 },
	{ "last", NULL, LEAT_STAT_LAST, 0, 0, 1, 0 },
	{ "rate_of_change", "roc", LEAT_STAT_RATE_OF_CHANGE, BIT(FIRST), 0, 0,
	    0 },
	{ "product", "prod", LEAT_STAT_PRODUCT, BIT(PRODUCT), 0, 0, 0 },
	{ "geometric_mean", "gmean", LEAT_STAT_GEOMETRIC_MEAN, BIT(PRODUCT), 0,
	    0, 0 },
	{ "sum_of_squares", "sumsq", LEAT_STAT_SUM_OF_SQUARES, BIT(SQUARES), 0,
	    1, 0 },
	{ "rms", NULL, LEAT_STAT_RMS, BIT(SQUARES), 0, 1, 0 },
	{ "covariance", "cov", LEAT_STAT_COVARIANCE, BIT(PAIRS), 1, 1, 0 },
	{ "covariance_pop", "cov_pop", LEAT_STAT_COVARIANCE_POP, BIT(PAIRS), 1,
	    1, 0 },
	{ "correlation", "corr", LEAT_STAT_CORRELATION, BIT(PAIRS), 1, 1, 0 },
	{ "slope", NULL, LEAT_STAT_SLOPE, BIT(PAIRS), 1, 1, 0 },
	{ "intercept", NULL, LEAT_STAT_INTERCEPT, BIT(PAIRS), 1, 1, 0 },
	{ "increase", NULL, LEAT_STAT_INCREASE, BIT(COUNTER), 0, 0, 0 },
	{ "rate", NULL, LEAT_STAT_RATE, BIT(COUNTER), 0, 0, LEAT_NEEDS_TIME },
	{ "time_mean", "tmean|twa", LEAT_STAT_TIME_MEAN, BIT(HOLD), 0, 0,
	    LEAT_NEEDS_TIME },
	{ "time_mean_linear", "tmean_linear", LEAT_STAT_TIME_MEAN_LINEAR,
	    BIT(TRAPEZOID), 0, 0, LEAT_NEEDS_TIME },
	{ "mae", NULL, LEAT_STAT_MAE, BIT(DISTANCE), 1, 1, 0 },
	{ "mse", NULL, LEAT_STAT_MSE, BIT(ERROR_SQUARES), 1, 1, 0 },
	{ "rmse", NULL, LEAT_STAT_RMSE, BIT(ERROR_SQUARES), 1, 1, 0 },
	{ "r2", NULL, LEAT_STAT_R2, BIT(ERROR_SQUARES) | BIT(TARGETS), 1, 1,
	    0 },
	{ "bias", NULL, LEAT_STAT_BIAS, BIT(BIAS), 1, 1, 0 },
	{ "log_loss", NULL, LEAT_STAT_LOG_LOSS, BIT(LOSS), 1, 1, 0 },
	{ "accuracy", NULL, LEAT_STAT_ACCURACY, BIT(HITS), 1, 1, 0 },
	{ "coverage", NULL, LEAT_STAT_COVERAGE, BIT(COVERED), 1, 1, 0 },
	{ "auc", NULL, LEAT_STAT_AUC, 0, 1, 0, LEAT_NEEDS_ORDER },
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
	static const struct leat_class *const classes[LEAT_N_CLASSES] = { NULL,
		&leat_class_sum, &leat_class_moments, &leat_class_shape,
		&leat_class_min, &leat_class_max, &leat_class_argmin,
		&leat_class_argmax, &leat_class_first, &leat_class_product,
		&leat_class_squares, &leat_class_pairs, &leat_class_earliest,
		&leat_class_latest, &leat_class_counter, &leat_class_hold,
		&leat_class_trapezoid, &leat_class_bias, &leat_class_distance,
		&leat_class_loss, &leat_class_error_squares,
		&leat_class_targets, &leat_class_hits, &leat_class_covered,
		&leat_class_user };

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

/* What windows by count know from the order of pushes needs a class. */
unsigned leat_stat_time_classes(const leat_stat *s)
{
	const struct leat_stat_info *info = leat_stat_find(s->id);
	unsigned classes = info ? info->classes : 0;

	if (classes & BIT(FIRST))
		classes ^= BIT(FIRST) | BIT(EARLIEST);
	if (s->id == LEAT_STAT_LAST || s->id == LEAT_STAT_ZSCORE ||
	    s->id == LEAT_STAT_RATE_OF_CHANGE)
		classes |= BIT(LATEST);
	return classes;
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
	if (stat->id == LEAT_STAT_AGG)
		return stat->agg && stat->agg->pairs;
	const struct leat_stat_info *info = leat_stat_find(stat->id);
	return info && info->pairs;
}
