/*
 * What the API and Prometheus are told.
 *
 * Keys come sorted by name, which is an order that pages without loss while
 * keys come and go. A page is the smallest so many names after one: one look
 * at all keys, and a heap's worth of work for those that may be on it.
 */
#include <stdlib.h>
#include <string.h>

#include "http_inside.h"

/* ---- Keys ---- */

static void put_values(struct json *j, const struct board *b, const double *row)
{
	for (size_t i = 0; i < b->n_values; i++) {
		if (i > 0)
			json_raw(j, ",");
		json_string(j, b->names[i], strlen(b->names[i]));
		json_raw(j, ":");
		json_number(j, row[i]);
	}
}

static void put_points(struct json *j, const struct board *b,
    const struct board_key *k)
{
	int64_t at = 0;

	json_raw(j, ",\"points\":[");
	for (size_t i = 0; i < k->n_points; i++) {
		const double *row = board_point(b, k, i, &at);

		json_raw(j, i > 0 ? ",{\"time\":" : "{\"time\":");
		json_time(j, at);
		json_raw(j, ",");
		put_values(j, b, row);
		json_raw(j, "}");
	}
	json_raw(j, "]");
}

void http_put_raised(struct http *w, const struct board_key *k)
{
	struct alerts *a = w->options.alerts;
	int n = 0;

	json_raw(&w->json, ",\"alerts\":[");
	for (size_t i = 0; a && k->alerts && i < alerts_n_rules(a); i++) {
		const char *name = alerts_rule_name(a, i);

		if (!alert_state_is_raised(k->alerts, i))
			continue;
		if (n++ > 0)
			json_raw(&w->json, ",");
		json_string(&w->json, name, strlen(name));
	}
	json_raw(&w->json, "]");
}

void http_put_key(struct http *w, const struct board_key *k, int points)
{
	const struct board *b = w->options.board;
	struct json *j = &w->json;

	json_raw(j, "{\"key\":");
	json_string(j, k->name, k->len);
	json_raw(j, ",\"n\":");
	json_count(j, k->n);
	json_raw(j, ",\"last\":");
	json_number(j, k->last);
	json_raw(j, ",\"last_at\":");
	json_time(j, k->last_at);
	json_raw(j, ",\"row\":{");
	if (k->n_rows > 0)
		put_values(j, b, k->row);
	json_raw(j, "}");
	if (k->end > (int64_t)1 << 50) {
		json_raw(j, ",\"start\":");
		json_time(j, k->start);
		json_raw(j, ",\"end\":");
		json_time(j, k->end);
	}
	http_put_raised(w, k);
	if (points)
		put_points(j, b, k);
	json_raw(j, "}");
}

static int compare(const void *left, const void *right)
{
	const struct board_key *a = *(struct board_key *const *)left;
	const struct board_key *b = *(struct board_key *const *)right;
	size_t n = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->name, b->name, n);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static int is_after(const struct board_key *k, const char *name)
{
	size_t len = strlen(name), n = k->len < len ? k->len : len;
	int order = memcmp(k->name, name, n);

	return order > 0 || (order == 0 && k->len > len);
}

void http_put_keys(struct http *w, const char *after, size_t limit)
{
	const struct board *b = w->options.board;
	const struct board_key **all = calloc(b->n + 1, sizeof *all);
	struct json *j = &w->json;
	size_t n = 0;

	if (!all) {
		j->failed = 1;
		return;
	}
	for (const struct board_key *k = b->newest; k; k = k->older)
		if (!after || is_after(k, after))
			all[n++] = k;
	qsort(all, n, sizeof *all, compare);
	json_raw(j, "{\"n\":");
	json_count(j, b->n);
	json_raw(j, ",\"keys\":[");
	for (size_t i = 0; i < n && i < limit; i++) {
		json_raw(j, i > 0 ? ",\n" : "\n");
		http_put_key(w, all[i], 0);
	}
	json_raw(j, "]}\n");
	free(all);
}

void http_put_alert(struct json *j, const struct alert_event *event)
{
	json_raw(j, "{\"at\":");
	json_ms(j, event->at);
	json_raw(j, ",\"alert\":");
	json_string(j, event->rule, strlen(event->rule));
	json_raw(j, ",\"rule\":");
	json_string(j, event->text, strlen(event->text));
	json_raw(j, ",\"key\":");
	json_string(j, event->key, event->key_len);
	json_raw(j, event->raised ? ",\"raised\":true" : ",\"raised\":false");
	json_raw(j, ",\"value\":");
	json_number(j, event->value);
	json_raw(j, "}");
}

