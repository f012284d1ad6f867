/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules as they are, run without anybody there, now or as of a time.
 */
#include "awsssod/explain.h"

#include "awsssod/catalogue.h"
#include "awsssod/daemon.h"
#include "awsssod/decide.h"
#include "awsssod/history.h"
#include "awsssod/status.h"
#include "common/proto.h"

/* The line of the policy, if there is one. */
static void put_rule(const struct aw_conn *conn, struct aw_wire_out *out,
    const struct aw_conf_rule *rule)
{
	char line[300];

	if (rule)
		aw_wire_put_text(out, AW_TAG_RULE,
		    aw_conf_rule_show(
			&conn->daemon->conf.access, rule, line, sizeof(line)));
}

static void send_verdict(struct aw_conn *conn, const char *stage,
    enum aw_verdict verdict, const char *text, const struct aw_conf_rule *rule)
{
	uint8_t data[AW_WIRE_HEADER + 2048];
	struct aw_wire_out out;

	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_EXPLAINED);
	aw_wire_put_text(&out, AW_TAG_STAGE, stage);
	aw_wire_put_num(&out, AW_TAG_VERDICT, verdict);
	aw_wire_put_text(&out, AW_TAG_TEXT, text);
	put_rule(conn, &out, rule);
	aw_conn_send(conn, &out);
}

static void send_stage(struct aw_conn *conn, const char *stage, enum aw_say say,
    const struct aw_conf_rule *rule)
{
	char text[AW_SAY_SIZE];

	send_verdict(conn, stage, aw_say_verdict(say),
	    aw_say_text(say, NULL, text, sizeof(text)), rule);
}

static void send_setting(struct aw_conn *conn, const char *word,
    const char *text, const struct aw_conf_rule *rule, const char *means)
{
	uint8_t data[AW_WIRE_HEADER + 2048];
	struct aw_wire_out out;

	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_EXPLAINED);
	aw_wire_put_text(&out, AW_TAG_STAGE, word);
	aw_wire_put_text(&out, AW_TAG_TEXT, text);
	put_rule(conn, &out, rule);
	aw_wire_put_text(&out, AW_TAG_DETAIL, means);
	aw_conn_send(conn, &out);
}

/* A setting of the policy; when it is not set it is as @unset. */
static void send_of_policy(struct aw_conn *conn, const char *service,
    enum aw_rule_kind kind, const char *unset, const char *means)
{
	const struct aw_conf_rule *rule =
	    aw_conf_access_setting(&conn->daemon->conf.access, service, kind);

	send_setting(conn, aw_conf_rule_word(kind, true),
	    rule ? rule->text : unset, rule, means);
}

static void send_span(
    struct aw_conn *conn, const char *word, uint64_t seconds, const char *means)
{
	char text[24];

	aw_ignore(
	    aw_fmt(text, sizeof(text), "%llus", (unsigned long long)seconds));
	send_setting(conn, word, text, NULL, means);
}

/* What decides besides the lines: whether there is a code, and whether one is
 * needed at all. */
static void send_settings(struct aw_conn *conn, const char *service)
{
	const struct aw_conf *conf = &conn->daemon->conf;

	send_of_policy(conn, service, AW_RULE_KEY_FIRST, "no",
	    aw_conf_access_key_first(&conf->access, service)
		? "no code before a key of the person's, or from outside a "
		  "session of theirs"
		: "a code is made for whoever may log in");
	send_span(conn, "session_reuse", conf->session_reuse,
	    conf->session_reuse == 0 ? "each ssh connection needs a code"
	    : aw_access_wants_sets(conf)
		? "of no use: the policy asks for permission sets, so each ssh "
		  "connection needs a code"
		: "an ssh connection that proves the key of one that was "
		  "approved so long ago needs no code");
	send_span(conn, "reuse", conf->reuse,
	    "an approval of the same session needs no new one for so long, "
	    "unless the PAM line says reuse= or reauth=; at ssh it never "
	    "counts");
	send_of_policy(conn, service, AW_RULE_GRACE, "0",
	    aw_conf_access_grace(&conf->access, service) == 0
		? "nothing goes on without AWS that needs it"
		: "while AWS cannot be asked, the last proof of a session "
		  "counts for so long");
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

/* What it rested on is root's to know. */
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
		if (*aw_state_text(row, texts[i].column) &&
		    (texts[i].tag != AW_TAG_DETAIL || !conn->is_other))
			aw_wire_put_text(&out, texts[i].tag,
			    aw_state_text(row, texts[i].column));
	if (!conn->is_other)
		aw_wire_put_text(
		    &out, AW_TAG_ACTION, aw_say_action(aw_state_text(row, 7)));
	aw_conn_send(conn, &out);
}

/* --- as of a time ------------------------------------------------------ */

static int not_on_record(struct aw_conn *conn, const char *why)
{
	aw_status_done(conn, AW_NET_NOT_FOUND, why);
	return 0;
}

