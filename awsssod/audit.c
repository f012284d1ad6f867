/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON by hand: strings and numbers, by a table.
 */
#include "awsssod/audit.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "awsssod/log.h"
#include "common/own.h"

#define TEXT(key, member)                              \
	{                                              \
		key, offsetof(struct aw_audit, member) \
	}

static const struct member {
	const char *key;
	size_t offset;
} texts[] = {
	TEXT("event", event),
	TEXT("phase", phase),
	TEXT("verdict", verdict),
	TEXT("code", code),
	TEXT("user", user),
	TEXT("user_id", principal),
	TEXT("host", host),
	TEXT("service", service),
	TEXT("tty", tty),
	TEXT("rhost", rhost),
	TEXT("account", account),
	TEXT("permission_set", set),
	TEXT("approver", approver),
	TEXT("role_session", role_session),
	TEXT("aws_requests", requests),
	TEXT("why", why),
	TEXT("fault", fault),
	TEXT("rule", rule),
};
static const struct member numbers[] = {
	TEXT("session", session),
	TEXT("generation", generation),
	TEXT("pid", pid),
};
enum {
	N_TEXTS = sizeof(texts) / sizeof(texts[0]),
	N_NUMBERS = sizeof(numbers) / sizeof(numbers[0])
};
static const char *const heads[] = { "awssso", "time" };
enum { N_HEADS = sizeof(heads) / sizeof(heads[0]) };

const char *aw_audit_key(size_t i)
{
	if (i < N_HEADS)
		return heads[i];
	i -= N_HEADS;
	if (i < N_TEXTS)
		return texts[i].key;
	i -= N_TEXTS;
	return i < N_NUMBERS ? numbers[i].key : NULL;
}

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

/* RFC 3339, in UTC. */
static void add_time(struct aw_buf *buf, int64_t epoch)
{
	const time_t when = (time_t)epoch;
	char text[32];
	struct tm tm;

	if (epoch > 0 && gmtime_r(&when, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
		add_member(buf, "time", text);
}

void aw_audit_json(struct aw_buf *buf, const struct aw_audit *audit)
{
	const char *base = (const char *)audit;

	aw_buf_str(buf, "{\"awssso\":1");
	add_time(buf, audit->time);
	for (size_t i = 0; i < N_TEXTS; i++)
		add_member(buf, texts[i].key,
		    *(const char *const *)(const void *)(base +
							 texts[i].offset));
	for (size_t i = 0; i < N_NUMBERS; i++) {
		const int64_t number =
		    *(const int64_t *)(const void *)(base + numbers[i].offset);

		if (number > 0)
			aw_buf_fmt(
			    buf, ",\"%s\":%" PRId64, numbers[i].key, number);
	}
	aw_buf_str(buf, "}");
}

void aw_audit_write(const struct aw_audit *audit)
{
	aw_own(aw_buf_done) struct aw_buf buf = AW_BUF_INIT(16384);
	struct aw_audit now = *audit;

	if (now.time == 0)
		now.time = (int64_t)time(NULL);
	aw_audit_json(&buf, &now);
	if (aw_buf_error(&buf) < 0)
		aw_log(LOG_ERR, "audit: cannot compose event %s",
		    audit->event ? audit->event : "");
	else if (audit->event && strcmp(audit->event, AW_AUDIT_ALERT) == 0)
		aw_log(LOG_ALERT, "%s", aw_buf_text(&buf));
	else
		aw_log(LOG_NOTICE, "%s", aw_buf_text(&buf));
}
