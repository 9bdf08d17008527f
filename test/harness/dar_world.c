// SPDX-License-Identifier: BSD-2-Clause
// Owns the world around the DAR's programs: links, routes, neighbours, bindings, and its rows.

#include "harness/dar_world.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernel/dataplane.h"

enum { QUOTE = 1232, ERROR_HOP_LIMIT = 64, FLOW_LABEL_KEY = 0x5eed5eed };

static const char *const port_names[PORT_MAX] = {"core", "acc", "side", "other"};

static const char topology[] =
	"addr add " DAR_CORE "/64 dev core0 nodad\n"
	"addr add " DAR1 "/64 dev acc0 nodad\n"
	"addr add " DAR_SIDE "/64 dev side0 nodad\n"
	"addr add 2001:db8:7::ff/64 dev other0 nodad\n"
	"neigh add 2001:db8:c::2 lladdr " CORE_NEXT_MAC " dev core0 nud permanent\n"
	"neigh add " NODE " lladdr " NODE_MAC " dev acc0 nud permanent\n"
	"neigh add " COA_OTHER " lladdr " OTHER_NEXT_MAC " dev other0 nud permanent\n"
	"route add default via 2001:db8:c::2 dev core0\n"
	"route add 2001:db8:4::/64 via 2001:db8:c::99 dev core0\n"
	"route add 2001:db8:5::/64 via 2001:db8:c::2 dev core0 mtu lock 1400\n"
	"route add 2001:db8:6::/64 via 2001:db8:c::2 dev core0 mtu lock 1280\n"
	"route add blackhole 2001:db8:b1::/64\n"
	"route add unreachable 2001:db8:b2::/64\n"
	"route add prohibit 2001:db8:b3::/64\n";

static bool command(const char *text)
{
	if (system(text) == 0)
		return true;
	fprintf(stderr, "failed: %s\n", text);
	return false;
}

static bool batch(const char *lines)
{
	FILE *ip = popen("ip -6 -batch -", "w");

	if (!ip)
		return false;
	fputs(lines, ip);
	return pclose(ip) == 0;
}

/* The far end has an address of Ethernet only, and GRO: without it redirected frames vanish. */
static bool make_link(int port)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "ip link add %1$s0 address 02:00:00:00:00:%2$02x type veth"
		 " peer name %1$s1 address 02:00:00:00:0c:%2$02x &&"
		 "echo 1 >/proc/sys/net/ipv6/conf/%1$s1/disable_ipv6 &&"
		 "echo 0 >/proc/sys/net/ipv6/conf/%1$s0/accept_dad &&"
		 "ethtool -K %1$s1 gro on && ip link set %1$s0 up && ip link set %1$s1 up",
		 port_names[port], port + 1);
	return command(text);
}

bool dar_world_enter(struct dar_world *world)
{
	char name[IF_NAMESIZE];

	if (geteuid() != 0 || unshare(CLONE_NEWNET) < 0) {
		tap_skip("BPF programs", "no network namespace: run as root");
		tap_end();
		return false;
	}
	for (int port = 0; port < PORT_MAX; port++) {
		if (!make_link(port))
			exit(1);
		snprintf(name, sizeof(name), "%s0", port_names[port]);
		world->ifindex[port] = if_nametoindex(name);
	}
	if (!command("ip link set lo up && echo 1 >/proc/sys/net/ipv6/conf/all/forwarding") ||
	    !batch(topology))
		exit(1);
	return true;
}

void dar_world_key(uint8_t *to, const char *text)
{
	if (inet_pton(AF_INET6, text ? text : "::", to) != 1) {
		fprintf(stderr, "no address: %s\n", text);
		exit(1);
	}
}

static void set_interface(struct dataplane_interface *to, uint32_t ifindex,
			  enum interface_kind kind, uint8_t last)
{
	to->ifindex = ifindex;
	to->kind = kind;
	to->mac[0] = 2;
	to->mac[5] = last;
}

static void set_prefix(struct dataplane_prefix *to, const char *address, uint32_t ifindex)
{
	dar_world_key(to->address, address);
	memcpy(to->prefix, to->address, sizeof(to->prefix));
	to->ifindex = ifindex;
}

