/*
 * Objects as bytes, for the tests.
 */
#include "saved.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

void saved_free(struct saved *s)
{
	free(s->bytes);
	s->bytes = NULL;
	s->n = 0;
}

struct saved saved_copy(const struct saved *s)
{
	struct saved c = { malloc(s->n ? s->n : 1), s->n };

	ck_assert_ptr_nonnull(c.bytes);
	memcpy(c.bytes, s->bytes, s->n);
	return c;
}

leat_reader saved_reader(const struct saved *s)
{
	leat_reader r;

	memset(&r, 0, sizeof(r));
	r.bytes = s->bytes;
	r.n_bytes = s->n;
	return r;
}

/* ---- Through callbacks, which see what pieces there are ---- */

struct pipe_end {
	unsigned char *bytes;
	size_t n, room;
};

static size_t pipe_write(void *ctx, const void *bytes, size_t n)
{
	struct pipe_end *p = ctx;

	ck_assert_uint_le(n, 4096);
	ck_assert_uint_le(n, p->room - p->n);
	memcpy(p->bytes + p->n, bytes, n);
	p->n += n;
	return n;
}

static size_t pipe_read(void *ctx, void *bytes, size_t n)
{
	struct pipe_end *p = ctx;

	/* No byte behind the state may be requested. */
	ck_assert_uint_le(n, p->room - p->n);
	memcpy(bytes, p->bytes + p->n, n);
	p->n += n;
	return n;
}

/*
 * Every second time an object goes through callbacks, with a tag; every time
 * the bytes counted, those in memory and those written are the same.
 */
#define ABOUT(name, options_type, load)                                        \
	struct saved name##_saved(leat_##name *o)                              \
	{                                                                      \
		leat_writer w = { 0 };                                         \
		struct saved s;                                                \
		ck_assert_int_eq(leat_##name##_save(o, &w), LEAT_OK);          \
		s.n = (size_t)w.n_bytes;                                       \
		s.bytes = malloc(s.n);                                         \
		ck_assert_ptr_nonnull(s.bytes);                                \
		w.bytes = s.bytes;                                             \
		w.capacity = s.n;                                              \
		ck_assert_int_eq(leat_##name##_save(o, &w), LEAT_OK);          \
		ck_assert_uint_eq(w.n_bytes, s.n);                             \
		return s;                                                      \
	}                                                                      \
                                                                               \
	static void name##_by_pieces(leat_##name *o, leat_##name **out,        \
	    const options_type *options)                                       \
	{                                                                      \
		leat_writer w = { 0 };                                         \
		leat_reader r = { 0 };                                         \
		char tag[3];                                                   \
		struct pipe_end p = { NULL, 0, 0 };                            \
		w.tag = "abc";                                                 \
		w.tag_len = 3;                                                 \
		ck_assert_int_eq(leat_##name##_save(o, &w), LEAT_OK);          \
		p.room = (size_t)w.n_bytes;                                    \
		p.bytes = malloc(p.room);                                      \
		ck_assert_ptr_nonnull(p.bytes);                                \
		w.write = pipe_write;                                          \
		w.ctx = &p;                                                    \
		ck_assert_int_eq(leat_##name##_save(o, &w), LEAT_OK);          \
		ck_assert_uint_eq(p.n, p.room);                                \
		p.n = 0;                                                       \
		r.read = pipe_read;                                            \
		r.ctx = &p;                                                    \
		r.tag = tag;                                                   \
		r.tag_capacity = sizeof(tag);                                  \
		ck_assert_int_eq(load(out, options, &r), LEAT_OK);             \
		ck_assert_uint_eq(p.n, p.room);                                \
		ck_assert_uint_eq(r.n_read, p.room);                           \
		ck_assert_uint_eq(r.tag_len, 3);                               \
		ck_assert(memcmp(tag, "abc", 3) == 0);                         \
		free(p.bytes);                                                 \
	}                                                                      \
                                                                               \
	void name##_again(leat_##name **o, const options_type *options)        \
	{                                                                      \
		struct saved s = name##_saved(*o);                             \
		leat_reader r = saved_reader(&s);                              \
		leat_##name *n;                                                \
		if (s.n % 2) {                                                 \
			name##_by_pieces(*o, &n, options);                     \
		} else {                                                       \
			int err = load(&n, options, &r);                       \
			ck_assert_msg(err == LEAT_OK, "%s (%s)",               \
			    leat_strerror(err), r.differs ? r.differs : "");   \
			ck_assert_uint_eq(r.n_read, s.n);                      \
		}                                                              \
		leat_##name##_free(*o);                                        \
		*o = n;                                                        \
		saved_free(&s);                                                \
	}

/* clang-format off */
ABOUT(window, leat_window_options, leat_window_load)
ABOUT(time_window, leat_time_window_options, leat_time_window_load)
ABOUT(keyed, keyed_choice, keyed_choice_load)
ABOUT(model, leat_model_options, leat_model_load)
ABOUT(drift, leat_drift_options, leat_drift_load)
/* clang-format on */

/* ---- The format, read by hand ---- */

uint32_t crc_by_bits(const unsigned char *p, size_t n)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int b = 0; b < 8; b++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78 : 0);
	}
	return ~crc;
}

void saved_repair(struct saved *s)
{
	uint32_t crc = crc_by_bits(s->bytes, s->n - 4);

	for (size_t i = 0; i < 4; i++)
		s->bytes[s->n - 4 + i] = (unsigned char)(crc >> 8 * i);
}

void saved_insert(struct saved *s, size_t at, const void *bytes, size_t n)
{
	unsigned char *more = malloc(s->n + n);

	ck_assert_ptr_nonnull(more);
	memcpy(more, s->bytes, at);
	memcpy(more + at, bytes, n);
	memcpy(more + at + n, s->bytes + at, s->n - at);
	free(s->bytes);
	s->bytes = more;
	s->n += n;
}

int saved_chunk(const struct saved *s, size_t i, struct chunk *out)
{
	size_t at = 8;

	for (;; i--) {
		ck_assert_uint_le(at + 4, s->n);
		out->at = at;
		out->part = s->bytes[at];
		out->required = s->bytes[at + 1];
		out->n = s->bytes[at + 2] | (size_t)s->bytes[at + 3] << 8;
		at += 4 + out->n;
		ck_assert_uint_le(at, s->n);
		if (i == 0)
			return out->part != 0;
		ck_assert_int_ne(out->part, 0);
	}
}
