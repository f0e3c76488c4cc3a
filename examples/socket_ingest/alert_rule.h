/*
 * One rule of alert.h, read: what to look at, and when to raise and clear.
 */
#ifndef SOCKET_INGEST_ALERT_RULE_H
#define SOCKET_INGEST_ALERT_RULE_H

#include <leat.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>

enum alert_kind { ALERT_ROW, ALERT_ABSENT, ALERT_ANOMALY, ALERT_CHANGE };

/*
 * A condition on a number: that it lies in an interval, whose ends belong to
 * it, or outside of it. All comparisons are one of these: x > 3 is that x
 * lies between the number after 3 and infinity.
 */
struct alert_test {
	double low, high; /* low > high: nothing lies in it */
	unsigned char is_outside;
	unsigned char is_abs; /* of the number's size */
	int64_t hold;         /* nanoseconds it must hold for */
};

static inline int alert_test_holds(const struct alert_test *t, double x)
{
	int inside;

	if (t->is_abs)
		x = fabs(x);
	inside = x >= t->low && x <= t->high;
	return inside != t->is_outside && !isnan(x);
}

struct alert_rule {
	char *text;    /* as it was given */
	char *name;    /* NULL: none */
	char *pattern; /* of keys; NULL: all */
	enum alert_kind kind;

	char *column;               /* ROW: what the user calls it, */
	struct alert_test tests[2]; /* what raises, and what clears */
	int64_t span;               /* ABSENT */
	leat_drift_options drift;   /* ANOMALY and CHANGE, */
	uint64_t calm; /* which is cleared after as many values without one */
};

/*
 * Returns 0, or -1 with the reason in why and nothing to be cleared.
 */
int alert_rule_read(struct alert_rule *rule, const char *text, char *why,
    size_t why_size);
void alert_rule_clear(struct alert_rule *rule);

/* Its name, or its text if it has none. */
const char *alert_rule_name(const struct alert_rule *rule);

int alert_rule_is_for(const struct alert_rule *rule, const char *key,
    size_t key_len);

/*
 * Which of a row's numbers the user means; see alerts_bind(). Returns 0, or
 * -1 with the reason in why.
 */
int alert_column_find(const char *column, const char *const *names, size_t n,
    size_t *at_out, char *why, size_t why_size);

/* "anomaly" and "change", behind these words (alert_drift.c). */
struct alert_scan;
int alert_drift_anomaly(struct alert_rule *rule, struct alert_scan *scan);
int alert_drift_change(struct alert_rule *rule, struct alert_scan *scan);

#endif
