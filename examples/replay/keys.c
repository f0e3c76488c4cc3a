/*
 * A set of keys: open addressing with linear probing.
 *
 * Up to 16 bytes, a text differs from others by its length and two words:
 * its first and its last bytes, which may overlap. They are what is hashed
 * and compared, without a loop and without looking at the text. Of longer
 * ones the words are two hashes, and texts are compared where these agree.
 *
 * The table holds these beside numbers into an array of entries, which is
 * in the order of first appearance: a short key is found by one look at one
 * place. It is kept at most a quarter full. Texts are copied one by one.
 *
 * The hash multiplies 64-bit words and folds the two halves of the product
 * (as wyhash does). Its constants are mixed with a seed: without one, someone
 * who chooses the keys can make it slow; for keys from a network there must
 * be one.
 */
#include "keys.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"

/* A text as two words and its length. */
struct print {
	uint64_t first, last;
	size_t len;
};

struct entry {
	char *text; /* NULL: dropped */
	size_t len; /* then the number + 1 of one that was dropped before */
};

struct slot {
	struct print print;
	size_t number; /* + 1; 0: free */
};

struct keys {
	struct entry *entries;
	size_t n, size;
	size_t text_bytes;
	size_t dropped; /* number + 1 of the last one; 0: none */
	struct slot *table;
	size_t mask; /* slots - 1 */
	uint64_t secret[2];
};

struct keys *keys_new(void)
{
	struct keys *k = calloc(1, sizeof *k);

	if (!k)
		return NULL;
	k->secret[0] = 0xa0761d6478bd642fu;
	k->secret[1] = 0xe7037ed1a0b428dbu;
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

void keys_seed(struct keys *k, const uint64_t seed[2])
{
	k->secret[0] ^= seed[0];
	k->secret[1] ^= seed[1];
}

static inline uint64_t word8(const char *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof x);
	return x;
}

static inline uint64_t word4(const char *p)
{
	uint32_t x;

	memcpy(&x, p, sizeof x);
	return x;
}

/* The halves of the product, one on the other. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
#if defined(__SIZEOF_INT128__)
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
	uint64_t low = (uint32_t)a * (b & 0xffffffffu);
	uint64_t left = (a >> 32) * (b & 0xffffffffu) + (low >> 32);
	uint64_t right = (uint32_t)a * (b >> 32) + (uint32_t)left;
	uint64_t high = (a >> 32) * (b >> 32) + (left >> 32) + (right >> 32);

	return (a * b) ^ high;
#endif
}

/* Hashes, one of which goes by blocks of eight bytes from the end. */
static struct print print_long(const struct keys *k, const char *text,
    size_t len)
{
	struct print p = { k->secret[0], k->secret[1], len };

	for (size_t i = 0; i + 8 < len; i += 8) {
		p.first = fold(p.first ^ word8(text + i), k->secret[1]);
		p.last = fold(p.last ^ word8(text + len - 8 - i), k->secret[0]);
	}
	return p;
}

static inline struct print print_short(const char *text, size_t len)
{
	struct print p = { 0, 0, len };

	if (len >= 8) {
		p.first = word8(text);
		p.last = word8(text + len - 8);
	} else if (len >= 4) {
		p.first = word4(text);
		p.last = word4(text + len - 4);
	} else if (len > 0) {
		p.first = (unsigned char)text[0];
		p.last = (uint64_t)(unsigned char)text[len / 2] << 8 |
		    (unsigned char)text[len - 1];
	}
	return p;
}

static struct print print_of(const struct keys *k, const char *text, size_t len)
{
	return len > 16 ? print_long(k, text, len) : print_short(text, len);
}

static inline int is_print(const struct print *a, const struct print *b)
{
	return a->first == b->first && a->last == b->last && a->len == b->len;
}

static inline uint64_t hash_of(const struct keys *k, const struct print *p)
{
	uint64_t x = fold(p->first ^ k->secret[0], p->last ^ k->secret[1]);

	return fold(x ^ p->len, k->secret[0] ^ 0x8ebc6af09c88c6e3u);
}

/* The slot that holds the key, or the free one where it belongs. */
static struct slot *slot_of(const struct keys *k, const struct print *p,
    const char *text)
{
	size_t at = (size_t)hash_of(k, p) & k->mask;

	for (;; at = (at + 1) & k->mask) {
		struct slot *s = &k->table[at];

		if (!s->number)
			return s;
		if (is_print(&s->print, p) &&
		    (p->len <= 16 ||
			memcmp(k->entries[s->number - 1].text, text, p->len) ==
			    0))
			return s;
	}
}

