// SPDX-License-Identifier: BSD-2-Clause
/* Owns the proof of the MN's decisions: every state, event and answer as a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "fama/mobility.h"
#include "mn/bul.h"

#define NOW (1000 * CLOCK_SECOND_NS)

/* What the entry is like before the event. */
enum {
	TOKEN = 1,      /* holds a PHKT */
	BOUND = 2,      /* lifetime left */
	SIGNED = 4,     /* the last BU was signed */
	HINTED = 8,     /* a refusal of it was heeded already */
	REACTED = 16,   /* half a second ago */
	OLD_TOKEN = 32, /* PHKT over its age */
	USED_UP = 64,   /* PHKT used too often */
	EXPIRED = 128,  /* bound, but the lifetime is over */
	VERIFIED = 256, /* the CoA, by a complete BU */
	TESTS = 512,    /* a 137 asked for a CoT */
	FRESH = 1024,   /* the peer has a token for the CoA */
	STALE = 2048,   /* and one of 210 s */
	OTHER = 4096,   /* and one for another CoA */
};

/* How far an answer is proven, and what it answers. */
enum {
	MATCHED = 1,
	AUTHENTIC = 2,
	PROVED = 4,
	TO_SIGNED = 8,
	TO_DEREGISTRATION = 16,
	CLOCK = 32,
	TO_INIT = 64,
	TO_REPLY = 128,
	TO_TESTED = 256,
	GIVES = 512,    /* option 16 */
	OLD_COA = 1024, /* the BU was for the CoA before */
};

struct row {
	const char *name;
	enum bul_state state;
	unsigned int entry;
	unsigned int unanswered, refusals;
	uint32_t backoff_ms;
	struct bul_event event;
	enum bul_state next;
	enum bul_action action;
	uint32_t timeout_ms;
	bool is_signed;
	/* care-of tests; absent: none */
	enum config_coa_test coa_test;
	enum bul_careof careof; /* of what is sent */
	unsigned int untested;
};

#define MOVED                                                                                      \
	{                                                                                          \
		.kind = BUL_EVENT_MOVED, .coa_changed = true                                       \
	}
#define REPLUGGED                                                                                  \
	{                                                                                          \
		.kind = BUL_EVENT_MOVED                                                            \
	}
#define HOME                                                                                       \
	{                                                                                          \
		.kind = BUL_EVENT_HOME                                                             \
	}
#define DROP                                                                                       \
	{                                                                                          \
		.kind = BUL_EVENT_DROP                                                             \
	}
#define TIMEOUT                                                                                    \
	{                                                                                          \
		.kind = BUL_EVENT_TIMEOUT                                                          \
	}
#define COT                                                                                        \
	{                                                                                          \
		.kind = BUL_EVENT_COT                                                              \
	}
#define BE                                                                                         \
	{                                                                                          \
		.kind = BUL_EVENT_BE                                                               \
	}
#define BA(code, life, proof) BA_ADVISED(code, life, proof, 0)
#define BA_ADVISED(code, life, proof, advice)                                                      \
	{                                                                                          \
		.kind = BUL_EVENT_BA, .answer = {                                                  \
			.status = code,                                                            \
			.sequence = 77,                                                            \
			.lifetime_s = life,                                                        \
			.refresh_s = advice,                                                       \
			.careof = (proof)&TO_INIT     ? BUL_CAREOF_INIT                            \
				  : (proof)&TO_REPLY  ? BUL_CAREOF_REPLY                           \
				  : (proof)&TO_TESTED ? BUL_CAREOF_TESTED                          \
						      : BUL_CAREOF_NONE,                           \
			.gives_token = ((proof)&GIVES) != 0,                                       \
			.is_current = !((proof)&OLD_COA),                                          \
			.is_matched = ((proof)&MATCHED) != 0,                                      \
			.is_authenticated = ((proof)&AUTHENTIC) != 0,                              \
			.is_proved = ((proof)&PROVED) != 0,                                        \
			.to_signed = ((proof)&TO_SIGNED) != 0,                                     \
			.to_deregistration = ((proof)&TO_DEREGISTRATION) != 0,                     \
			.clock_followed = ((proof)&CLOCK) != 0,                                    \
		}                                                                                  \
	}

