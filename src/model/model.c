/*
 * model.c - the life of a model, and its public functions
 *
 * A model is a struct and a few arrays of n numbers in one block. What
 * differs from update to update is in a struct leat_rule; all of them
 * answer in the same order: is the sample sound, what does the model say,
 * learn. A sample that is refused is found out before anything changes.
 */
#include "model.h"
#include "../state/object.h"

/* ---------------- options ------------------------------------------- */

static const struct leat_rule *const model_rules[] = {
	&leat_rule_adaptive,
	&leat_rule_sgd,
	&leat_rule_adagrad,
	&leat_rule_nlms,
	&leat_rule_pa, /* PA1 */
	&leat_rule_pa, /* PA2 */
	&leat_rule_ftrl,
	&leat_rule_rls,
	&leat_rule_cocob,
};

static double model_loss_arg(const leat_model_options *o)
{
	if (o->loss_arg != 0)
		return o->loss_arg;
	switch (o->loss) {
	case LEAT_LOSS_HUBER:
		return 1.35;
	case LEAT_LOSS_EPSILON:
		return 0.1;
	case LEAT_LOSS_QUANTILE:
		return 0.5;
	default:
		return 0;
	}
}

/* Finite and not negative. */
static int not_negative(double x)
{
	return x >= 0 && x <= DBL_MAX;
}

/* Says why an option is given that the rule does not take. */
static const char *why_not_taken(const leat_model_options *o,
    const struct leat_rule *rule)
{
	const struct {
		unsigned takes;
		int given;
		const char *why;
	} needs[] = {
		{ LEAT_TAKES_RATE, o->rate != 0,
		    "rate: not used by this update" },
		{ LEAT_TAKES_POWER, o->power != 0, "power: only for SGD" },
		{ LEAT_TAKES_AVERAGE, o->average, "average: only for SGD" },
		{ LEAT_TAKES_FORGETTING, o->forgetting != 0,
		    "forgetting: only for RLS" },
		{ LEAT_TAKES_L1, o->l1 != 0, "l1: not with this update" },
		{ LEAT_TAKES_L2, o->l2 != 0, "l2: not with this update" },
		{ LEAT_TAKES_CLIP, o->clip != 0, "clip: not with this update" },
		{ LEAT_TAKES_RATES, o->rates != NULL,
		    "rates: only for SGD and ADAGRAD" },
		{ LEAT_TAKES_RAW, o->no_intercept,
		    "no_intercept: not with ADAPTIVE" },
		{ LEAT_TAKES_STANDARD, o->standardise,
		    "standardise: not with this update" },
	};

	for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
		if (needs[i].given && !(rule->takes & needs[i].takes))
			return needs[i].why;
	return NULL;
}

static const char *why_range(const leat_model_options *o)
{
	if (!LEAT_IS_RESERVED(o))
		return LEAT_WHY_RESERVED;
	if (o->standardise && o->no_intercept)
		return "no_intercept: not with standardise";
	if (!not_negative(o->rate))
		return "rate: below 0 or not finite";
	if (o->update == LEAT_UPDATE_NLMS && o->rate >= 2)
		return "rate: must be less than 2 with NLMS";
	if (!not_negative(o->power) || o->power > 1)
		return "power: not from 0 to 1";
	if (!not_negative(o->forgetting) || o->forgetting > 1)
		return "forgetting: must be above 0 and at most 1";
	if (!not_negative(o->l1))
		return "l1: below 0 or not finite";
	if (!not_negative(o->l2))
		return "l2: below 0 or not finite";
	if (!not_negative(o->clip))
		return "clip: below 0 or not finite";
	if (!leat_allocator_fits(o->allocator))
		return "allocator: lacks a function";
	for (size_t i = 0; o->rates && i < o->n_features; i++)
		if (!not_negative(o->rates[i]))
			return "rates: one is below 0 or not finite";
	return NULL;
}

static const char *why_model(const leat_model_options *o)
{
	size_t n_rules = sizeof model_rules / sizeof *model_rules;
	const struct leat_rule *rule;
	const char *why;

	if (o->n_features < 1 || o->n_features > LEAT_FEATURES_MAX)
		return "n_features: not from 1 to 2^28";
	if (o->update < 0 || (size_t)o->update >= n_rules)
		return "update: unknown";
	rule = model_rules[o->update];
	if (o->update == LEAT_UPDATE_RLS && o->n_features > LEAT_RLS_MAX)
		return "n_features: at most 64 with RLS";
	if (!leat_loss_exists(o->loss))
		return "loss: unknown";
	if (!(rule->losses & 1u << o->loss))
		return "loss: not with this update";
	if (!leat_loss_arg_fits(o->loss, model_loss_arg(o)))
		return "loss_arg: out of range for this loss";
	why = why_not_taken(o, rule);
	return why ? why : why_range(o);
}

