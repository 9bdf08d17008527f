/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the limit a PHKT or signed BU is held against: its unavoidable parts, each alone. */
#ifndef FAMA_BENCH_FLOOR_H
#define FAMA_BENCH_FLOOR_H

#include <openssl/types.h>
#include <stdint.h>

#include "wire.h"

struct keypair;
struct floor;

enum { FLOOR_OPERATIONS = 20480 };

/* Processor time in ns of one operation, the mean of FLOOR_OPERATIONS over as many rows. */
struct floor_times {
	double hmac;     /* EVP_MAC, new key, 100 octets */
	double sha1;     /* EVP digest of 16 octets, context reused */
	double ring;     /* one record taken from a BPF ring buffer */
	double transmit; /* one BA-sized frame through AF_PACKET, sendmmsg */
	double update;   /* one row of a hash of bindings, bpf_map_update_batch */
};

/* `wire` sends from the DAR's namespace over the DAR's own link. NULL on failure. */
struct floor *floor_open(const struct wire *wire);
void floor_close(struct floor *floor);
int floor_measure(struct floor *floor, struct floor_times *out);
/* What one PHKT BU cannot cost less than. */
double floor_phkt_ns(const struct floor_times *times);

uint64_t floor_cpu_ns(void); /* processor time of this thread */

struct floor_rsa {
	double verify;  /* cold EVP_PKEY_fromdata, EVP_PKEY_verify, free */
	double encrypt; /* of a PHKT, key there */
};
int floor_measure_rsa(const struct keypair *key, struct floor_rsa *out);

#endif
