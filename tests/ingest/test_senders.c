/*
 * Senders that come and go, many more than there is room for, are compared with
 * a list that is searched from its beginning.
 */
#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../examples/socket_ingest/senders.h"
#include "suites.h"
#include "test_random.h"

enum { NAMES = SENDERS_MAX + 500, STEPS = 60000 };

static const uint64_t some_seed[2] = { 1, 2 };
static struct senders *senders;

static void begin(void)
{
	senders = senders_new(some_seed);
	ck_assert_ptr_nonnull(senders);
}

static void end(void)
{
	senders_free(senders);
}

static struct sender *come(unsigned i)
{
	char name[24];

	snprintf(name, sizeof name, "s%u", i);
	return senders_come(senders, name, strlen(name));
}

/* A sender comes, has so many lines taken, and goes. */
static void visit(unsigned i, uint64_t lines)
{
	struct sender *sender = come(i);

	ck_assert_ptr_nonnull(sender);
	sender->taken += lines;
	senders_go(senders, sender);
}

static uint64_t taken_of(unsigned i)
{
	struct sender *sender = come(i);
	uint64_t taken;

	ck_assert_ptr_nonnull(sender);
	taken = sender->taken;
	senders_go(senders, sender);
	return taken;
}

START_TEST(a_sender_that_comes_again_is_known)
{
	visit(1, 5);
	visit(2, 7);
	ck_assert_uint_eq(taken_of(1), 5);
	ck_assert_uint_eq(taken_of(2), 7);
	ck_assert_uint_eq(senders_count(senders), 2);
}
END_TEST

START_TEST(a_sender_without_a_line_is_dropped_when_it_goes)
{
	for (unsigned i = 0; i < 3 * SENDERS_MAX; i++) {
		visit(i, 0);
		ck_assert_uint_eq(senders_count(senders), 0);
	}
	ck_assert_uint_eq(senders_forgotten(senders), 0);
}
END_TEST

START_TEST(the_one_gone_longest_makes_room)
{
	for (unsigned i = 0; i < SENDERS_MAX; i++)
		visit(i, i + 1);
	visit(0, 0);
	visit(SENDERS_MAX, 1);
	ck_assert_uint_eq(senders_count(senders), SENDERS_MAX);
	ck_assert_uint_eq(senders_forgotten(senders), 1);
	ck_assert_uint_eq(taken_of(0), 1);
	ck_assert_uint_eq(taken_of(2), 3);
	ck_assert_uint_eq(taken_of(1), 0);
}
END_TEST

START_TEST(one_that_is_connected_never_makes_room)
{
	struct sender *first = come(0);

	first->taken = 9;
	for (unsigned i = 1; i < 2 * SENDERS_MAX; i++)
		visit(i, 1);
	ck_assert_ptr_eq(come(0), first);
	ck_assert_uint_eq(first->taken, 9);
}
END_TEST

START_TEST(with_all_of_them_connected_there_is_no_room)
{
	for (unsigned i = 0; i < SENDERS_MAX; i++)
		ck_assert_ptr_nonnull(come(i));
	ck_assert_ptr_null(come(SENDERS_MAX));
	senders_go(senders, come(17));
	ck_assert_ptr_nonnull(come(SENDERS_MAX));
}
END_TEST

START_TEST(what_is_no_name_is_refused)
{
	char most[SENDER_NAME + 2];

	memset(most, 'a', sizeof most);
	ck_assert_ptr_null(senders_come(senders, "", 0));
	ck_assert_ptr_null(senders_come(senders, "a b", 3));
	ck_assert_ptr_null(senders_come(senders, "a\177", 2));
	ck_assert_ptr_null(senders_come(senders, most, SENDER_NAME + 1));
	ck_assert_ptr_nonnull(senders_come(senders, most, SENDER_NAME));
}
END_TEST

/* ---- Against a list ---- */

/* Model by name: 0 or lines taken, and when it has gone. */
static struct model {
	struct sender *here;
	uint64_t taken, gone;
} model[NAMES];
static size_t n_known;
static uint64_t moment;

static void forget_longest(void)
{
	struct model *longest = NULL;

	for (size_t i = 0; i < NAMES; i++) {
		struct model *m = &model[i];

		if (m->gone > 0 && (!longest || m->gone < longest->gone))
			longest = m;
	}
	ck_assert_ptr_nonnull(longest);
	longest->taken = longest->gone = 0;
	n_known--;
}

static void model_comes(unsigned i)
{
	struct model *m = &model[i];
	int is_new = m->gone == 0;

	if (is_new && n_known == SENDERS_MAX)
		forget_longest();
	n_known += (size_t)is_new;
	m->here = come(i);
	m->gone = 0;
	ck_assert_ptr_nonnull(m->here);
	ck_assert_uint_eq(m->here->taken, m->taken);
}

static void model_goes(unsigned i)
{
	struct model *m = &model[i];

	senders_go(senders, m->here);
	m->here = NULL;
	m->gone = m->taken > 0 ? ++moment : 0;
	n_known -= (size_t)(m->gone == 0);
}

static void any_step(void)
{
	unsigned i = below(NAMES);
	struct model *m = &model[i];

	if (!m->here) {
		model_comes(i);
		return;
	}
	if (below(5) > 0)
		m->here->taken = m->taken += 1 + below(9);
	model_goes(i);
}

/* Saves, and loads into others. Nobody is connected then. */
static void travel(void)
{
	FILE *file = tmpfile();
	struct tape *tape = malloc(sizeof *tape);
	int fd;

	ck_assert(file && tape);
	fd = fileno(file);
	tape_save(tape, fd);
	senders_tape(senders, tape);
	tape_flush(tape);
	ck_assert_msg(!tape->failed, "%s", tape->why);
	end();
	begin();
	tape_load(tape, fd, (uint64_t)lseek(fd, 0, SEEK_CUR));
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	senders_tape(senders, tape);
	ck_assert_msg(!tape->failed, "%s", tape->why);
	free(tape);
	fclose(file);
}

START_TEST(any_sequence_is_as_in_a_list_also_after_a_save)
{
	set_seed(_i);
	memset(model, 0, sizeof model);
	n_known = 0;
	moment = 0;
	for (unsigned i = 0; i < NAMES; i++) {
		model_comes(i);
		model[i].here->taken = model[i].taken = 1 + below(9);
		model_goes(i);
	}
	for (int step = 0; step < STEPS; step++) {
		any_step();
		ck_assert_uint_eq(senders_count(senders), n_known);
	}
	for (unsigned i = 0; i < NAMES; i++)
		if (model[i].here)
			model_goes(i);
	travel();
	ck_assert_uint_eq(senders_count(senders), n_known);
	for (unsigned i = 0; i < NAMES; i++) {
		model_comes(i);
		model_goes(i);
	}
}
END_TEST

Suite *senders_suite(void)
{
	Suite *s = suite_create("senders");
	TCase *tc = tcase_create("senders");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_sender_that_comes_again_is_known);
	tcase_add_test(tc, a_sender_without_a_line_is_dropped_when_it_goes);
	tcase_add_test(tc, the_one_gone_longest_makes_room);
	tcase_add_test(tc, one_that_is_connected_never_makes_room);
	tcase_add_test(tc, with_all_of_them_connected_there_is_no_room);
	tcase_add_test(tc, what_is_no_name_is_refused);
	tcase_add_loop_test(tc, any_sequence_is_as_in_a_list_also_after_a_save,
	    0, 3);
	suite_add_tcase(s, tc);
	return s;
}
