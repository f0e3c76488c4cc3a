/*
 * Runs the Check suites.
 *
 *      runner [SUITE [CASE]]
 *
 * With names, only that suite or that case of it; Check's own variables
 * (CK_RUN_SUITE, CK_FORK, CK_VERBOSITY ...) work too. LEAT_TEST_SHORT=1
 * asks for fewer sizes and seeds, for slow tools such as valgrind.
 */
#define _POSIX_C_SOURCE 200112L

#include <stdio.h>
#include <stdlib.h>

#include "suites.h"

int main(int argc, char **argv)
{
	/* A machine may be slow; Check would give up after four seconds. */
	setenv("CK_DEFAULT_TIMEOUT", "300", 0);
	Suite *(*const suites[])(void) = { oracle_suite, core_suite,
		arithmetic_suite, stat_suite, window_suite, many_suite,
		runs_suite, each_suite, flush_suite, exact_suite, ends_suite,
		sums_suite, superacc_suite, totals_suite, decay_suite,
		decay_range_suite, cost_suite, faults_suite, reserved_suite,
		traps_suite, corners_suite, model_standard_suite,
		model_update_suite, model_default_suite, model_api_suite,
		model_finite_suite, errors_suite, order_suite, drift_suite,
		reference_suite, counter_suite, index_suite, twin_suite,
		time_suite, time_cases_suite, time_faults_suite,
		time_cost_suite, time_small_suite, max_windows_suite,
		keyed_suite, keyed_queue_suite, keyed_parts_suite,
		keyed_crowd_suite, keyed_limits_suite, keyed_faults_suite,
		keyed_count_suite, number_suite, timestamp_suite, csv_suite,
		csv_rows_suite, spec_suite, state_suite, state_time_suite,
		limits_suite, state_format_suite, state_damage_suite,
		state_ends_suite, state_merge_suite, state_merge_time_suite,
		state_merge_keyed_suite };
	SRunner *runner = srunner_create(NULL);
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		srunner_add_suite(runner, suites[i]());

	const char *suite = argc > 1 ? argv[1] : getenv("CK_RUN_SUITE");
	const char *tcase = argc > 2 ? argv[2] : getenv("CK_RUN_CASE");
	srunner_run(runner, suite, tcase, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	int run = srunner_ntests_run(runner);
	srunner_free(runner);
	if (run == 0)
		fprintf(stderr, "no such suite or case\n");
	return failed == 0 && run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
