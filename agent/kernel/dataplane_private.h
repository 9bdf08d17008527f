/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what the files of the data plane share: the loaded object and what is open of it. */
#ifndef FAMA_DATAPLANE_PRIVATE_H
#define FAMA_DATAPLANE_PRIVATE_H

#include <limits.h>

#include "kernel/attach.h"
#include "kernel/dataplane.h"
#include "kernel/pinned_map.h"

struct fama_bpf;
struct ring_buffer;

struct dataplane {
	char directory[PATH_MAX];
	int lock_fd; /* of the directory */
	enum dataplane_role role;
	struct fama_bpf *skel;
	struct dataplane_settings settings;
	struct layout layout;
	struct {
		int bindings, traffic, prefixes, outcomes, punt, layout;
		int credit, seen, defended; /* of a DAR; else negative */
	} maps;                             /* fds, owned by skel */
	struct attachment attachments[FAMA_INTERFACE_MAX];
	unsigned int attachment_count;

	struct ring_buffer *punt;
	void (*take)(const struct punt_header *header, const uint8_t *frame, void *arg);
	void *take_arg;
	int taken;
};

int punt_open(struct dataplane *dp); /* 0 or -errno */
void punt_close(struct dataplane *dp);

#endif
