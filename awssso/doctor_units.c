/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: what systemd says of our units.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "awssso/child.h"
#include "awssso/doctor.h"
#include "common/own.h"
#include "common/text.h"

#define NAME      "units"
#define SYSTEMD   "/run/systemd/system" /* as sd_booted() looks */
#define PATIENCE  10
#define TEXT_MAX  (16 * 1024)
#define RESTARTED 3 /* more often than this is no accident */

enum field { ID, LOAD, ACTIVE, FILE_STATE, RESTARTS, N_FIELDS };

struct unit {
	const char *field[N_FIELDS]; /* never NULL */
};

static bool is(const struct unit *unit, enum field field, const char *value)
{
	return strcmp(unit->field[field], value) == 0;
}

static bool ends(const struct unit *unit, const char *suffix)
{
	const size_t len = strlen(unit->field[ID]), n = strlen(suffix);

	return len >= n && strcmp(unit->field[ID] + len - n, suffix) == 0;
}

static void say(struct aw_doctor *doctor, const struct unit *unit,
    enum aw_doctor_state state, const char *fix, const char *what)
{
	char text[256];

	if (aw_fmt(text, sizeof(text), "%s %s", fix, unit->field[ID]) < 0)
		text[0] = '\0';
	aw_doctor_say(
	    doctor, NAME, state, text, "%s %s", unit->field[ID], what);
}

static bool restarts_often(const struct unit *unit)
{
	uint64_t n;

	return aw_num_u64(unit->field[RESTARTS], 0, UINT32_MAX, &n) == 0 &&
	       n > RESTARTED;
}

/* True: there is nothing to say about it. */
static bool check_unit(struct aw_doctor *doctor, const struct unit *unit)
{
	const bool is_service = ends(unit, ".service");

	if (!is(unit, LOAD, "loaded"))
		say(doctor, unit, AW_DOCTOR_BROKEN,
		    is(unit, LOAD, "masked")
			? "systemctl unmask"
			: "install awssso again and run systemctl "
			  "daemon-reload, for",
		    is(unit, LOAD, "masked") ? "is masked" : "is not there");
	else if (is(unit, ACTIVE, "failed"))
		say(doctor, unit, AW_DOCTOR_BROKEN, "journalctl -e -u",
		    "has failed");
	else if (is_service && is(unit, ACTIVE, "activating"))
		say(doctor, unit, AW_DOCTOR_BROKEN, "journalctl -e -u",
		    "does not come up");
	else if (!is_service && !is(unit, ACTIVE, "active"))
		say(doctor, unit, AW_DOCTOR_BROKEN, "systemctl enable --now",
		    "is not active");
	else if (is_service && restarts_often(unit))
		say(doctor, unit, AW_DOCTOR_WARNING, "journalctl -e -u",
		    "was restarted again and again");
	else if (!is_service && is(unit, FILE_STATE, "disabled"))
		say(doctor, unit, AW_DOCTOR_WARNING, "systemctl enable",
		    "will not be active after the next boot");
	else
		return true;
	return false;
}

static void take_line(struct unit *unit, char *line)
{
	static const char *const keys[N_FIELDS] = { "Id", "LoadState",
		"ActiveState", "UnitFileState", "NRestarts" };
	const char *key = strsep(&line, "=");

	for (unsigned i = 0; line && i < N_FIELDS; i++)
		if (strcmp(keys[i], key) == 0)
			unit->field[i] = line;
}

void aw_doctor_read_units(struct aw_doctor *doctor, char *text)
{
	static const struct unit empty = { { "", "", "", "", "" } };
	struct unit unit = empty;
	unsigned n = 0, good = 0;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		if (*line) {
			take_line(&unit, line);
			continue;
		}
		if (*unit.field[ID]) {
			n++;
			good += check_unit(doctor, &unit);
		}
		unit = empty;
	}
	if (n == 0)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING, NULL,
		    "systemctl says nothing of our units");
	else if (n == good)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_OK, NULL,
		    "systemd has all %u of them", n);
}

void aw_doctor_check_units(struct aw_doctor *doctor)
{
	const bool reaps = doctor->conf->on_disable == AW_ON_DISABLE_END;
	const char *const argv[] = { "/usr/bin/systemctl", "show", "-p",
		"Id,LoadState,ActiveState,UnitFileState,NRestarts",
		"awsssod-auth.socket", "awsssod-ctl.socket",
		"awssso-netd.socket", "awsssod.service", "awssso-netd.service",
		reaps ? "awssso-reap.path" : NULL, NULL };
	aw_own(aw_buf_done) struct aw_buf out = AW_BUF_INIT(TEXT_MAX);
	struct stat st;
	int r;

	if (lstat(SYSTEMD, &st) < 0) {
		aw_doctor_say(doctor, NAME, AW_DOCTOR_OK, NULL,
		    "systemd does not run here; something else has to start "
		    "awsssod and awssso-netd");
		return;
	}
	r = aw_child_run(argv, PATIENCE, &out);
	/* The last unit ends as the others do, with an empty line. */
	aw_buf_add(&out, "\n\n", 2);
	if (r != 0 || aw_buf_error(&out) < 0)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING, NULL,
		    "systemctl does not say how they are%s%s",
		    r < 0 ? ": " : "", r < 0 ? strerrordesc_np(-r) : "");
	else
		aw_doctor_read_units(doctor, out.data);
}
