/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/route.c: which service a request is for, and faults
 * over answers. covers: spine.9
 */
#include "tests/unit/idcsim/probe.h"

#include <string.h>

#include "tests/idcsim/service.h"

static unsigned ask(struct probe *probe, enum aw_sim_door door,
    const char *host, const char *method, const char *target)
{
	aw_sim_call_done(&probe->call);
	memset(&probe->req, 0, sizeof(probe->req));
	probe->req.door = door;
	probe->req.method = method;
	probe->req.target = target;
	probe->req.body = "";
	probe->req.n_headers = 1;
	probe->req.header[0].name = "Host";
	probe->req.header[0].value = host;
	assert_int_equal(aw_sim_req_split(&probe->req), 0);
	aw_sim_call_init(&probe->call, &probe->sim, &probe->req);
	aw_sim_route(&probe->call);
	return probe->call.status;
}

static void hosts(void **state)
{
	static const struct {
		enum aw_sim_door door;
		const char *host;
		const char *method;
		const char *target;
		const struct aw_sim_service *want; /* NULL: none */
	} rows[] = {
		{ AW_SIM_TLS, "oidc.us-east-1.amazonaws.com", "POST",
		    "/client/register", &aw_sim_oidc },
		/* On AWS's names only what AWS has there. */
		{ AW_SIM_TLS, "oidc.us-east-1.amazonaws.com", "GET",
		    "/assignment/accounts", &aw_sim_oidc },
		{ AW_SIM_TLS, "oidc.us-west-2.amazonaws.com", "POST",
		    "/client/register", NULL },
		{ AW_SIM_TLS, "sts.us-west-2.amazonaws.com", "POST", "/",
		    &aw_sim_sts },
		{ AW_SIM_TLS, "portal.sso.us-east-1.amazonaws.com", "GET",
		    "/assignment/accounts", &aw_sim_portal },
		{ AW_SIM_TLS, "d-1234567890.awsapps.com", "GET", "/start/",
		    &aw_sim_pages },
		{ AW_SIM_TLS, "d-0987654321.awsapps.com", "GET", "/start/",
		    NULL },
		{ AW_SIM_TLS, "localhost:8443", "GET", "/start/",
		    &aw_sim_pages },
		{ AW_SIM_TLS, "localhost", "GET", "/latest/api/token",
		    &aw_sim_imds },
		{ AW_SIM_TLS, "example.com", "POST", "/token", NULL },
		{ AW_SIM_HTTP, "169.254.169.254", "PUT", "/latest/api/token",
		    &aw_sim_imds },
		{ AW_SIM_HTTP, "oidc.us-east-1.amazonaws.com", "POST", "/token",
		    &aw_sim_imds },
		{ AW_SIM_PLAIN, "example.com", "POST", "/token", &aw_sim_oidc },
		{ AW_SIM_PLAIN, "example.com", "POST", "/logout",
		    &aw_sim_portal },
		{ AW_SIM_PLAIN, "example.com", "POST", "/", &aw_sim_sts },
		{ AW_SIM_PLAIN, "example.com", "GET", "/nothing", NULL },
	};
	struct probe *probe = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)ask(probe, rows[i].door, rows[i].host, rows[i].method,
		    rows[i].target);
		if (probe->call.service != rows[i].want)
			fail_msg("%s %s", rows[i].host, rows[i].target);
		if (rows[i].want == NULL)
			assert_int_equal(probe->call.status, 404);
	}
}

static void a_second_region(void **state)
{
	static const char west[] = "oidc.us-west-2.amazonaws.com";
	struct probe *probe = *state;
	struct aw_sim *sim = &probe->sim;

	assert_int_equal(aw_copy(sim->second_region, sizeof(sim->second_region),
			     "us-west-2"),
	    0);
	(void)ask(probe, AW_SIM_TLS, west, "POST", "/client/register");
	assert_ptr_equal(probe->call.service, &aw_sim_oidc);
	assert_ptr_equal(probe->call.region, sim->second_region);
	(void)ask(probe, AW_SIM_TLS, "oidc.us-east-1.amazonaws.com", "POST",
	    "/client/register");
	assert_ptr_equal(probe->call.region, sim->region);
	(void)ask(probe, AW_SIM_TLS, "oidc.eu-west-1.amazonaws.com", "POST",
	    "/client/register");
	assert_null(probe->call.service);
}

