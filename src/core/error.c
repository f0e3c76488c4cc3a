/*
 * error.c - the words for error codes, and the version
 */
#include "core.h"

unsigned leat_version(void)
{
	return LEAT_VERSION;
}

const char *leat_strerror(int error)
{
	switch (error) {
	case LEAT_OK:
		return "no error";
	case LEAT_ENOMEM:
		return "out of memory";
	case LEAT_EINVAL:
		return "invalid argument or option";
	case LEAT_EKIND:
		return "no such kind";
	case LEAT_ESIZE:
		return "size must be from 1 to 2^40";
	case LEAT_EADVANCE:
		return "advance must be from 1 to 2^40";
	case LEAT_EDECAY:
		return "decay needs exactly one of 0 < alpha <= 1, "
		       "span >= 1, half-life > 0";
	case LEAT_ESTAT:
		return "no such statistic for this window";
	case LEAT_EAGG:
		return "aggregate class lacks a size or a function";
	case LEAT_ETOOBIG:
		return "needs more memory than can be addressed";
	case LEAT_EPAIRS:
		return "single values and pairs are pushed by different "
		       "functions";
	case LEAT_ENOTSUP:
		return "this kind of window cannot do that";
	case LEAT_ERANGE:
		return "not in the window";
	case LEAT_ENOSPACE:
		return "the memory given is too small";
	case LEAT_ENONFINITE:
		return "not a finite number";
	case LEAT_EFEATURES:
		return "number of features is out of range";
	case LEAT_ELOSS:
		return "no such loss, or not with this update";
	case LEAT_EUPDATE:
		return "no such update";
	case LEAT_ETARGET:
		return "a target that the loss or metric cannot have";
	case LEAT_EINDEX:
		return "index of a feature out of range or out of order";
	case LEAT_EMETRIC:
		return "no such metric";
	case LEAT_ELATE:
		return "too late: its windows are closed for good";
	case LEAT_ESKEW:
		return "time is too far ahead of the watermark";
	case LEAT_ETIME:
		return "no value can have the last time there is";
	case LEAT_ESPAN:
		return "a length of time is out of range";
	case LEAT_ECALENDAR:
		return "the calendar's interval does not hold the time it was "
		       "asked for";
	case LEAT_EFULL:
		return "no room for another value or key";
	case LEAT_ESOURCE:
		return "no such source";
	case LEAT_EKEY:
		return "no such key, or one that is too long";
	case LEAT_ENUMBER:
		return "not a number";
	case LEAT_EFORM:
		return "not the form of a time";
	case LEAT_EMONTH:
		return "no such month";
	case LEAT_EDAY:
		return "no such day";
	case LEAT_ECLOCK:
		return "no such time of day";
	case LEAT_EZONE:
		return "no such zone";
	case LEAT_EEPOCH:
		return "before 1677-09-21 or after 2262-04-11";
	case LEAT_ECSV:
		return "malformed CSV record";
	default:
		return "unknown error";
	}
}