/* clang-format off */
static const struct row ROWS[] = {
	/* moving */
	{"M-10 first BU is signed", BUL_IDLE, 0, 0, 0, 0, MOVED,
	 BUL_PROVING, BUL_ACTION_SEND, 1500, true},
	{"M-11 PHKT once held, no binding", BUL_IDLE, TOKEN, 0, 0, 0, MOVED,
	 BUL_UPDATING, BUL_ACTION_SEND, 1500, false},
	{"M-14 1 s when bound", BUL_BOUND, TOKEN | BOUND, 0, 0, 0, MOVED,
	 BUL_UPDATING, BUL_ACTION_SEND, 1000, false},
	{"A-10 PHKT too old", BUL_BOUND, TOKEN | BOUND | OLD_TOKEN, 0, 0, 0, MOVED,
	 BUL_PROVING, BUL_ACTION_SEND, 1000, true},
	{"M-13 renew before the sequence wraps", BUL_BOUND, TOKEN | BOUND | USED_UP, 0, 0, 0, MOVED,
	 BUL_PROVING, BUL_ACTION_SEND, 1000, true},
	{"same CoA and bound: nothing to say", BUL_BOUND, TOKEN | BOUND, 0, 0, 0, REPLUGGED,
	 BUL_BOUND, BUL_ACTION_NONE, 0, false},
	{"same CoA, unanswered: again at once", BUL_PROVING, SIGNED, 3, 0, 12000, REPLUGGED,
	 BUL_PROVING, BUL_ACTION_SEND, 1500, true},
	{"moved before the answer", BUL_UPDATING, TOKEN | BOUND, 1, 0, 2000, MOVED,
	 BUL_UPDATING, BUL_ACTION_SEND, 1000, false},
	{"away again before the return was answered", BUL_RETURNING, TOKEN | BOUND, 0, 0, 1000, MOVED,
	 BUL_UPDATING, BUL_ACTION_SEND, 1000, false},
	{"a given up HoA goes on leaving", BUL_LEAVING, TOKEN | BOUND, 1, 0, 2000, MOVED,
	 BUL_LEAVING, BUL_ACTION_SEND, 1000, false},
	{"a move is a new chance after a refusal", BUL_REFUSED, 0, 0, 0, 0, MOVED,
	 BUL_PROVING, BUL_ACTION_SEND, 1500, true},

	/* home */
	{"M-34 return with a binding", BUL_BOUND, TOKEN | BOUND, 0, 0, 0, HOME,
	 BUL_RETURNING, BUL_ACTION_SEND, 1000, false},
	{"return without PHKT is signed (8.3)", BUL_PROVING, SIGNED, 1, 0, 1500, HOME,
	 BUL_RETURNING, BUL_ACTION_SEND, 1500, true},
	{"adopted binding at home", BUL_IDLE, BOUND, 0, 0, 0, HOME,
	 BUL_RETURNING, BUL_ACTION_SEND, 1000, true},
	{"home without binding", BUL_IDLE, TOKEN, 0, 0, 0, HOME,
	 BUL_IDLE, BUL_ACTION_NONE, 0, false},
	{"home after a refusal", BUL_REFUSED, 0, 0, 0, 0, HOME,
	 BUL_IDLE, BUL_ACTION_RELEASE, 0, false},
	{"home while being given up: wanted again", BUL_LEAVING, TOKEN | BOUND, 0, 0, 1000, HOME,
	 BUL_RETURNING, BUL_ACTION_SEND, 1000, false},
	{"first repetition at home keeps the tunnel", BUL_RETURNING, TOKEN | BOUND, 0, 0, 1000, TIMEOUT,
	 BUL_RETURNING, BUL_ACTION_SEND, 2000, false},
	{"second repetition at home: native, signed", BUL_RETURNING, TOKEN | BOUND, 1, 0, 2000, TIMEOUT,
	 BUL_RETURNING, BUL_ACTION_RELEASE_SEND, 4000, true},
	{"home, nobody answers, binding lives", BUL_RETURNING, TOKEN | BOUND | SIGNED, 9, 0, 32000, TIMEOUT,
	 BUL_RETURNING, BUL_ACTION_SEND, 32000, true},
	{"home, nobody answers, binding over", BUL_RETURNING, TOKEN | EXPIRED | SIGNED, 4, 0, 16000, TIMEOUT,
	 BUL_IDLE, BUL_ACTION_RELEASE, 0, true},

	/* giving up */
	{"drop with a binding", BUL_BOUND, TOKEN | BOUND, 0, 0, 0, DROP,
	 BUL_LEAVING, BUL_ACTION_SEND, 1000, false},
	{"drop at rest", BUL_IDLE, TOKEN, 0, 0, 0, DROP, BUL_IDLE, BUL_ACTION_FORGET, 0, false},
	{"drop after a refusal", BUL_REFUSED, 0, 0, 0, 0, DROP, BUL_IDLE, BUL_ACTION_FORGET, 0, false},
	{"drop repeated", BUL_LEAVING, TOKEN | BOUND, 3, 0, 4000, TIMEOUT,
	 BUL_LEAVING, BUL_ACTION_SEND, 8000, true},
	{"drop unanswered in the end", BUL_LEAVING, TOKEN | BOUND, 4, 0, 16000, TIMEOUT,
	 BUL_IDLE, BUL_ACTION_FORGET, 0, false},

	/* time */
	{"M-37 refresh", BUL_BOUND, TOKEN | BOUND, 0, 0, 0, TIMEOUT,
	 BUL_UPDATING, BUL_ACTION_SEND, 1000, false},
	{"M-37 refresh with an old PHKT", BUL_BOUND, TOKEN | BOUND | OLD_TOKEN, 0, 0, 0, TIMEOUT,
	 BUL_PROVING, BUL_ACTION_SEND, 1000, true},
	{"M-14 repeated", BUL_PROVING, SIGNED, 0, 0, 1500, TIMEOUT,
	 BUL_PROVING, BUL_ACTION_SEND, 3000, true},
	{"M-11 first repetition with PHKT", BUL_UPDATING, TOKEN | BOUND, 0, 0, 1000, TIMEOUT,
	 BUL_UPDATING, BUL_ACTION_SEND, 2000, false},
	{"M-11 after two unanswered, signed", BUL_UPDATING, TOKEN | BOUND, 1, 0, 2000, TIMEOUT,
	 BUL_PROVING, BUL_ACTION_SEND, 4000, true},
	{"M-14 32 s for ever", BUL_PROVING, SIGNED, 40, 0, 32000, TIMEOUT,
	 BUL_PROVING, BUL_ACTION_SEND, 32000, true},
	{"stray timer at rest", BUL_IDLE, TOKEN, 0, 0, 0, TIMEOUT, BUL_IDLE, BUL_ACTION_NONE, 0, false},
	{"stray timer when refused", BUL_REFUSED, 0, 0, 0, 0, TIMEOUT,
	 BUL_REFUSED, BUL_ACTION_NONE, 0, false},

	/* accepted */
	{"M-16 accepted", BUL_PROVING, SIGNED, 0, 0, 1500, BA(0, 86400, MATCHED | AUTHENTIC | TO_SIGNED),
	 BUL_BOUND, BUL_ACTION_ESTABLISH, 64800000, false},
	{"status 1, prefix deprecated", BUL_UPDATING, TOKEN, 0, 0, 1500, BA(1, 400, MATCHED | AUTHENTIC),
	 BUL_BOUND, BUL_ACTION_ESTABLISH, 300000, false},
	{"a second answer to a repeated BU", BUL_BOUND, TOKEN | BOUND, 0, 0, 0, BA(0, 40, MATCHED | AUTHENTIC),
	 BUL_BOUND, BUL_ACTION_ESTABLISH, 30000, false},
	{"M-16 without BAD", BUL_PROVING, SIGNED, 0, 0, 1500, BA(0, 86400, MATCHED | TO_SIGNED),
	 BUL_PROVING, BUL_ACTION_NONE, 0, true},
	{"M-16 without BAD but proved", BUL_PROVING, SIGNED, 0, 0, 1500, BA(0, 86400, MATCHED | PROVED | TO_SIGNED),
	 BUL_PROVING, BUL_ACTION_NONE, 0, true},
	{"M-16 another sequence number", BUL_UPDATING, TOKEN, 0, 0, 1500, BA(0, 86400, AUTHENTIC),
	 BUL_UPDATING, BUL_ACTION_NONE, 0, false},
	{"accepted for no time", BUL_UPDATING, TOKEN, 0, 0, 1000, BA(0, 0, MATCHED | AUTHENTIC),
	 BUL_UPDATING, BUL_ACTION_NONE, 2000, false},
	{"late registration while returning", BUL_RETURNING, TOKEN | BOUND, 0, 0, 1000, BA(0, 400, MATCHED | AUTHENTIC),
	 BUL_RETURNING, BUL_ACTION_NONE, 0, false},
	{"late registration at rest", BUL_IDLE, TOKEN, 0, 0, 0, BA(0, 400, MATCHED | AUTHENTIC),
	 BUL_IDLE, BUL_ACTION_NONE, 0, false},
	{"M-36 de-registered at home", BUL_RETURNING, TOKEN | BOUND, 0, 0, 1000,
	 BA(0, 0, MATCHED | AUTHENTIC | TO_DEREGISTRATION), BUL_IDLE, BUL_ACTION_RELEASE, 0, false},
	{"8.9 signed de-registration has no BAD", BUL_RETURNING, SIGNED | BOUND, 0, 0, 1000,
	 BA(0, 0, MATCHED | TO_SIGNED | TO_DEREGISTRATION), BUL_IDLE, BUL_ACTION_RELEASE, 0, true},
	{"PHKT de-registration must have one", BUL_RETURNING, TOKEN | BOUND, 0, 0, 1000,
	 BA(0, 0, MATCHED | TO_DEREGISTRATION), BUL_RETURNING, BUL_ACTION_NONE, 0, false},
	{"de-registered away", BUL_LEAVING, TOKEN | BOUND, 0, 0, 1000,
	 BA(0, 0, MATCHED | AUTHENTIC | TO_DEREGISTRATION), BUL_IDLE, BUL_ACTION_FORGET, 0, false},
	{"late de-registration after moving on", BUL_UPDATING, TOKEN | BOUND, 0, 0, 1000,
	 BA(0, 0, MATCHED | AUTHENTIC | TO_DEREGISTRATION), BUL_UPDATING, BUL_ACTION_NONE, 0, false},

	/* 135 */
	{"M-18 authenticated 135", BUL_UPDATING, TOKEN | BOUND, 0, 0, 1000, BA(135, 0, AUTHENTIC),
	 BUL_UPDATING, BUL_ACTION_SEND_FROM, 1000, false},
	{"M-18 unauthenticated 135", BUL_UPDATING, TOKEN | BOUND, 0, 0, 1000, BA(135, 0, MATCHED),
	 BUL_UPDATING, BUL_ACTION_NONE, 0, false},
	{"M-18 once a second", BUL_UPDATING, TOKEN | BOUND | REACTED, 0, 0, 1000, BA(135, 0, AUTHENTIC),
	 BUL_UPDATING, BUL_ACTION_NONE, 2000, false},

	/* 147 */
	{"M-22 147", BUL_UPDATING, TOKEN, 0, 0, 1000, BA(147, 0, MATCHED),
	 BUL_PROVING, BUL_ACTION_SEND, 1000, true},
	{"M-22 147 to the return", BUL_RETURNING, TOKEN | BOUND, 0, 0, 1000, BA(147, 0, MATCHED | TO_DEREGISTRATION),
	 BUL_RETURNING, BUL_ACTION_SEND, 1000, true},
	{"M-22 once a second", BUL_UPDATING, TOKEN | REACTED, 0, 0, 1000, BA(147, 0, MATCHED),
	 BUL_UPDATING, BUL_ACTION_NONE, 2000, false},
	{"147 to a signed BU makes no sense", BUL_PROVING, SIGNED, 0, 0, 1500, BA(147, 0, MATCHED | TO_SIGNED),
	 BUL_PROVING, BUL_ACTION_NONE, 3000, true},
	{"147 to a BU before the signed one", BUL_PROVING, SIGNED, 2, 0, 4000, BA(147, 0, MATCHED),
	 BUL_PROVING, BUL_ACTION_NONE, 0, true},
	{"147 with another number", BUL_UPDATING, TOKEN, 0, 0, 1000, BA(147, 0, 0),
	 BUL_UPDATING, BUL_ACTION_NONE, 0, false},
	{"147 when bound", BUL_BOUND, TOKEN | BOUND, 0, 0, 0, BA(147, 0, MATCHED),
	 BUL_BOUND, BUL_ACTION_NONE, 0, false},

	/* 144, 148 */
	{"144 followed", BUL_PROVING, SIGNED, 0, 0, 1500, BA(144, 0, MATCHED | TO_SIGNED | CLOCK),
	 BUL_PROVING, BUL_ACTION_SEND, 1500, true},
	{"8.9 144 not followed", BUL_PROVING, SIGNED, 0, 0, 1500, BA(144, 0, MATCHED | TO_SIGNED),
	 BUL_PROVING, BUL_ACTION_NONE, 3000, true},
	{"148 once", BUL_PROVING, SIGNED, 0, 0, 1500, BA(148, 0, MATCHED | TO_SIGNED | PROVED),
	 BUL_PROVING, BUL_ACTION_NONE, 3000, true},
	{"8.9 148 three times, proved", BUL_PROVING, SIGNED, 2, 2, 6000, BA(148, 0, MATCHED | TO_SIGNED | PROVED),
	 BUL_REFUSED, BUL_ACTION_NONE, 0, true},
	{"8.9 148 three times, unproved: slow", BUL_PROVING, SIGNED, 2, 2, 6000, BA(148, 0, MATCHED | TO_SIGNED),
	 BUL_PROVING, BUL_ACTION_NONE, 32000, true},

	/* 133, 174 and the rest */
	{"133 to a return, authenticated: done", BUL_RETURNING, TOKEN | BOUND, 0, 0, 1000,
	 BA(133, 0, MATCHED | AUTHENTIC | TO_DEREGISTRATION), BUL_IDLE, BUL_ACTION_RELEASE, 0, false},
	{"133 to a return, unproven: ask signed", BUL_RETURNING, TOKEN | BOUND, 0, 0, 1000,
	 BA(133, 0, MATCHED | TO_DEREGISTRATION), BUL_RETURNING, BUL_ACTION_SEND, 1000, true},
	{"133 to a signed return: done", BUL_RETURNING, SIGNED, 0, 0, 1500,
	 BA(133, 0, MATCHED | TO_SIGNED | TO_DEREGISTRATION), BUL_IDLE, BUL_ACTION_RELEASE, 0, true},
	{"133 to a drop: done", BUL_LEAVING, TOKEN | BOUND, 0, 0, 1000,
	 BA(133, 0, MATCHED | AUTHENTIC | TO_DEREGISTRATION), BUL_IDLE, BUL_ACTION_FORGET, 0, false},
	{"133 to a registration", BUL_UPDATING, TOKEN, 0, 0, 1000, BA(133, 0, MATCHED),
	 BUL_UPDATING, BUL_ACTION_NONE, 2000, false},
	{"8.9 174 after 1 s", BUL_UPDATING, TOKEN, 1, 0, 4000, BA(174, 0, MATCHED | AUTHENTIC),
	 BUL_UPDATING, BUL_ACTION_NONE, 1000, false},
	{"174 heeded once for each BU", BUL_UPDATING, TOKEN | HINTED, 1, 0, 4000, BA(174, 0, MATCHED),
	 BUL_UPDATING, BUL_ACTION_NONE, 0, false},
	{"M-27 134 proven: HoA lost", BUL_UPDATING, TOKEN, 0, 0, 1000, BA(134, 0, MATCHED | AUTHENTIC),
	 BUL_IDLE, BUL_ACTION_RENOUNCE, 0, false},
	{"8.9 134 unproven: back-off only", BUL_PROVING, SIGNED, 0, 0, 1500, BA(134, 0, MATCHED | TO_SIGNED),
	 BUL_PROVING, BUL_ACTION_NONE, 3000, true},
	{"132 proved: refused", BUL_PROVING, SIGNED, 0, 0, 1500, BA(132, 0, MATCHED | TO_SIGNED | PROVED),
	 BUL_REFUSED, BUL_ACTION_NONE, 0, true},
	{"8.9 132 unproven: back-off only", BUL_PROVING, SIGNED, 0, 0, 1500, BA(132, 0, MATCHED | TO_SIGNED),
	 BUL_PROVING, BUL_ACTION_NONE, 3000, true},
	{"139 proven, giving up: gone", BUL_LEAVING, TOKEN | BOUND, 0, 0, 1000,
	 BA(139, 0, MATCHED | AUTHENTIC | TO_DEREGISTRATION), BUL_IDLE, BUL_ACTION_FORGET, 0, false},
	{"130 busy", BUL_PROVING, SIGNED, 1, 0, 3000, BA(130, 0, MATCHED | TO_SIGNED),
	 BUL_PROVING, BUL_ACTION_NONE, 6000, true},
	{"8.9 the same refusal again stops nothing", BUL_PROVING, SIGNED | HINTED, 1, 0, 6000, BA(130, 0, MATCHED | TO_SIGNED),
	 BUL_PROVING, BUL_ACTION_NONE, 0, true},
	{"unknown refusal", BUL_UPDATING, TOKEN, 0, 0, 1000, BA(200, 0, MATCHED),
	 BUL_UPDATING, BUL_ACTION_NONE, 2000, false},
	{"refusal at rest", BUL_IDLE, TOKEN, 0, 0, 0, BA(129, 0, MATCHED | AUTHENTIC),
	 BUL_IDLE, BUL_ACTION_NONE, 0, false},

	/* option 2 */
	{"M-37 refresh advice", BUL_UPDATING, TOKEN, 0, 0, 1500, BA_ADVISED(0, 400, MATCHED | AUTHENTIC, 40),
	 BUL_BOUND, BUL_ACTION_ESTABLISH, 40000, false},
	{"refresh advice past the lifetime", BUL_UPDATING, TOKEN, 0, 0, 1500, BA_ADVISED(0, 400, MATCHED | AUTHENTIC, 400),
	 BUL_BOUND, BUL_ACTION_ESTABLISH, 300000, false},
	{"the answer for a CoA left behind", BUL_UPDATING, TOKEN, 0, 0, 1500, BA(0, 400, MATCHED | AUTHENTIC | OLD_COA),
	 BUL_UPDATING, BUL_ACTION_NONE, 0, false},

	/* mode concurrent */
	{"8.1 concurrent: first BU asks for a token", BUL_IDLE, 0, 0, 0, 0, MOVED,
	 BUL_PROVING, BUL_ACTION_SEND, 1500, true, COA_TEST_CONCURRENT, BUL_CAREOF_INIT},
	{"8.1 concurrent: so does a PHKT BU", BUL_BOUND, TOKEN | BOUND, 0, 0, 0, MOVED,
	 BUL_UPDATING, BUL_ACTION_SEND, 1000, false, COA_TEST_CONCURRENT, BUL_CAREOF_INIT},
	{"8.4 option 16: complete BU at once", BUL_PROVING, SIGNED, 0, 0, 1500,
	 BA(0, 400, MATCHED | AUTHENTIC | TO_SIGNED | TO_INIT | GIVES),
	 BUL_CONFIRMING, BUL_ACTION_ESTABLISH_SEND, 1500, false, COA_TEST_CONCURRENT, BUL_CAREOF_REPLY},
	{"no option 16: bound", BUL_UPDATING, TOKEN, 0, 0, 1500, BA(0, 400, MATCHED | AUTHENTIC | TO_INIT),
	 BUL_BOUND, BUL_ACTION_ESTABLISH, 300000, false, COA_TEST_CONCURRENT},
	{"complete BU accepted", BUL_CONFIRMING, TOKEN | BOUND, 0, 0, 1500, BA(0, 400, MATCHED | AUTHENTIC | TO_REPLY),
	 BUL_BOUND, BUL_ACTION_ESTABLISH, 300000, false, COA_TEST_CONCURRENT},
	{"a newer token while confirming", BUL_CONFIRMING, TOKEN | BOUND, 0, 0, 3000,
	 BA(0, 400, MATCHED | AUTHENTIC | TO_INIT | GIVES),
	 BUL_CONFIRMING, BUL_ACTION_ESTABLISH_SEND, 3000, false, COA_TEST_CONCURRENT, BUL_CAREOF_REPLY},
	{"complete BU unanswered: a fresh early one", BUL_CONFIRMING, TOKEN | BOUND, 0, 0, 1500, TIMEOUT,
	 BUL_UPDATING, BUL_ACTION_SEND, 3000, false, COA_TEST_CONCURRENT, BUL_CAREOF_INIT},
	{"M-11 complete BU unanswered twice", BUL_CONFIRMING, TOKEN | BOUND, 1, 0, 1500, TIMEOUT,
	 BUL_PROVING, BUL_ACTION_SEND, 3000, true, COA_TEST_CONCURRENT, BUL_CAREOF_INIT},
	{"A-09 137 to the complete BU: wait, then early", BUL_CONFIRMING, TOKEN | BOUND, 0, 0, 1000, BA(137, 0, MATCHED | TO_REPLY),
	 BUL_CONFIRMING, BUL_ACTION_NONE, 2000, false, COA_TEST_CONCURRENT},
	{"8.6.20 refresh of a verified CoA", BUL_BOUND, TOKEN | BOUND | VERIFIED, 0, 0, 0, TIMEOUT,
	 BUL_UPDATING, BUL_ACTION_SEND, 1000, false, COA_TEST_CONCURRENT, BUL_CAREOF_NONE},
	{"signed refresh: the HDAR may have forgotten", BUL_BOUND, TOKEN | BOUND | VERIFIED | OLD_TOKEN, 0, 0, 0, TIMEOUT,
	 BUL_PROVING, BUL_ACTION_SEND, 1000, true, COA_TEST_CONCURRENT, BUL_CAREOF_INIT},
	{"refresh after the lifetime", BUL_BOUND, TOKEN | EXPIRED | VERIFIED, 0, 0, 0, TIMEOUT,
	 BUL_UPDATING, BUL_ACTION_SEND, 1500, false, COA_TEST_CONCURRENT, BUL_CAREOF_INIT},
	{"147 to a refresh", BUL_UPDATING, TOKEN | BOUND | VERIFIED, 0, 0, 1000, BA(147, 0, MATCHED),
	 BUL_PROVING, BUL_ACTION_SEND, 1000, true, COA_TEST_CONCURRENT, BUL_CAREOF_INIT},
	{"home while confirming: no token", BUL_CONFIRMING, TOKEN | BOUND, 0, 0, 1000, HOME,
	 BUL_RETURNING, BUL_ACTION_SEND, 1000, false, COA_TEST_CONCURRENT, BUL_CAREOF_NONE},
	{"moved while confirming", BUL_CONFIRMING, TOKEN | BOUND, 0, 0, 2000, MOVED,
	 BUL_UPDATING, BUL_ACTION_SEND, 1000, false, COA_TEST_CONCURRENT, BUL_CAREOF_INIT},
	{"BE while confirming", BUL_CONFIRMING, TOKEN | BOUND, 0, 0, 2000, BE,
	 BUL_UPDATING, BUL_ACTION_SEND, 1000, false, COA_TEST_CONCURRENT, BUL_CAREOF_INIT},
	{"M-18 135 to the complete BU: early, from there", BUL_CONFIRMING, TOKEN | BOUND, 0, 0, 1000, BA(135, 0, AUTHENTIC | TO_REPLY),
	 BUL_UPDATING, BUL_ACTION_SEND_FROM, 1000, false, COA_TEST_CONCURRENT, BUL_CAREOF_INIT},

	/* mode require */
	{"8.1 require: CoTI first", BUL_IDLE, 0, 0, 0, 0, MOVED,
	 BUL_TESTING, BUL_ACTION_TEST_COA, 1500, true, COA_TEST_REQUIRE, BUL_CAREOF_TESTED},
	{"M-26 a token of another HoA serves", BUL_IDLE, FRESH, 0, 0, 0, MOVED,
	 BUL_PROVING, BUL_ACTION_SEND, 1500, true, COA_TEST_REQUIRE, BUL_CAREOF_TESTED},
	{"M-25 not after 210 s", BUL_BOUND, TOKEN | BOUND | STALE, 0, 0, 0, MOVED,
	 BUL_TESTING, BUL_ACTION_TEST_COA, 1000, false, COA_TEST_REQUIRE, BUL_CAREOF_TESTED},
	{"a token for another CoA", BUL_BOUND, TOKEN | BOUND | OTHER, 0, 0, 0, MOVED,
	 BUL_TESTING, BUL_ACTION_TEST_COA, 1000, false, COA_TEST_REQUIRE, BUL_CAREOF_TESTED},
	{"8.1 require: a refresh too", BUL_BOUND, TOKEN | BOUND | VERIFIED, 0, 0, 0, TIMEOUT,
	 BUL_TESTING, BUL_ACTION_TEST_COA, 1000, false, COA_TEST_REQUIRE, BUL_CAREOF_TESTED},
	{"M-24 CoT: signed BU", BUL_TESTING, SIGNED | FRESH, 0, 0, 3000, COT,
	 BUL_PROVING, BUL_ACTION_SEND, 3000, true, COA_TEST_REQUIRE, BUL_CAREOF_TESTED, 1},
	{"M-24 CoT: PHKT BU", BUL_TESTING, TOKEN | FRESH, 0, 0, 1000, COT,
	 BUL_UPDATING, BUL_ACTION_SEND, 1000, false, COA_TEST_REQUIRE, BUL_CAREOF_TESTED},
	{"M-24 CoTI repeated with back-off", BUL_TESTING, SIGNED, 0, 0, 1500, TIMEOUT,
	 BUL_TESTING, BUL_ACTION_TEST_COA, 3000, true, COA_TEST_REQUIRE, BUL_CAREOF_TESTED},
	{"our own policy tests for ever", BUL_TESTING, SIGNED, 0, 0, 32000, TIMEOUT,
	 BUL_TESTING, BUL_ACTION_TEST_COA, 32000, true, COA_TEST_REQUIRE, BUL_CAREOF_TESTED, 9},
	{"complete BU unanswered: again with the token", BUL_UPDATING, TOKEN | FRESH, 0, 0, 1000, TIMEOUT,
	 BUL_UPDATING, BUL_ACTION_SEND, 2000, false, COA_TEST_REQUIRE, BUL_CAREOF_TESTED},
	{"complete BU unanswered, token too old", BUL_UPDATING, TOKEN | STALE, 0, 0, 1000, TIMEOUT,
	 BUL_TESTING, BUL_ACTION_TEST_COA, 2000, false, COA_TEST_REQUIRE, BUL_CAREOF_TESTED},
	{"de-registration needs no token", BUL_BOUND, TOKEN | BOUND, 0, 0, 0, HOME,
	 BUL_RETURNING, BUL_ACTION_SEND, 1000, false, COA_TEST_REQUIRE, BUL_CAREOF_NONE},
	{"neither does giving up", BUL_TESTING, TOKEN | BOUND, 0, 0, 1000, DROP,
	 BUL_LEAVING, BUL_ACTION_SEND, 1000, false, COA_TEST_REQUIRE, BUL_CAREOF_NONE},
	{"home while testing", BUL_TESTING, TOKEN | BOUND, 0, 0, 1000, HOME,
	 BUL_RETURNING, BUL_ACTION_SEND, 1000, false, COA_TEST_REQUIRE, BUL_CAREOF_NONE},
	{"moved while testing", BUL_TESTING, TOKEN | BOUND | OTHER, 0, 0, 4000, MOVED,
	 BUL_TESTING, BUL_ACTION_TEST_COA, 1000, false, COA_TEST_REQUIRE, BUL_CAREOF_TESTED},

	/* 137 in any mode */
	{"M-23 137 in mode none", BUL_PROVING, SIGNED, 0, 0, 1500, BA(137, 0, MATCHED | TO_SIGNED),
	 BUL_TESTING, BUL_ACTION_TEST_COA, 1500, true, COA_TEST_NONE, BUL_CAREOF_TESTED},
	{"M-23 137 in mode concurrent", BUL_UPDATING, TOKEN, 0, 0, 1500, BA(137, 0, MATCHED | TO_INIT),
	 BUL_TESTING, BUL_ACTION_TEST_COA, 1500, false, COA_TEST_CONCURRENT, BUL_CAREOF_TESTED},
	{"M-23 137 in mode require, token refused and gone", BUL_UPDATING, TOKEN, 0, 0, 1000, BA(137, 0, MATCHED | TO_TESTED),
	 BUL_TESTING, BUL_ACTION_TEST_COA, 1000, false, COA_TEST_REQUIRE, BUL_CAREOF_TESTED},
	{"M-26 137, but another HoA has a token", BUL_UPDATING, TOKEN | FRESH, 0, 0, 1000, BA(137, 0, MATCHED | TO_INIT),
	 BUL_UPDATING, BUL_ACTION_SEND, 1000, false, COA_TEST_CONCURRENT, BUL_CAREOF_TESTED},
	{"8.9 137 once a second", BUL_PROVING, SIGNED | REACTED, 0, 0, 1500, BA(137, 0, MATCHED | TO_SIGNED),
	 BUL_PROVING, BUL_ACTION_NONE, 3000, true},
	{"137 with another number", BUL_PROVING, SIGNED, 0, 0, 1500, BA(137, 0, TO_SIGNED),
	 BUL_PROVING, BUL_ACTION_NONE, 0, true},
	{"137 when bound", BUL_BOUND, TOKEN | BOUND, 0, 0, 0, BA(137, 0, MATCHED),
	 BUL_BOUND, BUL_ACTION_NONE, 0, false},
	{"137 while testing", BUL_TESTING, TOKEN, 0, 0, 1000, BA(137, 0, MATCHED),
	 BUL_TESTING, BUL_ACTION_NONE, 0, false},
	{"137 to a de-registration makes no sense", BUL_RETURNING, TOKEN | BOUND, 0, 0, 1000,
	 BA(137, 0, MATCHED | TO_DEREGISTRATION), BUL_RETURNING, BUL_ACTION_NONE, 2000, false},
	{"after the wait the test", BUL_PROVING, SIGNED | TESTS, 0, 0, 3000, TIMEOUT,
	 BUL_TESTING, BUL_ACTION_TEST_COA, 6000, true, COA_TEST_NONE, BUL_CAREOF_TESTED},
	{"CoT in mode none", BUL_TESTING, SIGNED | TESTS | FRESH, 0, 0, 1500, COT,
	 BUL_PROVING, BUL_ACTION_SEND, 1500, true, COA_TEST_NONE, BUL_CAREOF_TESTED},
	{"repeated with the token in mode none", BUL_PROVING, SIGNED | TESTS | FRESH, 0, 0, 1500, TIMEOUT,
	 BUL_PROVING, BUL_ACTION_SEND, 3000, true, COA_TEST_NONE, BUL_CAREOF_TESTED},
	{"first CoTI unanswered", BUL_TESTING, SIGNED | TESTS, 0, 0, 1500, TIMEOUT,
	 BUL_TESTING, BUL_ACTION_TEST_COA, 3000, true, COA_TEST_CONCURRENT, BUL_CAREOF_TESTED},
	{"8.9 a forged 137 holds nobody up for long", BUL_TESTING, SIGNED | TESTS, 0, 0, 3000, TIMEOUT,
	 BUL_PROVING, BUL_ACTION_SEND, 6000, true, COA_TEST_CONCURRENT, BUL_CAREOF_INIT, 1},
	{"the answer that a forged 137 overtook", BUL_TESTING, TOKEN | TESTS, 0, 0, 1500, BA(0, 400, MATCHED | AUTHENTIC),
	 BUL_BOUND, BUL_ACTION_ESTABLISH, 300000, false},
	{"a stray CoT", BUL_BOUND, TOKEN | BOUND | FRESH, 0, 0, 0, COT, BUL_BOUND, BUL_ACTION_NONE, 0, false},
	{"a CoT while the BU waits", BUL_UPDATING, TOKEN | BOUND | FRESH, 0, 0, 1000, COT,
	 BUL_UPDATING, BUL_ACTION_NONE, 0, false},

	/* Binding Error */
	{"BE status 1: register again", BUL_BOUND, TOKEN | BOUND, 0, 0, 0, BE,
	 BUL_UPDATING, BUL_ACTION_SEND, 1000, false},
	{"BE once a second", BUL_BOUND, TOKEN | BOUND | REACTED, 0, 0, 0, BE,
	 BUL_BOUND, BUL_ACTION_NONE, 0, false},
	{"BE while a BU is on its way", BUL_UPDATING, TOKEN, 0, 0, 1000, BE,
	 BUL_UPDATING, BUL_ACTION_NONE, 0, false},
};
/* clang-format on */

