/*
 * A single table of open addressing holds the members of all sets: each by a
 * hash of the member, with a seed that is another one for each set. It is at
 * most half full.
 *
 * A restart brings new random numbers, so the seed of what is saved goes with
 * it: a member that comes before and after it counts once.
 */
#include "decoder_sets.h"

#include <stdlib.h>

#include "siphash24.h"

enum { FIRST_MEMBERS = 64 };

/* Returns the place of a hash, or the free one where it belongs. */
static uint64_t *place_of(uint64_t *places, size_t mask, uint64_t hash)
{
	size_t at = (size_t)hash & mask;

	while (places[at] != 0 && places[at] != hash)
		at = (at + 1) & mask;
	return &places[at];
}

static size_t place_bytes(const struct decoder_sets *s)
{
	return s->places ? (s->mask + 1) * sizeof *s->places : 0;
}

size_t decoder_sets_bytes(const struct decoder_sets *s)
{
	return s->names.bytes + place_bytes(s);
}

/* Returns whether so much more may be allocated. */
static int has_room(const struct decoder_sets *s, size_t more, size_t most)
{
	size_t bytes = decoder_sets_bytes(s);

	return bytes <= most && more <= most - bytes;
}

static size_t next_places(const struct decoder_sets *s)
{
	return s->places ? 2 * (s->mask + 1) : FIRST_MEMBERS;
}

static int grow_members(struct decoder_sets *s)
{
	size_t n = next_places(s);
	uint64_t *places = calloc(n, sizeof *places);

	if (!places)
		return -1;
	for (size_t i = 0; s->places && i <= s->mask; i++)
		if (s->places[i] != 0)
			*place_of(places, n - 1, s->places[i]) = s->places[i];
	free(s->places);
	s->places = places;
	s->mask = n - 1;
	return 0;
}

static int is_there(const struct decoder_sets *s, uint64_t hash)
{
	return s->places && *place_of(s->places, s->mask, hash) != 0;
}

/* Returns 1 if it is new, 0 if not, -1: no memory, -2: there are too many. */
static int add_member(struct decoder_sets *s, uint64_t hash, size_t most)
{
	int is_full = !s->places || 2 * (s->n + 1) > s->mask;
	size_t more = next_places(s) * sizeof *s->places;
	uint64_t *place;

	if (is_there(s, hash))
		return 0;
	if (is_full && !has_room(s, more - place_bytes(s), most))
		return -2;
	if (is_full && grow_members(s) < 0)
		return -1;
	place = place_of(s->places, s->mask, hash);
	if (s->n == DECODER_MEMBERS_MAX)
		return -2;
	*place = hash;
	s->n++;
	return 1;
}

static uint64_t hash_member(const struct decoder_sets *s,
    const struct decoder_name *name, const char *member, size_t len)
{
	uint64_t seed[2] = { s->seed[0], s->seed[1] ^ name->number };
	uint64_t hash = siphash24(seed, member, len);

	return hash ? hash : 1;
}

int decoder_sets_add(struct decoder_sets *s, const char *text, size_t text_len,
    const char *member, size_t len, struct decoder_sets_room room)
{
	struct decoder_name *name = decoder_names_find(&s->names, text,
	    text_len);
	int added;

	if (!name) {
		if (s->names.chains.n >= room.sets ||
		    s->n == DECODER_MEMBERS_MAX ||
		    !has_room(s, decoder_name_bytes(text_len), room.bytes))
			return 1;
		name = decoder_names_add(&s->names, text, text_len);
	}
	if (!name)
		return -1;
	added = add_member(s, hash_member(s, name, member, len), room.bytes);
	if (added < 0)
		return added == -1 ? -1 : 1;
	name->x += added;
	return 0;
}

void decoder_sets_clear(struct decoder_sets *s)
{
	decoder_names_clear(&s->names);
	free(s->places);
	s->places = NULL;
	s->mask = s->n = 0;
}

/* ---- Saved state ---- */

/* Saves a name of the list, or loads a new one. */
static struct decoder_name *tape_name(struct decoder_sets *s, struct tape *t,
    struct decoder_name *name)
{
	char *text = name ? name->text : NULL;
	size_t len = name ? name->len : 0;

	tape_text(t, &text, &len);
	if (!t->loads)
		return name;
	if (text && tape_expect(t, !decoder_names_find(&s->names, text, len))) {
		name = decoder_names_add(&s->names, text, len);
		if (!name)
			tape_no_memory(t);
	}
	free(text);
	return name;
}

/* Returns how many members all sets have. */
static uint64_t tape_names(struct decoder_sets *s, struct tape *t)
{
	struct decoder_name *name = s->names.oldest;
	size_t n = s->names.chains.n;
	uint64_t all = 0;

	tape_size(t, &n, DECODER_MEMBERS_MAX);
	for (size_t i = 0; i < n && !t->failed; i++) {
		uint64_t members = name ? (uint64_t)name->x : 0;

		name = tape_name(s, t, name);
		tape_number(t, &members, DECODER_MEMBERS_MAX);
		if (!name || t->failed)
			break;
		name->x = (double)members;
		all += members;
		name = t->loads ? NULL : name->newer;
	}
	return all;
}

static void save_members(const struct decoder_sets *s, struct tape *t)
{
	for (size_t i = 0; s->places && i <= s->mask; i++)
		if (s->places[i] != 0)
			tape_number(t, &s->places[i], UINT64_MAX);
}

static void load_members(struct decoder_sets *s, struct tape *t, size_t n)
{
	for (size_t i = 0; i < n && !t->failed; i++) {
		uint64_t hash = 0;
		int added;

		tape_number(t, &hash, UINT64_MAX);
		if (!tape_expect(t, hash != 0))
			return;
		added = add_member(s, hash, SIZE_MAX);
		if (added == -1)
			tape_no_memory(t);
		tape_expect(t, added == 1);
	}
}

void decoder_sets_tape(struct decoder_sets *s, struct tape *t)
{
	uint64_t all, seed[2] = { s->seed[0], s->seed[1] };
	size_t n = s->n;

	tape_counts(t, seed, 2);
	all = tape_names(s, t);
	tape_size(t, &n, DECODER_MEMBERS_MAX);
	if (!t->loads) {
		save_members(s, t);
	} else if (tape_expect(t, n == all)) {
		s->seed[0] = seed[0];
		s->seed[1] = seed[1];
		load_members(s, t, n);
	}
	if (t->failed && t->loads)
		decoder_sets_clear(s);
}
