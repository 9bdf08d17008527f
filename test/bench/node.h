/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns a crowd of mobile nodes: their addresses, tokens and the BUs they send, judged BAs. */
#ifndef FAMA_BENCH_NODE_H
#define FAMA_BENCH_NODE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "crypto/cga.h"
#include "fama/mobility.h"
#include "wire.h"

struct keypair;

struct node {
	struct in6_addr hoa, coa;
	const struct keypair *key;
	uint8_t modifier[CGA_MODIFIER_LEN];
	uint8_t phkt[MH_TOKEN_LEN];
	uint16_t sequence;
	bool has_phkt;
	uint64_t sent_ns, answered_ns; /* of the last BU; answered 0: not yet */
	uint8_t status;                /* of its BA */
};

struct crowd {
	struct node *nodes;
	unsigned int count, answered;
	uint8_t last_refusal; /* status */
	unsigned int refused; /* BAs with a status of at least 128, or not to be believed */
	struct in6_addr prefix, dar;
};

/* `count` nodes with HoAs under `prefix` at `dar`; the keys are used in turn. */
int crowd_make(struct crowd *crowd, unsigned int count, const struct in6_addr *prefix,
	       const struct in6_addr *dar, struct keypair *const *keys, unsigned int key_count);
void crowd_free(struct crowd *crowd);

/* The next BU of a node, signed or by its PHKT; 0 or -errno. */
int node_bu(const struct crowd *crowd, struct node *node, bool is_signed, const struct wire *wire,
	    struct frame *out);
/* A packet that came back: finds its node by the address the BA was sent to, believes it only if
 * it proves itself. `arg` is the crowd. */
void crowd_take(const uint8_t *packet, size_t len, void *arg);
/* CoA number `number` of round `round`: each in a /64 with 255 others. */
struct in6_addr crowd_coa(unsigned int number, unsigned int round);

#endif
