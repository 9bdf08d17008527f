// SPDX-License-Identifier: BSD-2-Clause
/* Owns who this node is: one RSA key and one CGA modifier, made once and kept in state_dir. */
#include "store/identity.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/random.h"
#include "crypto/binding_auth.h"
#include "crypto/keypair.h"
#include "crypto/secret.h"
#include "kernel/state_dir.h"

#define KEY_FILE      "key.pem"
#define MODIFIER_FILE "modifier"

enum { KEY_FILE_MAX = 8192, MODIFIER_TEXT_MAX = 64, SEC_SLOW = 2 };

static int key_make(int dir, unsigned int bits, struct keypair **out)
{
	struct keypair *key = keypair_generate(bits);
	size_t len;
	char *pem;
	int err;

	if (!key)
		return -EIO;
	pem = keypair_to_pem(key, &len);
	err = pem ? state_dir_write(dir, KEY_FILE, pem, len) : -ENOMEM;
	if (pem)
		secret_wipe(pem, len);
	free(pem);
	if (err) {
		keypair_free(key);
		return err;
	}
	log_info("identity.new", "file=%s bits=%u", KEY_FILE, bits);
	*out = key;
	return 0;
}

static int key_open(int dir, unsigned int bits, struct keypair **out)
{
	char pem[KEY_FILE_MAX];
	ssize_t len = state_dir_read(dir, KEY_FILE, pem, sizeof(pem));

	if (len == -ENOENT)
		return key_make(dir, bits, out);
	if (len < 0)
		return (int)len;
	*out = keypair_from_pem(pem, (size_t)len);
	secret_wipe(pem, sizeof(pem));
	if (!*out)
		return -EBADMSG;
	if (keypair_modulus_len(*out) * 8 != bits)
		log_warn("identity.bits",
			 "file=%s bits=%zu configured=%u why=\"the key stays: "
			 "another one means other addresses\"",
			 KEY_FILE, keypair_modulus_len(*out) * 8, bits);
	return 0;
}

/* "SEC 32 hex digits": a modifier found for one Sec is no proof of work for a higher one. */
static bool modifier_read(int dir, struct identity *identity)
{
	char text[MODIFIER_TEXT_MAX] = "";
	ssize_t len = state_dir_read(dir, MODIFIER_FILE, text, sizeof(text) - 1);
	unsigned int sec, octet;
	int at;

	if (len < 0 || sscanf(text, "%u %n", &sec, &at) != 1 || sec != identity->sec)
		return false;
	for (unsigned int i = 0; i < CGA_MODIFIER_LEN; i++, at += 2) {
		if (sscanf(text + at, "%2x", &octet) != 1)
			return false;
		identity->modifier[i] = (uint8_t)octet;
	}
	return true;
}

static int modifier_open(int dir, struct identity *identity)
{
	char text[MODIFIER_TEXT_MAX];
	int len, err;

	if (modifier_read(dir, identity))
		return 0;
	random_octets(identity->modifier, sizeof(identity->modifier)); /* M-03 */
	if (identity->sec >= SEC_SLOW)
		log_warn("identity.sec", "sec=%u why=\"finding a modifier takes hours, once\"",
			 identity->sec);
	err = cga_find_modifier(identity->modifier, keypair_spki(identity->key), identity->sec);
	if (err)
		return err;
	len = snprintf(text, sizeof(text), "%u ", identity->sec);
	for (unsigned int i = 0; i < CGA_MODIFIER_LEN; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, "%02x",
				identity->modifier[i]);
	len += snprintf(text + len, sizeof(text) - (size_t)len, "\n");
	return state_dir_write(dir, MODIFIER_FILE, text, (size_t)len);
}

int identity_open(int dir, unsigned int rsa_bits, unsigned int sec, struct identity *out, char *why,
		  size_t why_size)
{
	int err;

	*out = (struct identity){.sec = sec};
	err = key_open(dir, rsa_bits, &out->key);
	if (err) {
		snprintf(why, why_size, "cannot make or read %s in state_dir: %s", KEY_FILE,
			 err == -EBADMSG ? "it is no RSA private key of 1024 to 2040 bits"
					 : strerror(-err));
		return err;
	}
	err = modifier_open(dir, out);
	if (err) {
		snprintf(why, why_size, "cannot make or keep the CGA modifier in state_dir: %s",
			 strerror(-err));
		identity_close(out);
		return err;
	}
	key_id_of(keypair_spki(out->key), out->key_id);
	return 0;
}

void identity_close(struct identity *identity)
{
	keypair_free(identity->key);
	identity->key = NULL;
}
