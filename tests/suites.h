/* The suites that tests/main.c runs, one for each test_*.c. */
#ifndef LEAT_TESTS_SUITES_H
#define LEAT_TESTS_SUITES_H

#include <check.h>

Suite *oracle_suite(void);
Suite *core_suite(void);
Suite *arithmetic_suite(void);
Suite *stat_suite(void);
Suite *window_suite(void);
Suite *many_suite(void);
Suite *each_suite(void);
Suite *exact_suite(void);
Suite *sums_suite(void);
Suite *ends_suite(void);
Suite *decay_suite(void);
Suite *decay_range_suite(void);
Suite *cost_suite(void);
Suite *faults_suite(void);
Suite *model_update_suite(void);
Suite *model_default_suite(void);
Suite *model_api_suite(void);
Suite *model_finite_suite(void);
Suite *metric_suite(void);
Suite *drift_suite(void);
Suite *counter_suite(void);
Suite *reference_suite(void);
Suite *index_suite(void);
Suite *twin_suite(void);
Suite *time_suite(void);
Suite *time_cases_suite(void);
Suite *time_faults_suite(void);
Suite *time_cost_suite(void);
Suite *time_small_suite(void);
Suite *max_windows_suite(void);
Suite *keyed_suite(void);
Suite *keyed_queue_suite(void);
Suite *keyed_parts_suite(void);
Suite *keyed_crowd_suite(void);
Suite *keyed_limits_suite(void);
Suite *keyed_faults_suite(void);
Suite *keyed_count_suite(void);
Suite *number_suite(void);
Suite *timestamp_suite(void);
Suite *csv_suite(void);
Suite *spec_suite(void);
Suite *limits_suite(void);
Suite *state_suite(void);
Suite *state_time_suite(void);
Suite *state_format_suite(void);
Suite *state_damage_suite(void);
Suite *state_ends_suite(void);
Suite *state_merge_suite(void);
Suite *state_merge_time_suite(void);
Suite *state_merge_keyed_suite(void);

#endif
