/*
 * Parts that all formats need, and the state that outlives a line.
 *
 * Samples of format line point into their line; a key that has to be put
 * together is put into memory that is used again for the next line. So after
 * the first lines nothing is allocated but for gauges and sets that are new.
 */
#include "decoder.h"

#include <stdio.h>
#include <stdlib.h>

#include "decoder_inside.h"
#include "siphash24.h"

/* ---- Life ---- */

struct decoder *decoder_new(const struct decoder_options *options)
{
	struct decoder *d = calloc(1, sizeof *d);

	if (!d)
		return NULL;
	d->options = *options;
	d->most_bytes = SIZE_MAX;
	memcpy(d->gauges.seed, options->seed, sizeof d->gauges.seed);
	memcpy(d->sets.names.seed, options->seed, sizeof d->gauges.seed);
	/* The sets' seed is saved, and must not reveal the other seeds. */
	d->sets.seed[0] = siphash24(options->seed, "sets 0", 6);
	d->sets.seed[1] = siphash24(options->seed, "sets 1", 6);
	return d;
}

void decoder_free(struct decoder *d)
{
	if (!d)
		return;
	decoder_key_clear(&d->key);
	decoder_names_clear(&d->gauges);
	decoder_sets_clear(&d->sets);
	free(d);
}

size_t decoder_bytes(const struct decoder *d)
{
	return d->gauges.bytes + decoder_sets_bytes(&d->sets);
}

void decoder_limit(struct decoder *d, size_t most)
{
	d->most_bytes = most;
}

/* ---- Parts ---- */

int part_split(struct part *rest, char at, struct part *part_out)
{
	const char *end = rest->len > 0 ? memchr(rest->text, at, rest->len)
					: NULL;
	size_t n = end ? (size_t)(end - rest->text) : rest->len;

	part_out->text = rest->text;
	part_out->len = n;
	if (n > 0 || end)
		rest->text += n + (end != NULL);
	rest->len -= n + (end != NULL);
	return end != NULL;
}

int part_is_nothing(struct part line)
{
	const char *end = line.text + line.len;
	const char *p = text_skip_blanks(line.text, end);

	return p == end || *p == '#';
}

int part_is_plain_number(struct part p, int decimals)
{
	size_t i = p.len > 0 && (*p.text == '-' || *p.text == '+');
	size_t digits = 0, points = 0;

	for (; i < p.len; i++) {
		digits += (size_t)text_is_digit(p.text[i]);
		points += p.text[i] == '.';
		if (!text_is_digit(p.text[i]) && p.text[i] != '.')
			return 0;
	}
	return digits > 0 && points <= (size_t)(decimals != 0);
}

/* ---- What is wrong ---- */

/* Makes a text printable, since it may end on a terminal. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || (unsigned char)*text > 126)
			*text = '?';
}

int decoder_bad(struct decoder *d, const char *what, struct part part,
    const char *is)
{
	enum { SHOWN = 40 };
	char shown[SHOWN + 1];
	size_t n = part.len < SHOWN ? part.len : SHOWN;

	if (!part.text)
		return decoder_bad_line(d, is);
	for (size_t i = 0; i < n; i++)
		shown[i] = part.text[i] ? part.text[i] : '?';
	shown[n] = '\0';
	snprintf(d->why, sizeof d->why, "%s%s\"%s%s\" %s", what ? what : "",
	    what ? " " : "", shown, part.len > SHOWN ? "..." : "", is);
	make_printable(d->why);
	return DECODER_BAD;
}

int decoder_bad_line(struct decoder *d, const char *why)
{
	snprintf(d->why, sizeof d->why, "%s", why);
	return DECODER_BAD;
}

const char *decoder_why(const struct decoder *d)
{
	return d->why;
}

/* ---- Lines ---- */

void decoder_arrival(struct decoder *d, int64_t now)
{
	d->arrival = now;
}

int decoder_take(struct decoder *d, enum format format, const char *text,
    size_t len)
{
	const struct format_type *f = format_type(format);
	struct part line = { text, len };

	if (part_is_nothing(line))
		return 0;
	return f->take ? f->take(d, line)
		       : decoder_bad_line(d, "not a format of lines");
}

int decoder_flush_sets(struct decoder *d)
{
	struct sample sample = { 0 };
	int err = 0;

	for (struct decoder_name *n = d->sets.names.oldest; n && err == 0;
	     n = n->newer) {
		sample.key = n->text;
		sample.key_len = n->len;
		sample.x = n->x;
		err = d->options.fn(d->options.ctx, &sample);
	}
	decoder_sets_clear(&d->sets);
	return err;
}

/* ---- Gauges ---- */

static int has_too_many(const struct decoder *d)
{
	return d->gauges.chains.n > d->options.max_keys ||
	    decoder_bytes(d) > d->most_bytes;
}

void decoder_make_room(struct decoder *d)
{
	while (d->gauges.chains.n > 1 && has_too_many(d))
		decoder_names_drop_oldest(&d->gauges);
}

/*
 * Adds a gauge. The one that was not touched for longest makes room: names come
 * and go over the years.
 */
static struct decoder_name *add_gauge(struct decoder *d, const struct sample *s)
{
	struct decoder_names *g = &d->gauges;
	struct decoder_name *name = decoder_names_add(g, s->key, s->key_len);

	decoder_make_room(d);
	return name;
}

struct decoder_name *decoder_touch_gauge(struct decoder *d,
    struct decoder_name *name, const struct sample *s)
{
	if (!name)
		return add_gauge(d, s);
	decoder_names_touch(&d->gauges, name);
	return name;
}

/* ---- Saved state ---- */

/* Loads a gauge, which must not be there yet. */
static void load_gauge(struct decoder *d, struct tape *t)
{
	struct decoder_name *name;
	char *text = NULL;
	size_t len = 0;
	double x = 0;

	tape_text(t, &text, &len);
	tape_doubles(t, &x, 1);
	if (text &&
	    tape_expect(t,
		len > 0 && x - x == 0 &&
		    !decoder_names_find(&d->gauges, text, len))) {
		name = decoder_names_add(&d->gauges, text, len);
		if (name)
			name->x = x;
		else
			tape_no_memory(t);
	}
	free(text);
}

/*
 * Loads gauges in the order in which they were touched; of too many the last
 * ones stay.
 */
static void load_gauges(struct decoder *d, struct tape *t, size_t n)
{
	decoder_names_clear(&d->gauges);
	for (size_t i = 0; i < n && !t->failed; i++) {
		load_gauge(d, t);
		if (d->gauges.chains.n > d->options.max_keys &&
		    d->gauges.chains.n > 1)
			decoder_names_drop_oldest(&d->gauges);
	}
}

static void save_gauges(struct decoder *d, struct tape *t)
{
	for (struct decoder_name *g = d->gauges.oldest; g; g = g->newer) {
		char *text = g->text;

		tape_text(t, &text, &g->len);
		tape_doubles(t, &g->x, 1);
	}
}

void decoder_tape(struct decoder *d, struct tape *t)
{
	size_t n = d->gauges.chains.n;

	tape_size(t, &n, SIZE_MAX);
	if (!t->loads) {
		save_gauges(d, t);
	} else {
		load_gauges(d, t, n);
		decoder_sets_clear(&d->sets);
	}
	decoder_sets_tape(&d->sets, t);
}
