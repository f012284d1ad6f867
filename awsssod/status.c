/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people and administrators ask.
 */
#include "awsssod/status.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "awsssod/daemon.h"
#include "awsssod/explain.h"
#include "awsssod/ids.h"
#include "awsssod/person.h"
#include "awsssod/revoke.h"
#include "awsssod/scim_expiry.h"
#include "awsssod/sets.h"
#include "common/conf_value.h"
#include "common/own.h"
#include "common/proto.h"

#define EVENTS_SHOWN 100

static void put_fact(struct aw_daemon *daemon, struct aw_wire_out *out,
    uint16_t tag, const char *key)
{
	char text[257];

	if (aw_state_get(&daemon->state, key, text, sizeof(text)) == 0 &&
	    text[0])
		aw_wire_put_text(out, tag, text);
}

static void put_requests(const struct aw_sweep *sweep, struct aw_wire_out *out)
{
	const uint64_t expected = aw_sweep_expected(sweep);

	aw_wire_put_num(out, AW_TAG_REQUESTS, sweep->requests);
	if (expected)
		aw_wire_put_num(out, AW_TAG_EXPECTED, expected);
	aw_wire_put_num(out, AW_TAG_RATE, sweep->daemon->conf.sweep_rate);
}

static void put_running(const struct aw_sweep *sweep, struct aw_wire_out *out)
{
	char state[257] = "running";

	if (sweep->waits[0])
		aw_ignore(aw_fmt(state, sizeof(state), "running, waits: %.230s",
		    sweep->waits));
	aw_wire_put_text(out, AW_TAG_SWEEP_STATE, state);
}

static void put_sweep(struct aw_daemon *daemon, struct aw_wire_out *out)
{
	const struct aw_sweep *sweep = &daemon->sweep;
	const uint64_t now = aw_sock_now_ms();
	int64_t members;
	char held[257];

	if (sweep->net)
		aw_wire_put_num(out, AW_TAG_NET, sweep->net);
	if (sweep->text[0])
		aw_wire_put_text(out, AW_TAG_TEXT, sweep->text);
	if (daemon->state.broken)
		aw_wire_put_text(
		    out, AW_TAG_SWEEP_STATE, "state.db is damaged");
	else if (aw_sweep_is_running(sweep))
		put_running(sweep, out);
	else if (aw_state_get(&daemon->state, "held", held, sizeof(held)) ==
		     0 &&
		 held[0])
		aw_wire_put_text(out, AW_TAG_SWEEP_STATE, held);
	else if (daemon->publish.trouble[0])
		aw_wire_put_text(
		    out, AW_TAG_SWEEP_STATE, daemon->publish.trouble);
	else
		aw_wire_put_text(out, AW_TAG_SWEEP_STATE, "idle");
	put_requests(sweep, out);
	if (aw_state_get_num(&daemon->state, "members", &members) != 0)
		members = 0;
	aw_wire_put_num(out, AW_TAG_MEMBERS, (uint64_t)members);
	if (!aw_sweep_is_running(sweep))
		aw_wire_put_num(out, AW_TAG_NEXT_SWEEP,
		    sweep->next_ms > now ? (sweep->next_ms - now) / 1000 : 0);
}

static void put_census(struct aw_daemon *daemon, struct aw_wire_out *out)
{
	const struct aw_census *census = &daemon->census;

	/* What cannot be counted now is as it was. */
	aw_ignore(aw_census_take(&daemon->census, &daemon->state));
	aw_wire_put_num(out, AW_TAG_USERS, (uint64_t)census->users);
	aw_wire_put_num(out, AW_TAG_GROUPS, (uint64_t)census->groups);
	aw_wire_put_num(out, AW_TAG_SETS, (uint64_t)census->sets);
	aw_wire_put_num(out, AW_TAG_GRANTS, (uint64_t)census->holds);
	aw_wire_put_num(
	    out, AW_TAG_SETS_KNOWN, aw_sets_are_known(&daemon->state));
	aw_wire_put_num(out, AW_TAG_SKIPPED, (uint64_t)census->skipped);
}

static void put_counts(struct aw_daemon *daemon, struct aw_wire_out *out)
{
	const uint64_t age = aw_daemon_directory_age(daemon);
	int64_t generation = 0;

	if (aw_state_get_num(&daemon->state, "generation", &generation) != 0)
		generation = 0;
	aw_wire_put_num(out, AW_TAG_GENERATION, (uint64_t)generation);
	if (age != UINT64_MAX)
		aw_wire_put_num(out, AW_TAG_DIRECTORY_AGE, age);
	put_census(daemon, out);
	aw_wire_put_num(
	    out, AW_TAG_FLOWS, aw_attempts_count_open(&daemon->attempts));
	aw_wire_put_num(out, AW_TAG_SESSIONS, daemon->sessions.n);
	aw_wire_put_num(out, AW_TAG_ALLOWED, daemon->n_allowed);
	aw_wire_put_num(out, AW_TAG_DENIED, daemon->n_denied);
}

