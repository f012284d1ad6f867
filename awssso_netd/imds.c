/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IMDSv2: a session token first, then either role name and keys or the
 * identity document.
 */
#include "awssso_netd/imds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/endpoint.h"
#include "awssso_netd/key_answer.h"
#include "common/buf.h"
#include "common/own.h"

#define ADDRESS    "http://169.254.169.254"
#define ADDRESS_6  "http://[fd00:ec2::254]"
#define TIMEOUT_MS 1000 /* it is on this machine's doorstep */
#define ATTEMPTS   3
#define LANE       (AW_HTTP_LANES - 1) /* the services' come first */
#define ROLES_PATH "/latest/meta-data/iam/security-credentials/"

enum step {
	STEP_TOKEN,
	STEP_ROLE,
	STEP_KEYS,
	STEP_DOCUMENT,
};

struct aw_imds_op {
	struct aw_http *http;
	char base[AW_CONF_TEXT + 64];
	enum aw_imds_what what;
	enum step step;
	unsigned attempts;
	char role[68];
	char token[260];
	struct aw_http_op *request;
	aw_imds_done_fn *done;
	void *user;
};

/* --- answers ----------------------------------------------------------- */

static void fail(struct aw_imds_answer *ret, enum aw_net net, const char *why)
{
	ret->net = net;
	aw_diag_set(&ret->why, "instance metadata: %s", why);
}

void aw_imds_read_keys(const char *text, size_t len, struct aw_imds_answer *ret)
{
	const int r = aw_key_answer_json(
	    "instance metadata", text, len, true, &ret->keys, &ret->why);

	ret->net = r == 0 ? AW_NET_OK : AW_NET_BAD_ANSWER;
	if (r < 0 && !ret->why.text[0])
		fail(ret, AW_NET_BAD_ANSWER, strerrordesc_np(-r));
}

struct document_fields {
	const char *account, *region;
};

void aw_imds_read_document(
    const char *text, size_t len, struct aw_imds_answer *ret)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct document_fields, account, "accountId",
		    AW_FIELD_TEXT, true, 12),
		AW_FIELD(struct document_fields, region, "region",
		    AW_FIELD_TEXT, true, 32),
	};
	const struct aw_place place = { NULL, "identity document", -1 };
	struct document_fields got = { .account = NULL };
	struct json_object *object = NULL;
	int r;

	r = aw_answer_parse(&place, text, len, &object, &ret->why);
	if (r == 0)
		r = aw_answer_read(&place, object, fields,
		    sizeof(fields) / sizeof(fields[0]), &got, &ret->why);
	if (r == 0)
		r = aw_copy(ret->account, sizeof(ret->account), got.account);
	if (r == 0)
		r = aw_copy(ret->region, sizeof(ret->region), got.region);
	json_object_put(object);
	ret->net = r == 0 ? AW_NET_OK : AW_NET_BAD_ANSWER;
}

/* --- requests ---------------------------------------------------------- */

static void on_answer(void *user, const struct aw_http_answer *answer);

static int path_of(const struct aw_imds_op *op, char *ret, size_t size)
{
	switch (op->step) {
	case STEP_TOKEN:
		return aw_fmt(ret, size, "%s/latest/api/token", op->base);
	case STEP_ROLE:
		return aw_fmt(ret, size, "%s" ROLES_PATH, op->base);
	case STEP_KEYS:
		return aw_fmt(
		    ret, size, "%s" ROLES_PATH "%s", op->base, op->role);
	case STEP_DOCUMENT:
		return aw_fmt(ret, size,
		    "%s/latest/dynamic/instance-identity/document", op->base);
	}
	return -EINVAL;
}

static int ask(struct aw_imds_op *op)
{
	const bool first = op->step == STEP_TOKEN;
	const struct aw_header headers[] = {
		first ? (struct aw_header){ "x-aws-ec2-metadata-token-ttl-"
					    "seconds",
			    "300" }
		      : (struct aw_header){ "x-aws-ec2-metadata-token",
			    op->token },
		{ "Content-Type", "" },
	};
	char url[AW_CONF_TEXT + 192];
	const struct aw_http_request request = {
		.lane = LANE,
		.method = first ? "PUT" : "GET",
		.url = url,
		.headers = headers,
		.n_headers = 2,
		.body = first ? "" : NULL, /* it wants a Content-Length */
		.timeout_ms = TIMEOUT_MS,
		.direct = true,
	};
	int r;

	op->attempts++;
	r = path_of(op, url, sizeof(url));
	if (r < 0)
		return r;
	return aw_http_start(op->http, &request, on_answer, op, &op->request);
}

static void op_free(struct aw_imds_op *op)
{
	aw_http_cancel(op->request);
	explicit_bzero(op->token, sizeof(op->token));
	free(op);
}

