/*
 * Data for the tests of models.
 *
 * The files of examples/data have no quotes and no missing commas, so a
 * line is cut at its commas here; a file that cannot be read fails the
 * test. The batch fit is Householder's QR as in any textbook (Golub, Van
 * Loan, "Matrix computations"), one column at a time, without pivoting: for
 * columns that are independent.
 */
#include "learn_data.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#define PI 3.14159265358979323846

static void *room(size_t n, size_t each)
{
	void *p = calloc(n > 0 ? n : 1, each);
	if (p == NULL)
		ck_abort_msg("no memory");
	return p;
}

struct learn_set learn_set_new(size_t n, size_t d)
{
	struct learn_set s;
	s.n = n;
	s.d = d;
	s.x = room(n * d, sizeof(double));
	s.y = room(n, sizeof(double));
	s.truth = NULL;
	return s;
}

void learn_set_free(struct learn_set *s)
{
	free(s->x);
	free(s->y);
	free(s->truth);
}

const double *learn_row(const struct learn_set *s, size_t i)
{
	return s->x + i * s->d;
}

/* ------------------------------------------------------------------ */
/* Files                                                              */
/* ------------------------------------------------------------------ */

enum { FIELDS_MAX = 8 };

struct table {
	FILE *file;
	char line[256];
	char *field[FIELDS_MAX];
	size_t n_fields;
};

static void table_open(struct table *t, const char *path)
{
	t->file = fopen(path, "r");
	if (t->file == NULL)
		ck_abort_msg("cannot read %s", path);
	if (fgets(t->line, sizeof(t->line), t->file) == NULL)
		ck_abort_msg("%s is empty", path);
}

/* 0 at the end, which closes the file. */
static int table_next(struct table *t)
{
	if (fgets(t->line, sizeof(t->line), t->file) == NULL) {
		fclose(t->file);
		return 0;
	}
	t->line[strcspn(t->line, "\r\n")] = '\0';
	t->n_fields = 0;
	for (char *p = t->line; p != NULL && t->n_fields < FIELDS_MAX;) {
		t->field[t->n_fields++] = p;
		p = strchr(p, ',');
		if (p != NULL)
			*p++ = '\0';
	}
	return 1;
}

/* Reads a number; files have a decimal point, and tests run in the C locale. */
static double table_number(const struct table *t, size_t i)
{
	ck_assert_uint_lt(i, t->n_fields);
	return strtod(t->field[i], NULL);
}

/* Days since 1 March of the year 0, in the calendar of today. */
static double day_number(int y, int m, int d)
{
	if (m < 3) {
		y--;
		m += 12;
	}
	return 365.0 * y + y / 4 - y / 100 + y / 400 + (153 * (m - 3) + 2) / 5 +
	    d - 1;
}

static void drop_rest(struct learn_set *s, size_t n)
{
	ck_assert_uint_gt(n, 0);
	s->n = n;
}

struct learn_set learn_co2(void)
{
	struct learn_set s = learn_set_new(2284, 5);
	struct table t;
	double first = 0;
	size_t n = 0;
	table_open(&t, "examples/data/co2_weekly.csv");
	while (table_next(&t)) {
		if (t.n_fields < 2 || t.field[1][0] == '\0')
			continue;
		ck_assert_uint_lt(n, s.n);
		int date = atoi(t.field[0]);
		double day = day_number(date / 10000, date / 100 % 100,
		    date % 100);
		double phase = 2 * PI * day / 365.25, *x = s.x + n * s.d;
		if (n == 0)
			first = day;
		x[0] = day - first;
		x[1] = sin(phase);
		x[2] = cos(phase);
		x[3] = sin(2 * phase);
		x[4] = cos(2 * phase);
		s.y[n++] = table_number(&t, 1);
	}
	drop_rest(&s, n);
	return s;
}

struct learn_set learn_weather(void)
{
	struct learn_set s = learn_set_new(1461, 6);
	struct table t;
	size_t n = 0;
	table_open(&t, "examples/data/weather_seattle_nyc.csv");
	while (table_next(&t)) {
		int y, m, d;
		if (strcmp(t.field[0], "Seattle") != 0)
			continue;
		ck_assert_uint_lt(n, s.n);
		ck_assert_int_eq(sscanf(t.field[1], "%d-%d-%d", &y, &m, &d), 3);
		double day = day_number(y, m, d), *x = s.x + n * s.d;
		x[0] = table_number(&t, 3);
		x[1] = table_number(&t, 4);
		x[2] = table_number(&t, 5);
		x[3] = table_number(&t, 2);
		x[4] = sin(2 * PI * day / 365.25);
		x[5] = cos(2 * PI * day / 365.25);
		if (n > 0)
			s.y[n - 1] = x[0];
		n++;
	}
	drop_rest(&s, n - 1);
	return s;
}

