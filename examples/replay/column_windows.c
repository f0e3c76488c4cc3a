/*
 * The windows of one key. Each window has a slot that knows where its
 * results go in the row; the callback of a window that closes copies them
 * there.
 */
#include "column_windows.h"

#include <stdlib.h>
#include <string.h>

struct slot {
	struct column_windows *all;
	leat_window *window;
	size_t at; /* in the row */
};

struct column_windows {
	const struct column_windows_plan *plan;
	size_t n_slots;
	struct slot *slots; /* the columns', then the pair's */
	double *closed;
	int has_closed;
	int64_t start, end;
};

int column_windows_closes(const struct column_windows_plan *p)
{
	return p->window.kind == LEAT_TUMBLING ||
	    p->window.kind == LEAT_HOPPING;
}

static int on_close(void *ctx, const leat_result *result)
{
	struct slot *s = ctx;
	struct column_windows *w = s->all;

	memcpy(w->closed + s->at, result->values,
	    result->n_values * sizeof *w->closed);
	w->has_closed = 1;
	w->start = result->start;
	w->end = result->end;
	return 0;
}

static leat_window_options slot_options(const struct column_windows_plan *p,
    size_t i)
{
	struct row_slot slot = row_slots_get(&p->slots, i);
	leat_window_options o = p->window;

	o.stats = slot.stats;
	o.n_stats = slot.n_stats;
	return o;
}

static leat_window_options sink_options(struct column_windows *w, size_t i)
{
	leat_window_options o = slot_options(w->plan, i);

	if (column_windows_closes(w->plan)) {
		o.sink.emit = on_close;
		o.sink.ctx = &w->slots[i];
	}
	return o;
}

static int add_windows(struct column_windows *w)
{
	size_t n = row_slots_count(&w->plan->slots);

	for (size_t i = 0; i < n; i++) {
		leat_window_options o = sink_options(w, i);
		struct slot *s = &w->slots[i];
		int err = leat_window_new(&s->window, &o);

		if (err)
			return err;
		s->all = w;
		s->at = row_slots_get(&w->plan->slots, i).at;
		w->n_slots++;
	}
	return 0;
}

size_t column_windows_bytes(const struct column_windows_plan *p)
{
	size_t n = row_slots_count(&p->slots);
	size_t bytes = sizeof(struct column_windows) +
	    (n + 1) * sizeof(struct slot) +
	    (row_slots_width(&p->slots) + 1) * sizeof(double);

	for (size_t i = 0; i < n; i++) {
		leat_window_options o = slot_options(p, i);
		size_t one = 0;

		if (leat_window_check(&o, &one, NULL) == 0)
			bytes += one;
	}
	return bytes;
}

int column_windows_new(struct column_windows **windows_out,
    const struct column_windows_plan *plan)
{
	struct column_windows *w = calloc(1, sizeof *w);
	int err = LEAT_ENOMEM;

	if (!w)
		return err;
	w->plan = plan;
	w->slots = calloc(plan->slots.n_columns + 1, sizeof *w->slots);
	w->closed = calloc(row_slots_width(&plan->slots) + 1,
	    sizeof *w->closed);
	if (w->slots && w->closed)
		err = add_windows(w);
	if (err) {
		column_windows_free(w);
		return err;
	}
	*windows_out = w;
	return 0;
}

void column_windows_free(struct column_windows *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->n_slots; i++)
		leat_window_free(w->slots[i].window);
	free(w->slots);
	free(w->closed);
	free(w);
}

size_t column_windows_open(const struct column_windows_plan *p)
{
	return p->slots.stats->n_pair || column_windows_closes(p)
	    ? 0
	    : row_slots_count(&p->slots);
}

void column_windows_list(const struct column_windows *w,
    leat_window **windows_out)
{
	for (size_t i = 0; i < w->n_slots; i++)
		windows_out[i] = w->slots[i].window;
}

int column_windows_push(struct column_windows *w, const double *x)
{
	size_t n = w->n_slots - (w->plan->slots.stats->n_pair > 0);
	int err = 0;

	w->has_closed = 0;
	for (size_t i = 0; i < n && err >= 0; i++)
		err = leat_window_push(w->slots[i].window, x[i]);
	if (w->plan->slots.stats->n_pair && err >= 0)
		err = leat_window_push_xy(w->slots[n].window, x[0], x[1]);
	return err < 0 ? err : w->has_closed;
}

const double *column_windows_closed(const struct column_windows *w,
    int64_t *start_out, int64_t *end_out)
{
	*start_out = w->start;
	*end_out = w->end;
	return w->closed;
}

void column_windows_query(const struct column_windows *w, double *row_out)
{
	for (size_t i = 0; i < w->n_slots; i++)
		leat_window_query(w->slots[i].window, row_out + w->slots[i].at);
}

static void load_window(struct column_windows *w, size_t i, struct tape *t)
{
	leat_window_options o = sink_options(w, i);
	leat_reader in = tape_reader(t);
	leat_window *window;
	int err = leat_window_load(&window, &o, &in);

	tape_object(t, err, &in);
	if (err)
		return;
	leat_window_free(w->slots[i].window);
	w->slots[i].window = window;
}

void column_windows_tape(struct column_windows *w, struct tape *t)
{
	for (size_t i = 0; i < w->n_slots && !t->failed; i++) {
		leat_writer out = tape_writer(t);

		if (t->loads)
			load_window(w, i, t);
		else
			tape_object(t,
			    leat_window_save(w->slots[i].window, &out), NULL);
	}
}
