/*
 * text.h - shared by the sources of src/text
 *
 * Text is processed eight bytes at a time in plain 64-bit registers, the first
 * byte the lowest (core.h), so that one source works on every machine; only the
 * search for the special bytes of CSV (scan.c) has variants for vector
 * registers.
 */
#ifndef LEAT_SRC_TEXT_H
#define LEAT_SRC_TEXT_H

#include <leat_text.h>

#include "../core/core.h"

/* A word of eight equal bytes. */
#define LEAT_EIGHT(byte) (0x0101010101010101u * (uint64_t)(byte))

/* Sets the highest bit of each byte that is zero, and no other bit. */
LEAT_INLINE uint64_t leat_zero_bytes(uint64_t x)
{
	uint64_t low = LEAT_EIGHT(0x7F);

	return ~(((x & low) + low) | x | low);
}

struct leat_uint128 {
	uint64_t hi, lo;
};

/* Returns the full product of 128 bits. */
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
	/* Shifting a positive number is portable. */
	return ((k * 217706 + (1 << 30)) >> 16) - (1 << 14);
}

/* Powers of ten that are doubles: 10^0 .. 10^22. */
extern const double leat_exact_powers[23];

/*
 * exact.c: a decimal with all its digits, at most LEAT_EXACT_DIGITS and one
 * more, which stands for all later ones.
 */
#define LEAT_EXACT_DIGITS 800
struct leat_decimal {
	const unsigned char *digits; /* 0 .. 9 */
	size_t n;
	int64_t exponent; /* exponent of the last digit */
};
/*
 * Requires m * 2^e <= decimal. Returns 1 if the next double is nearer to the
 * decimal than m * 2^e, else 0.
 */
int leat_exact_rounds_up(const struct leat_decimal *d, uint64_t m, int e);

LEAT_INLINE int leat_is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/*
 * Returns whether all bytes of both are 0 .. 9. Digits are, after an exclusive
 * or with '0' in each byte.
 */
LEAT_INLINE int leat_are_digits(uint64_t x, uint64_t y)
{
	uint64_t six = LEAT_EIGHT(0x06);

	return ((x | y | (x + six) | (y + six)) & LEAT_EIGHT(0xF0)) == 0;
}

/* Converts eight bytes 0 .. 9, the first the lowest, to a number. */
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

	/*
	 * Split into two halves of four digits, then four of two, then eight
	 * digits. For numbers this small multiplications divide exactly.
	 */
	fours = n / 10000;
	fours |= (n - fours * 10000) << 32;
	twos = (fours * 10486 >> 20) & 0x0000007F0000007Fu;
	twos |= (fours - twos * 100) << 16;
	n = (twos * 103 >> 10) & 0x000F000F000F000Fu;
	return n | (twos - n * 10) << 8;
}

/* Returns x if `first` is 1, y if it is 0, without a branch to predict. */
LEAT_INLINE uint64_t leat_choose(uint64_t first, uint64_t x, uint64_t y)
{
	return y ^ ((x ^ y) & (0 - first));
}

/* Days of 400 years, and from 0000-03-01 to 1970-01-01. */
enum { LEAT_ERA_DAYS = 146097, LEAT_EPOCH_DAYS = 719468 };

