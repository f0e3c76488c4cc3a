/*
 * Prints a line for every hundred numbers on standard input.
 *
 * A tumbling window closes when its last value is pushed. It then calls
 * the sink, from inside that push. What is left at the end of the input
 * has not closed; a flush emits it, and the flags of the result say so.
 *
 * A sink that cannot write says so by returning something else than 0, and
 * keeps the reason. The push that called it then returns LEAT_ECALLBACK.
 */
#include <errno.h>
#include <leat.h>
#include <stdio.h>
#include <string.h>

static const leat_stat stats[] = { LEAT_COUNT, LEAT_MEAN, LEAT_MIN, LEAT_MAX };

/* Rows go to a stream; why is an errno if that fails. */
struct rows {
	FILE *stream;
	int failed;
};

static int print_row(void *ctx, const leat_result *result)
{
	struct rows *rows = ctx;
	const double *values = result->values;
	char title[64] = "not closed:";

	if (!(result->flags & LEAT_RESULT_FLUSHED))
		snprintf(title, sizeof title, "[%lld, %lld)",
		    (long long)result->start, (long long)result->end);
	if (fprintf(rows->stream, "%s count %g mean %g min %g max %g\n", title,
		values[0], values[1], values[2], values[3]) < 0)
		rows->failed = errno;
	return rows->failed;
}

/* Prints what is not closed, and all that is still in the buffer. */
static int end(struct rows *rows, leat_window *window)
{
	int err = leat_window_flush(window);

	if (err < 0)
		return err;
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
	options.sink.emit = print_row;
	options.sink.ctx = &rows;
	int err = leat_window_new(&window, &options);
	while (err >= 0 && scanf("%lf", &x) == 1)
		err = leat_window_push(window, x);
	if (err >= 0)
		err = end(&rows, window);
	leat_window_free(window);
	if (err < 0) {
		fprintf(stderr, "tumbling: %s\n",
		    rows.failed ? strerror(rows.failed) : leat_strerror(err));
		return 1;
	}
	return !feof(stdin);
}
