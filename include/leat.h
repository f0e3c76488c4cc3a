/*
 * leat - windowed stream analytics for C programs
 *
 * Push numbers, and query statistics of the values now in a window: the last
 * 60, the current hundred, everything since a reset, or everything with weights
 * that decay. leat(3) is the overview of the manual.
 *
 *      static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV, LEAT_MAX };
 *      leat_window_options options = { 0 };
 *      leat_window *w;
 *      double out[3];
 *
 *      options.size = 60;
 *      options.stats = stats;
 *      options.n_stats = 3;
 *      if (leat_window_new(&w, &options) < 0) ...
 *      while (next(&x)) {
 *              leat_window_push(w, x);
 *              leat_window_query(w, out);
 *      }
 *      leat_window_free(w);
 *
 * Conventions
 *
 * - Results. A function that can fail returns int: 0, or a negative code of
 *   enum leat_error, which leat_strerror() describes. After a failure nothing
 *   has been written to outputs (but _new, _copy and _load set theirs to NULL)
 *   and the object is unchanged, except after LEAT_ECALLBACK. A push that does
 *   not take its value has not failed: it returns a positive code of enum
 *   leat_refusal; the object counts the value, its clock may advance, and
 *   nothing else changes. `if (push(...) < 0)` finds failures only. Functions
 *   that push many values set *n_taken_out after a failure, too.
 * - Callbacks return 0. If one that receives a result, a late value or a
 *   dropped key returns anything else, the call that runs it still does all its
 *   work and then returns LEAT_ECALLBACK: the object is as if 0 had been
 *   returned, and the value must not be pushed again. The callback keeps its
 *   reason in its ctx. If a later value of the same call fails, that failure is
 *   returned, and LEAT_ECALLBACK by the next call. A visit of items ends at the
 *   first callback that does not return 0. While a callback runs, its object
 *   cannot be pushed into, changed, saved or copied (LEAT_EINVAL).
 * - Arguments. The object comes first, inputs next, outputs last. Pointers must
 *   not be NULL unless the function says so; LEAT_ASSERT(), which is assert()
 *   by default, checks that.
 * - Options are structs in which zero means "the default": start from { 0 }, in
 *   C++ from {}, and set what differs. An option that does not apply to the
 *   kind of object must be zero. Options are copied; classes must outlive the
 *   object.
 * - Structs may grow in later versions without breaking programs compiled
 *   before. Reserved words must be 0 (LEAT_EINVAL), so that an older library
 *   refuses an option that it does not know. Structs passed to callbacks
 *   (leat_result, leat_csv_record, leat_sample) grow at their end: do not copy
 *   them by sizeof. leat_stat, leat_event, leat_sink, leat_late_sink,
 *   leat_calendar, leat_allocator and leat_csv_field never grow.
 * - Missing values. In windows NaN means "missing". A missing value takes its
 *   place like any other, is counted apart (LEAT_COUNT_MISSING) and is skipped
 *   by every other statistic, unless the option `on_missing` says otherwise. A
 *   result that does not exist (the variance of one value) is NaN.
 * - Infinities follow IEEE 754 arithmetic, and leave with their window.
 * - Intervals are half-open. Time is int64_t ticks of any length since any
 *   moment; LEAT_SECOND and its like are for ticks of a nanosecond. The library
 *   never reads a clock.
 * - Memory comes from the allocator given, or from malloc(). Functions named
 *   _new and _copy allocate one block each; windows by time, keyed windows and
 *   CSV readers, which grow, allocate later too. Objects hold nothing else.
 * - Threads. Functions that take an object as const write nothing to it and may
 *   run concurrently; any other function needs exclusive use of the object.
 *   Different objects are independent; there is no global state.
 * - Cost is in calls of a single-value step or a combine, both O(1) for every
 *   statistic here. It is the worst case unless it says amortised.
 * - The same pushes give the same bits on every machine with IEEE 754 doubles,
 *   whatever the compiler and its optimisation level. Flags that change
 *   arithmetic stop the build, or else every function that makes an object
 *   returns LEAT_EARITH.
 *
 * Licence: MIT, see COPYING.
 */
#ifndef LEAT_H
#define LEAT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------- Versions ----------------------------------------------- */

/*
 * Numbers of the API (semantic versioning), the ABI (the shared library's name)
 * and the format of saved state.
 */
#define LEAT_VERSION_MAJOR 0
#define LEAT_VERSION_MINOR 2
#define LEAT_VERSION_PATCH 0
#define LEAT_VERSION_STRING "0.2.0"
#define LEAT_VERSION                                                           \
	(LEAT_VERSION_MAJOR * 10000 + LEAT_VERSION_MINOR * 100 +               \
	    LEAT_VERSION_PATCH)
#define LEAT_ABI_VERSION 1
#define LEAT_STATE_VERSION 3

#ifndef LEAT_API
#if defined(_WIN32) && defined(LEAT_SHARED)
#ifdef LEAT_BUILD
#define LEAT_API __declspec(dllexport)
#else
#define LEAT_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define LEAT_API __attribute__((visibility("default")))
#else
#define LEAT_API
#endif
#endif

/* Returns the LEAT_VERSION of the library that is linked. */
LEAT_API unsigned leat_version(void);

/* ---------------- Errors ------------------------------------------------- */

/* Codes that functions return; leat_strerror(3) explains each. */
enum leat_error {
	LEAT_OK = 0,
	LEAT_ENOMEM = -1,     /* the allocator returned NULL */
	LEAT_EINVAL = -2,     /* invalid argument or option: see _check */
	LEAT_ESTAT = -3,      /* unknown, or not available in this window */
	LEAT_ETOOBIG = -4,    /* needs more memory than can be addressed */
	LEAT_EPAIRS = -5,     /* pairs for a window of values, or the reverse */
	LEAT_ENOTSUP = -6,    /* not supported by this kind of object */
	LEAT_ERANGE = -7,     /* position, date or time out of range */
	LEAT_EBUFFER = -8,    /* the caller's buffer is too small */
	LEAT_EINDEX = -9,     /* feature index out of range or not ascending */
	LEAT_ECALENDAR = -10, /* an interval does not contain its time */
	LEAT_ESOURCE = -11,   /* source number out of range */
	LEAT_EKEY = -12,      /* unknown key, or key too long */
	LEAT_EPARSE = -13,    /* malformed text */
	LEAT_ECSV = -14,      /* malformed CSV record */
	LEAT_EIO = -15,       /* short read or write */
	LEAT_ESTATE = -16,    /* not a saved state, or truncated or corrupt */
	LEAT_EVERSION = -17,  /* saved state needs a newer library */
	LEAT_EOBJECT = -18,   /* saved state is of another kind of object */
	LEAT_EOPTIONS = -19,  /* options differ from those merged or saved */
	LEAT_ELATE = -20,     /* a merge would emit a window in two parts */
	LEAT_EFULL = -21,     /* a merged or loaded object exceeds a limit */
	LEAT_ECALLBACK = -22, /* a callback failed; all work has been done */
	LEAT_EARITH = -23     /* compiled with unsuitable flags */
};

/* Why a value was counted but not taken. Refusals are not failures. */
enum leat_refusal {
	LEAT_TOO_LATE = 1,   /* every window of the value is closed for good */
	LEAT_TOO_FAR = 2,    /* time too far ahead: max_skew */
	LEAT_NO_ROOM = 3,    /* max_values, max_keys or max_bytes is reached */
	LEAT_NOT_FINITE = 4, /* NaN or infinity, given to a model */
	LEAT_BAD_TARGET = 5  /* target out of range for this loss */
};

/*
 * Returns a text for any code or refusal, or any int. Never NULL; static
 * storage.
 */
LEAT_API const char *leat_strerror(int error);

/* ---------------- Memory ------------------------------------------------- */

/*
 * The source of an object's memory; leat_alloc(3). alloc returns size bytes
 * (size is never 0) aligned as malloc() aligns, or NULL; free takes what alloc
 * returned, never NULL. ctx is passed to both.
 */
typedef struct leat_allocator {
	void *(*alloc)(void *ctx, size_t size);
	void (*free)(void *ctx, void *memory);
	void *ctx;
} leat_allocator;

/* ---------------- Saved state -------------------------------------------- */

/*
 * Every object can be saved as bytes, and loaded from them on any machine and
 * by any later version of the library: leat_state(3); leat_state(5) has the
 * format.
 *
 *      leat_writer out = { 0 };
 *      leat_reader in = { 0 };
 *
 *      leat_window_save(w, &out);           sets out.n_bytes
 *      out.bytes = malloc(out.n_bytes);
 *      out.capacity = out.n_bytes;
 *      leat_window_save(w, &out);
 *      ...
 *      in.bytes = out.bytes;
 *      in.n_bytes = out.n_bytes;
 *      leat_window_load(&w, &options, &in);
 *
 * A loaded object gives the same bits for every later push and query as the
 * saved one would have. Options are given again, since functions cannot be
 * saved; those that results depend on must be the same.
 *
 * Errors of saving: LEAT_EIO, LEAT_EBUFFER, LEAT_EINVAL (the tag is too long),
 * LEAT_ENOTSUP (partials of a class without save and load). Loading has those
 * of leat_..._new(), and LEAT_EIO, LEAT_ESTATE, LEAT_EVERSION, LEAT_EOBJECT,
 * LEAT_EOPTIONS, LEAT_EBUFFER (for the tag). Cost: O(bytes).
 */

