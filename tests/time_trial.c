/*
 * Trials of windows by time.
 *
 * Everything random is drawn when the script is made, so that a step does
 * the same whatever happened before it, and a script can be played again:
 * with a copy half-way, with an allocator that fails, in another order.
 */
#include "time_trial.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classes.h"
#include "lists.h"
#include "suites.h"

/* ------------------------------------------------------------------ */
/* Failures                                                           */
/* ------------------------------------------------------------------ */

struct text {
	char *at;
	size_t left;
};

static void say(struct text *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(s->at, s->left, format, args);
	va_end(args);
	if (n > 0 && (size_t)n < s->left) {
		s->at += n;
		s->left -= (size_t)n;
	}
}

static void say_options(struct text *s, const struct trial *t)
{
	const leat_time_window_options *o = &t->options;
	say(s, "%s, seed %" PRIu64 ", step %zu of %zu\n", t->what, t->seed,
	    t->step, t->n_steps);
	say(s, "kind %d span %" PRId64 " advance %" PRId64, o->kind, o->span,
	    o->hop);
	say(s, " offset %" PRId64 " gap %" PRId64 " half_life %.17g\n",
	    o->offset, o->gap, o->half_life);
	say(s, "delay %" PRId64 " lateness %" PRId64 " skew %" PRId64, o->delay,
	    o->allowed_lateness, o->max_skew);
	say(s, " sources %u idle %" PRId64 " early %" PRIu64 "/%" PRId64 "\n",
	    (unsigned)o->n_sources, o->idle_timeout, o->early_count,
	    o->early_span);
	say(s, "empty %d max_values %" PRIu64 " full %d min_count %" PRIu64,
	    o->emit_empty, o->max_values, o->when_full, o->min_count);
	say(s, " max_windows %" PRIu64, o->max_windows);
	say(s, " missing %d pairs %d stats", o->on_missing, t->pairs);
	for (size_t i = 0; i < o->n_stats; i++)
		say(s, " %s", leat_stat_name(&t->stats[i]));
	say(s, "\n");
}

static void say_step(struct text *s, const struct trial *t, size_t i)
{
	const struct step *step = &t->script[i];
	static const char *const names[] = { "push", "advance", "reset",
		"flush" };
	say(s, "%5zu %s %" PRId64, i, names[step->kind], step->e.t);
	if (step->kind == STEP_PUSH)
		say(s, " x %.17g", step->e.x);
	if (step->kind == STEP_PUSH && t->pairs)
		say(s, " y %.17g", step->e.y);
	if (step->e.source != 0)
		say(s, " source %u", (unsigned)step->e.source);
	say(s, "\n");
}

_Noreturn void trial_fail(const struct trial *t, const char *format, ...)
{
	static char buffer[65536];
	struct text s = { buffer, sizeof(buffer) };
	va_list args;
	say_options(&s, t);
	size_t from = t->step > 20 && getenv("LEAT_TEST_ALL_STEPS") == NULL
	    ? t->step - 20
	    : 0;
	for (size_t i = from; i <= t->step && i < t->n_steps; i++)
		say_step(&s, t, i);
	say(&s, "now %" PRId64 " watermark %" PRId64 "\n", t->model->now,
	    t->model->watermark);
	va_start(args, format);
	vsnprintf(s.at, s.left, format, args);
	va_end(args);
	ck_abort_msg("%s", buffer);
	abort();
}

/* ------------------------------------------------------------------ */
/* Options                                                            */
/* ------------------------------------------------------------------ */

/* Uneven lengths that repeat after their sum. */
static const int64_t months[] = { 31, 28, 1, 30, 5, 31, 30 };
enum { N_MONTHS = 7, YEAR = 156 };

static int64_t month_unit = 1;

/* An interval that does not hold t. */
static void spoil(int how, int64_t t, int64_t *start, int64_t *end)
{
	if (how == 1)
		*end = t;
	else if (how == 2)
		*start = tm_add(t, 1);
	else if (how == 3)
		*start = *end = t;
	else
		*end = INT64_MIN;
}

