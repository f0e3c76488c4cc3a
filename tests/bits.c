/*
 * A single number for all results: a hash of the bits that a fixed mix of
 * every kind and statistic gives. Builds by different compilers, at
 * different levels of optimisation, for different machines must print
 * the same line.
 *
 * The inputs are made by integer arithmetic and exact scalings, so they
 * are the same everywhere. All NaNs are hashed as one.
 *
 * Status 3 means that the library refuses to count, because it was compiled
 * with flags that change arithmetic.
 *
 *      bits [-v]     -v: a line for each part
 */
#include <stdio.h>
#include <string.h>

#include <leat_text.h>

#include "lists.h"

enum { MAX_STATS = 33, N_VALUES = 3000 };

static uint64_t state = 20240229;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* 2^-20 times an integer of 36 bits: exact, spread over (-32768, 32768). */
static double number(void)
{
	int64_t i = (int64_t)(next() >> 28) - ((int64_t)1 << 35);
	return (double)i * (1.0 / 1048576);
}

/* Returns a value; with clean no bad one, since those would hide all others. */
static double value(int clean)
{
	static const double scale[] = { 1, 1, 1, 1, 1.0 / 1073741824,
		1073741824, 1.0 / 1024, 1152921504606846976.0 };
	uint64_t k = next() % 97;
	double x = number() * scale[next() % 8];
	if (clean)
		return k == 3 ? (double)(x - x) / (x - x) : x;
	if (k == 0)
		return (double)(x - x) / (x - x);
	if (k == 1)
		return 1e300 * (x < 0 ? -1 : 1);
	if (k == 2)
		return 1e300 * 1e300;
	return k == 3 ? 0 : x;
}

static double xs[N_VALUES], ys[N_VALUES];

static uint64_t hash;

static void fold(double x)
{
	uint64_t bits = UINT64_C(0x7ff8000000000000);
	if (x == x)
		memcpy(&bits, &x, sizeof(bits));
	hash ^= bits;
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	hash ^= hash >> 29;
}

static size_t choose(leat_stat *stats, int kind, int pairs)
{
	static const int fading[] = { 2, 3, 4, 5, 6, 7, 8, 9, 16, 23, 27, 28,
		29, 30, 31, 32, 33 };
	int last = pairs ? LEAT_STAT_INTERCEPT : LEAT_STAT_RMS;
	size_t n = 0;
	memset(stats, 0, MAX_STATS * sizeof(*stats));
	for (int id = LEAT_STAT_COUNT; id <= last; id++) {
		int fades = 0;
		for (size_t i = 0; i < sizeof(fading) / sizeof(int); i++)
			fades |= fading[i] == id;
		if (kind == LEAT_DECAY && !fades)
			continue;
		stats[n++].id = id;
	}
	return n;
}

static int push_one(leat_window *w, size_t i, int pairs)
{
	return pairs ? leat_window_push_xy(w, xs[i], ys[i])
		     : leat_window_push(w, xs[i]);
}

static int push_rest(leat_window *w, size_t i, int pairs, double *out)
{
	size_t n = N_VALUES - i;
	return pairs ? leat_window_push_many(w, xs + i, ys + i, n, out)
		     : leat_window_push_many(w, xs + i, NULL, n, out);
}

/* Half of the values one by one, the rest at once. */
static int feed(leat_window *w, int pairs, size_t n_stats)
{
	static double out[N_VALUES * MAX_STATS];
	size_t half = N_VALUES / 2;
	for (size_t i = 0; i < half; i++) {
		if (push_one(w, i, pairs) != LEAT_OK)
			return -1;
		leat_window_query(w, out);
		for (size_t k = 0; k < n_stats; k++)
			fold(out[k]);
	}
	if (push_rest(w, half, pairs, out) != LEAT_OK)
		return -1;
	for (size_t k = 0; k < (N_VALUES - half) * n_stats; k++)
		fold(out[k]);
	return 0;
}

