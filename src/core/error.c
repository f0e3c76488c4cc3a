/*
 * error.c - the words for error codes and refusals, and the version
 */
#include "core.h"

unsigned leat_version(void)
{
	return LEAT_VERSION;
}

/* By the code's size. */
static const char *const error_words[] = {
	[-LEAT_OK] = "no error",
	[-LEAT_ENOMEM] = "out of memory",
	[-LEAT_EINVAL] = "invalid argument or option",
	[-LEAT_ESTAT] = "no such statistic, or not one for this window",
	[-LEAT_ETOOBIG] = "needs more memory than can be addressed",
	[-LEAT_EPAIRS] =
	    "single values and pairs are pushed by different functions",
	[-LEAT_ENOTSUP] = "this kind of object cannot do that",
	[-LEAT_ERANGE] = "out of range",
	[-LEAT_EBUFFER] = "the memory given is too small",
	[-LEAT_EINDEX] = "index of a feature out of range or out of order",
	[-LEAT_ECALENDAR] =
	    "the calendar's interval does not hold the time it was asked for",
	[-LEAT_ESOURCE] = "no such source",
	[-LEAT_EKEY] = "no such key, or one that is too long",
	[-LEAT_EPARSE] = "malformed text",
	[-LEAT_ECSV] = "malformed CSV record",
	[-LEAT_EIO] = "reading or writing stopped short",
	[-LEAT_ESTATE] = "not a saved state, or not a whole one",
	[-LEAT_EVERSION] = "a saved state that needs a newer version",
	[-LEAT_EOBJECT] = "a saved state of another kind of object",
	[-LEAT_EOPTIONS] = "made with other options",
	[-LEAT_ELATE] =
	    "windows that are closed on one side still have data on the other",
	[-LEAT_EFULL] = "more values, keys or bytes than are allowed",
	[-LEAT_ECALLBACK] = "a callback failed",
	[-LEAT_EARITH] = "compiled with flags that change arithmetic",
};

static const char *const refusal_words[] = {
	[LEAT_TOO_LATE] = "too late: its windows are closed for good",
	[LEAT_TOO_FAR] = "time is too far ahead of the watermark",
	[LEAT_NO_ROOM] = "no room for another value or key",
	[LEAT_NOT_FINITE] = "not a finite number",
	[LEAT_BAD_TARGET] = "a target that the loss cannot have",
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