static void put_expiries(struct aw_daemon *daemon, struct aw_wire_out *out)
{
	const uint64_t now = (uint64_t)time(NULL);
	uint64_t end;

	if (aw_scim_expiry_left(&daemon->conf, (time_t)now, &end))
		aw_wire_put_num(out, AW_TAG_EXPIRES_IN, end);
	if (aw_conf_value_day(daemon->conf.saml_certificate_expires, &end))
		aw_wire_put_num(
		    out, AW_TAG_SAML_EXPIRES, end > now ? end - now : 0);
}

static void put_provider(struct aw_daemon *daemon, struct aw_wire_out *out)
{
	static const char *const sources[] = { "identity-store", "scim",
		"published" };
	const struct aw_conf *conf = &daemon->conf;
	int64_t updated;

	aw_wire_put_text(out, AW_TAG_SOURCE, sources[conf->source]);
	if (conf->regions.n > 0)
		aw_wire_put_text(out, AW_TAG_REGION, conf->regions.item[0]);
	if (conf->source != AW_SOURCE_PUBLISHED &&
	    aw_state_get_num(&daemon->state, "updated", &updated) == 0 &&
	    updated > 0)
		aw_wire_put_num(out, AW_TAG_UPDATED, (uint64_t)updated);
}

static void put_today(struct aw_daemon *daemon, struct aw_wire_out *out)
{
	aw_today_count(&daemon->today, &daemon->state, time(NULL));
	for (uint64_t i = 1; i < AW_VERDICT_MAX_; i++) {
		aw_wire_put_num(out, AW_TAG_VERDICT, i);
		aw_wire_put_num(out, AW_TAG_COUNT, daemon->today.n[i]);
	}
}

static void send_status(struct aw_conn *conn)
{
	aw_own_free uint8_t *data = malloc(AW_WIRE_MAX);
	struct aw_daemon *daemon = conn->daemon;
	struct aw_wire_out out;

	if (!data)
		return;
	aw_conn_begin(conn, &out, data, AW_WIRE_MAX, AW_MSG_STATUS_IS);
	put_fact(daemon, &out, AW_TAG_STORE, "store");
	put_counts(daemon, &out);
	put_sweep(daemon, &out);
	put_expiries(daemon, &out);
	put_provider(daemon, &out);
	put_today(daemon, &out);
	aw_conn_send(conn, &out);
}

void aw_status_done(struct aw_conn *conn, uint64_t net, const char *text)
{
	uint8_t data[AW_WIRE_HEADER + 2048];
	struct aw_wire_out out;

	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_DONE);
	aw_wire_put_num(&out, AW_TAG_NET, net);
	if (*text)
		aw_wire_put_text(&out, AW_TAG_TEXT, text);
	aw_conn_send(conn, &out);
}

void aw_status_refuse(struct aw_conn *conn, enum aw_say say)
{
	char text[AW_SAY_SIZE];

	aw_status_done(
	    conn, AW_NET_REFUSED, aw_say_text(say, NULL, text, sizeof(text)));
}

/* A connection that waits for the sweep has it as its operation. */
static void sync_free(void *op AW_UNUSED)
{
}

static bool waits_for_sweep(const struct aw_conn *conn)
{
	return conn->op == &conn->daemon->sweep;
}

void aw_status_progress(struct aw_daemon *daemon)
{
	uint8_t data[AW_WIRE_HEADER + 512];
	struct aw_wire_out out;

	for (struct aw_conn *c = daemon->server.conns; c; c = c->next) {
		if (!waits_for_sweep(c))
			continue;
		aw_conn_begin(c, &out, data, sizeof(data), AW_MSG_PROGRESS);
		aw_wire_put_num(
		    &out, AW_TAG_USERS, daemon->sweep.staging.users);
		aw_wire_put_num(
		    &out, AW_TAG_GROUPS, daemon->sweep.staging.groups);
		aw_wire_put_num(
		    &out, AW_TAG_MEMBERS, daemon->sweep.staging.members);
		put_requests(&daemon->sweep, &out);
		if (daemon->sweep.waits[0])
			aw_wire_put_text(
			    &out, AW_TAG_TEXT, daemon->sweep.waits);
		aw_conn_send(c, &out);
	}
}

