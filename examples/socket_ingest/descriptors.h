/* The limit of descriptors of the process. */
#ifndef SOCKET_INGEST_DESCRIPTORS_H
#define SOCKET_INGEST_DESCRIPTORS_H

#include <stddef.h>

/*
 * Raises the limit to n descriptors, as far as the system allows. Returns how
 * many there may be, at most n.
 */
size_t descriptors_allow(size_t n);

#endif
