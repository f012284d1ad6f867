/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Roles, trust and tokens.
 */
#include "tests/idcsim/role.h"

#include <errno.h>
#include <string.h>

#include <json-c/json.h>
#include <openssl/evp.h>

#include "common/buf.h"
#include "tests/idcsim/crypto.h"
#include "tests/idcsim/shape.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

#define PART_MAX 1024
#define HEADER   "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define DIGITS   "0123456789"

static const struct aw_sim_field role_fields[] = {
	{ "RoleArn", AW_SIM_STRING, true, 20, 2048 },
	{ "ExternalId", AW_SIM_STRING, false, 2, 1224 },
	{ "Trusts", AW_SIM_STRINGS, false, 0, 100 },
	{ "MaxSessionDuration", AW_SIM_INTEGER, false, 3600, 43200 },
	{ "ReadsDirectory", AW_SIM_BOOLEAN, false, 0, 0 },
	{ "WebIdentity", AW_SIM_OBJECT, false, 0, 0 },
	{ NULL, 0, false, 0, 0 },
};
static const struct aw_sim_field web_fields[] = {
	{ "Issuer", AW_SIM_STRING, true, 9, 255 },
	{ "Audience", AW_SIM_STRING, true, 1, 255 },
	{ "Subject", AW_SIM_STRING, true, 1, 255 },
	{ NULL, 0, false, 0, 0 },
};

/* --- the fixture ------------------------------------------------------- */

static bool is_role_arn(const char *arn)
{
	const char *at =
	    strncmp(arn, "arn:aws", 7) == 0 ? strstr(arn, ":iam::") : NULL;

	return at != NULL && strspn(at + 6, DIGITS) == 12 &&
	       strncmp(at + 18, ":role/", 6) == 0 &&
	       arn[strlen(arn) - 1] != '/' &&
	       strlen(strrchr(arn, '/') + 1) <= 64;
}

static int check_role(struct json_object *role, size_t i, struct aw_diag *diag)
{
	struct json_object *web;
	struct aw_diag why = { .text = "not an object" };

	if (json_object_is_type(role, json_type_object) &&
	    aw_sim_shape_check(role, role_fields, false, &why) == 0) {
		web = json_object_object_get(role, "WebIdentity");
		if (!is_role_arn(aw_sim_text(role, "RoleArn")))
			aw_diag_set(&why, "RoleArn: not the ARN of a role");
		else if (web == NULL ||
			 aw_sim_shape_check(web, web_fields, false, &why) == 0)
			return 0;
	}
	aw_diag_set(diag, "roles[%zu].%s", i, why.text);
	return -EINVAL;
}

int aw_sim_roles_take(
    struct aw_sim *sim, struct json_object *top, struct aw_diag *diag)
{
	struct json_object *roles = json_object_object_get(top, "roles");
	const size_t n = roles ? json_object_array_length(roles) : 0;

	for (size_t i = 0; i < n; i++) {
		if (check_role(json_object_array_get_idx(roles, i), i, diag) !=
		    0)
			return -EINVAL;
	}
	sim->roles = json_object_get(roles);
	return 0;
}

struct json_object *aw_sim_role_get(const struct aw_sim *sim, const char *arn)
{
	return sim->roles ? aw_sim_doc_by(sim->roles, "RoleArn", arn) : NULL;
}

void aw_sim_role_split(const char *arn, char account[13], char name[65])
{
	aw_ignore(aw_fmt(account, 13, "%.12s", strstr(arn, ":iam::") + 6));
	aw_ignore(aw_copy(name, 65, strrchr(arn, '/') + 1));
}

/* --- trust ------------------------------------------------------------- */

/* @principal, an account or an ARN, is the owner of @key. */
static bool is_owner(const struct aw_sim *sim, const char *principal,
    const struct aw_sim_key *key)
{
	const char *role = strstr(key->arn, ":assumed-role/");
	char text[256];

	if (strcmp(principal, key->account) == 0 ||
	    strcmp(principal, key->arn) == 0)
		return true;
	if (role == NULL)
		return false;
	role += strlen(":assumed-role/");
	return aw_fmt(text, sizeof(text), "arn:%s:iam::%s:role/%.*s",
		   sim->partition, key->account, (int)strcspn(role, "/"),
		   role) == 0 &&
	       strcmp(principal, text) == 0;
}

bool aw_sim_role_trusts(const struct aw_sim *sim, struct json_object *role,
    const struct aw_sim_key *key, const char *external_id)
{
	struct json_object *list = json_object_object_get(role, "Trusts");
	const char *wanted = aw_sim_str(role, "ExternalId");
	const size_t n = list ? json_object_array_length(list) : 0;

	if (wanted != NULL &&
	    (external_id == NULL || strcmp(wanted, external_id) != 0))
		return false;
	if (list == NULL)
		return is_owner(sim, sim->host_account, key);
	for (size_t i = 0; i < n; i++) {
		if (is_owner(sim,
			json_object_get_string(
			    json_object_array_get_idx(list, i)),
			key))
			return true;
	}
	return false;
}

