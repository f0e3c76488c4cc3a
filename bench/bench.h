/* bench.h - what the benchmarks share; see bench.c */
#ifndef BENCH_H
#define BENCH_H

#include "naive.h"

enum { ROUNDS = 15 };

/* A result stored here cannot be optimised away. */
extern volatile double bench_sink;

/* CPU time of this process. */
double bench_seconds(void);
/* Keeps the least time; *best is 0 at first. */
void bench_least(double *best, double t);
/* Numbers in [0, 1), the same on every run. */
void bench_fill(double *x, size_t n);
/* Prints a ratio, its bound if that is above 0, and whether it is missed. */
void bench_figure(const char *name, double ratio, double most);
void bench_die(const char *what, int err);
/*
 * Doubles in the widest vector of this CPU that the library may use: 2, 4, 8.
 */
int bench_lanes(void);

void bench_windows(void);
void bench_models(void);
void bench_times(void);
void bench_text(void);
void bench_state(void);

#endif
