/*
 * A statistic of your own: the largest drop and the largest rise within
 * the last 250 values (in finance, the maximum drawdown and run-up).
 *
 * The largest drop of a run of values is the largest x[i] - x[j] with i
 * before j. Keep four numbers for each run: low, high, drop, rise. When
 * two runs are joined, the drop of the whole is the drop within the left
 * one, the drop within the right one, or the step from the high of the
 * left one down to the low of the right one, whichever is largest.
 *
 * So combine is associative: the drop of three runs in a row is the
 * largest of the three drops within and the three steps between them,
 * and it does not matter which two were joined first. It is not
 * commutative: exchange two runs and a drop becomes a rise. The library
 * always joins runs in the order in which their values came.
 */
#include <errno.h>
#include <leat.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct swing {
	double low, high;
	double drop, rise;
};

enum question { DROP, RISE };

/* An empty partial has a high below and a low above any value. */
static void swing_identity(void *ctx, void *partial)
{
	const struct swing none = { INFINITY, -INFINITY, 0.0, 0.0 };

	(void)ctx;
	*(struct swing *)partial = none;
}

static void swing_lift(void *ctx, void *partial, const leat_sample *sample)
{
	const struct swing one = { sample->x, sample->x, 0.0, 0.0 };

	(void)ctx;
	*(struct swing *)partial = one;
}

/*
 * The step from inf to inf is NaN, and fmax() drops a NaN, so an infinity
 * among the values does no harm.
 */
static void swing_combine(void *ctx, void *left, const void *right)
{
	struct swing *a = left;
	const struct swing *b = right;

	(void)ctx;
	a->drop = fmax(fmax(a->drop, b->drop), a->high - b->low);
	a->rise = fmax(fmax(a->rise, b->rise), b->high - a->low);
	a->low = fmin(a->low, b->low);
	a->high = fmax(a->high, b->high);
}

static double swing_lower(void *ctx, const void *partial, const leat_stat *stat)
{
	const struct swing *swing = partial;

	(void)ctx;
	return stat->arg == DROP ? swing->drop : swing->rise;
}

static const leat_agg swing = {
	.name = "swing",
	.size = sizeof(struct swing),
	.identity = swing_identity,
	.lift = swing_lift,
	.combine = swing_combine,
	.lower = swing_lower,
};

static const leat_stat stats[] = { LEAT_AGG(&swing, DROP),
	LEAT_AGG(&swing, RISE), LEAT_LAST };

static int fail(const char *why)
{
	fprintf(stderr, "custom_aggregate: %s\n", why);
	return 1;
}

int main(void)
{
	leat_window_options options = { .size = 250 };
	leat_window *window;
	double x, out[3];

	options.stats = stats;
	options.n_stats = 3;
	int err = leat_window_new(&window, &options);
	while (err >= 0 && scanf("%lf", &x) == 1) {
		err = leat_window_push(window, x);
		leat_window_query(window, out);
		if (printf("last %g drop %g rise %g\n", out[2], out[0],
			out[1]) < 0)
			return fail(strerror(errno));
	}
	leat_window_free(window);
	if (err < 0)
		return fail(leat_strerror(err));
	return fflush(stdout) ? fail(strerror(errno)) : !feof(stdin);
}
