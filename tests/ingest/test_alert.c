/*
 * Alerts: reading rules; and raising and clearing, held against models that
 * look at the whole history of what has come and say what must be told now.
 * The models compare as the operators say, not by intervals, and know of the
 * clock only the least time of each stretch.
 */
#define _POSIX_C_SOURCE 200809L

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <leat.h>

#include "../../examples/socket_ingest/alert.h"
#include "suites.h"
#include "test_random.h"

#define SECONDS(n) ((int64_t)(n)*1000000000)
#define START SECONDS(1000000)

/* ---- Tools ---- */

/* Events so far, as a text. */
struct told {
	size_t n;
	struct alert_event last;
	char key[64];
	char rule[200];
};

static void on_event(void *ctx, const struct alert_event *event)
{
	struct told *t = ctx;

	t->n++;
	t->last = *event;
	ck_assert_uint_lt(event->key_len, sizeof t->key);
	memcpy(t->key, event->key, event->key_len);
	t->key[event->key_len] = '\0';
	snprintf(t->rule, sizeof t->rule, "%s", event->rule);
}

static const char *const names[] = { "start", "x_mean", "x_max",
	"x_time_mean" };
enum { N_NAMES = sizeof names / sizeof *names };

static struct alerts *make(struct told *told, const char *rule)
{
	struct alerts *a = alerts_new(on_event, told);
	char why[400] = "";

	memset(told, 0, sizeof *told);
	ck_assert_ptr_nonnull(a);
	ck_assert_msg(alerts_add(a, rule, why, sizeof why) == 0, "%s: %s", rule,
	    why);
	ck_assert_msg(alerts_bind(a, names, N_NAMES, why, sizeof why) == 0,
	    "%s: %s", rule, why);
	return a;
}

static struct alert_state *make_key(struct alerts *a, int64_t now)
{
	struct alert_state *state = alert_state_new(a, "k", 1, now);

	ck_assert_ptr_nonnull(state);
	return state;
}

static void row(struct alerts *a, struct alert_state *s, double mean,
    int64_t now)
{
	double values[N_NAMES] = { -1000, mean, -1000, -1000 };

	alert_row(a, s, "k", 1, values, now);
}

/* Since the count before nothing, or this, has been told. */
static void told_nothing(const struct told *t, size_t before)
{
	ck_assert_uint_eq(t->n, before);
}

static void told_one(const struct told *t, size_t before, int raised,
    double value, int64_t now)
{
	ck_assert_uint_eq(t->n, before + 1);
	ck_assert_int_eq(t->last.raised, raised);
	ck_assert(t->last.value == value);
	ck_assert_int_eq(t->last.at, now);
	ck_assert_str_eq(t->key, "k");
}

static void drop(struct alerts *a, struct alert_state *s)
{
	alert_state_free(a, s);
	ck_assert_uint_eq(alerts_raised(a), 0);
	alerts_free(a);
}

/* ---- Rules ---- */

START_TEST(test_good_rules)
{
	static const char *const rules[] = { "mean > 90", "mean>90",
		"  mean\t>=  -9.5e3 ", "mean != 0 for 30s",
		"mean > 90 for 30s clear < 80", "mean>90 clear<80",
		"mean > 90 for 1h30m clear <= 80 for 10s on *",
		"abs(mean) >= 3", "abs ( mean ) >= 3", "hot: mean > 90",
		"very-hot.1:mean > 90", "\"very hot\" : mean > 90",
		"\"x_mean\" > 3", "avg > 90", "x_mean == 1", "time_mean < 1",
		"tmean < 1", "start > 5", "mean < inf", "mean > -inf",
		"absent 60s", "absent 1.5h on host:*", "anomaly",
		"anomaly threshold=4", "anomaly threshold = 4 size=100",
		"anomaly size=50 min_count=10 direction=rise on a b",
		"change page-hinkley threshold=50",
		"change page-hinkley threshold=50 delta=0.5 clear 10",
		"change page-hinkley clear 10 threshold=50",
		"change adwin delta=0.01 direction=fall", "change adwin",
		"change ewma threshold=3 alpha=0.2",
		"change ewma mean=5 stddev=2 on ?" };

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		struct told told;
		struct alerts *a = make(&told, rules[i]);

		ck_assert_uint_eq(alerts_n_rules(a), 1);
		alerts_free(a);
	}
}
END_TEST

