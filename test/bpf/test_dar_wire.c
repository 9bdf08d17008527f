// SPDX-License-Identifier: BSD-2-Clause
// Owns what only a wire shows: the interface a frame leaves by, and what the stack makes of ours.

#include "fama/dataplane.h"
#include "fama.skel.h"
#include "harness/dar_world.h"

#include <bpf/bpf.h>
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 3000, ETHERTYPE_IPV6 = 0x86dd };

#define LOCAL_PIN "/sys/fs/bpf/fama_dar_local"
#define NS_HOA1                                                                                    \
	"\0\0\0\0\x20\x01\x0d\xb8\0\x01\0\0\x14\x0d\x9d\xa8\x2c\x0a\x59\xea\x01\x01\x02\0\0\0\x0c" \
	"\x02"
#define NA_HOA1                                                                                    \
	"\x40\0\0\0\x20\x01\x0d\xb8\0\x01\0\0\x14\x0d\x9d\xa8\x2c\x0a\x59\xea\x02\x01\x02\0\0\0\0" \
	"\x02"
#define TO_OTHER                                                                                   \
	{                                                                                          \
		.kind = LAYER_ETHERNET, .source = "02:00:00:00:00:04",                             \
		.destination = OTHER_NEXT_MAC                                                      \
	}

static int listeners[PORT_MAX];

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

static int listen_on(const char *name)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETHERTYPE_IPV6),
				 .sll_ifindex = if_nametoindex(name)};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETHERTYPE_IPV6));

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		perror(name);
		exit(1);
	}
	return fd;
}

/* The next frame within what is left until `end`; false when time is up. */
static bool next_frame(int fd, struct frame_octets *frame, int64_t end)
{
	struct pollfd readable = {.fd = fd, .events = POLLIN};
	const int64_t left = end - now_ms();
	ssize_t octets;

	if (left <= 0 || poll(&readable, 1, left) <= 0)
		return false;
	octets = recv(fd, frame->at, FRAME_MAX, 0);
	frame->len = octets < 0 ? 0 : octets;
	return octets >= 0;
}

static void drain(void)
{
	struct frame_octets frame;

	for (int port = 0; port < PORT_MAX; port++)
		while (next_frame(listeners[port], &frame, now_ms() + 1))
			;
}

static bool arrives(enum port port, const struct layer *layers)
{
	const int64_t end = now_ms() + WAIT_MS;
	static struct frame_octets want, got, last;

	frame_build(&want, layers);
	while (next_frame(listeners[port], &got, end)) {
		if (layers[1].flow_label == ANY_LABEL)
			frame_set_label(&want, ETHERNET_OCTETS, frame_label(&got, ETHERNET_OCTETS));
		if (got.len == want.len && !memcmp(got.at, want.at, want.len))
			return true;
		last = got;
	}
	frame_print_difference(&last, &want);
	return false;
}

struct wire_row {
	const char *name;
	struct layer in[LAYERS_MAX];
	enum port in_port, out_port;
	struct layer out[LAYERS_MAX];
};

static const struct wire_row rows[] = {
	{"D-01 into the tunnel, out of the core",
	 {FROM_CORE, IP(CN, HOA1, 64), UDP(100)},
	 PORT_CORE,
	 PORT_CORE,
	 {TO_CORE, OUTER(DAR1, COA3, 64), IP(CN, HOA1, 63), UDP(100)}},
	{"D-01 from the access link, out of the core",
	 {FROM_NODE, IP(NODE, HOA1, 64), UDP(100)},
	 PORT_ACCESS,
	 PORT_CORE,
	 {TO_CORE, OUTER(DAR1, COA3, 64), IP(NODE, HOA1, 63), UDP(100)}},
	{"D-07 by the stack: outer hop limit 64 on the wire",
	 {FROM_CORE, IP(CN, HOA_OTHER, 64), UDP(100)},
	 PORT_CORE,
	 PORT_OTHER,
	 {TO_OTHER, OUTER(DAR1, COA_OTHER, 64), IP(CN, HOA_OTHER, 63), UDP(100)}},
	{"D-23 out of the tunnel, out of the core",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, CN, 64), UDP(100)},
	 PORT_CORE,
	 PORT_CORE,
	 {TO_CORE, IP(HOA1, CN, 63), UDP(100)}},
	{"D-33 out of the tunnel to an attached node, through the LWT route",
	 {FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, NODE, 64), UDP(100)},
	 PORT_CORE,
	 PORT_ACCESS,
	 {TO_NODE, IP(HOA1, NODE, 63), UDP(100)}},
	{"D-34 natively to an attached node, through the LWT route",
	 {FROM_CORE, IP(CN, NODE, 64), UDP(100)},
	 PORT_CORE,
	 PORT_ACCESS,
	 {TO_NODE, IP(CN, NODE, 63), UDP(100)}},
	{"R-13 advertisement back out of the access link",
	 {{.kind = LAYER_ETHERNET, .source = NODE_MAC, .destination = "33:33:ff:0a:59:ea"},
	  IP(NODE, "ff02::1:ff0a:59ea", 255),
	  ICMP(135, NS_HOA1)},
	 PORT_ACCESS,
	 PORT_ACCESS,
	 {TO_NODE, IP(DAR1, NODE, 255), ICMP(136, NA_HOA1)}},
};

