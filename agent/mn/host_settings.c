// SPDX-License-Identifier: BSD-2-Clause
/* Owns the sysctls the MN needs on its interfaces: set, and put back as they were found. */
#include "mn/host_settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "kernel/sysctl.h"
#include "kernel/state_dir.h"

#define FILE_NAME "sysctl.found"

enum { FILE_MAX = 8192, BOOT_ID_LEN = 36 };

enum { FROM_RA = -1 }; /* not set by us, but by an RA that we let in */

/*
 * The kernel goes on taking MTU, hop limit, timers and the neighbour from an RA; addresses and
 * the default route are ours.
 */
static const struct {
	const char *key;
	int value;
} wanted[HOST_SETTINGS_KEYS] = {
	{"accept_ra", 1},      {"accept_ra_pinfo", 0},      {"accept_ra_defrtr", 0},
	{"autoconf", 0},       {"router_solicitations", 0}, {"accept_redirects", 0},
	{"optimistic_dad", 1}, {"use_optimistic", 1},       {"keep_addr_on_down", 1},
	{"mtu", FROM_RA},      {"hop_limit", FROM_RA},
};

static void boot_id(char out[static BOOT_ID_LEN + 1])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, out, BOOT_ID_LEN);

	if (fd >= 0)
		close(fd);
	out[len < 0 ? 0 : len] = '\0';
}

/* Of this boot only: a file of an earlier one tells nothing about today's values. */
static void read_found(struct host_settings *settings)
{
	char text[FILE_MAX + 1], boot[BOOT_ID_LEN + 1], name[16], key[64], *line, *rest;
	ssize_t len = state_dir_read(settings->dir, FILE_NAME, text, FILE_MAX);
	int value;

	if (len < 0)
		return;
	text[len] = '\0';
	boot_id(boot);
	line = strtok_r(text, "\n", &rest);
	if (!line || strcmp(line, boot) != 0)
		return;
	while ((line = strtok_r(NULL, "\n", &rest))) {
		if (sscanf(line, "%15s %63s %d", name, key, &value) != 3)
			continue;
		for (unsigned int i = 0; i < settings->count; i++) {
			for (unsigned int k = 0; k < HOST_SETTINGS_KEYS; k++) {
				if (!strcmp(settings->interfaces[i].name, name) &&
				    !strcmp(wanted[k].key, key))
					settings->interfaces[i].found[k] = value;
			}
		}
	}
}

static int write_found(const struct host_settings *settings)
{
	char text[FILE_MAX], boot[BOOT_ID_LEN + 1];
	size_t len;

	boot_id(boot);
	len = (size_t)snprintf(text, sizeof(text), "%s\n", boot);
	for (unsigned int i = 0; i < settings->count; i++) {
		for (unsigned int k = 0; k < HOST_SETTINGS_KEYS && len < sizeof(text); k++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s %s %d\n",
						settings->interfaces[i].name, wanted[k].key,
						settings->interfaces[i].found[k]);
	}
	if (len >= sizeof(text))
		return -EFBIG;
	return state_dir_write(settings->dir, FILE_NAME, text, len);
}

static void warn_forwarding(const char *name)
{
	int forwarding = 0;

	if (sysctl_conf_get(name, "forwarding", &forwarding) == 0 && forwarding)
		log_warn(
			"mn.forwarding",
			"interface=%s why=\"a forwarding interface ignores Router Advertisements\" "
			"mend=\"sysctl -w net.ipv6.conf.%s.forwarding=0\"",
			name, name);
}

int host_settings_apply(struct host_settings *settings, int dir, const char *const *names,
			unsigned int count, char *why, size_t why_size)
{
	int err;

	memset(settings, 0, sizeof(*settings));
	settings->dir = dir;
	settings->count = count;
	for (unsigned int i = 0; i < count; i++) {
		snprintf(settings->interfaces[i].name, sizeof(settings->interfaces[i].name), "%s",
			 names[i]);
		for (unsigned int k = 0; k < HOST_SETTINGS_KEYS; k++) {
			err = sysctl_conf_get(names[i], wanted[k].key,
					      &settings->interfaces[i].found[k]);
			if (err)
				goto err_key;
		}
		warn_forwarding(names[i]);
	}
	read_found(settings);
	err = write_found(settings);
	if (err) {
		snprintf(why, why_size, "cannot keep %s in state_dir: %s", FILE_NAME,
			 strerror(-err));
		settings->count = 0;
		return err;
	}
	for (unsigned int i = 0; i < count; i++) {
		for (unsigned int k = 0; k < HOST_SETTINGS_KEYS; k++) {
			if (wanted[k].value == FROM_RA)
				continue;
			err = sysctl_conf_set(names[i], wanted[k].key, wanted[k].value);
			if (err) {
				host_settings_restore(settings);
				goto err_key;
			}
		}
	}
	return 0;

err_key:
	snprintf(why, why_size,
		 "cannot read or set the sysctls net.ipv6.conf.*.{accept_ra,autoconf,"
		 "optimistic_dad,...} the MN needs: %s",
		 strerror(-err));
	settings->count = 0;
	return err;
}

void host_settings_restore(struct host_settings *settings)
{
	for (unsigned int i = 0; i < settings->count; i++) {
		for (unsigned int k = 0; k < HOST_SETTINGS_KEYS; k++)
			sysctl_conf_set(settings->interfaces[i].name, wanted[k].key,
					settings->interfaces[i].found[k]);
	}
	if (settings->count)
		state_dir_remove(settings->dir, FILE_NAME);
	settings->count = 0;
}
