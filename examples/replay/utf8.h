/*
 * Characters of UTF-8 in a text that may hold any bytes.
 */
#ifndef REPLAY_UTF8_H
#define REPLAY_UTF8_H

#include <stddef.h>

/*
 * Bytes of a valid character at the start of the text (n >= 1), or 0.
 * Overlong forms, surrogates and what is beyond U+10FFFF are not valid.
 */
size_t utf8_length(const unsigned char *text, size_t n);

#endif
