/*
 * A picture of series as an SVG file.
 *
 * Panels share their vertical range, so that they can be compared. Every
 * path is clipped to its panel. The picture brings its own background and
 * colours and asks for nothing from outside: it looks the same in a light
 * and in a dark viewer. Points without a value break the line.
 */
#include "plot.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ticks.h"

enum { WIDTH = 960, TOP = 84, LEFT = 68, RIGHT = 28, LETTER = 8 };

#define TEXT_COLOUR "#24292f"
#define QUIET_COLOUR "#6e7781"
#define GRID_COLOUR "#e6e8eb"
#define VALUE_COLOUR "#8c959f"
#define DENSE_COLOUR "#c4cad1" /* else noise hides what is above it */
#define MEAN_COLOUR "#0b5cad"

struct box {
	double x, y, width, height;
	double low, high; /* values at its lower and upper edge */
	double rows;      /* along its width */
	int labels;       /* set if texts stand below the row numbers */
	int steps;
	int predictions;
};

/* Text as XML; bytes that no XML may have become question marks. */
static void put_text(FILE *f, const char *text)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte == '&')
			fputs("&amp;", f);
		else if (byte == '<')
			fputs("&lt;", f);
		else if (byte == '>')
			fputs("&gt;", f);
		else
			fputc(byte < ' ' || byte == 127 ? '?' : byte, f);
	}
}

static void put_label(FILE *f, double x, double y, const char *style,
    const char *text)
{
	fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, style);
	put_text(f, text);
	fputs("</text>\n", f);
}

static double x_of(const struct box *b, double row)
{
	return b->x + (row - 0.5) / b->rows * b->width;
}

static double y_of(const struct box *b, double value)
{
	return b->y + (b->high - value) / (b->high - b->low) * b->height;
}

/* The first and the last row of a point, counted from 1. */
static double first_row(const struct series *s, size_t i)
{
	return (double)(i * s->stride + 1);
}

static double last_row(const struct series *s, size_t i)
{
	uint64_t to = (i + 1) * s->stride;

	return (double)(to < s->rows ? to : s->rows);
}

static double middle_row(const struct series *s, size_t i)
{
	return 0.5 * (first_row(s, i) + last_row(s, i));
}

static void put_move(FILE *f, const struct box *b, double row, double value,
    int first)
{
	fprintf(f, "%c%.1f %.1f", first ? 'M' : 'L', x_of(b, row),
	    y_of(b, value));
}

static void put_values(FILE *f, const struct box *b, const struct series *s)
{
	int open = 0;

	fprintf(f, "<path class=\"value%s\" d=\"",
	    s->stride > 4    ? " dense"
		: s->n > 400 ? " thin"
			     : "");
	for (size_t i = 0; i < s->n; i++) {
		const struct series_point *p = &s->points[i];
		double row = middle_row(s, i);

		if (isnan(p->low)) {
			open = 0;
			continue;
		}
		put_move(f, b, row, p->low_first ? p->low : p->high, !open);
		if (p->low < p->high)
			put_move(f, b, row, p->low_first ? p->high : p->low, 0);
		else if (!open)
			fputs("h0", f);
		open = 1;
	}
	fputs("\"/>\n", f);
}

/* Through the middle of a point, or along all of its rows. */
static void put_level(FILE *f, const struct box *b, const struct series *s,
    size_t i, double value, int first)
{
	if (!b->steps) {
		put_move(f, b, middle_row(s, i), value, first);
		return;
	}
	put_move(f, b, first_row(s, i) - 0.5, value, first);
	put_move(f, b, last_row(s, i) + 0.5, value, 0);
}

static void put_mean(FILE *f, const struct box *b, const struct series *s)
{
	int open = 0;

	fputs("<path class=\"mean\" d=\"", f);
	for (size_t i = 0; i < s->n; i++) {
		int there = !isnan(s->points[i].mean);

		if (there)
			put_level(f, b, s, i, s->points[i].mean, !open);
		if (there && !open)
			fputs("h0", f);
		open = there;
	}
	fputs("\"/>\n", f);
}

static int has_band(const struct series_point *p)
{
	return isfinite(p->mean) && isfinite(p->stddev);
}

/* Draws a level as put_level() does, from its end to its start. */
static void put_level_back(FILE *f, const struct box *b, const struct series *s,
    size_t i, double value)
{
	if (!b->steps) {
		put_move(f, b, middle_row(s, i), value, 0);
		return;
	}
	put_move(f, b, last_row(s, i) + 0.5, value, 0);
	put_move(f, b, first_row(s, i) - 0.5, value, 0);
}

/*
 * Draws a stretch of the band: along its upper edge and back along the lower.
 */
static void put_stretch(FILE *f, const struct box *b, const struct series *s,
    size_t from, size_t to)
{
	const struct series_point *p = s->points;

	for (size_t i = from; i < to; i++)
		put_level(f, b, s, i, p[i].mean + p[i].stddev, i == from);
	for (size_t i = to; i-- > from;)
		put_level_back(f, b, s, i, p[i].mean - p[i].stddev);
	fputs("Z", f);
}

