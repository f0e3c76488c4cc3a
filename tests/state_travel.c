/*
 * Saved states on their way from one machine, and one version, to another
 *
 *      state_travel save DIR   saves one state of each object into DIR
 *      state_travel load DIR   loads them, goes on, and prints what they say
 *      state_travel run        the same without saving
 *      state_travel relics DIR whether what is no longer made is refused
 *      state_travel like A B   whether B, of states of version 1, is as A
 *
 * Whatever machine has written the states, and whichever reads them, `load`
 * must print what `run` prints: results as their bits, line by line. Streams
 * are made of whole numbers alone, so they are the same everywhere. Files of
 * each version of the format are in tests/golden. Version 1 kept less of fading
 * weights, so what those come to may differ in the last places.
 *
 * Nothing but the library is needed, so that it can be built for machines of
 * which there is only a compiler and an emulator.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

enum { STEPS = 400, FEATURES = 3, VALUES = 32 };

static void die(const char *what, const char *why)
{
	fprintf(stderr, "state_travel: %s: %s\n", what, why);
	exit(1);
}

static void check(const char *what, int err)
{
	if (err)
		die(what, leat_strerror(err));
}

/* ---- Numbers ---- */

struct stream {
	uint64_t state;
};

static uint64_t next(struct stream *s)
{
	s->state = s->state * 6364136223846793005u + 1442695040888963407u;
	return s->state >> 33;
}

/* With some digits before and behind the point, and some missing. */
static double number(struct stream *s)
{
	uint64_t n = next(s);

	if (n % 23 == 0)
		return NAN;
	return ((double)(n % 2000003) - 1000001) / 1024 + (double)(n % 7) / 3;
}

/* NaN has one form here. */
static void print_bits(double x)
{
	unsigned char bytes[8];

	leat_put_double(bytes, x == x ? x : (double)NAN);
	printf(" ");
	if (x != x)
		printf("nan");
	else
		for (int i = 7; i >= 0; i--)
			printf("%02x", bytes[i]);
}

static void print_row(const char *name, const double *x, size_t n)
{
	printf("%s", name);
	for (size_t i = 0; i < n; i++)
		print_bits(x[i]);
	printf("\n");
}

static int on_result(void *ctx, const leat_result *r)
{
	const int *quiet = ctx;

	if (*quiet)
		return 0;
	printf("told [%lld, %lld) %llu %d ", (long long)r->start,
	    (long long)r->end, (unsigned long long)r->revision, r->flags);
	for (size_t i = 0; i < r->key_len; i++)
		printf("%02x", ((const unsigned char *)r->key)[i]);
	print_row("", r->values, r->n_values);
	return 0;
}

/* ---- A class of one's own ---- */

/* The last values, as many as have room: something of a varying length. */
struct tail {
	uint32_t n;
	uint32_t last[12];
};

static void tail_identity(void *ctx, void *partial)
{
	(void)ctx;
	memset(partial, 0, sizeof(struct tail));
}

static void tail_add(struct tail *t, uint32_t x)
{
	if (t->n == 12) {
		memmove(t->last, t->last + 1, 11 * sizeof(*t->last));
		t->n--;
	}
	t->last[t->n++] = x;
}

static void tail_lift(void *ctx, void *partial, const leat_sample *s)
{
	tail_identity(ctx, partial);
	tail_add(partial, (uint32_t)(int32_t)s->x);
}

static void tail_combine(void *ctx, void *left, const void *right)
{
	const struct tail *r = right;

	(void)ctx;
	for (uint32_t i = 0; i < r->n; i++)
		tail_add(left, r->last[i]);
}

static double tail_lower(void *ctx, const void *partial, const leat_stat *stat)
{
	const struct tail *t = partial;
	uint32_t h = t->n;

	(void)ctx;
	for (uint32_t i = 0; i < t->n; i++)
		h = h * 31 + t->last[i];
	return h + stat->arg;
}

