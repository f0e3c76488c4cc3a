/*
 * A line on standard error that says how far the work is. It is written
 * over itself with a carriage return and padded to one width, so it needs
 * nothing from the terminal.
 */
#include "progress.h"

#include <stdio.h>

#include "../replay/system_clock.h"

enum { LINE = 72 };

void progress_start(struct progress *p, int on, uint64_t total)
{
	p->on = on;
	p->shown = 0;
	p->total = total;
	p->started = on ? clock_seconds() : 0;
	p->last = p->started - 1;
	p->from_bytes = p->from_rows = 0;
}

void progress_skip(struct progress *p, uint64_t bytes, uint64_t rows)
{
	p->from_bytes = bytes;
	p->from_rows = rows;
}

/* "1:02:03" or "2:03" */
static void format_time(char *text, size_t size, double seconds)
{
	unsigned long s = (unsigned long)(seconds + 0.5);

	if (s >= 3600)
		snprintf(text, size, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60,
		    s % 60);
	else
		snprintf(text, size, "%lu:%02lu", s / 60, s % 60);
}

static void format_left(const struct progress *p, char *text, size_t size,
    uint64_t bytes, double elapsed)
{
	char left[32];

	text[0] = '\0';
	if (bytes <= p->from_bytes || bytes > p->total)
		return;
	format_time(left, sizeof left,
	    elapsed * (double)(p->total - bytes) /
		(double)(bytes - p->from_bytes));
	snprintf(text, size, ", %d %%, %s left",
	    (int)(100.0 * (double)bytes / (double)p->total), left);
}

void progress_update(struct progress *p, uint64_t bytes, uint64_t rows)
{
	char line[160], left[64];
	double t, elapsed;

	if (!p->on)
		return;
	t = clock_seconds();
	if (t - p->last < 0.2)
		return;
	p->last = t;
	elapsed = t - p->started;
	format_left(p, left, sizeof left, bytes, elapsed);
	snprintf(line, sizeof line, "%.1f MB, %.0f rows, %.0f rows/s%s",
	    1e-6 * (double)bytes, (double)rows,
	    elapsed > 0 ? (double)(rows - p->from_rows) / elapsed : 0, left);
	fprintf(stderr, "\r%-*s", LINE, line);
	p->shown = 1;
}

void progress_clear(struct progress *p)
{
	if (p->shown)
		fprintf(stderr, "\r%*s\r", LINE, "");
	p->shown = 0;
}
