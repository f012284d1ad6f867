/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking a simulator directly.
 */
#include "tests/unit/idcsim/probe.h"

#include <string.h>

#include <json-c/json.h>

#include "common/text.h"
#include "tests/idcsim/command.h"
#include "tests/idcsim/crypto.h"
#include "tests/idcsim/fixture.h"
#include "tests/idcsim/sigv4_canon.h"
#include "tests/idcsim/store.h"

#define ALICE  PROBE_ALICE
#define BOB    PROBE_BOB
#define CAROL  "1234567890-aaaaaaaa-0000-4000-8000-000000000003"
#define DAVE   "1234567890-aaaaaaaa-0000-4000-8000-000000000004"
#define SETS   "arn:aws:sso:::permissionSet/ssoins-1111222233334444/"
#define ISSUER "\"Issuer\":\"https://one.example\",\"Audience\":\"a\","
#define DATE   "20150830T123600Z"
#define SIGNED "content-type;host;x-amz-date;x-amz-target"

const char probe_fixture[] =
    "{\"region\":\"us-east-1\",\"identity_store_id\":\"" PROBE_STORE "\","
    "\"start_url\":\"" PROBE_START "\",\"accounts\":["
    "{\"AccountId\":\"" PROBE_ACCOUNT "\",\"AccountName\":\"one\","
    "\"EmailAddress\":\"one@example.com\"},"
    "{\"AccountId\":\"" PROBE_OTHER "\",\"AccountName\":\"two\","
    "\"EmailAddress\":\"two@example.com\"}],\"users\":["
    "{\"UserId\":\"" ALICE "\",\"UserName\":\"alice@example.com\","
    "\"DisplayName\":\"Alice <&>\",\"UserStatus\":\"ENABLED\"},"
    "{\"UserId\":\"" BOB "\",\"UserName\":\"bob@example.com\"},"
    "{\"UserId\":\"" CAROL "\",\"UserName\":\"carol@example.com\","
    "\"UserStatus\":\"DISABLED\"},"
    "{\"UserId\":\"" DAVE "\",\"UserName\":\"dave@example.com\"}],"
    "\"groups\":[{\"GroupId\":\"" PROBE_GROUP "\",\"DisplayName\":"
    "\"Engineers\",\"Members\":[\"" ALICE "\",\"" BOB "\"]}],"
    "\"permission_sets\":[{\"Name\":\"Login\",\"PermissionSetArn\":\"" SETS
    "ps-1\",\"Assignments\":[{\"AccountId\":\"" PROBE_ACCOUNT "\","
    "\"PrincipalType\":\"GROUP\",\"PrincipalId\":\"" PROBE_GROUP "\"},"
    "{\"AccountId\":\"" PROBE_OTHER "\",\"PrincipalType\":\"GROUP\","
    "\"PrincipalId\":\"" PROBE_GROUP "\"}]},{\"Name\":\"Admin\","
    "\"PermissionSetArn\":\"" SETS "ps-2\",\"Assignments\":["
    "{\"AccountId\":\"" PROBE_ACCOUNT "\",\"PrincipalType\":\"USER\","
    "\"PrincipalId\":\"" ALICE "\"}]}],"
    "\"roles\":[{\"RoleArn\":\"" PROBE_WEB "\",\"MaxSessionDuration\":7200,"
    "\"WebIdentity\":{" ISSUER "\"Subject\":\"one\"}},"
    "{\"RoleArn\":\"" PROBE_WEB2 "\",\"WebIdentity\":{\"Issuer\":"
    "\"https://two.example\",\"Audience\":\"a\",\"Subject\":\"one\"}},"
    "{\"RoleArn\":\"" PROBE_WEB3 "\",\"WebIdentity\":{" ISSUER
    "\"Subject\":\"two\"}},"
    "{\"RoleArn\":\"" PROBE_TRUSTS "\",\"ExternalId\":\"ext\",\"Trusts\":["
    "\"arn:aws:iam::" PROBE_ACCOUNT ":role/awssso-task\"]}]}";

int probe_setup(void **state)
{
	struct probe *probe = calloc(1, sizeof(*probe));
	struct aw_diag diag = { .text = "" };

	assert_non_null(probe);
	assert_int_equal(aw_sim_init(&probe->sim), 0);
	if (aw_sim_fixture_parse(
		&probe->sim, probe_fixture, strlen(probe_fixture), &diag) != 0)
		fail_msg("%s", diag.text);
	probe->sim.frozen_ms = PROBE_TIME_MS;
	aw_sim_keys_make_host(&probe->sim);
	aw_sim_call_init(&probe->call, &probe->sim, &probe->req);
	*state = probe;
	return 0;
}

int probe_teardown(void **state)
{
	struct probe *probe = *state;

	aw_sim_call_done(&probe->call);
	(void)json_object_put(probe->doc);
	aw_sim_done(&probe->sim);
	free(probe);
	return 0;
}

