/*
 * CSV, which is no format of lines: its records go through a reader of their
 * own (stream_parse.c). A header is known by its delimiters alone.
 */
#include "decoder_inside.h"

/* JSON has commas too; it is no CSV, and has no header. */
static int is_csv(struct part line)
{
	int marks = 0;

	for (size_t i = 0; i < line.len; i++) {
		char c = line.text[i];

		if (((unsigned char)c < ' ' && c != '\t') || c == 127)
			return 0;
		marks |= c == ',' || c == ';' || c == '\t';
	}
	return marks && *line.text != '{' && *line.text != '[';
}

const struct format_type format_csv = {
	.name = "csv",
	.is_like = is_csv,
	.rank = 6,
};
