/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a snapshot, shared by its reader and its writer only.  The
 * picture is at the top of common/snapshot.h.
 */
#ifndef AW_COMMON_SNAPSHOT_FORMAT_H
#define AW_COMMON_SNAPSHOT_FORMAT_H

#include <assert.h>
#include <endian.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define AW_SNAP_MAGIC       "AWSSODIR"
#define AW_SNAP_VERSION     1u
#define AW_SNAP_BODY        4096u /* where the body begins */
#define AW_SNAP_SUPERSEDED  256u  /* where the word is */
#define AW_SNAP_PROBE       64u   /* longest probe of a table */
#define AW_SNAP_SUFFIXES    64u   /* most suffixes of directory names */
#define AW_SNAP_SUFFIX_SIZE 64u   /* a length and up to 63 bytes */
#define AW_SNAP_COUNT_MAX   (1u << 28)
#define AW_SNAP_LIMITS      1u /* header flag: needs nss.limits */

struct aw_snap_header {
	char magic[8];
	uint32_t version;
	uint32_t flags;
	uint64_t size;
	uint64_t generation;
	uint64_t created;
	uint64_t seed;
	uint64_t body_sum;
	uint64_t users_off, groups_off, tombs_off, tables_off;
	uint32_t n_users, n_groups, n_tombs;
	uint32_t n_suffixes;
	uint32_t max_probe;
	uint32_t zero;
	char store_id[72];
	uint64_t header_sum; /* of all bytes before it */
};
static_assert(sizeof(struct aw_snap_header) == 192, "header has holes");

struct aw_snap_user_rec {
	uint32_t sum; /* aw_snap_user_sum() */
	uint32_t id;
	uint32_t more_sum; /* of the gids and the rest */
	uint16_t gecos_len;
	uint16_t n_gids;
	uint16_t more_len;
	uint8_t name_len;
	uint8_t home_len;
	uint8_t shell_len;
	uint8_t flags;
};
#define AW_SNAP_USER_FIXED 22u
static_assert(
    offsetof(struct aw_snap_user_rec, flags) + 1 == AW_SNAP_USER_FIXED,
    "user record has holes");

struct aw_snap_group_rec {
	uint32_t sum; /* of what follows, to the end of the principal id */
	uint32_t id;
	uint32_t members_sum;
	uint32_t members_len;
	uint32_t n_members;
	uint32_t display_sum;
	uint16_t display_len;
	uint8_t name_len;
	uint8_t more_len; /* of the principal id as stored */
	uint8_t flags;
};
#define AW_SNAP_GROUP_FIXED 29u
static_assert(
    offsetof(struct aw_snap_group_rec, flags) + 1 == AW_SNAP_GROUP_FIXED,
    "group record has holes");

struct aw_snap_tomb_rec {
	uint32_t sum; /* of what follows, to the end of the record */
	uint32_t id;
	uint8_t name_len;
	uint8_t more_len;
	uint8_t flags;
};
#define AW_SNAP_TOMB_FIXED 11u
static_assert(
    offsetof(struct aw_snap_tomb_rec, flags) + 1 == AW_SNAP_TOMB_FIXED,
    "tombstone record has holes");

/* How a principal id is stored: this byte, then what it says. */
enum aw_snap_principal {
	AW_SNAP_TEXT,       /* a length byte and the text */
	AW_SNAP_UUID,       /* 16 bytes */
	AW_SNAP_STORE_UUID, /* 16 bytes; "d-X" is the store, "X-UUID" the id */
};

/* In front of a directory name's rest: a suffix of the table, or this. */
#define AW_SNAP_INLINE 255u

static inline bool aw_snap_is_marked(const uint8_t *base)
{
	const void *word = base + AW_SNAP_SUPERSEDED;

	return atomic_load_explicit(
		   (const _Atomic uint32_t *)word, memory_order_acquire) != 0;
}

static inline uint64_t aw_snap_align(uint64_t n, unsigned to)
{
	return (n + to - 1) & ~(uint64_t)(to - 1);
}

/* Slots that a key may call home; the table has AW_SNAP_PROBE more, so that a
 * probe never wraps. */
static inline uint32_t aw_snap_homes(uint32_t n)
{
	return n + n / 2 + 1;
}

static inline uint64_t aw_snap_slots(uint32_t n)
{
	return (uint64_t)aw_snap_homes(n) + AW_SNAP_PROBE;
}

