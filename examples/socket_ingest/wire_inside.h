/*
 * What the files of wire.h share: parts of a line, keys that are put
 * together, and what is said of a line that is bad.
 */
#ifndef SOCKET_INGEST_WIRE_INSIDE_H
#define SOCKET_INGEST_WIRE_INSIDE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wire.h"
#include "wire_names.h"
#include "wire_sets.h"

/* Of a line. */
struct part {
	const char *text;
	size_t len;
};

/* Text that grows. */
struct wire_bytes {
	char *at;
	size_t n, size;
};

/* In key.tags, as offsets while they come and sorted as texts. */
struct wire_tag {
	size_t at, name_len, value_len; /* no value: it stands by itself */
	const char *name, *value;
};

/* A key that is being put together (wire_key.c). */
struct wire_key {
	struct wire_bytes base, tags, text;
	struct wire_tag *list;
	size_t n, size;
	int is_sorted;
};

/* The hour that the last syslog message without a year was in. */
struct wire_hour {
	int month, day, hour; /* as it said; month 1 to 12, 0: none yet */
	int64_t start;        /* nanoseconds since 1970 */
	int64_t found_at;     /* by this arrival */
};

struct wire {
	struct wire_options options;
	struct wire_key key;
	struct wire_names gauges;
	struct wire_sets sets;
	size_t most_bytes; /* of both */
	int64_t arrival;
	struct wire_hour hour;
	char why[161];
};

/* ---- Bytes ---- */

static inline int wire_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline int wire_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Where the next blank or control character is, or the end. */
static inline const char *wire_field_end(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p > ' ' && *p != 127)
		p++;
	return p;
}

static inline const char *wire_skip_blanks(const char *p, const char *end)
{
	while (p < end && wire_is_blank(*p))
		p++;
	return p;
}

static inline int wire_part_is(struct part part, const char *text)
{
	return part.len == strlen(text) &&
	    memcmp(part.text, text, part.len) == 0;
}

/* Of a few bytes that are known when it is compiled; NUL is none of them. */
static inline int wire_is_in(char c, const char *set)
{
	while (*set && *set != c)
		set++;
	return *set != '\0';
}

/*
 * Takes what stands before the next such byte out of *rest, and the byte too;
 * all of it if there is none. Returns whether there was one.
 */
int wire_split(struct part *rest, char at, struct part *part_out);

/*
 * Cuts a line at blanks. Returns how many fields there are, one more than
 * WIRE_FIELDS for all that are more, or -1: there is a control character.
 */
enum { WIRE_FIELDS = 3 };
int wire_cut(struct part line, struct part *fields);

/* Blank, or a comment. */
int wire_is_nothing(struct part line);

/* A number, or one of the words for a missing one. Returns 0, or -1. */
int wire_number(struct part part, double *x_out);

/* Digits, maybe with a sign and (if decimals) a point. */
int wire_is_plain_number(struct part part, int decimals);

/* ---- What is wrong ---- */

/* All return WIRE_BAD. The text may be NULL. */
int wire_bad(struct wire *wire, const char *what, struct part part,
    const char *is);
int wire_bad_line(struct wire *wire, const char *why);

/* ---- Format line (wire_line.c) ---- */

/* What a line says, or which of its fields is wrong and what it is not. */
struct wire_said {
	struct wire_sample sample;
	struct part bad;
	const char *what, *is;
	int needs_unit; /* all that is wrong is that its time has none */
};

/* Returns 0, 1 if there is nothing on the line, or WIRE_BAD. */
int wire_line_read(struct part line, int unit, struct wire_said *said_out);

/* ---- Keys (wire_key.c) ---- */

/*
 * Begin, a name, maybe tags, and then the key by itself or with each of some
 * fields. All but the first return 0, WIRE_BAD or WIRE_NO_MEMORY.
 *
 * A clean part is one in which blanks, control characters, ; and = have
 * become _, so that keys that differ in it stay apart from all others. The
 * bytes in `escapes` stand for themselves behind a backslash, which goes.
 */
void wire_key_begin(struct wire *wire);
int wire_key_name(struct wire *wire, struct part name);
int wire_key_clean_name(struct wire *wire, struct part name,
    const char *escapes);
int wire_key_tag(struct wire *wire, struct part name, struct part value,
    const char *escapes);
/* a=b;c=d of Graphite, which must be right, */
int wire_key_path_tags(struct wire *wire, struct part tags);
/* and what is like it, of which parts are made clean. */
int wire_key_any_tags(struct wire *wire, struct part tags, char between,
    char is);
/* The sample's key; field.text NULL: the name and tags alone. */
int wire_key_end(struct wire *wire, struct part field, const char *escapes,
    struct wire_sample *sample);
void wire_key_clear(struct wire_key *key);

/* ---- Formats ---- */

int wire_graphite(struct wire *wire, struct part line);
int wire_influx(struct wire *wire, struct part line);
int wire_statsd(struct wire *wire, struct part line);
int wire_syslog(struct wire *wire, struct part line);

/* <0> to <191>; returns what is behind it, or NULL. */
const char *wire_syslog_priority(const char *text, const char *end);

#endif
