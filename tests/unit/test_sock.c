/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/sock.c.
 * covers: spine.2, R7, R28
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/sock.h"
#include "common/text.h"

static char dir[] = "/tmp/awssso-test-XXXXXX";
static char path[64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	return aw_fmt(path, sizeof(path), "%s/sock", dir);
}

static int remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

static void pair(int fd[2])
{
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd), 0);
}

static void unpair(const int fd[2])
{
	assert_int_equal(close(fd[0]), 0);
	assert_int_equal(close(fd[1]), 0);
}

static void connects_and_knows_its_peer(void **state)
{
	struct aw_peer peer = { 0 };
	struct pollfd ready = { .events = POLLIN };
	int server = -1, client = -1, taken, pidfd = -1;
	struct stat st;

	(void)state;
	assert_int_equal(aw_sock_connect(path, 100, &client), -ENOENT);
	assert_int_equal(client, -1);
	assert_int_equal(aw_sock_listen(path, 0600, (uid_t)-1, &server), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(aw_sock_connect(path, 100, &client), 0);
	assert_true(fcntl(client, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(client, F_GETFL) & O_NONBLOCK);
	taken = accept(server, NULL, NULL);
	assert_true(taken >= 0);
	assert_int_equal(aw_sock_peer(taken, &peer), 0);
	assert_int_equal(peer.pid, getpid());
	assert_int_equal(peer.uid, geteuid());
	assert_int_equal(aw_sock_peer_pidfd(taken, &pidfd), 0);
	ready.fd = pidfd;
	assert_int_equal(poll(&ready, 1, 0), 0); /* we live */
	(void)close(pidfd);
	(void)close(taken);
	(void)close(client);
	(void)close(server);
}

static void replaces_only_a_dead_socket(void **state)
{
	int one = -1, two = -1, fd;

	(void)state;
	(void)unlink(path);
	assert_int_equal(aw_sock_listen(path, 0666, (uid_t)-1, &one), 0);
	assert_int_equal(
	    aw_sock_listen(path, 0666, (uid_t)-1, &two), -EADDRINUSE);
	assert_int_equal(two, -1);
	(void)close(one);
	assert_int_equal(aw_sock_connect(path, 100, &two), -ECONNREFUSED);
	assert_int_equal(aw_sock_listen(path, 0666, (uid_t)-1, &two), 0);
	(void)close(two);
	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	(void)close(fd);
	assert_int_equal(aw_sock_listen(path, 0666, (uid_t)-1, &two), -EEXIST);
	(void)unlink(path);
}

static void paths_too_long_are_refused(void **state)
{
	char big[200];
	int fd = -1;

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(aw_sock_connect(big, 1, &fd), -ENAMETOOLONG);
	assert_int_equal(
	    aw_sock_listen(big, 0600, (uid_t)-1, &fd), -ENAMETOOLONG);
}

static void moves_messages(void **state)
{
	char buf[8] = "before";
	size_t len = 4711;
	int fd[2];

	(void)state;
	pair(fd);
	assert_int_equal(aw_sock_recv(fd[1], buf, 8, 0, &len, NULL), -EAGAIN);
	assert_int_equal(
	    aw_sock_recv(fd[1], buf, 8, aw_sock_now_ms() + 20, &len, NULL),
	    -ETIMEDOUT);
	assert_int_equal(len, 4711);
	assert_int_equal(aw_sock_send(fd[0], "hello", 6, -1, 0), 0);
	assert_int_equal(aw_sock_send(fd[0], "much too long", 14, -1, 0), 0);
	assert_int_equal(aw_sock_send(fd[0], "bye", 4, -1, 0), 0);
	assert_int_equal(aw_sock_recv(fd[1], buf, 8, 0, &len, NULL), 0);
	assert_int_equal(len, 6);
	assert_string_equal(buf, "hello");
	assert_int_equal(aw_sock_recv(fd[1], buf, 8, 0, &len, NULL), -EMSGSIZE);
	assert_int_equal(aw_sock_recv(fd[1], buf, 8, 0, &len, NULL), 0);
	assert_string_equal(buf, "bye");
	(void)close(fd[0]);
	assert_int_equal(aw_sock_recv(fd[1], buf, 8, 0, &len, NULL), AW_END);
	assert_int_equal(aw_sock_send(fd[1], "x", 1, -1, 0), -EPIPE);
	(void)close(fd[1]);
}

static void a_full_socket_is_not_waited_for(void **state)
{
	char big[4096] = { 0 };
	int fd[2], r = 0;

	(void)state;
	pair(fd);
	for (int i = 0; i < 10000 && r == 0; i++)
		r = aw_sock_send(fd[0], big, sizeof(big), -1, 0);
	assert_int_equal(r, -EAGAIN);
	assert_int_equal(
	    aw_sock_send(fd[0], big, sizeof(big), -1, aw_sock_now_ms() + 20),
	    -ETIMEDOUT);
	unpair(fd);
}

static void passes_one_descriptor(void **state)
{
	int fd[2], mem = -1, got = 4711;
	const void *data = NULL;
	size_t len = 0;
	char buf[8];

	(void)state;
	pair(fd);
	assert_int_equal(aw_sock_memfd("test", "bulk", 4, &mem), 0);
	assert_int_equal(aw_sock_send(fd[0], "m", 1, mem, 0), 0);
	assert_int_equal(aw_sock_send(fd[0], "m", 1, mem, 0), 0);
	assert_int_equal(aw_sock_send(fd[0], "m", 1, -1, 0), 0);
	(void)close(mem);
	assert_int_equal(aw_sock_recv(fd[1], buf, 8, 0, &len, &got), 0);
	assert_true(fcntl(got, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(aw_sock_memfd_map(got, 4, &data, &len), 0);
	assert_int_equal(len, 4);
	assert_memory_equal(data, "bulk", 4);
	assert_int_equal(munmap((void *)(uintptr_t)data, len), 0);
	assert_int_equal(aw_sock_memfd_map(got, 3, &data, &len), -EFBIG);
	(void)close(got);
	/* A descriptor that nobody asked for does not leak. */
	assert_int_equal(aw_sock_recv(fd[1], buf, 8, 0, &len, NULL), 0);
	assert_int_equal(fcntl(got, F_GETFD), -1);
	assert_int_equal(aw_sock_recv(fd[1], buf, 8, 0, &len, &got), 0);
	assert_int_equal(got, -1);
	unpair(fd);
}

static void bulk_that_could_change_is_refused(void **state)
{
	const void *data;
	int mem;
	size_t len;

	(void)state;
	mem = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_true(mem >= 0);
	assert_int_equal(aw_sock_memfd_map(mem, 10, &data, &len), -EPERM);
	assert_int_equal(
	    fcntl(mem, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW),
	    0);
	assert_int_equal(aw_sock_memfd_map(mem, 10, &data, &len), -EPERM);
	(void)close(mem);
	mem = open("/dev/null", O_RDONLY);
	assert_int_equal(aw_sock_memfd_map(mem, 10, &data, &len), -EPERM);
	(void)close(mem);
	assert_int_equal(aw_sock_memfd("test", "", 0, &mem), 0);
	assert_int_equal(aw_sock_memfd_map(mem, 10, &data, &len), 0);
	assert_int_equal(len, 0);
	(void)close(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connects_and_knows_its_peer),
		cmocka_unit_test(replaces_only_a_dead_socket),
		cmocka_unit_test(paths_too_long_are_refused),
		cmocka_unit_test(moves_messages),
		cmocka_unit_test(a_full_socket_is_not_waited_for),
		cmocka_unit_test(passes_one_descriptor),
		cmocka_unit_test(bulk_that_could_change_is_refused),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
