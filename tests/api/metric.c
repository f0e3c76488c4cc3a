/* Metrics. */
#include "api.h"

#include <math.h>

enum { METRICS = 9 };

static leat_metric_options options;
static int ids[METRICS];

static void choose(void)
{
	leat_metric_options o = { 0 };

	o.n_metrics = 1 + api_pick(METRICS);
	for (size_t i = 0; i < o.n_metrics; i++)
		ids[i] = LEAT_METRIC_MAE + (int)api_pick(METRICS);
	o.metrics = ids;
	o.size = api_one_in(4) ? 0 : 1 + api_pick(64);
	o.allocator = api_memory;
	options = o;
}

static void push(void *object)
{
	double y = api_one_in(2) ? (double)api_pick(2) : api_number();
	double p = api_one_in(2) ? api_byte() / 255.0 : api_number();

	api_note_code("push", leat_metric_push(object, y, p));
}

static void see_result(int id, double x)
{
	switch (id) {
	case LEAT_METRIC_MAE:
	case LEAT_METRIC_MSE:
	case LEAT_METRIC_RMSE:
		API_SOUND(isnan(x) || x >= 0);
		return;
	case LEAT_METRIC_R2:
		API_SOUND(isnan(x) || x <= 1);
		return;
	case LEAT_METRIC_ACCURACY:
	case LEAT_METRIC_AUC:
	case LEAT_METRIC_COVERAGE:
		API_SOUND(isnan(x) || (x >= 0 && x <= 1));
		return;
	default:
		return;
	}
}

static void query(void *object)
{
	double row[METRICS];

	leat_metric_query(object, row);
	for (size_t i = 0; i < options.n_metrics; i++)
		see_result(ids[i], row[i]);
	api_note_doubles("query", row, options.n_metrics);
	api_note("pushed", leat_metric_pushed(object));
}

static const struct api_op ops[] = {
	{ "leat_metric_push", 8, push, 0 },
	{ "leat_metric_query leat_metric_pushed", 2, query, 0 },
};

static int make(void **out)
{
	return leat_metric_new((leat_metric **)out, &options);
}

static int check(size_t *n_bytes_out, const char **why_out)
{
	*why_out = "metric";
	return leat_metric_size(&options, n_bytes_out);
}

static int init(void **out, void *memory, size_t n_bytes)
{
	return leat_metric_init((leat_metric **)out, memory, n_bytes, &options);
}

static void free_it(void *object)
{
	leat_metric_free(object);
}

static void reset(void *object)
{
	leat_metric_reset(object);
}

static int copy(void *object, const leat_allocator *a, void **out)
{
	return leat_metric_copy(object, a, (leat_metric **)out);
}

static int save(void *object, leat_writer *writer)
{
	return leat_metric_save(object, writer);
}

static int load(void **out, leat_reader *reader)
{
	return leat_metric_load((leat_metric **)out, &options, reader);
}

static int merge(void *object, void *from)
{
	return leat_metric_merge(object, from);
}

const struct api_type api_metric = {
	.name = "metric",
	.object = LEAT_OBJECT_METRIC,
	.choose = choose,
	.make = make,
	.check = check,
	.init = init,
	.free = free_it,
	.reset = reset,
	.copy = copy,
	.save = save,
	.load = load,
	.merge = merge,
	.ops = ops,
	.n_ops = sizeof(ops) / sizeof(ops[0]),
};
