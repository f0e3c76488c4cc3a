/*
 * The bytes of an input, block by block, from any place in it.
 */
#ifndef CSV_REPLAY_INPUT_H
#define CSV_REPLAY_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { INPUT_BLOCK = 1 << 17 };

struct input {
	int fd;
	uint64_t size;   /* bytes of a file; 0: unknown */
	uint64_t start;  /* offset in the file at which the input begins */
	uint64_t offset; /* in the input, of the block's first byte */
	size_t at, n;    /* in the block: the next byte, and how many */
	char last;       /* the byte before the block, or a line end */
	int seeks;
	char block[INPUT_BLOCK];
};

/* NULL: standard input. Returns 0, or -1 with errno. */
int input_open(struct input *input, const char *path);
void input_close(struct input *input);

/*
 * Reads the next bytes, which are valid until the next call. Returns how many,
 * 0 at the end, or -1 with errno.
 */
ssize_t input_read(struct input *input, const char **bytes_out);

/* Bytes that have been given out, or skipped. */
uint64_t input_offset(const struct input *input);

/* Returns whether the bytes so far end with a line end, or are none. */
int input_ends_line(const struct input *input);

/*
 * Goes to a place that is not before the block at hand, by reading if it
 * must be. Returns 0, -1 with errno, or INPUT_SHORT: the input ends before.
 */
enum { INPUT_SHORT = -2 };
int input_skip(struct input *input, uint64_t offset);

#endif
