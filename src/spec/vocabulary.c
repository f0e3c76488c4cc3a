/*
 * vocabulary.c - the words for the fields of each options struct
 *
 * The first name of a word is that of its field; the others are names that
 * people know from elsewhere, or write by mistake. leat_options(3) has the
 * same tables.
 */
#include "spec.h"

#define WORD(type, field, also, is, bare, many, list, form_is, range_is)       \
	{                                                                      \
		.names = #field also, .form = (is), .is_bare = (bare),         \
		.n = (many), .at = offsetof(type, field),                      \
		.size = sizeof(((type *)0)->field) / (many),                   \
		.choices = (list), .why_form = #field ": " form_is,            \
		.why_range = #field ": " range_is,                             \
		.why_twice = #field ": given twice",                           \
		.why_value = #field ": too much; this word takes no value",    \
	}

#define COUNTS(type, field, also, n, why)                                      \
	WORD(type, field, also, LEAT_FORM_COUNT, 0, n, NULL, why, "too large")
#define COUNT(type, field, also)                                               \
	COUNTS(type, field, also, 1, "not a whole number")

#define WHY_TIME "not a time; give ticks, or 90s, 1h30m, 0.5d"
#define TICKS(type, field, also)                                               \
	WORD(type, field, also, LEAT_FORM_TICKS, 0, 1, NULL, WHY_TIME,         \
	    "below 0, or too long")
#define OFFSET(type, field, also)                                              \
	WORD(type, field, also, LEAT_FORM_OFFSET, 0, 1, NULL, WHY_TIME,        \
	    "too long")
#define LENGTH(type, field, also)                                              \
	WORD(type, field, also, LEAT_FORM_LENGTH, 0, 1, NULL, WHY_TIME,        \
	    "not finite, or too long")

#define NUMBER(type, field, also)                                              \
	WORD(type, field, also, LEAT_FORM_NUMBER, 0, 1, NULL, "not a number",  \
	    "not finite")
#define BYTE(type, field, also)                                                \
	WORD(type, field, also, LEAT_FORM_BYTE, 0, 1, spec_bytes,              \
	    "not one byte, nor tab, space, comma, semicolon, bar", "")
#define FLAG(type, field, also)                                                \
	WORD(type, field, also, LEAT_FORM_FLAG, 0, 1, spec_flags,              \
	    "neither yes nor no", "")

/* KIND has choices that are words by themselves. */
#define CHOICE(type, field, also, choices, why)                                \
	WORD(type, field, also, LEAT_FORM_CHOICE, 0, 1, choices, why, "")
#define KIND(type, field, also, choices, why)                                  \
	WORD(type, field, also, LEAT_FORM_CHOICE, 1, 1, choices, why, "")

/*
 * A choice whose arguments are the fields of these names, one that names no
 * other field, and the end of a table.
 */
#define NAMES(words, number, field, other)                                     \
	{                                                                      \
		.names = (words), .value = (number), .first = (field),         \
		.second = (other)                                              \
	}
#define PLAIN(words, number) NAMES(words, number, NULL, NULL)
#define END PLAIN(NULL, 0)

/* ---- Values ---- */

static const struct leat_choice spec_flags[] = {
	PLAIN("yes|true|on|1", 1),
	PLAIN("no|false|off|0", 0),
	END,
};

static const struct leat_choice spec_bytes[] = {
	PLAIN("tab|\\t", '\t'),
	PLAIN("space", ' '),
	PLAIN("comma", ','),
	PLAIN("semicolon", ';'),
	PLAIN("bar|pipe", '|'),
	END,
};

static const struct leat_choice spec_on_missing[] = {
	PLAIN("skip", LEAT_ON_MISSING_SKIP),
	PLAIN("propagate", LEAT_ON_MISSING_PROPAGATE),
	END,
};
#define WHY_ON_MISSING "neither skip nor propagate"

static const struct leat_choice spec_when_full[] = {
	PLAIN("refuse", LEAT_WHEN_FULL_REFUSE),
	PLAIN("evict_old|evict", LEAT_WHEN_FULL_EVICT_OLD),
	END,
};
#define WHY_WHEN_FULL "neither refuse nor evict_old"

static const struct leat_choice spec_count_kinds[] = {
	NAMES("sliding|rolling", LEAT_SLIDING, "size", NULL),
	NAMES("tumbling", LEAT_TUMBLING, "size", NULL),
	NAMES("hopping", LEAT_HOPPING, "size", "hop"),
	PLAIN("landmark|expanding|cumulative", LEAT_LANDMARK),
	{ .names = "decay|ewm|ema|ewma",
	    .value = LEAT_DECAY,
	    .why_value = "decay: say half_life=, ewm_span= or alpha=" },
	END,
};

