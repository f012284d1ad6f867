/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso-netd: talks to AWS for awsssod, and checks and tries that by hand.
 */
#include <errno.h>
#include <getopt.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/daemon.h"
#include "awssso_netd/egress.h"
#include "awssso_netd/log.h"
#include "awssso_netd/probe.h"
#include "awssso_netd/try.h"
#include "common/file.h"
#include "common/own.h"
#include "common/paths.h"

static const char help[] =
    "usage: awssso-netd --foreground [options]\n"
    "       awssso-netd --probe [--config FILE]\n"
    "       awssso-netd --egress [--config FILE]\n"
    "       awssso-netd --try --start-url URL --region REGION\n"
    "Talks to AWS for awsssod, over a socket that nobody else may use.\n"
    "\n"
    "  --config FILE       settings (" AW_PATH_CONF ")\n"
    "  --socket PATH       where to listen unless systemd passes a socket\n"
    "                      (" AW_PATH_NET ")\n"
    "  --user NAME         whom to become when started as root\n"
    "                      (" AW_USER_NETD ")\n"
    "  --client-user NAME  who may connect when started as root or by systemd\n"
    "                      (" AW_USER_DAEMON ")\n"
    "  --probe             say what can be reached and read, and end\n"
    "  --egress            say which hosts and ports it talks to, by which "
    "way\n"
    "  --try               sign in once, say what AWS tells, as JSON, and "
    "end;\n"
    "                      further settings only from --config, if given\n"
    "  --identity-store-id ID  for --try, when the start URL does not tell\n"
    "  --help, --version\n";

enum mode {
	MODE_NONE,
	MODE_SERVE,
	MODE_PROBE,
	MODE_EGRESS,
	MODE_TRY,
	MODE_DONE, /* help or version was printed */
};

struct options {
	enum mode mode;
	const char *config; /* NULL: not given */
	const char *start_url, *region, *store_id;
	struct aw_daemon_options daemon;
};

static int fail(int r, const struct aw_diag *why)
{
	aw_log(LOG_ERR, "%s", why->text[0] ? why->text : strerrordesc_np(-r));
	return 1;
}

/* --- modes ------------------------------------------------------------- */

/* --probe and --egress: by the settings of the daemon. */
static int run_by_conf(const struct options *options)
{
	aw_own_free struct aw_conf *conf = calloc(1, sizeof(*conf));
	struct aw_diag why = { .text = "" };
	int r = -ENOMEM;

	if (conf)
		r = aw_daemon_conf(
		    options->config ? options->config : AW_PATH_CONF, conf,
		    &why);
	if (r == 0 && options->mode == MODE_EGRESS)
		aw_egress_print(conf);
	else if (r == 0)
		r = aw_probe_run(conf);
	return r < 0 ? fail(r, &why) : r != 0;
}

/* Settings for a trial: those of a file that the caller names (proxy, CA and
 * so on), then what stands on the command line. */
static int try_conf(
    const struct options *options, struct aw_conf *conf, struct aw_diag *why)
{
	aw_own_free char *text = NULL;
	size_t len;
	int r;

	aw_conf_init(conf);
	if (options->config) {
		text = malloc(AW_CONF_FILE_MAX + 1);
		r = text ? aw_file_read(options->config, (uid_t)-1, text,
			       AW_CONF_FILE_MAX + 1, &len)
			 : -ENOMEM;
		if (r != 0) {
			aw_diag_set(why, "cannot read %s", options->config);
			return r < 0 ? r : -ENOENT;
		}
		r = aw_conf_parse(
		    text, len, options->config, ini_parse_stream, conf, why);
		if (r < 0)
			return r;
	}
	if (options->region)
		conf->regions.n = 1;
	if ((options->region &&
		aw_copy(conf->regions.item[0], sizeof(conf->regions.item[0]),
		    options->region) < 0) ||
	    (options->start_url &&
		aw_copy(conf->start_url, sizeof(conf->start_url),
		    options->start_url) < 0) ||
	    (options->store_id &&
		aw_copy(conf->identity_store_id,
		    sizeof(conf->identity_store_id), options->store_id) < 0))
		return -ENAMETOOLONG;
	return 0;
}

