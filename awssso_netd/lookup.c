/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a UserName to a person.
 */
#include "awssso_netd/lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/log.h"
#include "awssso_netd/scim.h"
#include "awssso_netd/scim_read.h"
#include "awssso_netd/scim_token.h"
#include "awssso_netd/ssoadmin.h"
#include "common/own.h"

#define BY_NAME     "SCIM Users by userName"
#define PATIENCE_MS 2000 /* of the few seconds that a hint has */
#define URL_MAX     (8 * 1024)

struct aw_lookup_op {
	struct aw_aws *aws;
	const char *region;
	struct aw_lookup names;
	unsigned at; /* the name being asked for */
	uint64_t deadline_ms;
	struct aw_call *call;
	struct aw_scim_op *scim; /* asked instead */
	struct aw_secret *token;
	struct aw_person_op *person;
	struct aw_person
	    found; /* until it is known whether they are assigned */
	struct aw_ssoadmin_op *sets;
	aw_person_done_fn *done;
	void *user;
};

static void op_free(struct aw_lookup_op *op)
{
	aw_call_cancel(op->call);
	aw_scim_cancel(op->scim);
	aw_secret_unref(op->token);
	aw_person_cancel(op->person);
	aw_person_done(&op->found);
	aw_ssoadmin_cancel(op->sets);
	free(op);
}

void aw_lookup_cancel(struct aw_lookup_op *op)
{
	if (op)
		op_free(op);
}

static void end(struct aw_lookup_op *op, const struct aw_person_end *end)
{
	op->done(op->user, end);
	op_free(op);
}

static void fail(
    struct aw_lookup_op *op, enum aw_net net, const struct aw_diag *why)
{
	const struct aw_person_end none = {
		.net = net, .why = *why, .request_id = ""
	};

	end(op, &none);
}

static void fail_errno(struct aw_lookup_op *op, int error)
{
	struct aw_diag why = { .text = "" };

	aw_diag_set(
	    &why, "cannot ask the directory: %s", strerrordesc_np(-error));
	fail(op, AW_NET_UNAVAIL, &why);
}

/* --- whether they are assigned ----------------------------------------- */

static void on_waits(void *user AW_UNUSED, const char *why AW_UNUSED)
{
}

static void on_sets(void *user, const struct aw_ssoadmin_end *answer)
{
	struct aw_lookup_op *op = user;
	const struct aw_person_end found = {
		.net = AW_NET_OK, .person = &op->found, .request_id = ""
	};

	op->sets = NULL;
	if (answer->net != AW_NET_OK)
		aw_log(LOG_INFO, "lookup: %s: not known whether assigned: %s",
		    op->found.principal_id, answer->why.text);
	op->found.is_assigned = answer->net == AW_NET_OK && answer->grants > 0;
	end(op, &found);
}

static void on_person(void *user, const struct aw_person_end *answer)
{
	struct aw_lookup_op *op = user;
	int r;

	op->person = NULL;
	if (answer->net != AW_NET_OK || !aw_ssoadmin_is_scope(op->aws->conf)) {
		end(op, answer);
		return;
	}
	aw_person_take(answer->person, &op->found);
	r = aw_ssoadmin_start(op->aws, op->found.principal_id, PATIENCE_MS,
	    on_waits, on_sets, op, &op->sets);
	if (r < 0)
		fail_errno(op, r);
}

/* --- who it is --------------------------------------------------------- */

static int ask(struct aw_lookup_op *op);

/* The user is not there; a store that is not there is another matter. */
static bool is_unknown(const struct aw_call_answer *answer)
{
	return answer->net == AW_NET_NOT_FOUND &&
	       strcmp(answer->error.resource, "IDENTITY_STORE") != 0;
}

static void on_user_id(void *user, const struct aw_call_answer *answer)
{
	struct aw_lookup_op *op = user;
	char user_id[AW_ID_SIZE];
	struct aw_diag why = { .text = "" };
	int r;

	op->call = NULL;
	if (is_unknown(answer) && ++op->at < op->names.n) {
		r = ask(op);
		if (r < 0)
			fail_errno(op, r);
		return;
	}
	if (answer->net != AW_NET_OK) {
		fail(op, answer->net, &answer->why);
		return;
	}
	if (aw_store_read_user_id(answer->json, user_id, &why) < 0) {
		fail(op, AW_NET_BAD_ANSWER, &why);
		return;
	}
	r = aw_person_start(op->aws, op->region, user_id, true, op->deadline_ms,
	    on_person, op, &op->person);
	if (r < 0)
		fail_errno(op, r);
}

