/*
 * dates.c - days and dates
 *
 * A year that begins in March has its leap day at the end, so the days
 * before a month are a linear function of it, rounded, (153 m + 2) / 5;
 * 400 years are 146097 days. H. Hinnant, "chrono-compatible low-level date
 * algorithms", 2013.
 */
#include "text.h"

int64_t leat_days_from_date(int year, int month, int day)
{
	return leat_day_number(year, month, day);
}

void leat_date_from_days(int64_t days, int *year_out, int *month_out,
    int *day_out)
{
	int64_t since = days + LEAT_EPOCH_DAYS;
	int64_t era = since / LEAT_ERA_DAYS - (since % LEAT_ERA_DAYS < 0);
	int d = (int)(since - era * LEAT_ERA_DAYS), of_era, of_year, m;

	LEAT_ASSERT(year_out && month_out && day_out);
	/* Subtract the leap days, so that each year before counts 365 days. */
	of_era = (d - d / 1460 + d / 36524 - d / 146096) / 365;
	of_year = d - (365 * of_era + of_era / 4 - of_era / 100);
	m = (5 * of_year + 2) / 153;
	*day_out = of_year - (153 * m + 2) / 5 + 1;
	*month_out = m < 10 ? m + 3 : m - 9;
	*year_out = (int)(era * 400 + of_era + (m >= 10));
}
