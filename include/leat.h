/*
 * leat - windowed stream analytics for C programs
 *
 * Push numbers, ask for statistics of the values now in a window: the
 * last 60, the current hundred, everything since a reset, or all of them
 * with weights that fade.
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
 * Conventions, said once
 *
 * - Results. A function that can fail returns int: 0, or a negative code of
 *   enum leat_error, for which leat_strerror() has the words. After a failure
 *   no output has been written (but _new, _copy and _load set theirs to NULL)
 *   and the object is as it was, but for LEAT_ECALLBACK. A push that does not
 *   take its value has not failed: it returns a positive number of enum
 *   leat_refusal, and the object counts the value and is otherwise as it was,
 *   but for its clock. `if (push(...) < 0)` finds failures alone. Of many,
 *   *n_taken_out is written after a failure, too.
 * - Callbacks return 0. If one that is told of a result, a late value or a
 *   dropped key returns anything else, the call that runs it still does all
 *   its work, and then returns LEAT_ECALLBACK: the object is as if 0 had been
 *   returned, and the value must not be pushed again. The callback keeps its
 *   reason in its ctx. If a later value of the same call fails, that failure
 *   is returned, and LEAT_ECALLBACK by the next call. Where items are visited
 *   one after the other, anything but 0 ends the visit. While a callback runs,
 *   its object cannot be pushed into, changed, saved or copied (LEAT_EINVAL).
 * - Arguments. The object comes first, inputs next, outputs last. A pointer
 *   must not be NULL unless its function says so; that is a programming
 *   error, checked by LEAT_ASSERT(), which is assert() unless the library is
 *   compiled with another.
 * - Options are structs in which zero means "the default": start from { 0 },
 *   in C++ from {}, and set what differs. One that the kind of object has no
 *   use for must be zero. They are copied; classes must outlive the object.
 * - Structs grow, and programs compiled before run with the library that has
 *   them. Reserved words that a program fills become options: they must be 0
 *   (LEAT_EINVAL), so that an older library refuses an option that it does
 *   not know. What callbacks are given (leat_result, leat_csv_record,
 *   leat_sample) grows at its end: do not copy it by sizeof. No struct that
 *   grows lies in another or in an array of the caller's. leat_stat,
 *   leat_event, leat_sink, leat_late_sink, leat_calendar, leat_allocator and
 *   leat_csv_field never grow.
 * - Missing values. To windows NaN means "missing". It takes its place like
 *   any value, is counted apart (LEAT_COUNT_MISSING) and is skipped by every
 *   other statistic, unless the option `on_missing` says otherwise. A result
 *   that does not exist (the variance of one value) is NaN.
 * - Infinities follow IEEE 754 arithmetic, and leave with their window.
 * - Intervals are half-open. Time is int64_t ticks of any length since any
 *   moment; LEAT_SECOND and its like are for ticks of a nanosecond. Nothing
 *   here reads a clock.
 * - Memory comes from the allocator given or from malloc(). Functions named
 *   _new and _copy allocate, one block each; windows by time, keyed windows
 *   and CSV readers, which grow with their data, allocate later too. Objects
 *   hold no other resource.
 * - Threads. Functions that take an object as const write nothing into it and
 *   may run beside one another; anything else needs the object for itself.
 *   Different objects are independent; there is no global state.
 * - Cost is in calls of a single-value step or a combine, both O(1) for every
 *   statistic here. It is that of the worst case, unless it says amortised.
 * - The same pushes give the same bits on every machine with IEEE 754
 *   doubles, whatever the compiler and its optimisation level. Flags that
 *   change arithmetic stop the build, or else every function that makes an
 *   object says LEAT_EARITH.
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
 * The API (semantic versioning), the ABI (the number in the shared library's
 * name) and the format of saved state have numbers of their own.
 */
#define LEAT_VERSION_MAJOR 0
#define LEAT_VERSION_MINOR 2
#define LEAT_VERSION_PATCH 0
#define LEAT_VERSION_STRING "0.2.0"
#define LEAT_VERSION                                                           \
	(LEAT_VERSION_MAJOR * 10000 + LEAT_VERSION_MINOR * 100 +               \
	    LEAT_VERSION_PATCH)
#define LEAT_ABI_VERSION 1
#define LEAT_STATE_VERSION 2

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

/* The LEAT_VERSION of the library that is linked. */
LEAT_API unsigned leat_version(void);

/* ---------------- Errors ------------------------------------------------- */

enum leat_error {
	LEAT_OK = 0,
	LEAT_ENOMEM = -1,  /* the allocator returned NULL */
	LEAT_EINVAL = -2,  /* an argument or option makes no sense: _check */
	LEAT_ESTAT = -3,   /* no such statistic, or not in this window */
	LEAT_ETOOBIG = -4, /* more memory than this machine can address */
	LEAT_EPAIRS = -5,  /* pairs into a window of values, or the reverse */
	LEAT_ENOTSUP = -6, /* this kind of object cannot do that */
	LEAT_ERANGE = -7,  /* no such position, date or time of day */
	LEAT_EBUFFER = -8, /* the caller's memory is too small */
	LEAT_EINDEX = -9,  /* an index out of range or of order */
	LEAT_ECALENDAR = -10, /* an interval does not hold its time */
	LEAT_ESOURCE = -11,   /* no such source */
	LEAT_EKEY = -12,      /* no such key, or one too long */
	LEAT_EPARSE = -13,    /* a text that is not what it should be */
	LEAT_ECSV = -14,      /* a malformed record */
	LEAT_EIO = -15,       /* a write() or read() that stopped short */
	LEAT_ESTATE = -16,    /* bytes that are no saved state, or not whole */
	LEAT_EVERSION = -17,  /* a saved state that needs a newer library */
	LEAT_EOBJECT = -18,   /* a saved state of another kind of object */
	LEAT_EOPTIONS = -19,  /* objects that differ in their options */
	LEAT_ELATE = -20,     /* a merge would tell a window in halves */
	LEAT_EFULL = -21,     /* a merge, or a state, is beyond a limit */
	LEAT_ECALLBACK = -22, /* a callback failed; all else has been done */
	LEAT_EARITH = -23     /* compiled with flags that change arithmetic */
};

/* Why a value was not taken, but counted. These are no failures. */
enum leat_refusal {
	LEAT_TOO_LATE = 1,   /* its windows are closed for good */
	LEAT_TOO_FAR = 2,    /* its time is too far ahead: max_skew */
	LEAT_NO_ROOM = 3,    /* at max_values, max_keys or max_bytes */
	LEAT_NOT_FINITE = 4, /* a NaN or an infinity, to models */
	LEAT_BAD_TARGET = 5  /* a target that the loss cannot have */
};

/* The words for a code or refusal, or any int. Never NULL; static storage. */
LEAT_API const char *leat_strerror(int error);

/* ---------------- Memory ------------------------------------------------- */

/*
 * Where an object's memory comes from. alloc returns size bytes (never
 * asked for 0) aligned as malloc() aligns, or NULL; free takes what alloc
 * returned, never NULL. ctx is passed to both.
 */
typedef struct leat_allocator {
	void *(*alloc)(void *ctx, size_t size);
	void (*free)(void *ctx, void *memory);
	void *ctx;
} leat_allocator;

/* ---------------- Saved state -------------------------------------------- */

