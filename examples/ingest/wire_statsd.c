/*
 * StatsD, as its server takes it, and DogStatsD up to version 1.3:
 *
 *      name:value[:value...]|type[|@rate][|#tag:value,tag][|c:id][|Ttime]
 *
 * Counters (c, and m for meters) are told as what was counted: value / rate.
 * Timers and distributions (ms, h, d) are told as they are. A gauge (g) with
 * a sign is a change of its value, which is remembered, so to make one
 * negative it is set to 0 first; what is told is its new value. Of a set (s)
 * the members are remembered; what is told is their number, by
 * wire_flush_sets(). Events (_e) and checks (_sc) have no value.
 *
 * A name may have tags as Graphite writes them. All values are looked at
 * before the first is told, and before a gauge changes.
 */
#include <math.h>

#include "../common/number.h"
#include "wire_inside.h"

enum kind { COUNT, TIME, GAUGE, SET };

struct metric {
	struct part name, values, tags;
	enum kind kind;
	double rate;
	struct wire_sample sample;
};

/* ---- Reading ---- */

static int take_type(struct wire *w, struct part type, enum kind *kind_out)
{
	static const struct {
		const char *name;
		enum kind kind;
	} types[] = { { "c", COUNT }, { "g", GAUGE }, { "ms", TIME },
		{ "h", TIME }, { "d", TIME }, { "s", SET }, { "m", COUNT } };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (wire_part_is(type, types[i].name)) {
			*kind_out = types[i].kind;
			return 0;
		}
	}
	return wire_bad(w, "type", type, "is none of c, g, ms, h, d, s, m");
}

static int take_rate(struct wire *w, struct part rate, double *x_out)
{
	if (leat_parse_double(rate.text, rate.len, x_out, NULL) < 0 ||
	    !(*x_out > 0 && *x_out <= 1))
		return wire_bad(w, "rate", rate, "is not above 0 and up to 1");
	return 0;
}

static int take_time(struct wire *w, struct part time, struct wire_sample *s)
{
	if (!wire_is_plain_number(time, 0) ||
	    leat_parse_time(time.text, time.len, LEAT_UNIT_S, &s->t) < 0)
		return wire_bad(w, "time", time, "is not seconds since 1970");
	s->has_time = 1;
	return 0;
}

/* What follows the type; what is not known is of a later version. */
static int take_section(struct wire *w, struct metric *m, struct part section)
{
	struct part rest = { section.text + 1, section.len - 1 };

	if (section.len == 0)
		return wire_bad_line(w, "nothing between two |");
	switch (*section.text) {
	case '@':
		return take_rate(w, rest, &m->rate);
	case '#':
		m->tags = rest;
		return 0;
	case 'T':
		return take_time(w, rest, &m->sample);
	default:
		if (memchr(section.text, ':', section.len))
			return 0;
		return wire_bad(w, NULL, section,
		    "is neither @rate, #tags, c:container nor Ttime");
	}
}

static int take_sections(struct wire *w, struct metric *m, struct part line)
{
	struct part part;
	int more = wire_split(&line, '|', &m->values), err;

	if (!more)
		return wire_bad_line(w, "not name:value|type");
	more = wire_split(&line, '|', &part);
	err = take_type(w, part, &m->kind);
	while (more && err == 0) {
		more = wire_split(&line, '|', &part);
		err = take_section(w, m, part);
	}
	return err;
}

/* ---- Values ---- */

/* The value told for this one; what the gauge is then is its new value. */
static int value_of(struct wire *w, const struct metric *m, struct part part,
    double *gauge, double *x_out)
{
	int changes = m->kind == GAUGE && part.len > 0 &&
	    (*part.text == '+' || *part.text == '-');
	double x;

	if (leat_parse_double(part.text, part.len, &x, NULL) < 0)
		return wire_bad(w, "value", part, "is not a number");
	if (m->kind == COUNT)
		x /= m->rate;
	if (changes)
		x += *gauge;
	if (!isfinite(x))
		return wire_bad(w, "value", part, "is not finite");
	*gauge = *x_out = x;
	return 0;
}

/* Tells them, or only looks whether all can be. */
static int walk(struct wire *w, struct metric *m, double *gauge, int tells)
{
	struct part rest = m->values, one;
	int more = 1, err = 0;

	while (more && err == 0) {
		more = wire_split(&rest, ':', &one);
		err = value_of(w, m, one, gauge, &m->sample.x);
		if (err == 0 && tells)
			err = w->options.fn(w->options.ctx, &m->sample);
	}
	return err;
}

/*
 * A new one. The gauge that was not touched for longest makes room for it:
 * names come and go over the years.
 */
static struct wire_name *add_gauge(struct wire *w, const struct wire_sample *s)
{
	struct wire_names *g = &w->gauges;
	struct wire_name *name = wire_names_add(g, s->key, s->key_len);

	while (name && g->n > w->options.max_keys && g->n > 1)
		wire_names_drop_oldest(g);
	return name;
}

static int tell_gauge(struct wire *w, struct metric *m)
{
	const struct wire_sample *s = &m->sample;
	struct wire_name *name = wire_names_find(&w->gauges, s->key,
	    s->key_len);
	double x = name ? name->x : 0;
	int err = walk(w, m, &x, 0);

	if (err)
		return err;
	if (name)
		wire_names_touch(&w->gauges, name);
	else
		name = add_gauge(w, s);
	return name ? walk(w, m, &name->x, 1) : WIRE_NO_MEMORY;
}

static int tell_set(struct wire *w, struct metric *m)
{
	int err = wire_sets_add(&w->sets, m->sample.key, m->sample.key_len,
	    m->values.text, m->values.len, w->options.max_keys);

	if (err < 0)
		return WIRE_NO_MEMORY;
	return err ? wire_bad_line(w, "too many members of sets, or sets") : 0;
}

static int tell(struct wire *w, struct metric *m)
{
	double none = 0;
	int err;

	if (m->kind == SET)
		return tell_set(w, m);
	if (m->kind == GAUGE)
		return tell_gauge(w, m);
	err = walk(w, m, &none, 0);
	return err ? err : walk(w, m, &none, 1);
}

/* ---- Lines ---- */

static int take_key(struct wire *w, struct metric *m)
{
	static const struct part none = { NULL, 0 };
	struct part path = m->name, name;
	int has_tags = wire_split(&path, ';', &name), err;

	if (name.len == 0)
		return wire_bad_line(w, "there is no name");
	wire_key_begin(w);
	err = wire_key_clean_name(w, name, "");
	if (err == 0 && has_tags)
		err = wire_key_any_tags(w, path, ';', '=');
	if (err == 0)
		err = wire_key_any_tags(w, m->tags, ',', ':');
	return err ? err : wire_key_end(w, none, "", &m->sample);
}

static int begins(struct part line, const char *word)
{
	size_t n = strlen(word);

	return line.len >= n && memcmp(line.text, word, n) == 0;
}

int wire_statsd(struct wire *w, struct part line)
{
	struct metric m = { 0 };
	int err;

	if (begins(line, "_e{") || begins(line, "_sc|"))
		return 0;
	m.rate = 1;
	line.text = number_trim(line.text, &line.len);
	if (!wire_split(&line, ':', &m.name))
		return wire_bad_line(w, "not name:value|type");
	err = take_sections(w, &m, line);
	if (err == 0)
		err = take_key(w, &m);
	return err ? err : tell(w, &m);
}
