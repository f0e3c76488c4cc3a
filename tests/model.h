/*
 * A window that only remembers
 *
 * The model keeps every value since the last reset and finds out from the
 * definitions in the header which of them the window holds. A subject is
 * a real window with a model beside it; each of its operations is done on
 * both, and everything that can be seen of the window is compared.
 */
#ifndef LEAT_TESTS_MODEL_H
#define LEAT_TESTS_MODEL_H

#include <leat.h>

#include "alloc.h"
#include "classes.h"
#include "data.h"

enum { MODEL_MAX = 4000, SUBJECT_STATS = 40 };

struct subject {
	leat_window *window;
	leat_window_options options;
	leat_stat stats[SUBJECT_STATS];
	int pairs;
	const char *what; /* for messages */
	uint64_t seed;

	double x[MODEL_MAX], y[MODEL_MAX];
	size_t pushed;  /* pushes into the model */
	size_t pending; /* in x and y, not yet pushed in the model */
	size_t emitted;
	size_t flushed; /* results of the flush that goes on, and 1; 0: none */

	struct watch watch;
	leat_agg watch_agg;
	struct counted heap;
	leat_allocator allocator;
	unsigned char *memory; /* NULL, or where the window lives */
	size_t offset, n_bytes;
};

/* The values in the window after so many pushes: [lo, hi). */
void model_span(const leat_window_options *options, size_t pushed, size_t *lo,
    size_t *hi);

/*
 * The i-th of the windows that are open after so many pushes and have a
 * value, the one that ends first being the first: its values [lo, hi), and
 * where it ends. 0 if there is none.
 */
int model_open(const leat_window_options *options, size_t pushed, size_t i,
    size_t *lo, size_t *end);

/* Returns whether the last push closed a window. */
int model_closes(const leat_window_options *options, size_t pushed);

/*
 * Makes the window of s->options, with all the statistics that can be
 * checked, in memory of the caller at this offset, or with new if offset
 * is SIZE_MAX. words asks for word_class too; then the window must be
 * shorter than 60.
 */
void subject_open(struct subject *s, int words, size_t offset);
void subject_close(struct subject *s);

void subject_push(struct subject *s, double x, double y);
void subject_push_many(struct subject *s, const double *x, const double *y,
    size_t n, int with_out);
void subject_query(struct subject *s);
void subject_flush(struct subject *s);
void subject_read(struct subject *s, size_t first, size_t n);
void subject_reset(struct subject *s);

/* Copies the window, wrecks the original, goes on with the copy. */
void subject_copy(struct subject *s);

#endif
