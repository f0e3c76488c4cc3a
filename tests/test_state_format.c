/*
 * Saved state: what the bytes are, and what is refused
 *
 * Bytes written by hand after leat_state(5) are what the library writes and
 * loads. Then everything that can be wrong with them: each bit, each length,
 * each option, parts and versions that are not known, callbacks that stop
 * short, tags, classes, memory.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "keyed_choice.h"

#include "alloc.h"
#include "classes.h"
#include "data.h"
#include "saved.h"
#include "suites.h"

/* ---- Bytes by hand ---- */

struct hand {
	unsigned char bytes[512];
	size_t n, chunk; /* start of the current chunk */
};

static void put_byte(struct hand *h, unsigned x)
{
	ck_assert_uint_lt(h->n, sizeof(h->bytes));
	h->bytes[h->n++] = (unsigned char)x;
}

static void put_text(struct hand *h, const char *text)
{
	for (; *text; text++)
		put_byte(h, (unsigned char)*text);
}

static void put_number(struct hand *h, uint64_t x)
{
	for (; x > 127; x /= 128)
		put_byte(h, 128 + (unsigned)(x % 128));
	put_byte(h, (unsigned)x);
}

/* The bits of these are known without a machine's help. */
static void put_word(struct hand *h, uint64_t bits)
{
	for (int i = 0; i < 8; i++)
		put_byte(h, (unsigned)(bits >> 8 * i & 255));
}

#define ONE 0x3FF0000000000000u
#define TWO 0x4000000000000000u
#define THREE 0x4008000000000000u
#define FOUR 0x4010000000000000u
#define HALF 0x3FE0000000000000u
#define NONE 0x7FF8000000000000u

static void begin_chunk(struct hand *h, unsigned part, unsigned required)
{
	h->chunk = h->n;
	put_byte(h, part);
	put_byte(h, required);
	put_byte(h, 0);
	put_byte(h, 0);
}

static void end_chunk(struct hand *h)
{
	size_t n = h->n - h->chunk - 4;

	h->bytes[h->chunk + 2] = (unsigned char)n;
	h->bytes[h->chunk + 3] = (unsigned char)(n >> 8);
}

static void begin_state(struct hand *h, unsigned object)
{
	h->n = 0;
	put_text(h, "leat");
	put_byte(h, 3);
	put_byte(h, object);
	put_byte(h, 0);
	put_byte(h, 0);
}

static struct saved end_state(struct hand *h)
{
	struct saved s;

	begin_chunk(h, 0, 1);
	for (int i = 0; i < 4; i++)
		put_byte(h, 0);
	end_chunk(h);
	s.n = h->n;
	s.bytes = malloc(s.n);
	ck_assert_ptr_nonnull(s.bytes);
	memcpy(s.bytes, h->bytes, s.n);
	saved_repair(&s);
	return s;
}

static void expect_bytes(const struct saved *is, const struct saved *should)
{
	size_t i = 0;

	while (i < is->n && i < should->n && is->bytes[i] == should->bytes[i])
		i++;
	ck_assert_msg(i == is->n && i == should->n,
	    "%u bytes, not %u; they differ at %u", (unsigned)is->n,
	    (unsigned)should->n, (unsigned)i);
}

static const leat_stat sum_alone[] = { LEAT_SUM };

/* The last three of 1, 2, 3, 4, as leat_state(5) has them. */
static struct saved window_by_hand(void)
{
	struct hand h;

	begin_state(&h, 1);
	begin_chunk(&h, 2, 1);
	put_number(&h, 0); /* kind */
	put_number(&h, 3); /* size */
	put_number(&h, 0); /* hop */
	put_word(&h, 0);   /* 1 - alpha */
	put_number(&h, 0); /* unadjusted */
	put_number(&h, 1); /* min_count */
	put_number(&h, 0); /* on_missing */
	put_number(&h, 1); /* keep_values */
	put_number(&h, 1); /* one statistic: */
	put_number(&h, 4); /* the sum */
	put_word(&h, 0);
	end_chunk(&h);
	begin_chunk(&h, 3, 1);
	put_number(&h, 4); /* pushes */
	put_word(&h, FOUR);
	put_word(&h, TWO);
	put_word(&h, THREE);
	put_word(&h, FOUR);
	end_chunk(&h);
	return end_state(&h);
}

static leat_window_options window_options(void)
{
	leat_window_options o;

	memset(&o, 0, sizeof(o));
	o.size = 3;
	o.stats = sum_alone;
	o.n_stats = 1;
	return o;
}

static leat_window *four_values(void)
{
	leat_window_options o = window_options();
	leat_window *w;

	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	for (int i = 1; i <= 4; i++)
		leat_window_push(w, i);
	return w;
}

START_TEST(the_checksum_is_crc_32c)
{
	/* RFC 3720, B.4: of 32 zeros, and the usual check value. */
	static const unsigned char zeros[32];

	ck_assert_uint_eq(crc_by_bits((const void *)"123456789", 9),
	    0xE3069283);
	ck_assert_uint_eq(crc_by_bits(zeros, 32), 0x8A9136AA);
}
END_TEST

START_TEST(a_window_is_what_the_manual_says)
{
	struct saved should = window_by_hand(), is;
	leat_window_options o = window_options();
	leat_reader r = saved_reader(&should);
	leat_window *w = four_values(), *l;
	double sum;

	is = window_saved(w);
	expect_bytes(&is, &should);
	ck_assert_int_eq(leat_window_load(&l, &o, &r), LEAT_OK);
	ck_assert_int_eq(r.object, LEAT_OBJECT_WINDOW);
	ck_assert_int_eq(r.version, 3);
	leat_window_push(l, 5);
	leat_window_query(l, &sum);
	ck_assert_double_eq(sum, 12);
	leat_window_free(w);
	leat_window_free(l);
	saved_free(&is);
	saved_free(&should);
}
END_TEST

/* ---- Fading weights ---- */

static const leat_stat faded[] = { LEAT_MEAN, LEAT_VARIANCE };

static void put_double(struct hand *h, double x)
{
	unsigned char bytes[8];

	leat_put_double(bytes, x);
	for (int i = 0; i < 8; i++)
		put_byte(h, bytes[i]);
}

/* Fields for 2 values: their squared weights, and no scale. */
struct decay_fields {
	uint64_t n;
	double squares;
	int at; /* index of a number about scales; -1: none */
	uint64_t scale;
};

/*
 * alpha 1/2, after 3 and 6: weights 1/2 and 1, so the mean is 5, the sum of
 * squared deviations (1/2) 4 + 1, and the free weight (3/2)^2 - 5/4.
 */
