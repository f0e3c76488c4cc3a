/*
 * keyed.c - the life of keyed windows, and what can be asked of them
 *
 * The object is one block: the struct, what its stream needs, an empty state
 * and room for the results of one key. Keys and their windows come from
 * pools and slabs beside it, which grow with them; that is what max_bytes is
 * about.
 */
#include "key.h"

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
		return "allocator: must be NULL; keyed windows have one for all";
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
	st->plan.state_size = (sizeof(struct leat_state) + 15) & ~(size_t)15;
	st->clock.n_sources = 1;
	for (size_t i = 0; i < o->n_stats; i++)
		st->forest.layout.pairs |= leat_stat_pairs(&o->stats[i]) != 0;
	return LEAT_OK;
}

/* What follows an entry's state, if it is needed. */
static void plan_entries(leat_keyed *k, const leat_keyed_options *o)
{
	k->entry_size = sizeof(struct leat_entry) + k->stream.plan.state_size;
	if (o->ttl > 0) {
		k->latest_at = k->entry_size;
		k->entry_size += sizeof(int64_t);
	}
	if (o->when_keys_full == LEAT_WHEN_FULL_EVICT_OLD) {
		k->links_at = k->entry_size;
		k->entry_size += sizeof(struct leat_neighbours);
	}
	k->announces = k->stream.plan.kind == LEAT_SESSION ||
	    k->stream.plan.engine == &leat_ranges_engine;
	k->spare_cells = k->stream.plan.engine == &leat_cells_engine;
	k->careful = k->stream.plan.careful || k->latest_at || o->max_bytes > 0;
	k->tracks = k->latest_at || k->links_at ||
	    k->stream.plan.early_span > 0;
}

