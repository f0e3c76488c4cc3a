/*
 * ways.c - how a window by count can be called
 *
 * Each way pushes all values of a round and has all results. The bases are
 * among them: the loop of naive.c, a push and a query a value as it is with
 * windows, and memcpy() of the array that others push.
 */
#include "ways.h"
#include "bench.h"

#include <string.h>
#ifdef HAVE_GSL
#include <gsl/gsl_movstat.h>
#include <gsl/gsl_vector.h>
#endif

/* ---- The bases ---- */

static double run_loop(struct subject *s)
{
	double o = 0, total = 0, t = bench_seconds();

	for (size_t i = 0; i < SINGLES; i++) {
		naive_push(&s->ring, s->x[i]);
		naive_query(&s->ring, &o);
		total += o;
	}
	bench_sink = total;
	return bench_seconds() - t;
}

static double run_copy(struct subject *s)
{
	double t = bench_seconds();

	memcpy(s->out, s->x, ARRAY * sizeof(*s->out));
	bench_sink = s->out[ARRAY - 1];
	return bench_seconds() - t;
}

const struct way loop = { "", run_loop, SINGLES, NULL, 0 };
const struct way copy = { "", run_copy, ARRAY, NULL, 0 };

/* ---- A push and a query a value ---- */

/*
 * In pairs, in one call, or with a window that is emptied as soon as it is
 * full; each is a copy of this function that knows which.
 */
static inline double push_all(struct subject *s, int in_pairs, int in_one,
    int empties)
{
	double o[8], total = 0, t = bench_seconds();

	for (size_t i = 0, next = 0; i < SINGLES; i++) {
		if (empties && i == next) {
			leat_window_reset(s->w);
			next += s->size;
		}
		if (in_one) {
			leat_window_push_query(s->w, s->x[i], o);
		} else {
			if (in_pairs)
				leat_window_push_xy(s->w, s->x[i], s->y[i]);
			else
				leat_window_push(s->w, s->x[i]);
			leat_window_query(s->w, o);
		}
		total += o[0];
	}
	bench_sink = total;
	return bench_seconds() - t;
}

static double run_push_query(struct subject *s)
{
	return push_all(s, 0, 0, 0);
}

static double run_in_one_call(struct subject *s)
{
	return push_all(s, 0, 1, 0);
}

static double run_pairs(struct subject *s)
{
	return push_all(s, 1, 0, 0);
}

static double run_first(struct subject *s)
{
	return push_all(s, 0, 0, 1);
}

static double run_first_pairs(struct subject *s)
{
	return push_all(s, 1, 0, 1);
}

const struct way push_query = { "", run_push_query, SINGLES, &loop,
	LEAT_SLIDING };
const struct way in_one_call = { "push_query", run_in_one_call, SINGLES, &loop,
	LEAT_SLIDING };
const struct way pairs = { "", run_pairs, SINGLES, &loop, LEAT_SLIDING };
const struct way first = { "first values", run_first, SINGLES, &loop,
	LEAT_SLIDING };
const struct way first_pairs = { "first values", run_first_pairs, SINGLES,
	&loop, LEAT_SLIDING };
const struct way decay = { "decay", run_push_query, SINGLES, &loop,
	LEAT_DECAY };
const struct way decay_in_one_call = { "decay, push_query", run_in_one_call,
	SINGLES, &loop, LEAT_DECAY };

/* ---- An array at once ---- */

static double run_array(struct subject *s)
{
	double t = bench_seconds();

	leat_window_push_many(s->w, s->x, NULL, ARRAY, s->out);
	bench_sink = s->out[ARRAY - 1];
	return bench_seconds() - t;
}

const struct way array = { "push_many", run_array, ARRAY, &copy, LEAT_SLIDING };
const struct way decay_array = { "decay, push_many", run_array, ARRAY, &loop,
	LEAT_DECAY };

#ifdef HAVE_GSL
static double run_gsl(const struct subject *s,
    int (*of)(const gsl_movstat_end_t, const gsl_vector *, gsl_vector *,
	gsl_movstat_workspace *))
{
	gsl_movstat_workspace *g = gsl_movstat_alloc2(s->size - 1, 0);
	gsl_vector_const_view in = gsl_vector_const_view_array(s->x, SINGLES);
	gsl_vector_view out = gsl_vector_view_array(s->out, SINGLES);
	double t = bench_seconds();

	of(GSL_MOVSTAT_END_PADVALUE, &in.vector, &out.vector, g);
	t = bench_seconds() - t;
	bench_sink = s->out[SINGLES - 1];
	gsl_movstat_free(g);
	return t;
}

static double run_gsl_mean(struct subject *s)
{
	return run_gsl(s, gsl_movstat_mean);
}

static double run_gsl_sd(struct subject *s)
{
	return run_gsl(s, gsl_movstat_sd);
}

static double run_gsl_min(struct subject *s)
{
	return run_gsl(s, gsl_movstat_min);
}

const struct way movstat_mean = { "GSL movstat", run_gsl_mean, SINGLES, &loop,
	0 };
const struct way movstat_sd = { "GSL movstat", run_gsl_sd, SINGLES, &loop, 0 };
const struct way movstat_min = { "GSL movstat", run_gsl_min, SINGLES, &loop,
	0 };
#endif