static struct saved decay_with(int version, const struct decay_fields *d)
{
	struct hand h;

	begin_state(&h, 1);
	h.bytes[4] = (unsigned char)version;
	begin_chunk(&h, 2, 1);
	put_number(&h, 4); /* DECAY */
	put_number(&h, 0);
	put_number(&h, 0);
	put_double(&h, 0.5);
	put_number(&h, 0); /* recursive */
	put_number(&h, 1); /* min_count */
	put_number(&h, 0);
	put_number(&h, 0);
	put_number(&h, 2); /* two statistics */
	put_number(&h, 5);
	put_word(&h, 0);
	put_number(&h, 6);
	put_word(&h, 0);
	end_chunk(&h);
	begin_chunk(&h, 3, 1);
	put_number(&h, d->n); /* pushes */
	put_double(&h, 6);    /* the newest */
	put_number(&h, d->n);
	put_number(&h, d->n);
	put_number(&h, 0);
	for (int i = 0; i < (version < 2 ? 1 : 6); i++)
		put_number(&h, i == d->at ? d->scale : 0);
	put_byte(&h, 0x8f);  /* flags of ten words */
	put_double(&h, 1);   /* pending */
	put_double(&h, 1.5); /* sum of weights */
	put_double(&h, version < 2 ? d->squares : 1);
	put_double(&h, 5); /* the mean */
	put_double(&h, 3); /* sum m2x */
	put_byte(&h, 0);
	put_byte(&h, 0); /* infinities */
	end_chunk(&h);
	return end_state(&h);
}

static struct saved decay_by_hand(int version)
{
	static const struct decay_fields usual = { 2, 1.25, -1, 0 };

	return decay_with(version, &usual);
}

static leat_window_options decay_options(void)
{
	leat_window_options o;

	memset(&o, 0, sizeof(o));
	o.kind = LEAT_DECAY;
	o.alpha = 0.5;
	o.stats = faded;
	o.n_stats = 2;
	return o;
}

START_TEST(a_window_of_fading_weights_is_what_the_manual_says)
{
	struct saved should = decay_by_hand(3), is;
	leat_window_options o = decay_options();
	leat_window *w;

	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	leat_window_push(w, 3);
	leat_window_push(w, 6);
	is = window_saved(w);
	expect_bytes(&is, &should);
	leat_window_free(w);
	saved_free(&is);
	saved_free(&should);
}
END_TEST

START_TEST(fading_weights_of_version_1_load)
{
	struct saved s = decay_by_hand(1);
	leat_reader r = saved_reader(&s);
	leat_window_options o = decay_options();
	leat_window *w;
	double row[2];

	ck_assert_int_eq(leat_window_load(&w, &o, &r), LEAT_OK);
	ck_assert_int_eq(r.version, 1);
	leat_window_query(w, row);
	ck_assert_double_eq(row[0], 5);
	ck_assert_double_eq(row[1], 4.5); /* (6 - 3)^2 / 2 */
	leat_window_push(w, 5);
	leat_window_query(w, row);
	ck_assert_double_eq(row[0], 5);
	/* weights 1/4, 1/2, 1: 1.5 over 1.75 - 1.3125 / 1.75 */
	ck_assert_double_eq(row[1], 1.5);
	leat_window_free(w);
	saved_free(&s);
}
END_TEST

/* Version 1 lost digits by cancellation, but weights are not below 0. */
START_TEST(squared_weights_of_version_1_may_be_too_large)
{
	static const struct decay_fields fields[] = { { 2, 9, -1, 0 },
		{ 1, 1.25, -1, 0 } };
	leat_window_options o = decay_options();
	leat_window *w;
	double row[2];

	for (size_t i = 0; i < 2; i++) {
		struct saved s = decay_with(1, &fields[i]);
		leat_reader r = saved_reader(&s);
		ck_assert_int_eq(leat_window_load(&w, &o, &r), LEAT_OK);
		leat_window_query(w, row);
		ck_assert_double_eq(row[0], 5);
		ck_assert(!(row[1] < 0));
		leat_window_free(w);
		saved_free(&s);
	}
}
END_TEST

START_TEST(scales_are_not_larger_than_numbers_have_them)
{
	leat_window_options o = decay_options();
	leat_window *w;

	for (int at = 0; at < 6; at++)
		for (int below = 0; below < 2; below++) {
			struct decay_fields d = { 2, 1, at,
				UINT64_MAX - (uint64_t)below };
			struct saved s = decay_with(2, &d);
			leat_reader r = saved_reader(&s);
			ck_assert_int_eq(leat_window_load(&w, &o, &r),
			    LEAT_ESTATE);
			saved_free(&s);
		}
}
END_TEST

/* Two keys of a tumbling mean: what comes to little room. */
START_TEST(keyed_windows_are_what_the_manual_says)
{
	static const leat_stat mean[] = { LEAT_MEAN };
	keyed_choice o = { 0 };
	leat_keyed *k;
	struct hand h;
	struct saved is, should;

	o.by_time.kind = LEAT_TUMBLING;
	o.by_time.span = 10;
	o.by_time.stats = mean;
	o.by_time.n_stats = 1;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	leat_keyed_push(k, "a", 1, 23, 1);
	leat_keyed_push(k, "bc", 2, 21, 2);
	leat_keyed_push(k, "a", 1, 25, 0.5);
	is = keyed_saved(k);

	begin_state(&h, 3);
	begin_chunk(&h, 2, 1);
	put_number(&h, 0);  /* not by count */
	put_number(&h, 1);  /* kind */
	put_number(&h, 20); /* span, as a signed number */
	put_number(&h, 20); /* hop */
	put_number(&h, 0);  /* offset */
	put_number(&h, 0);  /* gap */
	put_word(&h, 0);    /* half_life */
	put_number(&h, 1);  /* min_count */
	for (int i = 0; i < 4; i++)
		put_number(&h, 0); /* missing, delay, lateness, max_skew */
	put_number(&h, 1);         /* n_sources */
	for (int i = 0; i < 6; i++)
		put_number(&h, 0); /* idle_timeout .. full */
	put_number(&h, 1);         /* one statistic: the mean */
	put_number(&h, 5);
	put_word(&h, 0);
	put_number(&h, 0); /* ttl */
	end_chunk(&h);
	begin_chunk(&h, 3, 1);
	put_number(&h, 1);  /* started; then times, each after the other: */
	put_number(&h, 50); /* now 25 */
	put_number(&h, 3);  /* began at 23 */
	put_number(&h, 4);  /* slowest source 25 */
	put_number(&h, 0);  /* watermark 25 */
	put_number(&h, 0);  /* target */
	put_number(&h, 3);  /* pushed */
	put_number(&h, 3);  /* taken */
	for (int i = 0; i < 5; i++)
		put_number(&h, 0);
	/* No early results so far: the smallest time, less 25, folded. */
	put_number(&h, UINT64_MAX - 49);
	put_number(&h, 0); /* none to tell */
	put_number(&h, 0); /* 0: time has not ended */
	put_number(&h, 0); /* no timer has expired: 0 ticks later */
	put_number(&h, 2); /* keys */
	put_number(&h, 4); /* length 1, no timer of its own */
	put_text(&h, "a");
	put_number(&h, 1);               /* cell */
	put_number(&h, UINT64_MAX - 40); /* from 20 to the smallest time */
	put_number(&h, 0);
	put_number(&h, 4);                 /* two values, none missing */
	put_number(&h, 4);                 /* a sum of one double */
	put_word(&h, 0x3FF8000000000000u); /* 1.5 */
	put_number(&h, 8);
	put_text(&h, "bc");
	put_number(&h, 1);
	put_number(&h, 0); /* at the same time */
	put_number(&h, 0);
	put_number(&h, 2);
	put_number(&h, 4);
	put_word(&h, TWO);
	end_chunk(&h);
	should = end_state(&h);
	expect_bytes(&is, &should);
	saved_free(&should);
	saved_free(&is);
	leat_keyed_free(k);
}
END_TEST

