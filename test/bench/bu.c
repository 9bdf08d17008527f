// SPDX-License-Identifier: BSD-2-Clause
/* Owns the run of the BU benchmark: opens both ends of the wire, goes through the parts, tells a
 * contended machine from a slow program. */
#include "bu.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>

#include "base/keyed_hash.h"
#include "base/random.h"
#include "crypto/keypair.h"
#include "crypto/secret.h"

enum { BENCH_CPU = 0, AGENT_CPU = 1, BITS = 1024, BITS_LONG = 2040 };

void bench_fail(const struct bench *bench, const char *what)
{
	struct agent agent = bench->agent;

	fprintf(stderr, "bench: %s\n", what);
	agent_kill(&agent, SIGKILL);
	exit(1);
}

static void pin(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

static bool mac_of(const char *text, uint8_t mac[6])
{
	return sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2], &mac[3],
		      &mac[4], &mac[5]) == 6;
}

/* This process stays in the far namespace; the floor's socket is made in the DAR's. */
static void open_wires(struct bench *bench, const char *far_mac, const char *dar_mac)
{
	uint8_t far[6], dar[6];
	struct wire from_dar;
	int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (!mac_of(far_mac, far) || !mac_of(dar_mac, dar) || own < 0)
		bench_fail(bench, "a MAC address is missing");
	if (wire_open(&bench->core, "far0", dar) || setns(bench->agent.netns, CLONE_NEWNET) ||
	    wire_open(&from_dar, "core0", far) || setns(own, CLONE_NEWNET))
		bench_fail(bench, "the wire could not be opened");
	bench->floor = floor_open(&from_dar);
	if (!bench->floor)
		bench_fail(bench, "the floor could not be opened");
}

static void make_keys(struct keypair **keys, unsigned int count, unsigned int bits,
		      const struct bench *bench)
{
	for (unsigned int i = 0; i < count; i++) {
		keys[i] = keypair_generate(bits);
		if (!keys[i])
			bench_fail(bench, "a key could not be made");
	}
}

static const struct part {
	const char *name;
	void (*run)(struct bench *bench);
} parts[] = {
	{"phkt", bench_phkt},       {"signed", bench_signed}, {"hostile", bench_hostile},
	{"million", bench_million}, {"flood", bench_flood},
};

int main(int argc, char **argv)
{
	struct bench bench = {.agent = {.cpu = AGENT_CPU}};
	const char *why = NULL;
	uint8_t hash_key[16];
	int code;

	if (argc < 10) {
		fprintf(stderr, "usage: bu FAMAD CONTROL NETNS FAR-MAC DAR-MAC PINS FAST.yaml "
				"FLOOD.yaml RESULT.json [PART...]\n");
		return EX_USAGE;
	}
	bench.agent.famad = argv[1];
	bench.agent.control = argv[2];
	bench.agent.netns = open(argv[3], O_RDONLY | O_CLOEXEC);
	bench.pins = argv[6];
	bench.config_fast = argv[7];
	bench.config_flood = argv[8];
	inet_pton(AF_INET6, "2001:db8:1::", &bench.prefix);
	inet_pton(AF_INET6, "2001:db8:1::1", &bench.dar);
	if (crypto_start(&why))
		bench_fail(&bench, why);
	random_octets(hash_key, sizeof(hash_key));
	keyed_hash_start(hash_key);
	pin(BENCH_CPU);
	prctl(PR_SET_TIMERSLACK, 1);
	cpu_slowness();
	open_wires(&bench, argv[4], argv[5]);
	make_keys(bench.keys, BENCH_KEYS, BITS, &bench);
	make_keys(bench.keys_long, BENCH_KEYS_LONG, BITS_LONG, &bench);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		bool wanted = argc == 10;

		for (int k = 10; k < argc; k++)
			wanted = wanted || strcmp(argv[k], parts[i].name) == 0;
		if (wanted)
			parts[i].run(&bench);
	}
	code = rows_finish(argv[9]);
	if (code >= 0 && cpu_slowness() > CONTENDED) {
		fprintf(stderr, "bench: somebody else uses this machine; nothing here counts\n");
		return EX_TEMPFAIL;
	}
	return code < 0 ? EX_IOERR : code;
}
