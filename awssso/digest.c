/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only use of libcrypto.
 */
#include "awssso/digest.h"

#include <errno.h>
#include <openssl/evp.h>

int aw_digest_sha256(const void *data, size_t len, uint8_t digest[32])
{
	const int ok = EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL);

	return ok == 1 ? 0 : -EIO;
}