/* --- tokens ------------------------------------------------------------ */

static void encode(const void *data, size_t len, char ret[PART_MAX])
{
	uint8_t *text = (uint8_t *)ret;
	size_t n;

	if (len > PART_MAX / 4 * 3 - 3) {
		ret[0] = '\0';
		return;
	}
	n = (size_t)EVP_EncodeBlock(text, data, (int)len);
	while (n > 0 && ret[n - 1] == '=')
		ret[--n] = '\0';
	for (size_t i = 0; i < n; i++)
		ret[i] = ret[i] == '+' ? '-' : ret[i] == '/' ? '_' : ret[i];
}

/* The bytes of @text, base64url of @len characters, and a NUL.  Returns how
 * many there are, or -EINVAL. */
static int decode(const char *text, size_t len, char ret[PART_MAX])
{
	char padded[PART_MAX + 4];
	int n;

	if (len >= PART_MAX)
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		padded[i] = text[i] == '-'   ? '+'
			    : text[i] == '_' ? '/'
					     : text[i];
	for (n = (int)len; n % 4; n++)
		padded[n] = '=';
	n = EVP_DecodeBlock((uint8_t *)ret, (const uint8_t *)padded, n);
	if (n < 0)
		return -EINVAL;
	n -= len % 4 == 2 ? 2 : len % 4 == 3 ? 1 : 0;
	ret[n] = '\0';
	return n;
}

static void sign(
    const struct aw_sim *sim, const char *text, size_t len, char ret[PART_MAX])
{
	uint8_t digest[AW_SIM_HASH];

	aw_sim_hmac(sim->secret, sizeof(sim->secret), text, len, digest);
	encode(digest, sizeof(digest), ret);
}

int aw_sim_role_token(const struct aw_sim *sim, const char *arn,
    uint64_t seconds, struct aw_buf *out)
{
	struct json_object *role = aw_sim_role_get(sim, arn);
	struct json_object *web =
	    role ? json_object_object_get(role, "WebIdentity") : NULL;
	const int64_t now = aw_sim_now_ms(sim) / 1000;
	char header[PART_MAX];
	char payload[PART_MAX];
	char signature[PART_MAX];
	char text[PART_MAX];
	int r;

	if (web == NULL)
		return AW_UNKNOWN;
	r = aw_fmt(text, sizeof(text),
	    "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"%s\",\"iat\":%lld,"
	    "\"exp\":%lld}",
	    aw_sim_text(web, "Issuer"), aw_sim_text(web, "Subject"),
	    aw_sim_text(web, "Audience"), (long long)now,
	    (long long)(now + (int64_t)seconds));
	if (r < 0)
		return r;
	encode(HEADER, strlen(HEADER), header);
	encode(text, strlen(text), payload);
	r = aw_fmt(text, sizeof(text), "%s.%s", header, payload);
	if (r < 0)
		return r;
	sign(sim, text, strlen(text), signature);
	aw_buf_fmt(out, "%s.%s\n", text, signature);
	return 0;
}

/* The claims of @token if we signed it, to be put; or NULL. */
static struct json_object *open_token(
    const struct aw_sim *sim, const char *token)
{
	const char *payload = strchr(token, '.');
	const char *signature = payload ? strchr(payload + 1, '.') : NULL;
	char want[PART_MAX];
	char text[PART_MAX];

	if (signature == NULL)
		return NULL;
	sign(sim, token, (size_t)(signature - token), want);
	if (!aw_sim_same(want, signature + 1) ||
	    decode(payload + 1, (size_t)(signature - payload - 1), text) < 0)
		return NULL;
	return json_tokener_parse(text);
}

static bool is_same(struct json_object *a, const char *key,
    struct json_object *b, const char *other)
{
	return strcmp(aw_sim_text(a, key), aw_sim_text(b, other)) == 0;
}

enum aw_sim_web aw_sim_role_judge(const struct aw_sim *sim,
    struct json_object *role, const char *token, const char **ret_subject)
{
	struct json_object *web = json_object_object_get(role, "WebIdentity");
	struct json_object *claims = open_token(sim, token);
	enum aw_sim_web ret = AW_SIM_WEB_GOOD;

	if (claims == NULL)
		return AW_SIM_WEB_INVALID;
	if (json_object_get_int64(json_object_object_get(claims, "exp")) <=
	    aw_sim_now_ms(sim) / 1000)
		ret = AW_SIM_WEB_EXPIRED;
	else if (web == NULL || !is_same(claims, "iss", web, "Issuer") ||
		 !is_same(claims, "aud", web, "Audience"))
		ret = AW_SIM_WEB_PROVIDER;
	else if (!is_same(claims, "sub", web, "Subject"))
		ret = AW_SIM_WEB_SUBJECT;
	if (ret == AW_SIM_WEB_GOOD)
		*ret_subject = aw_sim_text(web, "Subject");
	(void)json_object_put(claims);
	return ret;
}
