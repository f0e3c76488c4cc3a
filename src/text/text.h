/*
 * text.h - what the sources of src/text share
 *
 * Text is worked on eight bytes at a time in plain 64-bit registers, the
 * first byte the lowest (core.h), so that one source serves every machine;
 * only the search for the special bytes of CSV (scan.c) has forms for
 * vector registers.
 */
#ifndef LEAT_SRC_TEXT_H
#define LEAT_SRC_TEXT_H

#include <leat_text.h>

#include "../core/core.h"

/* The same byte eight times. */
#define LEAT_EIGHT(byte) (0x0101010101010101u * (uint64_t)(byte))

/* The highest bit of each byte that is zero, and of no other. */
LEAT_INLINE uint64_t leat_zero_bytes(uint64_t x)
{
	uint64_t low = LEAT_EIGHT(0x7F);

	return ~(((x & low) + low) | x | low);
}

struct leat_uint128 {
	uint64_t hi, lo;
};

/* The whole product. */
LEAT_INLINE struct leat_uint128 leat_multiply(uint64_t a, uint64_t b)
{
	struct leat_uint128 r;
#if defined(__SIZEOF_INT128__)
	__extension__ typedef unsigned __int128 leat_u128;
	leat_u128 p = (leat_u128)a * b;

	r.hi = (uint64_t)(p >> 64);
	r.lo = (uint64_t)p;
#else
	uint64_t a0 = (uint32_t)a, a1 = a >> 32;
	uint64_t b0 = (uint32_t)b, b1 = b >> 32;
	uint64_t low = a0 * b0, cross = a1 * b0 + (low >> 32);
	uint64_t other = a0 * b1 + (uint32_t)cross;

	r.hi = a1 * b1 + (cross >> 32) + (other >> 32);
	r.lo = other << 32 | (uint32_t)low;
#endif
	return r;
}

/* powers.c */
#define LEAT_POWER_MIN (-342)
#define LEAT_POWER_MAX 324
#define LEAT_POWERS (LEAT_POWER_MAX - LEAT_POWER_MIN + 1)
extern const uint64_t leat_powers[2 * LEAT_POWERS];

/* floor(log2(10^k)), for |k| < 643. */
LEAT_INLINE int leat_log2_of_power(int k)
{
	/* An arithmetic shift, by way of numbers that are not negative. */
	return ((k * 217706 + (1 << 30)) >> 16) - (1 << 14);
}

/* Powers of ten that are doubles: 10^0 .. 10^22. */
extern const double leat_exact_powers[23];

/* exact.c: digits that all count, at most so many and one more. */
#define LEAT_EXACT_DIGITS 800
struct leat_decimal {
	const unsigned char *digits; /* 0 .. 9 */
	size_t n;
	int64_t exponent; /* of the last one */
};
/*
 * Of m * 2^e, which is at most the decimal, and the next double: the one
 * that is nearer. Returns 1 if that is the next.
 */
int leat_exact_rounds_up(const struct leat_decimal *d, uint64_t m, int e);

LEAT_INLINE int leat_is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/*
 * Whether all bytes of both are 0 .. 9: digits, after an exclusive or with
 * '0' in each byte.
 */
LEAT_INLINE int leat_are_digits(uint64_t x, uint64_t y)
{
	uint64_t six = LEAT_EIGHT(0x06);

	return ((x | y | (x + six) | (y + six)) & LEAT_EIGHT(0xF0)) == 0;
}

/* Eight bytes 0 .. 9, the first the lowest, as a number. */
LEAT_INLINE uint64_t leat_eight_digits(uint64_t x)
{
	x = x * 10 + (x >> 8); /* pairs, in bytes 0, 2, 4, 6 */
	return ((x & 0x000000FF000000FFu) * 0x000F424000000064u +
		   (x >> 16 & 0x000000FF000000FFu) * 0x0000271000000001u) >>
	    32;
}

/* The eight digits of n < 10^8, as numbers 0 .. 9, the first the lowest. */
LEAT_INLINE uint64_t leat_digits_of(uint64_t n)
{
	uint64_t fours, twos;

	/* Both halves at once, then both halves of these: n / 10000 and so
	 * on by multiplication, exact for numbers of this size. */
	fours = n / 10000;
	fours |= (n - fours * 10000) << 32;
	twos = (fours * 10486 >> 20) & 0x0000007F0000007Fu;
	twos |= (fours - twos * 100) << 16;
	n = (twos * 103 >> 10) & 0x000F000F000F000Fu;
	return n | (twos - n * 10) << 8;
}

/* dates.c: 400 years, and from 0000-03-01 to 1970-01-01. */
enum { LEAT_ERA_DAYS = 146097, LEAT_EPOCH_DAYS = 719468 };

/* leat_days_from_date(), for years from 0 on. */
LEAT_INLINE int64_t leat_day_number(int year, int month, int day)
{
	/* One era more, so that January of the year 0 is not negative. */
	unsigned early = month <= 2;
	unsigned y = (unsigned)year + 400 - early, century = y / 100;
	unsigned m = (unsigned)month + 12 * early - 3;

	return (int64_t)(365 * y + y / 4 - century + century / 4 +
		   (153 * m + 2) / 5 + (unsigned)day) -
	    (LEAT_ERA_DAYS + LEAT_EPOCH_DAYS + 1);
}

/* ---- CSV ---- */

LEAT_INLINE int leat_is_line_end(char byte)
{
	return byte == '\n' || byte == '\r';
}

/* scan.c: bytes that mean something in CSV, wherever they are. */
struct leat_special {
	unsigned char delimiter;
	unsigned char quote; /* LF, if quotes are text */
	/* A byte by its lower half, of the marks if these differ in it. */
	unsigned char by_half[16];
};

