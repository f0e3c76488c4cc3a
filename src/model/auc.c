/*
 * auc.c - area under the ROC curve of the last samples, exact
 *
 * The area is the share of pairs, one positive sample and one negative,
 * in which the positive one has the larger score, ties counting a half:
 * the statistic of Mann and Whitney (Hanley and McNeil, "The meaning and
 * use of the area under a receiver operating characteristic (ROC) curve",
 * Radiology 143, 1982). Over the newest samples alone it follows a change:
 * Brzezinski and Stefanowski, "Prequential AUC: properties of the area
 * under the ROC curve for data streams with concept drift", Knowledge and
 * Information Systems 52 (2017).
 *
 * They walk through all samples in order of score at every step. Here the
 * number of pairs in order is kept, twice so that a tie counts one. It is
 * changed by the pairs that a sample makes when it enters and when it
 * leaves. These are integers, so nothing is lost, and what a result is
 * does not depend on the shape of the tree or on the places of the samples
 * in the array.
 *
 * How many samples of either class have smaller scores comes from a
 * binary tree in which each node counts what is below it. Sample k is in
 * node k modulo size, plus 1; equal scores are ordered by their nodes, so
 * each sample has a place of its own and is found again by it. There are
 * no pointers in the array, so a copy is a copy of bytes.
 *
 * The tree is balanced by these same counts. The weight of a tree is the
 * number of its samples plus 1, and of two siblings neither weighs more
 * than three times the other. When a sample has come or gone, one or two
 * rotations at each node of its path restore this: Adams, "Efficient sets:
 * a balancing act", Journal of Functional Programming 3 (1993). That they
 * always do with the constants 3 and 2 was proved by Hirai and Yamamoto,
 * "Balancing weight-balanced trees", in the same journal, 21 (2011). So it
 * holds whatever the scores are and in whatever order they come.
 *
 * Cost: each push walks six paths at most. A child has at most 3/4 of the
 * weight of its parent and every node at least weight 2, so d steps down a
 * tree of n samples need (3/4)^d (n + 1) >= 2: with n + 1 = 2^31, d <= 72.
 */
#include "model.h"

enum { AUC_DELTA = 3, AUC_GAMMA = 2 };

void leat_auc_reset(struct leat_auc *a)
{
	a->root = 0;
	a->next = 1;
	a->ordered = 0;
	memset(&a->node[0], 0, sizeof(a->node[0]));
}

/* ---------------- balance ------------------------------------------- */

static uint64_t auc_weight(const struct leat_auc *a, uint32_t at)
{
	return (uint64_t)a->node[at].samples + 1;
}

/* The child on that side takes the node's place, the node goes below. */
static void auc_rotate(struct leat_auc *a, uint32_t *link, int side)
{
	struct leat_auc_node *up, *down = &a->node[*link];
	uint32_t rising = down->child[side];
	const struct leat_auc_node *inner;

	up = &a->node[rising];
	inner = &a->node[up->child[!side]];
	uint32_t samples = down->samples, positives = down->positives;
	down->samples -= up->samples - inner->samples;
	down->positives -= up->positives - inner->positives;
	up->samples = samples;
	up->positives = positives;
	down->child[side] = up->child[!side];
	up->child[!side] = *link;
	*link = rising;
}

static void auc_balance(struct leat_auc *a, uint32_t *link)
{
	struct leat_auc_node *n = &a->node[*link];
	uint64_t left = auc_weight(a, n->child[0]);
	uint64_t right = auc_weight(a, n->child[1]);
	int side = right > left;

	if (left <= AUC_DELTA * right && right <= AUC_DELTA * left)
		return;
	const struct leat_auc_node *heavy = &a->node[n->child[side]];
	if (auc_weight(a, heavy->child[!side]) >=
	    AUC_GAMMA * auc_weight(a, heavy->child[side]))
		auc_rotate(a, &n->child[side], !side);
	auc_rotate(a, link, side);
}

/* ---------------- entering and leaving ------------------------------ */

/* The way from the root, as the places that name the nodes on it. */
struct auc_path {
	uint32_t *link[LEAT_AUC_PATH];
	size_t n;
};

/* Each node on the way counts one sample more, or less. */
static void auc_pass(struct leat_auc *a, struct auc_path *path, uint32_t *link,
    uint32_t samples, uint32_t positives)
{
	path->link[path->n++] = link;
	a->node[*link].samples += samples;
	a->node[*link].positives += positives;
}

/* Where sample `at` is named, or should be. */
static uint32_t *auc_find(struct leat_auc *a, struct auc_path *path,
    uint32_t at, uint32_t samples, uint32_t positives)
{
	double score = a->node[at].score;
	uint32_t *link = &a->root;

	while (*link && *link != at) {
		struct leat_auc_node *n = &a->node[*link];
		int larger = score > n->score ||
		    (score == n->score && at > *link);
		auc_pass(a, path, link, samples, positives);
		link = &n->child[larger];
	}
	return link;
}

static void auc_balance_path(struct leat_auc *a, const struct auc_path *path)
{
	for (size_t i = path->n; i-- > 0;)
		auc_balance(a, path->link[i]);
}