static const struct in6_addr COA = {{{0x20, 1, 0xd, 0xb8, [15] = 2}}};
static const struct in6_addr OTHER_COA = {{{0x20, 1, 0xd, 0xb8, [15] = 3}}};

static struct bul_peer peer_of(const struct row *row, uint64_t now)
{
	const uint64_t life = CAREOF_TOKEN_AGE_MAX_S * CLOCK_SECOND_NS;
	struct bul_peer peer = {0};

	if (row->entry & (FRESH | STALE | OTHER))
		peer.careof.nonce = 7;
	peer.careof.coa = row->entry & OTHER ? OTHER_COA : COA;
	peer.careof.since_ns = row->entry & STALE ? now - life : now - life + 1;
	return peer;
}

static struct bul_entry entry_of(const struct row *row, struct bul *bul, struct bul_peer *peer)
{
	struct bul_entry entry = {
		.bul = bul,
		.peer = peer,
		.coa = COA,
		.is_verified = row->entry & VERIFIED,
		.state = row->state,
		.exchange =
			{
				.is_signed = row->entry & SIGNED,
				.hinted = row->entry & HINTED,
				.tests = row->entry & TESTS,
				.untested = row->untested,
				.unanswered = row->unanswered,
				.refusals = row->refusals,
				.backoff_ms = row->backoff_ms,
				.reacted_ns = row->entry & REACTED ? NOW - CLOCK_SECOND_NS / 2 : 0,
			},
		.has_phkt = row->entry & TOKEN,
		.phkt_since_ns = NOW - CLOCK_SECOND_NS,
		.is_bound = row->entry & (BOUND | EXPIRED),
		.expires_ns = row->entry & BOUND ? NOW + CLOCK_SECOND_NS : NOW,
	};

