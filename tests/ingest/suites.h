/* The suites that main.c runs: the parts of socket_ingest by themselves. */
#ifndef INGEST_TESTS_SUITES_H
#define INGEST_TESTS_SUITES_H

#include <check.h>

Suite *clock_suite(void);
Suite *text_suite(void);
Suite *alert_suite(void);
Suite *snapshot_suite(void);
Suite *sink_suite(void);
Suite *senders_suite(void);

#endif
