/*
 * A time as people write it: what leat_parse_time() reads, years and months.
 */
#ifndef REPLAY_TIME_TEXT_H
#define REPLAY_TIME_TEXT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads a time, of which a number has this unit (enum leat_time_unit). By its
 * size, with LEAT_UNIT_GUESS, a number of four digits is a year and one of six
 * a month, 202401; another one that would be seconds before 1990 is none.
 * Returns 0, a code of leat_parse_time(), or TIME_TEXT_NO_UNIT for such a
 * number.
 */
enum { TIME_TEXT_NO_UNIT = -1000 };
int time_text_read(const char *text, size_t len, int unit, int64_t *t_out);

#define TIME_TEXT_WHY_NO_UNIT                                                  \
	"as seconds since 1970 it would lie before 1990; --time-unit says "    \
	"what numbers are"

/*
 * Says what is wrong with a text that time_text_read() refused for this
 * problem, for messages; it may be empty.
 */
const char *time_text_why(int problem, const char *text, size_t len, int unit);

#endif
