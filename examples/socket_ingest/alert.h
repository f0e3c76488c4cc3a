/*
 * Alerts: rules that are watched for each key, raised once and cleared once.
 *
 *      mean > 90                       of each result of a window
 *      mean > 90 for 30s               must have held that long
 *      mean > 90 for 30s clear < 80    hysteresis: cleared by the second one,
 *                                      which may have its own "for" behind it
 *      abs(zscore) >= 3                a statistic of -s, its size if abs()
 *      absent 60s                      no value of a key for so long
 *      anomaly [threshold=4] [size=100] [direction=rise|fall]
 *                                      one value far from those before:
 *                                      LEAT_DRIFT_ZSCORE
 *      change page-hinkley threshold=50 [delta=0.5] [clear 30]
 *      change adwin [delta=0.002] [clear 30]
 *      change ewma [threshold=3] [alpha=0.2] [clear 30]
 *                                      the level is another:
 *                                      LEAT_DRIFT_PAGE_HINKLEY,
 *                                      LEAT_DRIFT_ADWIN, LEAT_DRIFT_EWMA
 *
 * Each may have a name in front, "hot: mean > 90", and is limited to some
 * keys by "on PATTERN" at its end, with * and ? as in file names.
 * Comparisons are < <= > >= == !=. A condition on a statistic that is NaN
 * does not hold, and does not clear either. The two conditions of a rule must
 * not be such that both can hold. A statistic in double quotes may have any
 * name, "change" or "a b" too. Names of alerts differ.
 *
 * An anomaly is cleared by the next value that is none. A change is cleared
 * when so many values (by default 30) have come without another one: the new
 * level stands. "absent" is cleared by the next value. All durations are of
 * the clock on the wall, whatever times values have: alerts are about now.
 *
 * A rule costs a comparison for each result; "for" and "absent" are looked
 * at by alert_tick() too, so that they are raised when nothing comes.
 */
#ifndef SOCKET_INGEST_ALERT_H
#define SOCKET_INGEST_ALERT_H

#include <leat.h>
#include <stddef.h>
#include <stdint.h>

#include "../replay/state_tape.h"

struct alerts;      /* all rules */
struct alert_state; /* states of one key, one for each rule */

struct alert_event {
	const char *rule; /* name of the rule, or its text if it has no name */
	const char *text;
	const char *key;
	size_t key_len;
	int raised;   /* else cleared */
	double value; /* number that decided; absent: seconds without a value */
	int64_t at;   /* nanoseconds since 1970 */
};

typedef void alert_fn(void *ctx, const struct alert_event *event);

struct alerts *alerts_new(alert_fn *fn, void *ctx); /* NULL: no memory */
void alerts_free(struct alerts *alerts);

/* Adds a rule. Returns 0, or -1 with the reason in why. */
int alerts_add(struct alerts *alerts, const char *text, char *why,
    size_t why_size);

/*
 * Takes the names of a row's numbers, as the output has them ("value_mean"), by
 * which rules find their statistic. A rule's "mean" is the one column that is
 * called so or ends with "_mean"; the library's short names mean the same
 * ("avg"). Returns 0, or -1 with the reason in why: there is none, or there are
 * several. May be called again while there is no key.
 */
int alerts_bind(struct alerts *alerts, const char *const *names, size_t n,
    char *why, size_t why_size);

/* Return whether the rules need a call below at all. */
int alerts_want_rows(const struct alerts *alerts);
int alerts_want_values(const struct alerts *alerts); /* alert_value() */
int alerts_want_ticks(const struct alerts *alerts);  /* for, absent */

/*
 * Makes the state of a key that was seen at `now` (nanoseconds since 1970, as
 * all times here). NULL: no memory, or no rule. Freeing it raises and clears
 * nothing: a key that is forgotten is not absent any more.
 */
struct alert_state *alert_state_new(struct alerts *alerts, const char *key,
    size_t key_len, int64_t now);
void alert_state_free(struct alerts *alerts, struct alert_state *state);

/* Bounds the bytes that are kept for a key. */
size_t alerts_key_bytes(const struct alerts *alerts);

/* A value has come (for absent, anomaly, change). x may be NaN. */
void alert_value(struct alerts *alerts, struct alert_state *state,
    const char *key, size_t key_len, double x, int64_t now);

/* A row of results has come. */
void alert_row(struct alerts *alerts, struct alert_state *state,
    const char *key, size_t key_len, const double *row, int64_t now);

/*
 * Time has passed; `last` is when the key's last value came, 0 if there has
 * been none: then it is not absent.
 */
void alert_tick(struct alerts *alerts, struct alert_state *state,
    const char *key, size_t key_len, int64_t last, int64_t now);

/* Return how many alerts are raised now: of one key, of all keys. */
size_t alert_state_raised(const struct alerts *alerts,
    const struct alert_state *state);
uint64_t alerts_raised(const struct alerts *alerts);
/* Rule i has a name, and is raised for a key or not. */
size_t alerts_n_rules(const struct alerts *alerts);
const char *alerts_rule_name(const struct alerts *alerts, size_t i);
int alert_state_is_raised(const struct alert_state *state, size_t i);
uint64_t alerts_total(const struct alerts *alerts); /* ever raised */

/*
 * Save or load the rules, which must be the same ones (tape_same_text), and the
 * state of one key, so that no alert is raised a second time. How long a
 * condition has held is counted anew from `now` when loaded.
 */
void alerts_tape(struct alerts *alerts, struct tape *tape);
void alert_state_tape(struct alerts *alerts, struct alert_state *state,
    struct tape *tape, int64_t now);

#endif
