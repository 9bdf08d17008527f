// SPDX-License-Identifier: BSD-2-Clause
/* Owns the two hashes that tie an address to a key (RFC 3972 sections 3 to 5). */
#include "crypto/cga.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "crypto/der.h"
#include "crypto/digest.h"

/* Section 2: Hash1 decides these bits; Sec, u and g are not its own. */
static const uint64_t MASK1 = UINT64_C(0x1cffffffffffffff);

enum {
	IID_AT = 8,
	SEC_SHIFT = 5,
	IID_HASH1_BITS = 0x1c, /* of the first octet: neither Sec, nor u, nor g */
	HASH2_ZEROS_LEN = 9,
	HASH2_SEC_LEN = 2, /* octets of zero for each Sec */
};

/* RFC 4581 section 2: type, length, data. */
static bool are_extensions(struct reader r)
{
	while (r.left > 0 && !r.failed) {
		read_be16(&r);
		read_skip(&r, read_be16(&r));
	}
	return !r.failed;
}

enum cga_fault cga_params_read(struct span octets, struct cga_params *out)
{
	struct reader r = reader_of(octets.at, octets.len);

	read_octets(&r, out->modifier, sizeof(out->modifier));
	read_octets(&r, out->prefix, sizeof(out->prefix));
	out->collisions = read_u8(&r);
	out->key = (struct span){r.at, r.left};
	der_read(&r, DER_SEQUENCE);
	if (r.failed || octets.len > CGA_PARAMS_MAX)
		return CGA_SHORT;
	if (out->collisions > CGA_COLLISIONS_MAX)
		return CGA_COLLISIONS;
	return are_extensions(r) ? CGA_OK : CGA_EXTENSION;
}

void cga_params_write(const struct cga_params *params, struct writer *w)
{
	write_octets(w, params->modifier, sizeof(params->modifier));
	write_octets(w, params->prefix, sizeof(params->prefix));
	write_u8(w, params->collisions);
	write_octets(w, params->key.at, params->key.len);
}

static void hash1(const struct cga_params *params, uint8_t hash[static SHA1_LEN])
{
	const struct span pieces[] = {
		{params->modifier, sizeof(params->modifier)},
		{params->prefix, sizeof(params->prefix)},
		{&params->collisions, sizeof(params->collisions)},
		params->key,
	};

	digest_sha1(pieces, sizeof(pieces) / sizeof(pieces[0]), hash);
}

/* Hash2 begins with 16*sec zero bits. */
static bool is_hash2_good(const uint8_t modifier[static CGA_MODIFIER_LEN], struct span key,
			  unsigned int sec)
{
	static const uint8_t zeros[HASH2_ZEROS_LEN];
	const struct span pieces[] = {{modifier, CGA_MODIFIER_LEN}, {zeros, sizeof(zeros)}, key};
	uint8_t hash[SHA1_LEN];

	if (sec == 0)
		return true;
	digest_sha1(pieces, sizeof(pieces) / sizeof(pieces[0]), hash);
	for (size_t i = 0; i < (size_t)HASH2_SEC_LEN * sec; i++) {
		if (hash[i])
			return false;
	}
	return true;
}

static uint64_t first_be64(const uint8_t *octets)
{
	struct reader r = reader_of(octets, sizeof(uint64_t));

	return read_be64(&r);
}

enum cga_fault cga_verify(struct span octets, const struct in6_addr *address)
{
	const uint8_t *iid = address->s6_addr + IID_AT;
	const unsigned int sec = iid[0] >> SEC_SHIFT;
	struct cga_params params;
	uint8_t hash[SHA1_LEN];
	enum cga_fault fault = cga_params_read(octets, &params);

	if (fault != CGA_OK)
		return fault;
	if (memcmp(params.prefix, address->s6_addr, sizeof(params.prefix)) != 0)
		return CGA_PREFIX;
	if (sec > CGA_SEC_MAX)
		return CGA_SEC;
	hash1(&params, hash);
	if ((first_be64(hash) ^ first_be64(iid)) & MASK1)
		return CGA_HASH1;
	return is_hash2_good(params.modifier, params.key, sec) ? CGA_OK : CGA_HASH2;
}

static void increment(uint8_t modifier[static CGA_MODIFIER_LEN])
{
	for (size_t i = CGA_MODIFIER_LEN; i > 0 && ++modifier[i - 1] == 0; i--)
		;
}

int cga_find_modifier(uint8_t modifier[static CGA_MODIFIER_LEN], struct span key, unsigned int sec)
{
	if (sec > CGA_SEC_MAX)
		return -EINVAL;
	while (!is_hash2_good(modifier, key, sec))
		increment(modifier);
	return 0;
}

struct in6_addr cga_address(const struct cga_params *params, unsigned int sec)
{
	uint8_t hash[SHA1_LEN];
	struct in6_addr address;

	hash1(params, hash);
	memcpy(address.s6_addr, params->prefix, IID_AT);
	memcpy(address.s6_addr + IID_AT, hash, sizeof(address.s6_addr) - IID_AT);
	address.s6_addr[IID_AT] = (uint8_t)((hash[0] & IID_HASH1_BITS) | sec << SEC_SHIFT);
	return address;
}
