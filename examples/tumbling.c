/*
 * One line for every hundred numbers on standard input.
 *
 * A tumbling window closes when its last value is pushed. It then calls
 * the sink, from inside that push. What is left at the end of the input
 * has not closed; a query gives it.
 */
#include <leat.h>
#include <stdio.h>

static const leat_stat stats[] = { LEAT_COUNT, LEAT_MEAN, LEAT_MIN, LEAT_MAX };

static void print_row(FILE *stream, const double *values)
{
	fprintf(stream, "count %g mean %g min %g max %g\n", values[0],
	    values[1], values[2], values[3]);
}

static int print_closed(void *ctx, const leat_result *result)
{
	FILE *stream = ctx;

	fprintf(stream, "[%lld, %lld) ", (long long)result->start,
	    (long long)result->end);
	print_row(stream, result->values);
	return 0;
}

int main(void)
{
	leat_window_options options = { .kind = LEAT_TUMBLING, .size = 100 };
	leat_window *window;
	double x, out[4];

	options.stats = stats;
	options.n_stats = 4;
	options.sink.emit = print_closed;
	options.sink.ctx = stdout;
	int error = leat_window_new(&window, &options);
	if (error) {
		fprintf(stderr, "tumbling: %s\n", leat_strerror(error));
		return 1;
	}
	while (scanf("%lf", &x) == 1)
		leat_window_push(window, x);
	if (leat_window_pushed(window) % options.size != 0) {
		leat_window_query(window, out);
		printf("not closed: ");
		print_row(stdout, out);
	}
	leat_window_free(window);
	return feof(stdin) ? 0 : 1;
}
