/*
 * times.c - what windows by time and keyed windows cost, and what they may
 *
 * Windows by time: a push and a query a value, or a push and the results
 * that close, against `sum += x - old` on a ring of 4,096 values, which does
 * not wait for memory as the million values inside do. Bounds of those that
 * slide are 0.7 of what they took on a CPU of the Zen 5 generation when these
 * were set. Keyed windows: pushes in a second of CPU time, and memory.
 */
#include "bench.h"

#include <leat_text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INSIDE = 1000000, RING = 4096, BATCH = 1 << 16 };

static double values[BATCH];
static int64_t late_by[BATCH]; /* in [0, 1) of 2^20 */

static int on_result(void *ctx, const leat_result *r)
{
	(void)ctx;
	bench_sink = r->values[0];
	return 0;
}

struct timed {
	const char *name, *stats;
	int kind;
	int64_t span;     /* also gap of a session, and half-life */
	int64_t hop;      /* 0: it does not hop */
	int64_t step;     /* ticks between two values */
	int64_t disorder; /* values by which one may be late */
	double most;      /* 0: no bound */
};

static const struct timed timed[] = {
	{ "sliding sum", "sum", LEAT_SLIDING, INSIDE, 0, 1, 0, 10.7 },
	{ "  late by 64", "sum", LEAT_SLIDING, INSIDE, 0, 1, 64, 20.7 },
	{ "  late by 4,096", "sum", LEAT_SLIDING, INSIDE, 0, 1, 4096, 30.4 },
	{ "sliding mean,stddev", "mean,stddev", LEAT_SLIDING, INSIDE, 0, 1, 0,
	    0 },
	{ "sliding min", "min", LEAT_SLIDING, INSIDE, 0, 1, 0, 0 },
	{ "hopping 24 h by 1 min", "sum", LEAT_HOPPING, LEAT_DAY, LEAT_MINUTE,
	    LEAT_SECOND, 0, 10 },
	{ "  a value every 10 s", "sum", LEAT_HOPPING, LEAT_DAY, LEAT_MINUTE,
	    10 * LEAT_SECOND, 0, 0 },
	{ "tumbling 1 min mean,stddev", "mean,stddev", LEAT_TUMBLING,
	    LEAT_MINUTE, 0, LEAT_SECOND, 0, 0 },
	{ "session", "sum", LEAT_SESSION, LEAT_MINUTE, 0, LEAT_SECOND, 0, 0 },
	{ "decay mean", "mean", LEAT_DECAY, 100, 0, 1, 0, 0 },
};

enum { N_TIMED = sizeof(timed) / sizeof(timed[0]) };

/* A window that runs, where its time is, and its best round. */
struct run {
	leat_time_window *w;
	int queries; /* else results that close are taken */
	int64_t t;
	double best;
};

static void make_timed(const struct timed *b, struct run *r)
{
	leat_time_window_options o = { 0 };
	leat_stat stats[2];
	int err = leat_stats_parse(b->stats, stats, 2, &o.n_stats, NULL, NULL);

	r->queries = b->kind == LEAT_SLIDING || b->kind == LEAT_DECAY;
	o.kind = b->kind;
	o.stats = stats;
	if (o.kind == LEAT_SESSION)
		o.gap = b->span;
	else if (o.kind == LEAT_DECAY)
		o.half_life = (double)b->span;
	else
		o.span = b->span;
	o.hop = b->hop;
	if (!r->queries)
		o.sink.emit = on_result;
	if (!err)
		err = leat_time_window_new(&r->w, &o);
	if (err)
		bench_die(b->name, err);
}

static double run_timed(const struct timed *b, struct run *r)
{
	double o[2], total = 0, t = bench_seconds();

	for (size_t i = 0; i < BATCH; i++) {
		int64_t back = (late_by[i] * b->disorder) >> 20;
		leat_time_window_push(r->w, r->t - back, values[i]);
		r->t += b->step;
		if (r->queries) {
			leat_time_window_query(r->w, o);
			total += o[0];
		}
	}
	bench_sink = total;
	return bench_seconds() - t;
}

static double run_ring(struct naive *w)
{
	double o = 0, total = 0, t = bench_seconds();

	for (size_t i = 0; i < BATCH; i++) {
		naive_push(w, values[i]);
		naive_query(w, &o);
		total += o;
	}
	bench_sink = total;
	return bench_seconds() - t;
}

static void bench_timed(void)
{
	struct naive ring = { calloc(RING, sizeof(double)), RING, 0, 0 };
	struct run runs[N_TIMED] = { { 0 } };
	double naive = 0;

	if (!ring.ring)
		bench_die("ring", LEAT_ENOMEM);
	for (int i = 0; i < N_TIMED; i++) {
		make_timed(&timed[i], &runs[i]);
		for (int k = 0; runs[i].queries && k < INSIDE / BATCH + 1; k++)
			run_timed(&timed[i], &runs[i]);
	}
	for (int round = 0; round < ROUNDS; round++) {
		bench_least(&naive, run_ring(&ring));
		for (int i = 0; i < N_TIMED; i++)
			bench_least(&runs[i].best,
			    run_timed(&timed[i], &runs[i]));
	}
	printf("windows by time, 1 million values inside; hand-written sum: "
	       "%.2f ns a value; times that:\n",
	    naive / BATCH * 1e9);
	for (int i = 0; i < N_TIMED; i++) {
		bench_figure(timed[i].name, runs[i].best / naive,
		    timed[i].most);
		leat_time_window_free(runs[i].w);
	}
	free(ring.ring);
}

