/*
 * save.c - what classes and statistics look like as bytes
 *
 * Accumulators of the built-in classes are numbers of eight bytes, and their
 * bytes are these numbers. How many samples one stands for is known to
 * whoever has it, so it is not among them. Classes of the user's say
 * themselves what their bytes are.
 *
 * Any numbers make an accumulator, if maybe one of nothing that was ever
 * pushed.
 */
#include "agg.h"

enum { SAVE_WORDS = 16 };

void leat_tape_stat(struct leat_tape *t, int id, double arg,
    const leat_agg *agg)
{
	leat_tape_same(t, (uint64_t)id, "stats");
	leat_tape_same_double(t, arg, "stats");
	if (id == LEAT_STAT_AGG)
		leat_tape_same_text(t, agg->name ? agg->name : "", "stats");
}

size_t leat_agg_scratch(const leat_agg *agg)
{
	return agg ? agg->saved_size : 0;
}

static void tape_user(struct leat_tape *t, const leat_agg *agg, void *partial,
    unsigned char *scratch)
{
	size_t n = 0;

	if (!agg->save) {
		leat_tape_fail(t, LEAT_ENOTSUP);
		return;
	}
	if (!t->loads)
		n = agg->save(agg->ctx, partial, scratch);
	if (n > agg->saved_size) {
		leat_tape_fail(t, LEAT_EAGG);
		return;
	}
	leat_tape_size(t, &n, agg->saved_size);
	leat_tape_bytes(t, scratch, n);
	if (t->loads && !t->err)
		leat_tape_expect(t,
		    agg->load(agg->ctx, partial, scratch, n) == 0);
}

void leat_tape_class(struct leat_tape *t, const struct leat_class *cls,
    const leat_agg *agg, void *acc, size_t n_bytes, uint64_t count,
    unsigned char *scratch)
{
	uint64_t words[SAVE_WORDS];
	size_t n = n_bytes / sizeof(*words), at = cls->counts;
	double samples = (double)count;

	if (agg) {
		tape_user(t, agg, acc, scratch);
		return;
	}
	memcpy(words, acc, n_bytes);
	if (at > 0) { /* there is one number less */
		n--;
		memmove(words + at - 1, words + at,
		    (n + 1 - at) * sizeof(*words));
	}
	leat_tape_sparse(t, words, n, cls->integers);
	if (!t->loads)
		return;
	if (at > 0) {
		memmove(words + at, words + at - 1,
		    (n + 1 - at) * sizeof(*words));
		memcpy(words + at - 1, &samples, sizeof(samples));
	}
	memcpy(acc, words, n_bytes);
}
