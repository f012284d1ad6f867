/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting up.  Everything that can fail fails before READY is said.
 */
#include "awssso_netd/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "awssso_netd/aws.h"
#include "awssso_netd/log.h"
#include "awssso_netd/loop.h"
#include "awssso_netd/server.h"
#include "common/file.h"
#include "common/own.h"
#include "common/privilege.h"
#include "common/sock.h"

int aw_daemon_conf(const char *path, struct aw_conf *ret, struct aw_diag *diag)
{
	aw_own_free char *text = malloc(AW_CONF_FILE_MAX + 1);
	size_t len;
	int r;

	if (!text)
		return -ENOMEM;
	r = aw_file_read(path, 0, text, AW_CONF_FILE_MAX + 1, &len);
	if (r == -EPERM && geteuid() != 0)
		r = aw_file_read(
		    path, geteuid(), text, AW_CONF_FILE_MAX + 1, &len);
	if (r != 0) {
		aw_diag_set(diag, "%s: %s", path,
		    r == AW_ABSENT ? "no such file" : strerrordesc_np(-r));
		return r < 0 ? r : -ENOENT;
	}
	r = aw_conf_parse(text, len, path, ini_parse_stream, ret, diag);
	return r < 0 ? r : aw_conf_require(ret, diag);
}

static int uid_of(const char *name, uid_t *ret, struct aw_diag *diag)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (getpwnam_r(name, &pw, buf, sizeof(buf), &found) != 0 || !found) {
		aw_diag_set(diag,
		    "user %s does not exist: run systemd-sysusers, or name "
		    "another with --client-user",
		    name);
		return -ENOENT;
	}
	*ret = pw.pw_uid;
	return 0;
}

/* The socket that systemd passes.  0, AW_ABSENT or -EINVAL. */
static int passed_socket(int *ret_fd, struct aw_diag *diag)
{
	const int n = sd_listen_fds(1);

	if (n == 0)
		return AW_ABSENT;
	if (n != 1 || sd_is_socket(SD_LISTEN_FDS_START, AF_UNIX, SOCK_SEQPACKET,
			  1) <= 0) {
		aw_diag_set(
		    diag, "systemd must pass one listening SEQPACKET socket");
		return -EINVAL;
	}
	/* systemd's is blocking, and the event loop must not. */
	if (fcntl(SD_LISTEN_FDS_START, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	*ret_fd = SD_LISTEN_FDS_START;
	return 0;
}

/* A socket of our own: the client's when we are root (and can give it away),
 * else ours, and then only we may connect. */
static int own_socket(const struct aw_daemon_options *options, int *ret_fd,
    uid_t *ret_uid, struct aw_diag *diag)
{
	const bool root = geteuid() == 0;
	int r = 0;

	if (root)
		r = uid_of(options->client_user, ret_uid, diag);
	else
		*ret_uid = geteuid();
	if (r < 0)
		return r;
	r = aw_sock_listen(
	    options->socket, 0600, root ? *ret_uid : (uid_t)-1, ret_fd);
	if (r < 0)
		aw_diag_set(diag, "%s: %s%s", options->socket,
		    strerrordesc_np(-r),
		    r == -ENOENT ? " (run systemd-tmpfiles --create)" : "");
	return r;
}

static int open_socket(const struct aw_daemon_options *options, int *ret_fd,
    uid_t *ret_uid, struct aw_diag *diag)
{
	const int r = passed_socket(ret_fd, diag);

	if (r == AW_ABSENT)
		return own_socket(options, ret_fd, ret_uid, diag);
	return r < 0 ? r : uid_of(options->client_user, ret_uid, diag);
}

static int serve(const struct aw_conf *conf, int *fd, uid_t uid)
{
	struct aw_server *server = NULL;
	struct aw_aws *aws = NULL;
	sd_event *event = NULL;
	int r;

	r = aw_loop_new(&event);
	if (r == 0)
		r = aw_aws_new(event, conf, &aws);
	if (r == 0)
		r = aw_server_new(aws, *fd, uid, &server);
	if (r == 0) {
		(void)aw_take_fd(fd);
		(void)sd_notify(0, "READY=1");
		aw_log(LOG_INFO, "ready: version %s", AW_VERSION);
		r = sd_event_loop(event);
	}
	aw_server_free(server);
	aw_aws_free(aws);
	sd_event_unref(event);
	return r;
}

int aw_daemon_run(const struct aw_daemon_options *options, struct aw_diag *diag)
{
	aw_own_free struct aw_conf *conf = calloc(1, sizeof(*conf));
	aw_own_fd int fd = -1;
	uid_t uid = (uid_t)-1;
	int r;

	if (!conf)
		return -ENOMEM;
	(void)umask(077);
	if ((r = aw_daemon_conf(options->config, conf, diag)) < 0 ||
	    (r = open_socket(options, &fd, &uid, diag)) < 0 ||
	    (r = aw_privilege_drop(options->user, diag)) < 0)
		return r;
	aw_loop_hide();
	aw_privilege_files();
	return serve(conf, &fd, uid);
}
