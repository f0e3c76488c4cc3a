/*
 * test_corners.c - each condition of a check decides alone
 *
 * A check that joins conditions is tried with each of them on its own: what
 * was the wrong part of a call is the only wrong part of it.
 */
#include <math.h>
#include <string.h>

#include <leat_text.h>

#include "classes.h"
#include "suites.h"

static const leat_stat mean[] = { LEAT_MEAN };

static leat_window_options by_count(int kind)
{
	leat_window_options o = { 0 };

	o.kind = kind;
	o.size = kind == LEAT_LANDMARK ? 0 : 3;
	o.stats = mean;
	o.n_stats = 1;
	return o;
}

static leat_time_window_options by_time(int kind)
{
	leat_time_window_options o = { 0 };

	o.kind = kind;
	o.span = kind == LEAT_LANDMARK ? 0 : 10;
	o.stats = mean;
	o.n_stats = 1;
	return o;
}

/* ---- Options ---- */

START_TEST(each_wrong_member_of_a_statistic_is_refused)
{
	leat_stat stat = LEAT_MEAN, own = LEAT_AGG(&chain_class, 0);
	leat_window_options o = by_count(LEAT_SLIDING);
	leat_agg late = chain_class;

	o.stats = &stat;
	stat.variant = 1;
	ck_assert_int_eq(leat_window_check(&o, NULL, NULL), LEAT_ESTAT);
	stat.variant = 0;
	stat.arg2 = 1;
	ck_assert_int_eq(leat_window_check(&o, NULL, NULL), LEAT_ESTAT);
	stat.arg2 = 0;
	stat.reserved = 1;
	ck_assert_int_eq(leat_window_check(&o, NULL, NULL), LEAT_EINVAL);
	stat.reserved = 0;
	ck_assert_int_eq(leat_window_check(&o, NULL, NULL), LEAT_OK);
	o.stats = &own;
	own.variant = 1;
	ck_assert_int_eq(leat_window_check(&o, NULL, NULL), LEAT_ESTAT);
	own.variant = 0;
	own.agg = &late;
	ck_assert_int_eq(leat_window_check(&o, NULL, NULL), LEAT_OK);
	late.reserved[3] = 1;
	ck_assert_int_eq(leat_window_check(&o, NULL, NULL), LEAT_EINVAL);
}
END_TEST

START_TEST(a_check_may_be_asked_for_nothing_but_the_code)
{
	leat_time_window_options t = by_time(LEAT_TUMBLING);
	leat_keyed_options k = { .by_time = &t };
	size_t n = 7;

	ck_assert_int_eq(leat_time_window_check(&t, NULL, NULL), LEAT_OK);
	ck_assert_int_eq(leat_keyed_check(&k, NULL, NULL), LEAT_OK);
	ck_assert_int_eq(leat_time_window_check(&t, &n, NULL), LEAT_OK);
	ck_assert_uint_gt(n, 7);
	n = 7;
	ck_assert_int_eq(leat_keyed_check(&k, &n, NULL), LEAT_OK);
	ck_assert_uint_gt(n, 7);
	n = 7;
	t.span = 0;
	ck_assert_int_eq(leat_time_window_check(&t, &n, NULL), LEAT_EINVAL);
	ck_assert_int_eq(leat_keyed_check(&k, &n, NULL), LEAT_EINVAL);
	ck_assert_uint_eq(n, 7);
}
END_TEST

/* ---- Merges ---- */

static int merged(double a, double b)
{
	leat_stat left = LEAT_AGG(&chain_class, 0), right = left;
	leat_window_options o = by_count(LEAT_LANDMARK);
	leat_time_window_options t = by_time(LEAT_LANDMARK);
	leat_window *w, *v;
	leat_time_window *p, *q;

	left.arg = a;
	right.arg = b;
	o.stats = &left;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	o.stats = &right;
	ck_assert_int_eq(leat_window_new(&v, &o), LEAT_OK);
	t.stats = &left;
	ck_assert_int_eq(leat_time_window_new(&p, &t), LEAT_OK);
	t.stats = &right;
	ck_assert_int_eq(leat_time_window_new(&q, &t), LEAT_OK);
	int err = leat_window_merge(w, v);
	ck_assert_int_eq(leat_time_window_merge(p, q), err);
	leat_window_free(w);
	leat_window_free(v);
	leat_time_window_free(p);
	leat_time_window_free(q);
	return err;
}

