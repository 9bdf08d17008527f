// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of movement detection (M-05): links and RAs as steps, verdicts compared. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/in6.h"
#include "mn/movement.h"
#include "wire/nd.h"

#define MS UINT64_C(1000000)

static struct in6_addr in6(const char *text)
{
	struct in6_addr address;

	assert_int_equal(inet_pton(AF_INET6, text, &address), 1);
	return address;
}

/* DAR `n` on `ifindex`: every one of them is fe80::1, so only the R address tells them apart. */
static struct movement_router dar(unsigned int n, uint32_t ifindex, uint64_t at_ms)
{
	struct movement_router router = {
		.ifindex = ifindex,
		.link_local = in6("fe80::1"),
		.has_mac = true,
		.mac = {2, 0, 0, 0, 0, (uint8_t)n},
		.prefix_count = 1,
		.interval_ms = 10000,
		.heard_ns = at_ms * MS,
	};

	router.prefixes[0].prefix = in6("2001:db8::");
	router.prefixes[0].prefix.s6_addr[5] = (uint8_t)n;
	router.prefixes[0].has_hdar = true;
	router.prefixes[0].hdar = router.prefixes[0].prefix;
	router.prefixes[0].hdar.s6_addr[15] = 1;
	return router;
}

static unsigned int current(const struct movement *m)
{
	return m->is_attached ? m->current.prefixes[0].prefix.s6_addr[5] : 0;
}

enum what { UP, AGAIN, DOWN, RA, LAST_RA, EXPIRE };

struct step {
	enum what what;
	unsigned int link, dar;
	uint64_t at_ms;
	enum movement_verdict verdict;
	unsigned int current; /* DAR attached to afterwards, 0: none */
};

enum { STEPS_MAX = 16 };

struct row {
	const char *name;
	struct step steps[STEPS_MAX];
	unsigned int count;
};

#define ROW(title, ...)                                                                            \
	{                                                                                          \
		title, {__VA_ARGS__}, sizeof((struct step[]){__VA_ARGS__}) / sizeof(struct step)   \
	}
#define S(what, link, dar, at, verdict, now)                                                       \
	{                                                                                          \
		what, link, dar, at, MOVEMENT_##verdict, now                                       \
	}

