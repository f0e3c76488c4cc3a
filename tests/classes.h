/*
 * Aggregate classes for the tests: one that reads like words, one whose
 * order cannot be changed unnoticed, and one that keeps watch on the
 * engine that uses it
 */
#ifndef LEAT_TESTS_CLASSES_H
#define LEAT_TESTS_CLASSES_H

#include <leat.h>

/* Letters 'a' + x, one after the other. For windows of up to 60 values. */
struct word {
	uint32_t n;
	char text[60];
};

extern const leat_agg word_class;

/* A hash of the word: what word_class's lower() reports. */
double word_lower(const struct word *w);

/*
 * Chains maps z -> a z + b modulo a prime; the map of a sample depends on
 * its number, x and y. Composition is associative and not commutative.
 */
struct chain {
	uint32_t a, b;
};

extern const leat_agg chain_class;

void chain_identity(struct chain *c);
void chain_append(struct chain *c, const leat_sample *s);
double chain_lower(const struct chain *c);

/*
 * Counts what the engine does, and sees that it keeps the contract: runs
 * joined are neighbours in order, samples are those of the stream,
 * partials are aligned, never overlap, and were written before they are
 * read. faults counts what was not so.
 */
struct watch {
	const double *x; /* the stream since reset, or NULL */
	const double *y; /* NULL: y must be 0 */
	size_t identities, lifts, combines, lowers, appends, prepends;
	size_t faults;
	size_t align;
};

/* The class over *w. With fast not 0 it has append and prepend. */
leat_agg watch_class(struct watch *w, size_t size, int fast);

/* Single-value steps: appends, prepends, and lifts. */
size_t watch_steps(const struct watch *w);
void watch_clear(struct watch *w);

#endif
