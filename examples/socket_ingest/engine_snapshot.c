/*
 * Takes what a replay reports: each value that windows have taken and each
 * result. In windows by count both come with the number of the key's group, by
 * which its place on the snapshot is found without a look at its name: that is
 * all that a value costs beside its window. In windows by time keys may come
 * and go, and are looked up.
 */
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "engine_inside.h"

/* Makes room for a row, since rows must leave the writer whole. */
static void make_room(struct engine *e)
{
	if (e->writer.len > WRITER_SIZE / 2)
		writer_flush(&e->writer);
}

/* ---- Values and results ---- */

static struct snapshot_key *snapshot_key_of(struct engine *e, const char *name,
    size_t len)
{
	int is_new;
	struct snapshot_key *k = snapshot_add(&e->snapshot, name, len, &is_new);

	if (k && is_new && e->options.alerts)
		k->alerts = alert_state_new(e->options.alerts, name, len,
		    e->now);
	if (!k)
		log_event(e->options.log, LOG_MEMORY, 1, e->now,
		    "out of memory for a key of the page and of alerts");
	return k;
}

static int grow_groups(struct engine *e, size_t group)
{
	size_t n = e->n_groups ? 2 * e->n_groups : 64;
	struct snapshot_key **by_group;

	while (n <= group)
		n *= 2;
	by_group = realloc(e->by_group, n * sizeof *by_group);
	if (!by_group)
		return -1;
	memset(by_group + e->n_groups, 0, (n - e->n_groups) * sizeof *by_group);
	e->by_group = by_group;
	e->n_groups = n;
	return 0;
}

static struct snapshot_key *find_new_group(struct engine *e, size_t group)
{
	const struct rows *rows = replay_output(e->replay);
	struct snapshot_key *k;
	const char *name;
	size_t len;

	if (group >= e->n_groups && grow_groups(e, group) < 0)
		return NULL;
	name = rows_key_of(rows, group, &len);
	k = snapshot_key_of(e, name, len);
	e->by_group[group] = k;
	return k;
}

static inline struct snapshot_key *key_of(struct engine *e, size_t group,
    const leat_csv_field *key)
{
	if (group < e->n_groups && e->by_group[group])
		return e->by_group[group];
	if (group != ROWS_NO_GROUP)
		return find_new_group(e, group);
	return snapshot_key_of(e, key->text ? key->text : "", key->len);
}

static void drop_key(struct engine *e, struct snapshot_key *k)
{
	if (e->options.alerts)
		alert_state_free(e->options.alerts, k->alerts);
	k->alerts = NULL;
	snapshot_drop(&e->snapshot, k);
}

/* ---- Keys that go ---- */

/*
 * Windows by time forget keys; so does the snapshot then. Each sweep looks at
 * all of them, so there is one only when many are too many, or a minute has
 * passed.
 */
static void sweep(struct engine *e)
{
	const struct rows *rows = replay_output(e->replay);
	struct snapshot_key *k, *older;
	size_t known = rows_n_keys(rows);
	int64_t now = e->now, since = now - e->swept;

	if (!e->settings->window.by_time || e->snapshot.n <= known ||
	    (e->snapshot.n < known + known / 4 + 1000 && since >= 0 &&
		since < LEAT_MINUTE))
		return;
	e->swept = now;
	for (k = e->snapshot.newest; k; k = older) {
		older = k->older;
		if (!rows_has_key(rows, k->name, k->len))
			drop_key(e, k);
	}
}

void engine_taken(void *ctx, size_t group, const leat_csv_field *key,
    const double *values)
{
	struct engine *e = ctx;
	struct snapshot_key *k = key_of(e, group, key);

	if (!k)
		return;
	k->n++;
	k->last = values[0];
	k->last_at = e->now;
	if (k->alerts && e->wants_values)
		alert_value(e->options.alerts, k->alerts, k->name, k->len,
		    values[0], k->last_at);
	if (group == ROWS_NO_GROUP)
		sweep(e);
}