/* clang-format off */
static const struct row ROWS[] = {
	ROW("first attachment", S(UP, 1, 0, 0, SOLICIT, 0), S(RA, 1, 1, 1, ATTACHED, 1)),
	ROW("the same RA again", S(UP, 1, 0, 0, SOLICIT, 0), S(RA, 1, 1, 1, ATTACHED, 1),
	    S(RA, 1, 1, 5000, STAY, 1)),
	ROW("M-05 carrier lost and back at another DAR", S(UP, 1, 0, 0, SOLICIT, 0),
	    S(RA, 1, 1, 1, ATTACHED, 1), S(DOWN, 1, 0, 100, DETACHED, 0),
	    S(UP, 1, 0, 102, SOLICIT, 0), S(RA, 1, 2, 103, ATTACHED, 2)),
	ROW("carrier lost and back at the same DAR", S(UP, 1, 0, 0, SOLICIT, 0),
	    S(RA, 1, 1, 1, ATTACHED, 1), S(DOWN, 1, 0, 100, DETACHED, 0),
	    S(UP, 1, 0, 102, SOLICIT, 0), S(RA, 1, 1, 103, ATTACHED, 1)),
	ROW("M-05 another DAR without a link event", S(UP, 1, 0, 0, SOLICIT, 0),
	    S(RA, 1, 1, 1, ATTACHED, 1), S(RA, 1, 2, 3000, ATTACHED, 2),
	    S(RA, 1, 3, 6000, ATTACHED, 3)),
	ROW("back to a DAR heard before, without a link event: the other is silent",
	    S(UP, 1, 0, 0, SOLICIT, 0), S(RA, 1, 1, 1, ATTACHED, 1), S(RA, 1, 2, 3000, ATTACHED, 2),
	    S(RA, 1, 1, 6000, SOLICIT, 2), S(EXPIRE, 1, 0, 6500, STAY, 2),
	    S(EXPIRE, 1, 0, 7000, ATTACHED, 1), S(EXPIRE, 1, 0, 7001, STAY, 1)),
	ROW("two DARs on one link: no ping-pong", S(UP, 1, 0, 0, SOLICIT, 0),
	    S(RA, 1, 1, 1, ATTACHED, 1), S(RA, 1, 2, 2, ATTACHED, 2),
	    S(RA, 1, 1, 3000, SOLICIT, 2), S(RA, 1, 1, 3001, STAY, 2), S(RA, 1, 2, 3002, STAY, 2),
	    S(EXPIRE, 1, 0, 4000, STAY, 2), S(RA, 1, 1, 9000, SOLICIT, 2),
	    S(RA, 1, 2, 9001, STAY, 2), S(EXPIRE, 1, 0, 10000, STAY, 2)),
	ROW("M-05 missed RAs are a hint", S(UP, 1, 0, 0, SOLICIT, 0), S(RA, 1, 1, 0, ATTACHED, 1),
	    S(EXPIRE, 1, 0, 29999, STAY, 1), S(EXPIRE, 1, 0, 30000, SOLICIT, 1),
	    S(EXPIRE, 1, 0, 31000, STAY, 1), S(EXPIRE, 1, 0, 60999, STAY, 1),
	    S(EXPIRE, 1, 0, 61000, SOLICIT, 1), S(RA, 1, 1, 61001, STAY, 1)),
	ROW("M-05 lifetime 0: no router any more, until it is one again", S(UP, 1, 0, 0, SOLICIT, 0),
	    S(RA, 1, 1, 1, ATTACHED, 1), S(LAST_RA, 1, 1, 2000, DISMISSED, 0),
	    S(LAST_RA, 1, 1, 2001, STAY, 0), S(EXPIRE, 1, 0, 90000, STAY, 0),
	    S(RA, 1, 1, 90001, ATTACHED, 1)),
	ROW("M-05 lifetime 0: who was left behind on that link does not take over",
	    S(UP, 1, 0, 0, SOLICIT, 0), S(RA, 1, 1, 1, ATTACHED, 1), S(RA, 1, 2, 2000, ATTACHED, 2),
	    S(LAST_RA, 1, 2, 3000, DISMISSED, 0), S(RA, 1, 1, 3001, ATTACHED, 1)),
	ROW("M-05 lifetime 0 of another router", S(UP, 1, 0, 0, SOLICIT, 0), S(RA, 1, 1, 1, ATTACHED, 1),
	    S(RA, 1, 2, 2000, ATTACHED, 2), S(LAST_RA, 1, 1, 3000, STAY, 2),
	    S(RA, 1, 1, 4000, ATTACHED, 1)),
	ROW("M-05 lifetime 0: the other link takes over", S(UP, 1, 0, 0, SOLICIT, 0),
	    S(UP, 2, 0, 0, SOLICIT, 0), S(RA, 1, 1, 1, ATTACHED, 1), S(RA, 2, 2, 2, STAY, 1),
	    S(LAST_RA, 1, 1, 3, ATTACHED, 2)),
	ROW("lifetime 0 on a link that is none", S(LAST_RA, 9, 1, 0, STAY, 0)),
	ROW("an RA proves the link, whatever the order", S(RA, 1, 1, 0, ATTACHED, 1),
	    S(UP, 1, 0, 1, STAY, 1)),
	ROW("RA of an unknown link", S(RA, 9, 1, 0, STAY, 0)),
	ROW("events that change nothing", S(DOWN, 1, 0, 0, STAY, 0), S(UP, 1, 0, 1, SOLICIT, 0),
	    S(UP, 1, 0, 2, STAY, 0), S(UP, 9, 0, 3, STAY, 0)),
	ROW("M-05 carrier lost and back told by one event: even a DAR heard before is new",
	    S(UP, 1, 0, 0, SOLICIT, 0), S(RA, 1, 1, 1, ATTACHED, 1), S(AGAIN, 1, 0, 2000, SOLICIT, 1),
	    S(RA, 1, 2, 2001, ATTACHED, 2), S(AGAIN, 1, 0, 4000, SOLICIT, 2),
	    S(RA, 1, 1, 4001, ATTACHED, 1)),
	ROW("an event of the link that was nothing", S(UP, 1, 0, 0, SOLICIT, 0),
	    S(RA, 1, 1, 1, ATTACHED, 1), S(AGAIN, 1, 0, 2000, SOLICIT, 1), S(RA, 1, 1, 2001, STAY, 1)),
	ROW("an event of a link that is down", S(AGAIN, 1, 0, 0, STAY, 0), S(AGAIN, 9, 0, 0, STAY, 0)),
	ROW("the second link waits", S(UP, 1, 0, 0, SOLICIT, 0), S(UP, 2, 0, 0, SOLICIT, 0),
	    S(RA, 1, 1, 1, ATTACHED, 1), S(RA, 2, 2, 2, STAY, 1), S(DOWN, 2, 0, 3, STAY, 1)),
	ROW("the second link takes over", S(UP, 1, 0, 0, SOLICIT, 0), S(UP, 2, 0, 0, SOLICIT, 0),
	    S(RA, 1, 1, 1, ATTACHED, 1), S(RA, 2, 2, 2, STAY, 1), S(DOWN, 1, 0, 3, ATTACHED, 2),
	    S(UP, 1, 0, 4, SOLICIT, 2), S(RA, 1, 3, 5, ATTACHED, 3)),
};
/* clang-format on */

