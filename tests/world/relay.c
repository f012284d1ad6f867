/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A way into a world from the machine's own loopback interface.
 *
 *   relay listen PORT... -- COMMAND [ARG...]
 *     listens on 127.0.0.1 at each PORT (0: any free one) and becomes COMMAND,
 *     with the listening sockets as descriptors 10, 11 ...
 *   relay port FD
 *     prints the port that FD listens on.
 *   relay forward FD PORT
 *     passes each connection that FD accepts to 127.0.0.1:PORT.
 *
 * A socket stays in the network namespace that it was made in: "listen" runs
 * outside, COMMAND enters the world, and "forward" runs in there.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_FD  10
#define MAX_PORTS 8

static int fail(const char *what)
{
	fprintf(stderr, "relay: %s: %s\n", what, strerror(errno));
	return 1;
}

static int usage(void)
{
	fprintf(stderr, "usage: relay listen PORT... -- COMMAND [ARG...]\n"
			"       relay port FD\n"
			"       relay forward FD PORT\n");
	return 2;
}

static long number(const char *text, long max)
{
	long value = 0;

	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		value = value * 10 + (*text - '0');
		if (value > max)
			return -1;
	}
	return value;
}

static struct sockaddr_in loopback(long port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return addr;
}

static int listen_at(long port, int want_fd)
{
	struct sockaddr_in addr = loopback(port);
	const int on = 1;
	int fd;

	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, &addr, sizeof(addr)) < 0 || listen(fd, 16) < 0)
		return -1;
	if (fd == want_fd)
		return 0;
	if (dup2(fd, want_fd) < 0)
		return -1;
	return close(fd);
}

static int do_listen(char **argv)
{
	int fd = FIRST_FD;
	long port;

	for (; *argv != NULL && strcmp(*argv, "--") != 0; argv++) {
		port = number(*argv, 65535);
		if (port < 0 || fd == FIRST_FD + MAX_PORTS)
			return usage();
		if (listen_at(port, fd++) < 0)
			return fail(*argv);
	}
	if (*argv == NULL || argv[1] == NULL)
		return usage();
	execvp(argv[1], argv + 1);
	return fail(argv[1]);
}

static int do_port(long fd)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);

	if (getsockname((int)fd, &addr, &len) < 0)
		return fail("port");
	printf("%u\n", (unsigned int)ntohs(addr.sin_port));
	return 0;
}

/* Pass on what @from has.  False: nothing more will come. */
static bool pass(int from, int to)
{
	char data[8 * 1024];
	ssize_t n, done, w;

	n = read(from, data, sizeof(data));
	if (n <= 0)
		return false;
	for (done = 0; done < n; done += w) {
		w = write(to, data + done, (size_t)(n - done));
		if (w < 0)
			return false;
	}
	return true;
}

static int join(int a, int b)
{
	struct pollfd p[2] = {
		{ .fd = a, .events = POLLIN },
		{ .fd = b, .events = POLLIN },
	};
	int other, i;

	while (p[0].fd >= 0 || p[1].fd >= 0) {
		if (poll(p, 2, -1) < 0)
			return 1;
		for (i = 0; i < 2; i++) {
			other = i == 0 ? b : a;
			if (p[i].fd < 0 || p[i].revents == 0)
				continue;
			if (pass(p[i].fd, other))
				continue;
			shutdown(other, SHUT_WR);
			p[i].fd = -1;
		}
	}
	return 0;
}

static int serve(int fd, long port)
{
	struct sockaddr_in addr = loopback(port);
	int to;

	to = socket(AF_INET, SOCK_STREAM, 0);
	if (to < 0 || connect(to, &addr, sizeof(addr)) < 0)
		return fail("connect");
	return join(fd, to);
}

static int do_forward(int fd, long port)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	int conn;

	if (sigaction(SIGCHLD, &ignore, NULL) < 0 ||
	    sigaction(SIGPIPE, &ignore, NULL) < 0)
		return fail("sigaction");
	for (;;) {
		conn = accept(fd, NULL, NULL);
		if (conn < 0 && errno == EINTR)
			continue;
		if (conn < 0)
			return fail("accept");
		switch (fork()) {
		case -1:
			return fail("fork");
		case 0:
			close(fd);
			return serve(conn, port);
		default:
			close(conn);
		}
	}
}

int main(int argc, char **argv)
{
	long fd, port;

	if (argc < 3)
		return usage();
	if (strcmp(argv[1], "listen") == 0)
		return do_listen(argv + 2);
	fd = number(argv[2], 1024);
	if (fd < 0)
		return usage();
	if (strcmp(argv[1], "port") == 0 && argc == 3)
		return do_port(fd);
	if (strcmp(argv[1], "forward") != 0 || argc != 4)
		return usage();
	port = number(argv[3], 65535);
	return port <= 0 ? usage() : do_forward((int)fd, port);
}
