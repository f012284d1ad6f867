/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reporting.  What others chose (names, awsssod's sentence) is escaped in the
 * log, where one event is one line.
 */
#include "pam_awssso/report.h"

#include <security/pam_ext.h>
#include <syslog.h>

/* What to tell a person when awsssod had no words for it. */
static const char *sentence(enum aw_pam_row row)
{
	switch (row) {
	case AW_PAM_UNAVAIL:
		return "Sign-in is unavailable on this host right now; try "
		       "again later or tell its administrator.";
	case AW_PAM_POLICY:
		return "You may not sign in here.";
	case AW_PAM_REFUSED:
		return "The sign-in was not approved.";
	case AW_PAM_EXPIRED:
		return "This account is disabled.";
	case AW_PAM_FAILED:
	case AW_PAM_NO_MEMORY:
		return "Sign-in failed; tell the administrator of this host.";
	case AW_PAM_NOT_OURS:
	case AW_PAM_ALLOWED:
	case AW_PAM_CANCELLED:
	case AW_PAM_ROWS:
		break;
	}
	return NULL;
}

static void tell_person(const struct aw_pam *pam, enum aw_pam_row row)
{
	const char *text = sentence(row);

	if (!text)
		return;
	if (pam->text[0])
		text = pam->text;
	if (pam->code[0])
		(void)pam_error(pam->pamh, "%s (code %s)", text, pam->code);
	else
		(void)pam_error(pam->pamh, "%s", text);
}

static const char *verb(enum aw_pam_row row)
{
	if (row == AW_PAM_ALLOWED)
		return "accept";
	return row == AW_PAM_NOT_OURS ? "ignore" : "refuse";
}

static void tell_log(const struct aw_pam *pam, enum aw_pam_row row)
{
	const int level = row == AW_PAM_ALLOWED ? LOG_INFO : LOG_NOTICE;
	const char *text = pam->text[0] ? pam->text : pam->why.text;
	char user[160], why[512];

	pam_syslog(pam->pamh, LOG_AUTHPRIV | level,
	    "%s user \"%s\": %s%s%s%s%s%s", verb(row),
	    aw_text_escape(user, sizeof(user), pam->user ? pam->user : ""),
	    aw_pam_row_word(row), *text ? ": \"" : "",
	    aw_text_escape(why, sizeof(why), text), *text ? "\"" : "",
	    pam->code[0] ? " code " : "", pam->code);
}

void aw_pam_report(const struct aw_pam *pam, enum aw_pam_row row)
{
	if (!pam->silent)
		tell_person(pam, row);
	if (pam->options.debug ||
	    (row == AW_PAM_ALLOWED ? pam->asked : row != AW_PAM_NOT_OURS))
		tell_log(pam, row);
}
