/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a hint to a person: ask awssso-netd, take the answer into the
 * directory, publish.  Nobody waits for it.
 */
#include <string.h>
#include <time.h>

#include "awsssod/daemon.h"
#include "awsssod/hint.h"
#include "awsssod/ledger.h"
#include "awsssod/local.h"
#include "awsssod/log.h"
#include "awsssod/person.h"
#include "awsssod/register.h"
#include "common/proto.h"

#define LOOKUP_MS 10000

void aw_hints_init(struct aw_hints *hints, struct aw_daemon *daemon)
{
	memset(hints, 0, sizeof(*hints));
	hints->daemon = daemon;
}

void aw_hints_done(struct aw_hints *hints)
{
	for (size_t i = 0; i < AW_HINT_PER_MINUTE && hints->daemon; i++)
		aw_netd_forget(&hints->daemon->netd, hints->last[i].request);
}

/* With a scope the host knows only part of the directory: a newcomer belongs
 * to it by a group that it knows, or where the scope is who is assigned, by
 * an assignment. */
static int is_in_scope(struct aw_daemon *daemon, const struct aw_wire_in *in)
{
	struct aw_wire_field field = { 0 };
	char id[AW_PRINCIPAL_SIZE];
	int64_t n;
	int r;

	if (daemon->conf.scope.n == 0 ||
	    aw_wire_num(in, AW_TAG_ASSIGNED, 0) == 1)
		return 0;
	while (aw_wire_next(in, &field) == 0) {
		if (field.tag != AW_TAG_GROUP_ID || field.len >= sizeof(id))
			continue;
		memcpy(id, field.text, field.len);
		id[field.len] = '\0';
		r = aw_state_number(&daemon->state, AW_Q_GROUP_PRESENT, &n,
		    "ss", daemon->conf.identity_store_id, id);
		if (r != AW_ABSENT)
			return r;
	}
	return AW_DENIED;
}

struct fields {
	char id[AW_PRINCIPAL_SIZE], user_name[AW_USER_NAME_MAX + 1];
	char display[4097], status[33];
};

static bool read_fields(const struct aw_wire_in *in, struct fields *ret)
{
	return aw_wire_text(
		   in, AW_TAG_PRINCIPAL_ID, ret->id, sizeof(ret->id)) == 0 &&
	       aw_wire_text(in, AW_TAG_USER_NAME, ret->user_name,
		   sizeof(ret->user_name)) == 0 &&
	       aw_wire_text(in, AW_TAG_DISPLAY_NAME, ret->display,
		   sizeof(ret->display)) >= 0 &&
	       aw_wire_text(in, AW_TAG_USER_STATUS, ret->status,
		   sizeof(ret->status)) >= 0 &&
	       ret->id[0] && ret->user_name[0];
}

/* One transaction: the person is there with a name and an id, or not. */
static int write_person(struct aw_daemon *daemon, const struct fields *fields)
{
	const struct aw_settings *settings = &daemon->settings;
	struct aw_state *state = &daemon->state;
	int64_t changes = 0;
	int r;

	if ((r = aw_state_run(state, AW_Q_HINT_ADD, "ssssi",
		 daemon->conf.identity_store_id, fields->id, fields->user_name,
		 fields->display,
		 (int64_t)(strcmp(fields->status, "DISABLED") == 0))) != 0 ||
	    (r = aw_local_read(state, &settings->local)) != 0 ||
	    (r = aw_register_newcomers(
		 state, &daemon->conf, aw_ledger_sha256, &changes)) != 0)
		return r;
	return aw_state_run(state, AW_Q_GENERATION_NEXT, "");
}

static int add_person(struct aw_daemon *daemon, const struct fields *fields)
{
	struct aw_state *state = &daemon->state;
	int r;

	r = aw_state_begin(state);
	if (r == 0)
		r = write_person(daemon, fields);
	if (r == 0)
		r = aw_state_commit(state);
	if (r != 0)
		aw_state_rollback(state);
	return r;
}

/* Take the person of @in into the directory.  AW_DENIED with @why when it is
 * not one to be known here. */
