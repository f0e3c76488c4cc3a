/*
 * UTF-8, as Unicode defines it (table 3-7 of the standard).
 */
#include "utf8.h"

size_t utf8_length(const unsigned char *t, size_t n)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t len = t[0] < 0x80 ? 1
	    : t[0] < 0xC2        ? 0
	    : t[0] < 0xE0        ? 2
	    : t[0] < 0xF0        ? 3
	    : t[0] < 0xF5        ? 4
				 : 0;

	if (len > n || len < 2)
		return len > n ? 0 : len;
	if (t[0] == 0xE0)
		low = 0xA0;
	if (t[0] == 0xED)
		high = 0x9F;
	if (t[0] == 0xF0)
		low = 0x90;
	if (t[0] == 0xF4)
		high = 0x8F;
	if (t[1] < low || t[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (t[i] < 0x80 || t[i] > 0xBF)
			return 0;
	return len;
}
