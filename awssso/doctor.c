/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: what is, or will be, in the way of a good host.
 */
#include "awssso/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awssso/commands.h"
#include "awssso/conf_file.h"
#include "awssso/print.h"
#include "common/file.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"
#include "common/text.h"

#define ETC_DIR   "/etc"
#define HOSTS_MAX 10000000
#define ANSWER_S  5

enum {
	HOSTS,
	ONLY,
	OFFLINE,
	JSON,
	ETC,
	RUN_DIR,
};

static const struct check {
	const char *name;
	void (*run)(struct aw_doctor *doctor);
} checks[] = {
	{ "settings", aw_doctor_check_settings },
	{ "units", aw_doctor_check_units },
	{ "awsssod", aw_doctor_check_awsssod },
	{ "netd", aw_doctor_check_netd },
	{ "aws", aw_doctor_check_aws },
	{ "directory", aw_doctor_check_directory },
	{ "snapshot", aw_doctor_check_snapshot },
	{ "nsswitch", aw_doctor_check_nsswitch },
	{ "nss", aw_doctor_check_nss },
	{ "pam", aw_doctor_check_pam },
	{ "sshd", aw_doctor_check_sshd },
	{ "sudo", aw_doctor_check_sudo },
	{ "root", aw_doctor_check_root },
	{ "imds", aw_doctor_check_imds },
	{ "local", aw_doctor_check_local },
	{ "names", aw_doctor_check_names },
	{ "ranges", aw_doctor_check_ranges },
	{ "lastlog", aw_doctor_check_lastlog },
	{ "dates", aw_doctor_check_dates },
	{ "cost", aw_doctor_check_cost },
	{ "egress", aw_doctor_check_egress },
};
#define N_CHECKS (sizeof(checks) / sizeof(checks[0]))

/* --- saying ------------------------------------------------------------ */

static const char *const words[AW_DOCTOR_STATES] = { "ok", "warning",
	"broken" };

static void print(const char *name, enum aw_doctor_state state,
    const char *text, const char *fix)
{
	static const enum aw_colour colours[AW_DOCTOR_STATES] = { AW_GOOD,
		AW_WARN, AW_BAD };

	printf("%s%-8s%s %-18s %s\n", aw_print_on(colours[state]), words[state],
	    aw_print_off(colours[state]), name, text);
	if (fix)
		printf("%-8s %-18s -> %s\n", "", "", fix);
	/* The next one may take its time. */
	(void)fflush(stdout);
}

void aw_doctor_say(struct aw_doctor *doctor, const char *name,
    enum aw_doctor_state state, const char *fix, const char *fmt, ...)
{
	struct json_object *item;
	char text[1024];
	va_list args;

	va_start(args, fmt);
	if (vsnprintf(text, sizeof(text), fmt, args) < 0)
		text[0] = '\0';
	va_end(args);
	doctor->said[state]++;
	if (!doctor->checks) {
		print(name, state, text, fix);
		return;
	}
	item = aw_json_object();
	aw_json_text(item, "check", name);
	aw_json_text(item, "state", words[state]);
	aw_json_text(item, "text", text);
	if (fix)
		aw_json_text(item, "fix", fix);
	aw_json_append(doctor->checks, item);
}

void aw_doctor_say_root(
    struct aw_doctor *doctor, const char *name, const char *what)
{
	aw_doctor_say(doctor, name, AW_DOCTOR_WARNING, "sudo awssso doctor",
	    "only root can tell %s", what);
}

int aw_doctor_read_etc(
    const struct aw_doctor *doctor, const char *name, char *text)
{
	char path[512];
	size_t len;
	int r;

	r = aw_fmt(path, sizeof(path), "%s/%s", doctor->etc, name);
	return r < 0
		   ? r
		   : aw_file_read(path, (uid_t)-1, text, AW_DOCTOR_FILE, &len);
}

/* --- what the checks look at ------------------------------------------- */

static int load_conf(struct aw_doctor *doctor, struct aw_conf *conf)
{
	const bool is_ours = strcmp(doctor->etc, ETC_DIR) == 0;
	char path[256];

	aw_conf_init(conf);
	doctor->conf = conf;
	if (aw_fmt(path, sizeof(path), "%s/awssso/awssso.conf", doctor->etc) <
	    0)
		return aw_complain("--etc", "too long");
	/* The daemons take root's only. */
	if (aw_conf_file_read(
		path, is_ours ? 0 : (uid_t)-1, conf, &doctor->conf_why) != 0)
		aw_conf_init(conf);
	return AW_EXIT_OK;
}

