/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso try: a sign-in against the real thing, with nothing installed.
 *
 * awssso-netd does the talking, as a child, and prints one JSON object a line;
 * here they are made readable.
 */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "awssso/child.h"
#include "awssso/commands.h"
#include "awssso/digest.h"
#include "awssso/print.h"
#include "common/id.h"
#include "common/name.h"
#include "common/own.h"
#include "common/text.h"

enum {
	START_URL,
	REGION,
	STORE,
	CONFIG,
	JSON,
};

#define CLOCK_OFF_MAX 300 /* seconds; AWS refuses signatures beyond */

extern char **environ;

/* --- showing events ---------------------------------------------------- */

/* The string @key of @event made safe for a terminal; "" without one.  Good
 * until the next but three calls. */
static const char *text(struct json_object *event, const char *key)
{
	static char shown[4][2048];
	static unsigned next;
	struct json_object *value;
	const char *raw = "";

	if (json_object_object_get_ex(event, key, &value) &&
	    json_object_is_type(value, json_type_string))
		raw = json_object_get_string(value);
	next = (next + 1) % 4;
	return aw_text_escape(shown[next], sizeof(shown[next]), raw);
}

static long long number(struct json_object *event, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(event, key, &value)
		   ? (long long)json_object_get_int64(value)
		   : 0;
}

/* The strings of the list @key, one a line below each other. */
static void print_list(
    const char *label, struct json_object *event, const char *key)
{
	struct json_object *list;
	char shown[512];
	size_t n;

	if (!json_object_object_get_ex(event, key, &list) ||
	    !json_object_is_type(list, json_type_array))
		return;
	n = json_object_array_length(list);
	for (size_t i = 0; i < n; i++) {
		const char *item =
		    json_object_get_string(json_object_array_get_idx(list, i));

		aw_print_row(i ? "" : label, AW_PLAIN, "%s",
		    aw_text_escape(shown, sizeof(shown), item ? item : ""));
	}
}

static void show_code(struct json_object *event)
{
	const char *uri = text(event, "uri_complete");

	printf("Open  %s\nCode  %s\n\nApprove within %lld seconds; ^C gives "
	       "up.\n\n",
	    *uri ? uri : text(event, "uri"), text(event, "user_code"),
	    number(event, "expires_in"));
}

static void show_account(struct json_object *event)
{
	aw_print_row("account", AW_PLAIN, "%s %s", text(event, "account_id"),
	    text(event, "account_name"));
	print_list("  sets", event, "roles");
}

/* Who that would be on a host which strips this person's own domain. */
static void show_linux_name(const char *user_name)
{
	struct aw_name_rules rules = { 0 };
	struct aw_diag why = { 0 };
	char name[AW_NAME_SIZE];
	const char *at = strchr(user_name, '@');

	if (at && aw_name_rules_add(&rules, at + 1, NULL) < 0)
		rules.n_domains = 0;
	if (aw_name_of_user(&rules, user_name, name, &why) != 0)
		aw_print_row("Linux name", AW_BAD, "none: %s", why.text);
	else
		aw_print_row("Linux name", AW_PLAIN, "%s%s%s", name,
		    at ? ", where the domain is " : "", at ? at + 1 : "");
}

static void show_identity(struct json_object *event)
{
	aw_print_row("you are", AW_GOOD, "%s", text(event, "user_name"));
	aw_print_row("seen as", AW_PLAIN, "%s", text(event, "arn"));
	show_linux_name(text(event, "user_name"));
}

static void show_directory(struct json_object *event)
{
	const char *missing = text(event, "missing");
	uint32_t uid;

	if (strcmp(text(event, "net"), "ok") != 0) {
		aw_print_row(*missing ? "missing right" : "directory", AW_BAD,
		    "%s", *missing ? missing : text(event, "net"));
		aw_print_row("", AW_PLAIN, "%s", text(event, "text"));
		return;
	}
	aw_print_row("UserId", AW_PLAIN, "%s", text(event, "user_id"));
	aw_print_row(
	    "DisplayName", AW_PLAIN, "%s", text(event, "display_name"));
	if (*text(event, "user_status"))
		aw_print_row(
		    "UserStatus", AW_PLAIN, "%s", text(event, "user_status"));
	if (aw_id_candidate(
		aw_digest_sha256, text(event, "user_id"), 0, &uid) == 0)
		aw_print_row("uid", AW_PLAIN, "%u, unless it is taken", uid);
}

