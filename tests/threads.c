/*
 * Two threads that look at one object at once: all that takes an object as
 * const.
 *
 * Each object is asked everything by this thread first, and then by two at
 * once, whose answers must be the same. Built with -fsanitize=thread, which
 * knows that nothing keeps the two apart, a write into the object that both
 * make is found, whether or not anything came of it; check_threads.sh does
 * that, and sees that no function of the header is left out here. With the
 * word "write" both do write, which must be found.
 */
#include <leat.h>
#include <leat_text.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"

enum { ROUNDS = 5, MOST_STATS = 40, FEATURES = 5 };

static void must(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "threads: %s\n", what);
	exit(1);
}

/* ---- What has been answered, as one number ---- */

static void note(uint64_t *seen, uint64_t x)
{
	*seen = (*seen ^ x) * 0x9E3779B97F4A7C15u;
	*seen ^= *seen >> 29;
}

static void note_doubles(uint64_t *seen, const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t bits;
		memcpy(&bits, &x[i], sizeof(bits));
		note(seen, x[i] != x[i] ? 1 : bits);
	}
}

static void note_bytes(uint64_t *seen, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		note(seen, ((const unsigned char *)p)[i]);
}

/* ---- Classes of the user's, of different sizes ---- */

/* Maps z -> a z + b, one after the other; the rest of a partial is filled. */
struct chain {
	uint64_t a, b;
};

static size_t chain_size(const void *ctx)
{
	return *(const size_t *)ctx;
}

static void chain_identity(void *ctx, void *partial)
{
	struct chain *c = partial;

	memset(partial, 7, chain_size(ctx));
	c->a = 1;
	c->b = 0;
}

static void chain_lift(void *ctx, void *partial, const leat_sample *s)
{
	struct chain *c = partial;

	chain_identity(ctx, partial);
	memcpy(&c->a, &s->x, sizeof(c->a));
	c->a |= 1;
	c->b = (uint64_t)s->t;
}

static void chain_combine(void *ctx, void *left, const void *right)
{
	struct chain *l = left;
	const struct chain *r = right;
	size_t last = chain_size(ctx) - 1;

	l->b = r->a * l->b + r->b;
	l->a *= r->a;
	if (last >= sizeof(*l))
		((unsigned char *)left)[last] =
		    ((const unsigned char *)right)[last];
}

static double chain_lower(void *ctx, const void *partial, const leat_stat *stat)
{
	const struct chain *c = partial;

	(void)ctx;
	return (double)(c->a >> 12) + (double)(c->b >> 12) + stat->arg;
}

static size_t chain_save(void *ctx, const void *partial, unsigned char *bytes)
{
	const struct chain *c = partial;

	memset(bytes, 7, chain_size(ctx));
	leat_put_uint64(bytes, c->a);
	leat_put_uint64(bytes + 8, c->b);
	return chain_size(ctx);
}

static int chain_load(void *ctx, void *partial, const unsigned char *bytes,
    size_t n_bytes)
{
	struct chain *c = partial;

	chain_identity(ctx, partial);
	c->a = leat_get_uint64(bytes);
	c->b = leat_get_uint64(bytes + 8);
	return n_bytes != chain_size(ctx);
}

static size_t small_size = 16, large_size = 3000, huge_size = 65536;

#define CLASS(of, any_order)                                                   \
	{                                                                      \
		.name = #of, .size = (of), .ctx = &of##_size,                  \
		.identity = chain_identity, .lift = chain_lift,                \
		.combine = chain_combine, .lower = chain_lower,                \
		.commutative = (any_order), .saved_size = (of),                \
		.save = chain_save, .load = chain_load                         \
	}
enum { small = 16, large = 3000, huge = 65536 };
static const leat_agg small_class = CLASS(small, 0);
static const leat_agg large_class = CLASS(large, 1);
static const leat_agg huge_class = CLASS(huge, 1);
static const leat_agg *const classes[] = { &small_class, &large_class,
	&huge_class };

