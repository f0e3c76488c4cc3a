/*
 * A set of keys: open addressing with linear probing.
 *
 * The table holds numbers into an array of entries, which is in the order
 * of first appearance, and it is kept at most half full. An entry keeps
 * its hash, so growing the table looks at no text and most probes that
 * miss compare no text either. Texts are copied one by one.
 *
 * The hash is FNV-1a with a final mix, since the table takes its low bits.
 * It is not seeded: someone who chooses the keys can make it slow. For
 * keys from a network use a keyed hash.
 */
#include "keys.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	uint64_t hash;
	char *text;
	size_t len;
};

struct keys {
	struct entry *entries;
	size_t n, size;
	size_t *table; /* number + 1; 0: free */
	size_t mask;   /* slots - 1 */
};

struct keys *keys_new(void)
{
	struct keys *k = calloc(1, sizeof *k);

	if (!k)
		return NULL;
	k->mask = 15;
	k->table = calloc(k->mask + 1, sizeof *k->table);
	if (!k->table) {
		free(k);
		return NULL;
	}
	return k;
}

void keys_free(struct keys *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->n; i++)
		free(k->entries[i].text);
	free(k->entries);
	free(k->table);
	free(k);
}

static uint64_t hash_of(const char *text, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * 0x100000001b3u;
	h ^= h >> 32;
	h *= 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t slot_of(const struct keys *k, uint64_t hash, const char *text,
    size_t len)
{
	size_t slot = (size_t)hash & k->mask;

	while (k->table[slot]) {
		const struct entry *e = &k->entries[k->table[slot] - 1];

		if (e->hash == hash && e->len == len &&
		    memcmp(e->text, text, len) == 0)
			break;
		slot = (slot + 1) & k->mask;
	}
	return slot;
}

static int grow_table(struct keys *k)
{
	size_t mask = 2 * k->mask + 1;
	size_t *table = calloc(mask + 1, sizeof *table);

	if (!table)
		return -1;
	for (size_t i = 0; i < k->n; i++) {
		size_t slot = (size_t)k->entries[i].hash & mask;

		while (table[slot])
			slot = (slot + 1) & mask;
		table[slot] = i + 1;
	}
	free(k->table);
	k->table = table;
	k->mask = mask;
	return 0;
}

static int grow_entries(struct keys *k)
{
	size_t size = k->size ? 2 * k->size : 16;
	struct entry *entries = realloc(k->entries, size * sizeof *entries);

	if (!entries)
		return -1;
	k->entries = entries;
	k->size = size;
	return 0;
}

int keys_add(struct keys *k, const char *text, size_t len, size_t *number_out)
{
	uint64_t hash = hash_of(text, len);
	size_t slot = slot_of(k, hash, text, len);
	struct entry *e;

	if (k->table[slot]) {
		*number_out = k->table[slot] - 1;
		return 0;
	}
	if (k->n == k->size && grow_entries(k) < 0)
		return -1;
	if (2 * (k->n + 1) > k->mask) {
		if (grow_table(k) < 0)
			return -1;
		slot = slot_of(k, hash, text, len);
	}
	e = &k->entries[k->n];
	e->text = malloc(len + 1);
	if (!e->text)
		return -1;
	memcpy(e->text, text, len);
	e->text[len] = '\0';
	e->len = len;
	e->hash = hash;
	*number_out = k->n++;
	k->table[slot] = k->n;
	return 1;
}

int keys_find(const struct keys *k, const char *text, size_t len,
    size_t *number_out)
{
	size_t slot = slot_of(k, hash_of(text, len), text, len);

	if (!k->table[slot])
		return -1;
	*number_out = k->table[slot] - 1;
	return 0;
}

size_t keys_count(const struct keys *k)
{
	return k->n;
}

const char *keys_text(const struct keys *k, size_t number, size_t *len_out)
{
	*len_out = k->entries[number].len;
	return k->entries[number].text;
}
