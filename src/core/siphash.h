/*
 * siphash.h - the steps of SipHash-1-3, and the hash of a short text
 *
 * A text of up to 16 bytes is two words, the rest of which is zero. Whoever
 * has them hashes and compares it without another look at its bytes. See
 * siphash.c for what the hash is for.
 */
#ifndef LEAT_SIPHASH_H
#define LEAT_SIPHASH_H

#include "core.h"

struct leat_sip {
	uint64_t a, b, c, d;
};

LEAT_INLINE void leat_sip_round(struct leat_sip *s)
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

LEAT_INLINE struct leat_sip leat_sip_begin(const uint64_t seed[2])
{
	struct leat_sip s = { seed[0] ^ 0x736f6d6570736575u,
		seed[1] ^ 0x646f72616e646f6du, seed[0] ^ 0x6c7967656e657261u,
		seed[1] ^ 0x7465646279746573u };

	return s;
}

LEAT_INLINE void leat_sip_take(struct leat_sip *s, uint64_t word)
{
	s->d ^= word;
	leat_sip_round(s);
	s->a ^= word;
}

/* Takes the length and the last n % 8 bytes, and returns the hash. */
LEAT_INLINE uint64_t leat_sip_end(struct leat_sip *s, size_t n, uint64_t rest)
{
	leat_sip_take(s, (uint64_t)n << 56 | rest);
	s->c ^= 0xff;
	for (int i = 0; i < 3; i++)
		leat_sip_round(s);
	return s->a ^ s->b ^ s->c ^ s->d;
}

/*
 * Returns the last n % 8 bytes of a text of n as a word. Words that overlap
 * agree where they do, so two of them, or three bytes, make any number of
 * bytes.
 */
LEAT_INLINE uint64_t leat_sip_rest(const unsigned char *text, size_t n)
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

/* Loads a text of at most 16 bytes as two words, the rest of which is 0. */
LEAT_INLINE void leat_load_short(const void *text, size_t n, uint64_t words[2])
{
	const unsigned char *p = text;

	words[0] = n >= 8 ? leat_load64(p) : leat_sip_rest(p, n);
	words[1] = 0;
	if (n > 8)
		words[1] = leat_load64(p + n - 8) >> (8 * (16 - n));
}

/* Returns leat_siphash() of a text of at most 16 bytes in two words. */
LEAT_INLINE uint64_t leat_siphash_short(const uint64_t seed[2],
    const uint64_t words[2], size_t n)
{
	struct leat_sip s = leat_sip_begin(seed);
	uint64_t rest = words[0];

	if (n >= 8) {
		leat_sip_take(&s, words[0]);
		rest = words[1];
	}
	if (n == 16) {
		leat_sip_take(&s, words[1]);
		rest = 0;
	}
	return leat_sip_end(&s, n, rest);
}

#endif
