/*
 * State in a file:
 *
 *      8 bytes   "csvstate"
 *      8 bytes   version of the format, 1
 *      ...       what the walk names, in the form of state_tape.h
 *      8 bytes   checksum of all bytes before: CRC-64 (ECMA-182)
 *
 * A new state is written to a file beside the old one and takes its name
 * when it is on the disk: whatever happens, and whenever, the name stands
 * for one state or the other, and that is whole. The folder is synced too,
 * so that the new one is there after a loss of power.
 *
 * Loading reads the file twice: first for its checksum, then for what is in
 * it.
 */
#define _POSIX_C_SOURCE 200809L

#include "state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"
#include "temp_file.h"

enum { VERSION = 1, HEAD = 16, SUM = 8 };

static const char magic[8] = { 'c', 's', 'v', 's', 't', 'a', 't', 'e' };

struct file {
	const char *path;
	char *new_path; /* saving: the file beside it */
	char *folder;   /* both are in this folder */
	int fd;
	char *why;
	size_t why_size;
	struct tape tape;
};

static int fail(struct file *f, const char *path, const char *what)
{
	return report(f->why, f->why_size, "%s: %s", path, what);
}

static int fail_errno(struct file *f, const char *path)
{
	return fail(f, path, strerror(errno));
}

static void close_file(struct file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	free(f->new_path);
	free(f->folder);
	free(f);
}

static struct file *new_file(const char *path, char *why, size_t why_size)
{
	struct file *f = calloc(1, sizeof *f);

	if (!f) {
		snprintf(why, why_size, "%s: out of memory", path);
		return NULL;
	}
	f->path = path;
	f->fd = -1;
	f->why = why;
	f->why_size = why_size;
	return f;
}

static int sync_fd(int fd)
{
	int err;

	do
		err = fsync(fd);
	while (err < 0 && errno == EINTR);
	return err;
}

/* ---- Saving ---- */

/* "a/b" is in "a", "/b" in "/", "b" in ".". */
static void name_folder(struct file *f, size_t size)
{
	const char *slash = strrchr(f->path, '/');
	size_t len = slash ? (size_t)(slash - f->path) : 0;

	if (!slash)
		snprintf(f->folder, size, ".");
	else
		snprintf(f->folder, size, "%.*s", len > 0 ? (int)len : 1,
		    f->path);
}

static int name_files(struct file *f)
{
	size_t size = strlen(f->path) + TEMP_FILE_MORE;

	f->new_path = calloc(size, 1);
	f->folder = malloc(size);
	if (!f->new_path || !f->folder)
		return fail(f, f->path, "out of memory");
	name_folder(f, size);
	return 0;
}

static int open_new(struct file *f)
{
	f->fd = temp_file_open(f->path, f->new_path,
	    strlen(f->path) + TEMP_FILE_MORE);
	if (f->fd >= 0)
		return 0;
	if (errno == EEXIST)
		return fail(f, f->path, "is not a regular file");
	return fail_errno(f, f->path);
}

static int write_new(struct file *f, tape_walk *walk, void *ctx)
{
	struct tape *t = &f->tape;
	uint64_t version = VERSION, crc;

	tape_save(t, f->fd);
	tape_bytes(t, (void *)(uintptr_t)magic, sizeof magic);
	tape_number(t, &version, VERSION);
	walk(ctx, t);
	if (!t->failed)
		tape_flush(t);
	crc = t->crc;
	tape_number(t, &crc, UINT64_MAX);
	if (!t->failed)
		tape_flush(t);
	if (t->failed)
		return fail(f, f->path, t->why);
	return sync_fd(f->fd) < 0 ? fail_errno(f, f->path) : 0;
}

/* Not every file system can sync a folder; those that cannot say EINVAL. */
static int sync_folder(struct file *f)
{
	int fd = open(f->folder, O_RDONLY | O_DIRECTORY), err = 0;

	if (fd < 0)
		return fail_errno(f, f->folder);
	if (sync_fd(fd) < 0 && errno != EINVAL)
		err = fail_errno(f, f->folder);
	close(fd);
	return err;
}