static enum movement_verdict run_step(struct movement *m, const struct step *step)
{
	struct movement_router router = dar(step->dar, step->link, step->at_ms);

	switch (step->what) {
	case UP:
		return movement_link(m, step->link, true);
	case AGAIN:
		return movement_link_again(m, step->link);
	case DOWN:
		return movement_link(m, step->link, false);
	case RA:
		return movement_heard(m, &router);
	case LAST_RA:
		return movement_dismiss(m, &router);
	case EXPIRE:
		return movement_expire(m, step->at_ms * MS);
	}
	return MOVEMENT_STAY;
}

static void rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct movement m = {.link_count = 2};

		m.links[0].ifindex = 1;
		m.links[1].ifindex = 2;
		for (unsigned int k = 0; k < ROWS[i].count; k++) {
			const struct step *step = &ROWS[i].steps[k];
			enum movement_verdict verdict = run_step(&m, step);

			print_message("%s, step %u\n", ROWS[i].name, k + 1);
			assert_int_equal(verdict, step->verdict);
			assert_int_equal(current(&m), step->current);
		}
	}
}

static void a_changed_router_is_a_new_attachment(void **state)
{
	struct movement m = {.link_count = 1};
	struct movement_router router = dar(1, 1, 0);

	(void)state;
	m.links[0].ifindex = 1;
	assert_int_equal(movement_heard(&m, &router), MOVEMENT_ATTACHED);
	router.mac[0] = 4;
	assert_int_equal(movement_heard(&m, &router), MOVEMENT_ATTACHED);
	assert_int_equal(m.current.mac[0], 4);
	router.has_mac = false; /* an RA without SLLA takes nothing away */
	assert_int_equal(movement_heard(&m, &router), MOVEMENT_STAY);
	assert_true(m.current.has_mac);
	router.prefixes[1] = dar(7, 1, 0).prefixes[0];
	router.prefix_count = 2;
	assert_int_equal(movement_heard(&m, &router), MOVEMENT_ATTACHED);
	assert_int_equal(m.current.prefix_count, 2);
	router.prefix_count = 1; /* prefixes may be spread over RAs (RFC 4861 section 6.2.3) */
	assert_int_equal(movement_heard(&m, &router), MOVEMENT_STAY);
	assert_int_equal(m.current.prefix_count, 2);
	router.link_local = in6("fe80::2");
	assert_int_equal(movement_heard(&m, &router), MOVEMENT_ATTACHED);
}

/* RFC 4861 section 6.2.5: the last RA may hold nothing but the lifetime. */
static void m05_the_last_ra_without_prefixes(void **state)
{
	struct movement m = {.link_count = 1};
	struct movement_router router = dar(1, 1, 0);

	(void)state;
	m.links[0].ifindex = 1;
	assert_int_equal(movement_heard(&m, &router), MOVEMENT_ATTACHED);
	router.prefix_count = 0;
	router.link_local = in6("fe80::2");
	assert_int_equal(movement_dismiss(&m, &router), MOVEMENT_STAY);
	router.link_local = in6("fe80::1");
	assert_int_equal(movement_dismiss(&m, &router), MOVEMENT_DISMISSED);
	assert_int_equal(m.links[0].router_count, 0);
	assert_false(m.is_attached);
}

static void more_routers_than_remembered(void **state)
{
	struct movement m = {.link_count = 1};

	(void)state;
	m.links[0].ifindex = 1;
	for (unsigned int n = 1; n <= 3 * MOVEMENT_ROUTERS_MAX; n++) {
		struct movement_router router = dar(n, 1, n);

		assert_int_equal(movement_heard(&m, &router), MOVEMENT_ATTACHED);
		assert_int_equal(current(&m), n);
	}
	assert_int_equal(m.links[0].router_count, MOVEMENT_ROUTERS_MAX);
}

/* ---- RAs ---- */

struct ra_row {
	const char *name;
	uint8_t ra_flags, pio_flags, len;
	uint16_t router_lifetime_s;
	uint32_t valid_s;
	const char *prefix;
	bool usable, has_hdar;
};

