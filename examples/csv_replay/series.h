/*
 * The course of a value and of its rolling mean, in bounded memory: what a
 * plot needs of a stream of any length.
 */
#ifndef CSV_REPLAY_SERIES_H
#define CSV_REPLAY_SERIES_H

#include <stddef.h>
#include <stdint.h>

enum { SERIES_POINTS = 2048, SERIES_LABEL = 24 };

/* A point stands for `stride` rows. Unknown numbers are NaN. */
struct series_point {
	double low, high; /* least and greatest finite value */
	int low_first;    /* the lowest came before the highest */
	double mean, stddev;
	char label[SERIES_LABEL]; /* label of the last row, perhaps cut */
};

struct series {
	uint64_t rows;
	uint64_t stride; /* rows a point, a power of two */
	size_t n;        /* points in use */
	struct series_point points[SERIES_POINTS];
};

struct series *series_new(void); /* NULL: no memory */
void series_free(struct series *series);

/* Adds one row. */
void series_add(struct series *series, double value, const char *label,
    size_t label_len);

/*
 * Mean and standard deviation, or a prediction and NaN, to draw at rows
 * start .. end - 1, from 0.
 */
void series_set_mean(struct series *series, uint64_t start, uint64_t end,
    double mean, double stddev);

#endif
