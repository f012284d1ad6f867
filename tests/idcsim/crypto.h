/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes, random text and comparison for the simulator.
 *
 * None of these can fail in a way a caller could handle: without working
 * libcrypto the program ends.
 */
#ifndef AW_IDCSIM_CRYPTO_H
#define AW_IDCSIM_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AW_SIM_HASH 32
#define AW_SIM_HEX  (2 * AW_SIM_HASH + 1)

void aw_sim_sha256(const void *data, size_t len, uint8_t digest[AW_SIM_HASH]);
void aw_sim_hmac(const void *key, size_t key_len, const void *data, size_t len,
    uint8_t digest[AW_SIM_HASH]);

/* The first @len bytes of @data as 2 * @len hex digits and a NUL. */
void aw_sim_hex(const void *data, size_t len, char *ret);

/* SHA-256 of the two strings (with a NUL between), as hex. */
void aw_sim_hash_pair(const char *one, const char *two, char ret[AW_SIM_HEX]);

void aw_sim_random(void *data, size_t len);

/* Fill @buf of @size bytes with @prefix, random characters of @alphabet (at
 * most 256 of them) and a NUL. */
void aw_sim_random_text(
    char *buf, size_t size, const char *prefix, const char *alphabet);

/* A random UUID, 36 characters and a NUL. */
void aw_sim_uuid(char ret[37]);

/* Equal, in a time that depends on the lengths only. */
bool aw_sim_same(const char *a, const char *b);

#define AW_SIM_BASE64URL \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#define AW_SIM_BASE32 "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

#endif
