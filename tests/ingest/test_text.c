/*
 * Text from strangers: addresses, frames, lines of each format. What is
 * expected is what the formats' own documents say, or is found again in
 * another way. This file has the bench, addresses and the hash; frames are
 * in test_frame.c, formats in test_format.c and its like.
 */
#define _POSIX_C_SOURCE 200809L

#include "test_text.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <time.h>

#include "../../examples/socket_ingest/addr.h"
#include "../../examples/socket_ingest/siphash24.h"
#include "suites.h"

/* ---- The bench ---- */

struct decoder *decoder;
size_t decoder_most;

static char story[65536];
static size_t story_len;

static void add(const char *text, size_t len)
{
	ck_assert_uint_lt(story_len + len, sizeof story);
	memcpy(story + story_len, text, len);
	story_len += len;
	story[story_len] = '\0';
}

static int on_sample(void *ctx, const struct sample *s)
{
	char number[LEAT_DOUBLE_SIZE], time[32];

	(void)ctx;
	if (decoder_most == 0)
		return 7;
	decoder_most--;
	if (story_len > 0)
		add(" ", 1);
	add(s->key, s->key_len);
	add("=", 1);
	add(number, leat_format_double(s->x, number));
	if (s->has_time) {
		snprintf(time, sizeof time, "@%" PRId64, s->t);
		add(time, strlen(time));
	}
	return 0;
}

void decoder_again(size_t max_key, size_t max_keys, int influx_unit)
{
	static uint64_t n_decoders;
	struct decoder_options o = { 0 };

	decoder_free(decoder);
	o.max_key = max_key;
	o.max_keys = max_keys;
	o.influx_unit = influx_unit;
	o.seed[0] = ++n_decoders;
	o.seed[1] = 2;
	o.fn = on_sample;
	decoder = decoder_new(&o);
	ck_assert_ptr_nonnull(decoder);
	decoder_most = SIZE_MAX;
	decoder_arrival(decoder, INT64_C(1796011200) * LEAT_SECOND);
}

void decoder_set_up(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	decoder_again(200, 1000, LEAT_UNIT_GUESS);
}

void decoder_tear_down(void)
{
	decoder_free(decoder);
	decoder = NULL;
}

static void end_story(int err)
{
	char code[16];

	if (err == DECODER_BAD) {
		const char *why = decoder_why(decoder);

		ck_assert_msg(story_len == 0, "a bad line told %s", story);
		ck_assert_uint_gt(strlen(why), 0);
		ck_assert_uint_le(strlen(why), 160);
		for (; *why; why++)
			ck_assert(*why >= ' ' && *why < 127);
		add("bad", 3);
	} else if (err != 0) {
		snprintf(code, sizeof code, "%s%d", story_len ? " " : "", err);
		add(code, strlen(code));
	}
}

/* The line is a copy of its own size: what reads beyond it is seen. */
const char *story_of_bytes(enum format format, const char *line, size_t len)
{
	char *copy = malloc(len ? len : 1);

	ck_assert_ptr_nonnull(copy);
	if (len > 0)
		memcpy(copy, line, len);
	story_len = 0;
	story[0] = '\0';
	end_story(decoder_take(decoder, format, copy, len));
	free(copy);
	return story;
}

const char *story_of(enum format format, const char *line)
{
	return story_of_bytes(format, line, strlen(line));
}

const char *story_of_sets(void)
{
	story_len = 0;
	story[0] = '\0';
	end_story(decoder_flush_sets(decoder));
	return story;
}

/* ---- The hash ---- */

/*
 * The first values of vectors_sip64 of the reference implementation: the
 * seed is the bytes 0 to 15, the text so many bytes from 0 on. That of 15
 * is in the paper (appendix A).
 */
START_TEST(the_hash_is_siphash_2_4)
{
	static const uint64_t wanted[] = { 0x726fdb47dd0e0e31,
		0x74f839c593dc67fd, 0x0d6c8009d9a94f5a, 0x85676696d7fb7e2d,
		0xcf2794e0277187b7, 0x18765564cd99a68d, 0xcbc9466e58fee3ce,
		0xab0200f58b01d137, 0x93f5f5799a932462, 0x9e0082df0ba9e4b0,
		0x7a5dbbc594ddb9f3, 0xf4b32f46226bada7, 0x751e8fbc860ee5fb,
		0x14ea5627c0843d90, 0xf723ca908e7af2ee, 0xa129ca6149be45e5 };
	const uint64_t seed[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };
	unsigned char text[64];

	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (unsigned char)i;
	for (size_t i = 0; i < 16; i++)
		ck_assert_uint_eq(siphash24(seed, text, i), wanted[i]);
	ck_assert_uint_eq(siphash24(seed, text, 63), 0x958a324ceb064572);
}
END_TEST

