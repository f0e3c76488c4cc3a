/*
 * Values in; windows, alerts and rows of results out.
 *
 * A replay does with values what csv_replay does with a file. If a page,
 * alerts or a database are wanted, it reports all it does to
 * engine_snapshot.c. Records of a table come through engine_table.c.
 */
#define _POSIX_C_SOURCE 200809L

#include "../replay/report.h"
#include "engine_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../replay/timed_windows.h"
#include "database.h"
#include "sink_list.h"

/* Bytes of a key in the snapshot: its row, name and place in the table. */
enum { BESIDE_KEY = 150 };

int engine_fail(struct engine *e, const char *what)
{
	return report(e->why, sizeof e->why, "%s", what);
}

/* ---- Rows to outputs ---- */

static uint64_t count_lines(const char *bytes, size_t n)
{
	const char *end = bytes + n;
	uint64_t lines = 0;

	while (bytes < end &&
	    (bytes = memchr(bytes, '\n', (size_t)(end - bytes))) != NULL) {
		lines++;
		bytes++;
	}
	return lines;
}

static void take_lines(void *ctx, const char *bytes, size_t n)
{
	struct engine *e = ctx;
	uint64_t lines = count_lines(bytes, n);

	sink_list_put(e->options.sinks, bytes, n, lines);
}

/* ---- Life ---- */

int engine_get_ready(struct engine *e)
{
	const struct rows *rows = replay_output(e->replay);
	const char *const *names = rows_names(rows);
	size_t n = rows_width(rows);

	if (e->options.alerts &&
	    alerts_bind(e->options.alerts, names, n, e->why, sizeof e->why) < 0)
		return -1;
	if (e->options.database && !e->database &&
	    database_open(&e->database, e->options.database, names, n,
		e->settings->window.by_time, e->why, sizeof e->why) < 0)
		return -1;
	writer_init(&e->head, -1);
	if (rows_header(rows, &e->head) != 0 ||
	    snapshot_init(&e->snapshot, n, names, e->options.has_page) < 0)
		return engine_fail(e, "out of memory");
	e->has_snapshot = 1;
	sink_list_set_head(e->options.sinks, e->head.bytes, e->head.len);
	e->is_ready = 1;
	return 0;
}

static void watch_replay(struct engine *e)
{
	const struct engine_options *o = &e->options;
	struct rows_watch watch = { 0 };

	watch.ctx = e;
	if (o->has_page || e->wants_values)
		watch.taken = engine_taken;
	if (o->alerts || o->has_page || o->database) {
		watch.emitted = engine_emitted;
		watch.dropped = engine_dropped;
	}
	replay_watch(e->replay, &watch);
	replay_omit_header(e->replay);
	replay_arrival(e->replay, e->now);
}

int engine_renew(struct engine *e)
{
	struct replay *replay = replay_new(e->settings, &e->writer,
	    e->settings->timing.late ? &e->late : NULL);

	if (!replay)
		return engine_fail(e, "out of memory");
	replay_free(e->replay);
	e->replay = replay;
	watch_replay(e);
	return 0;
}

static int open_late(struct engine *e)
{
	const char *path = e->settings->timing.late;
	int fd;

	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0)
		return report(e->why, sizeof e->why, "%s: %s", path,
		    strerror(errno));
	if (e->late.fd >= 0) {
		writer_flush(&e->late);
		close(e->late.fd);
	}
	writer_init(&e->late, fd);
	return 0;
}

static int prepare(struct engine *e)
{
	if (open_late(e) < 0 || engine_renew(e) < 0)
		return -1;
	if (e->is_table)
		return 0;
	if (replay_plan_values(e->replay) != 0) {
		const char *why = replay_why(e->replay);

		return engine_fail(e, *why == ':' ? why + 2 : "out of memory");
	}
	return engine_get_ready(e);
}

