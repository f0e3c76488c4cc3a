/*
 * Time in windows by time, and what moves it: lines that have times, and the
 * clock on the wall. A replay is fed as the server does it, with arrivals that
 * are chosen here; what it prints is compared with what the same lines print
 * where no clock could interfere.
 */
#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../examples/replay/replay.h"
#include "../../examples/replay/timed_windows.h"
#include "../../examples/socket_ingest/config.h"
#include "suites.h"
#include "test_random.h"

/* 2026-11-30T00:00:00Z, when things arrive; a history is of 2023. */
#define NOW (INT64_C(1795996800) * LEAT_SECOND)
#define THEN (INT64_C(1700000000) * LEAT_SECOND)

enum { MOST_OUT = 1 << 20, MOST_ARGS = 16 };

struct bench {
	struct config config;
	struct replay *replay;
	struct writer writer;
	size_t n_out;
	char out[MOST_OUT];
};

static struct bench one, other;

/* ---- The bench ---- */

static void take_bytes(void *ctx, const char *bytes, size_t n)
{
	struct bench *b = ctx;

	ck_assert_uint_lt(b->n_out + n, MOST_OUT);
	memcpy(b->out + b->n_out, bytes, n);
	b->n_out += n;
	b->out[b->n_out] = '\0';
}

static void new_replay(struct bench *b)
{
	b->replay = replay_new(&b->config.settings, &b->writer, NULL);
	ck_assert_ptr_nonnull(b->replay);
	ck_assert_int_eq(replay_plan_values(b->replay), 0);
	replay_arrival(b->replay, NOW);
}

/* Options are words with one blank between them. */
static void begin(struct bench *b, const char *options)
{
	static char words[400];
	char *argv[MOST_ARGS] = { "socket_ingest", "-l", "-", "-o", "json" };
	char why[400] = "";
	int argc = 5;

	snprintf(words, sizeof words, "%s", options);
	for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
		argv[argc++] = w;
	ck_assert_int_eq(config_init(&b->config), 0);
	ck_assert_msg(config_read(&b->config, argc, argv, why, sizeof why) == 0,
	    "%s", why);
	b->n_out = 0;
	b->out[0] = '\0';
	writer_init_to(&b->writer, take_bytes, b);
	new_replay(b);
}

static int value(struct bench *b, int has_time, int64_t t, double x)
{
	leat_csv_field key = { "k", 1 };

	return replay_value(b->replay, &key, has_time, t, x);
}

static void tick(struct bench *b, int64_t now)
{
	replay_arrival(b->replay, now);
	ck_assert_int_eq(replay_advance(b->replay), 0);
}

static const char *told(struct bench *b)
{
	writer_flush(&b->writer);
	return b->out;
}

static void end(struct bench *b)
{
	ck_assert_int_eq(replay_finish(b->replay), 0);
	told(b);
	replay_free(b->replay);
	config_clear(&b->config);
}

static size_t n_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* ---- Histories ---- */

static const char *const windows[] = { "-w tumbling:10s", "-w hopping:30s/10s",
	"-w 20s", "-w session:5s", "-w calendar:day", "-w landmark -t x",
	"-w tumbling:10s --delay 20s", "-w tumbling:10s --lateness 30s",
	"-w session:5s --delay 10s", "-w decay:halflife=30s",
	"-w tumbling:10s --emit-empty", "-w tumbling:10s --early 3" };

enum { N_WINDOWS = sizeof windows / sizeof *windows, N_VALUES = 200 };

static struct {
	int64_t t;
	double x;
} history[N_VALUES];

static void make_history(int round)
{
	int64_t t;

	set_seed(round);
	t = THEN + (int64_t)below(1000) * LEAT_SECOND;
	for (size_t i = 0; i < N_VALUES; i++) {
		t += (int64_t)below(9) * LEAT_SECOND - 2 * LEAT_SECOND;
		history[i].t = t;
		history[i].x = (double)below(100);
	}
}

/* Feeds all lines, with a tick before some of them, or none. */
static void replay_history(struct bench *b, int64_t now, int has_ticks)
{
	for (size_t i = 0; i < N_VALUES; i++) {
		int err;

		if (has_ticks && below(4) == 0)
			tick(b, now += LEAT_SECOND);
		err = value(b, 1, history[i].t, history[i].x);
		ck_assert(err == 0 || timed_windows_is_refusal(err));
	}
}

static void same(const char *what)
{
	size_t at = 0;

	while (one.out[at] && one.out[at] == other.out[at])
		at++;
	at -= at < 80 ? at : 80;
	ck_assert_msg(strcmp(one.out, other.out) == 0,
	    "%s:\n%.300s\nis not\n%.300s", what, one.out + at, other.out + at);
	ck_assert_uint_gt(n_lines(one.out), 0);
}

/* ---- Before the first line ---- */