/* ---- Sums ---- */

/* A landmark window with that sum of so many values, loaded. */
static int load_sum(uint64_t values, uint64_t head, uint64_t units,
    const double *term, size_t n)
{
	static const leat_stat sum[] = { LEAT_SUM };
	leat_window_options o;
	leat_window *w;
	struct saved empty, s;
	struct chunk c;
	struct hand h;
	size_t i = 0;

	memset(&o, 0, sizeof(o));
	o.kind = LEAT_LANDMARK;
	o.stats = sum;
	o.n_stats = 1;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	empty = window_saved(w);
	leat_window_free(w);
	while (saved_chunk(&empty, i, &c) && c.part != 3)
		i++;
	memcpy(h.bytes, empty.bytes, c.at);
	h.n = c.at;
	begin_chunk(&h, 3, 1);
	put_number(&h, values);
	put_word(&h, values ? ONE : NONE);
	put_number(&h, 0); /* missing */
	put_number(&h, head);
	if (head & 1)
		put_number(&h, units);
	for (i = 0; i < n; i++)
		put_double(&h, term[i]);
	end_chunk(&h);
	s = end_state(&h);
	leat_reader r = saved_reader(&s);
	int err = leat_window_load(&w, &o, &r);
	if (!err)
		leat_window_free(w);
	saved_free(&s);
	saved_free(&empty);
	return err;
}

START_TEST(a_sum_has_one_form)
{
	static const double apart[] = { 1, 0x1p-60, 0x1p-200, 0x1p-1074 };
	static const double near[] = { 1, 2 }, zero[] = { 0 }, one[] = { 1 };
	static const double up[] = { 0x1p-60, 1 }, odd[] = { INFINITY, 1 };
	static const double tie[] = { 1, 0x1p-53, 0x1p-1074 };
	static const double late[] = { 1, INFINITY };

	ck_assert_int_eq(load_sum(9, 16, 0, apart, 4), LEAT_OK);
	ck_assert_int_eq(load_sum(9, 4, 0, odd, 1), LEAT_OK);
	ck_assert_int_eq(load_sum(9, 0, 0, NULL, 0), LEAT_OK);
	ck_assert_int_eq(load_sum(9, 5, 4, one, 1), LEAT_OK); /* 2 units */
	ck_assert_int_eq(load_sum(0, 0, 0, NULL, 0), LEAT_OK);
	ck_assert_int_eq(load_sum(1, 4, 0, one, 1), LEAT_OK);
	/* Two doubles where one would do, in another order, or 0. */
	ck_assert_int_eq(load_sum(9, 8, 0, near, 2), LEAT_ESTATE);
	ck_assert_int_eq(load_sum(9, 8, 0, up, 2), LEAT_ESTATE);
	ck_assert_int_eq(load_sum(9, 4, 0, zero, 1), LEAT_ESTATE);
	/* Above the half it is rounded up. */
	ck_assert_int_eq(load_sum(9, 12, 0, tie, 3), LEAT_ESTATE);
	ck_assert_int_eq(load_sum(9, 8, 0, tie, 2), LEAT_OK);
	/* An infinity has nothing beside it. */
	ck_assert_int_eq(load_sum(9, 8, 0, odd, 2), LEAT_ESTATE);
	ck_assert_int_eq(load_sum(9, 8, 0, late, 2), LEAT_ESTATE);
	ck_assert_int_eq(load_sum(9, 5, 4, odd, 1), LEAT_ESTATE);
	ck_assert_int_eq(load_sum(9, 6, 0, odd, 1), LEAT_ESTATE);
	/* Units that are none, too few to be needed, or too many. */
	ck_assert_int_eq(load_sum(9, 5, 0, one, 1), LEAT_ESTATE);
	ck_assert_int_eq(load_sum(9, 5, 2, one, 1), LEAT_ESTATE);
	ck_assert_int_eq(load_sum(9, 5, (uint64_t)1 << 62, one, 1),
	    LEAT_ESTATE);
	ck_assert_int_eq(load_sum(9, 5, ((uint64_t)1 << 62) - 1, one, 1),
	    LEAT_ESTATE);
	/* This window loses nothing. */
	ck_assert_int_eq(load_sum(9, 6, 0, one, 1), LEAT_ESTATE);
	/* The sum of one value is one double, and that of none has none. */
	ck_assert_int_eq(load_sum(1, 8, 0, tie, 2), LEAT_ESTATE);
	ck_assert_int_eq(load_sum(1, 5, 4, one, 1), LEAT_ESTATE);
	ck_assert_int_eq(load_sum(0, 4, 0, one, 1), LEAT_ESTATE);
	ck_assert_int_eq(load_sum(9, 4 * 45, 0, apart, 4), LEAT_ESTATE);
}
END_TEST

/* ---- What is not whole ---- */

/* A reader that comes to its end. */
static size_t read_rest(void *ctx, void *bytes, size_t n)
{
	struct saved *rest = ctx;

	n = n < rest->n ? n : rest->n;
	memcpy(bytes, rest->bytes, n);
	rest->bytes += n;
	rest->n -= n;
	return n;
}

