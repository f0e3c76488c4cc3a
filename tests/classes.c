/*
 * Aggregate classes for the tests.
 *
 * The watching class's partial is a mark, the numbers of the first and
 * the last sample of its run, and how many there are, followed by a
 * pattern up to the size asked for. Missing values are not shown to a
 * class, so neighbours are runs whose numbers rise, with nothing but
 * missing values of the stream between them.
 */
#include "classes.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* ------------------------------------------------------------------ */
/* Words                                                              */
/* ------------------------------------------------------------------ */

static void word_identity(void *ctx, void *partial)
{
	struct word *w = partial;
	(void)ctx;
	memset(w, 0, sizeof(*w));
}

static void word_add(struct word *w, const char *text, uint32_t n)
{
	for (uint32_t i = 0; i < n && w->n < sizeof(w->text); i++)
		w->text[w->n++] = text[i];
}

static void word_lift(void *ctx, void *partial, const leat_sample *s)
{
	const char letter = (char)('a' + (int)s->x);
	word_identity(ctx, partial);
	word_add(partial, &letter, 1);
}

static void word_combine(void *ctx, void *left, const void *right)
{
	const struct word *r = right;
	(void)ctx;
	word_add(left, r->text, r->n);
}

double word_lower(const struct word *w)
{
	uint32_t h = w->n;
	for (uint32_t i = 0; i < w->n; i++)
		h = h * 31 + (unsigned char)w->text[i];
	return h;
}

static double word_report(void *ctx, const void *partial, const leat_stat *stat)
{
	(void)ctx;
	return word_lower(partial) + stat->arg;
}

/* The text, without its length, which is that of the bytes. */
static size_t word_save(void *ctx, const void *partial, unsigned char *bytes)
{
	const struct word *w = partial;
	(void)ctx;
	memcpy(bytes, w->text, w->n);
	return w->n;
}

static int word_load(void *ctx, void *partial, const unsigned char *bytes,
    size_t n_bytes)
{
	struct word *w = partial;
	word_identity(ctx, w);
	if (n_bytes > sizeof(w->text))
		return -1;
	memcpy(w->text, bytes, n_bytes);
	w->n = (uint32_t)n_bytes;
	return 0;
}

const leat_agg word_class = {
	.name = "word",
	.size = sizeof(struct word),
	.identity = word_identity,
	.lift = word_lift,
	.combine = word_combine,
	.lower = word_report,
	.saved_size = 60,
	.save = word_save,
	.load = word_load,
};

/* ------------------------------------------------------------------ */
/* Chains                                                             */
/* ------------------------------------------------------------------ */

enum { PRIME = 2147483647 };

static uint32_t reduce(uint64_t z)
{
	return (uint32_t)(z % PRIME);
}

/* Any double, 0 and -0 alike, to 16 bits. */
static uint32_t number(double x)
{
	uint64_t bits;
	double plain = x + 0.0;
	memcpy(&bits, &plain, sizeof(bits));
	bits ^= bits >> 32;
	return (uint32_t)(bits ^ bits >> 16) & 0xffff;
}

static struct chain map_of(const leat_sample *s)
{
	struct chain c;
	c.a = reduce(2 + (uint64_t)number(s->x) + (uint64_t)s->t * 65537);
	c.b = reduce(7 + (uint64_t)number(s->y) * 31 + (uint64_t)s->t);
	return c;
}

void chain_identity(struct chain *c)
{
	c->a = 1;
	c->b = 0;
}

/* left first, then right: z -> ar (al z + bl) + br */
static struct chain then(struct chain l, struct chain r)
{
	struct chain c;
	c.a = reduce((uint64_t)r.a * l.a);
	c.b = reduce((uint64_t)r.a * l.b + r.b);
	return c;
}

void chain_append(struct chain *c, const leat_sample *s)
{
	*c = then(*c, map_of(s));
}

static void chain_do_identity(void *ctx, void *partial)
{
	(void)ctx;
	chain_identity(partial);
}

static void chain_do_lift(void *ctx, void *partial, const leat_sample *s)
{
	(void)ctx;
	*(struct chain *)partial = map_of(s);
}

static void chain_do_combine(void *ctx, void *left, const void *right)
{
	struct chain *l = left;
	(void)ctx;
	*l = then(*l, *(const struct chain *)right);
}

static void chain_do_prepend(void *ctx, void *partial, const leat_sample *s)
{
	struct chain *r = partial;
	(void)ctx;
	*r = then(map_of(s), *r);
}

double chain_lower(const struct chain *c)
{
	return (double)c->a + (double)c->b * 2147483648.0;
}

static double chain_report(void *ctx, const void *partial,
    const leat_stat *stat)
{
	(void)ctx;
	(void)stat;
	return chain_lower(partial);
}

/*
 * The class has one of the two optional functions: each is optional by itself.
 */
static size_t chain_save(void *ctx, const void *partial, unsigned char *bytes)
{
	const struct chain *c = partial;
	(void)ctx;
	leat_put_uint64(bytes, (uint64_t)c->a << 32 | c->b);
	return 8;
}

