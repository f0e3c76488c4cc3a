/*
 * Mistakes of a caller, which are reported: options that have no effect or
 * contradict each other, a kind that was forgotten, memory that is not there,
 * a sink that fails, a callback that pushes into the window it is told of.
 * Where something is refused, `why` names the option, and nothing has changed.
 */
#include <leat.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "alloc.h"
#include "classes.h"
#include "data.h"
#include "learn_calls.h"
#include "lists.h"
#include "pushed.h"
#include "suites.h"

static const leat_stat mean[] = { LEAT_MEAN };
static int token; /* something to point at */

static int emit_nothing(void *ctx, const leat_result *result)
{
	(void)ctx;
	(void)result;
	return 0;
}

/* ------------------------------------------------------------------ */
/* Options                                                            */
/* ------------------------------------------------------------------ */

static leat_window_options by_count(void)
{
	leat_window_options o = { 0 };

	o.size = 3;
	o.stats = mean;
	o.n_stats = 1;
	return o;
}

static leat_time_window_options by_time(void)
{
	leat_time_window_options o = { 0 };

	o.kind = LEAT_TUMBLING;
	o.span = 10;
	o.stats = mean;
	o.n_stats = 1;
	return o;
}

/* `why` begins with the name of the option and a colon. */
static void names(const char *why, const char *option)
{
	size_t n = strlen(option);

	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strncmp(why, option, n) == 0 && why[n] == ':',
	    "\"%s\" does not name %s", why, option);
}

static void window_refused(const leat_window_options *o, const char *option)
{
	leat_window *w = (leat_window *)(void *)&token;
	const char *why = NULL;

	ck_assert_int_eq(leat_window_check(o, NULL, &why), LEAT_EINVAL);
	names(why, option);
	ck_assert_int_eq(leat_window_new(&w, o), LEAT_EINVAL);
	ck_assert_ptr_null(w);
}

static void time_refused(const leat_time_window_options *o, const char *option)
{
	leat_time_window *w = (leat_time_window *)(void *)&token;
	const char *why = NULL;

	ck_assert_int_eq(leat_time_window_check(o, NULL, &why), LEAT_EINVAL);
	names(why, option);
	ck_assert_int_eq(leat_time_window_new(&w, o), LEAT_EINVAL);
	ck_assert_ptr_null(w);
}

static void keyed_refused(const leat_keyed_options *o, const char *option)
{
	leat_keyed *k = (leat_keyed *)(void *)&token;
	const char *why = NULL;

	ck_assert_int_eq(leat_keyed_check(o, NULL, &why), LEAT_EINVAL);
	names(why, option);
	ck_assert_int_eq(leat_keyed_new(&k, o), LEAT_EINVAL);
	ck_assert_ptr_null(k);
}

START_TEST(keyed_windows_are_by_time_or_by_count_and_not_both)
{
	leat_time_window_options minutes = by_time();
	leat_window_options last = by_count();
	leat_keyed_options o = { 0 };
	leat_keyed *k;

	keyed_refused(&o, "by_time, by_count");
	o.by_time = &minutes;
	ck_assert_int_eq(leat_keyed_new(&k, &o), LEAT_OK);
	leat_keyed_free(k);
	o.by_count = &last;
	keyed_refused(&o, "by_time, by_count");
	o.by_time = NULL;
	ck_assert_int_eq(leat_keyed_new(&k, &o), LEAT_OK);
	leat_keyed_free(k);
}
END_TEST

/* Values of a key and keys have room apart. */
START_TEST(when_full_is_of_values_and_when_keys_full_of_keys)
{
	leat_time_window_options minutes = by_time();
	leat_keyed_options o = { 0 };
	leat_keyed *k;
	double out;

	o.by_time = &minutes;
	o.max_keys = 2;
	minutes.when_full = LEAT_WHEN_FULL_EVICT_OLD;
	keyed_refused(&o, "when_full");
	minutes.when_full = LEAT_WHEN_FULL_REFUSE;
	ck_assert_int_eq(leat_keyed_new(&k, &o), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, 1, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "b", 1, 1, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "c", 1, 1, 1), LEAT_NO_ROOM);
	leat_keyed_free(k);
	o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	ck_assert_int_eq(leat_keyed_new(&k, &o), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, 1, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "b", 1, 1, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push(k, "c", 1, 1, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_query(k, "a", 1, &out), LEAT_EKEY);
	ck_assert_int_eq(leat_keyed_query(k, "c", 1, &out), LEAT_OK);
	leat_keyed_free(k);
}
END_TEST

START_TEST(an_option_that_would_have_no_effect_is_refused)
{
	leat_time_window_options t = by_time(), minutes = by_time();
	leat_window_options w = by_count();
	leat_keyed_options k = { 0 };

	t.when_full = LEAT_WHEN_FULL_EVICT_OLD;
	time_refused(&t, "when_full");
	t = by_time();
	t.early_count = 10;
	time_refused(&t, "early_count");
	t = by_time();
	t.early_span = 5;
	time_refused(&t, "early_span");
	t = by_time();
	t.emit_empty = 1;
	time_refused(&t, "emit_empty");
	w.keep_values = 1; /* a sliding window does so without being asked */
	window_refused(&w, "keep_values");
	k.by_time = &minutes;
	k.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	keyed_refused(&k, "when_keys_full");
}
END_TEST

