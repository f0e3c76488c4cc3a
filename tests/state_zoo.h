/*
 * Every kind of object that can be saved, to try states on
 *
 * A specimen is a set of options. A state that is loaded with them is refused
 * with a code, or what it makes must work: it takes values, in order, late and
 * of other keys, is asked and told things, is saved again, and another that is
 * loaded from that goes the same way to the bit; it can be joined with a copy,
 * and time comes to its end. It takes no more memory than its bytes account
 * for.
 *
 * What does not hold is said to zoo_failed(), which must not return.
 */
#ifndef LEAT_TESTS_STATE_ZOO_H
#define LEAT_TESTS_STATE_ZOO_H

#include <stddef.h>
#include <stdint.h>

#include <leat.h>

extern void (*zoo_failed)(const char *what, size_t specimen);

size_t zoo_size(void);
const char *zoo_name(size_t specimen);

/*
 * A state after a stream of that seed, from ZOO_BEGINS on a very short one;
 * how many bytes it has. 0: no room.
 */
enum { ZOO_BEGINS = 1000000 };
size_t zoo_state(size_t specimen, uint64_t seed, unsigned char *bytes,
    size_t room);

/*
 * Loads from n bytes, in memory or by pieces, and sees that it works. Returns
 * what loading said.
 */
int zoo_try(size_t specimen, const unsigned char *bytes, size_t n,
    int by_pieces);

/*
 * Loads a state that is sound, copies what comes of it and joins it with a
 * copy, with each allocation refused in turn: what fails leaves no memory and
 * changes nothing, what succeeds is whole. Returns how many calls failed.
 */
size_t zoo_starve(size_t specimen, const unsigned char *bytes, size_t n);

/* The checksum of n bytes, of which it is the last four, put right. */
void zoo_repair(unsigned char *bytes, size_t n);

/*
 * The chunks of one part of a state, without their heads: how many bytes there
 * are. And a state made anew of the specimen's options, n bytes of content and
 * m of order (0: there is no such part); 0: no room. Content is what is worth
 * damaging, and heads would have to be mended all the time.
 */
enum { ZOO_CONTENT = 3, ZOO_ORDER = 4, ZOO_BESIDE = 5 };
size_t zoo_part(const unsigned char *bytes, size_t n, int part,
    unsigned char *out);
size_t zoo_compose(size_t specimen, const unsigned char *content, size_t n,
    size_t m, unsigned char *out, size_t room);

/*
 * Returns whether the checksum is right at the end that the chunks' heads give.
 */
int zoo_is_whole(const unsigned char *bytes, size_t n);

#endif
