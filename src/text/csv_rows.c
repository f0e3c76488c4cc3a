/*
 * csv_rows.c - chosen columns of usual records, many at a time
 *
 * A record without quotes, as wide as the first one, has as many places as
 * fields: a delimiter at each but the last, and there its line end. So a
 * column is found by its number among the places, the others are stepped over,
 * and only the chosen ones are looked at, as text or as numbers. Where there
 * are quotes the ends of fields are sorted out first. Rows are gathered until
 * there are many or until something else comes, which is read as a record
 * after the rows before it have been delivered.
 *
 * A row that is not taken is read again from its start, as a record, so that
 * whoever has to say what is wrong with it sees all of it. After that fewer
 * rows are gathered at once: at most twice as many as have been taken, and
 * one. So however many are refused, the cost stays linear in the bytes.
 *
 * Invariant: the rows that have been gathered are consecutive lines of the
 * piece, and the places go on behind the last of them.
 */
#include "four_numbers.h"

/* ---- Choosing ---- */

static void free_choice(const leat_csv *c, struct leat_csv_choice *s)
{
	void *const memory[] = { s->columns, s->texts, s->cells, s->numbers,
		s };

	for (size_t i = 0; i < sizeof(memory) / sizeof(memory[0]); i++)
		if (memory[i])
			c->allocator.free(c->allocator.ctx, memory[i]);
}

void leat_csv_forget_choice(leat_csv *c)
{
	if (c->choice)
		free_choice(c, c->choice);
	c->choice = NULL;
}

/* Returns room for n items and one more, NULL if there is none. */
static void *room_for(const leat_csv *c, size_t n, size_t size)
{
	return n < SIZE_MAX / size
	    ? c->allocator.alloc(c->allocator.ctx, (n + 1) * size)
	    : NULL;
}

/* Allocates what the columns need. What there is on failure is in *s. */
static int make_room(const leat_csv *c, struct leat_csv_choice *s)
{
	enum { ROWS = LEAT_ROWS };

	s->columns = (size_t *)room_for(c, s->n_texts + s->n_numbers,
	    sizeof(*s->columns));
	s->texts = (leat_csv_field *)room_for(c, s->n_texts,
	    ROWS * sizeof(*s->texts));
	s->cells = (leat_csv_field *)room_for(c, s->n_numbers,
	    ROWS * sizeof(*s->cells));
	s->numbers = (double *)room_for(c, s->n_numbers,
	    ROWS * sizeof(*s->numbers));
	return s->columns && s->texts && s->cells && s->numbers;
}

/* Returns a choice, or NULL if there is no memory. */
static struct leat_csv_choice *make_choice(const leat_csv *c,
    const leat_csv_selection *from)
{
	struct leat_csv_choice *s = (struct leat_csv_choice *)room_for(c, 0,
	    sizeof(*s));

	if (!s)
		return NULL;
	memset(s, 0, sizeof(*s));
	s->rows = from->rows;
	s->most = LEAT_ROWS;
	s->n_texts = from->n_texts;
	s->n_numbers = from->n_numbers;
	if (!make_room(c, s)) {
		free_choice(c, s);
		return NULL;
	}
	for (size_t i = 0; i < s->n_texts; i++)
		s->columns[i] = from->texts[i];
	for (size_t i = 0; i < s->n_numbers; i++)
		s->columns[s->n_texts + i] = from->numbers[i];
	for (size_t i = 0; i < s->n_texts + s->n_numbers; i++)
		if (s->columns[i] >= s->width)
			s->width = s->columns[i] + 1;
	return s;
}

static int columns_fit(const leat_csv *c, const size_t *columns, size_t n)
{
	if (n > c->options.max_fields || (n > 0 && !columns))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (columns[i] >= c->options.max_fields)
			return 0;
	return 1;
}

static int selection_fits(const leat_csv *c, const leat_csv_selection *s)
{
	return s->rows && LEAT_IS_RESERVED(s) &&
	    columns_fit(c, s->texts, s->n_texts) &&
	    columns_fit(c, s->numbers, s->n_numbers);
}

int leat_csv_select(leat_csv *c, const leat_csv_selection *selection)
{
	const leat_csv_selection *s = selection;
	struct leat_csv_choice *made = NULL;

	LEAT_ASSERT(c);
	if (s && !selection_fits(c, s))
		return LEAT_EINVAL;
	if (s) {
		made = make_choice(c, s);
		if (!made)
			return LEAT_ENOMEM;
	}
	leat_csv_forget_choice(c);
	c->choice = made;
	return LEAT_OK;
}

