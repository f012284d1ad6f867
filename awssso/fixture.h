/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory in a JSON file, in AWS's own field names:
 *
 *   { "identity_store_id": "d-...",
 *     "users":  [ { "UserId", "UserName", ["DisplayName"], ["UserStatus"] } ],
 *     "groups": [ { "GroupId", "DisplayName", ["Members": [ UserId ] ] } ] }
 *
 * Other fields are left to others.
 */
#ifndef AW_AWSSSO_FIXTURE_H
#define AW_AWSSSO_FIXTURE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/name.h"
#include "common/outcome.h"
#include "common/text.h"

struct aw_principal {
	const char *id;      /* UserId or GroupId, borrowed from the JSON */
	const char *label;   /* UserName or DisplayName, likewise */
	const char *display; /* DisplayName or "" */
	bool disabled;
	struct json_object *members; /* a group's, or NULL */
	/* set by aw_assign(): */
	char name[AW_NAME_SIZE]; /* "": has no account here */
	uint32_t posix_id;
	uint32_t index; /* for whoever wants to count the named ones */
};

struct aw_fixture {
	struct json_object *root;
	const char *store_id;
	struct aw_principal *users, *groups;
	size_t n_users, n_groups;
	struct aw_principal **by_id; /* users, sorted by their id */
};

/*
 * Read the file at @path.  Returns 0 with @ret for aw_fixture_done(); or a
 * negative errno with @diag "line 3: what" or "users[2].UserId: what".
 */
int aw_fixture_read(
    const char *path, struct aw_fixture *ret, struct aw_diag *diag) AW_MUST_USE;
void aw_fixture_done(struct aw_fixture *fixture);

/* The user with the UserId @id, or NULL. */
struct aw_principal *aw_fixture_user(
    const struct aw_fixture *fixture, const char *id);

#endif
