/*
 * cells.h - windows that do not overlap
 *
 * cells.c and those who save and join its states share what a cell is; see
 * cells.c.
 */
#ifndef LEAT_CELLS_H
#define LEAT_CELLS_H

#include "engine.h"

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

/* Also the kind of st->asked. */
extern const struct leat_index_kind leat_cells_kind;

/* Up to so many cells are looked at one by one; more have an index. */
enum { LEAT_CELLS_FEW = 16 };

/* marks: flags, and above them how many results there have been. */
enum { LEAT_CELL_CHANGED = 1, LEAT_CELL_CLOSED = 2, LEAT_CELL_EMITTED = 4 };

LEAT_INLINE uint64_t leat_cell_emitted(const struct leat_cell *c)
{
	return c->marks / LEAT_CELL_EMITTED;
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
struct leat_cell *leat_cells_find(const struct leat_stream *st,
    const struct leat_state *s, int64_t t);
/* A new cell after `before`, or as the oldest; memory is reserved. */
struct leat_cell *leat_cells_add(struct leat_stream *st, struct leat_state *s,
    struct leat_cell *before, int64_t start, int64_t end);
/* Finds out anew what is known of cells that were put there one by one. */
void leat_cells_renew(const struct leat_stream *st, const struct leat_state *s);
/* Nodes that so many new cells, and the change of one, may take. */
size_t leat_cells_nodes(const struct leat_stream *st,
    const struct leat_state *s, size_t n);
/* Returns the nodes that are needed where all cells may change. */
size_t leat_cells_join_nodes(const struct leat_stream *st,
    const struct leat_state *s, size_t n);
/* The marks of a cell have been set; there are nodes for that. */
void leat_cells_marked(struct leat_stream *st, const struct leat_state *s,
    struct leat_cell *c);
/* emit_empty: the window after the one that ended there. */
int leat_cells_next_empty(const struct leat_stream *st, int64_t from,
    int64_t *start, int64_t *end);
/* Whether the window that ends there has been told as one without data. */
int leat_cells_emitted_empty(const struct leat_stream *st,
    const struct leat_state *s, int64_t end);
/* Tells closed windows again that have changed. */
void leat_cells_emit_again(struct leat_stream *st, struct leat_state *s);
void leat_cells_tape(struct leat_stream *st, struct leat_state *s,
    struct leat_tape *t);
int leat_cells_join_room(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other,
    struct leat_need *need);
void leat_cells_join(struct leat_stream *st, struct leat_state *s,
    const struct leat_stream *from, const struct leat_state *other);

/*
 * The interval of a cell for t; LEAT_OUTSIDE if t is between two,
 * LEAT_ECALENDAR.
 */
int leat_cells_interval(const struct leat_stream *st, int64_t t, int64_t *start,
    int64_t *end);

/* Bytes of a cell; and where the first one lies in a state. */
size_t leat_cells_size(const struct leat_layout *l);
size_t leat_cells_place(const struct leat_layout *l);

#endif
