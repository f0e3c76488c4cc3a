/*
 * HTTP seen by its first line, a byte at a time: nothing is kept of the line,
 * which may be as long as it likes.
 *
 * A request line is a method (a token of RFC 9110, 5.6.2), a blank, a target,
 * a blank and a version. Blank lines before it are skipped, as RFC 9112, 2.2
 * has it. A target that a browser sends has no blank and no quote, and begins
 * with a slash if the method is not one of HTTP's own; so a comment ("# all
 * about HTTP/1.1") and a text that has a line end in it (m f="GET / HTTP/1.1)
 * are lines. HTTP's methods are in capitals, and what is in capitals may be
 * followed by anything else: scripts are not as careful.
 */
#include "greeting.h"

#include <string.h>

enum state {
	START,
	IN_TLS,
	METHOD,
	GAP, /* blank behind the method */
	TARGET,
	VERSION, /* HTTP's, or a part of the target that begins like it */
	BLANKS,  /* behind a version */
	RETURNS, /* CR behind the blanks */
	TOLD
};

static const char version[] = "HTTP/";

enum { N_VERSION = sizeof version - 1, MAJOR, DOT, MINOR };

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static int is_token(char c)
{
	return is_capital(c) || is_digit(c) || (c >= 'a' && c <= 'z') ||
	    (c && strchr("!#$%&'*+-.^_`|~", c));
}

static enum greeting_verdict decide(struct greeting *g,
    enum greeting_verdict verdict)
{
	g->state = TOLD;
	g->seen = (unsigned char)verdict;
	return verdict;
}

static enum greeting_verdict go_on(struct greeting *g, enum state state)
{
	g->state = (unsigned char)state;
	g->seen = 0;
	return GREETING_OPEN;
}

static int is_version(const struct greeting *g)
{
	return g->state == BLANKS || g->state == RETURNS ||
	    (g->state == VERSION && (g->seen == MAJOR || g->seen == MINOR));
}

/* ---- A byte ---- */

static enum greeting_verdict start(struct greeting *g, char c)
{
	if (c == '\r' || c == '\n')
		return GREETING_OPEN;
	if (c == 0x16)
		return go_on(g, IN_TLS);
	if (!is_token(c))
		return decide(g, GREETING_LINES);
	g->is_loose = (unsigned char)is_capital(c);
	return go_on(g, METHOD);
}

static enum greeting_verdict method(struct greeting *g, char c)
{
	if (c == ' ')
		return go_on(g, GAP);
	if (!is_token(c))
		return decide(g, GREETING_LINES);
	g->is_loose &= (unsigned char)(is_capital(c) || c == '-');
	return GREETING_OPEN;
}

static enum greeting_verdict target(struct greeting *g, char c)
{
	if (c == '"' || c == '\n')
		return decide(g, GREETING_LINES);
	return go_on(g, c == ' ' ? VERSION : TARGET);
}

static enum greeting_verdict gap(struct greeting *g, char c)
{
	if (c == ' ')
		return GREETING_OPEN;
	if (c != '/' && !g->is_loose)
		return decide(g, GREETING_LINES);
	return target(g, c);
}

/* The blank did not end the target. */
static enum greeting_verdict no_version(struct greeting *g, char c)
{
	return g->is_loose ? target(g, c) : decide(g, GREETING_LINES);
}

static int is_next(size_t seen, char c)
{
	if (seen < N_VERSION)
		return c == version[seen];
	if (seen == MAJOR)
		return c == '.';
	return seen != MINOR && is_digit(c);
}

static enum greeting_verdict in_version(struct greeting *g, char c)
{
	if (g->seen == 0 && c == ' ')
		return GREETING_OPEN;
	if (is_next(g->seen, c)) {
		g->seen++;
		return GREETING_OPEN;
	}
	if (!is_version(g))
		return no_version(g, c);
	if (c == '\n')
		return decide(g, GREETING_HTTP);
	if (c == ' ' || c == '\r')
		return go_on(g, c == ' ' ? BLANKS : RETURNS);
	return no_version(g, c);
}

static enum greeting_verdict blanks(struct greeting *g, char c)
{
	if (c == '\n')
		return decide(g, GREETING_HTTP);
	if (c == ' ' || c == '\r')
		return go_on(g, c == ' ' ? BLANKS : RETURNS);
	if (!g->is_loose)
		return decide(g, GREETING_LINES);
	go_on(g, VERSION);
	return in_version(g, c);
}

static enum greeting_verdict returns(struct greeting *g, char c)
{
	if (c == '\n')
		return decide(g, GREETING_HTTP);
	return c == '\r' ? GREETING_OPEN : no_version(g, c);
}

static enum greeting_verdict take(struct greeting *g, char c)
{
	switch ((enum state)g->state) {
	case START:
		return start(g, c);
	case IN_TLS:
		return decide(g, c == 3 ? GREETING_TLS : GREETING_LINES);
	case METHOD:
		return method(g, c);
	case GAP:
		return gap(g, c);
	case TARGET:
		return target(g, c);
	case VERSION:
		return in_version(g, c);
	case BLANKS:
		return blanks(g, c);
	case RETURNS:
		return returns(g, c);
	case TOLD:
		break;
	}
	return (enum greeting_verdict)g->seen;
}

enum greeting_verdict greeting_take(struct greeting *g, const char *bytes,
    size_t n)
{
	enum greeting_verdict verdict = g->state == TOLD
	    ? (enum greeting_verdict)g->seen
	    : GREETING_OPEN;

	for (size_t i = 0; i < n && verdict == GREETING_OPEN; i++)
		verdict = take(g, bytes[i]);
	return verdict;
}

enum greeting_verdict greeting_end(const struct greeting *g)
{
	if (g->state == TOLD)
		return (enum greeting_verdict)g->seen;
	return is_version(g) ? GREETING_HTTP : GREETING_LINES;
}
