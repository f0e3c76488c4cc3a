/*
 * InfluxDB's line protocol:
 *
 *      measurement[,tag=value...] field=value[,field=value...] [time]
 *
 * as version 1 and 2 of its documentation have it. A backslash before a comma,
 * a blank or (but for the measurement) = makes it part of a name, any other
 * one is itself. A field is a float, an integer (12i), an unsigned one (12u),
 * true or false, or a text in quotes, which is no value here: it is checked
 * and passed over.
 *
 * A text may hold line ends, so where a line ends is not to be seen without
 * a walk over its fields. A line that is bad before that ends at its LF.
 *
 * The fields are walked twice: once to see that all of them are right, and once
 * to emit them, so a bad line emits none. Where a key could be too long there
 * is a walk between these.
 */
#include <math.h>

#include "../replay/number.h"
#include "decoder_inside.h"

static const char in_measurement[] = ", ", in_name[] = ", =";

enum kind { NUMBER, TEXT };

struct cursor {
	const char *at, *end;
};

/* Takes a part up to a byte of `stops` that has no backslash before it. */
static inline struct part take_part(struct cursor *c, const char *stops,
    const char *escapes)
{
	struct part part = { c->at, 0 };

	for (; c->at < c->end; c->at++) {
		if (*c->at == '\\' && c->at + 1 < c->end &&
		    text_is_in(c->at[1], escapes))
			c->at++;
		else if (text_is_in(*c->at, stops))
			break;
	}
	part.len = (size_t)(c->at - part.text);
	return part;
}

static int is_at(const struct cursor *c, char byte)
{
	return c->at < c->end && *c->at == byte;
}

/* Takes "name=", which stands behind a comma or the blank. */
static int take_name(struct decoder *d, struct cursor *c, const char *what,
    struct part *name_out)
{
	*name_out = take_part(c, in_name, in_name);
	if (name_out->len == 0 || !is_at(c, '='))
		return decoder_bad(d, what, *name_out, "is not NAME=VALUE");
	c->at++;
	return 0;
}

static int take_tag(struct decoder *d, struct cursor *c)
{
	struct part name, value;
	int err = take_name(d, c, "tag", &name);

	if (err)
		return err;
	value = take_part(c, in_name, in_name);
	if (value.len == 0 || is_at(c, '='))
		return decoder_bad(d, "tag", name, "is not NAME=VALUE");
	return decoder_key_tag(d, name, value, in_name);
}

static int take_series(struct decoder *d, struct cursor *c)
{
	struct part name = take_part(c, in_measurement, in_measurement);
	int err;

	if (name.len == 0)
		return decoder_bad_line(d, "there is no measurement");
	decoder_key_begin(d);
	err = decoder_key_clean_name(d, name, in_measurement);
	while (err == 0 && is_at(c, ',')) {
		c->at++;
		err = take_tag(d, c);
	}
	return err;
}

/* ---- Values ---- */

static int is_word(struct part p, const char *const *words)
{
	while (*words && !part_is(p, *words))
		words++;
	return *words != NULL;
}

/* Returns 0, or -1 if it is neither true nor false. */
static int read_boolean(struct part p, double *x_out)
{
	static const char *const yes[] = { "t", "T", "true", "True", "TRUE",
		NULL };
	static const char *const no[] = { "f", "F", "false", "False", "FALSE",
		NULL };

	*x_out = is_word(p, yes);
	return *x_out == 1 || is_word(p, no) ? 0 : -1;
}

/* Reads an integer from -2^63 to below 2^63, or without a sign below 2^64. */
static int read_integer(struct part p, int is_signed, double *x_out)
{
	int minus = is_signed && p.len > 0 && *p.text == '-';
	uint64_t n,
	    most = is_signed ? (uint64_t)INT64_MAX + (uint64_t)minus
			     : UINT64_MAX;

	p.text += minus;
	p.len -= (size_t)minus;
	if (number_parse_count(p.text, p.len, &n) < 0 || n > most)
		return -1;
	*x_out = minus ? -(double)n : (double)n;
	return 0;
}

static int read_number(struct part p, double *x_out)
{
	char last = p.len > 1 ? p.text[p.len - 1] : '\0';
	struct part digits = { p.text, p.len - 1 };

	if (last == 'i' || last == 'u')
		return read_integer(digits, last == 'i', x_out);
	if (leat_parse_double(p.text, p.len, x_out, NULL) == 0)
		return isfinite(*x_out) ? 0 : -1;
	return read_boolean(p, x_out);
}

/*
 * Skips a text from behind its first quote. Returns whether it has a last one.
 */
static int skip_text(struct cursor *c)
{
	for (; c->at < c->end; c->at++) {
		if (*c->at == '\\' && c->at + 1 < c->end)
			c->at++;
		else if (*c->at == '"')
			break;
	}
	if (c->at == c->end)
		return 0;
	c->at++;
	return 1;
}

static int take_value(struct decoder *d, struct cursor *c, struct part field,
    enum kind *kind_out, double *x_out)
{
	struct part value;

	*kind_out = TEXT;
	if (is_at(c, '"')) {
		c->at++;
		if (!skip_text(c))
			return decoder_bad(d, "text of field", field,
			    "has no end");
		if (c->at < c->end && !is_at(c, ',') && !text_is_blank(*c->at))
			return decoder_bad(d, "text of field", field,
			    "is followed by other text");
		return 0;
	}
	*kind_out = NUMBER;
	value = take_part(c, ", \t", "");
	if (read_number(value, x_out) < 0)
		return decoder_bad(d, "value", value,
		    "is not a number, true, false or a text");
	return 0;
}

