/*
 * A window by time that only remembers
 *
 * The model keeps every value it has accepted and works out from the
 * definitions in the header which windows there are, when they close, and
 * what is told: each result is a list of values, found by looking at all
 * of them. It computes no statistic; time_stats.h does that. It shares no
 * idea with the library: no panes, no trees, no partials.
 *
 * All that was ever told stays in `told`, in order. Sizes are fixed, and
 * a test that asks for more is aborted. A push costs O(values x windows).
 */
#ifndef LEAT_TESTS_TIME_MODEL_H
#define LEAT_TESTS_TIME_MODEL_H

#include <leat.h>

enum {
	TM_VALUES = 3000,
	TM_SPANS = 6000,
	TM_TOLD = 30000,
	TM_POOL = 8000000,
	TM_SOURCES = 8,
	TM_OVERLAP = 128 /* windows that hold one time */
};

/* An accepted value. */
struct tm_value {
	int64_t t;
	double x, y;
	size_t home; /* SESSION: the id of its session */
	int gone;    /* dropped at max_values */
};

/*
 * A window that has data, had some, or has been told of. One that is
 * expired is forgotten: nothing is ever told of it again.
 */
struct tm_span {
	int64_t start, end;
	int64_t first, last; /* SESSION: times of its values */
	size_t id;
	uint64_t told; /* results so far */
	int closed;
	int held;    /* a value came, and max_windows counts it */
	int changed; /* since its last result */
	int dead;
};

/* A result, of the values pool[at .. at + n). */
struct tm_told {
	int64_t start, end;
	int64_t now, watermark; /* when it was told */
	uint64_t revision;
	int flags;
	size_t at, n;
};

struct tm_source {
	int64_t t;
	int seen;
};

struct time_model {
	leat_time_window_options o;
	int pairs;
	int stores; /* values: what max_values and counts.stored are about */

	int seen; /* the clock has moved */
	int ended;
	int64_t now, watermark;
	int64_t first_push; /* the time of the very first */
	struct tm_source source[TM_SOURCES];
	uint64_t since_early;
	int changed;             /* SLIDING: since the last early result */
	int walking;             /* a window has been told as closed */
	struct tm_span frontier; /* the last window emitted */
	leat_counts counts;

	size_t n_values, n_spans, n_told, n_pool, n_ids;
	struct tm_value value[TM_VALUES]; /* values in order of arrival */
	uint16_t order[TM_VALUES];        /* by time, then as they came */
	struct tm_span span[TM_SPANS];
	struct tm_told told[TM_TOLD];
	uint16_t pool[TM_POOL];
};

/* Options must be sound; in_order: a statistic needs values in order. */
struct time_model *time_model_new(const leat_time_window_options *options,
    int pairs, int in_order);
struct time_model *time_model_copy(const struct time_model *m);
void time_model_free(struct time_model *m);

/* Return what the library's functions must return, and record their results. */
int time_model_push(struct time_model *m, const leat_event *e);
void time_model_advance(struct time_model *m, int64_t t);
void time_model_flush(struct time_model *m);
void time_model_reset(struct time_model *m);

/*
 * The window that holds now, as if it were told: interval and values. 0 if
 * there is none; then start = end = now.
 */
int time_model_query(struct time_model *m, struct tm_told *out);

leat_counts time_model_counts(const struct time_model *m);

/* Returns whether a window is left that the value is in or could be in. */
int time_model_stored(const struct time_model *m, const struct tm_value *v);

const struct tm_value *time_model_value(const struct time_model *m,
    const struct tm_told *told, size_t i);

/* Saturating. */
int64_t tm_add(int64_t a, int64_t b);
int64_t tm_sub(int64_t a, int64_t b);

#endif
