// SPDX-License-Identifier: BSD-2-Clause
/*
 * Owns fuzzing the life of a DAR in virtual time: the octets are the dice of the model's events.
 * Beside the comparison with the reference model, what must hold after each event, whoever is
 * right about the verdict.
 */
#include <string.h>

#include "base/keyed_hash.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "fuzz/target.h"
#include "model/session.h"

enum { EVENTS_MAX = 64 };

static struct session session;
static struct bcache_entry before[EVENT_HOMES];
static bool was_there[EVENT_HOMES];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const uint8_t hash_key[16] = {1};
	const char *why;

	(void)argc;
	(void)argv;
	MUST(crypto_start(&why) == 0);
	keyed_hash_start(hash_key);
	log_configure(LOG_LEVEL_ERROR, LOG_FORMAT_LOGFMT);
	return 0;
}

static const struct bcache_entry *entry_of(unsigned int number)
{
	struct in6_addr hoa = event_home(number);

	return bcache_find(session.dut.bcache, &hoa);
}

static void remember(void)
{
	for (unsigned int i = 0; i < EVENT_HOMES; i++) {
		const struct bcache_entry *entry = entry_of(i);

		was_there[i] = entry != NULL;
		if (entry)
			before[i] = *entry;
	}
}

static uint64_t accepted(void)
{
	return session.ends[REFERENCE_NEW] + session.ends[REFERENCE_AGAIN] +
	       session.ends[REFERENCE_ENDED];
}

/* Under one PHKT numbers go up, and never round. */
static void check_sequence(const struct bcache_context *old, const struct bcache_context *now)
{
	uint16_t step = (uint16_t)(now->sequence - old->sequence);

	if (!old->has_phkt || !now->has_phkt ||
	    memcmp(old->phkt, now->phkt, sizeof(old->phkt)) != 0)
		return;
	if (now->timestamp != old->timestamp || !step)
		return; /* a signed de-registration keeps the PHKT and may set the number */
	/* a signed de-registration keeps the PHKT, and what it takes of it is never given back */
	MUST(now->sequence_spent >= old->sequence_spent);
	if (session.model.rules.replay_by_sequence)
		return;
	MUST(step <= MH_SEQUENCE_WINDOW);
	MUST(now->sequence_spent == old->sequence_spent + step);
}

static void check_binding(const struct bcache_entry *entry)
{
	const struct bcache_binding *binding = &entry->binding;
	uint64_t now = session.dut.now_ns;

	if (entry->state != BCACHE_BOUND)
		return;
	MUST(binding->lifetime_s >= 1 && binding->lifetime_s % 4 == 0);
	MUST(binding->lifetime_s <= MH_LIFETIME_MAX_S);
	MUST(binding->lifetime_s <= session.dut.config.binding.max_lifetime_s);
	MUST(binding->expires_boot_ns > now);
	MUST(binding->expires_boot_ns <= now + binding->lifetime_s * 1000000000ULL);
	MUST(binding->state == BINDING_VERIFIED || binding->state == BINDING_UNVERIFIED);
	MUST(entry->context.has_sequence);
	MUST(bcache_deadline(entry) > now);
}

static void check_entries(bool changed_nothing)
{
	for (unsigned int i = 0; i < EVENT_HOMES; i++) {
		const struct bcache_entry *entry = entry_of(i);

		if (entry)
			check_binding(entry);
		if (!was_there[i] || !entry)
			continue;
		check_sequence(&before[i].context, &entry->context);
		if (changed_nothing && bcache_deadline(&before[i]) > session.dut.now_ns)
			MUST(memcmp(&before[i].context, &entry->context, sizeof(entry->context)) ==
				     0 &&
			     memcmp(&before[i].binding, &entry->binding, sizeof(entry->binding)) ==
				     0);
	}
	MUST(bcache_bound_count(session.dut.bcache) <= session.dut.config.binding.max);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct dice dice = {.octets = octets, .left = len};
	struct reference_rules rules;
	struct event event;

	if (!len)
		return 0;
	event_rules(&dice, &rules);
	session_start(&session, &rules);
	for (unsigned int i = 0; i < EVENTS_MAX && dice.left; i++) {
		uint64_t ends = accepted();

		remember();
		event_next(&dice, &session.model, &event);
		if (!session_step(&session, &event)) {
			event_print(stderr, &event);
			fprintf(stderr, "%s\n", session.difference);
			abort();
		}
		check_entries(event.kind == EVENT_BU && accepted() == ends);
	}
	session_stop(&session);
	return 0;
}
