/*
 * Alerts in saved state: the texts of the rules, and of each key what is
 * raised, what waits, and the detectors. Which rules are about a key is not
 * on the tape: it follows from the key and the rules, which are the same.
 */
#include "alert_inside.h"

void alerts_tape(struct alerts *a, struct tape *t)
{
	tape_same(t, a->n, "number of alerts");
	for (size_t i = 0; i < a->n && !t->failed; i++)
		tape_same_text(t, a->rules[i].text, "--alert");
}

static void load_drift(const struct alert_rule *rule, struct alert_slot *slot,
    struct tape *t)
{
	leat_reader in = tape_reader(t);
	leat_drift *drift;
	int err = leat_drift_load(&drift, &rule->drift, &in);

	tape_object(t, err, &in);
	if (err)
		return;
	leat_drift_free(slot->drift);
	slot->drift = drift;
}

static void tape_drift(const struct alert_rule *rule, struct alert_slot *slot,
    struct tape *t)
{
	int has_drift = slot->drift != NULL;

	tape_int(t, &has_drift, 1);
	tape_number(t, &slot->calm, rule->calm);
	if (has_drift && !t->failed) {
		leat_writer out = tape_writer(t);

		if (t->loads)
			load_drift(rule, slot, t);
		else
			tape_object(t, leat_drift_save(slot->drift, &out),
			    NULL);
	}
	tape_expect(t, has_drift || !slot->raised);
}

/* A condition without a duration never waits. */
static void tape_wait(const struct alert_rule *rule, struct alert_slot *slot,
    struct tape *t, int64_t now)
{
	int waits = slot->waits, may = rule->tests[slot->raised].hold > 0;

	tape_int(t, &waits, may);
	tape_doubles(t, &slot->x, 1);
	if (!t->loads)
		return;
	slot->waits = waits != 0;
	slot->since = now;
}

static void tape_slot(struct alerts *a, struct alert_state *state, size_t i,
    struct tape *t, int64_t now)
{
	const struct alert_rule *rule = &a->rules[i];
	struct alert_slot *slot = &state->slots[i];
	int raised = slot->raised;

	tape_int(t, &raised, 1);
	alert_slot_set(a, state, i, raised);
	if (rule->kind == ALERT_ROW)
		tape_wait(rule, slot, t, now);
	else if (rule->kind != ALERT_ABSENT)
		tape_drift(rule, slot, t);
}

void alert_state_tape(struct alerts *a, struct alert_state *state,
    struct tape *t, int64_t now)
{
	for (size_t i = 0; i < state->n && !t->failed; i++)
		if (state->slots[i].applies)
			tape_slot(a, state, i, t, now);
	if (!t->loads)
		return;
	state->quiet = now;
	state->is_loaded = 1;
}
