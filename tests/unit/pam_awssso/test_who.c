/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose module it is: people, local accounts, names nobody knows, and what
 * happens when nobody can tell.
 * covers: spine.6, R2, R9, R17
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <security/pam_appl.h>
#include <string.h>

#include "common/proto.h"
#include "tests/unit/pam_awssso/host.h"

static void allow(int fd, const struct aw_wire_in *in)
{
	host_verdict(fd, in->request, AW_VERDICT_ALLOW, NULL, NULL);
}

enum column {
	OURS,
	NOT_OURS,
	UNKNOWABLE,
	BROKEN,
};

static const struct {
	int code[AW_PAM_PHASES];
} columns[] = {
	[OURS] = { { PAM_SUCCESS, PAM_SUCCESS, PAM_SUCCESS, PAM_IGNORE,
	    PAM_SUCCESS } },
	[NOT_OURS] = { { PAM_USER_UNKNOWN, PAM_IGNORE, PAM_IGNORE, PAM_IGNORE,
	    PAM_SUCCESS } },
	[UNKNOWABLE] = { { PAM_AUTHINFO_UNAVAIL, PAM_AUTHINFO_UNAVAIL,
	    PAM_AUTHINFO_UNAVAIL, PAM_AUTHINFO_UNAVAIL, PAM_SESSION_ERR } },
	[BROKEN] = { { PAM_SERVICE_ERR, PAM_SERVICE_ERR, PAM_SERVICE_ERR,
	    PAM_SERVICE_ERR, PAM_SERVICE_ERR } },
};

static const struct {
	const char *user, *options;
	bool no_snapshot, libc_fails;
	enum column want;
} people[] = {
	{ "alice", "", false, false, OURS },
	{ "carol", "", false, false, OURS }, /* awsssod's to refuse */
	{ "eve", "", false, false, OURS },
	{ "local", "", false, false, NOT_OURS },
	{ "root", "", false, false, NOT_OURS },
	{ "toor", "", false, false, NOT_OURS },
	{ "nobody-knows", "", false, false, NOT_OURS },
	{ "Alice", "", false, false, NOT_OURS },
	{ "a b", "", false, false, NOT_OURS },
	{ "sudo", "", false, false, NOT_OURS },
	/* the snapshot knows her, nss.limits does not name the id */
	{ "unlisted", "", false, false, NOT_OURS },
	{ "ghost", "", false, false, UNKNOWABLE },
	/* libc could not load its module: it says "unknown" too */
	{ "newbie", "", false, false, UNKNOWABLE },
	{ "mallory", "", false, false, UNKNOWABLE },
	/* no valid snapshot: never "unknown" for who may be ours */
	{ "alice", "", true, false, UNKNOWABLE },
	{ "eve", "", true, false, UNKNOWABLE },
	{ "nobody-knows", "", true, false, UNKNOWABLE },
	{ "local", "", true, false, NOT_OURS },
	{ "root", "", true, false, NOT_OURS },
	{ "toor", "", true, false, NOT_OURS },
	{ "Alice", "", true, false, NOT_OURS },
	/* libc fails: local accounts are found in their file */
	{ "alice", "", false, true, UNKNOWABLE },
	{ "nobody-knows", "", false, true, UNKNOWABLE },
	{ "local", "", false, true, NOT_OURS },
	{ "root", "", false, true, NOT_OURS },
	{ "root", "", true, true, NOT_OURS },
	/* a slip in the service file */
	{ "alice", "permission_sett=A", false, false, BROKEN },
	{ "local", "reuse=9h", false, false, BROKEN },
	{ "nobody-knows", "nonsense", false, false, BROKEN },
	{ "root", "nonsense", false, false, NOT_OURS },
};

static void knows_its_people(void **state)
{
	static struct host_result result;

	(void)state;
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++)
		for (int phase = 0; phase < AW_PAM_PHASES; phase++) {
			const struct host_call call = {
				.phase = (enum aw_pam_phase)phase,
				.user = people[i].user,
				.options = people[i].options,
				.no_snapshot = people[i].no_snapshot,
				.libc_fails = people[i].libc_fails,
				.play = allow,
			};

			assert_int_equal(host_run(&call, &result), 0);
			if (result.code != columns[people[i].want].code[phase])
				fail_msg("row %zu (%s), phase %d: %s", i,
				    people[i].user, phase,
				    pam_strerror(NULL, result.code));
			if (!result.same_user)
				fail_msg("row %zu: PAM_USER changed", i);
		}
}

static void a_bad_option_is_logged(void **state)
{
	static struct host_result result;
	struct host_call call = { .options = "permission_sett=A",
		.play = allow };

	(void)state;
	assert_int_equal(host_run(&call, &result), 0);
	assert_non_null(
	    strstr(result.log, "unknown option 'permission_sett=A'"));
	assert_int_equal(result.questions, 0);
	call.user = "root";
	assert_int_equal(host_run(&call, &result), 0);
	assert_non_null(
	    strstr(result.log, "unknown option 'permission_sett=A'"));
}

/* Only a name that could be ours and that nobody knows is mentioned to
 * awsssod, and only when somebody tries to authenticate. */
static void hints_at_strangers_only(void **state)
{
	static struct host_result result;
	static const struct {
		const char *user;
		enum aw_pam_phase phase;
		bool no_snapshot;
		unsigned want;
	} rows[] = {
		{ "nobody-knows", AW_PAM_AUTH, false, 1 },
		{ "nobody-knows", AW_PAM_ACCOUNT, false, 0 },
		{ "nobody-knows", AW_PAM_SESSION, false, 0 },
		{ "nobody-knows", AW_PAM_SETCRED, false, 0 },
		{ "nobody-knows", AW_PAM_AUTH, true, 0 },
		{ "root", AW_PAM_AUTH, false, 0 },
		{ "sudo", AW_PAM_AUTH, false, 0 },
		{ "local", AW_PAM_AUTH, false, 0 },
		{ "toor", AW_PAM_AUTH, false, 0 },
		{ "a b", AW_PAM_AUTH, false, 0 },
		{ "ghost", AW_PAM_AUTH, false, 0 },
		{ "newbie", AW_PAM_AUTH, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct host_call call = { .user = rows[i].user,
			.phase = rows[i].phase,
			.no_snapshot = rows[i].no_snapshot,
			.play = allow };

		assert_int_equal(host_run(&call, &result), 0);
		if (result.questions != rows[i].want)
			fail_msg("row %zu (%s): asked %u times", i,
			    rows[i].user, result.questions);
		if (rows[i].want == 1) {
			assert_int_equal(result.in.type, AW_MSG_HINT);
			assert_string_equal(
			    host_text(&result, AW_TAG_USER), rows[i].user);
			assert_string_equal(
			    host_text(&result, AW_TAG_SERVICE), "sshd");
		}
	}
}

/* Not even a hint is waited for. */
static void a_hint_costs_nothing_when_nobody_listens(void **state)
{
	static struct host_result result;
	const struct host_call call = { .user = "nobody-knows" };

	(void)state;
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.code, PAM_USER_UNKNOWN);
	assert_int_equal(result.errors + result.infos + result.prompts, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_its_people),
		cmocka_unit_test(a_bad_option_is_logged),
		cmocka_unit_test(hints_at_strangers_only),
		cmocka_unit_test(a_hint_costs_nothing_when_nobody_listens),
	};

	return cmocka_run_group_tests(tests, host_make, host_remove);
}
