/*
 * Every kind of object that can be saved, to try states on.
 *
 * What is common to all objects is in terms of a table of functions for each
 * type; an object is made, fed, asked, saved and loaded by way of that. What
 * is fed is the same for all: a number stands for a step, whose meaning each
 * type has for itself. All that can be seen goes into a checksum, so that two
 * objects have gone the same way if their checksums are the same.
 */
#include "state_zoo.h"
#include "keyed_choice.h"
#include "pushed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void zoo_abort(const char *what, size_t specimen)
{
	fprintf(stderr, "%s: %s\n", zoo_name(specimen), what);
	abort();
}

void (*zoo_failed)(const char *what, size_t specimen) = zoo_abort;

static size_t current;

static void must(int holds, const char *what)
{
	if (!holds)
		zoo_failed(what, current);
}

/* ---- Checksums ---- */

/* CRC-32C, bit by bit. */
static uint32_t crc_of(const unsigned char *p, size_t n)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int b = 0; b < 8; b++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78 : 0);
	}
	return ~crc;
}

void zoo_repair(unsigned char *bytes, size_t n)
{
	if (n < 4)
		return;
	uint32_t crc = crc_of(bytes, n - 4);

	for (size_t i = 0; i < 4; i++)
		bytes[n - 4 + i] = (unsigned char)(crc >> 8 * i);
}

int zoo_is_whole(const unsigned char *bytes, size_t n)
{
	size_t at = 8;

	while (at + 4 <= n && bytes[at] != 0) {
		size_t len = bytes[at + 2] | (size_t)bytes[at + 3] << 8;
		at += 4 + len;
	}
	if (at + 8 > n)
		return 0;
	uint32_t crc = crc_of(bytes, at + 4);
	for (size_t i = 0; i < 4; i++)
		if (bytes[at + 4 + i] != (unsigned char)(crc >> 8 * i))
			return 0;
	return 1;
}

static uint64_t seen; /* hash of everything observed of the current object */

static void see(uint64_t x)
{
	seen = (seen ^ x) * 0x9E3779B97F4A7C15u;
	seen ^= seen >> 29;
}

/* NaN is NaN, whatever its bits. */
static void see_double(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	see(x != x ? 0x7FF8 : bits);
}

static void see_doubles(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		see_double(x[i]);
}

/* ---- Memory ---- */

/*
 * Blocks know their size; more than `limit` at once there is not, and none
 * in the call that is the fail_at-th, or from the fail_from-th on (0: no
 * call fails).
 */
static struct {
	size_t live, peak, limit, calls, fail_at, fail_from;
} heap;

enum { BLOCK_HEAD = 16 };

static void *heap_take(void *ctx, size_t size)
{
	unsigned char *p;

	(void)ctx;
	heap.calls++;
	if (heap.calls == heap.fail_at ||
	    (heap.fail_from > 0 && heap.calls >= heap.fail_from) ||
	    size > heap.limit || heap.live > heap.limit - size)
		return NULL;
	p = malloc(size + BLOCK_HEAD);
	if (!p)
		return NULL;
	memcpy(p, &size, sizeof(size));
	heap.live += size;
	if (heap.live > heap.peak)
		heap.peak = heap.live;
	return p + BLOCK_HEAD;
}

static void heap_give(void *ctx, void *memory)
{
	unsigned char *p = (unsigned char *)memory - BLOCK_HEAD;
	size_t size;

	(void)ctx;
	memcpy(&size, p, sizeof(size));
	heap.live -= size;
	free(p);
}

static const leat_allocator memory = { heap_take, heap_give, NULL };

/* ---- What is told ---- */

enum { TOLD_MOST = 3000000 };

static size_t n_told;

static int on_result(void *ctx, const leat_result *r)
{
	(void)ctx;
	see_doubles(r->values, r->n_values);
	see((uint64_t)r->start);
	see((uint64_t)r->end);
	see((uint64_t)r->flags);
	see(r->revision);
	for (size_t i = 0; i < r->key_len; i += 7)
		see(((const unsigned char *)r->key)[i]);
	must(++n_told < TOLD_MOST, "there is no end of results");
	return 0;
}

static int on_late(void *ctx, const leat_event *e)
{
	(void)ctx;
	see((uint64_t)e->t);
	see_double(e->x);
	return 0;
}

/* ---- Steps ---- */

static uint64_t step_state;

