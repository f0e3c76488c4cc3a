/*
 * Lines are linked lists; a slot is always at the end of its lines when its
 * time is set, so they are in order of time as long as the clock is. If that
 * is set back, what is too young by it is just not idle yet.
 */
#include "slots.h"

#include "peers.h"

/* ---- Lines ---- */

static void append(struct slot_line *line, struct slot *slot,
    enum slot_line_of of)
{
	slot->older[of] = line->last;
	slot->newer[of] = NULL;
	if (line->last)
		line->last->newer[of] = slot;
	else
		line->first = slot;
	line->last = slot;
}

static void take_out(struct slot_line *line, struct slot *slot,
    enum slot_line_of of)
{
	if (slot->older[of])
		slot->older[of]->newer[of] = slot->newer[of];
	else
		line->first = slot->newer[of];
	if (slot->newer[of])
		slot->newer[of]->older[of] = slot->older[of];
	else
		line->last = slot->older[of];
}

static void line_up(struct slots *s, struct slot *slot)
{
	append(&s->lines[slot->rank], slot, SLOT_ALL);
	if (slot->peer)
		append(&slot->peer->lines[slot->rank], slot, SLOT_PEER);
}

static void step_out(struct slots *s, struct slot *slot)
{
	take_out(&s->lines[slot->rank], slot, SLOT_ALL);
	if (slot->peer)
		take_out(&slot->peer->lines[slot->rank], slot, SLOT_PEER);
}

/* ---- Coming and going ---- */

void slots_enter(struct slots *s, struct slot *slot, struct peer *peer,
    int64_t now)
{
	slot->peer = peer;
	slot->rank = SLOT_FRESH;
	slot->last = now;
	line_up(s, slot);
	s->n++;
	if (peer)
		peer->n_slots++;
}

void slots_leave(struct slots *s, struct slot *slot)
{
	step_out(s, slot);
	s->n--;
	if (slot->peer)
		slot->peer->n_slots--;
}

void slots_speak(struct slots *s, struct slot *slot, enum slot_rank rank,
    int64_t now)
{
	slot->last = now;
	if (slot->rank == rank && slot == s->lines[rank].last)
		return;
	step_out(s, slot);
	slot->rank = rank;
	line_up(s, slot);
}

/* ---- Room ---- */

static int has_share(const struct slots *s, const struct peer *peer)
{
	return !peer ||
	    peer->n_slots <
	    (peer->is_local ? s->max_per_local : s->max_per_peer);
}

enum slots_room slots_room(const struct slots *s, const struct peer *peer)
{
	if (s->n >= s->max)
		return SLOTS_FULL;
	return has_share(s, peer) ? SLOTS_ROOM : SLOTS_PEER_FULL;
}

struct slot *slots_idle(const struct slots *s, const struct peer *peer,
    int64_t now)
{
	const struct slot_line *lines = has_share(s, peer) ? s->lines
							   : peer->lines;
	struct slot *spoken = lines[SLOT_SPOKEN].first;

	if (lines[SLOT_FRESH].first)
		return lines[SLOT_FRESH].first;
	return spoken && now - spoken->last >= SLOT_QUIET ? spoken : NULL;
}
