// SPDX-License-Identifier: BSD-2-Clause
/* Owns the limit a PHKT or signed BU is held against: its unavoidable parts, each alone. */
#include "floor.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "fama/dataplane.h"
#include "ring.skel.h"

enum {
	UPDATE_BATCH = 128,
	ROWS = 1048576, /* as the DAR's */
	RECORDS_A_RUN = 64,
	BA_PACKET_LEN = 40 + 24 + 24,
};

struct floor {
	EVP_MAC *mac;
	EVP_MAC_CTX *hmac;
	EVP_MD *md;
	EVP_MD_CTX *sha1;
	struct ring_bpf *skel;
	struct ring_buffer *ring;
	int bindings;
	struct wire wire;
	struct frame ba[WIRE_BATCH];
	struct in6_addr hoas[FLOOR_OPERATIONS]; /* random, so that rows lie as they do at a DAR */
};

static int record_take(void *arg, void *record, size_t len)
{
	unsigned int *sum = arg;

	*sum += ((const uint8_t *)record)[len - 1];
	return 0;
}

static bool open_crypto(struct floor *floor)
{
	char name[] = "SHA1";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
		OSSL_PARAM_construct_end(),
	};

	floor->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	floor->hmac = floor->mac ? EVP_MAC_CTX_new(floor->mac) : NULL;
	floor->md = EVP_MD_fetch(NULL, "SHA1", NULL);
	floor->sha1 = EVP_MD_CTX_new();
	return floor->hmac && floor->md && floor->sha1 &&
	       EVP_MAC_CTX_set_params(floor->hmac, params) == 1;
}

static bool open_maps(struct floor *floor)
{
	static unsigned int sum;

	floor->skel = ring_bpf__open_and_load();
	if (!floor->skel)
		return false;
	floor->ring =
		ring_buffer__new(bpf_map__fd(floor->skel->maps.ring), record_take, &sum, NULL);
	floor->bindings =
		bpf_map_create(BPF_MAP_TYPE_HASH, "floor", 16, sizeof(struct binding), ROWS, NULL);
	return floor->ring && floor->bindings >= 0;
}

struct floor *floor_open(const struct wire *wire)
{
	struct floor *floor = calloc(1, sizeof(*floor));

	if (!floor)
		return NULL;
	floor->bindings = -1;
	floor->wire = *wire;
	for (int i = 0; i < WIRE_BATCH; i++)
		wire_address(wire, &floor->ba[i], BA_PACKET_LEN);
	random_octets(floor->hoas, sizeof(floor->hoas));
	if (open_crypto(floor) && open_maps(floor))
		return floor;
	floor_close(floor);
	return NULL;
}

void floor_close(struct floor *floor)
{
	EVP_MAC_CTX_free(floor->hmac);
	EVP_MAC_free(floor->mac);
	EVP_MD_CTX_free(floor->sha1);
	EVP_MD_free(floor->md);
	ring_buffer__free(floor->ring);
	ring_bpf__destroy(floor->skel);
	free(floor);
}

/* ---- one operation each ---- */

static int do_hmac(struct floor *floor, unsigned int number)
{
	const uint8_t *key = (const uint8_t *)&floor->hoas[number & ~1U];
	uint8_t octets[100] = {0}, out[20];
	size_t len;

	return EVP_MAC_init(floor->hmac, key, 20, NULL) == 1 &&
			       EVP_MAC_update(floor->hmac, octets, sizeof(octets)) == 1 &&
			       EVP_MAC_final(floor->hmac, out, &len, sizeof(out)) == 1
		       ? 1
		       : -EIO;
}

static int do_sha1(struct floor *floor, unsigned int number)
{
	const uint8_t *octets = (const uint8_t *)&floor->hoas[number];
	uint8_t out[20];

	return EVP_DigestInit_ex2(floor->sha1, floor->md, NULL) == 1 &&
			       EVP_DigestUpdate(floor->sha1, octets, 16) == 1 &&
			       EVP_DigestFinal_ex(floor->sha1, out, NULL) == 1
		       ? 1
		       : -EIO;
}

static int do_ring(struct floor *floor, unsigned int number)
{
	(void)number;
	return ring_buffer__consume(floor->ring);
}

static int do_transmit(struct floor *floor, unsigned int number)
{
	int err = wire_send(&floor->wire, floor->ba, WIRE_BATCH);

	(void)number;
	return err ? err : WIRE_BATCH;
}

static int do_update(struct floor *floor, unsigned int number)
{
	static struct binding rows[UPDATE_BATCH];
	uint32_t count = UPDATE_BATCH;
	int err = bpf_map_update_batch(floor->bindings, &floor->hoas[number], rows, &count, NULL);

	return err ? err : (int)count;
}

static int fill_ring(struct floor *floor)
{
	uint8_t packet[64] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .repeat = FLOOR_OPERATIONS / RECORDS_A_RUN);

	return bpf_prog_test_run_opts(bpf_program__fd(floor->skel->progs.produce), &opts);
}

uint64_t floor_cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Processor time of one operation, as the agent's is counted: the mean of as many as it had. */
static int measure(struct floor *floor, int (*operate)(struct floor *, unsigned int number),
		   double *ns)
{
	uint64_t start = floor_cpu_ns();

	for (unsigned int done = 0; done < FLOOR_OPERATIONS;) {
		int did = operate(floor, done);

		if (did <= 0)
			return did ? did : -EAGAIN;
		done += (unsigned int)did;
	}
	*ns = (double)(floor_cpu_ns() - start) / FLOOR_OPERATIONS;
	return 0;
}

int floor_measure(struct floor *floor, struct floor_times *out)
{
	int err = measure(floor, do_hmac, &out->hmac);

	if (!err)
		err = measure(floor, do_sha1, &out->sha1);
	if (!err)
		err = fill_ring(floor);
	if (!err)
		err = measure(floor, do_ring, &out->ring);
	if (!err)
		err = measure(floor, do_transmit, &out->transmit);
	if (!err)
		err = measure(floor, do_update, &out->update);
	return err;
}

double floor_phkt_ns(const struct floor_times *times)
{
	return 2 * times->hmac + times->sha1 + times->ring + times->transmit + times->update;
}
