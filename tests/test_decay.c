/*
 * Windows of fading weights, against the weighted definitions evaluated
 * directly, and against numbers from pandas.
 *
 * The definitions are those that pandas documents for ewm() with
 * ignore_na=False: a value that came k pushes ago weighs (1 - alpha)^k;
 * in the recursive form (adjust=False) a new value weighs alpha times what
 * all values weighed together when the one before it was new. The oracle
 * carries the weights with 800 bits.
 */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "data.h"
#include "lists.h"
#include "oracle.h"
#include "suites.h"

/* Statistics with weights, those of single values before those of pairs. */
static leat_stat singles[N_STATS];
enum { N_SINGLE = 12, N_PAIRS = 25 };

static void list_stats(void)
{
	size_t n = stats_with(STAT_FADES, STAT_PAIRS, singles);

	ck_assert_uint_eq(n, N_SINGLE);
	n += stats_with(STAT_FADES | STAT_PAIRS, 0, singles + n);
	ck_assert_uint_eq(n, N_PAIRS);
}

static leat_window_options options_of(double alpha, int recursive, int pairs)
{
	leat_window_options options;
	list_stats();
	memset(&options, 0, sizeof(options));
	options.kind = LEAT_DECAY;
	options.alpha = alpha;
	options.unadjusted = recursive;
	options.stats = singles;
	options.n_stats = pairs ? N_PAIRS : N_SINGLE;
	return options;
}

static leat_window *open_window(const leat_window_options *options)
{
	leat_window *w;
	ck_assert_int_eq(leat_window_new(&w, options), LEAT_OK);
	return w;
}

/* ------------------------------------------------------------------ */
/* The definition                                                     */
/* ------------------------------------------------------------------ */

struct faded {
	struct oracle oracle;
	struct big keep; /* 1 - alpha */
	struct big alpha;
	struct big total; /* sum of weights when the last value was new */
	double a;
	int recursive;
	double last;
	double aged; /* sum of w |x| times age: what the weights' error does */
	double n;
	double outside; /* weight of the last pair without a log loss */
};

static void faded_open(struct faded *f, double alpha, int recursive, int pairs)
{
	struct big one;
	memset(f, 0, sizeof(*f));
	oracle_init(&f->oracle, 2, pairs);
	f->oracle.trim = 25;
	big_set(&f->alpha, alpha);
	big_set(&one, 1.0);
	big_sub(&f->keep, &one, &f->alpha);
	f->a = alpha;
	f->recursive = recursive;
}

static void faded_push(struct faded *f, double x, double y)
{
	struct oracle *o = &f->oracle;
	struct big weight;
	double keep = big_double(&f->keep);
	f->aged = keep * (f->aged + big_double(&o->abs));
	f->n++;
	f->outside *= keep;
	oracle_fade(o, &f->keep);
	big_set(&weight, 1.0);
	if (f->recursive && o->count > 0)
		big_mul(&weight, &f->alpha, &f->total);
	oracle_add_weighted(o, x, y, &weight);
	if (isnan(x) || (o->pairs && isnan(y)))
		return;
	f->last = x;
	if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1))
		f->outside = 1;
	big_copy(&f->total, &o->w);
	big_trim(&f->total, o->trim);
	if (!f->recursive)
		big_set(&f->total, 1.0);
}

/* Sums are of weights that add up to 1 in the recursive form. */
static int sum_is_right(const struct faded *f, int id, double got)
{
	const struct oracle *o = &f->oracle;
	int squares = id == LEAT_STAT_SUM_OF_SQUARES;
	double want = big_ratio(&o->s[squares ? 2 : 1], &f->total);
	double size = squares ? want : big_ratio(&o->abs, &f->total);
	if (isinf(want))
		return got == want;
	return fabs(got - want) <= o->tight * size;
}

/*
 * Returns the allowed error of a mean: a few roundings of values with weight,
 * and one for each push since, as weights are rounded products, too.
 */
static double mean_slack(const struct faded *f)
{
	double w = big_double(&f->oracle.w);
	double size = big_ratio(&f->oracle.abs, &f->oracle.w);
	return DBL_EPSILON * (16 * size + 2 * f->aged / w / (1 - f->a));
}

/*
 * 1e-13 for what is made from squares, the error of the weights of the
 * values that count, and the cancellation in W^2 - sum w^2 when one value
 * has nearly all the weight.
 */
static double square_slack(const struct oracle *o, double n, double alpha)
{
	struct big all, divisor;
	big_mul(&all, &o->w, &o->w);
	big_sub(&divisor, &all, &o->w2);
	double one = divisor.sign > 0 ? big_ratio(&all, &divisor) : 1.0;
	return (1e-13 + DBL_EPSILON * fmin(n, 40 / alpha)) * one;
}

