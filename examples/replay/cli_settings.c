/*
 * What a program that reads CSV and keeps windows, or learns a model, is
 * told on its command line. Each option's argument is checked when it is
 * taken; what depends on several options is checked at the end, by asking
 * the library, so that its rules are not written down twice.
 */
#include "cli_settings.h"

#include <stdio.h>
#include <string.h>

#include "cli_words.h"
#include "number.h"

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
	    "what separates fields, or tab; default: comma" },
	{ ID_NA, 0, "na", "LIST",
	    "texts that mean missing, beside the empty field,\n"
	    "NA, N/A, n/a, #N/A, NaN, NULL, null, None, -, \\N" },
	{ ID_NA_ONLY, 0, "na-only", "LIST",
	    "texts that mean missing, and no others" },
	{ ID_RECORD_LINES, 0, "record-lines", "N",
	    "quotes that are open for longer are taken for stray\n"
	    "ones; default: 1000, of streams 16" },
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
	    "slope, intercept; of a prediction and what came:\n"
	    "mae, mse, rmse, r2, bias, log_loss, accuracy,\n"
	    "coverage, auc" },
	{ ID_MIN_COUNT, 0, "min-count", "N",
	    "no results of fewer values than this; default: 1" },
	{ ID_MISSING, 0, "missing", "skip|propagate",
	    "what statistics do with missing values;\n"
	    "default: skip" },
};

static const struct cli_option output_options[] = {
	{ ID_OUTPUT, 'o', "output", "FORMAT",
	    "csv (the default), json (one object a line),\n"
	    "table, none" },
	{ ID_SPREADSHEET, 0, "spreadsheet", NULL,
	    "in csv, a ' before texts that would be formulas" },
	{ ID_FINAL, 0, "final", NULL, "only each key's last state" },
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

static int fail(char *why, size_t why_size, const char *arg,
    const char *allowed)
{
	snprintf(why, why_size, "\"%.60s\" is not %s", arg, allowed);
	return -1;
}

static int add_to_list(struct list *list, const char *arg, char *why,
    size_t why_size)
{
	if (list_add_split(list, arg) == 0)
		return 0;
	snprintf(why, why_size, "out of memory");
	return -1;
}

static int take_delimiter(struct settings *s, const char *arg, char *why,
    size_t why_size)
{
	if (strcmp(arg, "\\t") == 0 || strcmp(arg, "tab") == 0)
		arg = "\t";
	if (strlen(arg) != 1 || strchr("\"\r\n", *arg))
		return fail(why, why_size, arg,
		    "one byte (not a quote or a line end) or tab");
	s->delimiter = *arg;
	return 0;
}

static int take_count(uint64_t *n, const char *arg, char *why, size_t why_size)
{
	uint64_t value;

	if (number_parse_count(arg, strlen(arg), &value) < 0 || value == 0)
		return fail(why, why_size, arg, "a whole number from 1 on");
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
		return fail(why, why_size, arg, "skip or propagate");
	return 0;
}

static int take_output(struct settings *s, const char *arg, char *why,
    size_t why_size)
{
	if (row_format_parse(arg, &s->format) < 0)
		return fail(why, why_size, arg, "csv, json, table or none");
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

	if (!o || (o->arg != NULL) != (value != NULL)) {
		snprintf(why, why_size,
		    o && o->arg ? "needs a value: %s" : "takes no value",
		    o && o->arg ? o->arg : "");
		return -1;
	}
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
	snprintf(why, why_size, "unknown option");
	return -1;
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
		/* It is const there. */
		o.calendar.ctx = (void *)(uintptr_t)&s->window.calendar;
	}
	return o;
}

/* Early results are refused where there is nobody to tell. */
static int tell_nobody(void *ctx, const leat_result *result)
{
	(void)ctx;
	(void)result;
	return 0;
}

static int try_time_stat(const struct settings *s, const leat_stat *stat,
    const char **wrong)
{
	leat_time_window_options o = settings_time_window(s);

	o.sink.emit = tell_nobody;
	o.stats = stat;
	o.n_stats = 1;
	return leat_time_window_check(&o, NULL, wrong);
}

/* What the library says to a window of this with one statistic. */
static int try_stat(const struct settings *s, const leat_stat *stat,
    const char **wrong)
{
	leat_window_options o = s->window.count;

	if (s->window.by_time)
		return try_time_stat(s, stat, wrong);
	o.stats = stat;
	o.n_stats = 1;
	return leat_window_check(&o, NULL, wrong);
}

