/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON by hand: strings, and two numbers.
 */
#include "awsssod/audit.h"

#include <inttypes.h>

#include "awsssod/log.h"
#include "common/own.h"

static void add_string(struct aw_buf *buf, const char *text)
{
	aw_buf_str(buf, "\"");
	for (const char *p = text; *p; p++) {
		const unsigned char c = (unsigned char)*p;

		if (c < 0x20 || c == 0x7f)
			aw_buf_fmt(buf, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			aw_buf_fmt(buf, "\\%c", c);
		else
			aw_buf_add(buf, p, 1);
	}
	aw_buf_str(buf, "\"");
}

static void add_member(struct aw_buf *buf, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	aw_buf_fmt(buf, ",\"%s\":", key);
	add_string(buf, text);
}

void aw_audit_json(struct aw_buf *buf, const struct aw_audit *audit)
{
	aw_buf_str(buf, "{\"awssso\":1");
	add_member(buf, "event", audit->event);
	add_member(buf, "phase", audit->phase);
	add_member(buf, "verdict", audit->verdict);
	add_member(buf, "code", audit->code);
	add_member(buf, "user", audit->user);
	add_member(buf, "user_id", audit->principal);
	add_member(buf, "service", audit->service);
	add_member(buf, "tty", audit->tty);
	add_member(buf, "rhost", audit->rhost);
	add_member(buf, "account", audit->account);
	add_member(buf, "permission_set", audit->set);
	add_member(buf, "approver", audit->approver);
	add_member(buf, "aws_requests", audit->requests);
	add_member(buf, "why", audit->why);
	add_member(buf, "fault", audit->fault);
	add_member(buf, "rule", audit->rule);
	if (audit->generation > 0)
		aw_buf_fmt(buf, ",\"generation\":%" PRId64, audit->generation);
	if (audit->pid > 0)
		aw_buf_fmt(buf, ",\"pid\":%d", audit->pid);
	aw_buf_str(buf, "}");
}

void aw_audit_write(const struct aw_audit *audit)
{
	aw_own(aw_buf_done) struct aw_buf buf = AW_BUF_INIT(16384);

	aw_audit_json(&buf, audit);
	if (aw_buf_error(&buf) < 0)
		aw_log(LOG_ERR, "audit: cannot compose event %s",
		    audit->event ? audit->event : "");
	else
		aw_log(LOG_NOTICE, "%s", aw_buf_text(&buf));
}
