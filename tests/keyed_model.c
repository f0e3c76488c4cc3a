/* The model of keyed windows; see keyed_model.h. */
#include "keyed_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

/* ------------------------------------------------------------------ */
/* Logs                                                               */
/* ------------------------------------------------------------------ */

static void *grown(void *list, size_t n, size_t *room, size_t each)
{
	if (n < *room)
		return list;
	*room = *room ? 2 * *room : 16;
	list = realloc(list, *room * each);
	if (list == NULL) {
		fputs("no memory for the model\n", stderr);
		abort();
	}
	return list;
}

void told_add(struct told_log *log, const struct told_line *line)
{
	log->lines = grown(log->lines, log->n, &log->room, sizeof(*line));
	log->lines[log->n++] = *line;
}

void told_free(struct told_log *log)
{
	free(log->lines);
	memset(log, 0, sizeof(*log));
}

int told_same(const struct told_line *a, const struct told_line *b)
{
	for (int i = 0; i < MODEL_STATS; i++)
		if (!same_bits(a->v[i], b->v[i]))
			return 0;
	return a->who == b->who && a->key == b->key && a->start == b->start &&
	    a->end == b->end && a->revision == b->revision &&
	    a->flags == b->flags && a->watermark == b->watermark &&
	    a->count == b->count && a->missing == b->missing;
}

/* ------------------------------------------------------------------ */
/* Windows                                                            */
/* ------------------------------------------------------------------ */

static void compute(const struct model_key *k, int64_t start, int64_t end,
    double *out)
{
	double sum = 0, n = 0, least = INFINITY;

	for (size_t i = 0; i < k->n_values; i++) {
		const struct model_value *v = &k->values[i];
		if (v->t < start || v->t >= end || v->x != v->x)
			continue;
		sum += v->x;
		n++;
		if (v->x < least)
			least = v->x;
	}
	out[0] = n > 0 ? sum / n : NAN;
	out[1] = n;
	out[2] = n > 0 ? least : NAN;
}

static int64_t floor_to(int64_t t, int64_t offset, int64_t step)
{
	int64_t rest = (t - offset) % step;

	return t - (rest < 0 ? rest + step : rest);
}

static int64_t step_of(const struct model_rules *r)
{
	return r->kind == LEAT_HOPPING ? r->advance : r->span;
}

static struct model_window *window_at(struct model_key *k, int64_t start,
    int64_t end)
{
	struct model_window fresh = { start, end, 0, 0, 0 };

	for (size_t i = 0; i < k->n_windows; i++)
		if (k->windows[i].start == start && k->windows[i].end == end)
			return &k->windows[i];
	k->windows = grown(k->windows, k->n_windows, &k->windows_room,
	    sizeof(fresh));
	/* In the order of their ends, which is that of their starts. */
	size_t at = k->n_windows++;
	for (; at > 0 && k->windows[at - 1].end > end; at--)
		k->windows[at] = k->windows[at - 1];
	k->windows[at] = fresh;
	return &k->windows[at];
}

static int by_time(const void *a, const void *b)
{
	const struct model_value *v = a, *w = b;

	return (v->t > w->t) - (v->t < w->t);
}

/* Sessions are what the values make of them, each time anew. */
static void find_sessions(const struct keyed_model *m, struct model_key *k)
{
	int64_t gap = m->rules.gap, start = 0;

	qsort(k->values, k->n_values, sizeof(*k->values), by_time);
	k->n_windows = 0;
	for (size_t i = 0; i < k->n_values; i++) {
		int64_t t = k->values[i].t;
		if (i == 0 || t - k->values[i - 1].t >= gap)
			start = t;
		if (i + 1 == k->n_values || k->values[i + 1].t - t >= gap)
			(void)window_at(k, start, t + gap);
	}
}

static void forget_before(struct model_key *k, int64_t end)
{
	size_t n = 0;

	for (size_t i = 0; i < k->n_values; i++)
		if (k->values[i].t >= end)
			k->values[n++] = k->values[i];
	k->n_values = n;
}

/* ------------------------------------------------------------------ */
/* Telling                                                            */
/* ------------------------------------------------------------------ */

