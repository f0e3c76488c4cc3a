/*
 * The nearest of some allowed words to one that is not allowed, for messages
 * that end with "did you mean WORD?".
 */
#ifndef REPLAY_NEAREST_H
#define REPLAY_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word; /* word that was given */
	size_t len;
	const char *best; /* nearest word so far; NULL: none is near */
	size_t distance;
};

struct nearest nearest_to(const char *word, size_t len);

/* Offers a word, which must stay. */
void nearest_offer(struct nearest *nearest, const char *word);

/* "; did you mean WORD?", with marks before the word; or nothing. */
void nearest_text(const struct nearest *nearest, const char *marks, char *text,
    size_t size);

#endif