static void bodies(void **state)
{
	struct probe *probe = *state;
	const char *body = "{\"clientName\":\"x\",\"clientType\":\"public\"}";
	size_t len;

	assert_int_equal(probe_json(probe, "/client/register", body), 200);
	assert_non_null(probe->doc);
	len = probe->call.body.len;
	assert_int_equal(
	    probe_command(probe, "fault * malformed --count 1"), 0);
	assert_int_equal(probe_json(probe, "/client/register", body), 200);
	assert_null(probe->doc);
	assert_in_range(probe->call.body.len, len / 2, len);
	assert_int_equal(
	    probe_command(probe, "fault oidc oversized 100000 --count 1"), 0);
	assert_int_equal(probe_json(probe, "/client/register", body), 200);
	assert_non_null(probe->doc);
	assert_in_range(probe->call.body.len, 100000, 100200);
	/* A page for people is never at fault. */
	assert_int_equal(probe_command(probe, "fault * status 503"), 0);
	assert_int_equal(probe_ask(probe, "GET", "/board", NULL, ""), 200);
	assert_int_equal(probe_json(probe, "/client/register", body), 503);
}

/* STS speaks XML unless asked for JSON, in its errors as well. */
static void sts(void **state)
{
	const struct aw_sim_header headers[] = {
		{ "Content-Type", "application/x-www-form-urlencoded" },
		{ "Accept", "application/json" },
		{ NULL, NULL },
	};
	struct probe *probe = *state;
	const char *body = "Action=GetCallerIdentity&Version=2011-06-15";
	char target[80];

	assert_int_equal(probe_ask(probe, "POST", "/", headers, body), 403);
	assert_string_equal(probe->call.type, "application/json");
	assert_non_null(probe->doc);
	assert_true(
	    strstr(aw_buf_text(&probe->call.body),
		"\"Error\":{\"Code\":\"MissingAuthenticationToken\"") != NULL);
	aw_ignore(aw_fmt(target, sizeof(target), "/?%s", body));
	assert_int_equal(probe_ask(probe, "GET", target, NULL, ""), 403);
	assert_string_equal(probe->call.type, "text/xml");
	assert_int_equal(probe_ask(probe, "GET", "/x", NULL, ""), 404);
	assert_int_equal(probe_ask(probe, "POST", "/", headers + 1, body), 400);
	assert_string_equal(probe->call.error, "InvalidAction");
	assert_int_equal(probe_ask(probe, "POST", "/", headers,
			     "Action=GetCallerIdentity&Version=2012-01-01"),
	    400);
	assert_string_equal(probe->call.error, "InvalidAction");
}

static void log_lines(void **state)
{
	struct probe *probe = *state;
	struct aw_buf out = AW_BUF_INIT(65536);
	char want[512];

	(void)ask(probe, AW_SIM_TLS, "portal.sso.us-east-1.amazonaws.com",
	    "GET", "/assignment/roles?account_id=1&next_token=secret");
	aw_sim_log_print(&probe->sim.log, &out);
	aw_ignore(aw_fmt(want, sizeof(want),
	    "{\"time\":\"2015-08-30T12:36:00.000Z\",\"host\":"
	    "\"portal.sso.us-east-1.amazonaws.com\",\"method\":\"GET\","
	    "\"path\":\"/assignment/roles\",\"service\":\"portal\","
	    "\"operation\":\"ListAccountRoles\",\"status\":401,\"error\":"
	    "\"UnauthorizedException\",\"request_id\":\"%s\"}\n",
	    probe->call.request_id));
	assert_string_equal(aw_buf_text(&out), want);
	aw_buf_done(&out);
	for (int i = 0; i < AW_SIM_LOG_KEEP; i++)
		(void)ask(probe, AW_SIM_TLS, "example.com", "GET", "/");
	aw_sim_log_print(&probe->sim.log, &out);
	assert_null(strstr(aw_buf_text(&out), "ListAccountRoles"));
	aw_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    hosts, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    a_second_region, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    bodies, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    sts, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    log_lines, probe_setup, probe_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
