/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: who else on this host hands out ids of our range.
 */
#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "awssso/doctor.h"
#include "common/id.h"
#include "common/own.h"
#include "common/text.h"

#define LASTLOG "/var/log/lastlog"
#define LARGE   (INT64_C(1) << 30)

/* SSSD's own, when it maps ids and is told no range. */
#define SSSD_MIN 200000
#define SSSD_MAX 2000200000

struct range {
	uint64_t min, max;
};

static bool is_ours(const struct range *range)
{
	return range->min <= AW_ID_MAX && range->max >= AW_ID_MIN;
}

static void say_range(struct aw_doctor *doctor, const char *name,
    const char *where, const struct range *range)
{
	const bool overlaps = is_ours(range);

	aw_doctor_say(doctor, name, overlaps ? AW_DOCTOR_WARNING : AW_DOCTOR_OK,
	    overlaps ? "give it another range, below 1879048192" : NULL,
	    "%s hands out ids from %llu to %llu%s", where,
	    (unsigned long long)range->min, (unsigned long long)range->max,
	    overlaps ? ", which ours overlap" : "");
}

/* Could @path be read?  r as ini_parse() gives it. */
static bool is_read(
    struct aw_doctor *doctor, const char *name, const char *path, int r)
{
	if (r == 0)
		return true;
	if (r == -1 && errno == ENOENT)
		return false;
	if (r == -1 && errno == EACCES) {
		aw_doctor_say_root(doctor, name, "which ids it hands out");
		return false;
	}
	aw_doctor_say(doctor, name, AW_DOCTOR_WARNING, NULL, "%s %s", path,
	    r == -1 ? strerrordesc_np(errno) : "cannot be understood");
	return false;
}

/* --- SSSD -------------------------------------------------------------- */

struct sssd {
	struct aw_doctor *doctor;
	char section[128];
	bool maps; /* this domain turns other ids into ours */
	struct range range;
	bool said;
};

static void end_domain(struct sssd *sssd)
{
	if (sssd->maps) {
		say_range(sssd->doctor, "sssd", sssd->section, &sssd->range);
		sssd->said = true;
	}
	sssd->maps = false;
	sssd->range = (struct range){ SSSD_MIN, SSSD_MAX };
}

static int on_sssd(
    void *user, const char *section, const char *key, const char *value)
{
	struct sssd *sssd = user;
	uint64_t n = 0;
	const bool is_number = aw_num_u64(value, 0, UINT32_MAX, &n) == 0;

	if (strncmp(section, "domain/", 7) != 0)
		return 1;
	if (strcmp(section, sssd->section) != 0) {
		end_domain(sssd);
		aw_ignore(aw_fmt(
		    sssd->section, sizeof(sssd->section), "%.100s", section));
	}
	if (strcmp(key, "id_provider") == 0)
		sssd->maps =
		    strcmp(value, "ad") == 0 || strcmp(value, "idp") == 0;
	else if (strcmp(key, "ldap_id_mapping") == 0)
		sssd->maps = strcasecmp(value, "true") == 0;
	else if (strcmp(key, "ldap_idmap_range_min") == 0 && is_number)
		sssd->range.min = n;
	else if (strcmp(key, "ldap_idmap_range_max") == 0 && is_number)
		sssd->range.max = n;
	return 1;
}

static void check_sssd(struct aw_doctor *doctor)
{
	struct sssd sssd = { .doctor = doctor,
		.range = { SSSD_MIN, SSSD_MAX } };
	char path[256];

	if (aw_fmt(path, sizeof(path), "%s/sssd/sssd.conf", doctor->etc) < 0 ||
	    !is_read(doctor, "sssd", path, ini_parse(path, on_sssd, &sssd)))
		return;
	end_domain(&sssd);
	if (!sssd.said)
		aw_doctor_say(
		    doctor, "sssd", AW_DOCTOR_OK, NULL, "%s maps no ids", path);
}

/* --- Himmelblau -------------------------------------------------------- */

static int on_himmelblau(void *user, const char *section AW_UNUSED,
    const char *key, const char *value)
{
	struct range *range = user;
	const size_t len = strcspn(value, "-");
	char low[16];

	if (strcmp(key, "idmap_range") != 0 || !value[len])
		return 1;
	if (aw_fmt(low, sizeof(low), "%.*s", (int)len, value) < 0 ||
	    aw_num_u64(low, 0, UINT32_MAX, &range->min) < 0 ||
	    aw_num_u64(value + len + 1, 0, UINT32_MAX, &range->max) < 0)
		return 0;
	return 1;
}

static void check_himmelblau(struct aw_doctor *doctor)
{
	struct range range = { 0, 0 };
	char path[256];

	if (aw_fmt(path, sizeof(path), "%s/himmelblau/himmelblau.conf",
		doctor->etc) < 0 ||
	    !is_read(doctor, "himmelblau", path,
		ini_parse(path, on_himmelblau, &range)))
		return;
	if (range.max == 0)
		aw_doctor_say(doctor, "himmelblau", AW_DOCTOR_WARNING,
		    "set idmap_range, below 1879048192",
		    "%s sets no idmap_range: some versions hand out ids up to "
		    "2000200000, which ours overlap",
		    path);
	else
		say_range(doctor, "himmelblau", path, &range);
}

void aw_doctor_check_ranges(struct aw_doctor *doctor)
{
	check_sssd(doctor);
	check_himmelblau(doctor);
}

/* --- lastlog ----------------------------------------------------------- */

void aw_doctor_check_lastlog(struct aw_doctor *doctor)
{
	static const char name[] = "lastlog";
	struct stat st;

	if (stat(LASTLOG, &st) < 0)
		return;
	if (st.st_size > LARGE)
		aw_doctor_say(doctor, name, AW_DOCTOR_WARNING,
		    "copy it and back it up as a sparse file",
		    LASTLOG " looks %llu GiB large; it is sparse and uses "
			    "%llu KiB",
		    (unsigned long long)st.st_size >> 30,
		    (unsigned long long)st.st_blocks / 2);
	else
		aw_doctor_say(doctor, name, AW_DOCTOR_OK, NULL,
		    LASTLOG " uses %llu KiB; somebody of the directory who "
			    "signs in makes it look several hundred GiB large",
		    (unsigned long long)st.st_blocks / 2);
}
