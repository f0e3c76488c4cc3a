/*
 * Pushes one column of a CSV file through a window:
 *
 *      csv_column NAME <file.csv
 *
 * prints the mean and the standard deviation of the last 60 numbers after
 * each of them. A field that is empty is a missing value; whatever else is
 * no number ends the program with its line and column. Bytes come in blocks,
 * as they would from a socket.
 *
 * A callback that ends the reading says no more than that, and the reader
 * returns LEAT_ECALLBACK; the callback reports the reason.
 */
#include <errno.h>
#include <leat_text.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct column {
	const char *name;
	size_t at;
	leat_window *window;
};

static int find(struct column *c, const leat_csv_record *header)
{
	for (size_t i = 0; i < header->n_fields; i++) {
		const leat_csv_field *f = &header->fields[i];

		if (f->len == strlen(c->name) &&
		    memcmp(f->text, c->name, f->len) == 0) {
			c->at = i;
			return 0;
		}
	}
	fprintf(stderr, "there is no column %s\n", c->name);
	return 1;
}

static int fail(const char *why)
{
	fprintf(stderr, "csv_column: %s\n", why);
	return 1;
}

static int push(struct column *c, double x)
{
	char mean[LEAT_DOUBLE_SIZE], stddev[LEAT_DOUBLE_SIZE];
	double out[2];
	int err = leat_window_push(c->window, x);

	if (err < 0)
		return fail(leat_strerror(err));
	leat_window_query(c->window, out);
	leat_format_double(out[0], mean);
	leat_format_double(out[1], stddev);
	return printf("%s %s\n", mean, stddev) < 0 ? fail(strerror(errno)) : 0;
}

/* Told of each record; anything but 0 ends the reading. */
static int on_record(void *ctx, const leat_csv_record *record)
{
	struct column *c = ctx;
	const leat_csv_field *f;
	double x = NAN;

	if (record->problem) {
		fprintf(stderr, "line %llu: %s\n",
		    (unsigned long long)record->line,
		    leat_csv_problem_text(record->problem));
		return 1;
	}
	if (record->number == 0)
		return find(c, record);
	f = &record->fields[c->at]; /* no record has fewer than the first */
	if (f->len > 0 && leat_parse_double(f->text, f->len, &x, NULL)) {
		fprintf(stderr, "line %llu, column %s: \"%.*s\" is no number\n",
		    (unsigned long long)record->line, c->name,
		    f->len < 60 ? (int)f->len : 60, f->text);
		return 1;
	}
	return push(c, x);
}

static int read_all(struct column *c)
{
	static char block[65536];
	leat_csv_options options = { .record = on_record, .ctx = c };
	leat_csv *csv;
	size_t n;
	int err = leat_csv_new(&csv, &options);

	if (err)
		return err;
	while (!err && (n = fread(block, 1, sizeof(block), stdin)) > 0)
		err = leat_csv_push(csv, block, n);
	if (!err)
		err = leat_csv_end(csv);
	leat_csv_free(csv);
	return err;
}

int main(int argc, char **argv)
{
	static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV };
	leat_window_options options = {
		.size = 60, .stats = stats, .n_stats = 2
	};
	struct column c = { 0 };
	int err;

	if (argc != 2) {
		fprintf(stderr, "usage: csv_column NAME <file.csv\n");
		return 2;
	}
	c.name = argv[1];
	err = leat_window_new(&c.window, &options);
	if (!err)
		err = read_all(&c);
	leat_window_free(c.window);
	if (err == LEAT_ECALLBACK)
		return 1;
	if (err < 0)
		return fail(leat_strerror(err));
	if (ferror(stdin) || fflush(stdout) != 0)
		return fail(strerror(errno));
	return 0;
}
