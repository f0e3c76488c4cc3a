/*
 * Frames, keys, names and sets, built here once more with an allocator that
 * fails at a call of choice. A call that fails may be tried again, and then
 * does what it would have done.
 */
#include <check.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t calls, fail_at; /* from 1 on; 0: none */
static size_t live;           /* bytes that are allocated */

/* Before each block is its size. */
union block {
	size_t size;
	max_align_t align;
};

static int fails(void)
{
	return ++calls == fail_at;
}

static void *poor_realloc(void *p, size_t n)
{
	union block *old = p ? (union block *)p - 1 : NULL;
	union block *block;

	if (fails())
		return NULL;
	if (old)
		live -= old->size;
	block = realloc(old, sizeof *block + n);
	ck_assert_ptr_nonnull(block);
	block->size = n;
	live += n;
	return block + 1;
}

static void *poor_malloc(size_t n)
{
	return poor_realloc(NULL, n);
}

static void *poor_calloc(size_t n, size_t size)
{
	void *p = poor_malloc(n * size);

	return p ? memset(p, 0, n * size) : NULL;
}

static void poor_free(void *p)
{
	union block *block = p ? (union block *)p - 1 : NULL;

	if (block)
		live -= block->size;
	free(block);
}

#define frame_next poor_frame_next
#define frame_end poor_frame_end
#define frame_clear poor_frame_clear
#define chains_reserve poor_chains_reserve
#define chains_first poor_chains_first
#define chains_next poor_chains_next
#define chains_add poor_chains_add
#define chains_remove poor_chains_remove
#define chains_clear poor_chains_clear
#define decoder_name_bytes poor_name_bytes
#define decoder_names_find poor_names_find
#define decoder_names_add poor_names_add
#define decoder_names_touch poor_names_touch
#define decoder_names_drop_oldest poor_names_drop_oldest
#define decoder_names_clear poor_names_clear
#define decoder_sets_bytes poor_sets_bytes
#define decoder_sets_add poor_sets_add
#define decoder_sets_clear poor_sets_clear
#define decoder_sets_tape poor_sets_tape
#define decoder_key_begin poor_key_begin
#define decoder_key_name poor_key_name
#define decoder_key_clean_name poor_key_clean_name
#define decoder_key_tag poor_key_tag
#define decoder_key_path_tags poor_key_path_tags
#define decoder_key_any_tags poor_key_any_tags
#define decoder_key_end poor_key_end
#define decoder_key_clear poor_key_clear
#define malloc poor_malloc
#define calloc poor_calloc
#define realloc poor_realloc
#define free poor_free
#include "../../examples/socket_ingest/chains.c"
#include "../../examples/socket_ingest/decoder_key.c"
#include "../../examples/socket_ingest/decoder_names.c"
#include "../../examples/socket_ingest/decoder_sets.c"
#include "../../examples/socket_ingest/frame.c"
#undef malloc
#undef calloc
#undef realloc
#undef free

#include "test_text.h"

/*
 * If there is no memory, nothing of the piece is taken, so it is given again.
 */
static void frame_without_memory(const char *first, const char *second,
    int counted, const char *wanted)
{
	size_t n_failed = 0;

	for (fail_at = 1; fail_at < 20; fail_at++) {
		const char *texts[2] = { first, second };
		struct frame f = { 0 };
		struct line line = { NULL, 0 };

		calls = 0;
		f.max_line = 1000;
		f.counted = counted;
		for (int i = 0; i < 2; i++) {
			struct piece p = { texts[i],
				texts[i] + strlen(texts[i]) };
			enum frame_event event = frame_next(&f, &p, &line);

			if (event == FRAME_NO_MEMORY) {
				n_failed++;
				event = frame_next(&f, &p, &line);
			}
			ck_assert_int_eq(event, i ? FRAME_LINE : FRAME_MORE);
		}
		ck_assert_uint_eq(line.len, strlen(wanted));
		ck_assert_mem_eq(line.text, wanted, line.len);
		frame_clear(&f);
	}
	ck_assert_uint_ge(n_failed, 2);
}

START_TEST(frames_bear_a_lack_of_memory)
{
	char text[200], wanted[202] = "abc";

	memset(text, 'x', sizeof text);
	text[sizeof text - 2] = '\n';
	text[sizeof text - 1] = '\0';
	memcpy(wanted + 3, text, sizeof text - 2);
	frame_without_memory("abc", text, 0, wanted);
	frame_without_memory("201 abc", text, 1, wanted);
}
END_TEST

/* ---- Keys ---- */

static struct part part(const char *text)
{
	struct part p = { text, strlen(text) };

	return p;
}

static int make_key(struct decoder *w, struct sample *s)
{
	int err;

	decoder_key_begin(w);
	err = decoder_key_clean_name(w, part("a name"), " ");
	if (err == 0)
		err = decoder_key_any_tags(w,
		    part("i:1,h:2,g:3,f:4,e:5,d:6,c:7,b:8,a:9,h:2"), ',', ':');
	if (err == 0)
		err = decoder_key_path_tags(w, part("z=1;y=2;x=3;w=4;v=5;u"));
	return err ? err : decoder_key_end(w, part("field"), "", s);
}