/* ---- What is asked for ---- */

static const leat_stat stats_sum[] = { LEAT_SUM };
static const leat_stat stats_spread[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_MIN,
	LEAT_MAX };
static const leat_stat stats_all[] = { LEAT_COUNT, LEAT_COUNT_MISSING, LEAT_SUM,
	LEAT_VARIANCE, LEAT_KURTOSIS, LEAT_ZSCORE, LEAT_MIN, LEAT_RANGE,
	LEAT_ARGMIN, LEAT_ARGMAX, LEAT_FIRST, LEAT_LAST, LEAT_PRODUCT,
	LEAT_RMS };
static const leat_stat stats_pairs[] = { LEAT_CORRELATION, LEAT_INTERCEPT,
	LEAT_LAST, LEAT_COUNT };
static const leat_stat stats_errors[] = { LEAT_MAE, LEAT_RMSE, LEAT_R2,
	LEAT_BIAS, LEAT_LOG_LOSS, LEAT_ACCURACY, LEAT_COVERAGE };
static const leat_stat stats_auc[] = { LEAT_AUC, LEAT_BIAS };
static const leat_stat stats_order[] = { LEAT_INCREASE, LEAT_RATE,
	LEAT_TIME_MEAN, LEAT_TIME_MEAN_LINEAR, LEAT_COUNT };
static const leat_stat stats_decay[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_ZSCORE };
static const leat_stat stats_own[] = { LEAT_AGG(&small_class, 1.0), LEAT_SUM,
	LEAT_AGG(&small_class, 2.0) };
static const leat_stat stats_large[] = { LEAT_AGG(&large_class, 1.0),
	LEAT_STDDEV, LEAT_AGG(&huge_class, 2.0) };

#define STATS(of)                                                              \
	{                                                                      \
#of, stats_##of, sizeof(stats_##of) / sizeof(leat_stat)        \
	}
static const struct asked {
	const char *name;
	const leat_stat *stats;
	size_t n;
} asked[] = { STATS(sum), STATS(spread), STATS(all), STATS(pairs),
	STATS(errors), STATS(auc), STATS(order), STATS(decay), STATS(own),
	STATS(large) };

static int has_pairs(const struct asked *a)
{
	return leat_stat_pairs(&a->stats[0]);
}

/* ---- Two threads ---- */

static size_t n_objects;

struct looker {
	uint64_t (*look)(const void *object);
	const void *object;
	uint64_t answer;
	int differs;
};

static void *run_looker(void *arg)
{
	struct looker *l = arg;

	for (int i = 0; i < ROUNDS; i++)
		l->differs |= l->look(l->object) != l->answer;
	return NULL;
}

static void look_twice(uint64_t (*look)(const void *), const void *object,
    const char *name)
{
	struct looker one = { look, object, look(object), 0 }, two = one;
	pthread_t a, b;

	must(!pthread_create(&a, NULL, run_looker, &one), "no thread");
	must(!pthread_create(&b, NULL, run_looker, &two), "no thread");
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	must(!one.differs && !two.differs, name);
	n_objects++;
}

/* A save of any object, counted first. Classes without save have none. */
#define NOTE_SAVE(seen, save, object)                                          \
	do {                                                                   \
		leat_writer out_ = { 0 };                                      \
		note(seen, (uint64_t)save(object, &out_));                     \
		out_.capacity = (size_t)out_.n_bytes;                          \
		out_.bytes = malloc(out_.capacity + 1);                        \
		must(out_.bytes != NULL, "no memory");                         \
		note(seen, (uint64_t)save(object, &out_));                     \
		note_bytes(seen, out_.bytes, (size_t)out_.n_bytes);            \
		free(out_.bytes);                                              \
	} while (0)

static double value(int i)
{
	if (i % 7 == 5)
		return NAN;
	return (double)((i * 37) % 101) - 20 + (i == 400 ? HUGE_VAL : 0);
}

