/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: the way to AWS.  Only awssso-netd talks to the network, and
 * only it knows the hosts: it is run as a child and its lines are read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso/child.h"
#include "awssso/doctor.h"
#include "awssso/print.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/text.h"

#define SETPRIV  "/usr/bin/setpriv"
#define PROBE_S  30
#define EGRESS_S 5
#define TEXT_MAX (64 * 1024)
/* Signatures last five minutes; whoever is off by this will be by more. */
#define CLOCK_S 30

#define KEYS_FIX \
	"look at [credentials] in awssso.conf, and at the role of this host"
#define RIGHT_FIX(operation)                                  \
	"give the role of this host identitystore:" operation \
	" (iam/host-role.json in /usr/share/doc/awssso/examples)"

static const struct known {
	const char *name;
	const char *fix;
	bool is_optional;  /* without it something else is done */
	bool needs_rights; /* an ordinary user of this host has not */
} known[] = {
	{ "host", KEYS_FIX, false, true },
	{ "credentials", KEYS_FIX, false, true },
	{ "ListUsers", RIGHT_FIX("ListUsers"), false, true },
	{ "ListGroups", RIGHT_FIX("ListGroups"), false, true },
	{ "clock", "let chrony or systemd-timesyncd set the clock", false,
	    false },
	{ "sso", "let it through, or set permission_sets = no", true, false },
};
static const struct known endpoint = { "",
	"let awssso-net reach it (awssso doctor --only egress has the table), "
	"or set proxy in awssso.conf",
	false, false };

static const struct known *find(const char *name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0)
			return &known[i];
	return &endpoint;
}

/* Seconds, with or without a sign in front. */
static bool is_far_off(const char *what)
{
	char number[24];
	uint64_t seconds;

	what += *what == '-';
	return aw_fmt(number, sizeof(number), "%.*s", (int)strcspn(what, " "),
		   what) < 0 ||
	       aw_num_u64(number, 0, UINT64_MAX, &seconds) < 0 ||
	       seconds > CLOCK_S;
}

static enum aw_doctor_state state_of(const struct aw_doctor *doctor,
    const struct known *row, bool ok, const char *what)
{
	if (ok && strcmp(row->name, "clock") == 0 && is_far_off(what))
		return AW_DOCTOR_WARNING;
	if (ok)
		return AW_DOCTOR_OK;
	return row->is_optional || (row->needs_rights && !doctor->is_root)
		   ? AW_DOCTOR_WARNING
		   : AW_DOCTOR_BROKEN;
}

/* "ok NAME WHERE: WHAT" or "no NAME WHERE: WHAT". */
static bool take_line(struct aw_doctor *doctor, char *line)
{
	char name[64], shown[1024];
	const char *verdict = strsep(&line, " ");
	const char *word = line ? strsep(&line, " ") : NULL;
	char *what = line ? strstr(line, ": ") : NULL;
	enum aw_doctor_state state;
	const struct known *row;

	if (!what || (strcmp(verdict, "ok") != 0 && strcmp(verdict, "no") != 0))
		return false;
	*what = '\0';
	what += 2;
	row = find(word);
	state = state_of(doctor, row, strcmp(verdict, "ok") == 0, what);
	if (aw_fmt(name, sizeof(name), "aws-%s", word) == 0)
		aw_doctor_say(doctor, name, state,
		    state == AW_DOCTOR_OK ? NULL
		    : row->needs_rights && !doctor->is_root
			? "sudo awssso doctor: an ordinary user may not ask "
			  "for the host's keys"
			: row->fix,
		    "%s: %s", line, aw_text_escape(shown, sizeof(shown), what));
	return true;
}

void aw_doctor_read_probe(struct aw_doctor *doctor, char *text)
{
	char shown[512];
	char *line;

	while ((line = strsep(&text, "\n"))) {
		(void)aw_text_escape(shown, sizeof(shown), line);
		if (*line && !take_line(doctor, line))
			aw_doctor_say(doctor, "aws", AW_DOCTOR_WARNING, NULL,
			    "awssso-netd says: %s", shown);
	}
}

