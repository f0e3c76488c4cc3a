/*
 * drift.c - detectors of change: their options, life and public functions
 *
 * A detector is one block: the struct, then what its kind needs beside it
 * (ADWIN's buckets, the window of a z-score chart). The kinds are in
 * page_hinkley.c, adwin.c and chart.c; each is a struct leat_detector.
 *
 * Values are cut off at +-LEAT_DRIFT_MAX on their way in. No sum or square
 * overflows then, so that no detector can be left with a NaN or an
 * infinity that would keep it silent from there on.
 */
#include "drift.h"
#include "../state/object.h"

static const struct leat_detector *const drift_detectors[] = {
	&leat_detector_page_hinkley,
	&leat_detector_adwin,
	&leat_detector_zscore,
	&leat_detector_ewma,
};

/* ---------------- options ------------------------------------------- */

/* Copies the options and fills in the defaults. */
static void drift_defaults(leat_drift_options *o, const leat_drift_options *in,
    const struct leat_detector *k)
{
	*o = *in;
	o->allocator = NULL; /* need not outlive the call */
	if (o->delta == 0)
		o->delta = k->delta;
	if (o->threshold == 0)
		o->threshold = k->threshold;
	if (o->alpha == 0)
		o->alpha = k->alpha;
	if (o->min_count == 0)
		o->min_count = k->min_count;
	if (in->min_count == 0 && o->size != 0 && o->size < o->min_count)
		o->min_count = o->size;
}

static const char *why_baseline(const leat_drift_options *o)
{
	if (o->mean == 0 && o->stddev == 0)
		return NULL;
	if (!(o->stddev > 0 && o->stddev <= DBL_MAX))
		return "stddev: not above 0";
	if (!(fabs(o->mean) <= DBL_MAX))
		return "mean: not finite";
	return o->min_count ? "min_count: must be 0 with a given baseline"
			    : NULL;
}

/* Options with their defaults. Written so that NaN fails. */
static const char *why_drift_range(const leat_drift_options *o,
    const struct leat_detector *k)
{
	double h = k->takes & LEAT_TAKES_THRESHOLD ? o->threshold : 1;

	if (!(o->delta >= 0 && o->delta <= DBL_MAX))
		return "delta: below 0 or not finite";
	if (k == &leat_detector_adwin && !(o->delta < 1))
		return "delta: must be less than 1 with ADWIN";
	if (k == &leat_detector_page_hinkley && o->threshold == 0)
		return "threshold: required by PAGE_HINKLEY";
	if (!(h > 0 && h <= DBL_MAX))
		return "threshold: not above 0";
	if (!(o->alpha >= 0 && o->alpha <= 1))
		return "alpha: must be above 0 and at most 1";
	if (o->min_count < k->least_count)
		return "min_count: too few for this kind";
	if (o->size && o->min_count > o->size)
		return "min_count: more than size";
	return NULL;
}

static const char *why_drift(const leat_drift_options *o)
{
	const struct {
		unsigned takes; /* flag of the kinds that have this option */
		int given;
		const char *why;
	} needs[] = {
		{ LEAT_TAKES_DELTA, o->delta != 0,
		    "delta: only for PAGE_HINKLEY and ADWIN" },
		{ LEAT_TAKES_THRESHOLD, o->threshold != 0,
		    "threshold: not used by ADWIN" },
		{ LEAT_TAKES_ALPHA, o->alpha != 0, "alpha: only for EWMA" },
		{ LEAT_TAKES_SIZE, o->size != 0, "size: only for ZSCORE" },
		{ LEAT_TAKES_BASELINE, o->mean != 0 || o->stddev != 0,
		    "mean, stddev: only for EWMA" },
	};

	if (o->kind < LEAT_DRIFT_PAGE_HINKLEY || o->kind > LEAT_DRIFT_EWMA)
		return "kind: unknown";
	unsigned takes = drift_detectors[o->kind]->takes;
	for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
		if (needs[i].given && !(takes & needs[i].takes))
			return needs[i].why;
	if (!LEAT_IS_RESERVED(o))
		return LEAT_WHY_RESERVED;
	if (o->size == 1 || o->size > LEAT_SIZE_MAX) /* 1 has no spread */
		return "size: not from 2 to 2^40";
	if (o->direction < 0 || o->direction > LEAT_CHANGE_FALL)
		return "direction: not of enum leat_change";
	if (!leat_allocator_fits(o->allocator))
		return "allocator: lacks a function";
	return why_baseline(o);
}

