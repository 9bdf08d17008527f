/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what an accepted Binding Update makes of the entry (protocol 8.6, steps 20 and 22); pure. */
#ifndef FAMA_BU_APPLY_H
#define FAMA_BU_APPLY_H

#include "dar/bu_decide.h"

/* What only the edge can make or know. */
struct bu_material {
	uint8_t key_id[BCACHE_KEY_ID_LEN];  /* signed BUs */
	uint8_t phkt[MH_TOKEN_LEN];         /* signed registrations: the new one */
	uint8_t careof_token[MH_TOKEN_LEN]; /* where decision.gives_careof_token */
	uint16_t path_mtu;                  /* of the route to the CoA, 0: Ethernet's */
	uint32_t ctx_lifetime_s, prev_coa_grace_ms;
	uint64_t now_boot_ns;
};

/* The entry's next state, context and binding; the entry itself is not touched. */
struct bu_effect {
	enum bcache_state state; /* BCACHE_BOUND, or BCACHE_DELETED with its tombstone's end */
	struct bcache_context context;
	struct bcache_binding binding;
};

/* `decision` accepted the BU; `entry` is NULL for a HoA without one. */
void bu_apply(const struct bu *bu, const struct bu_decision *decision,
	      const struct bcache_entry *entry, const struct bu_material *material,
	      struct bu_effect *out);

#endif
