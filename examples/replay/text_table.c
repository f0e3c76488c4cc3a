/*
 * Rows as a table for people.
 *
 * The first rows, up to 50, are held back to see what is in each column:
 * from them come its width and the number of decimals, one for the whole
 * column, so that the points stand below each other. The largest value of
 * a column gets six significant digits, and decimals that are zero in all
 * rows are left out. Later rows use what was found; one that does not fit
 * is printed in full and moves the rest of its line to the right.
 */
#include "text_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "number.h"

enum { BATCH_ROWS = 50, BATCH_CELLS = 1 << 16, MAX_WIDTH = 40, CELL = 48 };

/* Six digits of 1e-4, which may be taken for a little less. */
enum { MAX_DECIMALS = 10 };

/* Six digits, whatever the size: for what has no common decimals. */
enum { FLOATING = -1 };

struct column {
	const char *name;
	size_t width;
	int decimals;
	int left; /* aligned to the left: texts that are not numbers */
};

struct text_table {
	struct writer *writer;
	size_t n_texts, n_values;
	struct column *columns; /* row number, texts, values */
	size_t first;           /* the one that is printed first */

	/* The rows that are held back. */
	int started;
	size_t n_held, max_held;
	uint64_t *rows;
	double *values;
	struct list texts;
};

struct text_table *text_table_new(struct writer *writer,
    const struct row_layout *layout)
{
	struct text_table *t = calloc(1, sizeof *t);
	size_t n = 1 + layout->n_texts + layout->n_values;

	if (!t)
		return NULL;
	t->writer = writer;
	t->n_texts = layout->n_texts;
	t->n_values = layout->n_values;
	t->first = layout->no_row ? 1 : 0;
	t->max_held = BATCH_CELLS / n < BATCH_ROWS ? BATCH_CELLS / n + 1
						   : BATCH_ROWS;
	t->columns = calloc(n, sizeof *t->columns);
	t->rows = calloc(t->max_held, sizeof *t->rows);
	t->values = calloc(t->max_held * (t->n_values + 1), sizeof *t->values);
	if (!t->columns || !t->rows || !t->values) {
		text_table_free(t);
		return NULL;
	}
	t->columns[0].name = "row";
	for (size_t i = 1; i < n; i++)
		t->columns[i].name = layout->names[i - 1];
	return t;
}

void text_table_free(struct text_table *t)
{
	if (!t)
		return;
	list_clear(&t->texts);
	free(t->columns);
	free(t->rows);
	free(t->values);
	free(t);
}

/* Characters of UTF-8 text: bytes that do not continue one. */
static size_t text_width(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += (text[i] & 0xC0) != 0x80;
	return n;
}

static size_t format_value(char *cell, double x, int decimals)
{
	double tiny = decimals >= 0 ? 0.5 * pow(10, -decimals) : 0;
	int floating = decimals == FLOATING || fabs(x) >= 1e15 ||
	    (x != 0 && fabs(x) < tiny);

	if (isnan(x))
		return (size_t)snprintf(cell, CELL, "-");
	if (isinf(x) || floating)
		return (size_t)snprintf(cell, CELL, "%.6g", x);
	return (size_t)snprintf(cell, CELL, "%.*f", decimals, x);
}

/* Returns how many of the decimals are needed, the rest being zeros. */
static int needed_decimals(double x, int decimals)
{
	char cell[CELL];
	size_t n = format_value(cell, x, decimals);

	while (decimals > 0 && cell[n - 1] == '0') {
		n--;
		decimals--;
	}
	return decimals;
}

/*
 * Chooses decimals for a column: as many as all its values need, in the width
 * that the largest one leaves.
 */
static int choose_decimals(const struct text_table *t, size_t column)
{
	double largest = 0;
	int decimals, needed = 0;

	for (size_t r = 0; r < t->n_held; r++) {
		double x = fabs(t->values[r * t->n_values + column]);

		if (isfinite(x) && x > largest)
			largest = x;
	}
	if (largest == 0)
		return 0;
	if (largest < 1e-4 || largest >= 1e15)
		return FLOATING;
	decimals = 5 - (int)floor(log10(largest));
	if (decimals < 0)
		decimals = 0;
	for (size_t r = 0; r < t->n_held; r++) {
		double x = t->values[r * t->n_values + column];
		int n = isfinite(x) ? needed_decimals(x, decimals) : 0;

		if (n > needed)
			needed = n;
	}
	return needed;
}

static void widen(struct column *c, size_t width)
{
	if (width > MAX_WIDTH)
		width = MAX_WIDTH;
	if (width > c->width)
		c->width = width;
}

static void measure_texts(struct text_table *t)
{
	for (size_t i = 0; i < t->texts.n; i++) {
		struct column *c = &t->columns[1 + i % t->n_texts];
		const char *text = t->texts.items[i];
		size_t len = strlen(text);
		double x;

		widen(c, text_width(text, len));
		if (len > 0 && number_parse(text, len, &x) < 0)
			c->left = 1;
	}
}

