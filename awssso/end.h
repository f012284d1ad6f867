/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ending all that runs for a person on this host, as root: processes, systemd's
 * user manager and linger, cron and at jobs.  What was waiting to run is moved
 * aside, never deleted; files stay where they are and are counted.
 */
#ifndef AW_AWSSSO_END_H
#define AW_AWSSSO_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"

struct aw_end_who {
	const char *name; /* passes aw_name_is_possible() */
	uint32_t uid;     /* of ours: in the range, or adopted */
	const char *home; /* "" when not known */
};

struct aw_end_report {
	unsigned ended; /* processes */
	unsigned left;  /* and those that would not end */
	bool linger, crontab;
	unsigned at_jobs;
	char saved[128];   /* where jobs were moved to; "" for nowhere */
	uint64_t files;    /* owned, in home and where everybody may write */
	unsigned failures; /* each was said */
};

/*
 * End what runs for @who and will.  @root is the host's root directory, ""
 * but in tests, where no process is ended.  What cannot be done is said on
 * stderr and counted; all else is done all the same.
 */
void aw_end_person(
    const char *root, const struct aw_end_who *who, struct aw_end_report *ret);

/* Whether anything waits to run for @who: linger, a crontab (which are a local
 * account's, where one has that name by now).  Of processes and
 * at jobs, which have no name, see below. */
bool aw_end_waits(const char *root, const struct aw_end_who *who);

/*
 * Ask every process to end, then make it; bounded in time (about 10 s).
 * Returns how many there were; *@ret_left those that are still there.
 */
unsigned aw_end_processes(uint32_t uid, unsigned *ret_left);

/* A set of uids. */
struct aw_uids {
	uint32_t *uid;
	size_t n, room;
};
void aw_uids_done(struct aw_uids *uids);
bool aw_uids_has(const struct aw_uids *uids, uint32_t uid);
int aw_uids_add(struct aw_uids *uids, uint32_t uid) AW_MUST_USE;
/* The owners of all processes.  0 or a negative errno. */
int aw_uids_of_processes(struct aw_uids *ret) AW_MUST_USE;
/* Add the owners of all at jobs.  0 or a negative errno. */
int aw_uids_of_at_jobs(const char *root, struct aw_uids *ret) AW_MUST_USE;

#endif