/* The reason must have this in it. */
static const struct {
	const char *rule, *reason;
} bad_rules[] = {
	{ "", "expected" },
	{ "   ", "expected" },
	{ "mean", "expected" },
	{ "mean >", "a number" },
	{ "> 3", "\">\"" },
	{ "mean > ninety", "\"ninety\"" },
	{ "mean > nan", "\"nan\"" },
	{ "mean = 3", "==" },
	{ "mean ! 3", "!=" },
	{ "mean > = 3", "\"=\"" },
	{ "mean => 3", "==" },
	{ "mean ~ 3", "\"~\"" },
	{ "mean 3", "\"3\"" },
	{ "mean > 3 4", "\"4\"" },
	{ "mean>90clear<80", "\"90clear\"" },
	{ "mean > 3 for", "a duration" },
	{ "mean > 3 for 30", "\"30\"" },
	{ "mean > 3 for 30s 5s", "\"5s\"" },
	{ "mean > 3 for -30s", "\"-30s\"" },
	{ "mean > 3 for 300000000d", "300000000d" },
	{ "mean > 3 clear", "< <= > >= == !=" },
	{ "mean > 3 clear 5", "\"5\"" },
	{ "mean > 3 clear < 3.5", "to clear it" },
	{ "mean > 3 clear > 3", "to clear it" },
	{ "mean >= 3 clear <= 3", "to clear it" },
	{ "mean > 3 clear mean < 2", "\"mean\"" },
	{ "mean > 3 on", "a pattern" },
	{ "mean > 3 in a", "\"in\"" },
	{ "a: b: mean > 3", "\":\"" },
	{ ": mean > 3", "\":\"" },
	{ "\"\": mean > 3", "a name" },
	{ "\"mean > 3", "\"" },
	{ "abs(mean > 3", ")" },
	{ "abs() > 3", "a statistic" },
	{ "absent", "a duration" },
	{ "absent 0", "more than 0" },
	{ "absent 60", "\"60\"" },
	{ "absent 60s for 3s", "\"for\"" },
	{ "anomaly 3", "\"3\"" },
	{ "anomaly treshold=3", "\"treshold\"" },
	{ "anomaly threshold=x", "\"x\"" },
	{ "anomaly threshold=-3", "threshold: not above 0" },
	{ "anomaly threshold=3 clear 3", "\"clear\"" },
	{ "anomaly direction=left", "\"left\" is none of rise, fall" },
	{ "anomaly direction=rise,size=5", "a value" },
	{ "anomaly kind=adwin", "\"kind\"" },
	{ "anomaly threshold=", "a value" },
	{ "anomaly size=1", "size" },
	{ "anomaly size=2.5", "\"2.5\"" },
	{ "anomaly alpha=0.5", "alpha: only for EWMA" },
	{ "change", "page-hinkley" },
	{ "change page", "\"page\"" },
	{ "change page-hinkley", "threshold" },
	{ "change adwin delta=2", "delta: must be less than 1" },
	{ "change adwin clear", "a whole number" },
	{ "change adwin clear 0", "1 or more" },
	{ "change adwin clear -1", "\"-1\"" },
	{ "a\x1b[2J > 3 \x1b", "\"?\"" },
};

START_TEST(test_bad_rules)
{
	const char *rule = bad_rules[_i].rule, *reason = bad_rules[_i].reason;
	struct alerts *a = alerts_new(on_event, NULL);
	char why[400] = "";

	ck_assert_int_eq(alerts_add(a, rule, why, sizeof why), -1);
	ck_assert_msg(strstr(why, reason) != NULL, "%s: %s", rule, why);
	ck_assert_uint_eq(alerts_n_rules(a), 0);
	ck_assert_int_eq(alerts_add(a, "mean > 1", why, sizeof why), 0);
	alerts_free(a);
}
END_TEST

/* Whatever the rule and however small the room for the reason. */
START_TEST(test_any_text)
{
	static const char *const words[] = { "mean", ">", "<", "=", "!", "9",
		"for", "clear", "on", "absent", "anomaly", "change", "adwin",
		"size=", "10s", "abs", "(", ")", "\"", ":", " ", "\n", "\xff",
		"\xe2\x82\xac", "*", "threshold=", "threshold=3", "ewma", "" };
	const unsigned n_words = sizeof words / sizeof *words;
	struct alerts *a = alerts_new(on_event, NULL);

	set_seed(_i);
	for (int i = 0; i < 2000; i++) {
		char text[200] = "", why[60];
		size_t size = 1 + below(sizeof why);

		for (unsigned n = below(12); n > 0; n--) {
			strcat(text, words[below(n_words)]);
			if (below(3))
				strcat(text, " ");
		}
		memset(why, 'x', sizeof why);
		if (alerts_add(a, text, why, size) < 0)
			ck_assert_ptr_nonnull(memchr(why, '\0', size));
	}
	alerts_free(a);
}
END_TEST

START_TEST(test_long_rule)
{
	struct alerts *a = alerts_new(on_event, NULL);
	size_t n = 100000;
	char *text = malloc(n + 20), why[400];

	memset(text, 'a', n);
	strcpy(text + n, " 3");
	ck_assert_int_eq(alerts_add(a, text, why, sizeof why), -1);
	strcpy(text + n, " > 3");
	ck_assert_int_eq(alerts_add(a, text, why, sizeof why), 0);
	ck_assert_int_eq(alerts_bind(a, names, N_NAMES, why, sizeof why), -1);
	free(text);
	alerts_free(a);
}
END_TEST

START_TEST(test_names)
{
	struct told told;
	struct alerts *a = make(&told, " hot: mean > 90 ");
	struct alert_state *s;
	char why[200];

	ck_assert_int_eq(alerts_add(a, "mean > 90", why, sizeof why), 0);
	ck_assert_int_eq(alerts_add(a, "hot: mean > 91", why, sizeof why), -1);
	ck_assert_ptr_nonnull(strstr(why, "another"));
	ck_assert_int_eq(alerts_add(a, "mean > 90 ", why, sizeof why), -1);
	ck_assert_str_eq(alerts_rule_name(a, 0), "hot");
	ck_assert_str_eq(alerts_rule_name(a, 1), "mean > 90");
	s = make_key(a, START);
	row(a, s, 95, START);
	ck_assert_str_eq(told.rule, "hot");
	ck_assert_str_eq(told.last.text, "hot: mean > 90");
	drop(a, s);
}
END_TEST

/*
 * Finds which number of the row a word means: -1 for an error, with its reason.
 */
