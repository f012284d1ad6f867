/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: what awsssod answers, and what it knows of the directory.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "awssso/doctor.h"
#include "awssso/print.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"

#define DAY 86400
/* Somebody is hired, or changes teams, more often than that. */
#define QUIET_DAYS 30

static void close_file(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

/* Whether somebody listens at the socket @name, without a word to them; true,
 * too, if that cannot be told. */
static bool is_heard(const struct aw_doctor *doctor, const char *name)
{
	aw_own(close_file) FILE *file = fopen("/proc/net/unix", "re");
	aw_own_free char *line = NULL;
	char path[256];
	size_t size = 0;

	if (!file ||
	    aw_fmt(path, sizeof(path), "%s/%s\n",
		doctor->run_dir ? doctor->run_dir : AW_PATH_RUN, name) < 0)
		return true;
	/* 00010000: it accepts connections. */
	while (getline(&line, &size, file) > 0) {
		const char *at = strchr(line, '/');

		if (at && strcmp(at, path) == 0 && strstr(line, " 00010000 "))
			return true;
	}
	return false;
}

void aw_doctor_check_awsssod(struct aw_doctor *doctor)
{
	static const char name[] = "awsssod";

	if (!doctor->talk) {
		aw_doctor_say(doctor, name, AW_DOCTOR_BROKEN,
		    "systemctl restart awsssod, then journalctl -e -u awsssod",
		    "does not answer: %s", doctor->talk_why.text);
		return;
	}
	if (!is_heard(doctor, "auth.sock"))
		aw_doctor_say(doctor, name, AW_DOCTOR_BROKEN,
		    "systemctl restart awsssod-auth.socket",
		    "answers, but nobody listens at auth.sock, where PAM "
		    "asks");
	else
		aw_doctor_say(doctor, name, AW_DOCTOR_OK, NULL, "answers");
}

/* --- awssso-netd, as awsssod sees it ----------------------------------- */

static void say_net(struct aw_doctor *doctor, const char *name)
{
	const uint64_t net = aw_wire_num(&doctor->talk->in, AW_TAG_NET, 0);
	aw_own_free char *text = aw_talk_text(doctor->talk, AW_TAG_TEXT);

	if (net == 0)
		aw_doctor_say(doctor, name, AW_DOCTOR_WARNING,
		    "sudo awssso sync", "awsssod has not asked AWS yet");
	else if (net == AW_NET_OK)
		aw_doctor_say(doctor, name, AW_DOCTOR_OK, NULL,
		    "the last question to AWS was answered");
	else
		aw_doctor_say(doctor, name,
		    net == AW_NET_THROTTLED ? AW_DOCTOR_WARNING
					    : AW_DOCTOR_BROKEN,
		    net == AW_NET_THROTTLED
			? "wait; see the line about the cost"
			: "see the lines below that begin with aws-",
		    "the last question to AWS failed: %s%s%s", aw_net_word(net),
		    text && *text ? ": " : "", text ? text : "");
}

void aw_doctor_check_netd(struct aw_doctor *doctor)
{
	static const char name[] = "netd";

	if (!is_heard(doctor, "net.sock"))
		aw_doctor_say(doctor, name, AW_DOCTOR_BROKEN,
		    "systemctl restart awssso-netd.socket, then journalctl -e "
		    "-u awssso-netd",
		    "awssso-netd does not listen at net.sock");
	else if (doctor->talk)
		say_net(doctor, name);
}

/* --- the directory ----------------------------------------------------- */

/* Where people are hired and leave, some record is changed now and then. */
static void say_lag(struct aw_doctor *doctor)
{
	const uint64_t now = (uint64_t)time(NULL);
	const uint64_t updated =
	    aw_wire_num(&doctor->talk->in, AW_TAG_UPDATED, 0);
	const uint64_t quiet = now > updated ? now - updated : 0;
	const bool is_long = quiet > (uint64_t)QUIET_DAYS * DAY;
	char span[32];

	if (updated == 0)
		return;
	aw_doctor_say(doctor, "provisioning",
	    is_long ? AW_DOCTOR_WARNING : AW_DOCTOR_OK,
	    is_long ? "look at the provisioning log of the identity provider: "
		      "does SCIM still run?"
		    : NULL,
	    "the newest change to a person or group in the directory is %s old",
	    aw_print_span(span, sizeof(span), quiet));
}

static bool begins(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

static void say_sweep_state(struct aw_doctor *doctor, const char *state)
{
	const struct aw_wire_in *in = &doctor->talk->in;
	const char *name = "directory";

	if (begins(state, "held"))
		aw_doctor_say(doctor, name, AW_DOCTOR_WARNING,
		    "if that is meant: sudo awssso sync --accept-shrink", "%s",
		    state);
	else if (aw_wire_num(in, AW_TAG_GENERATION, 0) == 0)
		aw_doctor_say(doctor, name, AW_DOCTOR_BROKEN,
		    "sudo awssso sync", "has never been read");
	else if (begins(state, "idle") || begins(state, "running"))
		aw_doctor_say(doctor, name, AW_DOCTOR_OK, NULL,
		    "%llu people, %llu groups, %llu skipped (awssso status "
		    "--skipped); the sweep is %s",
		    (unsigned long long)aw_wire_num(in, AW_TAG_USERS, 0),
		    (unsigned long long)aw_wire_num(in, AW_TAG_GROUPS, 0),
		    (unsigned long long)aw_wire_num(in, AW_TAG_SKIPPED, 0),
		    state);
	else
		aw_doctor_say(doctor, name, AW_DOCTOR_BROKEN,
		    "journalctl -e -u awsssod", "%s", state);
}

void aw_doctor_check_directory(struct aw_doctor *doctor)
{
	aw_own_free char *state = NULL;

	/* What it has written is the snapshot's matter. */
	if (!doctor->talk)
		return;
	state = aw_talk_text(doctor->talk, AW_TAG_SWEEP_STATE);
	say_sweep_state(doctor, state ? state : "out of memory");
	say_lag(doctor);
}
