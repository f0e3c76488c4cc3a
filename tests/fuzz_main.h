/*
 * With LEAT_FUZZ_MAIN a fuzzer is a program that does without libFuzzer.
 * Included at the end of each.
 *
 *      fuzz_NAME FILE...                     reads files: a corpus, again
 *      fuzz_NAME -r RUNS SEED [FILE...]      makes that many inputs itself
 *      fuzz_NAME -r SECONDSs SEED [FILE...]  makes them for so long
 *
 * Half of the inputs that it makes are random bytes, half are files in which
 * some bytes were changed, taken out or doubled. A run is repeated by its
 * seed, and the input that breaks it is left in the file fuzz_NAME.broken.
 */
#ifdef LEAT_FUZZ_MAIN
#include <time.h>

#ifndef FUZZ_AT_END
#define FUZZ_AT_END()
#endif

enum { FUZZ_ROOM = 1 << 20, FUZZ_RANDOM = 3000 };

static uint64_t fuzz_state;

static uint64_t fuzz_random(void)
{
	uint64_t z = fuzz_state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static size_t fuzz_read(const char *name, uint8_t *bytes)
{
	FILE *f = fopen(name, "rb");
	size_t n;

	if (!f) {
		fprintf(stderr, "%s: cannot be opened\n", name);
		exit(1);
	}
	n = fread(bytes, 1, FUZZ_ROOM, f);
	fclose(f);
	return n;
}

/* A change of some bytes in a row, at any place. */
static size_t fuzz_change(uint8_t *bytes, size_t n)
{
	size_t at = fuzz_random() % (n + 1);
	size_t few = 1 + fuzz_random() % 16;

	few = few < n - at ? few : n - at;
	switch (fuzz_random() % 4) {
	case 0:
		memmove(bytes + at, bytes + at + few, n - at - few);
		return n - few;
	case 1:
		if (n + few > FUZZ_ROOM)
			return n;
		memmove(bytes + at + few, bytes + at, n - at);
		return n + few;
	default:
		for (size_t i = 0; i < few; i++)
			bytes[at + i] = (uint8_t)fuzz_random();
		return n;
	}
}

static size_t fuzz_make(uint8_t *bytes, char **files, int n_files)
{
	size_t n = 1 + fuzz_random() % FUZZ_RANDOM;

	if (n_files > 0 && fuzz_random() % 2) {
		n = fuzz_read(files[fuzz_random() % (uint64_t)n_files], bytes);
		for (uint64_t i = fuzz_random() % 8; i > 0; i--)
			n = fuzz_change(bytes, n);
		return n;
	}
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)fuzz_random();
	return n;
}

/* Written beforehand, as whatever breaks it may end the program. */
static void fuzz_keep(const char *name, const uint8_t *bytes, size_t n)
{
	FILE *f = fopen(name, "wb");

	if (!f)
		return;
	fwrite(bytes, 1, n, f);
	fclose(f);
}

static void fuzz_by_itself(int argc, char **argv)
{
	static uint8_t bytes[FUZZ_ROOM];
	char *end, name[256];
	uint64_t limit = strtoull(argv[2], &end, 10), runs = 0;
	time_t start = time(NULL);

	fuzz_state = strtoull(argv[3], NULL, 10);
	snprintf(name, sizeof(name), "%s.broken", argv[0]);
	for (;;) {
		size_t n;

		if (*end == 's' ? (uint64_t)(time(NULL) - start) >= limit
				: runs >= limit)
			break;
		n = fuzz_make(bytes, argv + 4, argc - 4);
		fuzz_keep(name, bytes, n);
		LLVMFuzzerTestOneInput(bytes, n);
		runs++;
	}
	remove(name);
	printf("%llu inputs made\n", (unsigned long long)runs);
}

int main(int argc, char **argv)
{
	static uint8_t bytes[FUZZ_ROOM];

	if (argc >= 4 && !strcmp(argv[1], "-r")) {
		fuzz_by_itself(argc, argv);
	} else {
		for (int i = 1; i < argc; i++)
			LLVMFuzzerTestOneInput(bytes,
			    fuzz_read(argv[i], bytes));
		printf("%d files read\n", argc - 1);
	}
	FUZZ_AT_END();
	return 0;
}
#endif
