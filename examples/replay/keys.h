/*
 * A set of keys: each distinct text gets a number, from 0 on in the order
 * of first appearance; one that has been dropped leaves its number to another.
 */
#ifndef REPLAY_KEYS_H
#define REPLAY_KEYS_H

#include <stddef.h>
#include <stdint.h>

struct keys;

struct keys *keys_new(void); /* NULL: no memory */
void keys_free(struct keys *keys);

/*
 * Seeds the hash, while there is no key: random numbers keep strangers who
 * choose the keys from making them collide.
 */
void keys_seed(struct keys *keys, const uint64_t seed[2]);

/*
 * The number of a key, which is added if it is new. Returns 1 if it was,
 * 0 if not, -1 if there is no memory.
 *
 * Cost: O(len), and O(1) amortised in the number of keys.
 */
int keys_add(struct keys *keys, const char *text, size_t len,
    size_t *number_out);

/* The number of a key. Returns 0, or -1 if there is no such key. */
int keys_find(const struct keys *keys, const char *text, size_t len,
    size_t *number_out);

/* Forgets a key, which must be there. */
void keys_drop(struct keys *keys, size_t number);

/* Allocated for texts. */
size_t keys_bytes(const struct keys *keys);

/* Returns a number that all keys' numbers are below. */
size_t keys_count(const struct keys *keys);

/*
 * The text of a key, NULL if it has been dropped; stays where it is until
 * then or keys_free().
 */
const char *keys_text(const struct keys *keys, size_t number, size_t *len_out);

#endif
