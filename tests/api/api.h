/*
 * Calls of the whole public API, decoded from bytes
 *
 * Bytes choose an object, its options and a row of operations. Each operation
 * is run on the object and then, with the same bytes, on its twin, which was
 * copied from it, or saved and loaded. Whatever an operation shows (codes,
 * results, callbacks) is noted, and the two lists of notes must be the same to
 * the bit. An operation may take another way on the twin that must show the
 * same: single pushes for one of many, a dense row for a sparse one.
 *
 * Part of this are the bytes (bytes.c), the notes (notes.c), memory that can
 * run out (memory.c), statistics and classes (stats.c), one file for each
 * type of object, and what makes, twins, saves and frees them all (drive.c).
 */
#ifndef LEAT_TESTS_API_H
#define LEAT_TESTS_API_H

#include <stddef.h>
#include <stdint.h>

#include <leat_text.h>

/* ---- Bytes ---- */

/* The input from here on, and the time that stream has come to. */
struct api_place {
	const uint8_t *at;
	size_t left;
	int64_t now;
};

extern struct api_place api_in;

/* Behind the end all bytes are 0. */
unsigned api_byte(void);
uint64_t api_word(void);
size_t api_pick(size_t n);               /* in 0 .. n - 1 */
int api_one_in(unsigned n);              /* n at most 256 */
double api_number(void);                 /* any double, the odd ones often */
double api_finite(void);                 /* the same, but finite */
double api_positive(void);               /* finite, above 0 and of usual size */
int64_t api_time(void);                  /* mostly near the stream's time */
int64_t api_span(void);                  /* mostly small and positive */
size_t api_text(char *out, size_t room); /* returns the length; writes no NUL */

/* ---- Notes ---- */

enum { API_NOTES = 1 << 12 };

/* Everything goes into the hash; the first ones are kept, to be shown. */
struct api_notes {
	uint64_t hash;
	size_t n;
	const char *what[API_NOTES];
	uint64_t value[API_NOTES];
};

extern struct api_notes *api_notes; /* destination of notes; NULL: nowhere */

void api_note(const char *what, uint64_t x);
void api_note_double(const char *what, double x); /* NaNs are all one */
void api_note_doubles(const char *what, const double *x, size_t n);
void api_note_bytes(const char *what, const void *bytes, size_t n);
/* Takes part in starving: LEAT_ENOMEM from anything is known to the driver. */
int api_note_code(const char *what, int code);

/* Ends the program with words when it does not hold. */
#define API_MUST(holds) api_must((holds) != 0, #holds, __FILE__, __LINE__)
void api_must(int holds, const char *words, const char *file, int line);
/* Checks as API_MUST does, except on objects loaded from damaged bytes. */
#define API_SOUND(holds) API_MUST(api_damaged || (holds))
extern int api_damaged;

/* ---- Memory ---- */

/*
 * An allocator for options: counts, guards its blocks, and can be made to fail.
 */
extern const leat_allocator *const api_memory;

void api_memory_start(void);
void api_memory_end(void);    /* all is freed, and no guard is broken */
void api_starve(size_t call); /* refuses that call from now, counted from 1 */
int api_fed(void);            /* ends that; 1: no call was refused since */
size_t api_blocks(void);

/* ---- Statistics ---- */

enum { API_STATS = 12 };

/* Statistics of windows: one table, as there is one object at a time. */
extern leat_stat api_stats[API_STATS];
extern size_t api_n_stats;

void api_choose_stats(int timed);
/* Notes a row of results, and sees that each can be. */
void api_note_row(const char *what, const double *row);
const leat_agg *api_a_class(void);
enum { API_PARTIAL = 64 }; /* no class here has a longer one */

/* ---- Sinks ---- */

/*
 * Note what they are told. If asks is set, emit also notes what it says; set
 * when it is called for an object that may be asked then.
 */
extern leat_sink api_sink, api_evicted;
extern leat_late_sink api_late;
extern void (*api_asks)(void *object, const leat_result *result);
extern void *api_object; /* the one that is at work */
void api_note_result(const leat_result *result);

