// SPDX-License-Identifier: BSD-2-Clause
/* Owns the advertisements by which packets for an away HoA come here (RFC 6275 section 10.4.1): the
 * one that starts it, its repetitions, and those that defend it. Solicitations are answered by the
 * data plane.
 */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/in6.h"
#include "base/keyed_hash.h"
#include "base/log.h"
#include "dar/dar_private.h"

enum {
	REPEAT_COUNT = 2, /* three in all: MAX_NEIGHBOR_ADVERTISEMENT */
	REPEAT_MAX = 1024,
	DEFENCE_SLOTS = 1024, /* addresses share them: one defence a second each at most */
};

struct repeat {
	struct in6_addr hoa;
	uint64_t at_ns;
	unsigned int left;
};

struct proxy {
	struct dar *dar;
	struct event *due;
	struct repeat repeats[REPEAT_MAX]; /* a ring: all wait equally long */
	unsigned int first, count;
	struct ratelimit defences[DEFENCE_SLOTS];
};

/* To all nodes, O=1, R=0, as a frame: the stack's way costs ten times as much. */
static void advertise(struct dar *dar, const struct dar_interface *interface,
		      const struct in6_addr *target)
{
	const struct prefix *prefix = prefix_of(&dar->prefixes, target);
	const struct in6_addr *source = &interface->link_local;
	struct nd_message na = {
		.type = ND_TYPE_NA,
		.target = *target,
		.na_flags = ND_NA_FLAG_OVERRIDE,
		.has_tlla = true,
	};
	int err;

	if (in6_is_zero(source) && prefix)
		source = &prefix->address;
	memcpy(na.tlla, interface->mac, sizeof(na.tlla));
	err = nd_frame_send(dar, interface, &na, source, &in6_all_nodes, NULL);
	if (err)
		log_remote("na.failed", "target=%s interface=%s error=\"%s\"", in6_text(target).s,
			   interface->config->name, strerror(-err));
	else
		dar_count(dar, DAR_NA_SENT);
}

/* ---- said again twice, a second apart, as long as the binding lives ---- */

static void arm(struct proxy *proxy, uint64_t now_ns)
{
	uint64_t at_ns = proxy->repeats[proxy->first].at_ns;
	uint64_t wait_us = at_ns > now_ns ? (at_ns - now_ns + 999) / 1000 : 0;
	struct timeval wait = {.tv_sec = (time_t)(wait_us / 1000000),
			       .tv_usec = (suseconds_t)(wait_us % 1000000)};

	event_add(proxy->due, &wait);
}

/* One that finds no room is not repeated: the first advertisement and the data plane's answers do
 * the work. */
static void repeat_later(struct proxy *proxy, const struct in6_addr *hoa, unsigned int left,
			 uint64_t now_ns)
{
	if (proxy->count == REPEAT_MAX)
		return;
	proxy->repeats[(proxy->first + proxy->count++) % REPEAT_MAX] = (struct repeat){
		.hoa = *hoa,
		.at_ns = now_ns + CLOCK_SECOND_NS,
		.left = left,
	};
	if (proxy->count == 1)
		arm(proxy, now_ns);
}

static void repeat(struct proxy *proxy, const struct repeat *what, uint64_t now_ns)
{
	struct dar *dar = proxy->dar;
	const struct bcache_entry *entry = bcache_find(dar->bcache, &what->hoa);
	const struct prefix *prefix = prefix_of(&dar->prefixes, &what->hoa);

	if (!prefix || !entry || entry->state != BCACHE_BOUND)
		return;
	advertise(dar, &dar->interfaces[prefix->interface], &what->hoa);
	if (what->left > 1)
		repeat_later(proxy, &what->hoa, what->left - 1, now_ns);
}

static void repeats_due(evutil_socket_t fd, short what, void *arg)
{
	struct proxy *proxy = arg;
	uint64_t now_ns = clock_boot_ns();

	(void)fd;
	(void)what;
	while (proxy->count && proxy->repeats[proxy->first].at_ns <= now_ns) {
		struct repeat next = proxy->repeats[proxy->first];

		proxy->first = (proxy->first + 1) % REPEAT_MAX;
		proxy->count--;
		repeat(proxy, &next, now_ns);
	}
	if (proxy->count)
		arm(proxy, now_ns);
}

void proxy_announce(struct dar *dar, const struct in6_addr *hoa)
{
	const struct prefix *prefix = prefix_of(&dar->prefixes, hoa);

	if (!prefix)
		return;
	advertise(dar, &dar->interfaces[prefix->interface], hoa);
	repeat_later(dar->proxy, hoa, REPEAT_COUNT, clock_boot_ns());
}

void proxy_defend(struct dar *dar, const struct dar_interface *interface,
		  const struct in6_addr *target)
{
	uint64_t slot = keyed_hash(target, sizeof(*target)) % DEFENCE_SLOTS;

	if (ratelimit_take(&dar->proxy->defences[slot], clock_boot_ns()))
		advertise(dar, interface, target);
}

struct proxy *proxy_new(struct dar *dar)
{
	struct proxy *proxy = calloc(1, sizeof(*proxy));
	uint64_t now_ns = clock_boot_ns();

	if (!proxy)
		return NULL;
	proxy->dar = dar;
	for (unsigned int i = 0; i < DEFENCE_SLOTS; i++)
		ratelimit_init(&proxy->defences[i], 1, 1, now_ns);
	proxy->due = event_new(dar->base, -1, 0, repeats_due, proxy);
	if (!proxy->due) {
		free(proxy);
		return NULL;
	}
	return proxy;
}

void proxy_free(struct proxy *proxy)
{
	if (!proxy)
		return;
	event_free(proxy->due);
	free(proxy);
}
