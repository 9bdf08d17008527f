// SPDX-License-Identifier: BSD-2-Clause
/* Owns the agent's part of `credit`: granted with a security context, gone with it. */
#include <bpf/bpf.h>
#include <errno.h>

#include "base/clock.h"
#include "kernel/dataplane.h"
#include "kernel/dataplane_private.h"

int dataplane_credit_grant(struct dataplane *dp, const struct in6_addr *hoa, uint32_t octets)
{
	const struct credit row = {
		.octets = octets,
		.aged = (uint32_t)(clock_boot_ns() / (FAMA_CREDIT_AGING_S * CLOCK_SECOND_NS)),
	};
	int err = bpf_map_update_elem(dp->maps.credit, hoa, &row, BPF_NOEXIST);

	return err == -EEXIST ? 0 : err;
}

int dataplane_credit_get(struct dataplane *dp, const struct in6_addr *hoa, struct credit *out)
{
	return bpf_map_lookup_elem(dp->maps.credit, hoa, out);
}

void dataplane_credit_delete(struct dataplane *dp, const struct in6_addr *hoa)
{
	bpf_map_delete_elem(dp->maps.credit, hoa);
}

/* The next key is asked for before a row goes: what is gone has none. */
int dataplane_credit_sweep(struct dataplane *dp,
			   bool (*keeps)(const struct in6_addr *hoa, void *arg), void *arg)
{
	struct in6_addr at, next;
	int err = bpf_map_get_next_key(dp->maps.credit, NULL, &next);

	while (!err) {
		at = next;
		err = bpf_map_get_next_key(dp->maps.credit, &at, &next);
		if (!keeps(&at, arg))
			bpf_map_delete_elem(dp->maps.credit, &at);
	}
	return err == -ENOENT ? 0 : err;
}
