/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "awssso try" as a person runs it: the built programs, no root, no daemon, an
 * empty environment, and build/idcsim on a free port of the loopback.  Nothing
 * waits without a bound.
 * covers: spine.4, spine.7, spine.11
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/own.h"
#include "common/sock.h"
#include "common/text.h"

#define WAIT_MS  10000
#define READY_FD 3
#define OUT_SIZE 16384
#define START    "https://d-1234567890.awsapps.com/start"
#define ACCOUNT  "111122223333"

struct world {
	char dir[64];
	char config[96], control[96], fixture[96];
	pid_t sim, child;
	int out;
	char said[OUT_SIZE]; /* what awssso has printed so far */
	size_t len;
};

static const char fixture[] =
    "{\"region\":\"us-east-1\",\"identity_store_id\":\"d-1234567890\","
    "\"start_url\":\"" START "\",\"device\":{\"interval\":1},"
    "\"accounts\":[{\"AccountId\":\"" ACCOUNT "\",\"AccountName\":\"One\","
    "\"EmailAddress\":\"one@example.com\"}],\"users\":[{\"UserId\":"
    "\"1234567890-aaaaaaaa-0000-4000-8000-000000000001\",\"UserName\":"
    "\"alice@example.com\"},{\"UserId\":"
    "\"1234567890-aaaaaaaa-0000-4000-8000-000000000002\",\"UserName\":"
    "\"dave@example.com\"}],\"groups\":[],\"permission_sets\":[{\"Name\":"
    "\"Login\",\"PermissionSetArn\":\"arn:aws:sso:::permissionSet/"
    "ssoins-0123456789abcdef/ps-0123456789abcdef\",\"Assignments\":[{"
    "\"AccountId\":\"" ACCOUNT "\",\"PrincipalType\":\"USER\","
    "\"PrincipalId\":\"1234567890-aaaaaaaa-0000-4000-8000-000000000001\"}]"
    "}]}\n";

/* --- processes --------------------------------------------------------- */

/* Start @argv with an empty environment; what it prints, and writes to
 * READY_FD, comes out of *@ret_out.  It dies with the test. */
static pid_t spawn(char *const *argv, int *ret_out)
{
	char *const empty[] = { NULL };
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (dup2(ends[1], STDOUT_FILENO) >= 0 &&
		    dup2(ends[1], STDERR_FILENO) >= 0 &&
		    dup2(ends[1], READY_FD) >= 0)
			(void)execve(argv[0], argv, empty);
		_exit(127);
	}
	(void)close(ends[1]);
	*ret_out = ends[0];
	return pid;
}

static void stop(pid_t *pid)
{
	if (*pid > 0) {
		(void)kill(*pid, SIGTERM);
		(void)waitpid(*pid, NULL, 0);
	}
	*pid = 0;
}

/* Read more of what is said.  False: the end, or nothing until @until_ms. */
static bool read_more(int fd, char *buf, size_t *len, uint64_t until_ms)
{
	const uint64_t now = aw_sock_now_ms();
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (now >= until_ms || poll(&ready, 1, (int)(until_ms - now)) != 1)
		return false;
	n = read(fd, buf + *len, OUT_SIZE - 1 - *len);
	if (n <= 0)
		return false;
	*len += (size_t)n;
	buf[*len] = '\0';
	return true;
}

/* Where @text is in what awssso says, waited for. */
static const char *wait_for(struct world *world, const char *text)
{
	const uint64_t until = aw_sock_now_ms() + WAIT_MS;
	const char *at;

	while ((at = strstr(world->said, text)) == NULL)
		if (!read_more(world->out, world->said, &world->len, until))
			fail_msg("\"%s\" is not said:\n%s", text, world->said);
	return at;
}

/* All that awssso says, and its exit status. */
static int wait_end(struct world *world)
{
	const uint64_t until = aw_sock_now_ms() + WAIT_MS;
	int status;

	while (read_more(world->out, world->said, &world->len, until))
		continue;
	if (aw_sock_now_ms() >= until)
		fail_msg("does not end:\n%s", world->said);
	assert_int_equal(waitpid(world->child, &status, 0), world->child);
	world->child = 0;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* --- the world --------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* The settings: AWS's services are all at the simulator's @address. */
static void write_config(struct world *world, const char *address)
{
	static const char *const names[] = { "sso_oidc", "sso", "sts",
		"identitystore" };
	char text[1024] = "[network]\n", line[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(
		    aw_fmt(line, sizeof(line), "endpoint_url_%s = http://%s\n",
			names[i], address),
		    0);
		assert_true(strlen(text) + strlen(line) < sizeof(text));
		memcpy(text + strlen(text), line, strlen(line) + 1);
	}
	write_file(world->config, text);
}

static void start_sim(struct world *world)
{
	char program[] = AW_BUILD "/idcsim", serve[] = "serve";
	char f[] = "--fixture", p[] = "--plain", any[] = "127.0.0.1:0";
	char c[] = "--control", r[] = "--ready-fd", three[] = "3";
	char *const argv[] = { program, serve, f, world->fixture, p, any, c,
		world->control, r, three, NULL };
	aw_own_fd int out = -1;
	char *said = world->said;

	world->sim = spawn(argv, &out);
	while (!strchr(said, '\n'))
		if (!read_more(
			out, said, &world->len, aw_sock_now_ms() + WAIT_MS))
			fail_msg("idcsim: %s", said);
	assert_memory_equal(said, "plain ", 6);
	said[strcspn(said, "\n")] = '\0';
	write_config(world, said + 6);
	world->len = 0;
	said[0] = '\0';
}

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	const char *dir;

	assert_non_null(world);
	*state = world;
	dir = world->dir;
	world->out = -1;
	assert_int_equal(
	    aw_copy(world->dir, sizeof(world->dir), "/tmp/awssso-try-XXXXXX"),
	    0);
	assert_non_null(mkdtemp(world->dir));
	assert_int_equal(
	    aw_fmt(world->config, sizeof(world->config), "%s/conf", dir) |
		aw_fmt(world->control, sizeof(world->control), "%s/sim", dir) |
		aw_fmt(
		    world->fixture, sizeof(world->fixture), "%s/fixture", dir),
	    0);
	write_file(world->fixture, fixture);
	start_sim(world);
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	stop(&world->child);
	stop(&world->sim);
	aw_own_fd_done(&world->out);
	(void)unlink(world->config);
	(void)unlink(world->control);
	(void)unlink(world->fixture);
	(void)rmdir(world->dir);
	free(world);
	return 0;
}

