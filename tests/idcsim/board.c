/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board: people, groups and permission sets as switches, the codes that
 * wait, and what has been asked lately.  All of it is forms and works without
 * script; the script only refreshes what changes by itself.
 */
#include "tests/idcsim/page.h"

#include <string.h>

#include <json-c/json.h>

#include "common/text.h"
#include "tests/idcsim/answer.h"
#include "tests/idcsim/command.h"
#include "tests/idcsim/flow.h"
#include "tests/idcsim/html.h"
#include "tests/idcsim/log.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

#define CHIPS_MAX 12  /* of more, only those that are on are shown */
#define CROWD     500 /* of more, none */
#define ROWS_MAX  200 /* a larger directory is for scripts */
#define REQUESTS  50

/* A form that runs the simulator's command of these @n words. */
static void begin_command(
    struct aw_buf *out, size_t n, const char *const *words)
{
	aw_buf_str(out, "<form method=\"post\" action=\"/board\">");
	for (size_t i = 0; i < n; i++)
		aw_sim_html_hidden(out, "w", words[i]);
}

static void add_switch(struct aw_buf *out, size_t n, const char *const *words,
    bool is_on, const char *text)
{
	begin_command(out, n, words);
	aw_buf_fmt(out, "<button class=\"sw\" aria-pressed=\"%s\">",
	    is_on ? "true" : "false");
	aw_sim_escape(out, text);
	aw_buf_str(out, "</button></form> ");
}

static const char *label(struct json_object *user)
{
	const char *name = aw_sim_str(user, "DisplayName");

	return name ? name : aw_sim_text(user, "UserName");
}

/* True: there are too many to show, and it says so. */
static bool is_crowd(struct aw_buf *out, size_t n)
{
	if (n > CROWD)
		aw_buf_fmt(
		    out, "<span class=\"soft\">%zu, see idcsim set</span>", n);
	return n > CROWD;
}

static void add_groups_of(
    struct aw_buf *out, struct aw_sim *sim, const char *user_id)
{
	const size_t n = json_object_array_length(sim->groups);

	if (is_crowd(out, n))
		return;
	for (size_t i = 0; i < n; i++) {
		struct json_object *group =
		    json_object_array_get_idx(sim->groups, i);
		const bool is_in = aw_sim_is_member(group, user_id);
		const char *const words[] = { "set", "member",
			aw_sim_text(group, "GroupId"), user_id,
			is_in ? "off" : "on" };

		if (is_in || n <= CHIPS_MAX)
			add_switch(out, 5, words, is_in,
			    aw_sim_text(group, "DisplayName"));
	}
}

static void add_person(
    struct aw_buf *out, struct aw_sim *sim, struct json_object *user)
{
	const char *id = aw_sim_text(user, "UserId");
	const bool is_on = !aw_sim_user_is_disabled(user);
	const char *const words[] = { "set", "user", id,
		is_on ? "disabled" : "enabled" };

	aw_buf_str(out, "<tr><td>");
	aw_sim_escape(out, label(user));
	aw_buf_str(out, "<br><small class=\"soft\">");
	aw_sim_escape(out, aw_sim_text(user, "UserName"));
	aw_buf_str(out, "</small></td><td>");
	add_switch(out, 4, words, is_on, is_on ? "enabled" : "disabled");
	aw_buf_str(out, "</td><td>");
	add_groups_of(out, sim, id);
	aw_buf_str(out, "</td></tr>\n");
}

static void add_people(struct aw_buf *out, struct aw_sim *sim)
{
	const size_t n = json_object_array_length(sim->users);

	aw_buf_str(out,
	    "<section><h2>People</h2>\n<table><thead><tr>"
	    "<th scope=\"col\">Who</th><th scope=\"col\">Status</th>"
	    "<th scope=\"col\">Groups</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < n && i < ROWS_MAX; i++)
		add_person(out, sim, json_object_array_get_idx(sim->users, i));
	aw_buf_str(out, "</tbody></table>\n");
	if (n > ROWS_MAX)
		aw_buf_fmt(
		    out, "<p class=\"soft\">and %zu more</p>\n", n - ROWS_MAX);
	aw_buf_str(out, "</section>\n");
}

static bool has_assignment(
    struct json_object *set, const char *account, const char *principal)
{
	struct json_object *all = json_object_object_get(set, "Assignments");
	const size_t n = json_object_array_length(all);

	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(all, i);

		if (strcmp(aw_sim_text(one, "AccountId"), account) == 0 &&
		    strcmp(aw_sim_text(one, "PrincipalId"), principal) == 0)
			return true;
	}
	return false;
}

