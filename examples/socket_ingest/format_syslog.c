/*
 * Syslog, of which the message is a line of format line:
 *
 *      <pri>1 TIME HOST APP PROCID MSGID DATA message         RFC 5424
 *      <pri>Nov 28 11:53:52 HOST TAG[pid]: message            RFC 3164
 *      <pri>Nov 28 11:53:52 TAG[pid]: message                 local sockets
 *
 * The older form is a matter of habit, not of rules: a host and a tag may
 * both be missing, and the time as well, or it is one of ISO 8601. A tag is
 * what ends with a colon.
 *
 * A value without a key is that of the program, or if it does not say what
 * it is, of the host. One without a time has that of the message.
 *
 * Times of the older form have neither year nor zone. The zone is that of
 * this machine; the year is the latest one in which the time is not more than
 * a week ahead of its arrival, so that logs of the last year can be read, and
 * a sender's clock may be wrong at the turn of the year. The C library is
 * asked for the start of an hour once, as long as messages stay in it.
 */
#define _POSIX_C_SOURCE 200809L

#include <time.h>

#include "decoder_inside.h"

struct message {
	struct part host, app, text;
	int has_time;
	int64_t t;
};

/* "<0>" to "<191>"; returns the text behind it, or NULL. */
static const char *priority_end(const char *p, const char *end)
{
	int priority = 0, n = 0;

	if (p == end || *p != '<')
		return NULL;
	for (p++; p < end && n < 3 && text_is_digit(*p); p++, n++)
		priority = 10 * priority + (*p - '0');
	if (n == 0 || priority > 191 || p == end || *p != '>')
		return NULL;
	return p + 1;
}

/* ---- RFC 5424 ---- */

/*
 * Skips [id name="value" ...], of which nothing is used. Returns where it ends,
 * or NULL.
 */
static const char *skip_element(const char *p, const char *end)
{
	int quoted = 0;

	for (p++; p < end; p++) {
		if (quoted && *p == '\\' && p + 1 < end)
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (*p == ']' && !quoted)
			return p + 1;
	}
	return NULL;
}

static const char *skip_data(const char *p, const char *end)
{
	if (p < end && *p == '-')
		return p + 1;
	if (p == end || *p != '[')
		return NULL;
	while (p && p < end && *p == '[')
		p = skip_element(p, end);
	return p;
}

/* Makes a part empty if it is -, which stands for none. */
static struct part or_none(struct part p)
{
	if (part_is(p, "-"))
		p.len = 0;
	return p;
}

static int take_header(struct decoder *d, struct part *rest, struct message *m)
{
	struct part time, skipped;

	if (!part_split(rest, ' ', &time) || !part_split(rest, ' ', &m->host) ||
	    !part_split(rest, ' ', &m->app) ||
	    !part_split(rest, ' ', &skipped) ||
	    !part_split(rest, ' ', &skipped))
		return decoder_bad_line(d, "incomplete header of RFC 5424");
	m->host = or_none(m->host);
	m->app = or_none(m->app);
	if (part_is(time, "-"))
		return 0;
	if (leat_parse_time(time.text, time.len, LEAT_UNIT_S, &m->t, NULL) < 0)
		return decoder_bad(d, "time", time, "is not a time");
	m->has_time = 1;
	return 0;
}

static int take_new(struct decoder *d, struct part rest, struct message *m)
{
	const char *end = rest.text + rest.len, *p;
	int err = take_header(d, &rest, m);

	if (err)
		return err;
	p = skip_data(rest.text, end);
	if (!p || (p < end && *p != ' '))
		return decoder_bad_line(d, "structured data has no end");
	p += p < end;
	if (end - p >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
		p += 3;
	m->text.text = p;
	m->text.len = (size_t)(end - p);
	return 0;
}

/* ---- RFC 3164 ---- */

/*
 * Returns whether a part begins like a pattern: A is a letter, 0 a digit, _ a
 * digit or a blank.
 */
static int is_like(struct part p, const char *pattern)
{
	size_t i = 0;

	for (; i < p.len && pattern[i]; i++) {
		char c = p.text[i];
		int letter = c | 0x20;

		if (pattern[i] == 'A'       ? letter < 'a' || letter > 'z'
			: pattern[i] == '0' ? !text_is_digit(c)
			: pattern[i] == '_' ? c != ' ' && !text_is_digit(c)
					    : c != pattern[i])
			return 0;
	}
	return !pattern[i];
}

static struct part behind(struct part p, size_t n)
{
	p.text += n;
	p.len -= n;
	return p;
}

static struct part trim(struct part p)
{
	while (p.len > 0 && text_is_blank(*p.text))
		p = behind(p, 1);
	return p;
}

/* Returns the month, 1 to 12, or 0. */
static int month_of(const char *p)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (int i = 0; i < 12; i++)
		if ((p[0] | 0x20) == names[3 * i] &&
		    (p[1] | 0x20) == names[3 * i + 1] &&
		    (p[2] | 0x20) == names[3 * i + 2])
			return i + 1;
	return 0;
}

static int two_digits(const char *p)
{
	return 10 * (*p == ' ' ? 0 : *p - '0') + p[1] - '0';
}

/* Finds the start of an hour on the clock of this machine. Returns 0, or -1. */
static int hour_in(int year, const struct decoder_hour *h, int64_t *t_out)
{
	struct tm tm = { 0 };
	int64_t t;

	tm.tm_year = year - 1900;
	tm.tm_mon = h->month - 1;
	tm.tm_mday = h->day;
	tm.tm_hour = h->hour;
	tm.tm_isdst = -1;
	t = mktime(&tm);
	/* The C library turns 29 February of a common year into 1 March. */
	if (tm.tm_mon != h->month - 1 || tm.tm_mday != h->day ||
	    t < INT64_MIN / LEAT_SECOND || t > INT64_MAX / LEAT_SECOND)
		return -1;
	*t_out = t * LEAT_SECOND;
	return 0;
}

