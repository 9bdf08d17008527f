// SPDX-License-Identifier: BSD-2-Clause
/* Owns Duplicate Address Detection for Home Addresses on their link (RFC 6275 section 10.3.1): the
 * BUs that wait for it, its probes, and what is done about those who claim an address of an away
 * node. A binding is proven, a claim is not: it never ends the binding.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/log.h"
#include "dar/bu_queue.h"
#include "dar/dar_private.h"
#include "wire/icmp6_error.h"

enum {
	WAITING_MAX = 64, /* BUs; each is proven, but a key is cheap */
	WAIT_MS = 1000,   /* DupAddrDetectTransmits 1 times RetransTimer */
	CLAIM_WARNINGS_PER_SECOND = 1,
	CLAIM_WARNINGS_BURST = 10,
	IID_AT = 8,
};

/* A BU whose HoA is under test; spans of `packet` point into `octets`. */
struct waiting_bu {
	TAILQ_ENTRY(waiting_bu) next;
	struct in6_addr hoa;
	bool tests_link_local; /* flag L */
	const struct dar_interface *interface;
	uint64_t due_ns;
	struct ingress from;
	struct bu_before before;
	struct mh_packet packet;
	uint8_t octets[];
};

struct dad {
	struct dar *dar;
	struct event *due;
	TAILQ_HEAD(, waiting_bu) waiting; /* in order of their ends: all take equally long */
	unsigned int count;
	struct ratelimit claim_warnings;
};

/* fe80::/64 with the interface identifier of the HoA */
static struct in6_addr link_local_of(const struct in6_addr *hoa)
{
	struct in6_addr address = {.s6_addr = {0xfe, 0x80}};

	memcpy(&address.s6_addr[IID_AT], &hoa->s6_addr[IID_AT], sizeof(address) - IID_AT);
	return address;
}

static const struct dar_interface *link_of(const struct dar *dar, const struct in6_addr *hoa)
{
	const struct prefix *prefix = prefix_of(&dar->prefixes, hoa);

	return prefix ? &dar->interfaces[prefix->interface] : NULL;
}

/* One probe from ::, without link-layer address (RFC 4862 section 5.4.2). A link that is down has
 * nobody to answer it. */
static void send_probe(struct dar *dar, const struct dar_interface *interface,
		       const struct in6_addr *target)
{
	const struct nd_message ns = {.type = ND_TYPE_NS, .target = *target};
	struct in6_addr group = in6_solicited_node(target);
	int err = nd_frame_send(dar, interface, &ns, &in6addr_any, &group, NULL);

	if (err)
		log_remote("dad.failed", "target=%s interface=%s error=\"%s\"", in6_text(target).s,
			   interface->config->name, strerror(-err));
	else
		dar_count(dar, DAR_DAD_PROBES);
}

static int defend(struct dar *dar, const struct dar_interface *interface,
		  const struct in6_addr *address, const struct in6_addr *hoa, enum defence kind)
{
	struct defended row = {.ifindex = interface->ifindex, .kind = kind};

	memcpy(row.hoa, hoa, sizeof(row.hoa));
	return dataplane_defend(dar->dataplane, address, &row);
}

/* ---- strict: the BU waits ---- */

static int watch(struct dar *dar, const struct waiting_bu *bu)
{
	struct in6_addr link_local = link_local_of(&bu->hoa);
	int err = defend(dar, bu->interface, &bu->hoa, &bu->hoa, DEFENCE_TENTATIVE);

	if (err || !bu->tests_link_local)
		return err;
	err = defend(dar, bu->interface, &link_local, &bu->hoa, DEFENCE_TENTATIVE);
	if (err)
		dataplane_defend_end(dar->dataplane, &bu->hoa);
	return err;
}

static void watch_end(struct dar *dar, const struct waiting_bu *bu)
{
	struct in6_addr link_local = link_local_of(&bu->hoa);

	dataplane_defend_end(dar->dataplane, &bu->hoa);
	if (bu->tests_link_local)
		dataplane_defend_end(dar->dataplane, &link_local);
}

static void arm(struct dad *dad)
{
	const struct waiting_bu *first = TAILQ_FIRST(&dad->waiting);
	uint64_t now_ns = clock_boot_ns(), wait_us;
	struct timeval wait;

	if (!first) {
		event_del(dad->due);
		return;
	}
	wait_us = first->due_ns > now_ns ? (first->due_ns - now_ns + 999) / 1000 : 0;
	wait.tv_sec = (time_t)(wait_us / 1000000);
	wait.tv_usec = (suseconds_t)(wait_us % 1000000);
	event_add(dad->due, &wait);
}