void uneven_months(void *ctx, int64_t t, int64_t *start_out, int64_t *end_out)
{
	struct trial_months *c = ctx;
	int64_t year = YEAR * month_unit, into = t % year;
	if (into < 0)
		into += year;
	if (c != NULL)
		c->asked++;
	for (int i = 0; i < N_MONTHS; i++) {
		int64_t length = months[i] * month_unit;
		if (into < length) {
			*start_out = tm_sub(t, into);
			*end_out = tm_add(t, length - into);
			if (c != NULL && c->wrong != 0)
				spoil(c->wrong, t, start_out, end_out);
			return;
		}
		into -= length;
	}
}

static int64_t pick(struct rng *r, int64_t from, int64_t to)
{
	return from + (int64_t)rng_below(r, (uint64_t)(to - from) + 1);
}

static int one_in(struct rng *r, uint64_t n)
{
	return rng_below(r, n) == 0;
}

static int has(const struct trial *t, unsigned feature)
{
	return (t->features & feature) != 0;
}

static int64_t unit_of(const struct trial *t, struct rng *r)
{
	static const int64_t units[] = { 1, 1, 10, 1000, LEAT_MILLISECOND,
		LEAT_SECOND };
	return units[rng_below(r, has(t, WITH_TICKS) ? 2 : 6)];
}

/* The length that all else is measured by. */
static int64_t length_of(const leat_time_window_options *o)
{
	if (o->kind == LEAT_SESSION)
		return 3 * o->gap;
	if (o->kind == LEAT_CALENDAR)
		return 20 * month_unit;
	if (o->kind == LEAT_LANDMARK)
		return 10;
	if (o->kind == LEAT_DECAY)
		return (int64_t)(o->half_life * 2) + 1;
	return o->span;
}

static void make_kind(struct trial *t, struct rng *r)
{
	leat_time_window_options *o = &t->options;
	int64_t unit = unit_of(t, r);
	int64_t span = unit * pick(r, 1, 20) + (one_in(r, 3) ? unit / 3 : 0);
	month_unit = unit;
	int64_t hop = span / pick(r, 1, 6);
	if (hop < 1 || one_in(r, 5))
		hop = span + pick(r, 0, span);
	set_kind(o, o->kind, span, hop, uneven_months);
	o->half_life *= 0.3 + rng_uniform(r);
	if (o->calendar.interval)
		o->calendar.ctx = &t->months;
	if (!(kind_traits(o->kind) & KIND_OFFSET))
		return;
	o->offset = one_in(r, 2) ? 0 : pick(r, -3 * span, 3 * span);
	if (has(t, WITH_LIMITS) && one_in(r, 2))
		o->offset = (int64_t)rng_next(r);
}

int has_many_windows(int kind)
{
	return (kind_traits(kind) & KIND_MANY) != 0;
}

static void make_policy(struct trial *t, struct rng *r)
{
	leat_time_window_options *o = &t->options;
	int64_t length = length_of(o);
	if (has(t, WITH_DISORDER) || one_in(r, 3))
		o->delay = pick(r, 0, 2 * length);
	if (has(t, WITH_LATENESS))
		o->allowed_lateness = pick(r, 1, 4 * length);
	if (has(t, WITH_SKEW))
		o->max_skew = o->delay + pick(r, length, 6 * length);
	if (has(t, WITH_SOURCES)) {
		o->n_sources = (uint32_t)pick(r, 2, 4);
		o->idle_timeout = one_in(r, 4) ? 0 : pick(r, 1, 8 * length);
	}
	if (has(t, WITH_EARLY_COUNT))
		o->early_count = (uint64_t)pick(r, 1, 6);
	if (has(t, WITH_EARLY_SPAN))
		o->early_span = pick(r, 1, 2 * length);
	if (has(t, WITH_EMPTY) && (kind_traits(o->kind) & KIND_GRID))
		o->emit_empty = 1;
	if (has(t, WITH_REFUSE | WITH_EVICT))
		o->max_values = (uint64_t)pick(r, 1, 15);
	if (has(t, WITH_EVICT))
		o->when_full = LEAT_WHEN_FULL_EVICT_OLD;
	if (has(t, WITH_WINDOWS) && has_many_windows(o->kind))
		o->max_windows = (uint64_t)pick(r, 1, 8);
	o->min_count = one_in(r, 3) ? (uint64_t)pick(r, 1, 4) : 0;
	o->on_missing = one_in(r, 5) ? LEAT_ON_MISSING_PROPAGATE
				     : LEAT_ON_MISSING_SKIP;
}

