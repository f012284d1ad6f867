/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking for a name in a passwd file of any length with a small buffer.
 */
#include "nss_awssso/local.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "common/own.h"

/* How far into its first field the line at hand equals the name. */
struct match {
	const char *name;
	size_t len;
	size_t at;
	bool is_off; /* until the next line */
};

static bool feed(struct match *match, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const char c = text[i];

		if (c == '\n') {
			match->at = 0;
			match->is_off = false;
		} else if (match->is_off) {
			continue;
		} else if (match->at == match->len) {
			if (c == ':')
				return true;
			match->is_off = true;
		} else if (c == match->name[match->at]) {
			match->at++;
		} else {
			match->is_off = true;
		}
	}
	return false;
}

static int scan(const char *path, const char *name, size_t len)
{
	struct match match = { .name = name, .len = len };
	aw_own_fd int fd =
	    open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char buf[2048];
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? AW_UNKNOWN : -errno;
	for (;;) {
		n = read(fd, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (feed(&match, buf, (size_t)n))
			return 0;
	}
	return n < 0 ? -errno : AW_UNKNOWN;
}

int aw_nss_is_local(const char *path, const char *name, size_t len)
{
	const int saved = errno;
	int cancel, r;

	/* A thread that is cancelled in read() would leave the file open. */
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	r = scan(path, name, len);
	(void)pthread_setcancelstate(cancel, NULL);
	errno = saved;
	return r;
}