static int plan_keyed(leat_keyed *k, const leat_keyed_options *o,
    const char **why_out)
{
	const char *why = why_keyed(o);
	int err;

	memset(k, 0, sizeof(*k));
	if (why)
		return leat_because(why_out, LEAT_EINVAL, why);
	err = o->by_count ? plan_by_count(k, o->by_count, why_out)
			  : leat_stream_plan(&k->stream, o->by_time, why_out);
	if (err)
		return err;
	k->seed[0] = o->seed[0];
	k->seed[1] = o->seed[1];
	k->ttl = o->ttl;
	k->max_keys = o->max_keys ? o->max_keys : (uint64_t)1 << 31;
	k->evicted = o->dropped;
	k->n_values = o->by_count ? o->by_count->n_stats : o->by_time->n_stats;
	k->early_from = INT64_MIN;
	plan_entries(k, o);
	k->queue.serves = leat_queue_serves(k, o);
	leat_queue_clear(k);
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

static void start_keyed(leat_keyed *k, const leat_keyed_options *o)
{
	memset(k->blank, 0, k->stream.plan.state_size);
	if (k->by_count) {
		start_counted(k, o);
	} else {
		leat_time_window_options by_time = *o->by_time;
		by_time.allocator = o->allocator;
		leat_stream_start(&k->stream, &by_time);
	}
	k->stream.memory.limit = o->max_bytes;
	leat_entries_start(k);
}

/* Plans the object, and measures what it takes beside its keys. */
static int measure_keyed(leat_keyed *plan, const leat_keyed_options *o,
    size_t *n_bytes, const char **why_out)
{
	struct leat_cutter measure = { NULL, 0, 0 };
	int err = plan_keyed(plan, o, why_out);

	if (err)
		return err;
	cut_keyed(plan, &measure, o);
	*n_bytes = measure.used;
	return measure.overflow
	    ? leat_because(why_out, LEAT_ETOOBIG, "stats: too large for memory")
	    : LEAT_OK;
}

int leat_keyed_check(const leat_keyed_options *options, size_t *n_bytes_out,
    const char **why_out)
{
	leat_keyed plan;
	size_t n;

	LEAT_ASSERT(options);
	int err = measure_keyed(&plan, options, &n, why_out);
	if (!err && n_bytes_out)
		*n_bytes_out = leat_block_room(n);
	return err;
}

int leat_keyed_new(leat_keyed **keyed_out, const leat_keyed_options *options)
{
	leat_keyed plan, *k;
	void *base;
	size_t n;
	int err;

	LEAT_ASSERT(keyed_out && options);
	*keyed_out = NULL;
	if ((err = measure_keyed(&plan, options, &n, NULL)) ||
	    (err = leat_block_claim(&plan.block, options->allocator, NULL, 0, n,
		 &base)))
		return err;
	k = base;
	*k = plan;
	struct leat_cutter c = { base, 0, 0 };
	cut_keyed(k, &c, options);
	start_keyed(k, options);
	*keyed_out = k;
	return LEAT_OK;
}

void leat_keyed_free(leat_keyed *keyed)
{
	if (!keyed)
		return;
	leat_entries_clear(keyed);
	leat_block_free(keyed->block);
}

void leat_keyed_reset(leat_keyed *keyed)
{
	struct leat_stream *st = &keyed->stream;

	LEAT_ASSERT(keyed);
	leat_queue_clear(keyed);
	leat_entries_clear(keyed);
	leat_clock_reset(&st->clock);
	memset(&st->counts, 0, sizeof(st->counts));
	st->emitter.calls.state = 0;
	keyed->early_from = INT64_MIN;
	keyed->early = 0;
	keyed->visits = 0;
}

static void move_keyed(const leat_keyed *from, leat_keyed *to,
    const leat_allocator *allocator)
{
	leat_stream_moved(from, to, &to->stream, allocator);
	to->blank = leat_moved(from, to, from->blank);
	to->values = leat_moved(from, to, from->values);
	to->by_count = leat_moved(from, to, from->by_count);
	to->stats = leat_moved(from, to, from->stats);
	if (!to->by_count)
		return;
	to->by_count->stats = to->stats;
	to->by_count->sink = from->stream.emitter.sink;
	leat_counted_start(to);
}

int leat_keyed_copy(leat_keyed *keyed, const leat_allocator *allocator,
    leat_keyed **copy_out)
{
	struct leat_block block;
	int err;

	LEAT_ASSERT(keyed && copy_out);
	*copy_out = NULL;
	if (leat_is_inside(&keyed->stream.emitter.calls))
		return LEAT_EINVAL;
	leat_queue_look(keyed);
	leat_keyed *k = leat_block_copy(&block, allocator, &keyed->block,
	    keyed);
	if (!k)
		return LEAT_ENOMEM;
	k->block = block;
	move_keyed(keyed, k, allocator);
	/* A copy packs otherwise, so it may be larger. */
	k->stream.memory.lifted = 1;
	err = leat_entries_copy(k, keyed);
	k->stream.memory.lifted = 0;
	if (err) {
		leat_keyed_free(k);
		return err;
	}
	*copy_out = k;
	return LEAT_OK;
}

/* ---------------- asking ------------------------------------------ */

static void look_up(const leat_keyed *k, const struct leat_entry *e,
    double *out, int64_t *start_out, int64_t *end_out)
{
	const struct leat_stream *st = &k->stream;
	const struct leat_state *s = leat_entry_state(e);

	st->plan.engine->look(st, s, st->emitter.whole, start_out, end_out);
	if (k->by_count)
		leat_counted_query(s, out);
	else
		leat_stream_lower(st, st->emitter.whole, *start_out, *end_out,
		    out);
}

static uint32_t find_key(leat_keyed *k, const void *key, size_t key_len)
{
	LEAT_ASSERT(k && (key || key_len == 0));
	if (key_len > LEAT_KEY_MAX)
		return 0;
	leat_queue_look(k);
	return leat_entry_find(k, key, key_len, leat_key_hash(k, key, key_len));
}

/*
 * The result that is being told, if it is one of that key: there is no other
 * that could be asked for then.
 */
static const leat_result *result_of_key(const leat_keyed *k, const void *key,
    size_t key_len)
{
	const leat_result *r = k->stream.emitter.calls.result;

	return !r || r->key_len != key_len ||
		(key_len > 0 && memcmp(r->key, key, key_len) != 0)
	    ? NULL
	    : r;
}

static int query_result(const leat_result *r, double *out)
{
	if (!r)
		return LEAT_EINVAL;
	memcpy(out, r->values, r->n_values * sizeof(*out));
	return LEAT_OK;
}

int leat_keyed_query(leat_keyed *keyed, const void *key, size_t key_len,
    double *out)
{
	uint32_t i;
	int64_t start, end;

	LEAT_ASSERT(keyed && (key || key_len == 0) && out);
	if (leat_is_inside(&keyed->stream.emitter.calls))
		return query_result(result_of_key(keyed, key, key_len), out);
	if (!(i = find_key(keyed, key, key_len)))
		return LEAT_EKEY;
	look_up(keyed, leat_entry_at(keyed, i), out, &start, &end);
	return LEAT_OK;
}

int leat_keyed_interval(leat_keyed *keyed, const void *key, size_t key_len,
    int64_t *start_out, int64_t *end_out)
{
	const struct leat_stream *st = &keyed->stream;
	uint32_t i;

	LEAT_ASSERT(keyed && (key || key_len == 0) && start_out && end_out);
	if (leat_is_inside(&st->emitter.calls)) {
		const leat_result *r = result_of_key(keyed, key, key_len);
		*start_out = r ? r->start : *start_out;
		*end_out = r ? r->end : *end_out;
		return r ? LEAT_OK : LEAT_EINVAL;
	}
	if (!(i = find_key(keyed, key, key_len)))
		return LEAT_EKEY;
	st->plan.engine->look(st, leat_entry_state(leat_entry_at(keyed, i)),
	    NULL, start_out, end_out);
	return LEAT_OK;
}

static int partial_told(const leat_keyed *k, const leat_result *r,
    const leat_agg *agg, void *partial_out)
{
	for (size_t i = 0; r->partials && i < r->n_values; i++) {
		const leat_stat *s = k->by_count
		    ? &k->stats[i]
		    : &k->stream.plan.stats[i].stat;
		if (s->agg != agg)
			continue;
		memcpy(partial_out, r->partials[i], agg->size);
		return LEAT_OK;
	}
	return LEAT_ESTAT;
}

int leat_keyed_partial(leat_keyed *keyed, const void *key, size_t key_len,
    const leat_agg *agg, void *partial_out)
{
	const struct leat_stream *st = &keyed->stream;
	const struct leat_state *s;
	uint32_t i;

	LEAT_ASSERT(keyed && (key || key_len == 0) && agg && partial_out);
	if (leat_is_inside(&st->emitter.calls)) {
		const leat_result *r = result_of_key(keyed, key, key_len);
		return r ? partial_told(keyed, r, agg, partial_out)
			 : LEAT_EINVAL;
	}
	if (!(i = find_key(keyed, key, key_len)))
		return LEAT_EKEY;
	s = leat_entry_state(leat_entry_at(keyed, i));
	return keyed->by_count ? leat_counted_partial(s, agg, partial_out)
			       : leat_stream_partial(st, s, agg, partial_out);
}

int leat_keyed_drop(leat_keyed *keyed, const void *key, size_t key_len)
{
	uint32_t i;

	LEAT_ASSERT(keyed && (key || key_len == 0));
	if (leat_is_inside(&keyed->stream.emitter.calls))
		return LEAT_EINVAL;
	if (!(i = find_key(keyed, key, key_len)))
		return LEAT_EKEY;
	leat_entry_evict(keyed, i);
	return leat_calls_done(&keyed->stream.emitter.calls, LEAT_OK);
}

/* Shows one key to `visit`. */
static int visit_key(leat_keyed *k, const struct leat_entry *e,
    const leat_sink *visit)
{
	leat_result told;
	int64_t start, end;

	leat_entry_speaks(k, e);
	if (k->by_count) {
		told = leat_counted_result(k, leat_entry_state(e));
	} else {
		look_up(k, e, k->values, &start, &end);
		told = leat_stream_result(&k->stream, start, end);
		told.values = k->values;
	}
	leat_call_emit(&k->stream.emitter.calls, visit, &told);
	return leat_calls_done(&k->stream.emitter.calls, LEAT_OK);
}

int leat_keyed_each(leat_keyed *keyed,
    int (*visit)(void *ctx, const leat_result *result), void *ctx)
{
	const struct leat_roster *r = &keyed->roster;
	leat_sink to = { visit, ctx };
	int err = LEAT_OK;

	LEAT_ASSERT(keyed && visit);
	if (leat_is_inside(&keyed->stream.emitter.calls))
		return LEAT_EINVAL;
	leat_queue_look(keyed);
	for (size_t i = 0; i < r->n && !err; i++)
		if (r->order[i] != 0)
			err = visit_key(keyed, leat_ranked(keyed, (uint32_t)i),
			    &to);
	return err;
}

uint64_t leat_keyed_n_keys(leat_keyed *keyed)
{
	LEAT_ASSERT(keyed);
	leat_queue_look(keyed);
	return keyed->roster.length;
}

uint64_t leat_keyed_bytes(leat_keyed *keyed)
{
	LEAT_ASSERT(keyed);
	leat_queue_look(keyed);
	return keyed->stream.memory.bytes;
}

int64_t leat_keyed_now(const leat_keyed *keyed)
{
	LEAT_ASSERT(keyed);
	return keyed->stream.clock.now;
}

int64_t leat_keyed_watermark(const leat_keyed *keyed)
{
	LEAT_ASSERT(keyed);
	return leat_stream_watermark(&keyed->stream);
}

/* Else there is no need to ask every key. */
static int stores_values(const leat_keyed *k)
{
	if (k->by_count)
		return k->by_count->kind == LEAT_SLIDING ||
		    k->by_count->keep_values;
	return k->stream.plan.kind == LEAT_SLIDING ||
	    k->stream.forest.layout.ordered;
}

void leat_keyed_counts(leat_keyed *keyed, leat_counts *counts_out)
{
	const struct leat_stream *st = &keyed->stream;
	const struct leat_roster *r = &keyed->roster;

	LEAT_ASSERT(keyed && counts_out);
	leat_queue_look(keyed);
	*counts_out = st->counts;
	counts_out->stored = 0;
	for (size_t i = 0; i < r->n && stores_values(keyed); i++)
		if (r->order[i] != 0)
			counts_out->stored += st->plan.engine->stored(st,
			    leat_entry_state(leat_ranked(keyed, (uint32_t)i)));
}