/*
 * Statistics to choose from. Counts are in every trial, and classes of the
 * user's own are among the plain and the ordered ones.
 */
struct pool {
	leat_stat stats[N_STATS + 2];
	size_t n;
};

static struct pool pool_with(unsigned with, unsigned without)
{
	struct pool p;
	p.n = stats_with(with, without, p.stats);
	return p;
}

static leat_stat draw(const struct pool *p, struct rng *r)
{
	return p->stats[rng_below(r, p->n)];
}

static void add_stat(struct trial *t, leat_stat s)
{
	t->stats[t->options.n_stats++] = s;
	t->pairs |= leat_stat_pairs(&s);
	t->in_order |= dated_in_order(&s);
}

static void make_stats(struct trial *t, struct rng *r)
{
	int fades = (kind_traits(t->options.kind) & KIND_FADES) != 0;
	struct pool plain = pool_with(fades ? STAT_FADES : 0,
	    STAT_PAIRS | STAT_SERIES);
	struct pool of_pairs = pool_with(STAT_PAIRS, STAT_RANKED);
	struct pool ordered = pool_with(STAT_SERIES, 0);

	if (!fades)
		plain.stats[plain.n++] = (leat_stat)LEAT_AGG(&bag_class, 3.0);
	ordered.stats[ordered.n++] = (leat_stat)LEAT_RATE_PER(60);
	ordered.stats[ordered.n++] = (leat_stat)LEAT_AGG(&chain_class, 0.0);
	add_stat(t, (leat_stat)LEAT_COUNT);
	if (one_in(r, 2))
		add_stat(t, (leat_stat)LEAT_COUNT_MISSING);
	for (int i = 0; i < 4; i++)
		add_stat(t, draw(&plain, r));
	for (int i = 0; has(t, WITH_PAIRS) && i < 2; i++)
		add_stat(t, draw(&of_pairs, r));
	for (int i = 0; has(t, WITH_ORDER) && !fades && i < 2; i++)
		add_stat(t, draw(&ordered, r));
	t->options.stats = t->stats;
}

/* ------------------------------------------------------------------ */
/* Scripts                                                            */
/* ------------------------------------------------------------------ */

struct stream {
	int64_t now;  /* current time */
	int64_t pace; /* largest usual step */
	int64_t mess; /* largest usual disorder */
	int64_t length;
	int style; /* style of the values */
	double counter;
};

static double next_number(struct trial *t, struct stream *s, struct rng *r)
{
	if (has(t, WITH_WILD) && one_in(r, 20))
		return one_in(r, 2) ? HUGE_VAL : -HUGE_VAL;
	if (has(t, WITH_HUGE) && !one_in(r, 4))
		return huge_number(r);
	switch (s->style) {
	case 0:
		return rng_normal(r);
	case 1:
		return 1e9 + rng_normal(r);
	case 2:
		return (double)pick(r, -3, 3);
	default:
		if (one_in(r, 12))
			s->counter = 0;
		s->counter += (double)rng_below(r, 100);
		return s->counter;
	}
}

static int64_t next_time(struct trial *t, struct stream *s, struct rng *r)
{
	if (one_in(r, 40))
		s->now = tm_add(s->now, pick(r, 0, 6) * s->length);
	else if (!one_in(r, 5))
		s->now = tm_add(s->now, pick(r, 0, s->pace));
	if (has(t, WITH_SKEW) && one_in(r, 12))
		return tm_add(s->now, pick(r, 0, 2 * t->options.max_skew));
	if (one_in(r, 25))
		return tm_sub(s->now, pick(r, 0, 12) * s->length);
	if (!has(t, WITH_DISORDER | WITH_LATENESS) || one_in(r, 3))
		return s->now;
	return tm_sub(s->now, pick(r, 0, s->mess));
}

static uint32_t next_source(struct trial *t, size_t step, struct rng *r)
{
	uint32_t n = t->options.n_sources;
	if (n < 2)
		return 0;
	/* The last one falls silent for a while. */
	if (step > t->n_steps / 3 && step < 2 * t->n_steps / 3)
		n--;
	return (uint32_t)rng_below(r, n);
}

