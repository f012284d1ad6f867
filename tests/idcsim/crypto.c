/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes, random text and comparison, on libcrypto.
 */
#include "tests/idcsim/crypto.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

void aw_sim_sha256(const void *data, size_t len, uint8_t digest[AW_SIM_HASH])
{
	if (EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL) != 1)
		abort();
}

void aw_sim_hmac(const void *key, size_t key_len, const void *data, size_t len,
    uint8_t digest[AW_SIM_HASH])
{
	unsigned n = 0;

	if (HMAC(EVP_sha256(), key, (int)key_len, data, len, digest, &n) ==
	    NULL)
		abort();
}

void aw_sim_hex(const void *data, size_t len, char *ret)
{
	const uint8_t *byte = data;

	for (size_t i = 0; i < len; i++) {
		ret[2 * i] = "0123456789abcdef"[byte[i] >> 4];
		ret[2 * i + 1] = "0123456789abcdef"[byte[i] & 15];
	}
	ret[2 * len] = '\0';
}

void aw_sim_hash_pair(const char *one, const char *two, char ret[AW_SIM_HEX])
{
	uint8_t digest[AW_SIM_HASH];

	aw_sim_hmac(one, strlen(one), two, strlen(two), digest);
	aw_sim_hex(digest, sizeof(digest), ret);
}

void aw_sim_random(void *data, size_t len)
{
	if (RAND_bytes(data, (int)len) != 1)
		abort();
}

void aw_sim_random_text(
    char *buf, size_t size, const char *prefix, const char *alphabet)
{
	const size_t n = strlen(alphabet);
	const size_t start = strlen(prefix);

	memcpy(buf, prefix, start);
	aw_sim_random(buf + start, size - start);
	for (size_t i = start; i + 1 < size; i++)
		buf[i] = alphabet[(uint8_t)buf[i] % n];
	buf[size - 1] = '\0';
}

void aw_sim_uuid(char ret[37])
{
	uint8_t byte[16];
	char *at = ret;

	aw_sim_random(byte, sizeof(byte));
	byte[6] = (uint8_t)((byte[6] & 0x0f) | 0x40);
	byte[8] = (uint8_t)((byte[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(byte); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		aw_sim_hex(&byte[i], 1, at);
		at += 2;
	}
}

bool aw_sim_same(const char *a, const char *b)
{
	const size_t len = strlen(a);

	return len == strlen(b) && CRYPTO_memcmp(a, b, len) == 0;
}
