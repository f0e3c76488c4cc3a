/*
 * Fuzzing the whole public API: any row of calls on an object and on its twin,
 * which was copied, or saved and loaded; see api/api.h.
 *
 * With LEAT_FUZZ_MAIN it is a program that reads the files it is given, or
 * with -r makes inputs by itself, see fuzz_main.h. It ends with a list of all
 * functions of its operations and how often each was called, which
 * check_api.sh compares with exports.txt.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/api.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	api_run(data, size);
	return 0;
}

#ifdef LEAT_FUZZ_MAIN
static void tell_call(const char *name, uint64_t n)
{
	printf("%s %llu\n", name, (unsigned long long)n);
}

#define FUZZ_AT_END() api_each_call(tell_call)
#endif

#include "fuzz_main.h"
