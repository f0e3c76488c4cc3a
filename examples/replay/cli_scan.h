/*
 * Command-line options, from tables that also print the help.
 *
 * -x, -xy (two options), -n3 and -n 3, --name, --name=VALUE and
 * --name VALUE; operands may stand between options; -- ends the options;
 * - is an operand.
 */
#ifndef REPLAY_CLI_SCAN_H
#define REPLAY_CLI_SCAN_H

#include <stddef.h>
#include <stdio.h>

struct cli_option {
	int id;           /* > 0 */
	char letter;      /* 0: none */
	const char *name; /* the long one */
	const char *arg;  /* name of its argument; NULL: it takes none */
	const char *help; /* may have several lines */
};

struct cli_option_group {
	const char *title;
	const struct cli_option *options;
	size_t n;
};

/* cli_next() returns these instead of an id. */
enum { CLI_END = 0, CLI_OPERAND = -1, CLI_BAD = -2 };

/* Set the first four; the rest to zero. */
struct cli_scan {
	const struct cli_option_group *groups;
	size_t n_groups;
	int argc;
	char **argv;
	int at;           /* arguments taken, argv[0] apart */
	const char *rest; /* letters of a group that are not yet taken */
	int operands;     /* -- has been seen */
	const char *arg;  /* argument of the option, or the operand */
	char shown[64];   /* the option as it was given, for messages */
	char why[128];    /* after CLI_BAD */
};

int cli_next(struct cli_scan *scan);

void cli_help(FILE *out, const struct cli_option_group *groups, size_t n);

#endif