START_TEST(with_what_it_needs_such_an_option_is_taken)
{
	leat_time_window_options t = by_time();
	leat_window_options w = by_count();
	const char *why = "untouched";

	t.when_full = LEAT_WHEN_FULL_EVICT_OLD;
	t.max_values = 5;
	ck_assert_int_eq(leat_time_window_check(&t, NULL, &why), LEAT_OK);
	t = by_time();
	t.early_count = 10;
	t.early_span = 5;
	t.emit_empty = 1;
	t.sink.emit = emit_nothing;
	ck_assert_int_eq(leat_time_window_check(&t, NULL, &why), LEAT_OK);
	w.kind = LEAT_TUMBLING;
	w.keep_values = 1;
	ck_assert_int_eq(leat_window_check(&w, NULL, &why), LEAT_OK);
}
END_TEST

/* By count the size alone is enough: 0 is SLIDING there. */
START_TEST(a_kind_that_was_forgotten_is_refused_by_time)
{
	leat_time_window_options t = by_time();
	leat_window_options w = by_count();
	leat_keyed_options k = { 0 };

	t.kind = 0;
	time_refused(&t, "kind");
	k.by_time = &t;
	keyed_refused(&k, "kind");
	w.kind = 0;
	ck_assert_int_eq(leat_window_check(&w, NULL, NULL), LEAT_OK);
	w.kind = LEAT_SLIDING;
	ck_assert_int_eq(leat_window_check(&w, NULL, NULL), LEAT_OK);
}
END_TEST

static leat_model *epsilon_model(double arg)
{
	leat_model_options o = { 0 };
	leat_model *m;

	o.n_features = 1;
	o.loss = LEAT_LOSS_EPSILON;
	o.loss_arg = arg;
	o.update = LEAT_UPDATE_PA1;
	ck_assert_int_eq(leat_model_new(&m, &o), LEAT_OK);
	return m;
}

/* 0 is the default, as it is everywhere: 0.1 in the units of y. */
START_TEST(an_epsilon_of_0_is_the_default_and_one_below_0_is_refused)
{
	leat_model *zero = epsilon_model(0), *given = epsilon_model(0.1);
	leat_model *tiny = epsilon_model(1e-300), *m = zero;
	leat_model_options o = { 0 };
	const char *why = NULL;
	const double x = 0;
	double guess;

	ck_assert_int_eq(leat_model_learn(zero, &x, 0.09, NULL), LEAT_OK);
	ck_assert_int_eq(leat_model_learn(given, &x, 0.09, NULL), LEAT_OK);
	ck_assert_int_eq(leat_model_learn(tiny, &x, 0.09, NULL), LEAT_OK);
	guess = leat_model_predict(zero, &x);
	ck_assert(same_bits(guess, 0)); /* within epsilon: nothing learned */
	ck_assert(same_bits(leat_model_predict(given, &x), guess));
	ck_assert(leat_model_predict(tiny, &x) > 0.08);
	o.n_features = 1;
	o.loss = LEAT_LOSS_EPSILON;
	o.loss_arg = -0.1;
	ck_assert_int_eq(leat_model_check(&o, NULL, &why), LEAT_EINVAL);
	names(why, "loss_arg");
	ck_assert_int_eq(leat_model_new(&m, &o), LEAT_EINVAL);
	ck_assert_ptr_null(m);
	leat_model_free(zero);
	leat_model_free(given);
	leat_model_free(tiny);
}
END_TEST

/* The default is known to everybody; one of your own changes no result. */
START_TEST(the_seed_of_keys_changes_no_result)
{
	leat_time_window_options minutes = by_time();
	leat_keyed_options o = { 0 };
	leat_keyed *known, *secret;

	o.by_time = &minutes;
	ck_assert_int_eq(leat_keyed_new(&known, &o), LEAT_OK);
	o.seed[0] = 0x0123456789abcdef;
	o.seed[1] = 42;
	ck_assert_int_eq(leat_keyed_new(&secret, &o), LEAT_OK);
	for (int i = 0; i < 1000; i++) {
		int key = i * i % 37;

		leat_keyed_push(known, &key, sizeof(key), i / 100, i);
		leat_keyed_push(secret, &key, sizeof(key), i / 100, i);
	}
	ck_assert_uint_eq(leat_keyed_n_keys(known), leat_keyed_n_keys(secret));
	for (int key = 0; key < 37; key++) {
		double a = 0, b = 0;
		int err = leat_keyed_query(known, &key, sizeof(key), &a);

		ck_assert_int_eq(leat_keyed_query(secret, &key, sizeof(key),
				     &b),
		    err);
		ck_assert(same_bits(a, b));
	}
	leat_keyed_free(known);
	leat_keyed_free(secret);
}
END_TEST

/* The units of a limit, bytes and values, can be queried. */
START_TEST(memory_that_grows_can_be_told)
{
	leat_time_window_options o = by_time();
	leat_time_window *w;
	uint64_t before, after;

	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	before = leat_time_window_bytes(w);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(leat_time_window_push(w, 10 * i, 1), LEAT_OK);
	after = leat_time_window_bytes(w);
	ck_assert_uint_le(after, before + 4096); /* all but one are closed */
	leat_time_window_free(w);
	o.allowed_lateness = 100000;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(leat_time_window_push(w, 10 * i, 1), LEAT_OK);
	ck_assert_uint_ge(leat_time_window_bytes(w), before + 1000 * 48);
	leat_time_window_free(w);
}
END_TEST

