/*
 * Parts of JSON that answers are made of. What JSON has no number for is
 * null, if it is missing, or a string: "inf", "-inf".
 */
#include <leat_text.h>
#include <string.h>

#include "../replay/number.h"
#include "../replay/row_format.h"
#include "web_inside.h"

void json_put(struct writer *w, const char *text)
{
	writer_put(w, text, strlen(text));
}

void json_time(struct writer *w, int64_t at)
{
	char text[LEAT_TIME_SIZE];

	writer_char(w, '"');
	writer_put(w, text, leat_format_time(at, text));
	writer_char(w, '"');
}

void json_ms(struct writer *w, int64_t at)
{
	int64_t rest, ms = number_floor(at, LEAT_MILLISECOND, &rest);

	if (ms < 0)
		writer_char(w, '-');
	writer_count(w, (uint64_t)(ms < 0 ? -ms : ms));
}

void json_row(struct writer *w, size_t n, const double *row)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			writer_char(w, ',');
		row_format_json_value(w, row[i]);
	}
}

void json_points(struct writer *w, const struct snapshot *b,
    const struct snapshot_key *k, void (*write_time)(struct writer *, int64_t))
{
	json_put(w, ",\"points\":[");
	for (size_t i = 0; i < k->n_points; i++) {
		int64_t at;
		const double *values = snapshot_point(b, k, i, &at);

		json_put(w, i > 0 ? ",[" : "[");
		write_time(w, at);
		if (b->n_values > 0)
			writer_char(w, ',');
		json_row(w, b->n_values, values);
		writer_char(w, ']');
	}
	writer_char(w, ']');
}

void json_alerts(struct writer *w, const struct alerts *alerts,
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
