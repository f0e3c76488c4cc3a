/*
 * The bytes of a state, through one buffer.
 *
 * Loading takes memory for what has been read and no more: a text is never
 * longer than what is left, and a list grows as its texts come. Whether the
 * bytes are those that were written is for whoever opens the file to see;
 * here nothing they say is believed that could do harm.
 */
#define _POSIX_C_SOURCE 200809L

#include "state_tape.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void tape_fail(struct tape *t, const char *format, ...)
{
	va_list args;

	if (t->failed)
		return;
	t->failed = 1;
	t->at = t->n = 0;
	va_start(args, format);
	vsnprintf(t->why, sizeof t->why, format, args);
	va_end(args);
}

void tape_no_memory(struct tape *t)
{
	tape_fail(t, "out of memory");
}

int tape_expect(struct tape *t, int holds)
{
	if (!holds && t->loads)
		tape_fail(t, "is damaged");
	return !t->failed;
}

static void begin(struct tape *t, int loads, int fd)
{
	t->loads = loads;
	t->failed = 0;
	t->fd = fd;
	t->crc = t->left = 0;
	t->at = t->n = 0;
	t->why[0] = '\0';
}

void tape_save(struct tape *t, int fd)
{
	begin(t, 0, fd);
}

void tape_load(struct tape *t, int fd, uint64_t left)
{
	begin(t, 1, fd);
	t->left = left;
}

/* ---- Bytes ---- */

/* Reflected, the polynomial of ECMA-182 is this. */
#define POLYNOMIAL 0xC96C5795D7870F42u

static uint64_t crc_of_byte(uint64_t x)
{
	for (int bit = 0; bit < 8; bit++)
		x = x >> 1 ^ (x & 1 ? POLYNOMIAL : 0);
	return x;
}

uint64_t tape_crc(uint64_t crc, const unsigned char *bytes, size_t n)
{
	static uint64_t table[256];

	if (!table[1])
		for (unsigned i = 0; i < 256; i++)
			table[i] = crc_of_byte(i);
	crc = ~crc;
	for (size_t i = 0; i < n; i++)
		crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 255];
	return ~crc;
}

void tape_flush(struct tape *t)
{
	const unsigned char *p = t->bytes;

	t->crc = tape_crc(t->crc, p, t->at);
	while (t->at > 0) {
		ssize_t n = write(t->fd, p, t->at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			tape_fail(t, "%s", strerror(errno));
			return;
		}
		p += n;
		t->at -= (size_t)n;
	}
}

static void fill(struct tape *t)
{
	size_t most = t->left < TAPE_SIZE ? (size_t)t->left : TAPE_SIZE;
	ssize_t n;

	do
		n = most > 0 ? read(t->fd, t->bytes, most) : 0;
	while (n < 0 && errno == EINTR);
	if (n < 0)
		tape_fail(t, "%s", strerror(errno));
	else if (tape_expect(t, n > 0)) {
		t->at = 0;
		t->n = (size_t)n;
		t->left -= (size_t)n;
	}
}

static void put(struct tape *t, const unsigned char *p, size_t n)
{
	while (n > 0 && !t->failed) {
		size_t some = TAPE_SIZE - t->at;

		some = some < n ? some : n;
		memcpy(t->bytes + t->at, p, some);
		t->at += some;
		p += some;
		n -= some;
		if (t->at == TAPE_SIZE)
			tape_flush(t);
	}
}

static void get(struct tape *t, unsigned char *p, size_t n)
{
	while (n > 0 && !t->failed) {
		size_t some = t->n - t->at;

		if (some == 0) {
			fill(t);
			continue;
		}
		some = some < n ? some : n;
		memcpy(p, t->bytes + t->at, some);
		t->at += some;
		p += some;
		n -= some;
	}
	if (n > 0)
		memset(p, 0, n);
}

void tape_bytes(struct tape *t, void *bytes, size_t n)
{
	if (t->loads)
		get(t, bytes, n);
	else if (n > 0)
		put(t, bytes, n);
}

/* ---- Values ---- */

void tape_number(struct tape *t, uint64_t *x, uint64_t most)
{
	unsigned char bytes[8];

	leat_put_uint64(bytes, *x);
	tape_bytes(t, bytes, sizeof bytes);
	if (!t->loads)
		return;
	*x = leat_get_uint64(bytes);
	if (!tape_expect(t, *x <= most))
		*x = 0;
}

void tape_size(struct tape *t, size_t *x, size_t most)
{
	uint64_t n = *x;

	tape_number(t, &n, most);
	*x = (size_t)n;
}

