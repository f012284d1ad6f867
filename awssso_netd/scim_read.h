/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCIM 2.0 (RFC 7644) as it is read: list answers, users, groups, members, and
 * how they become records for awsssod.  Pure.
 *
 * Ids are opaque texts; a server's numbers become such.  What a row must have
 * is its id; what it says besides and cannot be used counts as absent, so that
 * one odd person does not keep out all others.
 */
#ifndef AW_AWSSSO_NETD_SCIM_READ_H
#define AW_AWSSSO_NETD_SCIM_READ_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/identitystore.h"
#include "common/buf.h"

/* 1 to 128 bytes of clean text. */
bool aw_scim_is_id(const char *id);
/* The id that @value is, borrowed from it: such a text, or the decimal text of
 * an integer from 0 to 2^53, above which JSON readers lose digits.  NULL:
 * anything else. */
const char *aw_scim_id(struct json_object *value);

/* One page.  Texts and rows are borrowed from the answer. */
struct aw_scim_list {
	struct json_object *json;
	struct json_object *rows; /* NULL: there are none */
	const char *next;         /* nextCursor, NULL when absent */
	int64_t total, start;     /* totalResults, startIndex; -1 when absent */
};
/* Rows in @list. */
size_t aw_scim_n(const struct aw_scim_list *list);

/* Each returns 0, or -EBADMSG with @diag that names the operation and the
 * field.  @place is the row's. */
int aw_scim_read_list(const struct aw_place *place, struct json_object *json,
    struct aw_scim_list *ret, struct aw_diag *diag) AW_MUST_USE;
/* The id of any resource. */
int aw_scim_read_id(const struct aw_place *place, struct json_object *row,
    const char **ret, struct aw_diag *diag) AW_MUST_USE;

struct aw_scim_user {
	const char *id;
	const char *user_name;   /* NULL also if it cannot be used */
	const char *external_id; /* the same */
	struct json_object *display, *formatted; /* see aw_scim_display() */
	bool disabled; /* "active" is there and does not say true, ... */
	bool is_odd;   /* ... and not false either */
};
int aw_scim_read_user(const struct aw_place *place, struct json_object *row,
    struct aw_scim_user *ret, struct aw_diag *diag) AW_MUST_USE;

/* What @user is called, as aw_store_display() has it. */
bool aw_scim_display(
    const struct aw_scim_user *user, char ret[AW_DISPLAY_MAX + 1]);

struct aw_scim_group {
	const char *id;
	struct json_object *display; /* see aw_store_display() */
	struct json_object *members; /* whatever it is, NULL when absent */
};
int aw_scim_read_group(const struct aw_place *place, struct json_object *row,
    struct aw_scim_group *ret, struct aw_diag *diag) AW_MUST_USE;

struct aw_scim_member {
	const char *id; /* borrowed from the row, or ref_id */
	bool is_group;  /* a group within a group; it may have no id */
	char ref_id[AW_ID_SIZE];
};
/* "value" says who it is, and without one the "$ref", .../Users/ID.  False:
 * neither does. */
bool aw_scim_read_member(
    struct json_object *row, struct aw_scim_member *ret) AW_MUST_USE;

/*
 * Append a USER_REC, GROUP_REC or MEMBER_REC.  @issuer is where external ids
 * come from.  0, -EBADMSG with @diag (what cannot be passed on), or another
 * negative errno.
 */
int aw_scim_put_user(const struct aw_place *place,
    const struct aw_scim_user *user, const char *issuer, struct aw_buf *ret,
    struct aw_diag *diag) AW_MUST_USE;
int aw_scim_put_group(const struct aw_place *place,
    const struct aw_scim_group *group, struct aw_buf *ret,
    struct aw_diag *diag) AW_MUST_USE;
int aw_scim_put_member(const struct aw_place *place, const char *group_id,
    const char *user_id, struct aw_buf *ret, struct aw_diag *diag) AW_MUST_USE;

/* Append @text, escaped for a query. */
void aw_scim_escape(struct aw_buf *ret, const char *text);

#endif
