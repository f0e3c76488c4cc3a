/*
 * Runs what bytes say on an object of any type.
 *
 * There are three places. The object is at work; its twin, if there is one,
 * must show the same; the other one is of the same options and has a life of
 * its own, to be joined with. Between operations things happen that no later
 * result may depend on: the object is copied, saved, loaded, put in place of
 * its twin, or an operation on it runs out of memory and is done again.
 */
#include "api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../state_zoo.h"

static const struct api_type *const types[] = { &api_window, &api_time_window,
	&api_keyed, &api_model, &api_drift, &api_csv, &api_plain };
enum { N_TYPES = sizeof(types) / sizeof(types[0]), MOST_OPS = 32 };

/* An object, and the memory it is in if that is the caller's. */
struct place {
	void *object;
	unsigned char *memory;
	int damaged; /* loaded from bytes that no save has written */
};

static const struct api_type *type;
static struct place object, twin, other;
int api_is_twin, api_unlike, api_broken;

/* ---- How often each function was called ---- */

enum { MAKE, CHECK, INIT, FREE, RESET, COPY, SAVE, LOAD, MERGE, STATE, VERBS };

static uint64_t verb_calls[N_TYPES][VERBS], op_calls[N_TYPES][MOST_OPS];

static size_t type_index(void)
{
	size_t i = 0;

	while (types[i] != type)
		i++;
	return i;
}

static void count_verb(int verb)
{
	verb_calls[type_index()][verb]++;
}

static void tell_verbs(size_t t, void (*tell)(const char *, uint64_t))
{
	static const char *const verbs[VERBS] = { "new", "check", "init",
		"free", "reset", "copy", "save", "load", "merge", NULL };
	const struct api_type *y = types[t];
	const int has[VERBS] = { y->make != NULL, y->check != NULL,
		y->init != NULL, y->free != NULL, y->reset != NULL,
		y->copy != NULL, y->save != NULL, y->load != NULL,
		y->merge != NULL, 0 };
	char name[64];

	for (int v = 0; v < STATE; v++) {
		if (!has[v] || y == &api_plain)
			continue;
		snprintf(name, sizeof(name), "leat_%s_%s", y->name, verbs[v]);
		tell(name, verb_calls[t][v]);
	}
}

static void tell_ops(size_t t, void (*tell)(const char *, uint64_t))
{
	for (size_t i = 0; i < types[t]->n_ops; i++) {
		char words[256], *name;

		snprintf(words, sizeof(words), "%s", types[t]->ops[i].calls);
		for (name = strtok(words, " "); name; name = strtok(NULL, " "))
			tell(name, op_calls[t][i]);
	}
}

void api_each_call(void (*tell)(const char *name, uint64_t n))
{
	uint64_t checks = 0;

	for (size_t t = 0; t < N_TYPES; t++) {
		tell_verbs(t, tell);
		tell_ops(t, tell);
		checks += verb_calls[t][STATE];
	}
	tell("leat_state_check", checks);
}

/* ---- Making and freeing ---- */

static void empty(struct place *p)
{
	if (p->object) {
		type->free(p->object);
		count_verb(FREE);
	}
	free(p->memory);
	memset(p, 0, sizeof(*p));
}

/* The reason is told if and only if there is one. */
static int check(size_t *n_bytes_out)
{
	const char *why = NULL;
	int err = type->check(n_bytes_out, &why);

	count_verb(CHECK);
	API_MUST(err ? why && strchr(why, ':') : !why);
	return err;
}

/* In memory of the caller's, of no alignment and not a byte too long. */
static int make_in_place(struct place *p)
{
	size_t n = 0, shift = api_pick(8);
	int err = check(&n);

	if (err)
		return err;
	if (n > 1 << 24)
		return LEAT_ENOMEM;
	p->memory = malloc(n + shift);
	API_MUST(p->memory != NULL);
	memset(p->memory, 0xCD, n + shift);
	count_verb(INIT);
	API_MUST(type->init(&p->object, p->memory + shift, n - 1) ==
	    LEAT_EBUFFER);
	API_MUST(!p->object);
	return type->init(&p->object, p->memory + shift, n);
}