static void ask_awsssod(struct aw_doctor *doctor, struct aw_talk *talk)
{
	talk->why = &doctor->talk_why;
	if (aw_talk_begin(talk, doctor->run_dir, "ctl.sock", AW_MSG_STATUS) <
		0 ||
	    aw_talk_ask(talk) < 0 || aw_talk_next(talk, ANSWER_S) < 0)
		return;
	if (talk->in.type == AW_MSG_STATUS_IS)
		doctor->talk = talk;
	else
		aw_diag_set(&doctor->talk_why,
		    "awsssod: sent a message of kind %u", talk->in.type);
}

static const struct check *find_check(const char *name)
{
	for (size_t i = 0; i < N_CHECKS; i++)
		if (strcmp(checks[i].name, name) == 0)
			return &checks[i];
	return NULL;
}

static void print_sum(const struct aw_doctor *doctor)
{
	printf("\n%u ok, %u warning%s, %u broken\n", doctor->said[AW_DOCTOR_OK],
	    doctor->said[AW_DOCTOR_WARNING],
	    doctor->said[AW_DOCTOR_WARNING] == 1 ? "" : "s",
	    doctor->said[AW_DOCTOR_BROKEN]);
}

static int run_checks(
    struct aw_doctor *doctor, const struct check *only, bool json)
{
	struct json_object *object = json ? aw_json_object() : NULL;

	if (json) {
		doctor->checks = aw_json_array(object, "checks");
		doctor->egress = aw_json_array(object, "egress");
	}
	for (size_t i = 0; i < N_CHECKS; i++)
		if (!only || only == &checks[i])
			checks[i].run(doctor);
	if (json) {
		aw_json_number(object, "hosts", doctor->hosts);
		for (size_t i = 0; i < AW_DOCTOR_STATES; i++)
			aw_json_number(object, words[i], doctor->said[i]);
		aw_json_print(object);
	} else {
		print_sum(doctor);
	}
	return doctor->said[AW_DOCTOR_BROKEN] ? AW_EXIT_FAILED : AW_EXIT_OK;
}

static int run(const struct aw_args *args)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;
	static struct aw_conf conf;
	static struct aw_snap snap;
	struct aw_doctor doctor = {
		.etc = args->option[ETC] ? args->option[ETC] : ETC_DIR,
		.run_dir = args->option[RUN_DIR],
		.is_root = geteuid() == 0,
		.is_offline = args->option[OFFLINE] != NULL,
		.hosts = 1,
	};
	const struct check *only =
	    args->option[ONLY] ? find_check(args->option[ONLY]) : NULL;
	int r;

	if (args->option[HOSTS] &&
	    aw_num_u64(args->option[HOSTS], 1, HOSTS_MAX, &doctor.hosts) < 0) {
		(void)aw_complain("--hosts", "not a number from 1");
		return AW_EXIT_USAGE;
	}
	if (args->option[ONLY] && !only) {
		(void)aw_complain("--only", "there is no such check");
		return AW_EXIT_USAGE;
	}
	r = load_conf(&doctor, &conf);
	if (r != AW_EXIT_OK)
		return r;
	ask_awsssod(&doctor, &talk);
	doctor.snap_error = aw_snap_open(AW_PATH_SNAPSHOT, 0, &snap);
	if (doctor.snap_error == 0)
		doctor.snap = &snap;
	r = run_checks(&doctor, only, args->option[JSON] != NULL);
	if (doctor.snap)
		aw_snap_close(&snap);
	return r;
}

const struct aw_command aw_command_doctor = {
	.name = "doctor",
	.operands = "",
	.help =
	    "Look for what is, or will be, in the way.\n\n"
	    "One line for each link of the chain from the settings to the "
	    "shell: ok, warning or\n"
	    "broken, and behind \"->\" what to do.  Works without the daemons "
	    "and changes nothing; what\n"
	    "only root can tell is said to be so.  The exit status is 1 when "
	    "something is broken.\n\n"
	    "settings, units, awsssod, netd, aws, directory, snapshot, "
	    "nsswitch, nss, pam, sshd, sudo,\n"
	    "root (who gets it if Identity Center is gone), imds, local "
	    "(names and ids), names (that\n"
	    "are for permission sets), ranges, lastlog, dates, cost, egress "
	    "(hosts and ports to be let\n"
	    "through) are the checks.",
	.options = {
		[HOSTS] = { "--hosts", "N",
		    "How many hosts like this one there are (default 1)." },
		[ONLY] = { "--only", "CHECK", "Make that check only." },
		[OFFLINE] = { "--offline", NULL, "Send nothing to anybody." },
		[JSON] = { "--json", NULL, "Print JSON." },
		[ETC] = { "--etc", "DIR",
		    "Where settings are (default " ETC_DIR ")." },
		[RUN_DIR] = AW_TALK_OPTION,
	},
	.run = run,
};
