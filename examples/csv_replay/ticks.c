/*
 * Round numbers along an axis: the smallest step of the form 1, 2 or 5
 * times a power of ten that needs no more ticks than there is room for.
 * Ticks are counted in steps, so that they do not drift off the round
 * numbers, and are printed with as many decimals as the step has.
 */
#include "ticks.h"

#include <math.h>
#include <stdio.h>

static int count(double low, double high, double step)
{
	return (int)(floor(high / step) - ceil(low / step)) + 1;
}

struct ticks ticks_make(double low, double high, int max_n)
{
	static const double factors[] = { 1, 2, 5 };
	struct ticks t = { 0 };
	int power = (int)floor(log10((high - low) / max_n));
	int i = 0;

	do {
		t.step = factors[i % 3] * pow(10, power + i / 3);
		i++;
	} while (count(low, high, t.step) > max_n);
	power += (i - 1) / 3;
	t.from = ceil(low / t.step);
	t.n = count(low, high, t.step);
	t.decimals = power < 0 ? -power : 0;
	return t;
}

double ticks_at(const struct ticks *t, int i)
{
	return (t->from + i) * t->step;
}

void ticks_label(const struct ticks *t, int i, char *text, size_t size)
{
	double x = ticks_at(t, i);
	double largest = fmax(fabs(t->from), fabs(t->from + t->n)) * t->step;

	if (t->decimals > 6 || largest >= 1e9)
		snprintf(text, size, "%.6g", x);
	else
		snprintf(text, size, "%.*f", t->decimals, x == 0 ? 0 : x);
}
