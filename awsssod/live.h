/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the directory and the portal about one person, right now: PERSON
 * and, with a token, ROLES in each account that counts, at the same time.
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
	const char *set;     /* the one that the PAM line requires, or "" */
	const char *account; /* in which */
	int64_t session;     /* the row of the token's session; 0: none */
};

struct aw_live_result {
	uint64_t person; /* enum aw_net; 0: no answer */
	uint64_t roles;  /* enum aw_net, of where the set is required, or of
			    any; 0: not asked, or no answer */
	bool is_lost;    /* the answer about the person could not be kept */
	bool holds_set;
	struct aw_access_facts sets; /* which lines about sets fit */
	char request[257];           /* "operation request-id" of ROLES */
	/* AWS's errors, when it gave one */
	const struct aw_fault *person_fault, *roles_fault;
};

/* Called once; may free the struct aw_live. */
typedef void aw_live_fn(void *user, const struct aw_live_result *result);

struct aw_live;
/* The sets that are held in one account. */
struct aw_live_roles {
	struct aw_live *live;
	const char *account;
	uint64_t id; /* of the open request */
};

struct aw_live {
	struct aw_daemon *daemon;
	struct aw_person *person;
	char set[33], account[AW_CONF_ACCOUNT_SIZE]; /* that is required */
	int64_t session;
	uint64_t person_id; /* open request */
	struct aw_access_accounts accounts;
	struct aw_live_roles roles[AW_ACCESS_ACCOUNTS];
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

/* Where a request about whom is in @daemon's hands has to ask: in this host's
 * account, for the policy's lines about it or for @first (who is asked anyway);
 * in that of @set, unless it is ""; and in those of other lines. */
void aw_live_accounts(const struct aw_daemon *daemon, bool first,
    const char *set, const char *account, struct aw_access_accounts *ret);

/* A set that is required, and whether it is held, once that is known. */
struct aw_live_gate {
	const char *account, *set;
	bool is_known, is_held;
};

/*
 * Take the sets named by the ROLE fields of @in, which are all that are held
 * there, into @facts and @gate: in @account up to the first ACCOUNT field, and
 * behind each of these in that one.  @account is "" when nothing is told of the
 * first ones; @ours is this host's.
 */
void aw_live_sets(const struct aw_conf *conf, const char *ours,
    const struct aw_wire_in *in, const char *account, struct aw_live_gate *gate,
    struct aw_access_facts *facts);

#endif