/* ---------------- making and freeing -------------------------------- */

/* Measures, and with a base sets the pointers of m, which is there. */
static int model_layout(leat_model *m, unsigned char *base,
    const leat_model_options *o, size_t *n_bytes)
{
	const struct leat_rule *rule = model_rules[o->update];
	struct leat_cutter c = { base, 0, 0 };
	size_t sizes[LEAT_MODEL_ARRAYS] = { 0 };
	size_t n = o->standardise ? o->n_features : 0;  /* in standard.c */
	size_t n_plane = rule->set ? n : o->n_features; /* in base.c */
	struct leat_unit *units;
	double *z, *plane, *rates;

	for (int k = 0; k < rule->n_arrays; k++)
		sizes[k] = o->n_features;
	if (rule->sizes)
		rule->sizes(o, sizes);
	/* Arrays start on a cache line, so that no vector lies across two. */
	leat_cut(&c, 1,
	    (sizeof(leat_model) + LEAT_ALIGNMENT - 1) / LEAT_ALIGNMENT *
		LEAT_ALIGNMENT);
	for (int k = 0; k < LEAT_MODEL_ARRAYS; k++) {
		double *p = leat_cut(&c, sizes[k], sizeof(double));
		if (base) {
			m->array[k] = p;
			m->length[k] = sizes[k];
		}
	}
	units = leat_cut(&c, n, sizeof(struct leat_unit));
	z = leat_cut(&c, n, sizeof(double));
	plane = leat_cut(&c, n_plane, sizeof(double));
	rates = leat_cut(&c, o->rates ? o->n_features : 0, sizeof(double));
	*n_bytes = c.used;
	if (base) { /* A length of 0 has no array, so no pointer. */
		m->units = n > 0 ? units : NULL;
		m->z = n > 0 ? z : NULL;
		m->base = n_plane > 0 ? plane : NULL;
		if (o->rates)
			m->rates = memcpy(rates, o->rates,
			    o->n_features * sizeof(double));
	}
	return c.overflow ? LEAT_ETOOBIG : LEAT_OK;
}

static void model_settings(leat_model *m, const leat_model_options *o)
{
	struct leat_row rates = { o->rates, NULL, o->n_features };

	m->update = o->update;
	m->rule = model_rules[o->update];
	m->n = o->n_features;
	m->loss = o->loss;
	m->loss_arg = m->given_arg = model_loss_arg(o);
	m->standardise = o->standardise != 0;
	m->arg_given = o->loss_arg != 0;
	m->no_intercept = o->no_intercept != 0;
	m->rate = o->rate > 0 ? o->rate : m->rule->rate;
	m->most_rate = o->rates ? leat_row_most(&rates) : 1;
	if (m->most_rate < 1) /* the rate of the intercept */
		m->most_rate = 1;
	m->ordinary = m->rate >= 1 / LEAT_ORDINARY_MAX &&
	    m->rate <= LEAT_ORDINARY_MAX &&
	    m->rate * m->most_rate <= LEAT_ORDINARY_MAX &&
	    o->l2 <= LEAT_ORDINARY_MAX;
	m->power = o->power;
	m->average = o->average != 0;
	m->forgetting = o->forgetting > 0 ? o->forgetting : 1;
	m->l1 = o->l1;
	m->l2 = o->l2;
	m->clip = o->clip;
	m->plain_slope = o->loss == LEAT_LOSS_SQUARED && o->clip == 0;
}

int leat_model_learn_by_rule(leat_model *m, const struct leat_row *row,
    double y, double weight, double *prediction_out)
{
	int err = leat_target_check(m->loss, y);
	double f = m->rule->score(m, row);

	if (err || !(f - f == 0))
		return leat_model_refuse(m, err ? err : LEAT_NOT_FINITE);
	err = m->rule->update(m, row, y, weight, leat_model_offset(m, f));
	if (err)
		return leat_model_refuse(m, err);
	m->t++;
	if (prediction_out)
		*prediction_out = leat_link(m->loss, f);
	return LEAT_OK;
}

