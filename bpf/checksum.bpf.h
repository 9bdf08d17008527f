/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Owns the ICMPv6 checksum (RFC 8200 section 8.1). */
#ifndef FAMA_CHECKSUM_BPF_H
#define FAMA_CHECKSUM_BPF_H

#include "ipv6.bpf.h"

/* Sum over the pseudo-header of an ICMPv6 message of `octets`. */
static __always_inline __u64 checksum_pseudo(const struct ipv6hdr *ip6, __u32 octets)
{
	const address_word *s = (const void *)&ip6->saddr, *d = (const void *)&ip6->daddr;
	__u64 sum = (__u64)s[0] + s[1] + s[2] + s[3];

	sum += (__u64)d[0] + d[1] + d[2] + d[3];
	return sum + bpf_htonl(octets) + bpf_htonl(IPPROTO_ICMPV6);
}

static __always_inline __u16 checksum_fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

#endif
