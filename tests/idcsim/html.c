/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Head, style and foot of every page.
 */
#include "tests/idcsim/html.h"

#include "common/text.h"
#include "tests/idcsim/answer.h"

static const char style[] =
    ":root{color-scheme:light dark;--bg:#f4f6f8;--card:#fff;--ink:#16212e;"
    "--soft:#566577;--line:#d5dce4;--go:#0b6e4f;--stop:#a32626;--mark:#1d5fb8;"
    "--chip:#e8eef6;--good:#0b6e4f}"
    "@media(prefers-color-scheme:dark){:root{--bg:#11161d;--card:#1a222c;"
    "--ink:#e6ebf1;--soft:#9aa8b8;--line:#344050;--go:#1f7d5c;--stop:#d05f5f;"
    "--mark:#78aef0;--chip:#263344;--good:#2f9a74}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--bg);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif}"
    "main{margin:0 auto;padding:1.5rem}"
    "main.card{max-width:30rem;margin-top:6vh;background:var(--card);"
    "border:1px solid var(--line);border-radius:12px;padding:2rem}"
    "main.board{max-width:76rem}"
    "h1{font-size:1.4rem;margin:0 0 .75rem}h2{font-size:1.05rem;"
    "margin:0 0 .5rem}p{margin:.5rem 0}form p.row{margin:1rem "
    "0}.soft{color:var(--soft)}"
    ".code{font:600 2rem/1.2 ui-monospace,monospace;letter-spacing:.12em;"
    "text-align:center;padding:.75rem;margin:1rem 0;border-radius:8px;"
    "background:var(--chip)}"
    "fieldset{border:1px solid var(--line);border-radius:8px;margin:1rem 0;"
    "padding:.5rem 1rem}legend{padding:0 .4rem;color:var(--soft)}"
    "label{display:block;padding:.35rem 0;cursor:pointer}"
    "label small{color:var(--soft);margin-left:.4rem}"
    "input[type=text],input:not([type]),select{font:inherit;padding:.45rem "
    ".6rem;border:1px solid var(--line);border-radius:6px;background:var(--bg);"
    "color:inherit;max-width:100%}select{width:16rem}"
    "main.card input[type=text]{width:100%}"
    "button{font:inherit;padding:.45rem 1rem;border-radius:6px;border:1px "
    "solid var(--line);background:var(--chip);color:inherit;cursor:pointer}"
    "button.go{background:var(--go);border-color:var(--go);color:#fff}"
    "button.stop{color:var(--stop);border-color:var(--stop);background:none}"
    "button:focus-visible,input:focus-visible,select:focus-visible,"
    "a:focus-visible{outline:3px solid var(--mark);outline-offset:2px}"
    ".row{display:flex;gap:.75rem;flex-wrap:wrap;align-items:center}"
    "section{background:var(--card);border:1px solid var(--line);"
    "border-radius:10px;padding:1rem 1.25rem;margin-bottom:1rem;"
    "overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:.92rem}"
    "th,td{text-align:left;padding:.35rem .6rem .35rem 0;border-bottom:1px "
    "solid var(--line);vertical-align:middle}th{color:var(--soft);"
    "font-weight:500}tr:last-child td{border-bottom:0}"
    "td form,.row form{display:inline}"
    ".sw{padding:.15rem .7rem;margin:.15rem 0;border-radius:1rem;"
    "font-size:.85rem}.sw,.tight{white-space:nowrap}"
    ".sw[aria-pressed=true]{background:var(--go);border-color:var(--go);"
    "color:#fff}"
    "a{color:var(--mark)}code{font:.9em ui-monospace,monospace}"
    ".bad{color:var(--stop)}.good{color:var(--good)}"
    ".note{border-left:4px solid var(--stop);padding:.25rem .75rem;"
    "margin:.75rem 0}";

void aw_sim_html_begin(struct aw_sim_call *call, unsigned status,
    const char *title, const char *kind)
{
	struct aw_buf *out = &call->body;

	aw_buf_done(out);
	call->status = status;
	call->type = "text/html; charset=utf-8";
	aw_buf_str(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n"
			"<meta charset=\"utf-8\">\n"
			"<meta name=\"viewport\" content=\"width=device-width,"
			"initial-scale=1\">\n<title>");
	aw_sim_escape(out, title);
	aw_buf_fmt(out,
	    "</title>\n<style>%s</style>\n</head>\n<body>\n"
	    "<main class=\"%s\">\n<h1>",
	    style, kind);
	aw_sim_escape(out, title);
	aw_buf_str(out, "</h1>\n");
}

void aw_sim_html_end(struct aw_sim_call *call)
{
	aw_buf_str(&call->body, "</main>\n</body>\n</html>\n");
}

void aw_sim_html_hidden(struct aw_buf *out, const char *name, const char *value)
{
	aw_buf_fmt(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	aw_sim_escape(out, value);
	aw_buf_str(out, "\">");
}

void aw_sim_html_redirect(struct aw_sim_call *call, const char *location)
{
	aw_sim_answer_text(call, "");
	call->status = 303;
	aw_ignore(aw_copy(call->location, sizeof(call->location), location));
}
