/*
 * TLS for connections that are accepted, and secrets.
 */
#ifndef SOCKET_INGEST_TLS_H
#define SOCKET_INGEST_TLS_H

#include <stddef.h>

struct event_base;
struct bufferevent;
struct tls; /* certificate and key of the server, and whom it trusts */

/*
 * Reads files in PEM. client_ca may be NULL; if it is not, clients must show a
 * certificate that one of these has signed. TLS 1.2 or later. Returns 0, or -1
 * with the reason in why, which names the file.
 */
int tls_new(struct tls **tls_out, const char *cert, const char *key,
    const char *client_ca, char *why, size_t why_size);
void tls_free(struct tls *tls);

/*
 * Reads the files again, as SIGHUP asks for. After an error all is as before.
 */
int tls_reload(struct tls *tls, char *why, size_t why_size);

/*
 * Makes a bufferevent of an accepted connection, with fd -1 if it is set later;
 * options are enum bufferevent_options. NULL: no memory.
 */
struct bufferevent *tls_bufferevent(struct tls *tls, struct event_base *base,
    int fd, int options);

/* Frees one without BEV_OPT_CLOSE_ON_FREE; its fd stays open. */
void tls_bufferevent_free(struct bufferevent *bev);

/* Writes why the handshake or the connection failed, for messages. */
void tls_why(struct bufferevent *bev, char *why, size_t why_size);

/*
 * Returns whether a text is the secret, in a time that depends on the length of
 * the text alone.
 */
int secret_is(const char *secret, const char *text, size_t len);

/*
 * Reads a secret from the first line of a file, which must not be empty.
 * Returns 0, or -1 with the reason in why. *secret_out is allocated.
 */
int secret_read(const char *path, char **secret_out, char *why,
    size_t why_size);

#endif
