/*
 * siphash.h - SipHash-1-3 of a text; see siphash.c
 */
#ifndef LEAT_SIPHASH_H
#define LEAT_SIPHASH_H

#include "../core/core.h"

uint64_t leat_siphash(const uint64_t seed[2], const void *text, size_t n);

#endif
