/*
 * Graphite's plain text protocol: path[;tag=value...] value [time].
 *
 * Times are seconds since 1970. Clients that have none write -1 or N, or
 * nothing; carbon takes -1 for now.
 */
#include "decoder_inside.h"

static int take_path(struct decoder *d, struct part path, struct sample *s)
{
	static const struct part none = { NULL, 0 };
	struct part name;
	int has_tags = part_split(&path, ';', &name), err;

	if (name.len == 0)
		return decoder_bad_line(d, "tags without a name");
	if (!has_tags && name.len <= d->options.max_key) {
		s->key = name.text;
		s->key_len = name.len;
		return 0;
	}
	decoder_key_begin(d);
	err = decoder_key_name(d, name);
	if (err == 0 && has_tags)
		err = decoder_key_path_tags(d, path);
	return err ? err : decoder_key_end(d, none, "", s);
}

/* Clients without a clock write one of these. */
static int is_no_time(struct part time)
{
	return part_is(time, "N") || part_is(time, "-1");
}

static int take_time(struct decoder *d, struct part time, struct sample *s)
{
	if (is_no_time(time))
		return 0;
	if (!part_is_plain_number(time, 1) ||
	    leat_parse_time(time.text, time.len, LEAT_UNIT_S, &s->t, NULL) < 0)
		return decoder_bad(d, "time", time,
		    "is not seconds since 1970");
	s->has_time = 1;
	return 0;
}

static int take_line(struct decoder *d, struct part line)
{
	struct sample sample = { 0 };
	struct part f[DECODER_FIELDS];
	int n = part_fields(line, f), err = 0;

	if (n < 0)
		return decoder_bad_line(d, "a control character");
	if (n < 2 || n > DECODER_FIELDS)
		return decoder_bad_line(d, "not path value [time]");
	if (part_number(f[1], &sample.x) < 0)
		return decoder_bad(d, "value", f[1], "is not a number");
	if (n == 3)
		err = take_time(d, f[2], &sample);
	if (err == 0)
		err = take_path(d, f[0], &sample);
	return err ? err : d->options.fn(d->options.ctx, &sample);
}

/* ---- The guess ---- */

static int is_tagged(struct part path)
{
	struct part name, tag;

	if (!part_split(&path, ';', &name) || name.len == 0)
		return 0;
	return part_split(&path, '=', &tag) && tag.len > 0 && path.len > 0;
}

static int is_graphite(struct part line)
{
	struct part f[DECODER_FIELDS];
	int n = part_fields(line, f);
	double x;

	if (n < 2 || n > 3 || part_number(f[1], &x) < 0)
		return 0;
	return is_tagged(f[0]) || (n == 3 && is_no_time(f[2]));
}

const struct format_type format_graphite = {
	.name = "graphite",
	.is_like = is_graphite,
	.rank = 3,
	.take = take_line,
};
