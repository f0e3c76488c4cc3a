/*
 * The model of windows by time.
 *
 * A push goes through the steps that the header names, one function each:
 * refuse what has no place in time; move the clock; close what the
 * watermark has reached; tell early results; see whether the value is
 * late, or has no room; put it in; tell closed windows that took it; count
 * for early_count.
 *
 * Times are 64-bit and may lie at the limits, so the grid is found from
 * remainders, never from a number of a window, and sums saturate.
 */
#include "time_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct interval {
	int64_t start, end;
};

static void room(size_t used, size_t most, const char *what)
{
	if (used < most)
		return;
	fprintf(stderr, "time_model: too many %s\n", what);
	abort();
}

int64_t tm_add(int64_t a, int64_t b)
{
	if (b > 0 && a > INT64_MAX - b)
		return INT64_MAX;
	if (b < 0 && a < INT64_MIN - b)
		return INT64_MIN;
	return a + b;
}

int64_t tm_sub(int64_t a, int64_t b)
{
	if (b == INT64_MIN)
		return tm_add(tm_add(a, INT64_MAX), 1);
	return tm_add(a, -b);
}

/* b - a as a number that cannot overflow; a <= b. */
static uint64_t between(int64_t a, int64_t b)
{
	return (uint64_t)b - (uint64_t)a;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* ------------------------------------------------------------------ */
/* Making                                                             */
/* ------------------------------------------------------------------ */

static void start_over(struct time_model *m)
{
	m->seen = m->ended = m->changed = m->walking = 0;
	m->now = m->watermark = INT64_MIN;
	m->since_early = 0;
	memset(m->source, 0, sizeof(m->source));
	memset(&m->counts, 0, sizeof(m->counts));
	m->n_values = m->n_spans = m->n_told = m->n_pool = m->n_ids = 0;
}

struct time_model *time_model_new(const leat_time_window_options *options,
    int pairs, int in_order)
{
	struct time_model *m = malloc(sizeof(*m));
	if (m == NULL)
		abort();
	m->o = *options;
	if (m->o.n_sources == 0)
		m->o.n_sources = 1;
	room(m->o.n_sources - 1, TM_SOURCES, "sources");
	m->pairs = pairs;
	m->stores = in_order || options->kind == LEAT_SLIDING;
	start_over(m);
	return m;
}

struct time_model *time_model_copy(const struct time_model *m)
{
	struct time_model *copy = malloc(sizeof(*copy));
	if (copy == NULL)
		abort();
	memcpy(copy, m, sizeof(*copy) - sizeof(m->pool));
	memcpy(copy->pool, m->pool, m->n_pool * sizeof(m->pool[0]));
	return copy;
}

void time_model_free(struct time_model *m)
{
	free(m);
}

void time_model_reset(struct time_model *m)
{
	start_over(m);
}

/* ------------------------------------------------------------------ */
/* Windows that hold a time                                           */
/* ------------------------------------------------------------------ */

static int on_grid(const struct time_model *m)
{
	return m->o.kind == LEAT_TUMBLING || m->o.kind == LEAT_HOPPING ||
	    m->o.kind == LEAT_CALENDAR;
}

static int without_end(const struct time_model *m)
{
	return m->o.kind == LEAT_LANDMARK || m->o.kind == LEAT_DECAY;
}

static int64_t remainder_of(int64_t a, int64_t step)
{
	int64_t r = a % step;
	return r < 0 ? r + step : r;
}

/* Returns t less the last point offset + k step that is not above it. */
static uint64_t above(int64_t t, int64_t offset, int64_t step)
{
	int64_t a = remainder_of(t, step), b = remainder_of(offset, step);
	return (uint64_t)(a >= b ? a - b : a + (step - b));
}

static int64_t step_of(const struct time_model *m)
{
	return m->o.kind == LEAT_HOPPING ? m->o.hop : m->o.span;
}

/* Finds the windows of the grid that hold t, in order of their end. */
static size_t intervals_of(const struct time_model *m, int64_t t,
    struct interval *out)
{
	size_t n = 0;
	if (m->o.kind == LEAT_CALENDAR) {
		m->o.calendar.interval(m->o.calendar.ctx, t, &out->start,
		    &out->end);
		return 1;
	}
	uint64_t step = (uint64_t)step_of(m), span = (uint64_t)m->o.span;
	for (uint64_t d = above(t, m->o.offset, step_of(m)); d < span;
	     d += step) {
		room(n, TM_OVERLAP, "windows over one time");
		out[n].start = tm_sub(t, (int64_t)d);
		out[n++].end = tm_add(t, (int64_t)(span - d));
	}
	for (size_t i = 0; i < n / 2; i++) {
		struct interval swap = out[i];
		out[i] = out[n - 1 - i];
		out[n - 1 - i] = swap;
	}
	return n;
}

/* The next one of the grid; away from the limits of time. */
static struct interval after(const struct time_model *m,
    const struct tm_span *s)
{
	struct interval next = { tm_add(s->start, step_of(m)),
		tm_add(s->end, step_of(m)) };
	if (m->o.kind == LEAT_CALENDAR)
		intervals_of(m, s->end, &next);
	return next;
}

static int64_t session_end(const struct time_model *m, int64_t last)
{
	return tm_add(last, m->o.gap);
}

/* SLIDING: the window that ends with t. */
static struct interval up_to(const struct time_model *m, int64_t t)
{
	struct interval i = { tm_sub(t, m->o.span - 1), tm_add(t, 1) };
	return i;
}

/* ------------------------------------------------------------------ */
/* Windows that are known                                             */
/* ------------------------------------------------------------------ */

static int is_expired(const struct time_model *m, int64_t end)
{
	return m->ended || tm_add(end, m->o.allowed_lateness) <= m->watermark;
}

static struct tm_span *find(struct time_model *m, struct interval i)
{
	for (size_t k = 0; k < m->n_spans; k++) {
		struct tm_span *s = &m->span[k];
		if (!s->dead && s->start == i.start && s->end == i.end)
			return s;
	}
	return NULL;
}

static struct tm_span *add_span(struct time_model *m, struct interval i)
{
	room(m->n_spans, TM_SPANS, "windows");
	struct tm_span *s = &m->span[m->n_spans++];
	memset(s, 0, sizeof(*s));
	s->start = i.start;
	s->end = i.end;
	s->id = ++m->n_ids;
	s->closed = !without_end(m) && i.end <= m->watermark;
	return s;
}

static struct tm_span *find_or_add(struct time_model *m, struct interval i)
{
	struct tm_span *s = find(m, i);
	return s != NULL ? s : add_span(m, i);
}

/* Between two pushes, so that pointers to windows hold during one. */
static void forget(struct time_model *m)
{
	size_t kept = 0;
	for (size_t k = 0; k < m->n_spans; k++) {
		struct tm_span *s = &m->span[k];
		if (s->dead)
			continue;
		if (!without_end(m) && is_expired(m, s->end))
			continue;
		m->span[kept++] = *s;
	}
	m->n_spans = kept;
}

static int holds(const struct time_model *m, const struct tm_span *s,
    const struct tm_value *v)
{
	if (v->gone)
		return 0;
	if (m->o.kind == LEAT_SESSION)
		return v->home == s->id;
	if (without_end(m))
		return 1;
	return s->start <= v->t && v->t < s->end;
}

/* Something to tell: in SLIDING windows a value at their own time. */
static int has_data(const struct time_model *m, const struct tm_span *s,
    int own)
{
	for (size_t k = 0; k < m->n_values; k++) {
		const struct tm_value *v = &m->value[k];
		if (holds(m, s, v) && (!own || v->t == s->end - 1))
			return 1;
	}
	return 0;
}

static int closes_with_data(const struct time_model *m, const struct tm_span *s)
{
	return has_data(m, s, m->o.kind == LEAT_SLIDING);
}

static int sooner(const struct tm_span *a, const struct tm_span *b)
{
	return a->end != b->end ? a->end < b->end : a->start < b->start;
}

/* ------------------------------------------------------------------ */
/* Telling                                                            */
/* ------------------------------------------------------------------ */

const struct tm_value *time_model_value(const struct time_model *m,
    const struct tm_told *told, size_t i)
{
	return &m->value[m->pool[told->at + i]];
}

/* The interval and the values that s has now. */
static void look(struct time_model *m, const struct tm_span *s,
    struct tm_told *out)
{
	out->start = s->start;
	out->end = s->end;
	out->now = m->now;
	out->watermark = m->watermark;
	out->at = m->n_pool;
	out->n = 0;
	for (size_t k = 0; k < m->n_values; k++) {
		if (!holds(m, s, &m->value[m->order[k]]))
			continue;
		room(out->at + out->n, TM_POOL, "values of results");
		m->pool[out->at + out->n++] = m->order[k];
	}
	if (without_end(m) && out->n > 0) {
		out->start = m->value[m->order[0]].t;
		out->end = tm_add(m->now, 1);
	}
}

static void tell(struct time_model *m, struct tm_span *s, int flags)
{
	room(m->n_told, TM_TOLD, "results");
	struct tm_told *out = &m->told[m->n_told];
	look(m, s, out);
	if (out->n == 0 &&
	    !(flags & (LEAT_RESULT_EMPTY | LEAT_RESULT_RETRACTED)))
		return;
	out->revision = s->told++;
	out->flags = flags;
	m->n_told++;
	s->changed = 0;
	m->n_pool += out->n;
}

/* Emits open windows in the order of their ends, and keeps no trace. */
void time_model_flush(struct time_model *m)
{
	const struct tm_span *last = NULL;
	forget(m);
	for (;;) {
		const struct tm_span *next = NULL;
		for (size_t k = 0; k < m->n_spans; k++) {
			const struct tm_span *s = &m->span[k];
			if (s->dead || s->closed || !closes_with_data(m, s) ||
			    (last && !sooner(last, s)))
				continue;
			if (next == NULL || sooner(s, next))
				next = s;
		}
		if (next == NULL)
			return;
		room(m->n_told, TM_TOLD, "results");
		struct tm_told *out = &m->told[m->n_told++];
		look(m, next, out);
		out->revision = next->told;
		out->flags = LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED;
		m->n_pool += out->n;
		last = next;
	}
}

/* Once more what was told last, but for what has been dropped since. */
static void retract(struct time_model *m, struct tm_span *s)
{
	tell(m, s, LEAT_RESULT_RETRACTED);
}

/* The one that ends first of those that are due. */
static struct tm_span *first_due(struct time_model *m)
{
	struct tm_span *first = NULL;
	for (size_t k = 0; k < m->n_spans; k++) {
		struct tm_span *s = &m->span[k];
		if (s->dead || s->closed || s->end > m->watermark)
			continue;
		if (without_end(m) && !m->ended)
			continue;
		if (!closes_with_data(m, s))
			continue;
		if (first == NULL || sooner(s, first))
			first = s;
	}
	return first;
}

static void close_window(struct time_model *m, struct tm_span *s)
{
	s->closed = 1;
	tell(m, s, has_data(m, s, 0) ? 0 : LEAT_RESULT_EMPTY);
	m->walking = 1;
	m->frontier = *s;
}

/* emit_empty: the next one of the grid; 0 when there is none to close. */
static int close_next(struct time_model *m, const struct tm_span *due)
{
	struct interval next = after(m, &m->frontier);
	if (next.end > m->watermark || (m->ended && due == NULL))
		return 0;
	struct tm_span *s = find_or_add(m, next);
	if (s->told == 0 || !s->closed)
		close_window(m, s);
	m->frontier = *s;
	return 1;
}

/* Windows without data are not told, but closed all the same. */
static void mark_closed(struct time_model *m)
{
	for (size_t k = 0; k < m->n_spans; k++) {
		struct tm_span *s = &m->span[k];
		s->closed |= !without_end(m) && s->end <= m->watermark;
	}
}

static void tell_due(struct time_model *m)
{
	for (;;) {
		struct tm_span *due = first_due(m);
		if (m->o.emit_empty && m->walking) {
			if (!close_next(m, due))
				return;
		} else if (due != NULL) {
			close_window(m, due);
		} else {
			return;
		}
	}
}

static void close_due(struct time_model *m)
{
	tell_due(m);
	mark_closed(m);
}

static void early_sliding(struct time_model *m)
{
	struct interval i = up_to(m, m->now);
	if (!m->changed || m->ended || i.end <= m->watermark)
		return;
	size_t before = m->n_told;
	tell(m, find_or_add(m, i), LEAT_RESULT_EARLY);
	m->changed = m->n_told == before;
}

/* Emits early results of open windows that have changed, in order of end. */
static void tell_early(struct time_model *m)
{
	if (m->o.kind == LEAT_SLIDING) {
		early_sliding(m);
		return;
	}
	for (;;) {
		struct tm_span *first = NULL;
		for (size_t k = 0; k < m->n_spans; k++) {
			struct tm_span *s = &m->span[k];
			if (s->dead || s->closed || !s->changed)
				continue;
			if (first == NULL || sooner(s, first))
				first = s;
		}
		if (first == NULL)
			return;
		tell(m, first, LEAT_RESULT_EARLY);
		first->changed = 0;
	}
}

/* ------------------------------------------------------------------ */
/* The clock                                                          */
/* ------------------------------------------------------------------ */

static int is_idle(const struct time_model *m, const struct tm_source *s)
{
	int64_t t = s->seen ? s->t : m->first_push;
	if (m->o.idle_timeout == 0 || t >= m->now)
		return 0;
	return between(t, m->now) > (uint64_t)m->o.idle_timeout;
}

static int64_t slowest(const struct time_model *m)
{
	int64_t least = INT64_MAX;
	int any = 0;
	for (uint32_t i = 0; i < m->o.n_sources; i++) {
		const struct tm_source *s = &m->source[i];
		if (is_idle(m, s))
			continue;
		least = smaller(least, s->seen ? s->t : INT64_MIN);
		any = 1;
	}
	return any ? least : m->now;
}

static int64_t floor_of(int64_t t, int64_t step)
{
	return t / step - (t % step < 0);
}

static void early_by_span(struct time_model *m, int seen, int64_t before)
{
	if (m->o.early_span == 0 || !seen)
		return;
	if (floor_of(before, m->o.early_span) !=
	    floor_of(m->now, m->o.early_span))
		tell_early(m);
}

static void turn_to(struct time_model *m, struct tm_source *s, int64_t t)
{
	s->t = s->seen ? larger(s->t, t) : t;
	s->seen = 1;
	m->now = larger(m->now, t);
}

/* After the times of sources have changed. */
static void go_on(struct time_model *m, int seen, int64_t before)
{
	int64_t mark = tm_sub(slowest(m), m->o.delay);
	if (mark > m->watermark) {
		m->watermark = mark;
		close_due(m);
	}
	early_by_span(m, seen, before);
}

static void clock_push(struct time_model *m, const leat_event *e)
{
	int seen = m->seen;
	int64_t before = m->now;
	if (!seen)
		m->first_push = e->t;
	m->seen = 1;
	turn_to(m, &m->source[e->source], e->t);
	go_on(m, seen, before);
}

void time_model_advance(struct time_model *m, int64_t t)
{
	int seen = m->seen;
	int64_t before = m->now;
	forget(m);
	if (t == LEAT_TIME_MAX) {
		m->ended = 1;
		m->watermark = INT64_MAX;
		close_due(m);
		return;
	}
	if (!seen)
		m->first_push = t;
	m->seen = 1;
	for (uint32_t i = 0; i < m->o.n_sources; i++)
		turn_to(m, &m->source[i], t);
	go_on(m, seen, before);
}

/* ------------------------------------------------------------------ */
/* Room                                                               */
/* ------------------------------------------------------------------ */

/* The end of the last window that the value is in or could be in. */
static int64_t last_end(const struct time_model *m, const struct tm_value *v)
{
	struct interval in[TM_OVERLAP];
	if (m->o.kind == LEAT_SLIDING)
		return tm_add(v->t, m->o.span);
	if (without_end(m))
		return INT64_MAX;
	if (m->o.kind != LEAT_SESSION) {
		size_t n = intervals_of(m, v->t, in);
		return in[n - 1].end;
	}
	for (size_t k = 0; k < m->n_spans; k++) {
		if (m->span[k].id == v->home)
			return m->span[k].end;
	}
	return INT64_MIN;
}

int time_model_stored(const struct time_model *m, const struct tm_value *v)
{
	return m->stores && !v->gone && !is_expired(m, last_end(m, v));
}

static uint64_t count_stored(const struct time_model *m)
{
	uint64_t n = 0;
	for (size_t k = 0; k < m->n_values; k++)
		n += (uint64_t)time_model_stored(m, &m->value[k]);
	return n;
}

static struct tm_value *oldest(struct time_model *m)
{
	for (size_t k = 0; k < m->n_values; k++) {
		struct tm_value *v = &m->value[m->order[k]];
		if (time_model_stored(m, v))
			return v;
	}
	return NULL;
}

static int overlap(const struct time_model *m)
{
	return m->o.kind == LEAT_HOPPING && m->o.hop < m->o.span;
}

/* A window that has data, or had some and has been told. */
static int is_held(struct time_model *m, const struct tm_span *s)
{
	if (s->dead || !s->held || is_expired(m, s->end))
		return 0;
	return s->told > 0 || has_data(m, s, 0);
}

static uint64_t count_windows(struct time_model *m)
{
	uint64_t n = 0;
	for (size_t k = 0; k < m->n_spans; k++)
		n += (uint64_t)is_held(m, &m->span[k]);
	return n;
}

/* The slice of gcd(span, advance) ticks of the grid that holds t. */
static int64_t slice_of(const struct time_model *m, int64_t t)
{
	int64_t width = m->o.span, rest = m->o.hop;
	while (rest != 0) {
		int64_t next = width % rest;
		width = rest;
		rest = next;
	}
	return tm_sub(t, (int64_t)above(t, m->o.offset, width));
}

static int is_in_window(const struct time_model *m, const struct tm_value *v)
{
	return !v->gone && !is_expired(m, last_end(m, v));
}

/* Slices with data; *own: whether the one of t is among them. */
static uint64_t count_slices(const struct time_model *m, int64_t t, int *own)
{
	int64_t last = 0;
	uint64_t n = 0;
	*own = 0;
	for (size_t k = 0; k < m->n_values; k++) {
		const struct tm_value *v = &m->value[m->order[k]];
		if (!is_in_window(m, v))
			continue;
		int64_t slice = slice_of(m, v->t);
		n += n == 0 || slice != last;
		*own |= slice == slice_of(m, t);
		last = slice;
	}
	return n;
}

/* Returns whether the value has a window, or may get one (own NULL). */
static int may_hold(struct time_model *m, const leat_event *e,
    const struct tm_span *own)
{
	int there = own != NULL && is_held(m, own);
	uint64_t n;
	if (m->o.max_windows == 0)
		return 1;
	n = overlap(m) ? count_slices(m, e->t, &there) : count_windows(m);
	return there || n < m->o.max_windows;
}

/* Drops windows that were not emitted and whose values have been dropped. */
static void drop_bare_windows(struct time_model *m)
{
	for (size_t k = 0; k < m->n_spans; k++) {
		struct tm_span *s = &m->span[k];
		if (s->told == 0 && !has_data(m, s, 0))
			s->held = 0;
	}
}

/* Returns whether the value may be stored; may drop the oldest for it. */
static int make_room(struct time_model *m, const leat_event *e)
{
	if (!m->stores || m->o.max_values == 0)
		return 1;
	if (count_stored(m) < m->o.max_values)
		return 1;
	struct tm_value *v = oldest(m);
	if (m->o.when_full == LEAT_WHEN_FULL_REFUSE || v == NULL || e->t < v->t)
		return 0;
	v->gone = 1;
	m->counts.evicted++;
	return 1;
}

/* ------------------------------------------------------------------ */
/* Values                                                             */
/* ------------------------------------------------------------------ */

static int refuse(uint64_t *count, int code)
{
	++*count;
	return code;
}

static struct tm_value *keep(struct time_model *m, const leat_event *e)
{
	room(m->n_values, TM_VALUES, "values");
	size_t place = m->n_values++;
	struct tm_value *v = &m->value[place];
	v->t = e->t;
	v->x = e->x;
	v->y = m->pairs ? e->y : 0.0;
	v->home = 0;
	v->gone = 0;
	size_t k = place;
	for (; k > 0 && m->value[m->order[k - 1]].t > e->t; k--)
		m->order[k] = m->order[k - 1];
	m->order[k] = (uint16_t)place;
	if (isnan(e->x) || (m->pairs && isnan(e->y)))
		m->counts.missing++;
	else
		m->counts.taken++;
	return v;
}

static void tell_late(struct time_model *m, struct tm_span *s)
{
	s->changed = 1;
	if (!s->closed)
		return;
	tell(m, s, LEAT_RESULT_UPDATED);
	if (!m->walking) {
		m->walking = 1;
		m->frontier = *s;
	}
}

static int take_on_grid(struct time_model *m, const leat_event *e)
{
	struct interval in[TM_OVERLAP];
	size_t n = intervals_of(m, e->t, in), open = 0;
	if (n == 0)
		return refuse(&m->counts.in_no_window, LEAT_OK);
	for (size_t i = 0; i < n; i++)
		open += !is_expired(m, in[i].end);
	if (open == 0)
		return refuse(&m->counts.late, LEAT_TOO_LATE);
	if (!may_hold(m, e, find(m, in[0])) || !make_room(m, e))
		return refuse(&m->counts.refused, LEAT_NO_ROOM);
	drop_bare_windows(m);
	keep(m, e);
	for (size_t i = n - open; i < n; i++) {
		struct tm_span *s = find_or_add(m, in[i]);
		s->held = 1;
		tell_late(m, s);
	}
	return LEAT_OK;
}

/* Windows end with each time that has a value, at t or up to span later. */
static int take_sliding(struct time_model *m, const leat_event *e)
{
	if (is_expired(m, tm_add(e->t, m->o.span)))
		return refuse(&m->counts.late, LEAT_TOO_LATE);
	if (!make_room(m, e))
		return refuse(&m->counts.refused, LEAT_NO_ROOM);
	keep(m, e);
	m->changed = 1;
	const struct tm_value *done = NULL;
	for (size_t k = 0; k < m->n_values; k++) {
		const struct tm_value *v = &m->value[m->order[k]];
		if (v->gone || v->t < e->t || (done && v->t == done->t))
			continue;
		if (between(e->t, v->t) >= (uint64_t)m->o.span)
			break;
		done = v;
		if (!is_expired(m, tm_add(v->t, 1)))
			tell_late(m, find_or_add(m, up_to(m, v->t)));
	}
	return LEAT_OK;
}

static int take_forever(struct time_model *m, const leat_event *e)
{
	struct interval all = { INT64_MIN, INT64_MAX };
	if (!make_room(m, e))
		return refuse(&m->counts.refused, LEAT_NO_ROOM);
	keep(m, e);
	find_or_add(m, all)->changed = 1;
	return LEAT_OK;
}

/* ------------------------------------------------------------------ */
/* Sessions                                                           */
/* ------------------------------------------------------------------ */

/* Returns the earliest session that the value joins, or NULL. */
static struct tm_span *first_joined(struct time_model *m, int64_t t,
    const struct tm_span *than)
{
	struct tm_span *first = NULL;
	int64_t end = session_end(m, t);
	for (size_t k = 0; k < m->n_spans; k++) {
		struct tm_span *s = &m->span[k];
		if (s->dead || is_expired(m, s->end))
			continue;
		if (t >= s->end || s->start >= end)
			continue;
		if (than != NULL && s->start <= than->start)
			continue;
		if (first == NULL || s->start < first->start)
			first = s;
	}
	return first;
}

static void begin_session(struct time_model *m, struct tm_value *v)
{
	struct interval i = { v->t, session_end(m, v->t) };
	struct tm_span *s = add_span(m, i);
	s->first = s->last = v->t;
	s->held = 1;
	v->home = s->id;
	tell_late(m, s);
}

static void absorb(struct time_model *m, struct tm_span *whole,
    struct tm_span *part)
{
	for (size_t k = 0; k < m->n_values; k++) {
		if (m->value[k].home == part->id)
			m->value[k].home = whole->id;
	}
	if (part->told > whole->told)
		whole->told = part->told;
	whole->first = smaller(whole->first, part->first);
	whole->last = larger(whole->last, part->last);
	part->dead = part != whole;
}

/* Joins all sessions that overlap the value. */
static void join_sessions(struct time_model *m, struct tm_value *v)
{
	struct tm_span *whole = first_joined(m, v->t, NULL);
	int64_t first = whole->first, last = whole->last;
	struct tm_span *s;
	for (s = whole; s != NULL; s = first_joined(m, v->t, s))
		last = larger(last, s->last);
	first = smaller(first, v->t);
	last = larger(last, v->t);
	for (s = whole; s != NULL; s = first_joined(m, v->t, s)) {
		if (s->closed && (s->first != first || s->last != last))
			retract(m, s);
	}
	struct tm_span *next;
	for (s = whole; s != NULL; s = next) {
		next = first_joined(m, v->t, s);
		absorb(m, whole, s);
	}
	v->home = whole->id;
	whole->first = whole->start = first;
	whole->last = last;
	whole->end = session_end(m, last);
	whole->closed = whole->end <= m->watermark;
	tell_late(m, whole);
}

/* Drops sessions whose values were all dropped before they were emitted. */
static void drop_bare_sessions(struct time_model *m)
{
	for (size_t k = 0; k < m->n_spans; k++) {
		struct tm_span *s = &m->span[k];
		s->dead |= s->told == 0 && !has_data(m, s, 0);
	}
}

static int take_session(struct time_model *m, const leat_event *e)
{
	int joins = first_joined(m, e->t, NULL) != NULL;
	if (!joins && is_expired(m, session_end(m, e->t)))
		return refuse(&m->counts.late, LEAT_TOO_LATE);
	if (!(joins || may_hold(m, e, NULL)) || !make_room(m, e))
		return refuse(&m->counts.refused, LEAT_NO_ROOM);
	struct tm_value *v = keep(m, e);
	if (joins)
		join_sessions(m, v);
	else
		begin_session(m, v);
	drop_bare_sessions(m);
	return LEAT_OK;
}

/* ------------------------------------------------------------------ */
/* Functions of the library                                           */
/* ------------------------------------------------------------------ */

static int take(struct time_model *m, const leat_event *e)
{
	if (m->ended)
		return refuse(&m->counts.late, LEAT_TOO_LATE);
	switch (m->o.kind) {
	case LEAT_SLIDING:
		return take_sliding(m, e);
	case LEAT_SESSION:
		return take_session(m, e);
	case LEAT_LANDMARK:
	case LEAT_DECAY:
		return take_forever(m, e);
	default:
		return take_on_grid(m, e);
	}
}

static void early_by_count(struct time_model *m)
{
	m->since_early++;
	if (m->o.early_count == 0 || m->since_early < m->o.early_count)
		return;
	m->since_early = 0;
	tell_early(m);
}

static int is_skewed(const struct time_model *m, int64_t t)
{
	int64_t from = m->watermark > INT64_MIN ? m->watermark : m->now;
	return m->o.max_skew > 0 && m->seen && t > tm_add(from, m->o.max_skew);
}

int time_model_push(struct time_model *m, const leat_event *e)
{
	size_t before = m->n_values;
	forget(m);
	if (e->source >= m->o.n_sources)
		return LEAT_ESOURCE;
	m->counts.pushed++;
	if (e->t == LEAT_TIME_MAX)
		return refuse(&m->counts.refused, LEAT_TOO_FAR);
	if (is_skewed(m, e->t))
		return refuse(&m->counts.refused, LEAT_TOO_FAR);
	clock_push(m, e);
	int code = take(m, e);
	if (m->n_values > before)
		early_by_count(m);
	return code;
}

static struct tm_span nowhere(const struct time_model *m)
{
	struct tm_span s;
	memset(&s, 0, sizeof(s));
	s.start = s.end = m->now;
	return s;
}

/* An id of 0 means that there is none. */
static struct tm_span current(struct time_model *m)
{
	struct interval in[TM_OVERLAP] = { { 0, 0 } };
	struct tm_span s = nowhere(m);
	if (m->o.kind == LEAT_SESSION) {
		for (size_t k = 0; k < m->n_spans; k++) {
			if (!m->span[k].dead && m->span[k].start <= m->now &&
			    m->now < m->span[k].end)
				s = m->span[k];
		}
		return s;
	}
	size_t n = 1;
	if (m->o.kind == LEAT_SLIDING)
		in[0] = up_to(m, m->now);
	else if (on_grid(m))
		n = intervals_of(m, m->now, in);
	if (n == 0)
		return s;
	s.id = SIZE_MAX;
	s.start = in[0].start;
	s.end = in[0].end;
	return s;
}

int time_model_query(struct time_model *m, struct tm_told *out)
{
	struct tm_span s = m->seen ? current(m) : nowhere(m);
	memset(out, 0, sizeof(*out));
	out->start = out->end = out->now = m->now;
	if (s.id == 0)
		return 0;
	look(m, &s, out);
	if (without_end(m) && out->n == 0)
		out->start = out->end = m->now;
	return 1;
}

leat_counts time_model_counts(const struct time_model *m)
{
	leat_counts c = m->counts;
	c.stored = count_stored(m);
	return c;
}
