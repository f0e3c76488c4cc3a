/*
 * cost.c - what whole programs cost: CPU time and peak memory
 *
 *      cost ROWS NAME COMMAND [NAME COMMAND]...
 *
 * Runs the commands by the shell, in turn, five times each, output to
 * /dev/null. Prints of each the median of user and system time together as
 * rows in a second, in times of the first command's, and peak memory.
 */
#define _DEFAULT_SOURCE

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 5, MAX_COMMANDS = 16 };

struct cost {
	double seconds[ROUNDS];
	long kilobytes;
};

static double seconds_of(const struct timeval *t)
{
	return (double)t->tv_sec + 1e-6 * (double)t->tv_usec;
}

static int run(const char *command, struct cost *c, int round)
{
	struct rusage usage;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open("/dev/null", O_WRONLY);

		dup2(fd, 1);
		/* exec: the shell itself is not to be measured. */
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0)
		return -1;
	c->seconds[round] = seconds_of(&usage.ru_utime) +
	    seconds_of(&usage.ru_stime);
	if (usage.ru_maxrss > c->kilobytes)
		c->kilobytes = usage.ru_maxrss;
	return 0;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(struct cost *c)
{
	qsort(c->seconds, ROUNDS, sizeof(c->seconds[0]), compare);
	return c->seconds[ROUNDS / 2];
}

int main(int argc, char **argv)
{
	static struct cost costs[MAX_COMMANDS];
	int n = (argc - 2) / 2;
	double rows, first = 0;

	if (n < 1 || n > MAX_COMMANDS) {
		fprintf(stderr, "usage: cost ROWS NAME COMMAND ...\n");
		return 2;
	}
	rows = strtod(argv[1], NULL);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < n; i++) {
			if (run(argv[3 + 2 * i], &costs[i], round) == 0)
				continue;
			fprintf(stderr, "cost: failed: %s\n", argv[3 + 2 * i]);
			return 1;
		}
	}
	for (int i = 0; i < n; i++) {
		double t = median(&costs[i]);

		if (i == 0)
			first = t;
		printf("  %-34s %6.2f million rows a CPU second, %5.2f times "
		       "the first's time, peak %ld KiB\n",
		    argv[2 + 2 * i], rows / t * 1e-6, t / first,
		    costs[i].kilobytes);
	}
	return 0;
}
