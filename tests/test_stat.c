/* Statistics as values: names, text, and which of them need pairs. */
#include <string.h>

#include <leat.h>

#include "suites.h"

/* Written out by hand from the header: number, name, short name, pairs. */
static const struct row {
	int id;
	const char *name;
	const char *alias;
	int pairs;
	leat_stat stat;
} rows[] = {
	{ 2, "count", NULL, 0, LEAT_COUNT },
	{ 3, "missing", NULL, 0, LEAT_COUNT_MISSING },
	{ 4, "sum", NULL, 0, LEAT_SUM },
	{ 5, "mean", "avg", 0, LEAT_MEAN },
	{ 6, "variance", "var", 0, LEAT_VARIANCE },
	{ 7, "variance_pop", "var_pop", 0, LEAT_VARIANCE_POP },
	{ 8, "stddev", "std", 0, LEAT_STDDEV },
	{ 9, "stddev_pop", "std_pop", 0, LEAT_STDDEV_POP },
	{ 10, "stderr", "sem", 0, LEAT_STDERR },
	{ 11, "stderr_pop", "sem_pop", 0, LEAT_STDERR_POP },
	{ 12, "skewness", "skew", 0, LEAT_SKEWNESS },
	{ 13, "skewness_pop", "skew_pop", 0, LEAT_SKEWNESS_POP },
	{ 14, "kurtosis", "kurt", 0, LEAT_KURTOSIS },
	{ 15, "kurtosis_pop", "kurt_pop", 0, LEAT_KURTOSIS_POP },
	{ 16, "zscore", NULL, 0, LEAT_ZSCORE },
	{ 17, "min", NULL, 0, LEAT_MIN },
	{ 18, "max", NULL, 0, LEAT_MAX },
	{ 19, "range", NULL, 0, LEAT_RANGE },
	{ 20, "argmin", NULL, 0, LEAT_ARGMIN },
	{ 21, "argmax", NULL, 0, LEAT_ARGMAX },
	{ 22, "first", NULL, 0, LEAT_FIRST },
	{ 23, "last", NULL, 0, LEAT_LAST },
	{ 24, "rate_of_change", "roc", 0, LEAT_RATE_OF_CHANGE },
	{ 25, "product", "prod", 0, LEAT_PRODUCT },
	{ 26, "geometric_mean", "gmean", 0, LEAT_GEOMETRIC_MEAN },
	{ 27, "sum_of_squares", "sumsq", 0, LEAT_SUM_OF_SQUARES },
	{ 28, "rms", NULL, 0, LEAT_RMS },
	{ 29, "covariance", "cov", 1, LEAT_COVARIANCE },
	{ 30, "covariance_pop", "cov_pop", 1, LEAT_COVARIANCE_POP },
	{ 31, "correlation", "corr", 1, LEAT_CORRELATION },
	{ 32, "slope", NULL, 1, LEAT_SLOPE },
	{ 33, "intercept", NULL, 1, LEAT_INTERCEPT },
	{ 34, "increase", NULL, 0, LEAT_INCREASE },
	{ 35, "rate", NULL, 0, LEAT_RATE },
	{ 36, "time_mean", "tmean", 0, LEAT_TIME_MEAN },
	{ 37, "time_mean_linear", "tmean_linear", 0, LEAT_TIME_MEAN_LINEAR },
	{ 38, "mae", NULL, 1, LEAT_MAE },
	{ 39, "mse", NULL, 1, LEAT_MSE },
	{ 40, "rmse", NULL, 1, LEAT_RMSE },
	{ 41, "r2", NULL, 1, LEAT_R2 },
	{ 42, "bias", NULL, 1, LEAT_BIAS },
	{ 43, "log_loss", NULL, 1, LEAT_LOG_LOSS },
	{ 44, "accuracy", NULL, 1, LEAT_ACCURACY },
	{ 45, "coverage", NULL, 1, LEAT_COVERAGE },
	{ 46, "auc", NULL, 1, LEAT_AUC },
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

/* Rates are told per second, of ticks of a nanosecond. */
static double arg_of(int id)
{
	return id == 35 ? 1e9 : 0;
}

static void parses_to(const char *text, int id)
{
	leat_stat stat = { -77, 3, 5.0, 2.0, (const leat_agg *)&rows, 1 };
	ck_assert_msg(leat_stat_parse(text, &stat) == 0, "'%s'", text);
	ck_assert_int_eq(stat.id, id);
	ck_assert(stat.arg == arg_of(id));
	ck_assert_ptr_null(stat.agg);
}

START_TEST(every_initialiser_has_its_number)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		ck_assert_int_eq(rows[i].stat.id, rows[i].id);
		ck_assert(rows[i].stat.arg == arg_of(rows[i].id));
		ck_assert_ptr_null(rows[i].stat.agg);
	}
}
END_TEST

