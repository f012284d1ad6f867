/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated AWS and the client.
 */
#include "tests/unit/awssso_netd/aws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/own.h"
#include "common/sock.h"

#define IDCSIM AW_BUILD "/idcsim"

/* --- the fixture ------------------------------------------------------- */

static void put_user(
    struct aw_buf *json, const char *id, const char *name, const char *status)
{
	aw_buf_fmt(json,
	    "%s{\"UserId\":\"%s\",\"UserName\":\"%s\",\"DisplayName\":\"%s\","
	    "\"UserStatus\":\"%s\"}",
	    strcmp(id, SIM_ALICE) == 0 ? "" : ",", id, name, name, status);
}

static void many_id(char ret[64], int i)
{
	assert_int_equal(
	    aw_fmt(ret, 64, "0123456789-00000000-0000-4000-8000-1%011d", i), 0);
}

static void put_groups(struct aw_buf *json)
{
	char id[64];

	aw_buf_fmt(json,
	    "\"groups\":[{\"GroupId\":\"%s\",\"DisplayName\":\"admins\","
	    "\"Members\":[\"%s\",\"%s\"]},"
	    "{\"GroupId\":\"0123456789-00000000-0000-4000-8000-0000000000a2\","
	    "\"DisplayName\":\"nobody in it\",\"Members\":[]},"
	    "{\"GroupId\":\"0123456789-00000000-0000-4000-8000-0000000000a3\","
	    "\"DisplayName\":\"everybody\",\"Members\":[",
	    SIM_ADMINS, SIM_ALICE, SIM_BOB);
	for (int i = 0; i < SIM_MANY; i++) {
		many_id(id, i);
		aw_buf_fmt(json, "%s\"%s\"", i > 0 ? "," : "", id);
	}
	aw_buf_str(json, "]}],");
}

static void put_sets(struct aw_buf *json)
{
	static const char *const sets[] = { "Login", "AdministratorAccess" };

	aw_buf_str(json, "\"permission_sets\":[");
	for (int i = 0; i < 2; i++)
		aw_buf_fmt(json,
		    "%s{\"Name\":\"%s\",\"PermissionSetArn\":\"arn:aws:sso:::"
		    "permissionSet/ssoins-0123456789abcdef/ps-%016d\","
		    "\"Assignments\":[{\"AccountId\":\"%s\",\"PrincipalType\":"
		    "\"%s\",\"PrincipalId\":\"%s\"}]}",
		    i > 0 ? "," : "", sets[i], i, SIM_ACCT,
		    i == 0 ? "GROUP" : "USER", i == 0 ? SIM_ADMINS : SIM_ALICE);
	aw_buf_str(json, "],");
}

static void put_roles(struct aw_buf *json)
{
	aw_buf_fmt(json,
	    "\"roles\":[{\"RoleArn\":\"%s\",\"ExternalId\":\"%s\"},"
	    "{\"RoleArn\":\"%s\",\"ReadsDirectory\":false},"
	    "{\"RoleArn\":\"%s\",\"Trusts\":[],\"WebIdentity\":{\"Issuer\":"
	    "\"https://oidc.example\",\"Audience\":\"sts.amazonaws.com\","
	    "\"Subject\":\"system:serviceaccount:sso:netd\"}}]}",
	    SIM_READER, SIM_EXTERNAL, SIM_BLIND, SIM_WEB);
}

static void write_fixture(const char *path)
{
	struct aw_buf json = AW_BUF_INIT(1024 * 1024);
	FILE *file;
	char id[64], name[64];

	aw_buf_fmt(&json,
	    "{\"region\":\"us-east-1\",\"second_region\":\"eu-west-1\","
	    "\"identity_store_id\":\"%s\","
	    "\"start_url\":\"https://%s.awsapps.com/start\","
	    "\"device\":{\"interval\":1,\"expires_in\":60},\"accounts\":["
	    "{\"AccountId\":\"%s\",\"AccountName\":\"production\","
	    "\"EmailAddress\":\"a@example.com\"},"
	    "{\"AccountId\":\"%s\",\"AccountName\":\"staging\","
	    "\"EmailAddress\":\"b@example.com\"}],\"users\":[",
	    SIM_STORE, SIM_STORE, SIM_ACCT, SIM_THERE);
	put_user(&json, SIM_ALICE, "alice@example.com", "ENABLED");
	put_user(&json, SIM_BOB, "bob@example.com", "ENABLED");
	put_user(&json, SIM_CAROL, "carol@example.com", "DISABLED");
	put_user(&json, SIM_DAVE, "dave@example.com", "ENABLED");
	for (int i = 0; i < SIM_MANY; i++) {
		many_id(id, i);
		assert_int_equal(
		    aw_fmt(name, sizeof(name), "user%d@example.com", i), 0);
		put_user(&json, id, name, "ENABLED");
	}
	aw_buf_str(&json, "],");
	put_groups(&json);
	put_sets(&json);
	put_roles(&json);
	assert_int_equal(aw_buf_error(&json), 0);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(aw_buf_text(&json), file) >= 0);
	assert_int_equal(fclose(file), 0);
	aw_buf_done(&json);
}

