/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients, codes and tokens, each kind in a ring.
 *
 * Secrets are as long as AWS makes them, so that a client with too small a
 * buffer fails here and not on the real service.
 */
#include "tests/idcsim/flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <json-c/json.h>

#include "common/buf.h"
#include "tests/idcsim/crypto.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

#define CLIENT_LIFE_MS (7776000 * INT64_C(1000)) /* 90 days */
#define SCOPED_LIFE_S  3600
#define LEGACY_LIFE_S  28800

/* People copy these by hand: no vowels, nothing that looks like a digit. */
#define CODE_LETTERS "BCDFGHJKLMNPQRSTVWXZ"

int aw_sim_flows_init(struct aw_sim_flows *flows)
{
	flows->client = calloc(AW_SIM_FLOWS_MAX, sizeof(*flows->client));
	flows->code = calloc(AW_SIM_FLOWS_MAX, sizeof(*flows->code));
	flows->token = calloc(AW_SIM_FLOWS_MAX, sizeof(*flows->token));
	if (!flows->client || !flows->code || !flows->token)
		return -ENOMEM;
	return 0;
}

void aw_sim_flows_done(struct aw_sim_flows *flows)
{
	free(flows->client);
	free(flows->code);
	free(flows->token);
	memset(flows, 0, sizeof(*flows));
}

/* How many places of a ring are in use when @n were ever made. */
static size_t in_use(uint64_t n)
{
	return n < AW_SIM_FLOWS_MAX ? (size_t)n : AW_SIM_FLOWS_MAX;
}

/* A copy for people to read: cut off, between characters. */
static void copy_name(char *buf, size_t size, const char *name)
{
	size_t len = strlen(name);

	if (len >= size) {
		len = size - 1;
		while (len && ((unsigned char)name[len] & 0xc0) == 0x80)
			len--;
	}
	memcpy(buf, name, len);
	buf[len] = '\0';
}

struct aw_sim_client *aw_sim_client_new(struct aw_sim *sim, const char *name)
{
	struct aw_sim_flows *flows = &sim->flows;
	struct aw_sim_client *client =
	    &flows->client[flows->n_clients++ % AW_SIM_FLOWS_MAX];

	memset(client, 0, sizeof(*client));
	aw_sim_random_text(
	    client->id, sizeof(client->id), "", AW_SIM_BASE64URL);
	aw_sim_random_text(client->secret, sizeof(client->secret), "eyJraWQi",
	    AW_SIM_BASE64URL);
	copy_name(client->name, sizeof(client->name), name);
	client->region = sim->region;
	client->issued_ms = aw_sim_now_ms(sim);
	client->expires_ms = client->issued_ms + CLIENT_LIFE_MS;
	return client;
}

struct aw_sim_code *aw_sim_code_new(
    struct aw_sim *sim, const struct aw_sim_client *client)
{
	struct aw_sim_flows *flows = &sim->flows;
	struct aw_sim_code *code =
	    &flows->code[flows->n_codes++ % AW_SIM_FLOWS_MAX];

	memset(code, 0, sizeof(*code));
	aw_sim_random_text(
	    code->device, sizeof(code->device), "", AW_SIM_BASE64URL);
	aw_sim_random_text(
	    code->user_code, sizeof(code->user_code), "", CODE_LETTERS);
	code->user_code[4] = '-';
	memcpy(code->client_id, client->id, sizeof(code->client_id));
	memcpy(code->client_name, client->name, sizeof(code->client_name));
	code->has_scope = client->has_scope;
	code->started_ms = aw_sim_now_ms(sim);
	code->expires_ms = code->started_ms + INT64_C(1000) * sim->code_life;
	code->interval_ms = INT64_C(1000) * sim->interval;
	return code;
}

unsigned aw_sim_token_life(const struct aw_sim *sim, bool has_scope)
{
	if (sim->token_life)
		return sim->token_life;
	return has_scope ? SCOPED_LIFE_S : LEGACY_LIFE_S;
}

struct aw_sim_token *aw_sim_token_new(struct aw_sim *sim, const char *client_id,
    const char *user_id, bool has_scope)
{
	struct aw_sim_flows *flows = &sim->flows;
	struct aw_sim_token *token =
	    &flows->token[flows->n_tokens++ % AW_SIM_FLOWS_MAX];

	memset(token, 0, sizeof(*token));
	aw_sim_random_text(
	    token->access, sizeof(token->access), "aoaAAAAA", AW_SIM_BASE64URL);
	if (has_scope)
		aw_sim_random_text(token->refresh, sizeof(token->refresh),
		    "aorAAAAA", AW_SIM_BASE64URL);
	token->region = sim->region;
	copy_name(token->client_id, sizeof(token->client_id), client_id);
	copy_name(token->user_id, sizeof(token->user_id), user_id);
	token->expires_ms = aw_sim_now_ms(sim) +
			    INT64_C(1000) * aw_sim_token_life(sim, has_scope);
	return token;
}

