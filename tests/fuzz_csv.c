/*
 * Fuzzing the CSV reader: no bytes may make it misbehave, and the cuts
 * between pieces may not be seen in the records.
 *
 * The first bytes of the input choose the delimiter, the limits and the
 * cuts, the rest is the text. It is read at once and then in pieces; both
 * times the whole of what the reader delivers goes into one checksum, and
 * these must be equal. Each piece is a copy of its own size, so that a read
 * beyond its end is seen by the address sanitizer.
 *
 * With LEAT_FUZZ_MAIN it is a program that reads the files it is given.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 4 };

struct sum {
	uint64_t hash;
	uint64_t records;
	uint64_t end; /* the next record does not start before */
};

static void mix(struct sum *s, const void *bytes, size_t n)
{
	const unsigned char *b = bytes;

	for (size_t i = 0; i < n; i++)
		s->hash = (s->hash ^ b[i]) * 0x100000001b3u;
}

static void mix_number(struct sum *s, uint64_t n)
{
	mix(s, &n, sizeof n);
}

static void must(int holds)
{
	if (!holds)
		abort();
}

static int take(void *ctx, const struct csv_record *record)
{
	struct sum *s = ctx;

	must(record->number == s->records++);
	must(record->offset >= s->end);
	s->end = record->offset + (record->n_fields > 0);
	must(record->line >= 1);
	must(record->problem >= 0 && record->problem < CSV_N_PROBLEMS);
	must(record->n_fields > 0 || record->problem == CSV_TOO_LONG);
	must(csv_problem_text(record->problem) != NULL);
	mix_number(s, record->n_fields);
	mix_number(s, record->line);
	mix_number(s, record->offset);
	mix_number(s, (uint64_t)record->problem);
	mix_number(s, record->problem_field);
	for (size_t i = 0; i < record->n_fields; i++) {
		const struct csv_field *f = &record->fields[i];

		must(f->text != NULL);
		mix_number(s, f->len);
		mix(s, f->text, f->len);
	}
	return 0;
}

/* Bytes of the next piece; the head alone decides, so a run repeats. */
static size_t next_cut(uint32_t *state, int kind, size_t left)
{
	size_t n;

	*state = *state * 1664525u + 1013904223u;
	n = kind % 3 == 0 ? 1 : (*state >> 24) % (kind % 3 == 1 ? 4 : 64);
	return n < left ? n : left;
}

static int feed_piece(struct csv *csv, const uint8_t *data, size_t n)
{
	char *copy = malloc(n ? n : 1);
	int err;

	must(copy != NULL);
	if (n > 0)
		memcpy(copy, data, n);
	err = csv_feed(csv, copy, n);
	free(copy);
	return err;
}

static struct sum read_all(const struct csv_options *options,
    const uint8_t *data, size_t size, int kind, uint32_t state)
{
	struct sum s = { 0xcbf29ce484222325u, 0, 0 };
	struct csv *csv = csv_new(options, take, &s);

	must(csv != NULL);
	while (size > 0) {
		size_t n = kind < 0 ? size : next_cut(&state, kind, size);

		must(feed_piece(csv, data, n) == 0);
		data += n;
		size -= n;
	}
	must(csv_end(csv) == 0);
	csv_free(csv);
	return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv_options options = { 0 };
	struct sum whole, pieces;
	uint32_t state;

	if (size < HEAD)
		return 0;
	options.delimiter = ",;\t|"[data[0] & 3];
	if (data[0] & 4)
		options.max_record = 1 + data[1];
	if (data[0] & 8)
		options.max_fields = 1 + (data[1] & 7);
	state = (uint32_t)data[2] << 8 | data[3];
	whole = read_all(&options, data + HEAD, size - HEAD, -1, 0);
	pieces = read_all(&options, data + HEAD, size - HEAD, data[1], state);
	must(whole.hash == pieces.hash && whole.records == pieces.records);
	return 0;
}

#ifdef LEAT_FUZZ_MAIN
int main(int argc, char **argv)
{
	static uint8_t bytes[1 << 20];

	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		size_t n;

		if (!f) {
			fprintf(stderr, "fuzz_csv: cannot open %s\n", argv[i]);
			return 1;
		}
		n = fread(bytes, 1, sizeof bytes, f);
		fclose(f);
		LLVMFuzzerTestOneInput(bytes, n);
	}
	printf("%d files read\n", argc - 1);
	return 0;
}
#endif