/* ---- Windows by count ---- */

/* statistics of the current object; no looker sets it */
static size_t window_stats;

static void note_partials(uint64_t *seen, const void *w,
    int (*partial)(const void *w, const leat_agg *agg, void *out))
{
	unsigned char *p = malloc(huge + 1);

	must(p != NULL, "no memory");
	for (size_t i = 0; i < 3; i++)
		if (partial(w, classes[i], p) == LEAT_OK)
			note_bytes(seen, p, classes[i]->size);
	free(p);
}

static int window_partial(const void *w, const leat_agg *agg, void *out)
{
	return leat_window_partial(w, agg, out);
}

static uint64_t look_at_window(const void *object)
{
	const leat_window *w = object;
	double out[MOST_STATS], x[4];
	uint64_t seen = 0;
	leat_counts counts;
	leat_window *copy;

	leat_window_query(w, out);
	note_doubles(&seen, out, window_stats);
	leat_window_counts(w, &counts);
	note(&seen, counts.pushed);
	note(&seen, leat_window_length(w));
	if (leat_window_read(w, 0, 3, x, NULL) == LEAT_OK)
		note_doubles(&seen, x, 3);
	note_partials(&seen, w, window_partial);
	NOTE_SAVE(&seen, leat_window_save, w);
	must(!leat_window_copy(w, NULL, &copy), "no copy");
	if (leat_window_merge(copy, w) == LEAT_OK) {
		leat_window_query(copy, out);
		note_doubles(&seen, out, window_stats);
	}
	leat_window_free(copy);
	return seen;
}

static void try_window(int kind, const struct asked *a, int n)
{
	leat_window_options o = { 0 };
	leat_window *w;

	o.kind = kind;
	o.size = kind == LEAT_LANDMARK || kind == LEAT_DECAY ? 0 : 20;
	o.hop = kind == LEAT_HOPPING ? 3 : 0;
	o.alpha = kind == LEAT_DECAY ? 0.25 : 0;
	o.keep_values = kind == LEAT_TUMBLING;
	o.stats = a->stats;
	o.n_stats = window_stats = a->n;
	if (leat_window_check(&o, NULL, NULL) < 0)
		return;
	must(!leat_window_new(&w, &o), "no window");
	for (int i = 0; i < n; i++)
		if (has_pairs(a))
			leat_window_push_xy(w, value(i), value(3 * i));
		else
			leat_window_push(w, value(i));
	look_twice(look_at_window, w, a->name);
	leat_window_free(w);
}

/* ---- Windows by time ---- */

static int time_partial(const void *w, const leat_agg *agg, void *out)
{
	return leat_time_window_partial(w, agg, out);
}

static uint64_t look_at_time_window(const void *object)
{
	const leat_time_window *w = object;
	double out[MOST_STATS];
	uint64_t seen = 0;
	int64_t start, end, t[3];
	leat_counts counts;
	leat_time_window *copy;

	leat_time_window_query(w, out);
	note_doubles(&seen, out, window_stats);
	leat_time_window_interval(w, &start, &end);
	note(&seen, (uint64_t)start);
	note(&seen, (uint64_t)end);
	note(&seen, (uint64_t)leat_time_window_now(w));
	note(&seen, (uint64_t)leat_time_window_watermark(w));
	leat_time_window_counts(w, &counts);
	note(&seen, counts.taken);
	note(&seen, counts.stored);
	note(&seen, leat_time_window_bytes(w));
	if (leat_time_window_read(w, 0, 3, t, out, NULL) == LEAT_OK)
		note_doubles(&seen, out, 3);
	note_partials(&seen, w, time_partial);
	NOTE_SAVE(&seen, leat_time_window_save, w);
	must(!leat_time_window_copy(w, NULL, &copy), "no copy");
	if (leat_time_window_merge(copy, w) == LEAT_OK) {
		leat_time_window_query(copy, out);
		note_doubles(&seen, out, window_stats);
	}
	leat_time_window_free(copy);
	return seen;
}

