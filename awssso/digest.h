/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 for common/id.h.
 */
#ifndef AW_AWSSSO_DIGEST_H
#define AW_AWSSSO_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* An aw_sha256_fn by libcrypto: 0 or -EIO. */
int aw_digest_sha256(const void *data, size_t len, uint8_t digest[32]);

#endif