static size_t tail_save(void *ctx, const void *partial, unsigned char *bytes)
{
	const struct tail *t = partial;

	(void)ctx;
	for (uint32_t i = 0; i < t->n; i++)
		leat_put_uint64(bytes + 8 * i, t->last[i]);
	return 8 * (size_t)t->n;
}

static int tail_load(void *ctx, void *partial, const unsigned char *bytes,
    size_t n_bytes)
{
	struct tail *t = partial;

	tail_identity(ctx, t);
	if (n_bytes % 8)
		return -1;
	for (size_t i = 0; i < n_bytes; i += 8)
		tail_add(t, (uint32_t)leat_get_uint64(bytes + i));
	return 0;
}

static const leat_agg tail = { .name = "tail",
	.size = sizeof(struct tail),
	.identity = tail_identity,
	.lift = tail_lift,
	.combine = tail_combine,
	.lower = tail_lower,
	.saved_size = 96,
	.save = tail_save,
	.load = tail_load };

/* ---- Objects ---- */

static const leat_stat plain[] = { LEAT_SUM, LEAT_MEAN, LEAT_STDDEV,
	LEAT_SKEWNESS, LEAT_KURTOSIS_POP, LEAT_ZSCORE, LEAT_MIN, LEAT_MAX,
	LEAT_ARGMIN, LEAT_ARGMAX, LEAT_FIRST, LEAT_LAST, LEAT_PRODUCT,
	LEAT_GEOMETRIC_MEAN, LEAT_RMS, LEAT_COUNT, LEAT_COUNT_MISSING,
	LEAT_AGG(&tail, 0.5) };
static const leat_stat pairs[] = { LEAT_MEAN, LEAT_COVARIANCE, LEAT_CORRELATION,
	LEAT_SLOPE, LEAT_INTERCEPT };
static const leat_stat timed[] = { LEAT_MEAN, LEAT_INCREASE, LEAT_RATE_PER(10),
	LEAT_TIME_MEAN, LEAT_TIME_MEAN_LINEAR, LEAT_AGG(&tail, 0) };
static const leat_stat faded[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_ZSCORE,
	LEAT_RMS };
static const leat_stat few[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_ARGMIN };
static const leat_stat errors[] = { LEAT_MAE, LEAT_RMSE, LEAT_R2, LEAT_BIAS,
	LEAT_LOG_LOSS, LEAT_ACCURACY, LEAT_COVERAGE, LEAT_MSE };
static const leat_stat ranked[] = { LEAT_AUC, LEAT_LOG_LOSS, LEAT_R2 };

#define STATS(s) .stats = (s), .n_stats = sizeof(s) / sizeof((s)[0])

