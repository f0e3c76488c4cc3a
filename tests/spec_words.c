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

#define V(value, ...) W(value, NULL, NULL, __VA_ARGS__)
#define W(value, first, second, ...)                                           \
	{                                                                      \
		{ __VA_ARGS__ }, value,                                        \
		{                                                              \
			first, second                                          \
		}                                                              \
	}
#define END V(0, NULL)

/*
 * The fields that follow the word of a kind in brackets: its length, if that
 * is a number, and its hop.
 */
#define HOP_OF_NO_HOP NULL
#define HOP_OF_HOP "hop"
#define COUNT_OF_SPAN "size"
#define COUNT_OF_NOTHING NULL
#define COUNT_OF_HALF_LIFE NULL
#define TIME_OF_SPAN "span"
#define TIME_OF_GAP "gap"
#define TIME_OF_NOTHING NULL
#define TIME_OF_HALF_LIFE NULL
#define TIME_OF_INTERVAL NULL

static const struct choice count_kinds[] = {
#define KIND(id, length, hop, traits, ...)                                     \
	W(LEAT_##id, COUNT_OF_##length, HOP_OF_##hop, __VA_ARGS__),
#define TIME_KIND(...)
#include "windows.def"
	END,
};

static const struct choice time_kinds[] = {
#define KIND(id, length, hop, traits, ...)                                     \
	W(LEAT_##id, TIME_OF_##length, HOP_OF_##hop, __VA_ARGS__),
#include "windows.def"
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

/* A loss that takes an argument has it in brackets. */
static const struct choice losses[] = {
#define LOSS(id, name, alias, arg, targets)                                    \
	W(LEAT_LOSS_##id, (arg) != 0 ? "loss_arg" : NULL, NULL, name, alias),
#include "models.def"
	END,
};

static const struct choice updates[] = {
#define UPDATE(id, name, ...) V(LEAT_UPDATE_##id, name),
#include "models.def"
	END,
};

static const struct choice drifts[] = {
#define DRIFT(id, threshold, ...) V(LEAT_DRIFT_##id, __VA_ARGS__),
#include "drifts.def"
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

#define PARSE(name, call)                                                      \
	static int parse_##name(const char *text, void *options,               \
	    size_t *place, const char **why)                                   \
	{                                                                      \
		return call(text, options, place, why);                        \
	}
PARSE(window, leat_window_options_parse)
PARSE(time, leat_time_window_options_parse)
PARSE(keyed, leat_keyed_options_parse)
PARSE(model, leat_model_options_parse)
PARSE(drift, leat_drift_options_parse)
PARSE(csv, leat_csv_options_parse)

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