/* Run @netd, as root as the user that the daemon is: what that one may not read
 * or reach root may. */
static int run_netd(const struct aw_doctor *doctor, const char *netd,
    const char *mode, unsigned seconds, struct aw_buf *out)
{
	char conf[512];
	const char *const argv[] = { SETPRIV, "--reuid=" AW_USER_NETD,
		"--regid=" AW_USER_NETD, "--clear-groups", netd, mode,
		"--config", conf, NULL };
	int r;

	r = aw_fmt(conf, sizeof(conf), "%s/awssso/awssso.conf", doctor->etc);
	if (r == 0)
		r = aw_child_run(
		    doctor->is_root ? argv : argv + 4, seconds, out);
	return r < 0 ? r : aw_buf_error(out);
}

/* Run awssso-netd with @mode into @out.  False: that is said under @name. */
static bool ask_netd(struct aw_doctor *doctor, const char *name,
    const char *mode, unsigned seconds, struct aw_buf *out)
{
	char netd[600];
	int r;

	if (doctor->conf_why.text[0] || doctor->conf->regions.n == 0) {
		aw_doctor_say(doctor, name, AW_DOCTOR_WARNING,
		    "mend the settings first",
		    "not looked at: the settings are not good");
		return false;
	}
	r = aw_child_netd(netd, sizeof(netd));
	if (r == 0)
		r = run_netd(doctor, netd, mode, seconds, out);
	if (r < 0)
		aw_doctor_say(doctor, name, AW_DOCTOR_BROKEN,
		    "install awssso again", "awssso-netd %s: %s", mode,
		    strerrordesc_np(-r));
	return r == 0;
}

void aw_doctor_check_aws(struct aw_doctor *doctor)
{
	aw_own(aw_buf_done) struct aw_buf out = AW_BUF_INIT(TEXT_MAX);

	if (doctor->is_offline) {
		aw_doctor_say(
		    doctor, "aws", AW_DOCTOR_OK, NULL, "not asked (--offline)");
		return;
	}
	if (ask_netd(doctor, "aws", "--probe", PROBE_S, &out) && out.len > 0)
		aw_doctor_read_probe(doctor, out.data);
}

/* --- the way out ------------------------------------------------------- */

static void show_way(struct aw_doctor *doctor, char *line)
{
	static const char *const keys[] = { "name", "host", "port", "proxy" };
	const char *field[4] = { NULL };
	struct json_object *item;

	for (size_t i = 0; i < 4; i++)
		field[i] = strsep(&line, " ");
	if (!field[3])
		return;
	if (!doctor->egress) {
		aw_print_row("", AW_PLAIN, "           %-14s %s:%s %s%s",
		    field[0], field[1], field[2],
		    strcmp(field[3], "direct") == 0 ? "" : "through ",
		    field[3]);
		return;
	}
	item = aw_json_object();
	for (size_t i = 0; i < 4; i++)
		aw_json_text(item, keys[i],
		    i == 3 && strcmp(field[i], "direct") == 0 ? "" : field[i]);
	aw_json_append(doctor->egress, item);
}

void aw_doctor_read_egress(struct aw_doctor *doctor, char *text)
{
	unsigned n = 0;
	char *line;

	for (const char *at = text; *at; at++)
		n += *at == '\n';
	aw_doctor_say(doctor, "egress", AW_DOCTOR_OK, NULL,
	    "awssso-net has to reach %u hosts%s", n, doctor->egress ? "" : ":");
	while ((line = strsep(&text, "\n")))
		show_way(doctor, line);
}

void aw_doctor_check_egress(struct aw_doctor *doctor)
{
	aw_own(aw_buf_done) struct aw_buf out = AW_BUF_INIT(TEXT_MAX);

	if (ask_netd(doctor, "egress", "--egress", EGRESS_S, &out) &&
	    out.len > 0)
		aw_doctor_read_egress(doctor, out.data);
}
