/* Statistics as values: names, text, and which of them need pairs. */
#include <string.h>

#include <leat.h>

#include "lists.h"
#include "suites.h"

/* Rates are told per second, of ticks of a nanosecond. */
static double arg_of(int id)
{
	return id == 35 ? 1e9 : 0;
}

static void parses_to(const char *text, int id)
{
	leat_stat stat = { -77, 3, 5.0, 2.0, (const leat_agg *)&stat_list, 1 };
	ck_assert_msg(leat_stat_parse(text, &stat) == 0, "'%s'", text);
	ck_assert_int_eq(stat.id, id);
	ck_assert(stat.arg == arg_of(id));
	ck_assert_ptr_null(stat.agg);
}

START_TEST(every_initialiser_has_its_number)
{
	for (size_t i = 0; i < N_STATS; i++) {
		ck_assert_int_eq(stat_list[i].stat.id, stat_list[i].number);
		ck_assert(stat_list[i].stat.arg == arg_of(stat_list[i].number));
		ck_assert_ptr_null(stat_list[i].stat.agg);
	}
}
END_TEST

START_TEST(every_name_parses_to_its_statistic_and_back)
{
	for (size_t i = 0; i < N_STATS; i++) {
		parses_to(stat_list[i].name, stat_list[i].number);
		ck_assert_str_eq(leat_stat_name(&stat_list[i].stat),
		    stat_list[i].name);
	}
}
END_TEST

START_TEST(every_short_name_parses_to_its_statistic)
{
	for (size_t i = 0; i < N_STATS; i++) {
		if (stat_list[i].alias != NULL)
			parses_to(stat_list[i].alias, stat_list[i].number);
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
	const int ids[] = { 0, -1, stat_list[N_STATS - 1].number + 1, 1000,
		-2147483647 };

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
	for (size_t i = 0; i < N_STATS; i++)
		ck_assert_int_eq(leat_stat_pairs(&stat_list[i].stat) != 0,
		    (stat_list[i].traits & STAT_PAIRS) != 0);
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
