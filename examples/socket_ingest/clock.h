/*
 * The time, in nanoseconds: since 1970, as the machine has it, which may be
 * set back; and steadily, from anywhere.
 */
#ifndef SOCKET_INGEST_CLOCK_H
#define SOCKET_INGEST_CLOCK_H

#include <stdint.h>

int64_t clock_wall(void);
int64_t clock_steady(void);

#endif