/* A clock that is wrong once: without max_skew nothing comes after it. */
START_TEST(max_skew_keeps_one_wrong_time_from_making_all_others_late)
{
	leat_time_window_options o = by_time();
	leat_time_window *open, *guarded;

	ck_assert_int_eq(leat_time_window_new(&open, &o), LEAT_OK);
	o.max_skew = 1000;
	ck_assert_int_eq(leat_time_window_new(&guarded, &o), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(open, 1, 1), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(guarded, 1, 1), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(open, LEAT_TIME_MAX - 1, 1),
	    LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(guarded, LEAT_TIME_MAX - 1, 1),
	    LEAT_TOO_FAR);
	for (int64_t t = 2; t < 1000; t++) {
		ck_assert_int_eq(leat_time_window_push(open, t, 1),
		    LEAT_TOO_LATE);
		ck_assert_int_eq(leat_time_window_push(guarded, t, 1), LEAT_OK);
	}
	leat_time_window_free(open);
	leat_time_window_free(guarded);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Every object                                                       */
/* ------------------------------------------------------------------ */

/* Functions that all objects have, whatever they are called. */
struct family {
	int (*make)(void **out, const leat_allocator *a, int wrong);
	int (*init)(void **out, void *memory, size_t n); /* init may be NULL */
	int (*copy)(void *from, void **out);
	int (*save)(void *from, leat_writer *w);
	int (*load)(void **out, leat_reader *r);
	void (*free)(void *object);
};

#define FAMILY(type, OPTIONS)                                                  \
	static int type##_make(void **out, const leat_allocator *a, int wrong) \
	{                                                                      \
		OPTIONS;                                                       \
		leat_##type *object = (leat_##type *)(void *)&token;           \
		o.allocator = a;                                               \
		o.reserved[0] = (uint64_t)wrong;                               \
		int err = leat_##type##_new(&object, &o);                      \
		*out = object;                                                 \
		return err;                                                    \
	}                                                                      \
	static int type##_copy(void *from, void **out)                         \
	{                                                                      \
		leat_##type *object = (leat_##type *)(void *)&token;           \
		int err = leat_##type##_copy(from, NULL, &object);             \
		*out = object;                                                 \
		return err;                                                    \
	}                                                                      \
	static int type##_save(void *from, leat_writer *w)                     \
	{                                                                      \
		return leat_##type##_save(from, w);                            \
	}                                                                      \
	static int type##_load(void **out, leat_reader *r)                     \
	{                                                                      \
		OPTIONS;                                                       \
		leat_##type *object = (leat_##type *)(void *)&token;           \
		int err = leat_##type##_load(&object, &o, r);                  \
		*out = object;                                                 \
		return err;                                                    \
	}                                                                      \
	static void type##_free(void *object)                                  \
	{                                                                      \
		leat_##type##_free(object);                                    \
	}

#define FAMILY_INIT(type, OPTIONS)                                             \
	static int type##_init(void **out, void *memory, size_t n)             \
	{                                                                      \
		OPTIONS;                                                       \
		leat_##type *object = (leat_##type *)(void *)&token;           \
		int err = leat_##type##_init(&object, memory, n, &o);          \
		*out = object;                                                 \
		return err;                                                    \
	}

#define WINDOW leat_window_options o = by_count()
#define TIME_WINDOW leat_time_window_options o = by_time()
#define KEYED                                                                  \
	leat_time_window_options minutes = by_time();                          \
	leat_keyed_options o = { 0 };                                          \
	o.by_time = &minutes
#define MODEL                                                                  \
	leat_model_options o = { 0 };                                          \
	o.n_features = 2
#define DRIFT                                                                  \
	leat_drift_options o = { 0 };                                          \
	o.threshold = 1

FAMILY(window, WINDOW)
FAMILY_INIT(window, WINDOW)
FAMILY(time_window, TIME_WINDOW)
FAMILY(keyed, KEYED)
FAMILY(model, MODEL)
FAMILY_INIT(model, MODEL)
FAMILY(drift, DRIFT)
FAMILY_INIT(drift, DRIFT)

static const struct family families[] = {
	{ window_make, window_init, window_copy, window_save, window_load,
	    window_free },
	{ time_window_make, NULL, time_window_copy, time_window_save,
	    time_window_load, time_window_free },
	{ keyed_make, NULL, keyed_copy, keyed_save, keyed_load, keyed_free },
	{ model_make, model_init, model_copy, model_save, model_load,
	    model_free },
	{ drift_make, drift_init, drift_copy, drift_save, drift_load,
	    drift_free },
};

enum { N_FAMILIES = sizeof(families) / sizeof(*families) };

START_TEST(what_is_not_made_is_null)
{
	const struct family *f = &families[_i];
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	unsigned char too_little[8];
	void *object = &token;

	ck_assert_int_eq(f->make(&object, NULL, 1), LEAT_EINVAL);
	ck_assert_ptr_null(object);
	heap.fail_from = 1;
	object = &token;
	ck_assert_int_eq(f->make(&object, &a, 0), LEAT_ENOMEM);
	ck_assert_ptr_null(object);
	f->free(object); /* like a program with a single exit path */
	if (!f->init)
		return;
	object = &token;
	ck_assert_int_eq(f->init(&object, too_little, sizeof(too_little)),
	    LEAT_EBUFFER);
	ck_assert_ptr_null(object);
}
END_TEST

START_TEST(a_copy_that_is_not_made_is_null)
{
	const struct family *f = &families[_i];
	struct counted heap = { 0 };
	leat_allocator a = counted_allocator(&heap);
	void *object, *copy = &token;

	ck_assert_int_eq(f->make(&object, &a, 0), LEAT_OK);
	heap.fail_from = 1;
	ck_assert_int_eq(f->copy(object, &copy), LEAT_ENOMEM);
	ck_assert_ptr_null(copy);
	f->free(object);
	ck_assert_uint_eq(heap.live, 0);
}
END_TEST

START_TEST(what_is_not_loaded_is_null)
{
	const struct family *f = &families[_i];
	static unsigned char bytes[65536];
	leat_writer out = { 0 };
	void *object, *loaded = &token;

	ck_assert_int_eq(f->make(&object, NULL, 0), LEAT_OK);
	out.bytes = bytes;
	out.capacity = sizeof(bytes);
	ck_assert_int_eq(f->save(object, &out), LEAT_OK);
	for (size_t n = 0; n < out.n_bytes; n++) {
		leat_reader in = { 0 };

		in.bytes = bytes;
		in.n_bytes = n;
		loaded = &token;
		ck_assert_int_lt(f->load(&loaded, &in), 0);
		ck_assert_ptr_null(loaded);
	}
	f->free(object);
}
END_TEST

/* The caller did not check the result of malloc(). */
START_TEST(to_save_into_no_memory_fails)
{
	const struct family *f = &families[_i];
	leat_writer out = { 0 };
	void *object;

	ck_assert_int_eq(f->make(&object, NULL, 0), LEAT_OK);
	ck_assert_int_eq(f->save(object, &out), LEAT_OK);
	ck_assert_uint_gt(out.n_bytes, 0);
	out.capacity = (size_t)out.n_bytes;
	ck_assert_int_eq(f->save(object, &out), LEAT_EBUFFER);
	f->free(object);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Callbacks                                                          */
/* ------------------------------------------------------------------ */

/* Inside a callback: whose it is, how often it ran, what it returns. */
struct inside {
	leat_window *window;
	leat_time_window *time_window;
	leat_keyed *keyed;
	int calls;
	int answer;
};

static void window_is_closed(leat_window *w)
{
	const double x = 1;
	uint64_t pushed = pushed_into(w);
	leat_writer out = { 0 };
	leat_window *copy;

	ck_assert_int_eq(leat_window_push(w, 1), LEAT_EINVAL);
	ck_assert_int_eq(leat_window_push_many(w, &x, NULL, 1, NULL),
	    LEAT_EINVAL);
	ck_assert_int_eq(leat_window_push_each(&w, &x, NULL, 1, NULL),
	    LEAT_EINVAL);
	ck_assert_int_eq(leat_window_flush(w), LEAT_EINVAL);
	ck_assert_int_eq(leat_window_save(w, &out), LEAT_EINVAL);
	ck_assert_int_eq(leat_window_copy(w, NULL, &copy), LEAT_EINVAL);
	ck_assert_uint_eq(pushed_into(w), pushed);
}

static void time_window_is_closed(leat_time_window *w)
{
	const double x = 1;
	const int64_t t = 5;
	leat_event event = { 0 };
	leat_counts before, after;
	leat_writer out = { 0 };
	leat_time_window *copy;

	leat_time_window_counts(w, &before);
	ck_assert_int_eq(leat_time_window_push(w, 5, 1), LEAT_EINVAL);
	ck_assert_int_eq(leat_time_window_push_many(w, &t, &x, NULL, 1, NULL),
	    LEAT_EINVAL);
	ck_assert_int_eq(leat_time_window_push_events(w, &event, 1, NULL),
	    LEAT_EINVAL);
	ck_assert_int_eq(leat_time_window_advance(w, 1000), LEAT_EINVAL);
	ck_assert_int_eq(leat_time_window_flush(w), LEAT_EINVAL);
	ck_assert_int_eq(leat_time_window_save(w, &out), LEAT_EINVAL);
	ck_assert_int_eq(leat_time_window_copy(w, NULL, &copy), LEAT_EINVAL);
	leat_time_window_counts(w, &after);
	ck_assert_mem_eq(&before, &after, sizeof(before));
}

static void keyed_is_closed(leat_keyed *k)
{
	leat_event event = { 0 };
	leat_counts before, after;
	leat_writer out = { 0 };
	leat_keyed *copy;

	leat_keyed_counts(k, &before);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, 5, 1), LEAT_EINVAL);
	ck_assert_int_eq(leat_keyed_push_events(k, &event, 1, NULL),
	    LEAT_EINVAL);
	ck_assert_int_eq(leat_keyed_advance(k, 1000), LEAT_EINVAL);
	ck_assert_int_eq(leat_keyed_flush(k), LEAT_EINVAL);
	ck_assert_int_eq(leat_keyed_save(k, &out), LEAT_EINVAL);
	ck_assert_int_eq(leat_keyed_copy(k, NULL, &copy), LEAT_EINVAL);
	ck_assert_int_eq(leat_keyed_drop(k, "a", 1), LEAT_EINVAL);
	leat_keyed_counts(k, &after);
	ck_assert_mem_eq(&before, &after, sizeof(before));
}

