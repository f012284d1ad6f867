/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which producer reads the directory.
 */
#include "awssso_netd/sweep.h"

#include <errno.h>

#include "awssso_netd/scim_sweep.h"

int aw_sweep_start(struct aw_aws *aws, const struct aw_sweep_handler *handler,
    void *user, struct aw_sweep **ret)
{
	switch ((enum aw_conf_source)aws->conf->source) {
	case AW_SOURCE_IDENTITY_STORE:
		return aw_sweep_store_start(aws, handler, user, ret);
	case AW_SOURCE_SCIM:
		return aw_scim_sweep_start(aws, handler, user, ret);
	case AW_SOURCE_PUBLISHED:
		break;
	}
	return -EOPNOTSUPP;
}

void aw_sweep_go_on(struct aw_sweep *sweep)
{
	sweep->kind->go_on(sweep);
}

void aw_sweep_cancel(struct aw_sweep *sweep)
{
	if (sweep)
		sweep->kind->cancel(sweep);
}