struct learn_set learn_flights(void)
{
	struct learn_set s = learn_set_new(2000, 5);
	struct table t;
	double before = 0;
	size_t n = 0;
	table_open(&t, "examples/data/flights.csv");
	while (table_next(&t)) {
		int y, m, d, hour, minute;
		ck_assert_uint_lt(n, s.n);
		ck_assert_int_eq(sscanf(t.field[0], "%d/%d/%d %d:%d", &y, &m,
				     &d, &hour, &minute),
		    5);
		double *x = s.x + n * s.d, delay = table_number(&t, 1);
		double at = hour + minute / 60.0;
		x[0] = table_number(&t, 2);
		x[1] = at;
		x[2] = sin(2 * PI * at / 24);
		x[3] = cos(2 * PI * at / 24);
		x[4] = before;
		s.y[n++] = delay >= 15;
		before = delay;
	}
	drop_rest(&s, n);
	return s;
}

/* ------------------------------------------------------------------ */
/* Generated sets                                                     */
/* ------------------------------------------------------------------ */

/* The first 45 columns are 1 in one row of 20 to 200, else 0. */
struct learn_set learn_rare(uint64_t seed)
{
	struct learn_set s = learn_set_new(1500, 60);
	struct rng r = rng_new(seed);
	double b[60];
	for (size_t j = 0; j < s.d; j++)
		b[j] = (j < 45 ? 0.6 : 0.15) * rng_normal(&r);
	for (size_t i = 0; i < s.n; i++) {
		double f = 1;
		for (size_t j = 0; j < s.d; j++) {
			double *x = &s.x[i * s.d + j];
			*x = j < 45 ? rng_below(&r, 20 + 4 * j) == 0
				    : rng_normal(&r);
			f += b[j] * *x;
		}
		s.y[i] = exp(f + 0.3 * rng_normal(&r));
	}
	return s;
}

struct learn_set learn_skewed(size_t n, uint64_t seed)
{
	struct learn_set s = learn_set_new(n, 10);
	struct rng r = rng_new(seed);
	double b[10];
	for (size_t j = 0; j < s.d; j++)
		b[j] = exp(0.5 * rng_normal(&r));
	for (size_t i = 0; i < n; i++) {
		double f = 0;
		for (size_t j = 0; j < s.d; j++) {
			double *x = &s.x[i * s.d + j];
			*x = exp(rng_normal(&r));
			f += b[j] * *x;
		}
		s.y[i] = f * exp(0.2 * rng_normal(&r));
	}
	return s;
}

struct learn_set learn_correlated(size_t n, uint64_t seed)
{
	struct learn_set s = learn_set_new(n, 8);
	struct rng r = rng_new(seed);
	for (size_t i = 0; i < n; i++) {
		double shared = rng_normal(&r), f = 10;
		for (size_t j = 0; j < s.d; j++) {
			double z = sqrt(0.9) * shared +
			    sqrt(0.1) * rng_normal(&r);
			s.x[i * s.d + j] = 50 + 7 * z;
			f += (j % 2 ? -0.5 : 1) * z;
		}
		s.y[i] = f + 0.3 * rng_normal(&r);
	}
	return s;
}

/*
 * Columns are normal around a mean that differs between the classes by up
 * to 0.7 of their deviation, so the log-odds are known: the sum of
 * shift (z - shift / 2), for z counted from the middle of class 0.
 */
struct learn_set learn_classes(size_t n, uint64_t seed)
{
	struct learn_set s = learn_set_new(n, 30);
	struct rng r = rng_new(seed);
	double shift[30];
	s.truth = room(n, sizeof(double));
	for (size_t j = 0; j < s.d; j++)
		shift[j] = 1.4 * rng_uniform(&r) - 0.7;
	for (size_t i = 0; i < n; i++) {
		double odds = 0;
		s.y[i] = (double)rng_below(&r, 2);
		for (size_t j = 0; j < s.d; j++) {
			double z = s.y[i] * shift[j] + rng_normal(&r);
			odds += shift[j] * (z - shift[j] / 2);
			s.x[i * s.d + j] = pow(10, (double)(j % 7) - 3) *
			    (z + 4);
		}
		s.truth[i] = 1 / (1 + exp(-odds));
	}
	return s;
}