static void auc_enter(struct leat_auc *a, uint32_t at, double score,
    uint32_t positive)
{
	struct leat_auc_node fresh = { score, { 0, 0 }, 1, positive };
	struct auc_path path;

	path.n = 0;
	a->node[at] = fresh;
	*auc_find(a, &path, at, 1, positive) = at;
	auc_balance_path(a, &path);
}

/* 1 if the sample is positive. */
static uint32_t auc_class(const struct leat_auc *a, uint32_t at)
{
	const struct leat_auc_node *n = &a->node[at];

	return n->positives - a->node[n->child[0]].positives -
	    a->node[n->child[1]].positives;
}

/* The next larger sample takes the place of one that has both children. */
static void auc_replace(struct leat_auc *a, struct auc_path *path,
    uint32_t *link)
{
	struct leat_auc_node *gone = &a->node[*link];
	uint32_t positives = gone->positives - auc_class(a, *link);
	uint32_t heir = gone->child[1], *below = &gone->child[1];
	size_t place = path->n;

	while (a->node[heir].child[0])
		heir = a->node[heir].child[0];
	uint32_t less = 0 - auc_class(a, heir);
	path->link[path->n++] = link;
	while (*below != heir) {
		auc_pass(a, path, below, UINT32_MAX, less);
		below = &a->node[*below].child[0];
	}
	struct leat_auc_node *s = &a->node[heir];
	*below = s->child[1];
	s->child[0] = gone->child[0];
	s->child[1] = gone->child[1];
	s->samples = gone->samples - 1;
	s->positives = positives;
	*link = heir;
	if (path->n > place + 1) /* it was named in the one that is gone */
		path->link[place + 1] = &s->child[1];
}

static void auc_leave(struct leat_auc *a, uint32_t at)
{
	const struct leat_auc_node *gone = &a->node[at];
	struct auc_path path;

	path.n = 0;
	uint32_t less = 0 - auc_class(a, at);
	uint32_t *link = auc_find(a, &path, at, UINT32_MAX, less);
	if (gone->child[0] && gone->child[1])
		auc_replace(a, &path, link);
	else
		*link = gone->child[gone->child[0] == 0];
	auc_balance_path(a, &path);
}

/* ---------------- pairs --------------------------------------------- */

/* Samples of the other class among those of a node and below. */
static uint64_t auc_others(const struct leat_auc *a, uint32_t at,
    uint32_t positive)
{
	const struct leat_auc_node *n = &a->node[at];

	return positive ? n->samples - n->positives : n->positives;
}

/* Those with smaller scores, or with ties also equal ones. */
static uint64_t auc_others_below(const struct leat_auc *a, double score,
    uint32_t positive, int ties)
{
	uint64_t below = 0;
	uint32_t at = a->root;

	while (at) {
		const struct leat_auc_node *n = &a->node[at];
		int larger = ties ? n->score <= score : n->score < score;
		if (larger)
			below += auc_others(a, at, positive) -
			    auc_others(a, n->child[1], positive);
		at = n->child[larger];
	}
	return below;
}

/* Twice the pairs in order that a sample makes with those in the tree. */
static uint64_t auc_pairs(const struct leat_auc *a, double score,
    uint32_t positive)
{
	uint64_t below = auc_others_below(a, score, positive, 0) +
	    auc_others_below(a, score, positive, 1);

	return positive ? below : 2 * auc_others(a, a->root, positive) - below;
}

void leat_auc_push(struct leat_auc *a, double score, int positive)
{
	uint32_t at = a->next, own = positive != 0;

	if (a->node[a->root].samples == a->size) {
		a->ordered -= auc_pairs(a, a->node[at].score, auc_class(a, at));
		auc_leave(a, at);
	}
	a->ordered += auc_pairs(a, score, own);
	auc_enter(a, at, score, own);
	a->next = at == a->size ? 1 : at + 1;
}

/* At most 2^31 samples make at most 2^60 pairs. */
double leat_auc_value(const struct leat_auc *a)
{
	uint64_t positives = a->node[a->root].positives;
	uint64_t negatives = a->node[a->root].samples - positives;

	if (positives == 0 || negatives == 0)
		return NAN;
	return (double)a->ordered / (double)(2 * positives * negatives);
}

/*
 * A result does not depend on the tree's shape, so samples are all there is
 * to save: score and class, oldest first. It is loaded by pushing them into
 * the nodes where they were.
 */
void leat_auc_tape(struct leat_auc *a, struct leat_tape *t, uint64_t pushed)
{
	uint64_t n = pushed < a->size ? pushed : a->size;
	uint32_t at = 1 + (uint32_t)((pushed - n) % a->size);

	if (t->loads)
		a->next = at;
	for (; n > 0 && !t->err; n--) {
		double score = t->loads ? 0 : a->node[at].score;
		int positive = t->loads ? 0 : (int)auc_class(a, at);
		leat_tape_double(t, &score);
		leat_tape_int(t, &positive, 1);
		if (!leat_tape_expect(t, score - score == 0))
			return;
		if (t->loads)
			leat_auc_push(a, score, positive);
		at = at == a->size ? 1 : at + 1;
	}
}
