/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSO-OIDC: the device flow, unsigned, JSON in camelCase.
 */
#include "tests/idcsim/service.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <json-c/json.h>

#include "tests/idcsim/answer.h"
#include "tests/idcsim/flow.h"
#include "tests/idcsim/shape.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

#define DEVICE_GRANT "urn:ietf:params:oauth:grant-type:device_code"
#define SCOPE        "sso:account:access"

/* How much earlier than the interval a poll may come: timers and networks
 * jitter. */
#define POLL_SLACK_MS 250

static const struct aw_sim_field register_fields[] = {
	{ "clientName", AW_SIM_STRING, true, 1, LONG_MAX },
	{ "clientType", AW_SIM_STRING, true, 1, LONG_MAX },
	{ "scopes", AW_SIM_STRINGS, false, 0, LONG_MAX },
	{ "grantTypes", AW_SIM_STRINGS, false, 0, LONG_MAX },
	{ "redirectUris", AW_SIM_STRINGS, false, 0, LONG_MAX },
	{ "issuerUrl", AW_SIM_STRING, false, 0, LONG_MAX },
	{ "entitledApplicationArn", AW_SIM_STRING, false, 0, LONG_MAX },
	{ NULL, 0, false, 0, 0 },
};
static const struct aw_sim_field device_fields[] = {
	{ "clientId", AW_SIM_STRING, true, 1, LONG_MAX },
	{ "clientSecret", AW_SIM_STRING, true, 1, LONG_MAX },
	{ "startUrl", AW_SIM_STRING, true, 1, LONG_MAX },
	{ NULL, 0, false, 0, 0 },
};
static const struct aw_sim_field token_fields[] = {
	{ "clientId", AW_SIM_STRING, true, 1, LONG_MAX },
	{ "clientSecret", AW_SIM_STRING, true, 1, LONG_MAX },
	{ "grantType", AW_SIM_STRING, true, 1, LONG_MAX },
	{ "deviceCode", AW_SIM_STRING, false, 1, LONG_MAX },
	{ "refreshToken", AW_SIM_STRING, false, 1, LONG_MAX },
	{ "scope", AW_SIM_STRINGS, false, 0, LONG_MAX },
	{ "code", AW_SIM_STRING, false, 0, LONG_MAX },
	{ "redirectUri", AW_SIM_STRING, false, 0, LONG_MAX },
	{ "codeVerifier", AW_SIM_STRING, false, 0, LONG_MAX },
	{ NULL, 0, false, 0, 0 },
};

static void bad_request(struct aw_sim_call *call, const char *why)
{
	aw_sim_error(call, 400, "InvalidRequestException", why);
}

/* The body as an object in the shape of @fields, or NULL: it is answered. */
static struct json_object *read_body(
    struct aw_sim_call *call, const struct aw_sim_field *fields)
{
	struct json_object *doc;
	struct aw_diag diag = { .text = "" };

	if (!aw_sim_req_is_type(call->req, "application/json")) {
		bad_request(call, "Content-Type: not application/json");
		return NULL;
	}
	if (aw_sim_shape_parse(
		call->req->body, call->req->body_len, &doc, &diag) != 0) {
		bad_request(call, diag.text);
		return NULL;
	}
	if (json_object_is_type(doc, json_type_object) &&
	    aw_sim_shape_check(doc, fields, false, &diag) == 0)
		return doc;
	(void)json_object_put(doc);
	bad_request(call, diag.text[0] ? diag.text : "not an object");
	return NULL;
}

/* The client that the body names, or NULL: it is answered. */
static struct aw_sim_client *read_client(
    struct aw_sim_call *call, struct json_object *body)
{
	struct aw_sim_client *client = aw_sim_client_get(call->sim,
	    aw_sim_text(body, "clientId"), aw_sim_text(body, "clientSecret"));

	if (client == NULL || client->region != call->region) {
		aw_sim_error(call, 401, "InvalidClientException",
		    "Invalid client provided");
		return NULL;
	}
	aw_ignore(
	    aw_fmt(call->client, sizeof(call->client), "%s", client->name));
	return client;
}

static void add(struct json_object *doc, const char *key, const char *value)
{
	(void)json_object_object_add(doc, key, json_object_new_string(value));
}

static void add_number(struct json_object *doc, const char *key, int64_t value)
{
	(void)json_object_object_add(doc, key, json_object_new_int64(value));
}

static bool has(struct json_object *body, const char *key, const char *value)
{
	struct json_object *list;

	return json_object_object_get_ex(body, key, &list) &&
	       aw_sim_index_of(list, value) >= 0;
}

/* Every string of the list @key is one of those allowed. */
static bool has_only(struct json_object *body, const char *key,
    const char *const *allowed, size_t n_allowed)
{
	struct json_object *list;
	size_t good = 0;
	size_t n;

	if (!json_object_object_get_ex(body, key, &list) || list == NULL)
		return true;
	n = json_object_array_length(list);
	for (size_t i = 0; i < n; i++) {
		const char *item =
		    json_object_get_string(json_object_array_get_idx(list, i));

		for (size_t j = 0; j < n_allowed; j++)
			good += strcmp(item, allowed[j]) == 0;
	}
	return good == n;
}