/*
 * Every object can be saved as bytes, and loaded from them on any machine
 * and by any later version of the library; leat_state(5) has the format.
 *
 *      leat_writer out = { 0 };
 *      leat_reader in = { 0 };
 *
 *      leat_window_save(w, &out);           how many bytes?
 *      out.bytes = malloc(out.n_bytes);
 *      out.capacity = out.n_bytes;
 *      leat_window_save(w, &out);
 *      ...
 *      in.bytes = out.bytes;
 *      in.n_bytes = out.n_bytes;
 *      leat_window_load(&w, &options, &in);
 *
 * For every later push and query, what was loaded gives the bits that what
 * was saved would have given. Options are given again, since functions cannot
 * be saved; those that results depend on must be the same.
 *
 * Errors: saving LEAT_EIO, LEAT_EBUFFER, LEAT_EINVAL (the tag is too long),
 * LEAT_ENOTSUP (partials of a class without save and load). Loading those of
 * leat_..._new(), and LEAT_EIO, LEAT_ESTATE, LEAT_EVERSION, LEAT_EOBJECT,
 * LEAT_EOPTIONS, LEAT_EBUFFER (for the tag). Cost: O(bytes).
 */

/*
 * Where bytes go. write is given at most 4096 of them at a time and returns
 * how many it has taken: fewer end the save with LEAT_EIO. Without it they go
 * to `bytes`, which has room for `capacity` (else LEAT_EBUFFER); if both are
 * 0 they are only counted.
 */
typedef struct leat_writer {
	size_t (*write)(void *ctx, const void *bytes, size_t n_bytes);
	void *ctx;
	void *bytes;
	size_t capacity;
	const void *tag;  /* bytes to go with the state: a name, an offset in */
	size_t tag_len;   /* the input; at most LEAT_TAG_MAX */
	uint64_t n_bytes; /* set by a save without error: how many there are */
	uint64_t reserved[8]; /* 0 */
} leat_writer;

/*
 * Where bytes come from. read fills `bytes` with n_bytes of them and returns
 * how many there were: fewer end the load with LEAT_EIO. It is asked for no
 * byte behind the state. Without it they are the n_bytes at `bytes`, in which
 * more may follow the state.
 */
typedef struct leat_reader {
	size_t (*read)(void *ctx, void *bytes, size_t n_bytes);
	void *ctx;
	const void *bytes;
	size_t n_bytes;
	void *tag; /* where the tag goes; NULL: it is not wanted */
	size_t tag_capacity;
	/* Set by loading, as far as it came: */
	size_t tag_len;
	uint64_t n_read;      /* bytes */
	int object;           /* enum leat_object */
	int version;          /* of the format */
	const char *differs;  /* LEAT_EOPTIONS: which option; static storage */
	uint64_t reserved[8]; /* 0 */
} leat_reader;

#define LEAT_TAG_MAX 65536u

/* These numbers are part of saved state. */
enum leat_object {
	LEAT_OBJECT_WINDOW = 1,
	LEAT_OBJECT_TIME_WINDOW = 2,
	LEAT_OBJECT_KEYED = 3,
	LEAT_OBJECT_MODEL = 4,
	LEAT_OBJECT_SCALER = 5, /* of 0.1; no longer made */
	LEAT_OBJECT_METRIC = 6, /* this neither */
	LEAT_OBJECT_DRIFT = 7
};

/*
 * Reads a state of any object to its end without loading it: is it whole,
 * of what is it, and what is its tag? Errors: LEAT_EIO, LEAT_ESTATE,
 * LEAT_EVERSION, LEAT_EBUFFER (for the tag). Cost: O(bytes).
 */
LEAT_API int leat_state_check(leat_reader *reader);

/* Numbers as eight bytes, the lowest first: for save and load of a class. */
LEAT_API void leat_put_double(unsigned char *bytes, double x);
LEAT_API double leat_get_double(const unsigned char *bytes);
LEAT_API void leat_put_uint64(unsigned char *bytes, uint64_t x);
LEAT_API uint64_t leat_get_uint64(const unsigned char *bytes);

/* ---------------- Aggregate classes: statistics of your own -------------- */

struct leat_stat;

/* What a class is given for each value. */
typedef struct leat_sample {
	int64_t t; /* its time; in windows by count the number of this push
	           since reset, from 0 */
	double x;
	double y; /* the pair's second value; 0 in windows of single values */
} leat_sample;

/*
 * A monoid over samples. A partial is `size` bytes that stand for a run of
 * samples; it must be a plain value (memcpy copies it, nothing frees it).
 *
 *   identity  makes *partial stand for no samples;
 *   lift      makes *partial stand for the one sample;
 *   combine   makes *left stand for its own samples followed by those of
 *             *right, which is left alone: by time, and at the same time by
 *             order of arrival. It must be associative; it need not be
 *             commutative. The two never overlap;
 *   lower     the number to report. stat is the statistic that was asked
 *             for, with the arg given in LEAT_AGG(), so one partial can
 *             answer several questions.
 *
 * append and prepend are optional, for speed: *partial followed by the
 * sample, and the sample followed by *partial, as lift and combine would.
 * Partials are aligned for any type whose size divides `size`, up to what
 * malloc() gives. Missing values are not shown to a class. The functions must
 * not call back into the window they serve. leat_agg(3) has an example.
 */
