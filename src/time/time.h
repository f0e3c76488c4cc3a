/*
 * time.h - which values are in, by time
 *
 * What all windows of one object share is its flow: options, the plan of
 * the statistics, the clock, the pools. What a window of one key holds is
 * its state. A window by time is a flow with one state; keyed windows are a
 * flow with a state for each key.
 *
 * Three engines know how a state takes values and tells results: cells.c
 * (windows that do not overlap), ranges.c (windows that do, as ranges of a
 * tree) and fade.c (weights). How values combine is kept in blocks of
 * accumulators (accs.c), one block for each run of values that is known.
 */
#ifndef LEAT_TIME_H
#define LEAT_TIME_H

#include "../agg/agg.h"
#include "../core/calls.h"
#include "../window/window.h"
#include "few.h"
#include "index.h"

/* ---------------- arithmetic at the limits -------------------------- */

LEAT_INLINE int64_t leat_later(int64_t t, int64_t by) /* by >= 0 */
{
	return t > INT64_MAX - by ? INT64_MAX : t + by;
}

LEAT_INLINE int64_t leat_earlier(int64_t t, int64_t by) /* by >= 0 */
{
	return t < INT64_MIN + by ? INT64_MIN : t - by;
}

/* t mod width, in [0, width). */
int64_t leat_modulo(int64_t t, int64_t width);

/* ---------------- the clock ----------------------------------------- */

struct leat_clock {
	int64_t now, watermark;
	int64_t target;  /* what the watermark is about to become, */
	int64_t ahead;   /* and later, once all keys have been visited */
	int64_t slowest; /* time of the source that holds it back */
	int64_t begin;   /* the first time seen */
	int started;
	int64_t delay, max_skew, idle_timeout;
	uint32_t n_sources;
	int64_t *times; /* of the sources; NULL if there is one */
	unsigned char *seen;
};

void leat_clock_reset(struct leat_clock *c);
/* The first value of all, and with several sources any. */
void leat_clock_see_first(struct leat_clock *c, uint32_t source, int64_t t);
/*
 * Time passes for all sources; LEAT_TIME_MAX ends it. The sources' own times
 * stay as they are until leat_clock_advanced(), which is called when nothing
 * can fail any more.
 */
void leat_clock_advance(struct leat_clock *c, int64_t t);
void leat_clock_advanced(struct leat_clock *c, int64_t t);

/* A clock as it was, so that a value can be taken back from it. */
struct leat_clock_mark {
	struct leat_clock clock;
	int64_t time; /* of the source that the value is from */
	unsigned char seen;
};

void leat_clock_mark(const struct leat_clock *c, uint32_t source,
    struct leat_clock_mark *mark);
void leat_clock_back(struct leat_clock *c, uint32_t source,
    const struct leat_clock_mark *mark);

/* As if it had seen what the other has seen, too: `target` is the later one. */
void leat_clock_join(struct leat_clock *c, const struct leat_clock *other);

/* Where the watermark is when all has been told that is being told. */
LEAT_INLINE int64_t leat_clock_coming(const struct leat_clock *c)
{
	return c->ahead > c->target ? c->ahead : c->target;
}

/* Whether a time is too far ahead; c->max_skew > 0. */
int leat_clock_skewed(const struct leat_clock *c, int64_t t);

/* Whether a value may come at all: LEAT_ESOURCE, LEAT_TOO_FAR. */
LEAT_INLINE int leat_clock_check(const struct leat_clock *c, uint32_t source,
    int64_t t)
{
	if (LEAT_UNLIKELY(source >= c->n_sources))
		return LEAT_ESOURCE;
	if (LEAT_UNLIKELY(t == LEAT_TIME_MAX) ||
	    (LEAT_UNLIKELY(c->max_skew > 0) && leat_clock_skewed(c, t)))
		return LEAT_TOO_FAR;
	return LEAT_OK;
}

/* It came: moves now, and says in `target` where the watermark goes. */
LEAT_INLINE void leat_clock_see(struct leat_clock *c, uint32_t source,
    int64_t t)
{
	if (LEAT_UNLIKELY(!c->started) || LEAT_UNLIKELY(c->times != NULL)) {
		leat_clock_see_first(c, source, t);
		return;
	}
	if (t <= c->now)
		return;
	c->now = c->slowest = t;
	t = leat_earlier(t, c->delay);
	if (t > c->watermark)
		c->target = t;
}

/* Blocks of accumulators lie on multiples of 16, as users' classes may ask. */
LEAT_INLINE size_t leat_round_up(size_t n_bytes)
{
	return (n_bytes + 15) & ~(size_t)15;
}

/* ---------------- accumulators -------------------------------------- */

/* One aggregate class of a flow. */
struct leat_section {
	const struct leat_class *cls;
	const leat_agg *agg; /* of the user, or NULL */
	enum leat_class_id id;
	int any_order;
	size_t offset; /* in a block */
	size_t from;   /* and in one that is joined or copied to another */
	size_t size, packed;
};

/*
 * A block is a tally and then an accumulator for each section. This is what
 * stands for a run of values in cells, in nodes and in between.
 */
struct leat_accs {
	uint64_t count, missing;
};

struct leat_flow;

void leat_accs_clear(const struct leat_flow *f, struct leat_accs *a);
void leat_accs_append(const struct leat_flow *f, struct leat_accs *a,
    const leat_sample *s);

/* Samples one behind the other; y is NULL where there are no pairs. */
struct leat_series {
	const int64_t *t;
	const double *x, *y;
};

/* Appends n of them in order; before: prepends them, the last one first. */
void leat_accs_add_row(const struct leat_flow *f, struct leat_accs *a,
    const struct leat_series *r, size_t n, int before);
