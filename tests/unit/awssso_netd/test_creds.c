/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the host's keys come from, against the simulated AWS: creds.c, fetch.c,
 * container.c, assume.c, imds.c, call.c.
 * covers: dir.4
 */
#include "tests/unit/awssso_netd/aws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awssso_netd/creds.h"
#include "awssso_netd/sts.h"
#include "common/sock.h"

#define TASK "/v2/credentials/2a1b3c4d-0000-4000-8000-5e6f708192a3"
#define POD  "/v1/credentials"
#define LIFE (6 * 3600) /* of the instance's keys */

static void ask(struct sim *sim, uint64_t request)
{
	struct aw_wire_out out;

	sim_begin(&out, AW_MSG_PERSON, request);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, SIM_BOB);
	sim_send(sim, &out);
}

/* A question that is answered with @net, and @says in the text. */
static void expect(struct sim *sim, uint64_t net, const char *says)
{
	static uint64_t request = 100;

	ask(sim, ++request);
	sim_expect(sim, AW_MSG_PERSON_IS, request);
	sim_expect_net(sim, net, says);
}

static void expect_account(struct sim *sim, const char *account)
{
	sim_ask(sim, AW_MSG_HOST, 1);
	sim_expect(sim, AW_MSG_HOST_IS, 1);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_string_equal(sim_text(sim, AW_TAG_ACCOUNT), account);
}

static void set(char *setting, const char *value)
{
	assert_int_equal(aw_copy(setting, AW_CONF_TEXT, value), 0);
}

/* The daemon anew: roles and the environment are looked at when it starts. */
static void restart(struct sim *sim)
{
	sim_stop(sim);
	sim_start(sim);
}

static void write_other(struct sim *sim, const char *text)
{
	FILE *file = fopen(sim->other, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void set_container(struct sim *sim, const char *path)
{
	sim->conf.credentials_source = AW_CREDENTIALS_CONTAINER;
	assert_int_equal(aw_fmt(sim->conf.container_uri, AW_CONF_TEXT, "%s%s",
			     sim->url, path),
	    0);
}

/* --- container --------------------------------------------------------- */

static void container(void **state)
{
	struct sim *sim = *state;
	const unsigned before = sim_logged(sim, "TaskCredentials");

	set_container(sim, TASK);
	for (uint64_t i = 1; i <= 5; i++)
		ask(sim, i);
	for (int i = 0; i < 5; i++) {
		sim_next(sim);
		sim_expect_net(sim, AW_NET_OK, "");
	}
	assert_int_equal(sim_logged(sim, "TaskCredentials"), before + 1);
	expect_account(sim, SIM_ACCT);
}

static void container_trouble(void **state)
{
	static const struct {
		const char *fault[7];
		uint64_t net;
		const char *says;
	} rows[] = {
		{ { "fault", "TaskCredentials", "deny" }, AW_NET_CONFIG,
		    "container credentials: the agent does not give any: "
		    "status 404, NoIdInRequest: unable to get" },
		{ { "fault", "TaskCredentials", "malformed" },
		    AW_NET_BAD_ANSWER, "container credentials: " },
		{ { "fault", "TaskCredentials", "status", "500", "--count",
		      "1" },
		    AW_NET_OK, "" },
		{ { "fault", "TaskCredentials", "close", "--count", "1" },
		    AW_NET_OK, "" },
	};
	struct sim *sim = *state;

	set_container(sim, TASK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sim_tell(sim, rows[i].fault);
		restart(sim);
		sim_tell(sim, rows[i].fault);
		expect(sim, rows[i].net, rows[i].says);
		SIM_TELL(sim, "fault", "clear");
	}
	set_container(sim, "/elsewhere");
	restart(sim);
	expect(sim, AW_NET_CONFIG, "status 404");
}

/* The token is the file's of this moment, not that of the start. */
static void container_token(void **state)
{
	struct sim *sim = *state;

	set_container(sim, POD);
	expect(sim, AW_NET_CONFIG, "status 401, AccessDeniedException");
	set(sim->conf.container_token_file, sim->other);
	expect(sim, AW_NET_CONFIG, "No such file");
	write_other(sim, "1.x\n");
	expect(sim, AW_NET_CONFIG, "status 401, AccessDeniedException");
	write_other(sim, "a\r\nHost: b\n");
	expect(sim, AW_NET_CONFIG, "holds no token");
	SIM_TELL_TO(sim, sim->other, "container-token");
	expect(sim, AW_NET_OK, "");
	(void)unlink(sim->other);
}

static void container_environment(void **state)
{
	struct sim *sim = *state;
	char url[128];

	sim->conf.credentials_source = AW_CREDENTIALS_CONTAINER;
	expect(sim, AW_NET_CONFIG, "the environment names no place");
	assert_int_equal(
	    aw_fmt(url, sizeof(url), "%s" POD, sim->url) |
		setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1) |
		setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "1.no", 1),
	    0);
	restart(sim);
	expect(sim, AW_NET_CONFIG, "status 401");
	assert_int_equal(
	    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "1\n2", 1), 0);
	restart(sim);
	expect(sim, AW_NET_CONFIG, "the token in the environment is none");
	/* The file wins. */
	SIM_TELL_TO(sim, sim->other, "container-token");
	assert_int_equal(
	    setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", sim->other, 1), 0);
	restart(sim);
	expect(sim, AW_NET_OK, "");
	assert_int_equal(unsetenv("AWS_CONTAINER_CREDENTIALS_FULL_URI") |
			     unsetenv("AWS_CONTAINER_AUTHORIZATION_TOKEN") |
			     unsetenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
	    0);
	(void)unlink(sim->other);
}

