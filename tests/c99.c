/*
 * The header in a C99 program: compiled as strict C99 with warnings as
 * errors, included twice, every initialiser used where a constant is
 * needed.
 */
#include <leat_text.h>
#include <stdio.h>
#include <string.h>

#define STAT(id, ...) LEAT_##id,
static const leat_stat all[] = {
#include "stats.def"
};

/* The place of each in that array. */
#define STAT(id, ...) AT_##id,
enum {
#include "stats.def"
	N_ALL
};

static int works(void)
{
	leat_window_options options = { 0 };
	leat_stat first = LEAT_MEAN, some[3];
	leat_window *w;
	double out[3];

	first = (leat_stat)LEAT_COUNT;
	some[0] = all[AT_COUNT];
	some[1] = all[AT_SUM];
	some[2] = all[AT_SLOPE];
	options.size = 4;
	options.stats = some;
	options.n_stats = 3;
	if (first.id != all[0].id || leat_window_new(&w, &options) != LEAT_OK)
		return 0;
	for (int i = 0; i < 6; i++)
		(void)leat_window_push_xy(w, i, 2 * i);
	leat_window_query(w, out);
	leat_window_free(w);
	return N_ALL > AT_SLOPE && out[0] == 4 && out[1] == 14 && out[2] == 2;
}

int main(void)
{
#if LEAT_VERSION < 100
#error "LEAT_VERSION is of use to the preprocessor"
#endif
	if (!works()) {
		fprintf(stderr, "c99: wrong results\n");
		return 1;
	}
	return strcmp(leat_strerror(LEAT_OK), "") == 0;
}
