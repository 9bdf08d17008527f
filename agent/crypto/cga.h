/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns Cryptographically Generated Addresses and their parameters (RFC 3972, RFC 4581). */
#ifndef FAMA_CGA_H
#define FAMA_CGA_H

#include <netinet/in.h>
#include <stdint.h>

#include "base/octets.h"

enum {
	CGA_MODIFIER_LEN = 16,
	CGA_COLLISIONS_MAX = 2,
	CGA_SEC_MAX = 2,       /* RFC 4982 leaves 3..7 unassigned */
	CGA_PARAMS_FIXED = 25, /* modifier, prefix, collision count */
	CGA_PARAMS_MAX = 1225, /* fixed part and 1200 octets of key and extensions */
};

/* CGA Parameters, section 3; spans point into the octets given to cga_params_read(). */
struct cga_params {
	uint8_t modifier[CGA_MODIFIER_LEN];
	uint8_t prefix[8];
	uint8_t collisions;
	struct span key; /* SubjectPublicKeyInfo with what follows it (extensions) */
};

enum cga_fault {
	CGA_OK,
	CGA_SHORT,      /* fewer than 25 octets and a key, or over CGA_PARAMS_MAX */
	CGA_COLLISIONS, /* above 2 */
	CGA_PREFIX,     /* not that of the address */
	CGA_SEC,        /* the address asks for Sec above CGA_SEC_MAX */
	CGA_HASH1,
	CGA_HASH2,
	CGA_EXTENSION, /* octets behind the key are no extension fields (RFC 4581) */
};

enum cga_fault cga_params_read(struct span octets, struct cga_params *out);
void cga_params_write(const struct cga_params *params, struct writer *w);

/* Section 5, against `address`; `octets` is the whole parameters structure. */
enum cga_fault cga_verify(struct span octets, const struct in6_addr *address);

/*
 * Section 4, steps 1 to 3: advances `modifier` until 16*sec leading bits of Hash2 are zero.
 * Free for sec 0; about 65536 hashes for sec 1. sec 0..CGA_SEC_MAX. 0 or -EINVAL.
 */
int cga_find_modifier(uint8_t modifier[static CGA_MODIFIER_LEN], struct span key, unsigned int sec);

/* Steps 4 to 6: the address for params (modifier as found above). */
struct in6_addr cga_address(const struct cga_params *params, unsigned int sec);

#endif
