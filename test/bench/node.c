// SPDX-License-Identifier: BSD-2-Clause
/* Owns a crowd of mobile nodes: their addresses, tokens and the BUs they send, judged BAs. */
#include "node.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/random.h"
#include "crypto/binding_auth.h"
#include "crypto/keypair.h"
#include "crypto/phkt.h"
#include "mn/bu_send.h"
#include "wire/mh.h"

enum { LIFETIME_S = 3600, COA_NUMBER_AT = 12 };

struct in6_addr crowd_coa(unsigned int number, unsigned int round)
{
	struct in6_addr coa = {.s6_addr = {0x20, 0x01, 0x0d, 0xb8, 0xf0}};
	uint32_t order = htonl(number);

	coa.s6_addr[5] = (uint8_t)round;
	coa.s6_addr[6] = (uint8_t)(number >> 16);
	coa.s6_addr[7] = (uint8_t)(number >> 8);
	memcpy(&coa.s6_addr[COA_NUMBER_AT], &order, sizeof(order));
	return coa;
}

static struct cga_params params_of(const struct crowd *crowd, const struct node *node)
{
	struct cga_params params = {.key = keypair_spki(node->key)};

	memcpy(params.modifier, node->modifier, sizeof(params.modifier));
	memcpy(params.prefix, &crowd->prefix, sizeof(params.prefix));
	return params;
}

int crowd_make(struct crowd *crowd, unsigned int count, const struct in6_addr *prefix,
	       const struct in6_addr *dar, struct keypair *const *keys, unsigned int key_count)
{
	*crowd = (struct crowd){.count = count, .prefix = *prefix, .dar = *dar};
	crowd->nodes = calloc(count, sizeof(*crowd->nodes));
	if (!crowd->nodes)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++) {
		struct node *node = &crowd->nodes[i];
		struct cga_params params;

		node->key = keys[i % key_count];
		random_octets(node->modifier, sizeof(node->modifier));
		node->sequence = (uint16_t)random_below(65536);
		params = params_of(crowd, node);
		node->hoa = cga_address(&params, 0);
		node->coa = crowd_coa(i, 0);
	}
	return 0;
}

void crowd_free(struct crowd *crowd)
{
	free(crowd->nodes);
	crowd->nodes = NULL;
}

int node_bu(const struct crowd *crowd, struct node *node, bool is_signed, const struct wire *wire,
	    struct frame *out)
{
	const struct cga_params params = params_of(crowd, node);
	const struct bu_request bu = {
		.hoa = node->hoa,
		.hdar = crowd->dar,
		.coa = node->coa,
		.sequence = ++node->sequence,
		.lifetime_s = LIFETIME_S,
		.is_signed = is_signed,
		.timestamp = clock_ntp(),
		.phkt = node->phkt,
		.key = node->key,
		.params = &params,
	};
	ssize_t len = bu_build(&bu, out->octets + ETH_HLEN, sizeof(out->octets) - ETH_HLEN);

	if (len < 0)
		return (int)len;
	wire_address(wire, out, (size_t)len);
	node->answered_ns = 0;
	return 0;
}

/* The number is in the CoA, so that finding the node costs nothing. */
static struct node *node_at(const struct crowd *crowd, const struct in6_addr *coa)
{
	uint32_t number;

	memcpy(&number, &coa->s6_addr[COA_NUMBER_AT], sizeof(number));
	number = ntohl(number);
	if (number >= crowd->count || !in6_equal(&crowd->nodes[number].coa, coa))
		return NULL;
	return &crowd->nodes[number];
}

static bool is_believed(const struct crowd *crowd, struct node *node, const struct mh_packet *ba)
{
	const struct mh_options *options = &ba->message.options;
	struct span mh = {ba->message.octets.at, options->mac_len};
	uint8_t kbm[KBM_LEN];

	if (ba->message.ba.sequence != node->sequence)
		return false;
	if (ba->message.ba.status >= IP6_MH_BAS_UNSPECIFIED)
		return true;
	if (!options->bad.at)
		return false;
	if (options->phkt.at) {
		phkt_decrypt(node->key, options->phkt, node->phkt);
		node->has_phkt = true;
	}
	kbm_derive_early(node->phkt, true, kbm);
	return binding_auth_valid(kbm, &node->coa, &crowd->dar, mh, options->bad);
}

void crowd_take(const uint8_t *packet, size_t len, void *arg)
{
	struct crowd *crowd = arg;
	struct mh_packet ba;
	struct node *node;

	if (mh_packet_parse(packet, len, &ba) != MH_OK || ba.message.type != IP6_MH_TYPE_BA)
		return;
	node = node_at(crowd, &ba.destination);
	if (!node || node->answered_ns)
		return;
	node->answered_ns = wire_now_ns();
	node->status = ba.message.ba.status;
	if (!is_believed(crowd, node, &ba) || node->status >= IP6_MH_BAS_UNSPECIFIED) {
		crowd->refused++;
		crowd->last_refusal = node->status;
	}
	crowd->answered++;
}
