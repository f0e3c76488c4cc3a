/*
 * The head of a request of HTTP as it comes, before anything reads it: what
 * two readers could understand in two ways is refused.
 *
 * A server that takes the first of two lengths, behind another that took the
 * second one, finds a request where a body was meant (RFC 9112, 11.2). Here
 * nothing has a body, but who stands in front may think so. So there are no
 * two Content-Length headers, nor one beside a Transfer-Encoding, no line
 * that goes on in the next one, no blank before a colon, no CR by itself, and
 * no NUL (RFC 9112, 2.2, 5.1, 5.2, 6.1 to 6.3; RFC 9110, 5.5).
 */
#ifndef SOCKET_INGEST_HEAD_H
#define SOCKET_INGEST_HEAD_H

#include <stddef.h>

enum { HEAD_NAME = 20 };

/* Start from { 0 }. */
struct head {
	unsigned char state;
	unsigned char has_cr; /* the last byte was CR */
	unsigned char n_lengths, n_codings;
	unsigned char name_len;  /* at most HEAD_NAME */
	unsigned char is_length; /* the current header is Content-Length */
	unsigned char n_digits;  /* digits of that length, counted up to 1 */
	unsigned char is_over;   /* a blank has come behind the digits */
	unsigned char has_body;
	char name[HEAD_NAME];
};

/*
 * Looks at the next bytes of a connection, cut anywhere. Returns what is
 * wrong, for ever then, or NULL. What follows a request with a body, which
 * will be refused, is not looked at.
 */
const char *head_take(struct head *head, const char *bytes, size_t n);

#endif