static const struct leat_choice spec_time_kinds[] = {
	NAMES("sliding|rolling", LEAT_SLIDING, "span", NULL),
	NAMES("tumbling", LEAT_TUMBLING, "span", NULL),
	NAMES("hopping", LEAT_HOPPING, "span", "hop"),
	NAMES("session", LEAT_SESSION, "gap", NULL),
	PLAIN("landmark|expanding|cumulative", LEAT_LANDMARK),
	{ .names = "decay|ewm|ema|ewma",
	    .value = LEAT_DECAY,
	    .why_value = "decay: say half_life=" },
	PLAIN("calendar", LEAT_CALENDAR),
	END,
};

static const struct leat_choice spec_losses[] = {
	PLAIN("squared", LEAT_LOSS_SQUARED),
	NAMES("huber", LEAT_LOSS_HUBER, "loss_arg", NULL),
	NAMES("epsilon", LEAT_LOSS_EPSILON, "loss_arg", NULL),
	NAMES("quantile|pinball", LEAT_LOSS_QUANTILE, "loss_arg", NULL),
	PLAIN("logistic", LEAT_LOSS_LOGISTIC),
	PLAIN("hinge", LEAT_LOSS_HINGE),
	PLAIN("poisson", LEAT_LOSS_POISSON),
	END,
};

static const struct leat_choice spec_updates[] = {
	PLAIN("adaptive", LEAT_UPDATE_ADAPTIVE),
	PLAIN("sgd", LEAT_UPDATE_SGD),
	PLAIN("adagrad", LEAT_UPDATE_ADAGRAD),
	PLAIN("nlms", LEAT_UPDATE_NLMS),
	PLAIN("pa1", LEAT_UPDATE_PA1),
	PLAIN("pa2", LEAT_UPDATE_PA2),
	PLAIN("ftrl", LEAT_UPDATE_FTRL),
	PLAIN("rls", LEAT_UPDATE_RLS),
	PLAIN("cocob", LEAT_UPDATE_COCOB),
	END,
};

static const struct leat_choice spec_drifts[] = {
	PLAIN("page_hinkley|page-hinkley", LEAT_DRIFT_PAGE_HINKLEY),
	PLAIN("adwin", LEAT_DRIFT_ADWIN),
	PLAIN("zscore|shewhart", LEAT_DRIFT_ZSCORE),
	PLAIN("ewma|ewm|ema", LEAT_DRIFT_EWMA),
	END,
};

static const struct leat_choice spec_directions[] = {
	PLAIN("both", 0),
	PLAIN("rise|up", LEAT_CHANGE_RISE),
	PLAIN("fall|down", LEAT_CHANGE_FALL),
	END,
};

/* ---- Words ---- */

static const struct leat_word spec_window_words[] = {
	KIND(leat_window_options, kind, "", spec_count_kinds,
	    "none of sliding, tumbling, hopping, landmark, decay"),
	COUNT(leat_window_options, size, ""),
	COUNT(leat_window_options, hop, "|advance|slide"),
	NUMBER(leat_window_options, alpha, ""),
	NUMBER(leat_window_options, ewm_span, "|span"),
	NUMBER(leat_window_options, half_life, "|halflife"),
	FLAG(leat_window_options, unadjusted, "|recursive"),
	COUNT(leat_window_options, min_count, "|min_periods|min_samples"),
	CHOICE(leat_window_options, on_missing, "|missing", spec_on_missing,
	    WHY_ON_MISSING),
	FLAG(leat_window_options, keep_values, ""),
};

static const struct leat_word spec_time_words[] = {
	KIND(leat_time_window_options, kind, "", spec_time_kinds,
	    "none of sliding, tumbling, hopping, session, landmark, decay, "
	    "calendar"),
	TICKS(leat_time_window_options, span, ""),
	TICKS(leat_time_window_options, hop, "|advance|slide"),
	OFFSET(leat_time_window_options, offset, ""),
	TICKS(leat_time_window_options, gap, ""),
	LENGTH(leat_time_window_options, half_life, "|halflife"),
	COUNT(leat_time_window_options, min_count, "|min_periods|min_samples"),
	CHOICE(leat_time_window_options, on_missing, "|missing",
	    spec_on_missing, WHY_ON_MISSING),
	TICKS(leat_time_window_options, delay, ""),
	TICKS(leat_time_window_options, allowed_lateness, "|lateness|grace"),
	TICKS(leat_time_window_options, max_skew, ""),
	COUNT(leat_time_window_options, n_sources, "|sources"),
	TICKS(leat_time_window_options, idle_timeout, ""),
	COUNT(leat_time_window_options, early_count, ""),
	TICKS(leat_time_window_options, early_span, ""),
	FLAG(leat_time_window_options, emit_empty, ""),
	COUNT(leat_time_window_options, max_values, ""),
	CHOICE(leat_time_window_options, when_full, "", spec_when_full,
	    WHY_WHEN_FULL),
	COUNT(leat_time_window_options, max_windows, ""),
};

