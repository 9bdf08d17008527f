/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the complaint of a node that knows no Mobility Header (RFC 6275 section 11.3.5, M-41). */
#ifndef FAMA_MH_UNKNOWN_H
#define FAMA_MH_UNKNOWN_H

#include <netinet/in.h>

#include "base/octets.h"

struct bul;
struct bul_peer;

enum { MH_UNKNOWN_SILENCE_S = 60 };

/*
 * `icmp6` starts at the ICMPv6 header, its checksum is right. The peer it came from, if it is
 * code 1 and quotes a BU or CoTI that is outstanding there: only who saw it can know its sequence
 * number or cookie. Else NULL.
 */
struct bul_peer *mh_unknown_peer(const struct bul *bul, const struct in6_addr *source,
				 struct span icmp6);

#endif