/* clang-format off */
static const struct ra_row RAS[] = {
	{"H and R", 0x20, 0xe0, 64, 30, 100, "2001:db8:1::1", true, true},
	{"H without R: plain", 0x20, 0xc0, 64, 30, 100, "2001:db8:1::", true, false},
	{"R without H: plain", 0, 0xe0, 64, 30, 100, "2001:db8:1::1", true, false},
	{"neither", 0, 0xc0, 64, 30, 100, "2001:db8:1::", true, false},
	{"not autonomous", 0x20, 0xa0, 64, 30, 100, "2001:db8:1::1", false, false},
	{"M-01 not a /64", 0x20, 0xe0, 63, 30, 100, "2001:db8:1::1", false, false},
	{"no default router", 0x20, 0xe0, 64, 0, 100, "2001:db8:1::1", false, false},
	{"prefix no longer valid", 0x20, 0xe0, 64, 30, 0, "2001:db8:1::1", false, false},
	{"link-local prefix", 0x20, 0xe0, 64, 30, 100, "fe80::1", false, false},
	{"multicast prefix", 0x20, 0xe0, 64, 30, 100, "ff02::1", false, false},
	{"unique local", 0x20, 0xe0, 64, 30, 100, "fd00:1::1", true, true},
};
/* clang-format on */

static void router_advertisements(void **state)
{
	const struct in6_addr source = in6("fe80::1");

	(void)state;
	for (size_t i = 0; i < sizeof(RAS) / sizeof(RAS[0]); i++) {
		const struct ra_row *row = &RAS[i];
		struct nd_message ra = {
			.type = ND_TYPE_RA,
			.ra_flags = row->ra_flags,
			.router_lifetime_s = row->router_lifetime_s,
			.has_slla = true,
			.slla = {2, 1, 2, 3, 4, 5},
			.has_adv_interval = true,
			.adv_interval_ms = 3000,
			.prefix_count = 1,
		};
		struct movement_router router;
		bool usable;

		ra.prefixes[0] = (struct nd_prefix){.prefix = in6(row->prefix),
						    .len = row->len,
						    .flags = row->pio_flags,
						    .valid_s = row->valid_s};
		usable = movement_router_of(&ra, 3, &source, 55, &router);
		print_message("%s\n", row->name);
		assert_int_equal(usable, row->usable);
		if (!usable)
			continue;
		assert_int_equal(router.ifindex, 3);
		assert_int_equal(router.heard_ns, 55);
		assert_int_equal(router.interval_ms, 3000);
		assert_memory_equal(router.mac, ra.slla, 6);
		assert_true(in6_equal(&router.link_local, &source));
		assert_int_equal(router.prefix_count, 1);
		assert_int_equal(router.prefixes[0].has_hdar, row->has_hdar);
		assert_true(in6_same_prefix64(&router.prefixes[0].prefix, &ra.prefixes[0].prefix));
		assert_int_equal(router.prefixes[0].prefix.s6_addr[15], 0);
		if (row->has_hdar)
			assert_true(in6_equal(&router.prefixes[0].hdar, &ra.prefixes[0].prefix));
	}
}

static void a_plain_router_is_known_by_its_link_local(void **state)
{
	struct movement_router a = dar(1, 1, 0), b = dar(1, 1, 0);

	(void)state;
	a.prefixes[0].has_hdar = b.prefixes[0].has_hdar = false;
	assert_true(movement_same_router(&a, &b));
	b.link_local = in6("fe80::2");
	assert_false(movement_same_router(&a, &b));
	b = dar(2, 1, 0);
	b.prefixes[0].has_hdar = false;
	assert_false(movement_same_router(&a, &b));
	b = a;
	b.ifindex = 2;
	assert_false(movement_same_router(&a, &b));
}

static void solicitation_times(void **state)
{
	static const uint32_t expected[] = {100,  500,   4000,  4000,  4000, 4000,
					    8000, 16000, 32000, 64000, 64000};

	(void)state;
	for (unsigned int i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(movement_solicit_ms(i + 1), expected[i]);
	assert_int_equal(movement_solicit_ms(0xffffffff), 64000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(a_changed_router_is_a_new_attachment),
		cmocka_unit_test(m05_the_last_ra_without_prefixes),
		cmocka_unit_test(more_routers_than_remembered),
		cmocka_unit_test(router_advertisements),
		cmocka_unit_test(a_plain_router_is_known_by_its_link_local),
		cmocka_unit_test(solicitation_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
