/*
 * Output through one large buffer, whose place in a file is known, so that
 * another run can go on from there.
 */
#ifndef REPLAY_WRITER_H
#define REPLAY_WRITER_H

#include <stddef.h>
#include <stdint.h>

enum { WRITER_SIZE = 1 << 16 };

/* After the first error everything is thrown away. */
struct writer {
	int fd;
	void (*take)(void *ctx, const char *bytes,
	    size_t n);  /* not NULL: for fd */
	void *ctx;      /* passed to take() */
	int error;      /* errno of the first write that failed, or 0 */
	int is_file;    /* bytes stay where they are written */
	uint64_t place; /* offset of the first byte that is held */
	size_t len;
	char bytes[WRITER_SIZE];
};

void writer_init(struct writer *writer, int fd);

/* Bytes are not written but given to a function. */
void writer_init_to(struct writer *writer,
    void (*take)(void *ctx, const char *bytes, size_t n), void *ctx);

void writer_put(struct writer *writer, const char *bytes, size_t n);
void writer_text(struct writer *writer, const char *text);
void writer_char(struct writer *writer, char byte);
void writer_number(struct writer *writer, double x);
void writer_count(struct writer *writer, uint64_t n);

/*
 * Returns where n bytes may be written, of which writer_took() then takes those
 * before `end`; NULL if so many are never held at once.
 */
static inline char *writer_room(struct writer *writer, size_t n);
static inline void writer_took(struct writer *writer, const char *end);

/* Spaces, or whatever the byte is, n of them. */
void writer_repeat(struct writer *writer, char byte, size_t n);

/* Writes out what is held. Returns 0, or errno of the first error. */
int writer_flush(struct writer *writer);

/* Flushes, and waits until a file's bytes are on its disk. */
int writer_sync(struct writer *writer);

/*
 * Before anything is put: goes on where another run was at `place`. What
 * that run has written behind it is cut off if `cut` is set, else it stays.
 * Returns 0, errno, or WRITER_SHORT: there is a file that ends before that.
 */
enum { WRITER_SHORT = -1 };
int writer_continue(struct writer *writer, uint64_t place, int cut);

static inline char *writer_room(struct writer *w, size_t n)
{
	if (n > WRITER_SIZE)
		return NULL;
	if (n > WRITER_SIZE - w->len)
		writer_flush(w);
	return w->bytes + w->len;
}

static inline void writer_took(struct writer *w, const char *end)
{
	w->len = (size_t)(end - w->bytes);
}

#endif