static int all_is_closed(struct inside *in)
{
	in->calls++;
	if (in->window)
		window_is_closed(in->window);
	if (in->time_window)
		time_window_is_closed(in->time_window);
	if (in->keyed)
		keyed_is_closed(in->keyed);
	return in->answer;
}

static int on_result(void *ctx, const leat_result *result)
{
	(void)result;
	return all_is_closed(ctx);
}

static int on_late(void *ctx, const leat_event *event)
{
	(void)event;
	return all_is_closed(ctx);
}

START_TEST(no_window_can_be_pushed_into_while_it_tells)
{
	leat_window_options o = by_count();
	struct inside in = { 0 };

	o.kind = LEAT_TUMBLING;
	o.sink.emit = on_result;
	o.sink.ctx = &in;
	ck_assert_int_eq(leat_window_new(&in.window, &o), LEAT_OK);
	for (int i = 0; i < 30; i++)
		ck_assert_int_eq(leat_window_push(in.window, i), LEAT_OK);
	ck_assert_int_eq(in.calls, 10);
	ck_assert_uint_eq(pushed_into(in.window), 30);
	leat_window_free(in.window);
}
END_TEST

START_TEST(no_window_by_time_can_be_pushed_into_while_it_tells)
{
	leat_time_window_options o = by_time();
	struct inside in = { 0 };

	o.sink.emit = on_result;
	o.sink.ctx = &in;
	o.late.late = on_late;
	o.late.ctx = &in;
	ck_assert_int_eq(leat_time_window_new(&in.time_window, &o), LEAT_OK);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(leat_time_window_push(in.time_window, i, i),
		    LEAT_OK);
	ck_assert_int_eq(in.calls, 9);
	ck_assert_int_eq(leat_time_window_push(in.time_window, 5, 1),
	    LEAT_TOO_LATE);
	ck_assert_int_eq(in.calls, 10);
	ck_assert_int_eq(leat_time_window_advance(in.time_window, 100),
	    LEAT_OK);
	ck_assert_int_eq(in.calls, 11);
	leat_time_window_free(in.time_window);
}
END_TEST

