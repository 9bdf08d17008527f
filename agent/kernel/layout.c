// SPDX-License-Identifier: BSD-2-Clause
/* Owns the one entry of `layout`: version, flow label key, heartbeat of the agent. */
#include <bpf/bpf.h>
#include <sysexits.h>

#include "base/random.h"
#include "kernel/dataplane_private.h"
#include "kernel/layout.h"
#include "kernel/refusal.h"

static const __u32 entry = 0;

int layout_settle(struct dataplane *dp, int pinned_map, bool adopted, struct refusal *refusal)
{
	int err;

	if (!adopted) {
		dp->layout.version = FAMA_LAYOUT_VERSION;
		random_octets(&dp->layout.flow_label_key, sizeof(dp->layout.flow_label_key));
		return 0;
	}
	err = bpf_map_lookup_elem(pinned_map, &entry, &dp->layout);
	if (err)
		return refuse_errno(refusal, err, "cannot read %s/maps/layout", dp->directory);
	if (dp->layout.version == FAMA_LAYOUT_VERSION)
		return 0;
	return refuse(refusal, EX_UNAVAILABLE,
		      "%s holds layout %u and this famad speaks %u; stop the old one with stop: "
		      "flush, or remove %s",
		      dp->directory, dp->layout.version, FAMA_LAYOUT_VERSION, dp->directory);
}

int layout_write(const struct dataplane *dp)
{
	return bpf_map_update_elem(dp->maps.layout, &entry, &dp->layout, BPF_ANY);
}

int dataplane_layout_get(const struct dataplane *dp, struct layout *out)
{
	return bpf_map_lookup_elem(dp->maps.layout, &entry, out);
}

int dataplane_heartbeat(struct dataplane *dp, uint64_t ntp)
{
	dp->layout.heartbeat = ntp;
	return layout_write(dp);
}
