/*
 * calls.h - callbacks that may fail, and must not change the calling object
 *
 * A callback runs in the middle of a push, when the object is between two
 * states. LEAT_CALL_INSIDE is set during that time, and every function that
 * would change the object refuses then. A callback that returns anything but 0
 * sets LEAT_CALL_FAILED; the work goes on, and the public function that started
 * it returns LEAT_ECALLBACK when all is done. An object without callbacks pays
 * for two comparisons of one word.
 */
#ifndef LEAT_CALLS_H
#define LEAT_CALLS_H

#include "core.h"

enum { LEAT_CALL_INSIDE = 1, LEAT_CALL_FAILED = 2 };

struct leat_calls {
	unsigned state;            /* LEAT_CALL_INSIDE, LEAT_CALL_FAILED */
	const leat_result *result; /* being emitted; NULL: none */
};

LEAT_INLINE int leat_is_inside(const struct leat_calls *c)
{
	return LEAT_UNLIKELY(c->state != 0) &&
	    (c->state & LEAT_CALL_INSIDE) != 0;
}

LEAT_INLINE void leat_call_begins(struct leat_calls *c,
    const leat_result *result)
{
	c->state |= LEAT_CALL_INSIDE;
	c->result = result;
}

/* Ends a callback; `answer` is its return value. */
LEAT_INLINE void leat_call_ends(struct leat_calls *c, int answer)
{
	c->state &= ~(unsigned)LEAT_CALL_INSIDE;
	c->state |= answer ? LEAT_CALL_FAILED : 0;
	c->result = NULL;
}

LEAT_INLINE void leat_call_emit(struct leat_calls *c, const leat_sink *sink,
    const leat_result *result)
{
	leat_call_begins(c, result);
	leat_call_ends(c, sink->emit(sink->ctx, result));
}

/*
 * The result of a public function that has done all its work: LEAT_ECALLBACK if
 * a callback has failed, else err. If err is a failure nothing was done, so
 * LEAT_ECALLBACK is kept for the next call.
 */
LEAT_INLINE int leat_calls_done(struct leat_calls *c, int err)
{
	if (LEAT_LIKELY(c->state == 0) || err < 0)
		return err;
	c->state = 0;
	return LEAT_ECALLBACK;
}

/* The results of many pushes so far. */
struct leat_many {
	size_t n_taken;
	int refusal; /* first refusal; 0: none */
};

/* Records the result of one push; returns err if it is a failure. */
LEAT_INLINE int leat_many_note(struct leat_many *m, int err)
{
	m->n_taken += err == LEAT_OK;
	if (LEAT_UNLIKELY(err > 0) && !m->refusal)
		m->refusal = err;
	return err < 0 ? err : LEAT_OK;
}

/* The result of the call; err is the failure that ended it, or 0. */
LEAT_INLINE int leat_many_done(const struct leat_many *m, struct leat_calls *c,
    int err, size_t *n_taken_out)
{
	if (n_taken_out)
		*n_taken_out = m->n_taken;
	return leat_calls_done(c, err ? err : m->refusal);
}

#endif