START_TEST(no_keyed_window_can_be_pushed_into_while_it_tells)
{
	leat_time_window_options minutes = by_time();
	leat_keyed_options o = { 0 };
	struct inside in = { 0 };

	minutes.sink.emit = on_result;
	minutes.sink.ctx = &in;
	minutes.late.late = on_late;
	minutes.late.ctx = &in;
	o.by_time = &minutes;
	o.dropped = minutes.sink;
	ck_assert_int_eq(leat_keyed_new(&in.keyed, &o), LEAT_OK);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(leat_keyed_push(in.keyed, i % 2 ? "a" : "b", 1,
				     i, i),
		    LEAT_OK);
	ck_assert_int_eq(in.calls, 18);
	ck_assert_int_eq(leat_keyed_push(in.keyed, "a", 1, 5, 1),
	    LEAT_TOO_LATE);
	ck_assert_int_eq(in.calls, 19);
	ck_assert_int_eq(leat_keyed_drop(in.keyed, "a", 1), LEAT_OK);
	ck_assert_int_eq(in.calls, 20);
	ck_assert_int_eq(leat_keyed_each(in.keyed, on_result, &in), LEAT_OK);
	ck_assert_int_eq(in.calls, 21);
	leat_keyed_free(in.keyed);
}
END_TEST

/* ---- What a query answers there ---- */

/* A number, and a result that is more than one. */
static const leat_stat mean_and_chain[] = { LEAT_MEAN,
	LEAT_AGG(&chain_class, 0) };

static void same_results(const leat_result *r, const double *out,
    const struct chain *partial)
{
	for (size_t i = 0; i < r->n_values; i++)
		ck_assert(same_bits(out[i], r->values[i]));
	if (r->n_values < 2)
		return;
	ck_assert_ptr_null(r->partials[0]);
	ck_assert_mem_eq(partial, r->partials[1], sizeof(*partial));
}

static int compare_count(void *ctx, const leat_result *r)
{
	struct inside *in = ctx;
	struct chain partial;
	double out[2];

	leat_window_query(in->window, out);
	ck_assert_int_eq(leat_window_partial(in->window, &chain_class,
			     &partial),
	    LEAT_OK);
	same_results(r, out, &partial);
	in->calls++;
	return 0;
}

static int compare_time(void *ctx, const leat_result *r)
{
	struct inside *in = ctx;
	struct chain partial;
	int64_t start, end;
	double out[2];

	leat_time_window_query(in->time_window, out);
	leat_time_window_interval(in->time_window, &start, &end);
	ck_assert(start == r->start && end == r->end);
	if (r->n_values > 1)
		ck_assert_int_eq(leat_time_window_partial(in->time_window,
				     &chain_class, &partial),
		    LEAT_OK);
	same_results(r, out, &partial);
	in->calls++;
	return 0;
}

static int compare_keyed(void *ctx, const leat_result *r)
{
	struct inside *in = ctx;
	struct chain partial;
	int64_t start, end;
	double out[2];

	ck_assert_int_eq(leat_keyed_query(in->keyed, r->key, r->key_len, out),
	    LEAT_OK);
	ck_assert_int_eq(leat_keyed_interval(in->keyed, r->key, r->key_len,
			     &start, &end),
	    LEAT_OK);
	ck_assert(start == r->start && end == r->end);
	if (r->n_values > 1)
		ck_assert_int_eq(leat_keyed_partial(in->keyed, r->key,
				     r->key_len, &chain_class, &partial),
		    LEAT_OK);
	same_results(r, out, &partial);
	in->calls++;
	return 0;
}

