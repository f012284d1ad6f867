/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trial sign-in: one step after the other, each printed when it is done.
 *
 *	device flow -> accounts -> roles of each -> keys -> identity
 *	    -> GetUserId -> DescribeUser -> end
 */
#include "awssso_netd/try.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awssso_netd/aws.h"
#include "awssso_netd/device.h"
#include "awssso_netd/identitystore.h"
#include "awssso_netd/json.h"
#include "awssso_netd/loop.h"
#include "awssso_netd/portal.h"
#include "awssso_netd/sts.h"
#include "common/own.h"
#include "common/sock.h"

#define DEADLINE_MS  600000
#define STEP_MS      20000
#define ACCOUNTS_MAX 50 /* whose roles are listed */
#define OUTPUT_MAX   (256 * 1024)

struct trial {
	struct aw_aws *aws;
	struct aw_device *device;
	struct aw_portal portal;
	struct aw_portal_op *list;
	struct aw_call *call;
	struct aw_portal_list accounts;
	size_t account_at;
	unsigned n_accounts;
	char account[AW_ACCOUNT_SIZE], account_name[208];
	char asked_account[AW_ACCOUNT_SIZE], asked_set[AW_SET_SIZE];
	struct aw_keys *keys;
	struct aw_sts_identity sts;
	char user_id[AW_ID_SIZE];
	bool identified, over;
};

/* --- printing ---------------------------------------------------------- */

static void begin_event(struct aw_json *json, const char *event)
{
	aw_json_begin(json);
	aw_json_put_text(json, "event", event);
}

static void print(struct aw_json *json)
{
	aw_own(aw_buf_done) struct aw_buf line = AW_BUF_INIT(OUTPUT_MAX);

	if (aw_json_end(json, &line) < 0)
		return;
	(void)puts(aw_buf_text(&line));
	(void)fflush(stdout);
}

/* The first texts of @list as an array. */
static struct json_object *array_of(const struct aw_portal_list *list)
{
	struct json_object *array = json_object_new_array();
	const char *first, *second;
	size_t at = 0;

	while (array && aw_portal_list_next(list, &at, &first, &second) == 0)
		if (json_object_array_add(
			array, json_object_new_string(first)) < 0)
			break;
	return array;
}

static struct json_object *hosts_of(const struct aw_aws *aws)
{
	struct json_object *array = json_object_new_array();

	for (unsigned i = 0; array && i < AW_SERVICE_N_; i++) {
		struct aw_endpoint endpoint;

		if ((aws->contacted & (1u << i)) &&
		    aw_endpoint_find(aws->conf, (enum aw_service)i,
			aw_aws_region(aws), &endpoint, NULL) == 0 &&
		    json_object_array_add(
			array, json_object_new_string(endpoint.host)) < 0)
			break;
	}
	return array;
}

/* --- the end ----------------------------------------------------------- */

static void finish(struct trial *trial, enum aw_net net, const char *why)
{
	struct aw_json json;

	if (trial->over)
		return;
	trial->over = true;
	if (trial->aws->answered) {
		begin_event(&json, "clock");
		aw_json_put_number(&json, "offset_seconds", trial->aws->offset);
		print(&json);
	}
	begin_event(&json, "hosts");
	aw_json_put(&json, "hosts", hosts_of(trial->aws));
	print(&json);
	begin_event(&json, "end");
	aw_json_put_text(&json, "net", aw_net_word((uint64_t)net));
	aw_json_put_text(&json, "text", why);
	print(&json);
	(void)sd_event_exit(trial->aws->event, 0);
}

static void finish_errno(struct trial *trial, int error)
{
	finish(trial, AW_NET_UNAVAIL, strerrordesc_np(-error));
}

/* --- the directory ----------------------------------------------------- */

static void print_directory(const char *operation,
    const struct aw_call_answer *answer, const struct aw_store_user *user)
{
	char missing[80], text[200] = "", display[AW_DISPLAY_MAX + 1];
	struct aw_json json;

	begin_event(&json, "directory");
	aw_json_put_text(&json, "net", aw_net_word((uint64_t)answer->net));
	aw_json_put_text(&json, "operation", operation);
	if (user) {
		aw_json_put_text(&json, "user_id", user->user_id);
		aw_json_put_text(&json, "user_name", user->user_name);
		aw_json_put_text(&json, "display_name",
		    aw_store_display(user->display, display) ? display : NULL);
		aw_json_put_text(&json, "user_status", user->status);
	} else if (answer->net == AW_NET_REFUSED &&
		   aw_fmt(missing, sizeof(missing), "identitystore:%s",
		       operation) == 0 &&
		   aw_fmt(text, sizeof(text),
		       "your permission set may not call %s; the host's role "
		       "has to "
		       "be allowed to",
		       missing) == 0) {
		aw_json_put_text(&json, "missing", missing);
		aw_json_put_text(&json, "text", text);
	} else {
		aw_json_put_text(&json, "text", answer->why.text);
	}
	print(&json);
}