static int check_register(struct aw_sim_call *call, struct json_object *body)
{
	static const char *const scopes[] = { SCOPE };
	static const char *const grants[] = { DEVICE_GRANT, "refresh_token",
		"authorization_code" };

	if (strcmp(aw_sim_text(body, "clientType"), "public") != 0) {
		aw_sim_error(call, 400, "InvalidClientMetadataException",
		    "clientType: only public clients can register");
		return -EINVAL;
	}
	if (!has_only(body, "scopes", scopes, 1)) {
		aw_sim_error(call, 400, "InvalidScopeException",
		    "Invalid scope provided");
		return -EINVAL;
	}
	if (!has_only(body, "grantTypes", grants, 3)) {
		aw_sim_error(call, 400, "UnsupportedGrantTypeException",
		    "Unsupported grant type provided");
		return -EINVAL;
	}
	if (has(body, "grantTypes", "authorization_code") &&
	    !aw_sim_str(body, "issuerUrl")) {
		bad_request(call, "issuerUrl: missing");
		return -EINVAL;
	}
	return 0;
}

static void register_client(struct aw_sim_call *call)
{
	struct json_object *body = read_body(call, register_fields);
	struct json_object *grants;
	struct json_object *answer;
	struct aw_sim_client *client;

	if (body == NULL)
		return;
	if (check_register(call, body) == 0) {
		client = aw_sim_client_new(
		    call->sim, aw_sim_text(body, "clientName"));
		client->region = call->region;
		client->has_scope = has(body, "scopes", SCOPE);
		client->may_device =
		    !json_object_object_get_ex(body, "grantTypes", &grants) ||
		    has(body, "grantTypes", DEVICE_GRANT);
		aw_ignore(aw_fmt(
		    call->client, sizeof(call->client), "%s", client->name));
		answer = json_object_new_object();
		add(answer, "clientId", client->id);
		add(answer, "clientSecret", client->secret);
		add_number(
		    answer, "clientIdIssuedAt", client->issued_ms / 1000);
		add_number(
		    answer, "clientSecretExpiresAt", client->expires_ms / 1000);
		aw_sim_answer_json(call, answer);
	}
	(void)json_object_put(body);
}

/* A start URL without what may be written at its end or not. */
static size_t bare_len(const char *url)
{
	size_t len = strlen(url);

	while (len && (url[len - 1] == '/' || url[len - 1] == '#'))
		len--;
	return len;
}

static bool is_start_url(const struct aw_sim *sim, const char *url)
{
	const size_t len = bare_len(url);

	return len == bare_len(sim->start_url) &&
	       strncmp(url, sim->start_url, len) == 0;
}

static void answer_device(
    struct aw_sim_call *call, const struct aw_sim_code *code)
{
	const struct aw_sim *sim = call->sim;
	const char *base = sim->page_url[0] ? sim->page_url : sim->start_url;
	const int len = (int)bare_len(base);
	struct json_object *answer = json_object_new_object();
	char url[320];

	aw_ignore(aw_fmt(
	    call->user_code, sizeof(call->user_code), "%s", code->user_code));
	add(answer, "deviceCode", code->device);
	add(answer, "userCode", code->user_code);
	aw_ignore(aw_fmt(url, sizeof(url), "%.*s/#/device", len, base));
	add(answer, "verificationUri", url);
	aw_ignore(aw_fmt(url, sizeof(url), "%.*s/#/device?user_code=%s", len,
	    base, code->user_code));
	add(answer, "verificationUriComplete", url);
	add_number(
	    answer, "expiresIn", (code->expires_ms - code->started_ms) / 1000);
	add_number(answer, "interval", code->interval_ms / 1000);
	aw_sim_answer_json(call, answer);
}

static void start_device(struct aw_sim_call *call)
{
	struct json_object *body = read_body(call, device_fields);
	struct aw_sim_client *client;

	if (body == NULL)
		return;
	client = read_client(call, body);
	if (client == NULL)
		; /* answered */
	else if (!client->may_device)
		aw_sim_error(call, 400, "UnauthorizedClientException",
		    "The client may not use the device grant");
	else if (!is_start_url(call->sim, aw_sim_text(body, "startUrl")))
		bad_request(call, "Invalid start url provided");
	else
		answer_device(call, aw_sim_code_new(call->sim, client));
	(void)json_object_put(body);
}

static void answer_token(struct aw_sim_call *call, struct aw_sim_token *token)
{
	struct json_object *answer = json_object_new_object();
	struct json_object *user;

	token->region = call->region;
	if (json_object_object_get_ex(
		call->sim->user_by_id, token->user_id, &user))
		aw_ignore(aw_fmt(call->user, sizeof(call->user), "%s",
		    aw_sim_text(user, "UserName")));
	add(answer, "accessToken", token->access);
	add(answer, "tokenType", "Bearer");
	add_number(answer, "expiresIn",
	    aw_sim_token_life(call->sim, token->refresh[0] != '\0'));
	if (token->refresh[0])
		add(answer, "refreshToken", token->refresh);
	aw_sim_answer_json(call, answer);
}