/* --- the child --------------------------------------------------------- */

/* The environment of this process holds proxies and CA files of its own. */
static char *const no_environment[] = { NULL };

/* "plain ADDRESS:PORT", and what follows that line. */
static const char *read_line(const char *line, char ret[64])
{
	const int len = (int)strcspn(line, "\n");

	assert_memory_equal(line, "plain ", 6);
	assert_int_equal(aw_fmt(ret, 64, "http://%.*s", len - 6, line + 6), 0);
	return line + len + 1;
}

/* One line for each listener, in one write. */
static void read_ready(struct sim *sim, int fd)
{
	char text[128];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	const char *rest;
	ssize_t n;

	assert_int_equal(poll(&p, 1, SIM_MS), 1);
	n = read(fd, text, sizeof(text) - 1);
	assert_true(n > 6);
	text[n] = '\0';
	rest = read_line(text, sim->url);
	if (*rest)
		rest = read_line(rest, sim->url6);
	assert_string_equal(rest, "");
}

/* Some machines that build have no IPv6, not even to themselves. */
static bool has_ipv6(void)
{
	const union {
		struct sockaddr_in6 six;
		struct sockaddr any;
	} at = { .six = { .sin6_family = AF_INET6,
		     .sin6_addr = IN6ADDR_LOOPBACK_INIT } };
	aw_own_fd int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 && bind(fd, &at.any, sizeof(at.six)) == 0;
}

static void start_child(struct sim *sim, const char *fixture)
{
	char *const argv[] = { (char[]){ "idcsim" }, (char[]){ "serve" },
		(char[]){ "--fixture" }, strdup(fixture), (char[]){ "--plain" },
		(char[]){ "127.0.0.1:0" }, (char[]){ "--control" },
		sim->control, (char[]){ "--credentials-file" }, sim->keys,
		(char[]){ "--scim-token-file" }, sim->token,
		(char[]){ "--log" }, sim->log, (char[]){ "--ready-fd" },
		(char[]){ "3" }, has_ipv6() ? (char[]){ "--plain" } : NULL,
		(char[]){ "[::1]:0" }, NULL };
	posix_spawn_file_actions_t actions;
	aw_own_fd int from = -1;
	aw_own_fd int to = -1;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	from = fds[0];
	to = fds[1];
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	assert_int_equal(posix_spawn_file_actions_adddup2(&actions, to, 3), 0);
	assert_int_equal(posix_spawn(&sim->pid, IDCSIM, &actions, NULL, argv,
			     no_environment),
	    0);
	(void)posix_spawn_file_actions_destroy(&actions);
	free(argv[3]);
	read_ready(sim, from);
}

void sim_tell_to(struct sim *sim, const char *path, const char *const *words)
{
	posix_spawn_file_actions_t actions;
	char *argv[12] = { (char[]){ "idcsim" }, (char[]){ "--control" },
		sim->control };
	int pid, status;

	if (strcmp(words[0], "fault") == 0 || strcmp(words[0], "clock") == 0)
		sim->disturbed = true;
	for (int i = 0; i < 8 && words[i]; i++)
		argv[3 + i] = strdup(words[i]);
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	if (path)
		assert_int_equal(posix_spawn_file_actions_addopen(&actions, 1,
				     path, O_WRONLY | O_CREAT | O_TRUNC, 0600),
		    0);
	assert_int_equal(
	    posix_spawn(&pid, IDCSIM, &actions, NULL, argv, no_environment), 0);
	(void)posix_spawn_file_actions_destroy(&actions);
	for (int i = 3; argv[i]; i++)
		free(argv[i]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0)
		fail_msg("idcsim %s: status %d", words[0], status);
}

