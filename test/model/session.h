/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns one life of a DAR lived twice: by the agent's code and by the reference model. */
#ifndef FAMA_TEST_SESSION_H
#define FAMA_TEST_SESSION_H

#include "model/dar_under_test.h"
#include "model/event.h"

enum { SESSION_WAITING = 8 };

struct session {
	struct reference_model model;
	struct dar_under_test dut;
	struct { /* BUs whose check, or DAD, is not done */
		struct reference_bu bu;
		bool tests_address;
	} waiting[SESSION_WAITING];
	unsigned int waiting_count;
	uint64_t ends[REFERENCE_TEST + 1]; /* of BUs, for those who want to know what was reached */
	uint64_t statuses[256];
	char difference[512]; /* the first one, empty: none */
	FILE *trace;          /* NULL: silent */
};

void session_start(struct session *session, const struct reference_rules *rules);
void session_stop(struct session *session);
/* False at the first difference, with session->difference. */
bool session_step(struct session *session, const struct event *event);

#endif
