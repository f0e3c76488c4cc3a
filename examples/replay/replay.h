/*
 * Records through windows or a model to rows: the work of csv_replay,
 * apart from reading the file and from what is said on the terminal.
 */
#ifndef REPLAY_REPLAY_H
#define REPLAY_REPLAY_H

#include <leat_text.h>
#include <stddef.h>
#include <stdint.h>

#include "cli_settings.h"
#include "rows.h"
#include "state_tape.h"
#include "tally.h"
#include "writer.h"

struct replay;

/*
 * The settings and the writers must stay. Records that are too late go to
 * late, with the header, if it is not NULL. Returns NULL if there is no memory.
 */
struct replay *replay_new(const struct settings *settings,
    struct writer *writer, struct writer *late);
void replay_free(struct replay *replay);

/*
 * Before a record with a time is taken, fn is called with it, and returns 0, or
 * -1 to stop, with the reason in replay_why(). For this the settings must
 * have a column of times.
 */
typedef int replay_time_fn(void *ctx, int64_t t);
void replay_pace(struct replay *replay, replay_time_fn *fn, void *ctx);

/*
 * Takes the next record; ctx is the struct replay: a callback of leat_csv.
 * Returns 0, or REPLAY_STOPPED with the reason in replay_why().
 */
enum { REPLAY_STOPPED = 1 };
int replay_record(void *ctx, const leat_csv_record *record);

/*
 * Lets the reader, which calls replay_record(), deliver rows of the columns
 * that are wanted, if that is enough; to be called between two pushes. Without
 * memory for that, all goes on with records.
 */
void replay_select(struct replay *replay, leat_csv *csv);

/* Sets who watches rows and results; to be called before the first record. */
void replay_watch(struct replay *replay, const struct rows_watch *watch);

/*
 * A service has rows from several places at once and goes on for ever; the
 * functions from here on are for it. This one leaves out the header of the
 * output, which goes on where others have ended.
 */
void replay_omit_header(struct replay *replay);

/*
 * Instead of a header: rows are a key and one value, and come through
 * replay_value(). Returns 0, or REPLAY_STOPPED.
 */
int replay_plan_values(struct replay *replay);

/*
 * Takes one value. Without has_time it has the time of replay_arrival().
 * Returns 0, a code for which timed_windows_is_refusal() holds, or another
 * one, after which there is no going on.
 */
int replay_value(struct replay *replay, const leat_csv_field *key, int has_time,
    int64_t t, double x);

/* The time that rows without one of their own have from now on. */
void replay_arrival(struct replay *replay, int64_t t);

/*
 * Windows by time that are due now close, if there has been a row and none
 * has had a time of its own: otherwise only rows move time. Returns 0 or a
 * code.
 */
int replay_advance(struct replay *replay);

/*
 * Keys without a row since that of this number are forgotten, but those of
 * windows by time, which have a time to live of their own.
 */
void replay_forget(struct replay *replay, uint64_t before);

/* Refuses more keys than so many, by count and of models. */
void replay_limit_keys(struct replay *replay, size_t most);

/* No more rows, whatever they came from. Returns 0 or a code. */
int replay_finish(struct replay *replay);

/*
 * In a service, records are kept until value columns are chosen by them: when
 * replay_is_full(), or whenever is the time. Then they are taken, and fn is
 * called for each that is bad, with the reason in replay_why(). Returns 0, or
 * REPLAY_STOPPED: no column is numeric, and those that come next are kept.
 */
typedef void replay_bad_fn(void *ctx);
size_t replay_n_kept(const struct replay *replay);
int replay_is_full(const struct replay *replay);
int replay_decide(struct replay *replay, replay_bad_fn *fn, void *ctx);

/* Returns whether the columns are known, from a record or a saved state. */
int replay_has_header(const struct replay *replay);

/*
 * Returns the output, or NULL before value columns are chosen, which may take a
 * header and a row.
 */
const struct rows *replay_output(const struct replay *replay);

/* Rows in no window since the last call, and bad records, by kind. */
const struct tally *replay_tally(const struct replay *replay);

/* Gives all rows so far their effect. Returns 0, or -1 as above. */
int replay_settle(struct replay *replay);

/*
 * The input has ended, with a line end or without; ends the reader too.
 * Returns 0, or -1 as above.
 */
int replay_end(struct replay *replay, leat_csv *csv, int ends_line);

/*
 * After an error, so that what came before it is seen all the same: writes
 * rows that are still held back.
 */
void replay_stop(struct replay *replay);

/*
 * Sets who saves: fn is called when so many rows have been taken, before the
 * next record is, and at the end of the input. It returns 0, or -1 to stop.
 * With rows of 0 that is at the next record, with UINT64_MAX, as at first and
 * after each call, not by rows. Before the header, nothing can be saved.
 */
typedef int replay_save_fn(void *ctx);
void replay_on_save(struct replay *replay, replay_save_fn *fn, void *ctx);
void replay_save_at(struct replay *replay, uint64_t rows);

/*
 * The state, inside fn or before the first record. Loading is for a new
 * replay, with the settings that it was saved with. Then the input is gone
 * on with at replay_offset(), and before that the reader is primed: it is
 * given a record of the same width as the one it has begun with. Returns 0
 * or what leat_csv_push() does.
 */
void replay_tape(struct replay *replay, struct tape *tape);
uint64_t replay_offset(const struct replay *replay);
int replay_prime(struct replay *replay, leat_csv *csv);

/*
 * Compares the first record of an input with that of the saved state: a
 * callback of leat_csv that ends the visit with this record, and sets
 * REPLAY_SAME or REPLAY_OTHER in ctx, a struct replay_header. Inputs without a
 * header are compared by how many fields they have.
 */
enum { REPLAY_NONE, REPLAY_SAME, REPLAY_OTHER };
struct replay_header {
	const struct replay *replay;
	int is; /* REPLAY_NONE: there was no record */
};
int replay_compare_header(void *ctx, const leat_csv_record *record);

/* The most fields a record can have. */
enum { REPLAY_MAX_COLUMNS = 1 << 20 };

/*
 * Returns why the last call failed, as it comes after the file's name: ":17:
 * column co2: "abc" is not a number", or ": ..." if it is not about one line.
 */
const char *replay_why(const struct replay *replay);

/*
 * Writes the next note, such as ": left out, since not numeric: date ...": the
 * work goes on, but it is worth a word. Returns 1, or 0 if there is none.
 */
int replay_note(struct replay *replay, char *text, size_t size);

/* Data records so far. */
uint64_t replay_rows(const struct replay *replay);

/*
 * Writes how many records were skipped: ": 3 bad records skipped ...". Returns
 * 0 if none was.
 */
uint64_t replay_skipped(const struct replay *replay, char *text, size_t size);

/*
 * The rows that a model has not learned from, ": 3 of 90 rows not learned:
 * 2 with a missing feature, ...". Returns 0 if there is none.
 */
uint64_t replay_unlearned(const struct replay *replay, char *text, size_t size);

/*
 * The rows that windows by time have not taken, ": 3 of 90 rows in no
 * window: 2 late, 1 without a time". Returns 0 if there is none.
 */
uint64_t replay_left_out(const struct replay *replay, char *text, size_t size);

/* Writes of good records that have very many lines, as tally_long() does. */
uint64_t replay_long(const struct replay *replay, char *text, size_t size);

/*
 * The name of the first value column, which is the one that a model
 * predicts, and of the first one that is shown.
 */
const char *replay_value_name(const struct replay *replay);
const char *replay_shown_name(const struct replay *replay);

/* Distinct keys so far. */
size_t replay_n_keys(const struct replay *replay);

#endif
