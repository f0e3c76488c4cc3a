/*
 * keyed_choice.h - the options of keyed windows as one value
 *
 * leat_keyed_options points to the options of the windows. Tests that draw
 * options, keep them in tables and change them in places would rather have
 * one value that can be copied: this one. What has no statistics is not
 * given.
 */
#ifndef KEYED_CHOICE_H
#define KEYED_CHOICE_H

#include <leat.h>

typedef struct keyed_choice {
	leat_time_window_options by_time;
	leat_window_options by_count;
	int64_t ttl;
	uint64_t max_keys;
	uint64_t max_bytes;
	int when_keys_full;
	leat_sink dropped;
	uint64_t seed[2];
	const leat_allocator *allocator;
} keyed_choice;

/* Points into `c`. */
static inline leat_keyed_options keyed_chosen(const keyed_choice *c)
{
	leat_keyed_options o = { 0 };

	o.by_time = c->by_time.n_stats > 0 ? &c->by_time : NULL;
	o.by_count = c->by_count.n_stats > 0 ? &c->by_count : NULL;
	o.ttl = c->ttl;
	o.max_keys = c->max_keys;
	o.max_bytes = c->max_bytes;
	o.when_keys_full = c->max_keys || c->max_bytes ? c->when_keys_full
						       : LEAT_WHEN_FULL_REFUSE;
	o.dropped = c->dropped;
	o.seed[0] = c->seed[0];
	o.seed[1] = c->seed[1];
	o.allocator = c->allocator;
	return o;
}

static inline int keyed_choice_new(leat_keyed **out, const keyed_choice *c)
{
	leat_keyed_options o = keyed_chosen(c);

	return leat_keyed_new(out, &o);
}

static inline int keyed_choice_load(leat_keyed **out, const keyed_choice *c,
    leat_reader *reader)
{
	leat_keyed_options o = keyed_chosen(c);

	return leat_keyed_load(out, &o, reader);
}

#endif
