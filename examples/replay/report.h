/*
 * Messages about errors, written to a buffer that the caller prints.
 */
#ifndef REPLAY_REPORT_H
#define REPLAY_REPORT_H

#include <stddef.h>

#if defined(__GNUC__)
#define REPORT_FORMAT(n) __attribute__((format(printf, n, n + 1)))
#else
#define REPORT_FORMAT(n)
#endif

/* Writes why something failed, and returns -1. */
REPORT_FORMAT(3) int report(char *why, size_t size, const char *format, ...);

/* Reports that an argument is not what is allowed: "x" is not a number. */
int report_argument(char *why, size_t size, const char *arg,
    const char *allowed);

#endif
