/*
 * The API: keys, and one of them.
 *
 * Keys come in pages, ordered by their bytes: keys that come, go or get rows
 * between two requests do not move the others, so that each which was there all
 * the time is listed exactly once. A page of k keys of n is picked by one walk
 * over all of them with a heap of the k first: O(n log k) time at worst, and
 * O(k) memory, however many there are.
 *
 * "next" is the name to go on behind, ready to be put into a URL: a name that
 * is no UTF-8 cannot be read from JSON.
 */
#include <event2/http.h>
#include <stdlib.h>
#include <string.h>

#include "../replay/number.h"
#include "../replay/row_format.h"
#include "web_inside.h"

enum { LIMIT = 100, LIMIT_MOST = 1000 };

void web_key(const struct request *request, const char *encoded)
{
	struct web *web = request->web;
	const struct snapshot *b = web->options.snapshot;
	const struct snapshot_key *k;
	struct writer *w;
	size_t len;
	char *name = evhttp_uridecode(encoded, 0, &len);

	if (!name) {
		web_send(request, HTTP_OK, "text/plain", NULL);
		return;
	}
	k = snapshot_find(b, name, len);
	free(name);
	if (!k) {
		web_send_text(request, HTTP_NOTFOUND, "no such key");
		return;
	}
	w = web_begin(web);
	json_key(w, &web->options, k);
	web_send(request, HTTP_OK, "application/json", web_end(web));
}

/* ---- A page of keys ---- */

struct page {
	const struct snapshot_key **keys; /* a heap, the last one at its root */
	size_t n, limit;
	size_t n_after; /* keys there are behind `after` */
	char *after;
	size_t after_len;
};

static int compare_names(const char *a, size_t a_len, const char *b,
    size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len;
	int order = n > 0 ? memcmp(a, b, n) : 0;

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare_keys(const struct snapshot_key *a,
    const struct snapshot_key *b)
{
	return compare_names(a->name, a->len, b->name, b->len);
}

static int compare_places(const void *a, const void *b)
{
	const struct snapshot_key *const *x = a, *const *y = b;

	return compare_keys(*x, *y);
}

/* Moves a key down from the root, until none below is behind it. */
static void sift_down(struct page *page, const struct snapshot_key *k)
{
	size_t at = 0, child;

	while ((child = 2 * at + 1) < page->n) {
		if (child + 1 < page->n &&
		    compare_keys(page->keys[child + 1], page->keys[child]) > 0)
			child++;
		if (compare_keys(page->keys[child], k) <= 0)
			break;
		page->keys[at] = page->keys[child];
		at = child;
	}
	page->keys[at] = k;
}

static void sift_up(struct page *page, const struct snapshot_key *k)
{
	size_t at = page->n++;

	while (at > 0 && compare_keys(k, page->keys[(at - 1) / 2]) > 0) {
		page->keys[at] = page->keys[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	page->keys[at] = k;
}

static void pick(struct page *page, const struct snapshot *b)
{
	for (const struct snapshot_key *k = b->newest; k; k = k->older) {
		if (page->after &&
		    compare_names(k->name, k->len, page->after,
			page->after_len) <= 0)
			continue;
		page->n_after++;
		if (page->n < page->limit)
			sift_up(page, k);
		else if (compare_keys(k, page->keys[0]) < 0)
			sift_down(page, k);
	}
	if (page->n > 0)
		qsort(page->keys, page->n, sizeof *page->keys, compare_places);
}

static void send_page(const struct request *request, const struct page *page)
{
	struct web *web = request->web;
	struct writer *w = web_begin(web);

	json_keys(w, &web->options, page->keys, page->n,
	    page->n_after > page->n);
	web_send(request, HTTP_OK, "application/json", web_end(web));
}

/* Returns 0, 1 if it is no number, or -1: no memory. */
static int read_page(const struct request *request, struct page *page)
{
	uint64_t limit = LIMIT;
	char *text = NULL;
	size_t len;
	int found = request_param(request, "limit", &text, &len);
	int is_wrong = found > 0 && number_parse_count(text, len, &limit) < 0;

	free(text);
	if (is_wrong)
		return 1;
	page->limit = limit < LIMIT_MOST ? (size_t)limit : LIMIT_MOST;
	if (found < 0 ||
	    request_param(request, "after", &page->after, &page->after_len) < 0)
		return -1;
	/* + 1: calloc(0) may return NULL. */
	page->keys = calloc(page->limit + 1, sizeof *page->keys);
	return page->keys ? 0 : -1;
}

void web_keys(const struct request *request)
{
	struct page page = { 0 };
	int err = read_page(request, &page);

	if (err > 0) {
		web_send_text(request, HTTP_BADREQUEST,
		    "limit: not a whole number");
	} else if (err < 0) {
		web_send(request, HTTP_OK, "text/plain", NULL);
	} else {
		if (page.limit > 0)
			pick(&page, request->web->options.snapshot);
		send_page(request, &page);
	}
	free(page.keys);
	free(page.after);
}
