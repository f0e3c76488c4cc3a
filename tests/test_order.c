/*
 * The order of the values that a window stores: its tree from inside.
 *
 * The bound of its cost cannot be seen from outside. What it answers is
 * compared with the values in an array.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../src/agg/order.h"

#include "data.h"
#include "suites.h"

struct walk {
	const struct leat_order *o;
	size_t n, deepest;
	const char *fault; /* the fault, if any */
	double value;      /* value of the node before, and its mark */
	uint32_t mark;
};

static void must(struct walk *w, int holds, const char *what)
{
	if (!holds)
		w->fault = what;
}

/* Order, counts and balance of what is below; returns how many have a mark. */
static uint32_t walk_down(struct walk *w, uint32_t at, size_t depth)
{
	const struct leat_order_node *n = &w->o->node[at];
	size_t before = w->n;
	if (at == 0)
		return 0;
	if (depth > w->deepest)
		w->deepest = depth;
	uint32_t marked = walk_down(w, n->child[0], depth + 1);
	size_t left = w->n - before + 1;
	uint32_t own = n->marked - marked - w->o->node[n->child[1]].marked;
	must(w, own <= 1, "mark");
	must(w,
	    w->n == 0 || w->value < n->value ||
		(w->value == n->value && w->mark <= own),
	    "order");
	w->value = n->value;
	w->mark = own;
	w->n++;
	marked += own + walk_down(w, n->child[1], depth + 1);
	size_t right = w->n - before - left + 1;
	must(w, left <= 3 * right && right <= 3 * left, "balance");
	must(w, n->values == w->n - before, "values");
	must(w, n->marked == marked, "marked");
	return n->marked;
}

/* Steps down a tree of weight n + 1, each taking at least a quarter off. */
static size_t deepest_of(size_t n)
{
	if (n == 0)
		return 1;
	return 1 + (size_t)(log(((double)n + 1) / 2) / log(4.0 / 3) + 1e-9);
}

static void check_tree(const struct leat_order *o, size_t n)
{
	struct walk w = { o, 0, 0, NULL, 0, 0 };
	(void)walk_down(&w, o->root, 1);
	ck_assert_msg(!w.fault, "of %zu: %s", n, w.fault);
	ck_assert_uint_eq(w.n, n);
	ck_assert_uint_le(w.deepest, deepest_of(w.n));
	ck_assert(o->node[0].values == 0 && o->node[0].marked == 0);
}

/* A tree, and its values in the order in which they came. */
struct grove {
	struct leat_order order;
	size_t room, n;
	double *value;
	uint32_t *mark;
};

static struct grove plant(size_t room)
{
	struct grove g;
	memset(&g, 0, sizeof(g));
	g.room = room;
	g.order.node = malloc((room + 1) * sizeof(*g.order.node));
	g.value = malloc(room * sizeof(*g.value));
	g.mark = malloc(room * sizeof(*g.mark));
	ck_assert(g.order.node && g.value && g.mark);
	memset(g.order.node, 0xCD, (room + 1) * sizeof(*g.order.node));
	leat_order_reset(&g.order);
	return g;
}

static void fell(struct grove *g)
{
	free(g->order.node);
	free(g->value);
	free(g->mark);
}

static void add(struct grove *g, double value, uint32_t mark)
{
	leat_order_add(&g->order, value, mark);
	g->value[g->n] = value;
	g->mark[g->n++] = mark;
}

static void drop(struct grove *g, size_t i)
{
	leat_order_remove(&g->order, g->value[i], g->mark[i]);
	g->n--;
	memmove(g->value + i, g->value + i + 1, (g->n - i) * sizeof(*g->value));
	memmove(g->mark + i, g->mark + i + 1, (g->n - i) * sizeof(*g->mark));
}

static double area(const struct grove *g)
{
	size_t twice = 0, pairs = 0;
	for (size_t i = 0; i < g->n; i++)
		for (size_t j = 0; g->mark[i] && j < g->n; j++) {
			if (g->mark[j])
				continue;
			pairs++;
			twice += g->value[i] > g->value[j]
			    ? 2
			    : g->value[i] == g->value[j];
		}
	return pairs ? (double)twice / (double)(2 * pairs) : (double)NAN;
}

