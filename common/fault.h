/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The errors of AWS: one table of what each means for us, what a person is told
 * and what an administrator can do.  Libc only, pure.
 *
 * Source: the service models' errors (SSO-OIDC CreateToken with RFC 6749 5.2
 * and RFC 8628 3.5, SSO portal, STS, Identity Store, SSO admin) and what field
 * reports add to them.
 */
#ifndef AW_COMMON_FAULT_H
#define AW_COMMON_FAULT_H

#include <stddef.h>

#include "common/proto.h"

#define AW_FAULT_ID_SIZE 96

struct aw_fault {
	/* "SERVICE.CODE": the service's word (oidc, portal, sts,
	 * identitystore, sso; "aws": any of them), the error's code as AWS
	 * spells it.  Never renamed: it stands in audit logs. */
	const char *id;
	enum aw_net net;
	const char *what;   /* for the log: what happened */
	const char *said;   /* to the person: what happened, what to do next */
	const char *action; /* for whoever runs the host */
};

/* The row called @id, or NULL. */
const struct aw_fault *aw_fault_find(const char *id);

/* The row of @code as @service's answer, else of any service's, or NULL. */
const struct aw_fault *aw_fault_of(const char *service, const char *code);

/* Row @i, NULL behind the last one. */
const struct aw_fault *aw_fault_at(size_t i);

#endif