struct aw_sim_client *aw_sim_client_get(
    struct aw_sim *sim, const char *id, const char *secret)
{
	struct aw_sim_flows *flows = &sim->flows;

	for (size_t i = 0; i < in_use(flows->n_clients); i++) {
		struct aw_sim_client *client = &flows->client[i];

		if (aw_sim_same(client->id, id) &&
		    aw_sim_same(client->secret, secret) &&
		    client->expires_ms > aw_sim_now_ms(sim))
			return client;
	}
	return NULL;
}

struct aw_sim_code *aw_sim_code_by_device(
    struct aw_sim *sim, const char *device)
{
	struct aw_sim_flows *flows = &sim->flows;

	for (size_t i = 0; i < in_use(flows->n_codes); i++) {
		if (aw_sim_same(flows->code[i].device, device))
			return &flows->code[i];
	}
	return NULL;
}

static bool same_user_code(const char *code, const char *typed)
{
	for (; *code; code++) {
		if (*code == '-') {
			typed += *typed == '-';
			continue;
		}
		if (strncasecmp(code, typed++, 1) != 0)
			return false;
	}
	return *typed == '\0';
}

struct aw_sim_code *aw_sim_code_by_user_code(
    struct aw_sim *sim, const char *user_code)
{
	struct aw_sim_flows *flows = &sim->flows;

	for (size_t i = 0; i < in_use(flows->n_codes); i++) {
		if (same_user_code(flows->code[i].user_code, user_code))
			return &flows->code[i];
	}
	return NULL;
}

struct aw_sim_token *aw_sim_token_by_access(
    struct aw_sim *sim, const char *access)
{
	struct aw_sim_flows *flows = &sim->flows;

	for (size_t i = 0; i < in_use(flows->n_tokens); i++) {
		struct aw_sim_token *token = &flows->token[i];

		if (token->access[0] && aw_sim_same(token->access, access) &&
		    token->expires_ms > aw_sim_now_ms(sim))
			return token;
	}
	return NULL;
}

struct aw_sim_token *aw_sim_token_by_refresh(
    struct aw_sim *sim, const char *refresh)
{
	struct aw_sim_flows *flows = &sim->flows;

	for (size_t i = 0; i < in_use(flows->n_tokens); i++) {
		struct aw_sim_token *token = &flows->token[i];

		if (token->refresh[0] && aw_sim_same(token->refresh, refresh))
			return token;
	}
	return NULL;
}

void aw_sim_token_revoke(struct aw_sim_token *token)
{
	memset(token, 0, sizeof(*token));
}

bool aw_sim_code_is_open(
    const struct aw_sim *sim, const struct aw_sim_code *code)
{
	return code->state == AW_SIM_CODE_OPEN &&
	       code->expires_ms > aw_sim_now_ms(sim);
}

static struct aw_sim_code *open_code(
    struct aw_sim *sim, const char *user_code, struct aw_diag *diag)
{
	struct aw_sim_code *code = aw_sim_code_by_user_code(sim, user_code);

	if (code != NULL && aw_sim_code_is_open(sim, code))
		return code;
	aw_diag_set(diag, "%.16s: %s", user_code,
	    code ? "this code is no longer open" : "there is no such code");
	return NULL;
}

int aw_sim_approve(struct aw_sim *sim, const char *user_code, const char *who,
    struct aw_diag *diag)
{
	struct aw_sim_code *code = open_code(sim, user_code, diag);
	struct json_object *user;
	int r;

	if (code == NULL)
		return AW_ABSENT;
	r = aw_sim_find_user(sim, who, &user, diag);
	if (r != 0)
		return r;
	if (aw_sim_user_is_disabled(user)) {
		aw_diag_set(diag, "%s: is disabled and cannot sign in",
		    aw_sim_str(user, "UserName"));
		return AW_DENIED;
	}
	copy_name(
	    code->user_id, sizeof(code->user_id), aw_sim_str(user, "UserId"));
	code->state = AW_SIM_CODE_APPROVED;
	return 0;
}

int aw_sim_deny(struct aw_sim *sim, const char *user_code, struct aw_diag *diag)
{
	struct aw_sim_code *code = open_code(sim, user_code, diag);

	if (code == NULL)
		return AW_ABSENT;
	code->state = AW_SIM_CODE_DENIED;
	return 0;
}

void aw_sim_codes_print(struct aw_sim *sim, struct aw_buf *out)
{
	const struct aw_sim_flows *flows = &sim->flows;
	const size_t n = in_use(flows->n_codes);
	char started[32];

	for (uint64_t i = flows->n_codes - n; i < flows->n_codes; i++) {
		const struct aw_sim_code *code =
		    &flows->code[i % AW_SIM_FLOWS_MAX];

		if (!aw_sim_code_is_open(sim, code))
			continue;
		aw_sim_log_time(code->started_ms, false, started);
		aw_buf_fmt(out, "%s\t%s\t%s\n", code->user_code, started,
		    code->client_name);
	}
}