/* A pair that has none decides until it is forgotten, as an infinity does. */
static int loss_is_right(struct faded *f, double got)
{
	double near = f->outside * 0x1p53;

	if (f->oracle.errors.outside == 0)
		return oracle_agrees(&f->oracle, LEAT_STAT_LOG_LOSS, got);
	return near > 0.99 && near < 1.01 ? 1 : isnan(got) == (near > 1);
}

static int is_right(struct faded *f, int id, double got)
{
	struct oracle *o = &f->oracle;
	double want = oracle_expect(o, id).want;

	if (id == LEAT_STAT_LOG_LOSS && o->count > 0)
		return loss_is_right(f, got);
	if (isnan(got) || isnan(want))
		return isnan(got) && isnan(want);
	switch (id) {
	case LEAT_STAT_SUM:
	case LEAT_STAT_SUM_OF_SQUARES:
		return sum_is_right(f, id, got);
	case LEAT_STAT_MEAN:
		return fabs(got - want) <= mean_slack(f);
	case LEAT_STAT_ZSCORE:
		return fabs(got - want) <= o->tight * (1 + fabs(want)) +
		    mean_slack(f) / oracle_expect(o, LEAT_STAT_STDDEV).want;
	default:
		return oracle_agrees(o, id, got);
	}
}

static void check(struct faded *f, const leat_window *w, const char *data,
    size_t i)
{
	double row[N_PAIRS];
	size_t n = f->oracle.pairs ? N_PAIRS : N_SINGLE;
	leat_window_query(w, row);
	oracle_settle(&f->oracle);
	f->oracle.tight = square_slack(&f->oracle, f->n, f->a);
	oracle_walk(&f->oracle, &f->last, NULL, 1);
	for (size_t k = 0; k < n; k++) {
		int id = singles[k].id;
		if (is_right(f, id, row[k]))
			continue;
		struct expect e = oracle_expect(&f->oracle, id);
		ck_abort_msg("%s of %s, alpha %g%s, push %u: got %.17g, not "
			     "%.17g (off by %.3g)",
		    leat_stat_name(&singles[k]), data, f->a,
		    f->recursive ? ", recursive" : "", (unsigned)i, row[k],
		    e.want, row[k] - e.want);
	}
}

enum { N_RUN = 700 };

static void run_over(const double *x, const double *y, const char *name,
    double alpha, int recursive, int pairs)
{
	static struct faded f;
	leat_window_options options = options_of(alpha, recursive, pairs);
	leat_window *w = open_window(&options);
	faded_open(&f, alpha, recursive, pairs);
	for (size_t i = 0; i < N_RUN; i++) {
		if (pairs)
			leat_window_push_xy(w, x[i], y[i]);
		else
			leat_window_push(w, x[i]);
		faded_push(&f, x[i], y[i]);
		if (i < 30 || i % 13 == 0)
			check(&f, w, name, i);
		ck_assert_uint_eq(leat_window_length(w), i + 1);
	}
	leat_window_free(w);
}

static void run(const struct data_set *set, double alpha, int recursive,
    int pairs)
{
	double x[N_RUN], y[N_RUN];
	struct rng r = rng_new(77);
	set->fill(x, N_RUN, 40, &r);
	for (size_t i = 0; i < N_RUN; i++)
		y[i] = x[i] / 3 + rng_normal(&r);
	run_over(x, y, set->name, alpha, recursive, pairs);
}

static const char *const sets[] = { "N(0,1)", "1e9 + N(0,1)", "gaps",
	"spikes of 1e16", "spikes of 1e150", "jumps to 1e9", "walk to 1e10",
	"scale to 1e-12", "constants", "integers" };
enum { N_SETS = sizeof(sets) / sizeof(sets[0]) };

START_TEST(fading_statistics_follow_the_definition)
{
	static const double alphas[] = { 0.5, 0.3, 0.125, 0.01, 0.001, 0.9,
		0.99 };
	const struct data_set *set = data_set(sets[_i]);
	/* With 0.99 a level is below the rounding of the next at once. */
	size_t steps = strcmp(sets[_i], "constants") == 0;
	for (size_t k = 0; k < sizeof(alphas) / sizeof(*alphas); k++) {
		run(set, alphas[k], 0, 0);
		run(set, alphas[k], 1, 0);
		if (alphas[k] > 0.9 && steps)
			continue;
		run(set, alphas[k], 0, 1);
		run(set, alphas[k], 1, 1);
	}
}
END_TEST