static void check_rows(struct dar_world *world)
{
	struct frame_octets in;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		frame_build(&in, rows[i].in);
		drain();
		tap_row(!bpf_run_live(&world->run, &in, world->ifindex[rows[i].in_port], 1) &&
				arrives(rows[i].out_port, rows[i].out),
			rows[i].name);
	}
}

/* `sent` as far as an error that says `mtu` quotes it. */
static size_t error_body(uint8_t *body, uint32_t mtu, const struct layer *sent)
{
	static struct frame_octets frame;
	const size_t quote = 1280 - 40 - 8;

	frame_build(&frame, sent);
	memset(body, 0, 4);
	body[2] = mtu >> 8;
	body[3] = mtu;
	memcpy(body + 4, frame.at + ETHERNET_OCTETS, quote);
	return 4 + quote;
}

static void check_too_big(struct dar_world *world)
{
	const struct layer sent[] = {FROM_CORE, IP(CN, HOA1, 64), UDP_OF(1500), {0}};
	const struct layer relayed[] = {
		FROM_CORE, IP(COA3, DAR1, 64), IP(HOA1, HOA_LEARNT, 64), UDP_OF(1361), {0}};
	const struct layer inner[] = {FROM_CORE, IP(HOA1, HOA_LEARNT, 64), UDP_OF(1361), {0}};
	uint8_t body[2048];
	struct layer error = {.kind = LAYER_ICMPV6, .type = 2, .octets = body};
	struct frame_octets in;

	error.octets_len = error_body(body, 1460, sent);
	frame_build(&in, sent);
	drain();
	tap_row(!bpf_run_live(&world->run, &in, world->ifindex[PORT_CORE], 1) &&
			arrives(PORT_CORE, (struct layer[]){TO_CORE, IP(DAR1, CN, 64), error, {0}}),
		"D-12 Packet Too Big back out of the core");

	error.octets_len = error_body(body, 1360, inner);
	frame_build(&in, relayed);
	drain();
	tap_row(!bpf_run_live(&world->run, &in, world->ifindex[PORT_CORE], 1) &&
			arrives(PORT_CORE, (struct layer[]){TO_CORE,
							    OUTER(DAR1, COA3, 64),
							    IP(DAR1, HOA1, 63),
							    error,
							    {0}}),
		"D-12 D-29 Packet Too Big for an away source, into its own tunnel");
}

static bool time_exceeded_arrives(void)
{
	const int64_t end = now_ms() + WAIT_MS;
	static struct frame_octets got;

	while (next_frame(listeners[PORT_CORE], &got, end)) {
		const uint8_t *ip6 = got.at + ETHERNET_OCTETS;
		struct in6_addr cn;

		inet_pton(AF_INET6, CN, &cn);
		if (got.len > 100 && ip6[6] == IPPROTO_ICMPV6 && ip6[40] == 3 && ip6[41] == 0 &&
		    !memcmp(ip6 + 24, &cn, 16))
			return true;
	}
	return false;
}

static void check_time_exceeded(struct dar_world *world)
{
	const struct layer last_hop[] = {FROM_CORE, IP(CN, HOA1, 1), UDP(100), {0}};
	struct frame_octets in;

	frame_build(&in, last_hop);
	drain();
	tap_row(!bpf_run_live(&world->run, &in, world->ifindex[PORT_CORE], 1) &&
			time_exceeded_arrives(),
		"D-06 hop limit 1: the stack answers Time Exceeded");
}

