/*
 * window.h - which values are in
 *
 * A window is one block of memory: the struct, the plan of its statistics,
 * its parts (one for each aggregate class) and their tables, and the ring
 * of values where it keeps them. Nothing in it points out of it except to
 * the user's classes, so a copy is a copy of bytes with the pointers set
 * anew (layout.c).
 *
 * Three engines know how values come and go: slide.c (the last n values),
 * panes.c (tumbling, hopping, landmark) and decay.c (weights).
 */
#ifndef LEAT_WINDOW_H
#define LEAT_WINDOW_H

#include "../agg/agg.h"

/*
 * The two-chunk relay: where the elements of a moving window of `size` are,
 * for an engine that never subtracts.
 *
 * Elements arrive in chunks of `chunk` = floor(size / 2). D is the chunk
 * being filled, B the full one before it, A the one before that. The
 * window is
 *
 *      suffix(A, size - chunk - filled) + all of B + prefix(D, filled)
 *
 * where + is combine. Each push makes one step forward in D and one step
 * backward in B, whose suffix table is therefore complete exactly when D
 * is full and B takes A's place. Cost: two single-value steps a push, two
 * combines a query, whatever the size.
 *
 * One table of `slots` = size - chunk partials serves A and B at once: as
 * the table of B grows by one, the longest suffix of A dies. To let B take
 * the very places that A gives up, every other chunk's table is laid out
 * from the end: `flip` says that this is so for B. The suffix of length l
 * is at slot l - 1, or at slots - l if flipped. Slots -1 and `slots` exist
 * and always hold the identity, for the suffix of length 0.
 */
struct leat_relay {
	size_t size, chunk, slots;
	size_t ring;   /* slots of the ring of elements, at least size */
	size_t filled; /* elements in D */
	size_t head;   /* where the next element goes */
	size_t back;   /* the element of B that was stepped over last */
	unsigned chunks; /* full ones before D: 0, 1, or 2 for all more */
	unsigned flip;
};

LEAT_INLINE int leat_relay_full(const struct leat_relay *r)
{
	return r->filled == r->chunk;
}

/* D becomes B and B becomes A; the parts have to follow. */
LEAT_INLINE void leat_relay_turn(struct leat_relay *r)
{
	r->filled = 0;
	r->back = r->head;
	r->flip ^= 1;
	if (r->chunks < 2)
		r->chunks++;
}

/* One element more in D, one element further back in B. */
LEAT_INLINE void leat_relay_step(struct leat_relay *r)
{
	r->head = r->head + 1 == r->ring ? 0 : r->head + 1;
	r->back = (r->back == 0 ? r->ring : r->back) - 1;
	r->filled++;
}

/* Where the suffix of B of length `filled` goes. */
LEAT_INLINE size_t leat_relay_write(const struct leat_relay *r)
{
	return r->flip ? r->slots - r->filled : r->filled - 1;
}

/*
 * Where the suffix of A that is in the window is, plus 1: tables are
 * addressed from their slot -1. Only for chunks == 2.
 */
LEAT_INLINE size_t leat_relay_read1(const struct leat_relay *r)
{
	return r->flip ? r->slots - r->filled : r->filled + 1;
}

/* One aggregate class in one window. */
struct leat_part {
	const struct leat_class *cls;
	const leat_agg *agg; /* of the user, or NULL */
	enum leat_class_id id;
	size_t size, packed;
	/* accumulators, `size` bytes each */
	unsigned char *prefix;   /* of D */
	unsigned char *suffix;   /* of B, as far as it has come */
	unsigned char *open;     /* of the pane being filled */
	unsigned char *combined; /* scratch of queries */
	unsigned char *temp;
	/* partials, `packed` bytes each */
	unsigned char *whole; /* B */
	unsigned char *table; /* slots + 2, from slot -1 */
	unsigned char *panes; /* ring of closed panes */
	/* for the classes that slide.c does two lanes at a time */
	void *lanes;
};

/* One statistic to report. */
struct leat_plan {
	int id;
	double arg;
	const leat_agg *agg;
	size_t part; /* of the user's class */
};

