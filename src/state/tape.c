/*
 * tape.c - the bytes of a state, in pieces, in both directions
 *
 * A state is a head of eight bytes and then chunks, each with a head of four:
 * its part, whether a reader that does not know that part may skip it, and the
 * number of bytes that follow. Consecutive chunks of one part are one run of
 * bytes, so neither side has to know its length beforehand, and the writer has
 * to hold one chunk only. The last chunk is the checksum of all bytes before
 * it.
 *
 * Loading allocates no memory. Bytes in memory are read in place; those from
 * read() go through the piece, and never more of them are requested than the
 * chunk's head has announced.
 */
#include "state.h"

static const unsigned char tape_magic[4] = { 'l', 'e', 'a', 't' };

enum { TAPE_REQUIRED = 1, TAPE_STATE_HEAD = 8, TAPE_NUMBER_MAX = 10 };

void leat_tape_fail(struct leat_tape *t, int err)
{
	if (!t->err)
		t->err = err;
	/* An empty chunk takes later writes; later reads find no bytes. */
	t->at = t->piece + LEAT_TAPE_HEAD;
	t->from = t->until = t->piece;
	t->behind = 0;
}

/* ---------------- out ------------------------------------------------ */

static void tape_emit(struct leat_tape *t, const unsigned char *p, size_t n)
{
	leat_writer *w = t->writer;
	uint64_t before = w->n_bytes;

	if (t->err)
		return;
	w->n_bytes += n;
	/* Counting alone needs no checksum, which would be most of its cost. */
	if (w->write || w->bytes)
		t->crc = leat_crc32c(t->crc, p, n);
	if (w->write) {
		if (w->write(w->ctx, p, n) != n)
			leat_tape_fail(t, LEAT_EIO);
	} else if (w->bytes) {
		if (w->n_bytes > w->capacity)
			leat_tape_fail(t, LEAT_EBUFFER);
		else
			memcpy((unsigned char *)w->bytes + (size_t)before, p,
			    n);
	}
}

/* Emits the current chunk, unless it is empty. */
static void tape_flush(struct leat_tape *t)
{
	size_t n = (size_t)(t->at - t->piece) - LEAT_TAPE_HEAD;

	if (n == 0)
		return;
	t->piece[0] = (unsigned char)t->part;
	t->piece[1] = (unsigned char)t->required;
	t->piece[2] = (unsigned char)n;
	t->piece[3] = (unsigned char)(n >> 8);
	t->at = t->piece + LEAT_TAPE_HEAD;
	tape_emit(t, t->piece, n + LEAT_TAPE_HEAD);
}

static void tape_put(struct leat_tape *t, const unsigned char *p, size_t n)
{
	while (n > 0) {
		size_t some = (size_t)(t->end - t->at);
		if (some == 0) {
			tape_flush(t);
			continue;
		}
		some = some < n ? some : n;
		memcpy(t->at, p, some);
		t->at += some;
		p += some;
		n -= some;
	}
}

static void tape_begin(struct leat_tape *t, int loads)
{
	memset(t, 0, offsetof(struct leat_tape, piece));
	t->loads = loads;
	t->at = t->piece + LEAT_TAPE_HEAD;
	t->end = t->piece + LEAT_TAPE_PIECE;
	t->from = t->until = t->piece;
}

/* Begins a state: its head, and the tag if there is one. */
static void tape_begin_saving(struct leat_tape *t, leat_writer *w, int object)
{
	unsigned char head[TAPE_STATE_HEAD] = { 0 };
	uint64_t len = w->tag_len;

	tape_begin(t, 0);
	t->writer = w;
	w->n_bytes = 0;
	memcpy(head, tape_magic, sizeof(tape_magic));
	head[4] = LEAT_STATE_VERSION;
	head[5] = (unsigned char)object;
	if (len > LEAT_TAG_MAX) {
		leat_tape_fail(t, LEAT_EINVAL);
		return;
	}
	tape_emit(t, head, sizeof(head));
	if (len == 0)
		return;
	leat_tape_part(t, LEAT_STATE_TAG);
	leat_tape_number(t, &len, LEAT_TAG_MAX);
	tape_put(t, w->tag, w->tag_len);
}

