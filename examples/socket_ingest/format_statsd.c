/*
 * StatsD, as its server takes it, Telegraf's tags, and DogStatsD up to
 * version 1.3:
 *
 *      name[;tag=value]:value[:value...]|type[|@rate][:value|type...]
 *      name[,tag=value]:...   [|#tag:value,tag][|c:id][|Ttime]
 *
 * Behind a type or a rate a colon begins the next value, of the same name,
 * with a type of its own: "a:1|c:2|ms|@0.5". Values that share a type may
 * come first. Tags and a time are those of the whole line.
 *
 * Counters (c, and m for meters) emit what was counted: value / rate. Each
 * value of a timer, histogram or distribution (ms, h, d) stands for 1 / rate
 * such values and is emitted as many times, rounded; the times of a line have a
 * limit, since a few bytes must not buy much work. A gauge (g) with a sign is a
 * change of its value, which is remembered, so to make one negative it is set
 * to 0 first; its new value is emitted. Of a set (s) the members are
 * remembered; decoder_flush_sets() emits how many they are. Events (_e) and
 * checks (_sc) have no value.
 *
 * A line is walked four times: to see that it is well-formed and find its tags,
 * to look at all values, to put members into sets, which may be full, and to
 * emit the rest. So a bad line emits nothing and changes no gauge.
 */
#include <math.h>

#include "../replay/number.h"
#include "decoder_inside.h"

enum kind { COUNT, TIME, GAUGE, SET };

/* The most values that timers of one line stand for beside themselves. */
enum { MOST_TIMES = 10000 };

/* Values that share a type. */
struct bit {
	struct part values;
	enum kind kind;
	double rate;
};

struct metric {
	struct part name, bits, tags;
	int has_gauge, has_set;
	struct sample sample;
};

/* ---- Reading ---- */

/* Returns whether it is a type; *kind_out. */
static int find_type(struct part type, enum kind *kind_out)
{
	static const struct {
		const char *name;
		enum kind kind;
	} types[] = { { "c", COUNT }, { "g", GAUGE }, { "ms", TIME },
		{ "h", TIME }, { "d", TIME }, { "s", SET }, { "m", COUNT } };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (part_is(type, types[i].name)) {
			*kind_out = types[i].kind;
			return 1;
		}
	}
	return 0;
}

static int take_type(struct decoder *d, struct part type, enum kind *kind_out)
{
	return find_type(type, kind_out)
	    ? 0
	    : decoder_bad(d, "type", type, "is none of c, g, ms, h, d, s, m");
}

static int take_rate(struct decoder *d, struct part rate, double *x_out)
{
	if (leat_parse_double(rate.text, rate.len, x_out, NULL) < 0 ||
	    !(*x_out > 0 && *x_out <= 1))
		return decoder_bad(d, "rate", rate,
		    "is not above 0 and up to 1");
	return 0;
}

static int take_time(struct decoder *d, struct part time, struct sample *s)
{
	if (!part_is_plain_number(time, 0) ||
	    leat_parse_time(time.text, time.len, LEAT_UNIT_S, &s->t, NULL) < 0)
		return decoder_bad(d, "time", time,
		    "is not seconds since 1970");
	s->has_time = 1;
	return 0;
}

/*
 * Takes a section that follows the type; unknown ones are of a later version.
 */
static int take_section(struct decoder *d, struct metric *m,
    struct part section)
{
	struct part rest = { section.text + 1, section.len - 1 };

	switch (*section.text) {
	case '#':
		m->tags = rest;
		return 0;
	case 'T':
		return take_time(d, rest, &m->sample);
	default:
		if (memchr(section.text, ':', section.len))
			return 0;
		return decoder_bad(d, NULL, section,
		    "is neither @rate, #tags, c:container nor Ttime");
	}
}

/*
 * Takes a word up to a | or, behind a type or a rate, the colon before the next
 * value.
 */
struct end {
	int is_bar, is_colon;
};

static struct end take_word(struct part *rest, struct part *word)
{
	struct end end = { 0, 0 };
	size_t n = 0;

	while (n < rest->len && rest->text[n] != '|' && rest->text[n] != ':')
		n++;
	word->text = rest->text;
	word->len = n;
	if (n < rest->len) {
		end.is_bar = rest->text[n] == '|';
		end.is_colon = !end.is_bar;
		n++;
	}
	rest->text += n;
	rest->len -= n;
	return end;
}

