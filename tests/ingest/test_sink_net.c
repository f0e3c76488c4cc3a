/*
 * Sinks to sockets and commands: connections that are not there yet, that
 * break in the middle of a line, that do not read, that talk.
 */
#define _XOPEN_SOURCE 700

#include <arpa/inet.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sink.h"
#include "test_sink.h"

static void put(struct sink *o, const char *text)
{
	uint64_t lines = 0;

	for (const char *t = text; *t; t++)
		lines += *t == '\n';
	sink_put(o, text, strlen(text), lines);
}

/* ---- The other side ---- */

/*
 * Listens on a free port of this machine; its URL, with this host, goes to url.
 */
static int listen_tcp(const char *host, char *url, size_t size)
{
	struct sockaddr_in in = { 0 };
	socklen_t len = sizeof in;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_family = AF_INET;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&in, sizeof in), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	snprintf(url, size, "tcp://%s:%d", host, ntohs(in.sin_port));
	return fd;
}

static int listen_unix(const char *path)
{
	struct sockaddr_un un = { 0 };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	un.sun_family = AF_UNIX;
	snprintf(un.sun_path, sizeof un.sun_path, "%s", path);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&un, sizeof un), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	return fd;
}

static int accept_one(int listener)
{
	int fd;

	AWAIT((fd = accept(listener, NULL, NULL)) >= 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

/* Reads until so many bytes have come. */
static void read_bytes(int fd, char *bytes, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = read(fd, bytes + got, n - got);

		ck_assert_int_ne(r, 0);
		if (r > 0)
			got += (size_t)r;
		else
			bench_turn();
	}
}

static void expect(int fd, const char *text)
{
	char bytes[256] = "";

	read_bytes(fd, bytes, strlen(text));
	ck_assert_str_eq(bytes, text);
}

/* ---- Sockets ---- */

START_TEST(socket_gets_lines)
{
	static const char *const hosts[] = { "127.0.0.1", "", "localhost" };
	char url[64], more[16];
	int listener = listen_tcp(hosts[_i], url, sizeof url), fd;
	struct sink *o = bench_sink(url, "head\n", 0);

	put(o, "a\nb\n");
	ck_assert_int_eq(sink_is_connected(o), 0);
	fd = accept_one(listener);
	expect(fd, "head\na\nb\n");
	ck_assert_int_eq(sink_is_connected(o), 1);
	sink_reopen(o);
	put(o, "c\n");
	expect(fd, "c\n");
	ck_assert_uint_eq(sink_lines(o), 3);
	ck_assert_uint_eq(sink_dropped(o), 0);
	ck_assert_uint_eq(sink_drain(o, 1000), 0);
	sink_free(o);
	ck_assert_int_eq(read(fd, more, sizeof more), 0);
	close(fd);
	close(listener);
}
END_TEST

START_TEST(socket_that_comes_later)
{
	const char *path = bench_path("sink");
	char url[160];
	struct sink *o;
	int listener, fd;

	snprintf(url, sizeof url, "unix://%s", path);
	o = bench_sink(url, NULL, 12);
	put(o, "1234\n");
	sink_set_head(o, "head\n", 5);
	AWAIT(bench_notices.counts[LOG_OUTPUT] > 0);
	put(o, "5678\n");
	/* The sink gets both lines or none. */
	put(o, "\n\n\n");
	ck_assert_uint_eq(sink_dropped(o), 3);
	put(o, "9\n");
	put(o, "\n");
	ck_assert_uint_eq(sink_dropped(o), 4);
	ck_assert_uint_eq(bench_notices.counts[LOG_OUTPUT_DROPPED], 4);
	listener = listen_unix(path);
	fd = accept_one(listener);
	expect(fd, "head\n1234\n5678\n9\n");
	ck_assert_uint_eq(sink_lines(o), 3);
	sink_free(o);
	close(fd);
	close(listener);
}
END_TEST

/* The end is a reason to try again at once, and what is lost is counted. */
START_TEST(socket_is_drained)
{
	const char *path = bench_path("sink");
	char url[160];
	struct sink *o;
	int listener, fd;

	snprintf(url, sizeof url, "unix://%s", path);
	o = bench_sink(url, NULL, 0);
	put(o, "a\nb\n");
	ck_assert_uint_eq(sink_drain(o, 20), 2);
	/* Two tries have failed: the next one would be in two seconds. */
	ck_assert_uint_eq(sink_drain(o, 20), 2);
	listener = listen_unix(path);
	ck_assert_uint_eq(sink_drain(o, 10000), 0);
	fd = accept_one(listener);
	expect(fd, "a\nb\n");
	sink_free(o);
	close(fd);
	close(listener);
}
END_TEST

START_TEST(socket_that_breaks_within_a_line)
{
	enum { LONG = 12 << 20 };
	char *line = malloc(LONG), *got = malloc(LONG + 16), url[64];
	int listener = listen_tcp("127.0.0.1", url, sizeof url), fd;
	struct sink *o = bench_sink(url, "head\n", LONG + 100);

	ck_assert(line && got);
	for (size_t i = 0; i < LONG; i++)
		line[i] = (char)('a' + i * 7 % 26);
	line[LONG - 1] = '\n';
	put(o, "first\n");
	fd = accept_one(listener);
	expect(fd, "head\nfirst\n");
	sink_put(o, line, LONG, 1);
	put(o, "last\n");
	read_bytes(fd, got, 100000);
	ck_assert_mem_eq(got, line, 100000);
	ck_assert_uint_gt(sink_waiting(o), 0);
	ck_assert_uint_lt(sink_waiting(o), LONG);
	close(fd);
	/* The end is seen at once; for a second there is no connection. */
	AWAIT(!sink_is_connected(o));
	ck_assert_uint_eq(sink_lines(o), 1);
	fd = accept_one(listener);
	read_bytes(fd, got, LONG + 10);
	ck_assert_mem_eq(got, "head\n", 5);
	ck_assert_mem_eq(got + 5, line, LONG);
	ck_assert_mem_eq(got + 5 + LONG, "last\n", 5);
	ck_assert_uint_eq(sink_lines(o), 3);
	sink_free(o);
	close(fd);
	close(listener);
	free(line);
	free(got);
}
END_TEST

START_TEST(socket_that_talks_and_leaves)
{
	char url[64], talk[50000];
	int listener = listen_tcp("127.0.0.1", url, sizeof url), fd;
	struct sink *o = bench_sink(url, "head\n", 0);
	size_t said = 0;

	memset(talk, 'x', sizeof talk);
	fd = accept_one(listener);
	expect(fd, "head\n");
	while (said < sizeof talk * 20) {
		ssize_t n = write(fd, talk, sizeof talk);

		said += n > 0 ? (size_t)n : 0;
		bench_turn();
	}
	ck_assert_int_eq(sink_is_connected(o), 1);
	/* No line is written that would fail. */
	close(fd);
	AWAIT(!sink_is_connected(o));
	ck_assert_uint_eq(bench_notices.counts[LOG_OUTPUT], 1);
	fd = accept_one(listener);
	expect(fd, "head\n");
	sink_free(o);
	close(fd);
	close(listener);
}
END_TEST

/* A name that is none, at any moment of its lookup. */
START_TEST(names_that_are_given_up)
{
	struct sink *o = bench_sink("tcp://no-such-host.invalid:9009", NULL, 0);

	put(o, "a\n");
	for (int i = 0; i < _i; i++)
		bench_turn();
	if (_i % 2)
		ck_assert_uint_eq(sink_drain(o, 10), 1);
	sink_free(o);
	bench_turn();
}
END_TEST

/* Freed while a connection is on its way. */
START_TEST(connections_that_are_given_up)
{
	char url[64];
	int listener = listen_tcp("127.0.0.1", url, sizeof url);
	struct sink *o = bench_sink(url, NULL, 0);

	put(o, "a\n");
	event_base_loop(bench_base, EVLOOP_NONBLOCK);
	sink_free(o);
	close(listener);
	o = bench_sink(url, NULL, 0);
	AWAIT(bench_notices.counts[LOG_OUTPUT] > 0);
	sink_free(o);
}
END_TEST

TCase *sink_socket_case(void)
{
	TCase *c = bench_case("socket");

	tcase_add_loop_test(c, socket_gets_lines, 0, 3);
	tcase_add_test(c, socket_that_comes_later);
	tcase_add_test(c, socket_is_drained);
	tcase_add_test(c, socket_that_breaks_within_a_line);
	tcase_add_test(c, socket_that_talks_and_leaves);
	tcase_add_loop_test(c, names_that_are_given_up, 0, 6);
	tcase_add_test(c, connections_that_are_given_up);
	return c;
}

/* ---- Commands ---- */

static struct sink *command(const char *format, const char *path)
{
	char where[300];

	snprintf(where, sizeof where, format, path);
	return bench_sink(where, "head\n", 0);
}

START_TEST(command_gets_lines)
{
	const char *path = bench_path("rows");
	struct sink *o = command("|cat >'%s'", path);

	put(o, "a\nb\n");
	sink_reopen(o);
	put(o, "c\n");
	ck_assert_int_eq(sink_is_connected(o), 1);
	ck_assert_uint_eq(sink_drain(o, 10000), 0);
	ck_assert_uint_eq(sink_lines(o), 3);
	/* The sink waits for the command. */
	sink_free(o);
	ck_assert_str_eq(bench_read(path), "head\na\nb\nc\n");
}
END_TEST

START_TEST(command_that_ends_is_started_again)
{
	const char *path = bench_path("rows");
	struct sink *o = command("|head -n 2 >>'%s'; exit 3", path);

	put(o, "a\n");
	/* The end is seen without another line. */
	AWAIT(!sink_is_connected(o));
	put(o, "b\n");
	AWAIT(sink_lines(o) == 2);
	AWAIT(strcmp(bench_read(path), "head\na\nhead\nb\n") == 0);
	ck_assert_uint_ge(bench_notices.counts[LOG_OUTPUT], 1);
	sink_free(o);
}
END_TEST

/* A part of a line that it has read is not all of it. */
START_TEST(command_that_ends_within_a_line)
{
	enum { LONG = 1 << 20 };
	const char *path = bench_path("rows");
	struct sink *o;
	char *line = malloc(LONG), where[400], size[32];

	ck_assert_ptr_nonnull(line);
	memset(line, 'x', LONG);
	line[LONG - 1] = '\n';
	snprintf(where, sizeof where,
	    "|if [ -e '%s' ]; then wc -c >'%s'; else head -c 10 >'%s'; fi",
	    path, path, path);
	o = bench_sink(where, "head\n", 0);
	sink_put(o, line, LONG, 1);
	AWAIT(sink_lines(o) == 1);
	sink_free(o);
	snprintf(size, sizeof size, "%d\n", LONG + 5);
	ck_assert_str_eq(bench_read(path), size);
	free(line);
}
END_TEST

START_TEST(command_that_does_not_read)
{
	const char *path = bench_path("rows");
	struct sink *o = command("|sleep 0.3; wc -l >'%s'", path);
	static char lines[3 << 20];

	memset(lines, '\n', sizeof lines);
	sink_put(o, lines, sizeof lines, sizeof lines);
	ck_assert_uint_gt(sink_waiting(o), 0);
	ck_assert_uint_eq(sink_drain(o, 20000), 0);
	sink_free(o);
	ck_assert_int_eq(atoi(bench_read(path)), (int)sizeof lines + 1);
}
END_TEST

START_TEST(command_has_signals_and_files_of_its_own)
{
	const char *path = bench_path("rows"), *alive = bench_path("alive");
	char where[300];
	struct sink *o;
	int had[64];

	for (int fd = 3; fd < 64; fd++)
		had[fd] = fcntl(fd, F_GETFD) >= 0;
	snprintf(where, sizeof where, "|kill -PIPE $$; touch '%s'", alive);
	o = bench_sink(where, NULL, 0);
	AWAIT(!sink_is_connected(o));
	sink_free(o);
	ck_assert_int_ne(access(alive, F_OK), 0);
	o = command("|cat >'%s'", path);
	/* A new program gets none of ours but the first three. */
	for (int fd = 3; fd < 64; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (flags >= 0 && !had[fd])
			ck_assert_int_ne(flags & FD_CLOEXEC, 0);
	}
	sink_free(o);
}
END_TEST

TCase *sink_command_case(void)
{
	TCase *c = bench_case("command");

	tcase_add_test(c, command_gets_lines);
	tcase_add_test(c, command_that_ends_is_started_again);
	tcase_add_test(c, command_that_ends_within_a_line);
	tcase_add_test(c, command_that_does_not_read);
	tcase_add_test(c, command_has_signals_and_files_of_its_own);
	return c;
}
