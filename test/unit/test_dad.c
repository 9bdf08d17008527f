// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of what DAD for a HoA does (C-40 to C-43): who waits, for how long, what ends it.
 * The link, the data plane and the judge of BUs are played here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>

#include "base/clock.h"
#include "base/in6.h"
#include "dar/bu_queue.h"
#include "dar/dar_private.h"

enum { ACCESS_IFINDEX = 7, OTHER_IFINDEX = 8, WAITING_MAX = 64, PACKET_MAX = 256, HOA_IID_AT = 8 };

static const uint8_t own_mac[ND_MAC_LEN] = {2, 0, 0, 0, 0, 1};
static const uint8_t claimant_mac[ND_MAC_LEN] = {2, 0, 0, 0, 0, 0x99};
static const struct config_interface access_config = {.name = "acc0", .kind = INTERFACE_ACCESS};
static struct config config;

struct world {
	struct dar dar;
	struct in6_addr defended[2 * WAITING_MAX + 2];
	enum defence kinds[2 * WAITING_MAX + 2];
	unsigned int defended_count;
	unsigned int defend_left; /* rows that still find room */
	unsigned int probes;      /* DAD NS sent */
	struct in6_addr probed;   /* by the last */
	unsigned int defences;    /* NAs with O=1 */
	unsigned int free, taken; /* BUs judged again */
	uint64_t tested_ns;       /* the last of them */
	struct mh_packet tested;  /* copied; spans as they were */
	uint8_t tested_octets[PACKET_MAX];
	struct bcache_entry bound; /* the one binding */
};

static struct world *world;

/* ---- what dad.c asks of others ---- */

int dataplane_defend(struct dataplane *dp, const struct in6_addr *address,
		     const struct defended *what)
{
	(void)dp;
	assert_int_equal(what->ifindex, ACCESS_IFINDEX);
	if (!world->defend_left)
		return -E2BIG;
	world->defend_left--;
	world->defended[world->defended_count] = *address;
	world->kinds[world->defended_count++] = what->kind;
	return 0;
}

void dataplane_defend_end(struct dataplane *dp, const struct in6_addr *address)
{
	(void)dp;
	for (unsigned int i = 0; i < world->defended_count; i++) {
		if (!in6_equal(&world->defended[i], address))
			continue;
		world->defended_count--;
		world->defended[i] = world->defended[world->defended_count];
		world->kinds[i] = world->kinds[world->defended_count];
		return;
	}
}

int nd_frame_send(struct dar *dar, const struct dar_interface *interface,
		  const struct nd_message *what, const struct in6_addr *source,
		  const struct in6_addr *destination, const uint8_t *mac)
{
	struct in6_addr group = in6_solicited_node(&what->target);

	assert_ptr_equal(interface, &dar->interfaces[0]);
	assert_int_equal(what->type, ND_TYPE_NS);
	assert_true(in6_is_zero(source) && in6_equal(destination, &group));
	assert_true(!what->has_slla && !mac);
	world->probes++;
	world->probed = what->target;
	return 0;
}

struct proxy *proxy_new(struct dar *dar)
{
	return (struct proxy *)dar; /* never looked into */
}

void proxy_free(struct proxy *proxy)
{
	(void)proxy;
}

void proxy_defend(struct dar *dar, const struct dar_interface *interface,
		  const struct in6_addr *target)
{
	(void)dar;
	(void)interface;
	(void)target;
	world->defences++;
}

struct dar_interface *dar_interface_by_index(struct dar *dar, uint32_t ifindex)
{
	for (unsigned int i = 0; i < dar->interface_count; i++) {
		if (dar->interfaces[i].ifindex == ifindex)
			return &dar->interfaces[i];
	}
	return NULL;
}

struct bcache_entry *bcache_find(const struct bcache *bcache, const struct in6_addr *hoa)
{
	(void)bcache;
	return in6_equal(&world->bound.hoa, hoa) ? &world->bound : NULL;
}

