/*
 * The options of a program that reads CSV and keeps windows, or learns a
 * model: their tables, their arguments, and which of them a saved state
 * depends on. Each argument is checked when it is taken, and what depends on
 * several options at the end, in cli_check.c.
 */
#include "cli_settings.h"

#include <stdio.h>
#include <string.h>

#include "cli_words.h"
#include "number.h"
#include "report.h"

enum id {
	ID_COLUMN = 1,
	ID_KEY,
	ID_SHOW,
	ID_NO_HEADER,
	ID_DELIMITER,
	ID_NA,
	ID_NA_ONLY,
	ID_RECORD_LINES,
	ID_STRICT,
	ID_SKIP_BAD,
	ID_WINDOW,
	ID_STATS,
	ID_MIN_COUNT,
	ID_MISSING,
	ID_OUTPUT,
	ID_SPREADSHEET,
	ID_FINAL,
	ID_EVERY
};

static const struct cli_option input_options[] = {
	{ ID_COLUMN, 'c', "column", "NAME[,NAME]",
	    "value columns, by name or #N (from 1);\n"
	    "default: every numeric column" },
	{ ID_KEY, 'k', "key", "NAME",
	    "one window for each distinct value of this column" },
	{ ID_SHOW, 0, "show", "NAME[,NAME]",
	    "copy these columns to the output" },
	{ ID_NO_HEADER, 0, "no-header", NULL,
	    "the first line is data; columns are #1, #2, ..." },
	{ ID_DELIMITER, 0, "delimiter", "C",
	    "the byte between fields, or tab; default: comma" },
	{ ID_NA, 0, "na", "LIST",
	    "more texts for missing values than the empty field,\n"
	    "NA, N/A, n/a, #N/A, NaN, NULL, null, None, -, \\N" },
	{ ID_NA_ONLY, 0, "na-only", "LIST",
	    "the only texts for missing values" },
	{ ID_RECORD_LINES, 0, "record-lines", "N",
	    "quotes that are open for more lines are stray ones;\n"
	    "default: 1000, in streams 16" },
	{ ID_STRICT, 0, "strict", NULL,
	    "stop at the first bad record (the default)" },
	{ ID_SKIP_BAD, 0, "skip-bad", NULL,
	    "skip bad records and report them at the end" },
};

static const struct cli_option window_options[] = {
	{ ID_WINDOW, 'w', "window", "SPEC",
	    "100 (the default): the last 100 values\n"
	    "tumbling:100, hopping:100/10, landmark,\n"
	    "decay:alpha=0.1, decay:span=20, decay:halflife=20;\n"
	    "decay also with ,recursive;\n"
	    "with -t by time: 60s, tumbling:1h, hopping:6h/1h,\n"
	    "session:30m, calendar:hour|day|week|month|year,\n"
	    "calendar:day+02:00, landmark, decay:halflife=20s;\n"
	    "units: ns us ms s m h d w, also as in 1h30m;\n"
	    "with options: 'tumbling:1m delay:5s lateness:1m'" },
	{ ID_STATS, 's', "stats", "LIST",
	    "default: count,mean,stddev,min,max;\n"
	    "pairs (two columns): covariance, correlation,\n"
	    "slope, intercept; prediction and true value:\n"
	    "mae, mse, rmse, r2, bias, log_loss, accuracy,\n"
	    "coverage, auc" },
	{ ID_MIN_COUNT, 0, "min-count", "N",
	    "no results for fewer values; default: 1" },
	{ ID_MISSING, 0, "missing", "skip|propagate",
	    "treatment of missing values; default: skip" },
};

static const struct cli_option output_options[] = {
	{ ID_OUTPUT, 'o', "output", "FORMAT",
	    "csv (the default), json (one object a line),\n"
	    "table, none" },
	{ ID_SPREADSHEET, 0, "spreadsheet", NULL,
	    "in csv, put a ' before texts that look like formulas" },
	{ ID_FINAL, 0, "final", NULL,
	    "print only the last results of each key" },
	{ ID_EVERY, 0, "every", "N", "a row every N input rows" },
};

#define N_OF(array) (sizeof(array) / sizeof *(array))

