/*
 * The header in a C++ program, from C++98 on: it compiles without a
 * warning, links, and works.
 */
#include <leat_text.h>
#include <stdio.h>

static int closed;

extern "C" {
static int on_close(void *ctx, const leat_result *result)
{
	closed += result->n_values == 2 && ctx != 0;
	return 0;
}

static void count_identity(void *, void *partial)
{
	*static_cast<double *>(partial) = 0;
}

static void count_lift(void *, void *partial, const leat_sample *)
{
	*static_cast<double *>(partial) = 1;
}

static void count_combine(void *, void *left, const void *right)
{
	*static_cast<double *>(left) += *static_cast<const double *>(right);
}

static double count_lower(void *, const void *partial, const leat_stat *stat)
{
	return *static_cast<const double *>(partial) + stat->arg;
}
}

static const leat_agg counter = { "counter", sizeof(double), 0, 0,
	count_identity, count_lift, count_combine, count_lower, 0, 0, 0, 0, 0,
	0, { 0, 0, 0, 0 } };

static const leat_stat stats[] = { LEAT_MEAN, LEAT_AGG(&counter, 0.5) };

int main()
{
	leat_window_options options = leat_window_options();
	leat_window *w = 0;
	double out[2] = { 0, 0 };

	options.size = 3;
	options.stats = stats;
	options.n_stats = 2;
	options.sink.emit = on_close;
	options.sink.ctx = &closed;
	if (leat_window_new(&w, &options) != LEAT_OK)
		return 1;
	for (int i = 0; i < 5; i++)
		leat_window_push(w, i);
	leat_window_query(w, out);
	leat_window_free(w);
	if (out[0] != 3 || out[1] != 3.5 || closed != 3 ||
	    leat_version() != LEAT_VERSION) {
		fprintf(stderr, "cxx: %g %g %d\n", out[0], out[1], closed);
		return 1;
	}
	return 0;
}
