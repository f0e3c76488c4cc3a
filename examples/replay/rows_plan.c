/*
 * The plan of a run's rows. Whatever depends on the settings and the columns
 * alone is decided here, once: what keeps the values, which columns the
 * output has, and which steps a row takes. The steps are in rows.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows_inside.h"

/* ---- What a run is ---- */

/* Windows by count that close emit a result then, and others at each row. */
static int closes(const struct rows *r)
{
	return !r->design && column_windows_closes(&r->groups.plan);
}

static void plan_modes(struct rows *r)
{
	const struct settings *s = r->settings;
	struct rows_plan *p = &r->plan;

	p->has_key = r->columns->key != COLUMN_NONE;
	p->is_timed = s->window.by_time && !r->design;
	p->each_row = p->is_timed && !s->final &&
	    cli_time_each_row(&s->timing, &s->window);
	if (p->is_timed && !s->final && !p->each_row) {
		p->has_flags = cli_time_flags(&s->timing);
		p->has_revision = cli_time_revises(&s->timing);
	}
	p->n_texts = (size_t)p->has_key + r->columns->n_shown;
	if (p->is_timed)
		p->n_texts += 2 + (size_t)p->has_flags;
	p->quiet = s->format == ROW_FORMAT_NONE || s->final;
	p->silent = p->quiet && !r->watch.emitted;
}

static rows_step *print_step(const struct rows *r)
{
	const struct settings *s = r->settings;

	if (s->learning.coefficients)
		return rows_print_nothing;
	if (s->final && r->columns->n_shown > 0)
		return rows_keep_shown;
	if (r->plan.quiet)
		return rows_print_nothing;
	if (s->every > 0)
		return rows_print_every;
	return closes(r) ? rows_print_closed : rows_print_state;
}

static void plan_steps(struct rows *r)
{
	r->plan.print = print_step(r);
	if (r->watch.emitted)
		r->plan.emit = closes(r) ? rows_emit_closed : rows_emit_state;
}

static void plan_width(struct rows *r)
{
	struct row_slots slots = { &r->settings->stats, r->columns->n_values };

	r->plan.width = r->design ? learner_width(&r->learning)
				  : row_slots_width(&slots);
}

/* ---- Names ---- */

static const char *column_name(const struct rows *r, size_t column)
{
	return r->columns->names.items[column];
}

/* The parts that are not empty, with _ between them. */
static int add_name(struct rows *r, const char *first, const char *second,
    const char *third)
{
	size_t size = strlen(first) + strlen(second) + strlen(third) + 3;
	char *text = malloc(size);
	int err;

	if (!text)
		return -1;
	snprintf(text, size, "%s%s%s%s%s", first, *second ? "_" : "", second,
	    *third ? "_" : "", third);
	err = list_add(&r->names, text, strlen(text));
	free(text);
	return err;
}

static int name_spans(struct rows *r)
{
	if (add_name(r, "start", "", "") < 0 || add_name(r, "end", "", "") < 0)
		return -1;
	if (r->plan.has_flags && add_name(r, "flags", "", "") < 0)
		return -1;
	return r->plan.has_revision ? add_name(r, "revision", "", "") : 0;
}

static int name_windows(struct rows *r)
{
	const struct columns *c = r->columns;
	const struct cli_stats *s = &r->settings->stats;

	if (r->plan.is_timed && name_spans(r) < 0)
		return -1;
	for (size_t i = 0; i < c->n_values; i++)
		for (size_t k = 0; k < s->n_single; k++)
			if (add_name(r, column_name(r, c->values[i]), "",
				leat_stat_name(&s->single[k])) < 0)
				return -1;
	for (size_t k = 0; k < s->n_pair; k++)
		if (add_name(r, column_name(r, c->values[0]),
			column_name(r, c->values[1]),
			leat_stat_name(&s->pair[k])) < 0)
			return -1;
	return 0;
}

static int name_model(struct rows *r)
{
	const char *target = column_name(r, r->design->columns[0]);
	const leat_window_options *errors = &r->learning.errors;

	if (r->settings->learning.coefficients)
		return add_name(r, "term", "", "") < 0
		    ? -1
		    : add_name(r, "coefficient", "", "");
	if (add_name(r, target, "", "") < 0 ||
	    add_name(r, target, "prediction", "") < 0)
		return -1;
	for (size_t i = 0; i < errors->n_stats; i++)
		if (add_name(r, leat_stat_name(&errors->stats[i]), "", "") < 0)
			return -1;
	return 0;
}

static int name_output(struct rows *r)
{
	const struct columns *c = r->columns;

	if (r->plan.has_key && add_name(r, column_name(r, c->key), "", "") < 0)
		return -1;
	for (size_t i = 0; i < c->n_shown; i++)
		if (add_name(r, column_name(r, c->shown[i]), "", "") < 0)
			return -1;
	return r->design ? name_model(r) : name_windows(r);
}

/* ---- Setting up ---- */

