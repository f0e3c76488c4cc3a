/*
 * Reads one CSV file in several processes, each a part of it:
 *
 *      shard_merge -n 4 -t date -k origin -c delay -w 6h flights.csv
 *
 * prints count, mean, standard deviation, minimum and maximum of a column in
 * each tumbling window of each key, as csv_replay would.
 *
 * A part is a range of bytes, and has the lines that begin in it (so no field
 * may have a line end in it). Each process reads the header and its part,
 * with a delay so long that no window closes, and saves its keyed windows
 * into a pipe. The parent loads them in the order of the parts, merges each
 * into the first, and lets time end: now all windows close, in the order in
 * which one process would have emitted them.
 *
 * The pipe needs no format of its own. A saved state knows where it ends and
 * whether it is whole, and its tag says which part it is of.
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <leat_text.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TIME, KEY, VALUE, N_COLUMNS, MAX_PARTS = 64 };

struct part {
	const char *path;
	const char *names[N_COLUMNS];
	size_t columns[N_COLUMNS];
	uint64_t from, to;   /* the part: bytes of the file */
	uint64_t at;         /* bytes read, up to the end of the line at hand */
	const char *culprit; /* the column at which something went wrong */
	const char *why;     /* a callback has failed; else NULL */
	leat_time_window_options windows;
	leat_keyed_options options; /* point to them */
	leat_keyed *keyed;
	FILE *pipe;
	pid_t process;
};

static int fail(const struct part *p, int err)
{
	fprintf(stderr, "shard_merge: %s: at byte %llu: %s%s%s%s\n", p->path,
	    (unsigned long long)p->at, p->culprit ? "column " : "",
	    p->culprit ? p->culprit : "", p->culprit ? ": " : "",
	    p->why ? p->why : leat_strerror(err));
	return EXIT_FAILURE;
}

static int fail_output(const char *why)
{
	fprintf(stderr, "shard_merge: standard output: %s\n", why);
	return EXIT_FAILURE;
}

/* The sink. There are no flags to look at: each window closes once. */
static int put_row(void *ctx, const leat_result *result)
{
	struct part *p = ctx;
	char text[LEAT_TIME_SIZE];

	fwrite(result->key, 1, result->key_len, stdout);
	leat_format_time(result->start, text);
	printf(",%s", text);
	leat_format_time(result->end, text);
	printf(",%s", text);
	for (size_t i = 0; i < result->n_values; i++) {
		char number[LEAT_DOUBLE_SIZE];

		leat_format_double(result->values[i], number);
		printf(",%s", isnan(result->values[i]) ? "" : number);
	}
	putchar('\n');
	if (ferror(stdout))
		p->why = strerror(errno);
	return p->why != NULL;
}

/* ---- A part ---- */

static int find_columns(struct part *p, const leat_csv_record *r)
{
	for (int c = 0; c < N_COLUMNS; c++) {
		const char *name = p->culprit = p->names[c];
		size_t i = 0;

		while (i < r->n_fields &&
		    (r->fields[i].len != strlen(name) ||
			memcmp(r->fields[i].text, name, strlen(name)) != 0))
			i++;
		if (i == r->n_fields) {
			p->why = "no such column";
			return 1;
		}
		p->columns[c] = i;
	}
	p->culprit = NULL;
	return 0;
}

/* A callback of leat_csv. The header is the first record of each part. */
static int on_record(void *ctx, const leat_csv_record *r)
{
	struct part *p = ctx;
	const leat_csv_field *t, *key, *value;
	double x = NAN;
	int64_t at;
	int err;

	if (r->number == 0)
		return find_columns(p, r);
	t = &r->fields[p->columns[TIME]];
	key = &r->fields[p->columns[KEY]];
	value = &r->fields[p->columns[VALUE]];
	p->culprit = p->names[TIME];
	if (leat_parse_time(t->text, t->len, LEAT_UNIT_GUESS, &at, &p->why) < 0)
		return 1;
	p->culprit = p->names[VALUE];
	if (value->len > 0 && /* else it is missing */
	    leat_parse_double(value->text, value->len, &x, NULL) < 0) {
		p->why = "not a number";
		return 1;
	}
	p->culprit = NULL;
	err = leat_keyed_push(p->keyed, key->text, key->len, at, x);
	p->why = err < 0 ? leat_strerror(err) : NULL;
	return err < 0;
}

/* Reads the part. A line that begins before it is passed over. */
static int read_part(struct part *p, FILE *in, leat_csv *csv)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n = getline(&line, &room, in); /* the header */
	int err = n > 0 ? leat_csv_push(csv, line, (size_t)n) : 0;

	p->at = n > 0 ? (uint64_t)n : 0;
	if (n > 0 && p->at < p->from) {
		p->at = p->from - 1;
		if (fseeko(in, (off_t)p->at, SEEK_SET) == 0 &&
		    (n = getline(&line, &room, in)) > 0)
			p->at += (uint64_t)n;
	}
	while (!err && p->at < p->to && (n = getline(&line, &room, in)) > 0) {
		err = leat_csv_push(csv, line, (size_t)n);
		if (!err)
			p->at += (uint64_t)n;
	}
	free(line);
	if (!err && ferror(in))
		return LEAT_EIO;
	return err ? err : leat_csv_end(csv);
}

/* ---- From a process to its parent ---- */

static size_t write_pipe(void *ctx, const void *bytes, size_t n)
{
	return fwrite(bytes, 1, n, ctx);
}

static size_t read_pipe(void *ctx, void *bytes, size_t n)
{
	return fread(bytes, 1, n, ctx);
}