/* Knuth's product of uniforms; for small means. */
double learn_poisson(double mean, struct rng *r)
{
	double limit = exp(-mean), product = rng_uniform(r);
	int n = 0;
	while (product > limit) {
		product *= rng_uniform(r);
		n++;
	}
	return n;
}

struct learn_set learn_counts(size_t n, uint64_t seed)
{
	static const double b[4] = { 0.5, -0.3, 0.2, 0.1 };
	struct learn_set s = learn_set_new(n, 4);
	struct rng r = rng_new(seed);
	s.truth = room(n, sizeof(double));
	for (size_t i = 0; i < n; i++) {
		double f = 1;
		for (size_t j = 0; j < s.d; j++) {
			double z = 2 * rng_uniform(&r) - 1;
			s.x[i * s.d + j] = 100 * z + 30;
			f += b[j] * z;
		}
		s.truth[i] = exp(f);
		s.y[i] = learn_poisson(s.truth[i], &r);
	}
	return s;
}

struct learn_set learn_linear(size_t n, size_t d, double noise, uint64_t seed)
{
	struct learn_set s = learn_set_new(n, d);
	struct rng r = rng_new(seed);
	double *b = room(d, sizeof(double));
	for (size_t j = 0; j < d; j++)
		b[j] = rng_normal(&r);
	for (size_t i = 0; i < n; i++) {
		s.y[i] = 3;
		for (size_t j = 0; j < d; j++) {
			s.x[i * d + j] = rng_normal(&r);
			s.y[i] += b[j] * s.x[i * d + j];
		}
		s.y[i] += noise * rng_normal(&r);
	}
	free(b);
	return s;
}

static double sample_target(int loss, double f, struct rng *r)
{
	switch (loss) {
	case LEAT_LOSS_LOGISTIC:
		return rng_below(r, 4) ? f + rng_normal(r) > 0 : rng_uniform(r);
	case LEAT_LOSS_HINGE:
		return f + 0.5 * rng_normal(r) > 0;
	case LEAT_LOSS_POISSON:
		return learn_poisson(exp(fmin(0.5 * f, 2)), r);
	default:
		return 2 * f + 1 + 0.5 * rng_normal(r);
	}
}

double learn_sample(int loss, double *x, size_t d, struct rng *r)
{
	double f = 0, scale = 1 / sqrt((double)d);
	for (size_t i = 0; i < d; i++) {
		double z = rng_normal(r);
		x[i] = scale * z;
		f += (i % 3 ? 1.0 : -1.5) * x[i];
	}
	return sample_target(loss, f, r);
}

/* ------------------------------------------------------------------ */
/* Other units, other orders                                          */
/* ------------------------------------------------------------------ */

struct learn_set learn_set_copy(const struct learn_set *s)
{
	struct learn_set c = learn_set_new(s->n, s->d);
	memcpy(c.x, s->x, s->n * s->d * sizeof(double));
	memcpy(c.y, s->y, s->n * sizeof(double));
	return c;
}

void learn_rescale(struct learn_set *s, double offset, uint64_t seed)
{
	struct rng r = rng_new(seed);
	for (size_t j = 0; j < s->d; j++) {
		double factor = pow(10, (double)rng_below(&r, 17) - 8);
		for (size_t i = 0; i < s->n; i++) {
			double *x = &s->x[i * s->d + j];
			*x = *x * factor + offset;
		}
	}
}

static void swap_rows(struct learn_set *s, size_t a, size_t b)
{
	double t = s->y[a];
	s->y[a] = s->y[b];
	s->y[b] = t;
	for (size_t j = 0; j < s->d; j++) {
		t = s->x[a * s->d + j];
		s->x[a * s->d + j] = s->x[b * s->d + j];
		s->x[b * s->d + j] = t;
	}
}

void learn_shuffle(struct learn_set *s, uint64_t seed)
{
	struct rng r = rng_new(seed);
	for (size_t i = s->n; i > 1; i--)
		swap_rows(s, i - 1, (size_t)rng_below(&r, i));
}

void learn_reverse(struct learn_set *s)
{
	for (size_t i = 0; i < s->n / 2; i++)
		swap_rows(s, i, s->n - 1 - i);
}

/* ------------------------------------------------------------------ */
/* The batch fit                                                      */
/* ------------------------------------------------------------------ */

/* Columns of a, m numbers each; the last one is the right-hand side. */
struct matrix {
	long double *a;
	size_t m, p;
};

