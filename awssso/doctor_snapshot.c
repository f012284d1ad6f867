/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: the file that libc's answers come from.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "awssso/doctor.h"
#include "awssso/print.h"
#include "common/paths.h"
#include "common/text.h"

#define NAME "snapshot"

static const struct trouble {
	int error; /* of aw_snap_open() */
	const char *what, *fix;
} troubles[] = {
	{ AW_ABSENT, "there is none: nobody of the directory exists here",
	    "sudo awssso sync" },
	{ -EPERM, "its place is not to be trusted: others could write there",
	    "systemd-tmpfiles --create, and give " AW_PATH_PUBLIC
	    " to awssso, mode 0755" },
	{ -EIO, "is damaged: nobody of the directory exists here",
	    "systemctl restart awsssod, which writes it anew" },
	{ -EPROTO, "is of another version than this program",
	    "install the same version of everything, then systemctl restart "
	    "awsssod" },
};

static void say_trouble(struct aw_doctor *doctor, int error)
{
	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
		if (troubles[i].error == error) {
			aw_doctor_say(doctor, NAME, AW_DOCTOR_BROKEN,
			    troubles[i].fix, AW_PATH_SNAPSHOT ": %s",
			    troubles[i].what);
			return;
		}
	aw_doctor_say(doctor, NAME, AW_DOCTOR_BROKEN, NULL,
	    AW_PATH_SNAPSHOT " cannot be read: %s", strerrordesc_np(-error));
}

/* What an age of @age seconds means, or NULL; *@ret_state how bad it is. */
static const char *too_old(
    const struct aw_conf *conf, uint64_t age, enum aw_doctor_state *ret_state)
{
	const bool is_published = conf->source == AW_SOURCE_PUBLISHED;

	*ret_state = AW_DOCTOR_BROKEN;
	if (age > conf->account_directory_age)
		return ", older than account_directory_age: keys, cron and su "
		       "of its people are refused";
	if (is_published && age > conf->max_directory_age)
		return ", older than max_directory_age: sign-ins are refused";
	*ret_state = AW_DOCTOR_WARNING;
	if (!is_published && age > 2 * conf->sweep_interval)
		return ", older than two sweep_intervals";
	*ret_state = AW_DOCTOR_OK;
	return NULL;
}

/* Adopted ids, foreign homes and local groups need root's word. */
static bool lacks_limits(const struct aw_doctor *doctor)
{
	char path[512];

	return doctor->snap->needs_limits &&
	       aw_fmt(path, sizeof(path), "%s/awssso/nss.limits",
		   doctor->etc) == 0 &&
	       access(path, R_OK) < 0;
}

void aw_doctor_check_snapshot(struct aw_doctor *doctor)
{
	const struct aw_snap *snap = doctor->snap;
	const uint64_t now = (uint64_t)time(NULL);
	enum aw_doctor_state state;
	const char *why;
	char age[32];

	if (!snap || aw_snap_verify(snap) < 0) {
		say_trouble(doctor, snap ? -EIO : doctor->snap_error);
		return;
	}
	why = too_old(doctor->conf,
	    now > snap->created ? now - snap->created : 0, &state);
	aw_doctor_say(doctor, NAME, state,
	    why ? "sudo awssso sync says what is in the way" : NULL,
	    "generation %llu, %u people, %u groups, read %s ago%s",
	    (unsigned long long)snap->generation, snap->n_users, snap->n_groups,
	    aw_print_span(age, sizeof(age),
		now > snap->created ? now - snap->created : 0),
	    why ? why : "");
	if (lacks_limits(doctor))
		aw_doctor_say(doctor, NAME, AW_DOCTOR_BROKEN,
		    "sudo awssso limits --write (adopted ids: awssso ids adopt "
		    "again)",
		    "some of its records need %s/awssso/nss.limits, which is "
		    "not there",
		    doctor->etc);
}
