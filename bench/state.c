/*
 * state.c - what it costs to save and to load
 *
 * A million keys of a tumbling mean and standard deviation, with twenty values
 * each: bytes a key beside its text; megabytes of state a second of
 * CPU time, to memory and from it; and how much longer that takes than
 * memcpy() of the same bytes. Then a window that slides over a million
 * values, and a model of a million features.
 */
#include "bench.h"

#include <leat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 1000000, PUSHES = 20, TURNS = 3 };

static unsigned char *state, *copy;
static size_t n_bytes;

/* Memory to save into, new for each object. */
static void make_room(uint64_t n)
{
	n_bytes = (size_t)n;
	free(state);
	free(copy);
	state = malloc(n_bytes);
	copy = malloc(n_bytes);
	if (!state || !copy)
		bench_die("state", LEAT_ENOMEM);
	memset(state, 0, n_bytes);
	memset(copy, 0, n_bytes);
}

struct speeds {
	double save, load, plain;
};

static void time_copy(struct speeds *s)
{
	double t = bench_seconds();

	memcpy(copy, state, n_bytes);
	bench_least(&s->plain, bench_seconds() - t);
	bench_sink = copy[n_bytes / 2];
}

static void report(const char *name, const struct speeds *s)
{
	double mb = (double)n_bytes * 1e-6;

	printf("%-28s %7.1f MB %8.0f MB/s %5.1f %8.0f MB/s %5.1f\n", name, mb,
	    mb / s->save, s->save / s->plain, mb / s->load, s->load / s->plain);
}

/* Saves and loads an object of that type, in turn with memcpy(). */
#define TIME_STATE(type, object, options, name)                                \
	do {                                                                   \
		struct speeds s = { 0, 0, 0 };                                 \
		leat_writer out = { 0 };                                       \
		int failed = leat_##type##_save(object, &out);                 \
		if (failed)                                                    \
			bench_die(name, failed);                               \
		make_room(out.n_bytes);                                        \
		out.bytes = state;                                             \
		out.capacity = n_bytes;                                        \
		for (int turn = 0; turn < TURNS; turn++) {                     \
			leat_reader in = { 0 };                                \
			leat_##type *loaded;                                   \
			double t = bench_seconds();                            \
			if ((failed = leat_##type##_save(object, &out)))       \
				bench_die(name, failed);                       \
			bench_least(&s.save, bench_seconds() - t);             \
			time_copy(&s);                                         \
			in.bytes = state;                                      \
			in.n_bytes = n_bytes;                                  \
			t = bench_seconds();                                   \
			failed = leat_##type##_load(&loaded, options, &in);    \
			if (failed)                                            \
				bench_die(name, failed);                       \
			bench_least(&s.load, bench_seconds() - t);             \
			leat_##type##_free(loaded);                            \
		}                                                              \
		report(name, &s);                                              \
	} while (0)

/* Keys of 8 bytes, in an order that is not that of memory. */
static void fill_keys(leat_keyed *k)
{
	double x[1024];

	bench_fill(x, 1024);
	for (unsigned i = 0; i < PUSHES; i++)
		for (unsigned j = 0; j < KEYS; j++) {
			unsigned char key[8];
			uint64_t which = (uint64_t)j * 7919 % KEYS;
			leat_put_uint64(key, which * 2654435761u);
			leat_keyed_push(k, key, 8, i, 100 * x[(i + j) % 1024]);
		}
}

static void state_keyed(void)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV };
	leat_time_window_options by_time = { 0 };
	leat_keyed_options o = { 0 };
	leat_keyed *k;

	by_time.kind = LEAT_TUMBLING;
	by_time.span = PUSHES;
	by_time.stats = stats;
	by_time.n_stats = 2;
	o.by_time = &by_time;
	int err = leat_keyed_new(&k, &o);
	if (err)
		bench_die("keyed", err);
	fill_keys(k);
	TIME_STATE(keyed, k, &o, "million keys, mean stddev");
	printf("%-28s %7.1f beside its text (64)\n", "  bytes a key",
	    (double)n_bytes / KEYS - 8);
	leat_keyed_free(k);
}

static void state_window(void)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV };
	leat_window_options o = { 0 };
	double x[1000];
	leat_window *w;

	o.size = 1000000;
	o.stats = stats;
	o.n_stats = 2;
	int err = leat_window_new(&w, &o);
	if (err)
		bench_die("window", err);
	bench_fill(x, 1000);
	for (int i = 0; i < 1500; i++)
		leat_window_push_many(w, x, NULL, 1000, NULL);
	TIME_STATE(window, w, &o, "sliding, million values");
	leat_window_free(w);
}

static void state_model(void)
{
	leat_model_options o = { 0 };
	double *x;
	leat_model *m;

	o.n_features = 1000000;
	o.update = LEAT_UPDATE_FTRL;
	x = malloc(o.n_features * sizeof(*x));
	int err = x ? leat_model_new(&m, &o) : LEAT_ENOMEM;
	if (err)
		bench_die("model", err);
	bench_fill(x, o.n_features);
	leat_model_learn(m, x, 1, NULL);
	TIME_STATE(model, m, &o, "model, million features");
	leat_model_free(m);
	free(x);
}

void bench_state(void)
{
	printf("\nSaved state: MB/s of CPU time, and memcpy() = 1\n"
	       "%-28s %10s %13s %5s %13s %5s\n",
	    "", "bytes", "save (200)", "", "load (100)", "");
	state_keyed();
	state_window();
	state_model();
	free(state);
	free(copy);
	state = copy = NULL;
}
