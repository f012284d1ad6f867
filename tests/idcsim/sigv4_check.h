/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking AWS Signature Version 4, in the Authorization header or in the
 * query (presigned).  Written from the specification alone, independent of the
 * signer that it is to judge.
 */
#ifndef AW_IDCSIM_SIGV4_CHECK_H
#define AW_IDCSIM_SIGV4_CHECK_H

#include "common/outcome.h"
#include "common/text.h"

struct aw_sim;
struct aw_sim_key;
struct aw_sim_req;

/* Besides 0, the good signature. */
enum aw_sim_sig {
	AW_SIM_SIG_MISSING = 1, /* not signed at all */
	AW_SIM_SIG_INCOMPLETE,  /* a part is missing or not in form */
	AW_SIM_SIG_UNKNOWN_KEY, /* no such key, or not its session token */
	AW_SIM_SIG_EXPIRED_KEY,
	AW_SIM_SIG_SKEW,     /* signed more than 5 minutes off our clock */
	AW_SIM_SIG_MISMATCH, /* all there, and wrong */
};

/*
 * Check that @req was signed for @service in @region (NULL: any) by a key of
 * @sim, by @sim's clock.  Returns 0 with the key (borrowed), or an enum
 * aw_sim_sig with @diag saying what AWS says.
 */
int aw_sim_sigv4_check(const struct aw_sim *sim, const struct aw_sim_req *req,
    const char *service, const char *region, const struct aw_sim_key **ret,
    struct aw_diag *diag) AW_MUST_USE;

#endif
