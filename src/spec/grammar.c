/*
 * grammar.c - words, and the fields that they name
 *
 *      text    words, with blanks or commas between them
 *      word    NAME | NAME:VALUE | NAME=VALUE | CHOICE | ARGUMENTS
 *      VALUE   one value, or several with slashes, or CHOICE
 *      CHOICE  NAME | NAME:ARGUMENTS
 *
 * ARGUMENTS are the values of the fields that the choice names, separated by
 * a slash, or one word NAME=VALUE. They stand by themselves only if they begin
 * with a digit and belong to the first choice.
 *
 * All is done on a copy of the struct, so that failure leaves it as it was.
 * A field cannot be given twice, which also ends every recursion.
 */
#include "spec.h"

struct spec_reader {
	const struct leat_vocabulary *v;
	unsigned char *options;
	uint64_t given; /* a bit for each word */
	/* Place of the error, and the reason. */
	const char *at;
	const char *why;
};

static int spec_wrong(struct spec_reader *r, const char *at, int err,
    const char *why)
{
	r->at = at;
	r->why = why;
	return err;
}

static const struct leat_word *spec_find(const struct leat_vocabulary *v,
    struct leat_piece name)
{
	size_t len = (size_t)(name.end - name.at);

	for (size_t i = 0; i < v->n_words; i++)
		if (leat_is_named(v->words[i].names, name.at, len))
			return &v->words[i];
	return NULL;
}

/* Parts NAME:REST; without a colon or equals sign there is no rest. */
static struct leat_piece spec_name(struct leat_piece word,
    struct leat_piece *rest)
{
	struct leat_piece name = { word.at, leat_piece_find(word, ':', '=') };

	rest->end = word.end;
	rest->at = name.end < word.end ? name.end + 1 : NULL;
	return name;
}

static int spec_field(struct spec_reader *r, const struct leat_word *word,
    const char *at, struct leat_piece value);

static const struct leat_word *spec_of_field(const struct leat_vocabulary *v,
    const char *field)
{
	struct leat_piece name = { field, field + strlen(field) };

	return spec_find(v, name);
}

/* Reads arguments without names: "60", "100/10". */
static int spec_positions(struct spec_reader *r, const struct leat_word *word,
    const struct leat_choice *choice, struct leat_piece values)
{
	const char *const fields[] = { choice->first, choice->second };
	int err = LEAT_OK;

	for (int i = 0; i < 2 && !err && values.at; i++) {
		struct leat_piece one = values;

		if (!fields[i])
			return spec_wrong(r, values.at, LEAT_EPARSE,
			    choice->why_value ? choice->why_value
					      : word->why_value);
		values.at = NULL;
		if (i == 0 && choice->second) {
			one.end = leat_piece_find(one, '/', '/');
			if (one.end < values.end)
				values.at = one.end + 1;
		}
		err = spec_field(r, spec_of_field(r->v, fields[i]), one.at,
		    one);
	}
	return err;
}

static uint64_t spec_bit(const struct spec_reader *r,
    const struct leat_word *word)
{
	return (uint64_t)1 << (word - r->v->words);
}

static int spec_is_new(struct spec_reader *r, const struct leat_word *word,
    const char *at)
{
	return r->given & spec_bit(r, word)
	    ? spec_wrong(r, at, LEAT_EINVAL, word->why_twice)
	    : LEAT_OK;
}

/* Notes that a field is given; at is what is wrong if that was noted before. */
static int spec_mark(struct spec_reader *r, const struct leat_word *word,
    const char *at)
{
	int err = spec_is_new(r, word, at);

	if (!err)
		r->given |= spec_bit(r, word);
	return err;
}

static int spec_choose(struct spec_reader *r, const struct leat_word *word,
    const struct leat_choice *choice, const char *at,
    struct leat_piece arguments)
{
	struct leat_piece value, name;
	const struct leat_word *named;
	int err = spec_mark(r, word, at);

	if (err)
		return err;
	memcpy(r->options + word->at, &choice->value, sizeof(choice->value));
	if (!arguments.at)
		return LEAT_OK;
	name = spec_name(arguments, &value);
	if (!value.at)
		return spec_positions(r, word, choice, arguments);
	named = spec_find(r->v, name);
	return named ? spec_field(r, named, name.at, value)
		     : spec_wrong(r, name.at, LEAT_EPARSE, r->v->why_unknown);
}