/*
 * Destination of a save. write takes at most 4096 bytes at a time and returns
 * how many it has taken: fewer end the save with LEAT_EIO. If write is NULL
 * they go to `bytes`, of size `capacity`; if both are NULL they are only
 * counted.
 */
typedef struct leat_writer {
	size_t (*write)(void *ctx, const void *bytes, size_t n_bytes);
	void *ctx;
	void *bytes;
	size_t capacity;
	const void *tag;      /* bytes saved with the state: a name, say */
	size_t tag_len;       /* at most LEAT_TAG_MAX */
	uint64_t n_bytes;     /* set by a save without error: its length */
	uint64_t reserved[8]; /* 0 */
} leat_writer;

/*
 * Source of a load. read fills `bytes` with n_bytes of them and returns how
 * many there were: fewer end the load with LEAT_EIO. No byte behind the state
 * is asked for. If read is NULL the state is the start of the n_bytes at
 * `bytes`.
 */
typedef struct leat_reader {
	size_t (*read)(void *ctx, void *bytes, size_t n_bytes);
	void *ctx;
	const void *bytes;
	size_t n_bytes;
	void *tag; /* room for the tag; NULL: not wanted */
	size_t tag_capacity;
	/* Set by a load, as far as it got: */
	size_t tag_len;
	uint64_t n_read;      /* bytes read */
	int object;           /* enum leat_object */
	int version;          /* version of the format */
	const char *differs;  /* option, after LEAT_EOPTIONS; static */
	uint64_t reserved[8]; /* 0 */
} leat_reader;

#define LEAT_TAG_MAX 65536u

/* Numbers that saved state contains, so that none ever changes its meaning. */
enum leat_object {
	LEAT_OBJECT_WINDOW = 1,
	LEAT_OBJECT_TIME_WINDOW = 2,
	LEAT_OBJECT_KEYED = 3,
	LEAT_OBJECT_MODEL = 4,
	LEAT_OBJECT_SCALER = 5, /* made by version 0.1 only */
	LEAT_OBJECT_METRIC = 6, /* made by version 0.1 only */
	LEAT_OBJECT_DRIFT = 7
};

/*
 * Reads the state of any object to its end without loading it: checks it, and
 * sets the reader's object, version and tag. Errors: LEAT_EIO, LEAT_ESTATE,
 * LEAT_EVERSION, LEAT_EBUFFER (for the tag). Cost: O(bytes).
 */
LEAT_API int leat_state_check(leat_reader *reader);

/* Numbers as eight bytes, little-endian: for save and load of a class. */
LEAT_API void leat_put_double(unsigned char *bytes, double x);
LEAT_API double leat_get_double(const unsigned char *bytes);
LEAT_API void leat_put_uint64(unsigned char *bytes, uint64_t x);
LEAT_API uint64_t leat_get_uint64(const unsigned char *bytes);

/* ---------------- Aggregate classes: statistics of your own -------------- */

struct leat_stat;

/* A value, as a class receives it. */
typedef struct leat_sample {
	int64_t t; /* time, or number of pushes before it since reset */
	double x;
	double y; /* second value of a pair, else 0 */
} leat_sample;

/*
 * A class is a monoid over samples; leat_agg(3) explains it with an example. A
 * partial is `size` bytes that stand for a run of samples; it must be a plain
 * value (memcpy copies it, nothing frees it).
 *
 *   identity  makes *partial stand for no samples;
 *   lift      makes *partial stand for the one sample;
 *   combine   makes *left stand for its own samples followed by those of
 *             *right, which is left unchanged. Samples are in order of time,
 *             at equal times in order of arrival. combine must be associative;
 *             it need not be commutative. The two partials never overlap;
 *   lower     returns the number to report. stat is the statistic that was
 *             asked for, with the arg given in LEAT_AGG(), so one partial can
 *             answer several questions.
 *
 * append and prepend are optional, for speed: they put the sample behind or
 * before the partial's own, with the result of lift and combine. Partials are
 * aligned for any type whose size divides `size`, up to what malloc() gives.
 * Missing values are not passed to a class. The functions must not call back
 * into the window they serve.
 */
typedef struct leat_agg {
	const char *name; /* returned by leat_stat_name(); may be NULL */
	size_t size;      /* bytes of a partial, 1 .. 65536 */
	void *ctx;        /* passed as the first argument */
	int pairs;        /* not 0: needs pairs */
	void (*identity)(void *ctx, void *partial);
	void (*lift)(void *ctx, void *partial, const leat_sample *sample);
	void (*combine)(void *ctx, void *left, const void *right);
	double (*lower)(void *ctx, const void *partial,
	    const struct leat_stat *stat);
	void (*append)(void *ctx, void *partial, const leat_sample *sample);
	void (*prepend)(void *ctx, void *partial, const leat_sample *sample);
	/*
	 * Set if the result of lower() depends on which samples there are (and
	 * their times), not on the order of steps. Windows by time then need
	 * not store values.
	 */
	int commutative;
	/*
	 * For saved state, all three or none. save writes the partial as at
	 * most saved_size bytes, always the same for the same partial, and
	 * returns how many. load restores *partial from them and returns 0, or
	 * anything else for bytes that save cannot have written.
	 */
	size_t saved_size; /* 1 .. 65536 */
	size_t (*save)(void *ctx, const void *partial, unsigned char *bytes);
	int (*load)(void *ctx, void *partial, const unsigned char *bytes,
	    size_t n_bytes);
	uint64_t reserved[4]; /* 0 */
} leat_agg;

/* ---------------- Statistics --------------------------------------------- */

/*
 * A statistic is a value of type leat_stat. The macros below are its
 * initialisers: `leat_stat stats[] = { LEAT_MEAN, LEAT_MAX };`. leat_stat(3)
 * has a table of them: definition, accuracy, memory, cost, source.
 */
typedef struct leat_stat {
	int id;      /* enum leat_stat_id */
	int variant; /* 0 */
	double arg;  /* argument of LEAT_AGG and LEAT_RATE_PER; else 0 */
	double arg2; /* second argument of LEAT_AGG; else 0 */
	const leat_agg *agg; /* class of LEAT_AGG; else NULL */
	uint64_t reserved;   /* 0 */
} leat_stat;

/* Numbers that saved state contains, so that none ever changes its meaning. */
enum leat_stat_id {
	LEAT_STAT_AGG = 1,
	LEAT_STAT_COUNT = 2,
	LEAT_STAT_COUNT_MISSING = 3,
	LEAT_STAT_SUM = 4,
	LEAT_STAT_MEAN = 5,
	LEAT_STAT_VARIANCE = 6,
	LEAT_STAT_VARIANCE_POP = 7,
	LEAT_STAT_STDDEV = 8,
	LEAT_STAT_STDDEV_POP = 9,
	LEAT_STAT_STDERR = 10,
	LEAT_STAT_STDERR_POP = 11,
	LEAT_STAT_SKEWNESS = 12,
	LEAT_STAT_SKEWNESS_POP = 13,
	LEAT_STAT_KURTOSIS = 14,
	LEAT_STAT_KURTOSIS_POP = 15,
	LEAT_STAT_ZSCORE = 16,
	LEAT_STAT_MIN = 17,
	LEAT_STAT_MAX = 18,
	LEAT_STAT_RANGE = 19,
	LEAT_STAT_ARGMIN = 20,
	LEAT_STAT_ARGMAX = 21,
	LEAT_STAT_FIRST = 22,
	LEAT_STAT_LAST = 23,
	LEAT_STAT_RATE_OF_CHANGE = 24,
	LEAT_STAT_PRODUCT = 25,
	LEAT_STAT_GEOMETRIC_MEAN = 26,
	LEAT_STAT_SUM_OF_SQUARES = 27,
	LEAT_STAT_RMS = 28,
	LEAT_STAT_COVARIANCE = 29,
	LEAT_STAT_COVARIANCE_POP = 30,
	LEAT_STAT_CORRELATION = 31,
	LEAT_STAT_SLOPE = 32,
	LEAT_STAT_INTERCEPT = 33,
	LEAT_STAT_INCREASE = 34,
	LEAT_STAT_RATE = 35,
	LEAT_STAT_TIME_MEAN = 36,
	LEAT_STAT_TIME_MEAN_LINEAR = 37,
	LEAT_STAT_MAE = 38,
	LEAT_STAT_MSE = 39,
	LEAT_STAT_RMSE = 40,
	LEAT_STAT_R2 = 41,
	LEAT_STAT_BIAS = 42,
	LEAT_STAT_LOG_LOSS = 43,
	LEAT_STAT_ACCURACY = 44,
	LEAT_STAT_COVERAGE = 45,
	LEAT_STAT_AUC = 46
};

#define LEAT_STAT_INIT(id)                                                     \
	{                                                                      \
		(id), 0, 0.0, 0.0, NULL, 0                                     \
	}

/* Number of values that are not missing, and of missing ones. */
#define LEAT_COUNT LEAT_STAT_INIT(LEAT_STAT_COUNT)
#define LEAT_COUNT_MISSING LEAT_STAT_INIT(LEAT_STAT_COUNT_MISSING)