/* One switch for each of @docs: the set is theirs in @account or not. */
static void add_assignments(struct aw_buf *out, struct json_object *set,
    const char *account, struct json_object *docs, const char *key,
    const char *name_key)
{
	const size_t n = json_object_array_length(docs);

	if (is_crowd(out, n))
		return;
	for (size_t i = 0; i < n; i++) {
		struct json_object *doc = json_object_array_get_idx(docs, i);
		const char *id = aw_sim_text(doc, key);
		const bool is_on = has_assignment(set, account, id);
		const char *const words[] = { "set", "set",
			aw_sim_text(set, "Name"), id, is_on ? "off" : "on",
			"--account", account };

		if (is_on || n <= CHIPS_MAX)
			add_switch(
			    out, 7, words, is_on, aw_sim_text(doc, name_key));
	}
}

static void add_set(
    struct aw_buf *out, struct aw_sim *sim, struct json_object *set)
{
	const size_t n = json_object_array_length(sim->accounts);

	for (size_t i = 0; i < n && i < ROWS_MAX; i++) {
		struct json_object *account =
		    json_object_array_get_idx(sim->accounts, i);
		const char *id = aw_sim_text(account, "AccountId");

		aw_buf_str(out, "<tr><td>");
		aw_sim_escape(out, aw_sim_text(set, "Name"));
		aw_buf_str(out, "<br><small class=\"soft\">");
		aw_sim_escape(out, aw_sim_text(account, "AccountName"));
		aw_buf_str(out, " ");
		aw_sim_escape(out, id);
		aw_buf_str(out, "</small></td><td>");
		add_assignments(
		    out, set, id, sim->groups, "GroupId", "DisplayName");
		aw_buf_str(out, "</td><td>");
		add_assignments(out, set, id, sim->users, "UserId", "UserName");
		aw_buf_str(out, "</td></tr>\n");
	}
}