static int run(leat_window_options options)
{
	leat_stat stats[MAX_STATS];
	for (int pairs = 0; pairs < 2; pairs++) {
		leat_window *w;
		options.stats = stats;
		options.n_stats = choose(stats, options.kind, pairs);
		if (leat_window_new(&w, &options) != LEAT_OK)
			return -1;
		int error = feed(w, pairs, options.n_stats);
		leat_window_free(w);
		if (error)
			return -1;
	}
	return 0;
}

static leat_window_options shape(int kind, uint64_t size, uint64_t advance)
{
	leat_window_options options;
	memset(&options, 0, sizeof(options));
	options.kind = kind;
	options.size = size;
	options.hop = advance;
	return options;
}

/* A few statistics that windows have a way of their own for. */
static const struct set {
	size_t n;
	leat_stat stats[6];
} sets[] = {
	{ 1, { LEAT_SUM } },
	{ 1, { LEAT_MIN } },
	{ 1, { LEAT_MAX } },
	{ 2, { LEAT_MEAN, LEAT_SUM } },
	{ 2, { LEAT_MAX, LEAT_MIN } },
	{ 2, { LEAT_MEAN, LEAT_STDDEV } },
	{ 2, { LEAT_VARIANCE, LEAT_SUM } },
	{ 6,
	    { LEAT_COUNT, LEAT_SUM, LEAT_MEAN, LEAT_STDDEV, LEAT_MIN,
		LEAT_MAX } },
};

static int run_set(leat_window_options options, const struct set *set)
{
	leat_window *w;
	options.stats = set->stats;
	options.n_stats = set->n;
	if (leat_window_new(&w, &options) != LEAT_OK)
		return -1;
	int error = feed(w, 0, set->n);
	leat_window_free(w);
	return error;
}

/* Long stretches with nothing missing, as these ways want them. */
static int usual(void)
{
	static const uint64_t sizes[] = { 2, 3, 4, 7, 16, 33, 150, 601 };
	int error = 0;
	for (size_t i = 0; i < N_VALUES; i++)
		if (xs[i] != xs[i] && i % 1000 > 100)
			xs[i] = 0.125 * (double)i;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (size_t k = 0; k < sizeof(sets) / sizeof(*sets); k++)
			error |= run_set(shape(LEAT_SLIDING, sizes[i], 0),
			    &sets[k]);
	return error;
}

static int sliding(void)
{
	static const uint64_t sizes[] = { 1, 2, 3, 4, 5, 8, 13, 31, 64, 100,
		257, 1000 };
	int error = 0;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		error |= run(shape(LEAT_SLIDING, sizes[i], 0));
	return error;
}

static int tumbling(void)
{
	return run(shape(LEAT_TUMBLING, 7, 0)) |
	    run(shape(LEAT_TUMBLING, 100, 0));
}

static int hopping(void)
{
	return run(shape(LEAT_HOPPING, 60, 7)) |
	    run(shape(LEAT_HOPPING, 100, 10)) | run(shape(LEAT_HOPPING, 5, 9)) |
	    run(shape(LEAT_HOPPING, 40, 1));
}

static int landmark(void)
{
	return run(shape(LEAT_LANDMARK, 0, 0));
}

static int decay(void)
{
	static const double alpha[] = { 0.5, 0.1, 0.01, 0 };
	int error = 0;
	for (int i = 0; i < 8; i++) {
		leat_window_options options = shape(LEAT_DECAY, 0, 0);
		options.unadjusted = i % 2;
		options.alpha = alpha[i / 2];
		if (i / 2 == 3)
			options.half_life = 12.5;
		error |= run(options);
	}
	return error;
}

/* A target that every loss can have, from any number. */
static double target(int loss, double y)
{
	if (loss == LEAT_LOSS_LOGISTIC || loss == LEAT_LOSS_HINGE)
		return y > 0;
	return loss == LEAT_LOSS_POISSON && y < 0 ? -y : y;
}

