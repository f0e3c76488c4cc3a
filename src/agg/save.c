/*
 * save.c - what classes and statistics look like as bytes
 *
 * Accumulators of the built-in classes are numbers of eight bytes, and their
 * bytes are these numbers. How many samples one stands for is known to
 * whoever has it, so it is not among them. Classes of the user's say
 * themselves what their bytes are.
 *
 * Any numbers make an accumulator, if maybe one of nothing that was ever
 * pushed; only a product's exponent must not be so large that those of more
 * values could overflow.
 */
#include "agg.h"

enum { SAVE_WORDS = 16, SAVE_EXPONENT = 1100 /* of one value, at most */ };

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
	assert(n <= agg->saved_size);
	leat_tape_size(t, &n, agg->saved_size);
	leat_tape_bytes(t, scratch, n);
	if (t->loads && !t->err)
		leat_tape_expect(t,
		    agg->load(agg->ctx, partial, scratch, n) == 0);
}

static int class_fits(const struct leat_class *cls, const uint64_t *words,
    uint64_t count)
{
	int64_t exponent, most = INT64_MAX;

	if (cls != &leat_class_product)
		return 1;
	memcpy(&exponent, &words[1], sizeof(exponent));
	if (count < (uint64_t)1 << 40)
		most = SAVE_EXPONENT * (int64_t)(count + 1);
	return exponent <= most && exponent >= -most;
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
	if (leat_tape_expect(t, class_fits(cls, words, count)))
		memcpy(acc, words, n_bytes);
}
