// SPDX-License-Identifier: BSD-2-Clause
// Owns the trial of the LWT xmit program: what a DAR itself sends to an away HoA.
#include "local_packet.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_packet.h>
#include <linux/neighbour.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip6.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "kernel/netlink.h"
#include "kernel/rtnl.h"
#include "settings.h"

enum { PATIENCE_MS = 5000, FRAMES_MAX = 64, INNER_AT = 14 + 40 };

static const char payload[] = "sent by the DAR itself";

/* Addresses of the trial. */
static const struct in6_addr hoa = {{{0x20, 0x01, 0x0d, 0xb8, 0, 1, [15] = 1}}};
static const struct in6_addr dar = {{{0x20, 0x01, 0x0d, 0xb8, 0, 1, [15] = 0xd1}}};
static const struct in6_addr coa = {{{0x20, 0x01, 0x0d, 0xb8, 0, 2, [15] = 2}}};
static const struct in6_addr core = {{{0x20, 0x01, 0x0d, 0xb8, 0, 0xc, [15] = 0xd1}}};

struct trial {
	struct bpf_object *object;
	struct netlink *nl;
	int frames; /* AF_PACKET socket on core0 */
	const char *failed;
};

static bool step(struct trial *trial, const char *what, int err)
{
	if (err < 0 && !trial->failed) {
		trial->failed = what;
		errno = -err;
	}
	return err >= 0;
}

static int load_program(struct trial *trial, const char *object_path)
{
	struct dataplane_settings settings = {
		.interface_count = 2,
		.interfaces = {{.ifindex = if_nametoindex("core0"), .kind = INTERFACE_CORE},
			       {.ifindex = if_nametoindex("acc0"), .kind = INTERFACE_ACCESS}},
		.prefix_count = 1,
		.prefixes = {{.prefix = {0x20, 0x01, 0x0d, 0xb8, 0, 1},
			      .ifindex = if_nametoindex("acc0")}},
		.flow_label_key = 1,
		.hop_limit = 64,
		.max_nested = 1,
	};
	struct bpf_program *program;

	memcpy(settings.prefixes[0].address, &dar, sizeof(dar));
	trial->object = bpf_object__open_file(object_path, NULL);
	if (!trial->object)
		return -errno;
	bpf_object__for_each_program(program, trial->object) bpf_program__set_autoload(
		program, bpf_program__type(program) == BPF_PROG_TYPE_LWT_XMIT);
	int err = settings_put(trial->object, &settings);

	return err ? err : bpf_object__load(trial->object);
}

static int lwt_program_fd(const struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
	{
		if (bpf_program__type(program) == BPF_PROG_TYPE_LWT_XMIT)
			return bpf_program__fd(program);
	}
	return -ENOENT;
}

static int put_binding(const struct bpf_object *object)
{
	struct binding binding = {
		.lifetime_s = 3600,
		.state = BINDING_VERIFIED,
		.auth = BINDING_AUTH_CGA,
	};
	const struct traffic none = {0};
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	binding.expires_boot_ns = (uint64_t)(now.tv_sec + 3600) * 1000000000u;
	memcpy(binding.coa, &coa, sizeof(coa));
	memcpy(binding.dar, &dar, sizeof(dar));
	int err = bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "traffic"), &hoa,
				      &none, BPF_ANY);

	return err ? err
		   : bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "bindings"), &hoa,
					 &binding, BPF_ANY);
}

static int add_address(struct netlink *nl, const char *interface, const struct in6_addr *address)
{
	const struct rtnl_address of = {
		.ifindex = if_nametoindex(interface),
		.address = *address,
		.prefix_len = 128,
		.flags = IFA_F_NODAD,
		.valid_s = RTNL_FOREVER,
		.preferred_s = RTNL_FOREVER,
	};

	return rtnl_address_add(nl, &of, true);
}

