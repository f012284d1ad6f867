/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge FOLDER: what awsssod decides, without a daemon: its own reader of
 * awssso.conf, its own database and its own rules are fed with directories,
 * policies and requests from standard input, and say what they say.  Fields are
 * separated by tabs.
 *
 *   directory KNOWN OLD         a new one; 1: a sweep could read who holds
 *                               what; 1: older than account_directory_age
 *   user ID USERNAME NAME DISABLED PRESENT MISSING
 *   group ID DISPLAYNAME PRESENT
 *   member GROUP USER           by their ids
 *   set NAME
 *   grant SET HOLDER            a user's or group's id
 *   policy                      the lines up to ".", as they are in the file.
 *                               Answers "taken", or "refused LINE"
 *                               Names of groups are looked up, and for later,
 *                               as when awsssod starts for the first time
 *   regroup ID DISPLAYNAME PRESENT   a group is called otherwise, or gone
 *   look                        at the names of groups, as after a sweep
 *   ask NAME SERVICE STAGE LIVE SET KEY APPROVED HELD-SET HELD
 *                               LIVE: "-" not asked, "?" no answer, else "="
 *                               and what is held, by commas.  SET: of
 *                               permission_set=, or "-".  KEY: 1 when sshd saw
 *                               one.  The rest is the session it comes from
 *                               ("-" none), in which a code was approved and
 *                               HELD-SET was held so many seconds ago ("?"
 *                               never).  Answers WORD LINE
 */
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "awsssod/daemon.h"
#include "awsssod/decide.h"
#include "awsssod/grace.h"
#include "awsssod/pins.h"
#include "common/buf.h"
#include "common/own.h"

#define STORE    "d-0123456789"
#define ACCOUNT  "111122223333"
#define KSESSION 7
#define OLD_S    200000
#define FIELDS   11

struct judge {
	const char *dir; /* for databases */
	int n;           /* of the directory */
	struct aw_daemon *daemon;
	struct aw_buf policy;
	bool in_policy;
	int self; /* a descriptor of this process: whose sessions live */
};

static void die(const char *what)
{
	fprintf(stderr, "judge: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void open_directory(
    struct judge *judge, const char *known, const char *old)
{
	const int64_t age = *old == '1' ? OLD_S : 0;
	struct aw_state *state = &judge->daemon->state;
	struct aw_diag why = { .text = "" };
	char path[128];

	if (judge->n++)
		aw_state_close(state);
	if (aw_fmt(path, sizeof(path), "%s/%d.db", judge->dir, judge->n) < 0 ||
	    aw_state_open(path, state, &why) < 0 ||
	    aw_state_set_num(state, "sets_known", *known == '1') < 0 ||
	    aw_state_set_num(state, "read_at", time(NULL) - age) < 0 ||
	    aw_state_set(state, "held", "") < 0 ||
	    sqlite3_exec(state->db, "PRAGMA synchronous = OFF", NULL, NULL,
		NULL) != SQLITE_OK)
		die(why.text);
}

/* @sql with ?1, ?2, ... from @values. */
static void add(struct judge *judge, const char *sql, char **values)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v2(judge->daemon->state.db, sql, -1, &stmt, NULL) !=
	    SQLITE_OK)
		die(sqlite3_errmsg(judge->daemon->state.db));
	for (int i = 0; i < sqlite3_bind_parameter_count(stmt); i++)
		(void)sqlite3_bind_text(
		    stmt, i + 1, values[i], -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		die(sqlite3_errmsg(judge->daemon->state.db));
	(void)sqlite3_finalize(stmt);
}

/* The number in "FILE:LINE: ...". */
static void print_refused(const struct aw_diag *why)
{
	const char *at = strchr(why->text, ':');

	printf("refused\t%.*s\n", at ? (int)strcspn(at + 1, ":") : 0,
	    at ? at + 1 : "");
}

static void read_policy(struct judge *judge)
{
	static char none[] = "";
	struct aw_conf *conf = &judge->daemon->conf;
	struct aw_diag why = { .text = "" };
	int r;

	judge->in_policy = false;
	add(judge, "DELETE FROM pins", (char *[]){ none });
	r = aw_conf_parse(aw_buf_text(&judge->policy), judge->policy.len,
	    "policy", ini_parse_stream, conf, &why);
	if (r == 0 && (aw_copy(conf->shell, AW_CONF_TEXT, "/bin/sh") < 0 ||
			  aw_copy(conf->identity_store_id,
			      sizeof(conf->identity_store_id), STORE) < 0))
		die("settings");
	if (r == 0)
		r = aw_pins_update(&judge->daemon->state, conf, true, &why);
	if (r == 0)
		puts("taken");
	else
		print_refused(&why);
}

static void look(struct judge *judge)
{
	struct aw_diag why = { .text = "" };

	if (aw_pins_update(
		&judge->daemon->state, &judge->daemon->conf, false, &why) != 0)
		die("pins");
}