/* a and then b; the two must not be the same. */
void leat_accs_join(const struct leat_flow *f, struct leat_accs *a,
    const struct leat_accs *b);
/* Whether both know the same, to the bit. */
int leat_accs_are_same(const struct leat_flow *f, struct leat_accs *a,
    struct leat_accs *b);

/*
 * A block of built-in classes for the length of a call; what windows that fade
 * have in place of one may be larger.
 */
enum { LEAT_ACCS_MAX = 1024 };

struct leat_accs_room {
	_Alignas(16) unsigned char bytes[LEAT_ACCS_MAX];
};

LEAT_INLINE struct leat_accs *leat_accs_in(struct leat_accs_room *r)
{
	return (struct leat_accs *)(void *)r->bytes;
}

LEAT_INLINE int leat_is_missing(const leat_sample *s)
{
	return s->x != s->x || s->y != s->y;
}

/* ---------------- the tree ------------------------------------------ */

/*
 * Values in the order of their times, or panes, each of which stands for
 * values of one slice of time; see tree.c.
 */
enum { LEAT_LEAF = 16, LEAT_ARITY = 8, LEAT_HEIGHT = 24 };

struct leat_node {
	uint32_t n;     /* values or children */
	uint32_t level; /* 0: a leaf */
	/*
	 * A leaf of values: t[LEAT_LEAF], x[LEAT_LEAF], with pairs
	 * y[LEAT_LEAF]. A pane: t[1], its start. Above: of each child the
	 * smallest time, and the child.
	 */
	int64_t t[];
};

struct leat_inner {
	int64_t t[LEAT_ARITY];
	struct leat_node *child[LEAT_ARITY];
};

LEAT_INLINE struct leat_inner *leat_inner(struct leat_node *n)
{
	return (struct leat_inner *)(void *)n->t;
}

LEAT_INLINE double *leat_leaf_x(struct leat_node *n)
{
	return (double *)(void *)(n->t + LEAT_LEAF);
}

struct leat_fringe;

struct leat_tree {
	struct leat_node *root;         /* NULL: it has no nodes */
	struct leat_node *first, *last; /* leaves */
	uint32_t height;                /* level of the root */
	uint32_t gone;                  /* values of the first leaf */
	struct leat_fringe *fringe;     /* NULL: while the first is the last */
	struct leat_few *few;           /* NULL: it has nodes, or is empty */
};

LEAT_INLINE int leat_tree_is_empty(const struct leat_tree *t)
{
	return !t->root && !t->few;
}

/* How a flow's trees look, and where their memory comes from. */
struct leat_forest {
	int panes;
	int small; /* trees of a few values have no nodes */
	size_t leaf_accs, inner_accs, fringe_size, table_size; /* bytes */
	struct leat_pool leaves, inners, fringes, tables;
	struct leat_node *felled; /* subtrees to be taken apart */
	uint32_t stocked; /* there is memory for trees less high than this */
	struct leat_shelf shelves[LEAT_FEW_CLASSES];
	size_t keep; /* at most so many free blocks of a shelf */
};

void leat_forest_init(struct leat_flow *f);
void leat_forest_clear(struct leat_flow *f);

/* Into the pane that starts there; a new one if need be. */
void leat_tree_add(struct leat_flow *f, struct leat_tree *t, int64_t start,
    const leat_sample *s);
/* The first value goes. */
void leat_tree_evict_first(struct leat_flow *f, struct leat_tree *t);
void leat_tree_clear(struct leat_flow *f, struct leat_tree *t);
/* Of a tree whose nodes are there, and of the left edge which are gone. */
void leat_tree_find_edges(struct leat_tree *t);
void leat_tape_tree(struct leat_tape *tape, struct leat_flow *f,
    struct leat_tree *t);
/* A pane of another tree; there is memory for it. */
void leat_tree_add_pane(struct leat_flow *f, struct leat_tree *t, int64_t start,
    const struct leat_accs *a);
/* Calls back for each pane in order. */
void leat_tree_each_pane(const struct leat_flow *f, const struct leat_tree *t,
    void (*fn)(void *ctx, int64_t start, const struct leat_accs *a), void *ctx);
size_t leat_tree_panes(const struct leat_flow *f, const struct leat_tree *t);
/* All values. */
void leat_tree_query(const struct leat_flow *f, const struct leat_tree *t,
    struct leat_accs *out);
/* What the edges' three blocks are together. */
void leat_tree_whole(const struct leat_flow *f, const struct leat_accs *first,
    const struct leat_accs *middle, const struct leat_accs *last,
    struct leat_accs *out);
uint64_t leat_tree_length(const struct leat_flow *f, const struct leat_tree *t);
/*
 * The smallest time, of a value or pane, that is not below `from`; 0 if there
 * is none.
 */
int leat_tree_seek(const struct leat_tree *t, int64_t from, int64_t *t_out);
int64_t leat_tree_first(const struct leat_tree *t);
/* The largest time, of a value or pane; the tree is not empty. */
LEAT_INLINE int64_t leat_tree_last(const struct leat_tree *t, int panes)
{
	return t->few ? leat_few_newest(t->few)
		      : t->last->t[panes ? 0 : t->last->n - 1];
}

/* Calls back for each value in order. */
void leat_tree_each(const struct leat_flow *f, const struct leat_tree *t,
    void (*fn)(void *ctx, const leat_sample *s), void *ctx);
/*
 * LEAT_ENOMEM, and then `to` is empty, and the pools of f are of no use but
 * to be cleared.
 */
int leat_tree_copy(struct leat_flow *f, struct leat_tree *to,
    const struct leat_tree *from);

