/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the numbers of the wire: RFC 6275, 4866, 3972, 4285, 4861 as FAMA uses them. */
#ifndef FAMA_MOBILITY_H
#define FAMA_MOBILITY_H

/* IPv6 next headers */
enum {
	IP6_NH_IPV6 = 41,
	IP6_NH_ROUTING = 43,
	IP6_NH_FRAGMENT = 44,
	IP6_NH_ICMPV6 = 58,
	IP6_NH_NONE = 59,
	IP6_NH_DESTOPTS = 60,
	IP6_NH_MOBILITY = 135,
};

/* Mobility Header types, RFC 6275 section 6.1 */
enum {
	IP6_MH_TYPE_BRR = 0,
	IP6_MH_TYPE_HOTI = 1,
	IP6_MH_TYPE_COTI = 2,
	IP6_MH_TYPE_HOT = 3,
	IP6_MH_TYPE_COT = 4,
	IP6_MH_TYPE_BU = 5,
	IP6_MH_TYPE_BA = 6,
	IP6_MH_TYPE_BE = 7,
};

/* Mobility options, RFC 6275 section 6.2, RFC 4866 section 5, RFC 4285 section 6 */
enum {
	IP6_MHOPT_PAD1 = 0,
	IP6_MHOPT_PADN = 1,
	IP6_MHOPT_REFRESH_ADVICE = 2,
	IP6_MHOPT_ALT_COA = 3,
	IP6_MHOPT_NONCE_INDICES = 4,
	IP6_MHOPT_BINDING_AUTH = 5,
	IP6_MHOPT_REPLAY_PROTECTION = 10,
	IP6_MHOPT_CGA_PARAMS_REQUEST = 11,
	IP6_MHOPT_CGA_PARAMS = 12,
	IP6_MHOPT_SIGNATURE = 13,
	IP6_MHOPT_PHKT = 14,
	IP6_MHOPT_CAREOF_TEST_INIT = 15,
	IP6_MHOPT_CAREOF_TEST = 16,
};

/* BU flags, host order of the 16-bit word at offset 8 */
enum {
	IP6_MH_BU_ACK = 0x8000,
	IP6_MH_BU_HOME = 0x4000,
	IP6_MH_BU_LLOCAL = 0x2000,
	IP6_MH_BU_KEYM = 0x1000,
};

/* BA status, RFC 6275 section 6.1.8, RFC 4866 section 5.7, RFC 4285 section 6 */
enum {
	IP6_MH_BAS_ACCEPTED = 0,
	IP6_MH_BAS_PREFIX_DISCOVERY = 1,
	IP6_MH_BAS_UNSPECIFIED = 128,
	IP6_MH_BAS_PROHIBITED = 129,
	IP6_MH_BAS_INSUFFICIENT = 130,
	IP6_MH_BAS_HA_NOT_SUPPORTED = 131,
	IP6_MH_BAS_NOT_HOME_SUBNET = 132,
	IP6_MH_BAS_NOT_HA = 133,
	IP6_MH_BAS_DAD_FAILED = 134,
	IP6_MH_BAS_SEQNO_BAD = 135,
	IP6_MH_BAS_COA_NI_EXPIRED = 137,
	IP6_MH_BAS_REG_NOT_ALLOWED = 139,
	IP6_MH_BAS_ID_MISMATCH = 144,
	IP6_MH_BAS_ID_REQUIRED = 145,
	IP6_MH_BAS_PHKT_UNAVAILABLE = 147,
	IP6_MH_BAS_CGA_FAILED = 148,
	IP6_MH_BAS_INVALID_COA = 174,
};

/* Binding Error status, RFC 6275 section 6.1.9 */
enum {
	IP6_MH_BES_UNKNOWN_HAO = 1,
	IP6_MH_BES_UNKNOWN_MH = 2,
};

/* Lengths in octets */
enum {
	IP6_HEADER_LEN = 40,
	IP6_MIN_MTU = 1280,        /* RFC 8200 section 5 */
	MH_LEN_MAX = 2048,         /* (255 + 1) * 8 */
	MH_LIFETIME_UNIT_S = 4,    /* RFC 6275 section 6.1.7 */
	MH_LIFETIME_MAX_S = 86400, /* MAX_CGA_BINDING_LIFETIME, RFC 4866 section 7 */
	MH_LIFETIME_MAX_UNITS = MH_LIFETIME_MAX_S / MH_LIFETIME_UNIT_S,
	MH_BAD_LEN = 12,        /* Binding Authorization Data, 96 bits */
	MH_CGA_CHUNK = 255,     /* option 12, all but the last */
	MH_SIGNATURE_MAX = 255, /* hence RSA of at most 2040 bits */
	MH_TOKEN_LEN = 8,       /* keygen tokens, PHKT and cookies */
	MH_RSA_BITS_MIN = 1024,
	MH_RSA_BITS_MAX = 2040,
	MH_SEQUENCE_WINDOW = 32767, /* RFC 6275 section 9.5.1 */
	MH_HAO_HEADER_LEN = 24,     /* destination options header with one HAO */
	MH_RH2_LEN = 24,
};

enum { IP6_OPT_HOME_ADDRESS = 0xc9, IP6_OPT_ENCAP_LIMIT = 4, IP6_RH_TYPE2 = 2 };

/* Neighbour Discovery, RFC 4861 section 4 and RFC 6275 section 7 */
enum {
	ND_HOPS = 255, /* hop limit that proves a neighbour sent it */
	ND_TYPE_RS = 133,
	ND_TYPE_RA = 134,
	ND_TYPE_NS = 135,
	ND_TYPE_NA = 136,
	ND_TYPE_REDIRECT = 137,
	ND_OPTION_SLLA = 1,
	ND_OPTION_TLLA = 2,
	ND_OPTION_PIO = 3,
	ND_OPTION_MTU = 5,
	ND_OPTION_ADV_INTERVAL = 7,
	ND_OPTION_HOME_AGENT = 8,
	ND_OPTION_RDNSS = 25,
	ND_RA_FLAG_HOME_AGENT = 0x20,
	ND_PIO_FLAG_ON_LINK = 0x80,
	ND_PIO_FLAG_AUTO = 0x40,
	ND_PIO_FLAG_ROUTER = 0x20, /* the prefix field is the router's full address */
	ND_NA_FLAG_ROUTER = 0x80,
	ND_NA_FLAG_SOLICITED = 0x40,
	ND_NA_FLAG_OVERRIDE = 0x20,
};

#endif
