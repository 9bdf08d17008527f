// SPDX-License-Identifier: BSD-2-Clause
/* Owns the DAR's addresses that are CGAs of its key (`address: cga`), and what is done when another
 * node has one: the collision count is kept in state_dir and counts from the next start on, for an
 * address in use is not changed under its nodes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/in6.h"
#include "base/log.h"
#include "dar/dar_private.h"
#include "kernel/state_dir.h"
#include "store/cga_autoconf.h"

#include <arpa/inet.h>

static const char record_name[] = "collisions"; /* lines of: prefix, count */

enum { LINE_MAX_LEN = INET6_ADDRSTRLEN + 8, RECORD_MAX = FAMA_PREFIX_MAX * LINE_MAX_LEN };

static void read_line(struct dar *dar, const char *line)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	unsigned int count;

	if (sscanf(line, "%45s %u", text, &count) != 2 || count > CGA_COLLISIONS_MAX ||
	    inet_pton(AF_INET6, text, &address) != 1)
		return;
	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		struct prefix *prefix = &dar->prefixes.at[i];

		if (prefix->is_cga && in6_equal(&prefix->prefix, &address))
			prefix->collisions = (uint8_t)count;
	}
}

static void read_collisions(struct dar *dar)
{
	char text[RECORD_MAX + 1], *rest = NULL;
	ssize_t len = state_dir_read(dar->state_fd, record_name, text, RECORD_MAX);

	if (len < 0) {
		if (len != -ENOENT)
			log_warn("collisions.failed", "error=\"%s\"", strerror((int)-len));
		return;
	}
	text[len] = '\0';
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		read_line(dar, line);
}

/* As they are in force, but one more for `taken`. */
static void write_collisions(const struct dar *dar, const struct prefix *taken)
{
	char text[RECORD_MAX + 1];
	size_t len = 0;
	int err;

	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		const struct prefix *prefix = &dar->prefixes.at[i];

		if (prefix->is_cga)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s %d\n",
						in6_text(&prefix->prefix).s,
						prefix->collisions + (prefix == taken));
	}
	err = state_dir_write(dar->state_fd, record_name, text, len);
	if (err)
		log_warn("collisions.failed", "error=\"%s\"", strerror(-err));
}

static bool wants_cga(const struct dar *dar)
{
	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		if (dar->prefixes.at[i].is_cga)
			return true;
	}
	return false;
}

int own_addresses_derive(struct dar *dar, char *why, size_t why_size)
{
	const struct config *config = dar->config;

	if (!wants_cga(dar))
		return 0;
	if (identity_open(dar->state_fd, config->identity.rsa_bits, config->identity.sec,
			  &dar->identity, why, why_size))
		return EX_UNAVAILABLE;
	read_collisions(dar);
	for (unsigned int i = 0; i < dar->prefixes.count; i++) {
		struct prefix *prefix = &dar->prefixes.at[i];

		if (!prefix->is_cga)
			continue;
		prefix->address =
			cga_autoconf_address(&dar->identity, &prefix->prefix, prefix->collisions);
		log_info("address.cga", "address=%s collisions=%u", in6_text(&prefix->address).s,
			 prefix->collisions);
	}
	return 0;
}

void own_address_taken(struct dar *dar, const struct prefix *prefix)
{
	const char *interface = dar->interfaces[prefix->interface].config->name;
	const char *mend = "find the node that has it, or configure another address";

	if (prefix->is_cga && prefix->collisions < CGA_COLLISIONS_MAX) {
		write_collisions(dar, prefix);
		mend = "restart famad: it takes the next address of its key";
	} else if (prefix->is_cga) {
		mend = "find the node that claims every address; then remove collisions from "
		       "state_dir and restart famad";
	}
	log_error("address.taken", "address=%s interface=%s mend=\"%s\"",
		  in6_text(&prefix->address).s, interface, mend);
}
