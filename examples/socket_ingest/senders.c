/*
 * Senders are in an array without holes, of pointers, since streams point to
 * them; names are numbered by a set of keys, and of each number there is the
 * sender.
 *
 * Anybody may make up names, so a name alone holds no place for longer than
 * its connection. Senders that have gone, and have had lines taken, wait in a
 * list, the one that has been gone longest first: it makes room for a new
 * one. All calls but that which saves cost O(1).
 */
#include "senders.h"

#include <stdlib.h>
#include <string.h>

#include "../replay/keys.h"

struct senders {
	struct keys *keys;
	struct sender *all[SENDERS_MAX];
	struct sender *by_number[SENDERS_MAX]; /* words of the key */
	size_t n;
	struct sender *first, *last; /* gone, the first longest */
	uint64_t n_forgotten;
};

struct senders *senders_new(const uint64_t seed[2])
{
	struct senders *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->keys = keys_new();
	if (!s->keys) {
		free(s);
		return NULL;
	}
	keys_seed(s->keys, seed);
	return s;
}

void senders_free(struct senders *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->all[i]);
	keys_free(s->keys);
	free(s);
}

static int is_name(const char *name, size_t len)
{
	if (len == 0 || len > SENDER_NAME)
		return 0;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == 127)
			return 0;
	return 1;
}

/* ---- Those that have gone ---- */

static void append_gone(struct senders *s, struct sender *sender)
{
	sender->is_gone = 1;
	sender->longer = s->last;
	sender->shorter = NULL;
	if (s->last)
		s->last->shorter = sender;
	else
		s->first = sender;
	s->last = sender;
}

static void unlink_gone(struct senders *s, struct sender *sender)
{
	if (!sender->is_gone)
		return;
	if (sender->longer)
		sender->longer->shorter = sender->shorter;
	else
		s->first = sender->shorter;
	if (sender->shorter)
		sender->shorter->longer = sender->longer;
	else
		s->last = sender->longer;
	sender->is_gone = 0;
}

static void drop(struct senders *s, struct sender *sender)
{
	unlink_gone(s, sender);
	keys_drop(s->keys, sender->number);
	s->by_number[sender->number] = NULL;
	s->n--;
	s->all[sender->at] = s->all[s->n];
	s->all[sender->at]->at = sender->at;
	free(sender);
}

/* Returns 0, or -1: all of them have a connection. */
static int make_room(struct senders *s)
{
	if (s->n < SENDERS_MAX)
		return 0;
	if (!s->first)
		return -1;
	drop(s, s->first);
	s->n_forgotten++;
	return 0;
}

/* ---- One by one ---- */

static struct sender *add(struct senders *s, const char *name, size_t len)
{
	struct sender *sender;
	size_t text_len;

	if (make_room(s) < 0)
		return NULL;
	sender = calloc(1, sizeof *sender);
	if (!sender || keys_add(s->keys, name, len, &sender->number) < 0) {
		free(sender);
		return NULL;
	}
	sender->name = keys_text(s->keys, sender->number, &text_len);
	sender->at = s->n;
	s->all[s->n++] = sender;
	s->by_number[sender->number] = sender;
	return sender;
}

struct sender *senders_come(struct senders *s, const char *name, size_t len)
{
	size_t number;

	if (!is_name(name, len))
		return NULL;
	if (keys_find(s->keys, name, len, &number) < 0)
		return add(s, name, len);
	unlink_gone(s, s->by_number[number]);
	return s->by_number[number];
}

void senders_go(struct senders *s, struct sender *sender)
{
	if (sender->taken == 0)
		drop(s, sender);
	else
		append_gone(s, sender);
}

uint64_t senders_forgotten(const struct senders *s)
{
	return s->n_forgotten;
}

size_t senders_count(const struct senders *s)
{
	return s->n;
}

struct sender *senders_at(struct senders *s, size_t i)
{
	return s->all[i];
}

/* ---- Saved state ---- */

static void save_one(const struct sender *sender, struct tape *t)
{
	char *name = (char *)(uintptr_t)sender->name;
	size_t len = strlen(name);
	uint64_t taken = sender->taken;

	tape_text(t, &name, &len);
	tape_counts(t, &taken, 1);
}

/* Saves senders that have gone in their order, and then the others. */
static void save_all(const struct senders *s, struct tape *t)
{
	for (struct sender *i = s->first; i; i = i->shorter)
		save_one(i, t);
	for (size_t i = 0; i < s->n; i++)
		if (!s->all[i]->is_gone)
			save_one(s->all[i], t);
}

static void load_one(struct senders *s, struct tape *t)
{
	struct sender *sender = NULL;
	char *name = NULL;
	size_t len = 0;

	tape_text(t, &name, &len);
	if (!t->failed && name) {
		tape_expect(t, is_name(name, len));
		if (!t->failed)
			sender = senders_come(s, name, len);
		if (!t->failed && !sender)
			tape_no_memory(t);
	}
	free(name);
	if (!sender)
		return;
	tape_counts(t, &sender->taken, 1);
	sender->saved = sender->taken;
	append_gone(s, sender);
}

void senders_tape(struct senders *s, struct tape *t)
{
	size_t n = s->n;

	tape_size(t, &n, SENDERS_MAX);
	if (!t->loads && !t->failed)
		save_all(s, t);
	for (size_t i = 0; i < n && t->loads && !t->failed; i++)
		load_one(s, t);
}