START_TEST(a_query_in_emit_answers_for_the_window_that_is_told)
{
	leat_window_options o = by_count();
	struct inside in = { 0 };

	o.kind = LEAT_SLIDING + _i; /* applies to TUMBLING, HOPPING */
	o.hop = o.kind == LEAT_HOPPING ? 2 : 0;
	o.stats = mean_and_chain;
	o.n_stats = 2;
	o.sink.emit = compare_count;
	o.sink.ctx = &in;
	ck_assert_int_eq(leat_window_new(&in.window, &o), LEAT_OK);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(leat_window_push(in.window, i * i % 17),
		    LEAT_OK);
	ck_assert_int_gt(in.calls, 30);
	leat_window_free(in.window);
}
END_TEST

static leat_time_window_options told_by_time(int kind)
{
	leat_time_window_options o = { 0 };

	o.stats = mean_and_chain;
	o.n_stats = kind == LEAT_DECAY ? 1 : 2; /* DECAY takes no classes */
	o.delay = 7;
	o.allowed_lateness = 15;
	o.early_count = 3;
	set_kind(&o, kind, kind == LEAT_SESSION ? 4 : 10, 5, NULL);
	return o;
}

START_TEST(a_query_in_emit_by_time_answers_for_the_window_that_is_told)
{
	leat_time_window_options o = told_by_time(LEAT_SLIDING + _i);
	struct inside in = { 0 };
	struct rng r = rng_new(7 + (uint64_t)_i);

	o.sink.emit = compare_time;
	o.sink.ctx = &in;
	ck_assert_int_eq(leat_time_window_new(&in.time_window, &o), LEAT_OK);
	for (int i = 0; i < 600; i++) {
		int64_t t = i + (int64_t)rng_below(&r, 20) + (i % 50 ? 0 : 8);

		ck_assert_int_ge(leat_time_window_push(in.time_window, t,
				     rng_normal(&r)),
		    0);
	}
	ck_assert_int_eq(leat_time_window_advance(in.time_window,
			     LEAT_TIME_MAX),
	    LEAT_OK);
	ck_assert_int_gt(in.calls, 100);
	leat_time_window_free(in.time_window);
}
END_TEST

START_TEST(a_query_in_emit_by_key_answers_for_the_window_that_is_told)
{
	leat_time_window_options minutes = told_by_time(LEAT_SLIDING + _i);
	leat_keyed_options o = { 0 };
	struct inside in = { 0 };
	struct rng r = rng_new(70 + (uint64_t)_i);

	minutes.sink.emit = compare_keyed;
	minutes.sink.ctx = &in;
	o.by_time = &minutes;
	ck_assert_int_eq(leat_keyed_new(&in.keyed, &o), LEAT_OK);
	for (int i = 0; i < 900; i++) {
		char key = (char)('a' + rng_below(&r, 3));

		ck_assert_int_ge(leat_keyed_push(in.keyed, &key, 1,
				     i + (int64_t)rng_below(&r, 20),
				     rng_normal(&r)),
		    0);
	}
	ck_assert_int_eq(leat_keyed_advance(in.keyed, LEAT_TIME_MAX), LEAT_OK);
	ck_assert_int_gt(in.calls, 100);
	leat_keyed_free(in.keyed);
}
END_TEST

/* ---- A callback that fails ---- */

struct told {
	uint64_t n;
	double sum;
	int answer;
};

static int add_up(void *ctx, const leat_result *r)
{
	struct told *told = ctx;

	told->n++;
	told->sum += r->values[0] * (double)r->start;
	return told->answer;
}

/* With one sink failing each time and one never, all else is the same. */
START_TEST(a_sink_that_fails_is_heard_and_all_work_is_done)
{
	static const int answers[] = { 1, -1, LEAT_ENOMEM, INT_MAX, INT_MIN };
	leat_time_window_options o = told_by_time(LEAT_SLIDING + _i);
	struct told bad = { 0 }, good = { 0 };
	leat_time_window *w, *twin;
	struct rng r = rng_new(99);

	o.early_count = 0;
	o.n_stats = 1;
	o.sink.emit = add_up;
	o.sink.ctx = &bad;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	o.sink.ctx = &good;
	ck_assert_int_eq(leat_time_window_new(&twin, &o), LEAT_OK);
	for (int i = 0; i < 500; i++) {
		int64_t t = i + (int64_t)rng_below(&r, 40);
		double x = rng_normal(&r), a, b;
		uint64_t before = bad.n;

		bad.answer = answers[i % 5];
		int err = leat_time_window_push(w, t, x);
		int fine = leat_time_window_push(twin, t, x);
		ck_assert_int_eq(err, bad.n > before ? LEAT_ECALLBACK : fine);
		leat_time_window_query(w, &a);
		leat_time_window_query(twin, &b);
		ck_assert(same_bits(a, b) && bad.n == good.n);
		ck_assert(same_bits(bad.sum, good.sum));
	}
	ck_assert_int_eq(leat_time_window_advance(w, LEAT_TIME_MAX),
	    LEAT_ECALLBACK);
	ck_assert_int_eq(leat_time_window_advance(twin, LEAT_TIME_MAX),
	    LEAT_OK);
	ck_assert(bad.n == good.n && same_bits(bad.sum, good.sum));
	leat_time_window_free(w);
	leat_time_window_free(twin);
}
END_TEST

