/*
 * Runs the Check suites of socket_ingest's parts.
 *
 *      test_ingest [SUITE [CASE]]
 *
 * With names, only that suite or that case of it; Check's own variables
 * (CK_RUN_SUITE, CK_FORK, CK_VERBOSITY ...) work too.
 */
#include <stdio.h>
#include <stdlib.h>

#include "suites.h"

int main(int argc, char **argv)
{
	Suite *(*const suites[])(void) = { text_suite, clock_suite, alert_suite,
		snapshot_suite, sink_suite, senders_suite };
	SRunner *runner = srunner_create(NULL);
	const char *suite = argc > 1 ? argv[1] : getenv("CK_RUN_SUITE");
	const char *tcase = argc > 2 ? argv[2] : getenv("CK_RUN_CASE");
	int failed, run;

	for (size_t i = 0; i < sizeof suites / sizeof *suites; i++)
		srunner_add_suite(runner, suites[i]());
	srunner_run(runner, suite, tcase, CK_ENV);
	failed = srunner_ntests_failed(runner);
	run = srunner_ntests_run(runner);
	srunner_free(runner);
	if (run == 0)
		fprintf(stderr, "no such suite or case\n");
	return failed == 0 && run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
