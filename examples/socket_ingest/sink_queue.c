/*
 * Lines that wait for their sink, one behind the other in one array.
 *
 * The first line stays whole until its last byte is written, so that it can
 * be sent again from its start. Lines are moved to the front of the array
 * only when at least half of it is free there, so each byte is moved once on
 * average, and the array is never larger than four times what has waited at
 * once. An empty queue gives large arrays back.
 */
#include <stdlib.h>
#include <string.h>

#include "sink_inside.h"

enum { SMALL = 1 << 16 };

static int make_room(struct sink_queue *q, size_t n)
{
	size_t held = q->end - q->first, size = q->size ? q->size : 4096;
	char *bytes;

	if (n <= q->size - q->end)
		return 0;
	if (q->first >= held && n <= q->size - held) {
		if (held > 0)
			memmove(q->bytes, q->bytes + q->first, held);
		q->first = 0;
		q->end = held;
		return 0;
	}
	while (size - q->end < n) {
		if (size > SIZE_MAX / 2)
			return -1;
		size *= 2;
	}
	bytes = realloc(q->bytes, size);
	if (!bytes)
		return -1;
	q->bytes = bytes;
	q->size = size;
	return 0;
}

int sink_queue_add(struct sink_queue *q, const char *bytes, size_t n)
{
	if (n == 0)
		return 0;
	if (make_room(q, n) < 0)
		return -1;
	memcpy(q->bytes + q->end, bytes, n);
	q->end += n;
	return 0;
}

/*
 * Returns how many lines end in these bytes; *rest_out gets the bytes after the
 * last end.
 */
static uint64_t count_ends(const char *bytes, size_t n, size_t *rest_out)
{
	const char *at = bytes, *end = bytes + n;
	uint64_t lines = 0;

	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));

		if (!lf)
			break;
		lines++;
		at = lf + 1;
	}
	*rest_out = (size_t)(end - at);
	return lines;
}

uint64_t sink_queue_take(struct sink_queue *q, size_t n)
{
	size_t at = q->first + q->sent, rest;
	uint64_t lines;

	if (n == 0)
		return 0;
	lines = count_ends(q->bytes + at, n, &rest);
	if (lines == 0) {
		q->sent += n;
		return 0;
	}
	q->first = at + n - rest;
	q->sent = rest;
	if (q->first == q->end) {
		q->first = q->end = 0;
		if (q->size > SMALL)
			sink_queue_clear(q);
	}
	return lines;
}

uint64_t sink_queue_lines(const struct sink_queue *q)
{
	size_t rest;

	return q->bytes
	    ? count_ends(q->bytes + q->first, q->end - q->first, &rest)
	    : 0;
}

void sink_queue_clear(struct sink_queue *q)
{
	free(q->bytes);
	memset(q, 0, sizeof *q);
}