/* ---- Addresses ---- */

static struct addr addrs[ADDR_MAX];
static char why[200];

static int parse(const char *text, int to_listen)
{
	memset(why, 0, sizeof why);
	return addr_parse(text, to_listen, addrs, why, sizeof why);
}

/* The one address of a text, as it is written again. */
static const char *again(const char *text, int to_listen)
{
	static char out[ADDR_TEXT];

	ck_assert_msg(parse(text, to_listen) == 1, "%s: %s", text, why);
	addr_format((const struct sockaddr *)&addrs[0].at, addrs[0].len,
	    addrs[0].kind, out, sizeof out);
	return out;
}

START_TEST(addresses_are_read_and_written)
{
	static const char *const same[] = { "tcp://127.0.0.1:9009",
		"udp://127.0.0.1:1", "tcp://[::1]:65535",
		"udp://[2001:db8::7]:80", "tcp://192.0.2.1:0", "unix:///tmp/a",
		"unixgram:///tmp/a", "unix:a/b", "unixgram:b" };

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		ck_assert_str_eq(again(same[i], 1), same[i]);
	ck_assert_str_eq(again("tcp://:80", 1), "tcp://127.0.0.1:80");
	ck_assert_str_eq(again("udp://:80", 0), "udp://127.0.0.1:80");
	ck_assert_str_eq(again("unix:/tmp/a", 0), "unix:///tmp/a");
	ck_assert_str_eq(again("tcp://127.0.0.1:00080", 1),
	    "tcp://127.0.0.1:80");
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
	static const char *const bad[] = { "", "tcp", "tcp:", "tcp://",
		"tcp://127.0.0.1", "tcp://127.0.0.1:", "tcp://127.0.0.1:x",
		"tcp://127.0.0.1:65536", "tcp://127.0.0.1:-1",
		"tcp://127.0.0.1:80/", "tcp://127.0.0.1: 80",
		"tcp://127.0.0.1:000080", "tcp://::1:80", "tcp://[::1]",
		"tcp://[::1]80", "tcp://[]:80", "tcp://[::1:80",
		"tcp://[::g]:8", "127.0.0.1:80", "http://127.0.0.1:80",
		"TCP://127.0.0.1:80", "unix:", "unix://", "unix://a/b",
		"unixgram:", "unixgram://a", " tcp://127.0.0.1:80" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		ck_assert_msg(parse(bad[i], 1) == -1, "%s was read", bad[i]);
		ck_assert_uint_gt(strlen(why), 0);
	}
	ck_assert_int_eq(parse("tcp://127.0.0.1:0", 0), -1);
	ck_assert_int_eq(parse("tcp://*:80", 0), -1);
}
END_TEST

START_TEST(a_path_that_is_too_long_says_so)
{
	const size_t most = sizeof((struct sockaddr_un *)0)->sun_path - 1;
	char text[400] = "unix:", number[16];

	memset(text + 5, 'a', most);
	ck_assert_int_eq(parse(text, 1), 1);
	text[5 + most] = 'a';
	ck_assert_int_eq(parse(text, 1), -1);
	snprintf(number, sizeof number, "%zu", most);
	ck_assert_ptr_nonnull(strstr(why, number));
	/* A host's name has an end too. */
	memcpy(text, "tcp://", 6);
	memset(text + 6, 'a', 300);
	memcpy(text + 306, ":80", 4);
	ck_assert_int_eq(parse(text, 1), -1);
}
END_TEST

START_TEST(a_star_is_every_address)
{
	char text[ADDR_TEXT];

	ck_assert_int_eq(parse("udp://*:514", 1), 2);
	ck_assert_int_eq(addrs[0].at.ss_family, AF_INET6);
	ck_assert_int_eq(addrs[1].at.ss_family, AF_INET);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(addrs[i].kind, ADDR_UDP);
		ck_assert(!addr_is_local(&addrs[i]));
		addr_format((const struct sockaddr *)&addrs[i].at, addrs[i].len,
		    ADDR_UDP, text, sizeof text);
		ck_assert_str_eq(text,
		    i ? "udp://0.0.0.0:514" : "udp://[::]:514");
	}
	ck_assert_int_eq(addr_parse_http("*:80", addrs, why, sizeof why), 2);
	ck_assert_int_eq(addr_parse_http(":80", addrs, why, sizeof why), 1);
	ck_assert(addr_is_local(&addrs[0]));
	ck_assert_int_eq(addr_parse_http("tcp://127.0.0.1:80", addrs, why,
			     sizeof why),
	    -1);
}
END_TEST

