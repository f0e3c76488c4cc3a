/*
 * Saved states that have been damaged, by the million. Takes minutes, so it
 * is not part of the usual tests.
 *
 *      long_state [N [SEED]]   N damaged states, 1000000 by default
 *      long_state --seeds DIR  writes a state of each specimen for fuzz_state
 *
 * States of all specimens of the zoo (state_zoo.h) are damaged in one of many
 * ways: bits and bytes change, pieces are cut out, doubled, taken from another
 * state or change places. Of a quarter the checksum is put right, and of one
 * the heads of chunks as well; each must be refused, or what it is loaded as
 * must work. None of the others, whose checksum is wrong, may be loaded.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "state_zoo.h"

enum { ROOM = 8192, HEAD = 3, SEED_ROOM = 2000, KEPT = 16 };

struct state {
	unsigned char bytes[ROOM];
	size_t n;
};

static uint64_t rng = 1;

/* splitmix64, as in data.c */
static uint64_t next(void)
{
	uint64_t z = rng += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static size_t below(size_t n)
{
	return n > 0 ? (size_t)(next() % n) : 0;
}

/* ---- Damage ---- */

static void flip_bits(struct state *s)
{
	for (size_t i = 1 + below(4); i > 0 && s->n > 0; i--) {
		size_t at = below(s->n);
		s->bytes[at] ^= (unsigned char)(1u << below(8));
	}
}

static void change_bytes(struct state *s)
{
	static const unsigned char odd[] = { 0, 1, 2, 127, 128, 255, 254, 64 };

	for (size_t i = 1 + below(3); i > 0 && s->n > 0; i--) {
		size_t at = below(s->n);
		s->bytes[at] = below(2) ? odd[below(8)] : (unsigned char)next();
	}
}

static void cut_out(struct state *s)
{
	size_t at = below(s->n), n = below(s->n - at) + 1;

	if (below(2) && n > 8)
		n = 1 + below(8);
	if (at + n > s->n)
		return;
	memmove(s->bytes + at, s->bytes + at + n, s->n - at - n);
	s->n -= n;
}

static void insert(struct state *s, size_t at, const unsigned char *p, size_t n)
{
	unsigned char piece[ROOM];

	if (n == 0 || s->n + n > ROOM)
		return;
	memcpy(piece, p, n);
	memmove(s->bytes + at + n, s->bytes + at, s->n - at);
	memcpy(s->bytes + at, piece, n);
	s->n += n;
}

static void double_piece(struct state *s)
{
	size_t at = below(s->n), n = 1 + below(s->n - at);

	if (below(2) && n > 16)
		n = 1 + below(16);
	insert(s, below(s->n), s->bytes + at, n);
}

/* The beginning of one and the end of the other, maybe at one place. */
static void splice(struct state *s, const struct state *other)
{
	size_t at = below(s->n), from = below(other->n);

	if (below(2))
		from = at < other->n ? at : from;
	if (at + (other->n - from) > ROOM)
		return;
	memcpy(s->bytes + at, other->bytes + from, other->n - from);
	s->n = at + other->n - from;
}

/* Two pieces of eight bytes, as many numbers are. */
static void swap_words(struct state *s)
{
	size_t a, b;
	unsigned char word[8];

	if (s->n < 24)
		return;
	a = below(s->n - 8);
	b = below(s->n - 8);
	memcpy(word, s->bytes + a, 8);
	memmove(s->bytes + a, s->bytes + b, 8);
	memcpy(s->bytes + b, word, 8);
}

/* Returns the start of the k-th chunk; n if there is none. */
static size_t chunk_at(const struct state *s, size_t k)
{
	size_t at = 8;

	for (; k > 0 && at + 4 <= s->n; k--)
		at += 4 + (s->bytes[at + 2] | (size_t)s->bytes[at + 3] << 8);
	return at < s->n ? at : s->n;
}

/* A chunk goes to another place, is doubled, or has another head. */
static void move_chunk(struct state *s)
{
	size_t from = chunk_at(s, below(4)), to = chunk_at(s, below(5)), at, n;

	if (from + 4 > s->n)
		return;
	if (below(4) == 0) {
		at = from + below(4);
		s->bytes[at] = (unsigned char)below(8);
		return;
	}
	n = 4 + (s->bytes[from + 2] | (size_t)s->bytes[from + 3] << 8);
	if (from + n > s->n)
		return;
	insert(s, to, s->bytes + from, n);
}

/* A number grows: another byte behind it, and its highest bit set. */
static void stretch_number(struct state *s)
{
	size_t at = below(s->n);
	unsigned char more = (unsigned char)below(128);

	if (s->n == 0)
		return;
	s->bytes[at] |= 128;
	insert(s, at + 1 <= s->n ? at + 1 : s->n, &more, 1);
}

static void damage(struct state *s, const struct state *other)
{
	switch (below(10)) {
	case 0:
	case 1:
		flip_bits(s);
		break;
	case 2:
	case 3:
		change_bytes(s);
		break;
	case 4:
		cut_out(s);
		break;
	case 5:
		double_piece(s);
		break;
	case 6:
		splice(s, other);
		break;
	case 7:
		swap_words(s);
		break;
	case 8:
		move_chunk(s);
		break;
	default:
		stretch_number(s);
	}
}

/* ---- All of it ---- */

static struct state at_hand;
static uint64_t refused, loaded, deceived;

static void on_failure(const char *what, size_t specimen)
{
	FILE *f = fopen("long_state.failed", "wb");

	printf("%s: %s\n", zoo_name(specimen), what);
	if (f) {
		unsigned char head[HEAD] = { (unsigned char)specimen, 0, 0 };
		fwrite(head, 1, HEAD, f);
		fwrite(at_hand.bytes, 1, at_hand.n, f);
		fclose(f);
		printf("long_state.failed is for fuzz_state\n");
	}
	exit(1);
}

/* The chunk that ends a state is followed by its checksum, of four bytes. */
static void repair(struct state *s)
{
	size_t at = 8;

	while (at + 8 <= s->n && s->bytes[at] != 0)
		at += 4 + (s->bytes[at + 2] | (size_t)s->bytes[at + 3] << 8);
	zoo_repair(s->bytes, at + 8 <= s->n ? at + 8 : s->n);
}

static void damage_some(struct state *s, const struct state *other)
{
	for (size_t i = 1 + below(below(3) ? 2 : 6); i > 0; i--)
		damage(s, other);
}

/* The content is damaged, and a state is made of it that is whole. */
static void damage_content(size_t specimen, const struct state *whole,
    const struct state *other)
{
	static struct state a, b;
	unsigned char order[ROOM];
	size_t m = zoo_part(whole->bytes, whole->n, ZOO_ORDER, order);

	a.n = zoo_part(whole->bytes, whole->n, ZOO_CONTENT, a.bytes);
	b.n = zoo_part(other->bytes, other->n, ZOO_CONTENT, b.bytes);
	damage_some(&a, &b);
	insert(&a, a.n, order, m);
	if (m > a.n)
		m = 0;
	at_hand.n = zoo_compose(specimen, a.bytes, a.n - m, m, at_hand.bytes,
	    ROOM);
}

static void try_one(size_t specimen, const struct state *whole,
    const struct state *other)
{
	switch (below(4)) {
	case 0:
		damage_content(specimen, whole, other);
		break;
	case 1:
		at_hand = *whole;
		damage_some(&at_hand, other);
		repair(&at_hand);
		break;
	default:
		at_hand = *whole;
		damage_some(&at_hand, other);
	}
	int err = zoo_try(specimen, at_hand.bytes, at_hand.n, below(4) == 0);
	if (err) {
		refused++;
		return;
	}
	loaded++;
	/* By a checksum that is not the library's. */
	deceived += !zoo_is_whole(at_hand.bytes, at_hand.n);
}

static void make_states(size_t specimen, struct state *states)
{
	for (uint64_t k = 0; k < KEPT; k++) {
		uint64_t seed = next();
		struct state *s = &states[k];
		do
			s->n = zoo_state(specimen, seed++, s->bytes, ROOM);
		while (s->n == 0);
		if (zoo_try(specimen, s->bytes, s->n, (int)(k % 2))) {
			at_hand = *s;
			on_failure("a sound state is refused", specimen);
		}
	}
}

static void run(uint64_t n)
{
	static struct state states[KEPT];
	uint64_t each = n / zoo_size() + 1, done = 0;

	for (size_t i = 0; i < zoo_size() && done < n; i++) {
		for (uint64_t k = 0; k < each && done < n; k++, done++) {
			if (k % 4000 == 0)
				make_states(i, states);
			const struct state *whole = &states[below(KEPT)];
			try_one(i, whole, &states[below(KEPT)]);
		}
	}
}

/* ---- Seeds ---- */

/* The longest of the first few states that are small enough. */
static size_t make_seed(size_t specimen, unsigned char *bytes)
{
	unsigned char other[SEED_ROOM];
	size_t most = 0;

	for (uint64_t seed = 1; seed <= 8; seed++) {
		size_t n = zoo_state(specimen, seed, other, sizeof(other));
		if (n <= most)
			continue;
		memcpy(bytes, other, n);
		most = n;
	}
	return most;
}

/* Makes input for fuzz_state; in two of three cases only the content. */
static size_t make_input(size_t specimen, unsigned char *out)
{
	unsigned char bytes[SEED_ROOM];
	size_t n = make_seed(specimen, bytes), m;

	out[0] = (unsigned char)specimen;
	out[1] = specimen % 4 ? 1 : 3;
	out[2] = 0;
	if (specimen % 3 == 0) {
		memcpy(out + HEAD, bytes, n);
		return HEAD + n;
	}
	size_t content = zoo_part(bytes, n, ZOO_CONTENT, out + HEAD);
	m = zoo_part(bytes, n, ZOO_ORDER, out + HEAD + content);
	out[1] |= 4;
	out[2] = (unsigned char)m;
	return HEAD + content + m;
}

static int write_seed(const char *folder, size_t specimen)
{
	unsigned char input[HEAD + SEED_ROOM];
	size_t n = make_input(specimen, input);
	char path[1000];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, zoo_name(specimen));
	for (char *p = path + strlen(folder); *p; p++)
		if (*p == ' ')
			*p = '-';
	f = fopen(path, "wb");
	if (!f || fwrite(input, 1, n, f) != n || fclose(f) != 0) {
		fprintf(stderr, "%s: cannot be written\n", path);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t n = 1000000;

	if (argc == 3 && strcmp(argv[1], "--seeds") == 0) {
		int failed = 0;
		for (size_t i = 0; i < zoo_size() && !failed; i++)
			failed = write_seed(argv[2], i);
		return failed;
	}
	if (argc > 1)
		n = strtoull(argv[1], NULL, 10);
	if (argc > 2)
		rng = strtoull(argv[2], NULL, 10);
	zoo_failed = on_failure;
	run(n);
	printf("%" PRIu64 " refused, %" PRIu64 " loaded and at work, %" PRIu64
	       " of them with a wrong checksum, 0 failed\n",
	    refused, loaded, deceived);
	return deceived > 0;
}
