/*
 * siphash.c - a hash that strangers cannot aim at
 *
 * Keys come from networks. Against a hash function that is known, whoever
 * chooses them can choose thousands that fall into one place of a table and
 * make every look-up walk over all of them. SipHash mixes a secret seed of
 * 128 bits into every step; without it nobody can tell which texts collide.
 * (Aumasson and Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT
 * 2012.) This is the variant with one round for each eight bytes and three
 * at the end, which is what hash tables elsewhere use as well.
 *
 * Texts are read as little-endian words, whatever the machine's own order.
 */
#include "siphash.h"

uint64_t leat_siphash(const uint64_t seed[2], const void *text, size_t n)
{
	const unsigned char *p = text;
	struct leat_sip s = leat_sip_begin(seed);

	for (size_t i = 0; i + 8 <= n; i += 8)
		leat_sip_take(&s, leat_load64(p + i));
	return leat_sip_end(&s, n, leat_sip_rest(p, n));
}
