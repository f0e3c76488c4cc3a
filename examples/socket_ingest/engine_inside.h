/* Shared by the files of engine.h. */
#ifndef SOCKET_INGEST_ENGINE_INSIDE_H
#define SOCKET_INGEST_ENGINE_INSIDE_H

#include "../replay/rows.h"
#include "../replay/tally.h"
#include "engine.h"

/* A moment, and how many rows there were then. */
struct mark {
	int64_t at;
	uint64_t rows;
};

enum { N_MARKS = 9 };

struct engine {
	struct engine_options options;
	const struct settings *settings; /* points to own */
	struct settings own; /* the user's settings, cut to the memory */
	struct replay *replay;
	int64_t now; /* nanoseconds since 1970, of this batch or tick */
	int is_table;
	int is_ready; /* columns are known, and all that depends on them */
	char why[600];
	int64_t kept_since; /* the first record by which columns are chosen */

	struct snapshot snapshot;
	int has_snapshot;             /* the snapshot has been made */
	int wants_values, wants_rows; /* rules need values, rows */
	size_t alert_bytes;           /* memory of a key's alerts */
	uint64_t beside;              /* bytes that others hold */
	uint64_t room;                /* bytes that are free for keys */
	struct snapshot_key **by_group;
	size_t n_groups;
	/* time of the last search for forgotten keys */
	int64_t swept;
	struct mark marks[N_MARKS]; /* marks, newest first */

	struct database *database;
	struct writer writer, late;
	struct writer head;    /* the line above CSV */
	uint64_t left[N_LEFT]; /* the replay's tally when it was logged last */
};

/* ---- Life (engine.c) ---- */

/* Sets the reason. Returns -1. */
int engine_fail(struct engine *engine, const char *what);

/*
 * To be called when columns are known: gives their names to the page, alerts,
 * the database and outputs. Returns 0, or -1 with the reason in why.
 */
int engine_get_ready(struct engine *engine);

/*
 * Makes a new replay, as at the start. Returns 0, or -1 with the reason in
 * why; the old replay stays then.
 */
int engine_renew(struct engine *engine);

/* ---- Tables (engine_table.c) ---- */

/*
 * Chooses value columns by the first records, of whatever streams: some dozens
 * of them, or those of a second. Logs what they are. Returns 0, or
 * ENGINE_REFUSED with the reason in why.
 */
int engine_decide(struct engine *engine);

/* ---- Results (engine_snapshot.c) ---- */

/* Functions of a struct rows_watch. */
void engine_taken(void *engine, size_t group, const leat_csv_field *key,
    const double *values);
void engine_emitted(void *engine, const struct rows_result *result);
void engine_dropped(void *engine, size_t group);

/* To be called each tick: drops keys that windows do not know any more. */
void engine_forget(struct engine *engine);

/* Save or load the alerts' state of all keys. */
void engine_clear_snapshot(struct engine *engine);
void engine_tape_alerts(struct engine *engine, struct tape *tape);

#endif
