// SPDX-License-Identifier: BSD-2-Clause
/* Owns the words for outcomes and their counts over all CPUs. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/dataplane.h"
#include "kernel/dataplane_private.h"

const char *outcome_name(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_PASSED:
		return "passed";
	case OUTCOME_ENCAPSULATED:
		return "encapsulated";
	case OUTCOME_ENCAPSULATED_STACK:
		return "encapsulated_stack";
	case OUTCOME_DECAPSULATED:
		return "decapsulated";
	case OUTCOME_DECAPSULATED_STACK:
		return "decapsulated_stack";
	case OUTCOME_RELAYED:
		return "relayed";
	case OUTCOME_PUNTED:
		return "punted";
	case OUTCOME_ND_ANSWERED:
		return "nd_answered";
	case OUTCOME_NOT_BOUND:
		return "not_bound";
	case OUTCOME_TUNNEL_SOURCE:
		return "tunnel_source";
	case OUTCOME_EXPIRED:
		return "expired";
	case OUTCOME_HOP_LIMIT:
		return "hop_limit";
	case OUTCOME_TOO_BIG:
		return "too_big";
	case OUTCOME_CREDIT:
		return "credit";
	case OUTCOME_NESTED:
		return "nested";
	case OUTCOME_ECN:
		return "ecn";
	case OUTCOME_SCOPE:
		return "scope";
	case OUTCOME_MALFORMED:
		return "malformed";
	case OUTCOME_FRAGMENT:
		return "fragment";
	case OUTCOME_BUDGET:
		return "budget";
	case OUTCOME_AWAY_SOURCE:
		return "away_source";
	case OUTCOME_HOME_ADDRESS_OPTION:
		return "home_address_option";
	case OUTCOME_ROUTING_HEADER:
		return "routing_header";
	case OUTCOME_TUNNELLED_SIGNALLING:
		return "tunnelled_signalling";
	case OUTCOME_PUNT_FULL:
		return "punt_full";
	case OUTCOME_NO_ROUTE:
		return "no_route";
	case OUTCOME_NO_ROOM:
		return "no_room";
	case OUTCOME_SOURCE:
		return "source";
	case OUTCOME_UNSEEN:
		return "unseen";
	case OUTCOME_MAX:
		break;
	}
	return "?";
}

static void add(struct outcome_count *sum, const struct outcome_count *per_cpu, int cpus)
{
	memset(sum, 0, sizeof(*sum));
	for (int cpu = 0; cpu < cpus; cpu++) {
		for (unsigned int i = 0; i < FAMA_INTERFACE_MAX; i++)
			sum->packets[i] += per_cpu[cpu].packets[i];
	}
}

int dataplane_outcomes(struct dataplane *dp, struct outcome_count sums[static OUTCOME_MAX])
{
	int cpus = libbpf_num_possible_cpus();
	struct outcome_count *per_cpu;
	int err = 0;

	if (cpus < 0)
		return cpus;
	per_cpu = calloc((size_t)cpus, sizeof(*per_cpu));
	if (!per_cpu)
		return -ENOMEM;
	for (__u32 outcome = 0; outcome < OUTCOME_MAX && !err; outcome++) {
		err = bpf_map_lookup_elem(dp->maps.outcomes, &outcome, per_cpu);
		if (!err)
			add(&sums[outcome], per_cpu, cpus);
	}
	free(per_cpu);
	return err;
}
