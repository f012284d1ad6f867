/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of every request about a person.
 */
#include "awsssod/verdict.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "awsssod/daemon.h"
#include "awsssod/log.h"
#include "awsssod/process.h"
#include "common/fault.h"

#define EVENTS_KEPT 10000

void aw_verdict_send(
    struct aw_conn *conn, enum aw_say say, const char *text, const char *code)
{
	uint8_t data[AW_WIRE_HEADER + 1024];
	char own_text[AW_SAY_SIZE];
	struct aw_wire_out out;

	if (!text)
		text = aw_say_text(say, NULL, own_text, sizeof(own_text));
	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_VERDICT);
	aw_wire_put_num(&out, AW_TAG_VERDICT, aw_say_verdict(say));
	if (*text)
		aw_wire_put_text(&out, AW_TAG_TEXT, text);
	if (code && *code)
		aw_wire_put_text(&out, AW_TAG_CODE, code);
	aw_conn_send(conn, &out);
}

/* Five letters and digits that nobody mistakes for each other. */
static void draw_code(char *ret)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t random[5] = { 0 };

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		aw_log(LOG_WARNING, "no random numbers for a code");
	for (size_t i = 0; i < sizeof(random); i++)
		ret[i] = alphabet[random[i] & 31];
	ret[sizeof(random)] = '\0';
}

/* A code that no remembered event has.  Without a database any will do. */
static void new_code(struct aw_state *state, char *ret)
{
	int64_t taken;

	for (int i = 0; i < 16; i++) {
		draw_code(ret);
		if (aw_state_number(state, AW_Q_EVENT_CODE, &taken, "s", ret) !=
		    0)
			return;
	}
}

/* The outcome is that error of AWS's and nothing else, so what stands with it
 * says more than the outcome's own sentence. */
static bool tells_fault(enum aw_say say, const struct aw_verdict_more *more)
{
	return more->fault && aw_say_of_net(more->fault->net) == say;
}

/* What the decision rested on. */
struct basis {
	const char *event; /* by which its action is found */
	char rule[300];
	int64_t generation;
	char text[640]; /* all of it, for "awssso explain" */
};

static void find_basis(struct aw_daemon *daemon, enum aw_say say,
    const struct aw_verdict_more *more, struct basis *ret)
{
	const uint64_t age = aw_daemon_directory_age(daemon);
	const char *why = more->why ? more->why : "";

	*ret = (struct basis){ .event = tells_fault(say, more)
					    ? more->fault->id
					    : aw_say_event(say) };
	if (more->rule)
		(void)aw_conf_rule_show(&daemon->conf.access, more->rule,
		    ret->rule, sizeof(ret->rule));
	if (aw_state_get_num(&daemon->state, "generation", &ret->generation) !=
	    0)
		ret->generation = 0;
	aw_ignore(aw_fmt(ret->text, sizeof(ret->text),
	    "%.256s%s%s%sgeneration %lld, read %llu s before", why,
	    *why ? "; " : "", ret->rule, ret->rule[0] ? "; " : "",
	    (long long)ret->generation,
	    age < UINT64_MAX - 1 ? (unsigned long long)age : 0));
}

static void remember(struct aw_daemon *daemon, const struct aw_ask *ask,
    const struct aw_person *person, const struct aw_verdict_told *told,
    const struct basis *basis)
{
	int r;

	r = aw_state_run(&daemon->state, AW_Q_EVENT_ADD, "ississssss",
	    (int64_t)time(NULL), told->code, basis->event,
	    (int64_t)aw_say_verdict(told->say), ask->user,
	    person ? person->principal : NULL, ask->service, ask->rhost,
	    told->text, basis->text);
	if (r == 0)
		aw_today_note(&daemon->today, aw_say_verdict(told->say));
	if (r == 0)
		r = aw_state_run(
		    &daemon->state, AW_Q_EVENT_TRIM, "i", (int64_t)EVENTS_KEPT);
	/* A note that cannot be kept must not turn a person away. */
	if (r < 0)
		aw_log(LOG_WARNING, "state.db: cannot remember an event: %s",
		    strerror(-r));
}

