/*
 * metric.c - how good predictions are
 *
 * A metric is a mean of something over samples, or made of a few such
 * means, so windows of the library do the work: one for each quantity that
 * a sample is turned into, and only for those that are needed. LANDMARK
 * windows for everything, SLIDING ones for the last `size`. What has left
 * leaves no trace, since windows never subtract. The area under the ROC
 * curve is no mean of samples but of pairs of them; see auc.c.
 *
 * A fact is one statistic of one quantity. A table says which facts a
 * metric needs; the windows keep the union of them, and a query turns
 * facts into metrics.
 *
 * Everything is in one block: the struct, the metrics asked for, the
 * windows, the nodes of the tree.
 *
 * Cost: that of a push, and of a query, for each window.
 */
#include "../window/window.h"
#include "model.h"

enum metric_fact {
	METRIC_MEAN_SIZE,
	METRIC_MEAN_ERROR,
	METRIC_SQUARED_ERRORS, /* their sum */
	METRIC_TARGET_VARIANCE,
	METRIC_MEAN_LOSS,
	METRIC_HIT_RATE,
	METRIC_COVERED_RATE,
	METRIC_FACTS
};

/* Facts of one quantity follow each other. */
static const struct {
	enum leat_quantity of;
	leat_stat stat;
} metric_facts[] = {
	{ LEAT_QUANTITY_SIZE, LEAT_MEAN },
	{ LEAT_QUANTITY_ERROR, LEAT_MEAN },
	{ LEAT_QUANTITY_ERROR, LEAT_SUM_OF_SQUARES },
	{ LEAT_QUANTITY_TARGET, LEAT_VARIANCE_POP },
	{ LEAT_QUANTITY_LOSS, LEAT_MEAN },
	{ LEAT_QUANTITY_HIT, LEAT_MEAN },
	{ LEAT_QUANTITY_COVERED, LEAT_MEAN },
};

/* From 1 on: its name, and bits 1 << enum metric_fact. */
static const struct metric_info {
	const char *name;
	unsigned facts;
} metric_table[] = {
	{ "mae", 1u << METRIC_MEAN_SIZE },
	{ "mse", 1u << METRIC_SQUARED_ERRORS },
	{ "rmse", 1u << METRIC_SQUARED_ERRORS },
	{ "r2", 1u << METRIC_SQUARED_ERRORS | 1u << METRIC_TARGET_VARIANCE },
	{ "bias", 1u << METRIC_MEAN_ERROR },
	{ "log_loss", 1u << METRIC_MEAN_LOSS },
	{ "accuracy", 1u << METRIC_HIT_RATE },
	{ "auc", 0 },
	{ "coverage", 1u << METRIC_COVERED_RATE },
};

enum { METRIC_LAST = sizeof(metric_table) / sizeof(metric_table[0]) };

static const struct metric_info *metric_find(int id)
{
	return id < 1 || id > METRIC_LAST ? NULL : &metric_table[id - 1];
}

int leat_metric_parse(const char *text, int *id_out)
{
	LEAT_ASSERT(text && id_out);
	for (int id = 1; id <= METRIC_LAST; id++)
		if (strcmp(text, metric_find(id)->name) == 0) {
			*id_out = id;
			return LEAT_OK;
		}
	return LEAT_EINVAL;
}

const char *leat_metric_name(int id)
{
	const struct metric_info *info = metric_find(id);

	return info ? info->name : NULL;
}

/* ---------------- options ------------------------------------------- */

static int metric_asks(const leat_metric_options *o, int id)
{
	for (size_t i = 0; i < o->n_metrics; i++)
		if (o->metrics[i] == id)
			return 1;
	return 0;
}

/* Of the tree; windows refuse what is too large for them. */
static int metric_check_size(const leat_metric_options *o)
{
	int fits = o->size >= 1 && o->size <= LEAT_AUC_MAX;

	return fits || !metric_asks(o, LEAT_METRIC_AUC) ? LEAT_OK : LEAT_EINVAL;
}

static int metric_check(const leat_metric_options *o)
{
	if (!o->metrics || o->n_metrics < 1)
		return LEAT_EINVAL;
	for (size_t i = 0; i < o->n_metrics; i++)
		if (!metric_find(o->metrics[i]))
			return LEAT_EINVAL;
	if (!leat_allocator_fits(o->allocator))
		return LEAT_EINVAL;
	return metric_check_size(o);
}

static unsigned metric_facts_of(const leat_metric_options *o)
{
	unsigned facts = 0;

	for (size_t i = 0; i < o->n_metrics; i++)
		facts |= metric_find(o->metrics[i])->facts;
	return facts;
}

