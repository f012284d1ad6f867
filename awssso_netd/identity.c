/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a token to a name.  The role's keys are wiped as soon as STS has
 * answered.
 */
#include "awssso_netd/identity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/log.h"
#include "common/own.h"

#define TRIES_MAX 5 /* roles that are refused although listed */

/* What is held in another account. */
struct more {
	struct aw_identity *identity;
	struct aw_portal_op *op;
	struct aw_portal_list list;
	bool is_known;
};

struct aw_identity {
	struct aw_portal portal;
	struct aw_identity_accounts at;
	const char *account; /* the first of them; "": none */
	bool pinned;
	/* the role that is asked for */
	char asked_account[AW_ACCOUNT_SIZE];
	char asked_set[AW_SET_SIZE];
	/* what is held in @account */
	struct aw_portal_op *roles_op;
	struct aw_portal_list roles;
	bool roles_known;
	struct more more[AW_IDENTITY_ACCOUNTS - 1];
	/* looking for a role: in @account, then in the accounts listed */
	bool accounts_listed, elsewhere;
	struct aw_portal_op *search;
	struct aw_portal_list accounts, others;
	size_t role_at, account_at;
	unsigned tries;
	struct aw_call *call;
	struct aw_keys *keys;
	bool identified;
	struct aw_sts_identity sts;
	char keys_request_id[AW_REQUEST_ID_SIZE];
	char sts_request_id[AW_REQUEST_ID_SIZE];
	aw_identity_done_fn *done;
	void *user;
};

static void identity_free(struct aw_identity *identity)
{
	for (size_t i = 0; i < AW_IDENTITY_ACCOUNTS - 1; i++) {
		aw_portal_cancel(identity->more[i].op);
		aw_portal_list_done(&identity->more[i].list);
	}
	aw_portal_cancel(identity->roles_op);
	aw_portal_cancel(identity->search);
	aw_call_cancel(identity->call);
	aw_secret_unref(identity->portal.token);
	aw_keys_unref(identity->keys);
	aw_portal_list_done(&identity->roles);
	aw_portal_list_done(&identity->accounts);
	aw_portal_list_done(&identity->others);
	free(identity);
}

void aw_identity_cancel(struct aw_identity *identity)
{
	if (identity)
		identity_free(identity);
}

static void fail(
    struct aw_identity *identity, enum aw_net net, const struct aw_diag *why)
{
	const struct aw_identity_end end = { .net = net, .why = *why };

	identity->done(identity->user, &end);
	identity_free(identity);
}

static void fail_errno(struct aw_identity *identity, int error)
{
	struct aw_diag why;

	aw_diag_set(
	    &why, "cannot find out who approved: %s", strerrordesc_np(-error));
	fail(identity, AW_NET_UNAVAIL, &why);
}

static void fail_no_role(struct aw_identity *identity)
{
	struct aw_diag why;

	aw_diag_set(&why,
	    "who approved holds no permission set, so AWS does not say who "
	    "it was: assign one (a set without policies is enough)");
	fail(identity, AW_NET_NO_ROLE, &why);
}

static void finish_if_done(struct aw_identity *identity)
{
	struct aw_identity_end end = {
		.net = AW_NET_OK,
		.asked_account = identity->asked_account,
		.asked_set = identity->asked_set,
		.sts = &identity->sts,
		.roles = identity->roles_known ? &identity->roles : NULL,
		.keys_request_id = identity->keys_request_id,
		.sts_request_id = identity->sts_request_id,
	};

	if (!identity->identified || identity->roles_op)
		return;
	for (size_t i = 0; i < AW_IDENTITY_ACCOUNTS - 1; i++) {
		if (identity->more[i].op)
			return;
		if (identity->more[i].is_known)
			end.more[i] = &identity->more[i].list;
	}
	identity->done(identity->user, &end);
	identity_free(identity);
}

