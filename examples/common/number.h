/*
 * Numbers from text and to text.
 */
#ifndef COMMON_NUMBER_H
#define COMMON_NUMBER_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads a decimal number, which must be all of the text but for blanks
 * (spaces and tabs) around it:
 *
 *      [+-] digits [. digits] [e [+-] digits]
 *      [+-] inf | infinity | nan       in upper or lower case
 *
 * There must be a digit before or after the point. The result is the
 * double nearest to the number, of any length; too large a one is an
 * infinity. Returns 0, or -1 with *x_out untouched.
 */
int number_parse(const char *text, size_t len, double *x_out);

/* The text without blanks at its start and, by *len, at its end. */
const char *number_trim(const char *text, size_t *len);

/* Reads a whole number, digits alone. Returns 0, or -1. */
int number_parse_count(const char *text, size_t len, uint64_t *n_out);

/* Bytes that number_format() may write. */
#define NUMBER_SIZE 32

/*
 * Writes the decimal with the fewest digits that reads back as x, without
 * a NUL, and returns its length. As 1234.5 from 1e-5 up to 1e17, beyond
 * that as 1.2345e-7; nan, inf, -inf.
 */
size_t number_format(char *out, double x);

/* Writes a whole number, the same way. */
size_t number_format_count(char *out, uint64_t n);

#endif
