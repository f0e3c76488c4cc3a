/*
 * class_save.c - classes and statistics as bytes
 *
 * Accumulators of the built-in classes are numbers of eight bytes, and their
 * bytes are these numbers. The number of samples
 * of an accumulator is saved by its window, so it is not among them. A user's
 * class defines its own bytes.
 *
 * What is loaded must be what samples can have made it: of none, an empty
 * accumulator; of some, what the class says of its own numbers. Whatever
 * else they are, it is an accumulator, if maybe one of nothing that was ever
 * pushed.
 */
#include "../core/memory.h"
#include "class.h"
#include "plan.h"
#include "stat.h"

enum { SAVE_WORDS = 16 };

void leat_tape_stat(struct leat_tape *t, int id, double arg,
    const leat_agg *agg)
{
	leat_tape_same(t, (uint64_t)id, "stats");
	leat_tape_same_double(t, arg, "stats");
	if (id == LEAT_STAT_AGG)
		leat_tape_same_text(t, agg->name ? agg->name : "", "stats");
}

struct tape_of {
	struct leat_tape *tape;
	const leat_agg *agg;
	void *partial;
};

static void tape_saved(void *ctx, void *scratch)
{
	const struct tape_of *of = ctx;
	struct leat_tape *t = of->tape;
	const leat_agg *agg = of->agg;
	size_t n = 0;

	if (!t->loads)
		n = agg->save(agg->ctx, of->partial, scratch);
	if (n > agg->saved_size) {
		leat_tape_fail(t, LEAT_EINVAL);
		return;
	}
	leat_tape_size(t, &n, agg->saved_size);
	leat_tape_bytes(t, scratch, n);
	if (t->loads && !t->err)
		leat_tape_expect(t,
		    agg->load(agg->ctx, of->partial, scratch, n) == 0);
}

/* Bit by bit, but that one NaN is as good as another. */
static int same_word(uint64_t word, uint64_t other, int integer)
{
	double x, y;

	memcpy(&x, &word, sizeof(x));
	memcpy(&y, &other, sizeof(y));
	return word == other || (!integer && x != x && y != y);
}

static int is_empty(const struct leat_class *cls, const uint64_t *words,
    size_t n)
{
	uint64_t empty[SAVE_WORDS];

	cls->identity(NULL, empty);
	for (size_t i = 0; i < n; i++)
		if (!same_word(words[i], empty[i], cls->integers >> i & 1))
			return 0;
	return 1;
}

/* A lone partial leaves the rest of the accumulator 0. */
static int can_be(const struct leat_class *cls, uint64_t *words, size_t n,
    const struct leat_samples *of)
{
	for (; n < cls->size / sizeof(*words); n++)
		words[n] = 0;
	if (of->n == 0)
		return is_empty(cls, words, n);
	return !cls->fits || cls->fits(words, of);
}

static void tape_user(struct leat_tape *t, const leat_agg *agg, void *acc)
{
	struct tape_of saved = { t, agg, acc };

	if (agg->save)
		leat_with_scratch(agg->saved_size, tape_saved, &saved);
	else
		leat_tape_fail(t, LEAT_ENOTSUP);
}

static void tape_words(struct leat_tape *t, const struct leat_class *cls,
    void *acc, size_t n_bytes, const struct leat_samples *of)
{
	uint64_t words[SAVE_WORDS];
	size_t n = n_bytes / sizeof(*words), at = cls->counts;
	double samples = (double)of->n;

	memcpy(words, acc, n_bytes);
	if (at > 0) { /* the saved form has one number less */
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

/* Version 2 has sums in moments: they are there when these have been read. */
static void load_with_sum(struct leat_tape *t, void *acc, int packed,
    const struct leat_samples *of)
{
	double samples = (double)of->n;

	leat_load_old_moments(t, acc, packed, t->awaited, t->awaited_is_whole,
	    of);
	memcpy(acc, &samples, sizeof(samples));
	t->awaited = NULL;
}

void leat_tape_class(struct leat_tape *t, const struct leat_section *p,
    void *acc, int packed, const struct leat_samples *of)
{
	const struct leat_class *cls = p->cls;
	size_t n_bytes = packed ? cls->packed : cls->size;
	uint64_t words[SAVE_WORDS];

	if (p->agg) {
		tape_user(t, p->agg, acc);
	} else if (p->beside_moments && leat_tape_version(t) < 3) {
		t->awaited = acc;
		t->awaited_is_whole = cls == &leat_class_whole_sum;
	} else if (cls->tape) {
		cls->tape(t, acc, packed, of);
	} else {
		if (cls->had_sum && leat_tape_version(t) < 3)
			load_with_sum(t, acc, packed, of);
		else
			tape_words(t, cls, acc, n_bytes, of);
		if (!t->loads)
			return;
		memcpy(words, acc, n_bytes);
		leat_tape_expect(t,
		    can_be(cls, words, n_bytes / sizeof(*words), of));
	}
}

void leat_class_delay(const struct leat_class *cls, void *partial, uint64_t by)
{
	unsigned char *word = partial;
	uint64_t t;

	for (unsigned left = cls->times; left; left >>= 1) {
		memcpy(&t, word, sizeof(t));
		t += by;
		if (left & 1)
			memcpy(word, &t, sizeof(t));
		word += sizeof(t);
	}
}