static void measure_values(struct text_table *t, size_t column)
{
	struct column *c = &t->columns[1 + t->n_texts + column];
	char cell[CELL];

	c->decimals = choose_decimals(t, column);
	for (size_t r = 0; r < t->n_held; r++)
		widen(c,
		    format_value(cell, t->values[r * t->n_values + column],
			c->decimals));
}

/* Rows to come have larger numbers: room for a few million of them. */
static void measure(struct text_table *t)
{
	size_t n = 1 + t->n_texts + t->n_values;

	widen(&t->columns[0], t->n_held < t->max_held ? 4 : 7);
	measure_texts(t);
	for (size_t i = 0; i < t->n_values; i++)
		measure_values(t, i);
	for (size_t i = 0; i < n; i++)
		widen(&t->columns[i],
		    text_width(t->columns[i].name, strlen(t->columns[i].name)));
}

/* A line end or other control character would break the table. */
static void put_text(struct writer *w, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];

		writer_char(w, byte < ' ' || byte == 127 ? '?' : text[i]);
	}
}

static void put_cell(struct text_table *t, size_t column, const char *text,
    size_t len)
{
	const struct column *c = &t->columns[column];
	size_t n = text_width(text, len);
	size_t pad = n < c->width ? c->width - n : 0;
	int last = column == t->n_texts + t->n_values;

	if (column > t->first)
		writer_repeat(t->writer, ' ', 2);
	if (!c->left)
		writer_repeat(t->writer, ' ', pad);
	put_text(t->writer, text, len);
	if (c->left && !last)
		writer_repeat(t->writer, ' ', pad);
}

static void put_line(struct text_table *t, uint64_t row,
    const leat_csv_field *texts, const double *values)
{
	char cell[CELL];

	if (t->first == 0)
		put_cell(t, 0, cell, number_format_count(cell, row));
	for (size_t i = 0; i < t->n_texts; i++)
		put_cell(t, 1 + i, texts[i].text, texts[i].len);
	for (size_t i = 0; i < t->n_values; i++) {
		size_t at = 1 + t->n_texts + i;

		put_cell(t, at, cell,
		    format_value(cell, values[i], t->columns[at].decimals));
	}
	writer_char(t->writer, '\n');
}

static void put_header(struct text_table *t)
{
	size_t n = 1 + t->n_texts + t->n_values;

	for (size_t i = t->first; i < n; i++)
		put_cell(t, i, t->columns[i].name, strlen(t->columns[i].name));
	writer_char(t->writer, '\n');
	for (size_t i = t->first; i < n; i++) {
		if (i > t->first)
			writer_repeat(t->writer, ' ', 2);
		writer_repeat(t->writer, '-', t->columns[i].width);
	}
	writer_char(t->writer, '\n');
}

/* Measures and writes the rows that were held back. */
static int start(struct text_table *t)
{
	leat_csv_field *texts = calloc(t->n_texts + 1, sizeof *texts);

	if (!texts)
		return -1;
	t->started = 1;
	measure(t);
	put_header(t);
	for (size_t r = 0; r < t->n_held; r++) {
		for (size_t i = 0; i < t->n_texts; i++) {
			texts[i].text = t->texts.items[r * t->n_texts + i];
			texts[i].len = strlen(texts[i].text);
		}
		put_line(t, t->rows[r], texts, t->values + r * t->n_values);
	}
	free(texts);
	list_clear(&t->texts);
	return 0;
}

int text_table_row(struct text_table *t, uint64_t row,
    const leat_csv_field *texts, const double *values)
{
	if (t->started) {
		put_line(t, row, texts, values);
		return 0;
	}
	for (size_t i = 0; i < t->n_texts; i++)
		if (list_add(&t->texts, texts[i].text, texts[i].len) < 0)
			return -1;
	if (t->n_values > 0)
		memcpy(t->values + t->n_held * t->n_values, values,
		    t->n_values * sizeof *values);
	t->rows[t->n_held++] = row;
	return t->n_held == t->max_held ? start(t) : 0;
}

int text_table_end(struct text_table *t)
{
	return t->started ? 0 : start(t);
}

/* ---- Saved state ---- */

static void tape_held(struct text_table *table, struct tape *t)
{
	tape_size(t, &table->n_held, table->max_held - 1);
	tape_counts(t, table->rows, table->n_held);
	tape_doubles(t, table->values, table->n_held * table->n_values);
	tape_list(t, &table->texts);
	tape_expect(t, table->texts.n == table->n_held * table->n_texts);
}

/*
 * Saves or loads a column. Decimals begin with FLOATING; more than there can be
 * would not fit a cell.
 */
static void tape_column(struct column *c, struct tape *t)
{
	int decimals = c->decimals - FLOATING;

	tape_size(t, &c->width, MAX_WIDTH);
	tape_int(t, &decimals, MAX_DECIMALS - FLOATING);
	tape_int(t, &c->left, 1);
	c->decimals = decimals + FLOATING;
}

void text_table_tape(struct text_table *table, struct tape *t)
{
	size_t n = 1 + table->n_texts + table->n_values;

	tape_int(t, &table->started, 1);
	if (!table->started)
		tape_held(table, t);
	for (size_t i = 0; i < n && table->started; i++)
		tape_column(&table->columns[i], t);
}