/*
 * The exact sum, rounded once, and within 1 ulp of the exact mean: the same
 * bits for the same values in any order, cut and merged in any way, with no
 * overflow on the way. leat_stat(3) tells of values more than 1e29 apart.
 */
#define LEAT_SUM LEAT_STAT_INIT(LEAT_STAT_SUM)
#define LEAT_MEAN LEAT_STAT_INIT(LEAT_STAT_MEAN)

/*
 * Spread around the mean: divided by n - 1 (ddof 1), and with _POP by n (ddof
 * 0). STDERR is the standard error of the mean, stddev / sqrt(n). Never
 * negative; exactly 0 when all values are equal; NaN if an infinity is among
 * them. Deviations are squared: from about 1e154 on the spread is infinite,
 * below about 1e-145 it underflows to 0, and ratios of such squares (shape,
 * z-score, correlation, slope) are NaN then.
 */
#define LEAT_VARIANCE LEAT_STAT_INIT(LEAT_STAT_VARIANCE)
#define LEAT_VARIANCE_POP LEAT_STAT_INIT(LEAT_STAT_VARIANCE_POP)
#define LEAT_STDDEV LEAT_STAT_INIT(LEAT_STAT_STDDEV)
#define LEAT_STDDEV_POP LEAT_STAT_INIT(LEAT_STAT_STDDEV_POP)
#define LEAT_STDERR LEAT_STAT_INIT(LEAT_STAT_STDERR)
#define LEAT_STDERR_POP LEAT_STAT_INIT(LEAT_STAT_STDERR_POP)

/*
 * Shape: bias-corrected G1 and G2, and with _POP the plain g1 and g2 of
 * Joanes and Gill (1998). Kurtosis is in excess of a normal distribution's.
 */
#define LEAT_SKEWNESS LEAT_STAT_INIT(LEAT_STAT_SKEWNESS)
#define LEAT_SKEWNESS_POP LEAT_STAT_INIT(LEAT_STAT_SKEWNESS_POP)
#define LEAT_KURTOSIS LEAT_STAT_INIT(LEAT_STAT_KURTOSIS)
#define LEAT_KURTOSIS_POP LEAT_STAT_INIT(LEAT_STAT_KURTOSIS_POP)

/* (last - mean) / stddev: how unusual the newest value is. */
#define LEAT_ZSCORE LEAT_STAT_INIT(LEAT_STAT_ZSCORE)

/*
 * Extrema; RANGE is max - min. ARGMIN and ARGMAX are the age of the extremum,
 * of the newest one if values are equal: the number of pushes since (0: the
 * newest push), in windows by time the ticks to the last one of the window,
 * end - 1.
 */
#define LEAT_MIN LEAT_STAT_INIT(LEAT_STAT_MIN)
#define LEAT_MAX LEAT_STAT_INIT(LEAT_STAT_MAX)
#define LEAT_RANGE LEAT_STAT_INIT(LEAT_STAT_RANGE)
#define LEAT_ARGMIN LEAT_STAT_INIT(LEAT_STAT_ARGMIN)
#define LEAT_ARGMAX LEAT_STAT_INIT(LEAT_STAT_ARGMAX)

/* The oldest and the newest value, and (last - first) / first. */
#define LEAT_FIRST LEAT_STAT_INIT(LEAT_STAT_FIRST)
#define LEAT_LAST LEAT_STAT_INIT(LEAT_STAT_LAST)
#define LEAT_RATE_OF_CHANGE LEAT_STAT_INIT(LEAT_STAT_RATE_OF_CHANGE)

/*
 * The product of all values, and its n-th root, which is NaN if the product is
 * negative. Intermediate results do not overflow.
 */
#define LEAT_PRODUCT LEAT_STAT_INIT(LEAT_STAT_PRODUCT)
#define LEAT_GEOMETRIC_MEAN LEAT_STAT_INIT(LEAT_STAT_GEOMETRIC_MEAN)

/* Sum of x * x, and the root of its mean. */
#define LEAT_SUM_OF_SQUARES LEAT_STAT_INIT(LEAT_STAT_SUM_OF_SQUARES)
#define LEAT_RMS LEAT_STAT_INIT(LEAT_STAT_RMS)

/*
 * Statistics of pairs (x, y): covariance (ddof 1; _POP: ddof 0), Pearson's
 * correlation (NaN when x or y is constant), and the least-squares line y =
 * intercept + slope x. Any of these makes the window one of pairs: push with
 * the _xy functions; a pair with a NaN in it is missing as a whole, and
 * statistics of one value are of x.
 */
#define LEAT_COVARIANCE LEAT_STAT_INIT(LEAT_STAT_COVARIANCE)
#define LEAT_COVARIANCE_POP LEAT_STAT_INIT(LEAT_STAT_COVARIANCE_POP)
#define LEAT_CORRELATION LEAT_STAT_INIT(LEAT_STAT_CORRELATION)
#define LEAT_SLOPE LEAT_STAT_INIT(LEAT_STAT_SLOPE)
#define LEAT_INTERCEPT LEAT_STAT_INIT(LEAT_STAT_INTERCEPT)

/*
 * For counters, which grow except when reset to 0: the increase from the first
 * value to the last, where a value below its predecessor counts from 0 after a
 * reset. NaN for fewer than two values. RATE, in windows by time only, is
 * INCREASE per second, or per so many ticks, over the window's span (sessions
 * and landmark windows: from the first value to the last), as in PromQL but
 * without extrapolation.
 */
#define LEAT_INCREASE LEAT_STAT_INIT(LEAT_STAT_INCREASE)
#define LEAT_RATE LEAT_RATE_PER(LEAT_SECOND)
#ifdef __cplusplus
#define LEAT_AS_DOUBLE(x) static_cast<double>(x)
#else
#define LEAT_AS_DOUBLE(x) ((double)(x))
#endif
#define LEAT_RATE_PER(ticks)                                                   \
	{                                                                      \
		LEAT_STAT_RATE, 0, LEAT_AS_DOUBLE(ticks), 0.0, NULL, 0         \
	}

/*
 * Means over time, from the first value on; in windows by time only. TIME_MEAN:
 * each value holds until the next one, the last one until the end of the window
 * or until now, if that is earlier (in sessions until its own time).
 * TIME_MEAN_LINEAR: values change linearly from each to the next; the last one
 * ends it. Where no time has passed, the last value.
 */
#define LEAT_TIME_MEAN LEAT_STAT_INIT(LEAT_STAT_TIME_MEAN)
#define LEAT_TIME_MEAN_LINEAR LEAT_STAT_INIT(LEAT_STAT_TIME_MEAN_LINEAR)

/*
 * Accuracy of predictions: pairs of a prediction x and its target y.
 *
 * MAE, MSE, RMSE  mean |x - y|, mean (x - y)^2, its root
 * R2              1 - sum (x - y)^2 / sum (y - mean y)^2; NaN while y is
 *                 constant
 * BIAS            mean (x - y)
 * LOG_LOSS        mean -(y log x + (1 - y) log(1 - x)), x no nearer to 0 and
 *                 1 than 2^-52; NaN while an x or y is outside [0, 1]
 * ACCURACY        share of pairs with (x > 0.5) == (y > 0.5)
 * COVERAGE        share of pairs with y <= x, for predictions of a quantile
 * AUC             area under the ROC curve, y > 0.5 against y <= 0.5, ties
 *                 counting a half. Only in windows by count that store
 *                 values; a push costs O(log size) then.
 */
#define LEAT_MAE LEAT_STAT_INIT(LEAT_STAT_MAE)
#define LEAT_MSE LEAT_STAT_INIT(LEAT_STAT_MSE)
#define LEAT_RMSE LEAT_STAT_INIT(LEAT_STAT_RMSE)
#define LEAT_R2 LEAT_STAT_INIT(LEAT_STAT_R2)
#define LEAT_BIAS LEAT_STAT_INIT(LEAT_STAT_BIAS)
#define LEAT_LOG_LOSS LEAT_STAT_INIT(LEAT_STAT_LOG_LOSS)
#define LEAT_ACCURACY LEAT_STAT_INIT(LEAT_STAT_ACCURACY)
#define LEAT_COVERAGE LEAT_STAT_INIT(LEAT_STAT_COVERAGE)
#define LEAT_AUC LEAT_STAT_INIT(LEAT_STAT_AUC)

/*
 * DECAY supports weighted forms of COUNT, COUNT_MISSING (not weighted), SUM,
 * MEAN, VARIANCE, STDDEV and their _POP, ZSCORE, LAST, SUM_OF_SQUARES, RMS and
 * the statistics of pairs except AUC, and refuses all others.
 */

/* A class of your own, and the arg that its lower() receives. */
#define LEAT_AGG(agg, arg)                                                     \
	{                                                                      \
		LEAT_STAT_AGG, 0, (arg), 0.0, (agg), 0                         \
	}

/*
 * Finds a statistic by name: that of its initialiser in lower case
 * ("variance_pop"), or a common short one ("var_pop"); leat_stat(3) has them.
 * LEAT_ESTAT if there is no such name.
 */
LEAT_API int leat_stat_parse(const char *text, leat_stat *stat_out);

