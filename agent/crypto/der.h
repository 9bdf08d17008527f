/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns DER tags and lengths (X.690 section 10.1): one definite, minimal form, nothing else. */
#ifndef FAMA_DER_H
#define FAMA_DER_H

#include "base/octets.h"

enum { DER_INTEGER = 0x02, DER_BIT_STRING = 0x03, DER_SEQUENCE = 0x30 };

/* The content of the next element, which must have `tag`; else {NULL, 0} and the reader failed. */
struct span der_read(struct reader *r, uint8_t tag);

#endif
