/*
 * keyed.c - the life of keyed windows, and what can be asked of them
 *
 * The object is one block: the struct, what its flow needs, an empty state
 * and room for the results of one key. Keys and their windows come from
 * pools and slabs beside it, which grow with them; that is what max_bytes is
 * about.
 */
#include "key.h"

/* ---------------- options ----------------------------------------- */

static int check_keyed(const leat_keyed_options *o)
{
	if ((o->by_time.n_stats > 0) == (o->by_count.n_stats > 0) ||
	    o->by_time.allocator || o->by_count.allocator ||
	    o->max_keys > (uint64_t)1 << 31 ||
	    (o->full != LEAT_REFUSE && o->full != LEAT_EVICT_OLD) ||
	    !leat_allocator_fits(o->allocator))
		return LEAT_EINVAL;
	return o->ttl < 0 ? LEAT_ESPAN : LEAT_OK;
}

static int plan_by_count(leat_keyed *k, const leat_window_options *o)
{
	struct leat_flow *f = &k->flow;
	int err = leat_window_size(o, &k->window_bytes);

	if (err)
		return err;
	f->engine = &leat_counted_engine;
	f->state_size = (sizeof(struct leat_state) + 15) & ~(size_t)15;
	f->clock.n_sources = 1;
	for (size_t i = 0; i < o->n_stats; i++)
		f->pairs |= leat_stat_pairs(&o->stats[i]) != 0;
	return LEAT_OK;
}

/* What follows an entry's state, if it is needed. */
static void plan_entries(leat_keyed *k, const leat_keyed_options *o)
{
	k->entry_size = sizeof(struct leat_entry) + k->flow.state_size;
	if (o->ttl > 0) {
		k->latest_at = k->entry_size;
		k->entry_size += sizeof(int64_t);
	}
	if (o->full == LEAT_EVICT_OLD && (o->max_keys || o->max_bytes)) {
		k->links_at = k->entry_size;
		k->entry_size += sizeof(struct leat_neighbours);
	}
	k->announces = o->by_time.kind == LEAT_SESSION ||
	    k->flow.engine == &leat_ranges_engine;
	k->spare_cells = k->flow.engine == &leat_cells_engine;
	k->careful = k->flow.careful || k->latest_at || o->max_bytes > 0;
	k->tracks = k->latest_at || k->links_at || k->flow.early_span > 0;
}

static int plan_keyed(leat_keyed *k, const leat_keyed_options *o)
{
	int by_count = o->by_count.n_stats > 0, err = check_keyed(o);

	memset(k, 0, sizeof(*k));
	if (err)
		return err;
	err = by_count ? plan_by_count(k, &o->by_count)
		       : leat_flow_plan(&k->flow, &o->by_time);
	if (err)
		return err;
	k->seed[0] = o->seed[0];
	k->seed[1] = o->seed[1];
	k->ttl = o->ttl;
	k->max_keys = o->max_keys ? o->max_keys : (uint64_t)1 << 31;
	k->evicted = o->evicted;
	k->n_values = by_count ? o->by_count.n_stats : o->by_time.n_stats;
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
	size_t counted = o->by_count.n_stats;

	leat_cut(c, 1, sizeof(*k));
	leat_flow_cut(&k->flow, c);
	k->blank = leat_cut(c, 1, k->flow.state_size);
	k->values = leat_cut(c, k->n_values, sizeof(double));
	k->by_count = leat_cut(c, counted > 0, sizeof(*k->by_count));
	k->stats = leat_cut(c, counted, sizeof(*k->stats));
	if (counted == 0)
		k->by_count = NULL;
}

static void start_counted(leat_keyed *k, const leat_keyed_options *o)
{
	struct leat_flow *f = &k->flow;

	leat_memory_start(&f->memory,
	    o->allocator ? o->allocator : &leat_malloc_allocator);
	f->told = &f->sink;
	leat_clock_reset(&f->clock);
	*k->by_count = o->by_count;
	memcpy(k->stats, o->by_count.stats,
	    o->by_count.n_stats * sizeof(*k->stats));
	k->by_count->stats = k->stats;
	leat_counted_start(k);
}

static void start_keyed(leat_keyed *k, const leat_keyed_options *o)
{
	leat_time_window_options by_time = o->by_time;

	memset(k->blank, 0, k->flow.state_size);
	by_time.allocator = o->allocator;
	if (k->by_count)
		start_counted(k, o);
	else
		leat_flow_start(&k->flow, &by_time);
	k->flow.memory.limit = o->max_bytes;
	leat_entries_start(k);
}

int leat_keyed_new(leat_keyed **keyed_out, const leat_keyed_options *options)
{
	leat_keyed plan, *k;
	struct leat_cutter measure = { NULL, 0, 0 };
	void *base;
	int err;

	LEAT_ASSERT(keyed_out && options);
	if ((err = plan_keyed(&plan, options)))
		return err;
	cut_keyed(&plan, &measure, options);
	if (measure.overflow)
		return LEAT_ETOOBIG;
	err = leat_block_claim(&plan.block, options->allocator, NULL, 0,
	    measure.used, &base);
	if (err)
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
	struct leat_flow *f = &keyed->flow;

	LEAT_ASSERT(keyed);
	leat_queue_clear(keyed);
	leat_entries_clear(keyed);
	leat_clock_reset(&f->clock);
	memset(&f->counts, 0, sizeof(f->counts));
	keyed->early_from = INT64_MIN;
	keyed->early = 0;
	keyed->visits = 0;
}

