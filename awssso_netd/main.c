/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso-netd: talks to AWS for awsssod.
 */
#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include <ini.h>

#include "awssso_netd/aws.h"
#include "awssso_netd/log.h"
#include "awssso_netd/server.h"
#include "common/file.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/privilege.h"
#include "common/sock.h"

struct settings {
	const char *config, *socket, *user, *client_user;
};

static const char help[] =
    "usage: awssso-netd --foreground [options]\n"
    "Talks to AWS for awsssod, over a socket that nobody else may use.\n"
    "\n"
    "  --config FILE       settings (" AW_PATH_CONF ")\n"
    "  --socket PATH       where to listen unless systemd passes a socket\n"
    "                      (" AW_PATH_NET ")\n"
    "  --user NAME         whom to become when started as root\n"
    "                      (" AW_USER_NETD ")\n"
    "  --client-user NAME  who may connect when started as root\n"
    "                      (" AW_USER_DAEMON ")\n"
    "  --help, --version\n";

static int fail(int r, const struct aw_diag *why)
{
	aw_log(LOG_ERR, "awssso-netd: %s",
	    why->text[0] ? why->text : strerrordesc_np(-r));
	return 1;
}

static int load_conf(const char *path, struct aw_conf *ret,
    struct aw_diag *diag)
{
	aw_own_free char *text = malloc(AW_CONF_FILE_MAX + 1);
	size_t len;
	int r;

	if (!text)
		return -ENOMEM;
	r = aw_file_read(path, 0, text, AW_CONF_FILE_MAX + 1, &len);
	if (r == -EPERM && geteuid() != 0)
		r = aw_file_read(path, geteuid(), text, AW_CONF_FILE_MAX + 1,
		    &len);
	if (r != 0) {
		aw_diag_set(diag, "%s: %s", path,
		    r == AW_ABSENT ? "no such file" : strerrordesc_np(-r));
		return r < 0 ? r : -ENOENT;
	}
	r = aw_conf_parse(text, len, path, ini_parse_stream, ret, diag);
	return r < 0 ? r : aw_conf_require(ret, diag);
}

/* Who may connect: the daemon's user, or ourselves where nobody is root. */
static int client_uid(const char *name, uid_t *ret, struct aw_diag *diag)
{
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (getpwnam_r(name, &pw, buf, sizeof(buf), &found) == 0 && found) {
		*ret = pw.pw_uid;
		return 0;
	}
	if (geteuid() != 0) {
		*ret = geteuid();
		return 0;
	}
	aw_diag_set(diag, "user %s does not exist: run systemd-sysusers, or "
	    "name another with --client-user", name);
	return -ENOENT;
}

/* Before root is given up: a socket of awsssod's, in a folder of root's. */
static int listen_at(const struct settings *settings, uid_t uid, int *ret_fd,
    struct aw_diag *diag)
{
	const int n = sd_listen_fds(1);
	int r;

	if (n > 1 ||
	    (n == 1 &&
		sd_is_socket(SD_LISTEN_FDS_START, AF_UNIX, SOCK_SEQPACKET, 1) <=
		    0)) {
		aw_diag_set(diag, "systemd must pass one listening socket");
		return -EINVAL;
	}
	if (n == 1) {
		*ret_fd = SD_LISTEN_FDS_START;
		return 0;
	}
	r = aw_sock_listen(settings->socket, 0600,
	    geteuid() == 0 ? uid : (uid_t)-1, ret_fd);
	if (r < 0)
		aw_diag_set(diag, "%s: %s", settings->socket,
		    strerrordesc_np(-r));
	return r;
}

static int on_signal(sd_event_source *source,
    const struct signalfd_siginfo *info, void *user)
{
	(void)info;
	(void)user;
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int handle_signals(sd_event *event)
{
	sigset_t set;
	int r;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	r = sd_event_add_signal(event, NULL, SIGTERM, on_signal, NULL);
	if (r >= 0)
		r = sd_event_add_signal(event, NULL, SIGINT, on_signal, NULL);
	return r < 0 ? r : 0;
}

static int serve(const struct aw_conf *conf, int fd, uid_t uid)
{
	struct aw_server *server = NULL;
	struct aw_aws *aws = NULL;
	sd_event *event = NULL;
	int r;

	r = sd_event_new(&event);
	if (r >= 0)
		r = handle_signals(event);
	if (r >= 0)
		r = aw_aws_new(event, conf, &aws);
	if (r >= 0)
		r = aw_server_new(aws, fd, uid, &server);
	if (r >= 0) {
		(void)sd_notify(0, "READY=1");
		aw_log(LOG_INFO, "awssso-netd %s is ready", AW_VERSION);
		r = sd_event_loop(event);
	}
	aw_server_free(server);
	aw_aws_free(aws);
	(void)sd_event_unref(event);
	return r < 0 ? r : 0;
}

static int run(const struct settings *settings)
{
	static struct aw_conf conf;
	struct aw_diag why = { "" };
	uid_t uid = 0;
	int fd = -1, r;

	(void)umask(077);
	if ((r = load_conf(settings->config, &conf, &why)) < 0 ||
	    (r = client_uid(settings->client_user, &uid, &why)) < 0 ||
	    (r = listen_at(settings, uid, &fd, &why)) < 0 ||
	    (r = aw_privilege_drop(settings->user, &why)) < 0)
		return fail(r, &why);
	aw_privilege_hide();
	r = serve(&conf, fd, uid);
	return r < 0 ? fail(r, &why) : 0;
}

enum option_key {
	OPT_FOREGROUND = 256,
	OPT_CONFIG,
	OPT_SOCKET,
	OPT_USER,
	OPT_CLIENT,
	OPT_HELP,
	OPT_VERSION,
};

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "foreground", no_argument, NULL, OPT_FOREGROUND },
		{ "config", required_argument, NULL, OPT_CONFIG },
		{ "socket", required_argument, NULL, OPT_SOCKET },
		{ "user", required_argument, NULL, OPT_USER },
		{ "client-user", required_argument, NULL, OPT_CLIENT },
		{ "help", no_argument, NULL, OPT_HELP },
		{ "version", no_argument, NULL, OPT_VERSION },
		{ NULL, 0, NULL, 0 },
	};
	struct settings settings = { AW_PATH_CONF, AW_PATH_NET, AW_USER_NETD,
		AW_USER_DAEMON };
	bool foreground = false;
	int key;

	while ((key = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (key == OPT_FOREGROUND)
			foreground = true;
		else if (key == OPT_CONFIG)
			settings.config = optarg;
		else if (key == OPT_SOCKET)
			settings.socket = optarg;
		else if (key == OPT_USER)
			settings.user = optarg;
		else if (key == OPT_CLIENT)
			settings.client_user = optarg;
		else if (key == OPT_HELP)
			return fputs(help, stdout) < 0;
		else if (key == OPT_VERSION)
			return puts("awssso-netd " AW_VERSION) < 0;
		else
			return 2;
	}
	if (optind == argc && foreground)
		return run(&settings);
	(void)fprintf(stderr, "awssso-netd: %s\n%s",
	    optind < argc ? "unexpected argument" : "needs --foreground", help);
	return 2;
}
