/* The limit of descriptors of the process. */
#ifndef SOCKET_INGEST_DESCRIPTORS_H
#define SOCKET_INGEST_DESCRIPTORS_H

#include <stddef.h>

/*
 * Sees to it that there may be n of them, as far as the system lets us.
 * Returns how many there may be, at most n.
 */
size_t descriptors_allow(size_t n);

#endif