/*
 * The statistics of one quantity among the facts, and which facts they
 * are. Returns how many.
 */
static size_t metric_stats(unsigned facts, int quantity, leat_stat *stats,
    int *which)
{
	size_t n = 0;

	for (int f = 0; f < METRIC_FACTS; f++) {
		if (!(facts & 1u << f) || (int)metric_facts[f].of != quantity)
			continue;
		if (stats)
			stats[n] = metric_facts[f].stat;
		if (which)
			which[n] = f;
		n++;
	}
	return n;
}

/* ---------------- making and freeing -------------------------------- */

/* What goes where in the block; without a base, only how much it is. */
struct metric_layout {
	unsigned facts;
	size_t room[LEAT_QUANTITIES]; /* 0: no such window */
	size_t n_bytes;
	int *metrics;
	void *window[LEAT_QUANTITIES];
	struct leat_auc_node *node;
};

/* stats has room for METRIC_FACTS. Returns 0 if no window is needed. */
static int metric_window(leat_window_options *w, leat_stat *stats,
    unsigned facts, int quantity, uint64_t size)
{
	memset(w, 0, sizeof(*w));
	w->kind = size ? LEAT_SLIDING : LEAT_LANDMARK;
	w->size = size;
	w->stats = stats;
	w->n_stats = metric_stats(facts, quantity, stats, NULL);
	return w->n_stats > 0;
}

static int metric_rooms(struct metric_layout *l, const leat_metric_options *o)
{
	leat_window_options w;
	leat_stat stats[METRIC_FACTS];

	l->facts = metric_facts_of(o);
	for (int q = 0; q < LEAT_QUANTITIES; q++) {
		l->room[q] = 0;
		if (!metric_window(&w, stats, l->facts, q, o->size))
			continue;
		int err = leat_window_check(&w, &l->room[q], NULL);
		if (err)
			return err;
	}
	return LEAT_OK;
}

static int metric_cut(struct metric_layout *l, unsigned char *base,
    const leat_metric_options *o)
{
	struct leat_cutter c = { base, 0, 0 };
	int auc = metric_asks(o, LEAT_METRIC_AUC);

	leat_cut(&c, 1, sizeof(leat_metric));
	l->metrics = leat_cut(&c, o->n_metrics, sizeof(int));
	for (int q = 0; q < LEAT_QUANTITIES; q++)
		l->window[q] = leat_cut(&c, l->room[q], 1);
	l->node = leat_cut(&c, auc ? (size_t)o->size + 1 : 0, sizeof(*l->node));
	l->n_bytes = c.used;
	return c.overflow ? LEAT_ETOOBIG : LEAT_OK;
}

static int metric_measure(struct metric_layout *l, const leat_metric_options *o)
{
	int err = metric_check(o);

	if (!err)
		err = metric_rooms(l, o);
	return err ? err : metric_cut(l, NULL, o);
}

static void metric_place(leat_metric *m, const struct metric_layout *l, int q)
{
	leat_window_options w;
	leat_stat stats[METRIC_FACTS];

	if (!metric_window(&w, stats, l->facts, q, m->size))
		return;
	int err = leat_window_init(&m->window[q], l->window[q], l->room[q], &w);
	LEAT_ASSERT(!err); /* metric_rooms() has asked */
	(void)err;
}

static leat_metric *metric_build(unsigned char *base, struct metric_layout *l,
    const leat_metric_options *o, const struct leat_block *block)
{
	leat_metric *m = (leat_metric *)(void *)base;

	metric_cut(l, base, o);
	memset(m, 0, sizeof(*m));
	m->facts = l->facts;
	m->size = o->size;
	m->metrics = l->metrics;
	m->n_metrics = o->n_metrics;
	memcpy(m->metrics, o->metrics, o->n_metrics * sizeof(int));
	m->block = *block;
	for (int q = 0; q < LEAT_QUANTITIES; q++)
		metric_place(m, l, q);
	if (metric_asks(o, LEAT_METRIC_AUC)) {
		m->auc.size = (uint32_t)o->size;
		m->auc.node = l->node;
		leat_auc_reset(&m->auc);
	}
	return m;
}

/* In the caller's memory, or with NULL in the allocator's. */
static int metric_make(leat_metric **metric_out, void *memory, size_t room,
    const leat_metric_options *o)
{
	struct metric_layout l;
	struct leat_block block;
	void *base;
	int err = metric_measure(&l, o);

	if (!err)
		err = leat_block_claim(&block, o->allocator, memory, room,
		    l.n_bytes, &base);
	if (!err)
		*metric_out = metric_build(base, &l, o, &block);
	return err;
}