/* splitmix64 */
static uint64_t next(void)
{
	uint64_t z = step_state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static unsigned below(unsigned n)
{
	return (unsigned)((next() >> 32) * n >> 32);
}

static double any_value(int wild)
{
	static const double odd[] = { 0, -0.0, 1e300, -1e300, 5e-324, 1e9,
		HUGE_VAL, -HUGE_VAL, 1, 0.5 };
	unsigned k = below(wild ? 20 : 200);

	if (k == 19 || k == 199)
		return NAN;
	if (wild && k < 10)
		return odd[k];
	return (double)below(4000) / 16 - 100;
}

static int64_t shifted(int64_t t, int64_t by)
{
	if (by > 0)
		return t > INT64_MAX - by ? INT64_MAX : t + by;
	return t < INT64_MIN - by ? INT64_MIN : t + by;
}

/* ---- A class of the user's ---- */

/* Hashes in any order: their number and sum. */
struct hashes {
	uint64_t n, sum;
};

static void hashes_identity(void *ctx, void *partial)
{
	(void)ctx;
	memset(partial, 0, sizeof(struct hashes));
}

static void hashes_lift(void *ctx, void *partial, const leat_sample *s)
{
	struct hashes *h = partial;

	(void)ctx;
	h->n = 1;
	memcpy(&h->sum, &s->x, sizeof(h->sum));
	h->sum = (h->sum ^ (uint64_t)s->t) * 0x9E3779B97F4A7C15u;
}

static void hashes_combine(void *ctx, void *left, const void *right)
{
	struct hashes *l = left;
	const struct hashes *r = right;

	(void)ctx;
	l->n += r->n;
	l->sum += r->sum;
}

static double hashes_lower(void *ctx, const void *partial,
    const leat_stat *stat)
{
	const struct hashes *h = partial;

	(void)ctx;
	return stat->arg == 0 ? (double)h->n : (double)(h->sum >> 12);
}

static size_t hashes_save(void *ctx, const void *partial, unsigned char *bytes)
{
	const struct hashes *h = partial;

	(void)ctx;
	leat_put_uint64(bytes, h->n);
	leat_put_uint64(bytes + 8, h->sum);
	return 16;
}

static int hashes_load(void *ctx, void *partial, const unsigned char *bytes,
    size_t n_bytes)
{
	struct hashes *h = partial;

	(void)ctx;
	if (n_bytes != 16)
		return -1;
	h->n = leat_get_uint64(bytes);
	h->sum = leat_get_uint64(bytes + 8);
	return 0;
}

static const leat_agg hashes_class = {
	.name = "hashes",
	.size = sizeof(struct hashes),
	.identity = hashes_identity,
	.lift = hashes_lift,
	.combine = hashes_combine,
	.lower = hashes_lower,
	.commutative = 1,
	.saved_size = 16,
	.save = hashes_save,
	.load = hashes_load,
};

/* ---- Statistics ---- */

enum { MOST_STATS = 24 };

static const leat_stat stats_all[] = { LEAT_COUNT, LEAT_COUNT_MISSING, LEAT_SUM,
	LEAT_VARIANCE, LEAT_KURTOSIS, LEAT_ZSCORE, LEAT_MIN, LEAT_MAX,
	LEAT_ARGMIN, LEAT_ARGMAX, LEAT_FIRST, LEAT_LAST, LEAT_PRODUCT,
	LEAT_RMS };
static const leat_stat stats_few[] = { LEAT_MEAN, LEAT_STDDEV };
static const leat_stat stats_sum[] = { LEAT_SUM, LEAT_COUNT };
static const leat_stat stats_pairs[] = { LEAT_CORRELATION, LEAT_INTERCEPT,
	LEAT_LAST, LEAT_COUNT };
static const leat_stat stats_own[] = { LEAT_AGG(&hashes_class, 0.0),
	LEAT_AGG(&hashes_class, 1.0), LEAT_MAX };
static const leat_stat stats_order[] = { LEAT_INCREASE, LEAT_RATE,
	LEAT_TIME_MEAN, LEAT_TIME_MEAN_LINEAR, LEAT_COUNT, LEAT_ARGMIN };
static const leat_stat stats_decay[] = { LEAT_COUNT, LEAT_MEAN, LEAT_STDDEV,
	LEAT_ZSCORE, LEAT_RMS, LEAT_COUNT_MISSING };
static const leat_stat stats_errors[] = { LEAT_MAE, LEAT_RMSE, LEAT_R2,
	LEAT_BIAS, LEAT_LOG_LOSS, LEAT_ACCURACY, LEAT_COVERAGE };
static const leat_stat stats_ranked[] = { LEAT_AUC, LEAT_COUNT, LEAT_R2 };
static const leat_stat stats_counter[] = { LEAT_INCREASE, LEAT_FIRST };

#define STATS(s)                                                               \
	.stats = stats_##s, .n_stats = sizeof(stats_##s) / sizeof(leat_stat)

/* Days of 24 ticks, but every seventh has 30; cut off at the ends of time. */
static void days(void *ctx, int64_t t, int64_t *start_out, int64_t *end_out)
{
	int64_t rest = ((t % 174) + 174) % 174, day = rest / 24;

	(void)ctx;
	if (day > 6)
		day = 6;
	*start_out = shifted(t, day * 24 - rest);
	*end_out = shifted(t, (day == 6 ? 174 : day * 24 + 24) - rest);
}

#define TOLD .sink = { on_result, NULL }, .late = { on_late, NULL }
#define MEM .allocator = &memory

/* ---- The specimens ---- */

struct specimen {
	const char *name;
	int type;
	leat_window_options window;
	leat_time_window_options time;
	keyed_choice keyed;
	leat_model_options model;
	leat_drift_options drift;
};

static const double three_rates[] = { 1, 0.5, 0 };
#define WINDOW(n, ...)                                                         \
	{                                                                      \
		.name = (n), .type = LEAT_OBJECT_WINDOW, .window = {           \
			MEM,                                                   \
			__VA_ARGS__                                            \
		}                                                              \
	}
#define TIME(n, ...)                                                           \
	{                                                                      \
		.name = (n), .type = LEAT_OBJECT_TIME_WINDOW, .time = {        \
			MEM,                                                   \
			TOLD,                                                  \
			__VA_ARGS__                                            \
		}                                                              \
	}
#define KEYED(n, ...)                                                          \
	{                                                                      \
		.name = (n), .type = LEAT_OBJECT_KEYED, .keyed = {             \
			MEM,                                                   \
			.dropped = { on_result, NULL },                        \
			__VA_ARGS__                                            \
		}                                                              \
	}
#define MODEL(n, ...)                                                          \
	{                                                                      \
		.name = (n), .type = LEAT_OBJECT_MODEL, .model = {             \
			MEM,                                                   \
			__VA_ARGS__                                            \
		}                                                              \
	}
#define DRIFT(n, ...)                                                          \
	{                                                                      \
		.name = (n), .type = LEAT_OBJECT_DRIFT, .drift = {             \
			MEM,                                                   \
			__VA_ARGS__                                            \
		}                                                              \
	}
#define SINK .sink = { on_result, NULL }

/* clang-format off */
static const struct specimen zoo[] = {
	WINDOW("sliding", .size = 7, STATS(all), SINK),
	WINDOW("sliding one", .size = 1, STATS(few)),
	WINDOW("sliding mean", .size = 100, STATS(few), .min_count = 5),
	WINDOW("sliding sum", .size = 33, STATS(sum),
	    .on_missing = LEAT_ON_MISSING_PROPAGATE),
	WINDOW("sliding pairs", .size = 20, STATS(pairs)),
	WINDOW("sliding own", .size = 12, STATS(own)),
	WINDOW("tumbling", .kind = LEAT_TUMBLING, .size = 9, STATS(all),
	    .keep_values = 1, SINK),
	WINDOW("tumbling pairs", .kind = LEAT_TUMBLING, .size = 30,
	    STATS(pairs)),
	WINDOW("hopping", .kind = LEAT_HOPPING, .size = 20, .hop = 4,
	    STATS(all), SINK),
	WINDOW("hopping kept", .kind = LEAT_HOPPING, .size = 11, .hop = 3,
	    STATS(counter), .keep_values = 1),
	WINDOW("hopping own", .kind = LEAT_HOPPING, .size = 50, .hop = 7,
	    STATS(own)),
	WINDOW("leaping", .kind = LEAT_HOPPING, .size = 3, .hop = 8,
	    STATS(few), SINK),
	WINDOW("landmark", .kind = LEAT_LANDMARK, STATS(all)),
	WINDOW("landmark pairs", .kind = LEAT_LANDMARK, STATS(pairs)),
	WINDOW("landmark own", .kind = LEAT_LANDMARK, STATS(own)),
	WINDOW("decay", .kind = LEAT_DECAY, .alpha = 0.3, STATS(decay)),
	WINDOW("decay pairs", .kind = LEAT_DECAY, .half_life = 5,
	    STATS(pairs), .unadjusted = 1),

	TIME("time sliding", .kind = LEAT_SLIDING, .span = 40, STATS(all)),
	TIME("time sliding late", .kind = LEAT_SLIDING, .span = 40, STATS(few),
	    .allowed_lateness = 30,
	    .early_count = 3),
	TIME("time sliding order", .kind = LEAT_SLIDING, .span = 60,
	    STATS(order), .max_values = 40,
	    .when_full = LEAT_WHEN_FULL_EVICT_OLD, .early_span = 20),
	TIME("time tumbling", .kind = LEAT_TUMBLING, .span = 20, STATS(all)),
	TIME("time tumbling late", .kind = LEAT_TUMBLING, .span = 20,
	    STATS(few), .delay = 10, .allowed_lateness = 50, .offset = 3,
	    .early_count = 2),
	TIME("time tumbling empty", .kind = LEAT_TUMBLING, .span = 20,
	    STATS(own), .delay = 5, .allowed_lateness = 40, .emit_empty = 1,
	    .max_skew = 400),
	TIME("time tumbling order", .kind = LEAT_TUMBLING, .span = 50,
	    STATS(order), .allowed_lateness = 20, .max_values = 60,
	    .when_full = LEAT_WHEN_FULL_EVICT_OLD, .emit_empty = 1,
	    .max_skew = 500),
	TIME("time tumbling pairs", .kind = LEAT_TUMBLING, .span = 20,
	    STATS(pairs), .n_sources = 3, .idle_timeout = 100),
	TIME("time hopping", .kind = LEAT_HOPPING, .span = 40, .hop = 10,
	    STATS(all)),
	TIME("time hopping late", .kind = LEAT_HOPPING, .span = 50,
	    .hop = 20, .offset = -7, STATS(few), .allowed_lateness = 60,
	    .early_count = 5, .early_span = 30),
	TIME("time hopping empty", .kind = LEAT_HOPPING, .span = 30,
	    .hop = 7, STATS(own), .delay = 10, .allowed_lateness = 20,
	    .emit_empty = 1, .max_skew = 300),
	TIME("time hopping order", .kind = LEAT_HOPPING, .span = 64,
	    .hop = 16, STATS(order), .max_values = 50,
	    .when_full = LEAT_WHEN_FULL_EVICT_OLD, .early_span = 40,
	    .allowed_lateness = 10),
	TIME("time hopping sources", .kind = LEAT_HOPPING, .span = 40,
	    .hop = 10, STATS(pairs), .n_sources = 2, .early_count = 4),
	TIME("time leaping", .kind = LEAT_HOPPING, .span = 10, .hop = 25,
	    STATS(all), .allowed_lateness = 30, .emit_empty = 1,
	    .max_skew = 400),
	TIME("time session", .kind = LEAT_SESSION, .gap = 12, STATS(all)),
	TIME("time session late", .kind = LEAT_SESSION, .gap = 12, STATS(few),
	    .allowed_lateness = 60, .early_count = 3),
	TIME("time session order", .kind = LEAT_SESSION, .gap = 20,
	    STATS(order), .delay = 15, .allowed_lateness = 15,
	    .max_values = 30),
	TIME("time landmark", .kind = LEAT_LANDMARK, STATS(all),
	    .early_span = 50),
	TIME("time landmark order", .kind = LEAT_LANDMARK, STATS(order),
	    .max_values = 300, .early_count = 9),
	TIME("time decay", .kind = LEAT_DECAY, .half_life = 30, STATS(decay),
	    .early_count = 6),
	TIME("calendar", .kind = LEAT_CALENDAR, .calendar = { days, NULL },
	    STATS(few), .allowed_lateness = 30, .emit_empty = 1,
	    .max_skew = 400),
	TIME("calendar order", .kind = LEAT_CALENDAR,
	    .calendar = { days, NULL }, STATS(order), .delay = 20),

	KEYED("keyed tumbling", .by_time = { .kind = LEAT_TUMBLING, .span = 20,
	    STATS(few), TOLD }),
	KEYED("keyed tumbling ttl", .by_time = { .kind = LEAT_TUMBLING,
	    .span = 20, STATS(all), TOLD, .allowed_lateness = 20,
	    .emit_empty = 1,
	    .max_skew = 300 }, .ttl = 100),
	KEYED("keyed hopping", .by_time = { .kind = LEAT_HOPPING, .span = 40,
	    .hop = 10, STATS(own), TOLD, .early_span = 25 }, .ttl = 200),
	KEYED("keyed hopping evicting", .by_time = { .kind = LEAT_HOPPING,
	    .span = 40, .hop = 10, STATS(order), TOLD, .allowed_lateness = 30,
	    .early_count = 2 }, .max_keys = 12,
	    .when_keys_full = LEAT_WHEN_FULL_EVICT_OLD),
	KEYED("keyed session", .by_time = { .kind = LEAT_SESSION, .gap = 30,
	    STATS(few), TOLD, .n_sources = 2 }, .max_bytes = 60000,
	    .when_keys_full = LEAT_WHEN_FULL_EVICT_OLD),
	KEYED("keyed sliding", .by_time = { .kind = LEAT_SLIDING, .span = 50,
	    STATS(pairs), TOLD,
	    .max_values = 20 }, .ttl = 300, .max_keys = 30),
	KEYED("keyed landmark", .by_time = { .kind = LEAT_LANDMARK, STATS(all),
	    TOLD }, .ttl = 80),
	KEYED("keyed decay", .by_time = { .kind = LEAT_DECAY, .half_life = 20,
	    STATS(decay), TOLD }),
	KEYED("keyed by count sliding", .by_count = { .size = 10, STATS(few),
	    SINK }, .ttl = 90),
	KEYED("keyed by count hopping", .by_count = { .kind = LEAT_HOPPING,
	    .size = 12, .hop = 5, STATS(all), SINK }, .max_keys = 9,
	    .when_keys_full = LEAT_WHEN_FULL_EVICT_OLD),
	KEYED("keyed by count landmark", .by_count = { .kind = LEAT_LANDMARK,
	    STATS(own) }),

	MODEL("adaptive", .n_features = 3, .l1 = 1e-4),
	MODEL("adaptive huber", .n_features = 3, .loss = LEAT_LOSS_HUBER),
	MODEL("adaptive logistic", .loss = LEAT_LOSS_LOGISTIC, .n_features = 9),
	MODEL("sgd", .n_features = 3, .update = LEAT_UPDATE_SGD, .average = 1,
	    .power = 0.5,
	    .rates = three_rates, .l2 = 0.01, .clip = 10),
	MODEL("adagrad", .n_features = 3, .update = LEAT_UPDATE_ADAGRAD,
	    .l1 = 0.01,
	    .loss = LEAT_LOSS_QUANTILE),
	MODEL("nlms", .n_features = 3, .update = LEAT_UPDATE_NLMS,
	    .no_intercept = 1),
	MODEL("pa1", .n_features = 3, .update = LEAT_UPDATE_PA1,
	    .loss = LEAT_LOSS_EPSILON),
	MODEL("pa2", .n_features = 3, .update = LEAT_UPDATE_PA2,
	    .loss = LEAT_LOSS_HINGE),
	MODEL("ftrl", .n_features = 3, .update = LEAT_UPDATE_FTRL, .l1 = 0.1,
	    .l2 = 0.1,
	    .loss = LEAT_LOSS_POISSON),
	MODEL("rls", .n_features = 3, .update = LEAT_UPDATE_RLS,
	    .forgetting = 0.99),
	MODEL("rls ridge", .n_features = 3, .update = LEAT_UPDATE_RLS,
	    .l2 = 0.5,
	    .no_intercept = 1),
	MODEL("cocob", .n_features = 3, .update = LEAT_UPDATE_COCOB, .clip = 5),
	MODEL("standard sgd", .n_features = 3, .update = LEAT_UPDATE_SGD,
	    .standardise = 1, .average = 1),
	MODEL("standard ftrl", .n_features = 5, .update = LEAT_UPDATE_FTRL,
	    .standardise = 1,
	    .loss = LEAT_LOSS_LOGISTIC),
	MODEL("standard nlms", .n_features = 2, .update = LEAT_UPDATE_NLMS,
	    .standardise = 1),

	DRIFT("page hinkley", .delta = 0.1, .threshold = 50),
	DRIFT("adwin", .kind = LEAT_DRIFT_ADWIN),
	DRIFT("z-score", .kind = LEAT_DRIFT_ZSCORE),
	DRIFT("z-score of the last", .kind = LEAT_DRIFT_ZSCORE, .size = 25,
	    .min_count = 10),
	DRIFT("ewma", .kind = LEAT_DRIFT_EWMA, .min_count = 20),
	DRIFT("ewma given", .kind = LEAT_DRIFT_EWMA, .mean = 5, .stddev = 50,
	    .direction = LEAT_CHANGE_RISE),

	WINDOW("sliding ranked", .size = 15, STATS(ranked), SINK),
	WINDOW("hopping ranked", .kind = LEAT_HOPPING, .size = 12, .hop = 5,
	    .keep_values = 1, STATS(ranked), SINK),
	WINDOW("hopping errors", .kind = LEAT_HOPPING, .size = 20, .hop = 4,
	    STATS(errors)),
	WINDOW("landmark errors", .kind = LEAT_LANDMARK, STATS(errors)),
	WINDOW("decay errors", .kind = LEAT_DECAY, .half_life = 4,
	    STATS(errors)),
	TIME("time hopping errors", .kind = LEAT_HOPPING, .span = 40,
	    .hop = 10, STATS(errors), .allowed_lateness = 20),
	TIME("time decay errors", .kind = LEAT_DECAY, .half_life = 30,
	    STATS(errors), .early_count = 6),
	KEYED("keyed ranked", .by_count = { .size = 10, STATS(ranked), SINK },
	    .ttl = 90),
};
/* clang-format on */

size_t zoo_size(void)
{
	return sizeof(zoo) / sizeof(*zoo);
}

const char *zoo_name(size_t specimen)
{
	return zoo[specimen].name;
}

/* ---- Windows by count ---- */

/* Observes the values that a window keeps. */
static void see_kept(const leat_window *w, int pairs)
{
	double x[64], y[64];
	uint64_t n = leat_window_length(w);

	n = n < 64 ? n : 64;
	if (leat_window_read(w, 0, (size_t)n, x, pairs ? y : NULL))
		return;
	see_doubles(x, (size_t)n);
	see_doubles(y, pairs ? (size_t)n : 0);
}

static int has_pairs(const leat_stat *stats, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (leat_stat_pairs(&stats[i]))
			return 1;
	return 0;
}

static uint64_t window_pushed(void *o)
{
	return pushed_into(o);
}

static void window_look(const struct specimen *z, void *o)
{
	double out[MOST_STATS];

	leat_window_query(o, out);
	see_doubles(out, z->window.n_stats);
	see(pushed_into(o));
	see(leat_window_length(o));
	see_kept(o, has_pairs(z->window.stats, z->window.n_stats));
}

static void window_step(const struct specimen *z, void *o, int wild)
{
	double out[MOST_STATS];

	for (unsigned n = 1 + below(6); n > 0; n--) {
		double x = any_value(wild), y = any_value(wild);
		int pairs = has_pairs(z->window.stats, z->window.n_stats);
		int err = below(3) == 0 ? pairs
			? leat_window_push_query_xy(o, x, y, out)
			: leat_window_push_query(o, x, out)
		    : pairs ? leat_window_push_xy(o, x, y)
					: leat_window_push(o, x);
		must(err == LEAT_OK, "a value was not taken");
	}
	leat_window_query(o, out);
	see_doubles(out, z->window.n_stats);
}

static void window_end(const struct specimen *z, void *o)
{
	leat_window_reset(o);
	must(pushed_into(o) == 0, "reset has left something");
	window_step(z, o, 0);
}

/* ---- Windows by time ---- */

static int is_expected(int err)
{
	return err == LEAT_OK || err == LEAT_TOO_LATE || err == LEAT_TOO_FAR ||
	    err == LEAT_TOO_FAR || err == LEAT_NO_ROOM || err == LEAT_ENOMEM;
}

static int64_t any_time(int64_t now)
{
	unsigned k = below(16);

	if (now == INT64_MIN)
		return 1000;
	if (k == 0)
		return shifted(now, (int64_t)below(250));
	if (k < 5)
		return shifted(now, -(int64_t)below(90));
	return shifted(now, (int64_t)below(9));
}

/* Step by step: what an initialiser has may be drawn in any order. */
static leat_event any_event(int64_t now, uint32_t n_sources, int wild)
{
	leat_event e = { NULL, 0, any_time(now), 0, 0, 0, 0, 0 };

	e.x = any_value(wild);
	e.y = any_value(wild);
	if (n_sources > 0)
		e.source = below(n_sources);
	return e;
}

/*
 * Rows of windows without data are as long as time has gone on; where the
 * watermark may have a long way to go, time is left alone.
 */
static int may_go_on(const leat_time_window_options *o, int64_t now,
    int64_t watermark)
{
	return !o->emit_empty || watermark >= now ||
	    (uint64_t)now - (uint64_t)watermark < 100000;
}

static void see_counts(const leat_counts *c)
{
	must(c->pushed ==
		c->taken + c->missing + c->late + c->refused + c->in_no_window,
	    "its counts do not add up");
	see(c->pushed);
	see(c->taken);
	see(c->missing);
	see(c->late);
	see(c->refused);
	see(c->in_no_window);
	see(c->evicted);
	see(c->stored);
}

static uint64_t time_pushed(void *o)
{
	leat_counts c;

	leat_time_window_counts(o, &c);
	return c.pushed;
}

static void time_look(const struct specimen *z, void *o)
{
	double out[MOST_STATS];
	int64_t start, end;
	leat_counts c;

	leat_time_window_query(o, out);
	see_doubles(out, z->time.n_stats);
	leat_time_window_interval(o, &start, &end);
	see((uint64_t)start);
	see((uint64_t)end);
	leat_time_window_counts(o, &c);
	see_counts(&c);
	see((uint64_t)leat_time_window_now(o));
	see((uint64_t)leat_time_window_watermark(o));
}

static void time_step(const struct specimen *z, void *o, int wild)
{
	int64_t now = leat_time_window_now(o);
	leat_event e = any_event(now, z->time.n_sources, wild);
	int err;

	if (!may_go_on(&z->time, now, leat_time_window_watermark(o)))
		return;
	if (below(12) == 0)
		err = leat_time_window_advance(o, e.t);
	else
		err = leat_time_window_push_events(o, &e, 1, NULL);
	must(is_expected(err), "a push has failed");
	see((uint64_t)err);
	if (below(4) == 0)
		time_look(z, o);
}

static void time_end(const struct specimen *z, void *o)
{
	leat_event e = { NULL, 0, 1000, 1, 1, 0, 0, 0 };
	int err;

	if (!may_go_on(&z->time, leat_time_window_now(o),
		leat_time_window_watermark(o)))
		return;
	err = leat_time_window_advance(o, LEAT_TIME_MAX);
	must(err == LEAT_OK, "time does not come to its end");
	must(leat_time_window_push_events(o, &e, 1, NULL) == LEAT_TOO_LATE,
	    "a value is not late at the end of time");
	time_look(z, o);
	leat_time_window_reset(o);
	must(leat_time_window_now(o) == INT64_MIN, "reset has left something");
	must(leat_time_window_push_events(o, &e, 1, NULL) == LEAT_OK,
	    "a value is not taken after a reset");
}

/* ---- Keyed windows ---- */

enum { LONG_KEY = 700 };

/*
 * Makes a key of any length, also none; four numbers of one byte are one key.
 */
static size_t any_key(unsigned char *key)
{
	static const size_t lens[] = { 0, 1, 3, 8, 16, 17, 60, LONG_KEY };
	unsigned k = below(32);
	size_t len = lens[k % 8];

	memset(key, 'a' + (int)(k / 8), len);
	return len;
}

static int see_key(void *ctx, const leat_result *r)
{
	on_result(ctx, r);
	return 0;
}

static uint64_t keyed_pushed(void *o)
{
	leat_counts c;

	leat_keyed_counts(o, &c);
	return c.pushed;
}

static void keyed_look(const struct specimen *z, void *o)
{
	leat_counts c;

	(void)z;
	leat_keyed_counts(o, &c);
	see_counts(&c);
	see(leat_keyed_n_keys(o));
	see((uint64_t)leat_keyed_now(o));
	see((uint64_t)leat_keyed_watermark(o));
	leat_keyed_each(o, see_key, NULL);
}

static int keyed_push(const struct specimen *z, void *o, int wild)
{
	unsigned char key[LONG_KEY];
	leat_event e = any_event(leat_keyed_now(o), z->keyed.by_time.n_sources,
	    wild);

	e.key = key;
	e.key_len = any_key(key);
	return below(3) ? leat_keyed_push_events(o, &e, 1, NULL)
			: leat_keyed_push_events(o, &e, 1, NULL);
}

static void keyed_step(const struct specimen *z, void *o, int wild)
{
	unsigned char key[LONG_KEY];
	double out[MOST_STATS];
	int64_t now = leat_keyed_now(o);
	int err = LEAT_OK;
	size_t len;

	if (!may_go_on(&z->keyed.by_time, now, leat_keyed_watermark(o)))
		return;
	switch (below(16)) {
	case 0:
		err = leat_keyed_advance(o, any_time(now));
		break;
	case 1:
		len = any_key(key);
		see((uint64_t)leat_keyed_drop(o, key, len));
		break;
	case 2:
		len = any_key(key);
		if (leat_keyed_query(o, key, len, out) == LEAT_OK)
			see_double(out[0]);
		break;
	case 3:
		keyed_look(z, o);
		break;
	default:
		err = keyed_push(z, o, wild);
	}
	must(is_expected(err), "a push has failed");
	see((uint64_t)err);
}

static void keyed_end(const struct specimen *z, void *o)
{
	if (!may_go_on(&z->keyed.by_time, leat_keyed_now(o),
		leat_keyed_watermark(o)))
		return;
	must(leat_keyed_advance(o, LEAT_TIME_MAX) == LEAT_OK,
	    "time does not come to its end");
	if (z->keyed.ttl > 0)
		must(leat_keyed_n_keys(o) == 0, "keys stay for ever");
	keyed_look(z, o);
	leat_keyed_reset(o);
	must(leat_keyed_n_keys(o) == 0, "reset has left something");
	must(keyed_push(z, o, 0) == LEAT_OK,
	    "a value is not taken after a reset");
}

/* ---- Models, and what goes with them ---- */

enum { MOST_FEATURES = 16 };

static uint64_t model_pushed(void *o)
{
	leat_counts n;

	leat_model_counts(o, &n);
	must(n.pushed == n.taken + n.refused, "it has lost count");
	return n.taken;
}

static void model_look(const struct specimen *z, void *o)
{
	double w[MOST_FEATURES], b;

	leat_model_coefficients(o, w, &b);
	see_doubles(w, z->model.n_features);
	see_double(b);
	see(model_pushed(o));
}

static void model_step(const struct specimen *z, void *o, int wild)
{
	double x[MOST_FEATURES], y = below(2), guess = 0;
	int err;

	for (size_t i = 0; i < z->model.n_features; i++)
		x[i] = any_value(wild) / 8;
	see_double(leat_model_predict(o, x));
	if (below(40) == 0)
		see((uint64_t)leat_model_set_coefficients(o, x, y));
	double weight = below(5) ? 1 : 0.5;
	err = leat_model_learn_many(o, x, &y, &weight, 1, &guess);
	must(err == LEAT_OK || err == LEAT_NOT_FINITE, "learning has failed");
	see((uint64_t)err);
	see_double(err ? 0 : guess);
}

static void model_end(const struct specimen *z, void *o)
{
	leat_model_reset(o);
	must(model_pushed(o) == 0, "reset has left something");
	model_step(z, o, 0);
}

static uint64_t drift_pushed(void *o)
{
	leat_counts n;

	leat_drift_counts(o, &n);
	must(n.pushed == n.taken + n.refused, "it has lost count");
	return n.taken;
}

static void drift_look(const struct specimen *z, void *o)
{
	(void)z;
	must(leat_drift_width(o) <= drift_pushed(o),
	    "it compares with more values than there were");
	see_double(leat_drift_mean(o));
	see(leat_drift_width(o));
	see(drift_pushed(o));
}

static void drift_step(const struct specimen *z, void *o, int wild)
{
	for (unsigned n = 1 + below(20); n > 0; n--) {
		leat_drift_answer answer;
		see((uint64_t)leat_drift_push(o, any_value(wild) / 100,
		    &answer));
		see((uint64_t)answer.change);
		see_double(answer.score);
	}
	drift_look(z, o);
}

static void drift_end(const struct specimen *z, void *o)
{
	leat_drift_reset(o);
	must(drift_pushed(o) == 0, "reset has left something");
	drift_step(z, o, 0);
}

/* ---- Types ---- */

struct type {
	int (*make)(const struct specimen *z, void **out);
	void (*free)(void *o);
	int (*save)(void *o, leat_writer *w);
	int (*load)(const struct specimen *z, void **out, leat_reader *r);
	int (*copy)(void *o, void **out);
	void (*look)(const struct specimen *z, void *o);
	void (*step)(const struct specimen *z, void *o, int wild);
	void (*end)(const struct specimen *z, void *o);
	uint64_t (*pushed)(void *o);
	int (*merge)(void *o, void *other); /* NULL: there is none */
};

#define OUT(name, call)                                                        \
	leat_##name *it = NULL;                                                \
	int err = (call);                                                      \
	*out = it;                                                             \
	return err

#define TYPE(name, field, make, load)                                          \
	static int field##_make(const struct specimen *z, void **out)          \
	{                                                                      \
		OUT(name, make(&it, &z->field));                               \
	}                                                                      \
	static void field##_free(void *o)                                      \
	{                                                                      \
		leat_##name##_free(o);                                         \
	}                                                                      \
	static int field##_save(void *o, leat_writer *w)                       \
	{                                                                      \
		return leat_##name##_save(o, w);                               \
	}                                                                      \
	static int field##_load(const struct specimen *z, void **out,          \
	    leat_reader *r)                                                    \
	{                                                                      \
		OUT(name, load(&it, &z->field, r));                            \
	}                                                                      \
	static int field##_copy(void *o, void **out)                           \
	{                                                                      \
		OUT(name, leat_##name##_copy(o, NULL, &it));                   \
	}

#define MERGES(name, field)                                                    \
	static int field##_merge(void *o, void *other)                         \
	{                                                                      \
		return leat_##name##_merge(o, other);                          \
	}

#define FUNCTIONS(f)                                                           \
	f##_make, f##_free, f##_save, f##_load, f##_copy, f##_look, f##_step,  \
	    f##_end, f##_pushed

/* clang-format off */
TYPE(window, window, leat_window_new, leat_window_load)
TYPE(time_window, time, leat_time_window_new, leat_time_window_load)
TYPE(keyed, keyed, keyed_choice_new, keyed_choice_load)
TYPE(model, model, leat_model_new, leat_model_load)
TYPE(drift, drift, leat_drift_new, leat_drift_load)
MERGES(window, window)
MERGES(time_window, time)
MERGES(keyed, keyed)
/* clang-format on */

static const struct type types[] = {
	[LEAT_OBJECT_WINDOW] = { FUNCTIONS(window), window_merge },
	[LEAT_OBJECT_TIME_WINDOW] = { FUNCTIONS(time), time_merge },
	[LEAT_OBJECT_KEYED] = { FUNCTIONS(keyed), keyed_merge },
	[LEAT_OBJECT_MODEL] = { FUNCTIONS(model), NULL },
	[LEAT_OBJECT_DRIFT] = { FUNCTIONS(drift), NULL },
};

static void start(size_t specimen)
{
	current = specimen;
	n_told = 0;
	heap.peak = heap.live;
	heap.limit = (size_t)64 << 20;
	heap.fail_at = heap.fail_from = 0;
}

/* ---- Making states ---- */

size_t zoo_state(size_t specimen, uint64_t seed, unsigned char *bytes,
    size_t room)
{
	const struct specimen *z = &zoo[specimen];
	const struct type *type = &types[z->type];
	leat_writer w = { 0 };
	void *o;

	start(specimen);
	step_state = seed * 0x9E3779B97F4A7C15u + specimen;
	must(type->make(z, &o) == LEAT_OK, "it is not made");
	unsigned most = seed >= ZOO_BEGINS ? 4 : seed % 4 ? 60 : 300;
	for (unsigned n = below(most); n > 0; n--)
		type->step(z, o, seed % 3 == 0);
	w.bytes = bytes;
	w.capacity = room;
	w.tag = "zoo";
	w.tag_len = seed % 2 ? 0 : 3;
	int err = type->save(o, &w);
	must(err == LEAT_OK || err == LEAT_EBUFFER, "it is not saved");
	type->free(o);
	must(heap.live == 0, "memory is left");
	return err ? 0 : (size_t)w.n_bytes;
}

/* ---- Taking them apart ---- */

static size_t chunk_length(const unsigned char *head)
{
	return head[2] | (size_t)head[3] << 8;
}

/* Empty chunks are passed over, even those that are named as the end is. */
static int is_end(const unsigned char *chunk)
{
	return chunk[0] == 0 && chunk_length(chunk) > 0;
}

/* Treats data beside a model's update as an order. */
static int is_of_part(int found, int part)
{
	return found == part || (part == ZOO_ORDER && found == ZOO_BESIDE);
}

size_t zoo_part(const unsigned char *bytes, size_t n, int part,
    unsigned char *out)
{
	size_t at = 8, len = 0;

	for (; at + 4 <= n && !is_end(bytes + at);
	     at += 4 + chunk_length(bytes + at)) {
		size_t more = chunk_length(bytes + at);
		if (!is_of_part(bytes[at], part) || at + 4 + more > n)
			continue;
		memcpy(out + len, bytes + at + 4, more);
		len += more;
	}
	return len;
}

static size_t put_chunk(unsigned char *out, int part, const unsigned char *p,
    size_t n)
{
	out[0] = (unsigned char)part;
	out[1] = 1;
	out[2] = (unsigned char)n;
	out[3] = (unsigned char)(n >> 8);
	memcpy(out + 4, p, n);
	return n + 4;
}

/* The head of a state, and the chunks of its options. */
static size_t put_options(size_t specimen, unsigned char *out, size_t room)
{
	const struct type *type = &types[zoo[specimen].type];
	leat_writer w = { 0 };
	size_t at = 8;
	void *o;

	start(specimen);
	must(type->make(&zoo[specimen], &o) == LEAT_OK, "it is not made");
	w.bytes = out;
	w.capacity = room;
	must(type->save(o, &w) == LEAT_OK, "it is not saved");
	type->free(o);
	while (out[at] < ZOO_CONTENT && out[at] != 0)
		at += 4 + chunk_length(out + at);
	return at;
}

size_t zoo_compose(size_t specimen, const unsigned char *content, size_t n,
    size_t m, unsigned char *out, size_t room)
{
	static const unsigned char sum[4];
	size_t at;

	if (room < 1024 || n > 65535 || m > 65535 || n + m > room - 1024)
		return 0;
	at = put_options(specimen, out, room);
	at += put_chunk(out + at, ZOO_CONTENT, content, n);
	if (m > 0)
		at += put_chunk(out + at,
		    zoo[specimen].type == LEAT_OBJECT_MODEL ? ZOO_BESIDE
							    : ZOO_ORDER,
		    content + n, m);
	at += put_chunk(out + at, 0, sum, sizeof(sum));
	zoo_repair(out, at);
	return at;
}

/* ---- Trying them ---- */

struct pieces {
	const unsigned char *bytes;
	size_t n;
};

static size_t read_piece(void *ctx, void *bytes, size_t n)
{
	struct pieces *p = ctx;

	n = n < p->n ? n : p->n;
	memcpy(bytes, p->bytes, n);
	p->bytes += n;
	p->n -= n;
	return n;
}

/* Returns the memory that loading may take for each byte of a state. */
static size_t memory_each(const struct specimen *z)
{
	size_t n = 0;

	if (z->type == LEAT_OBJECT_KEYED && z->keyed.by_count.n_stats > 0) {
		leat_window_check(&z->keyed.by_count, &n, NULL);
		return n;
	}
	return z->type == LEAT_OBJECT_KEYED      ? 400
	    : z->type == LEAT_OBJECT_TIME_WINDOW ? 250
						 : 4;
}

static size_t empty_size(const struct specimen *z)
{
	void *o;
	size_t n;

	must(types[z->type].make(z, &o) == LEAT_OK, "it is not made");
	n = heap.live;
	types[z->type].free(o);
	heap.peak = heap.live;
	return n;
}

static int load(const struct specimen *z, const unsigned char *bytes, size_t n,
    int by_pieces, void **out)
{
	leat_reader r = { 0 };
	struct pieces p = { bytes, n };
	char tag[100];

	if (by_pieces) {
		r.read = read_piece;
		r.ctx = &p;
		r.tag = tag;
		r.tag_capacity = sizeof(tag);
	} else {
		r.bytes = bytes;
		r.n_bytes = n;
	}
	return types[z->type].load(z, out, &r);
}

static unsigned char *saved(const struct specimen *z, void *o, size_t *n)
{
	leat_writer w = { 0 };
	unsigned char *bytes;

	must(types[z->type].save(o, &w) == LEAT_OK, "it is not saved");
	bytes = malloc((size_t)w.n_bytes);
	must(bytes != NULL, "there is no memory");
	w.bytes = bytes;
	w.capacity = *n = (size_t)w.n_bytes;
	must(types[z->type].save(o, &w) == LEAT_OK, "it is not saved");
	must(w.n_bytes == *n, "it is saved as other bytes");
	return bytes;
}

/* Loads what the object saves, and checks that it saves the same bytes. */
static void *twin_of(const struct specimen *z, void *o)
{
	size_t n, m;
	unsigned char *bytes = saved(z, o, &n), *again;
	void *twin = NULL;
	int err = load(z, bytes, n, 0, &twin);

	/* The loaded object may be packed otherwise. */
	if (err == LEAT_EFULL && z->keyed.max_bytes > 0) {
		free(bytes);
		return NULL;
	}
	must(err == LEAT_OK, "what it is saved as does not load");
	again = saved(z, twin, &m);
	must(n == m && memcmp(bytes, again, n) == 0,
	    "it is loaded as something else");
	free(bytes);
	free(again);
	return twin;
}

static uint64_t go(const struct specimen *z, void *o, int wild)
{
	const struct type *type = &types[z->type];

	seen = 0;
	step_state = 4711;
	type->look(z, o);
	for (int i = 0; i < 40; i++)
		type->step(z, o, wild);
	type->look(z, o);
	return seen;
}

static int is_merged(int err)
{
	return err == LEAT_OK || err == LEAT_ENOTSUP || err == LEAT_ELATE ||
	    err == LEAT_EFULL || err == LEAT_ENOMEM;
}

/*
 * Returns whether the object could have this state, so that it must load again.
 */
static int is_plausible(const struct specimen *z, void *o)
{
	return types[z->type].pushed(o) < (uint64_t)1 << 50;
}

/* A copy, to which the object itself is joined. */
static void try_copy(const struct specimen *z, void *o)
{
	const struct type *type = &types[z->type];
	void *copy;

	must(type->copy(o, &copy) == LEAT_OK, "it is not copied");
	if (type->merge)
		must(is_merged(type->merge(copy, o)), "it is not joined");
	go(z, copy, 0);
	if (is_plausible(z, o))
		type->free(twin_of(z, copy));
	type->end(z, copy);
	type->free(copy);
}

static int has_part(const unsigned char *bytes, size_t n, int part)
{
	size_t at = 8;

	while (at + 4 <= n && !is_end(bytes + at) &&
	    (!is_of_part(bytes[at], part) || chunk_length(bytes + at) == 0))
		at += 4 + chunk_length(bytes + at);
	return at + 4 <= n && is_of_part(bytes[at], part);
}

static int same_part(const unsigned char *a, size_t n, const unsigned char *b,
    size_t m, int part)
{
	unsigned char *p = malloc(n + m);

	must(p != NULL, "there is no memory");
	size_t u = zoo_part(a, n, part, p), v = zoo_part(b, m, part, p + u);
	int same = u == v && memcmp(p, p + u, u) == 0;
	free(p);
	return same;
}

/*
 * Returns whether a state has only what the current version saves. Earlier ones
 * wrote empty entries where windows overlap, and timers that are late with
 * emit_empty; neither is saved again.
 */
static int is_tidy(const struct specimen *z)
{
	const leat_time_window_options *o = z->type == LEAT_OBJECT_KEYED
	    ? &z->keyed.by_time
	    : &z->time;

	return !o->emit_empty && o->hop >= o->span;
}

/*
 * Returns whether a state is of an earlier version, which has other sums: they
 * are saved in today's form.
 */
static int is_put_anew(const unsigned char *bytes, size_t n)
{
	return n > 4 && bytes[4] < LEAT_STATE_VERSION;
}

/*
 * Checks that the loaded object saves the same state: nothing is lost or
 * mended.
 */
static void expect_saved(const struct specimen *z, void *o,
    const unsigned char *bytes, size_t n)
{
	size_t m;
	unsigned char *again = saved(z, o, &m);

	must(same_part(bytes, n, again, m, ZOO_CONTENT),
	    "it is saved as something else");
	/* An object without an order skips one; others may have none. */
	must(!has_part(again, m, ZOO_ORDER) || !has_part(bytes, n, ZOO_ORDER) ||
		same_part(bytes, n, again, m, ZOO_ORDER),
	    "its order is saved as another");
	free(again);
}

static void try_out(const struct specimen *z, void *o, int wild)
{
	const struct type *type = &types[z->type];
	void *twin = twin_of(z, o);

	try_copy(z, o);
	uint64_t way = go(z, o, wild);
	/* With max_bytes, the dropped keys depend on how memory is packed. */
	if (twin && z->keyed.max_bytes == 0)
		must(go(z, twin, wild) == way, "it goes another way");
	if (twin)
		type->free(twin);
	if (is_plausible(z, o) && (twin = twin_of(z, o)))
		type->free(twin);
	type->end(z, o);
}

int zoo_try(size_t specimen, const unsigned char *bytes, size_t n,
    int by_pieces)
{
	const struct specimen *z = &zoo[specimen];
	leat_reader r = { 0 };
	void *o = NULL;
	int err;

	start(specimen);
	size_t empty = empty_size(z);
	err = load(z, bytes, n, by_pieces, &o);
	must(heap.peak <= empty + memory_each(z) * n + 65536,
	    "loading takes too much memory");
	r.bytes = bytes;
	r.n_bytes = n;
	int whole = leat_state_check(&r);
	must(err || !whole, "what has been loaded is not whole");
	if (!err) {
		if (is_tidy(z) && !is_put_anew(bytes, n))
			expect_saved(z, o, bytes, n);
		try_out(z, o, (int)(n % 2));
		types[z->type].free(o);
	}
	must(heap.live == 0, "memory is left");
	return err;
}

/* ---- Each allocation in turn is refused ---- */

/* From now on the n-th allocation is; all from the n-th on. */
static void starve(size_t n, int for_good)
{
	heap.calls = 0;
	heap.fail_at = for_good ? 0 : n;
	heap.fail_from = for_good ? n : 0;
}

/* Returns whether the call that fails was reached. */
static int sated(size_t n)
{
	heap.fail_at = heap.fail_from = 0;
	return heap.calls >= n;
}

/* The object does not change; its copy is as it is, or there is none. */
static size_t starve_copy(const struct specimen *z, void *o, int for_good)
{
	const struct type *type = &types[z->type];
	size_t n, m, live = heap.live, failed = 0;
	unsigned char *bytes = saved(z, o, &n), *again;
	void *copy;

	for (size_t i = 1, reached = 1; reached; i++) {
		starve(i, for_good);
		int err = type->copy(o, &copy);
		reached = (size_t)sated(i);
		if (reached && err == LEAT_ENOMEM) {
			must(heap.live == live, "memory is left");
			failed++;
			continue;
		}
		must(err == LEAT_OK, "it is not copied");
		again = saved(z, copy, &m);
		must(m == n && memcmp(bytes, again, n) == 0,
		    "it is copied as something else");
		free(again);
		type->free(copy);
	}
	free(bytes);
	return failed;
}

/* A copy takes in the object; where that fails it has not changed. */
static size_t starve_merge(const struct specimen *z, void *o, int for_good)
{
	const struct type *type = &types[z->type];
	size_t n, m, failed = 0;
	unsigned char *bytes, *again;
	void *copy;

	must(type->copy(o, &copy) == LEAT_OK, "it is not copied");
	bytes = saved(z, copy, &n);
	for (size_t i = 1;; i++) {
		starve(i, for_good);
		int err = type->merge(copy, o);
		int reached = sated(i);
		must(is_merged(err), "it is not joined");
		if (!err || !reached)
			break;
		failed++;
		again = saved(z, copy, &m);
		must(m == n && memcmp(bytes, again, n) == 0,
		    "a merge that failed has changed something");
		free(again);
	}
	free(bytes);
	type->free(copy);
	return failed;
}

static size_t starve_load(const struct specimen *z, const unsigned char *bytes,
    size_t n, int for_good)
{
	size_t failed = 0;
	void *o;

	for (size_t i = 1, reached = 1; reached; i++) {
		starve(i, for_good);
		int err = load(z, bytes, n, (int)(i % 2), &o);
		reached = (size_t)sated(i);
		if (reached && err == LEAT_ENOMEM) {
			must(heap.live == 0, "memory is left");
			failed++;
			continue;
		}
		/* The loaded object may be packed otherwise. */
		if (err == LEAT_EFULL && z->keyed.max_bytes > 0)
			return failed;
		must(err == LEAT_OK, "it is not loaded");
		types[z->type].free(o);
	}
	return failed;
}

size_t zoo_starve(size_t specimen, const unsigned char *bytes, size_t n)
{
	const struct specimen *z = &zoo[specimen];
	size_t failed = 0;
	void *o = NULL;

	start(specimen);
	for (int for_good = 0; for_good < 2; for_good++) {
		failed += starve_load(z, bytes, n, for_good);
		if (load(z, bytes, n, 0, &o))
			continue;
		failed += starve_copy(z, o, for_good);
		if (types[z->type].merge)
			failed += starve_merge(z, o, for_good);
		types[z->type].free(o);
	}
	must(heap.live == 0, "memory is left");
	return failed;
}
