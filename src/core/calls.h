/*
 * calls.h - callbacks that may fail, and must not change what they are told of
 *
 * A callback runs in the middle of a push, when the object is between two
 * states. `inside` is not 0 for as long, and every function that would change
 * the object refuses then. A callback that returns anything but 0 is noted in
 * `failed`; the work goes on, and the public function that started it turns
 * the note into LEAT_ECALLBACK when all is done. An object that calls nobody
 * pays for two comparisons of one word.
 */
#ifndef LEAT_CALLS_H
#define LEAT_CALLS_H

#include "core.h"

enum { LEAT_CALL_INSIDE = 1, LEAT_CALL_FAILED = 2 };

struct leat_calls {
	unsigned state;            /* of the two above */
	const leat_result *result; /* that is being told; NULL: none is */
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

/* answer: the callback's own. */
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
 * All work is done: err, or LEAT_ECALLBACK if a callback has failed. A failure
 * says that nothing was done, so that the next call tells of the callback.
 */
LEAT_INLINE int leat_calls_done(struct leat_calls *c, int err)
{
	if (LEAT_LIKELY(c->state == 0) || err < 0)
		return err;
	c->state = 0;
	return LEAT_ECALLBACK;
}

/* What has become of many values so far. */
struct leat_many {
	size_t n_taken;
	int refusal; /* the first one; 0: there was none */
};

/* Takes note of how one of them went. Failures end it: returns these. */
LEAT_INLINE int leat_many_note(struct leat_many *m, int err)
{
	m->n_taken += err == LEAT_OK;
	if (LEAT_UNLIKELY(err > 0) && !m->refusal)
		m->refusal = err;
	return err < 0 ? err : LEAT_OK;
}

/* err: what ended it, or 0. */
LEAT_INLINE int leat_many_done(const struct leat_many *m, struct leat_calls *c,
    int err, size_t *n_taken_out)
{
	if (n_taken_out)
		*n_taken_out = m->n_taken;
	return leat_calls_done(c, err ? err : m->refusal);
}

#endif
