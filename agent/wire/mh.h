/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns Mobility Header messages in host order, parsed and to be built (RFC 6275 section 6.1). */
#ifndef FAMA_MH_H
#define FAMA_MH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/octets.h"
#include "fama/mobility.h"

enum { MH_CGA_CHUNKS_MAX = 8 };

/* How options 12 and 13 stand to each other (RFC 4866 sections 4.2 and 5.1). */
enum mh_cga_layout {
	MH_CGA_ABSENT, /* no option 12 (a stray 13 alone is also BROKEN) */
	MH_CGA_SIGNED, /* chunks adjacent, all but the last 255 octets, 13 directly behind */
	MH_CGA_BROKEN, /* anything else: BA status 148 */
};

/* Parsed options; every span points into the octets given to mh_parse(). */
struct mh_options {
	bool has_alt_coa;
	bool has_nonce_indices;
	bool has_timestamp;
	bool has_refresh_advice;
	bool has_careof_token;
	bool careof_test_init;
	bool cga_request;
	struct in6_addr alt_coa;                   /* 3 */
	uint16_t home_nonce, careof_nonce;         /* 4 */
	uint16_t refresh_advice;                   /* 2, units of 4 s */
	uint64_t timestamp;                        /* 10, NTP */
	uint8_t careof_token[MH_TOKEN_LEN];        /* 16 */
	struct span phkt;                          /* 14, ciphertext; at NULL if absent */
	struct span signature;                     /* 13 */
	struct span bad;                           /* 5, 12 octets, the last of the message */
	struct span cga_chunks[MH_CGA_CHUNKS_MAX]; /* 12, in order */
	unsigned int cga_chunk_count;
	enum mh_cga_layout cga_layout;
	size_t signed_len; /* octets from offset 0 through the last option 12; 0 without 12 */
	size_t mac_len;    /* octets from offset 0 through type and length of option 5; 0 without */
};

struct mh_message {
	uint8_t type;
	union {
		struct {
			uint16_t sequence, flags, lifetime; /* lifetime in units of 4 s */
		} bu;
		struct {
			uint8_t status, flags;
			uint16_t sequence, lifetime;
		} ba;
		struct {
			uint8_t status;
			struct in6_addr hoa;
		} be;
		struct { /* HoTI, CoTI, HoT, CoT */
			uint16_t nonce;
			uint8_t cookie[MH_TOKEN_LEN];
			uint8_t token[MH_TOKEN_LEN];
		} test;
	};
	struct mh_options options;
	struct span octets; /* the whole message, Header Len octets of it */
};

/* Why a message is not worth looking at; MH_OK is 0. mh_fault_name() gives a stable word. */
enum mh_fault {
	MH_OK,
	MH_TRUNCATED,     /* fewer octets than Header Len says */
	MH_TRAILING,      /* more octets than Header Len says */
	MH_PAYLOAD_PROTO, /* not 59 */
	MH_SHORT_HEADER,  /* Header Len under the minimum of its type */
	MH_UNKNOWN_TYPE,
	MH_OPTION_OVERRUN,   /* an option passes the end */
	MH_OPTION_LENGTH,    /* wrong length for a known option */
	MH_OPTION_AFTER_BAD, /* octets behind option 5 */
	MH_OPTION_REPEATED,  /* a known option other than 12 twice */
	MH_OPTION_TOO_MANY,  /* more than MH_CGA_CHUNKS_MAX options 12 */
	MH_CHECKSUM,         /* only from mh_packet_parse() */
	MH_PACKET,           /* only from mh_packet_parse(): the headers before it */
};

enum mh_fault mh_parse(const uint8_t *octets, size_t len, struct mh_message *out);
const char *mh_fault_name(enum mh_fault fault);

/* Options 12 joined into `out` (RFC 4866 section 5.1); at NULL if they are longer than `size`. */
struct span mh_cga_params(const struct mh_options *options, uint8_t *out, size_t size);

/* ---- the whole packet ---- */