/* tree.c, tree_late.c and tree_range.c among themselves; see tree.c. */
struct leat_fringe {
	struct leat_node *left[LEAT_HEIGHT], *right[LEAT_HEIGHT];
	uint32_t gone[LEAT_HEIGHT]; /* children of left[] */
	uint32_t covered; /* the last child of the root in its table */
	/* Of each level: past, front and suffixes; see leat_past(). */
	unsigned char *tables[LEAT_HEIGHT];
	/* Then the middle, and the suffixes of the first leaf. */
};

/* ---------------- states -------------------------------------------- */

struct leat_cell;

/*
 * What one key's window holds. All zero is empty; f->state_size bytes, in
 * which the engine may keep more behind the struct.
 */
struct leat_state {
	void *content;
};

/* Kept for flows that need it only (f->more_at), behind the rest. */
struct leat_more {
	uint64_t since;     /* values since the last result of early_count */
	uint64_t stored;    /* values stored, */
	uint64_t windows;   /* and cells or slices held: max_windows */
	int64_t first_end;  /* emit_empty: of the first window told, */
	int64_t empty_from; /* and of the last one; */
	int begun;          /* that is known */
	/*
	 * cells.c: the first open cell, where closed ones are kept; a cell
	 * before which none stores values (NULL: it is not known); and where
	 * cells have an index, the open ones that have changed.
	 */
	struct leat_cell *open, *oldest_stored;
	struct leat_index changed;
};

/* Memory that something may take from pools; see join.c. */
struct leat_need {
	size_t cells, contents, nodes;
	size_t leaves, inners, trees;
	size_t few; /* trees that have none */
};

/* What an engine's push() answers beside errors and refusals. */
#define LEAT_OUTSIDE 100

/*
 * A push consists of two steps. All that can fail happens in the first one:
 * reserve(), and for flows that are `careful` prepare() of every state that
 * the push may touch. The second one moves the clock, closes, tells and takes
 * the value, and cannot fail.
 */
struct leat_time_engine {
	/*
	 * Makes sure that push() finds the memory that a value takes wherever
	 * it goes, before the clock moves. LEAT_ENOMEM.
	 */
	int (*reserve)(struct leat_flow *f, const struct leat_state *s,
	    const leat_event *e);
	/*
	 * The clock has seen a value, or has been advanced, and the watermark
	 * has not moved. Adds to `need` what is taken when the state closes up
	 * to the clock's target, tells early results and takes `e` (NULL: no
	 * value), and asks the calendar for all that will have to be known.
	 * Changes nothing that can be seen; NULL where no flow is careful.
	 * LEAT_ECALENDAR, LEAT_ENOMEM, LEAT_TOO_FAR.
	 */
	int (*prepare)(struct leat_flow *f, const struct leat_state *s,
	    const leat_event *e, struct leat_need *need);
	/*
	 * Takes a value, tells closed windows that it changes, and lowers
	 * f->news to the watermark at which it gives close() something to do.
	 * LEAT_TOO_LATE, LEAT_NO_ROOM, LEAT_OUTSIDE.
	 */
	int (*push)(struct leat_flow *f, struct leat_state *s,
	    const leat_event *e);
	/*
	 * The watermark at which close() has something to do. 0 if there is
	 * none.
	 */
	int (*due)(const struct leat_flow *f, const struct leat_state *s,
	    int64_t *due_out);
	/*
	 * Tells the windows that end by `watermark` and have not been told as
	 * closed, in order, and forgets what is expired.
	 */
	void (*close)(struct leat_flow *f, struct leat_state *s,
	    int64_t watermark);
	/*
	 * LEAT_RESULT_EARLY: tells the open windows that have changed since
	 * they were told. LEAT_RESULT_DROPPED: all open windows, of a state
	 * that will be cleared; this takes no memory and need not be prepared.
	 * The same goes for all open windows with EARLY and
	 * LEAT_RESULT_FLUSHED, by which nothing changes.
	 */
	void (*tell)(struct leat_flow *f, struct leat_state *s, int flag);
	/*
	 * The window that holds now: where it lies, and unless out is NULL
	 * what stands for its values. Writes into nothing else.
	 */
	void (*look)(const struct leat_flow *f, const struct leat_state *s,
	    struct leat_accs *out, int64_t *start_out, int64_t *end_out);
	/* Values stored. */
	uint64_t (*stored)(const struct leat_flow *f,
	    const struct leat_state *s);
	/* Gives all of it back; the state is empty then. */
	void (*clear)(struct leat_flow *f, struct leat_state *s);
	/*
	 * Fills `to`, of zeros. After LEAT_ENOMEM it is to be cleared, and the
	 * flow it belongs to to be freed.
	 */
	int (*copy)(struct leat_flow *f, struct leat_state *to,
	    const struct leat_state *from);
	/*
	 * All that it holds; loading, into one of zeros. After an error that
	 * is to be cleared.
	 */
	void (*tape)(struct leat_flow *f, struct leat_state *s,
	    struct leat_tape *t);
	/*
	 * Whether a state of another flow of the same plan can be joined to s,
	 * and what that takes from pools. LEAT_ENOTSUP, LEAT_ELATE,
	 * LEAT_EFULL, LEAT_ENOMEM. Then: joins it.
	 */
	int (*join_room)(struct leat_flow *f, struct leat_state *s,
	    const struct leat_flow *g, const struct leat_state *other,
	    struct leat_need *need);
	void (*join)(struct leat_flow *f, struct leat_state *s,
	    const struct leat_flow *g, const struct leat_state *other);
};

/* ---------------- cells.c and those who save and join its states ------- */

