/*
 * Options of a model on the command line.
 *
 * Losses and updates are read by the library, and which options go together is
 * for it to say, so that its rules are not written down twice.
 */
#include "cli_model.h"

#include <leat_text.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli_wrong.h"
#include "number.h"
#include "report.h"

enum id {
	ID_MODEL = CLI_MODEL_FIRST_ID,
	ID_LOSS,
	ID_UPDATE,
	ID_RATE,
	ID_POWER,
	ID_FORGETTING,
	ID_L1,
	ID_L2,
	ID_CLIP,
	ID_AVERAGE,
	ID_METRICS,
	ID_COEFFICIENTS
};

const struct cli_option cli_model_options[CLI_MODEL_N_OPTIONS] = {
	{ ID_MODEL, 0, "model", "FORMULA",
	    "learn to predict instead of keeping windows:\n"
	    "'y ~ a + \"b c\" + lag(y,1)', 'y ~ . - a'" },
	{ ID_LOSS, 0, "loss", "NAME[:ARG]",
	    "squared (the default), huber, epsilon, quantile,\n"
	    "logistic, hinge, poisson" },
	{ ID_UPDATE, 0, "update", "NAME",
	    "update rule: adaptive (the default), sgd, rls and\n"
	    "the others of leat_model(3), in lower case" },
	{ ID_RATE, 0, "rate", "X", "learning rate" },
	{ ID_POWER, 0, "power", "P", "sgd: the rate falls with rows^P" },
	{ ID_FORGETTING, 0, "forgetting", "F",
	    "rls: factor of older rows' weights; default: 1" },
	{ ID_L1, 0, "l1", "X", "penalty on absolute coefficients" },
	{ ID_L2, 0, "l2", "X", "penalty on squared coefficients" },
	{ ID_CLIP, 0, "clip", "X", "largest gradient" },
	{ ID_AVERAGE, 0, "average", NULL,
	    "sgd: predict by averaged coefficients" },
	{ ID_METRICS, 0, "metrics", "LIST",
	    "mae, mse, rmse, r2, bias, log_loss, accuracy,\n"
	    "auc, coverage; default: depends on the loss;\n"
	    "over everything, with -w N the last N predictions" },
	{ ID_COEFFICIENTS, 0, "coefficients", NULL,
	    "print the coefficients at the end, and no rows" },
};

#define N_OF(array) (sizeof(array) / sizeof *(array))

/* ---- Losses, and what is measured by default ---- */

static const struct loss {
	const char *name;
	int id;
	int metrics[3]; /* by default; 0 ends them */
} losses[] = {
	{ "squared", LEAT_LOSS_SQUARED,
	    { LEAT_STAT_MAE, LEAT_STAT_RMSE, LEAT_STAT_R2 } },
	{ "huber", LEAT_LOSS_HUBER,
	    { LEAT_STAT_MAE, LEAT_STAT_RMSE, LEAT_STAT_R2 } },
	{ "epsilon", LEAT_LOSS_EPSILON,
	    { LEAT_STAT_MAE, LEAT_STAT_RMSE, LEAT_STAT_R2 } },
	{ "quantile", LEAT_LOSS_QUANTILE,
	    { LEAT_STAT_COVERAGE, LEAT_STAT_MAE, 0 } },
	{ "logistic", LEAT_LOSS_LOGISTIC,
	    { LEAT_STAT_LOG_LOSS, LEAT_STAT_ACCURACY, 0 } },
	{ "hinge", LEAT_LOSS_HINGE, { LEAT_STAT_ACCURACY, 0, 0 } },
	{ "poisson", LEAT_LOSS_POISSON, { LEAT_STAT_MAE, LEAT_STAT_BIAS, 0 } },
};

static const struct loss *loss_of(const struct cli_model *l)
{
	for (size_t i = 0; i < N_OF(losses); i++)
		if (losses[i].id == l->model.loss)
			return &losses[i];
	return &losses[0];
}

static const char *update_name(const struct cli_model *l)
{
	return l->update ? l->update : "adaptive";
}

/* ---- Options one by one ---- */

/* A positive number: to the library 0 would mean the default. */
static int take_number(double *x, const char *arg, char *why, size_t why_size)
{
	double value;

	if (number_parse(arg, strlen(arg), &value) < 0 || !(value > 0) ||
	    isinf(value))
		return report_argument(why, why_size, arg,
		    "a number greater than 0");
	*x = value;
	return 0;
}

