/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device flow as awsssod sees it.
 */
#include "awsssod/flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "awsssod/daemon.h"
#include "awsssod/decide.h"
#include "awsssod/grace.h"
#include "awsssod/judge.h"
#include "awsssod/log.h"
#include "awsssod/prompt.h"
#include "awsssod/qr.h"
#include "common/own.h"
#include "common/proto.h"

#define FIRST_ANSWER_MS 2800 /* PAM gives up after 3 s */
#define GRACE_MS        1500 /* for the facts of an approval in time */
#define QR_MAX          5500 /* with it the text fits a field */

void aw_flow_free(void *user)
{
	struct aw_flow *flow = user;

	aw_live_cancel(&flow->live);
	if (flow->request) {
		aw_netd_cancel(&flow->daemon->netd, flow->request);
		aw_netd_forget(&flow->daemon->netd, flow->request);
	}
	if (flow->attempt) {
		aw_attempt_forget(flow->attempt);
		aw_verdict_give(flow->daemon, NULL, &flow->ask, &flow->person,
		    AW_SAY_HUNG_UP, NULL, NULL);
	}
	free(flow);
}

struct aw_attempt *aw_flow_end(
    struct aw_flow *flow, enum aw_say say, const struct aw_verdict_more *more)
{
	struct aw_attempts *attempts = &flow->daemon->attempts;
	const uint64_t now = aw_sock_now_ms();
	struct aw_attempt *attempt = flow->attempt;
	struct aw_verdict_told told;

	if (!flow->had_code && flow->is_known)
		say = aw_grace(flow->daemon, &flow->ask, &flow->person, say);
	flow->attempt = NULL;
	if (attempt && say == AW_SAY_ALLOWED)
		aw_attempts_approved(
		    attempts, flow->ask.user, flow->ask.source);
	if (!attempt)
		attempt = aw_attempts_note(
		    attempts, flow->ask.key, flow->ask.user, flow->ask.source);
	aw_verdict_give(flow->daemon, flow->conn, &flow->ask,
	    flow->is_known ? &flow->person : NULL, say, more, &told);
	aw_attempt_close(attempt, say, told.text, told.code, now);
	attempt->sets = flow->sets;
	attempt->approved_ms = now;
	aw_conn_end_op(flow->conn);
	return attempt;
}

struct words {
	char uri[1025], complete[1025], code[65];
};

static int read_code(const struct aw_wire_in *in, struct words *ret)
{
	if (aw_wire_text(in, AW_TAG_URI, ret->uri, sizeof(ret->uri)) != 0 ||
	    aw_wire_text(in, AW_TAG_USER_CODE, ret->code, sizeof(ret->code)) !=
		0 ||
	    aw_wire_text(in, AW_TAG_URI_COMPLETE, ret->complete,
		sizeof(ret->complete)) < 0 ||
	    strpbrk(ret->uri, " \n") || strpbrk(ret->complete, " \n") ||
	    strchr(ret->code, '\n'))
		return -EBADMSG;
	return 0;
}

static int compose(const struct aw_flow *flow, const struct words *words,
    unsigned seconds, const char *qr, struct aw_buf *text)
{
	const struct aw_prompt prompt = {
		.user = flow->ask.user,
		.host = flow->daemon->host,
		.service = flow->ask.service,
		.rhost = flow->ask.rhost,
		.uri = words->complete[0] ? words->complete : words->uri,
		.code = words->code,
		.qr = qr,
		.seconds = seconds,
		.until = time(NULL) + (time_t)seconds,
		.enter = flow->ask.enter,
	};

	aw_prompt_compose(&prompt, text);
	return aw_buf_error(text);
}

static int send_prompt(
    struct aw_flow *flow, const struct words *words, unsigned seconds)
{
	aw_own(aw_buf_done) struct aw_buf qr = AW_BUF_INIT(QR_MAX);
	aw_own(aw_buf_done) struct aw_buf text = AW_BUF_INIT(8192);
	aw_own_free uint8_t *data = malloc(AW_WIRE_SMALL);
	const enum aw_conf_qr style = (enum aw_conf_qr)flow->daemon->conf.qr;
	struct aw_wire_out out;
	bool has_qr;

	if (!data)
		return -ENOMEM;
	has_qr = aw_qr_draw(words->complete[0] ? words->complete : words->uri,
		     style, &qr) == 0;
	if (compose(flow, words, seconds, has_qr ? aw_buf_text(&qr) : "",
		&text) < 0)
		return -EMSGSIZE;
	aw_conn_begin(flow->conn, &out, data, AW_WIRE_SMALL, AW_MSG_PROMPT);
	aw_wire_put_text(&out, AW_TAG_TEXT, aw_buf_text(&text));
	aw_wire_put_text(&out, AW_TAG_URI, words->uri);
	if (words->complete[0])
		aw_wire_put_text(&out, AW_TAG_URI_COMPLETE, words->complete);
	aw_wire_put_text(&out, AW_TAG_USER_CODE, words->code);
	if (has_qr)
		aw_wire_put_text(&out, AW_TAG_QR, aw_buf_text(&qr));
	aw_wire_put_num(&out, AW_TAG_EXPIRES_IN, seconds);
	if (out.error < 0)
		return out.error;
	aw_conn_send(flow->conn, &out);
	return 0;
}