static int learn_row(leat_model *m, int loss, size_t i, size_t d)
{
	static const uint32_t index[] = { 1, 2, 5, 6, 9 };
	const double *x = xs + i % (N_VALUES - d);
	double y = target(loss, ys[i]), guess = 0, heavy = 2.5;
	int err;
	if (i % 7 == 3 && d > 9)
		err = leat_model_learn_sparse(m, index, x, y, 1, 5, &guess);
	else if (i % 7 == 4)
		err = leat_model_learn_many(m, x, &y, &heavy, 1, &guess);
	else
		err = leat_model_learn(m, x, y, &guess);
	fold(err);
	fold(guess);
	return err;
}

static void learn_all(leat_model *m, int loss, size_t d)
{
	double w[64], intercept;
	for (size_t i = 0; i < N_VALUES; i++)
		learn_row(m, loss, i, d);
	leat_model_coefficients(m, w, &intercept);
	for (size_t k = 0; k < d; k++)
		fold(w[k]);
	fold(intercept);
	fold(leat_model_score(m, xs + 100));
}

static int model(leat_model_options options)
{
	static const size_t sizes[] = { 1, 2, 8, 13, 37 };
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		leat_model *m;
		options.n_features = sizes[k];
		int err = leat_model_new(&m, &options);
		if (err == LEAT_EINVAL)
			continue;
		if (err)
			return -1;
		learn_all(m, options.loss, sizes[k]);
		leat_model_free(m);
	}
	return 0;
}

static int models(void)
{
	int error = 0;
	for (int update = 0; update < N_UPDATES; update++)
		for (int loss = 0; loss < N_LOSSES; loss++) {
			leat_model_options options;
			memset(&options, 0, sizeof(options));
			options.update = update;
			options.loss = loss;
			error |= model(options);
		}
	return error;
}

static int tuned_models(void)
{
	leat_model_options options;
	memset(&options, 0, sizeof(options));
	options.update = LEAT_UPDATE_SGD;
	options.rate = 1.0 / 1099511627776;
	options.power = 0.25;
	options.average = 1;
	options.l1 = options.l2 = 0.001;
	int error = model(options);
	memset(&options, 0, sizeof(options));
	options.update = LEAT_UPDATE_RLS;
	options.forgetting = 0.97;
	error |= model(options);
	for (int update = LEAT_UPDATE_SGD; update < N_UPDATES; update++) {
		memset(&options, 0, sizeof(options));
		options.update = update;
		options.standardise = 1;
		error |= model(options);
	}
	return error;
}

static int errors(void)
{
	static const leat_stat stats[] = { LEAT_MAE, LEAT_MSE, LEAT_RMSE,
		LEAT_R2, LEAT_BIAS, LEAT_ACCURACY, LEAT_COVERAGE, LEAT_LOG_LOSS,
		LEAT_AUC };
	static const uint64_t sizes[] = { 0, 1, 16, 300 };
	for (int decays = 0; decays < 2; decays++)
		for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
			leat_window_options o;
			leat_window *w;
			double out[9];
			memset(&o, 0, sizeof(o));
			o.kind = sizes[k] ? LEAT_SLIDING : LEAT_LANDMARK;
			o.size = sizes[k];
			if (decays) {
				o.kind = LEAT_DECAY;
				o.half_life = 1 + (double)sizes[k];
				o.size = 0;
			}
			o.stats = stats;
			o.n_stats = o.size ? 9 : 8;
			if (leat_window_new(&w, &o) != LEAT_OK)
				return -1;
			for (size_t i = 0; i < N_VALUES; i++) {
				double p = xs[i] / 65536 + 0.5;
				fold(leat_window_push_xy(w, p, ys[i] > 0));
				leat_window_query(w, out);
				for (size_t j = 0; j < o.n_stats; j++)
					fold(out[j]);
			}
			leat_window_free(w);
		}
	return 0;
}

