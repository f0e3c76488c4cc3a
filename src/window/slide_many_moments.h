/*
 * slide_many_moments.h - squared deviations of many pushes; part of the
 * template slide_many.h
 *
 * The steps and the joins are those of slide_moments.h. With no value missing
 * the counts are the same in all lanes. Where some are, they are counted by
 * lane, and each chunk must have a third of a window's values, so that B is
 * what results are joined about. An array that is otherwise, or in which
 * deviations overflow, is left to single pushes.
 */

struct MANY_NAME(run) {
	MANY_V n, k, mu, m2, c2;
};

/* Takes x in; share is 1 / n if no value is missing. */
MANY_FUNCTION void MANY_NAME(moment)(struct MANY_NAME(run) * r, MANY_V x,
    MANY_V share, int gaps)
{
	MANY_V delta, q, t, m2, one = MANY_OP(dup)(1);

	if (gaps) {
		MANY_M valid = MANY_OP(valid)(x);
		MANY_M first = MANY_OP(both)(valid, MANY_OP(zero)(r->n));
		r->k = MANY_OP(pick)(first, x, r->k);
		r->n = MANY_OP(add)(r->n, MANY_OP(and)(one, valid));
		share = MANY_OP(div)(one, MANY_OP(max)(r->n, one));
		delta = MANY_OP(sub)(MANY_OP(sub)(x, r->k), r->mu);
		delta = MANY_OP(and)(delta, valid);
	} else {
		delta = MANY_OP(sub)(MANY_OP(sub)(x, r->k), r->mu);
	}
	q = MANY_OP(mul)(delta, share);
	r->mu = MANY_OP(add)(r->mu, q);
	t = MANY_OP(mul)(delta, MANY_OP(sub)(delta, q));
	m2 = MANY_OP(add)(r->m2, t);
	r->c2 = MANY_OP(add)(r->c2, MANY_OP(sub)(t, MANY_OP(sub)(m2, r->m2)));
	r->m2 = m2;
}

/* 1 / n for n = from and the numbers after it. */
MANY_FUNCTION void MANY_NAME(shares)(size_t from, double *share)
{
	MANY_OP(store)
	(share,
	    MANY_OP(div)(MANY_OP(dup)(1),
		MANY_OP(count)((double)(int64_t)from)));
}

/* A prefix as results need it. */
struct MANY_NAME(kept) {
	MANY_V mu, m2, n; /* n only where values may be missing */
};

MANY_FUNCTION void MANY_NAME(keep)(const struct MANY_NAME(run) * r,
    struct MANY_NAME(kept) * kept, int gaps)
{
	kept->mu = r->mu;
	kept->m2 = MANY_OP(add)(r->m2, r->c2);
	if (gaps)
		kept->n = r->n;
}

MANY_TARGET static LEAT_NOINLINE void
MANY_NAME(moments_forwards)(const struct many_group *g, size_t from, size_t to,
    struct MANY_NAME(run) * run, struct MANY_NAME(kept) * prefix, int gaps)
{
	struct MANY_NAME(run) r = *run;
	MANY_V column[MANY] = { MANY_OP(dup)(0) }, share;
	double shares[MANY];
	size_t i = from;

	for (; i + MANY <= to; i += MANY, prefix += MANY) {
		MANY_NAME(read)(g->d, i, column);
		MANY_NAME(shares)(i + 1, shares);
		MANY_UNROLL
		for (size_t j = 0; j < MANY; j++) {
			share = MANY_OP(dup)(shares[j]);
			MANY_NAME(moment)(&r, column[j], share, gaps);
			MANY_NAME(keep)(&r, prefix + j, gaps);
		}
	}
	for (; i < to; i++, prefix++) {
		share = MANY_OP(dup)(1 / (double)(int64_t)(i + 1));
		MANY_NAME(moment)
		(&r, MANY_NAME(gather)(g->d, i), share, gaps);
		MANY_NAME(keep)(&r, prefix, gaps);
	}
	*run = r;
}

/* B, and how much more than its k that of D is. */
struct MANY_NAME(middle) {
	MANY_V n, k, mu, m2, apart;
};