/* --- web identity ------------------------------------------------------ */

static void web_identity(void **state)
{
	struct sim *sim = *state;

	sim->conf.credentials_source = AW_CREDENTIALS_WEB_IDENTITY;
	set(sim->conf.web_identity_role_arn, SIM_WEB);
	set(sim->conf.web_identity_token_file, sim->other);
	expect(sim, AW_NET_CONFIG, "No such file");
	write_other(sim, "not.a.token");
	expect(sim, AW_NET_CONFIG, "InvalidIdentityToken");
	SIM_TELL_TO(sim, sim->other, "web-token", SIM_WEB);
	SIM_TELL(sim, "fault", "AssumeRoleWithWebIdentity", "expire");
	expect(sim, AW_NET_CONFIG, "has ended");
	SIM_TELL(sim, "fault", "clear");
	set(sim->conf.web_identity_role_arn, SIM_READER);
	expect(sim, AW_NET_CONFIG, "No OpenIDConnect provider");
	set(sim->conf.web_identity_role_arn,
	    "arn:aws:iam::444455556666:role/Absent");
	expect(sim, AW_NET_REFUSED, "role/Absent does not take the token");
	set(sim->conf.web_identity_role_arn, SIM_WEB);
	SIM_TELL(sim, "fault", "AssumeRoleWithWebIdentity", "malformed",
	    "--count", "1");
	expect(sim, AW_NET_BAD_ANSWER, "AssumeRoleWithWebIdentity: ");
	expect(sim, AW_NET_OK, "");
	expect_account(sim, "444455556666");
	(void)unlink(sim->other);
}

/* --- AssumeRole -------------------------------------------------------- */

/* For five who ask: one role, whose keys sign; the host stays where it is. */
static void assume_role(void **state)
{
	struct sim *sim = *state;
	const unsigned before = sim_logged(sim, "\"AssumeRole\"");

	set(sim->conf.role_arn, SIM_READER);
	set(sim->conf.external_id, SIM_EXTERNAL);
	set(sim->conf.role_session_name, "bastion-1@x");
	restart(sim);
	for (uint64_t i = 1; i <= 5; i++)
		ask(sim, i);
	for (int i = 0; i < 5; i++) {
		sim_next(sim);
		sim_expect_net(sim, AW_NET_OK, "");
	}
	assert_int_equal(sim_logged(sim, "\"AssumeRole\""), before + 1);
	assert_int_equal(sim_logged(sim, "\"user\":\"bastion-1@x\""), 1);
	expect_account(sim, SIM_ACCT);
}

static void assume_role_from_anywhere(void **state)
{
	struct sim *sim = *state;

	set(sim->conf.role_arn, SIM_READER);
	set(sim->conf.external_id, SIM_EXTERNAL);
	set_container(sim, TASK);
	restart(sim);
	expect(sim, AW_NET_OK, "");
	sim->conf.credentials_source = AW_CREDENTIALS_IMDS;
	restart(sim);
	expect(sim, AW_NET_OK, "");
	expect_account(sim, SIM_ACCT);
}