static int local_socket(const char *to, struct sockaddr_in6 *peer)
{
	struct sockaddr_in6 own = {.sin6_family = AF_INET6, .sin6_port = htons(50000)};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), one = 1;

	*peer = own;
	peer->sin6_port = htons(50001);
	inet_pton(AF_INET6, DAR1, &own.sin6_addr);
	inet_pton(AF_INET6, to, &peer->sin6_addr);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&own, sizeof(own)) < 0) {
		perror("bind");
		exit(1);
	}
	return fd;
}

/* How many frames with outer addresses DAR1 and `coa` and this next header come; octets of them. */
static unsigned int collect(const char *coa, uint8_t next, size_t *octets, unsigned int expected)
{
	const int64_t end = now_ms() + WAIT_MS;
	static struct frame_octets got;
	struct in6_addr destination;
	unsigned int frames = 0;

	*octets = 0;
	inet_pton(AF_INET6, coa, &destination);
	while (frames < expected && next_frame(listeners[PORT_CORE], &got, end)) {
		const uint8_t *ip6 = got.at + ETHERNET_OCTETS;

		if (got.len < 54 || memcmp(ip6 + 24, &destination, 16) || ip6[6] != next)
			continue;
		frames++;
		*octets += got.len - ETHERNET_OCTETS - IPV6_HEADER_OCTETS;
	}
	return frames;
}

static void check_own(struct dar_world *world)
{
	static const uint8_t payload[1500];
	struct sockaddr_in6 peer;
	size_t octets;
	int fd = local_socket(HOA1, &peer);

	drain();
	sendto(fd, payload, 100, 0, (struct sockaddr *)&peer, sizeof(peer));
	tap_row(collect(COA3, IPPROTO_IPV6, &octets, 1) == 1 && octets == 40 + 8 + 100,
		"D-01 from the DAR itself, into the tunnel");
	bpf_run_collect(&world->run);
	sendto(fd, payload, 1461 - 48, 0, (struct sockaddr *)&peer, sizeof(peer));
	bpf_run_collect(&world->run);
	tap_row(world->run.punts == 1 && world->run.punt.kind == PUNT_TOO_BIG_LOCAL &&
			world->run.punt.len == FAMA_PUNT_QUOTE,
		"D-12 from the DAR itself, one octet over: told to the agent");
	close(fd);

	fd = local_socket(HOA_TINY, &peer);
	drain();
	sendto(fd, payload, 1280 - 48, 0, (struct sockaddr *)&peer, sizeof(peer));
	/* Two fragments, each with a header of 8, of 1280 octets that go into the tunnel. */
	tap_row(collect(COA_TINY, IPPROTO_FRAGMENT, &octets, 2) == 2 && octets == 1280 + 2 * 8,
		"D-13 from the DAR itself, tunnel MTU 1240: the outer packet in fragments");
	close(fd);
}

static bool install_local(struct fama_bpf *skeleton)
{
	const struct bpf_program *local =
		bpf_object__find_program_by_name(skeleton->obj, "fama_dar_local");

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL) ||
	    bpf_obj_pin(bpf_program__fd(local), LOCAL_PIN))
		return false;
	return system("ip -6 route replace 2001:db8:1::/64 dev acc0 proto static metric 1 "
		      "encap bpf xmit pinned " LOCAL_PIN) == 0;
}

int main(void)
{
	static const char *const far_ends[PORT_MAX] = {"core1", "acc1", "side1", "other1"};
	struct dar_world world = {0};
	struct fama_bpf *skeleton;

	if (!dar_world_enter(&world))
		return 77;
	skeleton = fama_bpf__open();
	if (!skeleton)
		return 1;
	dar_world_prepare(&world, skeleton->obj, NULL, &skeleton->rodata->settings);
	if (fama_bpf__load(skeleton) || !dar_world_fill(&world, skeleton->obj, "fama_dar"))
		return 1;
	dar_world_bind(&world, HOA_TINY, COA_TINY, DAR1, NULL, 3600, 1280);
	if (!install_local(skeleton)) {
		perror("LWT route");
		return 1;
	}
	for (int port = 0; port < PORT_MAX; port++)
		listeners[port] = listen_on(far_ends[port]);
	check_rows(&world);
	check_too_big(&world);
	check_time_exceeded(&world);
	check_own(&world);
	dar_world_unload(&world, skeleton);
	return tap_end();
}
