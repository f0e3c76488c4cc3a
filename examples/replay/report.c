/*
 * Errors in words. A function that fails writes its reason into the caller's
 * buffer and returns -1, so that only programs print.
 */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>

int report(char *why, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, size, format, args);
	va_end(args);
	return -1;
}

int report_argument(char *why, size_t size, const char *arg,
    const char *allowed)
{
	return report(why, size, "\"%.60s\" is not %s", arg, allowed);
}