struct leat_cell {
	struct leat_cell *next; /* newer; NULL: not in use */
	int64_t start, end;
	uint64_t marks;
	/* Then its block of accumulators or its tree. */
};

#define LEAT_CELL_HEAD leat_round_up(sizeof(struct leat_cell))

/* An item of the index of cells, which is in the order of their starts. */
struct leat_indexed_cell {
	int64_t start;
	struct leat_cell *cell;
};

/* Also the kind of f->asked. */
extern const struct leat_index_kind leat_cells_kind;

/* Up to so many cells are looked at one by one; more have an index. */
enum { LEAT_CELLS_FEW = 16 };

/* marks: flags, and above them how many results there have been. */
enum { LEAT_CELL_CHANGED = 1, LEAT_CELL_CLOSED = 2, LEAT_CELL_TOLD = 4 };

LEAT_INLINE uint64_t leat_cell_told(const struct leat_cell *c)
{
	return c->marks / LEAT_CELL_TOLD;
}

LEAT_INLINE struct leat_accs *leat_cell_accs(struct leat_cell *c)
{
	return (struct leat_accs *)(void *)((unsigned char *)c +
	    LEAT_CELL_HEAD);
}

LEAT_INLINE struct leat_tree *leat_cell_tree(struct leat_cell *c)
{
	return (struct leat_tree *)(void *)((unsigned char *)c +
	    LEAT_CELL_HEAD);
}

LEAT_INLINE struct leat_cell *leat_newest(const struct leat_state *s)
{
	return s->content;
}

LEAT_INLINE struct leat_cell *leat_oldest(const struct leat_state *s)
{
	return leat_newest(s) ? leat_newest(s)->next : NULL;
}

/* The one after it; NULL: it is the newest. */
LEAT_INLINE struct leat_cell *leat_newer(const struct leat_state *s,
    const struct leat_cell *c)
{
	return c == leat_newest(s) ? NULL : c->next;
}

/* The newest cell that starts at or before t; NULL: none. */
struct leat_cell *leat_cells_find(const struct leat_flow *f,
    const struct leat_state *s, int64_t t);
/* A new cell after `before`, or as the oldest; memory is reserved. */
struct leat_cell *leat_cells_add(struct leat_flow *f, struct leat_state *s,
    struct leat_cell *before, int64_t start, int64_t end);
/* Finds out anew what is known of cells that were put there one by one. */
void leat_cells_renew(const struct leat_flow *f, const struct leat_state *s);
/* Nodes that so many new cells, and the change of one, may take. */
size_t leat_cells_nodes(const struct leat_flow *f, const struct leat_state *s,
    size_t n);
/* Returns the nodes that are needed where all cells may change. */
size_t leat_cells_join_nodes(const struct leat_flow *f,
    const struct leat_state *s, size_t n);
/* The marks of a cell have been set; there are nodes for that. */
void leat_cells_marked(struct leat_flow *f, const struct leat_state *s,
    struct leat_cell *c);
/* emit_empty: the window after the one that ended there. */
int leat_cells_next_empty(const struct leat_flow *f, int64_t from,
    int64_t *start, int64_t *end);
/* Whether the window that ends there has been told as one without data. */
int leat_cells_told_empty(const struct leat_flow *f, const struct leat_state *s,
    int64_t end);
/* Tells closed windows again that have changed. */
void leat_cells_tell_news(struct leat_flow *f, struct leat_state *s);
void leat_cells_tape(struct leat_flow *f, struct leat_state *s,
    struct leat_tape *t);
int leat_cells_join_room(struct leat_flow *f, struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other,
    struct leat_need *need);
void leat_cells_join(struct leat_flow *f, struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other);

/* ---------------- ranges.c, the same ----------------------------------- */

/* Windows are ordered by end and then by start, so that one is a key. */
struct leat_grid_window {
	int64_t end, start;
};

/* An item of the ledger: a window that has been told and may be again. */
struct leat_told {
	struct leat_grid_window w;
	uint64_t times; /* results it has had */
	int late; /* before it would have been told as closed; 2: is to be */
};

/* Windows that have changed: all that end from..to. */
struct leat_changed {
	struct leat_grid_window from, to;
};

/* The kind of both, which begin with a window. */
extern const struct leat_index_kind leat_windows_kind;

struct leat_ranges {
	struct leat_tree tree;
	int64_t closed; /* the watermark up to which windows have been told */
	struct leat_grid_window empty; /* emit_empty: the next one, */
	int begun;                     /* if there was one before */
	int touched;                   /* sliding: changed since told early */
	struct leat_index told, changed;
};

LEAT_INLINE struct leat_told *leat_told_first(const struct leat_ranges *r)
{
	return leat_index_first(&leat_windows_kind, &r->told);
}

/* The next one of the ledger; NULL: there is none. */
LEAT_INLINE struct leat_told *leat_told_after(const struct leat_ranges *r,
    struct leat_grid_window w)
{
	return leat_index_after(&leat_windows_kind, &r->told, &w.end);
}

LEAT_INLINE struct leat_changed *leat_changed_first(const struct leat_ranges *r)
{
	return leat_index_first(&leat_windows_kind, &r->changed);
}

LEAT_INLINE struct leat_changed *leat_changed_after(const struct leat_ranges *r,
    struct leat_grid_window from)
{
	return leat_index_after(&leat_windows_kind, &r->changed, &from.end);
}

LEAT_INLINE struct leat_ranges *leat_ranges_of(const struct leat_state *s)
{
	return s->content;
}

LEAT_INLINE int leat_is_before(struct leat_grid_window a,
    struct leat_grid_window b)
{
	return a.end != b.end ? a.end < b.end : a.start < b.start;
}

