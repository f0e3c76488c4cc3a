/*
 * A new file beside another: NAME.0123456789abcdef.tmp, where the digits are
 * random. In a folder that others can write to, nobody can put a link or a
 * file of that name there before (O_EXCL would see it, but the save would
 * fail), and nobody else can read what is saved.
 */
#define _POSIX_C_SOURCE 200809L

#include "temp_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "random_seed.h"

enum { DIGITS = 16 };

static int is_own_file(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_uid == geteuid();
}

int temp_file_open(const char *path, char *name, size_t size)
{
	struct stat st, own;
	uint64_t seed[2];
	int fd;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	if (random_seed(seed) < 0)
		return -1;
	snprintf(name, size, "%s.%016" PRIx64 ".tmp", path, seed[0]);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	/* The rights of a link's target are no wish of the owner. */
	if (fd >= 0 && lstat(path, &own) == 0 && is_own_file(&own))
		(void)fchmod(fd, own.st_mode & 0777);
	return fd;
}

/* "base.0123456789abcdef.tmp" */
static int is_beside(const char *name, const char *base)
{
	size_t len = strlen(base);

	if (strncmp(name, base, len) != 0 || name[len] != '.')
		return 0;
	name += len + 1;
	return strspn(name, "0123456789abcdef") == DIGITS &&
	    strcmp(name + DIGITS, ".tmp") == 0;
}

void temp_file_sweep(const char *path, const char *folder)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL) {
		struct stat st;

		if (is_beside(entry->d_name, base) &&
		    fstatat(dirfd(dir), entry->d_name, &st,
			AT_SYMLINK_NOFOLLOW) == 0 &&
		    is_own_file(&st))
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
}
