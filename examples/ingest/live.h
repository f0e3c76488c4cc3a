/*
 * The page, as bytes: made of live.html when it is built.
 */
#ifndef INGEST_LIVE_H
#define INGEST_LIVE_H

#include <stddef.h>

extern const unsigned char ingest_live[];
extern const size_t ingest_live_len;

#endif