typedef struct leat_agg {
	const char *name; /* for leat_stat_name(); may be NULL */
	size_t size;      /* bytes of a partial, 1 .. 65536 */
	void *ctx;        /* passed as the first argument */
	int pairs;        /* not 0: makes sense for pairs alone */
	void (*identity)(void *ctx, void *partial);
	void (*lift)(void *ctx, void *partial, const leat_sample *sample);
	void (*combine)(void *ctx, void *left, const void *right);
	double (*lower)(void *ctx, const void *partial,
	    const struct leat_stat *stat);
	void (*append)(void *ctx, void *partial, const leat_sample *sample);
	void (*prepend)(void *ctx, void *partial, const leat_sample *sample);
	/*
	 * Not 0: what lower() tells depends on which samples there are (and
	 * their times), not on the order of steps. Windows by time then need
	 * not store values.
	 */
	int commutative;
	/*
	 * For saved state, all three or none. save writes what a partial
	 * stands for, at most saved_size bytes, the same ones each time, and
	 * returns how many. load makes *partial of them, and returns 0, or
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
 * A statistic is a value of type leat_stat. The names below are its
 * initialisers: `leat_stat stats[] = { LEAT_MEAN, LEAT_MAX };`. leat_stat(3)
 * has a table of them: definition, accuracy, memory, cost, source.
 */
typedef struct leat_stat {
	int id;      /* enum leat_stat_id */
	int variant; /* 0 */
	double arg;  /* argument of LEAT_AGG and LEAT_RATE_PER; else 0 */
	double arg2; /* of LEAT_AGG; else 0 */
	const leat_agg *agg; /* class of LEAT_AGG; else NULL */
	uint64_t reserved;   /* 0 */
} leat_stat;

/* These numbers are part of saved state: they never change meaning. */
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

/* How many values (that are not missing), and how many missing ones. */
#define LEAT_COUNT LEAT_STAT_INIT(LEAT_STAT_COUNT)
#define LEAT_COUNT_MISSING LEAT_STAT_INIT(LEAT_STAT_COUNT_MISSING)

/*
 * Within 1 ulp of the exact value as long as n sum |x| is less than 5e14
 * |sum x|; where runs of values are joined, n^2 sum |x|. They may overflow on
 * the way where sum |x| is above 8.9e307.
 */
#define LEAT_SUM LEAT_STAT_INIT(LEAT_STAT_SUM)
#define LEAT_MEAN LEAT_STAT_INIT(LEAT_STAT_MEAN)

/*
 * Spread around the mean: divided by n - 1 (ddof 1), and with _POP by n
 * (ddof 0). STDERR is the standard error of the mean, stddev / sqrt(n).
 * Never negative; exactly 0 when all values are equal; NaN if an infinity is
 * among them. Deviations are squared: from about 1e154 on the spread is
 * infinite, below about 1e-145 it fades to 0, and ratios of such squares
 * (shape, z-score, correlation, slope) are NaN then.
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
 * of equal values that of the newest: how many pushes ago it came (0: the
 * newest push), in windows by time how many ticks before the last one of the
 * window.
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

/* They overflow only if the result does. GEOMETRIC_MEAN of a negative: NaN. */
#define LEAT_PRODUCT LEAT_STAT_INIT(LEAT_STAT_PRODUCT)
#define LEAT_GEOMETRIC_MEAN LEAT_STAT_INIT(LEAT_STAT_GEOMETRIC_MEAN)

/* Sum of x * x, and the root of its mean. */
#define LEAT_SUM_OF_SQUARES LEAT_STAT_INIT(LEAT_STAT_SUM_OF_SQUARES)
#define LEAT_RMS LEAT_STAT_INIT(LEAT_STAT_RMS)

/*
 * Of pairs (x, y): covariance (ddof 1; _POP: ddof 0), Pearson's correlation
 * (NaN when x or y is constant), and the least-squares line y = intercept +
 * slope x. One of these makes the window one of pairs: it is fed by the _xy
 * functions, a pair with a NaN in it is missing as a whole, and statistics of
 * one value speak of x.
 */
#define LEAT_COVARIANCE LEAT_STAT_INIT(LEAT_STAT_COVARIANCE)
#define LEAT_COVARIANCE_POP LEAT_STAT_INIT(LEAT_STAT_COVARIANCE_POP)
#define LEAT_CORRELATION LEAT_STAT_INIT(LEAT_STAT_CORRELATION)
#define LEAT_SLOPE LEAT_STAT_INIT(LEAT_STAT_SLOPE)
#define LEAT_INTERCEPT LEAT_STAT_INIT(LEAT_STAT_INTERCEPT)

/*
 * Of counters, which grow but for resets to 0: how much they have grown
 * from the first value to the last, where a value below the one before it
 * is one counted from 0 after a reset. NaN for fewer than two values.
 * RATE, in windows by time alone, is INCREASE per second, or per so many
 * ticks, over the window's span (sessions and landmark windows: from the
 * first value to the last). PromQL's, without its extrapolation.
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
 * Means over time, in windows by time alone, from the first value on.
 * TIME_MEAN: each value holds until the next one, the last one until the end
 * of the window or until now, if that is earlier (in sessions until itself).
 * TIME_MEAN_LINEAR: on the line from each value to the next, up to the last.
 * Where no time has passed, the last value.
 */
#define LEAT_TIME_MEAN LEAT_STAT_INIT(LEAT_STAT_TIME_MEAN)
#define LEAT_TIME_MEAN_LINEAR LEAT_STAT_INIT(LEAT_STAT_TIME_MEAN_LINEAR)

/*
 * How good predictions are: pairs of a prediction x and its target y.
 *
 * MAE, MSE, RMSE  mean |x - y|, mean (x - y)^2, its root
 * R2              1 - sum (x - y)^2 / sum (y - mean y)^2; NaN while y is
 *                 constant
 * BIAS            mean (x - y)
 * LOG_LOSS        mean -(y log x + (1 - y) log(1 - x)), x no nearer to 0 and
 *                 1 than 2^-52; NaN while an x or y is outside [0, 1]
 * ACCURACY        how often (x > 0.5) == (y > 0.5)
 * COVERAGE        how often y <= x: what a quantile's predictions promise
 * AUC             area under the ROC curve, y > 0.5 against y <= 0.5, ties
 *                 counting a half. Of windows by count that store values
 *                 alone; a push costs O(log size) then.
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
 * DECAY has weighted forms of COUNT, COUNT_MISSING (not weighted), SUM, MEAN,
 * VARIANCE, STDDEV and their _POP, ZSCORE, LAST, SUM_OF_SQUARES, RMS and
 * those of pairs but AUC; the other statistics, and classes, it refuses.
 */

/* A class of your own: a pointer to it, and the arg its lower() gets. */
#define LEAT_AGG(agg, arg)                                                     \
	{                                                                      \
		LEAT_STAT_AGG, 0, (arg), 0.0, (agg), 0                         \
	}

/*
 * The statistic that a name means: that of its initialiser in lower case
 * ("variance_pop"), or a usual short one ("var_pop"); leat_stat(3) has them.
 * LEAT_ESTAT if there is none.
 */
LEAT_API int leat_stat_parse(const char *text, leat_stat *stat_out);

/* Its name; of a class that class's, or "agg"; NULL if there is none. */
LEAT_API const char *leat_stat_name(const leat_stat *stat);

/* Not 0 if the statistic needs pairs. */
LEAT_API int leat_stat_pairs(const leat_stat *stat);

/* ---------------- Windows ------------------------------------------------ */

/*
 * Which values are in. Positions count pushes from 0 and intervals are
 * half-open.
 *
 * SLIDING   the last `size` values.
 * TUMBLING  fixed windows [0, size), [size, 2 size), ... A query sees the
 *           values of the one that is being filled, and the whole of it
 *           between the push that fills it and the next push.
 * HOPPING   windows of `size` values, one starting every `hop` values:
 *           [k hop, k hop + size). A query sees the one that closes next, as
 *           far as it has come, and the whole of it between the push that
 *           closes it and the next push. Flink and Beam call these sliding.
 * LANDMARK  everything since the last reset (also called expanding).
 * DECAY     everything since the last reset, with weights that fall by
 *           the factor 1 - alpha with each push.
 */
enum leat_kind {
	LEAT_SLIDING = 1, /* windows by count take 0 for this */
	LEAT_TUMBLING = 2,
	LEAT_HOPPING = 3,
	LEAT_LANDMARK = 4,
	LEAT_DECAY = 5,
	LEAT_SESSION = 6, /* by time alone, as is */
	LEAT_CALENDAR = 7 /* this */
};

/* What happens to the other statistics when a value is missing (NaN). */
enum leat_on_missing {
	LEAT_ON_MISSING_SKIP = 0,
	LEAT_ON_MISSING_PROPAGATE = 1 /* NaN while it is in the window */
};

/* The largest size and hop of a window. */
#define LEAT_SIZE_MAX (UINT64_C(1) << 40)

/* What a window tells. Valid during the callback alone. */
typedef struct leat_result {
	int flags; /* of enum leat_result_flag; 0: the window closes */
	size_t n_values;
	const double *values; /* in the order of options.stats */
	/*
	 * NULL if there is no class of yours among options.stats, else
	 * n_values pointers in their order: to the finished partial of the
	 * class, and NULL for a statistic of the library.
	 */
	const void *const *partials;
	int64_t start; /* of the window [start, end): pushes since reset, or */
	int64_t end;   /* times */
	int64_t watermark; /* after the call that tells this; INT64_MIN where
	                   there is no time */
	uint64_t count, missing; /* values, and missing ones, in the window */
	uint64_t revision; /* results of this window before this one, but for
	                   those of a flush */
	const void *key;   /* of keyed windows, else NULL */
	size_t key_len;
} leat_result;

enum leat_result_flag {
	LEAT_RESULT_EARLY = 1,   /* the window is still open */
	LEAT_RESULT_UPDATED = 2, /* it had closed before a late value came in */
	LEAT_RESULT_EMPTY = 4,   /* no value came in, not even a missing one */
	LEAT_RESULT_RETRACTED = 8, /* this result counts no more: the session
	                    has become part of another, whose result follows
	                    when that closes */
	LEAT_RESULT_DROPPED = 16,  /* the key is dropped with the window open */
	LEAT_RESULT_FLUSHED = 32   /* with EARLY: somebody called a function
	                    named _flush */
};

/*
 * Who is told. emit runs inside the push that closes a window, and returns 0;
 * see "Callbacks" at the top. Look at result->flags first: EARLY results come
 * before the one without a flag, and UPDATED ones replace it. What emit asks of
 * the object (query, interval, partial) is answered for the window that is
 * told; it must not reset or free the object.
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
	 * DECAY: exactly one of these. alpha is the weight of the newest
	 * value, 0 < alpha <= 1; a span s >= 1 means alpha = 2 / (s + 1);
	 * a half-life h > 0 (in pushes) means alpha = 1 - 2^(-1/h).
	 * Weights are normalised by their sum (pandas: adjust=True), unless
	 * `unadjusted` asks for m += alpha (x - m) from the first value on.
	 */
	double alpha;
	double ewm_span;
	double half_life;
	int unadjusted;

	const leat_stat *stats; /* what to compute, in the order of output */
	size_t n_stats;         /* at least 1 */

	uint64_t min_count; /* fewer values than this: NaN; default 1, at
	                       most size. Not for COUNT, COUNT_MISSING */
	int on_missing;     /* enum leat_on_missing */

	/*
	 * Not 0: TUMBLING and HOPPING store their values (8 bytes each, 16 a
	 * pair) for leat_window_read(). SLIDING always does.
	 */
	int keep_values;

	/*
	 * Told of every window that closes: TUMBLING and HOPPING when their
	 * last value is pushed, SLIDING at every push from the size-th on.
	 * LANDMARK and DECAY never close, and tell when they are flushed.
	 */
	leat_sink sink;

	const leat_allocator *allocator; /* NULL: malloc() and free() */
	uint64_t reserved[12];           /* 0 */
} leat_window_options;

