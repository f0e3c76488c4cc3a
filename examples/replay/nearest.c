/*
 * The distance of two words is the fewest letters to put in, take out, change
 * or swap with their neighbour (optimal string alignment). Near is a third of
 * the length of the word that was given, or one letter; the case of letters
 * does not count. Words beyond LONGEST bytes are near none.
 */
#include "nearest.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST = 40 };

struct nearest nearest_to(const char *word, size_t len)
{
	struct nearest n = { word, len, NULL, 0 };

	n.distance = len < 6 ? 2 : len / 3 + 1;
	return n;
}

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* The first row stands for no letters of a, so its place i is i away. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t rows[3][LONGEST + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= m; j++)
		before[j] = last[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			int same = lower(a[i - 1]) == lower(b[j - 1]);

			row[j] = least(last[j] + 1, row[j - 1] + 1,
			    last[j - 1] + !same);
			if (i > 1 && j > 1 &&
			    lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]) &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[m];
}

void nearest_offer(struct nearest *n, const char *word)
{
	size_t len = strlen(word), far;

	if (n->len == 0 || n->len > LONGEST || len > LONGEST)
		return;
	far = distance(n->word, n->len, word, len);
	if (far >= n->distance || far >= len)
		return;
	n->distance = far;
	n->best = word;
}

void nearest_text(const struct nearest *n, const char *marks, char *text,
    size_t size)
{
	text[0] = '\0';
	if (n->best)
		snprintf(text, size, "; did you mean %s%.40s?", marks, n->best);
}
