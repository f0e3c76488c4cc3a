/*
 * Makes a message for a user of what the library says about options in words.
 */
#ifndef REPLAY_CLI_WRONG_H
#define REPLAY_CLI_WRONG_H

#include <stddef.h>

/*
 * Writes what is wrong at a place of a text: said is "update: none of sgd,
 * rls", and the message "\"rsl\" is none of sgd, rls; did you mean rls?".
 */
void cli_wrong_word(const char *text, size_t place, const char *said, char *why,
    size_t why_size);

#endif
