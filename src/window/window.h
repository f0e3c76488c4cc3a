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
 * panes.c (tumbling, hopping, landmark) and decay_window.c (weights).
 */
#ifndef LEAT_WINDOW_H
#define LEAT_WINDOW_H

#include "../agg/decay.h"
#include "../agg/order.h"
#include "../agg/plan.h"
#include "../core/calls.h"
#include "../core/memory.h"
#include "../state/state.h"
#include "relay.h"
#include "slide.h"

/* State of an aggregate class in a window. */
struct leat_part {
	struct leat_section of;
	/* accumulators, `size` bytes each */
	unsigned char *prefix; /* prefix of D */
	unsigned char *suffix; /* suffix of B so far */
	unsigned char *open;   /* partial of the open pane */
	/* scratch of pushes; partial of the emitted window */
	unsigned char *combined;
	unsigned char *temp; /* scratch of pushes */
	/* partials, `packed` bytes each */
	unsigned char *whole;  /* B */
	unsigned char *table;  /* slots + 2, from slot -1 */
	unsigned char *panes;  /* ring of closed panes */
	unsigned char *levels; /* scratch of flush.c */
};

/* State of panes.c; see there. */
struct leat_panes {
	struct leat_relay relay;
	uint64_t advance; /* values in a pane */
	uint64_t end;     /* value of the open pane that closes a window */
	size_t closed_max;
	uint64_t closed; /* panes closed since reset */
	uint64_t fill;   /* values in the open pane */
	size_t head;     /* slot of the next closed pane */
	struct leat_tally open, relayed;
	struct leat_tally *tallies;
};

