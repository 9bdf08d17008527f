/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the steps that decisions about a binding are made of: repeat, wait longer, start anew. */
#ifndef FAMA_BUL_STEP_H
#define FAMA_BUL_STEP_H

#include "mn/bul_decide.h"

bool state_is_deregistering(enum bul_state state);
bool state_is_waiting(enum bul_state state); /* a BU has been sent that no BA has settled */

struct bul_step step_stay(const struct bul_entry *entry);
struct bul_step step_to(const struct bul_entry *entry, enum bul_state next, enum bul_action action,
			const char *why);
/* The next BU of an exchange, or the CoTI that it needs first; `next` tells a registration from a
 * de-registration, how it is authorised tells the exchange. */
struct bul_step step_send(const struct bul_entry *entry, enum bul_state next,
			  struct bul_exchange exchange, uint64_t now_ns, const char *why);
/* The first BU of a new exchange. */
struct bul_step step_start(const struct bul_entry *entry, enum bul_state next, uint64_t now_ns,
			   const char *why);
/* The HDAR holds no binding any more, as far as it can be known. */
struct bul_step step_deregistered(const struct bul_entry *entry, const char *why);
/* Refusals prove nothing by themselves: the first for each BU lengthens the wait, no more. */
struct bul_step step_back_off(const struct bul_entry *entry, uint32_t at_least_ms, const char *why);
/* Sends again at once because of what a BA said, at most once a second (section 8.9). */
struct bul_step step_react(const struct bul_entry *entry, struct bul_exchange exchange,
			   uint64_t now_ns, const char *why);

/* bul_refusal.c: a BA with status 135, and one with any other refusal of a BU that waits */
struct bul_step bul_sequence_behind(const struct bul_entry *entry, const struct bul_answer *answer,
				    uint64_t now_ns);
struct bul_step bul_refused(const struct bul_entry *entry, const struct bul_answer *answer,
			    uint64_t now_ns);

#endif