/* The poll came too early: then the interval grows, for good. */
static bool is_too_early(struct aw_sim_call *call, struct aw_sim_code *code)
{
	const int64_t now = aw_sim_now_ms(call->sim);
	const bool is_early =
	    call->effect.on[AW_SIM_SLOW_DOWN] ||
	    (code->polled_ms &&
		now < code->polled_ms + code->interval_ms - POLL_SLACK_MS);

	code->polled_ms = now;
	if (is_early)
		code->interval_ms += 5000;
	return is_early;
}

static void answer_code(struct aw_sim_call *call, struct aw_sim_code *code)
{
	switch (code->state) {
	case AW_SIM_CODE_OPEN:
		aw_sim_error(call, 400, "AuthorizationPendingException",
		    "The authorization request is still pending");
		return;
	case AW_SIM_CODE_DENIED:
		aw_sim_error_denied(call);
		return;
	case AW_SIM_CODE_USED:
		aw_sim_error(call, 400, "InvalidGrantException",
		    "Invalid device code provided");
		return;
	case AW_SIM_CODE_APPROVED:
	default:
		code->state = AW_SIM_CODE_USED;
		answer_token(call, aw_sim_token_new(call->sim, code->client_id,
				       code->user_id, code->has_scope));
	}
}

static void poll_code(
    struct aw_sim_call *call, const char *client_id, const char *device)
{
	struct aw_sim_code *code = aw_sim_code_by_device(call->sim, device);

	if (code == NULL || strcmp(code->client_id, client_id) != 0) {
		aw_sim_error(call, 400, "InvalidGrantException",
		    "Invalid device code provided");
		return;
	}
	aw_ignore(aw_fmt(
	    call->user_code, sizeof(call->user_code), "%s", code->user_code));
	if (call->effect.on[AW_SIM_EXPIRE])
		code->expires_ms = 0;
	if (call->effect.on[AW_SIM_DENY])
		code->state = AW_SIM_CODE_DENIED;
	if (code->state != AW_SIM_CODE_USED &&
	    code->expires_ms <= aw_sim_now_ms(call->sim))
		aw_sim_error_expired(call);
	else if (is_too_early(call, code))
		aw_sim_error(
		    call, 400, "SlowDownException", "Polling too quickly");
	else
		answer_code(call, code);
}

static void refresh(struct aw_sim_call *call,
    const struct aw_sim_client *client, const char *refresh_token)
{
	struct aw_sim_token *old =
	    aw_sim_token_by_refresh(call->sim, refresh_token);
	struct aw_sim_token *token;
	char user_id[64];

	if (old == NULL || strcmp(old->client_id, client->id) != 0 ||
	    !json_object_object_get_ex(
		call->sim->user_by_id, old->user_id, NULL)) {
		aw_sim_error(call, 400, "InvalidGrantException",
		    "Invalid refresh token provided");
		return;
	}
	old->refresh[0] = '\0';
	aw_ignore(aw_copy(user_id, sizeof(user_id), old->user_id));
	token = aw_sim_token_new(call->sim, client->id, user_id, true);
	answer_token(call, token);
}

static void create_token(struct aw_sim_call *call)
{
	struct json_object *body = read_body(call, token_fields);
	const char *grant;
	struct aw_sim_client *client;

	if (body == NULL)
		return;
	grant = aw_sim_text(body, "grantType");
	client = read_client(call, body);
	if (client == NULL) {
		; /* answered */
	} else if (strcmp(grant, DEVICE_GRANT) == 0) {
		if (aw_sim_str(body, "deviceCode"))
			poll_code(
			    call, client->id, aw_sim_text(body, "deviceCode"));
		else
			bad_request(call, "deviceCode: missing");
	} else if (strcmp(grant, "refresh_token") == 0) {
		if (aw_sim_str(body, "refreshToken"))
			refresh(
			    call, client, aw_sim_text(body, "refreshToken"));
		else
			bad_request(call, "refreshToken: missing");
	} else {
		aw_sim_error(call, 400, "UnsupportedGrantTypeException",
		    "Unsupported grant type provided");
	}
	(void)json_object_put(body);
}

static const struct aw_sim_op ops[] = {
	{ "RegisterClient", register_client, "POST", "/client/register" },
	{ "StartDeviceAuthorization", start_device, "POST",
	    "/device_authorization" },
	{ "CreateToken", create_token, "POST", "/token" },
	{ NULL, NULL, NULL, NULL },
};

static const struct aw_sim_op *find(
    const struct aw_sim *sim AW_UNUSED, const struct aw_sim_req *req)
{
	return aw_sim_op_by_path(ops, req);
}

const struct aw_sim_service aw_sim_oidc = { "oidc", AW_SIM_OIDC, find };
