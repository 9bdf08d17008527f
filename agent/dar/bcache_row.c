// SPDX-License-Identifier: BSD-2-Clause
/* Owns the row of the pinned RIB that a binding is written as, and read back from. */
#include <string.h>

#include "dar/bcache.h"

void bcache_to_row(const struct bcache_context *context, const struct bcache_binding *binding,
		   struct binding *row)
{
	*row = (struct binding){
		.expires_boot_ns = binding->expires_boot_ns,
		.last_timestamp = context->timestamp,
		.lifetime_s = binding->lifetime_s,
		.sequence = context->sequence,
		.path_mtu = binding->path_mtu,
		.state = binding->state,
		.auth = binding->auth,
	};
	memcpy(row->coa, &binding->coa, sizeof(row->coa));
	memcpy(row->dar, &binding->dar, sizeof(row->dar));
	memcpy(row->prev_coa, &binding->prev_coa, sizeof(row->prev_coa));
	memcpy(row->key_id, context->key_id, sizeof(row->key_id));
}

void bcache_from_row(struct bcache_entry *entry, const struct binding *row)
{
	struct bcache_context *context = &entry->context;
	struct bcache_binding *binding = &entry->binding;

	memcpy(&binding->coa, row->coa, sizeof(binding->coa));
	memcpy(&binding->dar, row->dar, sizeof(binding->dar));
	memcpy(&binding->prev_coa, row->prev_coa, sizeof(binding->prev_coa));
	binding->expires_boot_ns = row->expires_boot_ns;
	binding->lifetime_s = row->lifetime_s;
	binding->state = row->state;
	binding->auth = row->auth;
	binding->path_mtu = row->path_mtu;
	memcpy(context->key_id, row->key_id, sizeof(context->key_id));
	context->has_key = row->auth != BINDING_AUTH_LEGACY;
	context->has_sequence = true;
	context->sequence = row->sequence;
	context->timestamp = row->last_timestamp;
}