/* Probabilities and what came, now and then neither. */
START_TEST(fading_errors_of_chances_follow_the_definition)
{
	static const double alphas[] = { 0.5, 0.1, 0.01, 0.9 };
	double x[N_RUN], y[N_RUN];
	struct rng r = rng_new(78);
	for (size_t i = 0; i < N_RUN; i++) {
		x[i] = rng_uniform(&r);
		y[i] = rng_uniform(&r) < x[i];
		if (rng_below(&r, 20) == 0)
			x[i] = (double)NAN;
	}
	for (size_t k = 0; k < sizeof(alphas) / sizeof(*alphas); k++)
		run_over(x, y, "chances", alphas[k], _i, 1);
	/* Once something else. */
	x[200] = 1.5;
	run_over(x, y, "a wrong chance", 0.5, _i, 1);
}
END_TEST

/* Values without a number are forgotten when they weigh nothing. */
START_TEST(infinite_errors_fade)
{
	static const leat_stat stats[] = { LEAT_MAE, LEAT_BIAS, LEAT_RMSE,
		LEAT_R2, LEAT_LOG_LOSS, LEAT_ACCURACY };
	static const double inf = (double)INFINITY;
	leat_window_options o = { 0 };
	double out[6];
	leat_window *w;
	o.kind = LEAT_DECAY;
	o.half_life = 1;
	o.stats = stats;
	o.n_stats = 6;
	w = open_window(&o);
	leat_window_push_xy(w, 0.75, 1);
	leat_window_push_xy(w, 0.25, -inf);
	leat_window_query(w, out);
	ck_assert(out[0] == inf && out[1] == inf && out[2] == inf);
	ck_assert(isnan(out[3]) && isnan(out[4]) && out[5] > 0.99);
	leat_window_push_xy(w, -inf, -inf);
	leat_window_query(w, out);
	for (int k = 0; k < 5; k++)
		ck_assert(isnan(out[k]));
	for (int i = 0; i < 60; i++)
		leat_window_push_xy(w, 0.75, i % 2);
	leat_window_query(w, out);
	/* -1/4 weighs twice what 3/4 does: 5/12, 1/12, and so on. */
	ck_assert(fabs(out[0] - 5.0 / 12) < 1e-15);
	ck_assert(fabs(out[1] - 1.0 / 12) < 1e-15);
	ck_assert(fabs(out[2] * out[2] - 11.0 / 48) < 1e-15);
	ck_assert(fabs(out[3] - (1 - 11.0 / 48 * 4.5)) < 1e-14);
	ck_assert(fabs(out[4] + (2 * log(0.75) + log(0.25)) / 3) < 1e-15);
	ck_assert(fabs(out[5] - 2.0 / 3) < 1e-15);
	leat_window_free(w);
}
END_TEST

/* ------------------------------------------------------------------ */
/* pandas                                                             */
/* ------------------------------------------------------------------ */

/*
 * Printed by pandas 3.1.1 with
 *
 *      s = pd.Series([1.5, nan, -2.25, 7, 3.125, nan, nan, 4.75, .5, -1])
 *      e = s.ewm(alpha=0.3, adjust=..., ignore_na=False)
 *      e.mean(), e.var(bias=False), e.var(bias=True), e.std(bias=False)
 */
enum { N_PANDAS = 10 };
static const double pandas_x[N_PANDAS] = { 1.5, NAN, -2.25, 7, 3.125, NAN, NAN,
	4.75, 0.5, -1 };

struct reference {
	int recursive;
	leat_stat stat;
	double value[N_PANDAS];
};

static const struct reference references[] = {
	{ 0, LEAT_MEAN,
	    { 1.5, 1.5, -1.016778523489933, 2.90724424865394, 2.996851981399942,
		2.996851981399942, 2.996851981399942, 3.9530149395892926,
		2.4408341528875424, 1.116635214053377 } },
	{ 0, LEAT_VARIANCE,
	    { NAN, NAN, 7.031249999999998, 28.69842812329514,
		14.908511111224442, 14.908511111224444, 14.908511111224444,
		8.574896312752834, 8.667497008564, 8.83589518193156 } },
	{ 0, LEAT_VARIANCE_POP,
	    { 0.0, 0.0, 3.103745326787081, 17.644602440097856,
		10.395231026565865, 10.395231026565865, 10.395231026565865,
		5.487743164499904, 6.019384810895272, 6.505681315684361 } },
	{ 0, LEAT_STDDEV,
	    { NAN, NAN, 2.651650429449553, 5.3570913864983805,
		3.861154116481812, 3.861154116481812, 3.861154116481812,
		2.92829238853514, 2.9440613119573444, 2.972523369450871 } },
	{ 1, LEAT_MEAN,
	    { 1.5, 1.5, 0.07594936708860753, 2.1531645569620252,
		2.444715189873418, 2.444715189873418, 2.444715189873418,
		3.5202757544736896, 2.6141930281315826, 1.5299351196921076 } },
	{ 1, LEAT_VARIANCE,
	    { NAN, NAN, 7.031250000000001, 19.03191241857098,
		12.002737558049832, 12.002737558049834, 12.002737558049834,
		8.550055858764424, 8.023117664406623, 8.859463219077268 } },
	{ 1, LEAT_VARIANCE_POP,
	    { 0.0, 0.0, 3.3122696683223847, 12.386508972921005,
		8.868893747997115, 8.868893747997115, 8.868893747997115,
		6.053639102208185, 6.153181154488668, 7.050328969507005 } },
	{ 1, LEAT_STDDEV,
	    { NAN, NAN, 2.6516504294495533, 4.362558013204063,
		3.4644967250741963, 3.4644967250741967, 3.4644967250741967,
		2.9240478550742672, 2.8325108410042534, 2.9764850443227946 } },
};

