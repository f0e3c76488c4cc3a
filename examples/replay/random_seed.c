/*
 * Random numbers from /dev/urandom, which all systems have.
 */
#define _POSIX_C_SOURCE 200809L

#include "random_seed.h"

#include <fcntl.h>
#include <unistd.h>

int random_seed(uint64_t seed[2])
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, seed, 2 * sizeof *seed);
	close(fd);
	return n == (ssize_t)(2 * sizeof *seed) ? 0 : -1;
}
