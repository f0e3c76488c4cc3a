/*
 * superacc.c - an exact sum, rounded
 *
 * Four digits from the highest that is used are lined up as one number of 192
 * bits without a sign; all below these is a flag that says: a little more. 53
 * bits of it, rounded, are the leading term, and 53 of what is left are the
 * second one. Where these would reach below the four digits, the leading term
 * is taken away from a copy of the sum, and this is rounded instead.
 * Cost: some sixty operations.
 */
#include "superacc.h"

/* The digit that is too much is less than 2^48, so one carry settles it. */
void leat_superacc_settle(struct leat_superacc *s, unsigned i)
{
	while (i + 1 < LEAT_SUPER_DIGITS &&
	    (s->digit[i] > LEAT_SUPER_REST || s->digit[i] < -LEAT_SUPER_REST)) {
		int64_t carry = leat_super_carry(s->digit[i]);
		s->digit[i] -= carry * ((int64_t)1 << 48);
		s->digit[++i] += carry;
	}
	s->used = 0;
	for (i = 0; i < LEAT_SUPER_DIGITS; i++)
		s->used |= (uint64_t)(s->digit[i] != 0) << i;
}

void leat_superacc_join(struct leat_superacc *s,
    const struct leat_superacc *other)
{
	int64_t carry = 0;

	s->used = 0;
	for (unsigned i = 0; i < LEAT_SUPER_DIGITS; i++) {
		int64_t d = s->digit[i] + other->digit[i] + carry;
		carry = i + 1 < LEAT_SUPER_DIGITS ? leat_super_carry(d) : 0;
		s->digit[i] = d - carry * ((int64_t)1 << 48);
		s->used |= (uint64_t)(s->digit[i] != 0) << i;
	}
}

/*
 * A number of 192 bits, the first word the highest, whose last bit is worth
 * 2^(at - 1074). more: bits below that of `fine` are unknown, not all of them
 * 0.
 */
struct super_figure {
	uint64_t word[3];
	int at, fine, more, minus;
};

/* m 2^(at - 1074), and whether it was rounded up. */
struct super_leading {
	uint64_t m;
	int at, minus, up;
};

/* Moves what a digit has too much, or lacks, to be in 0 .. 2^48 - 1. */
static int64_t figure_borrow(int64_t *d)
{
	int64_t floor = (int64_t)(((uint64_t)*d + ((uint64_t)1 << 62)) >> 48) -
	    (1 << 14);

	*d -= floor * ((int64_t)1 << 48);
	return floor;
}

static int super_is_negative(const struct leat_superacc *s, uint64_t used)
{
	return s->digit[63 - leat_high_zeros(used)] < 0;
}

static struct super_figure figure_of(const struct leat_superacc *s)
{
	int top = 63 - leat_high_zeros(s->used);
	int last = top > 3 ? top - 3 : 0;
	uint64_t below = s->used & (((uint64_t)1 << last) - 1);
	const int64_t *digit = &s->digit[last];
	struct super_figure f = { { 0, 0, 0 }, 48 * last, 0, below != 0,
		super_is_negative(s, s->used) };
	int64_t sign = f.minus ? -1 : 1;
	int64_t a = digit[3] * sign, b = digit[2] * sign;
	int64_t c = digit[1] * sign, d = digit[0] * sign;

	if (below && super_is_negative(s, below) != f.minus)
		d--;
	c += figure_borrow(&d);
	b += figure_borrow(&c);
	a += figure_borrow(&b);
	f.word[0] = (uint64_t)a << 16 | (uint64_t)b >> 32;
	f.word[1] = (uint64_t)b << 32 | (uint64_t)c >> 16;
	f.word[2] = (uint64_t)c << 48 | (uint64_t)d;
	return f;
}

static int figure_is_zero(const struct super_figure *f)
{
	return (f->word[0] | f->word[1] | f->word[2]) == 0;
}

