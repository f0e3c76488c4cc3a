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
	uint64_t head = s->n * 2 + (s->units != 0);

	leat_tape_number(t, &head, 2 * SAVED_TERMS + 1);
	s->n = head / 2;
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

/* Sets `odd` to what is not finite, or loads or saves a total. */
static void tape_sum_total(struct leat_tape *t, struct leat_superacc *total,
    double *odd, const struct leat_samples *of)
{
	struct saved_sum s, again;

	if (!t->loads && leat_is_finite(*odd))
		saved_sum_from(&s, total);
	else
		memset(&s, 0, sizeof(s));
	if (!leat_is_finite(*odd)) {
		s.n = 1;
		s.term[0] = *odd;
	}
	tape_saved_sum(t, &s);
	if (!t->loads || !leat_tape_expect(t, sum_can_be(&s, of)))
		return;
	if (s.n == 1 && s.units == 0 && !leat_is_finite(s.term[0])) {
		*odd = s.term[0];
		return;
	}
	for (uint64_t i = 0; i < s.n; i++)
		if (!leat_tape_expect(t, leat_is_finite(s.term[i])))
			return;
	saved_sum_to(&s, total);
	saved_sum_from(&again, total);
	leat_tape_expect(t, memcmp(&s, &again, sizeof(s)) == 0);
}

/* ---------------- versions 1 and 2 ------------------------------------ */

/* A first term that is infinite or NaN says all; the others mean nothing. */
static void old_sum_total(const double *term, size_t n,
    struct leat_superacc *total, double *odd)
{
	*odd = leat_is_finite(term[0]) ? 0 : term[0];
	leat_superacc_clear(total);
	for (size_t i = 0; i < n; i++)
		if (leat_is_finite(term[i]))
			leat_superacc_add(total, term[i]);
}

static void load_old_sum(struct leat_tape *t, struct leat_superacc *total,
    double *odd, int packed, const struct leat_samples *of)
{
	double term[3] = { 0, 0, 0 };

	leat_tape_sparse(t, term, packed ? 2 : 3, 0);
	old_sum_total(term, 3, total, odd);
	leat_tape_expect(t, of->n > 0 || (total->used == 0 && *odd == 0));
}

/* ---------------- as parts of a class --------------------------------- */

/* Sets a sum to a total, or to what is not finite. */
static void set_any_sum(void *acc, int whole, const struct leat_superacc *total,
    double odd)
{
	struct leat_whole_sum *w = acc;

	if (whole)
		leat_superacc_clear(&w->far);
	if (!leat_is_finite(odd) || whole)
		leat_sum_set(acc, odd);
	else
		leat_sum_of(acc, total);
	if (whole && leat_is_finite(odd))
		w->far = *total;
}

/* A sum as short as can be, which is all that loading will have. */
static void short_sum_to(const struct leat_sum *s, struct leat_superacc *total)
{
	struct leat_sum folded;

	leat_sum_to(s, total);
	leat_sum_of(&folded, total);
	leat_sum_to(&folded, total);
}

static int fits_sum(const struct leat_superacc *total)
{
	struct leat_sum folded;
	struct leat_superacc again;

	leat_sum_of(&folded, total);
	leat_sum_to(&folded, &again);
	return memcmp(&again, total, sizeof(again)) == 0;
}

static void tape_any_sum(struct leat_tape *t, void *acc, int whole, int packed,
    const struct leat_samples *of)
{
	const struct leat_sum *near = acc;
	struct leat_superacc total;
	double odd = t->loads ? 0 : near->a;

	leat_superacc_clear(&total);
	if (leat_tape_version(t) < 3)
		load_old_sum(t, &total, &odd, packed, of);
	else if (!t->loads && leat_is_finite(odd) && whole)
		leat_whole_sum_to(acc, &total);
	else if (!t->loads && leat_is_finite(odd))
		short_sum_to(near, &total);
	if (leat_tape_version(t) >= 3) {
		tape_sum_total(t, &total, &odd, of);
		leat_tape_expect(t, whole || fits_sum(&total));
	}
	if (t->loads)
		set_any_sum(acc, whole, &total, odd);
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
	struct leat_superacc total;
	double odd;

	leat_tape_sparse(t, w, packed ? 5 : 7, 0);
	m->p.k = w[2];
	m->p.mu = w[3];
	m->p.m2 = w[4];
	if (!packed)
		m->c2 = w[6];
	leat_tape_expect(t, of->n > 0 || (w[0] == 0 && w[1] == 0 && w[5] == 0));
	if (!sum)
		return;
	w[2] = w[5];
	old_sum_total(w, 3, &total, &odd);
	set_any_sum(sum, whole, &total, odd);
}
