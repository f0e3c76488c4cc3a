/*
 * extrema.c - the classes behind min, max, and when they came
 *
 * The identity is the infinity that every value beats. With a time, of
 * equal values the newest wins: joining and appending prefer the right
 * side, prepending the left one only if it is strictly better.
 */
#include "agg.h"

static void min_identity(const leat_agg *agg, void *acc)
{
	(void)agg;
	*(double *)acc = HUGE_VAL;
}

static void min_step(const leat_agg *agg, void *acc, const leat_sample *s)
{
	double *m = acc;

	(void)agg;
	*m = s->x < *m ? s->x : *m;
}

static void min_combine(const leat_agg *agg, void *acc, const void *right)
{
	double *m = acc, r;

	(void)agg;
	memcpy(&r, right, sizeof(r));
	*m = r < *m ? r : *m;
}

static void min_lower(const void *acc, struct leat_summary *out)
{
	out->min = *(const double *)acc;
}

static void max_identity(const leat_agg *agg, void *acc)
{
	(void)agg;
	*(double *)acc = -HUGE_VAL;
}

static void max_step(const leat_agg *agg, void *acc, const leat_sample *s)
{
	double *m = acc;

	(void)agg;
	*m = s->x > *m ? s->x : *m;
}

static void max_combine(const leat_agg *agg, void *acc, const void *right)
{
	double *m = acc, r;

	(void)agg;
	memcpy(&r, right, sizeof(r));
	*m = r > *m ? r : *m;
}

static void max_lower(const void *acc, struct leat_summary *out)
{
	out->max = *(const double *)acc;
}

const struct leat_class leat_class_min = { sizeof(double), sizeof(double),
	min_identity, min_step, min_step, min_combine, NULL, min_lower };
const struct leat_class leat_class_max = { sizeof(double), sizeof(double),
	max_identity, max_step, max_step, max_combine, NULL, max_lower };

/* sign * value, so that one piece of code finds the least of both. */
struct dated {
	double value;
	int64_t t; /* -1: none yet */
};

static void dated_identity(const leat_agg *agg, void *acc)
{
	struct dated *d = acc;

	(void)agg;
	d->value = HUGE_VAL;
	d->t = -1;
}

static void dated_join(struct dated *left, struct dated right)
{
	if (right.t >= 0 && (right.value <= left->value || left->t < 0))
		*left = right;
}

static void dated_combine(const leat_agg *agg, void *acc, const void *right)
{
	struct dated r;

	(void)agg;
	memcpy(&r, right, sizeof(r));
	dated_join(acc, r);
}

static void dated_prepend(struct dated *acc, struct dated left)
{
	dated_join(&left, *acc);
	*acc = left;
}

static void argmin_append(const leat_agg *agg, void *acc, const leat_sample *s)
{
	struct dated d = { s->x, s->t };

	(void)agg;
	dated_join(acc, d);
}

static void argmin_prepend(const leat_agg *agg, void *acc, const leat_sample *s)
{
	struct dated d = { s->x, s->t };

	(void)agg;
	dated_prepend(acc, d);
}

static void argmin_lower(const void *acc, struct leat_summary *out)
{
	const struct dated *d = acc;

	out->argmin = (double)d->t;
}

static void argmax_append(const leat_agg *agg, void *acc, const leat_sample *s)
{
	struct dated d = { -s->x, s->t };

	(void)agg;
	dated_join(acc, d);
}

static void argmax_prepend(const leat_agg *agg, void *acc, const leat_sample *s)
{
	struct dated d = { -s->x, s->t };

	(void)agg;
	dated_prepend(acc, d);
}

static void argmax_lower(const void *acc, struct leat_summary *out)
{
	const struct dated *d = acc;

	out->argmax = (double)d->t;
}

const struct leat_class leat_class_argmin = { sizeof(struct dated),
	sizeof(struct dated), dated_identity, argmin_append, argmin_prepend,
	dated_combine, NULL, argmin_lower };
const struct leat_class leat_class_argmax = { sizeof(struct dated),
	sizeof(struct dated), dated_identity, argmax_append, argmax_prepend,
	dated_combine, NULL, argmax_lower };
