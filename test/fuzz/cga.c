// SPDX-License-Identifier: BSD-2-Clause
/* Owns fuzzing CGA Parameters: read, verified against an address, and against their own (C-63,
 * C-64). */
#include <string.h>

#include "crypto/cga.h"
#include "crypto/rsa_key.h"
#include "crypto/secret.h"
#include "fuzz/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *why;

	(void)argc;
	(void)argv;
	MUST(crypto_start(&why) == 0);
	return 0;
}

static void check_key(struct span key)
{
	struct rsa_public public;

	if (rsa_public_read(key, &public) != RSA_OK)
		return;
	MUST(public.der_len <= key.len);
	MUST(public.modulus.at >= key.at &&
	     public.modulus.at + public.modulus.len <= key.at + public.der_len);
}

/* Octets: 16 of an address, then the parameters. */
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	uint8_t written[CGA_PARAMS_MAX];
	struct writer w = writer_of(written, sizeof(written));
	struct in6_addr address, own;
	struct cga_params params;
	struct span all;
	enum cga_fault fault;

	if (len < sizeof(address))
		return 0;
	memcpy(&address, octets, sizeof(address));
	all = (struct span){octets + sizeof(address), len - sizeof(address)};
	fault = cga_params_read(all, &params);
	if (fault != CGA_OK) {
		MUST(cga_verify(all, &address) == fault);
		return 0;
	}
	cga_params_write(&params, &w);
	MUST(!w.failed && w.len == all.len && memcmp(written, all.at, all.len) == 0);
	own = cga_address(&params, 0);
	MUST(cga_verify(all, &own) == CGA_OK);
	own.s6_addr[8] ^= 0x03; /* u and g say nothing */
	MUST(cga_verify(all, &own) == CGA_OK);
	own.s6_addr[9] ^= 1;
	MUST(cga_verify(all, &own) == CGA_HASH1);
	own.s6_addr[0] ^= 1;
	MUST(cga_verify(all, &own) == CGA_PREFIX);
	cga_verify(all, &address);
	check_key(params.key);
	return 0;
}