static void finish(struct aw_imds_op *op, struct aw_imds_answer *answer)
{
	op->done(op->user, answer);
	aw_keys_unref(answer->keys);
	op_free(op);
}

/* The first line of @body, which must be one printable word. */
static int first_line(
    const struct aw_http_answer *answer, char *ret, size_t size)
{
	const size_t len = strcspn(answer->body, "\r\n");

	if (len == 0 || len >= size)
		return -EBADMSG;
	for (size_t i = 0; i < len; i++)
		if (answer->body[i] <= ' ' || answer->body[i] > '~' ||
		    strchr("/?#%", answer->body[i]))
			return -EBADMSG;
	memcpy(ret, answer->body, len);
	ret[len] = '\0';
	return 0;
}

/* Tokens are base64 and may hold '/', which a role's name may not. */
static int token_of(const struct aw_http_answer *answer, char *ret, size_t size)
{
	if (answer->len == 0 || answer->len >= size ||
	    strspn(answer->body,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789+/=-_.:~") != answer->len)
		return -EBADMSG;
	memcpy(ret, answer->body, answer->len + 1);
	return 0;
}

/* What an answer that is not 200 means at this step. */
static void refuse(
    const struct aw_imds_op *op, long status, struct aw_imds_answer *ret)
{
	if (status >= 500)
		fail(ret, AW_NET_UNAVAIL, "reports an internal error");
	else if (op->step == STEP_TOKEN)
		fail(ret, AW_NET_CONFIG,
		    "gives no session token: is IMDSv2 switched off?");
	else if (op->step == STEP_ROLE && status == 404)
		fail(ret, AW_NET_CONFIG,
		    "this instance has no role: attach an instance profile "
		    "that may read the identity store, or set source in "
		    "[credentials]");
	else
		fail(ret, AW_NET_CONFIG, "does not answer this question");
}

/* Digest a good answer.  True: @ret is the end; else the next step is set. */
static bool digest(struct aw_imds_op *op, const struct aw_http_answer *answer,
    struct aw_imds_answer *ret)
{
	int r = 0;

	op->attempts = 0;
	switch (op->step) {
	case STEP_TOKEN:
		r = token_of(answer, op->token, sizeof(op->token));
		op->step = op->what == AW_IMDS_KEYS ? STEP_ROLE : STEP_DOCUMENT;
		break;
	case STEP_ROLE:
		r = first_line(answer, op->role, sizeof(op->role));
		op->step = STEP_KEYS;
		break;
	case STEP_KEYS:
		aw_imds_read_keys(answer->body, answer->len, ret);
		return true;
	case STEP_DOCUMENT:
		aw_imds_read_document(answer->body, answer->len, ret);
		return true;
	}
	if (r < 0)
		fail(ret, AW_NET_BAD_ANSWER, "malformed answer");
	return r < 0;
}

static void on_answer(void *user, const struct aw_http_answer *answer)
{
	struct aw_imds_op *op = user;
	struct aw_imds_answer ret = { .net = AW_NET_UNAVAIL };
	bool end = true;

	op->request = NULL;
	if ((answer->error || answer->status >= 500) && op->attempts < ATTEMPTS)
		end = false;
	else if (answer->error)
		fail(&ret, AW_NET_UNAVAIL,
		    "no answer (not on EC2, or the hop limit is 1 and this "
		    "is a container): set source in [credentials]");
	else if (answer->status != 200)
		refuse(op, answer->status, &ret);
	else
		end = digest(op, answer, &ret);
	if (!end && ask(op) < 0) {
		fail(&ret, AW_NET_UNAVAIL, "out of memory");
		end = true;
	}
	if (end)
		finish(op, &ret);
}

const char *aw_imds_base(const struct aw_conf *conf)
{
	if (conf->endpoint_url_imds[0])
		return conf->endpoint_url_imds;
	return conf->imds_mode == AW_IMDS_IPV6 ? ADDRESS_6 : ADDRESS;
}

int aw_imds_start(struct aw_http *http, const struct aw_conf *conf,
    enum aw_imds_what what, aw_imds_done_fn *done, void *user,
    struct aw_imds_op **ret)
{
	struct aw_imds_op *op;
	struct aw_endpoint endpoint;
	int r;

	r = aw_endpoint_parse(aw_imds_base(conf), &endpoint);
	if (r < 0)
		return r;
	op = calloc(1, sizeof(*op));
	if (!op)
		return -ENOMEM;
	op->http = http;
	op->what = what;
	op->done = done;
	op->user = user;
	r = aw_copy(op->base, sizeof(op->base), endpoint.url);
	if (r == 0)
		r = ask(op);
	if (r < 0) {
		op_free(op);
		return r;
	}
	*ret = op;
	return 0;
}

void aw_imds_cancel(struct aw_imds_op *op)
{
	if (op)
		op_free(op);
}
