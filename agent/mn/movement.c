// SPDX-License-Identifier: BSD-2-Clause
/* Owns movement detection (RFC 6275 section 11.5.1): links and RAs in, attachments out; pure. */
#include "mn/movement.h"

#include <string.h>

#include "base/in6.h"
#include "wire/nd.h"

static const uint64_t MS_NS = 1000000;

static struct movement_prefix *prefix_find(struct movement_router *router,
					   const struct in6_addr *prefix)
{
	for (unsigned int i = 0; i < router->prefix_count; i++) {
		if (in6_same_prefix64(&router->prefixes[i].prefix, prefix))
			return &router->prefixes[i];
	}
	return NULL;
}

/* Adds or completes a prefix; true if that changed the router. */
static bool prefix_merge(struct movement_router *router, const struct movement_prefix *from)
{
	struct movement_prefix *to = prefix_find(router, &from->prefix);

	if (!to) {
		if (router->prefix_count == MOVEMENT_PREFIXES_MAX)
			return false;
		router->prefixes[router->prefix_count++] = *from;
		return true;
	}
	if (!from->has_hdar || (to->has_hdar && in6_equal(&to->hdar, &from->hdar)))
		return false;
	*to = *from;
	return true;
}

bool movement_router_of(const struct nd_message *ra, uint32_t ifindex,
			const struct in6_addr *source, uint64_t now_ns, struct movement_router *out)
{
	*out = (struct movement_router){
		.ifindex = ifindex,
		.link_local = *source,
		.has_mac = ra->has_slla,
		.interval_ms = ra->has_adv_interval ? ra->adv_interval_ms : 0,
		.heard_ns = now_ns,
	};
	memcpy(out->mac, ra->slla, sizeof(out->mac));
	for (unsigned int i = 0; i < ra->prefix_count; i++) {
		const struct nd_prefix *pio = &ra->prefixes[i];
		struct movement_prefix prefix = {.prefix = pio->prefix};

		if (!(pio->flags & ND_PIO_FLAG_AUTO) || pio->len != 64 || !pio->valid_s ||
		    !in6_is_routable_unicast(&pio->prefix))
			continue;
		memset(&prefix.prefix.s6_addr[8], 0, 8);
		if ((ra->ra_flags & ND_RA_FLAG_HOME_AGENT) && (pio->flags & ND_PIO_FLAG_ROUTER)) {
			prefix.has_hdar = true;
			prefix.hdar = pio->prefix;
		}
		prefix_merge(out, &prefix);
	}
	return ra->router_lifetime_s && out->prefix_count > 0;
}

static bool shares_hdar(const struct movement_router *a, const struct movement_router *b,
			bool *comparable)
{
	bool a_anchors = false, b_anchors = false;

	for (unsigned int i = 0; i < a->prefix_count; i++)
		a_anchors = a_anchors || a->prefixes[i].has_hdar;
	for (unsigned int j = 0; j < b->prefix_count; j++)
		b_anchors = b_anchors || b->prefixes[j].has_hdar;
	*comparable = a_anchors && b_anchors;
	for (unsigned int i = 0; i < a->prefix_count; i++) {
		for (unsigned int j = 0; j < b->prefix_count; j++) {
			if (a->prefixes[i].has_hdar && b->prefixes[j].has_hdar &&
			    in6_equal(&a->prefixes[i].hdar, &b->prefixes[j].hdar))
				return true;
		}
	}
	return false;
}

bool movement_same_router(const struct movement_router *a, const struct movement_router *b)
{
	bool comparable, shared = shares_hdar(a, b, &comparable);

	if (a->ifindex != b->ifindex)
		return false;
	if (comparable) /* every DAR may be fe80::1: only the global address tells */
		return shared;
	return in6_equal(&a->link_local, &b->link_local) &&
	       in6_same_prefix64(&a->prefixes[0].prefix, &b->prefixes[0].prefix);
}

static struct movement_link *link_find(struct movement *m, uint32_t ifindex)
{
	for (unsigned int i = 0; i < m->link_count; i++) {
		if (m->links[i].ifindex == ifindex)
			return &m->links[i];
	}
	return NULL;
}

static enum movement_verdict attach(struct movement *m, const struct movement_router *router)
{
	m->is_attached = true;
	m->current = *router;
	m->has_rival = false;
	m->listen_until_ns = 0;
	return MOVEMENT_ATTACHED;
}

/* True if another link has a router that takes over. */
static bool leave(struct movement *m, const struct movement_link *left)
{
	m->is_attached = false;
	m->has_rival = false;
	m->listen_until_ns = 0;
	for (unsigned int i = 0; i < m->link_count; i++) {
		const struct movement_link *other = &m->links[i];

		if (other != left && other->is_up && other->router_count) {
			attach(m, &other->routers[other->router_count - 1]);
			return true;
		}
	}
	return false;
}

enum movement_verdict movement_link(struct movement *m, uint32_t ifindex, bool is_up)
{
	struct movement_link *link = link_find(m, ifindex);

	if (!link || link->is_up == is_up)
		return MOVEMENT_STAY;
	link->is_up = is_up;
	link->router_count = 0;
	if (is_up)
		return MOVEMENT_SOLICIT;
	if (!m->is_attached || m->current.ifindex != ifindex)
		return MOVEMENT_STAY;
	return leave(m, link) ? MOVEMENT_ATTACHED : MOVEMENT_DETACHED;
}

enum movement_verdict movement_link_again(struct movement *m, uint32_t ifindex)
{
	struct movement_link *link = link_find(m, ifindex);