/* Takes a number as take_number() does, or 0, where that is the default. */
static int take_number_or_0(double *x, const char *arg, char *why,
    size_t why_size)
{
	double value;

	if (number_parse(arg, strlen(arg), &value) < 0 || !(value >= 0) ||
	    isinf(value))
		return report_argument(why, why_size, arg,
		    "a number from 0 on");
	*x = value;
	return 0;
}

/* Takes one word of the library's options of models. */
static int take_word(leat_model_options *model, const char *name,
    const char *arg, char *why, size_t why_size)
{
	char word[128];
	const char *said;
	size_t place;
	int n = snprintf(word, sizeof word, "%s:%s", name, arg);

	if (n >= (int)sizeof word || strpbrk(arg, ", \t\n\v\f\r"))
		return report_argument(why, why_size, arg, "one word");
	if (leat_model_options_parse(word, model, &place, &said) == 0)
		return 0;
	cli_wrong_word(word, place, said, why, why_size);
	return -1;
}

/* "huber" or "huber:2". To the library 0 would mean the default. */
static int take_loss(struct cli_model *l, const char *arg, char *why,
    size_t why_size)
{
	leat_model_options model = l->model;
	const char *number = strpbrk(arg, ":=");

	model.loss_arg = 0;
	if (take_word(&model, "loss", arg, why, why_size) < 0)
		return -1;
	if (number && !(model.loss_arg > 0))
		return report_argument(why, why_size, number + 1,
		    "a number greater than 0");
	l->model = model;
	return 0;
}

static int take_update(struct cli_model *l, const char *arg, char *why,
    size_t why_size)
{
	if (take_word(&l->model, "update", arg, why, why_size) < 0)
		return -1;
	l->update = arg;
	return 0;
}

static int is_metric(const leat_stat *stat)
{
	return stat->id >= LEAT_STAT_MAE && stat->id <= LEAT_STAT_AUC;
}

static int add_metric(struct cli_model *l, const char *name, char *why,
    size_t why_size)
{
	leat_stat stat;

	if (leat_stat_parse(name, &stat) < 0 || !is_metric(&stat))
		return report_argument(why, why_size, name,
		    "a metric; there are: mae, mse, rmse, r2, bias, log_loss, "
		    "accuracy, auc, coverage");
	for (size_t i = 0; i < l->n_metrics; i++) {
		if (l->metrics[i].id != stat.id)
			continue;
		return report(why, why_size, "%s is given twice", name);
	}
	if (l->n_metrics == CLI_MODEL_MAX_METRICS)
		return report(why, why_size, "too many metrics");
	l->metrics[l->n_metrics++] = stat;
	return 0;
}

static int take_metrics(struct cli_model *l, const char *arg, char *why,
    size_t why_size)
{
	char name[32];

	l->n_metrics = 0;
	for (;; arg++) {
		size_t len = strcspn(arg, ",");

		snprintf(name, sizeof name, "%.*s", len > 31 ? 31 : (int)len,
		    arg);
		if (add_metric(l, name, why, why_size) < 0)
			return -1;
		arg += len;
		if (*arg == '\0')
			return 0;
	}
}

static const char *option_name(int id)
{
	for (size_t i = 0; i < N_OF(cli_model_options); i++)
		if (cli_model_options[i].id == id)
			return cli_model_options[i].name;
	return "";
}

int cli_model_take(struct cli_model *l, int id, const char *arg, char *why,
    size_t why_size)
{
	if (id != ID_MODEL)
		l->other = option_name(id);
	switch ((enum id)id) {
	case ID_MODEL:
		l->on = 1;
		return formula_parse(&l->formula, arg, why, why_size);
	case ID_LOSS:
		return take_loss(l, arg, why, why_size);
	case ID_UPDATE:
		return take_update(l, arg, why, why_size);
	case ID_RATE:
		return take_number(&l->model.rate, arg, why, why_size);
	case ID_POWER:
		return take_number_or_0(&l->model.power, arg, why, why_size);
	case ID_FORGETTING:
		return take_number(&l->model.forgetting, arg, why, why_size);
	case ID_L1:
		return take_number_or_0(&l->model.l1, arg, why, why_size);
	case ID_L2:
		return take_number_or_0(&l->model.l2, arg, why, why_size);
	case ID_CLIP:
		return take_number_or_0(&l->model.clip, arg, why, why_size);
	case ID_AVERAGE:
		l->model.average = 1;
		return 0;
	case ID_METRICS:
		return take_metrics(l, arg, why, why_size);
	case ID_COEFFICIENTS:
		l->coefficients = 1;
		return 0;
	}
	return report(why, why_size, "unknown option");
}