static void finish(struct dad *dad, struct waiting_bu *bu, enum bu_dad result)
{
	TAILQ_REMOVE(&dad->waiting, bu, next);
	dad->count--;
	watch_end(dad->dar, bu);
	log_debug("dad.done", "hoa=%s taken=%d", in6_text(&bu->hoa).s, result == BU_DAD_TAKEN);
	dar_bu_tested(dad->dar, &bu->packet, &bu->from, &bu->before, result);
	free(bu);
}

static void tests_due(evutil_socket_t fd, short what, void *arg)
{
	struct dad *dad = arg;
	uint64_t now_ns = clock_boot_ns();
	struct waiting_bu *first;

	(void)fd;
	(void)what;
	while ((first = TAILQ_FIRST(&dad->waiting)) && first->due_ns <= now_ns)
		finish(dad, first, BU_DAD_FREE);
	arm(dad);
}

static struct waiting_bu *copy_of(const struct bu *bu, const struct dar_interface *interface,
				  const struct ingress *from)
{
	struct span octets = bu->packet->message.octets;
	struct waiting_bu *copy = malloc(sizeof(*copy) + octets.len);

	if (!copy)
		return NULL;
	*copy = (struct waiting_bu){
		.hoa = bu->hoa,
		.tests_link_local = bu->flags & IP6_MH_BU_LLOCAL,
		.interface = interface,
		.due_ns = clock_boot_ns() + WAIT_MS * 1000000ULL,
		.from = *from,
		.packet = *bu->packet,
	};
	memcpy(copy->octets, octets.at, octets.len);
	if (mh_parse(copy->octets, octets.len, &copy->packet.message) != MH_OK) {
		free(copy);
		return NULL;
	}
	return copy;
}

int dad_test(struct dad *dad, const struct bu *bu, const struct ingress *from,
	     const struct bu_before *before)
{
	const struct dar_interface *interface = link_of(dad->dar, &bu->hoa);
	struct waiting_bu *waiting;

	if (dad->count == WAITING_MAX || !interface || dad_is_running(dad, &bu->hoa))
		return -EBUSY;
	waiting = copy_of(bu, interface, from);
	if (!waiting)
		return -EBUSY;
	waiting->before = *before;
	if (watch(dad->dar, waiting)) {
		free(waiting);
		return -EBUSY;
	}
	TAILQ_INSERT_TAIL(&dad->waiting, waiting, next);
	if (dad->count++ == 0)
		arm(dad);
	send_probe(dad->dar, interface, &waiting->hoa);
	if (waiting->tests_link_local) {
		struct in6_addr link_local = link_local_of(&waiting->hoa);

		send_probe(dad->dar, interface, &link_local);
	}
	return 0;
}

bool dad_is_running(const struct dad *dad, const struct in6_addr *hoa)
{
	const struct waiting_bu *bu;

	TAILQ_FOREACH (bu, &dad->waiting, next) {
		if (in6_equal(&bu->hoa, hoa))
			return true;
	}
	return false;
}

/* ---- optimistic: beside the binding ---- */

void dad_probe(struct dad *dad, const struct in6_addr *hoa)
{
	const struct dar_interface *interface = link_of(dad->dar, hoa);

	if (interface)
		send_probe(dad->dar, interface, hoa);
}

void dad_link_local(struct dad *dad, const struct in6_addr *hoa, bool on)
{
	struct dar *dar = dad->dar;
	const struct dar_interface *interface = link_of(dar, hoa);
	struct in6_addr link_local = link_local_of(hoa);
	int err;

	if (!interface)
		return;
	if (!on) {
		dataplane_defend_end(dar->dataplane, &link_local);
		return;
	}
	err = defend(dar, interface, &link_local, hoa, DEFENCE_LINK_LOCAL);
	if (err) {
		log_remote("link_local.failed", "hoa=%s error=\"%s\"", in6_text(hoa).s,
			   strerror(-err));
		return;
	}
	proxy_defend(dar, interface, &link_local);
	if (dar->config->security.dad == DAD_OPTIMISTIC)
		send_probe(dar, interface, &link_local);
}

/* ---- who claims an address ---- */

struct claim {
	struct in6_addr target;
	const struct dar_interface *interface;
	const uint8_t *mac; /* of the frame */
	bool is_probe;      /* somebody's DAD, else an advertisement */
};

/* The kernel has not looked at it: checksum and form are checked here. Our own probe, thrown back
 * by the link, claims nothing (RFC 4862 section 5.4.3). */
