/*
 * Keyed windows against a model that keeps everything
 *
 * Random streams of up to sixteen keys, for tumbling, hopping and session
 * windows and all policies of keys: every line that is told, to the sink, to
 * `evicted` and to `late`, in the order it is told, is what the model says
 * (keyed_model.h). Counts, length, queries and the order of keys are looked
 * at after every push. Then what must not matter: the seed of the hash
 * function, many pushes at once, a copy in between.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "../src/key/keyed.h"
#include "data.h"
#include "keyed_model.h"
#include "suites.h"

static const leat_stat stats[MODEL_STATS] = { LEAT_MEAN, LEAT_COUNT, LEAT_MIN };

/* ---- Keys: of every length that is kept in another way ---- */

static const size_t lengths[MODEL_KEYS] = { 0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17,
	32, 100, 256, 257, 3000 };
static unsigned char texts[MODEL_KEYS][3000];

/* Zero bytes too, and long common beginnings. */
static void make_texts(void)
{
	for (unsigned i = 0; i < MODEL_KEYS; i++)
		for (size_t j = 0; j < lengths[i]; j++)
			texts[i][j] = j + 1 == lengths[i]
			    ? (unsigned char)i
			    : (unsigned char)(j % 7);
}

static unsigned key_of(const void *text, size_t len)
{
	for (unsigned i = 0; i < MODEL_KEYS; i++)
		if (lengths[i] == len &&
		    (len == 0 || memcmp(texts[i], text, len) == 0))
			return i;
	ck_abort_msg("a key of %u bytes that was not pushed", (unsigned)len);
	return 0;
}

/* ---- What the library tells ---- */

static void note(struct told_log *log, int who, const leat_result *r)
{
	struct told_line line = { who, key_of(r->key, r->key_len), r->start,
		r->end, { 0 }, r->revision, r->flags, r->watermark, r->count,
		r->missing };

	ck_assert_ptr_null(r->partials);

	ck_assert_uint_eq(r->n_values, MODEL_STATS);
	memcpy(line.v, r->values, sizeof(line.v));
	told_add(log, &line);
}

static int on_result(void *ctx, const leat_result *r)
{
	note(ctx, TOLD_RESULT, r);
	return 0;
}

static int on_evicted(void *ctx, const leat_result *r)
{
	note(ctx, TOLD_EVICTED, r);
	return 0;
}

static int on_late(void *ctx, const leat_event *e)
{
	struct told_line line = { TOLD_LATE, key_of(e->key, e->key_len), e->t,
		e->t, { e->x, 0, 0 }, 0, 0, 0, 0, 0 };

	told_add(ctx, &line);
	return 0;
}

static keyed_choice options_of(const struct model_rules *r,
    struct told_log *log)
{
	keyed_choice o;

	memset(&o, 0, sizeof(o));
	o.by_time.kind = r->kind;
	o.by_time.span = r->span;
	o.by_time.hop = r->advance;
	o.by_time.offset = r->offset;
	o.by_time.gap = r->gap;
	o.by_time.delay = r->delay;
	o.by_time.allowed_lateness = r->lateness;
	o.by_time.early_count = r->early_count;
	o.by_time.early_span = r->early_span;
	o.by_time.stats = stats;
	o.by_time.n_stats = MODEL_STATS;
	o.by_time.sink.emit = on_result;
	o.by_time.sink.ctx = log;
	o.by_time.late.late = on_late;
	o.by_time.late.ctx = log;
	o.ttl = r->ttl;
	o.max_keys = r->max_keys;
	o.when_keys_full = r->full;
	if (r->tells_evicted) {
		o.dropped.emit = on_evicted;
		o.dropped.ctx = log;
	}
	o.seed[0] = 1;
	return o;
}

/* ---- Random rules and streams ---- */

static int64_t one_of(struct rng *r, const int64_t *from, size_t n)
{
	return from[rng_below(r, n)];
}

#define ONE_OF(r, ...)                                                         \
	one_of(r, (const int64_t[]){ __VA_ARGS__ },                            \
	    sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t))

static struct model_rules random_rules(int kind, struct rng *r)
{
	struct model_rules rules;

