/* Words for what the program does: alerts as JSON, windows as a title. */
#include "describe.h"

#include <stdio.h>
#include <string.h>

#include "../replay/row_format.h"

void describe_alert(struct writer *w, const struct alert_event *event)
{
	char time[LEAT_TIME_SIZE];

	leat_format_time(event->at, time);
	writer_text(w, "{\"time\":\"");
	writer_text(w, time);
	writer_text(w, "\",\"alert\":");
	row_format_json_text(w, event->rule, strlen(event->rule));
	writer_text(w, ",\"state\":");
	writer_text(w, event->raised ? "\"raised\"" : "\"cleared\"");
	writer_text(w, ",\"key\":");
	row_format_json_text(w, event->key, event->key_len);
	writer_text(w, ",\"rule\":");
	row_format_json_text(w, event->text, strlen(event->text));
	writer_text(w, ",\"value\":");
	/* JSON has no NaN and no infinity. */
	if (event->value - event->value == 0)
		writer_number(w, event->value);
	else
		writer_text(w, "null");
	writer_text(w, "}\n");
}

static void span(int64_t ns, char *text, size_t size)
{
	static const struct {
		int64_t ns;
		const char *name;
	} units[] = { { LEAT_DAY, "d" }, { LEAT_HOUR, "h" },
		{ LEAT_MINUTE, "m" }, { LEAT_SECOND, "s" },
		{ LEAT_MILLISECOND, "ms" }, { LEAT_MICROSECOND, "us" } };

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if (ns % units[i].ns == 0) {
			snprintf(text, size, "%lld%s",
			    (long long)(ns / units[i].ns), units[i].name);
			return;
		}
	}
	snprintf(text, size, "%lldns", (long long)ns);
}

static void describe_time(const leat_time_window_options *o, char *text,
    size_t size)
{
	static const char *const kinds[] = {
		[LEAT_SLIDING] = "the last %s",
		[LEAT_TUMBLING] = "windows of %s",
		[LEAT_HOPPING] = "overlapping windows of %s",
		[LEAT_SESSION] = "sessions with gaps of %s",
	};
	char length[40];

	if (o->kind == LEAT_LANDMARK) {
		snprintf(text, size, "everything so far");
	} else if (o->kind == LEAT_DECAY) {
		span((int64_t)o->half_life, length, sizeof length);
		snprintf(text, size, "weights that halve in %s", length);
	} else if (o->kind == LEAT_CALENDAR) {
		snprintf(text, size, "calendar windows");
	} else {
		span(o->kind == LEAT_SESSION ? o->gap : o->span, length,
		    sizeof length);
		/*
		 * The format's text is cut off before its %s, since compilers
		 * check formats only where they can see them.
		 */
		snprintf(text, size, "%.*s%s",
		    (int)(strlen(kinds[o->kind]) - 2), kinds[o->kind], length);
	}
}

void describe_windows(const struct config *c, char *text, size_t size)
{
	const struct settings *s = &c->settings;

	if (s->learning.on)
		snprintf(text, size, "%.120s", s->learning.formula.text);
	else if (s->window.by_time)
		describe_time(&s->window.time, text, size);
	else
		cli_window_describe(&s->window.count, text, size);
}
