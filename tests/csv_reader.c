/*
 * Reads CSV from standard input and prints each record as a JSON array of
 * strings, one a line: what a conformance suite for CSV readers asks for.
 *
 *      csv_reader [N | -s K]
 *
 * N cuts the input into pieces of N bytes, -s into two, the first of K
 * bytes; else it is one piece. Each piece is a copy of its own size, so
 * that a sanitizer sees a read beyond its end or after its time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat_text.h>

static void put_byte(unsigned char byte)
{
	if (byte == '"' || byte == '\\')
		printf("\\%c", byte);
	else if (byte < ' ')
		printf("\\u%04x", byte);
	else
		putchar(byte);
}

static int print_record(void *ctx, const leat_csv_record *record)
{
	(void)ctx;
	for (size_t i = 0; i < record->n_fields; i++) {
		const leat_csv_field *f = &record->fields[i];

		fputs(i ? ", \"" : "[\"", stdout);
		for (size_t k = 0; k < f->len; k++)
			put_byte((unsigned char)f->text[k]);
		putchar('"');
	}
	puts(record->n_fields ? "]" : "[]");
	return 0;
}

struct input {
	char *bytes;
	size_t n;
};

/* Reads the whole input, or as much as memory allows, setting err. */
static struct input read_input(int *err)
{
	struct input in = { NULL, 0 };
	size_t room = 0, n = 0;

	do {
		in.n += n;
		if (in.n == room) {
			char *more = realloc(in.bytes, room = 2 * room + 4096);

			if (!more) {
				*err = LEAT_ENOMEM;
				return in;
			}
			in.bytes = more;
		}
		n = fread(in.bytes + in.n, 1, room - in.n, stdin);
	} while (n > 0);
	return in;
}

static int push_copy(leat_csv *csv, const char *bytes, size_t n)
{
	char *copy = malloc(n ? n : 1);
	int err;

	if (!copy)
		return LEAT_ENOMEM;
	memcpy(copy, bytes, n);
	err = leat_csv_push(csv, copy, n);
	free(copy);
	return err;
}

/* The first piece has `first` bytes, the others `piece`. */
static int push_input(leat_csv *csv, const struct input *in, size_t first,
    size_t piece)
{
	size_t at = 0, n = first;
	int err = 0;

	while (!err && at < in->n) {
		if (n > in->n - at)
			n = in->n - at;
		err = push_copy(csv, in->bytes + at, n);
		at += n;
		n = piece;
	}
	return err ? err : leat_csv_end(csv);
}

int main(int argc, char **argv)
{
	leat_csv_options options = { 0 };
	int split = argc == 3 && strcmp(argv[1], "-s") == 0;
	size_t first = argc > 1 ? strtoul(argv[argc - 1], NULL, 10) : 0;
	size_t piece = split || first == 0 ? (size_t)-1 : first;
	struct input in;
	leat_csv *csv;
	int err;

	options.record = print_record;
	options.ragged_ok = 1;
	err = leat_csv_new(&csv, &options);
	if (err)
		return 1;
	in = read_input(&err);
	if (!err)
		err = push_input(csv, &in, split ? first : piece, piece);
	leat_csv_free(csv);
	free(in.bytes);
	return err || ferror(stdin) || fflush(stdout) != 0;
}
