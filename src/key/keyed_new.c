/*
 * keyed_new.c - keyed windows are made, copied, saved and freed
 *
 * The object is one block: the struct, what its stream needs, an empty state
 * and room for the results of one key. Keys and their windows come from
 * pools and slabs beside it, which grow with them; that is what max_bytes is
 * about.
 */
#include "../state/object.h"
#include "keyed.h"

/* ---------------- options ----------------------------------------- */

static const char *why_keyed(const leat_keyed_options *o)
{
	if (!o->by_time && !o->by_count)
		return "by_time, by_count: neither is given";
	if (!LEAT_IS_RESERVED(o))
		return LEAT_WHY_RESERVED;
	if (o->by_time && o->by_count)
		return "by_time, by_count: both are given";
	if (o->by_time ? o->by_time->allocator != NULL
		       : o->by_count->allocator != NULL)
		return "allocator: must be NULL; "
		       "keyed windows have one for all";
	if (o->ttl < 0)
		return "ttl: below 0";
	if (o->max_keys > (uint64_t)1 << 31)
		return "max_keys: more than 2^31";
	if (o->when_keys_full != LEAT_WHEN_FULL_REFUSE &&
	    o->when_keys_full != LEAT_WHEN_FULL_EVICT_OLD)
		return "when_keys_full: not of enum leat_when_full";
	if (o->when_keys_full && !o->max_keys && !o->max_bytes)
		return "when_keys_full: needs max_keys or max_bytes";
	if (!leat_allocator_fits(o->allocator))
		return "allocator: lacks a function";
	return NULL;
}

static int plan_by_count(leat_keyed *k, const leat_window_options *o,
    const char **why_out)
{
	struct leat_stream *st = &k->stream;
	int err = leat_window_check(o, &k->window_bytes, why_out);

	if (err)
		return err;
	st->plan.engine = &leat_counted_engine;
	st->plan.state_size = leat_round_up_8(sizeof(struct leat_state));
	st->clock.n_sources = 1;
	st->forest.layout.pairs = (leat_stats_traits(o->stats, o->n_stats) &
				      LEAT_OF_PAIRS) != 0;
	return LEAT_OK;
}

/* Finds out what of an entry and of a push is needed with these options. */
static void plan_entries(leat_keyed *k, const leat_keyed_options *o)
{
	struct leat_entries *es = &k->entries;

	es->size = sizeof(struct leat_entry) + k->stream.plan.state_size;
	if (o->ttl > 0) {
		es->latest_at = es->size;
		es->size += sizeof(int64_t);
	}
	if (o->when_keys_full == LEAT_WHEN_FULL_EVICT_OLD) {
		es->links_at = es->size;
		es->size += sizeof(struct leat_neighbours);
	}
	if (k->stream.forest.layout.has_user)
		es->size = leat_round_up(es->size);
	es->seed[0] = o->seed[0];
	es->seed[1] = o->seed[1];
	k->announces = k->stream.plan.traits.grows ||
	    k->stream.plan.engine->overlaps;
	k->spare_cells = k->stream.plan.engine->has_cells;
	k->careful = k->stream.plan.careful || es->latest_at ||
	    o->max_bytes > 0;
	k->tracks = es->latest_at || es->links_at ||
	    k->stream.plan.early_span > 0;
	k->plain = k->stream.plan.plain && !k->careful && !k->tracks;
}

static int plan_keyed(leat_keyed *k, const leat_keyed_options *o,
    const char **why_out)
{
	const char *why = why_keyed(o);
	int err;

	memset(k, 0, sizeof(*k));
	if (why)
		return leat_because(why_out, LEAT_EINVAL, why);
	err = o->by_count
	    ? plan_by_count(k, o->by_count, why_out)
	    : leat_stream_plan(&k->stream, o->by_time, 0, why_out);
	if (err)
		return err;
	k->ttl = o->ttl;
	k->max_keys = o->max_keys ? o->max_keys : (uint64_t)1 << 31;
	k->evicted = o->dropped;
	k->n_values = o->by_count ? o->by_count->n_stats : o->by_time->n_stats;
	k->early_from = INT64_MIN;
	plan_entries(k, o);
	leat_deferred_plan(k, o);
	return LEAT_OK;
}

/* ---------------- making ------------------------------------------ */

static void cut_keyed(leat_keyed *k, struct leat_cutter *c,
    const leat_keyed_options *o)
{
	size_t counted = o->by_count ? o->by_count->n_stats : 0;

	leat_cut(c, 1, sizeof(*k));
	leat_stream_cut(&k->stream, c);
	k->blank = leat_cut(c, 1, k->stream.plan.state_size);
	k->values = leat_cut(c, k->n_values, sizeof(double));
	k->by_count = leat_cut(c, counted > 0, sizeof(*k->by_count));
	k->stats = leat_cut(c, counted, sizeof(*k->stats));
	if (counted == 0)
		k->by_count = NULL;
}

static void start_counted(leat_keyed *k, const leat_keyed_options *o)
{
	struct leat_stream *st = &k->stream;

	leat_memory_start(&st->memory,
	    o->allocator ? o->allocator : &leat_malloc_allocator);
	st->emitter.to = &st->emitter.sink;
	leat_clock_reset(&st->clock);
	*k->by_count = *o->by_count;
	if (!k->by_count->kind)
		k->by_count->kind = LEAT_SLIDING;
	memcpy(k->stats, o->by_count->stats,
	    o->by_count->n_stats * sizeof(*k->stats));
	k->by_count->stats = k->stats;
	leat_counted_start(k);
}