/* Reads as many values as the field has. */
static int spec_values(struct spec_reader *r, const struct leat_word *word,
    struct leat_piece values)
{
	for (unsigned i = 0; i < word->n; i++) {
		struct leat_piece one = values;
		unsigned char *field = r->options + word->at + i * word->size;
		int err;

		if (i + 1 < word->n) {
			one.end = leat_piece_find(one, '/', '/');
			if (one.end == values.end)
				return spec_wrong(r, one.at, LEAT_EPARSE,
				    word->why_form);
			values.at = one.end + 1;
		}
		err = leat_value_read(word, one, field);
		if (err)
			return spec_wrong(r, one.at, err,
			    err == LEAT_EPARSE ? word->why_form
					       : word->why_range);
	}
	return LEAT_OK;
}

static int spec_field(struct spec_reader *r, const struct leat_word *word,
    const char *at, struct leat_piece value)
{
	static const char yes[] = "yes";
	struct leat_piece arguments;
	const struct leat_choice *choice;
	int err;

	if (!value.at && word->form == LEAT_FORM_FLAG) {
		value.at = yes;
		value.end = yes + sizeof(yes) - 1;
	}
	if (!value.at)
		return spec_wrong(r, at, LEAT_EPARSE, word->why_form);
	if (word->form != LEAT_FORM_CHOICE) {
		err = spec_mark(r, word, at);
		return err ? err : spec_values(r, word, value);
	}
	choice = leat_choice_find(word->choices, spec_name(value, &arguments));
	if (!choice)
		return spec_wrong(r, value.at, LEAT_EPARSE, word->why_form);
	return spec_choose(r, word, choice, at, arguments);
}

/* Reads a word that is not the name of a field. */
static int spec_bare(struct spec_reader *r, struct leat_piece word)
{
	struct leat_piece arguments, name = spec_name(word, &arguments);
	int is_number = r->v->has_numbers && *word.at >= '0' && *word.at <= '9';

	for (size_t i = 0; i < r->v->n_words; i++) {
		const struct leat_word *w = &r->v->words[i];
		const struct leat_choice *choice = w->choices;
		int err;

		if (!w->is_bare)
			continue;
		if (is_number) { /* A size given twice is reported as that. */
			err = spec_is_new(r, spec_of_field(r->v, choice->first),
			    word.at);
			return err ? err
				   : spec_choose(r, w, choice, word.at, word);
		}
		choice = leat_choice_find(choice, name);
		if (choice)
			return spec_choose(r, w, choice, word.at, arguments);
	}
	return spec_wrong(r, word.at, LEAT_EPARSE, r->v->why_unknown);
}

/* Finds the end of the word that begins here. A comma may be a byte's value. */
static struct leat_piece spec_word(const struct leat_vocabulary *v,
    const char *at)
{
	struct leat_piece word = { at, at }, name, value;
	const struct leat_word *known;

	while (*word.end && !leat_is_between(*word.end))
		word.end++;
	name = spec_name(word, &value);
	if (value.at != word.end || *word.end != ',' ||
	    (word.end[1] && !leat_is_between(word.end[1])))
		return word;
	known = spec_find(v, name);
	word.end += known && known->form == LEAT_FORM_BYTE;
	return word;
}

int leat_vocabulary_parse(const struct leat_vocabulary *v, const char *text,
    void *options, size_t *place_out, const char **why_out)
{
	unsigned char copy[LEAT_OPTIONS_SIZE];
	struct spec_reader r = { v, copy, 0, NULL, NULL };
	const char *at = text;

	LEAT_ASSERT(text && options);
	memcpy(copy, options, v->size);
	for (;;) {
		const struct leat_word *known;
		struct leat_piece word, name, value;
		int err;

		while (leat_is_between(*at))
			at++;
		if (!*at)
			break;
		word = spec_word(v, at);
		name = spec_name(word, &value);
		known = spec_find(v, name);
		err = known ? spec_field(&r, known, word.at, value)
			    : spec_bare(&r, word);
		if (err)
			return leat_wrong_at(text, r.at, err, r.why, place_out,
			    why_out);
		at = word.end;
	}
	memcpy(options, copy, v->size);
	return LEAT_OK;
}