/* The variance of three runs; see moments_join(). */
MANY_FUNCTION MANY_V MANY_NAME(moments_join)(const struct many_group *g,
    const struct MANY_NAME(run) * a, const struct MANY_NAME(middle) * b,
    const struct MANY_NAME(kept) * d, MANY_V d_n, int gaps)
{
	MANY_V rn, free, ma, md, ta, td, t, m2, one = MANY_OP(dup)(1);

	if (gaps) {
		MANY_V n = MANY_OP(add)(MANY_OP(add)(a->n, b->n), d_n);
		rn = MANY_OP(div)(one, n);
		free = MANY_OP(sub)(n, one);
		free = MANY_OP(pick)(MANY_OP(zero)(free), MANY_OP(dup)(NAN),
		    free);
	} else {
		rn = MANY_OP(dup)(g->inverse);
		free = MANY_OP(dup)(g->free);
	}
	ma = MANY_OP(add)(MANY_OP(sub)(a->k, b->k), MANY_OP(sub)(a->mu, b->mu));
	md = MANY_OP(add)(b->apart, MANY_OP(sub)(d->mu, b->mu));
	ta = MANY_OP(mul)(a->n, ma);
	td = MANY_OP(mul)(d_n, md);
	t = MANY_OP(add)(ta, td);
	m2 = MANY_OP(add)(MANY_OP(mul)(ta, ma), MANY_OP(mul)(td, md));
	m2 = MANY_OP(sub)(m2, MANY_OP(mul)(t, MANY_OP(mul)(t, rn)));
	t = MANY_OP(add)(MANY_OP(add)(a->m2, a->c2), b->m2);
	m2 = MANY_OP(add)(MANY_OP(add)(t, d->m2), m2);
	return MANY_OP(div)(m2, free);
}

/* A step of A's suffix, which has n values if none is missing. */
MANY_FUNCTION void MANY_NAME(moments_back)(struct MANY_NAME(run) * a, MANY_V x,
    MANY_V share, int gaps)
{
	MANY_NAME(moment)(a, x, share, gaps);
	if (!gaps)
		a->n = MANY_OP(add)(a->n, MANY_OP(dup)(1));
}

/*
 * Results of pushes from one place to another, the last ones first. Returns 0
 * if one is no number.
 */
MANY_FUNCTION int MANY_NAME(moments_backwards)(const struct many_group *g,
    size_t from, size_t to, const struct MANY_NAME(middle) * b,
    struct MANY_NAME(run) * run, const struct MANY_NAME(kept) * prefix,
    double *out, int root, int gaps)
{
	size_t next = 1 -
	    g->odd; /* a suffix begins so much later than D ends */
	struct MANY_NAME(run) a = *run;
	MANY_V column[MANY], any = MANY_OP(dup)(0), r, one = MANY_OP(dup)(1);
	MANY_V d_n = MANY_OP(dup)((double)(int64_t)to), share;
	double shares[MANY];

	prefix += to - from;
	for (; (to - from) % MANY != 0; to--) {
		size_t of_a = g->chunk - (to - 1 + next);
		share = MANY_OP(dup)(1 / (double)(int64_t)of_a);
		if (of_a > 0)
			MANY_NAME(moments_back)
		(&a, MANY_NAME(gather)(g->a, to - 1 + next), share, gaps);
		prefix--;
		r = MANY_NAME(moments_join)(g, &a, b, prefix,
		    gaps ? prefix->n : d_n, gaps);
		any = MANY_OP(add)(any, r);
		d_n = MANY_OP(sub)(d_n, one);
		MANY_NAME(scatter)
		(g, out, to - 1, root ? MANY_OP(sqrt)(r) : r);
	}
	for (; to > from; to -= MANY) {
		int empty = MANY_NAME(read_a)(g, to, next, column);
		MANY_NAME(shares)(g->chunk - (to - 1 + next), shares);
		prefix -= MANY;
		MANY_UNROLL
		for (size_t j = MANY; j-- > 0;) {
			share = MANY_OP(dup)(shares[MANY - 1 - j]);
			if (j < MANY - 1 || !empty)
				MANY_NAME(moments_back)
			(&a, column[j], share, gaps);
			r = MANY_NAME(moments_join)(g, &a, b, prefix + j,
			    gaps ? prefix[j].n : d_n, gaps);
			any = MANY_OP(add)(any, r);
			d_n = MANY_OP(sub)(d_n, one);
			column[j] = r;
		}
		if (root) {
			MANY_UNROLL
			for (size_t j = 0; j < MANY; j++)
				column[j] = MANY_OP(sqrt)(column[j]);
		}
		MANY_NAME(write)(g, out, to - MANY, column);
	}
	*run = a;
	return !MANY_OP(any_nan)(any);
}