static void make_step(struct trial *t, struct stream *s, size_t i,
    struct rng *r)
{
	struct step *step = &t->script[i];
	memset(step, 0, sizeof(*step));
	if (has(t, WITH_RESET) && one_in(r, 60)) {
		step->kind = STEP_RESET;
		return;
	}
	if (has(t, WITH_JUMPS) && one_in(r, 12)) {
		step->kind = STEP_ADVANCE;
		s->now = tm_add(s->now, pick(r, 0, 3) * s->length);
		step->e.t = tm_sub(s->now, one_in(r, 5) ? s->length : 0);
		if (step->e.t == LEAT_TIME_MAX)
			step->e.t--;
		return;
	}
	if (one_in(r, 25)) {
		step->kind = STEP_FLUSH;
		return;
	}
	step->e.t = next_time(t, s, r);
	step->e.x = one_in(r, 12) ? (double)NAN : next_number(t, s, r);
	if (t->pairs)
		step->e.y = one_in(r, 20) ? (double)NAN : next_number(t, s, r);
	step->e.source = next_source(t, i, r);
}

static int64_t first_time(struct trial *t, struct stream *s, struct rng *r)
{
	int64_t room = (int64_t)t->n_steps * s->pace / 3 + 1;
	if (has(t, WITH_LIMITS))
		return one_in(r, 2) ? tm_add(INT64_MIN, pick(r, 0, s->length))
				    : tm_sub(INT64_MAX, room);
	switch (rng_below(r, 4)) {
	case 0:
		return 0;
	case 1:
		return -room;
	case 2:
		return INT64_C(1600000000000000000) + pick(r, 0, 1000000);
	default:
		return -INT64_C(3000000000000000000) - pick(r, 0, 1000000);
	}
}

/* Time ends three steps before the script does. */
static void make_script(struct trial *t, struct rng *r)
{
	struct stream s = { 0 };
	s.length = length_of(&t->options);
	s.pace = has(t, WITH_TICKS) ? 2 : s.length / pick(r, 1, 6) + 1;
	s.mess = t->options.delay + t->options.allowed_lateness + s.length;
	s.style = (int)rng_below(r, 4);
	s.now = first_time(t, &s, r);
	for (size_t i = 0; i < t->n_steps; i++)
		make_step(t, &s, i, r);
	if (one_in(r, 6))
		return;
	struct step *end = &t->script[t->n_steps - 3];
	memset(end, 0, sizeof(*end));
	end->kind = STEP_ADVANCE;
	end->e.t = LEAT_TIME_MAX;
}

void trial_make(struct trial *t, const char *what, int kind, unsigned features,
    uint64_t seed)
{
	struct rng r = rng_new(seed * 1000003 + (uint64_t)kind);
	memset(t, 0, offsetof(struct trial, heard));
	t->what = what;
	t->seed = seed;
	/* Windows that decay have cases of their own for these. */
	t->features = features;
	if (kind == LEAT_DECAY)
		t->features &= ~(unsigned)(WITH_WILD | WITH_HUGE);
	t->options.kind = kind;
	t->n_steps = 60 + (size_t)rng_below(&r, 140);
	make_kind(t, &r);
	make_policy(t, &r);
	make_stats(t, &r);
	make_script(t, &r);
}

enum { LARGE = 2500 };

static void large_options(struct trial *t, struct rng *r)
{
	leat_time_window_options *o = &t->options;
	if (o->kind <= LEAT_HOPPING)
		o->span = pick(r, 1000, 1500);
	if (o->kind == LEAT_HOPPING)
		o->hop = pick(r, 200, 400);
	if (o->kind == LEAT_SESSION)
		o->gap = 40;
	o->delay = pick(r, 0, 100);
	o->allowed_lateness = o->kind == LEAT_SLIDING ? pick(r, 0, 30)
						      : pick(r, 0, 1500);
	if (one_in(r, 2)) {
		o->max_values = (uint64_t)pick(r, 500, 900);
		o->when_full = LEAT_WHEN_FULL_EVICT_OLD;
	}
	add_stat(t, (leat_stat)LEAT_COUNT);
	add_stat(t, (leat_stat)LEAT_MEAN);
	add_stat(t, (leat_stat)LEAT_VARIANCE);
	add_stat(t, (leat_stat)LEAT_AGG(&bag_class, 0.0));
	if (one_in(r, 3) && o->max_values == 0)
		return;
	add_stat(t, (leat_stat)LEAT_TIME_MEAN);
	add_stat(t, (leat_stat)LEAT_AGG(&chain_class, 0.0));
}