/* The first n bytes, by pieces, and without a place for the tag. */
static int load_pieces(const struct saved *s, size_t n)
{
	leat_window_options o = window_options();
	struct saved rest = { s->bytes, n };
	leat_reader r = { 0 };
	leat_window *w;

	r.read = read_rest;
	r.ctx = &rest;
	int err = leat_window_load(&w, &o, &r);
	if (!err)
		leat_window_free(w);
	return err;
}

static int load_window(const struct saved *s, leat_reader *r_out)
{
	leat_window_options o = window_options();
	leat_reader r = saved_reader(s);
	leat_window *w;
	int err = leat_window_load(&w, &o, &r);

	if (!err)
		leat_window_free(w);
	if (r_out)
		*r_out = r;
	return err;
}

static int check_state(const struct saved *s)
{
	leat_reader r = saved_reader(s);

	return leat_state_check(&r);
}

START_TEST(no_bit_can_be_wrong)
{
	struct saved s = window_by_hand();

	for (size_t i = 0; i < s.n; i++)
		for (int b = 0; b < 8; b++) {
			s.bytes[i] = (unsigned char)(s.bytes[i] ^ 1 << b);
			ck_assert_int_lt(load_window(&s, NULL), 0);
			ck_assert_int_lt(check_state(&s), 0);
			s.bytes[i] = (unsigned char)(s.bytes[i] ^ 1 << b);
		}
	ck_assert_int_eq(load_window(&s, NULL), LEAT_OK);
	ck_assert_int_eq(check_state(&s), LEAT_OK);
	saved_free(&s);
}
END_TEST

/* Each length has memory of its own, so that reading on would be seen. */
START_TEST(no_byte_can_be_missing_and_more_may_follow)
{
	struct saved s = window_by_hand();
	leat_reader r;

	for (size_t n = 0; n < s.n; n++) {
		struct saved cut = { s.bytes, n };
		cut = saved_copy(&cut);
		ck_assert_int_eq(load_window(&cut, NULL), LEAT_ESTATE);
		ck_assert_int_eq(check_state(&cut), LEAT_ESTATE);
		saved_free(&cut);
	}
	size_t n = s.n;
	saved_insert(&s, s.n, "more", 4);
	ck_assert_int_eq(load_window(&s, &r), LEAT_OK);
	ck_assert_uint_eq(r.n_read, n);
	saved_free(&s);
}
END_TEST

/* A chunk that this version does not know, before each of those there are. */
START_TEST(unknown_parts_are_skipped_unless_they_are_required)
{
	static const unsigned char optional[] = { 77, 0, 3, 0, 1, 2, 3 };
	static const unsigned char required[] = { 77, 1, 3, 0, 1, 2, 3 };
	struct saved whole = window_by_hand();
	struct chunk c;
	int last = 0;

	for (size_t i = 0; !last; i++) {
		struct saved s = saved_copy(&whole);
		last = !saved_chunk(&whole, i, &c);
		saved_insert(&s, c.at, optional, sizeof(optional));
		saved_repair(&s);
		ck_assert_int_eq(load_window(&s, NULL), LEAT_OK);
		ck_assert_int_eq(check_state(&s), LEAT_OK);
		saved_free(&s);
		s = saved_copy(&whole);
		saved_insert(&s, c.at, required, sizeof(required));
		saved_repair(&s);
		ck_assert_int_eq(load_window(&s, NULL), LEAT_EVERSION);
		ck_assert_int_eq(check_state(&s), LEAT_EVERSION);
		saved_free(&s);
	}
	saved_free(&whole);
}
END_TEST

/* A part may come in any number of chunks, also empty ones. */
START_TEST(a_part_may_be_cut_anywhere)
{
	struct saved whole = window_by_hand();
	struct chunk c;

	for (size_t i = 0; saved_chunk(&whole, i, &c); i++)
		for (size_t n = 0; n <= c.n; n++) {
			struct saved s = saved_copy(&whole);
			unsigned char head[4] = { (unsigned char)c.part, 1,
				(unsigned char)(c.n - n), 0 };
			s.bytes[c.at + 2] = (unsigned char)n;
			saved_insert(&s, c.at + 4 + n, head, 4);
			saved_repair(&s);
			ck_assert_int_eq(load_window(&s, NULL), LEAT_OK);
			saved_free(&s);
		}
	saved_free(&whole);
}
END_TEST

static int load_with(size_t at, unsigned byte)
{
	struct saved s = window_by_hand();

	s.bytes[at] = (unsigned char)byte;
	saved_repair(&s);
	int err = load_window(&s, NULL);
	saved_free(&s);
	return err;
}

START_TEST(the_head_says_what_it_is)
{
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(load_with(i, 'x'), LEAT_ESTATE);
	ck_assert_int_eq(load_with(4, 0), LEAT_ESTATE);
	ck_assert_int_eq(load_with(4, 1), LEAT_OK);
	ck_assert_int_eq(load_with(4, 2), LEAT_OK);
	ck_assert_int_eq(load_with(4, 4), LEAT_EVERSION);
	ck_assert_int_eq(load_with(4, 255), LEAT_EVERSION);
	for (unsigned object = 2; object < 9; object++)
		ck_assert_int_eq(load_with(5, object), LEAT_EOBJECT);
	ck_assert_int_eq(load_with(6, 1), LEAT_EVERSION);
	ck_assert_int_eq(load_with(7, 1), LEAT_EVERSION);
}
END_TEST

/* Numbers that end nowhere, or are larger than they can be. */
START_TEST(numbers_are_not_larger_than_they_can_be)
{
	struct saved s = window_by_hand();
	struct chunk c;

	saved_chunk(&s, 1, &c);
	for (unsigned last = 0; last < 256; last += 15) {
		struct saved t = saved_copy(&s);
		unsigned char more[10];
		memset(more, 255, sizeof(more));
		more[9] = (unsigned char)last;
		t.bytes[c.at + 4] = 255;
		t.bytes[c.at + 2] = (unsigned char)(c.n + 10);
		saved_insert(&t, c.at + 5, more, sizeof(more));
		saved_repair(&t);
		ck_assert_int_eq(load_window(&t, NULL), LEAT_ESTATE);
		saved_free(&t);
	}
	saved_free(&s);
}
END_TEST

/* ---- Callbacks and memory that stop short ---- */

struct short_pipe {
	size_t calls, fail_at, n;
	unsigned char bytes[4096];
	size_t at, end;
};

static size_t short_write(void *ctx, const void *bytes, size_t n)
{
	struct short_pipe *p = ctx;

	if (++p->calls == p->fail_at)
		return n - 1;
	ck_assert_uint_le(p->n + n, sizeof(p->bytes));
	memcpy(p->bytes + p->n, bytes, n);
	p->n += n;
	return n;
}

