/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several questions, one answer.
 */
#include "awsssod/live.h"

#include <string.h>

#include "awsssod/daemon.h"
#include "awsssod/learned.h"
#include "awsssod/log.h"
#include "common/fault.h"
#include "common/proto.h"

void aw_live_accounts(const struct aw_daemon *daemon, bool first,
    const char *set, const char *account, struct aw_access_accounts *ret)
{
	*ret = (struct aw_access_accounts){ .n = 0 };
	if (first)
		aw_access_ask(ret, daemon->account);
	if (*set)
		aw_access_ask(ret, account);
	aw_access_ask_in(&daemon->conf, daemon->account, ret);
}

/* All that is held in @account is about to be told. */
static void tell(const struct aw_conf *conf, const char *ours,
    const char *account, struct aw_live_gate *gate,
    struct aw_access_facts *facts)
{
	aw_access_told(conf, facts, account, ours);
	if (strcmp(account, gate->account) == 0)
		gate->is_known = true;
}

void aw_live_sets(const struct aw_conf *conf, const char *ours,
    const struct aw_wire_in *in, const char *account, struct aw_live_gate *gate,
    struct aw_access_facts *facts)
{
	struct aw_wire_field field = { 0 };
	char where[AW_CONF_ACCOUNT_SIZE], role[65];

	if (aw_copy(where, sizeof(where), account) < 0)
		where[0] = '\0';
	if (where[0])
		tell(conf, ours, where, gate, facts);
	while (aw_wire_next(in, &field) == 0) {
		if (field.tag == AW_TAG_ACCOUNT && field.len < sizeof(where)) {
			memcpy(where, field.text, field.len);
			where[field.len] = '\0';
			tell(conf, ours, where, gate, facts);
		}
		if (field.tag != AW_TAG_ROLE || field.len >= sizeof(role) ||
		    !where[0])
			continue;
		memcpy(role, field.text, field.len);
		role[field.len] = '\0';
		aw_access_set_in(conf, facts, where, ours, role);
		if (*gate->set && strcmp(where, gate->account) == 0 &&
		    strcmp(role, gate->set) == 0)
			gate->is_held = true;
	}
}

static void finish_if_done(struct aw_live *live)
{
	const struct aw_live_result result = live->result;

	if (live->person_id != 0)
		return;
	for (size_t i = 0; i < live->accounts.n; i++)
		if (live->roles[i].id != 0)
			return;
	live->fn(live->user, &result);
}

static void take_person(struct aw_live *live, const struct aw_wire_in *in)
{
	struct aw_daemon *daemon = live->daemon;
	bool changed = false;
	int r = 0;

	live->result.person = aw_wire_num(in, AW_TAG_NET, 0);
	live->result.person_fault = aw_netd_fault(in);
	if (live->result.person == AW_NET_OK)
		r = aw_person_refresh(
		    &daemon->state, &daemon->conf, in, live->person, &changed);
	else if (live->result.person == AW_NET_NOT_FOUND)
		r = aw_person_set_missing(&daemon->state, live->person);
	if (r == AW_DENIED)
		live->result.person = AW_NET_BAD_ANSWER;
	/* What was learned must not be forgotten in favour of older facts. */
	live->result.is_lost = r < 0;
	if (r != 0)
		aw_log(LOG_WARNING, "%s: cannot take the live answer: %s",
		    live->person->name,
		    r < 0 ? strerror(-r) : "it makes no sense");
	if (changed)
		aw_publish_soon(&daemon->publish);
}

static void on_person(void *user, const struct aw_wire_in *in, int fd AW_UNUSED)
{
	struct aw_live *live = user;

	live->person_id = 0;
	if (in)
		take_person(live, in);
	aw_outage_note(live->daemon, live->result.person);
	finish_if_done(live);
}

static void take_roles(struct aw_live_roles *roles, const struct aw_wire_in *in)
{
	struct aw_live *live = roles->live;
	struct aw_daemon *daemon = live->daemon;
	struct aw_live_gate gate = { live->account, live->set, false, false };

	aw_live_sets(&daemon->conf, daemon->account, in, roles->account, &gate,
	    &live->result.sets);
	live->result.holds_set = live->result.holds_set || gate.is_held;
	if (strcmp(roles->account, daemon->account) == 0)
		aw_learned_take(daemon, live->person->n, live->session, in);
}

