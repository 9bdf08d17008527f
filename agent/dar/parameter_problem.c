// SPDX-License-Identifier: BSD-2-Clause
/* Owns ICMPv6 Parameter Problems about Mobility Headers (RFC 6275 section 9.2): code 0, pointing at
 * the field that is wrong. */
#include "base/clock.h"
#include "base/in6.h"
#include "dar/dar_private.h"
#include "kernel/packet_socket.h"
#include "wire/icmp6_error.h"

enum { PAYLOAD_PROTO_AT = 0, HEADER_LEN_AT = 1, ERRONEOUS_FIELD = 0 };

/* Of the wrong field in the Mobility Header; -1: a fault that is not told. */
static int field_at(enum mh_fault fault)
{
	switch (fault) {
	case MH_PAYLOAD_PROTO:
		return PAYLOAD_PROTO_AT;
	case MH_SHORT_HEADER:
		return HEADER_LEN_AT;
	case MH_OK:
	case MH_TRUNCATED:
	case MH_TRAILING:
	case MH_UNKNOWN_TYPE:
	case MH_OPTION_OVERRUN:
	case MH_OPTION_LENGTH:
	case MH_OPTION_AFTER_BAD:
	case MH_OPTION_REPEATED:
	case MH_OPTION_TOO_MANY:
	case MH_CHECKSUM:
	case MH_PACKET:
		return -1;
	}
	return -1;
}

/* The whole ICMPv6 packet about `packet`, from the IPv6 header, which parsed with `fault`. Octets
 * written, -EMSGSIZE, or 0: about this no error is sent. */
static ssize_t error_build(enum mh_fault fault, const struct mh_packet *parsed, struct span packet,
			   uint8_t *out, size_t size)
{
	struct reader r = reader_of(packet.at, packet.len);
	struct ip6_header header;
	int field = field_at(fault);
	ptrdiff_t mh_at;

	if (field < 0 || !parsed->message.octets.at || !ip6_header_read(&r, &header) ||
	    header.payload_len > r.left || !icmp6_error_is_due(&header, packet))
		return 0;
	mh_at = parsed->message.octets.at - packet.at;
	packet.len = IP6_HEADER_LEN + header.payload_len; /* not what the link pads */
	return icmp6_error_build(&parsed->destination, &parsed->source, ICMP6_PARAMETER_PROBLEM,
				 ERRONEOUS_FIELD, (uint32_t)(mh_at + field), packet, out, size);
}

void parameter_problem_send(struct dar *dar, enum mh_fault fault, const struct mh_packet *parsed,
			    const uint8_t *packet, size_t len)
{
	uint8_t octets[IP6_MIN_MTU];
	ssize_t built;

	if (field_at(fault) < 0 || !prefix_with_address(&dar->prefixes, &parsed->destination) ||
	    !ratelimit_take(&dar->parameter_problems, clock_boot_ns()))
		return;
	built = error_build(fault, parsed, (struct span){packet, len}, octets, sizeof(octets));
	if (built > 0 && packet_send_routed(dar->packets, 0, octets, (size_t)built) == 0)
		dar_count(dar, DAR_PARAMETER_PROBLEMS_SENT);
}
