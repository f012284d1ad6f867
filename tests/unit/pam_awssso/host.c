/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host of the tests.  libpam loads the module from a file, so all they
 * share is the directory they stand in.
 */
#include "tests/unit/pam_awssso/host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <security/pam_appl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/id.h"
#include "common/proto.h"
#include "common/snapshot_write.h"
#include "common/sock.h"
#include "common/text.h"

#define VARIANT  AW_BUILD "/unit/pam_awssso/variant.so"
#define PATIENCE 3000 /* ms; nothing here waits longer */

static char dir[] = "/tmp/awssso-pam-XXXXXX";

static const struct person {
	const char *name;
	uint32_t uid;     /* libc's; 0: libc does not know */
	uint32_t snap_id; /* the snapshot's; 0: not there */
	uint32_t snap_flags;
} people[] = {
	{ "alice", AW_ID_MIN + 1, AW_ID_MIN + 1, AW_SNAP_ALLOWED },
	{ "carol", AW_ID_MIN + 2, AW_ID_MIN + 2,
	    AW_SNAP_DISABLED | AW_SNAP_ALLOWED },
	{ "dave", AW_ID_MIN + 3, AW_ID_MIN + 3, 0 },
	{ "eve", 1500, 1500, AW_SNAP_ALLOWED },
	{ "newbie", 0, AW_ID_MIN + 5, AW_SNAP_ALLOWED },
	{ "ghost", AW_ID_MIN + 6, 0, 0 },
	{ "mallory", AW_ID_MIN + 7, AW_ID_MIN + 8, AW_SNAP_ALLOWED },
	{ "unlisted", 1501, 1501, AW_SNAP_ALLOWED },
	{ "local", 1000, 0, 0 },
};
#define N_PEOPLE (sizeof(people) / sizeof(people[0]))

/* --- files ------------------------------------------------------------- */

static int write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return -1;
	(void)fputs(text, file);
	return fclose(file);
}

static int write_passwd(void)
{
	FILE *file = fopen("passwd", "we");

	if (!file)
		return -1;
	(void)fputs("root:x:0:0:root:/root:/bin/sh\n"
		    "toor:x:0:0:root:/root:/bin/sh\n",
	    file);
	for (size_t i = 0; i < N_PEOPLE; i++)
		if (people[i].uid != 0)
			(void)fprintf(file, "%s:*:%u:%u::/home/%s:/bin/sh\n",
			    people[i].name, people[i].uid, people[i].uid,
			    people[i].name);
	return fclose(file);
}

static int add_person(struct aw_snapw *writer, const struct person *person)
{
	char home[80], id[80];
	const struct aw_snapw_user user = {
		.principal_id = id,
		.user_name = person->name,
		.name = person->name,
		.gecos = "",
		.home = home,
		.shell = "/bin/sh",
		.id = person->snap_id,
		.flags = person->snap_flags,
	};

	if (person->snap_id == 0)
		return 0;
	if (aw_fmt(home, sizeof(home), "/home/%s", person->name) < 0 ||
	    aw_fmt(id, sizeof(id), "id-%s", person->name) < 0)
		return -1;
	return aw_snapw_add_user(writer, &user, NULL, NULL);
}

