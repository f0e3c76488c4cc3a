/*
 * time_clock.c - how far time has come
 *
 * now is the largest time seen. The watermark is what no value is expected
 * to be older than: the time of the slowest source that is not idle, less
 * the delay. It never falls, whatever sources do. Nothing here reads a
 * clock; time passes when values say so, or the caller.
 *
 * A source that is not the slowest cannot move the watermark, unless now
 * moves so far that others become idle; so all sources are looked at only
 * when the slowest moves or, with a timeout, when now does.
 *
 * Times are cut off at the limits of int64_t, never wrapped.
 */
#include "time_clock.h"

void leat_clock_reset(struct leat_clock *c)
{
	c->now = c->watermark = c->target = c->slowest = c->begin = INT64_MIN;
	c->ahead = INT64_MIN;
	c->started = 0;
	if (c->times)
		memset(c->seen, 0, c->n_sources);
}

/* A source that keeps the watermark at its start lets now stand for it. */
int leat_clock_skewed(const struct leat_clock *c, int64_t t)
{
	int64_t from = c->watermark > INT64_MIN ? c->watermark : c->now;

	return c->started && t > leat_later(from, c->max_skew);
}

/*
 * Returns the time of the slowest source that is not idle; of idle ones alone,
 * of the one that is ahead. If `all` is set, every source has come to the time
 * t.
 */
static int64_t slowest(const struct leat_clock *c, int all, int64_t t)
{
	int64_t least = INT64_MAX, most = INT64_MIN;

	for (uint32_t i = 0; i < c->n_sources; i++) {
		int seen = all || c->seen[i];
		int64_t time = c->times[i];
		if (!c->seen[i])
			time = c->idle_timeout > 0 ? c->begin : INT64_MIN;
		if (all && (!c->seen[i] || time < t))
			time = t;
		if (seen && time > most)
			most = time;
		if (c->idle_timeout > 0 && time < c->now &&
		    leat_ticks(time, c->now) > (uint64_t)c->idle_timeout)
			continue;
		if (!seen)
			return INT64_MIN;
		if (time < least)
			least = time;
	}
	return least == INT64_MAX ? most : least;
}

static void set_target(struct leat_clock *c)
{
	int64_t w = leat_earlier(c->slowest, c->delay);

	if (w > c->target)
		c->target = w;
}

static void begin(struct leat_clock *c, int64_t t)
{
	if (c->started)
		return;
	c->started = 1;
	c->begin = t;
}

static void join_source(struct leat_clock *c, uint32_t i, int64_t t)
{
	if (!c->seen[i] || c->times[i] < t)
		c->times[i] = t;
	c->seen[i] = 1;
}

void leat_clock_see_first(struct leat_clock *c, uint32_t source, int64_t t)
{
	int ahead = t > c->now || !c->started;

	begin(c, t);
	if (ahead)
		c->now = t;
	if (c->times) {
		int fresh = !c->seen[source];
		int64_t was = c->times[source];
		join_source(c, source, t);
		if (fresh || (was <= c->slowest && t > was) ||
		    (ahead && c->idle_timeout > 0))
			c->slowest = slowest(c, 0, 0);
	} else {
		c->slowest = c->now;
	}
	set_target(c);
}

void leat_clock_advance(struct leat_clock *c, int64_t t)
{
	if (t == LEAT_TIME_MAX) {
		c->target = LEAT_TIME_MAX;
		c->started = 1;
		return;
	}
	begin(c, t);
	if (t > c->now)
		c->now = t;
	c->slowest = c->times ? slowest(c, 1, t) : c->now;
	set_target(c);
}

void leat_clock_advanced(struct leat_clock *c, int64_t t)
{
	for (uint32_t i = 0; t < LEAT_TIME_MAX && c->times && i < c->n_sources;
	     i++)
		join_source(c, i, t);
}

void leat_clock_try(struct leat_clock *c, uint32_t source, int64_t t,
    struct leat_clock_mark *mark)
{
	mark->clock = *c;
	mark->source = source;
	if (c->times) {
		mark->time = c->times[source];
		mark->seen = c->seen[source];
	}
	leat_clock_see(c, source, t);
}

void leat_clock_undo(struct leat_clock *c, const struct leat_clock_mark *mark)
{
	*c = mark->clock;
	if (!c->times)
		return;
	c->times[mark->source] = mark->time;
	c->seen[mark->source] = mark->seen;
}

void leat_clock_join(struct leat_clock *c, const struct leat_clock *other)
{
	if (!other->started)
		return;
	for (uint32_t i = 0; c->times && i < c->n_sources; i++)
		if (other->seen[i])
			join_source(c, i, other->times[i]);
	if (!c->started || other->begin < c->begin)
		c->begin = other->begin;
	c->started = 1;
	if (other->now > c->now)
		c->now = other->now;
	c->slowest = c->times ? slowest(c, 0, 0) : c->now;
	set_target(c);
	if (other->watermark > c->target)
		c->target = other->watermark;
}
