/*
 * naive.c - the loops people write by hand, as the measure of all others
 *
 * In a file of their own, so that the compiler calls them as it has to
 * call a library. They drift, and one NaN poisons them for ever.
 */
#include "naive.h"

void naive_push(struct naive *w, double x)
{
	w->sum += x - w->ring[w->next];
	w->ring[w->next] = x;
	if (++w->next == w->size)
		w->next = 0;
}

void naive_query(const struct naive *w, double *out)
{
	*out = w->sum;
}

/* Two numbers that the compiler works on as one, where it can. */
#ifdef __GNUC__
typedef double naive_vector __attribute__((vector_size(16), aligned(8)));
enum { LANES = 2 };
#else
typedef double naive_vector;
enum { LANES = 1 };
#endif

static double lanes(naive_vector v)
{
#ifdef __GNUC__
	return v[0] + v[1];
#else
	return v;
#endif
}

static naive_vector *at(double *p)
{
	return (naive_vector *)(void *)p;
}

static const naive_vector *from(const double *p)
{
	return (const naive_vector *)(const void *)p;
}

/* Plain descent on the squared error; n is a multiple of 8. */
double naive_learn(struct naive_model *m, const double *x, double y)
{
	naive_vector a = *from(x) * 0, b = a, c = a, d = a;
	double *w = m->w;

	for (size_t i = 0; i < m->n; i += 4 * LANES) {
		a += *at(w + i) * *from(x + i);
		b += *at(w + i + LANES) * *from(x + i + LANES);
		c += *at(w + i + 2 * LANES) * *from(x + i + 2 * LANES);
		d += *at(w + i + 3 * LANES) * *from(x + i + 3 * LANES);
	}
	double p = m->intercept + lanes((a + b) + (c + d));
	double step = m->rate * (p - y);
	for (size_t i = 0; i < m->n; i += LANES)
		*at(w + i) -= step * *from(x + i);
	m->intercept -= step;
	return p;
}