static void begin_try(struct world *world, const char *last)
{
	char program[] = AW_BUILD "/awssso", try[] = "try";
	char s[] = "--start-url", url[] = START, r[] = "--region";
	char region[] = "us-east-1", c[] = "--config", extra[16] = "";
	char *const argv[] = { program, try, s, url, r, region, c,
		world->config, *last ? extra : NULL, NULL };

	assert_int_equal(aw_copy(extra, sizeof(extra), last), 0);
	world->child = spawn(argv, &world->out);
}

/* Tell the simulator what happens to the code that @at begins with. */
static void decide(
    struct world *world, const char *at, const char *verb, const char *who)
{
	char program[] = AW_BUILD "/idcsim", c[] = "--control", as[] = "--as";
	char code[10] = "", word[16], name[16] = "";
	char *const argv[] = { program, c, world->control, word, code,
		who ? as : NULL, name, NULL };
	aw_own_fd int out = -1;
	int status;
	pid_t pid;

	memcpy(code, at, 9);
	assert_int_equal(aw_copy(word, sizeof(word), verb) |
			     aw_copy(name, sizeof(name), who ? who : ""),
	    0);
	pid = spawn(argv, &out);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* --- tests ------------------------------------------------------------- */

/* What a person sees: where to go, who they are, what they would be here, and
 * what an administrator has to open. */
static void says_who_you_are(void **state)
{
	static const char *const lines[] = {
		"Open  " START "/#/device?user_code=",
		"account         " ACCOUNT " One",
		"Login",
		"you are         alice@example.com",
		":assumed-role/AWSReservedSSO_Login_",
		"Linux name      alice",
		"identitystore:GetUserId",
		"clock ",
		"hosts needed    127.0.0.1:",
		"result          ok",
	};
	struct world *world = *state;

	begin_try(world, "");
	(void)wait_for(world, "\nApprove within ");
	decide(world, wait_for(world, "\nCode  ") + 7, "approve", "alice");
	assert_int_equal(wait_end(world), 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		(void)wait_for(world, lines[i]);
}

/* One JSON object a line, the last one the end. */
static void speaks_json(void **state)
{
	struct world *world = *state;
	const char *name = "";
	char *rest, *line;
	size_t n = 0;

	begin_try(world, "--json");
	decide(world, wait_for(world, "\"user_code\":\"") + 13, "approve",
	    "alice");
	assert_int_equal(wait_end(world), 0);
	rest = world->said;
	while ((line = strsep(&rest, "\n")) != NULL && *line) {
		struct json_object *event = json_tokener_parse(line);
		struct json_object *value = NULL;

		if (!json_object_object_get_ex(event, "event", &value))
			fail_msg("no event: %s", line);
		name = strcmp(json_object_get_string(value), "end") == 0 ? "end"
									 : "";
		json_object_put(event);
		n++;
	}
	assert_in_range(n, 6, 12);
	assert_string_equal(name, "end");
}

/* Whoever is not identified gets a reason and a status that scripts see. */
static void fails_with_a_reason(void **state)
{
	static const struct {
		const char *verb, *who, *says;
	} rows[] = {
		{ "deny", NULL, "refused in the browser" },
		{ "approve", "dave", "you hold no permission set" },
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		world->len = 0;
		world->said[0] = '\0';
		aw_own_fd_done(&world->out);
		begin_try(world, "");
		(void)wait_for(world, "\nApprove within ");
		decide(world, wait_for(world, "\nCode  ") + 7, rows[i].verb,
		    rows[i].who);
		assert_int_equal(wait_end(world), 1);
		(void)wait_for(world, rows[i].says);
		assert_null(strstr(world->said, "you are "));
	}
}

/* Nobody there: said within the bounds of a request. */
static void no_network(void **state)
{
	struct world *world = *state;

	stop(&world->sim);
	begin_try(world, "");
	assert_int_equal(wait_end(world), 1);
	(void)wait_for(world, "RegisterClient: no answer from 127.0.0.1:");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    says_who_you_are, set_up, tear_down),
		cmocka_unit_test_setup_teardown(speaks_json, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    fails_with_a_reason, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_network, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