static void on_code(struct aw_flow *flow, const struct aw_wire_in *in)
{
	const uint64_t now = aw_sock_now_ms();
	uint64_t life = aw_wire_num(in, AW_TAG_EXPIRES_IN, 0) * 1000;
	struct aw_audit audit;
	struct words words;

	if (flow->had_code)
		return;
	if (life > flow->deadline_ms - now)
		life = flow->deadline_ms - now;
	flow->had_code = true;
	flow->deadline_ms = now + life;
	if (life < 1000 || read_code(in, &words) < 0 ||
	    send_prompt(flow, &words, (unsigned)(life / 1000)) < 0) {
		(void)aw_flow_end(flow, AW_SAY_BAD_ANSWER, NULL);
		return;
	}
	aw_netd_extend(
	    &flow->daemon->netd, flow->request, (unsigned)life + GRACE_MS);
	audit = aw_verdict_audit(flow->daemon, &flow->ask, &flow->person);
	audit.event = AW_AUDIT_CODE_SHOWN;
	aw_audit_write(&audit);
}

static void on_silence(struct aw_flow *flow)
{
	enum aw_say say = AW_SAY_NETD_GONE;

	if (flow->had_code && aw_sock_now_ms() >= flow->deadline_ms)
		say = AW_SAY_CODE_EXPIRED;
	else if (flow->daemon->netd.fd >= 0)
		say = AW_SAY_NET_UNAVAIL; /* it is there, AWS is not */
	if (say == AW_SAY_NET_UNAVAIL)
		aw_outage_note(flow->daemon, 0);
	(void)aw_flow_end(flow, say, NULL);
}

static void on_answer(void *user, const struct aw_wire_in *in, int fd AW_UNUSED)
{
	struct aw_flow *flow = user;

	if (in && in->type == AW_MSG_FLOW_CODE) {
		on_code(flow, in);
		return;
	}
	flow->request = 0;
	if (in)
		aw_judge_facts(flow, in);
	else
		on_silence(flow);
}

static int ask_netd(struct aw_flow *flow)
{
	struct aw_daemon *daemon = flow->daemon;
	const unsigned patience = aw_ask_patience(&flow->ask);
	struct aw_wire_out out;
	char client[257];
	int r;

	r = aw_prompt_client_name(flow->ask.service, daemon->host,
	    flow->ask.user, client, sizeof(client));
	if (r < 0)
		return r;
	aw_netd_begin(&daemon->netd, AW_MSG_FLOW, &out);
	aw_wire_put_text(&out, AW_TAG_CLIENT_NAME, client);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, flow->person.principal);
	aw_live_accounts(daemon, true, flow->ask.permission_set,
	    aw_decide_account(daemon, &flow->ask), &flow->asked);
	for (size_t i = 0; i < flow->asked.n; i++)
		aw_wire_put_text(&out, AW_TAG_ACCOUNT, flow->asked.id[i]);
	aw_wire_put_num(&out, AW_TAG_KEEP_TOKEN, daemon->conf.keep_token);
	aw_wire_put_num(&out, AW_TAG_DEADLINE, patience);
	flow->deadline_ms = aw_sock_now_ms() + (uint64_t)patience * 1000;
	return aw_netd_ask(&daemon->netd, &out, FIRST_ANSWER_MS, on_answer,
	    flow, &flow->request);
}

/* How far @flow's request is from a stranger's. */
static enum aw_attempt_rank rank_of(struct aw_flow *flow)
{
	const struct aw_ask *ask = &flow->ask;
	struct aw_daemon *daemon = flow->daemon;
	int64_t row;

	if (aw_decide_is_proved(daemon, ask, &flow->person))
		return AW_ATTEMPT_PROVED;
	if (ask->key_is_connection && ask->rhost[0] &&
	    aw_state_number(&daemon->state, AW_Q_SESSION_FROM, &row, "ss",
		ask->user, ask->rhost) == 0)
		return AW_ATTEMPT_KNOWN;
	return AW_ATTEMPT_STRANGER;
}

void aw_flow_start(struct aw_flow *flow)
{
	struct aw_daemon *daemon = flow->daemon;
	const struct aw_attempt_ask ask = {
		.key = flow->ask.key,
		.user = flow->ask.user,
		.source = flow->ask.source,
		.rank = rank_of(flow),
		.owner = flow,
	};
	enum aw_say say =
	    aw_decide_key_first(daemon, &flow->ask, &flow->person);
	int r;

	if (say == AW_SAY_ALLOWED)
		say = aw_attempts_open(
		    &daemon->attempts, &ask, aw_sock_now_ms(), &flow->attempt);
	if (say != AW_SAY_ALLOWED) {
		(void)aw_flow_end(flow, say, NULL);
		return;
	}
	r = ask_netd(flow);
	if (r == 0)
		return;
	if (r != -ENOTCONN)
		aw_log(LOG_WARNING, "awssso-netd: cannot start a sign-in: %s",
		    strerror(-r));
	(void)aw_flow_end(flow, AW_SAY_NETD_GONE, NULL);
}
