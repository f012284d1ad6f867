/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Identity Store: requests of the operations that we use, and rows of
 * their answers.  Users and groups of another store and rows of somebody else
 * are refused, never skipped.
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
#define AW_STORE_BODY_MAX (96 * 1024) /* of a request */

/* The item of the setting scope that stands for all who hold a set. */
#define AW_SCOPE_ASSIGNED "assigned"

/* @text has the form of a UserId or GroupId. */
bool aw_store_is_id(const char *text);

/* A request; what is NULL or false is left out. */
struct aw_store_ask {
	const char *operation;
	const char *user_id;
	const char *group_id;
	const char *member_id;  /* a user's id: MemberId.UserId */
	const char *user_name;  /* GetUserId: AlternateIdentifier */
	const char *group_name; /* GetGroupId: the same, by DisplayName */
	bool paged;             /* MaxResults 100 ... */
	const char *next;       /* ... and NextToken */
};

/* The request's body.  Returns 0 or a negative errno. */
int aw_store_body(const struct aw_store_ask *ask, const char *store_id,
    struct aw_buf *ret) AW_MUST_USE;

/* The request itself, without how patient to be; @body holds its body and must
 * outlive it.  Returns 0 or a negative errno. */
int aw_store_request(const struct aw_store_ask *ask, const char *store_id,
    const char *region, struct aw_buf *body,
    struct aw_call_request *ret) AW_MUST_USE;

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

/*
 * Rows.  Texts are borrowed; NULL where a field is absent.  What a row must
 * have is its id; what it says besides and cannot be used counts as absent, so
 * that one odd person does not keep out all others.  Return 0 or -EBADMSG with
 * @diag.
 */
struct aw_store_user {
	const char *store_id; /* checked */
	const char *user_id;
	const char *user_name;       /* NULL also if it cannot be used */
	struct json_object *display; /* see aw_store_display() */
	const char *status;          /* "DISABLED" also if it cannot be used */
	struct json_object *external_ids;
};
int aw_store_read_user(const struct aw_place *place, struct json_object *row,
    const char *store_id, struct aw_store_user *ret,
    struct aw_diag *diag) AW_MUST_USE;

/* The next external id of @user that can be used, *@at zero at first.  0 or
 * AW_END. */
int aw_store_external_id(const struct aw_store_user *user, size_t *at,
    const char **ret_issuer, const char **ret_id) AW_MUST_USE;

/* GetUserId's answer: the UserId, AW_ID_SIZE bytes.  0 or -EBADMSG. */
int aw_store_read_user_id(struct json_object *json, char ret[AW_ID_SIZE],
    struct aw_diag *diag) AW_MUST_USE;

struct aw_store_group {
	const char *group_id;
	struct json_object *display;
};
int aw_store_read_group(const struct aw_place *place, struct json_object *row,
    const char *store_id, struct aw_store_group *ret,
    struct aw_diag *diag) AW_MUST_USE;

struct aw_store_member {
	const char *group_id;
	const char *user_id; /* NULL: a member of a kind that is not known */
};
int aw_store_read_member(const struct aw_place *place, struct json_object *row,
    const char *store_id, struct aw_store_member *ret,
    struct aw_diag *diag) AW_MUST_USE;

/* @value if it is a clean text of 1 to @max bytes, else NULL; borrowed. */
const char *aw_store_text(struct json_object *value, size_t max);

/*
 * The DisplayName @display (NULL: none) made fit for a message, into @ret of
 * AW_DISPLAY_MAX + 1 bytes: each control character and NUL becomes a blank,
 * and what is too long is cut.  False: there is none that can be used.
 */
bool aw_store_display(
    struct json_object *display, char ret[AW_DISPLAY_MAX + 1]);

#endif
