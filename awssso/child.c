/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child, its output and its deadline.
 */
#include "awssso/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/own.h"
#include "common/text.h"

static char *const environment[] = {
	(char[]){ "PATH=/usr/sbin:/usr/bin:/sbin:/bin" },
	(char[]){ "LC_ALL=C.UTF-8" },
	(char[]){ "DEBIAN_FRONTEND=noninteractive" },
	NULL,
};

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int spawn(const char *const argv[], int out, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	int r;

	r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return -r;
	r = posix_spawn_file_actions_addopen(
	    &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	/* cp --parents looks for what it copies from where it is; and where
	 * we are may be gone by now. */
	if (r == 0)
		r = posix_spawn_file_actions_addchdir_np(&actions, "/");
	for (int fd = STDOUT_FILENO; r == 0 && out >= 0 && fd <= STDERR_FILENO;
	     fd++)
		r = posix_spawn_file_actions_adddup2(&actions, out, fd);
	/* execve() does not write what argv points at. */
	if (r == 0)
		r = posix_spawn(ret_pid, argv[0], &actions, NULL,
		    (char *const *)(uintptr_t)argv, environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	return -r;
}

/* Take what is there: 0, AW_END, or a negative errno. */
static int take(int fd, struct aw_buf *out)
{
	char data[4096];
	const ssize_t n = read(fd, data, sizeof(data));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (n == 0)
		return AW_END;
	aw_buf_add(out, data, (size_t)n);
	return aw_buf_error(out);
}

/* Until the child has ended and its output with it: 0 or a negative errno. */
static int attend(int pidfd, int in, int64_t deadline, struct aw_buf *out)
{
	struct pollfd fds[] = { { pidfd, POLLIN, 0 }, { in, POLLIN, 0 } };
	int64_t left;
	int n, r;

	for (;;) {
		left = deadline - now_ms();
		if (left <= 0)
			return -ETIMEDOUT;
		n = poll(fds, 2, (int)left);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n <= 0)
			continue;
		r = fds[1].revents ? take(in, out) : 0;
		if (r < 0)
			return r;
		if (r == AW_END)
			fds[1].fd = -1;
		/* What still holds the other end is no child of ours. */
		if (fds[0].revents && (r == AW_END || !fds[1].revents))
			return 0;
	}
}

static int reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int aw_child_run(const char *const argv[], unsigned seconds, struct aw_buf *out)
{
	const int64_t deadline = now_ms() + (int64_t)seconds * 1000;
	aw_own_fd int in = -1;
	aw_own_fd int end = -1;
	aw_own_fd int pidfd = -1;
	int ends[2], r, status;
	pid_t pid;

	if (out) {
		if (pipe2(ends, O_CLOEXEC) < 0)
			return -errno;
		in = ends[0];
		end = ends[1];
	}
	r = spawn(argv, end, &pid);
	if (r < 0)
		return r;
	aw_own_fd_done(&end);
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	r = pidfd < 0 ? -errno : attend(pidfd, in, deadline, out);
	if (r < 0)
		(void)kill(pid, SIGKILL);
	status = reap(pid);
	return r < 0 ? r : status;
}

int aw_child_netd(char *path, size_t size)
{
	static const char *const places[] = { "", "../sbin/",
		"../libexec/awssso/" };
	char self[512];
	ssize_t n;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0)
		return -ENOENT;
	self[n] = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const int dir = (int)(strrchr(self, '/') - self);

		if (aw_fmt(path, size, "%.*s/%sawssso-netd", dir, self,
			places[i]) == 0 &&
		    access(path, X_OK) == 0)
			return 0;
	}
	return -ENOENT;
}
