/*
 * time_clock.h - how far time has come
 *
 * Arithmetic on times is cut off at the limits of int64_t and never wraps.
 * A clock keeps the largest time seen and the watermark, the time that no
 * value is expected to be older than; see time_clock.c.
 */
#ifndef LEAT_TIME_CLOCK_H
#define LEAT_TIME_CLOCK_H

#include "../core/core.h"

LEAT_INLINE int64_t leat_later(int64_t t, int64_t by) /* by >= 0 */
{
	return t > INT64_MAX - by ? INT64_MAX : t + by;
}

LEAT_INLINE int64_t leat_earlier(int64_t t, int64_t by) /* by >= 0 */
{
	return t < INT64_MIN + by ? INT64_MIN : t - by;
}

/* Returns t mod width, in [0, width). */
LEAT_INLINE int64_t leat_modulo(int64_t t, int64_t width)
{
	int64_t rest = t % width;

	return rest < 0 ? rest + width : rest;
}

/*
 * Returns how far t is past the last time that is offset plus a multiple of
 * width; offset is in [0, width), so that nothing overflows.
 */
LEAT_INLINE int64_t leat_since(int64_t t, int64_t offset, int64_t width)
{
	return leat_modulo(leat_modulo(t, width) - offset, width);
}

struct leat_clock {
	int64_t now, watermark;
	int64_t target;  /* the watermark after what is being closed */
	int64_t ahead;   /* the watermark after all keys are visited */
	int64_t slowest; /* time of the source that holds it back */
	int64_t begin;   /* the first time seen */
	int started;
	int64_t delay, max_skew, idle_timeout;
	uint32_t n_sources;
	int64_t *times; /* last time of each source; NULL: one source */
	unsigned char *seen;
};

void leat_clock_reset(struct leat_clock *c);
/* Takes note of the first value of all, and with several sources of any. */
void leat_clock_see_first(struct leat_clock *c, uint32_t source, int64_t t);
/*
 * Passes time for all sources; LEAT_TIME_MAX ends it. The sources' own times
 * stay as they are until leat_clock_advanced(), which is called when nothing
 * can fail any more.
 */
void leat_clock_advance(struct leat_clock *c, int64_t t);
void leat_clock_advanced(struct leat_clock *c, int64_t t);

/* A clock as it was before a value, with what it knew of the value's source. */
struct leat_clock_mark {
	struct leat_clock clock;
	uint32_t source;
	int64_t time;
	unsigned char seen;
};

/* Has the clock see a value, which leat_clock_undo() takes back from it. */
void leat_clock_try(struct leat_clock *c, uint32_t source, int64_t t,
    struct leat_clock_mark *mark);
void leat_clock_undo(struct leat_clock *c, const struct leat_clock_mark *mark);

/*
 * Makes c as if it had seen what the other has seen, too: `target` becomes the
 * later watermark of the two.
 */
void leat_clock_join(struct leat_clock *c, const struct leat_clock *other);

/* Returns the watermark once all is emitted that is being emitted. */
LEAT_INLINE int64_t leat_clock_coming(const struct leat_clock *c)
{
	return c->ahead > c->target ? c->ahead : c->target;
}

/* Returns whether a time is too far ahead; c->max_skew is above 0. */
int leat_clock_skewed(const struct leat_clock *c, int64_t t);

/* Returns whether a value may come at all: LEAT_ESOURCE, LEAT_TOO_FAR. */
LEAT_INLINE int leat_clock_check(const struct leat_clock *c, uint32_t source,
    int64_t t)
{
	if (LEAT_UNLIKELY(source >= c->n_sources))
		return LEAT_ESOURCE;
	if (LEAT_UNLIKELY(t == LEAT_TIME_MAX) ||
	    (LEAT_UNLIKELY(c->max_skew > 0) && leat_clock_skewed(c, t)))
		return LEAT_TOO_FAR;
	return LEAT_OK;
}

/* Notes a value: moves now, and has `target` say where the watermark goes. */
LEAT_INLINE void leat_clock_see(struct leat_clock *c, uint32_t source,
    int64_t t)
{
	if (LEAT_UNLIKELY(!c->started) || LEAT_UNLIKELY(c->times != NULL)) {
		leat_clock_see_first(c, source, t);
		return;
	}
	if (t <= c->now)
		return;
	c->now = c->slowest = t;
	t = leat_earlier(t, c->delay);
	if (t > c->watermark)
		c->target = t;
}

/*
 * Notes a value, as leat_clock_see() does, and moves the watermark, if that
 * stays before `due`. Returns 0 and has changed nothing if it does not, or the
 * clock has not started. There is one source.
 */
LEAT_INLINE int leat_clock_pass(struct leat_clock *c, int64_t t, int64_t due)
{
	int64_t target = leat_earlier(t, c->delay);

	/* A state that was loaded may have to move the watermark first. */
	if (LEAT_UNLIKELY(c->target != c->watermark) ||
	    LEAT_UNLIKELY(!c->started))
		return 0;
	if (t <= c->now)
		return 1;
	if (LEAT_UNLIKELY(target >= due))
		return 0;
	c->now = c->slowest = t;
	if (target > c->watermark)
		c->target = c->watermark = target;
	return 1;
}

#endif