	memset(&rules, 0, sizeof(rules));
	rules.kind = kind;
	rules.delay = ONE_OF(r, 0, 0, 5, 40);
	rules.ttl = ONE_OF(r, 0, 0, 1, 15, 100);
	rules.max_keys = (uint64_t)ONE_OF(r, 0, 0, 1, 3, 8);
	rules.full = (int)ONE_OF(r, LEAT_WHEN_FULL_REFUSE,
	    LEAT_WHEN_FULL_EVICT_OLD);
	rules.tells_evicted = rng_below(r, 4) > 0;
	if (kind == LEAT_SESSION) {
		rules.gap = ONE_OF(r, 1, 4, 20);
		return rules;
	}
	rules.span = ONE_OF(r, 1, 10, 24);
	rules.offset = ONE_OF(r, 0, 0, 3, -7);
	if (kind == LEAT_HOPPING)
		rules.advance = ONE_OF(r, 1, 5, 8, 10, 30);
	rules.lateness = ONE_OF(r, 0, 0, 12, 50);
	rules.early_count = (uint64_t)ONE_OF(r, 0, 0, 0, 1, 3);
	rules.early_span = ONE_OF(r, 0, 0, 0, 7, 50);
	return rules;
}

struct stream {
	struct rng rng;
	unsigned n_keys;
	int64_t t, step, disorder;
};

static struct stream random_stream(struct rng r)
{
	struct stream s = { r, 0, 0, 0, 0 };

	s.n_keys = 1 + (unsigned)rng_below(&s.rng, MODEL_KEYS);
	s.t = ONE_OF(&s.rng, -500, 0, 1000000);
	s.step = ONE_OF(&s.rng, 1, 3, 10);
	s.disorder = ONE_OF(&s.rng, 0, 5, 60);
	return s;
}

static leat_event next_event(struct stream *s, unsigned *key)
{
	struct rng *r = &s->rng;
	leat_event e = { NULL, 0, 0, 0, 0, 0, 0, 0 };

	s->t += (int64_t)rng_below(r, (uint64_t)s->step + 1);
	if (rng_below(r, 60) == 0)
		s->t += 200;
	/* Some keys are much more frequent than others. */
	*key = (unsigned)rng_below(r, rng_below(r, s->n_keys) + 1);
	e.key = texts[*key];
	e.key_len = lengths[*key];
	e.t = s->t - (int64_t)rng_below(r, (uint64_t)s->disorder + 1);
	e.x = rng_below(r, 20) ? (double)rng_below(r, 2001) - 1000 : NAN;
	return e;
}

/* ---- One trial ---- */

struct trial {
	uint64_t seed;
	size_t step;
	struct model_rules rules;
	struct keyed_model model;
	struct told_log log;
	leat_keyed *k;
};

/* Prints everything needed to reproduce a failure. */
static void describe(const struct trial *t, const char *what)
{
	const struct model_rules *r = &t->rules;

	ck_abort_msg("%s: seed %llu, step %zu: kind %d, span %lld, advance "
		     "%lld, offset %lld, gap %lld, delay %lld, lateness %lld, "
		     "ttl %lld, early %llu/%lld, max_keys %llu, full %d",
	    what, (unsigned long long)t->seed, t->step, r->kind,
	    (long long)r->span, (long long)r->advance, (long long)r->offset,
	    (long long)r->gap, (long long)r->delay, (long long)r->lateness,
	    (long long)r->ttl, (unsigned long long)r->early_count,
	    (long long)r->early_span, (unsigned long long)r->max_keys, r->full);
}

static void compare_lines(const struct trial *t, size_t i)
{
	const struct told_line *a = &t->model.log.lines[i],
			       *b = &t->log.lines[i];

	if (told_same(a, b))
		return;
	fprintf(stderr,
	    "line %zu: expected who %d key %u [%lld,%lld) %g %g %g rev %llu "
	    "flags %d\n  got who %d key %u [%lld,%lld) %g %g %g rev %llu "
	    "flags %d\n",
	    i, a->who, a->key, (long long)a->start, (long long)a->end, a->v[0],
	    a->v[1], a->v[2], (unsigned long long)a->revision, a->flags, b->who,
	    b->key, (long long)b->start, (long long)b->end, b->v[0], b->v[1],
	    b->v[2], (unsigned long long)b->revision, b->flags);
	describe(t, "told something else");
}