void dar_bu_tested(struct dar *dar, const struct mh_packet *packet, const struct ingress *from,
		   const struct bu_before *before, enum bu_dad result)
{
	struct bu bu;

	bu_read(packet, &bu);
	assert_false(dad_is_running(dar->dad, &bu.hoa));
	assert_int_equal(from->ifindex, OTHER_IFINDEX);
	assert_true(before->has_sequence && before->sequence == 4700);
	world->free += result == BU_DAD_FREE;
	world->taken += result == BU_DAD_TAKEN;
	world->tested = *packet;
	memcpy(world->tested_octets, packet->message.octets.at, packet->message.octets.len);
	world->tested_ns = clock_boot_ns();
}

/* ---- the world ---- */

static struct in6_addr in6_of(const char *text)
{
	struct in6_addr address;

	assert_int_equal(inet_pton(AF_INET6, text, &address), 1);
	return address;
}

static struct in6_addr hoa_of(unsigned int number)
{
	struct in6_addr hoa = in6_of("2001:db8:1::100:0");

	hoa.s6_addr[15] = (uint8_t)number;
	return hoa;
}

static struct in6_addr link_local_of(const struct in6_addr *hoa)
{
	struct in6_addr address = in6_of("fe80::");

	memcpy(&address.s6_addr[HOA_IID_AT], &hoa->s6_addr[HOA_IID_AT], 16 - HOA_IID_AT);
	return address;
}

static int setup(void **state)
{
	(void)state;
	world = calloc(1, sizeof(*world));
	world->defend_left = UINT32_MAX;
	world->dar.base = event_base_new();
	world->dar.config = &config;
	config.security.dad = DAD_STRICT;
	world->dar.interface_count = 2;
	world->dar.interfaces[0] =
		(struct dar_interface){.config = &access_config, .ifindex = ACCESS_IFINDEX};
	world->dar.interfaces[1] =
		(struct dar_interface){.config = &access_config, .ifindex = OTHER_IFINDEX};
	for (int i = 0; i < 2; i++)
		memcpy(world->dar.interfaces[i].mac, own_mac, sizeof(own_mac));
	world->dar.prefixes.count = 1;
	world->dar.prefixes.at[0] = (struct prefix){.prefix = in6_of("2001:db8:1::"),
						    .address = in6_of("2001:db8:1::1"),
						    .ifindex = ACCESS_IFINDEX};
	world->dar.dad = dad_new(&world->dar);
	return world->dar.dad ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	dad_free(world->dar.dad);
	event_base_free(world->dar.base);
	free(world);
	return 0;
}

/* Has the BU wait; its octets are gone afterwards, as those of the ring buffer are. */
static int test_hoa(const struct in6_addr *hoa, uint16_t flags)
{
	const struct ingress from = {.ifindex = OTHER_IFINDEX};
	struct in6_addr coa = in6_of("2001:db8:2::c"), dar = in6_of("2001:db8:1::1");
	const struct mh_build build = {
		.type = IP6_MH_TYPE_BU,
		.sequence = 4711,
		.flags = (uint16_t)(IP6_MH_BU_ACK | IP6_MH_BU_HOME | flags),
		.lifetime = 100,
		.alt_coa = &coa,
	};
	uint8_t octets[PACKET_MAX];
	struct mh_packet packet;
	struct mh_built built;
	struct bu bu;
	ssize_t len;
	int err;

	assert_int_equal(mh_build(&build, &built), 0);
	mh_set_checksum(&built, hoa, &dar);
	len = mh_packet_build(&coa, &dar, hoa, NULL, &built, octets, sizeof(octets));
	assert_true(len > 0);
	assert_int_equal(mh_packet_parse(octets, (size_t)len, &packet), MH_OK);
	bu_read(&packet, &bu);
	err = dad_test(world->dar.dad, &bu, &from, &(struct bu_before){true, 4700});
	memset(octets, 0xff, sizeof(octets));
	return err;
}

