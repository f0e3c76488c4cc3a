/*
 * accs.h - blocks of accumulators
 *
 * A block ("accs") stands for one run of values for all statistics at once:
 * a tally, and behind it an accumulator for each section of the layout. A
 * section is one aggregate class. Two blocks of runs that follow each other
 * are joined into the block of both, which is all that trees and windows do
 * with them.
 */
#ifndef LEAT_ACCS_H
#define LEAT_ACCS_H

#include "../agg/moments.h"
#include "../agg/plan.h"
#include "../agg/sum.h"

LEAT_INLINE int leat_is_missing(const leat_sample *s)
{
	return s->x != s->x || s->y != s->y;
}

/* Says what a block is made of; constant once its object has started. */
struct leat_layout {
	size_t n_sections, accs_size;
	struct leat_section *sections;
	int pairs;     /* samples have a y */
	int ordered;   /* some class needs samples in order */
	int sum_alone; /* the only section is a small sum */
	int has_user;  /* some class is the user's */
	int narrow; /* blocks are copied section by section; see time_query.c */
	const struct leat_accs *blank; /* a block of no values, or NULL */
};

/* Begins a block: a run's tally. The accumulators of sections lie behind it. */
struct leat_accs {
	uint64_t count, missing;
};

/* Makes a block of no values by the functions of its classes. */
void leat_accs_blank(const struct leat_layout *l, struct leat_accs *a);
void leat_accs_append(const struct leat_layout *l, struct leat_accs *a,
    const leat_sample *s);

/* A row of samples; y is NULL where there are no pairs. */
struct leat_series {
	const int64_t *t;
	const double *x, *y;
};

/* Appends n samples in order, or with `before` prepends them, last first. */
void leat_accs_add_row(const struct leat_layout *l, struct leat_accs *a,
    const struct leat_series *r, size_t n, int before);
/* Makes a the block of a's values and then b's; the two must differ. */
void leat_accs_join(const struct leat_layout *l, struct leat_accs *a,
    const struct leat_accs *b);
/*
 * Returns whether two blocks are the same to the bit, and sums the same total.
 */
int leat_accs_are_same(const struct leat_layout *l, struct leat_accs *a,
    struct leat_accs *b);

/*
 * A place for a block of built-in classes for the length of a call. Windows
 * that decay have more than a block, and may need more room.
 */
enum { LEAT_ACCS_MAX = 1024 };

struct leat_accs_room {
	_Alignas(16) unsigned char bytes[LEAT_ACCS_MAX];
};

LEAT_INLINE struct leat_accs *leat_accs_in(struct leat_accs_room *r)
{
	return (struct leat_accs *)(void *)r->bytes;
}

LEAT_INLINE struct leat_accs *leat_accs_at(const struct leat_layout *l,
    void *base, size_t i)
{
	return (struct leat_accs *)(void *)((unsigned char *)base +
	    i * l->accs_size);
}

/*
 * Steps and joins where they must be fast. The commonest classes are done right
 * here, the others by way of their functions; both give the same bits.
 */
LEAT_INLINE void *leat_section(const struct leat_section *s,
    struct leat_accs *a)
{
	return (unsigned char *)a + s->offset;
}

LEAT_INLINE void leat_extreme_add(double *m, double x, int max)
{
	*m = (max ? x > *m : x < *m) ? x : *m;
}

LEAT_INLINE void leat_section_add(const struct leat_section *p, void *acc,
    const leat_sample *s, int before)
{
	switch (p->id) {
	case LEAT_CLASS_SUM:
		if (LEAT_UNLIKELY(!leat_sum_try(acc, s->x)))
			p->cls->append(NULL, acc, s);
		break;
	case LEAT_CLASS_MOMENTS:
		leat_moments_add(acc, s->x);
		break;
	case LEAT_CLASS_MIN:
	case LEAT_CLASS_MAX:
		leat_extreme_add(acc, s->x, p->id == LEAT_CLASS_MAX);
		break;
	default:
		if (before)
			p->cls->prepend(p->agg, acc, s);
		else
			p->cls->append(p->agg, acc, s);
	}
}

/* Returns the sum of a block that has nothing else. */
LEAT_INLINE struct leat_sum *leat_accs_sum(struct leat_accs *a)
{
	return (struct leat_sum *)(void *)(a + 1);
}

LEAT_INLINE void leat_accs_add(const struct leat_layout *l, struct leat_accs *a,
    const leat_sample *s, int before)
{
	if (LEAT_UNLIKELY(leat_is_missing(s))) {
		a->missing++;
		return;
	}
	a->count++;
	if (l->sum_alone) {
		leat_sum_add(leat_accs_sum(a), s->x);
		return;
	}
	for (size_t i = 0; i < l->n_sections; i++) {
		const struct leat_section *p = &l->sections[i];
		leat_section_add(p, leat_section(p, a), s, before);
	}
}

/* Joins by way of the class, which wants a folded partial on the right. */
void leat_section_combine(const struct leat_section *p, void *acc,
    const void *right);

LEAT_INLINE void leat_accs_unite(const struct leat_layout *l,
    struct leat_accs *a, const struct leat_accs *b)
{
	a->count += b->count;
	a->missing += b->missing;
	if (LEAT_LIKELY(l->sum_alone)) {
		leat_sum_join(leat_accs_sum(a), (const void *)(b + 1));
		return;
	}
	for (size_t i = 0; i < l->n_sections; i++) {
		const struct leat_section *p = &l->sections[i];
		void *acc = leat_section(p, a);
		const void *right = (const unsigned char *)b + p->from;
		if (LEAT_LIKELY(p->id == LEAT_CLASS_SUM &&
			leat_sum_try_join(acc, right)))
			continue;
		if (p->id == LEAT_CLASS_SUM)
			p->cls->combine(NULL, acc, right);
		else if (p->id == LEAT_CLASS_MIN || p->id == LEAT_CLASS_MAX)
			leat_extreme_add(acc, *(const double *)right,
			    p->id == LEAT_CLASS_MAX);
		else
			leat_section_combine(p, acc, right);
	}
}

void leat_accs_copy_narrow(const struct leat_layout *l, struct leat_accs *a,
    const struct leat_accs *b);

/* Copies a block. Most are small, and their size is a multiple of 16. */
LEAT_INLINE void leat_accs_copy(const struct leat_layout *l,
    struct leat_accs *a, const struct leat_accs *b)
{
	if (LEAT_LIKELY(l->accs_size == 48))
		memcpy(a, b, 48);
	else if (l->accs_size == 32)
		memcpy(a, b, 32);
	else if (LEAT_LIKELY(!l->narrow))
		memcpy(a, b, l->accs_size);
	else
		leat_accs_copy_narrow(l, a, b);
}

/* Makes a block of no values. */
LEAT_INLINE void leat_accs_clear(const struct leat_layout *l,
    struct leat_accs *a)
{
	if (LEAT_LIKELY(l->blank))
		leat_accs_copy(l, a, l->blank);
	else
		leat_accs_blank(l, a);
}

#endif