void sim_tell(struct sim *sim, const char *const *words)
{
	sim_tell_to(sim, NULL, words);
}

int sim_setup(void **state)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	char fixture[64];

	assert_non_null(sim);
	sim->fd = sim->in_fd = -1;
	*state = sim;
	assert_int_equal(
	    aw_copy(sim->dir, sizeof(sim->dir), "/tmp/awssso-netd-test-XXXXXX"),
	    0);
	assert_non_null(mkdtemp(sim->dir));
	assert_int_equal(
	    aw_fmt(fixture, sizeof(fixture), "%s/f.json", sim->dir) |
		aw_fmt(sim->control, sizeof(sim->control), "%s/c", sim->dir) |
		aw_fmt(sim->keys, sizeof(sim->keys), "%s/keys", sim->dir) |
		aw_fmt(sim->token, sizeof(sim->token), "%s/token", sim->dir) |
		aw_fmt(sim->other, sizeof(sim->other), "%s/other", sim->dir) |
		aw_fmt(sim->log, sizeof(sim->log), "%s/log", sim->dir),
	    0);
	write_fixture(fixture);
	start_child(sim, fixture);
	return 0;
}

int sim_teardown(void **state)
{
	static const char *const names[] = { "f.json", "c", "keys", "log",
		"token", "net.sock", "other" };
	struct sim *sim = *state;
	int status;

	(void)kill(sim->pid, SIGTERM);
	(void)waitpid(sim->pid, &status, 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[80];

		if (aw_fmt(path, sizeof(path), "%s/%s", sim->dir, names[i]) ==
		    0)
			(void)unlink(path);
	}
	(void)rmdir(sim->dir);
	free(sim);
	return 0;
}

unsigned sim_logged(struct sim *sim, const char *text)
{
	char line[4096];
	FILE *file = fopen(sim->log, "re");
	unsigned n = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		n += strstr(line, text) != NULL;
	(void)fclose(file);
	return n;
}

/* --- the daemon -------------------------------------------------------- */

void sim_conf(struct sim *sim)
{
	struct aw_conf *conf = &sim->conf;

	aw_conf_init(conf);
	assert_int_equal(
	    aw_copy(conf->start_url, AW_CONF_TEXT,
		"https://" SIM_STORE ".awsapps.com/start") |
		aw_copy(conf->identity_store_id, AW_CONF_TEXT, SIM_STORE) |
		aw_copy(conf->regions.item[0], AW_CONF_TEXT, "us-east-1") |
		aw_copy(conf->endpoint_url_sso_oidc, AW_CONF_TEXT, sim->url) |
		aw_copy(conf->endpoint_url_sso, AW_CONF_TEXT, sim->url) |
		aw_copy(conf->endpoint_url_sts, AW_CONF_TEXT, sim->url) |
		aw_copy(
		    conf->endpoint_url_identitystore, AW_CONF_TEXT, sim->url) |
		aw_copy(conf->endpoint_url_sso_admin, AW_CONF_TEXT, sim->url) |
		aw_copy(conf->endpoint_url_imds, AW_CONF_TEXT, sim->url) |
		aw_copy(conf->credentials_file, AW_CONF_TEXT, sim->keys),
	    0);
	conf->regions.n = 1;
	conf->credentials_source = AW_CREDENTIALS_FILE;
	conf->sweep_rate = 1000;
}

static void connect_client(struct sim *sim)
{
	char path[64];

	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/net.sock", sim->dir), 0);
	assert_int_equal(aw_sock_connect(path, 1000, &sim->fd), 0);
}

void sim_start(struct sim *sim)
{
	char path[64];
	int fd;

	if (sim->disturbed) {
		SIM_TELL(sim, "fault", "clear");
		SIM_TELL(sim, "clock", "reset");
		sim->disturbed = false;
	}
	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/net.sock", sim->dir), 0);
	assert_int_equal(aw_sock_listen(path, 0600, (uid_t)-1, &fd), 0);
	assert_true(sd_event_new(&sim->event) >= 0);
	assert_int_equal(aw_aws_new(sim->event, &sim->conf, &sim->aws), 0);
	assert_int_equal(
	    aw_server_new(sim->aws, fd, geteuid(), &sim->server), 0);
	connect_client(sim);
}