static const struct {
	const char *word;
	const char *names[4];
	int at;
	const char *reason;
} bindings[] = {
	{ "mean", { "v_mean", "v_stddev" }, 0, NULL },
	{ "avg", { "v_stddev", "v_mean" }, 1, NULL },
	{ "std", { "v_stddev", "v_mean" }, 0, NULL },
	{ "mean", { "v_time_mean", "v_geometric_mean", "v_mean" }, 2, NULL },
	{ "tmean", { "v_time_mean", "v_mean" }, 0, NULL },
	{ "mean", { "time_mean" }, 0, NULL },
	{ "mean", { "my_time_mean" }, 0, NULL },
	{ "v_mean", { "w_mean", "v_mean" }, 1, NULL },
	{ "co2", { "co2", "co2_prediction", "rmse" }, 0, NULL },
	{ "prediction", { "co2", "co2_prediction", "rmse" }, 1, NULL },
	{ "rmse", { "co2", "co2_prediction", "rmse" }, 2, NULL },
	{ "mean", { "a_mean", "b_mean" }, -1, "a_mean or b_mean" },
	{ "maen", { "v_mean", "v_stddev" }, -1, "\"maen\"" },
	{ "maen", { "v_mean", "v_stddev" }, -1, ": mean, stddev" },
	{ "max", { "a_mean", "b_mean" }, -1, ": a_mean, b_mean" },
	{ "v", { "v_mean" }, -1, "\"v\"" },
	{ "ean", { "v_mean" }, -1, "\"ean\"" },
	{ "mean", { NULL }, -1, "\"mean\"" },
};

START_TEST(test_binding)
{
	double values[4] = { 0, 0, 0, 0 };
	struct told told = { 0 };
	struct alerts *a = alerts_new(on_event, &told);
	char rule[100], why[300] = "";
	size_t n = 0;
	int err;

	snprintf(rule, sizeof rule, "%s > 0", bindings[_i].word);
	while (n < 4 && bindings[_i].names[n])
		n++;
	ck_assert_int_eq(alerts_add(a, rule, why, sizeof why), 0);
	err = alerts_bind(a, bindings[_i].names, n, why, sizeof why);
	if (bindings[_i].at < 0) {
		ck_assert_int_eq(err, -1);
		ck_assert_msg(strstr(why, bindings[_i].reason) != NULL, "%s",
		    why);
	} else {
		struct alert_state *s = make_key(a, START);

		ck_assert_msg(err == 0, "%s", why);
		for (size_t i = 0; i < n; i++)
			values[i] = (int)i == bindings[_i].at ? 1 : -1;
		alert_row(a, s, "k", 1, values, START);
		ck_assert_uint_eq(told.n, 1);
		alert_state_free(a, s);
	}
	alerts_free(a);
}
END_TEST

START_TEST(test_bind_again)
{
	static const char *const others[] = { "y_max", "y_mean" };
	const double values[] = { 0, 100 };
	struct told told;
	struct alerts *a = make(&told, "mean > 90");
	struct alert_state *s = make_key(a, START);
	char why[200];

	row(a, s, 1, START);
	ck_assert_int_eq(alerts_bind(a, others, 1, why, sizeof why), -1);
	/* A check of no rule costs nothing. */
	alert_row(a, s, "k", 1, values, START);
	told_nothing(&told, 0);
	ck_assert_int_eq(alerts_bind(a, others, 2, why, sizeof why), 0);
	alert_row(a, s, "k", 1, values, START);
	told_one(&told, 0, 1, 100, START);
	drop(a, s);
}
END_TEST

/* ---- Patterns ---- */

static int naive_match(const char *p, const char *t, size_t len)
{
	if (*p == '\0')
		return len == 0;
	if (*p == '*')
		return naive_match(p + 1, t, len) ||
		    (len > 0 && naive_match(p, t + 1, len - 1));
	return len > 0 && (*p == '?' || *p == *t) &&
	    naive_match(p + 1, t + 1, len - 1);
}

static int is_for(const char *pattern, const char *key, size_t len)
{
	char rule[300];
	struct told told;
	struct alerts *a;
	struct alert_state *s;
	const double values[N_NAMES] = { 0, 1, 0, 0 };

	snprintf(rule, sizeof rule, "mean > 0 on %s", pattern);
	a = make(&told, rule);
	s = alert_state_new(a, key, len, START);
	ck_assert_ptr_nonnull(s);
	alert_row(a, s, key, len, values, START);
	alert_tick(a, s, key, len, START, START + SECONDS(9));
	drop(a, s);
	return told.n > 0;
}

START_TEST(test_patterns)
{
	set_seed(_i);
	for (int i = 0; i < 1000; i++) {
		char pattern[12] = "", key[12];
		size_t n = 1 + below(8), len = below(9);

		for (size_t k = 0; k < n; k++)
			pattern[k] = "ab*?"[below(4)];
		for (size_t k = 0; k < len; k++)
			key[k] = "ab"[below(2)];
		key[len] = '\0';
		ck_assert_msg(is_for(pattern, key, len) ==
			naive_match(pattern, key, len),
		    "%s %s", pattern, key);
	}
}
END_TEST

START_TEST(test_patterns_of_characters)
{
	/* Keys with a character of three bytes, with a NUL, with blanks. */
	ck_assert(is_for("?", "\xe2\x82\xac", 3));
	ck_assert(!is_for("??", "\xe2\x82\xac", 3));
	ck_assert(!is_for("*??", "\xe2\x82\xac", 3));
	ck_assert(is_for("a?b",
	    "a\xc3\xa4"
	    "b",
	    4));
	ck_assert(is_for("a?b", "a\0b", 3));
	ck_assert(!is_for("a", "a\0b", 3));
	ck_assert(is_for("disk of *", "disk of host a", 14));
	ck_assert(is_for("*", "", 0));
	ck_assert(!is_for("?", "", 0));
	ck_assert(is_for("[a]", "[a]", 3));
}
END_TEST

