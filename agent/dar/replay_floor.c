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
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "dar/bu_decide.h"
#include "dar/dar_private.h"
#include "kernel/dataplane.h"
#include "kernel/state_dir.h"

#define HEARTBEAT_AHEAD_NTP (1ULL << 28) /* a sixteenth of a second */

static const char heartbeat_name[] = "heartbeat"; /* written by a clean stop, taken by a start */
static const char mark_name[] = "used";           /* an agent has run with this state_dir */

int replay_floor_open(struct dar *dar, char *why, size_t why_size)
{
	const char *path = dar->config->state_dir;

	dar->state_fd = state_dir_open(path, &dar->state_dirs_made);
	if (dar->state_fd >= 0)
		return 0;
	if (dar->state_fd == -EBUSY)
		snprintf(why, why_size, "state_dir %s is in use by another famad; stop it first",
			 path);
	else
		snprintf(why, why_size, "state_dir %s: %s", path, strerror(-dar->state_fd));
	return dar->state_fd == -EACCES || dar->state_fd == -EPERM ? EX_NOPERM : EX_UNAVAILABLE;
}

/* NTP time of a clean stop; 0: none. The file is gone afterwards: a crash must not leave it. */
static uint64_t take_saved_heartbeat(int state_fd)
{
	char text[32];
	ssize_t len = state_dir_read(state_fd, heartbeat_name, text, sizeof(text) - 1);
	uint64_t ntp = 0;

	if (len > 0) {
		text[len] = '\0';
		if (sscanf(text, "%" SCNu64, &ntp) != 1)
			ntp = 0;
	}
	state_dir_remove(state_fd, heartbeat_name);
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
	dar->heartbeat_ntp = last;
	dar->clock_floor_ntp = last;
	if (last > clock_ntp() + HEARTBEAT_AHEAD_NTP)
		log_warn("clock.behind",
			 "seconds=%" PRIu64 " why=\"no signed BU until it has caught up\" "
			 "mend=\"correct the clock, or remove %s and the pins in %s\"",
			 (last - clock_ntp()) >> 32, dar->config->state_dir, dar->config->bpffs);
	dar->not_before_ntp = last + ((uint64_t)REPLAY_WINDOW_S << 32);
}

/* A little ahead, so that a rush of signed BUs does not write it for each. A clock that is set back
 * does not take it along: what was accepted before could be accepted again. */
void replay_floor_raise(struct dar *dar)
{
	uint64_t now = clock_ntp();

	if (now <= dar->heartbeat_ntp)
		return;
	dar->heartbeat_ntp = now + HEARTBEAT_AHEAD_NTP;
	dataplane_heartbeat(dar->dataplane, dar->heartbeat_ntp);
}

void replay_floor_forget(struct dar *dar)
{
	if (!dar->state_is_new)
		return;
	state_dir_remove(dar->state_fd, mark_name);
	dar->replay_floor_known = false;
}

static void save_heartbeat(const struct dar *dar)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%" PRIu64 "\n", dar->heartbeat_ntp);
	int err = state_dir_write(dar->state_fd, heartbeat_name, text, (size_t)len);

	if (err)
		log_warn("heartbeat.failed", "error=\"%s\"", strerror(-err));
}

void replay_floor_close(struct dar *dar)
{
	if (dar->state_fd < 0)
		return;
	if (dar->replay_floor_known)
		save_heartbeat(dar);
	else
		state_dir_abandon(dar->config->state_dir, dar->state_dirs_made);
	close(dar->state_fd);
	dar->state_fd = -1;
}
