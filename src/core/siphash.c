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
#include "core.h"

struct sip {
	uint64_t a, b, c, d;
};

LEAT_INLINE void sip_round(struct sip *s)
{
	s->a += s->b;
	s->c += s->d;
	s->b = (s->b << 13 | s->b >> 51) ^ s->a;
	s->d = (s->d << 16 | s->d >> 48) ^ s->c;
	s->a = s->a << 32 | s->a >> 32;
	s->c += s->b;
	s->a += s->d;
	s->b = (s->b << 17 | s->b >> 47) ^ s->c;
	s->d = (s->d << 21 | s->d >> 43) ^ s->a;
	s->c = s->c << 32 | s->c >> 32;
}

LEAT_INLINE void sip_take(struct sip *s, uint64_t word)
{
	s->d ^= word;
	sip_round(s);
	s->a ^= word;
}

/*
 * The last n % 8 bytes of a text of n, as a word. Words that overlap agree
 * where they do, so two of them, or three bytes, make any number of bytes.
 */
LEAT_INLINE uint64_t sip_rest(const unsigned char *text, size_t n)
{
	unsigned rest = n & 7;

	if (rest == 0)
		return 0;
	const unsigned char *p = text + (n - rest);
	if (n >= 8)
		return leat_load64(text + n - 8) >> (64 - 8 * rest);
	if (rest >= 4)
		return leat_load32(p) |
		    leat_load32(p + rest - 4) << (8 * (rest - 4));
	return (uint64_t)p[0] | (uint64_t)p[rest / 2] << (8 * (rest / 2)) |
	    (uint64_t)p[rest - 1] << (8 * (rest - 1));
}

uint64_t leat_siphash(const uint64_t seed[2], const void *text, size_t n)
{
	const unsigned char *p = text;
	struct sip s = { seed[0] ^ 0x736f6d6570736575u,
		seed[1] ^ 0x646f72616e646f6du, seed[0] ^ 0x6c7967656e657261u,
		seed[1] ^ 0x7465646279746573u };

	for (size_t i = 0; i + 8 <= n; i += 8)
		sip_take(&s, leat_load64(p + i));
	sip_take(&s, (uint64_t)n << 56 | sip_rest(p, n));
	s.c ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(&s);
	return s.a ^ s.b ^ s.c ^ s.d;
}