struct leat_grid_window leat_first_after(const struct leat_flow *f, int64_t t);
int64_t leat_last_end(const struct leat_flow *f, int64_t t);
int leat_next_window(const struct leat_flow *f, struct leat_grid_window *w);
/* Goes to the first window with data from *w on; 0: there is none. */
int leat_next_with_data(const struct leat_flow *f, const struct leat_tree *t,
    struct leat_grid_window *w);
/* The state of a window that has had no value. */
extern const struct leat_ranges leat_no_ranges;
/* At least as many as there are of them that are open. */
size_t leat_ranges_open(const struct leat_flow *f, struct leat_changed c);
void leat_ranges_start(struct leat_flow *f, struct leat_state *s);
/* The item of a window in the ledger; a new one, whose nodes are reserved. */
struct leat_told *leat_ranges_note(struct leat_flow *f, struct leat_ranges *r,
    struct leat_grid_window w);
/* Tells those that are to be told late; the ledger has them all. */
void leat_ranges_tell_news(struct leat_flow *f, struct leat_ranges *r);
/* Notes windows as changed; the nodes that it takes are reserved. */
void leat_ranges_changed(struct leat_flow *f, struct leat_ranges *r,
    struct leat_changed c);
void leat_ranges_tape(struct leat_flow *f, struct leat_state *s,
    struct leat_tape *t);
int leat_ranges_join_room(struct leat_flow *f, struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other,
    struct leat_need *need);
void leat_ranges_join(struct leat_flow *f, struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other);

/* ---------------- slices.c: how many windows that overlap are held ------- */

/* The slice of gcd(span, advance) ticks that holds t. */
int64_t leat_slice_start(const struct leat_flow *f, int64_t t);
/* Whether t lies in a slice that has no data in the tree. */
int leat_slice_is_new(const struct leat_flow *f, const struct leat_tree *t,
    int64_t at);
/* Slices that have data before a time. */
uint64_t leat_slices_before(const struct leat_flow *f,
    const struct leat_tree *t, int64_t before);
/* Slices of the other tree that have no data in t. */
uint64_t leat_slices_more(const struct leat_flow *f, const struct leat_tree *t,
    const struct leat_tree *other);
/* The first value goes, and its slice with it if that was all. */
void leat_slices_evict_first(struct leat_flow *f, struct leat_state *s);

/* ---------------- all of them -------------------------------------------- */

/*
 * The interval of a cell for t; LEAT_OUTSIDE if t is between two,
 * LEAT_ECALENDAR.
 */
int leat_cells_interval(const struct leat_flow *f, int64_t t, int64_t *start,
    int64_t *end);

/* Bytes of a cell; of what a state of ranges.c, and of fade.c, points to. */
size_t leat_cells_size(const struct leat_flow *f);
/* Where the first cell lies in a state. */
size_t leat_cells_place(const struct leat_flow *f);
size_t leat_ranges_size(void);
size_t leat_fade_size(const struct leat_flow *f);
void leat_fade_lower(const struct leat_flow *f, const struct leat_accs *whole,
    double *out);
struct leat_tally leat_fade_tally(const struct leat_flow *f);

extern const struct leat_time_engine leat_cells_engine, leat_ranges_engine,
    leat_fade_engine;

struct leat_flow {
	struct leat_memory memory;
	struct leat_clock clock;

	int kind;
	int64_t span, advance, offset, gap;
	int64_t width; /* of a pane */
	int64_t phase; /* of windows' ends: modulo advance */
	leat_calendar calendar;
	double half_life;
	unsigned errors; /* of DECAY: enum leat_decay_more */
	uint64_t min_count;
	int propagate, pairs;
	int64_t lateness;
	uint64_t early_count;
	int64_t early_span;
	int emit_empty;
	uint64_t max_values, max_windows;
	int full;
	leat_sink sink;
	leat_late_sink late;

	const struct leat_time_engine *engine;
	size_t state_size;
	size_t more_at;  /* of struct leat_more in a state; 0: it has none */
	size_t index_at; /* of the index of cells in a state */
	int has_user;    /* there is a class of the user's */
	int ordered;     /* some class needs samples in order */
	int revises;     /* a window may be told more than once */
	int careful;     /* pushes and advances are prepared */
	size_t n_sections, n_stats, accs_size;
	struct leat_section *sections;
	struct leat_plan *plan;
	double *results;
	const void **partials;   /* of classes; NULL: there is none */
	struct leat_accs *whole; /* what is told is made from */
	struct leat_accs *piece; /* scratch of pushes and of loading */
	int narrow; /* blocks are copied section by section; see query.c */

	struct leat_pool cells, contents;
	struct leat_pool nodes; /* of indices */
	struct leat_forest forest;
	leat_counts counts;
	int64_t news; /* see push() of engines */
	/*
	 * Start and end of the intervals that the calendar was asked for while
	 * a push was prepared, until that push is over.
	 */
	struct leat_index asked;

	/* Whose result is being told. */
	const leat_sink *told;
	struct leat_calls calls;
	const void *key;
	size_t key_len;
};

/* A window that ends there takes no late values any more. */
LEAT_INLINE int leat_is_expired(const struct leat_flow *f, int64_t end,
    int64_t watermark)
{
	return leat_later(end, f->lateness) <= watermark;
}

LEAT_INLINE int leat_slides(const struct leat_flow *f)
{
	return f->kind == LEAT_SLIDING;
}

/* ---------------- places in trees ------------------------------------ */

LEAT_INLINE struct leat_accs *leat_accs_at(const struct leat_flow *f,
    void *base, size_t i)
{
	return (struct leat_accs *)(void *)((unsigned char *)base +
	    i * f->accs_size);
}

