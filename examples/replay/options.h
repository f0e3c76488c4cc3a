/*
 * Command-line options, from tables that also print the help.
 *
 * -x, -xy (two options), -n3 and -n 3, --name, --name=VALUE and
 * --name VALUE; operands may stand between options; -- ends the options;
 * - is an operand.
 */
#ifndef REPLAY_OPTIONS_H
#define REPLAY_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

struct option {
	int id;           /* > 0 */
	char letter;      /* 0: none */
	const char *name; /* the long one */
	const char *arg;  /* what its argument is called; NULL: it has none */
	const char *help; /* may have several lines */
};

struct option_group {
	const char *title;
	const struct option *options;
	size_t n;
};

/* What option_next() returns instead of an id. */
enum { OPTION_END = 0, OPTION_OPERAND = -1, OPTION_BAD = -2 };

/* Set the first four; the rest to zero. */
struct option_scan {
	const struct option_group *groups;
	size_t n_groups;
	int argc;
	char **argv;
	int at;           /* arguments taken, argv[0] apart */
	const char *rest; /* of a group of letters */
	int operands;     /* -- has been seen */
	const char *arg;  /* argument of the option, or the operand */
	char shown[64];   /* the option as it was given, for messages */
	char why[128];    /* after OPTION_BAD */
};

int option_next(struct option_scan *scan);

void option_help(FILE *out, const struct option_group *groups, size_t n);

#endif
