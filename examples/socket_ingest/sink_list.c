/*
 * Several sinks that all get the same lines.
 */
#include "sink_list.h"

#include "../replay/report.h"

int sink_list_add(struct sink_list *list, const struct sink_options *options,
    char *why, size_t why_size)
{
	if (list->n == SINK_LIST_MAX)
		return report(why, why_size, "more than %d of them",
		    SINK_LIST_MAX);
	if (sink_new(&list->items[list->n], options, why, why_size) < 0)
		return -1;
	list->n++;
	return 0;
}

void sink_list_free(struct sink_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		sink_free(list->items[i]);
	list->n = 0;
}

void sink_list_put(const struct sink_list *list, const char *lines, size_t len,
    uint64_t n_lines)
{
	for (size_t i = 0; i < list->n; i++)
		sink_put(list->items[i], lines, len, n_lines);
}

void sink_list_set_head(const struct sink_list *list, const char *head,
    size_t len)
{
	for (size_t i = 0; i < list->n; i++)
		sink_set_head(list->items[i], head, len);
}

void sink_list_reopen(const struct sink_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		sink_reopen(list->items[i]);
}

uint64_t sink_list_drain(const struct sink_list *list, int milliseconds,
    int *has_dropped)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < list->n; i++) {
		lost += sink_drain(list->items[i], milliseconds);
		*has_dropped |= sink_dropped(list->items[i]) > 0;
	}
	return lost;
}
