/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key that a publisher signs with: 32 bytes in base64 on one line of a
 * file that only its owner can read.
 */
#ifndef AW_AWSSSO_PUBLISH_KEY_H
#define AW_AWSSSO_PUBLISH_KEY_H

#include <openssl/evp.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"
#include "common/published.h"
#include "common/text.h"

#define AW_PUBLISH_KEY_TEXT 48 /* a key in base64, with its NUL */

/* Make a key in a new file at @path, mode 0600.  Returns 0 or a negative errno
 * with @diag: -EEXIST, for an old key is never written over... */
int aw_publish_key_new(const char *path, struct aw_diag *diag) AW_MUST_USE;

/* Returns 0 with *@ret for EVP_PKEY_free(), or a negative errno with @diag. */
int aw_publish_key_read(
    const char *path, EVP_PKEY **ret, struct aw_diag *diag) AW_MUST_USE;

/* The public key in base64, for published_key, and its id.  0 or -EIO. */
int aw_publish_key_public(
    EVP_PKEY *key, char text[AW_PUBLISH_KEY_TEXT], uint8_t id[8]) AW_MUST_USE;

/* Sign @len bytes at @message.  0 or -EIO. */
int aw_publish_key_sign(EVP_PKEY *key, const uint8_t *message, size_t len,
    uint8_t signature[64]) AW_MUST_USE;

#endif