static int make(struct place *p)
{
	size_t blocks = api_blocks(), n;
	int err;

	if (type->init && api_one_in(4)) {
		err = make_in_place(p);
		if (err) {
			API_MUST(!p->object);
			empty(p);
		}
		return err;
	}
	if (api_one_in(4))
		api_starve(1 + api_pick(4));
	err = type->make(&p->object);
	count_verb(MAKE);
	API_MUST(api_fed() || !err || err == LEAT_ENOMEM);
	API_MUST(!type->check || err == LEAT_ENOMEM || err == check(&n));
	API_MUST(err ? !p->object && api_blocks() == blocks : !!p->object);
	return err;
}

/* ---- Twins ---- */

static void copy_to(struct place *to)
{
	size_t blocks;
	int err;

	empty(to);
	blocks = api_blocks();
	if (api_one_in(4))
		api_starve(1 + api_pick(8));
	to->damaged = object.damaged;
	err = type->copy(object.object, api_one_in(2) ? api_memory : NULL,
	    &to->object);
	count_verb(COPY);
	api_fed();
	API_MUST(err == LEAT_OK || err == LEAT_ENOMEM);
	if (err)
		API_MUST(!to->object && api_blocks() == blocks);
}

enum { STATE_ROOM = 1 << 20 };
static unsigned char state[STATE_ROOM], again[STATE_ROOM];

struct stream {
	unsigned char *bytes;
	size_t at, n;
};

static size_t write_piece(void *ctx, const void *bytes, size_t n)
{
	struct stream *s = ctx;

	API_MUST(n <= 4096);
	n = n < s->n - s->at ? n : s->n - s->at;
	memcpy(s->bytes + s->at, bytes, n);
	s->at += n;
	return n;
}

static size_t read_piece(void *ctx, void *bytes, size_t n)
{
	struct stream *s = ctx;

	n = n < s->n - s->at ? n : s->n - s->at;
	memcpy(bytes, s->bytes + s->at, n);
	s->at += n;
	return n;
}

/* The bytes of an object; 0: it cannot be saved, or they are too many. */
static size_t save(const struct place *p, unsigned char *bytes, size_t room,
    const char *tag, size_t tag_len)
{
	struct stream s = { bytes, 0, room };
	leat_writer w = { 0 };
	int err, by_pieces = api_one_in(2);

	w.tag = tag;
	w.tag_len = tag_len;
	if (by_pieces) {
		w.write = write_piece;
		w.ctx = &s;
	} else {
		w.bytes = bytes;
		w.capacity = room;
	}
	err = type->save(p->object, &w);
	count_verb(SAVE);
	API_MUST(!err || err == LEAT_ENOTSUP || err == LEAT_ENOMEM ||
	    err == (by_pieces ? LEAT_EIO : LEAT_EBUFFER));
	API_MUST(err || !by_pieces || s.at == w.n_bytes);
	return err ? 0 : (size_t)w.n_bytes;
}

static int load(struct place *p, unsigned char *bytes, size_t n, leat_reader *r)
{
	struct stream s = { bytes, 0, n };
	int err;

	memset(r, 0, sizeof(*r));
	if (api_one_in(2)) {
		r->read = read_piece;
		r->ctx = &s;
	} else {
		r->bytes = bytes;
		r->n_bytes = n;
	}
	err = type->load(&p->object, r);
	count_verb(LOAD);
	API_MUST(err ? !p->object : !!p->object);
	return err;
}

