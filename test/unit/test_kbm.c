// SPDX-License-Identifier: BSD-2-Clause
/* Owns the tests of binding management keys and authenticators against messages of others. */
#include "crypto/binding_auth.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/secret.h"
#include "harness/hex.h"
#include "harness/pcap.h"
#include "harness/vectors.h"
#include "wire/mh.h"

static json_t *peers; /* of kbm-bu-vectors.json */

static void C_73_the_keys_of_each_kind_of_message(void **state)
{
	static const uint8_t zero[MH_TOKEN_LEN];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *set = VECTORS_SETS[i];
		struct hex phkt = vectors_octets(set, "phkt");
		struct hex careof = vectors_octets(set, "careof_token_CoA3");
		uint8_t kbm[KBM_LEN];

		kbm_derive(phkt.at, zero, kbm);
		assert_memory_equal(kbm, vectors_octets(set, "kbm/phkt|zero").at, KBM_LEN);
		kbm_derive(phkt.at, careof.at, kbm);
		assert_memory_equal(kbm, vectors_octets(set, "kbm/phkt|CoA3token").at, KBM_LEN);
		kbm_derive(phkt.at, NULL, kbm);
		assert_memory_equal(kbm, vectors_octets(set, "kbm/phkt (dereg)").at, KBM_LEN);
		kbm_derive(zero, careof.at, kbm);
		assert_memory_equal(
			kbm, vectors_octets(set, "kbm/zero|CoA3token (initial, secure mode)").at,
			KBM_LEN);
	}
}

static struct hex octets_of(json_t *exchange, const char *name)
{
	return hex_octets(json_string_value(json_object_get(exchange, name)));
}

static struct in6_addr address_of(json_t *exchange, const char *name)
{
	struct in6_addr out;

	assert_int_equal(
		inet_pton(AF_INET6, json_string_value(json_object_get(exchange, name)), &out), 1);
	return out;
}

/* The Kbm of the tokens, the authenticator of the message: both as the peer computed them. */
static void C_44_authenticators_of_other_implementations(void **state)
{
	json_t *exchange;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(peers), 3);
	json_array_foreach(peers, i, exchange)
	{
		struct in6_addr coa = address_of(exchange, "coa"), cn = address_of(exchange, "cn");
		struct hex home = octets_of(exchange, "home_keygen_token");
		struct hex careof = octets_of(exchange, "careof_keygen_token");
		struct hex want = octets_of(exchange, "authenticator");
		struct hex mh = octets_of(exchange, "mh_hex");
		uint8_t kbm[KBM_LEN], bad[MH_BAD_LEN];
		struct mh_message m;
		struct span covered;

		kbm_derive(home.at, careof.at, kbm);
		assert_memory_equal(kbm, octets_of(exchange, "kbm").at, KBM_LEN);
		assert_int_equal(mh_parse(mh.at, mh.len, &m), MH_OK);
		covered = (struct span){mh.at, m.options.mac_len};
		binding_auth_compute(kbm, &coa, &cn, covered, bad);
		assert_memory_equal(bad, want.at, MH_BAD_LEN);
		assert_true(binding_auth_valid(kbm, &coa, &cn, covered, m.options.bad));
		for (size_t bit = 0; bit < MH_BAD_LEN * 8; bit++) {
			uint8_t *octet = mh.at + m.options.mac_len + bit / 8;

			*octet ^= (uint8_t)(1 << bit % 8);
			assert_false(binding_auth_valid(kbm, &coa, &cn, covered, m.options.bad));
			*octet ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* The same BU and BA stand in the capture of the exchange. */
static void the_capture_holds_these_messages(void **state)
{
	struct pcap pcap = pcap_open(VECTORS_DIR "peers/umip/umip10-ro-brc.pcap");
	unsigned int found = 0;
	struct span frame;

	(void)state;
	while (pcap_next(&pcap, &frame)) {
		json_t *exchange;
		size_t i;

		json_array_foreach(peers, i, exchange)
		{
			struct hex mh = octets_of(exchange, "mh_hex");

			if (memmem(frame.at, frame.len, mh.at, mh.len))
				found++;
		}
	}
	assert_int_equal(found, 2);
	pcap_close(&pcap);
}

static int start(void **state)
{
	const char *why = "";
	json_error_t error;

	(void)state;
	peers = json_load_file(VECTORS_DIR "peers/kbm-bu-vectors.json", 0, &error);
	if (peers && crypto_start(&why) == 0)
		return 0;
	print_message("%s %s\n", error.text, why);
	return -1;
}

static int stop(void **state)
{
	(void)state;
	crypto_stop();
	json_decref(peers);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(C_73_the_keys_of_each_kind_of_message),
		cmocka_unit_test(C_44_authenticators_of_other_implementations),
		cmocka_unit_test(the_capture_holds_these_messages),
	};

	return cmocka_run_group_tests_name("kbm", tests, start, stop);
}
