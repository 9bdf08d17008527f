// SPDX-License-Identifier: BSD-2-Clause
/* Owns the contexts that outlive the agent: with `replay: seq` the number of the last signed BU of
 * a HoA is all that refuses older ones, so it is on the disk before the BA leaves (A-08, 8.8). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/in6.h"
#include "base/log.h"
#include "dar/dar_private.h"
#include "store/context_store.h"

/* What the pinned RIB knew is newer: PHKT BUs went on from the number on the disk. */
static int adopt_context(const struct context_row *row, void *arg)
{
	struct dar *dar = arg;
	struct bcache_context context = {
		.has_key = true, .has_sequence = true, .sequence = row->sequence};
	struct bcache_binding none = {0};
	struct bcache_entry *entry;

	if (!prefix_of(&dar->prefixes, &row->hoa) || bcache_find(dar->bcache, &row->hoa))
		return 0;
	entry = bcache_get(dar->bcache, &row->hoa);
	if (!entry)
		return -ENOMEM;
	binding_learn_link_address(dar, entry);
	memcpy(context.key_id, row->key_id, sizeof(context.key_id));
	bcache_update(dar->bcache, entry, BCACHE_CONTEXT, &context, &none, "restored");
	return 0;
}

int durable_contexts_open(struct dar *dar, char *why, size_t why_size)
{
	int err;

	if (dar->config->security.replay != REPLAY_SEQ)
		return 0;
	dar->contexts = context_store_open(dar->config->state_dir, why, why_size);
	if (!dar->contexts)
		return EX_UNAVAILABLE;
	err = context_store_each(dar->contexts, adopt_context, dar);
	if (!err)
		return 0;
	snprintf(why, why_size, "security contexts in %s: %s", dar->config->state_dir,
		 strerror(-err));
	return EX_UNAVAILABLE;
}

void durable_contexts_close(struct dar *dar)
{
	context_store_close(dar->contexts);
	dar->contexts = NULL;
}

int durable_context_keep(struct dar *dar, const struct in6_addr *hoa,
			 const struct bcache_context *context)
{
	struct context_row row = {.hoa = *hoa, .sequence = context->sequence};

	if (!dar->contexts)
		return 0;
	memcpy(row.key_id, context->key_id, sizeof(row.key_id));
	return context_store_put(dar->contexts, &row);
}