/* In a table the slots are sorted by tag, and the tag leads home. */
static inline uint32_t aw_snap_home(uint32_t tag, uint32_t homes)
{
	return (uint32_t)(((uint64_t)tag * homes) >> 32);
}

#define AW_SNAP_K 0x9e3779b97f4a7c15u

static inline uint64_t aw_snap_load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static inline uint64_t aw_snap_load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

/* 0..7 bytes as a number; different bytes of one length, different numbers. */
static inline uint64_t aw_snap_load_few(const uint8_t *p, size_t len)
{
	if (len >= 4)
		return aw_snap_load32(p) | aw_snap_load32(p + len - 4) << 32;
	if (len == 0)
		return 0;
	return (uint64_t)p[0] | (uint64_t)p[len / 2] << 8 |
	       (uint64_t)p[len - 1] << 16;
}

/* The last 0..8 bytes of @len that whole words from the start leave over. */
static inline uint64_t aw_snap_load_tail(const uint8_t *p, size_t len)
{
	return len >= 8 ? aw_snap_load64(p + len - 8)
			: aw_snap_load_few(p, len);
}

/* The same bytes, for lengths too short to be worth a call. */
static inline bool aw_snap_same(const char *a, const char *b, size_t len)
{
	const uint8_t *p = (const uint8_t *)a, *q = (const uint8_t *)b;

	for (size_t i = 0; i + 8 < len; i += 8)
		if (aw_snap_load64(p + i) != aw_snap_load64(q + i))
			return false;
	return aw_snap_load_tail(p, len) == aw_snap_load_tail(q, len);
}

static inline uint64_t aw_snap_mum(uint64_t a, uint64_t b)
{
	const unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint32_t aw_snap_hash_name(
    uint64_t seed, const char *name, size_t len)
{
	const uint8_t *p = (const uint8_t *)name;
	uint64_t h = seed ^ len;

	for (size_t i = 0; i + 8 < len; i += 8)
		h = aw_snap_mum(h ^ aw_snap_load64(p + i), AW_SNAP_K);
	h = aw_snap_mum(h ^ aw_snap_load_tail(p, len), AW_SNAP_K);
	return (uint32_t)(h >> 32);
}

static inline uint32_t aw_snap_hash_id(uint64_t seed, uint32_t id)
{
	return (uint32_t)(aw_snap_mum(seed ^ id, AW_SNAP_K) >> 32);
}

/*
 * One word into a running checksum.  For a given state each word leads to a
 * state of its own, and for a given word each state: damage within one word is
 * never lost on the way to the 64 bits at the end.
 */
static inline uint64_t aw_snap_sum_step(uint64_t h, uint64_t word)
{
	h = (h ^ word) * AW_SNAP_K;
	return h << 29 | h >> 35;
}

/* Two sums, of the even and of the odd words, so that a processor can work on
 * both at once. */
static inline uint64_t aw_snap_sum64(const uint8_t *p, size_t len)
{
	uint64_t h = len, g = 0;

	while (len > 16) {
		h = aw_snap_sum_step(h, aw_snap_load64(p));
		g = aw_snap_sum_step(g, aw_snap_load64(p + 8));
		p += 16;
		len -= 16;
	}
	if (len > 8)
		h = aw_snap_sum_step(h, aw_snap_load64(p));
	g = aw_snap_sum_step(g, aw_snap_load_tail(p, len));
	return aw_snap_sum_step(h, g);
}

static inline uint32_t aw_snap_sum32(const uint8_t *p, size_t len)
{
	const uint64_t h = aw_snap_sum64(p, len);

	return (uint32_t)(h ^ h >> 32);
}

/*
 * The checksum of a user's record @rec (its fixed part) with @strings, which
 * may be a copy: first the strings, then what follows the checksum in @rec.
 */
static inline uint32_t aw_snap_user_sum(
    const uint8_t *rec, const char *strings, size_t len)
{
	uint64_t h = aw_snap_sum64((const uint8_t *)strings, len);

	h = aw_snap_sum_step(h, aw_snap_load64(rec + 4));
	h = aw_snap_sum_step(h, aw_snap_load64(rec + 12));
	h = aw_snap_sum_step(h, (uint64_t)rec[20] | (uint64_t)rec[21] << 8);
	return (uint32_t)(h ^ h >> 32);
}

#endif
