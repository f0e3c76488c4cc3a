/*
 * Reserved words: each of each struct must be 0, and the library says that it
 * is this which is wrong.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>
#include <leat_text.h>

#include "classes.h"
#include "suites.h"

static const leat_stat mean[] = { LEAT_MEAN };

/* With a word of the reserved ones, or of a class's or statistic's. */
struct trial {
	const char *name;
	size_t n_words;
	int (*check)(size_t word, const char **why_out);
};

enum { SOUND = 1000 }; /* no word at all */

#define SET(o, word)                                                           \
	do {                                                                   \
		if ((word) != SOUND)                                           \
			(o).reserved[word] = 1;                                \
	} while (0)
#define WORDS(type) (sizeof(((type *)0)->reserved) / sizeof(uint64_t))

static leat_window_options window_options(const leat_stat *stats)
{
	leat_window_options o = { .size = 5, .stats = stats, .n_stats = 1 };

	return o;
}

static leat_time_window_options time_options(void)
{
	leat_time_window_options o = {
		.kind = LEAT_TUMBLING, .span = 5, .stats = mean, .n_stats = 1
	};

	return o;
}

static int try_window(size_t word, const char **why_out)
{
	leat_window_options o = window_options(mean);

	SET(o, word);
	return leat_window_check(&o, NULL, why_out);
}

static int try_time(size_t word, const char **why_out)
{
	leat_time_window_options o = time_options();

	SET(o, word);
	return leat_time_window_check(&o, NULL, why_out);
}

static int try_keyed(size_t word, const char **why_out)
{
	leat_time_window_options by_time = time_options();
	leat_keyed_options o = { .by_time = &by_time };

	SET(o, word);
	return leat_keyed_check(&o, NULL, why_out);
}

static int try_keyed_time(size_t word, const char **why_out)
{
	leat_time_window_options by_time = time_options();
	leat_keyed_options o = { .by_time = &by_time };

	SET(by_time, word);
	return leat_keyed_check(&o, NULL, why_out);
}

static int try_keyed_count(size_t word, const char **why_out)
{
	leat_window_options by_count = window_options(mean);
	leat_keyed_options o = { .by_count = &by_count };

	SET(by_count, word);
	return leat_keyed_check(&o, NULL, why_out);
}

static int try_model(size_t word, const char **why_out)
{
	leat_model_options o = { .n_features = 2 };

	SET(o, word);
	return leat_model_check(&o, NULL, why_out);
}

static int try_drift(size_t word, const char **why_out)
{
	leat_drift_options o = { .kind = LEAT_DRIFT_ADWIN };

	SET(o, word);
	return leat_drift_check(&o, NULL, why_out);
}

static int try_agg(size_t word, const char **why_out)
{
	leat_agg agg = word_class;
	const leat_stat own[] = { LEAT_AGG(&agg, 0) };
	leat_window_options o = window_options(own);

	SET(agg, word);
	return leat_window_check(&o, NULL, why_out);
}

static int try_stat(size_t word, const char **why_out)
{
	leat_stat own = LEAT_MEAN;
	leat_window_options o = window_options(&own);

	own.reserved = word != SOUND;
	return leat_window_check(&o, NULL, why_out);
}

static const struct trial trials[] = {
	{ "window", WORDS(leat_window_options), try_window },
	{ "time window", WORDS(leat_time_window_options), try_time },
	{ "keyed", WORDS(leat_keyed_options), try_keyed },
	{ "keyed by time", WORDS(leat_time_window_options), try_keyed_time },
	{ "keyed by count", WORDS(leat_window_options), try_keyed_count },
	{ "model", WORDS(leat_model_options), try_model },
	{ "drift", WORDS(leat_drift_options), try_drift },
	{ "agg", WORDS(leat_agg), try_agg },
	{ "stat", 1, try_stat },
};

enum { N_TRIALS = sizeof(trials) / sizeof(trials[0]) };