static void is_near(double got, double want)
{
	if (isnan(want))
		ck_assert(isnan(got));
	else
		ck_assert_msg(fabs(got - want) <= 1e-14 * (1 + fabs(want)),
		    "%.17g, not %.17g", got, want);
}

START_TEST(fading_statistics_are_those_of_pandas)
{
	for (size_t k = 0; k < sizeof(references) / sizeof(*references); k++) {
		const struct reference *r = &references[k];
		leat_window_options options = options_of(0.3, r->recursive, 0);
		options.stats = &r->stat;
		options.n_stats = 1;
		leat_window *w = open_window(&options);
		for (size_t i = 0; i < N_PANDAS; i++) {
			double got;
			leat_window_push(w, pandas_x[i]);
			leat_window_query(w, &got);
			is_near(got, r->value[i]);
		}
		leat_window_free(w);
	}
}
END_TEST

/*
 * That series and y = [2, 1, .5, nan, 4, 3, nan, -2, 5, 8.25], with
 * x and y nan where one of them is:
 *
 *      e = x.ewm(span=4, adjust=..., ignore_na=False)
 *      e.cov(y, bias=False), e.cov(y, bias=True), e.corr(y)
 */
static const double pandas_y[N_PANDAS] = { 2, 1, 0.5, NAN, 4, 3, NAN, -2, 5,
	8.25 };

static const struct reference pair_references[] = {
	{ 0, LEAT_COVARIANCE,
	    { NAN, NAN, 2.812500000000001, 2.8125000000000004,
		6.952034103114933, 6.952034103114931, 6.952034103114929,
		-5.021788786656366, -10.30463004983419, -11.449472329027277 } },
	{ 0, LEAT_COVARIANCE_POP,
	    { 0.0, 0.0, 1.0948313148788928, 1.0948313148788928,
		3.3602742711081834, 3.3602742711081834, 3.3602742711081834,
		-1.9935765215828898, -5.883929051594072, -7.473097494740715 } },
	{ 0, LEAT_CORRELATION,
	    { NAN, NAN, 1.0, 1.0, 0.9843554328694325, 0.9843554328694325,
		0.9843554328694325, -0.5102810081961704, -0.8698104562917645,
		-0.9377052974993847 } },
	{ 1, LEAT_COVARIANCE,
	    { NAN, NAN, 2.8125, 2.8125, 5.1875, 5.1875, 5.1875,
		-4.593454673252429, -8.088112947440543, -11.716044161203202 } },
	{ 1, LEAT_COVARIANCE_POP,
	    { 0.0, 0.0, 1.4023545706371192, 1.4023545706371192,
		3.166930118706885, 3.166930118706885, 3.166930118706885,
		-2.436606569983973, -5.426821851901428, -8.453671371954867 } },
	{ 1, LEAT_CORRELATION,
	    { NAN, NAN, 1.0, 1.0, 0.9643808074370492, 0.9643808074370492,
		0.9643808074370492, -0.4932233072858884, -0.7681133782473387,
		-0.8874528606803262 } },
};

START_TEST(fading_statistics_of_pairs_are_those_of_pandas)
{
	size_t n = sizeof(pair_references) / sizeof(*pair_references);
	for (size_t k = 0; k < n; k++) {
		const struct reference *r = &pair_references[k];
		leat_window_options options = options_of(0, r->recursive, 0);
		options.ewm_span = 4;
		options.stats = &r->stat;
		options.n_stats = 1;
		leat_window *w = open_window(&options);
		for (size_t i = 0; i < N_PANDAS; i++) {
			double got;
			leat_window_push_xy(w, pandas_x[i], pandas_y[i]);
			leat_window_query(w, &got);
			is_near(got, r->value[i]);
		}
		leat_window_free(w);
	}
}
END_TEST