void trial_make_large(struct trial *t, int kind, uint64_t seed)
{
	struct rng r = rng_new(seed * 1000003 + (uint64_t)kind);
	int64_t now = 0;
	memset(t, 0, offsetof(struct trial, heard));
	t->what = "large";
	t->seed = seed;
	t->options.kind = kind;
	t->n_steps = LARGE;
	large_options(t, &r);
	for (size_t i = 0; i < LARGE; i++) {
		leat_event *e = &t->script[i].e;
		now += one_in(&r, 500) ? 800 : pick(&r, 0, 2);
		e->t = now -
		    (one_in(&r, 8) ? pick(&r, 0, 1500) : pick(&r, 0, 4));
		e->x = one_in(&r, 50) ? (double)NAN : rng_normal(&r);
	}
}

/* ------------------------------------------------------------------ */
/* Playing                                                            */
/* ------------------------------------------------------------------ */

/* Checks the partial of a class, from which its number was made. */
static void look_at_partial(struct trial *t, const leat_result *r, size_t i)
{
	union {
		struct bag b;
		struct chain c;
	} own;
	const leat_agg *agg = t->stats[i].agg;
	const void *partial = r->partials ? r->partials[i] : NULL;
	if ((agg != NULL) != (partial != NULL))
		trial_fail(t, "a partial that should not be, or is not");
	if (agg == NULL)
		return;
	if (leat_time_window_partial(t->window, agg, &own) ||
	    memcmp(&own, partial, agg->size) != 0)
		trial_fail(t, "another partial in a callback");
	double x = agg->lower(agg->ctx, partial, &t->stats[i]);
	if (!isnan(r->values[i]) && !same_bits(x, r->values[i]))
		trial_fail(t, "a partial of another number");
}

/*
 * Does everything a callback may do: queries are about the emitted result, and
 * nothing may change.
 */
static void look_around(struct trial *t, const leat_result *r)
{
	double row[TRIAL_STATS];
	size_t asked = t->months.asked;
	int64_t start, end;
	leat_counts c;
	leat_time_window_query(t->window, row);
	leat_time_window_interval(t->window, &start, &end);
	leat_time_window_counts(t->window, &c);
	if (start != r->start || end != r->end ||
	    leat_time_window_watermark(t->window) != r->watermark)
		trial_fail(t, "a query in a callback");
	for (size_t i = 0; i < r->n_values; i++) {
		if (!same_bits(row[i], r->values[i]))
			trial_fail(t, "another number in a callback");
		look_at_partial(t, r, i);
	}
	if (leat_time_window_flush(t->window) != LEAT_EINVAL ||
	    leat_time_window_push(t->window, 0, 0) >= 0)
		trial_fail(t, "a callback that may push");
	t->months.asked = asked;
}

static int on_result(void *ctx, const leat_result *result)
{
	struct trial *t = ctx;
	if (t->mute)
		return 0;
	if (t->n_heard == TRIAL_HEARD || result->key != NULL ||
	    result->key_len != 0 || result->n_values != t->options.n_stats)
		trial_fail(t, "a result of another form");
	if (t->seed % 2 == 0)
		look_around(t, result);
	struct heard *h = &t->heard[t->n_heard++];
	h->start = result->start;
	h->end = result->end;
	h->revision = result->revision;
	h->flags = result->flags;
	h->watermark = result->watermark;
	h->count = result->count;
	h->missing = result->missing;
	memcpy(h->values, result->values,
	    result->n_values * sizeof(h->values[0]));
	return 0;
}

static int on_late(void *ctx, const leat_event *event)
{
	struct trial *t = ctx;
	if (t->mute)
		return 0;
	t->n_late++;
	t->late = *event;
	return 0;
}

