/*
 * Decodes lines of text into samples, in the formats of format.h. CSV has
 * records instead of lines, and a reader of its own.
 *
 * A key that has tags is written as Graphite writes it, in all formats, tags
 * sorted: "cpu.usage;host=a;zone=b". Influx's keys are "measurement.field" and
 * the tags, DogStatsD's the name and the tags ("env:prod" is env=prod; a tag
 * without a value stands by itself).
 *
 * Blank lines and those that begin with # hold no sample in any format.
 */
#ifndef SOCKET_INGEST_DECODER_H
#define SOCKET_INGEST_DECODER_H

#include <leat_text.h>
#include <stddef.h>
#include <stdint.h>

#include "../replay/state_tape.h"
#include "format.h"

/* Valid during the callback alone. */
struct sample {
	const char *key;
	size_t key_len; /* may be 0 in format line */
	double x;       /* NaN: missing ("NA", "nan", "U") */
	int has_time;
	int64_t t; /* nanoseconds since 1970 */
};

/* Returns 0, or a positive code, which ends the line and is returned. */
typedef int decoder_fn(void *ctx, const struct sample *sample);

struct decoder_options {
	int time_unit;    /* enum leat_time_unit, of format line */
	int influx_unit;  /* for format influx; LEAT_UNIT_GUESS: ns */
	size_t max_key;   /* bytes; longer ones are refused */
	size_t max_keys;  /* gauges and sets of statsd that are remembered */
	uint64_t seed[2]; /* seed of the hash of names */
	decoder_fn *fn;
	void *ctx;
};

/*
 * Makes a decoder, one for all connections. It keeps what outlives a line:
 * values of gauges, members of sets. NULL: no memory.
 */
struct decoder *decoder_new(const struct decoder_options *options);
void decoder_free(struct decoder *decoder);

/*
 * Return how many bytes gauges and sets take now, and limit them from now on;
 * at first there is no limit. Beyond it new members of sets are refused, which
 * may have three quarters of it, and the gauges that were not touched for
 * longest go.
 */
size_t decoder_bytes(const struct decoder *decoder);
void decoder_limit(struct decoder *decoder, size_t most);

/*
 * Sets when the lines come that are taken from now on, in nanoseconds since
 * 1970. At first it is 1970.
 */
void decoder_arrival(struct decoder *decoder, int64_t now);

/*
 * Takes one line. Format is not FORMAT_AUTO nor FORMAT_CSV. Returns 0 (also if
 * there is nothing on it), DECODER_BAD with the reason in decoder_why(),
 * DECODER_NO_MEMORY, or what fn returned. A bad line emits no sample at all.
 */
enum { DECODER_BAD = -1, DECODER_NO_MEMORY = -2 };
int decoder_take(struct decoder *decoder, enum format format, const char *text,
    size_t len);

/*
 * Returns why the last line was bad: "value \"abc\" is not a number". It has at
 * most 160 bytes and no control characters.
 */
const char *decoder_why(const struct decoder *decoder);

/*
 * Reads a line of format line without a callback, for speed. Returns 0 with
 * *sample set, 1 if the line is blank or a comment, or DECODER_BAD.
 */
int decoder_line(struct decoder *decoder, const char *text, size_t len,
    struct sample *sample_out);

/*
 * Emits for each set of statsd how many different members it had since the last
 * call, as a sample without a time, and empties it. To be called every
 * --statsd-flush.
 */
int decoder_flush_sets(struct decoder *decoder);

/* Saves or loads gauges and sets. */
void decoder_tape(struct decoder *decoder, struct tape *tape);

#endif