/* Reflects column k on its diagonal, and the later columns with it. */
static void reflect(struct matrix *q, size_t k)
{
	long double *v = q->a + k * q->m, norm = 0, square = 0;
	for (size_t i = k; i < q->m; i++)
		norm += v[i] * v[i];
	norm = v[k] > 0 ? -sqrtl(norm) : sqrtl(norm);
	if (norm == 0)
		return;
	long double pivot = v[k];
	v[k] -= norm;
	for (size_t i = k; i < q->m; i++)
		square += v[i] * v[i];
	for (size_t j = k + 1; j <= q->p && square > 0; j++) {
		long double *c = q->a + j * q->m, dot = 0;
		for (size_t i = k; i < q->m; i++)
			dot += v[i] * c[i];
		for (size_t i = k; i < q->m; i++)
			c[i] -= 2 * dot / square * v[i];
	}
	v[k] = square > 0 ? norm : pivot;
}

static void back_substitute(const struct matrix *q, long double *b)
{
	for (size_t k = q->p; k-- > 0;) {
		long double sum = q->a[q->p * q->m + k];
		for (size_t j = k + 1; j < q->p; j++)
			sum -= q->a[j * q->m + k] * b[j];
		b[k] = sum / q->a[k * q->m + k];
	}
}

static void fill_matrix(struct matrix *q, const struct learn_set *s, size_t n,
    const double *weights, double l2, size_t first)
{
	for (size_t i = 0; i < n; i++) {
		long double scale = weights ? sqrtl(weights[i]) : 1;
		if (first)
			q->a[i] = scale;
		for (size_t j = 0; j < s->d; j++)
			q->a[(first + j) * q->m + i] = scale *
			    s->x[i * s->d + j];
		q->a[q->p * q->m + i] = scale * s->y[i];
	}
	for (size_t j = 0; j < s->d; j++)
		q->a[(first + j) * q->m + n + j] = sqrtl(l2);
}

void learn_fit(const struct learn_set *s, size_t n, const double *weights,
    double l2, int intercept, long double *b)
{
	struct matrix q;
	size_t first = intercept ? 1 : 0;
	q.p = s->d + first;
	q.m = n + s->d;
	q.a = room(q.m * (q.p + 1), sizeof(long double));
	fill_matrix(&q, s, n, weights, l2, first);
	for (size_t k = 0; k < q.p; k++)
		reflect(&q, k);
	b[0] = 0;
	back_substitute(&q, b + 1 - first);
	free(q.a);
}

double learn_fit_at(const long double *b, const double *x, size_t d)
{
	long double f = b[0];
	for (size_t j = 0; j < d; j++)
		f += b[j + 1] * x[j];
	return (double)f;
}

double learn_fit_r2(const struct learn_set *s, size_t from)
{
	long double *b = room(s->d + 1, sizeof(*b));
	double *p = room(s->n, sizeof(*p));
	learn_fit(s, s->n, NULL, 0, 1, b);
	for (size_t i = 0; i < s->n; i++)
		p[i] = learn_fit_at(b, learn_row(s, i), s->d);
	double r2 = learn_r2(s, p, from);
	free(b);
	free(p);
	return r2;
}

/* ------------------------------------------------------------------ */
/* Errors                                                             */
/* ------------------------------------------------------------------ */

double learn_squares(const struct learn_set *s, const double *p, size_t from)
{
	double sum = 0;
	for (size_t i = from; i < s->n; i++)
		sum += (p[i] - s->y[i]) * (p[i] - s->y[i]);
	return sum;
}

double learn_mean_squares(const struct learn_set *s, size_t from)
{
	double sum = 0, mean = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (i >= from)
			sum += (mean - s->y[i]) * (mean - s->y[i]);
		mean += (s->y[i] - mean) / (double)(i + 1);
	}
	return sum;
}

double learn_r2(const struct learn_set *s, const double *p, size_t from)
{
	long double mean = 0, total = 0;
	double errors = learn_squares(s, p, from);
	for (size_t i = from; i < s->n; i++)
		mean += s->y[i];
	mean /= (long double)(s->n - from);
	for (size_t i = from; i < s->n; i++)
		total += (s->y[i] - mean) * (s->y[i] - mean);
	return isfinite(errors) ? (double)(1 - errors / total) : -HUGE_VAL;
}

leat_model_options learn_options(int update, int loss, size_t d)
{
	leat_model_options o = { 0 };

	o.n_features = d;
	o.update = update;
	o.loss = loss;
	return o;
}
