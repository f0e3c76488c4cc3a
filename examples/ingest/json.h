/*
 * JSON as text that grows. What fails for want of memory is remembered, so
 * that it is looked at once, at the end.
 */
#ifndef INGEST_JSON_H
#define INGEST_JSON_H

#include <stddef.h>
#include <stdint.h>

/* Start from { 0 }. */
struct json {
	char *text;
	size_t len, size;
	int failed; /* no memory: the text is of no use */
};

void json_clear(struct json *json);

/* Again empty; the memory is kept. */
void json_reset(struct json *json);

void json_raw(struct json *json, const char *text);
void json_bytes(struct json *json, const char *bytes, size_t n);
void json_count(struct json *json, uint64_t n);

/* A string with its quotes; what is no UTF-8 becomes U+FFFD. */
void json_string(struct json *json, const char *text, size_t len);

/* NaN is null, infinities are the strings "inf" and "-inf". */
void json_number(struct json *json, double x);

/* Nanoseconds since 1970 as a string of ISO 8601, 0 as null; or as ms. */
void json_time(struct json *json, int64_t t);
void json_ms(struct json *json, int64_t t);

#endif