/* The failure says that its own event was not taken, so the next call does. */
START_TEST(a_sink_is_heard_where_a_later_event_of_the_same_call_fails)
{
	leat_time_window_options minutes = by_time();
	leat_keyed_options options = { .by_time = &minutes };
	leat_event e[3] = { { "a", 1, 0, 1, 0, 0, 0, 0 },
		{ "a", 1, 10, 1, 0, 0, 0, 0 }, { "a", 1, 20, 1, 0, 0, 7, 0 } };
	struct told told = { 0, 0, 1 };
	leat_time_window *w;
	leat_keyed *k;
	size_t taken = 0;

	minutes.sink.emit = add_up;
	minutes.sink.ctx = &told;
	ck_assert_int_eq(leat_time_window_new(&w, &minutes), LEAT_OK);
	ck_assert_int_eq(leat_keyed_new(&k, &options), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push_events(w, e, 3, &taken),
	    LEAT_ESOURCE);
	ck_assert(taken == 2 && told.n == 1);
	ck_assert_int_eq(leat_time_window_push(w, 11, 1), LEAT_ECALLBACK);
	ck_assert_int_eq(leat_time_window_push(w, 12, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_push_events(k, e, 3, &taken), LEAT_ESOURCE);
	ck_assert(taken == 2 && told.n == 2);
	ck_assert_int_eq(leat_keyed_push_xy(k, "a", 1, 11, 1, 1), LEAT_EPAIRS);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, 11, 1), LEAT_ECALLBACK);
	ck_assert_int_eq(leat_keyed_push(k, "a", 1, 12, 1), LEAT_OK);
	leat_time_window_free(w);
	leat_keyed_free(k);
}
END_TEST

START_TEST(a_sink_by_count_that_fails_is_heard_and_all_work_is_done)
{
	leat_window_options o = by_count();
	struct told told = { 0 };
	leat_window *w;
	double x[10] = { 0 }, out = 1;

	o.kind = LEAT_TUMBLING;
	o.sink.emit = add_up;
	o.sink.ctx = &told;
	told.answer = 5;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_window_push(w, 1), LEAT_OK);
	ck_assert_int_eq(leat_window_push(w, 2), LEAT_OK);
	ck_assert_int_eq(leat_window_push(w, 3), LEAT_ECALLBACK);
	leat_window_query(w, &out);
	ck_assert(same_bits(out, 2));
	/* the callback has returned */
	ck_assert_int_eq(leat_window_push(w, 4), LEAT_OK);
	ck_assert_int_eq(leat_window_push_many(w, x, NULL, 10, NULL),
	    LEAT_ECALLBACK);
	ck_assert_uint_eq(pushed_into(w), 14);
	ck_assert_uint_eq(told.n, 4);
	leat_window_free(w);
}
END_TEST

static int refuse_late(void *ctx, const leat_event *event)
{
	(void)event;
	++*(int *)ctx;
	return -7;
}

/* Too late and not heard of is worse than too late. */
START_TEST(a_callback_for_late_values_that_fails_is_heard)
{
	leat_time_window_options o = by_time();
	leat_counts counts;
	leat_time_window *w;
	int calls = 0;

	o.late.late = refuse_late;
	o.late.ctx = &calls;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, 100, 1), LEAT_OK);
	ck_assert_int_eq(leat_time_window_push(w, 5, 1), LEAT_ECALLBACK);
	ck_assert_int_eq(leat_time_window_push(w, 101, 1), LEAT_OK);
	leat_time_window_counts(w, &counts);
	ck_assert(calls == 1 && counts.late == 1 && counts.taken == 2);
	leat_time_window_free(w);
}
END_TEST

static int count_results(void *ctx, const leat_result *result)
{
	(void)result;
	++*(int *)ctx;
	return 1;
}

/* A key goes whatever its sink says; a visit ends with the first word. */
START_TEST(a_sink_of_keys_that_fails_is_heard_and_a_visit_ends)
{
	leat_time_window_options minutes = by_time();
	leat_keyed_options o = { 0 };
	leat_keyed *k;
	int dropped = 0, visited = 0;

	o.by_time = &minutes;
	o.ttl = 50;
	o.dropped.emit = count_results;
	o.dropped.ctx = &dropped;
	minutes.delay = 5;
	ck_assert_int_eq(leat_keyed_new(&k, &o), LEAT_OK);
	for (char key = 'a'; key <= 'e'; key++)
		ck_assert_int_eq(leat_keyed_push(k, &key, 1, 5, 1), LEAT_OK);
	ck_assert_int_eq(leat_keyed_each(k, count_results, &visited),
	    LEAT_ECALLBACK);
	ck_assert_int_eq(visited, 1);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 5);
	ck_assert_int_eq(leat_keyed_drop(k, "c", 1), LEAT_ECALLBACK);
	ck_assert_int_eq(dropped, 1);
	ck_assert_int_eq(leat_keyed_drop(k, "c", 1), LEAT_EKEY);
	ck_assert_uint_eq(leat_keyed_n_keys(k), 4);
	leat_keyed_free(k);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Values that are not taken                                          */
/* ------------------------------------------------------------------ */

/* if (push(...) < 0) die(): a stream that comes late kills nobody. */
START_TEST(a_value_that_is_not_taken_is_no_failure)
{
	leat_time_window_options o = by_time();
	leat_counts counts;
	leat_time_window *w;
	struct rng r = rng_new(3);
	uint64_t refused = 0;

	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	for (int i = 0; i < 2000; i++) {
		int err = leat_time_window_push(w,
		    i + (int64_t)rng_below(&r, 30), 1);

		ck_assert_int_ge(err, 0);
		ck_assert(err == LEAT_OK || err == LEAT_TOO_LATE);
		refused += err > 0;
	}
	leat_time_window_counts(w, &counts);
	ck_assert_uint_gt(refused, 100);
	ck_assert_uint_eq(counts.late, refused);
	ck_assert_uint_eq(counts.taken, 2000 - refused);
	/* A push that can never work is a failure, and is not counted. */
	ck_assert_int_lt(leat_time_window_push_xy(w, 5000, 1, 1), 0);
	leat_time_window_free(w);
}
END_TEST

