/*
 * Shared by the tests of text: a decoder whose samples are written down as a
 * text, its "story": "a=1.5 b=2@1700000000000000000".
 */
#ifndef INGEST_TEST_TEXT_H
#define INGEST_TEST_TEXT_H

#include <check.h>
#include <stddef.h>

#include "../../examples/socket_ingest/decoder.h"

extern struct decoder *decoder;

/* Number of samples after which the callback returns 7. */
extern size_t decoder_most;

void decoder_set_up(void);
void decoder_tear_down(void);

/* Another decoder, with these limits; lines come on 2026-11-30, UTC. */
void decoder_again(size_t max_key, size_t max_keys, int influx_unit);

/*
 * Returns what a line holds, good until the next call: its samples, "bad" or
 * the code.
 */
const char *story_of(enum format format, const char *line);
const char *story_of_bytes(enum format format, const char *line, size_t len);
const char *story_of_sets(void);

#define SAYS(format, line, story)                                              \
	ck_assert_str_eq(story_of(format, line), story)

TCase *frame_case(void);
TCase *greeting_case(void);
TCase *head_case(void);
TCase *peers_case(void);
TCase *memory_case(void);
TCase *line_case(void);
TCase *graphite_case(void);
TCase *influx_case(void);
TCase *statsd_case(void);
TCase *syslog_case(void);
TCase *guess_case(void);
TCase *join_case(void);

#endif
