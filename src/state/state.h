/*
 * state.h - objects as bytes
 *
 * A tape runs over an object's state, in one direction or the other: every
 * object has one function that names the parts of its state in order, and
 * the same walk counts them, writes them, or reads them into a new object.
 * So the two directions cannot disagree, as measuring and cutting cannot in
 * core/block.c. leat_state(5) says what the bytes are.
 *
 * An error stops the tape: from then on nothing is written, and all that is
 * read is 0. So a walk need not look at it at each step, but a loop whose
 * length was read must, and whoever uses a number as an index or a size must
 * have asked leat_tape_expect() whether it can be one.
 */
#ifndef LEAT_STATE_H
#define LEAT_STATE_H

#include "../core/core.h"

/* Which part of a state a chunk belongs to. These numbers are in the bytes. */
enum leat_part_of_state {
	LEAT_STATE_END = 0,
	LEAT_STATE_TAG = 1,
	LEAT_STATE_OPTIONS = 2,
	LEAT_STATE_CONTENT = 3,
	LEAT_STATE_ORDER = 4,
	LEAT_STATE_MODEL = 5,
	LEAT_STATE_REFUSED = 6
};

/* Bytes of a piece, its head included. */
enum { LEAT_TAPE_PIECE = 4096, LEAT_TAPE_HEAD = 4 };

/* So many values have never been pushed, nor a few times as many. */
#define LEAT_TAPE_PUSHES ((uint64_t)1 << 60)

struct leat_tape {
	int loads; /* else it saves, or counts */
	int err;
	int part, required;      /* of the chunk at hand */
	unsigned char *at, *end; /* saving: what is left of the piece */
	const unsigned char *from, *until; /* loading: what is there of it */
	uint32_t
	    behind; /* loading: bytes of the chunk that are not there yet */
	int headed; /* loading: the next chunk's head has been read */
	uint32_t crc;
	int64_t base;            /* what the next time is relative to */
	uint64_t taken, missing; /* loading: values that windows hold so far */
	leat_writer *writer;
	leat_reader *reader;
	unsigned char piece[LEAT_TAPE_PIECE];
};

/* ---------------- from head to end ---------------------------------- */

/*
 * All of it, for an object whose state `walk` names. What is saved is only
 * read. What is loaded is a new object; after an error it is to be freed.
 */
typedef void leat_tape_walk(struct leat_tape *t, void *object);
int leat_tape_to(leat_writer *w, int object, leat_tape_walk *walk,
    const void *from);
int leat_tape_from(leat_reader *r, int object, leat_tape_walk *walk, void *to);

/* What follows is of that part; what is unknown is skipped on the way. */
void leat_tape_part(struct leat_tape *t, int part);
/* Loading: whether a part comes next that need not be there. */
int leat_tape_has(struct leat_tape *t, int part);
/* And goes past the chunk at hand, of which nothing has been read. */
void leat_tape_skip(struct leat_tape *t);

/* ---------------- what there can be on it --------------------------- */

void leat_tape_fail(struct leat_tape *t, int err);

/* The version of the format: what is written, or what was. */
LEAT_INLINE int leat_tape_version(const struct leat_tape *t)
{
	return t->loads ? t->reader->version : LEAT_STATE_VERSION;
}

/* What was read cannot be unless this holds. Returns whether it does. */
LEAT_INLINE int leat_tape_expect(struct leat_tape *t, int holds)
{
	if (LEAT_UNLIKELY(!holds) && t->loads)
		leat_tape_fail(t, LEAT_ESTATE);
	return !t->err;
}

void leat_tape_bytes(struct leat_tape *t, void *bytes, size_t n);
/* Loading: at most `most`. */
void leat_tape_number(struct leat_tape *t, uint64_t *x, uint64_t most);
void leat_tape_signed(struct leat_tape *t, int64_t *x);
void leat_tape_double(struct leat_tape *t, double *x);
void leat_tape_doubles(struct leat_tape *t, double *x, size_t n);
/*
 * Numbers of eight bytes each, of which those that are 0 take no room: eight
 * are one byte and those of them that are not. Doubles, but for those whose
 * bit is in `integers`.
 */
void leat_tape_sparse(struct leat_tape *t, void *words, size_t n,
    unsigned integers);

/* A flag, an int or a size, by way of a number. */
void leat_tape_int(struct leat_tape *t, int *x, int most);
void leat_tape_size(struct leat_tape *t, size_t *x, size_t most);
/* A count that doubles hold exactly. */
void leat_tape_count(struct leat_tape *t, double *x);
/* A time, relative to the one before it. */
void leat_tape_time(struct leat_tape *t, int64_t *x);

/* Options: what is read must be what is there. */
void leat_tape_agree(struct leat_tape *t, int same, const char *option);
void leat_tape_same(struct leat_tape *t, uint64_t x, const char *option);
void leat_tape_same_time(struct leat_tape *t, int64_t x, const char *option);
void leat_tape_same_double(struct leat_tape *t, double x, const char *option);
/* Compares a worked-out option, which may differ by a slack. */
void leat_tape_near_double(struct leat_tape *t, double x, double reach,
    const char *option);
void leat_tape_same_text(struct leat_tape *t, const char *text,
    const char *option);

/* crc32c.c: of what came before, continued; begins with 0. */
uint32_t leat_crc32c(uint32_t crc, const void *bytes, size_t n);

/* Bits of a double as they are on nearly every machine; see bytes.c. */
uint64_t leat_bits_of(double x);
double leat_double_of(uint64_t bits);

#endif
