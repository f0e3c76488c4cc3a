/*
 * Finds which keys and which numbers a rule is about.
 *
 * A pattern is matched from left to right. When something does not fit, the
 * last "*" takes a character more; what an earlier one has taken need not be
 * thought over, since the last one could take as much. So it costs O(length
 * of the key * length of the pattern) at worst, nearly always their sum. A
 * character is one of UTF-8, or a byte that is none.
 *
 * A number is what the rule calls it: exactly; or it is the statistic of that
 * name, of whichever value; or its name ends so. The first of these that says
 * anything must say one. "x_time_mean" is the statistic time_mean of x, not
 * the mean of x_time: of the names of statistics that it ends with, the
 * longest counts.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../replay/report.h"
#include "alert_rule.h"

/* ---- Keys ---- */

static const char *next_char(const char *text, const char *end)
{
	for (text++; text < end && ((unsigned char)*text & 0xC0) == 0x80;)
		text++;
	return text;
}

int alert_rule_is_for(const struct alert_rule *r, const char *key, size_t len)
{
	const char *p = r->pattern, *end = key + len;
	const char *star = NULL, *taken = key; /* by the last star */

	if (!p)
		return 1;
	while (key < end) {
		if (*p == '*') {
			star = p++;
			taken = key;
		} else if (*p == '?') {
			p++;
			key = next_char(key, end);
		} else if (*p != '\0' && *p == *key) {
			p++;
			key++;
		} else if (star) {
			p = star + 1;
			key = taken = next_char(taken, end);
		} else {
			return 0;
		}
	}
	while (*p == '*')
		p++;
	return *p == '\0';
}

/* ---- Numbers ---- */

/* Returns the name of a statistic as results have it, or NULL. */
static const char *stat_name(const char *text)
{
	leat_stat stat;

	return leat_stat_parse(text, &stat) == 0 ? leat_stat_name(&stat) : NULL;
}

/* Returns the statistic that a column has at the end of its name, or NULL. */
static const char *stat_of(const char *name)
{
	while ((name = strchr(name, '_')) != NULL) {
		const char *stat = stat_name(++name);

		if (stat && strcmp(stat, name) == 0)
			return name;
	}
	return NULL;
}

static int ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), len = strlen(end);

	return n > len && name[n - len - 1] == '_' &&
	    memcmp(name + n - len, end, len) == 0;
}

enum way { EXACTLY, BY_STATISTIC, BY_ENDING, N_WAYS };

static int is_meant(const char *name, const char *column, enum way way)
{
	const char *stat = stat_name(column), *its = stat_of(name);

	if (way == EXACTLY)
		return strcmp(name, column) == 0;
	if (way == BY_STATISTIC)
		return stat &&
		    (strcmp(name, stat) == 0 ||
			(its && strcmp(its, stat) == 0));
	return ends_with(name, column) || (stat && ends_with(name, stat));
}

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void
append(char *text, size_t size, const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, size - len, format, args);
	va_end(args);
}

/* Returns a name by which a rule could mean the number, a short one. */
static const char *short_name(const char *const *names, size_t n, size_t i)
{
	const char *stat = stat_of(names[i]);

	for (size_t k = 0; stat && k < n; k++) {
		const char *other = stat_of(names[k]);

		if (k != i && other && strcmp(other, stat) == 0)
			return names[i];
	}
	return stat ? stat : names[i];
}

static int fail_none(const char *column, const char *const *names, size_t n,
    char *why, size_t size)
{
	snprintf(why, size, "\"%.40s\" is not a statistic of -s:", column);
	for (size_t i = 0; i < n && strlen(why) + 1 < size; i++)
		append(why, size, "%s %s", i > 0 ? "," : "",
		    short_name(names, n, i));
	return -1;
}

static int fail_several(const char *column, const char *a, const char *b,
    char *why, size_t size)
{
	return report(why, size, "\"%.40s\" may be %.60s or %.60s", column, a,
	    b);
}

int alert_column_find(const char *column, const char *const *names, size_t n,
    size_t *at_out, char *why, size_t size)
{
	for (int way = 0; way < N_WAYS; way++) {
		size_t found = n;

		for (size_t i = 0; i < n; i++) {
			if (!is_meant(names[i], column, (enum way)way))
				continue;
			if (found < n)
				return fail_several(column, names[found],
				    names[i], why, size);
			found = i;
		}
		if (found < n) {
			*at_out = found;
			return 0;
		}
	}
	return fail_none(column, names, n, why, size);
}