int engine_new(struct engine **engine_out, const struct engine_options *options,
    char *why, size_t why_size)
{
	struct engine *e = calloc(1, sizeof *e);

	if (!e)
		return report(why, why_size, "out of memory");
	e->options = *options;
	e->now = options->now;
	e->own = options->config->settings;
	e->settings = &e->own;
	e->is_table = config_is_table(options->config);
	if (options->alerts) {
		e->wants_values = alerts_want_values(options->alerts);
		e->wants_rows = alerts_want_rows(options->alerts);
		e->alert_bytes = alerts_key_bytes(options->alerts);
	}
	if (e->own.window.by_time)
		e->own.timing.room_keys = options->config->snapshot_bytes /
		    (sizeof(struct snapshot_key) + BESIDE_KEY + e->alert_bytes);
	e->late.fd = -1;
	writer_init_to(&e->writer, take_lines, e);
	if (prepare(e) < 0) {
		snprintf(why, why_size, "%s", e->why);
		engine_free(e);
		return -1;
	}
	*engine_out = e;
	return 0;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	engine_clear_snapshot(e);
	free(e->by_group);
	replay_free(e->replay);
	if (e->database)
		database_close(e->database);
	if (e->late.fd >= 0) {
		writer_flush(&e->late);
		close(e->late.fd);
	}
	free(e);
}

struct snapshot *engine_snapshot(struct engine *e)
{
	return &e->snapshot;
}

const char *engine_why(const struct engine *e)
{
	return e->why;
}

uint64_t engine_values(const struct engine *e)
{
	return replay_rows(e->replay);
}

void engine_reopen(struct engine *e)
{
	if (open_late(e) < 0)
		log_say("%s", e->why);
}

/* ---- Values ---- */

/* If windows have a limit of values, keys make room for each other. */
static int has_max_values(const struct engine *e)
{
	return e->settings->window.by_time &&
	    e->settings->window.time.max_values > 0;
}

static int has_max_windows(const struct engine *e)
{
	return e->settings->window.by_time &&
	    e->settings->window.time.max_windows > 0;
}

/* Returns which limit LEAT_NO_ROOM is about. */
static enum log_kind full_kind(const struct engine *e)
{
	if (has_max_windows(e))
		return LOG_WINDOWS_FULL;
	return has_max_values(e) ? LOG_VALUES_FULL : LOG_KEYS_FULL;
}

static const char *refusal_text(const struct engine *e, int err)
{
	if (err == LEAT_NO_ROOM && has_max_values(e))
		return "limit reached: --max-values of its key, or --max-bytes";
	if (err == LEAT_NO_ROOM && has_max_windows(e))
		return "limit reached: --max-windows of its key, or "
		       "--max-bytes";
	if (err == LEAT_NO_ROOM)
		return "limit of keys reached: --max-keys or --max-bytes";
	if (err == LEAT_TOO_FAR)
		return "a time ahead of this machine's clock by more than "
		       "--max-skew";
	return leat_strerror(err);
}

static void refuse(struct engine *e, int err, const char *who)
{
	enum log_kind kind = err == LEAT_NO_ROOM ? full_kind(e)
	    : timed_windows_is_refusal(err)      ? LOG_LATE
						 : LOG_MEMORY;

	log_event(e->options.log, kind, 1, e->now, "%s: %s", who,
	    refusal_text(e, err));
}

/*
 * Sets how many keys there may be in windows by count, and how much their
 * charts may take. It is settled between two batches of lines.
 */
static void settle_bytes(struct engine *e)
{
	const struct rows *rows = replay_output(e->replay);
	uint64_t most = e->options.config->key_bytes, used, each;
	size_t n;

	e->room = most;
	if (!rows)
		return;
	n = rows_n_keys(rows);
	each = e->alert_bytes;
	used = e->beside + rows_bytes(rows) + n * each;
	if (e->has_snapshot) {
		used += snapshot_bytes(&e->snapshot) - e->snapshot.ring_bytes;
		each += sizeof(struct snapshot_key) + BESIDE_KEY;
		e->snapshot.most_ring_bytes = used < most
		    ? (size_t)(most - used)
		    : 0;
	}
	e->room = used < most ? most - used : 0;
	if (e->settings->window.by_time)
		return;
	each += rows_key_bytes(rows);
	replay_limit_keys(e->replay, n + (size_t)(e->room / each));
}