/*
 * Takes the values up to the next type, and what follows it. Returns 1 if there
 * are more, 0 if not, or DECODER_BAD.
 */
static int take_bit(struct decoder *d, struct metric *m, struct part *rest,
    struct bit *bit)
{
	struct part word;
	struct end end;
	int err;

	bit->rate = 1;
	if (!part_split(rest, '|', &bit->values))
		return decoder_bad_line(d, "not name:value|type");
	end = take_word(rest, &word);
	err = take_type(d, word, &bit->kind);
	while (end.is_bar && err == 0) {
		if (rest->len == 0 || *rest->text == '|')
			return decoder_bad_line(d, "nothing between two |");
		if (*rest->text == '@') {
			end = take_word(rest, &word);
			word.text++;
			word.len--;
			err = take_rate(d, word, &bit->rate);
		} else {
			end.is_bar = part_split(rest, '|', &word);
			err = take_section(d, m, word);
		}
	}
	return err ? err : end.is_colon;
}

/* Looks at the form of all bits, and finds what is of the whole line. */
static int take_bits(struct decoder *d, struct metric *m)
{
	struct part rest = m->bits;
	struct bit bit;
	int more = 1;

	while (more > 0) {
		more = take_bit(d, m, &rest, &bit);
		m->has_gauge |= bit.kind == GAUGE;
		m->has_set |= bit.kind == SET;
	}
	return more;
}

/* ---- Values ---- */

/* Reads a value to be emitted; *gauge becomes the gauge's new value. */
static int value_of(struct decoder *d, const struct bit *bit, struct part part,
    double *gauge, double *x_out)
{
	int changes = bit->kind == GAUGE && part.len > 0 &&
	    (*part.text == '+' || *part.text == '-');
	double x;

	if (leat_parse_double(part.text, part.len, &x, NULL) < 0)
		return decoder_bad(d, "value", part, "is not a number");
	if (bit->kind == COUNT)
		x /= bit->rate;
	if (changes)
		x += *gauge;
	if (!isfinite(x))
		return decoder_bad(d, "value", part, "is not finite");
	if (bit->kind == GAUGE)
		*gauge = x;
	*x_out = x;
	return 0;
}

/* The modes of a walk; each looks at the values as those before it do. */
enum mode { CHECK, FILL_SETS, EMIT };

struct walk {
	enum mode mode;
	double gauge;
	double times; /* values of timers beyond the first */
};

/* Returns how often a value counts; 1 / rate may be infinite. */
static double times_of(const struct bit *bit)
{
	return bit->kind == TIME ? floor(1 / bit->rate + 0.5) : 1;
}

static int emit_value(struct decoder *d, struct metric *m, double times)
{
	int err = 0;

	for (double i = 0; i < times && err == 0; i++)
		err = d->options.fn(d->options.ctx, &m->sample);
	return err;
}

static int walk_value(struct decoder *d, struct metric *m,
    const struct bit *bit, struct part value, struct walk *k)
{
	double times = times_of(bit);
	int err = value_of(d, bit, value, &k->gauge, &m->sample.x);

	if (err || k->mode == FILL_SETS)
		return err;
	if (bit->kind == TIME)
		k->times += times - 1;
	if (!(k->times <= MOST_TIMES))
		return decoder_bad_line(d,
		    "its rate makes it more than 10000 values");
	return k->mode == EMIT ? emit_value(d, m, times) : 0;
}

static int fill_set(struct decoder *d, const struct metric *m,
    const struct bit *bit)
{
	struct decoder_sets_room room = { d->options.max_keys,
		d->most_bytes - d->most_bytes / 4 };
	int err = decoder_sets_add(&d->sets, m->sample.key, m->sample.key_len,
	    bit->values.text, bit->values.len, room);

	if (err < 0)
		return DECODER_NO_MEMORY;
	return err ? decoder_bad_line(d,
			 "too many sets or members of sets, or --max-bytes is "
			 "reached")
		   : 0;
}

static int walk_bit(struct decoder *d, struct metric *m, const struct bit *bit,
    struct walk *k)
{
	struct part rest = bit->values, value;
	int more = 1, err = 0;

