/*
 * Peers and their slots, held against a plain list of connections that is
 * searched from end to end; and the rate at which tokens can be guessed, by
 * an attacker who opens as many connections as he likes, over a day.
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../examples/socket_ingest/peers.h"
#include "test_random.h"
#include "test_text.h"

#define SECOND INT64_C(1000000000)

static const uint64_t no_seed[2];

static struct peer *hold(struct peers *peers, const char *text)
{
	struct sockaddr_in v4 = { 0 };
	struct sockaddr_in6 v6 = { 0 };

	v4.sin_family = AF_INET;
	v6.sin6_family = AF_INET6;
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return peers_hold(peers, (struct sockaddr *)&v4, sizeof v4);
	ck_assert_int_eq(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return peers_hold(peers, (struct sockaddr *)&v6, sizeof v6);
}

static struct peer *hold_nth(struct peers *peers, unsigned n)
{
	char text[32];

	snprintf(text, sizeof text, "10.0.%u.%u", n / 256, n % 256);
	return hold(peers, text);
}

/* ---- Who is who ---- */

START_TEST(a_peer_is_an_address)
{
	static const struct {
		const char *a, *b;
		int is_same, is_local;
	} pairs[] = { { "10.0.0.1", "10.0.0.1", 1, 0 },
		{ "10.0.0.1", "10.0.0.2", 0, 0 },
		{ "10.0.0.1", "::ffff:10.0.0.1", 1, 0 },
		{ "127.0.0.1", "127.0.0.2", 0, 1 },
		{ "127.0.0.1", "::ffff:127.0.0.1", 1, 1 },
		{ "::1", "::1", 1, 1 }, { "::1", "127.0.0.1", 0, 1 },
		{ "::1", "::2", 0, 1 },
		{ "2001:db8::1", "2001:db8::ffff:1", 1, 0 },
		{ "2001:db8::1", "2001:db8:0:1::1", 0, 0 },
		{ "fe80::1", "fe80::2", 0, 0 } };
	struct sockaddr unix_one = { 0 };
	struct peers *peers = peers_new(4, 4, no_seed);

	ck_assert_ptr_nonnull(peers);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct peer *a = hold(peers, pairs[i].a);
		struct peer *b = hold(peers, pairs[i].b);

		ck_assert_msg((a == b) == pairs[i].is_same, "%s and %s",
		    pairs[i].a, pairs[i].b);
		ck_assert_int_eq(a->is_local, pairs[i].is_local);
		peers_drop(peers, a);
		peers_drop(peers, b);
		ck_assert_uint_eq(peers_count(peers), 0);
	}
	unix_one.sa_family = AF_UNIX;
	ck_assert_ptr_null(peers_hold(peers, &unix_one, sizeof unix_one));
	peers_free(peers);
}
END_TEST

/* Connections come and go, some with wrong tokens, from many more addresses
 * than there is room for. */
START_TEST(the_table_keeps_those_who_are_there_and_has_a_fixed_size)
{
	enum { HELD = 20, OTHERS = 10, ADDRESSES = 200 };
	struct peers *peers = peers_new(HELD, OTHERS, no_seed);
	struct peer *held[HELD];
	unsigned who[HELD], n = 0, n_full = 0;

	ck_assert_ptr_nonnull(peers);
	set_seed(3);
	for (int round = 0; round < 100000; round++) {
		if (n < HELD && below(2)) {
			who[n] = below(ADDRESSES);
			held[n] = hold_nth(peers, who[n]);
			ck_assert_ptr_nonnull(held[n]);
			n++;
		} else if (n > 0) {
			unsigned i = below(n);

			if (below(2))
				peer_guessed_wrong(held[i], round);
			peers_drop(peers, held[i]);
			held[i] = held[--n];
			who[i] = who[n];
		}
		for (unsigned i = 1; i < n; i++)
			if ((held[i] == held[0]) != (who[i] == who[0]))
				ck_abort_msg("two are taken for one");
		n_full += peers_count(peers) == HELD + OTHERS;
		if (peers_count(peers) > peers_room(peers))
			ck_abort_msg("more than there is room for");
	}
	ck_assert_uint_gt(n_full, 0);
	peers_free(peers);
}
END_TEST