static void wait_for_all(unsigned int count)
{
	while (world->free + world->taken < count)
		assert_int_equal(event_base_loop(world->dar.base, EVLOOP_ONCE), 0);
}

struct claim {
	const char *name;
	uint8_t type;
	const char *source;
	uint8_t hop_limit, bad_checksum;
	uint32_t ifindex;
	const uint8_t *mac;
	bool counts;
};

static size_t frame_of(const struct claim *claim, const struct in6_addr *target,
		       uint8_t out[static PACKET_MAX])
{
	const struct nd_message nd = {
		.type = claim->type, .target = *target, .na_flags = ND_NA_FLAG_OVERRIDE};
	struct in6_addr source = in6_of(claim->source);
	struct in6_addr destination =
		claim->type == ND_TYPE_NA ? in6_all_nodes : in6_solicited_node(target);
	uint8_t *icmp6 = out + IP6_HEADER_LEN;
	ssize_t len = nd_build(&nd, icmp6, PACKET_MAX - IP6_HEADER_LEN);
	struct writer w = writer_of(out, IP6_HEADER_LEN);
	uint16_t checksum;

	assert_true(len > 0);
	write_be32(&w, 6u << 28);
	write_be16(&w, (uint16_t)len);
	write_u8(&w, IP6_NH_ICMPV6);
	write_u8(&w, claim->hop_limit);
	write_octets(&w, &source, sizeof(source));
	write_octets(&w, &destination, sizeof(destination));
	checksum = nd_checksum(&source, &destination, icmp6, (size_t)len) ^ claim->bad_checksum;
	icmp6[2] = (uint8_t)(checksum >> 8);
	icmp6[3] = (uint8_t)checksum;
	return IP6_HEADER_LEN + (size_t)len;
}

static void claim_address(const struct claim *claim, const struct in6_addr *target)
{
	struct ingress from = {.ifindex = claim->ifindex};
	uint8_t octets[PACKET_MAX];
	size_t len = frame_of(claim, target, octets);

	memcpy(from.source_mac, claim->mac, sizeof(from.source_mac));
	dad_conflict(world->dar.dad, &from, octets, len);
}

static const struct claim good_claim = {"", ND_TYPE_NA,     "fe80::99",   255,
					0,  ACCESS_IFINDEX, claimant_mac, true};

/* ---- strict ---- */

static void c40_a_bu_waits_for_retrans_timer_and_comes_back_whole(void **state)
{
	struct in6_addr hoa = hoa_of(1), coa = in6_of("2001:db8:2::c");
	uint64_t start = clock_boot_ns();
	struct mh_message again;
	struct bu bu;

	(void)state;
	assert_int_equal(test_hoa(&hoa, 0), 0);
	assert_true(dad_is_running(world->dar.dad, &hoa));
	assert_int_equal(world->probes, 1);
	assert_true(in6_equal(&world->probed, &hoa));
	assert_int_equal(world->defended_count, 1);
	assert_int_equal(world->kinds[0], DEFENCE_TENTATIVE);
	wait_for_all(1);
	assert_int_equal(world->free, 1);
	assert_in_range(world->tested_ns - start, CLOCK_SECOND_NS * 99 / 100, 2 * CLOCK_SECOND_NS);
	assert_int_equal(world->defended_count, 0);
	bu_read(&world->tested, &bu);
	assert_true(in6_equal(&bu.hoa, &hoa) && in6_equal(&bu.coa, &coa));
	assert_int_equal(bu.sequence, 4711);
	assert_int_equal(mh_parse(world->tested_octets, world->tested.message.octets.len, &again),
			 MH_OK);
	assert_true(in6_equal(&again.options.alt_coa, &coa));
}