void dar_world_prepare(const struct dar_world *world, struct bpf_object *object,
		       const char *program, struct dataplane_settings *settings)
{
	struct bpf_program *each;

	bpf_object__for_each_program(each, object)
	{
		const char *name = bpf_program__name(each);

		if (program ? strcmp(name, program) != 0 : strncmp(name, "fama_dar", 8) != 0)
			bpf_program__set_autoload(each, false);
	}
	set_interface(&settings->interfaces[0], world->ifindex[PORT_CORE], INTERFACE_CORE, 1);
	set_interface(&settings->interfaces[1], world->ifindex[PORT_ACCESS], INTERFACE_ACCESS, 2);
	set_interface(&settings->interfaces[2], world->ifindex[PORT_SIDE], INTERFACE_ACCESS, 3);
	settings->interface_count = 3;
	set_prefix(&settings->prefixes[0], DAR1, world->ifindex[PORT_ACCESS]);
	set_prefix(&settings->prefixes[1], DAR_SIDE, world->ifindex[PORT_SIDE]);
	settings->prefix_count = 2;
	settings->flow_label_key = FLOW_LABEL_KEY;
	settings->hop_limit = 64;
	settings->dscp_copy = 1;
	settings->max_nested = 1;
}

/* Enough for all rows that do not look at it. */
static void give_credit(const struct dar_world *world, const uint8_t key[static 16])
{
	const struct credit row = {.octets = FAMA_CREDIT_MAX,
				   .aged = dar_world_clock_ns(CLOCK_BOOTTIME) /
					   (FAMA_CREDIT_AGING_S * 1000000000ull)};

	bpf_map_update_elem(dar_world_map(world, "credit"), key, &row, BPF_ANY);
}

void dar_world_bind(const struct dar_world *world, const char *hoa, const char *coa,
		    const char *dar, const char *prev_coa, long lifetime_s, uint16_t path_mtu)
{
	struct binding binding = {
		.path_mtu = path_mtu, .state = BINDING_VERIFIED, .auth = BINDING_AUTH_PHKT};
	struct traffic none = {0};
	uint8_t key[16];

	binding.expires_boot_ns = dar_world_clock_ns(CLOCK_BOOTTIME) + lifetime_s * 1000000000ull;
	dar_world_key(key, hoa);
	dar_world_key(binding.coa, coa);
	dar_world_key(binding.dar, dar);
	dar_world_key(binding.prev_coa, prev_coa);
	if (strcmp(hoa, HOA_EARLY) == 0) {
		binding.state = BINDING_UNVERIFIED;
		give_credit(world, key);
	}
	if (bpf_map_update_elem(world->traffic, key, &none, BPF_ANY) ||
	    bpf_map_update_elem(world->bindings, key, &binding, BPF_ANY)) {
		perror("bindings");
		exit(1);
	}
}

struct traffic dar_world_traffic(const struct dar_world *world, const char *hoa)
{
	struct traffic traffic = {0};
	uint8_t key[16];

	dar_world_key(key, hoa);
	bpf_map_lookup_elem(world->traffic, key, &traffic);
	return traffic;
}

bool dar_world_fill(struct dar_world *world, struct bpf_object *object, const char *program)
{
	static const char *const plain[][2] = {
		{HOA1, COA3},
		{HOA_EARLY, COA_EARLY},
		{HOA_NARROW, COA_NARROW},
		{HOA_TINY, COA_TINY},
		{HOA_UNRESOLVED, COA_UNRESOLVED},
		{HOA_OTHER, COA_OTHER},
		{HOA_BLACKHOLE, COA_BLACKHOLE},
		{HOA_UNREACHABLE, COA_UNREACHABLE},
		{HOA_PROHIBITED, COA_PROHIBITED},
		{HOA_CROSSED, COA_CROSSED},
		{COA_CROSSED, HOA_CROSSED},
	};

	world->object = object;
	world->bindings = dar_world_map(world, "bindings");
	world->traffic = dar_world_map(world, "traffic");
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		dar_world_bind(world, plain[i][0], plain[i][1], DAR1, NULL, 3600, 0);
	dar_world_bind(world, HOA_MOVED, COA_MOVED, DAR1, COA_BEFORE, 3600, 0);
	dar_world_bind(world, HOA_EXPIRED, COA_EXPIRED, DAR1, NULL, 0, 0);
	dar_world_bind(world, HOA_LEARNT, COA_LEARNT, DAR1, NULL, 3600, 1400);
	dar_world_bind(world, HOA_SIDE, COA_SIDE, DAR_SIDE, NULL, 3600, 0);
	return bpf_run_open(&world->run, object, program);
}

