/*
 * TLS for connections that are accepted, by OpenSSL below a bufferevent.
 *
 * TLS 1.2 or later, the ciphers that OpenSSL has by default, no compression,
 * no renegotiation, no resumed sessions: connections here last, so that each
 * handshake is a whole one and a client's certificate is looked at in each.
 * An end without TLS's own end counts as an end: lines and requests show
 * themselves whether they are whole.
 */
#define _POSIX_C_SOURCE 200809L

#include "tls.h"

#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../replay/report.h"

struct tls {
	SSL_CTX *ctx;
	char *cert, *key, *client_ca; /* paths; the last may be NULL */
};

/* ---- Certificates ---- */

/* The first error of OpenSSL is what it is about. */
static int fail(const char *path, const char *what, char *why, size_t size)
{
	unsigned long error = ERR_get_error();
	const char *reason = ERR_reason_error_string(error);

	if (ERR_GET_LIB(error) == ERR_LIB_SYS)
		reason = strerror(ERR_GET_REASON(error));
	snprintf(why, size, "%s: %s (%s)", path, what,
	    reason ? reason : "unknown error");
	ERR_clear_error();
	return -1;
}

static void set_options(SSL_CTX *ctx)
{
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(ctx,
	    SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
		SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET);
#ifdef SSL_OP_IGNORE_UNEXPECTED_EOF
	SSL_CTX_set_options(ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
#endif
	SSL_CTX_set_num_tickets(ctx, 0);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	/* Connections that are silent hold no buffers. */
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
}

static int load_client_ca(SSL_CTX *ctx, const char *path, char *why,
    size_t size)
{
	STACK_OF(X509_NAME) * names;

	if (SSL_CTX_load_verify_locations(ctx, path, NULL) != 1)
		return fail(path, "no certificates to trust", why, size);
	names = SSL_load_client_CA_file(path);
	if (!names)
		return fail(path, "no certificates to trust", why, size);
	SSL_CTX_set_client_CA_list(ctx, names);
	SSL_CTX_set_verify(ctx,
	    SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return 0;
}

/* A passphrase would be asked for on the terminal, which a service has not. */
static int no_passphrase(char *text, int size, int writes, void *ctx)
{
	(void)text;
	(void)size;
	(void)writes;
	(void)ctx;
	return 0;
}

static int load(SSL_CTX *ctx, const struct tls *tls, char *why, size_t size)
{
	SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
	if (SSL_CTX_use_certificate_chain_file(ctx, tls->cert) != 1)
		return fail(tls->cert, "no certificate", why, size);
	if (SSL_CTX_use_PrivateKey_file(ctx, tls->key, SSL_FILETYPE_PEM) != 1)
		return fail(tls->key, "no private key for this certificate",
		    why, size);
	if (SSL_CTX_check_private_key(ctx) != 1)
		return fail(tls->key, "not the key of the certificate", why,
		    size);
	return tls->client_ca ? load_client_ca(ctx, tls->client_ca, why, size)
			      : 0;
}

int tls_reload(struct tls *tls, char *why, size_t why_size)
{
	SSL_CTX *ctx;

	ERR_clear_error();
	ctx = SSL_CTX_new(TLS_server_method());
	if (!ctx)
		return report(why, why_size, "TLS: out of memory");
	set_options(ctx);
	if (load(ctx, tls, why, why_size) < 0) {
		SSL_CTX_free(ctx);
		return -1;
	}
	/* Connections keep the one that they began with. */
	SSL_CTX_free(tls->ctx);
	tls->ctx = ctx;
	return 0;
}

int tls_new(struct tls **tls_out, const char *cert, const char *key,
    const char *client_ca, char *why, size_t why_size)
{
	struct tls *tls = calloc(1, sizeof *tls);

	if (tls) {
		tls->cert = strdup(cert);
		tls->key = strdup(key);
		tls->client_ca = client_ca ? strdup(client_ca) : NULL;
	}
	if (!tls || !tls->cert || !tls->key || (client_ca && !tls->client_ca)) {
		snprintf(why, why_size, "out of memory");
	} else if (tls_reload(tls, why, why_size) == 0) {
		*tls_out = tls;
		return 0;
	}
	tls_free(tls);
	return -1;
}

void tls_free(struct tls *tls)
{
	if (!tls)
		return;
	SSL_CTX_free(tls->ctx);
	free(tls->cert);
	free(tls->key);
	free(tls->client_ca);
	free(tls);
}

/* ---- Connections ---- */

struct bufferevent *tls_bufferevent(struct tls *tls, struct event_base *base,
    int fd, int options)
{
	struct bufferevent *bev;
	SSL *ssl = SSL_new(tls->ctx);

	if (!ssl)
		return NULL;
	/* The bufferevent takes over the SSL only if all goes well. */
	bev = bufferevent_openssl_socket_new(base, fd, ssl,
	    BUFFEREVENT_SSL_ACCEPTING, options);
	if (!bev) {
		SSL_free(ssl);
		return NULL;
	}
	bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
	return bev;
}

void tls_bufferevent_free(struct bufferevent *bev)
{
	SSL *ssl = bufferevent_openssl_get_ssl(bev);

	bufferevent_free(bev);
	SSL_free(ssl);
}

/* ---- Why ---- */

/* OpenSSL's own texts for these errors say little. */
static const char *in_words(unsigned long error)
{
	if (ERR_GET_LIB(error) == ERR_LIB_SYS)
		return strerror(ERR_GET_REASON(error));
	if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
		switch (ERR_GET_REASON(error)) {
		case SSL_R_HTTP_REQUEST:
		case SSL_R_WRONG_VERSION_NUMBER:
			return "not TLS";
		case SSL_R_UNSUPPORTED_PROTOCOL:
		case SSL_R_VERSION_TOO_LOW:
			return "TLS of a version before 1.2";
		default:
			break;
		}
	}
	return ERR_reason_error_string(error);
}

/* Appends ": reason", if there is room for it and it has not been said. */
static void add_reason(char *why, size_t size, const char *reason)
{
	size_t len = strlen(why);

	if (reason && !strstr(why, reason) && len < size)
		snprintf(why + len, size - len, "%s%s", len > 0 ? ": " : "",
		    reason);
}

void tls_why(struct bufferevent *bev, char *why, size_t why_size)
{
	const SSL *ssl = bufferevent_openssl_get_ssl(bev);
	long verified = ssl ? SSL_get_verify_result(ssl) : X509_V_OK;
	unsigned long error;

	if (why_size == 0)
		return;
	why[0] = '\0';
	while ((error = bufferevent_get_openssl_error(bev)) != 0)
		add_reason(why, why_size, in_words(error));
	if (verified != X509_V_OK)
		add_reason(why, why_size,
		    X509_verify_cert_error_string(verified));
	if (why[0] == '\0')
		add_reason(why, why_size, "closed during the handshake");
}
