/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the arithmetic of the outer header (RFC 2473, RFC 6040, RFC 6438); knows no context. */
#ifndef FAMA_IP6IP6_BPF_H
#define FAMA_IP6IP6_BPF_H

#include "hash.bpf.h"
#include "ipv6.bpf.h"
#include "maps.bpf.h"

enum ecn {
	ECN_NOT_ECT = 0,
	ECN_ECT_1 = 1,
	ECN_ECT_0 = 2,
	ECN_CE = 3,
	ECN_DROP, /* no header field: what the table answers to (Not-ECT, CE) */
	ECN_MASK = 3,
};

enum {
	IPV6_CLASS_SHIFT = 20,
	IPV6_VERSION_SHIFT = 28,
	IPV6_LABEL_BITS = 20,
	IPV6_LABEL_MASK = (1 << IPV6_LABEL_BITS) - 1,
	IPV6_HOP_LIMIT_MAX = 255,
};

static __always_inline __u32 ipv6_first_word(const struct ipv6hdr *ip6)
{
	return bpf_ntohl(*(const address_word *)ip6);
}

static __always_inline enum ecn ipv6_ecn(const struct ipv6hdr *ip6)
{
	return (ipv6_first_word(ip6) >> IPV6_CLASS_SHIFT) & ECN_MASK;
}

static __always_inline void ipv6_set_ecn(struct ipv6hdr *ip6, enum ecn ecn)
{
	__u32 word = ipv6_first_word(ip6) & ~((__u32)ECN_MASK << IPV6_CLASS_SHIFT);

	*(address_word *)ip6 = bpf_htonl(word | (__u32)ecn << IPV6_CLASS_SHIFT);
}

/* RFC 6040 section 4.2. */
static __always_inline enum ecn ip6ip6_decapsulated_ecn(enum ecn inner, enum ecn outer)
{
	if (outer == ECN_CE)
		return inner == ECN_NOT_ECT ? ECN_DROP : ECN_CE;
	if (outer == ECN_ECT_1 && inner == ECN_ECT_0)
		return ECN_ECT_1;
	return inner;
}

/*
 * RFC 6438 section 3: the same for all packets of an inner flow, its fragments included, so
 * ports take no part (D-11). Never zero, which would say "not labelled".
 */
static __always_inline __u32 ip6ip6_flow_label(const struct ipv6hdr *inner, __u32 key)
{
	const address_word *s = (const void *)&inner->saddr, *d = (const void *)&inner->daddr;
	__u64 hash = hash_mix(key, ipv6_first_word(inner) & IPV6_LABEL_MASK);
	__u32 label;

	hash = hash_mix(hash, (__u64)s[0] << 32 | s[1]);
	hash = hash_mix(hash, (__u64)s[2] << 32 | s[3]);
	hash = hash_mix(hash, (__u64)d[0] << 32 | d[1]);
	hash = hash_mix(hash, (__u64)d[2] << 32 | d[3]);
	label = hash & IPV6_LABEL_MASK;
	return label ? label : 1;
}

/* The header in front of `inner`, which goes into the tunnel as it stands now. */
static __always_inline void ip6ip6_outer(struct ipv6hdr *outer, const struct ipv6hdr *inner,
					 const void *source, const void *destination,
					 __u8 hop_limit)
{
	__u32 class = (ipv6_first_word(inner) >> IPV6_CLASS_SHIFT) & 0xff;

	if (!settings.dscp_copy)
		class &= ECN_MASK;
	*(address_word *)outer = bpf_htonl(6u << IPV6_VERSION_SHIFT | class << IPV6_CLASS_SHIFT |
					   ip6ip6_flow_label(inner, settings.flow_label_key));
	outer->payload_len = bpf_htons(ipv6_octets(inner));
	outer->nexthdr = IPPROTO_IPV6;
	outer->hop_limit = hop_limit;
	address_copy(&outer->saddr, source);
	address_copy(&outer->daddr, destination);
}

#endif