const struct cli_option_group settings_groups[SETTINGS_N_GROUPS] = {
	{ "Input", input_options, N_OF(input_options) },
	{ "Windows", window_options, N_OF(window_options) },
	{ "Windows by time", cli_time_options, CLI_TIME_N_OPTIONS },
	{ "Models", cli_model_options, CLI_MODEL_N_OPTIONS },
	{ "Output", output_options, N_OF(output_options) },
};

/* A backslash is nothing special here; \\N is what databases write. */
static const char default_na[] = ",NA,NaN,null,N/A,n/a,#N/A,NULL,None,-,\\N";
static const char default_stats[] = "count,mean,stddev,min,max";

int settings_init(struct settings *s)
{
	char why[128];

	memset(s, 0, sizeof *s);
	s->delimiter = ',';
	s->window.count.kind = LEAT_SLIDING;
	s->window.count.size = 100;
	if (list_add_split(&s->na, default_na) == 0 &&
	    cli_stats_parse(default_stats, &s->stats, why, sizeof why) == 0)
		return 0;
	settings_clear(s);
	return -1;
}

void settings_clear(struct settings *s)
{
	list_clear(&s->columns);
	list_clear(&s->show);
	list_clear(&s->na);
	cli_stats_clear(&s->stats);
	cli_model_clear(&s->learning);
}

static int add_to_list(struct list *list, const char *arg, char *why,
    size_t why_size)
{
	if (list_add_split(list, arg) == 0)
		return 0;
	return report(why, why_size, "out of memory");
}

static int take_delimiter(struct settings *s, const char *arg, char *why,
    size_t why_size)
{
	if (strcmp(arg, "\\t") == 0 || strcmp(arg, "tab") == 0)
		arg = "\t";
	if (strlen(arg) != 1 || strchr("\"\r\n", *arg))
		return report_argument(why, why_size, arg,
		    "one byte (not a quote or a line end) or tab");
	s->delimiter = *arg;
	return 0;
}

static int take_count(uint64_t *n, const char *arg, char *why, size_t why_size)
{
	uint64_t value;

	if (number_parse_count(arg, strlen(arg), &value) < 0 || value == 0)
		return report_argument(why, why_size, arg,
		    "a whole number from 1 on");
	*n = value;
	return 0;
}

static int take_missing(struct settings *s, const char *arg, char *why,
    size_t why_size)
{
	if (strcmp(arg, "skip") == 0)
		s->window.count.on_missing = LEAT_ON_MISSING_SKIP;
	else if (strcmp(arg, "propagate") == 0)
		s->window.count.on_missing = LEAT_ON_MISSING_PROPAGATE;
	else
		return report_argument(why, why_size, arg, "skip or propagate");
	return 0;
}

static int take_output(struct settings *s, const char *arg, char *why,
    size_t why_size)
{
	if (row_format_parse(arg, &s->format) < 0)
		return report_argument(why, why_size, arg,
		    "csv, json, table or none");
	return 0;
}

static const struct cli_option *option_named(const char *name)
{
	for (size_t i = 0; i < N_OF(window_options); i++)
		if (strcmp(window_options[i].name, name) == 0)
			return &window_options[i];
	for (size_t i = 0; i < CLI_TIME_N_OPTIONS; i++)
		if (strcmp(cli_time_options[i].name, name) == 0)
			return &cli_time_options[i];
	return NULL;
}

/* A cli_words_take. */
static int take_named(void *ctx, const char *name, const char *value, char *why,
    size_t why_size)
{
	const struct cli_option *o = option_named(name);

	if (!o || (o->arg != NULL) != (value != NULL))
		return report(why, why_size,
		    o && o->arg ? "needs a value: %s" : "takes no value",
		    o && o->arg ? o->arg : "");
	return settings_take(ctx, o->id, value, why, why_size);
}

/* The window, and with it may go options of windows. */
static int take_window(struct settings *s, const char *arg, char *why,
    size_t why_size)
{
	char window[160];

	if (cli_words_split(arg, window, sizeof window, take_named, s, why,
		why_size) < 0)
		return -1;
	s->window_given = 1;
	return cli_window_parse(window, &s->window, why, why_size);
}