int leat_metric_size(const leat_metric_options *options, size_t *n_bytes_out)
{
	struct metric_layout l;

	LEAT_ASSERT(options && n_bytes_out);
	int err = metric_measure(&l, options);
	if (!err)
		*n_bytes_out = leat_block_room(l.n_bytes);
	return err;
}

int leat_metric_init(leat_metric **metric_out, void *memory, size_t n_bytes,
    const leat_metric_options *options)
{
	LEAT_ASSERT(metric_out && memory && options);
	return metric_make(metric_out, memory, n_bytes, options);
}

int leat_metric_new(leat_metric **metric_out,
    const leat_metric_options *options)
{
	LEAT_ASSERT(metric_out && options);
	return metric_make(metric_out, NULL, 0, options);
}

void leat_metric_free(leat_metric *metric)
{
	if (metric)
		leat_block_free(metric->block);
}

int leat_metric_copy(const leat_metric *metric, const leat_allocator *allocator,
    leat_metric **copy_out)
{
	struct leat_block block;

	LEAT_ASSERT(metric && copy_out);
	leat_metric *m = leat_block_copy(&block, allocator, &metric->block,
	    metric);
	if (!m)
		return LEAT_ENOMEM;
	m->block = block;
	m->metrics = leat_moved(metric, m, metric->metrics);
	m->auc.node = leat_moved(metric, m, metric->auc.node);
	for (int q = 0; q < LEAT_QUANTITIES; q++) {
		if (!metric->window[q])
			continue;
		m->window[q] = leat_moved(metric, m, metric->window[q]);
		leat_window_moved(metric->window[q], m->window[q]);
	}
	*copy_out = m;
	return LEAT_OK;
}

/* ---------------- pushing ------------------------------------------- */

static int metric_in_unit(double x)
{
	return x >= 0 && x <= 1;
}

/*
 * log(1 - p), for p not too small for 1 - p to differ from 1. A small p
 * loses digits in it; the share that is left is known, and so near to 1 the
 * logarithm is in proportion.
 */
static double metric_log_rest(double p)
{
	double rest = 1 - p;

	return leat_ln(rest) * (p / (1 - rest));
}

static double metric_log_loss(double y, double p)
{
	double least = DBL_EPSILON, most = 1 - DBL_EPSILON;

	p = p < least ? least : p > most ? most : p;
	return -(y * leat_ln(p) + (1 - y) * metric_log_rest(p));
}

static double metric_quantity(int quantity, double y, double p)
{
	switch (quantity) {
	case LEAT_QUANTITY_SIZE:
		return fabs(p - y);
	case LEAT_QUANTITY_ERROR:
		return p - y;
	case LEAT_QUANTITY_TARGET:
		return y;
	case LEAT_QUANTITY_LOSS:
		return metric_log_loss(y, p);
	case LEAT_QUANTITY_HIT:
		return (p > 0.5) == (y > 0.5);
	default: /* LEAT_QUANTITY_COVERED */
		return y <= p;
	}
}

int leat_metric_push(leat_metric *metric, double y, double prediction)
{
	leat_metric *m = metric;
	double p = prediction;

	LEAT_ASSERT(m);
	if (LEAT_UNLIKELY(!(y - y == 0 && p - p == 0)))
		return LEAT_NOT_FINITE;
	if (m->window[LEAT_QUANTITY_LOSS] &&
	    (!metric_in_unit(y) || !metric_in_unit(p)))
		return LEAT_BAD_TARGET;
	for (int q = 0; q < LEAT_QUANTITIES; q++)
		if (m->window[q])
			leat_window_push(m->window[q],
			    metric_quantity(q, y, p));
	if (m->auc.size)
		leat_auc_push(&m->auc, p, y > 0.5);
	m->pushed++;
	return LEAT_OK;
}

/* ---------------- asking -------------------------------------------- */

/* Those that no window is asked for are NaN. */
static void metric_collect(const leat_metric *m, double *facts)
{
	double out[METRIC_FACTS];
	int which[METRIC_FACTS];

	for (int f = 0; f < METRIC_FACTS; f++)
		facts[f] = NAN;
	for (int q = 0; q < LEAT_QUANTITIES; q++) {
		if (!m->window[q])
			continue;
		leat_window_query(m->window[q], out);
		size_t n = metric_stats(m->facts, q, NULL, which);
		for (size_t i = 0; i < n; i++)
			facts[which[i]] = out[i];
	}
}

/* A ratio of squares of which one is out of range would be wrong: NaN. */
static double metric_r2(double squares, double variance, double n)
{
	double total = variance * n;

	if (!leat_sound(total, LEAT_LEAST_SQUARES) || !(squares <= DBL_MAX))
		return NAN;
	return 1 - squares / total;
}