/* Returns the name, or that of the class (default "agg"); NULL if unknown. */
LEAT_API const char *leat_stat_name(const leat_stat *stat);

/* Returns whether the statistic needs pairs. */
LEAT_API int leat_stat_pairs(const leat_stat *stat);

/* ---------------- Windows ------------------------------------------------ */

/*
 * Windows by count: leat_window(3). Positions count pushes from 0, intervals
 * are half-open.
 *
 * SLIDING   the last `size` values.
 * TUMBLING  fixed windows [0, size), [size, 2 size), ... A query sees the
 *           values of the one that is being filled, and the whole of it
 *           between the push that fills it and the next push.
 * HOPPING   windows of `size` values, one starting every `hop` values:
 *           [k hop, k hop + size). A query sees the values so far of the one
 *           that closes next, and the whole of it between the push that
 *           closes it and the next push. Flink and Beam call these sliding.
 * LANDMARK  everything since the last reset (also called expanding).
 * DECAY     everything since the last reset, with weights that fall by
 *           the factor 1 - alpha with each push.
 */
enum leat_kind {
	LEAT_SLIDING = 1, /* the default in windows by count */
	LEAT_TUMBLING = 2,
	LEAT_HOPPING = 3,
	LEAT_LANDMARK = 4,
	LEAT_DECAY = 5,
	LEAT_SESSION = 6, /* by time only */
	LEAT_CALENDAR = 7 /* by time only */
};

/* Effect of a missing value (NaN) on the statistics other than counts. */
enum leat_on_missing {
	LEAT_ON_MISSING_SKIP = 0,
	LEAT_ON_MISSING_PROPAGATE = 1 /* results are NaN */
};

/* The largest size and hop of a window. */
#define LEAT_SIZE_MAX (UINT64_C(1) << 40)

/* Result of a window, valid during the callback only. */
typedef struct leat_result {
	int flags; /* enum leat_result_flag bits; 0: the window closes */
	size_t n_values;
	const double *values; /* in the order of options.stats */
	/*
	 * NULL if options.stats has no class of yours, else n_values pointers:
	 * to the finished partial of a class, and NULL for a statistic of the
	 * library.
	 */
	const void *const *partials;
	/* The interval [start, end) of the window, in pushes or in time. */
	int64_t start;
	int64_t end;
	int64_t watermark;       /* after this call; INT64_MIN by count */
	uint64_t count, missing; /* values, and missing ones, in the window */
	uint64_t revision;       /* earlier results, except flushed ones */
	const void *key;         /* keyed windows only, else NULL */
	size_t key_len;
} leat_result;

enum leat_result_flag {
	LEAT_RESULT_EARLY = 1,     /* the window is still open */
	LEAT_RESULT_UPDATED = 2,   /* a late value changed a closed window */
	LEAT_RESULT_EMPTY = 4,     /* no value, not even a missing one */
	LEAT_RESULT_RETRACTED = 8, /* the session became part of another */
	LEAT_RESULT_DROPPED = 16, /* the key was dropped with the window open */
	LEAT_RESULT_FLUSHED = 32  /* emitted by _flush; with EARLY */
};

/*
 * Receives results. emit runs inside the push that closes a window, and returns
 * 0; see "Callbacks" at the top. EARLY results come before the one without a
 * flag, and UPDATED ones replace it. Queries inside emit are answered for the
 * window that is being emitted; emit must not reset or free the object.
 */
typedef struct leat_sink {
	int (*emit)(void *ctx, const leat_result *result);
	void *ctx;
} leat_sink;

typedef struct leat_window_options {
	int kind;      /* enum leat_kind */
	uint64_t size; /* SLIDING, TUMBLING, HOPPING: 1 .. LEAT_SIZE_MAX */
	uint64_t hop;  /* HOPPING: 1 .. LEAT_SIZE_MAX */

	/*
	 * DECAY: exactly one of these. alpha is the weight of the newest value,
	 * 0 < alpha <= 1; a span s >= 1 means alpha = 2 / (s + 1); a half-life
	 * h > 0 (in pushes) means alpha = 1 - 2^(-1/h). Weights are normalised
	 * by their sum (pandas: adjust=True); with `unadjusted` the mean
	 * follows m += alpha (x - m) from the first value on.
	 */
	double alpha;
	double ewm_span;
	double half_life;
	int unadjusted;

	const leat_stat *stats; /* in the order of output */
	size_t n_stats;         /* at least 1 */

	/*
	 * With fewer values results are NaN, except counts. 1 .. size; default
	 * 1.
	 */
	uint64_t min_count;
	int on_missing; /* enum leat_on_missing */

	/*
	 * Makes TUMBLING and HOPPING store their values (8 bytes each, 16 a
	 * pair) for leat_window_read(). SLIDING always does.
	 */
	int keep_values;

	/*
	 * Receives every window that closes: TUMBLING and HOPPING when their
	 * last value is pushed, SLIDING at every push from the size-th on.
	 * LANDMARK and DECAY never close, and emit only when flushed.
	 */
	leat_sink sink;

	const leat_allocator *allocator; /* NULL: malloc() and free() */
	uint64_t reserved[12];           /* 0 */
} leat_window_options;

typedef struct leat_window leat_window;

/*
 * Makes a window. All memory is allocated here: about a kilobyte, and SLIDING
 * for each of `size` values 12 bytes (24 a pair) and half of the statistics'
 * partials (leat_stat(3)); HOPPING one and a half partials for each pane.
 *
 * Errors: LEAT_EINVAL (an option out of range, or not of this kind), LEAT_ESTAT
 * (no such statistic, or this kind cannot compute it), LEAT_ETOOBIG,
 * LEAT_ENOMEM, after which *window_out is NULL. Cost: O(number of statistics),
 * in SLIDING O(size).
 */
LEAT_API int leat_window_new(leat_window **window_out,
    const leat_window_options *options);

/*
 * Checks options without making a window. *n_bytes_out is the size that
 * leat_window_init() needs; on failure *why_out is a static text that names the
 * option and what is wrong with it: "min_count: more than size". Either may be
 * NULL.
 *
 * leat_window_init() makes the window in the caller's memory, of any alignment,
 * which must stay in place. It allocates nothing (options.allocator is used for
 * copies only), and nothing need be freed.
 *
 * Errors: as leat_window_new(); leat_window_init() also LEAT_EBUFFER.
 */
LEAT_API int leat_window_check(const leat_window_options *options,
    size_t *n_bytes_out, const char **why_out);
LEAT_API int leat_window_init(leat_window **window_out, void *memory,
    size_t n_bytes, const leat_window_options *options);

/* Frees a window made by _new, _copy or _load. NULL is allowed. */
LEAT_API void leat_window_free(leat_window *window);

/*
 * Pushes one value. Errors: LEAT_EPAIRS, LEAT_ECALLBACK. Cost: one single-value
 * step for each statistic's class, in SLIDING two; HOPPING two combines more
 * when a pane ends.
 */
LEAT_API int leat_window_push(leat_window *window, double x);
LEAT_API int leat_window_push_xy(leat_window *window, double x, double y);

/*
 * Pushes n values; y is NULL except for pairs. If out is not NULL it receives
 * the n_stats results after each push, row by row: n * n_stats numbers, bit for
 * bit those of single pushes and queries. Arrays must not overlap out. Errors:
 * LEAT_EPAIRS, with nothing pushed.
 */
LEAT_API int leat_window_push_many(leat_window *window, const double *x,
    const double *y, size_t n, double *out);

/*
 * Pushes x[i] into windows[i], for i from 0 to n - 1, as n single pushes do,
 * but with overlapping memory accesses: for programs with many windows. A
 * window may occur more than once. If out is not NULL it receives the results
 * of windows[i] after its push, row by row.
 *
 * Errors, with nothing pushed: LEAT_EPAIRS, LEAT_EINVAL (out is given and
 * numbers of statistics differ).
 */
LEAT_API int leat_window_push_each(leat_window *const *windows, const double *x,
    const double *y, size_t n, double *out);

/*
 * Writes the n_stats results for the values in the window, in the order of
 * options.stats. Cost: at most two combines for each class, in HOPPING four.
 */
LEAT_API void leat_window_query(const leat_window *window, double *out);

/* A push and a query in one. Errors: LEAT_EPAIRS, with nothing written. */
LEAT_API int leat_window_push_query(leat_window *window, double x, double *out);
LEAT_API int leat_window_push_query_xy(leat_window *window, double x, double y,
    double *out);

/*
 * Writes the combined partial of a class in options.stats, agg->size bytes: for
 * results that are more than a number. Errors: LEAT_ESTAT.
 */
LEAT_API int leat_window_partial(const leat_window *window, const leat_agg *agg,
    void *partial_out);

/*
 * Counts of values since the last reset: pushed = taken + missing + late +
 * refused + in_no_window. Windows by count refuse none, and count missing ones
 * among those taken.
 */
typedef struct leat_counts {
	uint64_t pushed;  /* all pushes except those that failed */
	uint64_t taken;   /* put into a window */
	uint64_t missing; /* NaN, put into a window */
	uint64_t late;    /* LEAT_TOO_LATE; not late ones that were taken */
	uint64_t refused; /* LEAT_TOO_FAR, LEAT_NO_ROOM */
	uint64_t in_no_window; /* HOPPING: between two windows */
	uint64_t evicted; /* taken or missing, then dropped for max_values */
	uint64_t stored;  /* values stored now */
	uint64_t reserved[8]; /* set to 0 */
} leat_counts;

