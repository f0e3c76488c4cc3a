/*
 * Metrics in the text format 0.0.4 of Prometheus: for each name its help and
 * type, then a line for each set of labels. Counters end in _total, times are
 * in seconds. What is never counted is there as 0: a rate of it is 0 too, and
 * not unknown.
 */
#include <event2/http.h>
#include <leat.h>
#include <string.h>

#include "web_inside.h"

static void head(struct writer *w, const char *name, const char *type,
    const char *help)
{
	writer_text(w, "# HELP ");
	writer_text(w, name);
	writer_char(w, ' ');
	writer_text(w, help);
	writer_text(w, "\n# TYPE ");
	writer_text(w, name);
	writer_char(w, ' ');
	writer_text(w, type);
	writer_char(w, '\n');
}

static void one(struct writer *w, const char *name, const char *type,
    const char *help, uint64_t n)
{
	head(w, name, type, help);
	writer_text(w, name);
	writer_char(w, ' ');
	writer_count(w, n);
	writer_char(w, '\n');
}

static void one_time(struct writer *w, const char *name, const char *help,
    int64_t ns)
{
	head(w, name, "gauge", help);
	writer_text(w, name);
	writer_char(w, ' ');
	writer_number(w, (double)ns / 1e9);
	writer_char(w, '\n');
}

static void labelled(struct writer *w, const char *name, const char *label,
    const char *value, uint64_t n)
{
	writer_text(w, name);
	writer_char(w, '{');
	writer_text(w, label);
	writer_text(w, "=\"");
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			writer_char(w, '\\');
		if (*value == '\n')
			writer_text(w, "\\n");
		else
			writer_char(w, *value);
	}
	writer_text(w, "\"} ");
	writer_count(w, n);
	writer_char(w, '\n');
}

/* ---- Groups of them ---- */

static void write_counts(struct writer *w, const struct counts *c)
{
	static const char lines[] = "leat_ingest_lines_total";

	head(w, lines, "counter", "Lines and records received, by format.");
	for (int i = FORMAT_AUTO + 1; i < FORMAT_N; i++)
		labelled(w, lines, "format", format_name((enum format)i),
		    c->lines[i]);
	one(w, "leat_ingest_samples_total", "counter",
	    "Values pushed into windows.", c->samples);
	one(w, "leat_ingest_rows_total", "counter", "Rows of results.",
	    c->rows);
	one(w, "leat_ingest_bytes_total", "counter", "Bytes received.",
	    c->bytes);
	one(w, "leat_ingest_datagrams_total", "counter", "Datagrams received.",
	    c->datagrams);
	one(w, "leat_ingest_connections_total", "counter",
	    "Connections accepted.", c->accepted);
	one(w, "leat_ingest_connections_open", "gauge", "Connections now.",
	    c->open);
	one(w, "leat_ingest_saves_total", "counter", "Number of saves.",
	    c->saves);
	one_time(w, "leat_ingest_saved_timestamp_seconds",
	    "Time of the last save, 0 if none.", c->saved_at);
	one_time(w, "leat_ingest_save_seconds", "Duration of the last save.",
	    c->save_took);
	one_time(w, "process_start_time_seconds",
	    "Start of the process, since 1970.", c->started);
}

static void write_refused(struct writer *w, const struct log *log)
{
	static const char name[] = "leat_ingest_refused_total";

	head(w, name, "counter", "Data refused or lost, by reason.");
	for (int i = 0; i < LOG_N_KINDS; i++)
		labelled(w, name, "reason", log_kind_name((enum log_kind)i),
		    log->counts[i]);
}

static void write_state(struct writer *w, const struct web *web)
{
	const struct web_options *o = &web->options;

	one(w, "leat_ingest_keys", "gauge", "Keys kept now.", o->snapshot->n);
	one(w, "leat_ingest_alerts_raised", "gauge", "Alerts raised now.",
	    o->alerts ? alerts_raised(o->alerts) : 0);
	one(w, "leat_ingest_alerts_total", "counter", "Alerts ever raised.",
	    o->alerts ? alerts_total(o->alerts) : 0);
	one(w, "leat_ingest_watchers", "gauge",
	    "Connections that receive events.", web->n_watchers);
}

/* ---- Outputs ---- */

enum output_metric { LINES, DROPPED, WAITING, CONNECTED };

static uint64_t of_sink(const struct sink *sink, enum output_metric which)
{
	switch (which) {
	case LINES:
		return sink_lines(sink);
	case DROPPED:
		return sink_dropped(sink);
	case WAITING:
		return sink_waiting(sink);
	case CONNECTED:
		break;
	}
	return sink_is_connected(sink) != 0;
}

static int is_same(const struct web_options *o, size_t i, size_t j)
{
	return strcmp(sink_where(o->sinks->items[i]),
		   sink_where(o->sinks->items[j])) == 0;
}

/* No two lines may have the same labels: outputs to one place are one. */
static void write_output(struct writer *w, const struct web_options *o,
    const char *name, enum output_metric which)
{
	size_t n = o->sinks->n;

	for (size_t i = 0; i < n; i++) {
		uint64_t sum = 0;
		size_t first = 0;

		while (!is_same(o, first, i))
			first++;
		for (size_t j = i; j < n; j++)
			if (is_same(o, i, j))
				sum += of_sink(o->sinks->items[j], which);
		if (first == i)
			labelled(w, name, "to", sink_where(o->sinks->items[i]),
			    sum);
	}
}

static void write_outputs(struct writer *w, const struct web_options *o)
{
	static const struct {
		const char *name, *type, *help;
	} all[] = {
		[LINES] = { "leat_ingest_output_lines_total", "counter",
		    "Lines written." },
		[DROPPED] = { "leat_ingest_output_dropped_total", "counter",
		    "Lines dropped at a full buffer." },
		[WAITING] = { "leat_ingest_output_waiting_bytes", "gauge",
		    "Bytes waiting to be written." },
		[CONNECTED] = { "leat_ingest_output_connected", "gauge",
		    "1 if the output accepts lines, else 0." },
	};

	if (!o->sinks || o->sinks->n == 0)
		return;
	for (int i = LINES; i <= CONNECTED; i++) {
		head(w, all[i].name, all[i].type, all[i].help);
		write_output(w, o, all[i].name, (enum output_metric)i);
	}
}

void web_metrics(const struct request *request)
{
	struct web *web = request->web;
	struct writer *w = web_begin(web);

	write_counts(w, web->options.counts);
	write_refused(w, web->options.log);
	write_state(w, web);
	write_outputs(w, &web->options);
	web_send(request, HTTP_OK, "text/plain; version=0.0.4; charset=utf-8",
	    web_end(web));
}