/*
 * append() and join() where they must be fast, and prepend(). The commonest
 * classes are stepped and joined right here, the others by way of their
 * functions; both give the same bits.
 */
LEAT_INLINE void *leat_section(const struct leat_section *s,
    struct leat_accs *a)
{
	return (unsigned char *)a + s->offset;
}

LEAT_INLINE void leat_extreme_add(double *m, double x, int max)
{
	*m = (max ? x > *m : x < *m) ? x : *m;
}

LEAT_INLINE void leat_section_add(const struct leat_section *p, void *acc,
    const leat_sample *s, int before)
{
	switch (p->id) {
	case LEAT_CLASS_SUM:
		leat_sum_add(acc, s->x);
		break;
	case LEAT_CLASS_MOMENTS:
		leat_moments_add(acc, s->x);
		break;
	case LEAT_CLASS_MIN:
	case LEAT_CLASS_MAX:
		leat_extreme_add(acc, s->x, p->id == LEAT_CLASS_MAX);
		break;
	default:
		if (before)
			p->cls->prepend(p->agg, acc, s);
		else
			p->cls->append(p->agg, acc, s);
	}
}

LEAT_INLINE void leat_accs_add(const struct leat_flow *f, struct leat_accs *a,
    const leat_sample *s, int before)
{
	if (LEAT_UNLIKELY(leat_is_missing(s))) {
		a->missing++;
		return;
	}
	a->count++;
	for (size_t i = 0; i < f->n_sections; i++) {
		const struct leat_section *p = &f->sections[i];
		leat_section_add(p, leat_section(p, a), s, before);
	}
}

/* By way of the class: what is joined is a folded partial. */
void leat_section_combine(const struct leat_section *p, void *acc,
    const void *right);

LEAT_INLINE void leat_accs_unite(const struct leat_flow *f, struct leat_accs *a,
    const struct leat_accs *b)
{
	a->count += b->count;
	a->missing += b->missing;
	for (size_t i = 0; i < f->n_sections; i++) {
		const struct leat_section *p = &f->sections[i];
		void *acc = leat_section(p, a);
		const void *right = (const unsigned char *)b + p->from;
		if (LEAT_LIKELY(p->id == LEAT_CLASS_SUM))
			leat_sum_join(acc, right);
		else if (p->id == LEAT_CLASS_MIN || p->id == LEAT_CLASS_MAX)
			leat_extreme_add(acc, *(const double *)right,
			    p->id == LEAT_CLASS_MAX);
		else
			leat_section_combine(p, acc, right);
	}
}

void leat_accs_copy_narrow(const struct leat_flow *f, struct leat_accs *a,
    const struct leat_accs *b);

/* Blocks are small most of the time, and their size is a multiple of 16. */
LEAT_INLINE void leat_accs_copy(const struct leat_flow *f, struct leat_accs *a,
    const struct leat_accs *b)
{
	if (LEAT_LIKELY(f->accs_size == 48))
		memcpy(a, b, 48);
	else if (f->accs_size == 32)
		memcpy(a, b, 32);
	else if (LEAT_LIKELY(!f->narrow))
		memcpy(a, b, f->accs_size);
	else
		leat_accs_copy_narrow(f, a, b);
}

/*
 * What stands for a node: of a leaf its values; of an inner node all below
 * it, of one on the right edge all but its last child; on the left edge and
 * in the root it means nothing.
 */
LEAT_INLINE struct leat_accs *leat_node_accs(const struct leat_flow *f,
    struct leat_node *n)
{
	return (struct leat_accs *)(void *)((unsigned char *)n +
	    (n->level ? f->forest.inner_accs : f->forest.leaf_accs));
}

/* All that is right of the first child, in left[level] and above. */
LEAT_INLINE struct leat_accs *leat_past(const struct leat_flow *f,
    const struct leat_fringe *g, size_t level)
{
	return leat_accs_at(f, g->tables[level], 0);
}

/* What is left of the last child, in right[level] and above. */
LEAT_INLINE struct leat_accs *leat_front(const struct leat_flow *f,
    const struct leat_fringe *g, size_t level)
{
	return leat_accs_at(f, g->tables[level], 1);
}

/* The children of left[level] from the i-th on. */
LEAT_INLINE struct leat_accs *leat_suffix(const struct leat_flow *f,
    const struct leat_fringe *g, size_t level, size_t i)
{
	return leat_accs_at(f, g->tables[level], 2 + i);
}

LEAT_INLINE void *leat_fringe_accs(struct leat_fringe *g)
{
	return (unsigned char *)g + leat_round_up(sizeof(*g));
}

/* Everything between the first leaf and the last. */
LEAT_INLINE struct leat_accs *leat_middle(const struct leat_flow *f,
    struct leat_fringe *g)
{
	return leat_accs_at(f, leat_fringe_accs(g), 0);
}

/* The values of the first leaf from the i-th on. */
LEAT_INLINE struct leat_accs *leat_tail(const struct leat_flow *f,
    struct leat_fringe *g, size_t i)
{
	return leat_accs_at(f, leat_fringe_accs(g), 1 + i);
}

/* What the first leaf has left; only if it is not the last. */
LEAT_INLINE struct leat_accs *leat_first_accs(const struct leat_flow *f,
    const struct leat_tree *t)
{
	return f->forest.panes ? leat_node_accs(f, t->first)
			       : leat_tail(f, t->fringe, t->gone);
}

LEAT_INLINE void leat_leaf_put(const struct leat_flow *f,
    struct leat_node *leaf, size_t i, const leat_sample *s)
{
	double *x = leat_leaf_x(leaf);

