/*
 * cost.c - what whole programs cost: CPU time and peak memory
 *
 *      cost ROWS NAME BOUND COMMAND [NAME BOUND COMMAND]...
 *
 * Runs the commands by the shell, in turn, seven times each, output to
 * /dev/null. Prints of each the least user and system time together as rows in
 * a second and in times of the first command's, which should be the least work
 * there can be, and peak memory. Times above BOUND are marked; 0 is no bound.
 */
#define _DEFAULT_SOURCE

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 7, MAX_COMMANDS = 16 };

struct cost {
	double seconds; /* the least so far; 0: none */
	long kilobytes;
};

static double seconds_of(const struct timeval *t)
{
	return (double)t->tv_sec + 1e-6 * (double)t->tv_usec;
}

static int run(const char *command, struct cost *c)
{
	struct rusage usage;
	double seconds;
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
	seconds = seconds_of(&usage.ru_utime) + seconds_of(&usage.ru_stime);
	if (c->seconds == 0 || seconds < c->seconds)
		c->seconds = seconds;
	if (usage.ru_maxrss > c->kilobytes)
		c->kilobytes = usage.ru_maxrss;
	return 0;
}

static void print(const char *name, const struct cost *c, double rows,
    double times, double bound)
{
	printf("  %-34s %6.2f million rows a CPU second, %6.2f times the "
	       "first's time",
	    name, rows / c->seconds * 1e-6, times);
	if (bound > 0)
		printf(", at most %.1f%s", bound,
		    times > bound ? " ABOVE" : "");
	printf(", peak %ld KiB\n", c->kilobytes);
}

int main(int argc, char **argv)
{
	static struct cost costs[MAX_COMMANDS];
	int n = (argc - 2) / 3;

	if (n < 1 || n > MAX_COMMANDS) {
		fprintf(stderr, "usage: cost ROWS NAME BOUND COMMAND ...\n");
		return 2;
	}
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < n; i++) {
			if (run(argv[4 + 3 * i], &costs[i]) == 0)
				continue;
			fprintf(stderr, "cost: failed: %s\n", argv[4 + 3 * i]);
			return 1;
		}
	}
	for (int i = 0; i < n; i++)
		print(argv[2 + 3 * i], &costs[i], strtod(argv[1], NULL),
		    costs[i].seconds / costs[0].seconds,
		    strtod(argv[3 + 3 * i], NULL));
	return 0;
}
