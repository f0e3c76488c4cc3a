/*
 * Random numbers that nobody can guess, from the system.
 */
#ifndef REPLAY_RANDOM_SEED_H
#define REPLAY_RANDOM_SEED_H

#include <stdint.h>

/* Returns 0, or -1: there are none. */
int random_seed(uint64_t seed[2]);

#endif
