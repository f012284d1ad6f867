/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: what is, or will be, in the way of a good host.
 */
#include "awssso/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "awssso/commands.h"
#include "awssso/conf_file.h"
#include "awssso/print.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"
#include "common/text.h"

#define HOSTS_MAX 10000000

enum {
	HOSTS,
	JSON,
	ETC,
	RUN_DIR,
};

static void (*const checks[])(struct aw_doctor *doctor) = {
	aw_doctor_check_cost,
	aw_doctor_check_sssd,
	aw_doctor_check_himmelblau,
	aw_doctor_check_lastlog,
	aw_doctor_check_sudo,
};

void aw_doctor_say(struct aw_doctor *doctor, const char *name,
    enum aw_doctor_state state, const char *fmt, ...)
{
	static const char *const words[] = { "good", "note", "finding" };
	struct json_object *item;
	char text[512];
	va_list args;

	va_start(args, fmt);
	if (vsnprintf(text, sizeof(text), fmt, args) < 0)
		text[0] = '\0';
	va_end(args);
	doctor->findings += state == AW_DOCTOR_FINDING;
	if (!doctor->checks) {
		aw_print_row(name,
		    state == AW_DOCTOR_GOOD      ? AW_GOOD
		    : state == AW_DOCTOR_FINDING ? AW_BAD
						 : AW_PLAIN,
		    "%s", text);
		return;
	}
	item = aw_json_object();
	aw_json_text(item, "check", name);
	aw_json_text(item, "state", words[state]);
	aw_json_text(item, "text", text);
	aw_json_append(doctor->checks, item);
}

static int run_checks(struct aw_doctor *doctor, bool json)
{
	struct json_object *object = json ? aw_json_object() : NULL;

	if (json)
		doctor->checks = aw_json_array(object, "checks");
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		checks[i](doctor);
	if (json) {
		aw_json_number(object, "hosts", doctor->hosts);
		aw_json_number(object, "findings", doctor->findings);
		aw_json_print(object);
	}
	return doctor->findings ? AW_EXIT_FAILED : AW_EXIT_OK;
}

static int run(const struct aw_args *args)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;
	static struct aw_conf conf;
	struct aw_doctor doctor = {
		.talk = &talk,
		.conf = &conf,
		.etc = args->option[ETC] ? args->option[ETC] : "/etc",
		.hosts = 1,
	};
	char path[256];
	int r;

	if (args->option[HOSTS] &&
	    aw_num_u64(args->option[HOSTS], 1, HOSTS_MAX, &doctor.hosts) < 0) {
		(void)aw_complain("--hosts", "not a number from 1");
		return AW_EXIT_USAGE;
	}
	if (aw_fmt(path, sizeof(path), "%s/awssso/awssso.conf", doctor.etc) < 0)
		return aw_complain("--etc", "too long");
	r = aw_conf_file_load(path, (uid_t)-1, &conf);
	if (r != AW_EXIT_OK)
		return r;
	if (aw_talk_begin(
		&talk, args->option[RUN_DIR], "ctl.sock", AW_MSG_STATUS) < 0 ||
	    aw_talk_ask(&talk) < 0 || aw_talk_next(&talk, 5) < 0)
		return AW_EXIT_UNREACHABLE;
	if (talk.in.type != AW_MSG_STATUS_IS)
		return aw_talk_odd(&talk);
	return run_checks(&doctor, args->option[JSON] != NULL);
}

const struct aw_command aw_command_doctor = {
	.name = "doctor",
	.operands = "",
	.help = "Look for what is, or will be, in the way.\n\n"
		"Tells what reading the directory costs AWS, this host alone "
		"or N of its kind,\nwhen to publish it instead, who else "
		"hands out ids of our range, and\nwhether settings of sudo "
		"turn its gate off (as root).  The exit status is 1 when\n"
		"there is a finding.",
	.options = {
		[HOSTS] = { "--hosts", "N",
		    "How many hosts like this one there are (default 1)." },
		[JSON] = { "--json", NULL, "Print JSON." },
		[ETC] = { "--etc", "DIR",
		    "Where settings are (default /etc)." },
		[RUN_DIR] = AW_TALK_OPTION,
	},
	.run = run,
};
