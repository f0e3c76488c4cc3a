/*
 * object.c - the life of objects: made, copied, freed, saved and loaded
 */
#include "object.h"

static struct leat_block *block_of(const struct leat_object_kind *k,
    const void *object)
{
	return (void *)((unsigned char *)(uintptr_t)object + k->block_at);
}

int leat_object_check(const struct leat_object_kind *k, void *plan,
    const void *options, size_t *n_bytes_out, const char **why_out)
{
	size_t n = 0;
	int err = k->measure(options, plan, &n, why_out);

	if (!err && n_bytes_out)
		*n_bytes_out = leat_block_room(n);
	return err;
}

void *leat_object_new(const struct leat_object_kind *k, void *plan,
    void *memory, size_t room, const void *options, int *err)
{
	const leat_allocator *allocator;
	struct leat_block block;
	void *base;
	size_t n;

	if ((*err = k->measure(options, plan, &n, NULL)))
		return NULL;
	memcpy(&allocator, (const unsigned char *)options + k->allocator_at,
	    sizeof(allocator));
	if ((*err = leat_block_claim(&block, allocator, memory, room, n,
		 &base)))
		return NULL;
	k->build(base, plan, options);
	*block_of(k, base) = block;
	return base;
}

void leat_object_free(const struct leat_object_kind *k, void *object)
{
	if (!object)
		return;
	if (k->clear)
		k->clear(object);
	leat_block_free(*block_of(k, object));
}

void *leat_object_copy(const struct leat_object_kind *k, const void *object,
    const leat_allocator *allocator, int *err)
{
	struct leat_block block;
	void *copy = leat_block_copy(&block, allocator, block_of(k, object),
	    object);

	*err = LEAT_ENOMEM;
	if (!copy)
		return NULL;
	*block_of(k, copy) = block;
	*err = k->moved(object, copy, allocator);
	if (!*err)
		return copy;
	leat_object_free(k, copy);
	return NULL;
}

void *leat_object_load(const struct leat_object_kind *k, void *plan,
    const void *options, leat_reader *reader, int *err)
{
	void *object = leat_object_new(k, plan, NULL, 0, options, err);

	if (!object)
		return NULL;
	*err = leat_tape_from(reader, k->object, k->tape, object);
	if (!*err)
		return object;
	leat_object_free(k, object);
	return NULL;
}

int leat_object_save(const struct leat_object_kind *k, const void *object,
    leat_writer *writer)
{
	return leat_tape_to(writer, k->object, k->tape, object);
}