/* ---- Fields ---- */

/* Modes of a walk over fields; each does what those before it do. */
enum mode { CHECK, KEYS, EMIT };

struct walk {
	enum mode mode;
	size_t n;       /* fields; by CHECK */
	size_t longest; /* name of a number; by CHECK */
	struct sample sample;
};

static int take_number(struct decoder *d, struct walk *k, struct part name)
{
	static const struct part none = { NULL, 0 };
	int is_only = k->n == 1 && part_is(name, "value"), err;

	if (k->mode == CHECK) {
		k->longest = name.len > k->longest ? name.len : k->longest;
		return 0;
	}
	err = decoder_key_end(d, is_only ? none : name, in_name, &k->sample);
	if (err == 0 && k->mode == EMIT)
		err = d->options.fn(d->options.ctx, &k->sample);
	return err;
}

static int walk(struct decoder *d, struct cursor *c, struct walk *k)
{
	int err, more;

	do {
		enum kind kind = TEXT;
		struct part name;

		err = take_name(d, c, "field", &name);
		if (err == 0)
			err = take_value(d, c, name, &kind, &k->sample.x);
		k->n += k->mode == CHECK;
		if (err == 0 && kind == NUMBER)
			err = take_number(d, k, name);
		more = is_at(c, ',');
		c->at += more;
	} while (err == 0 && more);
	return err;
}

/*
 * Returns whether no key can be too long, as far as is seen without making
 * them.
 */
static int are_short(const struct decoder *d, const struct walk *k)
{
	const struct decoder_key *key = &d->key;

	return key->base.n + 1 + k->longest + key->tags.n + 2 * key->n <=
	    d->options.max_key;
}

static int emit(struct decoder *d, struct cursor fields, struct walk *k)
{
	struct cursor c = fields;
	int err = 0;

	k->mode = KEYS;
	if (!are_short(d, k))
		err = walk(d, &c, k);
	k->mode = EMIT;
	return err ? err : walk(d, &fields, k);
}

static int take_time(struct decoder *d, struct cursor *c, struct sample *s)
{
	int unit = d->options.influx_unit;
	struct part time;

	c->at = text_skip_blanks(c->at, c->end);
	if (c->at == c->end)
		return 0;
	time.text = c->at;
	c->at = text_field_end(c->at, c->end);
	time.len = (size_t)(c->at - time.text);
	if (!part_is_plain_number(time, 0) ||
	    leat_parse_time(time.text, time.len,
		unit == LEAT_UNIT_GUESS ? LEAT_UNIT_NS : unit, &s->t, NULL) < 0)
		return decoder_bad(d, "time", time, "is not a time");
	if (text_skip_blanks(c->at, c->end) != c->end)
		return decoder_bad_line(d, "text after the time");
	s->has_time = 1;
	return 0;
}

static int take_line(struct decoder *d, struct part line)
{
	struct cursor c = { line.text, line.text + line.len }, fields;
	struct walk k = { CHECK, 0, 0, { 0 } };
	int err;

	c.at = text_skip_blanks(c.at, c.end);
	err = take_series(d, &c);
	if (err)
		return err;
	if (!is_at(&c, ' '))
		return decoder_bad_line(d, "there are no fields");
	c.at = text_skip_blanks(c.at, c.end);
	fields = c;
	err = walk(d, &c, &k);
	if (err == 0)
		err = take_time(d, &c, &k.sample);
	return err ? err : emit(d, fields, &k);
}

/* ---- Where a line ends ---- */

static size_t next_end(const char *text, const struct cursor *c)
{
	size_t left = (size_t)(c->end - c->at);
	const char *end = left > 0 ? memchr(c->at, '\n', left) : NULL;

	return (size_t)((end ? end : c->end) - text);
}

static size_t record_end(const char *text, size_t len)
{
	struct cursor c = { text, text + len };

	take_part(&c, " \n", in_name);
	while (is_at(&c, ' '))
		c.at++;
	for (;;) {
		take_part(&c, ", =\n", in_name);
		if (!is_at(&c, '='))
			break;
		c.at++;
		if (!is_at(&c, '"')) {
			take_part(&c, ", \t\n", "");
		} else {
			c.at++;
			if (!skip_text(&c))
				return SIZE_MAX;
		}
		if (!is_at(&c, ','))
			break;
		c.at++;
	}
	return next_end(text, &c);
}

/* ---- The guess ---- */

/* Returns where the first of these bytes is that has no backslash before it. */
static const char *find(const char *p, const char *end, const char *stops)
{
	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		else if (text_is_in(*p, stops))
			break;
	}
	return p < end ? p : end;
}

/* Skips NAME= and a value. Returns where it ends, or NULL if it is none. */
static const char *skip_pair(const char *p, const char *end)
{
	const char *is = find(p, end, "=, ");

	if (is == p || is == end || *is != '=')
		return NULL;
	p = find(is + 1, end, ", ");
	return p > is + 1 ? p : NULL;
}

static int is_influx(struct part line)
{
	const char *end = line.text + line.len;
	const char *p = find(line.text, end, ", ");

	if (p == line.text)
		return 0;
	while (p && p < end && *p == ',')
		p = skip_pair(p + 1, end);
	if (!p || p == end)
		return 0;
	return skip_pair(text_skip_blanks(p, end), end) != NULL;
}

const struct format_type format_influx = {
	.name = "influx",
	.is_like = is_influx,
	.rank = 5,
	.take = take_line,
	.end = record_end,
	.is_finite = 1,
};
