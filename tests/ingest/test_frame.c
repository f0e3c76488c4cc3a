/*
 * Bytes to lines, held against another way to do it: one that has all of the
 * text at once. Texts of the few bytes that mean something are cut in every
 * way, and long ones at random.
 */
#include "test_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../examples/socket_ingest/frame.h"

enum { STORY = 4096 };

struct story {
	char text[STORY];
	size_t n;
};

static void tell(struct story *s, char kind, const char *text, size_t len)
{
	ck_assert_uint_lt(s->n + len + 2, STORY);
	s->text[s->n++] = kind;
	if (len > 0)
		memcpy(s->text + s->n, text, len);
	s->n += len;
	s->text[s->n++] = '|';
}

/* ---- Another way ---- */

static void tell_line(struct story *s, const char *text, size_t len,
    size_t most)
{
	if (len > 0 && text[len - 1] == '\r')
		len--;
	if (len > most)
		tell(s, 'T', NULL, 0);
	else
		tell(s, 'L', text, len);
}

/* Returns how many bytes a counted frame takes; 0: it is broken or not whole */
static size_t tell_counted(struct story *s, const char *p, const char *end,
    size_t most)
{
	const char *start = p;
	unsigned long length = 0;

	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		length = 10 * length + (unsigned long)(*p - '0');
		if (length == 0 || length > 999999999) {
			tell(s, 'B', NULL, 0);
			return 0;
		}
	}
	if (p == end || *p != ' ') {
		tell(s, 'B', NULL, 0);
		return 0;
	}
	p++;
	if (length > most)
		tell(s, 'T', NULL, 0);
	if (length > (size_t)(end - p)) {
		tell(s, 'B', NULL, 0);
		return 0;
	}
	if (length <= most)
		tell_line(s, p, length - (p[length - 1] == '\n'), most);
	p += length;
	p += end - p >= 2 && p[0] == '\r' && p[1] == '\n' ? 2
	    : p < end && (*p == '\n' || *p == '\r')       ? 1
							  : 0;
	return (size_t)(p - start);
}

static void read_whole(struct story *s, const char *text, size_t len,
    size_t most, int counted)
{
	const char *p = text, *end = text + len;

	while (p < end) {
		const char *stop;
		size_t n;

		if (counted && *p >= '0' && *p <= '9') {
			n = tell_counted(s, p, end, most);
			if (n == 0)
				return;
			p += n;
			continue;
		}
		stop = memchr(p, '\n', (size_t)(end - p));
		n = (size_t)((stop ? stop : end) - p);
		tell_line(s, p, n, most);
		p = stop ? stop + 1 : end;
	}
}

/* ---- The one that is tried ---- */

/* Returns 0 if it is broken. A piece is a copy that is spoilt afterwards. */
static int read_piece(struct frame *f, struct story *s, const char *text,
    size_t len)
{
	char *copy = malloc(len ? len : 1);
	struct piece piece = { copy, copy + len };
	struct line line;
	enum frame_event event;

	ck_assert_ptr_nonnull(copy);
	if (len > 0)
		memcpy(copy, text, len);
	while ((event = frame_next(f, &piece, &line)) != FRAME_MORE) {
		if (event == FRAME_BROKEN)
			break;
		if (event == FRAME_LINE)
			tell(s, 'L', line.text, line.len);
		else
			tell(s, 'T', NULL, 0);
		ck_assert_uint_le(f->n_held, f->max_line + 1);
	}
	memset(copy, '!', len);
	free(copy);
	if (event == FRAME_BROKEN)
		tell(s, 'B', NULL, 0);
	return event != FRAME_BROKEN;
}

static void read_end(struct frame *f, struct story *s)
{
	struct line line;
	enum frame_event event = frame_end(f, &line);

	if (event == FRAME_LINE)
		tell(s, 'L', line.text, line.len);
	else if (event != FRAME_MORE)
		tell(s, event == FRAME_BROKEN ? 'B' : 'T', NULL, 0);
}

static void compare(const char *text, size_t len, const struct story *a,
    const struct story *b)
{
	ck_assert_msg(a->n == b->n && memcmp(a->text, b->text, a->n) == 0,
	    "\"%.*s\": \"%.*s\", not \"%.*s\"", (int)len, text, (int)a->n,
	    a->text, (int)b->n, b->text);
}

/* Cut behind each byte whose bit is set. */
static void try_cuts(const char *text, size_t len, size_t most, int counted,
    unsigned cuts, const struct story *wanted)
{
	struct frame f = { 0 };
	static struct story s;
	size_t start = 0;
	int going = 1;

	s.n = 0;
	f.max_line = most;
	f.counted = counted;
	for (size_t i = 0; i < len && going; i++) {
		if (i + 1 < len && !(cuts >> i & 1))
			continue;
		going = read_piece(&f, &s, text + start, i + 1 - start);
		start = i + 1;
	}
	if (going)
		read_end(&f, &s);
	frame_clear(&f);
	compare(text, len, &s, wanted);
}

static void try_all_cuts(const char *text, size_t len, size_t most, int counted)
{
	static struct story wanted;

	wanted.n = 0;
	read_whole(&wanted, text, len, most, counted);
	for (unsigned cuts = 0; cuts < 1u << (len ? len - 1 : 0); cuts++)
		try_cuts(text, len, most, counted, cuts, &wanted);
}

/* ---- Tests ---- */

