/* Counters of the service's work so far, for /metrics and the page. */
#ifndef SOCKET_INGEST_COUNTS_H
#define SOCKET_INGEST_COUNTS_H

#include <stdint.h>

#include "decoder.h"

struct counts {
	int64_t started;          /* nanoseconds since 1970 */
	uint64_t lines[FORMAT_N]; /* lines by format; CSV: records */
	uint64_t samples;         /* values that windows were given */
	uint64_t rows;            /* rows of results */
	uint64_t bytes;           /* received, inside TLS */
	uint64_t datagrams;
	uint64_t accepted; /* connections accepted so far */
	uint64_t open;     /* connections open now */
	uint64_t saves;
	int64_t saved_at;  /* the last one; 0: none */
	int64_t save_took; /* nanoseconds */
};

#endif
