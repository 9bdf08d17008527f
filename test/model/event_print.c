// SPDX-License-Identifier: BSD-2-Clause
/* Owns events as text, for the people who look into a difference. */
#include <arpa/inet.h>

#include "model/event.h"

struct text {
	char s[INET6_ADDRSTRLEN];
};

static struct text text_of(const struct in6_addr *address)
{
	struct text text;

	inet_ntop(AF_INET6, address, text.s, sizeof(text.s));
	return text;
}

static void print_bu(FILE *to, const struct event *event)
{
	const struct reference_bu *bu = &event->bu;

	fprintf(to, "BU %s -> %s", text_of(&bu->source).s, text_of(&bu->destination).s);
	if (bu->has_hao)
		fprintf(to, " hao %s", text_of(&bu->hao).s);
	if (bu->has_alt_coa)
		fprintf(to, " coa %s", text_of(&bu->alt_coa).s);
	fprintf(to, " lifetime %u sequence %u%s%s", bu->lifetime, bu->sequence,
		bu->home_flag ? "" : " H=0", bu->asks_token ? " option-15" : "");
	if (bu->layout != REFERENCE_UNSIGNED)
		fprintf(to, " %s key %u%s%s%s%s",
			bu->layout == REFERENCE_SIGNED ? "signed" : "MISPLACED", bu->key,
			bu->key_shape_good ? "" : " BAD-SHAPE", bu->cga_good ? "" : " BAD-CGA",
			bu->budget_left ? "" : " NO-BUDGET",
			bu->signature_good ? "" : " BAD-SIGNATURE");
	if (bu->has_timestamp)
		fprintf(to, " time %016llx", (unsigned long long)bu->timestamp);
	if (bu->has_nonces)
		fprintf(to, " nonces %u,%u", bu->home_nonce, bu->careof_nonce);
	if (bu->has_authenticator)
		fprintf(to, " authenticator%s", bu->authenticator_good ? "" : " WRONG");
	fprintf(to, "%s%s\n", bu->loaded ? " loaded" : "", event->waits ? " waits" : "");
}

void event_print(FILE *to, const struct event *event)
{
	switch (event->kind) {
	case EVENT_BU:
		print_bu(to, event);
		break;
	case EVENT_TIME:
		fprintf(to, "time +%llu ns\n", (unsigned long long)event->step_ns);
		break;
	case EVENT_COTI:
		fprintf(to, "CoTI from %s\n", text_of(&event->address).s);
		break;
	case EVENT_SEEN:
		fprintf(to, "seen %s link %d\n", text_of(&event->address).s, event->link);
		break;
	case EVENT_DONE:
		fprintf(to, "done +%llu ns%s\n", (unsigned long long)event->step_ns,
			event->taken ? ", address taken" : "");
		break;
	case EVENT_CLOCK:
		fprintf(to, "clock set by %lld s\n", (long long)event->step_s);
		break;
	case EVENT_RESTART:
		fprintf(to, "restart\n");
		break;
	}
}
