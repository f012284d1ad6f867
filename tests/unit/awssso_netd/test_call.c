/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call whose server is busy waits as long as an answer's header fields say,
 * within what the caller allows: awssso_netd/call.c.
 * covers: dir.1, R11
 */
#include "tests/unit/awssso_netd/aws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "awssso_netd/call.h"
#include "common/sock.h"

#define LIFE_S 30

struct got {
	bool done;
	enum aw_net net;
	uint64_t hint_ms;
};

static void on_done(void *user, const struct aw_call_answer *answer)
{
	struct got *got = user;

	*got = (struct got){ true, answer->net, answer->hint_ms };
}

static void answer(int fd, const char *status, const char *fields)
{
	char request[4096];
	const int conn = accept(fd, NULL, NULL);

	(void)!read(conn, request, sizeof(request));
	(void)dprintf(conn,
	    "HTTP/1.1 %s\r\n%sContent-Type: application/json\r\n"
	    "Content-Length: 2\r\nConnection: close\r\n\r\n{}",
	    status, fields);
	(void)close(conn);
}

/* A server that is busy once and says @fields then. */
static pid_t start(struct sim *sim, const char *fields)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t child;

	assert_int_equal(bind(fd, (const void *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (void *)&at, &len), 0);
	assert_int_equal(aw_fmt(sim->conf.endpoint_url_sso_oidc, AW_CONF_TEXT,
			     "http://127.0.0.1:%d", ntohs(at.sin_port)),
	    0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)alarm(LIFE_S);
		answer(fd, "429 Too Many Requests", fields);
		answer(fd, "200 OK", "");
		_exit(0);
	}
	(void)close(fd);
	return child;
}

static struct got call(struct sim *sim, unsigned attempts, uint64_t slack_ms)
{
	const struct aw_call_request request = { .service = AW_SERVICE_OIDC,
		.operation = "CreateToken",
		.region = aw_aws_region(sim->aws),
		.path = "/token",
		.body = "{}",
		.body_len = 2,
		.auth = AW_CALL_PLAIN,
		.attempts = attempts,
		.slack_ms = slack_ms };
	const uint64_t until = aw_sock_now_ms() + SIM_MS;
	struct got got = { .done = false };
	struct aw_call *made;

	assert_int_equal(
	    aw_call_start(sim->aws, &request, on_done, &got, &made), 0);
	while (!got.done && aw_sock_now_ms() < until)
		assert_true(sd_event_run(sim->event, 100000) >= 0);
	assert_true(got.done);
	return got;
}

static void end(pid_t child)
{
	int status;

	(void)kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
}

/* The hint is told to whoever does not ask again. */
static void what_the_fields_say(void **state)
{
	static const struct {
		const char *name, *fields;
		uint64_t want;
	} rows[] = {
		{ "nothing", "", 0 },
		{ "seconds", "Retry-After: 7\r\n", 7000 },
		{ "AWS's milliseconds", "x-amz-retry-after: 1500\r\n", 1500 },
		{ "AWS's come first",
		    "Retry-After: 7\r\nx-amz-retry-after: 1500\r\n", 1500 },
		{ "no number", "Retry-After: soon\r\n", 0 },
		{ "for ever", "Retry-After: 99999999\r\n", 3600000 },
	};
	struct sim *sim = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const pid_t child = start(sim, rows[i].fields);
		const struct got got = call(sim, 1, 0);

		end(child);
		if (got.net != AW_NET_THROTTLED || got.hint_ms != rows[i].want)
			fail_msg("%s: net %d, %llu ms", rows[i].name, got.net,
			    (unsigned long long)got.hint_ms);
	}
}

/* It waits for as long, but not for longer than it may. */
static void it_waits(void **state)
{
	static const struct {
		const char *name, *fields;
		uint64_t slack_ms, least;
	} rows[] = {
		{ "seconds", "Retry-After: 2\r\n", 5000, 2000 },
		{ "within the slack", "Retry-After: 3600\r\n", 1, 0 },
	};
	struct sim *sim = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const uint64_t began = aw_sock_now_ms();
		const pid_t child = start(sim, rows[i].fields);
		const struct got got = call(sim, 2, rows[i].slack_ms);
		const uint64_t took = aw_sock_now_ms() - began;

		end(child);
		if (got.net != AW_NET_OK || took < rows[i].least)
			fail_msg("%s: net %d after %llu ms", rows[i].name,
			    got.net, (unsigned long long)took);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(what_the_fields_say),
		SIM_TEST(it_waits),
	};

	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
