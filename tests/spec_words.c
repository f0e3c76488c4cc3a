/*
 * The words of options as text, as leat_options(3) has them.
 */
#include "spec_words.h"

#define NAMED(type, field, form, choices, bare, ...)                           \
	{                                                                      \
		{ #field, __VA_ARGS__ }, form, offsetof(type, field),          \
		    sizeof(((type *)0)->field), choices, bare                  \
	}
#define F(type, field, form) NAMED(type, field, form, NULL, 0, NULL)
#define F2(type, field, form, ...)                                             \
	NAMED(type, field, form, NULL, 0, __VA_ARGS__)

#define V(value, ...)                                                          \
	{                                                                      \
		{ __VA_ARGS__ }, value,                                        \
		{                                                              \
			NULL, NULL                                             \
		}                                                              \
	}
#define V1(value, a, ...)                                                      \
	{                                                                      \
		{ __VA_ARGS__ }, value,                                        \
		{                                                              \
			a, NULL                                                \
		}                                                              \
	}
#define V2(value, a, b, ...)                                                   \
	{                                                                      \
		{ __VA_ARGS__ }, value,                                        \
		{                                                              \
			a, b                                                   \
		}                                                              \
	}
#define END V(0, NULL)

static const struct choice count_kinds[] = {
	V1(LEAT_SLIDING, "size", "sliding", "rolling"),
	V1(LEAT_TUMBLING, "size", "tumbling"),
	V2(LEAT_HOPPING, "size", "hop", "hopping"),
	V(LEAT_LANDMARK, "landmark", "expanding", "cumulative"),
	V(LEAT_DECAY, "decay", "ewm", "ema", "ewma"),
	END,
};

static const struct choice time_kinds[] = {
	V1(LEAT_SLIDING, "span", "sliding", "rolling"),
	V1(LEAT_TUMBLING, "span", "tumbling"),
	V2(LEAT_HOPPING, "span", "hop", "hopping"),
	V1(LEAT_SESSION, "gap", "session"),
	V(LEAT_LANDMARK, "landmark", "expanding", "cumulative"),
	V(LEAT_DECAY, "decay", "ewm", "ema", "ewma"),
	V(LEAT_CALENDAR, "calendar"),
	END,
};

static const struct choice on_missing[] = {
	V(LEAT_ON_MISSING_SKIP, "skip"),
	V(LEAT_ON_MISSING_PROPAGATE, "propagate"),
	END,
};

static const struct choice when_full[] = {
	V(LEAT_WHEN_FULL_REFUSE, "refuse"),
	V(LEAT_WHEN_FULL_EVICT_OLD, "evict_old", "evict"),
	END,
};

static const struct choice losses[] = {
	V(LEAT_LOSS_SQUARED, "squared"),
	V1(LEAT_LOSS_HUBER, "loss_arg", "huber"),
	V1(LEAT_LOSS_EPSILON, "loss_arg", "epsilon"),
	V1(LEAT_LOSS_QUANTILE, "loss_arg", "quantile", "pinball"),
	V(LEAT_LOSS_LOGISTIC, "logistic"),
	V(LEAT_LOSS_HINGE, "hinge"),
	V(LEAT_LOSS_POISSON, "poisson"),
	END,
};

static const struct choice updates[] = {
	V(LEAT_UPDATE_ADAPTIVE, "adaptive"),
	V(LEAT_UPDATE_SGD, "sgd"),
	V(LEAT_UPDATE_ADAGRAD, "adagrad"),
	V(LEAT_UPDATE_NLMS, "nlms"),
	V(LEAT_UPDATE_PA1, "pa1"),
	V(LEAT_UPDATE_PA2, "pa2"),
	V(LEAT_UPDATE_FTRL, "ftrl"),
	V(LEAT_UPDATE_RLS, "rls"),
	V(LEAT_UPDATE_COCOB, "cocob"),
	END,
};

static const struct choice drifts[] = {
	V(LEAT_DRIFT_PAGE_HINKLEY, "page_hinkley", "page-hinkley"),
	V(LEAT_DRIFT_ADWIN, "adwin"),
	V(LEAT_DRIFT_ZSCORE, "zscore", "shewhart"),
	V(LEAT_DRIFT_EWMA, "ewma", "ewm", "ema"),
	END,
};

static const struct choice directions[] = {
	V(0, "both"),
	V(LEAT_CHANGE_RISE, "rise", "up"),
	V(LEAT_CHANGE_FALL, "fall", "down"),
	END,
};

#define T leat_window_options
static const struct field window_fields[] = {
	NAMED(T, kind, CHOICE, count_kinds, 1, NULL),
	F(T, size, COUNT),
	F2(T, hop, COUNT, "advance", "slide"),
	F(T, alpha, NUMBER),
	F2(T, ewm_span, NUMBER, "span"),
	F2(T, half_life, NUMBER, "halflife"),
	F2(T, unadjusted, FLAG, "recursive"),
	F(T, stats, SILENT),
	F(T, n_stats, SILENT),
	F2(T, min_count, COUNT, "min_periods", "min_samples"),
	NAMED(T, on_missing, CHOICE, on_missing, 0, "missing"),
	F(T, keep_values, FLAG),
	F(T, sink, SILENT),
	F(T, allocator, SILENT),
	F(T, reserved, SILENT),
};
#undef T

#define T leat_time_window_options
static const struct field time_fields[] = {
	NAMED(T, kind, CHOICE, time_kinds, 1, NULL),
	F(T, span, TICKS),
	F2(T, hop, TICKS, "advance", "slide"),
	F(T, offset, OFFSET),
	F(T, gap, TICKS),
	F2(T, half_life, LENGTH, "halflife"),
	F(T, calendar, SILENT),
	F(T, stats, SILENT),
	F(T, n_stats, SILENT),
	F2(T, min_count, COUNT, "min_periods", "min_samples"),
	NAMED(T, on_missing, CHOICE, on_missing, 0, "missing"),
	F(T, delay, TICKS),
	F2(T, allowed_lateness, TICKS, "lateness", "grace"),
	F(T, max_skew, TICKS),
	F2(T, n_sources, COUNT, "sources"),
	F(T, idle_timeout, TICKS),
	F(T, early_count, COUNT),
	F(T, early_span, TICKS),
	F(T, emit_empty, FLAG),
	F(T, max_values, COUNT),
	NAMED(T, when_full, CHOICE, when_full, 0, NULL),
	F(T, max_windows, COUNT),
	F(T, sink, SILENT),
	F(T, late, SILENT),
	F(T, allocator, SILENT),
	F(T, reserved, SILENT),
};
#undef T

#define T leat_keyed_options
static const struct field keyed_fields[] = {
	F(T, by_time, SILENT),
	F(T, by_count, SILENT),
	F(T, ttl, TICKS),
	F(T, max_keys, COUNT),
	F(T, max_bytes, COUNT),
	NAMED(T, when_keys_full, CHOICE, when_full, 0, "when_full"),
	F(T, dropped, SILENT),
	F(T, seed, COUNTS),
	F(T, allocator, SILENT),
	F(T, reserved, SILENT),
};
#undef T

#define T leat_model_options
static const struct field model_fields[] = {
	F2(T, n_features, COUNT, "features"),
	NAMED(T, loss, CHOICE, losses, 1, NULL),
	F(T, loss_arg, NUMBER),
	NAMED(T, update, CHOICE, updates, 1, NULL),
	F(T, no_intercept, FLAG),
	F(T, rate, NUMBER),
	F(T, power, NUMBER),
	F(T, average, FLAG),
	F(T, forgetting, NUMBER),
	F(T, l1, NUMBER),
	F(T, l2, NUMBER),
	F(T, clip, NUMBER),
	F2(T, standardise, FLAG, "standardize"),
	F(T, rates, SILENT),
	F(T, allocator, SILENT),
	F(T, reserved, SILENT),
};
#undef T

#define T leat_drift_options
static const struct field drift_fields[] = {
	NAMED(T, kind, CHOICE, drifts, 1, NULL),
	F(T, delta, NUMBER),
	F(T, threshold, NUMBER),
	F(T, alpha, NUMBER),
	F(T, size, COUNT),
	F(T, min_count, COUNT),
	F(T, mean, NUMBER),
	F(T, stddev, NUMBER),
	NAMED(T, direction, CHOICE, directions, 0, NULL),
	F(T, allocator, SILENT),
	F(T, reserved, SILENT),
};
#undef T

#define T leat_csv_options
static const struct field csv_fields[] = {
	F(T, record, SILENT),
	F(T, ctx, SILENT),
	F(T, delimiter, BYTE),
	F(T, quote, BYTE),
	F(T, no_quotes, FLAG),
	F(T, strict, FLAG),
	F(T, ragged_ok, FLAG),
	F(T, max_record, COUNT),
	F(T, max_fields, COUNT),
	F(T, max_lines, COUNT),
	F(T, allocator, SILENT),
	F(T, reserved, SILENT),
};
#undef T

static int parse_window(const char *text, void *options, size_t *place,
    const char **why)
{
	return leat_window_options_parse(text, options, place, why);
}

static int parse_time(const char *text, void *options, size_t *place,
    const char **why)
{
	return leat_time_window_options_parse(text, options, place, why);
}

static int parse_keyed(const char *text, void *options, size_t *place,
    const char **why)
{
	return leat_keyed_options_parse(text, options, place, why);
}

static int parse_model(const char *text, void *options, size_t *place,
    const char **why)
{
	return leat_model_options_parse(text, options, place, why);
}

static int parse_drift(const char *text, void *options, size_t *place,
    const char **why)
{
	return leat_drift_options_parse(text, options, place, why);
}

static int parse_csv(const char *text, void *options, size_t *place,
    const char **why)
{
	return leat_csv_options_parse(text, options, place, why);
}

#define OBJECT(name, type, fields, has_numbers, parse)                         \
	{                                                                      \
		name, sizeof(type), fields,                                    \
		    sizeof(fields) / sizeof((fields)[0]), has_numbers, parse   \
	}

const struct object objects[N_OBJECTS] = {
	OBJECT("window", leat_window_options, window_fields, 1, parse_window),
	OBJECT("time", leat_time_window_options, time_fields, 1, parse_time),
	OBJECT("keyed", leat_keyed_options, keyed_fields, 0, parse_keyed),
	OBJECT("model", leat_model_options, model_fields, 0, parse_model),
	OBJECT("drift", leat_drift_options, drift_fields, 0, parse_drift),
	OBJECT("csv", leat_csv_options, csv_fields, 0, parse_csv),
};
