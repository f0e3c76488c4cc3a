/*
 * A snapshot of each key, which the page, the API and alerts read.
 * Keys are found by name through a seeded hash, and listed by their last
 * results.
 *
 * Each key has the last results of its window, and a ring of points for a
 * chart. Points are taken on ticks, a few a second, not with each result: a key
 * that gets a million values a second has no more points than one that gets
 * ten.
 */
#ifndef SOCKET_INGEST_SNAPSHOT_H
#define SOCKET_INGEST_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "chains.h"

struct alert_state;

enum { SNAPSHOT_POINTS = 240 };

/* A moment of a chart; snapshot_point() returns its values, in row order. */
struct snapshot_point {
	int64_t at; /* nanoseconds since 1970 */
};

struct snapshot_key {
	struct chained link; /* the first member */
	char *name;          /* NUL-terminated; may hold any other byte */
	size_t len;
	uint64_t n;         /* values */
	int64_t last_at;    /* when the last value came */
	double last;        /* the last value */
	double *row;        /* the last results */
	int64_t start, end; /* interval of these results; 0, 0 by count */
	uint64_t n_rows;    /* results so far */
	struct alert_state *alerts; /* state of the user's alerts */

	int64_t *times; /* times of the ring of points; NULL: there is none */
	double *points; /* n_values for each */
	size_t room, first, n_points;
	int dirty;        /* a row has come since the last tick */
	uint64_t version; /* snapshot->version at its last point */

	struct snapshot_key *newer, *older; /* by last row */
};

struct snapshot {
	size_t n_values; /* numbers in a row */
	const char *const *names;
	int has_points; /* charts are wanted */
	size_t n;       /* keys */
	uint64_t version;
	struct snapshot_key *newest, *oldest;
	struct chains chains;
	size_t bytes;      /* bytes allocated for keys and rings */
	size_t ring_bytes; /* bytes allocated for rings */
	/*
	 * The user may set this limit. No ring begins or grows beyond it, and
	 * the oldest keys lose theirs.
	 */
	size_t most_ring_bytes;
	uint64_t seed[2];
};

/*
 * names must stay. A seed that is not 0 is kept, else there is a random one.
 * Returns 0, or -1: no memory, or no random numbers.
 */
int snapshot_init(struct snapshot *snapshot, size_t n_values,
    const char *const *names, int has_points);
void snapshot_clear(struct snapshot *snapshot);

struct snapshot_key *snapshot_find(const struct snapshot *snapshot,
    const char *name, size_t len);
/*
 * Returns a key, new if need be, and in *is_new_out whether it is. A new one is
 * the oldest, as it has no results yet. NULL: no memory.
 */
struct snapshot_key *snapshot_add(struct snapshot *snapshot, const char *name,
    size_t len, int *is_new_out);
/* Drops a key. The caller must have freed its alerts. */
void snapshot_drop(struct snapshot *snapshot, struct snapshot_key *key);

/*
 * Copies results of a key. It becomes the newest key, unless it has had results
 * since the last tick: such keys stand before all others, but not in any order.
 */
void snapshot_put(struct snapshot *snapshot, struct snapshot_key *key,
    const double *row, int64_t start, int64_t end);

/*
 * Ends a tick: adds a point to each key that has had results since the last
 * one. Returns how many. snapshot->version grows by one if there are any. All
 * of these keys have the new version, and are the newest.
 */
size_t snapshot_tick(struct snapshot *snapshot, int64_t now);

/*
 * Returns the first of this key and older ones that has had a point since a
 * version, NULL if none has. Keys with results that no tick has seen yet are
 * passed over; they stand before all others.
 */
const struct snapshot_key *snapshot_changed(const struct snapshot_key *key,
    uint64_t version);

/* Returns point i of a key, 0 the oldest. */
const double *snapshot_point(const struct snapshot *snapshot,
    const struct snapshot_key *key, size_t i, int64_t *at_out);

/* Returns about how many bytes are allocated. */
size_t snapshot_bytes(const struct snapshot *snapshot);

#endif
