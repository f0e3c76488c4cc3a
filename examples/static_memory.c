/*
 * Windows without malloc(): one for each channel, all in one static
 * buffer, as firmware would have them.
 *
 * leat_window_check() says how many bytes a window takes, so the size of
 * the buffer can be checked once, at start. Any alignment will do, so the
 * windows can lie one after the other. Each line of input is a channel
 * number and a value; each line of output adds the channel's mean and
 * standard deviation.
 */
#include <errno.h>
#include <leat.h>
#include <stdio.h>
#include <string.h>

#define N_CHANNELS 4

static unsigned char memory[16384];
static leat_window *windows[N_CHANNELS];
static const leat_stat stats[] = { LEAT_MEAN, LEAT_STDDEV };

static int make_windows(const leat_window_options *options)
{
	size_t n_bytes;

	int error = leat_window_check(options, &n_bytes, NULL);
	if (error)
		return error;
	if (n_bytes > sizeof(memory) / N_CHANNELS)
		return LEAT_EBUFFER;
	for (size_t i = 0; i < N_CHANNELS; i++) {
		error = leat_window_init(&windows[i], memory + i * n_bytes,
		    n_bytes, options);
		if (error)
			return error;
	}
	return LEAT_OK;
}

static int fail(const char *why)
{
	fprintf(stderr, "static_memory: %s\n", why);
	return 1;
}

int main(void)
{
	leat_window_options options = { .size = 32 };
	unsigned channel;
	double x, out[2];

	options.stats = stats;
	options.n_stats = 2;
	int err = make_windows(&options);
	while (err >= 0 && scanf("%u %lf", &channel, &x) == 2) {
		if (channel >= N_CHANNELS)
			continue;
		err = leat_window_push(windows[channel], x);
		leat_window_query(windows[channel], out);
		if (printf("%u %g %g %g\n", channel, x, out[0], out[1]) < 0)
			return fail(strerror(errno));
	}
	if (err < 0)
		return fail(leat_strerror(err));
	return fflush(stdout) ? fail(strerror(errno)) : !feof(stdin);
}
