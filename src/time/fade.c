/*
 * fade.c - everything, with weights that fade with time
 *
 * A value of age a weighs 2^(-a / half_life). The sums of decay.c are kept
 * as of one moment, the largest time a value has had: when that moves, all
 * of it fades at once; a value that comes late goes in with the weight it
 * has at that moment. So the order of values does not matter. Behind them
 * lie those of decay_errors.c, if there are any.
 */
#include "time.h"

struct fade {
	struct leat_decay sums;
	int64_t at;        /* the moment they are as of */
	int64_t first;     /* the smallest time */
	double last;       /* the value at the largest time */
	int64_t last_at;   /* and that */
	uint64_t revision; /* results so far */
	int changed;       /* since the last one */
};

size_t leat_fade_size(const struct leat_flow *f)
{
	size_t more = leat_errors_count(f->errors) * sizeof(struct leat_decay);

	return (sizeof(struct fade) + more + 15) & ~(size_t)15;
}

static struct leat_decay *more_of(const struct fade *d)
{
	return (struct leat_decay *)(void *)(uintptr_t)(d + 1);
}

static struct fade *fade_of(const struct leat_state *s)
{
	return s->content;
}

/*
 * 2^(-ticks / half_life); the whole powers are exact. The quotient is right
 * to its last place only, so where it is large the remainder, which is
 * exact, says what is behind the point. Silence of more than 2^40 half-lives
 * is one of so many.
 */
static struct leat_wide weight_of(const struct leat_flow *f, uint64_t ticks)
{
	struct leat_wide w = { 1, 0 };
	double t = (double)ticks, lives = t / f->half_life;
	double whole = floor(lives), rest = lives - whole;

	if (!(lives < 0x1p40)) {
		w.e = -((int64_t)1 << 40);
		return w;
	}
	if (lives > 8) {
		rest = fmod(t, f->half_life);
		whole = floor((t - rest) / f->half_life + 0.5);
		rest /= f->half_life;
	}
	w.m = leat_exp(-rest * LEAT_LN2);
	if (whole < 900)
		w.m = leat_ldexp(w.m, -(int)whole);
	else
		w.e = -(int64_t)whole;
	return w;
}

static void fade_to(const struct leat_flow *f, struct fade *d, int64_t t)
{
	if (t <= d->at)
		return;
	struct leat_wide keep = weight_of(f, leat_ticks(d->at, t));

	leat_decay_fade(&d->sums, keep);
	leat_errors_fade(more_of(d), f->errors, keep);
	d->at = t;
}

static void fade_start(struct leat_flow *f, struct leat_state *s, int64_t t)
{
	struct fade *d = leat_pool_take(&f->contents);

	memset(d, 0, f->accs_size);
	d->sums.pairs = f->pairs;
	leat_decay_start(&d->sums);
	leat_errors_start(more_of(d), f->errors, &d->sums);
	d->at = d->first = d->last_at = t;
	d->last = NAN;
	s->content = d;
}

static int fade_reserve(struct leat_flow *f, const struct leat_state *s,
    const leat_event *e)
{
	(void)e;
	return s->content ? LEAT_OK : leat_pool_reserve(&f->contents, 1);
}

static int fade_prepare(struct leat_flow *f, const struct leat_state *s,
    const leat_event *e, struct leat_need *need)
{
	(void)f;
	(void)s;
	(void)e;
	(void)need;
	return LEAT_OK;
}

