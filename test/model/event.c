// SPDX-License-Identifier: BSD-2-Clause
/* Owns how random events are chosen: mostly right ones, with something wrong now and then. */
#include "model/event.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000000ULL
#define NTP_S  (1ULL << 32)

/* The first EVENT_HOMES lie under the anchored prefixes. */
static const char *const homes[] = {
	"2001:db8:1::10",
	"2001:db8:1::11",
	"2001:db8:1::12",
	"2001:db8:1::13",
	"2001:db8:4::10",
	"2001:db8:9::5",
	"2001:db8:1::1",
	"ff02::1",
	"fe80::5",
	"::1",
	"fd00::1",
	"::ffff:192.0.2.4",
	"::",
};
/* The first PLACES_GOOD can be CoAs. */
enum { PLACES_GOOD = 6 };
static const char *const places[] = {
	"2001:db8:2::1",
	"2001:db8:2::2",
	"2001:db8:3::1",
	"2001:db8:5::1",
	"2001:db8:5:1::",
	"2001:db8:1::77",
	"2001:db8:1::11",
	"2001:db8:4::1",
	"2001:db8:1::1",
	"ff0e::1",
	"::",
	"fe80::9",
	"fd00::2",
	"::ffff:192.0.2.5",
	"::1",
	"febf::1",
	"fec0::1",
	"2001:db8:1::10",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

uint64_t dice_roll(struct dice *dice)
{
	uint64_t z = 0;

	if (dice->octets) {
		for (int i = 0; i < 8; i++)
			z = z << 8 | dice_of(dice, 256);
		return z;
	}
	z = dice->state += 0x9e3779b97f4a7c15ULL;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

unsigned int dice_of(struct dice *dice, unsigned int sides)
{
	if (!dice->octets)
		return (unsigned int)(dice_roll(dice) >> 33) % sides;
	if (!dice->left)
		return 0;
	dice->left--;
	return *dice->octets++ % sides;
}

static bool once_in(struct dice *dice, unsigned int sides)
{
	return dice_of(dice, sides) == 0;
}

static struct in6_addr address_of(const char *text)
{
	struct in6_addr address;

	if (inet_pton(AF_INET6, text, &address) != 1)
		abort();
	return address;
}

struct in6_addr event_home(unsigned int number)
{
	return address_of(homes[number]);
}

static struct in6_addr any_home(struct dice *dice)
{
	return event_home(dice_of(dice, once_in(dice, 12) ? COUNT(homes) : EVENT_HOMES));
}

static struct in6_addr any_place(struct dice *dice)
{
	return address_of(places[dice_of(dice, once_in(dice, 8) ? COUNT(places) : PLACES_GOOD)]);
}

#define PICK(dice, ...)                                                                            \
	(((const uint32_t[]){__VA_ARGS__})[dice_of(dice, sizeof((const uint32_t[]){__VA_ARGS__}) / \
								 sizeof(uint32_t))])

static enum reference_mode any_mode(struct dice *dice)
{
	return (enum reference_mode)dice_of(dice, 3);
}

static void limits(struct dice *dice, struct reference_rules *rules)
{
	rules->binding_max = PICK(dice, 1000, 1000, 1, 2, 3);
	rules->context_max = PICK(dice, 1000, 1000, 1, 2);
	rules->per_key = PICK(dice, 0, 16, 1, 2);
	rules->per_link = PICK(dice, 0, 16, 1, 2);
	rules->per_coa_net = PICK(dice, 0, 0, 1, 2);
}

static void domains(struct dice *dice, struct reference_rules *rules)
{
	static const char *const nets[] = {"2001:db8:5::", "2001:db8:5:1::", "2001:db8:2::"};

	rules->domain_count = dice_of(dice, REFERENCE_DOMAINS + 1);
	for (unsigned int i = 0; i < rules->domain_count; i++) {
		rules->domains[i].net.address = address_of(nets[(i + dice_of(dice, 2)) % 3]);
		rules->domains[i].net.bits = 48 + i * 16;
		rules->domains[i].binding_max = PICK(dice, 0, 1, 2);
		rules->domains[i].max_lifetime_s = PICK(dice, 86400, 400, 60);
		rules->domains[i].mode = any_mode(dice);
	}
	rules->allowed_count = 1;
	if (once_in(dice, 4)) {
		rules->allowed[0] = (struct reference_net){address_of("2001:db8:2::"), 47};
		rules->allowed[1] = (struct reference_net){address_of("2001:db8:5::"), 63};
		rules->allowed_count = 2;
	}
}

void event_rules(struct dice *dice, struct reference_rules *rules)
{
	*rules = (struct reference_rules){
		.accepts = !once_in(dice, 40),
		.require_seen = once_in(dice, 3),
		.advice = once_in(dice, 2),
		.replay_by_sequence = once_in(dice, 4),
		.mode = any_mode(dice),
		.dad = (enum reference_dad)dice_of(dice, 3),
		.max_lifetime_s = PICK(dice, 86400, 86400, 3600, 60, 8),
		.context_lifetime_s = PICK(dice, 86400, 86400, 100, 12, 3),
		.grace_ms = PICK(dice, 1000, 1000, 0, 5000),
		.has_legacy = once_in(dice, 3),
		.legacy_hoa = event_home(3),
		.legacy_from = {address_of("2001:db8:2::"), 64},
	};
	for (int i = 0; i < REFERENCE_PREFIXES; i++) {
		rules->prefixes[i].prefix = address_of(i ? "2001:db8:4::" : "2001:db8:1::");
		rules->prefixes[i].own = address_of(i ? "2001:db8:4::1" : "2001:db8:1::1");
		rules->prefixes[i].valid_s =
			PICK(dice, 2592000, 2592000, 0xffffffff, 86400, 1000, 62, 60);
		rules->prefixes[i].preferred_s =
			PICK(dice, 604800, 604800, 0xffffffff, 86400, 86399, 600, 59, 60, 61, 0);
		if (rules->prefixes[i].preferred_s > rules->prefixes[i].valid_s)
			rules->prefixes[i].preferred_s = rules->prefixes[i].valid_s;
	}
	limits(dice, rules);
	domains(dice, rules);
}

/* ---- Binding Updates ---- */

static uint16_t any_sequence(struct dice *dice, const struct reference_home *home)
{
	static const uint16_t steps[] = {0, 0xffff, 2, 32767, 32768, 32769, 32766, 0x8001, 300};

	if (!home || once_in(dice, 20))
		return (uint16_t)dice_roll(dice);
	if (once_in(dice, 4))
		return (uint16_t)(home->sequence + steps[dice_of(dice, COUNT(steps))]);
	return (uint16_t)(home->sequence + 1);
}

static uint64_t any_timestamp(struct dice *dice, const struct reference_model *model,
			      const struct reference_home *home)
{
	uint64_t now = model->now_ntp, last = home ? home->timestamp : now;

	switch (dice_of(dice, 24)) {
	case 0:
		return now + 7 * NTP_S;
	case 1:
		return now + 7 * NTP_S + 1;
	case 2:
		return now - 7 * NTP_S;
	case 3:
		return now - 7 * NTP_S - 1;
	case 4:
		return last;
	case 5:
		return last + 1;
	case 6:
		return last - 1;
	case 7:
		return model->not_before_ntp;
	case 8:
		return model->not_before_ntp + 1;
	case 9:
		return dice_roll(dice);
	default: /* a second or two ahead: newer than the last one, mostly */
		return now + NTP_S + (dice_roll(dice) & (NTP_S - 1));
	}
}

static uint16_t any_index(struct dice *dice, const struct reference_model *model,
			  const struct reference_home *home)
{
	bool has_token = home && home->token_until_ns > model->now_ns;

	if (once_in(dice, has_token ? 2 : 20))
		return 0xffff;
	if (model->nonce_count && !once_in(dice, 20))
		return model->nonces[model->nonce_count - 1 - dice_of(dice, model->nonce_count) / 2]
			.index;
	return (uint16_t)PICK(dice, 0, 1, 0xfffe, 77);
}

static void prove(struct dice *dice, const struct reference_model *model,
		  const struct reference_home *home, struct reference_bu *bu)
{
	bool has_phkt = home && home->has_phkt;
	bool is_legacy = model->rules.has_legacy &&
			 memcmp(&bu->hao, &model->rules.legacy_hoa, sizeof(bu->hao)) == 0;

	bu->key = dice_of(dice, 3);
	if (home && home->has_key && !once_in(dice, 10))
		bu->key = home->key;
	if (once_in(dice, has_phkt ? 3 : 1) && !once_in(dice, is_legacy ? 3 : 30)) {
		bu->layout = once_in(dice, 30) ? REFERENCE_MISPLACED : REFERENCE_SIGNED;
		bu->has_timestamp = !once_in(dice, model->rules.replay_by_sequence ? 2 : 20);
	} else {
		bu->has_authenticator = !once_in(dice, is_legacy ? 3 : 15);
		bu->has_timestamp = once_in(dice, 10);
	}
	bu->has_nonces = (model->nonce_count || (home && home->token_until_ns)) &&
			 once_in(dice, model->rules.mode == REFERENCE_CONCURRENT ? 3 : 2);
	if (bu->layout == REFERENCE_SIGNED)
		bu->has_authenticator = bu->has_nonces;
	if (once_in(dice, 25))
		bu->has_nonces = !bu->has_nonces;
	bu->timestamp = any_timestamp(dice, model, home);
	bu->home_nonce = once_in(dice, 20);
	bu->careof_nonce = any_index(dice, model, home);
	bu->asks_token = once_in(dice, 3);
	bu->key_shape_good = !once_in(dice, 30);
	bu->cga_good = !once_in(dice, 30);
	bu->budget_left = !once_in(dice, 30);
	bu->signature_good = !once_in(dice, 30);
	bu->authenticator_good = !once_in(dice, 20);
	bu->loaded = once_in(dice, 10);
}

static void any_bu(struct dice *dice, const struct reference_model *model, struct reference_bu *bu)
{
	struct in6_addr hoa = any_home(dice);
	const struct reference_home *home = reference_find(model, &hoa);

	*bu = (struct reference_bu){
		.destination = model->rules.prefixes[dice_of(dice, 2)].own,
		.hao = hoa,
		.has_hao = true,
		.has_alt_coa = true,
		.home_flag = !once_in(dice, 40),
		.lifetime = (uint16_t)PICK(dice, 21600, 21600, 15, 250, 65535, 1, 2),
		.sequence = any_sequence(dice, home),
	};
	bu->alt_coa = home && home->bound && once_in(dice, 2) ? home->coa : any_place(dice);
	bu->source = once_in(dice, 20) ? any_place(dice) : bu->alt_coa;
	if (once_in(dice, home ? 5 : 40)) {
		bu->lifetime = 0;
		bu->has_alt_coa = once_in(dice, 5);
		if (once_in(dice, 2)) {
			bu->has_hao = false;
			bu->source = hoa;
		}
	}
	if (once_in(dice, 40))
		bu->has_hao = !bu->has_hao;
	if (once_in(dice, 40))
		bu->has_alt_coa = !bu->has_alt_coa;
	if (once_in(dice, 40))
		bu->destination = any_place(dice);
	prove(dice, model, home, bu);
}

/* ---- time ---- */

static uint64_t until(uint64_t then, uint64_t now)
{
	return then > now ? then - now : 0;
}

/* A nanosecond before or behind something that ends. */
static uint64_t to_an_edge(struct dice *dice, const struct reference_model *model)
{
	struct in6_addr hoa = event_home(dice_of(dice, EVENT_HOMES));
	const struct reference_home *home = reference_find(model, &hoa);
	uint64_t now = model->now_ns, wait = 0;

	if (!home || once_in(dice, 5)) {
		if (model->nonce_count)
			wait = until(model->nonces[dice_of(dice, model->nonce_count)].made_ns +
					     240 * SECOND,
				     now);
	} else {
		const uint64_t edges[] = {
			home->until_ns,
			home->context_until_ns,
			home->previous_until_ns,
			home->token_until_ns,
			now + (home->timestamp + 14 * NTP_S - model->now_ntp) * SECOND / NTP_S,
		};

		wait = until(edges[dice_of(dice, COUNT(edges))], now);
	}
	if (wait > 100000 * SECOND)
		wait = 0;
	return wait > 1 && once_in(dice, 2) ? wait - 1 : wait + 1;
}

static uint64_t any_step(struct dice *dice, const struct reference_model *model)
{
	switch (dice_of(dice, 8)) {
	case 0:
	case 1:
		return to_an_edge(dice, model);
	case 2:
		return dice_roll(dice) % (100 * SECOND);
	case 3:
		return dice_roll(dice) % (20 * SECOND);
	case 4:
		return dice_roll(dice) % (4000 * SECOND);
	default:
		return dice_roll(dice) % (3 * SECOND);
	}
}

void event_next(struct dice *dice, const struct reference_model *model, struct event *event)
{
	unsigned int kind = dice_of(dice, 64);

	*event = (struct event){.kind = EVENT_BU};
	if (kind < 16) {
		event->kind = EVENT_TIME;
		event->step_ns = any_step(dice, model);
	} else if (kind < 21) {
		event->kind = EVENT_COTI;
		event->address = any_place(dice);
	} else if (kind < 26) {
		event->kind = EVENT_SEEN;
		event->address = any_home(dice);
		event->link = (int)dice_of(dice, 3);
	} else if (kind < 31) {
		event->kind = EVENT_DONE;
		event->taken = once_in(dice, 3);
		event->step_ns = dice_roll(dice) % (2 * SECOND);
	} else if (kind < 32) {
		event->kind = once_in(dice, 2) ? EVENT_CLOCK : EVENT_RESTART;
		event->step_s = (int64_t)dice_of(dice, 61) - 30;
	} else {
		any_bu(dice, model, &event->bu);
		event->waits = once_in(dice, 12);
		if (!model->rules.require_seen || once_in(dice, 10) ||
		    reference_link_of(model, &event->bu.hao) >= 0)
			return;
		event->kind = EVENT_SEEN; /* else little would ever be bound */
		event->address = event->bu.hao;
	}
}
