/*
 * Round numbers along an axis.
 */
#ifndef CSV_REPLAY_TICKS_H
#define CSV_REPLAY_TICKS_H

#include <stddef.h>

struct ticks {
	double step; /* 1, 2 or 5 times a power of ten */
	double from; /* the first tick is at from * step */
	int n;       /* ticks, a step apart */
	int decimals;
};

/* At most max_n (>= 2) ticks in [low, high], where low < high. */
struct ticks ticks_make(double low, double high, int max_n);

/* The number of a tick, from 0, and its label. */
double ticks_at(const struct ticks *ticks, int i);
void ticks_label(const struct ticks *ticks, int i, char *text, size_t size);

#endif
