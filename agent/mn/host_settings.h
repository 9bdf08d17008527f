/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the sysctls the MN needs on its interfaces: set, and put back as they were found. */
#ifndef FAMA_HOST_SETTINGS_H
#define FAMA_HOST_SETTINGS_H

#include <stddef.h>

#include "fama/dataplane.h"

enum { HOST_SETTINGS_KEYS = 11 };

struct host_settings {
	int dir; /* state_dir: what was found survives a killed agent */
	struct {
		char name[16];
		int found[HOST_SETTINGS_KEYS];
	} interfaces[FAMA_INTERFACE_MAX];
	unsigned int count;
};

/* 0, or -errno with a sentence in `why`; then nothing is changed. */
int host_settings_apply(struct host_settings *settings, int dir, const char *const *names,
			unsigned int count, char *why, size_t why_size);
void host_settings_restore(struct host_settings *settings);

#endif
