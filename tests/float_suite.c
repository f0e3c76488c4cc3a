/*
 * Reading numbers against lists of them that others have made, such as the
 * parse-number-fxx-test-data of N. Tao, which gathers those of several
 * libraries.
 *
 *      float_suite FILE...
 *
 * Each line is float16-bits float32-bits float64-bits text, the bits in
 * hexadecimal. The text must be a number as a whole, and its double must
 * have those 64 bits; of a NaN any will do.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat_text.h>

static unsigned long passed, failed;

/* Returns the start of the text, and the bits before it; NULL if not a line. */
static const char *split(const char *line, uint64_t *bits)
{
	const char *third;
	char *end;

	if (strlen(line) < 32 || line[4] != ' ' || line[13] != ' ')
		return NULL;
	third = line + 14;
	*bits = strtoull(third, &end, 16);
	return end == third + 16 && *end == ' ' ? end + 1 : NULL;
}

static int is_nan(uint64_t bits)
{
	return bits << 1 > (uint64_t)0x7FF << 53;
}

static void check(const char *line)
{
	uint64_t wanted = 0, found = 0;
	const char *text = split(line, &wanted);
	double x = 0;
	int err = LEAT_EINVAL;

	if (text)
		err = leat_parse_double(text, strlen(text), &x, NULL);
	memcpy(&found, &x, sizeof(found));
	if (!err && (found == wanted || (is_nan(found) && is_nan(wanted)))) {
		passed++;
		return;
	}
	failed++;
	printf("%.120s: %d, %016" PRIx64 "\n", line, err, found);
}

static int check_file(const char *name)
{
	static char line[1 << 16];
	FILE *f = fopen(name, "rb");

	if (!f) {
		fprintf(stderr, "float_suite: cannot open %s\n", name);
		return -1;
	}
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (*line)
			check(line);
	}
	fclose(f);
	return 0;
}

int main(int argc, char **argv)
{
	int unread = 0;

	for (int i = 1; i < argc; i++)
		unread |= check_file(argv[i]);
	printf("%lu passed, %lu failed\n", passed, failed);
	return failed != 0 || unread != 0;
}