static void tens(void *ctx, int64_t t, int64_t *start_out, int64_t *end_out)
{
	(void)ctx;
	*start_out = t - t % 10;
	*end_out = *start_out + 10;
}

static leat_time_window_options time_options(int kind, const struct asked *a)
{
	leat_time_window_options o = { 0 };

	set_kind(&o, kind, 60, 9, tens);
	if (kind == LEAT_DECAY)
		o.half_life = 5;
	o.delay = 20;
	o.stats = a->stats;
	o.n_stats = window_stats = a->n;
	return o;
}

static void try_time_window(int kind, const struct asked *a, int n, int step)
{
	leat_time_window_options o = time_options(kind, a);
	leat_time_window *w;

	if (leat_time_window_check(&o, NULL, NULL) < 0)
		return;
	must(!leat_time_window_new(&w, &o), "no window by time");
	for (int i = 0; i < n; i++) {
		int64_t t = i * step - i % 5;
		if (has_pairs(a))
			leat_time_window_push_xy(w, t, value(i), value(3 * i));
		else
			leat_time_window_push(w, t, value(i));
	}
	look_twice(look_at_time_window, w, a->name);
	leat_time_window_free(w);
}

/* ---- Keyed windows: of these nothing but time is asked for as const ---- */

static uint64_t look_at_keyed(const void *object)
{
	const leat_keyed *k = object;
	uint64_t seen = 0;

	note(&seen, (uint64_t)leat_keyed_now(k));
	note(&seen, (uint64_t)leat_keyed_watermark(k));
	return seen;
}

static void try_keyed(void)
{
	leat_time_window_options o = time_options(LEAT_TUMBLING, &asked[0]);
	leat_keyed_options options = { 0 };
	leat_keyed *k;

	options.by_time = &o;
	must(!leat_keyed_new(&k, &options), "no keyed window");
	for (int i = 0; i < 500; i++)
		leat_keyed_push(k, &"abcdefgh"[i % 8], 1, i, value(i));
	look_twice(look_at_keyed, k, "keyed");
	leat_keyed_free(k);
}

/* ---- Models ---- */

static uint64_t look_at_model(const void *object)
{
	static const double x[FEATURES] = { 1, -2, 0.5, 0, 3 };
	static const uint32_t index[] = { 0, 2, 4 };
	static const double sparse[] = { 1, 2, 3 };
	const leat_model *m = object;
	double out[FEATURES + 4];
	uint64_t seen = 0;
	leat_counts counts;
	leat_model *copy;

	out[0] = leat_model_predict(m, x);
	out[1] = leat_model_score(m, x);
	out[2] = leat_model_predict_sparse(m, index, sparse, 3);
	leat_model_coefficients(m, out + 3, out + 3 + FEATURES);
	note_doubles(&seen, out, FEATURES + 4);
	leat_model_counts(m, &counts);
	note(&seen, counts.taken);
	note(&seen, counts.refused);
	NOTE_SAVE(&seen, leat_model_save, m);
	must(!leat_model_copy(m, NULL, &copy), "no copy");
	out[0] = leat_model_predict(copy, x);
	note_doubles(&seen, out, 1);
	leat_model_free(copy);
	return seen;
}

static void try_model(int update, int average, int standardise)
{
	leat_model_options o = { 0 };
	double x[FEATURES];
	leat_model *m;

	o.n_features = FEATURES;
	o.update = update;
	o.average = average;
	o.standardise = standardise;
	if (!update_takes_loss(update, LEAT_LOSS_SQUARED))
		o.loss = LEAT_LOSS_EPSILON;
	must(!leat_model_new(&m, &o), "no model");
	for (int i = 0; i < 200; i++) {
		for (int k = 0; k < FEATURES; k++)
			x[k] = (double)((i * (k + 3)) % 11) / 4;
		leat_model_learn(m, x, x[0] - 2 * x[1] + 1, NULL);
	}
	look_twice(look_at_model, m, "model");
	leat_model_free(m);
}