void sim_stop(struct sim *sim)
{
	aw_own_fd_done(&sim->in_fd);
	aw_own_fd_done(&sim->fd);
	aw_server_free(sim->server);
	aw_aws_free(sim->aws);
	sim->event = sd_event_unref(sim->event);
	sim->server = NULL;
	sim->aws = NULL;
}

void sim_reconnect(struct sim *sim)
{
	aw_own_fd_done(&sim->fd);
	sim_quiet(sim, 0);
	connect_client(sim);
}

/* --- the client -------------------------------------------------------- */

void sim_begin(struct aw_wire_out *out, uint16_t type, uint64_t request)
{
	static uint8_t data[AW_WIRE_SMALL];

	aw_wire_begin(out, data, sizeof(data), type, request);
}

void sim_send(struct sim *sim, struct aw_wire_out *out)
{
	assert_int_equal(aw_wire_end(out), 0);
	assert_int_equal(aw_sock_send(sim->fd, out->data, out->len, -1,
			     aw_sock_now_ms() + SIM_MS),
	    0);
}

void sim_ask(struct sim *sim, uint16_t type, uint64_t request)
{
	struct aw_wire_out out;

	sim_begin(&out, type, request);
	sim_send(sim, &out);
}

/* A message that lies there: 0, -EAGAIN, AW_END. */
static int receive(struct sim *sim)
{
	size_t len = 0;
	int r;

	if (sim->fd < 0)
		return -EAGAIN;
	aw_own_fd_done(&sim->in_fd);
	r = aw_sock_recv(
	    sim->fd, sim->data, sizeof(sim->data), 0, &len, &sim->in_fd);
	if (r == 0)
		assert_int_equal(aw_wire_open(sim->data, len, &sim->in), 0);
	return r;
}

void sim_next(struct sim *sim)
{
	const uint64_t deadline = aw_sock_now_ms() + SIM_MS;
	int r;

	while ((r = receive(sim)) == -EAGAIN) {
		if (aw_sock_now_ms() > deadline)
			fail_msg("no message within %d ms", SIM_MS);
		assert_true(sd_event_run(sim->event, 20000) >= 0);
	}
	assert_int_equal(r, 0);
}

void sim_expect(struct sim *sim, uint16_t type, uint64_t request)
{
	sim_next(sim);
	if (sim->in.type != type || sim->in.request != request)
		fail_msg("message %u of %llu: %s", sim->in.type,
		    (unsigned long long)sim->in.request,
		    sim_text(sim, AW_TAG_TEXT));
}

void sim_quiet(struct sim *sim, unsigned ms)
{
	const uint64_t end = aw_sock_now_ms() + ms;

	do {
		assert_true(sd_event_run(sim->event, 10000) >= 0);
		assert_int_equal(receive(sim), -EAGAIN);
	} while (aw_sock_now_ms() < end);
}

uint64_t sim_num(struct sim *sim, uint16_t tag)
{
	return aw_wire_num(&sim->in, tag, 0);
}

const char *sim_text(struct sim *sim, uint16_t tag)
{
	static char text[8193];

	assert_true(aw_wire_text(&sim->in, tag, text, sizeof(text)) >= 0);
	return text;
}

unsigned sim_count(struct sim *sim, uint16_t tag, const char *text)
{
	struct aw_wire_field field = { .next = 0 };
	unsigned n = 0;

	while (aw_wire_next(&sim->in, &field) == 0)
		n += field.tag == tag && (!text || aw_wire_is(&field, text));
	return n;
}

void sim_expect_net(struct sim *sim, uint64_t net, const char *says)
{
	if (sim_num(sim, AW_TAG_NET) != net ||
	    !strstr(sim_text(sim, AW_TAG_TEXT), says))
		fail_msg("%s: %s", aw_net_word(sim_num(sim, AW_TAG_NET)),
		    sim_text(sim, AW_TAG_TEXT));
}

int sim_before_each(void **state)
{
	sim_conf(*state);
	sim_start(*state);
	return 0;
}

int sim_after_each(void **state)
{
	sim_stop(*state);
	return 0;
}
