/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSO-OIDC on the wire: camelCase JSON, the client's secret in the body.
 */
#include "awssso_netd/oidc.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/json.h"

#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"
#define SCOPE        "sso:account:access"
#define INTERVAL_S   5
#define SLOWER_MS    5000
#define WAIT_MAX_MS  30000
#define SECRET_MAX   32768
#define YEARS_S      315360000 /* ten: more is a mistake */

#define N_OF(fields) (sizeof(fields) / sizeof((fields)[0]))

/* --- requests ---------------------------------------------------------- */

int aw_oidc_register_body(const char *client_name, struct aw_buf *ret)
{
	struct aw_json json;
	struct json_object *scopes = json_object_new_array();

	if (scopes &&
	    json_object_array_add(scopes, json_object_new_string(SCOPE)) < 0) {
		json_object_put(scopes);
		scopes = NULL;
	}
	aw_json_begin(&json);
	aw_json_put_text(&json, "clientName", client_name);
	aw_json_put_text(&json, "clientType", "public");
	aw_json_put(&json, "scopes", scopes);
	return aw_json_end(&json, ret);
}

int aw_oidc_authorize_body(const char *client_id, const char *client_secret,
    const char *start_url, struct aw_buf *ret)
{
	struct aw_json json;

	aw_json_begin(&json);
	aw_json_put_text(&json, "clientId", client_id);
	aw_json_put_text(&json, "clientSecret", client_secret);
	aw_json_put_text(&json, "startUrl", start_url);
	return aw_json_end(&json, ret);
}

int aw_oidc_token_body(const char *client_id, const char *client_secret,
    const char *device_code, struct aw_buf *ret)
{
	struct aw_json json;

	aw_json_begin(&json);
	aw_json_put_text(&json, "clientId", client_id);
	aw_json_put_text(&json, "clientSecret", client_secret);
	aw_json_put_text(&json, "grantType", DEVICE_GRANT);
	aw_json_put_text(&json, "deviceCode", device_code);
	return aw_json_end(&json, ret);
}

/* --- answers ----------------------------------------------------------- */

int aw_oidc_read_client(
    struct json_object *json, struct aw_oidc_client *ret, struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct aw_oidc_client, id, "clientId", AW_FIELD_TEXT,
		    true, 1024),
		AW_FIELD(struct aw_oidc_client, secret, "clientSecret",
		    AW_FIELD_TEXT, true, SECRET_MAX),
		AW_FIELD(struct aw_oidc_client, expires,
		    "clientSecretExpiresAt", AW_FIELD_NUMBER, true, INT64_MAX),
	};
	const struct aw_place place = { NULL, "RegisterClient", -1 };

	memset(ret, 0, sizeof(*ret));
	return aw_answer_read(&place, json, fields, N_OF(fields), ret, diag);
}

/* People will open it: nothing but a web page. */
static bool is_page(const char *uri)
{
	return strncmp(uri, "https://", 8) == 0 ||
	       strncmp(uri, "http://", 7) == 0;
}

int aw_oidc_read_device(
    struct json_object *json, struct aw_oidc_device *ret, struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct aw_oidc_device, device_code, "deviceCode",
		    AW_FIELD_TEXT, true, SECRET_MAX),
		AW_FIELD(struct aw_oidc_device, user_code, "userCode",
		    AW_FIELD_TEXT, true, 64),
		AW_FIELD(struct aw_oidc_device, uri, "verificationUri",
		    AW_FIELD_TEXT, true, 1024),
		AW_FIELD(struct aw_oidc_device, uri_complete,
		    "verificationUriComplete", AW_FIELD_TEXT, false, 1024),
		AW_FIELD(struct aw_oidc_device, expires_in, "expiresIn",
		    AW_FIELD_NUMBER, true, 86400),
		AW_FIELD(struct aw_oidc_device, interval, "interval",
		    AW_FIELD_NUMBER, false, 3600),
	};
	const struct aw_place place = { NULL, "StartDeviceAuthorization", -1 };
	int r;

	memset(ret, 0, sizeof(*ret));
	ret->interval = INTERVAL_S;
	r = aw_answer_read(&place, json, fields, N_OF(fields), ret, diag);
	if (r == 0 && !is_page(ret->uri))
		r = aw_answer_bad(
		    &place, "verificationUri", "not a web page", diag);
	if (r == 0 && ret->uri_complete && !is_page(ret->uri_complete))
		r = aw_answer_bad(
		    &place, "verificationUriComplete", "not a web page", diag);
	if (r == 0 && ret->expires_in == 0)
		r = aw_answer_bad(&place, "expiresIn", "out of range", diag);
	return r;
}

struct token_fields {
	struct aw_oidc_token token;
	const char *type;
};

int aw_oidc_read_token(
    struct json_object *json, struct aw_oidc_token *ret, struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct token_fields, token.token, "accessToken",
		    AW_FIELD_TEXT, true, SECRET_MAX),
		AW_FIELD(struct token_fields, token.expires_in, "expiresIn",
		    AW_FIELD_NUMBER, true, YEARS_S),
		AW_FIELD(struct token_fields, type, "tokenType", AW_FIELD_TEXT,
		    false, 64),
	};
	const struct aw_place place = { NULL, "CreateToken", -1 };
	struct token_fields got = { .type = NULL };
	int r;

	r = aw_answer_read(&place, json, fields, N_OF(fields), &got, diag);
	if (r == 0 && got.type && strcasecmp(got.type, "Bearer") != 0)
		r = aw_answer_bad(&place, "tokenType", "not Bearer", diag);
	if (r == 0)
		*ret = got.token;
	return r;
}

/* --- polling ----------------------------------------------------------- */

void aw_poll_init(struct aw_poll *poll, int64_t interval_s)
{
	poll->interval_ms = interval_s > 0 ? (uint64_t)interval_s * 1000 : 1000;
	poll->wait_ms = poll->interval_ms;
}

bool aw_poll_goes_on(struct aw_poll *poll, enum aw_net net, const char *code)
{
	if (strcmp(code, "authorization_pending") == 0) {
		poll->wait_ms = poll->interval_ms;
		return true;
	}
	if (strcmp(code, "slow_down") == 0) {
		poll->interval_ms += SLOWER_MS;
		poll->wait_ms = poll->interval_ms;
		return true;
	}
	/* Silence, an overloaded or a broken server is no denial; the code
	 * lives on, so does our patience. */
	if (strcmp(code, "invalid_client") != 0 &&
	    (net == AW_NET_UNAVAIL || net == AW_NET_THROTTLED)) {
		poll->wait_ms *= 2;
		if (poll->wait_ms > WAIT_MAX_MS)
			poll->wait_ms = poll->interval_ms > WAIT_MAX_MS
					    ? poll->interval_ms
					    : WAIT_MAX_MS;
		return true;
	}
	return false;
}