static size_t short_read(void *ctx, void *bytes, size_t n)
{
	struct short_pipe *p = ctx;
	size_t some = p->end - p->at < n ? p->end - p->at : n;

	memcpy(bytes, p->bytes + p->at, some);
	p->at += some;
	return some;
}

START_TEST(a_write_that_stops_short_is_told)
{
	leat_window *w = four_values();
	struct short_pipe p;
	leat_writer out = { 0 };
	size_t calls = 0;

	out.write = short_write;
	out.ctx = &p;
	for (size_t fail_at = 1;; fail_at++) {
		memset(&p, 0, sizeof(p));
		p.fail_at = fail_at;
		int err = leat_window_save(w, &out);
		if (p.calls < fail_at) {
			ck_assert_int_eq(err, LEAT_OK);
			break;
		}
		ck_assert_int_eq(err, LEAT_EIO);
		ck_assert_uint_eq(p.calls, fail_at);
		calls++;
	}
	ck_assert_uint_ge(calls, 4);
	leat_window_free(w);
}
END_TEST

START_TEST(a_read_that_stops_short_is_told)
{
	leat_window_options o = window_options();
	struct saved s = window_by_hand();
	leat_window *w;

	for (size_t n = 0; n <= s.n; n++) {
		struct short_pipe p;
		leat_reader r = { 0 };
		memset(&p, 0, sizeof(p));
		memcpy(p.bytes, s.bytes, s.n);
		p.end = n;
		r.read = short_read;
		r.ctx = &p;
		int err = leat_window_load(&w, &o, &r);
		ck_assert_int_eq(err, n < s.n ? LEAT_EIO : LEAT_OK);
	}
	leat_window_free(w);
	saved_free(&s);
}
END_TEST

START_TEST(memory_that_is_too_small_is_not_written_past)
{
	leat_window *w = four_values();
	struct saved s = window_saved(w);

	for (size_t n = 0; n < s.n; n++) {
		unsigned char *room = malloc(n + 1);
		leat_writer out = { 0 };
		room[n] = 77;
		out.bytes = room;
		out.capacity = n;
		ck_assert_int_eq(leat_window_save(w, &out), LEAT_EBUFFER);
		ck_assert_uint_eq(room[n], 77);
		free(room);
	}
	saved_free(&s);
	leat_window_free(w);
}
END_TEST

/* ---- Tags ---- */

static unsigned char tag_bytes[LEAT_TAG_MAX + 1], tag_read[LEAT_TAG_MAX + 1];

static struct saved tagged(const leat_window *w, size_t len)
{
	leat_writer out = { 0 };
	struct saved s;

	out.tag = tag_bytes;
	out.tag_len = len;
	ck_assert_int_eq(leat_window_save(w, &out), LEAT_OK);
	s.n = (size_t)out.n_bytes;
	s.bytes = out.bytes = malloc(s.n);
	out.capacity = s.n;
	ck_assert_int_eq(leat_window_save(w, &out), LEAT_OK);
	return s;
}

START_TEST(a_tag_comes_back_as_it_was)
{
	static const size_t lengths[] = { 0, 1, 63, 64, 65, 127, 128, 4084,
		4085, 4092, 5000, LEAT_TAG_MAX };
	leat_window_options o = window_options();
	leat_window *w = four_values(), *l;
	struct rng rng = rng_new(3);

	for (size_t i = 0; i < sizeof(tag_bytes); i++)
		tag_bytes[i] = (unsigned char)rng_next(&rng);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t len = lengths[i];
		struct saved s = tagged(w, len);
		leat_reader r = saved_reader(&s);
		/* Nobody wants it; */
		ck_assert_int_eq(leat_window_load(&l, &o, &r), LEAT_OK);
		ck_assert_uint_eq(r.tag_len, len);
		leat_window_free(l);
		/* somebody does; */
		r.tag = tag_read;
		r.tag_capacity = len;
		memset(tag_read, 0, sizeof(tag_read));
		ck_assert_int_eq(leat_state_check(&r), LEAT_OK);
		ck_assert(memcmp(tag_read, tag_bytes, len) == 0);
		ck_assert_uint_eq(tag_read[len], 0);
		/* the buffer is too small */
		r.tag_capacity = len - 1;
		if (len > 0) {
			ck_assert_int_eq(leat_window_load(&l, &o, &r),
			    LEAT_EBUFFER);
			ck_assert_uint_eq(r.tag_len, len);
		}
		saved_free(&s);
	}
	leat_writer out = { 0 };
	out.tag = tag_bytes;
	out.tag_len = LEAT_TAG_MAX + 1;
	ck_assert_int_eq(leat_window_save(w, &out), LEAT_EINVAL);
	leat_window_free(w);
}
END_TEST

START_TEST(no_byte_of_a_tag_can_be_missing)
{
	leat_window *w = four_values();
	struct saved s = tagged(w, 200);

	for (size_t n = 0; n < s.n; n++) {
		struct saved cut = { s.bytes, n };
		cut = saved_copy(&cut);
		ck_assert_int_eq(load_window(&cut, NULL), LEAT_ESTATE);
		ck_assert_int_eq(load_pieces(&s, n), LEAT_EIO);
		saved_free(&cut);
	}
	ck_assert_int_eq(load_pieces(&s, s.n), LEAT_OK);
	saved_free(&s);
	leat_window_free(w);
}
END_TEST

/* An unknown chunk has fewer bytes than its head announces. */
START_TEST(no_byte_of_what_is_skipped_can_be_missing)
{
	static unsigned char unknown[204] = { 77, 0, 200, 0 };
	struct saved s = window_by_hand();
	struct chunk c;

	saved_chunk(&s, 1, &c);
	saved_insert(&s, c.at, unknown, sizeof(unknown));
	saved_repair(&s);
	ck_assert_int_eq(load_window(&s, NULL), LEAT_OK);
	for (size_t n = c.at; n < s.n; n++) {
		struct saved cut = { s.bytes, n };
		cut = saved_copy(&cut);
		ck_assert_int_eq(load_window(&cut, NULL), LEAT_ESTATE);
		ck_assert_int_eq(load_pieces(&s, n), LEAT_EIO);
		saved_free(&cut);
	}
	ck_assert_int_eq(load_pieces(&s, s.n), LEAT_OK);
	saved_free(&s);
}
END_TEST

