/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the one entry of `layout`: version, flow label key, heartbeat of the agent. */
#ifndef FAMA_LAYOUT_H
#define FAMA_LAYOUT_H

#include <stdbool.h>

struct dataplane;
struct refusal;

/* Before load: dp->layout from the pinned map if it was adopted, else anew. 0, or -1 refused. */
int layout_settle(struct dataplane *dp, int pinned_map, bool adopted, struct refusal *refusal);
int layout_write(const struct dataplane *dp); /* after load; 0 or -errno */

#endif
