/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules as they are, run without anybody there.
 */
#include "awsssod/explain.h"

#include "awsssod/catalogue.h"
#include "awsssod/daemon.h"
#include "awsssod/decide.h"
#include "awsssod/status.h"
#include "common/proto.h"

static void send_stage(struct aw_conn *conn, const char *stage, enum aw_say say,
    const struct aw_conf_rule *rule)
{
	uint8_t data[AW_WIRE_HEADER + 2048];
	char text[AW_SAY_SIZE], line[300];
	struct aw_wire_out out;

	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_EXPLAINED);
	aw_wire_put_text(&out, AW_TAG_STAGE, stage);
	aw_wire_put_num(&out, AW_TAG_VERDICT, aw_say_verdict(say));
	aw_wire_put_text(
	    &out, AW_TAG_TEXT, aw_say_text(say, NULL, text, sizeof(text)));
	if (rule)
		aw_wire_put_text(&out, AW_TAG_RULE,
		    aw_conf_rule_show(
			&conn->daemon->conf.access, rule, line, sizeof(line)));
	aw_conn_send(conn, &out);
}

static void send_end(struct aw_conn *conn)
{
	const uint64_t age = aw_daemon_directory_age(conn->daemon);
	uint8_t data[AW_WIRE_HEADER + 128];
	struct aw_wire_out out;
	int64_t generation = 0;

	if (aw_state_get_num(&conn->daemon->state, "generation", &generation) !=
	    0)
		generation = 0;
	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_DONE);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_num(&out, AW_TAG_GENERATION, (uint64_t)generation);
	aw_wire_put_num(&out, AW_TAG_DIRECTORY_AGE, age);
	aw_conn_send(conn, &out);
}

static int explain_person(struct aw_conn *conn, const struct aw_wire_in *in)
{
	static const struct {
		const char *word;
		enum aw_stage stage;
	} stages[] = {
		{ "before a code", AW_STAGE_BEFORE_CODE },
		{ "account phase", AW_STAGE_ACCOUNT },
	};
	char user[AW_NAME_SIZE], service[65];
	struct aw_person person;
	enum aw_say who;

	if (aw_wire_text(in, AW_TAG_USER, user, sizeof(user)) != 0 ||
	    aw_wire_text(in, AW_TAG_SERVICE, service, sizeof(service)) != 0)
		return AW_DENIED;
	who = aw_decide_who(conn->daemon, user, &person);
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		const struct aw_conf_rule *rule = NULL;
		enum aw_say say = who;

		if (who == AW_SAY_ALLOWED)
			say = aw_decide(conn->daemon, &person, service, NULL,
			    stages[i].stage, &rule);
		send_stage(conn, stages[i].word, say, rule);
	}
	send_end(conn);
	return 0;
}

static void send_event(struct aw_conn *conn, sqlite3_stmt *row)
{
	static const struct {
		uint16_t tag;
		int column;
	} texts[] = {
		{ AW_TAG_USER, 1 },
		{ AW_TAG_SERVICE, 2 },
		{ AW_TAG_CODE, 4 },
		{ AW_TAG_TEXT, 5 },
		{ AW_TAG_RHOST, 6 },
		{ AW_TAG_DETAIL, 8 },
	};
	uint8_t data[AW_WIRE_HEADER + 4096];
	struct aw_wire_out out;

	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_EVENT);
	aw_wire_put_num(
	    &out, AW_TAG_TIME, (uint64_t)sqlite3_column_int64(row, 0));
	aw_wire_put_num(
	    &out, AW_TAG_VERDICT, (uint64_t)sqlite3_column_int64(row, 3));
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (*aw_state_text(row, texts[i].column))
			aw_wire_put_text(&out, texts[i].tag,
			    aw_state_text(row, texts[i].column));
	aw_wire_put_text(
	    &out, AW_TAG_ACTION, aw_say_action(aw_state_text(row, 7)));
	aw_conn_send(conn, &out);
}

static int explain_code(struct aw_conn *conn, const struct aw_wire_in *in)
{
	struct aw_state *state = &conn->daemon->state;
	sqlite3_stmt *row;
	char code[17];
	int r;

	if (aw_wire_text(in, AW_TAG_CODE, code, sizeof(code)) != 0)
		return AW_DENIED;
	r = aw_state_start(state, AW_Q_EVENT_OF_CODE, &row, "s", code);
	if (r == 0)
		r = aw_state_next(state, row);
	if (r == 0) {
		send_event(conn, row);
		aw_state_stop(row);
	}
	if (r == AW_END)
		aw_status_done(conn, AW_NET_NOT_FOUND,
		    "no denial of the last 10,000 events has this code");
	else
		aw_status_done(conn, r < 0 ? AW_NET_CONFIG : AW_NET_OK,
		    r < 0 ? "state.db cannot be read" : "");
	return 0;
}

int aw_explain(struct aw_conn *conn, const struct aw_wire_in *in)
{
	return in->type == AW_MSG_EXPLAIN ? explain_person(conn, in)
					  : explain_code(conn, in);
}