static int run_try(const struct options *options)
{
	aw_own_free struct aw_conf *conf = calloc(1, sizeof(*conf));
	struct aw_diag why = { .text = "" };
	int r = -ENOMEM;

	if (conf)
		r = try_conf(options, conf, &why);
	if (r == 0 && (!conf->start_url[0] || conf->regions.n == 0)) {
		aw_diag_set(&why, "--try needs --start-url and --region");
		r = -EINVAL;
	}
	if (r == 0 && !conf->identity_store_id[0] &&
	    aw_try_store_id(conf->start_url, conf->identity_store_id,
		sizeof(conf->identity_store_id)) != 0)
		conf->identity_store_id[0] = '\0';
	if (r == 0)
		r = aw_try_run(conf);
	return r < 0 ? fail(r, &why) : r != 0;
}

static int run_daemon(const struct options *options)
{
	struct aw_diag why = { .text = "" };
	const int r = aw_daemon_run(&options->daemon, &why);

	return r < 0 ? fail(r, &why) : 0;
}

/* --- options ----------------------------------------------------------- */

enum option_key {
	OPT_FOREGROUND = 256,
	OPT_PROBE,
	OPT_EGRESS,
	OPT_TRY,
	OPT_HELP,
	OPT_VERSION,
	OPT_CONFIG,
	OPT_SOCKET,
	OPT_USER,
	OPT_CLIENT,
	OPT_START_URL,
	OPT_REGION,
	OPT_STORE,
};

static const struct option long_options[] = {
	{ "foreground", no_argument, NULL, OPT_FOREGROUND },
	{ "probe", no_argument, NULL, OPT_PROBE },
	{ "egress", no_argument, NULL, OPT_EGRESS },
	{ "try", no_argument, NULL, OPT_TRY },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "user", required_argument, NULL, OPT_USER },
	{ "client-user", required_argument, NULL, OPT_CLIENT },
	{ "start-url", required_argument, NULL, OPT_START_URL },
	{ "region", required_argument, NULL, OPT_REGION },
	{ "identity-store-id", required_argument, NULL, OPT_STORE },
	{ NULL, 0, NULL, 0 },
};

/* Where the value of @key belongs, NULL if it takes none. */
static const char **value_of(struct options *options, int key)
{
	switch (key) {
	case OPT_CONFIG:
		return &options->config;
	case OPT_SOCKET:
		return &options->daemon.socket;
	case OPT_USER:
		return &options->daemon.user;
	case OPT_CLIENT:
		return &options->daemon.client_user;
	case OPT_START_URL:
		return &options->start_url;
	case OPT_REGION:
		return &options->region;
	case OPT_STORE:
		return &options->store_id;
	default:
		return NULL;
	}
}

static enum mode mode_of(int key)
{
	switch (key) {
	case OPT_FOREGROUND:
		return MODE_SERVE;
	case OPT_PROBE:
		return MODE_PROBE;
	case OPT_EGRESS:
		return MODE_EGRESS;
	case OPT_TRY:
		return MODE_TRY;
	case OPT_HELP:
		(void)fputs(help, stdout);
		return MODE_DONE;
	case OPT_VERSION:
		(void)puts("awssso-netd " AW_VERSION);
		return MODE_DONE;
	default:
		return MODE_NONE;
	}
}

/* 0, or -EINVAL after a message. */
static int parse(int argc, char **argv, struct options *ret)
{
	int key;

	while ((key = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		const char **value = value_of(ret, key);

		if (value)
			*value = optarg;
		else
			ret->mode = mode_of(key);
		if (!value && ret->mode == MODE_NONE)
			return -EINVAL;
		if (ret->mode == MODE_DONE)
			return 0;
	}
	if (optind == argc && ret->mode != MODE_NONE)
		return 0;
	(void)fprintf(stderr, "awssso-netd: %s\n%s",
	    optind < argc ? "unexpected argument"
			  : "needs --foreground, --probe, --egress or --try",
	    help);
	return -EINVAL;
}

int main(int argc, char **argv)
{
	struct options options = { .daemon = { AW_PATH_CONF, AW_PATH_NET,
				       AW_USER_NETD, AW_USER_DAEMON } };

	if (parse(argc, argv, &options) < 0)
		return 2;
	if (options.config)
		options.daemon.config = options.config;
	switch (options.mode) {
	case MODE_SERVE:
		return run_daemon(&options);
	case MODE_PROBE:
	case MODE_EGRESS:
		return run_by_conf(&options);
	case MODE_TRY:
		return run_try(&options);
	case MODE_NONE:
	case MODE_DONE:
		break;
	}
	return 0;
}
