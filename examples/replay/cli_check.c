/*
 * Checks that the options of a command line go together. The library is
 * asked wherever it can say, so that its rules are not written down twice.
 */
#include "cli_settings.h"
#include "report.h"

#include <stdio.h>

/* The library refuses early results where there is no sink. */
static int emit_nowhere(void *ctx, const leat_result *result)
{
	(void)ctx;
	(void)result;
	return 0;
}

static int try_time_stat(const struct settings *s, const leat_stat *stat,
    const char **wrong)
{
	leat_time_window_options o = settings_time_window(s);

	o.sink.emit = emit_nowhere;
	o.stats = stat;
	o.n_stats = 1;
	return leat_time_window_check(&o, NULL, wrong);
}

/* Returns the error of leat_window_check() with this one statistic, or 0. */
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
		wrong = "--min-count: larger than the window (-w)";
	return report(why, why_size, "%s%s",
	    *wrong == '-' ? "" : "-w: ", wrong);
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
		return report(why, why_size, "-s: %s: %s",
		    leat_stat_name(&stats[i]),
		    err == LEAT_ESTAT ? "not supported by this kind of window"
				      : wrong);
	}
	*n = kept;
	return 0;
}

/* A model has one window, that of its metrics. */
static int check_model(struct settings *s, char *why, size_t why_size)
{
	struct cli_model *l = &s->learning;
	const char *wrong = NULL;

	if (s->stats_given)
		wrong = "-s: not together with --model; use --metrics for the "
			"accuracy of predictions";
	else if (s->columns.n > 0)
		wrong = "-c: not together with --model; the formula names the "
			"columns";
	else if (s->window_given && s->window.count.kind != LEAT_SLIDING)
		wrong = "-w: with --model only a number, the predictions that "
			"--metrics are over";
	else if (s->window.count.min_count > 0)
		wrong = "--min-count: not together with --model";
	else if (s->window.count.on_missing != LEAT_ON_MISSING_SKIP)
		wrong = "--missing: not together with --model, which skips "
			"missing values";
	else if (l->coefficients && (s->final || s->every || s->show.n > 0))
		wrong = "--coefficients: not together with --final, --every "
			"or --show";
	if (wrong)
		return report(why, why_size, "%s", wrong);
	if (cli_time_check_model(&s->timing, &s->window, why, why_size) < 0)
		return -1;
	l->size = s->window_given ? s->window.count.size : 0;
	if (s->window_given && check_window(s, why, why_size) < 0)
		return -1;
	return cli_model_check(l, why, why_size);
}

/* Some options need a row of output for each row of input. */
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
	return report(why, why_size, "%s", wrong);
}

int settings_check(struct settings *s, char *why, size_t why_size)
{
	if (s->final && s->every)
		return report(why, why_size,
		    "--every: not together with --final");
	if (s->learning.on)
		return check_model(s, why, why_size);
	if (cli_model_check(&s->learning, why, why_size) < 0 ||
	    cli_time_check(&s->timing, &s->window, why, why_size) < 0 ||
	    check_rows(s, why, why_size) < 0)
		return -1;
	if (s->stats.n_pair > 0 && s->columns.n != 2)
		return report(why, why_size,
		    "-s: %s needs exactly two columns, x and y: -c X,Y",
		    leat_stat_name(&s->stats.pair[0]));
	if (check_window(s, why, why_size) < 0)
		return -1;
	if (check_stats(s, s->stats.single, &s->stats.n_single, why, why_size) <
	    0)
		return -1;
	return check_stats(s, s->stats.pair, &s->stats.n_pair, why, why_size);
}
