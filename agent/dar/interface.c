// SPDX-License-Identifier: BSD-2-Clause
/* Owns the DAR's interfaces on the host: what is looked up, added, watched and taken away. */
#include <errno.h>
#include <linux/if_addr.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/in6.h"
#include "base/log.h"
#include "dar/dar_private.h"
#include "dar/radv.h"
#include "kernel/netlink.h"
#include "kernel/sysctl.h"

enum {
	ROUTE_METRIC = 128, /* before the kernel's own connected route, metric 256 */
};

struct dar_interface *dar_interface_by_index(struct dar *dar, uint32_t ifindex)
{
	for (unsigned int i = 0; i < dar->interface_count; i++) {
		if (dar->interfaces[i].ifindex == ifindex)
			return &dar->interfaces[i];
	}
	return NULL;
}

static void take_link(struct dar_interface *interface, const struct rtnl_link *link)
{
	interface->ifindex = link->ifindex;
	interface->mtu = link->mtu;
	interface->up = link->up;
	memcpy(interface->mac, link->mac, sizeof(interface->mac));
}

/* Forwarding is the operator's to switch on; silence about it would cost hours. */
static void warn_forwarding(const char *name)
{
	int value;

	if (sysctl_conf_get(name, "forwarding", &value) == 0 && value == 0)
		log_warn("forwarding.off",
			 "interface=%s mend=\"sysctl -w net.ipv6.conf.%s.forwarding=1\"", name,
			 name);
}

static void take_prefixes(struct dar *dar, unsigned int number)
{
	const struct config_interface *config = dar->interfaces[number].config;

	for (unsigned int i = 0; i < config->prefix_count; i++) {
		const struct config_prefix *prefix = &config->prefixes[i];

		dar->prefixes.at[dar->prefixes.count++] = (struct prefix){
			.prefix = prefix->prefix,
			.address = prefix->address,
			.ifindex = dar->interfaces[number].ifindex,
			.interface = number,
			.valid_s = prefix->valid_s,
			.preferred_s = prefix->preferred_s,
			.on_link = prefix->on_link,
			.is_cga = prefix->is_cga,
		};
	}
}

int dar_interfaces_open(struct dar *dar, char *why, size_t why_size)
{
	for (unsigned int i = 0; i < dar->config->interface_count; i++) {
		const struct config_interface *config = &dar->config->interfaces[i];
		struct dar_interface *interface = &dar->interfaces[dar->interface_count];
		struct rtnl_link link;
		int err = rtnl_link_by_name(dar->netlink, config->name, &link);

		if (err) {
			snprintf(why, why_size,
				 "interface %s: %s; create it or correct interfaces[%u].name",
				 config->name, strerror(-err), i);
			return EX_UNAVAILABLE;
		}
		*interface = (struct dar_interface){.config = config, .nd_fd = -1};
		take_link(interface, &link);
		take_prefixes(dar, dar->interface_count++);
		warn_forwarding(config->name);
	}
	return 0;
}

static bool is_ours(const struct dar *dar, const struct prefix *prefix)
{
	for (unsigned int i = 0; i < dar->address_count; i++) {
		if (in6_equal(&dar->addresses[i].address, &prefix->address))
			return true;
	}
	return false;
}

/* Never optimistic: the kernel's own DAD comes first. */
static int add_address(struct dar *dar, const struct prefix *prefix, bool recorded)
{
	struct rtnl_address address = {
		.ifindex = prefix->ifindex,
		.address = prefix->address,
		.prefix_len = 64,
		.flags = prefix->on_link ? 0 : IFA_F_NOPREFIXROUTE,
		.valid_s = RTNL_FOREVER,
		.preferred_s = RTNL_FOREVER,
	};
	int err = rtnl_address_add(dar->netlink, &address, false);

	if (err && err != -EEXIST)
		return err;
	/* one that was there is the operator's: used, and left on stop */
	if (!is_ours(dar, prefix) && (!err || recorded))
		dar->addresses[dar->address_count++] =
			(struct dar_address){prefix->ifindex, prefix->address};
	return 0;
}

