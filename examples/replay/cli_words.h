/*
 * The text of a window with more words in it, as the library takes them:
 * "tumbling:1m delay:5s ttl:1h". A word that an option has a name for is that
 * option.
 */
#ifndef REPLAY_CLI_WORDS_H
#define REPLAY_CLI_WORDS_H

#include <stddef.h>

/* Takes an option by its long name; value is NULL if the word has none. */
typedef int cli_words_take(void *ctx, const char *option, const char *value,
    char *why, size_t why_size);

/*
 * Calls take for each word of an option, and writes the others to window, with
 * commas between them. Returns 0, or -1 with the reason in why.
 */
int cli_words_split(const char *text, char *window, size_t size,
    cli_words_take *take, void *ctx, char *why, size_t why_size);

#endif
