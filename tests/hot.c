/*
 * The calls that are made most, each so often that its instructions can be
 * counted: .ci/instructions runs this under callgrind, which collects only
 * what hot_calls() runs, and compares with tests/instructions.txt.
 *
 *      hot NAME    calls it CALLS times
 *      hot         prints all names, and CALLS
 *
 * A window is full, a key known and a model warm before the counting begins.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat_text.h>

#include "data.h"

enum { CALLS = 100000, WINDOW = 100, FEATURES = 16, FIELDS = 6 };

static double values[CALLS];
static double out[8], sum;

static const leat_stat one[] = { LEAT_SUM };
static const leat_stat two[] = { LEAT_MEAN, LEAT_STDDEV };
static const leat_stat six[] = { LEAT_COUNT, LEAT_SUM, LEAT_MEAN, LEAT_STDDEV,
	LEAT_MIN, LEAT_MAX };

static void must(int error, const char *what)
{
	if (!error)
		return;
	fprintf(stderr, "hot: %s: %s\n", what, leat_strerror(error));
	exit(1);
}

/* ---- Windows by count ---- */

static leat_window *window;

static void open_window(const leat_stat *stats, size_t n)
{
	leat_window_options o = { 0 };

	o.size = WINDOW;
	o.stats = stats;
	o.n_stats = n;
	must(leat_window_new(&window, &o), "window");
}

static void make_sum(void)
{
	open_window(one, 1);
}

static void make_two(void)
{
	open_window(two, 2);
}

static void make_six(void)
{
	open_window(six, 6);
}

static void make_fading(void)
{
	leat_window_options o = { 0 };

	o.kind = LEAT_DECAY;
	o.ewm_span = WINDOW;
	o.stats = two;
	o.n_stats = 2;
	must(leat_window_new(&window, &o), "window that fades");
}

static void push_and_query(void)
{
	for (size_t i = 0; i < CALLS; i++) {
		leat_window_push(window, values[i]);
		leat_window_query(window, out);
		sum += out[0];
	}
}

static void push_many(void)
{
	leat_window_push_many(window, values, NULL, CALLS, NULL);
	leat_window_query(window, out);
	sum += out[0];
}

/* ---- Windows by time ---- */

static leat_time_window *timed;
static int64_t now;

static int on_result(void *ctx, const leat_result *result)
{
	(void)ctx;
	sum += result->values[0];
	return 0;
}

static leat_time_window_options timed_options(int kind, int64_t span)
{
	leat_time_window_options o = { 0 };

	o.kind = kind;
	o.span = span;
	o.stats = two;
	o.n_stats = 2;
	o.sink.emit = on_result;
	return o;
}

static void make_tumbling(void)
{
	leat_time_window_options o = timed_options(LEAT_TUMBLING, 60);

	must(leat_time_window_new(&timed, &o), "tumbling window");
}

static void make_sliding(void)
{
	leat_time_window_options o = timed_options(LEAT_SLIDING, WINDOW);

	o.sink.emit = NULL;
	must(leat_time_window_new(&timed, &o), "sliding window");
}

static void push_timed(void)
{
	for (size_t i = 0; i < CALLS; i++)
		leat_time_window_push(timed, now++, values[i]);
	leat_time_window_query(timed, out);
	sum += out[1];
}

/* ---- Keys ---- */

static leat_keyed *keyed;
static unsigned n_keys;

static void make_keyed(void)
{
	leat_time_window_options o = timed_options(LEAT_TUMBLING, 1000);
	leat_keyed_options k = { 0 };

	k.by_time = &o;
	must(leat_keyed_new(&keyed, &k), "keyed windows");
}

static void make_few_keys(void)
{
	n_keys = 100;
	make_keyed();
}

static void make_many_keys(void)
{
	n_keys = 20000;
	make_keyed();
}

static void push_keyed(void)
{
	for (size_t i = 0; i < CALLS; i++) {
		uint64_t key = (i * 7919u) % n_keys;
		leat_keyed_push(keyed, &key, sizeof(key), now++ / 100,
		    values[i]);
	}
}

