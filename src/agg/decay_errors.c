/*
 * decay_errors.c - how good predictions are, by weights that fade
 *
 * Weighted means of errors are those of one more column, or two, in sums like
 * those of decay.c, fed with the same weights: one has x - y and |x - y|, one
 * hits and covered targets, one the loss. A mean square is a variance and the
 * square of a mean, both of which are positive. R2 sets it against the
 * variance of y, which the sums of the pairs have.
 *
 * An error that is no number, and the loss of a pair outside [0, 1], upsets a
 * mean as two opposite infinities do: it is NaN until their weight is less
 * than 2^-53 of a new value's.
 */
#include "decay.h"
#include "errors.h"

static unsigned errors_for(int id)
{
	switch (id) {
	case LEAT_STAT_MAE:
	case LEAT_STAT_MSE:
	case LEAT_STAT_RMSE:
	case LEAT_STAT_R2:
	case LEAT_STAT_BIAS:
		return LEAT_MORE_ERRORS;
	case LEAT_STAT_ACCURACY:
	case LEAT_STAT_COVERAGE:
		return LEAT_MORE_RATES;
	case LEAT_STAT_LOG_LOSS:
		return LEAT_MORE_LOSS;
	default:
		return 0;
	}
}

unsigned leat_errors_of(const leat_stat *stats, size_t n)
{
	unsigned errors = 0;

	for (size_t i = 0; i < n; i++)
		errors |= errors_for(stats[i].id);
	return errors;
}

/* Returns the number of groups, which is the index of the next one. */
size_t leat_errors_count(unsigned errors)
{
	size_t n = 0;

	for (; errors; errors >>= 1)
		n += errors & 1;
	return n;
}

void leat_errors_start(struct leat_decay *more, unsigned errors,
    const struct leat_decay *like)
{
	size_t n = leat_errors_count(errors);

	for (size_t i = 0; i < n; i++) {
		memset(&more[i], 0, sizeof(more[i]));
		more[i].keep = like->keep;
		more[i].fresh = like->fresh;
		more[i].recursive = like->recursive;
		more[i].pairs = 1;
		leat_decay_start(&more[i]);
	}
}

void leat_errors_fade(struct leat_decay *more, unsigned errors,
    struct leat_wide keep)
{
	size_t n = leat_errors_count(errors);

	for (size_t i = 0; i < n; i++)
		leat_decay_fade(&more[i], keep);
}

/* Puts two columns in, or what is no number in either. */
static void errors_add(struct leat_decay *d, double a, double b,
    struct leat_wide weight, double share)
{
	if (a == a)
		leat_decay_take(d, a, b, weight, share);
	else
		leat_decay_upset(d, share);
}

void leat_errors_take(struct leat_decay *more, unsigned errors, double x,
    double y, struct leat_wide weight, double share)
{
	double e = x - y;

	if (errors & LEAT_MORE_ERRORS)
		errors_add(more++, e, fabs(e), weight, share);
	if (errors & LEAT_MORE_RATES)
		errors_add(more++, leat_is_hit(x, y), leat_is_covered(x, y),
		    weight, share);
	if (errors & LEAT_MORE_LOSS)
		errors_add(more, leat_log_loss(x, y), 0, weight, share);
}

/* ---------------- results -------------------------------------------- */

static double mean_of_column(const struct leat_decay *d, int axis)
{
	const struct leat_decay_axis *a = axis ? &d->y : &d->x;
	double upset = leat_decay_disturbed(d, axis);

	if (upset != 0)
		return upset;
	return d->finite ? a->hi / a->lift : NAN;
}

/* Squares have no sign: two opposite infinities upset e, but not |e|. */
static double mean_square(const struct leat_decay *d, int root)
{
	double upset = leat_decay_disturbed(d, 1);
	struct leat_wide square;

	if (upset != 0)
		return upset;
	if (!d->finite)
		return NAN;
	if (root)
		return leat_decay_rms(d);
	square = leat_decay_mean_square(d);
	return leat_wide_double(square.m, square.e);
}

/* The scale of a column is that of its squares' root, times its lift. */
static double decayed_r2(const struct leat_decay *d,
    const struct leat_decay *pairs)
{
	const struct leat_decay_axis *y = &pairs->y;
	int64_t scale = y->scale - (y->lift > 1 ? 128 : 0);
	struct leat_wide spread, share;

	if (leat_decay_disturbed(d, 0) != 0 ||
	    leat_decay_disturbed(pairs, 0) != 0 ||
	    leat_decay_disturbed(pairs, 1) != 0 || !(y->m2 > 0))
		return NAN;
	spread = leat_wide_make(y->m2 / pairs->weight, 2 * scale);
	share = leat_wide_div(leat_decay_mean_square(d), spread);
	return 1 - leat_wide_double(share.m, share.e);
}

static double lower_error(const struct leat_decay *more, unsigned errors,
    const struct leat_decay *pairs, int id)
{
	const unsigned before = errors & (errors_for(id) - 1);
	const struct leat_decay *d = &more[leat_errors_count(before)];

	switch (id) {
	case LEAT_STAT_MAE:
	case LEAT_STAT_COVERAGE:
		return mean_of_column(d, 1);
	case LEAT_STAT_MSE:
		return mean_square(d, 0);
	case LEAT_STAT_RMSE:
		return mean_square(d, 1);
	case LEAT_STAT_R2:
		return decayed_r2(d, pairs);
	default: /* BIAS, ACCURACY, LOG_LOSS */
		return mean_of_column(d, 0);
	}
}

void leat_errors_lower(const struct leat_decay *more, unsigned errors,
    const struct leat_decay *pairs, const leat_stat *stats, size_t n, int quiet,
    double *out)
{
	for (size_t i = 0; i < n; i++)
		if (errors_for(stats[i].id))
			out[i] = quiet ? NAN
				       : leat_nan(lower_error(more, errors,
					     pairs, stats[i].id));
}

/* ---------------- as bytes -------------------------------------------- */

/* Each of them has had every pair that was not missing. */
void leat_tape_errors(struct leat_tape *t, struct leat_decay *more,
    unsigned errors, const struct leat_decay *pairs)
{
	size_t n = leat_errors_count(errors);

	for (size_t i = 0; i < n && !t->err; i++) {
		leat_tape_decay(t, &more[i]);
		leat_tape_expect(t,
		    more[i].count == pairs->count && more[i].missing == 0);
	}
}