static void put_band(FILE *f, const struct box *b, const struct series *s)
{
	size_t from = 0;

	fputs("<path class=\"band\" d=\"", f);
	while (from < s->n) {
		size_t to = from;

		while (to < s->n && has_band(&s->points[to]))
			to++;
		if (to > from)
			put_stretch(f, b, s, from, to);
		from = to + 1;
	}
	fputs("\"/>\n", f);
}

static void put_y_axis(FILE *f, const struct box *b)
{
	struct ticks t = ticks_make(b->low, b->high, b->height > 250 ? 8 : 5);
	char label[32];

	for (int i = 0; i < t.n; i++) {
		double y = y_of(b, ticks_at(&t, i));

		fprintf(f,
		    "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" "
		    "x2=\"%.1f\" y2=\"%.1f\"/>\n",
		    b->x, y, b->x + b->width, y);
		ticks_label(&t, i, label, sizeof label);
		put_label(f, b->x - 9, y + 4.5, "class=\"end\"", label);
	}
}

/* Below the middle of its tick, but not beyond the edge of the picture. */
static void put_tick_text(FILE *f, double x, double y, const char *style,
    const char *text)
{
	double half = 0.5 * LETTER * (double)strlen(text);
	char attributes[64];

	snprintf(attributes, sizeof attributes, "class=\"%s%s\"",
	    x + half > WIDTH - 4 ? "end" : "mid", style);
	put_label(f, x + half > WIDTH - 4 ? WIDTH - 4 : x, y, attributes, text);
}

/* Writes the row under a tick, and that row's text if there is one. */
static void put_x_tick(FILE *f, const struct box *b, const struct series *s,
    double row, const char *label)
{
	double x = x_of(b, row), y = b->y + b->height;
	size_t i = (size_t)((row - 1) / (double)s->stride);

	fprintf(f,
	    "<line class=\"axis\" x1=\"%.1f\" y1=\"%.1f\" "
	    "x2=\"%.1f\" y2=\"%.1f\"/>\n",
	    x, y, x, y + 5);
	put_tick_text(f, x, y + 20, "", label);
	if (i < s->n && s->points[i].label[0])
		put_tick_text(f, x, y + 36, " quiet", s->points[i].label);
}

/* Ticks for which there is room: as wide as the longest label. */
static int room_for_ticks(const struct box *b, const struct series *s)
{
	size_t longest = (size_t)log10(b->rows) + 1;
	double n;

	for (size_t i = 0; i < s->n; i++)
		if (strlen(s->points[i].label) > longest)
			longest = strlen(s->points[i].label);
	n = floor(b->width / (LETTER * (double)(longest + 3)));
	n = fmin(n, b->rows + 1);
	return n < 2 ? 2 : n > 12 ? 12 : (int)n;
}

/* Rows are whole numbers, from 1. */
static void put_x_axis(FILE *f, const struct box *b, const struct series *s)
{
	struct ticks t = ticks_make(0.5, b->rows + 0.5, room_for_ticks(b, s));
	char label[32];

	fprintf(f,
	    "<line class=\"axis\" x1=\"%.1f\" y1=\"%.1f\" "
	    "x2=\"%.1f\" y2=\"%.1f\"/>\n",
	    b->x, b->y + b->height, b->x + b->width, b->y + b->height);
	for (int i = 0; i < t.n; i++) {
		double row = ticks_at(&t, i);

		if (row != floor(row) || row < 1 || row > b->rows)
			continue;
		ticks_label(&t, i, label, sizeof label);
		put_x_tick(f, b, s, row, label);
	}
}

static void put_panel(FILE *f, const struct box *b, const struct series *s,
    size_t number)
{
	put_y_axis(f, b);
	fprintf(f,
	    "<clipPath id=\"p%zu\"><rect x=\"%.1f\" y=\"%.1f\" "
	    "width=\"%.1f\" height=\"%.1f\"/></clipPath>\n"
	    "<g clip-path=\"url(#p%zu)\">\n",
	    number, b->x, b->y, b->width, b->height, number);
	/* Good predictions would hide the values if they were above them. */
	if (!b->predictions)
		put_values(f, b, s);
	put_band(f, b, s);
	put_mean(f, b, s);
	if (b->predictions)
		put_values(f, b, s);
	fputs("</g>\n", f);
	put_x_axis(f, b, s);
}

/* The range of all that is drawn, with some air. */
static void find_range(const struct plot *p, struct box *b)
{
	double low = INFINITY, high = -INFINITY, largest, air;

	for (size_t k = 0; k < p->n_panels; k++) {
		const struct series *s = p->series[k];

		for (size_t i = 0; i < s->n; i++) {
			low = fmin(low,
			    fmin(s->points[i].low, s->points[i].mean));
			high = fmax(high,
			    fmax(s->points[i].high, s->points[i].mean));
		}
		if ((double)s->rows > b->rows)
			b->rows = (double)s->rows;
	}
	if (!(low <= high))
		low = high = 0;
	air = 0.04 * (high - low);
	/* A difference that drowns in the size of the values is none. */
	largest = fmax(fabs(low), fabs(high));
	if (!(air > 1e-12 * largest))
		air = largest > 0 ? 0.04 * largest : 1;
	b->low = low - air;
	b->high = high + air;
	if (b->rows < 1)
		b->rows = 1;
}

