/*
 * What a line looks like, by marks that others have not:
 *
 *      syslog    <13> or 99 <13> at the start
 *      statsd    a name, a number or a set's member, and |type
 *      influx    a blank, and field= behind it
 *      graphite  path;tag= and a number; or -1 or N for the time
 *      line      what is one; paths of Graphite without tags are
 *      csv       commas, semicolons, tabs, if it is none of these
 *
 * The text is whatever someone has sent: anything is possible, and most of
 * what is no format is like nothing.
 */
#include "decoder_inside.h"

static int is_syslog(struct part line)
{
	const char *p = line.text, *end = p + line.len;

	while (p < end && text_is_digit(*p))
		p++;
	if (p > line.text && p < end && *p == ' ')
		p++;
	else
		p = line.text;
	return format_syslog_priority(p, end) != NULL;
}

/* ---- StatsD ---- */

static int is_type(struct part type)
{
	static const char *const types[] = { "c", "g", "ms", "h", "d", "s",
		"m" };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (part_is(type, types[i]))
			return 1;
	return 0;
}

static int begins(struct part line, const char *word)
{
	size_t n = strlen(word);

	return line.len > n && memcmp(line.text, word, n) == 0;
}

static int is_statsd(struct part line)
{
	struct part name, values, type, rest, value;
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
	if (!is_type(type))
		return 0;
	part_split(&values, ':', &value);
	return part_is(type, "s") ||
	    leat_parse_double(value.text, value.len, &x, NULL) == 0;
}

/* ---- InfluxDB ---- */

/* Where the first of these bytes is that has no backslash before it. */
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

/* NAME= and something. Where it ends, or NULL. */
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

/* ---- Lines with blanks ---- */

static int is_tagged(struct part path)
{
	struct part name, tag;

	if (!part_split(&path, ';', &name) || name.len == 0)
		return 0;
	return part_split(&path, '=', &tag) && tag.len > 0 && path.len > 0;
}

/* The marks of a time that is none. */
static int has_no_time(struct part time)
{
	return part_is(time, "N") || part_is(time, "-1");
}

static int is_graphite(struct part line)
{
	struct part f[DECODER_FIELDS];
	int n = part_fields(line, f);
	double x;

	if (n < 2 || n > 3 || part_number(f[1], &x) < 0)
		return 0;
	return is_tagged(f[0]) || (n == 3 && has_no_time(f[2]));
}

/*
 * A key that ends with a comma is "a, 5" of CSV. A unit of times may yet be
 * told by an option.
 */
static int is_line(struct part line)
{
	struct line_reading reading;
	const struct sample *s = &reading.sample;
	int err = format_line_read(line, LEAT_UNIT_GUESS, &reading);

	return (err == 0 || reading.needs_unit) &&
	    (s->key_len == 0 || s->key[s->key_len - 1] != ',');
}

/* ---- CSV ---- */

/* JSON has commas too, and no header. */
static int is_csv(struct part line)
{
	int marks = 0;

	for (size_t i = 0; i < line.len; i++) {
		char c = line.text[i];

		if (((unsigned char)c < ' ' && c != '\t') || c == 127)
			return 0;
		marks |= c == ',' || c == ';' || c == '\t';
	}
	return marks && *line.text != '{' && *line.text != '[';
}

enum format format_guess(const char *text, size_t len)
{
	const char *end;
	struct part line;

	if (len == 0)
		return FORMAT_AUTO;
	end = text + len;
	line.text = text_skip_blanks(text, end);
	line.len = (size_t)(end - line.text);
	if (part_is_nothing(line))
		return FORMAT_AUTO;
	if (is_syslog(line))
		return FORMAT_SYSLOG;
	if (is_statsd(line))
		return FORMAT_STATSD;
	if (is_graphite(line))
		return FORMAT_GRAPHITE;
	if (is_line(line))
		return FORMAT_LINE;
	if (is_influx(line))
		return FORMAT_INFLUX;
	return is_csv(line) ? FORMAT_CSV : FORMAT_AUTO;
}
