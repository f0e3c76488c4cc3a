/*
 * stat.h - statistics, as a user names them
 *
 * A table, in stat.c, has a row for each statistic: its names, the classes that
 * it is computed from, and its demands on a window.
 */
#ifndef LEAT_STAT_H
#define LEAT_STAT_H

#include "../state/state.h"

/* Needs of a statistic, and kinds of windows that have it. */
enum leat_stat_traits {
	LEAT_OF_PAIRS = 1,
	LEAT_DECAYS = 2,     /* the statistic makes sense with weights */
	LEAT_NEEDS_TIME = 4, /* windows by count do not have it */
	/* Values must be stored and their order known; see order.c. */
	LEAT_NEEDS_ORDER = 8,
	LEAT_OF_USER = 16 /* LEAT_STAT_AGG */
};

/* A row of the table in stat.c: how a statistic is made. */
struct leat_stat_info {
	const char *name, *alias;
	int id;
	unsigned classes; /* bits 1 << enum leat_class_id */
	unsigned traits;  /* enum leat_stat_traits */
};

const struct leat_stat_info *leat_stat_find(int id);
/*
 * Returns whether the statistic exists, with that arg. LEAT_AGG always does;
 * leat_agg_fits() checks its class.
 */
int leat_stat_fits(const leat_stat *s);

/*
 * The classes that a statistic needs; none for LEAT_AGG. by_time: values may
 * come out of order.
 */
unsigned leat_stat_classes(const leat_stat *s, int by_time);
/* Returns the traits of a statistic or user's class: enum leat_stat_traits. */
unsigned leat_stat_traits(const leat_stat *s);

/* class_save.c: saves or compares a statistic, as an option. */
void leat_tape_stat(struct leat_tape *t, int id, double arg,
    const leat_agg *agg);

#endif