/* s.ewm(halflife=2, adjust=..., ignore_na=False).mean() and .var() */
static const struct reference half_life_references[] = {
	{ 0, LEAT_MEAN,
	    { 1.5, 1.5, -0.9999999999999999, 2.882250993908562,
		2.9810456445725486, 2.9810456445725486, 2.9810456445725486,
		3.927659282924751, 2.4511004473645293, 1.144590937101866 } },
	{ 0, LEAT_VARIANCE,
	    { NAN, NAN, 7.031250000000001, 28.501834662933327,
		14.930467156141379, 14.930467156141383, 14.930467156141379,
		8.686560988434167, 8.690492623729867, 8.88664206336247 } },
	{ 1, LEAT_MEAN,
	    { 1.5, 1.5, 0.11475726555701558, 2.131398172359958,
		2.4224174098763793, 2.4224174098763793, 2.4224174098763793,
		3.477002810983391, 2.6050588752577695, 1.549161577271517 } },
	{ 1, LEAT_VARIANCE,
	    { NAN, NAN, 7.031250000000001, 18.7505372008346, 11.906985439345485,
		11.906985439345487, 11.906985439345487, 8.581906269396669,
		8.004266147322179, 8.824541194274206 } },
};

START_TEST(a_half_life_is_that_of_pandas)
{
	for (size_t k = 0; k < 4; k++) {
		const struct reference *r = &half_life_references[k];
		leat_window_options options = options_of(0, r->recursive, 0);
		options.half_life = 2;
		options.stats = &r->stat;
		options.n_stats = 1;
		leat_window *w = open_window(&options);
		for (size_t i = 0; i < N_PANDAS; i++) {
			double got;
			leat_window_push(w, pandas_x[i]);
			leat_window_query(w, &got);
			is_near(got, r->value[i]);
		}
		leat_window_free(w);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Options                                                            */
/* ------------------------------------------------------------------ */

/* The alpha of a window: 0, then 1, in the recursive form. */
static double alpha_of(double alpha, double span, double half_life)
{
	leat_window_options options = options_of(alpha, 1, 0);
	double row[N_SINGLE];
	options.ewm_span = span;
	options.half_life = half_life;
	leat_window *w = open_window(&options);
	leat_window_push(w, 0);
	leat_window_push(w, 1);
	leat_window_query(w, row);
	leat_window_free(w);
	return row[3];
}

START_TEST(alpha_comes_from_a_span_or_a_half_life_too)
{
	static const double lives[] = { 1, 2, 0.5, 10, 365.25, 1e6, 0.1, 1e-3 };
	ck_assert(alpha_of(0.25, 0, 0) == 0.25);
	ck_assert(alpha_of(1, 0, 0) == 1);
	ck_assert(alpha_of(0, 1, 0) == 1);
	ck_assert(alpha_of(0, 3, 0) == 0.5);
	ck_assert(alpha_of(0, 7, 0) == 0.25);
	is_near(alpha_of(0, 9.5, 0), 2 / 10.5);
	for (size_t i = 0; i < sizeof(lives) / sizeof(*lives); i++) {
		double want = -expm1(-log(2.0) / lives[i]);
		double got = alpha_of(0, 0, lives[i]);
		ck_assert_msg(fabs(got - want) <= 1e-15 * want,
		    "half-life %g: %.17g, not %.17g", lives[i], got, want);
	}
}
END_TEST

START_TEST(with_an_alpha_of_1_only_the_newest_counts)
{
	for (int recursive = 0; recursive < 2; recursive++) {
		leat_window_options options = options_of(1, recursive, 0);
		leat_window *w = open_window(&options);
		double row[N_SINGLE];
		for (int i = 1; i < 9; i++) {
			leat_window_push(w, i % 4 == 0 ? (double)NAN : i);
			leat_window_query(w, row);
			ck_assert(row[3] == (i % 4 == 0 ? i - 1 : i));
			ck_assert_msg(isnan(row[4]), "%g", row[4]);
			ck_assert_msg(row[5] == 0, "%g", row[5]);
		}
		leat_window_free(w);
	}
}
END_TEST

START_TEST(a_half_life_halves)
{
	leat_window_options options = options_of(0, 0, 0);
	double row[N_SINGLE];
	options.half_life = 25;
	leat_window *w = open_window(&options);
	leat_window_push(w, 1);
	for (int i = 0; i < 25; i++)
		leat_window_push(w, 0);
	leat_window_query(w, row);
	ck_assert_msg(fabs(row[2] - 0.5) < 1e-14, "%.17g", row[2]);
	leat_window_free(w);
}
END_TEST

START_TEST(recursive_means_move_by_alpha_of_the_way)
{
	leat_window_options options = options_of(0.125, 1, 0);
	leat_window *w = open_window(&options);
	struct rng r = rng_new(8);
	double m = 0, row[N_SINGLE];
	for (int i = 0; i < 300; i++) {
		double x = rng_normal(&r);
		m = i == 0 ? x : m + 0.125 * (x - m);
		leat_window_push(w, x);
		leat_window_query(w, row);
		ck_assert(fabs(row[3] - m) < 1e-15);
	}
	leat_window_free(w);
}
END_TEST

START_TEST(what_has_no_weighted_form_is_refused)
{
	leat_window_options options = options_of(0.5, 0, 0);
	leat_stat not_fading[N_STATS];
	size_t n = stats_with(0, STAT_FADES, not_fading);

	for (size_t i = 0; i < n; i++) {
		leat_window *w = NULL;
		options.stats = &not_fading[i];
		options.n_stats = 1;
		ck_assert_int_eq(leat_window_new(&w, &options), LEAT_ESTAT);
		ck_assert_ptr_null(w);
	}
}
END_TEST

/* ------------------------------------------------------------------ */
/* Infinities, resets, arrays                                         */
/* ------------------------------------------------------------------ */

/* alpha 1/2: k pushes later an infinity weighs 2^-k. */
START_TEST(an_infinity_counts_until_its_weight_has_faded)
{
	static struct faded f;
	leat_window_options options = options_of(0.5, 0, 0);
	leat_window *w = open_window(&options);
	double row[N_SINGLE];
	faded_open(&f, 0.5, 0, 0);
	for (int k = 0; k < 100; k++) {
		int bad = k == 20;
		leat_window_push(w, bad ? HUGE_VAL : k % 7);
		faded_push(&f, bad ? (double)NAN : k % 7, 0);
		leat_window_query(w, row);
		if (k >= 20 && k < 20 + 50) {
			ck_assert(row[2] == HUGE_VAL && row[3] == HUGE_VAL);
			ck_assert(isnan(row[4]) && isnan(row[5]));
		}
		if (k > 20 + 56)
			ck_assert(is_right(&f, LEAT_STAT_MEAN, row[3]));
	}
	leat_window_free(w);
}
END_TEST

START_TEST(an_infinity_that_has_faded_leaves_no_value)
{
	static const leat_stat mean[] = { LEAT_MEAN };
	leat_window_options o = options_of(0.5, 0, 0);
	double row;

	o.stats = mean;
	o.n_stats = 1;
	leat_window *w = open_window(&o);
	leat_window_push(w, HUGE_VAL);
	for (int i = 0; i < 100; i++)
		leat_window_push(w, (double)NAN);
	leat_window_query(w, &row);
	ck_assert(isnan(row));
	leat_window_free(w);
}
END_TEST

START_TEST(a_reset_window_of_fading_weights_is_as_new)
{
	for (int recursive = 0; recursive < 2; recursive++) {
		leat_window_options options = options_of(0.1, recursive, 1);
		leat_window *a = open_window(&options);
		leat_window *b = open_window(&options);
		double p[N_PAIRS], q[N_PAIRS];
		leat_window_push_xy(a, INFINITY, 3);
		leat_window_push_xy(a, 1e300, NAN);
		leat_window_push_xy(a, 1e300, -1e300);
		leat_window_reset(a);
		leat_window_query(a, p);
		ck_assert(p[0] == 0 && p[1] == 0);
		for (int k = 2; k < N_PAIRS; k++)
			ck_assert(isnan(p[k]));
		for (int i = 0; i < 30; i++) {
			leat_window_push_xy(a, i * 0.1, i % 5);
			leat_window_push_xy(b, i * 0.1, i % 5);
			leat_window_query(a, p);
			leat_window_query(b, q);
			for (int k = 0; k < N_PAIRS; k++)
				ck_assert(same_bits(p[k], q[k]));
		}
		leat_window_free(a);
		leat_window_free(b);
	}
}
END_TEST

START_TEST(a_fading_window_propagates_and_waits_for_min_count)
{
	leat_window_options options = options_of(0.5, 0, 0);
	double row[N_SINGLE];
	options.on_missing = LEAT_ON_MISSING_PROPAGATE;
	options.min_count = 2;
	leat_window *w = open_window(&options);
	leat_window_push(w, 1);
	leat_window_query(w, row);
	ck_assert(row[0] == 1 && isnan(row[3]) && isnan(row[9]));
	leat_window_push(w, 2);
	leat_window_query(w, row);
	ck_assert(row[2] == 2.5 && row[9] == 2);
	leat_window_push(w, (double)NAN);
	for (int i = 0; i < 2000; i++)
		leat_window_push(w, 3);
	leat_window_query(w, row);
	ck_assert(row[0] == 2002 && row[1] == 1 && isnan(row[3]));
	leat_window_free(w);
}
END_TEST

START_TEST(a_fading_window_stores_nothing_and_tells_nobody)
{
	leat_window_options options = options_of(0.5, 0, 0);
	leat_window *w = open_window(&options);
	double x = -1;
	leat_window_push(w, 4);
	ck_assert_int_eq(leat_window_read(w, 0, 1, &x, NULL), LEAT_ENOTSUP);
	ck_assert(x == -1);
	leat_window_free(w);
}
END_TEST

/* ------------------------------------------------------------------ */
/* The usual way and the general one                                  */
/* ------------------------------------------------------------------ */

static double walk;

/* Values of a kind; walk is at 100 first. */
static double value_of(int kind, struct rng *r)
{
	switch (kind) {
	case 0:
		return rng_uniform(r);
	case 1:
		return rng_normal(r);
	case 2:
		return walk *= 1 + 0.02 * (rng_uniform(r) - 0.5);
	case 3:
		return floor(4 * rng_normal(r)) / 4;
	case 4:
		return 7;
	case 5: /* zeros of both signs, and ones */
		return rng_below(r, 3) ? copysign(0, rng_normal(r))
				       : 1 - 2 * (double)rng_below(r, 2);
	case 6:
		return ldexp(rng_normal(r), (int)rng_below(r, 1800) - 900);
	case 7:
		return ldexp(rng_uniform(r), (int)rng_below(r, 60) - 30);
	case 8:
		return 1e9 + rng_uniform(r);
	case 9:
		return rng_below(r, 20) ? 1 : 0x1p30 + 0.125;
	default:
		return rng_normal(r) * (rng_below(r, 2) ? 1e-305 : 1e305);
	}
}

enum { KINDS = 11, STRETCH = 40 };

/*
 * A stretch of one kind after the other, with what is no number now and then.
 */
static double next_value(size_t i, int gaps, struct rng *r)
{
	static int kind;

	if (i == 0)
		walk = 100;
	if (i % STRETCH == 0)
		kind = (int)rng_below(r, KINDS);
	if (gaps && rng_below(r, 50) == 0)
		return NAN;
	if (gaps && rng_below(r, 200) == 0)
		return rng_below(r, 2) ? HUGE_VAL : -HUGE_VAL;
	return value_of(kind, r);
}

static void bits_are_those_of_pairs(const double *alone, const double *pairs,
    size_t n, size_t i)
{
	for (size_t k = 0; k < n; k++)
		ck_assert_msg(same_bits(alone[k], pairs[k]),
		    "push %zu, statistic %zu: %a and %a", i, k, alone[k],
		    pairs[k]);
}

/* A column that has another one beside it is never taken the usual way. */
START_TEST(a_column_fades_to_the_bits_of_one_in_a_pair)
{
	static const double alphas[] = { 0.5, 0.3, 0.05, 0.01, 0.7, 1, 1e-9,
		0x1p-60, 1e-200 };
	struct rng r = rng_new(4711 + (uint64_t)_i);
	double alpha = alphas[_i % 9], alone[N_SINGLE], pairs[N_PAIRS];
	leat_window_options o = options_of(alpha, _i % 2, 0);
	leat_window *one = open_window(&o);
	o = options_of(alpha, _i % 2, 1);
	leat_window *two = open_window(&o);

	for (size_t i = 0; i < 20000; i++) {
		double x = next_value(i, _i / 18 % 2, &r);
		leat_window_push(one, x);
		leat_window_push_xy(two, x, 0);
		leat_window_query(one, alone);
		leat_window_query(two, pairs);
		bits_are_those_of_pairs(alone, pairs, N_SINGLE, i);
		if (rng_below(&r, 3000) == 0) {
			leat_window_reset(one);
			leat_window_reset(two);
		}
	}
	leat_window_free(one);
	leat_window_free(two);
}
END_TEST

/* Runs of values give the results of single pushes, in either set. */
START_TEST(arrays_fade_to_the_bits_of_single_pushes)
{
	leat_stat set[] = { LEAT_MEAN, LEAT_STDDEV };
	struct rng r = rng_new(815 + (uint64_t)_i);
	leat_window_options o = options_of(_i % 2 ? 0.05 : 0.3, _i / 2 % 2, 0);
	double x[64], many[2 * 64], row[2];

	o.stats = set;
	o.n_stats = _i / 4 % 2 ? 1 : 2;
	if (_i % 3 == 0)
		set[1].id = LEAT_STAT_VARIANCE;
	o.min_count = _i / 8 % 2 ? 5 : 1;
	leat_window *single = open_window(&o), *array = open_window(&o);
	for (size_t i = 0; i < 20000;) {
		size_t n = 1 + rng_below(&r, 64);
		for (size_t k = 0; k < n; k++)
			x[k] = next_value(i++, _i / 16, &r);
		leat_window_push_many(array, x, NULL, n, many);
		for (size_t k = 0; k < n; k++) {
			leat_window_push(single, x[k]);
			leat_window_query(single, row);
			bits_are_those_of_pairs(many + k * o.n_stats, row,
			    o.n_stats, i);
		}
	}
	leat_window_free(single);
	leat_window_free(array);
}
END_TEST

/* By time, with pauses that last and values that come late. */
START_TEST(a_column_fades_by_time_to_the_bits_of_one_in_a_pair)
{
	struct rng r = rng_new(42 + (uint64_t)_i);
	leat_time_window_options o;
	leat_time_window *one, *two;
	double alone[N_SINGLE], pairs[N_PAIRS];
	int64_t now = 0;

	list_stats();
	memset(&o, 0, sizeof(o));
	o.kind = LEAT_DECAY;
	o.half_life = _i % 2 ? 20 : 3;
	o.stats = singles;
	o.n_stats = N_SINGLE;
	ck_assert_int_eq(leat_time_window_new(&one, &o), LEAT_OK);
	o.n_stats = N_PAIRS;
	ck_assert_int_eq(leat_time_window_new(&two, &o), LEAT_OK);
	for (size_t i = 0; i < 20000; i++) {
		double x = next_value(i, _i / 2 % 2, &r);
		now += _i / 4 ? (int64_t)rng_below(&r, 30) : 1;
		if (rng_below(&r, 500) == 0)
			now += (int64_t)1 << rng_below(&r, 30);
		int64_t t = now;
		if (rng_below(&r, 20) == 0)
			t -= (int64_t)rng_below(&r, i % 2 ? 10 : 100000);
		leat_time_window_push(one, t, x);
		leat_time_window_push_xy(two, t, x, 0);
		leat_time_window_query(one, alone);
		leat_time_window_query(two, pairs);
		bits_are_those_of_pairs(alone, pairs, N_SINGLE, i);
	}
	leat_time_window_free(one);
	leat_time_window_free(two);
}
END_TEST

Suite *decay_suite(void)
{
	Suite *s = suite_create("decay");
	TCase *t = tcase_create("definition");
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, fading_errors_of_chances_follow_the_definition,
	    0, 2);
	tcase_add_test(t, infinite_errors_fade);
	tcase_add_loop_test(t, fading_statistics_follow_the_definition, 0,
	    N_SETS);
	tcase_add_test(t, fading_statistics_are_those_of_pandas);
	tcase_add_test(t, fading_statistics_of_pairs_are_those_of_pandas);
	tcase_add_test(t, a_half_life_is_that_of_pandas);
	suite_add_tcase(s, t);
	t = tcase_create("the usual way");
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, a_column_fades_to_the_bits_of_one_in_a_pair, 0,
	    36);
	tcase_add_loop_test(t, arrays_fade_to_the_bits_of_single_pushes, 0, 32);
	tcase_add_loop_test(t,
	    a_column_fades_by_time_to_the_bits_of_one_in_a_pair, 0, 8);
	suite_add_tcase(s, t);
	t = tcase_create("options");
	tcase_add_test(t, alpha_comes_from_a_span_or_a_half_life_too);
	tcase_add_test(t, with_an_alpha_of_1_only_the_newest_counts);
	tcase_add_test(t, a_half_life_halves);
	tcase_add_test(t, recursive_means_move_by_alpha_of_the_way);
	tcase_add_test(t, what_has_no_weighted_form_is_refused);
	suite_add_tcase(s, t);
	t = tcase_create("handling");
	tcase_add_test(t, an_infinity_counts_until_its_weight_has_faded);
	tcase_add_test(t, an_infinity_that_has_faded_leaves_no_value);
	tcase_add_test(t, a_reset_window_of_fading_weights_is_as_new);
	tcase_add_test(t, a_fading_window_propagates_and_waits_for_min_count);
	tcase_add_test(t, a_fading_window_stores_nothing_and_tells_nobody);
	suite_add_tcase(s, t);
	return s;
}