void aw_status_sync_done(struct aw_daemon *daemon)
{
	const char *trouble = daemon->publish.trouble;

	/* Who waits wants to see the new generation, and is told again when
	 * it is in place, or cannot be. */
	if (aw_sweep_is_running(&daemon->sweep) ||
	    (aw_publish_is_busy(&daemon->publish) && !*trouble))
		return;
	for (struct aw_conn *c = daemon->server.conns; c; c = c->next) {
		if (!waits_for_sweep(c))
			continue;
		if (*trouble && daemon->sweep.net == AW_NET_OK)
			aw_status_done(c, AW_NET_CONFIG, trouble);
		else
			aw_status_done(
			    c, daemon->sweep.net, daemon->sweep.text);
		aw_conn_end_op(c);
	}
}

static void start_sync(struct aw_conn *conn, const struct aw_wire_in *in)
{
	aw_conn_set_op(conn, &conn->daemon->sweep, sync_free);
	aw_sweep_start(
	    &conn->daemon->sweep, aw_wire_num(in, AW_TAG_ACCEPT_LOSS, 0) == 1);
}

static void send_event(struct aw_conn *conn, sqlite3_stmt *row)
{
	uint8_t data[AW_WIRE_HEADER + 2048];
	struct aw_wire_out out;

	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_EVENT);
	aw_wire_put_num(
	    &out, AW_TAG_TIME, (uint64_t)sqlite3_column_int64(row, 0));
	aw_wire_put_text(&out, AW_TAG_USER, aw_state_text(row, 1));
	aw_wire_put_text(&out, AW_TAG_SERVICE, aw_state_text(row, 2));
	aw_wire_put_num(
	    &out, AW_TAG_VERDICT, (uint64_t)sqlite3_column_int64(row, 3));
	aw_wire_put_text(&out, AW_TAG_CODE, aw_state_text(row, 4));
	aw_wire_put_text(&out, AW_TAG_TEXT, aw_state_text(row, 5));
	if (*aw_state_text(row, 6))
		aw_wire_put_text(&out, AW_TAG_RHOST, aw_state_text(row, 6));
	aw_conn_send(conn, &out);
}

/* Whose events @in asks for: named, or the peer's own; "" is everybody's, and
 * root's alone. */
static int whose(
    struct aw_conn *conn, const struct aw_wire_in *in, char *buf, size_t size)
{
	struct aw_person person;
	int r;

	r = aw_wire_text(in, AW_TAG_USER, buf, size);
	if (r != AW_ABSENT)
		return r == 0 ? 0 : AW_DENIED;
	if (conn->peer.uid == conn->daemon->settings.root)
		return 0;
	if (aw_person_by_uid(&conn->daemon->state, conn->peer.uid, &person) !=
	    0)
		return AW_UNKNOWN;
	return aw_copy(buf, size, person.name) < 0 ? AW_DENIED : 0;
}

static int send_events(struct aw_conn *conn, const struct aw_wire_in *in)
{
	struct aw_state *state = &conn->daemon->state;
	char user[AW_NAME_SIZE];
	sqlite3_stmt *row;
	int r;

	r = whose(conn, in, user, sizeof(user));
	if (r == AW_DENIED)
		return AW_DENIED;
	if (r == 0)
		r = aw_state_start(state,
		    user[0] ? AW_Q_EVENTS_OF : AW_Q_EVENTS, &row,
		    user[0] ? "is" : "i", (int64_t)EVENTS_SHOWN, user);
	while (r == 0) {
		r = aw_state_next(state, row);
		if (r == 0)
			send_event(conn, row);
	}
	aw_status_done(conn, r < 0 ? AW_NET_CONFIG : AW_NET_OK,
	    r < 0 ? "state.db cannot be read" : "");
	return 0;
}

int aw_status_handle(struct aw_conn *conn, const struct aw_wire_in *in)
{
	switch (in->type) {
	case AW_MSG_STATUS:
		send_status(conn);
		return 0;
	case AW_MSG_SYNC:
		start_sync(conn, in);
		return 0;
	case AW_MSG_WHY:
		return send_events(conn, in);
	case AW_MSG_EXPLAIN:
	case AW_MSG_EXPLAIN_CODE:
		return aw_explain(conn, in);
	case AW_MSG_REVOKE:
		return aw_revoke(conn, in);
	case AW_MSG_SKIPPED:
	case AW_MSG_IDS:
		aw_ids_list(conn, in);
		return 0;
	case AW_MSG_IDS_ADOPT:
		aw_ids_adopt(conn, in);
		return 0;
	case AW_MSG_IDS_RENAME:
		aw_ids_rename(conn, in);
		return 0;
	case AW_MSG_IDS_IMPORT:
		aw_ids_import(conn, in);
		return 0;
	default:
		return AW_DENIED;
	}
}
