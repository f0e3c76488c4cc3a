/*
 * The model and its comparisons.
 *
 * Callbacks arrive in the middle of a push_many(), so the values of a
 * call wait as pending and the model takes them up to the one that closes
 * a window when its callback comes. What is left at the end of the call
 * must close nothing: a callback that was forgotten is found there.
 */
#include "model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "oracle.h"
#include "pushed.h"
#include "suites.h"

void model_span(const leat_window_options *options, size_t pushed, size_t *lo,
    size_t *hi)
{
	size_t size = (size_t)options->size;
	size_t advance = (size_t)options->hop;

	*lo = 0;
	*hi = pushed;
	switch (options->kind) {
	case LEAT_SLIDING:
		if (pushed > size)
			*lo = pushed - size;
		return;
	case LEAT_TUMBLING:
		advance = size;
		break;
	case LEAT_HOPPING:
		break;
	default:
		return;
	}
	/* The oldest window that ends at this push or later. */
	while (*lo + size < pushed)
		*lo += advance;
	if (*lo > pushed)
		*lo = pushed; /* between two windows */
}

int model_open(const leat_window_options *options, size_t pushed, size_t i,
    size_t *lo, size_t *end)
{
	size_t size = (size_t)options->size;
	size_t step = options->kind == LEAT_HOPPING ? (size_t)options->hop
						    : size;

	*lo = 0;
	*end = pushed;
	if (options->kind == LEAT_SLIDING)
		return i == 0 && pushed > 0 && pushed < size;
	if (options->kind != LEAT_TUMBLING && options->kind != LEAT_HOPPING)
		return i == 0 && pushed > 0;
	while (*lo + size <= pushed)
		*lo += step;
	*lo += i * step;
	*end = *lo + size;
	return *lo < pushed;
}

int model_closes(const leat_window_options *options, size_t pushed)
{
	size_t lo, hi;
	if (pushed == 0 || options->kind > LEAT_HOPPING)
		return 0;
	model_span(options, pushed, &lo, &hi);
	return hi - lo == (size_t)options->size;
}

/* ------------------------------------------------------------------ */
/* Expected results                                                   */
/* ------------------------------------------------------------------ */

#define ck_subject(s, condition)                                               \
	ck_assert_msg(condition,                                               \
	    "%s: " #condition "\n kind %d size %u advance %u seed %llu "       \
	    "after %u pushes",                                                 \
	    (s)->what, (s)->options.kind, (unsigned)(s)->options.size,         \
	    (unsigned)(s)->options.hop, (unsigned long long)(s)->seed,         \
	    (unsigned)(s)->pushed)

static int is_missing(const struct subject *s, size_t i)
{
	return isnan(s->x[i]) || (s->pairs && isnan(s->y[i]));
}

static leat_sample sample_at(const struct subject *s, size_t i)
{
	leat_sample sample;
	sample.t = (int64_t)i;
	sample.x = s->x[i];
	sample.y = s->pairs ? s->y[i] : 0.0;
	return sample;
}

static struct chain chain_over(const struct subject *s, size_t lo, size_t hi)
{
	struct chain c;
	chain_identity(&c);
	for (size_t i = lo; i < hi; i++) {
		leat_sample sample = sample_at(s, i);
		if (!is_missing(s, i))
			chain_append(&c, &sample);
	}
	return c;
}

static struct word word_over(const struct subject *s, size_t lo, size_t hi)
{
	struct word w;
	memset(&w, 0, sizeof(w));
	for (size_t i = lo; i < hi; i++) {
		if (!is_missing(s, i))
			w.text[w.n++] = (char)('a' + (int)s->x[i]);
	}
	return w;
}

/* The watch reports how many, the first's or the last's number. */
static double run_over(const struct subject *s, size_t lo, size_t hi, int arg)
{
	double n = 0, first = -1, last = -1;
	for (size_t i = lo; i < hi; i++) {
		if (is_missing(s, i))
			continue;
		n++;
		last = (double)i;
		if (first < 0)
			first = (double)i;
	}
	return arg == 0 ? n : arg == 1 ? first : last;
}

