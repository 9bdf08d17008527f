// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of dar/binding: cache and data plane change together, data plane first (C-83),
 * and what a new agent makes of the rows it finds (8.8). The data plane is played here. */
#include <errno.h>
#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/in6.h"
#include "dar/bu_apply.h"
#include "dar/dar_private.h"
#include "dar/next_hop.h"
#include "dar/turn.h"
#include "harness/bu_situation.h"
#include "kernel/packet_socket.h"

static const uint8_t mac[ND_MAC_LEN] = {2, 0, 0, 0, 0, 5};

static struct config config;
static struct dar dar;
static struct situation good;
static struct in6_addr hoa;
static char trace[256]; /* what the data plane was asked for, in order */
static int put_result, grant_result;
static struct binding row; /* the last one written; what a new agent finds */
static struct bcache_entry seen_at_put;
static bool is_found; /* the row */
static uint64_t now_ns, clock_now_ntp;

static void did(const char *what)
{
	snprintf(trace + strlen(trace), sizeof(trace) - strlen(trace), "%s ", what);
}

static void asked(const char *what)
{
	assert_string_equal(trace, what);
	trace[0] = '\0';
}

uint64_t clock_boot_ns(void)
{
	return now_ns;
}

uint64_t clock_ntp(void)
{
	return clock_now_ntp;
}

static int write_row(const char *what, const struct in6_addr *of, const struct binding *written)
{
	const struct bcache_entry *entry = bcache_find(dar.bcache, of);

	assert_true(in6_equal(of, &hoa));
	did(what);
	if (entry)
		seen_at_put = *entry;
	if (!put_result)
		row = *written;
	return put_result;
}

int dataplane_binding_put(struct dataplane *dp, const struct in6_addr *of,
			  const struct binding *binding)
{
	(void)dp;
	return write_row("put", of, binding);
}

int dataplane_binding_replace_many(struct dataplane *dp, const struct in6_addr *hoas,
				   const struct binding *bindings, uint32_t count, uint32_t *done)
{
	(void)dp;
	assert_int_equal(count, 1);
	*done = put_result == 0;
	return write_row("replace", hoas, bindings);
}

int dataplane_binding_delete(struct dataplane *dp, const struct in6_addr *of)
{
	(void)dp, (void)of;
	did("delete");
	is_found = false;
	return 0;
}

int dataplane_binding_each(struct dataplane *dp,
			   int (*each)(const struct in6_addr *hoa, const struct binding *binding,
				       void *arg),
			   void *arg)
{
	(void)dp;
	return is_found ? each(&hoa, &row, arg) : 0;
}

int dataplane_credit_grant(struct dataplane *dp, const struct in6_addr *of, uint32_t octets)
{
	(void)dp, (void)of;
	assert_int_equal(octets, FAMA_CREDIT_START);
	did("grant");
	return grant_result;
}

void dataplane_credit_delete(struct dataplane *dp, const struct in6_addr *of)
{
	(void)dp, (void)of;
	did("credit-delete");
}

int dataplane_credit_sweep(struct dataplane *dp,
			   bool (*keeps)(const struct in6_addr *hoa, void *arg), void *arg)
{
	(void)dp;
	did(keeps(&hoa, arg) && !keeps(&in6addr_any, arg) ? "sweep-others" : "sweep");
	return 0;
}

int dataplane_seen_get(struct dataplane *dp, const struct in6_addr *address, struct seen *out)
{
	(void)dp, (void)address;
	memcpy(out->mac, mac, sizeof(out->mac));
	return 0;
}

void dad_link_local(struct dad *dad, const struct in6_addr *of, bool on)
{
	(void)dad, (void)of;
	did(on ? "link-local-on" : "link-local-off");
}

uint32_t next_hop_mtu(struct next_hops *hops, const struct in6_addr *destination, uint64_t now)
{
	(void)hops, (void)destination, (void)now;
	return 1400;
}

int packet_batch_send(struct packet_socket *ps, unsigned int *failed)
{
	(void)ps;
	*failed = 0;
	did("send");
	return 0;
}

unsigned int packet_batch_drop(struct packet_socket *ps)
{
	return ps != NULL;
}

static int setup(void **state)
{
	static const struct bcache_limits limits = {
		.binding_max = 4, .context_max = 4, .per_link_address = 1};
	const struct bcache_hooks hooks = {
		.due = binding_due, .removing = binding_removing, .arg = &dar};

	(void)state;
	situation_good(&good, BU_METHOD_CGA);
	config = (struct config){0};
	config.security.coa_test = COA_TEST_CONCURRENT;
	config.security.ctx_lifetime_s = 100;
	config.security.limits.per_link_address = 1;
	dar = (struct dar){.config = &config, .prefixes = good.prefixes};
	dar.base = event_base_new();
	dar.bcache = bcache_new(dar.base, &limits, &hooks);
	dar.turn = turn_new();
	hoa = good.entry.hoa;
	trace[0] = '\0';
	put_result = grant_result = is_found = 0;
	now_ns = 1000 * CLOCK_SECOND_NS;
	clock_now_ntp = NTP(NOW);
	return dar.base && dar.bcache && dar.turn ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	turn_free(dar.turn);
	bcache_free(dar.bcache);
	event_base_free(dar.base);
	return 0;
}

