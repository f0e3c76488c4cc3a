/*
 * counted.c - windows by count, as states of keys
 *
 * The state of a key points to a window (../window), which lies in an item
 * of the stream's pool: all windows of an object are of one size, which is
 * known beforehand. The clock serves ttl alone; nothing is ever late, and
 * windows close on a push, where they tell a sink that adds the key.
 */
#include "keyed.h"

/* Returns the object, whose first member is its stream. */
static const leat_keyed *counted_keys(const struct leat_stream *st)
{
	return (const leat_keyed *)(const void *)st;
}

/* Emits a result for its key; the object's own calls note the answer. */
static int counted_emit(void *ctx, const leat_result *result)
{
	leat_keyed *k = ctx;
	leat_result r = *result;

	r.watermark = leat_clock_coming(&k->stream.clock);
	r.key = k->stream.emitter.key;
	r.key_len = k->stream.emitter.key_len;
	leat_call_emit(&k->stream.emitter.calls, &k->stream.emitter.sink, &r);
	return 0;
}

void leat_counted_start(leat_keyed *k)
{
	struct leat_stream *st = &k->stream;

	st->emitter.sink = k->by_count->sink;
	if (st->emitter.sink.emit) {
		k->by_count->sink.emit = counted_emit;
		k->by_count->sink.ctx = k;
	}
	leat_pool_init(&st->contents, &st->memory, k->window_bytes);
	/* A pool that doubles would hold many large windows in reserve. */
	if (k->window_bytes > 4096)
		st->contents.next_items = 1;
}

/* ---------------- the engine -------------------------------------- */

static int counted_reserve(struct leat_stream *st, const struct leat_state *s,
    const leat_event *e)
{
	(void)e;
	return s->content ? LEAT_OK : leat_pool_reserve(&st->contents, 1);
}

/* Makes the key's window; the pool must have memory for it. */
static void counted_begin(struct leat_stream *st, struct leat_state *s)
{
	const leat_keyed *k = counted_keys(st);
	leat_window *w;

	s->content = leat_pool_take(&st->contents);
	leat_window_init(&w, s->content, k->window_bytes, k->by_count);
}

static int counted_push(struct leat_stream *st, struct leat_state *s,
    const leat_event *e)
{
	if (LEAT_UNLIKELY(!s->content))
		counted_begin(st, s);
	leat_window_take(leat_counted_window(s), e->x, e->y);
	return LEAT_OK;
}

static int counted_due(const struct leat_stream *st, const struct leat_state *s,
    int64_t target, int64_t lateness, int64_t *due_out)
{
	(void)st;
	(void)s;
	(void)target;
	(void)lateness;
	*due_out = LEAT_TIME_MAX;
	return 0;
}

static void counted_close(struct leat_stream *st, struct leat_state *s,
    int64_t watermark)
{
	(void)st;
	(void)s;
	(void)watermark;
}

/* Finds the window that a query sees. Returns whether it is open with data. */
static int counted_interval(const leat_keyed *k, const struct leat_state *s,
    int64_t *start_out, int64_t *end_out)
{
	const leat_window_options *o = k->by_count;
	const leat_window *w = leat_counted_window(s);
	uint64_t p = leat_window_pushed(w), start = 0, end = p;
	int open = 1;

	if (o->kind == LEAT_SLIDING)
		start = p - leat_window_length(w);
	if (o->kind == LEAT_TUMBLING || o->kind == LEAT_HOPPING) {
		uint64_t by = o->kind == LEAT_HOPPING ? o->hop : o->size;
		uint64_t closed = p < o->size ? 0 : (p - o->size) / by + 1;
		int fresh = closed > 0 && (closed - 1) * by + o->size == p;
		start = (closed - (uint64_t)fresh) * by;
		end = start + o->size;
		open = !fresh && start < p;
	}
	*start_out = (int64_t)start;
	*end_out = (int64_t)end;
	return open;
}

leat_result leat_counted_result(const leat_keyed *k, const struct leat_state *s)
{
	leat_result r = leat_window_answer(leat_counted_window(s));

	r.watermark = leat_clock_coming(&k->stream.clock);
	r.key = k->stream.emitter.key;
	r.key_len = k->stream.emitter.key_len;
	counted_interval(k, s, &r.start, &r.end);
	return r;
}

static void counted_tell(struct leat_stream *st, struct leat_state *s, int flag)
{
	const leat_keyed *k = counted_keys(st);
	leat_window *w = leat_counted_window(s);
	int64_t start, end;

	if (flag & LEAT_RESULT_FLUSHED)
		leat_window_emit_open(w);
	if ((flag & LEAT_RESULT_FLUSHED) ||
	    !counted_interval(k, s, &start, &end))
		return;
	leat_result r = leat_counted_result(k, s);
	r.flags = flag;
	leat_call_emit(&st->emitter.calls, st->emitter.to, &r);
}

static void counted_look(const struct leat_stream *st,
    const struct leat_state *s, struct leat_accs *out, int64_t *start_out,
    int64_t *end_out)
{
	(void)out;
	counted_interval(counted_keys(st), s, start_out, end_out);
}

static uint64_t counted_stored(const struct leat_stream *st,
    const struct leat_state *s)
{
	(void)st;
	return leat_window_stored(leat_counted_window(s));
}

static void counted_clear(struct leat_stream *st, struct leat_state *s)
{
	if (s->content)
		leat_pool_give(&st->contents, s->content);
	s->content = NULL;
}

static int counted_copy(struct leat_stream *st, struct leat_state *to,
    const struct leat_state *from)
{
	if (leat_pool_reserve(&st->contents, 1))
		return LEAT_ENOMEM;
	to->content = leat_pool_take(&st->contents);
	leat_window_clone(leat_counted_window(from), leat_counted_window(to),
	    st);
	return LEAT_OK;
}

/* ---------------- as bytes, and joined --------------------------------- */

static void counted_tape(struct leat_stream *st, struct leat_state *s,
    struct leat_tape *t)
{
	int there = s->content != NULL;

	/* A key without a window would have been forgotten. */
	leat_tape_int(t, &there, 1);
	if (!leat_tape_expect(t, there))
		return;
	if (t->loads) {
		if (leat_pool_reserve(&st->contents, 1)) {
			leat_tape_fail(t, LEAT_ENOMEM);
			return;
		}
		counted_begin(st, s);
	}
	leat_tape_window_content(t, leat_counted_window(s));
}

static int counted_join_room(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *g, const struct leat_state *other,
    struct leat_need *need)
{
	(void)st;
	(void)g;
	(void)other;
	need->contents += !s->content;
	return LEAT_OK;
}

static void counted_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *g, const struct leat_state *other)
{
	(void)g;
	if (!s->content)
		counted_begin(st, s);
	if (other->content)
		leat_window_join(leat_counted_window(s),
		    leat_counted_window(other));
}

const struct leat_time_engine leat_counted_engine = {
	.reserve = counted_reserve,
	.push = counted_push,
	.due = counted_due,
	.close = counted_close,
	.emit = counted_tell,
	.look = counted_look,
	.stored = counted_stored,
	.clear = counted_clear,
	.copy = counted_copy,
	.tape = counted_tape,
	.join_room = counted_join_room,
	.join = counted_join,
};
