/*
 * One line for every hundred numbers on standard input.
 *
 * A tumbling window closes when its last value is pushed. It then calls
 * the sink, from inside that push. What is left at the end of the input
 * has not closed; a query gives it.
 *
 * A sink that cannot write says so by returning something else than 0, and
 * keeps the reason. The push that called it then returns LEAT_ECALLBACK.
 */
#include <errno.h>
#include <leat.h>
#include <stdio.h>
#include <string.h>

static const leat_stat stats[] = { LEAT_COUNT, LEAT_MEAN, LEAT_MIN, LEAT_MAX };

/* Where rows go, and why they cannot: an errno. */
struct rows {
	FILE *stream;
	int failed;
};

static int print_row(struct rows *rows, const char *title, const double *values)
{
	if (fprintf(rows->stream, "%s count %g mean %g min %g max %g\n", title,
		values[0], values[1], values[2], values[3]) < 0)
		rows->failed = errno;
	return rows->failed;
}

/* All windows here are whole ones: none asks for a look at result->flags. */
static int print_closed(void *ctx, const leat_result *result)
{
	char title[64];

	snprintf(title, sizeof title, "[%lld, %lld)", (long long)result->start,
	    (long long)result->end);
	return print_row(ctx, title, result->values);
}

/* Prints what is not closed, and all that is still in the buffer. */
static int end(struct rows *rows, const leat_window *window, int is_open)
{
	double out[4];

	leat_window_query(window, out);
	if (is_open && print_row(rows, "not closed:", out))
		return LEAT_ECALLBACK;
	if (fflush(rows->stream) == 0)
		return 0;
	rows->failed = errno;
	return LEAT_ECALLBACK;
}

int main(void)
{
	leat_window_options options = { .kind = LEAT_TUMBLING, .size = 100 };
	struct rows rows = { stdout, 0 };
	leat_window *window;
	double x;

	options.stats = stats;
	options.n_stats = 4;
	options.sink.emit = print_closed;
	options.sink.ctx = &rows;
	int err = leat_window_new(&window, &options);
	while (err >= 0 && scanf("%lf", &x) == 1)
		err = leat_window_push(window, x);
	if (err >= 0)
		err = end(&rows, window, leat_window_pushed(window) % 100 != 0);
	leat_window_free(window);
	if (err < 0) {
		fprintf(stderr, "tumbling: %s\n",
		    rows.failed ? strerror(rows.failed) : leat_strerror(err));
		return 1;
	}
	return !feof(stdin);
}