static struct bu_effect registration(enum binding_state state, uint16_t sequence)
{
	struct bu_effect effect = {.state = BCACHE_BOUND,
				   .context = good.entry.context,
				   .binding = good.entry.binding};

	effect.context.sequence = sequence;
	effect.context.timestamp = clock_now_ntp;
	effect.context.key_id[0] = 7;
	effect.context.expires_boot_ns = now_ns + 100 * CLOCK_SECOND_NS;
	effect.binding.dar = good.packet.destination;
	effect.binding.state = state;
	effect.binding.expires_boot_ns = now_ns + 60 * CLOCK_SECOND_NS;
	return effect;
}

static struct bcache_entry *register_hoa(enum binding_state state, uint16_t sequence)
{
	struct bcache_entry *entry = bcache_get(dar.bcache, &hoa);
	struct bu_effect effect = registration(state, sequence);

	assert_int_equal(binding_commit(&dar, &hoa, entry, &effect), 0);
	return entry;
}

static void c83_data_plane_first(void **state)
{
	struct bcache_entry *entry = register_hoa(BINDING_VERIFIED, 1);

	(void)state;
	asked("grant put ");
	assert_int_equal(seen_at_put.state, BCACHE_CONTEXT);
	assert_int_equal(entry->state, BCACHE_BOUND);
	register_hoa(BINDING_VERIFIED, 2);
	asked("replace "); /* its traffic is there, and so is its credit: once a context */
	assert_int_equal(seen_at_put.context.sequence, 1);
	assert_int_equal(row.sequence, 2);
}

static void c83_what_cannot_be_written_is_not_bound(void **state)
{
	struct bcache_entry *entry = bcache_get(dar.bcache, &hoa);
	struct bu_effect effect = registration(BINDING_UNVERIFIED, 1);

	(void)state;
	grant_result = -E2BIG;
	assert_int_equal(binding_commit(&dar, &hoa, entry, &effect), -E2BIG);
	asked("grant "); /* no UNVERIFIED row without credit */
	grant_result = 0;
	put_result = -E2BIG;
	assert_int_equal(binding_commit(&dar, &hoa, entry, &effect), -E2BIG);
	asked("grant put ");
	assert_int_equal(entry->state, BCACHE_CONTEXT);
	assert_false(entry->context.has_sequence);
	put_result = 0;
	assert_int_equal(binding_commit(&dar, &hoa, entry, &effect), 0);
	asked("put ");
	put_result = -EIO;
	effect = registration(BINDING_UNVERIFIED, 2);
	assert_int_equal(binding_commit(&dar, &hoa, entry, &effect), -EIO);
	assert_int_equal(entry->context.sequence, 1);
}

static void c83_rows_of_the_turn_come_before_a_deletion(void **state)
{
	struct bcache_entry *entry = register_hoa(BINDING_VERIFIED, 1);
	struct bu_effect effect = registration(BINDING_VERIFIED, 3);

	(void)state;
	trace[0] = '\0';
	turn_begin(&dar);
	register_hoa(BINDING_VERIFIED, 2);
	asked("");
	effect.state = BCACHE_DELETED;
	assert_int_equal(binding_commit(&dar, &hoa, entry, &effect), 0);
	asked("replace send delete link-local-off ");
	turn_end(&dar);
	asked("send "); /* the row does not come back */
	assert_int_equal(entry->context.sequence, 3);
}

static void a24_credit_where_a_coa_may_be_unverified(void **state)
{
	struct bcache_entry *entry;

	(void)state;
	config.security.coa_test = COA_TEST_REQUIRE;
	entry = register_hoa(BINDING_VERIFIED, 1);
	asked("put ");
	bcache_remove(dar.bcache, entry);
	asked("");                                   /* none was granted */
	entry = register_hoa(BINDING_UNVERIFIED, 1); /* whatever the configuration says */
	asked("grant put ");
	binding_end(&dar, entry, "test");
	asked("delete link-local-off "); /* it outlives the binding, not the context */
	bcache_remove(dar.bcache, entry);
	asked("credit-delete ");
}

