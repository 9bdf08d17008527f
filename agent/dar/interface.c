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

static int add_address(struct dar *dar, const struct prefix *prefix)
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
	if (!is_ours(dar, prefix) && (!err || address_record_has(dar, &prefix->address)))
		dar->addresses[dar->address_count++] =
			(struct dar_address){prefix->ifindex, prefix->address};
	return 0;
}

int dar_addresses_add(struct dar *dar, char *why, size_t why_size)
{
	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		const struct prefix *prefix = &dar->prefixes.at[i];
		int err = add_address(dar, prefix);

		if (err) {
			snprintf(why, why_size, "address %s on %s: %s",
				 in6_text(&prefix->address).s,
				 dar->interfaces[prefix->interface].config->name, strerror(-err));
			return EX_UNAVAILABLE;
		}
	}
	address_record_write(dar);
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
		err = add_address(dar, &dar->prefixes.at[i]);
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

static int read_notification(const struct nlmsghdr *nlh, void *arg)
{
	struct dar *dar = arg;
	struct dar_interface *interface;
	struct rtnl_link link;
	bool came_up, changed;

	if (rtnl_link_read(nlh, &link))
		return 0;
	interface = dar_interface_by_index(dar, link.ifindex);
	if (!interface)
		return 0;
	if (link.gone) {
		interface->up = false;
		log_warn("interface.gone", "interface=%s mend=\"recreate it and restart famad\"",
			 interface->config->name);
		return 0;
	}
	came_up = link.up && !interface->up;
	changed = link.up != interface->up || link.mtu != interface->mtu ||
		  memcmp(link.mac, interface->mac, sizeof(link.mac)) != 0;
	if (!changed)
		return 0;
	log_info("interface.changed", "interface=%s up=%d mtu=%u", interface->config->name, link.up,
		 link.mtu);
	if (memcmp(link.mac, interface->mac, sizeof(link.mac)) != 0)
		log_warn("interface.mac_changed",
			 "interface=%s mend=\"restart famad: the programs know the old address\"",
			 interface->config->name);
	take_link(interface, &link);
	if (came_up)
		restore_prefixes(dar, interface);
	if (interface->radv)
		radv_link_changed(interface->radv);
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
}