static void assume_role_trouble(void **state)
{
	static const struct {
		const char *role, *external;
		const char *fault[7];
		uint64_t net;
		const char *says;
	} rows[] = {
		{ SIM_READER, "", { "fault", "clear" }, AW_NET_REFUSED,
		    "role/sso/Reader does not let us in: its trust policy must "
		    "name the host's own role and no external id" },
		{ SIM_READER, "other", { "fault", "clear" }, AW_NET_REFUSED,
		    "and this external_id" },
		{ SIM_WEB, "", { "fault", "clear" }, AW_NET_REFUSED,
		    "role/Web does not let us in" },
		{ SIM_BLIND, "", { "fault", "clear" }, AW_NET_REFUSED,
		    "the host's role may not call identitystore:" },
		{ SIM_READER, SIM_EXTERNAL,
		    { "fault", "AssumeRole", "malformed" }, AW_NET_BAD_ANSWER,
		    "AssumeRole: " },
		{ SIM_READER, SIM_EXTERNAL,
		    { "fault", "AssumeRole", "throttle", "--count", "1" },
		    AW_NET_OK, "" },
		/* The host's own keys are refused once, then others are. */
		{ SIM_READER, SIM_EXTERNAL,
		    { "fault", "AssumeRole", "expire", "--count", "1" },
		    AW_NET_OK, "" },
		{ SIM_READER, SIM_EXTERNAL,
		    { "fault", "DescribeUser", "expire", "--count", "1" },
		    AW_NET_OK, "" },
	};
	struct sim *sim = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set(sim->conf.role_arn, rows[i].role);
		set(sim->conf.external_id, rows[i].external);
		restart(sim);
		sim_tell(sim, rows[i].fault);
		expect(sim, rows[i].net, rows[i].says);
		SIM_TELL(sim, "fault", "clear");
	}
}

/* --- IMDS -------------------------------------------------------------- */

static void imds_over_ipv6(void **state)
{
	struct sim *sim = *state;

	if (!sim->url6[0])
		skip();
	sim->conf.credentials_source = AW_CREDENTIALS_IMDS;
	set(sim->conf.endpoint_url_imds, sim->url6);
	expect(sim, AW_NET_OK, "");
	expect_account(sim, SIM_ACCT);
	assert_true(sim_logged(sim, "\"host\":\"[::1]:") >= 4);
}

/* Keys that had ended when they came: used, and not asked for by everybody. */
static void keys_that_have_ended(void **state)
{
	struct sim *sim = *state;
	const unsigned before = sim_logged(sim, "ImdsCredentials");

	sim->conf.credentials_source = AW_CREDENTIALS_IMDS;
	SIM_TELL(sim, "fault", "ImdsCredentials", "stale");
	expect(sim, AW_NET_OK, "");
	expect(sim, AW_NET_OK, "");
	assert_int_equal(sim_logged(sim, "ImdsCredentials"), before + 1);
	/* Until AWS refuses them. */
	SIM_TELL(sim, "fault", "DescribeUser", "expire", "--count", "1");
	expect(sim, AW_NET_OK, "");
	assert_int_equal(sim_logged(sim, "ImdsCredentials"), before + 2);
	/* Or 20 minutes have gone by. */
	sim->aws->skew += 1201;
	SIM_TELL(sim, "clock", "+1201");
	expect(sim, AW_NET_OK, "");
	assert_int_equal(sim_logged(sim, "ImdsCredentials"), before + 3);
}

/* Two calls are refused with the same keys, the second when there are others
 * already: those stay. */
static void only_refused_keys_are_dropped(void **state)
{
	struct sim *sim = *state;
	const unsigned before = sim_logged(sim, "ImdsCredentials");

	sim->conf.credentials_source = AW_CREDENTIALS_IMDS;
	SIM_TELL(sim, "fault", "DescribeUser", "expire", "--count", "1");
	SIM_TELL(sim, "fault", "ListGroupMembershipsForMember", "expire",
	    "--count", "1");
	SIM_TELL(
	    sim, "fault", "ListGroupMembershipsForMember", "latency", "400");
	expect(sim, AW_NET_OK, "");
	assert_int_equal(sim_logged(sim, "ImdsCredentials"), before + 2);
}

static void move(struct sim *sim, int64_t seconds)
{
	char text[24];

	assert_int_equal(
	    aw_fmt(text, sizeof(text), "+%lld", (long long)seconds), 0);
	SIM_TELL(sim, "clock", text);
	sim->aws->skew += seconds;
}

/* Near their end, keys serve while others are fetched; a source that is down
 * stops nobody whose keys AWS takes. */
