/*
 * Options of times on the command line.
 *
 * Windows and times are checked to go together here, so that a message can
 * name the option that is wrong; what a span may be the library says.
 */
#include "cli_time.h"

#include <stdio.h>
#include <string.h>

#include "durations.h"
#include "number.h"
#include "report.h"

enum id {
	ID_TIME = CLI_TIME_FIRST_ID,
	ID_TIME_UNIT,
	ID_OFFSET,
	ID_DELAY,
	ID_LATENESS,
	ID_MAX_SKEW,
	ID_MAX_VALUES,
	ID_MAX_WINDOWS,
	ID_EARLY,
	ID_EMIT_EMPTY,
	ID_MAX_KEYS,
	ID_TTL,
	ID_LATE
};

const struct cli_option cli_time_options[CLI_TIME_N_OPTIONS] = {
	{ ID_TIME, 't', "time", "NAME",
	    "the column of times: ISO 8601, or numbers since 1970" },
	{ ID_TIME_UNIT, 0, "time-unit", "UNIT",
	    "unit of numbers: s, ms, us, ns; default: by size" },
	{ ID_OFFSET, 0, "offset", "DUR",
	    "where tumbling and hopping windows begin: DUR\n"
	    "after (or with - before) 1970-01-01T00:00 UTC" },
	{ ID_DELAY, 0, "delay", "DUR",
	    "rows may come out of order by this much: windows\n"
	    "close DUR later; default: 0s" },
	{ ID_LATENESS, 0, "lateness", "DUR",
	    "for DUR after that, late rows revise windows, whose\n"
	    "results are printed again; default: 0s" },
	{ ID_MAX_SKEW, 0, "max-skew", "DUR",
	    "refuse times more than this ahead of earlier ones\n"
	    "(in a service, of its clock; default: 1d, 0s: no\n"
	    "limit)" },
	{ ID_MAX_VALUES, 0, "max-values", "N",
	    "most values of a key whose windows late ones may\n"
	    "revise: sliding windows with --lateness; default:\n"
	    "0, no limit; in a service 5000" },
	{ ID_MAX_WINDOWS, 0, "max-windows", "N",
	    "most windows of a key that are open or may be\n"
	    "revised; default: 0, no limit; in a service 10000" },
	{ ID_EARLY, 0, "early", "N|DUR",
	    "results of open windows after every N rows of a\n"
	    "key, or whenever DUR has passed" },
	{ ID_EMIT_EMPTY, 0, "emit-empty", NULL,
	    "print also windows without rows, between others" },
	{ ID_MAX_KEYS, 0, "max-keys", "N",
	    "keep N keys; a new one replaces the one with the\n"
	    "least recent row" },
	{ ID_TTL, 0, "ttl", "DUR", "drop keys that have no rows for DUR" },
	{ ID_LATE, 0, "late", "FILE", "write rows that are too late here" },
};

/* Windows of strangers' values are emitted one by one, so many at most. */
enum { MOST_HOPS = 10000 };

#define N_OF(array) (sizeof(array) / sizeof *(array))

/* ---- Options one by one ---- */

static int take_duration(int64_t *ns, const char *arg, char *why,
    size_t why_size)
{
	if (durations_parse(arg, strlen(arg), ns) < 0)
		return report_argument(why, why_size, arg, DURATIONS_FORM);
	return 0;
}

/*
 * Takes a duration above 0, since 0 would mean to the library that none is
 * given.
 */
static int take_positive(int64_t *ns, const char *arg, char *why,
    size_t why_size)
{
	int64_t value;

	if (durations_parse(arg, strlen(arg), &value) < 0 || value == 0)
		return report_argument(why, why_size, arg,
		    DURATIONS_FORM " (greater than 0)");
	*ns = value;
	return 0;
}

/* Takes a duration with a sign or without. */
static int take_offset(int64_t *ns, const char *arg, char *why, size_t why_size)
{
	size_t sign = *arg == '-' || *arg == '+';

	if (durations_parse(arg + sign, strlen(arg + sign), ns) < 0)
		return report_argument(why, why_size, arg, DURATIONS_FORM);
	if (*arg == '-')
		*ns = -*ns;
	return 0;
}

static int take_count(uint64_t *n, const char *arg, const char *allowed,
    char *why, size_t why_size)
{
	uint64_t value;

	if (number_parse_count(arg, strlen(arg), &value) < 0 || value == 0)
		return report_argument(why, why_size, arg, allowed);
	*n = value;
	return 0;
}

