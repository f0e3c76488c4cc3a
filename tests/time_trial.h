/*
 * A window by time and its model, side by side
 *
 * A script is a stream of pushes and other operations, made at random
 * from a seed. A trial plays it to a real window and to the model, and
 * after each step compares all that can be seen: what was told, in which
 * order, with which revision, flags and numbers; the code returned; the
 * clock; the counts; what a query says; who was told of late values.
 *
 * A failure prints the options, the seed, the step, the last steps (all
 * of them with LEAT_TEST_ALL_STEPS in the environment) and what was
 * expected.
 */
#ifndef LEAT_TESTS_TIME_TRIAL_H
#define LEAT_TESTS_TIME_TRIAL_H

#include <leat.h>

#include "alloc.h"
#include "data.h"
#include "time_model.h"
#include "time_stats.h"

enum { TRIAL_STATS = 10, TRIAL_STEPS = 2600, TRIAL_HEARD = TM_TOLD };

/* Features of the options and the stream of a trial. */
enum trial_feature {
	WITH_LATENESS = 1,
	WITH_EARLY_COUNT = 2,
	WITH_EARLY_SPAN = 4,
	WITH_EMPTY = 8, /* kinds that can */
	WITH_SOURCES = 16,
	WITH_SKEW = 32,
	WITH_REFUSE = 64, /* max_values */
	WITH_EVICT = 128, /* eviction at the limit */
	WITH_ORDER = 256, /* statistics that need order */
	WITH_PAIRS = 512,
	WITH_WILD = 1024,   /* infinities */
	WITH_LIMITS = 2048, /* times near those of int64_t */
	WITH_DISORDER = 4096,
	WITH_JUMPS = 8192, /* advance() and large steps of time */
	WITH_RESET = 16384,
	WITH_TICKS = 32768,   /* many ties: times are few ticks apart */
	WITH_HUGE = 65536,    /* most values are 1e150 and more */
	WITH_WINDOWS = 131072 /* max_windows, of kinds that can */
};

enum step_kind { STEP_PUSH, STEP_ADVANCE, STEP_RESET, STEP_FLUSH };

struct step {
	int kind;
	leat_event e; /* advance: e.t */
};

/* Returns whether max_windows is an option of that kind. */
int has_many_windows(int kind);

struct trial_months {
	size_t asked; /* calls */
	int wrong;    /* not 0: intervals that do not hold what they should */
};

/* Results that a window emitted. */
struct heard {
	int64_t start, end, watermark;
	uint64_t revision, count, missing;
	int flags;
	double values[TRIAL_STATS];
};

struct trial {
	const char *what;
	uint64_t seed;
	unsigned features;
	leat_time_window_options options;
	leat_stat stats[TRIAL_STATS];
	int pairs, in_order;

	struct step script[TRIAL_STEPS];
	size_t n_steps;

	leat_time_window *window;
	struct time_model *model;
	size_t step;
	size_t compared; /* results */
	size_t n_heard;
	size_t n_late;
	leat_event late; /* the last one */
	int returned;    /* by the last step */
	int mute;        /* results are ignored */
	struct trial_months months;
	size_t tries;  /* failures with LEAT_ENOMEM expected before memory */
	size_t failed; /* returns; number of failures so far */
	struct counted heap;
	leat_allocator allocator;
	struct heard heard[TRIAL_HEARD];
};

/* Options, statistics and a script for a window of that kind. */
void trial_make(struct trial *t, const char *what, int kind, unsigned features,
    uint64_t seed);

/*
 * Makes a trial whose windows hold a thousand values and more, some of which
 * come hundreds of values late; such windows are queried now and then.
 */
void trial_make_large(struct trial *t, int kind, uint64_t seed);

/* The window and the model, at the first step of the script. */
void trial_open(struct trial *t);
void trial_close(struct trial *t);

/* Compares all that can be seen of the window with the model. */
void trial_compare(struct trial *t);

/* Do a step, or all that are left, and compare with the model. */
void trial_step(struct trial *t);
void trial_play(struct trial *t);

/*
 * Copies the window and goes on with the copy, or with the original; the
 * other one is fed rubbish and freed.
 */
void trial_copy(struct trial *t, int with_copy);

/* Fails with all that is needed to find out why. */
_Noreturn void trial_fail(const struct trial *t, const char *format, ...);

/* A calendar of uneven intervals; ctx: struct trial_months, or NULL. */
void uneven_months(void *ctx, int64_t t, int64_t *start_out, int64_t *end_out);

#endif
