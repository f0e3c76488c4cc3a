/*
 * lists.h - tables of all statistics, windows, models and detectors
 *
 * stats.def, windows.def, models.def and drifts.def name each of them once,
 * with what a test has to know of it; a test that goes through all of a sort
 * takes them from here, so that one which is added is tried by every test
 * without a change. How to add one is in leat_adding(7).
 */
#ifndef LEAT_TESTS_LISTS_H
#define LEAT_TESTS_LISTS_H

#include <leat.h>
#include <math.h>
#include <stddef.h>

/* ---- Statistics ---- */

enum stat_traits {
	STAT_FADES = 1,   /* for LEAT_DECAY: it has a weighted form */
	STAT_PAIRS = 2,   /* needs y */
	STAT_SERIES = 4,  /* needs the values in order of time */
	STAT_TIMED = 8,   /* windows by count refuse it */
	STAT_RANKED = 16, /* needs all values of the window at once */
	STAT_POWERS = 32, /* the oracle needs third and fourth powers for it */
	STAT_WALK = 64,   /* the oracle must be shown the values in order */
	STAT_ERRORS = 128 | STAT_PAIRS /* y is a target, x its prediction */
};

struct listed_stat {
	leat_stat stat;
	int number;
	const char *name, *alias;
	unsigned traits;
	double low, high;
};

static const struct listed_stat stat_list[] = {
#define STAT(id, number, name, alias, traits, low, high)                       \
	{ LEAT_##id, number, name, alias, traits, low, high },
#include "stats.def"
};

enum { N_STATS = sizeof(stat_list) / sizeof(stat_list[0]) };

static inline const struct listed_stat *listed_stat(int id)
{
	for (size_t i = 0; i < N_STATS; i++)
		if (stat_list[i].stat.id == id)
			return &stat_list[i];
	return NULL;
}

/* 0 also for a class of the user's own, which is not listed. */
static inline unsigned stat_traits(int id)
{
	const struct listed_stat *s = listed_stat(id);

	return s ? s->traits : 0;
}

/*
 * Writes the statistics that have all traits of `with` and none of `without`
 * to `out`, which must have room for N_STATS, and returns how many they are.
 */
static inline size_t stats_with(unsigned with, unsigned without, leat_stat *out)
{
	size_t n = 0;

	for (size_t i = 0; i < N_STATS; i++)
		if ((stat_list[i].traits & with) == with &&
		    !(stat_list[i].traits & without))
			out[n++] = stat_list[i].stat;
	return n;
}

/* ---- Windows by time ---- */

enum kind_length { BY_SPAN, BY_GAP, BY_NOTHING, BY_HALF_LIFE, BY_INTERVAL };

enum kind_traits {
	KIND_GRID = 1,   /* emit_empty is for it: its ends are known */
	KIND_MANY = 2,   /* many of its windows are open at a time */
	KIND_OFFSET = 4, /* takes an offset */
	KIND_FADES = 8   /* only statistics that fade are for it */
};

enum { NO_HOP, HOP };

struct listed_kind {
	int kind;
	enum kind_length length;
	int hops;
	unsigned traits;
};

static const struct listed_kind kind_list[] = {
#define KIND(id, length, hop, traits, ...)                                     \
	{ LEAT_##id, BY_##length, hop, traits },
#include "windows.def"
};

enum { N_KINDS = sizeof(kind_list) / sizeof(kind_list[0]) };

static inline unsigned kind_traits(int kind)
{
	return kind_list[kind - 1].traits;
}

/* The interval of a leat_calendar. */
typedef void (*interval_fn)(void *ctx, int64_t t, int64_t *start_out,
    int64_t *end_out);

/*
 * Sets the kind and the options that every window of this kind needs: its
 * length in whichever way it has one, the hop, the calendar.
 */
static inline void set_kind(leat_time_window_options *o, int kind,
    int64_t length, int64_t hop, interval_fn interval)
{
	const struct listed_kind *k = &kind_list[kind - 1];

	o->kind = kind;
	if (k->length == BY_SPAN)
		o->span = length;
	if (k->hops)
		o->hop = hop;
	if (k->length == BY_GAP)
		o->gap = length;
	if (k->length == BY_HALF_LIFE)
		o->half_life = (double)length;
	if (k->length == BY_INTERVAL)
		o->calendar.interval = interval;
}

/* ---- Models ---- */

enum update_traits {
	HAS_NO_INTERCEPT = 1,
	HAS_RATE = 2,
	HAS_POWER = 4,
	HAS_AVERAGE = 8,
	HAS_FORGETTING = 16,
	HAS_L1 = 32,
	HAS_L2 = 64,
	HAS_CLIP = 128,
	HAS_RATES = 256,
	HAS_STANDARDISE = 512
};

enum targets { ANY_TARGET, PROBABILITY, YES_OR_NO, NOT_NEGATIVE };

struct listed_loss {
	const char *name;
	double arg; /* default argument; 0 if it takes none */
	enum targets targets;
};

static const struct listed_loss loss_list[] = {
#define LOSS(id, name, alias, arg, targets) { name, arg, targets },
#include "models.def"
};

enum { N_LOSSES = sizeof(loss_list) / sizeof(loss_list[0]) };

#define ANY_LOSS ((1u << N_LOSSES) - 1)
#define SQUARED_ONLY (1u << LEAT_LOSS_SQUARED)
#define MARGINS_ONLY (1u << LEAT_LOSS_EPSILON | 1u << LEAT_LOSS_HINGE)

/* Turns any number into a target that this loss can have. */
static inline double target_of(int loss, double y)
{
	switch (loss_list[loss].targets) {
	case PROBABILITY:
	case YES_OR_NO:
		return y > 0;
	case NOT_NEGATIVE:
		return fabs(y);
	default:
		return y;
	}
}

struct listed_update {
	const char *name;
	unsigned losses;
	size_t numbers; /* doubles for each feature; 0: another formula */
	unsigned options;
};

static const struct listed_update update_list[] = {
#define UPDATE(id, name, losses, numbers, options)                             \
	{ name, losses, numbers, options },
#include "models.def"
};

enum { N_UPDATES = sizeof(update_list) / sizeof(update_list[0]) };

static inline int update_takes_loss(int update, int loss)
{
	return (update_list[update].losses >> loss & 1) != 0;
}

static inline int update_has(int update, unsigned options)
{
	return (update_list[update].options & options) == options;
}

/* ---- Detectors ---- */

/* The threshold of those that have to be given one, else 0. */
static const double drift_thresholds[] = {
#define DRIFT(id, threshold, ...) threshold,
#include "drifts.def"
};

enum { N_DRIFTS = sizeof(drift_thresholds) / sizeof(drift_thresholds[0]) };

#endif
