/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns frames written as layers: lengths, next headers and checksums follow from the row. */
#ifndef FAMA_TEST_FRAMES_H
#define FAMA_TEST_FRAMES_H

#include <stddef.h>
#include <stdint.h>

enum { FRAME_MAX = 4096, LAYERS_MAX = 8, ETHERNET_OCTETS = 14, IPV6_HEADER_OCTETS = 40 };

struct frame_octets {
	uint8_t at[FRAME_MAX];
	size_t len;
};

enum layer_kind {
	LAYER_NONE, /* the end */
	LAYER_ETHERNET,
	LAYER_IPV6,
	LAYER_EXTENSION, /* `number` says which; `octets` follow the length field */
	LAYER_UDP,       /* `fill` octets in all, or its 8 */
	LAYER_ICMPV6,    /* type, code, `octets`, then `fill` more; checksum computed */
	LAYER_OCTETS,    /* `octets` as they are, of next header `number` */
};

struct layer {
	enum layer_kind kind;
	/* addresses: text for IPv6, "02:.." for Ethernet */
	const char *source, *destination;
	uint16_t ethertype; /* 0: IPv6 */
	uint8_t hop_limit, traffic_class;
	uint32_t flow_label;
	uint8_t version; /* 0: 6 */
	int lie;         /* added to the payload length */
	int number;
	uint8_t type, code;
	const void *octets;
	size_t octets_len;
	size_t fill;
	int bad_checksum;
};

/* Octets of a row, written as a string. */
#define RAW(text) .octets = (text), .octets_len = sizeof(text) - 1

/* Returns the number of octets. */
size_t frame_build(struct frame_octets *frame, const struct layer *layers);

/* Sets or reads the flow label of the IPv6 header at `offset`. */
uint32_t frame_label(const struct frame_octets *frame, size_t offset);
void frame_set_label(struct frame_octets *frame, size_t offset, uint32_t label);

/* Prints both as hexadecimal, with the first difference marked, as TAP comments. */
void frame_print_difference(const struct frame_octets *got, const struct frame_octets *want);

#endif
