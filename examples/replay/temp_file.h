/*
 * A new file beside another, which takes its name when it is whole.
 */
#ifndef REPLAY_TEMP_FILE_H
#define REPLAY_TEMP_FILE_H

#include <stddef.h>

/* Bytes that its name has more than the other's, with the NUL. */
enum { TEMP_FILE_MORE = 22 };

/*
 * Makes it, for its owner alone to read and write. If the other is a file of
 * the same owner, it has that one's rights instead. Writes its name. Returns
 * a descriptor, or -1 with errno; EEXIST: the other is there and no file.
 */
int temp_file_open(const char *path, char *name, size_t size);

/*
 * Removes what killed runs have left beside a file, in its folder: regular
 * files of this owner with such a name.
 */
void temp_file_sweep(const char *path, const char *folder);

#endif
