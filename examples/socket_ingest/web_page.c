/*
 * The page. Its policy (Content Security Policy, level 2) names the one style
 * and the one script that are in it by their hashes: whatever gets into the
 * page beside them, a browser does not run.
 */
#include <event2/buffer.h>
#include <event2/http.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "page.h"
#include "web_inside.h"

enum { HASH_SIZE = 48 }; /* 32 bytes in base 64, and a NUL */

/* Returns where a text begins in the page, or NULL. */
static const char *find_text(const char *from, const char *text)
{
	const char *end = (const char *)ingest_page + ingest_page_len;
	size_t len = strlen(text);

	for (; (size_t)(end - from) >= len; from++)
		if (memcmp(from, text, len) == 0)
			return from;
	return NULL;
}

/* Writes the base 64 of the hash of what is between two tags. */
static int hash_between(const char *open, const char *close, char *text)
{
	const char *begin = find_text((const char *)ingest_page, open);
	const char *end = begin ? find_text(begin, close) : NULL;
	unsigned char hash[EVP_MAX_MD_SIZE]; /* 32 of them */
	unsigned len;

	if (!end)
		return -1;
	begin += strlen(open);
	if (!EVP_Digest(begin, (size_t)(end - begin), hash, &len, EVP_sha256(),
		NULL))
		return -1;
	EVP_EncodeBlock((unsigned char *)text, hash, (int)len);
	return 0;
}

int web_page_policy(char policy[WEB_POLICY_SIZE])
{
	char style[HASH_SIZE], script[HASH_SIZE];

	if (hash_between("<style>", "</style>", style) < 0 ||
	    hash_between("<script>", "</script>", script) < 0)
		return -1;
	snprintf(policy, WEB_POLICY_SIZE,
	    "default-src 'none'; style-src 'sha256-%s'; "
	    "script-src 'sha256-%s'; connect-src 'self'; img-src data:; "
	    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	    style, script);
	return 0;
}

void web_page(const struct request *request)
{
	struct evkeyvalq *headers =
	    evhttp_request_get_output_headers(request->req);
	struct writer *w = web_begin(request->web);

	evhttp_add_header(headers, "Content-Security-Policy",
	    request->web->policy);
	evhttp_add_header(headers, "Cache-Control", "no-cache");
	writer_put(w, (const char *)ingest_page, ingest_page_len);
	web_send(request, HTTP_OK, "text/html; charset=utf-8",
	    web_end(request->web));
}