START_TEST(what_is_local_is_told)
{
	static const struct {
		const char *text;
		int local;
	} cases[] = { { "tcp://127.0.0.1:1", 1 }, { "udp://127.255.0.9:1", 1 },
		{ "tcp://[::1]:1", 1 }, { "tcp://[::ffff:127.0.0.1]:1", 1 },
		{ "unix:a", 1 }, { "unixgram:a", 1 }, { "tcp://10.0.0.1:1", 0 },
		{ "tcp://0.0.0.0:1", 0 }, { "tcp://[::]:1", 0 },
		{ "tcp://128.0.0.1:1", 0 }, { "tcp://[::ffff:10.0.0.1]:1", 0 },
		{ "tcp://[fe80::1]:1", 0 }, { "tcp://[::7f00:1]:1", 0 } };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ck_assert_int_eq(parse(cases[i].text, 1), 1);
		ck_assert_msg(addr_is_local(&addrs[0]) == cases[i].local, "%s",
		    cases[i].text);
	}
}
END_TEST

START_TEST(names_are_looked_up)
{
	int n = parse("tcp://localhost:80", 0);

	ck_assert_int_ge(n, 1);
	for (int i = 0; i < n; i++)
		ck_assert(addr_is_local(&addrs[i]));
	ck_assert_int_eq(parse("tcp://no.such.name.invalid:80", 0), -1);
}
END_TEST

START_TEST(clients_are_shown)
{
	struct sockaddr_un un = { 0 };
	char text[ADDR_TEXT], small[8];

	/* An IPv4 client of an IPv6 socket. */
	ck_assert_str_eq(again("tcp://[::ffff:192.0.2.7]:5", 0),
	    "tcp://192.0.2.7:5");
	/* A client of a unix socket has no name. */
	un.sun_family = AF_UNIX;
	addr_format((struct sockaddr *)&un, sizeof un.sun_family, ADDR_UNIX,
	    text, sizeof text);
	ck_assert_str_eq(text, "unix:");
	/* A name may use the whole of sun_path, without a NUL. */
	memset(un.sun_path, 'p', sizeof un.sun_path);
	un.sun_path[1] = '\n';
	addr_format((struct sockaddr *)&un, sizeof un, ADDR_UNIXGRAM, text,
	    sizeof text);
	ck_assert_uint_eq(strlen(text), 9 + sizeof un.sun_path);
	ck_assert_int_eq(text[10], '?');
	addr_format((struct sockaddr *)&un, sizeof un, ADDR_UNIX, small,
	    sizeof small);
	ck_assert_str_eq(small, "unix:p?");
}
END_TEST

/* ---- All of it ---- */

static TCase *hash_case(void)
{
	TCase *t = tcase_create("hash");

	tcase_add_test(t, the_hash_is_siphash_2_4);
	return t;
}

static TCase *addr_case(void)
{
	TCase *t = tcase_create("addr");

	tcase_add_test(t, addresses_are_read_and_written);
	tcase_add_test(t, what_is_no_address_is_refused);
	tcase_add_test(t, a_path_that_is_too_long_says_so);
	tcase_add_test(t, a_star_is_every_address);
	tcase_add_test(t, what_is_local_is_told);
	tcase_add_test(t, names_are_looked_up);
	tcase_add_test(t, clients_are_shown);
	return t;
}

Suite *text_suite(void)
{
	Suite *s = suite_create("text");

	suite_add_tcase(s, hash_case());
	suite_add_tcase(s, addr_case());
	suite_add_tcase(s, frame_case());
	suite_add_tcase(s, greeting_case());
	suite_add_tcase(s, head_case());
	suite_add_tcase(s, peers_case());
	suite_add_tcase(s, memory_case());
	suite_add_tcase(s, line_case());
	suite_add_tcase(s, graphite_case());
	suite_add_tcase(s, influx_case());
	suite_add_tcase(s, statsd_case());
	suite_add_tcase(s, syslog_case());
	suite_add_tcase(s, guess_case());
	suite_add_tcase(s, join_case());
	return s;
}