/* The state is whole and of this object, as leat_state_check() has it. */
static void check_state(size_t n, const char *tag, size_t tag_len)
{
	leat_reader r = { 0 };
	char room[8];

	r.bytes = state;
	r.n_bytes = n;
	r.tag = room;
	r.tag_capacity = sizeof(room);
	API_MUST(leat_state_check(&r) == LEAT_OK);
	count_verb(STATE);
	API_MUST(r.n_read == n && r.object == type->object);
	API_MUST(r.tag_len == tag_len && !memcmp(room, tag, tag_len));
	r.n_bytes--;
	API_MUST(leat_state_check(&r) != LEAT_OK);
}

/*
 * Damages the bytes. They are refused, or give an object; whether that one is
 * sound is a matter of fuzz_state, here it lives on for a while as the other
 * one.
 */
static void load_damaged(size_t n)
{
	leat_reader r;
	size_t blocks, times = 1 + api_pick(3);

	empty(&other);
	for (size_t i = 0; i < times; i++)
		state[api_word() % n] ^= (unsigned char)(1 + api_pick(255));
	if (api_one_in(2))
		zoo_repair(state, n);
	if (api_one_in(4))
		n -= 1 + api_word() % n;
	blocks = api_blocks();
	other.damaged = 1;
	if (load(&other, state, n, &r))
		API_MUST(api_blocks() == blocks);
}

static void save_to_twin(void)
{
	static const char tag[] = "tag";
	size_t tag_len = api_pick(sizeof(tag));
	size_t n = save(&object, state, sizeof(state), tag, tag_len);
	leat_reader r;
	int err;

	if (n == 0)
		return;
	check_state(n, tag, tag_len);
	empty(&twin);
	if (api_one_in(4))
		api_starve(1 + api_pick(8));
	twin.damaged = object.damaged;
	err = load(&twin, state, n, &r);
	api_fed();
	API_MUST(err == LEAT_OK || err == LEAT_ENOMEM || api_broken ||
	    (api_unlike && err == LEAT_EFULL));
	if (err || api_broken)
		return;
	API_MUST(save(&twin, again, sizeof(again), tag, tag_len) == n);
	API_MUST(memcmp(state, again, n) == 0);
	if (api_one_in(3))
		load_damaged(n);
}

static void swap(struct place *a, struct place *b)
{
	struct place p = *a;

	*a = *b;
	*b = p;
}

/* ---- Operations ---- */

static struct api_notes of_object, of_twin;

/* From here on callbacks come from this one. */
static void begin_notes(const struct place *p, struct api_notes *notes)
{
	notes->n = 0;
	notes->hash = 0;
	api_notes = notes;
	api_object = p->object;
	api_damaged = p->damaged;
}

static void run(const struct api_op *op, struct place *p, int is_twin,
    struct api_notes *notes)
{
	begin_notes(p, notes);
	api_is_twin = is_twin && !p->damaged;
	op->run(p->object);
	api_notes = NULL;
}

static void compare(const char *what)
{
	size_t i = 0, n = of_object.n < of_twin.n ? of_object.n : of_twin.n;

	if (api_unlike || api_broken ||
	    (of_object.n == of_twin.n && of_object.hash == of_twin.hash))
		return;
	n = n < API_NOTES ? n : API_NOTES;
	while (i < n && of_object.value[i] == of_twin.value[i])
		i++;
	fprintf(stderr, "%s, %s: another than its twin: %zu and %zu notes\n",
	    type->name, what, of_object.n, of_twin.n);
	for (size_t j = i < 2 ? 0 : i - 2; j < i + 3 && j < API_NOTES; j++) {
		if (j < of_object.n)
			fprintf(stderr, "%zu object %s %016llx\n", j,
			    of_object.what[j],
			    (unsigned long long)of_object.value[j]);
		if (j < of_twin.n)
			fprintf(stderr, "%zu twin   %s %016llx\n", j,
			    of_twin.what[j],
			    (unsigned long long)of_twin.value[j]);
	}
	abort();
}

static const struct api_op *choose_op(void)
{
	size_t sum = 0, x;
	const struct api_op *op = type->ops;

	for (size_t i = 0; i < type->n_ops; i++)
		sum += op[i].weight;
	x = api_pick(sum);
	while (x >= op->weight)
		x -= op++->weight;
	op_calls[type_index()][op - type->ops]++;
	return op;
}