/* What is told of it all: how it went where the set is required, or else in the
 * first account; and that the token has ended, wherever that comes to light. */
static void note_outcome(
    struct aw_live_roles *roles, const struct aw_wire_in *in, enum aw_net net)
{
	struct aw_live *live = roles->live;
	struct aw_live_result *result = &live->result;
	const char *which = *live->set ? live->account : live->accounts.id[0];

	if (result->roles == AW_NET_TOKEN_DEAD ||
	    (net != AW_NET_TOKEN_DEAD && strcmp(roles->account, which) != 0))
		return;
	result->roles = net;
	if (!in)
		return;
	result->roles_fault = aw_netd_fault(in);
	if (aw_wire_text(in, AW_TAG_AWS_REQUEST, result->request,
		sizeof(result->request)) < 0)
		result->request[0] = '\0';
}

static void on_roles(void *user, const struct aw_wire_in *in, int fd AW_UNUSED)
{
	struct aw_live_roles *roles = user;
	struct aw_live *live = roles->live;
	const enum aw_net net =
	    in ? (enum aw_net)aw_wire_num(in, AW_TAG_NET, 0) : 0;

	roles->id = 0;
	note_outcome(roles, in, net);
	aw_outage_note(live->daemon, net);
	if (net == AW_NET_OK)
		take_roles(roles, in);
	finish_if_done(live);
}

static void ask_person(struct aw_live *live)
{
	struct aw_netd *netd = &live->daemon->netd;
	struct aw_wire_out out;

	/* Here the directory is what its publisher says: nobody is asked. */
	if (live->daemon->conf.source == AW_SOURCE_PUBLISHED)
		return;
	aw_netd_begin(netd, AW_MSG_PERSON, &out);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, live->person->principal);
	if (aw_netd_ask(
		netd, &out, AW_LIVE_MS, on_person, live, &live->person_id) < 0)
		live->person_id = 0;
}

static void ask_roles(struct aw_live *live, uint64_t token, size_t i)
{
	struct aw_netd *netd = &live->daemon->netd;
	struct aw_live_roles *roles = &live->roles[i];
	struct aw_wire_out out;

	*roles = (struct aw_live_roles){ .live = live,
		.account = live->accounts.id[i] };
	aw_netd_begin(netd, AW_MSG_ROLES, &out);
	aw_wire_put_num(&out, AW_TAG_TOKEN, token);
	aw_wire_put_text(&out, AW_TAG_ACCOUNT, roles->account);
	if (aw_netd_ask(netd, &out, AW_LIVE_MS, on_roles, roles, &roles->id) <
	    0)
		roles->id = 0;
}

void aw_live_start(struct aw_live *live, struct aw_daemon *daemon,
    struct aw_person *person, const struct aw_live_wish *wish, aw_live_fn *fn,
    void *user)
{
	*live = (struct aw_live){ .daemon = daemon,
		.person = person,
		.session = wish->session,
		.fn = fn,
		.user = user };
	if (aw_copy(live->set, sizeof(live->set), wish->set) < 0 ||
	    (*wish->set && aw_copy(live->account, sizeof(live->account),
			       wish->account) < 0))
		live->set[0] = '\0';
	if (wish->token)
		aw_live_accounts(
		    daemon, false, live->set, live->account, &live->accounts);
	ask_person(live);
	for (size_t i = 0; i < live->accounts.n; i++)
		ask_roles(live, wish->token, i);
	finish_if_done(live);
}

const struct aw_fault *aw_live_fault(
    const struct aw_live_result *result, enum aw_say say)
{
	const struct aw_fault *person = result->person_fault;

	if (person && aw_say_of_net(person->net) == say)
		return person;
	return result->roles_fault ? result->roles_fault : person;
}

void aw_live_cancel(struct aw_live *live)
{
	if (!live->daemon)
		return;
	aw_netd_forget(&live->daemon->netd, live->person_id);
	live->person_id = 0;
	for (size_t i = 0; i < live->accounts.n; i++) {
		aw_netd_forget(&live->daemon->netd, live->roles[i].id);
		live->roles[i].id = 0;
	}
}
