/*
 * The state of a program as bytes, and from them.
 *
 * A tape runs over the state in one direction or the other. Each module has
 * one function that names the parts of its state in order; it writes them
 * when the tape saves and sets them when it loads, so the two directions
 * cannot disagree. Settings are on the tape too: those that results depend
 * on are compared, and it is said which of them is another one.
 *
 * All values are of eight bytes, the lowest first: numbers, and doubles by
 * their bits. A text is its length and its bytes, a list the number of its
 * texts and these. Objects of the library are as leat_state(5) has them.
 *
 * The first thing that goes wrong stops the tape: then nothing is written
 * any more, and all that is read is 0. So a walk need not look at each step,
 * but a loop whose length was read must look at `failed`, and what is used
 * as an index must have been given its limit.
 */
#ifndef REPLAY_STATE_TAPE_H
#define REPLAY_STATE_TAPE_H

#include <leat.h>
#include <stddef.h>
#include <stdint.h>

#include "list.h"

enum { TAPE_SIZE = 1 << 16 };

struct tape {
	int loads; /* else it saves */
	int failed;
	int fd;
	uint64_t crc;  /* checksum of the bytes that are saved */
	uint64_t left; /* bytes that are not yet loaded */
	size_t at, n;  /* place in the buffer, and bytes there */
	char why[400];
	unsigned char bytes[TAPE_SIZE];
};

/* A walk over the state of something. */
typedef void tape_walk(void *ctx, struct tape *tape);

/*
 * Begins at where the descriptor is; `left` bytes are there to be loaded.
 * tape_flush() writes out what has been saved.
 */
void tape_save(struct tape *tape, int fd);
void tape_load(struct tape *tape, int fd, uint64_t left);
void tape_flush(struct tape *tape);

/* Stops the tape; the reason of the first call stays. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void tape_fail(struct tape *tape, const char *format, ...);
void tape_no_memory(struct tape *tape);

/* Fails unless `holds`, without which the state is damaged. Returns it. */
int tape_expect(struct tape *tape, int holds);

void tape_bytes(struct tape *tape, void *bytes, size_t n);
/* Loading: at most `most`. */
void tape_number(struct tape *tape, uint64_t *x, uint64_t most);
void tape_size(struct tape *tape, size_t *x, size_t most);
void tape_int(struct tape *tape, int *x, int most);
void tape_counts(struct tape *tape, uint64_t *x, size_t n);
void tape_doubles(struct tape *tape, double *x, size_t n);
/* Loading: *text is allocated, with a NUL behind it, or NULL. */
void tape_text(struct tape *tape, char **text, size_t *len);
/* Loading: the list is empty before. */
void tape_list(struct tape *tape, struct list *list);

/* Settings; loading: what is read must be what is there. */
void tape_same(struct tape *tape, uint64_t x, const char *setting);
void tape_same_double(struct tape *tape, double x, const char *setting);
void tape_same_text(struct tape *tape, const char *text, const char *setting);
void tape_same_list(struct tape *tape, const struct list *list,
    const char *setting);

/*
 * Connects an object of the library: these are the ends that its save and load
 * are given, and tape_object() takes their result. The reader is NULL after a
 * save.
 */
leat_writer tape_writer(struct tape *tape);
leat_reader tape_reader(struct tape *tape);
void tape_object(struct tape *tape, int err, const leat_reader *reader);

/* CRC-64 (ECMA-182, reflected) of what came before, continued; begins with 0 */
uint64_t tape_crc(uint64_t crc, const unsigned char *bytes, size_t n);

#endif