	if (!link || !link->is_up)
		return MOVEMENT_STAY;
	link->router_count = 0;
	if (m->is_attached && m->current.ifindex == ifindex) {
		link->routers[link->router_count++] = m->current;
		m->has_rival = false;
	}
	return MOVEMENT_SOLICIT;
}

/* The router among those heard on the link, the latest last; true if it was not among them. */
static bool remember(struct movement_link *link, const struct movement_router *router)
{
	unsigned int i = 0;

	while (i < link->router_count && !movement_same_router(&link->routers[i], router))
		i++;
	bool is_new = i == link->router_count;

	if (is_new && link->router_count == MOVEMENT_ROUTERS_MAX)
		i = 0;
	else if (is_new)
		link->router_count++;
	memmove(&link->routers[i], &link->routers[i + 1],
		(link->router_count - 1 - i) * sizeof(link->routers[0]));
	link->routers[link->router_count - 1] = *router;
	return is_new;
}

/* Another RA of the current router: alive; attached anew if it changed. */
static enum movement_verdict refresh(struct movement *m, const struct movement_router *router)
{
	bool changed = !in6_equal(&m->current.link_local, &router->link_local) ||
		       (router->has_mac &&
			(!m->current.has_mac || memcmp(m->current.mac, router->mac, 6) != 0));

	m->current.link_local = router->link_local;
	m->current.heard_ns = router->heard_ns;
	m->current.interval_ms = router->interval_ms;
	if (router->has_mac) {
		m->current.has_mac = true;
		memcpy(m->current.mac, router->mac, sizeof(m->current.mac));
	}
	for (unsigned int i = 0; i < router->prefix_count; i++)
		changed |= prefix_merge(&m->current, &router->prefixes[i]);
	m->listen_until_ns = 0;
	m->has_rival = false;
	return changed ? MOVEMENT_ATTACHED : MOVEMENT_STAY;
}

enum movement_verdict movement_heard(struct movement *m, const struct movement_router *router)
{
	struct movement_link *link = link_find(m, router->ifindex);
	bool is_new;

	if (!link)
		return MOVEMENT_STAY;
	link->is_up = true; /* an RA proves it, whatever order the events come in */
	is_new = remember(link, router);
	if (!m->is_attached)
		return attach(m, router);
	if (movement_same_router(&m->current, router))
		return refresh(m, router);
	if (m->current.ifindex != router->ifindex)
		return link < link_find(m, m->current.ifindex) ? attach(m, router) : MOVEMENT_STAY;
	if (is_new)
		return attach(m, router);
	/*
	 * Heard before on this link: two routers share it, or the node was moved back without
	 * losing carrier. Only the silence of the current one tells.
	 */
	m->rival = *router;
	m->has_rival = true;
	if (m->listen_until_ns)
		return MOVEMENT_STAY;
	m->listen_until_ns = router->heard_ns + MOVEMENT_DOUBT_MS * MS_NS;
	return MOVEMENT_SOLICIT;
}

/* Its last RA may hold no prefix: then only the address it came from tells. */
static bool is_same_sender(const struct movement_router *a, const struct movement_router *b)
{
	if (!b->prefix_count)
		return a->ifindex == b->ifindex && in6_equal(&a->link_local, &b->link_local);
	return movement_same_router(a, b);
}

/*
 * Nothing remembered takes over on the same link: who was heard there once may have been left
 * behind. Who is there answers the solicitation.
 */
enum movement_verdict movement_dismiss(struct movement *m, const struct movement_router *router)
{
	struct movement_link *link = link_find(m, router->ifindex);
	unsigned int kept = 0;

	if (!link)
		return MOVEMENT_STAY;
	for (unsigned int i = 0; i < link->router_count; i++) {
		if (!is_same_sender(&link->routers[i], router))
			link->routers[kept++] = link->routers[i];
	}
	link->router_count = kept;
	if (m->has_rival && is_same_sender(&m->rival, router))
		m->has_rival = false;
	if (!m->is_attached || !is_same_sender(&m->current, router))
		return MOVEMENT_STAY;
	return leave(m, link) ? MOVEMENT_ATTACHED : MOVEMENT_DISMISSED;
}

uint64_t movement_deadline_ns(const struct movement *m)
{
	if (!m->is_attached)
		return 0;
	if (m->listen_until_ns)
		return m->listen_until_ns;
	if (!m->current.interval_ms)
		return 0;
	return m->current.heard_ns + m->current.interval_ms * MOVEMENT_SILENT_INTERVALS * MS_NS;
}

enum movement_verdict movement_expire(struct movement *m, uint64_t now_ns)
{
	uint64_t deadline = movement_deadline_ns(m);

	if (!deadline || now_ns < deadline)
		return MOVEMENT_STAY;
	if (!m->listen_until_ns) { /* missed RAs are a hint, no more */
		m->listen_until_ns = now_ns + MOVEMENT_DOUBT_MS * MS_NS;
		return MOVEMENT_SOLICIT;
	}
	if (m->has_rival)
		return attach(m, &m->rival);
	m->listen_until_ns = 0;
	m->current.heard_ns = now_ns; /* look again after as long a silence */
	return MOVEMENT_STAY;
}

uint32_t movement_solicit_ms(unsigned int sent)
{
	if (sent <= 1)
		return SOLICIT_FIRST_MS;
	if (sent == 2)
		return SOLICIT_SECOND_MS;
	if (sent <= 6)
		return SOLICIT_INTERVAL_MS;
	return sent - 6 >= 4 ? SOLICIT_MAX_MS : (uint32_t)SOLICIT_INTERVAL_MS << (sent - 6);
}
