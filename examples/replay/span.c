/*
 * A window by time as texts: its start and end, and how its result came about.
 */
#include "span.h"

#include <stdio.h>

static void set_text(leat_csv_field *field, const char *text, size_t len)
{
	field->text = text;
	field->len = len;
}

void span_interval(struct span *s, int kind, const leat_result *result,
    leat_csv_field *start_out, leat_csv_field *end_out)
{
	int64_t start = result->start, end = result->end;

	if (kind == LEAT_SLIDING && start > INT64_MIN)
		start--;
	if (kind == LEAT_SLIDING || kind == LEAT_LANDMARK || kind == LEAT_DECAY)
		end -= end > INT64_MIN;
	set_text(start_out, s->start, leat_format_time(start, s->start));
	set_text(end_out, s->end, leat_format_time(end, s->end));
}

void span_flags(struct span *s, int flags, leat_csv_field *out)
{
	static const struct {
		int flag;
		const char *word;
	} words[] = {
		{ LEAT_RESULT_EARLY, "early" },
		{ LEAT_RESULT_UPDATED, "late" },
		{ LEAT_RESULT_EMPTY, "empty" },
		{ LEAT_RESULT_RETRACTED, "retracted" },
		{ LEAT_RESULT_DROPPED, "evicted" },
	};
	size_t n = 0;

	s->flags[0] = '\0';
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (flags & words[i].flag)
			n += (size_t)snprintf(s->flags + n, sizeof s->flags - n,
			    "%s%s", n > 0 ? "+" : "", words[i].word);
	set_text(out, s->flags, n);
}