/* ---------------- making and freeing -------------------------------- */

/* Layout of a detector: `beside` bytes at `offset`, behind the struct. */
struct drift_plan {
	leat_drift_options options;
	size_t offset, beside;
};

static int drift_measure(const void *options, void *plan, size_t *n_bytes_out,
    const char **why_out)
{
	const leat_drift_options *in = options;
	struct drift_plan *p = plan;
	struct leat_cutter c = { NULL, 0, 0 };
	const struct leat_detector *k = NULL;
	const char *why = why_drift(in);

	if (!why) {
		k = drift_detectors[in->kind];
		drift_defaults(&p->options, in, k);
		why = why_drift_range(&p->options, k);
	}
	if (why)
		return leat_because(why_out, LEAT_EINVAL, why);
	p->beside = 0;
	int err = k->room ? k->room(&p->options, &p->beside) : LEAT_OK;
	if (err)
		return err;
	leat_cut(&c, 1, sizeof(leat_drift));
	p->offset = c.used;
	leat_cut(&c, p->beside, 1);
	*n_bytes_out = c.used;
	return c.overflow
	    ? leat_because(why_out, LEAT_ETOOBIG, "size: too large for memory")
	    : LEAT_OK;
}

static void drift_build(void *base, const void *plan, const void *options)
{
	const struct drift_plan *p = plan;
	leat_drift *d = base;

	(void)options;
	memset(d, 0, sizeof(*d));
	d->detector = drift_detectors[p->options.kind];
	d->options = p->options;
	d->beside = (unsigned char *)base + p->offset;
	if (d->detector->place)
		d->detector->place(d, p->beside);
	leat_drift_reset(d);
}

static int drift_moved(const void *from, void *to,
    const leat_allocator *allocator)
{
	leat_drift *d = to;

	(void)allocator;
	d->beside = leat_moved(from, to, d->beside);
	if (d->detector->moved)
		d->detector->moved(from, d);
	return LEAT_OK;
}

/* ---------------- pushing and asking -------------------------------- */

static int drift_take(leat_drift *d, double x, int *change, double *score)
{
	*change = LEAT_CHANGE_NONE;
	*score = NAN;
	if (LEAT_UNLIKELY(!(x - x == 0))) {
		d->refused++;
		return LEAT_NOT_FINITE;
	}
	if (LEAT_UNLIKELY(fabs(x) > LEAT_DRIFT_MAX))
		x = x > 0 ? LEAT_DRIFT_MAX : -LEAT_DRIFT_MAX;
	d->pushed++;
	*change = d->detector->push(d, x, score);
	if (!leat_drift_wants(d, *change))
		*change = LEAT_CHANGE_NONE;
	return LEAT_OK;
}

int leat_drift_push(leat_drift *drift, double x, leat_drift_answer *answer_out)
{
	int change;
	double score;

	LEAT_ASSERT(drift);
	int refusal = drift_take(drift, x, &change, &score);
	if (answer_out) {
		memset(answer_out, 0, sizeof(*answer_out));
		answer_out->change = change;
		answer_out->score = score;
	}
	return refusal;
}

int leat_drift_push_many(leat_drift *drift, const double *x, size_t n,
    int *changes_out, double *scores_out)
{
	int first = LEAT_OK;

	LEAT_ASSERT(drift && (n == 0 || x));
	for (size_t i = 0; i < n; i++) {
		int change;
		double score;
		int refusal = drift_take(drift, x[i], &change, &score);
		if (changes_out)
			changes_out[i] = change;
		if (scores_out)
			scores_out[i] = score;
		if (refusal && !first)
			first = refusal;
	}
	return first;
}

double leat_drift_mean(const leat_drift *drift)
{
	LEAT_ASSERT(drift);
	return drift->detector->mean(drift);
}

uint64_t leat_drift_width(const leat_drift *drift)
{
	LEAT_ASSERT(drift);
	return drift->detector->length(drift);
}

void leat_drift_counts(const leat_drift *drift, leat_counts *counts_out)
{
	LEAT_ASSERT(drift && counts_out);
	memset(counts_out, 0, sizeof(*counts_out));
	counts_out->pushed = drift->pushed + drift->refused;
	counts_out->taken = drift->pushed;
	counts_out->refused = drift->refused;
}

void leat_drift_reset(leat_drift *drift)
{
	LEAT_ASSERT(drift);
	drift->pushed = drift->refused = 0;
	drift->detector->reset(drift);
}

