// SPDX-License-Identifier: BSD-2-Clause
/* Owns the flood (reliability T1): bogus signed BUs from a million /64s for HoAs that are bound,
 * while honest nodes behind one /64 refresh by PHKT. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "bu.h"
#include "wire/mh.h"

enum {
	HONEST = 50,
	FLOOD_S = 20,
	FLOOD_PER_SECOND = 100000,
	FLOOD_PREFIXES = 1000000,
	HONEST_EVERY_MS = 20, /* one BU of one of them */
	LATE_MS = 1000,       /* a BA after this counts as none */
	ALT_COA_AT = 16,      /* in the Mobility Header, behind 12 octets and padding */
	CHECKSUM_AT = 4,
	SIGNATURE_PATCH = 64, /* octets before the end that are made random */
	MH_AT = ETH_HLEN + IP6_HEADER_LEN + MH_HAO_HEADER_LEN,
	RSS_GROWTH_MAX = 5 * 1024 * 1024,
	RECOVERY_S = 10,
};

struct flood {
	struct frame templates[HONEST];
	struct frame out[WIRE_BATCH];
	uint32_t number;
	uint64_t sent;
};

static void flood_frame(struct flood *flood, struct frame *frame, const struct crowd *crowd)
{
	uint32_t number = flood->number++ % FLOOD_PREFIXES, order = htonl(number);
	const struct node *node = &crowd->nodes[number % HONEST];
	uint8_t *mh = frame->octets + MH_AT;
	struct in6_addr source = {.s6_addr = {0x20, 0x01, 0x0d, 0xb8}};
	uint16_t sum;

	*frame = flood->templates[number % HONEST];
	memcpy(&source.s6_addr[4], &order, sizeof(order));
	source.s6_addr[4] |= 0x80; /* 2001:db8:80xx:xxxx::/64 */
	source.s6_addr[15] = 1;
	memcpy(frame->octets + ETH_HLEN + 8, &source, sizeof(source));
	memcpy(mh + ALT_COA_AT, &source, sizeof(source));
	memcpy(frame->octets + frame->len - SIGNATURE_PATCH, &number, sizeof(number));
	memset(mh + CHECKSUM_AT, 0, 2);
	sum = mh_checksum(&node->hoa, &crowd->dar, mh, frame->len - (size_t)MH_AT);
	mh[CHECKSUM_AT] = (uint8_t)(sum >> 8);
	mh[CHECKSUM_AT + 1] = (uint8_t)sum;
}

static void flood_some(struct bench *bench, struct flood *flood, const struct crowd *crowd)
{
	for (int i = 0; i < WIRE_BATCH; i++)
		flood_frame(flood, &flood->out[i], crowd);
	if (wire_send(&bench->core, flood->out, WIRE_BATCH))
		bench_fail(bench, "the wire did not take the flood");
	flood->sent += WIRE_BATCH;
}

struct honest {
	unsigned int sent, acknowledged;
	double *latency_ms;
};

/* What became of the node's last BU; then the next one. */
static void honest_settle(struct honest *honest, struct node *node)
{
	double ms;

	if (!node->sent_ns)
		return;
	honest->sent++;
	ms = node->answered_ns ? (double)(node->answered_ns - node->sent_ns) / 1e6 : LATE_MS;
	if (node->answered_ns && node->status < IP6_MH_BAS_UNSPECIFIED && ms < LATE_MS)
		honest->latency_ms[honest->acknowledged++] = ms;
	node->sent_ns = 0;
}

