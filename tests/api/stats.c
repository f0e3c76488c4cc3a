/*
 * Statistics to compute, classes of the user's own among them, and what must
 * hold of any result.
 */
#include "api.h"

#include <math.h>
#include <string.h>

#include "../classes.h"
#include "../lists.h"

leat_stat api_stats[API_STATS];
size_t api_n_stats;

/* ---- A class with a partial of odd size, for pairs as well ---- */

/* The first and the last x, and how many: 20 bytes, aligned to 4. */
enum { ENDS = 20 };

static void ends_identity(void *ctx, void *partial)
{
	(void)ctx;
	memset(partial, 0, ENDS);
}

static void ends_lift(void *ctx, void *partial, const leat_sample *s)
{
	unsigned char *p = partial;
	uint32_t n = 1;

	(void)ctx;
	memcpy(p, &n, 4);
	memcpy(p + 4, &s->x, 8);
	memcpy(p + 12, &s->x, 8);
}

static void ends_combine(void *ctx, void *left, const void *right)
{
	unsigned char *l = left;
	const unsigned char *r = right;
	uint32_t n, m;

	(void)ctx;
	memcpy(&n, l, 4);
	memcpy(&m, r, 4);
	if (n == 0)
		memcpy(l, r, ENDS);
	if (n == 0 || m == 0)
		return;
	n += m;
	memcpy(l, &n, 4);
	memcpy(l + 12, r + 12, 8);
}

static double ends_lower(void *ctx, const void *partial, const leat_stat *stat)
{
	const unsigned char *p = partial;
	uint32_t n;
	double first, last;

	(void)ctx;
	memcpy(&n, p, 4);
	memcpy(&first, p + 4, 8);
	memcpy(&last, p + 12, 8);
	return stat->arg > 0 ? n : n > 0 ? last - first : NAN;
}

/* Cannot be saved: windows that would have to are refused. */
static const leat_agg ends = { .name = "ends",
	.size = ENDS,
	.identity = ends_identity,
	.lift = ends_lift,
	.combine = ends_combine,
	.lower = ends_lower };

/* ---- A class of pairs that may be taken in any order ---- */

static void mix_identity(void *ctx, void *partial)
{
	(void)ctx;
	memset(partial, 0, 8);
}