/* The anchored prefix with the program on acc0; the CoA a resolved neighbour on core0. */
static bool set_up_routes(struct trial *trial)
{
	struct rtnl_route anchored = {
		.destination = hoa,
		.prefix_len = 64,
		.ifindex = if_nametoindex("acc0"),
		.lwt_xmit_fd = lwt_program_fd(trial->object),
		.lwt_name = "fama_local",
	};
	const struct rtnl_route away = {
		.destination = coa,
		.prefix_len = 128,
		.ifindex = if_nametoindex("core0"),
		.lwt_xmit_fd = -1,
	};
	const struct rtnl_neighbour neighbour = {
		.ifindex = away.ifindex,
		.address = coa,
		.has_mac = true,
		.mac = {2, 0, 0, 0, 0, 2},
		.state = NUD_PERMANENT,
	};

	memset(anchored.destination.s6_addr + 8, 0, 8);
	return step(trial, "program of the route", anchored.lwt_xmit_fd) &&
	       step(trial, "address of acc0", add_address(trial->nl, "acc0", &dar)) &&
	       step(trial, "address of core0", add_address(trial->nl, "core0", &core)) &&
	       step(trial, "route with the program", rtnl_route_replace(trial->nl, &anchored)) &&
	       step(trial, "route to the CoA", rtnl_route_replace(trial->nl, &away)) &&
	       step(trial, "neighbour", rtnl_neighbour_set(trial->nl, &neighbour));
}

static int listen_on(const char *interface)
{
	const struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL), /* else nothing that leaves is seen */
		.sll_ifindex = (int)if_nametoindex(interface),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0) {
		close(fd);
		fd = -1;
	}
	return fd < 0 ? -errno : fd;
}

static int send_datagram(void)
{
	const struct sockaddr_in6 from = {.sin6_family = AF_INET6, .sin6_addr = core};
	const struct sockaddr_in6 to = {
		.sin6_family = AF_INET6, .sin6_port = htons(9), .sin6_addr = hoa};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	int err = bind(fd, (const struct sockaddr *)&from, sizeof(from)) < 0 ||
				  sendto(fd, payload, sizeof(payload), 0,
					 (const struct sockaddr *)&to, sizeof(to)) < 0
			  ? -errno
			  : 0;

	close(fd);
	return err;
}

static bool is_tunnel_packet(const uint8_t *frame, size_t len)
{
	const size_t whole = INNER_AT + 40 + 8 + sizeof(payload);
	struct ip6_hdr outer, inner;

	if (len != whole)
		return false;
	memcpy(&outer, frame + 14, sizeof(outer));
	memcpy(&inner, frame + INNER_AT, sizeof(inner));
	return outer.ip6_nxt == IPPROTO_IPV6 && outer.ip6_hlim == 64 &&
	       ntohs(outer.ip6_plen) == len - INNER_AT &&
	       memcmp(&outer.ip6_src, &dar, sizeof(dar)) == 0 &&
	       memcmp(&outer.ip6_dst, &coa, sizeof(coa)) == 0 && inner.ip6_nxt == IPPROTO_UDP &&
	       memcmp(&inner.ip6_src, &core, sizeof(core)) == 0 &&
	       memcmp(&inner.ip6_dst, &hoa, sizeof(hoa)) == 0 &&
	       memcmp(frame + INNER_AT + 48, payload, sizeof(payload)) == 0;
}

static int await_tunnel_packet(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};
	uint8_t frame[2048];

	for (int i = 0; i < FRAMES_MAX && poll(&pollfd, 1, PATIENCE_MS) == 1; i++) {
		ssize_t len = recv(fd, frame, sizeof(frame), 0);

		if (len > 0 && is_tunnel_packet(frame, (size_t)len))
			return 0;
	}
	return -ETIMEDOUT;
}

static int traffic_is_counted(const struct bpf_object *object)
{
	struct traffic of = {0};

	if (bpf_map_lookup_elem(bpf_object__find_map_fd_by_name(object, "traffic"), &hoa, &of))
		return -errno;
	return of.downlink_packets == 1 && of.downlink_bytes == 40 + 8 + sizeof(payload) ? 0
											 : -EBADMSG;
}

bool local_packet_is_encapsulated(const char *object_path, char *why, size_t size)
{
	struct trial trial = {.nl = netlink_open(0), .frames = -1};
	bool ok = step(&trial, "netlink", trial.nl ? 0 : -errno) &&
		  step(&trial, "program", load_program(&trial, object_path)) &&
		  step(&trial, "binding", put_binding(trial.object)) && set_up_routes(&trial) &&
		  step(&trial, "capture", trial.frames = listen_on("core0")) &&
		  step(&trial, "datagram to the HoA", send_datagram()) &&
		  step(&trial, "tunnel packet on core0", await_tunnel_packet(trial.frames)) &&
		  step(&trial, "traffic of the HoA", traffic_is_counted(trial.object));

	if (!ok)
		snprintf(why, size, "%s: %s", trial.failed, strerror(errno));
	if (trial.frames >= 0)
		close(trial.frames);
	bpf_object__close(trial.object);
	netlink_close(trial.nl);
	return ok;
}
