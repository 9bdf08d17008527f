/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the agent's side of the comparison: its cache and judgement, in the time of the model. */
#ifndef FAMA_TEST_DAR_UNDER_TEST_H
#define FAMA_TEST_DAR_UNDER_TEST_H

#include "dar/bu_decide.h"
#include "dar/careof_nonce.h"
#include "model/reference_model.h"

struct dar_under_test {
	struct config config;
	struct prefix_list prefixes;
	struct bcache *bcache;
	struct careof_nonces nonces;
	uint64_t now_ns, not_before_ntp, floor_ntp;
	bool (*link_of)(const struct in6_addr *hoa, uint8_t link[static 6], void *arg);
	void *arg;
};

void dut_start(struct dar_under_test *dut, const struct reference_rules *rules, uint64_t now_ns,
	       uint64_t now_ntp);
void dut_configure(struct dar_under_test *dut, const struct reference_rules *rules);
void dut_stop(struct dar_under_test *dut);

/* As dar_bu.c does: `proven` false asks before the proof was looked at. */
struct bu_decision dut_judge(struct dar_under_test *dut, const struct reference_bu *bu, bool proven,
			     enum bu_dad dad);
void dut_accept(struct dar_under_test *dut, const struct reference_bu *bu,
		const struct bu_decision *decision);
void dut_time(struct dar_under_test *dut, uint64_t now_ns, uint64_t now_ntp);
void dut_restart(struct dar_under_test *dut);
uint16_t dut_issue_token(struct dar_under_test *dut, const struct in6_addr *coa);

/* Key number `key` of the tests. */
void dut_key_id(unsigned int key, uint8_t key_id[static BCACHE_KEY_ID_LEN]);

#endif