/* What the portal says: the fields of an answer of awssso-netd's, for "NAME" a
 * ROLE of this host's account, then for "ACCOUNT/NAME" of another one. */
static void hear(struct judge *judge, char *live, const char *set,
    struct aw_live_result *ret)
{
	uint8_t data[4096];
	struct aw_wire_out out;
	struct aw_wire_in in;
	char *next = live + 1;
	struct aw_live_gate gate = { ACCOUNT, set, false, false };

	*ret = (struct aw_live_result){ .roles = *live == '?' ? AW_NET_THROTTLED
							      : 0 };
	if (*live != '=')
		return;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_ROLES_ARE, 1);
	for (char *role = strsep(&next, ","); role; role = strsep(&next, ",")) {
		char *slash = strchr(role, '/');

		if (slash) {
			*slash = '\0';
			aw_wire_put_text(&out, AW_TAG_ACCOUNT, role);
			role = slash + 1;
		}
		if (*role)
			aw_wire_put_text(&out, AW_TAG_ROLE, role);
	}
	if (aw_wire_end(&out) < 0 || aw_wire_open(data, out.len, &in) != 0)
		die("what is held");
	ret->roles = AW_NET_OK;
	aw_live_sets(
	    &judge->daemon->conf, ACCOUNT, &in, ACCOUNT, &gate, &ret->sets);
	ret->holds_set = gate.is_held;
}

static const char *word_of(enum aw_say say)
{
	switch ((int)say) {
	case AW_SAY_ALLOWED:
		return "yes";
	case AW_SAY_NOT_ALLOWED:
		return "no";
	case AW_SAY_DISABLED:
		return "disabled";
	case AW_SAY_ABSENT:
		return "absent";
	case AW_SAY_USER_NAME:
		return "username";
	case AW_SAY_NO_SET:
	case AW_SAY_NO_TOKEN:
		return "set";
	case AW_SAY_NETD_GONE:
	case AW_SAY_THROTTLED:
		return "unavailable";
	case AW_SAY_GRACE:
		return "grace";
	case AW_SAY_TOO_OLD:
		return "old";
	case AW_SAY_KEY_FIRST:
		return "key";
	default:
		return "failed";
	}
}

/* When it was @seconds ago; 0: never. */
static uint64_t ago_ms(const char *seconds)
{
	return *seconds == '?'
		   ? 0
		   : aw_sock_now_ms() - strtoull(seconds, NULL, 10) * 1000;
}

/* The session that a request comes from: APPROVED HELD-SET HELD. */
static void put_session(struct judge *judge, const struct aw_ask *ask,
    char **field, struct aw_session *ret)
{
	*ret = (struct aw_session){ .daemon = judge->daemon,
		.ksession = KSESSION,
		.pidfd = judge->self };
	if (*field[0] == '-')
		return;
	ret->approved_ms = ago_ms(field[0]);
	ret->held_ms = ago_ms(field[2]);
	ret->token_until_ms = UINT64_MAX; /* it lives still */
	if (aw_copy(ret->user, sizeof(ret->user), ask->user) < 0 ||
	    aw_copy(ret->held_set, sizeof(ret->held_set), field[1]) < 0 ||
	    aw_copy(ret->held_account, sizeof(ret->held_account), ACCOUNT) < 0)
		die("session");
	judge->daemon->sessions.first = ret;
}

static enum aw_stage stage_of(const char *word)
{
	static const char *const stages[] = { [AW_STAGE_BEFORE_CODE] = "before",
		[AW_STAGE_SIGN_IN] = "after",
		[AW_STAGE_ACCOUNT] = "account",
		[AW_STAGE_SESSION] = "session" };
	enum aw_stage stage = 0;

	while (strcmp(stages[stage], word) != 0)
		if (++stage == sizeof(stages) / sizeof(stages[0]))
			die(word);
	return stage;
}

/* What is said where @stage is all there is to pass, and AWS was asked for
 * @live ('-': it was not). */
static enum aw_say say_of(struct judge *judge, const struct aw_ask *ask,
    const struct aw_person *person, enum aw_stage stage, char asked,
    const struct aw_live_result *live, const struct aw_conf_rule **rule)
{
	struct aw_daemon *daemon = judge->daemon;
	enum aw_say say;

	if (stage == AW_STAGE_SIGN_IN || stage == AW_STAGE_ACCOUNT) {
		say = asked == '-' && ask->permission_set[0]
			  ? AW_SAY_NO_TOKEN
			  : aw_decide_roles(ask, live);
		return aw_decide_with_set(daemon, person, ask->service,
		    &live->sets, stage, say, rule);
	}
	say = aw_decide(daemon, person, ask->service, &live->sets, stage, rule);
	if (say != AW_SAY_ALLOWED || stage == AW_STAGE_SESSION)
		return say;
	say = aw_decide_key_first(daemon, ask, person);
	return say == AW_SAY_ALLOWED && asked == '?' ? AW_SAY_NETD_GONE : say;
}