static void compare_told(const struct trial *t, size_t from)
{
	size_t n = t->model.log.n < t->log.n ? t->model.log.n : t->log.n;

	for (size_t i = from; i < n; i++)
		compare_lines(t, i);
	if (t->model.log.n != t->log.n) {
		fprintf(stderr, "expected %zu lines, got %zu\n", t->model.log.n,
		    t->log.n);
		describe(t, "told more or less");
	}
}

static void compare_counts(const struct trial *t)
{
	const leat_counts *a = &t->model.counts;
	leat_counts b;

	leat_keyed_counts(t->k, &b);
	if (a->pushed != b.pushed || a->taken != b.taken ||
	    a->missing != b.missing || a->late != b.late ||
	    a->refused != b.refused || a->in_no_window != b.in_no_window ||
	    b.evicted != 0 || b.stored != 0)
		describe(t, "counts");
	if (leat_keyed_n_keys(t->k) != keyed_model_length(&t->model))
		describe(t, "length");
	if (leat_keyed_now(t->k) != t->model.now)
		describe(t, "now");
	if (leat_keyed_watermark(t->k) != t->model.watermark)
		describe(t, "watermark");
}

static void compare_query(struct trial *t, unsigned key)
{
	double a[MODEL_STATS] = { 0 }, b[MODEL_STATS] = { 0 };
	int64_t start = -7, end = -7, from = -7, to = -7;
	int err = leat_keyed_query(t->k, texts[key], lengths[key], b);

	if (err != keyed_model_query(&t->model, key, a, &start, &end))
		describe(t, "query's code");
	if (leat_keyed_interval(t->k, texts[key], lengths[key], &from, &to) !=
		err ||
	    from != start || to != end)
		describe(t, "interval");
	for (int i = 0; err == LEAT_OK && i < MODEL_STATS; i++)
		if (!same_bits(a[i], b[i]))
			describe(t, "query");
}

struct walk {
	struct trial *trial;
	uint64_t seen;
	size_t n;
};

static int walk_key(void *ctx, const leat_result *r)
{
	struct walk *w = ctx;
	unsigned key = key_of(r->key, r->key_len);
	double v[MODEL_STATS];
	int64_t start, end;

	if (keyed_model_query(&w->trial->model, key, v, &start, &end) ||
	    r->start != start || r->end != end ||
	    r->watermark != w->trial->model.watermark ||
	    r->count != (uint64_t)v[1] ||
	    w->trial->model.keys[key].seen <= w->seen)
		describe(w->trial, "order of keys");
	for (int i = 0; i < MODEL_STATS; i++)
		if (!same_bits(v[i], r->values[i]))
			describe(w->trial, "value of a key");
	w->seen = w->trial->model.keys[key].seen;
	w->n++;
	return 0;
}

static void compare_each(struct trial *t)
{
	struct walk w = { t, 0, 0 };

	ck_assert_int_eq(leat_keyed_each(t->k, walk_key, &w), 0);
	if (w.n != keyed_model_length(&t->model))
		describe(t, "number of keys");
}

static void trial_open(struct trial *t, int kind, uint64_t seed)
{
	struct rng r = rng_new(seed * 31 + (uint64_t)kind);
	keyed_choice o;

	memset(t, 0, sizeof(*t));
	t->seed = seed;
	t->rules = random_rules(kind, &r);
	keyed_model_open(&t->model, &t->rules);
	o = options_of(&t->rules, &t->log);
	o.seed[1] = rng_next(&r);
	ck_assert_int_eq(keyed_choice_new(&t->k, &o), LEAT_OK);
}

static void trial_close(struct trial *t)
{
	leat_keyed_free(t->k);
	keyed_model_close(&t->model);
	told_free(&t->log);
}

static void trial_step(struct trial *t, struct stream *s)
{
	unsigned key;
	leat_event e = next_event(s, &key);
	size_t told = t->log.n;
	int expected = keyed_model_push(&t->model, key, e.t, e.x);

	if (leat_keyed_push(t->k, e.key, e.key_len, e.t, e.x) != expected)
		describe(t, "push's code");
	if (rng_below(&s->rng, 40) == 0) {
		keyed_model_advance(&t->model, s->t);
		ck_assert_int_eq(leat_keyed_advance(t->k, s->t), LEAT_OK);
	}
	if (rng_below(&s->rng, 40) == 0) {
		keyed_model_flush(&t->model);
		ck_assert_int_eq(leat_keyed_flush(t->k), LEAT_OK);
	}
	if (rng_below(&s->rng, 40) == 0) {
		expected = keyed_model_drop(&t->model, key);
		if (leat_keyed_drop(t->k, e.key, e.key_len) != expected)
			describe(t, "drop's code");
	}
	compare_told(t, told);
	compare_counts(t);
	compare_query(t, (unsigned)rng_below(&s->rng, s->n_keys));
	if (t->step % 16 == 0)
		compare_each(t);
}

