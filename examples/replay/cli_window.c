/*
 * Windows and statistics as a user writes them.
 *
 * The library reads them. A window is by count if it can be one, and else by
 * time; here every time has a unit, as what has none is a number of rows. What
 * a number may be is for the library to say, so that program and library
 * cannot disagree.
 */
#include "cli_window.h"

#include <leat_text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durations.h"
#include "nearest.h"
#include "report.h"

const char cli_window_forms[] =
    "100 or sliding:100, tumbling:100, hopping:100/10, landmark, "
    "decay:alpha=0.1, decay:span=20, decay:halflife=20; with -t 60s or "
    "sliding:60s, tumbling:1h, hopping:6h/1h, session:30m, calendar:day, "
    "decay:halflife=20s";

/* Tells a window from more words; a recursive decay has a comma. */
static int is_one_word(const char *text)
{
	const char *rest = strpbrk(text, ", \t\n\v\f\r");

	return !rest || strcmp(rest, ",recursive") == 0 ||
	    strcmp(rest, ",unadjusted") == 0;
}

/* To the library a number without a unit is a time, too. */
static int has_units(const char *text)
{
	for (text += strspn(text, ":/=,"); *text;) {
		size_t len = strcspn(text, ":/=,");

		if (*text >= '0' && *text <= '9' && !durations_like(text, len))
			return 0;
		text += len;
		text += strspn(text, ":/=,");
	}
	return 1;
}

static int parse_calendar(const char *args, struct cli_window *w)
{
	w->by_time = 1;
	w->count.kind = w->time.kind = LEAT_CALENDAR;
	return calendar_parse(args, strlen(args), &w->calendar);
}

/* Sets *place, on failure, to where the library stopped. */
static int parse_window(const char *text, struct cli_window *w, size_t *place)
{
	static const char calendar[] = "calendar:";
	size_t n = sizeof calendar - 1;

	*place = n;
	if (strncmp(text, calendar, n) == 0)
		return parse_calendar(text + n, w);
	*place = 0;
	if (!is_one_word(text))
		return -1;
	if (leat_window_options_parse(text, &w->count, NULL, NULL) == 0) {
		w->time.kind = w->count.kind;
		return w->count.kind ? 0 : -1;
	}
	w->by_time = 1;
	if (leat_time_window_options_parse(text, &w->time, place, NULL) < 0)
		return -1;
	w->count.kind = w->time.kind;
	return w->time.kind && w->time.kind != LEAT_CALENDAR && has_units(text)
	    ? 0
	    : -1;
}

static void take_window(struct cli_window *to, const struct cli_window *from)
{
	to->by_time = from->by_time;
	to->count.kind = from->count.kind;
	to->count.size = from->count.size;
	to->count.hop = from->count.hop;
	to->count.alpha = from->count.alpha;
	to->count.ewm_span = from->count.ewm_span;
	to->count.half_life = from->count.half_life;
	to->count.unadjusted = from->count.unadjusted;
	to->time.kind = from->time.kind;
	to->time.span = from->time.span;
	to->time.hop = from->time.hop;
	to->time.gap = from->time.gap;
	to->time.half_life = from->time.half_life;
	to->calendar = from->calendar;
}

/* The kind that may have been meant, where the library stopped. */
static void nearest_kind(const char *text, char *near, size_t size)
{
	static const char *const kinds[] = { "sliding", "tumbling", "hopping",
		"landmark", "decay", "session", "calendar", "alpha", "span",
		"halflife" };
	struct nearest nearest = nearest_to(text, strcspn(text, ":/=,"));

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		nearest_offer(&nearest, kinds[i]);
	near[0] = '\0';
	if (nearest.distance > 0)
		nearest_text(&nearest, "", near, size);
}

int cli_window_parse(const char *text, struct cli_window *window, char *why,
    size_t why_size)
{
	struct cli_window w = { 0 };
	size_t place;
	char near[80];

	if (parse_window(text, &w, &place) < 0) {
		nearest_kind(text + place, near, sizeof near);
		return report(why, why_size,
		    "\"%.60s\" is not a window%s%s allowed: %s", text, near,
		    *near ? "" : ";", cli_window_forms);
	}
	take_window(window, &w);
	return 0;
}

void cli_window_describe(const leat_window_options *o, char *text, size_t size)
{
	double n = (double)o->size;

	switch (o->kind) {
	case LEAT_SLIDING:
		snprintf(text, size, "the last %.0f rows", n);
		break;
	case LEAT_TUMBLING:
		snprintf(text, size, "every %.0f rows", n);
		break;
	case LEAT_HOPPING:
		snprintf(text, size, "%.0f rows, every %.0f rows", n,
		    (double)o->hop);
		break;
	case LEAT_LANDMARK:
		snprintf(text, size, "all rows so far");
		break;
	default:
		snprintf(text, size, "all rows so far, with weights that fade");
	}
}

static void nearest_stat(const char *name, char *text, size_t size)
{
	struct nearest nearest = nearest_to(name, strlen(name));

	for (int id = 0; id < 256; id++) {
		leat_stat stat = LEAT_STAT_INIT(id);
		const char *known = leat_stat_name(&stat);

		if (known)
			nearest_offer(&nearest, known);
	}
	nearest_text(&nearest, "", text, size);
}