/* Ends a state with its checksum. Returns the error of the tape. */
static int tape_end_saving(struct leat_tape *t)
{
	unsigned char sum[4];
	unsigned char head[LEAT_TAPE_HEAD] = { LEAT_STATE_END, TAPE_REQUIRED,
		sizeof(sum), 0 };

	tape_flush(t);
	tape_emit(t, head, sizeof(head));
	for (int i = 0; i < 4; i++)
		sum[i] = (unsigned char)(t->crc >> 8 * i);
	tape_emit(t, sum, sizeof(sum));
	return t->err;
}

/* ---------------- in ------------------------------------------------- */

/* Returns the next n bytes, at most a piece. NULL if there are fewer. */
static const unsigned char *tape_fetch(struct leat_tape *t, size_t n)
{
	leat_reader *r = t->reader;
	const unsigned char *p = t->piece;

	if (t->err)
		return NULL;
	if (r->read) {
		if (r->read(r->ctx, t->piece, n) != n) {
			leat_tape_fail(t, LEAT_EIO);
			return NULL;
		}
	} else {
		if (n > r->n_bytes - r->n_read) {
			leat_tape_fail(t, LEAT_ESTATE);
			return NULL;
		}
		p = (const unsigned char *)r->bytes + (size_t)r->n_read;
	}
	r->n_read += n;
	return p;
}

static const unsigned char *tape_fetch_summed(struct leat_tape *t, size_t n)
{
	const unsigned char *p = tape_fetch(t, n);

	if (p)
		t->crc = leat_crc32c(t->crc, p, n);
	return p;
}

/* Reads the head of the next chunk, unless it has been read. */
static void tape_read_head(struct leat_tape *t)
{
	const unsigned char *p;

	if (t->headed || !(p = tape_fetch_summed(t, LEAT_TAPE_HEAD)))
		return;
	t->headed = 1;
	t->part = p[0];
	t->required = p[1] & TAPE_REQUIRED;
	t->behind = (uint32_t)p[2] | (uint32_t)p[3] << 8;
	/* The range is empty: no byte of the chunk has been fetched yet. */
	t->from = t->until = p;
}

/* Fetches more of the chunk. Requires that fetched bytes are used up. */
static void tape_read_more(struct leat_tape *t)
{
	size_t n = t->behind;

	/* The piece is the only buffer that read() has. */
	if (t->reader->read && n > LEAT_TAPE_PIECE)
		n = LEAT_TAPE_PIECE;
	const unsigned char *p = n > 0 ? tape_fetch_summed(t, n) : NULL;
	if (!p)
		return;
	t->behind -= (uint32_t)n;
	t->from = p;
	t->until = p + n;
}

static int tape_is_known(int part)
{
	return part <= LEAT_STATE_REFUSED;
}

void leat_tape_skip(struct leat_tape *t)
{
	while (t->behind > 0) /* 0 after an error */
		tape_read_more(t);
	t->from = t->until;
	t->headed = 0;
}

/*
 * Advances to the next chunk that is not empty and of a known part.
 * LEAT_EVERSION if an unknown part is required.
 */
static void tape_next_known(struct leat_tape *t)
{
	for (;;) {
		tape_read_head(t);
		if (t->err || (tape_is_known(t->part) && t->behind > 0))
			return;
		if (t->required && !tape_is_known(t->part)) {
			leat_tape_fail(t, LEAT_EVERSION);
			return;
		}
		leat_tape_skip(t);
	}
}

/* Fetches more of the current part, across chunks. LEAT_ESTATE at its end. */
static void tape_go_on(struct leat_tape *t)
{
	int part = t->part;

	while (t->from == t->until && !t->err) {
		if (t->behind > 0) {
			tape_read_more(t);
			continue;
		}
		t->headed = 0;
		tape_next_known(t);
		leat_tape_expect(t, t->part == part);
	}
}

static void tape_get(struct leat_tape *t, unsigned char *p, size_t n)
{
	while (n > 0) {
		size_t some = (size_t)(t->until - t->from);
		if (some == 0) {
			tape_go_on(t);
			if (t->err) {
				memset(p, 0, n);
				return;
			}
			continue;
		}
		some = some < n ? some : n;
		memcpy(p, t->from, some);
		t->from += some;
		p += some;
		n -= some;
	}
}

/*
 * A chunk that has been read to its end is finished, and the next head is read;
 * a chunk of which nothing has been read is the next one itself.
 */
