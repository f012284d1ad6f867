/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POSIX ids: one range for users and groups, and the candidate that an
 * immutable directory id maps to.
 *
 * The candidate is only where the ledger (awsssod/ledger.h) starts to look;
 * what makes an id unique and permanent is the ledger.
 */
#ifndef AW_COMMON_ID_H
#define AW_COMMON_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"

/* Outside every range that systemd, containers or Debian use. */
#define AW_ID_MIN 1879048192u /* 0x70000000 */
#define AW_ID_MAX 2147352575u /* 0x7ffdffff */

/* SHA-256 of @len bytes at @data into @digest: given by the caller, so that
 * common/ links nothing.  Returns 0 or a negative errno. */
typedef int aw_sha256_fn(const void *data, size_t len, uint8_t digest[32]);

/*
 * A local account of a person may have had @id (R18): not the system's, none
 * that systemd gives out by itself, none that means nobody.  What containers
 * are given is in /etc/subuid; ids above are those of other directories.
 */
static inline bool aw_id_is_a_persons(uint64_t id)
{
	return id >= 1000 && id < UINT32_MAX && !(id >= 60001 && id <= 60513) &&
	       !(id >= 61184 && id <= 65519) && id != 65534 && id != 65535;
}

static inline bool aw_id_in_range(uint64_t id)
{
	return id >= AW_ID_MIN && id <= AW_ID_MAX;
}

/*
 * The @attempt-th id (0, 1, 2 ...) to try for the principal @principal_id:
 * the first 8 bytes (big-endian) of its SHA-256, modulo the size of the range,
 * plus @attempt, wrapping inside the range.  Returns 0 or what @sha256 failed
 * with.
 */
int aw_id_candidate(aw_sha256_fn *sha256, const char *principal_id,
    uint32_t attempt, uint32_t *ret_id);

/* Neighbours that are tried.  Far above what chance ever needs; somebody who
 * fills them all gets a skipped principal, not a program that spins. */
#define AW_ID_PROBES 4096

/* 0 when @id is nobody's, AW_DENIED when it is somebody's, or a negative
 * errno. */
typedef int aw_id_free_fn(void *user, uint32_t id);

/*
 * The first candidate of @principal_id that @is_free lets pass.  Returns 0,
 * -ENOSPC when AW_ID_PROBES in a row are taken, or what @sha256 or @is_free
 * failed with.
 */
int aw_id_find(aw_sha256_fn *sha256, const char *principal_id,
    aw_id_free_fn *is_free, void *user, uint32_t *ret_id) AW_MUST_USE;

#endif