static const struct traveller {
	const char *name;
	int object;
	int is_new;  /* the first version did not have it */
	int is_warm; /* a model that starts from coefficients */
	leat_window_options window;
	leat_time_window_options time;
	keyed_choice keyed;
	leat_model_options model;
	leat_drift_options drift;
} travellers[] = {
	{ .name = "sliding",
	    .object = LEAT_OBJECT_WINDOW,
	    .window = { .size = 21, STATS(plain) } },
	{ .name = "sliding-pairs",
	    .object = LEAT_OBJECT_WINDOW,
	    .window = { .size = 10, STATS(pairs) } },
	{ .name = "tumbling",
	    .object = LEAT_OBJECT_WINDOW,
	    .window = { .kind = LEAT_TUMBLING, .size = 30, STATS(plain) } },
	{ .name = "hopping",
	    .object = LEAT_OBJECT_WINDOW,
	    .window = { .kind = LEAT_HOPPING,
		.size = 50,
		.hop = 7,
		.keep_values = 1,
		STATS(plain) } },
	{ .name = "landmark",
	    .object = LEAT_OBJECT_WINDOW,
	    .window = { .kind = LEAT_LANDMARK, STATS(plain) } },
	{ .name = "decay",
	    .object = LEAT_OBJECT_WINDOW,
	    .window = { .kind = LEAT_DECAY, .half_life = 9, STATS(faded) } },
	{ .name = "sliding-time",
	    .object = LEAT_OBJECT_TIME_WINDOW,
	    .time = { .kind = LEAT_SLIDING,
		.span = 90,
		.delay = 7,
		STATS(plain) } },
	{ .name = "tumbling-time",
	    .object = LEAT_OBJECT_TIME_WINDOW,
	    .time = { .kind = LEAT_TUMBLING,
		.span = 40,
		.delay = 10,
		.allowed_lateness = 50,
		.emit_empty = 1,
		STATS(plain) } },
	{ .name = "hopping-time",
	    .object = LEAT_OBJECT_TIME_WINDOW,
	    .time = { .kind = LEAT_HOPPING,
		.span = 60,
		.hop = 12,
		.delay = 10,
		.allowed_lateness = 30,
		.early_count = 5,
		STATS(few) } },
	{ .name = "hopping-ordered",
	    .object = LEAT_OBJECT_TIME_WINDOW,
	    .time = { .kind = LEAT_HOPPING,
		.span = 60,
		.hop = 12,
		.delay = 10,
		STATS(timed) } },
	{ .name = "session",
	    .object = LEAT_OBJECT_TIME_WINDOW,
	    .time = { .kind = LEAT_SESSION,
		.gap = 9,
		.delay = 10,
		.max_values = 60,
		.when_full = LEAT_WHEN_FULL_EVICT_OLD,
		STATS(timed) } },
	{ .name = "landmark-time",
	    .object = LEAT_OBJECT_TIME_WINDOW,
	    .time = { .kind = LEAT_LANDMARK, .n_sources = 2, STATS(plain) } },
	{ .name = "decay-time",
	    .object = LEAT_OBJECT_TIME_WINDOW,
	    .time = { .kind = LEAT_DECAY, .half_life = 30, STATS(faded) } },
	{ .name = "keyed",
	    .object = LEAT_OBJECT_KEYED,
	    .keyed = { .by_time = { .kind = LEAT_TUMBLING,
			   .span = 50,
			   .delay = 10,
			   STATS(few) },
		.ttl = 300,
		.max_keys = 9,
		.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD } },
	{ .name = "keyed-sessions",
	    .object = LEAT_OBJECT_KEYED,
	    .keyed = { .by_time = { .kind = LEAT_SESSION,
			   .gap = 20,
			   .early_span = 100,
			   STATS(few) } } },
	{ .name = "keyed-count",
	    .object = LEAT_OBJECT_KEYED,
	    .keyed = { .by_count = { .size = 6, STATS(plain) } } },
	{ .name = "adaptive",
	    .object = LEAT_OBJECT_MODEL,
	    .model = { .n_features = FEATURES } },
	{ .name = "sgd",
	    .object = LEAT_OBJECT_MODEL,
	    .model = { .n_features = FEATURES,
		.update = LEAT_UPDATE_SGD,
		.rate = 0x1p-20,
		.average = 1 } },
	{ .name = "adagrad",
	    .object = LEAT_OBJECT_MODEL,
	    .model = { .n_features = FEATURES,
		.update = LEAT_UPDATE_ADAGRAD } },
	{ .name = "ftrl",
	    .object = LEAT_OBJECT_MODEL,
	    .model = { .n_features = FEATURES,
		.update = LEAT_UPDATE_FTRL,
		.l1 = 0.5 } },
	{ .name = "rls",
	    .object = LEAT_OBJECT_MODEL,
	    .model = { .n_features = FEATURES,
		.update = LEAT_UPDATE_RLS,
		.forgetting = 0.99 } },
	{ .name = "cocob",
	    .object = LEAT_OBJECT_MODEL,
	    .model = { .n_features = FEATURES, .update = LEAT_UPDATE_COCOB } },
	{ .name = "sgd-standard",
	    .object = LEAT_OBJECT_MODEL,
	    .is_new = 1,
	    .model = { .n_features = FEATURES,
		.update = LEAT_UPDATE_SGD,
		.standardise = 1 } },
	{ .name = "cocob-standard-warm",
	    .object = LEAT_OBJECT_MODEL,
	    .is_new = 1,
	    .is_warm = 1,
	    .model = { .n_features = FEATURES,
		.update = LEAT_UPDATE_COCOB,
		.standardise = 1 } },
	{ .name = "ftrl-warm",
	    .object = LEAT_OBJECT_MODEL,
	    .is_new = 1,
	    .is_warm = 1,
	    .model = { .n_features = FEATURES, .update = LEAT_UPDATE_FTRL } },
	{ .name = "adwin-refused",
	    .object = LEAT_OBJECT_DRIFT,
	    .is_new = 1,
	    .drift = { .kind = LEAT_DRIFT_ADWIN } },
	{ .name = "sliding-errors",
	    .object = LEAT_OBJECT_WINDOW,
	    .is_new = 1,
	    .window = { .size = 40, STATS(ranked) } },
	{ .name = "landmark-errors",
	    .object = LEAT_OBJECT_WINDOW,
	    .is_new = 1,
	    .window = { .kind = LEAT_LANDMARK, STATS(errors) } },
	{ .name = "decay-errors",
	    .object = LEAT_OBJECT_WINDOW,
	    .is_new = 1,
	    .window = { .kind = LEAT_DECAY, .half_life = 30, STATS(errors) } },
	{ .name = "page-hinkley",
	    .object = LEAT_OBJECT_DRIFT,
	    .drift = { .kind = LEAT_DRIFT_PAGE_HINKLEY,
		.delta = 1,
		.threshold = 3000 } },
	{ .name = "adwin",
	    .object = LEAT_OBJECT_DRIFT,
	    .drift = { .kind = LEAT_DRIFT_ADWIN } },
	{ .name = "zscore",
	    .object = LEAT_OBJECT_DRIFT,
	    .drift = { .kind = LEAT_DRIFT_ZSCORE, .size = 50 } },
	{ .name = "ewma",
	    .object = LEAT_OBJECT_DRIFT,
	    .drift = { .kind = LEAT_DRIFT_EWMA } },
};

