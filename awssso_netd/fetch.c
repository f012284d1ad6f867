/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One fetch.  It begins from a timer, so that whatever fails at once is
 * reported like everything else: later.
 */
#include "awssso_netd/fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awssso_netd/assume.h"
#include "awssso_netd/container.h"
#include "awssso_netd/creds.h"
#include "awssso_netd/imds.h"
#include "awssso_netd/timer.h"
#include "common/sock.h"

#define DEADLINE_MS 20000 /* of what is asked of STS */

struct aw_fetch {
	struct aw_aws *aws;
	enum aw_fetch_stage stage;
	const struct aw_environment *environment;
	sd_event_source *timer;
	struct aw_imds_op *imds;
	struct aw_container_op *container;
	struct aw_call *call;
	aw_key_answer_fn *done;
	void *user;
};

void aw_fetch_cancel(struct aw_fetch *fetch)
{
	if (!fetch)
		return;
	sd_event_source_disable_unref(fetch->timer);
	aw_imds_cancel(fetch->imds);
	aw_container_cancel(fetch->container);
	aw_call_cancel(fetch->call);
	free(fetch);
}

static void finish(struct aw_fetch *fetch, const struct aw_key_answer *answer)
{
	fetch->done(fetch->user, answer);
	aw_fetch_cancel(fetch);
}

/* --- what comes back --------------------------------------------------- */

static void on_imds(void *user, const struct aw_imds_answer *got)
{
	struct aw_fetch *fetch = user;
	const struct aw_key_answer answer = { got->net, got->why, got->keys };

	fetch->imds = NULL;
	finish(fetch, &answer);
}

static void on_container(void *user, const struct aw_key_answer *answer)
{
	struct aw_fetch *fetch = user;

	fetch->container = NULL;
	finish(fetch, answer);
}

static void on_sts(void *user, const struct aw_call_answer *got)
{
	struct aw_fetch *fetch = user;
	struct aw_key_answer answer = { .keys = NULL };

	fetch->call = NULL;
	answer.net = aw_assume_read(fetch->aws->conf,
	    fetch->stage == AW_FETCH_OWN, got, &answer.keys, &answer.why);
	finish(fetch, &answer);
	aw_keys_unref(answer.keys);
}

/* --- asking ------------------------------------------------------------ */

static int read_file(
    const struct aw_conf *conf, struct aw_keys **ret, struct aw_diag *why)
{
	if (conf->credentials_file[0])
		return aw_creds_read_file(
		    conf->credentials_file, geteuid(), getegid(), ret, why);
	aw_diag_set(why, "[credentials] file is not set");
	return -EINVAL;
}

static int ask_container(struct aw_fetch *fetch, struct aw_diag *why)
{
	struct aw_container_place place;
	int r;

	r = aw_container_find(
	    fetch->aws->conf, fetch->environment, &place, why);
	if (r == 0)
		r = aw_container_start(
		    fetch->aws, &place, on_container, fetch, &fetch->container);
	return r;
}

/* 0: under way, or @ret_keys is set; else a negative errno with @why. */
static int ask_own(
    struct aw_fetch *fetch, struct aw_keys **ret_keys, struct aw_diag *why)
{
	struct aw_aws *aws = fetch->aws;

	switch ((enum aw_conf_credentials)aws->conf->credentials_source) {
	case AW_CREDENTIALS_IMDS:
		return aw_imds_start(aws->http, aws->conf, AW_IMDS_KEYS,
		    on_imds, fetch, &fetch->imds);
	case AW_CREDENTIALS_FILE:
		return read_file(aws->conf, ret_keys, why);
	case AW_CREDENTIALS_CONTAINER:
		return ask_container(fetch, why);
	case AW_CREDENTIALS_WEB_IDENTITY:
		return aw_assume_web(aws, aw_sock_now_ms() + DEADLINE_MS,
		    on_sts, fetch, &fetch->call, why);
	}
	return -EINVAL;
}

static int on_begin(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_fetch *fetch = user;
	struct aw_key_answer answer = { .net = AW_NET_OK };
	int r;

	if (fetch->stage == AW_FETCH_ROLE)
		r = aw_assume_role(fetch->aws, aw_sock_now_ms() + DEADLINE_MS,
		    on_sts, fetch, &fetch->call);
	else
		r = ask_own(fetch, &answer.keys, &answer.why);
	if (r == 0 && !answer.keys)
		return 0;
	if (r < 0)
		answer.net = r == -ENOMEM ? AW_NET_UNAVAIL : AW_NET_CONFIG;
	if (r < 0 && !answer.why.text[0])
		aw_diag_set(
		    &answer.why, "credentials: %s", strerrordesc_np(-r));
	finish(fetch, &answer);
	aw_keys_unref(answer.keys);
	return 0;
}

int aw_fetch_start(struct aw_aws *aws, enum aw_fetch_stage stage,
    const struct aw_environment *environment, aw_key_answer_fn *done,
    void *user, struct aw_fetch **ret)
{
	struct aw_fetch *fetch = calloc(1, sizeof(*fetch));
	int r;

	if (!fetch)
		return -ENOMEM;
	fetch->aws = aws;
	fetch->stage = stage;
	fetch->environment = environment;
	fetch->done = done;
	fetch->user = user;
	r = aw_timer_set(aws->event, &fetch->timer, 0, on_begin, fetch);
	if (r < 0) {
		aw_fetch_cancel(fetch);
		return r;
	}
	*ret = fetch;
	return 0;
}