typedef struct leat_window leat_window;

/*
 * Makes a window. It allocates once, here: 1 to 3 kilobytes, and SLIDING for
 * each of `size` values 8 bytes (16 a pair) and half of the statistics'
 * partials (leat_stat(3)): 16 bytes in all for a sum, 24 for mean and
 * standard deviation. HOPPING one and a half partials for each of size / hop
 * panes.
 *
 * Errors: LEAT_EINVAL (an option out of range, or not of this kind),
 * LEAT_ESTAT (no such statistic, or this kind cannot compute it),
 * LEAT_ETOOBIG, LEAT_ENOMEM, after which *window_out is NULL.
 * Cost: O(number of statistics), whatever the size.
 */
LEAT_API int leat_window_new(leat_window **window_out,
    const leat_window_options *options);

/*
 * Checks options without making a window. *n_bytes_out is what
 * leat_window_init() needs; on failure *why_out is a static text that names
 * the option and what is wrong with it: "min_count: more than size". Either
 * may be NULL.
 *
 * leat_window_init() makes the window in the caller's memory, of any
 * alignment, which must stay where it is. Nothing is allocated then
 * (options.allocator is for copies alone), and nothing need be freed.
 *
 * Errors: as leat_window_new(); leat_window_init() also LEAT_EBUFFER.
 */
LEAT_API int leat_window_check(const leat_window_options *options,
    size_t *n_bytes_out, const char **why_out);
LEAT_API int leat_window_init(leat_window **window_out, void *memory,
    size_t n_bytes, const leat_window_options *options);

/* Frees what leat_window_new() or leat_window_copy() made. NULL is fine. */
LEAT_API void leat_window_free(leat_window *window);

/*
 * Pushes one value. Errors: LEAT_EPAIRS, LEAT_ECALLBACK.
 * Cost: SLIDING two single-value steps for each statistic's class; the others
 * one, and HOPPING two combines more when a pane ends.
 */
LEAT_API int leat_window_push(leat_window *window, double x);
LEAT_API int leat_window_push_xy(leat_window *window, double x, double y);

/*
 * Pushes n values; y is NULL but for pairs. If out is not NULL it gets the
 * n_stats results after each of them, row by row: n * n_stats numbers, bit for
 * bit those of single pushes and queries. Arrays must not overlap out.
 *
 * Errors: LEAT_EPAIRS, with nothing pushed.
 */
LEAT_API int leat_window_push_many(leat_window *window, const double *x,
    const double *y, size_t n, double *out);

/*
 * Pushes x[i] into windows[i], for i from 0 to n - 1, as n single pushes which
 * do not wait for memory one after the other: for programs with many windows
 * and a few dozen values at hand. A window may come more than once. If out is
 * not NULL it gets the results of windows[i] after its push, row by row.
 *
 * Errors: LEAT_EPAIRS, LEAT_EINVAL (there are results, and numbers of
 * statistics differ); with nothing pushed.
 */
LEAT_API int leat_window_push_each(leat_window *const *windows, const double *x,
    const double *y, size_t n, double *out);

/*
 * Writes the n_stats results for the values now in the window, in the
 * order of options.stats.
 *
 * Cost: at most two combines for each statistic's class, in HOPPING four.
 */
LEAT_API void leat_window_query(const leat_window *window, double *out);

/*
 * Writes the combined partial of a class that was given in options.stats,
 * agg->size bytes: for results that are more than a number. LEAT_ESTAT.
 */
LEAT_API int leat_window_partial(const leat_window *window, const leat_agg *agg,
    void *partial_out);

/*
 * What has become of values since the last reset:
 * pushed = taken + missing + late + refused + in_no_window.
 * Windows by count refuse none, and count missing ones among those taken.
 */
typedef struct leat_counts {
	uint64_t pushed;       /* all, but those of pushes that failed */
	uint64_t taken;        /* went into a window */
	uint64_t missing;      /* NaN, went into a window */
	uint64_t late;         /* LEAT_TOO_LATE; not those that were taken */
	uint64_t refused;      /* LEAT_TOO_FAR, LEAT_NO_ROOM */
	uint64_t in_no_window; /* between two windows of HOPPING */
	uint64_t evicted; /* of those taken or missing: dropped at max_values */
	uint64_t stored;  /* values stored now */
	uint64_t reserved[8]; /* set to 0 */
} leat_counts;

LEAT_API void leat_window_counts(const leat_window *window,
    leat_counts *counts_out);

/* Values now in the window, missing ones included. */
LEAT_API uint64_t leat_window_length(const leat_window *window);

/*
 * Reads n of the values now in the window, missing ones included, from
 * position `first` on (0: the oldest). Each output may be NULL.
 *
 * Errors: LEAT_ENOTSUP (this window stores no values), LEAT_ERANGE, LEAT_EPAIRS
 * (y_out is given for a window of single values). Cost: O(n).
 */
LEAT_API int leat_window_read(const leat_window *window, uint64_t first,
    size_t n, double *x_out, double *y_out);

/*
 * Tells each window that is open and has a value, as it stands, in the order
 * of their ends; flags are LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED. SLIDING
 * has one until the push that fills it; LANDMARK and DECAY always have one.
 * Nothing changes: a second call tells the same. LEAT_ECALLBACK.
 * Cost: of a query for each window; HOPPING O(n log n) combines for n of them.
 */
LEAT_API int leat_window_flush(leat_window *window);

/* As new: no values, position 0. Nothing is emitted. */
LEAT_API void leat_window_reset(leat_window *window);

/*
 * An independent second window in the same state, with the same sink.
 * allocator: NULL means the one the window was made with. LEAT_ENOMEM.
 */
LEAT_API int leat_window_copy(const leat_window *window,
    const leat_allocator *allocator, leat_window **copy_out);

/* As bytes, and from them; see "Saved state". */
LEAT_API int leat_window_save(const leat_window *window, leat_writer *writer);
LEAT_API int leat_window_load(leat_window **window_out,
    const leat_window_options *options, leat_reader *reader);

/*
 * As if the values of `other`, which stays as it is, had been pushed after
 * those of the window: for partial results of several places. LANDMARK
 * alone; of the other kinds the number of a push decides which window it is
 * in, and two streams have no common numbers.
 *
 * Errors: LEAT_EINVAL (it is the window itself), LEAT_ENOTSUP,
 * LEAT_EOPTIONS. Cost: a combine for each class.
 */
LEAT_API int leat_window_merge(leat_window *window, const leat_window *other);

