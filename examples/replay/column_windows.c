/*
 * The windows of one key. Each window has a slot that knows where its
 * results go in the row; the callback of a window that closes copies them
 * there.
 */
#include "column_windows.h"

#include <stdlib.h>
#include <string.h>

struct slot {
	struct column_windows *bank;
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

size_t column_windows_width(const struct column_windows_plan *p)
{
	return p->n_columns * p->stats->n_single + p->stats->n_pair;
}

int column_windows_closes(const struct column_windows_plan *p)
{
	return p->window.kind == LEAT_TUMBLING ||
	    p->window.kind == LEAT_HOPPING;
}

static int on_close(void *ctx, const leat_result *result)
{
	struct slot *s = ctx;
	struct column_windows *b = s->bank;

	memcpy(b->closed + s->at, result->values,
	    result->n_values * sizeof *b->closed);
	b->has_closed = 1;
	b->start = result->start;
	b->end = result->end;
	return 0;
}

/* How many columns have a window; after theirs comes that of the pair. */
static size_t single_slots(const struct column_windows_plan *p)
{
	return p->stats->n_single ? p->n_columns : 0;
}

static leat_window_options slot_options(struct column_windows *b, size_t i)
{
	const struct cli_stats *stats = b->plan->stats;
	int single = i < single_slots(b->plan);
	leat_window_options o = b->plan->window;

	o.stats = single ? stats->single : stats->pair;
	o.n_stats = single ? stats->n_single : stats->n_pair;
	if (column_windows_closes(b->plan)) {
		o.sink.emit = on_close;
		o.sink.ctx = &b->slots[i];
	}
	return o;
}

static int add_windows(struct column_windows *b)
{
	const struct cli_stats *stats = b->plan->stats;
	size_t n = single_slots(b->plan) + (stats->n_pair > 0);

	for (size_t i = 0; i < n; i++) {
		leat_window_options o = slot_options(b, i);
		struct slot *s = &b->slots[i];
		int err = leat_window_new(&s->window, &o);

		if (err)
			return err;
		s->bank = b;
		s->at = i * stats->n_single;
		b->n_slots++;
	}
	return 0;
}

size_t column_windows_bytes(const struct column_windows_plan *p)
{
	size_t n = single_slots(p) + (p->stats->n_pair > 0);
	size_t bytes = sizeof(struct column_windows) +
	    (n + 1) * sizeof(struct slot) +
	    (column_windows_width(p) + 1) * sizeof(double);

	for (size_t i = 0; i < n; i++) {
		int single = i < single_slots(p);
		leat_window_options o = p->window;
		size_t one = 0;

		o.stats = single ? p->stats->single : p->stats->pair;
		o.n_stats = single ? p->stats->n_single : p->stats->n_pair;
		if (leat_window_check(&o, &one, NULL) == 0)
			bytes += one;
	}
	return bytes;
}

int column_windows_new(struct column_windows **bank_out,
    const struct column_windows_plan *plan)
{
	struct column_windows *b = calloc(1, sizeof *b);
	int err = LEAT_ENOMEM;

	if (!b)
		return err;
	b->plan = plan;
	b->slots = calloc(plan->n_columns + 1, sizeof *b->slots);
	b->closed = calloc(column_windows_width(plan) + 1, sizeof *b->closed);
	if (b->slots && b->closed)
		err = add_windows(b);
	if (err) {
		column_windows_free(b);
		return err;
	}
	*bank_out = b;
	return 0;
}

void column_windows_free(struct column_windows *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n_slots; i++)
		leat_window_free(b->slots[i].window);
	free(b->slots);
	free(b->closed);
	free(b);
}

leat_window *column_windows_only(const struct column_windows *b)
{
	return b->n_slots == 1 && !b->plan->stats->n_pair &&
		!column_windows_closes(b->plan)
	    ? b->slots[0].window
	    : NULL;
}

int column_windows_push(struct column_windows *b, const double *x)
{
	size_t n = b->n_slots - (b->plan->stats->n_pair > 0);
	int err = 0;

	b->has_closed = 0;
	for (size_t i = 0; i < n && err >= 0; i++)
		err = leat_window_push(b->slots[i].window, x[i]);
	if (b->plan->stats->n_pair && err >= 0)
		err = leat_window_push_xy(b->slots[n].window, x[0], x[1]);
	return err < 0 ? err : b->has_closed;
}

const double *column_windows_closed(const struct column_windows *b,
    int64_t *start_out, int64_t *end_out)
{
	*start_out = b->start;
	*end_out = b->end;
	return b->closed;
}

void column_windows_query(const struct column_windows *b, double *row_out)
{
	for (size_t i = 0; i < b->n_slots; i++)
		leat_window_query(b->slots[i].window, row_out + b->slots[i].at);
}

static void load_window(struct column_windows *b, size_t i, struct tape *t)
{
	leat_window_options o = slot_options(b, i);
	leat_reader in = tape_reader(t);
	leat_window *window;
	int err = leat_window_load(&window, &o, &in);

	tape_object(t, err, &in);
	if (err)
		return;
	leat_window_free(b->slots[i].window);
	b->slots[i].window = window;
}

void column_windows_tape(struct column_windows *b, struct tape *t)
{
	for (size_t i = 0; i < b->n_slots && !t->failed; i++) {
		leat_writer out = tape_writer(t);

		if (t->loads)
			load_window(b, i, t);
		else
			tape_object(t,
			    leat_window_save(b->slots[i].window, &out), NULL);
	}
}
