/*
 * decay.h - sums of values whose weights fall
 *
 * A struct leat_decay holds the sum of weights, and the weighted means and
 * squared deviations of one column or of a pair, from which windows of kind
 * LEAT_DECAY compute their statistics; see decay.c.
 */
#ifndef LEAT_DECAY_H
#define LEAT_DECAY_H

#include "../core/wide.h"
#include "../state/state.h"

/* A column of decay.c: its mean and its sum of squared deviations. */
struct leat_decay_axis {
	double hi, lo; /* the mean, in two terms, times lift */
	double lift;   /* 1, or 2^128 where all is tiny */
	double m2;     /* times lift^2 and 2^(-2 scale) */
	int64_t scale;
	double unit; /* 2^-scale, or NaN if that is no double */
};

/* State of decay.c; see there. */
struct leat_decay {
	double keep;  /* 1 - alpha */
	double fresh; /* weight of a new value */
	int recursive;
	int pairs;
	int plain; /* decay_step.h may be tried */
	int wary;  /* see there */
	/* decay since the sums were made, times 2^pending_e */
	double pending;
	int64_t pending_e; /* scale of pending */
	double weight;     /* sum of weights */
	/* weight^2 less the sum of squares, times 2^free_e */
	double free;
	int64_t free_e; /* scale of free; even */
	struct leat_decay_axis x, y;
	double s, t; /* the mean of x, as hi and lo were made of it */
	double cxy;  /* the mixed sum, in the units of both */
	uint64_t count, finite, missing;
	double inf[4]; /* weight of the last +inf and -inf of x, of y */
};

/*
 * decay.c: what is there fades by a factor; a value is taken with its
 * weight, `share` being that compared to what a new value weighs.
 */
void leat_decay_start(struct leat_decay *d);
void leat_decay_fade(struct leat_decay *d, struct leat_wide keep);
void leat_decay_take(struct leat_decay *d, double x, double y,
    struct leat_wide weight, double share);
/* Fades, then takes the value. */
void leat_decay_push(struct leat_decay *d, double x, double y,
    struct leat_wide keep, struct leat_wide weight, double share);
/* Counts a pair for which a sum of errors has no number. */
void leat_decay_upset(struct leat_decay *d, double share);
/* Returns 0, or the infinity or NaN that x (axis 0) or y (axis 1) is now. */
double leat_decay_disturbed(const struct leat_decay *d, int axis);
struct leat_wide leat_decay_mean_square(const struct leat_decay *d);
double leat_decay_rms(const struct leat_decay *d);
void leat_decay_lower(const struct leat_decay *d, double last,
    const leat_stat *stats, size_t n, int quiet, double *out);

/*
 * decay_errors.c: decayed sums of errors beside those of pairs, in an array
 * `more` of those whose bits are in `errors`, in this order.
 */
enum leat_decay_more {
	LEAT_MORE_ERRORS = 1, /* x - y and its size */
	LEAT_MORE_RATES = 2,  /* hits and covered targets */
	LEAT_MORE_LOSS = 4
};

unsigned leat_errors_of(const leat_stat *stats, size_t n);
size_t leat_errors_count(unsigned errors);
void leat_errors_start(struct leat_decay *more, unsigned errors,
    const struct leat_decay *like);
void leat_errors_fade(struct leat_decay *more, unsigned errors,
    struct leat_wide keep);
/* The pair is not missing. */
void leat_errors_take(struct leat_decay *more, unsigned errors, double x,
    double y, struct leat_wide weight, double share);
/* Writes the results of errors, and no others. */
void leat_errors_lower(const struct leat_decay *more, unsigned errors,
    const struct leat_decay *pairs, const leat_stat *stats, size_t n, int quiet,
    double *out);
void leat_tape_errors(struct leat_tape *t, struct leat_decay *more,
    unsigned errors, const struct leat_decay *pairs);

/* decay.c */
void leat_tape_decay(struct leat_tape *t, struct leat_decay *d);

#endif