struct leat_engine {
	void (*push)(leat_window *w, double x, double y);
	void (*query)(const leat_window *w, double *out);
	/*
	 * Combines a part's data of the window into an accumulator; temp has
	 * room for another one, of a built-in class. NULL: there are no parts.
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

/* Members are in the order of their use: first by a push, then by a query. */
struct leat_window {
	int (*push_x)(leat_window *w, double x);
	void (*query)(const leat_window *w, double *out);
	int (*push_query)(leat_window *w, double x, double *out);
	double last; /* newest value that was not missing */
	/* State of the engine. */
	union {
		struct leat_slide slide;
		struct leat_panes panes;
		struct {
			struct leat_decay decay;
			/* Sums of errors, and enum leat_decay_more of which. */
			struct leat_decay *more;
			unsigned errors;
		};
	};
	uint64_t size;   /* values in a full window */
	uint64_t pushed; /* panes and decay */
	leat_stat *stats;
	size_t n_stats, n_parts;
	struct leat_part *parts; /* slide: of the classes without lanes */
	uint64_t min_count;
	int propagate;
	int pairs;
	int flags; /* slide: the set of classes, and what else there is to do */
	int kind;
	leat_sink sink;
	void (*push)(leat_window *w, double x, double y);
	leat_run_function *run; /* NULL: all values are pushed singly */
	const struct leat_engine *engine;
	double *ring_x, *ring_y;
	size_t ring_slots; /* values that the ring has places for */
	size_t ring_head;
	size_t lanes_size;       /* slide: bytes of the states of classes */
	struct leat_calls calls; /* calls of the sink */
	double *results;         /* scratch for its results */
	/* partials for results; NULL without classes */
	const void **partials;
	int emits; /* 1: in ask(); 2: `combined` has the partials */
	int keeps; /* values are stored in a ring */
	/* flush: length of the emitted window; else 0 */
	uint64_t emitted_length;
	/* Order of values, for AUC; see ordered.c. */
	struct leat_order order; /* without nodes: of no other */
	uint64_t ordered_from;
	struct leat_block block;
};

extern const struct leat_engine leat_slide_engine, leat_panes_engine,
    leat_decay_engine;

/* window.c: push_x of a window of pairs. */
int leat_window_refuse_x(leat_window *w, double x);
/* `to` is a copy of the bytes of `from`; sets its pointers. */
void leat_window_moved(const leat_window *from, leat_window *to);
/* Returns the place in the ring of the value pushed `back` pushes ago. */
size_t leat_window_slot(const leat_window *w, uint64_t back);
/* Returns the place of the next younger value. */
LEAT_INLINE size_t leat_window_younger(const leat_window *w, size_t slot)
{
	return slot + 1 == w->ring_slots ? 0 : slot + 1;
}

/* For windows that are states of keys (key/counted.c). */

/* Pushes x, or the pair x and y; the window must not be inside a callback. */
LEAT_INLINE void leat_window_take(leat_window *w, double x, double y)
{
	w->push(w, x, y);
}

/* Returns the pushes so far, those of missing values too. */
LEAT_INLINE uint64_t leat_window_pushed(const leat_window *w)
{
	return w->engine->pushed(w);
}

/* Returns how many values the window stores. */
LEAT_INLINE uint64_t leat_window_stored(const leat_window *w)
{
	return w->keeps ? w->engine->length(w) : 0;
}

/* Copies a window to a block of its size, with another ctx for its sink. */
void leat_window_clone(const leat_window *from, leat_window *to, void *ctx);

/* options.c */
/* LEAT_EINVAL, LEAT_ESTAT. why_out may be NULL. */
int leat_options_check(const leat_window_options *o, const char **why_out);
void leat_options_apply(const leat_window_options *o, struct leat_window *w);
struct leat_request leat_options_request(const leat_window_options *o);

/* layout.c */
int leat_layout(struct leat_window *w, unsigned char *base, size_t *n_bytes,
    const leat_window_options *o);

/* slide.c */
/* Returns whether sliding windows have lanes for a class. */
int leat_slide_lane(enum leat_class_id id);
/* Adds a class to the set of the window, and to what it has to store. */
void leat_slide_measure(struct leat_window *w, enum leat_class_id id);
/* Chooses the functions of a window whose classes are known. */
void leat_slide_specialise(struct leat_window *w);
/* decay_window.c: the same for a window that fades */
void leat_decay_specialise(struct leat_window *w);

/* chain.c: a part's accumulators in a relay, by way of its class */
void leat_acc_load(const struct leat_part *part, void *acc, const void *packed);
/* The accumulator's partial; where it has to be made, it is in temp. */
LEAT_INLINE const void *leat_acc_pack(const struct leat_part *part,
    const void *acc, void *temp)
{
	if (!part->of.cls->fold)
		return acc;
	memcpy(temp, acc, part->of.size);
	part->of.cls->fold(temp);
	return temp;
}
void leat_chain_reset(struct leat_part *part, size_t slots);
void leat_chain_turn(struct leat_part *part);
void leat_chain_store(struct leat_part *part, size_t place);
int leat_chain_combine(const struct leat_part *part, unsigned chunks,
    size_t tail, void *sum, void *temp, int started);
int leat_part_join(const struct leat_part *part, void *sum, void *temp,
    const void *acc, int started);
int leat_part_join_packed(const struct leat_part *part, void *sum,
    const void *packed, int started);

/* panes.c: the newest pane goes through the relay */
void leat_panes_relay(leat_window *w);

/*
 * window_save.c: the options of a window; and its state, which is loaded into a
 * new one.
 */
void leat_tape_window_options(struct leat_tape *t,
    const leat_window_options *o);
void leat_tape_window_content(struct leat_tape *t, leat_window *w);
/* Walks the options and then the content of a window. */
void leat_tape_whole_window(struct leat_tape *t, void *window);
/* Counts the missing values, which may be in no statistic. */
uint64_t leat_window_missing(const leat_window *w);
/* Joins two windows that can be. */
void leat_window_join(leat_window *w, const leat_window *other);

/*
 * ordered.c: at the end of making such a window, when it is reset, and when
 * its ring has been loaded
 */
void leat_ordered_start(leat_window *w);
void leat_ordered_reset(leat_window *w);
void leat_ordered_again(leat_window *w);

/* flush.c: accumulators that a part needs; emits open windows. */
size_t leat_flush_levels(const leat_window *w);
void leat_window_emit_open(leat_window *w);

/* window_report.c */
uint64_t leat_pushes(const leat_window *w);
/* s is of the built-in classes alone; those of the user are combined here. */
void leat_report(const leat_window *w, struct leat_summary *s, double *out);
/* Emits w->results of a window; the partials are there. */
void leat_emit_results(leat_window *w, uint64_t start, uint64_t end,
    struct leat_tally tally, int flags);
/* Returns what a query answers as a result, without an interval. */
leat_result leat_window_answer(leat_window *w);
/* Emits what a query answers. */
void leat_emit(leat_window *w, uint64_t start, uint64_t end, int flags);

#endif
