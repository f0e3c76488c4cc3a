/*
 * Fuzzing what comes from the network: any bytes are cut into lines, and
 * each line read in one of the formats.
 *
 * The first three bytes say which format, where the bytes are cut and how
 * long a line may be. They are read whole, in two pieces and byte by byte;
 * all must tell the same. Each key is one that can be written and read again,
 * and each value a number, which is finite in the formats that have no
 * others. A piece and a line are copies of their own size, so that a read
 * beyond their end is seen by the address sanitizer.
 *
 * With LEAT_FUZZ_MAIN it is a program that reads the files it is given.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "../examples/socket_ingest/decoder.h"
#include "../examples/socket_ingest/frame.h"
#include "../examples/socket_ingest/line_join.h"

enum { MAX_KEY = 40, MAX_KEYS = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Samples and lines that were read, as bytes. */
struct story {
	char *bytes;
	size_t n, room;
	enum format format;
	struct decoder *again; /* reads keys once more */
	struct decoder *decoder;
	struct join join;
	size_t max_line;
};

static void must(int holds)
{
	if (!holds)
		abort();
}

static void *copy_of(const void *bytes, size_t n)
{
	void *copy = malloc(n ? n : 1);

	must(copy != NULL);
	if (n > 0)
		memcpy(copy, bytes, n);
	return copy;
}

static void tell(struct story *s, const void *bytes, size_t n)
{
	if (n > s->room - s->n) {
		s->room = 2 * (s->room + n) + 1024;
		s->bytes = realloc(s->bytes, s->room);
		must(s->bytes != NULL);
	}
	if (n > 0)
		memcpy(s->bytes + s->n, bytes, n);
	s->n += n;
}

/* ---- Samples ---- */

struct wanted {
	const char *key;
	size_t len, n;
};

/* Checks a key that is read again. */
static int on_again(void *ctx, const struct sample *sample)
{
	struct wanted *w = ctx;

	w->n++;
	must(sample->key_len == w->len);
	must(memcmp(sample->key, w->key, w->len) == 0);
	must(sample->x == 1);
	return 0;
}

/* The decoder's context is where what is wanted stands. */
static struct wanted expected;

static void read_again(struct story *s, const struct sample *sample)
{
	static const char rest[] = " 1 1700000000";
	char line[MAX_KEY + sizeof rest];
	size_t n = sample->key_len;

	memcpy(line, sample->key, n);
	memcpy(line + n, rest, sizeof rest - 1);
	n += sizeof rest - 1;
	expected.key = sample->key;
	expected.len = sample->key_len;
	expected.n = 0;
	must(decoder_take(s->again, FORMAT_LINE, line, n) == 0);
	must(expected.n == 1);
	/* A message, and its line, may have a key that is no path. */
	if (s->format != FORMAT_LINE && s->format != FORMAT_SYSLOG) {
		must(decoder_take(s->again, FORMAT_GRAPHITE, line, n) == 0);
		must(expected.n == 2);
	}
}

static int on_sample(void *ctx, const struct sample *sample)
{
	struct story *s = ctx;
	int only_finite = s->format == FORMAT_INFLUX ||
	    s->format == FORMAT_STATSD;

	must(sample->key_len <= MAX_KEY);
	must(!only_finite || sample->x - sample->x == 0);
	for (size_t i = 0; i < sample->key_len; i++)
		must((unsigned char)sample->key[i] > ' ' &&
		    sample->key[i] != 127);
	if (sample->key_len > 0 && *sample->key != '#')
		read_again(s, sample);
	tell(s, sample->key, sample->key_len);
	tell(s, &sample->x, sizeof sample->x);
	if (sample->has_time)
		tell(s, &sample->t, sizeof sample->t);
	return 0;
}

/* ---- Lines ---- */

/* A join_fn; lines of influx may hold line ends. */
static int take_text(void *ctx, const char *text, size_t len)
{
	struct story *s = ctx;
	char *copy = copy_of(text, len);
	enum format guess = format_guess(copy, len);
	size_t before = s->n;
	int err = decoder_take(s->decoder, s->format, copy, len);
	const char *why = decoder_why(s->decoder);

	must(guess >= FORMAT_AUTO && guess < FORMAT_N);
	must(err == 0 || err == DECODER_BAD);
	must(err == 0 || s->n == before);
	must(strlen(why) <= 160);
	for (; *why; why++)
		must(*why >= ' ' && *why < 127);
	free(copy);
	tell(s, err ? "B" : "L", 1);
	tell(s, text, len);
	return err ? -1 : 0;
}