int leat_tape_has(struct leat_tape *t, int part)
{
	if (!leat_tape_expect(t, t->from == t->until))
		return 0;
	if (t->behind == 0)
		t->headed = 0;
	tape_next_known(t);
	return !t->err && t->part == part;
}

void leat_tape_part(struct leat_tape *t, int part)
{
	if (t->loads) {
		leat_tape_expect(t, leat_tape_has(t, part));
		return;
	}
	tape_flush(t);
	t->part = part;
	/* Whoever knows neither of these two may go on without them. */
	t->required = part == LEAT_STATE_TAG || part == LEAT_STATE_REFUSED
	    ? 0
	    : TAPE_REQUIRED;
}

static void tape_load_tag(struct leat_tape *t)
{
	leat_reader *r = t->reader;
	uint64_t len = 0;

	if (!leat_tape_has(t, LEAT_STATE_TAG))
		return;
	leat_tape_number(t, &len, LEAT_TAG_MAX);
	r->tag_len = (size_t)len;
	if (!r->tag) {
		/* An unwanted tag still counts for the checksum. */
		unsigned char ignored[64];
		for (; len > 0; len -= len < 64 ? len : 64)
			tape_get(t, ignored, len < 64 ? (size_t)len : 64);
		return;
	}
	if (len > r->tag_capacity)
		leat_tape_fail(t, LEAT_EBUFFER);
	else
		tape_get(t, r->tag, (size_t)len);
}

/* Reads head and tag of a state; object 0 stands for any. */
static void tape_begin_loading(struct leat_tape *t, leat_reader *r, int object)
{
	const unsigned char *head;

	tape_begin(t, 1);
	t->reader = r;
	r->n_read = 0;
	r->tag_len = 0;
	r->object = r->version = 0;
	r->differs = NULL;
	head = tape_fetch_summed(t, TAPE_STATE_HEAD);
	if (!head)
		return;
	leat_tape_expect(t, memcmp(head, tape_magic, sizeof(tape_magic)) == 0);
	if (!leat_tape_expect(t, head[4] > 0))
		return;
	r->version = head[4];
	r->object = head[5];
	/* The spare bytes are 0 in all known versions. */
	if (head[4] > LEAT_STATE_VERSION || head[6] || head[7])
		leat_tape_fail(t, LEAT_EVERSION);
	else if (object && r->object != object)
		leat_tape_fail(t, LEAT_EOBJECT);
	else
		tape_load_tag(t);
}

/* Returns the first error; LEAT_ESTATE is also a checksum that is wrong. */
static int tape_end_loading(struct leat_tape *t)
{
	const unsigned char *p;

	leat_tape_part(t, LEAT_STATE_END);
	leat_tape_expect(t, t->behind == 4);
	/* The checksum does not cover its own bytes. */
	p = tape_fetch(t, 4);
	if (p)
		leat_tape_expect(t, leat_load32(p) == t->crc);
	return t->err;
}

/* ---------------- all of it ------------------------------------------- */

int leat_tape_to(leat_writer *w, int object, leat_tape_walk *walk,
    const void *from)
{
	struct leat_tape t;

	if (!LEAT_IS_RESERVED(w))
		return LEAT_EINVAL;
	if (!w->write && !w->bytes &&
	    w->capacity > 0) /* the caller's malloc() failed */
		return LEAT_EBUFFER;
	tape_begin_saving(&t, w, object);
	walk(&t, (void *)(uintptr_t)from);
	return tape_end_saving(&t);
}

int leat_tape_from(leat_reader *r, int object, leat_tape_walk *walk, void *to)
{
	struct leat_tape t;

	if (!LEAT_IS_RESERVED(r))
		return LEAT_EINVAL;
	tape_begin_loading(&t, r, object);
	walk(&t, to);
	return tape_end_loading(&t);
}

int leat_state_check(leat_reader *reader)
{
	struct leat_tape t;

	LEAT_ASSERT(reader &&
	    (reader->read || reader->bytes || !reader->n_bytes));
	if (!LEAT_IS_RESERVED(reader))
		return LEAT_EINVAL;
	tape_begin_loading(&t, reader, 0);
	/* Only form and checksum of the content are checked. */
	while (!t.err && !leat_tape_has(&t, LEAT_STATE_END))
		leat_tape_skip(&t);
	return tape_end_loading(&t);
}

