/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decision that everything else is built around.  It begins with a no and
 * says yes in one place.
 */
#include "awsssod/bind.h"

#include <stdbool.h>
#include <string.h>

#include "awsssod/arn.h"

static bool same(const char *a, const char *b)
{
	return a && b && *a && strcmp(a, b) == 0;
}

/* The role session is of the role that the settings pin. */
static bool is_pinned(const char *identity_role, const struct aw_arn *arn)
{
	char role[sizeof(arn->account) + sizeof(arn->set)];

	if (same(identity_role, "auto"))
		return true;
	return aw_fmt(role, sizeof(role), "%s/%s", arn->account, arn->set) ==
		   0 &&
	       same(identity_role, role);
}

static bool is_proof(const struct aw_bind_want *want,
    const struct aw_bind_facts *facts, struct aw_arn *arn, struct aw_diag *diag)
{
	if (aw_arn_parse(facts->arn ? facts->arn : "", arn, diag) != 0)
		return false;
	if (!is_pinned(want->identity_role, arn))
		aw_diag_set(diag, "not the role that identity_role names");
	else if (!same(facts->asked_account, arn->account) ||
		 !same(facts->sts_account, arn->account))
		aw_diag_set(diag, "the role session is of another account");
	else if (!same(facts->asked_set, arn->set))
		aw_diag_set(
		    diag, "the role session is of another permission set");
	else
		return true;
	return false;
}

enum aw_bind aw_bind_judge(const struct aw_bind_want *want,
    const struct aw_bind_facts *facts, struct aw_diag *diag)
{
	struct aw_arn arn;

	if (!is_proof(want, facts, &arn, diag))
		return AW_BIND_BAD;
	if (!same(want->principal_id, facts->described_id)) {
		aw_diag_set(diag, "the directory described another person");
		return AW_BIND_BAD;
	}
	if (!facts->described_name ||
	    !aw_arn_is_session_name(facts->described_name)) {
		aw_diag_set(diag, "the UserName cannot be a session name");
		return AW_BIND_BAD;
	}
	if (!same(arn.session, facts->described_name)) {
		aw_diag_set(diag, "approved by \"%s\"", arn.session);
		return AW_BIND_OTHER;
	}
	if (same(facts->described_status, "DISABLED")) {
		aw_diag_set(diag, "disabled in the directory");
		return AW_BIND_DISABLED;
	}
	return AW_BIND_SAME;
}
