/*
 * A program that uses a struct of every sort, for libraries of other versions:
 * check_growth.sh makes a header and a library whose structs have grown by a
 * word, and runs this with them crosswise.
 *
 * It prints what came of some values. Compiled with that header (GROWN) it
 * can be called with the word "set": then each struct has the new option set,
 * and it prints what the library says to that.
 */
#include <leat.h>
#include <leat_text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef GROWN
#define SET(o) ((o).grown = set ? 2 : 0)
#else
#define SET(o) ((void)(o))
#endif

static int set;

static void show(const char *what, const double *x, size_t n)
{
	printf("%s", what);
	for (size_t i = 0; i < n; i++)
		printf(" %.17g", x[i]);
	printf("\n");
}

/* Prints the library's answer, with the option that it knows or refuses. */
static int says(const char *what, int err, const char *why)
{
	if (set)
		printf("%s: %s: %s\n", what, leat_strerror(err), why);
	if (!set && err)
		printf("%s fails: %s\n", what, leat_strerror(err));
	return err == 0;
}

static int on_result(void *ctx, const leat_result *r)
{
	(void)ctx;
	printf("%d %zu [%lld, %lld) %llu %.*s", r->flags, r->n_values,
	    (long long)r->start, (long long)r->end,
	    (unsigned long long)r->count, (int)r->key_len,
	    r->key ? (const char *)r->key : "");
	show("", r->values, r->n_values);
	return 0;
}

/* ---- A class ---- */

static void first_identity(void *ctx, void *partial)
{
	const double none = -1;

	(void)ctx;
	memcpy(partial, &none, sizeof(none));
}

static void first_lift(void *ctx, void *partial, const leat_sample *s)
{
	const double x = s->x + (double)s->t + s->y;

	(void)ctx;
	memcpy(partial, &x, sizeof(x));
}

static void first_combine(void *ctx, void *left, const void *right)
{
	double x;

	(void)ctx;
	memcpy(&x, left, sizeof(x));
	if (x < 0)
		memcpy(left, right, sizeof(x));
}

static double first_lower(void *ctx, const void *partial, const leat_stat *stat)
{
	double x;

	(void)ctx;
	memcpy(&x, partial, sizeof(x));
	return x + stat->arg;
}

static leat_agg first = { .name = "first",
	.size = sizeof(double),
	.identity = first_identity,
	.lift = first_lift,
	.combine = first_combine,
	.lower = first_lower };

static const leat_stat stats[] = { LEAT_MEAN, LEAT_MAX, LEAT_COUNT };
static const leat_stat own[] = { LEAT_AGG(&first, 0.5), LEAT_SUM };

/* ---- Objects ---- */

static void save_and_load(void)
{
	const leat_window_options o = {
		.size = 3, .stats = stats, .n_stats = 3
	};
	unsigned char bytes[4096];
	leat_writer out = { .bytes = bytes, .capacity = sizeof(bytes) };
	leat_reader in = { .bytes = bytes, .n_bytes = sizeof(bytes) };
	leat_window *w, *loaded;
	double x[3];

	says("saved", leat_window_new(&w, &o), "");
	leat_window_push(w, 4);
	SET(out);
	says("writer", leat_window_save(w, &out), "");
	SET(in);
	if (says("reader", leat_window_load(&loaded, &o, &in), "")) {
		leat_window_query(loaded, x);
		show("loaded", x, 3);
		leat_window_free(loaded);
	}
	leat_window_free(w);
}

static void by_count(const leat_stat *of, size_t n, const char *name)
{
	leat_window_options o = { .size = 3, .stats = of, .n_stats = n };
	const char *why = "";
	int err;
	leat_window *w;
	double x[3];

	if (of == stats)
		SET(o);
	o.sink.emit = on_result;
	err = leat_window_check(&o, NULL, &why);
	says(name, err, why);
	if (leat_window_new(&w, &o))
		return;
	leat_window_push(w, 7);
	leat_window_query(w, x);
	show(name, x, n);
	for (int i = 0; i < 4; i++)
		leat_window_push(w, i);
	leat_window_free(w);
}

