/*
 * stats.c - lists of statistics: mean,stddev,rate/1m
 *
 * A word is the name of a statistic, which leat_stat_parse() knows, and maybe
 * an argument behind a slash or a colon.
 */
#include "spec.h"

enum { SPEC_NAME_MAX = 63 };

struct spec_list {
	const char *text;
	size_t *place_out;
	const char **why_out;
};

static int stats_wrong(const struct spec_list *l, const char *at, int err,
    const char *why)
{
	return leat_wrong_at(l->text, at, err, why, l->place_out, l->why_out);
}

static int stat_argument(const struct spec_list *l, struct leat_piece value,
    leat_stat *stat)
{
	int64_t ticks;
	int err;

	if (stat->id != LEAT_STAT_RATE)
		return stats_wrong(l, value.at, LEAT_EPARSE,
		    "a statistic without an argument");
	err = leat_ticks_parse(value, &ticks);
	if (err == LEAT_EPARSE)
		return stats_wrong(l, value.at, err,
		    "rate: not a time; give ticks, or 1s, 1m, 1h");
	if (err || ticks <= 0)
		return stats_wrong(l, value.at, LEAT_EINVAL,
		    "rate: a time that is not above 0, or too long");
	stat->arg = (double)ticks;
	return LEAT_OK;
}

static int read_stat(const struct spec_list *l, struct leat_piece word,
    leat_stat *stat)
{
	const char *end = leat_piece_find(word, '/', ':');
	size_t len = (size_t)(end - word.at);
	char name[SPEC_NAME_MAX + 1] = { 0 };

	if (len <= SPEC_NAME_MAX)
		memcpy(name, word.at, len);
	if (len > SPEC_NAME_MAX || leat_stat_parse(name, stat) < 0)
		return stats_wrong(l, word.at, LEAT_ESTAT, "no such statistic");
	if (end == word.end)
		return LEAT_OK;
	word.at = end + 1;
	return stat_argument(l, word, stat);
}

/* The next word; empty at the end of the list. */
static struct leat_piece next_stat(const char *at)
{
	struct leat_piece word;

	while (leat_is_between(*at))
		at++;
	word.at = word.end = at;
	while (*word.end && !leat_is_between(*word.end))
		word.end++;
	return word;
}

/*
 * Writes as many as there is room for, says how many there are, and where the
 * first stands for which there is none.
 */
static int read_stats(const struct spec_list *l, leat_stat *stats, size_t room,
    size_t *n, const char **beyond)
{
	struct leat_piece word = next_stat(l->text);

	if (word.at == word.end)
		return stats_wrong(l, word.at, LEAT_EPARSE, "no statistics");
	for (*n = 0; word.at < word.end; ++*n) {
		leat_stat stat;
		int err = read_stat(l, word, &stat);

		if (err)
			return err;
		if (*n == room)
			*beyond = word.at;
		if (stats && *n < room)
			stats[*n] = stat;
		word = next_stat(word.end);
	}
	return LEAT_OK;
}

int leat_stats_parse(const char *text, leat_stat *stats_out, size_t capacity,
    size_t *n_stats_out, size_t *place_out, const char **why_out)
{
	const struct spec_list l = { text, place_out, why_out };
	const char *beyond = text;
	size_t n;
	int err;

	LEAT_ASSERT(text && n_stats_out);
	err = read_stats(&l, NULL, capacity, &n, &beyond);
	if (err)
		return err;
	if (stats_out && n > capacity)
		return stats_wrong(&l, beyond, LEAT_EBUFFER,
		    "too many statistics");
	if (stats_out)
		(void)read_stats(&l, stats_out, capacity, &n, &beyond);
	*n_stats_out = n;
	return LEAT_OK;
}
