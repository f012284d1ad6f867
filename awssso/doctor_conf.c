/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: our own settings, and what ends on a day that they name.
 */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "awssso/conf_paths.h"
#include "awssso/doctor.h"
#include "common/conf_value.h"
#include "common/own.h"

#define NAME "settings"
#define DAY  86400

static void say_path(void *user, const char *place, const char *why)
{
	aw_doctor_say(user, NAME, AW_DOCTOR_BROKEN,
	    "let the user awssso-net read that file, and nobody else", "%s: %s",
	    place, why);
}

void aw_doctor_check_settings(struct aw_doctor *doctor)
{
	const unsigned broken = doctor->said[AW_DOCTOR_BROKEN];
	struct aw_diag why = { .text = "" };
	char path[512];

	if (aw_fmt(path, sizeof(path), "%s/awssso/awssso.conf", doctor->etc) <
	    0)
		return;
	if (!doctor->is_root && access(path, R_OK) < 0 && errno == EACCES) {
		aw_doctor_say_root(doctor, NAME, "whether they are good");
		return;
	}
	if (doctor->conf_why.text[0]) {
		aw_doctor_say(doctor, NAME, AW_DOCTOR_BROKEN,
		    access(path, F_OK) < 0
			? "write it: start_url, region, identity_store_id and "
			  "an allow_groups"
			: "mend that; awssso config --check says whether the "
			  "file is good",
		    "%s", doctor->conf_why.text);
		return;
	}
	if (aw_conf_require(doctor->conf, &why) < 0)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_BROKEN,
		    "set it, as the AWS console shows it", "%s: %s", path,
		    why.text);
	aw_conf_paths_walk(doctor->conf, path, say_path, doctor);
	if (!aw_conf_access_allows(&doctor->conf->access))
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING,
		    "write allow_groups = NAME into [access]",
		    "%s: nobody may log in: no line of [access] allows "
		    "anybody",
		    path);
	else if (doctor->said[AW_DOCTOR_BROKEN] == broken)
		aw_doctor_say(
		    doctor, NAME, AW_DOCTOR_OK, NULL, "%s is good", path);
}

/* --- days -------------------------------------------------------------- */

void aw_doctor_say_day(struct aw_doctor *doctor, const char *name,
    const char *what, const char *keyword, const char *day, uint64_t now)
{
	uint64_t end, days;

	if (!aw_conf_value_day(day, &end)) {
		aw_doctor_say(doctor, name, AW_DOCTOR_OK, NULL,
		    "when %s ends is not known here (%s)", what, keyword);
		return;
	}
	days = end > now ? (end - now) / DAY : 0;
	if (end <= now)
		aw_doctor_say(doctor, name, AW_DOCTOR_BROKEN,
		    "make a new one in the console, and set the new day",
		    "%s has ended (%s = %s)", what, keyword, day);
	else
		aw_doctor_say(doctor, name,
		    days <= 30 ? AW_DOCTOR_WARNING : AW_DOCTOR_OK,
		    days <= 30 ? "make a new one in the console, and set the "
				 "new day"
			       : NULL,
		    "%s ends in %llu days (%s)", what, (unsigned long long)days,
		    day);
}

void aw_doctor_check_dates(struct aw_doctor *doctor)
{
	const uint64_t now = (uint64_t)time(NULL);

	if (doctor->conf->source == AW_SOURCE_SCIM)
		aw_doctor_say_day(doctor, "scim-token", "the SCIM token",
		    "scim_token_expires", doctor->conf->scim_token_expires,
		    now);
	aw_doctor_say_day(doctor, "saml-certificate",
	    "the certificate of the identity provider",
	    "saml_certificate_expires", doctor->conf->saml_certificate_expires,
	    now);
}
