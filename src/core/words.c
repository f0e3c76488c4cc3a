/*
 * words.c - words that have other names: "stddev|std" has two
 */
#include "core.h"

int leat_is_named(const char *names, const char *word, size_t len)
{
	while (names && *names) {
		size_t n = 0;

		while (names[n] && names[n] != '|')
			n++;
		if (n == len && memcmp(names, word, len) == 0)
			return 1;
		names += n + (names[n] == '|');
	}
	return 0;
}