static unsigned id_of(const struct keyed_model *m, const struct model_key *k)
{
	return (unsigned)(k - m->keys);
}

static struct told_line line_of(const struct keyed_model *m,
    const struct model_key *k, const struct model_window *w, int flags)
{
	struct told_line line = { TOLD_RESULT, id_of(m, k), w->start, w->end,
		{ 0 }, w->told, flags, m->coming, 0, 0 };

	for (size_t i = 0; i < k->n_values; i++) {
		const struct model_value *v = &k->values[i];
		if (v->t < w->start || v->t >= w->end)
			continue;
		line.count += v->x == v->x;
		line.missing += v->x != v->x;
	}
	compute(k, w->start, w->end, line.v);
	return line;
}

static void tell(struct keyed_model *m, struct model_key *k,
    struct model_window *w, int flags)
{
	struct told_line line = line_of(m, k, w, flags);

	if (flags == LEAT_RESULT_DROPPED)
		line.who = TOLD_EVICTED;
	w->told++;
	w->changed = 0;
	told_add(&m->log, &line);
}

static void tell_early(struct keyed_model *m, struct model_key *k)
{
	for (size_t i = 0; i < k->n_windows; i++)
		if (!k->windows[i].closed && k->windows[i].changed)
			tell(m, k, &k->windows[i], LEAT_RESULT_EARLY);
}

static void drop(struct keyed_model *m, struct model_key *k)
{
	for (size_t i = 0; m->rules.tells_evicted && i < k->n_windows; i++)
		if (!k->windows[i].closed)
			tell(m, k, &k->windows[i], LEAT_RESULT_DROPPED);
	k->there = 0;
	k->n_values = k->n_windows = 0;
	k->since = 0;
}

/* ------------------------------------------------------------------ */
/* Time                                                               */
/* ------------------------------------------------------------------ */

static int64_t later(int64_t t, int64_t by)
{
	return t > INT64_MAX - by ? INT64_MAX : t + by;
}

static struct model_window *first_open(struct model_key *k)
{
	for (size_t i = 0; i < k->n_windows; i++)
		if (!k->windows[i].closed)
			return &k->windows[i];
	return NULL;
}

/* When a key has something to do; INT64_MAX: never. */
static int64_t due_of(const struct keyed_model *m, struct model_key *k)
{
	struct model_window *w = first_open(k);
	int64_t due = w ? w->end : INT64_MAX;

	if (m->rules.ttl > 0 && later(k->latest, m->rules.ttl) < due)
		due = later(k->latest, m->rules.ttl);
	return due;
}

static struct model_key *next_due(struct keyed_model *m, int64_t *due_out)
{
	struct model_key *first = NULL;

	for (size_t i = 0; i < MODEL_KEYS; i++) {
		struct model_key *k = &m->keys[i];
		int64_t due = k->there ? due_of(m, k) : INT64_MAX;
		if (due == INT64_MAX ||
		    (first &&
			(due > *due_out ||
			    (due == *due_out && k->seen > first->seen))))
			continue;
		first = k;
		*due_out = due;
	}
	return first;
}

static void do_due(struct keyed_model *m, struct model_key *k, int64_t due)
{
	struct model_window *w = first_open(k);

	if (w && w->end <= due) {
		int64_t end = w->end;
		w->closed = 1;
		tell(m, k, w, 0);
		if (m->rules.kind == LEAT_SESSION) {
			forget_before(k, end);
			find_sessions(m, k);
		}
	}
	if (m->rules.ttl > 0 && later(k->latest, m->rules.ttl) <= due)
		drop(m, k);
}

static int by_seen(const void *a, const void *b)
{
	const struct model_key *const *k = a, *const *l = b;

	return ((*k)->seen > (*l)->seen) - ((*k)->seen < (*l)->seen);
}

static size_t keys_in_order(struct keyed_model *m,
    struct model_key *order[MODEL_KEYS])
{
	size_t n = 0;

	for (size_t i = 0; i < MODEL_KEYS; i++)
		if (m->keys[i].there)
			order[n++] = &m->keys[i];
	qsort(order, n, sizeof(order[0]), by_seen);
	return n;
}

