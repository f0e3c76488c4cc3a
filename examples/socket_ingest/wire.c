/*
 * What all formats need, and what outlives a line.
 *
 * Lines in format line are told as they stand; a key that has to be put
 * together is put into memory that is used again for the next line. So after
 * the first lines nothing is allocated but for gauges and sets that are new.
 */
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>

#include "siphash.h"
#include "wire_inside.h"

static const char *const names[WIRE_N_FORMATS] = { "auto", "line", "csv",
	"statsd", "graphite", "influx", "syslog" };

int wire_parse_format(const char *text, enum wire_format *format_out)
{
	for (int i = 0; i < WIRE_N_FORMATS; i++) {
		if (strcmp(text, names[i]) == 0) {
			*format_out = (enum wire_format)i;
			return 0;
		}
	}
	return -1;
}

const char *wire_format_name(enum wire_format format)
{
	return names[format];
}

/* ---- Life ---- */

struct wire *wire_new(const struct wire_options *options)
{
	struct wire *w = calloc(1, sizeof *w);

	if (!w)
		return NULL;
	w->options = *options;
	w->most_bytes = SIZE_MAX;
	memcpy(w->gauges.seed, options->seed, sizeof w->gauges.seed);
	memcpy(w->sets.names.seed, options->seed, sizeof w->gauges.seed);
	/* This one is saved: it is not to tell the others. */
	w->sets.seed[0] = siphash(options->seed, "sets 0", 6);
	w->sets.seed[1] = siphash(options->seed, "sets 1", 6);
	return w;
}

void wire_free(struct wire *w)
{
	if (!w)
		return;
	wire_key_clear(&w->key);
	wire_names_clear(&w->gauges);
	wire_sets_clear(&w->sets);
	free(w);
}

size_t wire_bytes(const struct wire *w)
{
	return w->gauges.bytes + wire_sets_bytes(&w->sets);
}

void wire_limit(struct wire *w, size_t most)
{
	w->most_bytes = most;
}

/* ---- Parts ---- */

int wire_split(struct part *rest, char at, struct part *part_out)
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

int wire_is_nothing(struct part line)
{
	const char *end = line.text + line.len;
	const char *p = wire_skip_blanks(line.text, end);

	return p == end || *p == '#';
}

int wire_is_plain_number(struct part p, int decimals)
{
	size_t i = p.len > 0 && (*p.text == '-' || *p.text == '+');
	size_t digits = 0, points = 0;

	for (; i < p.len; i++) {
		digits += (size_t)wire_is_digit(p.text[i]);
		points += p.text[i] == '.';
		if (!wire_is_digit(p.text[i]) && p.text[i] != '.')
			return 0;
	}
	return digits > 0 && points <= (size_t)(decimals != 0);
}

/* ---- What is wrong ---- */

/* Whatever it is, it may end on a terminal. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || (unsigned char)*text > 126)
			*text = '?';
}

int wire_bad(struct wire *w, const char *what, struct part part, const char *is)
{
	enum { SHOWN = 40 };
	char shown[SHOWN + 1];
	size_t n = part.len < SHOWN ? part.len : SHOWN;

	if (!part.text)
		return wire_bad_line(w, is);
	for (size_t i = 0; i < n; i++)
		shown[i] = part.text[i] ? part.text[i] : '?';
	shown[n] = '\0';
	snprintf(w->why, sizeof w->why, "%s%s\"%s%s\" %s", what ? what : "",
	    what ? " " : "", shown, part.len > SHOWN ? "..." : "", is);
	make_printable(w->why);
	return WIRE_BAD;
}

int wire_bad_line(struct wire *w, const char *why)
{
	snprintf(w->why, sizeof w->why, "%s", why);
	return WIRE_BAD;
}

const char *wire_why(const struct wire *w)
{
	return w->why;
}

/* ---- Lines ---- */

void wire_arrival(struct wire *w, int64_t now)
{
	w->arrival = now;
}

static int take_line(struct wire *w, struct part line)
{
	struct wire_sample sample;
	int err = wire_line(w, line.text, line.len, &sample);

	if (err)
		return err > 0 ? 0 : err;
	return w->options.fn(w->options.ctx, &sample);
}

int wire_take(struct wire *w, enum wire_format format, const char *text,
    size_t len)
{
	struct part line = { text, len };

	if (format == WIRE_LINE)
		return take_line(w, line);
	if (wire_is_nothing(line))
		return 0;
	switch (format) {
	case WIRE_STATSD:
		return wire_statsd(w, line);
	case WIRE_GRAPHITE:
		return wire_graphite(w, line);
	case WIRE_INFLUX:
		return wire_influx(w, line);
	case WIRE_SYSLOG:
		return wire_syslog(w, line);
	default:
		return wire_bad_line(w, "not a format of lines");
	}
}

int wire_flush_sets(struct wire *w)
{
	struct wire_sample sample = { 0 };
	int err = 0;

	for (struct wire_name *n = w->sets.names.oldest; n && err == 0;
	     n = n->newer) {
		sample.key = n->text;
		sample.key_len = n->len;
		sample.x = n->x;
		err = w->options.fn(w->options.ctx, &sample);
	}
	wire_sets_clear(&w->sets);
	return err;
}

/* ---- Saved state ---- */

/* Loading: a gauge that is not there yet. */
static void load_gauge(struct wire *w, struct tape *t)
{
	struct wire_name *name;
	char *text = NULL;
	size_t len = 0;
	double x = 0;

	tape_text(t, &text, &len);
	tape_doubles(t, &x, 1);
	if (text &&
	    tape_expect(t,
		len > 0 && x - x == 0 &&
		    !wire_names_find(&w->gauges, text, len))) {
		name = wire_names_add(&w->gauges, text, len);
		if (name)
			name->x = x;
		else
			tape_no_memory(t);
	}
	free(text);
}

/* In the order in which they were touched; of too many the last ones stay. */
static void load_gauges(struct wire *w, struct tape *t, size_t n)
{
	wire_names_clear(&w->gauges);
	for (size_t i = 0; i < n && !t->failed; i++) {
		load_gauge(w, t);
		if (w->gauges.n > w->options.max_keys && w->gauges.n > 1)
			wire_names_drop_oldest(&w->gauges);
	}
}

static void save_gauges(struct wire *w, struct tape *t)
{
	for (struct wire_name *g = w->gauges.oldest; g; g = g->newer) {
		char *text = g->text;

		tape_text(t, &text, &g->len);
		tape_doubles(t, &g->x, 1);
	}
}

void wire_tape(struct wire *w, struct tape *t)
{
	size_t n = w->gauges.n;

	tape_size(t, &n, SIZE_MAX);
	if (!t->loads) {
		save_gauges(w, t);
	} else {
		load_gauges(w, t, n);
		wire_sets_clear(&w->sets);
	}
	wire_sets_tape(&w->sets, t);
}
