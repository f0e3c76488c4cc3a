/*
 * user.c - the user's own class behind the interface of the built-in ones
 *
 * The engine asks for append and prepend; a class that has only lift and
 * combine gets them here. The scratch for a lifted sample follows the
 * accumulator in memory: an accumulator of a user's class takes twice its
 * size, of which the first half is the partial.
 */
#include "class.h"

int leat_agg_fits(const leat_agg *agg)
{
	if (!agg || agg->size < 1 || agg->size > 65536 || !agg->identity ||
	    !agg->lift || !agg->combine || !agg->lower ||
	    !LEAT_IS_RESERVED(agg))
		return 0;
	if (!agg->save)
		return !agg->load && agg->saved_size == 0;
	return agg->load && agg->saved_size >= 1 && agg->saved_size <= 65536;
}

static void *scratch_of(const leat_agg *agg, void *acc)
{
	return (unsigned char *)acc + agg->size;
}

static void user_identity(const leat_agg *agg, void *acc)
{
	agg->identity(agg->ctx, acc);
}

static void user_append(const leat_agg *agg, void *acc, const leat_sample *s)
{
	if (agg->append) {
		agg->append(agg->ctx, acc, s);
		return;
	}
	void *lifted = scratch_of(agg, acc);
	agg->lift(agg->ctx, lifted, s);
	agg->combine(agg->ctx, acc, lifted);
}

static void user_prepend(const leat_agg *agg, void *acc, const leat_sample *s)
{
	if (agg->prepend) {
		agg->prepend(agg->ctx, acc, s);
		return;
	}
	void *lifted = scratch_of(agg, acc);
	agg->lift(agg->ctx, lifted, s);
	agg->combine(agg->ctx, lifted, acc);
	memcpy(acc, lifted, agg->size);
}

static void user_combine(const leat_agg *agg, void *acc, const void *right)
{
	agg->combine(agg->ctx, acc, right);
}

/* Leaves the results to leat_lower_agg(), which calls the user's lower(). */
static void user_lower(const void *acc, struct leat_summary *out)
{
	(void)acc;
	(void)out;
}

const struct leat_class leat_class_user = {
	.identity = user_identity,
	.append = user_append,
	.prepend = user_prepend,
	.combine = user_combine,
	.lower = user_lower,
};