enum { TRAVELLERS = sizeof(travellers) / sizeof(travellers[0]) };

/* Contents of a body; exactly one of them is set. */
struct body {
	leat_window *window;
	leat_time_window *time;
	leat_keyed *keyed;
	leat_model *model;
	leat_drift *drift;
	int quiet;
	int64_t now;
	struct stream stream;
};

static struct traveller equip(const struct traveller *t, struct body *b)
{
	struct traveller o = *t;
	leat_sink sink = { on_result, &b->quiet };

	o.time.sink = sink;
	o.keyed.dropped = sink;
	if (o.keyed.by_time.n_stats > 0)
		o.keyed.by_time.sink = sink;
	else
		o.keyed.by_count.sink = sink;
	if (o.window.kind <= LEAT_HOPPING)
		o.window.sink = sink;
	return o;
}

static int make_model(const struct traveller *t, struct body *b)
{
	static const double coefficients[FEATURES] = { 1, -2, 0.5 };
	int err = leat_model_new(&b->model, &t->model);

	if (!err && t->is_warm)
		err = leat_model_set_coefficients(b->model, coefficients, 7);
	return err;
}

static int make_body(const struct traveller *t, struct body *b)
{
	struct traveller o = equip(t, b);

	switch (t->object) {
	case LEAT_OBJECT_WINDOW:
		return leat_window_new(&b->window, &o.window);
	case LEAT_OBJECT_TIME_WINDOW:
		return leat_time_window_new(&b->time, &o.time);
	case LEAT_OBJECT_KEYED:
		return keyed_choice_new(&b->keyed, &o.keyed);
	case LEAT_OBJECT_MODEL:
		return make_model(&o, b);
	default:
		return leat_drift_new(&b->drift, &o.drift);
	}
}