START_TEST(keys_bear_a_lack_of_memory)
{
	static const char wanted[] = "a_name.field;a=9;b=8;c=7;d=6;e=5;f=4;"
				     "g=3;h=2;i=1;u;v=5;w=4;x=3;y=2;z=1";
	size_t n_failed = 0;

	for (size_t at = 1; at < 20; at++) {
		struct decoder w = { 0 };
		struct sample s = { 0 };
		int err;

		w.options.max_key = 1000;
		calls = 0;
		fail_at = at;
		err = make_key(&w, &s);
		if (err) {
			ck_assert_int_eq(err, DECODER_NO_MEMORY);
			n_failed++;
			err = make_key(&w, &s);
		}
		ck_assert_int_eq(err, 0);
		ck_assert_uint_eq(s.key_len, sizeof wanted - 1);
		ck_assert_mem_eq(s.key, wanted, s.key_len);
		decoder_key_clear(&w.key);
	}
	ck_assert_uint_ge(n_failed, 5);
}
END_TEST

/* ---- Names and sets ---- */

static void name_of(int i, char name[8])
{
	memcpy(name, "name000", 8);
	name[4] = (char)('0' + i / 100);
	name[5] = (char)('0' + i / 10 % 10);
	name[6] = (char)('0' + i % 10);
}

START_TEST(names_bear_a_lack_of_memory)
{
	for (size_t at = 1; at < 400; at++) {
		struct decoder_names names = { 0 };
		size_t n = 0;
		char name[8];

		calls = 0;
		fail_at = at;
		for (int i = 0; i < 300; i++) {
			name_of(i, name);
			if (decoder_names_add(&names, name, 7))
				n++;
			else
				ck_assert_ptr_null(decoder_names_find(&names,
				    name, 7));
		}
		ck_assert_uint_eq(names.chains.n, n);
		ck_assert_uint_ge(n, 299);
		for (size_t i = 0; i < n; i++)
			decoder_names_drop_oldest(&names);
		ck_assert_uint_eq(names.chains.n, 0);
		ck_assert_ptr_null(names.newest);
		decoder_names_drop_oldest(&names);
		decoder_names_clear(&names);
	}
}
END_TEST

START_TEST(sets_bear_a_lack_of_memory)
{
	const struct decoder_sets_room any = { 5, SIZE_MAX };

	for (size_t at = 1; at < 20; at++) {
		struct decoder_sets sets = { 0 };
		int n_failed = 0;
		char name[8];

		calls = 0;
		fail_at = at;
		for (int i = 0; i < 300; i++) {
			name_of(i, name);
			if (decoder_sets_add(&sets, "s", 1, name, 7, any) < 0) {
				n_failed++;
				i--;
			}
		}
		ck_assert_int_le(n_failed, 1);
		ck_assert_uint_eq(sets.n, 300);
		ck_assert(decoder_names_find(&sets.names, "s", 1)->x == 300);
		decoder_sets_clear(&sets);
	}
}
END_TEST

/* Live bytes, each block with a few more of the allocator's own. */
static void bytes_are_true(const struct decoder_sets *s)
{
	size_t bytes = decoder_sets_bytes(s);

	ck_assert_uint_ge(bytes, live);
	ck_assert_uint_le(bytes, live + 16 * (s->names.chains.n + 2));
}

START_TEST(sets_know_their_bytes_and_stay_below_a_limit)
{
	const struct decoder_sets_room room = { 300, 8000 * (unsigned)_i };
	struct decoder_sets sets = { 0 };
	size_t n_refused = 0;

	fail_at = live = 0;
	for (int i = 0; i < 5000; i++) {
		char name[200] = "", member[8];

		memset(name, 'a', sizeof name);
		name_of(i * 7 % 100, name);
		name_of(i / 5 % 900, member);
		n_refused += (size_t)decoder_sets_add(&sets, name,
		    8 + (size_t)(i * 7 % 100), member, 7, room);
		bytes_are_true(&sets);
		ck_assert_uint_le(decoder_sets_bytes(&sets), room.bytes);
	}
	if (_i < 15)
		ck_assert_uint_gt(n_refused, 0);
	else if (_i > 30)
		ck_assert_uint_eq(n_refused, 0);
	while (sets.names.chains.n > 0) {
		decoder_names_drop_oldest(&sets.names);
		bytes_are_true(&sets);
	}
	decoder_sets_clear(&sets);
	ck_assert_uint_eq(live, 0);
	ck_assert_uint_eq(decoder_sets_bytes(&sets), 0);
}
END_TEST

TCase *memory_case(void)
{
	TCase *t = tcase_create("memory");

	tcase_add_test(t, frames_bear_a_lack_of_memory);
	tcase_add_test(t, keys_bear_a_lack_of_memory);
	tcase_add_test(t, names_bear_a_lack_of_memory);
	tcase_add_test(t, sets_bear_a_lack_of_memory);
	tcase_add_loop_test(t, sets_know_their_bytes_and_stay_below_a_limit, 0,
	    40);
	return t;
}
