/*
 * Values, rows and time against the rules.
 *
 * Raising and clearing are the same thing: a slot waits for one of two
 * conditions, that which raises or that which clears, and turns when it has
 * held for long enough. So the two always alternate, and a row that changes
 * nothing costs a comparison for each rule. NaN meets no condition.
 *
 * The clock on the wall may be set back. Then what is counted from a moment
 * that has not come yet is counted from now on: nothing is raised or cleared
 * by that, and nothing waits for years.
 */
#include <math.h>

#include "alert_inside.h"

/* A key for which something has come, and when. */
struct visit {
	struct alerts *alerts;
	struct alert_state *state;
	const char *key;
	size_t key_len;
	int64_t now;
};

static void turn(const struct visit *v, size_t i, double value)
{
	const struct alert_rule *rule = &v->alerts->rules[i];
	struct alert_slot *slot = &v->state->slots[i];
	struct alert_event event;

	alert_slot_set(v->alerts, v->state, i, !slot->raised);
	slot->waits = 0;
	v->alerts->total += slot->raised;
	event.rule = alert_rule_name(rule);
	event.text = rule->text;
	event.key = v->key;
	event.key_len = v->key_len;
	event.raised = slot->raised;
	event.value = value;
	event.at = v->now;
	v->alerts->fn(v->alerts->ctx, &event);
}

/*
 * Returns the nanoseconds since a moment, which is set to now if it lies ahead.
 */
static uint64_t elapsed(int64_t *since, int64_t now)
{
	if (*since > now)
		*since = now;
	return (uint64_t)now - (uint64_t)*since;
}

/* ---- Rows ---- */

/* The condition holds; raises or clears if it has held for long enough. */
static void turn_if_due(const struct visit *v, size_t i)
{
	struct alert_slot *slot = &v->state->slots[i];
	int64_t hold = v->alerts->rules[i].tests[slot->raised].hold;

	if (elapsed(&slot->since, v->now) >= (uint64_t)hold)
		turn(v, i, slot->x);
}

static void row_slot(const struct visit *v, size_t i, int holds, double x)
{
	struct alert_slot *slot = &v->state->slots[i];

	if (!holds || !slot->applies) {
		slot->waits = 0;
		return;
	}
	if (!slot->waits) {
		slot->waits = 1;
		slot->since = v->now;
	}
	slot->x = x;
	turn_if_due(v, i);
}

void alert_row(struct alerts *alerts, struct alert_state *state,
    const char *key, size_t key_len, const double *row, int64_t now)
{
	for (size_t i = 0; i < alerts->n_checks; i++) {
		const struct alert_check *c = &alerts->checks[i];
		const struct alert_slot *slot = &state->slots[c->rule];
		double x = row[c->at];
		int holds = alert_test_holds(&c->tests[slot->raised], x);

		if (holds || slot->waits) {
			struct visit v = { alerts, state, key, key_len, now };

			row_slot(&v, c->rule, holds, x);
		}
	}
}

/* ---- Values ---- */

static double seconds(uint64_t ns)
{
	return (double)ns / (double)LEAT_SECOND;
}

static void end_absence(const struct visit *v, int64_t until)
{
	double value = seconds(elapsed(&v->state->quiet, until));

	for (size_t i = 0; i < v->state->n; i++)
		if (v->alerts->rules[i].kind == ALERT_ABSENT &&
		    v->state->slots[i].raised)
			turn(v, i, value);
}

/* If there is no memory for a detector, the value is not looked at. */
static int push(const struct alert_rule *rule, struct alert_slot *slot,
    double x)
{
	leat_drift_answer answer;

	if (!slot->drift && leat_drift_new(&slot->drift, &rule->drift) < 0) {
		slot->drift = NULL;
		return LEAT_CHANGE_NONE;
	}
	leat_drift_push(slot->drift, x, &answer);
	return answer.change;
}

static void value_slot(const struct visit *v, size_t i, double x)
{
	const struct alert_rule *rule = &v->alerts->rules[i];
	struct alert_slot *slot = &v->state->slots[i];

	if (push(rule, slot, x) > 0) {
		slot->calm = 0;
		if (!slot->raised)
			turn(v, i, x);
	} else if (slot->raised && ++slot->calm >= rule->calm) {
		turn(v, i, x);
	}
}

static void value_slots(const struct visit *v, double x)
{
	for (size_t i = 0; i < v->state->n; i++) {
		enum alert_kind kind = v->alerts->rules[i].kind;

		if ((kind == ALERT_ANOMALY || kind == ALERT_CHANGE) &&
		    v->state->slots[i].applies)
			value_slot(v, i, x);
	}
}

void alert_value(struct alerts *alerts, struct alert_state *state,
    const char *key, size_t key_len, double x, int64_t now)
{
	struct visit v = { alerts, state, key, key_len, now };

	if (state->n_absent > 0) {
		end_absence(&v, now);
		state->quiet = now;
	}
	if (alerts->has_drift && isfinite(x))
		value_slots(&v, x);
}

/* ---- Time ---- */

/*
 * For how long no value has come. What the key's last value is said to be of
 * is believed when it changes, whatever it is: a value has come. What it was
 * before the state was loaded does not count.
 */
static uint64_t silence(const struct visit *v, int64_t last)
{
	struct alert_state *state = v->state;

	if (state->is_loaded) {
		state->is_loaded = 0;
		if (last > state->quiet)
			state->quiet = last;
	} else if (last != state->last) {
		end_absence(v, last);
		state->quiet = last;
	}
	state->last = last;
	return elapsed(&state->quiet, v->now);
}

static void tick_absent(const struct visit *v, int64_t last)
{
	uint64_t ns = silence(v, last);

	for (size_t i = 0; i < v->state->n; i++) {
		const struct alert_rule *rule = &v->alerts->rules[i];
		const struct alert_slot *slot = &v->state->slots[i];

		if (rule->kind == ALERT_ABSENT && slot->applies &&
		    !slot->raised && ns >= (uint64_t)rule->span)
			turn(v, i, seconds(ns));
	}
}

void alert_tick(struct alerts *alerts, struct alert_state *state,
    const char *key, size_t key_len, int64_t last, int64_t now)
{
	struct visit v = { alerts, state, key, key_len, now };

	/* 0: there has been no value yet. */
	if (alerts->has_absent && last != 0)
		tick_absent(&v, last);
	if (alerts->has_hold)
		for (size_t i = 0; i < state->n; i++)
			if (state->slots[i].waits)
				turn_if_due(&v, i);
}
