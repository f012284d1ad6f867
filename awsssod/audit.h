/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit log: one JSON object a line, on stderr and so in the journal.  Its
 * names are docs/audit.md's and never change their meaning.
 * Pure text: composing a line is apart from writing it.
 */
#ifndef AW_AWSSSOD_AUDIT_H
#define AW_AWSSSOD_AUDIT_H

#include <stdint.h>

#include "common/buf.h"

/* Events beside those of the catalogue (catalogue.h), which end a request. */
#define AW_AUDIT_CODE_SHOWN   "code-shown"
#define AW_AUDIT_SESSION_OPEN "session-open"
#define AW_AUDIT_SESSION_END  "session-end"
#define AW_AUDIT_REVOKED      "sign-ins-revoked"
#define AW_AUDIT_ALERT        "alert"

struct aw_audit {
	int64_t time;                        /* epoch seconds; 0: now */
	const char *event, *phase, *verdict; /* words */
	const char *code;                    /* what the person was given */
	const char *user;                    /* Linux name */
	const char *principal;               /* UserId */
	const char *host, *service, *tty, *rhost;
	const char *account, *set;
	const char *approver;     /* session name of whoever approved */
	const char *role_session; /* their ARN, as CloudTrail has it */
	const char *requests;     /* "operation request-id, ..." */
	const char *why;
	const char *fault;  /* AWS's error, by its id in fault.h */
	const char *rule;   /* the line of the policy that decided */
	int64_t session;    /* the kernel's session id; 0: none */
	int64_t generation; /* of the directory; 0: not known */
	int64_t pid;
};

/* The name of member @i of a line, NULL behind the last one. */
const char *aw_audit_key(size_t i);

/* Add the JSON object for @audit to @buf; what is NULL, "" or 0 is left out. */
void aw_audit_json(struct aw_buf *buf, const struct aw_audit *audit);

/* Log it; an alert (AW_AUDIT_ALERT) with that priority. */
void aw_audit_write(const struct aw_audit *audit);

#endif
