/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a played awssso-netd says about the people of a small directory: alice
 * and bob, who may come in by their group, carol, who is disabled, and dave,
 * who is in no group.
 */
#ifndef AW_TESTS_UNIT_AWSSSOD_PEOPLE_H
#define AW_TESTS_UNIT_AWSSSOD_PEOPLE_H

#include "tests/unit/awsssod/fake.h"

#define ALICE "u-alice"
#define BOB   "u-bob"
#define CAROL "u-carol"
#define DAVE  "u-dave"

extern const struct fake_directory people;

/* What netd says at the end of a flow. */
struct end {
	uint64_t net;
	const char *session;   /* who approved */
	const char *id, *name; /* who was described */
	const char *status;
	const char *group;
	const char *role;
	uint64_t token;
};
/* And of another account, and what is held there; NULL: nothing. */
struct elsewhere {
	const char *account, *role;
};
extern struct elsewhere elsewhere;
extern const struct end right; /* alice approved for alice */

/* Set up and tear down a daemon that has read the directory. */
int people_set_up(void **state);
int people_tear_down(void **state);

void send_code(struct fake *fake, uint64_t flow);
void send_end(struct fake *fake, uint64_t flow, const struct end *end);
/* Answer the PERSON, or the ROLES, that was waited for. */
void send_person(struct fake *fake, const struct end *end);
void send_roles(struct fake *fake, uint64_t net, const char *role);

/* alice signs in with a code, which gives her session 9 the token TOKEN. */
#define TOKEN 4711
void log_in(struct fake *fake);

/* Ask for alice by ssh and get the prompt.  Returns FLOW's id. */
uint64_t begin(struct fake *fake, int fd, const char *attempt);

#endif
