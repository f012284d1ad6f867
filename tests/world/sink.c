/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink SOCKET FILE: a syslog that only writes down.  Each datagram sent to
 * SOCKET becomes one line of FILE, priority included ("<86>sshd[4]: ...").
 * The socket is there when the program returns to the shell; the writing goes
 * on in the background until the world ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what)
{
	fprintf(stderr, "sink: %s: %s\n", what, strerror(errno));
	return 1;
}

static int open_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, &addr, sizeof(addr)) < 0 ||
	    chmod(path, 0666) < 0)
		return -1;
	return fd;
}

/* One line per message, whatever it holds. */
static size_t as_line(char *text, size_t len)
{
	size_t i;

	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\0'))
		len--;
	for (i = 0; i < len; i++)
		if (text[i] == '\n' || text[i] == '\0')
			text[i] = ' ';
	text[len] = '\n';
	return len + 1;
}

static int run(int in, int out)
{
	static char text[64 * 1024];
	ssize_t n;

	for (;;) {
		n = recv(in, text, sizeof(text) - 1, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail("receive");
		if (write(out, text, as_line(text, (size_t)n)) < 0)
			return fail("write");
	}
}

int main(int argc, char **argv)
{
	int in, out;

	if (argc != 3) {
		fprintf(stderr, "usage: sink SOCKET FILE\n");
		return 2;
	}
	in = open_socket(argv[1]);
	if (in < 0)
		return fail(argv[1]);
	out = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (out < 0)
		return fail(argv[2]);
	switch (fork()) {
	case -1:
		return fail("fork");
	case 0:
		setsid();
		return run(in, out);
	default:
		return 0;
	}
}
