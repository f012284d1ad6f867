/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether an object's head is to be believed.
 */
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "awsssod/published.h"

#define AHEAD_S 300 /* seconds that clocks may differ */

static int deny(struct aw_diag *diag, const char *why)
{
	aw_diag_set(diag, "the published directory %s", why);
	return AW_DENIED;
}

static bool verify(const uint8_t key[AW_PUBLISHED_KEY], const uint8_t *raw,
    const struct aw_published *head)
{
	uint8_t message[AW_PUBLISHED_MESSAGE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(
	    EVP_PKEY_ED25519, NULL, key, AW_PUBLISHED_KEY);
	bool ok;

	aw_published_message(raw, message);
	ok = ctx && pkey &&
	     EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
	     EVP_DigestVerify(ctx, head->signature, sizeof(head->signature),
		 message, sizeof(message)) == 1;
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(ctx);
	return ok;
}

static int check_key(const struct aw_conf *conf, const uint8_t *raw,
    const struct aw_published *head, struct aw_diag *diag)
{
	uint8_t key[AW_PUBLISHED_KEY + 1], digest[32];

	if (EVP_DecodeBlock(key, (const uint8_t *)conf->published_key,
		(int)strlen(conf->published_key)) != (int)sizeof(key) ||
	    EVP_Digest(
		key, AW_PUBLISHED_KEY, digest, NULL, EVP_sha256(), NULL) != 1)
		return deny(diag, "cannot be checked: published_key is none");
	if (memcmp(digest, head->key_id, sizeof(head->key_id)) != 0)
		return deny(diag, "is signed by another key: compare "
				  "published_key with what awssso publish "
				  "shows");
	return verify(key, raw, head)
		   ? 0
		   : deny(diag, "is not what its publisher signed");
}

static void key_word(const struct aw_published *head, char buf[20])
{
	const uint8_t *id = head->key_id;

	aw_ignore(aw_fmt(buf, 20, "%02x%02x%02x%02x%02x%02x%02x%02x", id[0],
	    id[1], id[2], id[3], id[4], id[5], id[6], id[7]));
}

/* The one in force.  Who knows it from our own snapshot only lacks something
 * and takes it once more. */
static int was_read(struct aw_state *state)
{
	int64_t n;
	const int r = aw_state_number(
	    state, AW_Q_SWEEP_LAST, &n, "i", (int64_t)AW_NET_OK);

	return r == 0 ? AW_STALE : r == AW_ABSENT ? 0 : r;
}

/* Each key counts its generations by itself. */
static int check_order(struct aw_state *state, const struct aw_published *head,
    struct aw_diag *diag)
{
	int64_t generation = 0, created = 0;
	char mine[20], key[20];
	int r;

	key_word(head, key);
	r = aw_state_get(state, "published_key", mine, sizeof(mine));
	if (r == 0 && strcmp(mine, key) != 0)
		return 0;
	if (r != 0)
		return r < 0 ? r : 0;
	if ((r = aw_state_get_num(
		 state, "published_generation", &generation)) != 0 ||
	    (r = aw_state_get_num(state, "published_created", &created)) != 0)
		return r < 0 ? r : -EBADMSG;
	if ((int64_t)head->generation == generation &&
	    (int64_t)head->created == created)
		return was_read(state);
	if ((int64_t)head->generation >= generation &&
	    (int64_t)head->created >= created)
		return 0;
	aw_diag_set(diag,
	    "the published directory is an older one: generation %llu, and "
	    "%lld "
	    "is in force (a publisher that begins anew needs a new key)",
	    (unsigned long long)head->generation, (long long)generation);
	return AW_DENIED;
}

int aw_published_check(struct aw_state *state, const struct aw_conf *conf,
    const uint8_t *raw, uint64_t size, int64_t now, struct aw_published *ret,
    struct aw_diag *diag)
{
	struct aw_published head;
	int r;

	r = aw_published_parse(raw, size, &head, diag);
	if (r == 0)
		r = check_key(conf, raw, &head, diag);
	if (r != 0)
		return r;
	if ((int64_t)head.created > now + AHEAD_S)
		return deny(diag, "is of the future: compare the clocks of "
				  "publisher and host");
	r = check_order(state, &head, diag);
	if (r == 0 || r == AW_STALE)
		*ret = head;
	return r;
}

int aw_published_keep(struct aw_state *state, const struct aw_published *head)
{
	char key[20];
	int r;

	key_word(head, key);
	r = aw_state_begin(state);
	if (r < 0)
		return r;
	if ((r = aw_state_set(state, "published_key", key)) == 0 &&
	    (r = aw_state_set_num(state, "published_generation",
		 (int64_t)head->generation)) == 0 &&
	    (r = aw_state_set_num(
		 state, "published_created", (int64_t)head->created)) == 0)
		r = aw_state_commit(state);
	if (r != 0)
		aw_state_rollback(state);
	return r;
}
