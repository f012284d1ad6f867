/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking awsssod to revoke, and telling what there was.
 */
#include <stdio.h>
#include <stdlib.h>

#include "awssso/command.h"
#include "awssso/print.h"
#include "awssso/revoke.h"
#include "awssso/talk.h"
#include "common/own.h"
#include "common/proto.h"

static int tell_session(const struct aw_talk *talk, struct json_object *array)
{
	aw_own_free char *service = aw_talk_text(talk, AW_TAG_SERVICE);
	aw_own_free char *tty = aw_talk_text(talk, AW_TAG_TTY);
	aw_own_free char *rhost = aw_talk_text(talk, AW_TAG_RHOST);
	const uint64_t since = aw_wire_num(&talk->in, AW_TAG_TIME, 0);
	const uint64_t pid = aw_wire_num(&talk->in, AW_TAG_PID, 0);
	const uint64_t session = aw_wire_num(&talk->in, AW_TAG_KSESSION, 0);
	const uint64_t token = aw_wire_num(&talk->in, AW_TAG_TOKEN, 0);
	struct json_object *object;
	char when[32];

	if (!service || !tty || !rhost)
		return aw_complain("out of memory", NULL);
	if (!array) {
		printf("%s  %s%s%s%s%s  process %llu%s\n",
		    aw_print_time(when, sizeof(when), since), service,
		    *rhost ? " from " : "", rhost, *tty ? " on " : "", tty,
		    (unsigned long long)pid, token ? ", token dropped" : "");
		return AW_EXIT_OK;
	}
	object = aw_json_object();
	aw_json_number(object, "since", since);
	aw_json_text(object, "service", service);
	aw_json_text(object, "rhost", rhost);
	aw_json_text(object, "tty", tty);
	aw_json_number(object, "pid", pid);
	if (session)
		aw_json_number(object, "session", session);
	aw_json_bool(object, "had_token", token != 0);
	aw_json_append(array, object);
	return AW_EXIT_OK;
}

static int tell_end(const struct aw_talk *talk, const char *name,
    unsigned listed, struct json_object *json)
{
	const uint64_t net = aw_wire_num(&talk->in, AW_TAG_NET, 0);
	const uint64_t sessions = aw_wire_num(&talk->in, AW_TAG_SESSIONS, 0);
	const uint64_t codes = aw_wire_num(&talk->in, AW_TAG_FLOWS, 0);
	aw_own_free char *text = aw_talk_text(talk, AW_TAG_TEXT);

	if (net != AW_NET_OK)
		return aw_complain(
		    "revoke", text && *text ? text : aw_net_word(net));
	if (json) {
		aw_json_number(json, "codes_ended", codes);
		aw_json_number(json, "n_sessions", sessions);
		return AW_EXIT_OK;
	}
	if (sessions > listed)
		printf("... and %llu more\n",
		    (unsigned long long)(sessions - listed));
	printf("%s: %llu sessions, %llu sign-ins ended before their approval\n",
	    name, (unsigned long long)sessions, (unsigned long long)codes);
	return AW_EXIT_OK;
}

int aw_revoke_ask(
    const char *run_dir, const char *name, struct json_object *json)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;
	struct json_object *array =
	    json ? aw_json_array(json, "sessions") : NULL;
	unsigned listed = 0;

	if (aw_talk_begin(&talk, run_dir, "ctl.sock", AW_MSG_REVOKE) < 0)
		return AW_EXIT_UNREACHABLE;
	aw_wire_put_text(&talk.out, AW_TAG_USER, name);
	if (aw_talk_ask(&talk) < 0)
		return AW_EXIT_UNREACHABLE;
	for (;; listed++) {
		if (aw_talk_next(&talk, 5) < 0)
			return AW_EXIT_UNREACHABLE;
		if (talk.in.type == AW_MSG_DONE)
			return tell_end(&talk, name, listed, json);
		if (talk.in.type != AW_MSG_SESSION_REC)
			return aw_talk_odd(&talk);
		if (tell_session(&talk, array) != AW_EXIT_OK)
			return AW_EXIT_FAILED;
	}
}

int aw_revoke_end(const struct aw_revoked *who, struct json_object *json)
{
	const struct aw_end_who end = {
		.name = who->name,
		.uid = who->uid,
		.home = who->home,
	};
	struct aw_end_report report;

	aw_end_person("", &end, &report);
	if (json) {
		aw_json_number(json, "processes", report.ended);
		aw_json_number(json, "processes_left", report.left);
		aw_json_bool(json, "linger", report.linger);
		aw_json_bool(json, "crontab", report.crontab);
		aw_json_number(json, "at_jobs", report.at_jobs);
		aw_json_text(json, "saved", report.saved);
		aw_json_number(json, "files", report.files);
	} else {
		printf("%s: %u processes ended, %u left%s%s, %u at jobs\n",
		    who->name, report.ended, report.left,
		    report.linger ? ", linger off" : "",
		    report.crontab ? ", crontab" : "", report.at_jobs);
		if (report.saved[0])
			printf("    jobs were moved to %s\n", report.saved);
		printf("    %llu files stay (home %s)\n",
		    (unsigned long long)report.files,
		    *who->home ? who->home : "not known");
	}
	return report.left || report.failures ? AW_EXIT_FAILED : AW_EXIT_OK;
}