/* RFC 4443 section 3.2, of the first 1232 octets of what was sent, back to who sent it. */
static void build_too_big(struct frame_octets *want, const struct row *row,
			  const struct frame_octets *in)
{
	uint8_t body[4 + QUOTE] = {0};
	char asker[INET6_ADDRSTRLEN];
	struct layer layers[] = {
		{.kind = LAYER_ETHERNET, .source = CORE_MAC, .destination = CORE_MAC},
		IP(row->too_big_from, asker, ERROR_HOP_LIMIT),
		{.kind = LAYER_ICMPV6, .type = 2, .octets = body, .octets_len = sizeof(body)},
		{0},
	};

	inet_ntop(AF_INET6, in->at + ETHERNET_OCTETS + 8, asker, sizeof(asker));
	body[2] = row->too_big_mtu >> 8;
	body[3] = row->too_big_mtu;
	memcpy(body + 4, in->at + ETHERNET_OCTETS, QUOTE);
	frame_build(want, layers);
	memcpy(want->at, in->at + 6, 6);
	memcpy(want->at + 6, in->at, 6);
}

static bool punt_is_right(const struct bpf_run *run, const struct row *row, uint32_t ifindex,
			  const struct frame_octets *in)
{
	if (!row->punt)
		return run->punts == 0;
	return run->punts == 1 && run->punt.kind == row->punt && run->punt.ifindex == ifindex &&
	       run->punt.len == in->len && run->punted.len >= in->len &&
	       memcmp(run->punted.at, in->at, in->len) == 0;
}

static const char *name_of(int outcome)
{
	return outcome < 0 ? "none or several" : outcome_name(outcome);
}

bool dar_world_expect(struct dar_world *world, const struct row *row, const struct frame_octets *in,
		      const struct frame_octets *want)
{
	struct bpf_run *run = &world->run;
	const uint32_t ifindex = world->ifindex[row->port];
	const int error = bpf_run_xdp(run, in, ifindex, row->headroom_taken);
	bool same;

	if (error == -EINVAL && row->headroom_taken) { /* older kernels: 32 octets of metadata */
		tap_skip(row->name, "no way to take headroom on this kernel");
		return true;
	}
	if (error) {
		printf("# not run: %s\n", strerror(-error));
		return tap_row(false, row->name);
	}
	same = row->action == XDP_DROP ||
	       (run->out.len == want->len && !memcmp(run->out.at, want->at, want->len));
	if (run->action != row->action || run->counted != (int)row->outcome ||
	    run->slot != row->port)
		printf("#   action %u (expected %u), outcome %s (expected %s), slot %u (%u)\n",
		       run->action, row->action, name_of(run->counted), name_of(row->outcome),
		       run->slot, row->port);
	else if (!punt_is_right(run, row, ifindex, in))
		printf("#   %u punts, kind %u, %u octets\n", run->punts, run->punt.kind,
		       run->punt.len);
	else if (!same)
		frame_print_difference(&run->out, want);
	else
		return tap_row(true, row->name);
	return tap_row(false, row->name);
}

bool dar_world_row(struct dar_world *world, const struct row *row)
{
	static struct frame_octets in, want;

	frame_build(&in, row->in);
	if (row->too_big_mtu)
		build_too_big(&want, row, &in);
	else
		frame_build(&want, row->out[0].kind ? row->out : row->in);
	if (row->out[1].flow_label != ANY_LABEL)
		return dar_world_expect(world, row, &in, &want);
	/* The label is known only afterwards: once to learn it, and once more to compare. */
	if (bpf_run_xdp(&world->run, &in, world->ifindex[row->port], row->headroom_taken) == 0)
		frame_set_label(&want, ETHERNET_OCTETS,
				frame_label(&world->run.out, ETHERNET_OCTETS));
	if (!frame_label(&want, ETHERNET_OCTETS)) {
		printf("#   flow label is zero\n");
		return tap_row(false, row->name);
	}
	return dar_world_expect(world, row, &in, &want);
}

void dar_world_rows(struct dar_world *world, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		dar_world_row(world, &rows[i]);
}