static int chain_load(void *ctx, void *partial, const unsigned char *bytes,
    size_t n_bytes)
{
	struct chain *c = partial;
	(void)ctx;
	if (n_bytes != 8)
		return -1;
	c->a = (uint32_t)(leat_get_uint64(bytes) >> 32);
	c->b = (uint32_t)leat_get_uint64(bytes);
	return c->a >= PRIME || c->b >= PRIME;
}

const leat_agg chain_class = {
	.name = "chain",
	.size = sizeof(struct chain),
	.identity = chain_do_identity,
	.lift = chain_do_lift,
	.combine = chain_do_combine,
	.lower = chain_report,
	.prepend = chain_do_prepend,
	.saved_size = 8,
	.save = chain_save,
	.load = chain_load,
};

/* ------------------------------------------------------------------ */
/* The watch                                                          */
/* ------------------------------------------------------------------ */

/* Copied in and out by memcpy: the partial's size may be odd. */
struct run {
	int64_t first, last;
	uint32_t n;
	uint32_t mark;
};

enum { MARK = 0x5EA7 };

static void check_align(struct watch *w, const void *partial)
{
	if ((uintptr_t)partial % w->align != 0)
		w->faults++;
}

static struct run get(struct watch *w, const void *partial)
{
	struct run r;
	check_align(w, partial);
	memcpy(&r, partial, sizeof(r));
	if (r.mark != MARK)
		w->faults++;
	return r;
}

static void put(struct watch *w, void *partial, struct run r)
{
	check_align(w, partial);
	memcpy(partial, &r, sizeof(r));
}

static struct run single(struct watch *w, const leat_sample *s)
{
	struct run r = { s->t, s->t, 1, MARK };
	if (w->x != NULL && memcmp(&w->x[s->t], &s->x, sizeof(s->x)) != 0)
		w->faults++;
	if (w->x != NULL && s->y != (w->y != NULL ? w->y[s->t] : 0.0))
		w->faults++;
	if (isnan(s->x) || isnan(s->y))
		w->faults++;
	return r;
}

static int only_missing(const struct watch *w, int64_t from, int64_t to)
{
	for (int64_t t = from; w->x != NULL && t < to; t++) {
		if (!isnan(w->x[t]) && !(w->y != NULL && isnan(w->y[t])))
			return 0;
	}
	return 1;
}

static struct run join(struct watch *w, struct run l, struct run r)
{
	if (l.n == 0)
		return r;
	if (r.n == 0)
		return l;
	if (l.last >= r.first || !only_missing(w, l.last + 1, r.first))
		w->faults++;
	l.last = r.last;
	l.n += r.n;
	return l;
}

static void watch_identity(void *ctx, void *partial)
{
	struct watch *w = ctx;
	struct run r = { 0, 0, 0, MARK };
	w->identities++;
	put(w, partial, r);
}

static void watch_lift(void *ctx, void *partial, const leat_sample *s)
{
	struct watch *w = ctx;
	w->lifts++;
	put(w, partial, single(w, s));
}

static void watch_combine(void *ctx, void *left, const void *right)
{
	struct watch *w = ctx;
	w->combines++;
	if (left == right)
		w->faults++;
	put(w, left, join(w, get(w, left), get(w, right)));
}

static double watch_lower(void *ctx, const void *partial, const leat_stat *stat)
{
	struct watch *w = ctx;
	struct run r = get(w, partial);
	w->lowers++;
	if (r.n == 0)
		return -1;
	return stat->arg == 0 ? r.n
	    : stat->arg == 1  ? (double)r.first
			      : (double)r.last;
}

static void watch_append(void *ctx, void *partial, const leat_sample *s)
{
	struct watch *w = ctx;
	w->appends++;
	put(w, partial, join(w, get(w, partial), single(w, s)));
}

static void watch_prepend(void *ctx, void *partial, const leat_sample *s)
{
	struct watch *w = ctx;
	w->prepends++;
	put(w, partial, join(w, single(w, s), get(w, partial)));
}

leat_agg watch_class(struct watch *w, size_t size, int fast)
{
	leat_agg agg = {
		.name = "watch",
		.identity = watch_identity,
		.lift = watch_lift,
		.combine = watch_combine,
		.lower = watch_lower,
	};
	agg.size = size < sizeof(struct run) ? sizeof(struct run) : size;
	agg.ctx = w;
	if (fast) {
		agg.append = watch_append;
		agg.prepend = watch_prepend;
	}
	w->align = _Alignof(max_align_t);
	while (agg.size % w->align != 0)
		w->align /= 2;
	return agg;
}

size_t watch_steps(const struct watch *w)
{
	return w->appends + w->prepends + w->lifts;
}

void watch_clear(struct watch *w)
{
	w->identities = w->lifts = w->combines = w->lowers = 0;
	w->appends = w->prepends = 0;
}