static void an_end_leaves_nothing_of_the_binding(void **state)
{
	struct bcache_entry *entry = register_hoa(BINDING_VERIFIED, 1);

	(void)state;
	entry->binding.path_mtu = 1300;
	entry->binding.path_mtu_boot_ns = now_ns;
	trace[0] = '\0';
	binding_due(entry, &dar);
	asked("replace ");
	assert_int_equal(row.path_mtu, 1400); /* what was learnt is over: the route's */
	memset(entry->binding.careof_token, 1, MH_TOKEN_LEN);
	entry->binding.careof_token_boot_ns = now_ns + 1;
	entry->binding.prev_coa_boot_ns = now_ns + 1;
	binding_end(&dar, entry, "test");
	assert_int_equal(entry->state, BCACHE_CONTEXT);
	assert_int_equal(entry->binding.careof_token_boot_ns, 0);
	assert_int_equal(entry->binding.careof_token[0], 0);
	assert_int_equal(entry->binding.prev_coa_boot_ns, 0);
	assert_true(entry->context.has_phkt); /* that is the context's */
}

static void c60_a_context_ends_when_its_replays_are_over(void **state)
{
	struct bcache_entry *entry = register_hoa(BINDING_VERIFIED, 1);

	(void)state;
	now_ns += 100 * CLOCK_SECOND_NS;
	binding_due(entry, &dar); /* the clock stood still: what was accepted would be new */
	assert_ptr_equal(bcache_find(dar.bcache, &hoa), entry);
	assert_false(entry->context.has_phkt);
	assert_true(entry->context.expires_boot_ns > now_ns);
	config.security.replay = REPLAY_SEQ;
	clock_now_ntp = NTP(NOW + 100);
	now_ns = entry->context.expires_boot_ns;
	binding_due(entry, &dar);
	assert_ptr_equal(bcache_find(dar.bcache, &hoa), entry); /* for ever (8.8) */
	config.security.replay = REPLAY_TIMESTAMP;
	binding_due(entry, &dar);
	assert_null(bcache_find(dar.bcache, &hoa));
}

static void leave_row(enum binding_state state)
{
	bcache_remove(dar.bcache, register_hoa(state, 9));
	is_found = dar.adopted = true;
	trace[0] = '\0';
}

static void f1_a_living_row_is_adopted_whole(void **state)
{
	struct bcache_entry *entry;

	(void)state;
	config.security.domain_count = 1; /* of all CoAs */
	config.security.domains[0].coa_prefix_count = 1;
	leave_row(BINDING_UNVERIFIED);
	row.prev_coa[0] = 0x20;
	row.path_mtu = 1300;
	assert_int_equal(binding_adopt(&dar), 0);
	asked("grant replace sweep-others "); /* whose contexts ended with their agent */
	assert_int_equal(row.prev_coa[0], 0); /* nobody knows when its grace ends */
	entry = bcache_find(dar.bcache, &hoa);
	assert_int_equal(entry->state, BCACHE_BOUND);
	assert_int_equal(entry->context.sequence, 9);
	assert_int_equal(entry->context.key_id[0], 7);
	assert_int_equal(entry->context.expires_boot_ns, now_ns + 100 * CLOCK_SECOND_NS);
	assert_int_equal(entry->binding.domain, 1);
	assert_true(entry->binding.path_mtu_boot_ns > now_ns);
	assert_true(entry->has_credit && entry->has_link_address);
	assert_memory_equal(entry->link_address, mac, ND_MAC_LEN);
}

/* Expired, or of an address that is not ours: it still tells which BUs are old. */
static void c60_a_dead_row_leaves_its_context(void **state)
{
	(void)state;
	for (int why = 0; why < 2; why++) {
		struct bcache_entry *entry;

		leave_row(BINDING_VERIFIED);
		row.expires_boot_ns = why ? row.expires_boot_ns : now_ns;
		row.dar[15] ^= why;
		assert_int_equal(binding_adopt(&dar), 0);
		asked("delete sweep-others ");
		entry = bcache_find(dar.bcache, &hoa);
		assert_int_equal(entry->state, BCACHE_CONTEXT);
		assert_int_equal(entry->context.sequence, 9);
		assert_int_equal(entry->context.timestamp, NTP(NOW));
		bcache_remove(dar.bcache, entry);
	}
}

#define ROW(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(c83_data_plane_first),
		ROW(c83_what_cannot_be_written_is_not_bound),
		ROW(c83_rows_of_the_turn_come_before_a_deletion),
		ROW(a24_credit_where_a_coa_may_be_unverified),
		ROW(an_end_leaves_nothing_of_the_binding),
		ROW(c60_a_context_ends_when_its_replays_are_over),
		ROW(f1_a_living_row_is_adopted_whole),
		ROW(c60_a_dead_row_leaves_its_context),
	};

	return cmocka_run_group_tests_name("binding", tests, NULL, NULL);
}
