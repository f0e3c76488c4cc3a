/*
 * A rule of alert.h that has been read: what to look at, and when to raise and
 * clear.
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
	unsigned char is_abs; /* compares the number's size */
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
	char *text;    /* the rule as the user wrote it */
	char *name;    /* NULL: none */
	char *pattern; /* keys it is for; NULL: all keys */
	enum alert_kind kind;

	char *column; /* ROW: name of the column in the rule */
	struct alert_test
	    tests[2]; /* ROW: the condition to raise, the one to clear */
	int64_t span; /* ABSENT */
	leat_drift_options drift; /* ANOMALY, CHANGE */
	uint64_t calm; /* CHANGE: values without a change that clear it */
};

/*
 * Returns 0, or -1 with the reason in why and nothing to be cleared.
 */
int alert_rule_read(struct alert_rule *rule, const char *text, char *why,
    size_t why_size);
void alert_rule_clear(struct alert_rule *rule);

/* Returns the name of a rule, or its text if it has no name. */
const char *alert_rule_name(const struct alert_rule *rule);

int alert_rule_is_for(const struct alert_rule *rule, const char *key,
    size_t key_len);

/*
 * Finds which of a row's numbers the user means; see alerts_bind(). Returns 0,
 * or -1 with the reason in why.
 */
int alert_column_find(const char *column, const char *const *names, size_t n,
    size_t *at_out, char *why, size_t why_size);

/* Read what follows "anomaly" and "change" (alert_drift.c). */
struct alert_scan;
int alert_drift_anomaly(struct alert_rule *rule, struct alert_scan *scan);
int alert_drift_change(struct alert_rule *rule, struct alert_scan *scan);

#endif
