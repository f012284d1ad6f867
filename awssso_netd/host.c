/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where we are.
 */
#include "awssso_netd/host.h"

#include <errno.h>
#include <stdlib.h>

#include "awssso_netd/imds.h"
#include "awssso_netd/sts.h"

struct aw_host_op {
	struct aw_imds_op *imds;
	struct aw_call *call;
	aw_host_done_fn *done;
	void *user;
};

void aw_host_cancel(struct aw_host_op *op)
{
	if (!op)
		return;
	aw_imds_cancel(op->imds);
	aw_call_cancel(op->call);
	free(op);
}

static void finish(struct aw_host_op *op, const struct aw_host_end *end)
{
	op->done(op->user, end);
	aw_host_cancel(op);
}

static void on_imds(void *user, const struct aw_imds_answer *answer)
{
	struct aw_host_op *op = user;
	const struct aw_host_end end = {
		.net = answer->net,
		.why = answer->why,
		.account = answer->account,
		.region = answer->region,
	};

	op->imds = NULL;
	finish(op, &end);
}

static void on_sts(void *user, const struct aw_call_answer *answer)
{
	struct aw_host_op *op = user;
	struct aw_sts_identity sts = { .account = "" };
	struct aw_host_end end = {
		.net = answer->net,
		.why = answer->why,
		.account = sts.account,
		.region = "",
	};

	op->call = NULL;
	if (answer->net == AW_NET_OK &&
	    aw_sts_read(answer->body, answer->len, &sts, &end.why) < 0)
		end.net = AW_NET_BAD_ANSWER;
	finish(op, &end);
}

int aw_host_start(struct aw_aws *aws, uint64_t deadline_ms,
    aw_host_done_fn *done, void *user, struct aw_host_op **ret)
{
	struct aw_host_op *op = calloc(1, sizeof(*op));
	int r;

	if (!op)
		return -ENOMEM;
	op->done = done;
	op->user = user;
	if (aws->conf->credentials_source != AW_CREDENTIALS_IMDS)
		r = aw_sts_start(aws, AW_CALL_OWN, NULL, aw_aws_region(aws),
		    deadline_ms, on_sts, op, &op->call);
	else
		r = aw_imds_start(aws->http, aws->conf, AW_IMDS_DOCUMENT,
		    on_imds, op, &op->imds);
	if (r < 0) {
		aw_host_cancel(op);
		return r;
	}
	*ret = op;
	return 0;
}
