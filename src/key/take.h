/*
 * take.h - a value and its key; see take.c
 *
 * An entry i is an index from 1; 0 means that the key is not there yet.
 */
#ifndef LEAT_TAKE_H
#define LEAT_TAKE_H

#include "keyed.h"

/*
 * Makes sure of memory for the value in entry i and, if `fresh`, for making
 * its key. LEAT_ENOMEM.
 */
int leat_take_reserve(leat_keyed *k, const leat_event *v, uint32_t i,
    int fresh);
/*
 * Puts the value into entry i or a new key. The clock must have seen it, what
 * is due must be closed, and memory must be reserved. Returns a refusal or 0.
 */
int leat_take(leat_keyed *k, const leat_event *v, uint32_t hash, uint32_t i);
/* Tells whether no further key may come in, whatever makes room. */
int leat_take_forbids(const leat_keyed *k, const leat_event *v);

#endif
