/*
 * Reads a request: method, host, token, and the parameters of its query.
 *
 * A page from elsewhere that is open in the user's browser may give its own
 * name the address 127.0.0.1 and then read what is served there ("DNS
 * rebinding"); the Host header still has the name. So over the loopback only
 * names of the loopback are answered. With TLS or a token there is no need:
 * the page has neither the certificate nor the token.
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "web_inside.h"

/* ---- The query ---- */

static char *decode(const char *text, size_t len, size_t *len_out)
{
	char *copy = malloc(len + 1), *plain;

	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	plain = evhttp_uridecode(copy, 1, len_out);
	free(copy);
	return plain;
}

int request_param(const struct request *request, const char *name,
    char **text_out, size_t *len_out)
{
	const char *p = request->query;
	size_t name_len = strlen(name);

	while (p && *p) {
		size_t len = strcspn(p, "&");

		if (len > name_len && p[name_len] == '=' &&
		    memcmp(p, name, name_len) == 0) {
			p += name_len + 1;
			*text_out = decode(p, len - name_len - 1, len_out);
			return *text_out ? 1 : -1;
		}
		p += len;
		if (*p)
			p++;
	}
	return 0;
}

/* ---- The token ---- */

static const char *find_bearer(const char *header)
{
	if (strncasecmp(header, "bearer ", 7) != 0)
		return NULL;
	header += 7;
	return header + strspn(header, " ");
}

static enum request_token compare(const char *secret, const char *text,
    size_t len)
{
	return secret_is(secret, text, len) ? REQUEST_TOKEN
					    : REQUEST_WRONG_TOKEN;
}

enum request_token request_token(const struct request *request)
{
	const char *secret = request->web->options.token, *text;
	enum request_token token = REQUEST_NO_TOKEN;
	char *param = NULL;
	size_t len = 0;

	text =
	    evhttp_find_header(evhttp_request_get_input_headers(request->req),
		"Authorization");
	text = text ? find_bearer(text) : NULL;
	if (text)
		return compare(secret, text, strlen(text));
	if (request_param(request, "token", &param, &len) == 1)
		token = compare(secret, param, len);
	free(param);
	return token;
}

/* ---- The host ---- */

/*
 * Takes the host out of "HOST:PORT" or "[HOST]:PORT"; a port need not be there.
 */
static int cut_host(const char *text, char *host, size_t size)
{
	const char *begin = text + (*text == '[');
	size_t len = strcspn(begin, *text == '[' ? "]" : ":");

	if (len == 0 || len >= size)
		return -1;
	memcpy(host, begin, len);
	host[len] = '\0';
	return 0;
}

static int is_loopback(const char *text)
{
	unsigned char v4[4];
	struct in6_addr v6;
	char host[64];

	if (cut_host(text, host, sizeof host) < 0)
		return 0;
	if (*text == '[')
		return inet_pton(AF_INET6, host, &v6) == 1 &&
		    IN6_IS_ADDR_LOOPBACK(&v6);
	return strcasecmp(host, "localhost") == 0 ||
	    (inet_pton(AF_INET, host, v4) == 1 && v4[0] == 127);
}

static int is_by_loopback(const struct request *request)
{
	struct evhttp_connection *con =
	    evhttp_request_get_connection(request->req);
	int fd = (int)bufferevent_getfd(evhttp_connection_get_bufferevent(con));
	struct addr addr = { 0 };

	addr.len = sizeof addr.at;
	return getsockname(fd, (struct sockaddr *)&addr.at, &addr.len) == 0 &&
	    addr_is_local(&addr);
}

/* Checks each Host header, and a host in the request line. */
static const char *find_wrong_host(const struct request *request, int *code_out)
{
	const struct web_options *o = &request->web->options;
	const char *host =
	    evhttp_uri_get_host(evhttp_request_get_evhttp_uri(request->req));
	int is_limited = !o->tls && !o->token && is_by_loopback(request);
	struct evkeyval *header;
	size_t n = 0;

	*code_out = HTTP_BADREQUEST;
	for (header = evhttp_request_get_input_headers(request->req)->tqh_first;
	     header; header = header->next.tqe_next) {
		if (strcasecmp(header->key, "host") != 0)
			continue;
		if (n++ > 0)
			return "two Host headers";
		if (is_limited && !is_loopback(header->value)) {
			*code_out = 403;
			return "not a Host of this machine";
		}
	}
	if (n == 0 && request->req->minor > 0)
		return "no Host header";
	if (host && is_limited && !is_loopback(host)) {
		*code_out = 403;
		return "not a host of this machine";
	}
	return NULL;
}

/* ---- All of it ---- */

/* Bytes behind a header that is not understood are no request. */
static int has_body(const struct request *request)
{
	const struct evkeyvalq *headers =
	    evhttp_request_get_input_headers(request->req);
	const char *len = evhttp_find_header(headers, "Content-Length");

	return evhttp_find_header(headers, "Transfer-Encoding") ||
	    (len && strcmp(len, "0") != 0);
}

const char *request_find_wrong(const struct request *request, int *code_out)
{
	enum evhttp_cmd_type method = evhttp_request_get_command(request->req);

	*code_out = HTTP_BADMETHOD;
	if (method != EVHTTP_REQ_GET && method != EVHTTP_REQ_HEAD)
		return "only GET and HEAD";
	*code_out = HTTP_ENTITYTOOLARGE;
	if (has_body(request))
		return "a request with a body";
	return find_wrong_host(request, code_out);
}
