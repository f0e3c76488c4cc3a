/*
 * Keys that are put together: a name, maybe a field, and tags in the order of
 * their names, as Graphite writes them. The same tags make the same key, in
 * whatever order and format they come.
 *
 * Tags that are the same in all are one. Of those with the same name and
 * other values none is better than the other: all stay, in the order of
 * their values.
 */
#include <stdlib.h>
#include <string.h>

#include "../replay/array.h"
#include "decoder_inside.h"

static const struct part nothing = { NULL, 0 };

void decoder_key_clear(struct decoder_key *k)
{
	free(k->base.at);
	free(k->tags.at);
	free(k->text.at);
	free(k->list);
	memset(k, 0, sizeof *k);
}

void decoder_key_begin(struct decoder *d)
{
	d->key.base.n = d->key.tags.n = d->key.n = 0;
	d->key.is_sorted = 0;
}

/* ---- Bytes ---- */

static int reserve(struct decoder_bytes *b, size_t n)
{
	char *at = array_grow(b->at, &b->size, b->n + n, 1);

	if (!at)
		return DECODER_NO_MEMORY;
	b->at = at;
	return 0;
}

static int put(struct decoder_bytes *b, const char *text, size_t len)
{
	int err = reserve(b, len);

	if (err == 0 && len > 0) {
		memcpy(b->at + b->n, text, len);
		b->n += len;
	}
	return err;
}

static int put_char(struct decoder_bytes *b, char c)
{
	return put(b, &c, 1);
}

static char clean(char c)
{
	return (unsigned char)c <= ' ' || c == 127 || c == ';' || c == '=' ? '_'
									   : c;
}

static int put_clean(struct decoder_bytes *b, struct part part,
    const char *escapes)
{
	int err = reserve(b, part.len);

	for (size_t i = 0; i < part.len && err == 0; i++) {
		const char *p = part.text + i;

		i += *p == '\\' && i + 1 < part.len &&
		    text_is_in(p[1], escapes);
		b->at[b->n++] = clean(part.text[i]);
	}
	return err;
}

/* ---- Names and tags ---- */

int decoder_key_name(struct decoder *d, struct part name)
{
	return put(&d->key.base, name.text, name.len);
}

int decoder_key_clean_name(struct decoder *d, struct part name,
    const char *escapes)
{
	return put_clean(&d->key.base, name, escapes);
}

static struct decoder_tag *new_tag(struct decoder_key *k)
{
	struct decoder_tag *list = array_grow(k->list, &k->size, k->n + 1,
	    sizeof *list);

	if (!list)
		return NULL;
	k->list = list;
	return &k->list[k->n++];
}

int decoder_key_tag(struct decoder *d, struct part name, struct part value,
    const char *escapes)
{
	struct decoder_key *k = &d->key;
	struct decoder_tag *tag = new_tag(k);
	size_t start = k->tags.n;
	int err;

	if (!tag)
		return DECODER_NO_MEMORY;
	tag->at = start;
	err = put_clean(&k->tags, name, escapes);
	tag->name_len = k->tags.n - start;
	if (err == 0)
		err = put_clean(&k->tags, value, escapes);
	tag->value_len = k->tags.n - start - tag->name_len;
	return err;
}

/* A value may have = in it: the first one of a tag ends its name. */
int decoder_key_path_tags(struct decoder *d, struct part tags)
{
	struct part one, name;
	int more = 1, err = 0;

	while (more && err == 0) {
		struct decoder_tag *tag;
		size_t start = d->key.tags.n;

		more = part_split(&tags, ';', &one);
		name = one;
		if (part_split(&one, '=', &name) && one.len == 0)
			return decoder_bad(d, "tag", name, "has no value");
		if (name.len == 0)
			return decoder_bad_line(d, "a tag has no name");
		tag = new_tag(&d->key);
		if (!tag)
			return DECODER_NO_MEMORY;
		tag->at = start;
		tag->name_len = name.len;
		tag->value_len = one.len;
		err = put(&d->key.tags, name.text, name.len);
		if (err == 0)
			err = put(&d->key.tags, one.text, one.len);
	}
	return err;
}

int decoder_key_any_tags(struct decoder *d, struct part tags, char between,
    char is)
{
	int more = 1, err = 0;

	while (more && err == 0) {
		struct part value, name;

		more = part_split(&tags, between, &value);
		part_split(&value, is, &name);
		if (name.len == 0) {
			name = value;
			value = nothing;
		}
		if (name.len > 0)
			err = decoder_key_tag(d, name, value, "");
	}
	return err;
}

/* ---- The key ---- */

static int compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len;
	int order = n > 0 ? memcmp(a, b, n) : 0;

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare_tags(const void *a_ptr, const void *b_ptr)
{
	const struct decoder_tag *a = a_ptr, *b = b_ptr;
	int order = compare(a->name, a->name_len, b->name, b->name_len);

	return order ? order
		     : compare(a->value, a->value_len, b->value, b->value_len);
}

static void sort(struct decoder_key *k)
{
	if (k->is_sorted)
		return;
	k->is_sorted = 1;
	for (size_t i = 0; i < k->n; i++) {
		struct decoder_tag *tag = &k->list[i];

		tag->name = k->tags.at + tag->at;
		tag->value = tag->name + tag->name_len;
	}
	if (k->n > 1)
		qsort(k->list, k->n, sizeof *k->list, compare_tags);
}

static int put_tags(struct decoder_key *k)
{
	int err = 0;

	for (size_t i = 0; i < k->n && err == 0; i++) {
		const struct decoder_tag *tag = &k->list[i];

		if (i > 0 && compare_tags(tag - 1, tag) == 0)
			continue;
		err = put_char(&k->text, ';');
		if (err == 0)
			err = put(&k->text, tag->name, tag->name_len);
		if (err == 0 && tag->value_len > 0)
			err = put_char(&k->text, '=');
		if (err == 0)
			err = put(&k->text, tag->value, tag->value_len);
	}
	return err;
}

int decoder_key_end(struct decoder *d, struct part field, const char *escapes,
    struct sample *sample)
{
	struct decoder_key *k = &d->key;
	int err;

	sort(k);
	k->text.n = 0;
	err = put(&k->text, k->base.at, k->base.n);
	if (err == 0 && field.text) {
		err = put_char(&k->text, '.');
		if (err == 0)
			err = put_clean(&k->text, field, escapes);
	}
	if (err == 0)
		err = put_tags(k);
	if (err)
		return err;
	if (k->text.n > d->options.max_key)
		return decoder_bad_line(d, "the key is too long");
	sample->key = k->text.at;
	sample->key_len = k->text.n;
	return 0;
}
