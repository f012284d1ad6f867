/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only place of the daemons that looks at the environment: what AWS's
 * container agents (ECS, EKS Pod Identity) tell a program there and nowhere
 * else.  It decides nothing but where the host's own keys come from, and only
 * where awssso.conf says that they come from a container.
 */
#ifndef AW_AWSSSO_NETD_ENVIRONMENT_H
#define AW_AWSSSO_NETD_ENVIRONMENT_H

/* NULL: not set, or empty.  Borrowed from the environment. */
struct aw_environment {
	const char *relative_uri, *full_uri;
	const char *token_file, *token;
};

void aw_environment_read(struct aw_environment *ret);

#endif