/* The directory could not be read: worth knowing, no failure. */
static void no_directory(struct trial *trial, const char *operation,
    const struct aw_call_answer *answer)
{
	print_directory(operation, answer, NULL);
	finish(trial, AW_NET_OK, NULL);
}

static int ask_store(
    struct trial *trial, const struct aw_store_ask *ask, aw_call_done_fn *done)
{
	const struct aw_store_how how = {
		.region = trial->portal.region,
		.deadline_ms = aw_sock_now_ms() + STEP_MS,
		.keys = trial->keys,
	};

	return aw_store_start(trial->aws, ask, &how, done, trial, &trial->call);
}

static void on_user(void *user, const struct aw_call_answer *answer)
{
	const struct aw_place place = { NULL, "DescribeUser", -1 };
	struct trial *trial = user;
	struct aw_call_answer bad = { .net = AW_NET_BAD_ANSWER };
	struct aw_store_user got;

	trial->call = NULL;
	if (answer->net != AW_NET_OK) {
		no_directory(trial, "DescribeUser", answer);
		return;
	}
	if (aw_store_read_user(&place, answer->json,
		trial->aws->conf->identity_store_id, &got, &bad.why) < 0) {
		no_directory(trial, "DescribeUser", &bad);
		return;
	}
	print_directory("DescribeUser", answer, &got);
	finish(trial, AW_NET_OK, NULL);
}

static void on_user_id(void *user, const struct aw_call_answer *answer)
{
	struct trial *trial = user;
	const struct aw_store_ask ask = {
		.operation = "DescribeUser",
		.user_id = trial->user_id,
	};
	struct aw_call_answer bad = { .net = AW_NET_BAD_ANSWER };
	int r;

	trial->call = NULL;
	if (answer->net != AW_NET_OK) {
		no_directory(trial, "GetUserId", answer);
		return;
	}
	if (aw_store_read_user_id(answer->json, trial->user_id, &bad.why) < 0) {
		no_directory(trial, "GetUserId", &bad);
		return;
	}
	r = ask_store(trial, &ask, on_user);
	if (r < 0)
		finish_errno(trial, r);
}

static void ask_directory(struct trial *trial, const char *user_name)
{
	const struct aw_store_ask ask = {
		.operation = "GetUserId",
		.user_name = user_name,
	};
	struct aw_call_answer none = { .net = AW_NET_CONFIG };
	int r;

	if (!trial->aws->conf->identity_store_id[0]) {
		aw_diag_set(&none.why,
		    "the start URL does not name the identity store: see "
		    "\"Identity store ID\" in the console");
		no_directory(trial, "GetUserId", &none);
		return;
	}
	r = ask_store(trial, &ask, on_user_id);
	if (r < 0)
		finish_errno(trial, r);
}

/* --- who it is --------------------------------------------------------- */

static void on_sts(void *user, const struct aw_call_answer *answer)
{
	struct trial *trial = user;
	const char *slash, *name;
	struct aw_diag why;
	struct aw_json json;

	trial->call = NULL;
	if (answer->net != AW_NET_OK) {
		finish(trial, answer->net, answer->why.text);
		return;
	}
	if (aw_sts_read(answer->body, answer->len, &trial->sts, &why) < 0) {
		finish(trial, AW_NET_BAD_ANSWER, why.text);
		return;
	}
	slash = strrchr(trial->sts.arn, '/');
	name = slash ? slash + 1 : "";
	begin_event(&json, "identity");
	aw_json_put_text(&json, "arn", trial->sts.arn);
	aw_json_put_text(&json, "account", trial->sts.account);
	aw_json_put_text(&json, "asked_account", trial->asked_account);
	aw_json_put_text(&json, "asked_set", trial->asked_set);
	aw_json_put_text(&json, "user_name", name);
	print(&json);
	trial->identified = true;
	ask_directory(trial, name);
}

static void on_keys(void *user, const struct aw_call_answer *answer)
{
	struct trial *trial = user;
	struct aw_diag why = { .text = "out of memory" };
	int r;

	trial->call = NULL;
	if (answer->net != AW_NET_OK) {
		finish(trial, answer->net, answer->why.text);
		return;
	}
	r = aw_portal_read_keys(answer->json, &trial->keys, &why);
	if (r < 0) {
		finish(trial, AW_NET_BAD_ANSWER, why.text);
		return;
	}
	r = aw_sts_start(trial->aws, AW_CALL_KEYS, trial->keys,
	    trial->portal.region, aw_sock_now_ms() + STEP_MS, on_sts, trial,
	    &trial->call);
	if (r < 0)
		finish_errno(trial, r);
}

/* --- accounts and roles ------------------------------------------------ */

static void on_roles(void *user, const struct aw_portal_end *end);

/* The roles of the next account, or else who it is. */
static int next_account(struct trial *trial)
{
	const char *id, *name;
	int r;

	if (++trial->n_accounts <= ACCOUNTS_MAX &&
	    aw_portal_list_next(
		&trial->accounts, &trial->account_at, &id, &name) == 0) {
		if ((r = aw_copy(trial->account, sizeof(trial->account), id)) <
			0 ||
		    (r = aw_copy(trial->account_name,
			 sizeof(trial->account_name), name)) < 0)
			return r;
		return aw_portal_start(
		    &trial->portal, id, on_roles, trial, &trial->list);
	}
	if (!trial->asked_set[0]) {
		finish(trial, AW_NET_NO_ROLE,
		    "you hold no permission set in any account, so AWS does "
		    "not say who you are");
		return 0;
	}
	return aw_portal_get_keys(&trial->portal, trial->asked_account,
	    trial->asked_set, on_keys, trial, &trial->call);
}

