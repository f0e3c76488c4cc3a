/*
 * Windows and statistics as a user writes them.
 *
 * A window is KIND:ARGUMENTS. One table has the kinds; a kind without a
 * word in front of it, a plain number, is sliding. What has a unit is a
 * time, what has none a number of rows. What a number may be is for the
 * library to say, so that program and library cannot disagree.
 */
#include "spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "durations.h"
#include "list.h"
#include "nearest.h"
#include "number.h"

const char spec_window_forms[] =
    "100 or sliding:100, tumbling:100, hopping:100/10, landmark, "
    "decay:alpha=0.1, decay:span=20, decay:halflife=20; with -t 60s or "
    "sliding:60s, tumbling:1h, hopping:6h/1h, session:30m, calendar:day, "
    "decay:halflife=20s";

/* So many rows, or so much time. */
static int parse_size(const char *args, struct spec_window *w)
{
	size_t len = strlen(args);

	w->by_time = durations_like(args, len);
	if (w->by_time)
		return durations_parse(args, len, &w->time.span);
	return number_parse_count(args, len, &w->count.size);
}

/* Both are numbers of rows, or both are times. */
static int parse_size_advance(const char *args, struct spec_window *w)
{
	const char *slash = strchr(args, '/');
	size_t size, advance;

	if (!slash)
		return -1;
	size = (size_t)(slash - args);
	advance = strlen(slash + 1);
	w->by_time = durations_like(args, size);
	if (w->by_time)
		return durations_parse(args, size, &w->time.span) < 0
		    ? -1
		    : durations_parse(slash + 1, advance, &w->time.hop);
	if (number_parse_count(args, size, &w->count.size) < 0)
		return -1;
	return number_parse_count(slash + 1, advance, &w->count.hop);
}

static int parse_nothing(const char *args, struct spec_window *w)
{
	(void)w;
	return *args ? -1 : 0;
}

static int parse_gap(const char *args, struct spec_window *w)
{
	w->by_time = 1;
	return durations_parse(args, strlen(args), &w->time.gap);
}

static int parse_calendar(const char *args, struct spec_window *w)
{
	w->by_time = 1;
	return calendar_parse(args, strlen(args), &w->calendar);
}

/* By time, a half-life is all there is. */
static int parse_half_life(const char *text, struct spec_window *w)
{
	int64_t ns;

	if (durations_parse(text, strlen(text), &ns) < 0)
		return -1;
	w->by_time = 1;
	w->time.half_life = (double)ns;
	return 0;
}

/* "alpha=0.1" or "halflife=20,recursive" */
static int parse_decay(const char *args, struct spec_window *w)
{
	const char *value = strchr(args, '=');
	const char *comma = strchr(args, ',');
	size_t len = comma ? (size_t)(comma - args) : strlen(args);
	size_t name;
	double *where;

	if (!value || value > args + len)
		return -1;
	name = (size_t)(value - args);
	if (name == 5 && memcmp(args, "alpha", name) == 0)
		where = &w->count.alpha;
	else if (name == 4 && memcmp(args, "span", name) == 0)
		where = &w->count.ewm_span;
	else if (name == 8 && memcmp(args, "halflife", name) == 0)
		where = &w->count.half_life;
	else
		return -1;
	len -= name + 1;
	if (name == 8 && !comma && durations_like(value + 1, len) &&
	    parse_half_life(value + 1, w) == 0)
		return 0;
	if (comma && strcmp(comma, ",recursive") != 0)
		return -1;
	w->count.unadjusted = comma != NULL;
	return number_parse(value + 1, len, where);
}

static const struct {
	const char *name;
	int kind;
	int (*parse)(const char *args, struct spec_window *w);
} kinds[] = {
	{ "sliding", LEAT_SLIDING, parse_size },
	{ "tumbling", LEAT_TUMBLING, parse_size },
	{ "hopping", LEAT_HOPPING, parse_size_advance },
	{ "landmark", LEAT_LANDMARK, parse_nothing },
	{ "decay", LEAT_DECAY, parse_decay },
	{ "session", LEAT_SESSION, parse_gap },
	{ "calendar", LEAT_CALENDAR, parse_calendar },
};

