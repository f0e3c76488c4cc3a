/*
 * sum_save.c - exact sums as bytes
 *
 * A total is saved as how many times 2^1023 it is beyond the doubles, and then
 * as the doubles nearest to it and to what each leaves, so the same total has
 * the same bytes however it was added up.
 *
 * Up to version 2 a sum had three terms, of which panes kept two; and where
 * there were moments these had the sum, and no class beside them.
 */
#include "class.h"
#include "moments.h"
#include "sum.h"

/* A double has 53 bits of the 2138 that sums of 2^40 values may have. */
enum { SAVED_TERMS = 44 };

struct saved_sum {
	int64_t units;
	uint64_t lost;
	uint64_t n;
	double term[SAVED_TERMS];
};

static void saved_sum_from(struct saved_sum *s,
    const struct leat_superacc *total)
{
	struct leat_superacc left = *total;

	memset(s, 0, sizeof(*s));
	s->units = leat_sum_take_units(&left);
	while (left.used && s->n < SAVED_TERMS)
		s->term[s->n++] = leat_sum_take(&left);
}

static void saved_sum_to(const struct saved_sum *s, struct leat_superacc *total)
{
	leat_superacc_clear(total);
	leat_sum_add_units(total, s->units);
	for (uint64_t i = 0; i < s->n; i++)
		leat_superacc_add(total, s->term[i]);
}

static void tape_saved_sum(struct leat_tape *t, struct saved_sum *s)
{
	uint64_t head = s->n * 4 + s->lost + (s->units != 0);

	leat_tape_number(t, &head, 4 * SAVED_TERMS + 3);
	s->n = head / 4;
	s->lost = head & LEAT_SUM_LOST;
	if (head & 1) {
		leat_tape_signed(t, &s->units);
		leat_tape_expect(t, s->units != 0);
		/* No more than 2^45 values have been added. */
		if (s->units > LEAT_SUM_UNITS || s->units < -LEAT_SUM_UNITS)
			leat_tape_fail(t, LEAT_ESTATE);
	}
	leat_tape_doubles(t, s->term, (size_t)s->n);
}

/* Returns whether n samples, which are not many, can have such a sum. */
static int sum_can_be(const struct saved_sum *s, const struct leat_samples *of)
{
	return of->n > 1 || (s->units == 0 && s->n <= of->n);
}

/* A sum of either class: what is not finite, or 0 and a total. */
struct any_sum {
	double odd;
	uint64_t lost; /* LEAT_SUM_LOST, or 0 */
	struct leat_superacc total;
};

static void saved_any_from(struct saved_sum *s, const struct any_sum *sum)
{
	memset(s, 0, sizeof(*s));
	if (leat_is_finite(sum->odd)) {
		saved_sum_from(s, &sum->total);
		s->lost = sum->lost;
	} else {
		s->n = 1;
		s->term[0] = sum->odd;
	}
}

static int saved_any_to(const struct saved_sum *s, struct any_sum *sum)
{
	sum->lost = s->lost;
	sum->odd = s->n == 1 && s->units == 0 ? s->term[0] : 0;
	if (!leat_is_finite(sum->odd))
		return s->lost == 0;
	sum->odd = 0;
	for (uint64_t i = 0; i < s->n; i++)
		if (!leat_is_finite(s->term[i]))
			return 0;
	saved_sum_to(s, &sum->total);
	return 1;
}

/* Loads or saves a sum, whose form must be the one that it is saved in. */
static void tape_sum_total(struct leat_tape *t, struct any_sum *sum,
    const struct leat_samples *of)
{
	struct saved_sum s, again;

	if (t->loads)
		memset(&s, 0, sizeof(s));
	else
		saved_any_from(&s, sum);
	tape_saved_sum(t, &s);
	if (!t->loads)
		return;
	int holds = sum_can_be(&s, of) && saved_any_to(&s, sum);
	if (!leat_tape_expect(t, holds))
		return;
	saved_any_from(&again, sum);
	if (leat_is_finite(sum->odd))
		leat_tape_expect(t, memcmp(&s, &again, sizeof(s)) == 0);
}

