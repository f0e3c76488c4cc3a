/*
 * A process has two limits of descriptors, and may raise the first one up to
 * the second.
 */
#define _POSIX_C_SOURCE 200809L

#include "descriptors.h"

#include <sys/resource.h>

size_t descriptors_allow(size_t n)
{
	struct rlimit limit;
	rlim_t old;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= n)
		return n;
	old = limit.rlim_cur;
	limit.rlim_cur = n;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < n)
		limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? (size_t)old
						    : (size_t)limit.rlim_cur;
}