	if (row->entry & USED_UP)
		entry.phkt_uses = BUL_PHKT_USES_MAX;
	return entry;
}

static uint64_t now_of(const struct row *row, struct bul_entry *entry)
{
	uint64_t later = BUL_PHKT_AGE_MAX_S * CLOCK_SECOND_NS;

	if (!(row->entry & OLD_TOKEN))
		return NOW;
	entry->expires_ns += later;
	return NOW + later;
}

static void rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		const struct row *row = &ROWS[i];
		struct bul bul = {.policy.coa_test = row->coa_test};
		struct bul_peer peer = peer_of(row, NOW);
		struct bul_entry entry = entry_of(row, &bul, &peer);
		uint64_t now = now_of(row, &entry);
		struct bul_entry before = entry;
		struct bul_step step = bul_decide(&entry, &row->event, now);
		struct bul_step again = bul_decide(&entry, &row->event, now);

		print_message("%s\n", row->name);
		assert_int_equal(step.next, row->next);
		assert_int_equal(step.action, row->action);
		assert_int_equal(step.timeout_ms, row->timeout_ms);
		assert_int_equal(step.exchange.is_signed, row->is_signed);
		assert_int_equal(step.exchange.careof, row->careof);
		if (step.next != row->state)
			assert_non_null(step.why);
		if (step.action == BUL_ACTION_SEND_FROM)
			assert_int_equal(step.sequence, 77);
		/* pure */
		assert_memory_equal(&before, &entry, sizeof(entry));
		assert_int_equal(again.next, step.next);
		assert_int_equal(again.action, step.action);
	}
}

