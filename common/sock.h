/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UNIX SOCK_SEQPACKET sockets: connecting, listening, and moving one wire
 * message (with at most one descriptor) by a deadline on CLOCK_BOOTTIME.
 * No signal (MSG_NOSIGNAL), every descriptor close-on-exec.
 */
#ifndef AW_COMMON_SOCK_H
#define AW_COMMON_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/outcome.h"

/* Who is at the other end, as the kernel says (SO_PEERCRED). */
struct aw_peer {
	pid_t pid;
	uid_t uid;
	gid_t gid;
};

/* Milliseconds of CLOCK_BOOTTIME, which counts while the machine sleeps and
 * which nobody sets; a deadline is such a value. */
uint64_t aw_sock_now_ms(void);

/*
 * Connect to the socket at @path within @timeout_ms, non-blocking.  Returns 0
 * with @ret_fd (non-blocking), or a negative errno: -ENOENT and -ECONNREFUSED
 * (nobody there), -ETIMEDOUT, -ENAMETOOLONG...
 */
int aw_sock_connect(
    const char *path, unsigned timeout_ms, int *ret_fd) AW_MUST_USE;

/*
 * Bind and listen at @path with @mode, replacing a socket that nobody listens
 * on any more (-EADDRINUSE if somebody does).  With @uid not (uid_t)-1 the
 * socket is given to that user.  Returns 0 with @ret_fd, non-blocking.
 */
int aw_sock_listen(
    const char *path, mode_t mode, uid_t uid, int *ret_fd) AW_MUST_USE;

int aw_sock_peer(int fd, struct aw_peer *ret) AW_MUST_USE;

/*
 * A pidfd of the process at the other end: SO_PEERPIDFD where the kernel has
 * it, else pidfd_open() of the peer's pid.  Returns 0 or a negative errno.
 */
int aw_sock_peer_pidfd(int fd, int *ret_pidfd) AW_MUST_USE;

/*
 * Send the message of @len bytes, with @pass_fd unless it is -1, waiting until
 * @deadline_ms at most (0: do not wait).  Returns 0, -EAGAIN (would wait),
 * -ETIMEDOUT, -EPIPE/-ECONNRESET (peer gone) or another negative errno.
 */
int aw_sock_send(int fd, const void *data, size_t len, int pass_fd,
    uint64_t deadline_ms) AW_MUST_USE;

/*
 * Receive one message into @data.  @ret_len is its length; a descriptor that
 * came along is stored in @ret_fd (-1: none), or closed when @ret_fd is NULL.
 * Returns 0; AW_END when the peer has hung up; -EAGAIN with @deadline_ms 0;
 * -ETIMEDOUT; -EMSGSIZE when it was larger than @size; or a negative errno.
 */
int aw_sock_recv(int fd, void *data, size_t size, uint64_t deadline_ms,
    size_t *ret_len, int *ret_fd) AW_MUST_USE;

/*
 * A sealed memfd (no write, no resize) named @name with @data: what bulk
 * travels in.  Returns 0 with @ret_fd or a negative errno.
 */
int aw_sock_memfd(
    const char *name, const void *data, size_t len, int *ret_fd) AW_MUST_USE;

/* The same in two steps, for who fills it bit by bit: an empty one, and no more
 * changes from now on.  0 or a negative errno. */
int aw_sock_memfd_new(const char *name, int *ret_fd) AW_MUST_USE;
int aw_sock_memfd_seal(int fd) AW_MUST_USE;
/* @fd is a memfd that nobody can change any more. */
bool aw_sock_memfd_is_sealed(int fd);

/*
 * Map such a memfd for reading.  Refuses (-EPERM) one that its sender could
 * still change, (-EFBIG) one of more than @max bytes.  The caller munmaps
 * @ret_data of @ret_len bytes (NULL and 0 for an empty one).
 */
int aw_sock_memfd_map(
    int fd, size_t max, const void **ret_data, size_t *ret_len) AW_MUST_USE;

#endif
