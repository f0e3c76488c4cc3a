/* naive.h - the loops people write by hand; see naive.c */
#ifndef NAIVE_H
#define NAIVE_H

#include <stddef.h>

struct naive {
	double *ring;
	size_t size, next;
	double sum;
};

void naive_push(struct naive *w, double x);
void naive_query(const struct naive *w, double *out);

struct naive_model {
	double *w;
	size_t n;
	double intercept, rate;
};

double naive_learn(struct naive_model *m, const double *x, double y);

#endif