void trial_open(struct trial *t)
{
	t->allocator = counted_allocator(&t->heap);
	t->options.stats = t->stats;
	t->options.sink.emit = on_result;
	t->options.sink.ctx = t;
	t->options.late.late = on_late;
	t->options.late.ctx = t;
	t->options.allocator = &t->allocator;
	t->step = t->compared = t->n_heard = t->n_late = 0;
	leat_time_window_options of_model = t->options;
	of_model.calendar.ctx = NULL;
	t->model = time_model_new(&of_model, t->pairs, t->in_order);
	int code = leat_time_window_new(&t->window, &t->options);
	if (code != LEAT_OK)
		trial_fail(t, "new: %s", leat_strerror(code));
}

void trial_close(struct trial *t)
{
	leat_time_window_free(t->window);
	time_model_free(t->model);
	ck_assert_uint_eq(t->heap.live, 0);
	ck_assert_uint_eq(t->heap.damaged, 0);
}

static int do_push(struct trial *t, const leat_event *e)
{
	if (e->source != 0 || t->step % 3 == 0)
		return leat_time_window_push_events(t->window, e, 1, NULL);
	if (t->pairs)
		return leat_time_window_push_xy(t->window, e->t, e->x, e->y);
	return leat_time_window_push(t->window, e->t, e->x);
}

static int do_step(struct trial *t, const struct step *s)
{
	switch (s->kind) {
	case STEP_PUSH:
		return do_push(t, &s->e);
	case STEP_ADVANCE:
		return leat_time_window_advance(t->window, s->e.t);
	case STEP_FLUSH:
		return leat_time_window_flush(t->window);
	default:
		leat_time_window_reset(t->window);
		return LEAT_OK;
	}
}

static int expect_step(struct trial *t, const struct step *s)
{
	switch (s->kind) {
	case STEP_PUSH:
		return time_model_push(t->model, &s->e);
	case STEP_ADVANCE:
		time_model_advance(t->model, s->e.t);
		return LEAT_OK;
	case STEP_FLUSH:
		time_model_flush(t->model);
		return LEAT_OK;
	default:
		time_model_reset(t->model);
		t->n_heard = t->compared = 0;
		return LEAT_OK;
	}
}

/* ------------------------------------------------------------------ */
/* Comparing                                                          */
/* ------------------------------------------------------------------ */

/* The first statistic is always the count. */
static void compare_length(struct trial *t, const struct tm_told *told,
    const double *got, const char *where)
{
	size_t n = 0;
	for (size_t i = 0; i < told->n; i++) {
		const struct tm_value *v = time_model_value(t->model, told, i);
		n += !isnan(v->x) && !isnan(v->y);
	}
	if (got[0] != (double)n)
		trial_fail(t, "%s: count is %g, not %zu", where, got[0], n);
}

static void compare_values(struct trial *t, const struct tm_told *told,
    const double *got, const char *where)
{
	static struct dated d;
	double want;
	int depth = dated_depth(t->stats, t->options.n_stats);
	compare_length(t, told, got, where);
	if (told->n > 200 && t->step % 31 != 0)
		return;
	dated_fill(&d, t->model, told, depth);
	for (size_t i = 0; i < t->options.n_stats; i++) {
		if (dated_agrees(&d, &t->stats[i], got[i], &want))
			continue;
		trial_fail(t,
		    "%s [%" PRId64 ", %" PRId64 ") of %zu values: %s is "
		    "%.17g, not %.17g",
		    where, told->start, told->end, told->n,
		    leat_stat_name(&t->stats[i]), got[i], want);
	}
}

static void say_told(struct text *s, const struct trial *t)
{
	size_t i = t->compared;
	say(s, "heard");
	for (; i < t->n_heard && i < t->compared + 12; i++)
		say(s, " [%" PRId64 ", %" PRId64 ") r%" PRIu64 " f%d n%g,",
		    t->heard[i].start, t->heard[i].end, t->heard[i].revision,
		    t->heard[i].flags, t->heard[i].values[0]);
	say(s, "\nexpected");
	for (i = t->compared; i < t->model->n_told && i < t->compared + 12; i++)
		say(s, " [%" PRId64 ", %" PRId64 ") r%" PRIu64 " f%d n%zu,",
		    t->model->told[i].start, t->model->told[i].end,
		    t->model->told[i].revision, t->model->told[i].flags,
		    t->model->told[i].n);
}

