/*
 * few_block.c - blocks for trees without nodes
 *
 * A block has room for a few values and is allocated by itself, so that a tree
 * takes what it needs and no more. Some free ones of each class are kept for
 * later values: a push makes sure of those that it may need before anything
 * changes, and takes them without failing.
 *
 * Cost: a few instructions, and the allocator's where no free one is kept or
 * enough are.
 */
#include "few_places.h"

static size_t few_bytes(const struct leat_forest *f, unsigned size)
{
	size_t room = leat_few_room(f, size),
	       each = sizeof(int64_t) +
	    (f->layout.pairs ? 2 : 1) * sizeof(double);

	if (f->panes)
		return sizeof(struct leat_few) + room * sizeof(int64_t) +
		    (room + 1) * f->layout.accs_size;
	return sizeof(struct leat_few) + room * each +
	    (size < LEAT_FEW_MARKED ? 1 : 2) * f->layout.accs_size;
}

int leat_few_reserve_size(struct leat_forest *f, unsigned size, size_t n)
{
	struct leat_shelf *shelf = &f->shelves[size];
	int err = LEAT_OK;

	for (size_t i = shelf->n; LEAT_UNLIKELY(i < n); i++) {
		struct leat_spare *s = leat_memory_take(f->memory,
		    few_bytes(f, size));
		if (!s) {
			err = LEAT_ENOMEM;
			continue;
		}
		s->next = shelf->spare;
		shelf->spare = s;
		shelf->n++;
	}
	return err;
}

int leat_few_reserve(struct leat_forest *f, size_t n)
{
	int err = LEAT_OK;

	if (!f->small)
		return LEAT_OK;
	/* Panes reserve larger blocks when they need them. */
	for (unsigned size = 0; size < leat_few_classes(f); size++)
		if (size == 0 || !f->panes)
			err |= leat_few_reserve_size(f, size, n);
	return err;
}

struct leat_few *leat_few_take(struct leat_forest *f, unsigned size)
{
	struct leat_shelf *shelf = &f->shelves[size];
	struct leat_spare *s = shelf->spare;
	struct leat_few *w = (struct leat_few *)(void *)s;

	shelf->spare = s->next;
	shelf->n--;
	f->stocked = 0;
	memset(w, 0, sizeof(*w));
	w->size = (uint8_t)size;
	w->room = (uint8_t)leat_few_room(f, size);
	return w;
}

/* Frees blocks of a size until `most` are left. */
static void shelf_trim(struct leat_forest *f, unsigned size, size_t most)
{
	struct leat_shelf *shelf = &f->shelves[size];

	while (shelf->n > most) {
		struct leat_spare *s = shelf->spare;
		shelf->spare = s->next;
		shelf->n--;
		leat_memory_give(f->memory, s, few_bytes(f, size));
	}
}

void leat_few_give(struct leat_forest *f, struct leat_few *w)
{
	unsigned size = w->size;
	struct leat_shelf *shelf = &f->shelves[size];
	struct leat_spare *s = (struct leat_spare *)(void *)w;

	s->next = shelf->spare;
	shelf->spare = s;
	shelf->n++;
	shelf_trim(f, size, f->keep);
}

void leat_shelves_clear(struct leat_forest *f)
{
	for (unsigned size = 0; size < LEAT_FEW_CLASSES; size++)
		shelf_trim(f, size, 0);
}

/* ---------------- what is in them ------------------------------------ */

void leat_few_get(const struct leat_forest *f, const struct leat_few *w,
    size_t i, leat_sample *s_out)
{
	size_t place = leat_few_place(w, i);
	const double *x = leat_few_x(w) + place;

	s_out->t = w->t[place];
	s_out->x = x[0];
	s_out->y = f->layout.pairs ? x[w->room] : 0;
}

struct leat_few *leat_few_widen(struct leat_forest *f, struct leat_few *w)
{
	struct leat_few *wide;
	uint8_t room;
	leat_sample s;

	if (leat_few_length(w) < w->room)
		return w;
	wide = leat_few_take(f, w->size + 1u);
	room = wide->room;
	*wide = *w;
	wide->size++;
	wide->room = room;
	wide->head = wide->mark = 0;
	for (size_t i = w->gone; i < leat_few_end(w); i++) {
		if (f->panes) {
			wide->t[i] = leat_few_time(w, i);
			leat_accs_copy(&f->layout, leat_few_pane(f, wide, i),
			    leat_few_pane(f, w, i));
			continue;
		}
		leat_few_get(f, w, i, &s);
		leat_few_set(f, wide, i, &s);
	}
	if (f->panes)
		leat_accs_copy(&f->layout, leat_few_middle(f, wide),
		    leat_few_middle(f, w));
	else
		leat_accs_copy(&f->layout, leat_few_accs(f, wide),
		    leat_few_accs(f, w));
	leat_few_give(f, w);
	return wide;
}

/* ---------------- copying -------------------------------------------- */

int leat_few_copy(struct leat_forest *f, struct leat_tree *to,
    const struct leat_tree *from)
{
	unsigned size = from->few->size;

	memset(to, 0, sizeof(*to));
	if (leat_few_reserve_size(f, size, 1))
		return LEAT_ENOMEM;
	to->few = leat_few_take(f, size);
	memcpy(to->few, from->few, few_bytes(f, size));
	return LEAT_OK;
}