static int fade_push(struct leat_flow *f, struct leat_state *s,
    const leat_event *e)
{
	if (f->clock.watermark == LEAT_TIME_MAX)
		return LEAT_TOO_LATE;
	if (!s->content)
		fade_start(f, s, e->t);
	struct fade *d = fade_of(s);
	struct leat_wide weight = { 1, 0 };

	if (e->t < d->at)
		weight = weight_of(f, leat_ticks(e->t, d->at));
	fade_to(f, d, e->t);
	double share = leat_wide_double(weight.m, weight.e);
	leat_decay_take(&d->sums, e->x, e->y, weight, share);
	if (f->errors && e->x == e->x && e->y == e->y)
		leat_errors_take(more_of(d), f->errors, e->x, e->y, weight,
		    share);
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

static int fade_due(const struct leat_flow *f, const struct leat_state *s,
    int64_t *due_out)
{
	(void)f;
	*due_out = LEAT_TIME_MAX;
	return s->content != NULL;
}

static void tell_fade(struct leat_flow *f, struct fade *d, int flag)
{
	memcpy(f->whole, d, f->accs_size);
	fade_to(f, (struct fade *)(void *)f->whole, f->clock.now);
	leat_flow_tell(f, d->first, leat_later(f->clock.now, 1), d->revision,
	    flag);
	if (flag & LEAT_RESULT_FLUSHED)
		return;
	d->revision++;
	d->changed = 0;
}

static void fade_clear(struct leat_flow *f, struct leat_state *s)
{
	if (s->content)
		leat_pool_give(&f->contents, s->content);
	memset(s, 0, f->state_size);
}

static void fade_close(struct leat_flow *f, struct leat_state *s,
    int64_t watermark)
{
	if (watermark < LEAT_TIME_MAX || !s->content)
		return;
	tell_fade(f, fade_of(s), 0);
	fade_clear(f, s);
}

static void fade_tell(struct leat_flow *f, struct leat_state *s, int flag)
{
	struct fade *d = fade_of(s);

	if (d && (d->changed || flag != LEAT_RESULT_EARLY))
		tell_fade(f, d, flag);
}

static void fade_look(const struct leat_flow *f, const struct leat_state *s,
    struct leat_accs *out, int64_t *start_out, int64_t *end_out)
{
	struct fade *d = fade_of(s);

	*start_out = *end_out = f->clock.now;
	if (d) {
		*start_out = d->first;
		*end_out = leat_later(f->clock.now, 1);
	}
	if (!out)
		return;
	memset(out, 0, f->accs_size);
	if (!d)
		return;
	memcpy(out, d, f->accs_size);
	fade_to(f, (struct fade *)(void *)out, f->clock.now);
}

void leat_fade_lower(const struct leat_flow *f, const struct leat_accs *whole,
    double *out)
{
	const struct fade *d = (const struct fade *)(const void *)whole;
	int quiet = d->sums.count < f->min_count ||
	    (f->propagate && d->sums.missing > 0);

	leat_decay_lower(&d->sums, d->last, f->plan, f->n_stats, quiet, out);
	if (f->errors)
		leat_errors_lower(more_of(d), f->errors, &d->sums, f->plan,
		    f->n_stats, quiet, out);
}

struct leat_tally leat_fade_tally(const struct leat_flow *f)
{
	const struct fade *d = (const struct fade *)(const void *)f->whole;
	struct leat_tally t = { d->sums.count, d->sums.missing };

	return t;
}

static uint64_t fade_stored(const struct leat_flow *f,
    const struct leat_state *s)
{
	(void)f;
	(void)s;
	return 0;
}

static int fade_copy(struct leat_flow *f, struct leat_state *to,
    const struct leat_state *from)
{
	if (f->more_at)
		*leat_more(f, to) = *leat_more(f, from);
	if (!from->content)
		return LEAT_OK;
	if (leat_pool_reserve(&f->contents, 1))
		return LEAT_ENOMEM;
	to->content = leat_pool_take(&f->contents);
	memcpy(to->content, from->content, f->accs_size);
	return LEAT_OK;
}

/* ---------------- as bytes, and joined ------------------------------- */

static void fade_tape(struct leat_flow *f, struct leat_state *s,
    struct leat_tape *t)
{
	struct fade *d = fade_of(s);
	int there = d != NULL;

	leat_tape_int(t, &there, 1);
	if (!there)
		return;
	if (t->loads) {
		if (leat_pool_reserve(&f->contents, 1)) {
			leat_tape_fail(t, LEAT_ENOMEM);
			return;
		}
		fade_start(f, s, 0);
		d = fade_of(s);
	}
	leat_tape_time(t, &d->at);
	leat_tape_time(t, &d->first);
	leat_tape_time(t, &d->last_at);
	leat_tape_expect(t,
	    d->at <= f->clock.now && d->first <= d->at && d->last_at <= d->at);
	leat_tape_double(t, &d->last);
	leat_tape_number(t, &d->revision, UINT64_MAX);
	leat_tape_int(t, &d->changed, 1);
	leat_tape_decay(t, &d->sums);
	leat_tape_errors(t, more_of(d), f->errors, &d->sums);
	const struct leat_accs held = { d->sums.count, d->sums.missing };
	leat_tape_holds(t, f, &held);
}

/* Sums of weights as of different moments are not joined. */
static int fade_join_room(struct leat_flow *f, struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other,
    struct leat_need *need)
{
	(void)f;
	(void)s;
	(void)g;
	(void)other;
	(void)need;
	return LEAT_ENOTSUP;
}

const struct leat_time_engine leat_fade_engine = {
	.reserve = fade_reserve,
	.prepare = fade_prepare,
	.push = fade_push,
	.due = fade_due,
	.close = fade_close,
	.tell = fade_tell,
	.look = fade_look,
	.stored = fade_stored,
	.clear = fade_clear,
	.copy = fade_copy,
	.tape = fade_tape,
	.join_room = fade_join_room,
};