static double class_over(const struct subject *s, const leat_stat *stat,
    size_t lo, size_t hi)
{
	if (stat->agg == &chain_class) {
		struct chain c = chain_over(s, lo, hi);
		return chain_lower(&c);
	}
	if (stat->agg == &word_class) {
		struct word w = word_over(s, lo, hi);
		return word_lower(&w) + stat->arg;
	}
	return run_over(s, lo, hi, (int)stat->arg);
}

static int suppressed(const struct subject *s, const struct oracle *o, int id)
{
	uint64_t least = s->options.min_count;
	if (id == LEAT_STAT_COUNT || id == LEAT_STAT_COUNT_MISSING)
		return 0;
	if (o->count < (least > 0 ? least : 1))
		return 1;
	return s->options.on_missing == LEAT_ON_MISSING_PROPAGATE &&
	    o->missing > 0;
}

/* The numbers of a window of the values [lo, hi). */
static void check_values(struct subject *s, size_t lo, size_t hi, size_t pushed,
    const double *row)
{
	static struct oracle o;

	oracle_scan(&o, 2, s->x + lo, s->pairs ? s->y + lo : NULL, hi - lo);
	for (size_t i = 0; i < s->options.n_stats; i++) {
		const leat_stat *stat = &s->stats[i];
		int right;
		if (suppressed(s, &o, stat->id))
			right = isnan(row[i]);
		else if (stat->id == LEAT_STAT_AGG)
			right = row[i] == class_over(s, stat, lo, hi);
		else
			right = oracle_agrees(&o, stat->id, row[i]);
		if (!right)
			ck_abort_msg("%s: %s is %.17g\n kind %d size %u "
				     "advance %u seed %llu after %u pushes",
			    s->what, leat_stat_name(stat), row[i],
			    s->options.kind, (unsigned)s->options.size,
			    (unsigned)s->options.hop,
			    (unsigned long long)s->seed, (unsigned)pushed);
	}
	ck_subject(s, s->watch.faults == 0);
}

static void check_row(struct subject *s, size_t pushed, const double *row)
{
	size_t lo, hi;
	model_span(&s->options, pushed, &lo, &hi);
	check_values(s, lo, hi, pushed, row);
}

static int stores(const struct subject *s)
{
	return s->options.kind == LEAT_SLIDING || s->options.keep_values;
}

/* Pushes that are in no window, whatever is pushed later. */
static size_t between(const struct subject *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->pushed && s->options.kind == LEAT_HOPPING;
	     i++)
		n += i % (size_t)s->options.hop >= (size_t)s->options.size;
	return n;
}

static void check_counts(struct subject *s)
{
	leat_counts c;
	size_t lo, hi;
	model_span(&s->options, s->pushed, &lo, &hi);
	leat_window_counts(s->window, &c);
	ck_subject(s, c.pushed == s->pushed);
	ck_subject(s, c.in_no_window == between(s));
	ck_subject(s, c.taken == s->pushed - c.in_no_window);
	ck_subject(s, c.stored == (stores(s) ? hi - lo : 0));
	ck_subject(s, c.missing + c.late + c.refused + c.evicted == 0);
	if (s->flushed == 0)
		ck_subject(s, leat_window_length(s->window) == hi - lo);
}

