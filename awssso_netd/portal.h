/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access portal, with a person's token: which accounts and roles they
 * hold, and keys of one role.
 */
#ifndef AW_AWSSSO_NETD_PORTAL_H
#define AW_AWSSSO_NETD_PORTAL_H

#include "awssso_netd/call.h"
#include "common/buf.h"

#define AW_ACCOUNT_SIZE 13 /* 12 digits */
#define AW_SET_SIZE     65 /* permission sets have 32 bytes at most */

/* Whose token, and until when. */
struct aw_portal {
	struct aw_aws *aws;
	struct aw_secret *token;
	const char *region;
	uint64_t deadline_ms;
};

/*
 * A list: of accounts (id, name) or of the roles in one account (name,
 * account).  Texts lie one behind the other, each with its NUL.
 */
struct aw_portal_list {
	size_t n;
	struct aw_buf texts;
};
void aw_portal_list_done(struct aw_portal_list *list);
/* Move @from to @ret, which held nothing. */
void aw_portal_list_take(
    struct aw_portal_list *from, struct aw_portal_list *ret);
/* Step through @list, *@at zero at first.  Returns 0 (texts borrowed) or
 * AW_END. */
int aw_portal_list_next(const struct aw_portal_list *list, size_t *at,
    const char **ret_first, const char **ret_second) AW_MUST_USE;

struct aw_portal_end {
	enum aw_net net;
	struct aw_diag why;
	struct aw_portal_list *list; /* see aw_portal_list_take() */
	const char *request_id;
};

struct aw_portal_op;
/* @end is borrowed.  The op is gone when this returns. */
typedef void aw_portal_done_fn(void *user, const struct aw_portal_end *end);

/*
 * List all accounts (@account NULL) or all roles in @account, all pages.  An
 * account in which the person holds nothing has an empty list.  @done is
 * called once, later.  Returns 0 with *@ret, or a negative errno.
 */
int aw_portal_start(const struct aw_portal *portal, const char *account,
    aw_portal_done_fn *done, void *user, struct aw_portal_op **ret) AW_MUST_USE;
void aw_portal_cancel(struct aw_portal_op *op);

/* Start GetRoleCredentials; the answer goes to aw_portal_read_keys(). */
int aw_portal_get_keys(const struct aw_portal *portal, const char *account,
    const char *role, aw_call_done_fn *done, void *user,
    struct aw_call **ret) AW_MUST_USE;

/* Returns 0 with *@ret to be unreffed, -EBADMSG with @diag, or -ENOMEM. */
int aw_portal_read_keys(struct json_object *json, struct aw_keys **ret,
    struct aw_diag *diag) AW_MUST_USE;

/*
 * Append the rows of one page to @list.  @ret_next is the next page's token or
 * NULL, borrowed.  Returns 0, -EBADMSG with @diag, or -ENOMEM.
 */
int aw_portal_read_page(struct json_object *json, const char *account,
    struct aw_portal_list *list, const char **ret_next,
    struct aw_diag *diag) AW_MUST_USE;

#endif