/* Does all the work of a process, and returns its exit status. */
static int work(struct part *p)
{
	leat_csv_options options = {
		.record = on_record, .ctx = p, .strict = 1
	};
	unsigned char tag[8];
	leat_writer w = { .write = write_pipe,
		.ctx = p->pipe,
		.tag = tag,
		.tag_len = sizeof tag };
	FILE *in = fopen(p->path, "r");
	leat_csv *csv;
	int err = in ? leat_csv_new(&csv, &options) : LEAT_EIO;

	if (!err)
		err = leat_keyed_new(&p->keyed, &p->options);
	if (!err)
		err = read_part(p, in, csv);
	leat_put_uint64(tag, p->from);
	if (!err)
		err = leat_keyed_save(p->keyed, &w);
	if (!err && fclose(p->pipe) != 0)
		err = LEAT_EIO;
	return err ? fail(p, err) : EXIT_SUCCESS;
}

static int start(struct part *p)
{
	int ends[2], child;

	if (pipe(ends) < 0 || (p->process = fork()) < 0)
		return fail(p, LEAT_EIO);
	child = p->process == 0;
	close(ends[!child]);
	p->pipe = fdopen(ends[child], child ? "w" : "r");
	if (p->pipe && child)
		_exit(work(p));
	return p->pipe ? 0 : fail(p, LEAT_ENOMEM);
}

/* A process that has failed has said why. */
static int load(struct part *p)
{
	unsigned char tag[8] = { 0 };
	leat_reader r = { .read = read_pipe,
		.ctx = p->pipe,
		.tag = tag,
		.tag_capacity = sizeof tag };
	int err = leat_keyed_load(&p->keyed, &p->options, &r), status;

	fclose(p->pipe);
	if (waitpid(p->process, &status, 0) < 0 || status != 0)
		return EXIT_FAILURE;
	if (!err && leat_get_uint64(tag) != p->from)
		err = LEAT_ESTATE;
	return err ? fail(p, err) : 0;
}

/* Merges all parts into the first, whose windows then close. */
static int merge(struct part *parts, uint64_t n)
{
	struct part *all = &parts[0];
	const char *name = all->names[VALUE];
	int err;

	for (uint64_t i = 0; i < n; i++) {
		if (load(&parts[i]))
			return EXIT_FAILURE;
		if (i == 0)
			continue;
		err = leat_keyed_merge(all->keyed, parts[i].keyed);
		if (err)
			return fail(&parts[i], err);
		leat_keyed_free(parts[i].keyed);
	}
	printf("%s,start,end,%s_count,%s_mean,%s_stddev,%s_min,%s_max\n",
	    all->names[KEY], name, name, name, name, name);
	err = leat_keyed_advance(all->keyed, LEAT_TIME_MAX);
	leat_keyed_free(all->keyed);
	if (err == LEAT_ECALLBACK)
		return fail_output(all->why);
	if (err < 0)
		return fail(all, err);
	return fflush(stdout) ? fail_output(strerror(errno)) : EXIT_SUCCESS;
}

static int run(struct part *parts, uint64_t n)
{
	FILE *in = fopen(parts[0].path, "r");
	off_t size = in && fseeko(in, 0, SEEK_END) == 0 ? ftello(in) : -1;

	if (in)
		fclose(in);
	if (size < 0) {
		fprintf(stderr, "shard_merge: %s: cannot be read\n",
		    parts[0].path);
		return EXIT_FAILURE;
	}
	for (uint64_t i = 0; i < n; i++) {
		parts[i] = parts[0];
		parts[i].from = (uint64_t)size / n * i;
		parts[i].to = i + 1 < n ? (uint64_t)size / n * (i + 1)
					: UINT64_MAX;
		if (start(&parts[i]))
			return EXIT_FAILURE;
	}
	return merge(parts, n);
}

/* ---- The command line ---- */

static int use(FILE *out)
{
	int said = fputs(
	    "Usage: shard_merge [-n PROCESSES] -t TIME -k KEY -c COLUMN "
	    "-w HOURS FILE\n\n"
	    "Statistics of a column of a CSV file in tumbling windows of so "
	    "many hours, for\neach key, by several processes (1 to 64, by "
	    "default 2). TIME, KEY and COLUMN are\nnames in the header.\n",
	    out);

	if (said < 0 || fflush(out) != 0)
		return fail_output(strerror(errno));
	return out == stdout ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	static const leat_stat stats[] = { LEAT_COUNT, LEAT_MEAN, LEAT_STDDEV,
		LEAT_MIN, LEAT_MAX };
	static struct part parts[MAX_PARTS];
	leat_time_window_options *o = &parts[0].windows;
	const char *letters = "tkc";
	int n = 2, hours = 0, letter;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return use(stdout);
	while ((letter = getopt(argc, argv, "n:t:k:c:w:")) != -1) {
		if (letter == 'n')
			n = atoi(optarg);
		else if (letter == 'w')
			hours = atoi(optarg);
		else if (letter != '?')
			parts[0].names[strchr(letters, letter) - letters] =
			    optarg;
	}
	parts[0].path = argv[optind];
	if (optind != argc - 1 || n < 1 || n > MAX_PARTS || hours < 1 ||
	    !parts[0].names[TIME] || !parts[0].names[KEY] ||
	    !parts[0].names[VALUE])
		return use(stderr);
	o->kind = LEAT_TUMBLING;
	o->span = hours * LEAT_HOUR;
	o->delay = INT64_MAX / 2;
	o->stats = stats;
	o->n_stats = sizeof stats / sizeof *stats;
	o->sink = (leat_sink){ put_row, &parts[0] };
	parts[0].options.by_time = o;
	return run(parts, (uint64_t)n);
}
