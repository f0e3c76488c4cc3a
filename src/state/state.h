/*
 * state.h - objects as bytes
 *
 * A tape runs over an object's state, in one direction or the other: every
 * object has one function that names the parts of its state in order, and the
 * same walk counts them, writes them, or reads them into a new object. So the
 * two directions cannot disagree, as measuring and cutting cannot in
 * core/block.c. leat_state(5) defines the bytes.
 *
 * An error stops the tape: from then on nothing is written, and everything that
 * is read is 0. So a walk need not check for errors at each step, but a loop
 * whose length was read must, and a number that was read must be checked by
 * leat_tape_expect() before it is used as an index or a size.
 */
#ifndef LEAT_STATE_H
#define LEAT_STATE_H

#include "../core/core.h"

/* Parts of a state, to which chunks belong. These numbers are in the bytes. */
enum leat_part_of_state {
	LEAT_STATE_END = 0,
	LEAT_STATE_TAG = 1,
	LEAT_STATE_OPTIONS = 2,
	LEAT_STATE_CONTENT = 3,
	LEAT_STATE_ORDER = 4,
	LEAT_STATE_MODEL = 5,
	LEAT_STATE_REFUSED = 6
};

/* Size of a piece, including its head. */
enum { LEAT_TAPE_PIECE = 4096, LEAT_TAPE_HEAD = 4 };

/*
 * A count above this in a saved state is damage: 2^60 pushes cannot happen, and
 * sums of a few such counts still fit in 64 bits.
 */
#define LEAT_TAPE_PUSHES ((uint64_t)1 << 60)

struct leat_tape {
	int loads; /* 0: saves, or only counts bytes */
	int err;
	int part, required;      /* properties of the current chunk */
	unsigned char *at, *end; /* saving: unused rest of the piece */
	/* loading: bytes of the chunk at hand */
	const unsigned char *from, *until;
	uint32_t behind; /* loading: bytes of the chunk still to be read */
	int headed;      /* loading: the next chunk's head has been read */
	uint32_t crc;
	int64_t base;            /* last time, to which the next is relative */
	uint64_t taken, missing; /* loading: values found in windows so far */
	/* Loading version 2: a sum that the moments behind it have. */
	void *awaited;
	int awaited_is_whole;
	leat_writer *writer;
	leat_reader *reader;
	unsigned char piece[LEAT_TAPE_PIECE];
};

/* ---------------- from head to end ---------------------------------- */

/*
 * Save or load a whole object, whose state `walk` names. A saved object is only
 * read. A loaded object is a new one, and must be freed after an error.
 */
typedef void leat_tape_walk(struct leat_tape *t, void *object);
int leat_tape_to(leat_writer *w, int object, leat_tape_walk *walk,
    const void *from);
int leat_tape_from(leat_reader *r, int object, leat_tape_walk *walk, void *to);

/* Begins a part. Loading skips unknown optional parts before it. */
void leat_tape_part(struct leat_tape *t, int part);
/* Loading: returns whether an optional part comes next. */
int leat_tape_has(struct leat_tape *t, int part);
/* Loading: skips the current chunk, of which nothing has been read. */
void leat_tape_skip(struct leat_tape *t);

/* ---------------- what there can be on it --------------------------- */

void leat_tape_fail(struct leat_tape *t, int err);

/* Returns the version of the format that is written or read. */
LEAT_INLINE int leat_tape_version(const struct leat_tape *t)
{
	return t->loads ? t->reader->version : LEAT_STATE_VERSION;
}

/* Loading: LEAT_ESTATE unless it holds. Returns whether there is no error. */
LEAT_INLINE int leat_tape_expect(struct leat_tape *t, int holds)
{
	if (LEAT_UNLIKELY(!holds) && t->loads)
		leat_tape_fail(t, LEAT_ESTATE);
	return !t->err;
}

void leat_tape_bytes(struct leat_tape *t, void *bytes, size_t n);
/* A number; a loaded one above `most` is an error, and 0. */
void leat_tape_number(struct leat_tape *t, uint64_t *x, uint64_t most);
void leat_tape_signed(struct leat_tape *t, int64_t *x);
void leat_tape_double(struct leat_tape *t, double *x);
void leat_tape_doubles(struct leat_tape *t, double *x, size_t n);
/*
 * Words of eight bytes, of which zeros take no bytes: a group of eight is a
 * byte of flags, and those words that are not 0. They are doubles, except those
 * whose bit is set in `integers`.
 */
void leat_tape_sparse(struct leat_tape *t, void *words, size_t n,
    unsigned integers);

/* A flag, an int or a size, stored as a number. */
void leat_tape_int(struct leat_tape *t, int *x, int most);
void leat_tape_size(struct leat_tape *t, size_t *x, size_t most);
/* A count that doubles hold exactly. */
void leat_tape_count(struct leat_tape *t, double *x);
/* A time, relative to the one before it. */
void leat_tape_time(struct leat_tape *t, int64_t *x);

/* Options: LEAT_EOPTIONS unless the saved one equals the given one. */
void leat_tape_agree(struct leat_tape *t, int same, const char *option);
void leat_tape_same(struct leat_tape *t, uint64_t x, const char *option);
void leat_tape_same_time(struct leat_tape *t, int64_t x, const char *option);
void leat_tape_same_double(struct leat_tape *t, double x, const char *option);
/* Compares a computed option, which may differ by `reach`. */
void leat_tape_near_double(struct leat_tape *t, double x, double reach,
    const char *option);
void leat_tape_same_text(struct leat_tape *t, const char *text,
    const char *option);

/* crc32c.c: continues the checksum crc with n bytes; the first crc is 0. */
uint32_t leat_crc32c(uint32_t crc, const void *bytes, size_t n);

/* Bits of a double in the order of nearly every machine; see bytes.c. */
uint64_t leat_bits_of(double x);
double leat_double_of(uint64_t bits);

#endif
