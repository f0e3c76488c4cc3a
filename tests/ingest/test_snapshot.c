/*
 * The snapshot, held against an array that is searched from end to end and
 * keeps all points; and what the program says of itself.
 */
#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <leat.h>

#include "../../examples/socket_ingest/log.h"
#include "../../examples/socket_ingest/snapshot.h"
#include "suites.h"
#include "test_random.h"

/* ---- Tools ---- */

static const char *const names[] = { "a", "b", "c" };

/* ---- The snapshot ---- */

enum { MAX_VALUES = 3, MAX_POINTS = 1000, MAX_KEYS = 60 };

/* A key as the model has it. */
struct naive_key {
	char name[8];
	size_t len;
	double row[MAX_VALUES];
	int64_t start, end;
	uint64_t n_rows, version;
	int is_dirty;
	uint64_t told_at; /* the tick that its last row came before */
	size_t n_points;
	struct {
		int64_t at;
		double row[MAX_VALUES];
	} points[MAX_POINTS];
};

struct naive {
	size_t n_values, n;
	int has_points;
	uint64_t version, ticks;
	struct naive_key keys[MAX_KEYS];
};

/* Names have NULs and other bytes, and one is empty. */
static size_t random_name(char *name)
{
	size_t len = below(4);

	for (size_t i = 0; i < len; i++)
		name[i] = "\0a\xff"[below(3)];
	return len;
}

static struct naive_key *naive_find(struct naive *m, const char *name,
    size_t len)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->keys[i].len == len &&
		    memcmp(m->keys[i].name, name, len) == 0)
			return &m->keys[i];
	return NULL;
}

static void add(struct snapshot *b, struct naive *m)
{
	char name[8];
	size_t len = random_name(name);
	struct naive_key *must = naive_find(m, name, len);
	struct snapshot_key *key;
	int is_new = 7;

	if (!must && m->n == MAX_KEYS)
		return;
	key = snapshot_add(b, name, len, &is_new);
	ck_assert_ptr_nonnull(key);
	ck_assert_int_eq(is_new, must == NULL);
	if (must)
		return;
	must = &m->keys[m->n++];
	memset(must, 0, sizeof *must);
	memcpy(must->name, name, len);
	must->len = len;
	ck_assert_ptr_null(key->alerts);
	ck_assert_ptr_eq(b->oldest, key);
}

static void tell(struct snapshot *b, struct naive *m)
{
	struct naive_key *must;
	struct snapshot_key *key;
	double row[MAX_VALUES];

	if (m->n == 0)
		return;
	must = &m->keys[below((unsigned)m->n)];
	key = snapshot_find(b, must->name, must->len);
	ck_assert_ptr_nonnull(key);
	for (size_t i = 0; i < m->n_values; i++)
		row[i] = must->row[i] = below(100);
	must->start = below(1000);
	must->end = below(1000);
	must->n_rows++;
	must->is_dirty = 1;
	must->told_at = m->ticks + 1;
	snapshot_put(b, key, row, must->start, must->end);
}

static void drop(struct snapshot *b, struct naive *m)
{
	struct naive_key *must;

	if (m->n == 0)
		return;
	must = &m->keys[below((unsigned)m->n)];
	snapshot_drop(b, snapshot_find(b, must->name, must->len));
	ck_assert_ptr_null(snapshot_find(b, must->name, must->len));
	*must = m->keys[--m->n];
}

static void tick(struct snapshot *b, struct naive *m, int64_t now)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += (size_t)m->keys[i].is_dirty;
	m->version += n > 0;
	m->ticks++;
	ck_assert_uint_eq(snapshot_tick(b, now), n);
	ck_assert_uint_eq(b->version, m->version);
	for (size_t i = 0; i < m->n; i++) {
		struct naive_key *k = &m->keys[i];

		if (!k->is_dirty)
			continue;
		k->is_dirty = 0;
		k->version = m->version;
		ck_assert_uint_lt(k->n_points, MAX_POINTS);
		k->points[k->n_points].at = now;
		memcpy(k->points[k->n_points++].row, k->row, sizeof k->row);
	}
}

static void check_points(const struct snapshot *b, const struct naive *m,
    const struct snapshot_key *key, const struct naive_key *must)
{
	size_t n = must->n_points < SNAPSHOT_POINTS ? must->n_points
						    : SNAPSHOT_POINTS;

	if (!m->has_points) {
		ck_assert_ptr_null(key->times);
		n = 0;
	}
	ck_assert_uint_eq(key->n_points, n);
	for (size_t i = 0; i < n; i++) {
		size_t at = must->n_points - n + i;
		int64_t time;
		const double *row = snapshot_point(b, key, i, &time);

		ck_assert_int_eq(time, must->points[at].at);
		ck_assert_int_eq(memcmp(row, must->points[at].row,
				     m->n_values * sizeof *row),
		    0);
	}
}

