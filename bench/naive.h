/* naive.h - the hand-written ring buffer and running sum; see naive.c */
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

#endif