static void trial_end(struct trial *t)
{
	size_t told = t->log.n;

	keyed_model_advance(&t->model, LEAT_TIME_MAX);
	ck_assert_int_eq(leat_keyed_advance(t->k, LEAT_TIME_MAX), LEAT_OK);
	compare_told(t, told);
	/* Every value is late now. */
	for (unsigned key = 0; key < MODEL_KEYS; key++)
		if (leat_keyed_push(t->k, texts[key], lengths[key], 0, 1) !=
		    keyed_model_push(&t->model, key, 0, 1))
			describe(t, "push's code after the end");
	compare_told(t, told);
	compare_counts(t);
}

static void play(int kind, uint64_t seed, size_t steps)
{
	struct trial t;
	struct stream s = random_stream(rng_new(seed));

	trial_open(&t, kind, seed);
	for (t.step = 0; t.step < steps; t.step++)
		trial_step(&t, &s);
	trial_end(&t);
	trial_close(&t);
}

static const int kinds[] = { LEAT_TUMBLING, LEAT_HOPPING, LEAT_SESSION };

START_TEST(all_that_is_told_is_what_the_model_tells)
{
	uint64_t seeds = short_run() ? 10 : 300;

	make_texts();
	for (uint64_t seed = 1; seed <= seeds; seed++)
		play(kinds[_i], seed, 300);
}
END_TEST

/* ------------------------------------------------------------------ */
/* Things that must not matter                                        */
/* ------------------------------------------------------------------ */

/* Rules that refuse in every way there is, and data of any bits. */
static keyed_choice strict_options(uint64_t seed, struct told_log *log)
{
	struct rng r = rng_new(seed);
	struct model_rules rules = random_rules(kinds[seed % 3], &r);
	keyed_choice o = options_of(&rules, log);

	o.by_time.max_skew = 150;
	o.by_time.n_sources = 1 + (uint32_t)rng_below(&r, 2);
	o.by_time.idle_timeout = 100;
	return o;
}

static leat_event strict_event(struct stream *s)
{
	static const char long_key[LEAT_KEY_MAX + 1];
	unsigned key;
	leat_event e = next_event(s, &key);

	e.x = rng_normal(&s->rng);
	e.y = NAN; /* nobody looks at it */
	switch (rng_below(&s->rng, 30)) {
	case 0:
		e.t = LEAT_TIME_MAX;
		break;
	case 1:
		e.t += 100000;
		break;
	case 2:
		e.source = (uint32_t)rng_below(&s->rng, 4);
		break;
	case 3:
		e.key = long_key;
		e.key_len = sizeof(long_key);
	}
	return e;
}

static void same_logs(const struct told_log *a, size_t from_a,
    const struct told_log *b, size_t from_b, uint64_t seed)
{
	ck_assert_msg(a->n - from_a == b->n - from_b,
	    "seed %llu: %zu lines and %zu", (unsigned long long)seed,
	    a->n - from_a, b->n - from_b);
	for (size_t i = 0; i < a->n - from_a; i++)
		ck_assert_msg(told_same(&a->lines[from_a + i],
				  &b->lines[from_b + i]),
		    "seed %llu: line %zu", (unsigned long long)seed, i);
}

static void same_objects(leat_keyed *a, leat_keyed *b, uint64_t seed)
{
	leat_counts c, d;

	leat_keyed_counts(a, &c);
	leat_keyed_counts(b, &d);
	ck_assert_msg(memcmp(&c, &d, sizeof(c)) == 0, "seed %llu: counts",
	    (unsigned long long)seed);
	ck_assert_uint_eq(leat_keyed_n_keys(a), leat_keyed_n_keys(b));
	ck_assert_int_eq(leat_keyed_now(a), leat_keyed_now(b));
	ck_assert_int_eq(leat_keyed_watermark(a), leat_keyed_watermark(b));
	for (unsigned i = 0; i < MODEL_KEYS; i++) {
		double v[MODEL_STATS] = { 0 }, w[MODEL_STATS] = { 0 };
		ck_assert_int_eq(leat_keyed_query(a, texts[i], lengths[i], v),
		    leat_keyed_query(b, texts[i], lengths[i], w));
		for (int j = 0; j < MODEL_STATS; j++)
			ck_assert_msg(same_bits(v[j], w[j]), "seed %llu: query",
			    (unsigned long long)seed);
	}
}

