/*
 * TLS, by handshakes with a client of OpenSSL in the same loop and with
 * certificates that the openssl command makes; and secrets.
 */
#define _XOPEN_SOURCE 700

#include "test_sink.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/util.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tls.h"

/* ---- Certificates ---- */

static void run(const char *format, const char *a, const char *b, const char *c,
    const char *d)
{
	char command[1200];

	snprintf(command, sizeof command, format, a, b, c, d);
	ck_assert_msg(system(command) == 0, "%s", command);
}

/* Signed by itself: NAME.pem and NAME.key. */
static void make_cert(const char *name)
{
	char cert[20], key[20];

	snprintf(cert, sizeof cert, "%s.pem", name);
	snprintf(key, sizeof key, "%s.key", name);
	run("openssl req -x509 -newkey ec -pkeyopt "
	    "ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=%s "
	    "-keyout '%s' -out '%s' >'%s' 2>&1",
	    name, bench_path(key), bench_path(cert), bench_path("said"));
}

/* Signed by ca. */
static void make_client_cert(void)
{
	run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
	    "-nodes -subj /CN=%s -keyout '%s' -out '%s' >'%s' 2>&1",
	    "client", bench_path("client.key"), bench_path("client.csr"),
	    bench_path("said"));
	run("openssl x509 -req -in '%s' -CA '%s' -CAkey '%s' "
	    "-set_serial 7 -days 2 -out '%s' 2>&1 | grep -q ok",
	    bench_path("client.csr"), bench_path("ca.pem"),
	    bench_path("ca.key"), bench_path("client.pem"));
}

static struct tls *make_tls(const char *client_ca)
{
	struct tls *tls = NULL;
	char why[400] = "";

	ck_assert_msg(tls_new(&tls, bench_path("server.pem"),
			  bench_path("server.key"), client_ca, why,
			  sizeof why) == 0,
	    "%s", why);
	return tls;
}

/* ---- Both sides ---- */

struct side {
	struct bufferevent *bev;
	short events; /* all there have been */
};

static void on_event(struct bufferevent *bev, short what, void *ctx)
{
	struct side *side = ctx;

	(void)bev;
	side->events = (short)(side->events | what);
}

