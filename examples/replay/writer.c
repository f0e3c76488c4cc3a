/*
 * Output through one large buffer, to a file descriptor. What stdio would
 * do, without a lock and a call for each byte, and with an error that says
 * what went wrong and not only that something did.
 */
#define _POSIX_C_SOURCE 200809L

#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <leat_text.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "number.h"

/* Others may write to the same file, so it is asked. */
static off_t file_place(int fd, const struct stat *st)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_APPEND) ? st->st_size
						: lseek(fd, 0, SEEK_CUR);
}

void writer_init(struct writer *w, int fd)
{
	struct stat st;
	off_t place = 0;

	w->fd = fd;
	w->take = NULL;
	w->error = 0;
	w->len = 0;
	w->is_file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	if (w->is_file)
		place = file_place(fd, &st);
	w->place = place > 0 ? (uint64_t)place : 0;
}

void writer_init_to(struct writer *w,
    void (*take)(void *ctx, const char *bytes, size_t n), void *ctx)
{
	w->fd = -1;
	w->take = take;
	w->ctx = ctx;
	w->error = 0;
	w->len = 0;
	w->is_file = 0;
	w->place = 0;
}

/* Writes all n bytes, unless there is or was an error. */
static void write_out(struct writer *w, const char *bytes, size_t n)
{
	if (w->take && n > 0) {
		w->take(w->ctx, bytes, n);
		w->place += n;
		return;
	}
	while (n > 0 && !w->error) {
		ssize_t done = write(w->fd, bytes, n);

		if (done < 0) {
			if (errno != EINTR)
				w->error = errno;
			continue;
		}
		bytes += done;
		n -= (size_t)done;
		w->place += (uint64_t)done;
	}
}

int writer_flush(struct writer *w)
{
	write_out(w, w->bytes, w->len);
	w->len = 0;
	return w->error;
}

int writer_sync(struct writer *w)
{
	struct stat st;
	int err;

	if (writer_flush(w) != 0 || !w->is_file)
		return w->error;
	do
		err = fsync(w->fd);
	while (err < 0 && errno == EINTR);
	if (err == 0)
		err = fstat(w->fd, &st);
	if (err < 0)
		w->error = errno;
	else
		w->place = (uint64_t)file_place(w->fd, &st);
	return w->error;
}

int writer_continue(struct writer *w, uint64_t place, int cut)
{
	struct stat st;

	if (!w->is_file)
		w->place = place;
	if (!w->is_file || !cut)
		return 0;
	if (fstat(w->fd, &st) < 0)
		return errno;
	if ((uint64_t)st.st_size < place)
		return WRITER_SHORT;
	if (ftruncate(w->fd, (off_t)place) < 0 ||
	    lseek(w->fd, (off_t)place, SEEK_SET) < 0)
		return errno;
	w->place = place;
	return 0;
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

void writer_text(struct writer *w, const char *text)
{
	writer_put(w, text, strlen(text));
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