static void keep_id(char ret[AW_REQUEST_ID_SIZE], const char *id)
{
	if (aw_copy(ret, AW_REQUEST_ID_SIZE, id) < 0)
		ret[0] = '\0';
}

/* --- keys, and whose they are ------------------------------------------ */

static void search_on(struct aw_identity *identity);

static void on_sts(void *user, const struct aw_call_answer *answer)
{
	struct aw_identity *identity = user;
	struct aw_diag why;

	identity->call = NULL;
	aw_keys_done(&identity->keys);
	keep_id(identity->sts_request_id, answer->request_id);
	if (answer->net != AW_NET_OK) {
		fail(identity, answer->net, &answer->why);
		return;
	}
	if (aw_sts_read(answer->body, answer->len, &identity->sts, &why) < 0) {
		fail(identity, AW_NET_BAD_ANSWER, &why);
		return;
	}
	identity->identified = true;
	finish_if_done(identity);
}

static int take_keys(
    struct aw_identity *identity, struct json_object *json, struct aw_diag *why)
{
	int r;

	r = aw_portal_read_keys(json, &identity->keys, why);
	if (r < 0)
		return r;
	return aw_sts_start(identity->portal.aws, AW_CALL_KEYS, identity->keys,
	    identity->portal.region, identity->portal.deadline_ms, on_sts,
	    identity, &identity->call);
}

static void on_keys(void *user, const struct aw_call_answer *answer)
{
	struct aw_identity *identity = user;
	struct aw_diag why;
	int r;

	identity->call = NULL;
	keep_id(identity->keys_request_id, answer->request_id);
	if (answer->net == AW_NET_NO_ROLE && !identity->pinned &&
	    ++identity->tries < TRIES_MAX) {
		search_on(identity);
		return;
	}
	if (answer->net != AW_NET_OK) {
		fail(identity, answer->net, &answer->why);
		return;
	}
	r = take_keys(identity, answer->json, &why);
	if (r == -EBADMSG)
		fail(identity, AW_NET_BAD_ANSWER, &why);
	else if (r < 0)
		fail_errno(identity, r);
}

static int ask_keys(struct aw_identity *identity)
{
	return aw_portal_get_keys(&identity->portal, identity->asked_account,
	    identity->asked_set, on_keys, identity, &identity->call);
}

/* --- looking for a role ------------------------------------------------ */

static void on_search(void *user, const struct aw_portal_end *end)
{
	struct aw_identity *identity = user;

	identity->search = NULL;
	if (end->net != AW_NET_OK) {
		fail(identity, end->net, &end->why);
		return;
	}
	if (!identity->accounts_listed) {
		identity->accounts_listed = true;
		aw_portal_list_take(end->list, &identity->accounts);
	} else {
		aw_portal_list_done(&identity->others);
		aw_portal_list_take(end->list, &identity->others);
	}
	search_on(identity);
}

/* The roles in the next account of the list.  0, AW_END or negative errno. */
static int search_next_account(struct aw_identity *identity)
{
	const char *account, *name;
	int r;

	do {
		r = aw_portal_list_next(&identity->accounts,
		    &identity->account_at, &account, &name);
	} while (r == 0 && strcmp(account, identity->account) == 0);
	if (r != 0)
		return r;
	identity->elsewhere = true;
	identity->role_at = 0;
	r = aw_copy(
	    identity->asked_account, sizeof(identity->asked_account), account);
	if (r < 0)
		return r;
	return aw_portal_start(&identity->portal, identity->asked_account,
	    on_search, identity, &identity->search);
}

/* Ask for keys of the next role there is, or look where there may be one.  0,
 * AW_END (none anywhere) or negative errno. */
