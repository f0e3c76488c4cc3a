/*
 * Secrets: read from a file, so that they are on no command line, and
 * compared without telling how much of a guess was right.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../replay/report.h"
#include "tls.h"

enum { MOST = 1024 };

/*
 * Each byte of the text costs the same, whatever the secret is: behind its
 * end its last NUL is looked at again and again.
 */
int secret_is(const char *secret, const char *text, size_t len)
{
	const volatile unsigned char *s = (const unsigned char *)secret;
	volatile unsigned difference = 0;
	size_t at = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned byte = s[at], is_over = (byte - 1) >> 8 & 1;

		difference |= (byte ^ (unsigned char)text[i]) | is_over;
		at += 1 - is_over;
	}
	difference |= s[at];
	return difference == 0;
}

/* Returns the length without the line end, or -1 with what is wrong. */
static int find_secret(const char *bytes, size_t n, const char **wrong_out)
{
	const char *end = memchr(bytes, '\n', n);
	size_t len = end ? (size_t)(end - bytes) : n;

	if (len > 0 && bytes[len - 1] == '\r')
		len--;
	*wrong_out = len == 0          ? "the first line is empty"
	    : len > MOST               ? "the first line is too long"
	    : memchr(bytes, '\0', len) ? "not a text"
				       : NULL;
	return *wrong_out ? -1 : (int)len;
}

static int read_first(const char *path, char *bytes, size_t size, size_t *n_out)
{
	FILE *file = fopen(path, "r");
	int failed;

	if (!file)
		return -1;
	/* The secret must not stay in a buffer of stdio. */
	setvbuf(file, NULL, _IONBF, 0);
	errno = 0;
	*n_out = fread(bytes, 1, size, file);
	failed = ferror(file) ? errno : 0;
	fclose(file);
	errno = failed;
	return failed ? -1 : 0;
}

int secret_read(const char *path, char **secret_out, char *why, size_t why_size)
{
	char bytes[MOST + 3];
	const char *wrong;
	size_t n = 0;
	int len;

	if (read_first(path, bytes, sizeof bytes, &n) < 0)
		return report(why, why_size, "%s: %s", path, strerror(errno));
	len = find_secret(bytes, n, &wrong);
	if (len < 0)
		return report(why, why_size, "%s: %s", path, wrong);
	*secret_out = malloc((size_t)len + 1);
	if (!*secret_out)
		return report(why, why_size, "out of memory");
	memcpy(*secret_out, bytes, (size_t)len);
	(*secret_out)[len] = '\0';
	return 0;
}
