/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit log: one JSON object a line, on stderr and so in the journal.
 * Pure text: composing a line is apart from writing it.
 */
#ifndef AW_AWSSSOD_AUDIT_H
#define AW_AWSSSOD_AUDIT_H

#include <stdint.h>

#include "common/buf.h"

struct aw_audit {
	const char *event, *phase, *verdict; /* words */
	const char *code;                    /* what the person was given */
	const char *user;                    /* Linux name */
	const char *principal;               /* UserId */
	const char *service, *tty, *rhost;
	const char *account, *set;
	const char *approver;
	const char *requests;
	const char *why;
	const char *fault;  /* AWS's error, by its id in fault.h */
	const char *rule;   /* the line of the policy that decided */
	int64_t generation; /* of the directory; 0: not known */
	int32_t pid;
};

/* Add the JSON object for @audit to @buf; what is NULL or "" is left out. */
void aw_audit_json(struct aw_buf *buf, const struct aw_audit *audit);

/* Log it. */
void aw_audit_write(const struct aw_audit *audit);

#endif
