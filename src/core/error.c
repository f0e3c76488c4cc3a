/*
 * error.c - the words for error codes, and the version
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
	[-LEAT_EKIND] = "no such kind",
	[-LEAT_ESIZE] = "size must be from 1 to 2^40",
	[-LEAT_EADVANCE] = "advance must be from 1 to 2^40",
	[-LEAT_EDECAY] =
	    "decay: give one of 0 < alpha <= 1, span >= 1, half-life > 0",
	[-LEAT_ESTAT] = "no such statistic for this window",
	[-LEAT_EAGG] = "aggregate class lacks a size or a function",
	[-LEAT_ETOOBIG] = "needs more memory than can be addressed",
	[-LEAT_EPAIRS] =
	    "single values and pairs are pushed by different functions",
	[-LEAT_ENOTSUP] = "this kind of window cannot do that",
	[-LEAT_ERANGE] = "not in the window",
	[-LEAT_ENOSPACE] = "the memory given is too small",
	[-LEAT_ENONFINITE] = "not a finite number",
	[-LEAT_EFEATURES] = "number of features is out of range",
	[-LEAT_ELOSS] = "no such loss, or not with this update",
	[-LEAT_EUPDATE] = "no such update",
	[-LEAT_ETARGET] = "a target that the loss or metric cannot have",
	[-LEAT_EINDEX] = "index of a feature out of range or out of order",
	[-LEAT_EMETRIC] = "no such metric",
	[-LEAT_ELATE] = "too late: its windows are closed for good",
	[-LEAT_ESKEW] = "time is too far ahead of the watermark",
	[-LEAT_ETIME] = "no value can have the last time there is",
	[-LEAT_ESPAN] = "a length of time is out of range",
	[-LEAT_ECALENDAR] =
	    "the calendar's interval does not hold the time it was asked for",
	[-LEAT_EFULL] = "no room for another value or key",
	[-LEAT_ESOURCE] = "no such source",
	[-LEAT_EKEY] = "no such key, or one that is too long",
	[-LEAT_ENUMBER] = "not a number",
	[-LEAT_EFORM] = "not the form of a time",
	[-LEAT_EMONTH] = "no such month",
	[-LEAT_EDAY] = "no such day",
	[-LEAT_ECLOCK] = "no such time of day",
	[-LEAT_EZONE] = "no such zone",
	[-LEAT_EEPOCH] = "before 1677-09-21 or after 2262-04-11",
	[-LEAT_ECSV] = "malformed CSV record",
	[-LEAT_EIO] = "reading or writing stopped short",
	[-LEAT_ESTATE] = "not a saved state, or not a whole one",
	[-LEAT_EVERSION] = "a saved state that needs a newer version",
	[-LEAT_EOBJECT] = "a saved state of another kind of object",
	[-LEAT_EOPTIONS] = "made with other options",
	[-LEAT_EARITH] = "compiled with flags that change arithmetic",
};

const char *leat_strerror(int error)
{
	const int n = (int)(sizeof(error_words) / sizeof(error_words[0]));

	return error > 0 || error <= -n ? "unknown error" : error_words[-error];
}
