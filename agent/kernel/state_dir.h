/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns state_dir: made 0700, locked, its files written whole or not at all. */
#ifndef FAMA_STATE_DIR_H
#define FAMA_STATE_DIR_H

#include <stddef.h>
#include <sys/types.h>

/* Makes the directory and missing parents and locks it; *made are the levels made. Directory fd,
 * -EBUSY if another famad has it, or -errno. Closing the fd unlocks. */
int state_dir_open(const char *path, unsigned int *made);
/* Takes back what state_dir_open() made, as far as empty: for a start that came to nothing. */
void state_dir_abandon(const char *path, unsigned int made);
/* Octets read, at most `size`; -EFBIG if the file is longer. */
ssize_t state_dir_read(int dir, const char *name, void *out, size_t size);
/* Mode 0600; after 0 the file is on the disk, after an error the old one is untouched. */
int state_dir_write(int dir, const char *name, const void *octets, size_t len);
int state_dir_remove(int dir, const char *name);

#endif
