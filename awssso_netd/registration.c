/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fixed table of registrations; the one unused for longest gives way.
 * Looking through 256 keys costs nothing beside the request it saves.
 */
#include "awssso_netd/registration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"

#define EARLY_S 900
#define KEY_MAX 2048

struct entry {
	char *key; /* NULL: free */
	int64_t expires;
	uint64_t used;
	struct aw_secret *id, *secret;
};

struct aw_registrations {
	uint64_t clock; /* counts uses */
	struct entry entry[AW_REGISTRATIONS_MAX];
};

int aw_registrations_new(struct aw_registrations **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

static void clear(struct entry *entry)
{
	free(entry->key);
	aw_secret_unref(entry->id);
	aw_secret_unref(entry->secret);
	memset(entry, 0, sizeof(*entry));
}

void aw_registrations_free(struct aw_registrations *registrations)
{
	if (!registrations)
		return;
	for (size_t i = 0; i < AW_REGISTRATIONS_MAX; i++)
		clear(&registrations->entry[i]);
	free(registrations);
}

/* The three parts, one a line: none of them can hold a line feed. */
static char *key_of(
    const char *region, const char *start_url, const char *client_name)
{
	struct aw_buf key = AW_BUF_INIT(KEY_MAX);

	aw_buf_fmt(&key, "%s\n%s\n%s", region, start_url, client_name);
	if (aw_buf_error(&key) == 0)
		return key.data;
	aw_buf_done(&key);
	return NULL;
}

static struct entry *find(
    struct aw_registrations *registrations, const char *key)
{
	for (size_t i = 0; i < AW_REGISTRATIONS_MAX; i++)
		if (registrations->entry[i].key &&
		    strcmp(registrations->entry[i].key, key) == 0)
			return &registrations->entry[i];
	return NULL;
}

/* A free entry, or the one that was used longest ago. */
static struct entry *oldest(struct aw_registrations *registrations)
{
	struct entry *best = &registrations->entry[0];

	for (size_t i = 1; i < AW_REGISTRATIONS_MAX; i++)
		if (registrations->entry[i].used < best->used)
			best = &registrations->entry[i];
	return best;
}

int aw_registrations_get(struct aw_registrations *registrations,
    const char *region, const char *start_url, const char *client_name,
    int64_t now, struct aw_secret **ret_id, struct aw_secret **ret_secret)
{
	char *key = key_of(region, start_url, client_name);
	struct entry *entry = key ? find(registrations, key) : NULL;

	free(key);
	if (!entry || entry->expires - EARLY_S <= now)
		return AW_ABSENT;
	entry->used = ++registrations->clock;
	*ret_id = aw_secret_ref(entry->id);
	*ret_secret = aw_secret_ref(entry->secret);
	return 0;
}

void aw_registrations_put(struct aw_registrations *registrations,
    const char *region, const char *start_url, const char *client_name,
    int64_t expires, struct aw_secret *id, struct aw_secret *secret)
{
	char *key = key_of(region, start_url, client_name);
	struct entry *entry;

	if (!key)
		return;
	entry = find(registrations, key);
	if (!entry)
		entry = oldest(registrations);
	clear(entry);
	entry->key = key;
	entry->expires = expires;
	entry->used = ++registrations->clock;
	entry->id = aw_secret_ref(id);
	entry->secret = aw_secret_ref(secret);
}

void aw_registrations_drop(struct aw_registrations *registrations,
    const char *region, const char *start_url, const char *client_name)
{
	char *key = key_of(region, start_url, client_name);
	struct entry *entry = key ? find(registrations, key) : NULL;

	free(key);
	if (entry)
		clear(entry);
}