static void keys_near_their_end(void **state)
{
	struct sim *sim = *state;
	unsigned before;

	sim->conf.credentials_source = AW_CREDENTIALS_IMDS;
	move(sim, 1); /* keys of its own, whatever other tests did */
	move(sim, LIFE);
	expect(sim, AW_NET_OK, "");
	before = sim_logged(sim, "ImdsToken");
	move(sim, LIFE - 910);
	expect(sim, AW_NET_OK, "");
	assert_int_equal(sim_logged(sim, "ImdsToken"), before);
	move(sim, 320);
	SIM_TELL(sim, "fault", "ImdsToken", "status", "500");
	expect(sim, AW_NET_OK, "");
	sim_quiet(sim, 300);
	assert_int_equal(sim_logged(sim, "ImdsToken"), before + 3);
	expect(sim, AW_NET_OK, "");
	sim_quiet(sim, 100);
	assert_int_equal(sim_logged(sim, "ImdsToken"), before + 3);
	/* When they have ended and AWS refuses them, it is over. */
	move(sim, 700);
	expect(sim, AW_NET_UNAVAIL, "instance metadata: ");
	SIM_TELL(sim, "fault", "clear");
	expect(sim, AW_NET_OK, "");
}

static void refresh_times(void **state)
{
	static const struct {
		int64_t life;
		uint32_t random;
		int64_t want;
	} rows[] = {
		{ 21600, 0, 21600 - 600 },
		{ 21600, UINT32_MAX, 21600 - 900 },
		{ 3600, UINT32_MAX / 2, 3600 - 749 },
		{ 901, UINT32_MAX, 60 },
		{ 900, 0, 300 },
		{ 660, 0, 60 },
		{ 1, 0, 60 },
		{ 0, 0, 600 },
		{ -5000, UINT32_MAX, 1200 },
		{ -5000, UINT32_MAX / 2, 899 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const int64_t got =
		    aw_creds_refresh_in(rows[i].life, rows[i].random);

		if (got != rows[i].want)
			fail_msg("%lld, %u: %lld", (long long)rows[i].life,
			    rows[i].random, (long long)got);
	}
}

/* --- waiting ----------------------------------------------------------- */

static void on_sts(void *user, const struct aw_call_answer *answer)
{
	struct aw_diag *why = user;

	*why = answer->why;
	if (answer->net != AW_NET_UNAVAIL)
		aw_diag_set(why, "%s", aw_net_word((uint64_t)answer->net));
}

static void run_until(struct sim *sim, const struct aw_diag *why)
{
	const uint64_t end = aw_sock_now_ms() + SIM_MS;

	while (!why->text[0] && aw_sock_now_ms() < end)
		assert_true(sd_event_run(sim->event, 20000) >= 0);
}

/* One fetch, two who wait: each as long as it may. */
static void waiting_has_an_end(void **state)
{
	struct sim *sim = *state;
	const uint64_t start = aw_sock_now_ms();
	struct aw_diag impatient = { .text = "" }, patient = { .text = "" };
	struct aw_call *call;

	sim->conf.credentials_source = AW_CREDENTIALS_IMDS;
	SIM_TELL(sim, "fault", "ImdsToken", "latency", "800");
	assert_int_equal(
	    aw_sts_start(sim->aws, AW_CALL_HOST, NULL, "us-east-1",
		start + SIM_MS, on_sts, &patient, &call) |
		aw_sts_start(sim->aws, AW_CALL_HOST, NULL, "us-east-1",
		    start + 200, on_sts, &impatient, &call),
	    0);
	run_until(sim, &impatient);
	assert_string_equal(impatient.text,
	    "GetCallerIdentity: the host's credentials did not come in time");
	assert_in_range(aw_sock_now_ms() - start, 200, 700);
	run_until(sim, &patient);
	assert_string_equal(patient.text, "ok");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(container),
		SIM_TEST(container_trouble),
		SIM_TEST(container_token),
		SIM_TEST(container_environment),
		SIM_TEST(web_identity),
		SIM_TEST(assume_role),
		SIM_TEST(assume_role_from_anywhere),
		SIM_TEST(assume_role_trouble),
		SIM_TEST(imds_over_ipv6),
		SIM_TEST(keys_that_have_ended),
		SIM_TEST(only_refused_keys_are_dropped),
		SIM_TEST(keys_near_their_end),
		SIM_TEST(waiting_has_an_end),
		cmocka_unit_test(refresh_times),
	};

	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