/* Linear in the key for one star, however often it is tried. */
START_TEST(test_pattern_that_is_hard)
{
	char key[4096];

	memset(key, 'a', sizeof key);
	{
		struct told told;
		struct alerts *a = make(&told,
		    "mean > 0 on a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b");
		struct alert_state *s = alert_state_new(a, key, sizeof key,
		    START);

		row(a, s, 1, START);
		told_nothing(&told, 0);
		drop(a, s);
	}
}
END_TEST

/* ---- Conditions on rows ---- */

/* Rules stand here as a user writes them. */
struct condition {
	unsigned op;
	int limit;
	int is_abs;
	int64_t hold;
};

static const char *const ops[] = { "<", "<=", ">", ">=", "==", "!=" };

static int meets(const struct condition *c, double x)
{
	if (isnan(x))
		return 0;
	if (c->is_abs && x < 0)
		x = -x;
	switch (c->op) {
	case 0:
		return x < c->limit;
	case 1:
		return x <= c->limit;
	case 2:
		return x > c->limit;
	case 3:
		return x >= c->limit;
	case 4:
		return x == c->limit;
	default:
		return x != c->limit;
	}
}

struct row_model {
	struct condition raise, clear;
	int has_clear;
	/* Keeps all calls so far: rows have a number, ticks have none. */
	struct {
		int is_row;
		double x;
		int64_t now;
	} calls[400];
	size_t n, turned; /* calls up to the last turn */
	int raised;
};

static int wanted(const struct row_model *m, double x)
{
	if (!m->raised)
		return meets(&m->raise, x);
	if (m->has_clear)
		return meets(&m->clear, x);
	return !isnan(x) && !meets(&m->raise, x);
}

/*
 * Returns whether the call that came last turns it: all rows since the first of
 * a run have met the condition, and the clock has gone on for long enough from
 * the least time that the run has seen. *value_out: of the last row.
 */
static int turns(struct row_model *m, double *value_out)
{
	int64_t least = INT64_MAX, run_least = 0, hold;
	int has_value = 0, in_run = 0;

	for (size_t i = m->n; i-- > m->turned;) {
		if (m->calls[i].now < least)
			least = m->calls[i].now;
		if (!m->calls[i].is_row)
			continue;
		if (!wanted(m, m->calls[i].x))
			break;
		if (!has_value)
			*value_out = m->calls[i].x;
		has_value = in_run = 1;
		run_least = least;
	}
	hold = !m->raised ? m->raise.hold : m->has_clear ? m->clear.hold : 0;
	if (!in_run || m->calls[m->n - 1].now - run_least < hold)
		return 0;
	m->turned = m->n;
	m->raised = !m->raised;
	return 1;
}

static void random_condition(struct condition *c)
{
	static const int seconds[] = { 0, 0, 1, 3, 6 };

	c->op = below(6);
	c->limit = (int)below(9) - 4;
	c->hold = SECONDS(seconds[below(5)]);
}

static void put_condition(char *text, size_t size, const struct condition *c)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, " %s %d", ops[c->op], c->limit);
	len += strlen(text + len);
	if (c->hold > 0)
		snprintf(text + len, size - len, " for %ds",
		    (int)(c->hold / SECONDS(1)));
}

/* Limits are whole numbers: what overlaps does so at one or between two. */
static int may_overlap(const struct row_model *m)
{
	for (double x = -8; x <= 8; x += 0.5)
		if (meets(&m->raise, x) && meets(&m->clear, x))
			return 1;
	return 0;
}

static void random_rule(struct row_model *m, char *text, size_t size)
{
	memset(m, 0, sizeof *m);
	random_condition(&m->raise);
	random_condition(&m->clear);
	m->raise.is_abs = m->clear.is_abs = below(3) == 0;
	m->has_clear = below(2) != 0;
	snprintf(text, size, "%s", m->raise.is_abs ? "abs(mean)" : "mean");
	put_condition(text, size, &m->raise);
	if (!m->has_clear)
		return;
	strcat(text, " clear");
	put_condition(text, size, &m->clear);
}

static double random_number(void)
{
	switch (below(20)) {
	case 0:
	case 1:
		return NAN;
	case 2:
		return INFINITY;
	case 3:
		return -INFINITY;
	default:
		return ((int)below(25) - 12) * 0.5;
	}
}

/* Mostly forwards, in steps that rarely meet a duration exactly. */
static int64_t random_clock(int64_t now)
{
	if (below(15) == 0)
		return now - SECONDS(below(20));
	if (below(3) == 0)
		return now + SECONDS(1);
	return now + (int64_t)below(900) * 1000000;
}

static void call(struct row_model *m, struct alerts *a, struct alert_state *s,
    struct told *told, int64_t now)
{
	int is_row = below(3) > 0;
	/* Runs are longer if a number comes again. */
	double x = is_row && m->n > 0 && m->calls[m->n - 1].is_row && below(3)
	    ? m->calls[m->n - 1].x
	    : random_number();
	size_t before = told->n;
	double value = 0;