static int check_window(const struct settings *s, char *why, size_t why_size)
{
	static const leat_stat count = LEAT_COUNT;
	const leat_window_options *o = &s->window.count;
	const char *wrong = "";
	int err = try_stat(s, &count, &wrong);
	int sized = !s->window.by_time && o->kind != LEAT_LANDMARK &&
	    o->kind != LEAT_DECAY;

	if (err == 0)
		return 0;
	if (sized && o->size > 0 && o->min_count > o->size)
		snprintf(why, why_size,
		    "--min-count: larger than the window (-w)");
	else
		snprintf(why, why_size, "-w: %s", wrong);
	return -1;
}

static int check_stats(struct settings *s, leat_stat *stats, size_t *n,
    char *why, size_t why_size)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++) {
		const char *wrong = "";
		int err = try_stat(s, &stats[i], &wrong);

		if (err == 0) {
			stats[kept++] = stats[i];
			continue;
		}
		if (err == LEAT_ESTAT && !s->stats_given)
			continue;
		snprintf(why, why_size, "-s: %s: %s", leat_stat_name(&stats[i]),
		    err == LEAT_ESTAT ? "this kind of window does not have it"
				      : wrong);
		return -1;
	}
	*n = kept;
	return 0;
}

/* With a model there is one window, that of the metrics. */
static int check_model(struct settings *s, char *why, size_t why_size)
{
	struct cli_model *l = &s->learning;
	const char *wrong = NULL;

	if (s->stats_given)
		wrong = "-s: not together with --model; how good the "
			"predictions are is said by --metrics";
	else if (s->columns.n > 0)
		wrong = "-c: not together with --model; the formula names the "
			"columns";
	else if (s->window_given && s->window.count.kind != LEAT_SLIDING)
		wrong = "-w: with --model only a number, the predictions that "
			"--metrics are over";
	else if (s->window.count.min_count > 0)
		wrong = "--min-count: not together with --model";
	else if (s->window.count.on_missing != LEAT_ON_MISSING_SKIP)
		wrong = "--missing: not together with --model; what is "
			"missing is not learned from";
	else if (l->coefficients && (s->final || s->every || s->show.n > 0))
		wrong = "--coefficients: not together with --final, --every "
			"or --show";
	if (wrong) {
		snprintf(why, why_size, "%s", wrong);
		return -1;
	}
	if (cli_time_check_model(&s->timing, &s->window, why, why_size) < 0)
		return -1;
	l->size = s->window_given ? s->window.count.size : 0;
	if (s->window_given && check_window(s, why, why_size) < 0)
		return -1;
	return cli_model_check(l, why, why_size);
}

/* What there is of rows of output depends on when windows are told. */
static int check_rows(const struct settings *s, char *why, size_t why_size)
{
	const char *wrong = NULL;
	int each_row = cli_time_each_row(&s->timing, &s->window);

	if (!s->window.by_time || (each_row && !s->final))
		return 0;
	else if (s->every)
		wrong = "--every: by time only with windows that have a row "
			"for each input row; else see --early";
	else if (s->show.n > 0)
		wrong = "--show: by time only with windows that have a row "
			"for each input row";
	if (!wrong)
		return 0;
	snprintf(why, why_size, "%s", wrong);
	return -1;
}

int settings_check(struct settings *s, char *why, size_t why_size)
{
	if (s->final && s->every) {
		snprintf(why, why_size, "--every: not together with --final");
		return -1;
	}
	if (s->learning.on)
		return check_model(s, why, why_size);
	if (cli_model_check(&s->learning, why, why_size) < 0 ||
	    cli_time_check(&s->timing, &s->window, why, why_size) < 0 ||
	    check_rows(s, why, why_size) < 0)
		return -1;
	if (s->stats.n_pair > 0 && s->columns.n != 2) {
		snprintf(why, why_size,
		    "-s: %s needs exactly two columns, x and y: -c X,Y",
		    leat_stat_name(&s->stats.pair[0]));
		return -1;
	}
	if (check_window(s, why, why_size) < 0)
		return -1;
	if (check_stats(s, s->stats.single, &s->stats.n_single, why, why_size) <
	    0)
		return -1;
	return check_stats(s, s->stats.pair, &s->stats.n_pair, why, why_size);
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