/* Options of windows by time, for keyed ones as well. */
void api_time_options(leat_time_window_options *o);
/* Unbounded rows of windows are no fault: times stay in a small range. */
int64_t api_bounded_time(const leat_time_window_options *o);

/* ---- Objects ---- */

struct api_op {
	const char *calls; /* names of the functions, with blanks between */
	unsigned weight;
	void (*run)(void *object);
	int may_starve; /* one call, which on LEAT_ENOMEM has changed nothing */
};

/* Operations of a type; those that it does not have are NULL. */
struct api_type {
	const char *name;     /* see leat_NAME_new */
	int object;           /* enum leat_object; 0: cannot be saved */
	void (*choose)(void); /* options; they stay until the next choice */
	int (*check)(size_t *n_bytes_out, const char **why_out);
	int (*make)(void **out);
	int (*init)(void **out, void *memory, size_t n_bytes);
	void (*free)(void *object);
	void (*reset)(void *object);
	int (*copy)(void *object, const leat_allocator *a, void **out);
	int (*save)(void *object, leat_writer *writer);
	int (*load)(void **out, leat_reader *reader);
	int (*merge)(void *object, void *other);
	const struct api_op *ops;
	size_t n_ops;
};

/*
 * Defines the calls that every type has under the same names, leat_TYPE_copy
 * and so on. The files of types have their options in `options`.
 */
#define API_CALLS(type)                                                        \
	static void free_it(void *object)                                      \
	{                                                                      \
		leat_##type##_free(object);                                    \
	}                                                                      \
	static void reset(void *object)                                        \
	{                                                                      \
		leat_##type##_reset(object);                                   \
	}                                                                      \
	static int copy(void *object, const leat_allocator *a, void **out)     \
	{                                                                      \
		return leat_##type##_copy(object, a, (leat_##type **)out);     \
	}                                                                      \
	static int save(void *object, leat_writer *writer)                     \
	{                                                                      \
		return leat_##type##_save(object, writer);                     \
	}

/* Defines those that take its options. */
#define API_MAKERS(type)                                                       \
	static int check(size_t *n_bytes_out, const char **why_out)            \
	{                                                                      \
		return leat_##type##_check(&options, n_bytes_out, why_out);    \
	}                                                                      \
	static int make(void **out)                                            \
	{                                                                      \
		return leat_##type##_new((leat_##type **)out, &options);       \
	}                                                                      \
	static int load(void **out, leat_reader *reader)                       \
	{                                                                      \
		return leat_##type##_load((leat_##type **)out, &options,       \
		    reader);                                                   \
	}

/* Defines that of a type which can live in memory of the caller. */
#define API_INIT(type)                                                         \
	static int init(void **out, void *memory, size_t n_bytes)              \
	{                                                                      \
		return leat_##type##_init((leat_##type **)out, memory,         \
		    n_bytes, &options);                                        \
	}

#define API_MERGE(type)                                                        \
	static int merge(void *object, void *from)                             \
	{                                                                      \
		return leat_##type##_merge(object, from);                      \
	}

/* The members of a struct api_type that are set in every file. */
#define API_MEMBERS                                                            \
	.choose = choose, .check = check, .make = make, .free = free_it,       \
	.reset = reset, .copy = copy, .save = save, .load = load, .ops = ops,  \
	.n_ops = sizeof(ops) / sizeof(ops[0])

extern const struct api_type api_window, api_time_window, api_keyed, api_model,
    api_drift, api_csv, api_plain;

/* 1 while an operation runs on the twin of a sound object. */
extern int api_is_twin;
/* Set by choose() where results may depend on what memory is held. */
extern int api_unlike;
/* Set with a calendar that breaks its rules: what was saved may not load. */
extern int api_broken;

void api_run(const uint8_t *bytes, size_t n);

/*
 * Names of all functions of operations and types, each with how often it was
 * called since the start.
 */
void api_each_call(void (*tell)(const char *name, uint64_t n));

#endif
