/*
 * A new file beside another, which takes its name when it is whole.
 */
#ifndef REPLAY_BESIDE_H
#define REPLAY_BESIDE_H

#include <stddef.h>

/* Bytes that its name has more than the other's, with the NUL. */
enum { BESIDE_MORE = 22 };

/*
 * Makes it, for its owner alone to read and write. If the other is a file of
 * the same owner, it has that one's rights instead. Writes its name. Returns
 * a descriptor, or -1 with errno; EEXIST: the other is there and no file.
 */
int beside_open(const char *path, char *name, size_t size);

/*
 * Removes what killed runs have left beside a file, in its folder: regular
 * files of this owner with such a name.
 */
void beside_sweep(const char *path, const char *folder);

#endif
