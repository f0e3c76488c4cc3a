/*
 * Several sinks that all get the same lines.
 */
#ifndef SOCKET_INGEST_SINK_LIST_H
#define SOCKET_INGEST_SINK_LIST_H

#include "sink.h"

enum { SINK_LIST_MAX = 16 };

/* { 0 } is an empty one. */
struct sink_list {
	struct sink *items[SINK_LIST_MAX];
	size_t n;
};

/* Makes one as sink_new() does. Returns 0, or -1 with the reason in why. */
int sink_list_add(struct sink_list *list, const struct sink_options *options,
    char *why, size_t why_size);
void sink_list_free(struct sink_list *list);

/* Each does for all sinks what the function of sink.h does for one. */
void sink_list_put(const struct sink_list *list, const char *lines, size_t len,
    uint64_t n_lines);
void sink_list_set_head(const struct sink_list *list, const char *head,
    size_t len);
void sink_list_reopen(const struct sink_list *list);

/*
 * Gives each sink at most so many milliseconds to get its lines out. Returns
 * how many lines are lost by that; *has_dropped is set if a sink has dropped
 * any before.
 */
uint64_t sink_list_drain(const struct sink_list *list, int milliseconds,
    int *has_dropped);

#endif
