/*
 * The words of an alert's rule, one after the other, and what is said of one
 * that cannot stand where it does.
 */
#ifndef SOCKET_INGEST_ALERT_SCAN_H
#define SOCKET_INGEST_ALERT_SCAN_H

#include <stddef.h>
#include <stdint.h>

struct alert_scan {
	const char *at; /* NUL-terminated */
	char *why;
	size_t why_size;
};

/* Part of the text that is scanned. */
struct alert_word {
	const char *text;
	size_t len;
	int is_quoted; /* stood in double quotes, which are not part of text */
};

/*
 * Takes a word: whatever has no blank and none of < > = ! ( ) : " in it, or
 * anything in double quotes. Returns 1, or 0 with nothing taken.
 */
int alert_scan_word(struct alert_scan *scan, struct alert_word *word_out);

/* Returns whether a word is this one, and is not quoted. */
int alert_word_is(const struct alert_word *word, const char *text);

/*
 * Takes this word, or this character, if it comes next; returns whether it
 * does.
 */
int alert_scan_this(struct alert_scan *scan, const char *text);
int alert_scan_char(struct alert_scan *scan, char c);

/*
 * Returns the next character behind blanks, NUL at the end, and takes nothing.
 */
char alert_scan_peek(struct alert_scan *scan);

/* Takes the rest of the text, without the blanks around it. */
struct alert_word alert_scan_rest(struct alert_scan *scan);

/*
 * Each takes a word that must be this. Returns 0, or -1 with the reason in
 * why.
 */
int alert_scan_number(struct alert_scan *scan, double *x_out);
int alert_scan_count(struct alert_scan *scan, uint64_t *n_out);
int alert_scan_duration(struct alert_scan *scan, int64_t *ns_out);

/*
 * Writes a reason that quotes what comes next and says that `expected` must
 * stand there. Returns -1.
 */
int alert_scan_fail(struct alert_scan *scan, const char *expected);

#endif
