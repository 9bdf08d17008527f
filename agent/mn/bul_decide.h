/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns what the MN does about one binding: a pure function of entry, event and time. */
#ifndef FAMA_BUL_DECIDE_H
#define FAMA_BUL_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

struct bul_entry;

enum bul_state {
	BUL_IDLE,       /* on the link of the HDAR, or not yet away */
	BUL_PROVING,    /* signed BU sent, no answer yet */
	BUL_UPDATING,   /* BU with PHKT sent, no answer yet */
	BUL_BOUND,      /* the HDAR tunnels to the CoA */
	BUL_RETURNING,  /* back home, de-registration sent */
	BUL_LEAVING,    /* the HoA is being given up, de-registration sent */
	BUL_REFUSED,    /* the HDAR proved that it will not: nothing until the next move */
	BUL_TESTING,    /* CoTI sent, no CoT yet: the BU waits for its token */
	BUL_CONFIRMING, /* bound under credit; complete BU sent, no answer yet */
};

/* How a BU shows that its CoA can be reached. */
enum bul_careof {
	BUL_CAREOF_NONE,   /* not at all: early */
	BUL_CAREOF_INIT,   /* early, with option 15: asks for a token */
	BUL_CAREOF_REPLY,  /* complete, with the token of option 16 */
	BUL_CAREOF_TESTED, /* complete, with the token of a CoT */
};

/* How one exchange with a HDAR stands; starts anew with each reason to send a BU. */
struct bul_exchange {
	bool is_signed;          /* BU-CGA; else PHKT */
	bool tests;              /* needs the token of a CoT: status 137 said so */
	enum bul_careof careof;  /* of the last BU, or of the one that is due */
	bool hinted;             /* an unauthenticated refusal of the last BU was heeded already */
	unsigned int unanswered; /* BUs whose time ran out */
	unsigned int untested;   /* CoTIs whose time ran out */
	unsigned int refusals;   /* status 148 to a signed BU */
	uint32_t backoff_ms;     /* how long to wait for the BA */
	uint64_t reacted_ns;     /* last time a refusal made us send at once */
};

enum bul_event_kind {
	BUL_EVENT_MOVED,   /* a CoA to register; maybe the old one */
	BUL_EVENT_HOME,    /* attached to the link of the HDAR */
	BUL_EVENT_DROP,    /* the user gives the HoA up */
	BUL_EVENT_TIMEOUT, /* of the last step */
	BUL_EVENT_BA,
	BUL_EVENT_COT, /* the peer has a fresh token for the CoA */
	BUL_EVENT_BE,  /* Binding Error status 1 from the HDAR */
};

/* A BA after ba_check(): what it says and how far that is proven. */
struct bul_answer {
	uint8_t status;
	uint16_t sequence;
	uint32_t lifetime_s;
	uint32_t refresh_s;     /* option 2, 0: none */
	enum bul_careof careof; /* of the BU */
	bool is_current;        /* the BU was for the CoA of now */
	bool gives_token;       /* option 16, asked for */
	bool is_matched;        /* to an outstanding BU by its sequence number */
	bool is_authenticated;  /* BAD valid */
	bool is_proved;         /* DAR's own CGA and signature valid */
	bool to_signed;         /* the BU was signed */
	bool to_deregistration; /* the BU had lifetime 0 */
	bool clock_followed;    /* 144, and the clock offset has been corrected */
};

struct bul_event {
	enum bul_event_kind kind;
	bool coa_changed;         /* MOVED */
	struct bul_answer answer; /* BA */
};

enum bul_action {
	BUL_ACTION_NONE,
	BUL_ACTION_SEND,           /* a BU as exchange.is_signed and the next state say */
	BUL_ACTION_SEND_FROM,      /* the same, after sequence number step.sequence */
	BUL_ACTION_TEST_COA,       /* a CoTI to the HDAR */
	BUL_ACTION_ESTABLISH,      /* bound: the tunnel lives as long as granted */
	BUL_ACTION_ESTABLISH_SEND, /* the same, and at once the complete BU */
	BUL_ACTION_RELEASE,        /* de-registered at home: tunnel down, announce the HoA */
	BUL_ACTION_RELEASE_SEND,   /* unanswered at home: tunnel down all the same, ask again */
	BUL_ACTION_FORGET,         /* remove the HoA */
	BUL_ACTION_RENOUNCE,       /* the same, and never use it again (M-27) */
};

struct bul_step {
	enum bul_state next;
	enum bul_action action;
	struct bul_exchange exchange;
	uint32_t timeout_ms; /* from now, for SEND from the sending; 0 in an unchanged state: as it
				was */
	uint16_t sequence;
	const char *why;
};

enum {
	BUL_UNANSWERED_PHKT = 2,     /* M-11: then the token may be wrong */
	BUL_UNANSWERED_HOME = 2,     /* then a tunnel to home helps nobody */
	BUL_UNANSWERED_TESTS = 2,    /* then, unless tests are our own policy, without */
	BUL_UNANSWERED_LEAVING = 5,  /* then the HDAR's timer must do it */
	BUL_SIGNED_REFUSALS_MAX = 3, /* 148: protocol section 8.9 */
	BUL_INVALID_COA_RETRY_MS = 1000,
	BUL_PHKT_USES_MAX = 32768,  /* M-13: far from a wrap of the sequence numbers */
	BUL_PHKT_AGE_MAX_S = 85500, /* the HDAR keeps it 86400 s */
};

struct bul_step bul_decide(const struct bul_entry *entry, const struct bul_event *event,
			   uint64_t now_ns);

#endif