static void add_sets(struct aw_buf *out, struct aw_sim *sim)
{
	const size_t n = json_object_array_length(sim->sets);

	aw_buf_str(out,
	    "<section><h2>Permission sets</h2>\n<table><thead><tr>"
	    "<th scope=\"col\">Set, account</th><th scope=\"col\">Groups</th>"
	    "<th scope=\"col\">People</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < n && i < ROWS_MAX; i++)
		add_set(out, sim, json_object_array_get_idx(sim->sets, i));
	aw_buf_str(out, "</tbody></table></section>\n");
}

static void add_choices(struct aw_buf *out, struct aw_sim *sim)
{
	const size_t n = json_object_array_length(sim->users);

	aw_buf_str(out, "<select name=\"w\" aria-label=\"Approve as\">");
	for (size_t i = 0; i < n && i < ROWS_MAX; i++) {
		struct json_object *user =
		    json_object_array_get_idx(sim->users, i);

		aw_buf_str(out, "<option value=\"");
		aw_sim_escape(out, aw_sim_text(user, "UserId"));
		aw_buf_str(out, "\">");
		aw_sim_escape(out, aw_sim_text(user, "UserName"));
		aw_buf_str(out, "</option>");
	}
	aw_buf_str(out, "</select>");
}

static void add_code(
    struct aw_buf *out, struct aw_sim *sim, const struct aw_sim_code *code)
{
	const char *const approve[] = { "approve", code->user_code, "--as" };
	const char *const deny[] = { "deny", code->user_code };

	aw_buf_fmt(out,
	    "<div class=\"row\"><strong><code>%s</code></strong>"
	    "<span>",
	    code->user_code);
	aw_sim_escape(out, code->client_name);
	aw_buf_str(out, "</span>");
	begin_command(out, 3, approve);
	add_choices(out, sim);
	aw_buf_str(out, " <button class=\"go\">Approve</button></form>");
	begin_command(out, 2, deny);
	aw_buf_str(out, "<button class=\"stop\">Deny</button></form></div>\n");
}

static void add_codes(struct aw_buf *out, struct aw_sim *sim)
{
	const struct aw_sim_flows *flows = &sim->flows;
	size_t shown = 0;

	aw_buf_str(out, "<section id=\"codes\" aria-live=\"polite\">"
			"<h2>Waiting for approval</h2>\n");
	for (uint64_t i = flows->n_codes;
	     i > 0 && flows->n_codes - i < AW_SIM_FLOWS_MAX; i--) {
		const struct aw_sim_code *code =
		    &flows->code[(i - 1) % AW_SIM_FLOWS_MAX];

		if (!aw_sim_code_is_open(sim, code) || shown == REQUESTS)
			continue;
		add_code(out, sim, code);
		shown++;
	}
	if (shown == 0)
		aw_buf_str(out, "<p class=\"soft\">Nobody is signing in right "
				"now.</p>\n");
	aw_buf_str(out, "</section>\n");
}

static void add_cell(
    struct aw_buf *out, struct json_object *line, const char *key, size_t from)
{
	const char *text = aw_sim_text(line, key);

	aw_buf_str(
	    out, strcmp(key, "client") == 0 ? "<td>" : "<td class=\"tight\">");
	aw_sim_escape(out, strlen(text) > from ? text + from : text);
	aw_buf_str(out, "</td>");
}

static void add_request(struct aw_buf *out, struct json_object *line)
{
	const int64_t status =
	    json_object_get_int64(json_object_object_get(line, "status"));

	aw_buf_str(out, "<tr>");
	add_cell(out, line, "time", 11);
	if (aw_sim_text(line, "operation")[0] != '\0')
		add_cell(out, line, "operation", 0);
	else
		add_cell(out, line, "path", 0);
	aw_buf_fmt(out, "<td class=\"%s\">%d</td>",
	    status >= 200 && status < 400 ? "good" : "bad", (int)status);
	add_cell(out, line, "error", 0);
	add_cell(out, line, "user", 0);
	add_cell(out, line, "user_code", 0);
	add_cell(out, line, "client", 0);
	aw_buf_str(out, "</tr>\n");
}

static void add_requests(struct aw_buf *out, const struct aw_sim *sim)
{
	struct json_object *lines = sim->log.lines;
	size_t shown = 0;

	aw_buf_str(out,
	    "<section id=\"requests\"><h2>Last requests</h2>\n"
	    "<table><thead><tr><th scope=\"col\">Time</th>"
	    "<th scope=\"col\">Operation</th><th scope=\"col\">Status</th>"
	    "<th scope=\"col\">Error</th><th scope=\"col\">User</th>"
	    "<th scope=\"col\">Code</th><th scope=\"col\">Client</th>"
	    "</tr></thead><tbody>\n");
	for (size_t i = json_object_array_length(lines);
	     i > 0 && shown < REQUESTS; i--) {
		struct json_object *line =
		    json_object_array_get_idx(lines, i - 1);

		if (strcmp(aw_sim_text(line, "service"), "pages") == 0)
			continue;
		add_request(out, line);
		shown++;
	}
	aw_buf_str(out, "</tbody></table></section>\n");
}

static void show(struct aw_sim_call *call, unsigned status, const char *why)
{
	struct aw_buf *out = &call->body;

	aw_sim_html_begin(call, status, "Identity Center, simulated", "board");
	aw_buf_str(out, "<p class=\"soft\">Start URL <code>");
	aw_sim_escape(out, call->sim->start_url);
	aw_buf_str(out, "</code>, region ");
	aw_sim_escape(out, call->sim->region);
	aw_buf_str(out, ", identity store <code>");
	aw_sim_escape(out, call->sim->store_id);
	aw_buf_str(out, "</code>. A click changes the directory at once.</p>");
	if (why[0]) {
		aw_buf_str(out, "<p class=\"note\" role=\"alert\">");
		aw_sim_escape(out, why);
		aw_buf_str(out, "</p>\n");
	}
	add_codes(out, call->sim);
	add_people(out, call->sim);
	add_sets(out, call->sim);
	add_requests(out, call->sim);
	aw_buf_str(out,
	    "<script>\n"
	    "var at=sessionStorage.getItem('at');\n"
	    "if(at)scrollTo(0,at);sessionStorage.removeItem('at');\n"
	    "addEventListener('submit',function(){"
	    "sessionStorage.setItem('at',scrollY);});\n"
	    "setInterval(function(){\n"
	    "var a=document.activeElement,c=document.getElementById('codes');\n"
	    "if(c.contains(a)||document.hidden)return;\n"
	    "fetch('/board/live').then(function(r){return r.text();})"
	    ".then(function(t){\n"
	    "var d=new DOMParser().parseFromString(t,'text/html');\n"
	    "['codes','requests'].forEach(function(i){\n"
	    "var "
	    "o=document.getElementById(i),n=d.getElementById(i).innerHTML;\n"
	    "if(o.innerHTML!==n)o.innerHTML=n;});\n"
	    "}).catch(function(){});\n"
	    "},2000);\n</script>\n");
	aw_sim_html_end(call);
}

void aw_sim_board_show(struct aw_sim_call *call)
{
	show(call, 200, "");
}

void aw_sim_board_live(struct aw_sim_call *call)
{
	call->type = "text/html; charset=utf-8";
	add_codes(&call->body, call->sim);
	add_requests(&call->body, call->sim);
}

/* The words of a command, as the form's fields "w" in their order. */
void aw_sim_board_change(struct aw_sim_call *call)
{
	struct aw_sim_words words = { 0 };
	struct aw_buf said = AW_BUF_INIT(4096);
	struct aw_diag diag = { .text = "" };
	struct aw_sim_arg arg;
	int r;

	arg.next = call->req->body;
	while ((r = aw_sim_arg_next(&arg)) == 0) {
		if (strcmp(arg.name, "w") == 0)
			r = aw_sim_words_add(&words, arg.value);
		if (r < 0)
			break;
	}
	if (r == AW_END)
		r = aw_sim_command(call->sim, &words, &said, &diag);
	aw_sim_words_done(&words);
	aw_buf_done(&said);
	if (r == 0)
		aw_sim_html_redirect(call, "/board");
	else
		show(call, 400, diag.text);
}
