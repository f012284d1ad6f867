/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where we are.
 */
#include "awssso_netd/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/imds.h"
#include "awssso_netd/sts.h"

struct aw_host_op {
	struct aw_imds_op *imds;
	struct aw_call *call;
	struct aw_aws *aws;
	uint64_t deadline_ms;
	char account[16], region[36]; /* of the instance's document, or "" */
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

static void on_sts(void *user, const struct aw_call_answer *answer)
{
	struct aw_host_op *op = user;
	struct aw_sts_identity sts = { .account = "" };
	struct aw_host_end end = {
		.net = answer->net,
		.why = answer->why,
		.account = sts.account,
		.region = op->region,
	};

	op->call = NULL;
	if (answer->net == AW_NET_OK &&
	    aw_sts_read(answer->body, answer->len, &sts, &end.why) < 0) {
		end.net = AW_NET_BAD_ANSWER;
	} else if (answer->net == AW_NET_OK && op->account[0] &&
		   strcmp(op->account, sts.account) != 0) {
		end.net = AW_NET_CONFIG;
		aw_diag_set(&end.why,
		    "the instance's identity document names account %s, its "
		    "keys are of %s: who answers as the metadata service?",
		    op->account, sts.account);
	}
	finish(op, &end);
}

/* Whose the host's own keys are. */
static int ask_sts(struct aw_host_op *op)
{
	return aw_sts_start(op->aws, AW_CALL_OWN, NULL, aw_aws_region(op->aws),
	    op->deadline_ms, on_sts, op, &op->call);
}

static void on_imds(void *user, const struct aw_imds_answer *answer)
{
	struct aw_host_op *op = user;
	struct aw_host_end end = { .net = answer->net, .why = answer->why };

	op->imds = NULL;
	if (answer->net == AW_NET_OK) {
		memcpy(op->account, answer->account, sizeof(op->account));
		memcpy(op->region, answer->region, sizeof(op->region));
		if (ask_sts(op) == 0)
			return;
		end.net = AW_NET_UNAVAIL;
		aw_diag_set(&end.why, "cannot ask STS for this host's account");
	}
	finish(op, &end);
}

int aw_host_start(struct aw_aws *aws, uint64_t deadline_ms,
    aw_host_done_fn *done, void *user, struct aw_host_op **ret)
{
	struct aw_host_op *op = calloc(1, sizeof(*op));
	int r;

	if (!op)
		return -ENOMEM;
	op->aws = aws;
	op->deadline_ms = deadline_ms;
	op->done = done;
	op->user = user;
	if (aws->conf->credentials_source != AW_CREDENTIALS_IMDS)
		r = ask_sts(op);
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