struct leat_tally {
	uint64_t count, missing;
};

/* State of panes.c; see there. */
struct leat_panes {
	uint64_t advance; /* values in a pane */
	uint64_t end;     /* value of the open pane that closes a window */
	size_t closed_max;
	uint64_t closed; /* panes closed since reset */
	uint64_t fill;   /* values in the open pane */
	size_t head;     /* where the next closed pane goes */
	struct leat_tally open, relayed;
	struct leat_tally *tallies;
};

/* State of decay.c; see there. */
struct leat_decay {
	double keep;            /* 1 - alpha */
	double fresh;           /* weight of a new value */
	int recursive;
	double weight, weight2; /* sums of weights and of their squares */
	double mean_x, mean_y;
	double m2x, m2y, cxy;   /* times 2^(-2 scale) */
	int scale;
	uint64_t count, finite, missing;
	double inf[4]; /* weight of the last +inf and -inf of x, of y */
};

struct leat_engine {
	void (*push)(leat_window *w, double x, double y);
	void (*query)(const leat_window *w, double *out);
	void (*reset)(leat_window *w);
	uint64_t (*length)(const leat_window *w);
	/* As many as it likes of n pushes with results; 0 if none. */
	size_t (*run)(leat_window *w, const double *x, size_t n, double *out);
};

struct leat_window {
	void (*push)(leat_window *w, double x, double y);
	void (*query)(const leat_window *w, double *out);
	int pairs;
	int propagate;
	uint64_t pushed;
	uint64_t length; /* slide: values in the window */
	uint64_t missing;
	double last;
	double *ring_x, *ring_y;
	struct leat_relay relay;
	size_t n_parts;
	struct leat_part *parts;
	leat_sink sink;
	uint64_t size; /* values in a full window; the ring's too */
	double min_count;
	size_t n_stats;
	struct leat_plan *plan;
	double *results; /* for the sink */
	size_t ring_head; /* panes: where the next kept value goes */
	struct leat_panes panes;
	struct leat_decay decay;
	const struct leat_engine *engine;
	int kind;
	int keeps; /* has a ring */
	int runs;  /* all its statistics can be done by engine->run */
	size_t n_bytes;
	leat_allocator allocator;
	void *block; /* to free; NULL in the caller's memory */
};

extern const struct leat_engine leat_slide_engine, leat_panes_engine,
    leat_decay_engine;

/* options.c */
int leat_options_check(const leat_window_options *o);
void leat_options_apply(const leat_window_options *o, struct leat_window *w);
double leat_options_alpha(const leat_window_options *o);

/* layout.c */
struct leat_part_source {
	enum leat_class_id id;
	const struct leat_class *cls;
	const leat_agg *agg;
};
int leat_next_part(const leat_window_options *o, size_t *cursor,
    struct leat_part_source *out);
int leat_layout(struct leat_window *w, unsigned char *base, size_t *n_bytes,
    const leat_window_options *o);

/* slide.c: the pair of functions for the window's one part, if special */
void leat_slide_specialise(struct leat_window *w);
size_t leat_slide_lanes_size(enum leat_class_id id);

/* chain.c: a part's accumulators in a relay, by way of its class */
void leat_acc_load(const struct leat_part *part, void *acc,
    const void *packed);
const void *leat_acc_pack(const struct leat_part *part, const void *acc);
void leat_chain_reset(struct leat_part *part, const struct leat_relay *r);
void leat_chain_turn(struct leat_part *part);
void leat_chain_store(struct leat_part *part, const struct leat_relay *r);
int leat_chain_combine(const struct leat_part *part,
    const struct leat_relay *r, int started);
int leat_part_join(const struct leat_part *part, const void *acc,
    int started);
int leat_part_join_packed(const struct leat_part *part, const void *packed,
    int started);

/* report.c */
void leat_report(const leat_window *w, struct leat_summary *s, double *out);
void leat_emit(leat_window *w, uint64_t start, uint64_t end);

#endif