static void c40_sixty_four_may_wait(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < WAITING_MAX; i++) {
		struct in6_addr hoa = hoa_of(i);

		assert_int_equal(test_hoa(&hoa, 0), 0);
	}
	struct in6_addr hoa = hoa_of(WAITING_MAX), first = hoa_of(0);

	assert_int_equal(test_hoa(&hoa, 0), -EBUSY);
	assert_false(dad_is_running(world->dar.dad, &hoa));
	assert_int_equal(world->defended_count, WAITING_MAX);
	claim_address(&good_claim, &first);
	assert_int_equal(world->taken, 1);
	assert_int_equal(test_hoa(&hoa, 0), 0);
	wait_for_all(WAITING_MAX + 1);
	assert_int_equal(world->free, WAITING_MAX);
	assert_int_equal(world->defended_count, 0);
}

static void c42_one_test_an_address(void **state)
{
	struct in6_addr hoa = hoa_of(1);

	(void)state;
	assert_int_equal(test_hoa(&hoa, 0), 0);
	assert_int_equal(test_hoa(&hoa, 0), -EBUSY);
	assert_int_equal(world->probes, 1);
}

static void c40_no_room_in_the_data_plane_is_busy(void **state)
{
	struct in6_addr hoa = hoa_of(1);

	(void)state;
	for (unsigned int room = 0; room < 2; room++) { /* the second row, that of flag L */
		world->defend_left = room;
		assert_int_equal(test_hoa(&hoa, IP6_MH_BU_LLOCAL), -EBUSY);
		assert_false(dad_is_running(world->dar.dad, &hoa));
		assert_int_equal(world->defended_count, 0);
	}
	assert_int_equal(world->probes, 0);
}

