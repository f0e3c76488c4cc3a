/*
 * The table of formats, made of formats.def, and the guess by what a first
 * line looks like.
 *
 * Each format looks for marks that the formats with lower ranks do not have.
 * The text is whatever a stranger has sent; most of what is no format is like
 * none of them.
 */
#include "format.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "decoder_inside.h"

static const struct format_type format_auto = { .name = "auto" };

static const struct format_type *const types[FORMAT_N] = {
	[FORMAT_AUTO] = &format_auto,
#define FORMAT(NAME, name) [FORMAT_##NAME] = &format_##name,
#include "formats.def"
#undef FORMAT
};

const struct format_type *format_type(enum format format)
{
	return types[format];
}

int format_parse(const char *text, enum format *format_out)
{
	for (int i = 0; i < FORMAT_N; i++) {
		if (strcmp(text, types[i]->name) == 0) {
			*format_out = (enum format)i;
			return 0;
		}
	}
	return -1;
}

const char *format_name(enum format format)
{
	return types[format]->name;
}

void format_list(char *text, size_t size, const char *last, int has_forms,
    size_t width)
{
	size_t n = 0, column = 0;

	*text = '\0';
	for (int i = FORMAT_AUTO + 1; i < FORMAT_N && n < size; i++) {
		const struct format_type *f = types[i];
		const char *form = has_forms ? f->form : NULL;
		const char *between = i + 1 == FORMAT_N ? last : ", ";
		size_t len = strlen(f->name) + (form ? strlen(form) + 3 : 0);

		if (i == FORMAT_AUTO + 1)
			between = "";
		column += strlen(between) + len;
		if (column >= width) {
			between = ",\n";
			column = len;
		}
		n += (size_t)snprintf(text + n, size - n, "%s%s%s%s%s", between,
		    f->name, form ? " (" : "", form ? form : "",
		    form ? ")" : "");
	}
}

enum format format_guess(const char *text, size_t len)
{
	struct part line = { text, len };

	if (len == 0)
		return FORMAT_AUTO;
	line.text = text_skip_blanks(text, text + len);
	line.len = (size_t)(text + len - line.text);
	if (part_is_nothing(line))
		return FORMAT_AUTO;
	for (int rank = 1; rank < FORMAT_N; rank++)
		for (int i = 0; i < FORMAT_N; i++)
			if (types[i]->rank == rank && types[i]->is_like(line))
				return (enum format)i;
	return FORMAT_AUTO;
}

enum format format_guess_open(const char *text, size_t len)
{
	enum format like = format_guess(text, len);
	const struct format_type *f = types[like];

	return f->end && f->end(text, len) == SIZE_MAX ? like : FORMAT_AUTO;
}
