/*
 * decaying.c - everything, with weights that fade with time
 *
 * A value of age a weighs 2^(-a / half_life). The sums of decay.c are kept
 * as of one moment, the largest time a value has had: when that moves, all
 * of it fades at once; a value that comes late goes in with the weight it
 * has at that moment. So the order of values does not matter. Behind them
 * lie those of decay_errors.c, if there are any.
 */
#include "../agg/decay_step.h"
#include "time_codec.h"

struct fade {
	struct leat_decay sums;
	int64_t at;        /* time to which the weights are relative */
	int64_t first;     /* no value is older */
	double last;       /* value at last_at */
	int64_t last_at;   /* largest time of a value */
	uint64_t revision; /* results emitted so far */
	int changed;       /* since the last result */
};

size_t leat_decaying_size(const struct leat_time_plan *p)
{
	size_t more = leat_errors_count(p->errors) * sizeof(struct leat_decay);

	return leat_round_up(sizeof(struct fade) + more);
}

static struct leat_decay *more_of(const struct fade *d)
{
	return (struct leat_decay *)(void *)(uintptr_t)(d + 1);
}

/*
 * Returns 2^(-ticks / half_life), whose whole powers are exact. The quotient is
 * right to its last place only, so where it is large the remainder, which is
 * exact, says what is behind the point. Silence of more than 2^40 half-lives
 * counts as so many.
 */
static struct leat_wide weight_of(const struct leat_time_plan *p,
    uint64_t ticks)
{
	struct leat_wide w = { 1, 0 };
	double t = (double)ticks, lives = t / p->half_life;
	double whole = floor(lives), rest = lives - whole;

	if (!(lives < 0x1p40)) {
		w.e = -((int64_t)1 << 40);
		return w;
	}
	if (lives > 8) {
		rest = fmod(t, p->half_life);
		whole = floor((t - rest) / p->half_life + 0.5);
		rest /= p->half_life;
	}
	w.m = leat_exp(-rest * LEAT_LN2);
	if (whole < 900)
		w.m = leat_ldexp(w.m, -(int)whole);
	else
		w.e = -(int64_t)whole;
	return w;
}

static void fade_to(const struct leat_time_plan *p, struct fade *d, int64_t t)
{
	if (t <= d->at)
		return;
	struct leat_wide keep = weight_of(p, leat_ticks(d->at, t));

	leat_decay_fade(&d->sums, keep);
	leat_errors_fade(more_of(d), p->errors, keep);
	d->at = t;
}

static void fade_start(struct leat_stream *st, struct leat_state *s, int64_t t)
{
	struct fade *d = leat_pool_take(&st->contents);

	memset(d, 0, st->forest.layout.accs_size);
	d->sums.pairs = st->forest.layout.pairs;
	leat_decay_start(&d->sums);
	leat_errors_start(more_of(d), st->plan.errors, &d->sums);
	d->at = d->first = d->last_at = t;
	d->last = NAN;
	s->content = d;
}

static int fade_reserve(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e)
{
	(void)e;
	return s->content ? LEAT_OK : leat_pool_reserve(&st->contents, 1);
}

static int fade_prepare(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e, struct leat_need *need)
{
	(void)st;
	(void)s;
	(void)e;
	(void)need;
	return LEAT_OK;
}

/* Values that come at regular times fade by few different factors. */
static struct leat_wide keep_until(struct leat_stream *st, const struct fade *d,
    int64_t t)
{
	uint64_t ticks = leat_ticks(d->at, t);
	struct leat_faded *f = &st->faded[ticks % LEAT_FADED];

	if (LEAT_UNLIKELY(f->ticks != ticks)) {
		f->keep = weight_of(&st->plan, ticks);
		f->ticks = ticks;
	}
	return f->keep;
}

static LEAT_NOINLINE void fade_take(const struct leat_stream *st,
    struct fade *d, const leat_event *e, struct leat_wide keep,
    struct leat_wide weight)
{
	double share = leat_wide_double(weight.m, weight.e);

	leat_decay_push(&d->sums, e->x, e->y, keep, weight, share);
	if (!st->plan.errors)
		return;
	leat_errors_fade(more_of(d), st->plan.errors, keep);
	if (e->x == e->x && e->y == e->y)
		leat_errors_take(more_of(d), st->plan.errors, e->x, e->y,
		    weight, share);
}

static int fade_push(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	if (st->clock.watermark == LEAT_TIME_MAX)
		return LEAT_TOO_LATE;
	if (!s->content)
		fade_start(st, s, e->t);
	struct fade *d = s->content;
	struct leat_wide keep = { 1, 0 }, weight = { 1, 0 };

	if (e->t < d->at) {
		weight = weight_of(&st->plan, leat_ticks(e->t, d->at));
	} else if (e->t > d->at) {
		keep = keep_until(st, d, e->t);
		d->at = e->t;
	}
	if (keep.e != 0 || weight.e != 0 ||
	    !leat_decay_quick(&d->sums, e->x, keep.m, weight.m))
		fade_take(st, d, e, keep, weight);
	if (e->t < d->first)
		d->first = e->t;
	if (e->x == e->x && e->y == e->y &&
	    (e->t >= d->last_at || d->last != d->last)) {
		d->last = e->x;
		d->last_at = e->t;
	}
	d->changed = 1;
	return LEAT_OK;
}

static int fade_due(const struct leat_stream *st, const struct leat_state *s,
    int64_t target, int64_t lateness, int64_t *due_out)
{
	(void)st;
	(void)target;
	(void)lateness;
	*due_out = LEAT_TIME_MAX;
	return s->content != NULL;
}

