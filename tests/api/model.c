/*
 * Models. The twin of a sparse row gets the dense one, the twin of many
 * samples gets single ones.
 */
#include "api.h"

#include <math.h>
#include <string.h>

enum { FEATURES = 6, MANY = 12 };

static leat_model_options options;
static double rates[FEATURES];

/* ---- Options ---- */

/* Each at times, whether the update has it or not: most are refused then. */
static void choose_rates(leat_model_options *o)
{
	int update = o->update;

	if (update != LEAT_UPDATE_ADAPTIVE && update != LEAT_UPDATE_RLS &&
	    update != LEAT_UPDATE_COCOB && api_one_in(3))
		o->rate = api_positive();
	if (update == LEAT_UPDATE_SGD) {
		o->power = (double)api_pick(5) / 4;
		o->average = api_one_in(2);
	}
	if ((update == LEAT_UPDATE_SGD || update == LEAT_UPDATE_ADAGRAD) &&
	    api_one_in(4)) {
		for (size_t i = 0; i < FEATURES; i++)
			rates[i] = (double)api_pick(4) / 2;
		o->rates = rates;
	}
	if (update == LEAT_UPDATE_RLS)
		o->forgetting = (200 + (double)api_pick(57)) / 256;
}

static void choose_penalties(leat_model_options *o)
{
	int update = o->update;

	if (update <= LEAT_UPDATE_ADAGRAD || update == LEAT_UPDATE_FTRL) {
		o->l1 = (double)api_pick(3) / 8;
		o->l2 = (double)api_pick(3) / 8;
	}
	if (update == LEAT_UPDATE_RLS)
		o->l2 = (double)api_pick(3) / 8;
	if ((update == LEAT_UPDATE_SGD || update == LEAT_UPDATE_ADAGRAD ||
		update == LEAT_UPDATE_FTRL || update == LEAT_UPDATE_COCOB) &&
	    api_one_in(3))
		o->clip = api_positive();
}

static void choose(void)
{
	leat_model_options o = { 0 };

	o.n_features = 1 + api_pick(FEATURES);
	o.loss = (int)api_pick(7);
	o.update = (int)api_pick(9);
	if (o.loss >= LEAT_LOSS_HUBER && o.loss <= LEAT_LOSS_QUANTILE)
		o.loss_arg = api_one_in(2) ? (1 + api_byte()) / 258.0 : 0;
	choose_rates(&o);
	choose_penalties(&o);
	o.no_intercept = o.update != LEAT_UPDATE_ADAPTIVE && api_one_in(2);
	if (api_one_in(32))
		o.clip = api_number();
	if (o.update != LEAT_UPDATE_ADAPTIVE && api_one_in(3)) {
		o.standardise = 1;
		o.no_intercept = api_one_in(16);
	}
	o.allocator = api_memory;
	options = o;
}

/* ---- Samples ---- */

static double choose_target(void)
{
	return api_one_in(2) ? (double)api_pick(2) : api_number();
}

static void choose_row(double *x)
{
	for (size_t i = 0; i < options.n_features; i++)
		x[i] = api_number();
}

static double choose_weight(void)
{
	return api_one_in(4) ? ((int)api_byte() - 8) / 16.0 : 1;
}

static void note_learned(int err, double prediction)
{
	if (!api_note_code("learn", err))
		api_note_double("prediction", prediction);
}

/* Learns, and checks that the prediction before is what learning returns. */
static void learn(void *object)
{
	double x[FEATURES], y = choose_target(), p = 0, foretold;
	int err;

	choose_row(x);
	foretold = leat_model_predict(object, x);
	err = leat_model_learn(object, x, y, &p);
	note_learned(err, p);
	if (!err)
		API_SOUND(memcmp(&p, &foretold, sizeof(p)) == 0);
}

/* Learns a sample in a batch of its own; a prediction not made is 0. */
static int learn_one(leat_model *m, const double *x, double y, double weight,
    double *p)
{
	int err = leat_model_learn_many(m, x, &y, &weight, 1, p);

	if (err)
		*p = 0;
	return err;
}

static void learn_weighted(void *object)
{
	double x[FEATURES], y = choose_target(), w = choose_weight(), p = 0;

	choose_row(x);
	note_learned(learn_one(object, x, y, w, &p), p);
}

static int learn_singly(leat_model *m, const double *x, const double *y,
    const double *weights, size_t n, double *predictions)
{
	int first = LEAT_OK;

	for (size_t i = 0; i < n; i++)
		if (weights[i] < 0)
			return LEAT_EINVAL;
	for (size_t i = 0; i < n; i++) {
		int err = learn_one(m, x + i * options.n_features, y[i],
		    weights[i], &predictions[i]);

		if (err)
			predictions[i] = NAN;
		first = first ? first : err;
	}
	return first;
}

static void learn_many(void *object)
{
	double x[MANY * FEATURES], y[MANY], weights[MANY], predictions[MANY];
	size_t n = api_pick(MANY + 1);
	int err;

	for (size_t i = 0; i < n; i++) {
		choose_row(x + i * options.n_features);
		y[i] = choose_target();
		weights[i] = choose_weight();
	}
	if (api_is_twin)
		err = learn_singly(object, x, y, weights, n, predictions);
	else
		err = leat_model_learn_many(object, x, y, weights, n,
		    predictions);
	if (api_note_code("learn many", err) >= 0)
		api_note_doubles("predictions", predictions, n);
}

