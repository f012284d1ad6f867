/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GetCallerIdentity.  STS answers JSON when asked to; its documents promise
 * XML only, so both are read, each by its own strict reader.
 */
#include "awssso_netd/sts.h"

#include <errno.h>
#include <string.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/xml.h"

#define OPERATION "GetCallerIdentity"
#define BODY      "Action=GetCallerIdentity&Version=2011-06-15"

int aw_sts_start(struct aw_aws *aws, enum aw_call_auth auth,
    struct aw_keys *keys, const char *region, uint64_t deadline_ms,
    aw_call_done_fn *done, void *user, struct aw_call **ret)
{
	const struct aw_call_request request = {
		.service = AW_SERVICE_STS,
		.operation = OPERATION,
		.region = region,
		.path = "/",
		.body = BODY,
		.body_len = sizeof(BODY) - 1,
		.auth = auth,
		.keys = keys,
		.deadline_ms = deadline_ms,
	};

	return aw_call_start(aws, &request, done, user, ret);
}

struct identity_fields {
	const char *arn, *account;
};

static int read_object(
    struct json_object *json, struct aw_sts_identity *ret, struct aw_diag *diag)
{
	static const struct aw_field outer[] = { { OPERATION "Response",
	    AW_FIELD_OBJECT, true, 0, 0 } };
	static const struct aw_field middle[] = { { OPERATION "Result",
	    AW_FIELD_OBJECT, true, 0, 0 } };
	static const struct aw_field inner[] = {
		AW_FIELD(struct identity_fields, arn, "Arn", AW_FIELD_TEXT,
		    true, sizeof(ret->arn) - 1),
		AW_FIELD(struct identity_fields, account, "Account",
		    AW_FIELD_TEXT, true, sizeof(ret->account) - 1),
	};
	const struct aw_place place = { NULL, OPERATION, -1 };
	struct identity_fields got;
	struct json_object *response, *result;
	int r;

	r = aw_answer_read(&place, json, outer, 1, &response, diag);
	if (r == 0)
		r = aw_answer_read(&place, response, middle, 1, &result, diag);
	if (r == 0)
		r = aw_answer_read(&place, result, inner, 2, &got, diag);
	if (r == 0)
		r = aw_copy(ret->arn, sizeof(ret->arn), got.arn);
	if (r == 0)
		r = aw_copy(ret->account, sizeof(ret->account), got.account);
	return r;
}

static int read_json(const char *body, size_t len, struct aw_sts_identity *ret,
    struct aw_diag *diag)
{
	const struct aw_place place = { NULL, OPERATION, -1 };
	struct json_object *json = NULL;
	int r;

	r = aw_answer_parse(&place, body, len, &json, diag);
	if (r == 0)
		r = read_object(json, ret, diag);
	json_object_put(json);
	return r;
}

static int read_element(const char *body, size_t len, const char *name,
    char *ret, size_t size, struct aw_diag *diag)
{
	const struct aw_place place = { NULL, OPERATION, -1 };
	const int r = aw_xml_text(body, len, name, ret, size);

	if (r == AW_ABSENT)
		return aw_answer_bad(&place, name, "missing", diag);
	if (r < 0)
		return aw_answer_bad(&place, name,
		    r == -EMSGSIZE ? "too long" : "malformed", diag);
	if (!*ret)
		return aw_answer_bad(&place, name, "empty", diag);
	return 0;
}

static int read_xml(const char *body, size_t len, struct aw_sts_identity *ret,
    struct aw_diag *diag)
{
	int r;

	r = read_element(body, len, "Arn", ret->arn, sizeof(ret->arn), diag);
	if (r == 0)
		r = read_element(body, len, "Account", ret->account,
		    sizeof(ret->account), diag);
	return r;
}

int aw_sts_read(const char *body, size_t len, struct aw_sts_identity *ret,
    struct aw_diag *diag)
{
	struct aw_sts_identity got;
	size_t blanks = 0;
	int r;

	while (blanks < len && strchr(" \t\r\n", body[blanks]) && body[blanks])
		blanks++;
	if (blanks < len && body[blanks] == '<')
		r = read_xml(body, len, &got, diag);
	else
		r = read_json(body, len, &got, diag);
	if (r == 0)
		*ret = got;
	return r;
}
