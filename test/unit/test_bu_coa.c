// SPDX-License-Identifier: BSD-2-Clause
/* Owns the rows that pin which care-of addresses are taken: protocol 8.6, steps 4, 5 and 11. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/bu_situation.h"

static void source_multicast(struct situation *s)
{
	s->packet.source = situation_address("ff02::1");
}

static void coa_multicast(struct situation *s)
{
	s->packet.message.options.alt_coa = situation_address("ff02::1");
}

static void coa_unspecified(struct situation *s)
{
	s->packet.message.options.alt_coa = in6addr_any;
}

static void no_alt_coa(struct situation *s)
{
	s->packet.message.options.has_alt_coa = false;
}

static void alt_coa_not_source(struct situation *s)
{
	s->packet.message.options.alt_coa = situation_address("2001:db8:2::3");
}

static void coa_is_hoa(struct situation *s)
{
	s->packet.message.options.alt_coa = s->packet.hao;
	s->packet.source = s->packet.hao;
}

static void coa_is_bound(struct situation *s)
{
	s->world.coa_is_bound = true;
}

static void coa_is_own(struct situation *s)
{
	s->packet.source = situation_address("2001:db8:1::1");
	s->packet.message.options.alt_coa = s->packet.source;
}

static void coa_not_allowed(struct situation *s)
{
	s->world.policy.coa_allowed = false;
}

static void source_unspecified(struct situation *s)
{
	s->packet.source = in6addr_any;
}

static void source_link_local(struct situation *s)
{
	s->packet.source = situation_address("fe80::2");
}

static void coa_link_local(struct situation *s)
{
	s->packet.message.options.alt_coa = situation_address("fe80::2");
}

static void coa_loopback(struct situation *s)
{
	s->packet.message.options.alt_coa = situation_address("::1");
}

static void coa_mapped(struct situation *s)
{
	s->packet.message.options.alt_coa = situation_address("::ffff:192.0.2.1");
}

static const struct situation_row rows[] = {
	{"C-19 source unspecified", BU_METHOD_PHKT, source_unspecified, BU_DROP_SOURCE_SCOPE, 0,
	 false, 0},
	{"C-19 source link-local", BU_METHOD_CGA, source_link_local, BU_DROP_SOURCE_SCOPE, 0, false,
	 0},
	{"C-15 CoA link-local", BU_METHOD_CGA, coa_link_local, BU_DROP_COA_SCOPE, 0, false, 0},
	{"C-15 CoA loopback", BU_METHOD_CGA, coa_loopback, BU_DROP_COA_SCOPE, 0, false, 0},
	{"C-15 CoA v4-mapped", BU_METHOD_CGA, coa_mapped, BU_DROP_COA_SCOPE, 0, false, 0},
	{"C-19 source multicast", BU_METHOD_CGA, source_multicast, BU_DROP_SOURCE_SCOPE, 0, false,
	 0},
	{"C-15 CoA multicast", BU_METHOD_CGA, coa_multicast, BU_DROP_COA_SCOPE, 0, false, 0},
	{"C-15 CoA unspecified", BU_METHOD_PHKT, coa_unspecified, BU_DROP_COA_SCOPE, 0, false, 0},
	{"C-17 no option 3", BU_METHOD_PHKT, no_alt_coa, BU_DROP_NO_ALT_COA, 0, false, 0},
	{"C-17 option 3 not source", BU_METHOD_CGA, alt_coa_not_source, BU_REFUSE_COA_SOURCE, 174,
	 false, 0},
	{"C-17 option 3, PHKT", BU_METHOD_PHKT, alt_coa_not_source, BU_REFUSE_COA_SOURCE, 174, true,
	 0},
	{"A-38 CoA is the HoA", BU_METHOD_PHKT, coa_is_hoa, BU_REFUSE_COA_HOA, 174, true, 0},
	{"C-79 CoA bound here", BU_METHOD_PHKT, coa_is_bound, BU_REFUSE_COA_HOA, 174, true, 0},
	{"C-79 CoA own address", BU_METHOD_PHKT, coa_is_own, BU_REFUSE_COA_OWN, 174, true, 0},
	{"C-79 CoA policy", BU_METHOD_PHKT, coa_not_allowed, BU_REFUSE_COA_POLICY, 174, true, 0},
};

int main(void)
{
	return situation_run("bu_coa", rows, sizeof(rows) / sizeof(rows[0]), NULL, 0);
}