/* --- SCIM -------------------------------------------------------------- */

/* 0 with the id, AW_UNKNOWN, or a negative errno. */
static int read_found(
    struct json_object *json, const char **ret_id, struct aw_diag *why)
{
	const struct aw_place top = { NULL, BY_NAME, -1 };
	const struct aw_place place = { &top, "Resources", 0 };
	struct aw_scim_list list;
	int r;

	r = aw_scim_read_list(&top, json, &list, why);
	if (r < 0)
		return r;
	if (aw_scim_n(&list) == 0)
		return AW_UNKNOWN;
	if (aw_scim_n(&list) > 1)
		return aw_answer_bad(
		    &top, NULL, "more than one user of a name", why);
	return aw_scim_read_id(
	    &place, json_object_array_get_idx(list.rows, 0), ret_id, why);
}

static void on_scim(void *user, const struct aw_scim_answer *answer)
{
	struct aw_lookup_op *op = user;
	struct aw_diag why = answer->why;
	const char *id = NULL;
	int r;

	op->scim = NULL;
	if (answer->net != AW_NET_OK) {
		fail(op, answer->net, &why);
		return;
	}
	r = read_found(answer->json, &id, &why);
	if (r == AW_UNKNOWN && ++op->at < op->names.n)
		r = ask(op);
	else if (r == 0)
		r = aw_person_start(op->aws, op->region, id, true,
		    op->deadline_ms, on_person, op, &op->person);
	if (r == AW_UNKNOWN) {
		aw_diag_set(&why, "no such user");
		fail(op, AW_NET_NOT_FOUND, &why);
	} else if (r == -EBADMSG) {
		fail(op, AW_NET_BAD_ANSWER, &why);
	} else if (r < 0) {
		fail_errno(op, r);
	}
}

static int ask_scim(struct aw_lookup_op *op)
{
	aw_own(aw_buf_done) struct aw_buf path = AW_BUF_INIT(URL_MAX);
	struct aw_scim_request request = {
		.operation = BY_NAME,
		.token = op->token,
		.deadline_ms = op->deadline_ms,
	};
	const char *name = op->names.user_name[op->at];

	if (!aw_scim_is_quotable(name))
		return -EINVAL;
	aw_buf_str(&path, "/Users?");
	aw_scim_filter(&path, "userName", name);
	aw_buf_str(&path, "&count=2");
	if (aw_buf_error(&path) < 0)
		return aw_buf_error(&path);
	request.path = aw_buf_text(&path);
	return aw_scim_start(op->aws, &request, on_scim, op, &op->scim);
}

/* --- starting ---------------------------------------------------------- */

static int ask(struct aw_lookup_op *op)
{
	const struct aw_store_ask ask = {
		.operation = "GetUserId",
		.user_name = op->names.user_name[op->at],
	};
	const struct aw_store_how how = {
		.region = op->region,
		.deadline_ms = op->deadline_ms,
	};

	if (op->token)
		return ask_scim(op);
	return aw_store_start(op->aws, &ask, &how, on_user_id, op, &op->call);
}

int aw_lookup_start(struct aw_aws *aws, const struct aw_lookup *names,
    uint64_t deadline_ms, aw_person_done_fn *done, void *user,
    struct aw_lookup_op **ret)
{
	struct aw_lookup_op *op;
	struct aw_diag why;
	int r;

	if (names->n == 0 || names->n > AW_LOOKUP_MAX)
		return -EINVAL;
	op = calloc(1, sizeof(*op));
	if (!op)
		return -ENOMEM;
	op->aws = aws;
	op->region = aw_aws_region(aws);
	op->names = *names;
	op->deadline_ms = deadline_ms;
	op->done = done;
	op->user = user;
	r = aws->conf->source == AW_SOURCE_SCIM
		? aw_scim_token_read(aws->conf, &op->token, &why)
		: 0;
	if (r == 0)
		r = ask(op);
	if (r != 0) {
		op_free(op);
		return r == AW_DENIED ? -EINVAL : r;
	}
	*ret = op;
	return 0;
}