START_TEST(lines_end_with_lf_or_crlf)
{
	static const char text[] = "one\n\r\ntwo\r\n\rth\rree\r\r\nlast\r";
	static struct story s;
	struct frame f = { 0 };

	s.n = 0;
	f.max_line = 100;
	ck_assert(read_piece(&f, &s, text, sizeof text - 1));
	read_end(&f, &s);
	ck_assert_uint_eq(s.n, strlen("Lone|L|Ltwo|L\rth\rree\r|Llast|"));
	ck_assert_mem_eq(s.text, "Lone|L|Ltwo|L\rth\rree\r|Llast|", s.n);
	frame_clear(&f);
}
END_TEST

/*
 * Tries all texts of up to 6 of these bytes, cut in all ways, for some limits.
 */
START_TEST(cuts_make_no_difference_to_lines)
{
	static const char bytes[] = "a\r\n";
	char text[6];

	for (size_t len = 0; len <= sizeof text; len++) {
		size_t all = 1;

		for (size_t i = 0; i < len; i++)
			all *= 3;
		for (size_t code = 0; code < all; code++) {
			size_t rest = code;

			for (size_t i = 0; i < len; i++, rest /= 3)
				text[i] = bytes[rest % 3];
			for (size_t most = 0; most < 4; most++)
				try_all_cuts(text, len, most, 0);
		}
	}
}
END_TEST

START_TEST(cuts_make_no_difference_to_frames)
{
	static const char *const texts[] = { "3 abc2 de", "3 ab\n<a\n2 cd",
		"2 ab\n2 cd\r\n1 e", "2 ab\n\nc\n", "3 a\r\nb\n", "4 a\r\n\n\n",
		"12 abc", "9 abcdefghi1 a", "9 abcdefghi\nx", "0 a", "01 a",
		"1a", "1", "10", "3 ab", "a1\n2 bc", "1 \n1 b", "2 ab\r2 cd",
		"2 ab\rc\n", "99999999991 a", "999999999 a" };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		size_t len = strlen(texts[i]);

		for (size_t most = 1; most < 10; most++)
			try_all_cuts(texts[i], len, most, 1);
	}
}
END_TEST

static uint64_t random_state = 88172645463325252u;

static size_t random_below(size_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)(random_state % n);
}

static size_t random_text(char *text, size_t size, int counted)
{
	size_t n = 0;

	while (n + 60 < size) {
		size_t len = random_below(45) + 1;

		if (counted && random_below(2))
			n += (size_t)snprintf(text + n, 8, "%zu ", len);
		memset(text + n, 'a' + (int)random_below(26), len);
		n += len;
		if (random_below(3) == 0)
			text[n++] = '\r';
		if (random_below(4) > 0 || !counted)
			text[n++] = '\n';
	}
	return n;
}

START_TEST(long_texts_are_cut_at_random)
{
	static char text[1000];
	static struct story wanted, s;

	for (int round = 0; round < 2000; round++) {
		int counted = round & 1, going = 1;
		struct frame f = { 0 };
		size_t len = random_text(text, sizeof text, counted), at = 0;

		f.max_line = random_below(60);
		f.counted = counted;
		wanted.n = s.n = 0;
		read_whole(&wanted, text, len, f.max_line, counted);
		while (at < len && going) {
			size_t n = random_below(random_below(2) ? 5 : 300);

			n = n < len - at ? n : len - at;
			going = read_piece(&f, &s, text + at, n);
			at += n;
		}
		if (going)
			read_end(&f, &s);
		frame_clear(&f);
		compare(text, len, &s, &wanted);
	}
}
END_TEST

/* No byte is kept of a line without an end, and it is reported once. */
START_TEST(an_endless_line_costs_no_memory)
{
	char bytes[1000];
	struct frame f = { 0 };
	int told = 0;

	f.max_line = 100;
	memset(bytes, 'x', sizeof bytes);
	for (int i = 0; i < 10000; i++) {
		struct piece p = { bytes, bytes + sizeof bytes };
		struct line line;

		told += frame_next(&f, &p, &line) == FRAME_TOO_LONG;
		while (p.at < p.end)
			ck_assert_int_eq(frame_next(&f, &p, &line), FRAME_MORE);
		ck_assert_uint_le(f.size, 200);
	}
	ck_assert_int_eq(told, 1);
	frame_clear(&f);
}
END_TEST

START_TEST(a_line_within_a_piece_is_not_copied)
{
	static const char text[] = "one\ntwo\n3 <a>";
	struct piece p = { text, text + 8 };
	struct frame f = { 0 };
	struct line line;

	f.max_line = 100;
	ck_assert_int_eq(frame_next(&f, &p, &line), FRAME_LINE);
	ck_assert_ptr_eq(line.text, text);
	ck_assert_int_eq(frame_next(&f, &p, &line), FRAME_LINE);
	ck_assert_ptr_eq(line.text, text + 4);
	ck_assert_uint_eq(line.len, 3);
	f.counted = 1;
	p.end = text + sizeof text - 1;
	ck_assert_int_eq(frame_next(&f, &p, &line), FRAME_LINE);
	ck_assert_ptr_eq(line.text, text + 10);
	ck_assert_uint_eq(f.size, 0);
}
END_TEST

TCase *frame_case(void)
{
	TCase *t = tcase_create("frame");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, lines_end_with_lf_or_crlf);
	tcase_add_test(t, cuts_make_no_difference_to_lines);
	tcase_add_test(t, cuts_make_no_difference_to_frames);
	tcase_add_test(t, long_texts_are_cut_at_random);
	tcase_add_test(t, an_endless_line_costs_no_memory);
	tcase_add_test(t, a_line_within_a_piece_is_not_copied);
	return t;
}
