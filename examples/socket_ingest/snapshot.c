/*
 * The snapshot: chains of keys by hash, and a list of all keys through the
 * keys themselves.
 *
 * Keys that have had results since the last tick are dirty, and they stand at
 * the front of the list, before all others: the first row after a tick moves
 * its key there, and those after it find it there. So a row costs its copy, and
 * a tick looks at none but the dirty keys.
 *
 * A key is one block of memory: itself, its row, its name. Its ring of points
 * comes with its first tick, if charts are wanted, the times before the values,
 * with room for a few; it doubles when it is full, up to SNAPSHOT_POINTS.
 * Without memory for that, or at the limit of all rings, a ring stays as it is
 * and goes round. If the limit falls, the keys whose last results are oldest
 * lose their rings first.
 */
#include "snapshot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../replay/random_seed.h"
#include "siphash24.h"

enum { FIRST_POINTS = 15 };

int snapshot_init(struct snapshot *b, size_t n_values, const char *const *names,
    int has_points)
{
	uint64_t seed[2] = { b->seed[0], b->seed[1] };

	memset(b, 0, sizeof *b);
	if (seed[0] == 0 && seed[1] == 0 && random_seed(seed) < 0)
		return -1;
	b->seed[0] = seed[0];
	b->seed[1] = seed[1];
	b->n_values = n_values;
	b->names = names;
	b->has_points = has_points;
	b->most_ring_bytes = SIZE_MAX;
	return chains_reserve(&b->chains, 1);
}

static void free_key(struct snapshot_key *key)
{
	free(key->times);
	free(key);
}

void snapshot_clear(struct snapshot *b)
{
	struct snapshot_key *key, *older;
	uint64_t seed[2] = { b->seed[0], b->seed[1] };

	for (key = b->newest; key; key = older) {
		older = key->older;
		free_key(key);
	}
	chains_clear(&b->chains);
	memset(b, 0, sizeof *b);
	b->seed[0] = seed[0];
	b->seed[1] = seed[1];
}

/* ---- The list ---- */

static void unlink_key(struct snapshot *b, struct snapshot_key *key)
{
	*(key->newer ? &key->newer->older : &b->newest) = key->older;
	*(key->older ? &key->older->newer : &b->oldest) = key->newer;
}

static void link_newest(struct snapshot *b, struct snapshot_key *key)
{
	key->newer = NULL;
	key->older = b->newest;
	*(b->newest ? &b->newest->newer : &b->oldest) = key;
	b->newest = key;
}

static void link_oldest(struct snapshot *b, struct snapshot_key *key)
{
	key->older = NULL;
	key->newer = b->oldest;
	*(b->oldest ? &b->oldest->older : &b->newest) = key;
	b->oldest = key;
}

/* ---- The table ---- */

static struct snapshot_key *find(const struct snapshot *b, uint64_t hash,
    const char *name, size_t len)
{
	struct chained *c = chains_first(&b->chains, hash);

	for (; c; c = chains_next(c)) {
		struct snapshot_key *key = (struct snapshot_key *)c;

		if (key->len == len &&
		    (len == 0 || memcmp(key->name, name, len) == 0))
			return key;
	}
	return NULL;
}

struct snapshot_key *snapshot_find(const struct snapshot *b, const char *name,
    size_t len)
{
	return find(b, siphash24(b->seed, name, len), name, len);
}

/* ---- Keys ---- */

static size_t key_bytes(const struct snapshot *b, size_t len)
{
	return sizeof(struct snapshot_key) + b->n_values * sizeof(double) +
	    len + 1;
}

static struct snapshot_key *new_key(const struct snapshot *b, const char *name,
    size_t len)
{
	struct snapshot_key *key;

	if (len > SIZE_MAX / 2 || b->n_values > SIZE_MAX / 4 / sizeof(double))
		return NULL;
	key = calloc(1, key_bytes(b, len));
	if (!key)
		return NULL;
	key->row = (double *)(void *)(key + 1);
	for (size_t i = 0; i < b->n_values; i++)
		key->row[i] = NAN;
	key->name = (char *)(key->row + b->n_values);
	if (len > 0)
		memcpy(key->name, name, len);
	key->len = len;
	return key;
}

struct snapshot_key *snapshot_add(struct snapshot *b, const char *name,
    size_t len, int *is_new_out)
{
	uint64_t hash = siphash24(b->seed, name, len);
	struct snapshot_key *key = find(b, hash, name, len);

	*is_new_out = !key;
	if (key || !b->chains.heads)
		return key;
	key = new_key(b, name, len);
	if (!key)
		return NULL;
	(void)chains_reserve(&b->chains, b->n + 1);
	key->link.hash = hash;
	chains_add(&b->chains, &key->link);
	link_oldest(b, key);
	b->bytes += key_bytes(b, len);
	b->n++;
	return key;
}

