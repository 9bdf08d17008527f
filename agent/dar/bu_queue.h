/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the Binding Updates that wait for RSA, and when so many do that strangers must first show
 * where they are (protocol C-66, reliability gates G4 and G7). */
#ifndef FAMA_BU_QUEUE_H
#define FAMA_BU_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/mh.h"

enum {
	BU_QUEUE_JOBS = 256,
	BU_QUEUE_LOADED = BU_QUEUE_JOBS / 8, /* more waiting, and the care-of cookie is asked for */
};

struct bu;
struct bu_queue;
struct dar;
struct ingress;

/* What was last accepted for the HoA when the BU came. */
struct bu_before {
	bool has_sequence;
	uint16_t sequence;
};

/* What a job is taken out for; the packet is gone afterwards. */
typedef void (*bu_queue_check)(struct dar *dar, const struct mh_packet *packet,
			       const struct ingress *from, const struct bu_before *before);

/* Uses the DAR's event base, crypto_budget and counters. A fifth of a millisecond of them a turn
 * of the event loop: what else came waits no longer, but for the last of them to end. */
struct bu_queue *bu_queue_new(struct dar *dar, bu_queue_check check);
void bu_queue_free(struct bu_queue *queue); /* NULL is fine */

/* Takes a copy. 0; -EALREADY: one of this HoA waits that is from this source, or
 * proven by PHKT like this one; -EBUSY: full. */
int bu_queue_add(struct bu_queue *queue, const struct bu *bu, const struct ingress *from,
		 const struct bu_before *before);
uint32_t bu_queue_count(const struct bu_queue *queue);

/* Hysteresis: on with many waiting or half the budget spent, off after half a second of calm. */
bool bu_queue_loaded(const struct bu_queue *queue);
/* A signed BU was refused for being loaded: the rush is not over. */
void bu_queue_turned_away(struct bu_queue *queue);

#endif
