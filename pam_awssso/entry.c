/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The six doors of the module.  All share one way in and one way out, so that
 * the table of return codes is read in one place.
 */
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdbool.h>
#include <string.h>
#include <syslog.h>

#include "common/proto.h"
#include "pam_awssso/ask.h"
#include "pam_awssso/call.h"
#include "pam_awssso/code.h"
#include "pam_awssso/context.h"
#include "pam_awssso/options.h"
#include "pam_awssso/report.h"
#include "pam_awssso/who.h"

#define EXPORTED    __attribute__((visibility("default")))
#define NO_QUESTION 0

/* Who and where, as libpam has it; PAM_USER is read, never set.  False with
 * @ret_row when libpam has no answer. */
static bool read_items(struct aw_pam *pam, enum aw_pam_row *ret_row)
{
	const void *service = NULL;
	int code;

	code = pam_get_user(pam->pamh, &pam->user, NULL);
	if (code != PAM_SUCCESS || !pam->user) {
		*ret_row =
		    code == PAM_BUF_ERR ? AW_PAM_NO_MEMORY : AW_PAM_CANCELLED;
		return false;
	}
	code = pam_get_item(pam->pamh, PAM_SERVICE, &service);
	pam->service = service ? service : "";
	*ret_row = AW_PAM_FAILED;
	return code == PAM_SUCCESS && service;
}

/* The person is one of ours.  False with @ret_row when not, or when nobody
 * can tell. */
static bool is_ours(struct aw_pam *pam, enum aw_pam_row *ret_row)
{
	switch (aw_pam_who(pam->user, &pam->flags)) {
	case AW_PAM_WHO_OURS:
		return true;
	case AW_PAM_WHO_STRANGER:
		if (pam->phase == AW_PAM_AUTH)
			(void)aw_pam_call_hint(pam);
		*ret_row = AW_PAM_NOT_OURS;
		return false;
	case AW_PAM_WHO_LOCAL:
		*ret_row = AW_PAM_NOT_OURS;
		return false;
	case AW_PAM_WHO_UNKNOWABLE:
		break;
	}
	aw_diag_set(&pam->why, "no valid record in the snapshot");
	*ret_row = AW_PAM_UNAVAIL;
	return false;
}

/* All that is checked before a question may be asked. */
static bool may_ask(
    struct aw_pam *pam, int argc, const char **argv, enum aw_pam_row *ret_row)
{
	int bad;

	bad = aw_pam_options_parse(argc, argv, &pam->options, &pam->why);
	if (bad < 0)
		pam_syslog(
		    pam->pamh, LOG_AUTHPRIV | LOG_ERR, "%s", pam->why.text);
	if (!read_items(pam, ret_row))
		return false;
	/* No slip in a service file keeps root from the console. */
	if (strcmp(pam->user, "root") == 0) {
		*ret_row = AW_PAM_NOT_OURS;
		return false;
	}
	*ret_row = AW_PAM_FAILED;
	return bad == 0 && is_ours(pam, ret_row);
}

/* @pam holds what tells the doors apart: handle, phase, silence. */
static int run(
    struct aw_pam *pam, uint16_t question, int argc, const char **argv)
{
	enum aw_pam_row row = AW_PAM_FAILED;

	if (may_ask(pam, argc, argv, &row))
		row = question != NO_QUESTION ? aw_pam_ask(pam, question)
					      : AW_PAM_ALLOWED;
	aw_pam_report(pam, row);
	return aw_pam_code_of(pam->phase, row);
}

static bool is_silent(int flags)
{
	return (flags & (int)PAM_SILENT) != 0;
}

EXPORTED int pam_sm_authenticate(
    pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct aw_pam pam = { .pamh = pamh, .phase = AW_PAM_AUTH };

	/* sudo passes PAM_SILENT always, and shows messages all the same. */
	(void)flags;
	return run(&pam, AW_MSG_AUTH, argc, argv);
}

EXPORTED int pam_sm_acct_mgmt(
    pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct aw_pam pam = { .pamh = pamh,
		.phase = AW_PAM_ACCOUNT,
		.silent = is_silent(flags) };

	return run(&pam, AW_MSG_ACCOUNT, argc, argv);
}

EXPORTED int pam_sm_setcred(
    pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct aw_pam pam = {
		.pamh = pamh, .phase = AW_PAM_SETCRED, .silent = true
	};

	(void)flags;
	return run(&pam, NO_QUESTION, argc, argv);
}

EXPORTED int pam_sm_chauthtok(
    pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct aw_pam pam = { .pamh = pamh,
		.phase = AW_PAM_CHAUTHTOK,
		.silent = is_silent(flags) };

	return run(&pam, NO_QUESTION, argc, argv);
}

EXPORTED int pam_sm_open_session(
    pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct aw_pam pam = { .pamh = pamh,
		.phase = AW_PAM_SESSION,
		.silent = is_silent(flags) };

	return run(&pam, AW_MSG_OPEN, argc, argv);
}

EXPORTED int pam_sm_close_session(
    pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct aw_pam pam = {
		.pamh = pamh, .phase = AW_PAM_SESSION, .silent = true
	};

	(void)flags;
	return run(&pam, AW_MSG_CLOSE, argc, argv);
}
