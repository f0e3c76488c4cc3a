/*
 * Graphite's plain text protocol: path[;tag=value...] value [time].
 *
 * Times are seconds since 1970. Clients that have none write -1 or N, or
 * nothing; carbon takes -1 for now.
 */
#include "wire_inside.h"

static int take_path(struct wire *w, struct part path, struct wire_sample *s)
{
	static const struct part none = { NULL, 0 };
	struct part name;
	int has_tags = wire_split(&path, ';', &name), err;

	if (name.len == 0)
		return wire_bad_line(w, "tags without a name");
	if (!has_tags && name.len <= w->options.max_key) {
		s->key = name.text;
		s->key_len = name.len;
		return 0;
	}
	wire_key_begin(w);
	err = wire_key_name(w, name);
	if (err == 0 && has_tags)
		err = wire_key_path_tags(w, path);
	return err ? err : wire_key_end(w, none, "", s);
}

static int take_time(struct wire *w, struct part time, struct wire_sample *s)
{
	if (wire_part_is(time, "N") || wire_part_is(time, "-1"))
		return 0;
	if (!wire_is_plain_number(time, 1) ||
	    leat_parse_time(time.text, time.len, LEAT_UNIT_S, &s->t, NULL) < 0)
		return wire_bad(w, "time", time, "is not seconds since 1970");
	s->has_time = 1;
	return 0;
}

int wire_graphite(struct wire *w, struct part line)
{
	struct wire_sample sample = { 0 };
	struct part f[WIRE_FIELDS];
	int n = wire_cut(line, f), err = 0;

	if (n < 0)
		return wire_bad_line(w, "a control character");
	if (n < 2 || n > WIRE_FIELDS)
		return wire_bad_line(w, "not path value [time]");
	if (wire_number(f[1], &sample.x) < 0)
		return wire_bad(w, "value", f[1], "is not a number");
	if (n == 3)
		err = take_time(w, f[2], &sample);
	if (err == 0)
		err = take_path(w, f[0], &sample);
	return err ? err : w->options.fn(w->options.ctx, &sample);
}
