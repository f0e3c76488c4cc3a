/*
 * Fuzzing options and statistics as text: any text is read without harm.
 *
 * The input is a text for each of the structs, which begins as bytes of a
 * pattern. What fails says at which byte, and leaves the struct; with more
 * words behind it fails at the same place. What is read leaves the fields that
 * have no word, means the same again, and cannot be said twice in one text. The
 * text is a copy of its own size, so that a read beyond its end is seen by
 * the address sanitizer.
 *
 * With LEAT_FUZZ_MAIN it is a program that reads the files it is given.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat_text.h>

#include "spec_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PATTERN = 0x5A, UNTOUCHED = 4711 };

static void must(int holds)
{
	if (!holds)
		abort();
}

/* The input as far as it is text, with something behind it. */
static char *text_of(const uint8_t *data, size_t size, const char *rest)
{
	size_t n = 0, more = strlen(rest);
	char *text;

	while (n < size && data[n])
		n++;
	text = malloc(n + more + 1);
	must(text != NULL);
	if (n > 0)
		memcpy(text, data, n);
	memcpy(text + n, rest, more + 1);
	return text;
}

struct answer {
	int err;
	size_t place;
	const char *why;
	unsigned char options[OBJECT_SIZE];
};

static struct answer ask(const struct object *o, const char *text)
{
	struct answer a = { 0, UNTOUCHED, NULL, { 0 } };
	unsigned char *options = malloc(o->size);

	must(options != NULL);
	memset(options, PATTERN, o->size);
	a.err = o->parse(text, options, &a.place, &a.why);
	memcpy(a.options, options, o->size);
	free(options);
	return a;
}

static int is_pattern(const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != PATTERN)
			return 0;
	return 1;
}

static void check_failure(const struct object *o, const struct answer *a,
    const uint8_t *data, size_t size, const char *text)
{
	char *longer = text_of(data, size, " word");
	struct answer b = ask(o, longer);

	must(a->err == LEAT_EPARSE || a->err == LEAT_EINVAL);
	must(a->place <= strlen(text) && a->why && *a->why);
	must(is_pattern(a->options, o->size));
	must(b.err == a->err && b.place == a->place && b.why == a->why);
	free(longer);
}

static void check_success(const struct object *o, const struct answer *a,
    const char *text)
{
	size_t n = strlen(text);
	int is_empty = text[strspn(text, " ,\t\n\v\f\r")] == '\0';
	char *twice = malloc(2 * n + 2);
	struct answer b;

	must(a->why == NULL && a->place == UNTOUCHED);
	for (size_t i = 0; i < o->n_fields; i++)
		if (o->fields[i].form == SILENT)
			must(is_pattern(a->options + o->fields[i].at,
			    o->fields[i].size));
	b = ask(o, text);
	must(memcmp(a->options, b.options, o->size) == 0);
	must(twice != NULL);
	memcpy(twice, text, n);
	twice[n] = ' ';
	memcpy(twice + n + 1, text, n + 1);
	b = ask(o, twice);
	must(is_empty ? !b.err : b.err == LEAT_EINVAL && b.place > n);
	free(twice);
}

static void check_stats(const char *text)
{
	leat_stat *stats;
	size_t n = 0, again = UNTOUCHED, place = UNTOUCHED;
	const char *why = NULL;
	int err = leat_stats_parse(text, NULL, 0, &n, &place, &why);

	if (err) {
		must(err == LEAT_ESTAT || err == LEAT_EPARSE ||
		    err == LEAT_EINVAL);
		must(n == 0 && place <= strlen(text) && why && *why);
		return;
	}
	must(n > 0);
	stats = malloc(n * sizeof *stats);
	must(stats != NULL);
	if (n > 1)
		must(leat_stats_parse(text, stats, n - 1, &again, NULL, NULL) ==
		    LEAT_EBUFFER);
	must(leat_stats_parse(text, stats, n, &again, NULL, NULL) == LEAT_OK);
	must(again == n);
	for (size_t i = 0; i < n; i++)
		must(leat_stat_name(&stats[i]) != NULL);
	free(stats);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_of(data, size, "");

	for (size_t i = 0; i < N_OBJECTS; i++) {
		struct answer a = ask(&objects[i], text);

		if (a.err)
			check_failure(&objects[i], &a, data, size, text);
		else
			check_success(&objects[i], &a, text);
	}
	check_stats(text);
	free(text);
	return 0;
}

#include "fuzz_main.h"