static int parse_kind(const char *text, struct spec_window *w)
{
	size_t name = strcspn(text, ":");
	const char *args = text + name + (text[name] == ':');

	if (*text >= '0' && *text <= '9') {
		w->count.kind = w->time.kind = LEAT_SLIDING;
		return parse_size(text, w);
	}
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (strlen(kinds[i].name) != name ||
		    memcmp(kinds[i].name, text, name) != 0)
			continue;
		w->count.kind = w->time.kind = kinds[i].kind;
		return kinds[i].parse(args, w);
	}
	return -1;
}

static void take_window(struct spec_window *to, const struct spec_window *from)
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

int spec_window(const char *text, struct spec_window *window, char *why,
    size_t why_size)
{
	struct spec_window w = { 0 };

	if (parse_kind(text, &w) < 0) {
		snprintf(why, why_size,
		    "\"%.60s\" is not a window; allowed: %s", text,
		    spec_window_forms);
		return -1;
	}
	take_window(window, &w);
	return 0;
}

void spec_describe(const leat_window_options *o, char *text, size_t size)
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

static int is_same(const leat_stat *a, const leat_stat *b)
{
	return a->id == b->id && a->arg == b->arg;
}

static int is_given(const struct spec_stats *s, const leat_stat *stat)
{
	for (size_t i = 0; i < s->n_single; i++)
		if (is_same(&s->single[i], stat))
			return 1;
	for (size_t i = 0; i < s->n_pair; i++)
		if (is_same(&s->pair[i], stat))
			return 1;
	return 0;
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

static int add_stat(struct spec_stats *s, const char *name, char *why,
    size_t why_size)
{
	leat_stat stat;

	if (leat_stat_parse(name, &stat) < 0) {
		char near[80];

		nearest_stat(name, near, sizeof near);
		snprintf(why, why_size,
		    "\"%.60s\" is not a statistic%s%s allowed are count, mean, "
		    "stddev, min, max, ... (see the manual page)",
		    name, near, *near ? "" : ";");
		return -1;
	}
	if (is_given(s, &stat)) {
		snprintf(why, why_size, "%s is given twice",
		    leat_stat_name(&stat));
		return -1;
	}
	if (leat_stat_pairs(&stat))
		s->pair[s->n_pair++] = stat;
	else
		s->single[s->n_single++] = stat;
	return 0;
}

static int add_stats(struct spec_stats *s, const struct list *names, char *why,
    size_t why_size)
{
	s->single = calloc(names->n, sizeof *s->single);
	s->pair = calloc(names->n, sizeof *s->pair);
	if (!s->single || !s->pair) {
		snprintf(why, why_size, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < names->n; i++)
		if (add_stat(s, names->items[i], why, why_size) < 0)
			return -1;
	return 0;
}

int spec_stats(const char *text, struct spec_stats *stats, char *why,
    size_t why_size)
{
	struct spec_stats s = { 0 };
	struct list names = { 0 };
	int err = list_add_split(&names, text);

	if (err < 0)
		snprintf(why, why_size, "out of memory");
	else
		err = add_stats(&s, &names, why, why_size);
	list_clear(&names);
	if (err < 0) {
		spec_stats_clear(&s);
		return -1;
	}
	spec_stats_clear(stats);
	*stats = s;
	return 0;
}

void spec_stats_clear(struct spec_stats *s)
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

static void tape_by_time(const struct spec_window *w, struct tape *t)
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

void spec_window_tape(const struct spec_window *w, struct tape *t)
{
	tape_same(t, (uint64_t)w->by_time, "-w");
	if (w->by_time)
		tape_by_time(w, t);
	else
		tape_by_count(&w->count, t);
	tape_same(t, w->count.min_count, "--min-count");
	tape_same(t, (uint64_t)w->count.on_missing, "--missing");
}

static void tape_stats(const leat_stat *stats, size_t n, struct tape *t)
{
	tape_same(t, n, "-s");
	for (size_t i = 0; i < n; i++)
		tape_same_text(t, leat_stat_name(&stats[i]), "-s");
}

void spec_stats_tape(const struct spec_stats *stats, struct tape *t)
{
	tape_stats(stats->single, stats->n_single, t);
	tape_stats(stats->pair, stats->n_pair, t);
}