	m->calls[m->n].is_row = is_row;
	m->calls[m->n].x = x;
	m->calls[m->n++].now = now;
	if (is_row)
		row(a, s, x, now);
	else
		alert_tick(a, s, "k", 1, START, now);
	if (turns(m, &value))
		told_one(told, before, m->raised, value, now);
	else
		told_nothing(told, before);
	ck_assert_int_eq(alert_state_is_raised(s, 0), m->raised);
	ck_assert_uint_eq(alert_state_raised(a, s), (size_t)m->raised);
	ck_assert_uint_eq(alerts_raised(a), (uint64_t)m->raised);
}

START_TEST(test_rows)
{
	static struct row_model m;
	int64_t now = START;

	set_seed(_i);
	for (int round = 0; round < 30; round++) {
		char rule[200], why[200];
		struct told told = { 0 };
		struct alerts *a = alerts_new(on_event, &told);
		struct alert_state *s;
		int err;

		random_rule(&m, rule, sizeof rule);
		err = alerts_add(a, rule, why, sizeof why);
		ck_assert_msg((err < 0) == (m.has_clear && may_overlap(&m)),
		    "%s: %s", rule, why);
		alerts_free(a);
		if (err < 0)
			continue;
		a = make(&told, rule);
		s = make_key(a, now);
		for (int i = 0; i < 400; i++) {
			now = random_clock(now);
			call(&m, a, s, &told, now);
		}
		ck_assert_uint_eq(alerts_total(a), (told.n + 1) / 2);
		drop(a, s);
	}
}
END_TEST

START_TEST(test_ends_of_doubles)
{
	static const struct {
		const char *rule;
		double x;
		int raised;
	} cases[] = { { "mean > inf", INFINITY, 0 },
		{ "mean >= inf", INFINITY, 1 }, { "mean >= inf", 1e308, 0 },
		{ "mean < inf", INFINITY, 0 }, { "mean < inf", 1e308, 1 },
		{ "mean < -inf", -INFINITY, 0 }, { "mean > -inf", -1e308, 1 },
		{ "mean <= -inf", -INFINITY, 1 }, { "mean > 0", 5e-324, 1 },
		{ "mean > 0", -0.0, 0 }, { "mean >= 0", -0.0, 1 },
		{ "mean < 0", -5e-324, 1 }, { "mean < 0", -0.0, 0 },
		{ "mean == 0", -0.0, 1 }, { "mean != 0", NAN, 0 },
		{ "mean > 1e308", INFINITY, 1 },
		{ "mean < 1.7976931348623157e308", 1.7976931348623157e308, 0 },
		{ "abs(mean) >= inf", -INFINITY, 1 },
		{ "abs(mean) > -1", NAN, 0 }, { "abs(mean) > -1", -3, 1 } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct told told;
		struct alerts *a = make(&told, cases[i].rule);
		struct alert_state *s = make_key(a, START);

		row(a, s, cases[i].x, START);
		ck_assert_msg((int)told.n == cases[i].raised, "%s, %g",
		    cases[i].rule, cases[i].x);
		drop(a, s);
	}
}
END_TEST

/* The clock may say anything at all. */
START_TEST(test_any_clock)
{
	static const int64_t times[] = { INT64_MIN, INT64_MIN + 1, -1, 0, 1,
		START, INT64_MAX - 1, INT64_MAX };

	set_seed(_i);
	for (int round = 0; round < 20; round++) {
		struct told told;
		struct alerts *a = make(&told,
		    "mean > 0 for 5s clear < 0 for 5s");
		struct alert_state *s = make_key(a, times[below(8)]);
		char why[100];
		size_t raised = 0;

		ck_assert_int_eq(alerts_add(a, "absent 106751d", why,
				     sizeof why),
		    0);
		alert_state_free(a, s);
		s = make_key(a, times[below(8)]);
		for (int i = 0; i < 200; i++) {
			int64_t now = times[below(8)];

			if (below(2))
				row(a, s, random_number(), now);
			else if (below(2))
				alert_value(a, s, "k", 1, 1, now);
			else
				alert_tick(a, s, "k", 1, times[below(8)], now);
			ck_assert_uint_le(alerts_raised(a), 2);
		}
		raised = alert_state_raised(a, s);
		ck_assert_uint_eq(raised, alerts_raised(a));
		drop(a, s);
	}
}
END_TEST

/* ---- Absence ---- */

/*
 * The last value counts from its time, or from the least time of a tick
 * after it.
 */
START_TEST(test_absent)
{
	int64_t now = START, last = now, least = now;
	struct told told;
	struct alerts *a = make(&told, "absent 10s");
	struct alert_state *s = make_key(a, now);
	int raised = 0, tells = _i % 2;

	set_seed(_i);
	ck_assert(alerts_want_ticks(a) && alerts_want_values(a));
	ck_assert(!alerts_want_rows(a));
	for (int i = 0; i < 3000; i++) {
		size_t before = told.n;

		now = below(40) ? random_clock(now) : now + SECONDS(below(30));
		if (below(25) == 0) {
			/* Otherwise the next tick must find it out. */
			if (tells)
				alert_value(a, s, "k", 1, NAN, now);
			if (tells && raised) {
				told_one(&told, before, 0,
				    (double)(now < least ? 0 : now - least) /
					1e9,
				    now);
				raised = 0;
				before = told.n;
			}
			last = least = now == last ? ++now : now;
			if (tells)
				continue;
		}
		alert_tick(a, s, "k", 1, last, now);
		if (raised && last == now && !tells) {
			ck_assert_uint_eq(told.n, before + 1);
			ck_assert_int_eq(told.last.raised, 0);
			raised = 0;
			before = told.n;
		}
		least = now < least ? now : least;
		if (!raised && now - least >= SECONDS(10)) {
			told_one(&told, before, 1, (double)(now - least) / 1e9,
			    now);
			raised = 1;
		} else {
			told_nothing(&told, before);
		}
	}
	ck_assert_uint_gt(told.n, 10);
	drop(a, s);
}
END_TEST