/* ---------------- Windows by time ---------------------------------------- */

/*
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
 * Values may come out of order. leat_window(7) explains this with drawings.
 *
 * now        the largest time that a value has had or that advance() was
 *            told.
 * watermark  now - delay: what is older is not expected any more. It never
 *            falls. With several sources, that of the slowest one rules.
 * closed     is a window [start, end) when the watermark reaches its end;
 *            then its result is emitted.
 * late       is a value if every window it belongs to is closed. Until the
 *            watermark reaches end + allowed_lateness, the window takes it
 *            all the same and its result is emitted again. Then it is
 *            counted, told to the `late` callback and refused
 *            (LEAT_TOO_LATE).
 */

/* For ticks of a nanosecond. */
#define LEAT_MICROSECOND INT64_C(1000)
#define LEAT_MILLISECOND INT64_C(1000000)
#define LEAT_SECOND INT64_C(1000000000)
#define LEAT_MINUTE (60 * LEAT_SECOND)
#define LEAT_HOUR (3600 * LEAT_SECOND)
#define LEAT_DAY (86400 * LEAT_SECOND)

/*
 * The end of time, which no value can have, and where all windows are closed.
 */
#define LEAT_TIME_MAX INT64_MAX

/* A value with all that may go with it. What is not needed is 0. */
typedef struct leat_event {
	const void *key;
	size_t key_len;
	int64_t t;
	double x, y;
	double weight;   /* not looked at by this version */
	uint32_t source; /* 0 .. n_sources - 1 */
	uint32_t flags;  /* 0 */
} leat_event;

/*
 * The interval of a calendar that holds t: writes *start_out <= t and
 * *end_out > t. Intervals must not depend on the order they are asked for,
 * and must not overlap. It must not call back into the window.
 */
typedef struct leat_calendar {
	void (*interval)(void *ctx, int64_t t, int64_t *start_out,
	    int64_t *end_out);
	void *ctx;
} leat_calendar;

/* Who is told of values that are too late. As leat_sink. */
typedef struct leat_late_sink {
	int (*late)(void *ctx, const leat_event *event);
	void *ctx;
} leat_late_sink;

/* What happens to a value for which there is no room. */
enum leat_when_full {
	LEAT_WHEN_FULL_REFUSE = 0,   /* LEAT_NO_ROOM */
	LEAT_WHEN_FULL_EVICT_OLD = 1 /* the oldest value makes room for a newer
	                             one; or the key that has gone without a
	                             push for longest for a new one */
};

/*
 * Kinds, as in windows by count (enum leat_kind) but for:
 *
 * SLIDING   [now - span + 1, now + 1): one for each time at which there is a
 *           value, now being that time; it closes when the watermark has
 *           passed it.
 * TUMBLING  [offset + k span, offset + (k + 1) span) for every whole k.
 * HOPPING   [offset + k hop, offset + k hop + span).
 * SESSION   values of which none comes `gap` or more after the one before:
 *           [first, last + gap). One that was emitted is retracted when a
 *           late value makes it longer, or one with another.
 * LANDMARK  everything. It is closed at the end of time; reported are the
 *           first time and now + 1.
 * DECAY     everything, a value of age a = now - t weighing
 *           2^(-a / half_life). Closed and reported as LANDMARK.
 * CALENDAR  intervals that a function tells: days, months, in any zone.
 *
 * At most LEAT_HOPS_MAX windows of HOPPING hold one value (span / hop). No call
 * emits more than LEAT_EMPTY_MAX windows without data in a row: a time that
 * would have it do so is LEAT_TOO_FAR; advance() may go there in steps.
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

	const leat_stat *stats; /* as in leat_window_options */
	size_t n_stats;
	uint64_t min_count;
	int on_missing; /* enum leat_on_missing */

	int64_t delay;            /* >= 0 */
	int64_t allowed_lateness; /* >= 0 */
	int64_t max_skew;     /* above delay: a time more than this above the
	                      watermark is refused (LEAT_TOO_FAR); advance() is
	                      the way to jump. 0: none is */
	uint32_t n_sources;   /* 0 means 1; at most 65536 */
	int64_t idle_timeout; /* a source this far behind now does not hold the
	                      watermark back. 0: every one does */

	/*
	 * Results before windows close (LEAT_RESULT_EARLY), of every open
	 * window that has changed since its last one: after each early_count
	 * values of a key, and when now reaches a multiple of early_span,
	 * before that value goes in. SLIDING: of the window that ends now.
	 */
	uint64_t early_count;
	int64_t early_span;
	/*
	 * Not 0: TUMBLING, HOPPING and CALENDAR emit windows without data, too
	 * (but none after the last value when time ends).
	 */
	int emit_empty;

	/*
	 * The most values of a key that are stored; 0: any. SLIDING stores
	 * all, other kinds those of windows that are not done with if there is
	 * a statistic for which order counts: INCREASE, RATE, TIME_MEAN,
	 * TIME_MEAN_LINEAR, a class that is not commutative.
	 */
	uint64_t max_values;
	int when_full; /* enum leat_when_full, of max_values */
	/*
	 * TUMBLING, HOPPING, SESSION, CALENDAR: the most windows of a key that
	 * are open or kept for lateness; 0: any. A value that would need one
	 * more is refused (LEAT_NO_ROOM). Of HOPPING with hop < span, slices of
	 * gcd(span, hop) ticks with data are counted.
	 */
	uint64_t max_windows;

	leat_sink sink;                  /* may be left out, and so may */
	leat_late_sink late;             /* this */
	const leat_allocator *allocator; /* NULL: malloc() and free() */
	uint64_t reserved[16];           /* 0 */
} leat_time_window_options;

typedef struct leat_time_window leat_time_window;

/*
 * Makes a window. It takes 48 bytes and the statistics' accumulators (32 for a
 * sum, 64 for mean and standard deviation) for each window that is open or
 * kept, HOPPING about 60 for each slice with data; where values are stored,
 * 22 to 24 bytes for each (30 to 32 a pair). What is no longer needed is kept
 * until a reset.
 *
 * Errors, and leat_time_window_check(): as leat_window_new() and
 * leat_window_check(); the bytes are those that an empty window takes.
 */
LEAT_API int leat_time_window_new(leat_time_window **window_out,
    const leat_time_window_options *options);
LEAT_API int leat_time_window_check(const leat_time_window_options *options,
    size_t *n_bytes_out, const char **why_out);
LEAT_API void leat_time_window_free(leat_time_window *window);

/*
 * Pushes one value. Windows that its time closes are told first, then it
 * goes in.
 *
 * Refusals, which are counted: LEAT_TOO_LATE, LEAT_TOO_FAR, LEAT_NO_ROOM.
 * Errors: LEAT_EPAIRS, LEAT_ESOURCE; LEAT_ECALENDAR, LEAT_ENOMEM: nothing has
 * changed, time neither, and the value may be pushed again; LEAT_ECALLBACK.
 * Cost: TUMBLING, CALENDAR and SESSION one single-value step, and O(log n)
 * looks at the n windows that are open or kept. SLIDING in order, amortised,
 * two steps and one combine; for a value that is late by d values O(log d).
 * HOPPING one step in order, and O(log n) combines for each result. Evicting,
 * and time that passes over n values at once, O(log n) combines.
 */
LEAT_API int leat_time_window_push(leat_time_window *window, int64_t t,
    double x);
LEAT_API int leat_time_window_push_xy(leat_time_window *window, int64_t t,
    double x, double y);

/*
 * Pushes n values, as n single pushes; y is NULL but for pairs. What is
 * refused is skipped and counted. Returns 0, or the first refusal;
 * *n_taken_out, unless that is NULL, is how many were taken. A failure ends
 * it, with the values before that one pushed: counts.pushed tells how many.
 * Keys of events are not looked at.
 */
