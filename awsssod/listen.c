/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both sockets are open to everybody; who may ask what is in verb.c.
 */
#include "awsssod/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include "common/own.h"
#include "common/sock.h"

static void names_done(char ***names)
{
	for (char **p = *names; p && *p; p++)
		free(*p);
	free(*names);
}

static int take_passed(char *const *names, int n, int *auth_fd, int *ctl_fd)
{
	for (int i = 0; i < n; i++) {
		const int fd = SD_LISTEN_FDS_START + i;

		/* systemd's are blocking, and the event loop must not. */
		if (sd_is_socket(fd, AF_UNIX, SOCK_SEQPACKET, 1) <= 0 ||
		    fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
			return -EINVAL;
		if (strcmp(names[i], "auth") == 0)
			*auth_fd = fd;
		else if (strcmp(names[i], "ctl") == 0)
			*ctl_fd = fd;
		else
			return -EINVAL;
	}
	return *auth_fd < 0 || *ctl_fd < 0 ? -EINVAL : 0;
}

static int bind_one(
    const char *run_dir, const char *name, int *ret_fd, struct aw_diag *diag)
{
	char path[128];
	int r;

	r = aw_fmt(path, sizeof(path), "%s/%s", run_dir, name);
	if (r == 0)
		r = aw_sock_listen(path, 0666, (uid_t)-1, ret_fd);
	if (r < 0)
		aw_diag_set(diag, "%s/%s: %s", run_dir, name, strerror(-r));
	return r;
}

int aw_listen(const char *run_dir, int *ret_auth_fd, int *ret_ctl_fd,
    struct aw_diag *diag)
{
	aw_own(names_done) char **names = NULL;
	aw_own_fd int auth_fd = -1, ctl_fd = -1;
	const int n = sd_listen_fds_with_names(1, &names);
	int r;

	if (n > 0) {
		r = take_passed(names, n, &auth_fd, &ctl_fd);
		if (r < 0)
			aw_diag_set(diag, "systemd must pass two listening "
					  "sockets, named auth and ctl");
	} else {
		r = bind_one(run_dir, "auth.sock", &auth_fd, diag);
		if (r == 0)
			r = bind_one(run_dir, "ctl.sock", &ctl_fd, diag);
	}
	if (r < 0)
		return r;
	*ret_auth_fd = aw_take_fd(&auth_fd);
	*ret_ctl_fd = aw_take_fd(&ctl_fd);
	return 0;
}