static int grow_table(struct keys *k)
{
	size_t mask = 2 * k->mask + 1;
	struct slot *old = k->table, *table = calloc(mask + 1, sizeof *table);

	if (!table)
		return -1;
	for (size_t i = 0; i <= k->mask; i++) {
		size_t at = (size_t)hash_of(k, &old[i].print) & mask;

		if (!old[i].number)
			continue;
		while (table[at].number)
			at = (at + 1) & mask;
		table[at] = old[i];
	}
	free(old);
	k->table = table;
	k->mask = mask;
	return 0;
}

static int grow_entries(struct keys *k)
{
	struct entry *entries = array_grow(k->entries, &k->size, k->n + 1,
	    sizeof *entries);

	if (!entries)
		return -1;
	k->entries = entries;
	return 0;
}

/* Puts a key that is new into the array. */
static int add_entry(struct keys *k, const struct print *p, const char *text,
    size_t *number_out)
{
	char *copy = malloc(p->len + 1);

	if (!copy)
		return -1;
	*number_out = k->dropped ? k->dropped - 1 : k->n;
	if (*number_out == k->size && grow_entries(k) < 0) {
		free(copy);
		return -1;
	}
	if (k->dropped)
		k->dropped = k->entries[*number_out].len;
	else
		k->n++;
	if (p->len > 0)
		memcpy(copy, text, p->len);
	copy[p->len] = '\0';
	k->text_bytes += p->len + 1;
	k->entries[*number_out].text = copy;
	k->entries[*number_out].len = p->len;
	return 0;
}

/* Kept out of the way that most calls take. */
#if defined(__GNUC__)
#define UNUSUAL __attribute__((noinline))
#else
#define UNUSUAL
#endif

static UNUSUAL int add_key(struct keys *k, const char *text, size_t len,
    size_t *number_out)
{
	struct print p = print_of(k, text, len);
	struct slot *s = slot_of(k, &p, text);

	if (s->number) {
		*number_out = s->number - 1;
		return 0;
	}
	if (4 * (k->n + 1) > k->mask) {
		if (grow_table(k) < 0)
			return -1;
		s = slot_of(k, &p, text);
	}
	if (add_entry(k, &p, text, number_out) < 0)
		return -1;
	s->print = p;
	s->number = *number_out + 1;
	return 1;
}

/* A known short key in its own slot, as most are, takes the first way. */
int keys_add(struct keys *k, const char *text, size_t len, size_t *number_out)
{
	if (len <= 16) {
		struct print p = print_short(text, len);
		size_t at = (size_t)hash_of(k, &p) & k->mask;
		const struct slot *s = &k->table[at];

		if (is_print(&s->print, &p) && s->number > 0) {
			*number_out = s->number - 1;
			return 0;
		}
	}
	return add_key(k, text, len, number_out);
}

int keys_find(const struct keys *k, const char *text, size_t len,
    size_t *number_out)
{
	struct print p = print_of(k, text, len);
	const struct slot *s = slot_of(k, &p, text);

	if (!s->number)
		return -1;
	*number_out = s->number - 1;
	return 0;
}

/* Moves up whatever was put off its own place by the slot, or by such. */
static void empty_slot(struct keys *k, size_t hole)
{
	size_t at = hole;

	for (;;) {
		const struct slot *s = &k->table[at = (at + 1) & k->mask];
		size_t home;

		if (!s->number)
			break;
		home = (size_t)hash_of(k, &s->print) & k->mask;
		if (((at - home) & k->mask) < ((at - hole) & k->mask))
			continue;
		k->table[hole] = *s;
		hole = at;
	}
	memset(&k->table[hole], 0, sizeof k->table[hole]);
}

void keys_drop(struct keys *k, size_t number)
{
	struct entry *e = &k->entries[number];
	struct print p = print_of(k, e->text, e->len);

	empty_slot(k, (size_t)(slot_of(k, &p, e->text) - k->table));
	k->text_bytes -= e->len + 1;
	free(e->text);
	e->text = NULL;
	e->len = k->dropped;
	k->dropped = number + 1;
}

size_t keys_bytes(const struct keys *k)
{
	return k->text_bytes;
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