LEAT_API int leat_time_window_push_many(leat_time_window *window,
    const int64_t *t, const double *x, const double *y, size_t n,
    size_t *n_taken_out);
LEAT_API int leat_time_window_push_events(leat_time_window *window,
    const leat_event *events, size_t n, size_t *n_taken_out);

/*
 * Moves time without data, for all sources: as if each had pushed a value
 * of time t; a source that is ahead of t stays where it is. With
 * LEAT_TIME_MAX all windows close, and every value is late from then on.
 *
 * Refusal: LEAT_TOO_FAR. Errors: LEAT_ECALENDAR, LEAT_ENOMEM, after which
 * nothing has changed; LEAT_ECALLBACK.
 */
LEAT_API int leat_time_window_advance(leat_time_window *window, int64_t t);

/*
 * As leat_window_flush(), for the end of data that may go on: time stays where
 * it is, windows stay open. (For data that is over, advance to LEAT_TIME_MAX.)
 * SLIDING tells the window of each time that has a value and has not closed.
 *
 * Errors: LEAT_ECALLBACK. Cost: of a query for each window.
 */
LEAT_API int leat_time_window_flush(leat_time_window *window);

/*
 * Writes the results of the window that holds now: what would be told if
 * it closed. Of several HOPPING ones it is the one that ends first. NaN and
 * counts of 0 if there is none or it has no data.
 */
LEAT_API void leat_time_window_query(const leat_time_window *window,
    double *out);

/* Where that window lies; a session without data at now, and before the
 * first push any window: start = end = now (INT64_MIN before that). */
LEAT_API void leat_time_window_interval(const leat_time_window *window,
    int64_t *start_out, int64_t *end_out);

/*
 * Reads n of the counts.stored values, missing ones included, in the order of
 * their times, from position `first` on (0: the oldest). SLIDING alone; those
 * before now - span + 1 are kept for delay and allowed_lateness. Each output
 * may be NULL.
 *
 * Errors: as leat_window_read(). Cost: O(values stored).
 */
LEAT_API int leat_time_window_read(const leat_time_window *window,
    uint64_t first, size_t n, int64_t *t_out, double *x_out, double *y_out);

/* As leat_window_partial(), of the window that is queried. */
LEAT_API int leat_time_window_partial(const leat_time_window *window,
    const leat_agg *agg, void *partial_out);

/* INT64_MIN before the first value. */
LEAT_API int64_t leat_time_window_now(const leat_time_window *window);
LEAT_API int64_t leat_time_window_watermark(const leat_time_window *window);

/* Allocated beside the object, for what it holds. */
LEAT_API uint64_t leat_time_window_bytes(const leat_time_window *window);

LEAT_API void leat_time_window_counts(const leat_time_window *window,
    leat_counts *counts_out);

/* As new. Nothing is told. */
LEAT_API void leat_time_window_reset(leat_time_window *window);

/* As leat_window_copy(). */
LEAT_API int leat_time_window_copy(const leat_time_window *window,
    const leat_allocator *allocator, leat_time_window **copy_out);

/* As bytes, and from them; also LEAT_EFULL (more than max_windows). */
LEAT_API int leat_time_window_save(const leat_time_window *window,
    leat_writer *writer);
LEAT_API int leat_time_window_load(leat_time_window **window_out,
    const leat_time_window_options *options, leat_reader *reader);

/*
 * As if the window had seen what `other`, which stays as it is, has seen as
 * well: open windows become those of both, now and the watermark the later
 * of the two. TUMBLING, HOPPING, CALENDAR and LANDMARK.
 *
 * Neither may have forgotten a window of which the other still has data:
 * LEAT_ELATE; what both have forgotten was emitted in halves. Let delay keep
 * windows open, or allow lateness: those that are closed and get data by this
 * are emitted again (LEAT_RESULT_UPDATED).
 *
 * Errors: LEAT_EINVAL (it is the window itself), LEAT_ENOTSUP (other kinds),
 * LEAT_EOPTIONS, LEAT_ELATE, LEAT_EFULL (max_values, max_windows), LEAT_ENOMEM.
 * Cost: one combine for each class and window of `other`; where panes or
 * values are stored, a step for each in both.
 */
LEAT_API int leat_time_window_merge(leat_time_window *window,
    const leat_time_window *other);

/* ---------------- Keyed windows ------------------------------------------ */

/*
 *      options.by_time = &minutes;     (leat_time_window_options)
 *      options.max_keys = 1000000;
 *      options.ttl = LEAT_HOUR;
 *      if (leat_keyed_new(&k, &options) < 0) ...
 *      while (next(&key, &key_len, &t, &x))
 *              leat_keyed_push(k, key, key_len, t, x);
 *
 * A window for each key, a key being any bytes, also none. by_time or
 * by_count points to the options of the windows, which are copied, too, and
 * have no allocator of their own. All keys share one clock: a value of one
 * key moves the watermark of all. Windows that close at once are emitted in
 * the order of (end, key first seen).
 */
typedef struct leat_keyed_options {
	const leat_time_window_options *by_time; /* one of these, */
	const leat_window_options *by_count;     /* the other NULL */

	/*
	 * A key is dropped when the watermark (by_count: now) has reached the
	 * largest time it had a value at, plus ttl. 0: keys stay, and where
	 * they come and go for ever memory grows for ever.
	 */
	int64_t ttl;
	uint64_t max_keys;  /* 0: any; at most 2^31 */
	uint64_t max_bytes; /* allocated beside the object, but for what time
	                       itself takes; 0: any */
	int when_keys_full; /* enum leat_when_full, of max_keys and max_bytes */
	leat_sink dropped;  /* told of the open windows of a key that is
	                      dropped, flagged LEAT_RESULT_DROPPED */
	uint64_t seed[2];   /* of SipHash-1-3; random numbers keep strangers
	                      who choose the keys from making them collide */
	const leat_allocator *allocator; /* NULL: malloc() and free() */
	uint64_t reserved[8];            /* 0 */
} leat_keyed_options;

typedef struct leat_keyed leat_keyed;

/* The longest key, in bytes. */
#define LEAT_KEY_MAX 65535

/*
 * Memory: of thousands of keys, each takes at most 200 bytes beside its text
 * with TUMBLING mean and standard deviation by time; by count, what
 * leat_window_check() tells.
 *
 * Errors, and leat_keyed_check(): as leat_window_new() and
 * leat_window_check(); the bytes are those of an object without keys.
 */
LEAT_API int leat_keyed_new(leat_keyed **keyed_out,
    const leat_keyed_options *options);
LEAT_API int leat_keyed_check(const leat_keyed_options *options,
    size_t *n_bytes_out, const char **why_out);
LEAT_API void leat_keyed_free(leat_keyed *keyed);

/*
 * Pushes one value. With by_count t serves ttl alone.
 *
 * Refusals and errors: those of leat_time_window_push(), with LEAT_NO_ROOM
 * also for max_keys and max_bytes; LEAT_EKEY for one longer than LEAT_KEY_MAX.
 * Cost: that of a push into its window. Among many keys, pushes that change
 * nothing but an open window may be put off inside, and go in before anything
 * that could show a difference.
 */
LEAT_API int leat_keyed_push(leat_keyed *keyed, const void *key, size_t key_len,
    int64_t t, double x);
LEAT_API int leat_keyed_push_xy(leat_keyed *keyed, const void *key,
    size_t key_len, int64_t t, double x, double y);

/* As leat_time_window_push_events(); faster than one by one. */
LEAT_API int leat_keyed_push_events(leat_keyed *keyed, const leat_event *events,
    size_t n, size_t *n_taken_out);

/* As leat_time_window_advance(), and leat_..._window_flush() of each key. */
LEAT_API int leat_keyed_advance(leat_keyed *keyed, int64_t t);
LEAT_API int leat_keyed_flush(leat_keyed *keyed);

