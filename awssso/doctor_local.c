/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: names and ids that this host has of its own, and the
 * directory as well.  The local one counts, always.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso/doctor.h"
#include "common/id.h"
#include "common/own.h"
#include "common/text.h"

#define NAME "local"

static const struct source {
	const char *file;
	const char *what;
	bool is_group;
	bool is_range; /* "NAME:FIRST:COUNT" of subordinate ids */
} sources[] = {
	{ "passwd", "account", false, false },
	{ "group", "group", true, false },
	{ "subuid", "range of subordinate ids", false, true },
	{ "subgid", "range of subordinate ids", true, true },
};

struct entry {
	const char *name;
	uint64_t id, last;
};

/* False: the line makes no sense, and libc passes over it. */
static bool read_line(
    char *line, const struct source *source, struct entry *ret)
{
	uint64_t count = 1;

	ret->name = strsep(&line, ":");
	if (!source->is_range)
		(void)strsep(&line, ":");
	if (!line || !*ret->name || *ret->name == '#' ||
	    aw_num_u64(strsep(&line, ":"), 0, UINT32_MAX, &ret->id) < 0)
		return false;
	if (source->is_range && (!line || aw_num_u64(strsep(&line, ":"), 1,
					      UINT32_MAX, &count) < 0))
		return false;
	ret->last = ret->id + count - 1;
	return true;
}

/* The directory has somebody of that name, or with that id. */
static bool is_known(const struct aw_snap *snap, const struct entry *entry,
    bool is_group, bool *ret_by_name)
{
	const size_t len = strlen(entry->name);
	const uint32_t id = (uint32_t)entry->id;
	struct aw_snap_group group;
	struct aw_snap_user user;

	*ret_by_name =
	    is_group
		? aw_snap_group_by_name(snap, entry->name, len, &group) == 0
		: aw_snap_user_by_name(snap, entry->name, len, &user) == 0;
	/* A person's id is that of their private group, too. */
	return *ret_by_name || aw_snap_user_by_id(snap, id, &user) == 0 ||
	       aw_snap_group_by_id(snap, id, &group) == 0;
}

static bool check_entry(struct aw_doctor *doctor, const struct source *source,
    const struct entry *entry)
{
	bool by_name;

	if (entry->id <= AW_ID_MAX && entry->last >= AW_ID_MIN) {
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING,
		    "give it ids below 1879048192",
		    "the %s %s in %s/%s has ids of the directory's range",
		    source->what, entry->name, doctor->etc, source->file);
		return false;
	}
	if (source->is_range || !doctor->snap ||
	    !is_known(doctor->snap, entry, source->is_group, &by_name))
		return true;
	aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING,
	    by_name ? "rename one of the two (awssso ids rename), or let the "
		      "person have the account's id: awssso ids adopt"
		    : "give the local one another id",
	    "the %s %s in %s/%s has the %s of somebody in the directory, who "
	    "is not shown",
	    source->what, entry->name, doctor->etc, source->file,
	    by_name ? "name" : "id");
	return false;
}

/* How many of its lines are in the way. */
static unsigned check_source(
    struct aw_doctor *doctor, const struct source *source, char *text)
{
	const int r = aw_doctor_read_etc(doctor, source->file, text);
	struct entry entry;
	unsigned found = 0;
	char *line;

	if (r < 0) {
		aw_doctor_say(doctor, NAME, AW_DOCTOR_WARNING, NULL,
		    "%s/%s cannot be read: %s", doctor->etc, source->file,
		    strerrordesc_np(-r));
		return 1;
	}
	while (r == 0 && (line = strsep(&text, "\n")))
		if (read_line(line, source, &entry))
			found += !check_entry(doctor, source, &entry);
	return found;
}

void aw_doctor_check_local(struct aw_doctor *doctor)
{
	aw_own_free char *text = malloc(AW_DOCTOR_FILE);
	unsigned found = 0;

	for (size_t i = 0; text && i < sizeof(sources) / sizeof(sources[0]);
	     i++)
		found += check_source(doctor, &sources[i], text);
	if (text && found == 0)
		aw_doctor_say(doctor, NAME, AW_DOCTOR_OK, NULL,
		    "no local account or group has a name or id of the "
		    "directory's");
}
