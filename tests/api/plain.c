/*
 * Functions that belong to no object: numbers, times and words. There is no
 * twin; what one writes another reads back.
 */
#include "api.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "spec.h"

static int same(double a, double b)
{
	return memcmp(&a, &b, sizeof(a)) == 0 || (isnan(a) && isnan(b));
}

/* A copy of its own size, so that no byte behind it is read. */
static char *own_copy(const char *text, size_t n)
{
	char *copy = malloc(n ? n : 1);

	API_MUST(copy != NULL);
	memcpy(copy, text, n);
	return copy;
}

static void parse_double(void *object)
{
	char text[40], *copy;
	size_t n = api_text(text, sizeof(text)), used = 0;
	double x = 0, prefix = 0;
	int all, some;

	(void)object;
	copy = own_copy(text, n);
	all = leat_parse_double(copy, n, &x, NULL);
	some = leat_parse_double(copy, n, &prefix, &used);
	free(copy);
	API_MUST(all == LEAT_OK || all == LEAT_EPARSE);
	API_MUST(some == LEAT_OK || all != LEAT_OK);
	API_MUST(all != LEAT_OK || (used == n && same(x, prefix)));
}

static void format_double(void *object)
{
	char text[LEAT_DOUBLE_SIZE];
	double x = api_number(), back = 0;
	size_t n = leat_format_double(x, text);

	(void)object;
	API_MUST(n < sizeof(text) && strlen(text) == n);
	API_MUST(leat_parse_double(text, n, &back, NULL) == LEAT_OK);
	API_MUST(same(x, back));
}

static void format_fixed(void *object)
{
	char text[LEAT_FIXED_SIZE];
	double x = api_number(), back = 0;
	unsigned decimals = (unsigned)api_pick(24);
	size_t n = leat_format_fixed(x, decimals, text);

	(void)object;
	API_MUST(n < sizeof(text) && strlen(text) == n);
	API_MUST(leat_parse_double(text, n, &back, NULL) == LEAT_OK);
	API_MUST(isnan(x) ? isnan(back)
			  : isinf(x) || decimals > 17 ||
		    fabs(back - x) <=
			0.51 * pow(10, -(double)decimals) + fabs(x) * 1e-15);
}

static void parse_time(void *object)
{
	char text[40], out[LEAT_TIME_SIZE], *copy;
	size_t n = api_text(text, sizeof(text));
	int unit = (int)api_pick(5);
	int64_t t = 0, back = 0;
	int err;

	(void)object;
	copy = own_copy(text, n);
	err = leat_parse_time(copy, n, unit, &t, NULL);
	free(copy);
	if (err)
		return;
	n = leat_format_time(t, out);
	API_MUST(n < sizeof(out) && strlen(out) == n);
	API_MUST(leat_parse_time(out, n, LEAT_UNIT_GUESS, &back, NULL) ==
	    LEAT_OK);
	API_MUST(back == t);
}

static void dates(void *object)
{
	int64_t days = (int64_t)(api_word() % 3652425) - 719528;
	int year, month, day;

	(void)object;
	leat_date_from_days(days, &year, &month, &day);
	API_MUST(month >= 1 && month <= 12 && day >= 1 && day <= 31);
	API_MUST(leat_days_from_date(year, month, day) == days);
}

static void bytes(void *object)
{
	unsigned char p[8];
	uint64_t n = api_word();
	double x = api_number();

	(void)object;
	leat_put_uint64(p, n);
	API_MUST(leat_get_uint64(p) == n && p[0] == (n & 255));
	leat_put_double(p, x);
	API_MUST(same(leat_get_double(p), x));
}

/* Codes and names that there are, and any other number. */
static void words(void *object)
{
	leat_stat s = LEAT_STAT_INIT((int)api_byte() - 64), t;
	int id = (int)api_byte() - 64;
	const char *name = leat_stat_name(&s);

	(void)object;
	API_MUST(leat_strerror((int)api_word()) != NULL);
	API_MUST(leat_strerror(-id) != NULL);
	if (s.id != LEAT_STAT_AGG && s.id != LEAT_STAT_RATE && name)
		API_MUST(leat_stat_parse(name, &t) == 0 && t.id == s.id &&
		    leat_stat_pairs(&s) == leat_stat_pairs(&t));
	API_MUST(leat_version() == LEAT_VERSION);
}

static void parse_words(void *object)
{
	char text[40];
	size_t n = api_text(text, sizeof(text) - 1);
	leat_stat s;

	(void)object;
	text[n] = '\0';
	if (leat_stat_parse(text, &s) == LEAT_OK)
		API_MUST(leat_stat_name(&s) != NULL);
}

static void loss(void *object)
{
	int kind = (int)api_pick(9) - 1;
	double arg = api_number(), score = api_number(), y = api_number();
	double value = leat_loss_value(kind, arg, score, y);

	(void)object;
	leat_loss_gradient(kind, arg, score, y);
	leat_loss_prediction(kind, score);
	API_MUST(isnan(value) || kind == LEAT_LOSS_POISSON || value >= 0);
}

static const struct api_op ops[] = {
	{ "leat_parse_double", 4, parse_double, 0 },
	{ "leat_format_double", 2, format_double, 0 },
	{ "leat_format_fixed", 2, format_fixed, 0 },
	{ "leat_parse_time leat_format_time", 4, parse_time, 0 },
	{ "leat_date_from_days leat_days_from_date", 1, dates, 0 },
	{ "leat_put_uint64 leat_get_uint64 leat_put_double leat_get_double", 1,
	    bytes, 0 },
	{ "leat_strerror leat_stat_name leat_stat_parse leat_stat_pairs"
	  " leat_version",
	    2, words, 0 },
	{ "leat_stat_parse", 1, parse_words, 0 },
	{ "leat_window_options_parse leat_time_window_options_parse"
	  " leat_keyed_options_parse leat_model_options_parse"
	  " leat_drift_options_parse leat_csv_options_parse",
	    2, api_parse_options, 0 },
	{ "leat_stats_parse", 1, api_parse_stats, 0 },
	{ "leat_loss_value leat_loss_gradient leat_loss_prediction", 2, loss,
	    0 },
};

static int make(void **out)
{
	static char nothing;

	*out = &nothing;
	return LEAT_OK;
}

static void free_nothing(void *object)
{
	(void)object;
}

const struct api_type api_plain = {
	.name = "plain",
	.choose = api_memory_start,
	.make = make,
	.free = free_nothing,
	.ops = ops,
	.n_ops = sizeof(ops) / sizeof(ops[0]),
};