/* Values of step i into a tree of n that try to make it lopsided. */
static double lopsided(int way, uint64_t i, uint64_t n, struct rng *r)
{
	double x = (double)i;
	switch (way) {
	case 0:
		return x;
	case 1:
		return -x;
	case 2:
		return i % 2 ? x : -x;
	case 3:
		return i % 2 ? 1 / (x + 1) : -1 / (x + 1);
	case 4:
		return 1;
	case 5:
		return (double)rng_below(r, 3);
	case 6: /* rises, then falls, then rises */
		return i / n % 2 ? -x : x;
	case 7: /* an age at the bottom, an age at the top */
		return i / (n / 2 + 1) % 2 ? 1e9 - x : x - 1e9;
	case 8: /* a new value replaces the oldest */
		return (double)(i % n);
	case 9: /* then the other half empties first */
		return (double)(i * 7 % n) + (i / n % 2 ? (double)n / 2 : 0);
	case 10:
		return i % 3 ? HUGE_VAL : -HUGE_VAL;
	default:
		return rng_normal(r);
	}
}
enum { N_WAYS = 12 };

/* First in first out. */
START_TEST(the_tree_is_sound_at_every_step)
{
	static const size_t of[] = { 1, 2, 3, 4, 5, 6, 7, 8, 13, 50, 200 };
	for (size_t k = 0; k < sizeof(of) / sizeof(*of); k++) {
		struct grove g = plant(of[k]);
		struct rng r = rng_new(of[k]);
		for (uint64_t i = 0; i < (short_run() ? 300 : 1500); i++) {
			if (g.n == g.room)
				drop(&g, 0);
			add(&g, lopsided(_i, i, of[k], &r),
			    (uint32_t)rng_below(&r, 2));
			check_tree(&g.order, g.n);
			if (i % 7 == 0)
				ck_assert(same_bits(leat_order_auc(&g.order),
				    area(&g)));
		}
		fell(&g);
	}
}
END_TEST

/* Any value may go, and any number of them at a time. */
START_TEST(values_come_and_go_in_any_order)
{
	struct grove g = plant(120);
	struct rng r = rng_new(77);
	for (uint64_t i = 0; i < (short_run() ? 500 : 4000); i++) {
		int grows = i / 300 % 2 ? rng_below(&r, 3) > 0
					: rng_below(&r, 3) == 0;
		if (g.n < g.room && (grows || g.n == 0))
			add(&g, lopsided(_i, i, 120, &r),
			    (uint32_t)rng_below(&r, 2));
		else
			drop(&g, (size_t)rng_below(&r, g.n));
		check_tree(&g.order, g.n);
		if (i % 7 == 0)
			ck_assert(same_bits(leat_order_auc(&g.order),
			    area(&g)));
	}
	while (g.n > 0)
		drop(&g, g.n - 1);
	check_tree(&g.order, 0);
	ck_assert_uint_eq(g.order.in_order, 0);
	fell(&g);
}
END_TEST

START_TEST(a_large_tree_is_not_deep)
{
	const size_t size = short_run() ? 2000 : 10000;
	struct grove g = plant(size);
	struct rng r = rng_new(5);
	for (uint64_t i = 0; i < 3 * (uint64_t)size; i++) {
		if (g.n == g.room)
			drop(&g, 0);
		add(&g, lopsided(_i, i, size, &r), (uint32_t)rng_below(&r, 2));
		if (i % 1999 == 0)
			check_tree(&g.order, g.n);
	}
	fell(&g);
}
END_TEST

/*
 * The fewest values that a path of so many nodes needs, when each step goes
 * to a sibling that weighs three times the other.
 */
START_TEST(a_path_has_room_for_the_deepest_tree)
{
	uint64_t weight = 2; /* one node */
	size_t nodes = 1;
	while (weight - 1 <= LEAT_ORDER_MAX) {
		weight += (weight + 2) / 3;
		nodes++;
	}
	ck_assert_uint_gt(weight - 1, LEAT_ORDER_MAX);
	ck_assert_uint_le(nodes - 1, LEAT_ORDER_PATH);
}
END_TEST

Suite *order_suite(void)
{
	Suite *suite = suite_create("order");
	TCase *tc = tcase_create("tree");
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, the_tree_is_sound_at_every_step, 0, N_WAYS);
	tcase_add_loop_test(tc, values_come_and_go_in_any_order, 0, N_WAYS);
	tcase_add_loop_test(tc, a_large_tree_is_not_deep, 0, N_WAYS);
	tcase_add_test(tc, a_path_has_room_for_the_deepest_tree);
	suite_add_tcase(suite, tc);
	return suite;
}
