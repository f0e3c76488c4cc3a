/*
 * The text of a window with more words in it. An option says what its value
 * may be and whether it goes with the window, so here is no more than its
 * name.
 */
#include "cli_words.h"

#include <stdio.h>
#include <string.h>

#include "report.h"

enum { WORD_SIZE = 128 };

static const char between[] = ", \t\n\v\f\r";

static const struct {
	const char *word;
	const char *option;
} options[] = {
	{ "min_count", "min-count" },
	{ "min_periods", "min-count" },
	{ "min_samples", "min-count" },
	{ "on_missing", "missing" },
	{ "missing", "missing" },
	{ "offset", "offset" },
	{ "delay", "delay" },
	{ "allowed_lateness", "lateness" },
	{ "lateness", "lateness" },
	{ "grace", "lateness" },
	{ "max_skew", "max-skew" },
	{ "early_count", "early" },
	{ "early_span", "early" },
	{ "emit_empty", "emit-empty" },
	{ "max_values", "max-values" },
	{ "max_windows", "max-windows" },
	{ "max_keys", "max-keys" },
	{ "ttl", "ttl" },
};

static const char *option_of(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (strlen(options[i].word) == len &&
		    memcmp(options[i].word, word, len) == 0)
			return options[i].option;
	return NULL;
}

/* word is NUL-terminated, its name is the first len bytes. */
static int take_word(const char *option, const char *word, size_t len,
    cli_words_take *take, void *ctx, char *why, size_t why_size)
{
	const char *value = word[len] ? word + len + 1 : NULL;
	char reason[400];

	if (take(ctx, option, value, reason, sizeof reason) == 0)
		return 0;
	return report(why, why_size, "%.*s: %s", (int)len, word, reason);
}

/* Returns 0, or -1 if there is no room. */
static int add_word(char *window, size_t size, const char *word)
{
	size_t n = strlen(window);
	int more = snprintf(window + n, size - n, "%s%s", n > 0 ? "," : "",
	    word);

	return more >= 0 && (size_t)more < size - n ? 0 : -1;
}

static int too_long(const char *text, char *why, size_t why_size)
{
	return report(why, why_size, "\"%.60s...\" is too long", text);
}

int cli_words_split(const char *text, char *window, size_t size,
    cli_words_take *take, void *ctx, char *why, size_t why_size)
{
	window[0] = '\0';
	for (text += strspn(text, between); *text;
	     text += strspn(text, between)) {
		char word[WORD_SIZE];
		size_t n = strcspn(text, between), len;
		const char *option;

		if (n >= sizeof word)
			return too_long(text, why, why_size);
		memcpy(word, text, n);
		word[n] = '\0';
		text += n;
		len = strcspn(word, ":=");
		option = option_of(word, len);
		if (option &&
		    take_word(option, word, len, take, ctx, why, why_size) < 0)
			return -1;
		if (!option && add_word(window, size, word) < 0)
			return too_long(word, why, why_size);
	}
	return 0;
}