START_TEST(a_reserved_word_that_is_not_0_is_refused_by_its_name)
{
	const struct trial *t = &trials[_i];
	const char *why = NULL;

	ck_assert_int_eq(t->check(SOUND, &why), LEAT_OK);
	for (size_t word = 0; word < t->n_words; word++) {
		why = "";
		ck_assert_msg(t->check(word, &why) < 0, "%s: word %zu", t->name,
		    word);
		ck_assert_msg(strncmp(why, "reserved: ", 10) == 0, "%s: %s",
		    t->name, why);
	}
}
END_TEST

static int on_record(void *ctx, const leat_csv_record *record)
{
	(void)ctx;
	(void)record;
	return 0;
}

START_TEST(a_reserved_word_of_a_csv_reader_is_refused)
{
	for (size_t i = 0; i < WORDS(leat_csv_options); i++) {
		leat_csv_options o = { .record = on_record };
		leat_csv *csv = NULL;
		o.reserved[i] = 1;
		ck_assert_int_eq(leat_csv_new(&csv, &o), LEAT_EINVAL);
		ck_assert_ptr_null(csv);
	}
}
END_TEST

START_TEST(reserved_words_of_readers_and_writers_are_refused)
{
	leat_window_options o = window_options(mean);
	unsigned char bytes[4096];
	leat_window *w, *loaded;

	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	for (size_t i = 0; i < WORDS(leat_writer); i++) {
		leat_writer out = { .bytes = bytes, .capacity = sizeof(bytes) };
		out.reserved[i] = 1;
		ck_assert_int_eq(leat_window_save(w, &out), LEAT_EINVAL);
		out.reserved[i] = 0;
		ck_assert_int_eq(leat_window_save(w, &out), LEAT_OK);
	}
	for (size_t i = 0; i < WORDS(leat_reader); i++) {
		leat_reader in = { .bytes = bytes, .n_bytes = sizeof(bytes) };
		in.reserved[i] = 1;
		ck_assert_int_eq(leat_window_load(&loaded, &o, &in),
		    LEAT_EINVAL);
		ck_assert_int_eq(leat_state_check(&in), LEAT_EINVAL);
		in.reserved[i] = 0;
		ck_assert_int_eq(leat_state_check(&in), LEAT_OK);
	}
	leat_window_free(w);
}
END_TEST

START_TEST(what_the_library_fills_has_reserved_words_of_0)
{
	leat_time_window_options o = time_options();
	leat_time_window *w;
	leat_counts counts;
	leat_drift_options d = { .kind = LEAT_DRIFT_ADWIN };
	leat_drift *drift;
	leat_drift_answer answer;

	memset(&counts, 1, sizeof(counts));
	memset(&answer, 1, sizeof(answer));
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	leat_time_window_counts(w, &counts);
	leat_time_window_free(w);
	ck_assert_int_eq(leat_drift_new(&drift, &d), LEAT_OK);
	ck_assert_int_eq(leat_drift_push(drift, 1, &answer), LEAT_OK);
	leat_drift_free(drift);
	for (size_t i = 0; i < WORDS(leat_counts); i++)
		ck_assert_uint_eq(counts.reserved[i], 0);
	for (size_t i = 0; i < WORDS(leat_drift_answer); i++)
		ck_assert_uint_eq(answer.reserved[i], 0);
}
END_TEST

Suite *reserved_suite(void)
{
	Suite *s = suite_create("reserved");
	TCase *t = tcase_create("reserved");

	tcase_add_loop_test(t,
	    a_reserved_word_that_is_not_0_is_refused_by_its_name, 0, N_TRIALS);
	tcase_add_test(t, a_reserved_word_of_a_csv_reader_is_refused);
	tcase_add_test(t, reserved_words_of_readers_and_writers_are_refused);
	tcase_add_test(t, what_the_library_fills_has_reserved_words_of_0);
	suite_add_tcase(s, t);
	return s;
}