/* Bytes looked at in one go, and how many places may be written. */
enum { LEAT_SCAN = 2048, LEAT_PLACES = LEAT_SCAN + 64 };

/*
 * Writes the places of delimiters, quotes, LF, CR and NUL among n bytes, at
 * most LEAT_SCAN, in order; returns how many. Behind them it may write more.
 */
typedef size_t leat_scan_fn(const struct leat_special *m, const char *bytes,
    size_t n, uint16_t *places_out);

/* Fills *m, and the quickest of them that this CPU has. */
leat_scan_fn *leat_scan_choose(struct leat_special *m, unsigned char delimiter,
    unsigned char quote);

enum leat_csv_state {
	LEAT_FIELD_START,
	LEAT_PLAIN,  /* in a field without quotes, or after its closing one */
	LEAT_QUOTED, /* inside quotes */
	LEAT_QUOTED_CR,  /* the same, and the last byte was a CR */
	LEAT_QUOTE_SEEN, /* a quote inside quotes: the end, or half of two */
	LEAT_AFTER_CR    /* a record has ended with CR: an LF belongs to it */
};

enum { LEAT_SPAN_QUOTED = 1, LEAT_SPAN_IRREGULAR = 2 };

struct leat_span {
	size_t start, end; /* with quotes, from the record's first byte */
	int flags;
};

struct leat_bytes {
	char *bytes;
	size_t size;
};

/* What is known of the record that is being read. */
struct leat_unfinished {
	int state;
	size_t held; /* its bytes in pieces before this one, in `carry` */
	size_t n_spans, field_start;
	int field_flags;
	int too_long;
	int problem;
	size_t problem_field;
	uint64_t problem_line;
	size_t problem_column;
	uint64_t line;               /* that the next byte is in, */
	size_t line_at;              /* and where in the record it starts */
	uint64_t first_line, offset; /* where the record starts */
	uint64_t quote_line;         /* where its last quotes were opened, */
	size_t quote_column;
	size_t torn_at; /* and, while they are open, had their first line
	                   end, with max_lines; 0: not yet; */
	int torn_fine;  /* there was no problem up to that */
};

struct leat_csv {
	leat_csv_options options;
	leat_allocator allocator;
	leat_scan_fn *scan;
	struct leat_special marks;
	int quote;                      /* no byte, if quotes are text */
	unsigned char plain_stop[256];  /* bytes that mean something outside */
	unsigned char quoted_stop[256]; /* and inside quotes */

	/* The piece that is being read, and where its record starts. */
	const char *piece;
	size_t n, at, record_at;
	uint64_t base; /* bytes before the piece */

	struct leat_unfinished now;
	struct leat_unfinished safe; /* as it was at safe_at of the piece */
	size_t safe_at;
	int starved; /* memory has run out: back to that */
	struct leat_bytes carry, scratch;
	struct leat_bytes again;  /* what is to be read again: */
	size_t again_at, again_n; /* from here to there */
	int rereads;              /* the piece is that */
	int sets_aside;           /* the piece waits for that */
	struct leat_span *spans;
	leat_csv_field *fields;
	size_t n_room; /* of both */

	int bom; /* bytes of the mark seen so far; -1: past it */
	int ended;
	size_t width; /* fields of the first record */
	uint64_t n_records;
	leat_csv_record record; /* the last one */

	/* csv_quick.c: places in the piece from `window` on. */
	const char *window, *scanned;
	size_t n_places, place;
	uint16_t places[LEAT_PLACES];
};

/* csv.c */
int leat_csv_grow(leat_csv *c, size_t n_fields);
int leat_csv_reserve(leat_csv *c, struct leat_bytes *b, size_t n);
/*
 * csv_slow.c: one step of the record at c->at, which is before c->n.
 * LEAT_ENOMEM, or what leat_csv_deliver() returned.
 */
int leat_csv_step(leat_csv *c);
/* The input has ended: the same for a record that lacks its line end. */
int leat_csv_end_last(leat_csv *c);
/* Tells whether no record has begun. */
int leat_csv_is_between(const leat_csv *c);
/* The next record starts at the byte at `at`. */
void leat_csv_start_record(leat_csv *c, int state);
/* Adds the piece's part of the record to what is held. */
int leat_csv_carry_over(leat_csv *c);
/* Writes what stands between and behind the quotes; returns its length. */
size_t leat_csv_unquote(char *out, const char *raw, size_t n, char quote);
/* Fills the record, which has no problem, and counts it. */
LEAT_INLINE void leat_csv_tell(leat_csv *c, size_t n_fields, uint64_t line,
    uint64_t offset)
{
	leat_csv_record *r = &c->record;

	r->fields = c->fields;
	r->n_fields = n_fields;
	r->number = c->n_records++;
	r->line = line;
	r->offset = offset;
	r->problem = LEAT_CSV_FINE;
	r->problem_field = 0;
	r->problem_line = line;
	r->problem_column = 0;
}
/* Calls back. Whatever ends the visit, the record has been taken. */
LEAT_INLINE int leat_csv_call(leat_csv *c)
{
	return c->options.record(c->options.ctx, &c->record) == 0
	    ? LEAT_OK
	    : LEAT_ECALLBACK;
}
/* Fills the record, which may have a problem; calls back or refuses. */
int leat_csv_deliver(leat_csv *c, const struct leat_unfinished *u);
/*
 * csv_quick.c: all records from c->at on that end in the piece and are well
 * formed; stops at the start of the first that is not. LEAT_ENOMEM, or what
 * leat_csv_deliver() returned.
 */
int leat_csv_quick(leat_csv *c);
/* c->at has been set back. */
void leat_csv_go_back(leat_csv *c);

#endif