START_TEST(test_never_absent)
{
	struct told told;
	struct alerts *a = make(&told, "absent 10s");
	struct alert_state *s = make_key(a, START);

	alert_tick(a, s, "k", 1, 0, START + SECONDS(100));
	told_nothing(&told, 0);
	alert_value(a, s, "k", 1, 5, START + SECONDS(100));
	alert_tick(a, s, "k", 1, START + SECONDS(100), START + SECONDS(109));
	told_nothing(&told, 0);
	alert_tick(a, s, "k", 1, START + SECONDS(100), START + SECONDS(110));
	told_one(&told, 0, 1, 10, START + SECONDS(110));
	ck_assert_uint_eq(alerts_raised(a), 1);
	/* Forgetting a key tells nothing. */
	drop(a, s);
	ck_assert_uint_eq(told.n, 1);
}
END_TEST

/* A clock that is set back to just where it was. */
START_TEST(test_same_time_again)
{
	struct told told;
	struct alerts *a = make(&told, "absent 10s");
	struct alert_state *s = make_key(a, START);

	alert_tick(a, s, "k", 1, START, START + SECONDS(10));
	told_one(&told, 0, 1, 10, START + SECONDS(10));
	alert_tick(a, s, "k", 1, START, START - SECONDS(100));
	told_nothing(&told, 1);
	alert_value(a, s, "k", 1, 1, START);
	told_one(&told, 1, 0, 100, START);
	alert_tick(a, s, "k", 1, START, START + SECONDS(9));
	told_nothing(&told, 2);
	drop(a, s);
}
END_TEST

/* ---- Detectors ---- */

static const struct {
	const char *rule;
	leat_drift_options options;
	size_t calm;
} detectors[] = {
	{ "anomaly", { .kind = LEAT_DRIFT_ZSCORE }, 1 },
	{ "anomaly threshold=2 size=20 min_count=5 direction=fall",
	    { .kind = LEAT_DRIFT_ZSCORE,
		.threshold = 2,
		.size = 20,
		.min_count = 5,
		.direction = LEAT_CHANGE_FALL },
	    1 },
	{ "change page-hinkley threshold=20 delta=0.5 clear 7",
	    { .kind = LEAT_DRIFT_PAGE_HINKLEY, .threshold = 20, .delta = 0.5 },
	    7 },
	{ "change adwin delta=0.05 clear 100",
	    { .kind = LEAT_DRIFT_ADWIN, .delta = 0.05 }, 100 },
	{ "change ewma alpha=0.4 threshold=2.5 direction=rise",
	    { .kind = LEAT_DRIFT_EWMA,
		.alpha = 0.4,
		.threshold = 2.5,
		.direction = LEAT_CHANGE_RISE },
	    30 },
	{ "change ewma mean=1 stddev=2 clear 1",
	    { .kind = LEAT_DRIFT_EWMA, .mean = 1, .stddev = 2 }, 1 },
};
enum { N_DETECTORS = sizeof detectors / sizeof *detectors, N_X = 3000 };

/* Noise whose level changes at times, with odd values and what is none. */
static double random_value(int i)
{
	static const double levels[] = { 0, 5, -3, 20 };
	double x = levels[i / 250 % 4] + (double)below(1000) / 500;

	if (below(60) == 0)
		return below(2) ? NAN : INFINITY;
	return below(40) ? x : x + 50 * ((double)below(3) - 1);
}

static struct alerts *reload(struct alerts *a, struct alert_state **s,
    struct told *told, const char *rule, int64_t now);

/* A change is raised while an alarm is among the last `calm` values. */
START_TEST(test_detectors)
{
	const char *rule = detectors[_i].rule;
	struct told told;
	struct alerts *a = make(&told, rule);
	struct alert_state *s = make_key(a, START);
	static int alarms[N_X];
	int raised = 0, n = 0, n_turns = 0;
	leat_drift *drift;
	leat_drift_answer answer;

	set_seed(_i);
	ck_assert_int_eq(leat_drift_new(&drift, &detectors[_i].options), 0);
	ck_assert(alerts_want_values(a) && !alerts_want_ticks(a));
	for (int i = 0; i < N_X; i++) {
		double x = random_value(i);
		size_t before = told.n;
		int must = 0;

		if (below(100) == 0) {
			a = reload(a, &s, &told, rule, START + i);
			before = told.n;
		}
		alert_value(a, s, "k", 1, x, START + i);
		if (!isfinite(x)) {
			told_nothing(&told, before);
			continue;
		}
		leat_drift_push(drift, x, &answer);
		alarms[n++] = answer.change != LEAT_CHANGE_NONE;
		for (int k = n; k-- > 0 && n - k <= (int)detectors[_i].calm;)
			must |= alarms[k];
		if (must != raised)
			told_one(&told, before, must, x, START + i);
		else
			told_nothing(&told, before);
		n_turns += must != raised;
		raised = must;
	}
	ck_assert_int_gt(n_turns, 3);
	leat_drift_free(drift);
	drop(a, s);
}
END_TEST

/* ---- Saved state ---- */

static int scratch(void)
{
	char path[] = "/tmp/test_alert_XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	return fd;
}

static struct tape *new_tape(void)
{
	struct tape *tape = malloc(sizeof *tape);

	ck_assert_ptr_nonnull(tape);
	return tape;
}