void tape_int(struct tape *t, int *x, int most)
{
	uint64_t n = (uint64_t)*x;

	tape_number(t, &n, (uint64_t)most);
	*x = (int)n;
}

void tape_counts(struct tape *t, uint64_t *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tape_number(t, &x[i], UINT64_MAX);
}

void tape_doubles(struct tape *t, double *x, size_t n)
{
	unsigned char bytes[8];

	for (size_t i = 0; i < n; i++) {
		leat_put_double(bytes, x[i]);
		tape_bytes(t, bytes, sizeof bytes);
		if (t->loads)
			x[i] = leat_get_double(bytes);
	}
}

void tape_text(struct tape *t, char **text, size_t *len)
{
	tape_size(t, len, SIZE_MAX - 1);
	if (t->loads) {
		*text = NULL;
		if (!tape_expect(t, *len <= t->left + (t->n - t->at)))
			return;
		*text = malloc(*len + 1);
		if (!*text) {
			tape_no_memory(t);
			return;
		}
		(*text)[*len] = '\0';
	}
	tape_bytes(t, *text, *len);
}

void tape_list(struct tape *t, struct list *list)
{
	size_t n = list->n;

	tape_size(t, &n, SIZE_MAX);
	for (size_t i = 0; i < n && !t->failed; i++) {
		char *text = t->loads ? NULL : list->items[i];
		size_t len = t->loads ? 0 : strlen(text);

		tape_text(t, &text, &len);
		if (!t->loads)
			continue;
		if (text && list_add(list, text, len) < 0)
			tape_no_memory(t);
		free(text);
	}
}

/* ---- Settings ---- */

static void differ(struct tape *t, const char *setting)
{
	tape_fail(t, "was saved with a different %s", setting);
}

void tape_same(struct tape *t, uint64_t x, const char *setting)
{
	uint64_t there = x;

	tape_number(t, &there, UINT64_MAX);
	if (there != x)
		differ(t, setting);
}

void tape_same_double(struct tape *t, double x, const char *setting)
{
	unsigned char bytes[8];

	leat_put_double(bytes, x);
	tape_same(t, leat_get_uint64(bytes), setting);
}

static void differ_text(struct tape *t, const char *setting, const char *there,
    const char *text)
{
	if (!text)
		tape_fail(t, "was saved with %s %.120s", setting, there);
	else if (!there)
		tape_fail(t, "was saved without %s", setting);
	else
		tape_fail(t, "was saved with %s %.120s, not %.120s", setting,
		    there, text);
}

/* NULL is that there is none. */
void tape_same_text(struct tape *t, const char *text, const char *setting)
{
	int given = text != NULL;
	char *there = (char *)(uintptr_t)text;
	size_t len = text ? strlen(text) : 0;

	tape_int(t, &given, 1);
	if (t->loads)
		there = NULL;
	if (given)
		tape_text(t, &there, &len);
	if (!t->loads)
		return;
	if ((there || text) && !t->failed &&
	    (!there || !text || strcmp(there, text) != 0))
		differ_text(t, setting, there, text);
	free(there);
}

void tape_same_list(struct tape *t, const struct list *list,
    const char *setting)
{
	tape_same(t, list->n, setting);
	for (size_t i = 0; i < list->n && !t->failed; i++)
		tape_same_text(t, list->items[i], setting);
}

/* ---- Objects of the library ---- */

static size_t write_some(void *ctx, const void *bytes, size_t n)
{
	struct tape *t = ctx;

	put(t, bytes, n);
	return t->failed ? 0 : n;
}

static size_t read_some(void *ctx, void *bytes, size_t n)
{
	struct tape *t = ctx;

	get(t, bytes, n);
	return t->failed ? 0 : n;
}

leat_writer tape_writer(struct tape *t)
{
	leat_writer w = { 0 };

	w.write = write_some;
	w.ctx = t;
	return w;
}

leat_reader tape_reader(struct tape *t)
{
	leat_reader r = { 0 };

	r.read = read_some;
	r.ctx = t;
	return r;
}

void tape_object(struct tape *t, int err, const leat_reader *reader)
{
	if (!err || t->failed)
		return;
	if (err == LEAT_EOPTIONS && reader)
		tape_fail(t, "was saved with a different option `%s'",
		    reader->differs);
	else if (err == LEAT_ENOMEM)
		tape_no_memory(t);
	else
		tape_fail(t, "%s", leat_strerror(err));
}
