// SPDX-License-Identifier: BSD-2-Clause
/* Owns the refusal of every length that DER does not write this way (X.690 section 10.1). */
#include "crypto/der.h"

/* Nothing on our wire needs more than two octets of length (CGA_PARAMS_MAX). */
enum { DER_LONG_1 = 0x81, DER_LONG_2 = 0x82, DER_SHORT_END = 0x80 };

static size_t read_length(struct reader *r)
{
	size_t len = read_u8(r);
	size_t least = 0;

	if (len == DER_LONG_1) {
		len = read_u8(r);
		least = DER_SHORT_END;
	} else if (len == DER_LONG_2) {
		len = read_be16(r);
		least = UINT8_MAX + 1;
	} else if (len >= DER_SHORT_END) {
		r->failed = true;
	}
	if (len < least)
		r->failed = true;
	return len;
}

struct span der_read(struct reader *r, uint8_t tag)
{
	if (read_u8(r) != tag)
		r->failed = true;
	return read_span(r, read_length(r));
}
