/*
 * JSON as text that grows.
 */
#include "json.h"

#include <leat.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../common/number.h"
#include "../common/utf8.h"

void json_clear(struct json *j)
{
	free(j->text);
	memset(j, 0, sizeof *j);
}

void json_reset(struct json *j)
{
	j->len = 0;
	j->failed = 0;
}

void json_bytes(struct json *j, const char *bytes, size_t n)
{
	if (n > j->size - j->len) {
		size_t size = j->size ? 2 * j->size : 1024;
		char *text;

		while (size - j->len < n)
			size *= 2;
		text = realloc(j->text, size);
		if (!text) {
			j->failed = 1;
			return;
		}
		j->text = text;
		j->size = size;
	}
	if (n > 0)
		memcpy(j->text + j->len, bytes, n);
	j->len += n;
}

void json_raw(struct json *j, const char *text)
{
	json_bytes(j, text, strlen(text));
}

void json_count(struct json *j, uint64_t n)
{
	char text[NUMBER_SIZE] = { 0 };
	size_t len = number_format_count(text, n);

	json_bytes(j, text, len);
}

static void escape(struct json *j, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	char text[6] = { '\\', 'u', '0', '0', 0, 0 };

	if (byte == '"' || byte == '\\') {
		text[1] = (char)byte;
		json_bytes(j, text, 2);
		return;
	}
	text[4] = hex[byte >> 4];
	text[5] = hex[byte & 15];
	json_bytes(j, text, 6);
}

void json_string(struct json *j, const char *text, size_t len)
{
	const unsigned char *t = (const unsigned char *)text;

	json_raw(j, "\"");
	for (size_t i = 0; i < len;) {
		size_t n = utf8_length(t + i, len - i);

		if (n == 0)
			json_raw(j, "\\ufffd");
		else if (t[i] < ' ' || t[i] == '"' || t[i] == '\\')
			escape(j, t[i]);
		else
			json_bytes(j, text + i, n);
		i += n ? n : 1;
	}
	json_raw(j, "\"");
}

void json_number(struct json *j, double x)
{
	char text[LEAT_DOUBLE_SIZE] = "";

	if (isnan(x)) {
		json_raw(j, "null");
	} else if (isinf(x)) {
		json_raw(j, x > 0 ? "\"inf\"" : "\"-inf\"");
	} else {
		size_t n = leat_format_double(x, text);

		json_bytes(j, text, n);
	}
}

void json_time(struct json *j, int64_t t)
{
	char text[LEAT_TIME_SIZE];

	if (t == 0) {
		json_raw(j, "null");
		return;
	}
	leat_format_time(t, text);
	json_raw(j, "\"");
	json_raw(j, text);
	json_raw(j, "\"");
}

void json_ms(struct json *j, int64_t t)
{
	if (t < 0)
		json_raw(j, "-");
	json_count(j, (uint64_t)(t < 0 ? -(t / 1000000) : t / 1000000));
}
