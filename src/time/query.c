/*
 * query.c - results for those who only look
 *
 * Several threads may look at one window, so what a result is made from lies
 * on the stack. A block of built-in classes is small. Users' classes may be
 * large, and there may be many of them: where a block would be too large,
 * sections are asked for one after the other, in blocks that have no other.
 * The flow that does this is a copy whose section lies elsewhere in what is
 * combined (offset) than in what it is combined from (from). That is enough:
 * with users' classes trees have nodes, and of these everything is joined
 * into one block, and nothing else is worked out on the way.
 */
#include "time.h"

/* Blocks up to this are asked for in one piece; so is what fades. */
enum { QUERY_WHOLE = 4096 };

struct query {
	const struct leat_flow *f;
	const struct leat_state *s;
	size_t section;
	double *out;
	void *partial_out;
};

static void look_and_lower(const struct leat_flow *f,
    const struct leat_state *s, struct leat_accs *whole, double *out)
{
	int64_t start, end;

	f->engine->look(f, s, whole, &start, &end);
	leat_flow_lower(f, whole, start, end, out);
}

static void query_whole(void *ctx, void *scratch)
{
	const struct query *q = ctx;

	look_and_lower(q->f, q->s, scratch, q->out);
}

/* Sections of users come last. */
static size_t first_user(const struct leat_flow *f)
{
	size_t i = 0;

	while (i < f->n_sections && !f->sections[i].agg)
		i++;
	return i;
}

static void query_built_in(const struct leat_flow *f,
    const struct leat_state *s, double *out)
{
	struct leat_flow narrow = *f;
	struct leat_accs_room room;

	narrow.n_sections = first_user(f);
	narrow.has_user = 0;
	narrow.narrow = 1;
	look_and_lower(&narrow, s, leat_accs_in(&room), out);
}

/* Of one section: its statistics, or its partial. */
static void query_section(void *ctx, void *scratch)
{
	const struct query *q = ctx;
	struct leat_flow narrow = *q->f;
	struct leat_section section = q->f->sections[q->section];
	unsigned char *partial = (unsigned char *)scratch +
	    leat_round_up(sizeof(struct leat_accs));
	int64_t start, end;

	section.offset = (size_t)(partial - (unsigned char *)scratch);
	narrow.sections = &section;
	narrow.n_sections = 1;
	narrow.narrow = 1;
	narrow.engine->look(&narrow, q->s, scratch, &start, &end);
	if (q->partial_out)
		memcpy(q->partial_out, partial, section.packed);
	else if (!leat_flow_is_silent(q->f, scratch))
		leat_lower_agg(q->f->plan, q->f->n_stats, q->section, partial,
		    q->out);
}

static void ask_section(struct query *q)
{
	leat_with_scratch(leat_round_up(sizeof(struct leat_accs)) +
		q->f->sections[q->section].size,
	    query_section, q);
}

static void query_large(const struct leat_flow *f, const struct leat_state *s,
    double *out)
{
	struct query q = { f, s, 0, out, NULL };

	if (f->accs_size <= QUERY_WHOLE) {
		leat_with_scratch(f->accs_size, query_whole, &q);
		return;
	}
	query_built_in(f, s, out);
	for (q.section = first_user(f); q.section < f->n_sections; q.section++)
		ask_section(&q);
}

void leat_flow_query(const struct leat_flow *f, const struct leat_state *s,
    double *out)
{
	struct leat_accs_room room;

	if (LEAT_UNLIKELY(f->has_user || f->accs_size > sizeof(room)))
		query_large(f, s, out);
	else
		look_and_lower(f, s, leat_accs_in(&room), out);
}

int leat_flow_partial(const struct leat_flow *f, const struct leat_state *s,
    const leat_agg *agg, void *partial_out)
{
	struct query q = { f, s, 0, NULL, partial_out };

	while (q.section < f->n_sections && f->sections[q.section].agg != agg)
		q.section++;
	if (q.section == f->n_sections)
		return LEAT_ESTAT;
	if (f->calls.result) /* while it is told its partials are there */
		memcpy(partial_out,
		    (unsigned char *)f->whole + f->sections[q.section].offset,
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

int leat_flow_read(const struct leat_flow *f, const struct leat_state *s,
    struct leat_reading to)
{
	uint64_t stored = f->engine->stored(f, s);

	if (f->kind != LEAT_SLIDING)
		return LEAT_ENOTSUP;
	if (to.skip > stored || to.n > stored - to.skip)
		return LEAT_ERANGE;
	if (to.y && !f->pairs)
		return LEAT_EPAIRS;
	if (s->content)
		leat_tree_each(f, &leat_ranges_of(s)->tree, read_value, &to);
	return LEAT_OK;
}