/* Sets h->start. Nine years have a 29th of February. Returns 0, or -1. */
static int find_year(struct decoder_hour *h, int64_t arrival)
{
	time_t now = (time_t)(arrival / LEAT_SECOND);
	struct tm tm;

	if (!localtime_r(&now, &tm))
		return -1;
	for (int year = tm.tm_year + 1901, i = 0; i < 9; i++)
		if (hour_in(year - i, h, &h->start) == 0 &&
		    h->start - arrival <= 7 * LEAT_DAY)
			return 0;
	return -1;
}

/* Reads "Nov 28 11:53:52". Returns 0, or -1 if it is no such time. */
static int read_old_time(struct decoder *d, const char *p, int64_t *t_out)
{
	struct decoder_hour h = { month_of(p), two_digits(p + 4),
		two_digits(p + 7), 0, d->arrival };
	int minute = two_digits(p + 10), second = two_digits(p + 13);
	int64_t since = d->arrival - d->hour.found_at;

	if (h.month == 0 || h.day < 1 || h.hour > 23 || minute > 59 ||
	    second > 60)
		return -1;
	if (h.month != d->hour.month || h.day != d->hour.day ||
	    h.hour != d->hour.hour || since < 0 || since > LEAT_HOUR) {
		if (find_year(&h, d->arrival) < 0)
			return -1;
		d->hour = h;
	}
	*t_out = d->hour.start + minute * LEAT_MINUTE + second * LEAT_SECOND;
	return 0;
}

/* Returns whether there was one, or DECODER_BAD. */
static int take_old_time(struct decoder *d, struct part *rest,
    struct message *m)
{
	static const char old[] = "AAA _0 00:00:00 ";
	struct part after = *rest, time;

	if (is_like(*rest, old)) {
		time.text = rest->text;
		time.len = sizeof old - 2;
		*rest = behind(*rest, sizeof old - 1);
		m->has_time = 1;
		return read_old_time(d, time.text, &m->t) == 0
		    ? 1
		    : decoder_bad(d, "time", time, "is not a time");
	}
	if (!is_like(*rest, "0000-00-00T") || !part_split(&after, ' ', &time) ||
	    leat_parse_time(time.text, time.len, LEAT_UNIT_S, &m->t, NULL) < 0)
		return 0;
	m->has_time = 1;
	*rest = after;
	return 1;
}

/* Takes a word with a colon at its end. Returns whether there was one. */
static int take_tag(struct part *rest, struct part *tag_out)
{
	struct part after = *rest, tag;
	const char *pid;

	part_split(&after, ' ', &tag);
	if (tag.len < 2 || tag.text[tag.len - 1] != ':')
		return 0;
	tag.len--;
	pid = memchr(tag.text, '[', tag.len);
	if (pid && pid > tag.text && tag.text[tag.len - 1] == ']')
		tag.len = (size_t)(pid - tag.text);
	*tag_out = tag;
	*rest = after;
	return 1;
}

static int take_old(struct decoder *d, struct part rest, struct message *m)
{
	int has_time = take_old_time(d, &rest, m);

	if (has_time < 0)
		return has_time;
	rest = trim(rest);
	if (!take_tag(&rest, &m->app) && has_time && rest.len > 0 &&
	    memchr(rest.text, ' ', rest.len)) {
		part_split(&rest, ' ', &m->host);
		rest = trim(rest);
		take_tag(&rest, &m->app);
	}
	m->text = rest;
	return 0;
}

/* ---- Both ---- */

static int emit(struct decoder *d, const struct message *m)
{
	struct sample sample;
	struct part key = m->app.len > 0 ? m->app : m->host;
	int err = decoder_line(d, m->text.text, m->text.len, &sample);

	if (err)
		return err > 0 ? 0 : err;
	if (sample.key_len == 0 && key.len > 0) {
		if (text_field_end(key.text, key.text + key.len) !=
		    key.text + key.len)
			return decoder_bad_line(d, "a control character");
		if (key.len > d->options.max_key)
			return decoder_bad_line(d, "the key is too long");
		sample.key = key.text;
		sample.key_len = key.len;
	}
	if (!sample.has_time && m->has_time) {
		sample.has_time = 1;
		sample.t = m->t;
	}
	return d->options.fn(d->options.ctx, &sample);
}

static int take_message(struct decoder *d, struct part line)
{
	const char *end = line.text + line.len;
	const char *p = priority_end(line.text, end);
	struct message m = { 0 };
	struct part rest;
	int err = 0;

	if (!p)
		return decoder_bad_line(d, "there is no <priority>");
	rest.text = p;
	rest.len = (size_t)(end - p);
	if (rest.len >= 2 && p[0] == '1' && p[1] == ' ')
		err = take_new(d, behind(rest, 2), &m);
	else
		err = take_old(d, rest, &m);
	return err ? err : emit(d, &m);
}

/* A counted frame has its length before the priority. */
static int is_syslog(struct part line)
{
	const char *p = line.text, *end = p + line.len;

	while (p < end && text_is_digit(*p))
		p++;
	if (p > line.text && p < end && *p == ' ')
		p++;
	else
		p = line.text;
	return priority_end(p, end) != NULL;
}

const struct format_type format_syslog = {
	.name = "syslog",
	.is_like = is_syslog,
	.rank = 1,
	.take = take_message,
	.is_framed = 1,
};