/* Refusals without proof, however many, never stop the repetitions (protocol 8.9). */
static void a_flood_of_refusals_stops_nothing(void **state)
{
	const struct bul_event timeout = TIMEOUT;
	struct bul bul = {0};
	struct bul_peer peer = {0};
	struct bul_entry entry = {.bul = &bul, .peer = &peer, .state = BUL_PROVING};
	unsigned int sent = 0;

	(void)state;
	entry.exchange = (struct bul_exchange){.is_signed = true, .backoff_ms = 1500};
	for (unsigned int i = 0; i < 1000; i++) {
		struct bul_event refusal = BA((uint8_t)(128 + i % 128), 0, MATCHED | TO_SIGNED);
		struct bul_step step = bul_decide(&entry, &refusal, NOW);

		assert_true(step.next == BUL_PROVING || step.next == BUL_TESTING); /* 137 */
		assert_true(step.timeout_ms <= 32000);
		entry.exchange = step.exchange;
		entry.state = step.next;
		step = bul_decide(&entry, &refusal, NOW);
		assert_int_equal(step.timeout_ms, 0); /* the second one moves no timer */
		step = bul_decide(&entry, &timeout, NOW);
		assert_true(step.action == BUL_ACTION_SEND || step.action == BUL_ACTION_TEST_COA);
		entry.exchange = step.exchange;
		entry.state = step.next;
		sent++;
	}
	assert_int_equal(sent, 1000);
}

