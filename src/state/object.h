/*
 * object.h - what the life of every object has in common
 *
 * An object is made in two steps: its options are checked and turned into a
 * plan, which says how large it is, and then it is built in a block of that
 * size. So it can be measured without being made, lie in memory of the
 * caller's, and be copied and loaded by the same few functions as any other.
 */
#ifndef LEAT_OBJECT_H
#define LEAT_OBJECT_H

#include "../core/memory.h"
#include "state.h"

/* A kind of object: windows, models ... Each has its row in its own file. */
struct leat_object_kind {
	int object;          /* number in saved state: LEAT_OBJECT_WINDOW ... */
	size_t block_at;     /* offset of the object's struct leat_block */
	size_t allocator_at; /* offset of the allocator in the options */
	/*
	 * Checks options and fills the plan. why_out may be NULL. Returns
	 * LEAT_EINVAL, or another error of the options.
	 */
	int (*measure)(const void *options, void *plan, size_t *n_bytes_out,
	    const char **why_out);
	/* Cannot fail, for the options are checked and the memory is there. */
	void (*build)(void *base, const void *plan, const void *options);
	/*
	 * Makes `to`, a copy of the bytes of `from` with a block of its own,
	 * whole. An error leaves it such that it can be freed.
	 */
	int (*moved)(const void *from, void *to,
	    const leat_allocator *allocator);
	/* Gives back what the object has beside its block; NULL: nothing. */
	void (*clear)(void *object);
	leat_tape_walk *tape;
};

/* The bytes that are to be given for it, unless n_bytes_out is NULL. */
int leat_object_check(const struct leat_object_kind *k, void *plan,
    const void *options, size_t *n_bytes_out, const char **why_out);
/*
 * A new object in `room` bytes of the caller's memory, or with NULL in those
 * of the allocator. NULL: *err says why.
 */
void *leat_object_new(const struct leat_object_kind *k, void *plan,
    void *memory, size_t room, const void *options, int *err);
void leat_object_free(const struct leat_object_kind *k, void *object);
/* NULL as allocator is that of the object. NULL: *err says why. */
void *leat_object_copy(const struct leat_object_kind *k, const void *object,
    const leat_allocator *allocator, int *err);
/* A new object of the allocator's memory with a saved state, as _new(). */
void *leat_object_load(const struct leat_object_kind *k, void *plan,
    const void *options, leat_reader *reader, int *err);
int leat_object_save(const struct leat_object_kind *k, const void *object,
    leat_writer *writer);

#endif
