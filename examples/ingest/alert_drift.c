/*
 * Rules about values, not about results: anomaly and change, which detectors
 * of the library find. Options have its names, and what they may be is for
 * it to say: a detector is made, and thrown away, when the rule is read.
 */
#include <stdio.h>
#include <string.h>

#include "alert_rule.h"
#include "alert_scan.h"

enum { CALM = 30 }; /* values without a change after which it is none */

static const struct {
	const char *name;
	int kind;
	const char *takes;
} kinds[] = {
	{ "anomaly", LEAT_DRIFT_ZSCORE,
	    "threshold (3), size, min_count (30, at most size), direction" },
	{ "page-hinkley", LEAT_DRIFT_PAGE_HINKLEY,
	    "threshold (which it must have), delta (0), min_count (30), "
	    "direction" },
	{ "adwin", LEAT_DRIFT_ADWIN,
	    "delta (0.002), min_count (10), direction" },
	{ "ewma", LEAT_DRIFT_EWMA,
	    "threshold (3), alpha (0.2), min_count (30), or mean and stddev; "
	    "direction" },
};

static const char option_names[] = "threshold=, delta=, alpha=, size=, "
				   "min_count=, direction=, mean= or stddev=";

static double *number_option(leat_drift_options *o, const char *name,
    size_t len)
{
	const struct {
		const char *name;
		double *where;
	} options[] = { { "threshold", &o->threshold }, { "delta", &o->delta },
		{ "alpha", &o->alpha }, { "mean", &o->mean },
		{ "stddev", &o->stddev } };

	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		if (strlen(options[i].name) == len &&
		    memcmp(options[i].name, name, len) == 0)
			return options[i].where;
	return NULL;
}

static int read_direction(leat_drift_options *o, struct alert_scan *s)
{
	if (alert_scan_this(s, "rise"))
		o->direction = LEAT_CHANGE_RISE;
	else if (alert_scan_this(s, "fall"))
		o->direction = LEAT_CHANGE_FALL;
	else
		return alert_scan_fail(s, "rise or fall");
	return 0;
}

/* NAME=VALUE. The name has been taken, with its "=". */
static int read_option(leat_drift_options *o, const struct alert_word *name,
    struct alert_scan *before, struct alert_scan *s)
{
	double *x = number_option(o, name->text, name->len);

	if (x)
		return alert_scan_number(s, x);
	if (alert_word_is(name, "size"))
		return alert_scan_count(s, &o->size);
	if (alert_word_is(name, "min_count"))
		return alert_scan_count(s, &o->min_count);
	if (alert_word_is(name, "direction"))
		return read_direction(o, s);
	return alert_scan_fail(before, option_names);
}

static int read_options(leat_drift_options *o, struct alert_scan *s)
{
	for (;;) {
		struct alert_scan ahead = *s;
		struct alert_word name;

		if (!alert_scan_word(&ahead, &name) ||
		    !alert_scan_char(&ahead, '='))
			return 0;
		if (read_option(o, &name, s, &ahead) < 0)
			return -1;
		s->at = ahead.at;
	}
}

/* Does the library take it? */
static int try_out(const leat_drift_options *o, size_t kind,
    struct alert_scan *s)
{
	leat_drift *drift;
	int err = leat_drift_new(&drift, o);

	if (!err) {
		leat_drift_free(drift);
		return 0;
	}
	if (err == LEAT_EINVAL)
		snprintf(s->why, s->why_size, "%s; %s takes %s",
		    leat_strerror(err), kinds[kind].name, kinds[kind].takes);
	else
		snprintf(s->why, s->why_size, "%s", leat_strerror(err));
	return -1;
}

int alert_drift_anomaly(struct alert_rule *r, struct alert_scan *s)
{
	r->kind = ALERT_ANOMALY;
	r->drift.kind = kinds[0].kind;
	r->calm = 1;
	if (read_options(&r->drift, s) < 0)
		return -1;
	return try_out(&r->drift, 0, s);
}

static int read_calm(struct alert_rule *r, struct alert_scan *s)
{
	struct alert_scan before = *s;

	if (alert_scan_count(s, &r->calm) < 0)
		return -1;
	return r->calm > 0 ? 0 : alert_scan_fail(&before, "1 or more");
}

/* Its number, or 0: no kind of change. */
static size_t take_kind(struct alert_scan *s)
{
	for (size_t i = 1; i < sizeof kinds / sizeof *kinds; i++)
		if (alert_scan_this(s, kinds[i].name))
			return i;
	return 0;
}

int alert_drift_change(struct alert_rule *r, struct alert_scan *s)
{
	size_t kind = take_kind(s);

	r->kind = ALERT_CHANGE;
	r->calm = CALM;
	if (kind == 0)
		return alert_scan_fail(s, "page-hinkley, adwin or ewma");
	r->drift.kind = kinds[kind].kind;
	if (read_options(&r->drift, s) < 0)
		return -1;
	if (alert_scan_this(s, "clear") && read_calm(r, s) < 0)
		return -1;
	if (read_options(&r->drift, s) < 0)
		return -1;
	return try_out(&r->drift, kind, s);
}
