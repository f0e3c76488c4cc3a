/*
 * time_query.c - queries, which do not change the window
 *
 * Several threads may query one window at once, so what a result is made from
 * lies on the stack. A block of built-in classes is small. Users' classes may
 * be large, and there may be many of them: where a block would be too large,
 * sections are asked for one after the other, in blocks that have no other.
 * The stream that does this is a copy whose section lies elsewhere in what is
 * combined (offset) than in what it is combined from (from). That is enough:
 * with users' classes trees have nodes, and of these everything is joined into
 * one block, and nothing else is worked out on the way.
 */
#include "ranges.h"

/* Blocks up to this size are asked for in one piece, as those that decay. */
enum { QUERY_WHOLE = 4096 };

struct query {
	const struct leat_stream *st;
	const struct leat_state *s;
	size_t section;
	double *out;
	void *partial_out;
};

static void look_and_lower(const struct leat_stream *st,
    const struct leat_state *s, struct leat_accs *whole, double *out)
{
	int64_t start, end;

	st->plan.engine->look(st, s, whole, &start, &end);
	leat_stream_lower(st, whole, start, end, out);
}

static void query_whole(void *ctx, void *scratch)
{
	const struct query *q = ctx;

	look_and_lower(q->st, q->s, scratch, q->out);
}

/* Makes the statistics of one section, or its partial. */
static void query_section(void *ctx, void *scratch)
{
	const struct query *q = ctx;
	struct leat_stream narrow = *q->st;
	struct leat_section section = q->st->forest.layout.sections[q->section];
	unsigned char *partial = (unsigned char *)scratch +
	    leat_round_up(sizeof(struct leat_accs));
	int64_t start, end;

	section.offset = (size_t)(partial - (unsigned char *)scratch);
	narrow.forest.layout.sections = &section;
	narrow.forest.layout.n_sections = 1;
	narrow.forest.layout.narrow = 1;
	narrow.plan.engine->look(&narrow, q->s, scratch, &start, &end);
	if (q->partial_out)
		memcpy(q->partial_out, partial, section.packed);
	else if (!leat_stream_is_silent(q->st, scratch))
		leat_lower_agg(q->st->plan.stats, q->st->plan.n_stats,
		    section.agg, partial, q->out);
}

static void ask_section(struct query *q)
{
	leat_with_scratch(leat_round_up(sizeof(struct leat_accs)) +
		q->st->forest.layout.sections[q->section].size,
	    query_section, q);
}

static void query_built_in(const struct leat_stream *st,
    const struct leat_state *s, size_t n, double *out)
{
	struct leat_stream narrow = *st;
	struct leat_accs_room room;

	narrow.forest.layout.n_sections = n;
	narrow.forest.layout.has_user = 0;
	narrow.forest.layout.narrow = 1;
	look_and_lower(&narrow, s, leat_accs_in(&room), out);
}

static void query_large(const struct leat_stream *st,
    const struct leat_state *s, double *out)
{
	struct query q = { st, s, 0, out, NULL };

	if (st->forest.layout.accs_size <= QUERY_WHOLE) {
		leat_with_scratch(st->forest.layout.accs_size, query_whole, &q);
		return;
	}
	/* Sections of users come last. */
	while (q.section < st->forest.layout.n_sections &&
	    !st->forest.layout.sections[q.section].agg)
		q.section++;
	query_built_in(st, s, q.section, out);
	for (; q.section < st->forest.layout.n_sections; q.section++)
		ask_section(&q);
}

void leat_stream_query(const struct leat_stream *st, const struct leat_state *s,
    double *out)
{
	const struct leat_accs *held = NULL;
	struct leat_accs_room room;

	if (st->plan.engine->held)
		held = st->plan.engine->held(st, s);
	if (held)
		leat_stream_lower(st, held, 0, 0, out);
	else if (LEAT_UNLIKELY(st->forest.layout.has_user ||
		     st->forest.layout.accs_size > sizeof(room)))
		query_large(st, s, out);
	else
		look_and_lower(st, s, leat_accs_in(&room), out);
}

int leat_stream_partial(const struct leat_stream *st,
    const struct leat_state *s, const leat_agg *agg, void *partial_out)
{
	struct query q = { st, s, 0, NULL, partial_out };

	while (q.section < st->forest.layout.n_sections &&
	    st->forest.layout.sections[q.section].agg != agg)
		q.section++;
	if (q.section == st->forest.layout.n_sections)
		return LEAT_ESTAT;
	/* While a result is emitted its partials are there. */
	if (st->emitter.calls.result)
		memcpy(partial_out,
		    (unsigned char *)st->emitter.whole +
			st->forest.layout.sections[q.section].offset,
		    agg->size);
	else
		ask_section(&q);
	return LEAT_OK;
}

static void read_value(void *ctx, const leat_sample *s)
{
	struct leat_reading *r = ctx;

	if (r->skip > 0 || r->n == 0) {
		r->skip -= r->skip > 0;
		return;
	}
	r->n--;
	if (r->t)
		*r->t++ = s->t;
	if (r->x)
		*r->x++ = s->x;
	if (r->y)
		*r->y++ = s->y;
}

int leat_stream_read(const struct leat_stream *st, const struct leat_state *s,
    struct leat_reading to)
{
	uint64_t stored = st->plan.engine->stored(st, s);

	if (!st->plan.traits.slides)
		return LEAT_ENOTSUP;
	if (to.skip > stored || to.n > stored - to.skip)
		return LEAT_ERANGE;
	if (to.y && !st->forest.layout.pairs)
		return LEAT_EPAIRS;
	if (s->content)
		leat_tree_each(&st->forest, &leat_ranges_of(s)->tree,
		    read_value, &to);
	return LEAT_OK;
}
