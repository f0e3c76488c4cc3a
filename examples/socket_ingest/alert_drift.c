/*
 * Rules about values, not about results: anomaly and change, which detectors
 * of the library find. Options have its names; it reads them, and says what
 * they may be.
 */
#include <leat_text.h>
#include <stdio.h>
#include <string.h>

#include "../replay/cli_wrong.h"
#include "alert_rule.h"
#include "alert_scan.h"

enum { CALM = 30 }; /* values without a change that clear one */

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

/* The library reads "NAME=VALUE"; where it fails, *s is where it did. */
static int take_option(leat_drift_options *o, const char *word, size_t name,
    struct alert_scan *before, struct alert_scan *s)
{
	const char *said;
	size_t place;

	if (leat_drift_options_parse(word, o, &place, &said) == 0)
		return 0;
	if (place < name)
		return alert_scan_fail(before, option_names);
	cli_wrong_word(word, place, said, s->why, s->why_size);
	return -1;
}

/* Takes the value of NAME=VALUE, of which the name and "=" have been taken. */
static int read_option(leat_drift_options *o, const struct alert_word *name,
    struct alert_scan *before, struct alert_scan *s)
{
	struct alert_scan at = *s;
	struct alert_word value;
	char word[128];
	int n;

	if (alert_word_is(name, "kind"))
		return alert_scan_fail(before, option_names);
	if (!alert_scan_word(s, &value) || memchr(value.text, ',', value.len) ||
	    memchr(value.text, ' ', value.len))
		return alert_scan_fail(&at, "a value");
	n = snprintf(word, sizeof word, "%.*s=%.*s", (int)name->len, name->text,
	    (int)value.len, value.text);
	if (n >= (int)sizeof word)
		return alert_scan_fail(&at, "a value");
	return take_option(o, word, name->len, before, s);
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

/* The library decides whether the options are good. */
static int try_out(const leat_drift_options *o, size_t kind,
    struct alert_scan *s)
{
	const char *said;

	if (leat_drift_check(o, NULL, &said) == 0)
		return 0;
	snprintf(s->why, s->why_size, "%s; %s takes %s", said, kinds[kind].name,
	    kinds[kind].takes);
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

/* Returns the number of a kind of change, or 0 if the word is none. */
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
