/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/assume.c, role.c and container.c: who gets keys
 * without a signature.  AssumeRole, which is signed, is the referee's.
 * covers: dir.4, spine.9
 */
#include "tests/unit/idcsim/probe.h"

#include <string.h>

#include "tests/idcsim/container.h"
#include "tests/idcsim/role.h"

#define FORM "application/x-www-form-urlencoded"

static const char *token_for(struct probe *probe, const char *role)
{
	static char text[2048];
	struct aw_buf out = AW_BUF_INIT(2048);

	assert_int_equal(aw_sim_role_token(&probe->sim, role, 60, &out), 0);
	assert_int_equal(aw_fmt(text, sizeof(text), "%.*s", (int)out.len - 1,
			     aw_buf_text(&out)),
	    0);
	aw_buf_done(&out);
	return text;
}

static unsigned assume(struct probe *probe, const char *role,
    const char *session, const char *token, const char *more)
{
	const struct aw_sim_header headers[] = {
		{ "Content-Type", FORM },
		{ NULL, NULL },
	};
	char body[4096];

	assert_int_equal(
	    aw_fmt(body, sizeof(body),
		"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn="
		"%s&RoleSessionName=%s&WebIdentityToken=%s%s",
		role, session, token, more),
	    0);
	return probe_ask(probe, "POST", "/", headers, body);
}

static void web_identity(void **state)
{
	struct probe *probe = *state;
	char good[2048], bent[2048];
	const struct {
		const char *name, *role, *session, *token, *more;
		int64_t clock_ms;
		unsigned status;
		const char *holds;
	} rows[] = {
		{ "good", PROBE_WEB, "host-1", good, "", 0, 200,
		    "<Expiration>2015-08-30T13:36:00Z</Expiration>" },
		{ "its name", PROBE_WEB, "host-1", good, "", 0, 200,
		    ":assumed-role/Web/host-1</Arn>" },
		{ "longer", PROBE_WEB, "ab", good, "&DurationSeconds=7200", 0,
		    200, "<Expiration>2015-08-30T14:36:00Z" },
		{ "too long", PROBE_WEB, "ab", good, "&DurationSeconds=7201", 0,
		    400, "MaxSessionDuration" },
		{ "too short", PROBE_WEB, "ab", good, "&DurationSeconds=899", 0,
		    400, "durationSeconds" },
		{ "a session of one", PROBE_WEB, "a", good, "", 0, 400,
		    "roleSessionName" },
		{ "a session's form", PROBE_WEB, "a%2Fb", good, "", 0, 400,
		    "roleSessionName" },
		{ "no token", PROBE_WEB, "ab", "", "", 0, 400,
		    "webIdentityToken" },
		{ "not ours", PROBE_WEB, "ab", bent, "", 0, 400,
		    "<Code>InvalidIdentityToken</Code>" },
		{ "still good", PROBE_WEB, "ab", good, "", 59000, 200, "" },
		{ "ended", PROBE_WEB, "ab", good, "", 60000, 400,
		    "<Code>ExpiredTokenException</Code>" },
		{ "another issuer", PROBE_WEB2, "ab", good, "", 0, 400,
		    "<Code>InvalidIdentityToken</Code>" },
		{ "another subject", PROBE_WEB3, "ab", good, "", 0, 403,
		    "<Code>AccessDenied</Code>" },
		{ "no such role", PROBE_WEB "x", "ab", good, "", 0, 403,
		    "<Code>AccessDenied</Code>" },
	};

	aw_ignore(aw_copy(good, sizeof(good), token_for(probe, PROBE_WEB)));
	memcpy(bent, good, sizeof(bent));
	bent[strlen(bent) - 1] ^= 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		probe->sim.clock_ms = rows[i].clock_ms;
		if (assume(probe, rows[i].role, rows[i].session, rows[i].token,
			rows[i].more) != rows[i].status ||
		    !strstr(aw_buf_text(&probe->call.body), rows[i].holds))
			fail_msg("%s: %s", rows[i].name,
			    aw_buf_text(&probe->call.body));
	}
}

static void trust(void **state)
{
	struct probe *probe = *state;
	struct json_object *role = aw_sim_role_get(&probe->sim, PROBE_TRUSTS);
	struct json_object *plain = aw_sim_role_get(&probe->sim, PROBE_WEB);
	const struct aw_sim_key *instance = aw_sim_keys_role(&probe->sim);
	const struct aw_sim_key *task = aw_sim_keys_task(&probe->sim);
	const struct aw_sim_key *other = aw_sim_keys_assumed(
	    &probe->sim, PROBE_OTHER, "awssso-task", "ab", 900, true);

	/* Whoever is of the host's account, unless the role says. */
	assert_true(aw_sim_role_trusts(&probe->sim, plain, task, NULL));
	assert_true(aw_sim_role_trusts(&probe->sim, plain, task, "any"));
	assert_false(aw_sim_role_trusts(&probe->sim, plain, other, NULL));
	/* One role and one external id. */
	assert_true(aw_sim_role_trusts(&probe->sim, role, task, "ext"));
	assert_false(aw_sim_role_trusts(&probe->sim, role, task, "ex"));
	assert_false(aw_sim_role_trusts(&probe->sim, role, task, NULL));
	assert_false(aw_sim_role_trusts(&probe->sim, role, instance, "ext"));
	assert_false(aw_sim_role_trusts(&probe->sim, role, other, "ext"));
}

static unsigned get(struct probe *probe, const char *path, const char *token)
{
	const struct aw_sim_header headers[] = {
		{ token ? "Authorization" : NULL, token },
		{ NULL, NULL },
	};

	return probe_ask(probe, "GET", path, headers, "");
}

static void containers(void **state)
{
	struct probe *probe = *state;
	char token[64];

	assert_int_equal(get(probe, AW_SIM_TASK_PATH, NULL), 200);
	assert_string_equal(
	    probe_text(probe, "Expiration"), "2015-08-30T18:36:00Z");
	assert_string_equal(probe_text(probe, "AccountId"), PROBE_ACCOUNT);
	assert_non_null(
	    aw_sim_keys_get(&probe->sim, probe_text(probe, "AccessKeyId")));
	assert_int_equal(get(probe, "/v1/credentials", NULL), 401);
	assert_string_equal(probe_text(probe, "code"), "AccessDeniedException");
	assert_int_equal(get(probe, "/v1/credentials", "1.2"), 401);
	aw_sim_container_token(&probe->sim, PROBE_TIME_MS + 1000, token);
	assert_int_equal(get(probe, "/v1/credentials", token), 200);
	probe->sim.clock_ms = 1000;
	assert_int_equal(get(probe, "/v1/credentials", token), 401);
	assert_int_equal(aw_sim_faults_add(&probe->sim.faults, "container",
			     "stale", NULL, 0, NULL),
	    0);
	assert_int_equal(get(probe, AW_SIM_TASK_PATH, NULL), 200);
	assert_string_equal(
	    probe_text(probe, "Expiration"), "2015-08-30T11:36:01Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    web_identity, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    trust, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    containers, probe_setup, probe_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
