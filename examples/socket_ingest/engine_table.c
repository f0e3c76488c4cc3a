/*
 * Records of a CSV table, which come from several streams. The first stream
 * brings the header, and every other stream must have the same one.
 */
#include <stdio.h>
#include <string.h>

#include "engine_inside.h"

/*
 * Begins anew after a header that will not do, so that another one may come.
 * Keeps the reason in e->why.
 */
static int begin_again(struct engine *e)
{
	char why[sizeof e->why];

	memcpy(why, e->why, sizeof why);
	if (engine_renew(e) < 0)
		return ENGINE_REFUSED;
	engine_clear_snapshot(e);
	if (e->n_groups > 0)
		memset(e->by_group, 0, e->n_groups * sizeof *e->by_group);
	memset(e->left, 0, sizeof e->left);
	e->is_ready = 0;
	memcpy(e->why, why, sizeof why);
	return ENGINE_REFUSED;
}

/* Logs a bad record, whose stream may have gone. */
static void say_bad(void *ctx)
{
	struct engine *e = ctx;

	log_event(e->options.log, LOG_BAD_LINE, 1, e->now, "first records%s",
	    replay_why(e->replay));
}

/* Logs notes such as: left out, since not numeric: note ("ok") */
static void log_notes(struct engine *e)
{
	char text[600];

	while (replay_note(e->replay, text, sizeof text))
		log_say("%s", *text == ':' ? text + 2 : text);
}

int engine_decide(struct engine *e)
{
	int err;

	if (replay_n_kept(e->replay) == 0)
		return 0;
	err = replay_decide(e->replay, say_bad, e);
	if (err)
		say_bad(e);
	log_notes(e);
	if (!e->is_ready && replay_output(e->replay) &&
	    engine_get_ready(e) < 0) {
		log_event(e->options.log, LOG_BAD_LINE, 1, e->now, "%s",
		    e->why);
		return begin_again(e);
	}
	return 0;
}

static int is_same_header(struct engine *e, const leat_csv_record *record)
{
	struct replay_header header = { e->replay, REPLAY_NONE };

	replay_compare_header(&header, record);
	return header.is == REPLAY_SAME;
}

static int take_header(struct engine *e, const leat_csv_record *record)
{
	if (!e->is_ready && !replay_has_header(e->replay)) {
		if (replay_record(e->replay, record) != 0) {
			engine_fail(e, replay_why(e->replay));
			return begin_again(e);
		}
	} else if (!is_same_header(e, record)) {
		engine_fail(e,
		    ": the header differs from that of the first stream");
		return ENGINE_REFUSED;
	}
	if (!e->is_ready && replay_output(e->replay) && engine_get_ready(e) < 0)
		return begin_again(e);
	return 0;
}

static int take_record(struct engine *e, const leat_csv_record *record)
{
	e->options.counts->samples++;
	if (replay_record(e->replay, record) != 0) {
		engine_fail(e, replay_why(e->replay));
		return ENGINE_BAD;
	}
	if (replay_n_kept(e->replay) == 1)
		e->kept_since = e->now;
	if (replay_is_full(e->replay))
		return engine_decide(e);
	if (!e->is_ready && replay_output(e->replay) && engine_get_ready(e) < 0)
		return begin_again(e);
	return 0;
}

int engine_record(void *ctx, const leat_csv_record *record)
{
	struct engine_table *t = ctx;
	struct engine *e = t->engine;

	e->options.counts->lines[FORMAT_CSV]++;
	if (t->has_header || e->settings->no_header) {
		t->has_header = 1;
		return take_record(e, record);
	}
	t->has_header = 1;
	return take_header(e, record);
}
