/*
 * accs.c - blocks of accumulators
 *
 * A block stands for one run of values for all statistics at once. Steps
 * and joins that must be fast are in time.h.
 */
#include "time.h"

void leat_accs_clear(const struct leat_flow *f, struct leat_accs *a)
{
	a->count = a->missing = 0;
	for (size_t i = 0; i < f->n_sections; i++) {
		const struct leat_section *s = &f->sections[i];
		s->cls->identity(s->agg, leat_section(s, a));
	}
}

void leat_accs_append(const struct leat_flow *f, struct leat_accs *a,
    const leat_sample *s)
{
	leat_accs_add(f, a, s, 0);
}

void leat_section_combine(const struct leat_flow *f,
    const struct leat_section *p, void *acc, const void *right)
{
	if (p->id == LEAT_CLASS_MOMENTS) {
		leat_moments_join(acc, right);
		return;
	}
	if (p->cls->fold) {
		memcpy(f->temp, right, p->size);
		p->cls->fold(f->temp);
		right = f->temp;
	}
	p->cls->combine(p->agg, acc, right);
}

/* Nothing is joined with nothing: identities may be anything that acts so. */
void leat_accs_join(const struct leat_flow *f, struct leat_accs *a,
    const struct leat_accs *b)
{
	if (LEAT_LIKELY(a->count > 0 && b->count > 0)) {
		leat_accs_unite(f, a, b);
		return;
	}
	uint64_t missing = a->missing + b->missing;
	if (b->count > 0)
		leat_accs_copy(f, a, b);
	a->missing = missing;
}