START_TEST(every_name_parses_to_its_statistic_and_back)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		parses_to(rows[i].name, rows[i].id);
		ck_assert_str_eq(leat_stat_name(&rows[i].stat), rows[i].name);
	}
}
END_TEST

START_TEST(every_short_name_parses_to_its_statistic)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		if (rows[i].alias != NULL)
			parses_to(rows[i].alias, rows[i].id);
	}
}
END_TEST

START_TEST(unknown_names_are_refused_and_nothing_is_written)
{
	static const char *const texts[] = { "", " ", "agg", "Mean", "MEAN",
		"mean ", " mean", "mea", "meann", "mean_pop", "avg_pop",
		"sum_pop", "min_pop", "corr_pop", "correlation_pop", "roc_pop",
		"slope_pop", "_pop", "pop", "variance_", "variance_po",
		"variance_pop_pop", "leat_mean", "LEAT_MEAN", "median", "p99",
		"std,mean", "rate(5)", "timemean", "tmean_", "linear",
		"increase_pop", "mean\n", "\xc3\xa9", "5" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		leat_stat stat, before;
		memset(&stat, 0x5A, sizeof(stat));
		memcpy(&before, &stat, sizeof(stat));
		ck_assert_msg(leat_stat_parse(texts[i], &stat) == LEAT_ESTAT,
		    "'%s'", texts[i]);
		ck_assert_mem_eq(&stat, &before, sizeof(stat));
	}
}
END_TEST

START_TEST(a_rate_is_told_per_any_number_of_ticks)
{
	leat_stat stat = LEAT_RATE_PER(60 * LEAT_MILLISECOND);

	ck_assert_int_eq(stat.id, 35);
	ck_assert(stat.arg == 6e7);
	ck_assert_ptr_null(stat.agg);
	ck_assert_str_eq(leat_stat_name(&stat), "rate");
}
END_TEST

START_TEST(numbers_that_are_no_statistic_have_no_name)
{
	static const int ids[] = { 0, -1, 47, 1000, -2147483647 };

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		leat_stat stat = LEAT_STAT_INIT(0);
		stat.id = ids[i];
		ck_assert_ptr_null(leat_stat_name(&stat));
		ck_assert_int_eq(leat_stat_pairs(&stat), 0);
	}
}
END_TEST

START_TEST(covariance_and_its_kin_and_errors_need_pairs)
{
	for (size_t i = 0; i < N_ROWS; i++)
		ck_assert_int_eq(leat_stat_pairs(&rows[i].stat) != 0,
		    rows[i].pairs);
}
END_TEST

START_TEST(a_class_of_your_own_has_its_own_name_and_pairs)
{
	leat_agg agg = { 0 };
	leat_stat stat = LEAT_AGG(&agg, 2.5);

	ck_assert_int_eq(stat.id, LEAT_STAT_AGG);
	ck_assert(stat.arg == 2.5);
	ck_assert_ptr_eq(stat.agg, &agg);
	ck_assert_str_eq(leat_stat_name(&stat), "agg");
	ck_assert_int_eq(leat_stat_pairs(&stat), 0);
	agg.name = "swing";
	agg.pairs = 7;
	ck_assert_str_eq(leat_stat_name(&stat), "swing");
	ck_assert_int_ne(leat_stat_pairs(&stat), 0);
	stat.agg = NULL;
	ck_assert_str_eq(leat_stat_name(&stat), "agg");
	ck_assert_int_eq(leat_stat_pairs(&stat), 0);
}
END_TEST

Suite *stat_suite(void)
{
	Suite *s = suite_create("stat");
	TCase *t = tcase_create("stat");
	tcase_add_test(t, every_initialiser_has_its_number);
	tcase_add_test(t, every_name_parses_to_its_statistic_and_back);
	tcase_add_test(t, every_short_name_parses_to_its_statistic);
	tcase_add_test(t, unknown_names_are_refused_and_nothing_is_written);
	tcase_add_test(t, a_rate_is_told_per_any_number_of_ticks);
	tcase_add_test(t, numbers_that_are_no_statistic_have_no_name);
	tcase_add_test(t, covariance_and_its_kin_and_errors_need_pairs);
	tcase_add_test(t, a_class_of_your_own_has_its_own_name_and_pairs);
	suite_add_tcase(s, t);
	return s;
}