static int take_early(struct cli_time *t, const char *arg, char *why,
    size_t why_size)
{
	t->early_count = 0;
	t->early_span = 0;
	if (durations_like(arg, strlen(arg)))
		return take_positive(&t->early_span, arg, why, why_size);
	return take_count(&t->early_count, arg,
	    "a number of rows, nor " DURATIONS_FORM, why, why_size);
}

static int take_unit(struct cli_time *t, const char *arg, char *why,
    size_t why_size)
{
	static const char *const names[] = { "auto", "s", "ms", "us", "ns" };

	for (size_t i = 0; i < N_OF(names); i++) {
		if (strcmp(names[i], arg) != 0)
			continue;
		t->unit = (int)i;
		t->has_unit = 1;
		return 0;
	}
	return report_argument(why, why_size, arg, "auto, s, ms, us or ns");
}

/* Takes a limit of values or windows; 0 means none. */
static int take_limit(uint64_t *limit, int *given, const char *arg, char *why,
    size_t why_size)
{
	if (number_parse_count(arg, strlen(arg), limit) < 0)
		return report_argument(why, why_size, arg, "a whole number");
	*given = 1;
	return 0;
}

static const char *option_name(int id)
{
	for (size_t i = 0; i < N_OF(cli_time_options); i++)
		if (cli_time_options[i].id == id)
			return cli_time_options[i].name;
	return "";
}

int cli_time_take(struct cli_time *t, int id, const char *arg, char *why,
    size_t why_size)
{
	if (id != ID_TIME && id != ID_TIME_UNIT &&
	    !(t->live && (id == ID_MAX_KEYS || id == ID_TTL)))
		t->other = option_name(id);
	switch ((enum id)id) {
	case ID_TIME:
		t->column = arg;
		return 0;
	case ID_TIME_UNIT:
		return take_unit(t, arg, why, why_size);
	case ID_OFFSET:
		return take_offset(&t->offset, arg, why, why_size);
	case ID_DELAY:
		return take_duration(&t->delay, arg, why, why_size);
	case ID_LATENESS:
		return take_duration(&t->lateness, arg, why, why_size);
	case ID_MAX_SKEW:
		return t->live
		    ? take_duration(&t->max_skew, arg, why, why_size)
		    : take_positive(&t->max_skew, arg, why, why_size);
	case ID_MAX_VALUES:
		return take_limit(&t->max_values, &t->has_max_values, arg, why,
		    why_size);
	case ID_MAX_WINDOWS:
		return take_limit(&t->max_windows, &t->has_max_windows, arg,
		    why, why_size);
	case ID_EARLY:
		return take_early(t, arg, why, why_size);
	case ID_EMIT_EMPTY:
		t->emit_empty = 1;
		return 0;
	case ID_MAX_KEYS:
		return take_count(&t->max_keys, arg, "a whole number from 1 on",
		    why, why_size);
	case ID_TTL:
		return take_positive(&t->ttl, arg, why, why_size);
	case ID_LATE:
		t->late = arg;
		return 0;
	}
	return report(why, why_size, "unknown option");
}

/* ---- All of them together ---- */

static int is_grid(int kind)
{
	return kind == LEAT_TUMBLING || kind == LEAT_HOPPING;
}

/*
 * A late value has as many windows emitted again as there are values in the
 * span behind it.
 */
static int is_revised(const struct cli_time *t, const struct cli_window *w)
{
	return w->by_time && w->time.kind == LEAT_SLIDING && t->lateness > 0;
}

/* Kinds of which a key may have many windows at a time. */
static int has_many_windows(const struct cli_window *w)
{
	return w->by_time &&
	    (is_grid(w->time.kind) || w->time.kind == LEAT_SESSION ||
		w->time.kind == LEAT_CALENDAR);
}