/* A group outside of the scope is known of while somebody signs in only. */
static bool has_all_groups(struct aw_daemon *daemon)
{
	const struct aw_conf *conf = &daemon->conf;

	for (size_t i = 0; conf->scope.n > 0 && i < conf->access.n_rules; i++) {
		const struct aw_conf_rule *rule = &conf->access.rule[i];
		int64_t n;

		if (rule->kind == AW_RULE_GROUP && !rule->pin[0] &&
		    aw_state_number(&daemon->state, AW_Q_GROUP_BY_ID, &n, "ss",
			conf->identity_store_id, rule->text) != 0)
			return false;
	}
	return true;
}

/* The last decision that is kept, as it was made then. */
static void send_last(
    struct aw_conn *conn, const char *user, const char *service, int64_t at)
{
	struct aw_state *state = &conn->daemon->state;
	sqlite3_stmt *row;
	int r;

	r = aw_state_start(
	    state, AW_Q_EVENT_BEFORE, &row, "ssi", user, service, at);
	if (r == 0)
		r = aw_state_next(state, row);
	if (r != 0)
		return;
	send_event(conn, row);
	aw_state_stop(row);
}

/* By the policy of now; false when the record does not tell.  Whom a held sweep
 * lacked started no sign-in, and was let in otherwise. */
static bool judge_then(struct aw_conn *conn, const char *service,
    const struct aw_person *person, const struct aw_access_facts *facts)
{
	static const char *const stages[] = { "sign-in then",
		"account phase then" };
	const struct aw_conf_rule *rule = NULL;
	const enum aw_access access =
	    aw_access_judge(&conn->daemon->conf, service, facts, &rule);
	enum aw_say say = AW_SAY_ALLOWED;

	if (!person->present || person->hidden)
		say = AW_SAY_ABSENT;
	else if (person->disabled)
		say = AW_SAY_DISABLED;
	else if (access == AW_ACCESS_NO)
		say = AW_SAY_NOT_ALLOWED;
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		if (say == AW_SAY_ALLOWED && access == AW_ACCESS_UNKNOWN)
			send_verdict(conn, stages[i], AW_VERDICT_UNAVAIL,
			    "Who held which permission set is not on record.",
			    rule);
		else if (say == AW_SAY_ALLOWED && person->missing && i == 0)
			send_stage(conn, stages[i], AW_SAY_ABSENT, NULL);
		else
			send_stage(conn, stages[i], say,
			    say == AW_SAY_ALLOWED || say == AW_SAY_NOT_ALLOWED
				? rule
				: NULL);
	return say != AW_SAY_ALLOWED || access != AW_ACCESS_UNKNOWN;
}

static int explain_past(
    struct aw_conn *conn, const char *user, const char *service, int64_t at)
{
	struct aw_daemon *daemon = conn->daemon;
	struct aw_access_facts facts;
	struct aw_person person;
	int64_t from;
	bool is_told;
	int r;

	if (aw_history_from(&daemon->state, &from) != 0 || at < from)
		return not_on_record(conn,
		    "what was known at that time is not on record any more, "
		    "or not yet");
	if (!has_all_groups(daemon))
		return not_on_record(conn,
		    "a line of the policy names a group outside of the scope, "
		    "of which no record is kept");
	r = aw_person_by_name(&daemon->state, user, &person);
	if (r == AW_UNKNOWN)
		return not_on_record(conn,
		    "nobody of the directory has, or had, this name here");
	if (r == 0)
		r = aw_history_person(
		    &daemon->state, &daemon->conf, at, &person, &facts);
	if (r < 0) {
		aw_status_done(conn, AW_NET_CONFIG, "state.db cannot be read");
		return 0;
	}
	is_told = judge_then(conn, service, &person, &facts);
	send_last(conn, user, service, at);
	if (!is_told)
		return not_on_record(
		    conn, "what decides was not known to the record");
	aw_status_done(conn, AW_NET_OK, "");
	return 0;
}

/* --- now --------------------------------------------------------------- */

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
	uint64_t at;

	if (aw_wire_text(in, AW_TAG_USER, user, sizeof(user)) != 0 ||
	    aw_wire_text(in, AW_TAG_SERVICE, service, sizeof(service)) != 0)
		return AW_DENIED;
	at = aw_wire_num(in, AW_TAG_TIME, 0);
	if (at > INT64_MAX)
		return AW_DENIED;
	if (at > 0)
		return explain_past(conn, user, service, (int64_t)at);
	who = aw_decide_who(conn->daemon, user, &person);
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		const struct aw_conf_rule *rule = NULL;
		enum aw_say say = who;

		if (who == AW_SAY_ALLOWED)
			say = aw_decide(conn->daemon, &person, service, NULL,
			    stages[i].stage, &rule);
		send_stage(conn, stages[i].word, say, rule);
	}
	send_settings(conn, service);
	send_end(conn);
	return 0;
}

/* --- codes ------------------------------------------------------------- */

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