static int load_body(const struct traveller *t, struct body *b, leat_reader *r)
{
	struct traveller o = equip(t, b);

	switch (t->object) {
	case LEAT_OBJECT_WINDOW:
		return leat_window_load(&b->window, &o.window, r);
	case LEAT_OBJECT_TIME_WINDOW:
		return leat_time_window_load(&b->time, &o.time, r);
	case LEAT_OBJECT_KEYED:
		return keyed_choice_load(&b->keyed, &o.keyed, r);
	case LEAT_OBJECT_MODEL:
		return leat_model_load(&b->model, &o.model, r);
	default:
		return leat_drift_load(&b->drift, &o.drift, r);
	}
}

static int save_body(const struct traveller *t, const struct body *b,
    leat_writer *w)
{
	switch (t->object) {
	case LEAT_OBJECT_WINDOW:
		return leat_window_save(b->window, w);
	case LEAT_OBJECT_TIME_WINDOW:
		return leat_time_window_save(b->time, w);
	case LEAT_OBJECT_KEYED:
		return leat_keyed_save(b->keyed, w);
	case LEAT_OBJECT_MODEL:
		return leat_model_save(b->model, w);
	default:
		return leat_drift_save(b->drift, w);
	}
}

static void free_body(struct body *b)
{
	leat_window_free(b->window);
	leat_time_window_free(b->time);
	leat_keyed_free(b->keyed);
	leat_model_free(b->model);
	leat_drift_free(b->drift);
}

/* ---- What happens to them ---- */

static double share(struct stream *s)
{
	return (double)(next(s) % 65) / 64;
}

static void step_window(struct body *b, const struct traveller *t)
{
	double x = number(&b->stream), y = number(&b->stream), out[VALUES];

	if (t->window.stats == pairs)
		check("push", leat_window_push_xy(b->window, x, y));
	else if (t->window.stats == errors || t->window.stats == ranked)
		check("push",
		    leat_window_push_xy(b->window, share(&b->stream), y > 0));
	else
		check("push", leat_window_push(b->window, x));
	leat_window_query(b->window, out);
	if (!b->quiet)
		print_row(t->name, out, t->window.n_stats);
}

static leat_event next_event(struct body *b, char *key)
{
	leat_event e = { key, 0, 0, 0, 0, 0, 0, 0 };
	unsigned which;

	b->now += (int64_t)(next(&b->stream) % 9);
	e.t = b->now - (int64_t)(next(&b->stream) % 14);
	e.x = number(&b->stream);
	e.source = (uint32_t)(next(&b->stream) % 2);
	which = (unsigned)(next(&b->stream) % 13);
	e.key_len = (size_t)snprintf(key, 40, "key %u%s", which,
	    next(&b->stream) % 13 ? "" : " with a longer name");
	return e;
}

static void step_time(struct body *b, const struct traveller *t)
{
	char key[40];
	double out[VALUES];
	leat_event e = next_event(b, key);
	int err;

	if (t->time.n_sources < 2)
		e.source = 0;
	err = leat_time_window_push_events(b->time, &e, 1, NULL);
	leat_time_window_query(b->time, out);
	if (b->quiet)
		return;
	printf("%d ", err);
	print_row(t->name, out, t->time.n_stats);
}

static int print_key(void *ctx, const leat_result *r)
{
	const char *name = ctx;

	printf("%.*s ", (int)r->key_len, (const char *)r->key);
	print_row(name, r->values, r->n_values);
	return 0;
}

static void step_keyed(struct body *b, const struct traveller *t, int i)
{
	char key[40];
	leat_event e = next_event(b, key);
	int err;

	e.source = 0;
	err = leat_keyed_push_events(b->keyed, &e, 1, NULL);
	if (b->quiet)
		return;
	printf("%d\n", err);
	if (i % 10 == 0)
		leat_keyed_each(b->keyed, print_key,
		    (void *)(uintptr_t)t->name);
}

