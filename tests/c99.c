/*
 * The header in a C99 program: compiled as strict C99 with warnings as
 * errors, included twice, every initialiser used where a constant is
 * needed.
 */
#include <leat_text.h>
#include <stdio.h>
#include <string.h>

static const leat_stat all[] = { LEAT_COUNT, LEAT_COUNT_MISSING, LEAT_SUM,
	LEAT_MEAN, LEAT_VARIANCE, LEAT_VARIANCE_POP, LEAT_STDDEV,
	LEAT_STDDEV_POP, LEAT_STDERR, LEAT_STDERR_POP, LEAT_SKEWNESS,
	LEAT_SKEWNESS_POP, LEAT_KURTOSIS, LEAT_KURTOSIS_POP, LEAT_ZSCORE,
	LEAT_MIN, LEAT_MAX, LEAT_RANGE, LEAT_ARGMIN, LEAT_ARGMAX, LEAT_FIRST,
	LEAT_LAST, LEAT_RATE_OF_CHANGE, LEAT_PRODUCT, LEAT_GEOMETRIC_MEAN,
	LEAT_SUM_OF_SQUARES, LEAT_RMS, LEAT_COVARIANCE, LEAT_COVARIANCE_POP,
	LEAT_CORRELATION, LEAT_SLOPE, LEAT_INTERCEPT, LEAT_MAE, LEAT_MSE,
	LEAT_RMSE, LEAT_R2, LEAT_BIAS, LEAT_LOG_LOSS, LEAT_ACCURACY,
	LEAT_COVERAGE, LEAT_AUC };

enum { N_ALL = sizeof(all) / sizeof(all[0]) };

static int works(void)
{
	leat_window_options options = { 0 };
	leat_stat first = LEAT_MEAN;
	leat_window *w;
	double out[N_ALL];

	first = (leat_stat)LEAT_COUNT;
	options.size = 4;
	options.stats = all;
	options.n_stats = N_ALL;
	if (first.id != all[0].id || leat_window_new(&w, &options) != LEAT_OK)
		return 0;
	for (int i = 0; i < 6; i++)
		(void)leat_window_push_xy(w, i, 2 * i);
	leat_window_query(w, out);
	leat_window_free(w);
	return out[0] == 4 && out[2] == 14 && out[30] == 2;
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
