/*
 * The page, page.html, as bytes that are part of the program.
 */
#ifndef SOCKET_INGEST_PAGE_H
#define SOCKET_INGEST_PAGE_H

#include <stddef.h>

extern const unsigned char ingest_page[];
extern const size_t ingest_page_len;

#endif