void cli_model_clear(struct cli_model *l)
{
	formula_clear(&l->formula);
}

/* ---- All of them together ---- */

/* The library names the field, which has the name of its option. */
static int check_model(const struct cli_model *l, char *why, size_t why_size)
{
	const char *update = update_name(l), *said;
	leat_model_options o = l->model;
	size_t len;

	o.n_features = 1;
	if (leat_model_check(&o, NULL, &said) == 0)
		return 0;
	len = strcspn(said, ":");
	if (strncmp(said, "no_intercept", len) == 0)
		return report(why, why_size,
		    "--model: --update %s always has an intercept; without "
		    "one choose another, such as rls",
		    update);
	if (strncmp(said, "loss", len) == 0)
		return report(why, why_size,
		    "--update: %s cannot learn --loss %s", update,
		    loss_of(l)->name);
	return report(why, why_size, "--%s%s (--update %s)",
	    strncmp(said, "loss_arg", len) == 0 ? "loss" : "",
	    strncmp(said, "loss_arg", len) == 0 ? said + len : said, update);
}

static void set_default_metrics(struct cli_model *l)
{
	const struct loss *loss = loss_of(l);

	while (l->n_metrics < N_OF(loss->metrics) &&
	    loss->metrics[l->n_metrics]) {
		l->metrics[l->n_metrics].id = loss->metrics[l->n_metrics];
		l->n_metrics++;
	}
}

static leat_window_options error_options(const struct cli_model *l)
{
	leat_window_options o = { 0 };

	o.kind = l->size > 0 ? LEAT_SLIDING : LEAT_LANDMARK;
	o.size = l->size;
	o.stats = l->metrics;
	o.n_stats = l->n_metrics;
	return o;
}

static int has_metric(const struct cli_model *l, int id)
{
	for (size_t i = 0; i < l->n_metrics; i++)
		if (l->metrics[i].id == id)
			return 1;
	return 0;
}

static int check_metrics(const struct cli_model *l, char *why, size_t why_size)
{
	leat_window_options o = error_options(l);
	int err = leat_window_check(&o, NULL, NULL);

	if (has_metric(l, LEAT_STAT_LOG_LOSS) &&
	    l->model.loss != LEAT_LOSS_LOGISTIC)
		snprintf(why, why_size,
		    "--metrics: log_loss needs probabilities: --loss logistic");
	else if (err == LEAT_ESTAT && l->size == 0)
		snprintf(why, why_size,
		    "--metrics: auc needs a window: -w N, the last N "
		    "predictions");
	else if (err)
		snprintf(why, why_size, "-w: %s", leat_strerror(err));
	else
		return 0;
	return -1;
}

int cli_model_check(struct cli_model *l, char *why, size_t why_size)
{
	if (!l->on && !l->other)
		return 0;
	if (!l->on)
		return report(why, why_size, "--%s: only together with --model",
		    l->other);
	l->model.no_intercept = l->formula.no_intercept;
	if (l->n_metrics == 0)
		set_default_metrics(l);
	if (check_model(l, why, why_size) < 0)
		return -1;
	return check_metrics(l, why, why_size);
}

struct learner_plan cli_model_plan(const struct cli_model *l,
    const struct design *design)
{
	struct learner_plan plan = { 0 };

	plan.model = l->model;
	plan.errors = error_options(l);
	plan.design = design;
	return plan;
}

void cli_model_tape(const struct cli_model *l, struct tape *t)
{
	const leat_model_options *m = &l->model;

	tape_same_text(t, loss_of(l)->name, "--loss");
	tape_same_double(t, m->loss_arg, "--loss");
	tape_same_text(t, update_name(l), "--update");
	tape_same_double(t, m->rate, "--rate");
	tape_same_double(t, m->power, "--power");
	tape_same_double(t, m->forgetting, "--forgetting");
	tape_same_double(t, m->l1, "--l1");
	tape_same_double(t, m->l2, "--l2");
	tape_same_double(t, m->clip, "--clip");
	tape_same(t, (uint64_t)m->average, "--average");
	tape_same(t, l->n_metrics, "--metrics");
	for (size_t i = 0; i < l->n_metrics; i++)
		tape_same_text(t, leat_stat_name(&l->metrics[i]), "--metrics");
	tape_same(t, l->size, "-w");
	tape_same(t, (uint64_t)l->coefficients, "--coefficients");
}