/* ---- Prometheus ---- */

static void put_head(struct json *j, const char *name, const char *help,
    const char *type)
{
	const char *parts[] = { "# HELP leat_ingest_", name, " ", help,
		"\n# TYPE leat_ingest_", name, " ", type, "\n" };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		json_raw(j, parts[i]);
}

static void put_label(struct json *j, const char *label, const char *value)
{
	json_raw(j, "{");
	json_raw(j, label);
	json_raw(j, "=\"");
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			json_raw(j, "\\");
		if (*value == '\n')
			json_raw(j, "\\n");
		else
			json_bytes(j, value, 1);
	}
	json_raw(j, "\"}");
}

static void put_line(struct json *j, const char *name, const char *label,
    const char *value, double x)
{
	json_raw(j, "leat_ingest_");
	json_raw(j, name);
	if (label && value)
		put_label(j, label, value);
	json_raw(j, " ");
	json_number(j, x);
	json_raw(j, "\n");
}

static void put_one(struct json *j, const char *name, const char *help,
    const char *type, double x)
{
	put_head(j, name, help, type);
	put_line(j, name, NULL, NULL, x);
}

static void put_counts(struct json *j, const struct counts *c)
{
	put_head(j, "lines_total", "Lines read, by format.", "counter");
	for (int i = WIRE_LINE; i < WIRE_N_FORMATS; i++)
		put_line(j, "lines_total", "format",
		    wire_format_name((enum wire_format)i), (double)c->lines[i]);
	put_one(j, "samples_total", "Values given to windows.", "counter",
	    (double)c->samples);
	put_one(j, "rows_total", "Rows of results.", "counter",
	    (double)c->rows);
	put_one(j, "bytes_total", "Bytes received.", "counter",
	    (double)c->bytes);
	put_one(j, "datagrams_total", "Datagrams received.", "counter",
	    (double)c->datagrams);
	put_one(j, "connections_total", "Connections accepted.", "counter",
	    (double)c->accepted);
	put_one(j, "connections_open", "Connections open now.", "gauge",
	    (double)c->open);
	put_one(j, "saves_total", "States saved.", "counter", (double)c->saves);
	put_one(j, "saved_timestamp_seconds", "When the last one was.", "gauge",
	    1e-9 * (double)c->saved_at);
	put_one(j, "save_seconds", "How long it took.", "gauge",
	    1e-9 * (double)c->save_took);
	put_one(j, "start_time_seconds", "When the service began.", "gauge",
	    1e-9 * (double)c->started);
}

static void put_outlets(struct json *j, const struct http_options *o)
{
	static const struct {
		const char *name, *help, *type;
	} kinds[] = {
		{ "output_lines_total", "Lines that went out.", "counter" },
		{ "output_dropped_total", "Lines dropped.", "counter" },
		{ "output_waiting_bytes", "Bytes that wait.", "gauge" },
		{ "output_connected", "1 if it takes lines.", "gauge" },
	};

	for (int k = 0; k < 4; k++) {
		put_head(j, kinds[k].name, kinds[k].help, kinds[k].type);
		for (size_t i = 0; i < *o->n_outlets; i++) {
			const struct outlet *out = o->outlets[i];
			double x = k == 0 ? (double)outlet_lines(out)
			    : k == 1      ? (double)outlet_dropped(out)
			    : k == 2      ? (double)outlet_waiting(out)
					  : outlet_is_connected(out);

			put_line(j, kinds[k].name, "to", outlet_where(out), x);
		}
	}
}

void http_put_metrics(struct http *w)
{
	const struct http_options *o = &w->options;
	struct json *j = &w->json;

	put_counts(j, o->counts);
	put_one(j, "keys", "Keys known.", "gauge", (double)o->board->n);
	if (o->alerts) {
		put_one(j, "alerts_raised", "Alerts raised now.", "gauge",
		    (double)alerts_raised(o->alerts));
		put_one(j, "alerts_total", "Alerts ever raised.", "counter",
		    (double)alerts_total(o->alerts));
	}
	put_head(j, "refused_total", "What was refused or lost.", "counter");
	for (int i = 0; i < NOTICE_N_KINDS; i++)
		put_line(j, "refused_total", "reason",
		    notice_name((enum notice_kind)i),
		    (double)o->notices->counts[i]);
	put_outlets(j, o);
}
