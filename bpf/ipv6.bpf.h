/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns IPv6 addresses and the walk along extension headers, which STOPS at the Mobility Header. */
#ifndef FAMA_IPV6_BPF_H
#define FAMA_IPV6_BPF_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>

#include "packet.bpf.h"

enum {
	IPV6_OCTETS = 40,
	IPV6_MTU_MIN = 1280,
	ETHERTYPE_IPV6 = 0x86dd,
	/* Headers a walk looks at; what lies deeper is upper layer to us (D-44). */
	IPV6_WALK_MAX = 8,
	EXTENSION_OCTETS_MASK = 0xfff, /* none is longer than 2048 */
	FRAGMENT_OFFSET_MASK = 0xfff8,

	ND_HOP_LIMIT = 255, /* RFC 4861: proof that the packet was never forwarded */
	ICMPV6_ERROR_LAST = 127,
	ICMPV6_ND_FIRST = 133,
	ICMPV6_ND_LAST = 137,
};

/* The first eight octets of any extension header: none is shorter. */
struct ipv6_extension {
	__u8 next_header;
	__u8 length; /* in units of 8 octets behind the first 8; of AH: 4 octets behind 8 */
	__u8 content[6];
};

typedef __u32 __attribute__((may_alias)) address_word;
typedef __u64 __attribute__((may_alias)) address_half;

static __always_inline bool address_equal(const void *a, const void *b)
{
	const address_word *x = a, *y = b;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]));
}

static __always_inline void address_copy(void *to, const void *from)
{
	address_word *target = to;
	const address_word *source = from;

	target[0] = source[0];
	target[1] = source[1];
	target[2] = source[2];
	target[3] = source[3];
}

static __always_inline bool address_is_unspecified(const void *address)
{
	const address_word *word = address;

	return !(word[0] | word[1] | word[2] | word[3]);
}

static __always_inline bool address_is_multicast(const void *address)
{
	return *(const __u8 *)address == 0xff;
}

static __always_inline bool address_is_link_local(const void *address)
{
	return (bpf_ntohl(*(const address_word *)address) >> 22) == (0xfe800000u >> 22);
}

static __always_inline bool address_is_v4_mapped(const void *address)
{
	const address_word *word = address;

	return !(word[0] | word[1] | (word[2] ^ bpf_htonl(0xffff)));
}

/* Neither multicast, link-local, unspecified nor loopback: what may be inside a tunnel. */
static __always_inline bool address_is_tunnelled(const void *address)
{
	const address_word *word = address;

	if (address_is_multicast(address) || address_is_link_local(address))
		return false;
	return word[0] | word[1] | word[2] | (bpf_ntohl(word[3]) > 1);
}

/* Octets of the whole packet, header included. */
static __always_inline __u32 ipv6_octets(const struct ipv6hdr *ip6)
{
	__u32 payload = bpf_ntohs(ip6->payload_len);

	asm volatile("" : "+r"(payload)); /* 6.1 knows nothing of a number whose octets turned */
	return IPV6_OCTETS + (payload & 0xffff);
}

#define EXTENSION_BIT(kind) (1ULL << (kind))

/* One test of a bit, not five of a number: the verifier follows each branch of each step. */
static __always_inline bool ipv6_is_extension(__u8 next)
{
	const __u64 kinds = EXTENSION_BIT(IPPROTO_HOPOPTS) | EXTENSION_BIT(IPPROTO_ROUTING) |
			    EXTENSION_BIT(IPPROTO_FRAGMENT) | EXTENSION_BIT(IPPROTO_AH) |
			    EXTENSION_BIT(IPPROTO_DSTOPTS);

	return next < 64 && (kinds >> next & 1);
}

/* 1 if equal, else 0, hidden from clang 14, which would branch. */
static __always_inline __u32 is_kind(__u8 next, __u8 kind)
{
	__u32 equal = (__u32)(next ^ kind) - 1;

	asm volatile("" : "+r"(equal));
	return equal >> 31;
}

