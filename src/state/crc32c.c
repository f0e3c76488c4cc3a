/*
 * crc32c.c - the checksum at the end of a state
 *
 * CRC-32C, Castagnoli's polynomial 0x1EDC6F41, bits reflected, begun and
 * ended with all ones: as in iSCSI (RFC 3720, B.4), SCTP and ext4. It finds
 * all errors of up to five bits in states of some hundred bytes and all
 * bursts of up to 32 bits, and CPUs have an instruction for it: 8 bytes at
 * a time where that is there, else a byte at a time from a table. CRC is
 * linear, so the table is written as sums of its eight rows of one bit.
 */
#include "state.h"

#define CRC_BIT(i, b, row) (((i) >> (b)&1) ? (row) : 0u)
#define CRC_ROW(i)                                                             \
	(CRC_BIT(i, 0, 0xF26B8303u) ^ CRC_BIT(i, 1, 0xE13B70F7u) ^             \
	    CRC_BIT(i, 2, 0xC79A971Fu) ^ CRC_BIT(i, 3, 0x8AD958CFu) ^          \
	    CRC_BIT(i, 4, 0x105EC76Fu) ^ CRC_BIT(i, 5, 0x20BD8EDEu) ^          \
	    CRC_BIT(i, 6, 0x417B1DBCu) ^ CRC_BIT(i, 7, 0x82F63B78u))
#define CRC_4(i) CRC_ROW(i), CRC_ROW(i + 1), CRC_ROW(i + 2), CRC_ROW(i + 3)
#define CRC_16(i) CRC_4(i), CRC_4(i + 4), CRC_4(i + 8), CRC_4(i + 12)
#define CRC_64(i) CRC_16(i), CRC_16(i + 16), CRC_16(i + 32), CRC_16(i + 48)

static const uint32_t crc_table[256] = { CRC_64(0), CRC_64(64), CRC_64(128),
	CRC_64(192) };

static uint32_t crc_by_table(uint32_t crc, const unsigned char *p, size_t n)
{
	for (; n > 0; n--)
		crc = crc >> 8 ^ crc_table[(crc ^ *p++) & 255];
	return crc;
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(LEAT_NO_VECTOR)
__attribute__((target("sse4.2"))) static uint32_t crc_by_cpu(uint32_t crc,
    const unsigned char *p, size_t n)
{
	uint64_t c = crc;

	for (; n >= 8; n -= 8, p += 8)
		c = __builtin_ia32_crc32di(c, leat_load64(p));
	crc = (uint32_t)c;
	for (; n > 0; n--)
		crc = __builtin_ia32_crc32qi(crc, *p++);
	return crc;
}

static int crc_has_cpu(void)
{
	return __builtin_cpu_supports("sse4.2") != 0;
}
#else
#define crc_by_cpu crc_by_table
#define crc_has_cpu() 0
#endif

uint32_t leat_crc32c(uint32_t crc, const void *bytes, size_t n)
{
	return ~(crc_has_cpu() ? crc_by_cpu(~crc, bytes, n)
			       : crc_by_table(~crc, bytes, n));
}