/* ---- Models ---- */

static leat_model *model;

static void open_model(int update)
{
	leat_model_options o = { 0 };

	o.n_features = FEATURES;
	o.update = update;
	must(leat_model_new(&model, &o), "model");
}

static void make_adaptive(void)
{
	open_model(LEAT_UPDATE_ADAPTIVE);
}

static void make_sgd(void)
{
	open_model(LEAT_UPDATE_SGD);
}

static void learn(void)
{
	double guess = 0;

	for (size_t i = 0; i < CALLS; i++) {
		const double *x = &values[i % (CALLS - FEATURES)];
		leat_model_learn(model, x, x[0] - x[3], &guess);
		sum += guess;
	}
}

/* ---- Text ---- */

static char numbers[CALLS][LEAT_DOUBLE_SIZE];
static size_t lengths[CALLS];
static char *rows;
static size_t rows_length;
static leat_csv *csv;

static void make_numbers(void)
{
	for (size_t i = 0; i < CALLS; i++)
		lengths[i] = leat_format_double(values[i], numbers[i]);
}

static void parse_numbers(void)
{
	for (size_t i = 0; i < CALLS; i++) {
		leat_parse_double(numbers[i], lengths[i], out, NULL);
		sum += out[0];
	}
}

static int on_record(void *ctx, const leat_csv_record *record)
{
	(void)ctx;
	sum += (double)record->n_fields;
	return 0;
}

/* Makes CSV with a given number of records and fields. */
static void make_csv(void)
{
	leat_csv_options o = { 0 };

	make_numbers();
	o.record = on_record;
	must(leat_csv_new(&csv, &o), "CSV reader");
	rows = malloc((size_t)CALLS * FIELDS * LEAT_DOUBLE_SIZE);
	must(rows ? 0 : LEAT_ENOMEM, "rows");
	for (size_t i = 0; i < (size_t)CALLS * FIELDS; i++) {
		size_t k = i % CALLS;
		memcpy(rows + rows_length, numbers[k], lengths[k]);
		rows_length += lengths[k];
		rows[rows_length++] = i % FIELDS == FIELDS - 1 ? '\n' : ',';
	}
}

static void parse_csv(void)
{
	leat_csv_push(csv, rows, rows_length);
}

/* ---- Counting ---- */

/* Callgrind looks for this name: it is called, never inlined. */
void hot_calls(void (*run)(void));
void hot_calls(void (*run)(void))
{
	run();
}

static const struct {
	const char *name;
	void (*make)(void), (*run)(void);
} cases[] = {
	{ "window-sum", make_sum, push_and_query },
	{ "window-mean-stddev", make_two, push_and_query },
	{ "window-six", make_six, push_and_query },
	{ "window-push-many", make_two, push_many },
	{ "window-fading", make_fading, push_and_query },
	{ "time-tumbling", make_tumbling, push_timed },
	{ "time-sliding", make_sliding, push_timed },
	{ "keyed-100", make_few_keys, push_keyed },
	{ "keyed-20000", make_many_keys, push_keyed },
	{ "learn-adaptive", make_adaptive, learn },
	{ "learn-sgd", make_sgd, learn },
	{ "csv-record", make_csv, parse_csv },
	{ "parse-double", make_numbers, parse_numbers },
};

enum { N_CASES = sizeof(cases) / sizeof(cases[0]) };

int main(int argc, char **argv)
{
	void (*volatile calls)(void (*)(void)) = hot_calls;
	struct rng r = rng_new(16);

	for (size_t i = 0; i < CALLS; i++)
		values[i] = rng_normal(&r);
	for (size_t i = 0; i < N_CASES; i++) {
		if (argc < 2)
			printf("%s %d\n", cases[i].name, CALLS);
		else if (strcmp(argv[1], cases[i].name) == 0) {
			cases[i].make();
			cases[i].run();
			calls(cases[i].run);
			return sum ==
			    0; /* whatever has been computed is used */
		}
	}
	return argc > 1;
}