/*
 * Writes an entry of the legend. Entries go from right to left, so each one's
 * text ends where the next one begins.
 */
static double put_entry(FILE *f, double right, const char *text, size_t letters,
    const char *class)
{
	double x = right - 30 - LETTER * (double)letters;

	if (strcmp(class, "band") == 0)
		fprintf(f,
		    "<rect class=\"band\" x=\"%.1f\" y=\"47\" width=\"22\" "
		    "height=\"14\"/>\n",
		    x);
	else
		fprintf(f, "<path class=\"%s\" d=\"M%.1f 54h22\"/>\n", class,
		    x);
	put_label(f, x + 29, 58.5, "", text);
	return x - 16;
}

static void put_legend(FILE *f, const struct plot *p)
{
	char name[32];
	double x = WIDTH - RIGHT + 8;

	snprintf(name, sizeof name, "%s", p->value_name);
	if (p->predictions) {
		x = put_entry(f, x, "prediction", 10, "mean");
	} else {
		x = put_entry(f, x, "mean \xC2\xB1 stddev", 13, "band");
		x = put_entry(f, x, "mean", 4, "mean");
	}
	put_entry(f, x, name, strlen(name), "value");
}

static void put_head(FILE *f, const struct plot *p, int height)
{
	fprintf(f,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	    "height=\"%d\" viewBox=\"0 0 %d %d\">\n"
	    "<style>\n"
	    "text{font:13px system-ui,\"DejaVu Sans\",Arial,sans-serif;"
	    "fill:" TEXT_COLOUR "}\n"
	    ".title{font-size:18px;font-weight:600}\n"
	    ".name{font-weight:600}\n"
	    ".quiet{fill:" QUIET_COLOUR "}\n"
	    ".mid{text-anchor:middle}\n"
	    ".end{text-anchor:end}\n"
	    ".grid{stroke:" GRID_COLOUR "}\n"
	    ".axis{stroke:" QUIET_COLOUR "}\n"
	    ".value,.mean{fill:none;stroke-linejoin:round;"
	    "stroke-linecap:round}\n"
	    ".value{stroke:" VALUE_COLOUR ";stroke-width:1.4}\n"
	    ".thin{stroke-width:1}\n"
	    ".dense{stroke-width:1;stroke:" DENSE_COLOUR "}\n"
	    ".mean{stroke:" MEAN_COLOUR ";stroke-width:2.2}\n"
	    ".band{fill:" MEAN_COLOUR ";fill-opacity:.17}\n"
	    "</style>\n"
	    "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
	    WIDTH, height, WIDTH, height);
	put_label(f, LEFT, 34, "class=\"title\"", p->title);
	put_label(f, LEFT, 58.5, "class=\"quiet\"", p->subtitle);
	put_legend(f, p);
}

/* Returns the distance from the top of a panel to that of the next one. */
static double panel_step(const struct box *b)
{
	return b->height + (b->labels ? 72 : 56);
}

/* Draws up to three panels below each other, and more in two columns. */
static void put_panels(FILE *f, const struct plot *p, struct box b)
{
	size_t columns = p->n_panels > 3 ? 2 : 1;
	double step_x = (double)(WIDTH - LEFT - RIGHT + 60) / (double)columns;

	b.width = step_x - 60;
	for (size_t i = 0; i < p->n_panels; i++) {
		b.x = LEFT + step_x * (double)(i % columns);
		b.y = TOP + panel_step(&b) * (double)(i / columns);
		if (p->n_panels > 1) {
			b.y += 14;
			put_label(f, b.x, b.y - 8, "class=\"name\"",
			    p->names[i]);
		}
		put_panel(f, &b, p->series[i], i);
	}
}

static void put_plot(FILE *f, const struct plot *p)
{
	size_t lines = p->n_panels > 3 ? (p->n_panels + 1) / 2 : p->n_panels;
	struct box b = { 0 };
	int height;

	for (size_t k = 0; k < p->n_panels; k++)
		for (size_t i = 0; i < p->series[k]->n; i++)
			b.labels |= p->series[k]->points[i].label[0] != '\0';
	b.steps = p->steps;
	b.predictions = p->predictions;
	b.height = p->n_panels > 1 ? 200 : 378;
	find_range(p, &b);
	height = TOP + (int)(panel_step(&b) * (double)lines) + 8;
	put_head(f, p, height);
	put_panels(f, p, b);
	put_label(f, WIDTH - RIGHT, height - 12, "class=\"end quiet\"",
	    p->x_name);
	fputs("</svg>\n", f);
}

int plot_write(const char *path, const struct plot *plot)
{
	FILE *f = fopen(path, "w");
	int err = 0;

	if (!f)
		return errno;
	put_plot(f, plot);
	if (fflush(f) != 0 || ferror(f))
		err = errno ? errno : EIO;
	if (fclose(f) != 0 && !err)
		err = errno ? errno : EIO;
	return err;
}
