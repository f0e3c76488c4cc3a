/*
 * error.c - texts of error codes and refusals, and the version
 */
#include "core.h"

unsigned leat_version(void)
{
	return LEAT_VERSION;
}

/* Texts of errors, indexed by the negated code. */
static const char *const error_words[] = {
	[-LEAT_OK] = "no error",
	[-LEAT_ENOMEM] = "out of memory",
	[-LEAT_EINVAL] = "invalid argument or option",
	[-LEAT_ESTAT] = "unknown statistic, or not available in this window",
	[-LEAT_ETOOBIG] = "needs more memory than can be addressed",
	[-LEAT_EPAIRS] =
	    "pairs given to a window of single values, or the reverse",
	[-LEAT_ENOTSUP] = "not supported by this kind of object",
	[-LEAT_ERANGE] = "out of range",
	[-LEAT_EBUFFER] = "buffer too small",
	[-LEAT_EINDEX] = "feature index out of range or not ascending",
	[-LEAT_ECALENDAR] =
	    "the calendar's interval does not contain the time asked for",
	[-LEAT_ESOURCE] = "source number out of range",
	[-LEAT_EKEY] = "unknown key, or key too long",
	[-LEAT_EPARSE] = "malformed text",
	[-LEAT_ECSV] = "malformed CSV record",
	[-LEAT_EIO] = "short read or write",
	[-LEAT_ESTATE] = "not a saved state, or truncated or corrupt",
	[-LEAT_EVERSION] = "saved state needs a newer version of the library",
	[-LEAT_EOBJECT] = "saved state is of another kind of object",
	[-LEAT_EOPTIONS] = "made with different options",
	[-LEAT_ELATE] =
	    "windows closed in one object still have data in the other",
	[-LEAT_EFULL] = "limit of values, windows, keys or bytes exceeded",
	[-LEAT_ECALLBACK] = "a callback failed",
	[-LEAT_EARITH] = "compiled with flags that change arithmetic",
};

static const char *const refusal_words[] = {
	[LEAT_TOO_LATE] = "too late: all its windows are closed for good",
	[LEAT_TOO_FAR] = "time too far ahead of the watermark",
	[LEAT_NO_ROOM] = "no room for another value or key",
	[LEAT_NOT_FINITE] = "not a finite number",
	[LEAT_BAD_TARGET] = "target out of range for this loss",
};

const char *leat_strerror(int error)
{
	const int n = (int)(sizeof(error_words) / sizeof(error_words[0]));
	const int m = (int)(sizeof(refusal_words) / sizeof(refusal_words[0]));
	const char *words = NULL;

	if (error > 0)
		words = error < m ? refusal_words[error] : NULL;
	else if (error > -n)
		words = error_words[-error];
	return words ? words : "unknown error";
}
