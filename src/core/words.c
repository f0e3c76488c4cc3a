/*
 * words.c - words that have other names: "stddev|std" has two
 */
#include "core.h"

int leat_is_named(const char *names, const char *word, size_t len)
{
	while (names) {
		const char *end = strchr(names, '|');
		size_t n = end ? (size_t)(end - names) : strlen(names);

		if (n == len && memcmp(names, word, len) == 0)
			return 1;
		names = end ? end + 1 : NULL;
	}
	return 0;
}