/* What an agent before us left and we do not use: its CGA was taken, or the configuration changed.
 * Returns whether it had added the address of `prefix` too. */
static bool clear_recorded(struct dar *dar, const struct prefix *prefix,
			   const struct in6_addr *recorded, unsigned int count)
{
	bool found = false;

	for (unsigned int i = 0; i < count; i++) {
		if (!in6_same_prefix64(&recorded[i], &prefix->prefix))
			continue;
		if (in6_equal(&recorded[i], &prefix->address))
			found = true;
		else
			rtnl_address_delete(dar->netlink, prefix->ifindex, &recorded[i], 64);
	}
	return found;
}

/* The link-local address our own frames come from, and the kernel's word that another node has one
 * of ours. */
static void address_seen(struct dar *dar, const struct rtnl_address *address, bool deleted)
{
	struct dar_interface *interface = dar_interface_by_index(dar, address->ifindex);
	bool usable = !deleted && !(address->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED));
	const struct prefix *prefix;

	if (!interface)
		return;
	if (IN6_IS_ADDR_LINKLOCAL(&address->address)) {
		if (usable && in6_is_zero(&interface->link_local))
			interface->link_local = address->address;
		else if (!usable && in6_equal(&interface->link_local, &address->address))
			interface->link_local = in6addr_any;
		return;
	}
	prefix = prefix_with_address(&dar->prefixes, &address->address);
	if (prefix && !deleted && address->flags & IFA_F_DADFAILED)
		own_address_taken(dar, prefix);
}

static void address_listed(const struct rtnl_address *address, void *arg)
{
	address_seen(arg, address, false);
}

static void look_at_addresses(struct dar *dar)
{
	for (unsigned int i = 0; i < dar->interface_count; i++)
		dar->interfaces[i].link_local = in6addr_any;
	rtnl_address_list(dar->netlink, 0, address_listed, dar);
}

int dar_addresses_add(struct dar *dar, char *why, size_t why_size)
{
	struct in6_addr recorded[FAMA_PREFIX_MAX];
	unsigned int count = address_record_read(dar, recorded);

	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		const struct prefix *prefix = &dar->prefixes.at[i];
		int err = add_address(dar, prefix, clear_recorded(dar, prefix, recorded, count));

		if (err) {
			snprintf(why, why_size, "address %s on %s: %s",
				 in6_text(&prefix->address).s,
				 dar->interfaces[prefix->interface].config->name, strerror(-err));
			return EX_UNAVAILABLE;
		}
	}
	address_record_write(dar);
	look_at_addresses(dar);
	return 0;
}

static struct rtnl_route route_of(const struct dar *dar, const struct prefix *prefix)
{
	return (struct rtnl_route){
		.destination = prefix->prefix,
		.prefix_len = 64,
		.ifindex = prefix->ifindex,
		.metric = ROUTE_METRIC,
		.lwt_xmit_fd = dar->dataplane ? dataplane_local_fd(dar->dataplane) : -1,
		.lwt_name = "fama_dar_local",
	};
}

/* A second route beside the connected one: its program sees what the stack sends to the prefix. */
int dar_routes_add(struct dar *dar, char *why, size_t why_size)
{
	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		const struct prefix *prefix = &dar->prefixes.at[i];
		struct rtnl_route route = route_of(dar, prefix);
		struct dar_interface *interface = &dar->interfaces[prefix->interface];
		int err = rtnl_route_replace(dar->netlink, &route);

		if (err) {
			snprintf(why, why_size,
				 "route %s/64 dev %s with BPF: %s; is the interface up?",
				 in6_text(&prefix->prefix).s, interface->config->name,
				 strerror(-err));
			return EX_UNAVAILABLE;
		}
		dar->route_count++;
		/* solicited-node groups of away HoAs: any multicast must come in */
		if (!interface->allmulti &&
		    rtnl_link_set_allmulti(dar->netlink, interface->ifindex, true) == 0)
			interface->allmulti = true;
	}
	return 0;
}