START_TEST(a_sample_that_is_not_taken_is_no_failure)
{
	const double x[2] = { 1, INFINITY };
	leat_model_options o = { 0 };
	leat_model *m;

	o.n_features = 2;
	o.loss = LEAT_LOSS_LOGISTIC;
	ck_assert_int_eq(leat_model_new(&m, &o), LEAT_OK);
	ck_assert_int_eq(leat_model_learn(m, x, 1, NULL), LEAT_NOT_FINITE);
	ck_assert_int_gt(LEAT_NOT_FINITE, 0);
	ck_assert_uint_eq(refused_by(m), 1);
	ck_assert_uint_eq(learned_by(m), 0);
	leat_model_free(m);
}
END_TEST

/*
 * A NaN must not look like an alarm to `if (push())` or `if (answer.change)`.
 */
START_TEST(a_value_that_no_detector_takes_is_no_alarm)
{
	static const double bad[] = { NAN, INFINITY, -INFINITY };
	leat_drift_options o = { 0 };
	leat_drift_answer answer;
	leat_counts counts;
	leat_drift *d;

	o.kind = LEAT_DRIFT_PAGE_HINKLEY + _i;
	o.threshold = _i == LEAT_DRIFT_ADWIN ? 0 : 3;
	ck_assert_int_eq(leat_drift_new(&d, &o), LEAT_OK);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(leat_drift_push(d, i % 2, NULL), LEAT_OK);
	for (int i = 0; i < 3; i++) {
		memset(&answer, 0x5a, sizeof(answer));
		ck_assert_int_eq(leat_drift_push(d, bad[i], &answer),
		    LEAT_NOT_FINITE);
		ck_assert_int_eq(answer.change, LEAT_CHANGE_NONE);
	}
	leat_drift_counts(d, &counts);
	ck_assert(counts.taken == 100 && counts.refused == 3);
	leat_drift_free(d);
}
END_TEST

Suite *traps_suite(void)
{
	Suite *s = suite_create("traps");
	TCase *t = tcase_create("options");
	tcase_add_test(t, keyed_windows_are_by_time_or_by_count_and_not_both);
	tcase_add_test(t, when_full_is_of_values_and_when_keys_full_of_keys);
	tcase_add_test(t, an_option_that_would_have_no_effect_is_refused);
	tcase_add_test(t, with_what_it_needs_such_an_option_is_taken);
	tcase_add_test(t, a_kind_that_was_forgotten_is_refused_by_time);
	tcase_add_test(t,
	    an_epsilon_of_0_is_the_default_and_one_below_0_is_refused);
	tcase_add_test(t, the_seed_of_keys_changes_no_result);
	tcase_add_test(t, memory_that_grows_can_be_told);
	tcase_add_test(t,
	    max_skew_keeps_one_wrong_time_from_making_all_others_late);
	suite_add_tcase(s, t);
	t = tcase_create("objects");
	tcase_add_loop_test(t, what_is_not_made_is_null, 0, N_FAMILIES);
	tcase_add_loop_test(t, a_copy_that_is_not_made_is_null, 0, N_FAMILIES);
	tcase_add_loop_test(t, what_is_not_loaded_is_null, 0, N_FAMILIES);
	tcase_add_loop_test(t, to_save_into_no_memory_fails, 0, N_FAMILIES);
	suite_add_tcase(s, t);
	t = tcase_create("callbacks");
	tcase_add_test(t, no_window_can_be_pushed_into_while_it_tells);
	tcase_add_test(t, no_window_by_time_can_be_pushed_into_while_it_tells);
	tcase_add_test(t, no_keyed_window_can_be_pushed_into_while_it_tells);
	tcase_add_loop_test(t,
	    a_query_in_emit_answers_for_the_window_that_is_told, 0, 3);
	tcase_add_loop_test(t,
	    a_query_in_emit_by_time_answers_for_the_window_that_is_told, 0, 6);
	tcase_add_loop_test(t,
	    a_query_in_emit_by_key_answers_for_the_window_that_is_told, 0, 6);
	tcase_add_loop_test(t, a_sink_that_fails_is_heard_and_all_work_is_done,
	    0, 6);
	tcase_add_test(t,
	    a_sink_is_heard_where_a_later_event_of_the_same_call_fails);
	tcase_add_test(t,
	    a_sink_by_count_that_fails_is_heard_and_all_work_is_done);
	tcase_add_test(t, a_callback_for_late_values_that_fails_is_heard);
	tcase_add_test(t, a_sink_of_keys_that_fails_is_heard_and_a_visit_ends);
	suite_add_tcase(s, t);
	t = tcase_create("refusals");
	tcase_add_test(t, a_value_that_is_not_taken_is_no_failure);
	tcase_add_test(t, a_sample_that_is_not_taken_is_no_failure);
	tcase_add_loop_test(t, a_value_that_no_detector_takes_is_no_alarm, 0,
	    4);
	suite_add_tcase(s, t);
	return s;
}