static void model_build(void *base, const void *plan, const void *options)
{
	const leat_model_options *o = options;
	leat_model *m = base;
	size_t n;

	(void)plan;
	memset(m, 0, sizeof *m);
	model_layout(m, base, o, &n);
	model_settings(m, o);
	m->w = m->array[0];
	if (m->standardise)
		m->own = leat_standard_learn;
	else if (m->rule == &leat_rule_sgd)
		m->own = leat_sgd_learn(m);
	else if (m->rule == &leat_rule_adaptive)
		m->own = leat_adaptive_learn();
	if (!m->own)
		m->own = leat_model_learn_by_rule;
	leat_model_reset(m);
}

static int model_measure(const void *options, void *plan, size_t *n_bytes_out,
    const char **why_out)
{
	const leat_model_options *o = options;
	const char *why = why_model(o);
	int err;

	(void)plan;
	if (why)
		return leat_because(why_out, LEAT_EINVAL, why);
	err = model_layout(NULL, NULL, o, n_bytes_out);
	return err
	    ? leat_because(why_out, err, "n_features: too many for memory")
	    : LEAT_OK;
}

void leat_model_reset(leat_model *m)
{
	LEAT_ASSERT(m);
	for (int k = 0; k < LEAT_MODEL_ARRAYS; k++)
		for (size_t i = 0; i < m->length[k]; i++)
			m->array[k][i] = 0;
	memset(&m->state, 0, sizeof m->state);
	m->intercept = m->t = 0;
	m->refused = 0;
	leat_standard_reset(m);
	for (size_t i = 0; i < m->n && m->base; i++)
		m->base[i] = 0;
	m->base_intercept = 0;
	m->based = 0;
	m->learn = m->own;
	if (m->rule->start)
		m->rule->start(m);
}

static int model_moved(const void *from, void *to,
    const leat_allocator *allocator)
{
	const leat_model *model = from;
	leat_model *m = to;

	(void)allocator;
	for (int k = 0; k < LEAT_MODEL_ARRAYS; k++)
		m->array[k] = leat_moved(model, m, model->array[k]);
	m->w = m->array[0];
	m->rates = leat_moved(model, m, model->rates);
	m->units = leat_moved(model, m, model->units);
	m->z = leat_moved(model, m, model->z);
	m->base = leat_moved(model, m, model->base);
	return LEAT_OK;
}

/* ---------------- predicting ---------------------------------------- */

double leat_model_linear(const leat_model *m, const struct leat_row *row)
{
	return m->intercept + leat_dot(m->w, row);
}

const double *leat_model_w(const leat_model *m, double *intercept)
{
	*intercept = m->average ? m->state.sgd.average : m->intercept;
	return m->average ? m->array[LEAT_MODEL_AVERAGE] : m->w;
}

void leat_model_w_set(leat_model *m, const double *w, double intercept)
{
	memcpy(m->w, w, m->n * sizeof(double));
	m->intercept = intercept;
}

double leat_model_finite(double x)
{
	return x == x ? leat_within(x, -DBL_MAX, DBL_MAX) : 0;
}

/* NaN also for a score that is infinite. */
double leat_model_score_of(const leat_model *m, const struct leat_row *row)
{
	double f = m->standardise ? leat_standard_score(m, row)
				  : m->rule->score(m, row);

	if (m->based && m->base)
		f += leat_base_score(m, row);
	return f - f == 0 ? f : NAN;
}

static double prediction_of(const leat_model *m, const struct leat_row *row)
{
	double f = leat_model_score_of(m, row);

	return f == f ? leat_link(m->loss, f) : NAN;
}

double leat_model_predict(const leat_model *model, const double *x)
{
	LEAT_ASSERT(model && x);
	struct leat_row row = { x, NULL, model->n };
	return prediction_of(model, &row);
}

double leat_model_score(const leat_model *model, const double *x)
{
	LEAT_ASSERT(model && x);
	struct leat_row row = { x, NULL, model->n };
	return leat_model_score_of(model, &row);
}

static int indices_fit(const leat_model *m, const uint32_t *index, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (index[k] >= m->n || (k > 0 && index[k] <= index[k - 1]))
			return 0;
	return 1;
}

double leat_model_predict_sparse(const leat_model *model, const uint32_t *index,
    const double *x, size_t n)
{
	LEAT_ASSERT(model && (n == 0 || (index && x)));
	uint32_t none = 0;
	struct leat_row row = { x, n > 0 ? index : &none, n };
	return indices_fit(model, index, n) ? prediction_of(model, &row) : NAN;
}

/* ---------------- learning ------------------------------------------ */

