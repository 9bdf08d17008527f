// SPDX-License-Identifier: BSD-2-Clause
/* Owns what a DAR opens from its configuration: the data plane, the Binding Cache, the parts that
 * judge Binding Updates. */
#include "dar/dar_open.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "dar/bu_queue.h"
#include "dar/dar_private.h"
#include "dar/next_hop.h"
#include "dar/turn.h"

static uint32_t context_max(const struct config *config)
{
	return config->security.context_max ? config->security.context_max : config->binding.max;
}

static void fill_settings(const struct dar *dar, struct dataplane_request *request)
{
	struct dataplane_settings *settings = &request->settings;
	static const enum attach_mode modes[] = {
		[ATTACH_AUTO] = ATTACH_MODE_AUTO, [ATTACH_DISPATCHER] = ATTACH_MODE_DISPATCHER,
		[ATTACH_LINK] = ATTACH_MODE_LINK, [ATTACH_GENERIC] = ATTACH_MODE_GENERIC,
		[ATTACH_TC] = ATTACH_MODE_TC,
	};

	settings->hop_limit = dar->config->tunnel.hop_limit;
	settings->dscp_copy = dar->config->tunnel.dscp_copy;
	settings->max_nested = dar->config->tunnel.max_nested;
	settings->credit = policy_has_concurrent(dar->config);
	settings->source_check = dar->config->security.source_check;
	settings->neighbour_limit = dar->config->security.require_seen;
	settings->interface_count = dar->interface_count;
	for (unsigned int i = 0; i < dar->interface_count; i++) {
		const struct dar_interface *interface = &dar->interfaces[i];

		settings->interfaces[i].ifindex = interface->ifindex;
		settings->interfaces[i].kind = interface->config->kind;
		memcpy(settings->interfaces[i].mac, interface->mac, ND_MAC_LEN);
		request->attach[i] = modes[interface->config->attach];
	}
	settings->prefix_count = dar->prefixes.count;
	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		const struct prefix *prefix = &dar->prefixes.at[i];

		memcpy(settings->prefixes[i].prefix, &prefix->prefix, 8);
		memcpy(settings->prefixes[i].address, &prefix->address, 16);
		settings->prefixes[i].ifindex = prefix->ifindex;
	}
}

int dar_open_dataplane(struct dar *dar, char *why, size_t why_size)
{
	struct dataplane_request request = {
		.role = DATAPLANE_DAR,
		.bpffs = dar->config->bpffs,
		.binding_max = dar->config->binding.max,
		.credit_max = dar->config->binding.max + context_max(dar->config),
	};
	struct layout layout;
	int code = 0;

	fill_settings(dar, &request);
	dar->dataplane = dataplane_open(&request, &dar->adopted, &code, why, why_size);
	if (!dar->dataplane)
		return code;
	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		const struct prefix *prefix = &dar->prefixes.at[i];
		struct anchored_prefix row = {.ifindex = prefix->ifindex, .prefix_len = 64};

		memcpy(row.address, &prefix->address, sizeof(row.address));
		dataplane_prefix_put(dar->dataplane, &prefix->prefix, &row);
	}
	replay_floor_set(dar,
			 dataplane_layout_get(dar->dataplane, &layout) == 0 ? layout.heartbeat : 0);
	return 0;
}

/* Bindings that change together are written together. */
static void rows_begin(void *dar)
{
	turn_begin(dar);
}

static void rows_end(void *dar)
{
	turn_end(dar);
}

static struct bcache *open_bcache(struct dar *dar)
{
	const struct config *config = dar->config;
	const struct bcache_hooks hooks = {
		.due = binding_due,
		.due_begin = rows_begin,
		.due_end = rows_end,
		.removing = binding_removing,
		.arg = dar,
	};
	struct bcache_limits limits = {
		.binding_max = config->binding.max,
		.context_max = context_max(config),
		.per_key = config->security.limits.per_key,
		.per_link_address = config->security.limits.per_link_address,
		.per_coa_prefix = config->security.limits.per_coa_prefix,
	};

	for (unsigned int i = 0; i < config->security.domain_count; i++)
		limits.domain_max[i] = config->security.domains[i].binding_max;
	return bcache_new(dar->base, &limits, &hooks);
}

int dar_open_state(struct dar *dar, char *why, size_t why_size)
{
	int err = -ENOMEM;

	careof_nonces_init(&dar->nonces);
	dar->turn = turn_new();
	dar->next_hops = next_hops_new(dar->base, dar->netlink);
	dar->bcache = open_bcache(dar);
	dar->queue = bu_queue_new(dar, dar_bu_check);
	dar->dad = dad_new(dar);
	if (dar->turn && dar->next_hops && dar->bcache && dar->queue && dar->dad)
		err = binding_adopt(dar);
	if (!err)
		return durable_contexts_open(dar, why, why_size);
	snprintf(why, why_size, "cannot take over the bindings of %s: %s", dar->config->bpffs,
		 strerror(-err));
	return EX_UNAVAILABLE;
}
