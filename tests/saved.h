/*
 * Objects as bytes, for the tests: saved into memory, loaded from it, and
 * taken apart by a reader of the format that is not the library's
 */
#ifndef LEAT_TESTS_SAVED_H
#define LEAT_TESTS_SAVED_H

#include <leat.h>

#include "keyed_choice.h"

struct saved {
	unsigned char *bytes;
	size_t n;
};

void saved_free(struct saved *s);
struct saved saved_copy(const struct saved *s);

/* Aborts if there is an error. */
struct saved window_saved(leat_window *w);
struct saved time_window_saved(leat_time_window *w);
struct saved keyed_saved(leat_keyed *k);
struct saved model_saved(leat_model *m);
struct saved drift_saved(leat_drift *d);

leat_reader saved_reader(const struct saved *s);

/* CRC-32C, bit by bit; and the checksum at the end made right. */
uint32_t crc_by_bits(const unsigned char *p, size_t n);
void saved_repair(struct saved *s);

/* n bytes in front of byte `at`. */
void saved_insert(struct saved *s, size_t at, const void *bytes, size_t n);

/*
 * Returns the next chunk, starting at 0 for the first one: four bytes and its
 * content. Aborts behind the last one.
 */
struct chunk {
	size_t at, n;
	int part, required;
};
int saved_chunk(const struct saved *s, size_t i, struct chunk *out);

/* The object is saved, freed and loaded again: in memory, and by pieces. */
void window_again(leat_window **w, const leat_window_options *o);
void time_window_again(leat_time_window **w, const leat_time_window_options *o);
void keyed_again(leat_keyed **k, const keyed_choice *o);
void model_again(leat_model **m, const leat_model_options *o);
void drift_again(leat_drift **d, const leat_drift_options *o);

#endif