static int take_person(struct aw_daemon *daemon, const char *name,
    const struct aw_wire_in *in, struct aw_diag *why)
{
	struct aw_person person;
	struct fields fields;
	bool changed;
	int r;

	if (!read_fields(in, &fields)) {
		aw_diag_set(why, "the answer lacks a field");
		return AW_DENIED;
	}
	r = is_in_scope(daemon, in);
	if (r == AW_DENIED)
		aw_diag_set(why, "not known to be in the scope: "
				 "the next sweep tells (awssso sync)");
	if (r == 0)
		r = add_person(daemon, &fields);
	if (r == 0)
		r = aw_person_by_name(&daemon->state, name, &person);
	if (r == 0 && strcmp(person.principal, fields.id) != 0)
		r = AW_UNKNOWN;
	if (r == AW_UNKNOWN) {
		aw_diag_set(why, "has no Linux name here: see "
				 "`awssso status --skipped`");
		return AW_DENIED;
	}
	if (r != 0)
		return r;
	return aw_person_refresh(
	    &daemon->state, &daemon->conf, in, &person, &changed);
}

static void on_answer(void *user, const struct aw_wire_in *in, int fd AW_UNUSED)
{
	struct aw_hint *hint = user;
	struct aw_daemon *daemon = hint->daemon;
	const uint64_t net = in ? aw_wire_num(in, AW_TAG_NET, 0) : 0;
	struct aw_diag why = { .text = "" };
	int r;

	hint->request = 0;
	if (net == AW_NET_NOT_FOUND)
		aw_hints_unknown(&daemon->hints, hint->name, aw_sock_now_ms());
	if (net != AW_NET_OK) {
		aw_log(LOG_INFO, "hint: %s: %s", hint->name,
		    in ? aw_net_word(net) : "no answer");
		return;
	}
	r = take_person(daemon, hint->name, in, &why);
	if (r < 0)
		aw_diag_set(&why, "state.db: %s", strerror(-r));
	if (r == 0)
		aw_publish_soon(&daemon->publish);
	aw_log(r < 0 ? LOG_WARNING : LOG_INFO, "hint: %s: %s", hint->name,
	    r == 0 ? "fetched" : why.text);
}

/* Whom a sweep has read already is known, whatever keeps them from being
 * shown; and before the first sweep there is nothing to add to. */
static bool is_worth_it(struct aw_daemon *daemon, const char *name)
{
	struct aw_person person;
	int64_t generation;
	int r;

	if (daemon->conf.hints == 0 ||
	    daemon->conf.source == AW_SOURCE_PUBLISHED ||
	    aw_name_judge(name, false) == 0 ||
	    aw_state_get_num(&daemon->state, "generation", &generation) != 0)
		return false;
	r = aw_person_by_name(&daemon->state, name, &person);
	return r == AW_UNKNOWN ||
	       (r == 0 && (!person.present || person.missing));
}

static void ask(struct aw_daemon *daemon, struct aw_hint *hint)
{
	struct aw_hint_names names;
	struct aw_name_rules rules;
	struct aw_wire_out out;

	if (aw_register_rules(&daemon->state, &daemon->conf, &rules) < 0)
		return;
	aw_hint_names(&rules, hint->name, &names);
	if (names.n == 0)
		return;
	aw_netd_forget(&daemon->netd, hint->request);
	hint->request = 0;
	hint->daemon = daemon;
	aw_netd_begin(&daemon->netd, AW_MSG_LOOKUP, &out);
	for (unsigned i = 0; i < names.n; i++)
		aw_wire_put_text(&out, AW_TAG_USER_NAME, names.user_name[i]);
	if (aw_netd_ask(&daemon->netd, &out, LOOKUP_MS, on_answer, hint,
		&hint->request) < 0)
		aw_log(LOG_INFO, "hint: %s: awssso-netd cannot be reached",
		    hint->name);
}

static void remember_key(
    struct aw_hints *hints, const struct aw_ask *ask, uint64_t now_ms)
{
	struct aw_hint_key *key = &hints->keys[hints->keys_at];

	if (!ask->key_is_connection || aw_hint_was(hints, ask, now_ms) ||
	    aw_copy(key->key, sizeof(key->key), ask->key) < 0)
		return;
	key->until_ms = now_ms + AW_HINT_KEY_MS;
	hints->keys_at = (hints->keys_at + 1) % AW_HINT_KEYS_MAX;
}

void aw_hint_take(struct aw_conn *conn, const struct aw_ask *request)
{
	struct aw_daemon *daemon = conn->daemon;
	const uint64_t now = aw_sock_now_ms();
	struct aw_hint *hint;

	remember_key(&daemon->hints, request, now);
	if (!is_worth_it(daemon, request->user))
		return;
	hint =
	    aw_hints_admit(&daemon->hints, request->user, request->source, now);
	if (hint)
		ask(daemon, hint);
}
