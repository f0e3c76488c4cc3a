/*
 * Format line: [key] value [time].
 *
 * Nearly all lines are a key, a value and a time, or a key and a value, with
 * one blank between them; these are read in one go. All others, and all that
 * are bad, are cut into fields first.
 *
 * Of two fields the first is a value if both could be: a number, and another
 * one or a time. So a key that looks like a number needs a time behind it.
 */
#include <math.h>

#include "../replay/time_text.h"
#include "decoder_inside.h"

static const struct part none = { NULL, 0 };

/* The sample of a line, or which of its fields is wrong and what it is not. */
struct line_reading {
	struct sample sample;
	struct part bad;
	const char *what, *is;
	int needs_unit; /* all that is wrong is that its time has none */
};

/* ---- Numbers ---- */

static int is_missing(struct part p)
{
	static const char *const words[] = { "na", "null", "u" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = 0;

		while (words[i][n] && n < p.len &&
		    (p.text[n] | 0x20) == words[i][n])
			n++;
		if (n == p.len && !words[i][n])
			return 1;
	}
	return 0;
}

int part_number(struct part p, double *x_out)
{
	if (leat_parse_double(p.text, p.len, x_out, NULL) == 0)
		return 0;
	if (!is_missing(p))
		return -1;
	*x_out = NAN;
	return 0;
}

static int is_number(struct part p)
{
	double x;

	return leat_parse_double(p.text, p.len, &x, NULL) == 0;
}

/* ---- Fields ---- */

static int bad(struct line_reading *reading, const char *what, struct part part,
    const char *is)
{
	reading->what = what;
	reading->bad = part;
	reading->is = is;
	return DECODER_BAD;
}

int part_fields(struct part line, struct part *fields)
{
	const char *end = line.text + line.len;
	const char *p = text_skip_blanks(line.text, end);
	int n = 0;

	for (; p < end && n <= DECODER_FIELDS; n++) {
		const char *stop = text_field_end(p, end);

		if (n < DECODER_FIELDS) {
			fields[n].text = p;
			fields[n].len = (size_t)(stop - p);
		}
		if (stop < end && !text_is_blank(*stop))
			return -1;
		p = text_skip_blanks(stop, end);
	}
	return n;
}

static int take_any_time(struct line_reading *reading, struct part time,
    int unit)
{
	int problem = time_text_read(time.text, time.len, unit,
	    &reading->sample.t);

	if (problem == 0)
		return 0;
	reading->needs_unit = problem == TIME_TEXT_NO_UNIT;
	return bad(reading, "time", time,
	    reading->needs_unit ? "is not a time: " TIME_TEXT_WHY_NO_UNIT
				: "is not a time");
}

static int take(struct line_reading *reading, struct part key,
    struct part value, struct part time, int unit)
{
	struct sample *s = &reading->sample;

	s->key = key.text ? key.text : "";
	s->key_len = key.len;
	s->has_time = time.text != NULL;
	s->t = 0;
	if (part_number(value, &s->x) < 0)
		return bad(reading, "value", value, "is not a number");
	return time.text ? take_any_time(reading, time, unit) : 0;
}

static int is_time(struct part p, int unit)
{
	int64_t t;

	return time_text_read(p.text, p.len, unit, &t) == 0;
}

static int take_two(struct line_reading *reading, const struct part *f,
    int unit)
{
	double x;

	if (!is_number(f[0]))
		return take(reading, f[0], f[1], none, unit);
	if (is_number(f[1]) || is_time(f[1], unit))
		return take(reading, none, f[0], f[1], unit);
	if (part_number(f[1], &x) < 0)
		return bad(reading, NULL, f[1],
		    "is neither a number nor a time");
	return take(reading, f[0], f[1], none, unit);
}

static int take_fields(struct part line, int unit, struct line_reading *reading)
{
	struct part f[DECODER_FIELDS];

	if (part_is_nothing(line))
		return 1;
	switch (part_fields(line, f)) {
	case -1:
		return bad(reading, NULL, none, "a control character");
	case 1:
		return take(reading, none, f[0], none, unit);
	case 2:
		return take_two(reading, f, unit);
	case 3:
		return take(reading, f[0], f[1], f[2], unit);
	default:
		return bad(reading, NULL, none,
		    "more than three fields: [key] value [time]");
	}
}

/* ---- The many ---- */

