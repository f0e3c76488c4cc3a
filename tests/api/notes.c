/*
 * Observable effects of an operation. Two runs are the same if their hashes
 * are; the first notes are kept as they are, to say where two runs part.
 */
#include "api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct api_notes *api_notes;
int api_damaged;

void api_must(int holds, const char *words, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, words);
	abort();
}

void api_note(const char *what, uint64_t x)
{
	struct api_notes *t = api_notes;

	if (!t)
		return;
	if (t->n < API_NOTES) {
		t->what[t->n] = what;
		t->value[t->n] = x;
	}
	t->n++;
	t->hash = (t->hash ^ x) * 0x9E3779B97F4A7C15u;
	t->hash ^= t->hash >> 29;
}

void api_note_double(const char *what, double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	api_note(what, x != x ? 0x7FF8 : bits);
}

void api_note_doubles(const char *what, const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		api_note_double(what, x[i]);
}

void api_note_bytes(const char *what, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t h = n;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	api_note(what, h);
}

int api_note_code(const char *what, int code)
{
	api_note(what, (uint64_t)(int64_t)code);
	return code;
}
