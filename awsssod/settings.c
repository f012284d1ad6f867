/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command line and configuration: unknown is an error.
 */
#include "awsssod/settings.h"

#include <errno.h>
#include <getopt.h>
#include <ini.h>
#include <string.h>

#include "common/file.h"
#include "common/own.h"
#include "common/paths.h"

enum option_id {
	OPT_FOREGROUND = 1,
	OPT_CONFIG,
	OPT_RUN_DIR,
	OPT_STATE,
	OPT_PUBLIC_DIR,
	OPT_USER,
	OPT_WORKER,
	OPT_HELP,
	OPT_VERSION,
};

static const struct option options[] = {
	{ "foreground", no_argument, NULL, OPT_FOREGROUND },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "run-dir", required_argument, NULL, OPT_RUN_DIR },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "public-dir", required_argument, NULL, OPT_PUBLIC_DIR },
	{ "user", required_argument, NULL, OPT_USER },
	{ "snapshot-worker", no_argument, NULL, OPT_WORKER },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

const char *aw_settings_help(void)
{
	return "Usage: awsssod --foreground [OPTION]...\n"
	       "The awssso daemon that decides and remembers.\n"
	       "\n"
	       "  --foreground        stay attached (always given)\n"
	       "  --config FILE       default " AW_PATH_CONF "\n"
	       "  --run-dir DIR       sockets, default " AW_PATH_RUN "\n"
	       "  --state FILE        default " AW_PATH_STATE "\n"
	       "  --public-dir DIR    snapshot, default " AW_PATH_PUBLIC "\n"
	       "  --user NAME         whom root becomes, "
	       "default " AW_USER_DAEMON "\n"
	       "  --help, --version\n";
}

void aw_settings_init(struct aw_settings *settings)
{
	*settings = (struct aw_settings){
		.config = AW_PATH_CONF,
		.run_dir = AW_PATH_RUN,
		.state = AW_PATH_STATE,
		.public_dir = AW_PATH_PUBLIC,
		.user = AW_USER_DAEMON,
		.local = { .passwd = "/etc/passwd",
		    .group = "/etc/group",
		    .subuid = "/etc/subuid",
		    .subgid = "/etc/subgid" },
	};
}

/* Where the value of option @id goes. */
static const char **place_of(struct aw_settings *settings, int id)
{
	switch (id) {
	case OPT_CONFIG:
		return &settings->config;
	case OPT_RUN_DIR:
		return &settings->run_dir;
	case OPT_STATE:
		return &settings->state;
	case OPT_PUBLIC_DIR:
		return &settings->public_dir;
	case OPT_USER:
		return &settings->user;
	default:
		return NULL;
	}
}

static enum aw_settings_mode mode_of(int id)
{
	switch (id) {
	case OPT_WORKER:
		return AW_MODE_WORKER;
	case OPT_HELP:
		return AW_MODE_HELP;
	case OPT_VERSION:
		return AW_MODE_VERSION;
	default:
		return AW_MODE_DAEMON;
	}
}

int aw_settings_parse(struct aw_settings *settings, int argc, char **argv,
    enum aw_settings_mode *ret_mode, struct aw_diag *diag)
{
	enum aw_settings_mode mode = AW_MODE_DAEMON;
	bool foreground = false;
	int id;

	optind = 1;
	opterr = 0;
	while ((id = getopt_long(argc, argv, "", options, NULL)) != -1) {
		const char **place = place_of(settings, id);

		if (id == '?') {
			aw_diag_set(diag,
			    "%s: unknown option, or its value is "
			    "missing",
			    argv[optind - 1]);
			return -EINVAL;
		}
		if (place)
			*place = optarg;
		else if (id == OPT_FOREGROUND)
			foreground = true;
		else
			mode = mode_of(id);
	}
	if (optind < argc) {
		aw_diag_set(diag, "%s: not an option", argv[optind]);
		return -EINVAL;
	}
	if (mode == AW_MODE_DAEMON && !foreground) {
		aw_diag_set(diag, "say --foreground; systemd or a shell keeps "
				  "it running");
		return -EINVAL;
	}
	*ret_mode = mode;
	return 0;
}

int aw_settings_load(
    const char *path, uid_t owner, struct aw_conf *ret, struct aw_diag *diag)
{
	aw_own_free char *text = malloc(AW_CONF_FILE_MAX + 1);
	aw_own_free struct aw_conf *conf = calloc(1, sizeof(*conf));
	size_t len;
	int r;

	if (!text || !conf)
		return -ENOMEM;
	r = aw_file_read(path, owner, text, AW_CONF_FILE_MAX + 1, &len);
	if (r == AW_ABSENT) {
		aw_diag_set(diag, "%s: no such file", path);
		return -ENOENT;
	}
	if (r < 0) {
		aw_diag_set(diag, "%s: %s", path, strerror(-r));
		return r;
	}
	r = aw_conf_parse(text, len, path, ini_parse_stream, conf, diag);
	if (r < 0)
		return r;
	r = aw_conf_require(conf, diag);
	if (r < 0)
		return r;
	*ret = *conf;
	return 0;
}
