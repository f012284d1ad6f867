/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A simulator without sockets: unit tests put a request in and look at the
 * answer.  Its directory is small and its clock stands still until told.
 */
#ifndef AW_UNIT_IDCSIM_PROBE_H
#define AW_UNIT_IDCSIM_PROBE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/idcsim/call.h"
#include "tests/idcsim/sim.h"

/* alice and bob are enabled, carol is disabled, dave has no access; alice and
 * bob are in Engineers, who have Login in both accounts; alice alone has
 * Admin, in the first. */
#define PROBE_STORE   "d-1234567890"
#define PROBE_ACCOUNT "111122223333"
#define PROBE_OTHER   "444455556666"
#define PROBE_ALICE   "1234567890-aaaaaaaa-0000-4000-8000-000000000001"
#define PROBE_BOB     "1234567890-aaaaaaaa-0000-4000-8000-000000000002"
#define PROBE_GROUP   "1234567890-bbbbbbbb-0000-4000-8000-000000000001"
#define PROBE_ROLE    "arn:aws:iam::" PROBE_OTHER ":role/"
#define PROBE_WEB     PROBE_ROLE "aws/sso/Web" /* takes tokens */
#define PROBE_WEB2    PROBE_ROLE "Web2"        /* of another issuer */
#define PROBE_WEB3    PROBE_ROLE "Web3"        /* of another subject */
#define PROBE_TRUSTS  PROBE_ROLE "Trusts"      /* the task, with "ext" */
#define PROBE_START   "https://d-1234567890.awsapps.com/start"
#define PROBE_TIME_MS INT64_C(1440938160000) /* 2015-08-30T12:36:00Z */

extern const char probe_fixture[];

struct probe {
	struct aw_sim sim;
	struct aw_sim_req req;
	struct aw_sim_call call; /* the last answer */
	struct json_object *doc; /* its body, if it is JSON */
};

/* For cmocka: makes and frees *state. */
int probe_setup(void **state);
int probe_teardown(void **state);

/*
 * Ask over the plain listener.  @headers ends with a NULL name, may be NULL.
 * Returns the status of the answer.
 */
unsigned probe_ask(struct probe *probe, const char *method, const char *target,
    const struct aw_sim_header *headers, const char *body);

/* POST @body as JSON. */
unsigned probe_json(struct probe *probe, const char *target, const char *body);

/* POST the operation @target ("AWSIdentityStore.ListUsers"), signed with the
 * host's key. */
unsigned probe_signed(struct probe *probe, const char *service,
    const char *target, const char *body);

/* The string @key of the answer, "" if there is none. */
const char *probe_text(const struct probe *probe, const char *key);

/* Sign @who in ("alice") and return the access token. */
const char *probe_bearer(struct probe *probe, const char *who);

/* Run a command of words divided by blanks.  Returns what it returns. */
int probe_command(struct probe *probe, const char *line);

#endif
