/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the world around the DAR's programs: links, routes, neighbours, bindings, and its rows. */
#ifndef FAMA_TEST_DAR_WORLD_H
#define FAMA_TEST_DAR_WORLD_H

#include <linux/bpf.h>
#include <time.h>

#include "harness/bpf_run.h"
#include "harness/tap.h"

/*
 *   core1 --- core0 [ DAR ] acc0 --- acc1     2001:db8:1::/64 is anchored on acc0,
 *                   [     ] side0 -- side1    2001:db8:9::/64 on side0
 *   other1 -- other0          (no interface of ours)
 */
enum port { PORT_CORE, PORT_ACCESS, PORT_SIDE, PORT_OTHER, PORT_MAX };

#define CORE_MAC       "02:00:00:00:00:01"
#define CORE_NEXT_MAC  "02:00:00:00:0c:01" /* the core router */
#define ACCESS_MAC     "02:00:00:00:00:02"
#define NODE_MAC       "02:00:00:00:0c:02" /* a node on the access link */
#define SIDE_MAC       "02:00:00:00:00:03"
#define OTHER_NEXT_MAC "02:00:00:00:0c:04"

#define DAR1     "2001:db8:1:0:c65:dc6b:9ead:e10b" /* of the vectors */
#define DAR_SIDE "2001:db8:9::1"
#define DAR_CORE "2001:db8:c::1" /* an address of the host, not a tunnel end */
#define CN       "2001:db8:ffff::80"
#define NODE     "2001:db8:1::99" /* attached to acc0 */

#define HOA1            "2001:db8:1:0:140d:9da8:2c0a:59ea"
#define COA3            "2001:db8:3:0:cd:6632:3bd7:5b9e"
#define HOA_EARLY       "2001:db8:1::e1" /* its CoA unverified */
#define COA_EARLY       "2001:db8:3::e1"
#define HOA_MOVED       "2001:db8:1::e2"
#define COA_MOVED       "2001:db8:3::e2"
#define COA_BEFORE      "2001:db8:2::e2"
#define HOA_EXPIRED     "2001:db8:1::e3"
#define COA_EXPIRED     "2001:db8:3::e3"
#define HOA_LEARNT      "2001:db8:1::e4" /* path MTU 1400 learnt */
#define COA_LEARNT      "2001:db8:3::e4"
#define HOA_NARROW      "2001:db8:1::e5" /* route of 1400 */
#define COA_NARROW      "2001:db8:5::e5"
#define HOA_TINY        "2001:db8:1::e6" /* route of 1280 */
#define COA_TINY        "2001:db8:6::e6"
#define HOA_UNRESOLVED  "2001:db8:1::e7" /* no neighbour */
#define COA_UNRESOLVED  "2001:db8:4::e7"
#define HOA_OTHER       "2001:db8:1::e8" /* behind other0 */
#define COA_OTHER       "2001:db8:7::e8"
#define HOA_BLACKHOLE   "2001:db8:1::e9"
#define COA_BLACKHOLE   "2001:db8:b1::e9"
#define HOA_UNREACHABLE "2001:db8:1::ea"
#define COA_UNREACHABLE "2001:db8:b2::ea"
#define HOA_PROHIBITED  "2001:db8:1::eb"
#define COA_PROHIBITED  "2001:db8:b3::eb"
#define HOA_SIDE        "2001:db8:9::ec"
#define COA_SIDE        "2001:db8:3::ec"
#define HOA_CROSSED     "2001:db8:1::ed" /* its CoA is a HoA of this DAR, bound to it in turn */
#define COA_CROSSED     "2001:db8:1::ee"

#define FROM_CORE                                                                                  \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = CORE_NEXT_MAC, .destination = CORE_MAC           \
	}
#define TO_CORE                                                                                    \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = CORE_MAC, .destination = CORE_NEXT_MAC           \
	}
#define FROM_NODE                                                                                  \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = ACCESS_MAC              \
	}
#define TO_NODE                                                                                    \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = ACCESS_MAC, .destination = NODE_MAC              \
	}
/* source, destination, hop limit, then other fields by name */
#define IP(s, d, h, ...)                                                                           \
	{                                                                                          \
		.kind = LAYER_IPV6, .source = s, .destination = d, .hop_limit = h, __VA_ARGS__     \
	}
#define OUTER(s, d, h, ...) IP(s, d, h, .flow_label = ANY_LABEL, __VA_ARGS__)
#define UDP(n)                                                                                     \
	{                                                                                          \
		.kind = LAYER_UDP, .fill = n                                                       \
	}
