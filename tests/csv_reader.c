/*
 * Reads CSV from standard input and prints each record as a JSON array of
 * strings, one a line: what a conformance suite for CSV readers asks for.
 * An argument N cuts the input into pieces of N bytes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "csv.h"

static void put_byte(unsigned char byte)
{
	if (byte == '"' || byte == '\\')
		printf("\\%c", byte);
	else if (byte < ' ')
		printf("\\u%04x", byte);
	else
		putchar(byte);
}

static int print_record(void *ctx, const struct csv_record *record)
{
	(void)ctx;
	for (size_t i = 0; i < record->n_fields; i++) {
		const struct csv_field *f = &record->fields[i];

		fputs(i ? ", \"" : "[\"", stdout);
		for (size_t k = 0; k < f->len; k++)
			put_byte((unsigned char)f->text[k]);
		putchar('"');
	}
	puts(record->n_fields ? "]" : "[]");
	return 0;
}

int main(int argc, char **argv)
{
	static char block[1 << 16];
	size_t piece = argc > 1 ? strtoul(argv[1], NULL, 10) : sizeof block;
	struct csv *csv = csv_new(NULL, print_record, NULL);
	int err = csv ? 0 : CSV_ENOMEM;
	size_t n;

	if (piece < 1 || piece > sizeof block)
		piece = sizeof block;
	while (!err && (n = fread(block, 1, piece, stdin)) > 0)
		err = csv_feed(csv, block, n);
	if (!err)
		err = csv_end(csv);
	csv_free(csv);
	return err || ferror(stdin) || fflush(stdout) != 0;
}