/*
 * A row of which some are 0, in both forms: how many of its numbers are in
 * the sparse one. Those left out are 0; a 0 may be in it as well.
 */
static size_t choose_sparse(double *dense, uint32_t *index, double *x)
{
	size_t n = 0;

	for (size_t i = 0; i < options.n_features; i++) {
		dense[i] = 0;
		if (api_one_in(2)) {
			dense[i] = api_one_in(8) ? 0 : api_number();
			index[n] = (uint32_t)i;
			x[n++] = dense[i];
		}
	}
	return n;
}

static int is_finite(const leat_model *m)
{
	double w[FEATURES], intercept;

	leat_model_coefficients(m, w, &intercept);
	for (size_t i = 0; i < options.n_features; i++)
		if (!isfinite(w[i]))
			return 0;
	return isfinite(intercept);
}

/*
 * Returns whether the forms may differ: where penalties are applied to given
 * features only, and where 0 times a coefficient is not 0.
 */
static int forms_differ(const leat_model *m)
{
	if (!is_finite(m))
		return 1;
	return (options.update == LEAT_UPDATE_SGD ||
		   options.update == LEAT_UPDATE_ADAGRAD) &&
	    !options.standardise && (options.l1 > 0 || options.l2 > 0);
}

static void learn_sparse(void *object)
{
	double dense[FEATURES], x[FEATURES], y = choose_target(),
					     w = choose_weight(), p = 0;
	uint32_t index[FEATURES];
	size_t n = choose_sparse(dense, index, x);
	int err;

	if (api_is_twin && !forms_differ(object))
		err = learn_one(object, dense, y, w, &p);
	else
		err = leat_model_learn_sparse(object, index, x, y, w, n, &p);
	note_learned(err, p);
}

static void learn_wrong_index(void *object)
{
	static const uint32_t twice[] = { 0, 0 }, behind[] = { FEATURES };
	static const double x[] = { 1, 2 };
	int err = leat_model_learn_sparse(object, twice, x, 1, 1, 2, NULL);

	API_MUST(err == LEAT_EINDEX);
	err = leat_model_learn_sparse(object, behind, x, 1, 1, 1, NULL);
	API_MUST(err == LEAT_EINDEX);
}

/* ---- Questions ---- */

static void predict(void *object)
{
	double dense[FEATURES], x[FEATURES], whole, sparse;
	uint32_t index[FEATURES];
	size_t n = choose_sparse(dense, index, x);

	whole = leat_model_predict(object, dense);
	sparse = leat_model_predict_sparse(object, index, x, n);
	api_note_double("predict", whole);
	api_note_double("score", leat_model_score(object, dense));
	API_SOUND(!is_finite(object) || whole == sparse ||
	    (isnan(whole) && isnan(sparse)));
}

static void coefficients(void *object)
{
	double w[FEATURES], intercept;
	leat_counts n;

	leat_model_coefficients(object, w, &intercept);
	api_note_doubles("coefficients", w, options.n_features);
	api_note_double("intercept", intercept);
	leat_model_coefficients(object, NULL, NULL);
	leat_model_counts(object, &n);
	API_SOUND(n.pushed == n.taken + n.refused);
	api_note("learned", n.taken);
	api_note("refused", n.refused);
}

/* Sets coefficients, and checks that predictions follow them. */
static void set_coefficients(void *object)
{
	double w[FEATURES], x[FEATURES], intercept = api_number(), score;
	double want = intercept, size = fabs(intercept);
	int err;

	for (size_t i = 0; i < options.n_features; i++) {
		w[i] = api_number();
		x[i] = (double)api_pick(9) - 4;
		want += w[i] * x[i];
		size += fabs(w[i] * x[i]);
	}
	err = leat_model_set_coefficients(object, w, intercept);
	if (api_note_code("set", err))
		return;
	score = leat_model_score(object, x);
	/* FTRL has them in sums that l1 is a part of, rounded as these are. */
	API_SOUND(options.update == LEAT_UPDATE_FTRL ||
	    fabs(score - want) <= 1e-14 * size);
	api_note_double("score", score);
}

static const struct api_op ops[] = {
	{ "leat_model_learn leat_model_predict", 8, learn, 0 },
	{ "leat_model_learn_many", 8, learn_weighted, 0 },
	{ "leat_model_learn_many", 4, learn_many, 0 },
	{ "leat_model_learn_sparse", 8, learn_sparse, 0 },
	{ "leat_model_learn_sparse", 1, learn_wrong_index, 0 },
	{ "leat_model_predict leat_model_predict_sparse leat_model_score", 4,
	    predict, 0 },
	{ "leat_model_coefficients leat_model_counts", 4, coefficients, 0 },
	{ "leat_model_set_coefficients", 1, set_coefficients, 0 },
};

/* ---- The type ---- */

API_CALLS(model)
API_MAKERS(model)
API_INIT(model)

const struct api_type api_model = {
	.name = "model", .object = LEAT_OBJECT_MODEL, .init = init, API_MEMBERS
};