static double metric_value(const leat_metric *m, int id, const double *facts)
{
	uint64_t in = m->size && m->pushed > m->size ? m->size : m->pushed;
	double squares = facts[METRIC_SQUARED_ERRORS], n = (double)in;

	switch (id) {
	case LEAT_METRIC_MAE:
		return facts[METRIC_MEAN_SIZE];
	case LEAT_METRIC_MSE:
		return squares / n;
	case LEAT_METRIC_RMSE:
		return leat_sqrt(squares / n);
	case LEAT_METRIC_R2:
		return metric_r2(squares, facts[METRIC_TARGET_VARIANCE], n);
	case LEAT_METRIC_BIAS:
		return facts[METRIC_MEAN_ERROR];
	case LEAT_METRIC_LOG_LOSS:
		return facts[METRIC_MEAN_LOSS];
	case LEAT_METRIC_ACCURACY:
		return facts[METRIC_HIT_RATE];
	case LEAT_METRIC_AUC:
		return leat_auc_value(&m->auc);
	default: /* LEAT_METRIC_COVERAGE */
		return facts[METRIC_COVERED_RATE];
	}
}

void leat_metric_query(const leat_metric *metric, double *out)
{
	double facts[METRIC_FACTS];

	LEAT_ASSERT(metric && out);
	metric_collect(metric, facts);
	for (size_t i = 0; i < metric->n_metrics; i++)
		out[i] = leat_nan(metric_value(metric, metric->metrics[i],
		    facts));
}

uint64_t leat_metric_pushed(const leat_metric *metric)
{
	LEAT_ASSERT(metric);
	return metric->pushed;
}

void leat_metric_reset(leat_metric *metric)
{
	LEAT_ASSERT(metric);
	for (int q = 0; q < LEAT_QUANTITIES; q++)
		if (metric->window[q])
			leat_window_reset(metric->window[q]);
	if (metric->auc.size)
		leat_auc_reset(&metric->auc);
	metric->pushed = 0;
}

/* ---------------- as bytes, and joined --------------------------------- */

/* Each sample has gone into each window, and none of them was NaN. */
static void tape_quantity(struct leat_tape *t, const leat_metric *m,
    leat_window *w)
{
	leat_tape_window_content(t, w);
	if (t->loads && !t->err)
		leat_tape_expect(t,
		    leat_window_pushed(w) == m->pushed &&
			leat_window_missing(w) == 0);
}

static void tape_metric(struct leat_tape *t, void *object)
{
	leat_metric *m = object;
	leat_tape_part(t, LEAT_STATE_OPTIONS);
	leat_tape_same(t, m->size, "size");
	leat_tape_same(t, m->n_metrics, "n_metrics");
	for (size_t i = 0; i < m->n_metrics; i++)
		leat_tape_same(t, (uint64_t)m->metrics[i], "metrics");
	leat_tape_part(t, LEAT_STATE_CONTENT);
	leat_tape_number(t, &m->pushed, LEAT_TAPE_PUSHES);
	for (int q = 0; q < LEAT_QUANTITIES; q++)
		if (m->window[q])
			tape_quantity(t, m, m->window[q]);
	if (m->auc.size)
		leat_auc_tape(&m->auc, t, m->pushed);
}

int leat_metric_save(const leat_metric *metric, leat_writer *writer)
{
	LEAT_ASSERT(metric && writer);
	return leat_tape_to(writer, LEAT_OBJECT_METRIC, tape_metric, metric);
}

int leat_metric_load(leat_metric **metric_out,
    const leat_metric_options *options, leat_reader *reader)
{
	leat_metric *m;
	int err;

	LEAT_ASSERT(metric_out && options && reader);
	if ((err = leat_metric_new(&m, options)))
		return err;
	err = leat_tape_from(reader, LEAT_OBJECT_METRIC, tape_metric, m);
	if (err)
		leat_metric_free(m);
	else
		*metric_out = m;
	return err;
}

int leat_metric_merge(leat_metric *metric, const leat_metric *other)
{
	leat_metric *m = metric;

	LEAT_ASSERT(m && other);
	if (m == other)
		return LEAT_EINVAL;
	if (m->size)
		return LEAT_ENOTSUP;
	if (other->size || m->n_metrics != other->n_metrics ||
	    memcmp(m->metrics, other->metrics, m->n_metrics * sizeof(int)) != 0)
		return LEAT_EOPTIONS;
	for (int q = 0; q < LEAT_QUANTITIES; q++)
		if (m->window[q])
			leat_window_join(m->window[q], other->window[q]);
	m->pushed += other->pushed;
	return LEAT_OK;
}
