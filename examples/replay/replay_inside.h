/*
 * The parts of a replay share this: replay.c takes records, replay_begin.c the
 * first ones, replay_bad.c those that are bad; replay_live.c is for services,
 * and replay_state.c saves and loads.
 */
#ifndef REPLAY_REPLAY_INSIDE_H
#define REPLAY_REPLAY_INSIDE_H

#include "columns.h"
#include "design.h"
#include "list.h"
#include "peek.h"
#include "replay.h"
#include "rows.h"
#include "tally.h"
#include "values.h"

/* A place is where a record begins. */
struct place {
	uint64_t offset, line;
};

struct replay {
	const struct settings *settings;
	int is_model, is_timed; /* by the settings: else windows by count */
	struct writer *writer, *late;
	struct columns columns;
	int has_columns;
	int chosen;  /* the value columns are known */
	int plain;   /* rows need key and values alone: take_plain() */
	int selects; /* replay_select() has been called since it is chosen */
	int failed;  /* rows could not be taken, and the reason is in why */
	struct peek peek;
	struct values reader;
	struct list header;     /* fields of the header, if there is one */
	unsigned char *numeric; /* by column, if one has to know */

	uint64_t stop_at;     /* rows at which there is more to do than usual */
	replay_save_fn *save; /* NULL: nothing is saved */
	void *save_ctx;
	struct place place; /* place of the first record that is not taken */
	struct place shift; /* from places in the reader to such ones */
	uint64_t end;       /* in the reader, of the input */
	int is_primer;      /* the next record is only there for its width */

	replay_time_fn *pace; /* NULL: records do not wait */
	void *pace_ctx;

	struct design design; /* terms of the model */
	struct rows out;
	double *values;  /* values of the record at hand */
	int64_t time;    /* time of that record, if has_time */
	int has_time;    /* 0: it is missing */
	int64_t arrival; /* time of rows without one */
	int has_own;     /* a row fed as a value has had its own time */
	int only_values; /* by replay_plan_values() */
	uint64_t rows;
	struct tally tally;
	char why[600];
	struct list notes;
	size_t noted; /* notes that were given out */
};

/* Returns the line in the input, with which the reader may not have begun. */
static inline uint64_t replay_line_of(const struct replay *r,
    const leat_csv_record *record)
{
	return record->line + r->shift.line;
}

/* Returns the name of a column. */
const char *replay_column_name(const struct replay *r, size_t column);

/* Keeps a note for replay_note(); one that finds no memory is left out. */
void replay_add_note(struct replay *r, const char *text);

/* Each of these writes the reason to why and returns -1. */
int replay_no_memory(struct replay *r);
int replay_fail_rows(struct replay *r, int err); /* a code of the library */

/*
 * A record is bad: its shape, if check_shape finds so, or one field. These
 * return 1 if it is to be skipped, or -1 with the reason in why;
 * replay_check_shape() returns 0 if nothing is wrong.
 */
int replay_check_shape(struct replay *r, const leat_csv_record *record);
int replay_bad_number(struct replay *r, const leat_csv_record *record,
    size_t column);
int replay_bad_time(struct replay *r, const leat_csv_record *record,
    size_t column, int problem);
int replay_bad_target(struct replay *r, const leat_csv_record *record);

/* Each of these returns 0, or -1 with the reason in why. */

/* Takes a record behind the header, when the value columns are known. */
int replay_take_data(struct replay *r, const leat_csv_record *record);

/* Takes the first record, which is the header if there is one. */
int replay_take_header(struct replay *r, const leat_csv_record *record);

/* Chooses the value columns, and takes the records that were kept for it. */
int replay_end_peek(struct replay *r);

/* The fields' names, from a header or a saved state. */
int replay_take_columns(struct replay *r, const leat_csv_record *record);

/* Tells whether one has to know which columns are numeric. */
int replay_needs_look(const struct replay *r);

/* Plans windows or models, and output, when the value columns are known. */
int replay_set_up(struct replay *r);

/* The value columns, if need be by r->numeric; plans windows and output. */
int replay_choose(struct replay *r);

/* Tells whether a time is more than --max-skew ahead of its arrival. */
int replay_is_ahead(const struct replay *r, int64_t t);

/* The state of one that is fed by replay_value(). */
void replay_tape_values(struct replay *r, struct tape *t);

/*
 * When r->stop_at has been reached. Returns 0 if the record is to be taken,
 * 1 if it is none of the input.
 */
int replay_stop_before(struct replay *r, const leat_csv_record *record);

#endif
