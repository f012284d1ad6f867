/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking on a role.  The documents promise XML, so that is what we ask for.
 */
#include "awssso_netd/assume.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "awssso_netd/key_answer.h"
#include "awssso_netd/token_file.h"
#include "common/buf.h"
#include "common/own.h"

#define BODY_MAX (4 * AW_TOKEN_FILE_MAX) /* of escaped fields */
#define ROLE     "AssumeRole"
#define WEB      "AssumeRoleWithWebIdentity"

void aw_assume_session(
    const struct aw_conf *conf, const char *host, char ret[65])
{
	if (conf->role_session_name[0] &&
	    aw_copy(ret, 65, conf->role_session_name) == 0)
		return;
	if (aw_fmt(ret, 65, "awssso-%.57s", host) < 0)
		ret[0] = '\0';
	for (char *c = ret; *c; c++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789_+=,.@-",
			*c))
			*c = '-';
}

static void add(struct aw_buf *body, const char *name, const char *value)
{
	char *escaped = curl_easy_escape(NULL, value, 0);

	aw_buf_fmt(body, "&%s=%s", name, escaped ? escaped : "");
	if (!escaped && !body->error)
		body->error = -ENOMEM;
	if (escaped)
		explicit_bzero(escaped, strlen(escaped));
	curl_free(escaped);
}

static void begin(struct aw_buf *body, const struct aw_conf *conf,
    const char *operation, const char *role)
{
	char host[65] = "", session[65];

	(void)gethostname(host, sizeof(host) - 1);
	aw_assume_session(conf, host, session);
	aw_buf_fmt(body, "Action=%s&Version=2011-06-15", operation);
	add(body, "RoleArn", role);
	add(body, "RoleSessionName", session);
}

static int ask(struct aw_aws *aws, const char *operation,
    const struct aw_buf *body, uint64_t deadline_ms, aw_call_done_fn *done,
    void *user, struct aw_call **ret)
{
	const struct aw_call_request request = {
		.service = AW_SERVICE_STS,
		.operation = operation,
		.region = aw_aws_region(aws),
		.path = "/",
		.body = aw_buf_text(body),
		.body_len = body->len,
		.auth =
		    strcmp(operation, WEB) == 0 ? AW_CALL_PLAIN : AW_CALL_OWN,
		.xml = true,
		.deadline_ms = deadline_ms,
	};

	if (aw_buf_error(body) < 0)
		return aw_buf_error(body);
	return aw_call_start(aws, &request, done, user, ret);
}

int aw_assume_role(struct aw_aws *aws, uint64_t deadline_ms,
    aw_call_done_fn *done, void *user, struct aw_call **ret)
{
	aw_own(aw_buf_wipe) struct aw_buf body = AW_BUF_INIT(BODY_MAX);

	begin(&body, aws->conf, ROLE, aws->conf->role_arn);
	if (aws->conf->external_id[0])
		add(&body, "ExternalId", aws->conf->external_id);
	return ask(aws, ROLE, &body, deadline_ms, done, user, ret);
}

int aw_assume_web(struct aw_aws *aws, uint64_t deadline_ms,
    aw_call_done_fn *done, void *user, struct aw_call **ret,
    struct aw_diag *why)
{
	aw_own(aw_secret_done) struct aw_secret *token = NULL;
	aw_own(aw_buf_wipe) struct aw_buf body = AW_BUF_INIT(BODY_MAX);
	int r;

	r = aw_token_file_read(aws->conf->web_identity_token_file, &token, why);
	if (r < 0)
		return r;
	begin(&body, aws->conf, WEB, aws->conf->web_identity_role_arn);
	add(&body, "WebIdentityToken", token->text);
	return ask(aws, WEB, &body, deadline_ms, done, user, ret);
}

/* What a refusal means: STS does not tell which side it was. */
static void advise(const struct aw_conf *conf, bool is_web, struct aw_diag *why)
{
	if (is_web)
		aw_diag_set(why,
		    WEB ": %s does not take the token: see its trust policy "
			"(issuer, audience, subject)",
		    conf->web_identity_role_arn);
	else
		aw_diag_set(why,
		    ROLE ": %s does not let us in: its trust policy must name "
			 "the host's own role and %s, and the host's own role "
			 "must be allowed sts:AssumeRole",
		    conf->role_arn,
		    conf->external_id[0] ? "this external_id"
					 : "no external id");
}

enum aw_net aw_assume_read(const struct aw_conf *conf, bool is_web,
    const struct aw_call_answer *answer, struct aw_keys **ret,
    struct aw_diag *why)
{
	const char *code = answer->error.code;

	*why = answer->why;
	if (answer->net == AW_NET_OK)
		return aw_key_answer_xml(is_web ? WEB : ROLE, answer->body,
			   answer->len, ret, why) == 0
			   ? AW_NET_OK
			   : AW_NET_BAD_ANSWER;
	if (strncmp(code, "AccessDenied", 12) == 0)
		advise(conf, is_web, why);
	else if (is_web && strcmp(code, "ExpiredTokenException") == 0)
		aw_diag_set(why, WEB ": the token in %s has ended",
		    conf->web_identity_token_file);
	return answer->net;
}
