/*
 * Who sends: names are numbered by a set of keys, senders are in an array of
 * pointers, since streams point to them.
 */
#include "senders.h"

#include <stdlib.h>
#include <string.h>

#include "../common/keys.h"

struct senders {
	struct keys *keys;
	struct sender *all[SENDERS_MAX];
	size_t n;
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

struct sender *senders_find(struct senders *s, const char *name, size_t len)
{
	struct sender *sender;
	size_t number, text_len;

	if (!is_name(name, len))
		return NULL;
	if (keys_find(s->keys, name, len, &number) == 0 && number < s->n)
		return s->all[number];
	if (s->n == SENDERS_MAX)
		return NULL;
	sender = calloc(1, sizeof *sender);
	if (!sender || keys_add(s->keys, name, len, &number) < 0) {
		free(sender);
		return NULL;
	}
	sender->name = (char *)(uintptr_t)keys_text(s->keys, number, &text_len);
	s->all[s->n++] = sender;
	return sender;
}

size_t senders_count(const struct senders *s)
{
	return s->n;
}

struct sender *senders_at(struct senders *s, size_t i)
{
	return s->all[i];
}

void senders_tape(struct senders *s, struct tape *t)
{
	size_t n = s->n;

	tape_size(t, &n, SENDERS_MAX);
	for (size_t i = 0; i < n && !t->failed; i++) {
		char *name = t->loads ? NULL : s->all[i]->name;
		size_t len = name ? strlen(name) : 0;
		struct sender *sender = t->loads ? NULL : s->all[i];

		tape_text(t, &name, &len);
		if (t->loads && name) {
			tape_expect(t, is_name(name, len));
			if (!t->failed)
				sender = senders_find(s, name, len);
			free(name);
			if (!t->failed && !sender)
				tape_no_memory(t);
		}
		if (t->failed)
			return;
		tape_counts(t, &sender->taken, 1);
		if (t->loads)
			sender->saved = sender->taken;
	}
}
