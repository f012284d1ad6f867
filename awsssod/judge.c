/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First who approved, then whether that person may.  A token of an approval
 * that does not count is dropped.
 */
#include "awsssod/judge.h"

#include <string.h>

#include "awsssod/arn.h"
#include "awsssod/bind.h"
#include "awsssod/daemon.h"
#include "awsssod/decide.h"
#include "awsssod/learned.h"
#include "awsssod/log.h"
#include "common/proto.h"

/* FLOW_END's texts, each "" when it is missing. */
struct facts {
	char asked_account[13], asked_set[65], arn[2049], sts_account[13];
	char described_id[AW_PRINCIPAL_SIZE];
	char described_name[AW_USER_NAME_MAX + 1];
	char described_status[33];
	char requests[2048];
	char session[AW_ARN_SESSION_MAX + 1]; /* of whoever approved */
};

static void join_requests(const struct aw_wire_in *in, struct facts *facts)
{
	struct aw_wire_field field = { 0 };
	size_t len = 0;

	while (aw_wire_next(in, &field) == 0) {
		if (field.tag != AW_TAG_AWS_REQUEST ||
		    field.len + 3 > sizeof(facts->requests) - len)
			continue;
		if (len > 0) {
			memcpy(facts->requests + len, ", ", 2);
			len += 2;
		}
		memcpy(facts->requests + len, field.text, field.len);
		len += field.len;
	}
	facts->requests[len] = '\0';
}

static void read_facts(const struct aw_wire_in *in, struct facts *ret)
{
	const struct {
		uint16_t tag;
		char *buf;
		size_t size;
	} texts[] = {
		{ AW_TAG_ASKED_ACCOUNT, ret->asked_account,
		    sizeof(ret->asked_account) },
		{ AW_TAG_ASKED_SET, ret->asked_set, sizeof(ret->asked_set) },
		{ AW_TAG_ARN, ret->arn, sizeof(ret->arn) },
		{ AW_TAG_STS_ACCOUNT, ret->sts_account,
		    sizeof(ret->sts_account) },
		{ AW_TAG_PRINCIPAL_ID, ret->described_id,
		    sizeof(ret->described_id) },
		{ AW_TAG_USER_NAME, ret->described_name,
		    sizeof(ret->described_name) },
		{ AW_TAG_USER_STATUS, ret->described_status,
		    sizeof(ret->described_status) },
	};
	struct aw_arn arn;

	memset(ret, 0, sizeof(*ret));
	/* What does not fit is left empty, and an empty fact proves nothing. */
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (aw_wire_text(
			in, texts[i].tag, texts[i].buf, texts[i].size) != 0)
			texts[i].buf[0] = '\0';
	join_requests(in, ret);
	if (aw_arn_parse(ret->arn, &arn, NULL) == 0)
		memcpy(ret->session, arn.session, sizeof(arn.session));
}

/* What is published of the person, by now, is all that is known of them;
 * whether it is young enough, aw_decide() asks. */
static void use_published(struct aw_flow *flow, struct facts *facts)
{
	struct aw_person fresh;

	if (aw_person_by_name(
		&flow->daemon->state, flow->person.name, &fresh) != 0)
		return;
	flow->person = fresh;
	if (aw_copy(facts->described_id, sizeof(facts->described_id),
		fresh.principal) < 0 ||
	    aw_copy(facts->described_name, sizeof(facts->described_name),
		fresh.user_name) < 0 ||
	    aw_copy(facts->described_status, sizeof(facts->described_status),
		fresh.disabled ? "DISABLED" : "") < 0)
		facts->described_id[0] = '\0';
}

static enum aw_say who_approved(
    struct aw_flow *flow, const struct facts *facts, struct aw_diag *why)
{
	const struct aw_bind_want want = {
		.principal_id = flow->person.principal,
		.identity_role = flow->daemon->conf.identity_role,
	};
	const struct aw_bind_facts proof = {
		.asked_account = facts->asked_account,
		.asked_set = facts->asked_set,
		.arn = facts->arn,
		.sts_account = facts->sts_account,
		.described_id = facts->described_id,
		.described_name = facts->described_name,
		.described_status = facts->described_status,
	};

	switch (aw_bind_judge(&want, &proof, why)) {
	case AW_BIND_SAME:
		return AW_SAY_ALLOWED;
	case AW_BIND_OTHER:
		return AW_SAY_WRONG_APPROVER;
	case AW_BIND_DISABLED:
		return AW_SAY_DISABLED;
	case AW_BIND_BAD:
		break;
	}
	return AW_SAY_UNPROVEN;
}

/* The required set, from the roles that came with the facts. */
static enum aw_say may_by_roles(
    struct aw_flow *flow, const struct aw_wire_in *in)
{
	struct aw_daemon *daemon = flow->daemon;
	const bool is_told = aw_wire_num(in, AW_TAG_ROLES_KNOWN, 0) == 1;
	struct aw_live_gate gate = { aw_decide_account(daemon, &flow->ask),
		flow->ask.permission_set, false, false };

	aw_live_sets(&daemon->conf, daemon->account, in,
	    is_told ? flow->asked.id[0] : "", &gate, &flow->sets);
	if (!*gate.set || gate.is_held)
		return AW_SAY_ALLOWED;
	if (gate.is_known)
		return AW_SAY_NO_SET;
	return *gate.account ? AW_SAY_NET_UNAVAIL : AW_SAY_NO_ACCOUNT;
}

