/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns who this node is: one RSA key and one CGA modifier, made once and kept in state_dir. */
#ifndef FAMA_IDENTITY_H
#define FAMA_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

#include "crypto/cga.h"

struct keypair;

struct identity {
	struct keypair *key;
	uint8_t modifier[CGA_MODIFIER_LEN];
	unsigned int sec;
	uint8_t key_id[8];
};

/* `dir` as of state_dir_open(). 0, or -errno with a sentence in `why`. */
int identity_open(int dir, unsigned int rsa_bits, unsigned int sec, struct identity *out, char *why,
		  size_t why_size);
void identity_close(struct identity *identity);

#endif