/* Checks a result passed to a sink for a window of the values [lo, hi). */
static void check_told(struct subject *s, size_t lo, size_t hi,
    const leat_result *r)
{
	double row[SUBJECT_STATS];
	size_t missing = 0;
	for (size_t i = lo; i < hi; i++)
		missing += (size_t)is_missing(s, i);
	ck_subject(s, r->missing == missing && r->count == hi - lo - missing);
	ck_subject(s, r->watermark == INT64_MIN && r->revision == 0);
	ck_subject(s, r->key == NULL && r->key_len == 0);
	check_values(s, lo, hi, s->pushed, r->values);
	leat_window_query(s->window, row);
	ck_subject(s, leat_window_length(s->window) == hi - lo);
	ck_subject(s, r->n_values == s->options.n_stats);
	ck_subject(s, (r->partials != NULL) == (s->options.kind != LEAT_DECAY));
	for (size_t i = 0; i < r->n_values; i++) {
		ck_subject(s, same_bits(row[i], r->values[i]));
		if (r->partials == NULL)
			continue;
		ck_subject(s, !s->stats[i].agg == !r->partials[i]);
		if (s->stats[i].agg != &chain_class)
			continue;
		struct chain got, want = chain_over(s, lo, hi);
		ck_subject(s, memcmp(r->partials[i], &want, sizeof(want)) == 0);
		leat_window_partial(s->window, &chain_class, &got);
		ck_subject(s, memcmp(&got, &want, sizeof(want)) == 0);
	}
}

static void check_partials(struct subject *s)
{
	size_t lo, hi;
	struct chain got;
	model_span(&s->options, s->pushed, &lo, &hi);
	ck_subject(s,
	    leat_window_partial(s->window, &chain_class, &got) == LEAT_OK);
	struct chain want = chain_over(s, lo, hi);
	ck_subject(s, memcmp(&got, &want, sizeof(got)) == 0);
}

/* ------------------------------------------------------------------ */
/* Operations                                                         */
/* ------------------------------------------------------------------ */

void subject_query(struct subject *s)
{
	double row[SUBJECT_STATS], again[SUBJECT_STATS];

	leat_window_query(s->window, row);
	check_row(s, s->pushed, row);
	check_counts(s);
	check_partials(s);
	leat_window_query(s->window, again);
	for (size_t i = 0; i < s->options.n_stats; i++)
		ck_subject(s, same_bits(row[i], again[i]));
}

static void read_span(struct subject *s, size_t lo, size_t hi, size_t first,
    size_t n)
{
	static double x[MODEL_MAX], y[MODEL_MAX];
	int want = !stores(s)     ? LEAT_ENOTSUP
	    : first + n > hi - lo ? LEAT_ERANGE
				  : LEAT_OK;
	x[0] = y[0] = -7;
	int got = leat_window_read(s->window, first, n, x, s->pairs ? y : NULL);
	ck_subject(s, got == want);
	if (got != LEAT_OK) {
		ck_subject(s, x[0] == -7 && y[0] == -7);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		ck_subject(s, same_bits(x[i], s->x[lo + first + i]));
		if (s->pairs)
			ck_subject(s, same_bits(y[i], s->y[lo + first + i]));
	}
}

void subject_read(struct subject *s, size_t first, size_t n)
{
	size_t lo, hi;
	model_span(&s->options, s->pushed, &lo, &hi);
	read_span(s, lo, hi, first, n);
}

static void take_to_closing(struct subject *s)
{
	while (s->pending > 0) {
		s->pushed++;
		s->pending--;
		if (model_closes(&s->options, s->pushed))
			return;
	}
	ck_abort_msg("%s: a callback without a window that closes", s->what);
}

static int on_flushed(struct subject *s, const leat_result *result)
{
	size_t lo, end;
	ck_subject(s,
	    model_open(&s->options, s->pushed, s->flushed - 1, &lo, &end));
	ck_subject(s,
	    result->flags == (LEAT_RESULT_EARLY | LEAT_RESULT_FLUSHED));
	ck_subject(s, result->start == (int64_t)lo);
	ck_subject(s, result->end == (int64_t)end);
	check_told(s, lo, s->pushed, result);
	check_counts(s);
	read_span(s, lo, s->pushed, 0, s->pushed - lo);
	s->flushed++;
	return 0;
}