/* M-13: a 135 from before, sent again by somebody who heard it, does not turn the numbers back. */
static void sequence_never_goes_back(void **state)
{
	static const struct {
		uint16_t ours, theirs;
		bool is_followed;
	} cases[] = {{77, 77, true},    {76, 77, true},     {78, 77, false},  {100, 77, false},
		     {65535, 77, true}, {77, 65535, false}, {0, 32768, true}, {0, 32769, false}};
	struct bul bul = {0};
	struct bul_peer peer = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct bul_entry entry = {.bul = &bul,
						.peer = &peer,
						.state = BUL_UPDATING,
						.sequence = cases[i].ours,
						.exchange.backoff_ms = 1000};
		struct bul_event behind = BA(135, 0, AUTHENTIC);
		struct bul_step step;

		behind.answer.sequence = cases[i].theirs;
		step = bul_decide(&entry, &behind, NOW);
		print_message("ours %u, theirs %u\n", cases[i].ours, cases[i].theirs);
		assert_int_equal(step.action,
				 cases[i].is_followed ? BUL_ACTION_SEND_FROM : BUL_ACTION_NONE);
	}
}

/* A complete BU with a token that is not the HDAR's (a forged CoT, a HDAR started anew) is dropped
 * without a word: as with the PHKT (M-11), after two the token may be wrong. */