static int fail_stat(const char *text, size_t place, int err, const char *said,
    char *why, size_t why_size)
{
	char name[64], near[80];
	size_t len = strcspn(text + place, ",");

	snprintf(name, sizeof name, "%.*s", len < 60 ? (int)len : 60,
	    text + place);
	if (err == LEAT_ESTAT || *name == '\0') {
		nearest_stat(name, near, sizeof near);
		snprintf(why, why_size,
		    "\"%s\" is not a statistic%s%s allowed are count, mean, "
		    "stddev, min, max, ... (see the manual page)",
		    name, near, *near ? "" : ";");
	} else {
		snprintf(why, why_size, "\"%s\": %s", name, said);
	}
	return -1;
}

/* Columns are called by their statistics. */
static int is_given(const leat_stat *stats, size_t n, const leat_stat *stat)
{
	for (size_t i = 0; i < n; i++)
		if (stats[i].id == stat->id)
			return 1;
	return 0;
}

static int sort_stats(struct cli_stats *s, const leat_stat *all, size_t n,
    char *why, size_t why_size)
{
	for (size_t i = 0; i < n; i++) {
		if (is_given(all, i, &all[i]))
			return report(why, why_size, "%s is given twice",
			    leat_stat_name(&all[i]));
		if (leat_stat_pairs(&all[i]))
			s->pair[s->n_pair++] = all[i];
		else
			s->single[s->n_single++] = all[i];
	}
	return 0;
}

static int read_stats(struct cli_stats *s, const char *text, size_t n,
    char *why, size_t why_size)
{
	leat_stat *all = calloc(n, sizeof *all);
	int err = -1;

	s->single = calloc(n, sizeof *s->single);
	s->pair = calloc(n, sizeof *s->pair);
	if (all && s->single && s->pair &&
	    leat_stats_parse(text, all, n, &n, NULL, NULL) == 0)
		err = sort_stats(s, all, n, why, why_size);
	else
		snprintf(why, why_size, "out of memory");
	free(all);
	return err;
}

int cli_stats_parse(const char *text, struct cli_stats *stats, char *why,
    size_t why_size)
{
	struct cli_stats s = { 0 };
	const char *said;
	size_t n, place;
	int err = leat_stats_parse(text, NULL, 0, &n, &place, &said);

	if (err < 0)
		return fail_stat(text, place, err, said, why, why_size);
	if (read_stats(&s, text, n, why, why_size) < 0) {
		cli_stats_clear(&s);
		return -1;
	}
	cli_stats_clear(stats);
	*stats = s;
	return 0;
}

void cli_stats_clear(struct cli_stats *s)
{
	free(s->single);
	free(s->pair);
	memset(s, 0, sizeof *s);
}

/* ---- Saved state ---- */

static void tape_by_count(const leat_window_options *o, struct tape *t)
{
	tape_same(t, (uint64_t)o->kind, "-w");
	tape_same(t, o->size, "-w");
	tape_same(t, o->hop, "-w");
	tape_same_double(t, o->alpha, "-w");
	tape_same_double(t, o->ewm_span, "-w");
	tape_same_double(t, o->half_life, "-w");
	tape_same(t, (uint64_t)o->unadjusted, "-w");
}

static void tape_by_time(const struct cli_window *w, struct tape *t)
{
	const leat_time_window_options *o = &w->time;

	tape_same(t, (uint64_t)o->kind, "-w");
	tape_same(t, (uint64_t)o->span, "-w");
	tape_same(t, (uint64_t)o->hop, "-w");
	tape_same(t, (uint64_t)o->gap, "-w");
	tape_same_double(t, o->half_life, "-w");
	tape_same(t, (uint64_t)w->calendar.unit, "-w");
	tape_same(t, (uint64_t)w->calendar.ahead, "-w");
}

void cli_window_tape(const struct cli_window *w, struct tape *t)
{
	tape_same(t, (uint64_t)w->by_time, "-w");
	if (w->by_time)
		tape_by_time(w, t);
	else
		tape_by_count(&w->count, t);
	tape_same(t, w->count.min_count, "--min-count");
	tape_same(t, (uint64_t)w->count.on_missing, "--missing");
}

/* An argument goes with its name where it is not the usual one. */
static void tape_stat(const leat_stat *stat, struct tape *t)
{
	leat_stat usual;
	char text[80];

	if (leat_stat_parse(leat_stat_name(stat), &usual) < 0 ||
	    usual.arg == stat->arg) {
		tape_same_text(t, leat_stat_name(stat), "-s");
		return;
	}
	snprintf(text, sizeof text, "%s/%.17g", leat_stat_name(stat),
	    stat->arg);
	tape_same_text(t, text, "-s");
}

static void tape_stats(const leat_stat *stats, size_t n, struct tape *t)
{
	tape_same(t, n, "-s");
	for (size_t i = 0; i < n; i++)
		tape_stat(&stats[i], t);
}

void cli_stats_tape(const struct cli_stats *stats, struct tape *t)
{
	tape_stats(stats->single, stats->n_single, t);
	tape_stats(stats->pair, stats->n_pair, t);
}