static int search_step(struct aw_identity *identity)
{
	const struct aw_portal_list *list =
	    identity->elsewhere ? &identity->others : &identity->roles;
	const char *role, *account;
	int r;

	if (aw_portal_list_next(list, &identity->role_at, &role, &account) ==
	    0) {
		r = aw_copy(
		    identity->asked_set, sizeof(identity->asked_set), role);
		if (r == 0)
			r = aw_copy(identity->asked_account,
			    sizeof(identity->asked_account), account);
		return r < 0 ? r : ask_keys(identity);
	}
	if (!identity->accounts_listed)
		return aw_portal_start(&identity->portal, NULL, on_search,
		    identity, &identity->search);
	return search_next_account(identity);
}

static void search_on(struct aw_identity *identity)
{
	const int r = search_step(identity);

	if (r == AW_END)
		fail_no_role(identity);
	else if (r < 0)
		fail_errno(identity, r);
}

static void on_roles(void *user, const struct aw_portal_end *end)
{
	struct aw_identity *identity = user;

	identity->roles_op = NULL;
	if (end->net == AW_NET_OK) {
		identity->roles_known = true;
		aw_portal_list_take(end->list, &identity->roles);
	} else if (!identity->pinned) {
		fail(identity, end->net, &end->why);
		return;
	} else {
		aw_log(LOG_WARNING, "%s", end->why.text);
	}
	if (identity->pinned)
		finish_if_done(identity);
	else
		search_on(identity);
}

/* Nobody's identity depends on it: awsssod knows what to make of not knowing.
 */
static void on_more(void *user, const struct aw_portal_end *end)
{
	struct more *more = user;

	more->op = NULL;
	if (end->net == AW_NET_OK) {
		more->is_known = true;
		aw_portal_list_take(end->list, &more->list);
	} else {
		aw_log(LOG_WARNING, "%s", end->why.text);
	}
	finish_if_done(more->identity);
}

/* --- starting ---------------------------------------------------------- */

static int ask_more(struct aw_identity *identity)
{
	int r = 0;

	for (size_t i = 1; r == 0 && i < identity->at.n; i++) {
		struct more *more = &identity->more[i - 1];

		more->identity = identity;
		r = aw_portal_start(&identity->portal, identity->at.id[i],
		    on_more, more, &more->op);
	}
	return r;
}

/* "ACCOUNT/NAME" */
static int split_role(const char *role, struct aw_identity *ret)
{
	const char *slash = strchr(role, '/');
	int r;

	if (!slash || slash - role != AW_ACCOUNT_SIZE - 1 || !slash[1])
		return -EINVAL;
	r = aw_fmt(ret->asked_account, sizeof(ret->asked_account), "%.*s",
	    AW_ACCOUNT_SIZE - 1, role);
	if (r == 0)
		r = aw_copy(ret->asked_set, sizeof(ret->asked_set), slash + 1);
	return r;
}

static int begin(struct aw_identity *identity)
{
	const char *role = identity->portal.aws->conf->identity_role;
	int r;

	identity->pinned = strcmp(role, "auto") != 0;
	r = ask_more(identity);
	if (r == 0 && *identity->account)
		r = aw_portal_start(&identity->portal, identity->account,
		    on_roles, identity, &identity->roles_op);
	if (r < 0)
		return r;
	if (identity->pinned) {
		r = split_role(role, identity);
		return r < 0 ? r : ask_keys(identity);
	}
	return *identity->account ? 0 : search_step(identity);
}

int aw_identity_start(const struct aw_portal *portal,
    const struct aw_identity_accounts *accounts, aw_identity_done_fn *done,
    void *user, struct aw_identity **ret)
{
	struct aw_identity *identity = calloc(1, sizeof(*identity));
	int r;

	if (!identity)
		return -ENOMEM;
	identity->portal = *portal;
	identity->portal.token = aw_secret_ref(portal->token);
	identity->at = *accounts;
	identity->account = identity->at.id[0];
	identity->done = done;
	identity->user = user;
	r = begin(identity);
	if (r != 0) {
		identity_free(identity);
		return r;
	}
	*ret = identity;
	return 0;
}
