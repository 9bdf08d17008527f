/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the object of all programs and maps before it is loaded: the role's part, its settings. */
#ifndef FAMA_PROGRAMS_H
#define FAMA_PROGRAMS_H

#include "kernel/dataplane.h"

struct fama_bpf;
struct bpf_object;

/* Opened, not loaded; only the programs of `role` will be. NULL with errno. */
struct fama_bpf *programs_open(enum dataplane_role role, const struct dataplane_settings *settings);
/* The maps as large as asked for; those of a DAR alone are not made for a MN. */
void programs_size(struct fama_bpf *skel, const struct dataplane_request *request);
/* The same with the maps of `loaded`, fama_dar alone. NULL with errno. */
struct fama_bpf *programs_open_member(const struct bpf_object *loaded,
				      const struct dataplane_settings *settings);

#endif