static size_t ring_bytes(const struct snapshot *b, size_t room)
{
	return room * (sizeof(int64_t) + b->n_values * sizeof(double));
}

static void drop_ring(struct snapshot *b, struct snapshot_key *key)
{
	b->bytes -= ring_bytes(b, key->room);
	b->ring_bytes -= ring_bytes(b, key->room);
	free(key->times);
	key->times = NULL;
	key->points = NULL;
	key->room = key->first = key->n_points = 0;
}

void snapshot_drop(struct snapshot *b, struct snapshot_key *key)
{
	chains_remove(&b->chains, &key->link);
	unlink_key(b, key);
	b->bytes -= key_bytes(b, key->len);
	drop_ring(b, key);
	b->n--;
	free_key(key);
}

void snapshot_put(struct snapshot *b, struct snapshot_key *key,
    const double *row, int64_t start, int64_t end)
{
	if (!key->dirty) {
		key->dirty = 1;
		if (b->newest != key) {
			unlink_key(b, key);
			link_newest(b, key);
		}
	}
	if (b->n_values > 0)
		memcpy(key->row, row, b->n_values * sizeof *row);
	key->start = start;
	key->end = end;
	key->n_rows++;
}

/* ---- Points ---- */

/*
 * Moves the points in order, with more room behind them. The memory is not
 * cleared, so that pages without a point stay untouched.
 */
static int grow_ring(struct snapshot *b, struct snapshot_key *key)
{
	size_t most = SIZE_MAX / 4 / SNAPSHOT_POINTS / sizeof(double);
	size_t room = key->room ? 2 * key->room : FIRST_POINTS;
	size_t more, width = b->n_values * sizeof(double);
	int64_t *times;
	double *points;

	if (b->n_values >= most)
		return -1;
	room = room < SNAPSHOT_POINTS ? room : SNAPSHOT_POINTS;
	more = ring_bytes(b, room) - ring_bytes(b, key->room);
	if (b->ring_bytes > b->most_ring_bytes ||
	    more > b->most_ring_bytes - b->ring_bytes)
		return -1;
	times = malloc(ring_bytes(b, room));
	if (!times)
		return -1;
	points = (double *)(void *)(times + room);
	for (size_t i = 0; i < key->n_points; i++) {
		size_t at = (key->first + i) % key->room;

		times[i] = key->times[at];
		if (width > 0)
			memcpy(points + i * b->n_values,
			    key->points + at * b->n_values, width);
	}
	free(key->times);
	key->times = times;
	key->points = points;
	key->room = room;
	key->first = 0;
	b->bytes += more;
	b->ring_bytes += more;
	return 0;
}

static void add_point(const struct snapshot *b, struct snapshot_key *key,
    int64_t now)
{
	size_t at = (key->first + key->n_points) % key->room;

	key->times[at] = now;
	if (b->n_values > 0)
		memcpy(key->points + at * b->n_values, key->row,
		    b->n_values * sizeof *key->points);
	if (key->n_points < key->room)
		key->n_points++;
	else
		key->first = (key->first + 1) % key->room;
}

static void tick_key(struct snapshot *b, struct snapshot_key *key, int64_t now)
{
	key->dirty = 0;
	key->version = b->version;
	if (!b->has_points)
		return;
	if (key->n_points == key->room && key->room < SNAPSHOT_POINTS)
		(void)grow_ring(b, key);
	if (key->room > 0)
		add_point(b, key, now);
}

static void keep_limit(struct snapshot *b)
{
	struct snapshot_key *key = b->oldest;

	for (; key && b->ring_bytes > b->most_ring_bytes; key = key->newer)
		drop_ring(b, key);
}

size_t snapshot_tick(struct snapshot *b, int64_t now)
{
	struct snapshot_key *key = b->newest;
	size_t n = 0;

	keep_limit(b);
	if (key && key->dirty)
		b->version++;
	for (; key && key->dirty; key = key->older) {
		tick_key(b, key, now);
		n++;
	}
	return n;
}

const struct snapshot_key *snapshot_changed(const struct snapshot_key *k,
    uint64_t version)
{
	while (k && k->dirty)
		k = k->older;
	return k && k->version > version ? k : NULL;
}

const double *snapshot_point(const struct snapshot *b,
    const struct snapshot_key *key, size_t i, int64_t *at_out)
{
	size_t at = (key->first + i) % key->room;

	*at_out = key->times[at];
	return key->points + at * b->n_values;
}

size_t snapshot_bytes(const struct snapshot *b)
{
	return b->bytes + b->chains.bytes;
}