static void step_model(struct body *b, const struct traveller *t)
{
	double x[FEATURES], y = 3, out[FEATURES + 2];

	for (int i = 0; i < FEATURES; i++) {
		x[i] = number(&b->stream);
		y += x[i] * i;
	}
	leat_model_learn(b->model, x, y, &out[FEATURES + 1]);
	leat_model_coefficients(b->model, out, &out[FEATURES]);
	if (!b->quiet)
		print_row(t->name, out, FEATURES + 1);
}

static void step_drift(struct body *b, const struct traveller *t, int i)
{
	double out[3];
	leat_drift_answer answer;
	leat_counts counts;
	int refusal = leat_drift_push(b->drift,
	    number(&b->stream) + (i / 150 % 2 ? 1500 : 0), &answer);

	leat_drift_counts(b->drift, &counts);
	out[0] = refusal ? refusal : answer.change;
	out[1] = leat_drift_mean(b->drift);
	out[2] = (double)counts.refused; /* not in the first version */
	if (!b->quiet)
		print_row(t->name, out, t->is_new ? 3 : 2);
}

static void step(struct body *b, const struct traveller *t, int i)
{
	if (b->window)
		step_window(b, t);
	if (b->time)
		step_time(b, t);
	if (b->keyed)
		step_keyed(b, t, i);
	if (b->model)
		step_model(b, t);
	if (b->drift)
		step_drift(b, t, i);
}

static void go(struct body *b, const struct traveller *t, int from, int to)
{
	for (int i = from; i < to; i++)
		step(b, t, i);
}

static void end(struct body *b)
{
	if (b->time)
		leat_time_window_advance(b->time, LEAT_TIME_MAX);
	if (b->keyed)
		leat_keyed_advance(b->keyed, LEAT_TIME_MAX);
}

/* ---- Files ---- */

static size_t to_file(void *ctx, const void *bytes, size_t n)
{
	return fwrite(bytes, 1, n, ctx);
}

static size_t from_file(void *ctx, void *bytes, size_t n)
{
	return fread(bytes, 1, n, ctx);
}

static FILE *try_file(const char *dir, const struct traveller *t,
    const char *mode)
{
	char name[1000];

	snprintf(name, sizeof(name), "%s/%s.leat", dir, t->name);
	return fopen(name, mode);
}

static FILE *open_file(const char *dir, const struct traveller *t,
    const char *mode)
{
	FILE *f = try_file(dir, t, mode);

	if (!f)
		die(t->name, strerror(errno));
	return f;
}

/* The stream's place goes as the tag. */
static void save(const struct traveller *t, const char *dir, struct body *b)
{
	FILE *f = open_file(dir, t, "wb");
	leat_writer w = { .write = to_file, .ctx = f };
	unsigned char tag[16];

	leat_put_uint64(tag, b->stream.state);
	leat_put_uint64(tag + 8, (uint64_t)b->now);
	w.tag = tag;
	w.tag_len = sizeof(tag);
	check(t->name, save_body(t, b, &w));
	if (fclose(f))
		die(t->name, strerror(errno));
}

static void load(const struct traveller *t, const char *dir, struct body *b)
{
	FILE *f = open_file(dir, t, "rb");
	unsigned char tag[16];
	leat_reader r = { .read = from_file,
		.ctx = f,
		.tag = tag,
		.tag_capacity = sizeof(tag) };
	int err = load_body(t, b, &r);

	if (err)
		die(t->name, r.differs ? r.differs : leat_strerror(err));
	if (getc(f) != EOF || r.tag_len != sizeof(tag))
		die(t->name, "more than was asked for");
	b->stream.state = leat_get_uint64(tag);
	b->now = (int64_t)leat_get_uint64(tag + 8);
	fclose(f);
}