/*
 * The results of one key's window, as leat_time_window_query() and
 * leat_window_query() have them. LEAT_EKEY if there is no such key.
 */
LEAT_API int leat_keyed_query(leat_keyed *keyed, const void *key,
    size_t key_len, double *out);

/*
 * Where that window lies, and the combined partial of a class, as
 * leat_time_window_interval() and leat_window_partial(). LEAT_EKEY,
 * LEAT_ESTAT. With by_count the interval is of the key's pushes.
 */
LEAT_API int leat_keyed_interval(leat_keyed *keyed, const void *key,
    size_t key_len, int64_t *start_out, int64_t *end_out);
LEAT_API int leat_keyed_partial(leat_keyed *keyed, const void *key,
    size_t key_len, const leat_agg *agg, void *partial_out);

/* Drops one key; its open windows are told to `dropped`. LEAT_EKEY. */
LEAT_API int leat_keyed_drop(leat_keyed *keyed, const void *key,
    size_t key_len);

/*
 * Calls visit for each key, in the order they were first seen, with what
 * leat_keyed_query() would write. Anything but 0 from visit ends this with
 * LEAT_ECALLBACK. visit must not push into or change the object.
 */
LEAT_API int leat_keyed_each(leat_keyed *keyed,
    int (*visit)(void *ctx, const leat_result *result), void *ctx);

LEAT_API uint64_t leat_keyed_n_keys(leat_keyed *keyed); /* keys */
LEAT_API uint64_t leat_keyed_bytes(leat_keyed *keyed);  /* allocated */
LEAT_API int64_t leat_keyed_now(const leat_keyed *keyed);
LEAT_API int64_t leat_keyed_watermark(const leat_keyed *keyed);

/* Over all keys, dropped ones as well. */
LEAT_API void leat_keyed_counts(leat_keyed *keyed, leat_counts *counts_out);

LEAT_API void leat_keyed_reset(leat_keyed *keyed);
LEAT_API int leat_keyed_copy(leat_keyed *keyed, const leat_allocator *allocator,
    leat_keyed **copy_out);

/* As bytes, and from them; see "Saved state". */
LEAT_API int leat_keyed_save(leat_keyed *keyed, leat_writer *writer);
LEAT_API int leat_keyed_load(leat_keyed **keyed_out,
    const leat_keyed_options *options, leat_reader *reader);

/*
 * As leat_..._window_merge(), key by key; keys that are new follow in the order
 * of `other`. LEAT_EFULL also for max_keys and max_bytes, which drop none here.
 */
LEAT_API int leat_keyed_merge(leat_keyed *keyed, leat_keyed *other);

/* ---------------- Models -------------------------------------------------- */

/*
 *      options.n_features = 9;
 *      if (leat_model_new(&m, &options) < 0) ...
 *      while (next(x, &y))
 *              leat_model_learn(m, x, y, &guess);
 *
 * A model has one coefficient for each feature, and an intercept. Their
 * sum, intercept + coefficient[0] x[0] + ..., is the score of a sample; the
 * loss says how a score becomes a prediction of y, and what an error costs.
 * Each sample is predicted first and learned from next (prequential
 * evaluation). x is an array of n_features numbers, in any units.
 */

/*
 * Losses, for a score f and a target y; r is f - y. SQUARED to QUANTILE predict
 * f, in the units of y, and so is their arg (QUANTILE's is 0 < arg < 1).
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
 * The loss at a score, its derivative by the score (0 where it has a
 * corner), and the prediction that a score stands for. arg has no default
 * here, and is 0 for the losses that have none. NaN if there is no such
 * loss, or it cannot have that arg or target, or the score is not finite.
 */
LEAT_API double leat_loss_value(int loss, double arg, double score, double y);
LEAT_API double leat_loss_gradient(int loss, double arg, double score,
    double y);
LEAT_API double leat_loss_prediction(int loss, double score);

/*
 * How coefficients follow the errors. g is the derivative of the loss at the
 * score, after clipping. leat_model(3) has the formulas and their sources.
 *
 * ADAPTIVE  for data as they are, with nothing to tune: two predictors on
 *           standardised features, mixed in the proportion that has proved
 *           best; predicts nothing outside the targets seen. Cost: three to
 *           six times SGD.
 * SGD       w -= rate / t^power g x; rate 0.01 by default.
 * ADAGRAD   w -= rate g x / sqrt(1e-10 + sum of (g x)^2); rate 0.1.
 * NLMS      w -= rate r x / (1e-10 + |x|^2); rate 0.5. SQUARED alone.
 * PA1, PA2  passive-aggressive, EPSILON and HINGE alone; rate is C, 1.
 * FTRL      follow the regularised leader, with l1 and l2; rate is alpha, 0.1.
 * RLS       recursive least squares by rotations: the minimum of
 *           sum forgetting^age r^2. SQUARED alone, at most LEAT_RLS_MAX
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

/* The most features of a model, and of a model by RLS. */
#define LEAT_FEATURES_MAX (1u << 28)
#define LEAT_RLS_MAX 64

typedef struct leat_model_options {
	size_t n_features; /* 1 .. LEAT_FEATURES_MAX */
	int loss;          /* enum leat_loss */
	double loss_arg;   /* 0: HUBER 1.35, EPSILON 0.1 (with ADAPTIVE and
	                      standardise in deviations of y), QUANTILE 0.5 */
	int update;        /* enum leat_update */
	int no_intercept;  /* keep the intercept at 0 (not with ADAPTIVE) */
	double rate;       /* > 0; not with ADAPTIVE, RLS, COCOB */
	double power;      /* SGD: 0 .. 1 */
	int average;       /* SGD: predict by the mean of the coefficients
	                      after each sample (Polyak and Ruppert) */
	double forgetting; /* RLS: 0 < forgetting <= 1, by default 1 */

	double l1, l2; /* SGD, ADAGRAD, FTRL, ADAPTIVE: l1 sum |w| + l2 / 2
	                  sum w^2 is added to the loss. RLS: l2, a ridge */
	double clip;   /* SGD, ADAGRAD, FTRL, COCOB: most |g|; 0: any */
	/*
	 * SGD, ADAGRAD, NLMS, FTRL, COCOB: learn from features, and targets of
	 * the losses that predict f, in standard deviations from their means
	 * so far (at most 8; 0 for a constant feature), as ADAPTIVE does.
	 * rate, clip, l1 and l2 are in these units. Not with no_intercept.
	 */
	int standardise;
	const double *rates; /* SGD, ADAGRAD: n_features factors >= 0 of the
	                        coefficients' steps, copied. NULL: 1 for all */

	const leat_allocator *allocator; /* NULL: malloc() and free() */
	uint64_t reserved[12];           /* 0 */
} leat_model_options;

typedef struct leat_model leat_model;

/*
 * Makes a model; its coefficients are 0. It allocates once, here: 8 bytes
 * for each feature, and as many for each of: ADAPTIVE 7, ADAGRAD 1, FTRL 2,
 * COCOB 5, SGD's average 1, rates 1, standardise 6 (COCOB 5); RLS about
 * 4 n_features^2 bytes.
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
 * The prediction for x, and the score that it is made from: what learning from
 * x next would tell. NaN if x, or the score, is not finite. O(n_features).
 */
LEAT_API double leat_model_predict(const leat_model *model, const double *x);
LEAT_API double leat_model_score(const leat_model *model, const double *x);

/*
 * Learns from one sample, and tells what was predicted for it before.
 * prediction_out may be NULL.
 *
 * Refusals: LEAT_NOT_FINITE (x or y; also what would leave a number of the
 * model that is not finite), LEAT_BAD_TARGET (a y that the loss cannot have).
 * Cost: O(n_features), RLS O(n_features^2). Nothing is allocated.
 */