static bool read_claim(struct dar *dar, const struct ingress *from, const uint8_t *packet,
		       size_t len, struct claim *out)
{
	struct reader r = reader_of(packet, len), fixed = r;
	struct ip6_header header;
	struct nd_message nd;
	uint8_t hop_limit;

	out->interface = dar_interface_by_index(dar, from->ifindex);
	out->mac = from->source_mac;
	if (!out->interface ||
	    memcmp(from->source_mac, out->interface->mac, sizeof(from->source_mac)) == 0)
		return false;
	read_skip(&fixed, 7);
	hop_limit = read_u8(&fixed);
	if (!ip6_header_read(&r, &header) || header.next_header != IP6_NH_ICMPV6 ||
	    header.payload_len > r.left ||
	    nd_checksum(&header.source, &header.destination, r.at, header.payload_len) != 0 ||
	    nd_parse(r.at, header.payload_len, &header.source, &header.destination, hop_limit,
		     &nd) != ND_OK)
		return false;
	out->target = nd.target;
	out->is_probe = nd.type == ND_TYPE_NS;
	return nd.type == ND_TYPE_NA || (nd.type == ND_TYPE_NS && in6_is_zero(&header.source));
}

static struct waiting_bu *tested(struct dad *dad, const struct claim *claim)
{
	struct waiting_bu *bu;

	TAILQ_FOREACH (bu, &dad->waiting, next) {
		struct in6_addr link_local = link_local_of(&bu->hoa);

		if (bu->interface == claim->interface &&
		    (in6_equal(&bu->hoa, &claim->target) ||
		     (bu->tests_link_local && in6_equal(&link_local, &claim->target))))
			return bu;
	}
	return NULL;
}

/* The target is the HoA of a binding on this link, or the link-local of one. */
static bool is_bound(const struct dar *dar, const struct claim *claim)
{
	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		const struct prefix *prefix = &dar->prefixes.at[i];
		const struct bcache_entry *entry;
		struct in6_addr hoa = claim->target;

		if (&dar->interfaces[prefix->interface] != claim->interface)
			continue;
		if (IN6_IS_ADDR_LINKLOCAL(&hoa))
			memcpy(&hoa, &prefix->prefix, IID_AT);
		entry = bcache_find(dar->bcache, &hoa);
		if (entry && entry->state == BCACHE_BOUND)
			return true;
	}
	return false;
}

static void warn(struct dad *dad, const struct claim *claim, const char *action)
{
	const uint8_t *mac = claim->mac;

	if (!ratelimit_take(&dad->claim_warnings, clock_boot_ns()))
		return;
	log_warn("dad.conflict",
		 "target=%s interface=%s claimant=%02x:%02x:%02x:%02x:%02x:%02x by=%s action=%s",
		 in6_text(&claim->target).s, claim->interface->config->name, mac[0], mac[1], mac[2],
		 mac[3], mac[4], mac[5], claim->is_probe ? "probe" : "advertisement", action);
}

void dad_conflict(struct dad *dad, const struct ingress *from, const uint8_t *packet, size_t len)
{
	struct waiting_bu *bu;
	struct claim claim;

	if (!read_claim(dad->dar, from, packet, len, &claim))
		return;
	bu = tested(dad, &claim);
	if (!bu && !is_bound(dad->dar, &claim))
		return;
	dar_count(dad->dar, DAR_DAD_CONFLICTS);
	warn(dad, &claim, bu ? "refused" : "kept");
	if (bu) {
		finish(dad, bu, BU_DAD_TAKEN);
		arm(dad);
	} else {
		proxy_defend(dad->dar, claim.interface, &claim.target);
	}
}

/* ---- life ---- */

struct dad *dad_new(struct dar *dar)
{
	struct dad *dad = calloc(1, sizeof(*dad));

	if (!dad)
		return NULL;
	dad->dar = dar;
	TAILQ_INIT(&dad->waiting);
	ratelimit_init(&dad->claim_warnings, CLAIM_WARNINGS_PER_SECOND, CLAIM_WARNINGS_BURST,
		       clock_boot_ns());
	dad->due = event_new(dar->base, -1, 0, tests_due, dad);
	dar->proxy = proxy_new(dar);
	if (!dad->due || !dar->proxy) {
		dad_free(dad);
		return NULL;
	}
	return dad;
}

void dad_free(struct dad *dad)
{
	struct waiting_bu *bu;

	if (!dad)
		return;
	while ((bu = TAILQ_FIRST(&dad->waiting))) { /* unanswered: the MN asks again */
		TAILQ_REMOVE(&dad->waiting, bu, next);
		watch_end(dad->dar, bu);
		free(bu);
	}
	if (dad->due)
		event_free(dad->due);
	proxy_free(dad->dar->proxy);
	dad->dar->proxy = NULL;
	free(dad);
}
