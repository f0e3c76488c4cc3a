/*
 * Options and statistics as text: words that there are, with bytes of the
 * input between them. What fails leaves the options and names a place.
 */
#include "api.h"

#include <string.h>

#include "spec.h"

enum { SPEC_TEXT = 400 };

static const char *const spec_words[] = { "sliding:60", "tumbling:1m", "5",
	"hopping:1h/5m", "session:30m", "landmark", "decay:half_life=20",
	"recursive", "delay:5s", "lateness:1m", "min_count:3", "ttl:1h",
	"max_keys:10", "when_full:evict", "seed:1/2", "huber:2", "update:sgd",
	"rate:0.1", "average", "adwin", "delta:0.002", "direction:rise",
	"delimiter:;", "quote:'", "strict", "mean", "max", "rate/1m" };

static void write_text(char *text)
{
	size_t n = 0;

	for (size_t words = api_pick(6); words > 0; words--) {
		size_t i = api_pick(sizeof(spec_words) / sizeof(*spec_words));
		size_t len = strlen(spec_words[i]);

		memcpy(text + n, spec_words[i], len);
		n += len;
		if (api_one_in(8))
			n += api_text(text + n, 40);
		text[n++] = ' ';
	}
	text[n] = '\0';
}

static void check_answer(int err, const char *text, size_t place,
    const char *why, int is_same)
{
	if (err == LEAT_OK)
		return;
	API_MUST(place <= strlen(text) && why && *why && is_same);
}

#define PARSE(parse, type)                                                     \
	do {                                                                   \
		type o, before;                                                \
		size_t place = 0;                                              \
		const char *why = NULL;                                        \
		int err;                                                       \
                                                                               \
		memset(&o, 0, sizeof(o));                                      \
		memcpy(&before, &o, sizeof(o));                                \
		err = parse(text, &o, &place, &why);                           \
		check_answer(err, text, place, why,                            \
		    memcmp(&before, &o, sizeof(o)) == 0);                      \
	} while (0)

void api_parse_options(void *object)
{
	char text[SPEC_TEXT];

	(void)object;
	write_text(text);
	PARSE(leat_window_options_parse, leat_window_options);
	PARSE(leat_time_window_options_parse, leat_time_window_options);
	PARSE(leat_keyed_options_parse, leat_keyed_options);
	PARSE(leat_model_options_parse, leat_model_options);
	PARSE(leat_drift_options_parse, leat_drift_options);
	PARSE(leat_csv_options_parse, leat_csv_options);
}

void api_parse_stats(void *object)
{
	char text[SPEC_TEXT];
	leat_stat stats[4];
	size_t n = 4711, place = 0;
	const char *why = NULL;
	int err;

	(void)object;
	write_text(text);
	err = leat_stats_parse(text, stats, 4, &n, &place, &why);
	check_answer(err, text, place, why, n == 4711);
	API_MUST(err || (n >= 1 && n <= 4));
}
