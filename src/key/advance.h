/*
 * advance.h - time passes over the keys; see advance.c
 */
#ifndef LEAT_ADVANCE_H
#define LEAT_ADVANCE_H

#include "keyed.h"

/*
 * Adds to `need` what an advance to the clock's target will take, so that
 * nothing in it can fail, and has it reserved whatever max_bytes says. After
 * LEAT_ECALENDAR, LEAT_ENOMEM or LEAT_TOO_FAR time must not move.
 */
int leat_advance_prepare(leat_keyed *k, struct leat_need *need);
/*
 * Closes what is due by the clock's target, and emits early results. It must
 * have been prepared.
 */
void leat_advance_run(leat_keyed *k);
/* Prepares and runs an advance; if the former fails, time has not moved. */
int leat_advance(leat_keyed *k);
/* Returns 1 and when the key has something to do next; 0: never. */
int leat_advance_due(leat_keyed *k, struct leat_entry *e, int64_t *due_out);

/* Tells whether time has more to do than to move the watermark. */
LEAT_INLINE int leat_advance_pending(const leat_keyed *k)
{
	const struct leat_clock *c = &k->stream.clock;

	return (c->target > c->watermark && c->target >= k->timers.next) ||
	    (k->stream.plan.early_span > 0 &&
		(k->early || c->now > k->early_from));
}

#endif
