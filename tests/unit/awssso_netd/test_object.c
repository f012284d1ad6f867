/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FETCH: the published object from a file and from a web server that knows
 * If-None-Match: awssso_netd/object.c.
 * covers: dir.1
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
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/sock.h"

/* Ask; sim->in is the OBJECT. */
static void ask(struct sim *sim, const char *etag)
{
	struct aw_wire_out out;

	sim_begin(&out, AW_MSG_FETCH, 5);
	if (etag)
		aw_wire_put_text(&out, AW_TAG_ETAG, etag);
	sim_send(sim, &out);
	sim_expect(sim, AW_MSG_OBJECT, 5);
}

static void expect_bytes(struct sim *sim, const char *want)
{
	const void *data;
	size_t len;

	sim_expect_net(sim, AW_NET_OK, "");
	assert_true(sim->in_fd >= 0);
	assert_int_equal(aw_sock_memfd_map(sim->in_fd, 4096, &data, &len), 0);
	assert_int_equal(len, strlen(want));
	assert_memory_equal(data, want, len);
	assert_int_equal(munmap((void *)(uintptr_t)data, len), 0);
}

static void expect_unchanged(struct sim *sim)
{
	sim_expect_net(sim, AW_NET_OK, "");
	assert_int_equal(sim_num(sim, AW_TAG_UNCHANGED), 1);
	assert_int_equal(sim->in_fd, -1);
}

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void from_a_file(void **state)
{
	struct sim *sim = *state;
	char path[80], next[80], etag[200];

	sim->conf.source = AW_SOURCE_PUBLISHED;
	assert_int_equal(aw_fmt(path, sizeof(path), "%s/other", sim->dir) |
			     aw_fmt(next, sizeof(next), "%s/next", sim->dir),
	    0);
	assert_int_equal(aw_copy(sim->conf.published_from,
			     sizeof(sim->conf.published_from), path),
	    0);
	ask(sim, NULL);
	sim_expect_net(sim, AW_NET_CONFIG, "No such file");
	put(path, "one");
	ask(sim, NULL);
	expect_bytes(sim, "one");
	assert_int_equal(
	    aw_copy(etag, sizeof(etag), sim_text(sim, AW_TAG_ETAG)), 0);
	ask(sim, etag);
	expect_unchanged(sim);
	put(next, "two");
	assert_int_equal(rename(next, path), 0);
	ask(sim, etag);
	expect_bytes(sim, "two");
	assert_int_equal(unlink(path), 0);
	ask(sim, etag);
	sim_expect_net(sim, AW_NET_CONFIG, "No such file");
}

/* One answer for each connection: 304 when the right ETag is asked with. */
static void serve(int fd, const char *status, const char *etag)
{
	char request[4096], known[64];
	const int conn = accept(fd, NULL, NULL);
	const ssize_t n = read(conn, request, sizeof(request) - 1);

	request[n > 0 ? n : 0] = '\0';
	(void)snprintf(known, sizeof(known), "if-none-match: %s\r\n", etag);
	if (strcasestr(request, known))
		(void)dprintf(conn,
		    "HTTP/1.1 304 Not Modified\r\nETag: %s\r\n"
		    "Connection: close\r\n\r\n",
		    etag);
	else
		(void)dprintf(conn,
		    "HTTP/1.1 %s\r\nETag: %s\r\n"
		    "Content-Length: 6\r\n"
		    "Connection: close\r\n\r\nobject",
		    status, etag);
	(void)close(conn);
}

static void from_a_web_server(void **state)
{
	const struct sockaddr_in any = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in at = any;
	socklen_t len = sizeof(at);
	struct sim *sim = *state;
	int fd, status;
	pid_t child;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (const void *)&any, sizeof(any)), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (void *)&at, &len), 0);
	sim->conf.source = AW_SOURCE_PUBLISHED;
	assert_int_equal(
	    aw_fmt(sim->conf.published_from, sizeof(sim->conf.published_from),
		"http://127.0.0.1:%d/x", ntohs(at.sin_port)),
	    0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)alarm(30);
		serve(fd, "200 OK", "\"a\"");
		serve(fd, "200 OK", "\"a\"");
		serve(fd, "200 OK", "\"b\"");
		serve(fd, "404 Not Found", "\"b\"");
		serve(fd, "403 Forbidden", "\"b\"");
		_exit(0);
	}
	(void)close(fd);
	ask(sim, NULL);
	expect_bytes(sim, "object");
	assert_string_equal(sim_text(sim, AW_TAG_ETAG), "\"a\"");
	ask(sim, "\"a\"");
	expect_unchanged(sim);
	ask(sim, "\"a\"");
	expect_bytes(sim, "object");
	assert_string_equal(sim_text(sim, AW_TAG_ETAG), "\"b\"");
	ask(sim, NULL);
	sim_expect_net(sim, AW_NET_CONFIG, "status 404");
	ask(sim, NULL);
	sim_expect_net(sim, AW_NET_REFUSED, "status 403");
	assert_int_equal(sim->in_fd, -1);
	assert_int_equal(waitpid(child, &status, 0), child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(from_a_file),
		SIM_TEST(from_a_web_server),
	};

	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