static const char *phase_of(uint16_t type)
{
	switch (type) {
	case AW_MSG_AUTH:
		return "auth";
	case AW_MSG_ACCOUNT:
		return "account";
	default:
		return "session";
	}
}

struct aw_audit aw_verdict_audit(const struct aw_daemon *daemon,
    const struct aw_ask *ask, const struct aw_person *person)
{
	return (struct aw_audit){
		.phase = phase_of(ask->type),
		.user = ask->user,
		.principal = person ? person->principal : NULL,
		.host = daemon->host,
		.service = ask->service,
		.tty = ask->tty,
		.rhost = ask->rhost,
		.session = aw_ksession_or_0(ask->ksession),
		.pid = ask->peer.pid,
	};
}

/* Somebody was brought to approve another one's sign-in, or tried to: the one
 * line that may wake somebody up. */
static void alert(struct aw_audit audit)
{
	audit.event = AW_AUDIT_ALERT;
	audit.why = "approver and requester differ";
	aw_audit_write(&audit);
}

static void log_event(const struct aw_daemon *daemon, const struct aw_ask *ask,
    const struct aw_person *person, const struct aw_verdict_told *told,
    const struct aw_verdict_more *more, const struct basis *basis)
{
	struct aw_audit audit = aw_verdict_audit(daemon, ask, person);

	audit.event = aw_say_event(told->say);
	audit.verdict = aw_verdict_word(aw_say_verdict(told->say));
	audit.code = told->code;
	audit.account = more->account;
	audit.set = more->set;
	audit.approver = more->approver;
	audit.role_session = more->role_session;
	audit.requests = more->requests;
	audit.why = more->why;
	audit.fault = more->fault ? more->fault->id : NULL;
	audit.rule = basis->rule;
	audit.generation = basis->generation;
	if (told->say == AW_SAY_WRONG_APPROVER)
		alert(audit);
	aw_audit_write(&audit);
}

/* How old the directory is, for who is refused because of it. */
static const char *age_text(struct aw_daemon *daemon, char *buf, size_t size)
{
	const uint64_t age = aw_daemon_directory_age(daemon);

	if (age >= UINT64_MAX - 1 ||
	    aw_fmt(buf, size, "%llu minutes", (unsigned long long)age / 60) < 0)
		return "nobody knows since when";
	return buf;
}

/* What is down, since when and what still works; where it fits. */
static void add_outage(struct aw_daemon *daemon, char *text, size_t size)
{
	const size_t len = strlen(text);
	char more[256];

	(void)aw_outage_text(daemon, more, sizeof(more));
	if (len + strlen(more) < size)
		memcpy(text + len, more, strlen(more) + 1);
}

void aw_verdict_give(struct aw_daemon *daemon, struct aw_conn *conn,
    const struct aw_ask *ask, const struct aw_person *person, enum aw_say say,
    const struct aw_verdict_more *more, struct aw_verdict_told *ret)
{
	static const struct aw_verdict_more nothing;
	const bool allowed = aw_say_verdict(say) == AW_VERDICT_ALLOW;
	struct aw_verdict_told told = { .say = say };
	struct basis basis;
	char age[48];

	if (!more)
		more = &nothing;
	if (tells_fault(say, more))
		aw_ignore(
		    aw_copy(told.text, sizeof(told.text), more->fault->said));
	else
		(void)aw_say_text(say,
		    say == AW_SAY_TOO_OLD ? age_text(daemon, age, sizeof(age))
					  : more->detail,
		    told.text, sizeof(told.text));
	if (aw_say_verdict(say) == AW_VERDICT_UNAVAIL)
		add_outage(daemon, told.text, sizeof(told.text));
	if (!allowed)
		new_code(&daemon->state, told.code);
	if (conn)
		aw_verdict_send(conn, say, told.text, told.code);
	if (!more->is_quiet || !allowed) {
		find_basis(daemon, say, more, &basis);
		remember(daemon, ask, person, &told, &basis);
		log_event(daemon, ask, person, &told, more, &basis);
	}
	if (ask->type == AW_MSG_AUTH && allowed)
		daemon->n_allowed++;
	else if (!allowed)
		daemon->n_denied++;
	if (ret)
		*ret = told;
}