int settings_take(struct settings *s, int id, const char *arg, char *why,
    size_t why_size)
{
	if (id >= CLI_TIME_FIRST_ID && id < CLI_TIME_LAST_ID)
		return cli_time_take(&s->timing, id, arg, why, why_size);
	if (id >= CLI_MODEL_FIRST_ID && id < CLI_MODEL_LAST_ID)
		return cli_model_take(&s->learning, id, arg, why, why_size);
	switch ((enum id)id) {
	case ID_COLUMN:
		return add_to_list(&s->columns, arg, why, why_size);
	case ID_KEY:
		s->key = arg;
		return 0;
	case ID_SHOW:
		return add_to_list(&s->show, arg, why, why_size);
	case ID_NO_HEADER:
		s->no_header = 1;
		return 0;
	case ID_DELIMITER:
		return take_delimiter(s, arg, why, why_size);
	case ID_NA_ONLY:
		list_clear(&s->na);
		s->na_given = 1;
		return add_to_list(&s->na, arg, why, why_size);
	case ID_NA:
		s->na_given = 1;
		return add_to_list(&s->na, arg, why, why_size);
	case ID_RECORD_LINES:
		return take_count(&s->record_lines, arg, why, why_size);
	case ID_STRICT:
		s->skip_bad = 0;
		return 0;
	case ID_SKIP_BAD:
		s->skip_bad = 1;
		return 0;
	case ID_WINDOW:
		return take_window(s, arg, why, why_size);
	case ID_STATS:
		s->stats_given = 1;
		return cli_stats_parse(arg, &s->stats, why, why_size);
	case ID_MIN_COUNT:
		return take_count(&s->window.count.min_count, arg, why,
		    why_size);
	case ID_MISSING:
		return take_missing(s, arg, why, why_size);
	case ID_OUTPUT:
		return take_output(s, arg, why, why_size);
	case ID_SPREADSHEET:
		s->spreadsheet = 1;
		return 0;
	case ID_FINAL:
		s->final = 1;
		return 0;
	case ID_EVERY:
		return take_count(&s->every, arg, why, why_size);
	}
	return report(why, why_size, "unknown option");
}

uint64_t settings_record_lines(const struct settings *s)
{
	if (s->record_lines > 0)
		return s->record_lines;
	return s->timing.live ? 16 : 1000;
}

leat_time_window_options settings_time_window(const struct settings *s)
{
	leat_time_window_options o = s->window.time;

	o.min_count = s->window.count.min_count;
	o.on_missing = s->window.count.on_missing;
	if (o.kind == LEAT_CALENDAR) {
		o.calendar.interval = calendar_interval;
		/* The callback takes it as const again. */
		o.calendar.ctx = (void *)(uintptr_t)&s->window.calendar;
	}
	return o;
}

/* ---- Saved state ---- */

/* By default, the default of old: a state may be older than what was added. */
static void tape_na(const struct settings *s, struct tape *t)
{
	struct list old = { 0 };

	if (s->na_given)
		tape_same_list(t, &s->na, "--na");
	else if (list_add_split(&old, ",NA,NaN,null") == 0)
		tape_same_list(t, &old, "--na");
	else
		tape_no_memory(t);
	list_clear(&old);
}

/* That bad records may be skipped is a way out, so it may be new. */
void settings_tape(const struct settings *s, struct tape *t)
{
	const struct cli_model *l = &s->learning;

	tape_same(t, (unsigned char)s->delimiter, "--delimiter");
	tape_same(t, (uint64_t)s->no_header, "--no-header");
	tape_same_text(t, s->key, "-k");
	tape_same_text(t, l->on ? l->formula.text : NULL, "--model");
	tape_same_list(t, &s->columns, "-c");
	tape_same_list(t, &s->show, "--show");
	tape_na(s, t);
	if (l->on) {
		cli_model_tape(l, t);
	} else {
		cli_window_tape(&s->window, t);
		cli_stats_tape(&s->stats, t);
	}
	if (s->window.by_time || l->on) {
		tape_same_text(t, s->timing.column, "-t");
		tape_same(t, (uint64_t)s->timing.unit, "--time-unit");
	}
	if (s->window.by_time)
		cli_time_tape(&s->timing, t);
	tape_same_text(t, row_format_name(s->format), "-o");
	tape_same(t, (uint64_t)s->final, "--final");
	tape_same(t, s->every, "--every");
}