static void tell_all_early(struct keyed_model *m)
{
	struct model_key *order[MODEL_KEYS];
	size_t n = keys_in_order(m, order);

	for (size_t i = 0; i < n; i++)
		tell_early(m, order[i]);
}

/* Key by key, each open window as it stands; nothing is remembered. */
void keyed_model_flush(struct keyed_model *m)
{
	struct model_key *order[MODEL_KEYS];
	size_t n = keys_in_order(m, order);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < order[i]->n_windows; j++) {
			if (order[i]->windows[j].closed)
				continue;
			struct told_line line = line_of(m, order[i],
			    &order[i]->windows[j],
			    LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED);
			told_add(&m->log, &line);
		}
}

static void pass(struct keyed_model *m, int64_t was, int64_t target)
{
	int64_t due = 0, step = m->rules.early_span;
	struct model_key *k;

	if (target > m->coming)
		m->coming = target;
	while ((k = next_due(m, &due)) && due <= target)
		do_due(m, k, due);
	if (target > m->watermark)
		m->watermark = target;
	if (step > 0 && m->started && floor_to(m->now, 0, step) > was)
		tell_all_early(m);
}

static void see(struct keyed_model *m, int64_t t)
{
	int64_t was = m->now;

	if (!m->started || t > m->now)
		m->now = t;
	pass(m, was, m->now - m->rules.delay);
	m->started = 1;
}

void keyed_model_advance(struct keyed_model *m, int64_t t)
{
	if (t == LEAT_TIME_MAX)
		pass(m, m->now, t);
	else
		see(m, t);
}

/* ------------------------------------------------------------------ */
/* Values                                                             */
/* ------------------------------------------------------------------ */

static int is_expired(const struct keyed_model *m, int64_t end)
{
	return end + m->rules.lateness <= m->watermark;
}

/* The end of the last window that t is in; INT64_MIN: in none. */
static int64_t last_end(const struct keyed_model *m, int64_t t)
{
	const struct model_rules *r = &m->rules;
	int64_t end = floor_to(t, r->offset, step_of(r)) + r->span;

	return end > t ? end : INT64_MIN;
}

static int joins_session(const struct keyed_model *m, const struct model_key *k,
    int64_t t)
{
	for (size_t i = 0; i < k->n_windows; i++)
		if (t < k->windows[i].end &&
		    t + m->rules.gap > k->windows[i].start)
			return 1;
	return 0;
}

/* LEAT_TOO_LATE, or 0, with *outside_out set. */
static int place(const struct keyed_model *m, const struct model_key *k,
    int64_t t, int *outside_out)
{
	*outside_out = 0;
	if (m->watermark == LEAT_TIME_MAX)
		return LEAT_TOO_LATE;
	if (m->rules.kind == LEAT_SESSION)
		return !joins_session(m, k, t) &&
			t + m->rules.gap <= m->watermark
		    ? LEAT_TOO_LATE
		    : LEAT_OK;
	*outside_out = last_end(m, t) == INT64_MIN;
	if (!*outside_out && is_expired(m, last_end(m, t)))
		return LEAT_TOO_LATE;
	return LEAT_OK;
}

static void keep(struct model_key *k, int64_t t, double x)
{
	k->values = grown(k->values, k->n_values, &k->room, sizeof(*k->values));
	k->values[k->n_values].t = t;
	k->values[k->n_values++].x = x;
}

/* Puts a value into all windows that hold t and are not done with. */
static void put(struct keyed_model *m, struct model_key *k, int64_t t)
{
	const struct model_rules *r = &m->rules;
	int64_t step = step_of(r), last, start;

	if (r->kind == LEAT_SESSION) {
		find_sessions(m, k);
		return;
	}
	last = floor_to(t, r->offset, step);
	for (start = last; start - step + r->span > t;)
		start -= step;
	for (; start <= last; start += step) {
		if (is_expired(m, start + r->span))
			continue;
		struct model_window *w = window_at(k, start, start + r->span);
		w->changed = 1;
		if (w->end > m->watermark)
			continue;
		w->closed = 1;
		tell(m, k, w, LEAT_RESULT_UPDATED);
	}
}