static int replace(struct file *f)
{
	int fd = f->fd;

	f->fd = -1;
	if (close(fd) < 0)
		return fail_errno(f, f->path);
	if (rename(f->new_path, f->path) < 0)
		return fail_errno(f, f->path);
	return 0;
}

int state_file_save(const char *path, tape_walk *walk, void *ctx, char *why,
    size_t why_size)
{
	struct file *f = new_file(path, why, why_size);
	int err;

	if (!f)
		return -1;
	err = name_files(f);
	if (!err)
		err = open_new(f);
	if (!err) {
		err = write_new(f, walk, ctx);
		if (!err)
			err = replace(f);
		if (err)
			unlink(f->new_path);
	}
	if (!err)
		err = sync_folder(f);
	close_file(f);
	return err;
}

void state_file_sweep(const char *path)
{
	char why[64];
	struct file *f = new_file(path, why, sizeof why);

	if (!f)
		return;
	if (name_files(f) == 0)
		temp_file_sweep(path, f->folder);
	close_file(f);
}

/* ---- Loading ---- */

static ssize_t read_some(int fd, unsigned char *bytes, size_t most)
{
	ssize_t n;

	do
		n = read(fd, bytes, most);
	while (n < 0 && errno == EINTR);
	return n;
}

/* Exactly n bytes from where the file is. */
static int read_exactly(struct file *f, unsigned char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t some = read_some(f->fd, bytes, n);

		if (some < 0)
			return fail_errno(f, f->path);
		if (some == 0)
			return fail(f, f->path, "is truncated");
		bytes += some;
		n -= (size_t)some;
	}
	return 0;
}

static int check_head(struct file *f)
{
	unsigned char head[HEAD];
	uint64_t version;

	if (read_exactly(f, head, sizeof head) < 0)
		return -1;
	if (memcmp(head, magic, sizeof magic) != 0)
		return fail(f, f->path, "is not a saved state");
	version = leat_get_uint64(head + sizeof magic);
	f->tape.crc = tape_crc(0, head, sizeof head);
	if (version > VERSION && version < 256)
		return fail(f, f->path,
		    "was saved by a newer version of the program");
	return version == VERSION ? 0 : fail(f, f->path, "is corrupt");
}

/* The checksum, and back to behind the head. */
static int check_sum(struct file *f, uint64_t n)
{
	struct tape *t = &f->tape;
	uint64_t crc = t->crc;
	unsigned char sum[SUM];

	while (n > 0) {
		size_t some = n < sizeof t->bytes ? (size_t)n : sizeof t->bytes;

		if (read_exactly(f, t->bytes, some) < 0)
			return -1;
		crc = tape_crc(crc, t->bytes, some);
		n -= some;
	}
	if (read_exactly(f, sum, sizeof sum) < 0)
		return -1;
	if (leat_get_uint64(sum) != crc)
		return fail(f, f->path, "is truncated or corrupt");
	return lseek(f->fd, HEAD, SEEK_SET) < 0 ? fail_errno(f, f->path) : 0;
}

static int load(struct file *f, tape_walk *walk, void *ctx)
{
	struct tape *t = &f->tape;
	struct stat st;
	uint64_t n;

	if (fstat(f->fd, &st) < 0)
		return fail_errno(f, f->path);
	if (!S_ISREG(st.st_mode))
		return fail(f, f->path, "is not a file");
	if (st.st_size < HEAD + SUM)
		return fail(f, f->path, "is not a saved state, or truncated");
	n = (uint64_t)st.st_size - HEAD - SUM;
	if (check_head(f) < 0 || check_sum(f, n) < 0)
		return -1;
	tape_load(t, f->fd, n);
	walk(ctx, t);
	tape_expect(t, t->left == 0 && t->at == t->n);
	return t->failed ? fail(f, f->path, t->why) : 0;
}

int state_file_load(const char *path, tape_walk *walk, void *ctx, char *why,
    size_t why_size)
{
	struct file *f = new_file(path, why, why_size);
	int err;

	if (!f)
		return -1;
	f->fd = open(path, O_RDONLY);
	if (f->fd < 0)
		err = errno == ENOENT ? 1 : fail_errno(f, path);
	else
		err = load(f, walk, ctx);
	close_file(f);
	return err;
}