static enum aw_say judge(struct aw_flow *flow, const struct aw_wire_in *in,
    const struct facts *facts, struct aw_diag *why)
{
	struct aw_daemon *daemon = flow->daemon;
	bool changed = false;
	enum aw_say say;

	say = who_approved(flow, facts, why);
	if (say == AW_SAY_WRONG_APPROVER || say == AW_SAY_UNPROVEN)
		return say;
	/* Nobody's record changes by an approval that proves nothing, or by
	 * what the record itself says. */
	if (daemon->conf.source != AW_SOURCE_PUBLISHED &&
	    aw_person_refresh(&daemon->state, &daemon->conf, in, &flow->person,
		&changed) != 0)
		return daemon->state.broken ? AW_SAY_STATE_BROKEN
					    : AW_SAY_INTERNAL;
	if (changed)
		aw_publish_soon(&daemon->publish);
	if (say != AW_SAY_ALLOWED)
		return say;
	say = may_by_roles(flow, in);
	return aw_decide_with_set(daemon, &flow->person, flow->ask.service,
	    &flow->sets, AW_STAGE_SIGN_IN, say, &flow->rule);
}

/* The token of a sign-in that counts: to the session it was asked from, else
 * it waits a minute for its session to open. */
static void keep_token(struct aw_daemon *daemon, const struct aw_ask *ask,
    const struct aw_person *person, struct aw_attempt *attempt, uint64_t token,
    uint64_t life)
{
	const uint64_t now = aw_sock_now_ms();
	struct aw_session *session = NULL;

	if (life > daemon->conf.keep_token)
		life = daemon->conf.keep_token;
	if (token == 0 || life == 0) {
		aw_daemon_drop_token(daemon, token);
		return;
	}
	if (!ask->key_is_connection)
		session = aw_sessions_find(&daemon->sessions, ask, person);
	if (session) {
		aw_session_give_token(
		    daemon, session, token, now + life * 1000);
		return;
	}
	attempt->token = token;
	attempt->token_until_ms = now + life * 1000;
}

/* The sets in @account of a sign-in that counts: they end with the session that
 * it was asked from, else with the one that it opens. */
static void keep_sets(struct aw_daemon *daemon, const struct aw_ask *ask,
    const struct aw_person *person, const char *account,
    const struct aw_attempt *attempt, const struct aw_wire_in *in)
{
	const struct aw_session *session = NULL;

	if (aw_wire_num(in, AW_TAG_ROLES_KNOWN, 0) != 1 || !*account ||
	    strcmp(account, daemon->account) != 0)
		return;
	if (!ask->key_is_connection)
		session = aw_sessions_find(&daemon->sessions, ask, person);
	aw_learned_take(daemon, person->n,
	    session ? session->row : aw_learned_pending(daemon, attempt), in);
}

/* The flow ended without an approval because the directory says so. */
static bool is_disabled(
    const struct aw_person *person, const struct facts *facts)
{
	return strcmp(facts->described_id, person->principal) == 0 &&
	       strcmp(facts->described_status, "DISABLED") == 0;
}

void aw_judge_facts(struct aw_flow *flow, const struct aw_wire_in *in)
{
	const uint64_t net = aw_wire_num(in, AW_TAG_NET, 0);
	const uint64_t token = aw_wire_num(in, AW_TAG_TOKEN, 0);
	const uint64_t life = aw_wire_num(in, AW_TAG_TOKEN_LIFE, 0);
	struct aw_daemon *daemon = flow->daemon;
	const struct aw_ask ask = flow->ask;
	char home[AW_CONF_ACCOUNT_SIZE];
	const struct aw_person person = flow->person;
	struct aw_diag why = { .text = "" };
	struct aw_attempt *attempt;
	struct facts facts;
	enum aw_say say;

	aw_outage_note(daemon, net);
	memcpy(home, flow->asked.id[0], sizeof(home));
	read_facts(in, &facts);
	if (daemon->conf.source == AW_SOURCE_PUBLISHED)
		use_published(flow, &facts);
	if (net == AW_NET_OK) {
		say = judge(flow, in, &facts, &why);
	} else {
		say = is_disabled(&flow->person, &facts) ? AW_SAY_DISABLED
							 : aw_say_of_net(net);
		if (aw_wire_text(in, AW_TAG_TEXT, why.text, sizeof(why.text)) !=
		    0)
			aw_diag_set(&why, "%s", aw_net_word(net));
		why.fault = aw_netd_fault(in);
	}
	attempt = aw_flow_end(flow, say,
	    &(struct aw_verdict_more){ .account = facts.asked_account,
		.set = ask.permission_set,
		.approver = facts.session,
		.role_session = facts.arn,
		.requests = facts.requests,
		.why = why.text,
		.fault = why.fault,
		.rule = flow->rule,
		.detail = ask.permission_set });
	if (say == AW_SAY_ALLOWED && ask.has_key && ask.key_is_connection)
		aw_proofs_note(
		    &daemon->proofs, person.n, ask.key_hash, aw_sock_now_ms());
	if (say == AW_SAY_ALLOWED) {
		keep_sets(daemon, &ask, &person, home, attempt, in);
		keep_token(daemon, &ask, &person, attempt, token, life);
	} else {
		aw_daemon_drop_token(daemon, token);
	}
}