uint64_t engine_begin(struct engine *e, int64_t now, uint64_t beside)
{
	uint64_t most = e->options.config->decoder_bytes;

	e->now = now;
	e->beside = beside;
	replay_arrival(e->replay, now);
	settle_bytes(e);
	return beside + e->room < most ? beside + e->room : most;
}

void engine_value(struct engine *e, const struct sample *sample,
    const char *who)
{
	leat_csv_field key;
	int err;

	key.text = sample->key;
	key.len = sample->key_len;
	e->options.counts->samples++;
	err = replay_value(e->replay, &key,
	    sample->has_time && !e->options.config->by_arrival, sample->t,
	    sample->x);
	if (err)
		refuse(e, err, who);
}

/* Logs what the replay has left out since the last call. */
static void log_left(struct engine *e)
{
	static const char *const words[N_LEFT] = {
		[LEFT_LATE] = "rows that are too late",
		[LEFT_AHEAD] = "rows too far ahead, or beyond a limit",
		[LEFT_NO_TIME] = "rows without a time",
		[LEFT_KEY] = "rows whose key is too long",
	};
	const struct tally *tally = replay_tally(e->replay);

	for (int i = 0; i < N_LEFT; i++) {
		if (tally->left[i] > e->left[i])
			log_event(e->options.log, LOG_LATE,
			    tally->left[i] - e->left[i], e->now, "%s",
			    words[i]);
		e->left[i] = tally->left[i];
	}
}

/* ---- Time ---- */

void engine_settle(struct engine *e)
{
	if (replay_settle(e->replay) < 0)
		log_event(e->options.log, LOG_MEMORY, 1, e->now, "%s",
		    replay_why(e->replay));
	writer_flush(&e->writer);
	if (e->late.fd >= 0)
		writer_flush(&e->late);
	if (e->is_table)
		log_left(e);
}

void engine_tick(struct engine *e)
{
	int err = 0;

	if (e->now - e->kept_since >= LEAT_SECOND)
		engine_decide(e);
	if (e->is_ready)
		err = replay_advance(e->replay);
	if (err)
		refuse(e, err, "clock");
	engine_settle(e);
	if (!e->is_ready)
		return;
	if (e->options.alerts && alerts_want_ticks(e->options.alerts))
		for (struct snapshot_key *k = e->snapshot.newest; k;
		     k = k->older)
			if (k->alerts)
				alert_tick(e->options.alerts, k->alerts,
				    k->name, k->len, k->last_at, e->now);
	engine_forget(e);
	snapshot_tick(&e->snapshot, e->now);
	if (e->database && database_commit(e->database) < 0)
		log_event(e->options.log, LOG_OUTPUT, 1, e->now, "sqlite: %s",
		    database_why(e->database));
}

void engine_finish(struct engine *e)
{
	int err;

	engine_decide(e);
	err = e->is_ready ? replay_finish(e->replay) : 0;
	if (err)
		refuse(e, err, "end");
	engine_settle(e);
}

/* ---- Saved state ---- */

void engine_tape(struct engine *e, struct tape *t)
{
	int is_table = e->is_table, has_alerts = e->options.alerts != NULL;

	tape_same(t, (uint64_t)is_table, "--format csv");
	tape_same(t, (uint64_t)e->options.config->by_arrival, "--clock");
	if (t->failed)
		return;
	/*
	 * Records that are kept have been acknowledged: they must be in the
	 * state.
	 */
	if (!t->loads) {
		engine_decide(e);
		engine_settle(e);
	}
	replay_tape(e->replay, t);
	if (!t->failed && t->loads && !e->is_ready &&
	    replay_output(e->replay) && engine_get_ready(e) < 0)
		tape_fail(t, "does not fit: %s", e->why);
	tape_same(t, (uint64_t)has_alerts, "--alert");
	if (has_alerts && !t->failed && e->is_ready)
		engine_tape_alerts(e, t);
}
