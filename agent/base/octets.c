// SPDX-License-Identifier: BSD-2-Clause
/* Owns the bounds checks of every octet read from or written for the network. */
#include "base/octets.h"

#include <string.h>

struct reader reader_of(const void *octets, size_t len)
{
	return (struct reader){.at = octets, .left = len};
}

struct span read_span(struct reader *r, size_t len)
{
	struct span span = {r->at, len};

	if (r->failed || len > r->left) {
		r->failed = true;
		return (struct span){NULL, 0};
	}
	r->at += len;
	r->left -= len;
	return span;
}

void read_octets(struct reader *r, void *out, size_t len)
{
	struct span span = read_span(r, len);

	if (span.at)
		memcpy(out, span.at, len);
	else
		memset(out, 0, len);
}

void read_skip(struct reader *r, size_t len)
{
	read_span(r, len);
}

static uint64_t read_be(struct reader *r, size_t len)
{
	struct span span = read_span(r, len);
	uint64_t value = 0;

	for (size_t i = 0; i < span.len; i++)
		value = value << 8 | span.at[i];
	return value;
}

uint8_t read_u8(struct reader *r)
{
	return (uint8_t)read_be(r, 1);
}

uint16_t read_be16(struct reader *r)
{
	return (uint16_t)read_be(r, 2);
}

uint32_t read_be32(struct reader *r)
{
	return (uint32_t)read_be(r, 4);
}

uint64_t read_be64(struct reader *r)
{
	return read_be(r, 8);
}

struct writer writer_of(void *octets, size_t size)
{
	return (struct writer){.octets = octets, .size = size};
}

static uint8_t *write_room(struct writer *w, size_t len)
{
	uint8_t *at = w->octets + w->len;

	if (w->failed || len > w->size - w->len) {
		w->failed = true;
		return NULL;
	}
	w->len += len;
	return at;
}

void write_octets(struct writer *w, const void *octets, size_t len)
{
	uint8_t *at = write_room(w, len);

	if (at && len)
		memcpy(at, octets, len);
}

void write_zeros(struct writer *w, size_t len)
{
	uint8_t *at = write_room(w, len);

	if (at)
		memset(at, 0, len);
}

static void write_be(struct writer *w, uint64_t value, size_t len)
{
	uint8_t *at = write_room(w, len);

	for (size_t i = 0; at && i < len; i++)
		at[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
}

void write_u8(struct writer *w, uint8_t value)
{
	write_be(w, value, 1);
}

void write_be16(struct writer *w, uint16_t value)
{
	write_be(w, value, 2);
}

void write_be32(struct writer *w, uint32_t value)
{
	write_be(w, value, 4);
}

void write_be64(struct writer *w, uint64_t value)
{
	write_be(w, value, 8);
}