/* Names of one length, which differ at each place in turn. */
START_TEST(a_class_of_another_name_is_another_class)
{
	char name[] = "a name";
	leat_agg saver = word_class, loader = word_class;
	leat_stat word = LEAT_AGG(&saver, 0);
	leat_window_options o = { .kind = LEAT_LANDMARK };
	leat_window *w, *loaded;

	saver.name = "a name";
	loader.name = name;
	o.stats = &word;
	o.n_stats = 1;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	struct saved s = window_saved(w);
	leat_window_free(w);
	word.agg = &loader;
	for (size_t i = 0; i <= strlen(name); i++) {
		leat_reader r = saved_reader(&s);
		if (i < strlen(name))
			name[i] ^= 1;
		int err = leat_window_load(&loaded, &o, &r);
		if (i < strlen(name))
			name[i] ^= 1;
		if (err)
			ck_assert_str_eq(r.differs, "stats");
		else
			leat_window_free(loaded);
		ck_assert_int_eq(err,
		    i < strlen(name) ? LEAT_EOPTIONS : LEAT_OK);
	}
	saved_free(&s);
}
END_TEST

/* ---- Options that are others ---- */

#define EXPECT_OTHER(type, saved, changed, option)                             \
	do {                                                                   \
		leat_reader reader = saved_reader(saved);                      \
		leat_##type *loaded;                                           \
		ck_assert_msg(leat_##type##_load(&loaded, changed, &reader) == \
			LEAT_EOPTIONS,                                         \
		    "%s may differ", option);                                  \
		ck_assert_str_eq(reader.differs, option);                      \
	} while (0)

#define EXPECT_OTHER_KEYS(saved, changed, option)                              \
	do {                                                                   \
		leat_keyed_options chosen = keyed_chosen(changed);             \
		EXPECT_OTHER(keyed, saved, &chosen, option);                   \
	} while (0)

