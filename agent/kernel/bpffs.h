/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the directory on the BPF file system where our pins live: made, filled, removed. */
#ifndef FAMA_BPFFS_H
#define FAMA_BPFFS_H

#include <limits.h>

struct refusal;

enum bpffs_kind { BPFFS_MAPS, BPFFS_PROGS, BPFFS_LINKS };

struct bpffs_path {
	char s[PATH_MAX];
};

/* Makes `directory` with maps/, progs/ and links/ in it, and its missing parents. Those made are
 * sticky: so any later agent knows which it may remove. 0, or -1 with the refusal filled. */
int bpffs_prepare(const char *directory, struct refusal *refusal);
/* Takes the directory for this process alone: fd, held as long as the lock shall last, or -1 with
 * the refusal filled (busy when another agent has it). */
int bpffs_lock(const char *directory, struct refusal *refusal);
/* Removes maps/, progs/, links/, the directory and its parents as far as empty and made by us. */
void bpffs_remove(const char *directory);

/* A '.' in `name` (VLAN interfaces) becomes ':', as the file system refuses dots and the kernel
 * refuses colons in interface names. */
struct bpffs_path bpffs_path(const char *directory, enum bpffs_kind kind, const char *name);

/* fd or -errno */
int bpffs_get(const char *directory, enum bpffs_kind kind, const char *name);
/* Pins in one step, so that at no time the name is missing; an earlier pin goes. 0 or -errno. */
int bpffs_put(const char *directory, enum bpffs_kind kind, const char *name, int fd);
void bpffs_unpin(const char *directory, enum bpffs_kind kind, const char *name);
/* Names in the folder, file-system form, until a non-zero return. 0, that return, or -errno. */
int bpffs_each(const char *directory, enum bpffs_kind kind,
	       int (*each)(const char *name, void *arg), void *arg);

#endif
