/*
 * keyed_query.c - what can be asked of keyed windows
 *
 * Events that wait (deferred.c) are settled first. Inside a callback the keys
 * are between two states, so that only the result that is being emitted can be
 * asked for.
 */
#include "keyed.h"

/* Finds the window that a query of the key sees, and its results. */
static void look_up(const leat_keyed *k, const struct leat_entry *e,
    double *out, int64_t *start_out, int64_t *end_out)
{
	const struct leat_stream *st = &k->stream;
	const struct leat_state *s = leat_entry_state(e);

	st->plan.engine->look(st, s, st->emitter.whole, start_out, end_out);
	if (k->by_count)
		memcpy(out, leat_window_answer(leat_counted_window(s)).values,
		    k->n_values * sizeof(*out));
	else
		leat_stream_lower(st, st->emitter.whole, *start_out, *end_out,
		    out);
}

/* Returns the key's entry; NULL: there is no such key. */
static struct leat_entry *find_entry(leat_keyed *k, const void *key,
    size_t key_len)
{
	if (key_len > LEAT_KEY_MAX)
		return NULL;
	leat_deferred_settle(k);
	return leat_key_find(k, key, key_len);
}

/* Returns the result that is being emitted; NULL: it is not of this key. */
static const leat_result *result_of_key(const leat_keyed *k, const void *key,
    size_t key_len)
{
	const leat_result *r = k->stream.emitter.calls.result;

	return !r || r->key_len != key_len ||
		(key_len > 0 && memcmp(r->key, key, key_len) != 0)
	    ? NULL
	    : r;
}

int leat_keyed_query(leat_keyed *keyed, const void *key, size_t key_len,
    double *out)
{
	const struct leat_entry *e;
	int64_t start, end;

	LEAT_ASSERT(keyed && (key || key_len == 0) && out);
	if (leat_is_inside(&keyed->stream.emitter.calls)) {
		const leat_result *r = result_of_key(keyed, key, key_len);
		if (!r)
			return LEAT_EINVAL;
		memcpy(out, r->values, r->n_values * sizeof(*out));
		return LEAT_OK;
	}
	if (!(e = find_entry(keyed, key, key_len)))
		return LEAT_EKEY;
	look_up(keyed, e, out, &start, &end);
	return LEAT_OK;
}

int leat_keyed_interval(leat_keyed *keyed, const void *key, size_t key_len,
    int64_t *start_out, int64_t *end_out)
{
	const struct leat_stream *st = &keyed->stream;
	const struct leat_entry *e;

	LEAT_ASSERT(keyed && (key || key_len == 0) && start_out && end_out);
	if (leat_is_inside(&st->emitter.calls)) {
		const leat_result *r = result_of_key(keyed, key, key_len);
		*start_out = r ? r->start : *start_out;
		*end_out = r ? r->end : *end_out;
		return r ? LEAT_OK : LEAT_EINVAL;
	}
	if (!(e = find_entry(keyed, key, key_len)))
		return LEAT_EKEY;
	st->plan.engine->look(st, leat_entry_state(e), NULL, start_out,
	    end_out);
	return LEAT_OK;
}

/* Copies the partial of a class from the result that is being emitted. */
static int partial_emitted(const leat_keyed *k, const leat_result *r,
    const leat_agg *agg, void *partial_out)
{
	for (size_t i = 0; r->partials && i < r->n_values; i++) {
		const leat_stat *s = k->by_count ? &k->stats[i]
						 : &k->stream.plan.stats[i];
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
	const struct leat_entry *e;

	LEAT_ASSERT(keyed && (key || key_len == 0) && agg && partial_out);
	if (leat_is_inside(&st->emitter.calls)) {
		const leat_result *r = result_of_key(keyed, key, key_len);
		return r ? partial_emitted(keyed, r, agg, partial_out)
			 : LEAT_EINVAL;
	}
	if (!(e = find_entry(keyed, key, key_len)))
		return LEAT_EKEY;
	s = leat_entry_state(e);
	return keyed->by_count
	    ? leat_window_partial(leat_counted_window(s), agg, partial_out)
	    : leat_stream_partial(st, s, agg, partial_out);
}

int leat_keyed_drop(leat_keyed *keyed, const void *key, size_t key_len)
{
	struct leat_entry *e;

	LEAT_ASSERT(keyed && (key || key_len == 0));
	if (leat_is_inside(&keyed->stream.emitter.calls))
		return LEAT_EINVAL;
	if (!(e = find_entry(keyed, key, key_len)))
		return LEAT_EKEY;
	leat_key_evict(keyed, e);
	return leat_calls_done(&keyed->stream.emitter.calls, LEAT_OK);
}

/* Calls `visit` with what a query of the key answers. */
static int visit_key(leat_keyed *k, const struct leat_entry *e,
    const leat_sink *visit)
{
	leat_result r;
	int64_t start, end;

	leat_set_current_key(k, e);
	if (k->by_count) {
		r = leat_counted_result(k, leat_entry_state(e));
	} else {
		look_up(k, e, k->values, &start, &end);
		r = leat_stream_result(&k->stream, start, end);
		r.values = k->values;
	}
	leat_call_emit(&k->stream.emitter.calls, visit, &r);
	return leat_calls_done(&k->stream.emitter.calls, LEAT_OK);
}

int leat_keyed_each(leat_keyed *keyed,
    int (*visit)(void *ctx, const leat_result *result), void *ctx)
{
	const struct leat_entry *e;
	leat_sink to = { visit, ctx };
	int err = LEAT_OK;

	LEAT_ASSERT(keyed && visit);
	if (leat_is_inside(&keyed->stream.emitter.calls))
		return LEAT_EINVAL;
	leat_deferred_settle(keyed);
	e = leat_entry_from(&keyed->entries, 0);
	for (; e && !err; e = leat_entry_next(&keyed->entries, e))
		err = visit_key(keyed, e, &to);
	return err;
}

uint64_t leat_keyed_n_keys(leat_keyed *keyed)
{
	LEAT_ASSERT(keyed);
	leat_deferred_settle(keyed);
	return keyed->entries.order.length;
}

uint64_t leat_keyed_bytes(leat_keyed *keyed)
{
	LEAT_ASSERT(keyed);
	leat_deferred_settle(keyed);
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

void leat_keyed_counts(leat_keyed *keyed, leat_counts *counts_out)
{
	const struct leat_stream *st = &keyed->stream;
	const leat_window_options *o = keyed->by_count;
	const struct leat_entry *e;
	int stores;

	LEAT_ASSERT(keyed && counts_out);
	leat_deferred_settle(keyed);
	*counts_out = st->counts;
	counts_out->stored = 0;
	/* Each key must be asked if windows may store values. */
	stores = o ? o->kind == LEAT_SLIDING || o->keep_values
		   : st->plan.traits.slides || st->forest.layout.ordered;
	e = stores ? leat_entry_from(&keyed->entries, 0) : NULL;
	for (; e; e = leat_entry_next(&keyed->entries, e))
		counts_out->stored += st->plan.engine->stored(st,
		    leat_entry_state(e));
}
