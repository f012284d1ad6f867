/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program that serves: one thread, one poll(2) over the listeners, the
 * control socket and the signals that end it.
 */
#include "tests/idcsim/serve.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/file.h"
#include "common/own.h"
#include "common/sock.h"
#include "tests/idcsim/control.h"
#include "tests/idcsim/fixture.h"
#include "tests/idcsim/http.h"
#include "tests/idcsim/scim.h"
#include "tests/idcsim/sim.h"

#define DOORS_MAX 16
#define PEM_MAX   (64 * 1024)

static const char usage[] =
    "usage: idcsim serve --fixture FILE [options]\n"
    "  --cert FILE --key FILE   certificate chain and key (PEM)\n"
    "  --listen ADDRESS:PORT    AWS's names over TLS\n"
    "  --http ADDRESS:PORT      the instance metadata service\n"
    "  --plain ADDRESS:PORT     everything, over plain HTTP\n"
    "  --page-url URL           where people approve, if not the start URL\n"
    "  --control PATH           control socket (" AW_SIM_CONTROL_PATH ")\n"
    "  --credentials-file FILE  write the host's access keys there\n"
    "  --scim-token-file FILE   write SCIM's bearer token there\n"
    "  --log FILE               one line of JSON a request\n"
    "  --verbose                the same on stderr\n"
    "  --ready-fd N             say \"KIND ADDRESS:PORT\" for each listener\n"
    "                           there, then close it\n"
    "Listeners may be named several times; port 0 takes a free one.\n";

enum option_id {
	OPT_FIXTURE = 256,
	OPT_CERT,
	OPT_KEY,
	OPT_LISTEN,
	OPT_HTTP,
	OPT_PLAIN,
	OPT_PAGE_URL,
	OPT_CONTROL,
	OPT_CREDENTIALS,
	OPT_SCIM_TOKEN,
	OPT_LOG,
	OPT_VERBOSE,
	OPT_READY,
	OPT_HELP,
};
static const struct option long_options[] = {
	{ "fixture", required_argument, NULL, OPT_FIXTURE },
	{ "cert", required_argument, NULL, OPT_CERT },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "http", required_argument, NULL, OPT_HTTP },
	{ "plain", required_argument, NULL, OPT_PLAIN },
	{ "page-url", required_argument, NULL, OPT_PAGE_URL },
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "credentials-file", required_argument, NULL, OPT_CREDENTIALS },
	{ "scim-token-file", required_argument, NULL, OPT_SCIM_TOKEN },
	{ "log", required_argument, NULL, OPT_LOG },
	{ "verbose", no_argument, NULL, OPT_VERBOSE },
	{ "ready-fd", required_argument, NULL, OPT_READY },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

struct options {
	const char *text[OPT_HELP - OPT_FIXTURE];
	size_t n_doors;
	struct {
		enum aw_sim_door kind;
		const char *address;
	} door[DOORS_MAX];
	bool is_verbose;
	int ready_fd;
};

struct server {
	struct aw_sim sim;
	char cert[PEM_MAX];
	char key[PEM_MAX];
	size_t n_doors;
	struct aw_sim_http *door[DOORS_MAX];
	int control_fd;
	int signal_fd;
};

static const char *text_of(const struct options *options, enum option_id id)
{
	return options->text[id - OPT_FIXTURE];
}

static int wrong(const char *why)
{
	(void)fprintf(stderr, "idcsim: %s\n%s", why, usage);
	return 2;
}

static int add_door(struct options *options, int id)
{
	if (options->n_doors == DOORS_MAX)
		return wrong("too many listeners");
	options->door[options->n_doors].kind = id == OPT_LISTEN ? AW_SIM_TLS
					       : id == OPT_HTTP ? AW_SIM_HTTP
								: AW_SIM_PLAIN;
	options->door[options->n_doors].address = optarg;
	options->n_doors++;
	return 0;
}

static int take_ready_fd(struct options *options)
{
	uint64_t fd;

	if (aw_num_u64(optarg, 0, 1023, &fd) != 0)
		return wrong("--ready-fd: not a descriptor");
	options->ready_fd = (int)fd;
	return 0;
}

/* 0; 2: wrong, said so; -1: help was asked for. */
static int parse_options(int argc, char **argv, struct options *options)
{
	int id;
	int r = 0;

	optind = 1;
	while (r == 0 &&
	       (id = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (id == OPT_HELP)
			return -1;
		if (id < OPT_FIXTURE)
			r = 2;
		else if (id == OPT_LISTEN || id == OPT_HTTP || id == OPT_PLAIN)
			r = add_door(options, id);
		else if (id == OPT_VERBOSE)
			options->is_verbose = true;
		else if (id == OPT_READY)
			r = take_ready_fd(options);
		else
			options->text[id - OPT_FIXTURE] = optarg;
	}
	if (r == 0 && optind < argc)
		return wrong("what is this word doing here?");
	if (r == 0 && text_of(options, OPT_FIXTURE) == NULL)
		return wrong("--fixture is missing");
	if (r == 0 && options->n_doors == 0)
		return wrong("nowhere to listen");
	return r;
}

static int say(const char *what, const char *why)
{
	(void)fprintf(stderr, "idcsim: %s: %s\n", what, why);
	return -EINVAL;
}

static int read_pem(
    const struct options *options, enum option_id id, char buf[PEM_MAX])
{
	const char *path = text_of(options, id);
	size_t len;
	int r;

	if (path == NULL)
		return say("--listen", "needs --cert and --key");
	r = aw_file_read(path, (uid_t)-1, buf, PEM_MAX, &len);
	if (r == 0)
		return 0;
	return say(path, r < 0 ? strerror(-r) : "no such file");
}

static int open_doors(struct server *server, const struct options *options)
{
	struct aw_diag diag = { .text = "" };

	for (size_t i = 0; i < options->n_doors; i++) {
		const enum aw_sim_door kind = options->door[i].kind;
		const bool is_tls = kind == AW_SIM_TLS;

		if (is_tls && server->cert[0] == '\0' &&
		    (read_pem(options, OPT_CERT, server->cert) != 0 ||
			read_pem(options, OPT_KEY, server->key) != 0))
			return -EINVAL;
		if (aw_sim_http_open(&server->sim, kind,
			options->door[i].address, is_tls ? server->cert : NULL,
			is_tls ? server->key : NULL, &server->door[i],
			&diag) != 0)
			return say("listen", diag.text);
		server->n_doors++;
	}
	return 0;
}

static int open_signals(int *ret_fd)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	*ret_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *ret_fd < 0 ? -errno : 0;
}