static int detectors(void)
{
	for (int kind = 0; kind < N_DRIFTS; kind++) {
		leat_drift_options options;
		leat_drift *d;
		memset(&options, 0, sizeof(options));
		options.kind = kind;
		if (drift_thresholds[kind] != 0)
			options.threshold = 100000;
		if (kind == LEAT_DRIFT_ZSCORE)
			options.size = 50;
		if (leat_drift_new(&d, &options) != LEAT_OK)
			return -1;
		for (size_t i = 0; i < N_VALUES; i++) {
			leat_drift_answer answer;
			fold(leat_drift_push(d, xs[i], &answer));
			fold(answer.change);
			fold(answer.score);
			fold(leat_drift_mean(d));
		}
		leat_drift_free(d);
	}
	return 0;
}

/* Times that go forth and back, with ties and gaps. */
static int64_t time_of(size_t i)
{
	int64_t t = (int64_t)i * 7 - (int64_t)(i * i % 101);
	return t + (int64_t)(i / 500) * 1000;
}

static int fold_result(void *ctx, const leat_result *r)
{
	(void)ctx;
	fold((double)r->start);
	fold((double)r->end);
	fold((double)r->revision * 64 + r->flags);
	for (size_t i = 0; i < r->n_values; i++)
		fold(r->values[i]);
	return 0;
}

static size_t choose_timed(leat_stat *stats, int kind, int pairs)
{
	size_t n = choose(stats, kind, pairs);
	if (kind == LEAT_DECAY)
		return n;
	for (int id = LEAT_STAT_INCREASE; id <= LEAT_STAT_TIME_MEAN_LINEAR;
	     id++) {
		stats[n].arg = id == LEAT_STAT_RATE ? 60 : 0;
		stats[n++].id = id;
	}
	return n;
}

static int run_timed(leat_time_window_options options, int pairs, int ordered)
{
	leat_stat stats[MAX_STATS + 4];
	double out[MAX_STATS + 4];
	leat_time_window *w;
	memset(stats, 0, sizeof(stats));
	options.stats = stats;
	options.n_stats = ordered ? choose_timed(stats, options.kind, pairs)
				  : choose(stats, options.kind, pairs);
	options.delay = 50;
	options.sink.emit = fold_result;
	if (leat_time_window_new(&w, &options) != LEAT_OK)
		return -1;
	for (size_t i = 0; i < N_VALUES; i++) {
		int err = pairs
		    ? leat_time_window_push_xy(w, time_of(i), xs[i], ys[i])
		    : leat_time_window_push(w, time_of(i), xs[i]);
		fold(err);
		leat_time_window_query(w, out);
		for (size_t k = 0; k < options.n_stats; k++)
			fold(out[k]);
	}
	leat_time_window_advance(w, LEAT_TIME_MAX);
	leat_time_window_free(w);
	return 0;
}

static int times(void)
{
	for (int kind = LEAT_SLIDING; kind <= LEAT_SESSION; kind++) {
		leat_time_window_options o;
		memset(&o, 0, sizeof(o));
		o.kind = kind;
		if (kind <= LEAT_HOPPING)
			o.span = 600;
		o.hop = kind == LEAT_HOPPING ? 150 : 0;
		o.gap = kind == LEAT_SESSION ? 15 : 0;
		o.half_life = kind == LEAT_DECAY ? 333 : 0;
		o.allowed_lateness = 40;
		for (int i = 0; i < 4; i++)
			if (run_timed(o, i & 1, i & 2) != 0)
				return -1;
	}
	return 0;
}

/* ---- Text ---- */

static void fold_text(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fold((unsigned char)text[i]);
}

static int number_text(double x)
{
	char out[LEAT_FIXED_SIZE];
	size_t n = leat_format_double(x, out);
	double back = 0;
	if (leat_parse_double(out, n, &back, NULL) != LEAT_OK)
		return -1;
	fold(back);
	fold_text(out, n);
	fold_text(out, leat_format_fixed(x, (unsigned)(next() % 18), out));
	return 0;
}

/* Writes a decimal with a digit more than doubles have, so it gets rounded. */
static int decimal_text(void)
{
	unsigned long long whole = next(), fraction = next();
	int e = (int)(next() % 700) - 350;
	char text[64];
	int n = snprintf(text, sizeof(text), "%llu.%llue%d", whole, fraction,
	    e);
	double x = 0;
	if (leat_parse_double(text, (size_t)n, &x, NULL) != LEAT_OK)
		return -1;
	fold(x);
	return 0;
}

