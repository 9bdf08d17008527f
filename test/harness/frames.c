// SPDX-License-Identifier: BSD-2-Clause
// Owns frames written as layers: lengths, next headers and checksums follow from the row.

#include "harness/frames.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEXT_NONE = 59, NEXT_MAX = 256, DUMP_LINE = 32 };

static void die(const char *what, const char *text)
{
	fprintf(stderr, "frames: %s: %s\n", what, text ? text : "(none)");
	exit(1);
}

static uint8_t *take(struct frame_octets *frame, size_t octets)
{
	uint8_t *at = frame->at + frame->len;

	if (frame->len + octets > FRAME_MAX)
		die("frame too long", "a row");
	memset(at, 0, octets);
	frame->len += octets;
	return at;
}

static void put16(uint8_t *at, unsigned int value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static void put_mac(uint8_t *at, const char *text)
{
	unsigned int m[6];

	if (!text || sscanf(text, "%x:%x:%x:%x:%x:%x", m, m + 1, m + 2, m + 3, m + 4, m + 5) != 6)
		die("no MAC", text);
	for (int i = 0; i < 6; i++)
		at[i] = m[i];
}

static void put_address(uint8_t *at, const char *text)
{
	if (!text || inet_pton(AF_INET6, text, at) != 1)
		die("no IPv6 address", text);
}

static unsigned int number_of(const struct layer *layer)
{
	switch (layer->kind) {
	case LAYER_NONE:
		return NEXT_NONE;
	case LAYER_IPV6:
		return IPPROTO_IPV6;
	case LAYER_UDP:
		return IPPROTO_UDP;
	case LAYER_ICMPV6:
		return IPPROTO_ICMPV6;
	case LAYER_ETHERNET:
	case LAYER_EXTENSION:
	case LAYER_OCTETS:
		break;
	}
	return layer->number;
}

/* Octets that differ from place to place, the same in each build. */
static void put_fill(struct frame_octets *frame, size_t octets)
{
	uint8_t *at = take(frame, octets);

	for (size_t i = 0; i < octets; i++)
		at[i] = (i * 7 + 3) & 0xff;
}

static void copy_octets(uint8_t *to, const struct layer *layer)
{
	if (layer->octets_len)
		memcpy(to, layer->octets, layer->octets_len);
}

static void put_layer(struct frame_octets *frame, const struct layer *layer)
{
	unsigned int next = number_of(layer + 1), version = layer->version ? layer->version : 6;
	uint8_t *at;

	switch (layer->kind) {
	case LAYER_NONE:
		return;
	case LAYER_ETHERNET:
		at = take(frame, ETHERNET_OCTETS);
		put_mac(at, layer->destination);
		put_mac(at + 6, layer->source);
		put16(at + 12, layer->ethertype ? layer->ethertype : 0x86dd);
		return;
	case LAYER_IPV6:
		at = take(frame, IPV6_HEADER_OCTETS);
		at[0] = version << 4 | layer->traffic_class >> 4;
		at[1] = (layer->traffic_class & 15) << 4 | (layer->flow_label >> 16 & 15);
		put16(at + 2, layer->flow_label);
		at[6] = next;
		at[7] = layer->hop_limit;
		put_address(at + 8, layer->source);
		put_address(at + 24, layer->destination);
		return;
	case LAYER_EXTENSION:
		at = take(frame, 2 + layer->octets_len);
		at[0] = next;
		at[1] = layer->number == IPPROTO_FRAGMENT ? 0
			: layer->number == IPPROTO_AH     ? (2 + layer->octets_len) / 4 - 2
							  : (2 + layer->octets_len) / 8 - 1;
		copy_octets(at + 2, layer);
		return;
	case LAYER_UDP:
		at = take(frame, 8);
		put16(at, 50000);
		put16(at + 2, 50001);
		put16(at + 4, layer->fill > 8 ? layer->fill : 8);
		if (layer->fill > 8)
			put_fill(frame, layer->fill - 8);
		return;
	case LAYER_ICMPV6:
		at = take(frame, 4 + layer->octets_len);
		at[0] = layer->type;
		at[1] = layer->code;
		copy_octets(at + 4, layer);
		put_fill(frame, layer->fill);
		return;
	case LAYER_OCTETS:
		copy_octets(take(frame, layer->octets_len), layer);
		put_fill(frame, layer->fill);
		return;
	}
}

static uint16_t checksum(const uint8_t *ip6, const uint8_t *message, size_t octets)
{
	uint64_t sum = octets + IPPROTO_ICMPV6;

	for (int i = 8; i < 40; i += 2)
		sum += ip6[i] << 8 | ip6[i + 1];
	for (size_t i = 0; i < octets; i++)
		sum += i % 2 ? message[i] : message[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

size_t frame_build(struct frame_octets *frame, const struct layer *layers)
{
	size_t start[LAYERS_MAX], ip6 = 0;

	frame->len = 0;
	for (int i = 0; layers[i].kind != LAYER_NONE; i++) {
		start[i] = frame->len;
		put_layer(frame, layers + i);
	}
	for (int i = 0; layers[i].kind != LAYER_NONE; i++) {
		uint8_t *at = frame->at + start[i];

		if (layers[i].kind == LAYER_IPV6) {
			ip6 = start[i];
			put16(at + 4, frame->len - start[i] - IPV6_HEADER_OCTETS + layers[i].lie);
		}
		if (layers[i].kind == LAYER_ICMPV6)
			put16(at + 2, checksum(frame->at + ip6, at, frame->len - start[i]) ^
					      (layers[i].bad_checksum ? 0x5555 : 0));
	}
	return frame->len;
}

uint32_t frame_label(const struct frame_octets *frame, size_t offset)
{
	const uint8_t *at = frame->at + offset;

	return (at[1] & 15u) << 16 | at[2] << 8 | at[3];
}

void frame_set_label(struct frame_octets *frame, size_t offset, uint32_t label)
{
	uint8_t *at = frame->at + offset;

	at[1] = (at[1] & 0xf0) | (label >> 16 & 15);
	put16(at + 2, label);
}

static void print_octets(const char *what, const struct frame_octets *frame, size_t from)
{
	printf("#   %s, %zu octets, from %zu:", what, frame->len, from);
	for (size_t i = from; i < frame->len && i < from + 3 * DUMP_LINE; i++)
		printf("%s%02x", i % 2 ? "" : " ", frame->at[i]);
	printf("\n");
}

void frame_print_difference(const struct frame_octets *got, const struct frame_octets *want)
{
	size_t at = 0;

	while (at < got->len && at < want->len && got->at[at] == want->at[at])
		at++;
	printf("#   first difference at octet %zu\n", at);
	print_octets("got", got, at & ~15u);
	print_octets("expected", want, at & ~15u);
}