static int on_emit(void *ctx, const leat_result *result)
{
	struct subject *s = ctx;

	if (s->flushed > 0)
		return on_flushed(s, result);
	take_to_closing(s);
	s->emitted++;
	ck_subject(s, result->flags == 0);
	ck_subject(s, result->end == (int64_t)s->pushed);
	ck_subject(s, result->start == result->end - (int64_t)s->options.size);
	check_told(s, (size_t)result->start, s->pushed, result);
	check_counts(s);
	if (s->pushed % 3 == 0)
		subject_read(s, 0, (size_t)s->options.size);
	return 0;
}

static void settle(struct subject *s)
{
	while (s->pending > 0) {
		s->pushed++;
		s->pending--;
		ck_subject(s,
		    s->options.sink.emit == NULL ||
			!model_closes(&s->options, s->pushed));
	}
}

static void expect(struct subject *s, const double *x, const double *y,
    size_t n)
{
	ck_subject(s, s->pushed + n <= MODEL_MAX);
	for (size_t i = 0; i < n; i++) {
		s->x[s->pushed + i] = x[i];
		s->y[s->pushed + i] = y != NULL ? y[i] : 0.0;
	}
	s->pending = n;
}

/* Told is all that is open, and once more the same. */
void subject_flush(struct subject *s)
{
	size_t lo, end, n = 0;

	while (model_open(&s->options, s->pushed, n, &lo, &end))
		n++;
	for (int again = 0; again < 2; again++) {
		s->flushed = 1;
		ck_subject(s, leat_window_flush(s->window) == LEAT_OK);
		ck_subject(s, s->flushed - 1 == (s->options.sink.emit ? n : 0));
		s->flushed = 0;
	}
}

/* Pushes with the results, and compares these with what a query answers. */
static void push_query(struct subject *s, double x, double y)
{
	double out[SUBJECT_STATS], want[SUBJECT_STATS];

	if (s->pairs)
		ck_subject(s,
		    leat_window_push_query_xy(s->window, x, y, out) == 0);
	else
		ck_subject(s, leat_window_push_query(s->window, x, out) == 0);
	leat_window_query(s->window, want);
	for (size_t i = 0; i < s->options.n_stats; i++)
		ck_subject(s, same_bits(out[i], want[i]));
}

void subject_push(struct subject *s, double x, double y)
{
	expect(s, &x, &y, 1);
	if (s->pushed % 3 == 0)
		push_query(s, x, y);
	else if (s->pairs)
		ck_subject(s, leat_window_push_xy(s->window, x, y) == 0);
	else
		ck_subject(s, leat_window_push(s->window, x) == 0);
	settle(s);
}

void subject_push_many(struct subject *s, const double *x, const double *y,
    size_t n, int with_out)
{
	static double out[MODEL_MAX * SUBJECT_STATS];
	double *rows = with_out ? out : NULL;
	size_t before = s->pushed;

	expect(s, x, y, n);
	if (s->pairs)
		ck_subject(s,
		    leat_window_push_many(s->window, x, y, n, rows) == 0);
	else
		ck_subject(s,
		    leat_window_push_many(s->window, x, NULL, n, rows) == 0);
	settle(s);
	for (size_t i = 0; with_out && i < n; i++)
		check_row(s, before + i + 1, out + i * s->options.n_stats);
}

void subject_reset(struct subject *s)
{
	size_t emitted = s->emitted;
	leat_window_reset(s->window);
	s->pushed = 0;
	ck_subject(s, s->emitted == emitted);
}

void subject_copy(struct subject *s)
{
	struct counted before = s->heap;
	leat_window *copy = NULL, *original = s->window;

	ck_subject(s,
	    leat_window_copy(original, &s->allocator, &copy) == LEAT_OK);
	ck_subject(s, s->heap.calls == before.calls + 1);
	ck_subject(s, copy != NULL && copy != original);
	s->window = copy;
	leat_window_reset(original);
	leat_window_free(original);
	if (s->memory != NULL) {
		unsigned char *at = s->memory + GUARD_BYTES + s->offset;
		ck_subject(s, guard_intact(at, s->n_bytes));
		free(s->memory);
		s->memory = NULL;
	}
}