int leat_model_refuse(leat_model *m, int err)
{
	m->refused++;
	return err;
}

/* A weight that is not 1 is looked at here, all else by m->learn. */
static int learn_row(leat_model *m, const struct leat_row *row, double y,
    double weight, double *prediction_out)
{
	if (weight < 0)
		return LEAT_EINVAL;
	if (!(weight - weight == 0))
		return leat_model_refuse(m, LEAT_NOT_FINITE);
	if (weight > 0)
		return m->learn(m, row, y, weight, prediction_out);
	int err = leat_target_check(m->loss, y);
	double p = prediction_of(m, row);
	if (err || p != p)
		return leat_model_refuse(m, err ? err : LEAT_NOT_FINITE);
	if (prediction_out)
		*prediction_out = p;
	return LEAT_OK;
}

int leat_model_learn(leat_model *model, const double *x, double y,
    double *prediction_out)
{
	LEAT_ASSERT(model && x);
	struct leat_row row = { x, NULL, model->n };
	return model->learn(model, &row, y, 1, prediction_out);
}

int leat_model_learn_many(leat_model *model, const double *x, const double *y,
    const double *weights, size_t n, double *predictions_out)
{
	int first = LEAT_OK;

	LEAT_ASSERT(model && (n == 0 || (x && y)));
	for (size_t k = 0; k < n && weights; k++)
		if (weights[k] < 0)
			return LEAT_EINVAL;
	for (size_t k = 0; k < n; k++) {
		struct leat_row row = { x + k * model->n, NULL, model->n };
		double p = NAN;
		int err = learn_row(model, &row, y[k], weights ? weights[k] : 1,
		    &p);
		if (predictions_out)
			predictions_out[k] = p;
		if (err && !first)
			first = err;
	}
	return first;
}

int leat_model_learn_sparse(leat_model *m, const uint32_t *index,
    const double *x, double y, double weight, size_t n, double *prediction_out)
{
	uint32_t none = 0;

	LEAT_ASSERT(m && (n == 0 || (index && x)));
	if (!indices_fit(m, index, n))
		return LEAT_EINDEX;
	struct leat_row row = { x, n > 0 ? index : &none, n };
	return learn_row(m, &row, y, weight, prediction_out);
}

/* ---------------- what is known ------------------------------------- */

void leat_model_coefficients(const leat_model *m, double *coefficients_out,
    double *intercept_out)
{
	double intercept;

	LEAT_ASSERT(m);
	const double *w = leat_model_w(m, &intercept);
	if (m->standardise)
		leat_standard_raw(m, coefficients_out, &intercept);
	else if (m->rule->raw)
		m->rule->raw(m, coefficients_out, &intercept);
	else if (coefficients_out)
		memcpy(coefficients_out, w, m->n * sizeof(double));
	if (m->based && m->base) {
		intercept = leat_model_finite(intercept + m->base_intercept);
		for (size_t i = 0; i < m->n && coefficients_out; i++)
			coefficients_out[i] =
			    leat_model_finite(coefficients_out[i] + m->base[i]);
	}
	if (intercept_out)
		*intercept_out = intercept;
}

void leat_model_counts(const leat_model *model, leat_counts *counts_out)
{
	LEAT_ASSERT(model && counts_out);
	memset(counts_out, 0, sizeof(*counts_out));
	counts_out->taken = (uint64_t)model->t;
	counts_out->refused = model->refused;
	counts_out->pushed = counts_out->taken + counts_out->refused;
}

/* ---------------- as bytes --------------------------------------------- */

static void tape_model_options(struct leat_tape *t, const leat_model *m)
{
	leat_tape_same(t, m->n, "n_features");
	leat_tape_same(t, (uint64_t)m->loss, "loss");
	leat_tape_same_double(t, m->given_arg, "loss_arg");
	leat_tape_same(t, (uint64_t)m->arg_given, "loss_arg");
	leat_tape_same(t, (uint64_t)m->update, "update");
	leat_tape_same(t, (uint64_t)m->no_intercept, "no_intercept");
	leat_tape_same_double(t, m->rate, "rate");
	leat_tape_same_double(t, m->power, "power");
	leat_tape_same(t, (uint64_t)m->average, "average");
	leat_tape_same_double(t, m->forgetting, "forgetting");
	leat_tape_same_double(t, m->l1, "l1");
	leat_tape_same_double(t, m->l2, "l2");
	leat_tape_same_double(t, m->clip, "clip");
	leat_tape_same(t, m->rates != NULL, "rates");
	for (size_t i = 0; m->rates && i < m->n && !t->err; i++)
		leat_tape_same_double(t, m->rates[i], "rates");
}

