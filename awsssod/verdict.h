/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving a verdict: the one way in which a request about a person ends.  It
 * is told to the peer, then remembered for "awssso why" and written to the
 * audit log; a note that cannot be kept changes no verdict.
 */
#ifndef AW_AWSSSOD_VERDICT_H
#define AW_AWSSSOD_VERDICT_H

#include "awsssod/ask.h"
#include "awsssod/audit.h"
#include "awsssod/catalogue.h"
#include "awsssod/person.h"
#include "awsssod/server.h"

#define AW_VERDICT_CODE_SIZE 9

/* What the log learns beyond what the person is told. */
struct aw_verdict_more {
	const char *account, *set;
	const char *approver;     /* session name of whoever approved */
	const char *role_session; /* and the ARN that showed it */
	const char *requests;     /* AWS request ids, blank-separated */
	const char *why;          /* what was found, for the audit line */
	const struct aw_conf_rule *rule; /* the line of the policy */
	const struct aw_fault *fault;    /* AWS's, that it rests on */
	const char *detail;              /* goes into the person's sentence */
	bool is_quiet;                   /* allowed as always: not an event */
};

struct aw_verdict_told {
	enum aw_say say;
	char text[AW_SAY_SIZE];
	char code[AW_VERDICT_CODE_SIZE]; /* "" when allowed */
};

/* Send VERDICT and nothing else: @told may be NULL when @say needs no code. */
void aw_verdict_send(
    struct aw_conn *conn, enum aw_say say, const char *text, const char *code);

/* What any event about @ask has in it; @person may be NULL. */
struct aw_audit aw_verdict_audit(const struct aw_daemon *daemon,
    const struct aw_ask *ask, const struct aw_person *person);

/* Send it to @conn (NULL: nobody is left to tell), remember it and log it.
 * @person and @more may be NULL.  @ret (may be NULL) is what was told. */
void aw_verdict_give(struct aw_daemon *daemon, struct aw_conn *conn,
    const struct aw_ask *ask, const struct aw_person *person, enum aw_say say,
    const struct aw_verdict_more *more, struct aw_verdict_told *ret);

#endif