/*
 * Runs an operation with one allocation refused: if it fails by that, nothing
 * has happened, nothing was emitted, and it can be repeated.
 */
static void operate(void)
{
	const struct api_op *op = choose_op();
	struct api_place here;
	int starved = 0;

	if (op->may_starve && api_one_in(16)) {
		size_t call = 1 + api_pick(6);

		here = api_in;
		api_starve(call);
		run(op, &object, 0, &of_object);
		starved = !api_fed() && of_object.n > 0 &&
		    of_object.value[of_object.n - 1] ==
			(uint64_t)(int64_t)LEAT_ENOMEM;
		API_MUST(!starved || of_object.n == 1);
		if (starved) {
			api_in = here;
			run(op, &object, 0, &of_object);
		}
	} else {
		here = api_in;
		run(op, &object, 0, &of_object);
	}
	if (!twin.object)
		return;
	api_in = here;
	run(op, &twin, 1, &of_twin);
	compare(op->calls);
}

static void reset(void)
{
	type->reset(object.object);
	count_verb(RESET);
	if (twin.object)
		type->reset(twin.object);
}

/*
 * The object takes the other one in, and its twin a copy of that, or nothing
 * is changed where it cannot.
 */
static int merge_into(struct place *p, const struct place *from,
    struct api_notes *notes)
{
	int err;

	begin_notes(p, notes);
	err = api_note_code("merge", type->merge(p->object, from->object));
	api_notes = NULL;
	count_verb(MERGE);
	p->damaged |= from->damaged;
	return err;
}

static void merge(void)
{
	struct place copy = { NULL, NULL, 0 };
	int err;

	if (!other.object)
		return;
	err = merge_into(&object, &other, &of_object);
	copy.damaged = other.damaged;
	if (!twin.object || err == LEAT_ENOMEM ||
	    type->copy(other.object, NULL, &copy.object)) {
		empty(&twin);
		return;
	}
	merge_into(&twin, &copy, &of_twin);
	compare("merge");
	empty(&copy);
}

/* Tells whether there is one; it is made now if there is none. */
static int have_other(void)
{
	if (!other.object)
		other.damaged = 0;
	return other.object || make(&other) == LEAT_OK;
}

static void step(void)
{
	switch (api_pick(64)) {
	case 0:
	case 1:
		if (type->copy)
			copy_to(&twin);
		return;
	case 2:
	case 3:
		if (type->save)
			save_to_twin();
		return;
	case 4:
		if (twin.object)
			swap(&object, &twin);
		return;
	case 5:
		if (type->merge)
			merge();
		return;
	case 6:
		if (type->copy && have_other()) {
			swap(&object, &other);
			empty(&twin);
		}
		return;
	case 7:
		if (type->reset && api_one_in(4))
			reset();
		return;
	default:
		operate();
	}
}

/* ---- A whole input ---- */

/* The three kinds of windows, which come first, are taken more often. */
static const struct api_type *pick_type(void)
{
	enum { WINDOWS = 3, OFTEN = 4 };
	size_t i = api_pick(WINDOWS * OFTEN + N_TYPES - WINDOWS);

	return types[i < WINDOWS * OFTEN ? i / OFTEN
					 : i - WINDOWS * OFTEN + WINDOWS];
}

/* Runs operations until the bytes are used up. */
void api_run(const uint8_t *bytes, size_t n)
{
	api_in.at = bytes;
	api_in.left = n;
	api_in.now = 0;
	api_asks = NULL;
	api_unlike = api_broken = 0;
	api_memory_start();
	type = pick_type();
	type->choose();
	if (make(&object) == LEAT_OK) {
		while (api_in.left > 0)
			step();
	}
	empty(&object);
	empty(&twin);
	empty(&other);
	api_memory_end();
}