/*
 * Writes the data of standard.c and base.c as a separate part. A model with
 * neither has the bytes of version 0.1.
 */
static void tape_beside(struct leat_tape *t, leat_model *m)
{
	enum { STANDARDISED = 1, BASED = 2 };
	uint64_t what = (m->standardise ? STANDARDISED : 0u) |
	    (m->based ? BASED : 0u);
	int has = t->loads ? leat_tape_has(t, LEAT_STATE_MODEL) : what != 0;

	if (t->loads)
		what = 0;
	else if (has)
		leat_tape_part(t, LEAT_STATE_MODEL);
	if (has) {
		leat_tape_number(t, &what, STANDARDISED | BASED);
		leat_tape_expect(t, what > 0);
	}
	if (t->loads) {
		m->based = (what & BASED) != 0;
		leat_tape_agree(t, !(what & STANDARDISED) == !m->standardise,
		    "standardise");
	}
	if (m->standardise && !t->err)
		leat_standard_tape(t, m);
	if (m->based && !t->err)
		leat_base_tape(t, m);
}

/* The rule's own struct is made of doubles alone. */
static void tape_model(struct leat_tape *t, void *object)
{
	leat_model *m = object;
	double own[sizeof(m->state) / sizeof(double)];
	int is_new;

	leat_tape_part(t, LEAT_STATE_OPTIONS);
	tape_model_options(t, m);
	leat_tape_part(t, LEAT_STATE_CONTENT);
	leat_tape_count(t, &m->t);
	leat_tape_number(t, &m->refused, LEAT_TAPE_PUSHES);
	leat_tape_double(t, &m->intercept);
	memcpy(own, &m->state, sizeof(own));
	leat_tape_sparse(t, own, sizeof(own) / sizeof(*own), 0);
	is_new = memcmp(own, &m->state, sizeof(own)) == 0;
	if (t->loads)
		memcpy(&m->state, own, sizeof(own));
	for (int k = 0; k < LEAT_MODEL_ARRAYS; k++)
		for (size_t i = 0; i < m->length[k] && !t->err; i++) {
			double *x = &m->array[k][i], fresh = *x;
			leat_tape_double(t, x);
			is_new &= *x == fresh;
		}
	tape_beside(t, m);
	/* A model that has learned nothing is new, or was given w. */
	leat_tape_expect(t, m->t > 0 || is_new || (m->based && !m->base));
}

/* ---------------- the life of a model --------------------------------- */

static const struct leat_object_kind model_kind = {
	.object = LEAT_OBJECT_MODEL,
	.block_at = offsetof(leat_model, block),
	.allocator_at = offsetof(leat_model_options, allocator),
	.measure = model_measure,
	.build = model_build,
	.moved = model_moved,
	.tape = tape_model,
};

int leat_model_check(const leat_model_options *options, size_t *n_bytes_out,
    const char **why_out)
{
	LEAT_ASSERT(options);
	return leat_object_check(&model_kind, NULL, options, n_bytes_out,
	    why_out);
}

int leat_model_init(leat_model **model_out, void *memory, size_t n_bytes,
    const leat_model_options *options)
{
	int err;

	LEAT_ASSERT(model_out && memory && options);
	*model_out = leat_object_new(&model_kind, NULL, memory, n_bytes,
	    options, &err);
	return err;
}

int leat_model_new(leat_model **model_out, const leat_model_options *options)
{
	int err;

	LEAT_ASSERT(model_out && options);
	*model_out = leat_object_new(&model_kind, NULL, NULL, 0, options, &err);
	return err;
}

void leat_model_free(leat_model *model)
{
	leat_object_free(&model_kind, model);
}

int leat_model_copy(const leat_model *model, const leat_allocator *allocator,
    leat_model **copy_out)
{
	int err;

	LEAT_ASSERT(model && copy_out);
	*copy_out = leat_object_copy(&model_kind, model, allocator, &err);
	return err;
}

int leat_model_save(const leat_model *model, leat_writer *writer)
{
	LEAT_ASSERT(model && writer);
	return leat_object_save(&model_kind, model, writer);
}

int leat_model_load(leat_model **model_out, const leat_model_options *options,
    leat_reader *reader)
{
	int err;

	LEAT_ASSERT(model_out && options && reader);
	*model_out = leat_object_load(&model_kind, NULL, options, reader, &err);
	return err;
}
