/*
 * The set of all rules, and what is kept for a key.
 *
 * The conditions on rows are copied into an array of their own when columns
 * are known, so that a row is held against all of them in one walk through
 * memory that lies together. Whether a rule is about a key is found out once,
 * when the key is new.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../replay/array.h"
#include "../replay/report.h"
#include "alert_inside.h"

struct alerts *alerts_new(alert_fn *fn, void *ctx)
{
	struct alerts *a = calloc(1, sizeof *a);

	if (!a)
		return NULL;
	a->fn = fn;
	a->ctx = ctx;
	return a;
}

void alerts_free(struct alerts *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->n; i++)
		alert_rule_clear(&a->rules[i]);
	free(a->rules);
	free(a->checks);
	free(a);
}

/* ---- Rules ---- */

static int grow(struct alerts *a)
{
	struct alert_rule *rules = array_grow(a->rules, &a->size, a->n + 1,
	    sizeof *rules);

	if (!rules)
		return -1;
	a->rules = rules;
	return 0;
}

/* Names must differ: receivers of alerts know a rule by its name alone. */
static int is_taken(const struct alerts *a, const char *name)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(alert_rule_name(&a->rules[i]), name) == 0)
			return 1;
	return 0;
}

static void note_needs(struct alerts *a, const struct alert_rule *r)
{
	a->has_rows |= r->kind == ALERT_ROW;
	a->has_absent |= r->kind == ALERT_ABSENT;
	a->has_drift |= r->kind == ALERT_ANOMALY || r->kind == ALERT_CHANGE;
	a->has_hold |= r->kind == ALERT_ROW &&
	    (r->tests[0].hold > 0 || r->tests[1].hold > 0);
}

int alerts_add(struct alerts *a, const char *text, char *why, size_t why_size)
{
	struct alert_rule rule;

	if (a->n == a->size && grow(a) < 0)
		return report(why, why_size, "out of memory");
	if (alert_rule_read(&rule, text, why, why_size) < 0)
		return -1;
	if (is_taken(a, alert_rule_name(&rule))) {
		snprintf(why, why_size, "another alert has this name");
		alert_rule_clear(&rule);
		return -1;
	}
	note_needs(a, &rule);
	a->rules[a->n++] = rule;
	return 0;
}

static int bind_rule(struct alerts *a, size_t i, const char *const *names,
    size_t n, char *why, size_t why_size)
{
	const struct alert_rule *r = &a->rules[i];
	struct alert_check *c = &a->checks[a->n_checks];

	if (alert_column_find(r->column, names, n, &c->at, why, why_size) < 0)
		return -1;
	memcpy(c->tests, r->tests, sizeof c->tests);
	c->rule = i;
	a->n_checks++;
	return 0;
}

int alerts_bind(struct alerts *a, const char *const *names, size_t n, char *why,
    size_t why_size)
{
	free(a->checks);
	a->n_checks = 0;
	a->checks = calloc(a->n + 1, sizeof *a->checks);
	if (!a->checks)
		return report(why, why_size, "out of memory");
	for (size_t i = 0; i < a->n; i++)
		if (a->rules[i].kind == ALERT_ROW &&
		    bind_rule(a, i, names, n, why, why_size) < 0) {
			a->n_checks = 0;
			return -1;
		}
	return 0;
}

int alerts_want_rows(const struct alerts *a)
{
	return a->has_rows;
}

int alerts_want_values(const struct alerts *a)
{
	return a->has_drift || a->has_absent;
}

int alerts_want_ticks(const struct alerts *a)
{
	return a->has_hold || a->has_absent;
}

uint64_t alerts_raised(const struct alerts *a)
{
	return a->raised;
}

uint64_t alerts_total(const struct alerts *a)
{
	return a->total;
}

size_t alerts_n_rules(const struct alerts *a)
{
	return a->n;
}

const char *alerts_rule_name(const struct alerts *a, size_t i)
{
	return alert_rule_name(&a->rules[i]);
}

/* ---- Keys ---- */

struct alert_state *alert_state_new(struct alerts *a, const char *key,
    size_t key_len, int64_t now)
{
	struct alert_state *state;

	if (a->n == 0)
		return NULL;
	state = calloc(1, sizeof *state + a->n * sizeof *state->slots);
	if (!state)
		return NULL;
	state->n = a->n;
	state->quiet = now;
	for (size_t i = 0; i < a->n; i++)
		state->slots[i].applies = alert_rule_is_for(&a->rules[i], key,
					      key_len) != 0;
	return state;
}

size_t alerts_key_bytes(const struct alerts *a)
{
	size_t bytes = sizeof(struct alert_state) +
	    a->n * sizeof(struct alert_slot);

	for (size_t i = 0; i < a->n; i++) {
		size_t one = 0;

		if ((a->rules[i].kind == ALERT_ANOMALY ||
			a->rules[i].kind == ALERT_CHANGE) &&
		    leat_drift_check(&a->rules[i].drift, &one, NULL) == 0)
			bytes += one;
	}
	return bytes;
}

void alert_state_free(struct alerts *a, struct alert_state *state)
{
	if (!state)
		return;
	for (size_t i = 0; i < state->n; i++)
		leat_drift_free(state->slots[i].drift);
	a->raised -= state->n_raised;
	free(state);
}

void alert_slot_set(struct alerts *a, struct alert_state *state, size_t i,
    int raised)
{
	struct alert_slot *slot = &state->slots[i];
	size_t is_absent = a->rules[i].kind == ALERT_ABSENT;

	if (slot->raised == raised)
		return;
	slot->raised = raised != 0;
	if (raised) {
		a->raised++;
		state->n_raised++;
		state->n_absent += is_absent;
	} else {
		a->raised--;
		state->n_raised--;
		state->n_absent -= is_absent;
	}
}

size_t alert_state_raised(const struct alerts *a,
    const struct alert_state *state)
{
	(void)a;
	return state ? state->n_raised : 0;
}

int alert_state_is_raised(const struct alert_state *state, size_t i)
{
	return state && i < state->n && state->slots[i].raised;
}
