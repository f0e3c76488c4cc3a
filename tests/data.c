/*
 * Streams to test with.
 *
 * Numbers come from splitmix64 (Steele, Lea, Flood: Fast splittable
 * pseudorandom number generators, 2014); normal ones by Marsaglia's polar
 * method.
 */
#include "data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct rng rng_new(uint64_t seed)
{
	struct rng r;
	r.state = seed;
	return r;
}

uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
	return rng_next(r) % n;
}

double rng_uniform(struct rng *r)
{
	return (double)(rng_next(r) >> 11) * 0x1p-53;
}

double rng_normal(struct rng *r)
{
	double u, v, s;
	do {
		u = 2 * rng_uniform(r) - 1;
		v = 2 * rng_uniform(r) - 1;
		s = u * u + v * v;
	} while (s >= 1 || s == 0);
	return u * sqrt(-2 * log(s) / s);
}

static void normal(double *x, size_t n, size_t window, struct rng *r)
{
	(void)window;
	for (size_t i = 0; i < n; i++)
		x[i] = rng_normal(r);
}

static void raised(double *x, size_t n, size_t window, struct rng *r)
{
	normal(x, n, window, r);
	for (size_t i = 0; i < n; i++)
		x[i] += 1e9;
}

/* Puts a value into about one window of 1.7, so that some windows have none. */
static void spikes(double *x, size_t n, size_t window, struct rng *r,
    double height)
{
	normal(x, n, window, r);
	size_t step = window + 2 * window / 3 + 1;
	for (size_t i = window / 2 + 1; i < n; i += step)
		x[i] = rng_below(r, 2) ? height : -height;
}

static void spikes_1e16(double *x, size_t n, size_t window, struct rng *r)
{
	spikes(x, n, window, r, 1e16);
}

static void spikes_1e150(double *x, size_t n, size_t window, struct rng *r)
{
	spikes(x, n, window, r, 1e150);
}

static void spikes_1e300(double *x, size_t n, size_t window, struct rng *r)
{
	spikes(x, n, window, r, 1e300);
}

static void gaps(double *x, size_t n, size_t window, struct rng *r)
{
	normal(x, n, window, r);
	for (size_t i = 0; i < n; i++) {
		if (rng_below(r, 4) == 0)
			x[i] = (double)NAN;
	}
	/* Add a stretch in which whole windows are missing. */
	for (size_t i = n / 2; i < n && i < n / 2 + window + 3; i++)
		x[i] = (double)NAN;
}

static void infinities(double *x, size_t n, size_t window, struct rng *r)
{
	normal(x, n, window, r);
	size_t step = window + window / 2 + 2;
	for (size_t i = window / 3; i < n; i += step) {
		x[i] = rng_below(r, 2) ? HUGE_VAL : -HUGE_VAL;
		if (i + 1 < n && rng_below(r, 3) == 0)
			x[i + 1] = -x[i];
		if (i + 2 < n && rng_below(r, 3) == 0)
			x[i + 2] = (double)NAN;
	}
}

static void jumps(double *x, size_t n, size_t window, struct rng *r)
{
	normal(x, n, window, r);
	size_t step = window + window / 3 + 1;
	for (size_t i = 0; i < n; i++)
		x[i] += i / step % 2 ? 1e9 : 0.0;
}

/* Reaches 1e10 at the end. */
static void walk(double *x, size_t n, size_t window, struct rng *r)
{
	double level = 0, step = 1e10 / (double)n;
	(void)window;
	for (size_t i = 0; i < n; i++) {
		level += step * (1 + 3 * rng_normal(r));
		x[i] = level;
	}
}

static void decaying(double *x, size_t n, size_t window, struct rng *r)
{
	normal(x, n, window, r);
	for (size_t i = 0; i < n; i++)
		x[i] *= pow(10, -12 * (double)i / (double)n);
}

