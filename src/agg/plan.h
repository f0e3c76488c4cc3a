/*
 * plan.h - from the statistics of a window to the classes that they need
 *
 * Windows by count, by time and by key ask the same three questions of the
 * statistics that they are made with: whether they can be had, which classes
 * they are made from, and whether those of another window are the same.
 */
#ifndef LEAT_PLAN_H
#define LEAT_PLAN_H

#include "class.h"

/* The statistics of a window, and what it can do for them. */
struct leat_request {
	const leat_stat *stats;
	size_t n;
	int kind;    /* LEAT_SLIDING ... */
	int by_time; /* values have times, and may come out of order */
	int stores;  /* values are kept in the order of pushes */
	int few;     /* windows have few accumulators, which may be large */
};

/* A class in the accumulators of a window. */
struct leat_section {
	const struct leat_class *cls;
	const leat_agg *agg; /* the user's class; NULL: a built-in one */
	enum leat_class_id id;
	uint16_t any_order;
	/* A sum that states of version 2 had in the moments. */
	uint16_t beside_moments;
	/* Places in a block of time/accs.h, and in one that it is joined to. */
	size_t offset, from;
	/*
	 * Bytes of an accumulator, and of a partial: at most twice the largest
	 * class. They are small, as each window of each key has sections.
	 */
	uint32_t size, packed;
};

/*
 * Checks that such a window has all statistics. LEAT_EINVAL, LEAT_ESTAT; the
 * reason begins with the option's name. why_out may be NULL.
 */
int leat_request_check(const struct leat_request *r, const char **why_out);

/*
 * The classes that are needed, one a call: the built-in ones, then those of
 * the user in the order of the statistics. *cursor starts at 0. Returns 0
 * after the last, and at once where weights decay: decay.h has no classes.
 */
int leat_next_section(const struct leat_request *r, size_t *cursor,
    struct leat_section *out);

/* Returns the union of the statistics' traits: enum leat_stat_traits. */
unsigned leat_stats_traits(const leat_stat *stats, size_t n);
/* Returns whether both lists have the same n statistics in the same order. */
int leat_stats_equal(const leat_stat *a, const leat_stat *b, size_t n);

#endif