/* Moves a figure, which is not 0, up until its highest bit is set. */
static void figure_normalize(struct super_figure *f)
{
	int zeros;

	while (f->word[0] == 0) {
		f->word[0] = f->word[1];
		f->word[1] = f->word[2];
		f->word[2] = 0;
		f->at -= 64;
		f->fine += 64;
	}
	zeros = leat_high_zeros(f->word[0]);
	f->word[0] = f->word[0] << zeros | f->word[1] >> 1 >> (63 - zeros);
	f->word[1] = f->word[1] << zeros | f->word[2] >> 1 >> (63 - zeros);
	f->word[2] <<= zeros;
	f->at -= zeros;
	f->fine += zeros;
}

/* 53 bits of a figure in its highest place, to nearest, ties to even. */
static struct super_leading figure_lead(const struct super_figure *f)
{
	uint64_t low = f->word[0] & 0x7ff;
	uint64_t more = f->word[1] | f->word[2] | (uint64_t)f->more;
	struct super_leading l = { f->word[0] >> 11, f->at + 139, f->minus, 0 };

	l.up = low > 0x400 || (low == 0x400 && (more != 0 || (l.m & 1)));
	l.m += (uint64_t)l.up;
	return l;
}

/*
 * A figure below 2^139 becomes what it lacks to that. Where there is more, all
 * bits from `fine` on are the complements of what they were.
 */
static void figure_complement(struct super_figure *f)
{
	uint64_t *w = f->word;

	if (!f->more && w[2]-- == 0 && w[1]-- == 0)
		w[0]--;
	w[0] = ~w[0] & 0x7ff;
	w[1] = ~w[1];
	w[2] = ~w[2];
	f->minus = !f->minus;
}

static struct super_leading figure_second(const struct leat_superacc *s,
    struct super_figure *f, const struct super_leading *first)
{
	struct super_leading none = { 0, 0, 0, 0 };
	struct leat_superacc rest;

	f->word[0] &= 0x7ff;
	if (first->up)
		figure_complement(f);
	if (!figure_is_zero(f)) {
		figure_normalize(f);
		if (!f->more || f->fine < 128)
			return figure_lead(f);
	} else if (!f->more) {
		return none;
	}
	rest = *s;
	leat_superacc_put(&rest,
	    first->at < 0 ? first->m >> -first->at : first->m,
	    first->at < 0 ? 0 : (unsigned)first->at, !first->minus);
	struct super_figure below = figure_of(&rest);
	figure_normalize(&below);
	return figure_lead(&below);
}

/*
 * The double that is a leading term over 2^by: exact for what is a multiple of
 * 2^-1074 and no larger than DBL_MAX; bits below 2^-1074 are dropped. It is put
 * together from its bits, which a thread that flushes small numbers to zero
 * leaves alone.
 */
static double figure_scaled(const struct super_leading *l, int by)
{
	int at = l->at - by;
	uint64_t bits = at >= 0 ? ((uint64_t)at << 52) + l->m
	    : at > -64          ? l->m >> -at
				: 0;
	double x;

	bits |= (uint64_t)(l->minus != 0) << 63;
	memcpy(&x, &bits, sizeof(x));
	return x;
}

struct leat_terms leat_superacc_terms(const struct leat_superacc *s)
{
	struct leat_terms t = { 0, 0, 1 };

	if (s->used == 0)
		return t;
	struct super_figure f = figure_of(s);
	figure_normalize(&f);
	struct super_leading hi = figure_lead(&f),
			     lo = figure_second(s, &f, &hi);
	/* 2^1024, where the leading term begins with 2^52 2^972. */
	int by = hi.at + LEAT_SUPER_LEAST + (hi.m >> 53 != 0) > 971 ? 64 : 0;

	if (by)
		t.unit = 0x1p64;
	t.hi = figure_scaled(&hi, by);
	t.lo = lo.m > 0 ? figure_scaled(&lo, by) : 0;
	return t;
}