	if (bit->kind == SET)
		return k->mode == FILL_SETS ? fill_set(d, m, bit) : 0;
	while (more && err == 0) {
		more = part_split(&rest, ':', &value);
		err = walk_value(d, m, bit, value, k);
	}
	return err;
}

static int walk(struct decoder *d, struct metric *m, enum mode mode,
    double gauge, double *gauge_out)
{
	struct walk k = { mode, gauge, 0 };
	struct part rest = m->bits;
	struct bit bit;
	int more = 1, err = 0;

	while (more > 0 && err == 0) {
		more = take_bit(d, m, &rest, &bit);
		err = walk_bit(d, m, &bit, &k);
	}
	*gauge_out = k.gauge;
	return err;
}

static int emit(struct decoder *d, struct metric *m)
{
	const struct sample *s = &m->sample;
	struct decoder_name *name = NULL;
	double gauge, after;
	int err;

	if (m->has_gauge)
		name = decoder_names_find(&d->gauges, s->key, s->key_len);
	gauge = name ? name->x : 0;
	err = walk(d, m, CHECK, gauge, &after);
	if (err == 0 && m->has_set) {
		err = walk(d, m, FILL_SETS, gauge, &after);
		decoder_make_room(d);
	}
	if (err)
		return err;
	if (m->has_gauge) {
		/* The sets may have taken its room. */
		if (m->has_set)
			name = decoder_names_find(&d->gauges, s->key,
			    s->key_len);
		name = decoder_touch_gauge(d, name, s);
		if (!name)
			return DECODER_NO_MEMORY;
		name->x = after;
	}
	return walk(d, m, EMIT, gauge, &after);
}

/* ---- Lines ---- */

/*
 * Returns the mark that begins tags in a name: the first ; or a comma that a
 * tag with a value follows. 0: there are none.
 */
static char tags_mark(struct part name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.text[i];

		if (c == ';' ||
		    (c == ',' && memchr(name.text + i, '=', name.len - i)))
			return c;
	}
	return '\0';
}

static int take_key(struct decoder *d, struct metric *m)
{
	static const struct part none = { NULL, 0 };
	struct part path = m->name, name = m->name;
	char mark = tags_mark(path);
	int has_tags = mark && part_split(&path, mark, &name), err;

	if (name.len == 0)
		return decoder_bad_line(d, "there is no name");
	decoder_key_begin(d);
	err = decoder_key_clean_name(d, name, "");
	if (err == 0 && has_tags)
		err = decoder_key_any_tags(d, path, mark, '=');
	if (err == 0)
		err = decoder_key_any_tags(d, m->tags, ',', ':');
	return err ? err : decoder_key_end(d, none, "", &m->sample);
}

static int begins(struct part line, const char *word)
{
	size_t n = strlen(word);

	return line.len >= n && memcmp(line.text, word, n) == 0;
}

static int take_line(struct decoder *d, struct part line)
{
	struct metric m = { 0 };
	int err;

	if (begins(line, "_e{") || begins(line, "_sc|"))
		return 0;
	line.text = number_trim(line.text, &line.len);
	if (!part_split(&line, ':', &m.name))
		return decoder_bad_line(d, "not name:value|type");
	m.bits = line;
	err = take_bits(d, &m);
	if (err == 0)
		err = take_key(d, &m);
	return err ? err : emit(d, &m);
}

/* ---- The guess ---- */

static int is_statsd(struct part line)
{
	struct part name, values, type, rest, value;
	enum kind kind;
	double x;

	if (begins(line, "_e{") || begins(line, "_sc|"))
		return 1;
	if (!part_split(&line, ':', &name) || name.len == 0 ||
	    memchr(name.text, '"', name.len) ||
	    !part_split(&line, '|', &values))
		return 0;
	part_split(&line, '|', &type);
	rest = type;
	part_split(&rest, ':', &type);
	if (!find_type(type, &kind))
		return 0;
	part_split(&values, ':', &value);
	return kind == SET ||
	    leat_parse_double(value.text, value.len, &x, NULL) == 0;
}

const struct format_type format_statsd = {
	.name = "statsd",
	.is_like = is_statsd,
	.rank = 2,
	.take = take_line,
	.has_memory = 1,
	.is_finite = 1,
};
