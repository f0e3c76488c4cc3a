/*
 * pushed.h - the one of a window's counts that tests ask for most
 */
#ifndef LEAT_TESTS_PUSHED_H
#define LEAT_TESTS_PUSHED_H

#include <leat.h>

static inline uint64_t pushed_into(const leat_window *w)
{
	leat_counts c;

	leat_window_counts(w, &c);
	return c.pushed;
}

#endif