static int keep_role(struct trial *trial, const struct aw_portal_list *roles)
{
	const char *role, *account;
	size_t at = 0;
	int r;

	if (trial->asked_set[0] ||
	    aw_portal_list_next(roles, &at, &role, &account) != 0)
		return 0;
	r = aw_copy(trial->asked_set, sizeof(trial->asked_set), role);
	if (r == 0)
		r = aw_copy(trial->asked_account, sizeof(trial->asked_account),
		    account);
	return r;
}

static void on_roles(void *user, const struct aw_portal_end *end)
{
	struct trial *trial = user;
	struct aw_json json;
	int r;

	trial->list = NULL;
	if (end->net != AW_NET_OK) {
		finish(trial, end->net, end->why.text);
		return;
	}
	begin_event(&json, "account");
	aw_json_put_text(&json, "account_id", trial->account);
	aw_json_put_text(&json, "account_name", trial->account_name);
	aw_json_put(&json, "roles", array_of(end->list));
	print(&json);
	r = keep_role(trial, end->list);
	if (r == 0)
		r = next_account(trial);
	if (r < 0)
		finish_errno(trial, r);
}

static void on_accounts(void *user, const struct aw_portal_end *end)
{
	struct trial *trial = user;
	int r;

	trial->list = NULL;
	if (end->net != AW_NET_OK) {
		finish(trial, end->net, end->why.text);
		return;
	}
	aw_portal_list_take(end->list, &trial->accounts);
	r = next_account(trial);
	if (r < 0)
		finish_errno(trial, r);
}

/* --- the device flow --------------------------------------------------- */

static void on_code(void *user AW_UNUSED, const struct aw_device_code *code)
{
	struct aw_json json;

	begin_event(&json, "code");
	aw_json_put_text(&json, "uri", code->uri);
	aw_json_put_text(&json, "uri_complete", code->uri_complete);
	aw_json_put_text(&json, "user_code", code->user_code);
	aw_json_put_number(&json, "expires_in", (int64_t)code->expires_in);
	aw_json_put_number(&json, "interval", (int64_t)code->interval);
	print(&json);
}

static void on_device(void *user, const struct aw_device_end *end)
{
	struct trial *trial = user;
	int r;

	trial->device = NULL;
	if (end->net != AW_NET_OK) {
		finish(trial, end->net, end->why.text);
		return;
	}
	trial->portal.aws = trial->aws;
	trial->portal.token = aw_secret_ref(end->token);
	trial->portal.region = end->region;
	r = aw_portal_start(
	    &trial->portal, NULL, on_accounts, trial, &trial->list);
	if (r < 0)
		finish_errno(trial, r);
}

/* --- running ----------------------------------------------------------- */

int aw_try_store_id(const char *start_url, char *ret, size_t size)
{
	static const char prefix[] = "https://d-";
	const char *id = start_url + sizeof(prefix) - 3;

	if (strncmp(start_url, prefix, sizeof(prefix) - 1) != 0 ||
	    strspn(id + 2, "0123456789abcdef") != 10 || id[12] != '.' ||
	    aw_fmt(ret, size, "%.12s", id) < 0)
		return AW_ABSENT;
	return 0;
}

static int start(struct trial *trial)
{
	static const struct aw_device_handler handler = { on_code, on_device };
	char host[65] = "", name[128];
	int r;

	(void)gethostname(host, sizeof(host) - 1);
	r = aw_fmt(name, sizeof(name), "awssso try on %s", host);
	if (r < 0)
		return r;
	return aw_device_start(trial->aws, name, aw_sock_now_ms() + DEADLINE_MS,
	    &handler, trial, &trial->device);
}

static void trial_done(struct trial *trial)
{
	aw_device_cancel(trial->device);
	aw_portal_cancel(trial->list);
	aw_call_cancel(trial->call);
	aw_portal_list_done(&trial->accounts);
	aw_secret_unref(trial->portal.token);
	aw_keys_unref(trial->keys);
	aw_aws_free(trial->aws);
}

int aw_try_run(const struct aw_conf *conf)
{
	struct trial trial = { .over = false };
	sd_event *event = NULL;
	int r;

	aw_loop_hide();
	r = aw_loop_new(&event);
	if (r == 0)
		r = aw_aws_new(event, conf, &trial.aws);
	if (r == 0)
		r = start(&trial);
	if (r == 0)
		r = sd_event_loop(event);
	if (r == 0 && !trial.over)
		finish(&trial, AW_NET_CANCELLED, "interrupted");
	trial_done(&trial);
	sd_event_unref(event);
	return r == 0 && !trial.identified ? AW_DENIED : r;
}