static void take_line(struct story *s, const struct line *line)
{
	if (!s->join.end) {
		take_text(s, line->text, line->len);
		return;
	}
	must(join_take(&s->join, line->text, line->len, s->max_line, take_text,
		 s) >= 0);
	must(s->join.n <= s->max_line);
}

/* Returns 0 if the bytes are given up. */
static int take_piece(struct story *s, struct frame *f, const uint8_t *bytes,
    size_t n)
{
	char *copy = copy_of(bytes, n);
	struct piece piece = { copy, copy + n };
	struct line line;
	enum frame_event event;

	while ((event = frame_next(f, &piece, &line)) != FRAME_MORE) {
		must(event != FRAME_NO_MEMORY);
		must(f->n_held <= f->max_line + 1);
		if (event == FRAME_BROKEN)
			break;
		if (event == FRAME_LINE) {
			must(line.len <= f->max_line);
			take_line(s, &line);
		} else {
			tell(s, "T", 1);
		}
	}
	must(event == FRAME_BROKEN || piece.at == piece.end);
	free(copy);
	return event != FRAME_BROKEN;
}

static void take_end(struct story *s, struct frame *f)
{
	struct line line;
	enum frame_event event = frame_end(f, &line);

	must(event != FRAME_TOO_LONG && event != FRAME_NO_MEMORY);
	if (event == FRAME_LINE)
		take_line(s, &line);
	join_end(&s->join, take_text, s);
	must(s->join.lines == 0 && s->join.n == 0);
	tell(s, event == FRAME_BROKEN ? "B" : "E", 1);
}

/* ---- Inputs ---- */

struct input {
	enum format format;
	int counted;
	size_t max_line, cut;
	const uint8_t *bytes;
	size_t n;
};

static struct decoder *new_decoder(decoder_fn *fn, void *ctx)
{
	struct decoder_options o = { 0 };
	struct decoder *w;

	o.max_key = MAX_KEY;
	o.max_keys = MAX_KEYS;
	o.seed[0] = 1;
	o.fn = fn;
	o.ctx = ctx;
	w = decoder_new(&o);
	must(w != NULL);
	return w;
}

/* Up to `cut` at once, and then `step` bytes at a time. */
static struct story read_all(const struct input *in, size_t cut, size_t step)
{
	struct story s = { 0 };
	struct frame f = { 0 };
	size_t at = cut < in->n ? cut : in->n;
	int going;

	s.format = in->format;
	s.join.end = format_type(in->format)->end;
	s.max_line = in->max_line;
	s.decoder = new_decoder(on_sample, &s);
	s.again = new_decoder(on_again, &expected);
	f.max_line = in->max_line;
	f.counted = in->counted;
	going = take_piece(&s, &f, in->bytes, at);
	while (going && at < in->n) {
		size_t n = step < in->n - at ? step : in->n - at;

		going = take_piece(&s, &f, in->bytes + at, n);
		at += n;
	}
	if (going)
		take_end(&s, &f);
	must(decoder_flush_sets(s.decoder) == 0);
	join_clear(&s.join);
	frame_clear(&f);
	decoder_free(s.decoder);
	decoder_free(s.again);
	return s;
}

/*
 * Picks one of the formats of lines by four bits, so that an input stays of
 * its format when another one is added at the end of the table.
 */
static enum format pick_format(unsigned bits)
{
	enum format all[FORMAT_N];
	unsigned n = 0;

	for (int i = 0; i < FORMAT_N; i++)
		if (format_type((enum format)i)->take)
			all[n++] = (enum format)i;
	return all[bits % n];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in;
	struct story whole, other;

	if (size < 3)
		return 0;
	in.format = pick_format(data[0] & 15);
	in.counted = format_type(in.format)->is_framed && (data[0] & 16);
	in.bytes = data + 3;
	in.n = size - 3;
	in.cut = in.n * data[1] / 256;
	in.max_line = data[2];
	whole = read_all(&in, in.n, 1);
	for (int i = 0; i < 2; i++) {
		other = read_all(&in, in.cut, i ? 1 : in.n);
		must(other.n == whole.n);
		must(whole.n == 0 ||
		    memcmp(other.bytes, whole.bytes, whole.n) == 0);
		free(other.bytes);
	}
	free(whole.bytes);
	return 0;
}

#include "fuzz_main.h"
