/*
 * A byte at a time: the line of the request, then lines of headers up to an
 * empty one, and so on with the next request.
 */
#include "head.h"

#include <string.h>

enum state { REQUEST, IN_REQUEST, NAME, VALUE, BODY };

static int is_token(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static int is_called(const struct head *h, const char *name)
{
	return strlen(name) == h->name_len &&
	    memcmp(h->name, name, h->name_len) == 0;
}

static void begin_line(struct head *h)
{
	h->state = NAME;
	h->name_len = h->is_length = h->n_digits = h->is_over = 0;
}

static const char *end_head(struct head *h)
{
	int has_body = h->has_body || h->n_codings > 0;

	memset(h, 0, sizeof *h);
	h->state = has_body ? BODY : REQUEST;
	return NULL;
}

/* Looks at a header's name, which is whole. */
static const char *begin_value(struct head *h)
{
	if (h->name_len == 0)
		return "a header without a name";
	h->state = VALUE;
	h->is_length = (unsigned char)is_called(h, "content-length");
	if (h->is_length && h->n_lengths++ > 0)
		return "two Content-Length headers";
	if (is_called(h, "transfer-encoding") && h->n_codings++ > 0)
		return "two Transfer-Encoding headers";
	if (h->n_lengths > 0 && h->n_codings > 0)
		return "both Content-Length and Transfer-Encoding";
	return NULL;
}

static const char *take_name(struct head *h, char c)
{
	if (c == ':')
		return begin_value(h);
	if (h->name_len == 0 && c == '\n')
		return end_head(h);
	if (h->name_len == 0 && c == '\r')
		return NULL;
	if (c == ' ' || c == '\t')
		return h->name_len == 0
		    ? "a folded header line"
		    : "a blank in a header's name, or after it";
	if (!is_token(c))
		return "a header line without a name and a colon";
	if (h->name_len < HEAD_NAME)
		h->name[h->name_len++] = (char)(c >= 'A' && c <= 'Z'
			? c - 'A' + 'a'
			: c);
	return NULL;
}

static const char *take_length(struct head *h, char c)
{
	static const char wrong[] = "a Content-Length that is not a number";

	if (c == '\n' && h->n_digits == 0)
		return wrong;
	if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
		h->is_over = h->n_digits;
		return NULL;
	}
	if (c < '0' || c > '9' || h->is_over)
		return wrong;
	h->n_digits = 1;
	h->has_body |= (unsigned char)(c != '0');
	return NULL;
}

static const char *take_value(struct head *h, char c)
{
	const char *wrong = h->is_length ? take_length(h, c) : NULL;

	if (c == '\n')
		begin_line(h);
	return wrong;
}

static const char *take(struct head *h, char c)
{
	if (c == '\0')
		return "a NUL";
	if (h->has_cr && c != '\n')
		return "a bare CR";
	h->has_cr = (unsigned char)(c == '\r');
	switch ((enum state)h->state) {
	case REQUEST:
		if (c != '\r' && c != '\n')
			h->state = IN_REQUEST;
		return NULL;
	case IN_REQUEST:
		if (c == '\n')
			begin_line(h);
		return NULL;
	case NAME:
		return take_name(h, c);
	case VALUE:
		return take_value(h, c);
	case BODY:
		break;
	}
	return NULL;
}

const char *head_take(struct head *h, const char *bytes, size_t n)
{
	const char *wrong = NULL;

	for (size_t i = 0; i < n && !wrong && h->state != BODY; i++)
		wrong = take(h, bytes[i]);
	return wrong;
}
