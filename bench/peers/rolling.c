/*
 * rolling.c - a rolling statistic of an array, to be called from another
 * language
 *
 * peers.py loads this as a shared object. Options are filled in here, so that
 * their layout need not be told twice.
 */
#include <leat_text.h>

int rolling(const char *stat, uint64_t size, const double *x, size_t n,
    double *out);

/* Writes the n results of one statistic, and returns a code of the library. */
int rolling(const char *stat, uint64_t size, const double *x, size_t n,
    double *out)
{
	leat_window_options o = { 0 };
	leat_stat stats[1];
	leat_window *w;
	int err = leat_stats_parse(stat, stats, 1, &o.n_stats, NULL, NULL);

	o.kind = LEAT_SLIDING;
	o.size = size;
	o.stats = stats;
	if (!err)
		err = leat_window_new(&w, &o);
	if (err)
		return err;
	err = leat_window_push_many(w, x, NULL, n, out);
	leat_window_free(w);
	return err;
}
