/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Container credentials.  Every attempt begins from a timer, so that whatever
 * fails at once is reported like everything else: later.
 */
#include "awssso_netd/container.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/error.h"
#include "awssso_netd/http.h"
#include "awssso_netd/timer.h"
#include "awssso_netd/token_file.h"
#include "common/conf_value.h"
#include "common/own.h"

#define AGENT      "http://169.254.170.2"
#define WHAT       "container credentials"
#define TIMEOUT_MS 2000
#define ATTEMPTS   3
#define PAUSE_MS   1000
#define LANE       (AW_HTTP_LANES - 1) /* that of the metadata service */

struct aw_container_op {
	struct aw_aws *aws;
	struct aw_container_place place;
	unsigned attempts;
	struct aw_http_op *request;
	sd_event_source *timer;
	aw_key_answer_fn *done;
	void *user;
};

/* --- where ------------------------------------------------------------- */

int aw_container_find(const struct aw_conf *conf,
    const struct aw_environment *environment, struct aw_container_place *ret,
    struct aw_diag *why)
{
	const char *uri = conf->container_uri;
	const char *wrong;

	if (!*uri)
		uri = environment->relative_uri ? environment->relative_uri
						: environment->full_uri;
	if (!uri) {
		aw_diag_set(why, WHAT ": container_uri is not set, and the "
				      "environment names no place: is this a "
				      "container with a role?");
		return -EINVAL;
	}
	wrong = aw_conf_value_wrong(AW_CONF_CONTAINER, uri);
	if (!wrong && aw_fmt(ret->url, sizeof(ret->url), "%s%s",
			  *uri == '/' ? AGENT : "", uri) < 0)
		wrong = "shorter";
	if (wrong) {
		aw_diag_set(why, WHAT ": the URI must be %s", wrong);
		return -EINVAL;
	}
	ret->token_file = conf->container_token_file[0]
			      ? conf->container_token_file
			      : environment->token_file;
	ret->token = environment->token;
	return 0;
}

/* --- asking ------------------------------------------------------------ */

static void op_free(struct aw_container_op *op)
{
	aw_http_cancel(op->request);
	sd_event_source_disable_unref(op->timer);
	free(op);
}

static void finish(
    struct aw_container_op *op, const struct aw_key_answer *answer)
{
	op->done(op->user, answer);
	aw_keys_unref(answer->keys);
	op_free(op);
}

static void fail(
    struct aw_container_op *op, enum aw_net net, const struct aw_diag *why)
{
	struct aw_key_answer answer = { .net = net };

	aw_diag_set(&answer.why, WHAT ": %s", why->text);
	finish(op, &answer);
}

/* The token of this moment: *@ret is NULL when none is needed. */
static int token_of(const struct aw_container_place *place,
    struct aw_secret **ret, struct aw_diag *why)
{
	*ret = NULL;
	if (place->token_file)
		return aw_token_file_read(place->token_file, ret, why);
	if (!place->token)
		return 0;
	if (aw_token_is_clean(place->token))
		return aw_secret_new(place->token, ret);
	aw_diag_set(why, "the token in the environment is none");
	return -EINVAL;
}

static void on_answer(void *user, const struct aw_http_answer *answer);

static int ask(struct aw_container_op *op, struct aw_diag *why)
{
	aw_own(aw_secret_done) struct aw_secret *token = NULL;
	struct aw_header headers[2] = { { "Accept", "application/json" } };
	struct aw_http_request request = {
		.lane = LANE,
		.method = "GET",
		.url = op->place.url,
		.headers = headers,
		.n_headers = 1,
		.timeout_ms = TIMEOUT_MS,
		.direct = true,
	};
	int r;

	op->attempts++;
	r = token_of(&op->place, &token, why);
	if (r < 0)
		return r;
	if (token)
		headers[request.n_headers++] =
		    (struct aw_header){ "Authorization", token->text };
	return aw_http_start(
	    op->aws->http, &request, on_answer, op, &op->request);
}

static int on_timer(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_container_op *op = user;
	struct aw_diag why = { .text = "" };
	const int r = ask(op, &why);

	if (r < 0 && !why.text[0])
		aw_diag_set(&why, "%s", strerrordesc_np(-r));
	if (r < 0)
		fail(op, r == -ENOMEM ? AW_NET_UNAVAIL : AW_NET_CONFIG, &why);
	return 0;
}

/* The agent says { code, message }. */
static void refuse(
    struct aw_container_op *op, const struct aw_http_answer *http)
{
	struct aw_error error;
	struct aw_diag why;

	aw_error_read(AW_SERVICE_PORTAL, http->header[AW_HTTP_ERROR_TYPE],
	    http->body, http->len, &error);
	aw_diag_set(&why, "the agent does not give any: status %ld%s%s%s%s",
	    http->status, error.code[0] ? ", " : "", error.code,
	    error.message[0] ? ": " : "", error.message);
	fail(op, http->status >= 500 ? AW_NET_UNAVAIL : AW_NET_CONFIG, &why);
}

static void on_answer(void *user, const struct aw_http_answer *http)
{
	struct aw_container_op *op = user;
	struct aw_key_answer answer = { .net = AW_NET_OK };

	op->request = NULL;
	if ((http->error || http->status >= 500 || http->status == 429) &&
	    op->attempts < ATTEMPTS &&
	    aw_timer_set(op->aws->event, &op->timer, PAUSE_MS, on_timer, op) ==
		0)
		return;
	if (http->error) {
		fail(op, AW_NET_UNAVAIL, &http->why);
		return;
	}
	if (http->status != 200) {
		refuse(op, http);
		return;
	}
	if (aw_key_answer_json(WHAT, http->body, http->len, false, &answer.keys,
		&answer.why) < 0)
		answer.net = AW_NET_BAD_ANSWER;
	finish(op, &answer);
}

int aw_container_start(struct aw_aws *aws,
    const struct aw_container_place *place, aw_key_answer_fn *done, void *user,
    struct aw_container_op **ret)
{
	struct aw_container_op *op = calloc(1, sizeof(*op));
	int r;

	if (!op)
		return -ENOMEM;
	op->aws = aws;
	op->place = *place;
	op->done = done;
	op->user = user;
	r = aw_timer_set(aws->event, &op->timer, 0, on_timer, op);
	if (r < 0) {
		op_free(op);
		return r;
	}
	*ret = op;
	return 0;
}

void aw_container_cancel(struct aw_container_op *op)
{
	if (op)
		op_free(op);
}
