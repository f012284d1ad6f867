/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the directory and the portal about one person, right now: PERSON
 * and, with a token, ROLES at the same time.
 */
#ifndef AW_AWSSSOD_LIVE_H
#define AW_AWSSSOD_LIVE_H

#include <stdbool.h>

#include "awsssod/access.h"
#include "awsssod/catalogue.h"
#include "awsssod/person.h"

struct aw_daemon;

/* PAM gives up after 3 s without an answer. */
#define AW_LIVE_MS 2500

struct aw_live_wish {
	uint64_t token;      /* 0: do not ask for roles */
	const char *account; /* whose roles */
	const char *set;     /* the one of interest, or "" */
	int64_t session;     /* the row of the token's session; 0: none */
};

struct aw_live_result {
	uint64_t person; /* enum aw_net; 0: no answer */
	uint64_t roles;  /* enum aw_net; 0: not asked, or no answer */
	bool is_lost;    /* the answer about the person could not be kept */
	bool holds_set;
	struct aw_access_facts sets; /* which lines about sets fit */
	char request[257];           /* "operation request-id" of ROLES */
	/* AWS's errors, when it gave one */
	const struct aw_fault *person_fault, *roles_fault;
};

/* Called once; may free the struct aw_live. */
typedef void aw_live_fn(void *user, const struct aw_live_result *result);

struct aw_live {
	struct aw_daemon *daemon;
	struct aw_person *person;
	char set[33];
	int64_t session;
	bool is_home; /* the roles are those in this host's account */
	uint64_t person_id, roles_id; /* open requests */
	struct aw_live_result result;
	aw_live_fn *fn;
	void *user;
};

/*
 * Ask; @person is brought up to date by the answer, here and in state.db.
 * @fn is called when all is answered or cannot be, possibly before this
 * returns: let it be the last thing a caller does.
 */
void aw_live_start(struct aw_live *live, struct aw_daemon *daemon,
    struct aw_person *person, const struct aw_live_wish *wish, aw_live_fn *fn,
    void *user);

/* The error of AWS's that @say rests on, NULL for none. */
const struct aw_fault *aw_live_fault(
    const struct aw_live_result *result, enum aw_say say);

/* Nobody waits any more; harmless when nothing is open. */
void aw_live_cancel(struct aw_live *live);

/* The sets named by the ROLE fields of @in, which are all that are held,
 * against the policy; *@ret_holds tells whether @set is among them. */
void aw_live_sets(const struct aw_conf *conf, const struct aw_wire_in *in,
    const char *set, struct aw_access_facts *ret, bool *ret_holds);

#endif