START_TEST(a_start_does_not_decide_results)
{
	for (int round = 0; round < 20 * N_WINDOWS; round++) {
		const char *options = windows[round % N_WINDOWS];

		make_history(round);
		begin(&one, options);
		for (int i = 0; i < 10; i++)
			tick(&one, NOW + i * LEAT_SECOND);
		replay_history(&one, NOW + LEAT_MINUTE, 1);
		end(&one);
		begin(&other, options);
		replay_history(&other, NOW, 0);
		end(&other);
		same(options);
	}
}
END_TEST

START_TEST(a_sender_whose_clock_is_behind_loses_nothing)
{
	begin(&one, "-w tumbling:10s -s count,sum");
	for (int i = 0; i < 100; i++) {
		int64_t now = NOW + i * LEAT_SECOND;

		tick(&one, now);
		ck_assert_int_eq(value(&one, 1, now - 25 * LEAT_SECOND, 2), 0);
	}
	tick(&one, NOW + LEAT_DAY);
	end(&one);
	/*
	 * Lines come from 23:59:35 on: half a window, nine whole ones, half a
	 * one.
	 */
	ck_assert_uint_eq(n_lines(one.out), 11);
	ck_assert_ptr_nonnull(strstr(one.out, "\"value_count\":5,"));
}
END_TEST

/* ---- Lines without times ---- */

START_TEST(without_times_the_clock_on_the_wall_closes_windows)
{
	begin(&one, "-w tumbling:10s -s count");
	tick(&one, NOW + 3 * LEAT_SECOND);
	value(&one, 0, 0, 1);
	value(&one, 0, 0, 1);
	tick(&one, NOW + 10 * LEAT_SECOND - 1);
	ck_assert_str_eq(told(&one), "");
	tick(&one, NOW + 10 * LEAT_SECOND);
	ck_assert_str_eq(told(&one),
	    "{\"key\":\"k\",\"start\":\"2026-11-30T00:00:00Z\","
	    "\"end\":\"2026-11-30T00:00:10Z\",\"value_count\":2}\n");
	end(&one);
	ck_assert_uint_eq(n_lines(one.out), 1);
}
END_TEST

START_TEST(after_a_line_with_a_time_the_clock_on_the_wall_moves_nothing)
{
	begin(&one, "-w tumbling:10s -s count");
	value(&one, 0, 0, 1);
	ck_assert_int_eq(value(&one, 1, NOW + 1, 1), 0);
	tick(&one, NOW + LEAT_HOUR);
	ck_assert_str_eq(told(&one), "");
	ck_assert_int_eq(value(&one, 1, NOW + 2, 1), 0);
	value(&one, 0, 0, 1);
	ck_assert_uint_eq(n_lines(told(&one)), 1);
	ck_assert_ptr_nonnull(strstr(one.out, "\"value_count\":3}"));
	ck_assert_int_eq(value(&one, 1, NOW + 3, 1), LEAT_TOO_LATE);
	end(&one);
}
END_TEST

/*
 * The output is that of the lines without times, and then that of the others.
 */
START_TEST(a_history_behind_lines_without_times_begins_anew)
{
	static const char *const kinds[] = { "-w tumbling:10s",
		"-w hopping:30s/10s", "-w calendar:day", "-w session:5s",
		"-w 20s --delay 1s" };
	for (int round = 0; round < 50; round++) {
		const char *options = kinds[round % 5];
		size_t n;

		make_history(round);
		n = 1 + (size_t)below(20);
		begin(&one, options);
		begin(&other, options);
		for (size_t i = 0; i < n; i++) {
			tick(&one, NOW + (int64_t)i * 3 * LEAT_SECOND);
			tick(&other, NOW + (int64_t)i * 3 * LEAT_SECOND);
			value(&one, 0, 0, (double)i);
			value(&other, 0, 0, (double)i);
		}
		replay_history(&one, NOW + LEAT_MINUTE, 1);
		end(&one);
		ck_assert_int_eq(replay_finish(other.replay), 0);
		told(&other);
		replay_free(other.replay);
		new_replay(&other);
		replay_history(&other, NOW, 0);
		end(&other);
		same(options);
	}
}
END_TEST

START_TEST(a_line_with_a_time_that_is_not_late_interrupts_nothing)
{
	begin(&one, "-w tumbling:1m -s count");
	replay_arrival(one.replay, NOW + 30 * LEAT_SECOND);
	value(&one, 0, 0, 1);
	ck_assert_int_eq(value(&one, 1, NOW + 20 * LEAT_SECOND, 1), 0);
	ck_assert_int_eq(value(&one, 1, NOW - 1, 1), LEAT_TOO_LATE);
	end(&one);
	ck_assert_uint_eq(n_lines(one.out), 1);
	ck_assert_ptr_nonnull(strstr(one.out, "\"value_count\":2}"));
}
END_TEST

/* ---- Times that are ahead ---- */