/* ---------------- as bytes --------------------------------------------- */

/* Each value was in the range that detectors take, so their means are. */
int leat_drift_may_be_mean(double x)
{
	return fabs(x) <= 2 * LEAT_DRIFT_MAX;
}

/* The second term is the smaller one, however they were rounded. */
void leat_tape_running(struct leat_tape *t, struct leat_running *r,
    uint64_t most)
{
	leat_tape_number(t, &r->n, most);
	leat_tape_double(t, &r->hi);
	leat_tape_double(t, &r->lo);
	leat_tape_expect(t, r->hi - r->hi == 0 && fabs(r->lo) <= fabs(r->hi));
}

void leat_tape_positive(struct leat_tape *t, double *x)
{
	leat_tape_double(t, x);
	leat_tape_expect(t, *x >= 0 && *x <= DBL_MAX);
}

static void tape_drift(struct leat_tape *t, void *object)
{
	leat_drift *d = object;
	const leat_drift_options *o = &d->options;

	leat_tape_part(t, LEAT_STATE_OPTIONS);
	leat_tape_same(t, (uint64_t)o->kind, "kind");
	leat_tape_same_double(t, o->delta, "delta");
	leat_tape_same_double(t, o->threshold, "threshold");
	leat_tape_same_double(t, o->alpha, "alpha");
	leat_tape_same(t, o->size, "size");
	leat_tape_same(t, o->min_count, "min_count");
	leat_tape_same(t, (uint64_t)o->direction, "direction");
	leat_tape_same_double(t, o->mean, "mean");
	leat_tape_same_double(t, o->stddev, "stddev");
	leat_tape_part(t, LEAT_STATE_CONTENT);
	leat_tape_number(t, &d->pushed, LEAT_TAPE_PUSHES);
	d->detector->tape(d, t);
	/* If nothing was refused, no part says so: as in version 0.1. */
	if (t->loads ? !leat_tape_has(t, LEAT_STATE_REFUSED) : d->refused == 0)
		return;
	if (!t->loads)
		leat_tape_part(t, LEAT_STATE_REFUSED);
	leat_tape_number(t, &d->refused, LEAT_TAPE_PUSHES);
	leat_tape_expect(t, d->refused > 0);
}

/* ---------------- the life of a detector ------------------------------ */

static const struct leat_object_kind drift_kind = {
	.object = LEAT_OBJECT_DRIFT,
	.block_at = offsetof(leat_drift, block),
	.allocator_at = offsetof(leat_drift_options, allocator),
	.measure = drift_measure,
	.build = drift_build,
	.moved = drift_moved,
	.tape = tape_drift,
};

int leat_drift_check(const leat_drift_options *options, size_t *n_bytes_out,
    const char **why_out)
{
	struct drift_plan plan;

	LEAT_ASSERT(options);
	return leat_object_check(&drift_kind, &plan, options, n_bytes_out,
	    why_out);
}

int leat_drift_init(leat_drift **drift_out, void *memory, size_t n_bytes,
    const leat_drift_options *options)
{
	struct drift_plan plan;
	int err;

	LEAT_ASSERT(drift_out && memory && options);
	*drift_out = leat_object_new(&drift_kind, &plan, memory, n_bytes,
	    options, &err);
	return err;
}

int leat_drift_new(leat_drift **drift_out, const leat_drift_options *options)
{
	struct drift_plan plan;
	int err;

	LEAT_ASSERT(drift_out && options);
	*drift_out = leat_object_new(&drift_kind, &plan, NULL, 0, options,
	    &err);
	return err;
}

void leat_drift_free(leat_drift *drift)
{
	leat_object_free(&drift_kind, drift);
}

int leat_drift_copy(const leat_drift *drift, const leat_allocator *allocator,
    leat_drift **copy_out)
{
	int err;

	LEAT_ASSERT(drift && copy_out);
	*copy_out = leat_object_copy(&drift_kind, drift, allocator, &err);
	return err;
}

int leat_drift_save(const leat_drift *drift, leat_writer *writer)
{
	LEAT_ASSERT(drift && writer);
	return leat_object_save(&drift_kind, drift, writer);
}

int leat_drift_load(leat_drift **drift_out, const leat_drift_options *options,
    leat_reader *reader)
{
	struct drift_plan plan;
	int err;

	LEAT_ASSERT(drift_out && options && reader);
	*drift_out = leat_object_load(&drift_kind, &plan, options, reader,
	    &err);
	return err;
}
