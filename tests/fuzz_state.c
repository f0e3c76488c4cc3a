/*
 * Fuzzing saved states: no bytes may make loading misbehave, and what they are
 * loaded as must work, whatever it has been through.
 *
 * The first byte chooses a specimen of the zoo (state_zoo.h). Of the second,
 * bit 0 asks for the checksum to be put right, without which next to nothing
 * would come past it, and bit 1 for reading by pieces. After the third the
 * rest is a state; or with bit 2 its content alone, of which the last bytes
 * are the order of keys, as many as the third byte says.
 *
 * With LEAT_FUZZ_MAIN it is a program that reads the files it is given. The
 * corpus to begin with is made by long_state.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <leat.h>

#include "state_zoo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 3, REPAIR = 1, PIECES = 2, CONTENT = 4, MOST = 65536 };

/* A copy of its own size: what is read beyond it shows. */
static void try_bytes(size_t specimen, const uint8_t *p, size_t n, int how)
{
	unsigned char *bytes = malloc(n ? n : 1);

	if (!bytes)
		abort();
	memcpy(bytes, p, n);
	if (how & REPAIR)
		zoo_repair(bytes, n);
	zoo_try(specimen, bytes, n, how & PIECES);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char whole[MOST];
	size_t specimen, n, m;

	if (size < HEAD)
		return 0;
	specimen = data[0] % zoo_size();
	n = size - HEAD;
	if (!(data[1] & CONTENT)) {
		try_bytes(specimen, data + HEAD, n, data[1]);
		return 0;
	}
	m = data[2] < n ? data[2] : n;
	n = zoo_compose(specimen, data + HEAD, n - m, m, whole, sizeof(whole));
	if (n > 0)
		try_bytes(specimen, whole, n, data[1]);
	return 0;
}

#include "fuzz_main.h"
