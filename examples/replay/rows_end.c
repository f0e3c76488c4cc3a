/*
 * Rows beside the way of one of them: those of the end, keys that are
 * forgotten, memory, and saved state.
 */
#include <stdlib.h>
#include <string.h>

#include "rows_inside.h"

/* ---- Time and keys ---- */

int rows_advance(struct rows *r, int64_t t)
{
	return r->timed ? timed_windows_advance(r->timed, t) : 0;
}

const char *rows_key_of(const struct rows *r, size_t group, size_t *len_out)
{
	return keys_text(r->groups.keys, group, len_out);
}

int rows_has_key(const struct rows *r, const char *key, size_t len)
{
	size_t group;

	return r->timed ? timed_windows_has(r->timed, key, len)
			: keys_find(r->groups.keys, key, len, &group) == 0;
}

size_t rows_forget(struct rows *r, uint64_t before)
{
	size_t n = 0;

	if (r->timed || rows_settle(r) != 0)
		return 0;
	for (size_t i = 0; i < r->groups.n; i++) {
		if (r->groups.items[i].last_row >= before ||
		    groups_is_dropped(&r->groups, i))
			continue;
		if (r->watch.dropped)
			r->watch.dropped(r->watch.ctx, i);
		groups_drop(&r->groups, i);
		n++;
	}
	return n;
}

size_t rows_n_keys(const struct rows *r)
{
	return r->timed ? timed_windows_n_keys(r->timed)
			: groups_count(&r->groups);
}

/* ---- Memory ---- */

size_t rows_key_bytes(const struct rows *r)
{
	return r->key_bytes;
}

uint64_t rows_bytes(const struct rows *r)
{
	if (r->timed)
		return timed_windows_bytes(r->timed);
	return (uint64_t)rows_n_keys(r) * r->key_bytes +
	    keys_bytes(r->groups.keys);
}

void rows_limit_keys(struct rows *r, size_t most)
{
	uint64_t given = cli_time_max_keys(&r->settings->timing);

	r->groups.max_keys = most < given ? most : (size_t)given;
}

/* ---- The end ---- */

static int put_final(struct rows *r)
{
	size_t first = (size_t)r->plan.has_key;

	for (size_t i = 0; i < r->groups.n; i++) {
		struct group *g = &r->groups.items[i];
		int err;

		if (groups_is_dropped(&r->groups, i))
			continue;
		rows_take_key(r, i);
		for (size_t k = 0; k < g->shown.n; k++) {
			r->texts[first + k].text = g->shown.items[k];
			r->texts[first + k].len = strlen(g->shown.items[k]);
		}
		err = rows_print_state(r, g, 0);
		if (err)
			return err;
	}
	return 0;
}

static int put_term(struct rows *r, const char *term, double coefficient)
{
	leat_csv_field *text = &r->texts[r->plan.has_key];

	text->text = term;
	text->len = strlen(term);
	return rows_put(r, 0, &coefficient);
}

/* The terms of one key's model, the intercept first. */
static int put_terms(struct rows *r, const struct group *g,
    double *coefficients)
{
	double intercept;
	int err = 0;

	learner_coefficients(g->learner, coefficients, &intercept);
	if (!r->learning.model.no_intercept)
		err = put_term(r, "(intercept)", intercept);
	for (size_t i = 0; i < r->design->n_terms && !err; i++)
		err = put_term(r, r->design->names.items[i], coefficients[i]);
	return err;
}

static int put_coefficients(struct rows *r)
{
	double *coefficients;
	int err = 0;

	coefficients = calloc(r->design->n_terms, sizeof *coefficients);
	if (!coefficients)
		return LEAT_ENOMEM;
	for (size_t i = 0; i < r->groups.n && !err; i++) {
		rows_take_key(r, i);
		err = put_terms(r, &r->groups.items[i], coefficients);
	}
	free(coefficients);
	return err;
}

static int end_timed(struct rows *r)
{
	if (!r->settings->final)
		return timed_windows_end(r->timed);
	r->ends = 1;
	return timed_windows_each(r->timed);
}

int rows_has_begun(const struct rows *r)
{
	return r->timed && timed_windows_has_begun(r->timed);
}

int rows_begin_anew(struct rows *r)
{
	int err = r->timed ? end_timed(r) : 0;

	r->ends = 0;
	if (r->timed && !err)
		timed_windows_reset(r->timed);
	return err;
}

int rows_end(struct rows *r)
{
	int err = rows_settle(r);

	if (err)
		return err;
	if (r->settings->learning.coefficients)
		err = put_coefficients(r);
	else if (r->timed)
		err = end_timed(r);
	else if (r->settings->final)
		err = put_final(r);
	if (err)
		return err;
	return row_format_end(r->out) < 0 ? LEAT_ENOMEM : 0;
}

void rows_stop(struct rows *r)
{
	if (!r->out)
		return;
	(void)rows_settle(r);
	row_format_end(r->out);
}

/* ---- Saved state ---- */

/* Returns whether all that is shown of each key is there, or nothing yet. */
static int shown_fits(const struct rows *r)
{
	for (size_t i = 0; i < r->groups.n; i++) {
		size_t n = r->groups.items[i].shown.n;

		if (n > 0 && n != r->columns->n_shown)
			return 0;
	}
	return 1;
}

void rows_tape(struct rows *r, struct tape *t)
{
	tape_counts(t, &r->used, 1);
	tape_counts(t, r->outcomes, LEARNER_N_OUTCOMES);
	if (r->timed)
		timed_windows_tape(r->timed, t);
	else
		groups_tape(&r->groups, t);
	tape_expect(t, shown_fits(r));
	row_format_tape(r->out, t);
}