static void c40_what_is_a_claim(void **state)
{
	static const struct claim rows[] = {
		{"NA", ND_TYPE_NA, "2001:db8:1::99", 255, 0, ACCESS_IFINDEX, claimant_mac, true},
		{"DAD NS", ND_TYPE_NS, "::", 255, 0, ACCESS_IFINDEX, claimant_mac, true},
		{"NS of a neighbour", ND_TYPE_NS, "fe80::99", 255, 0, ACCESS_IFINDEX, claimant_mac,
		 false},
		{"RS", ND_TYPE_RS, "fe80::99", 255, 0, ACCESS_IFINDEX, claimant_mac, false},
		{"hop limit 254", ND_TYPE_NA, "fe80::99", 254, 0, ACCESS_IFINDEX, claimant_mac,
		 false},
		{"checksum", ND_TYPE_NA, "fe80::99", 255, 1, ACCESS_IFINDEX, claimant_mac, false},
		{"other link", ND_TYPE_NA, "fe80::99", 255, 0, OTHER_IFINDEX, claimant_mac, false},
		{"no link of ours", ND_TYPE_NA, "fe80::99", 255, 0, 99, claimant_mac, false},
		{"own probe thrown back", ND_TYPE_NS, "::", 255, 0, ACCESS_IFINDEX, own_mac, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct in6_addr hoa = hoa_of((unsigned int)i), other = hoa_of(200);
		unsigned int taken = world->taken;

		assert_int_equal(test_hoa(&hoa, 0), 0);
		claim_address(&rows[i], &other);
		assert_int_equal(world->taken, taken);
		claim_address(&rows[i], &hoa);
		if (world->taken - taken != rows[i].counts)
			fail_msg("%s", rows[i].name);
		assert_int_equal(dad_is_running(world->dar.dad, &hoa), !rows[i].counts);
	}
	assert_int_equal(world->dar.stats.counters[DAR_DAD_CONFLICTS], 2);
}

static void a_claim_cut_off_anywhere_is_none(void **state)
{
	const struct ingress from = {.ifindex = ACCESS_IFINDEX, .source_mac = {2}};
	struct in6_addr hoa = hoa_of(1);
	uint8_t octets[PACKET_MAX];
	size_t len = frame_of(&good_claim, &hoa, octets);

	(void)state;
	assert_int_equal(test_hoa(&hoa, 0), 0);
	for (size_t cut = 0; cut < len; cut++) {
		uint8_t *exact = malloc(cut ? cut : 1); /* a sanitizer sees the octet behind */

		memcpy(exact, octets, cut);
		dad_conflict(world->dar.dad, &from, exact, cut);
		free(exact);
	}
	assert_true(dad_is_running(world->dar.dad, &hoa));
	dad_conflict(world->dar.dad, &from, octets, len);
	assert_int_equal(world->taken, 1);
}

static void c43_flag_l_tests_the_link_local_too(void **state)
{
	struct in6_addr hoa = hoa_of(1), link_local = link_local_of(&hoa);

	(void)state;
	assert_int_equal(test_hoa(&hoa, 0), 0);
	claim_address(&good_claim, &link_local); /* not asked for */
	assert_int_equal(world->taken, 0);
	claim_address(&good_claim, &hoa);
	assert_int_equal(test_hoa(&hoa, IP6_MH_BU_LLOCAL), 0);
	assert_int_equal(world->probes, 3);
	assert_true(in6_equal(&world->probed, &link_local));
	assert_int_equal(world->defended_count, 2);
	claim_address(&good_claim, &link_local);
	assert_int_equal(world->taken, 2);
	assert_int_equal(world->defended_count, 0);
}

/* ---- beside a binding ---- */

static void c41_a_claim_on_a_bound_address_is_defended_and_counted(void **state)
{
	struct in6_addr hoa = hoa_of(1), other = hoa_of(2);

	(void)state;
	world->bound = (struct bcache_entry){.hoa = hoa, .state = BCACHE_BOUND};
	claim_address(&good_claim, &hoa);
	claim_address(&good_claim, &other);
	assert_int_equal(world->defences, 1);
	assert_int_equal(world->dar.stats.counters[DAR_DAD_CONFLICTS], 1);
	assert_int_equal(world->bound.state, BCACHE_BOUND);
	assert_int_equal(world->free + world->taken, 0);
	world->bound.state = BCACHE_DELETED;
	claim_address(&good_claim, &hoa);
	assert_int_equal(world->defences, 1);
}

static void c43_the_link_local_of_a_binding_is_defended(void **state)
{
	struct in6_addr hoa = hoa_of(1), link_local = link_local_of(&hoa);

	(void)state;
	config.security.dad = DAD_OPTIMISTIC;
	world->bound = (struct bcache_entry){.hoa = hoa, .state = BCACHE_BOUND};
	dad_probe(world->dar.dad, &hoa);
	dad_link_local(world->dar.dad, &hoa, true);
	assert_int_equal(world->probes, 2);
	assert_true(in6_equal(&world->probed, &link_local));
	assert_int_equal(world->defended_count, 1);
	assert_int_equal(world->kinds[0], DEFENCE_LINK_LOCAL);
	assert_int_equal(world->defences, 1); /* said at once, as of the HoA */
	claim_address(&good_claim, &link_local);
	assert_int_equal(world->defences, 2);
	dad_link_local(world->dar.dad, &hoa, false);
	assert_int_equal(world->defended_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			c40_a_bu_waits_for_retrans_timer_and_comes_back_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(c40_sixty_four_may_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(c42_one_test_an_address, setup, teardown),
		cmocka_unit_test_setup_teardown(c40_no_room_in_the_data_plane_is_busy, setup,
						teardown),
		cmocka_unit_test_setup_teardown(c40_what_is_a_claim, setup, teardown),
		cmocka_unit_test_setup_teardown(a_claim_cut_off_anywhere_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(c43_flag_l_tests_the_link_local_too, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			c41_a_claim_on_a_bound_address_is_defended_and_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(c43_the_link_local_of_a_binding_is_defended, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