static void take(struct keyed_model *m, struct model_key *k, int64_t t,
    double x, int outside)
{
	if (t > k->latest)
		k->latest = t;
	if (outside) {
		m->counts.in_no_window++;
		return;
	}
	if (x == x)
		m->counts.taken++;
	else
		m->counts.missing++;
	keep(k, t, x);
	put(m, k, t);
	if (m->rules.early_count == 0 || ++k->since < m->rules.early_count)
		return;
	k->since = 0;
	tell_early(m, k);
}

static void make_room(struct keyed_model *m)
{
	struct model_key *oldest = NULL;

	while (keyed_model_length(m) > m->rules.max_keys) {
		oldest = NULL;
		for (size_t i = 0; i < MODEL_KEYS; i++) {
			struct model_key *k = &m->keys[i];
			if (k->there && (!oldest || k->pushed < oldest->pushed))
				oldest = k;
		}
		drop(m, oldest);
	}
}

static int refuse_late(struct keyed_model *m, unsigned key, int64_t t, double x)
{
	struct told_line line = { TOLD_LATE, key, t, t, { x, 0, 0 }, 0, 0, 0, 0,
		0 };

	m->counts.late++;
	told_add(&m->log, &line);
	return LEAT_TOO_LATE;
}

int keyed_model_push(struct keyed_model *m, unsigned key, int64_t t, double x)
{
	const struct model_rules *r = &m->rules;
	struct model_key *k = &m->keys[key];
	int outside, fresh;

	see(m, t);
	m->counts.pushed++;
	m->steps++;
	fresh = !k->there;
	if (fresh && r->max_keys > 0 && r->full == LEAT_WHEN_FULL_REFUSE &&
	    keyed_model_length(m) >= r->max_keys) {
		m->counts.refused++;
		return LEAT_NO_ROOM;
	}
	k->pushed = m->steps;
	if (place(m, k, t, &outside))
		return refuse_late(m, key, t, x);
	if (fresh) {
		k->there = 1;
		k->seen = m->steps;
		k->latest = INT64_MIN;
	}
	take(m, k, t, x, outside);
	if (fresh && r->max_keys > 0)
		make_room(m);
	if (r->ttl > 0 && later(k->latest, r->ttl) <= m->watermark)
		drop(m, k);
	return LEAT_OK;
}

int keyed_model_drop(struct keyed_model *m, unsigned key)
{
	if (!m->keys[key].there)
		return LEAT_EKEY;
	drop(m, &m->keys[key]);
	return LEAT_OK;
}

/* ------------------------------------------------------------------ */
/* Asking                                                             */
/* ------------------------------------------------------------------ */

int keyed_model_query(struct keyed_model *m, unsigned key, double *out,
    int64_t *start_out, int64_t *end_out)
{
	const struct model_rules *r = &m->rules;
	struct model_key *k = &m->keys[key];
	int64_t start = m->now, end = m->now, step = step_of(r);

	if (!k->there)
		return LEAT_EKEY;
	if (r->kind != LEAT_SESSION) {
		/* Takes the first of the windows that hold now. */
		start = floor_to(m->now, r->offset, step);
		while (start - step + r->span > m->now)
			start -= step;
		end = start + r->span;
		if (end <= m->now) /* between two */
			start = end = m->now;
	}
	for (size_t i = 0; r->kind == LEAT_SESSION && i < k->n_windows; i++) {
		struct model_window *w = &k->windows[i];
		if (w->start <= m->now && m->now < w->end) {
			start = w->start;
			end = w->end;
		}
	}
	compute(k, start, end, out);
	*start_out = start;
	*end_out = end;
	return LEAT_OK;
}

size_t keyed_model_length(const struct keyed_model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < MODEL_KEYS; i++)
		n += m->keys[i].there != 0;
	return n;
}

void keyed_model_open(struct keyed_model *m, const struct model_rules *rules)
{
	memset(m, 0, sizeof(*m));
	m->rules = *rules;
	m->now = m->watermark = m->coming = INT64_MIN;
}

void keyed_model_close(struct keyed_model *m)
{
	for (size_t i = 0; i < MODEL_KEYS; i++) {
		free(m->keys[i].values);
		free(m->keys[i].windows);
	}
	told_free(&m->log);
}
