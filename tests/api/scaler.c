/* Scalers. */
#include "api.h"

#include <math.h>

enum { FEATURES = 4 };

static leat_scaler_options options;

static void choose(void)
{
	leat_scaler_options o = { 0 };

	o.n_features = 1 + api_pick(FEATURES);
	o.kind = (int)api_pick(2);
	o.clip = api_one_in(2) ? api_positive() : 0;
	o.allocator = api_memory;
	options = o;
}

static void choose_row(double *x)
{
	for (size_t i = 0; i < options.n_features; i++)
		x[i] = api_number();
}

static void push(void *object)
{
	double x[FEATURES];

	choose_row(x);
	api_note_code("push", leat_scaler_push(object, x));
}

/* A clip bounds what comes out, and in place it is the same. */
static void transform(void *object)
{
	double x[FEATURES], z[FEATURES];

	choose_row(x);
	leat_scaler_transform(object, x, z);
	api_note_doubles("transform", z, options.n_features);
	leat_scaler_transform(object, x, x);
	api_note_doubles("in place", x, options.n_features);
	for (size_t i = 0; options.clip > 0 && i < options.n_features; i++)
		API_MUST(isnan(z[i]) || fabs(z[i]) <= options.clip ||
		    options.kind == LEAT_MIN_MAX);
	leat_scaler_inverse(object, z, x);
	api_note_doubles("inverse", x, options.n_features);
}

static void parameters(void *object)
{
	double center[FEATURES], scale[FEATURES];

	leat_scaler_parameters(object, center, scale);
	for (size_t i = 0; i < options.n_features; i++)
		API_SOUND(isnan(scale[i]) || scale[i] >= 0);
	api_note_doubles("center", center, options.n_features);
	api_note_doubles("scale", scale, options.n_features);
	api_note("pushed", leat_scaler_pushed(object));
}

static const struct api_op ops[] = {
	{ "leat_scaler_push", 8, push, 0 },
	{ "leat_scaler_transform leat_scaler_inverse", 4, transform, 0 },
	{ "leat_scaler_parameters leat_scaler_pushed", 2, parameters, 0 },
};

static int make(void **out)
{
	return leat_scaler_new((leat_scaler **)out, &options);
}

static int size(size_t *n_bytes_out)
{
	return leat_scaler_size(&options, n_bytes_out);
}

static int init(void **out, void *memory, size_t n_bytes)
{
	return leat_scaler_init((leat_scaler **)out, memory, n_bytes, &options);
}

static void free_it(void *object)
{
	leat_scaler_free(object);
}

static void reset(void *object)
{
	leat_scaler_reset(object);
}

static int copy(void *object, const leat_allocator *a, void **out)
{
	return leat_scaler_copy(object, a, (leat_scaler **)out);
}

static int save(void *object, leat_writer *writer)
{
	return leat_scaler_save(object, writer);
}

static int load(void **out, leat_reader *reader)
{
	return leat_scaler_load((leat_scaler **)out, &options, reader);
}

static int merge(void *object, void *from)
{
	return leat_scaler_merge(object, from);
}

const struct api_type api_scaler = {
	.name = "scaler",
	.object = LEAT_OBJECT_SCALER,
	.choose = choose,
	.make = make,
	.size = size,
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