/* ---- Rows ---- */

/*
 * Returns how many places the record takes whose ends of fields are at these,
 * of which there are n; 0 if it is not plain, or may not be all there.
 */
LEAT_INLINE size_t plain_places(const char *window, const uint16_t *at,
    size_t n, size_t width, char delimiter)
{
	const char *end;
	size_t i = 1;

	if (n < width)
		return 0;
	for (; i + 4 <= width; i += 4, at += 4)
		if ((window[at[0]] ^ delimiter) | (window[at[1]] ^ delimiter) |
		    (window[at[2]] ^ delimiter) | (window[at[3]] ^ delimiter))
			return 0;
	for (; i < width; i++, at++)
		if (*(window + *at) != delimiter)
			return 0;
	end = window + *at;
	if (LEAT_LIKELY(*end == '\n'))
		return width;
	return *end == '\r' && n > width && end[1] == '\n' ? width + 1 : 0;
}

/*
 * Finds the end of a field in quotes, of which the first is place k, on one
 * line and without doubled quotes. Returns its place, n if there is none.
 */
LEAT_INLINE size_t quoted_end(const leat_csv *c, const uint16_t *at, size_t k,
    size_t n)
{
	const char *window = c->window;

	do
		k++;
	while (k < n && window[at[k]] == c->options.delimiter);
	return k + 1 < n && (unsigned char)window[at[k]] == c->quote &&
		at[k + 1] == at[k] + 1
	    ? k + 1
	    : n;
}

/*
 * Does the same for a record that may have fields in quotes, and writes the
 * places of the ends of its fields.
 */
static LEAT_NOINLINE size_t quoted_places(leat_csv *c, const char *record,
    const uint16_t *at, size_t n)
{
	const char *window = c->window, *field = record;
	uint16_t *ends = c->choice->ends;
	size_t width = c->width, k = 0, i = 0;

	if (width > LEAT_QUOTED_FIELDS)
		return 0;
	for (; i < width; i++, k++) {
		if (k < n && window + at[k] == field &&
		    (unsigned char)*field == c->quote)
			k = quoted_end(c, at, k, n);
		if (k == n ||
		    (i + 1 < width && window[at[k]] != c->options.delimiter))
			return 0;
		ends[i] = at[k];
		field = window + at[k] + 1;
	}
	if (field[-1] == '\n')
		return k;
	return field[-1] == '\r' && k < n && *field == '\n' ? k + 1 : 0;
}

/* Writes fields of the record, of which the fields end at these places. */
LEAT_INLINE leat_csv_field *write_fields(leat_csv_field *out,
    const char *record, const char *window, const uint16_t *ends,
    const size_t *columns, size_t n)
{
	for (size_t i = 0; i < n; i++, out++) {
		size_t column = columns[i];
		const char *end = window + ends[column];

		out->text = column > 0 ? window + ends[column - 1] + 1 : record;
		out->len = (size_t)(end - out->text);
	}
	return out;
}

/* Takes the quotes from around fields; no other one begins with a quote. */
static LEAT_NOINLINE void strip_quotes(const leat_csv *c, leat_csv_field *f,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)*f[i].text != c->quote)
			continue;
		f[i].text++;
		f[i].len -= 2;
	}
}

/*
 * Gathers rows from *record on while they are usual, and moves it behind them.
 * Returns how many there are. What does not change is read once, for all the
 * compiler knows the fields that are written might be it.
 */