START_TEST(arguments_of_classes_are_the_same_where_both_are_nan)
{
	ck_assert_int_eq(merged(1, 1), LEAT_OK);
	ck_assert_int_eq(merged(1, 2), LEAT_EOPTIONS);
	ck_assert_int_eq(merged((double)NAN, (double)NAN), LEAT_OK);
	ck_assert_int_eq(merged((double)NAN, 1), LEAT_EOPTIONS);
	ck_assert_int_eq(merged(1, (double)NAN), LEAT_EOPTIONS);
}
END_TEST

struct pair {
	leat_time_window *window, *other;
	leat_keyed *keyed, *keys;
	int calls;
};

static int merge_inside(void *ctx, const leat_result *r)
{
	struct pair *p = ctx;
	double out;

	p->calls++;
	if (p->window) {
		ck_assert_int_eq(leat_time_window_merge(p->window, p->other),
		    LEAT_EINVAL);
		ck_assert_int_eq(leat_time_window_merge(p->other, p->window),
		    LEAT_EINVAL);
	}
	if (p->keyed) {
		ck_assert_int_eq(leat_keyed_merge(p->keyed, p->keys),
		    LEAT_EINVAL);
		ck_assert_int_eq(leat_keyed_merge(p->keys, p->keyed),
		    LEAT_EINVAL);
		ck_assert_int_eq(leat_keyed_query(p->keyed, r->key, r->key_len,
				     &out),
		    LEAT_OK);
		ck_assert_int_eq(leat_keyed_query(p->keyed, "abc", 3, &out),
		    LEAT_EINVAL);
		ck_assert_int_eq(leat_keyed_query(p->keyed,
				     r->key_len ? "z" : "", 1, &out),
		    LEAT_EINVAL);
	}
	return 0;
}

START_TEST(no_window_that_tells_is_merged_nor_another_key_asked)
{
	leat_time_window_options t = by_time(LEAT_TUMBLING);
	leat_keyed_options k = { .by_time = &t };
	struct pair time = { 0 }, keys = { 0 };

	ck_assert_int_eq(leat_time_window_new(&time.other, &t), LEAT_OK);
	ck_assert_int_eq(leat_keyed_new(&keys.keys, &k), LEAT_OK);
	t.sink.emit = merge_inside;
	t.sink.ctx = &time;
	ck_assert_int_eq(leat_time_window_new(&time.window, &t), LEAT_OK);
	t.sink.ctx = &keys;
	ck_assert_int_eq(leat_keyed_new(&keys.keyed, &k), LEAT_OK);
	for (int i = 0; i < 40; i++) {
		ck_assert_int_eq(leat_time_window_push(time.window, i, 1),
		    LEAT_OK);
		ck_assert_int_eq(leat_keyed_push(keys.keyed, "a", i % 2 ? 1 : 0,
				     i, 1),
		    LEAT_OK);
	}
	ck_assert_int_eq(time.calls, 3);
	ck_assert_int_eq(keys.calls, 6);
	leat_time_window_free(time.window);
	leat_time_window_free(time.other);
	leat_keyed_free(keys.keyed);
	leat_keyed_free(keys.keys);
}
END_TEST

/* A late value is told of no window: what is asked is the present one. */
static int ask_inside(void *ctx, const leat_event *event)
{
	struct pair *p = ctx;
	double out;
	int64_t start, end;

	(void)event;
	p->calls++;
	leat_time_window_query(p->window, &out);
	leat_time_window_interval(p->window, &start, &end);
	ck_assert_double_eq(out, 7);
	ck_assert(start == 20 && end == 30);
	return 0;
}

START_TEST(whoever_is_told_of_a_late_value_asks_of_the_present_window)
{
	leat_time_window_options t = by_time(LEAT_TUMBLING);
	struct pair p = { 0 };

	t.late.late = ask_inside;
	t.late.ctx = &p;
	ck_assert_int_eq(leat_time_window_new(&p.window, &t), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(p.window, 25, 7), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(p.window, 5, 1), LEAT_TOO_LATE);
	ck_assert_int_eq(p.calls, 1);
	leat_time_window_free(p.window);
}
END_TEST

/* ---- Arrays ---- */

