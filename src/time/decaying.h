/*
 * decaying.h - windows whose values lose weight; see decaying.c
 */
#ifndef LEAT_DECAYING_H
#define LEAT_DECAYING_H

#include "time_plan.h"

/* Bytes of what a state points to. */
size_t leat_decaying_size(const struct leat_time_plan *p);

#endif