/* The lowest byte first; compilers make one load of it. */
static inline uint64_t load_eight(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 |
	    (uint64_t)b[3] << 24 | (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 |
	    (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
}

#define OF_EACH(byte) ((byte)*UINT64_C(0x0101010101010101))

/* Only digits have 3 as their upper half, and still with 6 added to them. */
static inline int are_digits(uint64_t x)
{
	return ((x & OF_EACH(0xF0)) |
		   ((x + OF_EACH(0x06)) & OF_EACH(0xF0)) >> 4) == OF_EACH(0x33);
}

/*
 * Pairs of digits become numbers below 100, these become numbers of four
 * digits, and these one number.
 */
static inline uint64_t eight_digits(uint64_t x)
{
	x = (x & OF_EACH(0x0F)) * 2561 >> 8;
	x = (x & UINT64_C(0x00FF00FF00FF00FF)) * 6553601 >> 16;
	return (x & UINT64_C(0x0000FFFF0000FFFF)) * UINT64_C(42949672960001) >>
	    32;
}

/*
 * Reads seconds of ten digits, as nearly all times are; those above 8999999999
 * may be beyond what nanoseconds can count.
 */
static inline int take_time(const char *p, size_t n, int unit, int64_t *t_out)
{
	if (n == 10 && unit <= LEAT_UNIT_S && p[0] >= '1' && p[0] <= '8' &&
	    text_is_digit(p[1])) {
		uint64_t low = load_eight(p + 2);
		int64_t high = 10 * (p[0] - '0') + (p[1] - '0');

		if (are_digits(low)) {
			*t_out = (high * 100000000 +
				     (int64_t)eight_digits(low)) *
			    LEAT_SECOND;
			return 0;
		}
	}
	/* A time may have a blank in it elsewhere, but not here. */
	return text_field_end(p, p + n) == p + n
	    ? time_text_read(p, n, unit, t_out)
	    : -1;
}

/* Looks at eight bytes at a time, as long as there is no end in them. */
static inline const char *key_end_of(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t x, del;

		memcpy(&x, p, sizeof x);
		del = x ^ OF_EACH(0x7F);
		if ((((x - OF_EACH(0x21)) & ~x) | ((del - OF_EACH(1)) & ~del)) &
		    OF_EACH(0x80))
			break;
		p += 8;
	}
	return text_field_end(p, end);
}

/*
 * Returns whether the first of two fields is a key for sure, by its first byte.
 */
static inline int begins_key(char c)
{
	int letter = c | 0x20;

	return letter >= 'a' && letter <= 'z' && letter != 'n' && letter != 'i';
}

/*
 * Reads a line of the usual form. Returns 0, or -1 if it must be read with
 * care.
 */
static inline int take_usual(struct part line, int unit, struct sample *s)
{
	const char *end = line.text + line.len;
	const char *key_end = key_end_of(line.text, end), *value, *stop;

	if (key_end == line.text || key_end == end || *line.text == '#' ||
	    !text_is_blank(*key_end))
		return -1;
	value = key_end + 1;
	stop = text_field_end(value, end);
	if (leat_parse_double(value, (size_t)(stop - value), &s->x, NULL) < 0)
		return -1;
	s->key = line.text;
	s->key_len = (size_t)(key_end - line.text);
	s->has_time = stop < end;
	s->t = 0;
	if (stop == end)
		return begins_key(*line.text) ? 0 : -1;
	return text_is_blank(*stop)
	    ? take_time(stop + 1, (size_t)(end - stop) - 1, unit, &s->t)
	    : -1;
}

/* Returns 0, 1 if the line is blank or a comment, or DECODER_BAD. */
static int read_line(struct part line, int unit, struct line_reading *reading)
{
	reading->needs_unit = 0;
	if (take_usual(line, unit, &reading->sample) == 0)
		return 0;
	return take_fields(line, unit, reading);
}

int decoder_line(struct decoder *d, const char *text, size_t len,
    struct sample *sample)
{
	struct part line = { text, len };
	struct line_reading reading;
	int err;

	if (take_usual(line, d->options.time_unit, sample) < 0) {
		err = take_fields(line, d->options.time_unit, &reading);
		if (err < 0)
			return decoder_bad(d, reading.what, reading.bad,
			    reading.is);
		if (err > 0)
			return err;
		*sample = reading.sample;
	}
	if (sample->key_len > d->options.max_key)
		return decoder_bad_line(d, "the key is too long");
	return 0;
}

static int take_line(struct decoder *d, struct part line)
{
	struct sample sample;
	int err = decoder_line(d, line.text, line.len, &sample);

	if (err)
		return err > 0 ? 0 : err;
	return d->options.fn(d->options.ctx, &sample);
}

/* ---- The guess ---- */

/*
 * A key that ends with a comma is "a, 5" of CSV. A unit of times may yet be set
 * by an option.
 */
static int is_line(struct part line)
{
	struct line_reading reading;
	const struct sample *s = &reading.sample;
	int err = read_line(line, LEAT_UNIT_GUESS, &reading);

	return (err == 0 || reading.needs_unit) &&
	    (s->key_len == 0 || s->key[s->key_len - 1] != ',');
}

const struct format_type format_line = {
	.name = "line",
	.form = "[key] value [time]",
	.is_like = is_line,
	.rank = 4,
	.take = take_line,
};