START_TEST(no_values_need_no_arrays)
{
	leat_window_options o = by_count(LEAT_SLIDING);
	leat_time_window_options t = by_time(LEAT_TUMBLING);
	const leat_stat pairs[] = { LEAT_CORRELATION };
	leat_window *w;
	leat_time_window *p;
	size_t n = 5;

	o.stats = t.stats = pairs;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_window_push_many(w, NULL, NULL, 0, NULL),
	    LEAT_OK);
	ck_assert_int_eq(leat_time_window_new(&p, &t), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push_many(p, NULL, NULL, NULL, 0, &n),
	    LEAT_OK);
	ck_assert_uint_eq(n, 0);
	leat_window_free(w);
	leat_time_window_free(p);
}
END_TEST

START_TEST(what_is_not_stored_is_not_read)
{
	leat_time_window_options t = by_time(LEAT_SLIDING);
	leat_time_window *w;
	int64_t at[3];
	double x[3], y[3];

	ck_assert_int_eq(leat_time_window_new(&w, &t), LEAT_OK);
	ck_assert_int_eq(leat_time_window_read(w, 0, 0, at, x, NULL), LEAT_OK);
	ck_assert_int_eq(leat_time_window_read(w, 1, 0, at, x, NULL),
	    LEAT_ERANGE);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(leat_time_window_push(w, i, i), LEAT_OK);
	ck_assert_int_eq(leat_time_window_read(w, 1, 3, at, x, NULL),
	    LEAT_ERANGE);
	ck_assert_int_eq(leat_time_window_read(w, 0, 3, at, x, y), LEAT_EPAIRS);
	ck_assert_int_eq(leat_time_window_read(w, 0, 3, at, x, NULL), LEAT_OK);
	ck_assert(at[2] == 2 && x[0] == 0 && x[2] == 2);
	leat_time_window_free(w);
	t.stats = (const leat_stat[]){ LEAT_CORRELATION };
	ck_assert_int_eq(leat_time_window_new(&w, &t), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push_xy(w, 1, 2, 3), LEAT_OK);
	ck_assert_int_eq(leat_time_window_read(w, 0, 1, NULL, NULL, y),
	    LEAT_OK);
	ck_assert_double_eq(y[0], 3);
	leat_time_window_free(w);
}
END_TEST

START_TEST(keys_without_a_sink_have_nobody_to_tell)
{
	leat_time_window_options t = by_time(LEAT_TUMBLING);
	leat_keyed_options o = { .by_time = &t };
	leat_window_options hops = by_count(LEAT_HOPPING);
	leat_window *w;
	leat_keyed *k;

	ck_assert_int_eq(leat_keyed_new(&k, &o), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, 1, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_flush(k), LEAT_OK);
	leat_keyed_free(k);
	hops.hop = 2;
	ck_assert_int_eq(leat_window_new(&w, &hops), LEAT_OK);
	ck_assert_int_eq(leat_window_push(w, 1), LEAT_OK);
	ck_assert_int_eq(leat_window_flush(w), LEAT_OK);
	leat_window_free(w);
}
END_TEST

START_TEST(a_model_tells_its_intercept_alone)
{
	leat_model_options o = { .n_features = 2 };
	const double w[] = { 1, 2 };
	double got[2] = { 0, 0 }, intercept = 0;
	leat_model *m;

	o.update = LEAT_UPDATE_RLS;
	ck_assert_int_eq(leat_model_new(&m, &o), LEAT_OK);
	ck_assert_int_eq(leat_model_set_coefficients(m, w, 3), LEAT_OK);
	leat_model_coefficients(m, NULL, &intercept);
	ck_assert_double_eq(intercept, 3);
	leat_model_coefficients(m, got, NULL);
	ck_assert(got[0] == 1 && got[1] == 2);
	ck_assert_int_eq(leat_model_learn(m, w, 8, NULL), LEAT_OK);
	leat_model_free(m);
}
END_TEST

/* Events behind one that fails are ignored. */
START_TEST(many_events_end_with_the_one_that_fails)
{
	enum { MANY = 500 };
	leat_time_window_options t = by_time(LEAT_TUMBLING);
	leat_keyed_options k = { .by_time = &t };
	leat_event e[MANY];
	leat_time_window *w;
	leat_keyed *keyed;
	size_t n;

	for (int i = 0; i < MANY; i++)
		e[i] = (leat_event){ "a", 1, i, 1, 0, 0, 0, 0 };
	e[1].source = 9;
	ck_assert_int_eq(leat_time_window_new(&w, &t), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push_events(w, e, MANY, &n),
	    LEAT_ESOURCE);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(leat_keyed_new(&keyed, &k), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push_events(keyed, e, MANY, &n),
	    LEAT_ESOURCE);
	ck_assert_uint_eq(n, 1);
	leat_time_window_free(w);
	leat_keyed_free(keyed);
}
END_TEST

