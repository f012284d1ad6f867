/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UNIX SOCK_SEQPACKET sockets with deadlines.
 */
#include "common/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>

#include "common/own.h"

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

#define ALL_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

uint64_t aw_sock_now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int address(const char *path, struct sockaddr_un *ret)
{
	const size_t len = strlen(path);

	if (len >= sizeof(ret->sun_path))
		return -ENAMETOOLONG;
	memset(ret, 0, sizeof(*ret));
	ret->sun_family = AF_UNIX;
	memcpy(ret->sun_path, path, len);
	return 0;
}

static int new_socket(int *ret_fd)
{
	const int fd =
	    socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* Wait for @events on @fd.  0, -EAGAIN (deadline 0), -ETIMEDOUT, -errno. */
static int wait_for(int fd, short events, uint64_t deadline_ms)
{
	if (deadline_ms == 0)
		return -EAGAIN;
	for (;;) {
		const uint64_t now = aw_sock_now_ms();
		struct pollfd p = { .fd = fd, .events = events };
		uint64_t left;
		int n;

		if (now >= deadline_ms)
			return -ETIMEDOUT;
		left = deadline_ms - now;
		n = poll(&p, 1, left < 60000 ? (int)left : 60000);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
	}
}

int aw_sock_connect(const char *path, unsigned timeout_ms, int *ret_fd)
{
	const uint64_t deadline = aw_sock_now_ms() + timeout_ms;
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	aw_own_fd int fd = -1;
	struct sockaddr_un to;
	int r;

	r = address(path, &to);
	if (r < 0)
		return r;
	r = new_socket(&fd);
	if (r < 0)
		return r;
	/* A full backlog answers EAGAIN, and poll() cannot wait for it. */
	while (connect(fd, &to, sizeof(to)) < 0) {
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		if (aw_sock_now_ms() >= deadline)
			return -ETIMEDOUT;
		(void)nanosleep(&pause, NULL);
	}
	*ret_fd = aw_take_fd(&fd);
	return 0;
}

/* Remove a socket at @to that nobody listens on; leave anything else. */
static int clear_stale(const struct sockaddr_un *to)
{
	aw_own_fd int fd = -1;
	struct stat st;
	int r;

	if (lstat(to->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	r = new_socket(&fd);
	if (r < 0)
		return r;
	if (connect(fd, to, sizeof(*to)) == 0 || errno == EAGAIN)
		return -EADDRINUSE;
	if (errno != ECONNREFUSED)
		return -errno;
	return unlink(to->sun_path) < 0 ? -errno : 0;
}

int aw_sock_listen(const char *path, mode_t mode, uid_t uid, int *ret_fd)
{
	aw_own_fd int fd = -1;
	struct sockaddr_un to;
	int r;

	r = address(path, &to);
	if (r < 0)
		return r;
	r = clear_stale(&to);
	if (r < 0)
		return r;
	r = new_socket(&fd);
	if (r < 0)
		return r;
	/* The mode of the socket inode is taken from the descriptor's, so it
	 * is right from the first moment whatever the umask. */
	if (fchmod(fd, mode) < 0 || bind(fd, &to, sizeof(to)) < 0)
		return -errno;
	if (chmod(path, mode) < 0 ||
	    (uid != (uid_t)-1 && lchown(path, uid, (gid_t)-1) < 0) ||
	    listen(fd, SOMAXCONN) < 0) {
		r = -errno;
		(void)unlink(path);
		return r;
	}
	*ret_fd = aw_take_fd(&fd);
	return 0;
}

int aw_sock_peer(int fd, struct aw_peer *ret)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -errno;
	ret->pid = cred.pid;
	ret->uid = cred.uid;
	ret->gid = cred.gid;
	return 0;
}

int aw_sock_peer_pidfd(int fd, int *ret_pidfd)
{
	socklen_t len = sizeof(int);
	struct aw_peer peer;
	int pidfd, r;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &len) == 0) {
		*ret_pidfd = pidfd;
		return 0;
	}
	r = aw_sock_peer(fd, &peer);
	if (r < 0)
		return r;
	pidfd = (int)syscall(SYS_pidfd_open, peer.pid, 0);
	if (pidfd < 0)
		return -errno;
	*ret_pidfd = pidfd;
	return 0;
}

union control {
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(int))];
};

int aw_sock_send(
    int fd, const void *data, size_t len, int pass_fd, uint64_t deadline_ms)
{
	struct iovec part = { .iov_base = (void *)(uintptr_t)data,
		.iov_len = len };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	union control control = { 0 };
	int r;

	if (pass_fd >= 0) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control.space);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.head), &pass_fd, sizeof(int));
	}
	while (sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return -errno;
		r = wait_for(fd, POLLOUT, deadline_ms);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The descriptor that came with @msg, or -1.  We leave room for one only; the
 * kernel drops the rest. */
static int passed_fd(struct msghdr *msg)
{
	struct cmsghdr *head = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (head && head->cmsg_level == SOL_SOCKET &&
	    head->cmsg_type == SCM_RIGHTS &&
	    head->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

int aw_sock_recv(int fd, void *data, size_t size, uint64_t deadline_ms,
    size_t *ret_len, int *ret_fd)
{
	struct iovec part = { .iov_base = data, .iov_len = size };
	union control control = { 0 };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	aw_own_fd int came = -1;
	ssize_t n;
	int r;

	for (;;) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control.space);
		n = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (n >= 0)
			break;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return -errno;
		r = wait_for(fd, POLLIN, deadline_ms);
		if (r < 0)
			return r;
	}
	came = passed_fd(&msg);
	if (n == 0)
		return AW_END;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	*ret_len = (size_t)n;
	if (ret_fd)
		*ret_fd = aw_take_fd(&came);
	return 0;
}

int aw_sock_memfd_new(const char *name, int *ret_fd)
{
	const int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

int aw_sock_memfd_seal(int fd)
{
	return fcntl(fd, F_ADD_SEALS, ALL_SEALS) < 0 ? -errno : 0;
}

bool aw_sock_memfd_is_sealed(int fd)
{
	const int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & ALL_SEALS) == ALL_SEALS;
}

int aw_sock_memfd(const char *name, const void *data, size_t len, int *ret_fd)
{
	aw_own_fd int fd = -1;
	size_t done = 0;
	int r;

	r = aw_sock_memfd_new(name, &fd);
	if (r < 0)
		return r;
	while (done < len) {
		const ssize_t n =
		    write(fd, (const char *)data + done, len - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			done += (size_t)n;
	}
	r = aw_sock_memfd_seal(fd);
	if (r < 0)
		return r;
	*ret_fd = aw_take_fd(&fd);
	return 0;
}

int aw_sock_memfd_map(
    int fd, size_t max, const void **ret_data, size_t *ret_len)
{
	struct stat st;
	void *data;

	if (!aw_sock_memfd_is_sealed(fd))
		return -EPERM;
	if (fstat(fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size > max)
		return -EFBIG;
	if (st.st_size == 0) {
		*ret_data = NULL;
		*ret_len = 0;
		return 0;
	}
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return -errno;
	*ret_data = data;
	*ret_len = (size_t)st.st_size;
	return 0;
}
