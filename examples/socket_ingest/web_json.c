/*
 * Writes all JSON of the page and the API. JSON has no number for a missing
 * value, which is null, or an infinite one, which is the string "inf" or
 * "-inf".
 */
#include <leat_text.h>
#include <string.h>

#include "../replay/number.h"
#include "../replay/row_format.h"
#include "web_inside.h"

static void put_time(struct writer *w, int64_t at)
{
	char text[LEAT_TIME_SIZE];

	writer_char(w, '"');
	writer_put(w, text, leat_format_time(at, text));
	writer_char(w, '"');
}

static void put_ms(struct writer *w, int64_t at)
{
	int64_t rest, ms = number_floor(at, LEAT_MILLISECOND, &rest);

	if (ms < 0)
		writer_char(w, '-');
	writer_count(w, (uint64_t)(ms < 0 ? -ms : ms));
}

static void put_row(struct writer *w, size_t n, const double *row)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			writer_char(w, ',');
		row_format_json_value(w, row[i]);
	}
}

static void put_points(struct writer *w, const struct snapshot *b,
    const struct snapshot_key *k, void (*put_at)(struct writer *, int64_t))
{
	writer_text(w, ",\"points\":[");
	for (size_t i = 0; i < k->n_points; i++) {
		int64_t at;
		const double *values = snapshot_point(b, k, i, &at);

		writer_text(w, i > 0 ? ",[" : "[");
		put_at(w, at);
		if (b->n_values > 0)
			writer_char(w, ',');
		put_row(w, b->n_values, values);
		writer_char(w, ']');
	}
	writer_char(w, ']');
}

static void put_alerts(struct writer *w, const struct alerts *alerts,
    const struct alert_state *state)
{
	size_t n = alerts && state ? alerts_n_rules(alerts) : 0, n_raised = 0;

	writer_char(w, '[');
	for (size_t i = 0; i < n; i++) {
		const char *name;

		if (!alert_state_is_raised(state, i))
			continue;
		name = alerts_rule_name(alerts, i);
		if (n_raised++ > 0)
			writer_char(w, ',');
		row_format_json_text(w, name, strlen(name));
	}
	writer_char(w, ']');
}

/* ---- Events ---- */

static int64_t last_point(const struct snapshot *b,
    const struct snapshot_key *k, int64_t now)
{
	int64_t at = now;

	if (k->n_points > 0)
		snapshot_point(b, k, k->n_points - 1, &at);
	return at;
}

static void put_event_key(struct writer *w, const struct snapshot *b,
    const struct snapshot_key *k, int64_t now)
{
	writer_text(w, "{\"key\":");
	row_format_json_text(w, k->name, k->len);
	writer_text(w, ",\"n\":");
	writer_count(w, k->n);
	writer_text(w, ",\"at\":");
	put_ms(w, last_point(b, k, now));
	writer_text(w, ",\"row\":[");
	put_row(w, b->n_values, k->row);
	writer_char(w, ']');
}

static void put_now(struct writer *w, const struct snapshot *b, int64_t now)
{
	writer_text(w, "\"now\":");
	put_ms(w, now);
	writer_text(w, ",\"n\":");
	writer_count(w, b->n);
	writer_text(w, ",\"keys\":[");
}

static void put_head(struct writer *w, const struct web_options *o)
{
	writer_text(w, "\"title\":");
	row_format_json_text(w, o->title ? o->title : "",
	    o->title ? strlen(o->title) : 0);
	writer_text(w, ",\"names\":[");
	for (size_t i = 0; i < o->snapshot->n_values; i++) {
		if (i > 0)
			writer_char(w, ',');
		row_format_json_text(w, o->snapshot->names[i],
		    strlen(o->snapshot->names[i]));
	}
	writer_text(w, "],");
}

void json_hello(struct writer *w, const struct web_options *o, int64_t now)
{
	const struct snapshot_key *k = o->snapshot->newest;

	put_head(w, o);
	put_now(w, o->snapshot, now);
	for (size_t i = 0; i < JSON_HELLO_KEYS && k; i++, k = k->older) {
		if (i > 0)
			writer_char(w, ',');
		put_event_key(w, o->snapshot, k, now);
		writer_text(w, ",\"alerts\":");
		put_alerts(w, o->alerts, k->alerts);
		put_points(w, o->snapshot, k, put_ms);
		writer_char(w, '}');
	}
	writer_char(w, ']');
}

