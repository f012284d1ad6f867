/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a question to a row of the table.  Whatever goes wrong on the way is a
 * row that denies.
 */
#include "pam_awssso/ask.h"

#include <errno.h>
#include <string.h>

#include "common/own.h"
#include "common/proto.h"
#include "common/snapshot.h"
#include "pam_awssso/call.h"
#include "pam_awssso/prompt.h"

/* The VERDICT of @type in call->in once there is one; 0 or negative errno. */
static int converse(
    const struct aw_pam *pam, uint16_t type, struct aw_pam_call *call)
{
	int r;

	r = aw_pam_call_start(pam, type, call);
	if (r < 0)
		return r;
	r = aw_pam_call_next(call, call->deadline_ms);
	if (r < 0 || call->in.type == AW_MSG_VERDICT)
		return r;
	return type == AW_MSG_AUTH ? aw_pam_prompt(pam, call) : -EBADMSG;
}

static enum aw_pam_row take_verdict(
    struct aw_pam *pam, const struct aw_wire_in *in)
{
	const enum aw_pam_row row =
	    aw_pam_row_of_verdict(aw_wire_num(in, AW_TAG_VERDICT, 0));

	/* A sentence that does not fit is left out, the verdict stands. */
	if (aw_wire_text(in, AW_TAG_TEXT, pam->text, sizeof(pam->text)) != 0)
		pam->text[0] = '\0';
	if (aw_wire_text(in, AW_TAG_CODE, pam->code, sizeof(pam->code)) != 0)
		pam->code[0] = '\0';
	return row;
}

/* Nobody listens, answers, or stays on the line; a wrong answer is none of
 * these. */
static bool is_away(int error)
{
	return error == -ENOENT || error == -ECONNREFUSED ||
	       error == -ETIMEDOUT || error == -ECONNRESET || error == -EPIPE;
}

/* Work that a person left behind and that must survive a restart of awsssod.
 */
static bool is_unattended(const char *service)
{
	static const char *const services[] = { "cron", "crond", "at", "atd",
		"systemd-user" };

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (strcmp(service, services[i]) == 0)
			return true;
	return false;
}

static enum aw_pam_row judge_by_snapshot(const struct aw_pam *pam)
{
	if (pam->flags & AW_SNAP_DISABLED)
		return AW_PAM_EXPIRED;
	if (pam->flags & AW_SNAP_ALLOWED)
		return AW_PAM_ALLOWED;
	return AW_PAM_POLICY;
}

enum aw_pam_row aw_pam_ask(struct aw_pam *pam, uint16_t type)
{
	aw_own(aw_pam_call_done) struct aw_pam_call call = AW_PAM_CALL_INIT;
	int r;

	pam->asked = true;
	r = converse(pam, type, &call);
	if (r == 0)
		return take_verdict(pam, &call.in);
	aw_diag_set(&pam->why, "awsssod: %s", strerrordesc_np(-r));
	/* The snapshot cannot tell who holds a permission set right now. */
	if (type != AW_MSG_AUTH && is_away(r) && is_unattended(pam->service) &&
	    !pam->options.permission_set[0])
		return judge_by_snapshot(pam);
	return aw_pam_row_of_error(r);
}
