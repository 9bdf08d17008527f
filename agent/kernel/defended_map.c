// SPDX-License-Identifier: BSD-2-Clause
/* Owns the writing of `defended`, which is not pinned: each start has an empty one. */
#include <bpf/bpf.h>

#include "kernel/dataplane.h"
#include "kernel/dataplane_private.h"

int dataplane_defend(struct dataplane *dp, const struct in6_addr *address,
		     const struct defended *what)
{
	return bpf_map_update_elem(dp->maps.defended, address, what, BPF_ANY);
}

void dataplane_defend_end(struct dataplane *dp, const struct in6_addr *address)
{
	bpf_map_delete_elem(dp->maps.defended, address);
}
