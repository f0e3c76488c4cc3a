/*
 * chain.c - one class in a relay, through the functions of the class
 *
 * This is the relay's arithmetic for any monoid, the user's included, over
 * single values (slide.c) or over panes (panes.c): whoever knows what an
 * element is extends prefix and suffix; here are the moves that do not
 * depend on it. slide.c does the same in registers for the commonest
 * classes.
 */
#include "window.h"

static void identity(const struct leat_part *part, void *acc)
{
	part->of.cls->identity(part->of.agg, acc);
}

/*
 * An accumulator that stands for a stored partial. What is behind that of a
 * user's class is scratch.
 */
void leat_acc_load(const struct leat_part *part, void *acc, const void *packed)
{
	memcpy(acc, packed, part->of.packed);
	if (!part->of.agg && part->of.size > part->of.packed)
		memset((unsigned char *)acc + part->of.packed, 0,
		    part->of.size - part->of.packed);
}

static unsigned char *place(const struct leat_part *part, size_t index)
{
	return part->table + index * part->of.packed;
}

void leat_chain_reset(struct leat_part *part, size_t slots)
{
	identity(part, part->prefix);
	identity(part, part->suffix);
	const void *none = leat_acc_pack(part, part->prefix, part->temp);
	memcpy(place(part, 0), none, part->of.packed);
	memcpy(place(part, slots + 1), none, part->of.packed);
}

void leat_chain_turn(struct leat_part *part)
{
	memcpy(part->whole, leat_acc_pack(part, part->prefix, part->temp),
	    part->of.packed);
	identity(part, part->prefix);
	identity(part, part->suffix);
}

void leat_chain_store(struct leat_part *part, size_t at)
{
	memcpy(place(part, at), leat_acc_pack(part, part->suffix, part->temp),
	    part->of.packed);
}

/* sum := sum + partial; the first one is just copied. */
int leat_part_join_packed(const struct leat_part *part, void *sum,
    const void *packed, int started)
{
	if (started)
		part->of.cls->combine(part->of.agg, sum, packed);
	else
		leat_acc_load(part, sum, packed);
	return 1;
}

int leat_part_join(const struct leat_part *part, void *sum, void *temp,
    const void *acc, int started)
{
	return leat_part_join_packed(part, sum, leat_acc_pack(part, acc, temp),
	    started);
}

/*
 * The relay's whole window, joined to what the sum holds already. The suffix
 * of A in the window is at place `tail` if there are two chunks before D.
 */
int leat_chain_combine(const struct leat_part *part, unsigned chunks,
    size_t tail, void *sum, void *temp, int started)
{
	if (chunks == 2)
		started = leat_part_join_packed(part, sum, place(part, tail),
		    started);
	if (chunks > 0)
		started = leat_part_join_packed(part, sum, part->whole,
		    started);
	return leat_part_join(part, sum, temp, part->prefix, started);
}
