/*
 * Command-line options. One table says what an option is called, whether
 * it takes an argument and what it is for; the parser and the help both
 * come from it, so they cannot disagree.
 */
#include "cli_scan.h"

#include <string.h>

#include "nearest.h"

static const struct cli_option *by_letter(const struct cli_scan *s, char letter)
{
	for (size_t g = 0; g < s->n_groups; g++)
		for (size_t i = 0; i < s->groups[g].n; i++)
			if (s->groups[g].options[i].letter == letter)
				return &s->groups[g].options[i];
	return NULL;
}

static const struct cli_option *by_name(const struct cli_scan *s,
    const char *name, size_t len)
{
	for (size_t g = 0; g < s->n_groups; g++) {
		for (size_t i = 0; i < s->groups[g].n; i++) {
			const struct cli_option *o = &s->groups[g].options[i];

			if (strlen(o->name) == len &&
			    memcmp(o->name, name, len) == 0)
				return o;
		}
	}
	return NULL;
}

static int bad(struct cli_scan *s, const char *why)
{
	snprintf(s->why, sizeof s->why, "%s", why);
	return CLI_BAD;
}

/* The next word of the command line as the option's argument. */
static int take_argument(struct cli_scan *s, const struct cli_option *o)
{
	if (s->at + 1 >= s->argc) {
		snprintf(s->why, sizeof s->why, "needs an argument: %s",
		    o->arg);
		return CLI_BAD;
	}
	s->arg = s->argv[++s->at];
	return o->id;
}

static int bad_name(struct cli_scan *s, const char *name, size_t len)
{
	struct nearest nearest = nearest_to(name, len);
	char text[80];

	for (size_t g = 0; g < s->n_groups; g++)
		for (size_t i = 0; i < s->groups[g].n; i++)
			nearest_offer(&nearest, s->groups[g].options[i].name);
	nearest_text(&nearest, "--", text, sizeof text);
	snprintf(s->why, sizeof s->why, "unknown option%s", text);
	return CLI_BAD;
}

static int next_long(struct cli_scan *s, const char *word)
{
	size_t len = strcspn(word, "=");
	const struct cli_option *o = by_name(s, word, len);

	snprintf(s->shown, sizeof s->shown, "--%.*s", (int)len, word);
	if (!o)
		return bad_name(s, word, len);
	if (word[len] == '\0')
		return o->arg ? take_argument(s, o) : o->id;
	if (!o->arg)
		return bad(s, "takes no argument");
	s->arg = word + len + 1;
	return o->id;
}

/* s->rest is at the letter; "-n3" and "-n=3" are not the same. */
static int next_letter(struct cli_scan *s)
{
	const struct cli_option *o = by_letter(s, *s->rest);

	snprintf(s->shown, sizeof s->shown, "-%c", *s->rest);
	if (!o)
		return bad(s, "unknown option");
	s->rest++;
	if (!o->arg)
		return o->id;
	if (*s->rest == '\0')
		return take_argument(s, o);
	s->arg = s->rest;
	s->rest = NULL;
	return o->id;
}

int cli_next(struct cli_scan *s)
{
	const char *word;

	s->arg = NULL;
	if (s->rest && *s->rest)
		return next_letter(s);
	s->rest = NULL;
	if (s->at + 1 >= s->argc)
		return CLI_END;
	word = s->argv[++s->at];
	if (!s->operands && strcmp(word, "--") == 0) {
		s->operands = 1;
		return cli_next(s);
	}
	if (s->operands || word[0] != '-' || word[1] == '\0') {
		s->arg = word;
		return CLI_OPERAND;
	}
	if (word[1] == '-')
		return next_long(s, word + 2);
	s->rest = word + 1;
	return next_letter(s);
}

/* "  -c, --column NAME"; returns its width. */
static int print_option(FILE *out, const struct cli_option *o)
{
	char letter[8] = "    ";

	if (o->letter)
		snprintf(letter, sizeof letter, "-%c, ", o->letter);
	return fprintf(out, "  %s--%s%s%s", letter, o->name, o->arg ? " " : "",
	    o->arg ? o->arg : "");
}

/* The help starts in one column, on the next line if need be. */
static void print_help(FILE *out, const struct cli_option *o)
{
	const int column = 27;
	int width = print_option(out, o);
	const char *line = o->help;

	if (width > column - 2) {
		fputc('\n', out);
		width = 0;
	}
	while (*line) {
		size_t n = strcspn(line, "\n");

		fprintf(out, "%*s%.*s\n", column - width, "", (int)n, line);
		line += n + (line[n] == '\n');
		width = 0;
	}
}

void cli_help(FILE *out, const struct cli_option_group *groups, size_t n)
{
	for (size_t g = 0; g < n; g++) {
		fprintf(out, "\n%s:\n", groups[g].title);
		for (size_t i = 0; i < groups[g].n; i++)
			print_help(out, &groups[g].options[i]);
	}
}