/* ---------------- keys ------------------------------------------------ */

enum { PUSHES = 2000000, KEYED_ROUNDS = 3, CHUNK = 4096, KEYS = 1000000 };

/* A number of random keys, and the bounds; 0: none. */
static const struct keyed {
	size_t n_keys;
	double single, many; /* millions of pushes a second, at least */
	double bytes;        /* a key beside its text, at most */
} keyed[] = {
	{ 1000, 0, 0, 0 },
	{ KEYS, 10, 15, 130 },
};

struct key_text {
	char text[12];
	unsigned char len;
};

static uint32_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)(*state >> 32);
}

static leat_keyed *make_keyed(void)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV };
	leat_time_window_options by_time = { 0 };
	leat_keyed_options o = { 0 };
	leat_keyed *k;

	by_time.kind = LEAT_TUMBLING;
	by_time.span = LEAT_MINUTE;
	by_time.stats = stats;
	by_time.n_stats = 2;
	by_time.sink.emit = on_result;
	o.by_time = &by_time;
	int err = leat_keyed_new(&k, &o);
	if (err)
		bench_die("keyed", err);
	return k;
}

/* Texts lie in memory that has just been read, as in a real program. */
static void fill_events(leat_event *e, const struct key_text *keys, size_t n,
    uint64_t *random, int64_t *t, int64_t step)
{
	for (size_t i = 0; i < CHUNK; i++) {
		static struct key_text texts[CHUNK];
		texts[i] = keys[next_random(random) % n];
		e[i].key = texts[i].text;
		e[i].key_len = texts[i].len;
		e[i].t = *t += step;
		e[i].x = values[i];
	}
}

static int push_chunk(leat_keyed *k, const leat_event *e, int many)
{
	if (many)
		return leat_keyed_push_events(k, e, CHUNK, NULL);
	for (size_t i = 0; i < CHUNK; i++) {
		int err = leat_keyed_push(k, e[i].key, e[i].key_len, e[i].t,
		    e[i].x);
		if (err)
			return err;
	}
	return LEAT_OK;
}

/* Two minutes of event time: windows close on the way. */
static double run_keyed(leat_keyed *k, const struct key_text *keys, size_t n,
    int64_t *t, int many)
{
	static leat_event events[CHUNK];
	uint64_t random = 88172645463325252u;
	double spent = 0;

	for (size_t i = 0; i < PUSHES; i += CHUNK) {
		fill_events(events, keys, n, &random, t,
		    2 * LEAT_MINUTE / PUSHES);
		double start = bench_seconds();
		int err = push_chunk(k, events, many);
		spent += bench_seconds() - start;
		if (err)
			bench_die("keyed push", err);
	}
	return spent;
}

static void bench_keys_of(const struct keyed *b, const struct key_text *keys)
{
	leat_keyed *single = make_keyed(), *many = make_keyed();
	int64_t t1 = 0, t2 = 0;
	double one = 0, all = 0;

	for (int round = 0; round < KEYED_ROUNDS; round++) {
		double s = run_keyed(single, keys, b->n_keys, &t1, 0);
		double m = run_keyed(many, keys, b->n_keys, &t2, 1);
		if (round > 0) { /* the first one adds the keys */
			bench_least(&one, s);
			bench_least(&all, m);
		}
	}
	one = PUSHES / one / 1e6;
	all = PUSHES / all / 1e6;
	double bytes = (double)leat_keyed_bytes(single) / (double)b->n_keys;
	printf("  %7zu keys: %.1f single%s, %.1f by push_many%s; %.0f bytes a "
	       "key%s\n",
	    b->n_keys, one, one < b->single ? " BELOW" : "", all,
	    all < b->many ? " BELOW" : "", bytes,
	    b->bytes > 0 && bytes > b->bytes ? " ABOVE" : "");
	if (b->single > 0)
		printf("  %7s bounds: %.0f, %.0f; %.0f\n", "", b->single,
		    b->many, b->bytes);
	leat_keyed_free(single);
	leat_keyed_free(many);
}

static void bench_keys(void)
{
	struct key_text *keys = malloc(KEYS * sizeof(*keys));

	if (!keys)
		bench_die("keys", LEAT_ENOMEM);
	for (size_t i = 0; i < KEYS; i++)
		keys[i].len = (unsigned char)snprintf(keys[i].text,
		    sizeof(keys[i].text), "k%zu", i);
	printf("keyed tumbling mean and stddev, random keys: millions of "
	       "pushes in a second of CPU\ntime, and bytes beside the text of "
	       "the key\n");
	for (size_t i = 0; i < sizeof(keyed) / sizeof(keyed[0]); i++)
		bench_keys_of(&keyed[i], keys);
	free(keys);
}

void bench_times(void)
{
	double lateness[BATCH / 16];

	bench_fill(values, BATCH);
	for (size_t i = 0; i < BATCH; i += BATCH / 16) {
		bench_fill(lateness, BATCH / 16);
		for (size_t k = 0; k < BATCH / 16; k++)
			late_by[i + k] = (int64_t)(lateness[k] * 0x1p20);
	}
	bench_timed();
	bench_keys();
}