static void move_keyed(const leat_keyed *from, leat_keyed *to,
    const leat_allocator *allocator)
{
	leat_flow_moved(from, to, &to->flow, allocator);
	to->blank = leat_moved(from, to, from->blank);
	to->values = leat_moved(from, to, from->values);
	to->by_count = leat_moved(from, to, from->by_count);
	to->stats = leat_moved(from, to, from->stats);
	if (!to->by_count)
		return;
	to->by_count->stats = to->stats;
	to->by_count->sink = from->flow.sink;
	leat_counted_start(to);
}

int leat_keyed_copy(const leat_keyed *keyed, const leat_allocator *allocator,
    leat_keyed **copy_out)
{
	struct leat_block block;
	int err;

	LEAT_ASSERT(keyed && copy_out);
	leat_queue_look(keyed);
	leat_keyed *k = leat_block_copy(&block, allocator, &keyed->block,
	    keyed);
	if (!k)
		return LEAT_ENOMEM;
	k->block = block;
	move_keyed(keyed, k, allocator);
	/* A copy packs otherwise, so it may be larger. */
	k->flow.memory.lifted = 1;
	err = leat_entries_copy(k, keyed);
	k->flow.memory.lifted = 0;
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
	const struct leat_flow *f = &k->flow;
	const struct leat_state *s = leat_entry_state(e);

	f->engine->look(f, s, start_out, end_out);
	if (k->by_count)
		leat_counted_query(s, out);
	else
		leat_flow_lower(f, *start_out, *end_out, out);
}

static uint32_t find_key(const leat_keyed *k, const void *key, size_t key_len)
{
	LEAT_ASSERT(k && (key || key_len == 0));
	if (key_len > LEAT_KEY_MAX)
		return 0;
	leat_queue_look(k);
	return leat_entry_find(k, key, key_len, leat_key_hash(k, key, key_len));
}

int leat_keyed_query(const leat_keyed *keyed, const void *key, size_t key_len,
    double *out)
{
	uint32_t i = find_key(keyed, key, key_len);
	int64_t start, end;

	LEAT_ASSERT(out);
	if (!i)
		return LEAT_EKEY;
	look_up(keyed, leat_entry_at(keyed, i), out, &start, &end);
	return LEAT_OK;
}

int leat_keyed_drop(leat_keyed *keyed, const void *key, size_t key_len)
{
	uint32_t i = find_key(keyed, key, key_len);

	if (!i)
		return LEAT_EKEY;
	leat_entry_evict(keyed, i);
	return LEAT_OK;
}

int leat_keyed_each(const leat_keyed *keyed,
    int (*visit)(void *ctx, const leat_result *result), void *ctx)
{
	const struct leat_roster *r = &keyed->roster;

	LEAT_ASSERT(keyed && visit);
	leat_queue_look(keyed);
	for (size_t i = 0; i < r->n; i++) {
		leat_result told = { keyed->values, keyed->n_values, 0, 0, NULL,
			0, 0, 0 };
		if (r->order[i] == 0)
			continue;
		const struct leat_entry *e = leat_ranked(keyed, (uint32_t)i);
		look_up(keyed, e, keyed->values, &told.start, &told.end);
		told.key = leat_entry_text(e);
		told.key_len = e->len;
		int stop = visit(ctx, &told);
		if (stop)
			return stop;
	}
	return LEAT_OK;
}

uint64_t leat_keyed_length(const leat_keyed *keyed)
{
	LEAT_ASSERT(keyed);
	leat_queue_look(keyed);
	return keyed->roster.length;
}

uint64_t leat_keyed_bytes(const leat_keyed *keyed)
{
	LEAT_ASSERT(keyed);
	leat_queue_look(keyed);
	return keyed->flow.memory.bytes;
}

int64_t leat_keyed_now(const leat_keyed *keyed)
{
	LEAT_ASSERT(keyed);
	return keyed->flow.clock.now;
}

int64_t leat_keyed_watermark(const leat_keyed *keyed)
{
	LEAT_ASSERT(keyed);
	return keyed->flow.clock.watermark;
}

/* Else there is no need to ask every key. */
static int stores_values(const leat_keyed *k)
{
	if (k->by_count)
		return k->by_count->kind == LEAT_SLIDING ||
		    k->by_count->keep_values;
	return k->flow.kind == LEAT_SLIDING || k->flow.ordered;
}

void leat_keyed_counts(const leat_keyed *keyed, leat_time_counts *counts_out)
{
	const struct leat_flow *f = &keyed->flow;
	const struct leat_roster *r = &keyed->roster;

	LEAT_ASSERT(keyed && counts_out);
	leat_queue_look(keyed);
	*counts_out = f->counts;
	counts_out->stored = 0;
	for (size_t i = 0; i < r->n && stores_values(keyed); i++)
		if (r->order[i] != 0)
			counts_out->stored += f->engine->stored(f,
			    leat_entry_state(leat_ranked(keyed, (uint32_t)i)));
}