LEAT_API void leat_window_counts(const leat_window *window,
    leat_counts *counts_out);

/* Returns the number of values now in the window, missing ones included. */
LEAT_API uint64_t leat_window_length(const leat_window *window);

/*
 * Reads n of the values now in the window, missing ones included, from position
 * `first` on (0: the oldest). Each output may be NULL.
 *
 * Errors: LEAT_ENOTSUP (this window stores no values), LEAT_ERANGE, LEAT_EPAIRS
 * (y_out is given for a window of single values). Cost: O(n).
 */
LEAT_API int leat_window_read(const leat_window *window, uint64_t first,
    size_t n, double *x_out, double *y_out);

/*
 * Emits the result so far of each open window that has a value, in the order of
 * their ends, with flags LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED. SLIDING has
 * one until the push that fills it; LANDMARK and DECAY always have one. Nothing
 * changes: a second call emits the same. Errors: LEAT_ECALLBACK. Cost: a query
 * for each window; HOPPING O(log n) combines for each of n.
 */
LEAT_API int leat_window_flush(leat_window *window);

/* Makes the window as new: no values, position 0. Nothing is emitted. */
LEAT_API void leat_window_reset(leat_window *window);

/*
 * Makes an independent window in the same state, with the same sink. allocator:
 * NULL means that of the window. Errors: LEAT_ENOMEM.
 */
LEAT_API int leat_window_copy(const leat_window *window,
    const leat_allocator *allocator, leat_window **copy_out);

/* Save to bytes and load from them; see "Saved state". */
LEAT_API int leat_window_save(const leat_window *window, leat_writer *writer);
LEAT_API int leat_window_load(leat_window **window_out,
    const leat_window_options *options, leat_reader *reader);

/*
 * Adds the values of `other`, which is unchanged, as if they had been pushed
 * after those of the window: for partial results of several places. LANDMARK
 * only; in other kinds the number of a push decides which window it belongs to,
 * and two streams have no common numbers.
 *
 * Errors: LEAT_EINVAL (it is the window itself), LEAT_ENOTSUP, LEAT_EOPTIONS.
 * Cost: a combine for each class.
 */
LEAT_API int leat_window_merge(leat_window *window, const leat_window *other);

/* ---------------- Windows by time ---------------------------------------- */

/*
 * Windows by time, whose values may come out of order: leat_time_window(3);
 * leat_window(7) explains them with drawings.
 *
 *      options.kind = LEAT_TUMBLING;      (leat_time_window_options)
 *      options.span = 60 * LEAT_SECOND;
 *      options.delay = 5 * LEAT_SECOND;
 *      options.stats = stats;
 *      options.n_stats = 3;
 *      options.sink.emit = on_result;
 *      if (leat_time_window_new(&w, &options) < 0) ...
 *      while (next(&t, &x))
 *              leat_time_window_push(w, t, x);
 *      leat_time_window_advance(w, LEAT_TIME_MAX);
 *
 * now        the largest time so far of a value or of advance().
 * watermark  now - delay: older values are not expected any more. It never
 *            falls. With several sources, the slowest one's counts.
 * closed     A window [start, end) closes, and its result is emitted, when
 *            the watermark reaches its end.
 * late       A value is late if every window it belongs to is closed. Until
 *            the watermark reaches end + allowed_lateness it still goes in
 *            and its window is emitted again; after that it is counted,
 *            passed to the `late` callback and refused (LEAT_TOO_LATE).
 */

/* Lengths of time in nanoseconds, for ticks of a nanosecond. */
#define LEAT_MICROSECOND INT64_C(1000)
#define LEAT_MILLISECOND INT64_C(1000000)
#define LEAT_SECOND INT64_C(1000000000)
#define LEAT_MINUTE (60 * LEAT_SECOND)
#define LEAT_HOUR (3600 * LEAT_SECOND)
#define LEAT_DAY (86400 * LEAT_SECOND)

/* The end of time, at which all windows close. No value can have this time. */
#define LEAT_TIME_MAX INT64_MAX

/* A value with all its fields. Those that are not needed are 0. */
typedef struct leat_event {
	const void *key;
	size_t key_len;
	int64_t t;
	double x, y;
	double weight;   /* ignored by this version */
	uint32_t source; /* 0 .. n_sources - 1 */
	uint32_t flags;  /* 0 */
} leat_event;

/*
 * Finds the interval that contains t: writes *start_out <= t and *end_out > t.
 * Intervals must not depend on the order of calls, and must not overlap. The
 * function must not call back into the window.
 */
typedef struct leat_calendar {
	void (*interval)(void *ctx, int64_t t, int64_t *start_out,
	    int64_t *end_out);
	void *ctx;
} leat_calendar;

/* Receives values that are too late, as leat_sink receives results. */
typedef struct leat_late_sink {
	int (*late)(void *ctx, const leat_event *event);
	void *ctx;
} leat_late_sink;

/* Choices for a value that finds no room. */
enum leat_when_full {
	LEAT_WHEN_FULL_REFUSE = 0,   /* refuse it: LEAT_NO_ROOM */
	LEAT_WHEN_FULL_EVICT_OLD = 1 /* drop the oldest value or key */
};

/*
 * Kinds, as for windows by count (enum leat_kind) except:
 *
 * SLIDING   [now - span + 1, now + 1): one window for each time that has a
 *           value; it closes when the watermark has passed it.
 * TUMBLING  [offset + k span, offset + (k + 1) span) for every integer k.
 * HOPPING   [offset + k hop, offset + k hop + span).
 * SESSION   [first, last + gap): values with less than `gap` from each to
 *           the next. Retracted when a late value extends or joins it.
 * LANDMARK  everything, closed at the end of time: [first time, now + 1).
 * DECAY     as LANDMARK, a value of age a weighing 2^(-a / half_life).
 * CALENDAR  intervals given by a function: days, months, in any zone.
 *
 * At most LEAT_HOPS_MAX windows of HOPPING contain one value (span / hop). No
 * call emits more than LEAT_EMPTY_MAX windows without data in a row: a time
 * that would need more is LEAT_TOO_FAR; advance() may go there in steps.
 */
#define LEAT_HOPS_MAX 100000
#define LEAT_EMPTY_MAX 1000000

typedef struct leat_time_window_options {
	int kind;               /* enum leat_kind */
	int64_t span;           /* SLIDING, TUMBLING, HOPPING: > 0 */
	int64_t hop;            /* HOPPING: > 0 */
	int64_t offset;         /* TUMBLING, HOPPING */
	int64_t gap;            /* SESSION: > 0 */
	double half_life;       /* DECAY: > 0, in ticks */
	leat_calendar calendar; /* CALENDAR */

	const leat_stat *stats; /* see leat_window_options */
	size_t n_stats;
	uint64_t min_count;
	int on_missing; /* enum leat_on_missing */

	int64_t delay;            /* >= 0 */
	int64_t allowed_lateness; /* >= 0 */
	/*
	 * Refuse times further above the watermark (LEAT_TOO_FAR); 0: no limit.
	 */
	int64_t max_skew;
	uint32_t n_sources; /* 0 means 1; at most 65536 */
	/*
	 * A source this far behind now does not delay the watermark; 0: all do.
	 */
	int64_t idle_timeout;

	/*
	 * EARLY results, of every open window that has changed since its last
	 * one: after each early_count values of a key, and when now reaches a
	 * multiple of early_span, before that value is added. SLIDING: of the
	 * window that ends now.
	 */
	uint64_t early_count;
	int64_t early_span;
	/* TUMBLING, HOPPING and CALENDAR also emit windows without data. */
	int emit_empty;

	/*
	 * Most values stored for a key; 0: no limit. SLIDING stores all values,
	 * other kinds those of unfinished windows and only if a statistic
	 * depends on order: INCREASE, RATE, TIME_MEAN(_LINEAR), a class that is
	 * not commutative.
	 */
	uint64_t max_values;
	int when_full; /* enum leat_when_full, at max_values */
	/*
	 * Most windows of a key that are open or kept for lateness; 0: no
	 * limit. Not for SLIDING, LANDMARK, DECAY. A value that needs one more
	 * is refused (LEAT_NO_ROOM). HOPPING with hop < span counts slices of
	 * gcd(span, hop) ticks with data.
	 */
	uint64_t max_windows;

	leat_sink sink;                  /* optional */
	leat_late_sink late;             /* optional */
	const leat_allocator *allocator; /* NULL: malloc() and free() */
	uint64_t reserved[16];           /* 0 */
} leat_time_window_options;

typedef struct leat_time_window leat_time_window;

/*
 * Makes a window. It allocates 48 bytes and the accumulators (32 for a sum, 64
 * for mean and standard deviation) for each window that is open or kept,
 * HOPPING about 60 for each slice with data; where values are stored, 22 to 24
 * bytes for each (30 to 32 a pair).
 *
 * Errors, and leat_time_window_check(): as leat_window_new() and
 * leat_window_check(); *n_bytes_out is the size of an empty window.
 */
