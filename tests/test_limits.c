/*
 * test_limits.c - the table of leat_limits(7), line by line
 *
 * Each limit is met and then passed by one. Where an object of that size would
 * not fit a machine, the function that measures objects is asked, which takes
 * no memory: at the limit it must not complain of the option, whatever it says
 * of the memory.
 */
#include "suites.h"

#include <leat_text.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const leat_stat sum[] = { LEAT_SUM };

/* An object of the greatest size may be more than a small machine has. */
static void fits_or_too_big(int err)
{
	ck_assert(err == LEAT_OK || err == LEAT_ETOOBIG);
}

static leat_window_options sliding(uint64_t size)
{
	leat_window_options o = { .size = size };

	o.stats = sum;
	o.n_stats = 1;
	return o;
}

START_TEST(a_window_has_at_most_two_to_the_forty_values)
{
	leat_window_options o = sliding(LEAT_SIZE_MAX);
	size_t n;

	fits_or_too_big(leat_window_check(&o, &n, NULL));
	o.size++;
	ck_assert_int_eq(leat_window_check(&o, &n, NULL), LEAT_EINVAL);
	o = sliding(8);
	o.kind = LEAT_HOPPING;
	o.hop = LEAT_SIZE_MAX;
	fits_or_too_big(leat_window_check(&o, &n, NULL));
	o.hop++;
	ck_assert_int_eq(leat_window_check(&o, &n, NULL), LEAT_EINVAL);
	o = sliding(8);
	o.min_count = 8;
	ck_assert_int_eq(leat_window_check(&o, &n, NULL), LEAT_OK);
	o.min_count = 9;
	ck_assert_int_eq(leat_window_check(&o, &n, NULL), LEAT_EINVAL);
}
END_TEST

static void nothing(void *ctx, void *partial)
{
	(void)ctx;
	(void)partial;
}

static void lift_nothing(void *ctx, void *partial, const leat_sample *s)
{
	(void)ctx;
	(void)partial;
	(void)s;
}

static void combine_nothing(void *ctx, void *left, const void *right)
{
	(void)ctx;
	(void)left;
	(void)right;
}

static double lower_nothing(void *ctx, const void *partial,
    const leat_stat *stat)
{
	(void)ctx;
	(void)partial;
	return stat->arg;
}

static size_t save_nothing(void *ctx, const void *partial, unsigned char *to)
{
	(void)ctx;
	(void)partial;
	(void)to;
	return 0;
}

static int load_nothing(void *ctx, void *partial, const unsigned char *from,
    size_t n)
{
	(void)ctx;
	(void)partial;
	(void)from;
	return n != 0;
}

START_TEST(a_partial_has_at_most_65536_bytes)
{
	leat_agg agg = { .name = "none",
		.size = 65536,
		.identity = nothing,
		.lift = lift_nothing,
		.combine = combine_nothing,
		.lower = lower_nothing,
		.saved_size = 65536,
		.save = save_nothing,
		.load = load_nothing };
	leat_stat stat = LEAT_AGG(&agg, 0);
	leat_window_options o = { .kind = LEAT_LANDMARK };
	size_t n;

	o.stats = &stat;
	o.n_stats = 1;
	ck_assert_int_eq(leat_window_check(&o, &n, NULL), LEAT_OK);
	agg.size = 65537;
	ck_assert_int_eq(leat_window_check(&o, &n, NULL), LEAT_ESTAT);
	agg.size = 65536;
	agg.saved_size = 65537;
	ck_assert_int_eq(leat_window_check(&o, &n, NULL), LEAT_ESTAT);
}
END_TEST

static leat_time_window_options landmark(void)
{
	leat_time_window_options o = { .kind = LEAT_LANDMARK };

	o.stats = sum;
	o.n_stats = 1;
	return o;
}

START_TEST(times_end_one_tick_before_the_last_one)
{
	leat_time_window_options o = landmark();
	leat_time_window *w;
	double total;

	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, INT64_MIN, 1), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, LEAT_TIME_MAX, 2),
	    LEAT_TOO_FAR);
	leat_time_window_free(w);
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, LEAT_TIME_MAX - 1, 4),
	    LEAT_OK);
	leat_time_window_query(w, &total);
	ck_assert(total == 4);
	leat_time_window_free(w);
}
END_TEST

START_TEST(there_are_at_most_65536_sources)
{
	leat_time_window_options o = landmark();
	leat_event e = { .t = 1, .x = 1 };
	leat_time_window *w;

	o.n_sources = 65537;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_EINVAL);
	o.n_sources = 65536;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	e.source = 65535;
	ck_assert_int_eq(leat_time_window_push_events(w, &e, 1, NULL), LEAT_OK);
	e.source = 65536;
	ck_assert_int_eq(leat_time_window_push_events(w, &e, 1, NULL),
	    LEAT_ESOURCE);
	leat_time_window_free(w);
}
END_TEST

