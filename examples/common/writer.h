/*
 * Output through one large buffer.
 */
#ifndef COMMON_WRITER_H
#define COMMON_WRITER_H

#include <stddef.h>
#include <stdint.h>

enum { WRITER_SIZE = 1 << 16 };

/* After the first error everything is thrown away. */
struct writer {
	int fd;
	int error; /* errno of the first write that failed, or 0 */
	size_t len;
	char bytes[WRITER_SIZE];
};

void writer_init(struct writer *writer, int fd);
void writer_put(struct writer *writer, const char *bytes, size_t n);
void writer_char(struct writer *writer, char byte);
void writer_number(struct writer *writer, double x);
void writer_count(struct writer *writer, uint64_t n);

/* Spaces, or whatever the byte is, n of them. */
void writer_repeat(struct writer *writer, char byte, size_t n);

/* Writes out what is held. Returns 0, or errno of the first error. */
int writer_flush(struct writer *writer);

#endif