/* The list has all keys, both ways, the last told first. */
static void check_list(const struct snapshot *b, struct naive *m)
{
	const struct snapshot_key *key, *newer = NULL;
	uint64_t told_at = UINT64_MAX;
	size_t n = 0;

	for (key = b->newest; key; key = key->older) {
		const struct naive_key *must = naive_find(m, key->name,
		    key->len);

		ck_assert_ptr_nonnull(must);
		ck_assert_ptr_eq(key->newer, newer);
		ck_assert_uint_le(must->told_at, told_at);
		ck_assert_int_eq(key->dirty, must->is_dirty);
		told_at = must->told_at;
		newer = key;
		n++;
	}
	ck_assert_ptr_eq(b->oldest, newer);
	ck_assert_uint_eq(n, m->n);
}

static void check_all(const struct snapshot *b, struct naive *m)
{
	ck_assert_uint_eq(b->n, m->n);
	check_list(b, m);
	for (size_t i = 0; i < m->n; i++) {
		const struct naive_key *must = &m->keys[i];
		const struct snapshot_key *key = snapshot_find(b, must->name,
		    must->len);

		ck_assert_ptr_nonnull(key);
		ck_assert_uint_eq(key->n_rows, must->n_rows);
		ck_assert_int_eq(key->start, must->start);
		ck_assert_int_eq(key->end, must->end);
		ck_assert_uint_eq(key->version, must->version);
		ck_assert_int_eq(key->name[key->len], '\0');
		for (size_t k = 0; k < m->n_values; k++)
			ck_assert(must->n_rows == 0
				? isnan(key->row[k])
				: key->row[k] == must->row[k]);
		check_points(b, m, key, must);
	}
}

START_TEST(test_snapshot)
{
	struct naive *m = calloc(1, sizeof *m);
	struct snapshot b = { 0 };
	size_t empty;

	set_seed(_i);
	m->n_values = (size_t)_i % (MAX_VALUES + 1);
	m->has_points = _i % 5 != 0;
	ck_assert_int_eq(snapshot_init(&b, m->n_values, names, m->has_points),
	    0);
	empty = snapshot_bytes(&b);
	for (int i = 0; i < 6000; i++) {
		unsigned what = below(100);

		if (what < 15)
			add(&b, m);
		else if (what < 85)
			tell(&b, m);
		else if (what < 87)
			drop(&b, m);
		else
			tick(&b, m, i);
		if (i % 50 == 0)
			check_all(&b, m);
	}
	check_all(&b, m);
	while (m->n > 0)
		drop(&b, m);
	check_all(&b, m);
	ck_assert_uint_eq(snapshot_bytes(&b), empty);
	snapshot_clear(&b);
	free(m);
}
END_TEST

/* More points than the ring has room for, at the seam and around it. */
START_TEST(test_ring)
{
	struct snapshot b = { 0 };
	struct snapshot_key *key;
	int is_new;

	ck_assert_int_eq(snapshot_init(&b, 1, names, 1), 0);
	key = snapshot_add(&b, "k", 1, &is_new);
	for (int i = 0; i < 3 * SNAPSHOT_POINTS + 7; i++) {
		size_t n = i < SNAPSHOT_POINTS ? (size_t)i + 1
					       : SNAPSHOT_POINTS;
		double x = i;
		int64_t at;

		snapshot_put(&b, key, &x, 0, 0);
		ck_assert_uint_eq(snapshot_tick(&b, 1000 + i), 1);
		ck_assert_uint_eq(key->n_points, n);
		ck_assert(*snapshot_point(&b, key, n - 1, &at) == i);
		ck_assert_int_eq(at, 1000 + i);
		ck_assert(*snapshot_point(&b, key, 0, &at) == i - (int)n + 1);
		ck_assert_int_eq(at, 1000 + i - (int)n + 1);
	}
	ck_assert_uint_eq(snapshot_tick(&b, 9999), 0);
	snapshot_clear(&b);
}
END_TEST