static int64_t common_divisor(int64_t a, int64_t b)
{
	while (b > 0) {
		int64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

/* At least as many windows as values in order have at a time, on a grid. */
static uint64_t windows_in_order(const struct cli_time *t,
    const struct cli_window *w)
{
	int64_t step = common_divisor(w->time.span, w->time.hop);

	if (!is_grid(w->time.kind) || step <= 0)
		return 0;
	return (uint64_t)(w->time.span / step) + (uint64_t)(t->delay / step) +
	    (uint64_t)(t->lateness / step) + 4;
}

/* A default gives way to what values in order need; what was given does not. */
static uint64_t most_windows(const struct cli_time *t,
    const struct cli_window *w)
{
	uint64_t need;

	if (!has_many_windows(w))
		return 0;
	if (t->has_max_windows || t->max_windows == 0)
		return t->max_windows;
	need = windows_in_order(t, w);
	return need > t->max_windows ? need : t->max_windows;
}

/* Returns what is wrong, or NULL; sets other to the option that it is about. */
static const char *find_wrong(const struct cli_time *t,
    const struct cli_window *w, const char **other)
{
	*other = "";
	if (w->by_time && !t->column && !t->live)
		return "-w: a window by time needs times; name their column "
		       "with -t";
	if (!w->by_time && t->column && !t->paced)
		return "-t: windows by time are given by a time, such as "
		       "-w 60s; without a unit it is a number of rows";
	if (!t->column && t->has_unit && !t->live)
		return "--time-unit: only together with -t";
	if (!w->by_time && t->other) {
		*other = t->other;
		return ": only for windows by time: -t, and -w with a time, "
		       "such as 60s";
	}
	if (t->offset != 0 && !is_grid(w->time.kind))
		return "--offset: only for tumbling and hopping windows";
	if (t->has_max_values && t->max_values > 0 && !is_revised(t, w))
		return "--max-values: only for sliding windows with --lateness";
	if (t->has_max_windows && t->max_windows > 0 && !has_many_windows(w))
		return "--max-windows: only for tumbling, hopping, session and "
		       "calendar windows";
	if (t->live && w->by_time && w->time.kind == LEAT_HOPPING &&
	    w->time.span / w->time.hop > MOST_HOPS)
		return "-w: in a service no value may be in more than 10000 "
		       "windows";
	if (t->emit_empty && !is_grid(w->time.kind) &&
	    w->time.kind != LEAT_CALENDAR)
		return "--emit-empty: only for tumbling, hopping and calendar "
		       "windows";
	return NULL;
}

static int say_wrong(const char *wrong, const char *other, char *why,
    size_t why_size)
{
	if (!wrong)
		return 0;
	return report(why, why_size, "%s%s%s", *other ? "--" : "", other,
	    wrong);
}

int cli_time_check(const struct cli_time *t, struct cli_window *w, char *why,
    size_t why_size)
{
	const char *wrong, *other;

	if (t->column && w->count.kind == LEAT_LANDMARK)
		w->by_time = 1;
	wrong = find_wrong(t, w, &other);
	if (wrong)
		return say_wrong(wrong, other, why, why_size);
	w->time.offset = t->offset;
	w->time.delay = t->delay;
	w->time.allowed_lateness = t->lateness;
	w->time.max_skew = t->live ? 0 : t->max_skew;
	w->time.max_values = is_revised(t, w) ? t->max_values : 0;
	w->time.max_windows = most_windows(t, w);
	w->time.early_count = t->early_count;
	w->time.early_span = t->early_span;
	w->time.emit_empty = t->emit_empty;
	return 0;
}

int cli_time_check_model(const struct cli_time *t, const struct cli_window *w,
    char *why, size_t why_size)
{
	if (w->by_time)
		return say_wrong("-w: with --model only a number, the "
				 "predictions that --metrics are over",
		    "", why, why_size);
	if (t->other)
		return say_wrong(": not together with --model", t->other, why,
		    why_size);
	return 0;
}

int cli_time_each_row(const struct cli_time *t, const struct cli_window *w)
{
	int kind = w->time.kind;

	return w->by_time && t->delay == 0 && t->lateness == 0 &&
	    t->early_count == 0 && t->early_span == 0 &&
	    (kind == LEAT_SLIDING || kind == LEAT_LANDMARK ||
		kind == LEAT_DECAY);
}

uint64_t cli_time_max_keys(const struct cli_time *t)
{
	uint64_t n = t->max_keys > 0 ? t->max_keys : t->default_keys;

	return t->room_keys > 0 && (n == 0 || n > t->room_keys) ? t->room_keys
								: n;
}

int cli_time_revises(const struct cli_time *t)
{
	return t->lateness > 0 || t->early_count > 0 || t->early_span > 0;
}

int cli_time_flags(const struct cli_time *t)
{
	return cli_time_revises(t) || t->emit_empty || t->max_keys > 0 ||
	    t->ttl > 0;
}

void cli_time_tape(const struct cli_time *t, struct tape *tape)
{
	tape_same(tape, (uint64_t)t->offset, "--offset");
	tape_same(tape, (uint64_t)t->delay, "--delay");
	tape_same(tape, (uint64_t)t->lateness, "--lateness");
	tape_same(tape, t->live ? 0 : (uint64_t)t->max_skew, "--max-skew");
	tape_same(tape, t->early_count, "--early");
	tape_same(tape, (uint64_t)t->early_span, "--early");
	tape_same(tape, (uint64_t)t->emit_empty, "--emit-empty");
	tape_same(tape, t->max_keys > 0, "--max-keys");
	tape_same(tape, (uint64_t)t->ttl, "--ttl");
	tape_same(tape, t->late != NULL, "--late");
}