/* NAME SERVICE STAGE LIVE SET KEY APPROVED HELD-SET HELD */
static void answer(struct judge *judge, char **field)
{
	const enum aw_stage stage = stage_of(field[2]);
	const char asked = *field[3];
	const struct aw_conf_rule *rule = NULL;
	struct aw_ask ask = { .permission_set = "",
		.account = ACCOUNT,
		.ksession = KSESSION,
		.has_key = *field[5] == '1' };
	struct aw_session session;
	struct aw_live_result live;
	struct aw_person person;
	enum aw_say say;

	if (aw_copy(ask.user, sizeof(ask.user), field[0]) < 0 ||
	    aw_copy(ask.service, sizeof(ask.service), field[1]) < 0 ||
	    (*field[4] != '-' && aw_copy(ask.permission_set,
				     sizeof(ask.permission_set), field[4]) < 0))
		die("request");
	put_session(judge, &ask, field + 6, &session);
	hear(judge, field[3], ask.permission_set, &live);
	say = aw_decide_who(judge->daemon, ask.user, &person);
	if (say == AW_SAY_ALLOWED) {
		/* It comes from this person's own session. */
		ask.real_uid = person.posix_id;
		if (aw_copy(session.principal, sizeof(session.principal),
			person.principal) < 0)
			die("principal");
		say = say_of(judge, &ask, &person, stage, asked, &live, &rule);
		/* After an approval there is none, and a session is open. */
		if (stage == AW_STAGE_BEFORE_CODE || stage == AW_STAGE_ACCOUNT)
			say = aw_grace(judge->daemon, &ask, &person, say);
	}
	judge->daemon->sessions.first = NULL;
	printf("%s\t%u\n", word_of(say), rule ? rule->line : 0);
}

#define OF(what) "(SELECT n FROM principals WHERE principal = " what ")"
static const struct {
	const char *word, *sql;
} inserts[] = {
	{ "user",
	    "INSERT INTO principals(store, principal, kind, user_name, name,"
	    " disabled, present, missing, posix_id, home) SELECT '" STORE
	    "', ?1, 1, ?2, ?3, ?4, ?5, ?6, max(coalesce(max(posix_id), 0) + 1,"
	    " 1879048192), '/home/nobody-has-one/' || ?3 FROM principals" },
	{ "group",
	    "INSERT INTO principals(store, principal, kind, user_name, present)"
	    " VALUES('" STORE "', ?1, 2, ?2, ?3)" },
	{ "member", "INSERT INTO members(grp, usr) VALUES(" OF("?1") ", " OF(
			"?2") ")" },
	{ "regroup", "UPDATE principals SET user_name = ?2, present = ?3"
		     " WHERE principal = ?1 AND kind = 2" },
	{ "set", "INSERT INTO principals(store, principal, kind, user_name)"
		 " VALUES('" STORE "', 'ps:' || ?1, 3, ?1)" },
	{ "grant", "INSERT INTO grants(grp, holder) VALUES(" OF(
		       "'ps:' || ?1") ", " OF("?2") ")" },
};

static void take(struct judge *judge, char *line)
{
	char *field[FIELDS] = { line };

	for (size_t i = 0; i < FIELDS && (field[i] = strsep(&line, "\t"));)
		i++;
	for (size_t i = 0; i < sizeof(inserts) / sizeof(inserts[0]); i++)
		if (strcmp(field[0], inserts[i].word) == 0) {
			add(judge, inserts[i].sql, field + 1);
			return;
		}
	if (strcmp(field[0], "directory") == 0 && field[2])
		open_directory(judge, field[1], field[2]);
	else if (strcmp(field[0], "ask") == 0 && field[9])
		answer(judge, field + 1);
	else if (strcmp(field[0], "look") == 0)
		look(judge);
	else if (strcmp(field[0], "policy") == 0)
		judge->in_policy = true;
	else
		die(field[0]);
	judge->policy.len = 0;
}

int main(int argc, char **argv)
{
	struct judge judge = { .dir = argc == 2 ? argv[1] : NULL,
		.policy = AW_BUF_INIT(AW_CONF_FILE_MAX) };
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	judge.daemon = calloc(1, sizeof(*judge.daemon));
	judge.self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (!judge.daemon || !judge.dir || judge.self < 0)
		die("usage: judge EMPTY-FOLDER < CASES");
	while ((len = getline(&line, &size, stdin)) > 0) {
		if (judge.in_policy && strcmp(line, ".\n") == 0) {
			read_policy(&judge);
		} else if (judge.in_policy) {
			aw_buf_add(&judge.policy, line, (size_t)len);
		} else {
			line[strcspn(line, "\n")] = '\0';
			take(&judge, line);
		}
	}
	aw_state_close(&judge.daemon->state);
	aw_buf_done(&judge.policy);
	free(judge.daemon);
	(void)close(judge.self);
	free(line);
	return 0;
}
