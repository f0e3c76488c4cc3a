/*
 * The words of options as text, written down once more: for each struct all
 * its fields, also those that have no word.
 */
#ifndef LEAT_TESTS_SPEC_WORDS_H
#define LEAT_TESTS_SPEC_WORDS_H

#include <leat_text.h>
#include <stddef.h>

enum form {
	COUNT,
	COUNTS, /* two of them, with a slash between */
	TICKS,
	OFFSET, /* ticks with a sign */
	NUMBER,
	LENGTH, /* ticks as a double */
	BYTE,
	CHOICE,
	FLAG,
	SILENT /* no word */
};

struct choice {
	const char *names[4];
	int value;
	const char *fields[2]; /* fields whose values may follow */
};

struct field {
	const char *names[4]; /* NULL ends them; the first is the field's */
	enum form form;
	size_t at, size;
	/* values of CHOICE, ended by an entry without names */
	const struct choice *choices;
	int is_bare; /* choices are words by themselves */
};

/* An options struct. Room is for any of them. */
struct object {
	const char *name;
	size_t size;
	const struct field *fields;
	size_t n_fields;
	int has_numbers; /* a number is the argument of the first choice */
	int (*parse)(const char *text, void *options, size_t *place_out,
	    const char **why_out);
};

enum { N_OBJECTS = 6, OBJECT_SIZE = 512 };

extern const struct object objects[N_OBJECTS];

#endif