static int time_text(void)
{
	char out[LEAT_TIME_SIZE];
	int64_t t = (int64_t)next(), back = 0;
	size_t n = leat_format_time(t, out);
	if (leat_parse_time(out, n, LEAT_UNIT_GUESS, &back, NULL) != LEAT_OK)
		return -1;
	fold_text(out, n);
	return back == t ? 0 : -1;
}

static int fold_record(void *ctx, const leat_csv_record *record)
{
	(void)ctx;
	fold((double)record->line);
	fold((double)record->offset);
	fold(record->problem);
	for (size_t i = 0; i < record->n_fields; i++) {
		fold((double)record->fields[i].len);
		fold_text(record->fields[i].text, record->fields[i].len);
	}
	return 0;
}

/* Every machine finds the special bytes in a way of its own. */
static int csv_text(char delimiter)
{
	static const char usual[] = "abcdefghi01234.\n\n,,\",";
	static char text[20000];
	leat_csv_options o;
	leat_csv *csv;
	memset(&o, 0, sizeof(o));
	o.record = fold_record;
	o.delimiter = delimiter;
	if (leat_csv_new(&csv, &o) != LEAT_OK)
		return -1;
	for (size_t i = 0; i < sizeof(text); i++) {
		uint64_t k = next() % 100;
		text[i] = usual[next() % (sizeof(usual) - 1)];
		if (k < 4)
			text[i] = "\r\0\xFF;"[k];
	}
	int err = leat_csv_push(csv, text, sizeof(text));
	if (!err)
		err = leat_csv_end(csv);
	leat_csv_free(csv);
	return err;
}

static int texts(void)
{
	for (size_t i = 0; i < N_VALUES; i++)
		if (number_text(xs[i]) || number_text(xs[i] * ys[i]) ||
		    decimal_text() || time_text())
			return -1;
	/* 0x1A has the lower half of LF, so it is not found by the table. */
	return csv_text(',') || csv_text(';') || csv_text(0x1A) ? -1 : 0;
}

static void fill(int clean)
{
	for (size_t i = 0; i < N_VALUES; i++) {
		xs[i] = value(clean);
		ys[i] = value(clean);
	}
}

static const struct part {
	const char *name;
	int (*run)(void);
} parts[] = {
	{ "sliding", sliding },
	{ "usual sets", usual },
	{ "tumbling", tumbling },
	{ "hopping", hopping },
	{ "landmark", landmark },
	{ "decay", decay },
	{ "windows by time", times },
	{ "models", models },
	{ "tuned models", tuned_models },
	{ "errors", errors },
	{ "detectors", detectors },
	{ "text", texts },
};

enum { N_PARTS = sizeof(parts) / sizeof(parts[0]) };

static int refuses(void)
{
	leat_window_options options = shape(LEAT_SLIDING, 4, 0);
	leat_window *w = NULL;
	options.stats = sets[0].stats;
	options.n_stats = 1;
	int error = leat_window_new(&w, &options);
	leat_window_free(w);
	return error == LEAT_EARITH;
}

int main(int argc, char **argv)
{
	int verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	uint64_t total = 0;

	if (refuses()) {
		fprintf(stderr, "bits: %s\n", leat_strerror(LEAT_EARITH));
		return 3;
	}

	for (size_t i = 0; i < 2 * N_PARTS; i++) {
		const struct part *part = &parts[i / 2];
		fill(i % 2 == 0);
		hash = UINT64_C(0xcbf29ce484222325);
		if (part->run() != 0) {
			fprintf(stderr, "bits: %s failed\n", part->name);
			return 1;
		}
		if (verbose)
			printf("%016llx %s, %s\n", (unsigned long long)hash,
			    part->name, i % 2 == 0 ? "clean" : "dirty");
		total = (total ^ hash) * UINT64_C(0x9e3779b97f4a7c15);
		total ^= total >> 32;
	}
	printf("%016llx\n", (unsigned long long)total);
	return 0;
}
