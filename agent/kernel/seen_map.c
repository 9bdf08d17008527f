// SPDX-License-Identifier: BSD-2-Clause
/* Owns the agent's look into `seen`: who was on its link, and how long that counts. */
#include <bpf/bpf.h>
#include <errno.h>

#include "base/clock.h"
#include "kernel/dataplane.h"
#include "kernel/dataplane_private.h"

int dataplane_seen_get(struct dataplane *dp, const struct in6_addr *address, struct seen *out)
{
	int err = bpf_map_lookup_elem(dp->maps.seen, address, out);

	if (err)
		return err;
	return clock_boot_ns() < out->seen_boot_ns + FAMA_SEEN_S * CLOCK_SECOND_NS ? 0 : -ENOENT;
}
