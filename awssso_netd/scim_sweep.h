/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep of a SCIM endpoint.  What kind it is, its answers tell:
 *
 *	Users... -> Groups... -+- some group came with members ---------> end
 *	                       +- no member anywhere, as from AWS:
 *	   Users?filter=groups.value eq NOBODY        honoured (no rows)?
 *	      yes: Users?filter=groups.value eq GROUP...  per group ----> end
 *	      no:  Groups?filter=id eq GROUP and members eq NOBODY
 *	           (or member eq) honoured?
 *	              yes: per group and person ------------------------> end
 *	              no, and the groups came by index: there are none -> end
 *	              no: the endpoint does not tell members: no sweep
 *
 * A list that changes while it is read is read again; when groups came with
 * members, or it keeps on changing, the sweep is void and awsssod tries later.
 */
#ifndef AW_AWSSSO_NETD_SCIM_SWEEP_H
#define AW_AWSSSO_NETD_SCIM_SWEEP_H

#include "awssso_netd/sweep.h"

/* A producer, see sweep.h. */
int aw_scim_sweep_start(struct aw_aws *aws,
    const struct aw_sweep_handler *handler, void *user,
    struct aw_sweep **ret) AW_MUST_USE;

#endif