LEAT_API int leat_time_window_new(leat_time_window **window_out,
    const leat_time_window_options *options);
LEAT_API int leat_time_window_check(const leat_time_window_options *options,
    size_t *n_bytes_out, const char **why_out);
LEAT_API void leat_time_window_free(leat_time_window *window);

/*
 * Pushes one value: first emits the windows that its time closes, then adds the
 * value.
 *
 * Refusals, which are counted: LEAT_TOO_LATE, LEAT_TOO_FAR, LEAT_NO_ROOM.
 * Errors: LEAT_EPAIRS, LEAT_ESOURCE; LEAT_ECALENDAR, LEAT_ENOMEM, after which
 * nothing has changed and the value may be pushed again; LEAT_ECALLBACK. Cost:
 * one or two single-value steps, and O(log n) comparisons with the n windows
 * that are open or kept; leat_time_window(3) has the cost of each kind, of late
 * values and of evicting.
 */
LEAT_API int leat_time_window_push(leat_time_window *window, int64_t t,
    double x);
LEAT_API int leat_time_window_push_xy(leat_time_window *window, int64_t t,
    double x, double y);

/*
 * Pushes n values, as n single pushes do; y is NULL except for pairs. Refused
 * values are skipped and counted. Returns 0, or the first refusal;
 * *n_taken_out, unless n_taken_out is NULL, is how many were taken. A failure
 * stops it, with the values before that one pushed: counts.pushed says how
 * many. Keys of events are ignored.
 */
LEAT_API int leat_time_window_push_many(leat_time_window *window,
    const int64_t *t, const double *x, const double *y, size_t n,
    size_t *n_taken_out);
LEAT_API int leat_time_window_push_events(leat_time_window *window,
    const leat_event *events, size_t n, size_t *n_taken_out);

/*
 * Moves time to t without data, as if each source had pushed a value of that
 * time; a source that is ahead of t stays there. With LEAT_TIME_MAX all windows
 * close, and every value is late from then on.
 *
 * Refusal: LEAT_TOO_FAR. Errors: LEAT_ECALENDAR, LEAT_ENOMEM, after which
 * nothing has changed; LEAT_ECALLBACK.
 */
LEAT_API int leat_time_window_advance(leat_time_window *window, int64_t t);

/*
 * Emits open windows as leat_window_flush() does, for data that may continue:
 * time does not move, windows stay open. (If no data follows, advance to
 * LEAT_TIME_MAX.) SLIDING emits the window of each time that has a value and
 * has not closed.
 *
 * Errors: LEAT_ECALLBACK. Cost: a query for each window.
 */
LEAT_API int leat_time_window_flush(leat_time_window *window);

/*
 * Writes the results of the window that contains now: what would be emitted if
 * it closed. Of several HOPPING windows it is the one that ends first. NaN and
 * counts of 0 if there is none or it has no data.
 */
LEAT_API void leat_time_window_query(const leat_time_window *window,
    double *out);

/*
 * Writes the interval of the window that is queried; start = end = now (before
 * the first value INT64_MIN) if there is none.
 */
LEAT_API void leat_time_window_interval(const leat_time_window *window,
    int64_t *start_out, int64_t *end_out);

/*
 * Reads n of the counts.stored values, missing ones included, in the order of
 * their times, from position `first` on (0: the oldest). SLIDING only; values
 * before now - span + 1 are kept for delay and allowed_lateness. Each output
 * may be NULL.
 *
 * Errors: as leat_window_read(). Cost: O(values stored).
 */
LEAT_API int leat_time_window_read(const leat_time_window *window,
    uint64_t first, size_t n, int64_t *t_out, double *x_out, double *y_out);

/* Writes the partial of the window queried; see leat_window_partial(). */
LEAT_API int leat_time_window_partial(const leat_time_window *window,
    const leat_agg *agg, void *partial_out);

/* Return now, and the watermark; INT64_MIN before the first value. */
LEAT_API int64_t leat_time_window_now(const leat_time_window *window);
LEAT_API int64_t leat_time_window_watermark(const leat_time_window *window);

/* Returns the bytes allocated beside the object for its data. */
LEAT_API uint64_t leat_time_window_bytes(const leat_time_window *window);

LEAT_API void leat_time_window_counts(const leat_time_window *window,
    leat_counts *counts_out);

/* Makes the window as new. Nothing is emitted. */
LEAT_API void leat_time_window_reset(leat_time_window *window);

/* Makes an independent window in the same state; see leat_window_copy(). */
LEAT_API int leat_time_window_copy(const leat_time_window *window,
    const leat_allocator *allocator, leat_time_window **copy_out);

/* Save to bytes and load from them. Loading: also LEAT_EFULL (max_windows). */
LEAT_API int leat_time_window_save(const leat_time_window *window,
    leat_writer *writer);
LEAT_API int leat_time_window_load(leat_time_window **window_out,
    const leat_time_window_options *options, leat_reader *reader);

/*
 * Adds the data of `other`, which is unchanged, as if the window had received
 * it as well: open windows become those of both, now and the watermark the
 * later of the two. TUMBLING, HOPPING, CALENDAR and LANDMARK.
 *
 * LEAT_ELATE: a window that one of the two has forgotten has data in the other,
 * and would be emitted twice, each time in part. Let delay keep windows open,
 * or allow lateness: closed windows that receive data are emitted again
 * (LEAT_RESULT_UPDATED).
 *
 * Errors: LEAT_EINVAL (it is the window itself), LEAT_ENOTSUP (other kinds),
 * LEAT_EOPTIONS, LEAT_ELATE, LEAT_EFULL (max_values, max_windows), LEAT_ENOMEM.
 * Cost: one combine for each class and window of `other`; where panes or values
 * are stored, a step for each in both.
 */
LEAT_API int leat_time_window_merge(leat_time_window *window,
    const leat_time_window *other);

/* ---------------- Keyed windows ------------------------------------------ */

/*
 * A window for each key, a key being any bytes, also none: leat_keyed(3).
 *
 *      options.by_time = &minutes;     (leat_time_window_options)
 *      options.max_keys = 1000000;
 *      options.ttl = LEAT_HOUR;
 *      if (leat_keyed_new(&k, &options) < 0) ...
 *      while (next(&key, &key_len, &t, &x))
 *              leat_keyed_push(k, key, key_len, t, x);
 *
 * by_time or by_count points to the options of the windows, which are copied,
 * too, and have no allocator of their own. All keys share one clock: a value of
 * one key moves the watermark of all. Windows that close at once are emitted in
 * the order of (end, key first seen).
 */
typedef struct leat_keyed_options {
	/* Exactly one of these; the other is NULL. */
	const leat_time_window_options *by_time;
	const leat_window_options *by_count;

	/*
	 * A key is dropped when the watermark (by_count: now) reaches its
	 * largest time plus ttl. 0: keys stay, and memory grows with new keys.
	 */
	int64_t ttl;
	uint64_t max_keys; /* 0: no limit; at most 2^31 */
	/*
	 * Limit of the bytes of leat_keyed_bytes() without the clock's; 0:
	 * none.
	 */
	uint64_t max_bytes;
	int when_keys_full; /* enum leat_when_full, at max_keys and max_bytes */
	leat_sink dropped;  /* receives open windows of a dropped key */
	uint64_t seed[2];   /* hash key; random if keys may be hostile */
	const leat_allocator *allocator; /* NULL: malloc() and free() */
	uint64_t reserved[8];            /* 0 */
} leat_keyed_options;

typedef struct leat_keyed leat_keyed;

/* The longest key, in bytes. */
#define LEAT_KEY_MAX 65535

/*
 * Makes an object without keys. With thousands of keys, each takes at most 200
 * bytes beside its text with TUMBLING mean and standard deviation by time; by
 * count, the size that leat_window_check() reports.
 *
 * Errors, and leat_keyed_check(): as leat_window_new() and leat_window_check();
 * *n_bytes_out is the size of an object without keys.
 */
LEAT_API int leat_keyed_new(leat_keyed **keyed_out,
    const leat_keyed_options *options);
LEAT_API int leat_keyed_check(const leat_keyed_options *options,
    size_t *n_bytes_out, const char **why_out);
LEAT_API void leat_keyed_free(leat_keyed *keyed);

/*
 * Pushes one value. With by_count t is used for ttl only.
 *
 * Refusals and errors: those of leat_time_window_push(), with LEAT_NO_ROOM also
 * for max_keys and max_bytes; LEAT_EKEY for a key longer than LEAT_KEY_MAX.
 * Cost: that of a push into its window. Among many keys, pushes that change
 * nothing but an open window may be deferred, and are done before anything that
 * could show a difference.
 */
LEAT_API int leat_keyed_push(leat_keyed *keyed, const void *key, size_t key_len,
    int64_t t, double x);
LEAT_API int leat_keyed_push_xy(leat_keyed *keyed, const void *key,
    size_t key_len, int64_t t, double x, double y);

/* Pushes n events faster than singly; see leat_time_window_push_events(). */
LEAT_API int leat_keyed_push_events(leat_keyed *keyed, const leat_event *events,
    size_t n, size_t *n_taken_out);