static int save(struct alerts *a, struct alert_state *s)
{
	struct tape *tape = new_tape();
	int fd = scratch();

	tape_save(tape, fd);
	alerts_tape(a, tape);
	alert_state_tape(a, s, tape, 0);
	tape_flush(tape);
	ck_assert_msg(!tape->failed, "%s", tape->why);
	free(tape);
	return fd;
}

/* Returns whether all has been taken; why may be NULL. */
static int load(struct alerts *a, struct alert_state *s, int fd, int64_t now,
    char *why)
{
	struct tape *tape = new_tape();
	off_t size = lseek(fd, 0, SEEK_END);
	int failed;

	lseek(fd, 0, SEEK_SET);
	tape_load(tape, fd, (uint64_t)size);
	alerts_tape(a, tape);
	alert_state_tape(a, s, tape, now);
	failed = tape->failed;
	if (why)
		strcpy(why, tape->why);
	free(tape);
	return !failed;
}

static struct alerts *reload(struct alerts *a, struct alert_state **s,
    struct told *told, const char *rule, int64_t now)
{
	size_t raised = alert_state_raised(a, *s), n = told->n;
	int fd = save(a, *s);
	char why[400];

	drop(a, *s);
	a = make(told, rule);
	*s = make_key(a, START);
	ck_assert_msg(load(a, *s, fd, now, why), "%s", why);
	ck_assert_uint_eq(alert_state_raised(a, *s), raised);
	ck_assert_uint_eq(alerts_raised(a), raised);
	told_nothing(told, 0);
	told->n = n;
	close(fd);
	return a;
}

START_TEST(test_raised_stays_raised)
{
	const char *rule = "mean > 90 clear < 80";
	struct told told;
	struct alerts *a = make(&told, rule);
	struct alert_state *s = make_key(a, START);

	row(a, s, 95, START);
	told_one(&told, 0, 1, 95, START);
	a = reload(a, &s, &told, rule, START);
	row(a, s, 96, START);
	row(a, s, 85, START);
	told_nothing(&told, 1);
	row(a, s, 79, START);
	told_one(&told, 1, 0, 79, START);
	drop(a, s);
}
END_TEST

START_TEST(test_waits_anew)
{
	const char *rule = "mean > 90 for 10s";
	int64_t then = START + SECONDS(1000);
	struct told told;
	struct alerts *a = make(&told, rule);
	struct alert_state *s = make_key(a, START);

	row(a, s, 95, START);
	a = reload(a, &s, &told, rule, then);
	alert_tick(a, s, "k", 1, START, then + SECONDS(9));
	told_nothing(&told, 0);
	alert_tick(a, s, "k", 1, START, then + SECONDS(10));
	told_one(&told, 0, 1, 95, then + SECONDS(10));
	drop(a, s);
}
END_TEST

/* Time without the program is no absence. */
START_TEST(test_absent_anew)
{
	const char *rule = "absent 10s";
	int64_t then = START + SECONDS(1000);
	struct told told;
	struct alerts *a = make(&told, rule);
	struct alert_state *s = make_key(a, START);

	a = reload(a, &s, &told, rule, then);
	alert_tick(a, s, "k", 1, START, then + SECONDS(9));
	told_nothing(&told, 0);
	alert_tick(a, s, "k", 1, START, then + SECONDS(10));
	told_one(&told, 0, 1, 10, then + SECONDS(10));
	/* A key that was absent is absent until a value comes. */
	a = reload(a, &s, &told, rule, then + SECONDS(500));
	alert_tick(a, s, "k", 1, then + SECONDS(500), then + SECONDS(501));
	told_nothing(&told, 1);
	alert_tick(a, s, "k", 1, then + SECONDS(502), then + SECONDS(502));
	told_one(&told, 1, 0, 2, then + SECONDS(502));
	drop(a, s);
}
END_TEST

START_TEST(test_other_rules)
{
	static const char *const others[] = { "mean > 91", "hot: mean > 90",
		"mean > 90 on a" };
	struct told told;
	struct alerts *a = make(&told, "mean > 90"), *other;
	struct alert_state *s = make_key(a, START), *loaded;
	int fd = save(a, s);
	char why[400], message[400];

	for (size_t i = 0; i < 3; i++) {
		other = make(&told, others[i]);
		loaded = make_key(other, START);
		ck_assert(!load(other, loaded, fd, START, why));
		ck_assert_ptr_nonnull(strstr(why, "mean > 90"));
		drop(other, loaded);
	}
	other = make(&told, "mean > 90");
	ck_assert_int_eq(alerts_add(other, "absent 1s", message,
			     sizeof message),
	    0);
	loaded = make_key(other, START);
	ck_assert(!load(other, loaded, fd, START, why));
	ck_assert_ptr_nonnull(strstr(why, "number of alerts"));
	drop(other, loaded);
	drop(a, s);
	close(fd);
}
END_TEST

static struct alerts *make_many(struct told *told)
{
	static const char *const more[] = { "absent 5s", "anomaly size=5",
		"change page-hinkley threshold=3", "max > -2000 for 5s" };
	struct alerts *a = make(told, "mean > 90");
	char why[200];

	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		ck_assert_int_eq(alerts_add(a, more[i], why, sizeof why), 0);
	ck_assert_int_eq(alerts_bind(a, names, N_NAMES, why, sizeof why), 0);
	return a;
}