START_TEST(a_key_has_at_most_65535_bytes_and_there_are_two_to_the_31)
{
	leat_keyed_options o = { .max_keys = (uint64_t)1 << 31 };
	char *key = calloc(1, LEAT_KEY_MAX + 1);
	leat_keyed *k;

	ck_assert_ptr_nonnull(key);
	leat_time_window_options by_time = landmark();
	o.by_time = &by_time;
	ck_assert_int_eq(leat_keyed_new(&k, &o), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, key, LEAT_KEY_MAX, 1, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, key, LEAT_KEY_MAX + 1, 1, 1),
	    LEAT_EKEY);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 1);
	leat_keyed_free(k);
	free(key);
	o.max_keys++;
	ck_assert_int_eq(leat_keyed_new(&k, &o), LEAT_EINVAL);
}
END_TEST

START_TEST(a_model_has_at_most_two_to_the_28_features_and_rls_64)
{
	leat_model_options o = { .n_features = LEAT_FEATURES_MAX };
	size_t n;

	fits_or_too_big(leat_model_check(&o, &n, NULL));
	o.n_features++;
	ck_assert_int_eq(leat_model_check(&o, &n, NULL), LEAT_EINVAL);
	o.update = LEAT_UPDATE_RLS;
	o.n_features = LEAT_RLS_MAX;
	ck_assert_int_eq(leat_model_check(&o, &n, NULL), LEAT_OK);
	o.n_features++;
	ck_assert_int_eq(leat_model_check(&o, &n, NULL), LEAT_EINVAL);
}
END_TEST

START_TEST(a_coefficient_that_is_given_is_at_most_1e100)
{
	leat_model_options o = { .n_features = 2 };
	double w[2] = { 1e100, -1e100 }, beyond[2] = { 0 };
	leat_model *m;

	ck_assert_int_eq(leat_model_new(&m, &o), LEAT_OK);
	ck_assert_int_eq(leat_model_set_coefficients(m, w, -1e100), LEAT_OK);
	beyond[1] = nextafter(1e100, INFINITY);
	ck_assert_int_eq(leat_model_set_coefficients(m, beyond, 0),
	    LEAT_EINVAL);
	ck_assert_int_eq(leat_model_set_coefficients(m, w, -beyond[1]),
	    LEAT_EINVAL);
	leat_model_free(m);
}
END_TEST

static int size_with(int id, uint64_t size)
{
	leat_stat stat = { .id = id };
	leat_window_options o = { .size = size };

	o.stats = &stat;
	o.n_stats = 1;
	return leat_window_check(&o, NULL, NULL);
}

START_TEST(detectors_are_as_long_as_windows_and_auc_is_shorter)
{
	uint64_t auc_max = ((uint64_t)1 << 31) - 1;
	leat_drift_options o = { .kind = LEAT_DRIFT_ZSCORE };
	size_t n;

	fits_or_too_big(size_with(LEAT_STAT_MAE, LEAT_SIZE_MAX));
	ck_assert_int_eq(size_with(LEAT_STAT_MAE, LEAT_SIZE_MAX + 1),
	    LEAT_EINVAL);
	fits_or_too_big(size_with(LEAT_STAT_AUC, auc_max));
	ck_assert_int_eq(size_with(LEAT_STAT_AUC, auc_max + 1), LEAT_EINVAL);
	o.size = LEAT_SIZE_MAX;
	fits_or_too_big(leat_drift_check(&o, &n, NULL));
	o.size++;
	ck_assert_int_eq(leat_drift_check(&o, &n, NULL), LEAT_EINVAL);
}
END_TEST

/* The mean of 1e300 and of 2^465 pushed alone is the same one. */
START_TEST(a_detector_takes_values_up_to_two_to_the_465)
{
	leat_drift_options o = { .kind = LEAT_DRIFT_ADWIN };
	leat_drift *d;

	ck_assert_int_eq(leat_drift_new(&d, &o), LEAT_OK);
	leat_drift_push(d, 1e300, NULL);
	ck_assert(leat_drift_mean(d) == 0x1p465);
	leat_drift_reset(d);
	leat_drift_push(d, -1e300, NULL);
	ck_assert(leat_drift_mean(d) == -0x1p465);
	leat_drift_free(d);
}
END_TEST