#define EXTENSION(n, text)                                                                         \
	{                                                                                          \
		.kind = LAYER_EXTENSION, .number = n, RAW(text)                                    \
	}
#define PAD_OPTIONS        "\x01\x04\0\0\0\0"
#define LIMIT_OPTION       "\x04\x01\x04\x01\x01\0"
#define LINK_LOCAL         "fe80::1"
#define ENCAPSULATED       .action = XDP_REDIRECT, .outcome = OUTCOME_ENCAPSULATED
#define PASSED             .action = XDP_PASS, .outcome = OUTCOME_PASSED
#define DROPPED(why)       .action = XDP_DROP, .outcome = OUTCOME_##why
#define ENCAPSULATED_STACK .action = XDP_PASS, .outcome = OUTCOME_ENCAPSULATED_STACK
#define TOO_BIG(mtu)                                                                               \
	.action = XDP_REDIRECT, .outcome = OUTCOME_TOO_BIG, .too_big_mtu = mtu, .too_big_from = DAR1
#define ICMP(t, text)                                                                              \
	{                                                                                          \
		.kind = LAYER_ICMPV6, .type = t, RAW(text)                                         \
	}
#define MOBILITY(text)                                                                             \
	{                                                                                          \
		.kind = LAYER_OCTETS, .number = IPPROTO_MH, RAW(text)                              \
	}
#define BU_OCTETS "\x3b\x01\x05\0\0\0\x12\x34\xc0\0\0\x40\x01\x02\0\0"
/* An inner packet of n octets in all. */
#define UDP_OF(n) UDP((n)-IPV6_HEADER_OCTETS)

enum { ANY_LABEL = 1 << 20 }; /* any but zero: labels have rows of their own */

struct row {
	const char *name;
	struct layer in[LAYERS_MAX];
	struct layer out[LAYERS_MAX]; /* none: the frame is as it was */
	enum port port;
	uint32_t action;
	enum outcome outcome;
	enum punt_kind punt;  /* 0: none */
	uint32_t too_big_mtu; /* the frame becomes a Packet Too Big that says so */
	const char *too_big_from;
	unsigned int headroom_taken;
};

struct dar_world {
	struct bpf_run run;
	uint32_t ifindex[PORT_MAX];
	int bindings, traffic;
	const struct bpf_object *object;
};

/* Makes namespace and topology; false where it may not, with a TAP line, then exit 77. */
bool dar_world_enter(struct dar_world *world);
/* Between open and load of the skeleton: settings, and of its programs only `program`,
 * NULL: all of the DAR. */
void dar_world_prepare(const struct dar_world *world, struct bpf_object *object,
		       const char *program, struct dataplane_settings *settings);
/* After load: the bindings above; false after a line on stderr. */
bool dar_world_fill(struct dar_world *world, struct bpf_object *object, const char *program);

/* Changes one binding before it is put: path MTU, expiry. */
void dar_world_bind(const struct dar_world *world, const char *hoa, const char *coa,
		    const char *dar, const char *prev_coa, long lifetime_s, uint16_t path_mtu);
struct traffic dar_world_traffic(const struct dar_world *world, const char *hoa);

/* fd of a map of the loaded object; the key that an address is. */
int dar_world_map(const struct dar_world *world, const char *name);
void dar_world_key(uint8_t *key, const char *address);
/* As if nobody had sent any signalling yet. */
void dar_world_budget_refill(const struct dar_world *world);
/* All on one CPU, whose rations are then the only ones that count. */
void dar_world_pin(int cpu);
uint64_t dar_world_clock_ns(clockid_t clock);

/* Runs and compares; one TAP line. */
bool dar_world_row(struct dar_world *world, const struct row *row);
/* The same comparison for a frame that exists already. */
bool dar_world_expect(struct dar_world *world, const struct row *row, const struct frame_octets *in,
		      const struct frame_octets *want);
void dar_world_rows(struct dar_world *world, const struct row *rows, size_t count);

/* The skeleton with `program` loaded over the maps of this world; `change`, if given, has the last
 * word on the settings. Ends the test program if the kernel refuses. */
struct fama_bpf;
struct fama_bpf *dar_world_load(struct dar_world *world, const char *program,
				void (*change)(struct dataplane_settings *settings));
void dar_world_unload(struct dar_world *world, struct fama_bpf *skeleton);

#endif