/* ---------------- what there can be on it ---------------------------- */

void leat_tape_bytes(struct leat_tape *t, void *bytes, size_t n)
{
	if (t->loads)
		tape_get(t, bytes, n);
	else
		tape_put(t, bytes, n);
}

/* Writes seven bits a byte, the lowest first; the last byte is below 128. */
static void tape_put_number(struct leat_tape *t, uint64_t x)
{
	/* Flush early, so that the loop needs no check for space. */
	if (LEAT_UNLIKELY(t->end - t->at < TAPE_NUMBER_MAX))
		tape_flush(t);
	for (; x > 127; x >>= 7)
		*t->at++ = (unsigned char)(x | 128);
	*t->at++ = (unsigned char)x;
}

LEAT_INLINE unsigned tape_get_byte(struct leat_tape *t)
{
	unsigned char c;

	if (LEAT_LIKELY(t->from < t->until))
		return *t->from++;
	tape_get(t, &c, 1);
	return c;
}

static uint64_t tape_get_number(struct leat_tape *t)
{
	unsigned c = tape_get_byte(t);
	uint64_t x = c & 127;

	for (unsigned shift = 7; c > 127; shift += 7) {
		c = tape_get_byte(t);
		/* The tenth byte has room for one bit of the 64. */
		if (!leat_tape_expect(t, shift < 63 || c < 2))
			return 0;
		/* Only the shortest form is valid, which ends with no 0. */
		if (!leat_tape_expect(t, c != 0))
			return 0;
		x |= (uint64_t)(c & 127) << shift;
	}
	return x;
}

void leat_tape_number(struct leat_tape *t, uint64_t *x, uint64_t most)
{
	if (!t->loads) {
		tape_put_number(t, *x);
		return;
	}
	*x = tape_get_number(t);
	if (!leat_tape_expect(t, *x <= most))
		*x = 0;
}

/* Maps 0, -1, 1, -2, ... to 0, 1, 2, 3, ..., so small sizes are short. */
static uint64_t tape_fold(uint64_t x)
{
	return x << 1 ^ (0 - (x >> 63));
}

static uint64_t tape_unfold(uint64_t x)
{
	return x >> 1 ^ (0 - (x & 1));
}

/* Converts without an implementation-defined cast; large values wrap around. */
static int64_t tape_signed_of(uint64_t x)
{
	return x >> 63 ? -1 - (int64_t)~x : (int64_t)x;
}

void leat_tape_signed(struct leat_tape *t, int64_t *x)
{
	if (t->loads)
		*x = tape_signed_of(tape_unfold(tape_get_number(t)));
	else
		tape_put_number(t, tape_fold((uint64_t)*x));
}

void leat_tape_time(struct leat_tape *t, int64_t *x)
{
	/* Unsigned, because a difference of two times may exceed int64_t. */
	uint64_t base = (uint64_t)t->base;

	if (t->loads)
		*x = tape_signed_of(base + tape_unfold(tape_get_number(t)));
	else
		tape_put_number(t, tape_fold((uint64_t)*x - base));
	t->base = *x;
}

LEAT_INLINE void tape_put_word(struct leat_tape *t, uint64_t x)
{
	if (LEAT_UNLIKELY(t->end - t->at < 8))
		tape_flush(t);
	leat_store64(t->at, x);
	t->at += 8;
}

LEAT_INLINE uint64_t tape_get_word(struct leat_tape *t)
{
	unsigned char bytes[8];

	if (LEAT_LIKELY(t->until - t->from >= 8)) {
		t->from += 8;
		return leat_load64(t->from - 8);
	}
	tape_get(t, bytes, 8);
	return leat_load64(bytes);
}

void leat_tape_double(struct leat_tape *t, double *x)
{
	if (t->loads)
		*x = leat_double_of(tape_get_word(t));
	else
		tape_put_word(t, leat_bits_of(*x));
}

void leat_tape_doubles(struct leat_tape *t, double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		leat_tape_double(t, &x[i]);
}

/* ---------------- sparse words ---------------------------------------- */

