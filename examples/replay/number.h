/*
 * Numbers on command lines and in fields: those that the library reads, also
 * with blanks around them, and whole numbers.
 */
#ifndef REPLAY_NUMBER_H
#define REPLAY_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads a number as leat_parse_double() does, all of the text but for
 * blanks (spaces and tabs) around it. Returns 0, or -1 with *x_out
 * untouched.
 */
int number_parse(const char *text, size_t len, double *x_out);

/* The text without blanks at its start and, by *len, at its end. */
const char *number_trim(const char *text, size_t *len);

/* Reads a whole number, digits alone. Returns 0, or -1. */
int number_parse_count(const char *text, size_t len, uint64_t *n_out);

/* Bytes that number_format_count() may write. */
#define NUMBER_SIZE 20

/* Writes a whole number without a NUL; returns its length. */
size_t number_format_count(char *out, uint64_t n);

/* a / b and its remainder, rounded towards minus infinity; b > 0. */
int64_t number_floor(int64_t a, int64_t b, int64_t *rest_out);

#endif
