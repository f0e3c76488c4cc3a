/*
 * The engine pushes values from all sources through windows or models, as
 * csv_replay does with a file, and writes rows of results. Results are also
 * passed on at once to the snapshot that the page is drawn from, to alerts, and
 * to a database.
 *
 * Rows are either those of a CSV table, whose header the first connection
 * brings and all others must have, or a key and a value each.
 */
#ifndef SOCKET_INGEST_ENGINE_H
#define SOCKET_INGEST_ENGINE_H

#include <leat_text.h>
#include <stddef.h>
#include <stdint.h>

#include "../replay/replay.h"
#include "../replay/state_tape.h"
#include "../replay/writer.h"
#include "alert.h"
#include "config.h"
#include "counts.h"
#include "decoder.h"
#include "log.h"
#include "snapshot.h"

struct database;
struct sink_list;
struct engine;

struct engine_options {
	const struct config *config;
	struct alerts *alerts; /* NULL: no rule */
	int has_page;          /* the snapshot is wanted */
	const char *database;  /* file of SQLite; NULL: none */
	const struct sink_list *sinks;
	int64_t now; /* nanoseconds since 1970; later by engine_begin() */
	struct counts *counts;
	struct log *log;
};

/* Returns 0, or -1 with the reason in why. */
int engine_new(struct engine **engine_out, const struct engine_options *options,
    char *why, size_t why_size);
void engine_free(struct engine *engine);

/*
 * Returns the snapshot, which stays where it is, and has names when they are
 * known.
 */
struct snapshot *engine_snapshot(struct engine *engine);

/*
 * To be called before each batch of values and before engine_tick(): sets the
 * time, in nanoseconds since 1970. `beside` is how many bytes others hold of
 * what keys and they may take together; returns how many they may have.
 */
uint64_t engine_begin(struct engine *engine, int64_t now, uint64_t beside);

/*
 * Takes a value. Refusals are counted; the log has the first one, with `who` it
 * came from.
 */
void engine_value(struct engine *engine, const struct sample *sample,
    const char *who);

/*
 * Takes a record of a table; ctx is a struct engine_table. Returns 0;
 * ENGINE_BAD with the reason in engine_why() for one that has had no effect; or
 * ENGINE_REFUSED: nothing of this stream can be taken.
 */
struct engine_table {
	struct engine *engine;
	int has_header; /* the record that comes is not the first one */
};
enum { ENGINE_BAD = 1, ENGINE_REFUSED = 2 };
int engine_record(void *ctx, const leat_csv_record *record);
const char *engine_why(const struct engine *engine);

/* To be called after each batch of values: rows that wait go out. */
void engine_settle(struct engine *engine);

/*
 * To be called some times a second: time goes on, alerts that wait are looked
 * at, points are taken for the page. Settles, too.
 */
void engine_tick(struct engine *engine);

/* No value comes any more, and no state is saved: all windows are emitted. */
void engine_finish(struct engine *engine);

/* Returns how many values there were so far, for saving by rows. */
uint64_t engine_values(const struct engine *engine);

/* Opens files again, as SIGHUP asks for. */
void engine_reopen(struct engine *engine);

/*
 * Saves all of the state, or loads it into a new engine with the same settings.
 */
void engine_tape(struct engine *engine, struct tape *tape);

#endif