	leaf->t[i] = s->t;
	x[i] = s->x;
	if (LEAT_UNLIKELY(f->pairs))
		x[LEAT_LEAF + i] = s->y;
}

LEAT_INLINE void leat_leaf_get(const struct leat_flow *f,
    struct leat_node *leaf, size_t i, leat_sample *s_out)
{
	const double *x = leat_leaf_x(leaf);

	s_out->t = leaf->t[i];
	s_out->x = x[i];
	s_out->y = LEAT_UNLIKELY(f->pairs) ? x[LEAT_LEAF + i] : 0;
}
/* What was dropped last is taken apart: so many inner nodes of it. */
void leat_tree_take_apart(struct leat_flow *f, size_t inners);
/* Makes sure of so many nodes and more. LEAT_ENOMEM. */
int leat_tree_stock_nodes(struct leat_flow *f, size_t leaves, size_t inners,
    size_t tables);
/* Room for one value more in any tree up to a height. LEAT_ENOMEM. */
int leat_tree_stock(struct leat_flow *f, uint32_t height);

/*
 * Whether one value more goes into two leaves, and there is a block for it;
 * all others may go before it comes.
 */
LEAT_INLINE int leat_few_has_room(const struct leat_forest *w,
    const struct leat_few *few)
{
	int n = few->first + few->last - few->gone;

	/* The first leaf has one at least: the last one is not full. */
	return n <= LEAT_LEAF && w->shelves[0].n > 0 &&
	    (n < few->room || w->shelves[few->size + 1].n > 0);
}

/* Room for one value more in a tree. LEAT_ENOMEM. */
LEAT_INLINE int leat_tree_reserve(struct leat_flow *f,
    const struct leat_tree *t)
{
	if (LEAT_LIKELY(f->forest.stocked > t->height))
		return LEAT_OK;
	if (t->few && leat_few_has_room(&f->forest, t->few))
		return LEAT_OK;
	return t->root || !f->forest.small ? leat_tree_stock(f, t->height)
					   : leat_few_stock(f, t);
}

/* A value that does not go to the end of the last leaf. */
void leat_tree_insert_else(struct leat_flow *f, struct leat_tree *t,
    const leat_sample *s);

/*
 * The last leaf takes values at its end until it is full; but not if it is
 * the first one, too, and values have left it.
 */
LEAT_INLINE void leat_tree_insert(struct leat_flow *f, struct leat_tree *t,
    const leat_sample *s)
{
	struct leat_node *leaf = t->last;

	if (LEAT_UNLIKELY(!leaf || leaf->n == LEAT_LEAF ||
		s->t < leaf->t[leaf->n - 1] ||
		(t->height == 0 && t->gone > 0))) {
		leat_tree_insert_else(f, t, s);
		return;
	}
	leat_leaf_put(f, leaf, leaf->n++, s);
	leat_accs_add(f, leat_node_accs(f, leaf), s, 0);
}

/* What is before a time goes: more than some values of the first leaf. */
void leat_tree_evict_more(struct leat_flow *f, struct leat_tree *t,
    int64_t before);

LEAT_INLINE void leat_tree_evict(struct leat_flow *f, struct leat_tree *t,
    int64_t before)
{
	struct leat_node *leaf = t->first;

	if (LEAT_UNLIKELY(!leaf)) {
		if (t->few)
			leat_few_evict(f, t, before);
		return;
	}
	if (leaf->t[t->gone] >= before)
		return;
	if (LEAT_UNLIKELY(leaf->t[leaf->n - 1] < before)) {
		leat_tree_evict_more(f, t, before);
		return;
	}
	while (leaf->t[t->gone] < before)
		t->gone++;
}

/* Those in [from, to), which are not all. */
void leat_tree_part(const struct leat_flow *f, const struct leat_tree *t,
    int64_t from, int64_t to, struct leat_accs *out);

LEAT_INLINE void leat_tree_range(const struct leat_flow *f,
    const struct leat_tree *t, int64_t from, int64_t to, struct leat_accs *out)
{
	if (LEAT_UNLIKELY(!t->root) && t->few)
		leat_few_range(f, t->few, from, to, out);
	else if (LEAT_UNLIKELY(!t->root) ||
	    (from <= t->first->t[t->gone] && to > t->last->t[t->last->n - 1]))
		leat_tree_query(f, t, out);
	else
		leat_tree_part(f, t, from, to, out);
}

/* Makes the tables and the middle anew; the edges are known. */
void leat_tree_edges(struct leat_flow *f, struct leat_tree *t);
/* What the left edge knows of one level; and what follows from it. */
void leat_tree_tabulate(struct leat_flow *f, struct leat_tree *t, size_t level);
void leat_tree_tabulate_leaf(struct leat_flow *f, struct leat_tree *t);
void leat_tree_chain_left(struct leat_flow *f, struct leat_tree *t,
    size_t level);
void leat_tree_chain_right(struct leat_flow *f, struct leat_tree *t,
    size_t level);
/* A new leaf after the last; and a new root above the old and `right`. */
struct leat_node *leat_tree_leaf(struct leat_flow *f);
struct leat_node *leat_tree_inner(struct leat_flow *f, uint32_t level);
void leat_tree_grow(struct leat_flow *f, struct leat_tree *t,
    struct leat_node *leaf);
void leat_tree_raise(struct leat_flow *f, struct leat_tree *t,
    struct leat_node *left, struct leat_node *right);
/* A leaf behind all others, or the only one. */
void leat_tree_hang(struct leat_flow *f, struct leat_tree *t,
    struct leat_node *leaf);
void leat_tree_insert_late(struct leat_flow *f, struct leat_tree *t,
    const leat_sample *s);
