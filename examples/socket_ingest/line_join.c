/*
 * Lines that wait for the end of a text.
 *
 * A line that has no quote cannot end a text, so it is put behind the others
 * without a look at them.
 */
#include "line_join.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decoder.h"

static int has_quote(const char *text, size_t len)
{
	return len > 0 && memchr(text, '"', len) != NULL;
}

static int put(struct join *j, const char *text, size_t len)
{
	size_t need = j->n + len + 1;

	if (need > j->size) {
		size_t size = 2 * j->size < need ? need : 2 * j->size;
		char *at = realloc(j->at, size);

		if (!at)
			return -1;
		j->at = at;
		j->size = size;
	}
	if (j->lines > 0)
		j->at[j->n++] = '\n';
	if (len > 0)
		memcpy(j->at + j->n, text, len);
	j->n += len;
	j->lines++;
	return 0;
}

static size_t n_lines(const char *text, size_t len)
{
	size_t n = 1;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

static size_t first_end(const char *text, size_t len)
{
	const char *end = len > 0 ? memchr(text, '\n', len) : NULL;

	return end ? (size_t)(end - text) : len;
}

/* Tells how many texts without an end are given up. */
enum patience { WAITS, GIVES_UP_ONE, GIVES_UP_ALL };

/*
 * Deals with what can be dealt with. The first line alone goes if it is bad
 * with those behind it.
 */
static long settle(struct join *j, enum patience patience, join_fn *fn,
    void *ctx)
{
	size_t at = 0, before = j->lines;

	while (j->lines > 0) {
		const char *text = j->at + at;
		size_t left = j->n - at, first = first_end(text, left);
		size_t end = j->end(text, left);

		if (end == SIZE_MAX) {
			if (patience == WAITS)
				break;
			if (patience == GIVES_UP_ONE)
				patience = WAITS;
			end = first;
		}
		if (fn(ctx, text, end) < 0)
			end = first;
		j->lines -= n_lines(text, end);
		at += end < left ? end + 1 : end;
	}
	j->n -= at;
	if (at > 0 && j->n > 0)
		memmove(j->at, j->at + at, j->n);
	return (long)(before - j->lines);
}

long join_take(struct join *j, const char *text, size_t len, size_t longest,
    join_fn *fn, void *ctx)
{
	long done = 0;

	while (j->lines > 0 && j->n + 1 + len > longest)
		done += settle(j, GIVES_UP_ONE, fn, ctx);
	if (j->lines == 0 &&
	    (!has_quote(text, len) || j->end(text, len) != SIZE_MAX)) {
		fn(ctx, text, len);
		return done + 1;
	}
	if (put(j, text, len) < 0) {
		join_clear(j);
		return -1;
	}
	return has_quote(text, len) || j->lines == 1
	    ? done + settle(j, WAITS, fn, ctx)
	    : done;
}

long join_end(struct join *j, join_fn *fn, void *ctx)
{
	return settle(j, GIVES_UP_ALL, fn, ctx);
}

void join_clear(struct join *j)
{
	free(j->at);
	j->at = NULL;
	j->n = j->size = j->lines = 0;
}
