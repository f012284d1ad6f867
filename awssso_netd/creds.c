/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the host's keys come from and when they are fetched anew.  One fetch
 * at a time serves all who wait.
 */
#include "awssso_netd/creds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "awssso_netd/imds.h"
#include "awssso_netd/log.h"
#include "common/own.h"
#include "common/sock.h"

/* New keys lie ready 5 minutes before the old ones end, at the latest. */
#define REFRESH_S 900
/* The service may hand out the old ones for a while: do not ask faster. */
#define AGAIN_MS 60000
#define FILE_MS  30000

struct aw_creds {
	struct aw_http *http;
	const struct aw_conf *conf;
	struct aw_keys *keys; /* NULL: none yet */
	uint64_t fetched_ms;
	struct aw_imds_op *fetch;
	struct aw_creds_wait *waiting;
};

int aw_creds_new(
    struct aw_http *http, const struct aw_conf *conf, struct aw_creds **ret)
{
	struct aw_creds *creds = calloc(1, sizeof(*creds));

	if (!creds)
		return -ENOMEM;
	creds->http = http;
	creds->conf = conf;
	*ret = creds;
	return 0;
}

void aw_creds_free(struct aw_creds *creds)
{
	if (!creds)
		return;
	aw_imds_cancel(creds->fetch);
	aw_keys_unref(creds->keys);
	free(creds);
}

void aw_creds_drop(struct aw_creds *creds)
{
	aw_keys_unref(creds->keys);
	creds->keys = NULL;
}

static void keep(struct aw_creds *creds, struct aw_keys *keys)
{
	aw_creds_drop(creds);
	creds->keys = keys;
	creds->fetched_ms = aw_sock_now_ms();
}

static bool is_fresh(const struct aw_creds *creds, uint64_t again_ms)
{
	if (!creds->keys)
		return false;
	return creds->keys->expires - REFRESH_S > (int64_t)time(NULL) ||
	       aw_sock_now_ms() - creds->fetched_ms < again_ms;
}

static int get_from_file(struct aw_creds *creds, struct aw_diag *why)
{
	struct aw_keys *keys;
	int r;

	/* Keys in a file do not say when they end: look again soon. */
	if (creds->keys && aw_sock_now_ms() - creds->fetched_ms < FILE_MS)
		return 0;
	if (!creds->conf->credentials_file[0]) {
		aw_diag_set(why, "[credentials] file is not set");
		return AW_DENIED;
	}
	r = aw_creds_read_file(
	    creds->conf->credentials_file, geteuid(), getegid(), &keys, why);
	if (r < 0)
		return r == -ENOMEM ? r : AW_DENIED;
	keep(creds, keys);
	return 0;
}

/* The keys to go on with after a fetch that failed: the old ones, as long as
 * they last.  They are asked for again in a while, not by every request. */
static struct aw_keys *old_keys(
    struct aw_creds *creds, const struct aw_imds_answer *answer)
{
	if (!creds->keys || creds->keys->expires <= (int64_t)time(NULL))
		return NULL;
	aw_log(LOG_WARNING, "%s: the old keys go on serving", answer->why.text);
	creds->fetched_ms = aw_sock_now_ms();
	return aw_keys_ref(creds->keys);
}

static void on_imds(void *user, const struct aw_imds_answer *answer)
{
	struct aw_creds *creds = user;
	aw_own(aw_keys_done) struct aw_keys *keys = NULL;
	struct aw_creds_wait *wait;

	creds->fetch = NULL;
	if (answer->net == AW_NET_OK) {
		keys = aw_keys_ref(answer->keys);
		keep(creds, aw_keys_ref(keys));
	} else {
		keys = old_keys(creds, answer);
	}
	/* One by one: whoever is told may stop others from waiting. */
	while ((wait = creds->waiting) != NULL) {
		creds->waiting = wait->next;
		wait->next = NULL;
		wait->ready(wait, keys, answer->net, &answer->why);
	}
}

int aw_creds_get(struct aw_creds *creds, struct aw_creds_wait *wait,
    struct aw_keys **ret, struct aw_diag *why)
{
	int r = 0;

	if (creds->conf->credentials_source == AW_CREDENTIALS_FILE)
		r = get_from_file(creds, why);
	else if (!is_fresh(creds, AGAIN_MS))
		r = AW_PENDING;
	if (r == 0)
		*ret = aw_keys_ref(creds->keys);
	if (r != AW_PENDING)
		return r;
	if (!creds->fetch) {
		r = aw_imds_start(creds->http, creds->conf, AW_IMDS_KEYS,
		    on_imds, creds, &creds->fetch);
		if (r < 0)
			return r;
	}
	wait->next = creds->waiting;
	creds->waiting = wait;
	return AW_PENDING;
}

void aw_creds_unwait(struct aw_creds *creds, struct aw_creds_wait *wait)
{
	struct aw_creds_wait **at = &creds->waiting;

	while (*at && *at != wait)
		at = &(*at)->next;
	if (*at)
		*at = wait->next;
	wait->next = NULL;
}
