/*
 * Shared by the files of alert.h: all rules together, and the state of a key.
 */
#ifndef SOCKET_INGEST_ALERT_INSIDE_H
#define SOCKET_INGEST_ALERT_INSIDE_H

#include <leat.h>
#include <stddef.h>
#include <stdint.h>

#include "alert.h"
#include "alert_rule.h"

/* Rules about results, side by side: each row is compared with all of them. */
struct alert_check {
	struct alert_test tests[2]; /* one raises, the other clears */
	size_t at;                  /* index of the number in the row */
	size_t rule;
};

struct alerts {
	alert_fn *fn;
	void *ctx;
	struct alert_rule *rules;
	size_t n, size;
	struct alert_check *checks; /* made when columns are known */
	size_t n_checks;
	int has_rows, has_absent, has_drift, has_hold;
	size_t raised;
	uint64_t total;
};

/* State of a rule for a key. */
struct alert_slot {
	unsigned char applies;
	unsigned char raised;
	unsigned char waits; /* a condition has held since `since` */
	int64_t since;
	double x; /* the number it last held for */
	leat_drift
	    *drift; /* NULL before the first value, or if there is no memory */
	uint64_t calm; /* values since the last change, while raised */
};

struct alert_state {
	size_t n;
	size_t n_raised;
	size_t n_absent; /* absent alerts, which the next value clears */
	int64_t quiet;   /* time since which no value has come */
	int64_t last;    /* time of the last value, at the last tick */
	int is_loaded;   /* loaded, and no tick since */
	struct alert_slot slots[];
};

/* Raises or clears a rule for a key, and counts it. */
void alert_slot_set(struct alerts *alerts, struct alert_state *state, size_t i,
    int raised);

#endif
