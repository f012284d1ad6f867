/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking a role session's ARN apart, from the left, byte for byte.
 */
#include "awsssod/arn.h"

#include <string.h>

#define PREFIX "AWSReservedSSO_"
#define TAIL   17 /* '_' and 16 lower-case hex digits */

static bool is_one_of(const char *text, size_t len, const char *set)
{
	return strspn(text, set) >= len;
}

/* [\w+=,.@-], what STS and Identity Center allow in both names. */
static bool is_word(const char *text, size_t len)
{
	return is_one_of(text, len,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789_+=,.@-");
}

bool aw_arn_is_account(const char *account)
{
	return strlen(account) == 12 && is_one_of(account, 12, "0123456789");
}

bool aw_arn_is_session_name(const char *name)
{
	const size_t len = strlen(name);

	return len >= 2 && len <= AW_ARN_SESSION_MAX && is_word(name, len);
}

/* If *@at begins with @text, step over it. */
static bool skip(const char **at, const char *text)
{
	const size_t len = strlen(text);

	if (strncmp(*at, text, len) != 0)
		return false;
	*at += len;
	return true;
}

static bool skip_partition(const char **at)
{
	const size_t len = strcspn(*at, ":");

	if (len > 16 || strncmp(*at, "aws", 3) != 0 ||
	    !is_one_of(*at, len, "abcdefghijklmnopqrstuvwxyz-"))
		return false;
	*at += len;
	return true;
}

/* The permission set in the role name of @len bytes at @role, into @ret, which
 * is all zeroes.  A set's name may hold '_' itself, so both ends are counted,
 * never searched. */
static bool take_set(const char *role, size_t len, char *ret)
{
	const size_t fixed = strlen(PREFIX) + TAIL;
	const char *tail = role + len - TAIL;
	size_t set;

	if (len <= fixed || len - fixed > AW_ARN_SET_MAX ||
	    strncmp(role, PREFIX, strlen(PREFIX)) != 0)
		return false;
	set = len - fixed;
	if (tail[0] != '_' ||
	    !is_one_of(tail + 1, TAIL - 1, "0123456789abcdef") ||
	    !is_word(role + strlen(PREFIX), set))
		return false;
	memcpy(ret, role + strlen(PREFIX), set);
	return true;
}

static int refuse(struct aw_diag *diag, const char *why)
{
	aw_diag_set(diag, "the role session's ARN %s", why);
	return AW_DENIED;
}

int aw_arn_parse(const char *arn, struct aw_arn *ret, struct aw_diag *diag)
{
	struct aw_arn got = { .account = "" };
	const char *at = arn;
	size_t role;

	if (!skip(&at, "arn:") || !skip_partition(&at) || !skip(&at, ":sts::"))
		return refuse(diag, "is not STS's");
	if (strcspn(at, ":") != 12)
		return refuse(diag, "has no account");
	memcpy(got.account, at, 12);
	if (!aw_arn_is_account(got.account))
		return refuse(diag, "has no account");
	at += 12;
	if (!skip(&at, ":assumed-role/"))
		return refuse(diag, "is not an assumed role's");
	role = strcspn(at, "/");
	if (!take_set(at, role, got.set))
		return refuse(diag, "is not of a permission set's role");
	at += role;
	if (!skip(&at, "/") || !aw_arn_is_session_name(at) ||
	    aw_copy(got.session, sizeof(got.session), at) < 0)
		return refuse(diag, "has no usable session name");
	*ret = got;
	return 0;
}