void json_rows(struct writer *w, const struct snapshot *b, uint64_t version,
    size_t step, size_t first, int64_t now)
{
	const struct snapshot_key *k = b->newest;
	size_t n = 0;

	put_now(w, b, now);
	for (size_t i = 0; (k = snapshot_changed(k, version)) != NULL;
	     i++, k = k->older) {
		if (i % step != first)
			continue;
		if (n++ > 0)
			writer_char(w, ',');
		put_event_key(w, b, k, now);
		writer_char(w, '}');
	}
	writer_char(w, ']');
}

void json_alert(struct writer *w, const struct alert_event *event)
{
	writer_text(w, "\"key\":");
	row_format_json_text(w, event->key, event->key_len);
	writer_text(w, ",\"rule\":");
	row_format_json_text(w, event->rule, strlen(event->rule));
	writer_text(w, ",\"text\":");
	row_format_json_text(w, event->text, strlen(event->text));
	writer_text(w,
	    event->raised ? ",\"raised\":true" : ",\"raised\":false");
	writer_text(w, ",\"value\":");
	row_format_json_value(w, event->value);
	writer_text(w, ",\"at\":");
	put_ms(w, event->at);
}

/* ---- The API ---- */

static void put_named_row(struct writer *w, const struct snapshot *b,
    const double *row)
{
	writer_char(w, '{');
	for (size_t i = 0; i < b->n_values; i++) {
		if (i > 0)
			writer_char(w, ',');
		row_format_json_text(w, b->names[i], strlen(b->names[i]));
		writer_char(w, ':');
		row_format_json_value(w, row[i]);
	}
	writer_char(w, '}');
}

static void put_time_or_null(struct writer *w, const char *name, int64_t at,
    int is_null)
{
	writer_text(w, name);
	if (is_null)
		writer_text(w, "null");
	else
		put_time(w, at);
}

static void put_key(struct writer *w, const struct web_options *o,
    const struct snapshot_key *k)
{
	int by_count = k->start == 0 && k->end == 0;

	writer_text(w, "{\"key\":");
	row_format_json_text(w, k->name, k->len);
	writer_text(w, ",\"n\":");
	writer_count(w, k->n);
	writer_text(w, ",\"last\":");
	if (k->n > 0)
		row_format_json_value(w, k->last);
	else
		writer_text(w, "null");
	put_time_or_null(w, ",\"last_at\":", k->last_at, k->last_at == 0);
	writer_text(w, ",\"row\":");
	if (k->n_rows > 0)
		put_named_row(w, o->snapshot, k->row);
	else
		writer_text(w, "null");
	put_time_or_null(w, ",\"start\":", k->start, by_count);
	put_time_or_null(w, ",\"end\":", k->end, by_count);
	writer_text(w, ",\"alerts\":");
	put_alerts(w, o->alerts, k->alerts);
}

void json_key(struct writer *w, const struct web_options *o,
    const struct snapshot_key *k)
{
	put_key(w, o, k);
	put_points(w, o->snapshot, k, put_time);
	writer_text(w, "}\n");
}

/* Writes a name as it stands in a URL: all but a few bytes as %XX. */
static void put_url(struct writer *w, const struct snapshot_key *k)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < k->len; i++) {
		unsigned char c = (unsigned char)k->name[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '.' || c == '_') {
			writer_char(w, (char)c);
		} else {
			writer_char(w, '%');
			writer_char(w, hex[c >> 4]);
			writer_char(w, hex[c & 15]);
		}
	}
}

void json_keys(struct writer *w, const struct web_options *o,
    const struct snapshot_key *const *keys, size_t n, int has_next)
{
	writer_text(w, "{\"n\":");
	writer_count(w, o->snapshot->n);
	writer_text(w, ",\"keys\":[");
	for (size_t i = 0; i < n; i++) {
		writer_text(w, i > 0 ? ",\n" : "\n");
		put_key(w, o, keys[i]);
		writer_char(w, '}');
	}
	writer_char(w, ']');
	if (has_next && n > 0) {
		writer_text(w, ",\"next\":\"");
		put_url(w, keys[n - 1]);
		writer_char(w, '"');
	}
	writer_text(w, "}\n");
}