static void compare_told(struct trial *t)
{
	char buffer[4096];
	struct text s = { buffer, sizeof(buffer) };
	int same = t->n_heard == t->model->n_told;
	for (size_t i = t->compared; same && i < t->n_heard; i++) {
		const struct heard *h = &t->heard[i];
		const struct tm_told *m = &t->model->told[i];
		same = h->start == m->start && h->end == m->end &&
		    h->revision == m->revision && h->flags == m->flags;
	}
	if (!same) {
		say_told(&s, t);
		trial_fail(t, "%s", buffer);
	}
	for (; t->compared < t->n_heard; t->compared++) {
		const struct heard *h = &t->heard[t->compared];
		const struct tm_told *m = &t->model->told[t->compared];
		compare_values(t, m, h->values, "told");
		if (h->watermark != m->watermark)
			trial_fail(t,
			    "told at %" PRId64 ", with %" PRId64 " of now",
			    m->watermark, h->watermark);
		if ((double)h->count != h->values[0] ||
		    h->count + h->missing != m->n)
			trial_fail(t,
			    "told %" PRIu64 " values and %" PRIu64 " missing",
			    h->count, h->missing);
	}
}

#define compare_count(t, name)                                                 \
	do {                                                                   \
		if (got.name != want.name)                                     \
			trial_fail(t, "%s is %" PRIu64 ", not %" PRIu64,       \
			    #name, got.name, want.name);                       \
	} while (0)

static void compare_counts(struct trial *t)
{
	leat_counts got, want = time_model_counts(t->model);
	leat_time_window_counts(t->window, &got);
	compare_count(t, pushed);
	compare_count(t, taken);
	compare_count(t, missing);
	compare_count(t, late);
	compare_count(t, refused);
	compare_count(t, in_no_window);
	compare_count(t, evicted);
	compare_count(t, stored);
	if (got.pushed !=
	    got.taken + got.missing + got.late + got.refused + got.in_no_window)
		trial_fail(t, "counts do not add up");
}

static void compare_clock(struct trial *t)
{
	int64_t now = leat_time_window_now(t->window);
	int64_t mark = leat_time_window_watermark(t->window);
	if (now != t->model->now)
		trial_fail(t, "now is %" PRId64, now);
	if (mark != t->model->watermark)
		trial_fail(t, "the watermark is %" PRId64, mark);
}

static void compare_late(struct trial *t, const struct step *s, size_t before)
{
	size_t want = before + (t->returned == LEAT_TOO_LATE);
	if (t->n_late != want)
		trial_fail(t, "%zu late values told, not %zu", t->n_late, want);
	if (t->n_late == before)
		return;
	if (t->late.key != NULL || t->late.key_len != 0 ||
	    t->late.t != s->e.t || t->late.source != s->e.source ||
	    !same_bits(t->late.x, s->e.x) || !same_bits(t->late.y, s->e.y))
		trial_fail(t, "another value told as late");
}

/* SLIDING: the model's values that are stored, in the order of times. */
static void compare_read(struct trial *t)
{
	static int64_t at[TM_VALUES];
	static double x[TM_VALUES], y[TM_VALUES];
	const struct time_model *m = t->model;
	double *of_y = t->pairs ? y : NULL;
	size_t n = (size_t)time_model_counts(m).stored, from = 0, i = 0;
	if (t->options.kind != LEAT_SLIDING) {
		if (leat_time_window_read(t->window, 0, 0, at, x, of_y) !=
		    LEAT_ENOTSUP)
			trial_fail(t, "read of another kind");
		return;
	}
	if (leat_time_window_read(t->window, 0, n + 1, at, x, of_y) !=
	    LEAT_ERANGE)
		trial_fail(t, "read of more than there is");
	from = n > 0 ? t->step % n : 0;
	if (leat_time_window_read(t->window, from, n - from, at, x, of_y))
		trial_fail(t, "read");
	for (size_t k = 0; k < m->n_values; k++) {
		const struct tm_value *v = &m->value[m->order[k]];
		if (!time_model_stored(m, v) || i++ < from)
			continue;
		if (at[i - 1 - from] != v->t ||
		    !same_bits(x[i - 1 - from], v->x) ||
		    (t->pairs && !same_bits(y[i - 1 - from], v->y)))
			trial_fail(t, "value %zu of those stored", i - 1);
	}
}

static void compare_partial(struct trial *t, const struct tm_told *told)
{
	static struct dated d;
	struct bag b;
	struct chain c;
	for (size_t i = 0; i < t->options.n_stats; i++) {
		const leat_agg *agg = t->stats[i].agg;
		void *got = agg == &bag_class ? (void *)&b : (void *)&c;
		if (agg == NULL)
			continue;
		if (leat_time_window_partial(t->window, agg, got) != LEAT_OK)
			trial_fail(t, "no partial");
		dated_fill(&d, t->model, told, 2);
		struct bag want_b = dated_bag(&d);
		struct chain want_c = dated_chain(&d);
		if (agg == &bag_class ? memcmp(&b, &want_b, sizeof(b)) != 0
				      : memcmp(&c, &want_c, sizeof(c)) != 0)
			trial_fail(t, "another partial");
	}
}

/* Large windows are looked at now and then. */
static void compare_query(struct trial *t)
{
	struct tm_told now;
	double row[TRIAL_STATS];
	int64_t start, end;
	if (t->model->ended)
		return;
	time_model_query(t->model, &now);
	leat_time_window_interval(t->window, &start, &end);
	if (t->model->n_values > 0 && (start != now.start || end != now.end))
		trial_fail(t,
		    "the interval is [%" PRId64 ", %" PRId64 "), not [%" PRId64
		    ", %" PRId64 ")",
		    start, end, now.start, now.end);
	leat_time_window_query(t->window, row);
	compare_length(t, &now, row, "query");
	if (now.n > 40 && t->step % (now.n > 200 ? 31 : 5) != 0)
		return;
	compare_values(t, &now, row, "query");
	compare_partial(t, &now);
}

void trial_compare(struct trial *t)
{
	compare_told(t);
	compare_clock(t);
	compare_counts(t);
	if (t->options.kind != LEAT_SLIDING || t->step % 7 == 0)
		compare_read(t);
	compare_query(t);
}

/* Returns whether the step failed as intended, and may succeed now. */
static int repair(struct trial *t)
{
	if (t->returned == LEAT_ENOMEM && t->failed < t->tries) {
		if (++t->failed == t->tries)
			t->heap.fail_from = 0;
		return 1;
	}
	if (t->returned == LEAT_ECALENDAR && t->months.wrong != 0) {
		t->failed++;
		t->months.wrong = 0;
		return 1;
	}
	return 0;
}

void trial_step(struct trial *t)
{
	const struct step *s = &t->script[t->step];
	size_t late = t->n_late, asked = t->months.asked;
	int expected = expect_step(t, s);
	t->returned = do_step(t, s);
	while (repair(t))
		t->returned = do_step(t, s);
	t->months.wrong = 0;
	if (t->returned != expected)
		trial_fail(t, "returned %d, not %d (%s)", t->returned, expected,
		    leat_strerror(expected));
	if (s->kind == STEP_PUSH && !t->options.emit_empty && t->failed == 0 &&
	    t->months.asked > asked + 1)
		trial_fail(t, "%zu calls of the calendar",
		    t->months.asked - asked);
	compare_late(t, s, late);
	trial_compare(t);
	t->step++;
}

void trial_play(struct trial *t)
{
	while (t->step < t->n_steps)
		trial_step(t);
}

static void wreck(leat_time_window *w, const struct trial *t)
{
	int64_t now = t->model->now;
	for (int64_t i = 0; i < 30; i++) {
		leat_event e = { 0 };
		e.t = tm_add(now, 1000 * i - 3000);
		e.x = e.y = 1e300;
		leat_time_window_push_events(w, &e, 1, NULL);
	}
	leat_time_window_free(w);
}

void trial_copy(struct trial *t, int with_copy)
{
	leat_time_window *copy = NULL, *other = t->window;
	int code = leat_time_window_copy(t->window, NULL, &copy);
	if (code != LEAT_OK)
		trial_fail(t, "copy: %s", leat_strerror(code));
	if (with_copy)
		t->window = copy;
	else
		other = copy;
	t->mute = 1;
	wreck(other, t);
	t->mute = 0;
}
