/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: who has a name that is kept for the groups of permission sets.
 * Nobody is given one any more, but a name that was given stays: what sudoers
 * says about the set's group is then said about them.
 */
#include <string.h>

#include "awssso/doctor.h"
#include "common/text.h"

#define NAME "names"
#define TOLD 20 /* of more, how many */

static void look_at(struct aw_doctor *doctor, const char *name,
    const char *what, const char *principal, unsigned *n)
{
	char fix[4 * AW_PRINCIPAL_SIZE + 40], id[4 * AW_PRINCIPAL_SIZE];

	if (!aw_name_is_of_set(doctor->conf->permission_set_group, name) ||
	    (*n)++ >= TOLD)
		return;
	aw_ignore(aw_fmt(fix, sizeof(fix), "awssso ids rename %s NAME",
	    aw_text_escape(id, sizeof(id), principal)));
	aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING, fix,
	    "%s is %s of the directory, and called as the group of a "
	    "permission "
	    "set: what sudoers says of the set is theirs",
	    name, what);
}

static int look_at_groups(struct aw_doctor *doctor, unsigned *n)
{
	char principal[AW_PRINCIPAL_SIZE];
	struct aw_snap_group group;
	uint64_t cursor = 0;
	int r;

	while ((r = aw_snap_next_group(doctor->snap, &cursor, false, &group)) ==
	       0) {
		if (group.flags & AW_SNAP_SET)
			continue;
		r = aw_snap_group_principal(doctor->snap, &group, principal);
		if (r < 0)
			return r;
		look_at(doctor, group.name, "a group", principal, n);
	}
	return r == AW_END ? 0 : r;
}

/* Each has a group of that name. */
static int look_at_users(struct aw_doctor *doctor, unsigned *n)
{
	struct aw_snap_user_more more;
	struct aw_snap_user user;
	uint64_t cursor = 0;
	int r;

	while (
	    (r = aw_snap_next_user(doctor->snap, &cursor, false, &user)) == 0) {
		r = aw_snap_user_more(doctor->snap, &user, &more);
		if (r < 0)
			return r;
		look_at(doctor, user.strings, "a person", more.principal_id, n);
	}
	return r == AW_END ? 0 : r;
}

void aw_doctor_check_names(struct aw_doctor *doctor)
{
	unsigned n = 0;
	int r;

	if (doctor->conf->permission_sets == AW_PERMISSION_SETS_NO ||
	    !doctor->snap)
		return;
	r = look_at_groups(doctor, &n);
	if (r == 0)
		r = look_at_users(doctor, &n);
	if (r != 0)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING, NULL,
		    "the snapshot cannot be read: %s", strerrordesc_np(-r));
	else if (n > TOLD)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING, NULL,
		    "%u more are called as groups of permission sets",
		    n - TOLD);
	else if (n == 0)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_OK, NULL,
		    "nobody else is called as the group of a permission set");
}
