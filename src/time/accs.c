/*
 * accs.c - blocks of accumulators
 *
 * A block stands for one run of values for all statistics at once. Steps
 * and joins that must be fast are in accs.h.
 */
#include "accs.h"

void leat_accs_blank(const struct leat_layout *l, struct leat_accs *a)
{
	a->count = a->missing = 0;
	for (size_t i = 0; i < l->n_sections; i++) {
		const struct leat_section *s = &l->sections[i];
		s->cls->identity(s->agg, leat_section(s, a));
	}
}

void leat_accs_append(const struct leat_layout *l, struct leat_accs *a,
    const leat_sample *s)
{
	leat_accs_add(l, a, s, 0);
}

/* ---------------- samples in a row ----------------------------------- */

/*
 * Steps a row through registers, from the last value to the first or in order.
 */
static void moments_row(struct leat_moments *acc, const double *x, size_t n,
    ptrdiff_t step)
{
	struct leat_moments m = *acc;

	for (; n > 0; n--, x += step)
		if (LEAT_LIKELY(*x == *x))
			leat_moments_add(&m, *x);
	*acc = m;
}

static void sum_row(struct leat_sum *acc, const double *x, size_t n,
    ptrdiff_t step)
{
	struct leat_sum s = *acc;

	for (; n > 0; n--, x += step)
		if (LEAT_LIKELY(*x == *x))
			leat_sum_add(&s, *x);
	*acc = s;
}

/* Sums and moments, or moments alone, which are what is asked for most. */
static int rows_at_once(const struct leat_layout *l)
{
	size_t n = l->n_sections;

	return !l->pairs && n > 0 && n <= 2 &&
	    l->sections[n - 1].id == LEAT_CLASS_MOMENTS &&
	    (n == 1 || l->sections->id == LEAT_CLASS_SUM);
}

static void add_rows(const struct leat_layout *l, struct leat_accs *a,
    const double *x, size_t n, ptrdiff_t step)
{
	const struct leat_section *last = &l->sections[l->n_sections - 1];
	size_t missing = 0;

	for (size_t i = 0; i < n; i++)
		missing += x[step * (ptrdiff_t)i] != x[step * (ptrdiff_t)i];
	a->missing += missing;
	a->count += n - missing;
	if (l->n_sections > 1)
		sum_row(leat_section(l->sections, a), x, n, step);
	moments_row(leat_section(last, a), x, n, step);
}

void leat_accs_add_row(const struct leat_layout *l, struct leat_accs *a,
    const struct leat_series *r, size_t n, int before)
{
	if (rows_at_once(l)) {
		if (n > 0)
			add_rows(l, a, before ? r->x + n - 1 : r->x, n,
			    before ? -1 : 1);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		size_t at = before ? n - 1 - i : i;
		leat_sample s = { r->t[at], r->x[at], r->y ? r->y[at] : 0 };
		leat_accs_add(l, a, &s, before);
	}
}

/* ---------------- joining -------------------------------------------- */

void leat_section_combine(const struct leat_section *p, void *acc,
    const void *right)
{
	if (p->id == LEAT_CLASS_MOMENTS) {
		leat_moments_join(acc, right);
		return;
	}
	_Alignas(16) unsigned char temp[LEAT_ACC_MAX];
	if (p->cls->fold) {
		memcpy(temp, right, p->size);
		p->cls->fold(temp);
		right = temp;
	}
	p->cls->combine(p->agg, acc, right);
}

void leat_accs_copy_narrow(const struct leat_layout *l, struct leat_accs *a,
    const struct leat_accs *b)
{
	*a = *b;
	for (size_t i = 0; i < l->n_sections; i++) {
		const struct leat_section *p = &l->sections[i];
		memcpy((unsigned char *)a + p->offset,
		    (const unsigned char *)b + p->from, p->size);
	}
}

/*
 * A block of no values is never joined: an identity may be anything that acts
 * as one, and copying keeps the bits of the other block.
 */
void leat_accs_join(const struct leat_layout *l, struct leat_accs *a,
    const struct leat_accs *b)
{
	if (LEAT_LIKELY(a->count > 0 && b->count > 0)) {
		leat_accs_unite(l, a, b);
		return;
	}
	uint64_t missing = a->missing + b->missing;
	if (b->count > 0)
		leat_accs_copy(l, a, b);
	a->missing = missing;
}

/* Accumulators of no values are not compared: see leat_accs_join(). */
int leat_accs_are_same(const struct leat_layout *l, struct leat_accs *a,
    struct leat_accs *b)
{
	if (a->count != b->count || a->missing != b->missing)
		return 0;
	for (size_t i = 0; i < l->n_sections && a->count > 0; i++) {
		const struct leat_section *p = &l->sections[i];
		if (p->id == LEAT_CLASS_SUM
			? !leat_sum_same(leat_section(p, a), leat_section(p, b))
			: memcmp(leat_section(p, a), leat_section(p, b),
			      p->size) != 0)
			return 0;
	}
	return 1;
}
