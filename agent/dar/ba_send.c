// SPDX-License-Identifier: BSD-2-Clause
/* Owns Binding Acknowledgements: options, authenticator, rate and way out (protocol 8.4). */
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "crypto/binding_auth.h"
#include "dar/bu_decide.h"
#include "dar/dar_private.h"
#include "dar/next_hop.h"
#include "kernel/packet_socket.h"

enum { BA_PACKET_MAX = 1280 }; /* never fragmented: the IPv6 minimum MTU */

/* Strangers choose when these are sent: 8.6 bounds them, in all and for each source. */
static bool may_answer_stranger(struct dar *dar, const struct in6_addr *source)
{
	uint64_t now = clock_boot_ns();
	uint64_t slot = keyed_hash(source, sizeof(*source)) % DAR_REPLY_BUCKETS;

	return ratelimit_take(&dar->reply_source[slot], now) &&
	       ratelimit_take(&dar->reply_global, now);
}

static int build_mh(const struct ba *ba, struct mh_built *mh)
{
	const struct bu_decision *decision = ba->decision;
	const struct mh_options *asked = ba->bu->options;
	bool accepted = decision->verdict < BU_DROP_FIRST;
	uint64_t timestamp = accepted ? asked->timestamp : decision->timestamp;
	struct mh_build build = {
		.type = IP6_MH_TYPE_BA,
		.status = decision->status,
		.sequence = decision->sequence,
		.lifetime = (uint16_t)(decision->lifetime_s / MH_LIFETIME_UNIT_S),
		.phkt = ba->phkt,
		.bad = ba->kbm != NULL,
	};

	if (ba->bu->method == BU_METHOD_CGA && timestamp)
		build.timestamp = &timestamp;
	return mh_build(&build, mh);
}

static ssize_t build_packet(const struct ba *ba, uint8_t *packet, size_t size)
{
	const struct mh_packet *bu_packet = ba->bu->packet;
	const struct in6_addr *source = &bu_packet->destination;
	const struct in6_addr *home = bu_packet->has_hao ? &ba->bu->hoa : NULL;
	struct mh_built mh;
	int err = build_mh(ba, &mh);

	if (err)
		return err;
	if (ba->kbm)
		binding_auth_compute(ba->kbm, &ba->bu->coa, source,
				     (struct span){mh.octets, mh.mac_len}, mh.octets + mh.mac_len);
	mh_set_checksum(&mh, source, home ? home : &bu_packet->source);
	return mh_packet_build(source, &bu_packet->source, NULL, home, &mh, packet, size);
}

/* A MN on its home link is reached at the MAC it just used; others by the route to the CoA. */
static int send_packet(struct dar *dar, const struct ba *ba, const struct ingress *from,
		       const uint8_t *packet, size_t len)
{
	const struct in6_addr *destination = &ba->bu->packet->source;
	const struct prefix *prefix = prefix_of(&dar->prefixes, destination);
	uint32_t ifindex = from->ifindex;
	uint8_t mac[ND_MAC_LEN];
	struct dar_interface *interface;

	memcpy(mac, from->source_mac, sizeof(mac));
	if (!(prefix && prefix->ifindex == ifindex) &&
	    !next_hop_find(dar->next_hops, destination, clock_boot_ns(), &ifindex, mac))
		return packet_send_routed(dar->packets, 0, packet, len);
	interface = dar_interface_by_index(dar, ifindex);
	if (!interface)
		return packet_send_routed(dar->packets, 0, packet, len);
	return packet_send_frame(dar->packets, ifindex, interface->mac, mac, packet, len);
}

void ba_send(struct dar *dar, const struct ba *ba, const struct ingress *from)
{
	uint8_t packet[BA_PACKET_MAX];
	ssize_t len;
	int err;

	if (!ba->kbm && ba->decision->status >= IP6_MH_BAS_UNSPECIFIED &&
	    !may_answer_stranger(dar, &ba->bu->packet->source)) {
		dar_count(dar, DAR_BA_SUPPRESSED);
		return;
	}
	len = build_packet(ba, packet, sizeof(packet));
	err = len < 0 ? (int)len : send_packet(dar, ba, from, packet, (size_t)len);
	if (err) {
		dar_count(dar, DAR_BA_FAILED);
		log_remote("ba.failed", "hoa=%s coa=%s error=\"%s\"", in6_text(&ba->bu->hoa).s,
			   in6_text(&ba->bu->packet->source).s, strerror(-err));
		return;
	}
	dar_count(dar, DAR_BA_SENT);
}
