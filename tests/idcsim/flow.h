/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sign-ins: registered clients, device codes and the tokens they turn into.
 *
 *   code:  OPEN ──approve──▶ APPROVED ──CreateToken──▶ USED
 *            └────deny─────▶ DENIED
 *
 * A code dies at its time whatever its state, and leaves one token.  The
 * newest AW_SIM_FLOWS_MAX of each kind are kept.
 */
#ifndef AW_IDCSIM_FLOW_H
#define AW_IDCSIM_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"
#include "common/text.h"

struct aw_buf;
struct aw_sim;

#define AW_SIM_FLOWS_MAX 4096

struct aw_sim_client {
	char id[32];
	char secret[1800];
	const char *region; /* the simulator's */
	char name[256];     /* cut off, for people */
	bool has_scope;     /* sso:account:access */
	bool may_device;    /* no grant types named, or this one among them */
	int64_t issued_ms;
	int64_t expires_ms;
};

enum aw_sim_code_state {
	AW_SIM_CODE_OPEN,
	AW_SIM_CODE_APPROVED,
	AW_SIM_CODE_DENIED,
	AW_SIM_CODE_USED,
};
struct aw_sim_code {
	char device[512];
	char user_code[10]; /* ABCD-EFGH */
	char client_id[32];
	char client_name[256];
	bool has_scope;
	enum aw_sim_code_state state;
	char user_id[64]; /* who approved */
	int64_t started_ms;
	int64_t expires_ms;
	int64_t polled_ms; /* 0: not yet */
	int64_t interval_ms;
};

struct aw_sim_token {
	char access[1200];
	char refresh[1200]; /* "" without scope */
	const char *region;
	char client_id[32];
	char user_id[64];
	int64_t expires_ms;
};

/* Rings: the n-th ever made is in the place n % AW_SIM_FLOWS_MAX. */
struct aw_sim_flows {
	uint64_t n_clients, n_codes, n_tokens;
	struct aw_sim_client *client;
	struct aw_sim_code *code;
	struct aw_sim_token *token;
};

/* Returns 0 or -ENOMEM. */
int aw_sim_flows_init(struct aw_sim_flows *flows) AW_MUST_USE;
void aw_sim_flows_done(struct aw_sim_flows *flows);

/* These make one and lend it to the caller. */
struct aw_sim_client *aw_sim_client_new(struct aw_sim *sim, const char *name);
struct aw_sim_code *aw_sim_code_new(
    struct aw_sim *sim, const struct aw_sim_client *client);
struct aw_sim_token *aw_sim_token_new(struct aw_sim *sim, const char *client_id,
    const char *user_id, bool has_scope);

/* These look one up; NULL: there is none (also no longer). */
struct aw_sim_client *aw_sim_client_get(
    struct aw_sim *sim, const char *id, const char *secret);
struct aw_sim_code *aw_sim_code_by_device(
    struct aw_sim *sim, const char *device);
/* With or without the dash, in either case. */
struct aw_sim_code *aw_sim_code_by_user_code(
    struct aw_sim *sim, const char *user_code);
struct aw_sim_token *aw_sim_token_by_access(
    struct aw_sim *sim, const char *access);
struct aw_sim_token *aw_sim_token_by_refresh(
    struct aw_sim *sim, const char *refresh);

/* Seconds that a token lives. */
unsigned aw_sim_token_life(const struct aw_sim *sim, bool has_scope);

/*
 * The person @who (UserName, UserId or unique local part) lets the client in,
 * or refuses it.  Returns 0; AW_ABSENT (no open code of this name), AW_UNKNOWN
 * (no such person) or AW_DENIED (a disabled person cannot sign in), with
 * @diag set.
 */
int aw_sim_approve(struct aw_sim *sim, const char *user_code, const char *who,
    struct aw_diag *diag) AW_MUST_USE;
int aw_sim_deny(struct aw_sim *sim, const char *user_code,
    struct aw_diag *diag) AW_MUST_USE;

/* End the sign-in that @token belongs to. */
void aw_sim_token_revoke(struct aw_sim_token *token);

/* Open codes, oldest first, a line each: user code, start, client name. */
void aw_sim_codes_print(struct aw_sim *sim, struct aw_buf *out);

/* @code still waits for somebody. */
bool aw_sim_code_is_open(
    const struct aw_sim *sim, const struct aw_sim_code *code);

#endif