/* The table grows with its keys: chains stay short. */
START_TEST(test_many_keys)
{
	enum { N = 20000 };
	struct snapshot b = { 0 };
	size_t longest = 0;
	char name[20];

	ck_assert_int_eq(snapshot_init(&b, 2, names, 0), 0);
	for (int i = 0; i < N; i++) {
		int is_new, len = snprintf(name, sizeof name, "key-%d", i);

		ck_assert_ptr_nonnull(snapshot_add(&b, name, (size_t)len,
		    &is_new));
		ck_assert_int_eq(is_new, 1);
	}
	ck_assert_uint_eq(b.n, N);
	ck_assert_uint_ge(b.chains.mask + 1, N);
	for (size_t i = 0; i <= b.chains.mask; i++) {
		size_t n = 0;

		for (const struct chained *k = b.chains.heads[i]; k;
		     k = k->next)
			n++;
		longest = n > longest ? n : longest;
	}
	/*
	 * The chance that an urn gets 20 of 20000 balls in as many urns is
	 * 10^-14.
	 */
	ck_assert_uint_lt(longest, 20);
	for (int i = 0; i < N; i++) {
		int len = snprintf(name, sizeof name, "key-%d", i);
		const struct snapshot_key *k = snapshot_find(&b, name,
		    (size_t)len);

		ck_assert_ptr_nonnull(k);
		ck_assert_str_eq(k->name, name);
	}
	snapshot_clear(&b);
}
END_TEST

START_TEST(test_seeds)
{
	struct snapshot a = { 0 }, b = { 0 };
	uint64_t own[2] = { 1, 0 };

	ck_assert_int_eq(snapshot_init(&a, 1, names, 0), 0);
	ck_assert_int_eq(snapshot_init(&b, 1, names, 0), 0);
	ck_assert(a.seed[0] != 0 || a.seed[1] != 0);
	ck_assert(a.seed[0] != b.seed[0] || a.seed[1] != b.seed[1]);
	snapshot_clear(&a);
	a.seed[0] = own[0];
	a.seed[1] = own[1];
	ck_assert_int_eq(snapshot_init(&a, 1, names, 0), 0);
	ck_assert_int_eq(memcmp(a.seed, own, sizeof own), 0);
	snapshot_clear(&a);
	snapshot_clear(&b);
	snapshot_clear(&b);
	ck_assert_ptr_null(snapshot_find(&b, "a", 1));
}
END_TEST

/* ---- Notices ---- */

#define SECONDS(n) ((int64_t)(n)*1000000000)
/* 2001-09-09T01:46:40Z */
#define START SECONDS(1000000000)

struct heard {
	struct log log;
	int from;
	char text[20000];
};

static void open_log(struct heard *log)
{
	int ends[2];

	memset(log, 0, sizeof *log);
	ck_assert_int_eq(pipe(ends), 0);
	log->from = ends[0];
	log->log.fd = ends[1];
}

static void close_log(struct heard *log)
{
	close(log->from);
	close(log->log.fd);
}

/* Returns what has been written since; a byte more ends the reading. */
static const char *written(struct heard *log)
{
	ssize_t n;

	ck_assert_int_eq(write(log->log.fd, "\1", 1), 1);
	n = read(log->from, log->text, sizeof log->text - 1);
	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(log->text[n - 1], 1);
	log->text[n - 1] = '\0';
	return log->text;
}

START_TEST(test_first_is_said)
{
	struct heard log;
	struct log *n = &log.log;

	open_log(&log);
	log_event(n, LOG_BAD_LINE, 1, START + 999999999, "tcp://a:1: %s %d",
	    "no number", 7);
	ck_assert_str_eq(written(&log),
	    "2001-09-09T01:46:40Z socket_ingest: tcp://a:1: no number 7\n");
	for (int i = 0; i < 17; i++)
		log_event(n, LOG_BAD_LINE, 1, START + SECONDS(i), "again");
	log_tick(n, START + SECONDS(59));
	ck_assert_str_eq(written(&log), "");
	/* An event of another kind is logged. */
	log_event(n, LOG_IDLE, 3, START + SECONDS(59), "b");
	ck_assert_str_eq(written(&log),
	    "2001-09-09T01:47:39Z socket_ingest: b (3)\n");
	log_tick(n, START + SECONDS(61));
	ck_assert_str_eq(written(&log),
	    "2001-09-09T01:47:41Z socket_ingest: lines not understood: "
	    "17 more in the last minute\n");
	log_tick(n, START + SECONDS(200));
	ck_assert_str_eq(written(&log), "");
	ck_assert_uint_eq(n->counts[LOG_BAD_LINE], 18);
	ck_assert_uint_eq(n->counts[LOG_IDLE], 3);
	log_event(n, LOG_BAD_LINE, 1, START + SECONDS(200), "c");
	ck_assert_str_eq(written(&log),
	    "2001-09-09T01:50:00Z socket_ingest: c\n");
	close_log(&log);
}
END_TEST