static int open_files(struct server *server, const struct options *options)
{
	const char *control = text_of(options, OPT_CONTROL);
	const char *log = text_of(options, OPT_LOG);
	const char *keys = text_of(options, OPT_CREDENTIALS);
	const char *token = text_of(options, OPT_SCIM_TOKEN);
	int r;

	if (control == NULL)
		control = AW_SIM_CONTROL_PATH;
	r = aw_sock_listen(control, 0600, (uid_t)-1, &server->control_fd);
	if (r < 0)
		return say(control, strerror(-r));
	r = log ? aw_sim_log_open(&server->sim.log, log) : 0;
	if (r < 0)
		return say(log, strerror(-r));
	r = keys ? aw_sim_keys_write(&server->sim, keys) : 0;
	if (r < 0)
		return say(keys, strerror(-r));
	r = token ? aw_sim_scim_token_write(&server->sim, token) : 0;
	if (r < 0)
		return say(token, strerror(-r));
	server->sim.log.to_stderr = options->is_verbose;
	return 0;
}

static int set_up(struct server *server, const struct options *options)
{
	const char *fixture = text_of(options, OPT_FIXTURE);
	const char *page = text_of(options, OPT_PAGE_URL);
	struct aw_diag diag = { .text = "" };

	if (aw_sim_init(&server->sim) != 0 ||
	    open_signals(&server->signal_fd) != 0)
		return say("start", "not enough of memory or descriptors");
	if (aw_sim_fixture_load(&server->sim, fixture, &diag) != 0)
		return say(fixture, diag.text);
	if (page && aw_copy(server->sim.page_url, sizeof(server->sim.page_url),
			page) != 0)
		return say("--page-url", "too long");
	aw_sim_keys_make_host(&server->sim);
	if (open_files(server, options) != 0)
		return -EINVAL;
	return open_doors(server, options);
}

static void tell_ready(
    const struct server *server, const struct options *options)
{
	static const char *const names[] = { "tls", "http", "plain" };
	struct aw_buf text = AW_BUF_INIT(4096);

	if (options->ready_fd < 0)
		return;
	for (size_t i = 0; i < server->n_doors; i++)
		aw_buf_fmt(&text, "%s %s\n", names[options->door[i].kind],
		    aw_sim_http_address(server->door[i]));
	if (write(options->ready_fd, text.data, text.len) < 0)
		(void)say("--ready-fd", strerror(errno));
	(void)close(options->ready_fd);
	aw_buf_done(&text);
}

static int run_doors(struct server *server)
{
	int wait = -1;

	for (size_t i = 0; i < server->n_doors; i++) {
		const int theirs = aw_sim_http_run(server->door[i]);

		if (theirs >= 0 && (wait < 0 || theirs < wait))
			wait = theirs;
	}
	return wait;
}

static int loop(struct server *server)
{
	struct pollfd fds[DOORS_MAX + 2] = {
		{ .fd = server->signal_fd, .events = POLLIN },
		{ .fd = server->control_fd, .events = POLLIN },
	};

	for (size_t i = 0; i < server->n_doors; i++) {
		fds[i + 2].fd = aw_sim_http_fd(server->door[i]);
		fds[i + 2].events = POLLIN;
	}
	for (;;) {
		const int wait = run_doors(server);

		if (poll(fds, server->n_doors + 2, wait) < 0 && errno != EINTR)
			return say("poll", strerror(errno));
		if (fds[0].revents)
			return 0;
		if (fds[1].revents)
			aw_sim_control_serve(&server->sim, server->control_fd);
	}
}

static void tear_down(struct server *server, const struct options *options)
{
	const char *control = text_of(options, OPT_CONTROL);

	for (size_t i = 0; i < server->n_doors; i++)
		aw_sim_http_close(server->door[i]);
	if (server->control_fd >= 0) {
		(void)unlink(control ? control : AW_SIM_CONTROL_PATH);
		(void)close(server->control_fd);
	}
	if (server->signal_fd >= 0)
		(void)close(server->signal_fd);
	aw_sim_done(&server->sim);
}

int aw_sim_serve(int argc, char **argv)
{
	static struct server server = { .control_fd = -1, .signal_fd = -1 };
	struct options options = { .ready_fd = -1 };
	int r;

	r = parse_options(argc, argv, &options);
	if (r < 0) {
		(void)fputs(usage, stdout);
		return 0;
	}
	if (r != 0)
		return r;
	r = set_up(&server, &options);
	if (r == 0) {
		tell_ready(&server, &options);
		r = loop(&server);
	}
	tear_down(&server, &options);
	return r == 0 ? 0 : 1;
}