/* leat_days_from_date(), for years from 0 on. */
LEAT_INLINE int64_t leat_day_number(int year, int month, int day)
{
	/* An extra era keeps January of the year 0 positive. */
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

/* scan.c: bytes with a meaning in CSV. */
struct leat_special {
	unsigned char delimiter;
	unsigned char quote; /* LF, if quotes are text */
	/* The mark with each lower half, if these differ. */
	unsigned char by_half[16];
};

/* Bytes scanned by one call, and size of the array of places. */
enum { LEAT_SCAN = 2048, LEAT_PLACES = LEAT_SCAN + 64 };

/*
 * Writes the offsets of delimiters, quotes, LF, CR and NUL among n bytes, at
 * most LEAT_SCAN, in order; returns their number. May write behind them.
 */
typedef size_t leat_scan_fn(const struct leat_special *m, const char *bytes,
    size_t n, uint16_t *places_out);

/* Fills *m and returns the fastest scan that this CPU supports. */
leat_scan_fn *leat_scan_choose(struct leat_special *m, unsigned char delimiter,
    unsigned char quote);

enum leat_csv_state {
	LEAT_FIELD_START,
	LEAT_PLAIN,  /* in a field without quotes, or after its closing one */
	LEAT_QUOTED, /* inside quotes */
	LEAT_QUOTED_CR,  /* inside quotes, and the last byte was a CR */
	LEAT_QUOTE_SEEN, /* a quote inside quotes: the end, or half of two */
	LEAT_AFTER_CR    /* a record has ended with CR: an LF belongs to it */
};

enum { LEAT_SPAN_QUOTED = 1, LEAT_SPAN_IRREGULAR = 2 };

struct leat_span {
	size_t start, end; /* offsets in the record, quotes included */
	int flags;
};

struct leat_bytes {
	char *bytes;
	size_t size;
};

/* State of the record that is being read. */
struct leat_unfinished {
	int state;
	size_t held; /* bytes of it from earlier pieces, in `carry` */
	size_t n_spans, field_start;
	int field_flags;
	int too_long;
	int problem;
	size_t problem_field;
	uint64_t problem_line;
	size_t problem_column;
	uint64_t line; /* line of the next byte */
	/* offset in the record at which that line starts */
	size_t line_at;
	uint64_t first_line, offset; /* line and offset of the record's start */
	/* line at which its last quotes were opened */
	uint64_t quote_line;
	size_t quote_column;
	/* First line end in the open quotes, with max_lines; 0: none. */
	size_t torn_at;
	int torn_fine; /* no problem was found before torn_at */
};

/* Rows gathered at once, and fields of a row with quotes, at most. */
enum { LEAT_ROWS = 64, LEAT_QUOTED_FIELDS = 128 };

/* csv_rows.c: what leat_csv_select() has chosen. */
struct leat_csv_choice {
	size_t (*rows)(void *ctx, const leat_csv_rows *rows);
	size_t n_texts, n_numbers;
	size_t *columns; /* texts come first, then numbers */
	size_t width;    /* fields that a record must have for them */
	size_t most;     /* rows to gather now */
	leat_csv_field *texts, *cells; /* cells: texts of the numbers */
	double *numbers;
	const char *starts[LEAT_ROWS];
	uint16_t ends[LEAT_QUOTED_FIELDS];
};

struct leat_csv {
	leat_csv_options options;
	leat_allocator allocator;
	leat_scan_fn *scan;
	struct leat_special marks;
	/* 256, which is no byte, if quotes are text */
	int quote;
	unsigned char plain_stop[256];  /* special bytes outside quotes */
	unsigned char quoted_stop[256]; /* special bytes inside quotes */

	/* The piece that is being read, and the start of its current record. */
	const char *piece;
	size_t n, at, record_at;
	uint64_t base; /* bytes before the piece */

	struct leat_unfinished now;
	/* copy of `now` from position safe_at of the piece */
	struct leat_unfinished safe;
	size_t safe_at;
	int starved; /* an allocation failed: return to `safe` */
	struct leat_bytes carry, scratch;
	/* bytes to be read again, from again_at to again_n */
	struct leat_bytes again;
	size_t again_at, again_n;
	int rereads; /* the current piece is `again` */
	/* the current piece must wait until `again` has been read */
	int sets_aside;
	struct leat_span *spans;
	leat_csv_field *fields;
	size_t n_room; /* capacity of both */

	int bom; /* bytes of the byte order mark seen; -1: done */
	int ended;
	size_t width; /* fields of the first record */
	uint64_t n_records;
	leat_csv_record record;         /* the last one */
	struct leat_csv_choice *choice; /* NULL: none */

	/* csv_quick.c: base of `places`, and the end of the scanned part */
	const char *window, *scanned;
	size_t n_places, place;
	uint16_t places[LEAT_PLACES];
};

/* csv.c */
int leat_csv_grow(leat_csv *c, size_t n_fields);
int leat_csv_reserve(leat_csv *c, struct leat_bytes *b, size_t n);
/*
 * csv_slow.c: one step in the record at c->at, which must be below c->n.
 * Returns LEAT_ENOMEM, or the result of leat_csv_deliver().
 */
int leat_csv_step(leat_csv *c);
/* Ends the input: delivers the record that lacks its line end, if any. */
int leat_csv_end_last(leat_csv *c);
/* Returns whether no record has begun. */
int leat_csv_is_between(const leat_csv *c);
/* Starts the next record at c->at. */
void leat_csv_start_record(leat_csv *c, int state);
/* Adds the piece's part of the record to what is held. */
int leat_csv_carry_over(leat_csv *c);
/* Writes the text inside and behind the quotes; returns its length. */
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
/* Calls back. The record counts as taken even if the callback fails. */
LEAT_INLINE int leat_csv_call(leat_csv *c)
{
	return c->options.record(c->options.ctx, &c->record) == 0
	    ? LEAT_OK
	    : LEAT_ECALLBACK;
}
/* Fills the record and its problem; calls back, or returns LEAT_ECSV. */
int leat_csv_deliver(leat_csv *c, const struct leat_unfinished *u);
/*
 * csv_quick.c: reads all records from c->at on that end in the piece and are
 * well formed; stops at the start of the first other one. Returns LEAT_ENOMEM,
 * or the result of leat_csv_deliver().
 */
int leat_csv_quick(leat_csv *c);
/* Makes the places match c->at again after it has been decreased. */
void leat_csv_go_back(leat_csv *c);
/* Finds the places of the next stretch. Returns 0 if there is none. */
int leat_csv_find_places(leat_csv *c, const char *end);
/*
 * csv_rows.c: delivers the usual records from `record` on, where the places
 * are, as rows of the chosen columns. Moves *line, and returns the start of the
 * next record, which is to be read as one.
 */
const char *leat_csv_read_rows(leat_csv *c, const char *record, const char *end,
    uint64_t *line);
void leat_csv_forget_choice(leat_csv *c);

#endif