LEAT_API int leat_model_learn(leat_model *model, const double *x, double y,
    double *prediction_out);

/*
 * Learns from n samples: x has n rows of n_features numbers. What is refused
 * is skipped, and its prediction is NaN; all else is as in n calls for one
 * sample, bit for bit. predictions_out gets n numbers, or is NULL.
 *
 * A weight >= 0 says how many samples one stands for; 0 changes nothing and
 * is counted only if the sample is refused. weights may be NULL: all are 1.
 *
 * Returns 0, or the first refusal. Errors: LEAT_EINVAL (a weight below 0).
 */
LEAT_API int leat_model_learn_many(leat_model *model, const double *x,
    const double *y, const double *weights, size_t n, double *predictions_out);

/*
 * The same for a sample that is mostly 0: n numbers, and of which features
 * they are, from 0, in ascending order; all others are 0. Results and state
 * are those of the dense form, bit for bit, but for l1 and l2 of SGD and
 * ADAGRAD, which without standardise are applied to those n alone.
 *
 * Errors: LEAT_EINDEX, LEAT_EINVAL (a weight below 0).
 * Cost: O(n), but O(n_features) for ADAPTIVE, standardise and SGD's average,
 * and RLS as ever.
 */
LEAT_API double leat_model_predict_sparse(const leat_model *model,
    const uint32_t *index, const double *x, size_t n);
LEAT_API int leat_model_learn_sparse(leat_model *model, const uint32_t *index,
    const double *x, double y, double weight, size_t n, double *prediction_out);

/*
 * The coefficients in the units of the raw data: score = intercept + sum of
 * coefficient[i] x[i], with ADAPTIVE and standardise up to about one part in
 * as many as have been learned. Either pointer may be NULL.
 */
LEAT_API void leat_model_coefficients(const leat_model *model,
    double *coefficients_out, double *intercept_out);

/*
 * Resets the model, and starts it from n_features coefficients and an
 * intercept, in raw units: it predicts by them, and learns on from there. To
 * RLS with l2 they are the prior mean.
 *
 * Errors: LEAT_EINVAL (one is not finite or beyond 1e100 in size, or an
 * intercept with no_intercept), LEAT_ENOTSUP (ADAPTIVE with a loss that does
 * not predict f).
 */
LEAT_API int leat_model_set_coefficients(leat_model *model,
    const double *coefficients, double intercept);

/* pushed = taken + refused, since the last reset; the rest is 0. */
LEAT_API void leat_model_counts(const leat_model *model,
    leat_counts *counts_out);

/* As new; and an independent second model, see leat_window_copy(). */
LEAT_API void leat_model_reset(leat_model *model);
LEAT_API int leat_model_copy(const leat_model *model,
    const leat_allocator *allocator, leat_model **copy_out);

/* As bytes, and from them; see "Saved state". */
LEAT_API int leat_model_save(const leat_model *model, leat_writer *writer);
LEAT_API int leat_model_load(leat_model **model_out,
    const leat_model_options *options, leat_reader *reader);

/* ---------------- Drift and anomaly -------------------------------------- */

/*
 * Watches a stream, of errors of a model or of anything, and says when it
 * is no longer what it was. Values beyond 2^465 in size are taken for that.
 *
 * PAGE_HINKLEY  the mean has changed by more than delta: the cumulated
 *               deviation from the running mean, less delta a value, has
 *               risen by more than threshold above its minimum (for a fall:
 *               the mirror image). Then it starts anew.
 * ADWIN         keeps as many of the newest values as have one mean, and
 *               drops the oldest when two parts of them differ by more
 *               than chance would allow at confidence delta. Values should
 *               lie within a range of about 1, or their variance be moderate.
 * ZSCORE        this value is more than `threshold` standard deviations
 *               away from the mean of the `size` values before it (0: of
 *               all). It then joins them.
 * EWMA          the exponentially weighted mean has left its control
 *               limits, `threshold` of its standard deviations around the
 *               baseline: the first min_count values, or as given. It starts
 *               anew from the baseline after an alarm.
 *
 * With a direction, changes in the other one are no alarms and restart
 * nothing; ADWIN drops all the same. leat_drift(3) has formulas and sources.
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
	int kind;           /* enum leat_drift_kind */
	double delta;       /* PAGE_HINKLEY: >= 0, in the units of x. ADWIN:
	                       0 < delta < 1, by default 0.002 */
	double threshold;   /* PAGE_HINKLEY: > 0, in the units of x, must be
	                       given. Charts: > 0, by default 3 */
	double alpha;       /* EWMA: weight of the newest value, 0 < alpha <= 1,
	                       by default 0.2 */
	uint64_t size;      /* ZSCORE: 0, or 2 .. LEAT_SIZE_MAX */
	uint64_t min_count; /* an alarm needs as many values before it; by
	                       default 30 (ZSCORE: at most size), ADWIN 10;
	                       charts at least 2, ZSCORE at most size; 0 with
	                       a given baseline */
	double mean;   /* EWMA: the baseline, instead of the first values, */
	double stddev; /* where stddev > 0 */
	int direction; /* LEAT_CHANGE_RISE or LEAT_CHANGE_FALL alone; 0: both */
	const leat_allocator *allocator; /* NULL: malloc() and free() */
	uint64_t reserved[8];            /* 0 */
} leat_drift_options;

typedef struct leat_drift leat_drift;

/*
 * Memory: some hundred bytes; ADWIN 6.5 kilobytes, ZSCORE with a size as a
 * sliding window of it. Errors, _check and _init: as leat_window_new() and
 * leat_window_check().
 */
LEAT_API int leat_drift_new(leat_drift **drift_out,
    const leat_drift_options *options);
LEAT_API int leat_drift_check(const leat_drift_options *options,
    size_t *n_bytes_out, const char **why_out);
LEAT_API int leat_drift_init(leat_drift **drift_out, void *memory,
    size_t n_bytes, const leat_drift_options *options);
LEAT_API void leat_drift_free(leat_drift *drift);

/*
 * What a detector says of a value. score is above 0 for a rise, below 0
 * for a fall; NaN for a value that is refused or cannot raise an alarm yet.
 *
 * ZSCORE and EWMA tell how many standard deviations the value, or the weighted
 * mean, is away: an alarm is one beyond `threshold`. PAGE_HINKLEY, and ADWIN at
 * every 32nd value (else NaN), tell their statistic over its bound: beyond 1.
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
 * Pushes n values, as n single pushes do; either output gets n numbers, or
 * is NULL. Returns 0, or the first refusal.
 */
LEAT_API int leat_drift_push_many(leat_drift *drift, const double *x, size_t n,
    int *changes_out, double *scores_out);

/*
 * The mean that new values are compared with (of none: NaN), and how many
 * values it is made of: since the last change (PAGE_HINKLEY), now kept (ADWIN),
 * before the newest (ZSCORE), of the baseline (EWMA; 0 if it was given).
 */
LEAT_API double leat_drift_mean(const leat_drift *drift);
LEAT_API uint64_t leat_drift_width(const leat_drift *drift);

/* pushed = taken + refused; the rest is 0. */
LEAT_API void leat_drift_counts(const leat_drift *drift,
    leat_counts *counts_out);
LEAT_API void leat_drift_reset(leat_drift *drift);
LEAT_API int leat_drift_copy(const leat_drift *drift,
    const leat_allocator *allocator, leat_drift **copy_out);

/* As bytes, and from them; see "Saved state". */
LEAT_API int leat_drift_save(const leat_drift *drift, leat_writer *writer);
LEAT_API int leat_drift_load(leat_drift **drift_out,
    const leat_drift_options *options, leat_reader *reader);

#ifdef __cplusplus
}
#endif

#endif /* LEAT_H */
