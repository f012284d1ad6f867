/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One person of the directory: what is known, whether the policy lets them
 * in, and bringing it up to date with a live answer.
 */
#ifndef AW_AWSSSOD_PERSON_H
#define AW_AWSSSOD_PERSON_H

#include <sys/types.h>

#include "awsssod/access.h"
#include "awsssod/state.h"
#include "common/conf.h"
#include "common/name.h"
#include "common/snapshot.h"
#include "common/wire.h"

#define AW_PERSON_HOME_SIZE 256 /* as a snapshot has it */

struct aw_person {
	int64_t n;
	char principal[AW_PRINCIPAL_SIZE];
	char name[AW_NAME_SIZE];
	char user_name[AW_USER_NAME_MAX + 1];
	char home[AW_PERSON_HOME_SIZE];
	uint32_t posix_id;
	bool disabled;
	bool present;    /* the directory has this person */
	bool missing;    /* a held sweep, or a live answer, lacked them */
	bool hidden;     /* the name or id is the host's own by now */
	bool name_taken; /* the UserName is somebody else's Linux name */
};

/* Look up by Linux name, or uid.  0, AW_UNKNOWN, or a negative errno. */
int aw_person_by_name(struct aw_state *state, const char *name,
    struct aw_person *ret) AW_MUST_USE;
int aw_person_by_uid(
    struct aw_state *state, uid_t uid, struct aw_person *ret) AW_MUST_USE;

/*
 * What the directory says of the policy and @person; .sets is as by
 * aw_sets_access().  Returns 0 or a negative errno.
 */
int aw_person_access(struct aw_state *state, const struct aw_conf *conf,
    const struct aw_person *person, struct aw_access_facts *ret) AW_MUST_USE;

/*
 * Bring @person, here and in the database, up to date with @in, an answer
 * that describes them: PERSON_IS, or FLOW_END with the same fields.  Groups
 * that no sweep has read count for the policy too; with a scope nothing but
 * the policy hears of them, until the next sweep.
 *
 * Returns 0; AW_DENIED when @in is about somebody else or lacks a field; or a
 * negative errno.  *@ret_changed: the directory has changed by it.
 */
int aw_person_refresh(struct aw_state *state, const struct aw_conf *conf,
    const struct aw_wire_in *in, struct aw_person *person,
    bool *ret_changed) AW_MUST_USE;

/* The directory said live that it does not know @person. */
int aw_person_set_missing(
    struct aw_state *state, struct aw_person *person) AW_MUST_USE;

#endif