static void begin(struct side *side, struct bufferevent *bev)
{
	ck_assert_ptr_nonnull(bev);
	side->bev = bev;
	side->events = 0;
	bufferevent_setcb(bev, NULL, NULL, on_event, side);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

static SSL_CTX *new_client(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	ck_assert_ptr_nonnull(ctx);
	return ctx;
}

static void use_cert(SSL_CTX *client, const char *cert, const char *key)
{
	ck_assert_int_eq(SSL_CTX_use_certificate_file(client, bench_path(cert),
			     SSL_FILETYPE_PEM),
	    1);
	ck_assert_int_eq(SSL_CTX_use_PrivateKey_file(client, bench_path(key),
			     SSL_FILETYPE_PEM),
	    1);
}

static void make_pair(int fds[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	for (int i = 0; i < 2; i++)
		fcntl(fds[i], F_SETFL, O_NONBLOCK);
}

static void connect_sides(struct tls *tls, SSL_CTX *ctx, struct side *server,
    struct side *client)
{
	int fds[2];

	make_pair(fds);
	begin(server,
	    tls_bufferevent(tls, bench_base, fds[0], BEV_OPT_CLOSE_ON_FREE));
	begin(client,
	    bufferevent_openssl_socket_new(bench_base, fds[1], SSL_new(ctx),
		BUFFEREVENT_SSL_CONNECTING, BEV_OPT_CLOSE_ON_FREE));
}

static void free_sides(struct side *server, struct side *client)
{
	bufferevent_free(server->bev);
	bufferevent_free(client->bev);
}

static void expect_text(struct side *side, const char *text)
{
	struct evbuffer *in = bufferevent_get_input(side->bev);
	char got[64] = "";

	AWAIT(evbuffer_get_length(in) >= strlen(text));
	evbuffer_remove(in, got, sizeof got - 1);
	ck_assert_str_eq(got, text);
}

/* The handshake fails, and this is said to be why. */
static void expect_failure(struct tls *tls, SSL_CTX *ctx, const char *reason)
{
	struct side server, client;
	char why[256];

	connect_sides(tls, ctx, &server, &client);
	AWAIT(server.events != 0);
	ck_assert_int_eq(server.events & BEV_EVENT_CONNECTED, 0);
	tls_why(server.bev, why, sizeof why);
	ck_assert_msg(strstr(why, reason) != NULL, "%s", why);
	free_sides(&server, &client);
}

static void expect_success(struct tls *tls, SSL_CTX *ctx)
{
	struct side server, client;

	connect_sides(tls, ctx, &server, &client);
	AWAIT(server.events & BEV_EVENT_CONNECTED);
	bufferevent_write(client.bev, "value 1\n", 8);
	expect_text(&server, "value 1\n");
	bufferevent_write(server.bev, "taken\n", 6);
	expect_text(&client, "taken\n");
	ck_assert_int_eq(server.events, BEV_EVENT_CONNECTED);
	free_sides(&server, &client);
}

/* ---- Tests ---- */

START_TEST(handshakes)
{
	static const int versions[] = { 0, TLS1_2_VERSION, TLS1_3_VERSION };
	SSL_CTX *client = new_client();
	struct tls *tls;

	make_cert("server");
	tls = make_tls(NULL);
	for (size_t i = 0; i < 3; i++) {
		SSL_CTX_set_max_proto_version(client, versions[i]);
		expect_success(tls, client);
	}
	SSL_CTX_set_cipher_list(client, "ALL:@SECLEVEL=0");
	SSL_CTX_set_min_proto_version(client, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(client, TLS1_1_VERSION);
	expect_failure(tls, client, "before 1.2");
	SSL_CTX_free(client);
	tls_free(tls);
}
END_TEST

START_TEST(clients_show_certificates)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	struct tls *tls;

	make_cert("server");
	make_cert("ca");
	make_cert("stranger");
	make_client_cert();
	tls = make_tls(bench_path("ca.pem"));
	for (size_t i = 0; i < 2; i++) {
		SSL_CTX *client = new_client();

		SSL_CTX_set_max_proto_version(client, versions[i]);
		expect_failure(tls, client,
		    "peer did not return a certificate");
		use_cert(client, "stranger.pem", "stranger.key");
		expect_failure(tls, client, "certificate verify failed");
		expect_failure(tls, client, "self-signed certificate");
		use_cert(client, "client.pem", "client.key");
		expect_success(tls, client);
		expect_success(tls, client);
		SSL_CTX_free(client);
	}
	tls_free(tls);
}
END_TEST

/* Bytes that are no TLS, whole or cut anywhere. */
START_TEST(strangers)
{
	static const char *const talks[] = { "GET / HTTP/1.1\r\n\r\n",
		"value 1\nvalue 2\n", "" };
	static const char *const reasons[] = { "not TLS", "not TLS",
		"closed during the handshake" };
	struct tls *tls;

	make_cert("server");
	tls = make_tls(NULL);
	for (size_t i = 0; i < 3; i++) {
		struct side server;
		char why[256], little[12];
		int fds[2];

		make_pair(fds);
		begin(&server,
		    tls_bufferevent(tls, bench_base, fds[0],
			BEV_OPT_CLOSE_ON_FREE));
		ck_assert_int_ge(write(fds[1], talks[i], strlen(talks[i])), 0);
		shutdown(fds[1], SHUT_WR);
		AWAIT(server.events != 0);
		ck_assert_int_eq(server.events & BEV_EVENT_CONNECTED, 0);
		tls_why(server.bev, why, sizeof why);
		ck_assert_msg(strstr(why, reasons[i]) != NULL, "%s", why);
		tls_why(server.bev, little, sizeof little);
		bufferevent_free(server.bev);
		close(fds[1]);
	}
	tls_free(tls);
}
END_TEST

START_TEST(an_end_is_an_end)
{
	SSL_CTX *client_ctx = new_client();
	struct side server, client;
	struct tls *tls;

	make_cert("server");
	tls = make_tls(NULL);
	connect_sides(tls, client_ctx, &server, &client);
	AWAIT((server.events & client.events) & BEV_EVENT_CONNECTED);
	bufferevent_write(client.bev, "last", 4);
	expect_text(&server, "last");
	/* A client that says nothing does not shake hands. */
	bufferevent_free(client.bev);
	AWAIT(server.events != BEV_EVENT_CONNECTED);
	ck_assert_int_eq(server.events & BEV_EVENT_ERROR, 0);
	ck_assert_int_ne(server.events & BEV_EVENT_EOF, 0);
	bufferevent_free(server.bev);
	SSL_CTX_free(client_ctx);
	tls_free(tls);
}
END_TEST

START_TEST(a_descriptor_that_stays)
{
	struct bufferevent *bev;
	struct tls *tls;
	int fds[2];

	make_cert("server");
	tls = make_tls(NULL);
	make_pair(fds);
	bev = tls_bufferevent(tls, bench_base, fds[0], 0);
	ck_assert_ptr_nonnull(bev);
	tls_bufferevent_free(bev);
	ck_assert_int_eq(close(fds[0]), 0);
	/* Set later. */
	bev = tls_bufferevent(tls, bench_base, -1, BEV_OPT_CLOSE_ON_FREE);
	ck_assert_ptr_nonnull(bev);
	bufferevent_free(bev);
	close(fds[1]);
	tls_free(tls);
}
END_TEST

START_TEST(files_are_read_again)
{
	SSL_CTX *ctx = new_client();
	struct side server, client;
	char why[400] = "", name[64];
	struct tls *tls;
	X509 *cert;

	make_cert("server");
	make_cert("new");
	tls = make_tls(NULL);
	connect_sides(tls, ctx, &server, &client);
	AWAIT(client.events & BEV_EVENT_CONNECTED);
	/* The key is still the old one: all is as before. */
	ck_assert_int_eq(rename(bench_path("new.pem"),
			     bench_path("server.pem")),
	    0);
	ck_assert_int_eq(tls_reload(tls, why, sizeof why), -1);
	ck_assert_msg(strstr(why, "server.key") != NULL, "%s", why);
	expect_success(tls, ctx);
	ck_assert_int_eq(rename(bench_path("new.key"),
			     bench_path("server.key")),
	    0);
	ck_assert_msg(tls_reload(tls, why, sizeof why) == 0, "%s", why);
	/* Connections that are open go on. */
	bufferevent_write(client.bev, "old\n", 4);
	expect_text(&server, "old\n");
	free_sides(&server, &client);
	connect_sides(tls, ctx, &server, &client);
	AWAIT(client.events & BEV_EVENT_CONNECTED);
	cert =
	    SSL_get_peer_certificate(bufferevent_openssl_get_ssl(client.bev));
	ck_assert_ptr_nonnull(cert);
	X509_NAME_oneline(X509_get_subject_name(cert), name, sizeof name);
	ck_assert_str_eq(name, "/CN=new");
	X509_free(cert);
	free_sides(&server, &client);
	SSL_CTX_free(ctx);
	tls_free(tls);
}
END_TEST

START_TEST(files_that_are_wrong)
{
	/* Certificate, key, CA, and which of them is named. */
	static const char *const files[][4] = {
		{ "none", "server.key", NULL, "none" },
		{ "text", "server.key", NULL, "text" },
		{ "server.key", "server.key", NULL, "server.key" },
		{ "server.pem", "none", NULL, "none" },
		{ "server.pem", "server.pem", NULL, "server.pem" },
		{ "server.pem", "other.key", NULL, "other.key" },
		{ "server.pem", "locked.key", NULL, "locked.key" },
		{ "server.pem", "server.key", "none", "none" },
		{ "server.pem", "server.key", "text", "text" },
		{ "server.pem", "server.key", "server.key", "server.key" },
	};
	struct tls *tls = NULL;

	make_cert("server");
	make_cert("other");
	bench_write(bench_path("text"), "-----BEGIN CERTIFICATE-----\nxyz\n");
	run("openssl ec -aes128 -passout %s -in '%s' -out '%s' 2>'%s'",
	    "pass:secret", bench_path("server.key"), bench_path("locked.key"),
	    bench_path("said"));
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const char *const *f = files[i];
		char why[400] = "";

		ck_assert_int_eq(tls_new(&tls, bench_path(f[0]),
				     bench_path(f[1]),
				     f[2] ? bench_path(f[2]) : NULL, why,
				     sizeof why),
		    -1);
		ck_assert_ptr_null(tls);
		ck_assert_msg(strncmp(why, bench_path(f[3]),
				  strlen(bench_path(f[3]))) == 0,
		    "%s", why);
	}
}
END_TEST

/* ---- Secrets ---- */

START_TEST(secrets_are_compared)
{
	static const char *const others[] = { "", "s", "secre", "secrets",
		"Secret", "secreT", "secretsecret", "tecret" };

	ck_assert_int_eq(secret_is("secret", "secret", 6), 1);
	ck_assert_int_eq(secret_is("secret", "secretly", 6), 1);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		ck_assert_msg(secret_is("secret", others[i],
				  strlen(others[i])) == 0,
		    "%s", others[i]);
	ck_assert_int_eq(secret_is("secret", "secret\0", 7), 0);
	ck_assert_int_eq(secret_is("secret", "secret\0\0", 8), 0);
	ck_assert_int_eq(secret_is("secret", "sec\0et", 6), 0);
	ck_assert_int_eq(secret_is("\xff\x80", "\xff\x80", 2), 1);
	ck_assert_int_eq(secret_is("\xff\x80", "\xff\x00", 2), 0);
}
END_TEST

START_TEST(secrets_are_read)
{
	static const struct {
		const char *file, *secret;
	} files[] = { { "abc", "abc" }, { "abc\n", "abc" },
		{ "abc\r\n", "abc" }, { "a b \nmore\n", "a b " }, { "", NULL },
		{ "\n", NULL }, { "\r\n", NULL }, { "\nabc\n", NULL } };
	char why[300], many[2000], *secret;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const char *path = bench_path("secret");
		int result;

		secret = NULL;
		why[0] = '\0';
		bench_write(path, files[i].file);
		result = secret_read(path, &secret, why, sizeof why);
		ck_assert_int_eq(result, files[i].secret ? 0 : -1);
		if (files[i].secret)
			ck_assert_str_eq(secret, files[i].secret);
		else
			ck_assert_ptr_nonnull(strstr(why, path));
		free(secret);
	}
	memset(many, 'x', sizeof many);
	for (size_t n = 1020; n < 1032; n++) {
		many[n] = '\0';
		bench_write(bench_path("secret"), many);
		secret = NULL;
		ck_assert_int_eq(secret_read(bench_path("secret"), &secret, why,
				     sizeof why),
		    n <= 1024 ? 0 : -1);
		ck_assert_uint_eq(secret ? strlen(secret) : n, n);
		free(secret);
		many[n] = 'x';
	}
	ck_assert_int_eq(secret_read(bench_path("none"), &secret, why,
			     sizeof why),
	    -1);
	ck_assert_int_eq(secret_read("/tmp", &secret, why, sizeof why), -1);
}
END_TEST

TCase *tls_case(void)
{
	TCase *c = bench_case("tls");

	tcase_add_test(c, handshakes);
	tcase_add_test(c, clients_show_certificates);
	tcase_add_test(c, strangers);
	tcase_add_test(c, an_end_is_an_end);
	tcase_add_test(c, a_descriptor_that_stays);
	tcase_add_test(c, files_are_read_again);
	tcase_add_test(c, files_that_are_wrong);
	tcase_add_test(c, secrets_are_compared);
	tcase_add_test(c, secrets_are_read);
	return c;
}
