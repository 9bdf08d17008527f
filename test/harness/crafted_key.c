// SPDX-License-Identifier: BSD-2-Clause
/* Owns a DER writer that can be told to break each of its rules. */
#include "harness/crafted_key.h"

#include <stdlib.h>
#include <string.h>

#define RSA_ENCRYPTION "300d06092a864886f70d0101010500"

static void write_hex(struct writer *w, const char *digits)
{
	struct hex octets = hex_octets(digits ? digits : "");

	write_octets(w, octets.at, octets.len);
}

static void write_length(struct writer *w, size_t len, enum length_form form)
{
	static const uint8_t long_form[] = {[LONG_1] = 1, [LONG_2] = 2, [LONG_3] = 3, [LONG_4] = 4};

	switch (form) {
	case MINIMAL:
		if (len >= 128)
			write_u8(w, len > 255 ? 0x82 : 0x81);
		if (len > 255)
			write_u8(w, (uint8_t)(len >> 8));
		write_u8(w, (uint8_t)len);
		break;
	case BARE:
		write_u8(w, (uint8_t)len);
		break;
	case LONG_1:
	case LONG_2:
	case LONG_3:
	case LONG_4:
		write_u8(w, 0x80 | long_form[form]);
		for (int i = long_form[form]; i > 0; i--)
			write_u8(w, (uint8_t)(len >> (8 * (i - 1))));
		break;
	case INDEFINITE:
		write_u8(w, 0x80);
		break;
	case RESERVED:
		write_u8(w, 0xff);
		break;
	case HUGE_LEN:
		write_hex(w, "84ffffffff");
		break;
	case ONE_MORE:
		write_length(w, len + 1, MINIMAL);
		break;
	case ONE_LESS:
		write_length(w, len - 1, MINIMAL);
		break;
	case NOTHING:
		write_u8(w, 0);
		break;
	}
}

static void write_element(struct writer *w, const struct crafted_key *key, enum element element,
			  uint8_t tag, const struct writer *content)
{
	const bool wrong = key->wrong == element;
	struct hex after = hex_octets(key->after[element] ? key->after[element] : "");

	write_u8(w, wrong && key->tag ? key->tag : tag);
	write_length(w, content->len + after.len, wrong ? key->length : MINIMAL);
	write_octets(w, content->octets, content->len);
	write_octets(w, after.at, after.len);
	if (wrong && key->length == INDEFINITE)
		write_zeros(w, 2);
}

/* An INTEGER of `bits` bits, odd unless asked, with the sign octet that DER asks for. */
static void write_modulus(struct writer *w, const struct crafted_key *key)
{
	const unsigned int bits = key->bits ? key->bits : 1024;
	const size_t len = (bits + 7) / 8;

	if (key->modulus) {
		write_hex(w, key->modulus);
		return;
	}
	if (key->padded)
		write_u8(w, 0);
	if (bits % 8 == 0 && !key->negative)
		write_u8(w, 0);
	write_u8(w, (uint8_t)(1 << (bits - 1) % 8));
	for (size_t i = 1; i < len - 1; i++)
		write_u8(w, (uint8_t)(i * 29));
	write_u8(w, key->even ? 0x44 : 0x45);
}

struct hex crafted_key_octets(const struct crafted_key *key)
{
	static uint8_t octets[ELEMENTS][4096];
	struct writer content[ELEMENTS], numbers, bits, info, all;
	struct hex out;

	for (size_t i = 0; i < ELEMENTS; i++)
		content[i] = writer_of(octets[i], sizeof(octets[i]));
	write_modulus(&content[MODULUS], key);
	if (key->exponent && strcmp(key->exponent, "MODULUS") == 0)
		write_modulus(&content[EXPONENT], key);
	else
		write_hex(&content[EXPONENT], key->exponent ? key->exponent : "010001");

	numbers = content[NUMBERS];
	write_element(&numbers, key, MODULUS, 0x02, &content[MODULUS]);
	write_element(&numbers, key, EXPONENT, 0x02, &content[EXPONENT]);
	bits = content[BITS];
	write_hex(&bits, key->unused_bits ? key->unused_bits : "00");
	write_element(&bits, key, NUMBERS, 0x30, &numbers);
	info = content[INFO];
	write_hex(&info, key->algorithm ? key->algorithm : RSA_ENCRYPTION);
	write_element(&info, key, BITS, 0x03, &bits);
	all = writer_of(out.at, sizeof(out.at));
	write_element(&all, key, INFO, 0x30, &info);
	out.len = all.len;
	if (all.failed)
		abort();
	return out;
}