static void show_clock(struct json_object *event)
{
	const long long off = number(event, "offset_seconds");
	const bool good = off > -CLOCK_OFF_MAX && off < CLOCK_OFF_MAX;

	aw_print_row("clock", good ? AW_GOOD : AW_BAD, "%lld s off AWS's%s",
	    off, good ? "" : ": set it, or AWS refuses");
}

static void show_hosts(struct json_object *event)
{
	print_list("hosts needed", event, "hosts");
}

static void show_end(struct json_object *event)
{
	const bool good = !strcmp(text(event, "net"), "ok");
	const char *why = text(event, "text");

	aw_print_row("result", good ? AW_GOOD : AW_BAD, "%s%s%s",
	    text(event, "net"), *why ? ": " : "", why);
}

static const struct view {
	const char *event;
	void (*show)(struct json_object *event);
} views[] = {
	{ "code", show_code },
	{ "account", show_account },
	{ "identity", show_identity },
	{ "directory", show_directory },
	{ "clock", show_clock },
	{ "hosts", show_hosts },
	{ "end", show_end },
};

/* An event that is not known is of a newer awssso-netd: passed over. */
static void show_line(const char *line)
{
	struct json_object *event = json_tokener_parse(line);
	const char *name;

	if (!json_object_is_type(event, json_type_object)) {
		json_object_put(event);
		return;
	}
	name = text(event, "event");
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (!strcmp(views[i].event, name)) {
			views[i].show(event);
			break;
		}
	json_object_put(event);
	(void)fflush(stdout);
}

/* --- the child --------------------------------------------------------- */

/* Start @argv with its output into a pipe; @ret_out is the other end. */
static int start(char *const argv[], pid_t *ret_pid, int *ret_out)
{
	posix_spawn_file_actions_t actions;
	aw_own_fd int out = -1;
	aw_own_fd int in = -1;
	int ends[2];
	int r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	out = ends[0];
	in = ends[1];
	r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return -r;
	r = posix_spawn_file_actions_adddup2(&actions, in, STDOUT_FILENO);
	if (r == 0)
		r = posix_spawn(
		    ret_pid, argv[0], &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (r != 0)
		return -r;
	*ret_out = aw_take_fd(&out);
	return 0;
}

static void close_file(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

static void show_all(int out, bool json)
{
	aw_own(close_file) FILE *file = fdopen(out, "r");
	aw_own_free char *line = NULL;
	size_t size = 0;

	if (!file) {
		(void)close(out);
		return;
	}
	while (getline(&line, &size, file) > 0) {
		if (json)
			printf("%s", line);
		else
			show_line(line);
		(void)fflush(stdout);
	}
}

static int finish(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return aw_complain("awssso-netd", "lost");
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? AW_EXIT_OK
							     : AW_EXIT_FAILED;
}

static int run(const struct aw_args *args)
{
	static const char *const names[] = { "--start-url", "--region",
		"--identity-store-id", "--config" };
	char netd[600], try[] = "--try";
	char *argv[2 + 2 * 4 + 1] = { netd, try };
	size_t n = 2;
	int out = -1;
	pid_t pid;
	int r;

	if (!args->option[CONFIG] &&
	    (!args->option[START_URL] || !args->option[REGION])) {
		(void)aw_complain(
		    "try", "give --start-url and --region (or --config)");
		return AW_EXIT_USAGE;
	}
	if (aw_child_netd(netd, sizeof(netd)) < 0)
		return aw_complain("awssso-netd", "not found");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (args->option[i]) {
			/* execve() does not write what argv points at. */
			argv[n++] = (char *)(uintptr_t)names[i];
			argv[n++] = (char *)(uintptr_t)args->option[i];
		}
	r = start(argv, &pid, &out);
	if (r < 0)
		return aw_complain(netd, strerrordesc_np(-r));
	show_all(out, args->option[JSON] != NULL);
	return finish(pid);
}

const struct aw_command aw_command_try = {
	.name = "try",
	.operands = "",
	.help = "Sign in once against the real AWS, with nothing installed.\n\n"
		"Says who AWS takes you for, which name and uid you would have "
		"here, what you hold,\nwhich right of the host is missing and "
		"which hosts it has to reach.  Needs no root\nand changes "
		"nothing.",
	.options = {
		[START_URL] = { "--start-url", "URL",
		    "The AWS access portal URL." },
		[REGION] = { "--region", "REGION",
		    "The region of Identity Center." },
		[STORE] = { "--identity-store-id", "ID",
		    "If the start URL does not tell it." },
		[CONFIG] = { "--config", "FILE",
		    "Further settings: proxy, CA bundle, endpoints." },
		[JSON] = { "--json", NULL, "Print JSON, one object a line." },
	},
	.run = run,
};
