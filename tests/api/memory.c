/*
 * The allocator that all objects get: that of the other tests, with a limit
 * on what may be asked for at once, since sizes come from the input too.
 */
#include "api.h"

#include "../alloc.h"

enum { MOST = 1 << 24 };

static struct counted count;
static int refused;

static void *take(void *ctx, size_t size)
{
	(void)ctx;
	API_MUST(size > 0);
	/*
	 * Runs may reach this limit at different calls, so they are not
	 * compared.
	 */
	if (size > MOST) {
		api_unlike = 1;
		return NULL;
	}
	refused |= count.fail_at != 0 && count.calls + 1 == count.fail_at;
	return counted_allocator(&count).alloc(&count, size);
}

static void give(void *ctx, void *memory)
{
	(void)ctx;
	counted_allocator(&count).free(&count, memory);
}

static const leat_allocator memory = { take, give, NULL };
const leat_allocator *const api_memory = &memory;

void api_memory_start(void)
{
	static const struct counted none;

	count = none;
	refused = 0;
}

void api_memory_end(void)
{
	API_MUST(count.live == 0);
	API_MUST(count.damaged == 0);
}

void api_starve(size_t call)
{
	refused = 0;
	count.fail_at = count.calls + call;
}

int api_fed(void)
{
	int fed = !refused;

	count.fail_at = 0;
	refused = 0;
	return fed;
}

size_t api_blocks(void)
{
	return count.live;
}
