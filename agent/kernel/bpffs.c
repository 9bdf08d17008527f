// SPDX-License-Identifier: BSD-2-Clause
/* Owns the directory on the BPF file system where our pins live: made, filled, removed. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sysexits.h>
#include <unistd.h>

#include "kernel/bpffs.h"
#include "kernel/refusal.h"

/* The sticky bit is our signature: the file system holds no ordinary file that could say so. */
enum { MADE_BY_US = S_ISVTX | S_IRWXU | S_IRGRP | S_IXGRP };

static const char *const kinds[] = {
	[BPFFS_MAPS] = "maps",
	[BPFFS_PROGS] = "progs",
	[BPFFS_LINKS] = "links",
};
enum { KIND_COUNT = sizeof(kinds) / sizeof(kinds[0]) };

static struct bpffs_path folder_path(const char *directory, enum bpffs_kind kind)
{
	struct bpffs_path path;

	snprintf(path.s, sizeof(path.s), "%s/%s", directory, kinds[kind]);
	return path;
}

struct bpffs_path bpffs_path(const char *directory, enum bpffs_kind kind, const char *name)
{
	struct bpffs_path path;
	size_t start = (size_t)snprintf(path.s, sizeof(path.s), "%s/%s/", directory, kinds[kind]);

	if (start >= sizeof(path.s))
		start = sizeof(path.s) - 1;
	snprintf(path.s + start, sizeof(path.s) - start, "%s", name);
	for (char *at = path.s + start; *at; at++) {
		if (*at == '.')
			*at = ':';
	}
	return path;
}

/* Cuts the last component off; false when none is left. */
static bool to_parent(struct bpffs_path *path)
{
	char *slash = strrchr(path->s, '/');

	if (!slash || slash == path->s)
		return false;
	*slash = '\0';
	return true;
}

static bool on_bpffs(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == BPF_FS_MAGIC;
}

static int refuse_no_bpffs(const char *directory, struct refusal *refusal)
{
	return refuse(refusal, EX_UNAVAILABLE,
		      "%s is not on a BPF file system; mount one with: mount -t bpf bpf "
		      "/sys/fs/bpf",
		      directory);
}

static int make_folder(const char *path, struct refusal *refusal)
{
	if (!mkdir(path, MADE_BY_US) || errno == EEXIST)
		return 0;
	return refuse_errno(refusal, errno, "cannot make the directory %s", path);
}

/* Makes what is missing between the deepest directory there is and `directory` itself. */
static int make_path(const char *directory, struct refusal *refusal)
{
	struct bpffs_path path;
	size_t len;
	int err;

	len = (size_t)snprintf(path.s, sizeof(path.s), "%s", directory);
	if (directory[0] != '/' || len + NAME_MAX >= sizeof(path.s))
		return refuse(refusal, EX_UNAVAILABLE, "bpffs: %.64s is no absolute path",
			      directory);
	while (access(path.s, F_OK)) {
		if (errno != ENOENT)
			return refuse_errno(refusal, errno, "cannot reach %s", path.s);
		if (!to_parent(&path))
			return refuse_no_bpffs(directory, refusal);
	}
	if (!on_bpffs(path.s))
		return refuse_no_bpffs(directory, refusal);
	for (size_t at = strlen(path.s); at < len; at = strlen(path.s)) {
		path.s[at] = '/';
		memcpy(path.s, directory, len + 1);
		path.s[at + 1 + strcspn(directory + at + 1, "/")] = '\0';
		err = make_folder(path.s, refusal);
		if (err)
			return err;
	}
	return 0;
}

int bpffs_prepare(const char *directory, struct refusal *refusal)
{
	int err = make_path(directory, refusal);

	for (unsigned int kind = 0; kind < KIND_COUNT && !err; kind++)
		err = make_folder(folder_path(directory, kind).s, refusal);
	if (err)
		bpffs_remove(directory);
	return err;
}

int bpffs_lock(const char *directory, struct refusal *refusal)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return refuse_errno(refusal, errno, "cannot open %s", directory);
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	close(fd);
	return refuse(refusal, EX_UNAVAILABLE, "bpffs %s is in use by another famad; stop it first",
		      directory);
}

void bpffs_remove(const char *directory)
{
	struct bpffs_path path;
	struct stat st;

	for (unsigned int kind = 0; kind < KIND_COUNT; kind++)
		rmdir(folder_path(directory, kind).s);
	snprintf(path.s, sizeof(path.s), "%s", directory);
	do {
		if (stat(path.s, &st)) {
			if (errno == ENOENT)
				continue;
			return;
		}
		if ((st.st_mode & ALLPERMS) != MADE_BY_US || st.st_uid != geteuid() ||
		    !on_bpffs(path.s) || rmdir(path.s))
			return;
	} while (to_parent(&path));
}

int bpffs_get(const char *directory, enum bpffs_kind kind, const char *name)
{
	return bpf_obj_get(bpffs_path(directory, kind, name).s);
}

int bpffs_put(const char *directory, enum bpffs_kind kind, const char *name, int fd)
{
	struct bpffs_path path = bpffs_path(directory, kind, name);
	char next_name[NAME_MAX];
	struct bpffs_path next;
	int err;

	snprintf(next_name, sizeof(next_name), "put:%s", name);
	next = bpffs_path(directory, kind, next_name);
	unlink(next.s);
	err = bpf_obj_pin(fd, next.s);
	if (err)
		return err;
	if (!rename(next.s, path.s))
		return 0;
	err = -errno;
	unlink(next.s);
	return err;
}

void bpffs_unpin(const char *directory, enum bpffs_kind kind, const char *name)
{
	unlink(bpffs_path(directory, kind, name).s);
}

int bpffs_each(const char *directory, enum bpffs_kind kind,
	       int (*each)(const char *name, void *arg), void *arg)
{
	DIR *folder = opendir(folder_path(directory, kind).s);
	const struct dirent *entry;
	int ret = 0;

	if (!folder)
		return -errno;
	while (!ret && (entry = readdir(folder))) {
		if (entry->d_name[0] != '.')
			ret = each(entry->d_name, arg);
	}
	closedir(folder);
	return ret;
}