/* See leat_time_window_advance(), and leat_..._window_flush() of each key. */
LEAT_API int leat_keyed_advance(leat_keyed *keyed, int64_t t);
LEAT_API int leat_keyed_flush(leat_keyed *keyed);

/*
 * Writes the results of one key's window, as leat_time_window_query() and
 * leat_window_query() do. Errors: LEAT_EKEY if there is no such key.
 */
LEAT_API int leat_keyed_query(leat_keyed *keyed, const void *key,
    size_t key_len, double *out);

/*
 * Write the interval of a key's window, and the combined partial of a class, as
 * leat_time_window_interval() and leat_window_partial() do. With by_count the
 * interval is of the key's pushes. Errors: LEAT_EKEY, LEAT_ESTAT.
 */
LEAT_API int leat_keyed_interval(leat_keyed *keyed, const void *key,
    size_t key_len, int64_t *start_out, int64_t *end_out);
LEAT_API int leat_keyed_partial(leat_keyed *keyed, const void *key,
    size_t key_len, const leat_agg *agg, void *partial_out);

/* Drops one key; emits its open windows to `dropped`. Errors: LEAT_EKEY. */
LEAT_API int leat_keyed_drop(leat_keyed *keyed, const void *key,
    size_t key_len);

/*
 * Calls visit for each key, in the order they were first seen, with the results
 * of leat_keyed_query(). Anything but 0 from visit ends this with
 * LEAT_ECALLBACK. visit must not push into or change the object.
 */
LEAT_API int leat_keyed_each(leat_keyed *keyed,
    int (*visit)(void *ctx, const leat_result *result), void *ctx);

LEAT_API uint64_t leat_keyed_n_keys(leat_keyed *keyed);
LEAT_API uint64_t leat_keyed_bytes(leat_keyed *keyed);
LEAT_API int64_t leat_keyed_now(const leat_keyed *keyed);
LEAT_API int64_t leat_keyed_watermark(const leat_keyed *keyed);

/* Counts over all keys, dropped ones as well. */
LEAT_API void leat_keyed_counts(leat_keyed *keyed, leat_counts *counts_out);

LEAT_API void leat_keyed_reset(leat_keyed *keyed);
LEAT_API int leat_keyed_copy(leat_keyed *keyed, const leat_allocator *allocator,
    leat_keyed **copy_out);

/* Save to bytes and load from them; see "Saved state". */
LEAT_API int leat_keyed_save(leat_keyed *keyed, leat_writer *writer);
LEAT_API int leat_keyed_load(leat_keyed **keyed_out,
    const leat_keyed_options *options, leat_reader *reader);

/*
 * See leat_..._window_merge(): merges key by key; new keys follow in the order
 * of `other`. LEAT_EFULL also for max_keys and max_bytes: no key is dropped.
 */
LEAT_API int leat_keyed_merge(leat_keyed *keyed, leat_keyed *other);

/* ---------------- Models -------------------------------------------------- */

/*
 * Models that learn online, one sample at a time: leat_model(3).
 *
 *      options.n_features = 9;
 *      if (leat_model_new(&m, &options) < 0) ...
 *      while (next(x, &y))
 *              leat_model_learn(m, x, y, &guess);
 *
 * A model has one coefficient for each feature, and an intercept. Their sum,
 * intercept + coefficient[0] x[0] + ..., is the score of a sample; the loss
 * defines how a score becomes a prediction of y, and what an error costs. Each
 * sample is predicted before it is learned from (prequential evaluation). x is
 * an array of n_features numbers, in any units.
 */

/*
 * Losses, for a score f and a target y; r is f - y. SQUARED to QUANTILE predict
 * f, in the units of y, and so is their arg (except that QUANTILE has 0 < arg <
 * 1).
 */
enum leat_loss {
	LEAT_LOSS_SQUARED = 0,  /* r^2 / 2: the mean of y */
	LEAT_LOSS_HUBER = 1,    /* r^2 / 2 while |r| <= arg, then
	                        arg (|r| - arg / 2); arg > 0 */
	LEAT_LOSS_EPSILON = 2,  /* max(0, |r| - arg), arg > 0; for |r| itself
	                        take QUANTILE at 0.5 */
	LEAT_LOSS_QUANTILE = 3, /* -arg r for r < 0, (1 - arg) r for r > 0: the
	                        quantile of y at arg */
	LEAT_LOSS_LOGISTIC = 4, /* log(1 + e^f) - y f, y in [0, 1]; predicts
	                        1 / (1 + e^-f), the probability of y = 1 */
	LEAT_LOSS_HINGE = 5,    /* max(0, 1 - f) if y is 1, max(0, 1 + f) if y
	                        is 0; predicts 1 if f > 0, else 0 */
	LEAT_LOSS_POISSON = 6   /* e^f - y f, y >= 0; predicts e^f, the mean */
};

/*
 * The loss at a score, its derivative by the score (0 where it has a corner),
 * and the prediction for a score. arg has no default here, and is 0 for losses
 * without one. NaN if there is no such loss, or it does not allow that arg or
 * target, or the score is not finite.
 */
LEAT_API double leat_loss_value(int loss, double arg, double score, double y);
LEAT_API double leat_loss_gradient(int loss, double arg, double score,
    double y);
LEAT_API double leat_loss_prediction(int loss, double score);

/*
 * Update rules. g is the derivative of the loss at the score, after clipping.
 * leat_model(3) has the formulas and their sources.
 *
 * ADAPTIVE  for raw data, with nothing to tune: two predictors on
 *           standardised features, mixed in the proportion that has proved
 *           best; never predicts beyond the targets seen. Cost: three to
 *           six times SGD.
 * SGD       w -= rate / t^power g x; rate 0.01 by default.
 * ADAGRAD   w -= rate g x / sqrt(1e-10 + sum of (g x)^2); rate 0.1.
 * NLMS      w -= rate r x / (1e-10 + |x|^2); rate 0.5. SQUARED only.
 * PA1, PA2  passive-aggressive, EPSILON and HINGE only; rate is C, 1.
 * FTRL      follow the regularised leader, with l1 and l2; rate is alpha, 0.1.
 * RLS       recursive least squares by rotations: the minimum of
 *           sum forgetting^age r^2. SQUARED only, at most LEAT_RLS_MAX
 *           features; O(n_features^2).
 * COCOB     coin betting: no rate at all.
 */
enum leat_update {
	LEAT_UPDATE_ADAPTIVE = 0,
	LEAT_UPDATE_SGD = 1,
	LEAT_UPDATE_ADAGRAD = 2,
	LEAT_UPDATE_NLMS = 3,
	LEAT_UPDATE_PA1 = 4,
	LEAT_UPDATE_PA2 = 5,
	LEAT_UPDATE_FTRL = 6,
	LEAT_UPDATE_RLS = 7,
	LEAT_UPDATE_COCOB = 8
};

/* Largest number of features, and of features with RLS. */
#define LEAT_FEATURES_MAX (1u << 28)
#define LEAT_RLS_MAX 64

typedef struct leat_model_options {
	size_t n_features; /* 1 .. LEAT_FEATURES_MAX */
	int loss;          /* enum leat_loss */
	/* Default HUBER 1.35, EPSILON 0.1, QUANTILE 0.5; see leat_model(3). */
	double loss_arg;
	int update;        /* enum leat_update */
	int no_intercept;  /* keep the intercept at 0 (not with ADAPTIVE) */
	double rate;       /* > 0; not with ADAPTIVE, RLS, COCOB */
	double power;      /* SGD: 0 .. 1 */
	int average;       /* SGD: predict by averaged coefficients */
	double forgetting; /* RLS: 0 < forgetting <= 1, by default 1 */

	/*
	 * Add l1 sum |w| + l2 / 2 sum w^2 to the loss. RLS: l2 only, a ridge.
	 */
	double l1, l2;
	double clip; /* SGD, ADAGRAD, FTRL, COCOB: largest |g|; 0: none */
	/*
	 * SGD, ADAGRAD, NLMS, FTRL, COCOB: learn from features, and targets of
	 * losses that predict f, in standard deviations from their means so far
	 * (at most 8), as ADAPTIVE does. rate, clip, l1 and l2 are in these
	 * units. Not with no_intercept.
	 */
	int standardise;
	/* SGD, ADAGRAD: n_features factors >= 0 of the steps; NULL: all 1. */
	const double *rates;

	const leat_allocator *allocator; /* NULL: malloc() and free() */
	uint64_t reserved[12];           /* 0 */
} leat_model_options;

typedef struct leat_model leat_model;

/*
 * Makes a model with coefficients of 0. All memory is allocated here: 8 bytes
 * for each feature, times 1 to 8 by update rule (leat_model(3)); RLS about 4
 * n_features^2 bytes.
 *
 * Errors, _check and _init: as leat_window_new() and leat_window_check().
 */
LEAT_API int leat_model_new(leat_model **model_out,
    const leat_model_options *options);
LEAT_API int leat_model_check(const leat_model_options *options,
    size_t *n_bytes_out, const char **why_out);
LEAT_API int leat_model_init(leat_model **model_out, void *memory,
    size_t n_bytes, const leat_model_options *options);
LEAT_API void leat_model_free(leat_model *model);

/*
 * Return the prediction for x, and the score it is made from: what learning
 * from x next would report. NaN if x, or the score, is not finite. Cost:
 * O(n_features).
 */
