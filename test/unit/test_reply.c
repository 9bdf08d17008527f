// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of dar/reply: by which way an answer leaves, and never before the rows it tells of
 * (C-83). Kernel, socket and turn are played here. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dar/dar_private.h"
#include "dar/next_hop.h"
#include "dar/turn.h"
#include "harness/bu_situation.h"
#include "kernel/packet_socket.h"

enum { ACCESS_IFINDEX = 7, CORE_IFINDEX = 8, THIRD_IFINDEX = 9 };

static const struct ingress from = {ACCESS_IFINDEX, {2, 0, 0, 0, 0, 7}};
static struct dar dar;
static struct next_hop hop;
static bool has_hop, on;
static int batch_result, flush_result;
static char trace[128];

static void did(const char *what)
{
	snprintf(trace + strlen(trace), sizeof(trace) - strlen(trace), "%s ", what);
}

static int frame(const char *what, uint32_t ifindex, const uint8_t *own_mac, const uint8_t *mac)
{
	char text[32];

	snprintf(text, sizeof(text), "%s:%u:%u:%u", what, ifindex, own_mac[5], mac[5]);
	did(text);
	return 0;
}

int packet_send_frame(struct packet_socket *ps, uint32_t ifindex, const uint8_t source_mac[6],
		      const uint8_t destination_mac[6], const uint8_t *packet, size_t len)
{
	(void)ps, (void)packet, (void)len;
	return frame("frame", ifindex, source_mac, destination_mac);
}

int packet_batch_frame(struct packet_socket *ps, uint32_t ifindex, const uint8_t source_mac[6],
		       const uint8_t destination_mac[6], const uint8_t *packet, size_t len)
{
	int result = batch_result;

	(void)ps, (void)packet, (void)len;
	batch_result = 0;
	frame("batch", ifindex, source_mac, destination_mac);
	return result;
}

int packet_send_routed(struct packet_socket *ps, uint32_t ifindex, const uint8_t *packet,
		       size_t len)
{
	(void)ps, (void)packet, (void)len;
	assert_int_equal(ifindex, 0);
	did("routed");
	return 0;
}

const struct next_hop *next_hop_find(struct next_hops *hops, const struct in6_addr *destination,
				     uint32_t from_ifindex,
				     const uint8_t from_mac[static NEXT_HOP_MAC_LEN],
				     uint64_t now_ns)
{
	(void)hops, (void)destination, (void)now_ns;
	assert_int_equal(from_ifindex, ACCESS_IFINDEX);
	assert_memory_equal(from_mac, from.source_mac, NEXT_HOP_MAC_LEN);
	return has_hop ? &hop : NULL;
}

struct dar_interface *dar_interface_by_index(struct dar *of, uint32_t ifindex)
{
	for (unsigned int i = 0; i < of->interface_count; i++) {
		if (of->interfaces[i].ifindex == ifindex)
			return &of->interfaces[i];
	}
	return NULL;
}

bool turn_is_on(const struct dar *of)
{
	(void)of;
	return on;
}

int turn_flush(struct dar *of)
{
	(void)of;
	did("flush");
	return flush_result;
}

static void expect(const char *destination, int result, const char *done)
{
	struct in6_addr address = situation_address(destination);
	uint8_t packet[64] = {0};

	trace[0] = '\0';
	assert_int_equal(reply_send(&dar, &from, &address, packet, sizeof(packet)), result);
	assert_string_equal(trace, done);
}

static int setup(void **state)
{
	(void)state;
	dar = (struct dar){.interface_count = 2, .prefixes.count = 2};
	dar.interfaces[0] = (struct dar_interface){.ifindex = ACCESS_IFINDEX, .mac = {[5] = 1}};
	dar.interfaces[1] = (struct dar_interface){.ifindex = CORE_IFINDEX, .mac = {[5] = 2}};
	dar.prefixes.at[0].prefix = situation_address("2001:db8:1::");
	dar.prefixes.at[0].ifindex = ACCESS_IFINDEX;
	dar.prefixes.at[1].prefix = situation_address("2001:db8:2::");
	dar.prefixes.at[1].ifindex = CORE_IFINDEX;
	hop = (struct next_hop){.ifindex = CORE_IFINDEX, .has_mac = true, .mac = {[5] = 8}};
	has_hop = true;
	on = false;
	batch_result = flush_result = 0;
	return 0;
}

static void the_way_out(void **state)
{
	(void)state;
	expect("2001:db8:1::5", 0, "frame:7:1:7 "); /* on the link it came from */
	expect("2001:db8:2::5", 0, "frame:8:2:8 "); /* of ours, but another link */
	expect("2001:db8:9::5", 0, "frame:8:2:8 ");
	hop.ifindex = THIRD_IFINDEX; /* not configured */
	expect("2001:db8:9::5", 0, "flush routed ");
	hop.ifindex = CORE_IFINDEX;
	hop.has_mac = false;
	expect("2001:db8:9::5", 0, "flush routed ");
	has_hop = false;
	expect("2001:db8:9::5", 0, "flush routed ");
}

static void c83_in_a_turn_rows_go_first(void **state)
{
	(void)state;
	on = true;
	expect("2001:db8:9::5", 0, "batch:8:2:8 ");
	batch_result = -ENOBUFS;
	expect("2001:db8:9::5", 0, "batch:8:2:8 flush batch:8:2:8 ");
	batch_result = -EMSGSIZE;
	expect("2001:db8:9::5", -EMSGSIZE, "batch:8:2:8 ");
	batch_result = -ENOBUFS;
	flush_result = -EIO; /* a row is not there: this answer may tell of it */
	expect("2001:db8:9::5", -EIO, "batch:8:2:8 flush ");
	has_hop = false;
	expect("2001:db8:9::5", -EIO, "flush ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_way_out, setup),
		cmocka_unit_test_setup(c83_in_a_turn_rows_go_first, setup),
	};

	return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