static void an_unanswered_token_is_replaced(void **state)
{
	const struct bul_event timeout = TIMEOUT, answered = COT;
	struct bul bul = {.policy.coa_test = COA_TEST_REQUIRE};
	struct bul_peer peer = {.careof = {.coa = COA, .nonce = 7, .since_ns = NOW}};
	struct bul_entry entry = {.bul = &bul,
				  .peer = &peer,
				  .coa = COA,
				  .state = BUL_UPDATING,
				  .has_phkt = true,
				  .phkt_since_ns = NOW,
				  .exchange.backoff_ms = 1000};
	struct bul_sent sent = {
		.is_outstanding = true, .coa = COA, .at_ns = NOW + 1, .careof = BUL_CAREOF_TESTED};
	struct bul_step step;

	(void)state;
	bul_note_sent(&entry, &sent);
	step = bul_decide(&entry, &timeout, NOW + CLOCK_SECOND_NS);
	assert_int_equal(step.action, BUL_ACTION_SEND); /* a loss */
	entry.exchange = step.exchange;
	sent.at_ns = NOW + CLOCK_SECOND_NS;
	bul_note_sent(&entry, &sent);
	step = bul_decide(&entry, &timeout, NOW + 3 * CLOCK_SECOND_NS);
	assert_int_equal(step.action, BUL_ACTION_TEST_COA);
	assert_int_equal(step.next, BUL_TESTING);
	entry.exchange = step.exchange;
	entry.state = step.next;
	peer.careof.since_ns = NOW + 3 * CLOCK_SECOND_NS;
	step = bul_decide(&entry, &answered, NOW + 3 * CLOCK_SECOND_NS + 1);
	assert_int_equal(step.action, BUL_ACTION_SEND);
	assert_int_equal(step.exchange.careof, BUL_CAREOF_TESTED);
}