/* If there is no tick, the count is logged before the next event. */
START_TEST(test_no_count_is_lost)
{
	struct heard log;
	struct log *n = &log.log;

	open_log(&log);
	log_event(n, LOG_LATE, 1, START, "a");
	log_event(n, LOG_LATE, 4, START, "a");
	written(&log);
	log_event(n, LOG_LATE, 2, START + SECONDS(100), "b");
	ck_assert_ptr_nonnull(strstr(written(&log), ": 4 more in the last"));
	ck_assert_ptr_nonnull(strstr(log.text, ": b (2)\n"));
	close_log(&log);
}
END_TEST

/* The numbers in the log of a random course add up to what has been counted. */
START_TEST(test_counts_add_up)
{
	struct heard log;
	struct log *n = &log.log;
	unsigned long long told = 0, all = 0;
	int64_t now = START, last_line = INT64_MIN / 2;

	set_seed(_i);
	open_log(&log);
	for (int i = 0; i < 3000; i++) {
		unsigned long long more = 0;
		const char *line;

		now += SECONDS(below(10));
		if (below(2)) {
			unsigned long long some = 2 + below(9);

			log_event(n, LOG_HTTP, some, now, "x");
			all += some;
		} else {
			log_tick(n, now);
		}
		line = written(&log);
		if (*line) {
			ck_assert_int_ge(now - last_line, SECONDS(60));
			last_line = now;
		}
		for (; (line = strstr(line, ": ")) != NULL; line += 2)
			if (sscanf(line, ": x (%llu)", &more) == 1 ||
			    sscanf(line, ": %llu more", &more) == 1)
				told += more;
		ck_assert_uint_le(told, all);
	}
	log_tick(n, now + SECONDS(61));
	if (sscanf(written(&log), "%*s %*s HTTP requests refused: %llu more",
		&all) == 1)
		told += all;
	ck_assert_uint_eq(told, n->counts[LOG_HTTP]);
	close_log(&log);
}
END_TEST

START_TEST(test_clock_set_back)
{
	struct heard log;
	struct log *n = &log.log;

	open_log(&log);
	log_event(n, LOG_TOKEN, 1, START, "a");
	log_event(n, LOG_TOKEN, 1, START, "a");
	written(&log);
	/* Set back by little, it is quiet until a minute is over. */
	log_tick(n, START - SECONDS(59));
	ck_assert_str_eq(written(&log), "");
	/* Set back by years, it logs at once. */
	log_tick(n, SECONDS(5));
	ck_assert_str_eq(written(&log),
	    "1970-01-01T00:00:05Z socket_ingest: wrong or missing tokens: "
	    "1 more in the last minute\n");
	log_event(n, LOG_TOKEN, 1, SECONDS(6), "b");
	ck_assert_str_eq(written(&log), "");
	log_event(n, LOG_TOKEN, 1, INT64_MIN, "c");
	log_event(n, LOG_TOKEN, 1, INT64_MAX, "d");
	log_tick(n, INT64_MAX);
	log_event(n, LOG_TOKEN, 1, START, "e");
	written(&log);
	close_log(&log);
}
END_TEST

static const char *said(struct heard *log, const char *text)
{
	static const char before[] = "2001-09-09T01:46:40Z socket_ingest: ";
	const char *line;
	size_t n;

	log->log.next[LOG_TLS] = 0;
	log_event(&log->log, LOG_TLS, 1, START, "%s", text);
	line = written(log);
	n = strlen(line);
	ck_assert_int_eq(strncmp(line, before, sizeof before - 1), 0);
	ck_assert_int_eq(line[n - 1], '\n');
	log->text[n - 1] = '\0';
	return line + sizeof before - 1;
}

/* Bytes of a stranger cannot reach the terminal, nor make a second line. */
START_TEST(test_harmless)
{
	static const char *const texts[][2] = {
		{ "a\nb\r\tc\x1b[2Jd\x7f\x01", "a?b??c?[2Jd??" },
		{ "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80",
		    "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80" },
		{ "\xc2\x9b"
		  "31m \xc2\xa0",
		    "??31m \xc2\xa0" },
		{ "\x9b"
		  "31m \xff\xfe",
		    "?31m ??" },
		{ "\xc0\xaf \xe0\x80\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xe2"
		  "\x82",
		    "?? ??? ??? ???? ??" },
		{ "%s%n", "%s%n" },
		{ "", "" },
	};
	struct heard log;

	open_log(&log);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		ck_assert_str_eq(said(&log, texts[i][0]), texts[i][1]);
	close_log(&log);
}
END_TEST