static size_t gather(leat_csv *c, const char **record)
{
	struct leat_csv_choice *s = c->choice;
	const char *start = *record, *window = c->window;
	const uint16_t *at = c->places + c->place;
	const uint16_t *stop = c->places + c->n_places;
	const size_t width = c->width, most = s->most;
	const size_t max = c->options.max_record;
	const size_t n_texts = s->n_texts, n_numbers = s->n_numbers;
	const size_t *columns = s->columns;
	const char delimiter = c->options.delimiter;
	leat_csv_field *text = s->texts, *cell = s->cells;
	size_t n = 0;

	while (n < most) {
		const uint16_t *ends = at;
		size_t left = (size_t)(stop - at);
		size_t places = plain_places(window, at, left, width,
		    delimiter);
		int quoted = places == 0;

		if (LEAT_UNLIKELY(quoted)) {
			places = quoted_places(c, start, at, left);
			if (places == 0)
				break;
			ends = s->ends;
		}
		/* A line of nothing is no record, and 0 - 1 is very large. */
		if ((size_t)(window + ends[width - 1] - start) - 1 >= max)
			break;
		text = write_fields(text, start, window, ends, columns,
		    n_texts);
		cell = write_fields(cell, start, window, ends,
		    columns + n_texts, n_numbers);
		if (LEAT_UNLIKELY(quoted)) {
			strip_quotes(c, text - n_texts, n_texts);
			strip_quotes(c, cell - n_numbers, n_numbers);
		}
		s->starts[n++] = start;
		start = window + at[places - 1] + 1;
		at += places;
	}
	c->place = (size_t)(at - c->places);
	*record = start;
	return n;
}

/* Reads one of n numbers. An empty field is missing. */
static int read_cell(const leat_csv_field *f, double *x_out)
{
	*x_out = NAN;
	return f->len == 0 ||
	    leat_parse_double(f->text, f->len, x_out, NULL) == 0;
}

/* Reads n numbers. Returns how many there are before one that is none. */
static size_t read_cells(const leat_csv_field *fields, size_t n, double *out)
{
	int quick = four_numbers_work();

	for (size_t i = 0; i < n;) {
		size_t end = n - i < 4 ? n : i + 4;

		if (quick && end == i + 4 &&
		    take_four_numbers(fields + i, out + i)) {
			i = end;
			continue;
		}
		for (; i < end; i++)
			if (!read_cell(&fields[i], &out[i]))
				return i;
	}
	return n;
}

/*
 * Delivers n rows, of which the first is the line `line`. Returns how many are
 * taken.
 */
static size_t deliver_rows(leat_csv *c, size_t n, uint64_t line)
{
	struct leat_csv_choice *s = c->choice;
	leat_csv_rows rows;
	size_t taken;

	rows.n_rows = n;
	rows.texts = s->texts;
	rows.n_texts = s->n_texts;
	rows.numbers = s->numbers;
	rows.n_numbers = s->n_numbers;
	rows.number = c->n_records;
	rows.line = line;
	rows.offset = c->base + (uint64_t)(s->starts[0] - c->piece);
	taken = s->rows(c->options.ctx, &rows);
	return taken < n ? taken : n;
}

/*
 * Takes what it can of n rows that have been gathered. Returns the start of
 * the first one that is not taken, or `behind` all of them.
 */
static const char *take_gathered(leat_csv *c, size_t n, const char *behind,
    uint64_t *line)
{
	struct leat_csv_choice *s = c->choice;
	size_t taken = n;

	if (s->n_numbers > 0)
		taken = read_cells(s->cells, n * s->n_numbers, s->numbers) /
		    s->n_numbers;
	if (taken > 0)
		taken = deliver_rows(c, taken, *line);
	c->n_records += taken;
	*line += taken;
	s->most = 2 * taken + 1 < LEAT_ROWS ? 2 * taken + 1 : LEAT_ROWS;
	if (taken == n)
		return behind;
	c->at = (size_t)(s->starts[taken] - c->piece);
	leat_csv_go_back(c);
	return s->starts[taken];
}

/*
 * Moves the window to the record, which it cuts or has not reached. Returns
 * whether there is more to be seen.
 */
static int move_window(leat_csv *c, const char *record, const char *end)
{
	int is_cut = record > c->window && c->n_places - c->place <= c->width;

	if (c->scanned == end || (c->scanned != record && !is_cut))
		return 0;
	c->scanned = record;
	c->place = c->n_places;
	return leat_csv_find_places(c, end);
}

const char *leat_csv_read_rows(leat_csv *c, const char *record, const char *end,
    uint64_t *line)
{
	int is_full;

	/* The first record says how wide others are. */
	if (c->width == 0 || c->width < c->choice->width)
		return record;
	do {
		const char *behind = record;
		size_t n = gather(c, &behind);

		is_full = n == c->choice->most;
		if (n > 0)
			record = take_gathered(c, n, behind, line);
		if (record != behind)
			break;
	} while (is_full || move_window(c, record, end));
	return record;
}
