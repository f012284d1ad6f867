/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a UserName to a person.
 */
#include "awssso_netd/lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct aw_lookup_op {
	struct aw_aws *aws;
	const char *region;
	struct aw_lookup names;
	unsigned at; /* the name being asked for */
	uint64_t deadline_ms;
	struct aw_call *call;
	struct aw_person_op *person;
	aw_person_done_fn *done;
	void *user;
};

static void op_free(struct aw_lookup_op *op)
{
	aw_call_cancel(op->call);
	aw_person_cancel(op->person);
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
	struct aw_diag why = { "" };

	aw_diag_set(
	    &why, "cannot ask the directory: %s", strerrordesc_np(-error));
	fail(op, AW_NET_UNAVAIL, &why);
}

static void on_person(void *user, const struct aw_person_end *answer)
{
	struct aw_lookup_op *op = user;

	op->person = NULL;
	end(op, answer);
}

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
	struct aw_diag why = { "" };
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
	r = aw_person_start(op->aws, user_id, true, op->deadline_ms, on_person,
	    op, &op->person);
	if (r < 0)
		fail_errno(op, r);
}

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

	return aw_store_start(op->aws, &ask, &how, on_user_id, op, &op->call);
}

int aw_lookup_start(struct aw_aws *aws, const struct aw_lookup *names,
    uint64_t deadline_ms, aw_person_done_fn *done, void *user,
    struct aw_lookup_op **ret)
{
	struct aw_lookup_op *op;
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
	r = ask(op);
	if (r < 0) {
		op_free(op);
		return r;
	}
	*ret = op;
	return 0;
}