/* Without a branch, for the same reason. AH counts in 4 octets (RFC 4302), a fragment header
 * has no length. */
static __always_inline __u32 ipv6_extension_octets(__u8 kind, const struct ipv6_extension *ext)
{
	__u32 is_ah = is_kind(kind, IPPROTO_AH);
	__u32 length = ext->length & (is_kind(kind, IPPROTO_FRAGMENT) - 1);

	__u32 octets = ((length + 1) * 8 >> is_ah) + 4 * is_ah;

	asm volatile("" : "+r"(octets)); /* the verifier has lost the bound, clang has not */
	return octets & EXTENSION_OCTETS_MASK;
}

static __always_inline __u16 ipv6_fragment_offset(const struct ipv6_extension *fragment)
{
	return (fragment->content[0] << 8 | fragment->content[1]) & FRAGMENT_OFFSET_MASK;
}

/*
 * Steps over one extension header of kind *next. False where the walk ends: at an upper layer,
 * the Mobility Header, ESP, another IPv6 header, a later fragment or the end of the octets.
 */
static __always_inline bool ipv6_skip_extension(struct cursor *at, __u8 *next)
{
	struct ipv6_extension *ext = at->pos;

	if (!ipv6_is_extension(*next) || (void *)(ext + 1) > at->end)
		return false;
	at->pos += ipv6_extension_octets(*next, ext);
	if (*next == IPPROTO_FRAGMENT && ipv6_fragment_offset(ext)) {
		*next = IPPROTO_NONE;
		return false;
	}
	*next = ext->next_header;
	return true;
}

/* Moves `at`, which stands behind an IPv6 header, to the upper layer and returns its number. */
static __always_inline __u8 ipv6_upper(struct cursor *at, __u8 next)
{
	for (int i = 0; i < IPV6_WALK_MAX; i++) {
		if (!ipv6_skip_extension(at, &next))
			break;
	}
	return next;
}

/*
 * Tunnel headers the packet carries already (RFC 2473 section 4.1). What eight headers hide
 * cannot loop: every encapsulation puts its own header in front of them.
 */
static __always_inline __u32 ipv6_tunnel_depth(struct cursor at, __u8 next)
{
	__u32 depth = 0;

	for (int i = 0; i < IPV6_WALK_MAX; i++) {
		if (next == IPPROTO_IPV6) {
			struct ipv6hdr *tunnelled = next_header(&at, struct ipv6hdr);

			depth++;
			if (!tunnelled)
				break;
			next = tunnelled->nexthdr;
		} else if (!ipv6_skip_extension(&at, &next)) {
			break;
		}
	}
	return depth;
}

static __always_inline bool icmpv6_is_nd(__u8 type)
{
	return type >= ICMPV6_ND_FIRST && type <= ICMPV6_ND_LAST;
}

/* Neighbour discovery straight behind its IPv6 header, fresh from the link. */
static __always_inline bool ipv6_is_nd(const struct ipv6hdr *ip6, const void *end)
{
	const __u8 *type = (const void *)(ip6 + 1);

	if (ip6->nexthdr != IPPROTO_ICMPV6 || ip6->hop_limit != ND_HOP_LIMIT)
		return false;
	return (const void *)(type + 1) <= end && icmpv6_is_nd(*type);
}

/* RFC 4443 section 2.4 (e.1): an error is never answered by an error. */
static __always_inline bool ipv6_is_icmp_error(const struct ipv6hdr *ip6, void *end)
{
	struct cursor at = {.pos = (void *)(ip6 + 1), .end = end};
	__u8 *type;

	if (ipv6_upper(&at, ip6->nexthdr) != IPPROTO_ICMPV6)
		return false;
	type = next_header(&at, __u8);
	return type && *type <= ICMPV6_ERROR_LAST;
}

#endif
