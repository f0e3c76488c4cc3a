/*
 * A stream from end to end: source, map, filter, a window for each key, a
 * second window over the results of the first ones, sink.
 *
 * Map and filter are C around a push; windows are joined by pushing from a
 * callback. The source is made up, so the output is known: of the rooms 0
 * to 3, room 3 is the warmest, with 21 degrees in the first hour, 22 in the
 * second and 23 in the third; and 4 rooms have 240 minutes in an hour.
 */
#include <leat.h>
#include <stdio.h>

static const leat_stat mean[] = { LEAT_MEAN };
static const leat_stat warmest[] = { LEAT_COUNT, LEAT_MAX };

/* Source: a reading every ten seconds; the last one of a minute is broken. */
static double read_fahrenheit(int room, int second)
{
	int reading = second % 60 / 10;
	double wobble = (reading - 2) * 0.5;

	if (reading == 5)
		return -999;
	return 32 + 1.8 * (18 + room + second / 3600 + wobble);
}

/* A minute of a room is over: its mean goes into the window of the hour. */
static int on_minute(void *ctx, const leat_result *result)
{
	leat_time_window *hours = ctx;

	leat_time_window_push(hours, result->start, result->values[0]);
	return 0;
}

/* Sink. */
static int on_hour(void *ctx, const leat_result *result)
{
	fprintf(ctx, "hour %d: %g means of a minute, the warmest %.1f\n",
	    (int)(result->start / LEAT_HOUR), result->values[0],
	    result->values[1]);
	return 0;
}

int main(void)
{
	leat_time_window_options hour = { 0 }, minute = { 0 };
	leat_keyed_options by_room = { 0 };
	leat_time_window *hours;
	leat_keyed *minutes;

	hour.kind = minute.kind = LEAT_TUMBLING;
	hour.span = LEAT_HOUR;
	hour.stats = warmest;
	hour.n_stats = 2;
	hour.sink = (leat_sink){ on_hour, stdout };
	if (leat_time_window_new(&hours, &hour) < 0)
		return 1;
	minute.span = LEAT_MINUTE;
	minute.delay = 10 * LEAT_SECOND;
	minute.stats = mean;
	minute.n_stats = 1;
	minute.sink = (leat_sink){ on_minute, hours };
	by_room.by_time = &minute;
	if (leat_keyed_new(&minutes, &by_room) < 0)
		return 1;
	for (int now = 0; now < 3 * 3600; now += 10) {
		for (int room = 0; room < 4; room++) {
			/* Room 3 is far away: what it tells comes late. */
			int second = room == 3 ? now - 10 : now;
			double fahrenheit = read_fahrenheit(room, second);

			if (second < 0 || fahrenheit < -459) /* filter */
				continue;
			leat_keyed_push(minutes, &room, sizeof room,
			    second * LEAT_SECOND, (fahrenheit - 32) / 1.8);
		}
	}
	leat_keyed_advance(minutes, LEAT_TIME_MAX);
	leat_time_window_advance(hours, LEAT_TIME_MAX);
	leat_keyed_free(minutes);
	leat_time_window_free(hours);
	return 0;
}