/* ------------------------------------------------------------------ */
/* Making                                                             */
/* ------------------------------------------------------------------ */

static void add_stat(struct subject *s, leat_stat stat)
{
	s->stats[s->options.n_stats++] = stat;
}

static void add_class(struct subject *s, const leat_agg *agg, double arg)
{
	leat_stat stat = LEAT_AGG(NULL, 0.0);
	stat.agg = agg;
	stat.arg = arg;
	add_stat(s, stat);
}

static void choose_stats(struct subject *s, int words)
{
	static const leat_stat singles[] = { LEAT_MEAN, LEAT_COUNT, LEAT_MIN,
		LEAT_COUNT_MISSING, LEAT_SUM, LEAT_ARGMAX, LEAT_VARIANCE,
		LEAT_LAST, LEAT_MAX, LEAT_FIRST, LEAT_ARGMIN, LEAT_STDDEV_POP,
		LEAT_RANGE, LEAT_COUNT, LEAT_RATE_OF_CHANGE };
	static const leat_stat doubles[] = { LEAT_COVARIANCE, LEAT_CORRELATION,
		LEAT_SLOPE };

	s->options.n_stats = 0;
	for (size_t i = 0; i < sizeof(singles) / sizeof(*singles); i++)
		add_stat(s, singles[i]);
	for (size_t i = 0; s->pairs && i < 3; i++)
		add_stat(s, doubles[i]);
	add_class(s, &chain_class, 0);
	if (words) {
		add_class(s, &word_class, 0);
		add_class(s, &word_class, 0.5);
	}
	for (int arg = 0; arg < 3; arg++)
		add_class(s, &s->watch_agg, arg);
	s->options.stats = s->stats;
}

static void open_in_memory(struct subject *s, size_t offset)
{
	ck_subject(s, leat_window_check(&s->options, &s->n_bytes, NULL) == 0);
	s->offset = offset;
	s->memory = malloc(s->n_bytes + offset + 2 * GUARD_BYTES);
	ck_assert_ptr_nonnull(s->memory);
	unsigned char *at = s->memory + GUARD_BYTES + offset;
	memset(at, 0xEE, s->n_bytes);
	guard_fill(at, s->n_bytes);
	ck_subject(s,
	    leat_window_init(&s->window, at, s->n_bytes, &s->options) == 0);
}

void subject_open(struct subject *s, int words, size_t offset)
{
	memset(&s->watch, 0, sizeof(s->watch));
	memset(&s->heap, 0, sizeof(s->heap));
	s->watch.x = s->x;
	s->watch.y = s->pairs ? s->y : NULL;
	s->watch_agg = watch_class(&s->watch, 24 + 8 * (s->seed % 4),
	    s->seed % 2 == 0);
	s->allocator = counted_allocator(&s->heap);
	s->pushed = s->pending = s->emitted = 0;
	s->memory = NULL;
	choose_stats(s, words);
	s->options.allocator = &s->allocator;
	if (s->seed % 3 != 0) {
		s->options.sink.emit = on_emit;
		s->options.sink.ctx = s;
	}
	if (offset != SIZE_MAX) {
		open_in_memory(s, offset);
		return;
	}
	ck_subject(s, leat_window_new(&s->window, &s->options) == LEAT_OK);
	ck_subject(s, s->heap.calls == 1);
}

void subject_close(struct subject *s)
{
	leat_window_free(s->window);
	if (s->memory != NULL) {
		unsigned char *at = s->memory + GUARD_BYTES + s->offset;
		ck_subject(s, guard_intact(at, s->n_bytes));
		free(s->memory);
	}
	ck_subject(s, s->heap.live == 0 && s->heap.damaged == 0);
}
