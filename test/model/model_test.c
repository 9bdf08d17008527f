// SPDX-License-Identifier: BSD-2-Clause
/*
 * Owns the comparison of agent and reference model over random lives: model_test [LIVES]; SEED=n
 * for other ones. Proven so: C-14..C-17 C-19..C-23 C-25..C-31 C-34 C-36..C-38 C-40 C-42 C-46 C-49
 * C-50 C-55 C-57 C-60..C-62 C-65..C-67 C-72 C-76..C-79.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/keyed_hash.h"
#include "base/log.h"
#include "crypto/secret.h"
#include "harness/tap.h"
#include "model/session.h"

enum { LIVES = 100000, EVENTS_MIN = 12, EVENTS_SPREAD = 29, SHOWN = 10, EVENTS_MAX = 64 };

static struct session session;

/* One life: which of its events happen is up to `keep`. */
struct life {
	uint64_t seed;
	unsigned int count;
	bool keep[EVENTS_MAX];
};

static struct life life_of(uint64_t seed)
{
	struct dice dice = {.state = seed};
	struct life life = {.seed = seed};

	life.count = EVENTS_MIN + dice_of(&dice, EVENTS_SPREAD);
	memset(life.keep, true, sizeof(life.keep));
	return life;
}

static bool live(const struct life *life, FILE *trace)
{
	struct dice dice = {.state = life->seed ^ 0x5eed};
	struct reference_rules rules;
	bool same = true;

	event_rules(&dice, &rules);
	session.trace = trace;
	session_start(&session, &rules);
	for (unsigned int i = 0; same && i < life->count; i++) {
		struct dice own = {.state = life->seed * 64 + i};
		struct event event;

		if (!life->keep[i])
			continue;
		event_next(&own, &session.model, &event);
		same = session_step(&session, &event);
	}
	session_stop(&session);
	return same;
}

/* Leaves out what the difference does not need. */
static void shrink(struct life *life)
{
	bool shorter;

	do {
		shorter = false;
		for (unsigned int i = life->count; i-- > 0;) {
			if (!life->keep[i])
				continue;
			life->keep[i] = false;
			if (live(life, NULL))
				life->keep[i] = true;
			else
				shorter = true;
		}
	} while (shorter);
}

static void print_rules(const struct reference_rules *rules)
{
	printf("# mode %d dad %d seq %d seen %d accepts %d max %u context %u s grace %u ms\n",
	       rules->mode, rules->dad, rules->replay_by_sequence, rules->require_seen,
	       rules->accepts, rules->max_lifetime_s, rules->context_lifetime_s, rules->grace_ms);
	printf("# limits: bindings %u contexts %u key %u link %u net %u, legacy %d, domains %u\n",
	       rules->binding_max, rules->context_max, rules->per_key, rules->per_link,
	       rules->per_coa_net, rules->has_legacy, rules->domain_count);
	for (unsigned int i = 0; i < REFERENCE_PREFIXES; i++)
		printf("# prefix %u: valid %u preferred %u\n", i, rules->prefixes[i].valid_s,
		       rules->prefixes[i].preferred_s);
}

static void explain(struct life *life)
{
	struct dice dice = {.state = life->seed ^ 0x5eed};
	struct reference_rules rules;

	shrink(life);
	event_rules(&dice, &rules);
	print_rules(&rules);
	live(life, stdout);
	printf("# SEED=%" PRIu64 " model_test 1: %s\n", life->seed, session.difference);
	fflush(stdout);
}

/* What random lives never reach they do not compare. */
static void check_reach(void)
{
	static const unsigned int statuses[] = {129, 130, 131, 132, 133, 134, 135,
						137, 144, 145, 147, 148, 174};
	bool all = true;

	for (int end = 0; end <= REFERENCE_TEST; end++)
		all = all && session.ends[end] > 100;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		all = all && session.statuses[statuses[i]] > 100;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		printf("# status %u: %" PRIu64 "\n", statuses[i], session.statuses[statuses[i]]);
	printf("# BUs: %" PRIu64 " new, %" PRIu64 " again, %" PRIu64 " ended, %" PRIu64
	       " silence, %" PRIu64 " refused\n",
	       session.ends[REFERENCE_NEW], session.ends[REFERENCE_AGAIN],
	       session.ends[REFERENCE_ENDED], session.ends[REFERENCE_SILENCE],
	       session.ends[REFERENCE_REFUSAL]);
	tap_row(all, "every end and every status of 8.4 is reached");
}

int main(int argc, char **argv)
{
	static const uint8_t hash_key[16] = {1};
	const char *text = getenv("SEED"), *why;
	uint64_t seed = text ? strtoull(text, NULL, 0) : 2026;
	unsigned int lives = argc > 1 ? (unsigned int)strtoul(argv[1], NULL, 0) : LIVES;
	unsigned int differences = 0;
	char name[80];

	if (crypto_start(&why))
		return 1;
	keyed_hash_start(hash_key);
	log_configure(LOG_LEVEL_ERROR, LOG_FORMAT_LOGFMT);
	printf("# SEED=%" PRIu64 "\n", seed);
	for (unsigned int i = 0; i < lives && differences < SHOWN; i++) {
		struct life life = life_of(seed + i);

		if (live(&life, NULL))
			continue;
		differences++;
		explain(&life);
	}
	snprintf(name, sizeof(name), "%u random lives: agent and protocol text agree", lives);
	tap_row(!differences, name);
	if (lives == LIVES)
		check_reach();
	crypto_stop();
	return tap_end();
}
