/*
 * The first records of an input. A kept record is one block: the record,
 * its fields, the bytes of the fields.
 */
#include "peek.h"

#include <stdlib.h>
#include <string.h>

struct kept {
	leat_csv_record record;
	leat_csv_field fields[];
};

static size_t size_of(const leat_csv_record *r)
{
	size_t size = sizeof(struct kept) + r->n_fields * sizeof *r->fields;

	for (size_t i = 0; i < r->n_fields; i++)
		size += r->fields[i].len;
	return size;
}

int peek_add(struct peek *p, const leat_csv_record *r)
{
	size_t size = size_of(r);
	struct kept *k = malloc(size);
	char *text;

	if (!k)
		return -1;
	k->record = *r;
	k->record.fields = k->fields;
	text = (char *)&k->fields[r->n_fields];
	for (size_t i = 0; i < r->n_fields; i++) {
		size_t len = r->fields[i].len;

		if (len > 0)
			memcpy(text, r->fields[i].text, len);
		k->fields[i].text = text;
		k->fields[i].len = len;
		text += len;
	}
	p->records[p->n++] = &k->record;
	p->bytes += size;
	return peek_is_full(p);
}

int peek_is_full(const struct peek *p)
{
	return p->n == PEEK_RECORDS || p->bytes >= PEEK_BYTES;
}

/* The record is the first member of its block. */
void peek_clear(struct peek *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->records[i]);
	p->n = p->bytes = 0;
}
