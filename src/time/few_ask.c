/*
 * few_ask.c - asking trees without nodes
 *
 * Nodes know all suffixes of the first leaf; a block works out the one that is
 * asked for, from the last value of that leaf to the first that is left.
 * Values leave one by one, so the next to be asked for begins a little further
 * on: on the way one such suffix is marked and kept, and the others are made
 * from that. When it has been passed the next one is marked; but not by a
 * query, which must not change the window and combines elsewhere than in
 * f->own.
 *
 * Cost: of a suffix about three steps a query, sixteen at most, and of all
 * else two combines.
 */
#include "few_places.h"

int64_t leat_few_oldest(const struct leat_few *w)
{
	return leat_few_time(w, w->gone);
}

int64_t leat_few_newest(const struct leat_few *w)
{
	return leat_few_time(w, leat_few_end(w) - 1);
}

size_t leat_few_length(const struct leat_few *w)
{
	return leat_few_end(w) - w->gone;
}

int leat_few_seek(const struct leat_few *w, int64_t from, int64_t *t_out)
{
	size_t n = leat_few_length(w), i = n,
	       place = leat_few_place(w, w->gone + n);

	/* The time sought is near the end most of the time. */
	for (; i > 0; i--) {
		place = (place > 0 ? place : w->room) - 1;
		if (w->t[place] < from)
			return i < n;
		*t_out = w->t[place];
	}
	return 1;
}

/* ---------------- steps ---------------------------------------------- */

static struct leat_series row_at(const struct leat_forest *f,
    const struct leat_few *w, size_t place)
{
	const double *x = leat_few_x(w) + place;
	struct leat_series r = { w->t + place, x,
		f->layout.pairs ? x + w->room : NULL };

	return r;
}

void leat_few_add(const struct leat_forest *f, const struct leat_few *w,
    size_t i, size_t end, struct leat_accs *out)
{
	while (i < end) {
		size_t place = leat_few_place(w, i), n = w->room - place;
		struct leat_series r = row_at(f, w, place);
		if (n > end - i)
			n = end - i;
		leat_accs_add_row(&f->layout, out, &r, n, 0);
		i += n;
	}
}

/* Prepends values, the last one first. */
static void few_prepend_all(const struct leat_forest *f,
    const struct leat_few *w, size_t i, size_t end, struct leat_accs *out)
{
	while (i < end) {
		size_t n = leat_few_place(w, end - 1) + 1;
		if (n > end - i)
			n = end - i;
		end -= n;
		struct leat_series r = row_at(f, w, leat_few_place(w, end));
		leat_accs_add_row(&f->layout, out, &r, n, 1);
	}
}

void leat_few_tail(const struct leat_forest *f, struct leat_few *w, size_t i,
    struct leat_accs *out)
{
	size_t mark = w->mark;

	if (mark > 0 && mark >= i) {
		leat_accs_copy(&f->layout, out, leat_few_marked(f, w));
		few_prepend_all(f, w, i, mark, out);
		return;
	}
	/* Marks lie where a leaf of sixteen takes the fewest steps in all. */
	mark = w->size < LEAT_FEW_MARKED ? w->first
					 : i + (w->first - i + 4) / 5;
	leat_accs_clear(&f->layout, out);
	few_prepend_all(f, w, mark, w->first, out);
	if (mark < w->first && out == f->own) {
		leat_accs_copy(&f->layout, leat_few_marked(f, w), out);
		w->mark = (uint8_t)mark;
	}
	few_prepend_all(f, w, i, mark, out);
}

void leat_few_query(const struct leat_forest *f, struct leat_few *w,
    struct leat_accs *out)
{
	if (f->panes) {
		leat_few_query_panes(f, w, out);
		return;
	}
	if (w->last) {
		leat_few_tail(f, w, w->gone, out);
		leat_accs_join(&f->layout, out, leat_few_accs(f, w));
	} else if (w->gone == 0) {
		leat_accs_copy(&f->layout, out, leat_few_accs(f, w));
	} else {
		leat_accs_clear(&f->layout, out);
		leat_few_add(f, w, w->gone, w->first, out);
	}
}

/*
 * A range that begins where the tree does is made of leaves if it can be, as
 * that of a tree with nodes is.
 */
void leat_few_range(const struct leat_forest *f, struct leat_few *w,
    int64_t from, int64_t to, struct leat_accs *out)
{
	size_t begin = w->gone, end = leat_few_end(w);

	if (f->panes) {
		leat_few_range_panes(f, w, from, to, out);
		return;
	}
	if (from <= leat_few_oldest(w) && to > leat_few_time(w, end - 1)) {
		leat_few_query(f, w, out);
		return;
	}
	while (begin < end && leat_few_time(w, begin) < from)
		begin++;
	while (end > begin && leat_few_time(w, end - 1) >= to)
		end--;
	if (w->last && from <= leat_few_oldest(w) &&
	    to > leat_few_time(w, w->first)) {
		leat_few_tail(f, w, w->gone, out);
		begin = w->first;
	} else {
		leat_accs_clear(&f->layout, out);
	}
	leat_few_add(f, w, begin, end, out);
}

void leat_few_each(const struct leat_forest *f, const struct leat_few *w,
    void (*fn)(void *ctx, const leat_sample *s), void *ctx)
{
	leat_sample s;

	for (size_t i = w->gone; i < leat_few_end(w); i++) {
		leat_few_get(f, w, i, &s);
		fn(ctx, &s);
	}
}