static void honest_send(struct bench *bench, struct crowd *crowd, struct node *node)
{
	struct frame frame;

	if (node_bu(crowd, node, false, &bench->core, &frame) || wire_send(&bench->core, &frame, 1))
		bench_fail(bench, "an honest BU could not be sent");
	node->sent_ns = wire_now_ns();
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void flood_run(struct bench *bench, struct flood *flood, struct crowd *crowd,
		      struct honest *honest)
{
	uint64_t start = wire_now_ns(), end = start + FLOOD_S * 1000000000ULL;
	uint64_t next_honest = start, now;
	unsigned int turn = 0;

	while ((now = wire_now_ns()) < end) {
		uint64_t due = (now - start) / (1000000000 / FLOOD_PER_SECOND);

		if (flood->sent < due)
			flood_some(bench, flood, crowd);
		if (now >= next_honest) {
			struct node *node = &crowd->nodes[turn++ % HONEST];

			honest_settle(honest, node);
			honest_send(bench, crowd, node);
			next_honest += HONEST_EVERY_MS * 1000000ULL;
		}
		wire_receive(&bench->core, 0, crowd_take, crowd);
	}
	wire_receive(&bench->core, LATE_MS, crowd_take, crowd);
	for (unsigned int i = 0; i < HONEST; i++)
		honest_settle(honest, &crowd->nodes[i]);
}

/* Seconds until a signed BU without a token is accepted again. */
static double recovery(struct bench *bench, struct crowd *crowd)
{
	struct node *node = &crowd->nodes[HONEST];
	uint64_t start = wire_now_ns();
	struct frame frame;

	while (wire_now_ns() - start < RECOVERY_S * 1000000000ULL) {
		if (node_bu(crowd, node, true, &bench->core, &frame) ||
		    wire_send(&bench->core, &frame, 1))
			break;
		wire_receive(&bench->core, 200, crowd_take, crowd);
		if (node->answered_ns && node->status < IP6_MH_BAS_UNSPECIFIED)
			return (double)(node->answered_ns - start) / 1e9;
	}
	return RECOVERY_S;
}

static void flood_rows(const struct honest *honest, const struct flood *flood, double cpu,
		       double rss_growth, double recovered)
{
	unsigned int got = honest->acknowledged;

	qsort(honest->latency_ms, got, sizeof(double), ascending);
	row_add_one("flood: bogus signed BUs", (double)flood->sent / FLOOD_S, "BU/s",
		    DEMAND_AT_LEAST, FLOOD_PER_SECOND * 0.95);
	row_add_one("flood: honest PHKT BUs acknowledged", 100.0 * got / honest->sent, "%",
		    DEMAND_AT_LEAST, 99);
	row_add_one("flood: median BU to BA", got ? honest->latency_ms[got / 2] : LATE_MS, "ms",
		    DEMAND_NONE, 0);
	row_add_one("flood: p99 BU to BA", got ? honest->latency_ms[got * 99 / 100] : LATE_MS, "ms",
		    DEMAND_AT_MOST, 50);
	row_add_one("flood: agent, of one core", 100 * cpu, "%", DEMAND_AT_MOST, 35);
	row_add_one("flood: agent memory growth", rss_growth, "octets", DEMAND_AT_MOST,
		    RSS_GROWTH_MAX);
	row_add_one("flood: recovery", recovered, "s", DEMAND_AT_MOST, 2);
}

void bench_flood(struct bench *bench)
{
	static struct flood flood;
	struct honest honest = {
		.latency_ms = calloc(FLOOD_S * 1000 / HONEST_EVERY_MS + HONEST, sizeof(double))};
	uint64_t cpu, rss, start;
	struct crowd crowd;
	double used;

	if (!honest.latency_ms ||
	    crowd_make(&crowd, HONEST + 1, &bench->prefix, &bench->dar, bench->keys, BENCH_KEYS))
		bench_fail(bench, "out of memory");
	bench_start(bench, bench->config_flood, START_S);
	if (bench_register(bench, &crowd, 0, HONEST) < 0)
		bench_fail(bench, "the honest nodes could not register");
	for (unsigned int i = 0; i < HONEST; i++) {
		struct node captured = crowd.nodes[i];

		if (node_bu(&crowd, &captured, true, &bench->core, &flood.templates[i]))
			bench_fail(bench, "a bogus BU could not be built");
	}
	rss = agent_rss_octets(&bench->agent);
	cpu = agent_cpu_ns(&bench->agent);
	start = wire_now_ns();
	flood_run(bench, &flood, &crowd, &honest);
	used = (double)(agent_cpu_ns(&bench->agent) - cpu) / (double)(wire_now_ns() - start);
	flood_rows(&honest, &flood, used, (double)agent_rss_octets(&bench->agent) - (double)rss,
		   recovery(bench, &crowd));
	agent_kill(&bench->agent, SIGTERM);
	crowd_free(&crowd);
	free(honest.latency_ms);
}