static void reset(struct probe *probe, const char *method, const char *target,
    const char *body)
{
	aw_sim_call_done(&probe->call);
	(void)json_object_put(probe->doc);
	memset(&probe->req, 0, sizeof(probe->req));
	probe->req.door = AW_SIM_PLAIN;
	probe->req.method = method;
	probe->req.target = target;
	probe->req.body = body;
	probe->req.body_len = strlen(body);
	aw_sim_call_init(&probe->call, &probe->sim, &probe->req);
}

static void add_header(struct probe *probe, const char *name, const char *value)
{
	assert_true(probe->req.n_headers < AW_SIM_HEADERS_MAX);
	probe->req.header[probe->req.n_headers].name = name;
	probe->req.header[probe->req.n_headers].value = value;
	probe->req.n_headers++;
}

static unsigned run(struct probe *probe)
{
	assert_int_equal(aw_sim_req_split(&probe->req), 0);
	aw_sim_route(&probe->call);
	probe->doc = json_tokener_parse(aw_buf_text(&probe->call.body));
	return probe->call.status;
}

unsigned probe_ask(struct probe *probe, const char *method, const char *target,
    const struct aw_sim_header *headers, const char *body)
{
	reset(probe, method, target, body);
	for (; headers != NULL && headers->name != NULL; headers++)
		add_header(probe, headers->name, headers->value);
	return run(probe);
}

unsigned probe_json(struct probe *probe, const char *target, const char *body)
{
	const struct aw_sim_header headers[] = {
		{ "Content-Type", "application/json" },
		{ NULL, NULL },
	};

	return probe_ask(probe, "POST", target, headers, body);
}

static void sign(
    struct probe *probe, const char *service, char *buf, size_t size)
{
	const struct aw_sim_key *key = &probe->sim.keys.host;
	const char *const steps[] = { "20150830", "us-east-1", service,
		"aws4_request" };
	uint8_t mac[AW_SIM_HASH];
	char hash[AW_SIM_HEX];
	char text[256];

	assert_int_equal(
	    aw_sim_sigv4_canon(&probe->req, SIGNED, false, hash), 0);
	aw_ignore(aw_fmt(text, sizeof(text), "AWS4%s", key->secret));
	aw_sim_hmac(text, strlen(text), steps[0], strlen(steps[0]), mac);
	for (size_t i = 1; i < 4; i++)
		aw_sim_hmac(mac, sizeof(mac), steps[i], strlen(steps[i]), mac);
	aw_ignore(aw_fmt(text, sizeof(text),
	    "AWS4-HMAC-SHA256\n" DATE "\n20150830/us-east-1/%s/"
	    "aws4_request\n%s",
	    service, hash));
	aw_sim_hmac(mac, sizeof(mac), text, strlen(text), mac);
	aw_sim_hex(mac, sizeof(mac), hash);
	aw_ignore(aw_fmt(buf, size,
	    "AWS4-HMAC-SHA256 Credential=%s/20150830/us-east-1/%s/"
	    "aws4_request, SignedHeaders=" SIGNED ", Signature=%s",
	    key->id, service, hash));
}

unsigned probe_signed(struct probe *probe, const char *service,
    const char *target, const char *body)
{
	char authorization[512];

	reset(probe, "POST", "/", body);
	add_header(probe, "Host", "127.0.0.1:8080");
	add_header(probe, "X-Amz-Date", DATE);
	add_header(probe, "Content-Type", "application/x-amz-json-1.1");
	add_header(probe, "X-Amz-Target", target);
	assert_int_equal(aw_sim_req_split(&probe->req), 0);
	sign(probe, service, authorization, sizeof(authorization));
	add_header(probe, "Authorization", authorization);
	return run(probe);
}

const char *probe_text(const struct probe *probe, const char *key)
{
	return aw_sim_text(probe->doc, key);
}

const char *probe_bearer(struct probe *probe, const char *who)
{
	struct json_object *user;

	assert_int_equal(aw_sim_find_user(&probe->sim, who, &user, NULL), 0);
	return aw_sim_token_new(
	    &probe->sim, "client", aw_sim_text(user, "UserId"), true)
	    ->access;
}

int probe_command(struct probe *probe, const char *line)
{
	struct aw_sim_words words = { 0 };
	struct aw_buf said = AW_BUF_INIT(65536);
	struct aw_diag diag = { .text = "" };
	char word[128];
	int r = 0;

	while (r == 0 && *line) {
		const size_t len = strcspn(line, " ");

		aw_ignore(aw_fmt(word, sizeof(word), "%.*s", (int)len, line));
		r = aw_sim_words_add(&words, word);
		line += len + (line[len] == ' ');
	}
	if (r == 0)
		r = aw_sim_command(&probe->sim, &words, &said, &diag);
	aw_sim_words_done(&words);
	aw_buf_done(&said);
	return r;
}
