/*
 * The headers in a C++ program, from C++98 on: every family of objects, from
 * options that are {}, without a warning, old casts and members that are not
 * named among them.
 */
#include <leat_text.h>
#include <stdio.h>
#include <string.h>

static int told;

extern "C" {
static int on_result(void *ctx, const leat_result *result)
{
	told += result->n_values > 0 && result->flags == 0 && ctx != 0;
	return 0;
}

static void count_identity(void *, void *partial)
{
	*static_cast<double *>(partial) = 0;
}

static void count_lift(void *, void *partial, const leat_sample *)
{
	*static_cast<double *>(partial) = 1;
}

static void count_combine(void *, void *left, const void *right)
{
	*static_cast<double *>(left) += *static_cast<const double *>(right);
}

static double count_lower(void *, const void *partial, const leat_stat *stat)
{
	return *static_cast<const double *>(partial) + stat->arg;
}

static int on_record(void *ctx, const leat_csv_record *record)
{
	*static_cast<size_t *>(ctx) += record->n_fields;
	return 0;
}
}

static leat_agg counter()
{
	leat_agg agg = {};

	agg.name = "counter";
	agg.size = sizeof(double);
	agg.identity = count_identity;
	agg.lift = count_lift;
	agg.combine = count_combine;
	agg.lower = count_lower;
	return agg;
}

static int wrong(const char *what)
{
	fprintf(stderr, "cxx: %s\n", what);
	return 1;
}

static int by_count()
{
	const leat_agg agg = counter();
	const leat_stat stats[] = { LEAT_MEAN, LEAT_AGG(&agg, 0.5) };
	leat_window_options options = {};
	leat_window *w = 0;
	double out[2] = { 0, 0 };

	options.size = 3;
	options.stats = stats;
	options.n_stats = 2;
	options.sink.emit = on_result;
	options.sink.ctx = &told;
	told = 0;
	if (leat_window_new(&w, &options) != LEAT_OK)
		return wrong("no window");
	for (int i = 0; i < 5; i++)
		leat_window_push(w, i);
	leat_window_query(w, out);
	leat_window_free(w);
	return out[0] == 3 && out[1] == 3.5 && told == 3 ? 0 : wrong("count");
}

/* Saved and loaded, too. */
static int by_time()
{
	const leat_stat rate = LEAT_RATE_PER(LEAT_MINUTE), max = LEAT_MAX;
	const leat_stat stats[] = { max, rate, LEAT_RATE };
	unsigned char bytes[4096];
	leat_time_window_options options = {};
	leat_time_window *w = 0, *loaded = 0;
	leat_writer writer = {};
	leat_reader reader = {};
	leat_counts counts = {};

	options.kind = LEAT_TUMBLING;
	options.span = LEAT_MINUTE;
	options.stats = stats;
	options.n_stats = 3;
	options.sink.emit = on_result;
	options.sink.ctx = &told;
	told = 0;
	if (leat_time_window_new(&w, &options) != LEAT_OK)
		return wrong("no window by time");
	for (int i = 0; i < 5; i++)
		leat_time_window_push(w, i * 25 * LEAT_SECOND, i);
	leat_time_window_counts(w, &counts);
	writer.bytes = bytes;
	reader.bytes = bytes;
	writer.capacity = reader.n_bytes = sizeof(bytes);
	if (leat_time_window_save(w, &writer) != LEAT_OK ||
	    leat_time_window_load(&loaded, &options, &reader) != LEAT_OK)
		return wrong("no state");
	leat_time_window_advance(loaded, LEAT_TIME_MAX);
	leat_time_window_free(loaded);
	leat_time_window_free(w);
	return counts.taken == 5 && told == 2 ? 0 : wrong("time");
}

static int by_key()
{
	leat_window_options last = {};
	leat_keyed_options options = {};
	leat_keyed *k = 0;
	leat_stat stats[4];
	size_t n = 0;
	double out[4];

	if (leat_stats_parse("mean,max", stats, 4, &n, 0, 0) != LEAT_OK)
		return wrong("no statistics");
	last.size = 10;
	last.stats = stats;
	last.n_stats = n;
	options.by_count = &last;
	if (leat_keyed_new(&k, &options) != LEAT_OK)
		return wrong("no keyed window");
	leat_keyed_push(k, "a", 1, 0, 2);
	leat_keyed_push(k, "a", 1, 1, 4);
	int err = leat_keyed_query(k, "a", 1, out);
	leat_keyed_free(k);
	return err == LEAT_OK && out[0] == 3 && out[1] == 4 ? 0 : wrong("key");
}

static int model_and_drift()
{
	leat_model_options options = {};
	leat_drift_options watch = {};
	leat_drift_answer answer = {};
	leat_model *m = 0;
	leat_drift *d = 0;
	double x = 1, guess = 0;

	options.n_features = 1;
	watch.kind = LEAT_DRIFT_ZSCORE;
	if (leat_model_new(&m, &options) != LEAT_OK ||
	    leat_drift_new(&d, &watch) != LEAT_OK)
		return wrong("no model or drift");
	for (int i = 0; i < 50; i++) {
		leat_model_learn(m, &x, 5, &guess);
		leat_drift_push(d, i % 2, 0);
	}
	leat_drift_push(d, 1e9, &answer);
	leat_model_free(m);
	leat_drift_free(d);
	return answer.change == LEAT_CHANGE_RISE && guess > 4 ? 0
							      : wrong("model");
}

static int text()
{
	leat_csv_options options = {};
	leat_csv *c = 0;
	size_t n = 0;

	options.record = on_record;
	options.ctx = &n;
	if (leat_csv_new(&c, &options) != LEAT_OK)
		return wrong("no CSV reader");
	leat_csv_push(c, "a,b\n1,2\n", 8);
	leat_csv_end(c);
	leat_csv_free(c);
	return n == 4 ? 0 : wrong("CSV");
}

int main()
{
	if (leat_version() != LEAT_VERSION || LEAT_TAG_MAX < 1 ||
	    LEAT_SIZE_MAX < 1 || LEAT_FEATURES_MAX < 1)
		return wrong("version");
	return by_count() || by_time() || by_key() || model_and_drift() ||
	    text();
}
