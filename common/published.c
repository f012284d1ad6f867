/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head of a published directory.
 */
#include "common/published.h"

#include <endian.h>
#include <string.h>

#define MAGIC   "AWSSOPUB"
#define VERSION 1u

static void put64(uint8_t *to, uint64_t value)
{
	value = htole64(value);
	memcpy(to, &value, sizeof(value));
}

static uint64_t get64(const uint8_t *from)
{
	uint64_t value;

	memcpy(&value, from, sizeof(value));
	return le64toh(value);
}

void aw_published_pack(const struct aw_published *published, uint8_t *head)
{
	const uint32_t version = htole32(VERSION);

	memset(head, 0, AW_PUBLISHED_HEAD);
	memcpy(head, MAGIC, 8);
	memcpy(head + 8, &version, sizeof(version));
	put64(head + 16, published->length);
	put64(head + 24, published->generation);
	put64(head + 32, published->created);
	memcpy(head + 40, published->key_id, sizeof(published->key_id));
	memcpy(head + 48, published->sha256, sizeof(published->sha256));
	memcpy(head + 80, published->signature, sizeof(published->signature));
}

static int deny(struct aw_diag *diag, const char *why)
{
	aw_diag_set(diag, "the published object %s", why);
	return AW_DENIED;
}

int aw_published_parse(const uint8_t *head, uint64_t size,
    struct aw_published *ret, struct aw_diag *diag)
{
	static const uint8_t zero[4] = { 0 };
	uint32_t version;

	if (size < AW_PUBLISHED_HEAD || memcmp(head, MAGIC, 8) != 0)
		return deny(diag, "is none (awssso publish makes one)");
	memcpy(&version, head + 8, sizeof(version));
	if (le32toh(version) != VERSION)
		return deny(diag, "has a version that this release does not "
				  "know: update awssso here");
	if (memcmp(head + 12, zero, sizeof(zero)) != 0)
		return deny(diag, "has something where nothing belongs");
	ret->length = get64(head + 16);
	ret->generation = get64(head + 24);
	ret->created = get64(head + 32);
	memcpy(ret->key_id, head + 40, sizeof(ret->key_id));
	memcpy(ret->sha256, head + 48, sizeof(ret->sha256));
	memcpy(ret->signature, head + 80, sizeof(ret->signature));
	if (ret->length != size - AW_PUBLISHED_HEAD)
		return deny(diag, "is cut off, or has something behind it");
	if (ret->generation > INT64_MAX || ret->created > INT64_MAX)
		return deny(diag, "has an impossible generation or time");
	return 0;
}

void aw_published_message(const uint8_t *head, uint8_t *ret)
{
	memcpy(ret, AW_PUBLISHED_DOMAIN, sizeof(AW_PUBLISHED_DOMAIN));
	memcpy(ret + sizeof(AW_PUBLISHED_DOMAIN), head, AW_PUBLISHED_SIGNED);
}
