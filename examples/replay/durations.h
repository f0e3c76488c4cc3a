/*
 * Durations from text: 90s, 1h30m, 0.5d.
 */
#ifndef REPLAY_DURATIONS_H
#define REPLAY_DURATIONS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads a duration in nanoseconds: one or more numbers, each with its unit
 * behind it, which are added up. A number has digits, and maybe decimals
 * after a point; units are ns, us, ms, s, m (minutes), h, d (of 24 hours)
 * and w. Less than a nanosecond is cut off. 0 needs no unit.
 *
 * Returns 0, or -1 with *ns_out untouched: also if it is above INT64_MAX
 * (some 292 years).
 */
int durations_parse(const char *text, size_t len, int64_t *ns_out);

/*
 * Returns whether a text is meant as a duration: it begins with a digit and has
 * a letter. Other texts count rows.
 */
int durations_like(const char *text, size_t len);

/* Messages name the form of a duration like this. */
#define DURATIONS_FORM "a duration, such as 90s, 1h30m or 0.5d"

#endif