/* Plans the object, and measures what it takes beside its keys. */
static int keyed_measure(const void *options, void *plan, size_t *n_bytes_out,
    const char **why_out)
{
	struct leat_cutter measure = { NULL, 0, 0 };
	int err = plan_keyed(plan, options, why_out);

	if (err)
		return err;
	cut_keyed(plan, &measure, options);
	*n_bytes_out = measure.used;
	return measure.overflow
	    ? leat_because(why_out, LEAT_ETOOBIG, "stats: too large for memory")
	    : LEAT_OK;
}

static void keyed_build(void *base, const void *plan, const void *options)
{
	struct leat_cutter c = { base, 0, 0 };
	const leat_keyed_options *o = options;
	leat_keyed *k = base;

	*k = *(const leat_keyed *)plan;
	cut_keyed(k, &c, o);
	memset(k->blank, 0, k->stream.plan.state_size);
	if (k->by_count) {
		start_counted(k, o);
	} else {
		leat_time_window_options by_time = *o->by_time;
		by_time.allocator = o->allocator;
		leat_stream_start(&k->stream, &by_time);
	}
	k->stream.memory.limit = o->max_bytes;
	leat_keys_start(k);
}

static void keyed_clear(void *object)
{
	leat_keys_clear(object);
}

void leat_keyed_reset(leat_keyed *keyed)
{
	struct leat_stream *st = &keyed->stream;

	LEAT_ASSERT(keyed);
	leat_deferred_clear(keyed);
	leat_keys_clear(keyed);
	leat_clock_reset(&st->clock);
	memset(&st->counts, 0, sizeof(st->counts));
	st->emitter.calls.state = 0;
	keyed->early_from = INT64_MIN;
	keyed->early = 0;
	keyed->visits = 0;
}

static int keyed_moved(const void *from, void *to,
    const leat_allocator *allocator)
{
	const leat_keyed *was = from;
	leat_keyed *k = to;
	int err;

	leat_stream_moved(from, to, &k->stream, allocator);
	k->blank = leat_moved(from, to, was->blank);
	k->values = leat_moved(from, to, was->values);
	k->by_count = leat_moved(from, to, was->by_count);
	k->stats = leat_moved(from, to, was->stats);
	if (k->by_count) {
		k->by_count->stats = k->stats;
		k->by_count->sink = was->stream.emitter.sink;
		leat_counted_start(k);
	}
	/* A copy may take more than the original: its pools differ. */
	k->stream.memory.lifted = 1;
	err = leat_keys_copy(k, from);
	k->stream.memory.lifted = 0;
	return err;
}

/* ---------------- the life of keyed windows ----------------------- */

static const struct leat_object_kind keyed_kind = {
	.object = LEAT_OBJECT_KEYED,
	.block_at = offsetof(leat_keyed, block),
	.allocator_at = offsetof(leat_keyed_options, allocator),
	.measure = keyed_measure,
	.build = keyed_build,
	.moved = keyed_moved,
	.clear = keyed_clear,
	.tape = leat_tape_keyed,
};

int leat_keyed_check(const leat_keyed_options *options, size_t *n_bytes_out,
    const char **why_out)
{
	leat_keyed plan;

	LEAT_ASSERT(options);
	return leat_object_check(&keyed_kind, &plan, options, n_bytes_out,
	    why_out);
}

int leat_keyed_new(leat_keyed **keyed_out, const leat_keyed_options *options)
{
	leat_keyed plan;
	int err;

	LEAT_ASSERT(keyed_out && options);
	*keyed_out = leat_object_new(&keyed_kind, &plan, NULL, 0, options,
	    &err);
	return err;
}

void leat_keyed_free(leat_keyed *keyed)
{
	leat_object_free(&keyed_kind, keyed);
}

int leat_keyed_copy(leat_keyed *keyed, const leat_allocator *allocator,
    leat_keyed **copy_out)
{
	int err;

	LEAT_ASSERT(keyed && copy_out);
	*copy_out = NULL;
	if (leat_is_inside(&keyed->stream.emitter.calls))
		return LEAT_EINVAL;
	leat_deferred_settle(keyed);
	*copy_out = leat_object_copy(&keyed_kind, keyed, allocator, &err);
	return err;
}

int leat_keyed_save(leat_keyed *keyed, leat_writer *writer)
{
	LEAT_ASSERT(keyed && writer);
	if (leat_is_inside(&keyed->stream.emitter.calls))
		return LEAT_EINVAL;
	leat_deferred_settle(keyed);
	leat_keys_pack(keyed);
	return leat_object_save(&keyed_kind, keyed, writer);
}

int leat_keyed_load(leat_keyed **keyed_out, const leat_keyed_options *options,
    leat_reader *reader)
{
	leat_keyed plan;
	int err;

	LEAT_ASSERT(keyed_out && options && reader);
	*keyed_out = leat_object_load(&keyed_kind, &plan, options, reader,
	    &err);
	return err;
}
