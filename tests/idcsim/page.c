/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Approving a code in the browser.
 *
 *   GET  /start/            asks for the code; its script reads the code from
 *                           the fragment (#/device?user_code=...), which a
 *                           browser does not send
 *   GET  /start/device      shows the code and who wants in; asks who you are
 *   POST /start/device      allow or deny
 */
#include "tests/idcsim/page.h"

#include <string.h>

#include <json-c/json.h>

#include "common/text.h"
#include "tests/idcsim/answer.h"
#include "tests/idcsim/flow.h"
#include "tests/idcsim/html.h"
#include "tests/idcsim/service.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

/* Up to this many people are shown as a list to choose from. */
#define RADIO_MAX   12
#define SUGGEST_MAX 500

static void message(struct aw_sim_call *call, unsigned status,
    const char *title, const char *text)
{
	aw_sim_html_begin(call, status, title, "card");
	aw_buf_str(&call->body, "<p role=\"status\">");
	aw_sim_escape(&call->body, text);
	aw_buf_str(&call->body, "</p>\n");
	aw_sim_html_end(call);
}

/* Where the form for a code is: under the start URL's path. */
static void add_device_path(const struct aw_sim_call *call, struct aw_buf *out)
{
	aw_sim_escape(out, call->sim->start_path);
	aw_buf_str(out, "/device");
}

static void show_start(struct aw_sim_call *call)
{
	struct aw_buf *out = &call->body;

	aw_sim_html_begin(call, 200, "Authorize a request", "card");
	aw_buf_str(out, "<p>Enter the code that your device shows.</p>\n"
			"<form action=\"");
	add_device_path(call, out);
	aw_buf_str(out,
	    "\" method=\"get\" id=\"f\">\n"
	    "<label for=\"c\">Code</label>\n"
	    "<input type=\"text\" id=\"c\" name=\"user_code\" required "
	    "autofocus autocomplete=\"off\" autocapitalize=\"characters\" "
	    "placeholder=\"ABCD-EFGH\">\n"
	    "<p class=\"row\"><button class=\"go\">Continue</button></p>\n"
	    "</form>\n"
	    "<script>\n"
	    "function open_code(){\n"
	    "var m=/user_code=([A-Za-z-]+)/.exec(location.hash);\n"
	    "if(m){document.getElementById('c').value=m[1];"
	    "document.getElementById('f').submit();}\n"
	    "}\n"
	    "addEventListener('hashchange',open_code);open_code();\n"
	    "</script>\n");
	aw_sim_html_end(call);
}

static void add_person(struct aw_buf *out, struct json_object *user)
{
	const char *name = aw_sim_text(user, "UserName");

	aw_buf_str(out, "<label><input type=\"radio\" name=\"user\" required "
			"value=\"");
	aw_sim_escape(out, name);
	aw_buf_str(out, "\"> ");
	aw_sim_escape(out, aw_sim_str(user, "DisplayName")
			       ? aw_sim_text(user, "DisplayName")
			       : name);
	aw_buf_str(out, "<small>");
	aw_sim_escape(out, name);
	if (aw_sim_user_is_disabled(user))
		aw_buf_str(out, " (disabled)");
	aw_buf_str(out, "</small></label>\n");
}

static void add_people(const struct aw_sim *sim, struct aw_buf *out)
{
	const size_t n = json_object_array_length(sim->users);

	aw_buf_str(out, "<fieldset><legend>Who are you?</legend>\n");
	if (n > RADIO_MAX) {
		aw_buf_str(out,
		    "<input type=\"text\" name=\"user\" "
		    "list=\"people\" required aria-label=\"User name\" "
		    "autocomplete=\"off\" placeholder=\"User name\">\n"
		    "<datalist id=\"people\">\n");
		for (size_t i = 0; i < n && i < SUGGEST_MAX; i++) {
			aw_buf_str(out, "<option value=\"");
			aw_sim_escape(
			    out, aw_sim_text(
				     json_object_array_get_idx(sim->users, i),
				     "UserName"));
			aw_buf_str(out, "\">\n");
		}
		aw_buf_str(out, "</datalist>\n");
	} else {
		for (size_t i = 0; i < n; i++)
			add_person(
			    out, json_object_array_get_idx(sim->users, i));
	}
	aw_buf_str(out, "</fieldset>\n");
}

static void show_code(struct aw_sim_call *call, const struct aw_sim_code *code,
    unsigned status, const char *why)
{
	struct aw_buf *out = &call->body;

	aw_sim_html_begin(call, status, "Allow access?", "card");
	if (why[0]) {
		aw_buf_str(out, "<p class=\"note\" role=\"alert\">");
		aw_sim_escape(out, why);
		aw_buf_str(out, "</p>\n");
	}
	aw_buf_str(out, "<p><strong>");
	aw_sim_escape(out, code->client_name);
	aw_buf_str(out,
	    "</strong> asks to sign in as you.</p>\n"
	    "<p class=\"soft\">Go on only if you started this yourself and "
	    "your device shows exactly this code:</p>\n<div class=\"code\">");
	aw_sim_escape(out, code->user_code);
	aw_buf_str(out, "</div>\n<form action=\"");
	add_device_path(call, out);
	aw_buf_str(out, "\" method=\"post\">\n");
	aw_sim_html_hidden(out, "user_code", code->user_code);
	add_people(call->sim, out);
	aw_buf_str(out,
	    "<p class=\"row\">"
	    "<button class=\"go\" name=\"action\" value=\"allow\">Allow"
	    "</button>"
	    "<button class=\"stop\" name=\"action\" value=\"deny\" "
	    "formnovalidate>Deny</button></p>\n</form>\n"
	    "<p class=\"soft\">This page stands in for the sign-in page of a "
	    "real identity provider: nobody checks who you are.</p>\n");
	aw_sim_html_end(call);
}

/* The open code that @args name, or NULL: it is answered. */
static const struct aw_sim_code *read_code(
    struct aw_sim_call *call, const char *args)
{
	const struct aw_sim_code *code = NULL;
	char text[32];

	if (aw_sim_arg_get(args, "user_code", text, sizeof(text)) == 0)
		code = aw_sim_code_by_user_code(call->sim, text);
	if (code != NULL && aw_sim_code_is_open(call->sim, code)) {
		aw_ignore(aw_copy(
		    call->user_code, sizeof(call->user_code), code->user_code));
		aw_ignore(aw_copy(
		    call->client, sizeof(call->client), code->client_name));
		return code;
	}
	message(call, 404, "This code is not valid",
	    "It was mistyped, has been used already, or has expired. Start "
	    "again on your device to get a new one.");
	return NULL;
}

static void show_device(struct aw_sim_call *call)
{
	const struct aw_sim_code *code;

	if (call->req->query[0] == '\0') {
		show_start(call);
		return;
	}
	code = read_code(call, call->req->query);
	if (code != NULL)
		show_code(call, code, 200, "");
}

static void allow(struct aw_sim_call *call, const struct aw_sim_code *code)
{
	struct aw_diag diag = { .text = "" };
	char who[520];

	if (aw_sim_arg_get(call->req->body, "user", who, sizeof(who)) != 0)
		who[0] = '\0';
	/* The log says who was claimed, approved or not. */
	aw_ignore(aw_copy(call->user, sizeof(call->user), who));
	if (who[0] == '\0')
		show_code(call, code, 400, "Choose who you are.");
	else if (aw_sim_approve(call->sim, code->user_code, who, &diag) != 0)
		show_code(call, code, 403, diag.text);
	else
		message(call, 200, "Request approved",
		    "You can close this window and go back to your device.");
}

static void decide(struct aw_sim_call *call)
{
	const struct aw_sim_code *code = read_code(call, call->req->body);
	char action[16];

	if (code == NULL)
		return;
	if (aw_sim_arg_get(call->req->body, "action", action, sizeof(action)) !=
	    0)
		action[0] = '\0';
	if (strcmp(action, "allow") == 0)
		allow(call, code);
	else if (aw_sim_deny(call->sim, code->user_code, NULL) == 0)
		message(call, 200, "Request denied",
		    "The device does not get access. You can close this "
		    "window.");
}

static const struct aw_sim_op ops[] = {
	{ "BoardPage", aw_sim_board_show, "GET", "/board" },
	{ "BoardLive", aw_sim_board_live, "GET", "/board/live" },
	{ "BoardChange", aw_sim_board_change, "POST", "/board" },
	{ NULL, NULL, NULL, NULL },
};
static const struct aw_sim_op start_op = { "StartPage", show_start, NULL,
	NULL };
static const struct aw_sim_op device_op = { "DevicePage", show_device, NULL,
	NULL };
static const struct aw_sim_op decide_op = { "DeviceDecision", decide, NULL,
	NULL };

static const struct aw_sim_op *find_portal_page(
    const struct aw_sim *sim, const struct aw_sim_req *req)
{
	const bool is_get =
	    strcmp(req->method, "GET") == 0 || strcmp(req->method, "HEAD") == 0;
	const size_t len = strlen(sim->start_path);
	const char *rest = req->path + len;

	if (strncmp(req->path, sim->start_path, len) != 0)
		return NULL;
	if (is_get && (rest[0] == '\0' || strcmp(rest, "/") == 0))
		return &start_op;
	if (strcmp(rest, "/device") == 0)
		return is_get                             ? &device_op
		       : strcmp(req->method, "POST") == 0 ? &decide_op
							  : NULL;
	return NULL;
}

static const struct aw_sim_op *find(
    const struct aw_sim *sim, const struct aw_sim_req *req)
{
	const struct aw_sim_op *op = aw_sim_op_by_path(ops, req);

	/* device.sso.REGION/?user_code=..., the older form of the URL. */
	if (op == NULL && strncmp(req->query, "user_code=", 10) == 0 &&
	    strcmp(req->path, "/") == 0)
		return &device_op;
	return op ? op : find_portal_page(sim, req);
}

const struct aw_sim_service aw_sim_pages = { "pages", AW_SIM_HTML, find };
