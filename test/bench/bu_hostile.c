// SPDX-License-Identifier: BSD-2-Clause
/* Owns the price of hostile keys (reliability T2): signed BUs whose key must not reach RSA. */
#include <errno.h>
#include <linux/if_ether.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/random.h"
#include "bu.h"
#include "harness/crafted_key.h"
#include "wire/mh.h"

enum { EACH = 1024, SETTLE_TURNS = 200, SIGNATURE_LEN = 128, FULL_EXPONENT = 128 };

static char full_exponent[2 * FULL_EXPONENT + 1];

static const struct crafted_key shapes[] = {
	{.name = "exponent of the modulus' length", .exponent = full_exponent},
	{.name = "exponent of 65 bits", .exponent = "010000000000000001"},
	{.name = "exponent 65539", .exponent = "010003"},
	{.name = "exponent 1", .exponent = "01"},
	{.name = "even exponent", .exponent = "010000"},
	{.name = "modulus of 512 bits", .bits = 512},
	{.name = "modulus of 2048 bits", .bits = 2048},
	{.name = "even modulus", .even = true},
	{.name = "negative modulus", .negative = true},
	{.name = "endless length", .wrong = INFO, .length = INDEFINITE},
	{.name = "length of 4 GiB", .wrong = MODULUS, .length = HUGE_LEN},
	{.name = "one octet short", .wrong = BITS, .length = ONE_MORE},
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static int build(const struct bench *bench, const struct crafted_key *shape, unsigned int number,
		 struct frame *out)
{
	struct hex key = crafted_key_octets(shape);
	const struct cga_params params = {.key = {key.at, key.len}};
	struct in6_addr coa = crowd_coa(number, 77), hoa = bench->prefix;
	uint64_t timestamp = clock_ntp();
	uint8_t octets[CGA_PARAMS_MAX];
	struct writer w = writer_of(octets, sizeof(octets));
	struct mh_build what = {
		.type = IP6_MH_TYPE_BU,
		.flags = IP6_MH_BU_ACK | IP6_MH_BU_HOME,
		.sequence = (uint16_t)number,
		.lifetime = 100,
		.alt_coa = &coa,
		.timestamp = &timestamp,
		.signature_len = SIGNATURE_LEN,
	};
	struct mh_built mh;
	ssize_t len;

	random_octets(&hoa.s6_addr[8], 8);
	cga_params_write(&params, &w);
	what.cga_params = (struct span){octets, w.len};
	if (w.failed || mh_build(&what, &mh))
		return -EMSGSIZE;
	mh_set_checksum(&mh, &hoa, &bench->dar);
	len = mh_packet_build(&coa, &bench->dar, &hoa, NULL, &mh, out->octets + ETH_HLEN,
			      sizeof(out->octets) - ETH_HLEN);
	if (len < 0)
		return (int)len;
	wire_address(&bench->core, out, (size_t)len);
	return 0;
}

static void nothing(const uint8_t *packet, size_t len, void *arg)
{
	(void)packet;
	(void)len;
	(void)arg;
}

/* Until the agent has taken all of them. */
static bool settle(struct bench *bench, uint64_t punted)
{
	for (int i = 0; i < SETTLE_TURNS; i++) {
		if (agent_number(&bench->agent, "stats", "punted") >= punted)
			return true;
		wire_receive(&bench->core, 10, nothing, NULL);
	}
	return false;
}

void bench_hostile(struct bench *bench)
{
	struct frame *frames = calloc(EACH, sizeof(*frames));
	struct samples cost = {.count = 0};
	uint64_t checks;

	memset(full_exponent, '7', sizeof(full_exponent) - 1);
	if (!frames)
		bench_fail(bench, "out of memory");
	bench_start(bench, bench->config_fast, START_S);
	checks = agent_number(&bench->agent, "stats", "signature_checks");
	for (unsigned int i = 0; i < SHAPES; i++) {
		uint64_t punted = agent_number(&bench->agent, "stats", "punted"), cpu;

		for (unsigned int k = 0; k < EACH; k++) {
			if (build(bench, &shapes[i], i * EACH + k, &frames[k]))
				bench_fail(bench, "a hostile BU could not be built");
		}
		cpu = agent_cpu_ns(&bench->agent);
		if (wire_send(&bench->core, frames, EACH) || !settle(bench, punted + EACH))
			bench_fail(bench, "hostile BUs were lost");
		sample_add(&cost, (double)(agent_cpu_ns(&bench->agent) - cpu) / EACH / 1000);
	}
	checks = agent_number(&bench->agent, "stats", "signature_checks") - checks;
	agent_kill(&bench->agent, SIGTERM);
	row_add("hostile key, signed BU", &cost, "us", DEMAND_AT_MOST, 20);
	row_add_one("hostile keys that reached RSA", (double)checks, "BUs", DEMAND_AT_MOST, 0);
	free(frames);
}