/* Loads with a field changed, and expects its name in `differs`. */
#define EXPECT_FIELD(type, options, field, value)                              \
	do {                                                                   \
		leat_##type##_options changed = options;                       \
		changed.field = value;                                         \
		EXPECT_OTHER(type, &s, &changed, #field);                      \
	} while (0)

static const leat_stat mean_alone[] = { LEAT_MEAN };
static const leat_stat mean_and_sum[] = { LEAT_MEAN, LEAT_SUM };

START_TEST(a_window_says_which_option_differs)
{
	leat_window_options o = { 0 }, p;
	leat_window *w;
	struct saved s;

	o.kind = LEAT_HOPPING;
	o.size = 10;
	o.hop = 3;
	o.stats = sum_alone;
	o.n_stats = 1;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	s = window_saved(w);
	p = o;
	p.kind = LEAT_TUMBLING;
	p.hop = 0;
	EXPECT_OTHER(window, &s, &p, "kind");
	EXPECT_FIELD(window, o, size, 11);
	EXPECT_FIELD(window, o, hop, 4);
	EXPECT_FIELD(window, o, min_count, 2);
	EXPECT_FIELD(window, o, on_missing, LEAT_ON_MISSING_PROPAGATE);
	EXPECT_FIELD(window, o, keep_values, 1);
	EXPECT_FIELD(window, o, stats, mean_alone);
	p = o;
	p.stats = mean_and_sum;
	p.n_stats = 2;
	EXPECT_OTHER(window, &s, &p, "n_stats");
	leat_window_free(w);
	saved_free(&s);
	memset(&o, 0, sizeof(o));
	o.kind = LEAT_DECAY;
	o.alpha = 0.5;
	o.stats = sum_alone;
	o.n_stats = 1;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	s = window_saved(w);
	EXPECT_FIELD(window, o, alpha, 0.25);
	EXPECT_FIELD(window, o, unadjusted, 1);
	/* Other words for the same are not another option. */
	p = o;
	p.alpha = 0;
	p.ewm_span = 3;
	window_again(&w, &p);
	leat_window_free(w);
	saved_free(&s);
}
END_TEST

/* For options that need somebody who is told. */
static int nobody(void *ctx, const leat_result *r)
{
	(void)ctx;
	(void)r;
	return 0;
}

START_TEST(a_window_by_time_says_which_option_differs)
{
	leat_time_window_options o = { 0 }, p;
	leat_time_window *w;
	struct saved s;

	o.kind = LEAT_HOPPING;
	o.span = 10;
	o.hop = 5;
	o.max_values = 7;
	o.sink.emit = nobody;
	o.stats = mean_alone;
	o.n_stats = 1;
	ck_assert_int_eq(leat_time_window_new(&w, &o), LEAT_OK);
	s = time_window_saved(w);
	p = o;
	p.kind = LEAT_TUMBLING;
	p.hop = 0;
	EXPECT_OTHER(time_window, &s, &p, "kind");
	EXPECT_FIELD(time_window, o, span, 11);
	EXPECT_FIELD(time_window, o, hop, 4);
	EXPECT_FIELD(time_window, o, offset, 1);
	EXPECT_FIELD(time_window, o, min_count, 2);
	EXPECT_FIELD(time_window, o, on_missing, LEAT_ON_MISSING_PROPAGATE);
	EXPECT_FIELD(time_window, o, delay, 1);
	EXPECT_FIELD(time_window, o, allowed_lateness, 1);
	EXPECT_FIELD(time_window, o, max_skew, 1);
	EXPECT_FIELD(time_window, o, n_sources, 2);
	EXPECT_FIELD(time_window, o, idle_timeout, 1);
	EXPECT_FIELD(time_window, o, early_count, 1);
	EXPECT_FIELD(time_window, o, early_span, 1);
	EXPECT_FIELD(time_window, o, emit_empty, 1);
	EXPECT_FIELD(time_window, o, max_values, 1);
	EXPECT_FIELD(time_window, o, when_full, LEAT_WHEN_FULL_EVICT_OLD);
	EXPECT_FIELD(time_window, o, stats, sum_alone);
	p = o;
	p.stats = mean_and_sum;
	p.n_stats = 2;
	EXPECT_OTHER(time_window, &s, &p, "n_stats");
	/* Twice a shift by the advance is none. */
	p = o;
	p.offset = -10;
	time_window_again(&w, &p);
	leat_time_window_free(w);
	saved_free(&s);
}
END_TEST

START_TEST(other_objects_say_which_option_differs)
{
	static const double rates[] = { 1, 2 };
	leat_model_options m = { 0 };
	leat_drift_options d = { 0 };
	leat_model *model;
	leat_drift *drift;
	struct saved s;

	m.n_features = 2;
	m.update = LEAT_UPDATE_SGD;
	ck_assert_int_eq(leat_model_new(&model, &m), LEAT_OK);
	s = model_saved(model);
	EXPECT_FIELD(model, m, n_features, 3);
	EXPECT_FIELD(model, m, loss, LEAT_LOSS_HUBER);
	EXPECT_FIELD(model, m, update, LEAT_UPDATE_ADAGRAD);
	EXPECT_FIELD(model, m, no_intercept, 1);
	EXPECT_FIELD(model, m, rate, 0.5);
	EXPECT_FIELD(model, m, power, 0.5);
	EXPECT_FIELD(model, m, average, 1);
	EXPECT_FIELD(model, m, l1, 0.5);
	EXPECT_FIELD(model, m, l2, 0.5);
	EXPECT_FIELD(model, m, clip, 0.5);
	EXPECT_FIELD(model, m, rates, rates);
	leat_model_free(model);
	saved_free(&s);
	d.kind = LEAT_DRIFT_ADWIN;
	ck_assert_int_eq(leat_drift_new(&drift, &d), LEAT_OK);
	s = drift_saved(drift);
	d.delta = 0.5;
	EXPECT_OTHER(drift, &s, &d, "delta");
	d.delta = 0;
	d.direction = LEAT_CHANGE_FALL;
	EXPECT_OTHER(drift, &s, &d, "direction");
	leat_drift_free(drift);
	saved_free(&s);
}
END_TEST

/* ---- Keys ---- */

static keyed_choice keyed_options(void)
{
	keyed_choice o;

	memset(&o, 0, sizeof(o));
	o.by_time.kind = LEAT_TUMBLING;
	o.by_time.span = 10;
	o.by_time.stats = mean_alone;
	o.by_time.n_stats = 1;
	return o;
}

static struct saved some_keys(unsigned n)
{
	keyed_choice o = keyed_options();
	struct saved s;
	leat_keyed *k;

	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	for (unsigned i = 0; i < n; i++) {
		unsigned char key[4] = { (unsigned char)('a' + i % 26),
			(unsigned char)('a' + i / 26), 'x', 'x' };
		ck_assert_int_eq(leat_keyed_push(k, key, 4, 5, i), LEAT_OK);
	}
	s = keyed_saved(k);
	leat_keyed_free(k);
	return s;
}

static int load_keys(const struct saved *s, const keyed_choice *o)
{
	leat_reader r = saved_reader(s);
	leat_keyed *k;
	int err = keyed_choice_load(&k, o, &r);

	if (!err)
		leat_keyed_free(k);
	return err;
}

START_TEST(limits_on_keys_may_be_others_but_hold)
{
	keyed_choice o = keyed_options();
	struct saved s = some_keys(300);

	o.max_keys = 300;
	ck_assert_int_eq(load_keys(&s, &o), LEAT_OK);
	o.max_keys = 299;
	ck_assert_int_eq(load_keys(&s, &o), LEAT_EFULL);
	o.max_keys = 0;
	o.max_bytes = 1 << 20;
	o.when_keys_full = LEAT_WHEN_FULL_EVICT_OLD;
	ck_assert_int_eq(load_keys(&s, &o), LEAT_OK);
	o.max_bytes = 10000;
	ck_assert_int_eq(load_keys(&s, &o), LEAT_EFULL);
	o.max_bytes = 0;
	o.ttl = 5;
	EXPECT_OTHER_KEYS(&s, &o, "ttl");
	o = keyed_options();
	o.by_count = window_options();
	memset(&o.by_time, 0, sizeof(o.by_time));
	EXPECT_OTHER_KEYS(&s, &o, "by_count");
	saved_free(&s);
}
END_TEST

START_TEST(a_key_comes_once)
{
	keyed_choice o = keyed_options();
	struct saved s = some_keys(2);
	size_t at = 0;

	while (memcmp(s.bytes + at, "baxx", 4) != 0)
		at++;
	s.bytes[at] = 'a';
	saved_repair(&s);
	ck_assert_int_eq(load_keys(&s, &o), LEAT_ESTATE);
	s.bytes[at] = 'c';
	saved_repair(&s);
	ck_assert_int_eq(load_keys(&s, &o), LEAT_OK);
	saved_free(&s);
}
END_TEST

START_TEST(a_load_that_finds_no_memory_leaves_none_behind)
{
	struct saved s = some_keys(100);
	keyed_choice o = keyed_options();
	size_t failed = 0;

	for (size_t fail_at = 1;; fail_at++) {
		struct counted heap = { 0 };
		leat_allocator a = counted_allocator(&heap);
		heap.fail_from = fail_at;
		o.allocator = &a;
		int err = load_keys(&s, &o);
		ck_assert_uint_eq(heap.live, 0);
		ck_assert_uint_eq(heap.damaged, 0);
		if (!err)
			break;
		ck_assert_int_eq(err, LEAT_ENOMEM);
		failed++;
	}
	ck_assert_uint_gt(failed, 5);
	saved_free(&s);
}
END_TEST

/* A tumbling mean and deviation in 64 bytes a key, beside its text. */
START_TEST(keys_take_little_room)
{
	static const leat_stat spread[] = { LEAT_MEAN, LEAT_STDDEV };
	keyed_choice o = keyed_options();
	enum { KEYS = 5000, PUSHES = 40 };
	struct rng r = rng_new(6);
	leat_writer out = { 0 };
	leat_keyed *k;

	o.by_time.stats = spread;
	o.by_time.n_stats = 2;
	ck_assert_int_eq(keyed_choice_new(&k, &o), LEAT_OK);
	for (unsigned i = 0; i < KEYS * PUSHES; i++) {
		unsigned char key[8];
		leat_put_uint64(key, i % KEYS);
		leat_keyed_push(k, key, 8, 100 + i * 8 / (KEYS * PUSHES),
		    rng_normal(&r));
	}
	ck_assert_int_eq(leat_keyed_save(k, &out), LEAT_OK);
	ck_assert_uint_eq(leat_keyed_n_keys(k), KEYS);
	ck_assert_uint_le(out.n_bytes, KEYS * (8 + 64));
	leat_keyed_free(k);
}
END_TEST

/* ---- Classes ---- */

/* Says that it has written more than it may. */
static size_t save_too_much(void *ctx, const void *partial,
    unsigned char *bytes)
{
	word_class.save(ctx, partial, bytes);
	return word_class.saved_size + 1;
}

START_TEST(a_class_that_saves_more_than_it_said_is_refused)
{
	leat_agg greedy = word_class;
	leat_stat word = LEAT_AGG(&greedy, 0);
	leat_window_options o = { .kind = LEAT_LANDMARK };
	leat_writer out = { 0 };
	leat_window *w;

	greedy.save = save_too_much;
	o.stats = &word;
	o.n_stats = 1;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	leat_window_push(w, 1);
	ck_assert_int_eq(leat_window_save(w, &out), LEAT_EINVAL);
	leat_window_free(w);
}
END_TEST

START_TEST(a_class_that_cannot_be_saved_is_told)
{
	leat_agg plain = word_class, other = word_class;
	leat_stat word = LEAT_AGG(&plain, 0);
	leat_window_options o = { 0 };
	leat_writer out = { 0 };
	leat_window *w;
	struct saved s;

	o.kind = LEAT_TUMBLING;
	o.size = 4;
	o.stats = &word;
	o.n_stats = 1;
	/* Half of what it takes is not a class. */
	plain.load = NULL;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_ESTAT);
	plain = word_class;
	plain.saved_size = 0;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_ESTAT);
	plain.saved_size = 65537;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_ESTAT);
	plain = word_class;
	plain.save = NULL;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_ESTAT);
	/* The class has none of the three. */
	plain.saved_size = 0;
	plain.load = NULL;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	leat_window_push(w, 1);
	ck_assert_int_eq(leat_window_save(w, &out), LEAT_ENOTSUP);
	leat_window_free(w);
	/* Windows that keep values have no need of it. */
	o.kind = LEAT_SLIDING;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	leat_window_push(w, 1);
	ck_assert_int_eq(leat_window_save(w, &out), LEAT_OK);
	leat_window_free(w);
	/* Another name is another class. */
	plain = word_class;
	o.kind = LEAT_TUMBLING;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	leat_window_push(w, 1);
	s = window_saved(w);
	leat_window_free(w);
	other.name = "wort";
	word.agg = &other;
	EXPECT_OTHER(window, &s, &o, "stats");
	saved_free(&s);
}
END_TEST