/* A long text is cut, not between the bytes of what is left in doubt. */
START_TEST(test_long_text)
{
	struct heard log;

	open_log(&log);
	for (size_t n = 900; n < 1200; n++) {
		char text[1300];
		const char *line;

		memset(text, 'a', n);
		strcpy(text + n, "\xe2\x82\xac\xe2\x82\xac");
		line = said(&log, text);
		ck_assert_uint_ge(strlen(line), 900);
		ck_assert_uint_lt(strlen(line), 1024);
		for (const char *c = strstr(line, "\xe2"); c;
		     c = strstr(c + 1, "\xe2"))
			ck_assert_int_eq(strncmp(c, "\xe2\x82\xac", 3), 0);
	}
	close_log(&log);
}
END_TEST

START_TEST(test_kinds)
{
	for (int i = 0; i < LOG_N_KINDS; i++) {
		const char *name = log_kind_name((enum log_kind)i);

		ck_assert_ptr_nonnull(name);
		ck_assert_ptr_nonnull(log_kind_text((enum log_kind)i));
		ck_assert_uint_gt(strlen(name), 0);
		ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz_"),
		    strlen(name));
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(name, log_kind_name((enum log_kind)k));
	}
	ck_assert_str_eq(log_kind_name(LOG_BAD_LINE), "bad_line");
}
END_TEST

/* The newest points are kept, however many there is room for. */
START_TEST(rings_keep_to_their_limit)
{
	static const char *const only[] = { "x" };
	struct snapshot b = { 0 };
	size_t ring = SNAPSHOT_POINTS * 2 * sizeof(double), most = 0;

	ck_assert_int_eq(snapshot_init(&b, 1, only, 1), 0);
	b.most_ring_bytes = 3 * ring;
	for (int t = 0; t < 600; t++) {
		for (int i = 0; i < 10; i++) {
			char name[2] = { (char)('a' + i), 0 };
			double x = t;
			int is_new;
			struct snapshot_key *k = snapshot_add(&b, name, 1,
			    &is_new);

			ck_assert_ptr_nonnull(k);
			snapshot_put(&b, k, &x, 0, 0);
		}
		snapshot_tick(&b, t);
		ck_assert_uint_le(b.ring_bytes, b.most_ring_bytes);
		most = b.ring_bytes > most ? b.ring_bytes : most;
	}
	ck_assert_uint_gt(most, 2 * ring);
	for (const struct snapshot_key *k = b.newest; k; k = k->older) {
		for (size_t i = 0; i < k->n_points; i++) {
			int64_t at;

			ck_assert_double_eq(*snapshot_point(&b, k, i, &at),
			    (double)at);
			ck_assert_int_eq(at,
			    600 - (int64_t)k->n_points + (int64_t)i);
		}
	}
	/* Less: somebody loses all of it; nothing: everybody does. */
	b.most_ring_bytes = ring / 2;
	snapshot_tick(&b, 600);
	ck_assert_uint_le(b.ring_bytes, ring / 2);
	b.most_ring_bytes = 0;
	snapshot_tick(&b, 601);
	ck_assert_uint_eq(b.ring_bytes, 0);
	snapshot_clear(&b);
}
END_TEST

Suite *snapshot_suite(void)
{
	Suite *suite = suite_create("snapshot");
	TCase *c = tcase_create("snapshot");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, test_snapshot, 0, 8);
	tcase_add_test(c, rings_keep_to_their_limit);
	tcase_add_test(c, test_ring);
	tcase_add_test(c, test_many_keys);
	tcase_add_test(c, test_seeds);
	suite_add_tcase(suite, c);
	c = tcase_create("log");
	tcase_add_test(c, test_first_is_said);
	tcase_add_test(c, test_no_count_is_lost);
	tcase_add_loop_test(c, test_counts_add_up, 0, 3);
	tcase_add_test(c, test_clock_set_back);
	tcase_add_test(c, test_harmless);
	tcase_add_test(c, test_long_text);
	tcase_add_test(c, test_kinds);
	suite_add_tcase(suite, c);
	return suite;
}