void leat_tree_add_late(struct leat_flow *f, struct leat_tree *t, int64_t start,
    const leat_sample *s);

/* ---------------- flow.c: plan, and what is common to the engines ---- */

LEAT_INLINE struct leat_more *leat_more(const struct leat_flow *f,
    const struct leat_state *s)
{
	return (struct leat_more *)(void *)((unsigned char *)(uintptr_t)s +
	    f->more_at);
}

/*
 * The options as a flow has them: *f is filled but for pointers. Then how
 * the flow and what it points to is cut from a block: with base, its places
 * are set and it is ready. leat_flow_end() gives back all but the block.
 */
int leat_flow_plan(struct leat_flow *f, const leat_time_window_options *o,
    const char **why_out);
void leat_flow_cut(struct leat_flow *f, struct leat_cutter *c);
void leat_flow_start(struct leat_flow *f, const leat_time_window_options *o);
void leat_flow_end(struct leat_flow *f);
/* Forgets what its pools hold, which stays where it is. */
void leat_flow_blank(struct leat_flow *f);
/*
 * f lies in the block `to`, a copy of the bytes of `from`: its pointers are
 * set, and its pools are empty. allocator NULL: the same.
 */
void leat_flow_moved(const void *from, void *to, struct leat_flow *f,
    const leat_allocator *allocator);

/*
 * One value into one state. The clock has seen it, and all that was due has
 * been closed. Counts it, tells `late` and early_count's results.
 */
int leat_flow_push(struct leat_flow *f, struct leat_state *s,
    const leat_event *e);
/* Counts a value that is refused before it comes to that; returns err. */
int leat_flow_refuse(struct leat_flow *f, int err);
/*
 * Whether windows without data between two times are few enough to be told in
 * one call. LEAT_TOO_FAR.
 */
int leat_flow_row(const struct leat_flow *f, int64_t from, int64_t until);
/* Whether now has passed a multiple of early_span. */
int leat_flow_early(const struct leat_flow *f, int64_t was, int64_t now);
/* A result of f->whole, but for its values. */
leat_result leat_flow_result(const struct leat_flow *f, int64_t start,
    int64_t end);
/* Where the watermark is, or goes with what is being told. */
int64_t leat_flow_watermark(const struct leat_flow *f);
/* Whether that has too few values, or a missing one too many. */
int leat_flow_is_silent(const struct leat_flow *f,
    const struct leat_accs *whole);
/* Lowers what look() found. */
void leat_flow_lower(const struct leat_flow *f, const struct leat_accs *whole,
    int64_t start, int64_t end, double *out);
/*
 * query.c: looks and lowers, or copies the partial of a class, for one of
 * several threads: writes into nothing but what is given. LEAT_ESTAT.
 */
void leat_flow_query(const struct leat_flow *f, const struct leat_state *s,
    double *out);
int leat_flow_partial(const struct leat_flow *f, const struct leat_state *s,
    const leat_agg *agg, void *partial_out);
/* Which values are read, and where they go, unless it is NULL. */
struct leat_reading {
	uint64_t skip; /* so many are left out before */
	size_t n;
	int64_t *t;
	double *x, *y;
};
/* LEAT_ENOTSUP, LEAT_ERANGE, LEAT_EPAIRS. */
int leat_flow_read(const struct leat_flow *f, const struct leat_state *s,
    struct leat_reading to);
/* Tells f->whole as the result of a window. */
void leat_flow_tell(struct leat_flow *f, int64_t start, int64_t end,
    uint64_t revision, int flags);
/* At max_values. */
int leat_flow_is_full(const struct leat_flow *f, const struct leat_state *s);
/* At max_windows, so that a value that needs one more is refused. */
int leat_flow_has_all(const struct leat_flow *f, const struct leat_state *s);

/* ---------------- save.c and join.c -------------------------------------- */

/* Options of a flow; clock and counts; and a state. */
void leat_tape_flow_options(struct leat_tape *t, const struct leat_flow *f);
void leat_tape_flow(struct leat_tape *t, struct leat_flow *f);
void leat_tape_state(struct leat_tape *t, struct leat_flow *f,
    struct leat_state *s);
/* Saves or loads what stands for samples between two times, both included. */
void leat_tape_accs(struct leat_tape *t, const struct leat_flow *f,
    struct leat_accs *a, int64_t from, int64_t to);
/* What was read stands for values of its own, which have been counted. */
void leat_tape_holds(struct leat_tape *t, const struct leat_flow *f,
    const struct leat_accs *a);
/* save_few.c: saves a tree without nodes as one with nodes. */
void leat_few_save(struct leat_tape *t, struct leat_flow *f,
    struct leat_few *few);

/* A push is over: what was asked for it is forgotten. */
LEAT_INLINE void leat_flow_done(struct leat_flow *f)
{
	if (LEAT_UNLIKELY(f->asked.root != NULL))
		leat_index_clear(&f->asked, &f->nodes);
}

/* Whether two flows have the same plan. LEAT_EOPTIONS. */
int leat_flow_same(const struct leat_flow *f, const struct leat_flow *g);
/* Has the pools hold all of it. LEAT_ENOMEM. */
int leat_need_reserve(struct leat_flow *f, const struct leat_need *need);
/* So many values more are to go into a tree; NULL: an empty one. */
void leat_need_values(const struct leat_flow *f, struct leat_need *need,
    const struct leat_tree *t, uint64_t more);
void leat_state_join(struct leat_flow *f, struct leat_state *s,
    const struct leat_flow *g, const struct leat_state *other);
void leat_flow_join_counts(struct leat_flow *f, const struct leat_flow *g);

#endif
