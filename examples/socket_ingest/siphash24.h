/*
 * SipHash-2-4 (Aumasson, Bernstein 2012): a hash that strangers who do not
 * know the seed cannot make collide.
 */
#ifndef SOCKET_INGEST_SIPHASH24_H
#define SOCKET_INGEST_SIPHASH24_H

#include <stddef.h>
#include <stdint.h>

uint64_t siphash24(const uint64_t seed[2], const void *bytes, size_t n);

#endif
