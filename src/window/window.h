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
#include "../agg/order.h"
#include "../core/calls.h"
#include "../core/wide.h"

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
 * from the end. The suffix of length l is at slot l - 1, or in such a table
 * at slots - l. Slots -1 and `slots` exist and always hold the identity,
 * for the suffix of length 0.
 */
struct leat_relay {
	size_t ring; /* slots of the ring of elements, at least size */
	size_t head; /* where the next element goes */
	size_t back; /* the element of B that was stepped over last */
	/*
	 * The table is addressed from its slot -1: place 1 is slot 0. The
	 * suffix of B, as long as D, goes to `place`, which therefore tells
	 * how far D has come; the suffix of A that is in the window is one
	 * `stride` further.
	 */
	size_t place;
	size_t last;     /* place when D is full, */
	size_t start;    /* and while it is empty */
	size_t stride;   /* 1, or -1 for a table laid out from the end */
	unsigned chunks; /* full ones before D: 0, 1, or 2 for more */
	size_t size, chunk, slots;
};

/* Begins D; its chunk's table is laid out by stride. */
LEAT_INLINE void leat_relay_begin(struct leat_relay *r, size_t stride)
{
	r->stride = stride;
	r->start = stride == 1 ? 0 : r->slots + 1;
	r->last = r->start + stride * r->chunk;
	r->place = r->start;
}

LEAT_INLINE void leat_relay_reset(struct leat_relay *r)
{
	r->head = r->back = 0;
	r->chunks = 0;
	leat_relay_begin(r, 1);
}

/* Elements in D. */
LEAT_INLINE size_t leat_relay_filled(const struct leat_relay *r)
{
	return r->stride == 1 ? r->place : r->start - r->place;
}

LEAT_INLINE int leat_relay_full(const struct leat_relay *r)
{
	return r->place == r->last;
}

/* D has its first element. */
LEAT_INLINE int leat_relay_first(const struct leat_relay *r)
{
	return r->place == r->start + r->stride;
}

/* D becomes B and B becomes A; the parts have to follow. */
LEAT_INLINE void leat_relay_turn(struct leat_relay *r)
{
	r->back = r->head;
	leat_relay_begin(r, 0 - r->stride);
	if (r->chunks < 2)
		r->chunks++;
}

/* One element more in D, one element further back in B. */
LEAT_INLINE void leat_relay_step(struct leat_relay *r)
{
	r->head = r->head + 1 == r->ring ? 0 : r->head + 1;
	r->back = (r->back == 0 ? r->ring : r->back) - 1;
	r->place += r->stride;
}