START_TEST(who_guesses_wrong_is_remembered_and_who_does_not_is_not)
{
	struct peers *peers = peers_new(2, 2, no_seed);
	struct peer *p = hold_nth(peers, 1);

	for (int i = 0; i < PEER_TYPOS + 1; i++)
		peer_guessed_wrong(p, i);
	peers_drop(peers, p);
	for (unsigned i = 2; i < 1000; i++)
		peers_drop(peers, hold_nth(peers, i));
	p = hold_nth(peers, 1);
	ck_assert_uint_eq(p->n_wrong, PEER_TYPOS + 1);
	peers_drop(peers, p);
	ck_assert_uint_eq(peers_count(peers), 1);
	for (unsigned i = 2; i < 5; i++) {
		p = hold_nth(peers, i);
		peer_guessed_wrong(p, 0);
		peers_drop(peers, p);
	}
	/* The oldest has made room, since the table was full. */
	ck_assert_uint_eq(peers_count(peers), 4);
	p = hold_nth(peers, 5);
	ck_assert_uint_eq(p->n_wrong, 0);
	peers_drop(peers, p);
	p = hold_nth(peers, 1);
	ck_assert_uint_eq(p->n_wrong, 0);
	peers_free(peers);
}
END_TEST

/* ---- Tokens ---- */

START_TEST(typing_errors_cost_nothing_and_delays_grow)
{
	struct peer p = { 0 };
	int64_t last = 0;

	for (int i = 0; i < PEER_TYPOS; i++)
		ck_assert_int_eq(peer_guessed_wrong(&p, i), 0);
	for (int i = 0; i < 100; i++) {
		int64_t delay = peer_guessed_wrong(&p, i);

		ck_assert_int_ge(delay, SECOND);
		ck_assert_int_ge(delay, last);
		ck_assert_int_le(delay, PEER_LONGEST * SECOND);
		last = delay;
	}
	ck_assert_int_eq(last, PEER_LONGEST * SECOND);
	ck_assert_int_eq(peer_guessed_wrong(&p, PEER_FORGETS * SECOND + 99), 0);
	ck_assert(peer_may_guess(NULL, 0));
	ck_assert_int_eq(peer_guessed_wrong(NULL, 0), 0);
}
END_TEST

/* He never waits for an answer. */
START_TEST(a_day_of_guessing_gives_few_guesses)
{
	struct peer p = { 0 };
	int64_t day = 86400 * SECOND, step = SECOND / 100;
	long guesses = 0, at_once = 0;

	for (int64_t now = 0; now < day; now += step) {
		while (peer_may_guess(&p, now)) {
			peer_guessed_wrong(&p, now);
			guesses++;
			at_once += now == 0;
		}
	}
	ck_assert_int_le(guesses,
	    86400L * PEER_AT_ONCE / PEER_LONGEST + 4 * PEER_AT_ONCE);
	ck_assert_int_le(at_once, 4 * PEER_AT_ONCE);
	/* Even so he is let in again soon, if he finds it. */
	ck_assert(peer_may_guess(&p, day + (PEER_LONGEST + 3) * SECOND));
}
END_TEST

/*
 * Guesses are made one after the other, with some others behind the same
 * address.
 */
START_TEST(a_few_who_are_set_up_wrongly_shut_nobody_out)
{
	struct peer p = { 0 };
	int64_t free_at[PEER_AT_ONCE] = { 0 };

	for (int64_t now = 0; now < 3600 * SECOND; now += SECOND / 10) {
		ck_assert(peer_may_guess(&p, now));
		for (int i = 0; i < PEER_AT_ONCE; i++)
			if (now >= free_at[i])
				free_at[i] = now + peer_guessed_wrong(&p, now);
	}
}
END_TEST

/* ---- Slots ---- */

enum { MOST = 12, PEERS = 5, CONNECTIONS = 40 };

struct connection {
	struct slot slot;
	unsigned peer; /* PEERS: none */
	int is_there, has_spoken;
	int64_t last;
};

struct bench {
	struct slots slots;
	struct peers *peers;
	struct connection all[CONNECTIONS];
	struct peer *held[PEERS]; /* one connection more, to look at it */
	int64_t now;
};

static size_t count(const struct bench *b, unsigned peer)
{
	size_t n = 0;

	for (size_t i = 0; i < CONNECTIONS; i++)
		n += b->all[i].is_there &&
		    (peer > PEERS || b->all[i].peer == peer);
	return n;
}