/* A Mobility Header packet; addresses as on the wire. */
struct mh_packet {
	struct in6_addr source, destination;
	bool has_hao, has_rh2;
	struct in6_addr hao; /* Home Address option, RFC 6275 section 6.3 */
	struct in6_addr rh2; /* home address of the type 2 routing header, section 6.4 */
	struct mh_message message;
};

/*
 * `packet` starts at the IPv6 header. Accepts destination options (HAO at most once, RFC 6275
 * section 6.3, other options skipped unless their high bits say discard) and one type 2 routing
 * header before the Mobility Header; fragments are MH_PACKET. Checks the MH checksum with the
 * addresses of 6.1.1 (HAO as source, RH2 as destination). Spans point into `packet`.
 * On any fault but MH_PACKET the addresses and header fields are filled, for counters and errors.
 */
enum mh_fault mh_packet_parse(const uint8_t *packet, size_t len, struct mh_packet *out);

/* `packet`, which parsed without fault, kept: its spans point into `octets` of MH_LEN_MAX. */
void mh_packet_copy(const struct mh_packet *packet, uint8_t *octets, struct mh_packet *out);

/* ---- building ---- */

/* Options to be sent; the order is that of protocol sections 8.3 and 8.4. */
struct mh_build {
	uint8_t type;
	uint8_t status;             /* BA, BE */
	uint16_t sequence;          /* BU, BA */
	uint16_t flags;             /* BU: 16 bits, BA: low 8 */
	uint16_t lifetime;          /* BU, BA: units of 4 s */
	uint16_t nonce;             /* HoT, CoT */
	const struct in6_addr *hoa; /* BE; NULL is :: */
	const uint8_t *cookie;      /* HoTI, CoTI, HoT, CoT: 8 octets */
	const uint8_t *token;       /* HoT, CoT: 8 octets */

	const struct in6_addr *alt_coa; /* 3 */
	uint16_t refresh_advice;        /* 2, 0: none */
	const uint64_t *timestamp;      /* 10 */
	struct span phkt;               /* 14 */
	const uint8_t *careof_token;    /* 16 */
	struct span cga_params;         /* 12, split here into chunks of 255 */
	size_t signature_len;           /* 13, zeros until signed */
	bool careof_test_init;          /* 15 */
	bool cga_request;               /* 11 */
	bool has_nonce_indices;         /* 4 */
	uint16_t home_nonce, careof_nonce;
	bool bad; /* 5, zeros until authenticated */
};

/*
 * A message being finished: mh_build() lays it out with final Header Len, checksum zero, zeros
 * for signature and BAD. Then sign octets[0, signed_len) into octets[signature_at..], compute the
 * authenticator over octets[0, mac_len) into octets[mac_len..], then mh_set_checksum().
 */
struct mh_built {
	uint8_t octets[MH_LEN_MAX];
	size_t len;
	size_t signed_len;   /* through the last option 12; 0: no signature */
	size_t signature_at; /* offset of the signature's first octet */
	size_t mac_len;      /* through type and length of option 5; 0: no BAD */
};

/* 0, or -EMSGSIZE when the options pass MH_LEN_MAX, -EINVAL for a type that does not exist. */
int mh_build(const struct mh_build *what, struct mh_built *out);

/* One's complement sum over pseudo-header (next header 135) and message, RFC 6275 6.1.1.
 * The checksum field counts as it stands: zero to compute, whole message gives 0 if right. */
uint16_t mh_checksum(const struct in6_addr *source, const struct in6_addr *destination,
		     const uint8_t *mh, size_t len);
void mh_set_checksum(struct mh_built *mh, const struct in6_addr *source,
		     const struct in6_addr *destination);

/*
 * The packet from the IPv6 header on, hop limit 64: with a Home Address option if `hao`, with a
 * type 2 routing header if `rh2` (both: -EINVAL). Returns octets written, or -EMSGSIZE.
 */
ssize_t mh_packet_build(const struct in6_addr *source, const struct in6_addr *destination,
			const struct in6_addr *hao, const struct in6_addr *rh2,
			const struct mh_built *mh, uint8_t *out, size_t size);

#endif
