/*
 * Random numbers that nobody can guess, from the system.
 */
#ifndef COMMON_SEED_H
#define COMMON_SEED_H

#include <stdint.h>

/* Returns 0, or -1: there are none. */
int seed_random(uint64_t seed[2]);

#endif
