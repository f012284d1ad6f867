/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two questions, one answer.
 */
#include "awsssod/live.h"

#include <string.h>

#include "awsssod/daemon.h"
#include "awsssod/learned.h"
#include "awsssod/log.h"
#include "common/fault.h"
#include "common/proto.h"

void aw_live_sets(const struct aw_conf *conf, const struct aw_wire_in *in,
    const char *set, struct aw_access_facts *ret, bool *ret_holds)
{
	struct aw_wire_field field = { 0 };
	char role[65];

	*ret = (struct aw_access_facts){ .sets_known = true };
	*ret_holds = false;
	while (aw_wire_next(in, &field) == 0) {
		if (field.tag != AW_TAG_ROLE || field.len >= sizeof(role))
			continue;
		memcpy(role, field.text, field.len);
		role[field.len] = '\0';
		aw_access_set(conf, ret, role);
		if (*set && strcmp(role, set) == 0)
			*ret_holds = true;
	}
}

static void finish_if_done(struct aw_live *live)
{
	const struct aw_live_result result = live->result;

	if (live->person_id == 0 && live->roles_id == 0)
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

static void on_roles(void *user, const struct aw_wire_in *in, int fd AW_UNUSED)
{
	struct aw_live *live = user;
	struct aw_live_result *result = &live->result;

	live->roles_id = 0;
	if (in) {
		result->roles = aw_wire_num(in, AW_TAG_NET, 0);
		result->roles_fault = aw_netd_fault(in);
		if (aw_wire_text(in, AW_TAG_AWS_REQUEST, result->request,
			sizeof(result->request)) < 0)
			result->request[0] = '\0';
	}
	aw_outage_note(live->daemon, result->roles);
	if (result->roles == AW_NET_OK) {
		aw_live_sets(&live->daemon->conf, in, live->set, &result->sets,
		    &result->holds_set);
		if (live->is_home)
			aw_learned_take(
			    live->daemon, live->person->n, live->session, in);
	}
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

static void ask_roles(struct aw_live *live, const struct aw_live_wish *wish)
{
	struct aw_netd *netd = &live->daemon->netd;
	struct aw_wire_out out;

	if (wish->token == 0)
		return;
	aw_netd_begin(netd, AW_MSG_ROLES, &out);
	aw_wire_put_num(&out, AW_TAG_TOKEN, wish->token);
	aw_wire_put_text(&out, AW_TAG_ACCOUNT, wish->account);
	if (aw_netd_ask(
		netd, &out, AW_LIVE_MS, on_roles, live, &live->roles_id) < 0)
		live->roles_id = 0;
}

void aw_live_start(struct aw_live *live, struct aw_daemon *daemon,
    struct aw_person *person, const struct aw_live_wish *wish, aw_live_fn *fn,
    void *user)
{
	*live = (struct aw_live){ .daemon = daemon,
		.person = person,
		.session = wish->session,
		.is_home = wish->token != 0 &&
			   strcmp(wish->account, daemon->account) == 0,
		.fn = fn,
		.user = user };
	if (aw_copy(live->set, sizeof(live->set), wish->set) < 0)
		live->set[0] = '\0';
	ask_person(live);
	ask_roles(live, wish);
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
	aw_netd_forget(&live->daemon->netd, live->roles_id);
	live->person_id = 0;
	live->roles_id = 0;
}
