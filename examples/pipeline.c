/*
 * A stream from end to end: source, map, filter, a window for each key, a
 * second window over the results of the first ones, sink.
 *
 * Map and filter are C around a push; windows are joined by pushing from a
 * callback. The source is made up, so the output is known: of the rooms 0
 * to 3, room 3 is the warmest, with 21 degrees in the first hour, 22 in the
 * second and 23 in the third; and 4 rooms have 240 minutes in an hour.
 */
#include <errno.h>
#include <leat.h>
#include <stdio.h>
#include <string.h>

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

/* Callbacks share this struct; the first one that fails sets why. */
struct pipe {
	leat_time_window *hours;
	leat_keyed *minutes;
	const char *why; /* NULL: nothing has failed */
};

/*
 * A minute of a room is over: its mean goes into the window of the hour. The
 * sink of that one may fail inside this push, and says why.
 */
static int on_minute(void *ctx, const leat_result *result)
{
	struct pipe *p = ctx;
	int err = leat_time_window_push(p->hours, result->start,
	    result->values[0]);

	if (err < 0 && !p->why)
		p->why = leat_strerror(err);
	return err < 0;
}

/* Sink. No flag is set: hours close once, and with all that is in them. */
static int on_hour(void *ctx, const leat_result *result)
{
	struct pipe *p = ctx;

	if (printf("hour %d: %g means of a minute, the warmest %.1f\n",
		(int)(result->start / LEAT_HOUR), result->values[0],
		result->values[1]) < 0 ||
	    fflush(stdout) != 0)
		p->why = strerror(errno);
	return p->why != NULL;
}

static int make_windows(struct pipe *p)
{
	leat_time_window_options hour = { 0 }, minute = { 0 };
	leat_keyed_options by_room = { 0 };
	int err;

	hour.kind = minute.kind = LEAT_TUMBLING;
	hour.span = LEAT_HOUR;
	hour.stats = warmest;
	hour.n_stats = 2;
	hour.sink = (leat_sink){ on_hour, p };
	err = leat_time_window_new(&p->hours, &hour);
	minute.span = LEAT_MINUTE;
	minute.delay = 10 * LEAT_SECOND;
	minute.stats = mean;
	minute.n_stats = 1;
	minute.sink = (leat_sink){ on_minute, p };
	by_room.by_time = &minute;
	return err < 0 ? err : leat_keyed_new(&p->minutes, &by_room);
}

/* Source, map and filter; room 3 is far away: its values come late. */
static int push_reading(struct pipe *p, int room, int now)
{
	int second = room == 3 ? now - 10 : now;
	double fahrenheit = read_fahrenheit(room, second);

	if (second < 0 || fahrenheit < -459) /* filter */
		return 0;
	return leat_keyed_push(p->minutes, &room, sizeof room,
	    second * LEAT_SECOND, (fahrenheit - 32) / 1.8);
}

static int run(struct pipe *p)
{
	int err = make_windows(p);

	for (int now = 0; now < 3 * 3600; now += 10)
		for (int room = 0; room < 4 && err >= 0; room++)
			err = push_reading(p, room, now);
	if (err >= 0)
		err = leat_keyed_advance(p->minutes, LEAT_TIME_MAX);
	if (err >= 0)
		err = leat_time_window_advance(p->hours, LEAT_TIME_MAX);
	return err;
}

int main(void)
{
	struct pipe pipe = { NULL, NULL, NULL };
	int err = run(&pipe);

	leat_keyed_free(pipe.minutes);
	leat_time_window_free(pipe.hours);
	if (err >= 0)
		return 0;
	fprintf(stderr, "pipeline: %s\n",
	    pipe.why ? pipe.why : leat_strerror(err));
	return 1;
}