LEAT_API double leat_model_predict(const leat_model *model, const double *x);
LEAT_API double leat_model_score(const leat_model *model, const double *x);

/*
 * Learns from one sample, and writes the prediction made before learning,
 * unless prediction_out is NULL.
 *
 * Refusals: LEAT_NOT_FINITE (x or y; also a sample that would make a number of
 * the model infinite or NaN), LEAT_BAD_TARGET (a y that the loss does not
 * allow). Cost: O(n_features), RLS O(n_features^2). Nothing is allocated.
 */
LEAT_API int leat_model_learn(leat_model *model, const double *x, double y,
    double *prediction_out);

/*
 * Learns from n samples: x has n rows of n_features numbers. Refused samples
 * are skipped, and their prediction is NaN; all else is as in n single calls,
 * bit for bit. predictions_out receives n numbers, or is NULL.
 *
 * A weight >= 0 says how many samples one stands for; 0 changes nothing and is
 * counted only if the sample is refused. weights may be NULL: all are 1.
 *
 * Returns 0, or the first refusal. Errors: LEAT_EINVAL (a weight below 0).
 */
LEAT_API int leat_model_learn_many(leat_model *model, const double *x,
    const double *y, const double *weights, size_t n, double *predictions_out);

/*
 * Predict and learn for a sample that is mostly 0: n numbers, and the indices
 * of their features, from 0, in ascending order. Results and state are those of
 * the dense form, bit for bit, except that l1 and l2 of SGD and ADAGRAD without
 * standardise are applied to those n only.
 *
 * Errors: LEAT_EINDEX, LEAT_EINVAL (a weight below 0). Cost: O(n), but
 * O(n_features) for ADAPTIVE, standardise and SGD's average; RLS
 * O(n_features^2).
 */
LEAT_API double leat_model_predict_sparse(const leat_model *model,
    const uint32_t *index, const double *x, size_t n);
LEAT_API int leat_model_learn_sparse(leat_model *model, const uint32_t *index,
    const double *x, double y, double weight, size_t n, double *prediction_out);

/*
 * Writes the coefficients in the units of the raw data: score = intercept + sum
 * of coefficient[i] x[i], nearly so with ADAPTIVE and standardise. Either
 * pointer may be NULL.
 */
LEAT_API void leat_model_coefficients(const leat_model *model,
    double *coefficients_out, double *intercept_out);

/*
 * Resets the model, and starts it from n_features coefficients and an
 * intercept, in raw units: it predicts by them, and goes on learning from
 * there. To RLS with l2 they are the prior mean.
 *
 * Errors: LEAT_EINVAL (a number that is not finite or beyond 1e100 in size, or
 * an intercept with no_intercept), LEAT_ENOTSUP (ADAPTIVE with a loss that does
 * not predict f).
 */
LEAT_API int leat_model_set_coefficients(leat_model *model,
    const double *coefficients, double intercept);

/* Counts since the last reset: pushed = taken + refused; the rest is 0. */
LEAT_API void leat_model_counts(const leat_model *model,
    leat_counts *counts_out);

/* Make the model as new; make an independent one: see leat_window_copy(). */
LEAT_API void leat_model_reset(leat_model *model);
LEAT_API int leat_model_copy(const leat_model *model,
    const leat_allocator *allocator, leat_model **copy_out);

/* Save to bytes and load from them; see "Saved state". */
LEAT_API int leat_model_save(const leat_model *model, leat_writer *writer);
LEAT_API int leat_model_load(leat_model **model_out,
    const leat_model_options *options, leat_reader *reader);

/* ---------------- Drift and anomaly -------------------------------------- */

/*
 * Detectors watch a stream, say of a model's errors, and report when its
 * distribution has changed: leat_drift(3) has formulas and sources. Values
 * beyond 2^465 in size are taken as 2^465.
 *
 * PAGE_HINKLEY  the cumulated deviation from the running mean, less delta a
 *               value, has risen by more than threshold above its minimum
 *               (for a fall: the mirror image). It then starts anew.
 * ADWIN         the newest values differ in mean from older ones, at
 *               confidence delta; the older ones are dropped. Values should
 *               lie within a range of about 1.
 * ZSCORE        the value is more than `threshold` standard deviations away
 *               from the mean of the `size` values before it (0: of all).
 * EWMA          the exponentially weighted mean is more than `threshold` of
 *               its standard deviations away from the baseline: the mean of
 *               the first min_count values, or as given. It then starts anew.
 *
 * With a direction, changes in the other one raise no alarm and restart
 * nothing; ADWIN drops values all the same.
 */
enum leat_drift_kind {
	LEAT_DRIFT_PAGE_HINKLEY = 0,
	LEAT_DRIFT_ADWIN = 1,
	LEAT_DRIFT_ZSCORE = 2,
	LEAT_DRIFT_EWMA = 3
};

enum leat_change {
	LEAT_CHANGE_NONE = 0,
	LEAT_CHANGE_RISE = 1,
	LEAT_CHANGE_FALL = 2
};

typedef struct leat_drift_options {
	int kind;         /* enum leat_drift_kind */
	double delta;     /* PAGE_HINKLEY: >= 0, in the units of x. ADWIN:
	                       0 < delta < 1, by default 0.002 */
	double threshold; /* PAGE_HINKLEY: > 0, in the units of x, must be
	                       given. Charts: > 0, by default 3 */
	double alpha;     /* EWMA: weight of the newest value, 0 < alpha <= 1,
	                       by default 0.2 */
	uint64_t size;    /* ZSCORE: 0, or 2 .. LEAT_SIZE_MAX */
	/*
	 * Values before the first alarm, by default 30 (ZSCORE: at most size),
	 * ADWIN 10; charts at least 2, ZSCORE at most size; 0 with a given
	 * baseline.
	 */
	uint64_t min_count;
	/* EWMA: the baseline, instead of the first values, if stddev > 0. */
	double mean;
	double stddev;
	int direction; /* LEAT_CHANGE_RISE or LEAT_CHANGE_FALL only; 0: both */
	const leat_allocator *allocator; /* NULL: malloc() and free() */
	uint64_t reserved[8];            /* 0 */
} leat_drift_options;

typedef struct leat_drift leat_drift;

/*
 * Makes a detector. It takes some hundred bytes; ADWIN 6.5 kilobytes, ZSCORE
 * with a size as much as a sliding window of it. Errors, _check and _init: as
 * leat_window_new() and leat_window_check().
 */
LEAT_API int leat_drift_new(leat_drift **drift_out,
    const leat_drift_options *options);
LEAT_API int leat_drift_check(const leat_drift_options *options,
    size_t *n_bytes_out, const char **why_out);
LEAT_API int leat_drift_init(leat_drift **drift_out, void *memory,
    size_t n_bytes, const leat_drift_options *options);
LEAT_API void leat_drift_free(leat_drift *drift);

/*
 * A detector's answer to a value. score is above 0 for a rise, below 0 for a
 * fall; NaN for a value that is refused or cannot raise an alarm yet. ZSCORE
 * and EWMA: how many standard deviations the value, or the weighted mean, is
 * away; an alarm is beyond `threshold`. PAGE_HINKLEY, and ADWIN at every 32nd
 * value (else NaN): the statistic over its bound; an alarm is beyond 1.
 */
typedef struct leat_drift_answer {
	int change; /* enum leat_change */
	double score;
	uint64_t reserved[6]; /* set to 0 */
} leat_drift_answer;

/*
 * Pushes one value; answer_out may be NULL. Returns 0, or LEAT_NOT_FINITE
 * for a value that was not taken.
 *
 * Cost: O(1); ADWIN O(1) on average, O(log n) at worst and every 32 values,
 * and as much again for each of the O(log n) parts that it drops.
 */
LEAT_API int leat_drift_push(leat_drift *drift, double x,
    leat_drift_answer *answer_out);

/*
 * Pushes n values, as n single pushes do; either output receives n numbers, or
 * is NULL. Returns 0, or the first refusal.
 */
LEAT_API int leat_drift_push_many(leat_drift *drift, const double *x, size_t n,
    int *changes_out, double *scores_out);

/*
 * Return the mean that new values are compared with (NaN if there are none),
 * and the number of values in it: since the last change (PAGE_HINKLEY), now
 * kept (ADWIN), before the newest (ZSCORE), of the baseline (EWMA; 0 if it was
 * given).
 */
LEAT_API double leat_drift_mean(const leat_drift *drift);
LEAT_API uint64_t leat_drift_width(const leat_drift *drift);

/* Writes counts: pushed = taken + refused; the rest is 0. */
LEAT_API void leat_drift_counts(const leat_drift *drift,
    leat_counts *counts_out);
LEAT_API void leat_drift_reset(leat_drift *drift);
LEAT_API int leat_drift_copy(const leat_drift *drift,
    const leat_allocator *allocator, leat_drift **copy_out);

/* Save to bytes and load from them; see "Saved state". */
LEAT_API int leat_drift_save(const leat_drift *drift, leat_writer *writer);
LEAT_API int leat_drift_load(leat_drift **drift_out,
    const leat_drift_options *options, leat_reader *reader);

#ifdef __cplusplus
}
#endif

#endif /* LEAT_H */
