/*
 * times.c - what windows by time and keyed windows cost
 *
 * Windows by time: a push and a query a value, or a push and the results
 * that close, against `sum += x - old` on a ring of as many values. Keyed
 * windows: pushes in a second of CPU time, and memory.
 */
#include "bench.h"

#include <leat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INSIDE = 1000000, BATCH = 1 << 16 };

static double values[BATCH];
static int64_t late_by[BATCH]; /* in [0, 1) of 2^20 */

static int on_result(void *ctx, const leat_result *r)
{
	(void)ctx;
	bench_sink = r->values[0];
	return 0;
}

struct timed {
	const char *name;
	leat_time_window_options options;
	int64_t step;     /* ticks between two values */
	int64_t disorder; /* in values */
	int queries;
	double limit;
	leat_stat stats[2];
	leat_time_window *w;
	int64_t t;
	double best;
};

static struct timed timed[] = {
	{ "sliding sum", { .kind = LEAT_SLIDING, .span = INSIDE }, 1, 0, 1, 6,
	    { LEAT_SUM }, NULL, 0, 0 },
	{ "  disorder 64", { .kind = LEAT_SLIDING, .span = INSIDE }, 1, 64, 1,
	    12, { LEAT_SUM }, NULL, 0, 0 },
	{ "  disorder 4096", { .kind = LEAT_SLIDING, .span = INSIDE }, 1, 4096,
	    1, 40, { LEAT_SUM }, NULL, 0, 0 },
	{ "sliding mean stddev", { .kind = LEAT_SLIDING, .span = INSIDE }, 1, 0,
	    1, 0, { LEAT_MEAN, LEAT_STDDEV }, NULL, 0, 0 },
	{ "sliding min", { .kind = LEAT_SLIDING, .span = INSIDE }, 1, 0, 1, 0,
	    { LEAT_MIN }, NULL, 0, 0 },
	{ "hopping 24 h by 1 min",
	    { .kind = LEAT_HOPPING, .span = LEAT_DAY, .hop = LEAT_MINUTE },
	    LEAT_SECOND, 0, 0, 4, { LEAT_SUM }, NULL, 0, 0 },
	{ "  a value every 10 s",
	    { .kind = LEAT_HOPPING, .span = LEAT_DAY, .hop = LEAT_MINUTE },
	    10 * LEAT_SECOND, 0, 0, 0, { LEAT_SUM }, NULL, 0, 0 },
	{ "tumbling 1 min mean stddev",
	    { .kind = LEAT_TUMBLING, .span = LEAT_MINUTE }, LEAT_SECOND, 0, 0,
	    0, { LEAT_MEAN, LEAT_STDDEV }, NULL, 0, 0 },
	{ "session", { .kind = LEAT_SESSION, .gap = LEAT_MINUTE }, LEAT_SECOND,
	    0, 0, 0, { LEAT_SUM }, NULL, 0, 0 },
};

enum { N_TIMED = sizeof(timed) / sizeof(timed[0]) };

static void make_timed(struct timed *b)
{
	b->options.stats = b->stats;
	b->options.n_stats = b->stats[1].id ? 2 : 1;
	if (!b->queries)
		b->options.sink.emit = on_result;
	int err = leat_time_window_new(&b->w, &b->options);
	if (err)
		bench_die(b->name, err);
}

static double run_timed(struct timed *b)
{
	double o[2], total = 0, t = bench_seconds();

	for (size_t i = 0; i < BATCH; i++) {
		int64_t back = (late_by[i] * b->disorder) >> 20;
		leat_time_window_push(b->w, b->t - back, values[i]);
		b->t += b->step;
		if (b->queries) {
			leat_time_window_query(b->w, o);
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
	struct naive ring = { calloc(INSIDE, sizeof(double)), INSIDE, 0, 0 };
	double naive = 0;

	if (!ring.ring)
		bench_die("ring", LEAT_ENOMEM);
	for (int i = 0; i < N_TIMED; i++) {
		make_timed(&timed[i]);
		for (int k = 0; timed[i].queries && k < INSIDE / BATCH + 1; k++)
			run_timed(&timed[i]);
	}
	for (int round = 0; round < ROUNDS; round++) {
		bench_least(&naive, run_ring(&ring));
		for (int i = 0; i < N_TIMED; i++)
			bench_least(&timed[i].best, run_timed(&timed[i]));
	}
	printf("windows by time, 1 million values inside: hand-written sum "
	       "%.2f ns a value; ratios to it:\n",
	    naive / BATCH * 1e9);
	for (int i = 0; i < N_TIMED; i++) {
		struct timed *b = &timed[i];
		printf("  %-28s %5.2f", b->name, b->best / naive);
		if (b->limit > 0)
			printf("  (at most %.0f)%s", b->limit,
			    b->best / naive > b->limit ? "  ABOVE" : "");
		printf("\n");
		leat_time_window_free(b->w);
	}
	free(ring.ring);
}

/* ---------------- keys ------------------------------------------------ */

enum { PUSHES = 4000000, CHUNK = 4096 };

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

static void bench_keys_of(const struct key_text *keys, size_t n)
{
	leat_keyed *single = make_keyed(), *many = make_keyed();
	int64_t t1 = 0, t2 = 0;
	double one = 0, all = 0;

	for (int round = 0; round < 4; round++) {
		double a = run_keyed(single, keys, n, &t1, 0);
		double b = run_keyed(many, keys, n, &t2, 1);
		if (round > 0) { /* the first one adds the keys */
			bench_least(&one, a);
			bench_least(&all, b);
		}
	}
	printf("  %7zu keys: %5.1f single, %5.1f by push_many; %.0f bytes a "
	       "key beside its text\n",
	    n, PUSHES / one / 1e6, PUSHES / all / 1e6,
	    (double)leat_keyed_bytes(single) / (double)n);
	leat_keyed_free(single);
	leat_keyed_free(many);
}

static void bench_keys(void)
{
	enum { MANY = 1000000 };
	struct key_text *keys = malloc(MANY * sizeof(*keys));

	if (!keys)
		bench_die("keys", LEAT_ENOMEM);
	for (size_t i = 0; i < MANY; i++)
		keys[i].len = (unsigned char)snprintf(keys[i].text,
		    sizeof(keys[i].text), "k%zu", i);
	printf("keyed tumbling mean and stddev, random keys: millions of "
	       "pushes in a second of CPU time\n");
	bench_keys_of(keys, 1000);
	bench_keys_of(keys, MANY);
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
