/*
 * Durations from text, which the library reads: it has them as words of
 * windows by time. There a number without a unit is so many ticks; to a user
 * it would be a number of rows.
 */
#include "durations.h"

#include <leat_text.h>
#include <string.h>

/* Longer than any that is below 292 years and not written to be long. */
enum { LONGEST = 200 };

static int is_part(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.';
}

int durations_parse(const char *text, size_t len, int64_t *ns_out)
{
	char word[LONGEST + 16] = "delay:";
	leat_time_window_options o = { 0 };
	size_t name = strlen(word);

	if (len > LONGEST ||
	    (!durations_like(text, len) && (len != 1 || *text != '0')))
		return -1;
	for (size_t i = 0; i < len; i++)
		if (!is_part(text[i]))
			return -1;
	memcpy(word + name, text, len);
	word[name + len] = '\0';
	if (leat_time_window_options_parse(word, &o, NULL, NULL) < 0)
		return -1;
	*ns_out = o.delay;
	return 0;
}

int durations_like(const char *text, size_t len)
{
	if (len == 0 || *text < '0' || *text > '9')
		return 0;
	for (size_t i = 0; i < len; i++)
		if (text[i] >= 'a' && text[i] <= 'z')
			return 1;
	return 0;
}
