/*
 * Lines to a program that the shell starts, by a pipe to its standard input.
 *
 * A program that ends is started again, after 1, 2, 4 ... 60 seconds, with
 * the header and the line that it did not get in full; what was in the pipe
 * is lost. Its end is seen by the pipe; one that closes its input and runs on
 * is waited for. No signal handler is set: it is asked after by its number.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <event2/util.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../replay/report.h"
#include "sink_inside.h"

extern char **environ;

enum { LAST_MS = 1000, LOOK_MS = 10 };

/* ---- Starting ---- */

/* SIGPIPE, which we ignore, ends a program as it would elsewhere. */
static int set_signals(posix_spawnattr_t *attr)
{
	sigset_t none, pipe;

	sigemptyset(&none);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	if (posix_spawnattr_setsigdefault(attr, &pipe) != 0 ||
	    posix_spawnattr_setsigmask(attr, &none) != 0)
		return -1;
	return posix_spawnattr_setflags(attr,
	    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

/* Returns 0 or an error. */
static int spawn(struct sink *o, int input)
{
	char shell[] = "sh", option[] = "-c", *argv[4];
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int error = ENOMEM;

	argv[0] = shell;
	argv[1] = option;
	argv[2] = o->where + 1;
	argv[3] = NULL;
	if (posix_spawn_file_actions_init(&actions) != 0)
		return ENOMEM;
	if (posix_spawnattr_init(&attr) == 0) {
		if (set_signals(&attr) == 0 &&
		    posix_spawn_file_actions_adddup2(&actions, input, 0) == 0)
			error = posix_spawn(&o->pid, "/bin/sh", &actions, &attr,
			    argv, environ);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		o->pid = 0;
	return error;
}

static void on_broken_pipe(evutil_socket_t fd, short what, void *ctx);

/*
 * The write end of a pipe never has data, but epoll reports EPOLLERR on it when
 * the reader closes: EV_READ is enough to get that.
 */
static int watch(struct sink *o)
{
	o->readable = event_new(o->base, o->fd, EV_READ, on_broken_pipe, o);
	return o->readable ? event_add(o->readable, NULL) : -1;
}

/* Returns 0 or an error. */
static int run(struct sink *o)
{
	int ends[2], error;

	if (pipe(ends) < 0)
		return errno;
	evutil_make_socket_closeonexec(ends[0]);
	evutil_make_socket_closeonexec(ends[1]);
	evutil_make_socket_nonblocking(ends[1]);
	error = spawn(o, ends[0]);
	close(ends[0]);
	if (error) {
		close(ends[1]);
		return error;
	}
	o->fd = ends[1];
	/* If this fails, the next write finds that the command has ended. */
	watch(o);
	sink_begin(o, SINK_HEAD);
	return 0;
}

/* ---- Ending ---- */

/* Returns whether no command runs. */
static int reap(struct sink *o, int *status_out)
{
	pid_t ended;

	*status_out = 0;
	if (o->pid == 0)
		return 1;
	do
		ended = waitpid(o->pid, status_out, WNOHANG);
	while (ended < 0 && errno == EINTR);
	if (ended == 0)
		return 0;
	if (ended < 0)
		*status_out = 0;
	o->pid = 0;
	return 1;
}

static void log_end(struct sink *o, int status)
{
	char reason[64];

	if (WIFSIGNALED(status))
		snprintf(reason, sizeof reason, "ended by signal %d",
		    WTERMSIG(status));
	else
		snprintf(reason, sizeof reason, "ended with status %d",
		    WEXITSTATUS(status));
	sink_complain(o, reason);
}

static ssize_t write_pipe(struct sink *o, const char *bytes, size_t n)
{
	return write(o->fd, bytes, n);
}

static void command_broken(struct sink *o, int error)
{
	(void)error;
	sink_shut(o);
	/* A command ends a moment after it closes its pipe. */
	sink_again_later(o);
}

static void on_broken_pipe(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	command_broken(ctx, EPIPE);
}

static void command_again(struct sink *o)
{
	int status, had_one = o->pid != 0, error;

	if (!reap(o, &status)) {
		sink_again(o, LAST_MS);
		return;
	}
	if (had_one)
		log_end(o, status);
	error = run(o);
	if (error) {
		sink_complain(o, strerror(error));
		sink_again_later(o);
	}
}

static int start_command(struct sink *o, char *why, size_t size)
{
	int error;

	if (o->where[1 + strspn(o->where + 1, " \t\r\n")] == '\0')
		return report(why, size, "which command?");
	error = run(o);
	if (!error)
		return 0;
	return report(why, size, "%s", strerror(error));
}

/*
 * The command sees the end of its input, and is given a moment to write what it
 * has.
 */
static void stop_command(struct sink *o)
{
	const struct timespec look = { 0, LOOK_MS * 1000000L };
	int status;

	sink_shut(o);
	for (int ms = 0; !reap(o, &status) && ms < LAST_MS; ms += LOOK_MS)
		nanosleep(&look, NULL);
}

const struct sink_kind sink_command = { start_command, write_pipe,
	command_broken, command_again, NULL, stop_command };
