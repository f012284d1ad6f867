/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Identity Store: requests of the operations that we use, and rows of
 * their answers.  Users and groups of another store, rows of somebody else,
 * and rows that we cannot pass on are refused, never skipped.
 */
#ifndef AW_AWSSSO_NETD_IDENTITYSTORE_H
#define AW_AWSSSO_NETD_IDENTITYSTORE_H

#include "awssso_netd/answer.h"
#include "awssso_netd/call.h"
#include "common/buf.h"

#define AW_ID_SIZE        129 /* of a UserId or GroupId, with its NUL */
#define AW_EXTERNAL_MAX   10
#define AW_EXTERNAL_BYTES 512 /* of an issuer and of an id */
#define AW_DISPLAY_MAX    4096

/* A request; what is NULL or false is left out. */
struct aw_store_ask {
	const char *operation;
	const char *user_id;
	const char *group_id;
	const char *member_id; /* a user's id: MemberId.UserId */
	const char *user_name; /* GetUserId: AlternateIdentifier */
	bool paged;            /* MaxResults 100 ... */
	const char *next;      /* ... and NextToken */
};

/* The request's body.  Returns 0 or a negative errno. */
int aw_store_body(const struct aw_store_ask *ask, const char *store_id,
    struct aw_buf *ret) AW_MUST_USE;

/* How patient to be: attempts and slack_ms as in aw_call_request, and @keys
 * instead of the host's (NULL). */
struct aw_store_how {
	const char *region;
	unsigned attempts;
	uint64_t slack_ms, deadline_ms;
	struct aw_keys *keys;
};
int aw_store_start(struct aw_aws *aws, const struct aw_store_ask *ask,
    const struct aw_store_how *how, aw_call_done_fn *done, void *user,
    struct aw_call **ret) AW_MUST_USE;

/*
 * One page of @operation: the list @name with its rows (of at most 100) and
 * the next page's token (NULL: none); borrowed.  Returns 0 or -EBADMSG.
 */
int aw_store_read_page(const char *operation, const char *name,
    struct json_object *json, struct json_object **ret_rows,
    const char **ret_next, struct aw_diag *diag) AW_MUST_USE;

/* Rows.  Texts are borrowed; NULL where a field is absent.  Return 0 or
 * -EBADMSG with @diag. */
struct aw_store_user {
	const char *store_id; /* checked */
	const char *user_id, *user_name;
	const char *display_name; /* not clean: may hold controls */
	const char *status;
	struct json_object *external_ids; /* list, checked */
};
int aw_store_read_user(const struct aw_place *place, struct json_object *row,
    const char *store_id, struct aw_store_user *ret,
    struct aw_diag *diag) AW_MUST_USE;

/* The @i-th external id of @user.  0 or AW_END. */
int aw_store_external_id(const struct aw_store_user *user, size_t i,
    const char **ret_issuer, const char **ret_id) AW_MUST_USE;

/* GetUserId's answer: the UserId, AW_ID_SIZE bytes.  0 or -EBADMSG. */
int aw_store_read_user_id(struct json_object *json, char ret[AW_ID_SIZE],
    struct aw_diag *diag) AW_MUST_USE;

struct aw_store_group {
	const char *group_id;
	const char *display_name; /* not clean */
};
int aw_store_read_group(const struct aw_place *place, struct json_object *row,
    const char *store_id, struct aw_store_group *ret,
    struct aw_diag *diag) AW_MUST_USE;

struct aw_store_member {
	const char *group_id, *user_id;
};
int aw_store_read_member(const struct aw_place *place, struct json_object *row,
    const char *store_id, struct aw_store_member *ret,
    struct aw_diag *diag) AW_MUST_USE;

/*
 * @text made fit for a message: each control character becomes a blank.
 * Returns 0 or -EMSGSIZE.  -EINVAL: not UTF-8.
 */
int aw_store_clean(const char *text, char *ret, size_t size) AW_MUST_USE;

#endif