static void mix_lift(void *ctx, void *partial, const leat_sample *s)
{
	uint64_t x, y;

	(void)ctx;
	memcpy(&x, &s->x, 8);
	memcpy(&y, &s->y, 8);
	x = (x ^ (uint64_t)s->t * 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u;
	x = (x ^ x >> 29 ^ y) * 0x94D049BB133111EBu;
	memcpy(partial, &x, 8);
}

static void mix_combine(void *ctx, void *left, const void *right)
{
	uint64_t l, r;

	(void)ctx;
	memcpy(&l, left, 8);
	memcpy(&r, right, 8);
	l += r;
	memcpy(left, &l, 8);
}

static void mix_append(void *ctx, void *partial, const leat_sample *s)
{
	uint64_t one;

	mix_lift(ctx, &one, s);
	mix_combine(ctx, partial, &one);
}

static double mix_lower(void *ctx, const void *partial, const leat_stat *stat)
{
	uint64_t x;

	(void)ctx;
	memcpy(&x, partial, 8);
	return (double)(x >> 11) + stat->arg;
}

static size_t mix_save(void *ctx, const void *partial, unsigned char *bytes)
{
	uint64_t x;

	(void)ctx;
	memcpy(&x, partial, 8);
	leat_put_uint64(bytes, x);
	return 8;
}

static int mix_load(void *ctx, void *partial, const unsigned char *bytes,
    size_t n_bytes)
{
	uint64_t x;

	(void)ctx;
	if (n_bytes != 8)
		return -1;
	x = leat_get_uint64(bytes);
	memcpy(partial, &x, 8);
	return 0;
}

static const leat_agg mixed = { .name = "mix",
	.size = 8,
	.pairs = 1,
	.identity = mix_identity,
	.lift = mix_lift,
	.combine = mix_combine,
	.lower = mix_lower,
	.append = mix_append,
	.prepend = mix_append,
	.commutative = 1,
	.saved_size = 8,
	.save = mix_save,
	.load = mix_load };

static const leat_agg *const classes[] = { &chain_class, &ends, &mixed };

const leat_agg *api_a_class(void)
{
	return classes[api_pick(sizeof(classes) / sizeof(classes[0]))];
}

/* ---- Choosing ---- */

/* Half of those of pairs are errors; what time orders is rare by count. */
static leat_stat choose_listed(int timed, int pairs)
{
	leat_stat list[N_STATS];
	int errors = pairs && api_one_in(2);
	unsigned without = errors ? 0 : STAT_ERRORS & ~STAT_PAIRS;
	size_t n;

	if (timed || !api_one_in(4))
		without |= STAT_RANKED;
	if (!timed)
		without |= STAT_TIMED | (api_one_in(8) ? 0 : STAT_SERIES);
	if (!pairs)
		without |= STAT_PAIRS;
	n = stats_with(errors ? STAT_ERRORS : 0, without, list);
	return list[api_pick(n)];
}

/*
 * Mostly there is no statistic of pairs, or each choice of many would be one
 * of pairs; now and then there is no such statistic.
 */
static leat_stat choose_stat(int timed, int pairs)
{
	leat_stat s = LEAT_STAT_INIT(0);

	if (api_one_in(8)) {
		s.id = LEAT_STAT_AGG;
		s.agg = pairs ? api_a_class() : classes[api_pick(2)];
		s.arg = (double)api_pick(2);
		return s;
	}
	s = choose_listed(timed, pairs);
	if (s.id == LEAT_STAT_RATE)
		s.arg = 1 + (double)api_byte();
	if (api_one_in(128))
		s.id = (int)api_byte() - 100;
	return s;
}

void api_choose_stats(int timed)
{
	int pairs = api_one_in(3);

	api_n_stats = 1 + api_pick(API_STATS);
	for (size_t i = 0; i < api_n_stats; i++)
		api_stats[i] = choose_stat(timed, pairs);
}

/* ---- What holds of results ---- */

static int is_between(double x, double low, double high)
{
	return isnan(x) || (x >= low && x <= high);
}

static void see_result(int id, double x)
{
	const struct listed_stat *s = listed_stat(id);

	if (id == LEAT_STAT_COUNT || id == LEAT_STAT_COUNT_MISSING)
		API_SOUND(x == floor(x));
	if (s)
		API_SOUND(is_between(x, s->low, s->high));
}

void api_note_row(const char *what, const double *row)
{
	for (size_t i = 0; i < api_n_stats; i++)
		see_result(api_stats[i].id, row[i]);
	api_note_doubles(what, row, api_n_stats);
}

/* ---- Sinks ---- */

void (*api_asks)(void *object, const leat_result *result);
void *api_object;

void api_note_result(const leat_result *r)
{
	API_MUST(r->n_values == api_n_stats);
	API_SOUND(r->start <= r->end);
	api_note_row("values", r->values);
	api_note("start", (uint64_t)r->start);
	api_note("end", (uint64_t)r->end);
	api_note("revision", r->revision);
	api_note("flags", (uint64_t)r->flags);
	api_note("watermark", (uint64_t)r->watermark);
	api_note("count", r->count);
	api_note("missing", r->missing);
	for (size_t i = 0; r->partials && i < r->n_values; i++)
		if (r->partials[i])
			api_note_bytes("partial", r->partials[i],
			    api_stats[i].agg->size);
	if (r->key_len > 0)
		api_note_bytes("key", r->key, r->key_len);
}

static int take_result(void *ctx, const leat_result *r)
{
	(void)ctx;
	api_note("emit", 0);
	api_note_result(r);
	if (api_asks)
		api_asks(api_object, r);
	return 0;
}

static int take_evicted(void *ctx, const leat_result *r)
{
	(void)ctx;
	API_MUST(r->flags & LEAT_RESULT_DROPPED);
	api_note("evicted", 0);
	api_note_result(r);
	return 0;
}

static int take_late(void *ctx, const leat_event *e)
{
	(void)ctx;
	api_note("late", (uint64_t)e->t);
	api_note_double("late x", e->x);
	api_note_double("late y", e->y);
	api_note("late source", e->source);
	if (e->key_len > 0)
		api_note_bytes("late key", e->key, e->key_len);
	return 0;
}

leat_sink api_sink = { take_result, NULL },
	  api_evicted = { take_evicted, NULL };
leat_late_sink api_late = { take_late, NULL };