static void put_in_database(struct engine *e, const struct snapshot_key *k,
    const struct rows_result *result)
{
	int64_t start = result->start, end = result->end;

	if (!e->settings->window.by_time && end == 0) {
		start = (int64_t)result->row;
		end = start + 1;
	}
	if (database_put(e->database, k->name, k->len, start, end,
		result->values, result->flags & LEAT_RESULT_RETRACTED) < 0)
		log_event(e->options.log, LOG_OUTPUT_DROPPED, 1, e->now,
		    "sqlite: %s", database_why(e->database));
}

void engine_emitted(void *ctx, const struct rows_result *result)
{
	struct engine *e = ctx;
	struct snapshot_key *k = key_of(e, result->group, &result->key);

	make_room(e);
	e->options.counts->rows++;
	if (!k)
		return;
	if (e->database)
		put_in_database(e, k, result);
	if (result->flags & (LEAT_RESULT_RETRACTED | LEAT_RESULT_DROPPED))
		return;
	if (e->options.has_page)
		snapshot_put(&e->snapshot, k, result->values, result->start,
		    result->end);
	if (k->alerts && e->wants_rows)
		alert_row(e->options.alerts, k->alerts, k->name, k->len,
		    result->values, e->now);
}

/* Called for windows by count and for models. */
void engine_dropped(void *ctx, size_t group)
{
	struct engine *e = ctx;

	if (group >= e->n_groups || !e->by_group[group])
		return;
	drop_key(e, e->by_group[group]);
	e->by_group[group] = NULL;
}

/* ---- Keys that go by count ---- */

/*
 * By count, a key without rows for --ttl is one whose last row has a lower
 * number than there were rows then. Eight times in that time it is noted how
 * many there are, and those that are older than the oldest note go.
 */
static void forget_by_count(struct engine *e)
{
	int64_t ttl = e->settings->timing.ttl, now = e->now;
	const struct mark *oldest = &e->marks[N_MARKS - 1];

	if (ttl == 0 || e->settings->window.by_time ||
	    (now >= e->marks[0].at &&
		now - e->marks[0].at < ttl / (N_MARKS - 1)))
		return;
	memmove(e->marks + 1, e->marks, (N_MARKS - 1) * sizeof *e->marks);
	e->marks[0].at = now;
	e->marks[0].rows = replay_rows(e->replay) + 1;
	if (oldest->at > 0)
		replay_forget(e->replay, oldest->rows);
}

void engine_forget(struct engine *e)
{
	sweep(e);
	forget_by_count(e);
}

/* Drops all keys of alerts and page. */
void engine_clear_snapshot(struct engine *e)
{
	if (e->has_snapshot && e->options.alerts)
		for (struct snapshot_key *k = e->snapshot.newest; k;
		     k = k->older)
			alert_state_free(e->options.alerts, k->alerts);
	if (e->has_snapshot)
		snapshot_clear(&e->snapshot);
	e->has_snapshot = 0;
}

/* ---- Saved state ---- */

void engine_tape_alerts(struct engine *e, struct tape *t)
{
	struct alerts *alerts = e->options.alerts;
	struct snapshot_key *k = e->snapshot.newest;
	size_t n = e->snapshot.n;

	alerts_tape(alerts, t);
	tape_size(t, &n, SIZE_MAX);
	for (size_t i = 0; i < n && !t->failed; i++) {
		char *name = t->loads ? NULL : k->name;
		size_t len = t->loads ? 0 : k->len;

		tape_text(t, &name, &len);
		if (t->loads)
			k = name ? snapshot_key_of(e, name, len) : NULL;
		if (!t->failed && (!k || !k->alerts))
			tape_no_memory(t);
		if (!t->failed)
			alert_state_tape(alerts, k->alerts, t, e->now);
		if (t->loads) {
			if (k)
				k->last_at = e->now;
			free(name);
		} else {
			k = k->older;
		}
	}
}
