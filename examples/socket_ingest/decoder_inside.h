/*
 * Shared by the files of decoder.h: parts of a line, keys that are put
 * together, and reasons why a line is bad.
 */
#ifndef SOCKET_INGEST_DECODER_INSIDE_H
#define SOCKET_INGEST_DECODER_INSIDE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "decoder.h"
#include "decoder_names.h"
#include "decoder_sets.h"

/* Text that grows. */
struct decoder_bytes {
	char *at;
	size_t n, size;
};

/* A tag in key.tags: offsets while tags come, texts when they are sorted. */
struct decoder_tag {
	size_t at, name_len, value_len; /* no value: it stands by itself */
	const char *name, *value;
};

/* A key that is being put together (decoder_key.c). */
struct decoder_key {
	struct decoder_bytes base, tags, text;
	struct decoder_tag *list;
	size_t n, size;
	int is_sorted;
};

/* The hour that the last syslog message without a year was in. */
struct decoder_hour {
	int month, day, hour; /* the message's; month 1 to 12, 0: none yet */
	int64_t start;        /* nanoseconds since 1970 */
	int64_t found_at;     /* arrival by which the year was found */
};

struct decoder {
	struct decoder_options options;
	struct decoder_key key;
	struct decoder_names gauges;
	struct decoder_sets sets;
	size_t most_bytes; /* for gauges and sets together */
	int64_t arrival;
	struct decoder_hour hour;
	char why[161];
};

/* ---- Bytes ---- */

static inline int text_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline int text_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Returns where the next blank or control character is, or the end. */
static inline const char *text_field_end(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p > ' ' && *p != 127)
		p++;
	return p;
}

static inline const char *text_skip_blanks(const char *p, const char *end)
{
	while (p < end && text_is_blank(*p))
		p++;
	return p;
}

static inline int part_is(struct part part, const char *text)
{
	return part.len == strlen(text) &&
	    memcmp(part.text, text, part.len) == 0;
}

/*
 * Returns whether a byte is in a short set that is known when it is compiled;
 * NUL is never in it.
 */
static inline int text_is_in(char c, const char *set)
{
	while (*set && *set != c)
		set++;
	return *set != '\0';
}

/*
 * Takes what stands before the next such byte out of *rest, and the byte too;
 * all of it if there is none. Returns whether there was one.
 */
int part_split(struct part *rest, char at, struct part *part_out);

/*
 * Cuts a line at blanks. Returns how many fields there are, one more than
 * DECODER_FIELDS for all that are more, or -1: there is a control character.
 */
enum { DECODER_FIELDS = 3 };
int part_fields(struct part line, struct part *fields);

/* Returns whether a line is blank or a comment. */
int part_is_nothing(struct part line);

/* Reads a number, or one of the words for a missing one. Returns 0, or -1. */
int part_number(struct part part, double *x_out);

/*
 * Returns whether a part is digits, maybe with a sign and (if decimals) a
 * point.
 */
int part_is_plain_number(struct part part, int decimals);

/* ---- What is wrong ---- */

/* Set the reason and return DECODER_BAD. A part's text may be NULL. */
int decoder_bad(struct decoder *decoder, const char *what, struct part part,
    const char *is);
int decoder_bad_line(struct decoder *decoder, const char *why);

/* ---- Keys (decoder_key.c) ---- */

/*
 * Begin, a name, maybe tags, and then the key by itself or with each of some
 * fields. All but the first return 0, DECODER_BAD or DECODER_NO_MEMORY.
 *
 * A clean part is one in which blanks, control characters, ; and = have
 * become _, so that keys that differ in it stay apart from all others. The
 * bytes in `escapes` stand for themselves behind a backslash, which goes.
 */
void decoder_key_begin(struct decoder *decoder);
int decoder_key_name(struct decoder *decoder, struct part name);
int decoder_key_clean_name(struct decoder *decoder, struct part name,
    const char *escapes);
int decoder_key_tag(struct decoder *decoder, struct part name,
    struct part value, const char *escapes);
/* Adds Graphite's tags, a=b;c=d, which must be well-formed. */
int decoder_key_path_tags(struct decoder *decoder, struct part tags);
/* Adds tags that are separated in another way; their parts are made clean. */
int decoder_key_any_tags(struct decoder *decoder, struct part tags,
    char between, char is);
/* Sets the sample's key; field.text NULL: name and tags alone. */
int decoder_key_end(struct decoder *decoder, struct part field,
    const char *escapes, struct sample *sample);
void decoder_key_clear(struct decoder_key *key);

/* ---- Gauges (decoder.c) ---- */

/*
 * Drops the gauges that were not touched for longest until gauges and sets
 * keep their limits; one gauge stays, whatever sets take.
 */
void decoder_make_room(struct decoder *decoder);

/*
 * Marks the gauge of a sample's key as touched now; adds it if name is NULL,
 * which means that it is not there yet. NULL: no memory.
 */
struct decoder_name *decoder_touch_gauge(struct decoder *decoder,
    struct decoder_name *name, const struct sample *sample);

/* ---- Formats ---- */

#define FORMAT(NAME, name) extern const struct format_type format_##name;
#include "formats.def"
#undef FORMAT

#endif
