/*
 * Lines to a file, and to standard output and error.
 *
 * A file is appended to, at once. When it cannot be, since the disk is full,
 * lines wait and it is tried again each second; what comes first then is the
 * rest of the line that was written in part. A file that begins with a line
 * that another run has not finished gets an end to it.
 *
 * Standard output is shared with those who have started the program, so it
 * is not made non-blocking, which would be so for them too. A pipe that
 * poll(2) calls writable takes PIPE_BUF bytes without waiting: no more are
 * written at once, and whole lines if there are any, which others who write
 * to it cannot tear. When nobody reads it any more it stays dead.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../replay/report.h"
#include "sink_inside.h"

enum {
	TRY_AGAIN_MS = 1000,
#ifdef PIPE_BUF
	AT_ONCE = PIPE_BUF
#else
	AT_ONCE = _POSIX_PIPE_BUF
#endif
};

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* ---- Files ---- */

/* Opening does not wait: a FIFO that has no reader is an error. */
static int open_path(const char *path)
{
	int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK;

	return open(path, flags, 0666);
}

static int ends_within_line(const char *path, off_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char last = '\n';

	if (fd < 0)
		return 0;
	if (pread(fd, &last, 1, size - 1) < 0)
		last = '\n';
	close(fd);
	return last != '\n';
}

static enum sink_intro choose_intro(const struct sink *o, const struct stat *st)
{
	if (!S_ISREG(st->st_mode) || st->st_size == 0)
		return SINK_HEAD;
	return !o->is_shared && ends_within_line(o->where, st->st_size)
	    ? SINK_LINE_END
	    : SINK_NO_INTRO;
}

/* Returns whether it is the file that is open already, with something in it. */
static int is_same_file(const struct sink *o, const struct stat *now)
{
	struct stat old;

	return o->fd >= 0 && fstat(o->fd, &old) == 0 &&
	    old.st_dev == now->st_dev && old.st_ino == now->st_ino &&
	    now->st_size > 0;
}

/* Returns 0, or -1 with all as it was. */
static int open_file(struct sink *o)
{
	int fd = open_path(o->where), is_same;
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0) {
		close(fd);
		return -1;
	}
	is_same = is_same_file(o, &st);
	sink_shut(o);
	o->fd = fd;
	o->is_stale = 0;
	if (is_same) {
		o->is_open = 1;
		sink_flush(o);
	} else {
		sink_begin(o, choose_intro(o, &st));
	}
	return 0;
}

static int start_file(struct sink *o, char *why, size_t size)
{
	if (open_file(o) == 0)
		return 0;
	return report(why, size, "%s", strerror(errno));
}

static ssize_t write_file(struct sink *o, const char *bytes, size_t n)
{
	return write(o->fd, bytes, n);
}

static void file_broken(struct sink *o, int error)
{
	sink_complain(o, strerror(error));
	o->is_open = 0;
	/* A disk may have room again; all else may be another file's. */
	o->is_stale = error != ENOSPC && error != EFBIG && error != EDQUOT;
	sink_again(o, TRY_AGAIN_MS);
}

static void file_again(struct sink *o)
{
	if (o->is_stale && !o->is_shared) {
		if (open_file(o) < 0)
			file_broken(o, errno);
		return;
	}
	o->is_open = 1;
	sink_flush(o);
}

/* A new one that cannot be opened leaves the old one, moved or not. */
static void reopen_file(struct sink *o)
{
	if (!o->is_shared && open_file(o) < 0)
		sink_complain(o, strerror(errno));
}

static void stop_nothing(struct sink *o)
{
	(void)o;
}

const struct sink_kind sink_file = { start_file, write_file, file_broken,
	file_again, reopen_file, stop_nothing };

/* ---- Standard output and error ---- */

static int start_standard(struct sink *o, char *why, size_t size)
{
	int fd = strcmp(o->where, "stderr") == 0 ? 2 : 1;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return report(why, size, "%s", strerror(errno));
	o->fd = fd;
	o->is_shared = 1;
	o->is_socket = S_ISSOCK(st.st_mode);
	if (S_ISREG(st.st_mode))
		o->kind = &sink_file;
	sink_begin(o, choose_intro(o, &st));
	return 0;
}

/* Returns how many bytes there are up to the end of the last line. */
static size_t cut_at_line(const char *bytes, size_t n)
{
	size_t cut = n;

	while (cut > 0 && bytes[cut - 1] != '\n')
		cut--;
	return cut > 0 ? cut : n;
}

static ssize_t write_standard(struct sink *o, const char *bytes, size_t n)
{
	struct pollfd room;
	int ready;

	if (o->is_socket)
		return send(o->fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	room.fd = o->fd;
	room.events = POLLOUT;
	room.revents = 0;
	ready = poll(&room, 1, 0);
	if (ready <= 0) {
		errno = ready == 0 ? EAGAIN : errno;
		return -1;
	}
	if (n > AT_ONCE)
		n = cut_at_line(bytes, AT_ONCE);
	return write(o->fd, bytes, n);
}

static void standard_broken(struct sink *o, int error)
{
	sink_die(o, strerror(error));
}

/* Standard output never waits for a timer, only for room. */
static void standard_again(struct sink *o)
{
	sink_flush(o);
}

const struct sink_kind sink_standard = { start_standard, write_standard,
	standard_broken, standard_again, NULL, stop_nothing };