/* ---------------- versions 1 and 2 ------------------------------------ */

/* A first term that is infinite or NaN says all; the others mean nothing. */
static void old_sum_total(const double *term, size_t n, struct any_sum *sum)
{
	sum->odd = leat_is_finite(term[0]) ? 0 : term[0];
	for (size_t i = 0; i < n; i++)
		if (leat_is_finite(term[i]))
			leat_superacc_add(&sum->total, term[i]);
}

static void load_old_sum(struct leat_tape *t, struct any_sum *sum, int packed,
    const struct leat_samples *of)
{
	double term[3] = { 0, 0, 0 };

	leat_tape_sparse(t, term, packed ? 2 : 3, 0);
	old_sum_total(term, 3, sum);
	leat_tape_expect(t,
	    of->n > 0 || (sum->total.used == 0 && sum->odd == 0));
}

/* ---------------- as parts of a class --------------------------------- */

/* Saves of a small sum what loading can give back. */
static void any_sum_from(struct any_sum *sum, const void *acc, int whole)
{
	const struct leat_sum *near = acc;
	struct leat_sum folded;

	if (!leat_is_finite(near->a)) {
		sum->odd = near->a;
	} else if (whole) {
		leat_whole_sum_to(acc, &sum->total);
	} else {
		leat_sum_to(near, &sum->total);
		leat_sum_of(&folded, &sum->total);
		sum->lost = (near->rest | folded.rest) & LEAT_SUM_LOST;
		leat_sum_to(&folded, &sum->total);
	}
}

/* Returns whether nothing more is lost of it. */
static int any_sum_to(const struct any_sum *sum, void *acc, int whole)
{
	struct leat_whole_sum *w = acc;
	struct leat_sum *near = acc;
	int fits = 1;

	leat_sum_set(near, sum->odd);
	if (whole) {
		w->far = sum->total;
		near->rest = sum->total.used ? LEAT_SUM_LOST : 0;
	} else if (leat_is_finite(sum->odd)) {
		leat_sum_of(near, &sum->total);
		fits = !leat_sum_has_lost(near);
		near->rest |= sum->lost;
	}
	if (whole && sum->lost)
		return 0;
	return fits;
}

static void tape_any_sum(struct leat_tape *t, void *acc, int whole, int packed,
    const struct leat_samples *of)
{
	struct any_sum sum;

	memset(&sum, 0, sizeof(sum));
	if (!t->loads)
		any_sum_from(&sum, acc, whole);
	if (leat_tape_version(t) < 3)
		load_old_sum(t, &sum, packed, of);
	else
		tape_sum_total(t, &sum, of);
	if (t->loads)
		leat_tape_expect(t, any_sum_to(&sum, acc, whole));
}

void leat_tape_sum(struct leat_tape *t, void *acc, int packed,
    const struct leat_samples *of)
{
	tape_any_sum(t, acc, 0, packed, of);
}

void leat_tape_whole_sum(struct leat_tape *t, void *acc, int packed,
    const struct leat_samples *of)
{
	tape_any_sum(t, acc, 1, packed, of);
}

void leat_load_old_moments(struct leat_tape *t, void *acc, int packed,
    void *sum, int whole, const struct leat_samples *of)
{
	double w[7] = { 0, 0, 0, 0, 0, 0, 0 }; /* hi, lo, k, mu, m2, lo2, c2 */
	struct leat_moments *m = acc;
	struct any_sum was;

	memset(&was, 0, sizeof(was));
	leat_tape_sparse(t, w, packed ? 5 : 7, 0);
	m->p.k = w[2];
	m->p.mu = w[3];
	m->p.m2 = w[4];
	if (!packed)
		m->c2 = w[6];
	leat_tape_expect(t, of->n > 0 || (w[0] == 0 && w[1] == 0 && w[5] == 0));
	w[2] = w[5];
	old_sum_total(w, 3, &was);
	if (sum)
		(void)any_sum_to(&was, sum, whole);
}
