/* Detectors of drift. */
#include "api.h"

#include <math.h>

enum { MANY = 40 };

static leat_drift_options options;

static void choose(void)
{
	leat_drift_options o = { 0 };

	o.kind = (int)api_pick(4);
	if (o.kind == LEAT_DRIFT_PAGE_HINKLEY) {
		o.delta = api_byte() / 16.0;
		o.threshold = (1 + api_byte()) / 4.0;
	}
	if (o.kind == LEAT_DRIFT_ADWIN && api_one_in(2))
		o.delta = (1 + api_byte()) / 260.0;
	if (o.kind == LEAT_DRIFT_ZSCORE)
		o.size = api_one_in(3) ? 0 : 2 + api_pick(200);
	if (o.kind == LEAT_DRIFT_EWMA && api_one_in(2)) {
		o.mean = api_finite();
		o.stddev = fabs(api_finite());
	}
	if (o.kind == LEAT_DRIFT_EWMA && api_one_in(2))
		o.alpha = (1 + api_byte()) / 256.0;
	if (o.kind >= LEAT_DRIFT_ZSCORE && api_one_in(2))
		o.threshold = api_positive();
	if (api_one_in(2))
		o.min_count = 2 + api_pick(8);
	o.direction = (int)api_pick(3);
	o.allocator = api_memory;
	options = o;
}

static void note_push(leat_drift *d, double x)
{
	leat_drift_answer answer;
	int refusal = api_note_code("push", leat_drift_push(d, x, &answer));

	API_MUST((refusal == LEAT_NOT_FINITE) == !isfinite(x));
	API_MUST(refusal == LEAT_OK || refusal == LEAT_NOT_FINITE);
	API_MUST(answer.change >= LEAT_CHANGE_NONE &&
	    answer.change <= LEAT_CHANGE_FALL);
	API_MUST(answer.change == LEAT_CHANGE_NONE || options.direction == 0 ||
	    answer.change == options.direction);
	API_SOUND(answer.change != LEAT_CHANGE_RISE || answer.score >= 0);
	API_SOUND(answer.change != LEAT_CHANGE_FALL || answer.score <= 0);
	api_note("change", (uint64_t)answer.change);
	api_note_double("score", answer.score);
}

static void push(void *object)
{
	note_push(object, api_number());
}

/* A stretch on one level, so that there is something to drift from. */
static void push_stretch(void *object)
{
	double level = api_finite(), step = api_positive();
	unsigned n = api_byte();

	for (unsigned i = 0; i < n; i++)
		note_push(object, level + step * (i * 7 % 5));
}

/* Pushes many values; the twin receives them one by one. */
static void push_many(void *object)
{
	double x[MANY], scores[MANY];
	int changes[MANY], first = LEAT_OK;
	size_t n = api_pick(MANY + 1);

	for (size_t i = 0; i < n; i++)
		x[i] = api_number();
	if (!api_is_twin)
		first = leat_drift_push_many(object, x, n, changes, scores);
	for (size_t i = 0; api_is_twin && i < n; i++) {
		leat_drift_answer answer;
		int refusal = leat_drift_push(object, x[i], &answer);

		changes[i] = answer.change;
		scores[i] = answer.score;
		first = first ? first : refusal;
	}
	api_note_code("push many", first);
	api_note_doubles("scores", scores, n);
	for (size_t i = 0; i < n; i++)
		api_note("change", (uint64_t)changes[i]);
}

static void query(void *object)
{
	uint64_t length = leat_drift_width(object), pushed;
	leat_counts counts;

	leat_drift_counts(object, &counts);
	pushed = counts.pushed;
	API_SOUND(pushed == counts.taken + counts.refused);

	api_note_double("mean", leat_drift_mean(object));
	api_note("length", length);
	api_note("pushed", pushed);
	API_SOUND(length <= pushed);
}

static const struct api_op ops[] = {
	{ "leat_drift_push", 6, push, 0 },
	{ "leat_drift_push", 4, push_stretch, 0 },
	{ "leat_drift_push_many", 4, push_many, 0 },
	{ "leat_drift_mean leat_drift_width leat_drift_counts", 2, query, 0 },
};

API_CALLS(drift)
API_MAKERS(drift)
API_INIT(drift)

const struct api_type api_drift = {
	.name = "drift", .object = LEAT_OBJECT_DRIFT, .init = init, API_MEMBERS
};