static leat_time_window_options minutes(void)
{
	leat_time_window_options o = { .kind = LEAT_TUMBLING,
		.span = 60,
		.stats = stats,
		.n_stats = 3,
		.sink = { on_result, NULL } };

	return o;
}

/* Counts, between words that must stay as they are. */
static void show_counts(const leat_time_window *w)
{
	struct {
		uint64_t before;
		leat_counts counts;
		uint64_t after;
	} c;

	memset(&c, 42, sizeof(c));
	leat_time_window_counts(w, &c.counts);
	printf("counts %llu %llu %d\n", (unsigned long long)c.counts.pushed,
	    (unsigned long long)c.counts.taken, c.before == c.after);
}

static void by_time(void)
{
	static const leat_event events[] = { { .t = 70, .x = 1 },
		{ .t = 71, .x = 2 } };
	leat_time_window_options o = minutes();
	const char *why = "";
	int err;
	leat_time_window *w;

	SET(o);
	err = leat_time_window_check(&o, NULL, &why);
	says("time", err, why);
	if (leat_time_window_new(&w, &o))
		return;
	for (int i = 0; i < 5; i++)
		leat_time_window_push(w, 10 * i, i);
	leat_time_window_push_events(w, events, 2, NULL);
	show_counts(w);
	leat_time_window_free(w);
}

static void by_key(void)
{
	leat_time_window_options by_time = minutes();
	leat_keyed_options o = { .by_time = &by_time,
		.dropped = { on_result, NULL } };
	const char *why = "";
	int err;
	leat_keyed *k;

	SET(o);
	err = leat_keyed_check(&o, NULL, &why);
	says("keyed", err, why);
	if (leat_keyed_new(&k, &o))
		return;
	for (int i = 0; i < 20; i++)
		leat_keyed_push(k, i % 2 ? "odd" : "even", i % 2 ? 3 : 4, 9 * i,
		    i);
	leat_keyed_drop(k, "odd", 3);
	leat_keyed_free(k);
}

static void model(void)
{
	leat_model_options o = { .n_features = 1 };
	const char *why = "";
	int err;
	leat_model *m;
	double x = 0;

	SET(o);
	err = leat_model_check(&o, NULL, &why);
	says("model", err, why);
	if (leat_model_new(&m, &o))
		return;
	for (; x < 50; x++)
		leat_model_learn(m, &x, 2 * x + 1, NULL);
	x = leat_model_predict(m, &x);
	show("model", &x, 1);
	leat_model_free(m);
}

static void drift(void)
{
	leat_drift_options o = { .threshold = 5 };
	leat_drift_answer answer = { 0 };
	const char *why = "";
	int err;
	leat_drift *d;

	SET(o);
	err = leat_drift_check(&o, NULL, &why);
	says("drift", err, why);
	if (leat_drift_new(&d, &o))
		return;
	for (int i = 0; i < 60 && !answer.change; i++)
		leat_drift_push(d, i > 40, &answer);
	printf("drift %d\n", answer.change);
	leat_drift_free(d);
}

static int on_record(void *ctx, const leat_csv_record *r)
{
	(void)ctx;
	printf("record %zu %.*s\n", r->n_fields, (int)r->fields[1].len,
	    r->fields[1].text);
	return 0;
}

static void csv(void)
{
	leat_csv_options o = { .record = on_record };
	leat_csv *c;

	SET(o);
	if (!says("csv", leat_csv_new(&c, &o), ""))
		return;
	leat_csv_push(c, "a,b\n1,2\n", 8);
	leat_csv_end(c);
	leat_csv_free(c);
}

int main(int argc, char **argv)
{
	set = argc > 1 && strcmp(argv[1], "set") == 0;
	SET(first);
	save_and_load();
	by_count(stats, 3, "count");
	by_count(own, 2, "agg");
	by_time();
	by_key();
	model();
	drift();
	csv();
	return 0;
}