static int write_snapshot(void)
{
	const struct aw_snapw_head head = { .store_id = "d-9067000000",
		.generation = 1,
		.created = 1,
		.needs_limits = true };
	struct aw_snapw *writer = NULL;
	int fd = -1;
	int r;

	if (mkdir("lib", 0755) < 0 || mkdir("lib/public", 0755) < 0)
		return -1;
	r = aw_snapw_new(&head, &writer);
	for (size_t i = 0; i < N_PEOPLE && r == 0; i++)
		r = add_person(writer, &people[i]);
	if (r == 0) {
		fd = open("lib/public/directory.1",
		    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		r = fd < 0 ? -1 : aw_snapw_write(writer, fd, NULL);
	}
	if (fd >= 0)
		(void)close(fd);
	aw_snapw_free(writer);
	return r;
}

int host_make(void **state)
{
	(void)state;
	(void)umask(022);
	if (!mkdtemp(dir) || chmod(dir, 0755) < 0 || chdir(dir) < 0 ||
	    mkdir("pam.d", 0755) < 0)
		return -1;
	if (write_passwd() < 0 || write_snapshot() < 0)
		return -1;
	if (write_text("local", "root:x:0:0::/root:/bin/sh\n"
				"local:x:1000:1000::/home/local:/bin/sh\n") < 0)
		return -1;
	return write_text("session", "7") < 0 ||
		       write_text("nss.limits", "uid 1500\n") < 0
		   ? -1
		   : 0;
}

int host_remove(void **state)
{
	static const char *const files[] = { "passwd", "local", "session",
		"nss.limits", "auth.sock", "lib/public/directory.1" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		(void)unlink(files[i]);
	(void)rmdir("lib/public");
	(void)rmdir("lib");
	(void)rmdir("pam.d");
	return chdir("/") < 0 || rmdir(dir) < 0 ? -1 : 0;
}

/* What the module returns is what libpam returns; PAM_IGNORE, which libpam
 * never does, becomes PAM_MODULE_UNKNOWN. */
static int write_service(const char *service, const char *options)
{
	static const struct {
		const char *type, *debug;
	} types[] = {
		{ "auth", "auth=module_unknown cred=module_unknown" },
		{ "account", "acct=module_unknown" },
		{ "session", "open_session=module_unknown "
			     "close_session=module_unknown" },
		{ "password", "prechauthtok=module_unknown "
			      "chauthtok=module_unknown" },
	};
	char path[64];
	FILE *file;

	if (aw_fmt(path, sizeof(path), "pam.d/%s", service) < 0)
		return -1;
	file = fopen(path, "we");
	if (!file)
		return -1;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		(void)fprintf(file,
		    "%s [success=done ignore=ignore default=die] %s %s\n"
		    "%s [default=die] pam_debug.so %s\n",
		    types[i].type, VARIANT, options ? options : "",
		    types[i].type, types[i].debug);
	return fclose(file);
}

/* --- the stand-in for awsssod ------------------------------------------ */

struct stand_in {
	pthread_t thread;
	bool running;
	int listener;
	int stop[2];
	host_play_fn *play;
	struct host_result *result;
};

bool host_hung_up;

static uint64_t soon(void)
{
	return aw_sock_now_ms() + PATIENCE;
}

static void hear(const struct stand_in *stand_in, int fd)
{
	struct host_result *result = stand_in->result;
	size_t len;

	if (aw_sock_recv(fd, result->asked, sizeof(result->asked), soon(), &len,
		NULL) != 0 ||
	    aw_wire_open(result->asked, len, &result->in) < 0)
		return;
	result->questions++;
	stand_in->play(fd, &result->in);
}

static void *serve(void *user)
{
	const struct stand_in *stand_in = user;
	struct pollfd wait[2] = {
		{ .fd = stand_in->listener, .events = POLLIN },
		{ .fd = stand_in->stop[0], .events = POLLIN },
	};

	while (poll(wait, 2, PATIENCE) > 0) {
		int fd;

		/* A question that waits is heard even when told to stop. */
		fd = accept4(stand_in->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0) {
			hear(stand_in, fd);
			(void)close(fd);
		} else if (wait[1].revents) {
			break;
		}
	}
	return NULL;
}

static int start(struct stand_in *stand_in)
{
	host_hung_up = false;
	if (!stand_in->play)
		return 0;
	if (aw_sock_listen("auth.sock", 0666, (uid_t)-1, &stand_in->listener) <
		0 ||
	    pipe2(stand_in->stop, O_CLOEXEC) < 0 ||
	    pthread_create(&stand_in->thread, NULL, serve, stand_in) != 0)
		return -1;
	stand_in->running = true;
	return 0;
}

static void stop(struct stand_in *stand_in)
{
	if (!stand_in->running)
		return;
	(void)close(stand_in->stop[1]);
	(void)pthread_join(stand_in->thread, NULL);
	(void)close(stand_in->stop[0]);
	(void)close(stand_in->listener);
	(void)unlink("auth.sock");
}

static void say(int fd, struct aw_wire_out *out)
{
	if (aw_wire_end(out) == 0 &&
	    aw_sock_send(fd, out->data, out->len, -1, soon()) < 0)
		host_hung_up = true;
}

void host_verdict(int fd, uint64_t request, uint64_t verdict, const char *text,
    const char *code)
{
	struct aw_wire_out out;
	uint8_t data[4096];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_VERDICT, request);
	aw_wire_put_num(&out, AW_TAG_VERDICT, verdict);
	aw_wire_put_text(&out, AW_TAG_TEXT, text);
	aw_wire_put_text(&out, AW_TAG_CODE, code);
	say(fd, &out);
}

void host_prompt(
    int fd, uint64_t request, const char *text, uint64_t expires_in)
{
	struct aw_wire_out out;
	uint8_t data[4096];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PROMPT, request);
	aw_wire_put_text(&out, AW_TAG_TEXT, text);
	aw_wire_put_num(&out, AW_TAG_EXPIRES_IN, expires_in);
	say(fd, &out);
}