void dar_interfaces_close(struct dar *dar, bool flush)
{
	for (unsigned int i = 0; i < dar->interface_count; i++) {
		struct dar_interface *interface = &dar->interfaces[i];

		radv_free(interface->radv, flush);
		if (flush && interface->allmulti)
			rtnl_link_set_allmulti(dar->netlink, interface->ifindex, false);
	}
	for (unsigned int i = 0; flush && i < dar->route_count; i++) {
		struct rtnl_route route = route_of(dar, &dar->prefixes.at[i]);

		rtnl_route_delete(dar->netlink, &route);
	}
	for (unsigned int i = 0; i < dar->address_count; i++)
		rtnl_address_delete(dar->netlink, dar->addresses[i].ifindex,
				    &dar->addresses[i].address, 64);
	if (dar->address_count)
		address_record_remove(dar);
}

/* The kernel drops addresses and prefix routes with a link that is taken down; they must be back
 * when the link is. */
static void restore_prefixes(struct dar *dar, const struct dar_interface *interface)
{
	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		struct rtnl_route route = route_of(dar, &dar->prefixes.at[i]);
		int err;

		if (route.ifindex != interface->ifindex)
			continue;
		err = add_address(dar, &dar->prefixes.at[i], false);
		if (err)
			log_warn("address.failed", "interface=%s error=\"%s\"",
				 interface->config->name, strerror(-err));
		err = rtnl_route_replace(dar->netlink, &route);
		if (err)
			log_warn("route.failed", "interface=%s error=\"%s\"",
				 interface->config->name, strerror(-err));
	}
	address_record_write(dar);
}

static void link_seen(struct dar *dar, const struct rtnl_link *link)
{
	struct dar_interface *interface = dar_interface_by_index(dar, link->ifindex);
	bool came_up, mac_changed;

	if (!interface)
		return;
	if (link->gone) {
		interface->up = false;
		log_warn("interface.gone", "interface=%s mend=\"recreate it and restart famad\"",
			 interface->config->name);
		return;
	}
	came_up = link->up && !interface->up;
	mac_changed = memcmp(link->mac, interface->mac, sizeof(link->mac)) != 0;
	if (link->up == interface->up && link->mtu == interface->mtu && !mac_changed)
		return;
	log_info("interface.changed", "interface=%s up=%d mtu=%u", interface->config->name,
		 link->up, link->mtu);
	if (mac_changed)
		log_warn("interface.mac_changed",
			 "interface=%s mend=\"restart famad: the programs know the old address\"",
			 interface->config->name);
	take_link(interface, link);
	if (came_up)
		restore_prefixes(dar, interface);
	if (interface->radv)
		radv_link_changed(interface->radv);
}

static int read_notification(const struct nlmsghdr *nlh, void *arg)
{
	struct rtnl_address address;
	struct rtnl_link link;
	bool deleted;

	if (rtnl_link_read(nlh, &link) == 0)
		link_seen(arg, &link);
	else if (rtnl_address_read(nlh, &address, &deleted) == 0)
		address_seen(arg, &address, deleted);
	return 0;
}

void dar_notification_receive(struct dar *dar)
{
	int err = netlink_receive(dar->notifications, read_notification, dar);

	if (err != -ENOBUFS)
		return;
	log_warn("netlink.overrun", "action=resync");
	for (unsigned int i = 0; i < dar->interface_count; i++) {
		struct rtnl_link link;

		if (rtnl_link_by_name(dar->netlink, dar->interfaces[i].config->name, &link) == 0) {
			take_link(&dar->interfaces[i], &link);
			restore_prefixes(dar, &dar->interfaces[i]);
		}
	}
	look_at_addresses(dar);
}