static int fails(void *ctx, const leat_result *r)
{
	(void)ctx;
	(void)r;
	return 1;
}

START_TEST(a_pair_hears_of_a_callback_that_failed_before)
{
	static const leat_stat pairs[] = { LEAT_CORRELATION };
	leat_time_window_options t = by_time(LEAT_TUMBLING);
	leat_keyed_options o = { .by_time = &t };
	leat_event e[2] = { { "a", 1, 10, 1, 1, 0, 0, 0 },
		{ "a", 1, 11, 1, 1, 0, 9, 0 } };
	leat_keyed *k;

	t.stats = pairs;
	t.sink.emit = fails;
	ck_assert_int_eq(leat_keyed_new(&k, &o), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push_xy(k, "a", 1, 1, 1, 2), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push_events(k, e, 2, NULL), LEAT_ESOURCE);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, 12, 1), LEAT_EPAIRS);
	ck_assert_int_eq(leat_keyed_push_xy(k, "a", 1, 12, 1, 2),
	    LEAT_ECALLBACK);
	ck_assert_int_eq(leat_keyed_push_xy(k, "a", 1, 13, 1, 2), LEAT_OK);
	leat_keyed_free(k);
}
END_TEST

static int loaded(double saved, double wanted)
{
	leat_stat stat = LEAT_AGG(&chain_class, 0);
	leat_window_options o = by_count(LEAT_SLIDING);
	unsigned char bytes[4096];
	leat_writer out = { .bytes = bytes, .capacity = sizeof(bytes) };
	leat_reader in = { .bytes = bytes };
	leat_window *w;

	o.stats = &stat;
	stat.arg = saved;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_window_save(w, &out), LEAT_OK);
	leat_window_free(w);
	in.n_bytes = (size_t)out.n_bytes;
	stat.arg = wanted;
	int err = leat_window_load(&w, &o, &in);
	leat_window_free(w);
	return err;
}

START_TEST(a_state_is_of_the_same_arguments_where_both_are_nan)
{
	ck_assert_int_eq(loaded(1, 1), LEAT_OK);
	ck_assert_int_eq(loaded(1, 2), LEAT_EOPTIONS);
	ck_assert_int_eq(loaded((double)NAN, (double)NAN), LEAT_OK);
	ck_assert_int_eq(loaded((double)NAN, 1), LEAT_EOPTIONS);
	ck_assert_int_eq(loaded(1, (double)NAN), LEAT_EOPTIONS);
}
END_TEST

START_TEST(a_unit_is_of_small_letters)
{
	static const char *const texts[] = { "ttl:5~", "ttl:5S", "ttl:5{s" };
	leat_keyed_options o = { 0 };

	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(leat_keyed_options_parse(texts[i], &o, NULL,
				     NULL),
		    LEAT_EPARSE);
	ck_assert_int_eq(leat_keyed_options_parse("ttl:5s", &o, NULL, NULL),
	    LEAT_OK);
	ck_assert_int_eq(o.ttl, 5 * LEAT_SECOND);
}
END_TEST

/* Asks from inside a callback, where a push is refused. */
static int push_inside(void *ctx, const leat_result *r)
{
	leat_window *w = *(leat_window **)ctx;
	double out = 7;

	ck_assert_uint_eq(r->n_values, 1);
	ck_assert_int_eq(leat_window_push_query(w, 1, &out), LEAT_EINVAL);
	ck_assert(out == 7);
	return 0;
}

static int push_pair_inside(void *ctx, const leat_result *r)
{
	leat_window *w = *(leat_window **)ctx;
	double out = 7;

	ck_assert_uint_eq(r->n_values, 1);
	ck_assert_int_eq(leat_window_push_query_xy(w, 1, 2, &out), LEAT_EINVAL);
	ck_assert(out == 7);
	return 0;
}