static int plan_timed(struct rows *r)
{
	const struct settings *s = r->settings;
	struct timed_windows_plan plan = { 0 };

	plan.window = settings_time_window(s);
	plan.max_keys = cli_time_max_keys(&s->timing);
	plan.max_bytes = s->timing.max_bytes;
	plan.seed[0] = s->seed[0];
	plan.seed[1] = s->seed[1];
	plan.ttl = s->timing.ttl;
	plan.each_row = cli_time_each_row(&s->timing, &s->window);
	plan.silent = r->plan.silent;
	plan.slots.stats = &s->stats;
	plan.slots.n_columns = r->columns->n_values;
	return timed_windows_new(&r->timed, &plan, rows_put_timed, r);
}

static int plan_windows(struct rows *r)
{
	struct column_windows_plan plan;

	plan.window = r->settings->window.count;
	plan.slots.stats = &r->settings->stats;
	plan.slots.n_columns = r->columns->n_values;
	return groups_init(&r->groups, &plan);
}

static int plan_groups(struct rows *r)
{
	const struct settings *s = r->settings;
	int err;

	if (r->plan.is_timed)
		return plan_timed(r);
	if (r->design) {
		r->learning = cli_model_plan(&s->learning, r->design);
		err = groups_init_models(&r->groups, &r->learning);
	} else {
		err = plan_windows(r);
	}
	if (err)
		return err;
	keys_seed(r->groups.keys, s->seed);
	if (s->timing.live && cli_time_max_keys(&s->timing) < SIZE_MAX)
		r->groups.max_keys = (size_t)cli_time_max_keys(&s->timing);
	return 0;
}

size_t rows_width(const struct rows *r)
{
	return r->plan.width;
}

const char *const *rows_names(const struct rows *r)
{
	return (const char *const *)r->names.items + r->plan.n_texts +
	    (size_t)r->plan.has_revision;
}

/* A row of texts and numbers; without value columns, of nothing. */
static struct row_layout layout_of(const struct rows *r)
{
	struct row_layout layout = { 0 };

	if (r->columns->n_values > 0) {
		layout.names = r->names.items;
		layout.n_texts = r->plan.n_texts;
		layout.n_values = r->plan.width + (size_t)r->plan.has_revision;
	}
	layout.no_row = r->plan.is_timed && !r->plan.each_row;
	layout.continued = r->continued;
	layout.spreadsheet = r->settings->spreadsheet;
	if (r->settings->learning.coefficients) {
		layout.n_texts = r->plan.n_texts + 1;
		layout.n_values = 1;
		layout.no_row = 1;
	}
	return layout;
}

int rows_header(const struct rows *r, struct writer *writer)
{
	struct row_layout layout = layout_of(r);
	struct row_format *out;

	if (r->settings->format != ROW_FORMAT_CSV)
		return 0;
	layout.continued = 0;
	out = row_format_new(ROW_FORMAT_CSV, writer, &layout);
	row_format_free(out);
	return out ? 0 : LEAT_ENOMEM;
}

static int plan_output(struct rows *r, struct writer *writer)
{
	size_t width = r->plan.width + (size_t)r->plan.has_revision;
	struct row_layout layout;

	if (r->columns->n_values > 0 && name_output(r) < 0)
		return LEAT_ENOMEM;
	layout = layout_of(r);
	r->results = calloc(width + 1, sizeof *r->results);
	r->texts = calloc(r->plan.n_texts + 2, sizeof *r->texts);
	if (!r->results || !r->texts)
		return LEAT_ENOMEM;
	r->out = row_format_new(r->settings->format, writer, &layout);
	return r->out ? 0 : LEAT_ENOMEM;
}

/* Rows that wait have nothing but their key and values any more. */
static int may_prefetch(const struct rows *r)
{
	return !r->plan.is_timed && !r->design && r->columns->n_shown == 0;
}

/* Returns the bytes of a key by count or of a model. */
static size_t key_bytes(const struct rows *r)
{
	enum { BESIDE = 512 }; /* groups, hash table, what malloc() needs */

	if (r->timed)
		return 0;
	return BESIDE +
	    (r->design ? learner_bytes(&r->learning)
		       : column_windows_bytes(&r->groups.plan));
}

int rows_init(struct rows *r, const struct settings *settings,
    const struct columns *columns, const struct design *design,
    struct writer *writer)
{
	int err;

	r->settings = settings;
	r->columns = columns;
	r->design = design;
	plan_modes(r);
	r->prefetches = may_prefetch(r);
	err = plan_groups(r);
	plan_width(r);
	plan_steps(r);
	if (!err && prefetch_init(&r->prefetch, columns->n_values) < 0)
		err = LEAT_ENOMEM;
	if (!err)
		err = plan_output(r, writer);
	if (err)
		return err;
	r->key_bytes = key_bytes(r);
	r->many = calloc(PREFETCH_ROWS * (r->plan.width + 1), sizeof *r->many);
	return r->many ? 0 : LEAT_ENOMEM;
}

void rows_clear(struct rows *r)
{
	groups_clear(&r->groups);
	prefetch_clear(&r->prefetch);
	free(r->many);
	timed_windows_free(r->timed);
	row_format_free(r->out);
	list_clear(&r->names);
	free(r->results);
	free(r->texts);
	memset(r, 0, sizeof *r);
}
