/*
 * Output through one large buffer, to a file descriptor. What stdio would
 * do, without a lock and a call for each byte, and with an error that says
 * what went wrong and not only that something did.
 */
#define _POSIX_C_SOURCE 200809L

#include "writer.h"

#include <errno.h>
#include <leat.h>
#include <string.h>
#include <unistd.h>

#include "number.h"

void writer_init(struct writer *w, int fd)
{
	w->fd = fd;
	w->error = 0;
	w->len = 0;
}

/* Writes all n bytes, unless there is or was an error. */
static void write_out(struct writer *w, const char *bytes, size_t n)
{
	while (n > 0 && !w->error) {
		ssize_t done = write(w->fd, bytes, n);

		if (done < 0) {
			if (errno != EINTR)
				w->error = errno;
			continue;
		}
		bytes += done;
		n -= (size_t)done;
	}
}

int writer_flush(struct writer *w)
{
	write_out(w, w->bytes, w->len);
	w->len = 0;
	return w->error;
}

void writer_put(struct writer *w, const char *bytes, size_t n)
{
	if (n > WRITER_SIZE - w->len)
		writer_flush(w);
	if (n > WRITER_SIZE) {
		write_out(w, bytes, n);
		return;
	}
	if (n > 0)
		memcpy(w->bytes + w->len, bytes, n);
	w->len += n;
}

void writer_char(struct writer *w, char byte)
{
	if (w->len == WRITER_SIZE)
		writer_flush(w);
	w->bytes[w->len++] = byte;
}

void writer_number(struct writer *w, double x)
{
	if (WRITER_SIZE - w->len < LEAT_DOUBLE_SIZE)
		writer_flush(w);
	w->len += leat_format_double(x, w->bytes + w->len);
}

void writer_count(struct writer *w, uint64_t n)
{
	if (WRITER_SIZE - w->len < NUMBER_SIZE)
		writer_flush(w);
	w->len += number_format_count(w->bytes + w->len, n);
}

void writer_repeat(struct writer *w, char byte, size_t n)
{
	while (n-- > 0)
		writer_char(w, byte);
}