static int is_idle(const struct bench *b, const struct connection *c,
    unsigned of)
{
	return c->is_there && (of > PEERS || c->peer == of) &&
	    (!c->has_spoken || b->now - c->last >= SLOT_QUIET);
}

/* Silent ones before quiet ones, and of each the oldest. */
static const struct connection *find_idle(const struct bench *b, unsigned of)
{
	const struct connection *found = NULL;

	for (size_t i = 0; i < CONNECTIONS; i++) {
		const struct connection *c = &b->all[i];

		if (is_idle(b, c, of) &&
		    (!found || c->has_spoken < found->has_spoken ||
			(c->has_spoken == found->has_spoken &&
			    c->last < found->last)))
			found = c;
	}
	return found;
}

static size_t share(const struct bench *b, unsigned peer)
{
	if (peer == PEERS)
		return SIZE_MAX;
	return b->held[peer]->is_local ? b->slots.max_per_local
				       : b->slots.max_per_peer;
}

static void check_room(const struct bench *b, unsigned peer)
{
	const struct peer *p = peer < PEERS ? b->held[peer] : NULL;
	int is_over = count(b, peer) >= share(b, peer);
	enum slots_room wanted = count(b, PEERS + 1) >= b->slots.max
	    ? SLOTS_FULL
	    : is_over ? SLOTS_PEER_FULL
		      : SLOTS_ROOM;

	if (slots_room(&b->slots, p) != wanted)
		ck_abort_msg("room: not %d", (int)wanted);
	if (slots_idle(&b->slots, p, b->now) !=
	    (void *)find_idle(b, is_over ? peer : PEERS + 1))
		ck_abort_msg("another one is to go");
}

static void come(struct bench *b, struct connection *c)
{
	unsigned peer = below(PEERS + 1);

	if (slots_room(&b->slots, peer < PEERS ? b->held[peer] : NULL) !=
	    SLOTS_ROOM)
		return;
	memset(c, 0, sizeof *c);
	c->peer = peer;
	c->is_there = 1;
	c->last = b->now;
	slots_enter(&b->slots, &c->slot, peer < PEERS ? b->held[peer] : NULL,
	    b->now);
}

static void act(struct bench *b)
{
	struct connection *c = &b->all[below(CONNECTIONS)];
	int speaks = (int)below(2);

	b->now += 1 + below(2) * (int64_t)below(3000000) * 1000;
	if (!c->is_there) {
		come(b, c);
	} else if (below(4)) {
		c->has_spoken |= speaks;
		c->last = b->now;
		slots_speak(&b->slots, &c->slot,
		    c->has_spoken ? SLOT_SPOKEN : SLOT_FRESH, b->now);
	} else {
		slots_leave(&b->slots, &c->slot);
		c->is_there = 0;
	}
}

START_TEST(who_is_to_go_is_who_a_search_finds)
{
	static const char *const addresses[PEERS] = { "10.0.0.1", "10.0.0.2",
		"127.0.0.1", "2001:db8::1", "::1" };
	struct bench b = { 0 };

	set_seed(_i);
	b.peers = peers_new(PEERS, 0, no_seed);
	b.slots.max = MOST;
	b.slots.max_per_peer = 1 + below(5);
	b.slots.max_per_local = 1 + below(MOST);
	for (size_t i = 0; i < PEERS; i++)
		b.held[i] = hold(b.peers, addresses[i]);
	for (int round = 0; round < 30000; round++) {
		act(&b);
		check_room(&b, below(PEERS + 1));
	}
	peers_free(b.peers);
}
END_TEST

TCase *peers_case(void)
{
	TCase *t = tcase_create("peers");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_peer_is_an_address);
	tcase_add_test(t,
	    the_table_keeps_those_who_are_there_and_has_a_fixed_size);
	tcase_add_test(t,
	    who_guesses_wrong_is_remembered_and_who_does_not_is_not);
	tcase_add_test(t, typing_errors_cost_nothing_and_delays_grow);
	tcase_add_test(t, a_day_of_guessing_gives_few_guesses);
	tcase_add_test(t, a_few_who_are_set_up_wrongly_shut_nobody_out);
	tcase_add_loop_test(t, who_is_to_go_is_who_a_search_finds, 0, 5);
	return t;
}