void host_wait_for_hangup(int fd)
{
	uint8_t data[64];
	size_t len;

	host_hung_up =
	    aw_sock_recv(fd, data, sizeof(data), soon(), &len, NULL) == AW_END;
}

void host_pause_ms(unsigned ms)
{
	const struct timespec pause = { .tv_sec = ms / 1000,
		.tv_nsec = (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&pause, NULL);
}

/* --- the application --------------------------------------------------- */

struct application {
	const struct host_call *call;
	struct host_result *result;
	unsigned shown;
};

static void keep(char *first, size_t size, unsigned *count, const char *text)
{
	if ((*count)++ == 0 && aw_copy(first, size, text) < 0)
		first[0] = '\0';
}

static int show(struct application *application, const struct pam_message *msg,
    struct pam_response *reply)
{
	struct host_result *result = application->result;

	switch (msg->msg_style) {
	case PAM_PROMPT_ECHO_OFF:
		keep(result->prompt, sizeof(result->prompt), &result->prompts,
		    msg->msg);
		reply->resp = strdup("hunter2");
		break;
	case PAM_TEXT_INFO:
		keep(result->info, sizeof(result->info), &result->infos,
		    msg->msg);
		break;
	case PAM_ERROR_MSG:
		keep(result->error, sizeof(result->error), &result->errors,
		    msg->msg);
		break;
	default:
		return PAM_CONV_ERR;
	}
	return ++application->shown == application->call->conv_fails
		   ? application->call->conv_code
		   : PAM_SUCCESS;
}

static int converse(int n, const struct pam_message **msg,
    struct pam_response **ret, void *user)
{
	struct pam_response *reply = calloc((size_t)n, sizeof(*reply));
	int code = PAM_SUCCESS;

	for (int i = 0; i < n && code == PAM_SUCCESS; i++)
		code = show(user, msg[i], &reply[i]);
	if (code == PAM_SUCCESS) {
		*ret = reply;
		return PAM_SUCCESS;
	}
	for (int i = 0; i < n; i++)
		free(reply[i].resp);
	free(reply);
	return code;
}

static int enter(pam_handle_t *pamh, const struct host_call *call)
{
	switch (call->phase) {
	case AW_PAM_AUTH:
		return pam_authenticate(pamh, call->flags);
	case AW_PAM_ACCOUNT:
		return pam_acct_mgmt(pamh, call->flags);
	case AW_PAM_SETCRED:
		return pam_setcred(pamh, (int)PAM_ESTABLISH_CRED);
	case AW_PAM_CHAUTHTOK:
		return pam_chauthtok(pamh, call->flags);
	case AW_PAM_SESSION:
		return call->close ? pam_close_session(pamh, call->flags)
				   : pam_open_session(pamh, call->flags);
	case AW_PAM_PHASES:
		break;
	}
	return -1;
}

/* Where the lines go that libpam logs for the module. */
static struct host_result *log_to;

static AW_PRINTF(1, 0) void keep_line(const char *fmt, va_list args)
{
	char line[1024];
	size_t used;

	if (!log_to)
		return;
	(void)vsnprintf(line, sizeof(line), fmt, args);
	used = strlen(log_to->log);
	if (aw_fmt(log_to->log + used, sizeof(log_to->log) - used, "%s\n",
		line) == 0)
		log_to->log_lines++;
}

#define EXPORTED __attribute__((visibility("default")))

/* libc's, as libpam calls them. */
EXPORTED void(syslog)(int priority, const char *fmt, ...)
{
	va_list args;

	(void)priority;
	va_start(args, fmt);
	keep_line(fmt, args);
	va_end(args);
}

EXPORTED AW_PRINTF(3, 4) void __syslog_chk(
    int priority, int flag, const char *fmt, ...);
void __syslog_chk(int priority, int flag, const char *fmt, ...)
{
	va_list args;

	(void)priority;
	(void)flag;
	va_start(args, fmt);
	keep_line(fmt, args);
	va_end(args);
}

/* @name in the PAM environment, as sshd puts it there. */
static int put(pam_handle_t *pamh, const char *name, const char *value)
{
	char variable[8192];

	if (!value)
		return 0;
	return aw_fmt(variable, sizeof(variable), "%s=%s", name, value) < 0 ||
		       pam_putenv(pamh, variable) != PAM_SUCCESS
		   ? -1
		   : 0;
}

static int prepare(pam_handle_t *pamh, const struct host_call *call)
{
	if ((call->rhost && pam_set_item(pamh, PAM_RHOST, call->rhost)) ||
	    (call->tty && pam_set_item(pamh, PAM_TTY, call->tty)))
		return -1;
	if (put(pamh, "SSH_CONNECTION", call->ssh_connection) < 0)
		return -1;
	return put(pamh, "SSH_AUTH_INFO_0", call->auth_info);
}

static int call_pam(const struct host_call *call, struct host_result *result)
{
	struct application application = { .call = call, .result = result };
	const struct pam_conv conv = { converse, &application };
	const char *user = call->user ? call->user : "alice";
	const char *service = call->service ? call->service : "sshd";
	const void *after = NULL;
	pam_handle_t *pamh;
	char path[64];
	int r = -1;

	if (write_service(service, call->options) < 0 ||
	    pam_start_confdir(service, user, &conv, "pam.d", &pamh) !=
		PAM_SUCCESS)
		return -1;
	if (prepare(pamh, call) == 0) {
		log_to = result;
		result->code = enter(pamh, call);
		log_to = NULL;
		r = pam_get_item(pamh, PAM_USER, &after) == PAM_SUCCESS ? 0
									: -1;
		result->same_user = after && !strcmp(after, user);
	}
	(void)pam_end(pamh, result->code);
	if (result->code == PAM_MODULE_UNKNOWN)
		result->code = PAM_IGNORE;
	if (aw_fmt(path, sizeof(path), "pam.d/%s", service) == 0)
		(void)unlink(path);
	return r;
}

int host_run(const struct host_call *call, struct host_result *ret)
{
	struct stand_in stand_in = { .play = call->play, .result = ret };
	int r;

	memset(ret, 0, sizeof(*ret));
	if ((call->no_snapshot && rename("lib", "gone") < 0) ||
	    (call->libc_fails && rename("passwd", "passwd.gone") < 0))
		return -1;
	r = start(&stand_in);
	if (r == 0)
		r = call_pam(call, ret);
	stop(&stand_in);
	if ((call->no_snapshot && rename("gone", "lib") < 0) ||
	    (call->libc_fails && rename("passwd.gone", "passwd") < 0))
		return -1;
	return r;
}

const char *host_text(const struct host_result *result, uint16_t tag)
{
	static char text[AW_PROTO_AUTH_INFO_MAX + 1];

	if (result->questions == 0 ||
	    aw_wire_text(&result->in, tag, text, sizeof(text)) != 0)
		return "-";
	return text;
}

uint64_t host_number(const struct host_result *result, uint16_t tag)
{
	return result->questions == 0
		   ? UINT64_MAX
		   : aw_wire_num(&result->in, tag, UINT64_MAX);
}
