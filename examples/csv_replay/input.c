/*
 * An input is what comes from a descriptor, counted from where that stands
 * at first. A file is sought in; of anything else bytes are read until the
 * place is reached.
 */
#define _POSIX_C_SOURCE 200809L

#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int input_open(struct input *in, const char *path)
{
	struct stat st;
	off_t at;

	in->fd = path ? open(path, O_RDONLY) : 0;
	in->size = in->start = in->offset = 0;
	in->at = in->n = 0;
	in->last = '\n';
	in->seeks = 0;
	if (in->fd < 0)
		return -1;
	if (fstat(in->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	at = lseek(in->fd, 0, SEEK_CUR);
	in->seeks = at >= 0;
	in->start = at > 0 ? (uint64_t)at : 0;
	if ((uint64_t)st.st_size > in->start)
		in->size = (uint64_t)st.st_size - in->start;
	return 0;
}

void input_close(struct input *in)
{
	if (in->fd > 0)
		close(in->fd);
}

/* The next block, in place of one that has been given out. */
static ssize_t fill(struct input *in)
{
	ssize_t n;

	if (in->n > 0)
		in->last = in->block[in->n - 1];
	in->offset += in->n;
	in->at = in->n = 0;
	do
		n = read(in->fd, in->block, sizeof in->block);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		in->n = (size_t)n;
	return n;
}

ssize_t input_read(struct input *in, const char **bytes_out)
{
	if (in->at == in->n) {
		ssize_t n = fill(in);

		if (n <= 0)
			return n;
	}
	*bytes_out = in->block + in->at;
	in->at = in->n;
	return (ssize_t)(in->n - (size_t)(*bytes_out - in->block));
}

uint64_t input_offset(const struct input *in)
{
	return in->offset + in->at;
}

int input_ends_line(const struct input *in)
{
	char last = in->at > 0 ? in->block[in->at - 1] : in->last;

	return last == '\n' || last == '\r';
}

/* Seeks one byte before the place, since that byte is looked at. */
static int seek_near(struct input *in, uint64_t offset)
{
	uint64_t to = offset > 0 ? offset - 1 : 0;

	if (lseek(in->fd, (off_t)(in->start + to), SEEK_SET) < 0)
		return -1;
	in->offset = to;
	in->at = in->n = 0;
	in->last = '\n';
	return 0;
}

int input_skip(struct input *in, uint64_t offset)
{
	if (in->seeks && seek_near(in, offset) < 0)
		return -1;
	while (in->offset + in->n < offset) {
		ssize_t n = fill(in);

		if (n <= 0)
			return n < 0 ? -1 : INPUT_SHORT;
	}
	in->at = (size_t)(offset - in->offset);
	return 0;
}