enum { EVENTS = 500 };

static void push_in_pieces(leat_keyed *one, leat_keyed *many,
    const leat_event *e, struct rng *r)
{
	size_t done = 0;

	while (done < EVENTS) {
		size_t n = (size_t)rng_below(r, 100);
		size_t taken = 0, n_taken = SIZE_MAX;
		int first = 0;
		if (n > EVENTS - done)
			n = EVENTS - done;
		for (size_t i = 0; i < n; i++) {
			int err = leat_keyed_push_events(one, &e[done + i], 1,
			    NULL);
			taken += err == LEAT_OK;
			if (err && (!first || err < 0))
				first = err;
			if (err < 0) /* the last one that is tried */
				n = i + 1;
		}
		ck_assert_int_eq(leat_keyed_push_events(many, e + done, n,
				     &n_taken),
		    first);
		ck_assert_uint_eq(n_taken, taken);
		done += n;
	}
}

START_TEST(many_pushes_are_as_many_single_ones)
{
	uint64_t seeds = short_run() ? 6 : 150;
	static leat_event e[EVENTS];

	make_texts();
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct told_log a = { 0 }, b = { 0 };
		struct stream s = random_stream(rng_new(seed));
		keyed_choice o = strict_options(seed, &a);
		leat_keyed *one, *many;

		ck_assert_int_eq(keyed_choice_new(&one, &o), LEAT_OK);
		o = strict_options(seed, &b);
		ck_assert_int_eq(keyed_choice_new(&many, &o), LEAT_OK);
		for (size_t i = 0; i < EVENTS; i++)
			e[i] = strict_event(&s);
		push_in_pieces(one, many, e, &s.rng);
		same_logs(&a, 0, &b, 0, seed);
		same_objects(one, many, seed);
		ck_assert_uint_eq(leat_keyed_bytes(one),
		    leat_keyed_bytes(many));
		leat_keyed_free(one);
		leat_keyed_free(many);
		told_free(&a);
		told_free(&b);
	}
}
END_TEST

static void push_all(leat_keyed *k, const leat_event *e, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)leat_keyed_push_events(k, &e[i], 1, NULL);
	(void)leat_keyed_advance(k, LEAT_TIME_MAX);
}

START_TEST(a_copy_goes_on_like_the_original)
{
	uint64_t seeds = short_run() ? 6 : 150;
	static leat_event e[EVENTS];

	make_texts();
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct told_log log = { 0 };
		struct stream s = random_stream(rng_new(seed + 1000));
		keyed_choice o = strict_options(seed, &log);
		leat_keyed *k, *copy;
		size_t half = (size_t)rng_below(&s.rng, EVENTS), begin, end;

		ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
		for (size_t i = 0; i < EVENTS; i++)
			e[i] = strict_event(&s);
		for (size_t i = 0; i < half; i++)
			(void)leat_keyed_push_events(k, &e[i], 1, NULL);
		begin = log.n;
		ck_assert_int_eq(leat_keyed_copy(k, NULL, &copy), LEAT_OK);
		ck_assert_uint_eq(log.n, begin);
		same_objects(k, copy, seed);
		push_all(k, e + half, EVENTS - half);
		end = log.n;
		leat_keyed_free(k);
		push_all(copy, e + half, EVENTS - half);
		struct told_log first = { log.lines, end, 0 };
		same_logs(&first, begin, &log, end, seed);
		leat_keyed_free(copy);
		told_free(&log);
	}
}
END_TEST

Suite *keyed_suite(void)
{
	Suite *s = suite_create("keyed");
	TCase *t = tcase_create("model");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, all_that_is_told_is_what_the_model_tells, 0, 3);
	tcase_add_test(t, many_pushes_are_as_many_single_ones);
	tcase_add_test(t, a_copy_goes_on_like_the_original);
	suite_add_tcase(s, t);
	return s;
}
