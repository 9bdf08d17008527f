// SPDX-License-Identifier: BSD-2-Clause
/* Owns fuzzing whole packets: mh_packet_parse(), from the IPv6 header on. */
#include "fuzz/parsed_mh.h"
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	parsed_mh_check(octets, len);
	return 0;
}
