// SPDX-License-Identifier: BSD-2-Clause
/* Owns what a new agent knows of the time before it: signed BUs that an earlier agent may have
 * accepted for HoAs without a context are not taken again (protocol 8.8).
 *
 * While an agent lives, `layout` holds its heartbeat; a clean stop leaves it in state_dir too,
 * for a start after a reboot. A state_dir without trace of an earlier agent sets no limit.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "dar/bu_decide.h"
#include "dar/dar_private.h"

static const char heartbeat_name[] = "heartbeat"; /* written by a clean stop, taken by a start */
static const char mark_name[] = "used";           /* an agent has run with this state_dir */

/* mkdir -p; the last directory is for us alone. Counts the levels made here. */
static int make_directories(const char *path, unsigned int *made)
{
	char part[CONFIG_PATH_MAX];

	for (size_t i = 1; i <= strlen(path); i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, path[i] ? 0755 : 0700) == 0)
			(*made)++;
		else if (errno != EEXIST)
			return -errno;
	}
	return 0;
}

/* A start that failed leaves no empty directories of its own. */
static void remove_directories(const char *path, unsigned int made)
{
	char part[CONFIG_PATH_MAX];

	snprintf(part, sizeof(part), "%s", path);
	while (made-- > 0 && rmdir(part) == 0)
		*strrchr(part, '/') = '\0';
}

int replay_floor_open(struct dar *dar, char *why, size_t why_size)
{
	const char *path = dar->config->state_dir;
	int err = make_directories(path, &dar->state_dirs_made);

	if (!err) {
		dar->state_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = dar->state_fd < 0 ? -errno : 0;
	}
	if (err) {
		snprintf(why, why_size, "state_dir %s: %s", path, strerror(-err));
		return err == -EACCES || err == -EPERM ? EX_NOPERM : EX_UNAVAILABLE;
	}
	if (flock(dar->state_fd, LOCK_EX | LOCK_NB)) {
		snprintf(why, why_size, "state_dir %s is in use by another famad; stop it first",
			 path);
		close(dar->state_fd);
		dar->state_fd = -1;
		return EX_UNAVAILABLE;
	}
	return 0;
}

/* NTP time of a clean stop; 0: none. The file is gone afterwards: a crash must not leave it. */
static uint64_t take_saved_heartbeat(int state_fd)
{
	int fd = openat(state_fd, heartbeat_name, O_RDONLY | O_CLOEXEC);
	char text[32] = "";
	uint64_t ntp = 0;

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) > 0 && sscanf(text, "%" SCNu64, &ntp) != 1)
		ntp = 0;
	close(fd);
	unlinkat(state_fd, heartbeat_name, 0);
	return ntp;
}

/* True if no agent has used this state_dir before; where that cannot be told, one may have. */
static bool mark_used(int state_fd)
{
	int fd = openat(state_fd, mark_name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

void replay_floor_set(struct dar *dar, uint64_t pinned_heartbeat_ntp)
{
	uint64_t last = pinned_heartbeat_ntp;
	uint64_t saved = take_saved_heartbeat(dar->state_fd);
	bool first = mark_used(dar->state_fd);

	dar->replay_floor_known = true;
	dar->state_is_new = first;
	if (saved > last)
		last = saved;
	if (!last && !first)
		last = clock_ntp(); /* somebody ran here, nobody knows until when */
	if (!last)
		return;
	dar->clock_floor_ntp = last;
	dar->not_before_ntp = last + ((uint64_t)REPLAY_WINDOW_S << 32);
}

void replay_floor_forget(struct dar *dar)
{
	if (!dar->state_is_new)
		return;
	unlinkat(dar->state_fd, mark_name, 0);
	dar->replay_floor_known = false;
}

void replay_floor_close(struct dar *dar)
{
	char text[32];
	int fd;

	if (dar->state_fd < 0)
		return;
	if (!dar->replay_floor_known) {
		close(dar->state_fd);
		remove_directories(dar->config->state_dir, dar->state_dirs_made);
		return;
	}
	fd = openat(dar->state_fd, heartbeat_name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0) {
		int len = snprintf(text, sizeof(text), "%" PRIu64 "\n", clock_ntp());

		if (write(fd, text, (size_t)len) != len || fsync(fd)) {
			log_warn("heartbeat.failed", "error=\"%s\"", strerror(errno));
			unlinkat(dar->state_fd, heartbeat_name, 0);
		}
		close(fd);
	}
	close(dar->state_fd);
	dar->state_fd = -1;
}
