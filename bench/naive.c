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