START_TEST(a_push_that_is_refused_writes_no_results)
{
	static const leat_stat one[] = { LEAT_SUM }, two[] = { LEAT_SLOPE };
	static const int kinds[] = { LEAT_SLIDING, LEAT_TUMBLING };

	for (size_t k = 0; k < 2; k++) {
		leat_window *single, *pairs;
		double out = 7;
		leat_window_options o = { 0 };
		o.kind = kinds[k];
		o.size = 2;
		o.stats = one;
		o.n_stats = 1;
		o.sink = (leat_sink){ push_inside, &single };
		ck_assert_int_eq(leat_window_new(&single, &o), LEAT_OK);
		o.stats = two;
		o.sink = (leat_sink){ push_pair_inside, &pairs };
		ck_assert_int_eq(leat_window_new(&pairs, &o), LEAT_OK);
		ck_assert_int_eq(leat_window_push_query(pairs, 1, &out),
		    LEAT_EPAIRS);
		ck_assert_int_eq(leat_window_push_query_xy(single, 1, 2, &out),
		    LEAT_EPAIRS);
		ck_assert(out == 7);
		for (int i = 1; i <= 4; i++) {
			ck_assert_int_eq(leat_window_push_query(single, i,
					     &out),
			    LEAT_OK);
			ck_assert_int_eq(leat_window_push_query_xy(pairs, i,
					     2 * i, &out),
			    LEAT_OK);
		}
		leat_window_free(single);
		leat_window_free(pairs);
	}
}
END_TEST

START_TEST(a_statistic_may_be_asked_for_twice)
{
	static const int ids[] = { LEAT_STAT_SUM, LEAT_STAT_MEAN,
		LEAT_STAT_STDDEV, LEAT_STAT_MIN, LEAT_STAT_MAX, LEAT_STAT_RANGE,
		LEAT_STAT_RMS, LEAT_STAT_ARGMIN };

	for (size_t k = 0; k < sizeof(ids) / sizeof(*ids); k++) {
		leat_stat stats[2] = { LEAT_STAT_INIT(0), LEAT_STAT_INIT(0) };
		leat_window_options o = { 0 };
		leat_window *w;
		double out[2];
		stats[0].id = stats[1].id = ids[k];
		o.size = 5;
		o.stats = stats;
		o.n_stats = 2;
		ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
		for (int i = 0; i < 20; i++) {
			leat_window_push_query(w, i * 7 % 5, out);
			ck_assert(out[0] == out[1] || i == 0);
		}
		leat_window_free(w);
	}
}
END_TEST

/* Sums of whole numbers are known; the window is so large that parts carry. */
START_TEST(sums_of_large_windows_are_exact)
{
	static const leat_stat sum[] = { LEAT_SUM };
	const int64_t size = ((int64_t)1 << 17) + 77, last = 4 * size;
	leat_window_options o = { 0 };
	leat_window *w;
	double out;

	o.size = (uint64_t)size;
	o.stats = sum;
	o.n_stats = 1;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	const double unit = _i ? -0x1p-20 : 0x1p-20;
	for (int64_t i = 0; i <= last; i++) {
		int64_t from = i >= size ? i - size + 1 : 0;
		int64_t total = (from + i) * (i - from + 1) / 2;
		leat_window_push_query(w, (double)(i + 3000000) * unit, &out);
		total += 3000000 * (i - from + 1);
		if (i % 997 == 0 || i == last)
			ck_assert(out == (double)total * unit);
	}
	leat_window_free(w);
}
END_TEST

Suite *corners_suite(void)
{
	Suite *s = suite_create("corners");
	TCase *t = tcase_create("corners");

	tcase_add_test(t, each_wrong_member_of_a_statistic_is_refused);
	tcase_add_test(t, a_check_may_be_asked_for_nothing_but_the_code);
	tcase_add_test(t, arguments_of_classes_are_the_same_where_both_are_nan);
	tcase_add_test(t, no_window_that_tells_is_merged_nor_another_key_asked);
	tcase_add_test(t,
	    whoever_is_told_of_a_late_value_asks_of_the_present_window);
	tcase_add_test(t, no_values_need_no_arrays);
	tcase_add_test(t, what_is_not_stored_is_not_read);
	tcase_add_test(t, keys_without_a_sink_have_nobody_to_tell);
	tcase_add_test(t, a_model_tells_its_intercept_alone);
	tcase_add_test(t, many_events_end_with_the_one_that_fails);
	tcase_add_test(t, a_pair_hears_of_a_callback_that_failed_before);
	tcase_add_test(t, a_state_is_of_the_same_arguments_where_both_are_nan);
	tcase_add_test(t, a_unit_is_of_small_letters);
	tcase_add_test(t, a_push_that_is_refused_writes_no_results);
	tcase_add_test(t, a_statistic_may_be_asked_for_twice);
	tcase_add_loop_test(t, sums_of_large_windows_are_exact, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