/* Levels that are held for two windows and more; most are not dyadic. */
static void constants(double *x, size_t n, size_t window, struct rng *r)
{
	static const double level[] = { 0.1, 1e300, -1.0 / 3, 0.0, 3e-308,
		12345.678e10, 1e-9 };
	size_t hold = 2 * window + 5;
	(void)r;
	for (size_t i = 0; i < n; i++)
		x[i] = level[i / hold % (sizeof(level) / sizeof(*level))];
}

/*
 * Pairs that cancel but for what small ones leave: sum |x| / |sum x| up
 * to about 1e15, and beyond now and then.
 */
static void cancelling(double *x, size_t n, size_t window, struct rng *r)
{
	(void)window;
	for (size_t i = 0; i < n; i += 2) {
		double scale = ldexp(1.0, (int)rng_below(r, 50));
		x[i] = scale * rng_normal(r);
		if (i + 1 < n)
			x[i + 1] = -x[i] + 0x1p-6 * rng_normal(r);
	}
}

static void integers(double *x, size_t n, size_t window, struct rng *r)
{
	(void)window;
	for (size_t i = 0; i < n; i++)
		x[i] = (double)rng_below(r, 7) - 3;
}

/* Sizes from 1e-3 to 1e3, for products; now and then a zero. */
static void factors(double *x, size_t n, size_t window, struct rng *r)
{
	(void)window;
	for (size_t i = 0; i < n; i++) {
		x[i] = pow(10, 6 * rng_uniform(r) - 3);
		if (rng_below(r, 300) == 0)
			x[i] = 0;
	}
}

/* From 1e150 on, of either sign, some of them a step from the end. */
double huge_number(struct rng *r)
{
	double m = 1 + rng_uniform(r);
	int e = 498 + (int)rng_below(r, 526);

	if (rng_below(r, 4) == 0)
		e = 1023;
	m = ldexp(m, e);
	return rng_below(r, 2) ? m : -m;
}

/*
 * Stretches of about a window: of any size, of one size, around one value,
 * two levels, a few among ordinary ones, with an infinity now and then.
 */
static void huge(double *x, size_t n, size_t window, struct rng *r)
{
	double base = 0;
	uint64_t kind = 0;

	for (size_t i = 0; i < n; i++) {
		if (i % (window + window / 4 + 2) == 0) {
			base = huge_number(r);
			kind = rng_below(r, 6);
		}
		if (kind == 0)
			x[i] = huge_number(r);
		else if (kind == 1)
			x[i] = base * (2 * rng_uniform(r) - 1);
		else if (kind == 2)
			x[i] = base * (1 - rng_uniform(r) * 0x1p-30);
		else if (kind == 3)
			x[i] = rng_below(r, 2) ? base : -base;
		else if (kind == 4 || rng_below(r, window + 2) > 0)
			x[i] = rng_below(r, 5) ? rng_normal(r) : huge_number(r);
		else
			x[i] = rng_below(r, 2) ? HUGE_VAL : -HUGE_VAL;
	}
}

const struct data_set data_sets[] = {
	{ "N(0,1)", normal },
	{ "1e9 + N(0,1)", raised },
	{ "spikes of 1e16", spikes_1e16 },
	{ "spikes of 1e150", spikes_1e150 },
	{ "spikes of 1e300", spikes_1e300 },
	{ "gaps", gaps },
	{ "infinities", infinities },
	{ "jumps to 1e9", jumps },
	{ "walk to 1e10", walk },
	{ "scale to 1e-12", decaying },
	{ "constants", constants },
	{ "cancelling", cancelling },
	{ "integers", integers },
	{ "factors", factors },
	{ "huge", huge },
};

const size_t n_data_sets = sizeof(data_sets) / sizeof(data_sets[0]);

const struct data_set *data_set(const char *name)
{
	for (size_t i = 0; i < n_data_sets; i++) {
		if (strcmp(data_sets[i].name, name) == 0)
			return &data_sets[i];
	}
	abort();
}

int same_bits(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) && isnan(b);
	return memcmp(&a, &b, sizeof(a)) == 0;
}

int short_run(void)
{
	const char *text = getenv("LEAT_TEST_SHORT");
	return text != NULL && *text != '\0' && *text != '0';
}