static int load_nothing(void *ctx, void *partial, const unsigned char *bytes,
    size_t n_bytes)
{
	(void)ctx;
	(void)partial;
	(void)bytes;
	(void)n_bytes;
	return 1;
}

START_TEST(bytes_that_a_class_refuses_are_no_state)
{
	leat_agg strict = word_class;
	leat_stat word = LEAT_AGG(&strict, 0);
	leat_window_options o = { 0 };
	leat_window *w;
	struct saved s;

	o.kind = LEAT_TUMBLING;
	o.size = 4;
	o.stats = &word;
	o.n_stats = 1;
	ck_assert_int_eq(leat_window_new(&w, &o), LEAT_OK);
	leat_window_push(w, 1);
	s = window_saved(w);
	leat_window_free(w);
	strict.load = load_nothing;
	leat_reader r = saved_reader(&s);
	ck_assert_int_eq(leat_window_load(&w, &o, &r), LEAT_ESTATE);
	saved_free(&s);
}
END_TEST

START_TEST(numbers_are_bytes_that_are_the_same_everywhere)
{
	unsigned char bytes[8];

	leat_put_uint64(bytes, 0x0102030405060708u);
	for (unsigned i = 0; i < 8; i++)
		ck_assert_uint_eq(bytes[i], 8 - i);
	ck_assert_uint_eq(leat_get_uint64(bytes), 0x0102030405060708u);
	leat_put_double(bytes, -0.5);
	ck_assert_uint_eq(leat_get_uint64(bytes), HALF | (uint64_t)1 << 63);
	ck_assert_double_eq(leat_get_double(bytes), -0.5);
	leat_put_double(bytes, HUGE_VAL);
	ck_assert_double_eq(leat_get_double(bytes), HUGE_VAL);
	leat_put_double(bytes, NAN);
	ck_assert(leat_get_double(bytes) != leat_get_double(bytes));
	/* Bits that a program has put into a NaN stay. */
	leat_put_uint64(bytes, 0x7FF80000000007A2u);
	leat_put_double(bytes, leat_get_double(bytes));
	ck_assert_uint_eq(leat_get_uint64(bytes), 0x7FF80000000007A2u);
}
END_TEST

static void add_bytes(Suite *s)
{
	TCase *c = tcase_create("bytes");

	tcase_add_test(c, the_checksum_is_crc_32c);
	tcase_add_test(c, a_window_is_what_the_manual_says);
	tcase_add_test(c, a_window_of_fading_weights_is_what_the_manual_says);
	tcase_add_test(c, fading_weights_of_version_1_load);
	tcase_add_test(c, squared_weights_of_version_1_may_be_too_large);
	tcase_add_test(c, scales_are_not_larger_than_numbers_have_them);
	tcase_add_test(c, keyed_windows_are_what_the_manual_says);
	tcase_add_test(c, a_sum_has_one_form);
	tcase_add_test(c, numbers_are_bytes_that_are_the_same_everywhere);
	tcase_add_test(c, keys_take_little_room);
	suite_add_tcase(s, c);
}

static void add_damage(Suite *s)
{
	TCase *c = tcase_create("damage");

	tcase_add_test(c, no_bit_can_be_wrong);
	tcase_add_test(c, no_byte_can_be_missing_and_more_may_follow);
	tcase_add_test(c, unknown_parts_are_skipped_unless_they_are_required);
	tcase_add_test(c, a_part_may_be_cut_anywhere);
	tcase_add_test(c, the_head_says_what_it_is);
	tcase_add_test(c, numbers_are_not_larger_than_they_can_be);
	tcase_add_test(c, a_write_that_stops_short_is_told);
	tcase_add_test(c, a_read_that_stops_short_is_told);
	tcase_add_test(c, memory_that_is_too_small_is_not_written_past);
	tcase_add_test(c, a_key_comes_once);
	tcase_add_test(c, a_load_that_finds_no_memory_leaves_none_behind);
	suite_add_tcase(s, c);
}

Suite *state_format_suite(void)
{
	Suite *s = suite_create("state_format");
	TCase *c = tcase_create("what goes with it");

	add_bytes(s);
	add_damage(s);
	tcase_add_test(c, a_tag_comes_back_as_it_was);
	tcase_add_test(c, no_byte_of_a_tag_can_be_missing);
	tcase_add_test(c, no_byte_of_what_is_skipped_can_be_missing);
	tcase_add_test(c, a_class_of_another_name_is_another_class);
	tcase_add_test(c, a_window_says_which_option_differs);
	tcase_add_test(c, a_window_by_time_says_which_option_differs);
	tcase_add_test(c, other_objects_say_which_option_differs);
	tcase_add_test(c, limits_on_keys_may_be_others_but_hold);
	tcase_add_test(c, a_class_that_cannot_be_saved_is_told);
	tcase_add_test(c, a_class_that_saves_more_than_it_said_is_refused);
	tcase_add_test(c, bytes_that_a_class_refuses_are_no_state);
	suite_add_tcase(s, c);
	return s;
}