/* Objects that this version no longer makes are refused by name. */
static void refuse(const char *name, int object, const char *dir)
{
	struct traveller t = { .name = name };
	leat_model_options o = { .n_features = FEATURES };
	leat_model *m = NULL;

	for (int loads = 0; loads <= 1; loads++) {
		FILE *f = open_file(dir, &t, "rb");
		leat_reader r = { .read = from_file, .ctx = f };
		int err = loads ? leat_model_load(&m, &o, &r)
				: leat_state_check(&r);
		if (err != (loads ? LEAT_EOBJECT : LEAT_OK) ||
		    r.object != object || m)
			die(name, "is not what it was");
		fclose(f);
	}
}

static int has_file(const struct traveller *t, const char *dir)
{
	FILE *f = t->is_new ? try_file(dir, t, "rb") : NULL;

	if (f)
		fclose(f);
	return f || !t->is_new;
}

/* Makes the object that would be loaded, if no file can exist. */
static void travel(const struct traveller *t, const char *how, const char *dir)
{
	struct body b = { .quiet = 1, .stream = { 42 } };

	if (strcmp(how, "load") == 0 && has_file(t, dir)) {
		load(t, dir, &b);
	} else {
		check(t->name, make_body(t, &b));
		go(&b, t, 0, STEPS);
	}
	if (strcmp(how, "save") == 0) {
		save(t, dir, &b);
	} else {
		b.quiet = 0;
		go(&b, t, STEPS, 2 * STEPS);
		end(&b);
	}
	free_body(&b);
}

/* ---- Version 1 ---- */

/* Returns whether words are equal, or doubles that differ by a few ulps. */
static int like_word(const char *a, const char *b)
{
	unsigned long long x, y;

	if (strcmp(a, b) == 0)
		return 1;
	if (strlen(a) != 16 || strlen(b) != 16)
		return 0;
	x = strtoull(a, NULL, 16);
	y = strtoull(b, NULL, 16);
	return (x > y ? x - y : y - x) <= 16;
}

static char *word(char **at)
{
	char *w = *at + strspn(*at, " \n"), *end = w + strcspn(w, " \n");

	*at = *end ? end + 1 : end;
	*end = '\0';
	return w;
}

static int like_line(char *a, char *b)
{
	if (strcmp(a, b) == 0)
		return 1;
	if (!strstr(a, "decay"))
		return 0;
	while (*a && *b)
		if (!like_word(word(&a), word(&b)))
			return 0;
	return !*a && !*b;
}

static FILE *open_lines(const char *name)
{
	FILE *f = fopen(name, "r");

	if (!f)
		die(name, strerror(errno));
	return f;
}

static int like(const char *run, const char *loaded)
{
	static char a[4000], b[4000];
	FILE *f = open_lines(run), *g = open_lines(loaded);
	int same = 1;

	while (same) {
		char *p = fgets(a, sizeof(a), f), *q = fgets(b, sizeof(b), g);
		if (!p || !q) {
			same = !p && !q;
			break;
		}
		same = like_line(a, b);
	}
	fclose(f);
	fclose(g);
	return same;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	int files = strcmp(how, "save") == 0 || strcmp(how, "load") == 0;

	if (strcmp(how, "like") == 0 && argc == 4)
		return !like(argv[2], argv[3]);
	if (strcmp(how, "relics") == 0 && argc == 3) {
		refuse("scaler", LEAT_OBJECT_SCALER, argv[2]);
		refuse("metric", LEAT_OBJECT_METRIC, argv[2]);
		return 0;
	}
	if (!(files && argc == 3) && !(strcmp(how, "run") == 0 && argc == 2)) {
		fprintf(stderr,
		    "usage: state_travel save|load|relics DIR, run, "
		    "or like A B\n");
		return 2;
	}
	for (size_t i = 0; i < TRAVELLERS; i++)
		travel(&travellers[i], how, argc > 2 ? argv[2] : NULL);
	return fflush(stdout) ? 1 : 0;
}
