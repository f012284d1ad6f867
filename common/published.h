/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A published directory: one object that a publisher signs and any number of
 * hosts fetch.  Little-endian:
 *
 *   0    "AWSSOPUB"
 *   8    version, 4 bytes: 1
 *   12   4 bytes of zero
 *   16   length of the snapshot, 8 bytes
 *   24   generation, 8 bytes: grows with each change
 *   32   created, 8 bytes: epoch seconds when the publisher read the directory
 *   40   key id, 8 bytes: the first of the SHA-256 of the public key
 *   48   SHA-256 of the snapshot, 32 bytes
 *   80   Ed25519 signature, 64 bytes, of the text AW_PUBLISHED_DOMAIN with its
 *        NUL, followed by bytes 0 to 79
 *   144  the snapshot (common/snapshot.h), its word "superseded" zero
 *
 * What is signed has a fixed size, so that who checks it needs no memory for
 * the rest; the rest is pinned by length and hash.  This is the head's reader
 * and writer; signing is left to who links libcrypto.
 */
#ifndef AW_COMMON_PUBLISHED_H
#define AW_COMMON_PUBLISHED_H

#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"
#include "common/text.h"

#define AW_PUBLISHED_HEAD    144
#define AW_PUBLISHED_SIGNED  80
#define AW_PUBLISHED_DOMAIN  "awssso published directory, version 1"
#define AW_PUBLISHED_MESSAGE (sizeof(AW_PUBLISHED_DOMAIN) + AW_PUBLISHED_SIGNED)
#define AW_PUBLISHED_KEY     32 /* bytes of a key, public or private */

struct aw_published {
	uint64_t length, generation, created;
	uint8_t key_id[8];
	uint8_t sha256[32];
	uint8_t signature[64];
};

/* @head of AW_PUBLISHED_HEAD bytes. */
void aw_published_pack(const struct aw_published *published, uint8_t *head);

/*
 * Read @head, the first AW_PUBLISHED_HEAD bytes of an object of @size bytes.
 * Returns 0, or AW_DENIED with @diag.  Nothing of it is proven yet.
 */
int aw_published_parse(const uint8_t *head, uint64_t size,
    struct aw_published *ret, struct aw_diag *diag) AW_MUST_USE;

/* What is signed: AW_PUBLISHED_MESSAGE bytes. */
void aw_published_message(const uint8_t *head, uint8_t *ret);

#endif