/* 8.1: an early BU accepted and its complete BU unanswered, again and again, is repeated ever more
 * slowly: the acceptances do not reset the back-off. */
static void confirmations_back_off(void **state)
{
	const struct bul_event timeout = TIMEOUT;
	const struct bul_event accepted = BA(0, 86400, MATCHED | AUTHENTIC | TO_INIT | GIVES);
	struct bul bul = {.policy.coa_test = COA_TEST_CONCURRENT};
	struct bul_peer peer = {0};
	struct bul_entry entry = {.bul = &bul, .peer = &peer, .state = BUL_UPDATING};
	uint32_t expected_ms = 1500;

	(void)state;
	entry.exchange.backoff_ms = expected_ms;
	for (unsigned int i = 0; i < 10; i++) {
		struct bul_step step = bul_decide(&entry, &accepted, NOW);

		assert_int_equal(step.action, BUL_ACTION_ESTABLISH_SEND);
		assert_int_equal(step.timeout_ms, expected_ms);
		entry.exchange = step.exchange;
		entry.state = step.next;
		step = bul_decide(&entry, &timeout, NOW);
		expected_ms = backoff_next_ms(expected_ms);
		assert_int_equal(step.action, BUL_ACTION_SEND);
		assert_int_equal(step.timeout_ms, expected_ms);
		assert_int_equal(step.exchange.careof, BUL_CAREOF_INIT);
		assert_false(step.exchange.is_signed);
		entry.exchange = step.exchange;
		entry.state = step.next;
	}
	assert_int_equal(expected_ms, 32000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(a_flood_of_refusals_stops_nothing),
		cmocka_unit_test(sequence_never_goes_back),
		cmocka_unit_test(an_unanswered_token_is_replaced),
		cmocka_unit_test(confirmations_back_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