/* Where the suffix of A that is in the window is. Only for chunks == 2. */
LEAT_INLINE size_t leat_relay_tail(const struct leat_relay *r)
{
	return r->place + r->stride;
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
	unsigned char *combined; /* scratch of pushes, and what is told */
	unsigned char *temp;     /* of pushes */
	/* partials, `packed` bytes each */
	unsigned char *whole;  /* B */
	unsigned char *table;  /* slots + 2, from slot -1 */
	unsigned char *panes;  /* ring of closed panes */
	unsigned char *levels; /* scratch of flush.c */
	/* for the classes that slide.c does two lanes at a time */
	void *lanes;
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

/* A column of decay.c: its mean and its sum of squared deviations. */
struct leat_decay_axis {
	double hi, lo; /* the mean, in two terms, times lift */
	double lift;   /* 1, or 2^128 where all is tiny */
	double m2;     /* times lift^2 and 2^(-2 scale) */
	int64_t scale;
	double unit; /* 2^-scale, or NaN if that is no double */
};

/* State of decay.c; see there. */
struct leat_decay {
	double keep;  /* 1 - alpha */
	double fresh; /* weight of a new value */
	int recursive;
	int pairs;
	double pending;    /* times 2^pending_e: what weights have */
	int64_t pending_e; /* faded by since sums were made */
	double weight;     /* sum of weights */
	double free;       /* times 2^free_e: weight^2 less the sum of */
	int64_t free_e;    /* squared weights; free_e is even */
	struct leat_decay_axis x, y;
	double cxy; /* the mixed sum, in the units of both */
	uint64_t count, finite, missing;
	double inf[4]; /* weight of the last +inf and -inf of x, of y */
};

struct leat_engine {
	void (*push)(leat_window *w, double x, double y);
	void (*query)(const leat_window *w, double *out);
	/*
	 * What a part knows of the window, into an accumulator; temp has room
	 * for another one, of a built-in class. NULL: there are no parts.
	 */
	void (*combine)(const leat_window *w, const struct leat_part *p,
	    void *acc, void *temp);
	void (*reset)(leat_window *w);
	uint64_t (*pushed)(const leat_window *w);
	uint64_t (*length)(const leat_window *w);
	/* Values, and missing ones, that a query sees. */
	struct leat_tally (*tally)(const leat_window *w);
};

/*
 * Pushes some of n values with their results and says how many; 0 if the
 * next one must be pushed singly.
 */
typedef size_t leat_run_function(leat_window *w, const double *x, size_t n,
    double *out);

struct leat_window {
	/* What a push touches comes first, then what a query does. */
	int (*push_x)(leat_window *w, double x);
	uint64_t unsettled; /* slide: values missing, and a flag */
	double *ring_x;
	double last;
	struct leat_part *parts;
	void (*query)(const leat_window *w, double *out);
	uint64_t pushed; /* slide: before D */
	uint64_t size;   /* values in a full window */
	struct leat_relay relay;
	double *ring_y;
	leat_sink sink;
	struct leat_plan *plan;
	size_t n_stats, n_parts;
	uint64_t min_count;
	double full, free, inverse; /* size, size - 1, 1 / size */
	int propagate;
	int pairs;

	void (*push)(leat_window *w, double x, double y);
	leat_run_function *run; /* NULL: all values are pushed singly */
	int flags;              /* slide: which classes it knows specially */
	uint64_t infinite;      /* slide: pushes when the last infinity came */
	const struct leat_engine *engine;
	int kind;
	struct leat_calls calls; /* of the sink */
	double *results;         /* for it, */
	const void **partials;   /* and these; NULL: there is no class */
	int tells; /* leat_ask() is at work; 2: `combined` has it all */
	uint64_t told_length; /* flush: of the window that is told; or 0 */
	size_t ring_head;     /* panes: where the next kept value goes */
	struct leat_panes panes;
	struct leat_decay decay;
	int keeps; /* has a ring */
	/* Of a window that knows the order of its values; see ordered.c. */
	struct leat_order order; /* without nodes: of no other */
	uint64_t ordered_from;
	/* Decayed sums of errors, and enum leat_decay_more of which. */
	struct leat_decay *more;
	unsigned errors;
	struct leat_block block;
};

extern const struct leat_engine leat_slide_engine, leat_panes_engine,
    leat_decay_engine;

/* window.c: push_x of a window of pairs. */
int leat_window_refuse_x(leat_window *w, double x);
/* `to` is a copy of the bytes of `from`; sets its pointers. */
void leat_window_moved(const leat_window *from, leat_window *to);

/* options.c */
/* NULL, or why not; the words begin with the option's name. */
const char *leat_options_stats(const leat_stat *stats, size_t n, int kind,
    int by_time, int stores);
/* As leat_because(), of statistics that are not to be had. */
LEAT_INLINE int leat_because_stats(const char **why_out, const char *why)
{
	int reserved = strcmp(why, LEAT_WHY_RESERVED) == 0;

	return leat_because(why_out, reserved ? LEAT_EINVAL : LEAT_ESTAT, why);
}

/* LEAT_EINVAL, LEAT_ESTAT. why_out may be NULL. */
int leat_options_check(const leat_window_options *o, const char **why_out);
void leat_options_apply(const leat_window_options *o, struct leat_window *w);
/* Whether a statistic needs the order of the values. */
int leat_options_ordered(const leat_window_options *o);
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
size_t leat_slide_place_size(enum leat_class_id id);

/* chain.c: a part's accumulators in a relay, by way of its class */
void leat_acc_load(const struct leat_part *part, void *acc, const void *packed);
/* The accumulator's partial; where it has to be made, it is in temp. */
LEAT_INLINE const void *leat_acc_pack(const struct leat_part *part,
    const void *acc, void *temp)
{
	if (!part->cls->fold)
		return acc;
	memcpy(temp, acc, part->size);
	part->cls->fold(temp);
	return temp;
}
void leat_chain_reset(struct leat_part *part, const struct leat_relay *r);
void leat_chain_turn(struct leat_part *part);
void leat_chain_store(struct leat_part *part, const struct leat_relay *r);
int leat_chain_combine(const struct leat_part *part, const struct leat_relay *r,
    void *sum, void *temp, int started);
int leat_part_join(const struct leat_part *part, void *sum, void *temp,
    const void *acc, int started);
int leat_part_join_packed(const struct leat_part *part, void *sum,
    const void *packed, int started);

/*
 * decay.c: what is there fades by a factor; a value is taken with its
 * weight, `share` being that compared to what a new value weighs.
 */
void leat_decay_start(struct leat_decay *d);
void leat_decay_fade(struct leat_decay *d, struct leat_wide keep);
void leat_decay_take(struct leat_decay *d, double x, double y,
    struct leat_wide weight, double share);
/* For a pair that a sum of errors has no number for. */
void leat_decay_upset(struct leat_decay *d, double share);
/* 0, or the infinity or NaN that x (axis 0) or y (axis 1) now comes to. */
double leat_decay_disturbed(const struct leat_decay *d, int axis);
struct leat_wide leat_decay_mean_square(const struct leat_decay *d);
double leat_decay_rms(const struct leat_decay *d);
void leat_decay_lower(const struct leat_decay *d, double last,
    const struct leat_plan *plan, size_t n, int quiet, double *out);

/*
 * decay_errors.c: decayed sums of errors beside those of pairs, in an array
 * `more` of those whose bits are in `errors`, in this order.
 */
enum leat_decay_more {
	LEAT_MORE_ERRORS = 1, /* x - y and its size */
	LEAT_MORE_RATES = 2,  /* hits and covered targets */
	LEAT_MORE_LOSS = 4
};

unsigned leat_errors_of(const leat_stat *stats, size_t n);
size_t leat_errors_count(unsigned errors);
void leat_errors_start(struct leat_decay *more, unsigned errors,
    const struct leat_decay *like);
void leat_errors_fade(struct leat_decay *more, unsigned errors,
    struct leat_wide keep);
/* The pair is not missing. */
void leat_errors_take(struct leat_decay *more, unsigned errors, double x,
    double y, struct leat_wide weight, double share);
/* Writes the results of errors, and no others. */
void leat_errors_lower(const struct leat_decay *more, unsigned errors,
    const struct leat_decay *pairs, const struct leat_plan *plan, size_t n,
    int quiet, double *out);
void leat_tape_errors(struct leat_tape *t, struct leat_decay *more,
    unsigned errors, const struct leat_decay *pairs);

/* panes.c: the newest pane goes through the relay */
void leat_panes_relay(leat_window *w);

/*
 * save.c: options but for statistics, of a window or of what one would be;
 * and the state of a window, which when it is loaded is a new one.
 */
void leat_tape_window(struct leat_tape *t, const leat_window *w);
void leat_tape_window_content(struct leat_tape *t, leat_window *w);
/* Counts the missing values, which statistics need not tell. */
uint64_t leat_window_missing(const leat_window *w);
/* Whether two windows can be one, and the one made of both. */
int leat_window_fits(const leat_window *w, const leat_window *other);
void leat_window_join(leat_window *w, const leat_window *other);

/* decay.c */
void leat_tape_decay(struct leat_tape *t, struct leat_decay *d);

/*
 * ordered.c: at the end of making such a window, when it is reset, and when
 * its ring has been loaded
 */
void leat_ordered_start(leat_window *w);
void leat_ordered_reset(leat_window *w);
void leat_ordered_again(leat_window *w);

/* flush.c: accumulators that a part needs; and tells what is open. */
size_t leat_flush_levels(const leat_window *w);
void leat_window_tell_open(leat_window *w);

/* report.c */
uint64_t leat_pushes(const leat_window *w);
/* s is of the built-in classes alone; those of the user are combined here. */
void leat_report(const leat_window *w, struct leat_summary *s, double *out);
/*
 * A query by whoever has the window for himself: into w->results, and what
 * users' classes have combined is in their parts.
 */
void leat_ask(leat_window *w);
/* Tells w->results of a window; the partials are there. */
void leat_emit_results(leat_window *w, uint64_t start, uint64_t end,
    struct leat_tally tally, int flags);
/* Tells what a query answers. */
void leat_emit(leat_window *w, uint64_t start, uint64_t end, int flags);

#endif
