/*
 * Numbers on command lines and in fields. Hardly any text has blanks
 * around its number, so they are looked for only where there is none.
 */
#include "number.h"

#include <leat_text.h>
#include <string.h>

const char *number_trim(const char *text, size_t *len)
{
	while (*len > 0 && (*text == ' ' || *text == '\t')) {
		text++;
		--*len;
	}
	while (*len > 0 && (text[*len - 1] == ' ' || text[*len - 1] == '\t'))
		--*len;
	return text;
}

int number_parse(const char *text, size_t len, double *x_out)
{
	size_t inner = len;

	if (leat_parse_double(text, len, x_out, NULL) == 0)
		return 0;
	text = number_trim(text, &inner);
	if (inner == len)
		return -1;
	return leat_parse_double(text, inner, x_out, NULL) == 0 ? 0 : -1;
}

int number_parse_count(const char *text, size_t len, uint64_t *n_out)
{
	uint64_t n = 0;

	if (len == 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)(text[i] - '0');

		if (digit > 9 || n > (UINT64_MAX - digit) / 10)
			return -1;
		n = 10 * n + digit;
	}
	*n_out = n;
	return 0;
}

size_t number_format_count(char *out, uint64_t n)
{
	static const char pairs[] = "0001020304050607080910111213141516171819"
				    "2021222324252627282930313233343536373839"
				    "4041424344454647484950515253545556575859"
				    "6061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";
	char digits[NUMBER_SIZE];
	size_t at = sizeof digits;

	for (; n >= 10; n /= 100)
		memcpy(digits + (at -= 2), pairs + 2 * (n % 100), 2);
	if (n > 0 || at == sizeof digits)
		digits[--at] = (char)('0' + n);
	memcpy(out, digits + at, sizeof digits - at);
	return sizeof digits - at;
}

int64_t number_floor(int64_t a, int64_t b, int64_t *rest_out)
{
	int64_t rest = a % b;

	*rest_out = rest < 0 ? rest + b : rest;
	return a / b - (rest < 0);
}
