// SPDX-License-Identifier: BSD-2-Clause
/* Owns how a Binding Update is read out of its packet, and the names of its verdicts. */
#include "dar/bu.h"

static enum bu_method method_of(const struct mh_options *options)
{
	if (options->cga_layout != MH_CGA_ABSENT)
		return BU_METHOD_CGA;
	return options->bad.at ? BU_METHOD_PHKT : BU_METHOD_NONE;
}

void bu_read(const struct mh_packet *packet, struct bu *out)
{
	const struct mh_message *message = &packet->message;

	*out = (struct bu){
		.packet = packet,
		.options = &message->options,
		.hoa = packet->has_hao ? packet->hao : packet->source,
		.method = method_of(&message->options),
		.registers = message->bu.lifetime > 0,
		.sequence = message->bu.sequence,
		.flags = message->bu.flags,
		.lifetime = message->bu.lifetime,
	};
	/* RFC 6275 section 6.2.7: a de-registration is authenticated over the home address */
	out->coa = out->registers && message->options.has_alt_coa ? message->options.alt_coa
								  : out->hoa;
}

struct verdict {
	const char *name;
	uint8_t status;
};

static const struct verdict verdicts[BU_VERDICT_MAX] = {
	[BU_REGISTERED] = {"registered", 0},
	[BU_REFRESHED] = {"refreshed", 0},
	[BU_DEREGISTERED] = {"deregistered", 0},
	[BU_DROP_DESTINATION] = {"destination", 0},
	[BU_DROP_HOA_SCOPE] = {"hoa_scope", 0},
	[BU_DROP_COA_SCOPE] = {"coa_scope", 0},
	[BU_DROP_SOURCE_SCOPE] = {"source_scope", 0},
	[BU_DROP_NO_HAO] = {"no_home_address_option", 0},
	[BU_DROP_NO_ALT_COA] = {"no_alternate_coa", 0},
	[BU_DROP_NONCE_AND_BAD] = {"nonce_without_authenticator", 0},
	[BU_DROP_HOME_NONCE] = {"home_nonce", 0},
	[BU_DROP_NO_PROOF] = {"no_proof", 0},
	[BU_DROP_AUTHENTICATOR] = {"authenticator", 0},
	[BU_DROP_DAD_RUNNING] = {"dad_running", 0},
	[BU_REFUSE_NOT_HOME] = {"not_home_registration", IP6_MH_BAS_PROHIBITED},
	[BU_REFUSE_KEY_SHAPE] = {"key_shape", IP6_MH_BAS_PROHIBITED},
	[BU_REFUSE_NOT_SEEN] = {"not_seen", IP6_MH_BAS_PROHIBITED},
	[BU_REFUSE_BUDGET] = {"crypto_budget", IP6_MH_BAS_INSUFFICIENT},
	[BU_REFUSE_TABLE_FULL] = {"table_full", IP6_MH_BAS_INSUFFICIENT},
	[BU_REFUSE_CONTEXT_FULL] = {"context_full", IP6_MH_BAS_INSUFFICIENT},
	[BU_REFUSE_KEY_QUOTA] = {"key_quota", IP6_MH_BAS_INSUFFICIENT},
	[BU_REFUSE_LINK_ADDRESS_QUOTA] = {"link_address_quota", IP6_MH_BAS_INSUFFICIENT},
	[BU_REFUSE_COA_PREFIX_QUOTA] = {"coa_prefix_quota", IP6_MH_BAS_INSUFFICIENT},
	[BU_REFUSE_DOMAIN_QUOTA] = {"domain_quota", IP6_MH_BAS_INSUFFICIENT},
	[BU_REFUSE_CLOCK] = {"clock", IP6_MH_BAS_INSUFFICIENT},
	[BU_REFUSE_NOT_ANCHOR] = {"not_anchor", IP6_MH_BAS_HA_NOT_SUPPORTED},
	[BU_REFUSE_PREFIX] = {"prefix", IP6_MH_BAS_NOT_HOME_SUBNET},
	[BU_REFUSE_NOT_BOUND] = {"not_bound", IP6_MH_BAS_NOT_HA},
	[BU_REFUSE_DAD] = {"dad", IP6_MH_BAS_DAD_FAILED},
	[BU_REFUSE_SEQUENCE] = {"sequence", IP6_MH_BAS_SEQNO_BAD},
	[BU_REFUSE_CAREOF_NONCE] = {"careof_nonce", IP6_MH_BAS_COA_NI_EXPIRED},
	[BU_REFUSE_CAREOF_REQUIRED] = {"careof_required", IP6_MH_BAS_COA_NI_EXPIRED},
	[BU_REFUSE_LOADED] = {"loaded", IP6_MH_BAS_COA_NI_EXPIRED},
	[BU_REFUSE_TIMESTAMP] = {"timestamp", IP6_MH_BAS_ID_MISMATCH},
	[BU_REFUSE_NO_TIMESTAMP] = {"no_timestamp", IP6_MH_BAS_ID_REQUIRED},
	[BU_REFUSE_NO_PHKT] = {"no_phkt", IP6_MH_BAS_PHKT_UNAVAILABLE},
	[BU_REFUSE_CGA_LAYOUT] = {"cga_layout", IP6_MH_BAS_CGA_FAILED},
	[BU_REFUSE_CGA] = {"cga", IP6_MH_BAS_CGA_FAILED},
	[BU_REFUSE_KEY_CHANGED] = {"key_changed", IP6_MH_BAS_CGA_FAILED},
	[BU_REFUSE_SIGNATURE] = {"signature", IP6_MH_BAS_CGA_FAILED},
	[BU_REFUSE_COA_SOURCE] = {"coa_source", IP6_MH_BAS_INVALID_COA},
	[BU_REFUSE_COA_HOA] = {"coa_is_hoa", IP6_MH_BAS_INVALID_COA},
	[BU_REFUSE_COA_OWN] = {"coa_is_own", IP6_MH_BAS_INVALID_COA},
	[BU_REFUSE_COA_POLICY] = {"coa_policy", IP6_MH_BAS_INVALID_COA},
	[BU_REFUSE_INTERNAL] = {"internal", IP6_MH_BAS_UNSPECIFIED},
};

const char *bu_method_name(enum bu_method method)
{
	switch (method) {
	case BU_METHOD_NONE:
		return "legacy";
	case BU_METHOD_CGA:
		return "cga";
	case BU_METHOD_PHKT:
		return "phkt";
	}
	return "?";
}

const char *bu_verdict_name(enum bu_verdict verdict)
{
	return verdicts[verdict].name;
}

uint8_t bu_verdict_status(enum bu_verdict verdict)
{
	return verdicts[verdict].status;
}