/* B of each lane is D of the one before; whole is B of the first. */
MANY_FUNCTION void MANY_NAME(moments_whole)(struct MANY_NAME(run) * d,
    struct many_whole *whole, struct MANY_NAME(middle) * b)
{
	MANY_V m2 = MANY_OP(add)(d->m2, d->c2);

	b->n = MANY_OP(enter)(d->n, whole->n);
	b->k = MANY_OP(enter)(d->k, whole->k);
	b->mu = MANY_OP(enter)(d->mu, whole->mu);
	b->m2 = MANY_OP(enter)(m2, whole->m2);
	b->apart = MANY_OP(sub)(d->k, b->k);
	whole[0].n = MANY_OP(last)(d->n);
	whole[0].k = MANY_OP(last)(d->k);
	whole[0].mu = MANY_OP(last)(d->mu);
	whole[0].m2 = MANY_OP(last)(m2);
	whole[1].n = MANY_OP(last)(b->n);
	whole[1].k = MANY_OP(last)(b->k);
	whole[1].mu = MANY_OP(last)(b->mu);
	whole[1].m2 = MANY_OP(last)(b->m2);
}

/* Each lane's B has a third of the values of any window. */
MANY_FUNCTION int MANY_NAME(moments_dense)(const struct many_group *g,
    MANY_V b_n)
{
	double n[MANY];
	int dense = 1;

	MANY_OP(store)(n, b_n);
	for (size_t i = 0; i < MANY; i++)
		dense &= n[i] * 3 >= g->full;
	return dense;
}

MANY_FUNCTION int MANY_NAME(moments_turn)(const struct many_group *g,
    struct many_whole *whole, double *out, int root, int gaps)
{
	struct MANY_NAME(kept) prefix[MANY_BLOCK];
	struct MANY_NAME(run) mark[MANY_MARKS], d, a;
	struct MANY_NAME(middle) b;
	size_t n = g->chunk, start, end;
	int ok = 1;

	d.n = d.k = d.mu = d.m2 = d.c2 = MANY_OP(dup)(0);
	a = d;
	if (!gaps) {
		d.n = MANY_OP(dup)((double)(int64_t)n);
		d.k = MANY_NAME(gather)(g->d, 0);
		a.k = MANY_NAME(gather)(g->a, n - 1);
	}
	for (start = 0; start < n; start += MANY_BLOCK) {
		mark[start / MANY_BLOCK] = d;
		end = many_least(start + MANY_BLOCK, n);
		MANY_NAME(moments_forwards)(g, start, end, &d, prefix, gaps);
	}
	MANY_NAME(moments_whole)(&d, whole, &b);
	if (gaps && !MANY_NAME(moments_dense)(g, b.n))
		return 0;
	for (end = n; end > 0 && ok; end = start) {
		start = (end - 1) / MANY_BLOCK * MANY_BLOCK;
		if (end != n)
			MANY_NAME(moments_forwards)
		(g, start, end, &mark[start / MANY_BLOCK], prefix, gaps);
		ok = MANY_NAME(moments_backwards)(g, start, end, &b, &a, prefix,
		    out, root, gaps);
	}
	return ok;
}

MANY_FUNCTION int MANY_NAME(moments_as)(struct many_group g,
    struct many_whole *whole, double *out, int root, int gaps)
{
	int ok = 1;

	for (; g.turns > 0 && ok; g.turns--) {
		ok = MANY_NAME(moments_turn)(&g, whole, out, root, gaps);
		out += MANY * g.chunk * g.step;
		if (g.turns > 1)
			many_turn(&g, MANY);
	}
	return ok;
}

/*
 * Writes variances, or their roots. Returns 0 if it cannot, and what is in
 * *whole is then of no use.
 */
MANY_TARGET static LEAT_NOINLINE int MANY_NAME(moments_plain)(
    const struct many_group *g, struct many_whole *whole, double *out, int root)
{
	return MANY_NAME(moments_as)(*g, whole, out, root, 0);
}

MANY_TARGET static LEAT_NOINLINE int MANY_NAME(moments_gaps)(
    const struct many_group *g, struct many_whole *whole, double *out, int root)
{
	return MANY_NAME(moments_as)(*g, whole, out, root, 1);
}

static int MANY_NAME(moments)(const struct many_group *g,
    struct many_whole *whole, double *out, int root, int gaps)
{
	return gaps ? MANY_NAME(moments_gaps)(g, whole, out, root)
		    : MANY_NAME(moments_plain)(g, whole, out, root);
}