static void emit_decayed(struct leat_stream *st, struct fade *d, int flag)
{
	memcpy(st->emitter.whole, d, st->forest.layout.accs_size);
	fade_to(&st->plan, (struct fade *)(void *)st->emitter.whole,
	    st->clock.now);
	leat_stream_emit(st, d->first, leat_later(st->clock.now, 1),
	    d->revision, flag);
	if (flag & LEAT_RESULT_FLUSHED)
		return;
	d->revision++;
	d->changed = 0;
}

static void fade_clear(struct leat_stream *st, struct leat_state *s)
{
	if (s->content)
		leat_pool_give(&st->contents, s->content);
	memset(s, 0, st->plan.state_size);
}

static void fade_close(struct leat_stream *st, struct leat_state *s,
    int64_t watermark)
{
	if (watermark < LEAT_TIME_MAX || !s->content)
		return;
	emit_decayed(st, s->content, 0);
	fade_clear(st, s);
}

static void decayed_emit(struct leat_stream *st, struct leat_state *s, int flag)
{
	struct fade *d = s->content;

	if (d && (d->changed || flag != LEAT_RESULT_EARLY))
		emit_decayed(st, d, flag);
}

static void fade_look(const struct leat_stream *st, const struct leat_state *s,
    struct leat_accs *out, int64_t *start_out, int64_t *end_out)
{
	struct fade *d = s->content;

	*start_out = *end_out = st->clock.now;
	if (d) {
		*start_out = d->first;
		*end_out = leat_later(st->clock.now, 1);
	}
	if (!out)
		return;
	if (!d) {
		memset(out, 0, st->forest.layout.accs_size);
		return;
	}
	memcpy(out, d, st->forest.layout.accs_size);
	fade_to(&st->plan, (struct fade *)(void *)out, st->clock.now);
}

/* The sums are as of the largest time, which is nearly always now. */
static const struct leat_accs *fade_held(const struct leat_stream *st,
    const struct leat_state *s)
{
	const struct fade *d = s->content;

	return d && d->at == st->clock.now ? (const void *)d : NULL;
}

static void decaying_lower(const struct leat_stream *st,
    const struct leat_accs *whole, double *out)
{
	const struct fade *d = (const struct fade *)(const void *)whole;
	int quiet = d->sums.count < st->plan.min_count ||
	    (st->plan.propagate && d->sums.missing > 0);

	leat_decay_lower(&d->sums, d->last, st->plan.stats, st->plan.n_stats,
	    quiet, out);
	if (st->plan.errors)
		leat_errors_lower(more_of(d), st->plan.errors, &d->sums,
		    st->plan.stats, st->plan.n_stats, quiet, out);
}

static struct leat_tally decaying_tally(const struct leat_stream *st)
{
	const struct fade *d = (const struct fade *)(const void *)
				   st->emitter.whole;
	struct leat_tally t = { d->sums.count, d->sums.missing };

	return t;
}

static uint64_t fade_stored(const struct leat_stream *st,
    const struct leat_state *s)
{
	(void)st;
	(void)s;
	return 0;
}

static int fade_copy(struct leat_stream *st, struct leat_state *to,
    const struct leat_state *from)
{
	if (st->plan.more_at)
		*leat_more(&st->plan, to) = *leat_more(&st->plan, from);
	if (!from->content)
		return LEAT_OK;
	if (leat_pool_reserve(&st->contents, 1))
		return LEAT_ENOMEM;
	to->content = leat_pool_take(&st->contents);
	memcpy(to->content, from->content, st->forest.layout.accs_size);
	return LEAT_OK;
}

/* ---------------- as bytes, and joined ------------------------------- */

static void fade_tape(struct leat_stream *st, struct leat_state *s,
    struct leat_tape *t)
{
	struct fade *d = s->content;
	int there = d != NULL;

	leat_tape_int(t, &there, 1);
	if (!there)
		return;
	if (t->loads) {
		if (leat_pool_reserve(&st->contents, 1)) {
			leat_tape_fail(t, LEAT_ENOMEM);
			return;
		}
		fade_start(st, s, 0);
		d = s->content;
	}
	leat_tape_time(t, &d->at);
	leat_tape_time(t, &d->first);
	leat_tape_time(t, &d->last_at);
	leat_tape_expect(t,
	    d->at <= st->clock.now && d->first <= d->at && d->last_at <= d->at);
	leat_tape_double(t, &d->last);
	leat_tape_number(t, &d->revision, UINT64_MAX);
	leat_tape_int(t, &d->changed, 1);
	leat_tape_decay(t, &d->sums);
	leat_tape_errors(t, more_of(d), st->plan.errors, &d->sums);
	const struct leat_accs held = { d->sums.count, d->sums.missing };
	leat_tape_holds(t, st, &held);
}

/* Sums of weights as of different times are not joined. */
static int fade_join_room(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other,
    struct leat_need *need)
{
	(void)st;
	(void)s;
	(void)from;
	(void)other;
	(void)need;
	return LEAT_ENOTSUP;
}

const struct leat_time_engine leat_decaying_engine = {
	.reserve = fade_reserve,
	.prepare = fade_prepare,
	.push = fade_push,
	.due = fade_due,
	.close = fade_close,
	.emit = decayed_emit,
	.look = fade_look,
	.held = fade_held,
	.stored = fade_stored,
	.clear = fade_clear,
	.lower = decaying_lower,
	.tally = decaying_tally,
	.copy = fade_copy,
	.tape = fade_tape,
	.join_room = fade_join_room,
};
