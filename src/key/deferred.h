/*
 * deferred.h - single pushes that wait a moment for their memory
 *
 * Events that wait are in the object already as far as anybody can tell.
 * Whoever looks at keys or windows settles them first.
 */
#ifndef LEAT_DEFERRED_H
#define LEAT_DEFERRED_H

#include "keyed.h"

/* Finds out whether events may ever wait with these options. */
void leat_deferred_plan(leat_keyed *k, const leat_keyed_options *o);
/*
 * Has the event wait if it can, and returns whether it does. If not, nothing
 * waits any more.
 */
int leat_deferred_put(leat_keyed *k, const leat_event *v);
/* Forgets the events that wait. */
void leat_deferred_clear(leat_keyed *k);
/* Pushes all events that wait, of which there are some. */
void leat_deferred_settle_all(leat_keyed *k);

/* Pushes all events that wait. There is memory for it, so it cannot fail. */
LEAT_INLINE void leat_deferred_settle(leat_keyed *k)
{
	if (k->deferred.n > 0)
		leat_deferred_settle_all(k);
}

#endif