/* ---- Drift ---- */

static uint64_t look_at_drift(const void *object)
{
	const leat_drift *d = object;
	uint64_t seen = 0;
	double mean = leat_drift_mean(d);
	leat_counts counts;
	leat_drift *copy;

	note_doubles(&seen, &mean, 1);
	note(&seen, leat_drift_width(d));
	leat_drift_counts(d, &counts);
	note(&seen, counts.pushed);
	note(&seen, counts.refused);
	NOTE_SAVE(&seen, leat_drift_save, d);
	must(!leat_drift_copy(d, NULL, &copy), "no copy");
	note(&seen, leat_drift_width(copy));
	leat_drift_free(copy);
	return seen;
}

static void try_drift(int kind, uint64_t size)
{
	leat_drift_options o = { 0 };
	leat_drift *d;

	o.kind = kind;
	o.threshold = drift_thresholds[kind];
	o.size = size;
	must(!leat_drift_new(&d, &o), "no drift");
	for (int i = 0; i < 700; i++)
		leat_drift_push(d, (double)(i * 37 % 101) / 101, NULL);
	look_twice(look_at_drift, d, "drift");
	leat_drift_free(d);
}

/* ---- CSV ---- */

static uint64_t look_at_csv(const void *object)
{
	const leat_csv *c = object;
	const leat_csv_record *last = leat_csv_last(c);
	uint64_t seen = 0;

	note(&seen, leat_csv_offset(c));
	note(&seen, last->n_fields);
	return seen;
}

static int on_record(void *ctx, const leat_csv_record *record)
{
	(void)ctx;
	(void)record;
	return 0;
}

static void try_csv(void)
{
	leat_csv_options o = { 0 };
	leat_csv *c;

	o.record = on_record;
	must(!leat_csv_new(&c, &o), "no CSV reader");
	must(!leat_csv_push(c, "a,b\n1,2\n3", 9), "no CSV");
	look_twice(look_at_csv, c, "csv");
	leat_csv_free(c);
}

/* ---- A write, as a wrong function that looks would make it ---- */

static uint64_t look_and_write(const void *object)
{
	leat_window_reset((leat_window *)(uintptr_t)object);
	return 0;
}

static void try_write(void)
{
	leat_window_options o = { 0 };
	leat_window *w;

	o.size = 20;
	o.stats = stats_sum;
	o.n_stats = 1;
	must(!leat_window_new(&w, &o), "no window");
	look_twice(look_and_write, w, "write");
	leat_window_free(w);
}

int main(int argc, char **argv)
{
	static const int lengths[] = { 0, 3, 37, 1000 };

	if (argc > 1 && strcmp(argv[1], "write") == 0) {
		try_write();
		return 0;
	}
	for (size_t a = 0; a < sizeof(asked) / sizeof(asked[0]); a++)
		for (size_t n = 0; n < 4; n++)
			for (int kind = 1; kind <= N_KINDS; kind++) {
				try_window(kind, &asked[a], lengths[n]);
				try_time_window(kind, &asked[a], lengths[n], 1);
				try_time_window(kind, &asked[a], lengths[n], 7);
			}
	try_keyed();
	for (int u = LEAT_UPDATE_ADAPTIVE; u < N_UPDATES; u++)
		try_model(u, 0, 0);
	try_model(LEAT_UPDATE_SGD, 1, 0);
	try_model(LEAT_UPDATE_SGD, 0, 1);
	try_model(LEAT_UPDATE_FTRL, 0, 1);
	for (int kind = 0; kind < N_DRIFTS; kind++)
		try_drift(kind, 0);
	try_drift(LEAT_DRIFT_ZSCORE, 50);
	try_csv();
	must(n_objects > 250, "hardly any objects were looked at");
	printf("threads: %zu objects give two threads what they give one\n",
	    n_objects);
	return 0;
}