START_TEST(a_tag_has_at_most_65536_bytes)
{
	leat_window_options o = sliding(1);
	leat_writer out = { .tag_len = LEAT_TAG_MAX };
	unsigned char *tag = calloc(1, LEAT_TAG_MAX + 1);
	leat_window *w;

	ck_assert_ptr_nonnull(tag);
	out.tag = tag;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_window_save(w, &out), LEAT_OK);
	out.tag_len++;
	ck_assert_int_eq(leat_window_save(w, &out), LEAT_EINVAL);
	leat_window_free(w);
	free(tag);
}
END_TEST

START_TEST(text_of_numbers_and_times_fits_its_room)
{
	char text[LEAT_FIXED_SIZE], more[LEAT_FIXED_SIZE];

	ck_assert_uint_lt(leat_format_double(-1.2345678901234567e-308, text),
	    LEAT_DOUBLE_SIZE);
	ck_assert_uint_lt(leat_format_fixed(-1.7976931348623157e308,
			      LEAT_DECIMALS_MAX, text),
	    LEAT_FIXED_SIZE);
	ck_assert_uint_lt(leat_format_time(INT64_MIN, more), LEAT_TIME_SIZE);
	leat_format_fixed(1.0 / 3, LEAT_DECIMALS_MAX, text);
	leat_format_fixed(1.0 / 3, LEAT_DECIMALS_MAX + 1, more);
	ck_assert_str_eq(text, more);
}
END_TEST

static int count_records(void *ctx, const leat_csv_record *record)
{
	size_t *n = ctx;

	n[record->problem != 0]++;
	return 0;
}

/* A field of so many bytes: how many records were whole, and broken. */
static void read_field(size_t n_bytes, size_t *n)
{
	leat_csv_options o = { .record = count_records, .ctx = n };
	char *text = malloc(n_bytes);
	leat_csv *csv;

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', n_bytes);
	n[0] = n[1] = 0;
	ck_assert_int_eq(leat_csv_new(&csv, &o), LEAT_OK);
	leat_csv_push(csv, text, n_bytes);
	leat_csv_end(csv);
	leat_csv_free(csv);
	free(text);
}

START_TEST(a_record_has_at_most_16_mebibytes_by_default)
{
	size_t n[2];

	read_field((size_t)16 << 20, n);
	ck_assert(n[0] == 1 && n[1] == 0);
	read_field(((size_t)16 << 20) + 1, n);
	ck_assert(n[0] == 0 && n[1] == 1);
}
END_TEST

static void read_commas(size_t n_commas, size_t *n)
{
	leat_csv_options o = { .record = count_records, .ctx = n };
	char *text = malloc(n_commas);
	leat_csv *csv;

	ck_assert_ptr_nonnull(text);
	memset(text, ',', n_commas);
	n[0] = n[1] = 0;
	ck_assert_int_eq(leat_csv_new(&csv, &o), LEAT_OK);
	leat_csv_push(csv, text, n_commas);
	leat_csv_end(csv);
	leat_csv_free(csv);
	free(text);
}

START_TEST(a_record_has_at_most_two_to_the_20_fields_by_default)
{
	size_t n[2];

	read_commas(((size_t)1 << 20) - 1, n);
	ck_assert(n[0] == 1 && n[1] == 0);
	read_commas((size_t)1 << 20, n);
	ck_assert(n[0] == 0 && n[1] == 1);
}
END_TEST

Suite *limits_suite(void)
{
	Suite *s = suite_create("limits");
	TCase *c = tcase_create("limits");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, a_window_has_at_most_two_to_the_forty_values);
	tcase_add_test(c, a_partial_has_at_most_65536_bytes);
	tcase_add_test(c, times_end_one_tick_before_the_last_one);
	tcase_add_test(c, there_are_at_most_65536_sources);
	tcase_add_test(c,
	    a_key_has_at_most_65535_bytes_and_there_are_two_to_the_31);
	tcase_add_test(c,
	    a_model_has_at_most_two_to_the_28_features_and_rls_64);
	tcase_add_test(c, a_coefficient_that_is_given_is_at_most_1e100);
	tcase_add_test(c, detectors_are_as_long_as_windows_and_auc_is_shorter);
	tcase_add_test(c, a_detector_takes_values_up_to_two_to_the_465);
	tcase_add_test(c, a_tag_has_at_most_65536_bytes);
	tcase_add_test(c, text_of_numbers_and_times_fits_its_room);
	tcase_add_test(c, a_record_has_at_most_16_mebibytes_by_default);
	tcase_add_test(c, a_record_has_at_most_two_to_the_20_fields_by_default);
	suite_add_tcase(s, c);
	return s;
}
