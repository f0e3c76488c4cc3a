/*
 * careful.h - a push that may run out of keys, memory or calendar
 */
#ifndef LEAT_CAREFUL_H
#define LEAT_CAREFUL_H

#include "keyed.h"

/*
 * Pushes an event that the clock accepts into entry i or, if i is 0, into a
 * new key. See careful.c.
 */
int leat_careful_push(leat_keyed *k, const leat_event *v, uint32_t hash,
    uint32_t i);

#endif