/* Cut anywhere it is refused; with another byte anywhere nothing breaks. */
START_TEST(test_damaged_state)
{
	struct told told;
	struct alerts *a = make_many(&told);
	struct alert_state *s = make_key(a, START);
	int fd, cut = scratch();
	char *bytes;
	off_t size;

	for (int i = 0; i < 50; i++)
		alert_value(a, s, "k", 1, i % 7 + (i == 49 ? 100 : 0), START);
	row(a, s, 100, START);
	alert_tick(a, s, "k", 1, START, START + SECONDS(6));
	ck_assert_uint_eq(alert_state_raised(a, s), 5);
	fd = save(a, s);
	size = lseek(fd, 0, SEEK_END);
	bytes = malloc((size_t)size);
	ck_assert_int_eq(pread(fd, bytes, (size_t)size, 0), size);
	drop(a, s);
	for (off_t i = 0; i < 2 * size; i++) {
		off_t at = i / 2;

		if (i % 2)
			bytes[at] = (char)~bytes[at];
		ck_assert_int_eq(ftruncate(cut, 0), 0);
		ck_assert_int_eq(pwrite(cut, bytes, (size_t)(i % 2 ? size : at),
				     0),
		    i % 2 ? size : at);
		if (i % 2)
			bytes[at] = (char)~bytes[at];
		a = make_many(&told);
		s = make_key(a, START);
		if (!load(a, s, cut, START, NULL) || i % 2)
			ck_assert_uint_le(alerts_raised(a), 5);
		else
			ck_abort_msg("cut at %d of %d", (int)at, (int)size);
		for (int k = 0; k < 40; k++)
			alert_value(a, s, "k", 1, k, START);
		row(a, s, 0, START);
		ck_assert_uint_eq(alerts_raised(a), alert_state_raised(a, s));
		drop(a, s);
	}
	free(bytes);
	close(fd);
	close(cut);
}
END_TEST

/* ---- Together ---- */

START_TEST(test_many_keys)
{
	struct told told;
	struct alerts *a = make(&told, "mean > 0 on a*");
	struct alert_state *states[3];
	static const char *const keys[] = { "a", "ab", "b" };
	const double values[N_NAMES] = { 0, 1, 0, 0 };
	char why[100];

	ck_assert_int_eq(alerts_add(a, "max >= 0", why, sizeof why), 0);
	ck_assert_int_eq(alerts_bind(a, names, N_NAMES, why, sizeof why), 0);
	for (size_t i = 0; i < 3; i++) {
		states[i] = alert_state_new(a, keys[i], strlen(keys[i]), START);
		alert_row(a, states[i], keys[i], strlen(keys[i]), values,
		    START);
	}
	ck_assert_uint_eq(told.n, 5);
	ck_assert_uint_eq(alerts_raised(a), 5);
	ck_assert_uint_eq(alerts_total(a), 5);
	ck_assert_uint_eq(alert_state_raised(a, states[2]), 1);
	ck_assert(!alert_state_is_raised(states[2], 0));
	ck_assert(alert_state_is_raised(states[2], 1));
	ck_assert(!alert_state_is_raised(states[2], 2));
	alert_state_free(a, states[0]);
	ck_assert_uint_eq(alerts_raised(a), 3);
	alert_state_free(a, states[1]);
	drop(a, states[2]);
	ck_assert_uint_eq(told.n, 5);
}
END_TEST

START_TEST(test_no_rule)
{
	struct alerts *a = alerts_new(on_event, NULL);

	ck_assert_ptr_null(alert_state_new(a, "k", 1, START));
	alert_state_free(a, NULL);
	ck_assert(!alerts_want_rows(a) && !alerts_want_ticks(a));
	alerts_free(a);
	alerts_free(NULL);
}
END_TEST

static void add_rule_tests(Suite *suite)
{
	TCase *c = tcase_create("rules");

	tcase_add_test(c, test_good_rules);
	tcase_add_loop_test(c, test_bad_rules, 0,
	    sizeof bad_rules / sizeof *bad_rules);
	tcase_add_loop_test(c, test_any_text, 0, 5);
	tcase_add_test(c, test_long_rule);
	tcase_add_test(c, test_names);
	tcase_add_loop_test(c, test_binding, 0,
	    sizeof bindings / sizeof *bindings);
	tcase_add_test(c, test_bind_again);
	tcase_add_loop_test(c, test_patterns, 0, 3);
	tcase_add_test(c, test_patterns_of_characters);
	tcase_add_test(c, test_pattern_that_is_hard);
	suite_add_tcase(suite, c);
}

static void add_watch_tests(Suite *suite)
{
	TCase *c = tcase_create("watching");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, test_rows, 0, 10);
	tcase_add_test(c, test_ends_of_doubles);
	tcase_add_loop_test(c, test_any_clock, 0, 5);
	tcase_add_loop_test(c, test_absent, 0, 6);
	tcase_add_test(c, test_never_absent);
	tcase_add_test(c, test_same_time_again);
	tcase_add_loop_test(c, test_detectors, 0, N_DETECTORS);
	tcase_add_test(c, test_many_keys);
	tcase_add_test(c, test_no_rule);
	suite_add_tcase(suite, c);
}

Suite *alert_suite(void)
{
	Suite *suite = suite_create("alert");
	TCase *c = tcase_create("state");

	add_rule_tests(suite);
	add_watch_tests(suite);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, test_raised_stays_raised);
	tcase_add_test(c, test_waits_anew);
	tcase_add_test(c, test_absent_anew);
	tcase_add_test(c, test_other_rules);
	tcase_add_test(c, test_damaged_state);
	suite_add_tcase(suite, c);
	return suite;
}
