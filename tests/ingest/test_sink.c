/*
 * Sinks: what goes out is whole lines in order, whatever is torn, full,
 * closed or moved in between; what is dropped is counted. The other ends are
 * in the same process and loop. Here are the queue, files and standard
 * output; sockets and commands are in test_sink_net.c.
 */
#define _XOPEN_SOURCE 700

#include "test_sink.h"

#include <dirent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sink.h"
#include "sink_inside.h"

Suite *sink_suite(void);

/* ---- The bench ---- */

struct event_base *bench_base;

static char folder[64];
static int real_stderr;
static size_t n_fds;
static time_t deadline;

static size_t count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	if (!dir)
		return 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

void bench_set_up(void)
{
	int null = open("/dev/null", O_WRONLY);

	/* The log's text is not looked at here. */
	real_stderr = fcntl(2, F_DUPFD_CLOEXEC, 10);
	dup2(null, 2);
	close(null);
	signal(SIGPIPE, SIG_IGN);
	snprintf(folder, sizeof folder, "/tmp/test_sink.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	n_fds = count_fds();
	deadline = time(NULL) + 30;
	bench_base = event_base_new();
	ck_assert_ptr_nonnull(bench_base);
}

void bench_tear_down(void)
{
	char command[100];

	event_base_free(bench_base);
	ck_assert_uint_eq(count_fds(), n_fds);
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
	dup2(real_stderr, 2);
	close(real_stderr);
}

const char *bench_path(const char *name)
{
	static char paths[8][128];
	static int next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

void bench_turn(void)
{
	const struct timespec moment = { 0, 1000000 };

	event_base_loop(bench_base, EVLOOP_NONBLOCK);
	nanosleep(&moment, NULL);
	ck_assert_msg(time(NULL) < deadline, "waited for too long");
}

const char *bench_read(const char *path)
{
	static char text[1 << 16];
	FILE *file = fopen(path, "r");
	size_t n = 0;

	if (file) {
		n = fread(text, 1, sizeof text - 1, file);
		fclose(file);
	}
	text[n] = '\0';
	return text;
}

void bench_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

TCase *bench_case(const char *name)
{
	TCase *c = tcase_create(name);

	tcase_add_checked_fixture(c, bench_set_up, bench_tear_down);
	tcase_set_timeout(c, 60);
	return c;
}

/* ---- The queue ---- */

static uint64_t random_state;

static unsigned random_below(unsigned n)
{
	random_state = random_state * 6364136223846793005u +
	    1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

/* Held against all bytes that ever went in. */
START_TEST(queue_is_a_queue)
{
	enum { MOST = 1 << 18 };
	char *all = malloc(MOST);
	size_t in = 0, out = 0;
	uint64_t lines = 0, ends = 0;
	struct sink_queue q = { 0 };

	ck_assert_ptr_nonnull(all);
	random_state = 1;
	while (in < MOST - 600) {
		size_t n = random_below(600), wants = random_below(700);

		for (size_t i = 0; i < n; i++)
			all[in + i] = random_below(40) ? 'x' : '\n';
		ck_assert_int_eq(sink_queue_add(&q, all + in, n), 0);
		in += n;
		if (random_below(50) == 0)
			wants = in - out;
		if (wants > in - out)
			wants = in - out;
		ck_assert_uint_eq(q.end - q.first - q.sent, in - out);
		if (in > out)
			ck_assert_mem_eq(q.bytes + q.first + q.sent, all + out,
			    in - out);
		lines += sink_queue_take(&q, wants);
		for (; wants > 0; wants--)
			ends += all[out++] == '\n';
		ck_assert_uint_eq(lines, ends);
		/* The first line is all there. */
		if (q.end > q.first)
			ck_assert(out - q.sent == 0 ||
			    all[out - q.sent - 1] == '\n');
	}
	for (size_t i = out; i < in; i++)
		ends += all[i] == '\n';
	ck_assert_uint_eq(lines + sink_queue_lines(&q), ends);
	sink_queue_clear(&q);
	free(all);
}
END_TEST

/* ---- Files ---- */

struct log bench_notices;

struct sink *bench_sink(const char *where, const char *head, size_t room)
{
	struct sink_options o = { 0 };
	struct sink *sink = NULL;
	char why[300] = "";

	memset(&bench_notices, 0, sizeof bench_notices);
	o.base = bench_base;
	o.where = where;
	o.room = room;
	o.head = head;
	o.head_len = head ? strlen(head) : 0;
	o.log = &bench_notices;
	ck_assert_msg(sink_new(&sink, &o, why, sizeof why) == 0, "%s: %s",
	    where, why);
	ck_assert_str_eq(sink_where(sink), where);
	return sink;
}

static void put(struct sink *o, const char *text)
{
	uint64_t lines = 0;

	for (const char *t = text; *t; t++)
		lines += *t == '\n';
	sink_put(o, text, strlen(text), lines);
}

START_TEST(file_is_appended_to)
{
	const char *path = bench_path("rows");
	struct sink *o = bench_sink(path, NULL, 0);

	sink_set_head(o, "head\n", 5);
	put(o, "a\nb\n");
	ck_assert_str_eq(bench_read(path), "head\na\nb\n");
	ck_assert_uint_eq(sink_lines(o), 2);
	ck_assert_uint_eq(sink_waiting(o), 0);
	ck_assert_int_eq(sink_is_connected(o), 1);
	ck_assert_uint_eq(sink_drain(o, 1000), 0);
	sink_free(o);
	o = bench_sink(path, "head\n", 0);
	put(o, "c\n");
	sink_put(o, "", 0, 0);
	sink_free(o);
	ck_assert_str_eq(bench_read(path), "head\na\nb\nc\n");
}
END_TEST

START_TEST(file_with_half_a_line)
{
	const char *path = bench_path("rows");
	struct sink *o;

	bench_write(path, "head\n1,2");
	o = bench_sink(path, "head\n", 0);
	put(o, "3,4\n");
	sink_free(o);
	ck_assert_str_eq(bench_read(path), "head\n1,2\n3,4\n");
}
END_TEST

START_TEST(file_is_reopened)
{
	const char *path = bench_path("rows"), *old = bench_path("rows.1");
	struct sink *o = bench_sink(path, "head\n", 0);

	put(o, "a\n");
	sink_reopen(o);
	put(o, "b\n");
	ck_assert_int_eq(rename(path, old), 0);
	put(o, "c\n");
	sink_reopen(o);
	put(o, "d\n");
	ck_assert_str_eq(bench_read(old), "head\na\nb\nc\n");
	ck_assert_str_eq(bench_read(path), "head\nd\n");
	/* The file was copied and cut. */
	ck_assert_int_eq(truncate(path, 0), 0);
	sink_reopen(o);
	put(o, "e\n");
	ck_assert_str_eq(bench_read(path), "head\ne\n");
	/* The new file cannot be opened: the one that is open goes on. */
	ck_assert_int_eq(rename(path, old), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	sink_reopen(o);
	put(o, "f\n");
	ck_assert_str_eq(bench_read(old), "head\ne\nf\n");
	ck_assert_uint_eq(bench_notices.counts[LOG_OUTPUT], 1);
	sink_free(o);
}
END_TEST

static void limit_files(rlim_t most)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = most;
	setrlimit(RLIMIT_FSIZE, &limit);
}

/*
 * A limit on the size of files is as a full disk; also to Check, which keeps
 * a file of its own: nothing is asserted meanwhile.
 */
START_TEST(full_disk_tears_no_line)
{
	const char *path = bench_path("rows");
	struct sink *o = bench_sink(path, NULL, 16);
	uint64_t lines;
	int is_open;

	signal(SIGXFSZ, SIG_IGN);
	/* Within the header, and within each line. */
	limit_files((rlim_t)_i);
	sink_set_head(o, "head\n", 5);
	put(o, "aaaa\nbbbb\n");
	lines = sink_lines(o);
	is_open = sink_is_connected(o);
	put(o, "cccc\n");
	put(o, "dddddddddddddd\n");
	limit_files(RLIM_INFINITY);
	ck_assert_uint_eq(lines, _i >= 10 ? 1 : 0);
	ck_assert_int_eq(is_open, 0);
	/* Each second, or at once if it is the end. */
	if (_i == 7)
		AWAIT(sink_waiting(o) == 0);
	ck_assert_uint_eq(sink_drain(o, 10000), 0);
	put(o, "eeee\n");
	ck_assert_str_eq(bench_read(path), "head\naaaa\nbbbb\ncccc\neeee\n");
	ck_assert_uint_eq(sink_lines(o), 4);
	ck_assert_uint_eq(sink_dropped(o), 1);
	ck_assert_uint_eq(bench_notices.counts[LOG_OUTPUT_DROPPED], 1);
	ck_assert_uint_ge(bench_notices.counts[LOG_OUTPUT], 1);
	sink_free(o);
}
END_TEST

START_TEST(full_disk_and_another_file)
{
	const char *path = bench_path("rows"), *old = bench_path("rows.1");
	struct sink *o = bench_sink(path, "head\n", 0);
	int moved;

	signal(SIGXFSZ, SIG_IGN);
	limit_files(12);
	put(o, "aaaa\nbbbb\n");
	/* In the same file, the rest of the line would come first. */
	sink_reopen(o);
	moved = rename(path, old);
	limit_files(RLIM_INFINITY);
	ck_assert_int_eq(moved, 0);
	sink_reopen(o);
	put(o, "cccc\n");
	ck_assert_str_eq(bench_read(old), "head\naaaa\nbb");
	ck_assert_str_eq(bench_read(path), "head\nbbbb\ncccc\n");
	ck_assert_uint_eq(sink_lines(o), 3);
	sink_free(o);
}
END_TEST

START_TEST(full_disk_and_the_same_file)
{
	const char *path = bench_path("rows");
	struct sink *o = bench_sink(path, "head\n", 0);

	signal(SIGXFSZ, SIG_IGN);
	limit_files(12);
	put(o, "aaaa\nbbbb\n");
	limit_files(RLIM_INFINITY);
	ck_assert_uint_eq(sink_waiting(o), 3);
	sink_reopen(o);
	put(o, "cccc\n");
	ck_assert_str_eq(bench_read(path), "head\naaaa\nbbbb\ncccc\n");
	sink_free(o);
}
END_TEST

START_TEST(full_disk_at_the_end)
{
	struct sink *o = bench_sink("/dev/full", "head\n", 0);

	put(o, "a\nb\n");
	put(o, "c\n");
	ck_assert_uint_eq(sink_drain(o, 50), 3);
	ck_assert_uint_eq(sink_lines(o), 0);
	sink_free(o);
}
END_TEST

START_TEST(fifo)
{
	const char *path = bench_path("fifo");
	struct sink_options options = { 0 };
	struct sink *o;
	char why[300] = "", text[16] = "";
	int fd;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	options.base = bench_base;
	options.where = path;
	ck_assert_int_eq(sink_new(&o, &options, why, sizeof why), -1);
	ck_assert_str_ne(why, "");
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	o = bench_sink(path, NULL, 0);
	put(o, "a\n");
	ck_assert_int_eq(read(fd, text, sizeof text), 2);
	close(fd);
	put(o, "b\n");
	ck_assert_uint_eq(sink_waiting(o), 2);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	AWAIT(sink_waiting(o) == 0);
	ck_assert_int_eq(read(fd, text, sizeof text), 2);
	ck_assert_str_eq(text, "b\n");
	close(fd);
	sink_free(o);
}
END_TEST

/* ---- Standard output ---- */

static int real_stdout;

/* Takes over the descriptor. */
static void set_stdout(int fd)
{
	fflush(stdout);
	real_stdout = fcntl(1, F_DUPFD_CLOEXEC, 10);
	ck_assert_int_ge(dup2(fd, 1), 0);
	close(fd);
}

static void reset_stdout(void)
{
	dup2(real_stdout, 1);
	close(real_stdout);
}

/* Reads what there is. */
static size_t read_pipe(int fd, char *bytes, size_t size)
{
	ssize_t n = read(fd, bytes, size);

	return n > 0 ? (size_t)n : 0;
}

START_TEST(stdout_that_is_slow)
{
	enum { LINES = 30000 };
	static char wanted[LINES * 8 + 1], got[sizeof wanted];
	size_t n = 0;
	struct sink *o;
	int ends[2], flags;

	ck_assert_int_eq(pipe(ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	set_stdout(ends[1]);
	o = bench_sink(_i ? "-" : "stdout", NULL, 0);
	for (int i = 0; i < LINES; i++)
		snprintf(wanted + i * 8, 9, "%07d\n", i);
	for (size_t i = 0; i < LINES * 8; i += 800)
		sink_put(o, wanted + i, 800, 100);
	ck_assert_uint_gt(sink_waiting(o), 0);
	while (n < LINES * 8) {
		bench_turn();
		n += read_pipe(ends[0], got + n, sizeof got - n);
	}
	flags = fcntl(1, F_GETFL);
	ck_assert_uint_eq(sink_lines(o), LINES);
	sink_free(o);
	reset_stdout();
	ck_assert_int_eq(flags & O_NONBLOCK, 0);
	ck_assert_str_eq(got, wanted);
	close(ends[0]);
}
END_TEST

START_TEST(stdout_that_is_closed)
{
	struct sink *o;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	set_stdout(ends[1]);
	o = bench_sink("-", "head\n", 0);
	put(o, "a\n");
	close(ends[0]);
	put(o, "b\nc\n");
	put(o, "d\n");
	sink_reopen(o);
	ck_assert_uint_eq(sink_drain(o, 10000), 0);
	reset_stdout();
	ck_assert_uint_eq(sink_lines(o), 1);
	ck_assert_uint_eq(sink_dropped(o), 3);
	ck_assert_uint_eq(sink_waiting(o), 0);
	ck_assert_int_eq(sink_is_connected(o), 0);
	ck_assert_uint_eq(bench_notices.counts[LOG_OUTPUT], 1);
	sink_free(o);
}
END_TEST

START_TEST(stdout_of_other_kinds)
{
	const char *path = bench_path("out");
	struct sink *o;
	static char lines[1 << 20];

	memset(lines, '\n', sizeof lines);
	set_stdout(open("/dev/null", O_WRONLY));
	o = bench_sink("-", "head\n", 0);
	sink_put(o, lines, sizeof lines, sizeof lines);
	sink_free(o);
	reset_stdout();
	set_stdout(open(path, O_WRONLY | O_CREAT, 0600));
	o = bench_sink("-", "head\n", 0);
	put(o, "a\n");
	sink_reopen(o);
	put(o, "b\n");
	sink_free(o);
	reset_stdout();
	ck_assert_str_eq(bench_read(path), "head\na\nb\n");
}
END_TEST

START_TEST(places_that_are_none)
{
	static const char *const places[] = { "", "udp://127.0.0.1:9",
		"unixgram:///tmp/x", "http://x/", "sqlite:x", "tcp://",
		"tcp://:", "tcp://127.0.0.1:x", "tcp://127.0.0.1:99999",
		"tcp://a b:9", "tcp://host:", "tcp://host:x y", "tcp://h/x:9",
		"tcp://*:9", "tcp://::1:9", "unix://", "|", "| \t",
		"/nowhere/at/all", "/tmp" };
	struct sink_options o = { 0 };
	struct sink *sink = NULL;
	char why[300] = "";

	o.base = bench_base;
	o.where = places[_i];
	ck_assert_msg(sink_new(&sink, &o, why, sizeof why) == -1, "%s",
	    places[_i]);
	ck_assert_str_ne(why, "");
	ck_assert_ptr_null(sink);
}
END_TEST

TCase *sink_file_case(void)
{
	TCase *c = bench_case("file");

	tcase_add_test(c, queue_is_a_queue);
	tcase_add_test(c, file_is_appended_to);
	tcase_add_test(c, file_with_half_a_line);
	tcase_add_test(c, file_is_reopened);
	tcase_add_loop_test(c, full_disk_tears_no_line, 2, 13);
	tcase_add_test(c, full_disk_and_another_file);
	tcase_add_test(c, full_disk_and_the_same_file);
	if (access("/dev/full", W_OK) == 0)
		tcase_add_test(c, full_disk_at_the_end);
	tcase_add_test(c, fifo);
	tcase_add_loop_test(c, stdout_that_is_slow, 0, 2);
	tcase_add_test(c, stdout_that_is_closed);
	tcase_add_test(c, stdout_of_other_kinds);
	tcase_add_loop_test(c, places_that_are_none, 0, 20);
	return c;
}

Suite *sink_suite(void)
{
	Suite *s = suite_create("sink");

	suite_add_tcase(s, sink_file_case());
	suite_add_tcase(s, sink_socket_case());
	suite_add_tcase(s, sink_command_case());
	suite_add_tcase(s, database_case());
	suite_add_tcase(s, tls_case());
	return s;
}
