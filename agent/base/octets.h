/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns the only way octets of the network are read or written: cursors that cannot pass the end. */
#ifndef FAMA_OCTETS_H
#define FAMA_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Octets somebody else owns. */
struct span {
	const uint8_t *at;
	size_t len;
};

/* Reads from the front. A read past the end yields zeros, sets `failed` and stays failed. */
struct reader {
	const uint8_t *at;
	size_t left;
	bool failed;
};

struct reader reader_of(const void *octets, size_t len);
uint8_t read_u8(struct reader *r);
uint16_t read_be16(struct reader *r); /* network order to host order */
uint32_t read_be32(struct reader *r);
uint64_t read_be64(struct reader *r);
struct span read_span(struct reader *r, size_t len);       /* {NULL, 0} past the end */
void read_octets(struct reader *r, void *out, size_t len); /* zeros past the end */
void read_skip(struct reader *r, size_t len);

/* Writes at the end. A write past `size` writes nothing, sets `failed` and stays failed. */
struct writer {
	uint8_t *octets;
	size_t len;
	size_t size;
	bool failed;
};

struct writer writer_of(void *octets, size_t size);
void write_u8(struct writer *w, uint8_t value);
void write_be16(struct writer *w, uint16_t value); /* host order to network order */
void write_be32(struct writer *w, uint32_t value);
void write_be64(struct writer *w, uint64_t value);
void write_octets(struct writer *w, const void *octets, size_t len);
void write_zeros(struct writer *w, size_t len);

#endif
