/*
 * class.h - how values combine
 *
 * A class stands for runs of samples by partials that can be extended by
 * one sample at either end and joined. Each class has two forms of them:
 *
 *   the accumulator, `size` bytes, which grows sample by sample and may
 *   carry terms that catch rounding errors;
 *   the partial proper, its first `packed` bytes, which is what tables
 *   and panes store. fold() makes them complete: it rounds the extra terms
 *   into them. An accumulator whose extra bytes are zero is a valid one,
 *   so a partial is turned back by copying and clearing.
 *
 * Samples that are missing never reach a class. Where order matters,
 * samples have to come in the order of time, and of equal times in that of
 * arrival; classes marked any_order take them in any.
 *
 * Every engine asks classes to lower their combined partial into one
 * leat_summary, from which leat_lower() computes the statistics.
 */
#ifndef LEAT_CLASS_H
#define LEAT_CLASS_H

#include "../state/state.h"
#include "summary.h"

/* A range of n samples whose times lie between two, both included. */
struct leat_samples {
	uint64_t n;
	int64_t from, to;
	/*
	 * A version once joined runs and kept the times of the second one: a
	 * first time may be after the last one.
	 */
	int joined;
};

LEAT_INLINE int leat_may_be_at(const struct leat_samples *of, int64_t t)
{
	return of->from <= t && t <= of->to;
}

/* Tells whether the first sample and the last one can have these times. */
LEAT_INLINE int leat_may_span(const struct leat_samples *of, int64_t first,
    int64_t last)
{
	return leat_may_be_at(of, first) && leat_may_be_at(of, last) &&
	    (first <= last || of->joined);
}

struct leat_class {
	size_t size, packed;
	void (*identity)(const leat_agg *agg, void *acc);
	void (*append)(const leat_agg *agg, void *acc, const leat_sample *s);
	void (*prepend)(const leat_agg *agg, void *acc, const leat_sample *s);
	void (*combine)(const leat_agg *agg, void *acc, const void *right);
	void (*fold)(void *acc); /* NULL: nothing to round */
	void (*lower)(const void *acc, struct leat_summary *out);
	int any_order; /* samples may come in any order */
	/*
	 * An accumulator is numbers of eight bytes: doubles, but for those
	 * whose bit is in `integers`; the one at `counts`, from 1, is how many
	 * samples there are (0: none is).
	 */
	unsigned integers;
	size_t counts;
	/*
	 * Returns whether some samples can have made such an accumulator. NULL:
	 * any numbers are valid.
	 */
	int (*fits)(const void *acc, const struct leat_samples *of);
	unsigned times; /* bits of `integers` that are times of samples */
	/* Saves or loads accumulators that are not numbers alone; or NULL. */
	void (*tape)(struct leat_tape *t, void *acc, int packed,
	    const struct leat_samples *of);
	int had_sum; /* up to version 2 of states it began with one */
};

/* The first parameter of a built-in class's function: it is not the user's. */
#define LEAT_NO_AGG const leat_agg *agg LEAT_UNUSED

/* Members of a class whose whole accumulator is its partial. */
#define LEAT_ALL_PACKED(type) .size = sizeof(type), .packed = sizeof(type)
/* Members of a class that one step extends at either end, in any order. */
#define LEAT_ANY_STEP(step) .append = (step), .prepend = (step), .any_order = 1

/*
 * Stamps the functions of a class that differs from another one by a flag,
 * which is the last argument of those that they share.
 */
#define LEAT_TWIN(name, both, flag)                                            \
	static void name##_append(LEAT_NO_AGG, void *acc,                      \
	    const leat_sample *s)                                              \
	{                                                                      \
		both##_append(acc, s, flag);                                   \
	}                                                                      \
	static void name##_prepend(LEAT_NO_AGG, void *acc,                     \
	    const leat_sample *s)                                              \
	{                                                                      \
		both##_prepend(acc, s, flag);                                  \
	}                                                                      \
	static void name##_combine(LEAT_NO_AGG, void *acc, const void *right)  \
	{                                                                      \
		both##_combine(acc, right, flag);                              \
	}

enum leat_class_id {
	LEAT_CLASS_NONE, /* known to every window without a class */
	LEAT_CLASS_SUM,
	LEAT_CLASS_MOMENTS,
	LEAT_CLASS_SHAPE,
	LEAT_CLASS_MIN,
	LEAT_CLASS_MAX,
	LEAT_CLASS_ARGMIN,
	LEAT_CLASS_ARGMAX,
	LEAT_CLASS_FIRST,
	LEAT_CLASS_PRODUCT,
	LEAT_CLASS_SQUARES,
	LEAT_CLASS_PAIRS,
	LEAT_CLASS_EARLIEST,
	LEAT_CLASS_LATEST,
	LEAT_CLASS_COUNTER,
	LEAT_CLASS_HOLD,
	LEAT_CLASS_TRAPEZOID,
	LEAT_CLASS_BIAS,
	LEAT_CLASS_DISTANCE,
	LEAT_CLASS_LOSS,
	LEAT_CLASS_ERROR_SQUARES,
	LEAT_CLASS_TARGETS,
	LEAT_CLASS_HITS,
	LEAT_CLASS_COVERED,
	LEAT_CLASS_USER,
	LEAT_N_CLASSES
};

extern const struct leat_class leat_class_sum, leat_class_whole_sum,
    leat_class_moments, leat_class_shape, leat_class_min, leat_class_max,
    leat_class_argmin, leat_class_argmax, leat_class_first, leat_class_product,
    leat_class_squares, leat_class_pairs, leat_class_earliest,
    leat_class_latest, leat_class_counter, leat_class_hold,
    leat_class_trapezoid, leat_class_bias, leat_class_distance, leat_class_loss,
    leat_class_error_squares, leat_class_targets, leat_class_hits,
    leat_class_covered, leat_class_user;

const struct leat_class *leat_class_find(enum leat_class_id id);

/* agg: the user's, or NULL. */
int leat_any_order(const struct leat_class *cls, const leat_agg *agg);

int leat_agg_fits(const leat_agg *agg); /* may be NULL */

struct leat_section; /* plan.h */

/*
 * class_save.c: an accumulator that stands for samples, or its partial alone.
 */
void leat_tape_class(struct leat_tape *t, const struct leat_section *p,
    void *acc, int packed, const struct leat_samples *of);
/* sum_save.c: classes of sums; and moments of version 2 with their sum. */
void leat_tape_sum(struct leat_tape *t, void *acc, int packed,
    const struct leat_samples *of);
void leat_tape_whole_sum(struct leat_tape *t, void *acc, int packed,
    const struct leat_samples *of);
void leat_load_old_moments(struct leat_tape *t, void *acc, int packed,
    void *sum, int whole, const struct leat_samples *of);
/* Adds `by` to the times in a partial, which is not an empty one. */
void leat_class_delay(const struct leat_class *cls, void *partial, uint64_t by);

/* The largest accumulator of a built-in class. */
enum { LEAT_ACC_MAX = 416 };

/* Accumulators of built-in classes for the length of a call. */
struct leat_scratch {
	_Alignas(16) unsigned char acc[LEAT_ACC_MAX], temp[LEAT_ACC_MAX];
};

#endif
