/*
 * scan_each.h - a leat_scan_fn
 *
 * A template, included by scan.c once for each kind of register:
 *
 *      SCAN_NAME   the function's name
 *      SCAN_MASK   the function that makes a mask of 64 bytes
 *      SCAN_TARGET attribute of the functions
 */
SCAN_TARGET static size_t SCAN_NAME(const struct leat_special *m,
    const char *bytes, size_t n, uint16_t *out)
{
	uint16_t *p = out;
	size_t i = 0;

	for (; n - i >= SCAN_BLOCK; i += SCAN_BLOCK)
		p += write_places(SCAN_MASK(m, bytes + i), i, p);
	if (i < n) {
		char tail[SCAN_BLOCK] = { 0 };

		memcpy(tail, bytes + i, n - i);
		p += write_places(SCAN_MASK(m, tail) &
			(((uint64_t)1 << (n - i)) - 1),
		    i, p);
	}
	return (size_t)(p - out);
}

#undef SCAN_NAME
#undef SCAN_MASK
#undef SCAN_TARGET
