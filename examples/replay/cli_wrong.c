/*
 * Makes a message for a user of what the library says about options in
 * words. The library says which words would be right, and this module which
 * of them is the nearest.
 */
#include "cli_wrong.h"

#include <stdio.h>
#include <string.h>

#include "nearest.h"

/* Room for all words that may be meant. */
enum { WORDS_SIZE = 200 };

static void nearest_said(const char *word, size_t len, const char *said,
    char *near, size_t size)
{
	static const char before[] = "none of ";
	struct nearest nearest = nearest_to(word, len);
	char words[WORDS_SIZE];
	const char *list = strstr(said, before);

	near[0] = '\0';
	if (!list)
		return;
	snprintf(words, sizeof words, "%s", list + strlen(before));
	for (char *one = strtok(words, ", "); one; one = strtok(NULL, ", "))
		nearest_offer(&nearest, one);
	nearest_text(&nearest, "", near, size);
}

void cli_wrong_word(const char *text, size_t place, const char *said, char *why,
    size_t why_size)
{
	const char *word = text + place;
	size_t len = strcspn(word, ":=/, \t\n");
	const char *colon = strstr(said, ": ");
	char near[80];

	nearest_said(word, len, said, near, sizeof near);
	snprintf(why, why_size, "\"%.*s\" is %s%s", len < 60 ? (int)len : 60,
	    word, colon ? colon + 2 : said, near);
	for (char *c = why; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
}