static const struct leat_word spec_keyed_words[] = {
	TICKS(leat_keyed_options, ttl, ""),
	COUNT(leat_keyed_options, max_keys, ""),
	COUNT(leat_keyed_options, max_bytes, ""),
	CHOICE(leat_keyed_options, when_keys_full, "|when_full", spec_when_full,
	    WHY_WHEN_FULL),
	COUNTS(leat_keyed_options, seed, "", 2,
	    "not two whole numbers, as 123/456"),
};

static const struct leat_word spec_model_words[] = {
	COUNT(leat_model_options, n_features, "|features"),
	KIND(leat_model_options, loss, "", spec_losses,
	    "none of squared, huber, epsilon, quantile, logistic, hinge, "
	    "poisson"),
	NUMBER(leat_model_options, loss_arg, ""),
	KIND(leat_model_options, update, "", spec_updates,
	    "none of adaptive, sgd, adagrad, nlms, pa1, pa2, ftrl, rls, "
	    "cocob"),
	FLAG(leat_model_options, no_intercept, ""),
	NUMBER(leat_model_options, rate, ""),
	NUMBER(leat_model_options, power, ""),
	FLAG(leat_model_options, average, ""),
	NUMBER(leat_model_options, forgetting, ""),
	NUMBER(leat_model_options, l1, ""),
	NUMBER(leat_model_options, l2, ""),
	NUMBER(leat_model_options, clip, ""),
	FLAG(leat_model_options, standardise, "|standardize"),
};

static const struct leat_word spec_drift_words[] = {
	KIND(leat_drift_options, kind, "", spec_drifts,
	    "none of page_hinkley, adwin, zscore, ewma"),
	NUMBER(leat_drift_options, delta, ""),
	NUMBER(leat_drift_options, threshold, ""),
	NUMBER(leat_drift_options, alpha, ""),
	COUNT(leat_drift_options, size, ""),
	COUNT(leat_drift_options, min_count, ""),
	NUMBER(leat_drift_options, mean, ""),
	NUMBER(leat_drift_options, stddev, ""),
	CHOICE(leat_drift_options, direction, "", spec_directions,
	    "none of rise, fall, both"),
};

static const struct leat_word spec_csv_words[] = {
	BYTE(leat_csv_options, delimiter, ""),
	BYTE(leat_csv_options, quote, ""),
	FLAG(leat_csv_options, no_quotes, ""),
	FLAG(leat_csv_options, strict, ""),
	FLAG(leat_csv_options, ragged_ok, ""),
	COUNT(leat_csv_options, max_record, ""),
	COUNT(leat_csv_options, max_fields, ""),
	COUNT(leat_csv_options, max_lines, ""),
};

/* ---- Structs ---- */

/* Defines the function that reads a struct's options by its words. */
#define PARSER(name, type, table, numbers, why)                                \
	_Static_assert(sizeof(type) <= LEAT_OPTIONS_SIZE &&                    \
		sizeof(table) / sizeof((table)[0]) <= LEAT_WORDS_MAX,          \
	    "a vocabulary is too large");                                      \
                                                                               \
	int name(const char *text, type *options, size_t *place_out,           \
	    const char **why_out)                                              \
	{                                                                      \
		static const struct leat_vocabulary v = {                      \
			.words = (table),                                      \
			.n_words = sizeof(table) / sizeof((table)[0]),         \
			.size = sizeof(type),                                  \
			.has_numbers = (numbers),                              \
			.why_unknown = (why),                                  \
		};                                                             \
                                                                               \
		return leat_vocabulary_parse(&v, text, options, place_out,     \
		    why_out);                                                  \
	}

PARSER(leat_window_options_parse, leat_window_options, spec_window_words, 1,
    "no such kind or option of windows by count")
PARSER(leat_time_window_options_parse, leat_time_window_options,
    spec_time_words, 1, "no such kind or option of windows by time")
PARSER(leat_keyed_options_parse, leat_keyed_options, spec_keyed_words, 0,
    "no such option of keyed windows")
PARSER(leat_model_options_parse, leat_model_options, spec_model_words, 0,
    "no such loss, update or option of models")
PARSER(leat_drift_options_parse, leat_drift_options, spec_drift_words, 0,
    "no such kind or option of drift detectors")
PARSER(leat_csv_options_parse, leat_csv_options, spec_csv_words, 0,
    "no such option of CSV")