/* Copies words, since accumulators have any type and alignment. */
static void tape_put_sparse(struct leat_tape *t, const unsigned char *words,
    unsigned n, unsigned integers)
{
	unsigned char *mask;

	/*
	 * A group is at most a byte of flags and eight words; it stays in one
	 * piece, because the flags are filled in last.
	 */
	if (LEAT_UNLIKELY(t->end - t->at < 65))
		tape_flush(t);
	mask = t->at++;
	*mask = 0;
	for (unsigned i = 0; i < n; i++) {
		uint64_t x;
		double d;
		memcpy(&x, words + 8 * i, sizeof(x));
		memcpy(&d, words + 8 * i, sizeof(d));
		if (!(integers >> i & 1))
			x = leat_bits_of(d);
		if (x == 0)
			continue;
		*mask = (unsigned char)(*mask | 1u << i);
		leat_store64(t->at, x);
		t->at += 8;
	}
}

static void tape_get_sparse(struct leat_tape *t, unsigned char *words,
    unsigned n, unsigned integers)
{
	unsigned mask = tape_get_byte(t);

	/* Flags beyond the group, or a stored 0, would be a second form. */
	leat_tape_expect(t, mask >> n == 0);
	for (unsigned i = 0; i < n; i++) {
		uint64_t word = 0;
		double d;
		if (mask >> i & 1) {
			word = tape_get_word(t);
			leat_tape_expect(t, word != 0);
		}
		d = leat_double_of(word);
		if (integers >> i & 1)
			memcpy(words + 8 * i, &word, sizeof(word));
		else
			memcpy(words + 8 * i, &d, sizeof(d));
	}
}

void leat_tape_sparse(struct leat_tape *t, void *words, size_t n,
    unsigned integers)
{
	unsigned char *p = words;

	for (; n > 0; integers >>= 8) {
		unsigned some = n < 8 ? (unsigned)n : 8;
		if (t->loads)
			tape_get_sparse(t, p, some, integers);
		else
			tape_put_sparse(t, p, some, integers);
		p += 8 * (size_t)some;
		n -= some;
	}
}

/* ---------------- integers as numbers --------------------------------- */

void leat_tape_int(struct leat_tape *t, int *x, int most)
{
	uint64_t n = (uint64_t)*x;

	leat_tape_number(t, &n, (uint64_t)most);
	if (t->loads)
		*x = (int)n;
}

void leat_tape_size(struct leat_tape *t, size_t *x, size_t most)
{
	uint64_t n = *x;

	leat_tape_number(t, &n, most);
	if (t->loads)
		*x = (size_t)n;
}

void leat_tape_count(struct leat_tape *t, double *x)
{
	uint64_t n = (uint64_t)*x;

	/* Doubles hold integers exactly up to 2^53. */
	leat_tape_number(t, &n, (uint64_t)1 << 53);
	if (t->loads)
		*x = (double)n;
}

/* ---------------- options ---------------------------------------------- */

void leat_tape_agree(struct leat_tape *t, int same, const char *option)
{
	if (same || t->err)
		return;
	t->reader->differs = option;
	leat_tape_fail(t, LEAT_EOPTIONS);
}

void leat_tape_same(struct leat_tape *t, uint64_t x, const char *option)
{
	uint64_t there = x;

	leat_tape_number(t, &there, UINT64_MAX);
	leat_tape_agree(t, there == x, option);
}

void leat_tape_same_time(struct leat_tape *t, int64_t x, const char *option)
{
	int64_t there = x;

	leat_tape_signed(t, &there);
	leat_tape_agree(t, there == x, option);
}

void leat_tape_same_double(struct leat_tape *t, double x, const char *option)
{
	uint64_t bits = leat_bits_of(x), there = bits;

	if (t->loads)
		there = tape_get_word(t);
	else
		tape_put_word(t, bits);
	leat_tape_agree(t, there == bits, option);
}

void leat_tape_near_double(struct leat_tape *t, double x, double reach,
    const char *option)
{
	double there = x;

	leat_tape_double(t, &there);
	leat_tape_agree(t, fabs(there - x) <= reach, option);
}

void leat_tape_same_text(struct leat_tape *t, const char *text,
    const char *option)
{
	size_t len = strlen(text);

	leat_tape_same(t, len, option);
	for (size_t i = 0; i < len && !t->err; i++) {
		unsigned char c = (unsigned char)text[i];
		leat_tape_bytes(t, &c, 1);
		leat_tape_agree(t, c == (unsigned char)text[i], option);
	}
}
