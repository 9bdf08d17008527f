/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what the DAR sees when it judges a Binding Update: the world of bu_decide(), gathered. */
#ifndef FAMA_BU_SIGHT_H
#define FAMA_BU_SIGHT_H

#include "crypto/binding_auth.h"
#include "dar/bu_decide.h"
#include "wire/nd.h"

struct dar;
struct ingress;

/* Secret: wipe it. */
struct bu_sight {
	struct bu_world world;
	struct bcache_entry *entry;         /* that of the world */
	uint8_t careof_token[MH_TOKEN_LEN]; /* what option 4 refers to, or zeros: "early" (8.5) */
	bool has_link_address;
	uint8_t link_address[ND_MAC_LEN]; /* who had the HoA on its link */
};

/* The state of this moment, but for `room`, which is dear and seldom asked for. */
void bu_sight_read(struct dar *dar, const struct bu *bu, const struct ingress *from,
		   struct bu_sight *out);
/* What the BU would take up; `key_id` is the sender's, NULL: not signed. */
struct bcache_claim bu_sight_claim(const struct bu_sight *sight, const struct bu *bu,
				   const uint8_t *key_id);
void bu_sight_room(const struct dar *dar, const struct bu *bu, const uint8_t *key_id,
		   struct bu_sight *sight);
/* Kbm of the BU, with the token of the sight; the entry has a PHKT if the BU needs one. */
void bu_sight_kbm(const struct bu_sight *sight, const struct bu *bu, uint8_t kbm[static KBM_LEN]);

#endif
