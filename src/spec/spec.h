/*
 * spec.h - what the sources of src/spec share
 *
 * Options in words become fields of a struct. Each struct has a vocabulary, a
 * table with a line for every word: its names, where its field stands, the
 * form of its value, and the texts that tell what may be wrong with it. One
 * reader serves them all, so an option more is a line more.
 *
 * This is the top layer: it knows the options of all others, and none of them
 * knows of it.
 */
#ifndef LEAT_SPEC_H
#define LEAT_SPEC_H

#include <leat_text.h>

#include "../core/core.h"

/* A part of the text. `at` is NULL for a value that is absent. */
struct leat_piece {
	const char *at;
	const char *end;
};

/* The form of a value in the text, and the type of its field. */
enum leat_form {
	LEAT_FORM_COUNT,  /* digits; uint64_t, uint32_t or size_t */
	LEAT_FORM_TICKS,  /* a time from 0 on; int64_t */
	LEAT_FORM_OFFSET, /* a time with a sign or not; int64_t */
	LEAT_FORM_NUMBER, /* double */
	LEAT_FORM_LENGTH, /* a time or a number; double, in ticks */
	LEAT_FORM_BYTE,   /* one byte, or its name; char */
	LEAT_FORM_CHOICE, /* the name of a choice; int */
	LEAT_FORM_FLAG    /* yes or no, and yes if there is no value; int */
};

/*
 * A choice is a value that a field may have. Behind its name may stand the
 * values of other fields, which first and second name, or one word with a
 * value of its own. A table of choices ends with one that has no names.
 */
struct leat_choice {
	const char *names;
	int value;
	const char *first;  /* "sliding:60": size */
	const char *second; /* "hopping:100/10": hop; NULL as first if none */
	/* Words for a value where first is NULL; NULL: those of the word. */
	const char *why_value;
};

struct leat_word {
	/* name of the field, then others separated by bars */
	const char *names;
	enum leat_form form;
	int is_bare;     /* choices are words by themselves: "adwin" */
	unsigned n;      /* values, which are separated by slashes */
	size_t at, size; /* offset of the field, size of one value */
	/* names of values, for CHOICE, FLAG and BYTE */
	const struct leat_choice *choices;
	/* Static texts: another form, a value that cannot be, given twice, a
	   value behind a choice that takes none. */
	const char *why_form, *why_range, *why_twice, *why_value;
};

/* At most LEAT_WORDS_MAX words, for there is a bit for each. */
enum { LEAT_WORDS_MAX = 64 };

struct leat_vocabulary {
	const struct leat_word *words;
	size_t n_words;
	size_t size;     /* size of the struct */
	int has_numbers; /* a word that begins with a digit is the argument of
	                    the first choice that is bare */
	const char *why_unknown;
};

/* The longest options struct. */
#define LEAT_OPTIONS_SIZE sizeof(leat_time_window_options)

/* Does for any struct what leat_window_options_parse() does for one. */
int leat_vocabulary_parse(const struct leat_vocabulary *v, const char *text,
    void *options, size_t *place_out, const char **why_out);

/*
 * Reads a time: a whole number of ticks, or numbers with units, which are
 * added up; with a sign or not. Decimals below a tick are cut off.
 *
 * Errors: LEAT_EPARSE, LEAT_EINVAL (beyond int64_t).
 */
int leat_ticks_parse(struct leat_piece text, int64_t *ticks_out);

/*
 * Reads one value of a word and writes it to the field. CHOICE is not for
 * this, as its value may hold more words.
 *
 * Errors: LEAT_EPARSE (why_form), LEAT_EINVAL (why_range).
 */
int leat_value_read(const struct leat_word *word, struct leat_piece value,
    void *field);

/* The choice of that name, or NULL. */
const struct leat_choice *leat_choice_find(const struct leat_choice *choices,
    struct leat_piece name);

/* Blanks and commas, which stand between words. */
LEAT_INLINE int leat_is_between(char c)
{
	return c == ' ' || c == ',' || (c >= '\t' && c <= '\r');
}

/* Finds the first of these bytes in the piece, or its end. */
LEAT_INLINE const char *leat_piece_find(struct leat_piece p, char a, char b)
{
	while (p.at < p.end && *p.at != a && *p.at != b)
		p.at++;
	return p.at;
}

/* Tells what is wrong at a byte of the text. Returns err. */
LEAT_INLINE int leat_wrong_at(const char *text, const char *at, int err,
    const char *why, size_t *place_out, const char **why_out)
{
	if (place_out)
		*place_out = (size_t)(at - text);
	return leat_because(why_out, err, why);
}

#endif