START_TEST(a_time_far_ahead_of_its_arrival_is_refused)
{
	begin(&one, "-w tumbling:10s -s count");
	ck_assert_int_eq(value(&one, 1, NOW + LEAT_DAY + 1, 1), LEAT_TOO_FAR);
	ck_assert_int_eq(value(&one, 1, INT64_MAX - 1, 1), LEAT_TOO_FAR);
	tick(&one, NOW);
	ck_assert_int_eq(value(&one, 1, THEN, 1), 0);
	/* Gaps between times are not what is meant. */
	ck_assert_int_eq(value(&one, 1, THEN + 300 * LEAT_DAY, 1), 0);
	ck_assert_int_eq(value(&one, 1, NOW + LEAT_DAY, 1), 0);
	ck_assert_int_eq(value(&one, 1, INT64_MIN, 1), LEAT_TOO_LATE);
	end(&one);
	ck_assert_uint_eq(n_lines(one.out), 3);
}
END_TEST

/* More than a million windows without data are not told one by one. */
START_TEST(a_far_jump_begins_anew)
{
	begin(&one, "-w tumbling:1s -s count --emit-empty");
	ck_assert_int_eq(value(&one, 1, 0, 1), 0);
	ck_assert_int_eq(value(&one, 1, NOW, 1), 0);
	ck_assert_int_eq(value(&one, 1, NOW + 2 * LEAT_SECOND, 1), 0);
	end(&one);
	ck_assert_uint_eq(n_lines(one.out), 4);
}
END_TEST

START_TEST(how_far_ahead_is_an_option)
{
	begin(&one, "-w tumbling:10s -s count --max-skew 5s --delay 1m");
	ck_assert_int_eq(value(&one, 1, NOW + 5 * LEAT_SECOND, 1), 0);
	ck_assert_int_eq(value(&one, 1, NOW + 5 * LEAT_SECOND + 1, 1),
	    LEAT_TOO_FAR);
	tick(&one, NOW + 1);
	ck_assert_int_eq(value(&one, 1, NOW + 5 * LEAT_SECOND + 1, 1), 0);
	end(&one);
	begin(&one, "-w tumbling:10s -s count --max-skew 0s");
	ck_assert_int_eq(value(&one, 1, INT64_MAX - 1, 1), 0);
	end(&one);
	/* By count no time can make another one late. */
	begin(&one, "-w 10 -s count");
	ck_assert_int_eq(value(&one, 1, INT64_MAX - 1, 1), 0);
	end(&one);
}
END_TEST

/* ---- Saved state ---- */

/* Loads as a restart does, at a later time. */
static void restart(struct bench *b, int64_t now)
{
	struct tape *t = malloc(sizeof *t);
	FILE *f = tmpfile();
	int fd;

	ck_assert(t && f);
	fd = fileno(f);
	tape_save(t, fd);
	replay_tape(b->replay, t);
	tape_flush(t);
	ck_assert(!t->failed);
	replay_free(b->replay);
	new_replay(b);
	tape_load(t, fd, (uint64_t)lseek(fd, 0, SEEK_CUR));
	lseek(fd, 0, SEEK_SET);
	replay_tape(b->replay, t);
	ck_assert_msg(!t->failed, "%s", t->why);
	free(t);
	fclose(f);
	tick(b, now);
}

START_TEST(a_restart_does_not_decide_results)
{
	for (int round = 0; round < 10 * N_WINDOWS; round++) {
		const char *options = windows[round % N_WINDOWS];
		size_t at;

		make_history(round);
		at = (size_t)below(N_VALUES);
		begin(&one, options);
		begin(&other, options);
		for (size_t i = 0; i < N_VALUES; i++) {
			if (i == at)
				restart(&one, NOW + LEAT_HOUR);
			value(&one, 1, history[i].t, history[i].x);
			value(&other, 1, history[i].t, history[i].x);
		}
		end(&one);
		end(&other);
		same(options);
	}
}
END_TEST

START_TEST(after_a_restart_the_clock_on_the_wall_goes_on)
{
	begin(&one, "-w tumbling:10s -s count");
	value(&one, 0, 0, 1);
	restart(&one, NOW + LEAT_MINUTE);
	ck_assert_uint_eq(n_lines(told(&one)), 1);
	end(&one);
}
END_TEST

Suite *clock_suite(void)
{
	Suite *s = suite_create("clock");
	TCase *t = tcase_create("clock");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_start_does_not_decide_results);
	tcase_add_test(t, a_sender_whose_clock_is_behind_loses_nothing);
	tcase_add_test(t, without_times_the_clock_on_the_wall_closes_windows);
	tcase_add_test(t,
	    after_a_line_with_a_time_the_clock_on_the_wall_moves_nothing);
	tcase_add_test(t, a_history_behind_lines_without_times_begins_anew);
	tcase_add_test(t,
	    a_line_with_a_time_that_is_not_late_interrupts_nothing);
	tcase_add_test(t, a_time_far_ahead_of_its_arrival_is_refused);
	tcase_add_test(t, a_far_jump_begins_anew);
	tcase_add_test(t, how_far_ahead_is_an_option);
	tcase_add_test(t, a_restart_does_not_decide_results);
	tcase_add_test(t, after_a_restart_the_clock_on_the_wall_goes_on);
	suite_add_tcase(s, t);
	return s;
}
