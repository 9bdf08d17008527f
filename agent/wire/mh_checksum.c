// SPDX-License-Identifier: BSD-2-Clause
/* Owns the Mobility Header checksum (RFC 6275 section 6.1.1). */
#include "wire/mh.h"

#include "wire/checksum.h"

enum { CHECKSUM_AT = 4 };

uint16_t mh_checksum(const struct in6_addr *source, const struct in6_addr *destination,
		     const uint8_t *mh, size_t len)
{
	return upper_checksum(source, destination, IP6_NH_MOBILITY, (struct span){mh, len});
}

void mh_set_checksum(struct mh_built *mh, const struct in6_addr *source,
		     const struct in6_addr *destination)
{
	struct writer w = writer_of(mh->octets + CHECKSUM_AT, sizeof(uint16_t));

	write_zeros(&w, w.size);
	w.len = 0;
	write_be16(&w, mh_checksum(source, destination, mh->octets, mh->len));
}
